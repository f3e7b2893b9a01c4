"""Measured figures: as printed, narrowed by name, never pooled."""

from __future__ import annotations

import csv
import io
import json
import sys

import pytest

from kras_graph import KnowledgeGraph
from kras_graph.answers.counts import Origin
from kras_graph.answers.outcomes import GROUPS, HARM, Outcomes, grouped, outcomes
from kras_graph.cli.main import main
from kras_graph.curation.recompute import clopper_pearson
from kras_graph.curation.tables import natural
from kras_graph.model.errors import KrasGraphError, UnknownNameError
from kras_graph.present import figures
from kras_graph.present.figures import computed_interval, figure_json, id_text, interval_text
from kras_graph.present.measuring import OutcomeTable
from tests.conftest import HERE, run

RESULTS = HERE.parent / "data" / "results"


@pytest.fixture(scope="module")
def sotorasib(kg: KnowledgeGraph) -> OutcomeTable:
    return kg.outcomes(drug="sotorasib")


@pytest.fixture(scope="module")
def curated() -> dict[str, dict[str, str]]:
    """Rows of the tables, by id, read without the program."""
    return {
        row["id"]: row
        for file in sorted(RESULTS.glob("*.tsv"))
        for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines(), delimiter="\t")
    }


def shown(answer: Outcomes) -> list[str]:
    return sorted((row.result.id for row in answer.rows), key=natural)


# Every figure, as printed


def test_figures_stand_exactly_as_the_tables_print_them(
    kg: KnowledgeGraph, curated: dict[str, dict[str, str]]
) -> None:
    rows = [*kg.outcomes().rows, *kg.adverse_events().rows, *kg.frequencies().rows]
    assert len(rows) > 120
    for row in rows:
        record = figure_json(kg.reader, row)
        table = curated[row.result.id]
        assert record["printed"] == table["printed"]
        assert record["assessor"] == table["assessor"]
        for field in ("value", "ci_low", "ci_high"):
            assert record[field] == (float(table[field]) if table[field] else None)
        if table["n"] and table["N"]:
            assert (record["n"], record["N"]) == (int(table["n"]), int(table["N"]))
            assert record["counts"] == "printed"


def test_no_figure_is_listed_twice_and_none_of_an_outcome_is_lost(
    kg: KnowledgeGraph, curated: dict[str, dict[str, str]]
) -> None:
    lists = [shown(kg.outcomes()), shown(kg.adverse_events()), shown(kg.frequencies())]
    every = [name for found in lists for name in found]
    assert len(set(every)) == len(every)
    assert {name for name, row in curated.items() if row["endpoint"] in HARM} == set(lists[1])
    frequent = {n for n, row in curated.items() if row["endpoint"] == "alteration_frequency"}
    assert frequent == set(lists[2])
    response = {n for n, row in curated.items() if row["endpoint"].endswith("response_rate")}
    assert response <= set(lists[0])


def test_the_trials_main_figures_are_there_with_their_context(sotorasib: OutcomeTable) -> None:
    records = {record["id"]: record for record in sotorasib.records()}
    response = records["T011.1"]
    assert (response["n"], response["N"], response["counts"]) == (8, 38, "printed")
    assert (response["ci_low"], response["ci_high"]) == (10, 37)
    assert response["assessor"] == "blinded independent central review"
    assert response["design"] == "single group"
    assert response["line"] == "pretreated"
    assert response["evidence"][0]["publication"] == "strickler2023"
    duration = records["T093.1"]
    assert duration["not_estimable"] == "ci_high"
    assert duration["ci_high"] is None


def test_counts_that_are_not_printed_are_marked_as_reconstructed(sotorasib: OutcomeTable) -> None:
    marked = {
        row.result.id: (row.counts.n, row.counts.N)
        for row in sotorasib.rows
        if row.counts and row.counts.origin is Origin.RECONSTRUCTED
    }
    assert marked == {"T147.1": (46, 124), "T148.1": (6, 62), "T123.1": (32, 38)}
    text = run("outcomes", "--drug", "sotorasib", "--endpoint", "ORR")
    assert "46/124†" in text
    assert "† counts reconstructed by the program" in text


def test_counts_of_a_figure_in_doubt_are_not_reconstructed(kg: KnowledgeGraph) -> None:
    doubted = [row for row in kg.adverse_events().rows if row.doubted]
    assert shown(Outcomes("", tuple(doubted))) == ["T168.1", "T169.1"]
    assert all(row.counts is None for row in doubted)


def test_an_interval_is_computed_only_where_none_is_printed_and_then_exact(
    kg: KnowledgeGraph,
) -> None:
    seen = 0
    for row in kg.outcomes().rows:
        computed = computed_interval(row)
        if computed is None:
            continue
        seen += 1
        assert row.result.ci_low is None
        assert row.counts
        assert row.counts.origin is Origin.PRINTED
        exact = clopper_pearson(row.counts.n, row.counts.N)
        assert computed == (round(exact[0], 1), round(exact[1], 1))
        assert interval_text(row).endswith("(computed)")
    assert seen > 5


def test_slips_of_the_source_are_marked_and_explained(
    kg: KnowledgeGraph, sotorasib: OutcomeTable
) -> None:
    text = run("outcomes", "--drug", "sotorasib")
    for row in sotorasib.rows:
        assert id_text(row).endswith("!") == bool(row.issues)
        for issue in row.issues:
            assert issue in text


def test_single_group_and_randomised_are_told_apart(kg: KnowledgeGraph) -> None:
    designs = {row.result.id: row.design for row in kg.outcomes().rows}
    assert designs["T011.1"] == "single group"
    assert designs["T141.1"] == "randomised"
    assert designs["R159.1"] == "design not said"
    assert designs["T147.1"] == "design not said"  # the lung cohort's design is in no source


def test_a_bound_is_no_figure(kg: KnowledgeGraph) -> None:
    bounds = {r.result.id: r.bound for r in [*kg.outcomes().rows, *kg.frequencies().rows]}
    assert bounds["T146.1"] == "upper"
    assert bounds["R024.1"] == "lower"
    assert bounds["R027.1"] == "lower"
    assert bounds["T011.1"] == ""
    assert bounds["T001.1"] == ""  # a span has two ends


# Filters


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"drug": "sotorasib"}, {"drug": "AMG-510"}),
        ({"disease": "NSCLC"}, {"disease": "non-small cell lung cancer"}),
        ({"endpoint": "PFS"}, {"endpoint": "progression-free survival"}),
        ({"line": "2L"}, {"line": "second line"}),
        ({"line": "previously treated"}, {"line": "pretreated"}),
    ],
)
def test_every_filter_knows_other_names(
    kg: KnowledgeGraph, first: dict[str, str], second: dict[str, str]
) -> None:
    found = shown(kg.outcomes(**first))
    assert found
    assert found == shown(kg.outcomes(**second))


def test_filters_narrow_and_never_add(kg: KnowledgeGraph) -> None:
    whole = set(shown(kg.outcomes()))
    lung = set(shown(kg.outcomes(disease="NSCLC")))
    both = set(shown(kg.outcomes(disease="NSCLC", drug="sotorasib")))
    assert both < lung < whole
    assert both == lung & set(shown(kg.outcomes(drug="sotorasib")))


def test_a_general_endpoint_takes_in_its_kinds(kg: KnowledgeGraph) -> None:
    general = set(shown(kg.outcomes(endpoint="response rate")))
    objective = set(shown(kg.outcomes(endpoint="ORR")))
    assert objective < general
    assert "C030.1" in general - objective


def test_regimens_and_comparators_are_taken_in_and_called_so(kg: KnowledgeGraph) -> None:
    tied = {row.result.id: row.relation for row in kg.outcomes(drug="adagrasib").rows}
    assert tied["R159.1"] == "direct"
    assert tied["R452.1"] == "regimen"
    tied = {row.result.id: row.relation for row in kg.outcomes(drug="docetaxel").rows}
    assert tied["R368.1"] == "direct"
    assert tied["R142.1"] == "comparator"
    tied = {row.result.id: row.relation for row in kg.outcomes(drug="KRAS G12C inhibitor").rows}
    assert tied["T011.1"] == "member"


def test_a_class_report_is_not_given_to_its_member(kg: KnowledgeGraph) -> None:
    assert "T164.1" not in shown(kg.outcomes(drug="sotorasib"))


def test_a_broader_tumour_type_answers_and_is_named(kg: KnowledgeGraph) -> None:
    found = kg.outcomes(drug="sotorasib", disease="PDAC", endpoint="ORR")
    assert shown(found) == ["T011.1"]
    assert any("None in pancreatic ductal adenocarcinoma itself" in note for note in found.notes)
    kinds = kg.outcomes(disease="NSCLC").notes
    assert any("lung adenocarcinoma" in note for note in kinds)


def test_no_other_tissue_answers_for_a_tumour_with_the_same_mutation(kg: KnowledgeGraph) -> None:
    found = kg.frequencies(alteration="TP53", disease="KRAS G12C-mutated NSCLC")
    assert not found.rows


@pytest.mark.parametrize(
    ("asked", "name", "values"),
    [
        ({"drug": "sotorasib", "disease": "melanoma"}, "disease 'melanoma'", "pancreatic cancer"),
        ({"drug": "TNO155"}, "drug 'TNO155'", "TNO155) (1)"),
        ({"drug": "sotorasib", "line": "1L"}, "line 'first line'", "pretreated (27)"),
        ({"drug": "MRTX1133", "endpoint": "OS"}, "endpoint 'overall survival'", "half-life (1)"),
    ],
)
def test_the_filter_that_empties_the_answer_is_named_with_what_there_is(
    kg: KnowledgeGraph, asked: dict[str, str], name: str, values: str
) -> None:
    found = kg.outcomes(**asked)
    assert not found.rows
    assert name in found.reason
    assert values in found.reason


def test_unknown_names_get_near_ones_of_the_same_kind(kg: KnowledgeGraph) -> None:
    with pytest.raises(UnknownNameError, match=r"endpoint.*overall survival"):
        kg.outcomes(endpoint="happiness")
    with pytest.raises(UnknownNameError, match="medicine"):
        kg.outcomes(drug="NSCLC")


def test_only_efficacy_is_an_outcome_unless_asked_for(kg: KnowledgeGraph) -> None:
    asked = kg.outcomes(endpoint="previous lines of therapy")
    assert "T080.1" in shown(asked)
    assert "T080.1" not in shown(kg.outcomes())
    assert not kg.outcomes(endpoint="frequency of an adverse event").rows


# Groups and forms


@pytest.mark.parametrize("by", GROUPS)
def test_every_row_stands_in_one_group(kg: KnowledgeGraph, by: str) -> None:
    rows = kg.outcomes().rows
    parts = grouped(kg.reader, rows, by)
    assert sorted(r.result.id for _, part in parts for r in part) == sorted(
        r.result.id for r in rows
    )
    assert len({title for title, _ in parts}) == len(parts)


def test_an_unknown_group_is_refused(kg: KnowledgeGraph) -> None:
    with pytest.raises(ValueError, match="choose from"):
        grouped(kg.reader, kg.outcomes().rows, "colour")


def test_adverse_events_are_told_by_grade_and_cause_and_none_seen_is_zero() -> None:
    text = run("adverse-events", "--drug", "sotorasib", "--event", "diarrhea")
    for part in ("any grade", "grade 3", "any cause", "treatment-", "9/38", "(open"):
        assert part in text, part
    records = json.loads(run("adverse-events", "--format", "json"))["rows"]
    none = {r["id"]: (r["n"], r["N"], r["polarity"], r["printed"]) for r in records if r["n"] == 0}
    assert none["T107.1"] == (0, 38, "negated", "No")


def test_grades_come_in_their_order(kg: KnowledgeGraph) -> None:
    rows = kg.adverse_events().rows
    assert [title for title, _ in grouped(kg.reader, rows, "grade")] == [
        "any grade", "grade ≥3", "grade 3", "grade 4", "grade 5", "grade not given",
    ]  # fmt: skip


def test_frequencies_of_a_gene_take_in_its_alterations(kg: KnowledgeGraph) -> None:
    found = shown(kg.frequencies(alteration="KRAS"))
    assert {"T001.1", "T037.1", "R024.1", "R027.1"} <= set(found)
    assert "T081.1" not in found


def test_the_json_is_documented_key_by_key(kg: KnowledgeGraph) -> None:
    answer = json.loads(run("outcomes", "--drug", "sotorasib", "--format", "json"))
    assert set(answer) == {"kind", "filters", "rows", "notes", "reason"}
    for key in answer["rows"][0]:
        assert f"`{key}`" in str(figures.__doc__), key
    assert any("no comparison" in note for note in answer["notes"])
    json.dumps(answer, allow_nan=False)


def test_separated_values_hold_the_same_rows_as_json() -> None:
    options = ("outcomes", "--disease", "CRC", "--format")
    table = list(csv.DictReader(io.StringIO(run(*options, "csv"))))
    records = [json.loads(line) for line in run(*options, "jsonl").splitlines()]
    assert [row["id"] for row in table] == [record["id"] for record in records]
    assert [row["n"] for row in table] == [
        "" if record["n"] is None else str(record["n"]) for record in records
    ]


def test_two_runs_give_the_same_bytes() -> None:
    assert run("outcomes") == run("outcomes")


def test_a_data_frame_has_numbers_as_numbers(sotorasib: OutcomeTable) -> None:
    frame = sotorasib.to_pandas()
    assert len(frame) == len(sotorasib.rows)
    response = frame.set_index("id").loc["T147.1"]
    assert (response["n"], response["N"], response["value"]) == (46, 124, 37.1)
    assert response["counts"] == "reconstructed"
    assert str(frame["n"].dtype) == "Int64"
    assert frame["ci_low"].dtype.kind == "f"


def test_an_empty_answer_is_an_empty_data_frame(kg: KnowledgeGraph) -> None:
    frame = kg.outcomes(drug="sotorasib", disease="melanoma").to_pandas()
    assert len(frame) == 0
    assert "printed" in frame.columns


def test_without_pandas_the_message_says_what_to_install(
    sotorasib: OutcomeTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(KrasGraphError, match="pip install pandas"):
        sotorasib.to_pandas()


def test_a_notebook_shows_the_figures_and_the_remarks(sotorasib: OutcomeTable) -> None:
    page = sotorasib._repr_html_()
    for part in ("<table>", "46/124†", "no comparison", "not for treatment decisions", "R133.1!"):
        assert part in page
    assert page.count("<table>") == page.count("</table>")


def test_the_answer_comes_from_any_reader(kg: KnowledgeGraph) -> None:
    found = outcomes(kg.reader, drug=kg.entity("sotorasib"))
    assert shown(found) == shown(kg.outcomes(drug="sotorasib"))


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["outcomes", "--drug", "imaginarib"], 1, "No medicine"),
        (["outcomes", "--endpoint", "http://localhost/"], 2, "--sparql"),
        (["outcomes", "--group-by", "colour"], 2, "colour"),
        (["outcomes", "--reference", "120"], 2, "120"),
        (["adverse-events", "--event", "sotorasib"], 1, "No adverse event"),
        (["frequencies", "--disease", "KRAS"], 1, "No tumour type"),
    ],
)
def test_wrong_use_and_failure_have_their_own_codes(
    arguments: list[str], code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as raised:
        main(arguments)
    printed = capsys.readouterr()
    assert raised.value.code == code
    assert told in printed.err
    assert "Traceback" not in printed.err
