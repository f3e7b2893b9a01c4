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

from kras_graph.answers.families import FAMILIES, NARROWING, PLAIN, THERAPY, Family
from kras_graph.answers.resolve import Match, Names, hgvs_short
from kras_graph.model.errors import QuestionError
from kras_graph.model.records import Entity

LONGEST = 500
_MOLECULES = ("Gene", "Protein", "ProteinFamily", "ProteinVariant", "Alteration", "ProteinComplex")


@dataclass(frozen=True)
class Reading:
    """How a question was understood."""

    question: str
    family: Family
    entities: tuple[Entity, ...]
    disease: Entity | None
    narrowed_to: tuple[Entity, ...]
    corrections: tuple[tuple[str, str], ...]
    cues: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The reading in words, with every spelling that was corrected."""
        form = self.family.reading
        if self.family.otherwise and self.entities[0].cls not in THERAPY:
            form = self.family.otherwise
        told = form.format(*(item.label for item in self.entities), "…")
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
    if len(question) > LONGEST:
        raise QuestionError(
            question[:60] + "…", f"A question has at most {LONGEST} characters.", nearest([])
        )
    text = _BLOCKADE.sub("inhibitor", hgvs_short(question.strip()))
    matches = names.mentions(text)
    _refuse_unknown_class(question, text, matches)
    rest = _without(text, matches)
    corrections: list[tuple[str, str]] = []
    unknown: list[str] = []
    cues: list[str] = []
    for word in rest:
        stem = _cue(word)
        if stem:
            cues.append(stem)
        elif word.casefold() not in PLAIN and not word.isdigit():
            unknown.append(word)
    for word in list(unknown):
        match = _near_entity(word, names)
        if match is not None:
            unknown.remove(word)
            matches.append(match)
            if word.casefold() != match.entity.label.casefold():
                corrections.append((word, match.entity.label))
            continue
        near_cue = _near_cue(word)
        if near_cue:
            unknown.remove(word)
            cues.append(near_cue)
            corrections.append((word, near_cue))
    narrowing = [match.entity for match in matches if match.entity.cls in NARROWING]
    cues += [NARROWING[item.cls] for item in narrowing]
    # "clinical trials" or "approved" only tell what is asked; a phase would narrow it
    narrowing = [i for i in narrowing if i.cls != "Stage" or i.id.startswith("phase")]
    entities, disease = _roles([m for m in matches if m.entity.cls not in NARROWING], text)
    entities = names.as_regimen(entities)
    if unknown:
        raise QuestionError(
            question,
            f"Not understood: {', '.join(repr(word) for word in unknown)}. No entity of the "
            "graph and no word of a question it can answer.",
            nearest(entities),
        )
    family = _choose(cues or ["about"], entities, disease, narrowing)
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
    used = [item for item in narrowing if family.id in _NARROWED.get(item.cls, ())]
    if len(used) < len(narrowing):
        left = ", ".join(item.label for item in narrowing if item not in used)
        raise QuestionError(
            question,
            f"A question about {family.id} cannot be narrowed to {left}.",
            nearest(entities),
        )
    return Reading(
        question,
        family,
        tuple(entities),
        disease,
        tuple(used),
        tuple(corrections),
        tuple(cues),
    )


# "MEK inhibition" and "SHP2 blockade" mean what inhibitors of these do.
_BLOCKADE = re.compile(r"\b(?:inhibition|blockade)\b(?!\s+of\b)", re.IGNORECASE)
_NARROWED = {"Endpoint": ("outcomes",), "AdverseEvent": ("safety",), "Stage": ("about",)}


def _refuse_unknown_class(question: str, text: str, matches: Sequence[Match]) -> None:
    """Refuse "X inhibitors" where the graph knows X but no such class of medicines."""
    for match in matches:
        behind = re.match(r"\s+inhibitors?\b", text[match.end :])
        if behind and match.entity.cls in _MOLECULES:
            raise QuestionError(
                question,
                f"The graph has no class of medicines called {match.text + behind.group()!r}.",
                nearest([match.entity]),
            )


def nearest(entities: Sequence[Entity]) -> list[str]:
    """Questions that can be answered about the entities, or about a common drug."""
    subject = entities[0] if entities else None
    label = subject.label if subject else "sotorasib"
    kind = "therapy" if subject is None or subject.cls in THERAPY else subject.cls
    wanted = _NEAREST.get(kind, ("about", "doubts", "resistance"))
    by_id = {family.id: family for family in FAMILIES}
    return [by_id[name].example.format(label) for name in wanted]


_NEAREST = {
    "therapy": ("bypass", "targets", "combinations", "trials", "outcomes", "about"),
    "Gene": ("about", "targets", "doubts"),
    "ProteinVariant": ("about", "targets", "frequency", "resistance"),
    "Alteration": ("about", "frequency", "resistance"),
    "Disease": ("about", "doubts", "frequency", "approval"),
    "Trial": ("about", "trials"),
}


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
    cues: Sequence[str],
    entities: Sequence[Entity],
    disease: Entity | None,
    narrowing: Sequence[Entity] = (),
) -> Family | None:
    """The family that uses all entities and has most cues; earlier families win ties."""
    available = list(entities) or ([disease] if disease else [])
    narrowed = {name for item in narrowing for name in _NARROWED.get(item.cls, ())}
    best: tuple[bool, int, int, Family] | None = None
    for place, family in enumerate(FAMILIES):
        hits = sum(cue in family.cues for cue in cues)
        if not hits or len(available) < family.entities:
            continue
        if narrowed and family.id not in narrowed:
            continue
        if family.subjects and available[0].cls not in family.subjects:
            continue
        rank = (len(available) == family.entities, hits, -place, family)
        if best is None or rank[:3] > best[:3]:
            best = rank
    return best[3] if best else None
