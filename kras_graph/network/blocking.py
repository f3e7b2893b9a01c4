"""What a therapy takes away from the signalling layer, and which therapies hit a target.

A therapy takes away what it inhibits by asserted statements, what its classes take away by
definition, and, for a regimen, what its components take away. What is said of a family holds
for its members and their states; what is said of a gene does not hold for each of its alleles.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import cached_property
from typing import NamedTuple

from kras_graph.model.mechanism import PRESENT, Mechanism
from kras_graph.model.records import Entity
from kras_graph.model.terms import THERAPY_CLASSES
from kras_graph.rdf.reader import Reader

_ALLELES = frozenset({"ProteinVariant", "Alteration"})


class Hit(NamedTuple):
    """A target of a therapy.

    Attributes:
        target: entity whose activity is taken away.
        nodes: nodes of the layer that this takes away.
        voided_by: lesions that void it.
        through: the class or component by which the therapy has it; itself where direct.
        statements: statements that say so; none where it is so by definition.
        condition: in our words, when the target is reached.
        assumptions: assumptions behind it.
    """

    target: str
    nodes: frozenset[str]
    voided_by: frozenset[str]
    through: str
    statements: tuple[str, ...]
    condition: str = ""
    assumptions: tuple[str, ...] = ()


class Blocking:
    """Targets of therapies, for one dataset and layer.

    Args:
        reader: the dataset; only what is asserted counts.
        mechanism: the layer.
        without: statements to do without; a block falls when all it rests on is among them.
        documents_only: leave out blocks that rest on assumptions.
    """

    def __init__(
        self,
        reader: Reader,
        mechanism: Mechanism,
        without: Collection[str] = (),
        *,
        documents_only: bool = False,
    ) -> None:
        self.reader = reader
        self.entities = reader.entities
        self.mechanism = mechanism
        self.rows = tuple(
            block
            for block in mechanism.blocks
            if not (documents_only and block.assumptions)
            and (not block.statements or not set(block.statements) <= set(without))
        )
        self._inhibits: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self._classes: dict[str, set[str]] = defaultdict(set)
        for statement in reader.statements_where(predicates=["inhibits", "member_of"]):
            if not statement.is_edge or statement.id in without:
                continue
            if statement.predicate == "inhibits":
                self._inhibits[statement.subject][statement.object].append(statement.id)
            else:
                self._classes[statement.subject].add(statement.object)

    @cached_property
    def nodes(self) -> frozenset[str]:
        """Every node of the layer, in whatever context."""
        return frozenset(n for c in self.mechanism.clauses for n in (c.target, *c.premises))

    def kin(self, name: str) -> frozenset[str]:
        """An entity with all that it is a kind, member, state or allele of."""
        seen: set[str] = set()
        front = [name]
        while front:
            item = self.entities.get(front.pop())
            if item is not None and item.id not in seen:
                seen.add(item.id)
                gene = item.attributes.get("gene")
                front += [*item.parents, *([gene] if gene else [])]
        return frozenset(seen)

    def nodes_of(self, target: str) -> frozenset[str]:
        """Nodes that go when an entity's activity is taken away."""
        return self._nodes_by_target.get(target, frozenset())

    @cached_property
    def _nodes_by_target(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for node in sorted(self.nodes):
            entity = node.removesuffix(PRESENT)
            chain = [entity]
            while chain:
                name = chain.pop()
                item = self.entities.get(name)
                if item is None:
                    continue
                found[name].add(node)
                # an allele's gene, and its kinds, do not answer for the allele
                if item.cls not in _ALLELES:
                    chain += item.parents
        states = {
            self.entities[n].parents[0]
            for n in self.nodes
            if n in self.entities and self.entities[n].cls == "ProteinState"
            and self.entities[n].parents
        }  # fmt: skip
        for allele in states & set(found):
            # an allele with a state of its own is active through that state only
            if self.entities[allele].cls in _ALLELES:
                found[allele].discard(allele)
        return {name: frozenset(nodes) for name, nodes in found.items()}

    def classes_of(self, therapy: str) -> list[str]:
        """Classes that a therapy belongs to by asserted statements or by definition."""
        seen: list[str] = []
        front = sorted(self._classes.get(therapy, ())) + list(self._parents(therapy))
        while front:
            name = front.pop(0)
            if name not in seen and name in self.entities:
                seen.append(name)
                front += sorted(self._classes.get(name, ())) + list(self._parents(name))
        return seen

    def _parents(self, name: str) -> tuple[str, ...]:
        item = self.entities.get(name)
        return item.parents if item else ()

    def components(self, therapy: str) -> list[str]:
        """What a regimen consists of; a single therapy consists of itself."""
        item = self.entities.get(therapy)
        listed = item.attributes.get("components", "") if item else ""
        return listed.split("|") if listed else [therapy]

    def hits(self, therapy: str) -> list[Hit]:
        """Targets of a therapy within the layer, by target."""
        return [hit for part in self.components(therapy) for hit in self._hits(part)]

    def _hits(self, therapy: str) -> list[Hit]:
        lineage = [therapy, *self.classes_of(therapy)]
        said: dict[str, tuple[str, list[str]]] = {}
        for name in lineage:
            for target, statements in sorted(self._inhibits.get(name, {}).items()):
                if self.nodes_of(target):
                    said.setdefault(target, (name, statements))
            for block in self.rows:
                if block.therapy == name:
                    said.setdefault(block.target, (name, []))
            if said:
                break  # what is said of the drug itself, or of its nearest class, is enough
        found = []
        for target, (through, statements) in sorted(said.items()):
            about = [b for b in self.rows if b.therapy in lineage and b.target == target]
            nodes = self.nodes_of(target)
            if nodes:
                found.append(
                    Hit(
                        target,
                        nodes,
                        frozenset(v for block in about for v in block.voided_by),
                        through,
                        tuple(statements),
                        "; ".join(b.condition for b in about if b.condition),
                        tuple(dict.fromkeys(a for b in about for a in b.assumptions)),
                    )
                )
        return found

    def blocks(self, therapy: str) -> dict[str, list[frozenset[str]]]:
        """For each node that a therapy takes away, the lesions that void it, target by target."""
        found: dict[str, list[frozenset[str]]] = defaultdict(list)
        for hit in self.hits(therapy):
            for node in sorted(hit.nodes):
                found[node].append(hit.voided_by)
        return dict(found)

    @cached_property
    def druggable(self) -> dict[str, tuple[str, ...]]:
        """For each entity that some drug or class takes away, those that do, drugs first."""
        found: dict[str, set[str]] = defaultdict(set)
        names = {*self._inhibits, *self._classes, *(b.therapy for b in self.rows)}
        for therapy in names:
            item = self.entities.get(therapy)
            if item is None or item.cls not in THERAPY_CLASSES or item.cls == "Regimen":
                continue
            for hit in self._hits(therapy):
                found[hit.target].add(therapy)
        return {
            target: tuple(
                sorted(names, key=lambda name: (self.entities[name].cls == "DrugClass", name))
            )
            for target, names in sorted(found.items())
        }

    def driver_of(self, therapy: str) -> tuple[str, ...]:
        """Alleles that a therapy is made for: those that it, or whose state it, takes away."""
        found: set[str] = set()
        for hit in self.hits(therapy):
            item = self.entities[hit.target]
            names = item.parents if item.cls == "ProteinState" else (item.id,)
            found |= {
                name
                for name in names
                if name in self.entities and self.entities[name].cls == "ProteinVariant"
            }
        return tuple(sorted(found))

    def without_target(self, therapy: str) -> tuple[str, ...]:
        """Components of a therapy that take nothing away in the layer."""
        return tuple(part for part in self.components(therapy) if not self._hits(part))

    def voids_of(self, target: str) -> frozenset[str]:
        """Lesions that void every therapy of a target: one that is not voided is enough."""
        sets = [
            hit.voided_by
            for therapy in self.druggable.get(target, ())
            for hit in self._hits(therapy)
            if hit.target == target
        ]
        return frozenset.intersection(*sets) if sets else frozenset()

    def gene_of(self, name: str) -> str:
        """Gene of an allele or alteration, by itself or by what it is a kind of."""
        for entity in [name, *sorted(self.kin(name))]:
            item = self.entities.get(entity)
            gene = item.attributes.get("gene") if item else None
            if gene:
                return gene
        return ""


def lineage(entities: Mapping[str, Entity], name: str) -> frozenset[str]:
    """An entity with all its parents, their parents, and so on."""
    seen: set[str] = set()
    front = [name]
    while front:
        here = front.pop()
        if here in entities and here not in seen:
            seen.add(here)
            front += entities[here].parents
    return frozenset(seen)
