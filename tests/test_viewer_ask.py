"""Questions asked in the page: the same answers in the same order as the command line."""

from __future__ import annotations

import json
from typing import Any

from click.testing import CliRunner

from kras_graph import KnowledgeGraph
from kras_graph.answers.resistance import BypassAnswer, Report
from kras_graph.cli.main import cli
from kras_graph.model.terms import THERAPY_CLASSES
from kras_graph.present.viewer import page
from tests.viewer_graphs import made_up
from tests.viewing import Open, Visit, needs_browser

pytestmark = needs_browser
ASKED = """(name) => {
  const { nodes, statements, bypassOf } = krasGraph, id = (n) => nodes[n].id;
  const answer = bypassOf(nodes.findIndex((node) => node.id === name));
  const told = (r) => [id(r.mechanism), r.group ?? null, id(r.against), r.relation, r.polarity,
    r.certainty, r.statements.map((n) => statements[n].id)];
  return { classes: answer.classes.map((c) => [id(c.n), c.statements.map((n) => statements[n].id)]),
    reported: answer.reported.map(told), denied: answer.denied.map(told),
    open: answer.open.map(told), own: answer.own.map(told) };
}"""


def told(report: Report) -> list[Any]:
    """A report as the page tells it."""
    return [
        report.mechanism.id,
        str(report.group) if report.group else None,
        report.against.id,
        report.relation,
        str(report.polarity),
        str(report.certainty),
        [statement.id for statement in report.statements],
    ]


def plain(answer: BypassAnswer) -> dict[str, Any]:
    """An answer as the page gives it."""
    return {
        "classes": [[item.id, list(ids)] for item, ids in answer.classes],
        "reported": [told(report) for report in answer.reported],
        "denied": [told(report) for report in answer.denied],
        "open": [told(report) for report in answer.open],
        "own": [told(report) for report in answer.own_targets],
    }


def test_what_bypasses_is_answered_as_the_library_does(
    kg: KnowledgeGraph, viewer_text: str, visit: Open
) -> None:
    seen = visit(viewer_text)
    therapies = [item.id for item in kg.reader.entities.values() if item.cls in THERAPY_CLASSES]
    answered = 0
    for name in therapies:
        wanted = plain(kg.bypass(name, compute=False))
        assert seen.js(ASKED, name) == wanted, name
        answered += bool(wanted["reported"])
    assert answered > 20
    seen.clean()


def test_what_bypasses_is_answered_as_the_command_does(viewer_text: str, visit: Open) -> None:
    done = CliRunner().invoke(cli, ["bypass", "sotorasib", "--no-computed", "--format", "json"])
    printed = json.loads(done.stdout)
    asked = visit(viewer_text).js(ASKED, "sotorasib")
    for kind in ("reported", "denied", "open"):
        assert [[r[0], r[2], r[6]] for r in asked[kind]] == [
            [r["mechanism"]["id"], r["against"]["id"], r["statements"]] for r in printed[kind]
        ]


def test_order_holds_on_a_made_up_graph(visit: Open) -> None:
    kg = made_up(120, 400)
    seen = visit(page(kg, "drug_0"))
    assert seen.js(ASKED, "drug_0") == plain(kg.bypass("drug_0", compute=False))
    seen.clean()


def lines(seen: Visit) -> list[str]:
    return seen.tab.locator("#answer .reports li").all_inner_texts()


def test_asking_by_hand(kg: KnowledgeGraph, viewer_text: str, visit: Open) -> None:
    answer = kg.bypass("sotorasib", compute=False)
    seen = visit(viewer_text)
    seen.at("open-ask").click()
    everything = lines(seen)
    assert len(everything) == len((*answer.reported, *answer.denied, *answer.open))
    assert everything[0].startswith(answer.reported[0].mechanism.label)
    seen.tab.get_by_role("button", name="On sotorasib itself").click()
    direct = lines(seen)
    assert len(direct) == sum(
        r.relation == "direct" for r in (*answer.reported, *answer.denied, *answer.open)
    )
    assert all("itself" in line for line in direct)
    seen.tab.get_by_role("button", name="Known only by class").click()
    itself = {r.mechanism.id for r in answer.reported if r.relation == "direct"}
    names = {
        r.mechanism.label
        for r in (*answer.reported, *answer.denied, *answer.open)
        if r.relation == "class" and r.mechanism.id not in itself
    }
    assert {line.split(" by class:")[0] for line in lines(seen)} == names
    assert "MET amplification" in names
    # suggested for the class, looked for in the patient on sotorasib and not found
    (line,) = [li for li in lines(seen) if li.startswith("additional mutation reactivating")]
    assert "on sotorasib itself: denied, C085" in line
    seen.tab.locator("#answer .reports button", has_text="MET amplification").click()
    assert "R301" in seen.detail()
    seen.clean()


def test_asking_about_another_drug_draws_its_map(viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text)
    seen.at("open-ask").click()
    seen.at("ask-name").fill("MRTX849")
    seen.at("ask-name").press("Enter")
    assert seen.at("title").inner_text() == "What bypasses adagrasib?"
    assert "ask=adagrasib" in seen.js("() => krasGraph.encode()")
    assert seen.tab.locator("#answer h2").inner_text() == "What bypasses adagrasib?"
    seen.clean()


def test_no_report_is_not_told_as_no_bypass(viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text, state="ask=docetaxel")
    assert "says nothing on whether there is any" in seen.at("answer").inner_text()
    seen.clean()
