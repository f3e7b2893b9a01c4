"""Sentences with more than one thing in one place: a second question, a list of names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from kras_graph.answers.wording import Token, Wording

# A second question that leans on the first: "… and what do they do to neutrophils?"
_SECOND = re.compile(
    r"[,;]?\s+and\s+((?:what|how|why|which|where|do|does|did|is|are)\b[^?]*?"
    r"\b(?:they|them|these|those|it)\b[^?]*)",
    re.IGNORECASE,
)
# Where a question may end and another begin.
_NEXT = re.compile(
    r"[;?]\s+(?=\w+\W+\w)"
    r"|(?:,?\s+and|,|\s+[-–])\s+(?=(?:how|what|which|who|why|was|were|did|does|is|are)\s+\w+\W+\w)",
    re.IGNORECASE,
)
_LISTED = frozenset({"MOLECULE", "ALTERATION", "PROCESS"})
_VERBS = frozenset({"VERB", "VERBED"})


def first_half(question: str, wording: Wording) -> tuple[str, str]:
    """The question, and a second one that leans on its answer and names something of its own.

    The second half is cut off, so that its names narrow nothing; the reading says that it was
    not answered.
    """
    found = _SECOND.search(question)
    if found is None or not any(t.entities for t in wording.tokens(question[: found.start()])):
        return question, ""
    tail = found[1].strip(" ?.")
    own = [t for t in wording.tokens(tail) if t.entities and t.kind in (*_LISTED, "THERAPY")]
    if not own:
        return question, ""
    return question[: found.start()] + question[found.end() :], tail


def halves(question: str) -> Iterator[tuple[str, str]]:
    """Each way to take the question as two: the first, and the rest."""
    for mark in _NEXT.finditer(question):
        yield question[: mark.start()], question[mark.end() :].strip(" ?.")


def lists_joined(tokens: Sequence[Token]) -> list[Token]:
    """Names in a row before a verb, "CXCL1 and CXCL2 attract …", as one name of them all."""
    found: list[Token] = []
    for token in tokens:
        if token.kind in _VERBS:
            found = _with_list(found)
        found.append(token)
    return found


def _with_list(before: list[Token]) -> list[Token]:
    """The tokens with the row of names at their end made one."""
    names: list[Token] = []
    place = len(before)
    while place and before[place - 1].kind in _LISTED:
        name = before[place - 1]
        if names and name.kind != names[0].kind:
            break
        names.insert(0, name)
        place -= 1
        if place and before[place - 1].kind in ("AND", "OR"):
            place -= 1
        else:
            break
    if len(names) < 2 or (place and before[place - 1].kind in ("BETWEEN", "COMPARE", "FROM")):
        return before
    kept = before[: before.index(names[0])]
    entities = tuple({e.id: e for name in names for e in name.entities}.values())
    text = " and ".join(name.text for name in names)
    return [*kept, replace(names[0], text=text, entities=entities, end=names[-1].end)]
