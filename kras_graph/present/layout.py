"""Where boxes stand in a picture: in columns, in blocks of a column, in bands of a whole graph.

Everything here depends on nothing but its arguments and draws no random numbers, so the same
graph always gives the same picture. Lengths are in units of the picture; labels are 16 high.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kras_graph.present.viewer_text import text_width, wrap

SIZE = 16
LINE = 18
PADDING = 10
MARGIN = 18
GAP = 8
GUTTER = 56
_SWEEPS = 14

Link = tuple[str, str]


@dataclass(frozen=True)
class Box:
    """A box of a picture by its centre, with its label broken to fit.

    Attributes:
        name: entity it stands for; one entity can have several boxes in a picture.
        x: centre.
        y: centre.
        width: whole width.
        height: whole height.
        label: lines of the label, joined by line ends.
    """

    name: str
    x: int
    y: int
    width: int
    height: int
    label: str


@dataclass(frozen=True)
class Heading:
    """A caption of a picture.

    Attributes:
        text: what it says; line ends break it.
        x: left end, or middle when `centred`.
        y: bottom of its last line.
        group: mechanism group whose colour it takes, or empty.
        centred: whether `x` is its middle.
        size: height of its letters.
    """

    text: str
    x: int
    y: int
    group: str = ""
    centred: bool = True
    size: int = 15


@dataclass(frozen=True)
class Picture:
    """A finished view: boxes, captions and what else belongs to a view of its kind.

    `extra` holds plain data that only one kind of view has, by name.
    """

    boxes: tuple[Box, ...]
    headings: tuple[Heading, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)


def sized(label: str, most_width: float, lines: int = 3, *, fill: bool = False) -> tuple[str, int]:
    """A label broken for a box, and the width of that box.

    Args:
        label: the text.
        most_width: most width of the box.
        lines: most lines.
        fill: whether the box takes all the width whatever its label.
    """
    text = wrap(label, most_width - MARGIN, lines)
    if fill:
        return text, round(most_width)
    longest = max((text_width(line, SIZE) for line in text.split("\n")), default=0)
    return text, max(40, math.ceil(longest + MARGIN))


def height_of(label: str) -> int:
    """Height of the box of a broken label."""
    return (label.count("\n") + 1) * LINE + PADDING


def stacked(
    names: Sequence[str],
    heights: Mapping[str, int],
    blocks: Mapping[str, str],
    captions: Mapping[str, str],
    width: int,
    gap: int = GAP,
) -> tuple[dict[str, float], list[Heading], float]:
    """A column of blocks from zero downwards, each block under its caption.

    Args:
        names: boxes in their order; those of a block need not be neighbours.
        heights: height of each box.
        blocks: block of each box.
        captions: what to write over a block; its name by default.
        width: width of the column, to which captions are broken.
        gap: space between boxes.

    Returns:
        the middle of each box, the captions with left end at zero, and the whole height.
    """
    middle: dict[str, float] = {}
    headings: list[Heading] = []
    y = 0.0
    for block in dict.fromkeys(blocks[name] for name in names):
        text = wrap(captions.get(block, block), width, 2, 15 * 1.08)
        y += (text.count("\n") + 1) * LINE + (10 if y else 0)
        headings.append(Heading(text, 0, round(y - 7), block, centred=False))
        for name in names:
            if blocks[name] == block:
                middle[name] = y + heights[name] / 2
                y += heights[name] + gap
    return middle, headings, y


def settled(
    columns: Sequence[Sequence[str]],
    heights: Mapping[str, int],
    gaps: Sequence[int],
    links: Iterable[Link],
    fixed: Mapping[str, float],
) -> dict[str, float]:
    """Middles of boxes in columns, each near what it is joined to, none over another.

    Args:
        columns: boxes column by column, in any order.
        heights: height of each box.
        gaps: least space between boxes of each column.
        links: pairs of joined boxes; pairs within one column or with strangers are ignored.
        fixed: middles of boxes that stand elsewhere and stay there.
    """
    where = {name: place for place, names in enumerate(columns) for name in names}
    near: dict[str, list[str]] = defaultdict(list)
    for one, other in sorted(set(links)):
        if where.get(one, -1) != where.get(other, -2):
            for name, partner in ((one, other), (other, one)):
                if name in where and (partner in where or partner in fixed):
                    near[name].append(partner)
    middle = dict(fixed)
    start = sum(fixed.values()) / len(fixed) if fixed else 0.0
    orders = [sorted(names) for names in columns]
    for names, gap in zip(orders, gaps, strict=True):
        y = start - sum(heights[name] + gap for name in names) / 2
        for name in names:
            middle[name] = y + heights[name] / 2
            y += heights[name] + gap
    places = range(len(orders))
    for sweep in range(_SWEEPS):
        for place in places if sweep % 2 == 0 else reversed(places):
            _settle(orders[place], heights, near, gaps[place], middle)
    return {name: middle[name] for name in where}


def _settle(
    names: list[str],
    heights: Mapping[str, int],
    near: Mapping[str, Sequence[str]],
    gap: int,
    middle: dict[str, float],
) -> None:
    """Order a column by the mean of its neighbours and move it there without overlap.

    The closest positions that keep the order and the spaces are found by pooling
    neighbours that would collide (isotonic regression).
    """
    wish = {
        name: sum(middle[n] for n in near[name]) / len(near[name])
        if near.get(name)
        else middle[name]
        for name in names
    }
    names.sort(key=lambda name: (wish[name], name))
    offset = 0.0
    offsets: list[float] = []
    pools: list[tuple[float, int]] = []
    for place, name in enumerate(names):
        if place:
            offset += (heights[names[place - 1]] + heights[name]) / 2 + gap
        offsets.append(offset)
        pools.append((wish[name] - offset, 1))
        while len(pools) > 1 and pools[-2][0] >= pools[-1][0]:
            (first, many), (second, more) = pools[-2:]
            pools[-2:] = [((first * many + second * more) / (many + more), many + more)]
    levels = [level for level, size in pools for _ in range(size)]
    for name, level, shift in zip(names, levels, offsets, strict=True):
        middle[name] = level + shift


def in_bands(
    bands: Mapping[str, int],
    labels: Mapping[str, str],
    links: Iterable[Link],
    titles: Mapping[int, str],
    *,
    width: int = 170,
    lines: int = 2,
    shape: float = 1.6,
) -> Picture:
    """Boxes in blocks, a block a band, each ordered by what its boxes are joined to.

    Args:
        bands: block of each box, counted from the left.
        labels: label of each box.
        links: pairs of joined boxes.
        titles: captions of the blocks.
        width: width of a box.
        lines: most lines of a label.
        shape: wanted width of the picture over its height.
    """
    pitch = lines * LINE + PADDING + GAP
    step = width + 24
    rows = max(18, math.ceil(math.sqrt(len(bands) * step / pitch / shape)))
    members = _ordered(bands, links)
    boxes: list[Box] = []
    headings: list[Heading] = []
    size = max(16, round(rows * pitch / 44))
    left = 0
    for band, names in sorted(members.items()):
        across = math.ceil(len(names) / rows)
        deep = math.ceil(len(names) / across)
        for place, name in enumerate(names):
            column, row = divmod(place, deep)
            text = wrap(labels[name], width - MARGIN, lines)
            x = left + column * step + width // 2
            boxes.append(Box(name, x, row * pitch, width, height_of(text), text))
        middle = left + ((across - 1) * step + width) // 2
        title = wrap(titles.get(band, ""), across * step, 4, size * 1.08)
        headings.append(Heading(title, middle, -pitch, size=size))
        left += across * step + GUTTER
    return Picture(tuple(boxes), tuple(headings))


def _ordered(bands: Mapping[str, int], links: Iterable[Link]) -> dict[int, list[str]]:
    """Members of each band, sorted again and again by the mean rank of their neighbours."""
    members: dict[int, list[str]] = defaultdict(list)
    for name in sorted(bands):
        members[bands[name]].append(name)
    near: dict[str, list[str]] = defaultdict(list)
    for one, other in sorted(set(links)):
        if one in bands and other in bands:
            near[one].append(other)
            near[other].append(one)
    rank = {
        name: place / len(names) for names in members.values() for place, name in enumerate(names)
    }
    for _ in range(_SWEEPS):
        for names in members.values():
            mean = {
                n: sum(rank[o] for o in near[n]) / len(near[n]) if near.get(n) else 1.0
                for n in names
            }
            names.sort(key=lambda n, mean=mean: (mean[n], n))  # type: ignore[misc]
            for place, name in enumerate(names):
                rank[name] = place / len(names)
    return members
