"""Statements that answer a question → text, tables and JSON, always with the reading told."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from kras_graph.answers.lookup import Finding
from kras_graph.answers.reading import Reading
from kras_graph.answers.replies import Reply
from kras_graph.model.records import Anchor, Result, Statement
from kras_graph.present.jsontext import pretty
from kras_graph.rdf.reader import Reader

if TYPE_CHECKING:
    from kras_graph.present.tabular import Table

# Keys that lead every answer in JSON.
Head = dict[str, Any]

NOTHING = "Nothing in the graph fits all of this reading."
_ORDER_NOTE = "More on a line: kras-graph why ID; ! marks a slip or ambiguity of the source"
_LONGEST_COMMAND = 120


def lead(reading: Reading, command: str) -> str:
    """First lines of every answer: the reading, and the command it stands for."""
    same = f"Same as: {command}\n" if command else ""
    return f"Read as: {reading.text}\n{same}\n"


def reply_text(
    reader: Reader,
    reading: Reading,
    found: Reply,
    form: str,
    *,
    width: int,
    color: bool,
    head: Head,
) -> str:
    """The statements of an answer in a format; `head` leads the JSON."""
    command = str(head.get("command") or "")
    query = found.query if found.fits else found.exact
    if not command and query:
        command = f"kras-graph sparql -e {shlex.quote(query)}"
    if form == "json":
        table = answer_table(reader, found)
        record = {
            **head,
            "command": command or None,
            "sparql": query or None,
            "notes": list(found.notes),
            "count": found.count or None,
            "statements": table.objects() if found.fits else [],
            "wider": [] if found.fits else table.objects(),
            "wider_sparql": None if found.fits else found.query,
            "complete": True,
        }
        return pretty(record)
    from kras_graph.present.tabular import render

    if form != "table":
        return render(answer_table(reader, found), form, width=width, color=color)
    short = len(command) <= _LONGEST_COMMAND
    lines = [lead(reading, command if short else "").rstrip("\n"), ""]
    if found.count:
        lines += [f"Count: {found.count}", ""]
    if found.notes:
        lines += [*found.notes, ""]
    if found.findings:
        table = answer_table(reader, found)
        lines += [render(table, "table", width=width, color=color), _ORDER_NOTE]
    elif found.fits:
        lines.append(NOTHING)
    if command and not short:
        lines += ["", f"Same as: {command}"]
    return "\n".join(lines) + "\n"


def answer_table(reader: Reader, found: Reply) -> Table:
    """Statements of an answer, one a row: claim, figures, standing, source, id."""
    from kras_graph.present.contract import statement_json
    from kras_graph.present.report import cited, claim, figure, predicate_labels, standing
    from kras_graph.present.tabular import Table

    statements = [finding.statement for finding in found.findings]
    evidence = reader.evidence(statement.id for statement in statements) if statements else {}
    labels = predicate_labels(reader)
    rows, records = [], []
    for finding in found.findings:
        statement = finding.statement
        figures = found.figures.get(statement.id, [])
        anchors = evidence.get(statement.id, [])
        firm = standing(statement.polarity, statement.certainty)
        if statement.predicate == "associated_with_resistance_to" and statement.is_edge:
            firm += ", association"
        rows.append(
            (
                claim(reader, statement, labels) + _tie(finding),
                _figures_told(reader, statement, [figure(r, reader) for r in figures]),
                f"{firm}; {statement.setting}",
                cited(reader, anchors),
                _ids(statement, figures),
            )
        )
        records.append(_record(reader, finding, anchors, figures, statement_json))
    columns = ("Claim", "Figures or context", "Standing and kind of work", "Source", "ID")
    return Table(columns, tuple(rows), "", tuple(records))


def _record(
    reader: Reader,
    finding: Finding,
    anchors: Sequence[Anchor],
    figures: Sequence[Result],
    made: Callable[..., dict[str, Any]],
) -> dict[str, Any]:
    via = None if finding.relation == "direct" else finding.via.id
    record = made(reader, finding.statement, anchors, figures)
    return {"relation": finding.relation, "via": via, **record}


def _tie(finding: Finding) -> str:
    """How a statement bears on what was asked about, when it does not name it."""
    if finding.relation in ("direct", "form"):
        return ""
    if finding.relation == "wider":
        return " [wider than asked]"
    if finding.relation == "context":
        return f" [seen with: {finding.via.label}]"
    return f" [{finding.relation}: {finding.via.label}]"


def _ids(statement: Statement, figures: Sequence[Result]) -> str:
    marked = statement.source_issue or any(result.source_issue for result in figures)
    return statement.id + ("!" if marked else "")


def _figures_told(reader: Reader, statement: Statement, figures: Sequence[str]) -> str:
    """Figures with the tumour, alleles, models and people they hold for, and the remark."""
    refs = [*statement.disease, *statement.trial, *statement.under, *statement.alteration]
    refs += statement.model
    parts = [reader.label(ref) for ref in refs]
    if statement.population:
        parts.append(statement.population)
    if statement.patients:
        parts.append(f"patients: {statement.patients}")
    if statement.assay:
        parts.append(f"assay: {statement.assay}")
    context = "; ".join(dict.fromkeys(parts))
    if figures:
        context = "; ".join(figures) + (f" ({context})" if context else "")
    return " - ".join(part for part in (context, statement.note) if part)
