"""The viewer for everyone: keyboard, screen reader, phone, zoom, dark, colour blindness."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe

from kras_graph import KnowledgeGraph
from kras_graph.present.viewer import page
from tests.viewing import Open, Visit, needs_browser

pytestmark = needs_browser
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}
PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}


def faults(seen: Visit) -> list[str]:
    """What axe-core objects to."""
    found: list[dict[str, Any]] = Axe().run(seen.tab, options=RULES).response["violations"]
    return [f"{fault['id']}: {fault['nodes'][0]['html'][:90]}" for fault in found]


# --- axe-core ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scheme", "size"),
    [("light", "desk"), ("dark", "desk"), ("light", "phone"), ("dark", "zoomed")],
)
def test_axe_finds_no_fault_in_any_state(
    viewer_text: str, visit: Open, scheme: str, size: str
) -> None:
    options: dict[str, Any] = {
        "desk": {}, "phone": PHONE, "zoomed": {"width": 720, "height": 450},
    }[size]  # fmt: skip
    seen = visit(viewer_text, color_scheme=scheme, **options)
    assert faults(seen) == []
    for panel in ("ask", "sift", "legend", "share"):
        if seen.at(f"open-{panel}").get_attribute("aria-expanded") != "true":
            seen.at(f"open-{panel}").click()
        if panel == "sift":
            seen.tab.locator("summary", has_text="Kind of evidence").click()
        assert faults(seen) == [], panel
    seen.at("show-whole").click()
    seen.at("find").fill("met")
    assert faults(seen) == []
    seen.at("find").press("Enter")
    assert faults(seen) == []
    seen.at("show-trials").click()
    assert faults(seen) == []
    seen.at("show-first").click()
    seen.at("show-table").click()
    assert faults(seen) == []
    seen.clean()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "state",
    [
        "view=path&path=sotorasib&path=ERK",
        "view=path&path=MET_amplification&path=ERK&table=1",
        "route=sotorasib:MET_amplification:ERK",
        "closes=PTPN11",
        "step=MET&step=GDP-GTP_exchange&step=makes",
        "node=PTPN11",
    ],
)
def test_axe_finds_no_fault_with_paths_and_computed_routes(
    viewer_text: str, visit: Open, scheme: str, state: str
) -> None:
    seen = visit(viewer_text, color_scheme=scheme, state=state)
    assert faults(seen) == []
    seen.clean()


def test_axe_finds_no_fault_in_the_embedded_page(kg: KnowledgeGraph, visit: Open) -> None:
    seen = visit(page(kg, "sotorasib", embed=True), width=700, height=500)
    assert faults(seen) == []
    seen.at("open-legend").click()
    assert faults(seen) == []


def _light(colour: str) -> float:
    """Relative luminance of a colour, as WCAG 2.2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_light(one), _light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_the_drawing_uses_has_contrast(viewer_text: str, visit: Open, scheme: str) -> None:
    seen = visit(viewer_text, color_scheme=scheme)
    colours = seen.js("() => krasGraph.palette()")
    paper = colours["paper"]
    texts = ("ink", "muted", "computed", *(name for name in colours if "_" in name), "other")
    for name in texts:
        assert _contrast(colours[name], paper) >= 4.5, name
    assert _contrast(colours["on-therapy"], colours["therapy"]) >= 4.5
    for name in ("raises", "lowers", "unclear", "direct", "class", "blocked", "accent", "molecule",
                 "alteration", "process", "disease", "study", "therapy", "measure"):  # fmt: skip
        assert _contrast(colours[name], paper) >= 3, name


# --- keyboard and screen reader ---------------------------------------------------------


def test_everything_is_reached_by_the_keyboard(viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text)
    reached = []
    for _ in range(40):
        seen.tab.keyboard.press("Tab")
        reached.append(seen.js("() => document.activeElement.id"))
        if reached[-1] == "" or reached[-1] in reached[:-1]:
            break
    for name in ("find", "show-first", "show-whole", "show-trials", "show-table", "doubt",
                 "computed", "open-ask", "open-sift", "open-legend", "open-share", "theme",
                 "stage", "nearer", "farther", "fit"):  # fmt: skip
        assert name in reached
    seen.clean()


def test_arrow_keys_walk_the_drawing_and_say_where_they_are(viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text)
    seen.at("stage").focus()
    seen.tab.keyboard.press("ArrowRight")
    assert seen.at("say").inner_text().startswith("sotorasib, Drug, ")
    seen.tab.keyboard.press("ArrowLeft")
    assert seen.at("say").inner_text().startswith("KRAS G12C inhibitor, Drug Class")
    seen.tab.keyboard.press("ArrowRight")
    seen.tab.keyboard.press("ArrowRight")
    place = seen.at("say").inner_text()
    assert not place.startswith("sotorasib")
    seen.tab.keyboard.press("Enter")
    assert seen.tab.locator("#details h2").inner_text() == place.split(", ")[0]
    assert seen.js("() => document.activeElement.id") == "panel"
    seen.tab.keyboard.press("Escape")
    assert seen.at("details").is_hidden()
    seen.clean()


def test_keys_zoom_and_move(viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text)
    sight = "() => ({ ...krasGraph.sight })"
    first = seen.js(sight)
    seen.at("stage").focus()
    seen.tab.keyboard.press("+")
    assert seen.js(sight)["k"] > first["k"]
    seen.tab.keyboard.press("Shift+ArrowRight")
    assert seen.js(sight)["x"] > first["x"]
    seen.tab.keyboard.press("0")
    assert seen.js(sight) == first
    seen.clean()


def test_evidence_is_reached_without_a_mouse(viewer_text: str, visit: Open) -> None:
    """From the search to the claims of a neighbour by keys alone."""
    seen = visit(viewer_text)
    seen.tab.keyboard.press("/")
    seen.tab.keyboard.type("RET fusion")
    seen.tab.keyboard.press("Enter")
    for _ in range(30):
        seen.tab.keyboard.press("Tab")
        if seen.js("() => document.activeElement.tagName === 'SUMMARY'"):
            break
    assert seen.js("() => document.activeElement.tagName") == "SUMMARY"
    assert "R305" in seen.detail()
    seen.clean()


def test_names_roles_and_changes_are_told(viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text)
    assert seen.tab.get_by_role("navigation", name="View").count() == 1
    assert seen.tab.get_by_role("application", name="Drawing of the graph").count() == 1
    assert seen.tab.get_by_role("combobox", name=re.compile("Find")).count() == 1
    assert seen.tab.locator("#say[role=status]").count() == 1
    seen.at("doubt").check()
    assert "dashed" in seen.at("say").inner_text()
    seen.at("show-table").click()
    table = seen.tab.get_by_role("table").first
    assert table.locator("caption").inner_text().startswith("Statements")
    assert table.locator("th[scope=col]").count() == table.locator("tr").nth(1).locator(
        "th, td"
    ).count()  # fmt: skip
    seen.clean()


# --- screens ----------------------------------------------------------------------------


@pytest.mark.parametrize("width", [320, 390, 720])
def test_nothing_is_cut_off_on_small_screens(viewer_text: str, visit: Open, width: int) -> None:
    seen = visit(viewer_text, width=width, height=640)
    for ident in ("show-first", "show-trials", "show-table", "open-sift", "open-share"):
        seen.at(ident).click()
        assert seen.js("() => document.documentElement.scrollWidth") <= width
    seen.clean()


def test_a_phone_opens_on_the_drug_and_the_answer(viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text, **PHONE)
    assert seen.js("() => krasGraph.sight.k") > 0.5
    assert "MET amplification" in seen.at("answer").inner_text()
    seen.click_node("sotorasib")
    assert seen.tab.locator("#details h2").inner_text() == "sotorasib"
    seen.clean()


def test_two_fingers_zoom(viewer_text: str, visit: Open) -> None:
    seen = visit(viewer_text, **PHONE)
    before = seen.js("() => krasGraph.sight.k")
    seen.js(
        """() => { const sheet = document.getElementById("sheet");
          const box = sheet.getBoundingClientRect();
          const send = (kind, id, x, y) => sheet.dispatchEvent(new PointerEvent(kind, {
            bubbles: true, pointerId: id, pointerType: "touch",
            clientX: box.left + x, clientY: box.top + y }));
          send("pointerdown", 1, 150, 200); send("pointerdown", 2, 200, 200);
          send("pointermove", 2, 300, 200); send("pointerup", 1, 150, 200);
          send("pointerup", 2, 300, 200); }"""
    )
    assert seen.js("() => krasGraph.sight.k") == pytest.approx(3 * before)
    assert seen.at("details").is_hidden()
    seen.clean()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_follow_the_reader_until_told_otherwise(
    viewer_text: str, visit: Open, scheme: Literal["light", "dark"]
) -> None:
    seen = visit(viewer_text, color_scheme=scheme)
    paper = "() => getComputedStyle(document.body).backgroundColor"
    shown = {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 23, 27)"}
    other: Literal["light", "dark"] = "dark" if scheme == "light" else "light"
    assert seen.js(paper) == shown[scheme]
    seen.at("theme").click()
    assert seen.js(paper) == shown[other]
    assert seen.js("() => krasGraph.palette().paper") in ("#14171b", "#ffffff")
    seen.tab.emulate_media(color_scheme=other)
    assert seen.js(paper) == shown[other]
    seen.clean()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_given_theme_holds(kg: KnowledgeGraph, visit: Open, theme: Any) -> None:
    seen = visit(page(kg, "sotorasib", theme=theme), color_scheme="light")
    paper = seen.js("() => krasGraph.palette().paper")
    assert paper == ("#ffffff" if theme == "light" else "#14171b")
    assert seen.js(
        """() => { const sheet = document.getElementById("sheet");
          return [...sheet.getContext("2d").getImageData(2, 2, 1, 1).data].slice(0, 3); }"""
    ) == [int(paper[i : i + 2], 16) for i in (1, 3, 5)]
    seen.clean()


def test_meaning_does_not_hang_on_colour(viewer_text: str, visit: Open) -> None:
    """Every kind of box has a form of its own, every group its words."""
    seen = visit(viewer_text, state="view=whole")
    forms = seen.js(
        """() => Object.fromEntries([...new Set(Object.values(krasGraph.data.kinds))].map((kind) =>
          [kind, krasGraph.outline(kind, 100, 28)]))"""
    )
    assert len(forms) == 7
    assert len(set(forms.values())) == 7
    seen = visit(viewer_text)
    words = seen.js("() => krasGraph.scene.heads.filter((h) => h[3]).map((h) => h[0])")
    assert len(set(words)) == len(words) > 4


# --- pictures kept ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "state", "options"),
    [
        ("light", "", {}),
        ("dark", "", {"color_scheme": "dark"}),
        ("phone", "", {**PHONE, "device_scale_factor": 2}),
        ("zoom-200", "", {"width": 720, "height": 450, "device_scale_factor": 2}),
        ("denied-and-uncertain", "doubt=1", {}),
        ("card", "node=MET_amplification", {}),
        ("whole", "view=whole", {}),
        ("trials", "view=trials", {}),
        ("near", "view=near&focus=ERK", {}),
        ("filtered", "setting=case-report", {}),
        ("answer", "ask=sotorasib", {}),
        ("table", "table=1", {}),
        ("adagrasib", "focus=adagrasib", {}),
        ("reports-only", "computed=0", {}),
        ("route", "route=sotorasib:MET_amplification:ERK", {}),
        ("path", "view=path&path=sotorasib&path=ERK", {}),
        ("path-phone", "view=path&path=sotorasib&path=ERK", {**PHONE, "device_scale_factor": 2}),
    ],
)
def test_main_states_are_kept_as_pictures(
    viewer_text: str, visit: Open, shots: Path, name: str, state: str, options: dict[str, Any]
) -> None:
    seen = visit(viewer_text, state=state, **options)
    seen.settle()
    seen.tab.screenshot(path=shots / f"{name}.png")
    if "table" not in state:
        assert seen.ink() > 50
    seen.clean()


@pytest.mark.parametrize("kind", ["deuteranopia", "protanopia", "achromatopsia"])
def test_colour_blindness_is_kept_as_pictures(
    viewer_text: str, visit: Open, shots: Path, kind: str
) -> None:
    seen = visit(viewer_text)
    session = seen.tab.context.new_cdp_session(seen.tab)
    session.send("Emulation.setEmulatedVisionDeficiency", {"type": kind})
    seen.settle()
    seen.tab.screenshot(path=shots / f"{kind}.png")
    seen.clean()
