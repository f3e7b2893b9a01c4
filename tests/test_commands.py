"""Every verb as a user meets it: help with an example that runs, success, failure, exit codes."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kras_graph.cli.main import COMMANDS, SUMMARIES, cli, main
from tests.conftest import HERE

README = HERE.parent / "README.md"
# run elsewhere: with their own files, or as servers that do not end
SKIPPED = {"verify", "anchor", "format", "coverage", "serve", "push"}


def help_of(*verbs: str) -> str:
    result = CliRunner().invoke(cli, [*verbs, "--help"])
    assert result.exit_code == 0, result.output
    return result.output


def example_of(text: str) -> list[str]:
    match = re.search(r"Example:\s+kras-graph (.+?)(?:\n\s*\n|\Z)", text, re.DOTALL)
    assert match, text
    return shlex.split(" ".join(match[1].split()))


@pytest.mark.parametrize("verb", COMMANDS)
def test_every_verb_has_help_with_an_example_that_runs(
    verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    verbs = [verb]
    text = help_of(verb)
    subverbs = re.findall(r"^  (list|show|run)\b", text, re.MULTILINE) if verb == "query" else []
    for subverb in subverbs or [""]:
        called = [*verbs, subverb] if subverb else verbs
        example = example_of(help_of(*called))
        assert example[: len(called)] == called
        if verb in SKIPPED:
            continue
        monkeypatch.chdir(tmp_path)
        if verb == "check":
            example += ["--no-shacl"]
        result = CliRunner().invoke(cli, example)
        assert result.exit_code == 0, (example, result.output)


def test_the_group_lists_every_verb() -> None:
    assert list(SUMMARIES) == list(COMMANDS)
    text = help_of()
    for verb in COMMANDS:
        assert re.search(rf"^  {verb}\b", text, re.MULTILINE)


def test_every_verb_stands_in_the_readme() -> None:
    text = README.read_text(encoding="utf-8")
    for verb in COMMANDS:
        assert f"kras-graph {verb}" in text, verb


def readme_commands() -> list[str]:
    text = README.read_text(encoding="utf-8")
    blocks = re.findall(r"(?:^    .*\n)+", text, re.MULTILINE)
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line.startswith("kras-graph ")]


@pytest.mark.parametrize("command", readme_commands())
def test_every_command_of_the_readme_runs(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "FOLDER" in command or "--endpoint" in command:
        pytest.skip("needs the reader's own files")
    if "|" in command:
        command = command.split("|")[0]
    arguments = shlex.split(command)[1:]
    if arguments[0] in ("format", "serve", "push"):
        pytest.skip("writes the tables or does not end; tested elsewhere")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["bypas", "sotorasib"], 2, "Did you mean 'bypass'"),
        (["bypass"], 2, "Missing argument"),
        (["bypass", "sotorasib", "--format", "yaml"], 2, "yaml"),
        (["path", "sotorasib", "ERK", "--max-length", "0"], 2, "0"),
        (["show", "imaginarib"], 1, "No entity of the graph"),
        (["bypass", "KRAS G12S"], 1, "KRAS G12C"),
        (["why", "C9999"], 1, "No statement"),
        (["why", "'; DROP"], 1, "No statement"),
        (["ask", "who sings best?"], 1, "what bypasses sotorasib?"),
    ],
)
def test_wrong_use_and_failure_are_told_apart(
    arguments: list[str], code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as raised:
        main(arguments)
    printed = capsys.readouterr()
    assert raised.value.code == code
    assert told in printed.err
    assert "Traceback" not in printed.err


def test_debug_shows_the_error_itself() -> None:
    from kras_graph.model.errors import UnknownNameError

    with pytest.raises(UnknownNameError):
        main(["--debug", "show", "imaginarib"])


def test_why_tells_the_evidence_and_the_figures() -> None:
    result = CliRunner().invoke(cli, ["why", "T091"])
    assert result.exit_code == 0
    for part in ("doi.org/10.1056/NEJMoa2208470", "sha256", "standing", "in the graph"):
        assert part in result.output


def test_why_with_texts_shows_the_passage_of_the_readers_own_copy(seeds: Path) -> None:
    result = CliRunner().invoke(cli, ["why", "R301", "--texts", str(seeds)])
    assert "your copy: Bypass mechanisms involve MET" in result.output


def test_output_files_are_replaced_as_a_whole(tmp_path: Path) -> None:
    target = tmp_path / "answer.json"
    target.write_text("old")
    result = CliRunner().invoke(cli, ["bypass", "sotorasib", "--format", "json", "-o", str(target)])
    assert result.exit_code == 0
    assert target.read_text().startswith("{")
    assert [p.name for p in tmp_path.iterdir()] == ["answer.json"]


def test_a_file_that_cannot_be_written_is_a_clear_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["stats", "-o", str(tmp_path / "nowhere" / "x.txt")])
    assert raised.value.code == 1
    assert "cannot be written" in capsys.readouterr().err


def test_csv_cells_are_no_formulas() -> None:
    from kras_graph.present.tabular import Table, render

    table = Table(("a", "b"), (("=1+1", -3.5), ("+x", 7)))
    assert render(table, "csv") == "a,b\n'=1+1,-3.5\n'+x,7\n"


def test_version_names_the_dataset() -> None:
    result = CliRunner().invoke(cli, ["--version"])
    assert re.search(r"kras-graph \d+\.\d+\.\d+ \(dataset \d+\.\d+\.\d+\)", result.output)


def test_the_runs_shown_in_the_readme_are_real() -> None:
    text = README.read_text(encoding="utf-8")
    blocks = re.findall(r"```text\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        shown = block.splitlines()
        arguments = ["ask", "what bypasses sotorasib?"]
        if shown[0].startswith("$ kras-graph "):
            arguments = shlex.split(shown.pop(0))[2:]
        real = [line.rstrip() for line in CliRunner().invoke(cli, arguments).output.splitlines()]
        for line in shown:
            assert line == "…" or line in real, line


def test_the_counts_shown_in_the_readme_are_real() -> None:
    text = README.read_text(encoding="utf-8")
    result = CliRunner().invoke(cli, ["stats", "--format", "csv"])
    for line in result.output.splitlines()[1:]:
        what, kind, count = line.rsplit(",", 2)
        if kind == "all":
            assert f"| {what}: {count} |" in text, f"{what} is {count}"


def test_the_readme_names_every_key_of_an_answer() -> None:
    """What programs rely on is written down: answers, refusals, statements, figures, routes."""
    text = README.read_text(encoding="utf-8")
    told = set(re.findall(r"`(\w+)`", text[text.index("## Answers for programs") :]))

    def answer(*arguments: str) -> dict[str, Any]:
        record: dict[str, Any] = json.loads(
            CliRunner().invoke(cli, [*arguments, "--format", "json"]).stdout
        )
        return record

    asked = answer("ask", "response rate of sotorasib in colorectal cancer")
    (statement, *_) = asked["statements"]
    refused = answer("ask", "which dose was taken forward to phase 2")
    found, escaped = answer("find", "seeding"), answer("bypass", "sotorasib")
    records = (
        asked, statement, statement["results"][0], statement["evidence"][0], refused,
        refused["search"], found, found["statements"][0], escaped, escaped["computed"][0],
    )  # fmt: skip
    for record in records:
        assert record.keys() <= told
    assert escaped["computed"][0]["kind"] == "computed"
