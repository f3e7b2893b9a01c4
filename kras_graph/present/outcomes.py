"""Measured figures as tables for people and machines, as HTML."""

from __future__ import annotations

import html
from typing import Any

from kras_graph.answers.counts import Origin
from kras_graph.answers.measured import Measured
from kras_graph.answers.outcomes import (
    ADVERSE_EVENTS,
    FREQUENCIES,
    OUTCOMES,
    Outcomes,
    grade_of,
    grouped,
    line_of,
)
from kras_graph.present.escape import Footnotes
from kras_graph.present.figures import (
    BICR,
    ISSUE,
    RECONSTRUCTED,
    cause_text,
    counts_text,
    disease_text,
    doubt_text,
    figure_json,
    id_text,
    interval_text,
    issues_of,
    people_text,
    source_text,
    subject_text,
    value_text,
)
from kras_graph.present.tabular import Table, render
from kras_graph.rdf.reader import Reader

GROUPED_BY = {OUTCOMES: "endpoint", ADVERSE_EVENTS: "trial", FREQUENCIES: "none"}
NO_COMPARISON = (
    "Rows come from different trials and cohorts: they are no comparison. Nothing is pooled."
)
DISCLAIMER = "For research, not for treatment decisions."
ISSUE_LEGEND = f"{ISSUE} the source passage has a slip or ambiguity:"
_COLUMNS = {
    OUTCOMES: ("Measured", "In whom", "Line", "n/N", "Value", "95% interval", "As printed",
               "Design; assessed by", "Source", "ID"),
    ADVERSE_EVENTS: ("Event", "Grade", "Cause", "n/N", "Value", "As printed", "Therapy",
                     "In whom", "Assessed by", "Source", "ID"),
    FREQUENCIES: ("Alteration", "Found in", "n/N", "Value", "As printed", "Source", "ID"),
}  # fmt: skip
_FLAT = (
    "endpoint", "subject", "relation", "comparator", "object", "diseases", "population", "line",
    "earlier_lines", "trials", "design", "assessor", "printed", "statistic", "value", "unit",
    "bound", "n", "N", "counts", "ci_low", "ci_high", "ci_level", "ci_method", "not_estimable",
    "computed_ci_low", "computed_ci_high", "range_low", "range_high", "time_point", "p", "grade",
    "attribution", "polarity", "certainty", "setting", "source", "source_issues", "id",
)  # fmt: skip


def table_of(reader: Reader, answer: Outcomes) -> Table:
    """All figures as one flat table with a column for every field, for machines."""
    records = tuple(figure_json(reader, row) for row in answer.rows)
    rows = []
    for row, record in zip(answer.rows, records, strict=True):
        flat = {**record, "source": source_text(reader, row)}
        rows.append(tuple(_flat(flat[column]) for column in _FLAT))
    return Table(_FLAT, tuple(rows), records=records)


def _flat(value: Any) -> Any:
    """A cell: labels of entities, texts of lists."""
    if isinstance(value, dict):
        return value["label"]
    if isinstance(value, list):
        return "; ".join(
            part if isinstance(part, str) else part.get("label") or part.get("text") or ""
            for part in value
        )
    return "" if value is None else value


def outcomes_json(reader: Reader, answer: Outcomes) -> dict[str, Any]:
    """The whole answer as plain data.

    Keys: `kind`, `filters` (what was asked for), `rows` (records as `present.figures` tells
    them), `notes` (what to know of the rows), `reason` (why there is none, else null).
    """
    return {
        "kind": answer.kind,
        "filters": answer.filters,
        "rows": [figure_json(reader, row) for row in answer.rows],
        "notes": [*answer.notes, *remarks(answer)],
        "reason": answer.reason or None,
    }


def remarks(answer: Outcomes) -> list[str]:
    """What a reader must know of these figures."""
    if not answer.rows:
        return []
    told = [NO_COMPARISON] if len(answer.rows) > 1 else []
    if any(r.counts and r.counts.origin is Origin.RECONSTRUCTED for r in answer.rows):
        told.append(
            f"{RECONSTRUCTED} counts reconstructed by the program, not printed: the only ones "
            "that fit the printed figures."
        )
    if any("(computed)" in interval_text(row) for row in answer.rows):
        told.append("(computed) exact interval by Clopper and Pearson from n/N, not printed.")
    if any(row.result.not_estimable for row in answer.rows):
        told.append("NE: not estimable, as the source says.")
    if any(row.result.assessor == BICR for row in answer.rows):
        told.append(f"BICR: {BICR}.")
    return [*told, DISCLAIMER]


def headline(answer: Outcomes) -> str:
    """What the figures are of, in one line."""
    asked = ", ".join(f"{key}: {value}" for key, value in answer.filters.items())
    count = len(answer.rows)
    told = f"{count} figure{'s' * (count != 1)}" if count else "no figure"
    return f"{answer.kind.capitalize()}{f' ({asked})' if asked else ''}: {told}"


def tables_of(reader: Reader, answer: Outcomes, by: str, notes: Footnotes) -> list[Table]:
    """One table for people a group, under the group's title; long remarks go to `notes`."""
    return [
        Table(
            _COLUMNS[answer.kind],
            tuple(_cells(reader, row, answer.kind, by, notes) for row in rows),
            title.upper(),
        )
        for title, rows in grouped(reader, answer.rows, by)
    ]


def _cells(reader: Reader, row: Measured, kind: str, by: str, notes: Footnotes) -> tuple[str, ...]:
    """Cells of a row of the table for people."""
    result = row.result
    tail = (source_text(reader, row), id_text(row))
    assessor = "BICR" if result.assessor == BICR else result.assessor
    whom = "; ".join(part for part in (disease_text(row), result.time_point) if part)
    whom = f"{whom} {notes.mark(people_text(row))}".strip()
    if kind == ADVERSE_EVENTS:
        event = reader.label(row.statement.object) + doubt_text(row)
        return (event, grade_of(row), cause_text(row), counts_text(row), value_text(row),
                result.printed, row.subject.label, whom, assessor, *tail)  # fmt: skip
    if kind == FREQUENCIES:
        alteration = reader.label(row.statement.subject) + doubt_text(row)
        return (alteration, whom or reader.label(row.statement.object), counts_text(row),
                value_text(row), result.printed, *tail)  # fmt: skip
    what = subject_text(row)
    if by != "endpoint":
        what = f"{reader.label(result.endpoint)}: {what}"
    design = "; ".join(part for part in (row.design, assessor) if part)
    return (what, whom, line_of(row), counts_text(row), value_text(row), interval_text(row),
            result.printed, design, *tail)  # fmt: skip


def outcomes_text(
    reader: Reader, answer: Outcomes, *, by: str = "", width: int = 120, color: bool = False
) -> str:
    """The answer as people read it on a terminal."""
    out = [headline(answer), *([answer.reason] if answer.reason else []), *answer.notes]
    notes = Footnotes()
    for table in tables_of(reader, answer, by or GROUPED_BY[answer.kind], notes):
        out += ["", render(table, "table", width=width, color=color).rstrip("\n")]
    if answer.rows:
        out += ["", notes.text() + "\n".join(remarks(answer))]
        if issues := issues_of(answer.rows):
            out += ["", ISSUE_LEGEND, *(f"  {ids}: {issue}" for ids, issue in issues)]
        out.append("More on a line: kras-graph why ID")
    return "\n".join(out) + "\n"


def outcomes_html(reader: Reader, answer: Outcomes, by: str = "") -> str:
    """Tables and remarks as a fragment of HTML."""
    notes = Footnotes()
    tables = tables_of(reader, answer, by or GROUPED_BY[answer.kind], notes)
    out = [_paragraph(headline(answer))]
    out += [_paragraph(text) for text in (answer.reason, *answer.notes) if text]
    out += [table_html(table) for table in tables]
    out += [_paragraph(text) for text in (*notes.text().splitlines(), *remarks(answer))]
    if issues := issues_of(answer.rows):
        listed = "".join(f"<li>{_esc(f'{ids}: {issue}')}</li>" for ids, issue in issues)
        out.append(f"{_paragraph(ISSUE_LEGEND)}<ul>{listed}</ul>")
    return "\n".join(out) + "\n"


def table_html(table: Table) -> str:
    """A table as HTML, with a caption and headed columns."""
    head = "".join(f'<th scope="col">{_esc(column)}</th>' for column in table.columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{_esc(str(cell))}</td>" for cell in row) + "</tr>\n"
        for row in table.rows
    )
    caption = f"<caption>{_esc(table.title.capitalize())}</caption>" if table.title else ""
    return f"<table>{caption}<thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table>"


def _paragraph(text: str) -> str:
    return f"<p>{_esc(text)}</p>"


def _esc(text: str) -> str:
    return html.escape(text, quote=True)
