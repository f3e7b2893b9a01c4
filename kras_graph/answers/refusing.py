"""Why a question is not answered, and what can be asked instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from kras_graph.answers.families import THERAPY, family
from kras_graph.answers.forms import Form, things_in
from kras_graph.answers.parts import Parts
from kras_graph.answers.resolve import Names
from kras_graph.answers.wording import UNREAD, Token, Wording
from kras_graph.model.errors import QuestionError
from kras_graph.model.records import Entity
from kras_graph.model.terms import GIVEN_CLASSES

MOST_SUGGESTIONS = 6
# Tells whether a question can be answered.
Answerable = Callable[[str], bool]


class AskBackError(QuestionError):
    """A question that may mean several things; `nearest` holds it once for each meaning."""


_NEAREST = {
    "therapy": (
        "what bypasses {0}?", "what does {0} target?", "which drugs are combined with {0}?",
        "which trials test {0}?", "what is the response rate of {0}?", "what is known about {0}?",
    ),
    "Gene": ("what is known about {0}?", "which drugs inhibit {0}?"),
    "ProteinVariant": (
        "what is known about {0}?", "which drugs inhibit {0}?", "how common is {0}?",
        "does {0} confer resistance?",
    ),
    "Alteration": (
        "what is known about {0}?", "how common is {0}?", "does {0} confer resistance?",
    ),
    "Disease": (
        "what is known about {0}?", "which drugs are approved for {0}?",
        "which mutations occur in {0}?", "which trials enrolled patients with {0}?",
    ),
    "Trial": ("what is known about {0}?", "what is studied in {0}?"),
}  # fmt: skip
_ANY = ("what is known about {0}?", "what is unclear about {0}?")


def suggestions(entities: Sequence[Entity], names: Names, near: str = "") -> list[str]:
    """Questions that can be answered, about what was named or what comes near it."""
    ordered = sorted(entities, key=lambda e: (e.cls not in THERAPY, e.cls == "Endpoint"))
    subject = ordered[0] if ordered else None
    found = []
    if near and len(near) > 3:
        likely = [item for item, score in names.near(near)[:3] if score >= 60]
        found = [f"what is known about {item.label}?" for item in likely]
    label = subject.label if subject else "sotorasib"
    kind = "therapy" if subject is None or subject.cls in THERAPY else subject.cls
    if subject is not None and subject.cls in ("Endpoint", "AdverseEvent", "Stage", "Design"):
        label, kind = "sotorasib", "therapy"
    found += [form.format(label) for form in _NEAREST.get(kind, _ANY)]
    return found[:MOST_SUGGESTIONS]


def refuse_no_question(
    question: str, tokens: Sequence[Token], names: Names, kinds: Sequence[str]
) -> None:
    """Refuse advice, forecasts, measures that no paper prints, or sorting by date.

    Args:
        question: as asked.
        tokens: its tokens.
        names: the graph's names.
        kinds: which of `advice`, `forecast`, `absent`, `prediction`, `date`.
    """
    entities = [e for token in tokens for e in token.entities]
    for kind in kinds:
        found = [token for token in tokens if token.kind == "REFUSE" and token.name == kind]
        if found:
            said = ", ".join(repr(token.text) for token in found)
            raise QuestionError(
                question,
                f"{found[0].value} (because of {said})",
                suggestions(entities, names),
                searchable=kind not in ("advice", "forecast", "date"),
            )


def refuse_unread(
    question: str, tokens: Sequence[Token], wording: Wording, answerable: Answerable | None
) -> None:
    """Refuse words that mean nothing here; ask back where they begin several names."""
    unread = [token for token in tokens if token.kind == UNREAD]
    if not unread:
        return
    for token in unread if answerable else ():
        choices = _beginning(token, question, wording.names)
        if choices:
            labels = ", ".join(item.label for item in choices)
            raise AskBackError(
                question,
                f"{token.text!r} begins several names: {labels}. Which one is meant?",
                _asked_with(question, token.text, [i.label for i in choices], wording, answerable),
            )
    entities = [e for token in tokens for e in token.entities]
    for token in unread if answerable else ():
        symbols = _near_symbols(token, wording.names)
        if symbols:
            raise AskBackError(
                question,
                f"The graph knows no {token.text!r}. Is one of these meant: {', '.join(symbols)}?",
                _asked_with(question, token.text, symbols, wording, answerable)
                or suggestions(entities, wording.names),
            )
    said = ", ".join(repr(word) for word in _whole_codes(question, unread))
    raise QuestionError(
        question,
        f"Did not understand: {said}. It is no name of the graph and no word of a question "
        "that can be answered; nothing is answered around it.",
        suggestions(entities, wording.names, near=unread[0].text),
    )


def _whole_codes(question: str, unread: Sequence[Token]) -> list[str]:
    """Unread words, each with the whole code it belongs to."""
    found = []
    for token in unread:
        match = re.search(rf"(?<!\w)[\w-]*{re.escape(token.text)}[\w-]*", question)
        found.append(match.group() if match else token.text)
    return list(dict.fromkeys(found))


def _beginning(token: Token, question: str, names: Names) -> list[Entity]:
    """Medicines and trials whose code begins with the word, when the word stands alone."""
    if not token.text.isalpha() or len(token.text) < 2:
        return []
    if re.search(rf"{re.escape(token.text)}[-‐‑– ]?\d", question):
        return []
    begins = re.compile(rf"{re.escape(token.text)}[ -]?\d", re.IGNORECASE)
    found = [item for item in names.all() if any(map(begins.match, names.spellings(item)))]
    medicines = [item for item in found if item.cls in GIVEN_CLASSES]
    return (medicines or [i for i in found if i.cls == "Trial"])[:MOST_SUGGESTIONS]


def _near_symbols(token: Token, names: Names) -> list[str]:
    """Symbols of molecules that differ by one letter from a short word in capitals."""
    if not (token.text.isupper() and token.text.isalpha() and len(token.text) <= 4):
        return []
    return sorted(
        item.label
        for item in names.all()
        if item.cls in ("Gene", "ProteinFamily", "ProteinComplex")
        and len(item.label) == len(token.text)
        and sum(a != b for a, b in zip(item.label, token.text, strict=True)) == 1
    )


def _asked_with(
    question: str, word: str, choices: Sequence[str], wording: Wording,
    answerable: Answerable | None,
) -> list[str]:  # fmt: skip
    """The question once with each choice in the word's place, where that can be answered."""
    found = []
    for choice in choices:
        asked = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", choice, question)
        asked = re.sub(rf"\b(the )?({re.escape(choice)}) compound\b", r"\2", asked)
        if answerable is not None and answerable(asked):
            found.append(asked)
    return found or suggestions([], wording.names)


def why_not(parts: Parts, near: Sequence[tuple[list[str], Form]]) -> str:
    """Why no form fits: what would go unused, or that nothing is named."""
    if not things_in(parts) and not near:
        return "It names no drug, gene, alteration, disease or trial of the graph."
    if not near:
        return "No question of this form can be answered about what it names."
    unused, form = near[0]
    told = ", ".join(_part_told(part, parts) for part in unused)
    return (
        f"The nearest question asks {family(form.family).title}, but it would leave unused: {told}."
    )


def _part_told(part: str, parts: Parts) -> str:
    """A part of the question in its own words."""
    if things := parts.named(part):
        return " and ".join(repr(thing.text) for thing in things)
    if words := parts.words.get(part):
        return " and ".join(repr(word) for word in words)
    if values := parts.values.get(part):
        return f"{part} {' and '.join(values)}"
    if things_ := parts.chunks.get(part):
        return f"{part} of " + " and ".join(repr(t.text) for t in things_)
    return part
