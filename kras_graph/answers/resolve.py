"""Names as people write them → entities of the graph.

Matching is exact on labels, synonyms and ids after folding away case, blanks and
hyphens; short all-capital symbols (MET, ALK, RET) inside free text must match by case.
Protein changes are read in their usual spellings (`p.G12C`, `KRASG12C`,
`KRAS p.Gly12Cys`). Only when nothing matches are near spellings considered.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import cached_property
from typing import NamedTuple

from kras_graph.model.errors import AmbiguousNameError, UnknownNameError
from kras_graph.model.records import Entity

_AMINO_ACIDS = {
    "Ala": "A", "Arg": "R", "Asn": "N", "Asp": "D", "Cys": "C", "Gln": "Q", "Glu": "E",
    "Gly": "G", "His": "H", "Ile": "I", "Leu": "L", "Lys": "K", "Met": "M", "Phe": "F",
    "Pro": "P", "Ser": "S", "Thr": "T", "Trp": "W", "Tyr": "Y", "Val": "V",
}  # fmt: skip
_THREE = "|".join(_AMINO_ACIDS)
_DIGIT = re.compile(r"\d")
_LONG_FORM = re.compile(rf"(?:p\.)?\(?\b({_THREE})(\d+)({_THREE})\)?", re.IGNORECASE)
_CHANGE = re.compile(r"\b(?:p\.)?([A-Z])(\d{1,4})([A-Z])\b")
_SYMBOL_LIMIT = 4
_CASED_LIMIT = 3
_CASED = frozenset({"polo"})
_NEAR_ENOUGH = 84.0


# British spellings and their American forms; only keys are changed, never what is shown.
_BRITISH = {
    "mour": "mor", "lour": "lor", "iour": "ior", "vour": "vor", "bour": "bor", "oe": "e",
    "aem": "em", "lling": "ling", "ntre": "nter",
    "isa": "iza", "ise": "ize", "isi": "izi", "yse": "yze", "ysi": "yzi",
}  # fmt: skip
_MARKS = re.compile(r"[\W_]+")


def fold(name: str) -> str:
    """Spelling-independent key of a name.

    >>> fold("AMG-510"), fold("KRAS p.Gly12Cys"), fold("KRASG12C")
    ('amg510', 'krasg12c', 'krasg12c')
    >>> fold("tumour signalling") == fold("tumor signaling")
    True
    """
    return fold_plain(hgvs_short(name))


def fold_plain(text: str) -> str:
    """Key of a text whose protein changes are in short form already."""
    key = (text if text.isalnum() else _MARKS.sub("", text)).casefold()
    for british, american in _BRITISH.items():
        if british in key:
            key = key.replace(british, american)
    return key


def hgvs_short(text: str) -> str:
    """The text with protein changes in one-letter short form, without the `p.` prefix.

    >>> hgvs_short("KRAS p.Gly12Cys and p.G13D")
    'KRAS G12C and G13D'
    """

    def short(match: re.Match[str]) -> str:
        first, position, last = match.groups()
        return f"{_AMINO_ACIDS[first.capitalize()]}{position}{_AMINO_ACIDS[last.capitalize()]}"

    if not _DIGIT.search(text):
        return text
    return re.sub(r"\bp\.(?=[A-Z]\d+[A-Z]\b)", "", _LONG_FORM.sub(short, text))


class Match(NamedTuple):
    """An entity found for a piece of text; `corrected` when the spelling was only near."""

    entity: Entity
    text: str
    corrected: bool = False


class Names:
    """Index of every way in which the graph's entities are called."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        self._entities = {item.id: item for item in entities}

    @cached_property
    def _exact(self) -> dict[str, set[str]]:
        """Names as they are written → entities."""
        found: dict[str, set[str]] = defaultdict(set)
        for item in self._entities.values():
            for name in self._names(item):
                found[name].add(item.id)
        return found

    @cached_property
    def _by_key(self) -> dict[str, set[str]]:
        """Names without regard to how they are written → entities."""
        found: dict[str, set[str]] = defaultdict(set)
        for item in self._entities.values():
            for name in self._names(item):
                found[fold(name)].add(item.id)
        for item in self._entities.values():
            # a label or an id outranks the same word as another entity's synonym
            for name in (item.label, item.id):
                owners = found[fold(name)]
                if len(owners) > 1:
                    found[fold(name)] = {
                        o for o in owners if fold(name) in (fold(self._entities[o].label), fold(o))
                    }
        return found

    @staticmethod
    def _names(item: Entity) -> list[str]:
        names = [item.id, item.label, *item.synonyms]
        if item.cls == "ProteinVariant" and item.label.startswith("KRAS "):
            names.append(item.label.removeprefix("KRAS "))
        return names

    @cached_property
    def _plural_keys(self) -> dict[str, set[str]]:
        """Keys of regular plurals, for matching inside running text."""
        plurals = {f"{key}s": ids for key, ids in self._by_key.items() if len(key) > 3}
        plurals |= {
            f"{key[:-1]}ies": ids
            for key, ids in self._by_key.items()
            if len(key) > 4 and key.endswith("y")
        }
        return plurals

    def find(self, name: str, classes: Collection[str] = ()) -> Match:
        """The entity a name stands for.

        Args:
            name: id, label, synonym, or a near spelling of one.
            classes: entity classes to choose from; all when empty.

        Raises:
            AmbiguousNameError: when several entities carry the name.
            UnknownNameError: when none does; near names come as suggestions.
        """
        text = name.strip()
        if text in self._entities and (not classes or self._entities[text].cls in classes):
            return Match(self._entities[text], text)
        found = self._allowed(self._by_key.get(fold(text), set()), classes)
        if not found:
            found = self._allowed(self._plural_keys.get(fold(text), set()), classes)
        exact = self._allowed(self._exact.get(text, set()), classes)
        found = exact or found
        if len(found) > 1:
            raise AmbiguousNameError(name, sorted(found))
        if found:
            return Match(self._entities[found.pop()], text)
        near = self.near(text, classes)
        if near and near[0][1] >= _NEAR_ENOUGH and (len(near) == 1 or near[0][1] > near[1][1]):
            return Match(near[0][0], text, corrected=True)
        raise UnknownNameError(name, [item.label for item, _ in near[:5]])

    def _allowed(self, ids: Iterable[str], classes: Collection[str]) -> set[str]:
        return {i for i in ids if not classes or self._entities[i].cls in classes}

    def near(self, text: str, classes: Collection[str] = ()) -> list[tuple[Entity, float]]:
        """Entities with similar names, most similar first, with the similarity in percent.

        Protein changes and short symbols are never near to others: `G12S` is not `G12C`.
        """
        from rapidfuzz import fuzz, process

        key = fold(text)
        if len(key) <= _SYMBOL_LIMIT or _CHANGE.search(hgvs_short(text).upper()):
            pool = [k for k in self._by_key if k and k[:1] == key[:1]]
            limit = _NEAR_ENOUGH - 1  # suggestions only, never taken as the answer
        else:
            pool = [k for k in self._by_key if len(k) > _SYMBOL_LIMIT]
            limit = 100.0
        scores: dict[str, float] = {}
        for hit, score, _ in process.extract(key, pool, scorer=fuzz.ratio, limit=25):
            if score < 55:
                continue
            # names of different medicines end alike: the beginning and all digits must agree
            alike = hit[:1] == key[:1] and re.findall(r"\d+", hit) == re.findall(r"\d+", key)
            score = min(score if alike else min(score, _NEAR_ENOUGH - 1), limit)
            for ident in self._allowed(self._by_key[hit], classes):
                scores[ident] = max(scores.get(ident, 0.0), score)
        ranked = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
        return [(self._entities[ident], score) for ident, score in ranked]

    def called(self, piece: str, key: str = "") -> list[Entity]:
        """Entities that a piece of running text names, in the order of ids.

        Letters-only symbols of up to three letters, and those that are English words, must
        match by case: `MET` is the gene, `met` is a verb.

        Args:
            piece: the text as written.
            key: its key, where it is known already.
        """
        key = key or fold(piece)
        ids = self._by_key.get(key) or self._plural_keys.get(key) or set()
        if key.isalpha() and (len(key) <= _CASED_LIMIT or key in _CASED):
            ids = {
                i for i in ids if any(n in (piece, piece[:-1]) for n in self._names(self.get(i)))
            }
        if len(ids) > 1:
            ids = {i for i in ids if piece in self._names(self.get(i))} or ids
        return [self.get(i) for i in sorted(ids)]

    def get(self, ident: str) -> Entity:
        """The entity with an id.

        Raises:
            KeyError: when there is none.
        """
        return self._entities[ident]

    def all(self) -> Iterable[Entity]:
        """Every entity, in the order of ids."""
        return self._entities.values()

    def __contains__(self, ident: object) -> bool:
        return ident in self._entities

    def spellings(self, item: Entity) -> list[str]:
        """Every way in which an entity is called: id, label, synonyms, short forms."""
        return self._names(item)
