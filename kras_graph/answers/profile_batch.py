"""Profiles from a tab-separated file: rows with their line, faults with line and column.

Columns have the names of the options: `disease`, `variant`, `co`, `acquired`, `prior`,
`pd-l1`, and `name` for a name of the reader's own. Several values in a cell stand between `|`.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from kras_graph.answers.tumour import FIELDS
from kras_graph.model.errors import KrasGraphError

NAME = "name"
SEVERAL = ("co", "acquired", "prior")
COLUMNS = (NAME, *FIELDS)
_LONGEST = 60


@dataclass(frozen=True)
class BatchRow:
    """One row of the file.

    Attributes:
        line: line of the file, the header being line 1.
        cells: text by column; empty cells are left out.
        fault: what is wrong with the row as a whole; empty when nothing is.
    """

    line: int
    cells: Mapping[str, str]
    fault: str = ""

    def values(self, column: str) -> tuple[str, ...]:
        """The values of a cell."""
        text = self.cells.get(column, "")
        parts = text.split("|") if column in SEVERAL else [text]
        return tuple(part.strip() for part in parts if part.strip())

    def stem(self) -> str:
        """A name for files of this row, safe on every system and unlike any other row's."""
        told = self.cells.get(NAME) or "-".join(
            value for column in FIELDS[:2] for value in self.values(column)
        )
        plain = unicodedata.normalize("NFKD", told).encode("ascii", "ignore").decode()
        slug = re.sub(r"[^a-z0-9]+", "-", plain.casefold()).strip("-")[:_LONGEST].strip("-")
        return f"{self.line:04d}-{slug or 'profile'}"


def read_batch(path: Path) -> list[BatchRow]:
    """Rows of a file of profiles, in its order; empty lines are passed over.

    Raises:
        KrasGraphError: when the file cannot be read, or its header is wrong.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise KrasGraphError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise KrasGraphError(f"{path} is no UTF-8 text: byte {error.start} is not.") from None
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t", quoting=csv.QUOTE_NONE)
    lines = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    if not lines:
        raise KrasGraphError(f"{path} is empty; expected a header with {', '.join(COLUMNS)}.")
    (first, header), rows = lines[0], lines[1:]
    columns = [_column(path, first, cell) for cell in header]
    if len(set(columns)) < len(columns):
        twice = next(column for column in columns if columns.count(column) > 1)
        raise KrasGraphError(f"{path}, line {first}: the column {twice!r} stands there twice.")
    if "variant" not in columns:
        raise KrasGraphError(f"{path}, line {first}: the column 'variant' is missing.")
    return [_row(number, columns, row) for number, row in rows]


def _column(path: Path, line: int, cell: str) -> str:
    """The column that a heading names.

    Raises:
        KrasGraphError: with the nearest valid one.
    """
    name = cell.strip().casefold().replace("_", "-")
    if name in COLUMNS:
        return name
    near = get_close_matches(name, COLUMNS, n=1)
    hint = f"Did you mean {near[0]!r}? " if near else ""
    raise KrasGraphError(
        f"{path}, line {line}: no column is called {cell.strip()!r}. "
        f"{hint}Columns are: {', '.join(COLUMNS)}."
    )


def _row(line: int, columns: list[str], row: list[str]) -> BatchRow:
    """A row by columns; cells that are missing at its end are empty."""
    spare = [cell for cell in row[len(columns) :] if cell.strip()]
    fault = ""
    if spare:
        fault = f"{len(row)} cells, and only {len(columns)} columns: {spare[0].strip()!r} is over."
    cells = {c: cell.strip() for c, cell in zip(columns, row, strict=False) if cell.strip()}
    if not fault and "variant" not in cells:
        fault = "the cell in column 'variant' is empty."
    return BatchRow(line, cells, fault)
