"""Computed routes around a drug: signed activating paths that its block leaves open.

A route starts at an alteration, ends at an output of growth or survival signalling, and
has a positive sign; it touches none of the nodes that the drug inhibits or binds, nor
their alleles' own alterations. Routes are computations over curated statements and
definitions, never observations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kras_graph.model.terms import Sign
from kras_graph.network.paths import Path, Search, find_paths
from kras_graph.network.projection import Network

OUTPUTS = ("ERK", "AKT", "MTOR", "YAP1", "cell_proliferation", "cell_survival")
LONGEST = 8


@dataclass(frozen=True)
class Route:
    """A way in which an alteration may keep an output active while the drug works."""

    id: str
    alteration: str
    output: str
    path: Path


def blocked_by(graph: Network, drug: str) -> frozenset[str]:
    """Molecules whose activity the drug takes away, by asserted statements.

    These are the molecules the drug inhibits. A drug without a target of its own
    blocks nothing here.
    """
    molecular = {"Gene", "Protein", "ProteinFamily", "ProteinComplex", "ProteinState"} | {
        "ProteinVariant",
        "Alteration",
    }
    return frozenset(
        target
        for _, target, data in graph.out_edges(drug, data=True)
        if data["predicate"] == "inhibits"
        and data["asserted"]
        and graph.nodes[target]["cls"] in molecular
    )


def open_routes(
    graph: Network, drug: str, alterations: Sequence[str], outputs: Sequence[str] = OUTPUTS
) -> tuple[Route, ...]:
    """For each alteration and output, the best activating path that the drug leaves open.

    Alterations that the drug itself blocks, and outputs absent from the graph, give none.
    """
    blocked = blocked_by(graph, drug)
    if not blocked:
        return ()
    search = Search(max_length=LONGEST, k=1, avoid=blocked | {drug}, sign=Sign.POSITIVE)
    routes = []
    for alteration in alterations:
        for output in outputs:
            if alteration not in graph or output not in graph or alteration in blocked:
                continue
            answer = find_paths(graph, alteration, output, search)
            if answer.paths:
                ident = f"route:{drug}:{alteration}:{output}"
                routes.append(Route(ident, alteration, output, answer.paths[0]))
    return tuple(routes)
