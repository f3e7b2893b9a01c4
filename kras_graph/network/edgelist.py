"""Edge lists as tables (plain, or the edges file of KGX) → columns for a compressed graph.

A table is tab-separated UTF-8 text, gzipped where its name ends in `.gz`. With a header the
columns are found by name, in any order, others are passed over:

| meaning | names |
|---|---|
| source | source, subject, from |
| predicate (may be left out) | predicate, relation, edge_label |
| target | target, object, to |
| sign (may be left out) | sign, effect, kg_effect, object_direction_qualifier |
| not asserted where true | negated |
| asserted where not false | kg_asserted |
| ids of statements, `|` between them | kg_statements, statements |

Without a header the columns are source, predicate, target and, if there is a fourth, sign.
Rows that are alike but for their statements are one edge with all of these.
"""

from __future__ import annotations

import gzip
from array import array
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kras_graph.model.errors import GraphFileError
from kras_graph.model.terms import Sign
from kras_graph.network.csrbuild import EdgeTable, Kind
from kras_graph.network.csrdetails import PLAIN_EDGE, encode

_NAMES = {
    "source": ("source", "subject", "from"),
    "predicate": ("predicate", "relation", "edge_label"),
    "target": ("target", "object", "to"),
    "sign": ("sign", "effect", "kg_effect", "object_direction_qualifier"),
    "negated": ("negated",),
    "asserted": ("kg_asserted",),
    "statements": ("kg_statements", "statements"),
}
SIGNS: dict[str, Sign] = {
    **dict.fromkeys(("+", "'+", "1", "+1", "positive", "activation"), Sign.POSITIVE),
    **dict.fromkeys(("increased", "upregulated"), Sign.POSITIVE),
    **dict.fromkeys(("-", "'-", "-1", "negative", "inhibition"), Sign.NEGATIVE),
    **dict.fromkeys(("decreased", "downregulated"), Sign.NEGATIVE),
    **dict.fromkeys(("0", "neutral"), Sign.NEUTRAL),
    **dict.fromkeys(("?", "", "unknown"), Sign.UNKNOWN),
}
_TRUTHS = {"true": True, "1": True, "false": False, "0": False, "": None}
_DEFAULT = "related_to"


class _Layout(NamedTuple):
    """Where the columns of a table are, -1 for one that is not there."""

    source: int
    predicate: int
    target: int
    sign: int
    negated: int = -1
    asserted: int = -1
    statements: int = -1


def read_edges(path: Path, nodes: Path | None = None) -> EdgeTable:
    """An edge list as columns.

    Args:
        path: the table of edges.
        nodes: a table of nodes with `id` and, where there are any, `category` (the first one
            counts, without its prefix) or `kg_class`, and `name`; nodes without edges are kept.

    Raises:
        GraphFileError: when a file cannot be read or a row not be understood, with its line.
    """
    classes, labels = _nodes(nodes) if nodes is not None else ({}, {})
    names: dict[str, int] = {name: number for number, name in enumerate(labels)}
    predicates: dict[str, int] = {}
    kinds: dict[Kind, int] = {}
    read: dict[tuple[str, ...], int] = {}  # kinds by the cells that tell them
    statements: dict[int, str] = {}
    columns = tuple(array("i") for _ in range(4))
    source, target, predicate, kind = columns
    layout: _Layout | None = None
    places: list[int] = []
    number_of, known = names.setdefault, predicates.setdefault
    for line, cells in _rows(path):
        if layout is None:
            layout, headed = _layout(cells, path)
            places = [p for p in (layout.sign, layout.negated, layout.asserted) if p >= 0]
            if headed:
                continue
        try:
            tail, head = cells[layout.source], cells[layout.target]
            if not tail or not head:
                raise _wrong(path, line, "an end of the edge is empty")
            relation = (cells[layout.predicate] if layout.predicate >= 0 else "") or _DEFAULT
            told_by = tuple([cells[place] for place in places if place < len(cells)])
            own = read.get(told_by)
            if own is None:
                found = _kind(cells, layout, path, line)
                own = read[told_by] = kinds.setdefault(found, len(kinds))
            told = cells[layout.statements] if layout.statements >= 0 else ""
        except IndexError:
            wanted = max(layout) + 1
            what = f"{len(cells)} columns, expected {wanted}: are tabs between them?"
            raise _wrong(path, line, what) from None
        if told:
            statements[len(source)] = told
        source.append(number_of(tail, len(names)))
        target.append(number_of(head, len(names)))
        predicate.append(known(relation, len(predicates)))
        kind.append(own)
    if layout is None:
        raise GraphFileError(f"{path} is empty; expected a row for each edge.")
    arrays = [np.array(column, np.int32) for column in columns]
    details, detail, keep = _merged(arrays, statements)
    return EdgeTable(
        list(names),
        arrays[0][keep],
        arrays[1][keep],
        list(predicates) or [_DEFAULT],
        arrays[2][keep],
        list(kinds) or [Kind()],
        arrays[3][keep],
        details,
        detail,
        {name: encode({"label": label}, {"label": name}) for name, label in labels.items()},
        classes,
    )


def _kind(cells: Sequence[str], layout: _Layout, path: Path, line: int) -> Kind:
    sign = Sign.UNKNOWN
    if layout.sign >= 0 and len(cells) > layout.sign:
        told = cells[layout.sign]
        found = SIGNS.get(told) or SIGNS.get(told.strip().lower())
        if found is None:
            near = get_close_matches(told.lower(), SIGNS, n=1) or ["+"]
            what = f"the sign {told!r} is none of +, -, 0 and ?; nearest: {near[0]}"
            raise _wrong(path, line, what)
        sign = found
    asserted = True
    for place, good in ((layout.negated, False), (layout.asserted, True)):
        if place >= 0:
            truth = _TRUTHS.get(cells[place].strip().lower(), "?")
            if truth == "?":
                raise _wrong(path, line, f"{cells[place]!r} is neither true nor false")
            asserted = asserted and truth in (None, good)
    return Kind(sign, "statement", asserted)


def _layout(cells: Sequence[str], path: Path) -> tuple[_Layout, bool]:
    """The columns of a table by its first row, and whether that is a header."""
    titles = [cell.strip().lower() for cell in cells]
    found = {
        what: next((titles.index(name) for name in names if name in titles), -1)
        for what, names in _NAMES.items()
    }
    if found["source"] >= 0 and found["target"] >= 0:
        return _Layout(**found), True
    if found["source"] >= 0 or found["target"] >= 0:
        missing = "target" if found["target"] < 0 else "source"
        raise GraphFileError(
            f"{path} has no column for the {missing} of its edges; expected one of "
            f"{', '.join(_NAMES[missing])} among {', '.join(cells)}."
        )
    if len(cells) < 3:
        raise _wrong(path, 1, f"{len(cells)} columns, expected source, predicate, target, sign")
    return _Layout(0, 1, 2, 3 if len(cells) > 3 else -1), False


def _merged(
    columns: list[npt.NDArray[np.int32]], statements: dict[int, str]
) -> tuple[list[str], npt.NDArray[np.int32], npt.NDArray[np.int64] | slice]:
    """Details of edges that are alike together: all of them, of each edge, edges kept."""
    if not statements:
        return [""], np.empty(0, np.int32), slice(None)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    groups: dict[tuple[int, ...], int] = {}
    told: dict[int, list[str]] = {}
    for place, row in enumerate(rows):
        first = groups.setdefault(row, place)
        told.setdefault(first, []).extend(filter(None, statements.get(place, "").split("|")))
    details: dict[str, int] = {"": 0}
    of = []
    for first in groups.values():
        text = encode({"statements": tuple(dict.fromkeys(told[first]))}, PLAIN_EDGE)
        of.append(details.setdefault(text, len(details)))
    keep = np.fromiter(groups.values(), np.int64, len(groups))
    return list(details), np.array(of, np.int32), keep


def _nodes(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Class and label of nodes by id."""
    classes: dict[str, str] = {}
    labels: dict[str, str] = {}
    columns: dict[str, int] = {}
    for line, cells in _rows(path):
        if not columns:
            columns = {name: place for place, name in enumerate(cells)}
            if "id" not in columns:
                raise GraphFileError(
                    f"{path} has no column 'id'; its columns are {', '.join(cells)}."
                )
            continue
        if len(cells) < len(columns):
            raise _wrong(path, line, f"{len(cells)} columns, expected {len(columns)}")
        name = cells[columns["id"]]
        labels[name] = (cells[columns["name"]] if "name" in columns else "") or name
        cls = cells[columns["kg_class"]] if "kg_class" in columns else ""
        if not cls and "category" in columns:
            cls = cells[columns["category"]].split("|")[0].rpartition(":")[2]
        classes[name] = cls
    return classes, labels


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Lines of a table with their numbers, as cells; empty lines are passed over."""
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8-sig") as text:
            for number, line in enumerate(text, 1):
                if cells := line.rstrip("\n"):
                    yield number, cells.split("\t")
    except UnicodeDecodeError as error:
        raise GraphFileError(f"{path} is not UTF-8 text ({error.reason}).") from None
    except (OSError, EOFError) as error:
        reason = getattr(error, "strerror", None) or error
        raise GraphFileError(f"{path} cannot be read: {reason}.") from None


def _wrong(path: Path, line: int, what: str) -> GraphFileError:
    return GraphFileError(f"{path}, line {line}: {what}.")
