"""The k shortest simple paths of a compressed graph, in order of length, then of nodes.

Short ones are joined in the middle, length by length (`kras_graph.network.joining`): quick as
long as few partial paths lead there. Beyond that time must not grow with the number of partial
paths, and the method of Yen (1971, doi:10.1287/mnsc.17.11.712) with Lawler's saving (1972,
doi:10.1287/mnsc.18.7.401) takes over: each path found is left at each of its nodes, and the
best way onward that has not been taken yet is a candidate. The best way is searched from both
ends at once, and of the shortest ones the first by node numbers is taken, which fixes the order.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator
from itertools import islice, pairwise

import numpy as np
import numpy.typing as npt

from kras_graph.network.adjacency import IN, OUT, Adjacency, Bools, Way
from kras_graph.network.csrfile import Ints
from kras_graph.network.joining import PathSearch, Rows, TooManyError

_JOINED = 12  # longest paths that are joined in the middle
_ROOM = 200_000  # partial paths for that


def shortest(
    graph: Adjacency,
    source: int,
    target: int,
    *,
    usable: Bools | None = None,
    avoid: Collection[int] = (),
) -> Iterator[Rows]:
    """Simple paths, shorter ones first, then in order of their nodes, one or many at a time.

    Of parallel edges they hold the first usable one.

    Args:
        graph: who is joined with whom.
        source: where paths start.
        target: where they end.
        usable: for each kind of edge whether it may be a step; None for all.
        avoid: nodes no path may touch.
    """
    barred = np.fromiter(avoid, np.int64, len(avoid))
    search = PathSearch(graph, source, target, usable=usable, avoid=barred, room=_ROOM)
    given = 0
    try:
        for length in range(1, _JOINED + 1):
            for rows in search.of_length(length):
                given += len(rows.nodes)
                yield rows
            if search.exhausted:
                return
    except TooManyError:
        pass
    onward = yen(graph, source, target, usable=usable, avoid=avoid)
    for path in islice(onward, given, None):
        edges = [_first_edge(graph, *ends, usable) for ends in pairwise(path)]
        yield Rows(np.array([path], np.int32), np.array([edges], np.int64))


def _first_edge(graph: Adjacency, tail: int, head: int, usable: Bools | None) -> int:
    """The first usable edge from one node to another."""
    steps = next(graph.expand(OUT, np.array([tail]), usable))
    return int(steps.places[np.searchsorted(steps.ends, head)])


def yen(
    graph: Adjacency,
    source: int,
    target: int,
    *,
    usable: Bools | None = None,
    avoid: Collection[int] = (),
) -> Iterator[tuple[int, ...]]:
    """The nodes of what `shortest` gives, by the second of its methods alone."""
    barred = set(avoid)
    if source == target or source in barred or target in barred:
        return
    given: list[tuple[int, ...]] = []
    waiting: list[tuple[int, tuple[int, ...], int]] = []
    first = _onward(graph, source, target, barred, set(), usable)
    if first:
        waiting.append((len(first), first, 0))
    while waiting:
        _, path, left_at = heapq.heappop(waiting)
        yield path
        given.append(path)
        for place in range(left_at, len(path) - 1):
            root = path[: place + 1]
            taken = {other[place + 1] for other in given if other[: place + 1] == root}
            ways = (barred | set(root[:-1]), taken, usable)
            onward = _onward(graph, path[place], target, *ways)
            if onward:
                whole = (*root[:-1], *onward)
                heapq.heappush(waiting, (len(whole), whole, place))


class _Ball:
    """Nodes around an end, level by level, each at its distance."""

    def __init__(self, graph: Adjacency, way: Way, start: int, usable: Bools | None) -> None:
        self._graph, self.way, self._usable = graph, way, usable
        # 0 for a node not seen, -1 for one that is barred, else its distance and one
        self.level = np.zeros(graph.nodes, np.int32)
        self.level[start] = 1
        self.fronts: list[npt.NDArray[np.int64]] = [np.array([start], np.int64)]

    @property
    def depth(self) -> int:
        """Number of steps of the last level."""
        return len(self.fronts) - 1

    def cost(self) -> int:
        """Edges that the next level takes."""
        return self._graph.load(self.way, self.fronts[-1])

    def set(self, nodes: Collection[int], level: int) -> None:
        """Put nodes on a level."""
        self.level[np.fromiter(nodes, np.int64, len(nodes))] = level

    def grow(self) -> npt.NDArray[np.int64]:
        """The next level."""
        found = [np.empty(0, np.int32)]
        for steps in self._graph.expand(self.way, self.fronts[-1], self._usable):
            found.append(steps.ends[self.level[steps.ends] == 0])
            self.level[found[-1]] = self.depth + 2
        front = np.unique(np.concatenate(found)).astype(np.int64)
        self.fronts.append(front)
        return front


def _onward(
    graph: Adjacency,
    start: int,
    target: int,
    barred: set[int],
    taken: set[int],
    usable: Bools | None,
) -> tuple[int, ...] | None:
    """Of the shortest paths the first by node numbers, with none of the first steps taken."""
    ahead, behind = _Ball(graph, OUT, start, usable), _Ball(graph, IN, target, usable)
    ahead.set(barred | taken, -1)
    behind.set(barred | {start}, -1)
    meeting = ahead.grow()
    ahead.set(taken - barred, 0)  # they may still be reached by a longer way
    while True:
        if not len(ahead.fronts[-1]) or not len(behind.fronts[-1]):
            return None
        other = behind if meeting is ahead.fronts[-1] else ahead
        both = meeting[other.level[meeting] > 0]
        if len(both):
            return _first_way(graph, start, ahead, behind, both, usable)
        meeting = (ahead if ahead.cost() <= behind.cost() else behind).grow()


def _first_way(
    graph: Adjacency, start: int, ahead: _Ball, behind: _Ball, both: Ints, usable: Bools | None
) -> tuple[int, ...]:
    """The path that takes the smallest number at each step on its shortest ways."""
    levels = [np.unique(both)]
    for depth in range(ahead.depth - 1, 0, -1):
        found = [np.empty(0, np.int32)]
        for steps in graph.expand(IN, levels[-1], usable):
            found.append(steps.ends[ahead.level[steps.ends] == depth + 1])
        levels.append(np.unique(np.concatenate(found)))
    path = [start]
    for useful in reversed(levels):
        path.append(_smallest(graph, path[-1], useful, usable))
    for depth in range(behind.depth - 1, -1, -1):
        path.append(_smallest(graph, path[-1], behind.fronts[depth], usable))
    return tuple(path)


def _smallest(graph: Adjacency, node: int, among: Ints, usable: Bools | None) -> int:
    """The first neighbour that is among these (in order)."""
    for steps in graph.expand(OUT, np.array([node]), usable):
        place = np.searchsorted(among, steps.ends)
        place[place == len(among)] = 0
        kept = steps.ends[among[place] == steps.ends]
        if len(kept):
            return int(kept[0])
    raise AssertionError("a level without a way onward")
