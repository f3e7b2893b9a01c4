"""Descriptions of the dataset and of its queries: VoID, DCAT, schema.org, SPARQL examples."""

from __future__ import annotations

import json
from collections import Counter

import pyoxigraph
import pytest
import rdflib
from pyoxigraph import RdfFormat, Store
from rdflib import RDF, RDFS, URIRef

from kras_graph import KnowledgeGraph, __version__
from kras_graph.rdf import names
from kras_graph.rdf.describe import DATASET, dcat_turtle, schema_org_json, void_turtle
from kras_graph.rdf.engine import EmbeddedEngine
from kras_graph.rdf.examples import EXAMPLES, SHACL, examples_turtle, runnable
from kras_graph.rdf.library import StoredQuery, parse_query, run_stored, stored_queries

QUERIES = {**stored_queries("competency"), **stored_queries("export")}
ENDPOINT = "http://localhost:8000/sparql"
VOID = rdflib.Namespace("http://rdfs.org/ns/void#")
DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")
SH = rdflib.Namespace(SHACL)
SCHEMA = rdflib.Namespace(names.SCHEMA)
DCTERMS = rdflib.Namespace(names.DCTERMS)
NODE = URIRef(DATASET)


def read(turtle: str) -> rdflib.Graph:
    """The graph of a Turtle text, which a second reader takes the same way."""
    graph = rdflib.Graph().parse(data=turtle, format="turtle")
    assert len(list(pyoxigraph.parse(turtle, format=RdfFormat.TURTLE))) == len(graph)
    return graph


def number(graph: rdflib.Graph, subject: rdflib.term.Node, name: str) -> int:
    value = graph.value(subject, VOID[name])
    assert isinstance(value, rdflib.Literal)
    return int(value)


@pytest.fixture(scope="module")
def whole(kg: KnowledgeGraph) -> rdflib.Graph:
    return kg.to_rdflib()


def test_void_counts_are_those_of_the_graph(kg: KnowledgeGraph, whole: rdflib.Graph) -> None:
    described = read(void_turtle(kg.engine))
    assert (NODE, RDF.type, VOID.Dataset) in described
    assert number(described, NODE, "triples") == len(whole)
    assert number(described, NODE, "entities") == len(kg.reader.entities)
    assert number(described, NODE, "distinctSubjects") == len(set(whole.subjects()))
    assert number(described, NODE, "distinctObjects") == len(set(whole.objects()))
    assert number(described, NODE, "properties") == len(set(whole.predicates()))
    assert number(described, NODE, "classes") == len(set(whole.objects(None, RDF.type)))


def test_void_partitions_add_up(kg: KnowledgeGraph, whole: rdflib.Graph) -> None:
    described = read(void_turtle(kg.engine))
    properties = Counter(whole.predicates())
    classes = Counter(whole.objects(None, RDF.type))
    for kind, term, counted, expected in (
        ("propertyPartition", "property", "triples", properties),
        ("classPartition", "class", "entities", classes),
    ):
        parts = list(described.objects(NODE, VOID[kind]))
        found = {described.value(p, VOID[term]): number(described, p, counted) for p in parts}
        assert len(parts) == len(found)
        assert found == dict(expected)


def test_void_links_name_every_registry(kg: KnowledgeGraph, whole: rdflib.Graph) -> None:
    described = read(void_turtle(kg.engine))
    sets = list(described.subjects(RDF.type, VOID.Linkset))
    same = list(whole.objects(None, rdflib.SKOS.exactMatch))
    assert sum(number(described, item, "triples") for item in sets) == len(same)
    spaces = {str(space) for space in described.objects(None, VOID.uriSpace)}
    assert all(any(str(iri).startswith(space) for space in spaces) for iri in same)
    example = described.value(NODE, VOID.exampleResource)
    assert (example, None, None) in whole


def test_void_names_the_vocabularies_in_use(kg: KnowledgeGraph) -> None:
    described = read(void_turtle(kg.engine))
    used = {str(iri) for iri in described.objects(NODE, VOID.vocabulary)}
    assert {names.KG, names.RDFS, names.SKOS, names.PROV, names.OA, names.BIOLINK} <= used


@pytest.mark.parametrize("describe", [void_turtle, dcat_turtle, schema_org_json])
def test_an_address_is_named_only_where_there_is_one(kg: KnowledgeGraph, describe: object) -> None:
    assert callable(describe)
    assert ENDPOINT not in describe(kg.engine)
    assert ENDPOINT in describe(kg.engine, ENDPOINT)


@pytest.mark.parametrize("describe", [void_turtle, dcat_turtle, schema_org_json])
def test_descriptions_are_the_same_each_time(kg: KnowledgeGraph, describe: object) -> None:
    assert callable(describe)
    assert describe(kg.engine, ENDPOINT) == describe(kg.engine, ENDPOINT)


def test_an_empty_store_is_described_too() -> None:
    engine = EmbeddedEngine(Store())
    assert number(read(void_turtle(engine)), NODE, "triples") == 0
    assert json.loads(schema_org_json(engine))["isBasedOn"] == []


def test_dcat_says_what_it_is_and_where_it_comes_from(kg: KnowledgeGraph) -> None:
    described = read(dcat_turtle(kg.engine, ENDPOINT))
    assert (NODE, RDF.type, DCAT.Dataset) in described
    assert str(described.value(NODE, DCAT.version)) == __version__
    assert "publicdomain/zero" in str(described.value(NODE, DCTERMS.license))
    sources = set(described.objects(NODE, DCTERMS.source))
    assert len(sources) == 3
    assert all("doi:10." in str(described.value(s, DCTERMS.identifier)) for s in sources)
    for form in described.objects(NODE, DCAT.distribution):
        assert (form, RDF.type, DCAT.Distribution) in described
        assert (form, DCTERMS.license, None) in described
        assert (form, DCAT.mediaType, None) in described
    service = described.value(predicate=DCAT.servesDataset, object=NODE)
    assert service is not None
    assert described.value(service, DCAT.endpointURL) == URIRef(ENDPOINT)


def test_schema_org_has_what_search_engines_ask_for(kg: KnowledgeGraph) -> None:
    record = json.loads(schema_org_json(kg.engine, ENDPOINT))
    assert record["@type"] == "Dataset"
    assert 50 <= len(record["description"]) <= 5000
    for name in ("name", "license", "version", "keywords", "size", "distribution"):
        assert record[name]
    assert {paper["identifier"] for paper in record["isBasedOn"]} == {
        "doi:10.1056/NEJMoa2208470",
        "doi:10.1172/JCI156891",
        "doi:10.3389/fimmu.2023.1223433",
    }
    assert len(record["isBasedOn"]) == 3


def test_each_query_is_an_example_that_reads_back() -> None:
    graph = read(examples_turtle(QUERIES.values(), ENDPOINT))
    nodes = set(graph.subjects(RDF.type, SH.SPARQLExecutable))
    assert nodes == {URIRef(EXAMPLES + name) for name in QUERIES}
    declared = {str(prefix) for prefix in graph.objects(None, SH.prefix)}
    assert declared == set(names.PREFIXES)
    for name, query in QUERIES.items():
        node = URIRef(EXAMPLES + name)
        select = graph.value(node, SH.select)
        construct = graph.value(node, SH.construct)
        assert (select is None) != (construct is None)
        assert str(select or construct) == runnable(query)
        kind = SH.SPARQLSelectExecutable if select else SH.SPARQLConstructExecutable
        assert (node, RDF.type, kind) in graph
        assert {str(tag) for tag in graph.objects(node, SCHEMA.keywords)} == set(query.tags)
        assert str(graph.value(node, RDFS.comment)) == query.description
        assert graph.value(node, SCHEMA.target) == URIRef(ENDPOINT)
    assert SCHEMA.target not in set(read(examples_turtle(QUERIES.values())).predicates())


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_an_example_runs_alone_and_answers_as_the_library(
    kg: KnowledgeGraph, query: StoredQuery
) -> None:
    assert isinstance(kg.engine, EmbeddedEngine)
    alone = kg.engine.store.query(runnable(query))  # no prefixes, no bindings
    bound = run_stored(kg.engine, query, {p.name: p.example for p in query.parameters})
    assert not isinstance(alone, pyoxigraph.QueryBoolean)
    assert not isinstance(bound, pyoxigraph.QueryBoolean)
    assert {str(row) for row in alone} == {str(row) for row in bound}


def test_examples_keep_awkward_texts_whole() -> None:
    query = parse_query(
        "odd",
        '#+ summary: a "b" \\ c\n#+ description: d\n#+ tags: t\n'
        '#+ param: word text a"}b what it is\n#+ columns: word\n\n'
        'SELECT ?word\nWHERE {\n  FILTER(?word != "\\"" && """x""" != "id:y")\n}\n',
    )
    graph = read(examples_turtle([query]))
    node = URIRef(EXAMPLES + "odd")
    text = str(graph.value(node, SH.select))
    assert text == runnable(query)
    assert 'VALUES ?word { "a\\"}b" }' in text
    assert "PREFIX" not in text
    found = Store().query(text)
    assert isinstance(found, pyoxigraph.QuerySolutions)
    assert [row["word"].value for row in found] == ['a"}b']
    assert str(graph.value(node, RDFS.label)) == 'a "b" \\ c'
