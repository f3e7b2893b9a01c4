"""The verb that loads the dataset into a SPARQL service: push."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kras_graph.model.errors import QueryError
from kras_graph.rdf.upload import BATCH, METHODS, Upload, dataset_lines


@click.command()
@click.argument("url")
@click.option(
    "--graph", default="", metavar="IRI", help="Load into this graph, not the default one."
)
@click.option(
    "--method",
    type=click.Choice(METHODS),
    default=METHODS[0],
    show_default=True,
    help="SPARQL Update, or the Graph Store Protocol.",
)
@click.option(
    "--batch",
    type=click.IntRange(1, 100_000),
    default=BATCH,
    show_default=True,
    help="Most triples of a request.",
)
@click.option("--replace", is_flag=True, help="Empty the graph first.")
@click.option("--resume", is_flag=True, help="Go on where a broken run has stopped.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Load the tables of this folder.",
)
def push(
    url: str,
    graph: str,
    method: str,
    batch: int,
    replace: bool,
    resume: bool,
    data: Path | None,
) -> None:
    """Load the dataset into the SPARQL service at URL.

    URL takes SPARQL Update, or is a graph store. User name and password come from
    KRAS_GRAPH_USER and KRAS_GRAPH_PASSWORD, or from the first line (user:password) of the
    file that KRAS_GRAPH_CREDENTIALS names, which nobody else may read.

    Example: kras-graph push http://localhost:7878/update
    """
    upload = Upload(url, graph=graph, method=method, size=batch, replace=replace)
    lines = dataset_lines(data)
    shown = -1

    def told(sent: int, of: int) -> None:
        nonlocal shown
        if sys.stderr.isatty():
            click.echo(f"\r{sent} of {of} triples", err=True, nl=sent == of)
        elif sent * 10 // of > shown:
            shown = sent * 10 // of
            click.echo(f"{sent} of {of} triples", err=True)

    try:
        skipped = upload.run(lines, resume=resume, told=told)
    except (QueryError, KeyboardInterrupt) as error:
        text = str(error) or "Interrupted."
        raise QueryError(f"{text} To go on later, add --resume.") from None
    if skipped:
        click.echo(f"{skipped} triples had been sent before", err=True)
    click.echo(f"pushed {len(lines)} triples to {upload.service.name}", err=True)
