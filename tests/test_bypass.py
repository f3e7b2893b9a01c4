"""The flagship answer: by hand on the toy graph, by the papers on the shipped one."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from kras_graph import KnowledgeGraph
from kras_graph.answers.resistance import Report
from kras_graph.cli.main import cli
from kras_graph.model.terms import Certainty, MechanismGroup, Polarity
from kras_graph.present.contract import bypass_json
from kras_graph.rdf.names import ENTITY, KG


def test_toy_answer_is_what_one_works_out_by_hand(toy: KnowledgeGraph) -> None:
    answer = toy.bypass("DX-1")
    assert [item.id for item, _ in answer.classes] == ["ex_inhibitor", "RAS_inhibitor"]
    assert answer.classes[0][1] == ("S2",)
    told = [(r.mechanism.id, r.relation, r.certainty, r.group) for r in answer.reported]
    assert told == [
        ("EFF_amplification", "class", Certainty.STATED, MechanismGroup.BYPASS_DRIVER),
        ("DEE_loss", "class", Certainty.SUGGESTED, MechanismGroup.NEGATIVE_REGULATOR),
    ]
    assert [(r.mechanism.id, r.relation) for r in answer.denied] == [("shape_change", "direct")]
    assert [(r.mechanism.id, r.relation) for r in answer.open] == [("GEE", "direct")]
    # the toy data come without a signalling layer
    assert answer.computed is not None
    assert answer.computed.routes == ()


def test_a_class_asked_about_is_direct_for_itself(toy: KnowledgeGraph) -> None:
    answer = toy.bypass("ex inhibitor")
    assert {r.relation for r in answer.reported} == {"direct"}
    assert not answer.denied


@pytest.fixture(scope="module")
def sotorasib(kg: KnowledgeGraph) -> list[Report]:
    answer = kg.bypass("sotorasib")
    return [*answer.reported, *answer.denied, *answer.open]


def found(reports: list[Report], mechanism: str, against: str) -> Report:
    hits = [
        r
        for r in reports
        if r.mechanism.id == mechanism
        and r.against.id == against
        and r.certainty is not Certainty.OPEN
    ]
    assert len(hits) == 1, [(r.mechanism.id, r.against.id, r.certainty) for r in hits]
    return hits[0]


@pytest.mark.parametrize(
    ("mechanism", "group"),
    [
        ("KRAS_G12D", "on_target_secondary_alteration"),
        ("KRAS_G12R", "on_target_secondary_alteration"),
        ("KRAS_G12V", "on_target_secondary_alteration"),
        ("KRAS_G12W", "on_target_secondary_alteration"),
        ("KRAS_Q61H", "on_target_secondary_alteration"),
        ("KRAS_R68S", "on_target_secondary_alteration"),
        ("KRAS_G12C_amplification", "target_amplification"),
        ("MET_amplification", "bypass_driver"),
        ("NRAS_mutation", "bypass_driver"),
        ("BRAF_mutation", "bypass_driver"),
        ("ALK_fusion", "bypass_driver"),
        ("RET_fusion", "bypass_driver"),
        ("NF1_loss-of-function_mutation", "loss_of_negative_regulator"),
        ("PTEN_loss-of-function_mutation", "loss_of_negative_regulator"),
    ],
)
def test_the_lesions_the_review_lists_are_reported_by_class(
    sotorasib: list[Report], mechanism: str, group: str
) -> None:
    report = found(sotorasib, mechanism, "RAS_inhibitor")
    assert report.relation == "class"
    assert report.group == group
    assert report.polarity is Polarity.AFFIRMED
    assert {anchor.section for anchor in report.evidence} == {"5 Pan-RAS inhibitors"}


@pytest.mark.parametrize(
    "mechanism",
    [
        "MAPK_reactivation",
        "AKT_signalling_activation",
        "mTOR_signalling_activation",
        "KRAS_signalling_reactivation",
        "YAP_signalling_activation",
        "epithelial_to_mesenchymal_transition",
        "metabolic_reprogramming",
        "TME_remodelling",
        "coagulation",
        "angiogenesis",
        "immune_escape",
        "immunologically_cold_tumor",
    ],
)
def test_the_autopsy_findings_are_direct_and_of_one_patient(
    sotorasib: list[Report], mechanism: str
) -> None:
    report = found(sotorasib, mechanism, "sotorasib")
    assert report.relation == "direct"
    assert all(statement.patients == 1 for statement in report.statements)
    assert {anchor.publication for anchor in report.evidence} == {"manabe2022"}


def test_the_negative_sequencing_finding_is_denied(kg: KnowledgeGraph) -> None:
    answer = kg.bypass("sotorasib")
    denied = {report.mechanism.id: report for report in answer.denied}
    report = denied["additional_KRAS-MAPK-reactivating_mutation"]
    assert report.relation == "direct"
    assert report.certainty is Certainty.STATED
    assert not any(report.mechanism.id == r.mechanism.id and r.relation == "direct"
                   for r in answer.reported)  # fmt: skip


def test_what_was_seen_under_adagrasib_is_said_so(sotorasib: list[Report]) -> None:
    report = found(sotorasib, "drug-binding_site_mutation", "KRAS_G12C_inhibitor")
    assert report.relation == "class"
    assert {drug for s in report.statements for drug in s.under} == {"adagrasib"}


def test_receptor_reactivation_is_suggested_for_colorectal_and_open_for_pancreatic_cancer(
    kg: KnowledgeGraph,
) -> None:
    answer = kg.bypass("sotorasib")
    egfr = next(r for r in answer.reported if r.mechanism.id == "EGFR_reactivation")
    assert egfr.certainty is Certainty.SUGGESTED
    assert {d for s in egfr.statements for d in s.disease} == {"colorectal_cancer"}
    (pancreatic,) = [
        r for r in answer.open if any("pancreatic_cancer" in s.disease for s in r.statements)
    ]
    assert pancreatic.against.id == "sotorasib"


def test_no_denied_or_doubted_proposition_is_an_edge(kg: KnowledgeGraph) -> None:
    edges = {
        (row["s"], row["p"], row["o"])
        for row in kg.sparql("SELECT ?s ?p ?o WHERE { ?p a kg:StatementPredicate . ?s ?p ?o }")
    }
    wanted = {
        (ENTITY + s.subject, KG + s.predicate, ENTITY + s.object)
        for s in kg.statements()
        if s.is_edge
    }
    assert edges == wanted


def test_contract_of_the_machine_readable_answer(kg: KnowledgeGraph) -> None:
    record = bypass_json(kg.reader, kg.bypass("sotorasib"))
    assert record["drug"] == {"id": "sotorasib", "label": "sotorasib"}
    assert record["complete"] is True
    for block in ("reported", "denied"):
        for item in record[block]:
            assert set(item) >= {
                "mechanism", "group", "against", "relation", "polarity", "certainty",
                "statements", "evidence",
            }  # fmt: skip
            assert item["relation"] in ("direct", "class")
            assert set(item["mechanism"]) == set(item["against"]) == {"id", "label"}
            assert item["statements"]
            assert all(set(e) == {"publication", "section"} for e in item["evidence"])
            assert item["evidence"]
    assert {item["polarity"] for item in record["reported"]} == {"affirmed"}
    assert {item["polarity"] for item in record["denied"]} == {"negated"}


def test_asking_and_the_command_give_the_same_answer() -> None:
    call = CliRunner()
    asked = call.invoke(cli, ["ask", "what bypasses sotorasib?", "--format", "json"])
    called = call.invoke(cli, ["bypass", "sotorasib", "--format", "json"])
    record = json.loads(asked.output)
    assert record.pop("question") == "what bypasses sotorasib?"
    assert "bypass" in record.pop("interpretation")
    assert record.pop("command") == "kras-graph bypass sotorasib"
    for told in ("family", "form", "entities", "sparql"):
        record.pop(told)
    assert record == json.loads(called.output)


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv", "tsv", "markdown"])
def test_every_format_carries_every_mechanism(kg: KnowledgeGraph, form: str) -> None:
    result = CliRunner().invoke(cli, ["bypass", "sotorasib", "--format", form])
    assert result.exit_code == 0
    flat = " ".join(result.output.split())
    for report in kg.bypass("sotorasib", compute=False).reported:
        assert report.statements[0].id in flat
