"""What a mechanism map shows: the choice of entities, and the column each belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kras_graph.answers.lookup import MOLECULAR
from kras_graph.model.records import Entity
from kras_graph.model.terms import MechanismGroup

if TYPE_CHECKING:
    from kras_graph.answers.resistance import BypassAnswer
    from kras_graph.network.projection import Network


@dataclass(frozen=True)
class Column:
    """A column of signalling: heading, most width of a box, least space between boxes."""

    title: str
    width: int
    gap: int


COLUMNS = (
    Column("Targets, altered molecules", 158, 14),
    Column("Isoforms, receptors", 118, 26),
    Column("RAS state", 112, 60),
    Column("Effectors", 100, 60),
    Column("MEK, AKT", 84, 70),
    Column("ERK, mTOR", 104, 70),
    Column("Outputs", 150, 18),
)
_MOLECULES, _ISOFORMS = 0, 1
# The signalling that every map shows, by place in `COLUMNS`.
_BACKBONE = {
    "SOS1": 0, "PTPN11": 0, "KRAS": 1, "NRAS": 1, "HRAS": 1,
    "RAS": 2, "RAS_GTP-bound": 2, "RAF": 3, "PI3K": 3, "RALGDS": 3,
    "MEK": 4, "PIP3": 4, "AKT": 4, "RAL": 4, "ERK": 5, "mTOR_signaling": 5,
    "cell_proliferation": 6, "cell_survival": 6, "cell_growth": 6,
    "cell_differentiation": 6, "cell_metabolism": 6, "regulation_of_gene_expression": 6,
    "translation": 6, "cytoskeletal_organization": 6, "vesicle-mediated_transport": 6,
}  # fmt: skip
# Where other molecules of these pathways stand when a mechanism or target leads to them.
_KNOWN = _BACKBONE | {
    "KRAS_GTP-bound": 2, "ARAF": 3, "BRAF": 3, "RAF1": 3, "MAP2K1": 4, "MAP2K2": 4,
    "MAPK1": 5, "MAPK3": 5, "MTOR": 5, "PTEN": 3, "receptor_tyrosine_kinase": 1,
    "HER_family": 1, "SOS": 1,
}  # fmt: skip
_ACTS = ("inhibits", "binds", "stabilises")
_PASSES_ON = ("activates", "increases", "inhibits", "decreases")


@dataclass(frozen=True)
class Scene:
    """What a mechanism map shows.

    Attributes:
        chain: the therapy's classes, general ones first, and the therapy itself.
        groups: mechanism group of each reported mechanism, in the order of the lists.
        columns: place in `COLUMNS` of each molecule, process and output.
        doubtful: mechanisms that only denied or doubted reports bring in.
        ties: what joins mechanisms and the chain, as (mechanism, therapy or class, bundle,
            asserted); a bundle is named by its sign, with `from` before it where it leads
            from the therapy to the mechanism.
        cut: molecules whose activity the therapy takes away.
        partners: medicines of combinations and the molecule of the map that each inhibits.
    """

    chain: tuple[str, ...]
    groups: dict[str, str]
    columns: dict[str, int]
    doubtful: frozenset[str]
    ties: tuple[tuple[str, str, str, bool], ...]
    cut: tuple[str, ...] = ()
    partners: tuple[tuple[str, str], ...] = field(default=())

    @property
    def names(self) -> list[str]:
        """Everything the map shows, each once."""
        shown = [*self.chain, *self.groups, *self.columns, *(name for name, _ in self.partners)]
        return list(dict.fromkeys(shown))


def mechanism_scene(
    network: Network, entities: Mapping[str, Entity], answer: BypassAnswer, hops: int
) -> Scene:
    """What belongs on the map of a therapy.

    Args:
        network: the whole graph.
        entities: every entity, by id.
        answer: what bypasses the therapy; computed routes are not needed.
        hops: most steps from a mechanism or target to the signalling of the backbone.
    """
    drug = answer.drug.id
    chain = (*(item.id for item, _ in reversed(answer.classes)), drug)
    places = {name: column for name, column in _BACKBONE.items() if name in network}
    targets = [
        target
        for name in chain
        for target in _acted_on(network, name, _ACTS)
        if name == drug or network.nodes[target]["cls"] != "BindingSite"
    ]
    for target in targets:
        places.setdefault(target, _KNOWN.get(target, _MOLECULES))
    reports = (*answer.reported, *answer.open, *answer.denied)
    found = {r.mechanism.id: r.group or MechanismGroup.OTHER for r in reversed(reports)}
    found = {name: group for name, group in found.items() if name not in chain}
    sure = {r.mechanism.id for r in reports if any(s.is_edge for s in r.statements)}
    doubtful = frozenset(name for name in found if name not in sure)
    order = list(MechanismGroup)
    groups = {
        name: str(found[name])
        for name in sorted(found, key=lambda n: (order.index(found[n]), n in doubtful, n))
    }
    for start in dict.fromkeys([*targets, *groups]):
        if start not in doubtful:
            for name, steps in _reached(network, start, hops).items():
                if name not in groups and name not in chain:
                    places.setdefault(name, _KNOWN.get(name, min(steps - 1, _ISOFORMS)))
    places = {name: column for name, column in places.items() if name not in groups}
    return Scene(
        chain,
        groups,
        places,
        doubtful,
        _ties(network, groups, chain),
        tuple(sorted(set(_acted_on(network, drug, ("inhibits",))) & {*places, *groups})),
        _partners(network, entities, chain, places),
    )


def _acted_on(network: Network, therapy: str, predicates: Sequence[str]) -> list[str]:
    """Molecules that a therapy acts on by asserted statements."""
    return [
        target
        for _, target, data in network.out_edges(therapy, data=True)
        if data["predicate"] in predicates
        and data["asserted"]
        and network.nodes[target]["cls"] in MOLECULAR
    ]


def _ties(
    network: Network, groups: Mapping[str, str], chain: Sequence[str]
) -> tuple[tuple[str, str, str, bool], ...]:
    """What joins the mechanisms of a map and its therapies, reports of resistance above all."""
    found = []
    for name in groups:
        for _, target, data in network.out_edges(name, data=True):
            if target in chain and data["statements"]:
                found.append((name, target, str(data["sign"]), data["asserted"]))
        for source, _, data in network.in_edges(name, data=True):
            if source in chain and data["statements"]:
                found.append((name, source, f"from{data['sign']}", data["asserted"]))
    return tuple(found)


def _partners(
    network: Network,
    entities: Mapping[str, Entity],
    chain: Sequence[str],
    places: Mapping[str, int],
) -> tuple[tuple[str, str], ...]:
    """Components of combinations with the therapy or its classes, and what each inhibits."""
    found = {
        (partner, target)
        for item in entities.values()
        if item.cls == "Regimen"
        and set(parts := item.attributes.get("components", "").split("|")) & set(chain)
        for partner in parts
        if partner in network and partner not in chain
        for target in _acted_on(network, partner, ("inhibits",))
        if target in places
    }
    return tuple(sorted(found))


def _reached(network: Network, start: str, hops: int) -> dict[str, int]:
    """Nodes that lead from an alteration into the backbone; else what it is a form of."""
    before: dict[str, str] = {}
    upward: dict[str, int] = {}
    seen = {start: 0}
    front = [start]
    while front:
        name = front.pop(0)
        if seen[name] == hops:
            continue
        for target, up in _onward(network, name):
            if target not in seen:
                seen[target], before[target] = seen[name] + 1, name
                if up and (name == start or name in upward):
                    upward[target] = seen[target]
                if target in _BACKBONE:
                    way = {target: seen[target]}
                    while (target := before[target]) != start:
                        way[target] = seen[target]
                    return way
                front.append(target)
    return upward


def _onward(network: Network, name: str) -> list[tuple[str, bool]]:
    """Next nodes of a molecule: what it is part or form of (True), what it acts on."""
    found = {
        target: data["role"] in ("up", "state")
        for _, target, data in network.out_edges(name, data=True)
        if data["asserted"]
        and network.nodes[target]["cls"] in MOLECULAR
        and (data["role"] in ("up", "state") or data["predicate"] in _PASSES_ON)
        and not data["predicate"].endswith("^")
    }
    return sorted(
        found.items(), key=lambda p: (network.nodes[p[0]]["cls"] != "Gene", not p[1], p[0])
    )
