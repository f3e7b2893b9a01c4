"""The dataset as GraphML, for Cytoscape, Gephi, yEd and networkx.

The same nodes and edges as in KGX (see `kgx`), under the ids of our own entities; lists are
one text with `; ` between values. Edges carry a `label`, nodes too.
"""

from __future__ import annotations

import io
import re

from kras_graph import __version__
from kras_graph.present.kgx import Cell, PropertyGraph, Record

# Whatever XML 1.0 cannot hold (section 2.2, production 2).
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def graphml(graph: PropertyGraph) -> bytes:
    """A GraphML document, UTF-8: attributes are texts and whole numbers, empty ones absent."""
    import networkx as nx

    network = nx.MultiDiGraph(name="kras-graph", version=__version__, license="CC0-1.0")
    for node in graph.nodes:
        network.add_node(_short(node["id"]), label=_text(node["name"]), **_attributes(node))
    for edge in graph.edges:
        network.add_edge(
            _short(edge["subject"]),
            _short(edge["object"]),
            key=_short(edge["id"]),
            label=_short(edge["original_predicate"]).replace("_", " "),
            **_attributes(edge),
        )
    stream = io.BytesIO()
    # by name: write_graphml takes lxml where it finds it, which gives other bytes
    nx.write_graphml_xml(network, stream, encoding="utf-8")
    return stream.getvalue().rstrip(b"\n") + b"\n"


def _short(value: Cell) -> str:
    """Id without our prefix."""
    return _text(value).partition(":")[2]


def _attributes(record: Record) -> dict[str, str | int]:
    """Attributes of a node or an edge but those that GraphML has of its own."""
    own = ("id", "subject", "object", "name")
    return {
        name.removeprefix("kg_"): value
        if isinstance(value, int) and not isinstance(value, bool)
        else _text(value)
        for name, value in record.items()
        if name not in own and value not in (None, "", [])
    }


def _text(value: Cell) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    text = "; ".join(value) if isinstance(value, list) else str(value)
    return _NOT_XML.sub("\ufffd", text)
