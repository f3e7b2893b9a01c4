"""The graph as one web page that needs nothing else: no request leaves it.

The network's nodes and edges are pyvis records and the drawing library is the one that
pyvis ships, but the template is our own: pyvis' page loads from network addresses and does
not escape its heading and options. The page holds the library, one script, one style sheet
and one block of data; a content security policy admits these by their hashes and nothing
else. All positions are computed here, beforehand.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from kras_graph import __version__
from kras_graph.answers.families import THERAPY
from kras_graph.answers.resistance import BypassAnswer
from kras_graph.model.errors import ResourceError
from kras_graph.model.records import Anchor, Entity, Result, Statement
from kras_graph.model.terms import GROUP_LABELS, MechanismGroup
from kras_graph.present import layout
from kras_graph.present.layout import MAP_COLUMNS, Picture, Scene, Spot, wrap
from kras_graph.present.report import figure, predicate_labels, standing
from kras_graph.rdf.reader import Reader

if TYPE_CHECKING:
    from kras_graph.api import KnowledgeGraph
    from kras_graph.network.projection import Network

Json = dict[str, Any]
_LIBRARY = "vis-network.min.js"
_BAND_WIDTH = 170
# Caption of a band of the whole graph, the look of its nodes, the classes in it.
_BANDS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Trials", "study", ("Trial", "Cohort", "SampleSet", "Design", "Stage", "Organisation")),
    ("Combinations", "therapy", ("Regimen",)),
    ("Drugs", "therapy", ("Drug", "Biologic", "CellTherapy")),
    ("Drug classes", "therapy", ("DrugClass",)),
    ("Alterations and variants", "alteration", ("ProteinVariant", "Alteration")),
    (
        "Genes, proteins, other molecules",
        "molecule",
        ("Gene", "Protein", "ProteinFamily", "ProteinComplex", "ProteinState", "Molecule",
         "BindingSite"),
    ),
    ("Mechanisms and pathways", "process", ("Mechanism", "Pathway")),
    ("Processes", "process", ("Process",)),
    ("Cells, tumours, diseases", "disease",
     ("CellType", "TumourState", "ModelSystem", "Disease")),
)  # fmt: skip
_REST = ("Endpoints, harms, properties", "measure")
_CONTEXT = {
    "under": "Under",
    "disease": "Disease",
    "population": "In whom",
    "patients": "Patients",
    "trial": "Trial",
    "alteration": "Alteration",
    "model": "Model",
    "species": "Species",
    "assay": "Assay",
    "cites": "Cites",
}


def page(kg: KnowledgeGraph, focus: str, hops: int = 2, whole: bool = False) -> str:
    """The viewer as HTML.

    Args:
        kg: the graph.
        focus: name of the entity in the middle of the first view; for a therapy that view
            is its mechanism map, for anything else its neighbourhood.
        hops: how far to follow: most steps from a mechanism to the signalling it reaches,
            or from the focus to its neighbours.
        whole: whether the page opens on the whole graph instead.

    Raises:
        UnknownNameError: when nothing is called `focus`.
        ResourceError: when pyvis comes without its drawing library.
    """
    data = payload(kg, focus, hops, whole)
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    template = (files("kras_graph.present") / "viewer.html").read_text(encoding="utf-8")
    library = drawing_library()
    styles = re.findall(r"<style>(.*?)</style>", template, re.DOTALL)
    scripts = re.findall(r"<script>(.*?)</script>", template, re.DOTALL)
    scripts = [library if script == "{{library}}" else script for script in scripts]
    parts = {
        "policy": (
            f"default-src 'none'; script-src {_hashes(scripts)}; style-src {_hashes(styles)}; "
            "img-src data:; base-uri 'none'; form-action 'none'"
        ),
        "title": html.escape(data["title"]),
        "version": html.escape(__version__),
        "library": library,
        "data": text,
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], template)


def _hashes(texts: Sequence[str]) -> str:
    """Sources of a content security policy that admit exactly these inline texts."""
    digests = (hashlib.sha256(text.encode()).digest() for text in texts)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def drawing_library() -> str:
    """vis-network with its licence notice, as the newest version that pyvis carries.

    Line ends are those an HTML parser makes of them, so that the text keeps its hash.
    """
    folder = files("pyvis") / "lib"
    found = sorted(
        (item for item in folder.iterdir() if (item / _LIBRARY).is_file()),
        key=lambda item: [int(number) for number in re.findall(r"\d+", item.name)],
    )
    if not found:
        raise ResourceError(f"No {_LIBRARY} below {folder}; reinstall pyvis.")
    text = (found[-1] / _LIBRARY).read_bytes().decode("utf-8")
    text = re.sub(r"\r\n?", "\n", text)
    text = re.sub(r"\n//# sourceMappingURL=\S*", "", text)
    return re.sub(r"<(?=/script|script|!--)", r"\\x3C", text, flags=re.IGNORECASE)


def payload(kg: KnowledgeGraph, focus: str, hops: int = 2, whole: bool = False) -> Json:
    """Everything the page shows, as plain data. Arguments as for `page`."""
    item = kg.entity(focus)
    reader = kg.reader
    network = kg.network
    labels = predicate_labels(reader)
    answer = kg.bypass(item.id, compute=False) if item.cls in THERAPY else None
    if answer and not (answer.reported or answer.denied or answer.open):
        answer = None
    scene = (
        layout.mechanism_map(network, answer, hops)
        if answer
        else _neighbourhood(network, item.id, hops)
    )
    edges = _edges(network)
    nodes, links = _pyvis(reader.entities, edges, scene, labels)
    numbers = {node["entity"]: node["id"] for node in nodes}
    widths = {
        name: MAP_COLUMNS[column].width
        for name, column in scene.places.items()
        if answer and MAP_COLUMNS[column].flush
    }
    views = {
        name: _view(picture, numbers, widths)
        for name, picture in _pictures(reader.entities, edges, scene, item, answer).items()
    }
    statements = kg.statements()
    results = kg.results(statements)
    evidence = kg.evidence(statements)
    return {
        "title": f"What bypasses {item.label}?" if answer else f"{item.label} and its surroundings",
        "focus": numbers[item.id],
        "label": item.label,
        "kind": "map" if answer else "near",
        "start": "whole" if whole else "first",
        "hops": hops,
        "cut": scene.cut,
        "nodes": nodes,
        "edges": links,
        "views": views,
        "groups": [
            [str(group), label]
            for group, label in GROUP_LABELS.items()
            if str(group) in scene.groups.values()
        ],
        "statements": [
            _statement(reader, s, labels, results.get(s.id, []), evidence.get(s.id, []))
            for s in statements
            if not s.deprecated
        ],
        "publications": [
            {
                "id": paper.id,
                "label": paper.label,
                "where": f"{paper.journal} {paper.year}",
                "doi": paper.doi,
                "kind": paper.kind,
            }
            for paper in reader.publications.values()
        ],
    }


def _neighbourhood(network: Network, focus: str, hops: int, most: int = 120) -> Scene:
    """Everything within some steps of an entity, in bands by distance.

    What leads to the entity stands on the left (negative), what it leads to on the right.

    Args:
        network: the whole graph; denied and doubted propositions are not followed.
        focus: the entity in the middle.
        hops: most steps.
        most: most nodes; the nearest are kept.
    """
    places = {focus: 0}
    front = [focus]
    for _ in range(hops):
        found: dict[str, int] = {}
        for name in front:
            here = places[name]
            for source, target, data in (
                *network.out_edges(name, data=True),
                *network.in_edges(name, data=True),
            ):
                other, forward = (target, True) if source == name else (source, False)
                if data["asserted"] and data["role"] != "down" and other not in places:
                    side = 1 if here > 0 or (here == 0 and forward) else -1
                    found.setdefault(other, here + side)
        places |= dict(sorted(found.items()))
        front = sorted(found)
    kept = dict(list(places.items())[:most])
    return Scene(kept, cut=len(places) - len(kept))


def _edges(network: Network) -> list[Json]:
    """Edges to draw: every proposition, and structure where no proposition says the same."""
    found: list[Json] = []
    said = {
        (source, target)
        for source, target, data in network.edges(data=True)
        if data["statements"] and data["asserted"] and str(data["sign"]) in "0"
    }
    for source, target, data in network.edges(data=True):
        structural = not data["statements"]
        if structural and (data["predicate"].endswith("^") or (source, target) in said):
            continue
        found.append({"source": source, "target": target, "structural": structural, **data})
    return found


def _pyvis(
    entities: Mapping[str, Entity], edges: Sequence[Json], scene: Scene, labels: Mapping[str, str]
) -> tuple[list[Json], list[Json]]:
    """Nodes and edges as pyvis keeps them, under numbers of our own: ids may be anything."""
    from pyvis.network import Network as Drawing

    drawing = Drawing(directed=True)
    numbers = {name: place for place, name in enumerate(entities)}
    for name, item in entities.items():
        kind = _kind(item.cls)[1]
        drawing.add_node(
            numbers[name],
            label=item.label or name,
            shape="box",
            group=scene.groups.get(name, kind),
            entity=name,
            kind=kind,
            cls=item.cls,
            synonyms=list(item.synonyms),
            links=list(item.xrefs),
            note=item.note,
        )
    for place, edge in enumerate(edges):
        predicate = edge["predicate"]
        drawing.add_edge(
            numbers[edge["source"]],
            numbers[edge["target"]],
            id=f"e{place}",
            arrows="to",
            predicate=labels.get(predicate, predicate.replace("_", " ")),
            sign="part" if edge["structural"] else str(edge["sign"]),
            asserted=edge["asserted"],
            resistance="resistance_to" in predicate,
            statements=list(edge["statements"]),
        )
    for node in drawing.nodes:
        node.pop("font", None)
    return drawing.nodes, drawing.edges


def _kind(cls: str) -> tuple[int, str]:
    """Band and look of an entity class."""
    for place, (_, kind, classes) in enumerate(_BANDS):
        if cls in classes:
            return place, kind
    return len(_BANDS), _REST[1]


def _pictures(
    entities: Mapping[str, Entity],
    edges: Sequence[Json],
    scene: Scene,
    focus: Entity,
    answer: BypassAnswer | None,
) -> dict[str, tuple[Picture, dict[str, str]]]:
    """Each view with its labels broken to fit: first, first with doubt, whole."""
    sure = [(e["source"], e["target"]) for e in edges if e["asserted"]]
    every = [(e["source"], e["target"]) for e in edges]
    whole = layout.in_bands(
        {name: _kind(item.cls)[0] for name, item in entities.items()},
        sure,
        dict(enumerate([*(title for title, _, _ in _BANDS), _REST[0]])),
        width=_BAND_WIDTH,
    )

    def banded(names: Mapping[str, object]) -> dict[str, str]:
        return {name: wrap(entities[name].label or name, _BAND_WIDTH, 2) for name in names}

    views = {"whole": (whole, banded(entities))}
    if not answer:
        titles = {
            place: "In focus"
            if not place
            else f"{abs(place)} step{'s' * (abs(place) > 1)} "
            + ("after" if place > 0 else "before")
            for place in sorted(set(scene.places.values()))
        }
        near = layout.in_bands(scene.places, sure, titles, width=_BAND_WIDTH)
        return views | {"first": (near, banded(scene.places))}
    captions = {str(group): label for group, label in GROUP_LABELS.items()}
    for view, links, hidden in (
        ("first", sure, scene.doubtful),
        ("doubted", every, frozenset[str]()),
    ):
        text = {
            name: wrap(entities[name].label or name, MAP_COLUMNS[column].width)
            for name, column in scene.places.items()
            if name not in hidden
        }
        spots = {
            name: Spot(
                scene.places[name],
                label.count("\n") + 1,
                scene.groups.get(name, "") if MAP_COLUMNS[scene.places[name]].flush else "",
            )
            for name, label in text.items()
        }
        views[view] = (layout.in_columns(spots, links, MAP_COLUMNS, captions), text)
    return views


def _view(
    view: tuple[Picture, Mapping[str, str]], numbers: Mapping[str, int], widths: Mapping[str, int]
) -> Json:
    """A view as rows: number, centre, label, width (0: as needed) of each node; captions."""
    picture, labels = view
    return {
        "nodes": [
            [numbers[name], x, y, labels[name], widths.get(name, 0)]
            for name, (x, y) in picture.positions.items()
        ],
        "headings": [[h.text, h.x, h.y, h.group] for h in picture.headings],
    }


def _statement(
    reader: Reader,
    statement: Statement,
    labels: Mapping[str, str],
    results: Sequence[Result],
    anchors: Sequence[Anchor],
) -> Json:
    """One statement with all that its card shows; empty fields are left out."""
    context: list[list[str]] = []
    for name, title in _CONTEXT.items():
        value = getattr(statement, name)
        if isinstance(value, tuple):
            value = ", ".join(reader.label(ref) for ref in value)
        if value:
            context.append([title, str(value)])
    if statement.group:
        context.append(["Mechanism group", GROUP_LABELS[MechanismGroup(statement.group)]])
    predicate = statement.predicate
    record: Json = {
        "id": statement.id,
        "subject": statement.subject,
        "predicate": labels.get(predicate, predicate.replace("_", " ")),
        "object": statement.object,
        "polarity": str(statement.polarity),
        "certainty": str(statement.certainty),
        "standing": standing(statement.polarity, statement.certainty),
        "edge": statement.is_edge,
        "setting": str(statement.setting),
        "context": context,
        "figures": [[figure(result, reader), result.source_issue] for result in results],
        "sources": [
            list(pair) for pair in dict.fromkeys((a.publication, a.section) for a in anchors)
        ],
        "issue": statement.source_issue,
        "note": statement.note,
    }
    return {key: value for key, value in record.items() if value not in ("", [])}
