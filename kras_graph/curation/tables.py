"""TSV ⇄ rows, with the position of every cell kept for error messages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kras_graph.curation.layout import Column, Layout
from kras_graph.model.errors import Defect

Value = str | int | float | tuple[str, ...] | bool | None
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]*")


@dataclass
class Row:
    """Cells of one line as typed values; `line` is its 1-based position in the file."""

    file: str
    line: int
    cells: dict[str, Value]
    defects: list[Defect] = field(default_factory=list)

    def text(self, column: str) -> str:
        """The cell as text; empty where the table has no such cell."""
        value = self.cells.get(column)
        return value if isinstance(value, str) else ""

    def items(self, column: str) -> tuple[str, ...]:
        """The cell's several values."""
        value = self.cells.get(column)
        return value if isinstance(value, tuple) else ()

    def whole(self, column: str) -> int | None:
        """The cell as a whole number."""
        value = self.cells.get(column)
        return value if isinstance(value, int) else None

    def number(self, column: str) -> float | None:
        """The cell as a number."""
        value = self.cells.get(column)
        return float(value) if isinstance(value, int | float) else None


def read_rows(file: str, text: str, layout: Layout) -> tuple[list[Row], list[Defect]]:
    """Rows of a table and every defect of its form.

    Args:
        file: name to show in defects.
        text: the whole file, UTF-8 decoded.
        layout: the columns it must have.
    """
    defects: list[Defect] = []

    def fault(line: int, column: str, value: str, message: str, rule: str) -> None:
        defects.append(Defect(file, line, column, value, message, rule))

    if "\r" in text:
        fault(0, "", "", "line ends must be LF only", "line-ends")
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.endswith("\n"):
        fault(0, "", "", "the file must end with a line end", "line-ends")
    lines = text.removesuffix("\n").split("\n")
    header = tuple(lines[0].split("\t"))
    if header != layout.names:
        missing = [name for name in layout.names if name not in header]
        extra = [name for name in header if name not in layout.names]
        told = f"expected the columns {', '.join(layout.names)}"
        if missing:
            told += f"; missing: {', '.join(missing)}"
        if extra:
            told += f"; not known: {', '.join(extra)}"
        fault(1, "", "", told, "header")
        return [], defects
    rows = []
    for line, content in enumerate(lines[1:], start=2):
        raw = content.split("\t")
        if len(raw) != len(header):
            fault(line, "", "", f"{len(raw)} cells where {len(header)} are expected", "cell-count")
            continue
        cells: dict[str, Value] = {}
        for column, cell in zip(layout.columns, raw, strict=True):
            value, message, rule = _parse(column, cell)
            cells[column.name] = value
            if message:
                fault(line, column.name, cell, message, rule)
        rows.append(Row(file, line, cells))
    return rows, defects


def _parse(column: Column, cell: str) -> tuple[Value, str, str]:
    """Value of one cell, with a message and a rule name when it is not as it should be."""
    if cell != cell.strip() or "  " in cell:
        return cell.strip(), "blanks at the ends or doubled inside", "blanks"
    if not cell:
        empty: Value = () if column.kind in ("refs", "texts") else None
        if column.kind in ("text", "id", "ref", "choice"):
            empty = ""
        return empty, "a value is required" if column.required else "", "required"
    match column.kind:
        case "id" | "ref":
            if not _ID.fullmatch(cell):
                return cell, "an id has letters, digits, '_', '.', '-' only", "id-form"
        case "refs" | "texts":
            parts = tuple(cell.split("|"))
            if len(set(parts)) < len(parts) or any(not p or p != p.strip() for p in parts):
                return parts, "values between '|' must be unique and without blanks", "list-form"
            return parts, "", ""
        case "int":
            if not re.fullmatch(r"\d+", cell):
                return None, "expected a whole number", "number-form"
            return int(cell), "", ""
        case "number":
            if not re.fullmatch(r"-?\d+(\.\d+)?", cell):
                return None, "expected a number with '.' as decimal mark", "number-form"
            return float(cell), "", ""
        case "flag":
            if cell != "yes":
                return None, "expected 'yes' or nothing", "choice"
            return True, "", ""
        case "choice":
            if cell not in column.choices:
                return cell, f"expected one of {', '.join(column.choices)}", "choice"
    return cell, "", ""


def write_rows(rows: Iterable[Mapping[str, object]], layout: Layout) -> str:
    r"""Canonical text of a table: layout's columns, canonical sort, LF.

    >>> write_rows([{"id": "a"}], Layout((Column("id"),), ("id",)))
    'id\na\n'
    """

    def cell(value: object) -> str:
        match value:
            case None | False:
                return ""
            case True:
                return "yes"
            case float():
                return str(int(value)) if value == int(value) else repr(value)
            case tuple() | list():
                return "|".join(str(part) for part in value)
        return str(value)

    lines = [[cell(row.get(name)) for name in layout.names] for row in rows]
    keys = [layout.names.index(name) for name in layout.sort]
    numeric = {c.name for c in layout.columns if c.kind == "int"}

    def order(line: Sequence[str]) -> list[tuple[object, ...]]:
        return [
            (0, int(line[key])) if layout.names[key] in numeric else natural(line[key])
            for key in keys
        ]

    lines.sort(key=order)
    return "\n".join("\t".join(line) for line in [list(layout.names), *lines]) + "\n"


def natural(text: str) -> tuple[object, ...]:
    """Sort key that orders digit runs by value: `R2` before `R10`."""
    return tuple(
        (1, int(part), "") if part.isdigit() else (0, 0, part)
        for part in re.split(r"(\d+)", text)
        if part
    )
