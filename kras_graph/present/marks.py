"""Where a figure stands on an axis, how it is marked there, and the words beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kras_graph.answers.measured import NOT_SAID, RANDOMISED, SINGLE_GROUP, Measured
from kras_graph.answers.outcomes import ENDPOINTS, HARM, grade_of
from kras_graph.model.terms import Statistic
from kras_graph.present.chart import BLUE, GREY, VERMILION, Mark, Row
from kras_graph.present.figures import (
    BICR,
    cause_text,
    computed_interval,
    counts_text,
    disease_text,
    doubt_text,
    id_text,
    subject_text,
)
from kras_graph.rdf.reader import Reader

PERCENT, RATIO = "percent", "ratio"
TIMES = ("months", "weeks", "days")
AXES = {
    PERCENT: "percent",
    "months": "months",
    "weeks": "weeks",
    "days": "days",
    RATIO: "hazard or odds ratio (log axis); at 1: no difference",
}
DESIGNS = {
    SINGLE_GROUP: ("circle", BLUE, "single-group study"),
    RANDOMISED: ("square", VERMILION, "arm of a randomised trial"),
    NOT_SAID: ("diamond", GREY, "design not said in the graph"),
}
GRADES = {
    "any grade": "circle",
    "grade ≥3": "triangle",
    "grade 3": "square",
    "grade 4": "diamond",
    "grade 5": "plus",
    "grade not given": "down",
}
CAUSES = {"any": BLUE, "treatment-related": VERMILION}

Made = tuple[Row, Sequence[str]]  # a row, and the details that may stand at its group's title


def scale_of(row: Measured) -> str:
    """Axis on which a figure has its place; empty when it has none."""
    result = row.result
    if result.statistic in (Statistic.HAZARD_RATIO, Statistic.ODDS_RATIO):
        return RATIO if result.value is not None else ""
    if result.statistic is Statistic.P_VALUE:
        return ""
    if result.unit in TIMES:
        return result.unit if result.value is not None else ""
    return PERCENT if percent(row) is not None or _ends(row) else ""


def percent(row: Measured) -> float | None:
    """The figure in percent; from n/N where no percentage is printed."""
    result, counts = row.result, row.counts
    if result.unit == "%":
        return result.value
    shares = (*ENDPOINTS, *HARM)
    whole = result.statistic is Statistic.COUNT and result.endpoint in shares
    if whole and counts is not None and row.result.value == counts.n and counts.N > 1:
        return 100 * counts.n / counts.N
    return None


def _ends(row: Measured) -> bool:
    """Whether a percentage is printed as a span or a bound."""
    result = row.result
    return result.unit == "%" and (result.range_low is not None or result.range_high is not None)


def outcome_row(reader: Reader, row: Measured, by: str) -> Made:
    """Row of a forest plot: shape by design, interval as printed or computed."""
    label = subject_text(row) if by != "drug" else ""
    if scale_of(row) == RATIO:
        label = f"{label}, {row.result.statistic}".removeprefix(", ")
    if by != "endpoint":
        label = f"{reader.label(row.result.endpoint)}{f': {label}' if label else ''}"
    assessor = "BICR" if row.result.assessor == BICR else row.result.assessor
    detail = [
        disease_text(row) if by != "disease" else "",
        row.result.time_point,
        row.result.line if by != "line" else "",
        row.population,
        f"assessed by {assessor}" if assessor else "",
    ]
    shape, color, _ = DESIGNS[row.design]
    return _made(row, label, detail, replace(_interval(row), shape=shape, color=color))


def _interval(row: Measured) -> Mark:
    """Point and interval of an outcome; an open end where it could not be estimated."""
    result = row.result
    value = percent(row) if scale_of(row) == PERCENT else result.value
    if row.bound == "lower":
        low = value if value is not None else result.range_low
        return Mark(None, low, low, open_high=True, hollow=row.doubted)
    if row.bound == "upper":
        high = value if value is not None else result.range_high
        return Mark(None, high, high, open_low=True, hollow=row.doubted)
    if value is None:
        return Mark(None, result.range_low, result.range_high, hollow=row.doubted)
    open_low, open_high = "ci_low" in result.not_estimable, "ci_high" in result.not_estimable
    if result.ci_low is not None or result.ci_high is not None:
        return Mark(
            value,
            result.ci_low if result.ci_low is not None else value,
            result.ci_high if result.ci_high is not None else value,
            hollow=row.doubted,
            open_low=open_low,
            open_high=open_high,
            note="NE" if open_low or open_high else "",
        )
    computed = computed_interval(row)
    if computed:
        return Mark(value, *computed, dashed=True, hollow=row.doubted)
    return Mark(value, hollow=row.doubted)


def harm_row(reader: Reader, row: Measured, by: str) -> Made:
    """Row of a dot plot: shape by grade, colour and stem by attribution."""
    event = reader.label(row.statement.object)
    told = [grade_of(row) if by != "grade" else "", cause_text(row)]
    more = ", ".join(part for part in told if part and part not in event)
    label = f"{event}{f': {more}' if more else ''}{doubt_text(row)}"
    detail = [
        row.subject.label if by != "drug" else "",
        row.population,
        f"assessed by {row.result.assessor}" if row.result.assessor else "",
    ]
    mark = Mark(
        percent(row),
        shape=GRADES.get(grade_of(row), "down"),
        color=CAUSES.get(row.result.attribution, GREY),
        hollow=row.doubted,
        dashed=row.result.attribution == "treatment-related",
        stem=True,
    )
    return _made(row, label, detail, mark)


def frequency_row(reader: Reader, row: Measured, by: str) -> Made:
    """Row with a bar from zero; a span or a bound is drawn as such."""
    label = reader.label(row.statement.subject) + doubt_text(row)
    result = row.result
    detail = [disease_text(row) if by != "disease" else "", row.population, result.time_point]
    lower = row.bound == "lower"
    value = result.value
    mark = Mark(
        value,
        None if value is not None else result.range_low or 0.0,
        None if value is not None else result.range_high,
        shape="bar",
        hollow=row.doubted,
        open_high=lower,
    )
    return _made(row, label, detail, mark)


def _made(row: Measured, label: str, detail: Sequence[str], mark: Mark) -> Made:
    return Row(label, "", counts_text(row), row.result.printed, id_text(row), mark), detail


def limits(scale: str, marks: Sequence[Mark]) -> tuple[float, float]:
    """Ends of an axis: percent from 0 to 100, time from 0, ratios around 1."""
    ends = [end for m in marks for end in (m.value, m.low, m.high) if end is not None]
    if scale == PERCENT:
        return 0.0, 100.0
    if scale == RATIO:
        return min([0.5, *ends]) / 1.15, max([2.0, *ends]) * 1.15
    beyond = 1.3 if any(mark.open_high for mark in marks) else 1.08
    return 0.0, max(ends) * beyond
