"""Differences: rows and cells that changed between two releases, and answers with them."""

from __future__ import annotations

import csv
import io
import json
import shutil
import tarfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from kras_graph.answers.differences import Differences, differences
from kras_graph.cli.main import cli
from kras_graph.curation.changes import Change, How, changes
from kras_graph.curation.releases import open_release
from kras_graph.model.errors import ResourceError, TableError
from kras_graph.present.differences import differences_text
from tests.variants import DATA, change, copied, edited, like, remove


def diff(*arguments: str) -> tuple[int, str]:
    """Exit code and standard output of `diff`."""
    result = CliRunner().invoke(cli, ["diff", *arguments])
    return result.exit_code, result.stdout


def told(found: tuple[Change, ...], ident: str) -> list[tuple[str, str, str, str]]:
    return [(c.how, c.column, c.old, c.new) for c in found if c.ident == ident]


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A later release: one statement more, one withdrawn, one weaker, one drug renamed."""
    data = copied(tmp_path_factory.mktemp("newer"))
    like(data, "statements/resistance.tsv", "R301", "R901", subject="EGFR_mutation", cites="r 1")
    change(data, "statements/resistance.tsv", "R302", deprecated="yes")
    change(data, "statements/resistance.tsv", "R303", certainty="suggested")
    change(data, "entities/drugs.tsv", "adagrasib", note="seen in a test")
    return data


@pytest.fixture(scope="module")
def found(newer: Path) -> Differences:
    """What changed between the shipped release and the later one."""
    return differences("shipped", str(newer))


# what changed


def test_the_same_release_has_no_differences() -> None:
    code, text = diff("shipped", str(DATA))
    assert code == 0
    assert "Nothing differs." in text


def test_statements_added_withdrawn_and_changed_are_told_cell_by_cell(found: Differences) -> None:
    rows = found.changes
    assert [c.how for c in rows if c.ident == "R901"] == [How.ADDED]
    assert told(rows, "R302") == [(How.WITHDRAWN, "deprecated", "", "yes")]
    assert told(rows, "R303") == [(How.CHANGED, "certainty", "stated", "suggested")]
    assert told(rows, "adagrasib") == [(How.CHANGED, "note", "", "seen in a test")]
    assert {c.kind for c in rows} == {"statements", "entities", "anchors"}


def test_the_text_tells_each_change_in_words(newer: Path) -> None:
    code, text = diff("shipped", str(newer))
    assert code == 1
    flat = " ".join(text.split())
    assert "EGFR mutation confers resistance to RAS inhibitor. R901" in flat
    assert "certainty: stated -> suggested" in flat
    assert "STATEMENTS WITHDRAWN" in text
    assert "anchors: 2 added" in text


def test_stored_questions_that_answer_differently_are_counted(found: Differences) -> None:
    questions = {question.query.name: question for question in found.questions}
    changed = questions["resistance-to-drug"]
    assert found.asked
    assert len(found.questions) < found.asked
    assert changed.after - changed.before == len(changed.added) - len(changed.lost)
    assert any("EGFR_mutation" in row for row in changed.added)
    assert any("NRAS_mutation" in row for row in changed.lost)


def test_rows_of_questions_are_given_when_wanted(found: Differences) -> None:
    plain = json.loads(differences_text(found, "json"))
    full = json.loads(differences_text(found, "json", rows=True))
    assert "rows_added" not in plain["questions"][0]
    for question in full["questions"]:
        assert len(question["rows_added"]) == question["added"]
        assert len(question["rows_lost"]) == question["lost"]
        assert all(len(r) == len(question["columns"]) for r in question["rows_added"])
    assert "- added: " in differences_text(found, "table", rows=True)
    assert "- added: " not in differences_text(found, "table")


def test_turned_round_everything_added_is_gone(newer: Path) -> None:
    back = differences(str(newer), "shipped", ask=False)
    assert [change.ident for change in back.gone] == ["R901"]


def test_an_id_that_vanished_is_called_an_error_of_practice(tmp_path: Path) -> None:
    data = copied(tmp_path)
    remove(data, "statements/resistance.tsv", "R301")
    remove(data, "evidence.tsv", "R301", "about")
    result = CliRunner().invoke(cli, ["diff", "shipped", str(data)])
    assert "STATEMENTS GONE" in result.stdout
    assert "ids are permanent" in result.stdout
    assert "Permanent ids that are no longer there: R301." in result.stderr
    assert differences("shipped", str(data), ask=False).gone[0].ident == "R301"


def test_a_moved_anchor_is_one_change_of_position(tmp_path: Path) -> None:
    data = copied(tmp_path)

    def move(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        return [
            {**row, "end": str(int(row["end"]) + 1), "sha256": "0" * 64}
            if row["about"] == "C001"
            else row
            for row in rows
        ]

    edited(data, "evidence.tsv", move)
    found = differences("shipped", str(data), ask=False).changes
    assert {(c.kind, c.how, c.column) for c in found} == {
        ("anchors", How.CHANGED, "end"),
        ("anchors", How.CHANGED, "sha256"),
    }


def test_a_statement_that_moves_to_another_family_changes_its_table(tmp_path: Path) -> None:
    data = copied(tmp_path)
    rows: list[dict[str, str]] = []

    def take(found: list[dict[str, str]]) -> list[dict[str, str]]:
        rows.extend(row for row in found if row["id"] == "R301")
        return [row for row in found if row["id"] != "R301"]

    edited(data, "statements/resistance.tsv", take)
    edited(data, "statements/signalling.tsv", lambda found: [*found, *rows])
    found = differences("shipped", str(data), ask=False).changes
    assert told(found, "R301") == [
        (How.CHANGED, "table", "statements/resistance.tsv", "statements/signalling.tsv")
    ]


def test_rules_of_the_mechanism_layer_are_compared_too(tmp_path: Path) -> None:
    data = copied(tmp_path)
    change(data, "mechanism/clauses.tsv", "M05", note="another note")
    found = differences("shipped", str(data), ask=False).changes
    assert [(c.kind, c.ident, c.column) for c in found] == [("clauses", "M05", "note")]


def test_a_column_that_only_one_release_has_is_told_once(tmp_path: Path) -> None:
    data = copied(tmp_path)
    path = data / "entities" / "drugs.tsv"
    lines = path.read_text(encoding="utf-8").splitlines()
    wider = [f"{line}\t{'colour' if place == 0 else 'red'}" for place, line in enumerate(lines)]
    path.write_text("\n".join(wider) + "\n", encoding="utf-8")
    found = differences("shipped", str(data))
    assert [(c.how, c.column) for c in found.changes] == [(How.COLUMN_ADDED, "colour")]
    assert found.asked is None
    assert "does not satisfy the rules of this installation" in found.unasked


def test_tables_in_another_order_are_the_same(tmp_path: Path) -> None:
    data = copied(tmp_path)
    edited(data, "statements/resistance.tsv", lambda rows: rows[::-1])
    assert not differences("shipped", str(data), ask=False).changes


CELL = st.sampled_from(["", "a", "b"])
ROWS = st.dictionaries(st.sampled_from(["X1", "X2", "X10"]), st.tuples(CELL, CELL))


def table(rows: dict[str, tuple[str, str]]) -> dict[str, str]:
    lines = ["id\tone\ttwo", *("\t".join((key, *cells)) for key, cells in rows.items())]
    return {"statements/toy.tsv": "\n".join(lines) + "\n"}


@given(ROWS, ROWS)
@settings(max_examples=200, deadline=None)
def test_the_changes_turn_the_old_table_into_the_new_one(
    old: dict[str, tuple[str, str]], new: dict[str, tuple[str, str]]
) -> None:
    """Applying what is told to the old rows gives the new rows, whatever they are."""
    rebuilt = {key: dict(zip(("one", "two"), cells, strict=True)) for key, cells in old.items()}
    for found in changes(table(old), table(new)):
        if found.how is How.ADDED:
            rebuilt[found.ident] = {key: found.cells[key] for key in ("one", "two")}
        elif found.how is How.GONE:
            del rebuilt[found.ident]
        else:
            assert rebuilt[found.ident][found.column] == found.old
            rebuilt[found.ident][found.column] = found.new
    assert rebuilt == {
        key: dict(zip(("one", "two"), cells, strict=True)) for key, cells in new.items()
    }
    assert bool(changes(table(old), table(new))) == (old != new)


# where releases come from


def test_a_checkout_or_an_unpacked_release_may_be_named(tmp_path: Path) -> None:
    copied(tmp_path)
    assert open_release(str(tmp_path)).texts == open_release("shipped").texts


@pytest.mark.parametrize("form", ["zip", "gztar", "tar"])
def test_archives_are_read_without_unpacking_them(tmp_path: Path, form: str) -> None:
    copied(tmp_path / "release-1")
    archive = shutil.make_archive(str(tmp_path / "old"), form, tmp_path, "release-1")
    assert open_release(archive).texts == open_release("shipped").texts


def test_the_tables_nearest_to_the_top_of_an_archive_are_meant(tmp_path: Path) -> None:
    copied(tmp_path / "in" / "r")
    shutil.copytree(DATA.parent / "tests" / "toy", tmp_path / "in" / "r" / "tests" / "toy")
    archive = shutil.make_archive(str(tmp_path / "old"), "zip", tmp_path / "in", "r")
    assert open_release(archive).texts == open_release("shipped").texts


def test_an_archive_cannot_write_outside_its_folder(tmp_path: Path) -> None:
    data = copied(tmp_path)
    path = tmp_path / "evil.tar"
    with tarfile.open(path, "w") as archive:
        archive.add(data, arcname="data")
        payload = b"id\n"
        info = tarfile.TarInfo("data/../../escaped.tsv")
        info.size = len(payload)
        archive.addfile(info, io.BytesIO(payload))
    found = differences(str(path), "shipped")
    assert found.asked is None
    assert not (tmp_path.parent / "escaped.tsv").exists()


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda path: path.write_text("no archive"), "neither a zip nor a tar"),
        (lambda path: path.mkdir(), "holds no tables"),
        (lambda path: None, "does not exist"),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path: Path, make: object, expected: str) -> None:
    path = tmp_path / "old"
    make(path)  # type: ignore[operator]
    with pytest.raises(ResourceError, match=expected):
        open_release(str(path))
    result = CliRunner().invoke(cli, ["diff", str(path), "shipped"])
    assert result.exit_code == 2
    assert expected in result.stderr


def test_a_ragged_line_is_refused_with_its_place(tmp_path: Path) -> None:
    data = copied(tmp_path)
    path = data / "sums.tsv"
    path.write_text(path.read_text(encoding="utf-8") + "one cell\n", encoding="utf-8")
    with pytest.raises(TableError, match=r"sums\.tsv, line"):
        differences(str(data), "shipped")
    assert diff(str(data), "shipped")[0] == 2


# forms


def test_the_flat_table_has_every_change_and_every_question(found: Differences) -> None:
    rows = list(csv.DictReader(io.StringIO(differences_text(found, "csv"))))
    assert {row["what"] for row in rows} == {"entities", "statements", "anchors", "question"}
    assert len(rows) == len(found.changes) + len(found.questions)
    assert len(differences_text(found, "jsonl").splitlines()) == len(rows)


def test_two_runs_give_the_same_bytes(newer: Path, found: Differences) -> None:
    code, text = diff("shipped", str(newer), "--rows", "--format", "json")
    assert code == 1
    assert text == differences_text(found, "json", rows=True)


def test_questions_can_be_left_out(newer: Path) -> None:
    _, text = diff("shipped", str(newer), "--no-questions", "--format", "json")
    record = json.loads(text)
    assert record["questions_asked"] is None
    assert record["changes"]
