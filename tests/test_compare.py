"""One therapy in several tumour types: the test, its counts, and what sources say of why."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
from fractions import Fraction
from math import comb
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kras_graph import KnowledgeGraph
from kras_graph.answers.compare import Comparison, compare
from kras_graph.answers.counts import (
    Counts,
    Origin,
    counts_behind,
    exact_test,
    holm,
    pairs_behind,
)
from kras_graph.answers.measured import levels
from kras_graph.answers.said import STANDINGS
from kras_graph.cli.main import main
from kras_graph.curation.recompute import clopper_pearson
from kras_graph.model.errors import KrasGraphError, UnknownNameError
from kras_graph.model.records import Result
from kras_graph.model.terms import Statistic
from kras_graph.present import compared
from tests.conftest import run

THREE = ("NSCLC", "CRC", "PDAC")


@pytest.fixture(scope="module")
def answer(kg: KnowledgeGraph) -> Comparison:
    return kg.compare(THREE, drug="sotorasib")


@pytest.fixture(scope="module")
def text() -> str:
    return run("compare", *THREE, "--drug", "sotorasib")


@pytest.fixture(scope="module")
def record() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        run("compare", *THREE, "--drug", "AMG 510", "--format", "json")
    )
    return found


def block(text: str, title: str) -> str:
    """The part of a text from a heading to the next blank line."""
    return text[text.index(title) :].split("\n\n")[0]


# Counts that are not printed


def test_the_lung_and_colorectal_counts_are_the_only_ones_that_fit() -> None:
    assert pairs_behind(37.1, 28.6, 46.2) == [(46, 124)]
    assert pairs_behind(9.7, 3.6, 19.9) == [(6, 62)]


def test_no_counts_are_made_up_where_several_fit() -> None:
    assert pairs_behind(21, 10, 37) == [(8, 38), (9, 42)]
    figure = Result("S1.1", "S1", "e", Statistic.PERCENTAGE, "21%", 21, "%", ci_low=10, ci_high=37)
    assert counts_behind(figure) is None


def test_no_counts_are_made_up_where_large_denominators_fit_as_well() -> None:
    assert pairs_behind(50.0, 49.0, 51.0) == []


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 150), st.data())
def test_the_true_counts_are_always_among_those_that_fit(total: int, data: st.DataObject) -> None:
    n = data.draw(st.integers(0, total))
    low, high = (round(bound, 1) for bound in clopper_pearson(n, total))
    percent = round(100 * n / total, 1)
    found = pairs_behind(percent, low, high)
    assert (n, total) in found
    tenths = any(not number.is_integer() for number in (percent, low, high))
    half = 0.0501 if tenths else 0.501
    for other, whole in found:
        first, last = clopper_pearson(other, whole)
        assert abs(first - low) < half
        assert abs(last - high) < half


def figure(**fields: Any) -> Result:
    base = {"id": "S1.1", "statement": "S1", "endpoint": "e", "printed": "", "unit": "%"}
    return Result(**{**base, "statistic": Statistic.PERCENTAGE, **fields})


@pytest.mark.parametrize(
    ("result", "found"),
    [
        (figure(value=19.0, N=43), Counts(8, 43, Origin.RECONSTRUCTED)),
        (figure(value=21.0, n=8, N=38, counts="printed"), Counts(8, 38, Origin.PRINTED)),
        (figure(value=50.0, N=400), None),  # 199, 200 and 201 all round to 50%
        (figure(value=19.0), None),
        (figure(value=19.6, N=38, statistic=Statistic.KM_ESTIMATE), None),
        (figure(value=90.0, N=10, printed="> 90%"), None),
        (figure(value=19.0, N=43, unit="months"), None),
    ],
)
def test_counts_follow_only_from_what_alone_gives_the_percentage(
    result: Result, found: Counts | None
) -> None:
    counts = counts_behind(result)
    if found is None:
        assert counts is None
    else:
        assert counts is not None
        assert (counts.n, counts.N, counts.origin) == (found.n, found.N, found.origin)


# The test


def by_hand(a: int, b: int, c: int, d: int) -> Fraction:
    """Two-sided p of a fourfold table from all tables with its margins, in exact fractions."""
    row, column, whole = a + b, a + c, a + b + c + d

    def chance(x: int) -> Fraction:
        return Fraction(comb(row, x) * comb(whole - row, column - x), comb(whole, column))

    seen = chance(a)
    tables = range(max(0, column - (whole - row)), min(row, column) + 1)
    return sum((chance(x) for x in tables if chance(x) <= seen), Fraction(0))


@settings(max_examples=60, deadline=None)
@given(st.tuples(*[st.integers(0, 12)] * 4).filter(lambda t: t[0] + t[1] and t[2] + t[3]))
def test_the_p_value_is_that_of_all_tables_no_likelier(table: tuple[int, int, int, int]) -> None:
    a, b, c, d = table
    found = exact_test(Counts(a, a + b, Origin.PRINTED), Counts(c, c + d, Origin.PRINTED))
    assert abs(found.p - float(by_hand(a, b, c, d))) < 1e-9
    if b * c:
        assert found.odds_ratio == pytest.approx(a * d / (b * c))
        assert found.odds_ratio is not None
        assert found.low is not None
        assert found.low <= found.odds_ratio + 1e-9
        assert found.high is None or found.odds_ratio <= found.high + 1e-9
    else:
        assert found.odds_ratio is None


def closed(p_values: list[float], one: int) -> float:
    """Holm by its meaning: the weakest Bonferroni test of all sets that hold the hypothesis."""
    others = [place for place in range(len(p_values)) if place != one]
    sets = (
        {one, *more}
        for size in range(len(p_values))
        for more in itertools.combinations(others, size)
    )
    return max(min(1.0, len(members) * min(p_values[m] for m in members)) for members in sets)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_adjusted_p_values_are_those_of_closed_testing(p_values: list[float]) -> None:
    expected = [closed(p_values, place) for place in range(len(p_values))]
    assert holm(p_values) == pytest.approx(expected)


# Lung, colorectal and pancreatic cancer under sotorasib


def test_lung_differs_from_colorectal_and_pancreatic_overlaps_both(answer: Comparison) -> None:
    lung, colon, pancreas = (side.disease.id for side in answer.sides)
    told = {(p.first.id, p.second.id): (p.differs, p.overlap) for p in answer.pairs}
    assert told == {
        (lung, colon): (True, False),
        (lung, pancreas): (False, True),
        (colon, pancreas): (False, True),
    }


def test_the_tests_are_those_of_the_counts_adjusted_for_three(record: dict[str, Any]) -> None:
    first, second, third = (pair["test"] for pair in record["pairs"])
    assert first["odds_ratio"] == pytest.approx(46 * 56 / (78 * 6))
    assert first["p"] == pytest.approx(float(by_hand(46, 78, 6, 56)))
    assert second["p"] == pytest.approx(float(by_hand(46, 78, 8, 30)))
    assert third["p"] == pytest.approx(float(by_hand(6, 56, 8, 30)))
    assert [t["p_holm"] for t in (first, second, third)] == pytest.approx(
        [3 * first["p"], 2 * second["p"], 2 * second["p"]]
    )
    assert {t["tests"] for t in (first, second, third)} == {3}


def test_reconstructed_counts_are_marked_and_printed_ones_are_not(
    text: str, record: dict[str, Any]
) -> None:
    shown = block(text, "OBSERVED RESPONSE")
    assert "46/124†" in shown
    assert "6/62†" in shown
    assert "8/38 " in shown
    assert "† counts reconstructed by the program, not printed" in text
    groups = {
        g["figure"]: g for p in record["pairs"] for g in (p["test"]["first"], p["test"]["second"])
    }
    assert {name: (g["n"], g["N"], g["counts"]) for name, g in groups.items()} == {
        "T147.1": (46, 124, "reconstructed"),
        "T148.1": (6, 62, "reconstructed"),
        "T011.1": (8, 38, "printed"),
    }


def test_people_cohorts_and_earlier_lines_are_named(text: str) -> None:
    who = " ".join(block(text, "WHO IS COMPARED").split())
    for part in ("median two or three", "T149.1!", "median 2 lines", "CodeBreaK 100", "T151!"):
        assert part in who, part
    assert "BICR" in block(text, "OBSERVED RESPONSE")
    assert "no randomised comparison" in text


def test_figures_stand_as_printed_and_every_other_response_is_shown_too(
    record: dict[str, Any],
) -> None:
    shown = {f["id"]: f["printed"] for t in record["tumour_types"] for f in t["figures"]}
    assert shown == {
        "T147.1": "37.1% (95% CI, 28.6 - 46.2)",
        "R130.1": "32.2%",
        "R133.1": "37.1%",
        "C030.1": "32.2%",
        "T148.1": "9.7% (95% CI, 3.6 - 19.9)",
        "R131.1": "7.1%",
        "T011.1": "8 (21%; 95% CI, 10 - 37)",
    }


def ids(record: dict[str, Any], place: int, standing: str) -> set[str]:
    return {said["id"] for said in record["tumour_types"][place][standing]}


def test_receptor_feedback_is_suggested_for_colorectal_cancer_and_by_class(
    text: str, record: dict[str, Any]
) -> None:
    assert {"T155", "T156", "T157", "T158", "T159", "T160"} <= ids(record, 1, "suggested")
    told = " ".join(block(text, "COLORECTAL CANCER: SUGGESTED").split())
    assert "by class: KRAS G12C" in told
    assert "T155 T156 T157" in told
    assert not ids(record, 1, "open")


def test_receptor_reactivation_in_pancreatic_cancer_is_left_open(
    text: str, record: dict[str, Any]
) -> None:
    assert ids(record, 2, "open") == {"T161", "T166"}
    for standing in ("stated", "suggested", "hypothesised"):
        assert not ids(record, 2, standing)
    told = " ".join(block(text, "PANCREATIC DUCTAL ADENOCARCINOMA: LEFT OPEN").split())
    assert "receptor tyrosine kinase" in told
    assert "T161" in told


def test_what_the_autopsy_looked_for_and_did_not_find_is_denied(
    text: str, record: dict[str, Any]
) -> None:
    assert ids(record, 0, "denied") == {"C085"}
    assert "NOT: additional mutation" in text


def test_what_holds_for_several_types_or_for_none_is_told_apart(record: dict[str, Any]) -> None:
    general = {said["id"]: said for found in record["general"].values() for said in found}
    assert general["R748"]["applies_to"] == ["non-small_cell_lung_cancer", "colorectal_cancer"]
    assert {said["id"] for said in record["general"]["open"]} == {"T154"}
    assert general["R231"]["applies_to"] == []
    assert record["unnamed_reports"] > 20


def test_standing_follows_the_statement_and_class_is_said(
    kg: KnowledgeGraph, answer: Comparison
) -> None:
    every = [*(s for side in answer.sides for s in side.statements), *answer.shared]
    classes = {item.id for item, _ in answer.classes}
    for said in every:
        assert said.standing in STANDINGS
        assert (said.standing == "stated") == said.statement.is_edge
        assert (said.relation == "class") == (said.via.id in classes)
        assert (said.relation == "direct") == (said.via.id == "sotorasib")
    assert len({said.statement.id for said in every}) == len(every)


def test_a_kind_and_a_broader_type_are_called_so(text: str, record: dict[str, Any]) -> None:
    assert "No response figure in pancreatic ductal adenocarcinoma itself" in text
    assert record["tumour_types"][2]["answered_by"]["id"] == "pancreatic_cancer"
    lung = block(text, "NON-SMALL CELL LUNG CANCER: STATED")
    assert "lung adenocarcinoma, a" in lung
    assert "kind of it" in lung
    adagrasib = run("compare", "NSCLC", "CRC", "--drug", "adagrasib")
    assert "KRAS G12C-mutated NSCLC counts as non-small cell lung cancer here" in adagrasib


def test_every_slip_of_a_source_is_marked_and_explained(
    kg: KnowledgeGraph, answer: Comparison, text: str
) -> None:
    for side in answer.sides:
        for row in side.figures:
            for issue in row.issues:
                assert f"{row.result.id}!" in text
                assert issue in text


# Other questions


def test_one_rule_picks_the_figure_that_is_tested(kg: KnowledgeGraph) -> None:
    found = kg.compare(["NSCLC", "CRC"], drug="adagrasib")
    tested = [side.tested.result.id for side in found.sides if side.tested]
    assert tested == ["R457.1", "R163.1"]
    assert any("R163.1 is tested" in note for note in found.notes)
    assert found.sides[0].interval
    assert found.sides[0].interval.origin == "computed"
    assert (found.sides[0].interval.low, found.sides[0].interval.high) == clopper_pearson(48, 112)


def test_patients_who_may_stand_on_both_sides_are_not_tested(kg: KnowledgeGraph) -> None:
    found = kg.compare(["lung cancer", "NSCLC"], drug="sotorasib")
    assert found.pairs[0].test is None
    assert "same patients" in found.pairs[0].reason
    found = kg.compare(["NSCLC", "KRAS/STK11 co-mutated NSCLC"], drug="adagrasib")
    assert "same patients" in found.pairs[0].reason


def test_a_type_without_figures_is_shown_without_a_test(kg: KnowledgeGraph) -> None:
    found = kg.compare(["NSCLC", "CRC", "melanoma"], drug="sotorasib")
    assert [pair.test is not None for pair in found.pairs] == [True, False, False]
    assert found.pairs[1].reason == "no counts in melanoma"
    assert found.pairs[0].adjusted == found.pairs[0].test.p if found.pairs[0].test else False
    assert any("No response figure in melanoma" in note for note in found.notes)


def test_another_tumour_with_the_same_mutation_is_no_broader_type(kg: KnowledgeGraph) -> None:
    for name in ("KRAS_G12C-mutated_NSCLC", "non-small_cell_lung_cancer"):
        reach = {kind for _, kinds in levels(kg.reader, name) for kind in kinds}
        assert "KRAS_G12C-mutated_pancreatic_cancer" not in reach
        assert "cancer" not in reach
    pancreas = dict(levels(kg.reader, "pancreatic_ductal_adenocarcinoma"))
    assert "KRAS_G12C-mutated_pancreatic_cancer" in pancreas["pancreatic_cancer"]


@pytest.mark.parametrize(
    ("diseases", "drug", "told"),
    [
        (["NSCLC"], "sotorasib", "colorectal cancer"),
        (["NSCLC", "non-small cell lung cancer"], "sotorasib", "two or more different"),
        (["NSCLC", "CRC"], "MRTX1133", "adagrasib, sotorasib"),
        (["NSCLC", "CRC"], "KRAS G12C inhibitor", "is a class"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_what_can(
    kg: KnowledgeGraph, diseases: list[str], drug: str, told: str
) -> None:
    with pytest.raises(KrasGraphError, match=told):
        kg.compare(diseases, drug=drug)


def test_unknown_names_come_with_near_ones_of_their_kind(kg: KnowledgeGraph) -> None:
    with pytest.raises(UnknownNameError, match=r"tumour type.*colorectal") as raised:
        kg.compare(["NSCLC", "colorectal"], drug="sotorasib")
    assert all(kg.entity(name).cls == "Disease" for name in raised.value.suggestions)
    with pytest.raises(UnknownNameError, match="medicine"):
        kg.compare(["NSCLC", "CRC"], drug="PDAC")


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["compare", "NSCLC", "--drug", "sotorasib"], 2, "two or more"),
        (["compare", "NSCLC", "CRC"], 2, "--drug"),
        (["compare", "NSCLC", "Xyzzy", "--drug", "sotorasib"], 1, "No tumour type"),
        (["compare", "NSCLC", "CRC", "--drug", "MRTX1133"], 1, "no response figure"),
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


# Forms


def test_every_key_of_the_json_at_its_own_level_is_documented(record: dict[str, Any]) -> None:
    own = {*record, *record["pairs"][0], *record["pairs"][0]["test"], *record["tumour_types"][0]}
    own |= set(record["pairs"][0]["test"]["first"]) | set(record["tumour_types"][0]["interval"])
    for key in own:
        assert f"`{key}`" in str(compared.__doc__), key


def test_the_json_holds_no_number_that_json_lacks(kg: KnowledgeGraph) -> None:
    for drug, diseases in (("sotorasib", THREE), ("adagrasib", ("NSCLC", "CRC", "melanoma"))):
        json.dumps(kg.compare(diseases, drug=drug).to_json(), allow_nan=False)


def test_the_flat_table_has_figures_tests_and_statements() -> None:
    rows = list(
        csv.DictReader(
            io.StringIO(run("compare", "NSCLC", "CRC", "--drug", "sotorasib", "--format", "csv"))
        )
    )
    assert {row["block"] for row in rows} == {"figure", "test", "said"}
    test = next(row for row in rows if row["block"] == "test")
    assert (test["tumour_type"], test["against"]) == (
        "non-small cell lung cancer",
        "colorectal cancer",
    )
    assert float(test["p"]) < 0.001


def test_two_runs_give_the_same_bytes(text: str) -> None:
    assert run("compare", *THREE, "--drug", "sotorasib") == text


def test_a_notebook_shows_the_answer_with_nothing_left_unescaped(kg: KnowledgeGraph) -> None:
    shown = kg.compare(THREE, drug="sotorasib")._repr_html_()
    assert "46/124†" in shown
    assert "<script" not in shown
    assert not re.search(r"&(?!amp;|lt;|gt;|quot;|#x27;)", shown)


def test_comparing_reads_nothing_but_the_reader(kg: KnowledgeGraph) -> None:
    types = [kg.entity("NSCLC"), kg.entity("CRC")]
    assert compare(kg.reader, types, kg.entity("sotorasib")).pairs[0].differs
