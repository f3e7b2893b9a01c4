"""The verb that writes the viewer: view."""

from __future__ import annotations

from pathlib import Path

import click

from kras_graph.api import KnowledgeGraph
from kras_graph.cli.options import write_atomically


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("graph.html"),
    show_default=True,
    help="Write to this file.",
)
@click.option(
    "--focus",
    metavar="ENTITY",
    default="sotorasib",
    show_default=True,
    help="What the first view is about.",
)
@click.option(
    "--hops",
    type=click.IntRange(0, 6),
    default=2,
    show_default=True,
    help="How far to follow: from a mechanism to the signalling it reaches, or around the focus.",
)
@click.option("--whole", is_flag=True, help="Open on the whole graph.")
def view(output: Path, focus: str, hops: int, whole: bool) -> None:
    """Write the graph as one web page that works offline.

    The page opens on the mechanism map of the focus; its buttons lead to the whole graph
    and to the same statements as a table.

    Example: kras-graph view -o graph.html
    """
    from kras_graph.present.viewer import page

    kg = KnowledgeGraph.load()
    match = kg.names.find(focus)
    if match.corrected:
        click.echo(f"Read {focus!r} as {match.entity.label!r}.", err=True)
    write_atomically(output, page(kg, match.entity.id, hops, whole).encode())
    click.echo(f"wrote {output}", err=True)
