"""Closed lists: the only values that these columns of a table may hold."""

from __future__ import annotations

from enum import StrEnum


class Polarity(StrEnum):
    """Whether the source affirms the proposition or says that it does not hold."""

    AFFIRMED = "affirmed"
    NEGATED = "negated"


class Certainty(StrEnum):
    """How firmly the source puts the proposition, strongest first."""

    STATED = "stated"
    SUGGESTED = "suggested"
    HYPOTHESISED = "hypothesised"
    OPEN = "open"


class Setting(StrEnum):
    """The kind of work a statement rests on."""

    CLINICAL_TRIAL = "clinical-trial"
    COHORT = "cohort"
    CASE_REPORT = "case-report"
    META_ANALYSIS = "meta-analysis"
    IN_VIVO = "in-vivo"
    IN_VITRO = "in-vitro"
    IN_SILICO = "in-silico"
    REVIEW = "review"
    BACKGROUND = "background"
    DISCUSSION = "discussion"


class MechanismGroup(StrEnum):
    """Groups in which resistance mechanisms to a RAS inhibitor are reported."""

    ON_TARGET = "on_target_secondary_alteration"
    AMPLIFICATION = "target_amplification"
    BYPASS_DRIVER = "bypass_driver"
    NEGATIVE_REGULATOR = "loss_of_negative_regulator"
    REACTIVATION = "pathway_reactivation"
    PHENOTYPE = "phenotype_or_microenvironment"
    OTHER = "other"


GROUP_LABELS: dict[MechanismGroup, str] = {
    MechanismGroup.ON_TARGET: "On-target secondary alterations",
    MechanismGroup.AMPLIFICATION: "Target amplification",
    MechanismGroup.BYPASS_DRIVER: "Bypass drivers",
    MechanismGroup.NEGATIVE_REGULATOR: "Loss of negative regulators",
    MechanismGroup.REACTIVATION: "Pathway reactivation",
    MechanismGroup.PHENOTYPE: "Phenotype and microenvironment changes",
    MechanismGroup.OTHER: "Not assigned to a group",
}


class Statistic(StrEnum):
    """What kind of figure a result is."""

    PERCENTAGE = "percentage"
    COUNT = "count"
    MEDIAN = "median"
    MEAN = "mean"
    KM_ESTIMATE = "KM-estimate"
    HAZARD_RATIO = "HR"
    ODDS_RATIO = "OR"
    P_VALUE = "p-value"
    RANGE = "range"
    RATE = "rate"
    NUMBER = "number"
    FOLD = "fold"
    HALF_LIFE = "half-life"


class Sign(StrEnum):
    """Effect of a subject on its object when the edge is followed."""

    POSITIVE = "+"
    NEGATIVE = "-"
    NEUTRAL = "0"
    UNKNOWN = "?"

    def then(self, following: Sign) -> Sign:
        """Sign of this step followed by another.

        Unknown stays unknown, and a step without an effect (neutral) makes the
        whole unknown: nothing can be said about a direction that runs through it.

        >>> Sign.NEGATIVE.then(Sign.NEGATIVE)
        <Sign.POSITIVE: '+'>
        """
        signed = {Sign.POSITIVE: 1, Sign.NEGATIVE: -1}
        if self not in signed or following not in signed:
            return Sign.UNKNOWN
        return Sign.POSITIVE if signed[self] * signed[following] > 0 else Sign.NEGATIVE


class AnchorStatus(StrEnum):
    """What became of an anchor in the reader's copy of a paper."""

    EXACT = "exact"
    MOVED = "moved"
    MISSING = "missing"
    NOT_CHECKABLE = "not-checkable"


# Medicines and classes of them that can be given; a regimen gives several together.
GIVEN_CLASSES: tuple[str, ...] = ("Drug", "Biologic", "CellTherapy", "DrugClass")
THERAPY_CLASSES: tuple[str, ...] = (*GIVEN_CLASSES, "Regimen")

ENTITY_CLASSES: tuple[str, ...] = (
    "Gene",
    "Protein",
    "ProteinFamily",
    "ProteinComplex",
    "ProteinState",
    "ProteinVariant",
    "Alteration",
    "Drug",
    "Biologic",
    "CellTherapy",
    "DrugClass",
    "Regimen",
    "Disease",
    "Pathway",
    "Process",
    "Mechanism",
    "CellType",
    "TumourState",
    "BindingSite",
    "Trial",
    "Cohort",
    "SampleSet",
    "ModelSystem",
    "AdverseEvent",
    "Endpoint",
    "Property",
    "Stage",
    "Design",
    "Organisation",
    "Molecule",
    "Publication",
)
