"""What a chart says: rows of words, each with a mark on a common axis.

Shapes tell apart what colours tell apart, and both survive a black-and-white print (colours
by M. Okabe and K. Ito, Color Universal Design, https://jfly.uni-koeln.de/color/).
"""

from __future__ import annotations

from dataclasses import dataclass

BLUE = "#0072B2"
VERMILION = "#D55E00"
GREY = "#595959"
PALE = "#D9D9D9"
BLACK = "#000000"

# matplotlib's marker and its size in points, so that all look equally large.
SHAPES: dict[str, tuple[str, float]] = {
    "circle": ("o", 6.0),
    "square": ("s", 5.6),
    "diamond": ("D", 5.2),
    "triangle": ("^", 6.6),
    "plus": ("P", 7.0),
    "down": ("v", 6.6),
}


@dataclass(frozen=True)
class Mark:
    """What is drawn in a row.

    Attributes:
        value: where the point stands; None for a span without one.
        low: lower end of the interval or span.
        high: upper end; with `open_high` the interval goes on to the edge.
        shape: a key of `SHAPES`, or `bar` for a bar from zero.
        color: of point and interval.
        hollow: whether the point is in doubt.
        dashed: whether the line is broken: a computed interval, or the stem of a harm called
            treatment-related.
        open_low: whether the lower end could not be estimated or is no end.
        open_high: the same for the upper end.
        note: what to write at an open end.
        stem: whether a thin line joins the point with zero.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    shape: str = "circle"
    color: str = BLUE
    hollow: bool = False
    dashed: bool = False
    open_low: bool = False
    open_high: bool = False
    note: str = ""
    stem: bool = False


@dataclass(frozen=True)
class Row:
    """Words and mark of one figure; without a mark, the title of a group.

    Attributes:
        label: what was measured, or the title.
        detail: smaller words under the label.
        counts: n/N.
        figure: the figure as printed.
        ident: id of the figure, with its mark.
        mark: what to draw.
    """

    label: str
    detail: str = ""
    counts: str = ""
    figure: str = ""
    ident: str = ""
    mark: Mark | None = None


@dataclass(frozen=True)
class Panel:
    """Rows on one axis.

    Attributes:
        axis: name of the axis with its unit.
        limits: ends of the axis.
        rows: from top to bottom.
        log: whether the axis is logarithmic.
        reference: where to draw a line across all rows.
    """

    axis: str
    limits: tuple[float, float]
    rows: tuple[Row, ...]
    log: bool = False
    reference: float | None = None


@dataclass(frozen=True)
class Chart:
    """Panels one over the other, with a title and remarks.

    Attributes:
        title: of the whole.
        panels: from top to bottom.
        legend: a mark and its meaning each.
        remarks: lines of text at the foot.
        headings: over the columns of words: label, counts, figure, id.
    """

    title: str
    panels: tuple[Panel, ...]
    legend: tuple[tuple[Mark, str], ...]
    remarks: tuple[str, ...]
    headings: tuple[str, str, str, str]
