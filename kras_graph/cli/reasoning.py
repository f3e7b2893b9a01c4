"""`bypass`, `combine` and `validate`: what stays open, what would close it, does it hold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kras_graph.cli.options import emit, endpoint_option, graph_at, output_options, terminal

if TYPE_CHECKING:
    from kras_graph.api import KnowledgeGraph
    from kras_graph.model.records import Entity

Command = TypeVar("Command", bound=Callable[..., Any])


def context_options(command: Command) -> Command:
    """Adds the options that describe the tumour and the knowledge to reason with."""
    for option in (
        click.option(
            "--suggested", is_flag=True, help="Routes over what sources only suggest, too."
        ),
        click.option("--documents-only", is_flag=True, help="Routes without marked assumptions."),
        click.option(
            "--output", "outputs", multiple=True, metavar="NODE",
            help="Output that matters, such as ERK or AKT; may be repeated.",
        ),
        click.option(
            "--with", "alterations", multiple=True, metavar="ALTERATION",
            help="Further lesion of the tumour; may be repeated.",
        ),
        click.option("--disease", metavar="DISEASE", help="Tumour type."),
    ):  # fmt: skip
        command = option(command)
    return command


@click.command()
@click.argument("drug")
@context_options
@click.option("--no-computed", is_flag=True, help="Leave computed routes out.")
@endpoint_option
@output_options(file_option="--to")
def bypass(
    drug: str,
    disease: str | None,
    alterations: tuple[str, ...],
    outputs: tuple[str, ...],
    documents_only: bool,
    suggested: bool,
    no_computed: bool,
    endpoint: str | None,
    form: str,
    output: Path | None,
    no_color: bool,
) -> None:
    """What lets tumours escape DRUG: reported, denied, unclear, and computed.

    Example: kras-graph bypass sotorasib
    """
    from kras_graph.present.escape import bypass_answer

    kg = graph_at(endpoint)
    width, color = terminal(no_color, output)
    item = entity(kg, drug)
    options: dict[str, Any] = {"disease": entity(kg, disease) if disease else None}
    if not no_computed:
        options |= {
            "alterations": [entity(kg, name) for name in alterations],
            "outputs": [entity(kg, name) for name in outputs],
            "documents_only": documents_only,
            "suggested": suggested,
        }
    emit(
        bypass_answer(kg, item, form, width=width, color=color, compute=not no_computed, **options),
        output,
    )


@click.command()
@click.argument("drug")
@context_options
@click.option(
    "--size", default=3, show_default=True, type=click.IntRange(1, 4), help="Most further targets."
)
@click.option(
    "--resamples", default=500, show_default=True, type=click.IntRange(0, 100_000),
    help="Draws for the stability under dropped evidence.",
)  # fmt: skip
@endpoint_option
@output_options(file_option="--to")
def combine(
    drug: str,
    disease: str | None,
    alterations: tuple[str, ...],
    outputs: tuple[str, ...],
    documents_only: bool,
    suggested: bool,
    size: int,
    resamples: int,
    endpoint: str | None,
    form: str,
    output: Path | None,
    no_color: bool,
) -> None:
    """Which further targets would close every route that DRUG leaves open.

    Example: kras-graph combine adagrasib --disease "colorectal cancer"
    """
    from kras_graph.present.closing import (
        combination_json,
        combination_table,
        combination_text,
    )
    from kras_graph.present.tabular import render

    kg = graph_at(endpoint)
    answer = kg.combine(
        entity(kg, drug).id,
        disease=entity(kg, disease).id if disease else None,
        alterations=[entity(kg, name).id for name in alterations],
        outputs=[entity(kg, name).id for name in outputs],
        documents_only=documents_only,
        suggested=suggested,
        size=size,
        resamples=resamples,
    )
    if form == "json":
        from kras_graph.present.jsontext import pretty

        text = pretty(combination_json(kg.reader, answer))
    elif form == "table":
        width, color = terminal(no_color, output)
        text = combination_text(kg.reader, answer, width=width, color=color)
    else:
        text = render(combination_table(kg.reader, answer), form)
    emit(text, output)


def entity(kg: KnowledgeGraph, name: str) -> Entity:
    """The entity of a name; a corrected spelling is told on standard error."""
    match = kg.names.find(name)
    if match.corrected:
        click.echo(f"Read {name!r} as {match.entity.label!r}.", err=True)
    return match.entity


@click.command()
@output_options()
def validate(form: str, output: Path | None, no_color: bool) -> None:
    """The signalling layer against combinations that sources report.

    Each pair is tested without the statements of its own passages, beside simpler predictors.

    Example: kras-graph validate
    """
    from kras_graph.answers.validation import validate as run
    from kras_graph.present.tabular import render
    from kras_graph.present.validation import validation_json, validation_table, validation_text

    kg = graph_at(None)
    found = run(kg.reasoner, kg.network)
    if form == "json":
        record = validation_json(kg.reader, found)
        from kras_graph.present.jsontext import pretty

        text = pretty(record)
    elif form == "table":
        width, color = terminal(no_color, output)
        text = validation_text(kg.reader, found, width=width, color=color)
    else:
        text = render(validation_table(kg.reader, found), form)
    emit(text, output)
