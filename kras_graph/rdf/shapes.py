"""SHACL: whether a dataset keeps the promises of the graph.

The shapes are shipped as `ontology/shapes.ttl`. pyshacl, which runs them, is an optional
extra and is loaded only here and only when asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from rdflib import Graph
from rdflib.namespace import SH
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result
from rdflib.term import BNode, Node

from kras_graph.curation.resources import folder
from kras_graph.model.errors import MissingExtraError
from kras_graph.rdf import names

SHAPES = names.BASE + "shapes#"


@dataclass(frozen=True, order=True)
class Finding:
    """One thing a shape objects to.

    Attributes:
        shape: name of the shape in `ontology/shapes.ttl`, without its namespace.
        focus: IRI of the node the shape was applied to.
        value: IRI or literal objected to; empty when it is the focus node itself.
        path: IRI of the property concerned, or empty.
        message: what is wrong, in words; IRIs are shortened to CURIEs.
        severity: `Violation`, `Warning` or `Info`.
    """

    shape: str
    focus: str
    value: str
    path: str
    message: str
    severity: str


@dataclass(frozen=True)
class Report:
    """Every finding on a graph, sorted by shape, then by focus node."""

    findings: tuple[Finding, ...]

    @property
    def conforms(self) -> bool:
        """Whether no shape objects to anything."""
        return not self.findings


@cache
def shapes_text() -> str:
    """The shapes in Turtle, as shipped."""
    return (folder("ontology") / "shapes.ttl").read_text(encoding="utf-8")


@cache
def _prepared(query: str) -> Query:
    """A query ready to run; pyshacl runs few queries, each for hundreds of focus nodes."""
    return prepareQuery(query)


class _PreparedGraph(Graph):
    """A graph that parses each query text once; parsing is four fifths of the whole check."""

    def query(self, query_object: str | Query, *args: Any, **kwargs: Any) -> Result:
        """Result of a query, given as text or prepared."""
        if isinstance(query_object, str):
            query_object = _prepared(query_object)
        return super().query(query_object, *args, **kwargs)


def conform(graph: Graph) -> Report:
    """What the shipped shapes find in a dataset; the graph given is left as it is.

    Args:
        graph: data and ontology together, as `KnowledgeGraph.to_rdflib()` returns them.

    Raises:
        MissingExtraError: when pyshacl is not installed.
    """
    try:
        import pyshacl
    except ImportError:
        raise MissingExtraError("pyshacl", "shacl") from None

    shapes = Graph().parse(data=shapes_text(), format="turtle")
    copy = _PreparedGraph()
    copy += graph
    _, results, text = pyshacl.validate(copy, shacl_graph=shapes, inference="none", inplace=True)
    if not isinstance(results, Graph):
        raise RuntimeError(f"The shapes cannot be applied: {text}")
    nodes = set(results.objects(None, SH.result))
    return Report(tuple(sorted(_finding(results, node) for node in nodes)))


def _finding(results: Graph, node: Node) -> Finding:
    """A finding from its description in a SHACL validation report."""

    def of(name: str) -> str:
        term = results.value(node, SH[name])
        return "" if term is None or isinstance(term, BNode) else str(term)

    focus, value = of("focusNode"), of("value")
    return Finding(
        shape=of("sourceShape").removeprefix(SHAPES),
        focus=focus,
        value="" if value == focus else value,
        path=of("resultPath"),
        message=_shortened(of("resultMessage")),
        severity=of("resultSeverity").removeprefix(str(SH)),
    )


def _shortened(message: str) -> str:
    """A message with CURIEs in the place of IRIs.

    >>> _shortened("<https://w3id.org/kras-graph/id/sotorasib> is new")
    'id:sotorasib is new'
    """
    for prefix, iri in names.PREFIXES.items():
        message = message.replace(iri, f"{prefix}:")
    return re.sub(r"<([\w.]+:[^<>\s]*)>", r"\1", message)
