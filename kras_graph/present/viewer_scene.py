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
    from kras_graph.present.viewer_computed import Overlay


@dataclass(frozen=True)
class Column:
    """A column of signalling: heading, most width of a box, least space between boxes."""

    title: str
    width: int
    gap: int


COLUMNS = (
    Column("Targets, altered molecules", 158, 14),
    Column("Isoforms, receptors, adaptors", 118, 26),
    Column("Nucleotide exchange", 142, 34),
    Column("RAS state", 142, 44),
    Column("Effectors", 100, 60),
    Column("MEK, AKT", 84, 70),
    Column("ERK, mTOR", 104, 70),
    Column("Outputs", 150, 18),
)
_MOLECULES, _ISOFORMS, _EXCHANGE = 0, 1, 2
# A column of its own that only computed routes need.
COMPUTED_COLUMN = _EXCHANGE
# The signalling that every map shows, by place in `COLUMNS`.
_BACKBONE = {
    "SOS1": 1, "PTPN11": 1, "KRAS": 1, "NRAS": 1, "HRAS": 1,
    "RAS": 3, "RAS_GTP-bound": 3, "RAF": 4, "PI3K": 4, "RALGDS": 4,
    "MEK": 5, "PIP3": 5, "AKT": 5, "RAL": 5, "ERK": 6, "mTOR_signaling": 6,
    "cell_proliferation": 7, "cell_survival": 7, "cell_growth": 7,
    "cell_differentiation": 7, "cell_metabolism": 7, "regulation_of_gene_expression": 7,
    "translation": 7, "cytoskeletal_organization": 7, "vesicle-mediated_transport": 7,
}  # fmt: skip
# Where other molecules of these pathways stand when a mechanism, target or route leads to them.
_KNOWN = _BACKBONE | {
    "KRAS_GTP-bound": 3, "ARAF": 4, "BRAF": 4, "RAF1": 4, "MAP2K1": 5, "MAP2K2": 5,
    "MAPK1": 6, "MAPK3": 6, "MTOR": 6, "PTEN": 4, "receptor_tyrosine_kinase": 1,
    "HER_family": 1, "SOS": 1, "GRB2": 1, "EGFR": 0, "GDP-GTP_exchange": 2,
    "intrinsic_RAS_nucleotide_exchange": 2, "wild-type_RAS": 2, "KRAS_G12C_GTP-bound": 2,
    "KRAS_G12D_GTP-bound": 2, "wild-type_RAS_GTP-bound": 3,
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
        overlay: what is computed, where anything is.
        tried: lesions that computed routes start from, reported here or not.
        only: what the map shows for computed routes alone.
    """

    chain: tuple[str, ...]
    groups: dict[str, str]
    columns: dict[str, int]
    doubtful: frozenset[str]
    ties: tuple[tuple[str, str, str, bool], ...]
    cut: tuple[str, ...] = ()
    partners: tuple[tuple[str, str], ...] = field(default=())
    overlay: Overlay | None = None
    tried: tuple[str, ...] = ()
    only: frozenset[str] = frozenset()

    @property
    def names(self) -> list[str]:
        """Everything the map shows, each once."""
        closers = self.overlay.closers if self.overlay else ()
        partners = [name for name, _ in (*self.partners, *closers)]
        shown = [*self.chain, *self.groups, *self.tried, *self.columns, *partners]
        return list(dict.fromkeys(shown))


def mechanism_scene(
    network: Network,
    entities: Mapping[str, Entity],
    answer: BypassAnswer,
    hops: int,
    overlay: Overlay | None = None,
) -> Scene:
    """What belongs on the map of a therapy.

    Args:
        network: the whole graph.
        entities: every entity, by id.
        answer: what bypasses the therapy.
        hops: most steps from a mechanism or target to the signalling of the backbone.
        overlay: what is computed around the therapy.
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
    cut = {*_acted_on(network, drug, ("inhibits",))}
    stated = {*chain, *groups, *places}
    if overlay is not None:
        cut |= {*overlay.blocked}
        for name in (*overlay.nodes, *overlay.blocked):
            if name not in stated and name not in overlay.lesions:
                places[name] = _KNOWN.get(name, _MOLECULES)
    tried = [n for n in (overlay.lesions if overlay else ()) if n not in places and n not in chain]
    only = {*places, *tried, *(name for name, _ in (overlay.closers if overlay else ()))} - stated
    return Scene(
        chain,
        groups,
        places,
        doubtful,
        _ties(network, groups, chain),
        tuple(sorted(cut & {*places, *groups})),
        _partners(network, entities, chain, places),
        overlay,
        tuple(tried),
        frozenset(only),
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
