"""What stands behind an id: a statement, a figure, or a rule of the mechanism layer."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from kras_graph.answers.agreement import MEASURED, Comparison, Verdict, comparisons
from kras_graph.answers.modelled import Rule, rules_of, rules_resting_on
from kras_graph.answers.same_figures import FigureComparison, same_figures
from kras_graph.curation.tables import natural
from kras_graph.model.errors import UnknownNameError
from kras_graph.model.mechanism import Assumption, Clause, Feedback, Mechanism
from kras_graph.model.records import Anchor, Publication, Result, Statement
from kras_graph.rdf.engine import rows
from kras_graph.rdf.names import RESULT, local
from kras_graph.rdf.reader import Reader


@dataclass(frozen=True)
class StatementEvidence:
    """A statement with all that supports it and how others stand to it.

    Attributes:
        statement: the proposition.
        results: its figures; the one asked for first when an id of a figure was given.
        asked: id of the figure asked for, or empty.
        anchors: passages behind it and its figures.
        publications: papers that hold the passages.
        others: other statements on the same pair of things.
        figures: figures of other statements on the same measure.
        rules: rules of the mechanism layer that rest on it.
    """

    statement: Statement
    results: tuple[Result, ...]
    asked: str
    anchors: tuple[Anchor, ...]
    publications: tuple[Publication, ...]
    others: tuple[Comparison, ...]
    figures: tuple[FigureComparison, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class RuleEvidence:
    """A rule of the mechanism layer with what it rests on.

    Attributes:
        rule: the rule, or an assumption.
        statements: statements behind it.
        anchors: passages of these statements, by statement id.
        publications: papers that hold the passages.
        assumptions: assumptions behind it.
        resting: rules that rest on this assumption.
    """

    rule: Rule
    statements: tuple[Statement, ...]
    anchors: dict[str, tuple[Anchor, ...]]
    publications: tuple[Publication, ...]
    assumptions: tuple[Assumption, ...]
    resting: tuple[Rule, ...]


def evidence_of(
    reader: Reader, mechanism: Mechanism, ident: str
) -> StatementEvidence | RuleEvidence:
    """What stands behind an id.

    Args:
        reader: the dataset.
        mechanism: the mechanism layer.
        ident: id of a statement (`R301`), of a figure (`R160.2`) or of a rule of the
            mechanism layer (`M05`, `B01`, `F01`, `A03`, `P02`); case and a trailing `!` do
            not matter.

    Raises:
        UnknownNameError: when nothing has this id; names the nearest that do.
    """
    wanted = ident.strip().rstrip("!").upper()
    rules = rules_of(mechanism)
    if wanted in rules:
        return _of_rule(reader, mechanism, rules[wanted])
    owner, dot, _ = wanted.partition(".")
    found = reader.statements_by_id([owner]) if owner.isascii() and owner.isalnum() else []
    if not found:
        raise _unknown(reader, rules, ident, wanted)
    results = reader.results(found).get(owner, [])
    asked = [result for result in results if result.id == wanted]
    if dot and not asked:
        raise UnknownNameError(ident, [r.id for r in results] or [owner], kind="figure")
    return _of_statement(reader, mechanism, found[0], results, wanted if dot else "")


def _unknown(reader: Reader, rules: dict[str, Rule], ident: str, wanted: str) -> UnknownNameError:
    """An error with the ids nearest to the one given, or the entity that is called so."""
    found = rows(reader.engine.query("SELECT ?s WHERE { ?s a kg:Statement }"))
    known = [*(local(row["s"].value) for row in found), *rules]
    near = get_close_matches(wanted, sorted(known, key=natural), n=3)
    name = ident.strip().casefold()
    entity = next(
        (
            item
            for item in reader.entities.values()
            if name in (item.id.casefold(), item.label.casefold())
        ),
        None,
    )
    if entity is not None:
        near = [f'the entity {entity.label} (kras-graph show "{entity.label}")']
    return UnknownNameError(ident, near, kind="statement, figure or rule")


def _of_statement(
    reader: Reader,
    mechanism: Mechanism,
    statement: Statement,
    results: list[Result],
    asked: str,
) -> StatementEvidence:
    anchors = list(reader.evidence([statement.id]).get(statement.id, []))
    own = reader.evidence([result.id for result in results], RESULT)
    for result in results:
        anchors += [anchor for anchor in own.get(result.id, []) if anchor not in anchors]
    ordered = sorted(results, key=lambda result: (result.id != asked, natural(result.id)))
    about = [result for result in ordered if result.id == asked] if asked else ordered
    return StatementEvidence(
        statement=statement,
        results=tuple(ordered),
        asked=asked,
        anchors=tuple(anchors),
        publications=_publications(reader, anchors),
        others=tuple(_beside(reader, statement, bool(results))),
        figures=tuple(same_figures(reader, statement, about)),
        rules=rules_resting_on(mechanism, statement.id),
    )


def _beside(reader: Reader, statement: Statement, measured: bool) -> list[Comparison]:
    """Other statements; where both have figures, agreement is a matter of the figures."""
    found = comparisons(reader, statement)
    if not measured or statement.predicate not in MEASURED:
        return found
    figures = reader.results([compared.statement for compared in found])
    return [
        compared
        for compared in found
        if compared.verdict is not Verdict.AGREES or not figures.get(compared.statement.id)
    ]


def _of_rule(reader: Reader, mechanism: Mechanism, rule: Rule) -> RuleEvidence:
    named = () if isinstance(rule, Assumption) else rule.statements
    statements = tuple(reader.statements_by_id(named)) if named else ()
    evidence = reader.evidence(statement.id for statement in statements)
    anchors = {ident: tuple(found) for ident, found in evidence.items()}
    assumed = rule.assumptions if isinstance(rule, Clause | Feedback) else ()
    return RuleEvidence(
        rule=rule,
        statements=statements,
        anchors=anchors,
        publications=_publications(reader, [a for found in anchors.values() for a in found]),
        assumptions=tuple(a for a in mechanism.assumptions if a.id in assumed),
        resting=rules_resting_on(mechanism, rule.id) if isinstance(rule, Assumption) else (),
    )


def _publications(reader: Reader, anchors: list[Anchor]) -> tuple[Publication, ...]:
    names = dict.fromkeys(anchor.publication for anchor in anchors)
    return tuple(reader.publications[name] for name in names)
