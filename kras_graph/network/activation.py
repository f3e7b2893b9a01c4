"""Which nodes can be active in a context: the clauses that hold, and their least fix-point.

Clauses are definite Horn clauses, so the fix-point is the least model of the program
(van Emden and Kowalski 1976). It over-approximates: a node outside it cannot be active by
these clauses, a node inside it may be. Nothing here knows dose, time or clonality.

Many worlds (subsets of targets, resampled evidence) are decided in one pass: every node
carries a whole number whose bits say in which worlds it is active.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from kras_graph.model.mechanism import PRESENT, Basis, Clause, Mechanism
from kras_graph.model.terms import Sign

# Node → for each thing that blocks it, the alterations that void that block.
Blocks = Mapping[str, Sequence[frozenset[str]]]
_BASIS_ORDER = {basis: place for place, basis in enumerate(Basis)}


class Context(NamedTuple):
    """The tumour and the knowledge to reason with.

    Attributes:
        diseases: the tumour type with all it is a kind of; empty when unknown, and then
            clauses of every tumour type hold.
        narrower: tumour types that are kinds of it; their clauses hold too, because the
            tumour may be one of them.
        documents_only: leave out clauses that rest on assumptions.
        suggested: let in clauses that rest on suggestions only.
        without: statements and assumptions to reason without.
    """

    diseases: frozenset[str] = frozenset()
    narrower: frozenset[str] = frozenset()
    documents_only: bool = False
    suggested: bool = False
    without: frozenset[str] = frozenset()


class Rule(NamedTuple):
    """Clauses with one target and the same premises: one step, however often supported."""

    target: str
    premises: tuple[str, ...]
    clauses: tuple[Clause, ...]

    @property
    def basis(self) -> Basis:
        """The firmest basis among the clauses."""
        return min((clause.basis for clause in self.clauses), key=_BASIS_ORDER.__getitem__)

    @property
    def sign(self) -> Sign:
        """Unknown when no clause gives a sign."""
        known = any(clause.sign is Sign.POSITIVE for clause in self.clauses)
        return Sign.POSITIVE if known else Sign.UNKNOWN

    @property
    def statements(self) -> tuple[str, ...]:
        """Statements behind the step, each once."""
        return tuple(dict.fromkeys(s for clause in self.clauses for s in clause.statements))

    @property
    def assumptions(self) -> tuple[str, ...]:
        """Assumptions behind the step, each once."""
        return tuple(dict.fromkeys(a for clause in self.clauses for a in clause.assumptions))


def holds(clause: Clause, context: Context) -> bool:
    """Whether a clause may be used in a context."""
    if context.diseases:
        fitting = context.diseases | context.narrower
        if clause.diseases and fitting.isdisjoint(clause.diseases):
            return False
        if not context.diseases.isdisjoint(clause.not_diseases):
            return False
    if clause.basis is Basis.ASSUMPTION:
        return not context.documents_only and context.without.isdisjoint(clause.assumptions)
    if clause.basis is Basis.DEFINITION:
        return True
    if clause.basis is Basis.SUGGESTED and not context.suggested:
        return False
    return any(statement not in context.without for statement in clause.statements)


class Program(NamedTuple):
    """Rules that hold in a context, in a fixed order."""

    rules: tuple[Rule, ...]
    nodes: frozenset[str] = frozenset()

    @classmethod
    def of(cls, mechanism: Mechanism, context: Context) -> Program:
        """The rules of a layer in a context."""
        return cls.from_clauses(clause for clause in mechanism.clauses if holds(clause, context))

    @classmethod
    def of_rules(cls, rules: Sequence[Rule]) -> Program:
        """Rules in the order given."""
        return cls(tuple(rules), frozenset(n for r in rules for n in (r.target, *r.premises)))

    @classmethod
    def left_out(cls, mechanism: Mechanism, context: Context) -> Program:
        """Rules of a layer that do not hold in a context, unless asked to do without them."""
        return cls.from_clauses(
            clause
            for clause in mechanism.clauses
            if not holds(clause, context) and context.without.isdisjoint(clause.statements)
        )

    @classmethod
    def from_clauses(cls, clauses: Iterable[Clause]) -> Program:
        """Clauses joined into rules."""
        groups: dict[tuple[str, tuple[str, ...]], list[Clause]] = defaultdict(list)
        for clause in clauses:
            groups[clause.target, tuple(sorted(clause.premises))].append(clause)
        rules = tuple(
            Rule(target, premises, tuple(members))
            for (target, premises), members in sorted(groups.items())
        )
        nodes = frozenset(n for rule in rules for n in (rule.target, *rule.premises))
        return cls(rules, nodes)

    @property
    def present(self) -> frozenset[str]:
        """Nodes that stand for something being there; they hold unless blocked."""
        return frozenset(node for node in self.nodes if node.endswith(PRESENT))

    @property
    def exogenous(self) -> frozenset[str]:
        """Nodes that no rule derives and that are not merely present: lesions and states."""
        derived = {rule.target for rule in self.rules}
        return frozenset(self.nodes - derived - self.present)


def closure(program: Program, given: Iterable[str], blocks: Blocks | None = None) -> frozenset[str]:
    """All nodes that can be active.

    Args:
        program: the rules.
        given: nodes that hold from the start, besides those merely present.
        blocks: what is taken away.
    """
    start = frozenset(given) | program.present
    active = worlds(program, dict.fromkeys(start, 1), blocks or {}, {}, 1)
    return frozenset(node for node, mask in active.items() if mask)


def worlds(
    program: Program,
    given: Mapping[str, int],
    blocks: Blocks,
    blocked: Mapping[str, int],
    everywhere: int,
    alive: Mapping[int, int] | None = None,
) -> dict[str, int]:
    """The fix-point in many worlds at once.

    Args:
        program: the rules.
        given: for each node that holds from the start, the worlds in which it does.
        blocks: blocks in force in every world.
        blocked: further blocks, without exceptions: the worlds in which a node is taken away.
        everywhere: all worlds, as a mask.
        alive: for a rule's index, the worlds in which it holds; everywhere when absent.

    Returns:
        For each node that is active somewhere, the worlds in which it is.
    """
    allowed: dict[str, int] = {}
    for node, exceptions in blocks.items():
        mask = everywhere
        for voids in exceptions:
            voided = 0
            for void in voids:
                voided |= given.get(void, 0)
            mask &= voided
        allowed[node] = mask
    for node, mask in blocked.items():
        allowed[node] = allowed.get(node, everywhere) & ~mask
    active = {node: mask & allowed.get(node, everywhere) for node, mask in given.items()}
    steps = [
        (rule.target, rule.premises, allowed.get(rule.target, everywhere)
         & (alive.get(place, everywhere) if alive else everywhere))
        for place, rule in enumerate(program.rules)
    ]  # fmt: skip
    changed = True
    while changed:
        changed = False
        for target, premises, mask in steps:
            for premise in premises:
                mask &= active.get(premise, 0)
                if not mask:
                    break
            before = active.get(target, 0)
            if mask & ~before:
                active[target] = before | mask
                changed = True
    return active
