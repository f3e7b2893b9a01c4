"""What a profile asks for and the graph does not hold; nothing here is a finding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kras_graph.answers.addressing import Tier
from kras_graph.answers.nearness import NARROWER, SAME, Level
from kras_graph.answers.profile_context import nearest
from kras_graph.answers.profile_findings import RESISTANCE
from kras_graph.answers.profile_material import Material
from kras_graph.answers.profile_records import (
    DRUGS,
    MECHANISMS,
    PREDICTORS,
    TRIALS,
    Computed,
    Gap,
    Line,
    Section,
)
from kras_graph.answers.tried import ALONE, ARM, LOSS
from kras_graph.model.records import Entity, Statement

_RESPONSE = ("associated_with_response_to", "sensitises_to", *RESISTANCE)
_FREQUENT = ("occurs_in", "co_occurs_with")
_EARLIER = ("earlier", "previous", "pretreated", "before", "after ")
_MADE = (Tier.VARIANT, Tier.BY_CLASS)


def gaps_of(
    material: Material, sections: Sequence[Section], computed: Sequence[Computed]
) -> tuple[Gap, ...]:
    """Each thing that the profile asks for and that no statement of the graph answers.

    Args:
        material: the dataset seen from the profile.
        sections: what sources say.
        computed: routes and closing sets.
    """
    by_id = {section.id: section for section in sections}
    return (
        *_of_variant(material, by_id[DRUGS]),
        *(gap for lesion in material.profile.lesions for gap in _of_lesion(
            material, lesion, by_id, computed)),
        *(gap for drug in material.profile.prior for gap in _of_prior(material, drug, by_id)),
        *_of_pd_l1(material, by_id[PREDICTORS]),
        *_of_sets(material, computed),
        *_of_trials(material, by_id[TRIALS]),
    )  # fmt: skip


def _figures(lines: Iterable[Line]) -> list[Line]:
    return [line for line in lines if line.figure is not None and line.near is not None]


def _of_variant(material: Material, drugs: Section) -> Iterable[Gap]:
    """Drugs for the variant, and figures in the tumour type asked about."""
    variant, disease = material.profile.variant, material.profile.disease
    if variant is None:
        return
    made = [a.drug for a in material.addressing if a.tier in _MADE]
    if not made:
        yield Gap("variant", f"No therapy of the graph is said to act on {variant.label} itself.")
    own = {drug.id for drug in material.made_for}
    told = [line for g in drugs.groups if g.about and g.about.id in own for line in g.lines]
    figures = _figures(told)
    with_figures = {g.about.id for g in drugs.groups if g.about and _figures(g.lines)}
    without = [drug.label for drug in made if drug.id not in with_figures]
    if without:
        yield Gap("variant", f"No figure on efficacy in the graph for: {', '.join(without)}.")
    if disease is None or not made:
        return
    exact = [x for x in figures if x.near and x.near.tumour <= NARROWER and x.near.variant == SAME]
    if not exact:
        where = f"in {disease.label} with {variant.label}"
        near = nearest(figures)
        hint = "; the nearest are: " + ", ".join(near.words) if near else ""
        yield Gap(
            "disease",
            f"No figure on a drug that acts on the variant {where}{hint}.",
            tuple(x.first for x in figures if x.near == near),
        )


def _of_lesion(
    material: Material,
    lesion: Entity,
    by_id: dict[str, Section],
    computed: Sequence[Computed],
) -> Iterable[Gap]:
    """Response, resistance, frequency and signalling of one further alteration."""
    profile = material.profile
    field = "co" if lesion in profile.co else "acquired"
    names = set(material.with_company(lesion))
    drugs = {drug.id for drug in material.made_for} | {drug.id for drug in profile.prior}
    told = [s for s in material.statements if s.subject in names]
    on_drugs = [s for s in told if s.predicate in _RESPONSE and s.object in drugs]
    on_classes = [s for s in told if s.predicate in _RESPONSE and s.object in material.classes]
    within = [
        line.first
        for group in by_id[PREDICTORS].groups
        if group.about == lesion
        for line in group.lines
        if line.first.family == "outcome" and line.first.subject in drugs
    ]
    about = profile.variant.label if profile.variant else "the variant"
    if not on_drugs and not within and drugs:
        hint = "; it is said of a class only" if on_classes else ""
        yield Gap(
            field,
            f"What {lesion.label} does to the response to any one drug that acts on {about} is "
            f"not told{hint}.",
            tuple(on_classes),
        )
    reports = [line for line in by_id[MECHANISMS].lines if line.first.subject in names]
    if profile.disease and reports and not any(
        line.near and line.near.tumour <= NARROWER for line in reports
    ):  # fmt: skip
        near = nearest(reports)
        words = f" ({', '.join(near.words)})" if near else ""
        yield Gap(
            field,
            f"Resistance by {lesion.label} in {profile.disease.label} is not reported{words}.",
            tuple(line.first for line in reports if line.near == near),
        )
    if field == "co" and profile.variant and not _frequency(material, names):
        where = f" in {profile.disease.label}" if profile.disease else ""
        yield Gap(field, f"How often {lesion.label} goes with {about}{where} is not told.")
    if computed and all(lesion in c.routes.setting.unused for c in computed):
        yield Gap(
            field,
            f"The signalling layer has no clause on {lesion.label}: no route depends on it.",
        )


def _frequency(material: Material, names: set[str]) -> list[Statement]:
    """Statements with a figure on how often a lesion is found in such tumours."""
    found = []
    for s in material.statements:
        rows = material.figures.get(s.id, [])
        if names & {s.subject, s.object} and s.predicate in _FREQUENT and rows:
            near = material.around.near(s)
            if material.around.fits(near) and near.level in (
                Level.EXACT, Level.NARROWER, Level.BROADER
            ):  # fmt: skip
                found.append(s)
    return found


def _of_prior(material: Material, drug: Entity, by_id: dict[str, Section]) -> Iterable[Gap]:
    """Results after an earlier therapy, and resistance to it in this tumour type."""
    profile = material.profile
    about = profile.variant.label if profile.variant else "the variant"
    if not _after(material, drug):
        yield Gap(
            "prior",
            f"No figure on any therapy given after {drug.label}: no source tells of people "
            "treated with it, or its class, before.",
            _resistant(material, drug),
        )
    else:
        yield Gap(
            "prior",
            f"What earlier {drug.label} changes is not told; people or tumours treated before "
            "with it, or with what it belongs to, are studied in:",
            tuple(_after(material, drug)),
        )
    if profile.variant and drug.id not in {a.drug.id for a in material.addressing}:
        yield Gap(
            "prior",
            f"{drug.label} is not said to act on {about}; whether it changes what drugs that do "
            "can achieve is not told.",
        )
    reports = [
        line
        for group in by_id[MECHANISMS].groups
        if group.about == drug
        for line in group.lines
        if line.near and line.near.tumour <= NARROWER and line.first.object == drug.id
    ]
    if profile.disease and not reports:
        under = tuple(
            line.first
            for group in by_id[MECHANISMS].groups
            for line in group.lines
            if line.near and line.near.tumour <= NARROWER and drug.id in line.first.under
        )
        yield Gap(
            "prior",
            f"No mechanism of resistance to {drug.label} itself is reported in "
            f"{profile.disease.label}"
            + (
                f"; told of its class, and seen in people or samples under {drug.label}:"
                if under
                else "."
            ),
            under,
        )


def _resistant(material: Material, drug: Entity) -> tuple[Statement, ...]:
    """Statements on cells with the variant that withstand earlier inhibitors of it."""
    variant = material.profile.variant
    if variant is None or drug.id not in {d.id for d in material.made_for}:
        return ()
    name = f"inhibitor-resistant_{variant.id}"
    return tuple(s for s in material.statements if s.object.startswith(name))


def _after(material: Material, drug: Entity) -> list[Statement]:
    """Statements whose people are said to have had a therapy, or a class of it, before."""
    names = [drug.label, *drug.synonyms]
    for item in material.classes_of_prior.get(drug.id, []):
        names += [item.label, item.label.removeprefix("immune ")]
        stem = item.label.removesuffix(" inhibitor")
        # sources also write "PD-1 or PD-L1 blockade"
        names += [f"{stem} blockade", f"{stem} or "] if stem.startswith("PD-") else []
    found = []
    for s in material.statements:
        text = s.population.casefold()
        earlier = any(word in text for word in _EARLIER)
        about = s.family == "outcome" or s.predicate == "enrolls"
        told = about and earlier and any(name.casefold() in text for name in names)
        resistant = any(
            material.reader.label(name).startswith(f"{drug.label}-resistant")
            for name in (*s.disease, s.object)
        )
        if told or resistant:
            found.append(s)
    return found


def _of_pd_l1(material: Material, predictors: Section) -> Iterable[Gap]:
    """PD-L1: whether any drug that acts on the variant was looked at by it."""
    if material.profile.pd_l1 is None:
        return
    drugs = {drug.id for drug in material.made_for}
    told = [
        line
        for group in predictors.groups
        if group.title.startswith("PD-L1")
        for line in group.lines
        if drugs & {line.first.subject, line.first.object, *line.first.under}
    ]
    if not told:
        about = material.profile.variant.label if material.profile.variant else "the variant"
        yield Gap("pd-l1", f"No source tells results of drugs that act on {about} by PD-L1.")


def _of_sets(material: Material, computed: Sequence[Computed]) -> Iterable[Gap]:
    """Closing sets of which no source says anything together with any of the drugs."""
    silent: dict[str, dict[str, None]] = {}
    for found in computed:
        for chosen in found.sets:
            told = (item.tried.relation for item in found.told[chosen.targets])
            if all(relation in (ALONE, LOSS, ARM) for relation in told):
                targets = " + ".join(material.reader.label(name) for name in chosen.targets)
                drugs = silent.setdefault(targets, {})
                drugs |= dict.fromkeys(drug.label for drug in found.drugs)
    same: dict[tuple[str, ...], list[str]] = {}
    for targets, names in silent.items():
        same.setdefault(tuple(names), []).append(targets)
    for drugs_alike, several in same.items():
        yield Gap(
            "",
            "Computed to close the open routes to ERK, and no source says anything of the "
            f"combination: a therapy on {'; or on '.join(several)}, with any of: "
            f"{', '.join(drugs_alike)}.",
        )


def _of_trials(material: Material, trials: Section) -> Iterable[Gap]:
    """Whether any trial names the variant and the tumour type, and the co-alterations."""
    profile = material.profile
    if profile.variant is None or profile.disease is None:
        return
    exact = [g for g in trials.groups if g.intro.startswith("names the variant and the tumour")]
    if not exact:
        yield Gap(
            "disease",
            f"No trial of the graph names both {profile.variant.label} and "
            f"{profile.disease.label}.",
        )
    for lesion in profile.lesions:
        names = set(material.with_company(lesion))
        if not any(names & {s.object, *s.alteration} for x in trials.lines for s in x.statements):
            yield Gap(
                "co" if lesion in profile.co else "acquired",
                f"No trial of the graph takes people in by {lesion.label}.",
            )
