"""What the map shows of computed routes: all of them, marked, and never mixed with reports."""

from __future__ import annotations

from typing import Any

import pytest

from kras_graph import KnowledgeGraph
from kras_graph.answers.families import THERAPY
from kras_graph.model.mechanism import PRESENT
from kras_graph.network.derivation import Tree
from tests.viewing import _ON_SCREEN, Open, Visit, needs_browser

MARK = "Computed from the graph, not observed"
pytestmark = needs_browser
TOLD = """(name) => {
  const { nodes, statements, computedOf } = krasGraph, id = (n) => nodes[n].id;
  const row = computedOf(nodes.findIndex((node) => node.id === name));
  return {
    routes: row.routes.map((r) => ({ id: r.id, output: id(r.output), sources: r.sources.map(id),
      arcs: [...r.parts.arcs.keys()].map((key) => { const [a, b, kind] = key.split(" ");
        return [id(a), id(b), kind].join(" "); }).sort(),
      statements: [...new Set(r.parts.steps.flatMap((s) => s.statements))]
        .map((n) => statements[n].id).sort(),
      assumptions: [...new Set(r.parts.steps.flatMap((s) => s.assumed))].sort(),
      reported: r.reported.map((n) => statements[n].id) })),
    sets: row.sets.map((s) => [s.targets.map(id), !!s.trunk, s.drugs.map(id)]) };
}"""


def arcs(tree: Tree) -> set[str]:
    """What makes what active in a proof, as the page names it."""
    here = tree.node.removesuffix(PRESENT)
    found = {f"{name} {here} voids" for name in tree.voids}
    for premise in tree.premises:
        kind = "needs" if premise.node.endswith(PRESENT) else "makes"
        found |= {f"{premise.node.removesuffix(PRESENT)} {here} {kind}"} | arcs(premise)
    return found


def wanted(kg: KnowledgeGraph, name: str) -> dict[str, Any]:
    """Routes and closing sets of a therapy, as the page tells them."""
    from kras_graph.answers.resistance import spoken_of_routes

    answer = kg.bypass(name)
    assert answer.computed is not None
    told = spoken_of_routes(kg.reader, answer)
    return {
        "routes": [
            {
                "id": route.id,
                "output": route.output,
                "sources": list(route.sources),
                "arcs": sorted(arcs(route.tree)),
                "statements": sorted(route.statements),
                "assumptions": sorted({*route.assumptions, *route.caveats}),
                "reported": list(told[route.id].reported),
            }
            for route in answer.computed.routes
        ],
        "sets": [
            [
                list(chosen.targets),
                chosen.common_downstream,
                list(dict.fromkeys(d for drugs in chosen.drugs.values() for d in drugs)),
            ]
            for chosen in kg.combine(name).sets
        ],
    }


def test_routes_and_closing_sets_are_those_of_the_library(
    kg: KnowledgeGraph, viewer_text: str, visit: Open
) -> None:
    seen = visit(viewer_text)
    therapies = [n for n, item in kg.reader.entities.items() if item.cls in THERAPY]
    shown = {name for name in therapies if seen.js(TOLD, name)["routes"]}
    assert {"sotorasib", "adagrasib", "MRTX1133"} <= shown
    for name in sorted(shown):
        assert seen.js(TOLD, name) == wanted(kg, name), name
    seen.clean()


def test_every_route_is_drawn_on_the_map(kg: KnowledgeGraph, viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text)
    drawn = set(
        seen.js(
            """() => krasGraph.scene.routes.map((line) => [krasGraph.nodes[line.source].id,
              krasGraph.nodes[line.target].id, line.kind].join(" "))"""
        )
    )
    computed = kg.bypass("sotorasib").computed
    assert computed is not None
    assert {arc for route in computed.routes for arc in arcs(route.tree)} <= drawn
    closing = {f"{kind}" for kind in drawn if kind.endswith(" closes")}
    assert {arc.split()[1] for arc in closing} == {"PTPN11", "SOS1", "RAS"}
    seen.clean()


def test_computed_lines_never_count_as_reports(viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text)
    on = seen.drawn()
    assert seen.js("() => krasGraph.scene.lines.every((line) => line.edge.drawn)")
    assert "computed, not observed" in seen.at("count").inner_text()
    seen.at("computed").uncheck()
    assert seen.js("() => krasGraph.scene.routes.length") == 0
    assert "computed" not in seen.at("count").inner_text()
    off = seen.drawn()
    assert off["boxes"] < on["boxes"]
    assert "computed=0" in seen.js("() => krasGraph.encode()")
    # the reports stay the same: what goes is only what computed routes brought in
    gone = seen.js("() => [...krasGraph.scene.only].some((n) => krasGraph.scene.first.has(n))")
    assert gone is False
    again = visit(viewer_text, state="computed=0")
    assert again.drawn() == off
    assert not again.at("computed").is_checked()
    seen.clean()


def click_tube(seen: Visit, source: str, target: str) -> None:
    """Click a computed line where no box and no reported line is near."""
    spot = seen.js(
        f"""([one, two]) => {{
          const screen = {_ON_SCREEN};
          const {{ scene, nodes, boxAt, linesAt, tubeAt }} = krasGraph;
          for (const line of scene.routes) {{
            if (nodes[line.source].id !== one || nodes[line.target].id !== two) continue;
            for (let i = 1; i < line.points.length; i += 1) for (const t of [0.2, 0.4, 0.6, 0.8]) {{
              const [a, b] = [line.points[i - 1], line.points[i]];
              const p = screen(a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t);
              const [x, y] = [Math.round(p.x), Math.round(p.y)];
              if (boxAt(x, y) || linesAt(x, y, 7).length) continue;
              if (tubeAt(x, y)?.line === line) return {{ x, y }};
            }}
          }}
        }}""",
        [source, target],
    )
    assert spot, f"no computed line from {source} to {target}"
    seen.at("sheet").click(position=spot)
    seen.at("details").wait_for()


def test_a_step_leads_to_its_routes_and_a_route_to_its_proof(
    kg: KnowledgeGraph, viewer_text: str, visit: Open
) -> None:
    seen = visit(viewer_text, width=1900, height=1100)
    click_tube(seen, "wild-type_RAS_GTP-bound", "RAS_GTP-bound")
    assert MARK in seen.detail()
    seen.tab.locator("#details button", has_text="MET amplification to ERK").click()
    proof = seen.detail()
    computed = kg.bypass("sotorasib").computed
    assert computed is not None
    route = next(r for r in computed.routes if r.id == "route:sotorasib:MET_amplification:ERK")
    for name in (*route.statements, *route.assumptions):
        assert name in proof
    for item in computed.assumptions:
        if item.id in route.assumptions:
            assert item.claim in proof
            assert item.citation in proof
    for limit in computed.limits:
        assert limit in proof
    for name in ("R301", "R698"):
        assert name in proof
    address = seen.js("() => krasGraph.encode()")
    assert "route=sotorasib%3AMET_amplification%3AERK" in address
    back = "‹ Back to the computed step\n"
    assert back in proof
    assert visit(viewer_text, state=address).detail() == proof.replace(back, "")
    seen.clean()


def test_a_statement_leads_back_to_the_route_it_was_opened_from(
    viewer_text: str, visit: Open
) -> None:
    state = "route=sotorasib%3AMET_amplification%3AERK"
    seen = visit(viewer_text, state=state, width=1900, height=1100)
    route = seen.detail()
    seen.tab.locator("#details button", has_text="R301").first.click()
    assert seen.detail() != route
    seen.tab.get_by_role("button", name="‹ Back to the route MET amplification to ERK").click()
    assert seen.detail() == route
    assert seen.js("() => krasGraph.encode()") == state
    seen.clean()


def test_a_partner_tells_what_it_would_close_and_what_not(viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text, state="closes=PTPN11")
    told = seen.detail()
    assert "PTPN11: would close every route in this graph, in this context" in told
    for word in (MARK, "TNO155", "SHP2 inhibitor", "For research, not for treatment decisions"):
        assert word in told
    assert "A route opens again with" in told
    seen.clean()


def test_common_downstream_targets_are_left_out_until_asked_for(
    viewer_text: str, visit: Open
) -> None:
    seen = visit(viewer_text, state="ask=sotorasib")
    answer = seen.at("answer")
    assert "common downstream; ERK inhibitor" not in answer.inner_text()
    assert "would close every route: ERK" not in seen.js("() => krasGraph.svg()")
    seen.tab.get_by_label("Also common downstream targets").check()
    assert "common downstream; ERK inhibitor" in answer.inner_text()
    assert "would close every route: ERK" in seen.js("() => krasGraph.svg()")
    assert "trunk=1" in seen.js("() => krasGraph.encode()")
    seen.clean()


def test_blocked_molecules_and_open_outputs_are_told(viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text)
    figure = seen.js("() => krasGraph.svg()")
    for word in ("blocked: KRAS G12C, GTP-bound (active)", ">can stay on<", "not observed"):
        assert word in figure
    seen.at("open-legend").click()
    legend = seen.at("legend").inner_text()
    assert MARK in legend
    assert "computed: open route, not observed" in legend
    seen.clean()


def test_tables_hold_the_computed_routes_apart(
    kg: KnowledgeGraph, viewer_text: str, visit: Open
) -> None:
    seen = visit(viewer_text)
    tables = {
        table["name"]: table
        for table in seen.js(
            """() => krasGraph.tables().map(({ name, title, rows }) =>
              ({ name, title, rows: rows.map((row) => row.cells) }))"""
        )
    }
    computed = kg.bypass("sotorasib").computed
    assert computed is not None
    routes = tables["computed-routes"]
    assert "computed from the graph, not observed" in routes["title"]
    assert len(routes["rows"]) == len(computed.routes)
    assert [row[0] for row in tables["computed-closing"]["rows"]] == ["PTPN11", "SOS1", "RAS"]
    said = {row[0] for row in tables["statements"]["rows"]}
    assert said == seen.said_of()
    seen.clean()


@pytest.mark.parametrize("state", ["", "route=sotorasib:EGFR:ERK", "table=1", "trunk=1"])
def test_states_with_computed_routes_open_without_complaint(
    state: str, viewer_text: str, visit: Open
) -> None:
    seen = visit(viewer_text, state=state)
    seen.settle()
    seen.clean()
