"""Statements that answer a plain question about one entity, each with how it relates.

`relation` tells what ties a statement to the entity asked about: `direct`, `class` (said
of a class it belongs to), `regimen` (said of a combination that contains it) or `member`
(said of a drug of the class asked about).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kras_graph.answers.resistance import classes_of
from kras_graph.model.records import Entity, Statement
from kras_graph.model.terms import GIVEN_CLASSES, THERAPY_CLASSES, Certainty, Polarity
from kras_graph.rdf.names import ENTITY
from kras_graph.rdf.reader import Reader

TARGETING = ("inhibits", "binds", "stabilises")
COMBINING = ("enhances_effect_of", "active_against", "compared_with", "sensitises_to")
TRIALS = ("studied_in", "studied_for", "enrolls", "has_design", "has_stage", "compared_with")
OUTCOMES = ("has_outcome",)
SAFETY = ("has_adverse_event",)
TOLERANCE = ("acceptable_tolerability", "well_tolerated", "safety_profile", "toxicity")
RESISTANCE = (
    "confers_resistance_to",
    "associated_with_resistance_to",
    "sensitises_to",
    "associated_with_response_to",
)
MOLECULAR = (
    "Gene",
    "Protein",
    "ProteinFamily",
    "ProteinComplex",
    "ProteinState",
    "ProteinVariant",
    "Alteration",
    "Molecule",
    "BindingSite",
)


_DOUBTED = (Certainty.OPEN, Certainty.HYPOTHESISED)


@dataclass(frozen=True)
class Finding:
    """A statement and what ties it to the entity asked about."""

    statement: Statement
    relation: str
    via: Entity


def regimens_with(reader: Reader, drugs: Iterable[str]) -> list[Entity]:
    """Regimens that contain any of the drugs or classes."""
    wanted = set(drugs)
    return [
        item
        for item in reader.entities.values()
        if wanted & set(item.attributes.get("components", "").split("|"))
    ]


def scope(reader: Reader, item: Entity) -> dict[str, str]:
    """Entities whose statements bear on `item`, each with its relation to it."""
    found = {item.id: "direct"}
    if item.cls == "DrugClass":
        for other in reader.entities.values():
            if other.cls == "DrugClass" and item.id in other.parents:
                found.setdefault(other.id, "member")
        for statement in reader.statements(
            f"?s rdf:object <{ENTITY}{item.id}> ; rdf:predicate kg:member_of ."
        ):
            if statement.is_edge:
                found.setdefault(statement.subject, "member")
    if item.cls in GIVEN_CLASSES:
        for other, _ in classes_of(reader, item.id):
            found.setdefault(other.id, "class")
    members = [name for name, relation in found.items() if relation != "class"]
    for other in regimens_with(reader, members):
        found.setdefault(other.id, "regimen")
    if item.cls in ("Gene", "ProteinFamily", "Trial"):
        for other in reader.entities.values():
            if item.id in other.parents or other.attributes.get("gene") == item.id:
                found.setdefault(other.id, "member")
    return found


def findings(
    reader: Reader,
    item: Entity,
    predicates: Sequence[str],
    *,
    role: str = "subject",
    relations: Sequence[str] = ("direct", "class", "regimen", "member"),
) -> list[Finding]:
    """Statements with one of the predicates about the entity or what it belongs to.

    Args:
        reader: the dataset.
        item: the entity asked about.
        predicates: predicate ids.
        role: where the entity stands: `subject`, `object` or `either`.
        relations: which relations to follow.
    """
    around = {n: r for n, r in scope(reader, item).items() if r in relations}
    nodes = " ".join(f"<{ENTITY}{name}>" for name in around)
    wanted = " ".join(f"kg:{name}" for name in predicates)
    places = {
        "subject": "?s rdf:subject ?about .",
        "object": "?s rdf:object ?about .",
        "either": "{ ?s rdf:subject ?about } UNION { ?s rdf:object ?about }",
    }
    statements = reader.statements(
        f"VALUES ?about {{ {nodes} }} VALUES ?how {{ {wanted} }} "
        f"?s rdf:predicate ?how . {places[role]}"
    )
    order = {relation: place for place, relation in enumerate(relations)}
    found = []
    for statement in statements:
        if statement.deprecated:
            continue
        ends = [e for e in (statement.subject, statement.object) if e in around]
        if role != "either":
            ends = [getattr(statement, role)]
        via = min(ends, key=lambda end: order[around[end]])
        found.append(Finding(statement, around[via], reader.entities[via]))
    return sorted(found, key=lambda f: (order[f.relation], _weight(f.statement)))


def _weight(statement: Statement) -> tuple[object, ...]:
    firmness = ("stated", "suggested", "hypothesised", "open")
    return (
        statement.polarity is Polarity.NEGATED,
        firmness.index(statement.certainty),
        statement.predicate,
    )


def broader(reader: Reader, disease: str) -> list[str]:
    """Diseases of which one is a kind, nearest first."""
    found: list[str] = []
    front = list(reader.entities[disease].parents)
    while front:
        name = front.pop(0)
        if name not in found and name in reader.entities:
            found.append(name)
            front += reader.entities[name].parents
    return found


def about_disease(reader: Reader, found: Sequence[Finding], disease: str) -> list[Finding]:
    """Findings whose context, subject, object or figures concern the disease or a kind of it."""
    wanted = {disease}
    grew = True
    while grew:
        more = {
            item.id
            for item in reader.entities.values()
            if item.cls == "Disease" and wanted & set(item.parents)
        }
        grew = not more <= wanted
        wanted |= more
    results = reader.results([finding.statement for finding in found])
    return [
        finding
        for finding in found
        if wanted
        & {
            *finding.statement.disease,
            finding.statement.subject,
            finding.statement.object,
            *(result.disease for result in results.get(finding.statement.id, [])),
        }
    ]


def of_kinds(reader: Reader, found: Sequence[Finding], kinds: Sequence[str]) -> list[Finding]:
    """Findings whose object, or one of whose figures, is of these endpoints or harms."""
    wanted = set(kinds)
    for item in reader.entities.values():
        if wanted & set(item.parents) and item.cls in ("Endpoint", "AdverseEvent"):
            wanted.add(item.id)
    results = reader.results([finding.statement for finding in found])
    return [
        finding
        for finding in found
        if finding.statement.object in wanted
        or any(r.endpoint in wanted for r in results.get(finding.statement.id, []))
    ]


def targets(reader: Reader, item: Entity) -> list[Finding]:
    """What a drug acts on, or which drugs act on a molecule."""
    if item.cls in MOLECULAR:
        return findings(reader, item, TARGETING, role="object")
    found = findings(reader, item, TARGETING, relations=("direct", "class", "member"))
    return [
        finding
        for finding in found
        if reader.entities[finding.statement.object].cls in (*MOLECULAR, "Pathway", "Process")
    ]


def combinations(reader: Reader, item: Entity) -> list[Finding]:
    """Combinations with a drug: potentiation, regimens with their activity, trials, figures."""
    around = scope(reader, item)

    def contains(end: str) -> bool:
        return reader.entities[end].cls == "Regimen" and around.get(end) in ("regimen", "direct")

    wider = (*COMBINING, *OUTCOMES, *SAFETY, *TRIALS, "increases", "decreases", "inhibits",
             "has_property", "confers_resistance_to")  # fmt: skip
    return [
        f
        for f in findings(reader, item, wider, role="either")
        if contains(f.statement.subject)
        or contains(f.statement.object)
        or f.statement.predicate == "enhances_effect_of"
    ]


def trials(reader: Reader, item: Entity) -> list[Finding]:
    """Trials of a drug, or what a trial tests and whom it takes in."""
    role = "either" if item.cls in ("Trial", "Cohort", "Disease") else "subject"
    return findings(reader, item, TRIALS, role=role, relations=("direct", "regimen", "member"))


def outcomes(reader: Reader, item: Entity) -> list[Finding]:
    """Measured efficacy of a drug, alone or within combinations, and what changes it."""
    reach = ("direct", "regimen", "member")
    found = findings(reader, item, OUTCOMES, relations=reach)
    found = [f for f in found if f.statement.object != "safety_profile"]
    changed = findings(reader, item, RESISTANCE, role="object", relations=reach)
    under = reader.statements(
        f"?s kg:under <{ENTITY}{item.id}> ; kg:hasResult ?figure ; rdf:predicate ?how . "
        "VALUES ?how { kg:associated_with_outcome kg:associated_with_response_to }"
    )
    changed += [Finding(s, "direct", item) for s in under if not s.deprecated]
    results = reader.results([finding.statement for finding in changed])
    return found + [finding for finding in changed if results.get(finding.statement.id)]


def adverse_events(reader: Reader, item: Entity) -> list[Finding]:
    """Harms seen under a drug, alone or within combinations."""
    reach = ("direct", "regimen", "member")
    judged = [
        finding
        for finding in findings(reader, item, ("has_property", *OUTCOMES), relations=reach)
        if finding.statement.object in TOLERANCE
    ]
    return judged + findings(reader, item, SAFETY, relations=reach)


def sensitivity(reader: Reader, item: Entity) -> list[Finding]:
    """What changes the response to a therapy, in either direction."""
    wanted = ("sensitises_to", "enhances_effect_of", "associated_with_response_to")
    return findings(reader, item, wanted, role="object", relations=("direct", "class", "member"))


def frequency(reader: Reader, item: Entity) -> list[Finding]:
    """How often an alteration is found, or which alterations a disease carries."""
    wanted = ("occurs_in", "co_occurs_with")
    reach = ("direct", "member")
    found = findings(reader, item, wanted, role="either", relations=reach)
    results = reader.results([finding.statement for finding in found])
    return sorted(found, key=lambda f: not results.get(f.statement.id))


def approvals(reader: Reader, item: Entity) -> list[Finding]:
    """Approvals of a therapy, or for a disease."""
    role = "subject" if item.cls not in ("Disease", "Alteration", "ProteinVariant") else "object"
    return findings(reader, item, ("approved_for",), role=role, relations=("direct", "member"))


def comparisons(reader: Reader, first: Entity, second: Entity) -> list[Finding]:
    """What sources set side by side of two therapies, and figures that compare them."""
    joined = [f for f in between(reader, first, second) if f.statement.predicate == "compared_with"]
    pair = {first.id, second.id}
    of_first = findings(reader, first, (*OUTCOMES, *SAFETY), relations=("direct",))
    results = reader.results([finding.statement for finding in of_first])
    compared = [
        finding
        for finding in of_first
        if any(
            {r.arm, r.comparator} == pair or r.comparator == second.id
            for r in results.get(finding.statement.id, [])
        )
    ]
    return joined + compared


def resistance(reader: Reader, item: Entity) -> list[Finding]:
    """What weakens or changes the effect of a therapy, or what an alteration does to therapies."""
    therapy = item.cls in THERAPY_CLASSES
    found = findings(
        reader,
        item,
        RESISTANCE,
        role="object" if therapy else "subject",
        relations=("direct", "class", "member"),
    )
    weaker = ("sensitises_to", "associated_with_response_to")
    return sorted(found, key=lambda f: f.statement.predicate in weaker)


def doubts(reader: Reader, item: Entity) -> list[Finding]:
    """What sources deny, call unclear, ask or only suppose of an entity or what it is of."""
    around = scope(reader, item)
    statements = reader.statements(
        f"VALUES ?about {{ {' '.join(f'<{ENTITY}{name}>' for name in around)} }} "
        "{ ?s rdf:subject ?about } UNION { ?s rdf:object ?about } UNION { ?s kg:disease ?about }"
    )
    found = []
    for statement in statements:
        doubted = statement.polarity is Polarity.NEGATED or statement.certainty in _DOUBTED
        if doubted and not statement.deprecated:
            places = (statement.subject, statement.object, *statement.disease)
            ends = [end for end in places if end in around]
            via = ends[0] if item.id not in ends else item.id
            found.append(Finding(statement, around[via], reader.entities[via]))
    return sorted(found, key=lambda f: (f.relation != "direct", _weight(f.statement)))


def between(reader: Reader, first: Entity, second: Entity) -> list[Finding]:
    """Statements that join two entities, in either direction, also by a therapy's class."""
    circles: list[dict[str, str]] = []
    for item in (first, second):
        circle = {item.id: "direct"}
        if item.cls in GIVEN_CLASSES:
            circle |= {other.id: "class" for other, _ in classes_of(reader, item.id)}
        circles.append(circle)
    left, right = (" ".join(f"<{ENTITY}{name}>" for name in circle) for circle in circles)
    statements = reader.statements(
        f"VALUES ?a {{ {left} }} VALUES ?b {{ {right} }} "
        "{ ?s rdf:subject ?a ; rdf:object ?b } UNION { ?s rdf:subject ?b ; rdf:object ?a }"
    )
    found = []
    for statement in statements:
        if statement.deprecated:
            continue
        ends = {statement.subject, statement.object}
        wider = [e for c in circles for e in ends if c.get(e) == "class" and e not in
                 (first.id, second.id)]  # fmt: skip
        relation = "class" if wider else "direct"
        via = reader.entities[wider[0]] if wider else first
        found.append(Finding(statement, relation, via))
    return sorted(found, key=lambda f: (f.relation != "direct", _weight(f.statement)))
