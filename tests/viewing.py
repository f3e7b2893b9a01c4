"""What the tests of the viewer share: a browser without a network, and a visit to a page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Locator, Page, sync_playwright

from kras_graph import KnowledgeGraph
from kras_graph.present.viewer import page

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
needs_browser = pytest.mark.skipif(
    os.environ.get("KRAS_GRAPH_SKIP_BROWSER") == "1", reason="KRAS_GRAPH_SKIP_BROWSER=1"
)
# Where a point of the picture is on the screen, within the drawing.
_ON_SCREEN = """(x, y) => {
  const { sight } = window.krasGraph, stage = document.getElementById("stage");
  return { x: (x - sight.x) * sight.k + stage.clientWidth / 2,
    y: (y - sight.y) * sight.k + stage.clientHeight / 2 };
}"""


class Visit:
    """An open page with all that it asked for and complained about."""

    def __init__(self, tab: Page, asked: list[str], said: list[str]) -> None:
        self.tab = tab
        self.asked = asked
        self.said = said

    def js(self, script: str, argument: object = None) -> Any:
        return self.tab.evaluate(script, argument)

    def clean(self) -> None:
        """Nothing was asked for, nothing complained, nothing hostile ran."""
        assert self.asked == []
        assert self.said == []
        assert self.js("window.hit") is None

    def at(self, ident: str) -> Locator:
        return self.tab.locator(f"#{ident}")

    def settle(self) -> None:
        """Wait until what was asked for has been drawn."""
        self.js("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 20)))")

    def click_edge(self, source: str, target: str, predicate: str = "") -> None:
        """Click the line from one box to another where the drawing has it to itself."""
        spot = self.js(
            f"""([one, two, predicate]) => {{
              const screen = {_ON_SCREEN};
              const {{ scene, nodes, boxAt, linesAt }} = window.krasGraph;
              for (const line of scene.lines) {{
                const {{ edge }} = line;
                if (nodes[edge.from].label !== one || nodes[edge.to].label !== two) continue;
                if (predicate && edge.predicate !== predicate) continue;
                for (let i = 1; i < line.points.length; i += 1) for (const t of [0.3, 0.5, 0.7]) {{
                  const [a, b] = [line.points[i - 1], line.points[i]];
                  const p = screen(a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t);
                  const [x, y] = [Math.round(p.x), Math.round(p.y)];
                  if (boxAt(x, y)) continue;
                  const found = linesAt(x, y);
                  const shared = found.some((other) => other !== line && other.tied);
                  if (found[0] === line && !shared) return {{ x, y }};
                }}
              }}
            }}""",
            [source, target, predicate],
        )
        assert spot, f"no line from {source} to {target}"
        self.at("sheet").click(position=spot)
        self.at("details").wait_for()

    def click_node(self, label: str) -> None:
        spot = self.js(
            f"""(label) => {{
              const screen = {_ON_SCREEN};
              const box = window.krasGraph.scene.boxes.find((b) => b.node.label === label);
              return screen(box.x, box.y);
            }}""",
            label,
        )
        self.at("sheet").click(position=spot)
        self.at("details").wait_for()

    def drawn(self) -> dict[str, int]:
        """How much the present view holds."""
        found: dict[str, int] = self.js(
            """() => { const { scene } = window.krasGraph; return { boxes: scene.boxes.length,
              lines: scene.lines.length, figures: scene.rows.length,
              dashed: scene.lines.filter((line) => !line.edge.asserted).length }; }"""
        )
        return found

    def shown(self) -> set[str]:
        """Labels of the boxes of the present view."""
        return set(self.js("() => window.krasGraph.scene.boxes.map((box) => box.node.label)"))

    def said_of(self) -> set[str]:
        """Statements that the present view shows and the filters keep."""
        return set(self.js(
            "() => [...krasGraph.scene.statements].map((n) => krasGraph.statements[n].id)"
        ))  # fmt: skip

    def detail(self) -> str:
        return self.at("details").inner_text()

    def ink(self) -> int:
        """How many different colours the drawing has: one where nothing is drawn."""
        found: int = self.js(
            """() => { const sheet = document.getElementById("sheet");
              const brush = sheet.getContext("2d");
              const { data } = brush.getImageData(0, 0, sheet.width, sheet.height);
              const seen = new Set();
              for (let i = 0; i < data.length; i += 4)
                seen.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
              return seen.size; }"""
        )
        return found


Open = Callable[..., Visit]


# one browser a file: while it runs, no other event loop can run in this thread
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
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


@pytest.fixture(scope="session")
def viewer_text(kg: KnowledgeGraph) -> str:
    """The page of the shipped graph as it comes by default."""
    return page(kg, "sotorasib")


@pytest.fixture(scope="session")
def shots(pytestconfig: pytest.Config) -> Path:
    """Folder in which screenshots of the main states are kept."""
    chosen = os.environ.get("KRAS_GRAPH_SCREENSHOTS")
    if chosen is None:
        assert pytestconfig.cache is not None
        return Path(pytestconfig.cache.mkdir("viewer"))
    folder = Path(chosen)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def visit(chromium: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens a page from disk with the network cut; everything it asks for is noted."""
    contexts = []

    def start(
        text: str, *, width: int = 1440, height: int = 900, state: str = "", **options: Any
    ) -> Visit:
        file = tmp_path / "page.html"
        file.write_text(text, encoding="utf-8")
        context = chromium.new_context(
            viewport={"width": width, "height": height}, offline=True, **options
        )
        contexts.append(context)
        asked: list[str] = []
        said: list[str] = []
        tab = context.new_page()
        tab.set_default_timeout(10_000)

        def own(address: str) -> bool:
            return address.split("#")[0] == file.as_uri() or address.startswith("blob:file://")

        def gate(route: Any) -> None:
            if own(route.request.url):
                route.continue_()
            else:
                asked.append(route.request.url)
                route.abort()

        tab.route("**/*", gate)
        tab.on("request", lambda r: None if own(r.url) else asked.append(r.url))
        tab.on("console", lambda m: said.append(m.text) if m.type != "log" else None)
        tab.on("pageerror", lambda e: said.append(str(e)))

        def refuse(dialog: Dialog) -> None:
            said.append(dialog.message)
            dialog.dismiss()

        tab.on("dialog", refuse)
        tab.goto(file.as_uri() + (f"#{state}" if state else ""))
        return Visit(tab, asked, said)

    yield start
    for context in contexts:
        context.close()
