"""Options that commands share, and the one way in which output leaves them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kras_graph.model.errors import KrasGraphError

if TYPE_CHECKING:
    from kras_graph.api import KnowledgeGraph

FORMATS = ("table", "json", "jsonl", "csv", "tsv", "markdown")
Command = TypeVar("Command", bound=Callable[..., Any])


def output_options(
    *formats: str, default: str = "table", file_option: str = "--output"
) -> Callable[[Command], Command]:
    """Adds `--format`, `-o` (long form `file_option`) and `--no-color` to a command."""

    def add(command: Command) -> Command:
        command = click.option(
            "--no-color", is_flag=True, envvar="NO_COLOR", help="Plain text on a terminal."
        )(command)
        command = click.option(
            "-o",
            file_option,
            "output",
            type=click.Path(path_type=Path),
            help="Write to this file.",
        )(command)
        return click.option(
            "--format",
            "form",
            type=click.Choice(formats or FORMATS),
            default=default,
            show_default=True,
            help="How to print the answer.",
        )(command)

    return add


def endpoint_option(command: Command) -> Command:
    """Adds `--endpoint` to a command: a remote SPARQL service instead of the shipped graph."""
    return click.option(
        "--endpoint",
        metavar="URL",
        envvar="KRAS_GRAPH_ENDPOINT",
        help="Ask the SPARQL service at this address, to which the graph was pushed.",
    )(command)


def limit_options(command: Command) -> Command:
    """Adds `--timeout`, `--memory` and `--max-rows` to a command that runs a query."""
    for option in (
        click.option(
            "--max-rows",
            type=click.IntRange(min=1),
            default=100_000,
            show_default=True,
            help="Rows that the answer may have, without --endpoint.",
        ),
        click.option(
            "--memory",
            type=click.IntRange(min=64),
            default=1024,
            show_default=True,
            help="MiB that the query may use, without --endpoint.",
        ),
        click.option(
            "--timeout",
            type=click.FloatRange(0.1, 86_400),
            default=10.0,
            show_default=True,
            metavar="SECONDS",
            help="Seconds that the query may take, without --endpoint.",
        ),
    ):
        command = option(command)
    return command


def graph_at(endpoint: str | None) -> KnowledgeGraph:
    """The graph behind a SPARQL service, or the shipped one without an address.

    Raises:
        QueryError: when the address cannot be used.
    """
    from kras_graph.api import KnowledgeGraph

    return KnowledgeGraph.connect(endpoint) if endpoint else KnowledgeGraph.load()


def emit(text: str, output: Path | None) -> None:
    """Text to standard output, or to a file that is replaced only when fully written."""
    if output is None:
        click.echo(text, nl=False)
        return
    write_atomically(output, text.encode())
    click.echo(f"wrote {output}", err=True)


def write_atomically(path: Path, payload: bytes) -> None:
    """Replace `path` with `payload` as a whole; an interrupted write leaves the old file.

    Raises:
        KrasGraphError: when the file cannot be written.
    """
    import tempfile

    given, path = path, path.resolve()
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(payload)  # a device or a pipe is written to, never replaced
            return
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(payload)
            mask = os.umask(0)
            os.umask(mask)
            Path(temporary).chmod(0o666 & ~mask)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise KrasGraphError(f"{given} cannot be written: {error.strerror}.") from None


def terminal(no_color: bool, output: Path | None) -> tuple[int, bool]:
    """Width in characters and whether colours are wanted."""
    interactive = output is None and sys.stdout.isatty()
    if not interactive:
        return 120, False
    import shutil

    return max(80, shutil.get_terminal_size((120, 24)).columns), not no_color
