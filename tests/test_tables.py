from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kras_graph.curation.layout import Column, Layout
from kras_graph.curation.load import expected_tables, load_tables, read_tables, read_texts, records
from kras_graph.curation.rules import percentage_fits, row_defects
from kras_graph.curation.tables import natural, read_rows, write_rows
from kras_graph.model.errors import Defect, TableError
from tests.conftest import BROKEN, TOY

CELL = st.text(
    alphabet=st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=12
).map(lambda text: " ".join(text.split()))
PARTS = st.lists(CELL.map(lambda t: t.replace("|", "")).filter(bool), unique=True, max_size=3)
LAYOUT = Layout(
    (
        Column("id", "id", required=True),
        Column("text"),
        Column("many", "texts"),
        Column("whole", "int"),
        Column("number", "number"),
        Column("flag", "flag"),
    ),
    ("id",),
)


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "text": CELL,
                "many": PARTS.map(tuple),
                "whole": st.none() | st.integers(0, 10**9),
                "number": st.none() | st.integers(-(10**6), 10**6).map(lambda n: n / 100),
                "flag": st.sampled_from([None, True]),
            }
        ),
        max_size=5,
    )
)
def test_rows_survive_writing_and_reading(contents: list[dict[str, object]]) -> None:
    rows = [{"id": f"r{i}", **row} for i, row in enumerate(contents)]
    text = write_rows(rows, LAYOUT)
    found, defects = read_rows("t.tsv", text, LAYOUT)
    assert not defects
    assert [row.cells for row in found] == rows
    assert write_rows([row.cells for row in found], LAYOUT) == text


@given(st.lists(st.integers(0, 999), unique=True))
def test_natural_order_counts(numbers: list[int]) -> None:
    names = [f"R{n}" for n in numbers]
    assert sorted(names, key=natural) == [f"R{n}" for n in sorted(numbers)]


def test_shipped_tables_hold_no_defect_and_are_in_canonical_form() -> None:
    texts = read_texts()
    rows, defects = read_tables(texts)
    assert not defects
    assert not list(row_defects(rows))
    for path, layout in expected_tables():
        if path in texts:
            assert write_rows([row.cells for row in rows[path]], layout) == texts[path], (
                f"{path} is not canonical; run: kras-graph format"
            )


def test_toy_tables_hold_no_defect() -> None:
    tables = load_tables(TOY / "data")
    assert [s.id for s in tables.statements] == [f"S{n}" for n in range(1, 12)]
    assert tables.results[1].N == 12 or tables.results[0].N == 12


def defects_of(overlay: Path) -> list[Defect]:
    texts = {**read_texts(TOY / "data"), **read_texts(overlay)}
    rows, defects = read_tables(texts)
    return defects or list(row_defects(rows))


@pytest.mark.parametrize("rule", sorted(folder.name for folder in BROKEN.iterdir()))
def test_each_broken_table_breaks_its_own_rule_and_no_other(rule: str) -> None:
    found = defects_of(BROKEN / rule)
    assert {defect.rule for defect in found} == {rule}
    for defect in found:
        assert defect.file.endswith(".tsv")
        assert str(defect).startswith(defect.file)


def test_every_rule_has_a_broken_table() -> None:
    import re

    folder = Path(load_tables.__code__.co_filename).parent
    named = {
        name
        for module in ("rules.py", "tables.py", "load.py", "mechanism.py")
        for name in re.findall(
            r'"([a-zN]+(?:-[a-zN]+)+|choice|blanks|header|required|distinct|encoding)"',
            (folder / module).read_text(),
        )
    } - {"utf-8"}
    covered = {folder.name for folder in BROKEN.iterdir()} | {
        "missing-table",
        "encoding",
        "not-compared",
        "not-found",
    }
    assert named <= covered, named - covered


def test_a_missing_table_is_named() -> None:
    texts = read_texts(TOY / "data")
    del texts["entities/genes.tsv"]
    _, defects = read_tables(texts)
    assert [(d.file, d.rule) for d in defects] == [("entities/genes.tsv", "missing-table")]


def test_bytes_that_are_not_utf8_are_reported_with_their_line(tmp_path: Path) -> None:
    (tmp_path / "sections.tsv").write_bytes(b"publication\n\xff\n")
    with pytest.raises(TableError, match=r"sections.tsv, line 2.*not UTF-8"):
        read_texts(tmp_path)


def test_an_error_tells_line_column_value_and_the_nearest_choice() -> None:
    (found,) = defects_of(BROKEN / "predicate-known")
    assert (found.row, found.column, found.value) == (3, "predicate", "activate")
    assert "did you mean 'activates'" in str(found)


def test_loading_broken_tables_reports_all_defects_at_once(tmp_path: Path) -> None:
    for path, text in {
        **read_texts(TOY / "data"),
        **read_texts(BROKEN / "n-within-N"),
        **read_texts(BROKEN / "ci-brackets"),
    }.items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    with pytest.raises(TableError) as raised:
        load_tables(tmp_path)
    assert {defect.rule for defect in raised.value.defects} == {"n-within-N", "ci-brackets"}


@given(st.integers(1, 2000), st.data())
def test_a_correctly_rounded_percentage_always_fits(total: int, data: st.DataObject) -> None:
    n = data.draw(st.integers(0, total))
    decimals = data.draw(st.integers(0, 2))
    assert percentage_fits(n, total, round(100 * n / total, decimals))
    assert not percentage_fits(n, total, 100 * n / total + 1.1)


def test_records_keep_every_cell() -> None:
    rows, _ = read_tables(read_texts(TOY / "data"))
    tables = records(rows)
    drug = next(item for item in tables.entities if item.id == "drugex")
    assert drug.synonyms == ("DX-1",)
    assert drug.cls == "Drug"
    variant = next(item for item in tables.entities if item.id == "AY_G12C")
    assert variant.attributes == {"gene": "AY", "kind": "missense", "effect": "gain"}
