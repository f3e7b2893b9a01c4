"""Tables in the formats that every listing command offers."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kras_graph.present.jsontext import pretty

FORMATS = ("table", "json", "jsonl", "csv", "tsv", "markdown")
# Signs with which a spreadsheet takes a text for a formula.
RISKY = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Table:
    """Rows under named columns; `records` replaces the rows in JSON when given."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    title: str = ""
    records: tuple[Any, ...] | None = None

    def objects(self) -> list[Any]:
        """One JSON object a row."""
        if self.records is not None:
            return list(self.records)
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def render(table: Table, form: str, *, width: int = 100, color: bool = False) -> str:
    """Text of a table in one of `FORMATS`, ending in a line end."""
    match form:
        case "json":
            return pretty(table.objects())
        case "jsonl":
            return "".join(json.dumps(o, ensure_ascii=False) + "\n" for o in table.objects())
        case "csv" | "tsv":
            return _separated(table, "," if form == "csv" else "\t")
        case "markdown":
            lines = [_markdown(table.columns), _markdown(["---"] * len(table.columns))]
            return "\n".join([*lines, *(_markdown(row) for row in table.rows)]) + "\n"
    return _terminal(table, width, color)


def text(value: object) -> str:
    """A cell as people read it."""
    if value is None:
        return ""
    if isinstance(value, float):
        return format(value, "g")
    if isinstance(value, list | tuple):
        return "; ".join(text(part) for part in value)
    return str(value)


def _separated(table: Table, delimiter: str) -> str:
    """CSV or TSV whose text cells no spreadsheet takes for a formula; numbers stay numbers."""
    import csv

    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
    writer.writerow(table.columns)
    for row in table.rows:
        cells = []
        for value in row:
            cell = text(value)
            if isinstance(value, str) and cell.startswith(RISKY):
                cell = "'" + cell
            cells.append(cell)
        writer.writerow(cells)
    return stream.getvalue()


def _markdown(cells: Sequence[object]) -> str:
    inner = " | ".join(text(cell).replace("|", "\\|").replace("\n", " ") for cell in cells)
    return f"| {inner} |"


def _terminal(table: Table, width: int, color: bool) -> str:
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    grid = RichTable(box=None, pad_edge=False, show_header=True, header_style="bold")
    for place, column in enumerate(table.columns):
        grid.add_column(column, overflow="fold", style="bold" if place == 0 else "")
    for row in table.rows:
        grid.add_row(*(Text(text(cell)) for cell in row))
    stream = io.StringIO()
    console = Console(
        file=stream, width=width, force_terminal=color, no_color=not color, highlight=False
    )
    if table.title:
        console.print(Text(table.title, style="bold cyan"))
    console.print(grid)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"
