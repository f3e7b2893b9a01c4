"""What a statement tells about the entity of a card, and in which order a reader wants it."""

from __future__ import annotations

from enum import StrEnum

from kras_graph.answers.lookup import MOLECULAR, TARGETING, TOLERANCE, Finding
from kras_graph.model.records import Entity, Statement
from kras_graph.model.terms import THERAPY_CLASSES, Certainty, Polarity
from kras_graph.rdf.reader import Reader


class Topic(StrEnum):
    """What a statement is about, seen from the entity of the card."""

    TARGETS = "targets"
    STATE = "nucleotide state"
    PROPERTIES = "properties"
    MEMBERS = "members"
    STAGE = "stage"
    APPROVED = "approved"
    RESULTS = "results"
    COURSE = "course"
    SAFETY = "safety"
    ACTIVITY = "activity"
    RESISTANCE = "resistance"
    RESPONSE = "response"
    COMBINATIONS = "combinations"
    TRIALS = "trials"
    DESIGN = "design"
    ENROLLED = "enrolled"
    COMPARED = "compared"
    ROLE = "role"
    EFFECTS = "effects of forms"
    REGULATED = "regulated"
    DRUGS = "drugs"
    FREQUENCY = "frequency"
    COMPANY = "company"
    PROGNOSIS = "prognosis"
    OPEN = "open"
    DENIED = "denied"


# Endpoints that tell how treatment went, not what it achieved.
CONDUCT = frozenset(
    (
        "patients_treated",
        "duration_of_treatment",
        "treatment_beyond_progression",
        "treatment_discontinuation",
        "died_or_withdrew_without_subsequent_therapy",
        "subsequent_therapy",
        "recommended_phase_2_dose",
        "half-life",
        "engineered_T-cell_frequency",
    )
)
_TOLERATED = frozenset((*TOLERANCE, "dose-limiting_toxicity"))
_NUCLEOTIDE = ("GTP-bound", "GDP-bound", "nucleotide_exchange", "GDP-GTP", "GTP_binding")
_PREDICATES: dict[str, Topic] = {
    "has_stage": Topic.STAGE,
    "sponsored_by": Topic.STAGE,
    "developed_from": Topic.PROPERTIES,
    "approved_for": Topic.APPROVED,
    "has_outcome": Topic.RESULTS,
    "has_adverse_event": Topic.SAFETY,
    "active_against": Topic.ACTIVITY,
    "confers_resistance_to": Topic.RESISTANCE,
    "associated_with_resistance_to": Topic.RESISTANCE,
    "sensitises_to": Topic.RESPONSE,
    "associated_with_response_to": Topic.RESPONSE,
    "enhances_effect_of": Topic.COMBINATIONS,
    "studied_in": Topic.TRIALS,
    "studied_for": Topic.TRIALS,
    "has_design": Topic.DESIGN,
    "enrolls": Topic.ENROLLED,
    "compared_with": Topic.COMPARED,
    "occurs_in": Topic.FREQUENCY,
    "co_occurs_with": Topic.COMPANY,
    "associated_with_outcome": Topic.PROGNOSIS,
    "associated_with_poor_outcome_in": Topic.PROGNOSIS,
}
# What a source says did not occur belongs beside what did: no complete response, no death.
_TOLD_TOGETHER = frozenset((Topic.RESULTS, Topic.SAFETY, Topic.DESIGN, Topic.COURSE))

_LAST = (
    (Topic.OPEN, "Open questions and figures in doubt"),
    (Topic.DENIED, "Denied, or looked for and not found"),
)
_THERAPY = (
    (Topic.MEMBERS, "Members"),
    (Topic.TARGETS, "Targets"),
    (Topic.STATE, "Nucleotide state"),
    (Topic.PROPERTIES, "Kind and properties"),
    (Topic.APPROVED, "Approvals"),
    (Topic.STAGE, "Stage of development"),
    (Topic.RESULTS, "Results"),
    (Topic.SAFETY, "Adverse events and tolerance"),
    (Topic.ACTIVITY, "Activity told without a figure, and effects"),
    (Topic.RESISTANCE, "Resistance"),
    (Topic.RESPONSE, "What goes with response"),
    (Topic.COMBINATIONS, "Combinations"),
    (Topic.COMPARED, "Compared with"),
    (Topic.TRIALS, "Trials"),
    (Topic.COURSE, "Course of treatment"),
)
_MOLECULE = (
    (Topic.ROLE, "What it does"),
    (Topic.REGULATED, "What acts on it"),
    (Topic.EFFECTS, "What its forms and alterations do"),
    (Topic.DRUGS, "Drugs"),
    (Topic.APPROVED, "Approvals in tumours that carry it"),
    (Topic.ACTIVITY, "Activity in tumours that carry it"),
    (Topic.FREQUENCY, "How often, and where"),
    (Topic.COMPANY, "Found together with"),
    (Topic.RESISTANCE, "Resistance to therapies"),
    (Topic.RESPONSE, "Response to therapies"),
    (Topic.PROGNOSIS, "Prognosis"),
    (Topic.TRIALS, "Trials that select for it"),
)
_MECHANISM = (
    (Topic.RESISTANCE, "Reports of resistance"),
    (Topic.RESPONSE, "What it means for response"),
    (Topic.ROLE, "What it does"),
    (Topic.REGULATED, "What drives or restrains it"),
    (Topic.EFFECTS, "What its forms do"),
    (Topic.DRUGS, "Therapies that act on it"),
    (Topic.APPROVED, "Approvals in tumours that carry it"),
    (Topic.ACTIVITY, "Activity in tumours that carry it"),
    (Topic.FREQUENCY, "How often, and where"),
    (Topic.COMPANY, "Found together with"),
    (Topic.PROGNOSIS, "Prognosis"),
    (Topic.TRIALS, "Trials that select for it"),
)
_DISEASE = (
    (Topic.FREQUENCY, "Alterations found in it"),
    (Topic.APPROVED, "Approvals"),
    (Topic.RESULTS, "Results of therapies"),
    (Topic.ACTIVITY, "Activity told without a figure, and effects"),
    (Topic.COMBINATIONS, "Combinations"),
    (Topic.RESISTANCE, "Resistance"),
    (Topic.RESPONSE, "What goes with response"),
    (Topic.PROGNOSIS, "Prognosis and burden"),
    (Topic.COMPANY, "Found together"),
    (Topic.COMPARED, "Therapies compared"),
    (Topic.TRIALS, "Trials"),
    (Topic.STAGE, "Stage of development"),
    (Topic.ROLE, "Biology"),
    (Topic.REGULATED, "What acts on it"),
)
_TRIAL = (
    (Topic.TRIALS, "What is tested"),
    (Topic.DESIGN, "Design and end points"),
    (Topic.ENROLLED, "Who was enrolled"),
    (Topic.RESULTS, "Results"),
    (Topic.COURSE, "Course of treatment"),
    (Topic.SAFETY, "Adverse events and tolerance"),
    (Topic.COMPARED, "Compared with"),
    (Topic.ACTIVITY, "Activity told without a figure, and effects"),
    (Topic.RESISTANCE, "Resistance"),
    (Topic.RESPONSE, "What goes with response"),
    (Topic.FREQUENCY, "Alterations found"),
    (Topic.COMPANY, "Alterations found together"),
    (Topic.PROGNOSIS, "Prognosis"),
    (Topic.STAGE, "Stage and dose"),
)
_OTHER = (
    *_MOLECULE[:3],
    (Topic.RESISTANCE, "Resistance"),
    (Topic.RESPONSE, "Response"),
    *((topic, title) for topic, title in _THERAPY if topic is not Topic.RESISTANCE),
    (Topic.DRUGS, "Therapies that act on it"),
    (Topic.FREQUENCY, "How often, and where"),
    (Topic.COMPANY, "Found together with"),
    (Topic.PROGNOSIS, "Prognosis"),
    (Topic.DESIGN, "Design"),
    (Topic.ENROLLED, "Who was enrolled"),
)


def kind_of(item: Entity) -> str:
    """The kind of card: `therapy`, `molecule`, `mechanism`, `disease`, `trial` or `other`."""
    if item.cls in THERAPY_CLASSES:
        return "therapy"
    if item.cls in ("Mechanism", "Alteration"):
        return "mechanism"
    if item.cls in MOLECULAR:
        return "molecule"
    if item.cls in ("Trial", "Cohort"):
        return "trial"
    return "disease" if item.cls == "Disease" else "other"


def layout(kind: str) -> list[tuple[Topic, str]]:
    """Topics of a kind of card in reading order, each once, with the title of its section.

    Topics without a place of their own follow under their own name.
    """
    known = {
        "therapy": _THERAPY,
        "molecule": _MOLECULE,
        "mechanism": _MECHANISM,
        "disease": _DISEASE,
        "trial": _TRIAL,
    }
    listed: dict[Topic, str] = {}
    for topic, title in known.get(kind, _OTHER):
        listed.setdefault(topic, title)
    rest = [(t, t.capitalize()) for t in Topic if t not in listed and t not in dict(_LAST)]
    return [*listed.items(), *rest, *_LAST]


def topic_of(reader: Reader, finding: Finding, item: Entity) -> Topic:
    """The topic of a statement on the card of `item`."""
    statement = finding.statement
    if statement.certainty is Certainty.OPEN:
        return Topic.OPEN
    topic = _affirmed(reader, finding, item)
    if statement.polarity is Polarity.NEGATED and topic not in _TOLD_TOGETHER:
        return Topic.DENIED
    return topic


def _affirmed(reader: Reader, finding: Finding, item: Entity) -> Topic:
    statement, kind = finding.statement, kind_of(item)
    if kind == "therapy":
        if finding.relation == "regimen" or statement.predicate == "enhances_effect_of":
            return Topic.COMBINATIONS
        if statement.predicate == "member_of":
            return Topic.MEMBERS if statement.object == item.id else Topic.PROPERTIES
    if statement.predicate == "has_property":
        return Topic.SAFETY if statement.object in TOLERANCE else Topic.PROPERTIES
    topic = _PREDICATES.get(statement.predicate)
    if topic is Topic.RESULTS:
        return _of_outcome(reader, statement)
    if topic is Topic.ENROLLED and kind != "trial":
        return Topic.TRIALS
    at_it = topic is Topic.ACTIVITY and statement.object == item.id
    if topic is not None and not (at_it and kind in ("molecule", "mechanism")):
        return topic
    return _of_effect(reader, statement, finding, item)


def _of_outcome(reader: Reader, statement: Statement) -> Topic:
    """An outcome of a therapy, its tolerance or course; a trial's end point; a disease's burden."""
    if statement.object in _TOLERATED:
        return Topic.SAFETY
    if statement.object in CONDUCT:
        return Topic.COURSE
    by_subject = {"Disease": Topic.PROGNOSIS, "Trial": Topic.DESIGN, "Cohort": Topic.DESIGN}
    return by_subject.get(reader.entities[statement.subject].cls, Topic.RESULTS)


def _of_effect(reader: Reader, statement: Statement, finding: Finding, item: Entity) -> Topic:
    """Topic of a statement on an effect of one thing on another."""
    kind = kind_of(item)
    subject, target = (reader.entities[end] for end in (statement.subject, statement.object))
    if "resistance" in target.id and target.cls == "Process":
        return Topic.RESISTANCE
    if kind == "therapy":
        if statement.subject not in (item.id, finding.via.id):
            return Topic.REGULATED
        if any(part in target.id for part in _NUCLEOTIDE):
            return Topic.STATE
        direct = statement.predicate in TARGETING and target.cls in (*MOLECULAR, "Pathway")
        return Topic.TARGETS if direct else Topic.ACTIVITY
    if kind == "trial":
        return Topic.ACTIVITY
    if subject.cls in THERAPY_CLASSES:
        return Topic.ACTIVITY if kind == "disease" else Topic.DRUGS
    if finding.relation == "member" and subject.id == finding.via.id:
        return Topic.EFFECTS
    return Topic.ROLE if subject.id == finding.via.id else Topic.REGULATED
