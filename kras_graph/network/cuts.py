"""Sets of further targets that close every route: exact, minimal, and how stable they are.

Two solvers that share no step: fix-points over every subset of targets, and hitting sets of
the routes (Berge 1989). Blocking is monotone, so a set that closes stays closing when it
grows, and minimality needs only the sets one smaller.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations

from kras_graph.model.mechanism import Basis
from kras_graph.network.activation import Blocks, Program, Rule, worlds

Targets = Mapping[str, frozenset[str]]
# Target → lesions under which it is not taken away.
Voids = Mapping[str, frozenset[str]]
LARGEST = 3
RESAMPLES = 500
DROP_RATE = 0.1
_SEED = 20_231_103


def closing_sets(
    program: Program,
    given: Collection[str],
    blocks: Blocks,
    targets: Targets,
    outputs: Collection[str],
    size: int = LARGEST,
) -> list[frozenset[str]]:
    """Inclusion-minimal sets of at most `size` targets that leave no output active.

    Args:
        program: the rules.
        given: lesions and states that hold.
        blocks: what the drug itself takes away.
        targets: for each further target, the nodes that it takes away.
        outputs: nodes that are to be silent.
        size: most targets in a set.

    Returns:
        The sets, smaller first, then by names; one empty set when the drug alone closes.
    """
    names = sorted(targets)
    subsets = [frozenset(c) for n in range(size + 1) for c in combinations(names, n)]
    blocked: dict[str, int] = {}
    for place, subset in enumerate(subsets):
        for name in subset:
            for node in targets[name]:
                blocked[node] = blocked.get(node, 0) | 1 << place
    everywhere = (1 << len(subsets)) - 1
    start = dict.fromkeys([*given, *program.present], everywhere)
    active = worlds(program, start, blocks, blocked, everywhere)
    open_in = 0
    for output in outputs:
        open_in |= active.get(output, 0)
    minimal: list[frozenset[str]] = []
    for place, subset in enumerate(subsets):
        if not open_in >> place & 1 and not any(smaller <= subset for smaller in minimal):
            minimal.append(subset)
    return minimal


def hitting_sets(
    routes: Iterable[frozenset[str]], targets: Targets, size: int = LARGEST
) -> list[frozenset[str]]:
    """Inclusion-minimal sets of targets that touch every route, by Berge's multiplication.

    Args:
        routes: node sets of all minimal derivations.
        targets: for each target, the nodes that it takes away.
        size: most targets in a set.
    """
    partial: list[frozenset[str]] = [frozenset()]
    for nodes in routes:
        hitters = [name for name in sorted(targets) if targets[name] & nodes]
        grown: set[frozenset[str]] = set()
        for chosen in partial:
            if chosen & set(hitters):
                grown.add(chosen)
            elif len(chosen) < size:
                grown |= {chosen | {name} for name in hitters}
        partial = [s for s in grown if not any(other < s for other in grown)]
    return sorted(partial, key=lambda s: (len(s), sorted(s)))


def in_force(targets: Targets, voids: Voids, given: Collection[str]) -> Targets:
    """Targets that no lesion at hand voids."""
    held = set(given)
    return {
        name: nodes for name, nodes in targets.items() if not held & voids.get(name, frozenset())
    }


def stability(
    program: Program,
    given: Collection[str],
    blocks: Blocks,
    targets: Targets,
    outputs: Collection[str],
    sets: Sequence[frozenset[str]],
    resamples: int = RESAMPLES,
    drop: float = DROP_RATE,
) -> list[float]:
    """For each set, the share of resamples in which it still is a minimal closing set.

    In each resample every statement and every assumption is dropped with probability
    `drop`; a clause falls when all that it rests on is dropped. Definitions stay. The
    draws are seeded, so that the same question gives the same figures.
    """
    chance = random.Random(_SEED)  # noqa: S311 - resampling, not secrecy
    everywhere = (1 << resamples) - 1
    supports = sorted({i for rule in program.rules for i in (*rule.statements, *rule.assumptions)})
    kept = {
        ident: sum((chance.random() >= drop) << place for place in range(resamples))
        for ident in supports
    }
    alive = {place: _alive(rule, kept, everywhere) for place, rule in enumerate(program.rules)}
    start = dict.fromkeys([*given, *program.present], everywhere)
    known: dict[frozenset[str], int] = {}

    def closed(subset: frozenset[str]) -> int:
        if subset not in known:
            blocked = {node: everywhere for name in subset for node in targets[name]}
            active = worlds(program, start, blocks, blocked, everywhere, alive)
            open_in = 0
            for output in outputs:
                open_in |= active.get(output, 0)
            known[subset] = everywhere & ~open_in
        return known[subset]

    shares = []
    for chosen in sets:
        mask = closed(chosen)
        for name in chosen:
            mask &= ~closed(chosen - {name})
        shares.append(mask.bit_count() / resamples if resamples else 1.0)
    return shares


def robustness(
    program: Program,
    given: Collection[str],
    blocks: Blocks,
    targets: Targets,
    outputs: Collection[str],
    sets: Sequence[frozenset[str]],
    left_out: Program,
    resamples: int = RESAMPLES,
    rate: float = DROP_RATE,
) -> list[float]:
    """For each set, the share of resamples in which it still closes when more can happen.

    In each resample every requirement that something be there is waived, and every rule
    that the context leaves out is let in, with probability `rate`. What threatens a claim
    of closure is a missing step or a conjunction that is none; this asks how much.

    Args:
        program: the rules of the context.
        given: lesions and states that hold.
        blocks: what the drug itself takes away.
        targets: for each further target, the nodes that it takes away.
        outputs: nodes that are to be silent.
        sets: closing sets.
        left_out: rules that the context leaves out.
        resamples: draws.
        rate: probability of each change.
    """
    chance = random.Random(_SEED + 1)  # noqa: S311 - resampling, not secrecy
    everywhere = (1 << resamples) - 1

    def drawn() -> int:
        return sum((chance.random() < rate) << place for place in range(resamples))

    rules = list(program.rules)
    alive = dict.fromkeys(range(len(rules)), everywhere)
    for rule in program.rules:
        for premise in rule.premises:
            if premise in program.present and len(rule.premises) > 1:
                fewer = tuple(name for name in rule.premises if name != premise)
                alive[len(rules)] = drawn()
                rules.append(Rule(rule.target, fewer, rule.clauses))
    for rule in left_out.rules:
        alive[len(rules)] = drawn()
        rules.append(rule)
    wider = Program.of_rules(rules)
    start = dict.fromkeys([*given, *wider.present], everywhere)
    shares = []
    for chosen in sets:
        blocked = {node: everywhere for name in chosen for node in targets[name]}
        active = worlds(wider, start, blocks, blocked, everywhere, alive)
        open_in = 0
        for output in outputs:
            open_in |= active.get(output, 0)
        shares.append((everywhere & ~open_in).bit_count() / resamples)
    return shares


def _alive(rule: Rule, kept: Mapping[str, int], everywhere: int) -> int:
    """Resamples in which a rule still stands."""
    mask = 0
    for clause in rule.clauses:
        if clause.basis is Basis.DEFINITION:
            return everywhere
        behind = clause.assumptions if clause.basis is Basis.ASSUMPTION else clause.statements
        for ident in behind:
            mask |= kept[ident]
    return mask


def reopening(
    program: Program,
    given: Collection[str],
    blocks: Blocks,
    targets: Targets,
    outputs: Collection[str],
    chosen: frozenset[str],
    lesions: Sequence[str],
    voids: Voids | None = None,
) -> list[str]:
    """Single further lesions with which an output comes back on although the set is hit.

    A lesion may start a route of its own, or void a member of the set.
    """
    everywhere = (1 << len(lesions)) - 1
    start = dict.fromkeys([*given, *program.present], everywhere)
    for place, lesion in enumerate(lesions):
        start[lesion] = start.get(lesion, 0) | 1 << place
    blocked: dict[str, int] = {}
    for name in chosen:
        lost = (voids or {}).get(name, frozenset())
        mask = sum(1 << place for place, lesion in enumerate(lesions) if lesion not in lost)
        for node in targets[name]:
            blocked[node] = blocked.get(node, 0) | mask
    active = worlds(program, start, blocks, blocked, everywhere)
    open_in = 0
    for output in outputs:
        open_in |= active.get(output, 0)
    return [lesion for place, lesion in enumerate(lesions) if open_in >> place & 1]
