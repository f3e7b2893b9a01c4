"""Answers as tables for people: bypass reports, findings, paths, evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kras_graph.answers.lookup import Finding
from kras_graph.answers.resistance import BypassAnswer, Report
from kras_graph.model.records import Anchor, Result, Statement
from kras_graph.model.terms import GROUP_LABELS, Certainty, MechanismGroup, Polarity, Sign
from kras_graph.network.paths import Path, PathAnswer
from kras_graph.present.contract import (
    bypass_json,
    path_json,
    result_json,
    statement_json,
)
from kras_graph.present.tabular import Table, render
from kras_graph.rdf.reader import Reader

_SIGNS = {
    Sign.POSITIVE: "raises",
    Sign.NEGATIVE: "lowers",
    Sign.UNKNOWN: "effect not known",
    Sign.NEUTRAL: "no direction",
}


def standing(statement_polarity: Polarity, certainty: Certainty) -> str:
    """How firmly a source puts something, in one or two words."""
    if certainty is Certainty.OPEN:
        return "open question"
    if statement_polarity is Polarity.NEGATED:
        return "denied" if certainty is Certainty.STATED else f"denied ({certainty})"
    return str(certainty)


def cited(reader: Reader, anchors: Iterable[Anchor]) -> str:
    """Publication and section of each anchor, each pair once."""
    parts = dict.fromkeys(
        f"{reader.publications[a.publication].label}, {a.section}" for a in anchors
    )
    return "; ".join(parts)


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


def bypass_text(
    reader: Reader, answer: BypassAnswer, *, width: int, color: bool, compute: bool = True
) -> str:
    """The whole answer to "what bypasses this drug", block after block."""
    notes = Footnotes()
    out = [f"What bypasses {answer.drug.label}\n"]
    if answer.classes:
        chain = " < ".join(
            f"{item.label} ({', '.join(ids)})" if ids else item.label
            for item, ids in answer.classes
        )
        out.append(f"Reports by class reach {answer.drug.label} through: {chain}\n")

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
        out.append(f"Left out, being what {answer.drug.label} itself inhibits: {left}\n")
    if compute:
        out.append(_routes(reader, answer, width, color))
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


def _routes(reader: Reader, answer: BypassAnswer, width: int, color: bool) -> str:
    title = "COMPUTED FROM THE GRAPH, NOT OBSERVED: SIGNALLING LEFT OPEN"
    if not answer.computed:
        return f"{title}\nNone: no activating path from a reported alteration avoids the target.\n"
    merged: dict[tuple[str, ...], list[str]] = {}
    statements: dict[tuple[str, ...], str] = {}
    for route in answer.computed:
        rest = route.path.nodes[1:]
        merged.setdefault(rest, []).append(reader.label(route.alteration))
        statements[rest] = " ".join(route.path.statements)
    rows = tuple(
        (
            ", ".join(alterations),
            " > ".join(reader.label(node) for node in rest),
            statements[rest],
        )
        for rest, alterations in merged.items()
    )
    columns = ("From", "Route", "Statements")
    return render(Table(columns, rows, title), "table", width=width, color=color)


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
    for route, data in zip(answer.computed, record["computed"], strict=True):
        records.append({"block": "computed", **data})
        rows.append(
            (
                "computed",
                "",
                reader.label(route.alteration),
                answer.drug.label,
                "computed",
                "",
                "",
                " > ".join(route.path.nodes),
                "",
                " ".join(route.path.statements),
            )
        )
    columns = (
        "block", "group", "mechanism", "against", "relation", "polarity", "certainty", "seen",
        "source", "statements",
    )  # fmt: skip
    return Table(columns, tuple(rows), records=tuple(records))


def claim(reader: Reader, statement: Statement, labels: dict[str, str]) -> str:
    """A statement as a short sentence of our own."""
    verb = labels.get(statement.predicate, statement.predicate.replace("_", " "))
    sentence = f"{reader.label(statement.subject)} {verb} {reader.label(statement.object)}"
    if statement.polarity is Polarity.NEGATED:
        sentence = f"NOT: {sentence}"
    return sentence


def predicate_labels(reader: Reader) -> dict[str, str]:
    """Label of every statement predicate."""
    from kras_graph.rdf.engine import rows
    from kras_graph.rdf.names import local

    found = rows(
        reader.engine.query(
            "SELECT ?p ?label WHERE { ?p a kg:StatementPredicate ; rdfs:label ?label }"
        )
    )
    return {local(row["p"].value): row["label"].value for row in found}


def figure(result: Result, reader: Reader) -> str:
    """A result in one line: endpoint, figure as printed, counts and interval."""
    parts = [f"{reader.label(result.endpoint)}: {result.printed}"]
    if (
        result.n is not None
        and result.N is not None
        and f"{result.n}/{result.N}" not in result.printed
    ):
        parts.append(f"{result.n}/{result.N}")
    if result.ci_low is not None and "CI" not in result.printed:
        high = "not estimable" if result.ci_high is None else format(result.ci_high, "g")
        parts.append(f"{result.ci_level or 95:g}% CI {result.ci_low:g} to {high}")
    for extra in (result.time_point, result.arm and reader.label(result.arm), result.population):
        if extra:
            parts.append(extra)
    if result.grade:
        parts.append(f"grade {result.grade}")
    if result.attribution:
        parts.append(result.attribution)
    return ", ".join(parts)


def findings_table(reader: Reader, found: Sequence[Finding], title: str) -> Table:
    """Statements that answer a question, with figures, standing and source."""
    statements = [finding.statement for finding in found]
    results = reader.results(statements)
    evidence = reader.evidence(statement.id for statement in statements)
    labels = predicate_labels(reader)
    rows = []
    records = []
    for finding in found:
        statement = finding.statement
        figures = [figure(result, reader) for result in results.get(statement.id, [])]
        tie = "" if finding.relation == "direct" else f"{finding.relation}: {finding.via.label}"
        rows.append(
            (
                claim(reader, statement, labels),
                "; ".join(figures) or _context(reader, statement),
                standing(statement.polarity, statement.certainty),
                tie,
                cited(reader, evidence.get(statement.id, [])),
                statement.id + ("!" if statement.source_issue else ""),
            )
        )
        records.append(
            {
                "relation": finding.relation,
                **statement_json(
                    reader,
                    statement,
                    evidence.get(statement.id, []),
                    results.get(statement.id, []),
                ),
            }
        )
    columns = ("Claim", "Figures or context", "Standing", "Reached by", "Source", "ID")
    return Table(columns, tuple(rows), title, tuple(records))


def _context(reader: Reader, statement: Statement) -> str:
    refs = [*statement.disease, *statement.trial, *statement.under, *statement.alteration]
    parts = [reader.label(ref) for ref in refs]
    if statement.population:
        parts.append(statement.population)
    return "; ".join(dict.fromkeys(parts))


def path_table(reader: Reader, answer: PathAnswer) -> Table:
    """Paths, one a row, with the sign and the statements of each step."""
    rows = tuple(
        (
            str(place),
            _chain(reader, path),
            _SIGNS[path.sign],
            path.context,
            " ".join(path.statements),
        )
        for place, path in enumerate(answer.paths, start=1)
    )
    return Table(
        ("#", "Path", "Sign", "Context", "Statements"),
        rows,
        f"{reader.label(answer.source)} to {reader.label(answer.target)}",
        (path_json(answer),),
    )


def _chain(reader: Reader, path: Path) -> str:
    arrows = {Sign.POSITIVE: "-->", Sign.NEGATIVE: "--|", Sign.UNKNOWN: "--?", Sign.NEUTRAL: "---"}
    parts = [reader.label(path.nodes[0])]
    for step in path.steps:
        name = step.predicate.removesuffix("^").replace("_", " ")
        mark = f"{arrows[step.sign]}" if step.role == "statement" else "=="
        doubt = "" if step.asserted else " (not asserted)"
        parts.append(f"[{name}{doubt}] {mark} {reader.label(step.target)}")
    return " ".join(parts)


def why_text(
    reader: Reader,
    statement: Statement,
    anchors: Sequence[Anchor],
    results: Sequence[Result],
    passages: dict[Anchor, str],
) -> str:
    """Everything behind one statement, line by line."""
    paper = {a.publication: reader.publications[a.publication] for a in anchors}
    lines = [
        f"{statement.id}: {claim(reader, statement, predicate_labels(reader))}",
        f"  standing: {standing(statement.polarity, statement.certainty)}"
        f" (polarity {statement.polarity}, certainty {statement.certainty})",
        f"  setting: {statement.setting}",
    ]
    for field in ("under", "disease", "trial", "alteration", "model"):
        if refs := getattr(statement, field):
            lines.append(f"  {field}: {', '.join(reader.label(ref) for ref in refs)}")
    for field in ("population", "patients", "species", "assay", "cites", "group"):
        if value := getattr(statement, field):
            lines.append(f"  {field}: {value}")
    for result in results:
        lines.append(f"  figure {result.id}: {figure(result, reader)}")
        if result.source_issue:
            lines.append(f"    source issue: {result.source_issue}")
    for publication in paper.values():
        lines.append(
            f"  publication: {publication.label}, {publication.journal} {publication.year},"
            f" https://doi.org/{publication.doi} ({publication.kind} report)"
        )
    for anchor in anchors:
        lines.append(
            f"  passage: {anchor.publication}, section {anchor.section}, characters "
            f"{anchor.start}-{anchor.end} of the normalised text, sha256 {anchor.sha256[:12]}"
        )
        if anchor in passages:
            lines.append(f"    {passages[anchor]}")
    if statement.source_issue:
        lines.append(f"  source issue: {statement.source_issue}")
    if statement.note:
        lines.append(f"  curator's note: {statement.note}")
    lines.append(
        "  in the graph: " + ("direct edge" if statement.is_edge else "statement only, no edge")
    )
    return "\n".join(lines) + "\n"


__all__ = [
    "bypass_table",
    "bypass_text",
    "findings_table",
    "path_table",
    "result_json",
    "why_text",
]
