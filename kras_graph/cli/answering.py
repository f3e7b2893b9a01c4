"""Verbs that answer: ask, show, why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from kras_graph.api import KnowledgeGraph
from kras_graph.cli.options import emit, endpoint_option, graph_at, output_options, terminal
from kras_graph.model.errors import QuestionError, UnknownNameError
from kras_graph.model.records import Entity


@click.command()
@click.argument("question", nargs=-1, required=True)
@endpoint_option
@output_options()
def ask(
    question: tuple[str, ...], endpoint: str | None, form: str, output: Path | None, no_color: bool
) -> None:
    """Answer a question in plain English.

    How the question was read is always told. What cannot be answered is refused with the
    nearest questions that can, and exit code 1.

    Example: kras-graph ask "what bypasses sotorasib?"
    """
    kg = graph_at(endpoint)
    asked = " ".join(question)
    try:
        reading = kg.read(asked)
    except QuestionError as error:
        if form in ("json", "jsonl"):
            record = {
                "question": asked,
                "interpretation": None,
                "error": error.reason,
                "nearest": list(error.nearest),
            }
            emit(json.dumps(record, ensure_ascii=False) + "\n", output)
        raise
    from kras_graph.present.answering import answer

    width, color = terminal(no_color, output)
    emit(answer(kg, reading, form, width=width, color=color), output)


@click.command()
@click.argument("name")
@endpoint_option
@output_options()
def show(name: str, endpoint: str | None, form: str, output: Path | None, no_color: bool) -> None:
    """What the graph holds on the entity NAME, statement by statement.

    Example: kras-graph show "KRAS G12C"
    """
    from kras_graph.present.answering import show_entity

    kg = graph_at(endpoint)
    width, color = terminal(no_color, output)
    emit(show_entity(kg, _entity(kg, name), form, width=width, color=color), output)


@click.command()
@click.argument("ident", metavar="ID")
@click.option(
    "--texts",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder with your copies of the papers: shows the passage itself.",
)
@output_options("table", "json", "jsonl")
def why(ident: str, texts: Path | None, form: str, output: Path | None, no_color: bool) -> None:
    """The evidence behind the statement (or figure) ID.

    Example: kras-graph why C001
    """
    del no_color
    from kras_graph.present.answering import why_statement

    emit(why_statement(KnowledgeGraph.load(), ident, texts, form), output)


def _entity(kg: KnowledgeGraph, name: str) -> Entity:
    """The entity of a name; a corrected spelling is told on standard error."""
    match = kg.names.find(name)
    if match.corrected:
        click.echo(f"Read {name!r} as {match.entity.label!r}.", err=True)
    return match.entity


__all__: list[Any] = ["UnknownNameError", "ask", "show", "why"]
