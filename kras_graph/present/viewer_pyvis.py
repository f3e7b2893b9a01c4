"""The graph as a pyvis network, for people who build on it; the page's data come from it too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from kras_graph.model.records import Entity

if TYPE_CHECKING:
    from pyvis.network import Network as Drawing

    from kras_graph.network.projection import Network

Json = dict[str, Any]
MADE = "query"  # role of an edge that a query made and no statement backs
# How an edge ends, by sign: names that vis-network knows.
ENDS = {"+": "arrow", "-": "bar", "?": "circle", "0": "vee", "part": "diamond"}


def pyvis_network(
    entities: Mapping[str, Entity],
    network: Network,
    labels: Mapping[str, str],
    *,
    include_unasserted: bool = False,
) -> Drawing:
    """A directed pyvis network of all entities and what joins them.

    Node ids are entity ids, `group` is the class. Edges carry `predicate`, `sign`, `role`,
    `asserted` and `statements` beside what vis-network draws; definitions, which need no
    source, have no statements. Titles are plain text.

    Args:
        entities: every entity, by id.
        network: the graph's edges.
        labels: label of each predicate.
        include_unasserted: whether denied and doubted propositions are edges too, dashed.
    """
    from pyvis.edge import Edge
    from pyvis.network import Network as Drawing

    drawing = Drawing(directed=True)
    for name, item in entities.items():
        title = "\n".join([item.cls, *([", ".join(item.synonyms)] if item.synonyms else [])])
        drawing.add_node(name, label=item.label or name, shape="box", group=item.cls, title=title)
    for node in drawing.nodes:
        node.pop("font", None)
    for source, target, data in drawn_edges(network):
        if data["asserted"] or include_unasserted:
            sign = "part" if _structural(data) else str(data["sign"])
            predicate = data["predicate"]
            verb = labels.get(predicate, predicate.replace("_", " "))
            # pyvis' own add_edge looks both ends up in a list, which is slow for large graphs
            edge = Edge(
                source,
                target,
                True,
                arrows={"to": {"enabled": True, "type": ENDS.get(sign, "vee")}},
                dashes=not data["asserted"],
                title=f"{verb} ({', '.join(data['statements']) or 'no statement'})",
                predicate=predicate,
                sign=str(data["sign"]),
                role=data["role"],
                asserted=data["asserted"],
                statements=list(data["statements"]),
            )
            drawing.edges.append(edge.options)
    return drawing


def drawn_edges(network: Network) -> Iterable[tuple[str, str, Json]]:
    """Edges worth a line: every proposition, and definitions that no proposition repeats."""
    said = {
        (source, target)
        for source, target, data in network.edges(data=True)
        if data["statements"] and data["asserted"] and str(data["sign"]) == "0"
    }
    for source, target, data in network.edges(data=True):
        backwards = data["predicate"].endswith("^")
        if not _structural(data) or not (backwards or (source, target) in said):
            yield source, target, data


def _structural(data: Json) -> bool:
    """Whether an edge is a definition, not a proposition or made by a query."""
    return not data["statements"] and data["role"] != MADE
