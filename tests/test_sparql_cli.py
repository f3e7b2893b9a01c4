"""`kras-graph sparql` and `kras-graph query`: sources, formats, refusals, parameters."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import rdflib
from pyoxigraph import QueryBoolean

from kras_graph import KnowledgeGraph
from kras_graph.cli.main import main
from kras_graph.cli.querying import query, sparql
from kras_graph.model.errors import QueryError
from kras_graph.rdf import bounded
from kras_graph.rdf.engine import EmbeddedEngine
from kras_graph.rdf.guard import refuse_unsafe, warnings
from kras_graph.rdf.library import stored_queries

SELECT = "SELECT ?drug { ?drug kg:inhibits id:KRAS_G12C } ORDER BY ?drug"
CONSTRUCT = "CONSTRUCT { ?d kg:inhibits ?t } WHERE { ?d kg:inhibits ?t . ?d a kg:Drug }"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command line; gives exit code, standard output and standard error."""

    def runner(*args: str, stdin: bytes | None = None) -> tuple[int, str, str]:
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as stopped:
            main(list(args))
        out, err = capsys.readouterr()
        return int(stopped.value.code or 0), out, err

    return runner


def check_results_json(payload: Any) -> None:
    """SPARQL 1.1 Query Results JSON Format, sections 3.1 to 3.4."""
    assert set(payload) in ({"head", "results"}, {"head", "boolean"})
    if "boolean" in payload:
        assert isinstance(payload["boolean"], bool)
        assert set(payload["head"]) <= {"link"}
        return
    variables = payload["head"]["vars"]
    assert set(payload["results"]) == {"bindings"}
    for binding in payload["results"]["bindings"]:
        assert set(binding) <= set(variables)
        for term in binding.values():
            assert term["type"] in ("uri", "literal", "bnode")
            assert isinstance(term["value"], str)
            allowed = {"type", "value"}
            if term["type"] == "literal":
                allowed |= {"datatype"} if "datatype" in term else {"xml:lang"}
            assert set(term) <= allowed


@pytest.mark.parametrize("command", [sparql, query, *query.commands.values()])
def test_every_help_has_an_example(command: Any) -> None:
    assert "Example: kras-graph " in (command.help or "")


def test_a_query_comes_from_the_option_a_file_or_standard_input(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "drugs.rq"
    file.write_text(SELECT, encoding="utf-8")
    answers = [
        run("sparql", "-e", SELECT, "--format", "csv"),
        run("sparql", str(file), "--format", "csv"),
        run("sparql", "-", "--format", "csv", stdin=SELECT.encode()),
        run("sparql", "-", "--format", "csv", stdin=b"\xef\xbb\xbf" + SELECT.encode()),
    ]
    assert {code for code, _, _ in answers} == {0}
    assert len({out for _, out, _ in answers}) == 1
    assert "https://w3id.org/kras-graph/id/sotorasib" in answers[0][1]


@pytest.mark.parametrize("args", [[], ["-", "-e", SELECT], ["no-such-file.rq"], ["-e"]])
def test_anything_but_one_source_is_wrong_usage(run: Run, args: list[str]) -> None:
    code, out, err = run("sparql", *args, stdin=SELECT.encode())
    assert (code, out) == (2, "")
    assert err


def test_tables_show_short_names_and_plain_values(run: Run) -> None:
    code, out, err = run("sparql", "-e", f"{SELECT[:-15]} LIMIT 100")
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == "drug"
    assert "id:sotorasib" in out.split()
    _, out, _ = run(
        "sparql",
        "-e",
        "SELECT (1.50 AS ?n) (<http://x.org/> AS ?i) ('a'@en AS ?t) (BNODE() AS ?b) ?none {}",
    )
    cells = out.splitlines()[1].split()
    assert cells[:3] == ["1.5", "<http://x.org/>", "a"]
    assert cells[3].startswith("_:")


def test_json_is_that_of_the_standard(run: Run) -> None:
    text = (
        "SELECT ?s ?label ?n ?none { ?s rdfs:label ?label . BIND(1.50 AS ?n) } ORDER BY ?s LIMIT 20"
    )
    code, out, _ = run("sparql", "-e", text, "--format", "json")
    payload = json.loads(out)
    check_results_json(payload)
    assert code == 0
    assert payload["head"]["vars"] == ["s", "label", "n", "none"]
    assert len(payload["results"]["bindings"]) == 20
    assert "none" not in payload["results"]["bindings"][0]
    code, out, _ = run("sparql", "-e", "ASK { id:sotorasib ?p ?o }", "--format", "json")
    check_results_json(json.loads(out))
    assert json.loads(out)["boolean"] is True


def test_the_other_standard_forms_can_be_read_back(run: Run) -> None:
    _, xml, _ = run("sparql", "-e", SELECT, "--format", "xml")
    root = ElementTree.fromstring(xml)
    space = "{http://www.w3.org/2005/sparql-results#}"
    uris = [node.text for node in root.iter(f"{space}uri")]
    _, text, _ = run("sparql", "-e", SELECT, "--format", "csv")
    assert [row["drug"] for row in csv.DictReader(io.StringIO(text))] == uris
    _, text, _ = run("sparql", "-e", SELECT, "--format", "tsv")
    assert text.splitlines() == ["?drug", *(f"<{uri}>" for uri in uris)]


def test_graphs_come_as_turtle_unless_asked_otherwise(run: Run, kg: KnowledgeGraph) -> None:
    graphs = []
    for args, form in (
        ([], "turtle"),
        (["--format", "turtle"], "turtle"),
        (["--format", "ntriples"], "nt"),
        (["--format", "rdfxml"], "xml"),
    ):
        code, out, _ = run("sparql", "-e", CONSTRUCT, *args)
        assert code == 0
        graphs.append(set(rdflib.Graph().parse(data=out, format=form)))
    assert graphs[0]
    assert all(graph == graphs[0] for graph in graphs)


@pytest.mark.parametrize(("text", "form"), [(SELECT, "turtle"), (CONSTRUCT, "json")])
def test_a_format_that_does_not_fit_is_told(run: Run, text: str, form: str) -> None:
    code, out, err = run("sparql", "-e", text, "--format", form)
    assert (code, out) == (1, "")
    assert "use" in err


def test_ask_prints_true_or_false(run: Run) -> None:
    assert run("sparql", "-e", "ASK { id:sotorasib ?p ?o }")[:2] == (0, "true\n")
    assert run("sparql", "-e", "ASK { id:nobody ?p ?o }")[:2] == (0, "false\n")


def test_an_empty_table_says_so(run: Run) -> None:
    assert run("sparql", "-e", "SELECT ?s { ?s kg:nothing ?o }") == (0, "s\n", "No rows.\n")


def test_output_files_are_replaced_as_a_whole(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "rows.json"
    file.write_text("old", encoding="utf-8")
    code, out, err = run("sparql", "-e", "SELECT nonsense", "--format", "json", "-o", str(file))
    assert code == 1
    assert file.read_text(encoding="utf-8") == "old"
    code, out, err = run("sparql", "-e", SELECT, "--format", "json", "-o", str(file))
    assert (code, out) == (0, "")
    assert str(file) in err
    check_results_json(json.loads(file.read_text(encoding="utf-8")))
    assert [path.name for path in tmp_path.iterdir()] == ["rows.json"]
    code, _, err = run("sparql", "-e", SELECT, "-o", str(tmp_path / "nowhere" / "x"))
    assert code == 1
    assert "cannot be written" in err


@pytest.mark.parametrize(
    ("text", "place"),
    [("SELECT ?s {\n ?s foo bar }", "2:"), ("SELEKT ?s { }", "1:1"), ("", "1:1")],
)
def test_syntax_errors_tell_the_place_without_traceback(run: Run, text: str, place: str) -> None:
    code, out, err = run("sparql", "-e", text)
    assert (code, out) == (1, "")
    assert f"error at {place}" in err
    assert "Traceback" not in err


def test_input_that_is_not_text_is_told(run: Run) -> None:
    code, _, err = run("sparql", "-", stdin=b"SELECT \xff")
    assert code == 1
    assert "not UTF-8" in err


SERVICE = "SERVICE <http://127.0.0.1:9/> { ?s ?p ?o }"
OUTWARD = [
    f"SELECT * {{ {SERVICE} }}",
    "select*{service silent<http://127.0.0.1:9/>{?s ?p ?o}}",
    "SELECT*{SERVICESILENT<http://127.0.0.1:9/>{?s ?p ?o}}",
    "SELECT * { ?s ?p 1SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "PREFIX : <http://127.0.0.1:9/> SELECT * { SERVICE:x { ?s ?p ?o } }",
    "SELECT * { VALUES ?g { <http://127.0.0.1:9/> } SERVICE ?g { ?s ?p ?o } }",
    f"SELECT * {{ ?s ?p ?o FILTER NOT EXISTS {{ {SERVICE} }} }}",
    f"SELECT * {{ {{ SELECT * {{ OPTIONAL {{ {SERVICE} }} }} }} }}",
    f"ASK {{ ?s ?p ?o MINUS {{ {SERVICE} }} }}",
    f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {SERVICE} }}",
    f"SELECT * {{ # comment\r{SERVICE} }}",
    f"SELECT * {{ # comment\n{SERVICE} }}",
    r"SELECT * { S\u0045RVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    r"SELECT * { \U00000053ERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    f'SELECT * {{ ?s ?p "\\u0022 . FILTER(?s = \'" . {SERVICE} #\\u0027\n }}',
    "SELECT * { ?a ?b ?c FILTER(?a<?b)SERVICE#>\n?v { ?s ?p ?o } }",
    "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
    "SELECT * FrOm<http://127.0.0.1:9/>{ ?s ?p ?o }",
    "ASK FROM NAMED <http://127.0.0.1:9/> { GRAPH ?g { ?s ?p ?o } }",
    "DESCRIBE id:sotorasib FROM <http://127.0.0.1:9/>",
    r"SELECT * FR\u004fM <file:///etc/passwd> { ?s ?p ?o }",
]


@pytest.mark.parametrize("text", OUTWARD)
def test_queries_that_reach_outside_are_refused(run: Run, text: str) -> None:
    code, out, err = run("sparql", "-e", text)
    assert (code, out) == (1, "")
    assert "SERVICE is refused" in err or "FROM is refused" in err


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { id:a kg:b id:c }",
        "# SELECT\nprefix x: <http://x/#> delete where { ?s ?p ?o }",
        "PREFIX select: <http://x/> BASE <http://x/> LOAD <http://127.0.0.1:9/>",
        "WITH <http://x/> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "CLEAR ALL",
        r"\u0044ROP ALL",
    ],
)
def test_updates_are_refused(run: Run, text: str) -> None:
    code, out, err = run("sparql", "-e", text)
    assert (code, out) == (1, "")
    assert "SPARQL Update" in err


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?from { ?from rdfs:label 'a service from afar' } # FROM here, SERVICE there",
        'SELECT ?s { ?s rdfs:label """SERVICE <http://x/> { } \'\'\' FROM""" }',
        "SELECT ?s { ?s <http://example.org/service/from> ?o }",
        "PREFIX x: <http://x/> SELECT ?service { ?service x:from kg:service }",
        "PREFIX add: <http://x/> SELECT ?with { ?with add:load ?create }",
        r"ASK { ?s rdfs:label '\u0053ERVICE' }",
    ],
)
def test_harmless_words_are_not_refused(run: Run, text: str) -> None:
    refuse_unsafe(text)
    assert run("sparql", "-e", text)[0] == 0


@pytest.mark.parametrize("text", ["SELECT ?s { ?s from ?o }", "ASK { " * 400 + "# from"])
def test_what_cannot_be_read_whole_is_not_run(text: str) -> None:
    with pytest.raises(QueryError):
        refuse_unsafe(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SELECT * { id:nobody kg:subclass_of* ?c }", ["id/nobody"]),
        ("SELECT ?c { ?c kg:subclass_of? id:nobody }", ["id/nobody"]),
        ("SELECT ?c { id:nobody (kg:member_of|^kg:subclass_of*) ?c }", ["id/nobody"]),
        ("SELECT ?c { id:nobody kg:subclass_of+ ?c }", []),
        ("SELECT ?c { id:nobody kg:member_of/kg:subclass_of* ?c }", []),
        ("SELECT ?c { id:sotorasib kg:subclass_of* ?c }", []),
        ("SELECT ?c { ?x kg:subclass_of* ?c }", []),
        ("SELECT * { ?s ?p ?o } LIMIT 1", []),
        ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", []),
        ("SELECT ?n { GRAPH ?g { SELECT (COUNT(?s) AS ?n) { ?s ?p ?o } } }", ["COUNT"]),
        ("SELECT ?s { GRAPH ?g { ?s ?p ?o MINUS { ?s a ?t } } }", ["MINUS"]),
        ("SELECT ?s { GRAPH ?g { VALUES ?s { id:x } ?s ?p ?o } }", ["VALUES"]),
        ("SELECT ?s { VALUES ?s { id:x } GRAPH ?g { ?s ?p ?o } }", []),
        ("SELECT ?s { GRAPH id:x { VALUES ?s { id:x } ?s ?p ?o } }", []),
    ],
)
def test_forms_the_engine_may_answer_wrongly_are_warned_of(
    run: Run, kg: KnowledgeGraph, text: str, words: list[str]
) -> None:
    found = warnings(text, kg.engine)
    assert len(found) == len(words)
    for word, warning in zip(words, found, strict=True):
        assert word in warning
    code, out, err = run("sparql", "-e", text)
    assert code == 0
    assert "Warning" not in out
    assert err.count("Warning: ") == len(words)


def test_the_list_names_every_query_with_its_parameters(run: Run) -> None:
    _, out, _ = run("query", "list", "--format", "json")
    listed = {item["name"]: item for item in json.loads(out)}
    assert set(listed) == set(stored_queries())
    assert listed["targets-of-drug"]["parameters"] == ["drug=sotorasib"]
    assert all(item["summary"] and item["tags"] for item in listed.values())
    _, out, _ = run("query", "list")
    assert all(name in out for name in listed)


def test_show_prints_the_file(run: Run) -> None:
    for name, item in stored_queries().items():
        assert run("query", "show", name) == (0, item.text, "")


def test_running_resolves_names(run: Run) -> None:
    code, by_synonym, err = run("query", "run", "targets-of-drug", "--param", "drug=AMG510")
    assert (code, err) == (0, "")
    assert by_synonym == run("query", "run", "targets-of-drug", "-p", "drug=sotorasib")[1]
    assert "KRAS_G12C" in by_synonym
    assert "drug" not in by_synonym.splitlines()[0].split()
    code, out, err = run("query", "run", "targets-of-drug", "-p", "drug=sotorasb")
    assert (code, out) == (0, by_synonym)
    assert "sotorasib" in err


def test_running_offers_the_standard_forms(run: Run) -> None:
    code, out, _ = run(
        "query", "run", "bypass-of-drug-by-group",
        "-p", "drug=sotorasib", "-p", "group=bypass_driver", "--format", "json",
    )  # fmt: skip
    check_results_json(json.loads(out))
    assert code == 0
    found = json.loads(out)["results"]["bindings"]
    assert {row["group"]["value"] for row in found} == {"bypass_driver"}


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (["targets-of-drug"], "--param drug=sotorasib"),
        (["targets-of-drug", "-p", "drgu=sotorasib"], "'drug'"),
        (["targets-of-drug", "-p", "sotorasib"], "KEY=VALUE"),
        (["targets-of-drug", "-p", "drug=sotorasib", "-p", "drug=adagrasib"], "twice"),
        (["denied-claims", "-p", "drug=sotorasib"], "no parameters"),
    ],
)
def test_wrong_parameters_are_wrong_usage(run: Run, args: list[str], hint: str) -> None:
    code, out, err = run("query", "run", *args)
    assert (code, out) == (2, "")
    assert hint in err


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (["show", "target-of-drug"], "targets-of-drug"),
        (["run", "target-of-drug"], "targets-of-drug"),
        (["run", "targets-of-drug", "-p", "drug=nothing like it"], "nothing like it"),
    ],
)
def test_unknown_names_come_with_the_nearest(run: Run, args: list[str], hint: str) -> None:
    code, out, err = run("query", *args)
    assert (code, out) == (1, "")
    assert hint in err


@pytest.mark.parametrize(
    "hostile",
    [
        "x> } UNION { ?a ?b ?c } #",
        'bypass_driver" } UNION { ?a ?b ?c } #',
        "bypass_driver\\u0022 . ?a ?b ?c",
        "?group",
        "<http://x/>",
    ],
)
def test_values_cannot_change_a_query(run: Run, hostile: str) -> None:
    code, out, _ = run(
        "query", "run", "bypass-of-drug-by-group",
        "-p", "drug=sotorasib", "-p", f"group={hostile}", "--format", "json",
    )  # fmt: skip
    assert code == 0
    assert json.loads(out)["results"]["bindings"] == []
    code, out, err = run("query", "run", "targets-of-drug", "-p", f"drug={hostile}")
    assert (code, out) == (1, "")
    assert "No entity" in err


# Limits: time, memory, rows, length and nesting; each ends in a message and leaves no process

RUNAWAY = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?f ?c ?i LIMIT 5"
COUNTING = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
WARNED = "OPTIONAL { id:nobody kg:subclass_of* ?x }"


def refused(run: Run, words: str, *args: str, stdin: bytes | None = None) -> None:
    began = time.monotonic()
    code, out, err = run("sparql", *args, stdin=stdin)
    assert (code, out) == (1, "")
    assert words in err
    assert "Traceback" not in err
    assert len(err.splitlines()) == 1
    assert time.monotonic() - began < 60


@pytest.mark.parametrize("text", [RUNAWAY, COUNTING, RUNAWAY.replace("SELECT *", "DESCRIBE ?a")])
def test_a_runaway_query_ends_with_its_time(run: Run, text: str) -> None:
    refused(run, "longer than 0.5 seconds", "-e", text, "--timeout", "0.5")
    assert run("sparql", "-e", "ASK { id:sotorasib ?p ?o }")[1] == "true\n"


def test_reading_a_query_for_what_it_may_do_is_timed_too(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(_: str) -> None:
        time.sleep(600)

    monkeypatch.setattr("kras_graph.rdf.guard.refuse_unsafe", slow)
    refused(run, "longer than 0.5 seconds", "-e", "ASK {}", "--timeout", "0.5")


def test_a_stored_query_has_the_same_limits(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    real = EmbeddedEngine.query

    def slow(self: EmbeddedEngine, text: str, bindings: Any = None) -> Any:
        stored = "#+ summary" in text
        return real(self, COUNTING) if stored else real(self, text, bindings)

    monkeypatch.setattr(EmbeddedEngine, "query", slow)
    code, out, err = run(
        "query", "run", "targets-of-drug", "-p", "drug=sotorasib", "--timeout", "0.5"
    )
    assert (code, out) == (1, "")
    assert "longer than 0.5 seconds" in err
    monkeypatch.undo()
    code, out, err = run("query", "run", "denied-claims", "--max-rows", "2")
    assert (code, out) == (1, "")
    assert "more than 2 rows" in err


def test_memory_ends_a_query_and_not_the_program(run: Run) -> None:
    big = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?f ?c ?i"
    refused(run, "more memory than is allowed", "-e", big, "--memory", "64", "--timeout", "50")


@pytest.mark.parametrize(
    ("text", "most", "fits"),
    [
        ("SELECT * { ?s ?p ?o } LIMIT 7", 7, True),
        ("SELECT * { ?s ?p ?o } LIMIT 8", 7, False),
        ("SELECT ?s { VALUES ?s { '},{},{},{},{' 'x' } }", 2, True),
        ("SELECT ?s { VALUES ?s { '},{},{},{},{' 'x' } }", 1, False),
        ("SELECT * { }", 1, True),
        ("SELECT * { { } UNION { } UNION { } }", 2, False),
        ("CONSTRUCT WHERE { ?s ?p ?o } LIMIT 7", 7, True),
        ("CONSTRUCT WHERE { ?s ?p ?o } LIMIT 8", 7, False),
    ],
)
def test_rows_are_counted_exactly(run: Run, text: str, most: int, fits: bool) -> None:
    code, _, err = run("sparql", "-e", text, "--max-rows", str(most))
    assert code == (0 if fits else 1)
    assert err == "" if fits else f"more than {most} rows" in err


def test_an_answer_of_endless_bytes_is_refused(run: Run) -> None:
    endless = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    refused(run, "longer than 64 MiB", "-e", endless, "--timeout", "50")


@pytest.mark.parametrize(
    "deep",
    [
        "ASK " + "{" * 101 + "}" * 101,
        "ASK " + "{" * 4000 + "}" * 4000,
        "ASK { FILTER(" + "!" * 10_000 + "true) }",
        "ASK { FILTER(" + "(" * 5000 + "1" + ")" * 5000 + ") }",
    ],
)
def test_nesting_is_refused_before_it_is_parsed(run: Run, deep: str) -> None:
    refused(run, "nested deeper than 100", "-e", deep)


def test_long_texts_are_refused_before_they_are_parsed(run: Run, tmp_path: Path) -> None:
    whole = "ASK {}".ljust(64 * 1024)
    assert run("sparql", "-", stdin=b"\xef\xbb\xbf" + whole.encode())[:2] == (0, "true\n")
    file = tmp_path / "long.rq"
    file.write_text(whole + " ", encoding="utf-8")
    for args in (["-e", whole + " "], [str(file)], ["-"]):
        refused(run, "longer than 65536 bytes", *args, stdin=whole.encode() + b" ")
    if Path("/dev/zero").exists():
        refused(run, "longer than 65536 bytes", "/dev/zero")


@pytest.mark.parametrize("text", [SELECT, CONSTRUCT, "ASK {}", "SELECT * { }", "SELECT ?x {}"])
def test_the_answer_from_apart_is_that_of_the_engine(kg: KnowledgeGraph, text: str) -> None:
    apart = bounded.BoundedEngine(kg.engine, bounded.Limits()).query(text)
    here = kg.engine.query(text)
    assert type(apart) is type(here)
    if isinstance(here, QueryBoolean) or isinstance(apart, QueryBoolean):
        assert bool(here) == bool(apart)
    else:
        assert sorted(str(row) for row in apart) == sorted(str(row) for row in here)


def test_where_no_process_can_be_copied_the_query_runs_in_place(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded, "CAN_FORK", False)
    code, out, err = run("sparql", "-e", SELECT)
    assert code == 0
    assert "id:sotorasib" in out
    assert err.startswith("Note: ")
    assert run("sparql", "-e", SELECT, "--max-rows", "1")[0] == 1
    assert "SERVICE is refused" in run("sparql", "-e", f"ASK {{ {SERVICE} }}")[2]


def test_the_process_of_a_query_opens_nothing(kg: KnowledgeGraph, tmp_path: Path) -> None:
    file = tmp_path / "canary"
    file.write_text("x", encoding="utf-8")

    class Curious:
        def query(self, text: str, bindings: Any = None) -> Any:
            return kg.engine.query(f"ASK {{ FILTER('{file.read_text()}' = 'x') }}")

    with pytest.raises(QueryError, match="Too many open files"):
        bounded.BoundedEngine(Curious(), bounded.Limits()).query("ASK {}")
    assert file.read_text() == "x"


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("whole_group", [False, True])
def test_an_interrupt_ends_a_query_at_once(whole_group: bool) -> None:
    text = RUNAWAY.replace("?i }", f"?i {WARNED} }}")
    process = subprocess.Popen(
        [sys.executable, "-m", "kras_graph", "sparql", "--timeout", "600", "-e", text],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        assert process.stderr is not None
        assert "Warning: " in process.stderr.readline()  # told just before the query starts
        time.sleep(0.3)
        if whole_group:
            os.killpg(process.pid, signal.SIGINT)
        else:
            process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode in (1, 130)
    assert out == ""
    assert "Traceback" not in err
    with pytest.raises(ProcessLookupError):  # nobody of its group is left
        os.killpg(process.pid, 0)
