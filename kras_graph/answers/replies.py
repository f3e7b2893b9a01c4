"""A question's reading → the statements that answer it, by the patterns of its form."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kras_graph.answers.asked import TIES, Asked
from kras_graph.answers.conditions import AllOf, Related, Stands
from kras_graph.answers.counting import count
from kras_graph.answers.filters import filters_of
from kras_graph.answers.forms import forms
from kras_graph.answers.lookup import Finding
from kras_graph.answers.measures import Figures
from kras_graph.answers.nearby import Found, instead
from kras_graph.answers.reach import Reach
from kras_graph.answers.reading import Reading
from kras_graph.answers.selection import Selection
from kras_graph.curation.tables import natural
from kras_graph.model.records import Result, Statement
from kras_graph.model.terms import Certainty, Polarity
from kras_graph.rdf.reader import Reader

_ANY_WAY = {"how": "@any", "role": "any", "at": "any"}
# Words that ask for the spread of figures rather than for a rank.
_SPREADS = frozenset(("longer", "shorter"))
# Forms about each member of a class.
_OF_MEMBERS = ("trials.of", "trials.members", "stage.of")
_MEDICINES = ("Drug", "Biologic", "CellTherapy")
_PAIRS = ("resistance.pair", "evidence.pair", "about.pair", "sensitivity.pair")


@dataclass(frozen=True)
class Reply:
    """Statements that answer a question.

    Attributes:
        findings: the statements, each with what ties it to what was asked about.
        figures: figures to show, by statement id.
        notes: what a reader must know of how they were chosen.
        count: number asked for, with what was counted; empty when none was.
        query: the SPARQL query whose rows these are; empty when nothing could be asked.
        fits: whether the statements fit all that was asked; else they only come near.
        exact: the query of what was asked, where the statements only come near.
    """

    findings: tuple[Finding, ...]
    figures: Mapping[str, list[Result]]
    notes: tuple[str, ...]
    count: str
    query: str
    fits: bool = True
    exact: str = ""


def reply(reader: Reader, reading: Reading) -> Reply:
    """Statements that answer a question whose form says what to find.

    Filters that leave nothing are told with how much there is without them; a tumour type
    without a finding of its own is answered by the type that takes it in, and says so.
    """
    asked = Asked(reader, reading)
    notes: list[str] = []
    patterns = [p for line in reading.form.find if (p := asked.pattern(line)) is not None]
    filters = filters_of(reading, asked.reach, without={*asked.used, *reading.form.uses})
    if not patterns:
        return Reply((), {}, tuple(_absent(reading)), "", "")
    chosen = Selection(tuple(dict.fromkeys(patterns)), figures=filters.figures)
    every = chosen
    chosen, idents = filters.narrow(chosen, reader, notes)
    if not idents:
        notes += _otherwise(asked, reader)
        near = instead(asked, every, filters, {*asked.used, *reading.form.uses})
        if near is not None:
            return _near(reader, reading, near, chosen.query(), notes)
    if reading.form.follow:
        chosen, idents = _followed(reader, reading, chosen, idents)
    return assembled(reader, reading, chosen, idents, asked.ties, notes)


def _near(reader: Reader, reading: Reading, near: Found, exact: str, notes: list[str]) -> Reply:
    """A reply of statements that only come near, each marked as wider; none is counted."""
    chosen, idents, remark = near
    found = assembled(reader, reading, chosen, idents, {}, [])
    marked = tuple(dataclasses.replace(f, relation="wider") for f in found.findings)
    told = (f"No statement fits all that was asked; {remark}.", *notes)
    return dataclasses.replace(
        found, findings=marked, notes=told, count="", fits=False, exact=exact
    )


def mentions(reader: Reader, reading: Reading) -> Reply:
    """Every statement in which the thing asked about stands anywhere."""
    idents = frozenset(item.id for item in reading.entities)
    chosen = Selection((Stands("about", idents, "any"),))
    ties = dict.fromkeys(idents, "direct")
    return assembled(reader, reading, chosen, chosen.run(reader), ties, [])


def _otherwise(asked: Asked, reader: Reader) -> list[str]:
    """How many statements join two things in another way than was asked."""
    lines = [line for line in asked.reading.form.find if line.get("with") in ("other", "to")]
    any_way = [p for line in lines if (p := asked.pattern({**line, **_ANY_WAY})) is not None]
    if not any_way:
        return []
    number = len(Selection(tuple(dict.fromkeys(any_way))).run(reader))
    return [f"{number} statement(s) join the two in another way."] if number else []


def _followed(
    reader: Reader, reading: Reading, chosen: Selection, idents: list[str]
) -> tuple[Selection, list[str]]:
    """With what else is said of the medicine found, where there is just one."""
    found = {s.subject for s in reader.statements_by_id(idents)} if idents else set()
    if len(found) != 1 or any(reader.entities[name].cls == "DrugClass" for name in found):
        return chosen, idents
    more = AllOf((Stands("sole", frozenset(found), "subject"), Related(reading.form.follow)))
    wider = dataclasses.replace(chosen, patterns=(*chosen.patterns, more))
    return wider, wider.run(reader)


def assembled(
    reader: Reader,
    reading: Reading,
    chosen: Selection,
    idents: Sequence[str],
    ties: Mapping[str, str],
    notes: Sequence[str],
) -> Reply:
    """A reply from the statements that were selected.

    Args:
        reader: the dataset.
        reading: how the question was understood.
        chosen: the selection, for its query and its conditions on figures.
        idents: ids of the statements.
        ties: what ties each entity to what was asked about.
        notes: remarks so far.
    """
    measured = [name for line in reading.form.find for name in line.get("measure", ())]
    statements = reader.statements_by_id(idents) if idents else []
    figures = _figures(reader, statements, chosen.figures, measured)
    # where two things are tied, the looser tie of the two tells how near the statement is
    pair = any(line.get("with") for line in reading.form.find)
    findings = [_tied(reader, statement, ties, max if pair else min) for statement in statements]
    findings = _sorted(findings, figures, reading)
    return Reply(
        tuple(findings),
        figures,
        (*notes, *_told(reader, findings, reading)),
        count(reader, reading, findings),
        chosen.query(),
    )


def _absent(reading: Reading) -> list[str]:
    for thing in reading.parts.named("therapy"):
        if thing.parts and not thing.entities:
            return [f"The graph has no regimen of {thing.label}."]
    return []


def _figures(
    reader: Reader, statements: Sequence[Statement], wanted: Figures, measured: Sequence[str]
) -> dict[str, list[Result]]:
    """Figures to show: those that were asked for, or all where none was."""
    results = reader.results(statements) if statements else {}
    figures = {}
    for statement in statements:
        own = results.get(statement.id, [])
        if measured and statement.predicate == "enrolls":
            figures[statement.id] = [r for r in own if r.endpoint in measured]
        else:
            fitting = [r for r in own if wanted.shows(r, statement.object)]
            exact = [r for r in fitting if r.endpoint in wanted.endpoints]
            figures[statement.id] = exact or fitting
    return figures


def _tied(
    reader: Reader, statement: Statement, ties: Mapping[str, str], choose: Callable[..., str]
) -> Finding:
    """A statement with its tie: what it speaks of comes before where it was seen."""
    ends = [end for end in (statement.subject, statement.object) if end in ties]
    if ends:
        via = choose(ends, key=lambda end: TIES.index(ties[end]))
        return Finding(statement, ties[via], reader.entities[via])
    around = (
        *statement.under, *statement.alteration, *statement.disease, *statement.trial,
        *statement.model,
    )  # fmt: skip
    for end in around:
        if end in ties:
            return Finding(statement, "context", reader.entities[end])
    return Finding(statement, "direct", reader.entities[statement.subject])


def _sorted(
    findings: Sequence[Finding], figures: Mapping[str, list[Result]], reading: Reading
) -> list[Finding]:
    """Direct findings first, then firm ones, then in the order of the form's relations."""
    hows = [line.get("how", ()) for line in reading.form.find]
    told = [
        p for how in hows
        for p in (forms().relations.get(how[1:], ()) if isinstance(how, str) else how)
    ]  # fmt: skip
    ranks = {predicate: place for place, predicate in enumerate(dict.fromkeys(told))}
    efficacy = {ident: place for place, ident in enumerate(forms().ends["efficacy"])}
    certainties = tuple(Certainty)
    # what is said of the tumour type alone comes before what is said of several
    narrowed = len(reading.parts.named("disease")) == 1

    def order(finding: Finding) -> tuple[object, ...]:
        statement = finding.statement
        tie = TIES.index(finding.relation)
        values = [r.value for r in figures.get(statement.id, []) if r.value is not None]
        lead: tuple[object, ...] = ()
        if reading.form.sorts == "figures":
            lead = (tie, -max(values, default=0.0))
        elif reading.form.sorts == "with_figures":
            lead = (tie, not values)
        return (
            *lead,
            tie,
            len(statement.disease) if narrowed else 0,
            statement.polarity is Polarity.NEGATED,
            certainties.index(statement.certainty),
            ranks.get(statement.predicate, len(ranks)),
            statement.predicate,
            efficacy.get(statement.object, len(efficacy)),
            natural(statement.id),
        )

    return sorted(findings, key=order)


def _told(reader: Reader, findings: Sequence[Finding], reading: Reading) -> list[str]:
    """Says so when nothing is said of the thing itself."""
    if reading.form.id == "classes.is":
        return _membership(findings, reading)
    if reading.form.id in _OF_MEMBERS and findings:
        return _without(reader, findings, reading)
    if reading.form.id in _PAIRS and findings and all(f.relation == "class" for f in findings):
        return ["No source ties the two themselves; what is shown is said of a class."]
    if findings and reading.form.sorts != "figures":
        superlatives = [w for w in reading.parts.words.get("ordinal", ()) if w not in _SPREADS]
        if superlatives:
            told = " and ".join(map(repr, superlatives))
            return [f"{told} is not worked out: each line is what its source prints."]
    return []


def _without(reader: Reader, findings: Sequence[Finding], reading: Reading) -> list[str]:
    """Which members of a class the answer holds nothing on."""
    (thing, *others) = reading.parts.named("therapy")
    if others or thing.parts or any(item.cls != "DrugClass" for item in thing.entities):
        return []
    held = {
        name
        for finding in findings
        for name in (
            finding.statement.subject,
            *reader.entities[finding.statement.subject].attributes.get("components", "").split("|"),
        )
    }
    reach = Reach(reader)
    out = {name for left in reading.parts.named("left_out") for name in left.ids}
    members = [name for ident in thing.ids for name in reach.down(ident)]
    missing = [
        reader.label(name)
        for name in dict.fromkeys(members)
        if reader.entities[name].cls in _MEDICINES and name not in held | out
    ]
    return [f"Nothing of this kind is stated of: {', '.join(missing)}."] if missing else []


def _membership(findings: Sequence[Finding], reading: Reading) -> list[str]:
    """Whether a source states the membership asked about, or only a definition bears on it."""
    one, other = (thing.entities[0] for thing in reading.parts.named("therapy")[:2])
    stated = {f.statement.object for f in findings if f.statement.predicate == "member_of"}
    if other.id in stated:
        return []
    notes = [f"No source of the graph says that {one.label} belongs to the {other.label}s."]
    if stated & set(other.parents):
        notes.append(
            f"By the curators' definition, {other.label}s are a kind of the class that is shown."
        )
    return notes
