"""Verbs of SPARQL: `sparql` for one's own query, `query` for those of the library."""

from __future__ import annotations

import sys
from codecs import BOM_UTF8
from collections.abc import Collection
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click
import pyoxigraph

from kras_graph.api import KnowledgeGraph
from kras_graph.cli.drafting import new_query
from kras_graph.cli.options import (
    emit,
    endpoint_option,
    graph_at,
    limit_options,
    output_options,
    terminal,
)
from kras_graph.model.errors import QueryError
from kras_graph.present.tabular import Table, render
from kras_graph.rdf import bounded, names
from kras_graph.rdf.engine import Engine, Results
from kras_graph.rdf.formats import GRAPH_FORMATS, RESULT_FORMATS, serialise
from kras_graph.rdf.guard import refuse_unsafe
from kras_graph.rdf.library import StoredQuery, run_stored, stored_queries, stored_query
from kras_graph.rdf.limits import MOST_BYTES, TooLongError, refuse_oversized

RESULT_CHOICES = ("table", *RESULT_FORMATS, *GRAPH_FORMATS)


@click.command()
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, allow_dash=True)
)
@click.option("-e", "--execute", "text", metavar="QUERY", help="The query itself.")
@endpoint_option
@limit_options
@output_options(*RESULT_CHOICES)
def sparql(
    file: str | None,
    text: str | None,
    endpoint: str | None,
    timeout: float,
    memory: int,
    max_rows: int,
    form: str,
    output: Path | None,
    no_color: bool,
) -> None:
    """Run a SPARQL 1.1 query from FILE, from -e, or from standard input (-).

    The prefixes of the project (kg, id, stmt, result, rdfs, skos, …) need no declaration.
    Queries only read, and only this dataset: SERVICE, FROM and SPARQL Update are refused.
    JSON, XML, CSV and TSV are the standard forms of SPARQL results. Ctrl-C ends a query.

    Example: kras-graph sparql -e "SELECT ?drug { ?drug kg:inhibits id:KRAS_G12C }"
    """
    if (file is None) == (text is None):
        raise click.UsageError("Give exactly one of FILE, -e QUERY, or - for standard input.")
    query = _read(file) if file is not None else text or ""
    refuse_oversized(query)
    if endpoint:
        refuse_unsafe(query)
        _print(graph_at(endpoint).engine.query(query), form, output, no_color)
        return
    engine = _bounded(graph_at(None).engine, timeout, memory, max_rows)
    for warning in engine.check(query):
        click.echo(f"Warning: {warning}", err=True)
    _print(engine.query(query), form, output, no_color)


@click.group()
def query() -> None:
    """List, show and run the questions of the query library.

    Example: kras-graph query run targets-of-drug --param drug=sotorasib
    """


query.add_command(new_query)


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
@endpoint_option
@limit_options
@output_options(*RESULT_CHOICES)
def run_query(
    name: str,
    given: tuple[str, ...],
    endpoint: str | None,
    timeout: float,
    memory: int,
    max_rows: int,
    form: str,
    output: Path | None,
    no_color: bool,
) -> None:
    """Run the stored query NAME; entities may go by any of their names.

    Example: kras-graph query run resistance-to-drug --param drug=AMG510
    """
    chosen = stored_query(name)
    values = _parameters(chosen, given)
    kg = graph_at(endpoint)
    kinds = {parameter.name: parameter.kind for parameter in chosen.parameters}
    resolved = {
        key: _entity(kg, value) if kinds[key] == "entity" else value
        for key, value in values.items()
    }
    engine = kg.engine if endpoint else _bounded(kg.engine, timeout, memory, max_rows)
    _print(run_stored(engine, chosen, resolved), form, output, no_color, asked=kinds)


def _bounded(engine: Engine, timeout: float, memory: int, max_rows: int) -> bounded.BoundedEngine:
    """The embedded engine with limits on what its queries may use."""
    if not bounded.CAN_FORK:
        click.echo(
            "Note: this system cannot copy a process; the query runs without limits of time and "
            "memory.",
            err=True,
        )
    limits = bounded.Limits(timeout=timeout, memory=memory << 20, max_rows=max_rows)
    return bounded.BoundedEngine(engine, limits)


def _read(file: str) -> str:
    """Text of a query file, or of standard input for `-`.

    Raises:
        QueryError: when it is not UTF-8 text, or too long.
    """
    try:
        most = MOST_BYTES + len(BOM_UTF8)
        with nullcontext(sys.stdin.buffer) if file == "-" else Path(file).open("rb") as stream:
            payload = stream.read(most + 1)
        if len(payload) > most:
            raise TooLongError(f"The query is longer than {MOST_BYTES} bytes.")
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
