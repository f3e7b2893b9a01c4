"""The library's front door: one class that loads the graph and answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kras_graph.answers.resistance import BypassAnswer, bypass
from kras_graph.answers.resolve import Names
from kras_graph.model.records import Anchor, Entity, Result, Statement
from kras_graph.model.terms import Sign
from kras_graph.rdf.engine import EmbeddedEngine, Engine, embedded, rows
from kras_graph.rdf.reader import Reader

if TYPE_CHECKING:
    from rdflib import Graph

    from kras_graph.answers.ask import Reading
    from kras_graph.network.paths import PathAnswer
    from kras_graph.network.projection import Network


class KnowledgeGraph:
    """The curated graph with its engine; all answers are typed records.

    >>> kg = KnowledgeGraph.load()
    >>> kg.entity("AMG-510").label
    'sotorasib'
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.reader = Reader(engine)

    @classmethod
    def load(cls, data: Path | None = None, *, cache: bool = True) -> KnowledgeGraph:
        """The shipped graph, or that of another `data/` folder of the same layout.

        Raises:
            TableError: when the tables hold defects.
        """
        return cls(embedded(data, cache=cache))

    @classmethod
    def connect(cls, url: str) -> KnowledgeGraph:
        """The graph behind a SPARQL 1.1 service that `kras-graph push` has loaded.

        Raises:
            QueryError: when the address cannot be used.
        """
        from kras_graph.rdf.remote import RemoteEngine

        return cls(RemoteEngine(url))

    @cached_property
    def names(self) -> Names:
        """Index of everything the entities are called."""
        return Names(self.reader.entities.values())

    @cached_property
    def network(self) -> Network:
        """The graph as a networkx MultiDiGraph; treat it as read-only.

        A remote graph is fetched whole for this; `paths` does without.
        """
        from kras_graph.network.projection import project

        return project(self.reader)

    def entity(self, name: str) -> Entity:
        """The entity a name, synonym, id or near spelling stands for.

        Raises:
            UnknownNameError: with the nearest names.
            AmbiguousNameError: with the choices.
        """
        return self.names.find(name).entity

    def statements(self) -> list[Statement]:
        """Every statement, affirmed or not, in the order of ids."""
        return self.reader.statements()

    def results(self, statements: Sequence[Statement]) -> dict[str, list[Result]]:
        """Measured figures of the statements, by statement id."""
        return self.reader.results(statements)

    def evidence(self, statements: Sequence[Statement]) -> dict[str, list[Anchor]]:
        """Anchors of the statements, by statement id."""
        return self.reader.evidence(statement.id for statement in statements)

    def bypass(self, drug: str, *, compute: bool = True) -> BypassAnswer:
        """What bypasses a drug or class: reported, denied, open and computed."""
        return bypass(self.reader, self.entity(drug), compute=compute)

    def paths(
        self,
        source: str,
        target: str,
        *,
        max_length: int = 8,
        k: int = 5,
        avoid: Collection[str] = (),
        via: Collection[str] = (),
        sign: str | None = None,
        unasserted: bool = False,
    ) -> PathAnswer:
        """Signed simple paths from one entity to another, best first.

        Args:
            source: name of the start.
            target: name of the end.
            max_length: most edges.
            k: most paths.
            avoid: names no path may touch.
            via: names every path must touch.
            sign: `+`, `-` or `?` to keep paths of that sign only.
            unasserted: whether denied and doubted propositions may be steps.
        """
        from kras_graph.network.paths import Search, find_paths

        search = Search(
            max_length=max_length,
            k=k,
            avoid=frozenset(self.entity(name).id for name in avoid),
            via=frozenset(self.entity(name).id for name in via),
            sign=Sign(sign) if sign else None,
            unasserted=unasserted,
        )
        start, end = self.entity(source).id, self.entity(target).id
        if isinstance(self.engine, EmbeddedEngine):
            return find_paths(self.network, start, end, search)
        from kras_graph.network.frontier import search_paths

        return search_paths(self.reader, start, end, search)

    def read(self, question: str) -> Reading:
        """How a question in controlled English is understood.

        Raises:
            QuestionError: when it is not, with the nearest questions that are.
        """
        from kras_graph.answers.ask import read

        return read(question, self.names)

    def sparql(self, query: str) -> list[dict[str, Any]]:
        """Rows of a SELECT query; IRIs and literals as text.

        Raises:
            QueryError: when the query is wrong or not a SELECT.
        """
        return [
            {name: term.value for name, term in row.items()}
            for row in rows(self.engine.query(query))
        ]

    def run(self, name: str, values: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
        """Rows of a query of the library; entity parameters may be any name.

        Raises:
            UnknownNameError: when there is no such query or entity.
            QueryError: when a parameter is missing or unknown.
        """
        from kras_graph.rdf.library import run_stored, stored_query

        query = stored_query(name)
        kinds = {parameter.name: parameter.kind for parameter in query.parameters}
        resolved = {
            key: self.entity(value).id if kinds.get(key) == "entity" else value
            for key, value in (values or {}).items()
        }
        return [
            {column: term.value for column, term in row.items()}
            for row in rows(run_stored(self.engine, query, resolved))
        ]

    def to_rdflib(self) -> Graph:
        """The whole dataset as an ordinary rdflib graph."""
        from pyoxigraph import RdfFormat
        from rdflib import Graph

        from kras_graph.rdf.names import PREFIXES

        if not isinstance(self.engine, EmbeddedEngine):
            raise NotImplementedError("Only the embedded engine can be copied whole.")
        graph = Graph()
        for prefix, iri in PREFIXES.items():
            graph.bind(prefix, iri)
        from pyoxigraph import DefaultGraph

        payload = self.engine.store.dump(format=RdfFormat.N_TRIPLES, from_graph=DefaultGraph())
        graph.parse(data=payload or b"", format="nt")
        return graph
