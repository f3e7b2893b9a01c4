"""The library's front door: one class that loads the graph and answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from kras_graph.answers.resistance import BypassAnswer, bypass
from kras_graph.answers.resolve import Names
from kras_graph.model.records import Anchor, Entity, Result, Statement
from kras_graph.present.measured import MeasuredAnswers
from kras_graph.present.profiled import ProfiledAnswers
from kras_graph.present.worded import WordedAnswers
from kras_graph.rdf.engine import EmbeddedEngine, Engine, embedded, rows
from kras_graph.rdf.reader import Reader
from kras_graph.rdf.records import RecordReader

if TYPE_CHECKING:
    from pyvis.network import Network as Drawing
    from rdflib import Graph

    from kras_graph.answers.combination import CombinationAnswer
    from kras_graph.answers.routes import Reasoner
    from kras_graph.answers.tracing import EdgeOptions, PathOptions, Tracer
    from kras_graph.network.neighbours import Direction, Neighbourhood, SharedAnswer, Subgraph
    from kras_graph.network.paths import PathAnswer
    from kras_graph.network.projection import Network
    from kras_graph.present.cards import EntityCard
    from kras_graph.present.evidence import Evidence
    from kras_graph.present.viewer import View
    from kras_graph.present.viewer_data import Theme


class KnowledgeGraph(MeasuredAnswers, ProfiledAnswers, WordedAnswers):
    """The curated graph with its engine; all answers are typed records.

    >>> kg = KnowledgeGraph.load()
    >>> kg.entity("AMG-510").label
    'sotorasib'
    """

    def __init__(
        self, engine: Engine, data: Path | None = None, reader: Reader | None = None
    ) -> None:
        self.engine = engine
        self.reader = reader if reader is not None else Reader(engine)
        self._data = data

    @classmethod
    def load(cls, data: Path | None = None, *, cache: bool = True) -> KnowledgeGraph:
        """The shipped graph, or that of another `data/` folder of the same layout.

        Raises:
            TableError: when the tables hold defects.
        """
        engine = EmbeddedEngine(lambda: embedded(data, cache=cache).store)
        return cls(engine, data, RecordReader.open(engine, data, cache=cache))

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

    @cached_property
    def reasoner(self) -> Reasoner:
        """The mechanism layer over this dataset: routes, closure, combinations.

        A remote dataset is reasoned over with the layer that is shipped.
        """
        from kras_graph.answers.routes import Reasoner

        if isinstance(self.reader, RecordReader):
            return Reasoner(self.reader, self.reader.mechanism)
        from kras_graph.curation.mechanism import load_mechanism

        return Reasoner(self.reader, load_mechanism(self._data))

    def bypass(
        self,
        drug: str,
        *,
        compute: bool = True,
        disease: str | None = None,
        alterations: Collection[str] = (),
        outputs: Collection[str] = (),
        documents_only: bool = False,
        suggested: bool = False,
    ) -> BypassAnswer:
        """What bypasses a drug or class: reported, denied, open and computed.

        Args:
            drug: name of the drug, class or regimen.
            compute: whether to compute routes too.
            disease: name of a tumour type to keep to.
            alterations: names of further lesions of the tumour, for the routes.
            outputs: names of the outputs that matter, for the routes.
            documents_only: routes without marked assumptions.
            suggested: routes over what sources only suggest, too.
        """
        return bypass(
            self.reader,
            self.entity(drug),
            disease=self.entity(disease) if disease else None,
            reasoner=self.reasoner if compute else None,
            alterations=[self.entity(name) for name in alterations],
            outputs=[self.entity(name) for name in outputs],
            documents_only=documents_only,
            suggested=suggested,
        )

    def combine(
        self,
        drug: str,
        *,
        disease: str | None = None,
        alterations: Collection[str] = (),
        outputs: Collection[str] = (),
        documents_only: bool = False,
        suggested: bool = False,
        size: int = 3,
        resamples: int = 500,
    ) -> CombinationAnswer:
        """Sets of further targets that would close every route in this graph and context.

        Args:
            drug: name of the drug, class or regimen.
            disease: name of the tumour type.
            alterations: names of further lesions of the tumour.
            outputs: names of the outputs to silence; ERK when none is given.
            documents_only: without marked assumptions.
            suggested: over what sources only suggest, too.
            size: most further targets in a set.
            resamples: draws for the stability.
        """
        from kras_graph.answers.combination import combine
        from kras_graph.answers.routes import MAIN_OUTPUT

        question = self.reasoner.asked(
            self.entity(drug),
            self.entity(disease) if disease else None,
            [self.entity(name) for name in alterations],
            [self.entity(name) for name in outputs],
            default=(MAIN_OUTPUT,),
            documents_only=documents_only,
            suggested=suggested,
        )
        return combine(self.reasoner, question, size, resamples)

    @cached_property
    def tracer(self) -> Tracer:
        """Path searches by name, on this graph."""
        from kras_graph.answers.tracing import Tracer

        return Tracer(self.reader, self.names, lambda: self.network)

    def paths(
        self, source: str | None = None, target: str | None = None, **options: Unpack[PathOptions]
    ) -> PathAnswer:
        """Signed simple paths from one entity to another, best first.

        Args:
            source: name of the start; without it, all that leads to the target.
            target: name of the end; without it, all that the source leads to. Both may be
                left out where a `metapath` is given.
            **options: what paths must be like; see
                `kras_graph.answers.tracing.PathOptions` and its `EdgeOptions`.

        Raises:
            UnknownNameError: for a name, relation or publication that the graph lacks.
            PatternError: for a metapath that cannot be read.
        """
        return self.tracer.paths(source, target, options)

    def neighbors(
        self,
        name: str,
        *,
        direction: Direction = "both",
        hops: int = 1,
        classes: Collection[str] = (),
        limit: int = 500,
        **options: Unpack[EdgeOptions],
    ) -> Neighbourhood:
        """Entities within some steps of one, with the edges that lead there.

        Args:
            name: the entity.
            direction: `down` follows edges forwards, `up` backwards, `both` either way.
            hops: most steps.
            classes: classes of entities to give; all when empty.
            limit: most entities to give.
            **options: which edges count; see `kras_graph.answers.tracing.EdgeOptions`.
        """
        return self.tracer.neighbours(name, direction, hops, classes, limit, options)

    def shared_targets(
        self, *names: str, at_least: int | None = None, **options: Unpack[PathOptions]
    ) -> SharedAnswer:
        """What several entities all act on, within `max_length` steps (1 by default).

        Args:
            *names: the entities.
            at_least: how many of them must act on it; all by default.
            **options: what the paths must be like.
        """
        return self.tracer.shared(names, ["targets"], at_least, options)

    def shared_regulators(
        self, *names: str, at_least: int | None = None, **options: Unpack[PathOptions]
    ) -> SharedAnswer:
        """What acts on several entities, within `max_length` steps (1 by default).

        Args:
            *names: the entities.
            at_least: on how many of them it must act; all by default.
            **options: what the paths must be like.
        """
        return self.tracer.shared(names, ["regulators"], at_least, options)

    def subgraph(
        self, *names: str, hops: int = 1, limit: int = 2000, **options: Unpack[EdgeOptions]
    ) -> Subgraph:
        """Everything within some steps of the entities, with all edges in between.

        Args:
            *names: the entities.
            hops: most steps from the nearest of them.
            limit: most entities to give.
            **options: which edges count.
        """
        return self.tracer.subgraph(names, hops, limit, options)

    def show(self, name: str) -> EntityCard:
        """The card of an entity: text when printed, HTML in a notebook.

        Raises:
            UnknownNameError: with the nearest names.
            AmbiguousNameError: with the choices.
        """
        from kras_graph.present.cards import entity_card

        return entity_card(self, self.entity(name))

    def why(self, ident: str, texts: Path | None = None) -> Evidence:
        """The evidence behind a statement, figure or rule: text when printed, HTML in a notebook.

        Args:
            ident: id such as `R301`, `T012.2` or `M08`.
            texts: folder with your copies of the papers, to see and verify the passages.

        Raises:
            UnknownNameError: when nothing has this id.
        """
        from kras_graph.present.evidence import evidence

        return evidence(self, ident, texts)

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

    def view(
        self,
        focus: str = "sotorasib",
        *,
        hops: int = 2,
        theme: Theme = "auto",
        height: int = 640,
        path: tuple[str, str] | None = None,
    ) -> View:
        """The graph as a page: shows itself in a notebook, `save(path)` writes it.

        Args:
            focus: name of what the first view is about.
            hops: how far to follow from a mechanism or from the focus.
            theme: `light`, `dark`, or `auto` for the reader's own.
            height: height in a notebook, in pixels.
            path: names of two entities; the page opens on the paths between them.
        """
        from kras_graph.present.viewer import View, page

        return View(page(self, focus, hops, theme=theme, embed=True, path=path), height)

    def to_pyvis(self, *, include_unasserted: bool = False) -> Drawing:
        """The graph as a plain pyvis network, for drawings of one's own.

        Args:
            include_unasserted: whether denied and doubted propositions are edges too, dashed.
        """
        from kras_graph.present.report import predicate_labels
        from kras_graph.present.viewer_pyvis import pyvis_network

        labels = predicate_labels(self.reader)
        return pyvis_network(
            self.reader.entities, self.network, labels, include_unasserted=include_unasserted
        )

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
