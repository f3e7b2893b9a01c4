"""What bypasses a drug, as text in blocks and as a flat table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kras_graph.answers.resistance import (
    BypassAnswer,
    Report,
    bypass,
    spoken,
    spoken_of_routes,
)
from kras_graph.model.records import Entity, Statement
from kras_graph.model.terms import GROUP_LABELS, Certainty, MechanismGroup, Polarity
from kras_graph.present.contract import bypass_json
from kras_graph.present.jsontext import pretty
from kras_graph.present.proofs import routes_text, steps_text
from kras_graph.present.report import cited, standing
from kras_graph.present.tabular import Table, render
from kras_graph.rdf.reader import Reader

if TYPE_CHECKING:
    from kras_graph.api import KnowledgeGraph


class Footnotes:
    """Long remarks, each told once at the end and called by a letter where it applies."""

    def __init__(self) -> None:
        self._marks: dict[str, str] = {}

    def mark(self, remark: str) -> str:
        """Letter of the remark, in brackets; nothing for an empty remark."""
        if not remark:
            return ""
        place = len(self._marks)
        letter = chr(ord("a") + place % 26) * (1 + place // 26)
        return f"[{self._marks.setdefault(remark, letter)}]"

    def text(self) -> str:
        """All remarks with their letters, one a line."""
        return "".join(f"[{letter}] {remark}\n" for remark, letter in self._marks.items())


def bypass_text(reader: Reader, answer: BypassAnswer, *, width: int, color: bool) -> str:
    """The whole answer to "what bypasses this drug", block after block."""
    notes = Footnotes()
    out = [f"What bypasses {answer.drug.label}\n"]
    if answer.classes:
        chain = " < ".join(
            f"{item.label} ({', '.join(ids)})" if ids else item.label
            for item, ids in answer.classes
        )
        out.append(f"Reports by class reach {answer.drug.label} through: {chain}\n")

    if answer.disease is not None:
        out.append(
            f"Only {answer.disease.label}: {answer.elsewhere} report(s) tied to other tumour types "
            "left out; those that name no tumour type are kept.\n"
        )

    def block(found: Sequence[Report], title: str) -> None:
        if found:
            out.append(_reports(reader, found, title, notes, width, color))

    for group in [*MechanismGroup, None]:
        title = GROUP_LABELS[group] if group else "Not assigned to a group"
        block([r for r in answer.reported if r.group is group], title.upper())
    if not answer.reported:
        out.append("No source of the graph reports a mechanism.\n")
    block(answer.denied, "LOOKED FOR AND NOT FOUND")
    block(answer.open, "CALLED UNCLEAR BY THE SOURCE")
    if answer.own_targets:
        left = ", ".join(
            f"{report.mechanism.label} ({report.statements[0].id})" for report in answer.own_targets
        )
        out.append(f"Left out, not carried over to the target of {answer.drug.label}: {left}\n")
    if answer.computed is not None:
        out.append(
            routes_text(
                reader,
                answer.computed,
                spoken(answer),
                spoken_of_routes(reader, answer),
                width=width,
                color=color,
            )
        )
    out.append(notes.text())
    marked = [*answer.reported, *answer.denied, *answer.open]
    if any(statement.source_issue for report in marked for statement in report.statements):
        out.append("! the source passage has a slip or ambiguity; it is told by the next command")
    out.append("More on a line: kras-graph why ID\n")
    return "\n".join(out)


def _reports(
    reader: Reader,
    found: Sequence[Report],
    title: str,
    notes: Footnotes,
    width: int,
    color: bool,
) -> str:
    rows = []
    for report in found:
        against = f"{report.against.label} itself"
        if report.relation == "class":
            against = f"by class: {report.against.label}"
        seen, remark = _seen(reader, report.statements)
        rows.append(
            (
                report.mechanism.label,
                against,
                standing(report.polarity, report.certainty) + _kind(report),
                f"{seen} {notes.mark(remark)}".strip(),
                cited(reader, report.evidence),
                " ".join(s.id + ("!" if s.source_issue else "") for s in report.statements),
            )
        )
    columns = ("Mechanism", "Against", "Standing", "Seen", "Source", "ID")
    return render(Table(columns, tuple(rows), title), "table", width=width, color=color)


def _kind(report: Report) -> str:
    """Says so when the sources claim no more than that the two were seen together."""
    causal = any(s.predicate == "confers_resistance_to" for s in report.statements)
    affirmed = report.polarity is Polarity.AFFIRMED and report.certainty is not Certainty.OPEN
    return ", association" if affirmed and not causal else ""


def _seen(reader: Reader, statements: Sequence[Statement]) -> tuple[str, str]:
    """Kind of work and drug under which it was seen; and in whom, as far as the source says."""
    under = dict.fromkeys(reader.label(u) for s in statements for u in s.under)
    settings = dict.fromkeys(str(s.setting) for s in statements)
    short = ", ".join(settings)
    if under:
        short += f", under {' or '.join(under)}"
    diseases = dict.fromkeys(reader.label(d) for s in statements for d in s.disease)
    people = dict.fromkeys(s.population for s in statements if s.population)
    return short, "; ".join(people) or ", ".join(diseases)


def bypass_table(reader: Reader, answer: BypassAnswer) -> Table:
    """Flat table of a bypass answer for csv, tsv, markdown and jsonl."""
    record = bypass_json(reader, answer)
    rows = []
    records = []
    for block, found in (
        ("reported", answer.reported),
        ("denied", answer.denied),
        ("open", answer.open),
    ):
        for place, report in enumerate(found):
            records.append({"block": block, **record[block][place]})
            rows.append(
                (
                    block,
                    GROUP_LABELS[report.group] if report.group else "",
                    report.mechanism.label,
                    report.against.label,
                    report.relation,
                    str(report.polarity),
                    str(report.certainty),
                    "; ".join(part for part in _seen(reader, report.statements) if part),
                    cited(reader, report.evidence),
                    " ".join(s.id for s in report.statements),
                )
            )
    for route, data in zip(
        answer.computed.routes if answer.computed else (), record["computed"], strict=True
    ):
        records.append({"block": "computed", **data})
        rows.append(
            (
                "computed",
                str(route.cls),
                ", ".join(reader.label(name) for name in route.sources),
                answer.drug.label,
                "computed",
                "",
                "",
                steps_text(reader, route),
                "",
                " ".join([*route.statements, *route.assumptions]),
            )
        )
    columns = (
        "block", "group", "mechanism", "against", "relation", "polarity", "certainty", "seen",
        "source", "statements",
    )  # fmt: skip
    return Table(columns, tuple(rows), records=tuple(records))


def bypass_answer(
    kg: KnowledgeGraph,
    drug: Entity,
    form: str,
    *,
    width: int,
    color: bool,
    compute: bool = True,
    head: dict[str, str] | None = None,
    **options: Any,
) -> str:
    """What bypasses a drug; `head` (question and interpretation) leads the JSON.

    Args:
        kg: the graph.
        drug: what is to be bypassed.
        form: one of the output formats.
        width: characters a line.
        color: whether colours are wanted.
        compute: whether to compute routes too.
        head: keys that lead the JSON.
        options: `disease`, `alterations`, `outputs`, `documents_only`, `suggested`, as
            `answers.resistance.bypass` takes them.
    """
    answer = bypass(kg.reader, drug, reasoner=kg.reasoner if compute else None, **options)
    if form == "json":
        record = {**(head or {}), **bypass_json(kg.reader, answer)}
        return pretty(record)
    if form == "table":
        return bypass_text(kg.reader, answer, width=width, color=color)
    return render(bypass_table(kg.reader, answer), form)
