"""The verbs that take people's own words: ask, find."""

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
    same. What is not understood to the last word is refused with the reason, the nearest
    questions that can be answered and, marked as a search, the statements that hold most of
    its words; what may mean several things is asked back; exit code 1.

    Example: kras-graph ask "what bypasses sotorasib?"
    """
    from kras_graph.answers.ask import AskBackError

    kg = graph_at(endpoint)
    asked = " ".join(question)
    try:
        reading = kg.read(asked)
    except QuestionError as error:
        ask_back = isinstance(error, AskBackError)
        found = kg.find(asked) if error.searchable and not ask_back else None
        width, color = terminal(no_color, output)
        if form in ("json", "jsonl"):
            from kras_graph.present.searched import search_json

            record = {
                "question": asked,
                "interpretation": None,
                "error": error.reason,
                "ask_back": ask_back,
                "nearest": list(error.nearest),
                "search": search_json(kg.reader, found) if found else None,
            }
            emit(json.dumps(record, ensure_ascii=False) + "\n", output)
        elif form == "table" and found is not None:
            from kras_graph.present.searched import beside_refusal

            emit(beside_refusal(kg.reader, asked, error.reason, found, width), output)
        raise
    from kras_graph.present.asking import answer

    width, color = terminal(no_color, output)
    emit(answer(kg, reading, form, width=width, color=color), output)


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option(
    "--limit",
    type=click.IntRange(1, 500),
    default=8,
    show_default=True,
    help="Most statements to show.",
)
@endpoint_option
@output_options()
def find(
    words: tuple[str, ...],
    limit: int,
    endpoint: str | None,
    form: str,
    output: Path | None,
    no_color: bool,
) -> None:
    """Statements that hold most of the words: a full-text search, not an answer.

    Names count with all their synonyms, words in any of their forms, and what few statements
    hold counts most. Words that no statement holds are told.

    Example: kras-graph find "clonal seeding distant metastases"
    """
    from kras_graph.present.searched import search_text

    kg = graph_at(endpoint)
    asked = " ".join(words)
    width, color = terminal(no_color, output)
    found = kg.find(asked, limit)
    emit(search_text(kg.reader, asked, found, form, width=width, color=color), output)
