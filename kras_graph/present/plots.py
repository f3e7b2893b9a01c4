"""Measured figures as pictures: forest plot, dot plot of adverse events, bars of frequencies.

Figures stand beside their marks exactly as printed. Nothing is pooled; what is computed is
dashed, what is in doubt is hollow, and what could not be estimated is drawn as open.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from kras_graph.answers.measured import Measured
from kras_graph.answers.outcomes import (
    ADVERSE_EVENTS,
    FREQUENCIES,
    OUTCOMES,
    Outcomes,
    grade_of,
    grouped,
)
from kras_graph.model.errors import KrasGraphError
from kras_graph.present.chart import GREY, Chart, Mark, Panel, Row
from kras_graph.present.figures import cause_text, id_text, source_text
from kras_graph.present.marks import (
    AXES,
    CAUSES,
    DESIGNS,
    GRADES,
    PERCENT,
    RATIO,
    TIMES,
    Made,
    frequency_row,
    harm_row,
    limits,
    outcome_row,
    percent,
    scale_of,
)
from kras_graph.present.outcomes import GROUPED_BY, outcomes_html, remarks
from kras_graph.rdf.reader import Reader

FORMS = ("svg", "png", "html")


def chart_of(
    reader: Reader, answer: Outcomes, *, by: str = "", reference: float | None = None
) -> Chart:
    """The chart that suits the kind of answer.

    Args:
        reader: the dataset.
        answer: the figures.
        by: what to group rows by.
        reference: where to draw a line on axes of percent; ratios always have one at 1.

    Raises:
        KrasGraphError: when no figure has a place on an axis.
    """
    drawers = {OUTCOMES: _forest, ADVERSE_EVENTS: _dots, FREQUENCIES: _bars}
    group = by or ("disease" if answer.kind == FREQUENCIES else GROUPED_BY[answer.kind])
    chart = drawers[answer.kind](reader, answer, group, reference)
    if not chart.panels:
        told = answer.reason or "None of these figures has a place on an axis."
        raise KrasGraphError(f"Nothing to draw. {told}")
    return chart


def _forest(reader: Reader, answer: Outcomes, by: str, reference: float | None) -> Chart:
    """Points with intervals, a panel for each scale."""
    panels = []
    for scale in (PERCENT, *TIMES, RATIO):
        rows = [row for row in answer.rows if scale_of(row) == scale]
        if not rows:
            continue
        drawn = _rows(reader, rows, by, lambda row: outcome_row(reader, row, by))
        marks = [row.mark for row in drawn if row.mark]
        line = 1.0 if scale == RATIO else reference if scale == PERCENT else None
        panels.append(
            Panel(
                axis=AXES[scale],
                limits=limits(scale, marks),
                rows=tuple(drawn),
                log=scale == RATIO,
                reference=line,
            )
        )
    every = [row for panel in panels for row in panel.rows]
    marks = [row.mark for row in every if row.mark]
    return Chart(
        title=_title(answer),
        panels=tuple(panels),
        legend=_forest_legend(marks),
        remarks=_feet(reader, answer, every, reference),
        headings=("", "n/N", "as printed", "figure"),
    )


def _dots(reader: Reader, answer: Outcomes, by: str, reference: float | None) -> Chart:
    """A dot a figure, its shape by grade and its colour by attribution."""
    shown = [row for row in answer.rows if scale_of(row) == PERCENT]
    highest: dict[str, float] = {}
    for row in shown:
        event = row.statement.object
        highest[event] = max(highest.get(event, 0.0), percent(row) or 0.0)
    shown.sort(key=lambda row: (-highest[row.statement.object], row.statement.object))
    drawn = _rows(reader, shown, by, lambda row: harm_row(reader, row, by))
    marks = [row.mark for row in drawn if row.mark]
    grades = dict.fromkeys(grade_of(row) for row in shown)
    legend = [
        (Mark(0.5, shape=shape, color=GREY), grade)
        for grade, shape in GRADES.items()
        if grade in grades
    ]
    causes = dict.fromkeys(cause_text(row) for row in shown)
    legend += [
        (
            Mark(0.85, shape="circle", color=CAUSES.get(key, GREY), stem=True,
                 dashed=key == "treatment-related"),
            cause,
        )
        for key, cause in (("any", "any cause"), ("treatment-related", "treatment-related"),
                           ("", "cause not given"))
        if cause in causes
    ]  # fmt: skip
    panel = Panel("percent of patients", (0, 100), tuple(drawn), reference=reference)
    return Chart(
        title=_title(answer),
        panels=(panel,) if drawn else (),
        legend=(*legend, *_doubt_legend(marks)),
        remarks=_feet(reader, answer, drawn, reference),
        headings=("", "n/N", "as printed", "figure"),
    )


def _bars(reader: Reader, answer: Outcomes, by: str, reference: float | None) -> Chart:
    """A bar a figure, from zero."""
    shown = [row for row in answer.rows if scale_of(row) == PERCENT]
    drawn = _rows(reader, shown, by, lambda row: frequency_row(reader, row, by))
    marks = [row.mark for row in drawn if row.mark]
    legend = [(Mark(0.8, shape="bar"), "frequency as printed")]
    if any(mark.value is None and mark.low is not None for mark in marks):
        legend.append((Mark(None, 0.35, 0.8, shape="bar"), "span as printed (hatched)"))
    if any(mark.open_high for mark in marks):
        legend.append((Mark(0.5, shape="bar", open_high=True), "lower bound"))
    panel = Panel("percent", (0, 100), tuple(drawn), reference=reference)
    return Chart(
        title=_title(answer),
        panels=(panel,) if drawn else (),
        legend=(*legend, *_doubt_legend(marks, bar=True)),
        remarks=_feet(reader, answer, drawn, reference),
        headings=("", "n/N", "as printed", "figure"),
    )


def _rows(
    reader: Reader, rows: Sequence[Measured], by: str, make: Callable[[Measured], Made]
) -> list[Row]:
    """Rows under the titles of their groups; details shared by a group stand at its title."""
    drawn = []
    for title, members in grouped(reader, rows, by):
        made = [make(row) for row in members]
        parts = [_split(detail) for _, detail in made]
        shared = [part for part in parts[0] if all(part in other for other in parts)]
        if not title or len(members) < 2:
            shared = []
        if title:
            drawn.append(Row(title[:1].upper() + title[1:], "; ".join(shared)))
        for (row, _), own in zip(made, parts, strict=True):
            drawn.append(replace(row, detail="; ".join(p for p in own if p not in shared)))
    return drawn


def _split(detail: Sequence[str]) -> list[str]:
    """Details one by one, each once."""
    return list(dict.fromkeys(p for part in detail for p in part.split("; ") if p))


def _forest_legend(marks: Sequence[Mark]) -> tuple[tuple[Mark, str], ...]:
    used = {mark.shape for mark in marks if mark.value is not None}
    legend = [
        (Mark(0.5, shape=shape, color=color), text)
        for shape, color, text in DESIGNS.values()
        if shape in used
    ]
    intervals = [m for m in marks if m.value is not None and m.low is not None]
    if any(not m.dashed for m in intervals):
        legend.append((Mark(None, 0.1, 0.9), "95% interval as printed"))
    if any(m.dashed for m in intervals):
        legend.append((Mark(None, 0.1, 0.9, dashed=True), "exact 95% interval, computed"))
    if any(m.note for m in marks):
        legend.append((Mark(None, 0.1, 0.9, open_high=True), "NE: end not estimable"))
    if any(m.value is None for m in marks):
        legend.append((Mark(None, 0.3, 0.7, color=GREY), "span or bound as printed"))
    return (*legend, *_doubt_legend(marks))


def _doubt_legend(marks: Sequence[Mark], *, bar: bool = False) -> list[tuple[Mark, str]]:
    if not any(mark.hollow for mark in marks):
        return []
    mark = Mark(0.8 if bar else 0.5, shape="bar" if bar else "circle", hollow=True)
    return [(mark, "hollow: not plainly stated by the source")]


def _title(answer: Outcomes) -> str:
    asked = ", ".join(answer.filters.values())
    return f"{answer.kind.capitalize()}{f': {asked}' if asked else ''}"


def _feet(
    reader: Reader, answer: Outcomes, drawn: Sequence[Row], reference: float | None
) -> tuple[str, ...]:
    """Remarks at the foot: how rows were chosen, what is not drawn, marks, sources."""
    placed = {row.ident for row in drawn if row.mark}
    spare = [row for row in answer.rows if id_text(row) not in placed]
    feet = list(answer.notes)
    if reference is not None:
        feet.append(f"The broken line stands at {reference:g}%, as asked for.")
    if any(percent(row) is not None and row.result.unit != "%" for row in answer.rows):
        feet.append("Where no percentage is printed, the point stands at n/N.")
    if spare:
        listed = "; ".join(
            f"{id_text(r)} {reader.label(r.result.endpoint)} {r.result.printed}" for r in spare
        )
        feet.append(f"Not drawn, since it has no place on these axes: {listed}.")
    if any(row.issues for row in answer.rows):
        feet.append("! the source passage has a slip or ambiguity: kras-graph why ID tells it.")
    sources: dict[str, list[str]] = {}
    for row in answer.rows:
        letter = row.result.id[:1]
        sources.setdefault(source_text(reader, row), []).append(letter)
    told = "; ".join(
        f"{'/'.join(dict.fromkeys(letters))}…: {source}" for source, letters in sources.items()
    )
    in_legend = ("(computed)", "NE:")
    marks = [text for text in remarks(answer) if not text.startswith(in_legend)]
    return (*feet, *marks, f"Sources: {told}.")


def picture(
    reader: Reader,
    answer: Outcomes,
    form: str,
    *,
    by: str = "",
    reference: float | None = None,
) -> bytes:
    """The figures as a picture in one of `FORMS`; the same input gives the same bytes.

    Raises:
        MissingExtraError: when matplotlib is not installed.
        KrasGraphError: when nothing can be drawn, or for another form.
    """
    from kras_graph.present.pictures import page, png, svg

    if form not in FORMS:
        raise KrasGraphError(f"{form!r} is no kind of picture; choose from: {', '.join(FORMS)}.")
    chart = chart_of(reader, answer, by=by, reference=reference)
    if form == "html":
        return page(chart, outcomes_html(reader, answer, by))
    return svg(chart) if form == "svg" else png(chart)


def save(
    reader: Reader,
    answer: Outcomes,
    path: str | Path,
    *,
    by: str = "",
    reference: float | None = None,
) -> Path:
    """Write a picture of the figures; the ending of the name decides the form.

    Raises:
        MissingExtraError: when matplotlib is not installed.
        KrasGraphError: when nothing can be drawn, for another ending, or when the file
            cannot be written.
    """
    target = Path(path)
    payload = picture(
        reader, answer, target.suffix.removeprefix(".").casefold(), by=by, reference=reference
    )
    try:
        target.write_bytes(payload)
    except OSError as error:
        raise KrasGraphError(f"{target} cannot be written: {error.strerror}.") from None
    return target
