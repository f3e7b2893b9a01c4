"""The part of a compressed graph that a search between two ends can use.

`kras_graph.network.view` asks a network node by node, which is right for thousands of edges.
Of millions, this finds first, in arrays, the edges that lie on any walk between the ends that is
short enough. The search runs on these alone and gives what it gives on the whole, since every
path is such a walk. Attributes of nodes (`degree` too) stay those of the whole graph.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from kras_graph.network.compressed import CompressedGraph
from kras_graph.network.csrviews import NodeView
from kras_graph.network.joining import PathSearch
from kras_graph.network.parallels import all_parallels

if TYPE_CHECKING:
    from kras_graph.network.search import Search

MOST = 500_000  # edges that a search by single steps is asked to look at
NARROW = 10_000  # the same where longer paths may be left out
Anything = TypeVar("Anything")


def searchable(
    graph: Anything,
    source: str | None,
    target: str | None,
    search: Search,
    *,
    narrow: bool = False,
) -> Anything | Part:
    """What a path search should look at in place of the graph.

    A networkx graph, and a search with an open end, are left as they are.

    Args:
        graph: the whole.
        source: where paths start.
        target: where they end.
        search: what they must be like.
        narrow: whether longer paths may be left out where there are too many edges; for a
            search that only asks whether there is a path at all.

    Raises:
        TooManyError: when more than `MOST` edges lie on walks between the ends.
    """
    if not isinstance(graph, CompressedGraph) or source is None or target is None:
        return graph
    ends = graph.find(source), graph.find(target)
    if ends[0] is None or ends[1] is None:
        return graph
    avoid = [number for name in sorted(search.avoid) if (number := graph.find(name)) is not None]
    options = {"unasserted": search.unasserted, "narrow": narrow}
    return Part(graph, ends[0], ends[1], search.max_length, avoid, **options)


class Part:
    """Edges on walks between two nodes, read like the graph itself."""

    def __init__(
        self,
        graph: CompressedGraph,
        source: int,
        target: int,
        length: int,
        avoid: list[int],
        *,
        unasserted: bool = False,
        narrow: bool = False,
    ) -> None:
        """Collect the edges.

        Args:
            graph: the whole.
            source: number of the node where walks start.
            target: number of the node where they end.
            length: most edges of a walk.
            avoid: numbers of nodes that no walk touches.
            unasserted: whether edges count that no source affirms and states.
            narrow: whether longer walks may be left out where the edges are too many.

        Raises:
            TooManyError: when they are too many.
        """
        self._graph = graph
        usable = None
        if not unasserted and not all(kind.asserted for kind in graph.kinds):
            usable = np.array([kind.asserted for kind in graph.kinds], np.bool_)
        barred = np.array(avoid, np.int64)
        search = PathSearch(graph.adjacency, source, target, usable=usable, avoid=barred)
        walked = search.walked(length, NARROW if narrow else MOST, narrow=narrow)
        tails, heads, edges = all_parallels(graph.adjacency, *walked)
        nodes = np.unique(np.concatenate((tails, heads, [source, target]))).astype(np.int64)
        names = graph.names(nodes)
        self._place = {name: place for place, name in enumerate(names)}
        self._names = names
        self._edges = edges
        self._tails = np.searchsorted(nodes, tails)
        self._heads = np.searchsorted(nodes, heads)
        self._by_head = np.argsort(self._heads, kind="stable")

    def __contains__(self, name: object) -> bool:
        return name in self._graph

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    @property
    def nodes(self) -> NodeView:
        """Attributes of nodes, as in the whole graph."""
        return self._graph.nodes

    def number_of_edges(self) -> int:
        """How many edges there are."""
        return len(self._edges)

    def out_edges(self, name: str, data: bool = False) -> Iterator[tuple[Any, ...]]:
        """Edges of the part from a node: source, target, and on demand attributes."""
        if (place := self._place.get(name)) is not None:
            low, high = np.searchsorted(self._tails, [place, place + 1]).tolist()
            yield from self._told(np.arange(low, high), data)

    def in_edges(self, name: str, data: bool = False) -> Iterator[tuple[Any, ...]]:
        """Edges of the part to a node: source, target, and on demand attributes."""
        if (place := self._place.get(name)) is not None:
            heads = self._heads[self._by_head]
            low, high = np.searchsorted(heads, [place, place + 1]).tolist()
            yield from self._told(self._by_head[low:high], data)

    def _told(self, rows: npt.NDArray[np.int64], data: bool) -> Iterator[tuple[Any, ...]]:
        for row in rows.tolist():
            ends = (self._names[self._tails[row]], self._names[self._heads[row]])
            yield (*ends, self._graph.data(int(self._edges[row]))) if data else ends
