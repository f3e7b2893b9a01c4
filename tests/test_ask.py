"""Controlled English: people's wordings, each with the reading it must get, or a refusal."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from kras_graph import KnowledgeGraph
from kras_graph.answers.families import FAMILIES
from kras_graph.answers.forms import Form, forms
from kras_graph.cli.main import cli
from kras_graph.model.errors import QuestionError

READ = [
    ("what bypasses sotorasib?", "bypass", ["sotorasib"], None),
    ("What bypasses AMG-510?", "bypass", ["sotorasib"], None),
    ("what bypasses sotorasb", "bypass", ["sotorasib"], None),
    ("how do tumours escape adagrasib?", "bypass", ["adagrasib"], None),
    ("which mechanisms circumvent KRAS G12C inhibitors", "bypass", ["KRAS_G12C_inhibitor"], None),
    ("how do cancers evade MRTX849", "bypass", ["adagrasib"], None),
    ("what does sotorasib target?", "targets", ["sotorasib"], None),
    ("what is the mechanism of action of adagrasib?", "targets", ["adagrasib"], None),
    ("what does BI-3406 inhibit", "targets", ["BI-3406"], None),
    ("which drugs inhibit SHP2?", "targets", ["PTPN11"], None),
    ("drugs against KRAS p.Gly12Asp", "targets", ["KRAS_G12D"], None),
    ("what targets KRASG12C", "targets", ["KRAS_G12C"], None),
    ("what causes resistance to sotorasib?", "resistance", ["sotorasib"], None),
    ("why do patients become resistant to MEK inhibitors", "resistance", ["MEK_inhibitor"], None),
    ("does MET amplification confer resistance?", "resistance", ["MET_amplification"], None),
    (
        "resistance to KRAS G12C inhibitors in colorectal cancer",
        "resistance",
        ["KRAS_G12C_inhibitor"],
        "colorectal_cancer",
    ),
    ("which drugs are combined with sotorasib?", "combinations", ["sotorasib"], None),
    (
        "combination partners of adagrasib in CRC",
        "combinations",
        ["adagrasib"],
        "colorectal_cancer",
    ),
    ("what can be added to adagrasib", "combinations", ["adagrasib"], None),
    ("which trials test adagrasib?", "trials", ["adagrasib"], None),
    ("clinical trials of JDQ443", "trials", ["JDQ443"], None),
    ("what is studied in NCT04699188?", "trials", ["NCT04699188"], None),
    ("what is the response rate of sotorasib?", "outcomes", ["sotorasib"], None),
    (
        "how well does sotorasib work in pancreatic cancer?",
        "outcomes",
        ["sotorasib"],
        "pancreatic_cancer",
    ),
    ("overall survival with sotorasib", "outcomes", ["sotorasib"], None),
    ("PFS of adagrasib in NSCLC", "outcomes", ["adagrasib"], "non-small_cell_lung_cancer"),
    ("what are the adverse events of sotorasib", "safety", ["sotorasib"], None),
    ("is sotorasib safe?", "safety", ["sotorasib"], None),
    ("does sotorasib cause diarrhea?", "safety", ["sotorasib"], None),
    ("what is unclear about sotorasib?", "doubts", ["sotorasib"], None),
    ("what was denied for KRAS G12C inhibitors", "doubts", ["KRAS_G12C_inhibitor"], None),
    ("which combinations improve adagrasib", "combinations", ["adagrasib"], None),
    ("how does sotorasib work?", "targets", ["sotorasib"], None),
    ("how can we overcome sotorasib resistance?", "combinations", ["sotorasib"], None),
    ("what makes tumours sensitive to RAS inhibitors", "sensitivity", ["RAS_inhibitor"], None),
    ("what does not cause resistance to sotorasib?", "doubts", ["sotorasib"], None),
    ("is sotorasib FDA approved", "approval", ["sotorasib"], None),
    ("how common is KRAS G12C in NSCLC", "frequency", ["KRAS_G12C"], "non-small_cell_lung_cancer"),
    ("sotorasib vs docetaxel", "comparison", ["sotorasib", "docetaxel"], None),
    ("what is MET amplification", "about", ["MET_amplification"], None),
    ("sotorasib", "about", ["sotorasib"], None),
    ("how is resistance to MEK inhibition caused", "resistance", ["MEK_inhibitor"], None),
    (
        "was MET amplification seen under sotorasib",
        "evidence",
        ["sotorasib", "MET_amplification"],
        None,
    ),
    (
        "response rate of adagrasib plus cetuximab in CRC",
        "outcomes",
        ["adagrasib__cetuximab"],
        "colorectal_cancer",
    ),
    ("trials of adagrasib with pembrolizumab", "trials", ["adagrasib__pembrolizumab"], None),
    ("how does SOS1 reach ERK?", "path", ["SOS1", "ERK"], None),
    ("path from sotorasib to ERK", "path", ["sotorasib", "ERK"], None),
    ("how does NRAS mutation activate MEK", "path", ["NRAS_mutation", "MEK"], None),
    (
        "what is the evidence that MET amplification confers resistance to RAS inhibitors?",
        "evidence",
        ["MET_amplification", "RAS_inhibitor"],
        None,
    ),
    ("why does sotorasib inhibit KRAS G12C", "evidence", ["sotorasib", "KRAS_G12C"], None),
    ("which trials test sotorasib in phase 3?", "trials", ["sotorasib"], None),
    ("who sponsors CodeBreaK 100?", "trials", ["NCT03600883"], None),
]

REFUSED = [
    "what bypasses imatinib?",
    "what bypasses rotorasib?",
    "what bypasses KRAS G12R inhibitors?",
    "which trials test sotorasib in Lyon?",
    "who wrote CodeBreaK 100?",
    "who sings best?",
    "what is the weather in Paris",
    "what bypasses sotorasib on Mars?",
    "what bypasses",
    "",
    "what bypasses KRAS G12S?",
    "is sotorasib cheaper than adagrasib",
    "which dose of sotorasib should my patient get",
    "what bypasses sotorasib since 2021",
    "what bypasses sotorasib and adagrasib and BI-3406?",
    "' OR 1=1 --",
    "what bypasses <script>alert(1)</script>",
]


@pytest.mark.parametrize(("question", "family", "entities", "disease"), READ)
def test_question_is_read_as_meant(
    kg: KnowledgeGraph, question: str, family: str, entities: list[str], disease: str | None
) -> None:
    reading = kg.read(question)
    assert reading.family.id == family, reading.text
    assert sorted(item.id for item in reading.entities) == sorted(entities)
    assert (reading.disease.id if reading.disease else None) == disease
    for item in reading.entities:
        assert item.label in reading.text


@pytest.mark.parametrize("question", REFUSED)
def test_what_cannot_be_answered_is_refused_with_what_can(
    kg: KnowledgeGraph, question: str
) -> None:
    with pytest.raises(QuestionError) as raised:
        kg.read(question)
    assert raised.value.nearest
    for near in raised.value.nearest:
        kg.read(near)


@pytest.mark.parametrize(("question", "family", "entities", "disease"), READ)
def test_every_answered_question_gives_sources(
    question: str, family: str, entities: list[str], disease: str | None
) -> None:
    result = CliRunner().invoke(cli, ["ask", question, "--format", "json"])
    assert result.exit_code == 0, result.output
    record = json.loads(result.stdout)
    assert record["question"] == question
    assert record["interpretation"]
    if family == "frequency" or (family == "doubts" and not record["statements"]):
        assert record["notes"] or record["statements"]
        return
    lines = record.get("statements") or record.get("reported") or record.get("paths")
    assert lines
    for line in record.get("statements", []):
        assert line["evidence"]


@pytest.mark.parametrize("form", forms().forms, ids=lambda form: form.id)
def test_each_form_reads_its_own_example(kg: KnowledgeGraph, form: Form) -> None:
    assert kg.read(form.example).form.id == form.id


def test_there_are_sixty_forms_over_all_families() -> None:
    assert len(forms().forms) >= 60
    assert {form.family for form in forms().forms} == {family.id for family in FAMILIES}


def answer_to(question: str) -> str:
    result = CliRunner().invoke(cli, ["ask", question])
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def test_a_verb_is_taken_at_its_word() -> None:
    assert "Nothing in the graph" in answer_to("does sotorasib inhibit KRAS G12D?")
    assert "join the two in another way" in answer_to("does sotorasib inhibit KRAS G12D?")


def test_a_class_report_is_never_passed_off_as_the_drugs_own() -> None:
    told = answer_to("was MET amplification seen under sotorasib?")
    assert "No source ties the two themselves" in told


def test_a_narrower_disease_falls_back_to_the_broader_one_and_says_so() -> None:
    told = answer_to("median PFS of sotorasib in PDAC")
    assert "None in pancreatic ductal adenocarcinoma itself; shown: pancreatic cancer" in told
    assert "4.0 months" in told


def test_figures_name_the_disease_they_hold_for() -> None:
    told = answer_to("response rate of sotorasib")
    for figure, disease in (("7.1%", "colorectal cancer"), ("37.1%", "non-small cell lung")):
        place = told.index(figure)
        assert disease in told[place : place + 400]


def test_a_disease_keeps_its_own_reports_and_those_without_one() -> None:
    told = answer_to("what bypasses sotorasib in colorectal cancer?")
    assert "EGFR reactivation" in told
    assert "MET amplification" in told
    assert "left out" in told
    assert "metabolic reprogramming" not in told


def test_an_endless_question_is_refused_at_once(kg: KnowledgeGraph) -> None:
    with pytest.raises(QuestionError, match="at most"):
        kg.read("what bypasses sotorasib " * 10_000)


def test_a_corrected_spelling_is_told(kg: KnowledgeGraph) -> None:
    assert "read 'sotorasb' as 'sotorasib'" in kg.read("what bypasses sotorasb").text


def test_a_refusal_ends_with_exit_code_one_and_says_why() -> None:
    result = CliRunner().invoke(cli, ["ask", "who sings best?", "--format", "json"])
    assert result.exit_code == 1
    record = json.loads(result.stdout)
    assert record["interpretation"] is None
    assert "'sings'" in record["error"]
    assert record["nearest"]


def test_outcomes_keep_to_the_disease_asked_about() -> None:
    result = CliRunner().invoke(
        cli, ["ask", "response rate of sotorasib in colorectal cancer", "--format", "json"]
    )
    figures = [figure for s in json.loads(result.stdout)["statements"] for figure in s["results"]]
    assert {figure["value"] for figure in figures} == {7.1, 9.7}


def _asked(question: str) -> dict[str, Any]:
    result = CliRunner().invoke(cli, ["ask", question, "--format", "json"])
    assert result.exit_code == 0, result.output
    record: dict[str, Any] = json.loads(result.stdout)
    return record


def test_where_nothing_fits_the_nearest_statements_are_apart_and_marked() -> None:
    record = _asked("what is the response rate of sotorasib in melanoma?")
    wider = record["wider"]
    assert record["statements"] == []
    assert isinstance(wider, list)
    assert {item["relation"] for item in wider} == {"wider"}
    assert any("without 'melanoma'" in note for note in record["notes"])


def test_without_a_trial_the_stage_of_a_medicine_is_shown_instead() -> None:
    wider = _asked("Is MRTX1133 already being tested in humans?")["wider"]
    assert [item["id"] for item in wider] == ["R180"]


def test_one_target_of_a_class_on_either_is_not_lost() -> None:
    for name in ("anti-PD-L1", "PD-L1 antibody", "PD-L1 inhibitor", "anti-PD-(L)1"):
        record = _asked(f"KEAP1-mut vs KEAP1-wt: PFS on {name}")
        assert [item["id"] for item in record["statements"]] == ["R350"], name


def test_a_second_question_that_is_not_answered_is_named() -> None:
    record = _asked("which chemokines does KRAS induce and what do they do to neutrophils?")
    assert "NOT answered" in str(record["interpretation"])
    assert "what do they do to neutrophils" in str(record["interpretation"])


def test_every_name_of_a_list_counts() -> None:
    record = _asked("what do CXCL1 and CXCL2 do to neutrophils?")
    assert {item["id"] for item in record["statements"]} == {"R312", "R313"}


def test_where_no_path_is_stated_the_computed_layer_is_pointed_to() -> None:
    notes = _asked("Is there a link between MET amplification and PI3K?")["notes"]
    (note,) = notes
    assert note.startswith("Computed, not stated")
    assert "MET [assumed A09] > PI3K [assumed A03]" in note


def test_an_output_kept_on_is_computed_in_the_tumour_that_is_told() -> None:
    record = _asked("How could a tumour with KRAS G12D keep AKT on under a MEK inhibitor?")
    assert record["command"] == (
        "kras-graph bypass 'MEK inhibitor' --with 'KRAS G12D' --output AKT"
    )


def test_a_tumour_of_ones_own_is_a_context_of_computed_routes_only() -> None:
    told = "if I have a G12C lung tumour with MET amp, what would I have to add to sotorasib"
    assert _asked(f"{told} to shut off ERK?")["form"] == "combinations.output"
    for question in ("if I have a G12C tumour, what drug is good?", "I have a G12C tumour"):
        result = CliRunner().invoke(cli, ["ask", question])
        assert isinstance(result.exception, QuestionError), question
