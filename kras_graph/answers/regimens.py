"""Medicines named together → the regimens of the graph; classes by what they block."""

from __future__ import annotations

from collections.abc import Sequence

from kras_graph.answers.parts import Thing
from kras_graph.answers.resolve import Names
from kras_graph.model.records import Entity


def together(things: Sequence[Thing], names: Names) -> Thing:
    """Medicines given together: the regimen of just these, else those that hold them all.

    Where the graph has no such regimen, the thing has parts but no entity.
    """
    given: dict[str, Entity] = {}
    for thing in things:
        for item in thing.entities[:1]:
            pieces = item.attributes.get("components", "")
            for ident in pieces.split("|") if pieces else [item.id]:
                if ident in names:
                    given[ident] = names.get(ident)
    wanted = set(given)
    regimens = {
        item.id: set(item.attributes.get("components", "").split("|"))
        for item in names.all()
        if item.cls == "Regimen"
    }
    exact = [ident for ident, held in regimens.items() if held == wanted]
    wider = [ident for ident, held in regimens.items() if wanted < held]
    alike = [ident for ident, held in regimens.items() if _alike(wanted, held, names)]
    # a regimen said of a class of one partner bears on the pair, and is shown beside it
    found = [*(exact or wider), *alike]
    text = " + ".join(thing.text for thing in things)
    entities = tuple(names.get(ident) for ident in dict.fromkeys(found))
    return Thing("therapy", entities, text, tuple(given.values()), things[0].place)


def _alike(wanted: set[str], held: set[str], names: Names) -> bool:
    """Whether a regimen holds the same medicines but one in a class that takes it in by name."""
    if len(wanted) != len(held) or len(wanted - held) != 1:
        return False
    (mine,), (other,) = wanted - held, held - wanted
    if mine not in names or other not in names:
        return False
    one, wide = names.get(mine), names.get(other)
    kind = one.label.split()[0]
    return one.cls == wide.cls == "DrugClass" and kind in wide.label.replace("/", " ").split()


def classes_blocking(thing: Thing, names: Names) -> list[Entity]:
    """Classes of medicines called after a molecule: "PTPN11 inhibitors" are SHP2 inhibitors."""
    called = {name for item in thing.entities for name in names.spellings(item)}
    return [
        item
        for item in names.all()
        if item.cls == "DrugClass" and item.label.removesuffix(" inhibitor") in called
    ]
