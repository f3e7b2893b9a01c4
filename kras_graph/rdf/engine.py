"""SPARQL engines behind one small interface; the embedded one needs nothing to start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from kras_graph.model.errors import QueryError
from kras_graph.rdf import names
from kras_graph.rdf.snapshot import content_key, keep, read_kept

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    import pyoxigraph
    from pyoxigraph import Store

Term: TypeAlias = "pyoxigraph.NamedNode | pyoxigraph.Literal"
Results: TypeAlias = "pyoxigraph.QuerySolutions | pyoxigraph.QueryBoolean | pyoxigraph.QueryTriples"


class Engine(Protocol):
    """Anything that answers SPARQL 1.1 queries over the dataset."""

    def query(self, text: str, bindings: Mapping[str, Term] | None = None) -> Results:
        """Answer of a query whose variables named in `bindings` are fixed to those terms."""


class EmbeddedEngine:
    """Oxigraph in this process.

    Args:
        store: the dataset, or what gives it; then it is loaded when first asked.
    """

    def __init__(self, store: Store | Callable[[], Store]) -> None:
        self._given = store

    @cached_property
    def store(self) -> Store:
        """The dataset."""
        return self._given() if callable(self._given) else self._given

    def query(self, text: str, bindings: Mapping[str, Term] | None = None) -> Results:
        """Answer of a SPARQL query.

        Args:
            text: the query; the project's prefixes may be used without declaring them.
            bindings: terms to put in the place of variables, by name without `?`.

        Raises:
            QueryError: when the query is not valid, or it reaches outside the dataset.
        """
        from pyoxigraph import Variable

        substitutions: dict[Variable, Any] = {
            Variable(name): term for name, term in (bindings or {}).items()
        }
        try:
            return self.store.query(
                text, prefixes=names.PREFIXES, substitutions=substitutions or None
            )
        except SyntaxError as error:
            raise QueryError(f"The query is not valid SPARQL: {error}") from None
        except (OSError, RuntimeError, ValueError) as error:
            raise QueryError(f"The query cannot be run: {error}") from None


def rows(results: Results) -> list[dict[str, Term]]:
    """Solutions of a SELECT query, one dictionary a row, without unbound variables.

    Raises:
        QueryError: when the query was not a SELECT.
    """
    import pyoxigraph

    if not isinstance(results, pyoxigraph.QuerySolutions):
        raise QueryError("Expected a SELECT query.")
    variables = [variable.value for variable in results.variables]
    found = []
    try:
        for solution in results:
            row = {}
            for name in variables:
                term = solution[name]
                if isinstance(term, pyoxigraph.NamedNode | pyoxigraph.Literal):
                    row[name] = term
            found.append(row)
    except (OSError, RuntimeError, ValueError) as error:
        raise QueryError(f"The query cannot be run: {error}") from None
    return found


def embedded(data: Traversable | None = None, *, cache: bool = True) -> EmbeddedEngine:
    """The dataset of `data/` (the shipped folder by default) in an embedded engine.

    A snapshot keyed by the content of the tables, the ontology and the program version is
    kept in the cache folder (`KRAS_GRAPH_CACHE`, else the user's); one that is stale or
    damaged is rebuilt.

    Raises:
        TableError: when the tables hold defects.
    """
    from pyoxigraph import RdfFormat, Store

    name = f"{content_key(data)}.nt"
    payload = read_kept(name) if cache else None
    if payload is None:
        payload = _serialise(data)
        if cache:
            keep(name, payload)
    store = Store()
    store.load(input=payload, format=RdfFormat.N_TRIPLES)
    return EmbeddedEngine(store)


def _serialise(data: Traversable | None) -> bytes:
    """N-Triples of the tables and the ontology."""
    import pyoxigraph
    from pyoxigraph import RdfFormat

    from kras_graph.curation.load import load_tables
    from kras_graph.curation.vocabulary import ontology_text
    from kras_graph.rdf.dataset import triples

    ontology = pyoxigraph.parse(ontology_text(), format=RdfFormat.TURTLE)
    everything = [*triples(load_tables(data)), *(quad.triple for quad in ontology)]
    return pyoxigraph.serialize(everything, format=RdfFormat.N_TRIPLES) or b""
