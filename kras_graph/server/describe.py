"""What the service and its dataset say about themselves, in RDF."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from kras_graph import __version__
from kras_graph.rdf import names
from kras_graph.rdf.engine import Engine, rows
from kras_graph.rdf.formats import GRAPH_FORMATS

SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"
FORMATS_NS = "http://www.w3.org/ns/formats/"
DATASET = names.BASE + "dataset"
TITLE = "kras-graph"
SUMMARY = (
    "What bypasses a KRAS inhibitor, by which route, on what evidence: statements of three "
    "papers on KRAS inhibition, each with its standing, context and place in the source."
)
LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"
_RESULT_FORMATS = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
    "Turtle", "N-Triples", "RDF_XML", "JSON-LD",
)  # fmt: skip
_PREFIXES = {**names.PREFIXES, "sd": SD, "void": VOID, "sh": "http://www.w3.org/ns/shacl#"}
_FORMS = {**GRAPH_FORMATS, "jsonld": RdfFormat.JSON_LD}


def as_text(triples: Iterable[Triple], form: str) -> bytes:
    """Triples in one of the forms of graphs."""
    prefixes = _PREFIXES if form in ("turtle", "rdfxml") else None
    return serialize(triples, format=_FORMS[form], prefixes=prefixes) or b""


def _node(iri: str) -> NamedNode:
    return NamedNode(iri)


def _count(number: int) -> Literal:
    return Literal(str(number), datatype=NamedNode(names.XSD + "integer"))


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
        yield Triple(node, _node(SD + "resultFormat"), _node(FORMATS_NS + form))
    yield Triple(node, _node(SD + "feature"), _node(SD + "EmptyGraphs"))
    dataset, graph = BlankNode("available"), _node(DATASET)
    yield Triple(node, _node(SD + "defaultDataset"), dataset)
    yield Triple(dataset, _A, _node(SD + "Dataset"))
    yield Triple(dataset, _node(SD + "defaultGraph"), graph)
    yield Triple(graph, _A, _node(SD + "Graph"))
    yield Triple(graph, _node(names.DCTERMS + "title"), Literal(TITLE))


class Statistics:
    """Counts of a dataset, taken once."""

    def __init__(self, engine: Engine) -> None:
        def number(query: str) -> int:
            return int(rows(engine.query(query))[0]["n"].value)

        def parts(query: str) -> list[tuple[str, int]]:
            return [(r["part"].value, int(r["n"].value)) for r in rows(engine.query(query))]

        self.triples = number("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
        self.subjects = number("SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }")
        self.objects = number("SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }")
        self.entities = number(
            "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c "
            f'FILTER(STRSTARTS(STR(?s), "{names.BASE}")) }}'
        )
        self.classes = parts(
            "SELECT ?part (COUNT(DISTINCT ?s) AS ?n) { ?s a ?part FILTER(isIRI(?part)) } "
            "GROUP BY ?part ORDER BY ?part"
        )
        self.properties = parts(
            "SELECT ?part (COUNT(*) AS ?n) { ?s ?part ?o } GROUP BY ?part ORDER BY ?part"
        )
        self.links = number("SELECT (COUNT(*) AS ?n) { ?s skos:exactMatch ?o }")


def void(found: Statistics, endpoint: str, examples: str) -> Iterator[Triple]:
    """The VoID description of the dataset.

    Args:
        found: its counts.
        endpoint: address of the SPARQL service.
        examples: address of the examples.
    """
    node = _node(DATASET)
    yield Triple(node, _A, _node(VOID + "Dataset"))
    for name, text in (("title", TITLE), ("description", SUMMARY)):
        yield Triple(node, _node(names.DCTERMS + name), Literal(text, language="en"))
    yield Triple(node, _node(names.DCTERMS + "license"), _node(LICENCE))
    yield Triple(node, _node(names.SCHEMA + "version"), Literal(__version__))
    yield Triple(node, _node(VOID + "sparqlEndpoint"), _node(endpoint))
    yield Triple(node, _node(names.RDFS + "seeAlso"), _node(examples))
    yield Triple(node, _node(VOID + "uriSpace"), Literal(names.BASE))
    yield Triple(node, _node(VOID + "exampleResource"), _node(names.ENTITY + "sotorasib"))
    for form in ("Turtle", "N-Triples", "RDF_XML", "JSON-LD"):
        yield Triple(node, _node(VOID + "feature"), _node(FORMATS_NS + form))
    for iri in (names.KG, names.BIOLINK, names.SKOS, names.PROV, names.OA, names.DCTERMS):
        yield Triple(node, _node(VOID + "vocabulary"), _node(iri))
    for name, number in (
        ("triples", found.triples),
        ("entities", found.entities),
        ("distinctSubjects", found.subjects),
        ("distinctObjects", found.objects),
        ("classes", len(found.classes)),
        ("properties", len(found.properties)),
    ):
        yield Triple(node, _node(VOID + name), _count(number))
    for kind, name, parts in (
        ("class", "entities", found.classes),
        ("property", "triples", found.properties),
    ):
        for place, (iri, number) in enumerate(parts):
            part = BlankNode(f"{kind}{place}")
            yield Triple(node, _node(f"{VOID}{kind}Partition"), part)
            yield Triple(part, _node(VOID + kind), _node(iri))
            yield Triple(part, _node(VOID + name), _count(number))
    links = BlankNode("links")
    yield Triple(links, _A, _node(VOID + "Linkset"))
    yield Triple(links, _node(VOID + "subjectsTarget"), node)
    yield Triple(links, _node(VOID + "linkPredicate"), _node(names.SKOS + "exactMatch"))
    yield Triple(links, _node(VOID + "triples"), _count(found.links))
    yield Triple(node, _node(VOID + "subset"), links)
