"""A network as one search may use it: the only place where path searches read a network.

Of the network are read: `name in network`, iteration over names, `nodes[name]` (`cls`, and
where they are there `family` and `degree`), `out_edges(name, data=True)` and
`in_edges(name, data=True)` with the edge attributes of `kras_graph.network.projection`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kras_graph.model.terms import THERAPY_CLASSES, Sign
from kras_graph.network.projection import Backing, Network, degree
from kras_graph.network.records import Step
from kras_graph.network.search import Search


class View:
    """Usable steps of a network, each made once and kept."""

    def __init__(self, graph: Network, search: Search) -> None:
        self._graph = graph
        self._search = search
        self._asks = search.evidence.judges_statements
        self._out: dict[str, tuple[Step, ...]] = {}
        self._before: dict[str, tuple[tuple[str, Sign], ...]] = {}
        self._hubs: dict[str, int] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._graph

    def names(self) -> list[str]:
        """Every node, by id."""
        return sorted(self._graph)

    def cls(self, name: str) -> str:
        """Class of a node."""
        return str(self._graph.nodes[name]["cls"])

    def is_therapy(self, name: str) -> bool:
        """Whether a node is a medicine, a class or a combination of them."""
        return self.cls(name) in THERAPY_CLASSES

    def family(self, name: str) -> str:
        """The one family or complex of a gene or protein; the node itself where none is."""
        return str(self._graph.nodes[name].get("family") or name)

    def hub(self, name: str) -> int:
        """Points against passing a node that many entities are joined with.

        One from 16 on, two from 32, three from 64 and so on: whole numbers, and none for
        what is no hub.
        """
        if name not in self._hubs:
            given = self._graph.nodes[name].get("degree")
            joined = degree(self._graph, name) if given is None else int(given)
            self._hubs[name] = max(joined.bit_length() - 4, 0)
        return self._hubs[name]

    def out(self, name: str) -> tuple[Step, ...]:
        """Usable steps from a node, in the order of the network."""
        if name not in self._graph:
            return ()
        if name not in self._out:
            steps = []
            for _, target, data in self._graph.out_edges(name, data=True):
                backing = self._usable(data)
                if backing is not None and target != name:
                    steps.append(_step(name, target, data, backing))
            self._out[name] = tuple(steps)
        return self._out[name]

    def into(self, name: str) -> tuple[Step, ...]:
        """Usable steps to a node, in the order of the network."""
        steps = []
        for source, _, data in self._graph.in_edges(name, data=True):
            backing = self._usable(data)
            if backing is not None and source != name:
                steps.append(_step(source, name, data, backing))
        return tuple(steps)

    def before(self, name: str) -> tuple[tuple[str, Sign], ...]:
        """Nodes from which a usable step leads here, with its sign, each pair once."""
        if name not in self._graph:
            return ()
        if name not in self._before:
            found = [
                (source, _sign(data))
                for source, _, data in self._graph.in_edges(name, data=True)
                if source != name and self._usable(data) is not None
            ]
            self._before[name] = tuple(dict.fromkeys(found))
        return self._before[name]

    def _usable(self, data: Mapping[str, Any]) -> tuple[Backing, ...] | None:
        """Statements with which an edge may be a step, or None when it may not.

        A structural edge passes with none.
        """
        search, evidence = self._search, self._search.evidence
        predicate, asserted = data["predicate"], data["asserted"]
        if not (asserted or search.unasserted):
            return None
        if predicate.removesuffix("^") in evidence.not_predicates:
            return None
        if predicate not in evidence.predicates:
            if data["role"] != "statement":
                if not search.rollups:
                    return None
            elif evidence.predicates or (data["sign"] is Sign.NEUTRAL and not search.neutral):
                return None
        backing: tuple[Backing, ...] = data.get("backing", ())
        if self._asks and data["statements"]:
            return tuple(item for item in backing if evidence.passes(item)) or None
        return backing


def _sign(data: Mapping[str, Any]) -> Sign:
    """Sign of an edge; belonging to something passes on whatever effect there is."""
    neutral_climb = data["role"] == "up" and data["sign"] is Sign.NEUTRAL
    return Sign.POSITIVE if neutral_climb else data["sign"]


def _step(source: str, target: str, data: Mapping[str, Any], backing: tuple[Backing, ...]) -> Step:
    kept = tuple(item.id for item in backing) if backing else data["statements"]
    return Step(
        source,
        data["predicate"],
        target,
        _sign(data),
        kept,
        data["role"],
        data["asserted"],
        backing,
    )
