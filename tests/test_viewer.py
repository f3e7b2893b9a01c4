"""The viewer in a real browser: what it shows, what it never does."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, Dialog, Page, sync_playwright

from kras_graph import KnowledgeGraph
from kras_graph.answers.resistance import BypassAnswer
from kras_graph.cli.main import cli
from kras_graph.model.errors import UnknownNameError
from kras_graph.model.records import Entity, Result, Statement
from kras_graph.network.projection import build, predicate_signs
from kras_graph.present.layout import (
    LINE,
    MAP_COLUMNS,
    Column,
    Spot,
    in_bands,
    in_columns,
    wrap,
)
from kras_graph.present.viewer import drawing_library, page, payload
from kras_graph.rdf.reader import Reader

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HOSTILE = [
    "</script><img src=x onerror=window.hit=1>",
    "<img src=x onerror=window.hit=1>",
    "<script>window.hit=1</script>",
    "<!--<script>",
    "]]><svg/onload=window.hit=1>",
    "\"><iframe src='javascript:parent.hit=1'>",
    "' onmouseover='window.hit=1",
    "javascript:window.hit=1",
    "{{data}}{{policy}}",
    "${window.hit=1}",
    "__proto__",
    "constructor",
    "a\u2028b\u2029c",
    "\\u003cb\\u003e \\\\ \\n",
    "<b>bold</b> *it* _x_ `c`",
    "&lt;img&gt; &amp; &#60;",
    "\u202egnp.exe",
    "🧬" * 40,
    "x" * 400,
    " ",
]
needs_browser = pytest.mark.skipif(
    os.environ.get("KRAS_GRAPH_SKIP_BROWSER") == "1", reason="KRAS_GRAPH_SKIP_BROWSER=1"
)


class Visit:
    """An open page with all that it asked for and complained about."""

    def __init__(self, tab: Page, asked: list[str], said: list[str]) -> None:
        self.tab = tab
        self.asked = asked
        self.said = said

    def js(self, script: str, argument: object = None) -> Any:
        return self.tab.evaluate(script, argument)

    def clean(self) -> None:
        assert self.asked == []
        assert self.said == []
        assert self.js("window.hit") is None

    def click_edge(self, label: str, other: str) -> None:
        """Click the line from one box to another where the drawing has it."""
        spot = self.js(
            """([one, two]) => {
              const { network, data } = window.krasGraph;
              const id = (label) => data.nodes.find((n) => n.label === label).id;
              const wanted = data.edges.filter((e) => e.from === id(one) && e.to === id(two))
                .map((e) => e.id);
              const [a, b] = [one, two].map((l) => network.canvasToDOM(network.getPosition(id(l))));
              const hits = (x, y) => wanted.includes(network.getEdgeAt({ x, y }))
                && network.getNodeAt({ x, y }) === undefined;
              for (let i = 10; i < 90; i++) for (let j = -60; j <= 60; j += 1) {
                const x = Math.round(a.x + (b.x - a.x) * i / 100);
                const y = Math.round(a.y + (b.y - a.y) * i / 100) + j;
                // not at the rim: where lines meet, a neighbouring pixel may be another's
                if ([-1, 0, 1].every((d) => hits(x, y + d) && hits(x + d, y))) return { x, y };
              }
            }""",
            [label, other],
        )
        assert spot, f"no line from {label} to {other}"
        self.tab.locator("#network canvas").click(position=spot)
        self.tab.locator("#details h2").wait_for()

    def click_node(self, label: str) -> None:
        spot = self.js(
            """(label) => {
              const { network, data } = window.krasGraph;
              const id = data.nodes.find((n) => n.label === label).id;
              return network.canvasToDOM(network.getPosition(id));
            }""",
            label,
        )
        self.tab.locator("#network canvas").click(position=spot)
        self.tab.locator("#details h2").wait_for()

    def drawn(self) -> dict[str, int]:
        """Boxes and lines on the canvas (unseen points of attachment left out)."""
        found: dict[str, int] = self.js(
            """() => {
              const { nodes, edges } = window.krasGraph.network.body.data;
              return { nodes: nodes.getIds().filter((i) => typeof i === "number").length,
                lines: edges.length, dashed: edges.get().filter((e) => e.dashes).length };
            }"""
        )
        return found

    def detail(self) -> str:
        return self.tab.locator("#details").inner_text()


Open = Callable[..., Visit]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium")
    if program is None:
        pytest.fail(
            "chromium is not installed: apt-get install chromium, or set "
            "KRAS_GRAPH_SKIP_BROWSER=1 to do without these tests"
        )
    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=program, args=FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="module")
def text(kg: KnowledgeGraph) -> str:
    return page(kg, "sotorasib")


@pytest.fixture
def visit(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens a page from disk with the network cut; everything it asks for is noted."""
    contexts = []

    def start(text: str, *, width: int = 1440, height: int = 900, **options: Any) -> Visit:
        file = tmp_path / "page.html"
        file.write_text(text, encoding="utf-8")
        context = browser.new_context(
            viewport={"width": width, "height": height}, offline=True, **options
        )
        contexts.append(context)
        asked: list[str] = []
        said: list[str] = []
        tab = context.new_page()
        tab.set_default_timeout(10_000)

        def gate(route: Any) -> None:
            if route.request.url == file.as_uri():
                route.continue_()
            else:
                asked.append(route.request.url)
                route.abort()

        tab.route("**/*", gate)
        tab.on("request", lambda r: None if r.url == file.as_uri() else asked.append(r.url))
        tab.on("console", lambda m: said.append(m.text) if m.type != "log" else None)
        tab.on("pageerror", lambda e: said.append(str(e)))

        def refuse(dialog: Dialog) -> None:
            said.append(dialog.message)
            dialog.dismiss()

        tab.on("dialog", refuse)
        tab.goto(file.as_uri())
        return Visit(tab, asked, said)

    yield start
    for context in contexts:
        context.close()


# --- the file ---------------------------------------------------------------------------


def test_page_is_small_whole_and_repeatable(kg: KnowledgeGraph, text: str) -> None:
    assert len(text.encode()) < 2_000_000
    assert text == page(kg, "AMG 510")
    assert "{{" not in text.replace(drawing_library(), "").split("<script>")[0]
    assert "@license" in text
    assert "Apache 2.0 License" in text
    assert "sourceMappingURL" not in text
    assert not re.search(r"""(?:src|href)\s*=\s*["']?\s*(?:https?:)?//""", text.split("<script")[0])


def test_policy_admits_what_the_page_holds_and_nothing_else(text: str) -> None:
    found = re.search(r'Security-Policy" content="([^"]+)"', text)
    assert found
    rules = dict(part.strip().split(" ", 1) for part in found[1].split(";"))
    assert rules["default-src"] == "'none'"
    assert "unsafe" not in found[1]
    for kind, tag in (("script-src", "script"), ("style-src", "style")):
        held = {
            f"'sha256-{base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()}'"
            for body in re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        }
        assert set(rules[kind].split()) == held
    assert not re.search(r"<[^>]+\sstyle=", text.split("<script")[0])


def test_data_block_escapes_what_could_end_it(text: str) -> None:
    found = re.search(r'id="data">(.*?)</script>', text, re.DOTALL)
    assert found
    assert not set(found[1]) & set("<>&\u2028\u2029")
    assert json.loads(found[1])["label"] == "sotorasib"


def test_every_statement_is_in_the_page(kg: KnowledgeGraph) -> None:
    data = payload(kg, "sotorasib")
    living = {s.id for s in kg.statements() if not s.deprecated}
    assert {row["id"] for row in data["statements"]} == living
    assert {ref for edge in data["edges"] for ref in edge["statements"]} == living


def test_first_view_holds_every_reported_mechanism(kg: KnowledgeGraph) -> None:
    data = payload(kg, "sotorasib")
    answer = kg.bypass("sotorasib", compute=False)
    numbers = {node["entity"]: node["id"] for node in data["nodes"]}
    doubted = {row[0] for row in data["views"]["doubted"]["nodes"]}
    first = {row[0] for row in data["views"]["first"]["nodes"]}
    for report in (*answer.reported, *answer.denied, *answer.open):
        assert numbers[report.mechanism.id] in doubted
        if any(statement.is_edge for statement in report.statements):
            assert numbers[report.mechanism.id] in first
    for name in ("sotorasib", "KRAS_G12C", "RAS", "RAF", "PI3K", "RALGDS", "MEK", "AKT", "ERK"):
        assert numbers[name] in first


def test_other_entities_get_their_surroundings(kg: KnowledgeGraph) -> None:
    near, far = (payload(kg, "ERK", hops) for hops in (1, 2))
    assert near["kind"] == "near"
    assert len(near["views"]["first"]["nodes"]) < len(far["views"]["first"]["nodes"])
    assert len(payload(kg, "ERK", 0)["views"]["first"]["nodes"]) == 1


# --- positions --------------------------------------------------------------------------


def test_columns_do_not_overlap_and_follow_their_neighbours() -> None:
    spots = {f"a{n}": Spot(0, 1 + n % 3, f"block {n // 4}") for n in range(12)}
    spots |= {f"b{n}": Spot(1, 2) for n in range(12)}
    links = [(f"a{n}", f"b{11 - n}") for n in range(12)]
    columns = (Column("left", 200, flush=True), Column("right", 120))
    picture = in_columns(spots, links, columns)
    assert picture == in_columns(spots, list(reversed(links)), columns)
    for column in (0, 1):
        names = sorted(
            (n for n in spots if spots[n].column == column), key=lambda n: picture.positions[n][1]
        )
        for upper, lower in pairwise(names):
            room = picture.positions[lower][1] - picture.positions[upper][1]
            assert room >= (spots[upper].height + spots[lower].height) / 2
        if column:
            assert names == [f"b{n}" for n in reversed(range(12))]
    assert [h.text for h in picture.headings if h.group] == ["block 0", "block 1", "block 2"]


def test_bands_fill_blocks_without_collision() -> None:
    picture = in_bands({f"n{i}": i % 3 for i in range(200)}, [], {0: "one"})
    assert len(set(picture.positions.values())) == 200
    assert in_bands({}, [], {}).positions == {}


def test_mechanism_map_has_no_box_over_another(kg: KnowledgeGraph) -> None:
    data = payload(kg, "sotorasib")
    for view in ("first", "doubted"):
        boxes: dict[int, list[tuple[int, int]]] = {}
        for _, x, y, label, _ in data["views"][view]["nodes"]:
            boxes.setdefault(x, []).append((y, (label.count("\n") + 1) * LINE))
        assert len(boxes) <= len(MAP_COLUMNS)
        for column in boxes.values():
            column.sort()
            for (above, one), (below, two) in pairwise(column):
                assert below - above >= (one + two) / 2


def test_labels_are_broken_and_cut() -> None:
    assert wrap("", 100) == ""
    assert wrap("x" * 400, 100).count("\n") == 2
    assert wrap("one two", 200) == "one two"


# --- the command ------------------------------------------------------------------------


def test_command_writes_the_page(tmp_path: Path) -> None:
    target = tmp_path / "g.html"
    done = CliRunner().invoke(cli, ["view", "-o", str(target), "--focus", "sotorasb", "--whole"])
    assert done.exit_code == 0, done.output
    assert "Read 'sotorasb' as 'sotorasib'" in done.stderr
    assert '"start":"whole"' in target.read_text(encoding="utf-8")


def test_command_refuses_an_unknown_focus_and_writes_nothing(tmp_path: Path) -> None:
    target = tmp_path / "g.html"
    done = CliRunner().invoke(cli, ["view", "-o", str(target), "--focus", "zzzzqqqq"])
    assert isinstance(done.exception, UnknownNameError)
    assert list(tmp_path.iterdir()) == []


# --- the page as people use it ------------------------------------------------------------


@needs_browser
def test_opens_on_the_map_without_a_request_or_a_complaint(text: str, visit: Open) -> None:
    seen = visit(text)
    assert seen.tab.locator("h1").inner_text() == "What bypasses sotorasib?"
    drawn = seen.drawn()
    assert 40 < drawn["nodes"] < 200
    assert drawn["dashed"] == 0
    assert "denied or doubted lines hidden" in seen.tab.locator("#status").inner_text()
    seen.clean()


@needs_browser
def test_asks_for_nothing_when_served_either(text: str, browser: Browser) -> None:
    context = browser.new_context()
    tab = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    tab.on("console", lambda m: said.append(m.text))

    def serve(route: Any) -> None:
        asked.append(route.request.url)
        route.fulfill(body=text, content_type="text/html; charset=utf-8")

    tab.route("**/*", serve)
    tab.goto("http://viewer.test/page")
    tab.wait_for_timeout(300)
    assert asked == ["http://viewer.test/page"]
    assert said == []
    context.close()


@needs_browser
def test_whole_graph_and_back(kg: KnowledgeGraph, text: str, visit: Open) -> None:
    seen = visit(text)
    first = seen.drawn()
    seen.tab.click("#whole")
    assert seen.drawn()["nodes"] == len(kg.reader.entities)
    seen.tab.click("#first")
    assert seen.drawn() == first
    seen.clean()


@needs_browser
def test_switch_shows_denied_and_doubted_dashed_and_labelled(text: str, visit: Open) -> None:
    seen = visit(text)
    seen.tab.check("#doubt")
    some = seen.drawn()["dashed"]
    assert some > 0
    seen.tab.click("#whole")
    assert seen.drawn()["dashed"] > some
    labels = seen.js(
        """() => window.krasGraph.network.body.data.edges.get().filter((e) => e.dashes)
          .map((e) => e.label)"""
    )
    assert all(labels)
    assert any("denied" in label for label in labels)
    seen.tab.uncheck("#doubt")
    assert seen.drawn()["dashed"] == 0
    seen.clean()


@needs_browser
def test_a_line_shows_its_evidence(text: str, visit: Open) -> None:
    seen = visit(text)
    seen.click_edge("sotorasib", "switch-II pocket")
    detail = seen.detail()
    assert "sotorasib binds switch-II pocket" in detail
    for word in ("stated", "Polarity", "affirmed", "Certainty", "Setting", "section", "Statement"):
        assert word in detail
    address = seen.tab.locator("#details article a").first.get_attribute("href")
    assert address
    assert address.startswith("https://doi.org/10.")
    seen.tab.click("#close")
    assert seen.tab.locator("#details").is_hidden()
    seen.clean()


@needs_browser
def test_a_box_shows_its_card(kg: KnowledgeGraph, text: str, visit: Open) -> None:
    seen = visit(text)
    seen.click_node("MET amplification")
    detail = seen.detail()
    assert "Alteration" in detail
    assert "Reported mechanism: bypass drivers" in detail
    seen.tab.locator("#details summary").first.click()
    seen.tab.locator("#details article").wait_for()
    assert "section" in seen.detail()
    seen.clean()


@needs_browser
def test_figures_are_shown_as_printed(kg: KnowledgeGraph, text: str, visit: Open) -> None:
    statements = kg.statements()
    results = kg.results(statements)
    owner = next(s for s in statements if any(r.n for r in results.get(s.id, ())))
    seen = visit(text)
    seen.tab.click("#whole")
    seen.tab.click("#table")
    seen.tab.check("#doubt")
    seen.tab.get_by_role("button", name=f"{owner.id}: details").click()
    assert results[owner.id][0].printed in seen.detail()
    seen.clean()


@needs_browser
def test_search_by_synonym_with_the_keyboard(text: str, visit: Open) -> None:
    seen = visit(text)
    seen.tab.keyboard.press("/")
    seen.tab.keyboard.type("amg 51")
    assert seen.tab.locator("#found [role=option]").first.inner_text().startswith("sotorasib")
    seen.tab.keyboard.press("ArrowDown")
    seen.tab.keyboard.press("ArrowUp")
    seen.tab.keyboard.press("Enter")
    assert seen.tab.locator("#details h2").inner_text() == "sotorasib"
    assert "Also called: AMG 510" in seen.detail()
    seen.tab.fill("#find", "zzzz")
    assert seen.tab.locator("#found").inner_text() == "Nothing of that name"
    seen.clean()


@needs_browser
def test_search_reaches_what_the_map_leaves_out(text: str, visit: Open) -> None:
    seen = visit(text)
    seen.tab.fill("#find", "pembrolizumab")
    seen.tab.press("#find", "Enter")
    assert seen.tab.locator("#whole").get_attribute("aria-pressed") == "true"
    seen.clean()


@needs_browser
def test_table_lists_the_statements_of_the_drawing(text: str, visit: Open) -> None:
    seen = visit(text)
    drawn = seen.js(
        """() => { const { network, data } = window.krasGraph;
          const lines = new Set(network.body.data.edges.getIds());
          return [...new Set(data.edges.filter((e) => lines.has(e.id))
            .flatMap((e) => e.statements))].sort(); }"""
    )
    seen.tab.click("#table")
    listed = sorted(seen.tab.locator("tbody th").all_inner_texts())
    assert listed == drawn
    assert seen.tab.locator("thead th[scope=col]").count() == 6
    seen.tab.locator("tbody button").first.click()
    assert f"Statement {listed[0]}" in seen.detail()
    seen.clean()


@needs_browser
def test_legend_explains_every_group_and_end(text: str, visit: Open) -> None:
    seen = visit(text)
    seen.tab.click("#key")
    legend = seen.tab.locator("#legend").inner_text()
    groups = seen.js("() => window.krasGraph.data.groups.map((g) => g[1])")
    for word in (*groups, "raises", "lowers", "direction not known", "dashed", "by definition"):
        assert word in legend
    seen.clean()


@needs_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_follow_the_reader(text: str, visit: Open, scheme: str) -> None:
    seen = visit(text, color_scheme=scheme)
    paper = seen.js("() => getComputedStyle(document.body).backgroundColor")
    assert paper == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(20, 23, 27)")
    seen.tab.emulate_media(color_scheme="dark" if scheme == "light" else "light")
    assert seen.js("() => getComputedStyle(document.body).backgroundColor") != paper
    seen.clean()


@needs_browser
def test_fits_a_phone(text: str, visit: Open) -> None:
    seen = visit(text, width=390, height=844, has_touch=True)
    seen.tab.click("#table")
    assert seen.js("() => document.documentElement.scrollWidth") <= 390
    seen.tab.click("#table")
    assert seen.js("() => document.documentElement.scrollWidth") <= 390
    seen.click_node("sotorasib")
    assert seen.tab.locator("#details h2").inner_text() == "sotorasib"
    seen.clean()


# --- hostile content ------------------------------------------------------------------------


def _roam(seen: Visit) -> None:
    """Show everything there is to show."""
    seen.tab.check("#doubt")
    for view in ("#first", "#whole"):
        seen.tab.click(view)
        seen.tab.click("#table")
        count = seen.tab.locator("tbody button").count()
        for place in range(min(count, 25)):
            seen.tab.locator("tbody button").nth(place).click()
        seen.tab.click("#table")
    for label in HOSTILE[:6]:
        seen.tab.fill("#find", label)
        seen.tab.press("#find", "Enter")
        for place in range(min(seen.tab.locator("#details summary").count(), 3)):
            seen.tab.locator("#details summary").nth(place).click()
    seen.tab.mouse.move(400, 300)
    seen.tab.wait_for_timeout(200)


class _Hostile:
    """A small graph in memory whose every id and text is hostile; stands in for the real one."""

    def __init__(self, kg: KnowledgeGraph) -> None:
        first = next(s for s in kg.statements() if s.predicate == "confers_resistance_to")
        drug = kg.entity("sotorasib")
        gene = kg.entity("MET amplification")
        self.items = {
            text: replace(
                (drug, gene)[place % 2],
                id=text,
                label=text,
                synonyms=(text, *HOSTILE[:3]),
                note=text,
                parents=(),
                attributes={},
                xrefs=(text, "javascript:window.hit=1", f"https://example.org/{text}"),
            )
            for place, text in enumerate(HOSTILE)
        }
        self.rows = [
            replace(
                first,
                id=f"S{place}{text}",
                subject=text,
                object=HOSTILE[0],
                predicate=("confers_resistance_to", text)[place % 2],
                population=text,
                assay=text,
                species=text,
                cites=text,
                source_issue=text,
                note=text,
                disease=(text,),
                under=(HOSTILE[0],),
            )
            for place, text in enumerate(HOSTILE)
        ]
        papers = {
            text: replace(
                next(iter(kg.reader.publications.values())),
                id=text,
                label=text,
                journal=text,
                doi=text,
                kind=text,
            )
            for text in HOSTILE
        }
        self.reader = Reader(kg.engine)
        self.reader.__dict__.update(entities=self.items, publications=papers)
        self.network = build(self.items.values(), self.rows, predicate_signs(kg.engine))
        self.anchor = next(iter(kg.evidence(kg.statements()[:5]).values()))[0]
        self.result = next(r for found in kg.results(kg.statements()).values() for r in found)

    def entity(self, name: str) -> Entity:
        return self.items[name]

    def statements(self) -> list[Statement]:
        return self.rows

    def results(self, rows: list[Statement]) -> dict[str, list[Result]]:
        return {
            row.id: [replace(self.result, printed=row.note, unit=row.note, source_issue=row.note)]
            for row in rows
        }

    def evidence(self, rows: list[Statement]) -> dict[str, list[Any]]:
        return {
            row.id: [replace(self.anchor, publication=row.note, section=row.note)] for row in rows
        }

    def bypass(self, drug: str, *, compute: bool) -> BypassAnswer:
        del compute
        found = tuple(
            SimpleNamespace(mechanism=self.items[row.subject], group=row.group, statements=(row,))
            for row in self.rows
        )
        return cast(
            "BypassAnswer",
            SimpleNamespace(drug=self.items[drug], classes=(), reported=found, denied=(), open=()),
        )


@needs_browser
@pytest.mark.parametrize("focus", HOSTILE[:2])
def test_hostile_texts_and_ids_stay_text(kg: KnowledgeGraph, visit: Open, focus: str) -> None:
    hostile = cast("KnowledgeGraph", _Hostile(kg))
    seen = visit(page(hostile, focus))
    assert "onerror" in seen.tab.locator("h1").inner_text()
    _roam(seen)
    assert seen.tab.locator("img, iframe, #details script, #list script, svg[onload]").count() == 0
    for address in seen.js("() => [...document.links].map((a) => a.protocol)"):
        assert address in ("https:", "http:")
    seen.clean()


@needs_browser
def test_real_graph_with_hostile_labels_stays_quiet(kg: KnowledgeGraph, visit: Open) -> None:
    reader = Reader(kg.engine)
    reader.__dict__["entities"] = {
        name: replace(
            item,
            label=f"{item.label} {HOSTILE[place % len(HOSTILE)]}",
            synonyms=(HOSTILE[place % len(HOSTILE)],),
            note=HOSTILE[(place + 1) % len(HOSTILE)],
        )
        for place, (name, item) in enumerate(kg.reader.entities.items())
    }
    twin = KnowledgeGraph(kg.engine)
    twin.reader = reader
    seen = visit(page(twin, "sotorasib"))
    _roam(seen)
    assert seen.tab.locator("img, iframe").count() == 0
    seen.clean()
