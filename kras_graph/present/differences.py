"""What changed between two releases, as text, as plain data, as a flat table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from kras_graph.answers.differences import Differences, QuestionChange
from kras_graph.curation.changes import Change, How
from kras_graph.present.jsontext import pretty
from kras_graph.present.sheets import Group, Line, Sheet, sheet_text
from kras_graph.present.tabular import Table, render

# Kinds whose rows are told one by one in the text; the others are counted there.
_TOLD = ("entities", "statements", "results", "publications", "clauses", "blocks", "feedback",
         "assumptions", "pairs", "readings", "sums")  # fmt: skip
_GONE = "ids are permanent: mark a row as deprecated instead of deleting it"
_COLUMNS = ("what", "how", "id", "column", "old", "new", "label")
_TITLES = {
    How.ADDED: "added",
    How.WITHDRAWN: "withdrawn",
    How.GONE: "gone",
    How.REMOVED: "removed",
    How.CHANGED: "changed",
}


def differences_text(found: Differences, form: str, *, rows: bool = False, width: int = 120) -> str:
    """The differences in a format.

    Args:
        found: what differs.
        form: one of the formats of tables.
        rows: whether to give the rows of stored questions that come or go, too.
        width: characters of a line of text.
    """
    if form == "table":
        return sheet_text(_sheet(found, rows), width)
    if form == "json":
        return pretty(_record(found, rows))
    return render(_table(found, rows), form, width=width)


def _sheet(found: Differences, rows: bool) -> Sheet:
    sheet = Sheet(f"From {found.old} to {found.new}")
    if found.equal:
        sheet.foot.append(_asked(found) + " Nothing differs.")
        return sheet
    for kind in dict.fromkeys(change.kind for change in found.changes):
        own = [change for change in found.changes if change.kind == kind]
        counts = Counter(change.how for change in own)
        cells = len({c.ident for c in own if c.how is How.CHANGED})
        told = [f"{count} {how}" for how, count in counts.items() if how is not How.CHANGED]
        if counts[How.CHANGED]:
            told.append(f"{counts[How.CHANGED]} cells changed in {cells} rows")
        sheet.facts.append((kind, ", ".join(told)))
        columns = [c for c in own if c.how in (How.COLUMN_ADDED, How.COLUMN_REMOVED)]
        lines = tuple(Line(f"{change.how}: {change.column}") for change in columns)
        sheet.add(f"{kind}: columns", [Group("", lines)])
        if kind in _TOLD:
            for how, title in _TITLES.items():
                chosen = [change for change in own if change.how is how]
                heading = _GONE if how is How.GONE else ""
                lines = tuple(_line(found, change) for change in chosen)
                sheet.add(f"{kind} {title}", [Group(heading, lines)])
    groups = [_question_group(question, rows) for question in found.questions]
    sheet.add("Stored questions that answer differently", groups)
    sheet.foot.append(_asked(found))
    return sheet


def _asked(found: Differences) -> str:
    if found.asked is None:
        return f"Stored questions were not asked: {found.unasked.rstrip('.')}."
    return (
        f"{len(found.questions)} of {found.asked} stored questions of this installation, with "
        "their example values, answer differently."
    )


def _line(found: Differences, change: Change) -> Line:
    text = _told(found, change)
    if change.how is How.CHANGED:
        text += f". {change.column}: {change.old or 'empty'} -> {change.new or 'empty'}"
    return Line(text, "", (change.ident,))


def _told(found: Differences, change: Change) -> str:
    """What a row is about, in the words of its cells."""
    cells = change.cells

    def label(column: str) -> str:
        return found.labels.get(cells.get(column, ""), cells.get(column, ""))

    if change.kind == "statements":
        denied = "NOT: " if cells.get("polarity") == "negated" else ""
        verb = cells.get("predicate", "").replace("_", " ")
        text = f"{denied}{label('subject')} {verb} {label('object')}"
        certainty = cells.get("certainty", "stated")
        return text if certainty == "stated" else f"{text}, {certainty}"
    if change.kind == "results":
        return f"{label('endpoint')}: {cells.get('printed', '')}"
    if change.kind == "clauses":
        needs = " and ".join(found.labels.get(n, n) for n in cells.get("needs", "").split("|") if n)
        return f"{label('target')} from {needs or 'the start'}"
    first = next((c for c in ("label", "claim", "therapy", "driver", "mechanism", "partner")
                  if c in cells), "")  # fmt: skip
    return label(first) if first else ""


def _question_group(question: QuestionChange, rows: bool) -> Group:
    asked = ", ".join(f"{name}={value}" for name, value in question.values)
    heading = f"{question.query.name}{f' ({asked})' if asked else ''}: "
    heading += f"{len(question.added)} rows added, {len(question.lost)} lost"
    heading += f"; {question.before} before, {question.after} now"
    lines = [Line(question.query.summary)]
    if question.note:
        lines.append(Line(f"no answer of one side: {question.note}"))
    if rows:
        lines.append(Line(f"columns: {' | '.join(question.query.columns)}"))
        lines += [Line(f"added: {' | '.join(row)}", deep=True) for row in question.added]
        lines += [Line(f"lost: {' | '.join(row)}", deep=True) for row in question.lost]
    return Group(heading, tuple(lines))


def _record(found: Differences, rows: bool) -> dict[str, Any]:
    """Everything that differs.

    Keys: `old`, `new`, `equal`, `summary` (counts by kind and by what happened), `changes`
    (`what`, `how`, `id`, `column`, `old`, `new`, `label`), `gone` (ids that must not vanish),
    `questions` (`name`, `summary`, `values`, `before`, `after`, `added`, `lost`, `note`; with
    rows also `columns`, `rows_added`, `rows_lost`), `questions_asked`, `questions_unasked`.
    """
    counts: dict[str, dict[str, int]] = {}
    for change in found.changes:
        own = counts.setdefault(change.kind, {})
        own[str(change.how)] = own.get(str(change.how), 0) + 1
    questions = []
    for question in found.questions:
        record: dict[str, Any] = {
            "name": question.query.name,
            "summary": question.query.summary,
            "values": dict(question.values),
            "before": question.before,
            "after": question.after,
            "added": len(question.added),
            "lost": len(question.lost),
            "note": question.note or None,
        }
        if rows:
            record["columns"] = list(question.query.columns)
            record["rows_added"] = [list(row) for row in question.added]
            record["rows_lost"] = [list(row) for row in question.lost]
        questions.append(record)
    return {
        "old": found.old,
        "new": found.new,
        "equal": found.equal,
        "summary": counts,
        "changes": [dict(zip(_COLUMNS, row, strict=True)) for row in _change_rows(found)],
        "gone": [change.ident for change in found.gone],
        "questions": questions,
        "questions_asked": found.asked,
        "questions_unasked": found.unasked or None,
    }


def _change_rows(found: Differences) -> list[tuple[str, ...]]:
    return [
        (c.kind, str(c.how), c.ident, c.column, c.old, c.new, _told(found, c))
        for c in found.changes
    ]


def _table(found: Differences, rows: bool) -> Table:
    """Changes and questions in one flat table."""
    flat = _change_rows(found)
    for question in found.questions:
        asked = ", ".join(f"{name}={value}" for name, value in question.values)
        name, summary = question.query.name, question.query.summary
        flat.append(
            ("question", "answers differ", name, asked, str(question.before),
             str(question.after), summary)
        )  # fmt: skip
        if rows:
            flat += [_row(name, "row added", row, new=True) for row in question.added]
            flat += [_row(name, "row lost", row, new=False) for row in question.lost]
    return Table(_COLUMNS, tuple(flat))


def _row(name: str, how: str, row: Sequence[str], *, new: bool) -> tuple[str, ...]:
    text = " | ".join(row)
    return ("question", how, name, "", "" if new else text, text if new else "", "")
