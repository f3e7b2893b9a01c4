"""The mechanism map: a therapy in focus, what it acts on, what escapes it, the signalling.

Read from left to right: reported mechanisms by group, tied by lines in one channel to the
therapy or class that the source names (these stand above, from general to special); then
molecules, RAS states, effectors and outputs; below, partners of combinations under what
they act on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kras_graph.model.terms import GROUP_LABELS, MechanismGroup
from kras_graph.present.layout import (
    Box,
    Heading,
    Link,
    Picture,
    height_of,
    settled,
    sized,
    stacked,
)
from kras_graph.present.viewer_scene import COLUMNS, COMPUTED_COLUMN, Scene

LIST_WIDTH = 238
_TALLEST = 14  # mechanisms that one list holds before a second is opened
_BESIDE = (MechanismGroup.REACTIVATION, MechanismGroup.PHENOTYPE)
_STUB, _TAG, _TRUNK = 18, 74, 11
_GUTTER = 84  # room for lines between columns of signalling
COMPUTED = "computed"
_BUNDLES = ("-", "?", "+", "0", "from-", "from?", "from+", "from0")


def map_picture(
    scene: Scene, labels: Mapping[str, str], links: Iterable[Link], *, doubt: bool
) -> Picture:
    """The map with all positions.

    Args:
        scene: what it shows.
        labels: label of each entity.
        links: joined pairs, for the order within columns.
        doubt: whether denied and doubted reports are shown, with room for their tags.
    """
    listed = [name for name in scene.groups if doubt or name not in scene.doubtful]
    ties = [t for t in scene.ties if (doubt or t[3]) and t[0] in listed]
    tried = [name for name in scene.tried if name not in listed]
    boxes: dict[str, Box] = {}
    keys = [
        (target, sign)
        for target in scene.chain
        for sign in _BUNDLES
        if any(t[1] == target and t[2] == sign for t in ties)
    ]
    beside = [n for n in listed if MechanismGroup(scene.groups[n]) in _BESIDE]
    if len(listed) <= _TALLEST:
        beside = []
    rest = [name for name in listed if name not in beside]
    stub = _STUB + (_TAG if doubt else 0)
    channel = max(40, len(keys) * _TRUNK) + 2 * stub if beside else len(keys) * _TRUNK + stub + 14
    lists = ((beside, 0), (rest, LIST_WIDTH + channel if beside else channel))
    top = _chain_height(scene, labels) + len(keys) * _TRUNK // 2 + 34
    headings = []
    for names, left in lists:
        headings += _list(names, left, top, scene.groups, labels, boxes)
    first = (LIST_WIDTH if beside else 0) + stub
    trunks = {key: first + _TRUNK // 2 + place * _TRUNK for place, key in enumerate(keys)}
    right = lists[1][1] + LIST_WIDTH
    chain_boxes = _chain(scene, labels, right, sum(trunks.values()) / max(1, len(trunks)))
    boxes |= chain_boxes
    headings += _signalling(scene, labels, links, right + _GUTTER + 30, boxes, tried)
    return Picture(
        tuple(boxes.values()),
        tuple(headings),
        {
            "ties": _lanes(keys, trunks, chain_boxes, top),
            "lists": [[name, scene.groups[name]] for name in listed],
            "cut": list(scene.cut),
            "only": sorted({*scene.only, *tried}),
            "closers": [list(pair) for pair in (scene.overlay.closers if scene.overlay else ())],
        },
    )


def _chain_height(scene: Scene, labels: Mapping[str, str]) -> int:
    return max(height_of(sized(labels[name], 150)[0]) for name in scene.chain)


def _list(
    names: Sequence[str],
    left: int,
    top: int,
    groups: Mapping[str, str],
    labels: Mapping[str, str],
    boxes: dict[str, Box],
) -> list[Heading]:
    """Place the boxes of one list; its captions."""
    texts = {name: sized(labels[name], LIST_WIDTH, fill=True)[0] for name in names}
    heights = {name: height_of(text) for name, text in texts.items()}
    captions = {str(group): label for group, label in GROUP_LABELS.items()}
    middle, headings, _ = stacked(names, heights, groups, captions, LIST_WIDTH)
    for name in names:
        centre = left + LIST_WIDTH // 2
        y = round(middle[name]) + top
        boxes[name] = Box(name, centre, y, LIST_WIDTH, heights[name], texts[name])
    return [Heading(h.text, left, h.y + top, h.group, centred=False) for h in headings]


def _chain(scene: Scene, labels: Mapping[str, str], right: int, middle: float) -> dict[str, Box]:
    """Classes and therapy side by side above the lists, the therapy last."""
    made = {name: sized(labels[name], 150) for name in scene.chain}
    height = _chain_height(scene, labels)
    space = 34
    total = sum(width for _, width in made.values()) + space * (len(made) - 1)
    left = min(round(middle - total / 2), right - total)
    found = {}
    for name, (text, width) in made.items():
        tall = max(height_of(text), 36)
        found[name] = Box(name, left + width // 2, height // 2, width, tall, text)
        left += width + space
    return found


def _lanes(
    keys: Sequence[tuple[str, str]],
    trunks: Mapping[tuple[str, str], int],
    chain: Mapping[str, Box],
    top: int,
) -> list[list[Any]]:
    """Way of each bundle of reports: target, name, its trunk, its lane, its place below the box.

    Lanes are nested, so that bundles turn off without crossing one another.
    """
    ports: dict[tuple[str, str], int] = {}
    for target, box in chain.items():
        mine = [key for key in keys if key[0] == target]
        for place, key in enumerate(mine):
            ports[key] = box.x + round((place - (len(mine) - 1) / 2) * 26)
    left = [key for key in keys if ports[key] < trunks[key]]
    others = [key for key in keys if key not in left]
    depth = {key: place for place, key in enumerate(left)}
    depth |= {key: place for place, key in enumerate(reversed(others))}
    return [
        [key[0], key[1], trunks[key], top - 24 - depth[key] * _TRUNK, ports[key]] for key in keys
    ]


def _signalling(
    scene: Scene,
    labels: Mapping[str, str],
    links: Iterable[Link],
    left: int,
    boxes: dict[str, Box],
    tried: Sequence[str],
) -> list[Heading]:
    """Place molecules, outputs and partners to the right of the lists; their captions.

    Lesions that only computed routes start from, `tried`, stand with the altered molecules.
    """
    columns = {**scene.columns, **dict.fromkeys(tried, 0)}
    closers = scene.overlay.closers if scene.overlay else ()
    for name, target in closers:
        # a partner stands before what it cuts
        if name not in boxes and target in columns:
            columns.setdefault(name, max(0, columns[target] - 1))
    links = [*links, *closers, *(scene.overlay.arcs if scene.overlay else ())]
    more = scene.overlay.more if scene.overlay else {}
    called = {
        name: labels[name] + (f" and {more[name]} more" if more.get(name) else "")
        for name in columns
    }
    made = {name: sized(called[name], COLUMNS[column].width, 4) for name, column in columns.items()}
    # what partners would do is written above them
    written = {name: 18 if name in more else 0 for name in columns}
    heights = {name: height_of(text) + written[name] for name, (text, _) in made.items()}
    members = [[n for n, c in columns.items() if c == p] for p in range(len(COLUMNS))]
    fixed = {name: float(box.y) for name, box in boxes.items()}
    middle = settled(members, heights, [column.gap for column in COLUMNS], links, fixed)
    head = min(box.y - box.height / 2 for box in boxes.values())
    # Captions stand above everything; the columns follow as a whole.
    highest = min((middle[n] - heights[n] / 2 for n in middle), default=head)
    shift = max(0.0, head + 26 - highest)
    headings = []
    bottom = 0.0
    centres: dict[str, tuple[int, float]] = {}
    for place, (column, names) in enumerate(zip(COLUMNS, members, strict=True)):
        if not names:
            continue
        width = max(made[name][1] for name in names)
        for name in names:
            text, own = made[name]
            y = round(middle[name] + shift)
            low = y + written[name] // 2
            boxes[name] = Box(name, left + width // 2, low, own, height_of(text), text)
            bottom = max(bottom, y + heights[name] / 2)
            centres[name] = (left + width // 2, y)
        title, _ = sized(column.title, max(width + _GUTTER - 14, 90))
        group = COMPUTED if place == COMPUTED_COLUMN else ""
        headings.append(Heading(title, left + width // 2, round(head) - 4, group))
        left += width + _GUTTER
    return headings + _place_partners(scene, labels, centres, bottom, boxes)


def _place_partners(
    scene: Scene,
    labels: Mapping[str, str],
    centres: Mapping[str, tuple[int, float]],
    bottom: float,
    boxes: dict[str, Box],
) -> list[Heading]:
    """Partners of combinations, stacked below the column of what they act on."""
    if not scene.partners:
        return []
    level: dict[int, float] = {}
    for partner, target in scene.partners:
        if partner in boxes:
            continue
        x = centres[target][0]
        text, width = sized(labels[partner], 150)
        height = height_of(text)
        y = level.get(x, bottom + 64) + height / 2
        boxes[partner] = Box(partner, x, round(y), width, height, text)
        level[x] = y + height / 2 + 8
    start = min(centres[target][0] for _, target in scene.partners)
    text = "Partners in combinations, below what they inhibit"
    return [Heading(text, start - 70, round(bottom) + 52, centred=False)]
