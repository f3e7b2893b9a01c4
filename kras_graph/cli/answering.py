"""The verb that answers: ask."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kras_graph.cli.options import emit, endpoint_option, graph_at, output_options, terminal
from kras_graph.model.errors import QuestionError


@click.command()
@click.argument("question", nargs=-1, required=True)
@endpoint_option
@output_options()
def ask(
    question: tuple[str, ...], endpoint: str | None, form: str, output: Path | None, no_color: bool
) -> None:
    """Answer a question in plain English.

    How the question was read is always told, with the command or the query that gives the
    same. What is not understood to the last word is refused with the reason and the nearest
    questions that can be answered, what may mean several things is asked back; exit code 1.

    Example: kras-graph ask "what bypasses sotorasib?"
    """
    from kras_graph.answers.ask import AskBackError

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
                "ask_back": isinstance(error, AskBackError),
                "nearest": list(error.nearest),
            }
            emit(json.dumps(record, ensure_ascii=False) + "\n", output)
        raise
    from kras_graph.present.asking import answer

    width, color = terminal(no_color, output)
    emit(answer(kg, reading, form, width=width, color=color), output)
