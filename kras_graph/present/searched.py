"""What a search found → text, tables and JSON; marked as a search, never as an answer."""

from __future__ import annotations

import shlex
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from kras_graph.answers.lookup import Finding
from kras_graph.answers.replies import Reply
from kras_graph.answers.searching import Search
from kras_graph.present.jsontext import pretty
from kras_graph.present.replying import answer_table
from kras_graph.present.tabular import Table, render
from kras_graph.rdf.reader import Reader

SEARCHED = "A SEARCH FOR ITS WORDS, NOT AN ANSWER: statements that hold most of them"
NO_HIT = "No statement holds enough of these words."


def search_table(reader: Reader, found: Search) -> Table:
    """Statements found, those that hold most of the words first; records tell which words."""
    statements = [hit.statement for hit in found.hits]
    findings = tuple(Finding(s, "direct", reader.entities[s.subject]) for s in statements)
    figures = reader.results(statements) if statements else {}
    table = answer_table(reader, Reply(findings, figures, (), "", ""))
    records = tuple(
        {"held": list(hit.held), **_without_tie(record)}
        for hit, record in zip(found.hits, table.objects(), strict=True)
    )
    return Table(table.columns, table.rows, "", records)


def _without_tie(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key not in ("relation", "via")}


def search_json(reader: Reader, found: Search) -> dict[str, Any]:
    """What a search found: words that nothing holds, statements with the words each holds."""
    return {
        "absent": list(found.absent),
        "statements": search_table(reader, found).objects(),
        "more": found.more,
    }


def search_text(
    reader: Reader, words: str, found: Search, form: str, *, width: int, color: bool
) -> str:
    """What a search found in a format.

    Args:
        reader: the dataset.
        words: what was searched for.
        found: what was found.
        form: one of the output formats.
        width: characters a line.
        color: whether colours are wanted.
    """
    if form == "json":
        record = {"words": words, **search_json(reader, found)}
        return pretty(record)
    table = search_table(reader, found)
    if form != "table":
        return render(table, form, width=width, color=color)
    lines = []
    if found.absent:
        lines += [f"No statement holds: {', '.join(map(repr, found.absent))}", ""]
    if found.negated and found.hits:
        said = ", ".join(map(repr, found.negated))
        lines += [f"A search does not follow {said}: lines may say the contrary.", ""]
    if found.hits:
        lines.append(render(table, "table", width=width, color=color))
        if found.more:
            more = f"kras-graph find {shlex.quote(words)} --limit {len(found.hits) + found.more}"
            lines.append(f"{found.more} more hold nearly as much: {more}")
        lines.append("More on a line: kras-graph why ID")
    else:
        lines.append(NO_HIT)
    return "\n".join(lines) + "\n"


def after_answer(
    reader: Reader, question: str, found: Search, shown: Collection[str], width: int
) -> str:
    """What a search found beyond an answer that holds nothing that fits; empty when nothing."""
    hits = tuple(hit for hit in found.hits if hit.statement.id not in shown)
    if not hits:
        return ""
    told = search_text(
        reader, question, replace(found, hits=hits, more=0), "table", width=width, color=False
    )
    return f"\n{SEARCHED}\n\n{told}"


def beside_refusal(reader: Reader, question: str, reason: str, found: Search, width: int) -> str:
    """What a search for the words of a refused question found; empty when nothing."""
    if not found.hits:
        return ""
    told = search_text(reader, question, found, "table", width=width, color=False)
    return f"Not answered: {reason}\n\n{SEARCHED}\n\n{told}"
