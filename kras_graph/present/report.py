"""Answers as tables for people: findings, evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from kras_graph.model.records import Anchor, Result, Statement
from kras_graph.model.terms import Certainty, Polarity, Statistic
from kras_graph.present.contract import statement_json
from kras_graph.present.tabular import Table
from kras_graph.rdf.reader import Reader

if TYPE_CHECKING:
    from kras_graph.answers.lookup import Finding


_KINDS = {
    Statistic.MEDIAN: "median",
    Statistic.MEAN: "mean",
    Statistic.HAZARD_RATIO: "hazard ratio",
    Statistic.ODDS_RATIO: "odds ratio",
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
    """Label of every statement predicate, from the ontology that is shipped."""
    from kras_graph.curation.vocabulary import vocabulary

    del reader
    return {name: found.label for name, found in vocabulary().predicates.items()}


def figure(result: Result, reader: Reader) -> str:
    """A result in one line: endpoint, figure as printed, counts and interval."""
    parts = [f"{reader.label(result.endpoint)}{_kind(result)}: {result.printed}"]
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


def _kind(result: Result) -> str:
    """What kind of figure it is, where neither the end point nor the print tells."""
    kind = _KINDS.get(result.statistic, "")
    told = f"{result.endpoint} {result.printed}".casefold()
    return f", {kind}" if kind and kind not in told and str(result.statistic) not in told else ""


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
