"""What a user's query may do: read this dataset, and nothing else."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kras_graph.model.errors import QueryError
from kras_graph.rdf import names
from kras_graph.rdf.engine import Engine

if TYPE_CHECKING:
    from rdflib.plugins.sparql.sparql import Query

_VERBS = ("select", "ask", "construct", "describe")
_UPDATES = ("insert", "delete", "load", "clear", "drop", "create", "add", "move", "copy", "with")
_OUTWARD = {"service": "ServiceGraphPattern", "from": "DatasetClause"}
_REFUSED = {
    "ServiceGraphPattern": "SERVICE is refused: a query reads this dataset only and opens no "
    "connection. Leave the SERVICE block out, or run it on an endpoint of your own.",
    "DatasetClause": "FROM is refused: a query reads this dataset only, no address and no file. "
    "Everything stands in the default graph; leave FROM and FROM NAMED out.",
}
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
# Strings, IRIs, comments, and the parts of names that stand behind a sign are no words.
_TOKEN = re.compile(
    r"""'''(?:[^\\]|\\.)*?'''|\"{3}(?:[^\\]|\\.)*?\"{3}"""
    r"""|'(?:[^'\\\n\r]|\\.)*'|"(?:[^"\\\n\r]|\\.)*\""""
    r"""|<[^<>"{}|^`\\\s]*>|\#[^\n\r]*|[?$]\w+|@[\w-]+|:[\w.:%-]*"""
    r"""|(?P<word>[A-Za-z]\w*)""",
    re.DOTALL,
)
_IN_GRAPH = {"Aggregate_Count": "COUNT", "MinusGraphPattern": "MINUS", "InlineData": "VALUES"}
_GRAPH = re.compile(r"\bgraph\s*[?$]", re.IGNORECASE)
_OPEN_PATH = re.compile(r"[\w>)]\s*(?:\*|\?(?!\w))")
_SELECT_ALL = re.compile(r"\bselect\s+(?:distinct\s+|reduced\s+)?\*", re.IGNORECASE)


def refuse_unsafe(text: str) -> None:
    """Nothing, when a query only reads this dataset.

    Where the letters of SERVICE or FROM occur, both the bare words of the query and its
    syntax tree must be free of them, so that one reader's blind spot is not enough. Escapes
    are read in both ways in use: resolved before parsing (SPARQL 1.1, section 19.2), and
    inside strings only.

    Raises:
        QueryError: for SPARQL Update, SERVICE, FROM and FROM NAMED.

    >>> refuse_unsafe("SELECT ?s { ?s rdfs:label 'from a service' }")
    """
    readings = dict.fromkeys((_ESCAPE.sub("_", text), _ESCAPE.sub(_resolve, text)))
    for reading in readings:
        words = (match for match in _TOKEN.finditer(reading) if match["word"])
        verbs = (m["word"].lower() for m in words if not reading.startswith(":", m.end()))
        verb = next((word for word in verbs if word in (*_VERBS, *_UPDATES)), "select")
        if verb in _UPDATES:
            raise QueryError(
                f"SPARQL Update ({verb.upper()}) is refused: the dataset is built from the "
                "tables in data/ and is only read. Use SELECT, ASK, CONSTRUCT or DESCRIBE."
            )
    if not any(word in reading.lower() for word in _OUTWARD for reading in readings):
        return
    kinds = {
        kind
        for reading in readings
        for match in _TOKEN.finditer(reading)
        for word, kind in _OUTWARD.items()
        if word in (match["word"] or "").lower()
    } or {node.name for reading in readings for node in _nodes(_parsed(reading))}
    for kind, message in _REFUSED.items():
        if kind in kinds:
            raise QueryError(message)


def warnings(text: str, engine: Engine) -> list[str]:
    """Forms in a query that the embedded engine (Oxigraph 0.5) may answer wrongly."""
    if not _GRAPH.search(text) and not _OPEN_PATH.search(_SELECT_ALL.sub("", text)):
        return []
    try:
        parsed = _parsed(text)
    except QueryError:
        return []  # the engine says better what is wrong
    found = []
    for node in _nodes(parsed):
        if node.name == "GraphGraphPattern" and type(node["term"]).__name__ == "Variable":
            words = {_IN_GRAPH[n.name] for n in _nodes(node["graph"]) if n.name in _IN_GRAPH}
            found += [
                f"{word} inside GRAPH ?{node['term']} may give wrong rows in the embedded engine; "
                "move it out of the GRAPH block (all data is in the default graph)."
                for word in sorted(words)
            ]
    for constant in _unknown_ends(parsed, engine):
        found.append(
            f"a `*` or `?` path from <{constant}>, which is not in the dataset, loses the row "
            "of length zero in the embedded engine; check the name, or use `+`."
        )
    return list(dict.fromkeys(found))


def _resolve(escape: re.Match[str]) -> str:
    """The sign that an escape stands for."""
    code = int(escape[1] or escape[2], 16)
    return chr(code) if code <= sys.maxunicode else "_"


def _parsed(text: str) -> Any:
    """Syntax tree of a query by rdflib, which is loaded only here.

    Raises:
        QueryError: when it has none; says where.
    """
    from pyparsing import ParseException
    from rdflib.plugins.sparql.parser import parseQuery

    try:
        # a lone carriage return ends a comment for the engine, but not for rdflib
        return parseQuery(text.replace("\r\n", "\n").replace("\r", "\n"))
    except ParseException as error:
        raise QueryError(
            f"The query is not valid SPARQL: error at {error.lineno}:{error.column}; a query "
            "that holds the words SERVICE or FROM is run only when all of it can be read."
        ) from None
    except (RecursionError, ValueError):
        raise QueryError("The query is nested too deeply to be checked; make it simpler.") from None


def _nodes(part: Any) -> Iterator[Any]:
    """Every named node of a syntax tree or an algebra."""
    from rdflib.plugins.sparql.parserutils import CompValue

    front = [part]
    while front:
        item = front.pop()
        if isinstance(item, CompValue):
            yield item
        if isinstance(item, dict):
            front.extend(item.values())
        elif not isinstance(item, str) and hasattr(item, "__iter__"):
            front.extend(item)


def _unknown_ends(parsed: Any, engine: Engine) -> list[str]:
    """IRIs that a path of possible length zero starts from or ends in, but no triple holds."""
    from rdflib import URIRef
    from rdflib.plugins.sparql.algebra import translateQuery

    try:
        algebra: Query = translateQuery(parsed, initNs=names.PREFIXES)
    except Exception:
        return []  # an unknown prefix, raised as a bare Exception; the engine tells of it
    ends = [
        end
        for node in _nodes(algebra.algebra)
        if node.name == "BGP"
        for subject, path, target in node["triples"]
        if _may_be_empty(path)
        for end in (subject, target)
        if isinstance(end, URIRef)
    ]
    held = "ASK { { ?end ?p ?o } UNION { ?s ?q ?end } }"
    return [
        str(end) for end in dict.fromkeys(ends) if not engine.query(held.replace("?end", end.n3()))
    ]


def _may_be_empty(path: Any) -> bool:
    """Whether a property path can have the length zero."""
    from rdflib import paths

    match path:
        case paths.MulPath():
            return path.mod in ("*", "?") or _may_be_empty(path.path)
        case paths.SequencePath():
            return all(_may_be_empty(step) for step in path.args)
        case paths.AlternativePath():
            return any(_may_be_empty(step) for step in path.args)
        case paths.InvPath():
            return _may_be_empty(path.arg)
    return False
