"""What changed between two sets of tables, row by row and cell by cell.

Tables are read by their headers only, so that releases of an older or newer layout can be
compared too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kras_graph.curation.tables import natural
from kras_graph.model.errors import Defect, TableError

Cells = dict[str, str]
# Where the column `id` is missing: the columns that tell rows apart.
_KEYS: dict[str, tuple[str, ...]] = {
    "sections": ("publication", "section", "start"),
    "anchors": ("about", "publication", "section"),
    "no fact": ("publication", "start"),
    "sums": ("total",),
    "mappings": ("subject_id", "object_id"),
    "readings": ("mechanism", "kind"),
}
_NAMES = {
    "evidence.tsv": "anchors",
    "no_fact.tsv": "no fact",
    "mappings.sssom.tsv": "mappings",
}
# Kinds of rows whose ids are promised to stay.
PERMANENT = ("entities", "statements", "results", "publications", "clauses", "blocks",
             "feedback", "assumptions", "pairs")  # fmt: skip


class How(StrEnum):
    """What happened to a row or a column."""

    ADDED = "added"
    WITHDRAWN = "withdrawn"
    GONE = "gone"
    REMOVED = "removed"
    CHANGED = "changed"
    COLUMN_ADDED = "column added"
    COLUMN_REMOVED = "column removed"


@dataclass(frozen=True)
class Change:
    """One change.

    Attributes:
        kind: kind of row: `entities`, `statements`, `results`, `anchors` and so on.
        how: what happened. `withdrawn` means marked as deprecated; `gone` that a row whose
            id is permanent is no longer there, which must not happen; `removed` that a row
            without such an id is not there.
        ident: id of the row, or what tells it apart.
        column: the column that changed; empty for whole rows.
        old: its old value.
        new: its new value.
        row: the cells of the row, new where there is one.
    """

    kind: str
    how: How
    ident: str
    column: str = ""
    old: str = ""
    new: str = ""
    row: tuple[tuple[str, str], ...] = ()

    @property
    def cells(self) -> Cells:
        """The cells of the row by column."""
        return dict(self.row)


@dataclass(frozen=True)
class _Rows:
    """All rows of one kind by what tells them apart; `table` is a column like any other."""

    columns: tuple[str, ...]
    rows: dict[str, list[Cells]]


def changes(old: Mapping[str, str], new: Mapping[str, str]) -> list[Change]:
    """Every change from one set of tables to another, by kind, id and column.

    Args:
        old: raw text of each table by its path below `data/`.
        new: the same of the other release.

    Raises:
        TableError: when a line has more or fewer cells than its header.
    """
    before, after = _kinds(old), _kinds(new)
    found: list[Change] = []
    for kind in sorted({*before, *after}, key=_rank):
        empty = _Rows((), {})
        found += _of_kind(kind, before.get(kind, empty), after.get(kind, empty))
    return found


def _rank(kind: str) -> tuple[int, str]:
    first = ("entities", "statements", "results", "anchors", *PERMANENT)
    return (first.index(kind) if kind in first else len(first), kind)


def _kinds(texts: Mapping[str, str]) -> dict[str, _Rows]:
    """Rows of every kind; those of several tables of one folder together."""
    columns: dict[str, dict[str, None]] = defaultdict(dict)
    rows: dict[str, dict[str, list[Cells]]] = defaultdict(lambda: defaultdict(list))
    for path in sorted(texts):
        kind = _kind(path)
        for cells in _read(path, texts[path]):
            columns[kind].update(dict.fromkeys(cells))
            rows[kind][_ident(kind, cells)].append(cells)
        columns[kind].update(dict.fromkeys(texts[path].partition("\n")[0].split("\t")))
    return {kind: _Rows(tuple(columns[kind]), dict(rows[kind])) for kind in columns}


def _kind(path: str) -> str:
    top, slash, rest = path.partition("/")
    if not slash:
        return _NAMES.get(top, top.removesuffix(".tsv"))
    return rest.removesuffix(".tsv") if top == "mechanism" else top


def _read(path: str, text: str) -> Iterator[Cells]:
    lines = text.removesuffix("\n").split("\n")
    header = lines[0].split("\t")
    table = {"table": path} if "/" in path else {}
    for line, content in enumerate(lines[1:], start=2):
        cells = content.split("\t")
        if len(cells) != len(header):
            message = f"{len(cells)} cells where {len(header)} are expected"
            raise TableError([Defect(path, line, "", "", message, "cell-count")])
        yield {**dict(zip(header, cells, strict=True)), **table}


def _ident(kind: str, cells: Cells) -> str:
    keys = ("id",) if "id" in cells else _KEYS.get(kind, tuple(cells)[:1])
    return " ".join(cells.get(key, "") for key in keys)


def _of_kind(kind: str, old: _Rows, new: _Rows) -> Iterator[Change]:
    both = [name for name in new.columns if name in old.columns]
    if old.columns and new.columns:
        for name in new.columns:
            if name not in old.columns and name != "table":
                yield Change(kind, How.COLUMN_ADDED, "", name)
        for name in old.columns:
            if name not in new.columns and name != "table":
                yield Change(kind, How.COLUMN_REMOVED, "", name)
    compared = [*both, *(["table"] if "table" in {*old.columns, *new.columns} else [])]
    for ident in sorted({*old.rows, *new.rows}, key=natural):
        yield from _of_row(
            kind, ident, old.rows.get(ident, []), new.rows.get(ident, []),
            list(dict.fromkeys(compared)),
        )  # fmt: skip


def _of_row(
    kind: str, ident: str, old: list[Cells], new: list[Cells], columns: Sequence[str]
) -> Iterator[Change]:
    """Changes of the rows that share an id, of which only anchors have several."""
    left, right = [], list(new)
    for cells in old:
        if cells in right:
            right.remove(cells)
        else:
            left.append(cells)
    for before, after in zip(left, right, strict=False):
        yield from _of_cells(kind, ident, before, after, columns)
    for cells in right[len(left) :]:
        yield Change(kind, How.ADDED, ident, row=_frozen(cells))
    for cells in left[len(right) :]:
        how = How.GONE if kind in PERMANENT else How.REMOVED
        yield Change(kind, how, ident, row=_frozen(cells))


def _of_cells(
    kind: str, ident: str, before: Cells, after: Cells, columns: Sequence[str]
) -> Iterator[Change]:
    for column in columns:
        old, new = before.get(column, ""), after.get(column, "")
        if old != new:
            withdrawn = column == "deprecated" and new == "yes"
            how = How.WITHDRAWN if withdrawn else How.CHANGED
            yield Change(kind, how, ident, column, old, new, _frozen(after))


def _frozen(cells: Cells) -> tuple[tuple[str, str], ...]:
    return tuple(cells.items())
