"""`profile`: what the graph holds for a tumour, as text, data or report, one or many."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kras_graph.cli.options import (
    FORMATS,
    emit,
    endpoint_option,
    graph_at,
    output_options,
    terminal,
    write_atomically,
)
from kras_graph.model.errors import KrasGraphError

if TYPE_CHECKING:
    from kras_graph.answers.profile_batch import BatchRow
    from kras_graph.api import KnowledgeGraph
    from kras_graph.present.profilereport import ProfileReport


@click.command()
@click.option("--disease", metavar="DISEASE", help="Tumour type.")
@click.option("--variant", metavar="VARIANT", help="The variant, such as 'KRAS G12C'.")
@click.option("--co", multiple=True, metavar="ALTERATION",
              help="Alteration present with it, such as STK11; may be repeated.")  # fmt: skip
@click.option("--acquired", multiple=True, metavar="ALTERATION",
              help="Alteration that came later; may be repeated.")  # fmt: skip
@click.option("--prior", multiple=True, metavar="DRUG",
              help="Medicine given before; may be repeated.")  # fmt: skip
@click.option("--pd-l1", metavar="PERCENT", help="Share of cells with PD-L1, from 0 to 100.")
@click.option("--batch", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.tsv",
              help="One profile a row; columns name, disease, variant, co, acquired, prior, pd-l1;"
              " several values in a cell between '|'.")  # fmt: skip
@click.option("--to", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="With --batch: write an HTML and a JSON report a row here.")  # fmt: skip
@endpoint_option
@output_options("table", "html", *FORMATS[1:])
def profile(
    disease: str | None,
    variant: str | None,
    co: tuple[str, ...],
    acquired: tuple[str, ...],
    prior: tuple[str, ...],
    pd_l1: str | None,
    batch: Path | None,
    to: Path | None,
    endpoint: str | None,
    form: str,
    output: Path | None,
    no_color: bool,
) -> None:
    """What the graph holds for a tumour, every line cited and told how near it is.

    Drugs that act on the variant and their results in the nearest cohorts, what
    co-alterations go with, mechanisms, computed routes and what would close them, trials,
    what is denied or unknown, and what is missing. Inputs that cannot be used are listed.
    It is no advice and ranks nothing by benefit: for research, not for treatment decisions.

    JSON: inputs, sections (groups of lines), computed, not_computed, gaps, statements,
    publications. Every key: python -m pydoc kras_graph.present.profile_json

    Example: kras-graph profile --disease NSCLC --variant "KRAS G12C" --co STK11 --prior sotorasib
    """
    given = {"--disease": disease, "--variant": variant, "--co": co, "--acquired": acquired,
             "--prior": prior, "--pd-l1": pd_l1}  # fmt: skip
    if batch is not None:
        named = [option for option, value in given.items() if value]
        if named:
            raise click.UsageError(f"--batch takes profiles from its file; leave out {named[0]}.")
        if to is None:
            raise click.UsageError("--batch needs --to DIR, the folder for the reports.")
        if form == "html":
            raise click.UsageError("--batch lists what it wrote; --format html is for one profile.")
        _batch(graph_at(endpoint), batch, to, form, output, no_color)
        return
    if to is not None:
        raise click.UsageError("--to DIR goes with --batch; for one profile use -o FILE.")
    if not variant:
        raise click.UsageError("Name the variant with --variant, such as --variant 'KRAS G12C'.")
    report = graph_at(endpoint).profile(
        disease=disease or "", variant=variant, co=co, acquired=acquired, prior=prior, pd_l1=pd_l1
    )
    for item in report.answer.profile.unused:
        click.echo(f"Not used: {item.field} {item.text!r}: {item.unused}.", err=True)
    width, color = terminal(no_color, output)
    emit(report.render(form, width=width, color=color), output)


def _batch(
    kg: KnowledgeGraph, path: Path, folder: Path, form: str, output: Path | None, no_color: bool
) -> None:
    """Reports of all rows; a bad row is told and does not stop the others."""
    from kras_graph.answers.profile_batch import read_batch
    from kras_graph.present.tabular import Table, render

    rows = read_batch(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise KrasGraphError(f"{folder} cannot be made: {error.strerror}.") from None
    cells: list[tuple[Any, ...]] = []
    faults: list[str] = []
    with click.progressbar(rows, label="Profiles", file=sys.stderr) as bar:
        for row in bar:
            fault, names, unused = _one(kg, row, folder)
            if fault:
                faults.append(f"{path}, line {row.line}: {fault}")
            title = row.cells.get("name", "")
            cells.append((row.line, title, *names, unused, fault))
    columns = ("line", "name", "html", "json", "not_used", "fault")
    width, color = terminal(no_color, output)
    emit(render(Table(columns, tuple(cells)), form, width=width, color=color), output)
    for told in faults:
        click.echo(told, err=True)
    if faults:
        raise KrasGraphError(f"{len(faults)} of {len(rows)} rows could not be answered.")


def _one(kg: KnowledgeGraph, row: BatchRow, folder: Path) -> tuple[str, tuple[str, str], int]:
    """One row's reports: what is wrong with it, the files written, inputs not used."""
    from kras_graph.answers.tumour import ProfileError

    if row.fault:
        return row.fault, ("", ""), 0
    try:
        report = kg.profile(
            disease="".join(row.values("disease")),
            variant="".join(row.values("variant")),
            co=row.values("co"),
            acquired=row.values("acquired"),
            prior=row.values("prior"),
            pd_l1="".join(row.values("pd-l1")),
        )
    except ProfileError as error:
        return f"column {error.field}: {error}", ("", ""), 0
    stem = row.stem()
    page, data = folder / f"{stem}.html", folder / f"{stem}.json"
    write_atomically(page, report.to_html().encode())
    write_atomically(data, _dump(report).encode())
    return "", (page.name, data.name), len(report.answer.profile.unused)


def _dump(report: ProfileReport) -> str:
    from kras_graph.present.jsontext import pretty

    return pretty(report.to_json())
