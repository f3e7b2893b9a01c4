"""What there is instead when no statement fits all that was asked: never just "nothing".

First everything named is widened (an allele to its gene, a gene to its alterations, a class to
what it takes in and what takes it in); then each filter is dropped by itself. What is found is
marked as wider, and a remark says what was given up for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kras_graph.answers.asked import Asked
from kras_graph.answers.conditions import AllOf, Condition, Related, Stands
from kras_graph.answers.filters import Filter, Filters, filters_of
from kras_graph.answers.measures import Figures
from kras_graph.answers.selection import Selection
from kras_graph.rdf.reader import Reader

WIDEST = "self up down near kin either"
# More rows than this are only counted: they would bury the question.
MOST_SHOWN = 25
Found = tuple[Selection, list[str], str]


def instead(asked: Asked, chosen: Selection, filters: Filters, used: set[str]) -> Found | None:
    """The nearest statements to a question that none fits, with what was given up.

    Args:
        asked: what the question refers to.
        chosen: its patterns with their conditions on figures, without filters.
        filters: its filters.
        used: parts that the form itself uses.

    Returns:
        The selection, its ids and a remark; None when nothing comes near.
    """
    reader = asked.reader
    wider = replace(chosen, patterns=_widened(asked))
    wide_filters = filters_of(asked.reading, asked.reach, without=used, reach=WIDEST)
    if wider.patterns:
        for told, narrowing in (("", filters), (_ALSO, wide_filters)):
            selection, idents = narrowing.narrow(wider, reader, [])
            if idents:
                return selection, idents, f"shown instead, of what is wider or narrower{told}"
    else:
        selection, idents = wide_filters.narrow(chosen, reader, [])
        if idents:
            return selection, idents, f"shown instead{_ALSO}"
    return _dropped(chosen, filters, reader) or _stage(asked, reader)


_ALSO = ", with the context taken wider too"


def _widened(asked: Asked) -> tuple[Condition, ...]:
    asked.widest = True
    lines = [
        {**line, "reach": f"{line.get('reach', 'self')} {WIDEST}"}
        for line in asked.reading.form.find
        if line.get("about")
    ]
    return tuple(dict.fromkeys(p for line in lines if (p := asked.pattern(line)) is not None))


def _dropped(chosen: Selection, filters: Filters, reader: Reader) -> Found | None:
    """What is there without one of the filters; the filter that leaves fewest is given up."""
    ways: list[tuple[str, Filters, Selection]] = [
        (item.told, replace(filters, filters=_but(filters.filters, place)), chosen)
        for place, item in enumerate(filters.filters)
    ]
    if filters.diseases:
        told = " or ".join(disease.label for disease in filters.diseases)
        ways.append((told, replace(filters, diseases=()), chosen))
    if chosen.figures != Figures():
        ways.append(("what was measured", filters, replace(chosen, figures=Figures())))
    found: list[tuple[int, Found, str]] = []
    for told, fewer, start in ways:
        selection, idents = fewer.narrow(start, reader, [])
        if idents:
            found.append((len(idents), (selection, idents, ""), told))
    if not found:
        return None
    told = "; ".join(f"{number} without {label!r}" for number, _, label in found)
    number, (selection, idents, _), label = min(found, key=lambda item: item[0])
    if number > MOST_SHOWN:
        return selection, [], f"left: {told}; too many to show"
    return selection, idents, f"left: {told}; shown: without {label!r}"


def _but(items: Sequence[Filter], place: int) -> tuple[Filter, ...]:
    return (*items[:place], *items[place + 1 :])


def _stage(asked: Asked, reader: Reader) -> Found | None:
    """How far a medicine has come, where no trial of it is known."""
    things = asked.reading.parts.named("therapy")
    if not things or not asked.reading.form.id.startswith("trials."):
        return None
    around = asked.reach.wide(things, "self down")
    pattern = AllOf((Stands("about", frozenset(around), "subject"), Related(("has_stage",))))
    selection = Selection((pattern,))
    idents = selection.run(reader)
    return (selection, idents, "shown instead: its stage of development") if idents else None
