"""What the curators' mechanism layer holds of an entity, and what is computed from it.

The layer is a model, not a finding; routes and what lies on them are computations over it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kras_graph.answers.resistance import classes_of, reports, spoken_by_mechanism
from kras_graph.answers.routes import Spoken, spoken_of
from kras_graph.model.mechanism import (
    PRESENT,
    Assumption,
    Block,
    Clause,
    Feedback,
    Mechanism,
    Pair,
)
from kras_graph.model.records import Entity
from kras_graph.model.terms import Certainty, Polarity
from kras_graph.rdf.reader import Reader

if TYPE_CHECKING:
    from kras_graph.answers.routes import Reasoner, RoutesAnswer
    from kras_graph.network.derivation import Route

Rule = Clause | Block | Feedback | Assumption | Pair
_RESISTANCE = ("confers_resistance_to", "associated_with_resistance_to")


@dataclass(frozen=True)
class Counter:
    """A target on the computed routes of a mechanism, with the therapies that take it away.

    Attributes:
        target: the entity whose activity goes.
        therapies: drugs and classes that take it away by statements or by definition.
        cuts: number of the mechanism's routes that run through it.
        pairs: reports in the layer's table of pairs on such a therapy beside the drug.
    """

    target: Entity
    therapies: tuple[Entity, ...]
    cuts: int
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class Modelled:
    """The mechanism layer's part of a card.

    Attributes:
        rules: rules that name the entity.
        drug: the therapy under which routes were computed; None when there is none.
        routes: routes that reports of it are about, or that lead to it; best first.
        spoken: for each route by its id, what sources say of how it starts.
        counters: targets on these routes, those on most routes first.
        reason: why no route is shown, or empty.
    """

    rules: tuple[Rule, ...]
    drug: Entity | None = None
    routes: tuple[Route, ...] = ()
    spoken: Mapping[str, Spoken] = field(default_factory=dict)
    counters: tuple[Counter, ...] = ()
    reason: str = ""


def rules_of(mechanism: Mechanism) -> dict[str, Rule]:
    """Every rule of the layer that has an id, by its id."""
    every: tuple[Rule, ...] = (
        *mechanism.clauses, *mechanism.blocks, *mechanism.feedback, *mechanism.assumptions,
        *mechanism.pairs,
    )  # fmt: skip
    return {rule.id: rule for rule in every}


def rules_naming(mechanism: Mechanism, names: Sequence[str]) -> tuple[Rule, ...]:
    """Rules that name one of the entities, but for pairs, which are reports."""
    wanted = set(names)
    return tuple(
        rule
        for rule in rules_of(mechanism).values()
        if not isinstance(rule, Assumption | Pair) and wanted & set(entities_in(rule))
    )


def rules_resting_on(mechanism: Mechanism, ident: str) -> tuple[Rule, ...]:
    """Rules that name a statement or an assumption as what they rest on."""
    return tuple(
        rule
        for rule in rules_of(mechanism).values()
        if not isinstance(rule, Assumption)
        and ident in (*rule.statements, *getattr(rule, "assumptions", ()))
    )


def entities_in(rule: Rule) -> tuple[str, ...]:
    """Ids of the entities that a rule is about; tumour types are left out."""
    match rule:
        case Clause():
            return (rule.target, *rule.needs, *rule.present)
        case Block():
            return (rule.therapy, rule.target, *rule.voided_by)
        case Feedback():
            return (rule.driver, rule.restrains)
        case Pair():
            return tuple(name for name in (rule.drug, rule.partner) if name)
    return ()


def modelled(reasoner: Reasoner, item: Entity) -> Modelled:
    """What the layer holds of an entity; for a mechanism or lesion also routes and counters."""
    mechanism = reasoner.mechanism
    rules = rules_naming(mechanism, [item.id])
    if item.cls not in ("Mechanism", "Alteration", "ProteinVariant"):
        return Modelled(rules)
    against = _reported_against(reasoner.reader, item)
    if not against:
        return Modelled(rules)
    answer = _routes_under(reasoner, item, against)
    if answer is None:
        told = ", ".join(therapy.label for therapy in against)
        reason = f"nothing in the layer is taken away by {told}"
        return Modelled(rules, reason=reason)
    drug = answer.question.drug
    ends = {
        node
        for reading in mechanism.readings
        if reading.mechanism == item.id and reading.kind == "outcome"
        for node in reading.nodes
    }
    found = tuple(
        route
        for route in answer.routes
        if item.id in answer.about.get(route.id, ()) or route.output in ends
    )
    found = tuple(route for route in found if route.tree.steps())
    if not found:
        return Modelled(rules, drug, reason="no rule of the layer leads from it or to it")
    classes = [cls.id for cls, _ in classes_of(reasoner.reader, drug.id)]
    known = spoken_by_mechanism(reports(reasoner.reader, drug.id, classes))
    spoken = {route.id: spoken_of(answer.about.get(route.id, ()), known) for route in found}
    return Modelled(rules, drug, found, spoken, _counters(reasoner, drug, found))


def _reported_against(reader: Reader, item: Entity) -> list[Entity]:
    """Therapies against which the mechanism is reported, drugs before wider classes."""
    statements = reader.statements_where(subjects=[item.id], predicates=_RESISTANCE)
    found = [
        reader.entities[s.object]
        for s in statements
        if s.polarity is Polarity.AFFIRMED
        and s.certainty is not Certainty.OPEN
        and not s.deprecated
    ]
    unique = {therapy.id: therapy for therapy in found}
    return sorted(unique.values(), key=lambda t: (t.cls == "DrugClass", t.id))


def _routes_under(
    reasoner: Reasoner, item: Entity, against: Sequence[Entity]
) -> RoutesAnswer | None:
    """Routes under the first therapy that takes something away.

    A class without a target of its own stands for its member classes, in the order of ids.
    """
    from kras_graph.answers.routes import Question

    entities = reasoner.reader.entities
    front, seen = list(against), set()
    while front:
        drug = front.pop(0)
        if drug.id in seen:
            continue
        seen.add(drug.id)
        answer = reasoner.routes(Question(drug, None, (item,)))
        if answer.targets:
            return answer
        front += sorted(
            (e for e in entities.values() if e.cls == "DrugClass" and drug.id in e.parents),
            key=lambda e: e.id,
        )
    return None


def _counters(reasoner: Reasoner, drug: Entity, found: Sequence[Route]) -> tuple[Counter, ...]:
    """Targets on the routes that other therapies take away."""
    blocking, entities = reasoner.blocking, reasoner.reader.entities
    own = {hit.target for hit in blocking.hits(drug.id)}
    counters = []
    for target, names in blocking.druggable.items():
        nodes = blocking.nodes_of(target)
        present = {node + PRESENT for node in nodes}
        cuts = sum(bool(route.nodes & (nodes | present)) for route in found)
        therapies = tuple(entities[name] for name in names)
        if cuts and target not in own and drug.id not in names:
            pairs = tuple(p for p in reasoner.mechanism.pairs if p.partner in names)
            kin = {drug.id, *blocking.classes_of(drug.id)}
            tested = tuple(pair for pair in pairs if not pair.drug or _near(reasoner, pair, kin))
            counters.append(Counter(entities[target], therapies, cuts, tested))
    return tuple(sorted(counters, key=lambda c: (-c.cuts, c.target.label.casefold())))


def _near(reasoner: Reasoner, pair: Pair, kin: set[str]) -> bool:
    """Whether a pair is about the drug, a class of it, or a member of the class."""
    return bool(kin & {pair.drug, *reasoner.blocking.classes_of(pair.drug)})
