"""Answers that other parts of the program compute, by the name a form of question calls them.

To plug in another, add a function to `COMPUTED` and name it in `call` of a form.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from kras_graph.answers.lookup import Finding
from kras_graph.answers.reading import Reading
from kras_graph.answers.replies import Reply
from kras_graph.model.records import Entity
from kras_graph.present.jsontext import pretty
from kras_graph.present.replying import Head, lead, reply_text
from kras_graph.rdf.reader import Reader

if TYPE_CHECKING:
    from kras_graph.api import KnowledgeGraph

# Gives the text of a computed answer: graph, reading, format, width, colour, leading keys.
Computed = Callable[["KnowledgeGraph", Reading, str, int, bool, Head], str]
# Computed answers that write their own first lines.
TELLING = frozenset({"compare_diseases", "issues", "show"})


def _bypass(
    kg: KnowledgeGraph, reading: Reading, form: str, width: int, color: bool, head: Head
) -> str:
    from kras_graph.present.escape import bypass_answer

    (drug,) = reading.parts.named("therapy")
    lesions = [thing.entities[0] for thing in reading.parts.named("within", "alteration")]
    return bypass_answer(
        kg, drug.entities[0], form, width=width, color=color, head=head,
        disease=reading.disease, alterations=lesions, outputs=_outputs(reading),
    )  # fmt: skip


def _outputs(reading: Reading) -> list[Entity]:
    """Outputs of the signalling layer that the question is about; none where it names none."""
    if "molecule" not in reading.form.needs:
        return []
    return [thing.entities[0] for thing in reading.parts.named("molecule")]


def _combine(
    kg: KnowledgeGraph, reading: Reading, form: str, width: int, color: bool, head: Head
) -> str:
    from kras_graph.present.closing import (
        combination_json,
        combination_table,
        combination_text,
    )
    from kras_graph.present.tabular import render

    (drug,) = reading.parts.named("therapy")
    found = kg.combine(
        drug.ids[0],
        disease=reading.disease.id if reading.disease else None,
        alterations=[thing.ids[0] for thing in reading.parts.named("within", "alteration")],
        outputs=[item.id for item in _outputs(reading)],
    )
    if form == "json":
        record = {**head, **combination_json(kg.reader, found)}
        return pretty(record)
    if form == "table":
        return combination_text(kg.reader, found, width=width, color=color)
    return render(combination_table(kg.reader, found), form)


def _path(
    kg: KnowledgeGraph, reading: Reading, form: str, width: int, color: bool, head: Head
) -> str:
    from kras_graph.answers.ways import ways
    from kras_graph.present.paths import path_table, path_text
    from kras_graph.present.tabular import render
    from kras_graph.present.tracing import path_json

    found, notes = ways(kg.tracer, kg.names, reading)
    if not any(item.paths for item in found) and (remark := _in_layer(kg, reading)):
        notes = [*notes, remark]
    if form == "json":
        paths = [path_json(kg.reader, item) for item in found]
        record = {**head, "notes": notes, **paths[0]}
        if len(paths) > 1:
            record["further"] = paths[1:]
        return pretty(record)
    if form != "table":
        return "".join(render(path_table(kg.reader, item), form) for item in found[:1])
    lines = [f"{note}\n" for note in notes]
    for item in found:
        lines.append(path_text(kg.reader, item, width=width, color=color))
        if item.reason:
            lines.append(f"No path: {item.reason}. {item.hint}\n")
    return "\n".join(lines)


def _in_layer(kg: KnowledgeGraph, reading: Reading) -> str:
    """Where no path of claims joins two things: how the computed signalling layer does."""
    from kras_graph.answers.layered import joined_in_layer
    from kras_graph.answers.ways import ends

    source, target = ends(reading)
    return joined_in_layer(kg.reasoner, source.ids, target.ids)


def _why(
    kg: KnowledgeGraph, reading: Reading, form: str, width: int, color: bool, head: Head
) -> str:
    from kras_graph.present.evidence import why_text

    del color
    ident = reading.parts.values["statement"][0]
    if form == "json":
        record = json.loads(why_text(kg, ident, None, "json"))
        return pretty({**head, **record})
    return why_text(kg, ident, None, "table" if form != "jsonl" else "jsonl", width=width)


def _show(
    kg: KnowledgeGraph, reading: Reading, form: str, width: int, color: bool, head: Head
) -> str:
    from kras_graph.answers.replies import mentions
    from kras_graph.present.cards import entity_card, show_entity

    if not entity_card(kg, reading.entities[0]).card.sections:
        # nothing is said of it itself, but it may be a context of what is said
        found = mentions(kg.reader, reading)
        head = {**head, "command": None}
        return reply_text(kg.reader, reading, found, form, width=width, color=color, head=head)
    first = lead(reading, reading.command) if form == "table" else ""
    return first + show_entity(kg, reading.entities[0], form, width=width, color=color, head=head)


def _issues(
    kg: KnowledgeGraph, reading: Reading, form: str, width: int, color: bool, head: Head
) -> str:
    reader = kg.reader
    flagged = reader.statements("?s kg:sourceIssue ?issue .")
    papers = set(reading.parts.values.get("paper", ()))
    if papers:
        evidence = reader.evidence(s.id for s in flagged)
        flagged = [s for s in flagged if papers & {a.publication for a in evidence.get(s.id, [])}]
    findings = tuple(
        Finding(s, "direct", reader.entities[s.subject]) for s in flagged if not s.deprecated
    )
    count = f"{len(findings)} statements" if "count" in reading.parts.words else ""
    notes = tuple(f"{s.id}: {s.source_issue}" for s in flagged if not s.deprecated)
    found = Reply(findings, {}, notes if form == "table" else (), count, "")
    return reply_text(reader, reading, found, form, width=width, color=color, head=head)


def _count_statements(
    kg: KnowledgeGraph, reading: Reading, form: str, width: int, color: bool, head: Head
) -> str:
    del width, color
    number = sum(not statement.deprecated for statement in kg.reader.statements())
    if form == "json":
        record = {**head, "count": f"{number} statements", "statements": [], "complete": True}
        return pretty(record)
    del reading
    return f"Count: {number} statements. All of them: kras-graph statements\n"


def _compare_diseases(
    kg: KnowledgeGraph, reading: Reading, form: str, width: int, color: bool, head: Head
) -> str:
    """The tested comparison for response rates; the figures side by side for anything else."""
    from kras_graph.answers.comparing import compare_diseases, is_on_response

    if not is_on_response(reading):
        found = compare_diseases(kg.reader, reading)
        head = {**head, "command": None}
        return reply_text(kg.reader, reading, found, form, width=width, color=color, head=head)
    from kras_graph.present.compared import comparison_json, comparison_table
    from kras_graph.present.comparing import comparison_text
    from kras_graph.present.tabular import render

    (drug,) = reading.parts.named("therapy")
    types = [thing.ids[0] for thing in reading.parts.named("disease")]
    answer_ = kg.compare(types, drug=drug.ids[0])
    if form == "json":
        record = {**head, **comparison_json(kg.reader, answer_)}
        return pretty(record)
    if form != "table":
        return render(comparison_table(kg.reader, answer_), form)
    first = lead(reading, reading.command)
    return first + comparison_text(kg.reader, answer_, width=width, color=color)


def _papers(
    kg: KnowledgeGraph, reading: Reading, form: str, width: int, color: bool, head: Head
) -> str:
    from kras_graph.present.tabular import Table, render

    del reading
    papers = list(kg.reader.publications.values())
    rows = tuple((p.id, p.label, p.title, p.journal, p.year, p.doi, p.kind) for p in papers)
    table = Table(("ID", "Paper", "Title", "Journal", "Year", "DOI", "Kind"), rows)
    count = f"{len(papers)} papers"
    if form == "json":
        record = {**head, "count": count, "papers": table.objects(), "complete": True}
        return pretty(record)
    first = f"Count: {count}\n\n" if form == "table" else ""
    return first + render(table, form, width=width, color=color)


def _count_entities(
    kg: KnowledgeGraph, reading: Reading, form: str, width: int, color: bool, head: Head
) -> str:
    from kras_graph.answers.forms import forms
    from kras_graph.present.tabular import Table, render

    ends = {
        **forms().ends,
        "drug": ("Drug", "Biologic", "CellTherapy"),
        "alteration": forms().ends["genetic"],
        "gene": ("Gene",),
    }
    classes = [cls for kind in reading.parts.words["kind"] for cls in ends.get(kind, ())]
    items = [item for item in kg.reader.entities.values() if item.cls in classes]
    table = Table(("ID", "Name", "Class"), tuple((i.id, i.label, i.cls) for i in items))
    count = f"{len(items)} ({', '.join(dict.fromkeys(item.cls for item in items))})"
    if form == "json":
        record = {**head, "count": count, "things": table.objects(), "complete": True}
        return pretty(record)
    first = f"Count: {count}\n\n" if form == "table" else ""
    return first + render(table, form, width=width, color=color)


COMPUTED: dict[str, Computed] = {
    "bypass": _bypass,
    "combine": _combine,
    "path": _path,
    "compare_diseases": _compare_diseases,
    "why": _why,
    "show": _show,
    "issues": _issues,
    "papers": _papers,
    "count_statements": _count_statements,
    "count_entities": _count_entities,
}


def _comparing(name: str) -> Callable[[Reader, Reading], Reply]:
    def run(reader: Reader, reading: Reading) -> Reply:
        from kras_graph.answers import comparing

        made: Callable[[Reader, Reading], Reply] = getattr(comparing, name)
        return made(reader, reading)

    return run


REPLIES: Mapping[str, Callable[[Reader, Reading], Reply]] = {
    "compare_therapies": _comparing("compare_therapies"),
}
