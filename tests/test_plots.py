"""Pictures of measured figures: true to the figures, readable in print, the same every time."""

from __future__ import annotations

import hashlib
import html
import io
import itertools
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from kras_graph import KnowledgeGraph
from kras_graph.answers.measured import Measured
from kras_graph.cli.main import cli, main
from kras_graph.model.errors import KrasGraphError, MissingExtraError
from kras_graph.present.chart import Chart, Mark, Panel, Row
from kras_graph.present.drawing import WIDTH, draw, wrap
from kras_graph.present.marks import CAUSES, DESIGNS, GRADES, PERCENT, RATIO, scale_of
from kras_graph.present.measuring import OutcomeTable
from kras_graph.present.pictures import page, svg
from kras_graph.present.plots import chart_of, picture

LONG = "treatment-related adverse event leading to dose reduction or interruption " * 4


@cache
def answers(kg: KnowledgeGraph) -> dict[str, tuple[OutcomeTable, str]]:
    """Answers of every kind and size, with what to group by."""
    return {
        "one row": (kg.outcomes(drug="sotorasib", disease="PDAC", endpoint="DoR"), ""),
        "36 rows": (kg.outcomes(drug="sotorasib"), ""),
        "by disease": (kg.outcomes(endpoint="response rate"), "disease"),
        "by line": (kg.outcomes(drug="adagrasib"), "line"),
        "ratios": (kg.outcomes(disease="lung cancer"), "drug"),
        "harms": (kg.adverse_events(), ""),
        "harms by grade": (kg.adverse_events(drug="sotorasib"), "grade"),
        "frequencies": (kg.frequencies(), ""),
    }


KINDS = ("one row", "36 rows", "by disease", "by line", "ratios", "harms", "harms by grade",
         "frequencies")  # fmt: skip


@cache
def chart(kg: KnowledgeGraph, kind: str) -> Chart:
    answer, by = answers(kg)[kind]
    return chart_of(kg.reader, answer, by=by)


def row_of(chart: Chart, ident: str) -> Row:
    found = [row for panel in chart.panels for row in panel.rows if row.ident.rstrip("!") == ident]
    assert len(found) == 1, ident
    return found[0]


def mark_of(chart: Chart, ident: str) -> Mark:
    mark = row_of(chart, ident).mark
    assert mark is not None
    return mark


# What is drawn


@pytest.mark.parametrize("kind", KINDS)
def test_every_figure_is_drawn_once_or_told_as_not_drawn(kg: KnowledgeGraph, kind: str) -> None:
    answer, by = answers(kg)[kind]
    made = chart_of(kg.reader, answer, by=by)
    drawn = [row.ident.rstrip("!") for panel in made.panels for row in panel.rows if row.mark]
    spare = next((remark for remark in made.remarks if remark.startswith("Not drawn")), "")
    for row in answer.rows:
        assert (row.result.id in drawn) != (f"{row.result.id} " in spare.replace("!", "")), row
    assert len(drawn) == len(set(drawn))


def test_words_beside_the_mark_are_those_of_the_source(kg: KnowledgeGraph) -> None:
    row = row_of(chart(kg, "36 rows"), "T147.1")
    assert (row.counts, row.figure, row.ident) == (
        "46/124†",
        "37.1% (95% CI, 28.6 - 46.2)",
        "T147.1!",
    )


def test_points_and_intervals_stand_where_the_figures_say(kg: KnowledgeGraph) -> None:
    answer, _ = answers(kg)["36 rows"]
    made = chart(kg, "36 rows")
    for row in answer.rows:
        if scale_of(row) and row.result.ci_low is not None and row.result.value is not None:
            mark = mark_of(made, row.result.id)
            assert mark.value == row.result.value
            assert mark.low == row.result.ci_low
            assert not mark.dashed
            if row.result.ci_high is not None:
                assert mark.high == row.result.ci_high


def test_what_could_not_be_estimated_is_open_and_called_so(kg: KnowledgeGraph) -> None:
    made = chart(kg, "one row")
    mark = mark_of(made, "T093.1")
    assert (mark.low, mark.open_low, mark.open_high, mark.note) == (1.6, False, True, "NE")
    assert any("not estimable" in text for _, text in made.legend)


def test_a_computed_interval_is_dashed_and_a_doubted_figure_hollow(kg: KnowledgeGraph) -> None:
    made = chart(kg, "by disease")
    assert mark_of(made, "R159.1").dashed
    assert not mark_of(made, "T011.1").dashed
    assert any("computed" in text for _, text in made.legend)
    assert mark_of(chart(kg, "36 rows"), "R135.1").hollow
    assert mark_of(chart(kg, "harms"), "T168.1").hollow
    assert not mark_of(chart(kg, "harms"), "T101.1").hollow


def test_spans_and_bounds_have_no_point(kg: KnowledgeGraph) -> None:
    made = chart(kg, "by disease")
    span, bound = mark_of(made, "T164.1"), mark_of(made, "T146.1")
    assert (span.value, span.low, span.high) == (None, 30, 43)
    assert (bound.value, bound.high, bound.open_low) == (None, 10, True)
    bars = chart(kg, "frequencies")
    assert mark_of(bars, "R024.1").open_high
    assert (mark_of(bars, "T029.1").low, mark_of(bars, "T029.1").high) == (4, 7)


def test_single_group_and_randomised_have_shapes_of_their_own(kg: KnowledgeGraph) -> None:
    made = chart(kg, "by disease")
    shapes = {i: mark_of(made, i).shape for i in ("T011.1", "T141.1", "R159.1")}
    assert len(set(shapes.values())) == 3
    assert {text for _, text in made.legend} >= {DESIGNS[d][2] for d in DESIGNS}


def test_ratios_have_a_log_axis_of_their_own_with_a_line_at_one(kg: KnowledgeGraph) -> None:
    made = chart(kg, "ratios")
    (ratio,) = [panel for panel in made.panels if panel.log]
    assert ratio.reference == 1
    ids = {row.ident.rstrip("!") for row in ratio.rows if row.mark}
    assert ids == {"R349.1", "R352.1", "R372.1", "R375.1"}
    for panel in made.panels:
        assert panel.limits[0] < panel.limits[1]
        for row in panel.rows:
            if row.mark and row.mark.value is not None:
                assert panel.limits[0] <= row.mark.value <= panel.limits[1]


def test_a_line_is_drawn_on_percent_where_it_is_asked_for(kg: KnowledgeGraph) -> None:
    answer, _ = answers(kg)["36 rows"]
    made = chart_of(kg.reader, answer, reference=10)
    percent, *others = made.panels
    assert percent.axis == PERCENT
    assert percent.reference == 10
    assert all(panel.reference is None for panel in others)
    assert any("10%" in remark for remark in made.remarks)
    assert made.panels[0].reference != chart_of(kg.reader, answer).panels[0].reference


def test_harms_are_told_apart_by_grade_and_by_cause(kg: KnowledgeGraph) -> None:
    made = chart(kg, "harms")
    any_grade, third = mark_of(made, "T101.1"), mark_of(made, "T101.2")
    assert any_grade.shape == GRADES["any grade"]
    assert third.shape == GRADES["grade 3"]
    assert any_grade.color == CAUSES["any"]
    assert third.color == CAUSES["treatment-related"]
    assert any_grade.dashed != third.dashed  # told apart without colour, too
    assert mark_of(made, "T107.1").value == 0


def test_shapes_are_told_apart_without_colour() -> None:
    assert len({shape for shape, _, _ in DESIGNS.values()}) == len(DESIGNS)
    assert len(set(GRADES.values())) == len(GRADES)


@pytest.mark.parametrize("kind", KINDS)
def test_every_picture_says_what_its_rows_are_not(kg: KnowledgeGraph, kind: str) -> None:
    made = chart(kg, kind)
    told = " ".join(made.remarks)
    assert ("no comparison" in told) == (len(answers(kg)[kind][0].rows) > 1)
    assert "not for treatment decisions" in told
    assert "Sources: " in told


def test_scales_never_mix(kg: KnowledgeGraph) -> None:
    def scale(row: Measured) -> str:
        result = row.result
        return RATIO if str(result.statistic) in ("HR", "OR") else result.unit

    for row in kg.outcomes().rows:
        found = scale_of(row)
        if found == RATIO:
            assert scale(row) == RATIO
        elif found and found != PERCENT:
            assert scale(row) == found
        elif found:
            assert scale(row) in ("%", "patients")


# How it is drawn


def texts(figure: Figure) -> list[tuple[Text, Any]]:
    """Words of a figure with the room they take, as they are drawn."""
    FigureCanvasAgg(figure).draw()  # type: ignore[no-untyped-call]
    found = [text for text in figure.texts if text.get_text().strip()]
    for axes in figure.axes:
        found += [text for text in axes.texts if text.get_text().strip()]
        if axes.axison:
            low, high = axes.get_xlim()
            found += [
                label
                for label in axes.get_xticklabels()
                if label.get_text() and low <= label.get_position()[0] <= high
            ]
            found.append(axes.xaxis.label)
    return [(text, text.get_window_extent()) for text in found]


def check_layout(figure: Figure) -> None:
    """No word over another, none outside the page."""
    placed = texts(figure)
    for (one, box), (other, second) in itertools.combinations(placed, 2):
        crossed = (
            min(box.x1, second.x1) - max(box.x0, second.x0) > 1
            and min(box.y1, second.y1) - max(box.y0, second.y0) > 2
        )
        assert not crossed, (one.get_text(), other.get_text())
    width, height = figure.get_size_inches() * figure.dpi
    for text, box in placed:
        assert box.x0 >= 0, text.get_text()
        assert box.x1 <= width, text.get_text()
        assert box.y0 >= 0, text.get_text()
        assert box.y1 <= height, text.get_text()


@pytest.mark.parametrize("kind", KINDS)
def test_no_words_overlap_and_none_leave_the_page(kg: KnowledgeGraph, kind: str) -> None:
    check_layout(draw(chart(kg, kind)))


def made_of(rows: list[Row]) -> Chart:
    panel = Panel("percent", (0, 100), tuple(rows))
    legend = ((Mark(0.5), "a point"), (Mark(None, 0.1, 0.9), LONG[:70]))
    return Chart(LONG[:150], (panel, panel), legend, (LONG,), ("", "n/N", "as printed", "figure"))


WORDS = st.text(st.characters(categories=["L", "N", "P", "Zs"], max_codepoint=0x24F), max_size=120)
ROWS = st.builds(
    Row,
    label=WORDS,
    detail=WORDS,
    counts=st.sampled_from(["", "8/38", "46/124†", "N = 38"]),
    figure=WORDS,
    ident=st.sampled_from(["T011.1", "R133.1!"]),
    mark=st.builds(
        Mark,
        value=st.floats(0, 100),
        low=st.none() | st.floats(0, 50),
        high=st.floats(50, 100),
        shape=st.sampled_from(["circle", "square", "diamond", "bar"]),
        open_high=st.booleans(),
    ),
)


@settings(max_examples=12, deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=4))
def test_whatever_the_words_the_layout_holds(rows: list[Row]) -> None:
    check_layout(draw(made_of(rows)))


@pytest.mark.parametrize("count", [1, 40])
def test_one_row_and_forty_long_ones_are_laid_out_alike(count: int) -> None:
    row = Row(LONG, LONG, "46/124†", LONG[:90], "T147.1!", Mark(37.1, 28.6, 46.2))
    figure = draw(made_of([Row("A group"), *[row] * count]))
    check_layout(figure)
    assert figure.get_figwidth() == WIDTH


@given(WORDS, st.floats(0.5, 3))
def test_broken_lines_fit_and_lose_no_letter(text: str, inches: float) -> None:
    lines = wrap(text, inches)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        assert len(line) == 1 or wrap(line, inches) == [line]


# Files


def test_the_same_answer_gives_the_same_bytes_in_every_process(tmp_path: Path) -> None:
    code = (
        "import hashlib; from kras_graph import KnowledgeGraph as K; "
        "from kras_graph.present.plots import picture; k = K.load(); "
        "o = k.outcomes(drug='sotorasib', endpoint='ORR'); "
        "print([hashlib.sha256(picture(k.reader, o, f)).hexdigest() "
        "for f in ('svg', 'png', 'html')])"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path,
            env={"PYTHONHASHSEED": seed, "PATH": "/usr/bin", "HOME": str(tmp_path)},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(runs) == 1


def test_the_svg_holds_words_its_letters_and_no_date(kg: KnowledgeGraph) -> None:
    text = svg(chart(kg, "by disease")).decode()
    words = html.unescape(text)
    for part in ("46/124†", "objective response rate: sotorasib", "no comparison"):
        assert f">{part}" in words or part in words
    assert text.count("@font-face") == 2
    assert "dc:date" not in text
    links = re.findall(r'(?:href|src)="?\(?([^")\s]+)', text)
    assert all(link.startswith(("#", "data:")) for link in links)
    assert not re.search(r"url\((?!data:|#)", text)


def test_the_embedded_font_draws_every_letter_in_use(kg: KnowledgeGraph) -> None:
    import base64

    from fontTools.ttLib import TTFont

    text = svg(chart(kg, "harms")).decode()
    faces = re.findall(r"font-weight:(\w+);src:url\(data:font/woff;base64,([^)]+)\)", text)
    assert [weight for weight, _ in faces] == ["normal", "bold"]
    letters = set(html.unescape("".join(re.findall(r"<text[^>]*>([^<]*)", text)))) - {"\n"}
    for _, data in faces:
        known = set(TTFont(io.BytesIO(base64.b64decode(data))).getBestCmap())
        assert {ord(letter) for letter in letters} <= known


def test_the_png_is_an_image_of_print_quality(kg: KnowledgeGraph) -> None:
    from PIL import Image

    answer, _ = answers(kg)["one row"]
    image = Image.open(io.BytesIO(picture(kg.reader, answer, "png")))
    assert image.format == "PNG"
    assert image.width >= 2000
    assert len(set(image.convert("L").resize((200, 80)).tobytes())) > 10


def test_the_page_needs_nothing_else_and_repeats_the_figures_as_a_table(
    kg: KnowledgeGraph,
) -> None:
    answer, by = answers(kg)["by disease"]
    text = picture(kg.reader, answer, "html", by=by).decode()
    assert text.startswith("<!doctype html>")
    assert "<script" not in text
    assert not re.search(r'(?:src|href)="(?!#|data:)', text)
    assert 'role="img"' in text
    table = text[text.index("<table>") :]
    for row in answer.rows:
        assert row.result.id in table
        assert html.escape(row.result.printed) in table


def test_hostile_words_stay_words() -> None:
    row = Row("<script>alert(1)</script> $x^2$ & co", "", "", "</svg>", "T1", Mark(5.0))
    text = page(made_of([row]), "").decode()
    assert "<script>" not in text
    assert text.count("</svg>") == 1
    assert "$x^2$" in text


def test_a_browser_shows_the_page_without_asking_for_anything(
    kg: KnowledgeGraph, tmp_path: Path
) -> None:
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not installed")
    answer, by = answers(kg)["by disease"]
    file = tmp_path / "forest.html"
    file.write_bytes(picture(kg.reader, answer, "html", by=by))
    asked: list[str] = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        view = browser.new_page()
        view.on("request", lambda request: asked.append(request.url))
        view.goto(file.as_uri())
        fonts = view.evaluate("document.fonts.ready.then(f => [...f].map(x => x.status))")
        words = view.evaluate("document.querySelector('svg').textContent")
        browser.close()
    assert fonts == ["loaded", "loaded"]
    assert "46/124†" in words
    assert [url for url in asked if not url.startswith("data:")] == [file.as_uri()]


# Commands


@pytest.mark.parametrize("ending", ["svg", "png", "html"])
def test_the_ending_decides_and_the_table_is_printed_too(ending: str, tmp_path: Path) -> None:
    target = tmp_path / f"plot.{ending}"
    done = CliRunner().invoke(
        cli, ["outcomes", "--drug", "sotorasib", "--endpoint", "ORR", "--plot", str(target)]
    )
    assert done.exit_code == 0, done.output
    assert "46/124†" in done.stdout
    starts = {"svg": b"<?xml", "png": b"\x89PNG", "html": b"<!doctype html>"}
    assert target.read_bytes().startswith(starts[ending])


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["outcomes", "--plot", "x.gif"], 2, ".svg, .png, .html"),
        (["outcomes", "--drug", "sotorasib", "--disease", "melanoma", "--plot", "x.svg"], 1,
         "Nothing to draw. No figure"),
        (["outcomes", "--endpoint", "half-life", "--plot", "x.svg"], 1, "a place on an axis"),
        (["frequencies", "--plot", "nowhere/x.svg"], 1, "cannot be written"),
        (["adverse-events", "--group-by", "line"], 2, "line"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_told(
    arguments: list[str],
    code: int,
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as raised:
        main(arguments)
    printed = capsys.readouterr()
    assert raised.value.code == code
    assert told in printed.err
    assert not list(tmp_path.iterdir())


def test_without_matplotlib_the_message_says_which_extra_to_install(
    kg: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    answer, _ = answers(kg)["one row"]
    with pytest.raises(MissingExtraError, match=r"kras-graph\[plots\]"):
        picture(kg.reader, answer, "svg")


def test_tables_need_no_matplotlib() -> None:
    code = (
        "from kras_graph import KnowledgeGraph as K; k = K.load(); str(k.outcomes()); "
        "k.compare(['NSCLC', 'CRC'], drug='sotorasib')._repr_html_(); import sys; "
        "print([m for m in ('matplotlib', 'pandas', 'networkx', 'rdflib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_python_draws_into_a_file_and_refuses_other_kinds(
    kg: KnowledgeGraph, tmp_path: Path
) -> None:
    answer, _ = answers(kg)["one row"]
    target = answer.plot(tmp_path / "forest.svg")
    first = hashlib.sha256(target.read_bytes()).hexdigest()
    assert first == hashlib.sha256(picture(kg.reader, answer, "svg")).hexdigest()
    with pytest.raises(KrasGraphError, match="svg, png, html"):
        answer.plot(tmp_path / "forest.pdf")
