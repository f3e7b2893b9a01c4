"""Nodes and edges of a compressed graph with their attributes, as networkx shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kras_graph.network.compressed import CompressedGraph


class NodeData(Mapping[str, Any]):
    """Attributes of a node; `degree` is counted when it is asked for."""

    def __init__(self, graph: CompressedGraph, node: int, told: dict[str, Any]) -> None:
        self._graph, self._node, self._told = graph, node, told

    def __getitem__(self, name: str) -> Any:
        if name == "degree" and name not in self._told:
            self._told[name] = self._graph.joined(self._node)
        return self._told[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._told)

    def __len__(self) -> int:
        return len(self._told)

    def __repr__(self) -> str:
        return repr(self._told)


class NodeView:
    """Nodes of a compressed graph, as networkx shows them."""

    def __init__(self, graph: CompressedGraph) -> None:
        self._graph = graph

    def __getitem__(self, name: str) -> NodeData:
        return self._graph.attributes(self._graph.number(name))

    def __contains__(self, name: object) -> bool:
        return name in self._graph

    def __iter__(self) -> Iterator[str]:
        return iter(self._graph)

    def __len__(self) -> int:
        return len(self._graph)

    def __call__(self, data: bool = False) -> Iterator[Any]:
        """Names, with their attributes on demand."""
        return ((name, self[name]) for name in self) if data else iter(self)


class EdgeView:
    """Edges of a compressed graph, as networkx shows them."""

    def __init__(self, graph: CompressedGraph) -> None:
        self._graph = graph

    def __getitem__(self, ends: tuple[str, str, str]) -> dict[str, Any]:
        source, target, key = ends
        found: dict[str, Any] = self._graph.get_edge_data(source, target, {})[key]
        return found

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return self._graph.out_edges(keys=True)

    def __len__(self) -> int:
        return self._graph.number_of_edges()

    def __call__(self, data: bool = False, keys: bool = False) -> Iterator[tuple[Any, ...]]:
        """Ends of the edges, on demand with keys and attributes."""
        return self._graph.out_edges(data=data, keys=keys)
