"""Tables of the mechanism layer: their layout, their rules, their records.

They stand in `data/mechanism/`, apart from the findings: clauses are the curators' model.
A dataset may come without them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeVar

from kras_graph.curation.layout import Column, Layout
from kras_graph.curation.resources import folder
from kras_graph.curation.tables import Row, read_rows
from kras_graph.model.errors import Defect, TableError
from kras_graph.model.mechanism import (
    Assumption,
    Basis,
    Block,
    Clause,
    Feedback,
    Mechanism,
    Pair,
    Reading,
    Tumour,
)
from kras_graph.model.terms import Certainty, Polarity, Sign

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

T = TypeVar("T")
Rows = Mapping[str, list[Row]]
PREFIX = "mechanism/"

LAYOUTS: dict[str, Layout] = {
    f"{PREFIX}clauses.tsv": Layout(
        (
            Column("id", "id", required=True),
            Column("target", "ref", required=True),
            Column("needs", "refs"),
            Column("present", "refs"),
            Column("sign", "choice", required=True, choices=("+", "?")),
            Column("basis", "choice", required=True, choices=tuple(str(b) for b in Basis)),
            Column("diseases", "refs"),
            Column("not_diseases", "refs"),
            Column("unless"),
            Column("statements", "texts"),
            Column("assumptions", "texts"),
            Column("note"),
        ),
        ("id",),
    ),
    f"{PREFIX}blocks.tsv": Layout(
        (
            Column("id", "id", required=True),
            Column("therapy", "ref", required=True),
            Column("target", "ref", required=True),
            Column("voided_by", "refs"),
            Column("condition"),
            Column("statements", "texts"),
            Column("assumptions", "texts"),
            Column("note"),
        ),
        ("id",),
    ),
    f"{PREFIX}feedback.tsv": Layout(
        (
            Column("id", "id", required=True),
            Column("driver", "ref", required=True),
            Column("restrains", "ref", required=True),
            Column("diseases", "refs"),
            Column("statements", "texts"),
            Column("assumptions", "texts"),
            Column("note"),
        ),
        ("id",),
    ),
    f"{PREFIX}assumptions.tsv": Layout(
        (
            Column("id", "id", required=True),
            Column("claim", required=True),
            Column("citation", required=True),
            Column("doi"),
            Column("pmid"),
            Column("url"),
            Column("pairs", "texts"),
        ),
        ("id",),
    ),
    f"{PREFIX}readings.tsv": Layout(
        (
            Column("mechanism", "ref", required=True),
            Column("kind", "choice", required=True, choices=("origin", "outcome")),
            Column("nodes", "refs", required=True),
        ),
        ("mechanism",),
    ),
    f"{PREFIX}pairs.tsv": Layout(
        (
            Column("id", "id", required=True),
            Column("drug", "ref"),
            Column("partner", "ref", required=True),
            Column("disease", "ref"),
            Column("alterations", "refs"),
            Column("reported", "choice", required=True, choices=("works", "fails")),
            Column("statements", "texts", required=True),
            Column("note"),
        ),
        ("id",),
    ),
    f"{PREFIX}tumours.tsv": Layout(
        (
            Column("disease", "ref", required=True),
            Column("alterations", "refs", required=True),
        ),
        ("disease",),
    ),
}

_KIND = {
    "statements": "statement", "assumptions": "assumption", "unless": "assumption", "pairs": "pair",
}  # fmt: skip
_ENTITY_COLUMNS = (
    "target", "needs", "present", "diseases", "not_diseases", "therapy", "voided_by", "driver",
    "restrains", "mechanism", "nodes", "drug", "partner", "disease", "alterations",
)  # fmt: skip


def mechanism_defects(rows: Rows) -> Iterator[Defect]:
    """What the layer's tables must satisfy beyond their form.

    Ids stand once; entities, statements and assumptions exist; a clause's basis is borne out:
    `stated` by a statement that is affirmed, stated and in force, `suggested` by one that is
    affirmed, `assumption` by an assumption; an assumption has an address.
    """
    entities = {
        row.text("id") for path in rows if path.startswith("entities/") for row in rows[path]
    }
    found = {
        row.text("id"): row for path in rows if path.startswith("statements/") for row in rows[path]
    }
    assumed = {row.text("id") for row in rows.get(f"{PREFIX}assumptions.tsv", ())}
    tested = {row.text("id") for row in rows.get(f"{PREFIX}pairs.tsv", ())}
    seen: dict[str, Row] = {}
    for path in sorted(name for name in rows if name in LAYOUTS):
        for row in rows[path]:
            ident = row.text("id")
            if (ident and ident in {**found, **seen}) or ident in entities:
                yield _defect(row, "id", ident, "already used elsewhere", "unique-id")
            if ident:
                seen[ident] = row
            for column in _ENTITY_COLUMNS:
                for ref in _refs(row, column):
                    if ref not in entities:
                        yield _unknown(row, column, ref, entities, "entity")
            for column, known in (
                ("statements", found), ("assumptions", assumed), ("unless", assumed),
                ("pairs", tested),
            ):  # fmt: skip
                for ref in _refs(row, column):
                    if ref not in known:
                        yield _unknown(row, column, ref, known, _KIND[column])
    for row in rows.get(f"{PREFIX}clauses.tsv", ()):
        yield from _basis_defects(row, found)
    for row in rows.get(f"{PREFIX}assumptions.tsv", ()):
        if not (row.text("doi") or row.text("pmid") or row.text("url")):
            yield _defect(row, "doi", "", "needs a DOI, PMID or address", "assumption-address")


def _basis_defects(row: Row, statements: Mapping[str, Row]) -> Iterator[Defect]:
    basis = row.text("basis")
    behind = [statements[ref] for ref in row.items("statements") if ref in statements]
    affirmed = [
        item
        for item in behind
        if item.text("polarity") == Polarity.AFFIRMED and not item.cells.get("deprecated")
    ]
    firm = [item for item in affirmed if item.text("certainty") == Certainty.STATED]
    if basis == Basis.STATED and not firm:
        message = "needs a statement that is affirmed, stated and in force"
        yield _defect(row, "basis", basis, message, "clause-basis")
    if basis == Basis.SUGGESTED and (not affirmed or firm):
        message = "needs statements that are affirmed and less than stated"
        yield _defect(row, "basis", basis, message, "clause-basis")
    if basis == Basis.ASSUMPTION and not row.items("assumptions"):
        yield _defect(row, "basis", basis, "needs an assumption", "clause-basis")


def _refs(row: Row, column: str) -> tuple[str, ...]:
    value = row.cells.get(column)
    return (
        value if isinstance(value, tuple) else (value,) if isinstance(value, str) and value else ()
    )


def _defect(row: Row, column: str, value: str, message: str, rule: str) -> Defect:
    return Defect(row.file, row.line, column, value, message, rule)


def _unknown(
    row: Row, column: str, ref: str, known: Mapping[str, object] | set[str], kind: str
) -> Defect:
    near = get_close_matches(ref, list(known), n=1, cutoff=0.6)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return _defect(row, column, ref, f"no {kind} {ref!r}{hint}", f"{kind}-exists")


def mechanism_records(rows: Rows) -> Mechanism:
    """Records of rows that are free of defects."""

    def of(stem: str, make: Callable[[Row], T]) -> tuple[T, ...]:
        return tuple(make(row) for row in rows.get(f"{PREFIX}{stem}.tsv", ()))

    return Mechanism(
        clauses=of("clauses", _clause),
        blocks=of("blocks", _block),
        feedback=of("feedback", _feedback),
        assumptions=of("assumptions", _assumption),
        readings=of("readings", _reading),
        pairs=of("pairs", _pair),
        tumours=of("tumours", _tumour),
    )


def load_mechanism(data: Traversable | None = None) -> Mechanism:
    """The layer of a `data/` folder (the shipped one by default), read without the findings.

    Raises:
        TableError: when a table's form is wrong. Whether its references exist is checked
            with the whole folder, when the dataset is built.
    """
    root = data if data is not None else folder("data")
    rows: dict[str, list[Row]] = {}
    defects: list[Defect] = []
    for path, layout in LAYOUTS.items():
        item = root / path
        if item.is_file():
            rows[path], found = read_rows(path, item.read_text(encoding="utf-8"), layout)
            defects += found
    if defects:
        raise TableError(defects)
    return mechanism_records(rows)


def _clause(row: Row) -> Clause:
    many = row.items
    return Clause(
        row.text("id"), row.text("target"), many("needs"), many("present"), Sign(row.text("sign")),
        Basis(row.text("basis")), many("diseases"), many("not_diseases"), row.text("unless"),
        many("statements"), many("assumptions"), row.text("note"),
    )  # fmt: skip


def _block(row: Row) -> Block:
    return Block(
        row.text("id"), row.text("therapy"), row.text("target"), row.items("voided_by"),
        row.text("condition"), row.items("statements"), row.items("assumptions"),
        row.text("note"),
    )  # fmt: skip


def _feedback(row: Row) -> Feedback:
    return Feedback(
        row.text("id"), row.text("driver"), row.text("restrains"), row.items("diseases"),
        row.items("statements"), row.items("assumptions"), row.text("note"),
    )  # fmt: skip


def _assumption(row: Row) -> Assumption:
    t = row.text
    return Assumption(
        t("id"), t("claim"), t("citation"), t("doi"), t("pmid"), t("url"), row.items("pairs")
    )


def _tumour(row: Row) -> Tumour:
    return Tumour(row.text("disease"), row.items("alterations"))


def _reading(row: Row) -> Reading:
    return Reading(row.text("mechanism"), row.text("kind"), row.items("nodes"))


def _pair(row: Row) -> Pair:
    return Pair(
        row.text("id"), row.text("drug"), row.text("partner"), row.text("disease"),
        row.items("alterations"), row.text("reported"), row.items("statements"), row.text("note"),
    )  # fmt: skip
