"""Routes: minimal derivations of an output that a drug leaves open, as proof trees.

A route is an inclusion-minimal set of nodes that carries a derivation of the output. The
sets are found by propagating labels, as an assumption-based truth maintenance system does
(de Kleer 1986): a node's label is the antichain of node sets that derive it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from itertools import product
from typing import NamedTuple

from kras_graph.model.mechanism import Feedback
from kras_graph.model.terms import Sign
from kras_graph.network.activation import Blocks, Program, Rule

MAIN_OUTPUT = "ERK"
MAX_LABELS = 2_000


class RouteClass(StrEnum):
    """How a route gets past the drug."""

    ON_TARGET = "on-target"
    ADAPTIVE = "adaptive"
    ACQUIRED = "acquired"
    DOWNSTREAM = "downstream"
    PARALLEL = "parallel-output"


class Tree(NamedTuple):
    """A proof: the node, the rule that makes it active, and the proofs of its premises.

    `rule` is None for a node that holds from the start. `voids` names the alteration that
    voids a block on this node.
    """

    node: str
    rule: Rule | None
    premises: tuple[Tree, ...] = ()
    voids: tuple[str, ...] = ()

    def steps(self) -> list[Tree]:
        """The tree's nodes with a rule, premises first, each once."""
        found: dict[str, Tree] = {}
        for premise in self.premises:
            found.update((step.node, step) for step in premise.steps())
        if self.rule is not None:
            found[self.node] = self
        return list(found.values())


class Route(NamedTuple):
    """A way in which an output stays on while the drug works; computed, not observed.

    Attributes:
        id: `route:`, drug, starting points and output.
        cls: how it gets past the drug.
        output: the node kept active.
        nodes: the minimal set of nodes behind it.
        tree: the proof.
        alterations: lesions it needs.
        sources: where it starts: its lesions, else the nodes active by themselves.
        feedback: brakes that fall along with the drug's effect; noted, not needed.
    """

    id: str
    cls: RouteClass
    output: str
    nodes: frozenset[str]
    tree: Tree
    alterations: tuple[str, ...]
    sources: tuple[str, ...]
    feedback: tuple[Feedback, ...] = ()

    @property
    def statements(self) -> tuple[str, ...]:
        """Statements behind its steps, in the order of the proof, each once."""
        return tuple(
            dict.fromkeys(
                s for step in self.tree.steps() if step.rule for s in step.rule.statements
            )
        )

    @property
    def assumptions(self) -> tuple[str, ...]:
        """Assumptions that its steps rest on, where nothing firmer stands behind the step."""
        return tuple(
            dict.fromkeys(
                a
                for step in self.tree.steps()
                if step.rule and step.rule.basis == "assumption"
                for a in step.rule.assumptions
            )
        )

    @property
    def caveats(self) -> tuple[str, ...]:
        """Assumptions that steps resting on something firmer are read with."""
        return tuple(
            dict.fromkeys(
                a
                for step in self.tree.steps()
                if step.rule and step.rule.basis != "assumption"
                for a in step.rule.assumptions
            )
        )

    @property
    def sign(self) -> Sign:
        """Unknown when the sources leave a step without a sign."""
        unknown = any(s.rule and s.rule.sign is Sign.UNKNOWN for s in self.tree.steps())
        return Sign.UNKNOWN if unknown else Sign.POSITIVE


def minimal_sets(
    program: Program,
    given: Iterable[str],
    outputs: Iterable[str],
    blocks: Blocks,
    limit: int = MAX_LABELS,
) -> tuple[dict[str, list[frozenset[str]]], bool]:
    """For each output, its inclusion-minimal deriving sets of nodes.

    Args:
        program: the rules.
        given: nodes that hold from the start, besides those merely present.
        outputs: nodes to derive.
        blocks: what is taken away, with what voids it; a voiding lesion joins the set.
        limit: most sets kept for one node.

    Returns:
        The sets, smallest first, and whether they are all there are. Where they are not,
        a set given need not be minimal.
    """
    start = frozenset(given) | program.present
    labels: dict[str, list[frozenset[str]]] = {}
    complete = True

    def passes(node: str) -> list[frozenset[str]]:
        """Choices of voiding lesions that let a node stay, given the blocks on it."""
        exceptions = [sorted(voids & start) for voids in blocks.get(node, ())]
        return [frozenset(choice) for choice in product(*exceptions)]

    for node in sorted(start):
        for voids in passes(node):
            _add(labels.setdefault(node, []), voids | {node})
    # a rule is tried again only when the sets of a premise have changed since
    changes = dict.fromkeys(labels, 1)
    tried: list[tuple[int, ...] | None] = [None] * len(program.rules)
    changed = True
    while changed:
        changed = False
        for place, rule in enumerate(program.rules):
            now = tuple(changes.get(premise, 0) for premise in rule.premises)
            if now == tried[place]:
                continue
            tried[place] = now
            known = [labels.get(premise, []) for premise in rule.premises]
            if not all(known):
                continue
            own = labels.setdefault(rule.target, [])
            for *parts, voids in product(*known, passes(rule.target)):
                if len(own) >= limit:
                    complete = False
                    break
                if _add(own, frozenset({rule.target}).union(*parts, voids)):
                    changes[rule.target] = changes.get(rule.target, 0) + 1
                    changed = True
    order = {
        output: sorted(labels.get(output, []), key=lambda nodes: (len(nodes), sorted(nodes)))
        for output in outputs
    }
    return order, complete


def _add(antichain: list[frozenset[str]], candidate: frozenset[str]) -> bool:
    """Keep a set unless one within it is kept; drop those that contain it."""
    if any(kept <= candidate for kept in antichain):
        return False
    antichain[:] = [kept for kept in antichain if not candidate < kept]
    antichain.append(candidate)
    return True


def proof(
    program: Program, nodes: frozenset[str], given: frozenset[str], output: str, blocks: Blocks
) -> Tree:
    """The proof tree of an output within a deriving set, by the rules that fire first.

    Raises:
        ValueError: when the set does not derive the output.
    """
    trees: dict[str, Tree] = {}

    def voids(node: str) -> tuple[str, ...] | None:
        """Lesions within the set that void the blocks on a node; None when one stands."""
        found: list[str] = []
        for exceptions in blocks.get(node, ()):
            here = sorted(exceptions & nodes)
            if not here:
                return None
            found.append(here[0])
        return tuple(dict.fromkeys(found))

    for node in sorted(nodes & (given | program.present)):
        lesions = voids(node)
        if lesions is not None:
            trees[node] = Tree(node, None, voids=lesions)
    while output not in trees:
        fired: dict[str, Tree] = {}
        for rule in program.rules:
            if rule.target in trees or rule.target in fired or rule.target not in nodes:
                continue
            lesions = voids(rule.target)
            if lesions is not None and all(premise in trees for premise in rule.premises):
                parts = tuple(trees[premise] for premise in rule.premises)
                fired[rule.target] = Tree(rule.target, rule, parts, lesions)
        if not fired:
            raise ValueError(f"{sorted(nodes)} does not derive {output}")
        trees.update(fired)
    return trees[output]


def routes(
    program: Program,
    drug: str,
    given: frozenset[str],
    own: frozenset[str],
    outputs: Iterable[str],
    blocks: Blocks,
    feedback: Iterable[Feedback] = (),
) -> tuple[tuple[Route, ...], bool]:
    """Every route that the blocks leave open, best first, and whether they are all.

    Args:
        program: the rules.
        drug: id of the drug, for the routes' ids.
        given: lesions and states that hold from the start.
        own: lesions among them that change the drug's own target.
        outputs: nodes to derive.
        blocks: what the drug takes away.
        feedback: brakes to note on the routes that they restrain.

    Order: class, output as asked for, steps resting on assumptions, steps without a sign,
    number of nodes, id.
    """
    found: list[Route] = []
    sets, complete = minimal_sets(program, given, outputs, blocks)
    place = _Place.of(program, blocks)
    taken: dict[str, int] = {}
    for output, alternatives in sets.items():
        for nodes in alternatives:
            tree = proof(program, nodes, given, output, blocks)
            alterations = tuple(sorted(nodes & given))
            sources = alterations or tuple(
                sorted(s.node for s in tree.steps() if s.rule and not s.rule.premises)
            )
            ident = f"route:{drug}:{'+'.join(sources)}:{output}"
            taken[ident] = taken.get(ident, 0) + 1
            if taken[ident] > 1:
                ident += f":{taken[ident]}"
            found.append(
                Route(
                    ident,
                    place.class_of(tree, nodes, alterations, own),
                    output,
                    nodes,
                    tree,
                    alterations,
                    sources,
                    tuple(f for f in feedback if f.restrains in nodes and f.driver in place.below),
                )
            )
    rank = {output: place for place, output in enumerate(sets)}
    return tuple(sorted(found, key=lambda route: _order(route, rank[route.output]))), complete


class _Place(NamedTuple):
    """Where the drug's targets stand among the rules.

    `following` is what a target activates at once, `below` all that lies further down, and
    `main` what can lead to the main output.
    """

    blocked: frozenset[str]
    following: frozenset[str]
    below: frozenset[str]
    main: frozenset[str]

    @classmethod
    def of(cls, program: Program, blocks: Blocks) -> _Place:
        """The place of what is blocked."""
        ahead: dict[str, set[str]] = {}
        back: dict[str, set[str]] = {}
        for rule in program.rules:
            for premise in rule.premises:
                ahead.setdefault(premise, set()).add(rule.target)
                back.setdefault(rule.target, set()).add(premise)
        blocked = frozenset(blocks)
        following = frozenset().union(*(ahead.get(node, set()) for node in blocked))
        below = _reach(following, ahead)
        main = _reach({MAIN_OUTPUT}, back) if MAIN_OUTPUT in below else frozenset()
        return cls(blocked, following, below, main)

    def class_of(
        self, tree: Tree, nodes: frozenset[str], alterations: tuple[str, ...], own: frozenset[str]
    ) -> RouteClass:
        """Class of a route by where it enters what lies below the target.

        A route through the target, or from a lesion of it, is on-target. One that enters
        right below the target is acquired when it needs a lesion, else adaptive. One that
        enters further down is downstream where the main output can be reached from there,
        else it runs to a parallel output.
        """
        if nodes & self.blocked or own & set(alterations):
            return RouteClass.ON_TARGET
        entries = {
            step.node
            for step in tree.steps()
            if step.node in self.below and not any(p.node in self.below for p in step.premises)
        }
        if entries & self.following:
            return RouteClass.ACQUIRED if alterations else RouteClass.ADAPTIVE
        return RouteClass.DOWNSTREAM if entries & self.main else RouteClass.PARALLEL


def _reach(starts: Iterable[str], links: Mapping[str, set[str]]) -> frozenset[str]:
    """The starts and all that links lead to."""
    seen = set(starts)
    front = list(seen)
    while front:
        more = links.get(front.pop(), set()) - seen
        seen |= more
        front += more
    return frozenset(seen)


def _order(route: Route, output: int) -> tuple[object, ...]:
    steps = route.tree.steps()
    return (
        list(RouteClass).index(route.cls),
        output,
        sum(step.rule is not None and step.rule.basis == "assumption" for step in steps),
        sum(step.rule is not None and step.rule.sign is Sign.UNKNOWN for step in steps),
        len(route.nodes),
        route.id,
    )
