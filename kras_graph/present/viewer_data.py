"""All that the page shows, as one block of plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from kras_graph import __version__
from kras_graph.answers.families import THERAPY
from kras_graph.model.terms import GROUP_LABELS, Certainty, Setting
from kras_graph.present.layout import Picture, in_bands
from kras_graph.present.report import predicate_labels
from kras_graph.present.viewer_computed import Computed, overlay_of
from kras_graph.present.viewer_map import map_picture
from kras_graph.present.viewer_pyvis import drawn_edges, pyvis_network
from kras_graph.present.viewer_rows import (
    BANDS,
    REST,
    Json,
    Material,
    Numbers,
    band_of,
    edge_rows,
    filled,
    node_row,
    ranks,
    search_rows,
    statement_row,
)
from kras_graph.present.viewer_scene import mechanism_scene
from kras_graph.present.viewer_trials import trials_picture

if TYPE_CHECKING:
    from kras_graph.answers.resistance import BypassAnswer
    from kras_graph.api import KnowledgeGraph

Theme: TypeAlias = Literal["auto", "light", "dark"]
ViewName: TypeAlias = Literal["", "map", "near", "whole", "trials", "path"]
# More entities than this: only the map of the focus is worked out beforehand.
MANY = 1000


@dataclass(frozen=True)
class Start:
    """How a page opens.

    Attributes:
        focus: id of the entity in the middle; empty for none.
        view: `map`, `near`, `whole`, `trials` or `path`; empty for what suits the focus.
        hops: most steps from a mechanism to signalling, or from the focus to its neighbours.
        theme: `light`, `dark`, or `auto` for the reader's own.
        embed: whether the page is made for an iframe.
        query: what the query asks whose graph this is; empty for the graph itself.
        path: ids of two entities whose paths the page opens on.
    """

    focus: str = ""
    view: ViewName = ""
    hops: int = 2
    theme: Theme = "auto"
    embed: bool = False
    query: str = ""
    path: tuple[str, str] | None = None


def gather(kg: KnowledgeGraph) -> Material:
    """The whole graph as material of a page."""
    statements = [statement for statement in kg.statements() if not statement.deprecated]

    return Material(
        kg.reader.entities,
        kg.network,
        statements,
        kg.results(statements),
        kg.evidence(statements),
        kg.reader.publications,
        predicate_labels(kg.reader),
        kg.reader,
        kg.bypass,
        kg.combine,
    )


def payload(material: Material, start: Start) -> Json:
    """Everything the page shows, as plain data."""
    entities = material.entities
    numbers = Numbers(
        {name: place for place, name in enumerate(entities)},
        {statement.id: place for place, statement in enumerate(material.statements)},
        {name: place for place, name in enumerate(material.publications)},
    )
    drawing = pyvis_network(entities, material.network, material.labels, include_unasserted=True)
    predicates = dict.fromkeys(
        [data["predicate"] for _, _, data in material.network.edges(data=True)]
        + [statement.predicate for statement in material.statements]
    )
    places = {name: place for place, name in enumerate(predicates)}
    answers = _answers(material, start.focus)
    computed = Computed(material.reader, numbers)
    maps = _maps(material, answers, start.hops, numbers, computed)
    kind = start.view or ("map" if start.focus in maps else "near" if start.focus else "whole")
    if start.path:
        kind = "path"
    label = entities[start.focus].label or start.focus if start.focus else ""
    asks = f"What bypasses {label}?" if start.focus in maps else f"{label} and its surroundings"
    if start.path:
        ends = [entities[name].label or name for name in start.path]
        asks = f"Paths from {ends[0]} to {ends[1]}"
    edges = edge_rows(material, drawing.edges, places, numbers)
    return {
        "version": __version__,
        "title": asks if label or start.path else start.query or "The whole graph",
        "query": start.query,
        "focus": numbers.entities.get(start.focus, -1),
        "start": kind,
        "path": [numbers.entities[name] for name in start.path] if start.path else None,
        "hops": start.hops,
        "theme": start.theme,
        "embed": start.embed,
        "kinds": {item.cls: band_of(item.cls)[1] for item in entities.values()},
        "groups": {str(group): text for group, text in GROUP_LABELS.items()},
        "certainties": [str(value) for value in Certainty],
        "settings": [str(value) for value in Setting],
        "predicates": [
            [name, material.labels.get(name, name.rstrip("^").replace("_", " "))]
            for name in predicates
        ],
        "nodes": [
            node_row(item, material, place, numbers)
            for place, item in zip(ranks(entities), entities.values(), strict=True)
        ],
        "edges": edges,
        **search_rows(material, edges, places, numbers),
        "statements": [statement_row(s, material, places, numbers) for s in material.statements],
        "publications": [
            filled(
                {
                    "id": paper.id,
                    "label": paper.label,
                    "where": f"{paper.journal} {paper.year or ''}".strip(),
                    "doi": paper.doi,
                    "kind": paper.kind,
                }
            )
            for paper in material.publications.values()
        ],
        "computed": computed.block(),
        "maps": {str(numbers.entities[name]): found for name, found in maps.items()},
        "whole": _plain(_whole(material), numbers),
        "trials": [
            _plain(
                trials_picture(
                    entities, material.statements, material.results, start.focus, doubt=doubt
                ),
                numbers,
            )
            for doubt in (False, True)
        ],
    }


def _answers(material: Material, focus: str) -> dict[str, BypassAnswer]:
    """What bypasses each therapy, where the graph holds anything on it."""
    if material.escapes is None:
        return {}
    wanted = [name for name, item in material.entities.items() if item.cls in THERAPY]
    if len(material.entities) > MANY:
        wanted = [name for name in wanted if name == focus]
    found = {name: material.escapes(name) for name in wanted}
    return {name: a for name, a in found.items() if a.reported or a.denied or a.open}


def _maps(
    material: Material,
    answers: Mapping[str, BypassAnswer],
    hops: int,
    numbers: Numbers,
    computed: Computed,
) -> dict[str, list[Json]]:
    """Mechanism maps by therapy, each without and with denied and doubted reports.

    What is computed around each therapy goes into `computed`.
    """
    edges = list(drawn_edges(material.network))
    labels = {name: item.label or name for name, item in material.entities.items()}
    found = {}
    for name, answer in answers.items():
        closing = material.closing(name) if material.closing and answer.computed else None
        computed.add(answer, closing)
        overlay = overlay_of(material.reader, answer, closing)
        scene = mechanism_scene(material.network, material.entities, answer, hops, overlay)
        shown = set(scene.names)
        joined = [(a, b, d["asserted"]) for a, b, d in edges if a in shown and b in shown]
        found[name] = [
            _plain(
                map_picture(
                    scene, labels, [(a, b) for a, b, sure in joined if sure or doubt], doubt=doubt
                ),
                numbers,
            )
            for doubt in (False, True)
        ]
    return found


def _whole(material: Material) -> Picture:
    labels = {name: item.label or name for name, item in material.entities.items()}
    sure = [(a, b) for a, b, data in drawn_edges(material.network) if data["asserted"]]
    bands = {name: band_of(item.cls)[0] for name, item in material.entities.items()}
    titles = dict(enumerate([*(title for title, _, _ in BANDS), REST[0]]))
    return in_bands(bands, labels, sure, titles)


def _plain(picture: Picture, numbers: Numbers) -> Json:
    """A picture as rows that refer to entities and statements by their numbers."""
    entity, statement = numbers.entities, numbers.statements
    extra = dict(picture.extra)
    if "cut" in extra:
        extra["cut"] = [entity[name] for name in extra["cut"]]
        extra["lists"] = [[entity[name], group] for name, group in extra["lists"]]
        extra["only"] = [entity[name] for name in extra["only"]]
        extra["closers"] = [[entity[one], entity[other]] for one, other in extra["closers"]]
        extra["ties"] = [[entity[row[0]], *row[1:]] for row in extra["ties"]]
    for name in ("links", "rows"):
        if name in extra:
            extra[name] = [[statement[row[0]], *row[1:]] for row in extra[name]]
    return {
        "boxes": [
            [entity[box.name], box.x, box.y, box.width, box.height, box.label]
            for box in picture.boxes
        ],
        "heads": [[h.text, h.x, h.y, h.group, h.centred, h.size] for h in picture.headings],
        **extra,
    }
