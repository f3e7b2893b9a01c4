"""One therapy in several tumour types: responses with an exact test, and what sources say of why.

What a source prints, what the program reconstructs or tests, and what sources state, suggest
or leave open of mechanisms stay apart. Nothing is fitted to the response rates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from kras_graph.answers.counts import ExactTest, Origin, exact_test, holm
from kras_graph.answers.measured import (
    Measured,
    in_disease,
    is_therapy,
    kinds_of,
    levels,
    measured,
    with_figures,
)
from kras_graph.answers.resistance import classes_of
from kras_graph.answers.said import Said, said_of
from kras_graph.curation.recompute import clopper_pearson
from kras_graph.curation.tables import natural
from kras_graph.model.errors import KrasGraphError
from kras_graph.model.records import Entity, Statement
from kras_graph.rdf.names import ENTITY
from kras_graph.rdf.reader import Reader

RESPONSE = "response_rate"
OBJECTIVE = "objective_response_rate"
ALPHA = 0.05


@dataclass(frozen=True)
class Interval:
    """Interval of a response rate in percent.

    Attributes:
        low: lower bound.
        high: upper bound.
        origin: `printed`, or `computed` where the source prints none.
        method: how it was calculated, where that is known.
    """

    low: float
    high: float
    origin: str
    method: str


@dataclass(frozen=True)
class Side:
    """A tumour type of the comparison.

    Attributes:
        disease: the tumour type asked about.
        answered_by: the tumour type whose figures answer: itself, or the nearest type that
            takes it in; None when neither has any.
        figures: response figures of the therapy there, the one tested first.
        tested: the figure that is tested; None when none has counts.
        interval: interval of the tested figure.
        enrolled: what the source says of whom the cohorts of the tested figure took in.
        statements: mechanisms said of this tumour type and of no other asked about.
    """

    disease: Entity
    answered_by: Entity | None
    figures: tuple[Measured, ...]
    tested: Measured | None
    interval: Interval | None
    enrolled: tuple[Statement, ...]
    statements: tuple[Said, ...]


@dataclass(frozen=True)
class Pair:
    """Two tumour types set against each other.

    Attributes:
        first: one tumour type.
        second: the other.
        test: the exact test; None when there can be none.
        adjusted: its p value adjusted by Holm for all tests of the comparison.
        overlap: whether the two intervals overlap; None without a test.
        reason: why there is no test.
    """

    first: Entity
    second: Entity
    test: ExactTest | None = None
    adjusted: float | None = None
    overlap: bool | None = None
    reason: str = ""

    @property
    def differs(self) -> bool | None:
        """Whether the adjusted p value is below 0.05; None without a test."""
        return None if self.adjusted is None else self.adjusted < ALPHA


@dataclass(frozen=True)
class Comparison:
    """A therapy in several tumour types.

    Attributes:
        drug: the therapy.
        classes: classes it belongs to, nearest first, with the statements that say so.
        sides: the tumour types, in the order asked.
        pairs: each two of them.
        shared: statements on several of the tumour types, or on tumour types in general.
        unnamed: number of reports of resistance to the therapy or its classes that name no
            tumour type; they tell nothing of a difference.
        notes: what a reader must know of how the answer was made.
    """

    drug: Entity
    classes: tuple[tuple[Entity, tuple[str, ...]], ...]
    sides: tuple[Side, ...]
    pairs: tuple[Pair, ...]
    shared: tuple[Said, ...]
    unnamed: int
    notes: tuple[str, ...]


def compare(reader: Reader, diseases: Sequence[Entity], drug: Entity) -> Comparison:
    """Response to one therapy in each of several tumour types, and what sources say of why.

    In each tumour type one figure is tested: of the whole type before a subgroup of it,
    objective response before response that is not called objective, then the one with most
    patients. The choice does not depend on the rates.

    Args:
        reader: the dataset.
        diseases: two or more tumour types.
        drug: one medicine or regimen.

    Raises:
        KrasGraphError: with fewer than two tumour types, with a class of medicines, or when
            the graph has no response figure of the therapy.
    """
    asked = list(dict.fromkeys(disease.id for disease in diseases))
    rows = [row for row in _rates(reader) if row.subject.id == drug.id and not row.doubted]
    _refuse(reader, asked, drug, rows)
    classes = classes_of(reader, drug.id)
    said, unnamed = said_of(reader, drug, [item.id for item, _ in classes], asked)
    sides = tuple(_side(reader, reader.entities[name], rows, said) for name in asked)
    return Comparison(
        drug=drug,
        classes=tuple(classes),
        sides=sides,
        pairs=_pairs(reader, sides),
        shared=tuple(item for item in said if len(item.fits) != 1),
        unnamed=unnamed,
        notes=_notes(reader, sides),
    )


def _rates(reader: Reader) -> list[Measured]:
    """Every figure on how many people responded to a therapy."""
    wanted = kinds_of(reader, RESPONSE)
    rows = measured(reader, with_figures(reader))
    return [r for r in rows if r.result.endpoint in wanted and is_therapy(r.subject)]


def _refuse(reader: Reader, asked: Sequence[str], drug: Entity, rows: Sequence[Measured]) -> None:
    """Tell what cannot be compared, and what can."""
    known = {d.id: d.label for row in rows for d in row.diseases}
    if len(asked) < 2:
        others = ", ".join(label for name, label in sorted(known.items()) if name not in asked)
        there = f" Tumour types with response figures of {drug.label}: {others}." if others else ""
        raise KrasGraphError(f"A comparison needs two or more different tumour types.{there}")
    if rows and drug.cls != "DrugClass":
        return
    able: dict[str, set[str]] = {}
    for row in _rates(reader):
        able.setdefault(row.subject.label, set()).update(d.id for d in row.diseases)
    names = ", ".join(sorted(label for label, found in able.items() if len(found) > 1))
    reason = f"The graph has no response figure of {drug.label}."
    if drug.cls == "DrugClass":
        reason = f"{drug.label} is a class; a comparison is of one medicine or regimen."
    raise KrasGraphError(f"{reason} With figures in several tumour types: {names}.")


def _side(reader: Reader, disease: Entity, rows: Sequence[Measured], said: Sequence[Said]) -> Side:
    """The figures and statements of one tumour type."""
    answered_by, found = None, list[Measured]()
    kinds: set[str] = set()
    for name, kinds in levels(reader, disease.id):
        if found := [row for row in rows if in_disease(row, kinds)]:
            answered_by = reader.entities[name]
            break

    def rank(row: Measured) -> tuple[object, ...]:
        whole = any(item.id in kinds for item in row.diseases)
        size = row.counts.N if row.counts else 0
        return (
            not size,
            not whole,
            row.result.endpoint != OBJECTIVE,
            -size,
            natural(row.result.id),
        )

    found.sort(key=rank)
    tested = found[0] if found and found[0].counts else None
    return Side(
        disease=disease,
        answered_by=answered_by,
        figures=tuple(found),
        tested=tested,
        interval=_interval(tested) if tested else None,
        enrolled=_enrolled(reader, tested) if tested else (),
        statements=tuple(item for item in said if item.fits == (disease.id,)),
    )


def _interval(row: Measured) -> Interval | None:
    """The printed interval of a response rate, or the exact one from its counts."""
    result = row.result
    if result.ci_low is not None and result.ci_high is not None:
        return Interval(result.ci_low, result.ci_high, str(Origin.PRINTED), result.ci_method)
    if row.counts is None:
        return None
    low, high = clopper_pearson(row.counts.n, row.counts.N)
    return Interval(low, high, "computed", "Clopper-Pearson")


def _enrolled(reader: Reader, row: Measured) -> tuple[Statement, ...]:
    """Whom the cohorts of a figure took in, where the figure itself does not say."""
    if row.population or not row.trials:
        return ()
    wanted = " ".join(f"<{ENTITY}{trial.id}>" for trial in row.trials)
    statements = reader.statements(
        f"VALUES ?trial {{ {wanted} }} ?s rdf:subject ?trial ; rdf:predicate kg:enrolls ."
    )
    return tuple(s for s in statements if s.population and s.is_edge)


def _pairs(reader: Reader, sides: Sequence[Side]) -> tuple[Pair, ...]:
    """Each two tumour types with their test, where there can be one."""
    pairs = []
    for one, other in combinations(sides, 2):
        first, second = one.tested, other.tested
        if first is None or second is None or first.counts is None or second.counts is None:
            missing = [s.disease.label for s in (one, other) if s.tested is None]
            reason = f"no counts in {' and '.join(missing)}"
            pairs.append(Pair(one.disease, other.disease, reason=reason))
            continue
        both = (
            (first, kinds_of(reader, other.answered_by.id if other.answered_by else "")),
            (second, kinds_of(reader, one.answered_by.id if one.answered_by else "")),
        )
        if any(in_disease(row, kinds) for row, kinds in both):
            reason = "the same patients may stand on both sides"
            pairs.append(Pair(one.disease, other.disease, reason=reason))
            continue
        overlap = None
        if one.interval and other.interval:
            overlap = (
                one.interval.low <= other.interval.high and other.interval.low <= one.interval.high
            )
        test = exact_test(first.counts, second.counts)
        pairs.append(Pair(one.disease, other.disease, test, overlap=overlap))
    adjusted = iter(holm([pair.test.p for pair in pairs if pair.test]))
    return tuple(
        Pair(p.first, p.second, p.test, next(adjusted), p.overlap) if p.test else p for p in pairs
    )


def _notes(reader: Reader, sides: Sequence[Side]) -> tuple[str, ...]:
    """What must be known of how the sides were answered."""
    notes = []
    for side in sides:
        name = side.disease.label
        if side.answered_by is None:
            notes.append(f"No response figure in {name}, nor in a type that takes it in.")
            continue
        if side.answered_by.id != side.disease.id:
            wide = side.answered_by.label
            notes.append(f"No response figure in {name} itself; {wide} answers, a broader type.")
        if side.tested is None:
            notes.append(f"No test in {name}: no figure has counts, nor can they be found again.")
            continue
        if sum(row.counts is not None for row in side.figures) > 1:
            notes.append(
                f"Of several figures in {name}, {side.tested.result.id} is tested: the whole type "
                "before a subgroup, then objective response before other response, then most "
                "patients."
            )
        inside = kinds_of(reader, side.answered_by.id) - {side.answered_by.id}
        kinds = [d.label for d in side.tested.diseases if d.id in inside]
        if kinds:
            notes.append(f"{', '.join(kinds)} counts as {side.answered_by.label} here.")
    return tuple(notes)
