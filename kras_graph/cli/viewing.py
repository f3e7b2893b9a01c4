"""The verb that writes the viewer: view."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kras_graph.api import KnowledgeGraph
from kras_graph.cli.options import write_atomically
from kras_graph.model.errors import QueryError, UnknownNameError

if TYPE_CHECKING:
    from kras_graph.present.viewer_data import Theme, ViewName

FOCUS = "sotorasib"


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
    "--focus", metavar="ENTITY", help=f"What the first view is about.  [default: {FOCUS}]"
)
@click.option(
    "--hops",
    type=click.IntRange(0, 6),
    default=2,
    show_default=True,
    help="How far to follow: from a mechanism to the signalling it reaches, or around the focus.",
)
@click.option(
    "--query",
    "query_file",
    metavar="FILE.rq",
    type=click.Path(exists=True, path_type=Path, dir_okay=False),
    help="Show the graph that this SPARQL CONSTRUCT makes instead of all of it.",
)
@click.option(
    "--path",
    nargs=2,
    metavar="A B",
    help="Open on the paths from one entity to another.",
)
@click.option("--whole", "start", flag_value="whole", help="Open on the whole graph.")
@click.option("--trials", "start", flag_value="trials", help="Open on trials and results.")
@click.option(
    "--theme",
    type=click.Choice(["auto", "light", "dark"]),
    default="auto",
    show_default=True,
    help="Colours; auto follows the reader's own choice.",
)
@click.option("--embed", is_flag=True, help="Make the page for an iframe of another page.")
def view(
    output: Path,
    focus: str | None,
    hops: int,
    query_file: Path | None,
    path: tuple[str, str] | None,
    start: ViewName | None,
    theme: Theme,
    embed: bool,
) -> None:
    """Write the graph as one web page that works offline.

    The page opens on the mechanism map of the focus (its surroundings, where no bypass of it
    is reported); its buttons lead to the whole graph, to trials and results, and to the same
    as tables. Ask tells what bypasses a therapy and finds paths between two entities. The page
    can be mailed, or put on another page in an iframe with
    sandbox="allow-scripts allow-downloads allow-popups".

    Example: kras-graph view -o kras.html
    """
    from kras_graph.present.viewer import render
    from kras_graph.present.viewer_data import Start, gather

    kg = KnowledgeGraph.load()

    def named(given: str) -> str:
        match = kg.names.find(given)
        if match.corrected:
            click.echo(f"Read {given!r} as {match.entity.label!r}.", err=True)
        return match.entity.id

    name = named(focus or FOCUS) if focus is not None or query_file is None else ""
    ends = (named(path[0]), named(path[1])) if path else None
    asked = ""
    if query_file is None:
        material = gather(kg)
    else:
        from kras_graph.present.viewer_query import constructed
        from kras_graph.rdf.bounded import BoundedEngine, Limits

        text = _read(query_file)
        asked = _title(text) or query_file.name
        engine = BoundedEngine(kg.engine, Limits())
        engine.check(text)
        material = constructed(kg, text, engine)
        for given, wanted in ((focus or name, name), *zip(path or (), ends or (), strict=True)):
            if wanted and wanted not in material.entities:
                known = [item.label for item in material.entities.values()][:5]
                raise UnknownNameError(given, known)
    written = render(material, Start(name, start or "", hops, theme, embed, asked, ends))
    write_atomically(output, written.encode())
    click.echo(f"wrote {output}", err=True)


def _read(path: Path) -> str:
    """Text of a query file.

    Raises:
        QueryError: when it is not UTF-8 text.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise QueryError(f"{path} is not UTF-8 text: byte {error.start} cannot be read.") from None


def _title(query: str) -> str:
    """The summary in the header of a query file, or nothing."""
    for line in query.splitlines():
        if line.startswith("#+ summary:"):
            return line.partition(":")[2].strip()
    return ""
