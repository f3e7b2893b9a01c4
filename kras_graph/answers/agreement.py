"""How other statements stand to one: agree, conflict, say otherwise elsewhere, leave it open.

Two statements are compared when they are about the same pair of things, or about a class,
member or form of one of them, which is then said. They agree when they point the same way.
They conflict only when they point opposite ways about the very same pair and nothing in
their contexts sets them apart; a difference of context is told, never called a conflict.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from kras_graph.answers.resistance import classes_of
from kras_graph.curation.tables import natural
from kras_graph.curation.vocabulary import vocabulary
from kras_graph.model.records import Entity, Statement
from kras_graph.model.terms import GIVEN_CLASSES, Certainty, Polarity, Setting, Sign
from kras_graph.rdf.reader import Reader


class Verdict(StrEnum):
    """How another statement stands to the one asked about."""

    AGREES = "agrees"
    CONFLICTS = "conflicts"
    OTHERWISE = "otherwise in another context"
    OPEN = "left open"


class Reach(StrEnum):
    """What another statement speaks of, beside the one asked about."""

    SAME = "same"
    WIDER = "wider"
    NARROWER = "narrower"


@dataclass(frozen=True)
class Comparison:
    """Another statement with how it stands to the one asked about.

    Attributes:
        statement: the other one.
        verdict: how it stands.
        reach: whether it speaks of the same pair, of something wider or narrower.
        manner: what differs in the way it is put, in our words; empty when nothing does.
        apart: in what the contexts differ, as `field: its values / other values`.
    """

    statement: Statement
    verdict: Verdict
    reach: Reach
    manner: str = ""
    apart: tuple[str, ...] = ()


_CLINICAL = (Setting.CLINICAL_TRIAL, Setting.COHORT, Setting.CASE_REPORT, Setting.META_ANALYSIS)
_PRECLINICAL = (Setting.IN_VIVO, Setting.IN_VITRO, Setting.IN_SILICO)
# That a drug has an outcome or a harm says nothing of another tumour or trial; their kinds
# are no roll-up either, since a grade or a cause is what tells them apart.
MEASURED = frozenset(("has_outcome", "has_adverse_event", "enrolls", "has_design"))
_NOT_ROLLED_UP = frozenset(("AdverseEvent", "Endpoint", "Design", "Stage", "Property"))
# Relations that point the same way as another, though they say less.
_WEAKER = {
    ("confers_resistance_to", "associated_with_resistance_to"): "as an association only",
    ("associated_with_resistance_to", "confers_resistance_to"): "as a cause",
}


def comparisons(reader: Reader, statement: Statement) -> list[Comparison]:
    """Every other statement in force that bears on the same pair, nearest first."""
    left, right = kin(reader, statement.subject), kin(reader, statement.object)
    found = []
    for other in reader.statements_where(subjects=left, objects=right):
        if other.id == statement.id or other.deprecated:
            continue
        reach = _reach(left[other.subject], right[other.object])
        if reach is not None:
            compared = _compared(reader, statement, other, reach)
            found += [compared] if compared else []
    order = tuple(Verdict)
    reaches = tuple(Reach)
    return sorted(
        found,
        key=lambda c: (order.index(c.verdict), reaches.index(c.reach), natural(c.statement.id)),
    )


def kin(reader: Reader, name: str) -> dict[str, Reach]:
    """An entity with what it is a kind, form or member of, and what is one of it.

    A drug's classes count, and a class's drugs; of other things the definitions (parents)
    and, for alleles, the gene.
    """
    entities = reader.entities
    found = {name: Reach.SAME}
    if entities[name].cls in _NOT_ROLLED_UP:
        return found
    for wider in sorted(_ancestors(entities, name)):
        found.setdefault(wider, Reach.WIDER)
    if entities[name].cls in GIVEN_CLASSES:
        for item, _ in classes_of(reader, name):
            found.setdefault(item.id, Reach.WIDER)
    below = {item.id for item in entities.values() if name in _ancestors(entities, item.id)}
    if entities[name].cls == "DrugClass":
        members = reader.statements_where(predicates=["member_of"], objects={name, *below})
        below |= {s.subject for s in members if s.is_edge}
    for narrower in sorted(below):
        found.setdefault(narrower, Reach.NARROWER)
    return found


def _ancestors(entities: Mapping[str, Entity], name: str) -> set[str]:
    seen: set[str] = set()
    front = [name]
    while front:
        item = entities.get(front.pop())
        above = [*item.parents, item.attributes.get("gene", "")] if item else []
        new = [parent for parent in above if parent and parent not in seen and parent in entities]
        seen.update(new)
        front += new
    return seen - {name}


def _reach(left: Reach, right: Reach) -> Reach | None:
    """What a pair amounts to; None where one end is wider and the other narrower."""
    ends = {left, right} - {Reach.SAME}
    if len(ends) == 2:
        return None
    return ends.pop() if ends else Reach.SAME


def _compared(
    reader: Reader, statement: Statement, other: Statement, reach: Reach
) -> Comparison | None:
    direction = _direction(statement, other, reach)
    if direction is None:
        return None
    alike, manner = direction
    differing = apart(reader, statement, other)
    if other.predicate in MEASURED and any(not text.startswith("population") for text in differing):
        return None
    if other.certainty is Certainty.OPEN:
        told = manner if alike else f"asks the opposite, {manner}".removesuffix(", ")
        return Comparison(other, Verdict.OPEN, reach, told, differing)
    if statement.certainty is Certainty.OPEN:
        told = manner
        if reach is Reach.SAME:
            told = "affirms" if alike else "says the opposite of"
            told += " what is left open here" + (f", {manner}" if manner else "")
        return Comparison(other, Verdict.OPEN, reach, told, differing)
    if alike:
        return Comparison(other, Verdict.AGREES, reach, manner, differing)
    clash = reach is Reach.SAME and not differing
    verdict = Verdict.CONFLICTS if clash else Verdict.OTHERWISE
    return Comparison(other, verdict, reach, manner, differing)


def _direction(statement: Statement, other: Statement, reach: Reach) -> tuple[bool, str] | None:
    """Whether two statements point the same way, and what differs in the wording.

    None where they cannot be compared: relations without a direction that differ; relations
    that differ about something wider or narrower, since to stabilise an inactive state is to
    inhibit the molecule; or a denial of one direction beside a claim of the reverse.
    """
    same_polarity = statement.polarity is other.polarity
    if statement.predicate == other.predicate:
        return same_polarity, ""
    weaker = _WEAKER.get((statement.predicate, other.predicate))
    if weaker:
        return same_polarity, weaker
    if reach is not Reach.SAME:
        return None
    signs = [vocabulary().predicates[s.predicate].sign for s in (statement, other)]
    if not {*signs} <= {Sign.POSITIVE, Sign.NEGATIVE}:
        return None
    same_sign = signs[0] is signs[1]
    manner = "in another relation"
    if statement.polarity is Polarity.AFFIRMED is other.polarity:
        return same_sign, manner
    return (same_polarity, manner) if same_sign else None


def apart(reader: Reader, one: Statement, other: Statement) -> tuple[str, ...]:
    """In what the contexts of two statements differ, each as `field: one / other`.

    A context that only one of them names does not set them apart; kinds and cohorts of one
    another do not either. Texts on who was studied that read differently do.
    """
    found = []
    for field in ("disease", "trial", "under", "alteration", "model"):
        first, second = getattr(one, field), getattr(other, field)
        if first and second and not _overlap(reader, first, second):
            sides = (", ".join(reader.label(n) for n in side) for side in (first, second))
            found.append(f"{field}: {' / '.join(sides)}")
    for field in ("population", "species"):
        first, second = getattr(one, field), getattr(other, field)
        if first and second and first.casefold() != second.casefold():
            found.append(f"{field}: {first} / {second}")
    works = {_work(one.setting), _work(other.setting)} - {""}
    if len(works) == 2:
        found.append(f"setting: {one.setting} / {other.setting}")
    return tuple(found)


def _overlap(reader: Reader, first: Iterable[str], second: Iterable[str]) -> bool:
    """Whether two lists name something in common, or a kind or part of one another."""
    one, other = set(first), set(second)
    wide = one.union(*(_ancestors(reader.entities, name) for name in one))
    wider = other.union(*(_ancestors(reader.entities, name) for name in other))
    return bool(one & wider or other & wide)


def _work(setting: Setting) -> str:
    if setting in _CLINICAL:
        return "in patients"
    return "preclinical" if setting in _PRECLINICAL else ""
