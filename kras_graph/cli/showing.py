"""Verbs that show what the graph holds: show, why, diff."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kras_graph.cli.options import emit, endpoint_option, graph_at, output_options, terminal
from kras_graph.model.errors import KrasGraphError

if TYPE_CHECKING:
    from kras_graph.api import KnowledgeGraph
    from kras_graph.model.records import Entity


@click.command()
@click.argument("name")
@endpoint_option
@output_options()
def show(name: str, endpoint: str | None, form: str, output: Path | None, no_color: bool) -> None:
    """The card of the entity NAME: what a reader wants first, each line with its source.

    A drug's targets, mechanism, stage, results and harms; a trial's design and cohorts; a
    gene's roles, alterations and drugs; a tumour's alterations and therapies; a mechanism's
    reports, with what is computed in blocks of their own.

    Example: kras-graph show "KRAS G12C"
    """
    from kras_graph.present.cards import show_entity

    kg = graph_at(endpoint)
    width, color = terminal(no_color, output)
    emit(show_entity(kg, _entity(kg, name), form, width=width, color=color), output)


@click.command()
@click.argument("ident", metavar="ID")
@click.option(
    "--texts",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder with your copies of the papers: shows and verifies the passage itself.",
)
@endpoint_option
@output_options("table", "json", "jsonl")
def why(
    ident: str,
    texts: Path | None,
    endpoint: str | None,
    form: str,
    output: Path | None,
    no_color: bool,
) -> None:
    """The evidence behind ID, and how other statements stand to it.

    ID is that of a statement (R301), of a figure (T012.2) or of a rule of the mechanism
    layer (M08, B01, F01, A01, P02).

    Example: kras-graph why C001
    """
    from kras_graph.present.evidence import why_text

    width, _ = terminal(no_color, output)
    emit(why_text(graph_at(endpoint), ident, texts, form, width=width), output)


def _entity(kg: KnowledgeGraph, name: str) -> Entity:
    """The entity of a name; a corrected spelling is told on standard error."""
    match = kg.names.find(name)
    if match.corrected:
        click.echo(f"Read {name!r} as {match.entity.label!r}.", err=True)
    return match.entity


@click.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--rows", is_flag=True, help="Give the rows of stored questions that come or go.")
@click.option("--no-questions", is_flag=True, help="Compare the tables only; nothing is asked.")
@output_options()
@click.pass_context
def diff(
    ctx: click.Context,
    old: str,
    new: str,
    rows: bool,
    no_questions: bool,
    form: str,
    output: Path | None,
    no_color: bool,
) -> None:
    """What changed between two releases of the tables, and which answers with them.

    OLD and NEW are `data/` folders, checkouts or unpacked releases that have one, zip or tar
    archives of these, or the word `shipped` for the tables of this installation. Exit code
    as of diff(1): 0 when nothing differs, 1 when something does, 2 when a side cannot be read.

    Example: kras-graph diff shipped shipped
    """
    from kras_graph.answers.differences import differences
    from kras_graph.present.differences import differences_text

    try:
        found = differences(old, new, ask=not no_questions)
    except KrasGraphError as error:
        raise click.UsageError(str(error), ctx) from None
    width, _ = terminal(no_color, output)
    emit(differences_text(found, form, rows=rows, width=width), output)
    if found.gone:
        told = ", ".join(change.ident for change in found.gone[:5])
        more = f" and {len(found.gone) - 5} more" if len(found.gone) > 5 else ""
        click.echo(f"Permanent ids that are no longer there: {told}{more}.", err=True)
    if found.unasked and not no_questions:
        click.echo(f"Stored questions were not asked: {found.unasked}.", err=True)
    ctx.exit(0 if found.equal else 1)
