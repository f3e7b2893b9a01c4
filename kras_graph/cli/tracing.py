"""Verbs that trace: path, neighbors, shared, subgraph."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kras_graph.cli.options import (
    FORMATS,
    Command,
    emit,
    endpoint_option,
    graph_at,
    output_options,
    terminal,
)
from kras_graph.cli.relaxing import advice
from kras_graph.model.errors import AmbiguousNameError, UnknownNameError
from kras_graph.model.terms import Setting

if TYPE_CHECKING:
    from kras_graph.api import KnowledgeGraph
    from kras_graph.present.tabular import Table

SETTINGS = click.Choice([str(setting) for setting in Setting])


def edge_options(command: Command) -> Command:
    """Adds the options that say which statements may carry an edge."""

    def many(name: str, dest: str, text: str, **more: Any) -> Any:
        return click.option(name, dest, multiple=True, help=f"{text}; may be repeated.", **more)

    for option in (
        click.option(
            "--unasserted", is_flag=True, help="Denied and doubted propositions too, marked."
        ),
        click.option("--general", is_flag=True, help="With --disease: what names no disease, too."),
        many("--not-disease", "not_diseases", "Not on what was seen in this tumour type alone"),
        many("--disease", "diseases", "Only on what was seen in this tumour type or a kind of it"),
        many("--not-publication", "not_publications", "Not on this paper alone"),
        many("--publication", "publications", "Only on this paper"),
        many("--not-setting", "not_settings", "Not on this kind of work", type=SETTINGS),
        many("--setting", "settings", "Only on this kind of work", type=SETTINGS),
        many("--not-predicate", "not_predicates", "Not over this relation"),
        many("--predicate", "predicates", "Only over this relation (roll-ups pass)"),
        click.option(
            "--no-rollups",
            "rollups",
            flag_value=False,
            default=True,
            help="No step from allele to gene, member to family, part to whole.",
        ),
    ):
        command = option(command)
    return command


@click.command()
@click.argument("ends", nargs=-1, metavar="[SOURCE] [TARGET]")
@click.option("--downstream", is_flag=True, help="All that the one entity leads to.")
@click.option("--upstream", is_flag=True, help="All that leads to the one entity.")
@click.option("--metapath", help="Classes in order, as 'Drug > Alteration >> Pathway'.")
@click.option("--max-length", type=click.IntRange(1, 12), help="Most steps. [default: 8; open: 4]")
@click.option("--exact", type=click.IntRange(1, 12), help="This many steps, no more and no less.")
@click.option(
    "-k", "--paths", "k", type=click.IntRange(1, 1000), help="Most paths. [default: 5; open: 20]"
)
@click.option("--avoid", multiple=True, help="Entity no path may touch; may be repeated.")
@click.option("--via", multiple=True, help="Entity every path must touch; may be repeated.")
@click.option("--only", multiple=True, help="Nothing but these may stand inside a path.")
@click.option("--sign", type=click.Choice(["+", "-", "?"]), help="Keep paths of this sign.")
@click.option("--neutral", is_flag=True, help="Relations without an effect too, such as binding.")
@click.option("--through-therapies", is_flag=True, help="Let medicines stand inside a path.")
@click.option(
    "--members", "fold", flag_value=False, default=True, help="List paths of family members apart."
)
@click.option("--max-steps", type=click.IntRange(1, 10_000_000), help="Edges to look at, at most.")
@edge_options
@endpoint_option
@output_options()
def path(
    ends: tuple[str, ...],
    downstream: bool,
    upstream: bool,
    exact: int | None,
    endpoint: str | None,
    form: str,
    output: Path | None,
    no_color: bool,
    **options: Any,
) -> None:
    """Signed paths from SOURCE to TARGET, best first; why, when there are none.

    With one name and --downstream or --upstream: all that can be reached, with the best
    path there. With --metapath, ends may be left out.

    Example: kras-graph path sotorasib ERK
    """
    from kras_graph.present.paths import path_table, path_text
    from kras_graph.present.tabular import render
    from kras_graph.present.tracing import path_json, unknown_json

    source, target = _ends(ends, downstream, upstream, options["metapath"])
    if exact is not None:
        options |= {"min_length": exact, "max_length": exact}
    kg = graph_at(endpoint)
    try:
        names = {name: _named(kg, name) for name in (source, target) if name is not None}
        chosen = _given(kg, options)
    except (UnknownNameError, AmbiguousNameError) as error:
        if form in ("json", "jsonl"):
            emit(_line(unknown_json(source, target, error), form), output)
        raise
    start, end = (None if name is None else names[name] for name in (source, target))
    found = kg.paths(start, end, **chosen)
    width, color = terminal(no_color, output)
    if form in ("json", "jsonl"):
        emit(_line(path_json(kg.reader, found), form), output)
    elif form == "table":
        emit(path_text(kg.reader, found, width=width, color=color), output)
    else:
        emit(render(path_table(kg.reader, found), form), output)
    if found.reason:
        tried = advice(found.relaxation.changes, chosen) if found.relaxation else ""
        click.echo(f"No path ({found.reason}): {_sentence(found.hint)}{tried}", err=True)
    elif found.hint:
        click.echo(f"Not all: {_sentence(found.hint)}", err=True)


@click.command()
@click.argument("name")
@click.option(
    "--direction",
    type=click.Choice(["up", "down", "both"]),
    default="both",
    show_default=True,
    help="Follow edges forwards (down), backwards (up), or either way.",
)
@click.option("--hops", type=click.IntRange(1, 6), default=1, show_default=True, help="Most steps.")
@click.option("--class", "classes", multiple=True, help="Only entities of this class.")
@click.option(
    "--limit", type=click.IntRange(1), default=500, show_default=True, help="Most of them."
)
@edge_options
@endpoint_option
@output_options()
def neighbors(
    name: str,
    endpoint: str | None,
    form: str,
    output: Path | None,
    no_color: bool,
    **options: Any,
) -> None:
    """What is joined with the entity NAME, nearest first, with the edges that join it.

    Example: kras-graph neighbors PTPN11 --direction up --class Drug
    """
    from kras_graph.present.paths import neighbours_table
    from kras_graph.present.tracing import neighbours_json, unknown_json

    kg = graph_at(endpoint)
    try:
        start, chosen = _named(kg, name), _given(kg, options)
    except (UnknownNameError, AmbiguousNameError) as error:
        if form in ("json", "jsonl"):
            answer = unknown_json(None, None, error)
            kept = {key: answer[key] for key in ("reason", "hint", "name", "suggestions")}
            emit(_line({"entity": None, "neighbors": [], **kept}, form), output)
        raise
    found = kg.neighbors(start, **chosen)
    told = neighbours_json(kg.reader, found)
    _print(neighbours_table(kg.reader, found), told, form, output, no_color)
    if found.reason:
        click.echo(f"None ({found.reason}): {_sentence(found.hint)}", err=True)
    _cut(found.cut)


@click.command()
@click.argument("names", nargs=-1, required=True)
@click.option(
    "--side",
    type=click.Choice(["targets", "regulators", "both"]),
    default="both",
    show_default=True,
    help="What the set acts on, or what acts on the set.",
)
@click.option("--hops", type=click.IntRange(1, 6), default=1, show_default=True, help="Most steps.")
@click.option("--at-least", type=click.IntRange(1), help="Members that share it. [default: all]")
@click.option("--neutral", is_flag=True, help="Relations without an effect too, such as binding.")
@edge_options
@endpoint_option
@output_options()
def shared(
    names: tuple[str, ...],
    side: str,
    hops: int,
    endpoint: str | None,
    form: str,
    output: Path | None,
    no_color: bool,
    **options: Any,
) -> None:
    """What several entities all act on, and what acts on all of them.

    Example: kras-graph shared sotorasib adagrasib
    """
    from kras_graph.present.paths import shared_table
    from kras_graph.present.tracing import shared_json

    kg = graph_at(endpoint)
    members = [_named(kg, name) for name in names]
    if len(set(members)) < 2:
        raise click.UsageError("Name two different entities or more.")
    sides: Any = ["targets", "regulators"] if side == "both" else [side]
    at_least = options.pop("at_least")
    found = kg.tracer.shared(members, sides, at_least, _given(kg, {**options, "max_length": hops}))
    _print(shared_table(kg.reader, found), shared_json(kg.reader, found), form, output, no_color)
    if found.hint:
        click.echo(f"None: {_sentence(found.hint)} Try more --hops or --at-least.", err=True)
    _cut(found.cut)


@click.command()
@click.argument("names", nargs=-1, required=True)
@click.option("--hops", type=click.IntRange(0, 6), default=1, show_default=True, help="Most steps.")
@click.option(
    "--limit", type=click.IntRange(1), default=2000, show_default=True, help="Most of them."
)
@edge_options
@endpoint_option
@output_options(*FORMATS, "graphml")
def subgraph(
    names: tuple[str, ...],
    endpoint: str | None,
    form: str,
    output: Path | None,
    no_color: bool,
    **options: Any,
) -> None:
    """Everything within some steps of the entities, with all edges in between.

    Example: kras-graph subgraph PTPN11 SOS1 --hops 1
    """
    from kras_graph.present.paths import subgraph_table
    from kras_graph.present.tracing import subgraph_json, subgraph_records

    kg = graph_at(endpoint)
    found = kg.subgraph(*(_named(kg, name) for name in names), **_given(kg, options))
    if form == "graphml":
        from kras_graph.present.graphml import graphml

        emit(graphml(subgraph_records(kg.reader, found)).decode(), output)
    else:
        told = subgraph_json(kg.reader, found)
        _print(subgraph_table(kg.reader, found), told, form, output, no_color)
    _cut(found.cut)


def _ends(
    names: tuple[str, ...], downstream: bool, upstream: bool, metapath: str | None
) -> tuple[str | None, str | None]:
    """Source and target, either of them None where it is left open.

    Raises:
        UsageError: when the names and flags do not say what is wanted.
    """
    if downstream and upstream:
        raise click.UsageError("Choose --downstream or --upstream; for both, use `neighbors`.")
    if len(names) == 2:
        if downstream or upstream:
            raise click.UsageError("--downstream and --upstream take one name.")
        return names[0], names[1]
    if len(names) == 1:
        if not (downstream or upstream or metapath):
            raise click.UsageError(
                "One name needs --downstream, --upstream or --metapath; or give a TARGET too."
            )
        return (None, names[0]) if upstream else (names[0], None)
    if names:
        raise click.UsageError(
            f"Expected a SOURCE and a TARGET, got {len(names)} names; put quotes around a name "
            "with blanks."
        )
    if not metapath:
        raise click.UsageError("Missing argument: a SOURCE and a TARGET, or --metapath.")
    return None, None


def _named(kg: KnowledgeGraph, name: str) -> str:
    """Id of a name; a corrected spelling is told on standard error."""
    match = kg.names.find(name)
    if match.corrected:
        click.echo(f"Read {name!r} as {match.entity.label!r}.", err=True)
    return match.entity.id


def _given(kg: KnowledgeGraph, options: dict[str, Any]) -> Any:
    """Options that were given, their names looked up.

    Raises:
        UsageError: for a metapath or a class that cannot be read.
    """
    from kras_graph.network.metapath import PatternError, class_named, read_metapath

    given = {name: value for name, value in options.items() if value not in (None, ())}
    for name in ("avoid", "via", "only", "diseases", "not_diseases"):
        if name in given:
            given[name] = [_named(kg, entity) for entity in given[name]]
    try:
        if "metapath" in given:
            given["metapath"] = read_metapath(given["metapath"]).text
        if "classes" in given:
            given["classes"] = [class_named(name) for name in given["classes"]]
    except PatternError as error:
        raise click.UsageError(str(error)) from None
    return given


def _print(
    table: Table, told: dict[str, Any], form: str, output: Path | None, no_color: bool
) -> None:
    from kras_graph.present.tabular import render

    if form in ("json", "jsonl"):
        emit(_line(told, form), output)
        return
    width, color = terminal(no_color, output)
    emit(render(table, form, width=width, color=color), output)


def _line(record: dict[str, Any], form: str) -> str:
    return json.dumps(record, ensure_ascii=False, indent=2 if form == "json" else None) + "\n"


def _sentence(text: str | None) -> str:
    return f"{(text or '').rstrip('.')}."


def _cut(cuts: Sequence[Any]) -> None:
    for cut in cuts:
        click.echo(f"Not all: {cut.limit} {cut.value}, {cut.found} found.", err=True)
