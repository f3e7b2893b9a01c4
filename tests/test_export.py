"""`kras-graph export`: read back by other programs, equal, complete, safe to interrupt."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, TypeAlias

import networkx as nx
import pyoxigraph
import pytest
import rdflib
from click.testing import CliRunner, Result

from kras_graph import KnowledgeGraph
from kras_graph.cli.exporting import FORMATS, KGX_FORMATS, export, pair
from kras_graph.model.errors import KrasGraphError, QueryError
from kras_graph.present.graphml import graphml
from kras_graph.present.kgx import (
    EDGE_COLUMNS,
    NODE_COLUMNS,
    PropertyGraph,
    Record,
    curie,
    kgx_jsonl,
    kgx_tsv,
    property_graph,
)
from kras_graph.rdf.export import RDF_FORMATS, export_rdf, serialise_quads
from tests.conftest import HERE, TOY

Triple3: TypeAlias = tuple[str, str, str]
DIRECT = "SELECT DISTINCT ?s ?p ?o { ?p a kg:StatementPredicate . ?s ?p ?o }"
RDFLIB_NAMES = {"ntriples": "nt", "jsonld": "json-ld"}


def run(*args: str) -> Result:
    return CliRunner().invoke(export, list(args))


def local(iri: str) -> str:
    return iri.rpartition("/")[2].rpartition("#")[2]


def direct(graph: KnowledgeGraph) -> set[Triple3]:
    """The direct triples, counted on the RDF and not by the exporter."""
    return {(local(r["s"]), local(r["p"]), local(r["o"])) for r in graph.sparql(DIRECT)}


def tsv(payload: bytes) -> list[dict[str, str]]:
    stream = io.StringIO(payload.decode(), newline="")
    return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE, strict=True))


def jsonl(payload: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in payload.decode().rstrip("\n").split("\n")]


def triple(edge: dict[str, Any]) -> Triple3:
    subject, predicate, target = edge["subject"], edge["original_predicate"], edge["object"]
    assert subject.startswith("kgid:")
    assert target.startswith("kgid:")
    assert predicate.startswith("kg:")
    return subject[5:], predicate[3:], target[5:]


@pytest.fixture
def exact_literals(monkeypatch: pytest.MonkeyPatch) -> None:
    """rdflib keeps literals as they are written."""
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)


def rdflib_term(term: Any) -> rdflib.term.Node:
    if isinstance(term, pyoxigraph.NamedNode):
        return rdflib.URIRef(term.value)
    assert isinstance(term, pyoxigraph.Literal)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    kind = None if term.datatype.value.endswith("#string") else rdflib.URIRef(term.datatype.value)
    return rdflib.Literal(term.value, datatype=kind)


def read_rdf(payload: bytes, form: str) -> rdflib.Dataset:
    dataset = rdflib.Dataset()
    with warnings.catch_warnings():
        # rdflib's readers of data sets use what rdflib itself calls deprecated
        old = r"(Dataset\.\w+|ConjunctiveGraph) is deprecated"
        warnings.filterwarnings("ignore", old, DeprecationWarning)
        dataset.parse(data=payload, format=RDFLIB_NAMES.get(form, form))
    return dataset


@pytest.mark.usefixtures("exact_literals")
@pytest.mark.parametrize("form", RDF_FORMATS)
def test_rdf_reads_back_in_rdflib_equal_to_the_dataset(kg: KnowledgeGraph, form: str) -> None:
    dump = kg.engine.query("CONSTRUCT WHERE { ?s ?p ?o }")
    assert isinstance(dump, pyoxigraph.QueryTriples)
    wanted = {
        (rdflib_term(t.subject), rdflib_term(t.predicate), rdflib_term(t.object)) for t in dump
    }
    dataset = read_rdf(export_rdf(kg.engine, form), form)
    found = {(s, p, o) for s, p, o, _ in dataset.quads()}
    assert len(wanted) > 10_000
    assert found == wanted
    assert {str(graph) for *_, graph in dataset.quads()} <= {"None", "urn:x-rdflib:default"}
    declared = {s for s, _, o in found if str(o).endswith("vocab#StatementPredicate")}
    edges = {(local(str(s)), local(str(p)), local(str(o))) for s, p, o in found if p in declared}
    assert edges == direct(kg)


@pytest.mark.usefixtures("exact_literals")
def test_rdf_keeps_what_is_awkward_in_a_format() -> None:
    s, p = pyoxigraph.NamedNode("http://a/s"), pyoxigraph.NamedNode("http://a/p")
    decimal = pyoxigraph.NamedNode("http://www.w3.org/2001/XMLSchema#decimal")
    objects: list[pyoxigraph.NamedNode | pyoxigraph.Literal] = [
        pyoxigraph.Literal("1.50", datatype=decimal),
        pyoxigraph.Literal('a "b"\n\t\\ é 𝛼'),
        pyoxigraph.Literal("Text", language="en"),
        pyoxigraph.NamedNode("https://w3id.org/kras-graph/id///odd"),
        pyoxigraph.NamedNode("https://w3id.org/kras-graph/id/a(b),c"),
    ]
    quads = [pyoxigraph.Quad(s, p, o) for o in objects]
    for form in RDF_FORMATS:
        found = read_rdf(serialise_quads(quads, form), form)
        assert {o for _, _, o, _ in found.quads()} == {rdflib_term(o) for o in objects}, form
        assert serialise_quads(reversed(quads), form) == serialise_quads(quads, form)


def test_blank_nodes_get_the_same_names_whatever_they_were_called() -> None:
    s, p = pyoxigraph.NamedNode("http://a/s"), pyoxigraph.NamedNode("http://a/p")
    payloads = set()
    for name in ("x", "y"):
        blank = pyoxigraph.BlankNode(name)
        quads = [pyoxigraph.Quad(s, p, blank), pyoxigraph.Quad(blank, p, s)]
        payloads.add(tuple(serialise_quads(quads, form) for form in RDF_FORMATS))
        assert len(read_rdf(serialise_quads(quads, "jsonld"), "jsonld")) == 2
    assert len(payloads) == 1


def test_an_unknown_rdf_format_is_refused_with_the_known_ones(kg: KnowledgeGraph) -> None:
    with pytest.raises(QueryError, match="turtle, ntriples"):
        export_rdf(kg.engine, "graphml")


@pytest.mark.parametrize("unasserted", [False, True])
def test_graphml_reads_back_in_networkx_with_one_edge_a_direct_triple(
    kg: KnowledgeGraph, unasserted: bool
) -> None:
    payload = graphml(property_graph(kg.reader, unasserted=unasserted))
    network = nx.read_graphml(io.BytesIO(payload), force_multigraph=True)
    assert network.is_directed()
    assert set(network.nodes) == set(kg.reader.entities)
    for ident, item in kg.reader.entities.items():
        assert network.nodes[ident]["label"] == item.label
        assert network.nodes[ident]["class"] == item.cls
    edges = list(network.edges(data=True))
    asserted = [
        (s, edge["original_predicate"][3:], o) for s, o, edge in edges if edge["asserted"] == "true"
    ]
    assert sorted(asserted) == sorted(direct(kg))
    assert (len(edges) == len(asserted)) is not unasserted
    for *_, edge in edges:
        assert edge["asserted"] in ("true", "false")
        assert edge.get("effect", 0) in (-1, 0, 1)
        assert all(isinstance(value, str | int) for value in edge.values())
    unstated = [edge for *_, edge in edges if edge["asserted"] == "false"]
    assert all(edge["negated"] == "true" or edge["certainty"] != "stated" for edge in unstated)


def test_graphml_replaces_what_xml_cannot_hold() -> None:
    node: Record = {"id": "kgid:a", "name": "bell\x07 <&> \ud7ff", "kg_note": ["x", "y"]}
    network = nx.read_graphml(io.BytesIO(graphml(PropertyGraph((node,), (), 0))))
    assert network.nodes["a"] == {"label": "bell\ufffd <&> \ud7ff", "note": "x; y"}


@pytest.mark.parametrize("form", KGX_FORMATS)
@pytest.mark.parametrize("unasserted", [False, True])
def test_kgx_has_one_edge_a_direct_triple_and_marks_the_rest(
    kg: KnowledgeGraph, form: str, unasserted: bool
) -> None:
    graph = property_graph(kg.reader, unasserted=unasserted)
    text = form == "kgx-tsv"
    read, payloads = (tsv, kgx_tsv(graph)) if text else (jsonl, kgx_jsonl(graph))
    nodes, edges = (read(payload) for payload in payloads)
    ids = {node["id"] for node in nodes}
    assert ids == {f"kgid:{ident}" for ident in kg.reader.entities}
    assert len({edge["id"] for edge in edges}) == len(edges)
    assert all(edge["subject"] in ids and edge["object"] in ids for edge in edges)
    asserted = [edge for edge in edges if edge["kg_asserted"] in ("true", True)]
    assert sorted(map(triple, asserted)) == sorted(direct(kg))
    others = [edge for edge in edges if edge not in asserted]
    assert bool(others) is unasserted
    assert graph.left_out == 0 if unasserted else graph.left_out > 0
    for edge in others:
        negated = edge["kg_polarity"] == "negated"
        assert edge["negated"] == (("true" if negated else "") if text else negated)
        assert negated or edge["kg_certainty"] != "stated"
        if not negated:
            assert edge["knowledge_level"] in ("prediction", "not_provided")
    listed = [
        ident
        for edge in edges
        for ident in (edge["kg_statements"].split("|") if text else edge["kg_statements"])
    ]
    assert len(listed) == len(set(listed))
    wanted = {s.id for s in kg.statements() if not s.deprecated and (unasserted or s.is_edge)}
    assert set(listed) == {f"kgstmt:{ident}" for ident in wanted}


def biolink() -> dict[str, set[str]]:
    text = (HERE / "biolink-4.4.tsv").read_text(encoding="utf-8")
    head, _, table = text.partition("\n")
    assert head.startswith("# Names of the Biolink Model 4.4.")
    found: dict[str, set[str]] = {}
    for row in csv.DictReader(io.StringIO(table), delimiter="\t"):
        found.setdefault(row["kind"], set()).add(row["name"])
    return found


def test_kgx_speaks_biolink_4_4(kg: KnowledgeGraph) -> None:
    known = biolink()
    graph = property_graph(kg.reader, unasserted=True)
    for column in {*NODE_COLUMNS, *EDGE_COLUMNS}:
        assert column.startswith("kg_") or f"biolink:{column}" in known["slot"], column
    nodes, edges = (jsonl(payload) for payload in kgx_jsonl(graph))
    assert {c for node in nodes for c in node["category"]} <= known["category"]
    assert {edge["predicate"] for edge in edges} <= known["predicate"]
    assert {edge["knowledge_level"] for edge in edges} <= known["knowledge_level"]
    assert {edge["agent_type"] for edge in edges} <= known["agent_type"]
    directions = {edge.get("object_direction_qualifier", "increased") for edge in edges}
    assert directions <= known["direction"]
    prefixes = {text.partition(":")[0] for node in nodes for text in node.get("xref", [])}
    lower = {prefix.lower(): prefix for prefix in known["prefix"]}
    for prefix in prefixes:
        assert lower.get(prefix.lower(), prefix) == prefix
    assert all(doi.startswith("doi:10.") for edge in edges for doi in edge["publications"])
    assert all(code.startswith("ECO:") for edge in edges for code in edge["has_evidence"])


def test_an_edge_of_kgx_can_be_checked_by_eye(toy: KnowledgeGraph) -> None:
    edges = {triple(e): e for e in jsonl(kgx_jsonl(property_graph(toy.reader, unasserted=True))[1])}
    stated = edges["drugex", "inhibits", "AY_G12C"]
    assert stated["predicate"] == "biolink:affects"
    assert stated["object_direction_qualifier"] == "decreased"
    assert (stated["negated"], stated["kg_asserted"], stated["kg_effect"]) == (False, True, -1)
    assert (stated["knowledge_level"], stated["kg_statements"]) == (
        "knowledge_assertion",
        ["kgstmt:S1"],
    )
    denied = edges["shape_change", "associated_with_resistance_to", "drugex"]
    assert (denied["negated"], denied["kg_asserted"]) == (True, False)
    assert (denied["kg_certainty"], denied["kg_under"]) == ("stated", ["kgid:drugex"])
    asked = edges["GEE", "confers_resistance_to", "drugex"]
    assert (asked["negated"], asked["kg_asserted"]) == (False, False)
    assert (asked["kg_certainty"], asked["knowledge_level"]) == ("open", "not_provided")


def test_curies_follow_biolink_and_strange_iris_stay_whole() -> None:
    assert curie("http://purl.uniprot.org/uniprot/P01116") == "UniProtKB:P01116"
    assert curie("http://purl.obolibrary.org/obo/MONDO_1") == "MONDO:1"
    assert curie("https://example.org/x") == "https://example.org/x"


NASTY = ['=HYPERLINK("x")', "+1", "-1", "@SUM(A1)", "\tx", "\rx", 'a "b"', "a\n\tb|c\u2028d"]


@pytest.mark.parametrize("raw", [False, True])
def test_no_spreadsheet_takes_a_text_for_a_formula_and_numbers_stay_numbers(raw: bool) -> None:
    empty: Record = dict.fromkeys(EDGE_COLUMNS)
    edges: list[Record] = [{**empty, "kg_effect": -1, "kg_population": text} for text in NASTY]
    edges += [{**empty, "kg_effect": -1, "kg_note": ["-x", "=y"]}]
    payload = kgx_tsv(PropertyGraph((), tuple(edges), 0), raw=raw)[1]
    assert payload.count(b"\n") == 1 + len(edges)
    found = tsv(payload)
    assert {row["kg_effect"] for row in found} == {"-1"}
    texts = [row["kg_population"] for row in found[:-1]]
    if raw:
        assert texts == [
            *('=HYPERLINK("x")', "+1", "-1", "@SUM(A1)", " x", " x", 'a "b"', "a b¦c d")
        ]
        assert found[-1]["kg_note"] == "-x|=y"
    else:
        assert texts == [
            *("'=HYPERLINK('x')", "'+1", "'-1", "'@SUM(A1)", "' x", "' x", "a 'b'", "a b¦c d")
        ]
        assert found[-1]["kg_note"] == "'-x|=y"
        usual = csv.DictReader(io.StringIO(payload.decode()), delimiter="\t")
        assert [row["kg_population"] for row in usual] == [row["kg_population"] for row in found]


def test_the_shipped_tables_hold_no_risky_cell(kg: KnowledgeGraph) -> None:
    graph = property_graph(kg.reader, unasserted=True)
    for payload, number in zip(kgx_tsv(graph), (None, "kg_effect"), strict=True):
        for row in tsv(payload):
            for name, cell in row.items():
                assert name == number or not cell.startswith(("=", "+", "-", "@")), cell


SCRIPT = """
import sys
from kras_graph.cli.exporting import FORMATS, KGX_FORMATS, export
for form in FORMATS:
    target = form if form in KGX_FORMATS else "x." + form
    export([form, "--include-unasserted", "-o", target], standalone_mode=False)
"""


def test_two_processes_with_different_hash_seeds_write_the_same_bytes(tmp_path: Path) -> None:
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            cwd=folder, env={**os.environ, "PYTHONHASHSEED": seed}, check=True, capture_output=True,
        )  # fmt: skip
    names = sorted(path.name for path in (tmp_path / "1").iterdir())
    assert len(names) == len(FORMATS) + len(KGX_FORMATS)
    for name in names:
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes(), name


@pytest.mark.parametrize("form", [form for form in FORMATS if form not in KGX_FORMATS])
def test_standard_output_and_a_file_get_the_same_bytes(form: str, tmp_path: Path) -> None:
    target = tmp_path / "out"
    printed, written = run(form), run(form, "-o", str(target))
    assert (printed.exit_code, written.exit_code) == (0, 0)
    assert printed.stdout_bytes == target.read_bytes()
    assert written.stdout == ""
    assert f"wrote {target}" in written.stderr


@pytest.mark.parametrize("form", KGX_FORMATS)
def test_kgx_needs_a_prefix_and_writes_two_files(form: str, tmp_path: Path) -> None:
    refused = run(form)
    assert refused.exit_code == 2
    suffix = form.removeprefix("kgx-")
    assert f"-o kras-graph for kras-graph_nodes.{suffix}" in " ".join(refused.stderr.split())
    done = run(form, "-o", str(tmp_path / "mine"))
    assert done.exit_code == 0
    assert "--include-unasserted adds them" in done.stderr
    assert {p.name for p in tmp_path.iterdir()} == {f"mine_nodes.{suffix}", f"mine_edges.{suffix}"}


def test_a_prefix_may_be_a_folder_or_carry_the_suffix(tmp_path: Path) -> None:
    assert pair(tmp_path, "tsv")[0] == tmp_path / "kras-graph_nodes.tsv"
    assert pair(tmp_path / "a.b.tsv", "tsv")[1] == tmp_path / "a.b_edges.tsv"
    assert pair(tmp_path / "a.b", "jsonl")[1] == tmp_path / "a.b_edges.jsonl"


def test_other_tables_are_exported_on_demand(tmp_path: Path, toy: KnowledgeGraph) -> None:
    done = run("kgx-tsv", "--data", str(TOY / "data"), "-o", str(tmp_path / "toy"))
    assert done.exit_code == 0
    edges = tsv((tmp_path / "toy_edges.tsv").read_bytes())
    assert sorted(map(triple, edges)) == sorted(direct(toy))
    assert run("turtle", "--data", str(tmp_path / "absent")).exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["turtle", "--include-unasserted"], "turtle holds every statement"),
        (["graphml", "--raw"], "--raw concerns kgx-tsv only"),
    ],
)
def test_an_option_that_does_nothing_is_told(arguments: list[str], told: str) -> None:
    done = run(*arguments, "--data", str(TOY / "data"))
    assert done.exit_code == 0
    assert told in done.stderr


def test_wrong_use_is_told_in_words(tmp_path: Path) -> None:
    unknown = run("owl")
    assert unknown.exit_code == 2
    assert "'turtle'" in unknown.stderr
    assert "Example: kras-graph export " in (export.help or "")
    for target in (tmp_path, tmp_path / "absent" / "x.nt"):
        with pytest.raises(KrasGraphError, match="cannot be written"):
            CliRunner().invoke(
                export,
                ["ntriples", "--data", str(TOY / "data"), "-o", str(target)],
                catch_exceptions=False,
            )
    assert list(tmp_path.iterdir()) == []


class Failing:
    """A file that takes half of what it is given, then fails."""

    def __init__(self, stream: IO[bytes], error: BaseException) -> None:
        self.stream = stream
        self.error = error

    def __enter__(self) -> Failing:
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()

    def write(self, payload: bytes) -> int:
        self.stream.write(payload[: len(payload) // 2])
        self.stream.flush()
        raise self.error


@pytest.fixture
def fail_at(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Lets the nth file that is written from now on fail half-way."""

    def arm(number: int, error: BaseException) -> None:
        real, opened = os.fdopen, Counter[str]()

        def fdopen(handle: int, mode: str) -> Any:
            opened["files"] += 1
            stream = real(handle, mode)
            return Failing(stream, error) if opened["files"] == number else stream

        monkeypatch.setattr("kras_graph.cli.options.os.fdopen", fdopen)

    yield arm
    monkeypatch.undo()


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("old", [None, b"old\n"])
@pytest.mark.parametrize(
    ("form", "number"),
    [("turtle", 1), ("jsonld", 1), ("graphml", 1), ("kgx-tsv", 1), ("kgx-tsv", 2)],
)
def test_an_interrupted_export_leaves_the_old_files(
    fail_at: Any, tmp_path: Path, error: BaseException, old: bytes | None, form: str, number: int
) -> None:
    targets = pair(tmp_path / "x", "tsv") if form == "kgx-tsv" else (tmp_path / "x",)
    if old is not None:
        for target in targets:
            target.write_bytes(old)
    fail_at(number, error)
    done = run(form, "--data", str(TOY / "data"), "-o", str(tmp_path / "x"))
    assert done.exit_code == 1
    if isinstance(error, OSError):
        assert isinstance(done.exception, KrasGraphError)
        assert "cannot be written: No space left on device" in str(done.exception)
    left = {path: path.read_bytes() for path in tmp_path.iterdir()}
    assert left == ({} if old is None else dict.fromkeys(targets, old))
