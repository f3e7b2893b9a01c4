"""The viewer as people use it: opening, finding, filtering, reading. Nothing leaves the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser

from kras_graph import KnowledgeGraph
from kras_graph.model.records import Statement
from tests.viewing import Open, needs_browser

pytestmark = needs_browser


# --- opening ----------------------------------------------------------------------------


def test_opens_on_the_map_without_a_request_or_a_complaint(viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text)
    assert seen.at("title").inner_text() == "What bypasses sotorasib?"
    drawn = seen.drawn()
    assert 40 < drawn["boxes"] < 200
    assert drawn["dashed"] == 0
    assert seen.ink() > 50
    assert "denied or doubted lines hidden" in seen.at("count").inner_text()
    seen.clean()


def test_asks_for_nothing_when_served_either(viewer_text: str, chromium: Browser) -> None:
    context = chromium.new_context()
    tab = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    tab.on("console", lambda m: said.append(m.text))

    def serve(route: Any) -> None:
        asked.append(route.request.url)
        route.fulfill(body=viewer_text, content_type="text/html; charset=utf-8")

    tab.route("**/*", serve)
    tab.goto("http://viewer.test/page")
    tab.wait_for_timeout(300)
    assert asked == ["http://viewer.test/page"]
    assert said == []
    context.close()


def test_blocked_lines_are_drawn_blocked(viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text)
    seen.click_edge("KRAS G12C", "KRAS")
    assert "Drawn blocked: sotorasib inhibits KRAS G12C" in seen.detail()
    assert "Computed from the graph, not observed" in seen.detail()
    seen.at("open-legend").click()
    assert "blocked while sotorasib acts (computed)" in seen.at("legend").inner_text()
    seen.clean()


def test_partners_stand_where_they_cut(kg: KnowledgeGraph, visit: Open, viewer_text: str) -> None:
    seen = visit(viewer_text, state="focus=adagrasib")
    assert seen.at("title").inner_text() == "What bypasses adagrasib?"
    place = seen.js(
        """() => Object.fromEntries(krasGraph.scene.boxes.map((b) => [b.node.label, [b.x, b.y]]))"""
    )
    assert place["TNO155"][0] == place["PTPN11"][0]
    assert place["TNO155"][1] > place["PTPN11"][1]
    seen.clean()


def test_whole_graph_and_back(kg: KnowledgeGraph, viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text)
    first = seen.drawn()
    seen.at("show-whole").click()
    assert seen.drawn()["boxes"] == len(kg.reader.entities)
    seen.at("show-first").click()
    assert seen.drawn() == first
    seen.clean()


def test_third_view_shows_trials_and_results(
    kg: KnowledgeGraph, viewer_text: str, visit: Open
) -> None:
    seen = visit(viewer_text)
    seen.at("show-trials").click()
    assert {item.label for item in kg.reader.entities.values() if item.cls == "Cohort"} & (
        seen.shown()
    )
    seen.settle()
    row = seen.js(
        """() => { const { scene, sight } = krasGraph, stage = document.getElementById("stage");
          const row = scene.rows.find((item) => item.figure === "T011.1");
          return { x: (scene.columns[2][0] + 20 - sight.x) * sight.k + stage.clientWidth / 2,
            y: (row.y - sight.y) * sight.k + stage.clientHeight / 2 }; }"""
    )
    seen.at("sheet").click(position=row)
    assert "8 (21%; 95% CI, 10 - 37)" in seen.detail()
    seen.clean()


def test_other_entities_get_their_surroundings(viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text, state="view=near&focus=ERK")
    near = seen.shown()
    assert {"ERK", "MEK", "cell proliferation"} <= near
    seen.at("hops").fill("1")
    seen.at("hops").blur()
    seen.settle()
    assert seen.shown() < near
    columns = seen.js(
        "() => Object.fromEntries(krasGraph.scene.boxes.map((b) => [b.node.label, b.x]))"
    )
    assert columns["MEK"] < columns["ERK"] < columns["cell proliferation"]
    seen.clean()


def test_what_stands_near_is_what_the_graph_joins(
    kg: KnowledgeGraph, viewer_text: str, visit: Open
) -> None:
    seen = visit(viewer_text, state="view=near&focus=PTPN11&hops=1")
    edges = kg.to_pyvis().edges
    joined = {e["from"] for e in edges if e["to"] == "PTPN11"}
    joined |= {e["to"] for e in edges if e["from"] == "PTPN11"} | {"PTPN11"}
    assert seen.shown() == {kg.reader.label(name) for name in joined}
    seen.clean()


def test_switch_shows_denied_and_doubted_dashed_and_labelled(viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text)
    seen.at("doubt").check()
    some = seen.drawn()["dashed"]
    assert some > 0
    assert "dashed" in seen.at("count").inner_text()
    seen.at("show-whole").click()
    assert seen.drawn()["dashed"] > some
    standings = seen.js(
        """() => { const { scene, statements } = krasGraph;
          return [...new Set(scene.lines.filter((line) => !line.edge.asserted)
            .flatMap((line) => line.edge.statements.map((n) => statements[n].standing)))]; }"""
    )
    assert "denied" in standings
    assert "stated" not in standings
    seen.at("show-first").click()
    figure = seen.js("() => krasGraph.svg()")
    assert 'stroke-dasharray="7 5"' in figure
    for word in (">denied<", ">open question<", ">suggested<"):
        assert word in figure
    seen.at("doubt").uncheck()
    assert seen.drawn()["dashed"] == 0
    assert 'stroke-dasharray="7 5"' not in seen.js("() => krasGraph.svg()")
    seen.clean()


# --- reading ----------------------------------------------------------------------------


def test_a_line_shows_its_evidence(viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text)
    seen.click_edge("sotorasib", "KRAS G12C, GDP-bound (inactive)")
    detail = seen.detail()
    assert "sotorasib stabilises KRAS G12C, GDP-bound (inactive)" in detail
    for word in ("stated", "Polarity", "affirmed", "Certainty", "Setting", "section", "T121"):
        assert word in detail
    address = seen.tab.locator("#details article a").first.get_attribute("href")
    assert address
    assert address.startswith("https://doi.org/10.")
    seen.tab.locator("#details .close").click()
    assert seen.at("details").is_hidden()
    seen.clean()


def test_parallel_lines_are_told_apart(viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text)
    for predicate, told in (("inhibits", "T039"), ("active_against", "T174")):
        seen.click_edge("sotorasib", "KRAS G12C", predicate)
        assert told in seen.detail()
    for view in ("first", "whole"):
        seen.at(f"show-{view}").click()
        same = seen.js(
            """() => { const ways = krasGraph.scene.lines.filter((line) => !line.tied)
                .map((line) => [line.edge.from, line.edge.to, line.d].join());
              return ways.length - new Set(ways).size; }"""
        )
        assert same == 0
    seen.clean()


def test_ends_differ_by_effect_and_point_the_way_of_the_data(viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text)
    seen.at("show-whole").click()
    tips, wrong = seen.js(
        """() => { const { scene } = krasGraph, tips = {}; let wrong = 0;
          for (const line of scene.lines) {
            const form = line.tip.d.replace(/[-\\d. ]+/g, "") + line.tip.fill, { to } = line;
            (tips[line.kind] ||= new Set()).add(form);
            const [x, y] = line.points.at(-1);
            const gap = Math.max(Math.abs(x - to.x) - to.w / 2, Math.abs(y - to.y) - to.h / 2);
            if (gap > 4 || gap < -12) wrong += 1;
          }
          return [Object.values(tips).map((set) => [...set]), wrong]; }"""
    )
    assert wrong == 0
    assert [len(forms) for forms in tips] == [1] * 5
    assert len({forms[0] for forms in tips}) == 5
    seen.clean()


def test_a_shared_trunk_tells_all_lines_that_run_in_it(viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text)
    spot = seen.js(
        """() => { const { scene, sight, nodes } = krasGraph;
          const stage = document.getElementById("stage");
          const line = scene.lines.find((l) => l.tied && nodes[l.edge.to].id === "sotorasib");
          const [x, y] = line.points.at(-1);
          return { x: (x - sight.x) * sight.k + stage.clientWidth / 2,
            y: (y + 14 - sight.y) * sight.k + stage.clientHeight / 2 }; }"""
    )
    seen.at("sheet").click(position=spot)
    assert "lines run here" in seen.detail()
    seen.tab.locator("#details button", has_text="angiogenesis").click()
    assert "C109" in seen.detail()
    seen.clean()


def test_a_box_shows_its_card(viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text)
    seen.click_node("MET amplification")
    detail = seen.detail()
    assert "Alteration" in detail
    assert "Reported against sotorasib or a class it belongs to: bypass drivers" in detail
    assert "section" in detail
    seen.tab.locator("#details button", has_text="MET").last.click()
    assert seen.tab.locator("#details h2").inner_text() == "MET"
    seen.clean()


def test_figures_and_slips_of_the_source_are_shown(
    kg: KnowledgeGraph, viewer_text: str, visit: Open
) -> None:
    statements = {s.id: s for s in kg.statements()}
    results = kg.results(list(statements.values()))
    figures = next(name for name, found in results.items() if found[0].ci_low is not None)
    slip = next(s.id for s in statements.values() if s.source_issue)
    seen = visit(viewer_text, state=f"statement={figures}")
    assert results[figures][0].printed in seen.detail()
    seen = visit(viewer_text, state=f"statement={slip}")
    assert statements[slip].source_issue in seen.detail()
    seen.clean()


def test_legend_explains_every_colour_shape_line_and_end(viewer_text: str, visit: Open) -> None:
    for state in ("", "doubt=1", "view=whole", "view=trials", "view=near&focus=ERK"):
        seen = visit(viewer_text, state=state)
        seen.at("open-legend").click()
        legend = seen.at("legend").inner_text()
        present = seen.js(
            """() => { const { scene, data } = krasGraph;
              return { kinds: [...new Set(scene.boxes.filter((b) => !scene.lists.has(b.n))
                  .map((b) => b.node.kind))],
                ends: [...new Set(scene.lines.filter((l) => !l.tied).map((l) => l.kind))],
                groups: scene.heads.filter((h) => h[3])
                  .map((h) => data.groups[h[3]] || h[3]) }; }"""
        )
        words = {
            "therapy": "drug", "molecule": "gene", "alteration": "alteration or variant",
            "process": "pathway", "disease": "disease", "study": "trial", "measure": "endpoint",
            "+": "raises", "-": "lowers", "?": "effect not known", "0": "without an effect",
            "part": "by definition",
        }  # fmt: skip
        for mark in (*present["kinds"], *present["ends"]):
            assert words[mark] in legend, (state, mark)
        for group in present["groups"]:
            assert group.lower() in legend
        assert ("dashed" in legend) == ("doubt" in state)
        seen.clean()


# --- finding ----------------------------------------------------------------------------


def test_search_by_synonym_with_the_keyboard(viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text)
    seen.tab.keyboard.press("/")
    seen.tab.keyboard.type("amg 51")
    assert seen.tab.locator("#found [role=option]").first.inner_text().startswith("sotorasib")
    seen.tab.keyboard.press("ArrowDown")
    seen.tab.keyboard.press("ArrowUp")
    seen.tab.keyboard.press("Enter")
    assert seen.tab.locator("#details h2").inner_text() == "sotorasib"
    assert "AMG 510" in seen.detail()
    seen.at("find").fill("zzzz")
    assert seen.at("nothing").inner_text() == "Nothing of that name"
    seen.clean()


def test_search_forgives_hyphens_and_blanks(viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text)
    for typed, first in (("krasg12c", "KRAS G12C"), ("amg-510", "sotorasib"), ("shp2", "PTPN11")):
        seen.at("find").fill(typed)
        assert seen.tab.locator("#found [role=option]").first.inner_text().startswith(first)
    seen.clean()


def test_search_reaches_what_the_map_leaves_out(viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text)
    seen.at("find").fill("pembrolizumab")
    seen.at("find").press("Enter")
    assert seen.at("show-whole").get_attribute("aria-pressed") == "true"
    assert seen.tab.locator("#details h2").inner_text() == "pembrolizumab"
    seen.clean()


def test_focus_moves_to_any_entity(viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text)
    seen.at("find").fill("PTEN")
    seen.at("find").press("Enter")
    seen.tab.get_by_role("button", name="Put in focus").click()
    assert seen.at("title").inner_text() == "PTEN and its surroundings"
    assert seen.at("show-first").inner_text() == "Surroundings"
    seen.clean()


# --- filtering --------------------------------------------------------------------------


def _up(kg: KnowledgeGraph, name: str) -> set[str]:
    """An entity with all it is a kind or part of."""
    found = {name}
    front = [name]
    while front:
        for parent in kg.reader.entities[front.pop()].parents:
            if parent in kg.reader.entities and parent not in found:
                found.add(parent)
                front.append(parent)
    return found


def _kin(kg: KnowledgeGraph, s: Statement, field: str, *classes: str) -> set[str]:
    entities = kg.reader.entities
    ends = [end for end in (s.subject, s.object) if entities[end].cls in classes]
    return {
        up for name in (*getattr(s, field), *ends) for up in _up(kg, name)
    }  # fmt: skip


FITS: dict[str, Callable[[KnowledgeGraph, Statement, str], bool]] = {
    "predicate": lambda kg, s, v: s.predicate == v,
    "sign": lambda kg, s, v: (
        str(next(d["sign"] for *_, d in kg.network.edges(data=True) if s.id in d["statements"]))
        == v
    ),
    "paper": lambda kg, s, v: v in {a.publication for a in kg.evidence([s]).get(s.id, [])},
    "setting": lambda kg, s, v: s.setting == v,
    "certainty": lambda kg, s, v: s.certainty == v,
    "polarity": lambda kg, s, v: s.polarity == v,
    "disease": lambda kg, s, v: v in _kin(kg, s, "disease", "Disease"),
    "allele": lambda kg, s, v: v in _kin(kg, s, "alteration", "ProteinVariant", "Alteration"),
    "class": lambda kg, s, v: {kg.reader.entities[n].cls for n in (s.subject, s.object)} == {v},
}


@pytest.mark.parametrize(
    ("facet", "value"),
    [
        ("predicate", "inhibits"),
        ("sign", "-"),
        ("paper", "strickler2023"),
        ("setting", "case-report"),
        ("certainty", "suggested"),
        ("polarity", "negated"),
        ("disease", "lung_cancer"),
        ("allele", "KRAS_mutation"),
        ("class", "Gene"),
    ],
)
def test_each_filter_keeps_exactly_what_fits(
    kg: KnowledgeGraph, viewer_text: str, visit: Open, facet: str, value: str
) -> None:
    wanted = {
        s.id for s in kg.statements() if not s.deprecated and FITS[facet](kg, s, value)
    }  # fmt: skip
    assert wanted
    seen = visit(viewer_text, state=f"view=whole&doubt=1&{facet}={value.replace('+', '%2B')}")
    assert seen.said_of() == wanted
    assert "shown by the filters" in seen.at("count").inner_text()
    seen.clean()


def test_filters_widen_within_and_narrow_between(viewer_text: str, visit: Open) -> None:
    def count(state: str) -> set[str]:
        return visit(viewer_text, state=f"view=whole&doubt=1&{state}").said_of()

    one, other = count("setting=in-vivo"), count("setting=in-vitro")
    assert count("setting=in-vivo&setting=in-vitro") == one | other
    assert count("setting=in-vivo&paper=wu2023") == one & count("paper=wu2023")


def test_filters_are_set_by_hand_and_cleared(viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text)
    before = seen.at("count").inner_text()
    seen.at("open-sift").click()
    seen.tab.locator("summary", has_text="Kind of evidence").click()
    seen.tab.get_by_label("case report").check()
    assert seen.at("open-sift").inner_text() == "Filters (1)"
    faded = seen.drawn()
    assert " of " in seen.at("count").inner_text()
    seen.at("hide").check()
    hidden = seen.drawn()
    assert hidden["boxes"] < faded["boxes"]
    assert hidden["lines"] < faded["lines"]
    seen.at("unsift").click()
    seen.at("hide").uncheck()
    assert seen.at("count").inner_text() == before
    seen.clean()


def test_asking_for_uncertain_ones_shows_them(viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text)
    seen.at("open-sift").click()
    seen.tab.locator("summary", has_text="Certainty").click()
    seen.tab.get_by_label("suggested").check()
    assert seen.at("doubt").is_checked()
    assert seen.said_of()
    seen.clean()


# --- the same as a table ----------------------------------------------------------------


@pytest.mark.parametrize("state", ["", "view=whole&doubt=1", "view=trials", "setting=case-report"])
def test_table_lists_what_the_drawing_shows(viewer_text: str, visit: Open, state: str) -> None:
    seen = visit(viewer_text, state=state)
    drawn = seen.said_of()
    seen.at("show-table").click()
    while seen.tab.locator("#list button:visible", has_text="Show more").count():
        seen.tab.locator("#list button:visible", has_text="Show more").first.click()
    listed = seen.js(
        """() => [...document.querySelectorAll("#list table")].filter((t) =>
          t.caption.textContent.startsWith("Statements")).flatMap((t) =>
          [...t.tBodies[0].rows].map((row) => row.cells[0].textContent))"""
    )
    assert set(listed) == drawn
    assert len(listed) == len(drawn)
    definitions = seen.js(
        """() => [...document.querySelectorAll("#list table")].filter((t) =>
          t.caption.textContent.startsWith("By definition")).flatMap((t) =>
          [...t.tBodies[0].rows].map((row) => row.textContent)).length"""
    )
    assert definitions == seen.js(
        "() => krasGraph.scene.counted.filter((edge) => !edge.statements.length).length"
    )
    seen.tab.locator("tbody button").first.click()
    assert "Statement" in seen.detail()
    seen.clean()


def test_denied_is_told_as_denied(kg: KnowledgeGraph, viewer_text: str, visit: Open) -> None:
    denied = next(s for s in kg.statements() if s.polarity == "negated")
    seen = visit(viewer_text, state=f"statement={denied.id}&doubt=1")
    assert seen.tab.locator("#details .mark.denied").inner_text().startswith("denied")
    assert "does not hold, or was looked for and not found" in seen.detail()
    seen.clean()
