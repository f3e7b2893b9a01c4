"""Edges → the file of a compressed graph.

Nodes are numbered in the order of their names, so that order by number is order by name and
a name is found by bisection. Edges are numbered by source, target, predicate, standing, sign,
role and details, so that the same edges give the same bytes in whatever order they come; the
same edge twice is stored once. Sorting is done on whole keys packed into 64 bits, which is
several times faster than sorting by columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from kras_graph.model.errors import GraphFileError
from kras_graph.model.terms import Sign
from kras_graph.network.csrdetails import PLAIN_EDGE, encode
from kras_graph.network.csrfile import Ints, write

if TYPE_CHECKING:
    from kras_graph.network.projection import Network

_MOST = 2**31 - 1
_SIGNS = tuple(Sign)
_NUMBERS: npt.NDArray[np.int32] = np.empty(0, np.int32)


class Kind(NamedTuple):
    """What tells edges apart beside their ends and predicate."""

    sign: Sign = Sign.UNKNOWN
    role: str = "statement"
    asserted: bool = True


class Edge(NamedTuple):
    """One edge; `details` are further attributes, as `kras_graph.network.projection` has them."""

    source: str
    target: str
    sign: Sign = Sign.UNKNOWN
    predicate: str = "related_to"
    role: str = "statement"
    asserted: bool = True
    details: Mapping[str, Any] = {}


class Counts(NamedTuple):
    """What a file holds."""

    nodes: int
    edges: int


@dataclass(frozen=True)
class EdgeTable:
    """Edges as columns of numbers; each column of numbers points into a list of values.

    Attributes:
        names: names of the nodes, each once, in any order.
        source: for each edge, the place of its source in `names`.
        target: the same for its target.
        predicates: relations.
        predicate: for each edge, its relation; empty when all have the first.
        kinds: signs with roles and standing.
        kind: for each edge, its kind; empty when all have the first.
        details: further attributes of edges, encoded (`kras_graph.network.csrdetails`).
        detail: for each edge, its details; empty when all have the first.
        nodes: further attributes of nodes, encoded, by name.
        classes: class of nodes, by name.
    """

    names: Sequence[str]
    source: Ints
    target: Ints
    predicates: Sequence[str] = ("related_to",)
    predicate: Ints = field(default_factory=lambda: _NUMBERS)
    kinds: Sequence[Kind] = (Kind(),)
    kind: Ints = field(default_factory=lambda: _NUMBERS)
    details: Sequence[str] = ("",)
    detail: Ints = field(default_factory=lambda: _NUMBERS)
    nodes: Mapping[str, str] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)


def build(path: Path, edges: Iterable[Edge] | EdgeTable) -> Counts:
    """Write a compressed graph of edges, as a whole.

    Args:
        path: the file; an existing one is replaced.
        edges: edges, or columns of them (much faster for millions).

    Returns:
        How many nodes and different edges it holds.

    Raises:
        GraphFileError: when the edges cannot be stored or the file not be written.
    """
    table = edges if isinstance(edges, EdgeTable) else table_of(edges)
    arrays: dict[str, npt.NDArray[Any]] = {}
    names, renumbered = _names(table, arrays)
    kinds, kind_of = _ranked(table.kinds, key=_kind_order)
    predicates, predicate_of = _ranked(table.predicates)
    details, detail_of = _ranked(table.details)
    if len(kinds) > 2**8 or len(predicates) > 2**16:
        raise GraphFileError(
            f"{len(kinds)} kinds of edges and {len(predicates)} predicates are too many; "
            "a compressed graph holds 256 and 65536."
        )
    count = len(table.source)
    columns = [
        _column("source", table.source, count, renumbered, len(names)),
        _column("target", table.target, count, renumbered, len(names)),
        _column("predicate", table.predicate, count, predicate_of, len(table.predicates)),
        _column("kind", table.kind, count, kind_of, len(table.kinds)),
        _column("detail", table.detail, count, detail_of, len(table.details)),
    ]
    sizes = [len(names), len(names), len(predicates), len(kinds), len(details)]
    source, target, predicate, kind, detail = _sorted_rows(columns, sizes, count)
    _adjacency(arrays, len(names), source, target, kind)
    if len(predicates) > 1:
        arrays["predicate"] = predicate.astype("<u2")
    if list(details) != [""]:
        arrays["detail"] = detail.astype("<u4")
        _texts(arrays, "detail", details)
    classes = _nodes(arrays, names, table)
    header = {
        "nodes": len(names),
        "edges": len(source),
        "parallel": _most_parallel(source, target),
        "kinds": [[str(item.sign), item.role, item.asserted] for item in kinds],
        "predicates": list(predicates),
        "classes": classes,
    }
    write(path, arrays, header)
    return Counts(len(names), len(source))


def compress(network: Network, path: Path) -> Counts:
    """Write a network (`kras_graph.network.projection`) as a compressed graph.

    Raises:
        GraphFileError: when the file cannot be written.
    """
    own = ("predicate", "sign", "role", "asserted")
    edges = (
        Edge(
            source,
            target,
            data.get("sign", Sign.UNKNOWN),
            data.get("predicate", "related_to"),
            data.get("role", "statement"),
            data.get("asserted", True),
            {name: value for name, value in data.items() if name not in own},
        )
        for source, target, data in network.edges(data=True)
    )
    nodes = {
        name: encode({key: value for key, value in data.items() if key != "cls"}, {"label": name})
        for name, data in network.nodes(data=True)
    }
    classes = {name: str(data["cls"]) for name, data in network.nodes(data=True) if "cls" in data}
    return build(path, table_of(edges, nodes, classes))


def table_of(
    edges: Iterable[Edge],
    nodes: Mapping[str, str] | None = None,
    classes: Mapping[str, str] | None = None,
) -> EdgeTable:
    """Edges one by one, as columns.

    Args:
        edges: the edges.
        nodes: encoded attributes of nodes, by name; a node without edges is kept too.
        classes: class of nodes, by name.
    """
    from array import array

    names: dict[str, int] = {name: number for number, name in enumerate(nodes or {})}
    predicates: dict[str, int] = {}
    kinds: dict[Kind, int] = {}
    details: dict[str, int] = {"": 0}
    columns = [array("i") for _ in range(5)]
    for edge in edges:
        told = encode(edge.details, PLAIN_EDGE) if edge.details else ""
        kind = Kind(Sign(edge.sign), edge.role, edge.asserted)
        for column, number in zip(
            columns,
            (
                names.setdefault(edge.source, len(names)),
                names.setdefault(edge.target, len(names)),
                predicates.setdefault(edge.predicate, len(predicates)),
                kinds.setdefault(kind, len(kinds)),
                details.setdefault(told, len(details)),
            ),
            strict=True,
        ):
            column.append(number)
    source, target, predicate, kind_of, detail = (np.array(c, np.int32) for c in columns)
    return EdgeTable(
        list(names),
        source,
        target,
        list(predicates) or ["related_to"],
        predicate,
        list(kinds) or [Kind()],
        kind_of,
        list(details),
        detail,
        nodes or {},
        classes or {},
    )


def _kind_order(kind: Kind) -> tuple[bool, int, str]:
    return (not kind.asserted, _SIGNS.index(kind.sign), kind.role)


def _ranked(values: Sequence[Any], key: Any = None) -> tuple[list[Any], npt.NDArray[np.int64]]:
    """Values in order, each once, and for each place of the old list its new number."""
    ranked = sorted(set(values), key=key)
    rank = {value: number for number, value in enumerate(ranked)}
    return ranked, np.array([rank[value] for value in values], np.int64)


def _names(
    table: EdgeTable, arrays: dict[str, npt.NDArray[Any]]
) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Names in order, stored, and the new number of each old one."""
    count = len(table.names)
    if count > _MOST:
        raise GraphFileError(f"{count} nodes are too many; a compressed graph holds {_MOST}.")
    order = sorted(range(count), key=table.names.__getitem__)
    names = [table.names[number] for number in order]
    twice = next((a for a, b in pairwise(names) if a == b), None)
    if twice is not None:
        raise GraphFileError(f"The node name {twice!r} is given twice; each stands once.")
    if names and not names[0]:
        raise GraphFileError("A node has an empty name; every node needs one.")
    renumbered = np.empty(count, np.int64)
    renumbered[order] = np.arange(count)
    _texts(arrays, "name", names)
    return names, renumbered


def _texts(arrays: dict[str, npt.NDArray[Any]], name: str, texts: Sequence[str]) -> None:
    """Store texts one after the other, with the place where each begins."""
    try:
        encoded = [text.encode() for text in texts]
    except UnicodeEncodeError as error:
        raise GraphFileError(f"{error.object!r} holds a character that is no Unicode.") from None
    at = np.zeros(len(texts) + 1, np.int64)
    np.cumsum([len(text) for text in encoded], out=at[1:])
    arrays[f"{name}_at"] = _compact(at)
    arrays[f"{name}_text"] = np.frombuffer(b"".join(encoded), np.uint8)


def _compact(at: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    return at.astype("<u4" if not len(at) or at[-1] < 2**32 else "<i8")


def _column(
    name: str, given: Ints, count: int, renumbered: npt.NDArray[np.int64], limit: int
) -> npt.NDArray[np.int64]:
    """A column with its numbers checked and replaced."""
    if not len(given) and count and name not in ("source", "target"):
        given = np.zeros(count, np.int64)
    if len(given) != count:
        raise GraphFileError(f"The column {name!r} has {len(given)} edges, the sources {count}.")
    if count and not 0 <= int(given.min()) <= int(given.max()) < limit:
        raise GraphFileError(
            f"The column {name!r} has numbers from {given.min()} to {given.max()}; "
            f"expected 0 to {limit - 1}."
        )
    if np.array_equal(renumbered, np.arange(len(renumbered))):
        return given.astype(np.int64)
    return renumbered[given]


def _sorted_rows(
    columns: list[npt.NDArray[np.int64]], sizes: list[int], count: int
) -> list[npt.NDArray[np.int64]]:
    """Rows in order of their columns, the first one first, each once."""
    if count > _MOST:
        raise GraphFileError(f"{count} edges are too many; a compressed graph holds {_MOST}.")
    widths = [max(size - 1, 0).bit_length() for size in sizes]
    if sum(widths) > 64:
        order = np.lexsort(columns[::-1])
        ordered = [column[order] for column in columns]
        fresh = np.ones(count, np.bool_)
        if count:
            fresh[1:] = np.any([c[1:] != c[:-1] for c in ordered], axis=0)
        return [column[fresh] for column in ordered]
    packed = np.zeros(count, np.uint64)
    for column, width in zip(columns, widths, strict=True):
        if width:
            packed <<= np.uint64(width)
            packed |= column.astype(np.uint64)
    packed.sort()
    if count and (same := packed[1:] == packed[:-1]).any():
        packed = packed[np.concatenate(([True], ~same))]
    found = []
    for width in reversed(widths):
        if width == 64:
            found.append(packed.astype(np.int64))
            continue
        mask = np.uint64((1 << width) - 1)
        found.append((packed & mask).astype(np.int64) if width else np.zeros(len(packed), np.int64))
        packed >>= np.uint64(width)
    return found[::-1]


def _adjacency(
    arrays: dict[str, npt.NDArray[Any]],
    nodes: int,
    source: npt.NDArray[np.int64],
    target: npt.NDArray[np.int64],
    kind: npt.NDArray[np.int64],
) -> None:
    """Both directions; an edge of the way back knows its number on the way there."""
    arrays["out_at"] = _starts(source, nodes)
    arrays["out_to"] = target.astype("<i4")
    arrays["out_kind"] = kind.astype("|u1")
    width = np.uint64(max(len(source) - 1, 0).bit_length())
    packed = target.astype(np.uint64) << width
    packed |= np.arange(len(source), dtype=np.uint64)
    packed.sort()
    edge = (packed & ((np.uint64(1) << width) - np.uint64(1))).astype(np.int64)
    arrays["in_at"] = _starts(target, nodes)
    arrays["in_from"] = source.astype("<i4")[edge]
    arrays["in_kind"] = arrays["out_kind"][edge]
    arrays["in_edge"] = edge.astype("<i4")


def _starts(ends: npt.NDArray[np.int64], nodes: int) -> npt.NDArray[Any]:
    at = np.zeros(nodes + 1, np.int64)
    np.cumsum(np.bincount(ends, minlength=nodes), out=at[1:])
    return _compact(at)


def _most_parallel(source: npt.NDArray[np.int64], target: npt.NDArray[np.int64]) -> int:
    """How many edges lead at most from one node to the same other one."""
    fresh = (source[1:] != source[:-1]) | (target[1:] != target[:-1])
    if fresh.all():
        return 1
    starts = np.concatenate(([0], np.flatnonzero(fresh) + 1, [len(source)]))
    return int(np.diff(starts).max())


def _nodes(
    arrays: dict[str, npt.NDArray[Any]], names: Sequence[str], table: EdgeTable
) -> list[str]:
    """Store classes and further attributes of the nodes; the classes come back in order."""
    classes = sorted(set(table.classes.values()) | {""})
    if len(classes) > 1:
        number = {name: place for place, name in enumerate(classes)}
        of = [number[table.classes.get(name, "")] for name in names]
        arrays["class"] = np.array(of, "<u2")
    told = sorted(set(table.nodes.values()) | {""})
    if len(told) > 1:
        number = {text: place for place, text in enumerate(told)}
        of = [number[table.nodes.get(name, "")] for name in names]
        arrays["node"] = np.array(of, "<u4")
        _texts(arrays, "node", told)
    return classes
