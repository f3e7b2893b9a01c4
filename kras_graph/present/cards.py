"""Cards of entities: shown as text or HTML, written as JSON or as a flat table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kras_graph.answers.card import Card, card
from kras_graph.answers.modelled import Modelled, modelled
from kras_graph.model.records import Entity
from kras_graph.present.cardsheet import card_sheet
from kras_graph.present.jsontext import pretty
from kras_graph.present.report import findings_table
from kras_graph.present.routes import route_json
from kras_graph.present.rulebook import rule_text
from kras_graph.present.sheets import Sheet, sheet_html, sheet_text
from kras_graph.present.tabular import Table, render
from kras_graph.rdf.reader import Reader

if TYPE_CHECKING:
    from kras_graph.api import KnowledgeGraph


@dataclass(frozen=True)
class EntityCard:
    """A card ready to be shown: as text by `str`, as HTML in a notebook.

    Attributes:
        reader: the dataset.
        card: the findings by section.
        layer: what the mechanism layer holds of the entity.
    """

    reader: Reader
    card: Card
    layer: Modelled

    @property
    def sheet(self) -> Sheet:
        """The card as titled blocks of lines."""
        return card_sheet(self.reader, self.card, self.layer)

    def __str__(self) -> str:
        return sheet_text(self.sheet, 100)

    def _repr_html_(self) -> str:
        return sheet_html(self.sheet)


def entity_card(kg: KnowledgeGraph, item: Entity) -> EntityCard:
    """The card of an entity."""
    return EntityCard(kg.reader, card(kg.reader, item), modelled(kg.reasoner, item))


def show_entity(
    kg: KnowledgeGraph,
    item: Entity,
    form: str,
    *,
    width: int,
    color: bool,
    head: dict[str, str] | None = None,
) -> str:
    """The card of an entity in a format; `head` leads the JSON."""
    found = entity_card(kg, item)
    if form == "table":
        return sheet_text(found.sheet, width)
    findings = [finding for _, group in found.card.sections for finding in group]
    table = findings_table(kg.reader, findings, "")
    titles = [title for title, group in found.card.sections for _ in group]
    records = [
        {"heading": title, **record} for title, record in zip(titles, table.objects(), strict=True)
    ]
    if form != "json":
        rows = tuple((title, *row) for title, row in zip(titles, table.rows, strict=True))
        flat = Table(("Section", *table.columns), rows, records=tuple(records))
        return render(flat, form, width=width, color=color)
    told = {**(head or {}), **_facts_json(found), "statements": records}
    return pretty(told)


def _facts_json(found: EntityCard) -> dict[str, Any]:
    item, reader = found.card.entity, found.reader
    layer = found.layer
    return {
        "id": item.id,
        "label": item.label,
        "class": item.cls,
        "synonyms": list(item.synonyms),
        "identifiers": list(item.xrefs),
        "parents": list(item.parents),
        "attributes": dict(item.attributes),
        "classes": [{"id": c.id, "label": c.label, "statements": list(ids)}
                    for c, ids in found.card.classes],
        "parts": [{"id": part.id, "label": part.label} for part in found.card.parts],
        "not_carried_over": [
            {"id": r.mechanism.id, "statements": [s.id for s in r.statements]}
            for r in found.card.not_carried_over
        ],
        "left_to_other_cards": found.card.elsewhere,
        "rules": [{"id": rule.id, "rule": rule_text(reader, rule)} for rule in layer.rules],
        "computed": {
            "under": layer.drug.id if layer.drug else None,
            "routes": [route_json(reader, r, layer.spoken[r.id]) for r in layer.routes],
            "counters": [
                {"target": c.target.id, "therapies": [t.id for t in c.therapies], "cuts": c.cuts,
                 "pairs": [pair.id for pair in c.pairs]}
                for c in layer.counters
            ],
            "reason": layer.reason or None,
        },
    }  # fmt: skip
