"""Verbs of SPARQL: `sparql` for one's own query, `query` for those of the library."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pyoxigraph

from kras_graph.api import KnowledgeGraph
from kras_graph.cli.options import emit, output_options, terminal
from kras_graph.model.errors import QueryError
from kras_graph.present.tabular import Table, render
from kras_graph.rdf import names
from kras_graph.rdf.engine import Engine, Results
from kras_graph.rdf.formats import GRAPH_FORMATS, RESULT_FORMATS, serialise
from kras_graph.rdf.library import StoredQuery, run_stored, stored_queries, stored_query

if TYPE_CHECKING:
    from rdflib.plugins.sparql.sparql import Query

RESULT_CHOICES = ("table", *RESULT_FORMATS, *GRAPH_FORMATS)
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


@click.command()
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, allow_dash=True)
)
@click.option("-e", "--execute", "text", metavar="QUERY", help="The query itself.")
@output_options(*RESULT_CHOICES)
def sparql(
    file: str | None, text: str | None, form: str, output: Path | None, no_color: bool
) -> None:
    """Run a SPARQL 1.1 query from FILE, from -e, or from standard input (-).

    The prefixes of the project (kg, id, stmt, result, rdfs, skos, …) need no declaration.
    Queries only read, and only this dataset: SERVICE, FROM and SPARQL Update are refused.
    JSON, XML, CSV and TSV are the standard forms of SPARQL results.

    Example: kras-graph sparql -e "SELECT ?drug { ?drug kg:inhibits id:KRAS_G12C }"
    """
    if (file is None) == (text is None):
        raise click.UsageError("Give exactly one of FILE, -e QUERY, or - for standard input.")
    query = _read(file) if file is not None else text or ""
    refuse_unsafe(query)
    kg = KnowledgeGraph.load()
    for warning in warnings(query, kg.engine):
        click.echo(f"Warning: {warning}", err=True)
    _print(kg.engine.query(query), form, output, no_color)


@click.group()
def query() -> None:
    """List, show and run the questions of the query library.

    Example: kras-graph query run targets-of-drug --param drug=sotorasib
    """


@query.command("list")
@output_options()
def list_queries(form: str, output: Path | None, no_color: bool) -> None:
    """Every stored query with its summary, tags and parameters.

    Example: kras-graph query list
    """
    found = stored_queries().values()
    rows = tuple(
        (
            item.name,
            item.summary,
            list(item.tags),
            [f"{parameter.name}={parameter.example}" for parameter in item.parameters],
        )
        for item in found
    )
    table = Table(("name", "summary", "tags", "parameters"), rows)
    width, color = terminal(no_color, output)
    emit(render(table, form, width=width, color=color), output)


@query.command("show")
@click.argument("name")
def show_query(name: str) -> None:
    """The file of the stored query NAME: its header and its SPARQL.

    Example: kras-graph query show targets-of-drug
    """
    emit(stored_query(name).text, None)


@query.command("run")
@click.argument("name")
@click.option(
    "-p", "--param", "given", multiple=True, metavar="KEY=VALUE", help="A parameter's value."
)
@output_options(*RESULT_CHOICES)
def run_query(
    name: str, given: tuple[str, ...], form: str, output: Path | None, no_color: bool
) -> None:
    """Run the stored query NAME; entities may go by any of their names.

    Example: kras-graph query run resistance-to-drug --param drug=AMG510
    """
    chosen = stored_query(name)
    values = _parameters(chosen, given)
    kg = KnowledgeGraph.load()
    kinds = {parameter.name: parameter.kind for parameter in chosen.parameters}
    resolved = {
        key: _entity(kg, value) if kinds[key] == "entity" else value
        for key, value in values.items()
    }
    _print(run_stored(kg.engine, chosen, resolved), form, output, no_color, asked=kinds)


def _read(file: str) -> str:
    """Text of a query file, or of standard input for `-`.

    Raises:
        QueryError: when it is not UTF-8 text.
    """
    try:
        payload = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return payload.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        source = "Standard input" if file == "-" else file
        raise QueryError(
            f"{source} is not UTF-8 text: byte {error.start} cannot be read."
        ) from None
    except OSError as error:
        raise QueryError(f"{file} cannot be read: {error.strerror}.") from None


def _parameters(chosen: StoredQuery, given: tuple[str, ...]) -> dict[str, str]:
    """Values by parameter name; a wrong, repeated or missing one is a usage error."""
    from difflib import get_close_matches

    known = {parameter.name: parameter for parameter in chosen.parameters}
    takes = ", ".join(known) or "no parameters"
    values: dict[str, str] = {}
    for pair in given:
        key, equals, value = pair.partition("=")
        if not equals:
            raise click.UsageError(f"Expected --param KEY=VALUE, not {pair!r}.")
        if key not in known:
            near = get_close_matches(key, known, n=1, cutoff=0.3)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise click.UsageError(
                f"{chosen.name} has no parameter {key!r}; it takes {takes}.{hint}"
            )
        if key in values:
            raise click.UsageError(f"The parameter {key!r} is given twice.")
        values[key] = value
    for key, parameter in known.items():
        if key not in values:
            raise click.UsageError(
                f"{chosen.name} needs {key} ({parameter.meaning}), for example "
                f"--param {key}={parameter.example}"
            )
    return values


def _entity(kg: KnowledgeGraph, name: str) -> str:
    """Id of the entity of a name; a corrected spelling is told on standard error."""
    match = kg.names.find(name)
    if match.corrected:
        click.echo(f"Read {name!r} as {match.entity.label!r}.", err=True)
    return match.entity.id


def _print(
    results: Results,
    form: str,
    output: Path | None,
    no_color: bool,
    asked: Collection[str] | None = None,
) -> None:
    """Write results in a format; a graph asked for as a table comes as Turtle.

    `asked` holds the parameters of a stored query, which its table need not repeat.

    Raises:
        QueryError: when the format does not fit, or the engine stops half-way.
    """
    if form == "table" and isinstance(results, pyoxigraph.QueryTriples):
        form = "turtle"
    try:
        if form != "table":
            text = serialise(results, form)
        elif isinstance(results, pyoxigraph.QueryBoolean):
            text = str(bool(results)).lower()
        else:
            table = _table(results, asked)
            width, color = terminal(no_color, output)
            text = render(table, "table", width=width, color=color)
            if not table.rows:
                click.echo("No rows.", err=True)
    except (OSError, RuntimeError, ValueError) as error:
        raise QueryError(f"The query cannot be run: {error}") from None
    emit(text if text.endswith("\n") or not text else text + "\n", output)


def _table(results: Results, asked: Collection[str] | None) -> Table:
    """Solutions as rows; those of a stored query show ids without their prefix."""
    assert isinstance(results, pyoxigraph.QuerySolutions)
    columns = tuple(v.value for v in results.variables if v.value not in (asked or ()))
    short = asked is not None
    rows = tuple(
        tuple(_cell(solution[column], short=short) for column in columns) for solution in results
    )
    return Table(columns, rows)


def _cell(term: Any, *, short: bool) -> str | None:
    """A term as people read it: CURIEs for known prefixes, texts and numbers plain."""
    if term is None:
        return None
    if isinstance(term, pyoxigraph.Literal):
        return term.value
    if not isinstance(term, pyoxigraph.NamedNode):
        return str(term)
    if short and names.local(term.value) != term.value:
        return names.local(term.value)
    for prefix, base in names.PREFIXES.items():
        if term.value.startswith(base) and term.value != base:
            return f"{prefix}:{term.value[len(base) :]}"
    return f"<{term.value}>"


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
