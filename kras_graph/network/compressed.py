"""A graph in one file, read as if it were a networkx MultiDiGraph.

Only what is asked for is read, so that a graph with millions of edges answers at once and from
little memory. Of the networkx interface there is what reading needs: `in`, `len`, iteration,
`nodes`, `edges`, `out_edges`, `in_edges`, `successors`, `predecessors`, degrees, `has_edge`
and `get_edge_data`. Names come in alphabetical order, edges by source, target and key.
The key of an edge is its predicate, with `#unasserted` where no source affirms and states it,
and with `#2`, `#3`… where otherwise two keys between the same nodes would be the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kras_graph.model.errors import GraphFileError, UnknownNameError
from kras_graph.model.terms import Sign
from kras_graph.network.adjacency import IN, OUT, Adjacency, Way
from kras_graph.network.csrbuild import Counts, Edge, EdgeTable, Kind, build, compress
from kras_graph.network.csrdetails import PLAIN_EDGE, decode
from kras_graph.network.csrfile import Ints, Store
from kras_graph.network.csrviews import EdgeView, NodeData, NodeView
from kras_graph.network.found import Edges

if TYPE_CHECKING:
    import networkx as nx

_KEPT = 50_000  # names and nodes kept in memory
_STRIDE = 4096


def open_graph(path: Path | str, *, frugal: bool = False) -> CompressedGraph:
    """Open a compressed graph for reading.

    Args:
        path: a file that `build` or `kras-graph compress` has written.
        frugal: read pieces instead of mapping the file: slower when asked much, but memory
            stays small. For a process that asks one question.

    Raises:
        GraphFileError: when the file is missing, foreign, damaged or cut off.
    """
    return CompressedGraph(Store(Path(path), frugal=frugal))


class CompressedGraph:
    """A directed graph with signed, named, parallel edges; it cannot be changed.

    Attributes:
        adjacency: the same graph in numbers, for the searches.
        kinds: signs, roles and standing that edges have.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.adjacency = Adjacency(store)
        header = store.header
        self.kinds = tuple(Kind(Sign(sign), role, firm) for sign, role, firm in header["kinds"])
        self._predicates: list[str] = header["predicates"]
        self._classes: list[str] = header["classes"]
        self._names: dict[int, str] = {}
        self._numbers: dict[str, int] = {}
        self._attributes: dict[int, NodeData] = {}

    def __len__(self) -> int:
        return self.adjacency.nodes

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.find(name) is not None

    def __iter__(self) -> Iterator[str]:
        for start in range(0, len(self), _STRIDE):
            yield from self.names(np.arange(start, min(start + _STRIDE, len(self))))

    def find(self, name: str) -> int | None:
        """Number of a node, or None where there is no such node."""
        if name in self._numbers:
            return self._numbers[name]
        place = self._bisect(wanted := name.encode(errors="surrogatepass"))
        if place == len(self) or self._text("name", place) != wanted:
            return None
        _keep(self._numbers, name, place)
        return place

    def number(self, name: str) -> int:
        """Number of a node.

        Raises:
            UnknownNameError: with names that begin alike, when there is no such node.
        """
        found = self.find(name)
        if found is None:
            place = self._bisect(name.encode(errors="surrogatepass"))
            near = range(max(0, place - 2), min(len(self), place + 2))
            raise UnknownNameError(name, [self.name(number) for number in near], "node")
        return found

    def name(self, number: int) -> str:
        """Name of a node."""
        if number in self._names:
            return self._names[number]
        name = self._text("name", number).decode()
        _keep(self._names, number, name)
        return name

    def names(self, numbers: Ints) -> list[str]:
        """Names of nodes, many at once."""
        store = self._store
        both = np.repeat(numbers.astype(np.int64), 2)
        both[1::2] += 1
        at = store.take("name_at", both).astype(np.int64)
        text = store.ranges("name_text", at[::2], at[1::2]).tobytes()
        ends = np.cumsum(at[1::2] - at[::2]).tolist()
        starts = [0, *ends[:-1]] if ends else []
        return [text[a:b].decode() for a, b in zip(starts, ends, strict=True)]

    def has_node(self, name: str) -> bool:
        """Whether there is a node of this name."""
        return name in self

    def number_of_nodes(self) -> int:
        """How many nodes there are."""
        return len(self)

    def number_of_edges(self) -> int:
        """How many edges there are."""
        return self.adjacency.edges

    def is_directed(self) -> bool:
        """Always true."""
        return True

    def is_multigraph(self) -> bool:
        """Always true."""
        return True

    @property
    def nodes(self) -> NodeView:
        """Nodes with their attributes: `graph.nodes[name]["cls"]`."""
        return NodeView(self)

    @property
    def edges(self) -> EdgeView:
        """Edges with their attributes: `graph.edges[source, target, key]["sign"]`."""
        return EdgeView(self)

    def out_edges(
        self, name: str | None = None, data: bool = False, keys: bool = False
    ) -> Iterator[tuple[Any, ...]]:
        """Edges from a node, or all edges: source, target, and on demand key and attributes.

        Raises:
            UnknownNameError: when there is no such node.
        """
        places = range(len(self)) if name is None else (self.number(name),)
        for place in places:
            yield from self._edges_of(OUT, place, data=data, keys=keys)

    def in_edges(
        self, name: str | None = None, data: bool = False, keys: bool = False
    ) -> Iterator[tuple[Any, ...]]:
        """Edges to a node, or all edges by target, as `out_edges` gives them.

        Raises:
            UnknownNameError: when there is no such node.
        """
        places = range(len(self)) if name is None else (self.number(name),)
        for place in places:
            yield from self._edges_of(IN, place, data=data, keys=keys)

    def successors(self, name: str) -> Iterator[str]:
        """Nodes to which an edge leads from this one, each once."""
        ends = np.unique(self.adjacency.neighbours(OUT, self.number(name)))
        yield from self.names(ends)

    def predecessors(self, name: str) -> Iterator[str]:
        """Nodes from which an edge leads to this one, each once."""
        ends = np.unique(self.adjacency.neighbours(IN, self.number(name)))
        yield from self.names(ends)

    def out_degree(self, name: str) -> int:
        """Number of edges from a node."""
        return self.adjacency.degree(OUT, self.number(name))

    def in_degree(self, name: str) -> int:
        """Number of edges to a node."""
        return self.adjacency.degree(IN, self.number(name))

    def has_edge(self, source: str, target: str, key: str | None = None) -> bool:
        """Whether an edge leads from one node to another, of this key where one is given."""
        found = self.get_edge_data(source, target, default={})
        return bool(found) if key is None else key in found

    def get_edge_data(self, source: str, target: str, default: Any = None) -> Any:
        """Attributes of all edges from one node to another, by key; else the default."""
        tail, head = self.find(source), self.find(target)
        if tail is None or head is None:
            return default
        edges = self.between(tail, head)
        return {self.key(edge, tail): self.data(edge) for edge in edges} or default

    def between(self, tail: int, head: int) -> range:
        """Numbers of the edges from one node to another."""
        start = int(self._store.slice(OUT.at, tail, tail + 1)[0])
        ends = self.adjacency.neighbours(OUT, tail)
        low, high = np.searchsorted(ends, [head, head + 1]).tolist()
        return range(start + low, start + high)

    def kind(self, edge: int) -> Kind:
        """Sign, role and standing of an edge."""
        return self.kinds[int(self._store.slice(OUT.kind, edge, edge + 1)[0])]

    def predicate(self, edge: int) -> str:
        """Relation of an edge."""
        if "predicate" not in self._store:
            return self._predicates[0]
        return self._predicates[int(self._store.slice("predicate", edge, edge + 1)[0])]

    def key(self, edge: int, tail: int) -> str:
        """Key of an edge that starts at node number `tail`."""
        plain = self._plain_key(edge)
        if self.adjacency.parallel == 1:
            return plain
        head = int(self._store.slice(OUT.ends, edge, edge + 1)[0])
        first = self.between(tail, head).start
        before = sum(self._plain_key(other) == plain for other in range(first, edge))
        return f"{plain}#{before + 1}" if before else plain

    def data(self, edge: int) -> dict[str, Any]:
        """Attributes of an edge, as `kras_graph.network.projection` describes them."""
        sign, role, asserted = self.kind(edge)
        return {
            "predicate": self.predicate(edge),
            "sign": sign,
            "asserted": asserted,
            "role": role,
            **PLAIN_EDGE,
            **self._details("detail", edge),
        }

    def attributes(self, node: int) -> NodeData:
        """Attributes of a node."""
        if node in self._attributes:
            return self._attributes[node]
        cls = ""
        if "class" in self._store:
            cls = self._classes[int(self._store.slice("class", node, node + 1)[0])]
        told = {"label": self.name(node), "cls": cls, **self._details("node", node)}
        found = NodeData(self, node, told)
        _keep(self._attributes, node, found)
        return found

    def joined(self, node: int) -> int:
        """With how many others a node is joined (`kras_graph.network.projection.degree`)."""
        counted = np.array([Edges().count(*kind) for kind in self.kinds], np.bool_)
        ends = [
            steps.ends
            for way in (OUT, IN)
            for steps in self.adjacency.expand(way, np.array([node]), counted)
        ]
        others = np.unique(np.concatenate(ends)) if ends else np.empty(0, np.int32)
        return int(np.count_nonzero(others != node))

    def to_networkx(self) -> nx.MultiDiGraph:
        """The whole graph as a networkx MultiDiGraph, which takes about 0.5 GB a million edges."""
        import networkx as nx

        graph = nx.MultiDiGraph()
        graph.add_nodes_from((name, dict(self.nodes[name])) for name in self)
        for source, target, key, data in self.out_edges(data=True, keys=True):
            graph.add_edge(source, target, key=key, **data)
        return graph

    def check(self) -> None:
        """Check the whole file, not only what questions touch.

        Raises:
            GraphFileError: when it is damaged.
        """
        self._store.check()

    def _edges_of(
        self, way: Way, node: int, *, data: bool, keys: bool
    ) -> Iterator[tuple[Any, ...]]:
        start, stop = self._store.slice(way.at, node, node + 2).tolist()
        ends = self._store.slice(way.ends, start, stop)
        edges: npt.NDArray[Any] = np.arange(start, stop)
        if way is IN:
            edges = self._store.slice("in_edge", start, stop)
        here = self.name(node)
        for end, edge in zip(ends.tolist(), edges.tolist(), strict=True):
            tail, head = (here, self.name(end)) if way is OUT else (self.name(end), here)
            told: tuple[Any, ...] = (tail, head)
            if keys:
                told += (self.key(edge, node if way is OUT else end),)
            yield (*told, self.data(edge)) if data else told

    def _plain_key(self, edge: int) -> str:
        predicate = self.predicate(edge)
        return predicate if self.kind(edge).asserted else f"{predicate}#unasserted"

    def _details(self, what: str, place: int) -> dict[str, Any]:
        if what not in self._store:
            return {}
        number = int(self._store.slice(what, place, place + 1)[0])
        return decode(self._text(what, number).decode())

    def _text(self, what: str, number: int) -> bytes:
        start, stop = self._store.slice(f"{what}_at", number, number + 2).tolist()
        return self._store.slice(f"{what}_text", start, stop).tobytes()

    def _bisect(self, wanted: bytes) -> int:
        """Place of the first name that does not come before the wanted one."""
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self._text("name", middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low


def _keep(kept: dict[Any, Any], key: Any, value: Any) -> None:
    """Remember a value; when there are too many, forget the others."""
    if len(kept) >= _KEPT:
        kept.clear()
    kept[key] = value


__all__ = [
    "CompressedGraph",
    "Counts",
    "Edge",
    "EdgeTable",
    "GraphFileError",
    "Kind",
    "build",
    "compress",
    "open_graph",
]
