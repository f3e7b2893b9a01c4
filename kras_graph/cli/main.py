"""The `kras-graph` group: finds a command's module only when it is run."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from typing import Any

import click

from kras_graph import __version__
from kras_graph.model.errors import KrasGraphError, QuestionError

# New objects before a search for cycles: a command makes many records and few cycles.
_RARELY = 100_000
# Verb → module that defines a click command of the same name.
COMMANDS: dict[str, str] = {
    "ask": "answering",
    "find": "answering",
    "bypass": "reasoning",
    "combine": "reasoning",
    "validate": "reasoning",
    "profile": "profiling",
    "path": "tracing",
    "neighbors": "tracing",
    "shared": "tracing",
    "subgraph": "tracing",
    "compare": "measuring",
    "outcomes": "measuring",
    "adverse-events": "measuring",
    "frequencies": "measuring",
    "show": "showing",
    "why": "showing",
    "diff": "showing",
    "statements": "listing",
    "issues": "listing",
    "stats": "listing",
    "sparql": "querying",
    "query": "querying",
    "view": "viewing",
    "serve": "serving",
    "export": "exporting",
    "push": "pushing",
    "compress": "compressing",
    "verify": "curating",
    "coverage": "covering",
    "anchor": "curating",
    "check": "curating",
    "format": "curating",
}


class Verbs(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All verbs, in the order in which a reader meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a verb, or None."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"kras_graph.cli.{COMMANDS[cmd_name]}")
        name = f"{cmd_name}_command" if cmd_name in ("format",) else cmd_name.replace("-", "_")
        command = getattr(module, name)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Help of the group without importing any command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(SUMMARIES.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command named first, or a usage error with the nearest verb."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            if near and near[0] not in error.message:
                message = f"{error.message} Did you mean {near[0]!r}?"
                raise click.UsageError(message, ctx) from None
            raise


SUMMARIES: dict[str, str] = {
    "ask": "Answer a question in plain English.",
    "find": "Statements that hold most of the words: a search, not an answer.",
    "bypass": "What lets tumours escape a drug, and what is only computed.",
    "combine": "Which further targets would close every route, computed.",
    "validate": "The signalling layer against combinations that sources report.",
    "profile": "What the graph holds for a tumour, every line cited.",
    "path": "Signed paths from one entity to another, or to all it reaches.",
    "neighbors": "What is joined with an entity.",
    "shared": "What several entities act on, and what acts on them.",
    "subgraph": "Everything around a set of entities, with the edges in between.",
    "compare": "Response to a therapy in several tumour types, and what is said of why.",
    "outcomes": "Measured outcomes of therapies, as table and forest plot.",
    "adverse-events": "Adverse events by grade, as table and dot plot.",
    "frequencies": "How often alterations are found, as table and bars.",
    "show": "What the graph holds on one entity.",
    "why": "The evidence behind a statement, a figure or a rule.",
    "diff": "What changed between two releases, and which answers with them.",
    "statements": "Every statement with its context, figures and anchors.",
    "issues": "Slips and ambiguities found in the source papers.",
    "stats": "Counts of entities, statements and results.",
    "sparql": "Run a SPARQL query over the dataset.",
    "query": "List, show and run the stored queries.",
    "view": "Write the graph as one self-contained web page.",
    "serve": "Answer SPARQL and show pages on this machine.",
    "export": "Write the dataset in another format.",
    "push": "Load the dataset into a SPARQL service.",
    "compress": "Write a graph of millions of edges as one file that answers at once.",
    "verify": "Find every anchor again in your copies of the papers.",
    "coverage": "Which sentences of the papers nobody has curated.",
    "anchor": "Make an anchor from a passage of a paper.",
    "check": "Check the tables and the dataset against all rules.",
    "format": "Bring the tables into their canonical form.",
}


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="kras-graph %(version)s (dataset %(version)s)")
@click.option("--debug", is_flag=True, help="Show tracebacks of errors.")
@click.pass_context
def cli(ctx: click.Context, debug: bool) -> None:
    """What bypasses a KRAS inhibitor, by which route, on what evidence.

    Example: kras-graph ask "what bypasses sotorasib?"

    For research, not for treatment decisions.
    """
    ctx.obj = {"debug": debug}


def main(args: list[str] | None = None) -> None:
    """Run the command line; exit 1 when something fails, 2 when it is used wrongly."""
    arguments: Any = sys.argv[1:] if args is None else args
    gc.set_threshold(_RARELY)
    try:
        cli.main(args=arguments, prog_name="kras-graph", standalone_mode=True)
    except KrasGraphError as error:
        if "--debug" in arguments:
            raise
        click.echo(f"kras-graph: {error}", err=True)
        if isinstance(error, QuestionError):
            click.echo("Questions it can answer:", err=True)
            for question in error.nearest:
                click.echo(f"  {question}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        if "--debug" in arguments:
            raise
        click.echo(f"kras-graph: {error.strerror or error}", err=True)
        os._exit(1)  # nothing more may be flushed to an output that fails
