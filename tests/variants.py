"""Changed copies of the shipped tables, for tests of what a reader is told of changes."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

DATA = Path(__file__).parent.parent / "data"
Cells = dict[str, str]


def copied(target: Path) -> Path:
    """A copy of the shipped tables below `target`."""
    return Path(shutil.copytree(DATA, target / "data"))


def edited(data: Path, table: str, edit: Callable[[list[Cells]], list[Cells]]) -> None:
    """Rewrite a table of `data` with its rows changed by `edit`."""
    path = data / table
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        columns = list(reader.fieldnames or ())
        rows = edit(list(reader))
    lines = ["\t".join(columns), *("\t".join(row.get(c, "") for c in columns) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def change(data: Path, table: str, ident: str, **cells: str) -> None:
    """Change cells of one row."""

    def edit(rows: list[Cells]) -> list[Cells]:
        assert any(row["id"] == ident for row in rows)
        return [{**row, **cells} if row["id"] == ident else row for row in rows]

    edited(data, table, edit)


def remove(data: Path, table: str, ident: str, column: str = "id") -> None:
    """Remove every row with this value in a column."""
    edited(data, table, lambda rows: [row for row in rows if row[column] != ident])


def like(data: Path, table: str, model: str, ident: str, **cells: str) -> None:
    """Add a row like another, with an id and cells of its own, and with its anchors."""

    def edit(rows: list[Cells]) -> list[Cells]:
        found = next(row for row in rows if row["id"] == model)
        return [*rows, {**found, "id": ident, **cells}]

    def anchor(rows: list[Cells]) -> list[Cells]:
        return [*rows, *({**row, "about": ident} for row in rows if row["about"] == model)]

    edited(data, table, edit)
    edited(data, "evidence.tsv", anchor)
