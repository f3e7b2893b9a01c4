"""The shapes: shipped data conform; each planted defect is caught by its own shape only."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pyoxigraph
import pyshacl
import pytest
from rdflib import RDF, RDFS, SKOS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.namespace import DCTERMS, OWL, PROV, SH
from rdflib.term import Node

from kras_graph import KnowledgeGraph
from kras_graph.curation.load import load_tables
from kras_graph.curation.vocabulary import ontology_text
from kras_graph.model.errors import MissingExtraError
from kras_graph.model.records import Entity, Tables
from kras_graph.model.terms import Certainty, MechanismGroup, Polarity, Setting, Statistic
from kras_graph.rdf import names
from kras_graph.rdf.dataset import triples
from kras_graph.rdf.shapes import SHAPES, Finding, conform, shapes_text

KG = Namespace(names.KG)
ID = Namespace(names.ENTITY)
STMT = Namespace(names.STATEMENT)
RESULT = Namespace(names.RESULT)
OA = Namespace(names.OA)
SCHEMA = Namespace(names.SCHEMA)
BIOLINK = Namespace(names.BIOLINK)
SHAPE = Namespace(SHAPES)
CONTEXT = Path(__file__).parent.parent / "ontology" / "context.jsonld"
# rdflib's own JSON-LD parser uses a class that rdflib deprecates.
RDFLIB = pytest.mark.filterwarnings(
    "ignore:ConjunctiveGraph is deprecated, use Dataset instead:DeprecationWarning"
)
# 8 of 38 is printed as 21% with its interval; a median with an interval and no count.
RESPONSE, SURVIVAL = RESULT["T011.1"], RESULT["T012.1"]


def refs(item: Entity) -> Iterator[str]:
    """Entities that a row of an entity table points to."""
    yield from item.parents
    for column in ("gene", "components"):
        yield from filter(None, item.attributes.get(column, "").split("|"))


def extract(tables: Tables, wanted: set[str]) -> Tables:
    """A few real statements with everything they point to."""
    statements = tuple(s for s in tables.statements if s.id in wanted)
    results = tuple(r for r in tables.results if r.statement in wanted)
    about = wanted | {r.id for r in results}
    entities = {entity.id: entity for entity in tables.entities}
    front = {
        ref
        for s in statements
        for ref in (s.subject, s.object, *s.disease, *s.trial, *s.under, *s.alteration, *s.model)
    }
    front |= {
        ref for r in results for ref in (r.endpoint, r.arm, r.comparator, r.disease, r.trial) if ref
    }
    kept: set[str] = set()
    while front:
        kept |= front
        front = {ref for name in front for ref in refs(entities[name])} - kept
    return tables._replace(
        entities=tuple(entities[name] for name in sorted(kept)),
        statements=statements,
        results=results,
        anchors=tuple(anchor for anchor in tables.anchors if anchor.about in about),
    )


@pytest.fixture(scope="module")
def tables() -> Tables:
    """A dozen statements: the trial's efficacy figures, some signalling, some denials."""
    shipped = load_tables()
    edges = [s.id for s in shipped.statements if s.is_edge and s.family == "signalling"][:4]
    denied = [s.id for s in shipped.statements if s.polarity is Polarity.NEGATED][:3]
    doubted = [s.id for s in shipped.statements if s.certainty is Certainty.SUGGESTED][:3]
    return extract(shipped, {"T011", "T012", *edges, *denied, *doubted})


@pytest.fixture(scope="module")
def payload(tables: Tables) -> bytes:
    return pyoxigraph.serialize(triples(tables), format=pyoxigraph.RdfFormat.N_TRIPLES) or b""


@pytest.fixture
def graph(payload: bytes) -> Graph:
    """The small dataset with the ontology, fresh for each test."""
    return Graph().parse(data=payload, format="nt").parse(data=ontology_text(), format="turtle")


def first(nodes: Iterable[Node]) -> Node:
    return min(nodes, key=str)


def found(graph: Graph) -> set[str]:
    return {finding.shape for finding in conform(graph).findings}


def some_edge(graph: Graph) -> tuple[Node, Node, Node, Node]:
    """A statement in force, and its subject, predicate and object."""
    for node in sorted(graph.subjects(KG.certainty, Literal("stated")), key=str):
        if (node, KG.polarity, Literal("affirmed")) in graph:
            return node, *proposition(graph, node)
    raise AssertionError("no statement in force")


def proposition(graph: Graph, node: Node) -> tuple[Node, Node, Node]:
    return tuple(graph.value(node, p) for p in (RDF.subject, RDF.predicate, RDF.object))  # type: ignore[return-value]


def leaked_denial(graph: Graph) -> None:
    graph.add(proposition(graph, first(graph.subjects(KG.polarity, Literal("negated")))))


def leaked_doubt(graph: Graph) -> None:
    graph.add(proposition(graph, first(graph.subjects(KG.certainty, Literal("suggested")))))


def leaked_deprecated(graph: Graph) -> None:
    graph.add((some_edge(graph)[0], KG.deprecated, Literal("yes")))


def orphan_edge(graph: Graph) -> None:
    _, subject, _, _ = some_edge(graph)
    graph.add((subject, KG.compared_with, subject))


def orphan_edge_to_nowhere(graph: Graph) -> None:
    _, subject, predicate, _ = some_edge(graph)
    graph.add((subject, predicate, ID.nowhere))


def structural_edge_to_nowhere(graph: Graph) -> None:
    graph.add((some_edge(graph)[1], KG.subclass_of, ID.nowhere))


def missing_direct_triple(graph: Graph) -> None:
    graph.remove(some_edge(graph)[1:])


def wrong_percentage(graph: Graph) -> None:
    graph.set((RESPONSE, KG.value, Literal("22", datatype=XSD.decimal)))


def wrong_printed_percentage(graph: Graph) -> None:
    graph.set((RESPONSE, KG.printed, Literal("8 (21.2%; 95% CI, 10 - 37)")))


def wrong_count(graph: Graph) -> None:
    graph.set((RESPONSE, KG.n, Literal(9)))


def interval_above(graph: Graph) -> None:
    graph.set((SURVIVAL, KG.ciLow, Literal("4.1", datatype=XSD.decimal)))


def interval_below(graph: Graph) -> None:
    graph.set((SURVIVAL, KG.ciHigh, Literal("3.9", datatype=XSD.decimal)))


def quoted_text(graph: Graph) -> None:
    graph.add((first(graph.subjects(RDF.type, KG.Anchor)), OA.exact, Literal("some words")))


def long_text(graph: Graph) -> None:
    graph.add((some_edge(graph)[0], RDFS.comment, Literal("word " * 91)))


def two_polarities(graph: Graph) -> None:
    graph.add((some_edge(graph)[0], KG.polarity, Literal("negated")))


def two_polarities_of_a_denial(graph: Graph) -> None:
    graph.add((first(graph.subjects(KG.polarity, Literal("negated"))), KG.polarity,
               Literal("affirmed")))  # fmt: skip


def changed(prop: URIRef, value: Node | None) -> Callable[[Graph], None]:
    """Give some statement another value of a property, or none."""

    def plant(graph: Graph) -> None:
        node = some_edge(graph)[0]
        graph.remove((node, prop, None))
        if value is not None:
            graph.add((node, prop, value))

    return plant


def more_than_all(graph: Graph) -> None:
    graph.set((RESPONSE, KG.N, Literal(7)))
    graph.add((RESPONSE, KG.sourceIssue, Literal("counts are at odds")))


def bad_hash(graph: Graph) -> None:
    graph.set((first(graph.subjects(RDF.type, KG.Anchor)), SCHEMA.sha256, Literal("0" * 63)))


def backward_span(graph: Graph) -> None:
    node = first(graph.subjects(RDF.type, OA.TextPositionSelector))
    graph.set((node, OA.start, graph.value(node, OA.end) or Literal(0)))


def span_beyond_text(graph: Graph) -> None:
    node = first(graph.subjects(RDF.type, OA.TextPositionSelector))
    graph.set((node, OA.end, Literal(10**6)))


def no_label(graph: Graph) -> None:
    graph.remove((some_edge(graph)[1], RDFS.label, None))


def no_label_of_publication(graph: Graph) -> None:
    graph.remove((first(graph.subjects(RDF.type, KG.Publication)), RDFS.label, None))


def undeclared_term(graph: Graph) -> None:
    graph.add((some_edge(graph)[0], KG.mood, Literal("good")))


def predicate_without(prop: URIRef) -> Callable[[Graph], None]:
    def plant(graph: Graph) -> None:
        graph.remove((KG.inhibits, prop, None))

    return plant


def predicate_outside_biolink(graph: Graph) -> None:
    graph.set((KG.inhibits, RDFS.subPropertyOf, KG.affects))


def loose_result(graph: Graph) -> None:
    graph.remove((None, KG.hasResult, SURVIVAL))


DEFECTS: list[tuple[str, Callable[[Graph], None], str]] = [
    ("leaked denial", leaked_denial, "LeakedDenial"),
    ("leaked doubt", leaked_doubt, "LeakedDenial"),
    ("edge of a deprecated statement", leaked_deprecated, "LeakedDenial"),
    ("orphan edge", orphan_edge, "OrphanEdge"),
    ("orphan edge to nowhere", orphan_edge_to_nowhere, "OrphanEdge"),
    ("structural edge to nowhere", structural_edge_to_nowhere, "StructuralEdge"),
    ("missing direct triple", missing_direct_triple, "MissingDirectTriple"),
    ("wrong percentage", wrong_percentage, "PercentageRounds"),
    ("wrong printed percentage", wrong_printed_percentage, "PercentageRounds"),
    ("wrong count", wrong_count, "PercentageRounds"),
    ("interval above its value", interval_above, "IntervalBrackets"),
    ("interval below its value", interval_below, "IntervalBrackets"),
    ("quoted text", quoted_text, "NothingQuoted"),
    ("long text", long_text, "ShortTexts"),
    ("two polarities", two_polarities, "OnePolarity"),
    ("two polarities of a denial", two_polarities_of_a_denial, "OnePolarity"),
    ("unknown setting", changed(KG.evidenceSetting, Literal("dream")), "OneSetting"),
    ("no setting", changed(KG.evidenceSetting, None), "OneSetting"),
    ("unknown group", changed(KG.group, Literal("dream")), "OneGroup"),
    ("no source", changed(DCTERMS.source, None), "Source"),
    ("no anchor", changed(PROV.wasDerivedFrom, None), "StatementAnchor"),
    ("n above N", more_than_all, "CountWithinTotal"),
    ("bad hash", bad_hash, "AnchorHash"),
    ("backward span", backward_span, "SelectorStart"),
    ("span beyond the text", span_beyond_text, "SpanWithinText"),
    ("no label", no_label, "EntityLabel"),
    ("no label of a publication", no_label_of_publication, "EntityLabel"),
    ("undeclared term", undeclared_term, "UndeclaredTerm"),
    ("no definition", predicate_without(SKOS.definition), "PredicateDefinition"),
    ("no sign", predicate_without(KG.effectSign), "PredicateSign"),
    ("no mapping", predicate_without(RDFS.subPropertyOf), "PredicateMapping"),
    ("mapping elsewhere", predicate_outside_biolink, "PredicateMapping"),
    ("result of no statement", loose_result, "ResultStatement"),
]


def test_shipped_data_conform(kg: KnowledgeGraph) -> None:
    graph = kg.to_rdflib()
    size = len(graph)
    report = conform(graph)
    assert report.findings == ()
    assert report.conforms
    assert len(graph) == size


def test_the_small_graph_conforms(graph: Graph) -> None:
    assert conform(graph).findings == ()


@pytest.mark.parametrize(
    ("plant", "shape"), [pytest.param(p, s, id=name) for name, p, s in DEFECTS]
)
def test_a_planted_defect_is_caught_by_its_own_shape(
    graph: Graph, plant: Callable[[Graph], None], shape: str
) -> None:
    plant(graph)
    assert found(graph) == {shape}


def test_a_finding_says_what_is_wrong_and_where(graph: Graph) -> None:
    node, subject, predicate, obj = some_edge(graph)
    missing_direct_triple(graph)
    [finding] = conform(graph).findings
    ends = [names.local(str(term)) for term in (subject, predicate, obj)]
    assert finding == Finding(
        "MissingDirectTriple",
        str(node),
        "",
        "",
        "Affirmed and stated, but the direct triple "
        f"id:{ends[0]} kg:{ends[1]} id:{ends[2]} is missing.",
        "Violation",
    )


PERCENTAGES = [
    (5, 8, "62", "5 (62%)", True),
    (5, 8, "63", "5 (63%)", True),
    (5, 8, "61", "5 (61%)", False),
    (8, 38, "21", "21.0%", False),
    (12, 38, "31.6", "31.6% (95% CI, 16.7 - 47.7)", True),
    (12, 38, "31.5", "31.5%", False),
    (36, 38, "95", "95 %", True),
    (38, 38, "100", "all (100%)", True),
    (0, 0, "100", "100%", False),
    (1, 3, "33.33", "33.33%", True),
    (1, 3, "33.34", "33.34%", False),
]


def test_percentages_round_to_the_decimals_that_are_printed(graph: Graph) -> None:
    wrong = set()
    for place, (n, total, value, printed, right) in enumerate(PERCENTAGES):
        node = RESULT[f"T011.1{place}"]
        for prop in (RDF.type, KG.endpoint, KG.statistic, KG.unit):
            graph.add((node, prop, graph.value(RESPONSE, prop) or Literal("")))
        graph.add((STMT.T011, KG.hasResult, node))
        graph.add((node, KG.n, Literal(n)))
        graph.add((node, KG.N, Literal(total)))
        graph.add((node, KG.value, Literal(value, datatype=XSD.decimal)))
        graph.add((node, KG.printed, Literal(printed)))
        if not right:
            wrong.add(("PercentageRounds", str(node)))
    assert {(f.shape, f.focus) for f in conform(graph).findings} == wrong


def test_no_property_for_wording_is_let_through(graph: Graph) -> None:
    nodes = sorted(graph.subjects(RDF.type, KG.Anchor), key=str)
    wording = (OA.exact, OA.prefix, OA.suffix, BIOLINK.supporting_text, SCHEMA.text)
    planted = list(zip(nodes, wording, strict=False))
    for node, prop in planted:
        graph.add((node, prop, Literal("some words")))
    report = conform(graph)
    assert {(f.shape, f.focus) for f in report.findings} == {
        ("NothingQuoted", str(node)) for node, _ in planted
    }
    assert len(planted) == len(wording)


def test_a_recorded_source_issue_silences_figures_that_are_at_odds(graph: Graph) -> None:
    wrong_percentage(graph)
    interval_above(graph)
    for node in (RESPONSE, SURVIVAL):
        graph.add((node, KG.sourceIssue, Literal("the figures printed are at odds")))
    assert conform(graph).conforms


def test_without_pyshacl_the_extra_is_named(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyshacl", None)
    with pytest.raises(MissingExtraError, match=r"kras-graph\[shacl\]"):
        conform(graph)


# --- the shapes themselves ----------------------------------------------------------------


@pytest.fixture(scope="module")
def shapes() -> Graph:
    return Graph().parse(data=shapes_text(), format="turtle")


@pytest.mark.parametrize(
    ("shape", "terms"),
    [
        ("OnePolarity", Polarity),
        ("OneCertainty", Certainty),
        ("OneSetting", Setting),
        ("OneGroup", MechanismGroup),
        ("ResultStatistic", Statistic),
    ],
)
def test_closed_lists_are_those_of_the_tables(
    shapes: Graph, shape: str, terms: type[Polarity]
) -> None:
    head = shapes.value(SHAPE[shape], SH["in"])
    assert head is not None
    assert [str(item) for item in Collection(shapes, head)] == [str(term) for term in terms]


def test_the_shapes_are_valid_shacl(shapes: Graph) -> None:
    conforms, _, text = pyshacl.validate(Graph(), shacl_graph=shapes, meta_shacl=True)
    assert conforms, text


def test_every_shape_that_reports_has_a_name_and_a_message(shapes: Graph) -> None:
    for shape in shapes.subjects(RDF.type, SH.PropertyShape):
        assert str(shape).startswith(SHAPES)
        assert shapes.value(shape, SH.message), shape
    for constraint in shapes.objects(None, SH.sparql):
        assert shapes.value(constraint, SH.message), constraint


# --- the JSON-LD context ------------------------------------------------------------------


@pytest.fixture(scope="module")
def context() -> dict[str, object]:
    loaded = json.loads(CONTEXT.read_text(encoding="utf-8"))
    assert list(loaded) == ["@context"]
    terms: dict[str, object] = loaded["@context"]
    return terms


def test_the_context_holds_every_term_and_every_prefix(context: dict[str, object]) -> None:
    ontology = Graph().parse(data=ontology_text(), format="turtle")
    for kind in (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty):
        for term in ontology.subjects(RDF.type, kind):
            name = names.local(str(term))
            entry = context[name]
            iri = entry["@id"] if isinstance(entry, dict) else entry
            assert iri == f"kg:{name}"
            linked = isinstance(entry, dict) and entry.get("@type") == "@id"
            assert linked is (kind == OWL.ObjectProperty), name
    for prefix, iri in names.PREFIXES.items():
        assert context[prefix] == iri


@RDFLIB
def test_a_document_expands_to_the_triples_meant(context: dict[str, object]) -> None:
    document = {
        "@context": context,
        "@graph": [
            {
                "@id": "id:sotorasib",
                "type": "Drug",
                "label": "sotorasib",
                "category": "biolink:SmallMolecule",
                "inhibits": "id:KRAS_G12C",
            },
            {
                "@id": "stmt:X1",
                "type": "Statement",
                "subject": "id:sotorasib",
                "predicate": "inhibits",
                "object": "id:KRAS_G12C",
                "polarity": "affirmed",
                "patients": 38,
                "source": ["publication:wu2023"],
                "hasResult": {"@id": "result:X1.1", "type": "Result", "value": "4.0", "N": "38"},
            },
        ],
    }
    graph = Graph().parse(data=json.dumps(document), format="json-ld")
    assert set(graph) == {
        (ID.sotorasib, RDF.type, KG.Drug),
        (ID.sotorasib, RDFS.label, Literal("sotorasib")),
        (ID.sotorasib, BIOLINK.category, BIOLINK.SmallMolecule),
        (ID.sotorasib, KG.inhibits, ID.KRAS_G12C),
        (STMT.X1, RDF.type, KG.Statement),
        (STMT.X1, RDF.subject, ID.sotorasib),
        (STMT.X1, RDF.predicate, KG.inhibits),
        (STMT.X1, RDF.object, ID.KRAS_G12C),
        (STMT.X1, KG.polarity, Literal("affirmed")),
        (STMT.X1, KG.patients, Literal(38)),
        (STMT.X1, DCTERMS.source, URIRef(names.PUBLICATION + "wu2023")),
        (STMT.X1, KG.hasResult, RESULT["X1.1"]),
        (RESULT["X1.1"], RDF.type, KG.Result),
        (RESULT["X1.1"], KG.value, Literal("4.0", datatype=XSD.decimal)),
        (RESULT["X1.1"], KG.N, Literal("38", datatype=XSD.integer)),
    }


@RDFLIB
def test_a_dataset_survives_json_ld_with_the_context(
    payload: bytes, context: dict[str, object]
) -> None:
    graph = Graph().parse(data=payload, format="nt")
    text = graph.serialize(format="json-ld", context=context, auto_compact=False)
    assert set(Graph().parse(data=text, format="json-ld")) == set(graph)
