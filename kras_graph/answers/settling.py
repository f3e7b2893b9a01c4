"""Parts of a question in the light of each other: what is joined, implied, or only a context."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kras_graph.answers.forms import forms
from kras_graph.answers.parts import Parts, Thing
from kras_graph.answers.regimens import together
from kras_graph.answers.resolve import Names

_LAST = 1_000_000


def settle(parts: Parts, names: Names) -> None:
    """Join medicines, put what parts mean together in their place, and tell contexts apart.

    Args:
        parts: the parts of a question; changed in place.
        names: the graph's names.
    """
    _join_medicines(parts, names)
    _imply(parts, names)
    _tell_contexts(parts)
    _set_against_wild_type(parts, names)
    if "median" in parts.words:
        parts.values.pop("time", None)  # the median and a figure at some time: both are asked for


def _join_medicines(parts: Parts, names: Names) -> None:
    """Put medicines that are named one by one together, where the graph has their regimen."""
    therapies = [t for t in parts.named("therapy") if not t.parts]
    altered = parts.named("alteration", "within", "host", "molecule")
    if len(therapies) > 1 and not altered and "comutation" in parts.words:
        for text in parts.words.pop("comutation"):  # "sotorasib together with an antibody"
            parts.add_word("combine", text)
    apart = {"versus", "trial"} & parts.counts().keys() or "compare" in parts.words
    if len(therapies) < 2 or len(therapies) != len(parts.named("therapy")) or apart:
        return
    joined = together(therapies, names)
    wanted = {item.id for item in joined.parts}
    exact = [
        item
        for item in joined.entities
        if set(item.attributes.get("components", "").split("|")) == wanted
    ]
    if exact or {"combine", "enhance", "overcome"} & parts.words.keys():
        parts.things = [t for t in parts.things if t.slot != "therapy"]
        parts.things.append(joined)
        parts.add_word("together", joined.text)
        parts.chunks.pop("joins", None)
        parts.chunks.pop("route", None)


def _imply(parts: Parts, names: Names) -> None:
    """Put what two parts mean together in their place."""
    for wanted, gives in forms().implied:
        measured = bool(parts.named("endpoint", "harm")) and "words" not in gives
        if wanted <= parts.counts().keys() and not measured and not _stops_a_drug(parts, gives):
            for slot, ids in gives.items():
                if slot == "words":
                    for word in ids:
                        parts.add_word(word, word)
                    continue
                entities = tuple(names.get(ident) for ident in ids if ident in names)
                if entities:
                    text = entities[0].label
                    parts.things.append(Thing(slot, entities, text, (), _LAST))
            for part in wanted:
                parts.words.pop(part, None)


def _stops_a_drug(parts: Parts, gives: Mapping[str, list[str]]) -> bool:
    """Whether what stops is the development of a medicine of a class, not its patients."""
    therapies = parts.named("therapy")
    classes = all(item.cls == "DrugClass" for thing in therapies for item in thing.entities)
    return "harm" in gives and bool(therapies) and classes and "what" in parts.words


def _set_against_wild_type(parts: Parts, names: Names) -> None:
    """A mutation asked about against wild type: what is said of either counts."""
    if "wildtype" not in parts.words:
        return
    for place, thing in enumerate(parts.things):
        genes = {item.attributes.get("gene", "") for item in thing.entities}
        others = [f"{gene}_wild_type" for gene in sorted(genes) if f"{gene}_wild_type" in names]
        if thing.slot in ("alteration", "within") and others:
            found = {e.id: e for e in (*thing.entities, *map(names.get, others))}
            parts.things[place] = replace(thing, entities=tuple(found.values()))


def _tell_contexts(parts: Parts) -> None:
    """Tell what is asked about from what only says where: a tumour with an alteration."""
    groups = parts.values.get("group", [])
    if "by" in parts.words and len(groups) > 1:
        parts.values["group.listed"] = parts.values.pop("group")
    diseases = parts.named("disease")
    counted = {"count", "share"} & parts.words.keys() and not parts.named("therapy")
    if len(diseases) > 1 or (counted and "patient" in parts.words):
        parts.things = [
            replace(t, slot="metastasis")
            if t.slot == "disease" and t.ids[0].endswith("_metastasis")
            else t
            for t in parts.things
        ]
    main = parts.named("therapy", "alteration", "molecule", "process", "trial")
    asks = parts.words.keys()
    tied = {"sensitivity", "respond", "depend", "comutation", "share", "biomarker"} & asks

    given = bool(parts.named("therapy"))
    if given and parts.words.get("state", [""])[0].casefold() == "active":
        parts.add_word("outcome", parts.words.pop("state")[0])  # "is sotorasib active in …"

    def slot(thing: Thing) -> str:
        if thing.slot == "within" and not main:
            return "alteration"
        if thing.slot == "host":
            return "within" if given and not tied else "alteration"
        return thing.slot

    parts.things = [replace(thing, slot=slot(thing)) for thing in parts.things]
