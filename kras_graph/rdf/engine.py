"""SPARQL engines behind one small interface; the embedded one needs nothing to start."""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from collections.abc import Mapping
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Protocol

import pyoxigraph
from pyoxigraph import RdfFormat, Store, Variable

from kras_graph import __version__
from kras_graph.curation.load import read_texts
from kras_graph.curation.vocabulary import ontology_text
from kras_graph.model.errors import QueryError
from kras_graph.rdf import names

Term = pyoxigraph.NamedNode | pyoxigraph.Literal
Results = pyoxigraph.QuerySolutions | pyoxigraph.QueryBoolean | pyoxigraph.QueryTriples
_log = logging.getLogger(__name__)


class Engine(Protocol):
    """Anything that answers SPARQL 1.1 queries over the dataset."""

    def query(self, text: str, bindings: Mapping[str, Term] | None = None) -> Results:
        """Answer of a query whose variables named in `bindings` are fixed to those terms."""


class EmbeddedEngine:
    """Oxigraph in this process."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def query(self, text: str, bindings: Mapping[str, Term] | None = None) -> Results:
        """Answer of a SPARQL query.

        Args:
            text: the query; the project's prefixes may be used without declaring them.
            bindings: terms to put in the place of variables, by name without `?`.

        Raises:
            QueryError: when the query is not valid, or it reaches outside the dataset.
        """
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
    texts = read_texts(data)
    key = _content_key(texts)
    path = _cache_folder() / f"{key[:24]}.nt" if cache else None
    payload = _read_snapshot(path) if path else None
    if payload is None:
        payload = _serialise(data)
        if path:
            _write_snapshot(path, payload)
    store = Store()
    store.load(input=payload, format=RdfFormat.N_TRIPLES)
    return EmbeddedEngine(store)


def _content_key(texts: Mapping[str, str]) -> str:
    """Hash of all that the dataset is made from."""
    content = hashlib.sha256(f"{__version__}\0{ontology_text()}".encode())
    for path in sorted(texts):
        content.update(f"\0{path}\0{texts[path]}".encode())
    return content.hexdigest()


def _serialise(data: Traversable | None) -> bytes:
    """N-Triples of the tables and the ontology."""
    from kras_graph.curation.load import load_tables
    from kras_graph.rdf.dataset import triples

    ontology = pyoxigraph.parse(ontology_text(), format=RdfFormat.TURTLE)
    everything = [*triples(load_tables(data)), *(quad.triple for quad in ontology)]
    return pyoxigraph.serialize(everything, format=RdfFormat.N_TRIPLES) or b""


def _cache_folder() -> Path:
    chosen = os.environ.get("KRAS_GRAPH_CACHE")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "kras-graph"


def _read_snapshot(path: Path) -> bytes | None:
    """Triples of a snapshot whose own hash, in its first line, holds; else None."""
    try:
        head, _, payload = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    if head != b"# " + hashlib.sha256(payload).hexdigest().encode():
        _log.info("snapshot %s is damaged and will be rebuilt", path.name)
        return None
    return payload


def _write_snapshot(path: Path, payload: bytes) -> None:
    """Keep a snapshot; a cache that cannot be written is not an error."""
    head = b"# " + hashlib.sha256(payload).hexdigest().encode() + b"\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".snapshot-")
        with os.fdopen(handle, "wb") as stream:
            stream.write(head + payload)
        Path(temporary).replace(path)
        for stale in path.parent.glob("*.nt"):
            if stale != path:
                stale.unlink(missing_ok=True)
    except OSError as error:
        _log.info("no snapshot kept: %s", error)
