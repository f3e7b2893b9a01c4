"""Paths of a compressed graph as users see them: each choice among parallel edges, with signs."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, TypeAlias, overload

import numpy as np
import numpy.typing as npt

from kras_graph.model.terms import Sign
from kras_graph.network.adjacency import OUT, Adjacency, Bools
from kras_graph.network.csrfile import Ints
from kras_graph.network.found import SignedPath
from kras_graph.network.joining import Rows

if TYPE_CHECKING:
    from kras_graph.network.compressed import CompressedGraph

_CODES = (Sign.POSITIVE, Sign.NEGATIVE, Sign.UNKNOWN)
_NAMED = 1024  # paths that are given names in one go
_Block: TypeAlias = tuple[Rows, npt.NDArray[np.int8]]


def with_parallels(graph: Adjacency, rows: Rows, usable: Bools | None) -> Rows:
    """The paths once for each choice among parallel edges, in order of nodes, then of edges."""
    nodes, edges = rows
    if graph.parallel == 1 or not len(edges):
        return rows
    for column in range(edges.shape[1]):
        heads = np.stack((nodes[:, column], nodes[:, column + 1]))
        count, fellows, first = _fellows(graph, heads, edges[:, column], usable)
        row = np.repeat(np.arange(len(count)), count)
        within = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
        nodes, edges = nodes[row], edges[row]
        edges[:, column] = fellows[first[row] + within]
    return Rows(nodes, edges)


def _fellows(
    graph: Adjacency, ends: Ints, edges: Ints, usable: Bools | None
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Usable edges parallel to each edge, itself included.

    Args:
        graph: the graph.
        ends: sources and targets of the edges.
        edges: first usable edges between their ends.
        usable: kinds of edges that count.

    Returns:
        How many they are for each edge; all of them; where those of each edge begin.
    """
    own, at, back = np.unique(edges, return_index=True, return_inverse=True)
    stops = graph.bounds(OUT, ends[0][at])[1]
    heads = ends[1][at]
    owners, members = [np.arange(len(own))], [own.astype(np.int64)]
    alive = owners[0]
    for beside in range(1, graph.parallel):
        alive = alive[own[alive] + beside < stops[alive]]
        there = graph.store.take("out_to", own[alive] + beside)
        alive = alive[there == heads[alive]]
        if not len(alive):
            break
        edge = own[alive] + beside
        keep = np.ones(len(edge), np.bool_)
        if usable is not None:
            keep = usable[graph.store.take("out_kind", edge)]
        owners.append(alive[keep])
        members.append(edge[keep])
    owner, member = np.concatenate(owners), np.concatenate(members)
    order = np.lexsort((member, owner))
    count = np.bincount(owner, minlength=len(own))
    first = np.cumsum(count) - count
    return count[back], member[order], first[back]


def all_parallels(
    graph: Adjacency, tails: Ints, heads: Ints, edges: Ints
) -> tuple[Ints, Ints, npt.NDArray[np.int64]]:
    """Source, target and number of every edge between the ends of these, in order.

    Args:
        graph: the graph.
        tails: sources of different edges, each the first usable one between its ends.
        heads: their targets.
        edges: their numbers.
    """
    if graph.parallel == 1 or not len(edges):
        return tails, heads, edges.astype(np.int64)
    starts, _ = graph.bounds(OUT, tails)
    first = edges.astype(np.int64)
    for _ in range(graph.parallel - 1):  # back to the first one, usable or not
        back = np.maximum(first - 1, starts)
        first = np.where(graph.store.take("out_to", back) == heads, back, first)
    count, members, _ = _fellows(graph, np.stack((tails, heads)), first, None)
    return np.repeat(tails, count), np.repeat(heads, count), members


def signs_of(graph: Adjacency, codes: npt.NDArray[np.int8], edges: Ints) -> npt.NDArray[np.int8]:
    """Sign of each path: 0 positive, 1 negative, 2 unknown.

    Args:
        graph: the graph.
        codes: the same code for each kind of edge.
        edges: a row for each path.
    """
    own, back = np.unique(edges, return_inverse=True)
    steps = codes[graph.store.take("out_kind", own)][back].reshape(edges.shape)
    signs: npt.NDArray[np.int8] = (np.count_nonzero(steps == 1, axis=1) & 1).astype(np.int8)
    signs[(steps == 2).any(axis=1)] = 2
    return signs


def sign_code(sign: Sign) -> int:
    """Number of a sign in arrays; a step without an effect leaves the sign unknown."""
    return _CODES.index(sign) if sign in _CODES else 2


class FoundPaths(Sequence[SignedPath]):
    """Paths held as numbers; each becomes names when it is looked at."""

    def __init__(self, graph: CompressedGraph, blocks: Sequence[_Block]) -> None:
        self._graph, self._blocks = graph, blocks
        self._ends = list(accumulate(len(signs) for _, signs in blocks))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    @overload
    def __getitem__(self, place: int) -> SignedPath: ...

    @overload
    def __getitem__(self, place: slice) -> list[SignedPath]: ...

    def __getitem__(self, place: int | slice) -> SignedPath | list[SignedPath]:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        place %= len(self)
        block = bisect_right(self._ends, place)
        rows, signs = self._blocks[block]
        row = place - (self._ends[block] - len(signs))
        one = Rows(rows.nodes[row : row + 1], rows.edges[row : row + 1])
        return next(iter(FoundPaths(self._graph, [(one, signs[row : row + 1])])))

    def __iter__(self) -> Iterator[SignedPath]:
        for rows, signs in self._slices():
            names = self._names(rows.nodes)
            keys = self._keys(rows)
            told = zip(rows.nodes.tolist(), rows.edges.tolist(), signs.tolist(), strict=True)
            for nodes, edges, sign in told:
                yield SignedPath(
                    tuple([names[node] for node in nodes]),
                    tuple([keys[edge] for edge in edges]),
                    _CODES[sign],
                )

    def _slices(self) -> Iterator[_Block]:
        """The paths a few at a time, so that few names are held at once."""
        for rows, signs in self._blocks:
            for start in range(0, len(signs), _NAMED):
                part = slice(start, start + _NAMED)
                yield Rows(rows.nodes[part], rows.edges[part]), signs[part]

    def _names(self, nodes: Ints) -> dict[int, str]:
        own = np.unique(nodes)
        return dict(zip(own.tolist(), self._graph.names(own), strict=True))

    def _keys(self, rows: Rows) -> dict[int, str]:
        own, at = np.unique(rows.edges, return_index=True)
        tails = rows.nodes[:, :-1].reshape(-1)[at]
        pairs = zip(own.tolist(), tails.tolist(), strict=True)
        return {edge: self._graph.key(edge, tail) for edge, tail in pairs}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{len(self)} paths>"

    def numbers(self) -> list[tuple[int, ...]]:
        """The paths as numbers of nodes, without names and signs."""
        return [tuple(row) for rows, _ in self._blocks for row in rows.nodes.tolist()]
