"""Therapies that act on a profile's variant, with results in the nearest cohorts."""

from __future__ import annotations

from dataclasses import replace

from kras_graph.answers.addressing import Addressing
from kras_graph.answers.nearness import BROADER, NOT_SAID, SAME, Level
from kras_graph.answers.outcomes import ENDPOINTS, HARM
from kras_graph.answers.profile_material import Material, once, ordered
from kras_graph.answers.profile_records import DRUGS, Group, Line, Section
from kras_graph.answers.topics import CONDUCT
from kras_graph.answers.tumour import VARIANTS
from kras_graph.model.records import Entity, Statement
from kras_graph.model.terms import THERAPY_CLASSES

_STANDING = ("approved_for", "has_stage")
_UNTOLD = ("active_against", "has_outcome", "enhances_effect_of")
_ON_TUMOURS = (
    "tumor_regression",
    "tumor_growth",
    "tumor_progression",
    "cell_viability",
    "cell_growth",
    "cell_proliferation",
)
ORDER = (
    "Drugs stand in the order of how directly they act on the variant, then by name; lines by "
    "how near the people studied are. Neither order tells which drug does more."
)
NO_COMPARISON = "Figures come from different trials and cohorts: they are no comparison."
BARE = "No result in the graph"
OTHERS = "Other therapies"
BARE_INTRO = "How they act on the variant and how far they have come; no result is told."
NONE = "No therapy of the graph is said to act on {variant} itself; what follows is by class."
NOTHING = "No therapy of the graph is said to act on {variant}, nor on its product."
NO_VARIANT = "No variant that the graph knows is given: nothing is told of drugs that act on it."


def drugs_section(material: Material) -> Section:
    """Therapies that act on the variant, then what is said of their classes and of others."""
    variant = material.profile.variant
    title = f"Drugs that act on {variant.label}, and their results" if variant else "Drugs"
    if variant is None:
        return Section(DRUGS, title, (), (NO_VARIANT,))
    every = [_drug(material, found, variant) for found in material.addressing]
    groups = [group for group in every if _has_results(group)]
    bare = [line for group in every if not _has_results(group) for line in group.lines]
    seen = {s.id for group in groups for line in group.lines for s in line.statements}
    by_class = _classes(material, seen)
    seen |= {s.id for line in by_class.lines for s in line.statements}
    groups += [
        group
        for group in (
            Group(BARE, tuple(bare), None, BARE_INTRO),
            by_class,
            _others(material, seen),
        )
        if group.lines
    ]
    notes = [ORDER, NO_COMPARISON]
    if not material.addressing:
        notes.insert(0, NOTHING.format(variant=variant.label))
    elif not material.made_for:
        notes.insert(0, NONE.format(variant=variant.label))
    return Section(DRUGS, title, tuple(groups), tuple(notes))


def _has_results(group: Group) -> bool:
    """Whether a therapy has more than how it acts and how far it has come."""
    return any(line.near and line.first.predicate not in _STANDING for line in group.lines)


def _drug(material: Material, found: Addressing, variant: Entity) -> Group:
    """One therapy: how it acts on the variant, where it stands, what was found under it."""
    drug = found.drug
    own = [s for s in material.statements if s.subject == drug.id]
    words = found.words(variant)
    acts = [
        replace(line, near=None, remark=words)
        for line in material.lines(found.statements, via=found.via, loosely=True)
    ]
    standing = [s for s in own if s.predicate in _STANDING]
    stands = [
        replace(line, near=None) if _bare(line) else line
        for line in material.fitting(material.lines(standing, loosely=True))
    ]
    results = material.lines(s for s in own if is_result(material, s))
    results += material.lines(_changing(material, drug.id))
    for item in material.regimens(drug.id):
        told = [s for s in material.statements if s.subject == item.id and is_result(material, s)]
        results += material.lines(told, partners=material.partners(item, drug.id))
    near = [line for line in results if line.near and line.near.level < Level.OTHER_VARIANT]
    kept = [line for line in near if line.figure or _level(line) != Level.OTHER_TUMOUR]
    left_out = []
    if len(near) > len(kept):
        told_of = _counted(len(near) - len(kept), "line")
        left_out.append(f"{told_of} without a figure, from other tumour types")
    harms = sum(row.result.endpoint in HARM for s in own for row in material.figures.get(s.id, []))
    if harms:
        command = f'kras-graph adverse-events --drug "{drug.label}"'
        left_out.append(f"{_counted(harms, 'figure')} on adverse events: {command}")
    shown = once(ordered(kept), [s.id for s in found.statements])
    lines = (*acts, *ordered(stands), *shown)
    given = any(drug.id == earlier.id for earlier in material.profile.prior)
    title = f"{drug.label}, given before" if given else drug.label
    return Group(title, lines, drug, words, "; ".join(left_out))


def _bare(line: Line) -> bool:
    """Whether neither a tumour type nor a variant is named."""
    return line.near is not None and (line.near.tumour, line.near.variant) == (NOT_SAID, NOT_SAID)


def _level(line: Line) -> Level | None:
    return line.near.level if line.near else None


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _changing(material: Material, therapy: str) -> list[Statement]:
    """What is said to enhance a therapy, or to go with its effect without naming a lesion."""
    return [
        s
        for s in material.statements
        if s.object == therapy
        and (
            s.predicate == "enhances_effect_of"
            or (
                s.predicate == "associated_with_response_to"
                and material.entities[s.subject].cls not in VARIANTS
            )
        )
    ]


def is_result(material: Material, statement: Statement) -> bool:
    """Whether a statement tells what was found under a therapy: efficacy, or that it worked."""
    rows = material.figures.get(statement.id, [])
    if statement.object in CONDUCT:
        return False
    if rows:
        return any(row.result.endpoint in ENDPOINTS for row in rows) and (
            statement.predicate in ("has_outcome", "compared_with")
        )
    if statement.predicate in ("increases", "decreases", "inhibits"):
        return statement.object in _ON_TUMOURS
    if statement.predicate == "compared_with":
        return True
    return statement.predicate in _UNTOLD


def _classes(material: Material, seen: set[str]) -> Group:
    """What is said of classes that the therapies belong to, alone or within combinations."""
    lines: list[Line] = []
    for item in material.classes.values():
        told = [s for s in material.statements if s.subject == item.id and is_result(material, s)]
        told += _changing(material, item.id)
        lines += material.lines(told, class_of=item)
        for regimen in material.regimens(item.id):
            within = [
                s for s in material.statements if s.subject == regimen.id and is_result(material, s)
            ]
            partners = material.partners(regimen, item.id)
            lines += material.lines(within, class_of=item, partners=partners)
    lines = once(ordered(material.fitting(lines)), seen)
    names = ", ".join(item.label for item in material.classes.values())
    return Group("Said of their classes", tuple(lines), None, f"Classes: {names}.")


def _others(material: Material, seen: set[str]) -> Group:
    """Other therapies with findings in tumours with the variant, its kinds left aside."""
    own = {a.drug.id for a in material.addressing} | set(material.classes)
    mine = own | {item.id for name in own for item in material.regimens(name)}

    def other(item: Entity) -> bool:
        return item.cls in THERAPY_CLASSES and item.id not in mine

    told = [
        s
        for s in material.statements
        if other(material.entities[s.subject])
        and (is_result(material, s) or s.predicate == "approved_for")
    ]
    lines = [
        line
        for line in material.fitting(material.lines(told))
        if line.near and line.near.variant in (SAME, BROADER) and line.near.company < 2
    ]
    intro = "They do not act on the variant; sources tell of them in tumours that have it."
    return Group(OTHERS, tuple(once(ordered(lines), seen)), None, intro)
