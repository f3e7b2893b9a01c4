"""Four questions of a graph with signed edges, asked alike of networkx and of a compressed file.

Paths, shortest paths, smallest cuts, neighbourhoods: on a networkx MultiDiGraph by networkx,
on a `CompressedGraph` by searches over its arrays. Answers are the same, in the same order: by
length or distance, then by names of nodes, then by edges (predicate, asserted before others,
sign). Only edges count that a source affirms and states, and that have an effect or are
structural, unless more is asked for (`kras_graph.network.search` draws the same line).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, TypeAlias

from kras_graph.model.errors import KrasGraphError
from kras_graph.model.terms import Sign
from kras_graph.network.found import Edges, Found, Neighbours, SignedPath

if TYPE_CHECKING:
    import networkx as nx

    from kras_graph.network.compressed import CompressedGraph

Graph: TypeAlias = "nx.MultiDiGraph | CompressedGraph"
DIRECTIONS = ("out", "in", "both")


PLAIN = Edges()


def simple_paths(
    graph: Graph,
    source: str,
    target: str,
    max_length: int,
    *,
    sign: Sign | None = None,
    avoid: Collection[str] = (),
    limit: int | None = None,
    edges: Edges = PLAIN,
) -> Found:
    """Every signed path from one node to another that touches no node twice.

    Args:
        graph: where to look.
        source: where paths start.
        target: where they end.
        max_length: most edges of a path.
        sign: the sign wanted (product of the edges'; `?` where one is unknown), None for any.
        avoid: nodes no path may touch.
        limit: most paths to give.
        edges: which edges count.

    Raises:
        UnknownNameError: when an end is no node.
        GraphFileError: when a damaged part of a file is met.
        KrasGraphError: when there are too many partial paths to hold.
    """
    if max_length < 1:
        raise ValueError(f"A path has at least 1 edge, not {max_length}.")
    wanted = Sign.UNKNOWN if sign is Sign.NEUTRAL else sign
    asked = (graph, source, target, max_length, wanted, avoid, limit, edges)
    found: Found = _on(graph).simple_paths(*asked)
    return found


def shortest_paths(
    graph: Graph,
    source: str,
    target: str,
    k: int,
    *,
    avoid: Collection[str] = (),
    edges: Edges = PLAIN,
) -> Found:
    """The k shortest simple paths from one node to another.

    Args:
        graph: where to look.
        source: where paths start.
        target: where they end.
        k: most paths to give.
        avoid: nodes no path may touch.
        edges: which edges count.

    Raises:
        UnknownNameError: when an end is no node.
        GraphFileError: when a damaged part of a file is met.
    """
    if k < 1:
        raise ValueError(f"At least 1 path is to be given, not {k}.")
    found: Found = _on(graph).shortest_paths(graph, source, target, k, avoid, edges)
    return found


def minimum_edge_cut(
    graph: Graph, source: str, target: str, *, edges: Edges = PLAIN
) -> tuple[tuple[str, str, str], ...]:
    """The smallest set of edges without which no path leads from source to target.

    Of several smallest sets the one nearest to the target. Empty when no path is there anyway.

    Returns:
        Source, target and key of each edge, in order.

    Raises:
        UnknownNameError: when an end is no node.
        KrasGraphError: when the two are the same.
        GraphFileError: when a damaged part of a file is met.
    """
    _two(source, target)
    answer = _on(graph).minimum_edge_cut
    cut: tuple[tuple[str, str, str], ...] = answer(graph, source, target, edges)
    return cut


def minimum_node_cut(
    graph: Graph, source: str, target: str, *, edges: Edges = PLAIN
) -> tuple[str, ...]:
    """The smallest set of nodes without which no path leads from source to target.

    Of several smallest sets the one nearest to the target. Empty when no path is there anyway.

    Raises:
        UnknownNameError: when an end is no node.
        KrasGraphError: when the two are the same or an edge joins them directly.
        GraphFileError: when a damaged part of a file is met.
    """
    _two(source, target)
    cut: tuple[str, ...] = _on(graph).minimum_node_cut(graph, source, target, edges)
    return cut


def neighbourhood(
    graph: Graph,
    node: str,
    radius: int,
    *,
    direction: str = "out",
    limit: int | None = None,
    edges: Edges = PLAIN,
) -> Neighbours:
    """Nodes within so many edges of a node, itself left out.

    Args:
        graph: where to look.
        node: the middle.
        radius: most edges.
        direction: `out` along the edges, `in` against them, `both` either way.
        limit: most nodes to give.
        edges: which edges count.

    Raises:
        UnknownNameError: when there is no such node.
        GraphFileError: when a damaged part of a file is met.
    """
    if direction not in DIRECTIONS:
        raise ValueError(f"No direction {direction!r}; expected one of {', '.join(DIRECTIONS)}.")
    answer = _on(graph).neighbourhood
    found: Neighbours = answer(graph, node, radius, direction, limit, edges)
    return found


def _two(source: str, target: str) -> None:
    if source == target:
        raise KrasGraphError(f"A cut parts two nodes; {source!r} was given for both.")


def _on(graph: Graph) -> Any:
    """The module that answers for a graph of this type."""
    if type(graph).__name__ == "CompressedGraph":
        from kras_graph.network import finding_csr

        return finding_csr
    from kras_graph.network import finding_networkx

    return finding_networkx


__all__ = [
    "DIRECTIONS",
    "PLAIN",
    "Edges",
    "Found",
    "Graph",
    "Neighbours",
    "SignedPath",
    "minimum_edge_cut",
    "minimum_node_cut",
    "neighbourhood",
    "shortest_paths",
    "simple_paths",
]
