"""Paths found in the page: the same answers, order, points and reasons as the command line."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from click.testing import CliRunner

from kras_graph import KnowledgeGraph
from kras_graph.cli.main import cli
from kras_graph.present.tracing import path_json
from kras_graph.present.viewer import page
from tests.viewer_graphs import made_up
from tests.viewing import Open, needs_browser

pytestmark = needs_browser
FIXED = (
    ("MET_amplification", "ERK"),
    ("sotorasib", "ERK"),
    ("NRAS_mutation", "ERK"),
    ("ERK", "sotorasib"),
    ("ERK", "ERK"),
    ("docetaxel", "KRAS_G12C"),
)
# Ends that much leads to, so that many of the pairs drawn have a path.
ENDS = (
    "ERK", "AKT", "MEK", "RAS", "KRAS", "RAS_GTP-bound", "RAF", "PI3K", "EGFR", "KRAS_G12C",
    "cell_proliferation", "cell_survival", "sotorasib",
)  # fmt: skip
STARTS = (
    "Drug", "DrugClass", "Alteration", "ProteinVariant", "Gene", "ProteinState", "ProteinFamily",
    "Process",
)  # fmt: skip
ASKED = """([one, other]) => {
  const { nodes, statements, pathsBetween } = krasGraph, id = (n) => nodes[n].id;
  const place = (name) => nodes.findIndex((node) => node.id === name);
  const told = (path) => ({ nodes: path.nodes.map(id), sign: path.sign, context: path.context,
    context_parts: path.context_parts, score: path.score,
    edges: path.steps.map((s) => [id(s.from), s.predicate, id(s.to), s.sign, s.role, s.asserted,
      s.statements.map((n) => statements[n].id)]),
    group: path.group && { ...path.group, members: path.group.members.map(id) } });
  const found = pathsBetween(place(one), place(other)), { relaxation } = found;
  return { paths: found.paths.map(told), complete: found.complete, found: found.found,
    reason: found.reason, hint: found.hint,
    relaxation: relaxation && { changes: relaxation.changes, path: told(relaxation.path) } };
}"""


def plain(path: dict[str, Any]) -> dict[str, Any]:
    """A path of the command's JSON as the page tells it."""
    keys = ("source", "predicate", "target", "sign", "role", "asserted", "statements")
    kept = ("nodes", "sign", "context", "context_parts", "score", "group")
    return {
        **{key: path[key] for key in kept},
        "edges": [[edge[key] for key in keys] for edge in path["edges"]],
    }


def wanted(answer: dict[str, Any]) -> dict[str, Any]:
    """The command's JSON as the page tells it."""
    loose = answer["relaxation"]
    return {
        **{key: answer[key] for key in ("complete", "found", "reason", "hint")},
        "paths": [plain(path) for path in answer["paths"]],
        "relaxation": loose and {"changes": loose["changes"], "path": plain(loose["path"])},
    }


def pairs(kg: KnowledgeGraph, count: int) -> list[tuple[str, str]]:
    """Pairs drawn with a fixed seed, every other one to an end that much leads to."""
    draw = random.Random(20261121)
    names = [name for name, item in kg.reader.entities.items() if item.cls in STARTS]
    return [
        (draw.choice(names), draw.choice(ENDS if number % 2 else names)) for number in range(count)
    ]


def test_paths_are_those_of_the_library(kg: KnowledgeGraph, viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text)
    kinds: dict[str, int] = {}
    for one, other in (*FIXED, *pairs(kg, 240)):
        answer = path_json(kg.reader, kg.paths(one, other))
        assert seen.js(ASKED, [one, other]) == wanted(answer), (one, other)
        kind = answer["reason"] or ("all" if answer["complete"] else "best")
        kinds[kind] = kinds.get(kind, 0) + 1
    # the pairs cover answers of each kind, so that equality says something
    assert kinds["all"] + kinds["best"] > 20
    assert {"best", "no-path", "same-entity", "only-with-several-changes"} <= set(kinds)
    seen.clean()


@pytest.mark.parametrize(("one", "other"), FIXED)
def test_paths_are_those_of_the_command(
    one: str, other: str, viewer_text: str, visit: Open
) -> None:
    done = CliRunner().invoke(cli, ["path", one, other, "--format", "json"])
    assert visit(viewer_text).js(ASKED, [one, other]) == wanted(json.loads(done.stdout))


def test_paths_of_a_made_up_graph(visit: Open) -> None:
    kg = made_up(150, 700)
    seen = visit(page(kg, "drug_0"))
    draw, names = random.Random(7), list(kg.reader.entities)
    some = 0
    for _ in range(60):
        one, other = draw.choice(names), draw.choice(names)
        answer = path_json(kg.reader, kg.paths(one, other))
        assert seen.js(ASKED, [one, other]) == wanted(answer), (one, other)
        some += bool(answer["paths"])
    assert some > 10
    seen.clean()


# --- asking by hand -----------------------------------------------------------------------


def test_a_path_is_asked_for_with_the_keyboard_and_lit(
    kg: KnowledgeGraph, viewer_text: str, visit: Open
) -> None:
    best = kg.paths("sotorasib", "ERK").paths
    seen = visit(viewer_text)
    seen.at("open-ask").focus()
    seen.tab.keyboard.press("Enter")
    seen.at("from-name").focus()
    seen.tab.keyboard.type("AMG 510")
    seen.tab.keyboard.press("Enter")
    assert seen.at("from-name").input_value() == "sotorasib"
    seen.tab.keyboard.type("ERK")
    seen.tab.keyboard.press("Enter")
    assert seen.at("title").inner_text() == "Paths from sotorasib to ERK"
    lit = seen.js(
        """() => { const { scene, nodes, bright } = krasGraph, found = bright();
          return [[...found.boxes].map((n) => nodes[n].id), found.lines.size]; }"""
    )
    assert sorted(lit[0]) == sorted(best[0].nodes)
    assert lit[1] == len(best[0].steps)
    rows = seen.tab.locator("#ways > .ways > li")
    assert rows.count() == len(best)
    for row, path in zip(rows.all(), best, strict=True):
        text = row.inner_text()
        assert f"{path.score.total} points" in text
        assert f"context {path.context}" in text
    second = rows.nth(1).locator("button").first
    second.focus()
    seen.tab.keyboard.press("Enter")
    assert "way=2" in seen.js("() => krasGraph.encode()")
    assert seen.js("() => document.activeElement.getAttribute('aria-pressed')") == "true"
    assert sorted(
        seen.js("() => [...krasGraph.bright().boxes].map((n) => krasGraph.nodes[n].id)")
    ) == sorted(best[1].nodes)
    seen.clean()


def test_a_colleague_gets_the_same_paths(kg: KnowledgeGraph, viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text)
    seen.at("open-ask").click()
    seen.at("from-name").fill("MET amplification")
    seen.at("to-name").fill("ERK")
    seen.at("way-go").click()
    address = seen.js("() => krasGraph.encode()")
    assert "path=MET_amplification&path=ERK" in address
    other = visit(viewer_text, state=address)
    assert other.at("title").inner_text() == "Paths from MET amplification to ERK"
    told = other.at("ways").text_content() or ""
    reason = kg.paths("MET_amplification", "ERK").reason
    assert "No path over what sources state" in told
    assert f"({str(reason).replace('-', ' ')})" in told
    # what is computed is offered, marked, and never told as a path
    other.tab.locator("#ways button", has_text="Open route under sotorasib").click()
    assert "Computed from the graph, not observed" in other.detail()
    for tab in (seen, other):
        tab.clean()


def test_a_chain_that_is_no_answer_is_folded_away_and_never_drawn(
    viewer_text: str, visit: Open
) -> None:
    """Only with roll-ups, therapies and doubted steps: it must not look like a path."""
    seen = visit(viewer_text, state="view=path&path=MET_amplification&path=ERK")
    assert {*seen.shown()} == {"MET amplification", "ERK"}
    assert "EGFR reactivation" not in seen.js("() => krasGraph.svg()")
    assert "EGFR reactivation" not in seen.at("ways").inner_text()
    seen.tab.get_by_text("no answer to the question as asked").click()
    told = seen.at("ways").inner_text()
    assert "EGFR reactivation" in told
    assert "suggested" in told
    seen.clean()


def test_paths_as_a_table(kg: KnowledgeGraph, viewer_text: str, visit: Open) -> None:
    best = kg.paths("sotorasib", "ERK").paths
    seen = visit(viewer_text, state="view=path&path=sotorasib&path=ERK&table=1")
    table = seen.tab.locator("#list table", has=seen.tab.locator("caption", has_text="Paths from"))
    assert table.locator("tbody tr").count() == len(best)
    first = table.locator("tbody tr").first.inner_text()
    for name in best[0].statements:
        assert name in first
    seen.clean()


def test_the_command_opens_on_a_path(tmp_path: Any, visit: Open) -> None:
    file = tmp_path / "out.html"
    done = CliRunner().invoke(cli, ["view", "-o", str(file), "--path", "AMG510", "ERK"])
    assert done.exit_code == 0, done.output
    seen = visit(file.read_text(encoding="utf-8"))
    assert seen.at("title").inner_text() == "Paths from sotorasib to ERK"
    assert seen.js("() => krasGraph.encode()") == ""
    seen.tab.get_by_role("button", name="Clear the path").click()
    assert seen.at("title").inner_text() == "What bypasses sotorasib?"
    back = visit(file.read_text(encoding="utf-8"), state=seen.js("() => krasGraph.encode()"))
    assert back.at("title").inner_text() == "What bypasses sotorasib?"
    seen.clean()


def test_an_unknown_end_is_named(tmp_path: Any) -> None:
    done = CliRunner().invoke(
        cli, ["view", "-o", str(tmp_path / "x.html"), "--path", "sotorasib", "no such thing"]
    )
    assert done.exit_code != 0
    assert "no such thing" in str(done.exception)
    assert not (tmp_path / "x.html").exists()
