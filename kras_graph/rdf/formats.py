"""Results of SPARQL queries in the standard formats."""

from __future__ import annotations

import pyoxigraph
from pyoxigraph import QueryResultsFormat, RdfFormat

from kras_graph.model.errors import QueryError
from kras_graph.rdf import names
from kras_graph.rdf.engine import Results

RESULT_FORMATS = {
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
}
GRAPH_FORMATS = {
    "turtle": RdfFormat.TURTLE,
    "ntriples": RdfFormat.N_TRIPLES,
    "rdfxml": RdfFormat.RDF_XML,
}


def serialise(results: Results, form: str) -> str:
    """Text of query results: SELECT and ASK as json, xml, csv or tsv; graphs as RDF.

    Raises:
        QueryError: when the format does not fit the kind of query.
    """
    if isinstance(results, pyoxigraph.QueryTriples):
        if form not in GRAPH_FORMATS:
            raise QueryError(
                f"A CONSTRUCT or DESCRIBE query gives a graph; use {', '.join(GRAPH_FORMATS)}."
            )
        kind = GRAPH_FORMATS[form]
        prefixes = names.PREFIXES if form != "ntriples" else None
        payload = pyoxigraph.serialize(results, format=kind, prefixes=prefixes) or b""
        return payload.decode()
    if form not in RESULT_FORMATS:
        raise QueryError(f"A SELECT or ASK query gives a table; use {', '.join(RESULT_FORMATS)}.")
    if isinstance(results, pyoxigraph.QueryBoolean) and form in ("csv", "tsv"):
        return f"{str(bool(results)).lower()}\n"
    payload = results.serialize(format=RESULT_FORMATS[form]) or b""
    return payload.decode()
