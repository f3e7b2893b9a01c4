"""Which further targets would close the routes that a drug leaves open, and who tried them.

The sets are computed; everything told about them (drugs, trials, results, remarks on harm)
is looked up and keeps its standing. A set closes routes in this graph and this context; that
says nothing of synergy or response, and is no advice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kras_graph.answers.resistance import spoken_by_mechanism
from kras_graph.answers.routes import (
    LIMITS,
    NO_TARGET,
    OUTPUTS,
    Question,
    Reasoner,
    Setting,
    Spoken,
    reported_by,
)
from kras_graph.answers.tried import Known, Tried
from kras_graph.model.mechanism import Assumption
from kras_graph.model.records import Entity
from kras_graph.network.activation import closure
from kras_graph.network.cuts import LARGEST, RESAMPLES, closing_sets, reopening, stability
from kras_graph.network.derivation import Route, routes

# Tumour types that clauses of the layer tell apart, and the one whose receptors are called open.
CONTEXTS = ("non-small_cell_lung_cancer", "colorectal_cancer", "pancreatic_cancer")
ORDER = (
    "sets without a common downstream target first",
    "fewer targets",
    "more statements for the very drugs",
    "more statements for their classes",
    "fewer single lesions that reopen a route",
    "higher stability",
    "names",
)


@dataclass(frozen=True)
class ClosingSet:
    """A minimal set of further targets that closes every route in the context.

    Attributes:
        targets: entities, by id.
        closes: for each target, ids of the routes it touches.
        common_downstream: whether a member lies on every way to an output, whatever the
            lesions, so that closing by it tells little.
        drugs: for each target, drugs and classes of the graph that take it away.
        leaves_open: further outputs that stay on.
        reopened_by: single further lesions with which a route is open again.
        trials: trials that test the pair, by number.
        studied: statements on what the pair is studied for.
        support: statements for it.
        arms: figures of the arms that the pair was compared with.
        against: statements against it.
        unclear: statements that leave it open.
        harm: statements on harm and tolerance.
        stability: share of resamples in which it still is a minimal closing set.
    """

    targets: tuple[str, ...]
    closes: dict[str, tuple[str, ...]]
    common_downstream: bool
    drugs: dict[str, tuple[str, ...]]
    leaves_open: tuple[str, ...]
    reopened_by: tuple[str, ...]
    trials: tuple[str, ...]
    studied: tuple[Tried, ...]
    support: tuple[Tried, ...]
    arms: tuple[Tried, ...]
    against: tuple[Tried, ...]
    unclear: tuple[Tried, ...]
    harm: tuple[Tried, ...]
    stability: float


@dataclass(frozen=True)
class Robust:
    """In how many contexts a single further target would close every route."""

    target: str
    closes_in: int
    contexts: int
    fails_with: tuple[str, ...]


@dataclass(frozen=True)
class CombinationAnswer:
    """Closing sets for a drug in a context, in the printed order.

    Attributes:
        question: what was asked.
        drivers: alleles that the drug is made for.
        unused: lesions on which the layer has no clause.
        routes: routes open in the context.
        sets: closing sets.
        robust: single targets over many contexts; empty when the tumour's lesions are given.
        drug_alone_closes: whether there is no route to close.
        complete: whether every set up to `size` was looked at and every route found.
        size: most targets in a set.
        about: for each route, the mechanisms that are about how it starts.
        told: for each such mechanism, what sources say of it in the context.
        assumptions: assumptions that the routes rest on.
        limits: what the computation does not know.
    """

    question: Question
    drivers: tuple[str, ...]
    unused: tuple[Entity, ...]
    routes: tuple[Route, ...]
    sets: tuple[ClosingSet, ...]
    robust: tuple[Robust, ...]
    drug_alone_closes: bool
    complete: bool
    size: int
    about: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    told: Mapping[str, Spoken] = field(default_factory=dict)
    assumptions: tuple[Assumption, ...] = ()
    limits: tuple[str, ...] = LIMITS


def combine(
    reasoner: Reasoner, question: Question, size: int = LARGEST, resamples: int = RESAMPLES
) -> CombinationAnswer:
    """All minimal sets of further targets that close every route, with what is known of them.

    Args:
        reasoner: dataset and layer.
        question: drug, context and outputs; routes are those of the tumour as given.
        size: most targets in a set.
        resamples: draws for the stability.
    """
    at = reasoner.setting(question)
    if not at.targets:
        return CombinationAnswer(
            question, (), at.unused, (), (), (), False, True, size, limits=(NO_TARGET,)
        )
    given = frozenset([*at.drivers, *at.given_lesions])
    own = frozenset(name for name in at.given_lesions if at.concerns_target(name))
    feedback = [f for f in reasoner.mechanism.feedback if at.fits(f.diseases)]
    found, complete = routes(
        at.program, question.drug.id, given, own, question.outputs, at.blocks, feedback
    )
    targets = further_targets(at)
    sets = closing_sets(at.program, given, at.blocks, targets, question.outputs, size)
    shares = stability(at.program, given, at.blocks, targets, question.outputs, sets, resamples)
    known = Known(at)
    built = [
        _described(at, known, chosen, share, found, given, targets)
        for chosen, share in zip(sets, shares, strict=True)
        if chosen
    ]
    return CombinationAnswer(
        question=question,
        drivers=at.drivers,
        unused=at.unused,
        routes=found,
        sets=tuple(sorted(built, key=_rank)),
        robust=() if at.given_lesions else robust_partners(reasoner, question),
        drug_alone_closes=not found,
        complete=complete,
        size=size,
        about={route.id: reported_by(reasoner.mechanism, route) for route in found},
        told=spoken_by_mechanism(known.reports()),
        assumptions=reasoner.assumptions(found),
    )


def further_targets(at: Setting) -> dict[str, frozenset[str]]:
    """Targets of the graph's therapies besides the drug's own, with the nodes they take away."""
    return {
        target: at.blocking.nodes_of(target)
        for target in at.blocking.druggable
        if target not in at.targets
    }


def robust_partners(reasoner: Reasoner, question: Question) -> tuple[Robust, ...]:
    """How often each single target closes every route, over tumour types and single lesions.

    Contexts are the tumour type asked about, or each that the layer tells apart, without a
    lesion and with each lesion that the layer knows. Contexts that the drug alone closes
    are left out.
    """
    entities = reasoner.reader.entities
    diseases: list[Entity | None] = [question.disease] if question.disease else [
        entities[name] for name in CONTEXTS if name in entities
    ]  # fmt: skip
    tally: dict[str, int] = {}
    fails: dict[str, dict[str, None]] = {}
    total = 0
    for disease in diseases or [None]:
        at = reasoner.setting(replace(question, disease=disease))
        targets = further_targets(at)
        for lesion in [None, *at.known_lesions]:
            given = frozenset([*at.drivers, *([lesion] if lesion else [])])
            sets = closing_sets(at.program, given, at.blocks, targets, question.outputs, 1)
            if frozenset() in sets:
                continue
            total += 1
            closing = {name for chosen in sets for name in chosen}
            for name in targets:
                tally[name] = tally.get(name, 0) + (name in closing)
                if name not in closing:
                    where = lesion or (disease.id if disease else "")
                    fails.setdefault(name, {})[where] = None
    return tuple(
        Robust(name, count, total, tuple(fails.get(name, ())))
        for name, count in sorted(tally.items(), key=lambda item: (-item[1], item[0]))
        if count
    )


def _rank(chosen: ClosingSet) -> tuple[object, ...]:
    direct = sum(tried.relation == "pair" for tried in chosen.support)
    return (
        chosen.common_downstream,
        len(chosen.targets),
        -direct,
        -(len(chosen.support) - direct),
        len(chosen.reopened_by),
        -chosen.stability,
        chosen.targets,
    )


def _described(
    at: Setting,
    known: Known,
    chosen: frozenset[str],
    share: float,
    found: Sequence[Route],
    given: frozenset[str],
    targets: dict[str, frozenset[str]],
) -> ClosingSet:
    """A closing set with everything told about it."""
    names = tuple(sorted(chosen))
    said = known.on(names)
    lesions = [name for name in at.known_lesions if name not in given]
    outputs = at.question.outputs
    blocks = {
        **at.blocks,
        **{node: [frozenset[str]()] for name in names for node in targets[name]},
    }
    others = [output for output in OUTPUTS if output not in outputs]
    still = closure(at.program, given, blocks)
    return ClosingSet(
        targets=names,
        closes={n: tuple(r.id for r in found if r.nodes & targets[n]) for n in names},
        common_downstream=any(_dominates(at, targets[name], outputs) for name in names),
        drugs={name: at.blocking.druggable[name] for name in names},
        leaves_open=tuple(output for output in others if output in still),
        reopened_by=tuple(
            reopening(at.program, given, at.blocks, targets, outputs, chosen, lesions)
        ),
        trials=said.trials,
        studied=said.studied,
        support=said.support,
        arms=said.arms,
        against=said.against,
        unclear=said.unclear,
        harm=said.harm,
        stability=share,
    )


def _dominates(at: Setting, nodes: frozenset[str], outputs: Iterable[str]) -> bool:
    """Whether an output falls silent without these nodes, whatever lesions there are."""
    everything = {*at.known_lesions, *at.drivers, *at.program.exogenous}
    blocks = {node: [frozenset[str]()] for node in nodes}
    active = closure(at.program, everything, blocks)
    return any(output not in active for output in outputs)
