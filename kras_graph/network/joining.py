"""Simple paths of bounded length by meeting in the middle, as arrays.

A path of length n is a beginning, one middle edge and a rest. For each n, beginnings grow from
the source and rests from the target, always on the side that has fewer edges to look at, until
beginning + 1 + rest = n. Then only those beginnings and rests are written out that some middle
edge joins, and what is joined without touching a node twice is a path. So the work is that of
two short searches and of the paths themselves, where a search from one end alone looks at every
walk. The idea is that of bidirectional search (Pohl 1971), here over whole sets of nodes.

Paths come in order: fewer steps first, then by the numbers of their nodes, one after the other.
Of parallel edges the first usable one stands for all (`kras_graph.network.parallels`).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kras_graph.model.errors import KrasGraphError
from kras_graph.network.adjacency import IN, OUT, Adjacency, Bools, Steps, Way
from kras_graph.network.csrfile import Ints, positions

MOST_ROWS = 20_000_000  # beginnings or rests held at once
_PIECE = 1 << 13  # paths in one piece
_Numbers = npt.NDArray[np.int64]


class TooManyError(KrasGraphError):
    """There are too many partial paths to hold at once."""


class Rows(NamedTuple):
    """Partial or whole paths of one length: a row each, of nodes and of edges."""

    nodes: npt.NDArray[np.int32]
    edges: npt.NDArray[np.int64]


class _Middle(NamedTuple):
    """Edges that join a beginning with a rest, in order of source and target."""

    tail: npt.NDArray[np.int32]
    head: npt.NDArray[np.int32]
    edge: _Numbers


class PathSearch:
    """Simple paths from one node to another.

    Args:
        graph: who is joined with whom.
        source: where paths start.
        target: where they end.
        usable: for each kind of edge whether it may be a step; None for all.
        avoid: nodes no path may touch.
        room: partial paths that may be held at once.
    """

    def __init__(
        self,
        graph: Adjacency,
        source: int,
        target: int,
        *,
        usable: Bools | None = None,
        avoid: Ints | None = None,
        room: int = MOST_ROWS,
    ) -> None:
        self._graph, self._usable, self._room = graph, usable, room
        self._source, self._target = source, target
        self._barred = np.zeros(graph.nodes, np.bool_)
        if avoid is not None:
            self._barred[avoid] = True
        self._hopeless = source == target or bool(self._barred[[source, target]].any())
        self._barred[[source, target]] = True
        # nodes at each number of steps, from the source and to the target
        self._ahead, self._behind = _Layers(graph, OUT, source), _Layers(graph, IN, target)

    def of_length(self, length: int) -> Iterator[Rows]:
        """All simple paths with so many edges, in order, piece by piece.

        Raises:
            TooManyError: when there are too many partial paths to hold.
        """
        if self._hopeless:
            return
        first, rest = self._split(length)
        middle = self._middle(first, rest)
        if len(middle.edge):
            begun = self._rows(self._ahead, first, np.unique(middle.tail))
            ending = self._rows(self._behind, rest, np.unique(middle.head))
            yield from _joined(begun, middle, ending)

    @property
    def exhausted(self) -> bool:
        """Whether one end has no further layer, so that longer paths cannot be."""
        return self._hopeless or not (self._ahead.alive and self._behind.alive)

    def walked(
        self, most: int, room: int, *, narrow: bool = False
    ) -> tuple[_Numbers, _Numbers, _Numbers]:
        """Every edge on a walk of at most `most` edges: source, target, first parallel edge.

        The walks touch the source only at their beginning and the target only at their end.

        Args:
            most: edges of a walk.
            room: edges that may come back.
            narrow: whether to leave out longer walks when there would be about so many edges.

        Raises:
            TooManyError: when they are more than `room`, even on the shortest walks.
        """
        found: list[_Middle] = []
        for length in range(1, most + 1):
            if self._hopeless:
                break
            first, rest = self._split(length)
            middle = self._middle(first, rest)
            held = sum(len(part.edge) for part in found)
            if len(middle.edge) > room or (narrow and found and held + len(middle.edge) > room):
                if narrow and found:
                    break
                raise _too_many_edges(room, most)
            if len(middle.edge):
                found.append(middle)
                found += self._traced(self._ahead, first, np.unique(middle.tail))
                found += self._traced(self._behind, rest, np.unique(middle.head))
        if not found:
            none = np.empty(0, np.int64)
            return none, none, none
        edge, at = np.unique(np.concatenate([part.edge for part in found]), return_index=True)
        if len(edge) > room and not narrow:
            raise _too_many_edges(room, most)
        tail = np.concatenate([part.tail for part in found])[at]
        head = np.concatenate([part.head for part in found])[at]
        return tail.astype(np.int64), head.astype(np.int64), edge

    def _split(self, length: int) -> tuple[int, int]:
        """Steps before and after the middle edge of paths of a length."""
        while self._ahead.depth + self._behind.depth < length - 1:
            side = min((self._ahead, self._behind), key=lambda layers: layers.cost())
            side.grow(self._usable, self._barred)
        first = min(self._ahead.depth, length - 1)
        return first, length - 1 - first

    def _traced(self, layers: _Layers, depth: int, ends: Ints) -> list[_Middle]:
        """Edges by which the layers lead to these ends."""
        found = []
        for level in range(depth - 1, -1, -1):
            edges = _between(self._graph, layers, level, ends, self._usable)
            found.append(edges)
            ends = np.unique(edges.tail if layers.way is OUT else edges.head)
        return found

    def _middle(self, first: int, rest: int) -> _Middle:
        """Edges from the nodes `first` steps on to those `rest` steps before the target."""
        tails, heads = self._ahead.nodes(first), self._behind.nodes(rest)
        graph = self._graph
        if self._ahead.cost(first) <= self._behind.cost(rest):
            return _edges(graph, OUT, tails, self._behind.mask(rest), self._usable)
        return _edges(graph, IN, heads, self._ahead.mask(first), self._usable)

    def _rows(self, layers: _Layers, depth: int, ends: Ints) -> Rows:
        """Every simple partial path of so many steps to these ends, in order."""
        useful: list[Bools] = [_mask(self._graph.nodes, ends)]
        for level in range(depth - 1, 1, -1):
            edges = _between(self._graph, layers, level, ends, self._usable)
            ends = np.unique(edges.tail if layers.way is OUT else edges.head)
            useful.append(_mask(self._graph.nodes, ends))
        start = self._source if layers.way is OUT else self._target
        rows = Rows(np.array([[start]], np.int32), np.empty((1, 0), np.int64))
        for level in range(1, depth + 1):
            known = depth - level < len(useful)
            allowed = useful[depth - level] if known else layers.mask(level)
            rows = _longer(self._graph, layers.way, rows, allowed, self._usable, self._room)
        if layers.way is IN:
            rows = Rows(rows.nodes[:, ::-1], rows.edges[:, ::-1])
            order = np.lexsort(rows.nodes.T[::-1])
            rows = Rows(rows.nodes[order], rows.edges[order])
        return rows


class _Layers:
    """Nodes at each number of steps from an end; a node may stand in several layers."""

    def __init__(self, graph: Adjacency, way: Way, start: int) -> None:
        self._graph, self.way = graph, way
        self._nodes = [np.array([start], np.int64)]
        self._masks = [_mask(graph.nodes, self._nodes[0])]
        self._costs: dict[int, int] = {}

    @property
    def depth(self) -> int:
        """Number of steps of the last layer."""
        return len(self._nodes) - 1

    @property
    def alive(self) -> bool:
        """Whether the last layer has nodes."""
        return len(self._nodes[-1]) > 0

    def cost(self, depth: int = -1) -> int:
        """Edges that lead on from a layer, the last one unless another is named."""
        depth = depth if depth >= 0 else self.depth
        if depth not in self._costs:
            self._costs[depth] = self._graph.load(self.way, self._nodes[depth])
        return self._costs[depth]

    def grow(self, usable: Bools | None, barred: Bools) -> None:
        """Add the next layer, over usable edges and without barred nodes."""
        mask = self._graph.reach(self.way, self._nodes[-1], usable, barred)
        self._masks.append(mask)
        self._nodes.append(np.flatnonzero(mask))

    def nodes(self, depth: int) -> npt.NDArray[np.int64]:
        """Nodes of a layer, in order."""
        return self._nodes[depth]

    def mask(self, depth: int) -> Bools:
        """For each node of the graph whether it is in a layer."""
        return self._masks[depth]


def _too_many_edges(room: int, most: int) -> TooManyError:
    return TooManyError(
        f"More than {room} edges lie on walks of at most {most} steps between these two: "
        "choose a smaller length, or nodes to avoid."
    )


def _mask(size: int, nodes: Ints) -> Bools:
    found = np.zeros(size, np.bool_)
    found[nodes] = True
    return found


def _edges(graph: Adjacency, way: Way, nodes: Ints, ends: Bools, usable: Bools | None) -> _Middle:
    """Edges from the nodes in a direction to any of the ends, as they stand in the graph."""
    pieces: list[tuple[Ints, Ints, _Numbers]] = []
    for steps in graph.expand(way, nodes, usable):
        kept = steps.kept(ends[steps.ends])
        if len(kept.ends):
            starts = nodes[kept.origin].astype(np.int32)
            pieces.append((starts, kept.ends, graph.edges_at(way, kept.places)))
    if not pieces:
        return _Middle(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.int64))
    here, there, edge = (np.concatenate(column) for column in zip(*pieces, strict=True))
    tail, head = (here, there) if way is OUT else (there, here)
    order = np.argsort(edge, kind="stable")
    return _Middle(tail[order], head[order], edge[order])


def _between(
    graph: Adjacency, layers: _Layers, level: int, ends: Ints, usable: Bools | None
) -> _Middle:
    """Edges from a layer to those ends that are in the next one, looked at from either side."""
    nodes = layers.nodes(level)
    back = IN if layers.way is OUT else OUT
    if layers.cost(level) <= graph.load(back, ends):
        return _edges(graph, layers.way, nodes, _mask(graph.nodes, ends), usable)
    return _edges(graph, back, ends, layers.mask(level), usable)


def _longer(
    graph: Adjacency, way: Way, rows: Rows, allowed: Bools, usable: Bools | None, room: int
) -> Rows:
    """The rows with one step more, to allowed nodes that they do not touch yet."""
    pieces: list[Rows] = []
    held = 0
    for steps in graph.expand(way, rows.nodes[:, -1], usable):
        kept = _simple(rows.nodes, steps.kept(allowed[steps.ends]))
        nodes = np.concatenate((rows.nodes[kept.origin], kept.ends[:, None]), axis=1)
        edges = graph.edges_at(way, kept.places)[:, None]
        pieces.append(Rows(nodes, np.concatenate((rows.edges[kept.origin], edges), axis=1)))
        held += len(nodes)
        if held > room:
            raise TooManyError(
                f"More than {room} partial paths: choose a smaller length, "
                "or avoid nodes that are joined with very many others."
            )
    if not pieces:
        width = rows.nodes.shape[1]
        return Rows(np.empty((0, width + 1), np.int32), np.empty((0, width), np.int64))
    return Rows(*(np.concatenate(column) for column in zip(*pieces, strict=True)))


def _simple(nodes: npt.NDArray[np.int32], steps: Steps) -> Steps:
    """Those steps that lead to no node of their row."""
    for column in range(nodes.shape[1]):
        steps = steps.kept(nodes[steps.origin, column] != steps.ends)
    return steps


def _joined(begun: Rows, middle: _Middle, ending: Rows) -> Iterator[Rows]:
    """Beginnings, middle edges and rests that make simple paths, in order."""
    low = np.searchsorted(middle.tail, begun.nodes[:, -1], "left")
    high = np.searchsorted(middle.tail, begun.nodes[:, -1], "right")
    rest_low = np.searchsorted(ending.nodes[:, 0], middle.head, "left")
    rests = np.searchsorted(ending.nodes[:, 0], middle.head, "right") - rest_low
    so_far = np.concatenate(([0], np.cumsum(rests)))
    piece = np.cumsum(so_far[high] - so_far[low]) // _PIECE
    cuts = np.concatenate(([0], np.flatnonzero(np.diff(piece)) + 1, [len(low)])).tolist()
    for first, last in pairwise(cuts):
        count = high[first:last] - low[first:last]
        total = int(count.sum())
        row = np.repeat(np.arange(first, last), count)
        edge = positions(low[first:last], count, total)
        keep = np.ones(total, np.bool_)
        for column in range(begun.nodes.shape[1]):
            keep &= begun.nodes[row, column] != middle.head[edge]
        row, edge = row[keep], edge[keep]
        count = rests[edge]
        total = int(count.sum())
        rest = positions(rest_low[edge], count, total)
        row, edge = np.repeat(row, count), np.repeat(edge, count)
        keep = np.ones(total, np.bool_)
        for column in range(1, begun.nodes.shape[1]):
            for other in range(1, ending.nodes.shape[1] - 1):
                keep &= begun.nodes[row, column] != ending.nodes[rest, other]
        row, edge, rest = row[keep], edge[keep], rest[keep]
        if len(row):
            yield Rows(
                np.concatenate((begun.nodes[row], ending.nodes[rest]), axis=1),
                np.concatenate(
                    (begun.edges[row], middle.edge[edge][:, None], ending.edges[rest]), axis=1
                ),
            )
