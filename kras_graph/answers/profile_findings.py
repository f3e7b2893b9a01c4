"""What a profile's alterations go with: response and outcome, resistance, what they do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from kras_graph.answers.measured import Measured
from kras_graph.answers.nearness import Near
from kras_graph.answers.profile_material import ANY_COMPANY, Material, once, ordered
from kras_graph.answers.profile_records import MECHANISMS, PREDICTORS, Group, Line, Section
from kras_graph.answers.resistance import Report, bypass, reports
from kras_graph.model.records import Entity, Statement
from kras_graph.model.terms import GIVEN_CLASSES, THERAPY_CLASSES

RESISTANCE = ("confers_resistance_to", "associated_with_resistance_to")
_PREDICTS = (
    "associated_with_response_to",
    "sensitises_to",
    "associated_with_outcome",
    "associated_with_poor_outcome_in",
)
_FOUND = ("occurs_in", "co_occurs_with")
_THRESHOLD = re.compile(r"PD-L1\s*(>=|≥|>|<=|≤|<)\s*(\d+(?:\.\d+)?)\s*%")
_EXPRESSION = "PD-L1 expression"
_LIGAND = "CD274"
NOT_TOLD = "Reported for it or its classes; whether this tumour has them is not told."
NO_PRIOR = (
    "No earlier therapy is given. What is reported against the drugs that act on the variant: "
    "kras-graph bypass DRUG"
)


def predictors_section(material: Material) -> Section:
    """What sources say goes with the variant, with each co-alteration, and with PD-L1."""
    profile = material.profile
    groups = [_company(material, lesion) for lesion in profile.lesions]
    groups += [_any_company(material)] if profile.co else []
    groups += [_pd_l1(material, profile.pd_l1)] if profile.pd_l1 is not None else []
    seen = [s.id for group in groups for line in group.lines for s in line.statements]
    groups += [_variant(material, profile.variant, seen)] if profile.variant else []
    return Section(
        PREDICTORS,
        "What the co-alterations and the variant go with",
        tuple(group for group in groups if group.lines or group.intro),
        ("What goes together is no cause unless the line says so.",),
    )


def relevant(material: Material) -> set[str]:
    """Therapies and classes whose resistance belongs to the mechanisms of this profile."""
    found = {drug.id for drug in material.made_for} | set(material.classes)
    for drug in material.profile.prior:
        found |= {drug.id, *(item.id for item in material.classes_of_prior[drug.id])}
    return found | {i.id for name in list(found) for i in material.regimens(name)}


def _company(material: Material, lesion: Entity) -> Group:
    """Response, outcome, frequency and effects said of one further alteration."""
    stands_for = material.with_company(lesion)
    mechanisms = relevant(material)
    lines: list[Line] = []
    for name, remark in stands_for.items():
        told = [
            s
            for s in material.statements
            if name in (s.subject, s.object)
            and (s.predicate not in RESISTANCE or s.object not in mechanisms)
            and s.predicate not in ("part_of", "is_a")
            and material.entities[s.subject].cls not in GIVEN_CLASSES
        ]
        lines += material.lines(told, remark=remark)
    within = [
        s
        for s in material.statements
        if s.family == "outcome" and _concerns(material, s, set(stands_for))
    ]
    lines += material.lines(within, remark=f"people whose tumours had {lesion.label}")
    shown = once(ordered(_kept(material.fitting(lines))))
    elsewhere = any(s.subject in stands_for and s.predicate in RESISTANCE
                    for s in material.statements)  # fmt: skip
    more = " beyond the resistance told under mechanisms" if elsewhere else ""
    intro = "" if shown else f"Nothing in the graph says what {lesion.label} goes with{more}."
    return Group(lesion.label, tuple(shown), lesion, intro)


def _kept(lines: Iterable[Line]) -> list[Line]:
    """Without how often something occurs in tumours at large, which is not of this one."""
    return [
        line
        for line in lines
        if not (line.first.predicate == "occurs_in" and line.first.object == "cancer")
    ]


def _concerns(material: Material, statement: Statement, names: set[str]) -> bool:
    """Whether people with an alteration are what a statement, or a figure of it, is about."""
    rows = material.figures.get(statement.id, [])
    tumours = {*statement.disease, *(d.id for row in rows for d in row.diseases)}
    named = {*statement.alteration, *(a for d in tumours for a in material.around.carried[d])}
    return bool(named & names)


def _any_company(material: Material) -> Group:
    """What is said of co-mutation whatever the gene."""
    told = [s for s in material.statements if s.subject in ANY_COMPANY]
    lines = ordered(material.fitting(material.lines(told)))
    return Group("Any co-alteration", tuple(lines), None, "Said without naming the gene.")


def _variant(material: Material, variant: Entity, seen: Sequence[str]) -> Group:
    """Response, outcome and frequency said of the variant, or of what it is a kind of."""
    kin = material.around.variant_kin
    mechanisms = relevant(material)
    told = [
        s
        for s in material.statements
        if (s.subject in kin or (s.object in kin and s.predicate == "co_occurs_with"))
        and s.predicate in (*_PREDICTS, *_FOUND, *RESISTANCE)
        and (s.predicate not in RESISTANCE or s.object not in mechanisms)
        and material.entities[s.object].cls not in ("Trial", "SampleSet")
    ]
    lines = once(ordered(_kept(material.fitting(material.lines(told)))), seen)
    intro = "" if lines else f"Nothing in the graph says what {variant.label} goes with here."
    later = [
        s.id
        for s in material.statements
        if s.subject == variant.id and s.predicate in RESISTANCE and s.object in mechanisms
    ]
    left_out = ""
    if later:
        left_out = (
            f"reports of {variant.label} as resistance to classes of therapies "
            f"({' '.join(later)}); where it is the variant that a therapy is made for, they "
            "cannot be carried over"
        )
    return Group(variant.label, tuple(lines), variant, intro, left_out)


def _pd_l1(material: Material, share: float) -> Group:
    """What is said of PD-L1 expression; a number counts where a source gives a threshold."""
    lines = []
    for statement in material.statements:
        ends = (statement.subject, statement.object)
        named = any(_EXPRESSION in material.reader.label(end) for end in ends)
        raised = _LIGAND in ends and material.entities[statement.subject].cls not in THERAPY_CLASSES
        rows = material.figures.get(statement.id, [])
        bound = _threshold(statement, rows)
        if named or raised or bound:
            remark = _placed(share, bound) if bound else "no threshold is told"
            lines += material.lines([statement], remark=remark)
    shown = once(ordered(material.fitting(lines)))
    used = any("PD-L1 of" in line.remark for line in shown)
    intro = (
        "The share given is set beside the thresholds that sources tell; which score it is "
        "(of tumour cells, or combined) neither says."
        if used
        else f"The share of {share:g}% is not used: no source here tells a threshold."
    )
    return Group("PD-L1 expression", tuple(shown), None, intro)


def _threshold(statement: Statement, rows: Sequence[Measured]) -> tuple[str, float] | None:
    """The threshold of PD-L1 that people of a statement or figure were chosen by."""
    for text in (statement.population, *(row.result.population for row in rows)):
        match = _THRESHOLD.search(text)
        if match:
            return match[1], float(match[2])
    return None


def _placed(share: float, bound: tuple[str, float]) -> str:
    """Whether a share lies within a threshold, in words."""
    sign, limit = bound
    within = {
        ">=": share >= limit, "≥": share >= limit, ">": share > limit,
        "<=": share <= limit, "≤": share <= limit, "<": share < limit,
    }[sign]  # fmt: skip
    verb = "lies within" if within else "lies outside"
    return f"PD-L1 of {share:g}% {verb} {sign.replace('>=', '≥').replace('<=', '≤')}{limit:g}%"


def mechanisms_section(material: Material) -> Section:
    """Resistance that the lesions stand for, reports against earlier therapies, the variant."""
    profile = material.profile
    own = {name for lesion in profile.lesions for name in material.with_company(lesion)}
    groups = [_of_this_tumour(material, own)] if profile.lesions else []
    seen = [s.id for group in groups for line in group.lines for s in line.statements]
    groups += [_against(material, drug, own, seen) for drug in profile.prior]
    does = _does(material)
    groups += [does] if does.lines else []
    notes = () if profile.prior else (NO_PRIOR,)
    return Section(MECHANISMS, "Mechanisms in play", tuple(groups), notes)


def _of_this_tumour(material: Material, own: set[str]) -> Group:
    """Reports of resistance whose mechanism is an alteration of the profile."""
    against = sorted(relevant(material))
    found = reports(material.reader, against[0], against[1:]) if against else []
    mine = [report for report in found if report.mechanism.id in own]
    lines = [line for report in mine for line in _lines(material, report)]
    known = {report.mechanism.id for report in mine}
    silent = [
        lesion.label
        for lesion in material.profile.lesions
        if not known & set(material.with_company(lesion))
    ]
    intro = ""
    if silent:
        names = ", ".join(silent)
        intro = f"No source reports resistance to these drugs or their classes for: {names}."
    return Group("Alterations of this tumour", tuple(once(ordered(lines))), None, intro)


def _lines(material: Material, report: Report, drug: Entity | None = None) -> list[Line]:
    """A report as lines, one for each way in which its statements are near."""
    by_class = report.against if report.against.cls == "DrugClass" else None
    by_class = None if by_class == drug else by_class
    alike: dict[Near, list[Statement]] = {}
    for statement in report.statements:
        near = material.around.near(statement, class_of=by_class)
        alike.setdefault(near, []).append(statement)
    return [Line(tuple(told), near) for near, told in alike.items()]


def _against(material: Material, drug: Entity, own: set[str], seen: Sequence[str]) -> Group:
    """Reports against one earlier therapy that are not of this tumour's alterations."""
    found = bypass(material.reader, drug)
    every = [*found.reported, *found.denied, *found.open]
    others = [report for report in every if report.mechanism.id not in own]
    lines = [line for report in others for line in _lines(material, report, drug)]
    shown = once(ordered(lines), seen)
    left_out = ""
    if found.own_targets:
        named = ", ".join(
            f"{r.mechanism.label} ({' '.join(s.id for s in r.statements)})"
            for r in found.own_targets
        )
        left_out = f"Not carried over to the target of {drug.label}: {named}"
    intro = NOT_TOLD if shown else f"No source reports resistance to {drug.label} or its classes."
    return Group(f"Reported against {drug.label}", tuple(shown), drug, intro, left_out)


def _does(material: Material) -> Group:
    """What the variant, its codon's or its gene's mutation do; the family's is left aside."""
    variant = material.profile.variant
    if variant is None:
        return Group("", ())
    gene = variant.attributes.get("gene")
    kin = material.around.variant_kin
    near = {
        n for n in kin if material.entities[n].attributes.get("gene") == gene or n == variant.id
    }
    told = [
        s
        for s in material.statements
        if s.subject in kin and s.family == "signalling" and s.predicate != "part_of"
    ]
    lines = material.fitting(material.lines(s for s in told if s.subject in near))
    wider = sorted({material.reader.label(s.subject) for s in told if s.subject not in near})
    count = sum(s.subject not in near for s in told)
    left_out = ""
    if wider:
        shows = "; ".join(f'kras-graph show "{label}"' for label in wider)
        left_out = f"{count} more said of {', '.join(wider)}: {shows}"
    title = f"What {variant.label} does"
    return Group(title, tuple(once(ordered(lines))), variant, "", left_out)
