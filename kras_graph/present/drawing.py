"""A chart drawn with matplotlib: panels one over the other, each with an axis of its own.

Rows are as high as their words need, so that nothing overlaps however long a label is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from kras_graph.present.chart import BLACK, GREY, PALE, SHAPES, Chart, Mark, Panel, Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FONT = "DejaVu Sans"
SIZE = 8.5  # points
LINE = 0.155  # inches a line of text takes
PAD = 0.07  # inches between rows
MARGIN = 0.2
WIDTH = 10.2  # inches: fits A4 on its side, and upright at two thirds
# Left edges and widths in inches of the columns: label, counts, axis, figure, id.
LABEL = (MARGIN, 3.1)
COUNTS = (3.45, 0.75)
AXIS = (4.3, 2.75)
FIGURE = (7.25, 1.85)
IDENT = (9.2, 0.8)
_ABOVE = 0.42  # inches a panel needs over its rows, for the headings
_BELOW = 0.5  # and under them, for the axis
_TALL = 4.0  # inches from which an axis is numbered at its upper end too
_MIDDLE = 0.063  # from the upper edge of a line of text to the middle of its letters


def wrap(text: str, inches: float, size: float = SIZE, *, bold: bool = False) -> list[str]:
    """Text in lines no wider than so many inches in the chart's font.

    Breaks between words, and inside a word that is wider than a line.
    """
    lines: list[str] = []
    for word in text.split():
        if lines and _inches(f"{lines[-1]} {word}", size, bold) <= inches:
            lines[-1] = f"{lines[-1]} {word}"
            continue
        while _inches(word, size, bold) > inches and len(word) > 1:
            cut = len(word) - 1
            while cut > 1 and _inches(word[:cut], size, bold) > inches:
                cut -= 1
            lines.append(word[:cut])
            word = word[cut:]
        lines.append(word)
    return lines


def _inches(text: str, size: float, bold: bool) -> float:
    """Width of a text in the chart's font, without kerning."""
    return sum(_advance(letter, bold) for letter in text) * size


@cache
def _advance(letter: str, bold: bool) -> float:
    """Inches a letter takes in a font of one point."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family=FONT, size=100, weight="bold" if bold else "normal")
    # between two others, because a blank at an end has no width of its own
    wide, _, _ = text_to_path.get_text_width_height_descent(f"n{letter}n", font, ismath=False)
    bare, _, _ = text_to_path.get_text_width_height_descent("nn", font, ismath=False)
    return float(wide - bare) / 72 / 100


def draw(chart: Chart) -> Figure:
    """The chart as a matplotlib figure, as high as its rows need."""
    from matplotlib.figure import Figure

    title = wrap(chart.title, WIDTH - 2 * MARGIN, SIZE + 2, bold=True)
    blocks = [[_block(row) for row in panel.rows] for panel in chart.panels]
    feet = [line for text in chart.remarks for line in wrap(text, WIDTH - 2 * MARGIN, SIZE - 1)]
    legend = _legend_lines(chart.legend)
    panel_heights = [_ABOVE + sum(b.height for b in block) + _BELOW for block in blocks]
    top = MARGIN + len(title) * LINE * 1.3
    height = top + sum(panel_heights) + LINE * (1.25 * len(legend) + len(feet) + 1) + MARGIN
    figure = Figure(figsize=(WIDTH, height), facecolor="white")
    canvas = _Canvas(figure, height)
    for place, line in enumerate(title):
        canvas.text(MARGIN, MARGIN + place * LINE * 1.3, line, SIZE + 2, bold=True)
    for panel, block, room in zip(chart.panels, blocks, panel_heights, strict=True):
        _panel(canvas, panel, block, top, chart.headings)
        top += room
    for line_of_legend in legend:
        for x, mark, text in line_of_legend:
            _legend_mark(canvas, mark, x, top + _MIDDLE * 0.9)
            canvas.text(x + 0.48, top, text, SIZE - 1)
        top += LINE * 1.25
    top += LINE * 0.4
    for line in feet:
        canvas.text(MARGIN, top, line, SIZE - 1, color=GREY)
        top += LINE
    return figure


@dataclass(frozen=True)
class _Block:
    """A row with its words broken into lines, and the height that takes."""

    row: Row
    label: list[str]
    detail: list[str]
    figure: list[str]
    height: float


def _block(row: Row) -> _Block:
    if row.mark is None:
        label = wrap(row.label, AXIS[0] - 2 * MARGIN, SIZE, bold=True)
        detail = wrap(row.detail, LABEL[1], SIZE - 1.5)
        height = (len(label) + 0.9 * len(detail)) * LINE + PAD * 1.6
        return _Block(row, label, detail, [], height)
    label = wrap(row.label, LABEL[1] - 0.12)
    detail = wrap(row.detail, LABEL[1] - 0.12, SIZE - 1.5)
    figure = wrap(row.figure, FIGURE[1])
    lines = max(len(label) + 0.9 * len(detail), len(figure), 1)
    return _Block(row, label, detail, figure, lines * LINE + PAD)


class _Canvas:
    """Draws by inches from the upper left corner."""

    def __init__(self, figure: Figure, height: float) -> None:
        self.figure = figure
        self.height = height

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = SIZE,
        *,
        bold: bool = False,
        color: str = BLACK,
        right: bool = False,
    ) -> None:
        """A line of text whose upper edge is at `y`."""
        self.figure.text(
            x / WIDTH,
            1 - y / self.height,
            text,
            fontsize=size,
            fontweight="bold" if bold else "normal",
            color=color,
            ha="right" if right else "left",
            va="top",
            parse_math=False,
        )

    def axes(self, x: float, y: float, width: float, height: float) -> Axes:
        """Axes with the upper left corner at (x, y)."""
        bottom = 1 - (y + height) / self.height
        return self.figure.add_axes(
            (x / WIDTH, bottom, width / WIDTH, height / self.height), facecolor="none"
        )


def _panel(
    canvas: _Canvas,
    panel: Panel,
    blocks: Sequence[_Block],
    top: float,
    headings: tuple[str, str, str, str],
) -> None:
    """Words and axis of a panel, from `top` downwards."""
    for (x, _), heading in zip((LABEL, COUNTS, FIGURE, IDENT), headings, strict=True):
        canvas.text(x, top + _ABOVE - 0.2, heading, SIZE - 1, color=GREY)
    y = top + _ABOVE
    height = sum(block.height for block in blocks)
    axes = canvas.axes(AXIS[0], y, AXIS[1], height)
    _prepare(axes, panel, height)
    at = 0.0
    for block in blocks:
        row = block.row
        if row.mark is None:
            for place, line in enumerate(block.label):
                canvas.text(MARGIN, y + at + PAD * 1.2 + place * LINE, line, bold=True)
            under = y + at + PAD * 1.2 + len(block.label) * LINE
            for place, line in enumerate(block.detail):
                canvas.text(MARGIN, under + place * LINE * 0.9, line, SIZE - 1.5, color=GREY)
            at += block.height
            continue
        middle = at + PAD / 2 + _MIDDLE
        _mark(axes, row.mark, middle, panel)
        for place, line in enumerate(block.label):
            canvas.text(LABEL[0] + 0.12, y + at + PAD / 2 + place * LINE, line)
        under = y + at + PAD / 2 + len(block.label) * LINE
        for place, line in enumerate(block.detail):
            canvas.text(LABEL[0] + 0.12, under + place * LINE * 0.9, line, SIZE - 1.5, color=GREY)
        canvas.text(COUNTS[0], y + at + PAD / 2, row.counts)
        for place, line in enumerate(block.figure):
            canvas.text(FIGURE[0], y + at + PAD / 2 + place * LINE, line)
        canvas.text(IDENT[0], y + at + PAD / 2, row.ident)
        at += block.height


def _prepare(axes: Axes, panel: Panel, height: float) -> None:
    """Limits, ticks, grid and reference line of a panel's axis; y counts inches downwards."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

    if panel.log:
        axes.set_xscale("log")
    axes.set_xlim(*panel.limits)
    axes.set_ylim(height, 0)
    axes.yaxis.set_major_locator(NullLocator())
    if panel.log:
        low, high = panel.limits
        ticks = [t for t in (0.1, 0.25, 0.5, 1, 2, 4, 10) if low <= t <= high]
        axes.xaxis.set_major_locator(FixedLocator(ticks))
        axes.xaxis.set_minor_locator(NullLocator())
    else:
        axes.xaxis.set_major_locator(MaxNLocator(nbins=6, min_n_ticks=3))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: format(value, "g")))
    axes.tick_params(axis="x", labelsize=SIZE - 1, length=3, color=GREY, labelcolor=BLACK)
    if height > _TALL:
        axes.tick_params(axis="x", labeltop=True, top=True)
    axes.set_xlabel(panel.axis, fontsize=SIZE - 0.5, labelpad=2)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(GREY)
    axes.grid(axis="x", color=PALE, linewidth=0.5)
    axes.set_axisbelow(True)
    if panel.reference is not None and panel.limits[0] <= panel.reference <= panel.limits[1]:
        axes.axvline(panel.reference, color=BLACK, linewidth=0.9, linestyle=(0, (4, 2)), zorder=1.5)


def _mark(axes: Axes, mark: Mark, y: float, panel: Panel) -> None:
    """The mark of a row at a height."""
    first, last = panel.limits
    low = first if mark.open_low else mark.low
    high = last if mark.open_high else mark.high
    if mark.shape == "bar":
        _bar(axes, mark, y)
    elif low is not None and high is not None:
        style: Any = (0, (2, 1.5)) if mark.dashed else "-"
        width = 1.1 if mark.dashed else 1.6
        axes.plot([low, high], [y, y], color=mark.color, linewidth=width, linestyle=style, zorder=2,
                  solid_capstyle="butt")  # fmt: skip
        for end, is_open, marker in ((low, mark.open_low, "<"), (high, mark.open_high, ">")):
            if is_open:
                axes.plot([end], [y], marker=marker, color=mark.color, markersize=5.5, zorder=3,
                          clip_on=False)  # fmt: skip
            else:
                axes.plot([end], [y], marker="|", color=mark.color, markersize=6, zorder=2)
        if mark.note:
            axes.annotate(
                mark.note,
                (last if mark.open_high else first, y),
                xytext=(0, 5),
                textcoords="offset points",
                fontsize=SIZE - 2,
                ha="right" if mark.open_high else "left",
                va="bottom",
                parse_math=False,
            )
    if mark.stem and mark.value is not None:
        stem: Any = (0, (1, 1.5)) if mark.dashed else "-"
        axes.plot([max(0.0, first), mark.value], [y, y], color=mark.color, linewidth=1.0,
                  linestyle=stem, zorder=1.2)  # fmt: skip
    if mark.value is not None and mark.shape != "bar":
        _point(axes, mark, [mark.value], [y])


def _bar(axes: Axes, mark: Mark, y: float) -> None:
    """A bar from zero; hatched where the source gives a span, open where a bound."""
    solid = mark.value if mark.value is not None else mark.low
    height = LINE * 0.72
    if solid is not None:
        axes.barh([y], [solid], height=height, color="white" if mark.hollow else mark.color,
                  edgecolor=mark.color, linewidth=1, zorder=2)  # fmt: skip
    if mark.value is None and mark.low is not None and mark.high is not None:
        axes.barh([y], [mark.high - mark.low], left=[mark.low], height=height, facecolor="white",
                  edgecolor=mark.color, hatch="/////", linewidth=1, zorder=2)  # fmt: skip
    if mark.open_high and solid is not None:
        axes.annotate("", (solid, y), xytext=(14, 0), textcoords="offset points", zorder=3,
                      arrowprops={"arrowstyle": "<-", "color": mark.color, "lw": 1.3,
                                  "shrinkA": 0, "shrinkB": 0})  # fmt: skip


def _point(axes: Axes, mark: Mark, x: list[float], y: list[float]) -> None:
    marker, size = SHAPES[mark.shape]
    axes.plot(
        x,
        y,
        marker=marker,
        markersize=size,
        markerfacecolor="white" if mark.hollow else mark.color,
        markeredgecolor=mark.color,
        markeredgewidth=1.3,
        linestyle="none",
        zorder=4,
        clip_on=False,
    )


def _legend_lines(
    legend: Sequence[tuple[Mark, str]],
) -> list[list[tuple[float, Mark, str]]]:
    """Legend entries with their left edges, broken into lines that fit."""
    lines: list[list[tuple[float, Mark, str]]] = []
    x = math.inf
    for mark, text in legend:
        room = 0.48 + _inches(text, SIZE - 1, False) + 0.3
        if x + room > WIDTH - MARGIN:
            lines.append([])
            x = MARGIN
        lines[-1].append((x, mark, text))
        x += room
    return lines


def _legend_mark(canvas: _Canvas, mark: Mark, x: float, y: float) -> None:
    axes = canvas.axes(x, y - LINE / 2, 0.36, LINE)
    axes.set_xlim(0, 1)
    axes.set_ylim(LINE, 0)
    axes.set_axis_off()
    panel = Panel("", (0, 1), ())
    _mark(axes, mark, LINE / 2, panel)
