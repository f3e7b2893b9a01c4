"""What stands around entities: neighbours, what several of them share, and subgraphs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from kras_graph.model.terms import Sign
from kras_graph.network.projection import Network
from kras_graph.network.ranking import rank
from kras_graph.network.records import Cut, Path, Reason, Step
from kras_graph.network.search import Filter, Search
from kras_graph.network.view import View

Direction = Literal["up", "down", "both"]
Side = Literal["targets", "regulators"]


@dataclass(frozen=True)
class Neighbour:
    """An entity near others.

    Attributes:
        name: its id.
        hop: how many steps away it is.
        steps: edges that join it to what is one step nearer.
    """

    name: str
    hop: int
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Neighbourhood:
    """Entities near one, nearest first; `reason` and `hint` tell why there are none."""

    start: str
    direction: Direction
    hops: int
    found: tuple[Neighbour, ...]
    cut: tuple[Cut, ...] = ()
    reason: Reason | None = None
    hint: str | None = None

    @property
    def complete(self) -> bool:
        """Whether nothing was left out."""
        return not self.cut


@dataclass(frozen=True)
class Shared:
    """An entity that several others reach, or that reaches them.

    Attributes:
        name: its id.
        side: `targets` or `regulators`.
        paths: the best path for each member of the set that has one.
    """

    name: str
    side: Side
    paths: Mapping[str, Path]

    @property
    def agreement(self) -> str:
        """`same` where all effects agree, `opposite` where two differ, else `unknown`."""
        signs = {path.sign for path in self.paths.values()}
        if signs == {Sign.POSITIVE, Sign.NEGATIVE}:
            return "opposite"
        return "same" if len(signs) == 1 and Sign.UNKNOWN not in signs else "unknown"


@dataclass(frozen=True)
class SharedAnswer:
    """What a set of entities shares, most members first."""

    members: tuple[str, ...]
    hops: int
    at_least: int
    found: tuple[Shared, ...]
    cut: tuple[Cut, ...] = ()
    hint: str | None = None

    @property
    def complete(self) -> bool:
        """Whether nothing was left out."""
        return not self.cut


@dataclass(frozen=True)
class Subgraph:
    """Entities around a set, by id with their distance, and every edge among them."""

    members: tuple[str, ...]
    hops: int
    nodes: Mapping[str, int]
    steps: tuple[Step, ...]
    cut: tuple[Cut, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether nothing was left out."""
        return not self.cut


def neighbours(
    graph: Network,
    start: str,
    search: Search,
    *,
    direction: Direction = "both",
    hops: int = 1,
    classes: Collection[str] = (),
    limit: int = 500,
) -> Neighbourhood:
    """Entities within some steps of one.

    Args:
        graph: the network.
        start: id of the entity.
        search: which edges count (its filter, `unasserted`, `neutral`, `rollups`).
        direction: `down` follows edges forwards, `up` backwards, `both` either way.
        hops: most steps.
        classes: classes of entities to give, all when empty; others are passed through.
        limit: most entities to give.
    """
    found = _near(graph, [start], search, direction, hops)
    fitting = [item for item in found if not classes or _is_of(graph, item.name, classes)]
    cut = (Cut("limit", limit, len(fitting), limit),) if len(fitting) > limit else ()
    if fitting:
        return Neighbourhood(start, direction, hops, tuple(fitting[:limit]), cut)
    reason, hint = _why_none(graph, start, search, direction, hops, found)
    return Neighbourhood(start, direction, hops, (), (), reason, hint)


def shared(
    graph: Network,
    members: Sequence[str],
    search: Search,
    *,
    sides: Sequence[Side] = ("targets", "regulators"),
    at_least: int | None = None,
) -> SharedAnswer:
    """What the members of a set act on, or what acts on them.

    Args:
        graph: the network.
        members: ids of the set.
        search: what a path to or from a member must be like; `max_length` says how far.
        sides: `targets` (downstream), `regulators` (upstream).
        at_least: how many members must share it; all of them by default.
    """
    wanted = len(members) if at_least is None else at_least
    found: list[Shared] = []
    cut = False
    for side in sides:
        some, short = _shared(graph, members, search, side)
        found += [item for item in some if len(item.paths) >= wanted]
        cut = cut or short
    cuts = (Cut("max_steps", search.max_steps, len(found), 0),) if cut else ()
    hops = search.max_length
    hint = None if found else f"nothing is shared within {hops} step{'s' * (hops > 1)}"
    return SharedAnswer(tuple(members), hops, wanted, tuple(found), cuts, hint)


def subgraph(
    graph: Network, members: Sequence[str], search: Search, *, hops: int = 1, limit: int = 2000
) -> Subgraph:
    """Everything within some steps of a set, either way, with all edges in between.

    Args:
        graph: the network.
        members: ids of the set.
        search: which edges count.
        hops: most steps from the nearest member; 0 for the members alone.
        limit: most entities to give, nearest first.
    """
    nodes = dict.fromkeys(sorted(members), 0)
    nodes |= {item.name: item.hop for item in _near(graph, members, search, "both", hops)}
    kept = dict(list(nodes.items())[:limit])
    cut = (Cut("limit", limit, len(nodes), limit),) if len(nodes) > limit else ()
    view = View(graph, search)
    steps = (step for name in sorted(kept) for step in view.out(name) if step.target in kept)
    ordered = sorted(steps, key=lambda s: (s.source, s.target, s.predicate, not s.asserted))
    return Subgraph(tuple(members), hops, kept, tuple(ordered), cut)


def _near(
    graph: Network, starts: Sequence[str], search: Search, direction: Direction, hops: int
) -> list[Neighbour]:
    """Entities around the starts by distance and id, breadth first."""
    view = View(graph, search)
    seen, front, found = set(starts), sorted(set(starts)), []
    for hop in range(1, hops + 1):
        reached: dict[str, list[Step]] = {}
        for name in front:
            for step in _joined(view, name, direction):
                other = step.target if step.source == name else step.source
                if other not in seen:
                    reached.setdefault(other, []).append(step)
        front = sorted(reached)
        seen.update(front)
        found += [Neighbour(name, hop, tuple(reached[name])) for name in front]
    return found


def _joined(view: View, name: str, direction: Direction) -> Iterator[Step]:
    if direction != "up":
        yield from view.out(name)
    if direction != "down":
        yield from view.into(name)


def _is_of(graph: Network, name: str, classes: Collection[str]) -> bool:
    return graph.nodes[name]["cls"] in classes


def _why_none(
    graph: Network,
    start: str,
    search: Search,
    direction: Direction,
    hops: int,
    found: Sequence[Neighbour],
) -> tuple[Reason, str]:
    """Why nothing stands around an entity, and what to change to see something."""
    if found:
        return Reason.ONLY_OTHER_CLASSES, f"there are {len(found)} of other classes"
    wide = replace(search, neutral=True, rollups=True, evidence=Filter())
    doubt = replace(wide, unasserted=True)
    trials: list[tuple[Reason, str, Search, Direction]] = [
        (Reason.ONLY_OTHER_EVIDENCE, "without the filters", wide, direction),
        (Reason.ONLY_OTHER_DIRECTION, "in the other direction", search, "both"),
        (Reason.ONLY_OTHER_DIRECTION, "in the other direction, without filters", wide, "both"),
        (Reason.ONLY_UNASSERTED, "on denied or uncertain propositions", doubt, "both"),
    ]
    for reason, words, relaxed, way in trials:
        if some := _near(graph, [start], relaxed, way, hops):
            return reason, f"there are {len(some)} {words}"
    return Reason.NO_PATH, "nothing is joined with it"


def _shared(
    graph: Network, members: Sequence[str], search: Search, side: Side
) -> tuple[list[Shared], bool]:
    """Ends that members have in common, most members first, and whether a limit was met."""
    forwards, view = side == "targets", View(graph, search)
    ends: dict[str, dict[str, Path]] = {}
    cut = False
    for member in members:
        pair = (member, None) if forwards else (None, member)
        ranking = rank(view, pair[0], pair[1], search)
        cut = cut or ranking.cut
        for path in ranking.paths:
            end = path.nodes[-1] if forwards else path.nodes[0]
            if end not in members:
                ends.setdefault(end, {})[member] = path
    found = [Shared(name, side, paths) for name, paths in ends.items()]
    found.sort(key=lambda item: (-len(item.paths), _points(item), item.name))
    return found, cut


def _points(item: Shared) -> int:
    return sum(path.score.total for path in item.paths.values())
