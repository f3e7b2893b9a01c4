"""Records → RDF → records, in both engines, and the shapes other programs rely on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from kras_graph import KnowledgeGraph
from kras_graph.cli.main import cli
from kras_graph.curation.load import load_tables
from kras_graph.curation.vocabulary import vocabulary
from kras_graph.model.errors import QueryError, TableError
from kras_graph.model.records import Statement
from kras_graph.rdf.engine import embedded
from kras_graph.rdf.names import KG, OA
from tests.conftest import TOY


def unordered(record: Statement) -> dict[str, object]:
    """Fields of a statement; several values of a cell have no order in RDF."""
    fields = {name: getattr(record, name) for name in Statement._fields}
    return {n: sorted(v) if isinstance(v, tuple) else v for n, v in fields.items()}


def test_statements_survive_the_way_through_rdf(kg: KnowledgeGraph) -> None:
    written = load_tables().statements
    assert [unordered(s) for s in kg.statements()] == [unordered(s) for s in written]


def test_results_and_anchors_survive_the_way_through_rdf(kg: KnowledgeGraph) -> None:
    tables = load_tables()
    found = kg.results(kg.statements())
    assert {r.id: r for group in found.values() for r in group} == {r.id: r for r in tables.results}
    anchors = kg.evidence(kg.statements())
    own = {s.id for s in tables.statements}
    assert {a for group in anchors.values() for a in group} == {
        a for a in tables.anchors if a.about in own
    }


def test_publications_survive_the_way_through_rdf(kg: KnowledgeGraph) -> None:
    assert tuple(kg.reader.publications.values()) == load_tables().publications


def test_rdflib_holds_the_same_triples(kg: KnowledgeGraph) -> None:
    from kras_graph.rdf.engine import EmbeddedEngine

    assert isinstance(kg.engine, EmbeddedEngine)
    assert len(kg.to_rdflib()) == len(kg.engine.store)


def test_nothing_quotes_a_paper(kg: KnowledgeGraph) -> None:
    assert not kg.sparql(f"SELECT ?s WHERE {{ ?s <{OA}exact> ?text }}")


def test_no_statement_claims_manual_work(kg: KnowledgeGraph) -> None:
    agents = {row["a"] for row in kg.sparql("SELECT ?a WHERE { ?s biolink:agent_type ?a }")}
    assert agents == {"automated_agent"}


def test_every_predicate_has_sign_family_and_biolink_mapping() -> None:
    for predicate in vocabulary().predicates.values():
        assert predicate.definition
        assert predicate.biolink.startswith("https://w3id.org/biolink/vocab/")
        assert predicate.domain
        assert predicate.range


def test_a_damaged_snapshot_is_rebuilt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KRAS_GRAPH_CACHE", str(tmp_path))
    size = len(embedded(TOY / "data").store)
    (snapshot,) = tmp_path.glob("*.nt")
    good = snapshot.read_bytes()
    snapshot.write_bytes(good[: len(good) // 2])
    assert len(embedded(TOY / "data").store) == size
    assert snapshot.read_bytes() == good
    snapshot.write_bytes(good.replace(b"drugex", b"drugez"))
    assert len(embedded(TOY / "data").store) == size
    assert snapshot.read_bytes() == good


def test_an_edited_table_is_never_answered_from_an_old_snapshot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    monkeypatch.setenv("KRAS_GRAPH_CACHE", str(tmp_path / "cache"))
    data = shutil.copytree(TOY / "data", tmp_path / "data")
    assert KnowledgeGraph.load(data).entity("drugex").synonyms == ("DX-1",)
    drugs = data / "entities" / "drugs.tsv"
    drugs.write_text(drugs.read_text().replace("DX-1", "DX-2"))
    assert KnowledgeGraph.load(data).entity("drugex").synonyms == ("DX-2",)
    drugs.write_text(drugs.read_text().replace("Drug\t", "Gene\t"))
    with pytest.raises(TableError, match="class-file"):
        KnowledgeGraph.load(data)


def test_a_cache_that_cannot_be_written_does_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    monkeypatch.setenv("KRAS_GRAPH_CACHE", str(blocked / "cache"))
    assert len(embedded(TOY / "data").store) > 100


def test_wrong_sparql_is_a_clear_error(kg: KnowledgeGraph) -> None:
    with pytest.raises(QueryError, match="not valid SPARQL"):
        kg.sparql("SELECT WHERE")
    with pytest.raises(QueryError, match="SELECT"):
        kg.sparql("ASK { ?s ?p ?o }")


def test_ids_cannot_leave_their_place_in_a_query(kg: KnowledgeGraph) -> None:
    from kras_graph.rdf.reader import Reader

    with pytest.raises(ValueError, match="not an id"):
        Reader(kg.engine).statements_by_id(["C001> } ?s ?p ?o . { <x"])


def test_statements_as_json_lines_keep_the_contract(kg: KnowledgeGraph) -> None:
    result = CliRunner().invoke(cli, ["statements", "--format", "jsonl"])
    records = [json.loads(line) for line in result.output.splitlines()]
    assert len(records) == len(kg.statements())
    wanted = {
        "id", "subject", "predicate", "object", "polarity", "certainty", "setting", "context",
        "results", "evidence", "source_issue", "note",
    }  # fmt: skip
    for record in records:
        assert set(record) >= wanted
        assert set(record["subject"]) == {"id", "label", "class", "synonyms"}
        assert record["evidence"]
        for place in record["evidence"]:
            assert set(place) == {"publication", "section", "start", "end", "sha256"}
        for figure in record["results"]:
            assert set(figure) >= {"endpoint", "value", "unit", "n", "N", "ci_low", "ci_high"}


def test_path_as_json_keeps_the_contract() -> None:
    result = CliRunner().invoke(cli, ["path", "sotorasib", "ERK", "--format", "json"])
    record = json.loads(result.stdout)
    assert set(record) >= {"source", "target", "paths", "complete", "reason", "hint"}
    assert record["paths"]
    for path in record["paths"]:
        assert set(path) >= {"nodes", "edges", "sign", "context"}
        for edge in path["edges"]:
            assert set(edge) >= {"source", "predicate", "target", "sign", "statements"}


def test_the_headline_result_of_the_trial(kg: KnowledgeGraph) -> None:
    rows = kg.sparql(
        f"""SELECT ?value ?n ?N ?low ?high WHERE {{
            ?s a kg:Statement ; rdf:subject id:sotorasib ; kg:trial id:NCT03600883_pancreatic ;
               rdf:object id:objective_response_rate ; kg:hasResult ?r .
            ?r kg:value ?value ; kg:n ?n ; <{KG}N> ?N ; kg:ciLow ?low ; kg:ciHigh ?high }}"""
    )
    assert {"value": "21", "n": "8", "N": "38", "low": "10", "high": "37"} in rows


def test_kept_records_say_what_the_engine_says(kg: KnowledgeGraph) -> None:
    from kras_graph.rdf.names import RESULT
    from kras_graph.rdf.reader import Reader

    kept, asked = kg.reader, Reader(kg.engine)
    assert type(kept) is not Reader
    assert kept.entities == asked.entities
    assert kept.publications == asked.publications
    statements = asked.statements()
    assert kept.statements() == statements
    assert kept.results(statements) == asked.results(statements)
    ids = [statement.id for statement in statements]
    assert kept.evidence(ids) == asked.evidence(ids)
    results = [r.id for own in asked.results(statements).values() for r in own]
    assert kept.evidence(results, RESULT) == asked.evidence(results, RESULT)
    assert kept.statements_by_id(["T161", "R301"]) == asked.statements_by_id(["T161", "R301"])
    about = ["sotorasib", "MET_amplification"]
    assert kept.statements_about(about) == asked.statements_about(about)
    where = {"predicates": ["inhibits", "member_of"], "subjects": about}
    assert kept.statements_where(**where) == asked.statements_where(**where)
    assert kept.statements_where(objects=["KRAS_G12C"]) == asked.statements_where(
        objects=["KRAS_G12C"]
    )


def test_answers_of_kept_records_start_no_engine() -> None:
    code = (
        "from kras_graph import KnowledgeGraph as K; K.load(); k = K.load(); "
        "k.bypass('sotorasib'); k.combine('sotorasib'); import sys; "
        "print('store' in vars(k.engine))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_damaged_records_are_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KRAS_GRAPH_CACHE", str(tmp_path))
    wanted = KnowledgeGraph.load(TOY / "data").statements()
    (kept,) = tmp_path.glob("*.json")
    good = kept.read_bytes()
    kept.write_bytes(good.replace(b"drugex", b"drugez"))
    assert KnowledgeGraph.load(TOY / "data").statements() == wanted
    assert kept.read_bytes() == good
