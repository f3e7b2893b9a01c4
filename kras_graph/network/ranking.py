"""Every path that fits, best first.

Partial paths wait in a heap, ordered by their points and the least that the rest must add,
so that what a cut search has found is the best there is, as far as it says so.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Collection, Hashable
from dataclasses import dataclass, field, replace
from itertools import count

from kras_graph.model.terms import Sign
from kras_graph.network.guide import FAR, Guide
from kras_graph.network.records import Group, Path, Step
from kras_graph.network.score import LENGTH, make_path, place, step_points
from kras_graph.network.search import Search
from kras_graph.network.view import View


@dataclass(frozen=True)
class Ranking:
    """What a search found.

    Attributes:
        paths: the best path of each group, best first.
        found: number of paths, grouped ones too.
        cut: whether the search stopped at its limit of steps.
        certain: how many of `paths` are the best whatever was not seen.
    """

    paths: tuple[Path, ...]
    found: int
    cut: bool
    certain: int


@dataclass(frozen=True)
class _Trail:
    """A partial path: its steps, points, sign and the states of its metapath."""

    nodes: tuple[str, ...]
    steps: tuple[Step, ...] = ()
    points: int = 0
    sign: Sign = Sign.POSITIVE
    states: frozenset[int] = frozenset()


@dataclass
class _Gathered:
    """Paths that are given as one."""

    best: Path
    paths: int = 0
    signs: Counter[str] = field(default_factory=Counter)
    nodes: set[str] = field(default_factory=set)


def rank(
    view: View, source: str | None, target: str | None, search: Search, *, first: bool = False
) -> Ranking:
    """Paths between two ends, best first.

    Args:
        view: the network as the search may use it.
        source: where paths start; None for anywhere.
        target: where they end; None for anywhere.
        search: what they must be like.
        first: whether to stop as soon as the best path is certain.
    """
    return _Run(view, source, target, search).all(first=first)


class _Run:
    """One search under way."""

    def __init__(self, view: View, source: str | None, target: str | None, search: Search) -> None:
        self.view, self.search = view, search
        self.source, self.target = source, target
        self.guide = Guide(view, None if target is None else [target], search)
        self.groups: dict[Hashable, _Gathered] = {}
        self.found = 0
        self.least = FAR
        self.heap: list[tuple[int, int, _Trail]] = []
        self.order = count()
        one_end_open = (source is None) != (target is None)
        self.by_end = one_end_open and search.metapath is None

    def all(self, *, first: bool) -> Ranking:
        """Paths from the best partial path on, until none is left or the limit is met."""
        self._begin()
        left, cut, floor = self.search.max_steps, False, 0
        while self.heap and not cut:
            bound, _, trail = heapq.heappop(self.heap)
            if first and self.least < bound:
                break
            for step in self.view.out(trail.nodes[-1]):
                if left <= 0:
                    cut, floor = True, bound
                    break
                left -= 1
                self._try(trail, step)
        ranked = sorted((self._given(item) for item in self.groups.values()), key=place)
        certain = len(ranked)
        if cut:
            certain = sum(path.score.total < floor for path in ranked)
        return Ranking(tuple(ranked), self.found, cut, certain)

    def _begin(self) -> None:
        starts = self.guide.starts() if self.source is None else [self.source]
        for name in starts:
            if name in self.search.avoid or name == self.target:
                continue
            states: frozenset[int] = frozenset()
            if self.search.metapath is not None:
                states = self.search.metapath.start(self.view.cls(name))
                if not states:
                    continue
            self._wait(_Trail((name,), states=states))

    def _wait(self, trail: _Trail) -> None:
        """Keep a partial path for later, unless it cannot become a path that fits."""
        missing = self.search.via.difference(trail.nodes)
        least = self.guide.least(trail.nodes[-1], trail.sign, missing)
        if self.search.metapath is not None:
            least = max(least, self.search.metapath.left(trail.states))
        if len(trail.steps) + least <= self.search.max_length:
            bound = trail.points + LENGTH * least
            heapq.heappush(self.heap, (bound, next(self.order), trail))

    def _try(self, trail: _Trail, step: Step) -> None:
        """Take a step where it may be taken: to an end, onwards, or both."""
        name, pattern = step.target, self.search.metapath
        if name in trail.nodes or name in self.search.avoid:
            return
        if trail.steps and not may_follow(trail.steps[-1].role, step.role):
            return
        steps, sign = (*trail.steps, step), trail.sign.then(step.sign)
        points = trail.points + sum(step_points(step))
        passable = self._may_pass(trail, step)
        states = inner = trail.states
        if pattern is not None:
            cls, rollup = self.view.cls(name), step.role != "statement"
            states = inner = pattern.follow(trail.states, cls, rollup=rollup)
            if not passable:
                inner = pattern.follow(trail.states, cls, rollup=rollup, named_only=True)
            passable = bool(inner)
        if self.target in (None, name) and self._fits(trail, name, steps, sign, states):
            self._record(steps, sign, points)
        if passable and name != self.target and self._may_stand(name):
            points += self.view.hub(name)
            self._wait(_Trail((*trail.nodes, name), steps, points, sign, inner))

    def _fits(
        self, trail: _Trail, name: str, steps: tuple[Step, ...], sign: Sign, states: frozenset[int]
    ) -> bool:
        search = self.search
        if not search.min_length <= len(steps) <= search.max_length:
            return False
        if search.sign not in (None, sign) or not search.via <= {*trail.nodes, name}:
            return False
        return search.metapath is None or search.metapath.accepts(states)

    def _may_pass(self, trail: _Trail, step: Step) -> bool:
        """Whether a path may go on beyond a step; a drug's own classes may be climbed."""
        if self.search.through_therapies or not self.view.is_therapy(step.target):
            return True
        return step.role == "up" and self.view.is_therapy(trail.nodes[0])

    def _may_stand(self, name: str) -> bool:
        """Whether a node is among those allowed inside a path, where these are given."""
        search = self.search
        return not search.only or name in search.only or name in search.via

    def _record(self, steps: tuple[Step, ...], sign: Sign, points: int) -> None:
        self.found += 1
        nodes = (steps[0].source, *(step.target for step in steps))
        key = self._key(nodes, steps, sign)
        group = self.groups.get(key)
        if group is None:
            group = _Gathered(make_path(steps, sign, self.view.hub))
            self.groups[key] = group
        elif points <= group.best.score.total:
            path = make_path(steps, sign, self.view.hub)
            group.best = min(group.best, path, key=place)
        self.least = min(self.least, group.best.score.total)
        group.paths += 1
        group.signs[str(sign)] += 1
        group.nodes.update(nodes)

    def _key(self, nodes: tuple[str, ...], steps: tuple[Step, ...], sign: Sign) -> Hashable:
        """What paths that are given as one have in common."""
        firm = all(step.asserted for step in steps)
        if self.by_end:
            return nodes[-1] if self.target is None else nodes[0]
        if self.search.fold:
            return folded(self.view, nodes), sign, firm
        return nodes, tuple((step.predicate, step.asserted) for step in steps)

    def _given(self, group: _Gathered) -> Path:
        if group.paths == 1:
            return group.best
        members = tuple(sorted(group.nodes - set(group.best.nodes)))
        told = Group(group.paths, members, dict(sorted(group.signs.items())))
        return replace(group.best, group=told)


def folded(view: View, nodes: Collection[str]) -> tuple[str, ...]:
    """Nodes of a path with the family in the place of each inner member, repeats left out.

    RAF > MEK and BRAF > RAF > MAP2K1 are one in this form.
    """
    ends = list(nodes)
    names = [ends[0], *(view.family(name) for name in ends[1:-1]), ends[-1]]
    return tuple(name for n, name in enumerate(names) if n == 0 or name != names[n - 1])


def may_follow(before: str, role: str) -> bool:
    """Whether a step of this role may come right after one of the role before it.

    What is said of a whole reaches its parts only at the very end of a path, and never
    right after climbing: one member does not act through another.
    """
    if before == "down":
        return role == "down"
    return not (role == "down" and before == "up")
