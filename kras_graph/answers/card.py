"""What a reader wants to know of one entity, in the order in which it is wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kras_graph.answers.lookup import MOLECULAR, TARGETING, Finding, regimens_with, scope
from kras_graph.answers.measured import kinds_of
from kras_graph.answers.outcomes import ENDPOINTS
from kras_graph.answers.resistance import Report, bypass, classes_of
from kras_graph.answers.topics import Topic, kind_of, layout, topic_of
from kras_graph.curation.tables import natural
from kras_graph.model.records import Entity, Statement
from kras_graph.model.terms import GIVEN_CLASSES, Certainty, MechanismGroup, Polarity
from kras_graph.rdf.names import ENTITY
from kras_graph.rdf.reader import Reader

# Harms, doses and the course of treatment stand on the cards of the therapy and of the trial.
_NOT_ON_DISEASES = frozenset((Topic.SAFETY, Topic.COURSE, Topic.DESIGN, Topic.PROPERTIES))
_SIZE = frozenset(("enrollment", "planned_enrollment"))
_IN_CARRIERS = ("approved_for", "active_against")
_GROUPS = {group: place for place, group in enumerate(MechanismGroup)}
_FIRMNESS = tuple(Certainty)
_RELATIONS = ("direct", "class", "member", "tumour", "regimen")


@dataclass(frozen=True)
class Card:
    """An entity with its findings by section; sections without any are left out.

    A finding's relation is `direct`, `class` (said of a class it belongs to), `member` (said
    of its form, kind, cohort or member), `regimen` (said of a combination that contains it)
    or `tumour` (said of tumours that carry it).

    Attributes:
        entity: what the card is about.
        sections: titles with their findings, in reading order.
        topics: topic of each section.
        classes: for a therapy, classes it belongs to, with the statements that say so.
        parts: forms of a molecule, kinds of a disease, cohorts of a trial, by definition.
        not_carried_over: reports on its class that cannot hold for this very drug.
        elsewhere: statements left to the cards of therapies and trials.
    """

    entity: Entity
    sections: tuple[tuple[str, tuple[Finding, ...]], ...]
    topics: tuple[Topic, ...] = ()
    classes: tuple[tuple[Entity, tuple[str, ...]], ...] = ()
    parts: tuple[Entity, ...] = ()
    not_carried_over: tuple[Report, ...] = ()
    elsewhere: int = 0

    @property
    def statements(self) -> list[Statement]:
        """Every statement of the card, in its order."""
        return [finding.statement for _, found in self.sections for finding in found]


def card(reader: Reader, item: Entity) -> Card:
    """The card of an entity.

    A therapy's card takes in the regimens that contain it and resistance reported for its
    classes; a class's card what its members are; a trial's card its cohorts and all that was
    found within them; a molecule's card its alleles and states; a disease's card its kinds
    and what was seen in it.
    """
    gathered = _Gathered(reader, item)
    for statement in reader.statements_about([item.id]):
        gathered.put(statement, "direct", item)
    for name, relation in _around(reader, item).items():
        for statement in reader.statements_about([name]):
            gathered.put(statement, relation, reader.entities[name])
    parts = _parts(reader, item)
    classes: list[tuple[Entity, tuple[str, ...]]] = []
    foreign: tuple[Report, ...] = ()
    kind = kind_of(item)
    if kind == "trial":
        gathered.put_within("trial", [item.id, *(part.id for part in parts)])
    elif kind == "disease":
        gathered.put_within("disease", [item.id, *(part.id for part in parts)])
    elif kind == "therapy" and item.cls in GIVEN_CLASSES:
        classes = classes_of(reader, item.id)
        answer = bypass(reader, item)
        foreign = answer.own_targets
        for report in (*answer.reported, *answer.denied, *answer.open):
            for statement in report.statements:
                gathered.put(statement, report.relation, report.against)
        if item.cls == "DrugClass":
            gathered.put_members()
    elif kind in ("molecule", "mechanism"):
        for tumour in _carriers(reader, item):
            for statement in reader.statements_where(predicates=_IN_CARRIERS, objects=[tumour.id]):
                gathered.put(statement, "tumour", tumour)
    found = gathered.sections()
    return Card(
        item,
        tuple((title, findings) for _, title, findings in found),
        tuple(topic for topic, _, _ in found),
        tuple(classes),
        tuple(parts),
        foreign,
        gathered.elsewhere,
    )


class _Gathered:
    """Findings of a card while it is filled; the nearest relation of a statement wins."""

    def __init__(self, reader: Reader, item: Entity) -> None:
        self.reader = reader
        self.item = item
        self.kind = kind_of(item)
        self.elsewhere = 0
        self._seen: set[str] = set()
        self._found: dict[Topic, list[Finding]] = {}

    def put(self, statement: Statement, relation: str, via: Entity) -> None:
        """Place a statement that is in force, once."""
        if statement.id in self._seen or statement.deprecated:
            return
        self._seen.add(statement.id)
        finding = Finding(statement, relation, via)
        topic = topic_of(self.reader, finding, self.item)
        ends = {statement.subject, statement.object}
        apart = topic in _NOT_ON_DISEASES or statement.predicate == "enrolls"
        if self.kind == "disease" and via.id not in ends and apart:
            self.elsewhere += 1
            return
        self._found.setdefault(topic, []).append(finding)

    def put_members(self) -> None:
        """What the members of a class act on and how far they have come."""
        members = [n for n, r in scope(self.reader, self.item).items() if r == "member"]
        wanted = (*TARGETING, "has_stage", "approved_for")
        for statement in self.reader.statements_where(subjects=members, predicates=wanted):
            self.put(statement, "member", self.reader.entities[statement.subject])

    def put_within(self, field: str, names: Sequence[str]) -> None:
        """What was seen within one of the trials or diseases, those nearest first."""
        wanted = " ".join(f"<{ENTITY}{name}>" for name in names)
        within = self.reader.statements(f"VALUES ?place {{ {wanted} }} ?s kg:{field} ?place .")
        for name in names:
            relation = "direct" if name == self.item.id else "member"
            for statement in within:
                if name in getattr(statement, field):
                    self.put(statement, relation, self.reader.entities[name])

    def sections(self) -> list[tuple[Topic, str, tuple[Finding, ...]]]:
        """Topics with titles and findings, in the reading order of this kind of card."""
        placed = [f.statement for found in self._found.values() for f in found]
        results = self.reader.results(placed)
        endpoints = {ident: {r.endpoint for r in figures} for ident, figures in results.items()}
        sizes = {
            ident: max((result.n or 0 for result in figures), default=0)
            for ident, figures in results.items()
        }
        if self.kind == "disease":
            self._leave_baseline(endpoints)

        def weight(finding: Finding) -> tuple[object, ...]:
            statement = finding.statement
            endpoint = statement.object
            return (
                statement.polarity is Polarity.NEGATED,
                _RELATIONS.index(finding.relation),
                finding.via.label.casefold(),
                _GROUPS.get(statement.group, 99) if statement.group else 99,
                _FIRMNESS.index(statement.certainty),
                ENDPOINTS.index(endpoint) if endpoint in ENDPOINTS else len(ENDPOINTS),
                not _SIZE & endpoints.get(statement.id, set()),
                statement.predicate,
                -sizes.get(statement.id, 0),
                natural(statement.id),
            )

        return [
            (topic, title, tuple(sorted(self._found[topic], key=weight)))
            for topic, title in layout(self.kind)
            if self._found.get(topic)
        ]

    def _leave_baseline(self, endpoints: Mapping[str, set[str]]) -> None:
        """Leave what patients were like at baseline to the cards of the trials."""
        trials = self._found.get(Topic.TRIALS, [])
        kept = [
            finding
            for finding in trials
            if finding.statement.predicate != "enrolls"
            or finding.statement.id not in endpoints
            or _SIZE & endpoints[finding.statement.id]
        ]
        self.elsewhere += len(trials) - len(kept)
        self._found[Topic.TRIALS] = kept


def _around(reader: Reader, item: Entity) -> dict[str, str]:
    """Other entities whose statements belong on the card."""
    kind = kind_of(item)
    if kind == "therapy":
        return {other.id: "regimen" for other in regimens_with(reader, [item.id])}
    if kind in ("trial", "disease") or item.cls in (*MOLECULAR, "Mechanism"):
        return {part.id: "member" for part in _parts(reader, item)}
    return {}


def _parts(reader: Reader, item: Entity) -> list[Entity]:
    """What is by definition a form, kind, state, cohort or allele of it.

    At any depth, but for protein families, whose members have cards of their own.
    """
    if item.cls == "ProteinFamily":
        members = {name for name, relation in scope(reader, item).items() if relation == "member"}
        return [reader.entities[name] for name in sorted(members)]
    if item.cls in ("DrugClass", "Drug", "Biologic", "CellTherapy", "Regimen"):
        return []
    found = kinds_of(reader, item.id)
    if item.cls == "Gene":
        own = [e.id for e in reader.entities.values() if e.attributes.get("gene") == item.id]
        found |= {part for name in own for part in kinds_of(reader, name)}
    return [reader.entities[name] for name in sorted(found - {item.id})]


def _carriers(reader: Reader, item: Entity) -> list[Entity]:
    """Tumours that are told apart by this alteration or gene, as their labels say."""
    starts = (f"{item.label.removesuffix(' mutation')}-mut", f"{item.label}-mut")
    diseases = [other for other in reader.entities.values() if other.cls == "Disease"]
    return [other for other in diseases if other.label.startswith(starts)]
