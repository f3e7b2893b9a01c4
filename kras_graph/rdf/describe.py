"""What the dataset holds, for programs that look for datasets: VoID, DCAT, schema.org.

All figures are counted by the engine at hand, never written down. Counts run in the
default graph, where every triple stands once.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from kras_graph import __version__
from kras_graph.model.curies import XREF_PREFIXES
from kras_graph.rdf import names
from kras_graph.rdf.engine import Engine, rows

DATASET = names.BASE + "dataset"
TITLE = "kras-graph"
DESCRIPTION = (
    "An evidence-anchored knowledge graph of RAS biology and therapeutics: what bypasses a "
    "KRAS inhibitor, by which route, on what evidence. For research, not for treatment "
    "decisions."
)
KEYWORDS = ("KRAS", "RAS", "drug resistance", "targeted therapy", "knowledge graph", "oncology")
LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"

VOID = "http://rdfs.org/ns/void#"
DCAT = "http://www.w3.org/ns/dcat#"
FORMATS = "http://www.w3.org/ns/formats/"
MEDIA = "https://www.iana.org/assignments/media-types/"
THEME = "http://purl.obolibrary.org/obo/MONDO_0004992"  # cancer

_PREFIXES = {
    "void": VOID,
    "dcat": DCAT,
    "dcterms": names.DCTERMS,
    "xsd": names.XSD,
    "formats": FORMATS,
}
# Name of an export → media type and last part of W3C's IRI of the format.
_DISTRIBUTIONS = {
    "turtle": ("text/turtle", "Turtle"),
    "ntriples": ("application/n-triples", "N-Triples"),
    "jsonld": ("application/ld+json", "JSON-LD"),
}


@dataclass(frozen=True)
class Paper:
    """A source paper: its node, title, DOI and further addresses."""

    iri: str
    title: str
    doi: str
    same: tuple[str, ...]


def void_turtle(engine: Engine, endpoint: str | None = None) -> str:
    """VoID description as Turtle; see `void_triples`."""
    return _turtle(void_triples(engine, endpoint))


def void_triples(engine: Engine, endpoint: str | None = None) -> list[Triple]:
    """VoID description: size, classes, properties, vocabularies and links to other datasets.

    Args:
        engine: where the dataset is.
        endpoint: address of its SPARQL service, if there is one.
    """
    node = NamedNode(DATASET)
    graph = [*_about(engine, VOID + "Dataset")]
    for term, query in _SIZES.items():
        graph.append(Triple(node, NamedNode(VOID + term), _integer(_count(engine, query))))
    graph.append(_link(DATASET, VOID + "uriSpace", Literal(names.BASE)))
    graph.append(_link(DATASET, VOID + "exampleResource", NamedNode(names.ENTITY + "sotorasib")))
    for _, label in _DISTRIBUTIONS.values():
        graph.append(_link(DATASET, VOID + "feature", NamedNode(FORMATS + label)))
    for vocabulary in _vocabularies(engine):
        graph.append(_link(DATASET, VOID + "vocabulary", NamedNode(vocabulary)))
    if endpoint:
        graph.append(_link(DATASET, VOID + "sparqlEndpoint", NamedNode(endpoint)))
    for kind, term, counted, query in _PARTITIONS:
        for iri, number in _counts(engine, query):
            part = NamedNode(f"{DATASET}/{kind}/{_key(iri)}")
            graph.append(_link(DATASET, VOID + kind + "Partition", part))
            graph.append(Triple(part, NamedNode(VOID + term), NamedNode(iri)))
            graph.append(Triple(part, NamedNode(VOID + counted), _integer(number)))
    for prefix, number in _links(engine).items():
        graph += _linkset(prefix, number)
    return _ordered(graph)


def size(engine: Engine) -> int:
    """Number of triples in the default graph."""
    return _count(engine, _SIZES["triples"])


def dcat_turtle(engine: Engine, endpoint: str | None = None) -> str:
    """DCAT description: what the dataset is, its sources, licence and forms.

    Args:
        engine: where the dataset is.
        endpoint: address of its SPARQL service, if there is one.
    """
    graph = [*_about(engine, DCAT + "Dataset")]
    graph += [_link(DATASET, DCAT + "keyword", Literal(k, language="en")) for k in KEYWORDS]
    graph.append(_link(DATASET, DCAT + "version", Literal(__version__)))
    graph.append(_link(DATASET, DCAT + "theme", NamedNode(THEME)))
    conforms = names.KG.removesuffix("#")
    graph.append(_link(DATASET, names.DCTERMS + "conformsTo", NamedNode(conforms)))
    for name, (media, label) in _DISTRIBUTIONS.items():
        form = f"{DATASET}/{name}"
        graph.append(_link(DATASET, DCAT + "distribution", NamedNode(form)))
        graph.append(_link(form, names.RDF + "type", NamedNode(DCAT + "Distribution")))
        title = Literal(f"{TITLE} in {label}", language="en")
        graph.append(_link(form, names.DCTERMS + "title", title))
        graph.append(_link(form, names.DCTERMS + "license", NamedNode(LICENCE)))
        graph.append(_link(form, DCAT + "mediaType", NamedNode(MEDIA + media)))
    if endpoint:
        service = names.BASE + "sparql-service"
        graph.append(_link(service, names.RDF + "type", NamedNode(DCAT + "DataService")))
        title = Literal(f"SPARQL service of {TITLE}", language="en")
        graph.append(_link(service, names.DCTERMS + "title", title))
        graph.append(_link(service, DCAT + "endpointURL", NamedNode(endpoint)))
        graph.append(_link(service, DCAT + "servesDataset", NamedNode(DATASET)))
        protocol = NamedNode("http://www.w3.org/TR/sparql11-protocol/")
        graph.append(_link(service, names.DCTERMS + "conformsTo", protocol))
    return _turtle(graph)


def schema_org_json(engine: Engine, endpoint: str | None = None) -> str:
    """schema.org description in JSON-LD, as search engines for datasets read it.

    Args:
        engine: where the dataset is.
        endpoint: address of its SPARQL service, if there is one.
    """
    forms: list[dict[str, Any]] = [
        {"@type": "DataDownload", "name": f"{TITLE} in {label}", "encodingFormat": media}
        for media, label in _DISTRIBUTIONS.values()
    ]
    if endpoint:
        forms.append(
            {
                "@type": "DataDownload",
                "name": "SPARQL 1.1 service",
                "encodingFormat": "application/sparql-results+json",
                "contentUrl": endpoint,
            }
        )
    statements = _count(engine, "SELECT (COUNT(?s) AS ?count) { ?s a kg:Statement }")
    record = {
        "@context": names.SCHEMA,
        "@type": "Dataset",
        "@id": DATASET,
        "name": TITLE,
        "description": DESCRIPTION,
        "version": __version__,
        "license": LICENCE,
        "isAccessibleForFree": True,
        "keywords": list(KEYWORDS),
        "about": {"@id": THEME, "name": "cancer"},
        "size": f"{_count(engine, _SIZES['triples'])} triples, {statements} statements",
        "isBasedOn": [
            {
                "@type": "ScholarlyArticle",
                "@id": paper.iri,
                "name": paper.title,
                "identifier": paper.doi,
                "sameAs": list(paper.same),
            }
            for paper in _papers(engine)
        ],
        "distribution": forms,
    }
    return json.dumps(record, indent=2, ensure_ascii=False) + "\n"


_SIZES = {
    "triples": "SELECT (COUNT(?s) AS ?count) { ?s ?p ?o }",
    "entities": "SELECT (COUNT(DISTINCT ?s) AS ?count) { ?s biolink:category ?c }",
    "distinctSubjects": "SELECT (COUNT(DISTINCT ?s) AS ?count) { ?s ?p ?o }",
    "distinctObjects": "SELECT (COUNT(DISTINCT ?o) AS ?count) { ?s ?p ?o }",
    "properties": "SELECT (COUNT(DISTINCT ?p) AS ?count) { ?s ?p ?o }",
    "classes": "SELECT (COUNT(DISTINCT ?c) AS ?count) { ?s a ?c }",
}
# Kind of partition, the term that names what it is by, the term for its size, and its query.
_PARTITIONS = (
    (
        "class",
        "class",
        "entities",
        "SELECT ?key (COUNT(DISTINCT ?s) AS ?count) { ?s a ?key FILTER(isIRI(?key)) } "
        "GROUP BY ?key",
    ),
    (
        "property",
        "property",
        "triples",
        "SELECT ?key (COUNT(?s) AS ?count) { ?s ?key ?o } GROUP BY ?key",
    ),
)


def _about(engine: Engine, kind: str) -> list[Triple]:
    """What every description says: name, text, licence, publisher's address and sources."""
    dcterms = names.DCTERMS
    graph = [
        _link(DATASET, names.RDF + "type", NamedNode(kind)),
        _link(DATASET, dcterms + "title", Literal(TITLE, language="en")),
        _link(DATASET, dcterms + "description", Literal(DESCRIPTION, language="en")),
        _link(DATASET, dcterms + "license", NamedNode(LICENCE)),
        _link(DATASET, dcterms + "identifier", Literal(DATASET)),
    ]
    for paper in _papers(engine):
        graph.append(_link(DATASET, dcterms + "source", NamedNode(paper.iri)))
        graph.append(_link(paper.iri, dcterms + "title", Literal(paper.title)))
        graph.append(_link(paper.iri, dcterms + "identifier", Literal(paper.doi)))
    return graph


def _papers(engine: Engine) -> list[Paper]:
    """Source papers by IRI."""
    found = rows(
        engine.query(
            "SELECT ?paper ?title ?doi ?same { ?paper a kg:Publication ; dcterms:title ?title ; "
            "dcterms:identifier ?doi ; skos:exactMatch ?same } ORDER BY ?paper ?same"
        )
    )
    same: dict[tuple[str, str, str], list[str]] = {}
    for row in found:
        key = row["paper"].value, row["title"].value, row["doi"].value
        same.setdefault(key, []).append(row["same"].value)
    return [Paper(*key, tuple(addresses)) for key, addresses in same.items()]


def _count(engine: Engine, query: str) -> int:
    """The one number of a query."""
    return int(rows(engine.query(query))[0]["count"].value)


def _counts(engine: Engine, query: str) -> list[tuple[str, int]]:
    """Numbers by IRI, sorted."""
    found = rows(engine.query(query))
    return sorted((row["key"].value, int(row["count"].value)) for row in found)


def _links(engine: Engine) -> Counter[str]:
    """Number of exact matches by prefix of the registry they lead to."""
    found = rows(engine.query("SELECT ?s ?o { ?s skos:exactMatch ?o }"))
    # the longest address wins: one registry's may begin with another's
    known = sorted(XREF_PREFIXES.items(), key=lambda pair: -len(pair[1]))
    prefixes = (
        next((prefix for prefix, iri in known if row["o"].value.startswith(iri)), None)
        for row in found
    )
    return Counter(prefix for prefix in prefixes if prefix)


def _linkset(prefix: str, number: int) -> list[Triple]:
    """The links into one registry."""
    node, target = f"{DATASET}/links/{prefix}", f"{DATASET}/registry/{prefix}"
    return [
        _link(node, names.RDF + "type", NamedNode(VOID + "Linkset")),
        _link(node, VOID + "subjectsTarget", NamedNode(DATASET)),
        _link(node, VOID + "objectsTarget", NamedNode(target)),
        _link(node, VOID + "linkPredicate", NamedNode(names.SKOS + "exactMatch")),
        _link(node, VOID + "triples", _integer(number)),
        _link(target, names.RDF + "type", NamedNode(VOID + "Dataset")),
        _link(target, VOID + "uriSpace", Literal(XREF_PREFIXES[prefix])),
        _link(DATASET, VOID + "subset", NamedNode(node)),
    ]


def _vocabularies(engine: Engine) -> list[str]:
    """Namespaces of the properties and classes in use."""
    used = {iri for *_, query in _PARTITIONS for iri, _ in _counts(engine, query)}
    return sorted({iri[: max(iri.rfind("#"), iri.rfind("/")) + 1] for iri in used})


def _key(iri: str) -> str:
    """Short name of a class or property for the address of its partition."""
    for prefix, base in names.PREFIXES.items():
        if iri.startswith(base):
            return f"{prefix}-{iri[len(base) :]}"
    end = max(iri.rfind("#"), iri.rfind("/"))
    return iri[:end].rpartition("/")[2] + "-" + iri[end + 1 :]


def _integer(number: int) -> Literal:
    return Literal(str(number), datatype=NamedNode(names.XSD + "integer"))


def _link(subject: str, predicate: str, term: NamedNode | Literal) -> Triple:
    return Triple(NamedNode(subject), NamedNode(predicate), term)


def _ordered(graph: list[Triple]) -> list[Triple]:
    """Triples, each once and in a fixed order."""
    return sorted(set(graph), key=lambda triple: (str(triple.subject), str(triple)))


def _turtle(graph: list[Triple]) -> str:
    """Turtle of triples, each once and in a fixed order."""
    payload = serialize(_ordered(graph), format=RdfFormat.TURTLE, prefixes=_PREFIXES) or b""
    return payload.decode()
