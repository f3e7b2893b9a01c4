"""Stored answers: each query gives the same rows on two engines as last looked at.

The rows of a query for the example values of its header stand in `tests/expected/`, one
sorted row a line. When the tables have changed and the new rows have been read:

    KRAS_GRAPH_REGENERATE=1 pytest tests/test_expected_rows.py
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
import rdflib

from kras_graph import KnowledgeGraph
from kras_graph.rdf import names
from kras_graph.rdf.library import StoredQuery, run_stored, stored_queries
from tests.test_queries import examples, in_rdflib, value

EXPECTED = Path(__file__).parent / "expected"
REGENERATE = os.environ.get("KRAS_GRAPH_REGENERATE") == "1"
COMPETENCY = stored_queries("competency")
EXPORT = stored_queries("export")
QUERIES = {**COMPETENCY, **EXPORT}
SLOWEST = 5.0  # seconds that rdflib may take; it shares a busy machine with other tests


@pytest.fixture(scope="module")
def graph(kg: KnowledgeGraph) -> rdflib.Graph:
    """The shipped graph in rdflib."""
    return kg.to_rdflib()


def short(iri: str) -> str:
    """An IRI with a prefix where the project has one, else in angle brackets."""
    for prefix, base in names.PREFIXES.items():
        if iri.startswith(base):
            return f"{prefix}:{iri.removeprefix(base)}"
    return f"<{iri}>"


def cell(term: object) -> str:
    """A value of `test_queries.value` as one word of a line: texts quoted, numbers bare."""
    match term:
        case None:
            return ""
        case ("iri", str(iri)):
            return short(iri)
        case ("number", Decimal() as number):
            return format(number.normalize(), "f")
        case ("text", str(text), str(kind)):
            quoted = json.dumps(text, ensure_ascii=False)
            if kind == names.XSD + "string":
                return quoted
            return f"{quoted}^^{short(kind)}" if ":" in kind else f"{quoted}@{kind}"
    raise AssertionError(term)


def table(query: StoredQuery, rows: Iterable[Sequence[object]]) -> str:
    """Tab-separated text of rows: a line of columns, then the rows in order of their text."""
    lines = {"\t".join(cell(term) for term in row) for row in rows}
    return "\n".join(["\t".join(query.columns), *sorted(lines)]) + "\n"


def embedded(kg: KnowledgeGraph, query: StoredQuery, values: Mapping[str, str]) -> str:
    """Table of a query answered by the embedded engine."""
    results = run_stored(kg.engine, query, values)
    found: list[list[Any]]
    if isinstance(results, pyoxigraph.QueryTriples):
        found = [[triple.subject, triple.predicate, triple.object] for triple in results]
    else:
        assert isinstance(results, pyoxigraph.QuerySolutions)
        found = [[row[column] for column in query.columns] for row in results]
    return table(query, [[value(term) for term in row] for row in found])


def other(graph: rdflib.Graph, query: StoredQuery, values: Mapping[str, str]) -> str:
    """Table of a query answered by rdflib."""
    if query.name in COMPETENCY:
        return table(query, in_rdflib(graph, query, values))
    built = graph.query(query.text, initNs=names.PREFIXES).graph
    assert built is not None
    return table(query, [[value(term) for term in triple] for triple in built])


def regenerate(kg: KnowledgeGraph) -> None:
    """Write the rows of every query anew and drop those of queries that are gone."""
    EXPECTED.mkdir(exist_ok=True)
    for path in EXPECTED.glob("*.tsv"):
        if path.stem not in QUERIES:
            path.unlink()
    for name, query in QUERIES.items():
        text = embedded(kg, query, examples(query))
        (EXPECTED / f"{name}.tsv").write_text(text, encoding="utf-8", newline="\n")


@pytest.fixture(scope="module", autouse=True)
def _regenerated(kg: KnowledgeGraph) -> None:
    """Write new expected rows first, when that is asked for."""
    if REGENERATE:
        regenerate(kg)


def test_the_library_covers_the_content() -> None:
    assert len(COMPETENCY) >= 42
    assert len(EXPORT) >= 3
    assert not set(COMPETENCY) & set(EXPORT)
    asked = {tag for query in COMPETENCY.values() for tag in query.tags}
    assert {
        "target", "allele", "resistance", "bypass", "evidence", "denied", "open", "conflict",
        "trial", "population", "outcome", "confidence interval", "forest plot", "co-mutation",
        "immunotherapy", "microenvironment", "adverse event", "grade", "source issue", "coverage",
        "gap", "property path", "combination", "stage", "approval", "frequency", "model system",
        "case report", "identifier", "curation",
    } <= asked  # fmt: skip


def test_each_query_has_its_rows_and_no_other_file_is_there() -> None:
    assert {path.name for path in EXPECTED.iterdir()} == {f"{name}.tsv" for name in QUERIES}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_rows_are_those_stored_on_both_engines(
    kg: KnowledgeGraph, graph: rdflib.Graph, query: StoredQuery
) -> None:
    stored = (EXPECTED / f"{query.name}.tsv").read_text(encoding="utf-8")
    assert len(stored.splitlines()) > 1, "an example that answers nothing shows nothing"
    assert embedded(kg, query, examples(query)) == stored
    begin = time.perf_counter()
    found = other(graph, query, examples(query))
    assert time.perf_counter() - begin < SLOWEST
    assert found == stored


@pytest.mark.parametrize("query", EXPORT.values(), ids=EXPORT)
def test_exports_build_graphs_without_blank_nodes(kg: KnowledgeGraph, query: StoredQuery) -> None:
    assert query.columns == ("subject", "predicate", "object")
    assert not query.parameters
    built = run_stored(kg.engine, query, {})
    assert isinstance(built, pyoxigraph.QueryTriples)
    assert not any(
        isinstance(term, pyoxigraph.BlankNode)
        for triple in built
        for term in (triple.subject, triple.object)
    )


def test_expansion_by_class_asserts_nothing_with_our_own_predicates(kg: KnowledgeGraph) -> None:
    own = (names.KG + "confers_resistance_to", names.KG + "associated_with_resistance_to")
    built = run_stored(kg.engine, EXPORT["resistance-graph"], {})
    assert isinstance(built, pyoxigraph.QueryTriples)
    for triple in built:
        if triple.predicate.value in own:
            text = f"ASK {{ {triple.subject} {triple.predicate} {triple.object} }}"
            assert bool(kg.engine.query(text)), triple


def test_cells_tell_terms_apart() -> None:
    terms = [
        None, ("iri", names.ENTITY + "KRAS"), ("iri", "http://x/y"), ("text", "id:KRAS", names.XSD
        + "string"), ("text", "a", "en"), ("text", "2023", names.XSD + "gYear"),
        ("text", "a\tb\n", names.XSD + "string"),
    ]  # fmt: skip
    assert [cell(term) for term in terms] == [
        "", "id:KRAS", "<http://x/y>", '"id:KRAS"', '"a"@en', '"2023"^^xsd:gYear', '"a\\tb\\n"',
    ]  # fmt: skip
