"""What the service says about itself, in RDF, and descriptions in any form of RDF."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from kras_graph.rdf import names
from kras_graph.rdf.describe import DATASET, DCAT, FORMATS, TITLE, VOID
from kras_graph.rdf.examples import SHACL
from kras_graph.rdf.formats import GRAPH_FORMATS

SD = "http://www.w3.org/ns/sparql-service-description#"
_RESULT_FORMATS = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
    "Turtle", "N-Triples", "RDF_XML", "JSON-LD",
)  # fmt: skip
_PREFIXES = {**names.PREFIXES, "sd": SD, "void": VOID, "dcat": DCAT, "sh": SHACL}
_FORMS = {**GRAPH_FORMATS, "jsonld": RdfFormat.JSON_LD}


def as_text(triples: Iterable[Triple], form: str) -> bytes:
    """Triples in one of the forms of graphs."""
    prefixes = _PREFIXES if form in ("turtle", "rdfxml") else None
    return serialize(triples, format=_FORMS[form], prefixes=prefixes) or b""


def _node(iri: str) -> NamedNode:
    return NamedNode(iri)


_A = NamedNode(names.RDF + "type")


def service(endpoint: str) -> Iterator[Triple]:
    """The service description (SPARQL 1.1 Service Description, section 3).

    Args:
        endpoint: address of the service.
    """
    node = _node(endpoint)
    yield Triple(node, _A, _node(SD + "Service"))
    yield Triple(node, _node(SD + "endpoint"), node)
    for language in ("SPARQL10Query", "SPARQL11Query"):
        yield Triple(node, _node(SD + "supportedLanguage"), _node(SD + language))
    for form in _RESULT_FORMATS:
        yield Triple(node, _node(SD + "resultFormat"), _node(FORMATS + form))
    yield Triple(node, _node(SD + "feature"), _node(SD + "EmptyGraphs"))
    dataset, graph = BlankNode("available"), _node(DATASET)
    yield Triple(node, _node(SD + "defaultDataset"), dataset)
    yield Triple(dataset, _A, _node(SD + "Dataset"))
    yield Triple(dataset, _node(SD + "defaultGraph"), graph)
    yield Triple(graph, _A, _node(SD + "Graph"))
    yield Triple(graph, _node(names.DCTERMS + "title"), Literal(TITLE))
