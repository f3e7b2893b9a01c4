"""The dataset as a file in the RDF formats: the same bytes whenever the dataset is the same.

Every format holds the whole default graph: entities, direct triples, statements of any
polarity and certainty, evidence, results and the ontology. Quads are written in the order of
their N-Triples form; blank nodes, should there be any, are named by RDFC-1.0
(https://www.w3.org/TR/rdf-canon/).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pyoxigraph
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    Quad,
    QueryTriples,
    RdfFormat,
)

from kras_graph.model.errors import QueryError
from kras_graph.rdf import names
from kras_graph.rdf.engine import Engine

_SERIALISERS = {
    "turtle": RdfFormat.TURTLE,
    "ntriples": RdfFormat.N_TRIPLES,
    "nquads": RdfFormat.N_QUADS,
    "trig": RdfFormat.TRIG,
}
RDF_FORMATS = (*_SERIALISERS, "jsonld")
_TYPE = names.RDF + "type"
_STRING = names.XSD + "string"


def export_rdf(engine: Engine, form: str) -> bytes:
    """The dataset behind an engine in one of `RDF_FORMATS`, UTF-8.

    Raises:
        QueryError: when the format is not known, or the engine does not give a graph.
    """
    if form not in RDF_FORMATS:
        raise QueryError(f"{form!r} is not an RDF format; use {', '.join(RDF_FORMATS)}.")
    graph = engine.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
    if not isinstance(graph, QueryTriples):
        raise QueryError("The engine answered a CONSTRUCT query with something else.")
    return serialise_quads((Quad(t.subject, t.predicate, t.object) for t in graph), form)


def serialise_quads(quads: Iterable[Quad], form: str) -> bytes:
    """Quads of the default graph in one of `RDF_FORMATS`, sorted, UTF-8."""
    found = _ordered(quads)
    if form == "jsonld":
        return _jsonld(found)
    flat = form in ("ntriples", "nquads")
    payload = pyoxigraph.serialize(
        found if form in ("nquads", "trig") else [quad.triple for quad in found],
        format=_SERIALISERS[form],
        prefixes=None if flat else names.PREFIXES,
    )
    return (payload or b"") if flat else _prefixes_in_order(payload or b"")


def _prefixes_in_order(payload: bytes) -> bytes:
    """Turtle or TriG with its declarations sorted; the serialiser has them in hash order."""
    lines = payload.splitlines(keepends=True)
    count = next((i for i, x in enumerate(lines) if not x.startswith(b"@prefix ")), len(lines))
    return b"".join([*sorted(lines[:count]), *lines[count:]])


def _ordered(quads: Iterable[Quad]) -> list[Quad]:
    """Each quad once, in the order of its N-Triples form, blank nodes under stable names."""
    found = set(quads)
    if any(isinstance(term, BlankNode) for q in found for term in (q.subject, q.object)):
        dataset = Dataset(found)
        dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
        found = set(dataset)
    return sorted(found, key=lambda q: (str(q.subject), str(q.predicate), str(q.object)))


def _jsonld(quads: list[Quad]) -> bytes:
    """JSON-LD 1.1, one object a subject, under a context of nothing but prefixes."""
    nodes: dict[str, dict[str, Any]] = {}
    for quad in quads:
        ident = _compact(quad.subject)
        node = nodes.setdefault(ident, {"@id": ident})
        if quad.predicate.value == _TYPE:
            node.setdefault("@type", []).append(_compact(quad.object))
        else:
            node.setdefault(_compact(quad.predicate), []).append(_value(quad.object))
    document = {"@context": names.PREFIXES, "@graph": list(nodes.values())}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _value(term: Any) -> Any:
    """A node reference or a value object that keeps the literal as it is written."""
    if not isinstance(term, Literal):
        return {"@id": _compact(term)}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    if term.datatype.value == _STRING:
        return {"@value": term.value}
    # numbers as text: JSON would drop the zeros that a source printed
    return {"@value": term.value, "@type": _compact(term.datatype)}


def _compact(term: Any) -> str:
    """Compact IRI (JSON-LD 1.1, section 4.1.5) where a prefix fits, else the whole name."""
    if isinstance(term, BlankNode):
        return str(term)
    for prefix, base in names.PREFIXES.items():
        rest = term.value.removeprefix(base)
        # after a colon, `//` would make it an absolute IRI again
        if rest != term.value and not rest.startswith("//"):
            return f"{prefix}:{rest}"
    return str(term.value)
