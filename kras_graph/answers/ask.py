"""Questions in controlled English → how they are understood, always told.

Names of the graph and words with a meaning are found first (`wording`), then what hangs
together (`chunks`), then the form of the question (`forms`). A question is answered only
when every word of it was understood and used; anything else is refused with the reason and
with the nearest questions that can be answered, and what is ambiguous is asked back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from kras_graph.answers.chunks import parts_of
from kras_graph.answers.forms import choose, things_in
from kras_graph.answers.parts import NotInGraphError, Parts
from kras_graph.answers.reading import Reading
from kras_graph.answers.refusing import (
    AskBackError,
    refuse_no_question,
    refuse_unread,
    suggestions,
    why_not,
)
from kras_graph.answers.resolve import Names
from kras_graph.answers.sentences import first_half, halves, lists_joined
from kras_graph.answers.settling import settle
from kras_graph.answers.spelling import spelled
from kras_graph.answers.wording import Token, Wording, words
from kras_graph.model.errors import QuestionError
from kras_graph.model.records import Entity

LONGEST = 500


def read(question: str, names: Names, *, probing: bool = False) -> Reading:
    """How the question is understood.

    Of two questions in one, the first is read where the whole cannot be; the reading says
    that the other is not answered.

    Args:
        question: in English, about what the graph holds.
        names: the graph's names.
        probing: only whether it can be answered is wanted, no choices when it cannot.

    Raises:
        AskBackError: when it may mean several things.
        QuestionError: when it is not understood, or not one the graph can answer.
    """
    wording = Wording(names)
    for first, rest in halves(question, joined=True):
        if any(t.entities for t in wording.tokens(first)) and _asks(wording.tokens(rest)):
            reading = _first_of_two(first, rest, question, names)
            if reading is not None:
                return reading
    try:
        return _read(question, names, probing=probing)
    except AskBackError:
        raise
    except QuestionError as error:
        for first, rest in halves(question) if error.searchable else ():
            if reading := _first_of_two(first, rest, question, names):
                return reading
        raise


def _asks(tokens: Sequence[Token]) -> bool:
    """Whether tokens ask for something of their own: a question word, and something named.

    Not where they ask for advice: that refuses the whole question, not its second half alone.
    """
    if any(t.kind == "REFUSE" and t.name == "advice" for t in tokens):
        return False
    asks = bool(tokens) and (
        tokens[0].kind in ("WHAT", "HOW") or tokens[0].name in ("count", "who", "why", "share")
    )
    return asks and any(t.entities for t in tokens)


def _first_of_two(first: str, rest: str, question: str, names: Names) -> Reading | None:
    """The reading of the first of two questions, which tells that the other is not answered."""
    try:
        reading = _read(first, names, probing=True)
    except QuestionError:
        return None
    return None if reading.unanswered else replace(reading, question=question, unanswered=rest)


def _read(question: str, names: Names, *, probing: bool) -> Reading:
    """How one question is understood; raises as `read` does."""
    if len(question) > LONGEST:
        raise QuestionError(
            question[:60] + "…",
            f"A question has at most {LONGEST} characters.",
            suggestions([], names),
        )
    wording = Wording(names)
    asked, unanswered = first_half(question.strip(), wording)
    tokens, corrections = spelled(asked, wording)
    tokens = lists_joined(tokens, names)
    refuse_no_question(question, tokens, names, ("advice", "forecast", "absent", "prediction"))
    refuse_unread(question, tokens, wording, None if probing else _answerable(names))
    refuse_no_question(question, tokens, names, ("date",))
    try:
        parts = parts_of(tokens, names)
    except NotInGraphError as error:
        raise QuestionError(
            question,
            f"Not in the graph: {error}.",
            [
                *_as_mutation(question, tokens, None if probing else _answerable(names)),
                *suggestions([e for t in tokens for e in t.entities], names),
            ],
        ) from None
    _date(question, parts, names)
    settle(parts, names)
    _ask_what_is_meant(question, tokens, parts, names)
    form, near = choose(parts)
    if form is None:
        reason = why_not(parts, near)
        raise QuestionError(question, reason, suggestions(_entities(parts), names))
    reading = Reading(question, form, parts, tuple(corrections), unanswered)
    _refuse_unmade_regimen(reading, names)
    return reading


def _entities(parts: Parts) -> list[Entity]:
    return [item for thing in parts.things for item in (*thing.entities, *thing.parts)]


def _answerable(names: Names) -> Callable[[str], bool]:
    """A test whether a question can be answered."""

    def test(question: str) -> bool:
        try:
            read(question, names, probing=True)
        except QuestionError:
            return False
        return True

    return test


def _as_mutation(
    question: str, tokens: Sequence[Token], answerable: Callable[[str], bool] | None
) -> list[str]:
    """The question with a loss that the graph lacks put as a mutation, where that is answered."""
    asked = question
    for token in tokens:
        if token.kind == "LOST":
            asked = asked.replace(token.text, "mutation")
    return [asked] if answerable and asked != question and answerable(asked) else []


def _date(question: str, parts: Parts, names: Names) -> None:
    """A year is a time point of new cases and deaths; nothing else can be filtered by it."""
    years = parts.values.pop("year", [])
    counted = {"incidence", "cancer_death"}
    if years and any(set(thing.ids) & counted for thing in parts.named("endpoint")):
        parts.values["time"] = years[:1]
    elif years or "dated" in parts.words:
        near = suggestions(_entities(parts), names)
        raise QuestionError(question, words().reasons["date"], near, searchable=False)


def _ask_what_is_meant(question: str, tokens: Sequence[Token], parts: Parts, names: Names) -> None:
    """Ask back when a question leans on one that is not there."""
    leans = bool(tokens) and (
        tokens[0].kind == "AND" or re.match(r"\W*(and|what|how) (about|if)\b", question.casefold())
    )
    bare = not things_in(parts) or (
        not parts.named("therapy", "alteration", "molecule", "process", "trial", "model")
        and not (parts.words.keys() - {"pronoun", "what", "how", "known", "kind", "patient"})
    )
    pronoun = "pronoun" in parts.words and not things_in(parts)
    only_disease = "pronoun" in parts.words and not parts.named(
        "therapy", "alteration", "molecule", "process", "trial", "model"
    )
    if pronoun or only_disease or (leans and bare):
        what = parts.words.get("pronoun", ["the question"])[0]
        examples = suggestions(_entities(parts), names)
        raise AskBackError(
            question,
            f"What does {what!r} mean? Each question is read by itself: name the medicine, "
            "alteration, gene or trial.",
            examples,
        )


def _refuse_unmade_regimen(reading: Reading, names: Names) -> None:
    """Refuse to compute for a regimen that the graph does not have."""
    for thing in reading.parts.named("therapy"):
        if reading.form.call and not thing.entities:
            raise QuestionError(
                reading.question,
                f"The graph has no regimen of {thing.label}.",
                suggestions(thing.parts, names),
            )


__all__ = ["LONGEST", "AskBackError", "read"]
