"""A question's reading or an entity → the finished text in the wanted format."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kras_graph.answers import lookup
from kras_graph.answers.lookup import Finding
from kras_graph.model.records import Entity
from kras_graph.present.cards import show_entity
from kras_graph.present.escape import bypass_answer
from kras_graph.present.paths import path_table, path_text
from kras_graph.present.report import findings_table
from kras_graph.present.tabular import Table, render
from kras_graph.present.tracing import path_json
from kras_graph.rdf.reader import Reader

if TYPE_CHECKING:
    from kras_graph.answers.ask import Reading
    from kras_graph.api import KnowledgeGraph


def _dump(record: Any) -> str:
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"


def answer(kg: KnowledgeGraph, reading: Reading, form: str, *, width: int, color: bool) -> str:
    """Answer to a question that was understood."""
    head = {"question": reading.question, "interpretation": reading.text}
    told = f"Read as: {reading.text}\n\n" if form == "table" else ""
    family, first = reading.family.id, reading.entities[0]
    if family == "bypass":
        return told + bypass_answer(
            kg, first, form, width=width, color=color, head=head, disease=reading.disease
        )
    if family == "about":
        return told + show_entity(kg, first, form, width=width, color=color, head=head)
    if family == "path":
        found = kg.paths(first.id, reading.entities[1].id)
        if form == "json":
            return _dump({**head, **path_json(kg.reader, found)})
        if form != "table":
            return render(path_table(kg.reader, found), form)
        reason = f"No path: {found.reason}. {found.hint}.\n" if found.reason else ""
        return told + path_text(kg.reader, found, width=width, color=color) + reason
    found_statements, notes = _findings(kg, reading)
    table = findings_table(kg.reader, found_statements, "")
    if form == "json":
        extra = {"family": family, "notes": notes, "statements": table.objects()}
        return _dump({**head, **extra, "complete": True})
    lines = "".join(f"{note}\n" for note in notes) + ("\n" if notes else "")
    if not found_statements and form == "table":
        lines += "Nothing in the graph: no curated statement of the three papers says so.\n"
        return told + lines
    return told + (lines if told else "") + render(table, form, width=width, color=color)


_VERBS: tuple[tuple[frozenset[str], tuple[str, ...]], ...] = (
    (frozenset({"inhibit", "bind", "block", "target"}), lookup.TARGETING),
    (frozenset({"confer", "resist", "resistance", "resistant", "bypass"}), lookup.RESISTANCE),
    (frozenset({"sensitise", "sensitize", "sensitive"}), lookup.RESISTANCE),
    (frozenset({"increase", "raise"}), ("increases", "activates", "stabilises")),
    (frozenset({"decrease", "lower"}), ("decreases", "inhibits")),
)


def _findings(kg: KnowledgeGraph, reading: Reading) -> tuple[list[Finding], list[str]]:
    """Statements that answer a question, and remarks on how they were chosen."""
    reader, first = kg.reader, reading.entities[0]
    notes: list[str] = []
    one: dict[str, Callable[[Reader, Entity], list[Finding]]] = {
        "targets": lookup.targets,
        "combinations": lookup.combinations,
        "trials": lookup.trials,
        "outcomes": lookup.outcomes,
        "safety": lookup.adverse_events,
        "doubts": lookup.doubts,
        "sensitivity": lookup.sensitivity,
        "frequency": lookup.frequency,
        "approval": lookup.approvals,
    }
    if reading.family.id == "comparison":
        found = lookup.comparisons(reader, first, reading.entities[1])
    elif reading.family.id == "evidence":
        joined = lookup.between(reader, first, reading.entities[1])
        wanted = [p for cues, names in _VERBS if cues & set(reading.cues) for p in names]
        found = [f for f in joined if not wanted or f.statement.predicate in wanted]
        if len(found) < len(joined):
            notes.append(f"{len(joined) - len(found)} statement(s) join the two in another way.")
        if found and all(finding.relation == "class" for finding in found):
            notes.append("No source ties the two themselves; what is shown is said of a class.")
    else:
        found = one.get(reading.family.id, lookup.resistance)(reader, first)
    if reading.narrowed_to:
        found = lookup.of_kinds(reader, found, [item.id for item in reading.narrowed_to])
    if reading.disease is not None:
        found, note = _in_disease(reader, found, reading.disease)
        notes += [note] if note else []
    return found, notes


def _in_disease(reader: Reader, found: list[Finding], disease: Entity) -> tuple[list[Finding], str]:
    """Findings in a disease; where there are none, in what it is a kind of, and says so."""
    fitting = lookup.about_disease(reader, found, disease.id)
    if fitting or not found:
        return fitting, ""
    for name in lookup.broader(reader, disease.id):
        fitting = lookup.about_disease(reader, found, name)
        if fitting and name != "cancer":
            return fitting, f"None in {disease.label} itself; shown: {reader.label(name)}."
    return [], f"{len(found)} finding(s) elsewhere, none tied to {disease.label}."


__all__ = ["Table", "answer", "bypass_answer", "show_entity"]
