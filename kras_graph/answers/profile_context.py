"""Trials that name a profile's population, and what sources deny or leave open about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from kras_graph.answers.nearness import BROADER, NOT_SAID, OTHER, SAME, Near
from kras_graph.answers.profile_material import ANY_COMPANY, Material, once, ordered
from kras_graph.answers.profile_records import DOUBTS, TRIALS, Group, Line, Section
from kras_graph.curation.tables import natural
from kras_graph.model.records import Entity, Statement
from kras_graph.model.terms import Certainty, Polarity

_OF_TRIALS = ("studied_in", "enrolls", "studied_for", "has_design")
_PHASE = "phase"
_ENROLMENT = ("enrollment", "planned_enrollment")
_OTHER_THAN = re.compile(r"other than (.+)")
# Words of tumour names that tell no site.
_NO_SITE = frozenset(("cancer", "cell", "small", "tumour", "tumor", "carcinoma"))
_ANY_TUMOUR = frozenset(("solid_tumor", "cancer", "metastatic_neoplasm"))
_ANY = OTHER + 1
# Doubts that are of a study's conduct or a drug's descent, not of the tumour.
_ASIDE = ("has_design", "developed_from", "part_of", "sponsored_by")
NOT_RECRUITING = (
    "The graph tells whom trials take in as the sources print it, not which trials are open now."
)
_BY_TITLE = ", the variant by its registered title"
_NAMED = {
    (SAME, SAME): "names the variant and the tumour type",
    (BROADER, SAME): "names the variant and a tumour type that takes in the one asked about",
    (_ANY, SAME): "names the variant and solid tumours at large",
    (NOT_SAID, SAME): "names the variant and no tumour type",
    (SAME, BROADER): "names the tumour type and a variant that takes in the one asked about",
    (BROADER, BROADER): "names a wider tumour type and a wider variant",
    (_ANY, BROADER): "names a wider variant and solid tumours at large",
    (NOT_SAID, BROADER): "names a wider variant and no tumour type",
    (SAME, NOT_SAID): "names the tumour type and no variant",
    (BROADER, NOT_SAID): "names a tumour type that takes in the one asked about, and no variant",
}


def trials_section(material: Material) -> Section:
    """Trials whose population takes in the profile's, and studies without a trial's name."""
    by_trial: dict[str, list[Statement]] = {}
    loose: list[Statement] = []
    for statement in material.statements:
        for trial in _trials_of(material, statement):
            by_trial.setdefault(trial, []).append(statement)
        if statement.predicate == "studied_for" and not statement.trial:
            loose.append(statement)
    found: list[tuple[tuple[object, ...], Group]] = []
    elsewhere = silent = 0
    for trial, told in by_trial.items():
        place = _population(material, trial, by_trial)
        if place not in _NAMED:
            said = any(s.predicate != "has_design" for s in told)
            elsewhere += said and OTHER in place
            silent += said and OTHER not in place
            continue
        item = material.entities[trial]
        said = any(material.around.near(s).variant == SAME for s in told)
        titled = place[1] == SAME and not said and _titled(material, item)
        words = _NAMED[place] + (_BY_TITLE if titled else "")
        group = Group(item.label, tuple(_in_order(material, told)), item, words)
        found.append(((list(_NAMED).index(place), natural(trial)), group))
    groups = [group for _, group in sorted(found, key=lambda pair: pair[0])]
    studied = _studied(material, loose)
    groups += [studied] if studied.lines else []
    notes = [NOT_RECRUITING]
    if elsewhere:
        notes.append(
            f"Left out: {elsewhere} trials and cohorts of other tumour types or variants only."
        )
    if silent:
        notes.append(
            f"Left out too: {silent} trials and cohorts that name neither the variant nor the "
            "tumour type, or only a group of tumours that takes it in."
        )
    return Section(TRIALS, "Trials that name such a population", tuple(groups), tuple(notes))


def _trials_of(material: Material, statement: Statement) -> list[str]:
    """Trials whose tests or people a statement tells."""
    if statement.predicate == "studied_in":
        return [statement.object]
    design = statement.predicate == "has_design" and statement.object.startswith(_PHASE)
    if statement.predicate == "enrolls" or design:
        return [statement.subject]
    return list(statement.trial) if statement.predicate == "studied_for" else []


def _population(
    material: Material, trial: str, by_trial: Mapping[str, Sequence[Statement]]
) -> tuple[int, int]:
    """Nearest tumour type and nearest variant that any statement on the people names.

    A cohort that names no variant has that of its trial; a trial of which no statement
    names one has that of its registered title.
    """
    told = [s for s in by_trial.get(trial, ()) if s.predicate != "has_design"]
    item = material.entities[trial]
    nears = [material.around.near(s) for s in told]
    texts = [item.label, *(s.population for s in told)]
    if any(near.company > 1 for near in nears) or _left_aside(material, texts):
        return (OTHER, OTHER)
    tumour = _best([near.tumour for near in nears])
    diseases = {
        name
        for s in told
        for name in (*s.disease, s.object)
        if material.around.tumours.get(name) == BROADER
    }
    if tumour == BROADER and diseases and diseases <= _ANY_TUMOUR:
        tumour = _ANY
    variant = _best([near.variant for near in nears])
    titled = _titled(material, item)
    if variant == NOT_SAID and titled:
        variant = _best([material.around.place_of_variant(v.id) for v in titled])
    for parent in item.parents:
        if variant == NOT_SAID and parent in material.entities:
            variant = _population(material, parent, by_trial)[1]
    return (tumour, variant)


def _left_aside(material: Material, texts: Iterable[str]) -> bool:
    """Whether people are said to have tumours other than the one asked about."""
    asked = material.profile.disease
    site = set(re.findall(r"[a-z]{4,}", asked.label.casefold())) - _NO_SITE if asked else set()
    told = (_OTHER_THAN.search(text.casefold()) for text in texts)
    return any(site & set(re.findall(r"[a-z]{4,}", match[1])) for match in told if match)


def _titled(material: Material, trial: Entity) -> list[Entity]:
    """Variants that the registered title of a trial names."""
    return [
        item
        for item in material.entities.values()
        if item.cls == "ProteinVariant" and any(item.label in name for name in trial.synonyms)
    ]


def _best(places: Sequence[int]) -> int:
    """The nearest place; what is not said counts only when nothing is, a part as the whole."""
    said = [place for place in places if place != NOT_SAID]
    return max(min(said), SAME) if said else NOT_SAID


def _in_order(material: Material, told: Sequence[Statement]) -> list[Line]:
    """What is tested, who is taken in, the phase; one line for statements that say alike.

    Traits of the people enrolled, which are no conditions of entry, are left to the card of
    the trial.
    """
    kept = [s for s in told if not _trait(material, s) and not _elsewhere(material, s)]
    kept = kept or list(told)
    alike: dict[tuple[int, str, str], list[Statement]] = {}
    for s in kept:
        alike.setdefault((_OF_TRIALS.index(s.predicate), s.subject, s.object), []).append(s)
    by_place = sorted(alike.items(), key=lambda pair: (pair[0][0], natural(pair[1][0].id)))
    return [Line(tuple(same), None) for _, same in by_place]


def _elsewhere(material: Material, statement: Statement) -> bool:
    """Whether a statement is on people with another tumour type only."""
    return material.around.near(statement).tumour == OTHER


def _trait(material: Material, statement: Statement) -> bool:
    """Whether a statement on enrolment only counts people with a trait."""
    rows = material.figures.get(statement.id, [])
    return (
        statement.predicate == "enrolls"
        and bool(rows)
        and all(row.result.endpoint not in _ENROLMENT for row in rows)
    )


def _studied(material: Material, loose: Sequence[Statement]) -> Group:
    """Studies in such people for which the source names no trial."""
    own = {a.drug.id for a in material.addressing} | set(material.classes)
    own |= {item.id for name in list(own) for item in material.regimens(name)}

    def fits(line: Line) -> bool:
        near, therapy = line.near, line.first.subject
        if near is None or near.company > 1:
            return False
        return therapy in own or near.variant in (SAME, BROADER)

    lines = [line for line in material.fitting(material.lines(loose)) if fits(line)]
    return Group("Trial not named by the source", tuple(once(ordered(lines))))


def doubts_section(material: Material) -> Section:
    """What sources deny, leave open or only suppose about this profile."""
    focus = _focus(material)
    prior = {drug.id for drug in material.profile.prior}
    told = [s for s in material.statements if _doubted(s) and _about(material, s, focus)]
    lines, elsewhere = [], 0
    for line in material.lines(told):
        if line.near is None or line.near.variant == OTHER or line.near.company > 1:
            continue
        ends = {line.first.subject, line.first.object, *line.first.under}
        if line.near.tumour == OTHER and not prior & ends:
            elsewhere += 1
            continue
        lines.append(line)
    shown = once(ordered(lines))
    groups = (
        Group("Denied, or looked for and not found", tuple(x for x in shown if _kind(x) == 0)),
        Group("Left open, or figures in doubt", tuple(x for x in shown if _kind(x) == 1)),
        Group("Supposed only", tuple(x for x in shown if _kind(x) == 2)),
    )
    notes = (
        (f"Left out: {elsewhere} more that are tied to other tumour types only.",)
        if elsewhere
        else ()
    )
    return Section(
        DOUBTS,
        "Denied, unknown or only supposed",
        tuple(group for group in groups if group.lines),
        notes,
    )


def _kind(line: Line) -> int:
    if line.first.certainty is Certainty.OPEN:
        return 1
    return 0 if line.first.polarity is Polarity.NEGATED else 2


def _doubted(statement: Statement) -> bool:
    if statement.predicate in _ASIDE:
        return False
    return statement.polarity is Polarity.NEGATED or statement.certainty in (
        Certainty.OPEN,
        Certainty.HYPOTHESISED,
    )


def _focus(material: Material) -> set[str]:
    """Entities that a doubt must be about: variant, lesions, therapies and their classes."""
    profile = material.profile
    found = set(material.around.variant_kin) | set(material.classes)
    found |= {a.drug.id for a in material.addressing}
    for lesion in profile.lesions:
        found |= set(material.with_company(lesion))
    found |= set(ANY_COMPANY) if profile.co else set()
    for drug in profile.prior:
        found |= {drug.id, *(item.id for item in material.classes_of_prior[drug.id])}
    found |= {item.id for name in list(found) for item in material.regimens(name)}
    if profile.disease:
        found |= {
            name
            for name, place in material.around.tumours.items()
            if place < NOT_SAID and material.around.carried[name] & material.around.variant_kin
        }
    return found


def _about(material: Material, statement: Statement, focus: set[str]) -> bool:
    """Whether a statement speaks of the focus, or of people that have the variant."""
    ends = {statement.subject, statement.object, *statement.under}
    if ends & focus:
        return True
    # what holds for tumours with the variant, or with what takes it in, such as any RAS mutation
    return bool(statement.alteration) and material.around.near(statement).variant in (SAME, BROADER)


def nearest(lines: Sequence[Line]) -> Near | None:
    """The nearest of some lines; None when there is none."""
    nears = [line.near for line in lines if line.near is not None]
    return min(nears) if nears else None


def entities_of(line: Line) -> set[str]:
    """Everything that a line is about or tied to."""
    found: set[str] = set()
    for s in line.statements:
        found |= {s.subject, s.object, *s.disease, *s.under, *s.alteration, *s.trial}
    return found
