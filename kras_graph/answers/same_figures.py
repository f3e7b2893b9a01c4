"""Figures of other statements on the same thing: the same, different, or of other people.

A figure is set beside another only when both have the same end point (or a kind of it), unit,
kind of figure, therapy, comparator, event, grade, cause, time point and tumour. Two different
values conflict only when trial and population show that the same people were measured;
otherwise the context in which they differ, or the lack of one, is told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from kras_graph.answers.agreement import apart
from kras_graph.curation.tables import natural
from kras_graph.model.records import Result, Statement
from kras_graph.model.terms import Certainty, Statistic
from kras_graph.rdf.reader import Reader

UNSAID = "the sources do not say whether the same people were measured"
# A median and a figure whose kind is not named may be the same measure.
_HEDGE = re.compile(r"[<>≤≥~]|approximately|about|less than|more than|at least|up to")
_TYPICAL = (Statistic.MEDIAN, Statistic.NUMBER, Statistic.RATE)


class Likeness(StrEnum):
    """How another figure compares."""

    SAME = "same number"
    DIFFERS = "differs for the same people"
    OTHER_PEOPLE = "other people or not said"
    OPEN = "figure in doubt"


@dataclass(frozen=True)
class FigureComparison:
    """A figure of another statement beside one of this.

    Attributes:
        own: the figure asked about.
        other: the other one.
        statement: the statement that the other belongs to.
        likeness: how they compare.
        apart: in what their contexts differ, or that this is not said.
    """

    own: Result
    other: Result
    statement: Statement
    likeness: Likeness
    apart: tuple[str, ...] = ()


def same_figures(
    reader: Reader, statement: Statement, results: list[Result]
) -> list[FigureComparison]:
    """Figures of other statements in force on the same measure, surest conflicts first."""
    others = [
        other
        for other in reader.statements_where(predicates=[statement.predicate])
        if other.id != statement.id and not other.deprecated and results
    ]
    figures = reader.results(others)
    found = [
        _compared(reader, own, statement, figure, other)
        for own in results
        for other in others
        for figure in figures.get(other.id, [])
        if _same_measure(reader, own, statement, figure, other)
    ]
    order = (Likeness.DIFFERS, Likeness.SAME, Likeness.OPEN, Likeness.OTHER_PEOPLE)
    return sorted(found, key=lambda f: (order.index(f.likeness), natural(f.other.id)))


def _same_measure(
    reader: Reader, own: Result, statement: Statement, other: Result, owner: Statement
) -> bool:
    kinds = {own.statistic, other.statistic}
    fields = ("unit", "comparator", "grade", "attribution", "time_point")
    return (
        other.endpoint in _kinds(reader, own.endpoint)
        and own.value is not None
        and other.value is not None
        and (len(kinds) == 1 or kinds <= set(_TYPICAL))
        and all(getattr(own, field) == getattr(other, field) for field in fields)
        and (own.arm or statement.subject) == (other.arm or owner.subject)
        and _event(statement) == _event(owner)
        and _diseases(own, statement) == _diseases(other, owner)
    )


def _kinds(reader: Reader, endpoint: str) -> list[str]:
    """An end point with what it is a kind of and what is a kind of it."""
    entities = reader.entities
    kinds = [item.id for item in entities.values() if endpoint in item.parents]
    return sorted({endpoint, *entities[endpoint].parents, *kinds})


def _event(statement: Statement) -> tuple[str, ...]:
    """What was counted, where the end point alone does not say it."""
    if statement.predicate in ("has_adverse_event", "occurs_in", "co_occurs_with", "part_of"):
        return (statement.subject, statement.object)
    return ()


def _diseases(result: Result, statement: Statement) -> frozenset[str]:
    return frozenset((result.disease,)) if result.disease else frozenset(statement.disease)


def _compared(
    reader: Reader, own: Result, statement: Statement, other: Result, owner: Statement
) -> FigureComparison:
    differing = list(apart(reader, statement, owner))
    if own.population and other.population and own.population != other.population:
        differing.append(f"population: {own.population} / {other.population}")
    if own.endpoint != other.endpoint:
        names = reader.label(own.endpoint), reader.label(other.endpoint)
        differing.append(f"end point: {names[0]} / {names[1]}")
    if own.value == other.value and _hedge(own) != _hedge(other):
        differing.append(f"printed: {own.printed} / {other.printed}")
    people = _people(own, statement), _people(other, owner)
    if Certainty.OPEN in (owner.certainty, statement.certainty):
        likeness = Likeness.OPEN
    elif own.value == other.value:
        likeness = Likeness.SAME
    elif not differing and people[0] == people[1] and any(people[0]):
        likeness = Likeness.DIFFERS
    else:
        likeness = Likeness.OTHER_PEOPLE
        differing = differing or [UNSAID]
    return FigureComparison(own, other, owner, likeness, tuple(dict.fromkeys(differing)))


def _hedge(result: Result) -> str:
    """A word or sign that makes a printed number a bound or an approximation."""
    found = _HEDGE.search(result.printed.casefold())
    return found[0] if found else ""


def _people(result: Result, statement: Statement) -> tuple[frozenset[str], str, str]:
    """Trial, and who of it was measured, as far as the source says."""
    trials = frozenset((result.trial,)) if result.trial else frozenset(statement.trial)
    return trials, statement.population.casefold(), result.population.casefold()
