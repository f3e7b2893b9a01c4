"""Answers as tables for people: findings, paths, evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kras_graph.answers.lookup import Finding
from kras_graph.model.records import Anchor, Result, Statement
from kras_graph.model.terms import Certainty, Polarity, Sign
from kras_graph.network.paths import Path, PathAnswer
from kras_graph.present.contract import path_json, statement_json
from kras_graph.present.tabular import Table
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
    disease = reader.label(result.disease) if result.disease else ""
    arm = reader.label(result.arm) if result.arm else ""
    for extra in (result.time_point, arm, disease, result.population):
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
                _told(reader, statement, figures),
                standing(statement.polarity, statement.certainty) + _association(statement),
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


def _told(reader: Reader, statement: Statement, figures: Sequence[str]) -> str:
    """Figures of a statement with the tumour, alleles and people they hold for."""
    context = _context(reader, statement)
    if not figures:
        return context
    return "; ".join(figures) + (f" ({context})" if context else "")


def _association(statement: Statement) -> str:
    """Says so when resistance is claimed only as seen together."""
    weak = statement.predicate == "associated_with_resistance_to" and statement.is_edge
    return ", association" if weak else ""


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
