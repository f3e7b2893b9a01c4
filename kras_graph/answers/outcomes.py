"""Measured figures that fit what is asked: outcomes, adverse events, frequencies.

A filter that leaves nothing is told with what there would have been. Figures are listed,
never pooled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from kras_graph.answers.lookup import scope
from kras_graph.answers.measured import (
    Measured,
    in_disease,
    kinds_of,
    levels,
    measured,
    with_figures,
)
from kras_graph.model.records import Entity
from kras_graph.rdf.reader import Reader

OUTCOMES = "outcomes"
ADVERSE_EVENTS = "adverse events"
FREQUENCIES = "frequencies"
HARM = ("adverse_event_frequency", "adverse_event_duration", "treatment-related_adverse_event")
FREQUENCY = "alteration_frequency"
PRETREATED = "pretreated"
GROUPS = ("endpoint", "disease", "drug", "line", "trial", "publication", "grade", "none")

_PREDICATES = (
    "has_outcome",
    "compared_with",
    "associated_with_outcome",
    "associated_with_poor_outcome_in",
)
_LINES = {
    "first line": ("1", "1l", "first", "first-line", "frontline", "untreated"),
    "second line": ("2", "2l", "second", "second-line"),
    PRETREATED: (
        "pretreated",
        "pre-treated",
        "previously treated",
        "later",
        "later line",
        "refractory",
        "heavily pretreated",
    ),
}
# Efficacy, in the order in which readers meet it; other endpoints follow by name.
ENDPOINTS = (
    "objective_response_rate",
    "response_rate",
    "complete_response",
    "partial_response",
    "stable_disease",
    "progressive_disease",
    "disease_control_rate",
    "tumor_shrinkage",
    "response_at_first_assessment",
    "time_to_response",
    "duration_of_response",
    "progression-free_survival",
    "overall_survival",
    "survival",
)
_GRADES = ("any", ">=3", "3", "4", "5", "")


@dataclass(frozen=True)
class Outcomes:
    """Figures that fit what was asked.

    Attributes:
        kind: `outcomes`, `adverse events` or `frequencies`.
        rows: the figures, in a fixed order.
        filters: what was asked for, by the name of the filter.
        notes: what a reader must know of how rows were chosen.
        reason: why there is no row; empty when there is one.
    """

    kind: str
    rows: tuple[Measured, ...]
    filters: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    reason: str = ""


def outcomes(
    reader: Reader,
    *,
    drug: Entity | None = None,
    disease: Entity | None = None,
    endpoint: Entity | None = None,
    line: str = "",
) -> Outcomes:
    """Measured outcomes of therapies.

    Args:
        reader: the dataset.
        drug: keep figures of this medicine, alone or within regimens, or of the members of
            this class; figures it is compared in are kept too.
        disease: keep figures in this tumour type or a kind of it; where there is none, in the
            nearest type of which it is a kind, and a note says so.
        endpoint: keep this endpoint and its kinds.
        line: keep this line of therapy: `first line`, `second line` or `pretreated`, in any
            usual spelling.
    """
    every = measured(reader, with_figures(reader))
    if endpoint is None:
        pool = [row for row in every if row.statement.predicate in _PREDICATES]
    else:
        pool = [row for row in every if row.statement.family != "safety"]
    sieve = _Sieve(reader, OUTCOMES, pool)
    sieve.by_drug(drug)
    sieve.by_disease(disease)
    if endpoint is not None:
        wanted = kinds_of(reader, endpoint.id)
        sieve.keep(
            "endpoint",
            endpoint.label,
            lambda row: row.result.endpoint in wanted,
            lambda row: [reader.label(row.result.endpoint)],
        )
    if line:
        sieve.by_line(line)
    return sieve.answer(_order)


def adverse_events(
    reader: Reader,
    *,
    drug: Entity | None = None,
    disease: Entity | None = None,
    event: Entity | None = None,
) -> Outcomes:
    """Figures on harms under therapies, by event, grade and attribution.

    Args:
        reader: the dataset.
        drug: as in `outcomes`.
        disease: as in `outcomes`.
        event: keep this adverse event and its kinds.
    """
    every = measured(reader, with_figures(reader))
    sieve = _Sieve(reader, ADVERSE_EVENTS, [r for r in every if r.result.endpoint in HARM])
    sieve.by_drug(drug)
    sieve.by_disease(disease)
    if event is not None:
        wanted = kinds_of(reader, event.id)
        sieve.keep(
            "event",
            event.label,
            lambda row: row.statement.object in wanted,
            lambda row: [reader.label(row.statement.object)],
        )
    return sieve.answer(_order_of_harms)


def frequencies(
    reader: Reader, *, alteration: Entity | None = None, disease: Entity | None = None
) -> Outcomes:
    """How often alterations are found in tumours.

    Args:
        reader: the dataset.
        alteration: keep this alteration, its kinds, or those of this gene or family.
        disease: as in `outcomes`.
    """
    every = measured(reader, with_figures(reader))
    sieve = _Sieve(reader, FREQUENCIES, [r for r in every if r.result.endpoint == FREQUENCY])
    if alteration is not None:
        wanted = {kind for name in scope(reader, alteration) for kind in kinds_of(reader, name)}
        sieve.keep(
            "alteration",
            alteration.label,
            lambda row: row.statement.subject in wanted,
            lambda row: [reader.label(row.statement.subject)],
        )
    sieve.by_disease(disease)
    return sieve.answer(_order_of_frequencies)


def grouped(reader: Reader, rows: Sequence[Measured], by: str) -> list[tuple[str, list[Measured]]]:
    """Rows under the titles of their groups, in the order in which groups first appear.

    Grades come from any to 5; those not given come last.

    Raises:
        ValueError: when `by` is none of `GROUPS`.
    """
    if by not in GROUPS:
        raise ValueError(f"Cannot group by {by!r}; choose from: {', '.join(GROUPS)}.")
    found: dict[str, list[Measured]] = {}
    if by == "grade":
        rows = sorted(rows, key=_rank)
    for row in rows:
        found.setdefault(_group(reader, row, by), []).append(row)
    return list(found.items())


def _group(reader: Reader, row: Measured, by: str) -> str:
    match by:
        case "endpoint":
            return reader.label(row.result.endpoint)
        case "disease":
            return ", ".join(d.label for d in row.diseases) or "tumour type not said"
        case "drug":
            return row.subject.label
        case "line":
            return line_of(row) or "line of therapy not said"
        case "trial":
            return ", ".join(t.label for t in row.trials) or "trial not said"
        case "grade":
            return grade_of(row)
        case "none":
            return ""
    papers = dict.fromkeys(reader.publications[a.publication].label for a in row.anchors)
    return ", ".join(papers)


def line_of(row: Measured) -> str:
    """Line of therapy: as the source puts it, or `pretreated`, or empty."""
    return row.result.line or (PRETREATED if row.treated_before else "")


def grade_of(row: Measured) -> str:
    """Grade of an adverse event in words."""
    grade = row.result.grade
    if grade == "any":
        return "any grade"
    return f"grade {grade.replace('>=', '≥')}" if grade else "grade not given"


class _Sieve:
    """Applies filter after filter and remembers which one emptied the rows."""

    def __init__(self, reader: Reader, kind: str, rows: Sequence[Measured]) -> None:
        self.reader = reader
        self.kind = kind
        self.rows = list(rows)
        self.filters: dict[str, str] = {}
        self.notes: list[str] = []
        self.reason = ""

    def keep(
        self,
        name: str,
        wanted: str,
        fits: Callable[[Measured], bool],
        values: Callable[[Measured], Sequence[str]],
    ) -> None:
        """Keep what fits; when nothing does, say so with the values there were."""
        self.filters[name] = wanted
        before, self.rows = self.rows, [row for row in self.rows if fits(row)]
        if self.rows or not before:
            return
        there = Counter(value for row in before for value in dict.fromkeys(values(row)) if value)
        listed = [f"{value} ({count})" for value, count in _nearest(wanted, there)]
        named = [f"{key} {text!r}" for key, text in self.filters.items() if key != name]
        of_what = f" with {' and '.join(named)}" if named else ""
        self.reason = (
            f"No figure{of_what} has {name} {wanted!r}. "
            f"There are {len(before)} with: {', '.join(listed) or 'none named'}."
        )

    def by_drug(self, drug: Entity | None) -> None:
        """Keep figures of a therapy, each marked with what ties it to the one asked about."""
        if drug is None:
            return
        around = {n: r for n, r in scope(self.reader, drug).items() if r != "class"}
        tied = [
            replace(row, relation=relation)
            for row in self.rows
            if (relation := _relation(row, around))
        ]
        known = {row.result.id for row in tied}
        spare, self.rows = self.rows, tied or self.rows
        self.keep(
            "drug",
            drug.label,
            lambda row: row.result.id in known,
            lambda row: [row.subject.label] if row in spare else [],
        )

    def by_disease(self, disease: Entity | None) -> None:
        """Keep figures in a tumour type or its kinds, else in the nearest broader type."""
        if disease is None:
            return
        reader = self.reader
        known: set[str] = set()
        for name, wanted in levels(reader, disease.id):
            fitting = [row for row in self.rows if in_disease(row, wanted)]
            if not fitting:
                continue
            known = {row.result.id for row in fitting}
            if name != disease.id:
                wide = reader.label(name)
                self.notes.append(
                    f"None in {disease.label} itself; shown: {wide}, which takes it in."
                )
            kinds = dict.fromkeys(
                d.label for row in fitting for d in row.diseases if d.id in wanted - {name}
            )
            if kinds:
                self.notes.append(f"Counted as {reader.label(name)}: {', '.join(kinds)}.")
            break
        self.keep(
            "disease",
            disease.label,
            lambda row: row.result.id in known,
            lambda row: [d.label for d in row.diseases],
        )

    def by_line(self, line: str) -> None:
        """Keep figures of a line of therapy."""
        folded = line.strip().casefold()
        wanted = next(
            (name for name, ways in _LINES.items() if folded == name or folded in ways), folded
        )
        if wanted == PRETREATED:
            fits: Callable[[Measured], bool] = lambda row: row.treated_before  # noqa: E731
        else:
            fits = lambda row: wanted in row.result.line.casefold()  # noqa: E731
        self.keep("line", wanted, fits, lambda row: [line_of(row) or "not said"])

    def answer(self, order: Callable[[Reader, Measured], tuple[object, ...]]) -> Outcomes:
        """What is left, in order."""
        rows = sorted(self.rows, key=lambda row: (*order(self.reader, row), _place(row)))
        return Outcomes(self.kind, tuple(rows), self.filters, tuple(self.notes), self.reason)


def _nearest(wanted: str, there: Counter[str]) -> list[tuple[str, int]]:
    """The commonest values, those spelt like the one wanted first."""
    from rapidfuzz import fuzz

    def rank(pair: tuple[str, int]) -> tuple[float, int, str]:
        likeness = fuzz.partial_ratio(wanted.casefold(), pair[0].casefold())
        return (-likeness if likeness >= 80 else 0.0, -pair[1], pair[0])

    return sorted(there.items(), key=rank)[:6]


def _relation(row: Measured, around: dict[str, str]) -> str:
    """What ties a figure to a therapy: as therapy, or only as what another is set against."""
    if row.subject.id in around:
        return around[row.subject.id]
    if row.comparator is not None and row.comparator.id in around:
        return "comparator"
    if not row.result.arm:
        ends = (row.statement.object, *row.statement.under)
        return next((around[end] for end in ends if end in around), "")
    return ""


def _place(row: Measured) -> tuple[object, ...]:
    from kras_graph.curation.tables import natural

    return natural(row.result.id)


def _order(reader: Reader, row: Measured) -> tuple[object, ...]:
    name = row.result.endpoint
    rank = ENDPOINTS.index(name) if name in ENDPOINTS else len(ENDPOINTS)
    return (
        rank,
        reader.label(name),
        row.relation not in ("", "direct"),
        row.subject.label.casefold(),
        [d.label.casefold() for d in row.diseases],
    )


def _rank(row: Measured) -> int:
    """Place of a figure's grade among the grades."""
    grade = row.result.grade
    return _GRADES.index(grade) if grade in _GRADES else len(_GRADES)


def _order_of_harms(reader: Reader, row: Measured) -> tuple[object, ...]:
    return (
        row.relation not in ("", "direct"),
        row.subject.label.casefold(),
        [trial.label for trial in row.trials],
        reader.label(row.statement.object).casefold(),
        row.result.endpoint != HARM[0],
        _rank(row),
    )


def _order_of_frequencies(reader: Reader, row: Measured) -> tuple[object, ...]:
    diseases = [d.label.casefold() for d in row.diseases]
    return (not diseases, diseases, reader.label(row.statement.subject).casefold())
