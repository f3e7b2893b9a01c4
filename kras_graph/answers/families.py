"""Families of questions and the words that call for them: the grammar, as data."""

from __future__ import annotations

from dataclasses import dataclass

from kras_graph.model.terms import THERAPY_CLASSES

THERAPY = frozenset(THERAPY_CLASSES)
# Classes that narrow a question instead of being what it is about, with the cue they give.
NARROWING = {"Endpoint": "outcome", "AdverseEvent": "adverse", "Stage": "stage", "Design": "trial"}


@dataclass(frozen=True)
class Family:
    """A kind of question.

    Attributes:
        id: name of the family.
        reading: how the reading is told; `{0}` and `{1}` stand for entities.
        cues: stems of words that ask for it.
        subjects: classes the first entity must have; any when empty.
        entities: how many entities it needs.
        example: a question of the family, without `{0}` filled in.
        otherwise: the reading when the first entity is no therapy; empty for the same.
    """

    id: str
    reading: str
    cues: tuple[str, ...]
    subjects: frozenset[str]
    entities: int
    example: str
    otherwise: str = ""


FAMILIES: tuple[Family, ...] = (
    Family(
        "evidence",
        "evidence for the link between {0} and {1}",
        (
            "evidence",
            "why",
            "support",
            "proof",
            "prove",
            "passage",
            "source",
            "cite",
            "confer",
            "resist",
            "resistance",
            "resistant",
            "sensitise",
            "sensitize",
            "sensitive",
            "inhibit",
            "bind",
            "block",
            "target",
            "bypass",
            "see",
            "seen",
            "report",
            "reported",
            "observe",
            "found",
            "detect",
            "increase",
            "decrease",
            "raise",
            "lower",
        ),
        frozenset(),
        2,
        "what is the evidence that {0} confers resistance to KRAS G12C inhibitors?",
    ),
    Family(
        "path",
        "signed paths from {0} to {1}",
        (
            "path",
            "route",
            "connect",
            "link",
            "reach",
            "lead",
            "signal",
            "activate",
            "affect",
            "influence",
            "act",
            "from",
            "drive",
            "downstream",
        ),
        frozenset(),
        2,
        "how does {0} reach ERK?",
    ),
    Family(
        "bypass",
        "mechanisms by which tumours bypass {0}",
        (
            "bypass",
            "escape",
            "evade",
            "circumvent",
            "around",
            "outgrow",
            "rescue",
            "reactivate",
        ),
        THERAPY,
        1,
        "what bypasses {0}?",
    ),
    Family(
        "combinations",
        "combinations with {0}, what they do, and who tests them",
        (
            "combine",
            "combination",
            "partner",
            "together",
            "plus",
            "add",
            "synergy",
            "synergise",
            "pair",
            "alongside",
            "companion",
            "help",
            "improve",
            "enhance",
            "potentiate",
            "boost",
            "overcome",
            "close",
        ),
        THERAPY | {"Gene"},
        1,
        "which drugs are combined with {0}?",
    ),
    Family(
        "doubts",
        "what is denied, unclear, open or only hypothesised about {0}",
        (
            "deny",
            "denied",
            "unclear",
            "open",
            "doubt",
            "unknown",
            "uncertain",
            "disprove",
            "negative",
            "ruled",
            "question",
            "refute",
            "not",
            "no",
            "never",
            "hypothesis",
            "hypothesise",
        ),
        frozenset(),
        1,
        "what is denied or unclear about {0}?",
    ),
    Family(
        "sensitivity",
        "what changes the response to {0}, in either direction",
        ("sensitive", "sensitivity", "sensitise", "sensitize", "predict", "predictor", "biomarker"),
        THERAPY,
        1,
        "what predicts sensitivity to {0}?",
    ),
    Family(
        "comparison",
        "{0} set beside {1}",
        ("compare", "comparison", "versus", "vs", "better", "worse", "differ", "difference"),
        THERAPY,
        2,
        "how does {0} compare with docetaxel?",
    ),
    Family(
        "frequency",
        "how often {0} is found",
        (
            "frequent",
            "frequency",
            "often",
            "common",
            "commonly",
            "prevalence",
            "prevalent",
            "occur",
            "rare",
            "share",
        ),
        frozenset(),
        1,
        "how common is {0}?",
    ),
    Family(
        "approval",
        "approvals of {0}",
        ("approve", "approval", "approved", "fda", "licence", "license", "licensed", "indication"),
        frozenset(),
        1,
        "is {0} approved?",
    ),
    Family(
        "safety",
        "adverse events seen under {0}",
        (
            "safe",
            "safety",
            "toxic",
            "toxicity",
            "adverse",
            "harm",
            "tolerate",
            "tolerability",
            "effect",
            "side",
        ),
        THERAPY,
        1,
        "what are the adverse events of {0}?",
    ),
    Family(
        "outcomes",
        "measured outcomes of {0}",
        (
            "outcome",
            "response",
            "respond",
            "survival",
            "survive",
            "efficacy",
            "efficacious",
            "effective",
            "benefit",
            "result",
            "well",
            "orr",
            "pfs",
            "os",
            "dcr",
            "rate",
            "median",
            "progression-free",
            "progression",
            "overall",
            "objective",
            "duration",
            "control",
            "disease",
        ),
        THERAPY,
        1,
        "what is the response rate of {0}?",
    ),
    Family(
        "trials",
        "trials of {0}",
        (
            "trial",
            "study",
            "studied",
            "test",
            "tested",
            "clinical",
            "nct",
            "phase",
            "stage",
            "develop",
            "development",
            "enroll",
            "enrol",
            "recruit",
            "run",
        ),
        frozenset(),
        1,
        "which trials test {0}?",
        "trials that name {0}",
    ),
    Family(
        "resistance",
        "what causes resistance to {0}",
        (
            "resist",
            "resistance",
            "resistant",
            "refractory",
            "relapse",
            "confer",
            "fail",
            "failure",
            "stop",
            "acquired",
            "weaken",
        ),
        frozenset(),
        1,
        "what causes resistance to {0}?",
        "resistance that {0} takes part in",
    ),
    Family(
        "about",
        "what the graph holds on {0}",
        ("about", "know", "known", "describe", "overview", "summary", "summarise", "information"),
        frozenset(),
        1,
        "what is known about {0}?",
    ),
    Family(
        "targets",
        "what {0} acts on",
        (
            "target",
            "inhibit",
            "inhibitor",
            "bind",
            "block",
            "hit",
            "mechanism",
            "action",
            "act",
            "against",
            "drug",
            "work",
        ),
        frozenset(),
        1,
        "what does {0} target?",
        "what acts on {0}",
    ),
)

PLAIN = frozenset(
    """
    a actually against agent agents all also alteration alterations an and any anyone are
    as at be became become becomes been being between both by called can cancer cancers
    carry carrying cause caused causes cell cells could currently did do does done drug
    drugs each else ever every evidence exist exists far find first for found gene genes
    get give given go goes going had happen happened happens harboring harbouring has have
    how i in inhibitor inhibitors into is it its kind kinds let lets list made make makes
    may me mechanism mechanisms medicine medicines might more most mutant mutated mutation
    mutations new of on one only or other out paper papers patient patients people please
    positive really receive received receiving report reported said say says second seen
    show shown so some somebody still studies study tell than that the their then
    therapies therapy there these they this those through to treated treatment treatments
    tumor tumors tumour tumours two type types under us use used using via was way ways we
    were what when where which who whom whose will with work would you
    """.split()
)
