"""Verbs for curators and for readers who check the evidence: verify, anchor, check, format."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kras_graph.cli.options import emit, output_options, terminal, write_atomically
from kras_graph.curation.anchors import Verdict, make_anchor, match_copies, read_copies
from kras_graph.curation.anchors import verify as verdicts
from kras_graph.curation.load import (
    expected_tables,
    load_tables,
    read_tables,
    read_texts,
    records,
)
from kras_graph.curation.normalise import NormalisedText
from kras_graph.curation.recompute import Outcome, Recalculated, recalculate
from kras_graph.curation.resources import folder
from kras_graph.curation.rules import row_defects
from kras_graph.curation.tables import Row, read_rows, write_rows
from kras_graph.model.errors import (
    Defect,
    KrasGraphError,
    MissingExtraError,
    ResourceError,
    TableError,
    UnknownNameError,
)
from kras_graph.model.terms import AnchorStatus
from kras_graph.present.tabular import Table, render

if TYPE_CHECKING:
    from kras_graph.rdf.shapes import Finding

# Faults of form that leave rows out; rules over several tables would then blame others.
UNREADABLE = frozenset({"encoding", "header", "missing-table", "cell-count"})
FIGURE = ("result", "what", "printed", "calculated", "outcome")
VERDICT = (
    "statement", "publication", "section", "status", "file", "start", "end", "raw_start", "raw_end",
)  # fmt: skip

data_option = click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder with the tables, instead of the shipped one.",
)
texts_option = click.option(
    "--texts",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder with your copies of the papers, one .txt file each.",
)


# --- verify -------------------------------------------------------------------------------


@click.command()
@texts_option
@data_option
@output_options()
def verify(texts: Path, data: Path | None, form: str, output: Path | None, no_color: bool) -> None:
    """Find every anchor again in your copies of the papers.

    Each anchor is exact (where it was recorded), moved (found elsewhere in the copy),
    missing, or not-checkable (no copy of its paper). The file and the character offsets in
    it are told. Exit code 1 when any anchor is missing.

    Example: kras-graph verify --texts ../shared/seeds
    """
    copies = _copies(texts)
    tables = load_tables(data)
    found = list(verdicts(tables.anchors, tables.publications, copies))
    width, color = terminal(no_color, output)
    if form == "table":
        emit("".join(render(t, form, width=width, color=color) for t in _summary(found)), output)
    else:
        emit(render(_verdict_table(found), form), output)
    unread = {v.anchor.publication for v in found if v.status is AnchorStatus.NOT_CHECKABLE}
    for publication in sorted(unread):
        click.echo(f"No file in {texts} is a copy of {publication}.", err=True)
    missing = sum(v.status is AnchorStatus.MISSING for v in found)
    if missing:
        click.echo(f"{missing} of {len(found)} anchors missing.", err=True)
        click.get_current_context().exit(1)


def _copies(texts: Path) -> dict[str, NormalisedText]:
    """The reader's copies by file name; a usage error where there are none."""
    if not texts.is_dir():
        raise click.BadParameter(f"{texts} is not a folder.", param_hint="'--texts'")
    copies = read_copies(texts)
    if not copies:
        raise click.BadParameter(
            f"{texts} holds no .txt file; expected the papers as plain text.",
            param_hint="'--texts'",
        )
    return copies


def _verdict_table(found: Sequence[Verdict], title: str = "") -> Table:
    from kras_graph.present.contract import verdict_json

    records = [verdict_json(verdict) for verdict in found]
    return Table(VERDICT, tuple(tuple(r[name] for name in VERDICT) for r in records), title)


def _summary(found: Sequence[Verdict]) -> list[Table]:
    """Counts by publication and status, then every anchor that is not exact."""
    counts: dict[str, Counter[AnchorStatus]] = {}
    files: dict[str, str] = {}
    for verdict in found:
        counts.setdefault(verdict.anchor.publication, Counter())[verdict.status] += 1
        files[verdict.anchor.publication] = verdict.file or ""
    rows = tuple(
        (publication, files[publication], *(counter[status] for status in AnchorStatus))
        for publication, counter in counts.items()
    )
    columns = ("publication", "file", *(str(status) for status in AnchorStatus))
    tables = [Table(columns, rows, f"{len(found)} anchors")]
    # Without a copy, a line for each anchor would tell no more than the count does.
    listed = (AnchorStatus.MOVED, AnchorStatus.MISSING)
    other = [verdict for verdict in found if verdict.status in listed]
    if other:
        tables.append(_verdict_table(other, f"\n{len(other)} not exact"))
    return tables


# --- anchor -------------------------------------------------------------------------------


@click.command()
@click.argument("publication")
@click.argument("passage")
@texts_option
@data_option
def anchor(publication: str, passage: str, texts: Path, data: Path | None) -> None:
    """Make the evidence row of a PASSAGE of PUBLICATION; the text itself is not kept.

    PASSAGE may be shortened to its first and last words with " ... " between them; "-"
    reads it from standard input. Printed: publication, section, start, end, sha256.

    Example: kras-graph anchor manabe2022 --texts ../shared/seeds "KRAS inhibitors in lung cancer"
    """
    if passage == "-":
        passage = sys.stdin.read()
    tables = load_tables(data)
    papers = {paper.id: paper for paper in tables.publications}
    if publication not in papers:
        near = get_close_matches(publication, papers, n=3, cutoff=0.3)
        raise UnknownNameError(publication, near or sorted(papers), kind="publication")
    copies = _copies(texts)
    name = match_copies(copies, [papers[publication]], tables.anchors).get(publication)
    if name is None:
        raise KrasGraphError(f"No file in {texts} is a copy of {publication}.")
    copy = copies[name]
    if copy.sha256 != papers[publication].sha256:
        raise KrasGraphError(
            f"{name} is not the text in which positions of {publication} are counted: "
            f"{len(copy.text)} characters after normalisation, expected "
            f"{papers[publication].length} with sha256 {papers[publication].sha256[:12]}…"
        )
    made = make_anchor("", publication, copy, tables.sections, " ".join(passage.split()))
    row = (made.publication, made.section, made.start, made.end, made.sha256)
    click.echo("\t".join(str(cell) for cell in row))


# --- check --------------------------------------------------------------------------------


@click.command()
@data_option
@click.option("--no-shacl", is_flag=True, help="Check the tables only, not the dataset.")
@click.option("--figures", is_flag=True, help="List every recalculated figure instead.")
@output_options()
def check(
    data: Path | None,
    no_shacl: bool,
    figures: bool,
    form: str,
    output: Path | None,
    no_color: bool,
) -> None:
    """Check the tables against every row rule, and the dataset against the SHACL shapes.

    Percentages, exact intervals and sums are calculated again. All findings are told, each
    with file, line and column where it has them. Exit code 1 when there is any. The shapes
    need pyshacl: pip install 'kras-graph[shacl]'.

    Example: kras-graph check --format csv
    """
    width, color = terminal(no_color, output)
    rows, defects = _table_defects(data)
    again = [] if defects else _recalculated(rows)
    defects += _mismatches(rows, again)
    if figures:
        cells = tuple(tuple(str(getattr(r, f)) for f in FIGURE) for r in again)
        emit(render(Table(FIGURE, cells), form, width=width, color=color), output)
        if any(r.outcome is Outcome.MISMATCH for r in again):
            click.get_current_context().exit(1)
        return
    findings: tuple[Finding, ...] = ()
    if not no_shacl:
        if defects:
            click.echo("The shapes are not checked until the tables are sound.", err=True)
        else:
            findings = _shacl_findings(data)
    table = _findings_table(rows, defects, findings)
    count = len(table.rows)
    click.echo(
        f"{count or 'No'} finding{'s' * (count != 1)} in {len(rows)} tables, "
        f"{sum(map(len, rows.values()))} rows.",
        err=True,
    )
    tally = Counter(str(r.outcome) for r in again)
    told = ", ".join(f"{n} {name}" for name, n in sorted(tally.items()))
    click.echo(f"Recalculated figures: {told or 'none'}.", err=True)
    silent = form == "table" and not count
    emit("" if silent else render(table, form, width=width, color=color), output)
    if count:
        click.get_current_context().exit(1)


def _table_defects(data: Path | None) -> tuple[dict[str, list[Row]], list[Defect]]:
    """Rows of all tables, and every defect of form or against a row rule."""
    try:
        texts = read_texts(data)
    except TableError as error:
        return {}, list(error.defects)
    if not texts:
        raise click.BadParameter(f"{data} holds no tables.", param_hint="'--data'")
    rows, defects = read_tables(texts)
    if UNREADABLE.isdisjoint(defect.rule for defect in defects):
        defects += row_defects(rows)
    else:
        click.echo("Rules over rows wait until every table can be read.", err=True)
    return rows, sorted(defects, key=lambda d: (d.file, d.row, d.column))


def _recalculated(rows: Mapping[str, list[Row]]) -> list[Recalculated]:
    """Every figure of the tables that can be calculated again."""
    tables = records(rows)
    return list(recalculate(tables.results, tables.sums))


def _mismatches(rows: Mapping[str, list[Row]], again: Iterable[Recalculated]) -> list[Defect]:
    """Figures that differ from their recalculation without an explanation."""
    places = {row.text("id"): row for group in rows.values() for row in group}
    found = []
    for r in again:
        if r.outcome is Outcome.MISMATCH:
            row = places[r.result]
            message = f"{r.what}: calculated {r.calculated}"
            found.append(Defect(row.file, row.line, "", r.printed, message, "recalculated"))
    return found


def _shacl_findings(data: Path | None) -> tuple[Finding, ...]:
    """What the shapes find; a note, and nothing, where pyshacl is missing."""
    from kras_graph.api import KnowledgeGraph
    from kras_graph.rdf.shapes import conform

    try:
        return conform(KnowledgeGraph.load(data, cache=False).to_rdflib()).findings
    except MissingExtraError as error:
        click.echo(f"The shapes are not checked. {error}", err=True)
        return ()


def _findings_table(
    rows: Mapping[str, list[Row]], defects: Iterable[Defect], findings: Iterable[Finding]
) -> Table:
    """Defects of tables and findings of shapes under the same columns."""
    lines = [(d.file, d.row or None, d.column, d.value, d.message, d.rule, "") for d in defects]
    if findings := tuple(findings):
        from kras_graph.rdf.names import local

        places = {
            row.text("id"): (path, row.line)
            for path, group in rows.items()
            for row in group
            if row.text("id")
        }
        for f in findings:
            file, line = places.get(local(f.focus), ("", None))
            rule = f"shape:{f.shape}"
            node = local(f.focus)
            lines.append((file, line, local(f.path), local(f.value), f.message, rule, node))
    return Table(("file", "line", "column", "value", "message", "rule", "node"), tuple(lines))


# --- format -------------------------------------------------------------------------------


@click.command("format")
@data_option
@click.option("--check", "dry", is_flag=True, help="Write nothing; exit 1 if anything would.")
def format_command(data: Path | None, dry: bool) -> None:
    """Bring the tables into their canonical form: sorted rows, single blanks, LF line ends.

    The names of changed tables are printed. Nothing at all is written when a table cannot
    be parsed; its defects are listed and the exit code is 1.

    Example: kras-graph format --check
    """
    root = data if data is not None else _own_folder(dry)
    try:
        texts = read_texts(root)
        changed = {p: new for p, new in canonical(texts).items() if new != texts[p]}
    except TableError as error:
        click.echo(f"{error}\nNothing was written.", err=True)
        raise click.exceptions.Exit(1) from None
    for path, text in changed.items():
        if not dry and isinstance(root, Path):
            write_atomically(root / path, text.encode())
        click.echo(path)
    verb = "would be reformatted" if dry else "reformatted"
    click.echo(f"{len(changed)} of {len(texts)} tables {verb}.", err=True)
    if dry and changed:
        raise click.exceptions.Exit(1)


def _own_folder(dry: bool) -> Path:
    """The data folder of the checkout; shipped data inside a package are never rewritten."""
    root = folder("data")
    if not isinstance(root, Path) or not (dry or (root.parent / "pyproject.toml").is_file()):
        raise ResourceError(
            f"{root} belongs to an installed package and is not rewritten; "
            "name the folder of your copy with --data, or work in a checkout."
        )
    return root


def canonical(texts: Mapping[str, str]) -> dict[str, str]:
    """Canonical text of every table, by path below `data/`.

    Args:
        texts: the tables as they stand; line ends, blanks around and doubled inside cells,
            and empty lines are put right before anything is parsed.

    Raises:
        TableError: when a table cannot be parsed, or would not keep its values.
    """
    tidied = {path: _tidied(text) for path, text in texts.items()}
    rows, defects = read_tables(tidied)
    formatted: dict[str, str] = {}
    for path, layout in expected_tables():
        if path not in rows:
            continue
        formatted[path] = write_rows([row.cells for row in rows[path]], layout)
        again, _ = read_rows(path, formatted[path], layout)
        if not defects and _contents(again) != _contents(rows[path]):
            message = "a value would not survive formatting; please report this"
            defects.append(Defect(path, 0, "", "", message, "lossy"))
    if defects:
        raise TableError(defects)
    return formatted


def _tidied(text: str) -> str:
    """A table with LF line ends, single blanks inside cells, and no empty lines."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    cells = [[re.sub(r" {2,}", " ", cell.strip()) for cell in line.split("\t")] for line in lines]
    return "".join("\t".join(line) + "\n" for line in cells if any(line))


def _contents(rows: Iterable[Row]) -> list[str]:
    return sorted(repr(row.cells) for row in rows)
