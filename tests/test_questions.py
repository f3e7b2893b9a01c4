"""People's questions, written before the grammar, each with the answer it must get.

`questions.tsv` tells for each question whether it is to be answered, refused or asked back,
which entities must be found in it, which statements or figures must be shown, and which must
not be shown as affirmed.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kras_graph import KnowledgeGraph
from kras_graph.answers.ask import AskBackError
from kras_graph.cli.main import cli
from kras_graph.model.errors import QuestionError

QUESTIONS = Path(__file__).parent / "questions.tsv"
# The same fact curated from several passages: any of them will do.
TWINS = (
    {"C046", "T002", "R113"},
    {"R115", "T042"},
    {"R437", "R428"},
    {"R445", "R430", "R438"},
    {"T048", "R122"},
    {"R491", "R063"},
    {"R435", "R592"},
)
_STATEMENT = re.compile(r"[CRT]\d{3}")
Row = dict[str, str]


def rows() -> list[Row]:
    with QUESTIONS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


ROWS = rows()


def parts(cell: str) -> list[str]:
    return [part for part in cell.split("|") if part]


def shown(record: Any, firm: bool = True) -> Iterator[tuple[str, bool]]:
    """Ids of statements and figures anywhere in an answer, and whether as affirmed and settled.

    What an answer only says that it left out, or what is wider than asked, does not count.
    """
    if isinstance(record, list):
        for item in record:
            yield from shown(item, firm)
    if not isinstance(record, dict):
        return
    if "polarity" in record and "certainty" in record:
        firm = record["polarity"] == "affirmed" and record["certainty"] != "open"
    ident = record.get("id")
    if isinstance(ident, str) and re.fullmatch(r"[CRT]\d{3}(\.\d+)?", ident):
        yield ident, firm
    for key, value in record.items():
        if key in ("own_targets", "wider"):
            continue
        if key == "statements" and isinstance(value, list):
            for item in value:
                if isinstance(item, str) and _STATEMENT.fullmatch(item):
                    yield item, firm
        yield from shown(value, firm)


def ask(question: str) -> tuple[str, dict[str, Any], str]:
    """What becomes of a question: `answer`, `nothing`, `refuse` or `ask-back`, with the record."""
    result = CliRunner().invoke(cli, ["ask", question, "--format", "json"])
    record = json.loads(result.stdout) if result.stdout else {}
    if isinstance(result.exception, AskBackError):
        return "ask-back", record, ""
    if isinstance(result.exception, QuestionError):
        return "refuse", record, ""
    assert result.exit_code == 0, (result.output, result.exception)
    found = list(shown(record))
    return ("answer" if found else "nothing"), record, result.stdout


def twins(ident: str) -> set[str]:
    return next((group for group in TWINS if ident in group), {ident})


def faults(row: Row) -> list[str]:
    """What is wrong with the answer to a question; empty when nothing is."""
    outcome, record, _ = ask(row["question"])
    expect = row["expect"]
    if expect == "ask-back":
        return [] if outcome == "ask-back" else [f"not asked back but {outcome}"]
    found: dict[str, bool] = {}
    for ident, firm in shown(record):
        found[ident] = found.get(ident, False) or firm
    wrong = [f"shows {i}" for i in parts(row["must_not_contain"]) if found.get(i)]
    if expect == "refuse":
        if outcome not in ("refuse", "nothing", "ask-back"):
            wrong.append("answered, though it cannot be")
        return wrong
    if outcome not in ("answer",) and not (outcome == "nothing" and record.get("count")):
        return [*wrong, f"{outcome}: {record.get('error') or record.get('notes')}"]
    wrong += [f"lacks {i}" for i in parts(row["must_contain"]) if not twins(i) & found.keys()]
    named = set(record.get("entities", ()))
    if "entities" in record:
        if record["family"] == "microenvironment":
            named.add("tumor_microenvironment")  # a subject of its own, not one entity
        wrong += [
            f"did not find {ident}"
            for ident in parts(row["entities"])
            if not {ident, ident.removesuffix("_mutation")} & named  # "STK11" for its mutation
        ]
    return wrong


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_question_gets_the_answer_it_must(row: Row) -> None:
    assert faults(row) == [], row["question"]


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_every_line_of_an_answer_has_its_source(row: Row) -> None:
    outcome, record, _ = ask(row["question"])
    if outcome not in ("answer", "nothing"):
        assert record["error"]
        assert record["nearest"]
        return
    assert record["interpretation"]
    assert record["command"] or record["sparql"] or not record.get("statements")
    for statement in record.get("statements", []):
        if isinstance(statement, dict):
            assert statement["evidence"], statement["id"]


def test_the_query_that_is_told_gives_the_rows_that_are_shown(kg: KnowledgeGraph) -> None:
    checked = 0
    for row in ROWS[::7]:
        _, record, _ = ask(row["question"])
        if record.get("sparql"):
            told = {line["statement"].rpartition("/")[2] for line in kg.sparql(record["sparql"])}
            assert told == {line["id"] for line in record["statements"]}, row["id"]
            checked += 1
    assert checked > 10


def test_there_are_at_least_a_hundred_and_fifty_questions_of_every_kind() -> None:
    assert len(ROWS) >= 150
    assert {row["expect"] for row in ROWS} == {"answer", "refuse", "ask-back"}
