"""Which further targets would close the routes that a drug leaves open, and who tried them.

The sets are computed; everything told about them (drugs, trials, results, remarks on harm)
is looked up and keeps its standing. A set closes routes in this graph and this context; that
says nothing of synergy or response, and is no advice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kras_graph.answers.resistance import spoken_by_route
from kras_graph.answers.routes import (
    LIMITS,
    NO_ASSUMPTIONS,
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
from kras_graph.network.cuts import (
    LARGEST,
    RESAMPLES,
    closing_sets,
    in_force,
    reopening,
    robustness,
    stability,
)
from kras_graph.network.derivation import Route, routes

# Tumour types that clauses of the layer tell apart, and the one whose receptors are called open.
CONTEXTS = ("non-small_cell_lung_cancer", "colorectal_cancer", "pancreatic_cancer")
ORDER = (
    "sets that are not common downstream first",
    "fewer targets",
    "more passages for the very drugs",
    "more passages for their classes",
    "fewer single lesions that reopen a route",
    "closing in more resamples with added steps",
    "names",
)


@dataclass(frozen=True)
class ClosingSet:
    """A minimal set of further targets that closes every route in the context.

    Attributes:
        targets: entities, by id.
        closes: for each target, ids of the routes it touches.
        common_downstream: whether every member lies on all ways to an output, whatever the
            lesions, so that closing by it tells little.
        drugs: for each target, drugs and classes of the graph that take it away.
        leaves_open: further outputs that stay on.
        reopened_by: single further lesions with which a route is open again, those of the
            drug's own target first.
        trials: trials that test the pair.
        studied: statements on what the pair is studied for.
        support: statements for it.
        arms: figures of the arms that the pair was compared with.
        against: statements against it.
        unclear: statements that leave it open.
        tolerance: statements on harm and tolerance.
        partner_reports: number of reports of resistance to the partners given alone.
        leans_on: assumptions that the closing leans on.
        stability: share of resamples, with statements and assumptions dropped, in which it
            still is a minimal closing set; None without resamples.
        robustness: share of resamples, with requirements waived and left-out steps let in,
            in which it still closes; None without resamples.
    """

    targets: tuple[str, ...]
    closes: dict[str, tuple[str, ...]]
    common_downstream: bool
    drugs: dict[str, tuple[str, ...]]
    leaves_open: tuple[str, ...]
    reopened_by: tuple[str, ...]
    trials: tuple[Tried, ...]
    studied: tuple[Tried, ...]
    support: tuple[Tried, ...]
    arms: tuple[Tried, ...]
    against: tuple[Tried, ...]
    unclear: tuple[Tried, ...]
    tolerance: tuple[Tried, ...]
    partner_reports: int
    leans_on: tuple[Assumption, ...]
    stability: float | None
    robustness: float | None


@dataclass(frozen=True)
class Robust:
    """In how many distinct contexts a single further target would close every route.

    Attributes:
        target: the target.
        closes_in: contexts in which it closes, in words.
        contexts: number of distinct contexts.
        fails_with: contexts in which it does not.
    """

    target: str
    closes_in: int
    contexts: int
    fails_with: tuple[str, ...]


@dataclass(frozen=True)
class CombinationAnswer:
    """Closing sets for a drug in a context, in the printed order.

    Attributes:
        setting: everything that the computation started from.
        routes: routes open in the context.
        sets: closing sets.
        others: statements on further partners that were tried and are in no set.
        robust: single targets over many contexts; empty when the tumour's lesions are given.
        drug_alone_closes: whether there is no route to close; None where that cannot be said
            because assumptions are left out.
        complete: whether every set up to `size` was looked at and every route found.
        size: most targets in a set.
        spoken: for each route, what sources say of how it starts.
        assumptions: assumptions that the routes rest on.
        caveats: readings that routes are taken with, or by which something is closed.
        limits: what the computation does not know.
    """

    setting: Setting
    routes: tuple[Route, ...] = ()
    sets: tuple[ClosingSet, ...] = ()
    others: tuple[Tried, ...] = ()
    robust: tuple[Robust, ...] = ()
    drug_alone_closes: bool | None = False
    complete: bool = True
    size: int = LARGEST
    spoken: Mapping[str, Spoken] = field(default_factory=dict)
    assumptions: tuple[Assumption, ...] = ()
    caveats: tuple[Assumption, ...] = ()
    limits: tuple[str, ...] = LIMITS

    @property
    def question(self) -> Question:
        """What was asked."""
        return self.setting.question

    @property
    def drivers(self) -> tuple[str, ...]:
        """Alleles that the drug is made for and the tumour has."""
        return self.setting.drivers


@dataclass(frozen=True)
class Partners:
    """Further targets of the graph's therapies.

    Attributes:
        nodes: for each target, the nodes it takes away.
        voids: for each target, lesions under which none of its therapies takes it away.
        drugs: for each target, the therapies, also those of targets with the same nodes.
    """

    nodes: dict[str, frozenset[str]]
    voids: dict[str, frozenset[str]]
    drugs: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, at: Setting) -> Partners:
        """Targets besides the drug's own; those with the same nodes are one."""
        groups: dict[tuple[frozenset[str], frozenset[str]], list[str]] = {}
        for target in at.blocking.druggable:
            if target not in at.targets:
                key = (at.blocking.nodes_of(target), at.blocking.voids_of(target))
                groups.setdefault(key, []).append(target)
        nodes, voids, drugs = {}, {}, {}
        for (taken, lost), names in groups.items():
            name = next((n for n in sorted(names) if n in taken), min(names))
            nodes[name], voids[name] = taken, lost
            every = [name, *(n for n in sorted(names) if n != name)]
            drugs[name] = tuple(
                dict.fromkeys(drug for n in every for drug in at.blocking.druggable[n])
            )
        return cls(nodes, voids, drugs)


def combine(
    reasoner: Reasoner, question: Question, size: int = LARGEST, resamples: int = RESAMPLES
) -> CombinationAnswer:
    """All minimal sets of further targets that close every route, with what is known of them.

    Args:
        reasoner: dataset and layer.
        question: drug, context and outputs; routes are those of the tumour as given.
        size: most targets in a set.
        resamples: draws for stability and robustness; 0 for none.
    """
    at = reasoner.setting(question)
    if not at.targets:
        return CombinationAnswer(at, size=size, limits=(NO_TARGET,))
    outputs = question.outputs
    own = frozenset(name for name in at.given if at.concerns_target(name)) - {*at.drivers}
    feedback = [
        item for item in reasoner.mechanism.feedback
        if not at.kin or not item.diseases or at.kin & {*item.diseases}
    ]  # fmt: skip
    found, complete = routes(
        at.program, question.drug.id, at.given, own, outputs, at.blocks, feedback
    )
    partners = Partners.of(at)
    targets = in_force(partners.nodes, partners.voids, at.given)
    sets = [s for s in closing_sets(at.program, at.given, at.blocks, targets, outputs, size) if s]
    shares: list[float | None] = [None] * len(sets)
    holds: list[float | None] = [None] * len(sets)
    if resamples:
        basis = (at.program, at.given, at.blocks, targets, outputs, sets)
        shares = [*stability(*basis, resamples)]
        holds = [*robustness(*basis, at.left_out, resamples)]
    known = Known(at, partners.drugs)
    about = {route.id: reported_by(reasoner.mechanism, route) for route in found}
    built = [
        _described(reasoner, at, known, chosen, partners, found, share, hold)
        for chosen, share, hold in zip(sets, shares, holds, strict=True)
    ]
    shown = {tried.statement.id for chosen in built for tried in _tried(chosen)}
    modelled = all(any(c.target == o for c in reasoner.mechanism.clauses) for o in outputs)
    return CombinationAnswer(
        setting=at,
        routes=found,
        sets=tuple(sorted(built, key=_rank)),
        others=tuple(tried for tried in known.others() if tried.statement.id not in shown),
        robust=() if question.alterations else robust_partners(reasoner, question),
        drug_alone_closes=None if question.documents_only or not modelled else not found,
        complete=complete,
        size=size,
        spoken=spoken_by_route(reasoner.reader, found, about, known.reports()),
        assumptions=reasoner.assumptions(a for route in found for a in route.assumptions),
        caveats=reasoner.assumptions(
            [c for route in found for c in route.caveats] + reasoner.closed_by(at, at.blocks)
        ),
        limits=(*LIMITS, NO_ASSUMPTIONS) if question.documents_only else LIMITS,
    )


def robust_partners(reasoner: Reasoner, question: Question) -> tuple[Robust, ...]:
    """How often each single target closes every route, over tumour types and single lesions.

    Contexts are the tumour type asked about, or each that the layer tells apart, without a
    lesion and with each lesion that the layer knows. Contexts that the layer cannot tell
    apart count once, and those that the drug alone closes not at all.
    """
    entities = reasoner.reader.entities
    diseases: list[Entity | None] = [question.disease] if question.disease else [
        entities[name] for name in CONTEXTS if name in entities
    ]  # fmt: skip
    wins: dict[str, int] = {}
    fails: dict[str, list[str]] = {}
    seen: set[object] = set()
    for disease in diseases or [None]:
        at = reasoner.setting(question._replace(disease=disease))
        partners = Partners.of(at)
        for lesion in [None, *at.known_lesions]:
            signature = (at.program.rules, _signature(at, partners, lesion))
            if signature in seen:
                continue
            seen.add(signature)
            given = at.given | ({lesion} if lesion else set())
            targets = in_force(partners.nodes, partners.voids, given)
            sets = closing_sets(at.program, given, at.blocks, targets, question.outputs, 1)
            if frozenset() in sets:
                continue
            closing = {name for chosen in sets for name in chosen}
            where = " with ".join(
                item.label
                for item in (disease, entities[lesion] if lesion else None)
                if item is not None
            )
            for name in partners.nodes:
                wins[name] = wins.get(name, 0) + (name in closing)
                if name not in closing:
                    fails.setdefault(name, []).append(where or "no further lesion")
    return tuple(
        Robust(name, count, count + len(fails.get(name, ())), tuple(fails.get(name, ())))
        for name, count in sorted(wins.items(), key=lambda item: (-item[1], item[0]))
        if count
    )


def _signature(at: Setting, partners: Partners, lesion: str | None) -> frozenset[object]:
    """What a lesion does in the layer: alike for lesions that nothing tells apart."""
    if lesion is None:
        return frozenset()
    does: set[object] = {
        (rule.target, tuple(name for name in rule.premises if name != lesion))
        for rule in at.program.rules
        if lesion in rule.premises
    }
    does |= {("voids", name) for name, lost in partners.voids.items() if lesion in lost}
    does |= {("voids", node) for node, es in at.blocks.items() if any(lesion in e for e in es)}
    return frozenset(does)


def _tried(chosen: ClosingSet) -> Iterable[Tried]:
    return (
        *chosen.support, *chosen.arms, *chosen.against, *chosen.unclear, *chosen.tolerance,
        *chosen.studied, *chosen.trials,
    )  # fmt: skip


def _rank(chosen: ClosingSet) -> tuple[object, ...]:
    direct = {t.passage for t in chosen.support if t.relation == "pair"}
    wider = {t.passage for t in chosen.support if t.relation != "pair"} - direct
    return (
        chosen.common_downstream,
        len(chosen.targets),
        -len(direct),
        -len(wider),
        len(chosen.reopened_by),
        -(chosen.robustness or 0.0),
        chosen.targets,
    )


def _described(
    reasoner: Reasoner,
    at: Setting,
    known: Known,
    chosen: frozenset[str],
    partners: Partners,
    found: Sequence[Route],
    share: float | None,
    hold: float | None,
) -> ClosingSet:
    """A closing set with everything told about it."""
    names = tuple(sorted(chosen))
    said = known.on(names)
    lesions = [name for name in at.known_lesions if name not in at.given]
    lesions.sort(key=lambda name: (not at.concerns_target(name), name))
    outputs = at.question.outputs
    blocks = {node: [*exceptions] for node, exceptions in at.blocks.items()}
    for name in names:
        for node in partners.nodes[name]:
            blocks.setdefault(node, []).append(partners.voids[name])
    still = closure(at.program, at.given, blocks)
    return ClosingSet(
        targets=names,
        closes={n: tuple(r.id for r in found if r.nodes & partners.nodes[n]) for n in names},
        common_downstream=all(_dominates(at, partners, name, outputs) for name in names),
        drugs={name: partners.drugs[name] for name in names},
        leaves_open=tuple(o for o in OUTPUTS if o not in outputs and o in still),
        reopened_by=tuple(
            reopening(
                at.program, at.given, at.blocks, partners.nodes, outputs, chosen, lesions,
                partners.voids,
            )
        ),
        trials=said.trials,
        studied=said.studied,
        support=said.support,
        arms=said.arms,
        against=said.against,
        unclear=said.unclear,
        tolerance=said.tolerance,
        partner_reports=said.partner_reports,
        leans_on=reasoner.assumptions(reasoner.closed_by(at, blocks)),
        stability=share,
        robustness=hold,
    )  # fmt: skip


def _dominates(at: Setting, partners: Partners, name: str, outputs: Iterable[str]) -> bool:
    """Whether an output falls silent without a target, whatever lesions there are."""
    if partners.voids[name]:
        return False
    everything = {*at.known_lesions, *at.given, *at.program.exogenous}
    blocks = {node: [frozenset[str]()] for node in partners.nodes[name]}
    active = closure(at.program, everything, blocks)
    return any(output not in active for output in outputs)
