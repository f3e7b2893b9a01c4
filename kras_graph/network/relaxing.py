"""Why a search finds nothing, and the smallest change of it that finds something.

Each option that may stand in the way is one change: an excluded node, a wanted sign, a
filter. Fewer changes are smaller; among as many, the order of `_changes` decides, from
changes that keep the meaning of the question to those that alter it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import combinations
from math import comb
from typing import Any

from kras_graph.network.projection import Network
from kras_graph.network.ranking import rank
from kras_graph.network.records import Path, Reason, Relaxation
from kras_graph.network.search import LONGEST, Filter, Search
from kras_graph.network.view import View

_TRIALS = 100  # combinations of changes tried before they are dropped one by one
_STEPS = 50_000
_SHARED: frozenset[str] = frozenset()
_Ends = tuple[str | None, str | None]


@dataclass(frozen=True)
class _Change:
    """One option let go: the reason it stands for, what it allows, and how."""

    reason: Reason
    allows: str
    apply: Callable[[Search], Search]


def explain(
    graph: Network, source: str | None, target: str | None, search: Search
) -> tuple[Reason, str, Relaxation | None]:
    """Reason for an empty answer, a sentence on it, and the smallest relaxation.

    Three or more changes are found by dropping one after the other from all of them, so
    that none is superfluous; there might be other sets that are smaller.
    """
    if source == target and source is not None:
        return Reason.SAME_ENTITY, "source and target are the same entity", None
    ends, changes = (source, target), list(_changes(search, source, target))
    if changes and _best(graph, ends, _with(search, changes)):
        for chosen in _smaller(changes):
            if path := _best(graph, ends, _with(search, chosen)):
                return _told(graph, ends, search, chosen, path)
        kept = changes
        for change in reversed(changes):
            fewer = [item for item in kept if item is not change]
            kept = fewer if _best(graph, ends, _with(search, fewer)) else kept
        path = _best(graph, ends, _with(search, kept))
        if path is not None:
            return _told(graph, ends, search, kept, path)
    return _nowhere(graph, source, target, search)


def widest(search: Search) -> Search:
    """The search with every change made that `explain` may try."""
    return _with(search, list(_changes(search, "", "")))


def _smaller(changes: Sequence[_Change]) -> Iterator[Sequence[_Change]]:
    for size in (1, 2):
        if comb(len(changes), size) <= _TRIALS:
            yield from combinations(changes, size)


def _best(graph: Network, ends: _Ends, search: Search) -> Path | None:
    """The best path of a search, whatever number it asks for."""
    search = replace(search, fold=False, max_steps=_STEPS)
    found = rank(View(graph, search), *ends, search, first=True).paths
    return replace(found[0], group=None) if found else None


def _with(search: Search, changes: Iterable[_Change]) -> Search:
    for change in changes:
        search = change.apply(search)
    return search


def _told(
    graph: Network, ends: _Ends, search: Search, chosen: Sequence[_Change], path: Path
) -> tuple[Reason, str, Relaxation]:
    """A relaxation in words, its length no longer than it need be."""
    relaxed, words = _with(search, chosen), [change.allows for change in chosen]
    if relaxed.max_length > search.max_length:
        for length in range(search.max_length + 1, relaxed.max_length + 1):
            shorter = replace(relaxed, max_length=length)
            if found := _best(graph, ends, shorter):
                relaxed, path = shorter, found
                break
        words[0] = f"within {relaxed.max_length} steps"
    reason = chosen[0].reason if len(chosen) == 1 else Reason.SEVERAL
    hint = f"a path exists {' and '.join(words)}: {' > '.join(path.nodes)}"
    return reason, hint, Relaxation(_difference(search, relaxed), path)


def _nowhere(
    graph: Network, source: str | None, target: str | None, search: Search
) -> tuple[Reason, str, Relaxation | None]:
    if source is None or target is None:
        what = "the metapath" if search.metapath else "the search"
        return Reason.NO_PATH, f"nothing fits {what}, whatever else is allowed", None
    back = _best(graph, (target, source), replace(search, metapath=None))
    if back is None:
        return (
            Reason.NO_PATH,
            "no path in this direction, whatever is allowed, nor one the other way round",
            None,
        )
    hint = f"no path in this direction; there is one the other way round: {' > '.join(back.nodes)}"
    return Reason.NO_PATH, hint, Relaxation((("reversed", True),), back)


def _difference(search: Search, relaxed: Search) -> tuple[tuple[str, Any], ...]:
    """Options that differ, with their new values; sets as sorted lists."""
    pairs = []
    for before, after in ((search, relaxed), (search.evidence, relaxed.evidence)):
        for item in fields(before):
            old, new = getattr(before, item.name), getattr(after, item.name)
            if old != new and item.name != "evidence":
                pairs.append((item.name, tuple(sorted(new)) if isinstance(new, frozenset) else new))
    return tuple(pairs)


def _changes(search: Search, source: str | None, target: str | None) -> Iterator[_Change]:
    """Changes that may help, smallest first."""
    if search.max_length < LONGEST:
        yield _option(Reason.ONLY_LONGER, f"within {LONGEST} steps", max_length=LONGEST)
    if search.min_length > 1:
        yield _option(Reason.ONLY_SHORTER, "with fewer steps", min_length=1)
    if not search.rollups:
        yield _option(Reason.ONLY_WITH_ROLLUP, "with a roll-up to a gene or kind", rollups=True)
    yield from _evidence(search.evidence)
    if search.only:
        yield _option(Reason.ONLY_THROUGH_OTHERS, "through other nodes", only=_SHARED)
    if search.metapath and not all(search.metapath.gaps):
        words = "with other nodes between the classes"
        yield _option(Reason.ONLY_OTHER_CLASSES, words, metapath=search.metapath.loosened())
    if search.metapath and (source is not None or target is not None):
        yield _option(Reason.ONLY_OTHER_CLASSES, "with nodes of other classes", metapath=None)
    for name in sorted(search.via):
        yield _without(Reason.NOT_VIA, f"without {name}", "via", name)
    if search.sign is not None:
        words = "with another or an unknown sign"
        yield _option(Reason.ONLY_OTHER_SIGN, words, sign=None)
    for name in sorted(search.avoid):
        words = f"through {name}, which is to be avoided"
        yield _without(Reason.ONLY_THROUGH_EXCLUDED, words, "avoid", name)
    if not search.neutral:
        yield _option(Reason.ONLY_NEUTRAL, "on relations without an effect", neutral=True)
    if not search.through_therapies:
        yield _option(Reason.ONLY_THROUGH_THERAPY, "through a therapy", through_therapies=True)
    if not search.unasserted:
        words = "on propositions that are denied, doubted or hypothesised"
        yield _option(Reason.ONLY_UNASSERTED, words, unasserted=True)


def _evidence(evidence: Filter) -> Iterator[_Change]:
    if evidence.diseases and not evidence.general:
        yield _filter("on statements that name no disease", general=True)
    for option, words in (
        ("diseases", "on statements tied to other diseases"),
        ("settings", "on other kinds of work"),
        ("publications", "from other publications"),
        ("predicates", "on other relations"),
    ):
        if getattr(evidence, option):
            yield _filter(words, **{option: _SHARED})
    for option, words in (
        ("not_diseases", "on statements tied to"),
        ("not_settings", "on work of the kind"),
        ("not_publications", "from"),
        ("not_predicates", "on the relation"),
    ):
        for name in sorted(getattr(evidence, option)):
            yield _Change(
                Reason.ONLY_OTHER_EVIDENCE,
                f"{words} {name}",
                lambda search, option=option, name=name: replace(  # type: ignore[misc]
                    search,
                    evidence=replace(
                        search.evidence, **{option: getattr(search.evidence, option) - {name}}
                    ),
                ),
            )


def _option(reason: Reason, allows: str, **values: Any) -> _Change:
    return _Change(reason, allows, lambda search: replace(search, **values))


def _filter(allows: str, **values: Any) -> _Change:
    return _Change(
        Reason.ONLY_OTHER_EVIDENCE,
        allows,
        lambda search: replace(search, evidence=replace(search.evidence, **values)),
    )


def _without(reason: Reason, allows: str, option: str, name: str) -> _Change:
    return _Change(
        reason,
        allows,
        lambda search: replace(search, **{option: getattr(search, option) - {name}}),
    )
