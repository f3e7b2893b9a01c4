"""The mechanism layer's part of a card: rules of the model, then what is computed from them."""

from __future__ import annotations

from kras_graph.answers.modelled import Modelled
from kras_graph.present.proofs import CLASS_LABELS, steps_text
from kras_graph.present.rulebook import rests_on, rule_text
from kras_graph.present.sheets import Group, Line, Sheet
from kras_graph.rdf.reader import Reader

_MOST_ROUTES = 4
_NO_SIGN = "To lie on a route is no sign that taking it away works; reports are named"


def add_layer(sheet: Sheet, reader: Reader, layer: Modelled, *, acted_on: bool) -> None:
    """Add what the layer holds of an entity to its card.

    Args:
        sheet: the card.
        reader: labels of entities.
        layer: rules, routes and counters.
        acted_on: whether the card names therapies that act on the entity.
    """
    rules = tuple(Line(rule_text(reader, r), "", (r.id, *rests_on(r))) for r in layer.rules)
    sheet.add("In the curators' model, not a finding", [Group("", rules)])
    if layer.drug is None:
        return
    routes = tuple(
        Line(f"{CLASS_LABELS[route.cls]}: {steps_text(reader, route)}")
        for route in layer.routes[:_MOST_ROUTES]
    )
    more = len(layer.routes) - len(routes)
    head = f"Left open by {layer.drug.label}" + (f"; {more} more not shown" if more else "")
    if layer.reason:
        routes = (Line(f"none: {layer.reason}"),)
    sheet.add("Computed, not observed: routes", [Group(head, routes)], computed=True)
    counters = _counters(reader, layer)
    if not counters and not acted_on:
        counters = [Line("none: no therapy of the graph is known to act on it")]
    sheet.add(
        "Computed, not observed: what lies on these routes and can be taken away",
        [Group(_NO_SIGN, tuple(counters))],
        computed=True,
    )


def _counters(reader: Reader, layer: Modelled) -> list[Line]:
    """Targets on the routes with their therapies and the reports on them."""
    lines = []
    for counter in layer.counters:
        who = ", ".join(therapy.label for therapy in counter.therapies)
        text = f"{counter.target.label}, on {counter.cuts} of {len(layer.routes)}: {who}"
        pairs = [rule_text(reader, pair) for pair in counter.pairs]
        text += f"; {'; '.join(pairs)}" if pairs else "; no report of it in the layer"
        ids = [i for pair in counter.pairs for i in (pair.id, *pair.statements)]
        lines.append(Line(text, "", tuple(ids)))
    return lines
