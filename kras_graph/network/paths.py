"""Signed simple paths between two nodes, best first, with reasons when there are none.

A path may climb from a part to its whole anywhere (allele to gene, member to family,
medicine to class), and may step down from a whole to a part only at its very end, never
right after climbing: what is said of a family reaches a member, but one member does not
act through another.
"""

from __future__ import annotations

from typing import Any

from kras_graph.network.projection import Network
from kras_graph.network.ranking import Ranking, rank
from kras_graph.network.records import (
    Context,
    Cut,
    Group,
    Path,
    PathAnswer,
    Reason,
    Relaxation,
    Score,
    Step,
)
from kras_graph.network.relaxing import explain
from kras_graph.network.search import LONGEST, MAX_STEPS, Filter, Search
from kras_graph.network.view import View


def find_paths(
    graph: Network, source: str | None, target: str | None, search: Search
) -> PathAnswer:
    """The k best paths from `source` to `target`; an empty answer says why.

    With one end None the search is open: it gives the best path to (or from) each entity
    that can be reached, the k best of them. Both ends may be None where a metapath is given.
    The order is that of the points of `kras_graph.network.score`, then of length and names.

    Raises:
        ValueError: when neither an end nor a metapath is given.
        TooManyError: when, in a compressed graph, too many edges lie between the ends.
    """
    if source is None and target is None and search.metapath is None:
        raise ValueError("A path search needs a source, a target or a metapath.")
    for name in (source, target):
        if name is not None and name not in graph:
            hint = f"no entity of the graph has the id {name!r}"
            return PathAnswer(source, target, (), True, Reason.UNKNOWN_ENTITY, hint)
    ranking = rank(View(_asked(graph, source, target, search), search), source, target, search)
    pattern = search.metapath.text if search.metapath else None
    if ranking.paths:
        return _found(source, target, search, ranking, pattern)
    if ranking.cut:
        cut = Cut("max_steps", search.max_steps, 0, 0)
        hint = f"stopped after {search.max_steps} steps of the search"
        return PathAnswer(source, target, (), False, Reason.CUT, hint, (cut,), metapath=pattern)
    reason, hint, relaxation = explain(graph, source, target, search)
    return PathAnswer(
        source, target, (), True, reason, hint, relaxation=relaxation, metapath=pattern
    )


def _asked(graph: Network, source: str | None, target: str | None, search: Search) -> Any:
    """What the search looks at: of a compressed graph, which cannot grow, the part between."""
    if hasattr(graph, "add_edge"):
        return graph
    from kras_graph.network.part import searchable

    return searchable(graph, source, target, search)


def _found(
    source: str | None, target: str | None, search: Search, ranking: Ranking, pattern: str | None
) -> PathAnswer:
    """The answer where there are paths, with what was left out of it."""
    total = len(ranking.paths)
    shown = ranking.paths[: search.k]
    certain = min(ranking.certain, len(shown))
    cuts, hints = [], []
    if ranking.cut:
        cuts.append(Cut("max_steps", search.max_steps, total, certain))
        hints.append(
            f"stopped after {search.max_steps} steps of the search; the first {certain} of the "
            f"{len(shown)} shown are certain"
        )
    if total > len(shown):
        cuts.append(Cut("k", search.k, total, certain))
        hints.append(_counted(source, target, search, ranking))
    return PathAnswer(
        source,
        target,
        shown,
        complete=not cuts,
        hint="; ".join(hints) or None,
        cut=tuple(cuts),
        found=ranking.found,
        metapath=pattern,
    )


def _counted(source: str | None, target: str | None, search: Search, ranking: Ranking) -> str:
    total = len(ranking.paths)
    reach = f"up to length {search.max_length}; {search.k} best shown"
    if (source is None) != (target is None) and search.metapath is None:
        return f"{total} entities {reach}"
    if ranking.found > total:
        return f"{ranking.found} paths in {total} groups {reach}"
    return f"{total} paths {reach}"


__all__ = [
    "LONGEST",
    "MAX_STEPS",
    "Context",
    "Cut",
    "Filter",
    "Group",
    "Path",
    "PathAnswer",
    "Reason",
    "Relaxation",
    "Score",
    "Search",
    "Step",
    "find_paths",
]
