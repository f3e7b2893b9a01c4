"""Does the layer agree with combinations that sources report as working or failing?

Each reported pair is tested without every statement that shares a passage with its report,
and without the assumptions whose cited work reports the same pair, so that nothing is tested
by what it was learnt from. Pairs stand in a table of their own and rules are not tuned to
them; misses are told with a diagnosis.

The layer's word on a pair: a partner is predicted to work when it silences at least one
output that the drug leaves active, its own target not counted; a therapy given alone is
predicted to fail when it leaves any output active.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, median
from typing import TYPE_CHECKING

from kras_graph.answers.routes import Reasoner
from kras_graph.model.mechanism import PRESENT, Clause, Pair
from kras_graph.network.activation import Blocks, Context, Program, closure
from kras_graph.network.blocking import Blocking, lineage
from kras_graph.network.paths import Search, find_paths

if TYPE_CHECKING:
    from kras_graph.network.projection import Network

OUTPUTS = ("ERK", "AKT", "mTOR_signaling")
DRAWS = 200
_SEED = 11_172_020
_LONGEST = 6


@dataclass(frozen=True)
class Verdict:
    """One pair: what was reported, what the layer predicts, and why they differ.

    Attributes:
        pair: the pair.
        predicted: `works`, `fails`, or empty where the layer knows nothing of the partner.
        left_out: statements and assumptions left out for the test.
        lost: number of clauses that this takes away.
        assumed: whether the prediction needs an assumption.
        before: outputs active without the partner.
        after: outputs active with it.
        diagnosis: in words, what the layer saw.
    """

    pair: Pair
    predicted: str
    left_out: tuple[str, ...]
    lost: int
    assumed: bool
    before: tuple[str, ...]
    after: tuple[str, ...]
    diagnosis: str

    @property
    def hit(self) -> bool:
        """Whether prediction and report agree."""
        return self.predicted == self.pair.reported


@dataclass(frozen=True)
class Baseline:
    """Hits of a simpler predictor on the same pairs; a mean where it is drawn at random.

    `alone` counts the hits among therapies given alone.
    """

    name: str
    hits: float
    alone: float
    pairs: int
    how: str


@dataclass(frozen=True)
class Validation:
    """Verdicts on all pairs, and the baselines of the same run."""

    verdicts: tuple[Verdict, ...]
    baselines: tuple[Baseline, ...]

    @property
    def hits(self) -> int:
        """Number of pairs on which layer and report agree."""
        return sum(verdict.hit for verdict in self.verdicts)

    @property
    def hits_alone(self) -> int:
        """Hits among therapies given alone."""
        return sum(verdict.hit for verdict in self.verdicts if not verdict.pair.drug)

    @property
    def alone(self) -> int:
        """Number of therapies given alone."""
        return sum(not verdict.pair.drug for verdict in self.verdicts)


def validate(reasoner: Reasoner, network: Network) -> Validation:
    """Test the layer, and baselines, against the reported pairs.

    Args:
        reasoner: dataset and layer.
        network: the plain signed network, for a baseline.
    """
    cases = [_Case.of(reasoner, pair) for pair in reasoner.mechanism.pairs]
    chance = random.Random(_SEED)  # noqa: S311 - baselines, not secrecy
    total = len(cases)

    def scored(name: str, predict: Callable[[_Case], bool], how: str) -> Baseline:
        right = [case for case in cases if _word(predict(case)) == case.pair.reported]
        return Baseline(name, len(right), sum(not c.pair.drug for c in right), total, how)

    def drawn(name: str, draw: Callable[[], Callable[[_Case], bool]], how: str) -> Baseline:
        draws = [scored(name, draw(), how) for _ in range(DRAWS)]
        return Baseline(name, mean(d.hits for d in draws), mean(d.alone for d in draws), total, how)

    degree = _degrees(reasoner)
    between = _betweenness(reasoner)
    baselines = (
        scored("always works", lambda case: True, "no look at the pair"),
        scored("together works, alone fails", lambda case: bool(case.pair.drug),
               "whether a drug was given beside it"),
        scored("shortest signed path", lambda case: case.lowers_by_path(network),
               f"a negative path to an output in at most {_LONGEST} steps, nothing left out"),
        scored("OR-only cut", lambda case: case.works(_or_only),
               "the same closure with every premise enough by itself"),
        scored("degree", lambda case: case.central(degree),
               "the partner's target has at least the median degree of targets, nothing left out"),
        scored("betweenness", lambda case: case.central(between),
               "the partner's target has at least the median betweenness, nothing left out"),
        drawn("random", lambda: lambda case: chance.random() < 0.5,
              f"a fair coin, mean of {DRAWS} draws"),
        drawn("rewired", lambda: _rewired(chance, reasoner),
              f"premises exchanged between clauses, degrees kept, mean of {DRAWS} draws"),
    )  # fmt: skip
    return Validation(tuple(case.verdict() for case in cases), baselines)


def _word(works: bool) -> str:
    return "works" if works else "fails"


@dataclass(frozen=True)
class _Case:
    """A pair with the layer as it is when the pair's own passages are left out."""

    reasoner: Reasoner
    pair: Pair
    left_out: frozenset[str]
    blocking: Blocking
    clauses: tuple[Clause, ...]
    lost: int

    @classmethod
    def of(cls, reasoner: Reasoner, pair: Pair) -> _Case:
        """The case of a pair."""
        reported_too = {a.id for a in reasoner.mechanism.assumptions if pair.id in a.pairs}
        left_out = _same_passage(reasoner, pair.statements) | reported_too
        entities = reasoner.reader.entities
        kin = lineage(entities, pair.disease) if pair.disease else frozenset()
        whole = _clauses(reasoner, Context(kin, without=reasoner.fallen))
        clauses = _clauses(reasoner, Context(kin, without=left_out | reasoner.fallen))
        blocking = reasoner.blocking_without(left_out)
        return cls(reasoner, pair, left_out, blocking, clauses, len(whole) - len(clauses))

    def given(self) -> frozenset[str]:
        """Lesions that hold: the alleles the drug is made for, and those of the tumours."""
        drivers = self.blocking.driver_of(self.pair.drug) if self.pair.drug else ()
        return frozenset([*drivers, *self.pair.alterations])

    def states(
        self, change: Callable[[Sequence[Clause]], Iterable[Clause]] | None = None
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Outputs active without and with the partner, in a layer that may be changed."""
        clauses = change(self.clauses) if change else self.clauses
        program = Program.from_clauses(clauses)
        alone = self.blocking.blocks(self.pair.drug) if self.pair.drug else {}
        both = _merged(alone, self.blocking.blocks(self.pair.partner))
        before = closure(program, self.given(), alone)
        after = closure(program, self.given(), both)
        own = {node for hit in self.blocking.hits(self.pair.partner) for node in hit.nodes}
        outputs = [o for o in OUTPUTS if not (self.pair.drug and o in own)]
        return tuple(o for o in outputs if o in before), tuple(o for o in outputs if o in after)

    def works(self, change: Callable[[Sequence[Clause]], Iterable[Clause]] | None = None) -> bool:
        """Whether the partner is predicted to work, in a layer that may be changed."""
        before, after = self.states(change)
        if self.pair.drug:
            return len(after) < len(before)
        return not after

    def verdict(self) -> Verdict:
        """The pair's verdict."""
        known = bool(self.blocking.hits(self.pair.partner))
        before, after = self.states()
        predicted = _word(self.works()) if known else ""
        firm = self.works(lambda clauses: [c for c in clauses if c.basis != "assumption"])
        return Verdict(
            self.pair, predicted, tuple(sorted(self.left_out)), self.lost,
            known and _word(firm) != predicted, before, after,
            self._diagnosis(known, before, after),
        )  # fmt: skip

    def _diagnosis(self, known: bool, before: tuple[str, ...], after: tuple[str, ...]) -> str:
        label = self.reasoner.reader.label
        if not known:
            return f"nothing that {label(self.pair.partner)} acts on is in the layer"
        silenced = [label(o) for o in before if o not in after]
        active = ", ".join(label(o) for o in after) or "no output"
        if silenced:
            return f"silences {', '.join(silenced)}; {active} stays on"
        where = label(self.pair.disease) if self.pair.disease else "tumour type not given"
        others = sorted(
            clause.target
            for clause in self.clauses
            if not clause.premises and clause.target not in self.blocking.blocks(self.pair.partner)
        )
        starts = sorted({*others, *self.pair.alterations})
        told = ", ".join(label(name) for name in starts) or "nothing"
        return f"silences no output ({where}); still driven by {told}; {active} stays on"

    def targets(self) -> list[str]:
        """What the partner takes away."""
        return [hit.target for hit in self.blocking.hits(self.pair.partner)]

    def central(self, score: Mapping[str, float]) -> bool:
        """Whether a target of the partner scores at least the median."""
        middle = median(score[name] for name in sorted(score))
        return any(score.get(target, 0.0) >= middle for target in self.targets())

    def lowers_by_path(self, network: Network) -> bool:
        """Whether a short negative path leads from the partner to an output."""
        from kras_graph.model.terms import Sign

        avoid = frozenset([self.pair.drug]) if self.pair.drug else frozenset[str]()
        search = Search(max_length=_LONGEST, k=1, sign=Sign.NEGATIVE, avoid=avoid)
        return any(
            output in network and find_paths(network, self.pair.partner, output, search).paths
            for output in OUTPUTS
        )


def _clauses(reasoner: Reasoner, context: Context) -> tuple[Clause, ...]:
    program = Program.of(reasoner.mechanism, context)
    return tuple(clause for rule in program.rules for clause in rule.clauses)


def _same_passage(reasoner: Reasoner, statements: Sequence[str]) -> frozenset[str]:
    """The statements and all others with an anchor that overlaps one of theirs."""
    anchors = reasoner.anchors
    own = [anchor for ident in statements for anchor in anchors.get(ident, ())]
    return frozenset(statements) | {
        ident
        for ident, places in anchors.items()
        if any(
            place.publication == mine.publication
            and place.start < mine.end
            and mine.start < place.end
            for place in places
            for mine in own
        )
    }


def _merged(one: Blocks, other: Blocks) -> dict[str, list[frozenset[str]]]:
    return {node: [*one.get(node, ()), *other.get(node, ())] for node in sorted({*one, *other})}


def _or_only(clauses: Sequence[Clause]) -> Iterable[Clause]:
    """Every premise enough by itself."""
    for clause in clauses:
        if len(clause.premises) < 2:
            yield clause
            continue
        for name in clause.needs:
            yield clause._replace(needs=(name,), present=())
        for name in clause.present:
            yield clause._replace(needs=(), present=(name,))


def _rewired(chance: random.Random, reasoner: Reasoner) -> Callable[[_Case], bool]:
    """A predictor over a layer whose premises are exchanged between clauses."""
    active = [n for clause in reasoner.mechanism.clauses for n in clause.needs]
    chance.shuffle(active)
    shuffled: dict[str, tuple[str, ...]] = {}
    for clause in reasoner.mechanism.clauses:
        shuffled[clause.id] = tuple(active.pop() for _ in clause.needs)

    def change(clauses: Sequence[Clause]) -> Iterable[Clause]:
        return [clause._replace(needs=shuffled[clause.id]) for clause in clauses]

    return lambda case: case.works(change)


def _edges(reasoner: Reasoner) -> list[tuple[str, str]]:
    return sorted(
        {
            (premise.removesuffix(PRESENT), clause.target)
            for clause in reasoner.mechanism.clauses
            for premise in clause.premises
        }
    )


def _degrees(reasoner: Reasoner) -> dict[str, float]:
    """Degree of every target of the graph's therapies."""
    edges = _edges(reasoner)
    return {
        target: float(sum(target in edge for edge in edges))
        for target in reasoner.blocking.druggable
    }


def _betweenness(reasoner: Reasoner) -> dict[str, float]:
    """Betweenness centrality of every target of the graph's therapies."""
    import networkx as nx

    scores = nx.betweenness_centrality(nx.DiGraph(_edges(reasoner)))
    return {target: float(scores.get(target, 0.0)) for target in reasoner.blocking.druggable}
