"""Curated tables → records, or every defect with its file, line and column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeVar

from kras_graph.curation import layout as layouts
from kras_graph.curation.layout import Layout
from kras_graph.curation.mechanism import LAYOUTS as MECHANISM
from kras_graph.curation.mechanism import mechanism_records
from kras_graph.curation.resources import folder, tree
from kras_graph.curation.tables import Row, natural, read_rows
from kras_graph.model.errors import Defect, TableError
from kras_graph.model.records import (
    Anchor,
    Entity,
    NoFact,
    Publication,
    Result,
    Section,
    Statement,
    Sum,
    Tables,
)
from kras_graph.model.terms import Certainty, MechanismGroup, Polarity, Setting, Statistic

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

T = TypeVar("T")
OPTIONAL = ("no_fact.tsv", "sums.tsv", "mappings.sssom.tsv", *MECHANISM)


def expected_tables() -> Iterator[tuple[str, Layout]]:
    """Path below `data/` and layout of every table."""
    yield "publications.tsv", layouts.PUBLICATIONS
    yield "sections.tsv", layouts.SECTIONS
    for stem in layouts.ENTITY_FILES:
        yield f"entities/{stem}.tsv", layouts.entity_layout(stem)
    for family in layouts.STATEMENT_FAMILIES:
        yield f"statements/{family}.tsv", layouts.STATEMENTS
        yield f"results/{family}.tsv", layouts.RESULTS
    yield "evidence.tsv", layouts.EVIDENCE
    yield "no_fact.tsv", layouts.NO_FACT
    yield "sums.tsv", layouts.SUMS
    yield "mappings.sssom.tsv", layouts.MAPPINGS
    yield from MECHANISM.items()


def read_texts(data: Traversable | None = None) -> dict[str, str]:
    """Raw text of every table, keyed by its path below `data/`.

    Raises:
        TableError: when a file is not UTF-8.
    """
    root = data if data is not None else folder("data")
    texts = {}
    for path, item in tree(root, ".tsv"):
        payload = item.read_bytes()
        try:
            texts[path] = payload.decode("utf-8")
        except UnicodeDecodeError as error:
            line = payload.count(b"\n", 0, error.start) + 1
            raise TableError(
                [Defect(path, line, "", "", f"byte {error.start} is not UTF-8", "encoding")]
            ) from None
    return texts


def read_tables(texts: Mapping[str, str]) -> tuple[dict[str, list[Row]], list[Defect]]:
    """Rows of every table and the defects of their form.

    A table that is missing, or one that nobody expects, is a defect too; a results
    table may be absent when its family has none.
    """
    rows: dict[str, list[Row]] = {}
    defects: list[Defect] = []
    expected = dict(expected_tables())
    for path, table in expected.items():
        if path in texts:
            rows[path], found = read_rows(path, texts[path], table)
            defects += found
        elif not path.startswith("results/") and path not in OPTIONAL:
            defects.append(Defect(path, 0, "", "", "the table is missing", "missing-table"))
    for path in texts.keys() - expected.keys():
        defects.append(Defect(path, 0, "", "", "no such table is expected", "unknown-table"))
    return rows, defects


def load_tables(data: Traversable | None = None) -> Tables:
    """All records of `data/` (the shipped folder by default), checked by every row rule.

    Raises:
        TableError: with every defect found, never only the first.
    """
    from kras_graph.curation.rules import row_defects

    rows, defects = read_tables(read_texts(data))
    if not defects:
        defects = list(row_defects(rows))
    if defects:
        raise TableError(sorted(defects, key=lambda d: (d.file, d.row, d.column)))
    return records(rows)


def records(rows: Mapping[str, list[Row]]) -> Tables:
    """Records of rows that are free of defects."""

    def under(prefix: str, make: Callable[[Row], T]) -> list[T]:
        return [make(row) for path in sorted(rows) if path.startswith(prefix) for row in rows[path]]

    return Tables(
        publications=tuple(under("publications", _publication)),
        sections=tuple(under("sections", _section)),
        entities=tuple(sorted(under("entities/", _entity), key=lambda e: e.id)),
        statements=tuple(sorted(under("statements/", _statement), key=lambda s: natural(s.id))),
        results=tuple(sorted(under("results/", _result), key=lambda r: natural(r.id))),
        anchors=tuple(under("evidence", _anchor)),
        no_fact=tuple(under("no_fact", _no_fact)),
        sums=tuple(under("sums", _sum)),
        mechanism=mechanism_records(rows),
    )


def _publication(row: Row) -> Publication:
    t = row.text
    return Publication(
        t("id"), t("label"), t("title"), t("doi"), t("pmid"), t("pmcid"), t("journal"),
        row.whole("year") or 0, t("kind"), t("file_stem"), row.whole("length") or 0, t("sha256"),
    )  # fmt: skip


def _section(row: Row) -> Section:
    return Section(
        row.text("publication"),
        row.text("section"),
        row.whole("start") or 0,
        row.whole("end") or 0,
    )


def _entity(row: Row) -> Entity:
    common = {column.name for column in layouts.ENTITY_COMMON} | {"note"}
    extra = {
        name: "|".join(value) if isinstance(value, tuple) else str(value)
        for name, value in row.cells.items()
        if name not in common and value
    }
    return Entity(
        id=row.text("id"),
        label=row.text("label"),
        cls=row.text("class"),
        synonyms=row.items("synonyms"),
        xrefs=row.items("xrefs"),
        parents=row.items("parents"),
        note=row.text("note"),
        attributes=extra,
    )


def _statement(row: Row) -> Statement:
    t, many = row.text, row.items
    return Statement(
        id=t("id"),
        subject=t("subject"),
        predicate=t("predicate"),
        object=t("object"),
        polarity=Polarity(t("polarity")),
        certainty=Certainty(t("certainty")),
        setting=Setting(t("setting")),
        family=row.file.removeprefix("statements/").removesuffix(".tsv"),
        disease=many("disease"),
        population=t("population"),
        trial=many("trial"),
        under=many("under"),
        alteration=many("alteration"),
        model=many("model"),
        species=t("species"),
        assay=t("assay"),
        group=MechanismGroup(t("group")) if t("group") else None,
        patients=row.whole("patients"),
        cites=t("cites"),
        source_issue=t("source_issue"),
        note=t("note"),
        pass_=t("pass"),
        agreed=t("agreed"),
        deprecated=bool(row.cells.get("deprecated")),
    )


def _result(row: Row) -> Result:
    t, num = row.text, row.number
    return Result(
        id=t("id"),
        statement=t("statement"),
        endpoint=t("endpoint"),
        statistic=Statistic(t("statistic")),
        printed=t("printed"),
        value=num("value"),
        unit=t("unit"),
        n=row.whole("n"),
        N=row.whole("N"),
        ci_low=num("ci_low"),
        ci_high=num("ci_high"),
        ci_level=num("ci_level"),
        ci_method=t("ci_method"),
        not_estimable=t("not_estimable"),
        range_low=num("range_low"),
        range_high=num("range_high"),
        time_point=t("time_point"),
        arm=t("arm"),
        comparator=t("comparator"),
        p=t("p"),
        population=t("population"),
        disease=t("disease"),
        trial=t("trial"),
        line=t("line"),
        assessor=t("assessor"),
        grade=t("grade"),
        attribution=t("attribution"),
        counts=t("counts"),
        source_issue=t("source_issue"),
        note=t("note"),
    )


def _anchor(row: Row) -> Anchor:
    return Anchor(
        row.text("about"),
        row.text("publication"),
        row.text("section"),
        row.whole("start") or 0,
        row.whole("end") or 0,
        row.text("sha256"),
    )


def _no_fact(row: Row) -> NoFact:
    return NoFact(
        row.text("publication"),
        row.text("section"),
        row.whole("start") or 0,
        row.whole("length") or 0,
        row.text("sha256"),
        row.text("reason"),
    )


def _sum(row: Row) -> Sum:
    return Sum(row.text("total"), row.items("parts"), row.text("what"))
