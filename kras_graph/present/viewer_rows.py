"""Records as rows of the page's data block, which refer to one another by place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kras_graph.model.records import Anchor, Entity, Publication, Result, Statement
from kras_graph.present.report import figure, standing
from kras_graph.rdf.reader import Reader

if TYPE_CHECKING:
    from kras_graph.answers.combination import CombinationAnswer
    from kras_graph.answers.resistance import BypassAnswer
    from kras_graph.network.projection import Network

Json = dict[str, Any]
# Caption of a band of the whole graph, the look of its boxes, the classes in it.
BANDS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
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
REST = ("Endpoints, harms, properties", "measure")
_REFERENCES = ("under", "disease", "trial", "alteration", "model")
_TEXTS = ("population", "species", "assay", "cites", "note")
_ATTRIBUTES = ("kind", "effect", "phase", "status")


@dataclass(frozen=True)
class Material:
    """What a page is made from; a part of the graph or all of it.

    Attributes:
        entities: by id, in the order in which they are numbered.
        network: edges between them.
        statements: every statement to be shown.
        results: figures by statement.
        evidence: anchors by statement.
        publications: source papers by id.
        labels: label of each predicate.
        reader: gives labels for figures.
        escapes: what bypasses a therapy.
        closing: which further targets would close the routes that it leaves open.
    """

    entities: Mapping[str, Entity]
    network: Network
    statements: Sequence[Statement]
    results: Mapping[str, Sequence[Result]]
    evidence: Mapping[str, Sequence[Anchor]]
    publications: Mapping[str, Publication]
    labels: Mapping[str, str]
    reader: Reader
    escapes: Callable[[str], BypassAnswer] | None = None
    closing: Callable[[str], CombinationAnswer] | None = None


@dataclass(frozen=True)
class Numbers:
    """Places of records in their lists: what the page's rows refer to."""

    entities: dict[str, int]
    statements: dict[str, int]
    papers: dict[str, int]


def band_of(cls: str) -> tuple[int, str]:
    """Band and look of an entity class."""
    for place, (_, kind, classes) in enumerate(BANDS):
        if cls in classes:
            return place, kind
    return len(BANDS), REST[1]


def ranks(entities: Mapping[str, Entity]) -> list[int]:
    """Place of each entity in the order of labels without regard to case; equals share one."""
    folded = [item.label.casefold() for item in entities.values()]
    rank = {text: place for place, text in enumerate(sorted(set(folded)))}
    return [rank[text] for text in folded]


def filled(record: Json) -> Json:
    """A record without its empty fields."""
    return {key: value for key, value in record.items() if value not in ("", [], None)}


def node_row(item: Entity, material: Material, rank: int, numbers: Numbers) -> Json:
    """One entity; `rank` is its place in the order of labels."""
    gene = item.attributes.get("gene", "")
    parents = dict.fromkeys([*item.parents, *([gene] if gene else [])])
    parts = item.attributes.get("components", "").split("|")
    return filled(
        {
            "id": item.id,
            "label": item.label or item.id,
            "cls": item.cls,
            "rank": rank,
            "also": list(item.synonyms),
            "links": list(item.xrefs),
            "note": item.note,
            "up": [numbers.entities[name] for name in parents if name in numbers.entities],
            "parts": [numbers.entities[name] for name in parts if name in numbers.entities],
            "facts": [
                [name, item.attributes[name]] for name in _ATTRIBUTES if item.attributes.get(name)
            ],
        }
    )


def edge_rows(
    material: Material, drawn: Sequence[Json], places: Mapping[str, int], numbers: Numbers
) -> list[list[Any]]:
    """Edges of the network: ends, predicate, sign, role, asserted, statements, drawn.

    Those that pyvis draws come first, in its order; the rest serve the search for paths.
    """
    seen = {(e["from"], e["to"], e["predicate"], e["asserted"]) for e in drawn}
    others = [
        {"from": source, "to": target, **data}
        for source, target, data in material.network.edges(data=True)
        if (source, target, data["predicate"], data["asserted"]) not in seen
    ]
    return [
        [
            numbers.entities[edge["from"]],
            numbers.entities[edge["to"]],
            places[edge["predicate"]],
            str(edge["sign"]),
            edge["role"],
            int(edge["asserted"]),
            [numbers.statements[name] for name in edge["statements"]],
            int(place < len(drawn)),
        ]
        for place, edge in enumerate([*drawn, *others])
    ]


def search_rows(
    material: Material,
    edges: Sequence[Sequence[Any]],
    places: Mapping[str, int],
    numbers: Numbers,
) -> Json:
    """What the search for paths in the page needs beside edges and statements.

    Keys: `order` (places of the edges, in the order in which the search on the command line
    looks at them), `hubs` (points against passing each entity), `families` (the one family of
    a gene or protein, by entity), `backed` (whether edges carry their statements' evidence).

    Args:
        material: gives the network.
        edges: rows of `edge_rows`.
        places: place of each predicate.
        numbers: places of entities and statements.
    """
    from kras_graph.network.search import Search
    from kras_graph.network.view import View

    network, entity = material.network, numbers.entities
    known = {(row[0], row[1], row[2], row[5]): place for place, row in enumerate(edges)}
    view = View(network, Search())
    families = {entity[n]: entity[view.family(n)] for n in entity if view.family(n) in entity}
    return {
        "order": [
            known[entity[source], entity[target], places[data["predicate"]], int(data["asserted"])]
            for source, target, data in network.edges(data=True)
        ],
        "hubs": [view.hub(name) for name in entity],
        "families": {str(n): family for n, family in families.items() if n != family},
        "backed": int(any("backing" in data for _, _, data in network.edges(data=True))),
    }


def statement_row(
    statement: Statement, material: Material, places: Mapping[str, int], numbers: Numbers
) -> Json:
    """One statement with all that its card shows; empty fields are left out."""
    anchors = material.evidence.get(statement.id, ())
    references: Json = {
        name: [numbers.entities[ref] for ref in getattr(statement, name) if ref in numbers.entities]
        for name in _REFERENCES
    }
    return filled(
        {
            "id": statement.id,
            "s": numbers.entities[statement.subject],
            "p": places[statement.predicate],
            "o": numbers.entities[statement.object],
            "polarity": str(statement.polarity),
            "certainty": str(statement.certainty),
            "standing": standing(statement.polarity, statement.certainty),
            "edge": int(statement.is_edge),
            "setting": str(statement.setting),
            "group": str(statement.group or ""),
            "patients": statement.patients,
            **references,
            **{name: getattr(statement, name) for name in _TEXTS},
            "figures": [
                _figure(result, material, numbers)
                for result in material.results.get(statement.id, ())
            ],
            "sources": [
                [numbers.papers[paper], section]
                for paper, section in dict.fromkeys((a.publication, a.section) for a in anchors)
                if paper in numbers.papers
            ],
            "issue": statement.source_issue,
        }
    )


def _figure(result: Result, material: Material, numbers: Numbers) -> Json:
    """A measured figure: told in a line, and in parts for tables and axes."""
    return filled(
        {
            "id": result.id,
            "text": figure(result, material.reader),
            "endpoint": numbers.entities.get(result.endpoint),
            "printed": result.printed,
            "value": result.value,
            "unit": result.unit,
            "n": result.n,
            "N": result.N,
            "low": result.ci_low,
            "high": result.ci_high,
            "level": result.ci_level,
            "arm": numbers.entities.get(result.arm),
            "disease": numbers.entities.get(result.disease),
            "trial": numbers.entities.get(result.trial),
            "issue": result.source_issue,
            "note": result.note,
        }
    )
