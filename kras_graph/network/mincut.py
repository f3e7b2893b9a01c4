"""Smallest sets of edges or nodes whose loss parts two nodes of a compressed graph.

Maximum flow by scipy (Dinic's method); by the theorem of Menger (1927) it is the size of the
smallest cut. Of all smallest cuts the one nearest to the target is given: its far side is all
from which more could flow to the target, whichever maximum flow was found. This is also the
choice of networkx.

The flow is first sought on short walks only, a few thousand edges of millions. If afterwards
nothing more can reach the target from the source on the whole graph, it is the maximum there
too (Ford and Fulkerson 1956, doi:10.4153/CJM-1956-045-5); else the whole graph is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from kras_graph.network.adjacency import Adjacency, Bools
from kras_graph.network.csrfile import Ints, positions
from kras_graph.network.joining import PathSearch, TooManyError
from kras_graph.network.parallels import all_parallels

if TYPE_CHECKING:
    from scipy.sparse import csr_array

SHORT = (4, 5)  # lengths of the walks that are tried before the whole graph
_MOST = 1_000_000  # edges of these
_SMALL = 200_000  # a graph with fewer edges is taken whole at once

_Numbers = npt.NDArray[np.int64]


class _Back(NamedTuple):
    """The whole graph against the direction of its arcs."""

    starts: _Numbers
    tails: npt.NDArray[np.int32]


class _Flow(NamedTuple):
    """Arcs with their flow where there is any, and their capacities (0 for the way back)."""

    tails: _Numbers
    heads: _Numbers
    amounts: _Numbers
    capacities: _Numbers


def edge_cut(
    graph: Adjacency, source: int, target: int, usable: Bools | None
) -> list[tuple[int, int]]:
    """Source and target of the edges of a smallest cut; all between these two belong to it.

    Args:
        graph: who is joined with whom.
        source: one side.
        target: the other.
        usable: for each kind of edge whether it counts; None for all.
    """
    size = graph.nodes

    def arcs(tails: Ints, heads: Ints) -> csr_array:
        return _matrix(tails, heads, np.ones(len(tails), np.int32), size)

    networks = _networks(graph, source, target, usable, arcs)
    return _cut(networks, _back(graph, usable), source, target)


def node_cut(graph: Adjacency, source: int, target: int, usable: Bools | None) -> list[int]:
    """Nodes of a smallest set that every path passes; no edge may join the ends directly.

    Args:
        graph: who is joined with whom.
        source: one side.
        target: the other.
        usable: for each kind of edge whether it counts; None for all.
    """
    # A node is an arc of room 1 from its entrance (its number) to its exit (number + size);
    # edges lead from exits to entrances and are wider than any cut of nodes.
    size = graph.nodes
    own = np.arange(size, dtype=np.int32)

    def arcs(tails: Ints, heads: Ints) -> csr_array:
        room = np.full(len(tails) + size, 1, np.int32)
        room[size:] = size
        starts = np.concatenate((own, tails + np.int32(size)))
        return _matrix(starts, np.concatenate((own + np.int32(size), heads)), room, 2 * size)

    whole = _back(graph, usable)
    back = _Back(
        np.concatenate((whole.starts, whole.starts[-1] + 1 + own.astype(np.int64))),
        np.concatenate((whole.tails + np.int32(size), own)),
    )
    networks = _networks(graph, source, target, usable, arcs)
    return [tail for tail, _ in _cut(networks, back, source + size, target)]


def _networks(
    graph: Adjacency,
    source: int,
    target: int,
    usable: Bools | None,
    arcs: Callable[[Ints, Ints], csr_array],
) -> Iterator[csr_array]:
    """Ever larger networks for the flow; the last one is the whole graph."""
    search = PathSearch(graph, source, target, usable=usable)
    for length in SHORT if graph.edges > _SMALL else ():
        try:
            walked = search.walked(length, _MOST)
        except TooManyError:
            break
        tails, heads, edges = all_parallels(graph, *walked)
        if usable is not None:
            keep = usable[graph.store.take("out_kind", edges)]
            tails, heads = tails[keep], heads[keep]
        yield arcs(tails, heads)
    starts, heads = graph.store.whole("out_at").astype(np.int64), graph.store.whole("out_to")
    tails = np.repeat(np.arange(graph.nodes, dtype=np.int32), starts[1:] - starts[:-1])
    if usable is not None:
        keep = usable[graph.store.whole("out_kind")]
        tails, heads = tails[keep], heads[keep]
    yield arcs(tails, heads)


def _back(graph: Adjacency, usable: Bools | None) -> _Back:
    """The way back in full, without the edges that do not count."""
    starts, tails = graph.store.whole("in_at").astype(np.int64), graph.store.whole("in_from")
    if usable is not None:
        keep = usable[graph.store.whole("in_kind")]
        starts, tails = np.concatenate(([0], np.cumsum(keep)))[starts], tails[keep]
    return _Back(starts, tails)


def _cut(
    networks: Iterator[csr_array], back: _Back, source: int, target: int
) -> list[tuple[int, int]]:
    """Full arcs that lead into the side from which more could flow to the target."""
    for network in networks:
        flow = _flow(network, source, target)
        side = _reaching(back, source, target, flow)
        if side is not None:
            crossing = (flow.amounts > 0) & ~side[flow.tails] & side[flow.heads]
            ends = flow.tails[crossing].tolist(), flow.heads[crossing].tolist()
            return sorted(zip(*ends, strict=True))
    raise AssertionError("the flow on the whole graph is not the largest")


def _matrix(tails: Ints, heads: Ints, room: npt.NDArray[np.int32], size: int) -> csr_array:
    from scipy.sparse import csr_array

    # parallel edges are summed up
    return csr_array((room, (tails, heads)), shape=(size, size), dtype=np.int32)


def _flow(network: csr_array, source: int, target: int) -> _Flow:
    """A maximum flow, each edge with its room."""
    from scipy.sparse.csgraph import maximum_flow

    flow: Any = maximum_flow(network, source, target, method="dinic").flow
    places = np.flatnonzero(flow.data)
    tails = np.searchsorted(flow.indptr, places, "right").astype(np.int64) - 1
    heads = flow.indices[places].astype(np.int64)
    capacities = np.array(
        [network[tail, head] for tail, head in zip(tails.tolist(), heads.tolist(), strict=True)],
        np.int64,
    )
    return _Flow(tails, heads, flow.data[places].astype(np.int64), capacities)


def _reaching(back: _Back, source: int, target: int, flow: _Flow) -> Bools | None:
    """Nodes from which more could flow to the target; None when the source is among them."""
    size = len(back.starts) - 1
    full = flow.amounts == flow.capacities
    shut = np.unique(flow.tails[full] * size + flow.heads[full])
    shut_tail, shut_head = _mask(size, flow.tails[full]), _mask(size, flow.heads[full])
    undone = flow.amounts < 0  # flow that could be taken back opens the other direction
    undone_tails, undone_heads = flow.tails[undone], flow.heads[undone]
    side = _mask(size, np.array([target]))
    front = np.array([target], np.int64)
    while len(front):
        starts = back.starts[front]
        counts = back.starts[front + 1] - starts
        tails = back.tails[positions(starts, counts, int(counts.sum()))]
        heads = np.repeat(front, counts)
        keep = ~side[tails]
        tails, heads = tails[keep], heads[keep]
        doubtful = np.flatnonzero(shut_tail[tails] & shut_head[heads])
        keep = np.ones(len(tails), np.bool_)
        keep[doubtful] = ~np.isin(tails[doubtful].astype(np.int64) * size + heads[doubtful], shut)
        more = undone_tails[np.isin(undone_heads, front)]
        fresh = (_mask(size, tails[keep]) | _mask(size, more)) & ~side
        if fresh[source]:
            return None
        side |= fresh
        front = np.flatnonzero(fresh)
    return side


def _mask(size: int, nodes: Ints) -> Bools:
    found = np.zeros(size, np.bool_)
    found[nodes] = True
    return found
