"""verify, anchor, check and format: each succeeds, each fails, with the right exit code."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from kras_graph.cli import curating
from kras_graph.cli.main import COMMANDS, cli
from kras_graph.curation.layout import Layout
from kras_graph.curation.load import read_texts
from kras_graph.curation.normalise import digest, normalise
from kras_graph.curation.tables import write_rows
from kras_graph.model.errors import KrasGraphError, UnknownNameError
from tests.conftest import TOY

CONTRACT = {"statement", "publication", "status", "file", "raw_start", "raw_end"}
TRIAL = "000_69d237bccb042e81.txt"


def run(*args: str | Path, stdin: str | None = None) -> Result:
    return CliRunner().invoke(cli, [str(arg) for arg in args], input=stdin)


def verified(texts: Path) -> tuple[int, list[dict[str, Any]]]:
    """Exit code and one object an anchor."""
    done = run("verify", "--texts", texts, "--format", "jsonl")
    return done.exit_code, [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def copies(seeds: Path, tmp_path: Path) -> Path:
    """Copies of the papers' texts, free to be changed."""
    target = tmp_path / "papers"
    target.mkdir()
    for path in seeds.glob("*.txt"):
        shutil.copyfile(path, target / path.name)
    return target


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The toy's tables, free to be changed, in canonical form."""
    target = tmp_path / "data"
    shutil.copytree(TOY / "data", target)
    assert run("format", "--data", target).exit_code == 0
    return target


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="")


# --- verify -------------------------------------------------------------------------------


def test_every_anchor_is_exact_in_the_papers(seeds: Path) -> None:
    code, records = verified(seeds)
    assert code == 0
    assert {record["status"] for record in records} == {"exact"}
    for record in records:
        assert record.keys() >= CONTRACT
        text = (seeds / record["file"]).read_bytes().decode()
        start, end = record["raw_start"], record["raw_end"]
        assert 0 <= start < end <= len(text)


def test_verify_sums_up_in_a_table(seeds: Path) -> None:
    done = run("verify", "--texts", seeds)
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0].endswith(" anchors")
    assert lines[1].split() == ["publication", "file", "exact", "moved", "missing", "not-checkable"]
    assert len(lines) == 5


def test_verify_prints_the_same_columns_as_csv(seeds: Path) -> None:
    done = run("verify", "--texts", seeds, "--format", "csv")
    first = next(csv.DictReader(io.StringIO(done.stdout)))
    assert first.keys() >= CONTRACT
    assert first["status"] == "exact"


def test_one_changed_digit_makes_the_anchors_over_it_missing(copies: Path) -> None:
    _, before = verified(copies)
    text = (copies / TRIAL).read_bytes().decode()
    place = next(
        position
        for record in before
        if record["file"] == TRIAL
        for position in range(record["raw_start"], record["raw_end"])
        if text[position].isdecimal()
    )
    other = "7" if text[place] != "7" else "3"
    changed = text[:place] + other + text[place + 1 :]
    (copies / TRIAL).write_bytes(changed.encode())

    code, after = verified(copies)
    assert code == 1
    for old, new in zip(before, after, strict=True):
        hit = old["file"] == TRIAL and old["raw_start"] <= place < old["raw_end"]
        assert new["status"] == ("missing" if hit else "exact")
        assert (new["raw_start"] is None) is hit

    done = run("verify", "--texts", copies)
    assert done.exit_code == 1
    assert "missing" in done.stderr
    gone = [record["statement"] for record in after if record["status"] == "missing"]
    listed = done.stdout.partition("not exact")[2]
    assert gone
    assert all(re.search(rf"^{re.escape(name)} .* missing ", listed, re.M) for name in gone)


def test_a_rewrapped_and_rehyphenated_copy_stays_exact(copies: Path) -> None:
    for path in copies.glob("*.txt"):
        words = [
            re.sub(r"([a-z]{4})([a-z]{4,})", "\\1-\n\\2", word, count=1)
            for word in path.read_bytes().decode().split()
        ]
        lines = [" ".join(words[i : i + 7]) for i in range(0, len(words), 7)]
        path.write_text("\n\n".join(lines), encoding="utf-8")
    code, records = verified(copies)
    assert code == 0
    assert {record["status"] for record in records} == {"exact"}


def test_a_paragraph_in_front_moves_the_anchors(copies: Path) -> None:
    path = copies / TRIAL
    text = path.read_bytes().decode()
    added = "Downloaded by a reader on 3 May. For personal use only.\n\n"
    path.write_bytes((added + text).encode())
    code, records = verified(copies)
    assert code == 0
    for record in records:
        assert record["status"] == ("moved" if record["file"] == TRIAL else "exact")
    done = run("verify", "--texts", copies)
    assert done.exit_code == 0
    assert "not exact" in done.stdout


def test_a_paper_without_a_copy_is_not_checkable(copies: Path) -> None:
    (copies / TRIAL).unlink()
    code, records = verified(copies)
    assert code == 0
    lacking = [record for record in records if record["file"] is None]
    assert {record["publication"] for record in lacking} == {"strickler2023"}
    assert {record["status"] for record in lacking} == {"not-checkable"}
    done = run("verify", "--texts", copies)
    assert "is a copy of strickler2023" in done.stderr


@pytest.mark.parametrize("command", [["verify"], ["anchor", "wu2023", "some words"]])
def test_a_folder_without_papers_is_wrong_usage(command: list[str], tmp_path: Path) -> None:
    empty = run(*command, "--texts", tmp_path)
    assert empty.exit_code == 2
    assert "holds no .txt file" in empty.stderr
    absent = run(*command, "--texts", tmp_path / "absent")
    assert absent.exit_code == 2
    assert "is not a folder" in absent.stderr
    assert run(*command).exit_code == 2


# --- anchor -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def evidence() -> list[dict[str, str]]:
    """Rows of the shipped evidence table."""
    return list(csv.DictReader(io.StringIO(read_texts()["evidence.tsv"]), delimiter="\t"))


def passage_of(row: dict[str, str], seeds: Path) -> str:
    """The raw passage of an anchor, from the reader's own copy."""
    text = (seeds / TRIAL).read_bytes().decode()
    start, end = normalise(text).raw_span(int(row["start"]), int(row["end"]))
    return text[start:end]


def test_anchor_gives_the_evidence_row_of_a_passage(
    seeds: Path, evidence: list[dict[str, str]]
) -> None:
    row = max(
        (r for r in evidence if r["publication"] == "strickler2023"),
        key=lambda r: int(r["end"]) - int(r["start"]),
    )
    columns = ("publication", "section", "start", "end", "sha256")
    expected = "\t".join(row[column] for column in columns) + "\n"
    passage = passage_of(row, seeds)
    words = passage.split()
    short = f"{' '.join(words[:8])} ... {' '.join(words[-8:])}"
    for given, stdin in ((passage, None), (short, None), ("-", passage), ("-", short)):
        done = run("anchor", "strickler2023", given, "--texts", seeds, stdin=stdin)
        assert done.exit_code == 0, done.output
        assert done.stdout == expected


def test_anchor_refuses_what_it_cannot_place(seeds: Path) -> None:
    unknown = run("anchor", "stricker2023", "some words", "--texts", seeds)
    assert isinstance(unknown.exception, UnknownNameError)
    assert "strickler2023" in str(unknown.exception)
    for passage in ("these words stand in no paper at all", "-"):
        done = run("anchor", "strickler2023", passage, "--texts", seeds, stdin="")
        assert done.exit_code == 1
        assert isinstance(done.exception, KrasGraphError)


def test_anchor_refuses_a_copy_with_other_positions(copies: Path) -> None:
    path = copies / TRIAL
    path.write_text("Downloaded by a reader. " + path.read_text(encoding="utf-8"))
    done = run("anchor", "strickler2023", "Downloaded by a reader", "--texts", copies)
    assert isinstance(done.exception, KrasGraphError)
    assert "is not the text in which positions" in str(done.exception)
    path.unlink()
    done = run("anchor", "strickler2023", "Abstract", "--texts", copies)
    assert "is a copy of strickler2023" in str(done.exception)


# --- check --------------------------------------------------------------------------------


def test_check_passes_the_shipped_tables() -> None:
    done = run("check", "--no-shacl", "--format", "json")
    assert (done.exit_code, json.loads(done.stdout)) == (0, [])
    assert done.stderr.startswith("No findings in ")


def test_check_passes_the_toy_with_its_shapes(data: Path) -> None:
    done = run("check", "--data", data)
    assert done.exit_code == 0, done.output
    assert done.stdout == ""
    assert "not checked" not in done.stderr


def test_check_tells_every_defect_with_its_place(data: Path) -> None:
    entities = data / "entities" / "drugs.tsv"
    lines = entities.read_text(encoding="utf-8").splitlines()
    cells = lines[1].split("\t")
    cells[1] += " "
    cells[2] = "Gene"
    entities.write_text("\n".join([lines[0], "\t".join(cells), *lines[2:], ""]), encoding="utf-8")
    done = run("check", "--data", data, "--format", "jsonl")
    assert done.exit_code == 1
    records = [json.loads(line) for line in done.stdout.splitlines()]
    places = {(r["file"], r["line"], r["column"], r["rule"]) for r in records}
    assert ("entities/drugs.tsv", 2, "label", "blanks") in places
    assert ("entities/drugs.tsv", 2, "class", "class-file") in places
    assert "not checked until the tables are sound" in done.stderr


def test_check_does_not_blame_rows_for_a_table_that_cannot_be_read(data: Path) -> None:
    edit(data / "entities" / "drugs.tsv", "label", "name")
    done = run("check", "--data", data, "--no-shacl", "--format", "csv")
    assert done.exit_code == 1
    assert [row["rule"] for row in csv.DictReader(io.StringIO(done.stdout))] == ["header"]
    assert "wait until every table can be read" in done.stderr


def test_check_tells_of_a_table_in_another_encoding(data: Path) -> None:
    path = data / "entities" / "drugs.tsv"
    path.write_bytes(path.read_bytes() + "ß".encode("latin-1"))
    done = run("check", "--data", data, "--format", "json")
    assert done.exit_code == 1
    assert [record["rule"] for record in json.loads(done.stdout)] == ["encoding"]


def test_check_tells_what_only_the_shapes_find(data: Path) -> None:
    path = data / "entities" / "genes.tsv"
    lines = path.read_text(encoding="utf-8").splitlines()
    cells = lines[1].split("\t")
    name, cells[1] = cells[0], "word " * 91 + "end"
    path.write_text("\n".join([lines[0], "\t".join(cells), *lines[2:], ""]), encoding="utf-8")
    done = run("check", "--data", data, "--format", "json")
    assert done.exit_code == 1
    [record] = json.loads(done.stdout)
    assert (record["file"], record["line"]) == (f"entities/{path.name}", 2)
    assert (record["rule"], record["node"]) == ("shape:ShortTexts", name)


def test_check_without_pyshacl_says_how_to_get_it(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyshacl", None)
    done = run("check", "--data", data)
    assert done.exit_code == 0
    assert "kras-graph[shacl]" in done.stderr


def test_check_of_a_folder_without_tables_is_wrong_usage(tmp_path: Path) -> None:
    done = run("check", "--data", tmp_path)
    assert done.exit_code == 2
    assert "holds no tables" in done.stderr
    assert run("check", "--data", tmp_path / "absent").exit_code == 2


# --- format -------------------------------------------------------------------------------


def mess_up(path: Path) -> str:
    """Reverse the rows of a table, with blanks and line ends as a spreadsheet leaves them."""
    text = path.read_text(encoding="utf-8")
    head, *rows = text.splitlines()
    rows = [row.replace("\t", " \t", 1) for row in reversed(rows)]
    messy = "\ufeff" + "\r\n".join([head, *rows, "\t" * head.count("\t"), ""])
    path.write_text(messy, encoding="utf-8", newline="")
    return text


def test_the_shipped_tables_are_in_canonical_form() -> None:
    done = run("format", "--check")
    assert (done.exit_code, done.stdout) == (0, "")


def test_format_restores_the_canonical_form(data: Path) -> None:
    path = data / "entities" / "genes.tsv"
    text = mess_up(path)
    messy = path.read_bytes()

    dry = run("format", "--data", data, "--check")
    assert (dry.exit_code, dry.stdout) == (1, "entities/genes.tsv\n")
    assert path.read_bytes() == messy

    done = run("format", "--data", data)
    assert (done.exit_code, done.stdout) == (0, "entities/genes.tsv\n")
    assert path.read_bytes() == text.encode()
    again = run("format", "--data", data, "--check")
    assert (again.exit_code, again.stdout) == (0, "")


@pytest.mark.parametrize("options", [[], ["--check"]])
def test_format_writes_nothing_when_a_table_cannot_be_parsed(
    data: Path, options: list[str]
) -> None:
    mess_up(data / "entities" / "genes.tsv")
    publications = data / "publications.tsv"
    header, first, *rest = publications.read_text(encoding="utf-8").splitlines()
    cells = first.split("\t")
    cells[header.split("\t").index("year")] = "MMXXIII"
    publications.write_text("\n".join([header, "\t".join(cells), *rest, ""]), encoding="utf-8")
    before = read_texts(data)

    done = run("format", "--data", data, *options)
    assert done.exit_code == 1
    assert done.stdout == ""
    assert "publications.tsv, line 2, column year: 'MMXXIII'" in done.stderr
    assert "Nothing was written." in done.stderr
    assert read_texts(data) == before


def test_format_refuses_to_lose_a_value(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def write_less(rows: Iterable[Mapping[str, object]], layout: Layout) -> str:
        return write_rows([{**row, "class": "other"} for row in rows], layout)

    monkeypatch.setattr(curating, "write_rows", write_less)
    before = read_texts(data)
    done = run("format", "--data", data)
    assert done.exit_code == 1
    assert "would not survive formatting" in done.stderr
    assert read_texts(data) == before


def test_format_leaves_an_installed_package_alone(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(curating, "folder", lambda _: data)
    mess_up(data / "entities" / "genes.tsv")
    before = read_texts(data)
    done = run("format")
    assert isinstance(done.exception, KrasGraphError)
    assert "belongs to an installed package" in str(done.exception)
    assert read_texts(data) == before
    assert run("format", "--check").exit_code == 1


# --- all four -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", [n for n, home in COMMANDS.items() if home == "curating"])
def test_help_has_an_example(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.name == name
    assert f"Example: kras-graph {name}" in (command.help or "")


def test_the_example_of_anchor_holds(seeds: Path) -> None:
    done = run("anchor", "manabe2022", "--texts", seeds, "KRAS inhibitors in lung cancer")
    assert done.stdout.split("\t")[-1].strip() == digest("krasinhibitorsinlungcancer")
