"""What ties a statement to an entity, and which entities bear on one; for many answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kras_graph.answers.resistance import classes_of
from kras_graph.model.records import Entity, Statement
from kras_graph.model.terms import GIVEN_CLASSES
from kras_graph.rdf.reader import Reader

TARGETING = ("inhibits", "binds", "stabilises")
TOLERANCE = ("acceptable_tolerability", "well_tolerated", "safety_profile", "toxicity")
MOLECULAR = (
    "Gene",
    "Protein",
    "ProteinFamily",
    "ProteinComplex",
    "ProteinState",
    "ProteinVariant",
    "Alteration",
    "Molecule",
    "BindingSite",
)


@dataclass(frozen=True)
class Finding:
    """A statement and what ties it to the entity asked about."""

    statement: Statement
    relation: str
    via: Entity


def regimens_with(reader: Reader, drugs: Iterable[str]) -> list[Entity]:
    """Regimens that contain any of the drugs or classes."""
    wanted = set(drugs)
    return [
        item
        for item in reader.entities.values()
        if wanted & set(item.attributes.get("components", "").split("|"))
    ]


def scope(reader: Reader, item: Entity) -> dict[str, str]:
    """Entities whose statements bear on `item`, each with its relation to it."""
    found = {item.id: "direct"}
    if item.cls == "DrugClass":
        for other in reader.entities.values():
            if other.cls == "DrugClass" and item.id in other.parents:
                found.setdefault(other.id, "member")
        for statement in reader.statements_where(None, {"member_of"}, {item.id}):
            if statement.is_edge:
                found.setdefault(statement.subject, "member")
    if item.cls in GIVEN_CLASSES:
        for other, _ in classes_of(reader, item.id):
            found.setdefault(other.id, "class")
    members = [name for name, relation in found.items() if relation != "class"]
    for other in regimens_with(reader, members):
        found.setdefault(other.id, "regimen")
    if item.cls in ("Gene", "ProteinFamily", "Trial"):
        for other in reader.entities.values():
            if item.id in other.parents or other.attributes.get("gene") == item.id:
                found.setdefault(other.id, "member")
    return found


def broader(reader: Reader, disease: str) -> list[str]:
    """Diseases of which one is a kind, nearest first."""
    found: list[str] = []
    front = list(reader.entities[disease].parents)
    while front:
        name = front.pop(0)
        if name not in found and name in reader.entities:
            found.append(name)
            front += reader.entities[name].parents
    return found
