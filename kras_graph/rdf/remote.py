"""A remote SPARQL 1.1 service as an engine."""

from __future__ import annotations

from collections.abc import Mapping

import pyoxigraph
from pyoxigraph import QueryResultsFormat, RdfFormat, Store

from kras_graph.model.errors import QueryError
from kras_graph.rdf.binding import bind, form_of, with_prologue
from kras_graph.rdf.engine import Results, Term
from kras_graph.rdf.service import LIMIT, TIMEOUT, Reply, Service

_TABLES = {
    "application/sparql-results+json": QueryResultsFormat.JSON,
    "application/json": QueryResultsFormat.JSON,
    "application/sparql-results+xml": QueryResultsFormat.XML,
}
_GRAPHS = {
    "application/n-triples": RdfFormat.N_TRIPLES,
    "text/plain": RdfFormat.N_TRIPLES,
    "text/ntriples": RdfFormat.N_TRIPLES,
    "text/turtle": RdfFormat.TURTLE,
    "application/rdf+xml": RdfFormat.RDF_XML,
}
_VIRTUOSO_ASK = "__ASK_RETVAL"  # the column in which Virtuoso 7 at times answers ASK


class RemoteEngine:
    """A SPARQL 1.1 service behind the same interface as the embedded engine.

    Args:
        url: address for queries. A `default-graph-uri` in it names the graph to ask, for
            services that hold more than this dataset.
        timeout: seconds without any sign from the service before giving up.
        limit: most bytes of an answer.

    Raises:
        QueryError: when the address cannot be used.
    """

    def __init__(self, url: str, *, timeout: float = TIMEOUT, limit: int = LIMIT) -> None:
        self.service = Service(url, timeout=timeout, limit=limit)

    def query(self, text: str, bindings: Mapping[str, Term] | None = None) -> Results:
        """Answer of a SPARQL query.

        Args:
            text: the query; the project's prefixes may be used without declaring them.
            bindings: terms to put in the place of variables, by name without `?`.

        Raises:
            QueryError: when the service refuses the query, cuts its answer short, or
                answers with something else.
        """
        sent = with_prologue(bind(text, bindings or {}))
        graph = form_of(sent) in ("CONSTRUCT", "DESCRIBE")
        accept = (
            "application/n-triples, text/turtle;q=0.5"
            if graph
            else "application/sparql-results+json"
        )
        reply = self.service.post([("query", sent), *self.service.graphs], accept)
        self._refuse_partial(reply)
        return self._graph(reply) if graph else self._table(reply)

    def _refuse_partial(self, reply: Reply) -> None:
        """Nothing, when the answer is whole.

        Raises:
            QueryError: when Virtuoso tells that it stopped early.
        """
        most = reply.headers.get("x-sparql-maxrows")
        if most:
            raise QueryError(
                f"The service {self.service.name} gives no more than {most} rows, and there "
                "are more. Ask for less with LIMIT, or have ResultSetMaxRows raised."
            )
        if "x-sparql-anytime" in reply.headers or reply.headers.get("x-sql-state") == "S1TAT":
            raise QueryError(
                f"The service {self.service.name} ran out of time and gave a part of the rows."
            )

    def _table(self, reply: Reply) -> Results:
        form = _TABLES.get(reply.kind)
        if form is None:
            raise self._unexpected(reply)
        try:
            checked = pyoxigraph.parse_query_results(reply.body, format=form)
            if isinstance(checked, pyoxigraph.QuerySolutions):
                found = [solution[0] for solution in checked if len(solution)]
                if [v.value for v in checked.variables] == [_VIRTUOSO_ASK]:
                    return _boolean(any(str(term).startswith('"1"') for term in found))
            return pyoxigraph.parse_query_results(reply.body, format=form)
        except (SyntaxError, ValueError, OSError, RuntimeError) as error:
            raise QueryError(f"The answer of {self.service.name} cannot be read: {error}") from None

    def _graph(self, reply: Reply) -> Results:
        form = _GRAPHS.get(reply.kind)
        if form is None:
            raise self._unexpected(reply)
        store = Store()
        try:
            store.load(input=reply.body, format=form)
        except (SyntaxError, ValueError, OSError, RuntimeError) as error:
            raise QueryError(f"The answer of {self.service.name} cannot be read: {error}") from None
        return store.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")

    def _unexpected(self, reply: Reply) -> QueryError:
        kind = "".join(c for c in reply.kind if c.isprintable()) or "nothing known"
        return QueryError(
            f"{self.service.name} answered with {kind}, not with SPARQL results; is this the "
            "address of its SPARQL service?"
        )


def _boolean(value: bool) -> Results:
    """The answer to an ASK query."""
    text = '{"head": {}, "boolean": %s}' % ("true" if value else "false")
    return pyoxigraph.parse_query_results(text, format=QueryResultsFormat.JSON)
