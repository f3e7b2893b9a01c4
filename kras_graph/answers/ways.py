"""Paths that a question asks for, over all that its names may mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kras_graph.answers.forms import things_in
from kras_graph.answers.parts import Thing
from kras_graph.answers.reading import Reading
from kras_graph.answers.resolve import Names
from kras_graph.answers.routes import OUTPUT_NODES

if TYPE_CHECKING:
    from kras_graph.answers.tracing import PathOptions, Tracer
    from kras_graph.network.records import PathAnswer


def ways(tracer: Tracer, names: Names, reading: Reading) -> tuple[list[PathAnswer], list[str]]:
    """Paths between what a question names, with remarks.

    A name that may mean several entities is tried in each meaning. Where no asserted path
    exists, one over denied or doubted statements is looked for, and a remark says so.

    Args:
        tracer: what finds paths by name.
        names: the graph's names.
        reading: a question with a start and an end.
    """
    parts = reading.parts
    first, last = ends(reading)
    starts, targets = _meanings(first), _meanings(last)
    vias = [_stations(thing, names) for thing in parts.chunks.get("via", ())]
    avoid = [ident for thing in parts.chunks.get("avoid", ()) for ident in thing.ids]
    tried: list[PathAnswer] = []
    for unasserted in (False, True):
        found: list[PathAnswer] = []
        for source in starts:
            for target in targets:
                for via in _choices(vias):
                    options: PathOptions = {
                        "via": via,
                        "avoid": avoid,
                        "unasserted": unasserted,
                    }
                    item = tracer.paths(source, target, options)
                    (found if item.paths else tried).append(item)
        if found:
            note = (
                ["No path of stated claims; these go over denied or doubted ones, marked."]
                if unasserted
                else []
            )
            return found, note
    return tried[:1], []


def ends(reading: Reading) -> tuple[Thing, Thing]:
    """Where a path that a question asks for starts and ends."""
    chunks = reading.parts.chunks
    pair = chunks.get("joins") or chunks.get("route") or tuple(things_in(reading.parts))
    return pair[0], pair[-1]


def _meanings(thing: Thing) -> list[str]:
    """What a thing may stand for: itself, and the signalling that goes by its name."""
    beside = [OUTPUT_NODES[ident] for ident in thing.ids if ident in OUTPUT_NODES]
    return list(dict.fromkeys([*thing.ids, *beside]))


def _stations(thing: Thing, names: Names) -> list[str]:
    """What a path may pass to pass a thing: itself, or a protein in one of its states."""
    states = [
        item.id
        for item in names.all()
        if item.cls == "ProteinState" and set(item.parents) & set(thing.ids)
    ]
    return [*thing.ids, *states]


def _choices(vias: Sequence[list[str]]) -> list[list[str]]:
    """Every way to take one meaning of each entity on the way."""
    choices: list[list[str]] = [[]]
    for meanings in vias:
        choices = [[*choice, meaning] for choice in choices for meaning in meanings]
    return choices
