"""`query new`: a skeleton that is well formed, and that never costs a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kras_graph import KnowledgeGraph
from kras_graph.cli.drafting import skeleton
from kras_graph.cli.main import cli
from kras_graph.model.errors import KrasGraphError
from kras_graph.rdf.engine import rows
from kras_graph.rdf.library import parse_query, run_stored


def new(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["query", "new", *arguments])


def test_a_skeleton_is_a_query_of_the_library_that_runs(kg: KnowledgeGraph) -> None:
    query = parse_query("drugs-in-mice", skeleton("drugs-in-mice"))
    assert query.summary == "Drugs in mice"
    found = rows(run_stored(kg.engine, query, {"drug": "sotorasib"}))
    assert found
    assert tuple(found[0]) == query.columns


def test_it_is_written_to_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = new("drugs-in-mice")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert result.stderr == "wrote drugs-in-mice.rq\n"
    assert (tmp_path / "drugs-in-mice.rq").read_text("utf-8") == skeleton("drugs-in-mice")


@pytest.mark.parametrize("target", ["", "other.rq"])
def test_it_is_written_to_a_chosen_folder_or_file(tmp_path: Path, target: str) -> None:
    assert new("drugs-in-mice", "-o", str(tmp_path / target)).exit_code == 0
    assert (tmp_path / (target or "drugs-in-mice.rq")).is_file()


def test_an_existing_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "drugs-in-mice.rq"
    path.write_text("mine", encoding="utf-8")
    result = new("drugs-in-mice", "-o", str(tmp_path))
    assert isinstance(result.exception, KrasGraphError)
    assert "exists already" in str(result.exception)
    assert path.read_text("utf-8") == "mine"


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    result = new("drugs-in-mice", "-o", str(tmp_path / "none" / "a.rq"))
    assert isinstance(result.exception, KrasGraphError)
    assert "cannot be written" in str(result.exception)


@pytest.mark.parametrize("name", ["../x", "Drugs", "a b", "a--b", "a/b", "x.rq", "", "-", "ä"])
def test_other_names_are_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = new("--", name)
    assert result.exit_code == 2
    assert "lower-case words" in result.stderr
    assert not list(tmp_path.iterdir())
