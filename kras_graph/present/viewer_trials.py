"""The view of trials and results: a lane for each trial, with what was measured in it.

A lane reads from left to right: therapies, the trial, whom it enrolled and how it was made,
then its figures as printed, drawn on an axis of percent, months or ratio where they have
one. Figures that name no trial follow, a lane for each therapy or other subject.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kras_graph.model.records import Entity, Result, Statement
from kras_graph.model.terms import Polarity, Statistic
from kras_graph.present.layout import GAP, Box, Heading, Picture, height_of, sized
from kras_graph.present.viewer_text import wrap

STUDIES = ("Trial", "Cohort")
ROW = 24
LETTERS = 14
# Left end and width of each column.
_THERAPY, _STUDY, _WHO = (0, 176), (226, 180), (456, 180)
_NAME, _DETAIL, _PRINTED = (664, 270), (940, 240), (1186, 206)
# Axis: left end, width, lowest and highest value, marks, caption, whether it is logarithmic.
AXES: dict[str, dict[str, Any]] = {
    "%": {"x": 1410, "w": 150, "low": 0, "high": 100, "marks": [0, 50, 100], "text": "percent"},
    "months": {"x": 1592, "w": 130, "low": 0, "high": 30, "marks": [0, 10, 20, 30]},
    "ratio": {"x": 1754, "w": 90, "low": 0.2, "high": 5, "marks": [0.2, 1, 5], "log": True,
              "text": "HR, OR"},
}  # fmt: skip
_FAMILIES = ("outcome", "combination", "safety")
_RATIOS = (Statistic.HAZARD_RATIO, Statistic.ODDS_RATIO)
_DESCRIBES = ("enrolls", "has_design", "has_stage", "studied_in")


@dataclass
class _Lane:
    """What one trial, or one subject without a trial, brings together."""

    study: str = ""
    left: list[str] = field(default_factory=list)
    right: list[str] = field(default_factory=list)
    rows: list[tuple[Statement, Result]] = field(default_factory=list)
    links: list[Statement] = field(default_factory=list)


def trials_picture(
    entities: Mapping[str, Entity],
    statements: Iterable[Statement],
    results: Mapping[str, Sequence[Result]],
    focus: str,
    *,
    doubt: bool,
) -> Picture:
    """Every trial and every measured figure, those of the focus first.

    Args:
        entities: every entity, by id.
        statements: every statement.
        results: figures of each statement.
        focus: entity whose trials lead.
        doubt: whether what sources deny or doubt is shown too.

    Returns:
        the picture; `extra` holds `links` (statement, place of the box it starts at and of
        the one it ends at), `rows` (figures), `rules` (lines between lanes), `axes`, and
        left end and width of the `columns` of text.
    """
    shown = [s for s in statements if not s.deprecated and (doubt or s.is_edge)]
    lanes = [*_studies(entities, shown, results, focus), *_others(entities, shown, results, focus)]
    boxes: list[Box] = []
    links: list[list[Any]] = []
    rows: list[list[Any]] = []
    rules: list[int] = []
    headings = [
        Heading(text, left, -16, centred=False)
        for text, left in (
            ("Therapy", _THERAPY[0]),
            ("Trial or group", _STUDY[0]),
            ("Whom and how", _WHO[0]),
            ("Measured", _NAME[0]),
            ("In whom, when", _DETAIL[0]),
            ("As printed", _PRINTED[0]),
        )
    ]
    y = 0
    for lane in lanes:
        rules.append(y)
        y += 10
        bottom = _draw(lane, entities, y, boxes, links, rows, headings)
        y = bottom + 10
    rules.append(y)
    axes = [{"unit": unit, "text": unit, **axis} for unit, axis in AXES.items()]
    columns = [list(column) for column in (_NAME, _DETAIL, _PRINTED)]
    extra = {"links": links, "rows": rows, "rules": rules, "axes": axes, "columns": columns}
    return Picture(tuple(boxes), tuple(headings), extra)


def _studies(
    entities: Mapping[str, Entity],
    statements: Sequence[Statement],
    results: Mapping[str, Sequence[Result]],
    focus: str,
) -> list[_Lane]:
    """A lane for each trial or cohort, cohorts after their trial."""
    lanes: dict[str, _Lane] = {
        name: _Lane(name) for name, item in entities.items() if item.cls in STUDIES
    }
    for statement in statements:
        ends = (statement.subject, statement.object)
        for name in dict.fromkeys(end for end in ends if end in lanes):
            if statement.predicate in _DESCRIBES:
                lane, other = lanes[name], ends[0] if name == ends[1] else ends[1]
                side = lane.left if statement.predicate == "studied_in" else lane.right
                if other not in side:
                    side.append(other)
                lane.links.append(statement)
        for result in results.get(statement.id, ()):
            for name in _studies_of(statement, result, lanes):
                lanes[name].rows.append((statement, result))
    used = [lane for lane in lanes.values() if lane.rows or lane.left or lane.right]
    touched = {lane.study for lane in used if _touches(lane, focus)}

    def root(name: str) -> str:
        seen: set[str] = set()
        while name not in seen:
            seen.add(name)
            name = next((p for p in entities[name].parents if p in lanes), name)
        return name

    families: dict[str, list[_Lane]] = defaultdict(list)
    for lane in used:
        families[root(lane.study)].append(lane)
    order = sorted(
        families,
        key=lambda name: (
            not any(lane.study in touched for lane in families[name]),
            -sum(len(lane.rows) for lane in families[name]),
            entities[name].label,
            name,
        ),
    )
    return [
        lane
        for name in order
        for lane in sorted(
            families[name], key=lambda lane: (lane.study != name, -len(lane.rows), lane.study)
        )
    ]


def _studies_of(statement: Statement, result: Result, lanes: Mapping[str, _Lane]) -> list[str]:
    """Trials a figure belongs to: its own, else those of its statement, else an end of it."""
    own = [result.trial] if result.trial in lanes else []
    named = own or [name for name in statement.trial if name in lanes]
    ends = [end for end in (statement.subject, statement.object) if end in lanes]
    return list(dict.fromkeys(named or ends))


def _touches(lane: _Lane, focus: str) -> bool:
    return focus in lane.left or any(
        focus in (statement.subject, result.arm, *statement.under)
        for statement, result in lane.rows
    )


def _others(
    entities: Mapping[str, Entity],
    statements: Sequence[Statement],
    results: Mapping[str, Sequence[Result]],
    focus: str,
) -> list[_Lane]:
    """Figures that name no trial, a lane for each subject."""
    studies = {name: _Lane() for name, item in entities.items() if item.cls in STUDIES}
    lanes: dict[str, _Lane] = {}
    for statement in statements:
        for result in results.get(statement.id, ()):
            if not _studies_of(statement, result, studies):
                lane = lanes.setdefault(statement.subject, _Lane(left=[statement.subject]))
                lane.rows.append((statement, result))
    order = sorted(lanes, key=lambda name: (name != focus, entities[name].label, name))
    return [lanes[name] for name in order]


def _draw(
    lane: _Lane,
    entities: Mapping[str, Entity],
    top: int,
    boxes: list[Box],
    links: list[list[Any]],
    rows: list[list[Any]],
    headings: list[Heading],
) -> int:
    """Place the boxes and rows of a lane, both from its top; returns its bottom."""
    columns = (
        (_THERAPY, lane.left),
        (_STUDY, [lane.study] if lane.study else []),
        (_WHO, lane.right),
    )
    stacks = [
        (left, [(name, *sized(_title(entities[name]), width, 4)) for name in names])
        for (left, width), names in columns
    ]
    tall = [sum(height_of(text) + GAP for _, text, _ in stack) for _, stack in stacks]
    place: dict[str, int] = {}
    for (left, stack), whole in zip(stacks, tall, strict=True):
        y = top + (max(tall) - whole) / 2
        for name, text, own in stack:
            place[name] = len(boxes)
            height = height_of(text)
            boxes.append(Box(name, left + own // 2, round(y + height / 2), own, height, text))
            y += height + GAP
    if not lane.study:
        y = round(top + max(tall) / 2)
        headings.append(Heading("no trial named", _STUDY[0], y, centred=False, size=LETTERS))
    for statement in lane.links:
        if statement.subject in place and statement.object in place:
            links.append([statement.id, place[statement.subject], place[statement.object]])
    for number, (statement, result) in enumerate(sorted(lane.rows, key=_importance)):
        y = round(top + (number + 0.5) * ROW)
        rows.append(_row(statement, result, lane, entities, y))
    return top + max(*tall, len(lane.rows) * ROW + GAP)


def _importance(row: tuple[Statement, Result]) -> int:
    """Outcomes first, then comparisons and harms, then the rest, each in the given order."""
    family = row[0].family
    return _FAMILIES.index(family) if family in _FAMILIES else len(_FAMILIES)


def _title(item: Entity) -> str:
    """Label of a study with the shortest of its other names; of anything else its label."""
    if item.cls != "Trial":
        return item.label or item.id
    names = sorted((name for name in item.synonyms if name), key=lambda name: (len(name), name))
    return f"{item.label} {names[0]}" if names else item.label


def _row(
    statement: Statement, result: Result, lane: _Lane, entities: Mapping[str, Entity], y: int
) -> list[Any]:
    """A figure: statement, its own id, middle, name, detail, print, axis, value, bounds.

    The name tells the therapy only where the lane has several, and the tumour only where it
    is not that of the whole lane.
    """

    def called(name: str) -> str:
        return entities[name].label if name in entities else name

    parts = [called(result.endpoint)]
    if statement.object not in (result.endpoint, *lane.right, lane.study):
        # a harm is its own name: that its frequency was measured goes without saying
        rest = [] if result.endpoint == "adverse_event_frequency" else parts
        parts = [called(statement.object), *rest]
    arm = result.arm or statement.subject
    if lane.left != [arm] and arm != lane.study:
        parts.append(called(arm))
    title = ", ".join(dict.fromkeys(parts))
    if statement.polarity is Polarity.NEGATED:
        title = f"not: {title}"
    details = [result.time_point, f"grade {result.grade}" if result.grade else ""]
    tumours = [result.disease] if result.disease else statement.disease
    details += [called(name) for name in tumours if name not in lane.right]
    details += [result.population or statement.population]
    detail = ", ".join(dict.fromkeys(text for text in details if text))
    unit = "ratio" if result.statistic in _RATIOS else result.unit
    drawn = unit in AXES and result.value is not None
    return [
        statement.id,
        result.id,
        y,
        wrap(title, _NAME[1], 1, LETTERS),
        wrap(detail, _DETAIL[1], 1, LETTERS),
        wrap(result.printed, _PRINTED[1], 1, LETTERS),
        *([unit, result.value, result.ci_low, result.ci_high] if drawn else ["", None, None, None]),
    ]
