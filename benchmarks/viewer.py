"""The viewer in headless Chromium, beside stock pyvis output of the same graph.

Times run from the start of navigation until the page has drawn and takes input: for the
viewer its own mark after the first frame, for pyvis the end of its stabilisation (or, with
positions given and physics off, its first drawing). `whole` is the time from a click on
*Whole graph* until it is drawn, `pan` the median and the slowest time between frames while
the whole graph is dragged.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from measuring import name_card
from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Error as BrowserError

from kras_graph import KnowledgeGraph
from kras_graph.present.viewer import page
from kras_graph.present.viewer_data import Start, gather, payload

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.viewer_graphs import made_up

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
READY = "() => performance.getEntriesByName('kras-graph-ready').length > 0"
TIME = "() => window.drawnAt ?? performance.getEntriesByName('kras-graph-ready')[0].startTime"
DRAWN = "() => window.drawnAt !== undefined"
# pyvis declares its network in a script of its own; its events are watched from there
STABLE = (
    "network.once('stabilizationIterationsDone', () => { window.drawnAt = performance.now(); })"
)
FIRST = "network.once('afterDrawing', () => { window.drawnAt = performance.now(); })"
DRAG = """async () => {
  const sheet = document.getElementById("sheet"), box = sheet.getBoundingClientRect();
  const send = (kind, x, y) => sheet.dispatchEvent(new PointerEvent(kind, { pointerId: 7,
    clientX: box.left + x, clientY: box.top + y, bubbles: true, pointerType: "mouse" }));
  const times = []; let last = performance.now();
  send("pointerdown", 300, 300);
  for (let i = 0; i < 60; i += 1) {
    send("pointermove", 300 + i * 6, 300 + i * 2);
    await new Promise((done) => requestAnimationFrame(done));
    const now = performance.now(); times.push(now - last); last = now;
  }
  send("pointerup", 660, 420);
  return times;
}"""
WHOLE = """async () => {
  const begun = performance.now();
  document.getElementById("show-whole").click();
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return performance.now() - begun;
}"""


@dataclass(frozen=True)
class Seen:
    """Milliseconds of one page: median, lowest and highest; None for what did not end."""

    times: tuple[float, ...]

    def __str__(self) -> str:
        if not self.times:
            return "not within the limit"
        low, high = min(self.times), max(self.times)
        return f"{statistics.median(self.times):.0f} ms ({low:.0f}-{high:.0f})"


def opened(browser: Browser, path: Path, ready: str, runs: int, limit: float) -> Seen:
    """Time until `ready` holds, in fresh contexts; empty when it takes longer than `limit` s."""
    times = []
    for _ in range(runs):
        context = browser.new_context(viewport={"width": 1440, "height": 900}, offline=True)
        tab = context.new_page()
        tab.set_default_timeout(limit * 1000)
        try:
            tab.goto(path.as_uri(), wait_until="commit")
            tab.wait_for_function(ready, polling=10)
            times.append(float(tab.evaluate(TIME)))
        except BrowserError:
            break
        finally:
            context.close()
    return Seen(tuple(times))


def moved(browser: Browser, path: Path, runs: int) -> tuple[Seen, str]:
    """Time to the whole graph, and frames while it is dragged."""
    whole: list[float] = []
    frames: list[float] = []
    for _ in range(runs):
        context = browser.new_context(viewport={"width": 1440, "height": 900}, offline=True)
        tab = context.new_page()
        tab.goto(path.as_uri())
        whole.append(float(tab.evaluate(WHOLE)))
        tab.wait_for_timeout(200)
        frames += tab.evaluate(DRAG)
        context.close()
    return Seen(tuple(whole)), f"{statistics.median(frames):.0f} / {max(frames):.0f} ms"


def stock(kg: KnowledgeGraph, path: Path, *, placed: bool) -> None:
    """The page that pyvis writes of the graph; `placed` gives positions and stops physics."""
    drawing = kg.to_pyvis()
    drawing.cdn_resources = "in_line"
    if placed:
        start = Start(next(iter(kg.reader.entities)))
        boxes = payload(gather(kg), start)["whole"]["boxes"]
        names = list(kg.reader.entities)
        spots = {names[box[0]]: box for box in boxes}
        for node in drawing.nodes:
            node["x"], node["y"] = spots[node["id"]][1:3]
        drawing.toggle_physics(False)
    text = drawing.generate_html()
    event = FIRST if placed else STABLE
    text = text.replace("return network;", f"{event}; return network;")
    path.write_text(text, encoding="utf-8")


def _made(nodes: int) -> tuple[KnowledgeGraph, str]:
    """A made-up graph with three edges a node, and its drug."""
    return made_up(nodes, 3 * nodes), "drug_0"


def main() -> None:
    """Print a table of times, a row a graph."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--limit", type=float, default=120, help="seconds for a pyvis page")
    parser.add_argument("--sizes", type=int, nargs="*", default=[200, 1000, 5000])
    options = parser.parse_args()
    graphs: dict[str, Callable[[], tuple[KnowledgeGraph, str]]] = {
        "shipped": lambda: (KnowledgeGraph.load(), "sotorasib")
    }
    for size in options.sizes:
        graphs[f"{size:,} / {3 * size:,}"] = partial(_made, size)
    program: Any = shutil.which("chromium")
    print(name_card("pyvis", "playwright"), "\n")
    print("| nodes / edges | file | viewer | whole graph | frames while panning, median / slowest "
          "| vis-network, positions given | stock pyvis |")  # fmt: skip
    print("|---|---|---|---|---|---|---|")
    with sync_playwright() as driver, tempfile.TemporaryDirectory() as folder:
        browser = driver.chromium.launch(executable_path=program, args=FLAGS)
        print(f"<!-- Chromium {browser.version} -->")
        for name, make in graphs.items():
            kg, focus = make()
            paths = [Path(folder) / f"{kind}.html" for kind in ("own", "placed", "stock")]
            paths[0].write_text(page(kg, focus), encoding="utf-8")
            stock(kg, paths[1], placed=True)
            stock(kg, paths[2], placed=False)
            size = f"{paths[0].stat().st_size / 1e6:.2f} MB"
            own = opened(browser, paths[0], READY, options.runs, 60)
            whole, pan = moved(browser, paths[0], min(3, options.runs))
            placed = opened(browser, paths[1], DRAWN, min(3, options.runs), options.limit)
            live = opened(browser, paths[2], DRAWN, 1, options.limit)
            print(f"| {name} | {size} | {own} | {whole} | {pan} | {placed} | {live} |", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
