"""Paths over a remote service: the part of the network between two ends, fetched in batches.

From the sources forwards and from the targets backwards, the side with fewer new nodes
takes the next step, until both together have come as far as a path may be long. Only then
are the statements on possible paths read in full. On this part of the network the ordinary
search gives what it gives on the whole: families, kinds and how many entities a node is
joined with are those of the whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from kras_graph.model.records import Statement
from kras_graph.model.terms import THERAPY_CLASSES, Certainty, Polarity, Sign
from kras_graph.network.paths import (
    PathAnswer,
    Reason,
    Search,
    find_paths,
)
from kras_graph.network.projection import (
    BATCH,
    Network,
    build,
    predicate_signs,
    project,
    publications_of,
)
from kras_graph.network.relaxing import widest
from kras_graph.rdf.engine import rows
from kras_graph.rdf.names import ENTITY, KG, local
from kras_graph.rdf.reader import Reader


@dataclass(frozen=True)
class Link:
    """An edge on the way: a statement's, or a structural one without an id."""

    source: str
    target: str
    statement: str


class Frontier:
    """What has been seen of a network from its two ends."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.signs = predicate_signs(reader.engine)
        self.structure = build(reader.entities.values(), (), self.signs)

    def between(
        self, sources: Collection[str], targets: Collection[str], search: Search
    ) -> Network:
        """A network with every edge of every path that the search may find.

        Args:
            sources: where paths start.
            targets: where they end.
            search: its length, nodes to avoid and kinds of edges bound the network.
        """
        links = self._links(set(sources), set(targets), search)
        ahead = _distances(sources, links, lambda link: (link.source, link.target))
        back = _distances(targets, links, lambda link: (link.target, link.source))
        far = search.max_length
        kept = [
            link
            for link in links
            if ahead.get(link.source, far) + 1 + back.get(link.target, far) <= far
        ]
        nodes = {*sources, *targets, *(end for link in kept for end in (link.source, link.target))}
        return self.built(nodes, {link.statement for link in kept if link.statement})

    def around(
        self, starts: Collection[str], hops: int, ways: Collection[bool], search: Search
    ) -> Network:
        """A network of all within some steps of the starts, with every edge among these.

        Args:
            starts: where to begin.
            hops: most steps.
            ways: whether steps go forwards (True), backwards (False), or both.
            search: which kinds of edges are wanted.
        """
        nodes, front = set(starts), set(starts)
        for _ in range(hops):
            links = {link for way in ways for link in self._step(front, way, search)}
            front = {end for link in links for end in (link.source, link.target)} - nodes
            nodes |= front
        inside = {
            link
            for link in self._step(nodes, True, search)
            if link.source in nodes and link.target in nodes
        }
        return self.built(nodes, {link.statement for link in inside if link.statement})

    def built(self, nodes: Collection[str], statements: Collection[str]) -> Network:
        """Network of these nodes and statements, told what it cannot see itself."""
        entities = self.reader.entities
        publications = {}
        for batch in _batches(sorted(statements)):
            publications.update(publications_of(self.reader.engine, batch))
        return build(
            (entities[name] for name in sorted(nodes)),
            self.statements(statements),
            self.signs,
            publications=publications,
            everything=entities,
            degrees=self._degrees(nodes),
        )

    def _degrees(self, nodes: Collection[str]) -> dict[str, int]:
        """`degree` of each node in the whole network."""
        joined: dict[str, set[str]] = defaultdict(set)
        for name in nodes:
            joined[name].update(self.structure.successors(name), self.structure.predecessors(name))
        barred = self._without_effect()
        for batch in _batches(sorted(nodes)):
            query = f"""SELECT DISTINCT ?near ?far WHERE {{
                VALUES ?near {{ {_listed(batch)} }}
                {{ ?s rdf:subject ?near ; rdf:object ?far }}
                UNION {{ ?s rdf:object ?near ; rdf:subject ?far }}
                ?s rdf:predicate ?how ; a kg:Statement ; kg:polarity "{Polarity.AFFIRMED}" ;
                    kg:certainty "{Certainty.STATED}" .
                FILTER NOT EXISTS {{ ?s kg:deprecated ?deprecated }} {barred} }}"""
            for row in rows(self.reader.engine.query(query)):
                joined[local(row["near"].value)].add(local(row["far"].value))
        return {
            name: len((ends & self.reader.entities.keys()) - {name})
            for name, ends in joined.items()
        }

    def _without_effect(self) -> str:
        """A SPARQL filter that bars the relations without an effect on their object."""
        neutral = ", ".join(
            f"<{KG}{name}>"
            for name, sign in sorted(self.signs.items())
            if sign is Sign.NEUTRAL and name != "member_of"
        )
        return f"FILTER(?how NOT IN ({neutral}))" if neutral else ""

    def statements(self, ids: Collection[str]) -> list[Statement]:
        """The statements with these ids, in full."""
        return [
            statement
            for batch in _batches(sorted(ids))
            for statement in self.reader.statements_by_id(batch)
        ]

    def _links(self, sources: set[str], targets: set[str], search: Search) -> set[Link]:
        """Edges seen when both sides together have gone as many steps as a path may have."""
        entities = self.reader.entities
        climbing = any(entities[name].cls in THERAPY_CLASSES for name in sources)

        def passable(name: str) -> bool:
            if name in sources or name in targets:
                return True
            inside = search.through_therapies or climbing or search.metapath is not None
            return name not in search.avoid and (
                inside or entities[name].cls not in THERAPY_CLASSES
            )

        links: set[Link] = set()
        seen = {True: set(sources), False: set(targets)}
        front = {True: set(sources), False: set(targets)}
        for _ in range(search.max_length):
            if not front[True] or not front[False]:
                break  # one side has seen all there is to see
            forwards = len(front[True]) <= len(front[False])
            found = self._step(front[forwards], forwards, search)
            links |= found
            ends = {link.target if forwards else link.source for link in found}
            front[forwards] = {end for end in ends - seen[forwards] if passable(end)}
            seen[forwards] |= front[forwards]
        return links

    def _step(self, nodes: Collection[str], forwards: bool, search: Search) -> set[Link]:
        """Edges out of the nodes, or into them."""
        found = set()
        for name in nodes:
            edges = self.structure.out_edges(name) if forwards else self.structure.in_edges(name)
            found |= {Link(source, target, "") for source, target in edges}
        named = search.evidence.predicates
        barred = "" if search.neutral or named else self._without_effect()
        near, far = ("subject", "object") if forwards else ("object", "subject")
        for batch in _batches(sorted(nodes)):
            query = f"""SELECT ?s ?near ?how ?far ?polarity ?certainty WHERE {{
                VALUES ?near {{ {_listed(batch)} }}
                ?s rdf:{near} ?near ; rdf:{far} ?far ; rdf:predicate ?how ;
                    a kg:Statement ; kg:polarity ?polarity ; kg:certainty ?certainty .
                FILTER NOT EXISTS {{ ?s kg:deprecated ?deprecated }} {barred} }}"""
            for row in rows(self.reader.engine.query(query)):
                asserted = (
                    row["polarity"].value == Polarity.AFFIRMED
                    and row["certainty"].value == Certainty.STATED
                )
                how, other = local(row["how"].value), local(row["far"].value)
                if not (asserted or search.unasserted or how == "member_of"):
                    continue
                if other in self.reader.entities:
                    ends = (local(row["near"].value), other)
                    source, target = ends if forwards else ends[::-1]
                    found.add(Link(source, target, local(row["s"].value)))
        return found


def search_paths(
    reader: Reader, source: str | None, target: str | None, search: Search
) -> PathAnswer:
    """What `find_paths` gives on the whole network, without fetching it.

    A wider part is fetched only where there is no path, to tell why; where an end is open,
    the whole. Where the search on the whole network would stop at its limit of steps, this
    one may see further, since it meets fewer edges.
    """
    if source is None and target is None:
        return find_paths(project(reader), None, None, search)
    frontier = Frontier(reader)
    if source is None or target is None:
        end, forwards = (source, True) if source is not None else (target, False)
        part = frontier.around([str(end)], search.max_length, [forwards], search)
    else:
        part = frontier.between([source], [target], search)
    answer = find_paths(part, source, target, search)
    if answer.paths or answer.reason is Reason.CUT:
        return answer
    if source is None or target is None:
        return find_paths(project(reader), source, target, search)
    ends = [source, target]
    return find_paths(frontier.between(ends, ends, widest(search)), source, target, search)


def _distances(
    starts: Iterable[str], links: Iterable[Link], ends: Callable[[Link], tuple[str, str]]
) -> dict[str, int]:
    """Fewest links from the starts to each node that they reach."""
    after: dict[str, set[str]] = {}
    for link in links:
        before, behind = ends(link)
        after.setdefault(before, set()).add(behind)
    distance = dict.fromkeys(starts, 0)
    front = list(distance)
    while front:
        reached = {name for before in front for name in after.get(before, ())} - distance.keys()
        distance.update(dict.fromkeys(reached, distance[front[0]] + 1))
        front = list(reached)
    return distance


def _listed(names: Iterable[str]) -> str:
    return " ".join(f"<{ENTITY}{name}>" for name in names)


def _batches(names: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(names), BATCH):
        yield names[start : start + BATCH]
