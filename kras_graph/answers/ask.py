"""Questions in controlled English → calls, with the reading always told.

A question is read in three steps: entities are recognised and taken out; every word that
is left must be a cue of a question family or a plain function word; the family with a cue
and fitting entities answers. Anything else is refused with the nearest questions that can
be answered: no answer is ever guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from kras_graph.answers.resolve import Match, Names, hgvs_short
from kras_graph.model.errors import QuestionError
from kras_graph.model.records import Entity

THERAPY = frozenset({"Drug", "Biologic", "CellTherapy", "DrugClass", "Regimen"})
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
    """

    id: str
    reading: str
    cues: tuple[str, ...]
    subjects: frozenset[str]
    entities: int
    example: str


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
            "overcome",
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
        ),
        THERAPY | {"Gene"},
        1,
        "which drugs are combined with {0}?",
    ),
    Family(
        "doubts",
        "what is denied, unclear or open about {0}",
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
        ),
        frozenset(),
        1,
        "what is denied or unclear about {0}?",
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
            "work",
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
            "sponsor",
            "run",
        ),
        frozenset(),
        1,
        "which trials test {0}?",
    ),
    Family(
        "resistance",
        "resistance to, or caused by, {0}",
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
            "sensitive",
            "sensitise",
            "sensitize",
            "weaken",
        ),
        frozenset(),
        1,
        "what causes resistance to {0}?",
    ),
    Family(
        "targets",
        "what {0} acts on, or what acts on it",
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
        ),
        frozenset(),
        1,
        "what does {0} target?",
    ),
)

_PLAIN = frozenset(
    """
    a about against agent agents all also alteration alterations an and any are as at be
    became become becomes been being between by called can cancer cancers cause caused
    causes cell cells could did do does done drug drugs else evidence exist exists find
    first for found gene genes get give given go goes going had happen happens has have
    how i in inhibitor inhibitors into is it its known let lets list made make makes may
    me mechanism mechanisms medicine medicines might more most mutant mutated mutation
    mutations new not of on one only or other out paper papers patient patients people
    please positive report reported said say says second seen show shown so some studies
    study tell than that the their then therapies therapy there these they this those
    through to treatment treatments tumor tumors tumour tumours under us use used using
    via was way ways we were what when where which who whom whose will with work would you
    """.split()
)


@dataclass(frozen=True)
class Reading:
    """How a question was understood."""

    question: str
    family: Family
    entities: tuple[Entity, ...]
    disease: Entity | None
    narrowed_to: tuple[Entity, ...]
    corrections: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """The reading in words, with every spelling that was corrected."""
        told = self.family.reading.format(*(item.label for item in self.entities), "…")
        if self.narrowed_to:
            told += f", only {' and '.join(item.label for item in self.narrowed_to)}"
        if self.disease is not None:
            told += f", in {self.disease.label}"
        for written, meant in self.corrections:
            told += f"; read {written!r} as {meant!r}"
        return told


def read(question: str, names: Names) -> Reading:
    """How the question is understood.

    Raises:
        QuestionError: when no family fits, or a word is not understood.
    """
    text = hgvs_short(question.strip())
    matches = names.mentions(text)
    rest = _without(text, matches)
    corrections: list[tuple[str, str]] = []
    unknown: list[str] = []
    cues: list[str] = []
    for word in rest:
        stem = _cue(word)
        if stem:
            cues.append(stem)
        elif word.casefold() not in _PLAIN and not word.isdigit():
            unknown.append(word)
    for word in list(unknown):
        match = _near_entity(word, names)
        if match is not None:
            unknown.remove(word)
            matches.append(match)
            corrections.append((word, match.entity.label))
            continue
        near_cue = _near_cue(word)
        if near_cue:
            unknown.remove(word)
            cues.append(near_cue)
            corrections.append((word, near_cue))
    narrowing = [match.entity for match in matches if match.entity.cls in NARROWING]
    cues += [NARROWING[item.cls] for item in narrowing]
    entities, disease = _roles([m for m in matches if m.entity.cls not in NARROWING], text)
    if unknown:
        raise QuestionError(
            question,
            f"Not understood: {', '.join(repr(word) for word in unknown)}. No entity of the "
            "graph and no word of a question it can answer.",
            nearest(entities),
        )
    family = _choose(cues, entities, disease)
    if family is None:
        reason = (
            "No question of this form can be answered about what it names."
            if entities or disease
            else "It names no drug, gene, alteration, disease or trial of the graph."
        )
        raise QuestionError(question, reason, nearest(entities))
    if disease is not None and not entities:
        entities, disease = [disease], None
    if len(entities) > family.entities:
        left = ", ".join(item.label for item in entities[family.entities :])
        raise QuestionError(
            question,
            f"Too many things are named for a question about {family.id}: {left} would go unused.",
            nearest(entities),
        )
    return Reading(
        question,
        family,
        tuple(entities),
        disease,
        tuple(item for item in narrowing if family.id in ("outcomes", "safety")),
        tuple(corrections),
    )


def nearest(entities: Sequence[Entity]) -> list[str]:
    """Questions that can be answered about the entities, or about a common drug."""
    subject = entities[0] if entities else None
    fitting = [
        family
        for family in FAMILIES
        if subject is None or not family.subjects or subject.cls in family.subjects
    ]
    label = subject.label if subject else "sotorasib"
    order = ("bypass", "targets", "resistance", "combinations", "trials", "outcomes", "path")
    fitting.sort(key=lambda f: order.index(f.id) if f.id in order else len(order))
    return [family.example.format(label) for family in fitting[:5]]


def _without(text: str, matches: Sequence[Match]) -> list[str]:
    """Words of the text that are not part of an entity's name."""
    covered = list(text)
    for match in matches:
        covered[match.start : match.end] = " " * (match.end - match.start)
    return re.findall(r"[^\W_][\w'-]*", "".join(covered))


@cache
def _cue_words() -> dict[str, str]:
    """Forms of every cue word, each with its stem."""
    forms = {}
    for family in FAMILIES:
        for cue in family.cues:
            base = cue.removesuffix("e")
            for ending in ("", "s", "es", "d", "ed", "ing", "ion", "ions", "or", "ors", "ance"):
                forms[f"{base}{ending}"] = cue
            forms[cue] = cue
            forms[f"{cue}s"] = cue
            if cue.endswith("y"):
                forms[f"{cue[:-1]}ies"] = cue
            forms[f"{base}{base[-1]}ing"] = cue
    return forms


def _cue(word: str) -> str | None:
    return _cue_words().get(word.casefold())


def _near_cue(word: str) -> str | None:
    from rapidfuzz import fuzz, process

    if len(word) < 5:
        return None
    forms = [form for form in _cue_words() if len(form) > 4]
    hit = process.extractOne(word.casefold(), forms, scorer=fuzz.ratio, score_cutoff=84)
    return _cue_words()[str(hit[0])] if hit else None


def _near_entity(word: str, names: Names) -> Match | None:
    if len(word) < 5:
        return None
    near = names.near(word)
    if near and near[0][1] >= 84 and (len(near) == 1 or near[0][1] > near[1][1]):
        return Match(near[0][0], word, corrected=True)
    return None


def _roles(matches: Sequence[Match], text: str) -> tuple[list[Entity], Entity | None]:
    """Entities asked about, and the disease that only narrows the question."""
    diseases = [m for m in matches if m.entity.cls == "Disease"]
    others = [m for m in matches if m.entity.cls != "Disease"]
    disease = diseases[0].entity if diseases else None
    ordered = [m.entity for m in others]
    therapies = [e for e in ordered if e.cls in THERAPY]
    rest = [e for e in ordered if e.cls not in THERAPY]
    if re.search(r"\bfrom\b|\bhow\b|\bevidence\b|\bwhy\b|\blink", text, re.IGNORECASE):
        return ordered, disease
    return [*therapies, *rest], disease


def _choose(
    cues: Sequence[str], entities: Sequence[Entity], disease: Entity | None
) -> Family | None:
    """The family that uses all entities and has most cues; earlier families win ties."""
    available = list(entities) or ([disease] if disease else [])
    best: tuple[bool, int, int, Family] | None = None
    for place, family in enumerate(FAMILIES):
        hits = sum(cue in family.cues for cue in cues)
        if not hits or len(available) < family.entities:
            continue
        if family.subjects and available[0].cls not in family.subjects:
            continue
        rank = (len(available) == family.entities, hits, -place, family)
        if best is None or rank[:3] > best[:3]:
            best = rank
    return best[3] if best else None
