"""Routes left open in a profile's tumour, and what would close them: computed, never observed.

A route is computed only under a therapy whose own allele the tumour is said to have, since
the computation takes that allele as given.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kras_graph.answers.combination import CombinationAnswer, combine
from kras_graph.answers.profile_records import Computed, Told
from kras_graph.answers.resistance import classes_of, reports, spoken_by_route
from kras_graph.answers.routes import Reasoner, RoutesAnswer, Spoken
from kras_graph.answers.setting import OUTPUTS, Question
from kras_graph.answers.tried import Tried
from kras_graph.answers.tumour import Profile
from kras_graph.model.records import Entity
from kras_graph.model.terms import GIVEN_CLASSES
from kras_graph.network.derivation import MAIN_OUTPUT

WORDS = ("for", "compared", "against", "left open", "harm and tolerance", "studied", "trial")


def computed_for(
    reasoner: Reasoner, profile: Profile, drugs: Sequence[Entity]
) -> tuple[tuple[Computed, ...], tuple[tuple[Entity, str], ...]]:
    """Routes and closing sets under the therapies given before and those asked about.

    Args:
        reasoner: dataset and layer.
        profile: the tumour.
        drugs: therapies that act on its variant.

    Returns:
        One record for each set of therapies that take away the same, in the order given; and
        the therapies under which nothing is computed, each with the reason.
    """
    groups: dict[object, list[Entity]] = {}
    refused: list[tuple[Entity, str]] = []
    for drug in {item.id: item for item in (*profile.prior, *drugs)}.values():
        reason = _reason_against(reasoner, profile, drug)
        if reason:
            refused.append((drug, reason))
            continue
        hits = reasoner.blocking.hits(drug.id)
        key = frozenset((hit.target, hit.nodes, hit.voided_by) for hit in hits)
        groups.setdefault(key, []).append(drug)
    return tuple(_computed(reasoner, profile, group) for group in groups.values()), tuple(refused)


def _reason_against(reasoner: Reasoner, profile: Profile, drug: Entity) -> str:
    """Why no route is computed under a therapy; empty when one is."""
    if not reasoner.blocking.hits(drug.id):
        return "nothing in the signalling layer is said to be taken away by it"
    has = {item.id for item in (profile.variant, *profile.lesions) if item is not None}
    lacking = [name for name in reasoner.blocking.driver_of(drug.id) if name not in has]
    if lacking:
        alleles = ", ".join(reasoner.reader.label(name) for name in lacking)
        return f"it is made for {alleles}, which this tumour is not said to have"
    return ""


def _computed(reasoner: Reasoner, profile: Profile, drugs: Sequence[Entity]) -> Computed:
    """Routes under the first of some therapies that take away the same."""
    question = _question(reasoner, profile, drugs[0])
    routes = reasoner.routes(question._replace(outputs=OUTPUTS))
    # the therapies take away the same: only what is told of them differs from the first on
    answers = [combine(reasoner, question)]
    answers += [combine(reasoner, question._replace(drug=d), resamples=0) for d in drugs[1:]]
    reopening: tuple[Entity, ...] = ()
    if routes.hypothetical:
        # without lesions given, every lesion that the layer knows is tried: told apart here
        entities = reasoner.reader.entities
        further = {
            name
            for route in routes.routes
            if route.output == MAIN_OUTPUT
            for name in route.alterations
        }
        further -= routes.setting.given
        reopening = tuple(entities[name] for name in sorted(further))
        own = tuple(route for route in routes.routes if not route.alterations)
        routes = routes._replace(
            routes=own,
            total=len(own),
            assumptions=reasoner.assumptions(a for route in own for a in route.assumptions),
        )
    return Computed(
        drugs=tuple(drugs),
        prior=tuple(drug for drug in drugs if drug in profile.prior),
        routes=routes,
        combination=answers[0],
        told={c.targets: _told(c.targets, drugs, answers) for c in answers[0].sets},
        spoken=_spoken(reasoner, routes, drugs),
        reopening=reopening,
    )


def _question(reasoner: Reasoner, profile: Profile, drug: Entity) -> Question:
    """The tumour as a context; an allele that the therapy is made for is given by that."""
    drivers = reasoner.blocking.driver_of(drug.id)
    has = [item for item in (profile.variant, *profile.lesions) if item is not None]
    further = tuple(item for item in has if item.id not in drivers)
    return Question(drug, profile.disease, further, outputs=(MAIN_OUTPUT,))


def _spoken(reasoner: Reasoner, routes: RoutesAnswer, drugs: Sequence[Entity]) -> dict[str, Spoken]:
    """What sources say of how each route starts, against any of the drugs or their classes."""
    names = dict.fromkeys(drug.id for drug in drugs)
    for drug in drugs:
        if drug.cls in GIVEN_CLASSES:
            names |= dict.fromkeys(item.id for item, _ in classes_of(reasoner.reader, drug.id))
    first, *others = names
    fitting = []
    for report in reports(reasoner.reader, first, others):
        kept = tuple(s for s in report.statements if routes.setting.fits(s.disease))
        fitting += [report._replace(statements=kept)] if kept else []
    return spoken_by_route(reasoner.reader, routes.routes, routes.about, fitting)


def _told(
    targets: tuple[str, ...],
    drugs: Sequence[Entity],
    answers: Sequence[CombinationAnswer],
) -> tuple[Told, ...]:
    """What sources say of the targets' therapies with any of the drugs, each statement once."""
    found: dict[str, tuple[str, Tried, dict[str, Entity]]] = {}

    def put(word: str, several: Iterable[Tried], drug: Entity) -> None:
        for tried in several:
            kept = found.setdefault(tried.statement.id, (word, tried, {}))
            kept[2][drug.id] = drug

    for drug, answer in zip(drugs, answers, strict=True):
        chosen = next((c for c in answer.sets if c.targets == targets), None)
        if chosen is None:
            continue
        groups = (chosen.support, chosen.arms, chosen.against, chosen.unclear, chosen.tolerance,
                  chosen.studied, chosen.trials)  # fmt: skip
        for word, several in zip(WORDS, groups, strict=True):
            put(word, several, drug)
    ordered = sorted(found.values(), key=lambda told: WORDS.index(told[0]))
    return tuple(Told(word, tried, tuple(who.values())) for word, tried, who in ordered)
