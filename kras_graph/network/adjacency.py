"""Steps along a compressed graph, many nodes at once.

Nodes and edges are numbers. What comes out of `expand` comes in pieces of bounded size, since
the neighbours of a few well-joined nodes can be most of a graph.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from kras_graph.network.csrfile import Ints, Store

PIECE = 1 << 14  # edges looked at in one go

Bools: TypeAlias = npt.NDArray[np.bool_]


class Way(NamedTuple):
    """A direction: the names of its arrays."""

    at: str
    ends: str
    kind: str


OUT = Way("out_at", "out_to", "out_kind")
IN = Way("in_at", "in_from", "in_kind")


class Steps(NamedTuple):
    """Edges seen from some nodes.

    Attributes:
        origin: for each edge, the place of its node among those asked for.
        ends: the nodes at the other ends.
        places: where the edges stand in the arrays of their direction.
    """

    origin: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int32]
    places: npt.NDArray[np.int64]

    def kept(self, keep: Bools) -> Steps:
        """Those edges for which `keep` is true."""
        return Steps(self.origin[keep], self.ends[keep], self.places[keep])


class Adjacency:
    """Who is joined with whom.

    Attributes:
        nodes: number of nodes.
        edges: number of edges.
        parallel: most edges that lead from one node to the same other one.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.nodes = int(store.header["nodes"])
        self.edges = int(store.header["edges"])
        self.parallel = int(store.header["parallel"])

    def bounds(self, way: Way, nodes: Ints) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Where the edges of each node begin and end."""
        both = np.repeat(nodes.astype(np.int64), 2)
        both[1::2] += 1
        at = self.store.take(way.at, both).astype(np.int64)
        return at[::2], at[1::2]

    def degree(self, way: Way, node: int) -> int:
        """Number of edges of one node."""
        start, stop = self.store.slice(way.at, node, node + 2).tolist()
        return int(stop - start)

    def load(self, way: Way, nodes: Ints) -> int:
        """Number of edges of all the nodes together."""
        if len(nodes) == 1:
            return self.degree(way, int(nodes[0]))
        starts, stops = self.bounds(way, nodes)
        return int((stops - starts).sum())

    def neighbours(self, way: Way, node: int) -> npt.NDArray[np.int32]:
        """Ends of the edges of one node, in order; as often as there are edges."""
        start, stop = self.store.slice(way.at, node, node + 2).tolist()
        return self.store.slice(way.ends, start, stop)

    def expand(self, way: Way, nodes: Ints, usable: Bools | None = None) -> Iterator[Steps]:
        """Edges of the nodes, of parallel ones the first usable one, piece by piece.

        Args:
            way: direction.
            nodes: where to start; in each piece, edges come in the order of these.
            usable: which kinds of edges count; None for all.
        """
        if len(nodes) == 1:
            yield self._of_one(way, int(nodes[0]), usable)
            return
        starts, stops = self.bounds(way, nodes)
        lengths = stops - starts
        piece = np.cumsum(lengths) // PIECE
        cuts = np.concatenate(([0], np.flatnonzero(np.diff(piece)) + 1, [len(nodes)])).tolist()
        for first, last in pairwise(cuts):
            some = lengths[first:last]
            total = int(some.sum())
            if not total:
                continue
            low, high = starts[first:last], stops[first:last]
            ends = self.store.ranges(way.ends, low, high)
            places = np.arange(total, dtype=np.int64)
            places += np.repeat(low - (np.cumsum(some) - some), some)
            steps = Steps(np.repeat(np.arange(first, last), some), ends, places)
            if usable is not None:
                steps = steps.kept(usable[self.store.ranges(way.kind, low, high)])
            if self.parallel > 1 and len(steps.ends) > 1:
                fresh = np.ones(len(steps.ends), np.bool_)
                fresh[1:] = steps.ends[1:] != steps.ends[:-1]
                fresh[1:] |= steps.origin[1:] != steps.origin[:-1]
                steps = steps.kept(fresh)
            yield steps

    def _of_one(self, way: Way, node: int, usable: Bools | None) -> Steps:
        """What `expand` gives for a single node, without the work for many."""
        start, stop = self.store.slice(way.at, node, node + 2).tolist()
        ends = self.store.slice(way.ends, start, stop)
        steps = Steps(np.zeros(len(ends), np.int64), ends, np.arange(start, stop))
        if usable is not None:
            steps = steps.kept(usable[self.store.slice(way.kind, start, stop)])
        if self.parallel > 1 and len(steps.ends) > 1:
            steps = steps.kept(np.concatenate(([True], steps.ends[1:] != steps.ends[:-1])))
        return steps

    def edges_at(self, way: Way, places: Ints) -> npt.NDArray[np.int64]:
        """Numbers of the edges at these places of a direction."""
        if way is OUT:
            return places.astype(np.int64)
        return self.store.take("in_edge", places).astype(np.int64)

    def reach(self, way: Way, nodes: Ints, usable: Bools | None, barred: Bools) -> Bools:
        """For each node of the graph whether one step from the nodes leads there."""
        found = np.zeros(self.nodes, np.bool_)
        for steps in self.expand(way, nodes, usable):
            found[steps.ends] = True
        found &= ~barred
        return found
