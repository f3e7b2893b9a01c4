"""What a reader wants to know of one entity, in the order in which it is wanted."""

from __future__ import annotations

from dataclasses import dataclass

from kras_graph.answers.lookup import MOLECULAR, Finding, regimens_with, scope
from kras_graph.answers.resistance import classes_of, reports
from kras_graph.model.records import Entity, Statement
from kras_graph.model.terms import THERAPY_CLASSES, Certainty, Polarity
from kras_graph.rdf.names import ENTITY
from kras_graph.rdf.reader import Reader

_RESISTANCE = (
    "confers_resistance_to",
    "associated_with_resistance_to",
    "sensitises_to",
    "associated_with_response_to",
)
_SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("What it is", ("member_of", "has_property", "has_stage", "developed_from", "sponsored_by")),
    ("Approvals", ("approved_for",)),
    ("Activity and results", ("active_against", "has_outcome")),
    ("Adverse events", ("has_adverse_event",)),
    ("Trials and design", ("studied_in", "studied_for", "enrolls", "has_design", "compared_with")),
    ("Resistance, sensitivity, response", _RESISTANCE),
    (
        "Frequency, company, prognosis",
        (
            "occurs_in",
            "co_occurs_with",
            "associated_with_poor_outcome_in",
            "associated_with_outcome",
        ),
    ),
)
ACTS_ON = "Acts on"
ACTED_ON = "Acted on by"
COMBINATIONS = "Combinations"
DOUBTS = "Denied, unclear, open"
ORDER = (
    "What it is",
    ACTS_ON,
    ACTED_ON,
    "Approvals",
    "Activity and results",
    "Adverse events",
    COMBINATIONS,
    "Trials and design",
    "Resistance, sensitivity, response",
    "Frequency, company, prognosis",
    DOUBTS,
)


@dataclass(frozen=True)
class Card:
    """An entity with its findings by section; sections without any are left out."""

    entity: Entity
    sections: tuple[tuple[str, tuple[Finding, ...]], ...]


def card(reader: Reader, item: Entity) -> Card:
    """The card of an entity.

    A therapy's card takes in the regimens that contain it and resistance reported for its
    classes; a trial's card its cohorts and all that was found within them; a molecule's
    card its own alleles and members.
    """
    found: dict[str, list[Finding]] = {title: [] for title in ORDER}
    seen: set[str] = set()

    def put(statement: Statement, relation: str, via: Entity) -> None:
        if statement.id not in seen and not statement.deprecated:
            seen.add(statement.id)
            finding = Finding(statement, relation, via)
            found[_section(statement, via, relation)].append(finding)

    for statement in reader.statements_about([item.id]):
        put(statement, "direct", item)
    for name, relation in _around(reader, item).items():
        for statement in reader.statements_about([name]):
            put(statement, relation, reader.entities[name])
    if item.cls in ("Trial", "Cohort"):
        within = " ".join(f"<{ENTITY}{name}>" for name in [item.id, *_parts(reader, item)])
        for statement in reader.statements(f"VALUES ?trial {{ {within} }} ?s kg:trial ?trial ."):
            put(statement, "direct", item)
    if item.cls in THERAPY_CLASSES and item.cls != "Regimen":
        classes = [other for other, _ in classes_of(reader, item.id)]
        for report in reports(reader, item.id, [other.id for other in classes]):
            for statement in report.statements:
                put(statement, report.relation, report.against)
    return Card(
        item,
        tuple((title, tuple(sorted(found[title], key=_weight))) for title in ORDER if found[title]),
    )


def _around(reader: Reader, item: Entity) -> dict[str, str]:
    """Other entities whose statements belong on the card."""
    if item.cls in THERAPY_CLASSES:
        return {other.id: "regimen" for other in regimens_with(reader, [item.id])}
    if item.cls in MOLECULAR:
        members = {n: r for n, r in scope(reader, item).items() if r == "member"}
        return members | dict.fromkeys(_classes_against(reader, item), "class")
    if item.cls in ("Trial", "Cohort"):
        return dict.fromkeys(_parts(reader, item), "member")
    return {}


def _classes_against(reader: Reader, item: Entity) -> list[str]:
    """Classes that the drugs inhibiting a molecule belong to by their own statements."""
    drugs = [
        statement.subject
        for statement in reader.statements(
            f"?s rdf:object <{ENTITY}{item.id}> ; rdf:predicate kg:inhibits ."
        )
        if statement.is_edge and reader.entities[statement.subject].cls in THERAPY_CLASSES
    ]
    wanted = " ".join(f"<{ENTITY}{drug}>" for drug in dict.fromkeys(drugs))
    memberships = reader.statements(
        f"VALUES ?drug {{ {wanted} }} ?s rdf:subject ?drug ; rdf:predicate kg:member_of ."
    )
    return list(dict.fromkeys(s.object for s in memberships if s.is_edge))


def _parts(reader: Reader, item: Entity) -> list[str]:
    """Cohorts within a trial or cohort, at any depth."""
    parts: list[str] = []
    front = [item.id]
    while front:
        parent = front.pop()
        below = [e.id for e in reader.entities.values() if parent in e.parents]
        parts += [name for name in below if name not in parts]
        front += below
    return parts


def _section(statement: Statement, via: Entity, relation: str) -> str:
    if statement.polarity is Polarity.NEGATED or statement.certainty is Certainty.OPEN:
        return DOUBTS
    if relation == "regimen" or statement.predicate == "enhances_effect_of":
        return COMBINATIONS
    for title, predicates in _SECTIONS:
        if statement.predicate in predicates:
            return title
    return ACTS_ON if statement.subject == via.id else ACTED_ON


def _weight(finding: Finding) -> tuple[object, ...]:
    firmness = tuple(Certainty)
    statement = finding.statement
    return (
        finding.relation != "direct",
        finding.via.label.casefold(),
        firmness.index(statement.certainty),
        statement.predicate,
    )
