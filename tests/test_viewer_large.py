"""The viewer on made-up graphs of 1,000 and 5,000 entities: the answer first, then the whole."""

from __future__ import annotations

import pytest

from kras_graph import KnowledgeGraph
from kras_graph.present.viewer import page
from tests.viewer_graphs import made_up
from tests.viewing import Open, needs_browser

pytestmark = needs_browser
SIZES = [(1000, 3000), (5000, 15000)]


@pytest.fixture(scope="module", params=SIZES, ids=[f"{n}-{e}" for n, e in SIZES])
def large(request: pytest.FixtureRequest) -> tuple[KnowledgeGraph, str]:
    graph = made_up(*request.param)
    return graph, page(graph, "drug_0")


def test_the_answer_comes_first_and_the_whole_on_demand(
    large: tuple[KnowledgeGraph, str], visit: Open
) -> None:
    kg, text = large
    seen = visit(text)
    assert seen.at("title").inner_text() == "What bypasses drug 0?"
    assert 10 < seen.drawn()["boxes"] < 150
    seen.at("show-whole").click()
    seen.settle()
    drawn = seen.drawn()
    assert drawn["boxes"] == len(kg.reader.entities)
    said = {s.id for s in kg.statements()}
    seen.at("doubt").check()
    assert seen.said_of() == said
    assert seen.ink() > 50
    seen.clean()


def test_finding_filtering_reading_and_asking_work_at_size(
    large: tuple[KnowledgeGraph, str], visit: Open
) -> None:
    kg, text = large
    seen = visit(text)
    seen.at("find").fill("gene 17")
    seen.at("find").press("Enter")
    assert seen.tab.locator("#details h2").inner_text() == "GENE 17"
    assert seen.at("show-whole").get_attribute("aria-pressed") == "true"
    seen.at("open-sift").click()
    seen.tab.locator("summary", has_text="Relation").click()
    seen.tab.locator("#facets label", has_text="inhibits").locator("input").check()
    wanted = {s.id for s in kg.statements() if s.predicate == "inhibits" and s.is_edge}
    assert seen.said_of() == wanted
    seen.at("show-table").click()
    assert seen.tab.locator("#list tbody tr").count() <= 900
    seen.at("open-ask").click()
    seen.at("ask-name").fill("D-0")
    seen.at("ask-name").press("Enter")
    answer = kg.bypass("drug_0", compute=False)
    assert seen.tab.locator("#answer li").count() == len(
        (*answer.reported, *answer.denied, *answer.open)
    )
    seen.clean()


def test_the_whole_can_be_dragged_and_zoomed(
    large: tuple[KnowledgeGraph, str], visit: Open
) -> None:
    seen = visit(large[1], state="view=whole")
    before = seen.js("() => ({ ...krasGraph.sight })")
    box = seen.at("sheet").bounding_box()
    assert box
    seen.tab.mouse.move(box["x"] + 500, box["y"] + 300)
    seen.tab.mouse.down()
    seen.tab.mouse.move(box["x"] + 400, box["y"] + 250, steps=12)
    seen.tab.mouse.up()
    dragged = seen.js("() => ({ ...krasGraph.sight })")
    assert dragged["x"] > before["x"]
    assert dragged["k"] == before["k"]
    assert seen.at("details").is_hidden(), "dragging is not clicking"
    seen.tab.mouse.wheel(0, -400)
    seen.tab.wait_for_function(f"() => krasGraph.sight.k > {before['k']}")
    seen.tab.wait_for_timeout(300)
    assert seen.ink() > 50
    seen.clean()
