"""Taking a view along: its address, pictures, tables, the page itself, paper, an iframe."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame

from kras_graph import KnowledgeGraph
from kras_graph.present.viewer import View, page
from tests.viewing import Open, Visit, needs_browser

pytestmark = needs_browser
STATES = [
    "view=whole&doubt=1&node=KRAS",
    "focus=adagrasib&hide=1&setting=review&paper=wu2023",
    "view=near&focus=ERK&hops=3&table=1",
    "line=sotorasib&line=inhibits&line=KRAS_G12C",
    "view=trials&statement=T011",
    "ask=adagrasib&focus=adagrasib",
    "sign=%2B&sign=-&class=Gene",
    "ask=sotorasib&only=class",
    "sight=300+200+1.500",
]


def saved(seen: Visit, ident: str, folder: Path) -> Path:
    """The file that a button of the share panel hands over."""
    if seen.at("share").is_hidden():
        seen.at("open-share").click()
    with seen.tab.expect_download() as waiting:
        seen.at(ident).click()
    target = folder / waiting.value.suggested_filename
    waiting.value.save_as(target)
    return target


# --- address ----------------------------------------------------------------------------


@pytest.mark.parametrize("state", STATES)
def test_the_address_holds_the_view(viewer_text: str, visit: Open, state: str) -> None:
    seen = visit(viewer_text, state=state)
    assert sorted(seen.js("() => krasGraph.encode()").split("&")) == sorted(state.split("&"))
    again = visit(viewer_text, state=seen.js("() => krasGraph.encode()"))
    for one, other in ((seen, again),):
        assert one.at("count").inner_text() == other.at("count").inner_text()
        assert one.at("panel").inner_text() == other.at("panel").inner_text()
        assert one.at("title").inner_text() == other.at("title").inner_text()
    seen.clean()


def test_what_people_do_is_in_the_address(viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text)
    seen.click_node("MET amplification")
    assert seen.js("() => location.hash") == "#node=MET_amplification"
    seen.at("doubt").check()
    assert "doubt=1" in seen.js("() => location.hash")
    seen.click_edge("KRAS G12C", "KRAS")
    assert "line=KRAS_G12C" in unquote(seen.js("() => location.hash"))
    seen.tab.keyboard.press("Escape")
    assert seen.js("() => location.hash") == "#doubt=1"
    seen.at("doubt").uncheck()
    assert seen.js("() => location.hash") == ""
    seen.clean()


def test_where_the_reader_has_moved_to_is_in_the_address(viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text)
    seen.at("nearer").click()
    seen.at("nearer").click()
    seen.tab.wait_for_function("() => location.hash.includes('sight=')")
    where = seen.js("() => krasGraph.sight")
    again = visit(viewer_text, state=seen.js("() => location.hash.slice(1)"))
    for name in ("x", "y", "k"):
        assert again.js(f"() => krasGraph.sight.{name}") == pytest.approx(where[name], rel=0.01)
    seen.at("fit").click()
    assert "sight=" not in seen.js("() => krasGraph.encode()")
    seen.clean()


def test_the_reports_chosen_in_an_answer_are_in_the_address(viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text)
    seen.at("open-ask").click()
    seen.at("ask-go").click()
    seen.tab.get_by_role("button", name="Known only by class").click()
    assert "only=class" in seen.js("() => location.hash")
    again = visit(viewer_text, state=seen.js("() => location.hash.slice(1)"))
    assert again.at("answer").inner_text() == seen.at("answer").inner_text()
    pressed = again.tab.locator("#answer button[aria-pressed=true]")
    assert pressed.inner_text() == "Known only by class"
    seen.clean()


def test_a_changed_address_changes_the_view(viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text)
    seen.js("() => { location.hash = '#view=trials' }")
    seen.tab.wait_for_function("() => krasGraph.state.view === 'trials'")
    assert seen.at("title").inner_text() == "Trials and results"
    seen.clean()


@pytest.mark.parametrize(
    "state",
    ["view=nonsense", "focus=none", "node=__proto__", "line=a", "hops=x", "statement=", "%",
     "class=<img src=x onerror=hit=1>", "setting=__proto__", "&&==", "ask=constructor"],
)  # fmt: skip
def test_a_wrong_address_does_no_harm(viewer_text: str, visit: Open, state: str) -> None:
    seen = visit(viewer_text, state=state)
    assert seen.at("title").inner_text() == "What bypasses sotorasib?"
    seen.clean()


# --- files ------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["", "view=trials", "view=near&focus=ERK", "doubt=1"])
def test_svg_holds_the_figure_with_title_legend_and_note(
    viewer_text: str, visit: Open, tmp_path: Path, state: str
) -> None:
    seen = visit(viewer_text, state=state)
    root = ElementTree.parse(saved(seen, "save-svg", tmp_path)).getroot()
    words = " ".join(node.text or "" for node in root.iter("{http://www.w3.org/2000/svg}text"))
    assert seen.at("title").inner_text() in words
    assert "For research, not for treatment decisions" in words
    assert "Wu et al. 2023" in words
    for label in seen.shown():
        assert label.split()[0].split("-")[0].split("/")[0][:8] in words
    titles = [node.text for node in root.iter("{http://www.w3.org/2000/svg}title")]
    assert len(titles) > 30
    width, height = (float(part) for part in root.attrib["viewBox"].split()[2:])
    assert 500 < width < 6000
    assert 300 < height < 8000
    assert not [node for node in root.iter() if node.tag.endswith(("script", "foreignObject"))]
    seen.clean()


def test_png_holds_the_figure(viewer_text: str, visit: Open, tmp_path: Path) -> None:
    seen = visit(viewer_text)
    path = saved(seen, "save-png", tmp_path)
    payload = path.read_bytes()
    assert payload[:8] == b"\x89PNG\r\n\x1a\n"
    assert path.name == "kras-graph-what-bypasses-sotorasib.png"
    assert int.from_bytes(payload[16:20], "big") > 2000
    seen.clean()


def test_csv_holds_the_table_behind_the_view(
    kg: KnowledgeGraph, viewer_text: str, visit: Open, tmp_path: Path
) -> None:
    seen = visit(viewer_text, state="setting=case-report")
    path = saved(seen, "save-csv", tmp_path)
    rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode())))
    assert {row["Statement"] for row in rows} == seen.said_of()
    by_id = {s.id: s for s in kg.statements()}
    for row in rows:
        assert row["Subject"] == kg.reader.label(by_id[row["Statement"]].subject)
        assert row["Setting"] == "case report"
    seen.clean()


def test_csv_starts_no_formula(viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text)
    made = seen.js(
        """() => krasGraph.csv(["a", "b"], [["=1+1", -4.5], ["+x", 'say "hi"'], ["@y", "l\\nm"]])"""
    )
    assert list(csv.reader(io.StringIO(made, newline=""))) == [
        ["a", "b"], ["'=1+1", "-4.5"], ["'+x", 'say "hi"'], ["'@y", "l\nm"],
    ]  # fmt: skip


def test_the_page_can_be_mailed_with_its_view(
    viewer_text: str, visit: Open, tmp_path: Path
) -> None:
    seen = visit(viewer_text)
    seen.at("show-trials").click()
    seen.at("doubt").check()
    copy = saved(seen, "save-page", tmp_path).read_text(encoding="utf-8")
    seen.clean()
    again = visit(copy)
    assert again.at("title").inner_text() == "Trials and results"
    assert again.at("doubt").is_checked()
    assert again.drawn() == seen.drawn()
    again.clean()


def test_a_saved_page_breaks_no_rule_of_its_own_policy(
    viewer_text: str, visit: Open, tmp_path: Path
) -> None:
    """The script sets styles on elements; a page that is saved must not carry them."""
    seen = visit(viewer_text, state="doubt=1&ask=sotorasib&only=class")
    seen.at("open-legend").click()
    seen.tab.mouse.move(400, 400)
    copy = saved(seen, "save-page", tmp_path).read_text(encoding="utf-8")
    assert 'style="' not in copy.split("<script")[0]
    again = visit(copy)
    assert again.at("answer").text_content() == seen.at("answer").text_content()
    again.clean()


# --- paper ------------------------------------------------------------------------------


def test_print_gives_the_figure_alone_in_light_colours(
    viewer_text: str, visit: Open, shots: Path
) -> None:
    seen = visit(viewer_text, color_scheme="dark")
    seen.tab.emulate_media(media="print", color_scheme="dark")
    seen.js("() => window.dispatchEvent(new Event('beforeprint'))")
    assert seen.tab.locator("header").is_hidden()
    assert seen.tab.locator("#print > svg").count() == 1
    first = seen.js("() => document.querySelector('#print path').getAttribute('fill')")
    assert first == "#ffffff"
    seen.js("() => window.dispatchEvent(new Event('afterprint'))")
    assert seen.tab.locator("#print > *").count() == 0
    seen.tab.emulate_media(media="screen")
    seen.tab.pdf(path=shots / "print.pdf", prefer_css_page_size=True)
    assert (shots / "print.pdf").read_bytes().count(b"/Type /Page\n") == 1
    seen.clean()


def test_long_figures_are_cut_between_lanes(viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text, state="view=trials")
    seen.js("() => window.dispatchEvent(new Event('beforeprint'))")
    parts = seen.js(
        """() => [...document.querySelectorAll("#print > svg")].map((page) =>
          [...page.children].map((part) => part.getAttribute("viewBox").split(" ").map(Number)))"""
    )
    assert len(parts) > 3
    bodies = [page_[1] for page_ in parts]
    for one, other in pairwise(bodies):
        assert one[1] + one[3] == pytest.approx(other[1], abs=0.3)
    assert all(page_[0][3] > 20 for page_ in parts), "captions on every page"
    seen.clean()


def test_tables_are_printed_as_tables(viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text, state="table=1")
    seen.tab.emulate_media(media="print")
    seen.js("() => window.dispatchEvent(new Event('beforeprint'))")
    assert seen.tab.locator("#print table").count() >= 1
    assert seen.tab.locator("#print thead").first.is_visible()
    seen.clean()


# --- another page -----------------------------------------------------------------------


@pytest.fixture
def lab(chromium: Browser, kg: KnowledgeGraph, tmp_path: Path) -> Iterator[Any]:
    """Opens the page in an iframe of another one; gives the frame and what was complained."""
    contexts: list[BrowserContext] = []

    def start(markup: str) -> tuple[Frame, list[str]]:
        (tmp_path / "lab.html").write_text(f"<!doctype html><p>Lab</p>{markup}", encoding="utf-8")
        context = chromium.new_context(viewport={"width": 1000, "height": 500}, offline=True)
        contexts.append(context)
        tab = context.new_page()
        said: list[str] = []
        tab.on("console", lambda m: said.append(m.text))
        tab.on("pageerror", lambda e: said.append(str(e)))
        tab.goto((tmp_path / "lab.html").as_uri())
        frame = tab.frames[1]
        frame.wait_for_function("() => window.krasGraph")
        return frame, said

    (tmp_path / "kras.html").write_text(page(kg, "sotorasib", embed=True), encoding="utf-8")
    yield start
    for context in contexts:
        context.close()


SANDBOX = 'sandbox="allow-scripts allow-downloads allow-popups"'


@pytest.mark.parametrize("kind", ["file", "notebook"])
def test_works_in_a_frame_that_allows_little(lab: Any, kg: KnowledgeGraph, kind: str) -> None:
    own = f'<iframe src="kras.html" {SANDBOX} style="width:900px;height:900px"></iframe>'
    frame, said = lab(own if kind == "file" else View(kg.view().html, 900)._repr_html_())
    frame.click("#show-whole")
    frame.fill("#find", "PTEN")
    frame.press("#find", "Enter")
    assert frame.inner_text("#details h2") == "PTEN"
    frame.click("#open-share")
    with frame.page.expect_download() as waiting:
        frame.click("#save-svg")
    assert waiting.value.suggested_filename.endswith(".svg")
    assert said == []


def test_a_frame_lets_its_page_scroll(lab: Any) -> None:
    frame, said = lab(
        f'<iframe src="kras.html" {SANDBOX} style="width:900px;height:900px"></iframe>'
    )
    before = frame.evaluate("() => krasGraph.sight.k")
    frame.page.mouse.move(400, 300)
    frame.page.mouse.wheel(0, 200)
    frame.wait_for_function("() => document.getElementById('hint').textContent")
    assert frame.evaluate("() => krasGraph.sight.k") == before
    frame.page.wait_for_function("() => scrollY > 0")
    frame.page.keyboard.down("Control")
    frame.page.mouse.wheel(0, -200)
    frame.wait_for_function(f"() => krasGraph.sight.k > {before}")
    assert said == []
