"""Which other entities bear on one that is asked about, and how each is tied to it.

The ties: `direct` (itself), `class` (a class it belongs to), `member` (a member, kind or part
of it), `regimen` (a combination that holds it), `form` (its states and alterations, and what
is named after it).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property

from kras_graph.answers.parts import Thing
from kras_graph.answers.resistance import classes_of
from kras_graph.answers.resolve import fold
from kras_graph.answers.wording import Sense, words
from kras_graph.model.records import Entity
from kras_graph.model.terms import GIVEN_CLASSES, THERAPY_CLASSES
from kras_graph.rdf.reader import Reader

_NAMED_AFTER = frozenset(
    ("Mechanism", "TumourState", "Process", "Pathway", "Endpoint", "Alteration", "CellType",
     "ProteinComplex", "Property")
)  # fmt: skip
_LONGEST_SYMBOL = 14


def _other(sense: Sense | None, own: set[str]) -> Sequence[str]:
    """Entities that the word list gives a name to, where they are others."""
    return sense.ids if sense is not None else tuple(own)


class Reach:
    """Finds what bears on an entity; membership is read once."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    @property
    def entities(self) -> dict[str, Entity]:
        """All entities by id."""
        return self.reader.entities

    @cached_property
    def _members(self) -> dict[str, list[str]]:
        """Class → what sources state to belong to it."""
        found: dict[str, list[str]] = {}
        for statement in self.reader.statements_where(None, {"member_of"}):
            if statement.is_edge:
                found.setdefault(statement.object, []).append(statement.subject)
        return found

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for item in self.entities.values():
            for parent in (*item.parents, *self._either.get(item.id, ())):
                found.setdefault(parent, []).append(item.id)
        return found

    @cached_property
    def _either(self) -> dict[str, list[str]]:
        """Class → classes named as either of several targets, such as PD-1/PD-L1 inhibitors."""
        classes = {i.label: i.id for i in self.entities.values() if i.cls == "DrugClass"}
        found: dict[str, list[str]] = {}
        for label, ident in classes.items():
            targets, _, tail = label.rpartition(" ")
            for target in targets.split("/") if "/" in targets else ():
                if narrow := classes.get(f"{target} {tail}"):
                    found.setdefault(narrow, []).append(ident)
        return found

    def down(self, ident: str) -> list[str]:
        """Members, kinds and parts, at any depth, without the entity itself."""
        medicine = self.entities[ident].cls in THERAPY_CLASSES
        found: dict[str, None] = {}
        front = [ident]
        while front:
            name = front.pop(0)
            below = [*self._children.get(name, [])]
            if medicine:
                below += self._members.get(name, [])
            front += [n for n in below if n not in found and n != ident]
            found |= dict.fromkeys(n for n in below if n != ident)
        return list(found)

    def up(self, ident: str) -> list[str]:
        """Classes of a medicine, or what anything else is a kind or part of, nearest first."""
        if self.entities[ident].cls in GIVEN_CLASSES:
            own = [item.id for item, _ in classes_of(self.reader, ident)]
            either = [n for name in (ident, *own) for n in self._either.get(name, ())]
            return list(dict.fromkeys([*own, *either]))
        found: dict[str, None] = {}
        front = list(self.entities[ident].parents)
        while front:
            name = front.pop(0)
            if name in self.entities and name not in found:
                found[name] = None
                front += self.entities[name].parents
        return [name for name in found if name not in ("cancer", "RAS-mutant_cancer")]

    def holding(self, idents: Iterable[str]) -> list[str]:
        """Regimens that hold any of the medicines."""
        wanted = set(idents)
        return [
            item.id
            for item in self.entities.values()
            if wanted & set(item.attributes.get("components", "").split("|"))
        ]

    def holding_all(self, parts: Iterable[str]) -> list[str]:
        """Regimens that hold, for each of the medicines, itself or a member of it."""
        choices = [{part, *self.down(part)} for part in parts]
        found = []
        for item in self.entities.values():
            held = set(item.attributes.get("components", "").split("|"))
            if held - {""} and len(held) >= len(choices) and all(held & c for c in choices):
                found.append(item.id)
        return found

    def states(self, ident: str) -> list[str]:
        """Active, inactive and wild-type states of a protein or family."""
        return [
            name
            for name in self._children.get(ident, [])
            if self.entities[name].cls == "ProteinState"
        ]

    def kin(self, ident: str) -> list[str]:
        """A switch protein, its active state and its mutation: sources say the same of each."""
        item = self.entities[ident]
        owner = item.attributes.get("gene") or (item.parents[0] if item.parents else "")
        for gene in (ident, owner):
            same = [gene, f"{gene}_GTP-bound", f"{gene}_mutation"]
            if ident in same and f"{gene}_GTP-bound" in self.entities:
                return [name for name in same if name in self.entities and name != ident]
        return []

    def near(self, ident: str) -> list[str]:
        """States and alterations of a molecule, kinds, and what is named after it."""
        item = self.entities[ident]
        found = dict.fromkeys(self.states(ident))
        for other in self.entities.values():
            if other.attributes.get("gene") == ident or ident in other.parents:
                found[other.id] = None
        found |= dict.fromkeys(self.named_after(item))
        found.pop(ident, None)
        return list(found)

    def named_after(self, item: Entity) -> list[str]:
        """Mechanisms, states and processes in whose label a name of the entity stands."""
        short = [name for name in (item.label, *item.synonyms) if len(name) <= _LONGEST_SYMBOL]
        if not short:
            return []
        own = {item.id}
        listed = words().senses
        short = [name for name in short if own >= set(_other(listed.get(fold(name)), own))]
        word = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, short))})(?![\w-]|\s*inhib)")
        return [
            other.id
            for other in self.entities.values()
            if other.cls in _NAMED_AFTER and other.id != item.id and word.search(other.label)
        ]

    def blockers(self, molecules: Iterable[str]) -> list[str]:
        """Classes called after molecules, their members, and medicines that inhibit them."""
        wanted = set(molecules)
        found: dict[str, None] = {}
        for ident in wanted:
            names = {self.entities[ident].label, *self.entities[ident].synonyms, ident}
            for item in self.entities.values():
                if item.cls == "DrugClass" and item.label.removesuffix(" inhibitor") in names:
                    found |= dict.fromkeys([item.id, *self.down(item.id)])
        for statement in self.reader.statements_where(None, {"inhibits"}, wanted):
            if statement.is_edge and self.entities[statement.subject].cls in THERAPY_CLASSES:
                found[statement.subject] = None
        return list(found)

    def wide(self, things: Sequence[Thing], reach: str, *, alone: bool = False) -> dict[str, str]:
        """Entities that bear on the things, each with its tie; the nearest tie counts.

        Args:
            things: what is asked about.
            reach: words out of `self up down with classwith near named states kin either
                members isoforms`.
            alone: whether combinations are to be left out.
        """
        asked = reach.split()
        idents = [ident for thing in things for ident in thing.ids]
        given = any(thing.parts for thing in things)
        found: dict[str, str] = {}
        if "self" in asked:
            for ident in idents:
                held = self.entities[ident].attributes.get("components", "").split("|")
                parts = {part.id for thing in things for part in thing.parts}
                exact = not given or set(held) == parts
                found.setdefault(ident, "direct" if exact else "regimen")
            for thing in things:
                for name in (
                    self.holding_all(part.id for part in thing.parts) if thing.parts else ()
                ):
                    found.setdefault(name, "member")
        if "up" in asked and not given:
            for ident in idents:
                for name in self.up(ident):
                    found.setdefault(name, "class")
        below = [name for ident in idents for name in self.down(ident)] if not given else []
        if "down" in asked:
            found = dict.fromkeys(below, "member") | found
        if "members" in asked:
            found |= {n: "member" for n in below if self.entities[n].cls == "DrugClass"}
        if "with" in asked and not given and not alone:
            for name in self.holding([*idents, *(below if "down" in asked else [])]):
                found.setdefault(name, "regimen")
        if "classwith" in asked and not given:
            above = [name for ident in idents for name in self.up(ident)]
            for name in self.holding(above):
                found.setdefault(name, "class")
        if "states" in asked:
            for ident in idents:
                for name in self.states(ident):
                    found.setdefault(name, "form")
        if "named" in asked:
            for ident in idents:
                for owner in (ident, *self.kin(ident)):
                    for name in self.named_after(self.entities[owner]):
                        found.setdefault(name, "form")
        if "either" in asked:
            for ident in idents:
                for name in self._either.get(ident, ()):
                    found.setdefault(name, "class")
        if "kin" in asked:
            for ident in idents:
                for name in self.kin(ident):
                    found.setdefault(name, "form")
        if "isoforms" in asked:
            for ident in idents:
                item = self.entities[ident]
                for family in (ident, ident.removesuffix("_mutation"), *item.parents):
                    if family not in self.entities or self.entities[family].cls != "ProteinFamily":
                        continue
                    for gene in (n for n in self.down(family) if self.entities[n].cls == "Gene"):
                        found |= {n: "member" for n in (gene, *self.near(gene)) if n not in found}
        if "near" in asked:
            for ident in idents:
                for name in self.near(ident):
                    found.setdefault(name, "form")
        return found
