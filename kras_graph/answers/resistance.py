"""What lets tumours escape a drug: reported, denied, open, and computed, kept apart.

A report is *direct* when the source ties it to the drug itself, and *by class* when it
ties it to a class the drug belongs to; the membership is shown with its own statements.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from kras_graph.model.errors import UnknownNameError
from kras_graph.model.records import Anchor, Entity, Statement
from kras_graph.model.terms import THERAPY_CLASSES, Certainty, MechanismGroup, Polarity
from kras_graph.rdf.reader import Reader

if TYPE_CHECKING:
    from kras_graph.answers.routes import Reasoner, RoutesAnswer, Spoken
    from kras_graph.network.derivation import Route

_GROUP_ORDER = {group: place for place, group in enumerate(MechanismGroup)}
_CERTAINTY_ORDER = {certainty: place for place, certainty in enumerate(Certainty)}


class Report(NamedTuple):
    """One mechanism against one drug or class, with all statements that say so alike."""

    mechanism: Entity
    group: MechanismGroup | None
    against: Entity
    relation: str
    polarity: Polarity
    certainty: Certainty
    statements: tuple[Statement, ...]
    evidence: tuple[Anchor, ...]


class BypassAnswer(NamedTuple):
    """All that the graph holds on escape from a drug.

    Attributes:
        drug: the drug or class asked about.
        classes: classes it belongs to, nearest first, each with the statements that say so
            (none for the curators' own hierarchy of classes).
        reported: affirmed mechanisms, stated, suggested or hypothesised.
        denied: mechanisms that were looked for and not found, or said not to matter.
        open: mechanisms that a source calls unclear or asks about.
        computed: routes that the program derives, with their context; not observations. None
            when they were not asked for.
        own_targets: class reports left out because the mechanism is what this very drug
            inhibits, or changes an allele that is not this drug's: a report on other drugs of
            the class cannot be carried over.
        disease: the tumour type asked about; reports from others are then left out.
        elsewhere: number of reports left out because they are tied to other tumour types.
    """

    drug: Entity
    classes: tuple[tuple[Entity, tuple[str, ...]], ...]
    reported: tuple[Report, ...]
    denied: tuple[Report, ...]
    open: tuple[Report, ...]
    computed: RoutesAnswer | None
    own_targets: tuple[Report, ...] = ()
    disease: Entity | None = None
    elsewhere: int = 0
    complete: bool = True


def classes_of(reader: Reader, drug: str) -> list[tuple[Entity, tuple[str, ...]]]:
    """Classes a drug belongs to, nearest first, with the ids of membership statements."""
    memberships = reader.statements_where(subjects=[drug], predicates=["member_of"])
    sources: dict[str, list[str]] = defaultdict(list)
    for statement in memberships:
        if statement.is_edge:
            sources[statement.object].append(statement.id)
    found: dict[str, tuple[str, ...]] = {}
    front = [(name, tuple(ids)) for name, ids in sorted(sources.items())]
    item = reader.entities[drug]
    front += [(parent, ()) for parent in item.parents if parent not in sources]
    while front:
        name, ids = front.pop(0)
        if name not in found and name in reader.entities:
            found[name] = ids
            front += [(parent, ()) for parent in reader.entities[name].parents]
    depth = {name: len(_ancestors(reader, name)) for name in found}
    ordered = sorted(found, key=lambda name: (-depth[name], name))
    return [
        (reader.entities[name], found[name])
        for name in ordered
        if reader.entities[name].cls == "DrugClass"
    ]


def _ancestors(reader: Reader, name: str) -> set[str]:
    seen: set[str] = set()
    front = list(reader.entities[name].parents)
    while front:
        parent = front.pop()
        if parent in reader.entities and parent not in seen:
            seen.add(parent)
            front += reader.entities[parent].parents
    return seen


def reports(reader: Reader, drug: str, targets: Sequence[str]) -> list[Report]:
    """Reports of resistance to the drug or to any of the other `targets`."""
    statements = reader.statements_where(
        predicates=["confers_resistance_to", "associated_with_resistance_to"],
        objects=[drug, *targets],
    )
    evidence = reader.evidence(statement.id for statement in statements)
    groups: dict[tuple[str, str, Polarity, Certainty], list[Statement]] = defaultdict(list)
    for statement in statements:
        if not statement.deprecated:
            key = (
                statement.subject,
                statement.object,
                statement.polarity,
                statement.certainty,
            )
            groups[key].append(statement)
    found = []
    for (subject, against, polarity, certainty), members in groups.items():
        anchors = dict.fromkeys(a for m in members for a in evidence.get(m.id, []))
        found.append(
            Report(
                mechanism=reader.entities[subject],
                group=next((m.group for m in members if m.group), None),
                against=reader.entities[against],
                relation="direct" if against == drug else "class",
                polarity=polarity,
                certainty=certainty,
                statements=tuple(members),
                evidence=tuple(anchors),
            )
        )
    return sorted(found, key=_order)


def _order(report: Report) -> tuple[object, ...]:
    return (
        _GROUP_ORDER[report.group or MechanismGroup.OTHER],
        report.relation != "direct",
        _CERTAINTY_ORDER[report.certainty],
        report.mechanism.label.casefold(),
        report.against.id,
    )


def bypass(
    reader: Reader,
    drug: Entity,
    *,
    disease: Entity | None = None,
    reasoner: Reasoner | None = None,
    alterations: Sequence[Entity] = (),
    outputs: Sequence[Entity] = (),
    documents_only: bool = False,
    suggested: bool = False,
) -> BypassAnswer:
    """What bypasses a drug or class of drugs.

    Args:
        reader: the dataset.
        drug: what is to be bypassed.
        disease: keep reports from this tumour type, a kind of it, or what it is a kind of,
            and those that name no tumour type; routes are computed for it.
        reasoner: computes the routes; None leaves them out.
        alterations: further lesions of the tumour, for the routes.
        outputs: what is to be looked at, for the routes; the usual outputs when empty.
        documents_only: routes without marked assumptions.
        suggested: routes over what sources only suggest, too.

    Raises:
        UnknownNameError: when the entity is no medicine; names classes that act on it.
    """
    if drug.cls not in THERAPY_CLASSES:
        classes_on = [
            item.label
            for item in reader.entities.values()
            if item.cls == "DrugClass" and drug.label in item.label
        ]
        raise UnknownNameError(drug.label, classes_on, kind="medicine")
    classes = classes_of(reader, drug.id)
    everything = reports(reader, drug.id, [item.id for item, _ in classes])
    hit = _inhibited(reader, drug.id)
    own = [r for r in everything if r.relation == "class" and _foreign(reader, r.mechanism, hit)]
    found = [report for report in everything if report not in own]
    elsewhere = 0
    if disease is not None:
        kin = _kin(reader, disease.id)
        fitting = [r for r in found if _in_tumour(r, kin)]
        elsewhere, found = len(found) - len(fitting), fitting
    is_open = [report for report in found if report.certainty is Certainty.OPEN]
    settled = [report for report in found if report.certainty is not Certainty.OPEN]
    reported = [report for report in settled if report.polarity is Polarity.AFFIRMED]
    routes: RoutesAnswer | None = None
    if reasoner is not None:
        routes = reasoner.routes(
            reasoner.asked(
                drug,
                disease,
                alterations,
                outputs,
                documents_only=documents_only,
                suggested=suggested,
            )
        )
    return BypassAnswer(
        drug=drug,
        classes=tuple(classes),
        reported=tuple(reported),
        denied=tuple(r for r in settled if r.polarity is Polarity.NEGATED),
        open=tuple(is_open),
        computed=routes,
        own_targets=tuple(own),
        disease=disease,
        elsewhere=elsewhere,
    )


def spoken(answer: BypassAnswer) -> dict[str, Spoken]:
    """For each mechanism that sources speak of, their statements by how they put it."""
    return spoken_by_mechanism(_every_report(answer))


def spoken_of_routes(reader: Reader, answer: BypassAnswer) -> dict[str, Spoken]:
    """For each computed route, what sources say of how it starts."""
    if answer.computed is None:
        return {}
    return spoken_by_route(
        reader, answer.computed.routes, answer.computed.about, _every_report(answer)
    )


def _every_report(answer: BypassAnswer) -> tuple[Report, ...]:
    return (*answer.reported, *answer.denied, *answer.open, *answer.own_targets)


def spoken_by_mechanism(found: Iterable[Report]) -> dict[str, Spoken]:
    """Statements of reports, by mechanism and by how the sources put it."""
    told: dict[str, Spoken] = {}
    for report in found:
        here = _spoken(report, report.statements)
        told[report.mechanism.id] = told.get(report.mechanism.id, here).with_(here)
    return told


def spoken_by_route(
    reader: Reader,
    found: Iterable[Route],
    about: Mapping[str, Sequence[str]],
    reports_found: Iterable[Report],
) -> dict[str, Spoken]:
    """For each route, what reports from fitting tumours say of how it starts.

    Args:
        reader: the dataset.
        found: the routes.
        about: for each route, the mechanisms that are about how it starts.
        reports_found: the reports.
    """
    from kras_graph.answers.routes import Spoken, said_of_route

    every = list(reports_found)
    told = {}
    for route in found:
        spoken = Spoken()
        for report in every:
            if report.mechanism.id in about[route.id]:
                fitting = said_of_route(reader.entities, route, report.statements)
                spoken = spoken.with_(_spoken(report, fitting))
        told[route.id] = spoken
    return told


def _spoken(report: Report, statements: Iterable[Statement]) -> Spoken:
    from kras_graph.answers.routes import Spoken

    ids = tuple(statement.id for statement in statements)
    if report.certainty is Certainty.OPEN:
        return Spoken(questioned=ids)
    return Spoken(denied=ids) if report.polarity is Polarity.NEGATED else Spoken(reported=ids)


def _foreign(reader: Reader, mechanism: Entity, hit: set[str]) -> bool:
    """Whether a mechanism is what the drug inhibits, or changes an allele it does not."""
    if mechanism.id in hit:
        return True
    alleles = {name for name in hit if reader.entities[name].cls == "ProteinVariant"}
    changed = {
        parent
        for parent in mechanism.parents
        if mechanism.cls == "Alteration" and reader.entities[parent].cls == "ProteinVariant"
    }
    return bool(alleles and changed and not alleles & changed)


def _kin(reader: Reader, disease: str) -> set[str]:
    """A tumour type with its kinds and what it is a kind of."""
    kin = {disease, *_ancestors(reader, disease)} - {"cancer"}
    kin |= {
        item.id
        for item in reader.entities.values()
        if item.cls == "Disease" and disease in _ancestors(reader, item.id)
    }
    return kin


def _in_tumour(report: Report, kin: set[str]) -> bool:
    """Whether any statement of a report fits the tumour types, or names none."""
    return any(not s.disease or kin & set(s.disease) for s in report.statements)


def _inhibited(reader: Reader, drug: str) -> set[str]:
    """What the drug inhibits by asserted statements."""
    statements = reader.statements_where(subjects=[drug], predicates=["inhibits"])
    return {statement.object for statement in statements if statement.is_edge}
