"""The questions of `kras_graph.network.finding`, answered on the arrays of a compressed graph."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from kras_graph.model.terms import Sign
from kras_graph.network.adjacency import IN, OUT, Bools
from kras_graph.network.compressed import CompressedGraph
from kras_graph.network.found import Edges, Found, Neighbours, no_node_cut
from kras_graph.network.joining import PathSearch, Rows
from kras_graph.network.kshortest import shortest
from kras_graph.network.parallels import FoundPaths, sign_code, signs_of, with_parallels

_Block = tuple[Rows, npt.NDArray[np.int8]]


def simple_paths(
    graph: CompressedGraph,
    source: str,
    target: str,
    max_length: int,
    sign: Sign | None,
    avoid: Collection[str],
    limit: int | None,
    edges: Edges,
) -> Found:
    """See `kras_graph.network.finding.simple_paths`."""
    usable = _usable(graph, edges)
    search = PathSearch(
        graph.adjacency,
        graph.number(source),
        graph.number(target),
        usable=usable,
        avoid=np.array(_numbers(graph, avoid), np.int64),
    )
    blocks: list[_Block] = []
    held = 0
    for length in range(1, max_length + 1):
        for rows in search.of_length(length):
            block = _signed(graph, with_parallels(graph.adjacency, rows, usable), sign)
            blocks.append(block)
            held += len(block[1])
            if limit is not None and held > limit:
                return Found(FoundPaths(graph, _first(blocks, limit)), complete=False)
        if search.exhausted:
            break
    return Found(FoundPaths(graph, blocks), complete=True)


def shortest_paths(
    graph: CompressedGraph,
    source: str,
    target: str,
    k: int,
    avoid: Collection[str],
    edges: Edges,
) -> Found:
    """See `kras_graph.network.finding.shortest_paths`."""
    usable = _usable(graph, edges)
    ends = graph.number(source), graph.number(target)
    found = shortest(graph.adjacency, *ends, usable=usable, avoid=_numbers(graph, avoid))
    blocks: list[_Block] = []
    held = 0
    for rows in found:
        few = Rows(rows.nodes[: k + 1], rows.edges[: k + 1])
        blocks.append(_signed(graph, with_parallels(graph.adjacency, few, usable), None))
        held += len(blocks[-1][1])
        if held > k:
            break
    return Found(FoundPaths(graph, _first(blocks, k)), complete=held <= k)


def minimum_edge_cut(
    graph: CompressedGraph, source: str, target: str, edges: Edges
) -> tuple[tuple[str, str, str], ...]:
    """See `kras_graph.network.finding.minimum_edge_cut`."""
    from kras_graph.network.mincut import edge_cut

    usable = _usable(graph, edges)
    ends = graph.number(source), graph.number(target)
    return tuple(
        (graph.name(tail), graph.name(head), graph.key(edge, tail))
        for tail, head in edge_cut(graph.adjacency, *ends, usable)
        for edge in graph.between(tail, head)
        if edges.count(*graph.kind(edge))
    )


def minimum_node_cut(
    graph: CompressedGraph, source: str, target: str, edges: Edges
) -> tuple[str, ...]:
    """See `kras_graph.network.finding.minimum_node_cut`."""
    from kras_graph.network.mincut import node_cut

    ends = graph.number(source), graph.number(target)
    if any(edges.count(*graph.kind(edge)) for edge in graph.between(*ends)):
        raise no_node_cut(source, target)
    found = node_cut(graph.adjacency, *ends, _usable(graph, edges))
    return tuple(graph.name(node) for node in sorted(found))


def neighbourhood(
    graph: CompressedGraph,
    node: str,
    radius: int,
    direction: str,
    limit: int | None,
    edges: Edges,
) -> Neighbours:
    """See `kras_graph.network.finding.neighbourhood`."""
    adjacency, usable = graph.adjacency, _usable(graph, edges)
    ways = {"out": (OUT,), "in": (IN,), "both": (OUT, IN)}[direction]
    front = np.array([graph.number(node)], np.int64)
    seen = np.zeros(len(graph), np.bool_)
    seen[front] = True
    found: dict[str, int] = {}
    for steps in range(1, radius + 1):
        reached = np.zeros(len(graph), np.bool_)
        for way in ways:
            reached |= adjacency.reach(way, front, usable, seen)
        front = np.flatnonzero(reached)
        if not len(front):
            break
        seen |= reached
        if limit is not None and len(found) + len(front) > limit:
            kept = front[: limit - len(found)]
            found.update(dict.fromkeys(graph.names(kept), steps))
            return Neighbours(found, complete=False)
        found.update(dict.fromkeys(graph.names(front), steps))
    return Neighbours(found, complete=True)


def _usable(graph: CompressedGraph, edges: Edges) -> Bools | None:
    """For each kind of edge whether it counts; None when all do."""
    found = np.array([edges.count(*kind) for kind in graph.kinds], np.bool_)
    return None if found.all() else found


def _numbers(graph: CompressedGraph, names: Collection[str]) -> list[int]:
    """Numbers of those names that are nodes."""
    return [number for name in sorted(names) if (number := graph.find(name)) is not None]


def _signed(graph: CompressedGraph, rows: Rows, wanted: Sign | None) -> _Block:
    """Paths with their signs, those of another sign left out."""
    codes = np.array(
        [
            # belonging to something passes on whatever effect there is
            sign_code(
                Sign.POSITIVE if kind.role == "up" and kind.sign is Sign.NEUTRAL else kind.sign
            )
            for kind in graph.kinds
        ],
        np.int8,
    )
    signs = signs_of(graph.adjacency, codes, rows.edges)
    if wanted is None:
        return rows, signs
    keep = signs == sign_code(wanted)
    return Rows(rows.nodes[keep], rows.edges[keep]), signs[keep]


def _first(blocks: list[_Block], limit: int) -> list[_Block]:
    """The first paths of some blocks."""
    kept = []
    for rows, signs in blocks:
        count = min(limit, len(signs))
        kept.append((Rows(rows.nodes[:count], rows.edges[:count]), signs[:count]))
        limit -= count
    return kept
