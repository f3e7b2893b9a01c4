"""Names and plain options → path searches, on the whole network or on a part of a remote one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypedDict

from kras_graph.answers.resolve import Names
from kras_graph.curation.vocabulary import vocabulary
from kras_graph.model.errors import UnknownNameError
from kras_graph.model.terms import Setting, Sign
from kras_graph.network.frontier import Frontier, search_paths
from kras_graph.network.metapath import covered, read_metapath
from kras_graph.network.neighbours import (
    Direction,
    Neighbourhood,
    SharedAnswer,
    Side,
    Subgraph,
    neighbours,
    shared,
    subgraph,
)
from kras_graph.network.paths import PathAnswer, find_paths
from kras_graph.network.projection import Network
from kras_graph.network.search import MAX_STEPS, Filter, Search
from kras_graph.rdf.engine import EmbeddedEngine
from kras_graph.rdf.reader import Reader

STRUCTURAL = (
    *("alteration_of", "cohort_of", "member_of_family", "product_of"),
    *("site_of", "state_of", "subclass_of", "variant_of"),
)
OPEN_LENGTH = 4
OPEN_ENDS = 20


class EdgeOptions(TypedDict, total=False):
    """Which edges count. Collections hold names; empty or absent, they ask for nothing.

    Attributes:
        predicates: relations that steps may have (structural steps pass nevertheless).
        not_predicates: relations that no step may have, structural ones included.
        settings: kinds of work, as `in-vitro`.
        not_settings: kinds of work left out.
        publications: sources by id, label or DOI.
        not_publications: sources left out.
        diseases: tumour types that a statement must name; kinds of them count too.
        not_diseases: tumour types left out with their kinds.
        general: whether a statement that names no disease passes `diseases`.
        unasserted: whether denied, doubted and hypothesised propositions count, marked.
        neutral: whether relations without an effect on their object count.
        rollups: whether structural steps count (allele to gene, member to family).
    """

    predicates: Collection[str]
    not_predicates: Collection[str]
    settings: Collection[str]
    not_settings: Collection[str]
    publications: Collection[str]
    not_publications: Collection[str]
    diseases: Collection[str]
    not_diseases: Collection[str]
    general: bool
    unasserted: bool
    neutral: bool
    rollups: bool


class PathOptions(EdgeOptions, total=False):
    """What paths must be like.

    Attributes:
        max_length: most steps; 8, or 4 where an end is open.
        min_length: fewest steps; as many as `max_length` for an exact length.
        k: most paths, or ends of an open search; 5, or 20 where an end is open.
        avoid: entities no path may touch.
        via: entities every path must touch.
        only: where given, nothing but these and `via` may stand inside a path.
        sign: `+`, `-` or `?` to keep paths of that sign only.
        through_therapies: whether a therapy may stand inside a path.
        metapath: classes in order, as `Drug > Alteration >> Pathway`.
        fold: whether paths that differ only in members of the same families are given once.
        max_steps: edges looked at before the search stops and says so.
    """

    max_length: int
    min_length: int
    k: int
    avoid: Collection[str]
    via: Collection[str]
    only: Collection[str]
    sign: str | None
    through_therapies: bool
    metapath: str | None
    fold: bool
    max_steps: int


class Tracer:
    """Path searches by name over one graph.

    Args:
        reader: the graph's records.
        names: index of its names.
        network: gives the whole network; called only where the engine is in this process.
    """

    def __init__(self, reader: Reader, names: Names, network: Callable[[], Network]) -> None:
        self._reader, self._names, self._network = reader, names, network

    def paths(self, source: str | None, target: str | None, options: PathOptions) -> PathAnswer:
        """Paths between two names; either may be None (see `find_paths`).

        Raises:
            UnknownNameError: for a name, relation or publication that the graph lacks.
            PatternError: for a metapath that cannot be read.
        """
        pattern = options.get("metapath")
        is_open = (source is None) != (target is None) and not pattern
        search = self._search(
            {
                "max_length": OPEN_LENGTH if is_open else 8,
                "k": OPEN_ENDS if is_open else 5,
                "fold": True,
                **options,
            }
        )
        start, end = (None if name is None else self._id(name) for name in (source, target))
        if isinstance(self._reader.engine, EmbeddedEngine):
            return find_paths(self._network(), start, end, search)
        return search_paths(self._reader, start, end, search)

    def neighbours(
        self,
        name: str,
        direction: Direction,
        hops: int,
        classes: Collection[str],
        limit: int,
        options: EdgeOptions,
    ) -> Neighbourhood:
        """What stands around a name (see `kras_graph.network.neighbours.neighbours`)."""
        search = self._search({"neutral": True, **options})
        start = self._id(name)
        wanted = frozenset().union(*(covered(cls) for cls in classes))

        def near(part: Network) -> Neighbourhood:
            return neighbours(
                part, start, search, direction=direction, hops=hops, classes=wanted, limit=limit
            )

        found = near(self._around([start], hops, search))
        if found.found or isinstance(self._reader.engine, EmbeddedEngine):
            return found
        wide = self._search({"neutral": True, "unasserted": True})  # to tell why there is none
        return near(self._around([start], hops, wide))

    def shared(
        self,
        names: Sequence[str],
        sides: Sequence[Side],
        at_least: int | None,
        options: PathOptions,
    ) -> SharedAnswer:
        """What names share (see `kras_graph.network.neighbours.shared`)."""
        search = self._search({"max_length": 1, **options})
        members = list(dict.fromkeys(self._id(name) for name in names))
        part = self._around(members, search.max_length, search)
        return shared(part, members, search, sides=sides, at_least=at_least)

    def subgraph(
        self, names: Sequence[str], hops: int, limit: int, options: EdgeOptions
    ) -> Subgraph:
        """What lies around names (see `kras_graph.network.neighbours.subgraph`)."""
        search = self._search({"neutral": True, **options})
        members = list(dict.fromkeys(self._id(name) for name in names))
        part = self._around(members, hops, search)
        return subgraph(part, members, search, hops=hops, limit=limit)

    def _around(self, members: Sequence[str], hops: int, search: Search) -> Network:
        if isinstance(self._reader.engine, EmbeddedEngine):
            return self._network()
        return Frontier(self._reader).around(members, hops, (True, False), search)

    def _id(self, name: str) -> str:
        return self._names.find(name).entity.id

    def _search(self, options: Mapping[str, Any]) -> Search:
        """Options with every name looked up."""

        def entities(names: Collection[str]) -> frozenset[str]:
            return frozenset(self._id(name) for name in names)

        sign, pattern = options.get("sign"), options.get("metapath")
        return Search(
            max_length=options.get("max_length", 8),
            k=options.get("k", 5),
            avoid=entities(options.get("avoid", ())),
            via=entities(options.get("via", ())),
            sign=Sign(sign) if sign else None,
            unasserted=options.get("unasserted", False),
            neutral=options.get("neutral", False),
            through_therapies=options.get("through_therapies", False),
            min_length=options.get("min_length", 1),
            only=entities(options.get("only", ())),
            rollups=options.get("rollups", True),
            evidence=Filter(
                predicates=_each(options.get("predicates", ()), _predicate),
                not_predicates=_each(options.get("not_predicates", ()), _predicate),
                settings=_each(options.get("settings", ()), _setting),
                not_settings=_each(options.get("not_settings", ()), _setting),
                publications=_each(options.get("publications", ()), self._publication),
                not_publications=_each(options.get("not_publications", ()), self._publication),
                diseases=entities(options.get("diseases", ())),
                not_diseases=entities(options.get("not_diseases", ())),
                general=options.get("general", False),
            ),
            metapath=read_metapath(pattern) if pattern else None,
            fold=options.get("fold", False),
            max_steps=options.get("max_steps", MAX_STEPS),
        )

    def _publication(self, name: str) -> str:
        """Id of a publication by its id, short citation or DOI."""
        known = self._reader.publications
        for ident, paper in known.items():
            if name.strip().casefold() in (ident, paper.label.casefold(), paper.doi.casefold()):
                return ident
        raise UnknownNameError(name, sorted(known), kind="publication")


def _each(names: Collection[str], find: Callable[[str], str]) -> frozenset[str]:
    return frozenset(find(name) for name in names)


def _predicate(name: str) -> str:
    """Id of a relation by its id or label."""
    key = name.strip().casefold().replace(" ", "_").replace("-", "_")
    known = {ident.casefold(): ident for ident in (*vocabulary().predicates, *STRUCTURAL)}
    labels = {
        item.label.casefold().replace(" ", "_"): item.id
        for item in vocabulary().predicates.values()
    }
    found = known.get(key) or labels.get(key)
    if found is None:
        from difflib import get_close_matches

        near = get_close_matches(key, {**labels, **known}, n=3)
        choices = [{**labels, **known}[one] for one in near] or sorted(known.values())
        raise UnknownNameError(name, list(dict.fromkeys(choices)), kind="relation")
    return found


def _setting(name: str) -> str:
    """An evidence setting by its name."""
    key = name.strip().casefold().replace(" ", "-").replace("_", "-")
    if key not in set(Setting):
        raise UnknownNameError(name, [str(setting) for setting in Setting], kind="kind of work")
    return Setting(key)
