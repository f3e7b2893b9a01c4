"""Forms of questions, as data in `language/forms.toml`, and which form a question has."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from kras_graph.answers.parts import Parts, Thing

THING_SLOTS = ("therapy", "alteration", "molecule", "process", "trial", "model")
_MANY = 99
# Filters of which several mean any of them.
_CHOICES = ("phase", "time", "line", "statistic")
# Words that set things side by side; rows of several diseases do so by themselves.
_SIDE_BY_SIDE = ("versus", "versus.loose", "compare")
# Parts that tell how an answer is wanted; they fit every form.
LIGHT = frozenset(
    ("known", "list", "median", "report", "where", "why", "how", "what", "who", "evidence", "by",
     "ordinal", "alone", "patient", "kind", "pronoun", "together", "statement_word", "connect")
)  # fmt: skip


@dataclass(frozen=True)
class Form:
    """One form of question; `language/forms.toml` tells what each field means."""

    id: str
    family: str
    reads: str
    example: str
    needs: tuple[str, ...]
    allows: frozenset[str]
    when: Mapping[str, frozenset[str]]
    find: tuple[Mapping[str, Any], ...] = ()
    call: str = ""
    command: str = ""
    counts: str = ""
    sorts: str = ""
    uses: tuple[str, ...] = ()
    follow: tuple[str, ...] = ()
    general: bool = False
    rejects: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Forms:
    """All forms with the sets they refer to.

    `implied` holds parts that mean something together, and what: entities by part, or words.
    """

    forms: tuple[Form, ...]
    relations: Mapping[str, tuple[str, ...]]
    verbs: Mapping[str, tuple[str, ...]]
    ends: Mapping[str, tuple[str, ...]]
    implied: tuple[tuple[frozenset[str], Mapping[str, list[str]]], ...]


@cache
def forms() -> Forms:
    """The shipped forms."""
    path = files("kras_graph.answers") / "language" / "forms.toml"
    return parse_forms(path.read_text(encoding="utf-8"))


def parse_forms(text: str) -> Forms:
    """Forms from the text of their file."""
    raw = tomllib.loads(text)

    def spread(names: list[str]) -> list[str]:
        return [
            part
            for name in names
            for part in (spread(raw["parts"][name[1:]]) if name.startswith("@") else [name])
        ]

    found = [
        Form(
            id=item["id"],
            family=item.get("family", item["id"].partition(".")[0]),
            reads=item["reads"],
            example=item["example"],
            needs=tuple(item["needs"]),
            allows=frozenset(spread(item.get("allows", []))),
            when={k: frozenset(v) for k, v in item.get("when", {}).items()},
            find=tuple(item.get("find", ())),
            call=item.get("call", ""),
            command=item.get("command", ""),
            counts=item.get("counts", ""),
            sorts=item.get("sorts", ""),
            uses=tuple(item.get("uses", ())),
            follow=tuple(item.get("follow", ())),
            general=item.get("general", False),
            rejects=frozenset(item.get("rejects", ())),
        )
        for item in raw["form"]
    ]
    return Forms(
        tuple(found),
        {name: tuple(values) for name, values in raw["relations"].items()},
        {name: tuple(values) for name, values in raw["verbs"].items()},
        {name: tuple(values) for name, values in raw["ends"].items()},
        tuple((frozenset(i["parts"]), i["gives"]) for i in raw["imply"]),
    )


def things_in(parts: Parts) -> list[Thing]:
    """What a question is about: what it names, or the disease when it names nothing else."""
    return parts.named(*THING_SLOTS) or parts.named("disease")


def _available(parts: Parts) -> dict[str, int]:
    """Parts that needs may ask for, with how many there are."""
    have = parts.counts()
    have["thing"] = len(things_in(parts))
    for kind in parts.words.get("kind", []):
        have[f"kind.{kind}"] = 1
    if any(part.startswith("verb.") for part in parts.words):
        have["verb"] = 1
    for setting in parts.values.get("setting", []):
        have[f"setting.{setting}"] = 1
    return {part: number for part, number in have.items() if number}


def _base(need: str) -> tuple[str, str]:
    part, _, number = need.partition(":")
    return part, number


def _meets(form: Form, have: Mapping[str, int], parts: Parts) -> bool:
    if form.rejects & have.keys():
        return False
    for need in form.needs:
        fits = False
        for choice in need.split("|"):
            part, number = _base(choice)
            there = have.get(part, 0)
            fits = fits or (there >= 1 if number in ("", "+") else there == int(number))
        if not fits:
            return False
    for role, classes in form.when.items():
        things = parts.named("therapy")
        chosen = things[1:2] if role == "other" else things[:1]
        if not chosen or any(item.cls not in classes for item in chosen[0].entities):
            return False
    return True


def left_over(form: Form, parts: Parts, *, several: bool = False) -> list[str]:
    """Parts that a form would leave unused; more things of a kind than it takes count too.

    Args:
        form: a form whose needs are met.
        parts: the parts of a question.
        several: whether diseases, phases and the like may be set side by side.
    """
    limits: dict[str, int] = {}
    if form.find:
        limits["left_out"] = _MANY
    for name in [*(c for need in form.needs for c in need.split("|")), *form.allows]:
        part, number = _base(name)
        most = {"": 1, "+": _MANY}.get(number) or int(number)
        limits[part] = max(limits.get(part, 0), most)
    if "thing" in limits:
        for slot in (*THING_SLOTS, "disease"):
            limits.setdefault(slot, limits["thing"])
    extra = _beyond_choice(form, parts)
    if several and form.find:
        if "disease" in limits and len(parts.named("disease")) > 1:
            limits |= dict.fromkeys(("disease", *_SIDE_BY_SIDE), _MANY)
        if "trial" in limits and len(parts.named("trial")) > 1:
            limits |= dict.fromkeys(("trial", *_SIDE_BY_SIDE), _MANY)
        if any(len(parts.values.get(part, ())) > 1 for part in _CHOICES):
            limits |= dict.fromkeys(_SIDE_BY_SIDE, _MANY)
    unused = []
    for part, there in parts.counts().items():
        if part in LIGHT or (part.startswith("verb.") and "verb" in limits):
            continue
        most = limits.get(part, 0)
        things = part in (*THING_SLOTS, "disease")
        if not most or (things and there > most):
            unused.append(part)
    if "thing" in limits and len(things_in(parts)) > limits["thing"]:
        extra += [t.slot for t in things_in(parts)[limits["thing"] :]]
    explicit = {_base(a)[0] for a in form.allows}
    unused += [slot for slot in extra if slot not in explicit and slot not in unused]
    return unused


def _beyond_choice(form: Form, parts: Parts) -> list[str]:
    """Things of a second kind where a need takes one of either kind."""
    found = []
    for need in form.needs:
        slots = [_base(choice)[0] for choice in need.split("|")]
        if len(slots) > 1 and set(slots) <= {*THING_SLOTS, "disease", "property"}:
            first, *others = parts.named(*slots)
            found += [t.slot for t in others if t.slot != first.slot and not _of_one(first, t)]
    return found


def _of_one(one: Thing, other: Thing) -> bool:
    """Whether two things are a gene and its alteration."""
    genes = {item.attributes.get("gene", item.id) for item in one.entities}
    return any(item.attributes.get("gene", item.id) in genes for item in other.entities)


def choose(parts: Parts) -> tuple[Form | None, list[tuple[list[str], Form]]]:
    """The form of a question, and where none fits, forms that come near.

    Returns:
        The fitting form with most needs (earlier forms win ties) or None; and the forms whose
        needs are met with what they would leave unused, least first.
    """
    have = _available(parts)
    best: tuple[int, Form] | None = None
    near: list[tuple[list[str], Form]] = []
    for several in (False, True):
        for form in forms().forms:
            if not _meets(form, have, parts):
                continue
            unused = left_over(form, parts, several=several)
            if unused:
                near.append((unused, form))
            elif best is None or len(form.needs) > best[0]:
                best = (len(form.needs), form)
        if best:
            break
    near.sort(key=lambda pair: (len(pair[0]), -len(pair[1].needs)))
    return (best[1] if best else None), near
