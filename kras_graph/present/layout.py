"""Positions of the viewer's nodes, computed beforehand: columns with a meaning, no physics.

Two arrangements. `in_columns` sets nodes in given columns from left to right and orders
each column by the barycentre of its neighbours. `in_bands` fills kind after kind (or
distance after distance) into blocks of equal height. Both depend on nothing but their
arguments, so the same graph always gives the same picture.

`mechanism_map` chooses what the first view shows and the column each node belongs to.
"""

from __future__ import annotations

import math
import textwrap
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kras_graph.answers.lookup import MOLECULAR
from kras_graph.model.terms import MechanismGroup

if TYPE_CHECKING:
    from kras_graph.answers.resistance import BypassAnswer
    from kras_graph.network.projection import Network

LINE = 20
PADDING = 8
GAP = 6
GUTTER = 46
PORT = 30  # more room where lines leave boxes of full width
HEADING = 28
CHARACTER = 8.9
BANNER = 2.4  # size of captions over bands, in labels
_SWEEPS = 12

Point = tuple[int, int]
Link = tuple[str, str]


@dataclass(frozen=True)
class Column:
    """A column of the map: heading, width and least space of boxes, whether all fill it."""

    title: str
    width: int
    gap: int = GAP
    flush: bool = False


@dataclass(frozen=True)
class Spot:
    """Where a node belongs before it has a position.

    Attributes:
        column: place of its column, counted from the left.
        lines: lines of its label.
        group: heading of the block it stands in; blocks keep the order of the input and
            are never torn apart by the ordering. Empty in columns without blocks.
    """

    column: int
    lines: int = 1
    group: str = ""

    @property
    def height(self) -> int:
        """Height of the node's box."""
        return self.lines * LINE + PADDING


@dataclass(frozen=True)
class Heading:
    """A caption drawn on the picture: over a column, or over the block of a group.

    Attributes:
        x: middle of a column's caption, left end of a block's.
        y: bottom of a column's caption, middle of the last line of a block's.
    """

    text: str
    x: int
    y: int
    group: str = ""


@dataclass(frozen=True)
class Picture:
    """Centres of all nodes, and the captions."""

    positions: dict[str, Point]
    headings: tuple[Heading, ...] = field(default=())


def wrap(label: str, width: int, most: int = 3) -> str:
    r"""A label broken into lines that fit a box, cut with an ellipsis when too long.

    >>> wrap("loss-of-function mutation of NF1", 170)
    'loss-of-function\nmutation of NF1'
    """
    lines = textwrap.wrap(
        label,
        max(4, int((width - 16) / CHARACTER)),
        max_lines=most,
        placeholder="…",
        break_on_hyphens=True,
    )
    return "\n".join(lines) or label[:1]


def in_columns(
    spots: Mapping[str, Spot],
    links: Iterable[Link],
    columns: Sequence[Column],
    captions: Mapping[str, str] | None = None,
) -> Picture:
    """Nodes in their columns, each near what it is joined to, none over another.

    Args:
        spots: nodes; the order within a block of a grouped column is kept.
        links: pairs of joined nodes; pairs within one column or with strangers are ignored.
        columns: what the column numbers of `spots` mean; empty columns take no space.
        captions: what to write over the block of a group; the group's name by default.
    """
    members: dict[int, list[str]] = defaultdict(list)
    for name, spot in spots.items():
        members[spot.column].append(name)
    near: dict[str, list[str]] = defaultdict(list)
    for one, other in links:
        if one in spots and other in spots and spots[one].column != spots[other].column:
            near[one].append(other)
            near[other].append(one)
    middle: dict[str, float] = {}
    marks: dict[int, list[Heading]] = {}
    for place, names in members.items():
        marks[place] = _stack(names, spots, columns[place], captions or {}, middle)
    free = [p for p in sorted(members) if not marks[p]]
    for sweep in range(_SWEEPS):
        for place in free if sweep % 2 == 0 else reversed(free):
            _settle(members[place], spots, near, columns[place].gap, middle)
    top = min((middle[name] - spots[name].height / 2 for name in spots), default=0.0)
    top = min([top, *(mark.y - HEADING for found in marks.values() for mark in found)])
    positions: dict[str, Point] = {}
    headings: list[Heading] = []
    left = 0
    for place in sorted(members):
        column = columns[place]
        centre = left + column.width // 2
        for name in members[place]:
            positions[name] = (centre, round(middle[name]))
        title = wrap(column.title, max(120, int(column.width * 0.95)))
        headings.append(Heading(title, centre, round(top) - HEADING // 2))
        headings += [replace(mark, x=left) for mark in marks[place]]
        left += column.width + (GUTTER + PORT if column.flush else GUTTER)
    return Picture(positions, tuple(headings))


def _stack(
    names: list[str],
    spots: Mapping[str, Spot],
    column: Column,
    captions: Mapping[str, str],
    middle: dict[str, float],
) -> list[Heading]:
    """First positions of a column, centred on zero; the captions of its blocks."""
    found: list[tuple[str, str, float]] = []
    y = 0.0
    for block in dict.fromkeys(spots[name].group for name in names):
        if block:
            text = wrap(captions.get(block, block), int(column.width * 0.88))
            y += HEADING + text.count("\n") * LINE
            found.append((text, block, y - LINE / 2))
        for name in names:
            if spots[name].group == block:
                middle[name] = y + spots[name].height / 2
                y += spots[name].height + column.gap
        y += column.gap
    for name in names:
        middle[name] -= y / 2
    return [Heading(text, 0, round(place - y / 2), block) for text, block, place in found]


def _settle(
    names: list[str],
    spots: Mapping[str, Spot],
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
            before = spots[names[place - 1]].height
            offset += (before + spots[name].height) / 2 + gap
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
    links: Iterable[Link],
    titles: Mapping[int, str],
    *,
    width: int = 170,
    lines: int = 2,
    shape: float = 1.15,
) -> Picture:
    """Nodes in blocks, a block a band, each ordered by what its nodes are joined to.

    Args:
        bands: block of each node, counted from the left.
        links: pairs of joined nodes.
        titles: captions of the blocks.
        width: width of a box.
        lines: most lines of a label.
        shape: wanted width of the picture over its height.
    """
    pitch = lines * LINE + PADDING + GAP
    step = width + 22
    rows = max(8, math.ceil(math.sqrt(len(bands) * step / pitch / shape)))
    members: dict[int, list[str]] = defaultdict(list)
    for name in sorted(bands):
        members[bands[name]].append(name)
    near: dict[str, list[str]] = defaultdict(list)
    for one, other in links:
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
    positions: dict[str, Point] = {}
    headings: list[Heading] = []
    left = 0
    for band in sorted(members):
        names = members[band]
        across = math.ceil(len(names) / rows)
        deep = math.ceil(len(names) / across)
        for place, name in enumerate(names):
            column, row = divmod(place, deep)
            positions[name] = (left + column * step + width // 2, row * pitch)
        title = wrap(titles.get(band, ""), int(across * step / BANNER))
        headings.append(Heading(title, left + ((across - 1) * step + width) // 2, -pitch))
        left += across * step + GUTTER
    return Picture(positions, tuple(headings))


@dataclass(frozen=True)
class Scene:
    """What a view shows and where each node belongs.

    Attributes:
        places: column (or band) of each node.
        groups: mechanism group of each reported mechanism.
        doubtful: nodes that only denied or doubted reports bring in.
        cut: how many nodes were left out to keep the view readable.
    """

    places: dict[str, int]
    groups: dict[str, str] = field(default_factory=dict)
    doubtful: frozenset[str] = frozenset()
    cut: int = 0


MAP_COLUMNS = (
    Column("Reported: pathways, phenotype", 262, flush=True),
    Column("Reported: alterations and others", 262, flush=True),
    Column("Drug and its classes", 150, 60, flush=True),
    Column("Targets, altered molecules", 160, 20), Column("Isoforms, receptors", 100, 50),
    Column("RAS", 100, 70), Column("Effectors", 90, 70), Column("MEK, AKT", 80, 70),
    Column("ERK, mTOR", 100, 70), Column("Outputs", 150, 24),
)  # fmt: skip
_SIDE, _MECHANISMS, _DRUGS, _MOLECULES, _ISOFORMS = range(5)
_BESIDE = (MechanismGroup.REACTIVATION, MechanismGroup.PHENOTYPE)
_ONE_COLUMN = 26
# The signalling that every map shows, by column of `MAP_COLUMNS`.
_BACKBONE = {
    "SOS1": 3, "PTPN11": 3, "KRAS": 4, "NRAS": 4, "HRAS": 4,
    "RAS": 5, "RAS_GTP-bound": 5, "RAF": 6, "PI3K": 6, "RALGDS": 6,
    "MEK": 7, "PIP3": 7, "AKT": 7, "RAL": 7, "ERK": 8, "mTOR_signaling": 8,
    "cell_proliferation": 9, "cell_survival": 9, "cell_growth": 9,
    "cell_differentiation": 9, "cell_metabolism": 9, "regulation_of_gene_expression": 9,
    "translation": 9, "cytoskeletal_organization": 9, "vesicle-mediated_transport": 9,
}  # fmt: skip
# Where other molecules of these pathways stand when a mechanism or target leads to them.
_KNOWN = _BACKBONE | {
    "KRAS_GTP-bound": 5, "ARAF": 6, "BRAF": 6, "RAF1": 6, "MAP2K1": 7, "MAP2K2": 7,
    "MAPK1": 8, "MAPK3": 8, "MTOR": 8, "PTEN": 6, "receptor_tyrosine_kinase": 4,
    "HER_family": 4, "SOS": 4,
}  # fmt: skip
_ACTS = ("inhibits", "binds", "stabilises")
_PASSES_ON = ("activates", "increases", "inhibits", "decreases")


def mechanism_map(network: Network, answer: BypassAnswer, hops: int) -> Scene:
    """The first view: a therapy, what it acts on, what escapes it, the signalling reached.

    Args:
        network: the whole graph.
        answer: what bypasses the therapy.
        hops: most steps from a mechanism or target to the signalling of the backbone.
    """
    places = {answer.drug.id: _DRUGS} | {item.id: _DRUGS for item, _ in answer.classes}
    targets = [
        target
        for drug in list(places)
        for _, target, data in network.out_edges(drug, data=True)
        if data["predicate"] in _ACTS
        and data["asserted"]
        and network.nodes[target]["cls"] in MOLECULAR
        and (drug == answer.drug.id or network.nodes[target]["cls"] != "BindingSite")
    ]
    for target in targets:
        places.setdefault(target, _KNOWN.get(target, _MOLECULES))
    places |= {name: column for name, column in _BACKBONE.items() if name in network}
    reports = (*answer.reported, *answer.open, *answer.denied)
    groups = {r.mechanism.id: str(r.group or MechanismGroup.OTHER) for r in reversed(reports)}
    sure = {r.mechanism.id for r in reports if any(s.is_edge for s in r.statements)}
    doubtful = frozenset(name for name in groups if name not in sure and name not in places)
    order = list(MechanismGroup)
    for name in sorted(
        groups, key=lambda n: (order.index(MechanismGroup(groups[n])), n in doubtful, n)
    ):
        beside = len(groups) > _ONE_COLUMN and MechanismGroup(groups[name]) in _BESIDE
        places.setdefault(name, _SIDE if beside else _MECHANISMS)
    for start in dict.fromkeys([*targets, *groups]):
        if start not in doubtful:
            for name, steps in _reached(network, start, hops).items():
                places.setdefault(name, _KNOWN.get(name, min(steps + 2, _ISOFORMS)))
    return Scene(places, groups, doubtful)


def _reached(network: Network, start: str, hops: int) -> dict[str, int]:
    """Nodes that lead from an alteration into the backbone; else what it is a form of."""
    before: dict[str, str] = {}
    upward: dict[str, int] = {}
    seen = {start: 0}
    front = [start]
    while front:
        name = front.pop(0)
        if seen[name] == hops:
            continue
        for target, up in _onward(network, name):
            if target not in seen:
                seen[target], before[target] = seen[name] + 1, name
                if up and (name == start or name in upward):
                    upward[target] = seen[target]
                if target in _BACKBONE:
                    way = {target: seen[target]}
                    while (target := before[target]) != start:
                        way[target] = seen[target]
                    return way
                front.append(target)
    return upward


def _onward(network: Network, name: str) -> list[tuple[str, bool]]:
    """Next nodes of a molecule: what it is part or form of (True), what it acts on."""
    found = {
        target: data["role"] in ("up", "state")
        for _, target, data in network.out_edges(name, data=True)
        if data["asserted"]
        and network.nodes[target]["cls"] in MOLECULAR
        and (data["role"] in ("up", "state") or data["predicate"] in _PASSES_ON)
        and not data["predicate"].endswith("^")
    }
    return sorted(
        found.items(), key=lambda p: (network.nodes[p[0]]["cls"] != "Gene", not p[1], p[0])
    )
