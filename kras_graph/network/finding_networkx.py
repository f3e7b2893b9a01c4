"""The questions of `kras_graph.network.finding`, answered by networkx: the reference."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice, pairwise, product
from typing import TYPE_CHECKING, Any

from kras_graph.model.errors import UnknownNameError
from kras_graph.model.terms import Sign
from kras_graph.network.found import Edges, Found, Neighbours, SignedPath, no_node_cut

if TYPE_CHECKING:
    import networkx as nx

_SIGNS = list(Sign)


def simple_paths(
    graph: nx.MultiDiGraph,
    source: str,
    target: str,
    max_length: int,
    sign: Sign | None,
    avoid: Collection[str],
    limit: int | None,
    edges: Edges,
) -> Found:
    """See `kras_graph.network.finding.simple_paths`."""
    import networkx as nx

    part = _part(graph, (source, target), avoid, edges)
    found = []
    if source in part and target in part and source != target:
        walks = nx.all_simple_edge_paths(part, source, target, cutoff=max_length)
        found = [_path(part, walk) for walk in walks]
    kept = [path for _, path in sorted(found) if sign in (None, path.sign)]
    return Found(tuple(kept[:limit]), limit is None or len(kept) <= limit)


def shortest_paths(
    graph: nx.MultiDiGraph,
    source: str,
    target: str,
    k: int,
    avoid: Collection[str],
    edges: Edges,
) -> Found:
    """See `kras_graph.network.finding.shortest_paths`."""
    part = _part(graph, (source, target), avoid, edges)
    found = list(islice(_by_length(part, source, target), k + 1))
    return Found(tuple(found[:k]), len(found) <= k)


def _by_length(part: nx.MultiDiGraph, source: str, target: str) -> Iterator[SignedPath]:
    """Paths by length, those of one length in order."""
    import networkx as nx

    if source not in part or target not in part or source == target:
        return
    alike: list[tuple[Any, SignedPath]] = []
    try:
        for nodes in nx.shortest_simple_paths(nx.DiGraph(part), source, target):
            if alike and len(alike[0][1].nodes) < len(nodes):
                yield from (path for _, path in sorted(alike))
                alike = []
            steps = list(pairwise(nodes))
            for keys in product(*(part[tail][head] for tail, head in steps)):
                walk = [(*ends, key) for ends, key in zip(steps, keys, strict=True)]
                alike.append(_path(part, walk))
    except nx.NetworkXNoPath:
        return
    yield from (path for _, path in sorted(alike))


def minimum_edge_cut(
    graph: nx.MultiDiGraph, source: str, target: str, edges: Edges
) -> tuple[tuple[str, str, str], ...]:
    """See `kras_graph.network.finding.minimum_edge_cut`."""
    import networkx as nx

    part = _part(graph, (source, target), (), edges)
    flow = nx.DiGraph()
    flow.add_nodes_from(part)
    for tail, head in part.edges():
        if tail != head:
            flow.add_edge(tail, head, capacity=part.number_of_edges(tail, head))
    _, (near, far) = nx.minimum_cut(flow, source, target)
    cut = [
        (tail, head, _edge_order(data), key)
        for tail, head, key, data in part.edges(keys=True, data=True)
        if tail in near and head in far
    ]
    return tuple((tail, head, key) for tail, head, _, key in sorted(cut))


def minimum_node_cut(
    graph: nx.MultiDiGraph, source: str, target: str, edges: Edges
) -> tuple[str, ...]:
    """See `kras_graph.network.finding.minimum_node_cut`."""
    import networkx as nx

    part = _part(graph, (source, target), (), edges)
    if part.has_edge(source, target):
        raise no_node_cut(source, target)
    # an arc without a capacity is as wide as one likes
    flow = nx.DiGraph()
    for name in part:
        flow.add_edge((name, "in"), (name, "out"), capacity=1)
    flow.add_edges_from(((tail, "out"), (head, "in")) for tail, head in part.edges())
    _, (near, _) = nx.minimum_cut(flow, (source, "out"), (target, "in"))
    inside = (name for name in part if name not in (source, target))
    return tuple(
        sorted(name for name in inside if (name, "in") in near and (name, "out") not in near)
    )


def neighbourhood(
    graph: nx.MultiDiGraph,
    node: str,
    radius: int,
    direction: str,
    limit: int | None,
    edges: Edges,
) -> Neighbours:
    """See `kras_graph.network.finding.neighbourhood`."""
    import networkx as nx

    part: Any = _part(graph, (node,), (), edges)
    if direction != "out":
        part = part.reverse(copy=False) if direction == "in" else part.to_undirected(as_view=True)
    near = nx.single_source_shortest_path_length(part, node, cutoff=radius)
    ranked = sorted((steps, name) for name, steps in dict(near).items() if name != node)
    kept = {name: steps for steps, name in ranked[:limit]}
    return Neighbours(kept, len(kept) == len(ranked))


def _part(
    graph: nx.MultiDiGraph, needed: Collection[str], avoid: Collection[str], edges: Edges
) -> nx.MultiDiGraph:
    """The graph with the edges that count, without the nodes to avoid."""
    import networkx as nx

    for name in needed:
        if name not in graph:
            from difflib import get_close_matches

            near = get_close_matches(name, [str(other) for other in graph], n=3)
            raise UnknownNameError(name, near, "node")
    part = nx.MultiDiGraph()
    part.add_nodes_from(name for name in graph if name not in avoid)
    for tail, head, key, data in graph.edges(keys=True, data=True):
        if tail in part and head in part and edges.count(*_kind(data)):
            part.add_edge(tail, head, key=key, **data)
    return part


def _kind(data: dict[str, Any]) -> tuple[Sign, str, bool]:
    return (
        data.get("sign", Sign.UNKNOWN),
        data.get("role", "statement"),
        data.get("asserted", True),
    )


def _edge_order(data: dict[str, Any]) -> tuple[object, ...]:
    sign, role, asserted = _kind(data)
    return (data.get("predicate", ""), not asserted, _SIGNS.index(sign), role)


def _path(
    part: nx.MultiDiGraph, walk: list[tuple[str, str, str]]
) -> tuple[tuple[object, ...], SignedPath]:
    """A path, after what it is sorted by."""
    sign, orders = Sign.POSITIVE, []
    for tail, head, key in walk:
        data = part.edges[tail, head, key]
        own, role, _ = _kind(data)
        climbing = role == "up" and own is Sign.NEUTRAL  # passes on whatever effect there is
        sign = sign.then(Sign.POSITIVE if climbing else own)
        orders.append((*_edge_order(data), key))
    nodes = (walk[0][0], *(edge[1] for edge in walk))
    keys = tuple(edge[2] for edge in walk)
    return (len(walk), nodes, tuple(orders)), SignedPath(nodes, keys, sign)
