"""The verb that tells what nobody has curated: coverage."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from kras_graph.cli.options import emit, output_options, terminal
from kras_graph.curation.anchors import match_copies, read_copies
from kras_graph.curation.coverage import Covered, Explained, cover, merged
from kras_graph.curation.load import load_tables
from kras_graph.present.tabular import Table, render

COLUMNS = ("publication", "section", "status", "start", "end", "raw_start", "raw_end", "sha256",
           "reason")  # fmt: skip


@click.command()
@click.option(
    "--texts",
    required=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder with your copies of the papers, one .txt file each.",
)
@click.option("--data", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--all", "everything", is_flag=True, help="List explained sentences too.")
@output_options()
def coverage(
    texts: Path,
    data: Path | None,
    everything: bool,
    form: str,
    output: Path | None,
    no_color: bool,
) -> None:
    """Which sentences of the papers carry no anchor and are not judged free of facts.

    Exit code 1 when a sentence is left unexplained.

    Example: kras-graph coverage --texts ../shared/seeds
    """
    tables = load_tables(data)
    copies = read_copies(texts)
    files = match_copies(copies, tables.publications, tables.anchors)
    found: list[Covered] = []
    for publication, name in files.items():
        raw = (texts / name).read_bytes().decode("utf-8-sig")
        found += cover(
            publication,
            raw,
            copies[name],
            [s for s in tables.sections if s.publication == publication],
            merged([a for a in tables.anchors if a.publication == publication]),
            [n for n in tables.no_fact if n.publication == publication],
        )
    for publication in sorted({p.id for p in tables.publications} - files.keys()):
        click.echo(f"No file in {texts} is a copy of {publication}.", err=True)
    width, color = terminal(no_color, output)
    listed = [c for c in found if everything or c.status is Explained.UNEXPLAINED]
    rows = tuple(tuple(getattr(c, name) for name in COLUMNS) for c in listed)
    table = Table(COLUMNS, rows, f"{len(rows)} sentences")
    if form == "table":
        emit(render(_summary(found), form, width=width, color=color), output)
        if listed and output is None:
            emit(render(table, form, width=width, color=color), None)
    else:
        emit(render(table, form), output)
    if any(c.status is Explained.UNEXPLAINED for c in found):
        click.get_current_context().exit(1)


def _summary(found: list[Covered]) -> Table:
    """Sentences by paper, section and what explains them."""
    counts: dict[tuple[str, str], Counter[Explained]] = {}
    for item in found:
        counts.setdefault((item.publication, item.section), Counter())[item.status] += 1
    rows = tuple(
        (paper, section, *(counter[status] for status in Explained))
        for (paper, section), counter in counts.items()
    )
    return Table(("publication", "section", *(str(status) for status in Explained)), rows)
