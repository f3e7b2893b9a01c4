"""Sentences with more than one thing in one place: a second question, a list of names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from kras_graph.answers.parts import Thing
from kras_graph.answers.regimens import classes_blocking
from kras_graph.answers.resolve import Names
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
_JOINTS = frozenset({"AND", "OR", "SLASH"})


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


def halves(question: str, *, joined: bool = False) -> Iterator[tuple[str, str]]:
    """Each way to take the question as two: the first, and the rest.

    Args:
        question: as asked.
        joined: keep to those that a full stop, a semicolon or an "and" sets apart.
    """
    for mark in _NEXT.finditer(question):
        if not joined or re.search(r"and|[;?]", mark[0]):
            yield question[: mark.start()], question[mark.end() :].strip(" ?.")


def lists_joined(tokens: Sequence[Token], names: Names) -> list[Token]:
    """Names in a row taken together.

    Before or after a verb ("CXCL1 and CXCL2 attract …", "… phosphorylates MAP2K1/MAP2K2") they
    become one name of them all. Before a class of medicines they are classes too: "RAF, MEK or
    ERK inhibitors" are any of three, "SHP2 and MEK inhibitors" two, "MEK plus SHP2" a pair.
    """
    found: list[Token] = []
    for token in _classes(tokens, names):
        if token.kind in _VERBS:
            found = _with_list(found)
        found.append(token)
    return _after_verbs(found)


def _classes(tokens: Sequence[Token], names: Names) -> list[Token]:
    """Molecules in a row before a class of medicines, or joined by "plus", as their classes."""
    found: list[Token] = []
    for token in tokens:
        ends_list = token.kind == "THERAPY" and token.entities[0].cls == "DrugClass"
        if ends_list and found and found[-1].kind in _JOINTS:
            found = _as_classes(found, names)
            if found and found[-1].kind in ("OR", "SLASH") and found[-2].kind == "THERAPY":
                found.pop()
                token = _either(found.pop(), token)
        elif _pair(found, token, names):
            found[-2], token = _class_of(found[-2], names), _class_of(token, names)
        found.append(token)
    return found


def _as_classes(before: list[Token], names: Names) -> list[Token]:
    """The tokens with the row of molecules at their end as classes; those of an "or" in one."""
    last, row = before[-1], list(before[:-1])
    either: list[Token] = []
    while row and row[-1].kind in _LISTED and (made := _class_of(row[-1], names)) is not row[-1]:
        either.insert(0, made)
        row.pop()
    if not either:
        return before
    if last.kind == "AND":
        return [*row, *either, last]
    joined = either[0]
    for other in either[1:]:
        joined = _either(joined, other)
    return [*row, joined, last]


def _pair(before: list[Token], token: Token, names: Names) -> bool:
    """Whether two molecules are joined by "plus" and both have a class of inhibitors."""
    return (
        len(before) > 1
        and before[-1].kind == "PLUS"
        and all(t.kind in _LISTED and _class_of(t, names) is not t for t in (before[-2], token))
    )


def _class_of(token: Token, names: Names) -> Token:
    """The class of medicines called after a molecule; the token itself where there is none."""
    if token.kind not in _LISTED:
        return token
    classes = classes_blocking(Thing("molecule", token.entities, token.text), names)
    return replace(token, kind="THERAPY", entities=tuple(classes)) if classes else token


def _either(one: Token, other: Token) -> Token:
    """One token for either of two."""
    entities = tuple({e.id: e for e in (*one.entities, *other.entities)}.values())
    return replace(one, text=f"{one.text} or {other.text}", entities=entities, end=other.end)


def _after_verbs(tokens: list[Token]) -> list[Token]:
    """The tokens with each row of names that follows a verb made one."""
    found: list[Token] = []
    for place, token in enumerate(tokens):
        joint = found[-1] if found else None
        if (
            token.kind in _LISTED
            and joint is not None
            and joint.kind in ("AND", "OR", "SLASH")
            and len(found) > 2
            and found[-2].kind == token.kind
            and found[-3].kind in _VERBS
            and not (place + 1 < len(tokens) and tokens[place + 1].kind in _VERBS)
        ):
            found.pop()
            token = _either(found.pop(), token)
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
        if place and before[place - 1].kind in _JOINTS:
            place -= 1
        else:
            break
    if len(names) < 2 or (place and before[place - 1].kind in ("BETWEEN", "COMPARE", "FROM")):
        return before
    kept = before[: before.index(names[0])]
    entities = tuple({e.id: e for name in names for e in name.entities}.values())
    text = " and ".join(name.text for name in names)
    return [*kept, replace(names[0], text=text, entities=entities, end=names[-1].end)]
