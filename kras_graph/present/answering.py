"""A question's reading or an entity → the finished text in the wanted format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kras_graph.answers import lookup
from kras_graph.answers.card import card
from kras_graph.answers.lookup import Finding
from kras_graph.answers.resistance import bypass
from kras_graph.model.errors import UnknownNameError
from kras_graph.model.records import Anchor, Entity
from kras_graph.model.terms import AnchorStatus
from kras_graph.present.cards import card_text
from kras_graph.present.contract import bypass_json, path_json, statement_json
from kras_graph.present.report import (
    bypass_table,
    bypass_text,
    findings_table,
    path_table,
    why_text,
)
from kras_graph.present.tabular import Table, render
from kras_graph.rdf.names import RESULT

if TYPE_CHECKING:
    from kras_graph.answers.ask import Reading
    from kras_graph.api import KnowledgeGraph


def _dump(record: Any) -> str:
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"


def bypass_answer(
    kg: KnowledgeGraph,
    drug: Entity,
    form: str,
    *,
    width: int,
    color: bool,
    compute: bool = True,
    head: dict[str, str] | None = None,
) -> str:
    """What bypasses a drug; `head` (question and interpretation) leads the JSON."""
    answer = bypass(kg.reader, drug, compute=compute)
    if form == "json":
        return _dump({**(head or {}), **bypass_json(kg.reader, answer)})
    if form == "table":
        return bypass_text(kg.reader, answer, width=width, color=color, compute=compute)
    return render(bypass_table(kg.reader, answer), form)


def answer(kg: KnowledgeGraph, reading: Reading, form: str, *, width: int, color: bool) -> str:
    """Answer to a question that was understood."""
    head = {"question": reading.question, "interpretation": reading.text}
    told = f"Read as: {reading.text}\n\n" if form == "table" else ""
    family, first = reading.family.id, reading.entities[0]
    if family == "bypass" and reading.disease is None:
        body = bypass_answer(kg, first, form, width=width, color=color, head=head)
        return told + body
    if family == "path":
        found = kg.paths(first.label, reading.entities[1].label)
        if form == "json":
            return _dump({**head, **path_json(found)})
        reason = f"No path: {found.reason}. {found.hint}.\n" if found.reason else ""
        return told + render(path_table(kg.reader, found), form, width=width, color=color) + reason
    found_statements = _findings(kg, reading)
    table = findings_table(kg.reader, found_statements, reading.text)
    if form == "json":
        return _dump({**head, "family": family, "statements": table.objects(), "complete": True})
    if not found_statements and form == "table":
        return told + "Nothing in the graph: no curated statement of the three papers says so.\n"
    return told + render(table, form, width=width, color=color)


def _findings(kg: KnowledgeGraph, reading: Reading) -> list[Finding]:
    reader, first = kg.reader, reading.entities[0]
    match reading.family.id:
        case "targets":
            found = lookup.targets(reader, first)
        case "combinations":
            found = lookup.combinations(reader, first)
        case "trials":
            found = lookup.trials(reader, first)
        case "outcomes":
            found = lookup.outcomes(reader, first)
        case "safety":
            found = lookup.adverse_events(reader, first)
        case "doubts":
            found = lookup.doubts(reader, first)
        case "evidence":
            found = lookup.between(reader, first, reading.entities[1])
        case _:
            found = lookup.resistance(reader, first)
    if reading.narrowed_to:
        found = lookup.of_kinds(reader, found, [item.id for item in reading.narrowed_to])
    if reading.disease is not None:
        found = lookup.about_disease(reader, found, reading.disease.id)
    return found


def show_entity(kg: KnowledgeGraph, item: Entity, form: str, *, width: int, color: bool) -> str:
    """The card of an entity: what it is, and all findings on it by section."""
    reader = kg.reader
    found = card(reader, item)
    if form == "table":
        return card_text(reader, found, width=width)
    findings = [finding for _, group in found.sections for finding in group]
    table = findings_table(reader, findings, item.label)
    titles = [title for title, group in found.sections for _ in group]
    if form != "json":
        return render(table, form, width=width, color=color)
    return _dump(
        {
            "id": item.id,
            "label": item.label,
            "class": item.cls,
            "synonyms": list(item.synonyms),
            "identifiers": list(item.xrefs),
            "parents": list(item.parents),
            "attributes": dict(item.attributes),
            "statements": [
                {"heading": title, **record}
                for title, record in zip(titles, table.objects(), strict=True)
            ],
        }
    )


def why_statement(kg: KnowledgeGraph, ident: str, texts: Path | None, form: str) -> str:
    """Evidence of a statement, with its passages when copies of the papers are given.

    Raises:
        UnknownNameError: when there is no such statement.
    """
    reader = kg.reader
    wanted = ident.strip().partition(".")[0].upper()
    found = reader.statements_by_id([wanted]) if wanted.isalnum() else []
    if not found:
        from difflib import get_close_matches

        ids = [statement.id for statement in reader.statements()]
        raise UnknownNameError(ident, get_close_matches(wanted, ids, n=3), kind="statement")
    statement = found[0]
    results = reader.results(found).get(statement.id, [])
    anchors = reader.evidence([statement.id]).get(statement.id, [])
    for own in reader.evidence([result.id for result in results], RESULT).values():
        anchors += [anchor for anchor in own if anchor not in anchors]
    if form in ("json", "jsonl"):
        record = statement_json(reader, statement, anchors, results)
        return _dump(record) if form == "json" else json.dumps(record, ensure_ascii=False) + "\n"
    passages = _passages(kg, anchors, texts) if texts else {}
    return why_text(reader, statement, anchors, results, passages)


def _passages(kg: KnowledgeGraph, anchors: list[Anchor], texts: Path) -> dict[Anchor, str]:
    """The passages as they stand in the reader's own copies, each verified first."""
    from kras_graph.curation.anchors import read_copies, verify

    copies = read_copies(texts)
    shown: dict[Anchor, str] = {}
    for verdict in verify(anchors, list(kg.reader.publications.values()), copies):
        if verdict.file and verdict.raw_start is not None and verdict.raw_end is not None:
            raw = (texts / verdict.file).read_bytes().decode("utf-8-sig")
            passage = " ".join(raw[verdict.raw_start : verdict.raw_end].split())
            moved = " (moved)" if verdict.status is AnchorStatus.MOVED else ""
            shown[verdict.anchor] = f"your copy{moved}: {passage}"
        else:
            shown[verdict.anchor] = f"your copy: {verdict.status}"
    return shown


__all__ = ["Table", "answer", "bypass_answer", "show_entity", "why_statement"]
