"""A figure of a source with all that is needed to read it: whom, what, where, how assessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from kras_graph.answers.counts import Counts, bound, counts_behind
from kras_graph.answers.lookup import MOLECULAR, broader
from kras_graph.answers.resolve import Match, Names
from kras_graph.model.errors import UnknownNameError
from kras_graph.model.records import Anchor, Entity, Result, Statement
from kras_graph.model.terms import THERAPY_CLASSES, Certainty, Polarity
from kras_graph.rdf.names import ENTITY, RESULT
from kras_graph.rdf.reader import Reader

SINGLE_GROUP = "single group"
RANDOMISED = "randomised"
NOT_SAID = "design not said"
_DESIGNS = {
    "single-group_study": SINGLE_GROUP,
    "nonrandomized_study": SINGLE_GROUP,
    "randomized_controlled_trial": RANDOMISED,
}
_BY_ALLELE = "RAS-mutant_cancer"
_KINDS: dict[str, tuple[str, ...]] = {
    "medicine": THERAPY_CLASSES,
    "tumour type": ("Disease",),
    "endpoint": ("Endpoint",),
    "adverse event": ("AdverseEvent",),
    "alteration": MOLECULAR,
}
# What to suggest for a name that is near to none.
_COMMON: dict[str, tuple[str, ...]] = {
    "medicine": ("sotorasib", "adagrasib"),
    "tumour type": ("non-small cell lung cancer", "colorectal cancer", "pancreatic cancer"),
    "endpoint": ("objective response rate", "progression-free survival", "overall survival"),
    "adverse event": ("diarrhea", "fatigue", "treatment-related adverse event"),
    "alteration": ("KRAS", "KRAS G12C", "TP53 mutation"),
}
_TREATED_BEFORE = re.compile(r"\b(pretreated|previously treated|earlier|refractory|after)\b")


@dataclass(frozen=True)
class Measured:
    """One figure with its statement, context and counts.

    Attributes:
        result: the figure.
        statement: the proposition it belongs to.
        anchors: passages behind the figure, or else behind the statement.
        subject: the therapy measured, or what else the statement speaks of.
        comparator: therapy compared with, if any.
        diseases: tumour types, the figure's own where it names one.
        trials: trials or cohorts, the figure's own where it names one.
        design: `single group`, `randomised` or `design not said`.
        earlier: figures on earlier lines of therapy in the same cohort.
        relation: what ties it to the therapy asked about: `direct`, `regimen`, `member`,
            `comparator`; empty when none was asked about.
    """

    result: Result
    statement: Statement
    anchors: tuple[Anchor, ...]
    subject: Entity
    comparator: Entity | None
    diseases: tuple[Entity, ...]
    trials: tuple[Entity, ...]
    design: str
    earlier: tuple[Result, ...]
    relation: str = ""

    @cached_property
    def counts(self) -> Counts | None:
        """The n of N, printed, or reconstructed unless the figure itself is in doubt."""
        printed = self.result.n is not None and self.result.N
        return counts_behind(self.result) if printed or not self.doubted else None

    @property
    def bound(self) -> str:
        """`lower` or `upper` when the figure is printed as a bound only, else empty."""
        return bound(self.result)

    @property
    def issues(self) -> tuple[str, ...]:
        """Slips and ambiguities of the source: the figure's own first."""
        both = (self.result.source_issue, self.statement.source_issue)
        return tuple(dict.fromkeys(issue for issue in both if issue))

    @property
    def population(self) -> str:
        """Who was measured: the figure's own population and the statement's."""
        parts = (self.result.population, self.statement.population)
        return "; ".join(dict.fromkeys(part for part in parts if part))

    @property
    def doubted(self) -> bool:
        """Whether the source itself, or its contradiction, leaves the figure in doubt."""
        return self.statement.certainty is not Certainty.STATED

    @property
    def denies(self) -> bool:
        """Whether the figure belongs to something that the source says did not occur."""
        return self.statement.polarity is Polarity.NEGATED

    @property
    def treated_before(self) -> bool:
        """Whether the source calls the people treated before, in any of its words."""
        told = f"{self.result.line} {self.population}".casefold()
        second = self.result.line not in ("", "first line")
        return second or bool(self.earlier or _TREATED_BEFORE.search(told))


def measured(reader: Reader, statements: Sequence[Statement]) -> list[Measured]:
    """Every figure of the statements, in the order of ids."""
    kept = [statement for statement in statements if not statement.deprecated]
    results = reader.results(kept)
    kept = [statement for statement in kept if results.get(statement.id)]
    own = reader.evidence((r.id for s in kept for r in results[s.id]), RESULT)
    evidence = reader.evidence(statement.id for statement in kept)
    designs = _designs(reader)
    lines = _earlier_lines(reader)
    found = []
    for statement in kept:
        for result in results[statement.id]:
            trials = [result.trial] if result.trial else list(statement.trial)
            found.append(
                Measured(
                    result=result,
                    statement=statement,
                    anchors=tuple(own.get(result.id) or evidence.get(statement.id, [])),
                    subject=reader.entities[result.arm or statement.subject],
                    comparator=reader.entities.get(result.comparator),
                    diseases=_diseases(reader, result, statement),
                    trials=tuple(reader.entities[trial] for trial in trials),
                    design=_design(reader, trials, designs),
                    earlier=tuple(line for trial in trials for line in lines.get(trial, [])),
                )
            )
    return found


def with_figures(reader: Reader) -> list[Statement]:
    """Statements that have a figure."""
    return reader.statements("FILTER EXISTS { ?s kg:hasResult ?figure }")


def _diseases(reader: Reader, result: Result, statement: Statement) -> tuple[Entity, ...]:
    names = [result.disease] if result.disease else list(statement.disease)
    if not names:
        ends = (statement.subject, statement.object)
        names = [end for end in ends if reader.entities[end].cls == "Disease"]
    return tuple(reader.entities[name] for name in names)


def _designs(reader: Reader) -> dict[str, str]:
    """Whether a trial is said to be of one group or randomised, by its id."""
    wanted = " ".join(f"<{ENTITY}{name}>" for name in _DESIGNS)
    statements = reader.statements(
        f"VALUES ?design {{ {wanted} }} ?s rdf:predicate kg:has_design ; rdf:object ?design ."
    )
    return {s.subject: _DESIGNS[s.object] for s in statements if s.is_edge}


def _design(reader: Reader, trials: Iterable[str], designs: dict[str, str]) -> str:
    """Design of the trials; a cohort has that of the trial or cohort it is part of."""
    front = list(trials)
    while front:
        name = front.pop(0)
        if name in designs:
            return designs[name]
        front += [parent for parent in reader.entities[name].parents if parent in reader.entities]
    return NOT_SAID


def _earlier_lines(reader: Reader) -> dict[str, list[Result]]:
    """Figures on earlier lines of therapy, by trial or cohort."""
    statements = reader.statements(
        "?s rdf:predicate kg:enrolls . "
        f"FILTER EXISTS {{ ?s kg:hasResult/kg:endpoint <{ENTITY}prior_lines_of_therapy> }}"
    )
    results = reader.results(statements)
    found: dict[str, list[Result]] = {}
    for statement in statements:
        if statement.is_edge:
            found.setdefault(statement.subject, []).extend(
                result._replace(source_issue=result.source_issue or statement.source_issue)
                for result in results[statement.id]
                if result.endpoint == "prior_lines_of_therapy"
            )
    return found


def kinds_of(reader: Reader, ident: str) -> set[str]:
    """An entity with everything that is a kind of it, at any depth."""
    found = {ident}
    grew = True
    while grew:
        more = {item.id for item in reader.entities.values() if found & set(item.parents)} - found
        grew = bool(more)
        found |= more
    return found


def levels(reader: Reader, disease: str) -> list[tuple[str, set[str]]]:
    """Where to look for a tumour type: first itself with its kinds, then what takes it in.

    A broader type stands for itself and for its kinds that are told apart by a RAS mutation
    only, since these are no other site or tissue. `cancer` at large takes in everything and
    is left out.
    """
    by_allele = kinds_of(reader, _BY_ALLELE)
    found = [(disease, kinds_of(reader, disease))]
    for name in broader(reader, disease):
        if name != "cancer":
            alike = by_allele if name not in by_allele else set()
            found.append((name, {name} | (kinds_of(reader, name) & alike)))
    return found


def in_disease(row: Measured, wanted: set[str]) -> bool:
    """Whether a figure is on one of the tumour types, by itself or by its statement."""
    return bool(wanted & {*row.statement.disease, *(d.id for d in row.diseases)})


def named(names: Names, text: str, kind: str) -> Match:
    """The entity that a name stands for, among those of a kind.

    Args:
        names: the index of names.
        text: the name, in any spelling that the graph knows.
        kind: `medicine`, `tumour type`, `endpoint`, `adverse event` or `alteration`.

    Raises:
        UnknownNameError: with the nearest names of that kind.
        AmbiguousNameError: with the choices.
    """
    try:
        return names.find(text, _KINDS[kind])
    except UnknownNameError as error:
        suggestions = error.suggestions or _COMMON[kind]
        raise UnknownNameError(text, suggestions, kind) from None


def is_therapy(item: Entity) -> bool:
    """Whether it can be given to people: a medicine, a class of them, or a regimen."""
    return item.cls in THERAPY_CLASSES
