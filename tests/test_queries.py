"""The query library: headers, content, equal rows on two engines, and the quality rules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pyoxigraph
import pytest
import rdflib
from pyoxigraph import RdfFormat, Store
from rdflib.plugins.sparql import prepareQuery

from kras_graph import KnowledgeGraph
from kras_graph.model.errors import QueryError, UnknownNameError
from kras_graph.rdf import names
from kras_graph.rdf.engine import EmbeddedEngine, Term, rows
from kras_graph.rdf.library import (
    StoredQuery,
    parse_query,
    run_stored,
    stored_queries,
    stored_query,
)

COMPETENCY = stored_queries("competency")
QUALITY = stored_queries("quality")
LIBRARY = {**COMPETENCY, **QUALITY}

# Further values, so that engines are compared on more than the examples of the headers.
MORE: list[tuple[str, dict[str, str]]] = [
    ("adverse-events-of-drug", {"drug": "adagrasib"}),
    ("alleles-of-gene", {"gene": "NRAS"}),
    ("bypass-of-drug-by-group", {"drug": "adagrasib", "group": "pathway_reactivation"}),
    ("co-mutations-with-frequency", {"alteration": "KRAS_mutation"}),
    ("combinations-enhancing-drug", {"drug": "adagrasib"}),
    ("drugs-of-class", {"class": "adoptive_cell_therapy"}),
    ("drugs-of-class", {"class": "RAS_inhibitor"}),
    ("evidence-behind-edge", {"subject": "sotorasib", "object": "KRAS_G12C_inhibitor"}),
    ("immune-effects-of-alteration", {"alteration": "KRAS"}),
    ("outcomes-in-disease", {"disease": "lung_cancer"}),
    ("outcomes-of-drug", {"drug": "adagrasib"}),
    ("resistance-to-drug", {"drug": "KRAS_G12C_inhibitor"}),
    ("shared-targets-of-two-drugs", {"first": "BAY-293", "second": "BI-3406"}),
    ("targets-of-drug", {"drug": "cmp4"}),
    ("trials-of-drug", {"drug": "adagrasib"}),
    ("trials-with-partner", {"partner": "cetuximab"}),
]
Row = tuple[object, ...]


@pytest.fixture(scope="session")
def graph(kg: KnowledgeGraph) -> rdflib.Graph:
    """The shipped graph in rdflib."""
    return kg.to_rdflib()


def examples(query: StoredQuery) -> dict[str, str]:
    return {parameter.name: parameter.example for parameter in query.parameters}


def value(term: Any) -> object:
    """A term of either engine; numbers by value, since engines rewrite them."""
    if term is None:
        return None
    if isinstance(term, pyoxigraph.Literal | rdflib.Literal):
        if isinstance(term, pyoxigraph.Literal):
            text, kind = term.value, term.datatype.value
        else:
            text, kind = str(term), str(term.datatype or names.XSD + "string")
        if kind in (names.XSD + "integer", names.XSD + "decimal"):
            return ("number", Decimal(text))
        return ("text", text, term.language) if term.language else ("text", text, kind)
    return ("iri", term.value if isinstance(term, pyoxigraph.NamedNode) else str(term))


def in_oxigraph(engine: EmbeddedEngine, query: StoredQuery, values: Mapping[str, str]) -> set[Row]:
    found = rows(run_stored(engine, query, values))
    return {tuple(value(row.get(column)) for column in query.columns) for row in found}


def in_rdflib(graph: rdflib.Graph, query: StoredQuery, values: Mapping[str, str]) -> set[Row]:
    """Rows of the query joined with VALUES, which is what the embedded substitution means.

    `initBindings` would not do: rdflib drops them at sub-queries and at aggregates.
    """
    kinds = {parameter.name: parameter.kind for parameter in query.parameters}
    bound = ""
    for name, text in values.items():
        entity = kinds[name] == "entity"
        term = rdflib.URIRef(names.ENTITY + text) if entity else rdflib.Literal(text)
        bound += f"VALUES ?{name} {{ {term.n3()} }} "
    assert query.text.count("\nWHERE {\n") == 1
    text = query.text.replace("\nWHERE {\n", f"\nWHERE {{ {bound}\n")
    result = graph.query(text, initNs=names.PREFIXES)
    assert result.vars is not None
    columns = [str(variable) for variable in result.vars]
    found = set()
    for row in result:
        assert isinstance(row, rdflib.query.ResultRow)
        bindings = dict(zip(columns, row, strict=True))
        found.add(tuple(value(bindings[column]) for column in query.columns))
    return found


def answer(kg: KnowledgeGraph, name: str, /, **values: str) -> list[dict[str, str]]:
    """Rows of a competency query with local names."""
    found = kg.run(name, values)
    return [{column: names.local(text) for column, text in row.items()} for row in found]


def test_the_library_has_the_promised_size() -> None:
    assert len(COMPETENCY) >= 16
    assert len(QUALITY) >= 5
    assert all(name.endswith("-violation") for name in QUALITY)


@pytest.mark.parametrize("query", LIBRARY.values(), ids=LIBRARY)
def test_headers_are_full_and_name_the_columns(kg: KnowledgeGraph, query: StoredQuery) -> None:
    assert query.summary
    assert query.description.endswith(".")
    assert all(query.tags)
    assert len(set(query.columns)) == len(query.columns)
    prepared = prepareQuery(query.text, initNs=names.PREFIXES)
    assert tuple(str(variable) for variable in prepared.algebra["PV"]) == query.columns
    results = run_stored(kg.engine, query, examples(query))
    assert isinstance(results, pyoxigraph.QuerySolutions)
    assert tuple(variable.value for variable in results.variables) == query.columns
    for parameter in query.parameters:
        # Oxigraph binds only what is projected, and a row then tells what was asked
        assert parameter.name in query.columns
        assert parameter.meaning


@pytest.mark.parametrize("query", LIBRARY.values(), ids=LIBRARY)
def test_names_in_queries_exist(
    kg: KnowledgeGraph, graph: rdflib.Graph, query: StoredQuery
) -> None:
    body = "\n".join(line for line in query.text.splitlines() if not line.startswith("#"))
    for name in re.findall(r"\bid:([\w-]+)", body):
        assert name in kg.reader.entities
    for name in re.findall(r"\bkg:([\w-]+)", body):
        assert (rdflib.URIRef(names.KG + name), None, None) in graph
    for parameter in query.parameters:
        if parameter.kind == "entity":
            assert parameter.example in kg.reader.entities


@pytest.mark.parametrize("query", LIBRARY.values(), ids=LIBRARY)
def test_queries_avoid_what_engines_answer_differently(query: StoredQuery) -> None:
    body = "\n".join(line for line in query.text.splitlines() if not line.startswith("#"))
    assert not re.search(r"\b(GRAPH|SERVICE|FROM|MINUS|GROUP_CONCAT|SAMPLE)\b", body)
    assert not re.search(r"[\w)](\*|\?)(?!\w)[^\n]*\.$", body, re.MULTILINE)


@pytest.mark.parametrize("query", COMPETENCY.values(), ids=COMPETENCY)
def test_examples_give_the_same_rows_in_both_engines(
    kg: KnowledgeGraph, graph: rdflib.Graph, query: StoredQuery
) -> None:
    assert isinstance(kg.engine, EmbeddedEngine)
    found = in_oxigraph(kg.engine, query, examples(query))
    assert found
    assert found == in_rdflib(graph, query, examples(query))


@pytest.mark.parametrize(("name", "values"), MORE, ids=lambda part: str(part))
def test_further_values_give_the_same_rows_in_both_engines(
    kg: KnowledgeGraph, graph: rdflib.Graph, name: str, values: dict[str, str]
) -> None:
    assert isinstance(kg.engine, EmbeddedEngine)
    query = stored_query(name)
    assert in_oxigraph(kg.engine, query, values) == in_rdflib(graph, query, values)


@pytest.mark.parametrize("query", QUALITY.values(), ids=QUALITY)
def test_the_shipped_graph_violates_nothing(
    kg: KnowledgeGraph, graph: rdflib.Graph, query: StoredQuery
) -> None:
    assert isinstance(kg.engine, EmbeddedEngine)
    assert in_oxigraph(kg.engine, query, {}) == set()
    assert in_rdflib(graph, query, {}) == set()


# A graph of one statement with one figure that keeps every rule.
SOUND = """
kg:inhibits a kg:StatementPredicate ; rdfs:label "inhibits" .
kg:polarity rdfs:label "polarity" .
id:drug rdfs:label "drug" . id:gene rdfs:label "gene" . id:rate rdfs:label "rate" .
publication:paper rdfs:label "paper" .
id:drug kg:inhibits id:gene .
stmt:S1 a kg:Statement ; rdf:subject id:drug ; rdf:predicate kg:inhibits ; rdf:object id:gene ;
    kg:polarity "affirmed" ; kg:certainty "stated" ; kg:evidenceSetting "in-vitro" ;
    dcterms:source publication:paper ; prov:wasDerivedFrom anchor:a ; kg:hasResult result:S1.1 .
anchor:a oa:hasSource publication:paper ; kg:section "Results" ; oa:hasSelector anchor:a-position .
anchor:a-position oa:start 1 ; oa:end 9 .
result:S1.1 a kg:Result ; kg:endpoint id:rate ; kg:statistic "percentage" ; kg:unit "%" ;
    kg:printed "21% (8/38)" ; kg:value 21.0 ; kg:n 8 ; kg:N 38 ; kg:ciLow 10 ; kg:ciHigh 37.0 .
"""
SECOND = """
stmt:S2 a kg:Statement ; rdf:subject id:gene ; rdf:predicate kg:inhibits ; rdf:object id:drug ;
    kg:polarity "{polarity}" ; kg:certainty "{certainty}" ; kg:evidenceSetting "review" ;
    dcterms:source publication:paper ; prov:wasDerivedFrom anchor:a .
"""
FAULTS = [
    ("edge-without-statement", "id:gene kg:inhibits id:drug ."),
    (
        "edge-without-statement",
        SECOND.format(polarity="negated", certainty="stated") + "id:gene kg:inhibits id:drug .",
    ),
    (
        "edge-without-statement",
        SECOND.format(polarity="affirmed", certainty="open") + "id:gene kg:inhibits id:drug .",
    ),
    ("edge-without-statement", 'stmt:S1 kg:deprecated "yes" .'),
    ("statement-without-edge", SECOND.format(polarity="affirmed", certainty="stated")),
    ("statement-not-single", 'stmt:S1 kg:polarity "negated" .'),
    ("statement-not-single", 'stmt:S1 kg:evidenceSetting "review" .'),
    (
        "statement-not-single",
        SECOND.format(polarity="negated", certainty="stated").replace(
            'kg:evidenceSetting "review" ;', ""
        ),
    ),
    (
        "statement-without-evidence",
        SECOND.format(polarity="negated", certainty="stated").replace("anchor:a", "anchor:b"),
    ),
    ("interval-not-around-value", "result:S1.1 kg:ciLow 21.5 ."),
    ("interval-not-around-value", "result:S1.1 kg:ciHigh 20.9 ."),
    ("interval-not-around-value", "result:X a kg:Result ; kg:ciLow 3 ; kg:ciHigh 2.5 ."),
    ("counts-against-percentage", "result:X a kg:Result ; kg:n 9 ; kg:N 8 ."),
    ("counts-against-percentage", "result:S1.1 kg:value 22.0 ."),
    ("counts-against-percentage", "result:S1.1 kg:value 21.2 ."),
    ("node-without-label", "stmt:S1 kg:disease id:nameless ."),
    ("node-without-label", "result:S1.1 kg:arm id:nameless ."),
    ("quoted-passage", 'anchor:a-position oa:exact "a passage" .'),
]


def violations(turtle: str) -> tuple[set[str], set[str]]:
    """Names of the quality queries that find something, in Oxigraph and in rdflib."""
    text = names.prologue() + turtle
    store = Store()
    store.load(input=text, format=RdfFormat.TURTLE)
    graph = rdflib.Graph().parse(data=text, format="turtle")
    engine = EmbeddedEngine(store)
    return (
        {name for name, query in QUALITY.items() if in_oxigraph(engine, query, {})},
        {name for name, query in QUALITY.items() if in_rdflib(graph, query, {})},
    )


def test_a_sound_graph_violates_nothing() -> None:
    assert violations(SOUND) == (set(), set())


@pytest.mark.parametrize(
    ("rule", "fault"), FAULTS, ids=[f"{r}-{i}" for i, (r, _) in enumerate(FAULTS)]
)
def test_a_planted_fault_is_found_by_its_rule_alone(rule: str, fault: str) -> None:
    assert violations(SOUND + fault) == ({f"{rule}-violation"}, {f"{rule}-violation"})


def test_every_quality_rule_has_a_planted_fault() -> None:
    assert {f"{rule}-violation" for rule, _ in FAULTS} == set(QUALITY)


def test_targets_are_direct_or_by_class(kg: KnowledgeGraph) -> None:
    found = answer(kg, "targets-of-drug", drug="sotorasib")
    assert {r["actor"] for r in found if r["relation"] == "direct"} == {"sotorasib"}
    assert "sotorasib" not in {r["actor"] for r in found if r["relation"] == "class"}
    assert ("direct", "inhibits", "KRAS_G12C") in {
        (r["relation"], r["action"], r["target"]) for r in found
    }
    assert "tumor_growth" not in {r["target"] for r in found}


def test_classes_hold_the_drugs_of_narrower_classes(kg: KnowledgeGraph) -> None:
    narrow = {r["drug"] for r in answer(kg, "drugs-of-class", **{"class": "KRAS_G12C_inhibitor"})}
    wide = {r["drug"] for r in answer(kg, "drugs-of-class", **{"class": "KRAS_inhibitor"})}
    assert {"sotorasib", "adagrasib"} <= narrow < wide
    assert "MRTX1133" in wide - narrow


@pytest.mark.parametrize("drug", ["sotorasib", "adagrasib", "KRAS_G12C_inhibitor"])
def test_resistance_agrees_with_the_bypass_answer(kg: KnowledgeGraph, drug: str) -> None:
    bypass = kg.bypass(drug, compute=False)
    expected = {
        (statement.id, report.against.id, report.relation)
        for report in (*bypass.reported, *bypass.open)
        for statement in report.statements
        if statement.polarity == "affirmed"
    }
    found = answer(kg, "resistance-to-drug", drug=drug)
    assert {(r["statement"], r["against"], r["relation"]) for r in found} == expected
    for group in {r["group"] for r in found if "group" in r}:
        part = answer(kg, "bypass-of-drug-by-group", drug=drug, group=group)
        assert {r["statement"] for r in part} == {
            r["statement"] for r in found if r.get("group") == group
        }


def test_denied_and_open_claims_are_those_of_the_tables(kg: KnowledgeGraph) -> None:
    statements = [s for s in kg.statements() if not s.deprecated]
    denied = {r["statement"] for r in answer(kg, "denied-claims")}
    assert denied == {s.id for s in statements if s.polarity == "negated"}
    doubted = {r["statement"] for r in answer(kg, "open-claims")}
    assert doubted == {s.id for s in statements if s.certainty in ("open", "hypothesised")}
    assert not denied & {r["statement"] for r in answer(kg, "resistance-to-drug", drug="sotorasib")}


def test_outcomes_carry_counts_and_intervals(kg: KnowledgeGraph) -> None:
    by_result = {r["result"]: r for r in answer(kg, "outcomes-of-drug", drug="sotorasib")}
    rate = by_result["T011.1"]
    assert (rate["n"], rate["N"], rate["ciLow"], rate["ciHigh"]) == ("8", "38", "10", "37")
    assert rate["disease"] == "pancreatic_cancer"
    in_disease = {
        r["result"] for r in answer(kg, "outcomes-in-disease", disease="pancreatic_cancer")
    }
    assert "T011.1" in in_disease
    lung = answer(kg, "outcomes-in-disease", disease="lung_cancer")
    assert "T011.1" not in {r["result"] for r in lung}


def test_trials_reach_regimens_and_say_so(kg: KnowledgeGraph) -> None:
    found = answer(kg, "trials-of-drug", drug="sotorasib")
    assert {r["relation"] for r in found} == {"alone", "combination"}
    assert all((r["therapy"] == "sotorasib") == (r["relation"] == "alone") for r in found)
    partners = answer(kg, "trials-with-partner", partner="SHP2_inhibitor")
    assert {"JDQ443"} <= {r["combinedWith"] for r in partners}
    assert not {"TNO155", "SHP2_inhibitor"} & {r["combinedWith"] for r in partners}


def test_counts_of_a_publication_add_up(kg: KnowledgeGraph) -> None:
    found = kg.run("statements-per-publication")
    pairs = {
        (s.id, a.publication)
        for s in kg.statements()
        if not s.deprecated
        for a in kg.evidence([s])[s.id]
    }
    assert sum(int(row["statements"]) for row in found) == len(pairs)


def test_source_issues_are_those_of_the_tables(kg: KnowledgeGraph) -> None:
    statements = kg.statements()
    figures = [f for listed in kg.results(statements).values() for f in listed]
    flagged = {s.id for s in statements if s.source_issue}
    flagged |= {f.id for f in figures if f.source_issue}
    assert {r["record"] for r in answer(kg, "source-issues")} == flagged


def test_drugs_without_results_have_none(kg: KnowledgeGraph) -> None:
    found = {r["drug"] for r in answer(kg, "drugs-without-results")}
    measured = {s.subject for s in kg.statements() if kg.results([s]).get(s.id)}
    assert not found & measured
    assert not {"sotorasib", "adagrasib"} & found


def test_shared_targets_are_the_same_either_way(kg: KnowledgeGraph) -> None:
    one = answer(kg, "shared-targets-of-two-drugs", first="sotorasib", second="adagrasib")
    two = answer(kg, "shared-targets-of-two-drugs", first="adagrasib", second="sotorasib")
    assert "KRAS_G12C" in {r["target"] for r in one}
    assert {r["target"] for r in one} == {r["target"] for r in two}


def test_values_are_terms_and_never_text(kg: KnowledgeGraph) -> None:
    query = stored_query("bypass-of-drug-by-group")
    hostile = 'bypass_driver" . ?a ?b ?c } #'
    assert rows(run_stored(kg.engine, query, {"drug": "sotorasib", "group": hostile})) == []
    with pytest.raises(UnknownNameError):
        kg.run(query.name, {"drug": "x> ?p ?o } #", "group": "bypass_driver"})


def test_unknown_and_missing_parameters_are_refused(kg: KnowledgeGraph) -> None:
    query = stored_query("targets-of-drug")
    with pytest.raises(QueryError, match="drug=sotorasib"):
        run_stored(kg.engine, query, {})
    with pytest.raises(QueryError, match="no parameter 'target'"):
        run_stored(kg.engine, query, {"drug": "sotorasib", "target": "KRAS"})
    with pytest.raises(UnknownNameError, match="targets-of-drug"):
        stored_query("target-of-drugs")


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("#+ summary: x\n#+ tags: x\n#+ columns: x", "lacks description"),
        (
            "#+ summary: x\n#+ description: x\n#+ tags: x\n#+ columns: x\n#+ param: x drug y z",
            "entity|text",
        ),
    ],
)
def test_a_broken_header_is_refused(header: str, message: str) -> None:
    with pytest.raises(QueryError, match=re.escape(message)):
        parse_query("broken", f"{header}\n\nSELECT ?x WHERE {{ ?x ?p ?o }}\n")


def test_bound_terms_reach_every_branch(kg: KnowledgeGraph) -> None:
    drug: Term = pyoxigraph.NamedNode(names.ENTITY + "nothing-of-this-name")
    for query in COMPETENCY.values():
        if [p.name for p in query.parameters] == ["drug"]:
            assert rows(kg.engine.query(query.text, {"drug": drug})) == []
