"""Signed simple paths between two nodes, best first, with reasons when there are none.

A path may climb from a part to its whole anywhere (allele to gene, member to family,
medicine to class), and may step down from a whole to a part only at its very end, never
right after climbing: what is said of a family reaches a member, but one member does not
act through another.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from kras_graph.model.terms import THERAPY_CLASSES, Sign
from kras_graph.network.projection import Network

MAX_STEPS = 200_000


class Reason(StrEnum):
    """Why there is no path."""

    NO_PATH = "no-path"
    ONLY_LONGER = "only-longer"
    ONLY_OTHER_SIGN = "only-other-sign"
    ONLY_THROUGH_EXCLUDED = "only-through-excluded"
    ONLY_UNASSERTED = "only-on-denied-or-uncertain"
    NOT_VIA = "only-without-required-node"
    CUT = "search-limit"


@dataclass(frozen=True)
class Step:
    """One edge of a path. `asserted` is False for what a source denies or doubts."""

    source: str
    predicate: str
    target: str
    sign: Sign
    statements: tuple[str, ...]
    role: str
    asserted: bool = True


@dataclass(frozen=True)
class Path:
    """A simple path with its sign (product of the steps') and the context of its steps.

    `context` is `coherent` when all sourced steps share an allele, a tumour type and a
    kind of work, `mixed` when two of them differ in one of these, else `unknown`.
    """

    nodes: tuple[str, ...]
    steps: tuple[Step, ...]
    sign: Sign
    context: str

    @property
    def rollups(self) -> int:
        """Number of structural steps."""
        return sum(step.role != "statement" for step in self.steps)

    @property
    def statements(self) -> tuple[str, ...]:
        """Statements behind the path, in its order, each once."""
        return tuple(dict.fromkeys(s for step in self.steps for s in step.statements))


@dataclass(frozen=True)
class Search:
    """What to look for.

    Attributes:
        max_length: most edges of a path.
        k: most paths to give.
        avoid: nodes no path may touch.
        via: nodes every path must touch.
        sign: the sign wanted, or None for any.
        unasserted: whether denied, doubted and hypothesised propositions may be steps.
        neutral: whether predicates without an effect on their object may be steps.
        through_therapies: whether a therapy may stand inside a path; what confers
            resistance to a drug acts through it only where the drug is given.
    """

    max_length: int = 8
    k: int = 5
    avoid: frozenset[str] = frozenset()
    via: frozenset[str] = frozenset()
    sign: Sign | None = None
    unasserted: bool = False
    neutral: bool = False
    through_therapies: bool = False


@dataclass(frozen=True)
class PathAnswer:
    """Paths, best first, and whether they are all there are within the limits."""

    source: str
    target: str
    paths: tuple[Path, ...]
    complete: bool
    reason: Reason | None = None
    hint: str | None = None
    interpretation: dict[str, str] = field(default_factory=dict)


def find_paths(graph: Network, source: str, target: str, search: Search) -> PathAnswer:
    """The k best paths from `source` to `target`; an empty answer says why.

    Order: fewer steps, fewer unknown signs, fewer structural steps, then node ids.
    """
    paths, cut = _all_paths(graph, source, target, search)
    if paths:
        best = sorted(paths, key=_order)
        complete = not cut and len(best) <= search.k
        hint = None
        if cut:
            hint = f"stopped after {MAX_STEPS} steps of the search"
        elif not complete:
            hint = f"{len(best)} paths up to length {search.max_length}; {search.k} best shown"
        return PathAnswer(source, target, tuple(best[: search.k]), complete, None, hint)
    if cut:
        return PathAnswer(
            source, target, (), False, Reason.CUT, f"stopped after {MAX_STEPS} steps of the search"
        )
    reason, hint = _why_none(graph, source, target, search)
    return PathAnswer(source, target, (), True, reason, hint)


def _order(path: Path) -> tuple[object, ...]:
    unknown = sum(step.sign in (Sign.UNKNOWN, Sign.NEUTRAL) for step in path.steps)
    doubted = sum(not step.asserted for step in path.steps)
    names = tuple(step.predicate for step in path.steps)
    return (doubted, len(path.steps), unknown, path.rollups, path.nodes, names)


def _usable(data: dict[str, object], search: Search) -> bool:
    if not search.unasserted and not data["asserted"]:
        return False
    return search.neutral or data["role"] != "statement" or data["sign"] is not Sign.NEUTRAL


def _distances(graph: Network, target: str, search: Search) -> dict[str, int]:
    """Fewest edges from each node to the target, a lower bound for pruning."""
    distance = {target: 0}
    queue = deque([target])
    while queue:
        node = queue.popleft()
        for before, _, data in graph.in_edges(node, data=True):
            if before not in distance and before not in search.avoid and _usable(data, search):
                distance[before] = distance[node] + 1
                queue.append(before)
    return distance


def _all_paths(graph: Network, source: str, target: str, search: Search) -> tuple[list[Path], bool]:
    """Every path that fits, and whether the search was cut short."""
    if source in search.avoid or target in search.avoid:
        return [], False
    distance = _distances(graph, target, search)
    found: list[Path] = []
    budget = MAX_STEPS

    def extend(node: str, trail: list[Step], seen: set[str]) -> Iterator[list[Step]]:
        nonlocal budget
        for _, after, data in graph.out_edges(node, data=True):
            if budget <= 0:
                return
            budget -= 1
            if after in seen or after in search.avoid or not _usable(data, search):
                continue
            if after != target and not _may_stand_inside(graph, after, node, source, search):
                continue
            if len(trail) + 1 + distance.get(after, search.max_length) > search.max_length:
                continue
            if not _may_follow(trail[-1] if trail else None, data["role"]):
                continue
            step = Step(
                node,
                data["predicate"],
                after,
                Sign.POSITIVE
                if data["role"] == "up" and data["sign"] is Sign.NEUTRAL
                else data["sign"],
                data["statements"],
                data["role"],
                data["asserted"],
            )
            trail.append(step)
            if after == target:
                yield trail
            else:
                seen.add(after)
                yield from extend(after, trail, seen)
                seen.discard(after)
            trail.pop()

    if source in distance and source != target:
        for trail in extend(source, [], {source}):
            path = _path(graph, tuple(trail))
            if search.via <= set(path.nodes) and search.sign in (None, path.sign):
                found.append(path)
    return found, budget <= 0


def _may_stand_inside(graph: Network, node: str, before: str, source: str, search: Search) -> bool:
    """Whether a node may be passed; a drug's own classes may, right after the drug."""
    if search.through_therapies or graph.nodes[node]["cls"] not in THERAPY_CLASSES:
        return True
    climbing = graph.nodes[source]["cls"] in THERAPY_CLASSES
    return climbing and any(
        data["role"] == "up" for data in graph.get_edge_data(before, node, default={}).values()
    )


def _may_follow(before: Step | None, role: str) -> bool:
    """Whether a step of this role may come next."""
    if before is None:
        return True
    if before.role == "down":
        return role == "down"
    return not (role == "down" and before.role == "up")


def _path(graph: Network, steps: tuple[Step, ...]) -> Path:
    sign = Sign.POSITIVE
    for step in steps:
        sign = sign.then(step.sign)
    nodes = (steps[0].source, *(step.target for step in steps))
    return Path(nodes, steps, sign, _context(graph, steps))


def _context(graph: Network, steps: tuple[Step, ...]) -> str:
    """Whether the sourced steps agree in allele, tumour type and kind of work."""
    sourced = [step for step in steps if step.statements]
    verdicts = []
    for aspect in ("alterations", "diseases", "kinds"):
        values = [graph.edges[step.source, step.target, _key(step)][aspect] for step in sourced]
        if len(values) < 2:
            verdicts.append("coherent" if all(values) and values else "unknown")
        elif any(a and b and not a & b for a in values for b in values):
            verdicts.append("mixed")
        elif all(values) and frozenset.intersection(*values):
            verdicts.append("coherent")
        else:
            verdicts.append("unknown")
    if "mixed" in verdicts:
        return "mixed"
    return "coherent" if set(verdicts) == {"coherent"} else "unknown"


def _key(step: Step) -> str:
    return step.predicate if step.asserted else f"{step.predicate}#unasserted"


def _why_none(graph: Network, source: str, target: str, search: Search) -> tuple[Reason, str]:
    """Reason for an empty answer and the smallest relaxation that gives a path."""
    longer = min(search.max_length + 4, 12)
    trials: list[tuple[Reason, Search, str]] = []
    if search.via:
        trials.append(
            (
                Reason.NOT_VIA,
                _changed(search, via=frozenset()),
                f"a path exists without {_listed(search.via)}",
            )
        )
    if search.sign is not None:
        trials.append(
            (
                Reason.ONLY_OTHER_SIGN,
                _changed(search, sign=None),
                "a path exists with another or an unknown sign",
            )
        )
    if search.avoid:
        trials.append(
            (
                Reason.ONLY_THROUGH_EXCLUDED,
                _changed(search, avoid=frozenset()),
                "a path exists through what is to be avoided",
            )
        )
    trials.append(
        (
            Reason.ONLY_LONGER,
            _changed(search, max_length=longer),
            f"a path exists within {longer} steps",
        )
    )
    if not search.unasserted:
        trials.append(
            (
                Reason.ONLY_UNASSERTED,
                _changed(search, unasserted=True),
                "a path exists on propositions that are denied, doubted or hypothesised",
            )
        )
    for reason, relaxed, text in trials:
        paths, _ = _all_paths(graph, source, target, relaxed)
        if paths:
            best = min(paths, key=_order)
            return reason, f"{text}: {' > '.join(best.nodes)}"
    return Reason.NO_PATH, "no path in this direction; try the two ends the other way round"


def _changed(search: Search, **changes: object) -> Search:
    from dataclasses import replace

    return replace(search, **changes)  # type: ignore[arg-type]


def _listed(names: Collection[str]) -> str:
    return ", ".join(sorted(names))
