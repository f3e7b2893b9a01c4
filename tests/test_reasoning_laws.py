"""Closure, routes and closing sets on random small programs, against brute force.

Ten thousand programs are drawn with fixed seeds; a failure names its seed.
"""

from __future__ import annotations

import random
from itertools import combinations, product

import pytest

from kras_graph.model.mechanism import Basis, Clause
from kras_graph.model.terms import Sign
from kras_graph.network.activation import Program, closure
from kras_graph.network.cuts import (
    closing_sets,
    hitting_sets,
    in_force,
    reopening,
    robustness,
    stability,
)
from kras_graph.network.derivation import minimal_sets, proof, routes

BATCHES, EACH = 20, 500
NODES = "abcdefg"
LESIONS = ("x", "y")


class Case:
    """A random program with what holds, what is blocked, and further targets."""

    def __init__(self, seed: int) -> None:
        chance = random.Random(seed)
        self.seed = seed
        count = chance.randint(3, 11)
        self.clauses = [
            Clause(
                f"M{place}",
                chance.choice(NODES[2:]),
                tuple(sorted(chance.sample([*NODES, *LESIONS], chance.choice((0, 1, 1, 2, 2, 3))))),
                (),
                Sign.POSITIVE,
                Basis.STATED,
                statements=(f"S{place % 6}",),
            )
            for place in range(count)
        ]
        self.clauses = [c for c in self.clauses if c.target not in c.needs]
        self.program = Program.from_clauses(self.clauses)
        self.given = frozenset(n for n in ("a", "b", *LESIONS) if chance.random() < 0.7)
        self.blocks: dict[str, list[frozenset[str]]] = {}
        for node in chance.sample(NODES[2:], chance.choice((0, 1, 1, 2))):
            self.blocks[node] = [
                frozenset(chance.sample(LESIONS, chance.choice((0, 0, 1, 2))))
                for _ in range(chance.choice((1, 1, 2)))
            ]
        self.targets = {
            f"T{place}": frozenset(chance.sample(NODES, chance.choice((1, 1, 2))))
            for place in range(chance.randint(1, 4))
        }
        self.voids = {
            name: frozenset(chance.sample(LESIONS, chance.choice((0, 0, 0, 1))))
            for name in self.targets
        }
        self.outputs = tuple(sorted(chance.sample(NODES[2:], chance.choice((1, 1, 2)))))


def passes(node: str, held: frozenset[str], blocks: dict[str, list[frozenset[str]]]) -> bool:
    """Whether every block on a node is voided by a lesion that is held."""
    return all(exceptions & held for exceptions in blocks.get(node, ()))


def naive(
    clauses: list[Clause], given: frozenset[str], blocks: dict[str, list[frozenset[str]]]
) -> frozenset[str]:
    """Nodes active, by adding one at a time until nothing more follows."""
    held = given
    active = {node for node in given if passes(node, held, blocks)}
    while True:
        more = {
            c.target
            for c in clauses
            if set(c.needs) <= active and c.target not in active and passes(c.target, held, blocks)
        }
        if not more:
            return frozenset(active)
        active.add(min(more))


def least_model(
    clauses: list[Clause], given: frozenset[str], blocks: dict[str, list[frozenset[str]]]
) -> frozenset[str]:
    """The intersection of all models, each subset of nodes tried."""
    universe = sorted({*NODES, *LESIONS})
    start = {node for node in given if passes(node, given, blocks)}
    best = frozenset(universe)
    for size in range(len(universe) + 1):
        for chosen in map(set, combinations(universe, size)):
            if start <= chosen and all(
                c.target in chosen
                for c in clauses
                if set(c.needs) <= chosen and passes(c.target, given, blocks)
            ):
                best &= chosen
    return best


def deriving_sets(case: Case, output: str) -> set[frozenset[str]]:
    """Inclusion-minimal node sets that derive an output by themselves, all subsets tried."""
    universe = sorted({*NODES, *LESIONS})
    found: list[frozenset[str]] = []
    for size in range(1, len(universe) + 1):
        for chosen in map(frozenset, combinations(universe, size)):
            if output not in chosen or any(smaller <= chosen for smaller in found):
                continue
            inside = [c for c in case.clauses if c.target in chosen and set(c.needs) <= chosen]
            if output in naive(inside, case.given & chosen, case.blocks):
                found.append(chosen)
    return set(found)


def cut(case: Case, chosen: frozenset[str]) -> dict[str, list[frozenset[str]]]:
    """The case's blocks together with those of further targets."""
    blocks = {node: list(exceptions) for node, exceptions in case.blocks.items()}
    for name in chosen:
        for node in case.targets[name]:
            blocks.setdefault(node, []).append(case.voids[name])
    return blocks


@pytest.mark.parametrize("batch", range(BATCHES))
def test_closure_routes_and_closing_sets_agree_with_brute_force(batch: int) -> None:
    opened = 0
    for seed in range(batch * EACH, (batch + 1) * EACH):
        case = Case(seed)
        wanted = naive(case.clauses, case.given, case.blocks)
        assert closure(case.program, case.given, case.blocks) == wanted, seed
        sets, complete = minimal_sets(case.program, case.given, case.outputs, case.blocks)
        assert complete, seed
        for output in case.outputs:
            assert bool(sets[output]) == (output in wanted), seed
        opened += any(sets.values())
        targets = in_force(case.targets, case.voids, case.given)
        found = closing_sets(case.program, case.given, case.blocks, targets, case.outputs, size=3)
        silent = [
            chosen
            for size in range(4)
            for chosen in map(frozenset, combinations(sorted(case.targets), size))
            if not set(case.outputs) & naive(case.clauses, case.given, cut(case, chosen))
        ]
        minimal = [s for s in silent if not any(other < s for other in silent)]
        assert found == sorted(minimal, key=lambda s: (len(s), sorted(s))), seed
        everything = [nodes for output in case.outputs for nodes in sets[output]]
        assert hitting_sets(everything, targets, size=3) == found, seed
    assert opened > EACH / 10  # the draws are not trivial


@pytest.mark.parametrize("batch", range(BATCHES))
def test_minimal_sets_are_all_minimal_deriving_sets(batch: int) -> None:
    for seed in range(batch * EACH, (batch + 1) * EACH):
        case = Case(seed)
        sets, _ = minimal_sets(case.program, case.given, case.outputs, case.blocks)
        for output in case.outputs:
            assert set(sets[output]) == deriving_sets(case, output), seed


@pytest.mark.parametrize("seed", range(0, 400, 10))
def test_the_closure_is_the_least_of_all_models(seed: int) -> None:
    case = Case(seed)
    wanted = least_model(case.clauses, case.given, case.blocks)
    assert closure(case.program, case.given, case.blocks) == wanted


def test_every_proof_is_built_from_its_own_nodes_and_ends_in_its_output() -> None:
    seen = 0
    for seed in range(1_000):
        case = Case(seed)
        found, _ = routes(case.program, "drug", case.given, frozenset(), case.outputs, case.blocks)
        for route in found:
            seen += 1
            steps = route.tree.steps()
            assert route.tree.node == route.output
            told = (
                {step.node for step in steps}
                | {premise.node for step in steps for premise in step.premises}
                | {void for step in steps for void in step.voids}
                | {route.output}
            )
            assert told <= route.nodes, seed
            for step in steps:
                assert step.rule is not None
                assert tuple(p.node for p in step.premises) == step.rule.premises
        assert len({route.id for route in found}) == len(found)
    assert seen > 300


def test_a_set_that_does_not_derive_the_output_has_no_proof() -> None:
    program = Program.from_clauses([Clause("M1", "b", ("a",), (), Sign.POSITIVE, Basis.DEFINITION)])
    with pytest.raises(ValueError, match="does not derive"):
        proof(program, frozenset({"b"}), frozenset({"a"}), "b", {})


def test_adding_a_drug_never_opens_and_removing_a_clause_never_creates() -> None:
    for seed in range(2_000):
        case = Case(seed)
        before = closure(case.program, case.given, case.blocks)
        for name in case.targets:
            assert closure(case.program, case.given, cut(case, frozenset({name}))) <= before, seed
        for place in range(len(case.clauses)):
            fewer = Program.from_clauses(case.clauses[:place] + case.clauses[place + 1 :])
            assert closure(fewer, case.given, case.blocks) <= before, seed


def test_renaming_changes_nothing_but_names() -> None:
    new = {node: f"n{place}" for place, node in enumerate(reversed([*NODES, *LESIONS]))}
    for seed in range(1_000):
        case = Case(seed)
        clauses = [
            Clause(c.id, new[c.target], tuple(sorted(new[n] for n in c.needs)), (), c.sign, c.basis,
                   statements=c.statements)
            for c in case.clauses
        ]  # fmt: skip
        blocks = {
            new[node]: [frozenset(new[v] for v in voids) for voids in exceptions]
            for node, exceptions in case.blocks.items()
        }
        program = Program.from_clauses(clauses)
        given = {new[node] for node in case.given}
        renamed = {new[n] for n in closure(case.program, case.given, case.blocks)}
        assert closure(program, given, blocks) == renamed, seed
        targets = {name: frozenset(new[n] for n in nodes) for name, nodes in case.targets.items()}
        outputs = [new[output] for output in case.outputs]
        assert closing_sets(program, given, blocks, targets, outputs) == closing_sets(
            case.program, case.given, case.blocks, case.targets, case.outputs
        ), seed


def test_reopening_lesions_are_those_that_bring_an_output_back_on() -> None:
    for seed in range(1_000):
        case = Case(seed)
        given = case.given - set(LESIONS)
        for chosen in closing_sets(
            case.program, given, case.blocks, case.targets, case.outputs, size=2
        ):
            wanted = [
                lesion
                for lesion in LESIONS
                if set(case.outputs) & naive(case.clauses, given | {lesion}, cut(case, chosen))
            ]
            assert wanted == reopening(
                case.program, given, case.blocks, case.targets, case.outputs, chosen, LESIONS,
                case.voids,
            ), seed  # fmt: skip


def test_stability_counts_the_resamples_in_which_a_set_is_minimal_and_closing() -> None:
    """The same draws, decided one by one with the naive closure."""
    checked = 0
    for seed in range(150):
        case = Case(seed)
        case.voids = dict.fromkeys(case.targets, frozenset())
        sets = closing_sets(case.program, case.given, case.blocks, case.targets, case.outputs)
        if not sets or not sets[0]:
            continue
        rounds, drop = 40, 0.3
        shares = stability(
            case.program, case.given, case.blocks, case.targets, case.outputs, sets, rounds, drop
        )
        chance = random.Random(20_231_103)
        supports = sorted({s for c in case.clauses for s in c.statements})
        kept = {s: [chance.random() >= drop for _ in range(rounds)] for s in supports}
        for chosen, share in zip(sets, shares, strict=True):
            count = 0
            for turn in range(rounds):
                left = [c for c in case.clauses if any(kept[s][turn] for s in c.statements)]

                silent = {
                    subset: not set(case.outputs) & naive(left, case.given, cut(case, subset))
                    for subset in (chosen, *(chosen - {name} for name in chosen))
                }
                count += silent.pop(chosen) and not any(silent.values())
            assert share == pytest.approx(count / rounds), seed
            checked += 1
    assert checked > 30


def test_robustness_falls_when_left_out_steps_can_open_a_route() -> None:
    def clause(ident: str, target: str, *needs: str, present: tuple[str, ...] = ()) -> Clause:
        return Clause(ident, target, needs, present, Sign.POSITIVE, Basis.DEFINITION)

    program = Program.from_clauses(
        [clause("M1", "b", "a", present=("p", "q")), clause("M2", "c", "b")]
    )
    targets = {"P": frozenset({"p:present"}), "B": frozenset({"b"}), "C": frozenset({"c"})}
    sets = [frozenset({name}) for name in targets]
    beside = Program.from_clauses([clause("M3", "c", "a")])

    def shares_with(left_out: Program, resamples: int, rate: float) -> list[float]:
        return robustness(program, ["a"], {}, targets, ["c"], sets, left_out, resamples, rate)

    shares = shares_with(Program(()), 400, 0.25)
    # p can be waived; b and c stay needed
    assert shares[0] == pytest.approx(0.75, abs=0.08)
    assert shares[1:] == [1.0, 1.0]
    shares = shares_with(beside, 400, 0.25)
    # a step from a to c passes b by, nothing passes c by
    assert shares[1] == pytest.approx(0.75, abs=0.08)
    assert shares[2] == 1.0
    assert shares_with(beside, 50, 0.0) == [1.0, 1.0, 1.0]


def test_without_dropping_every_set_is_stable() -> None:
    case = next(
        c
        for c in map(Case, range(500))
        if (s := closing_sets(c.program, c.given, c.blocks, c.targets, c.outputs)) and s[0]
    )
    sets = closing_sets(case.program, case.given, case.blocks, case.targets, case.outputs)
    assert set(
        stability(case.program, case.given, case.blocks, case.targets, case.outputs, sets, 50, 0.0)
    ) == {1.0}


def test_both_solvers_agree_on_every_small_boolean_program() -> None:
    """All programs of two clauses over three nodes with one given node."""
    shapes = [(t, n) for t in "bc" for n in [(), ("a",), ("b",), ("c",), ("a", "b")] if t not in n]
    targets = {name.upper(): frozenset(name) for name in "abc"}
    for one, two in product(shapes, repeat=2):
        program = Program.from_clauses(
            Clause(f"M{i}", t, n, (), Sign.POSITIVE, Basis.DEFINITION)
            for i, (t, n) in enumerate((one, two))
        )
        sets, _ = minimal_sets(program, ["a"], ["c"], {})
        assert hitting_sets(sets["c"], targets) == closing_sets(program, ["a"], {}, targets, ["c"])
