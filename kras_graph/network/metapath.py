"""Patterns over classes: `Drug > GeneticAlteration > Pathway`.

`>` is one step, `>>` one step or more with anything between, `*` any class, and `|` stands
between choices (`Gene|Protein`). A name covers its subclasses in the ontology, and
`Alteration` covers `ProteinVariant`, since a substitution is an alteration too.

A roll-up is no step of its own while the class stays: in the pattern above the alteration
may be KRAS G12C, rolled up to RAS mutation, of which the next step is said.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from kras_graph.curation.vocabulary import vocabulary
from kras_graph.model.errors import KrasGraphError
from kras_graph.model.terms import ENTITY_CLASSES

ANY = "*"


class PatternError(KrasGraphError):
    """A metapath that cannot be read."""


@dataclass(frozen=True)
class Metapath:
    """A pattern, run as a small automaton over the classes of a path's nodes.

    State 2i: the node just met is element i. State 2i + 1: it lies in the gap after it.

    Attributes:
        text: the pattern in its usual form.
        elements: for each element the classes that it covers; None for any.
        gaps: for each link, whether it is `>>`.
    """

    text: str
    elements: tuple[frozenset[str] | None, ...]
    gaps: tuple[bool, ...]

    def start(self, cls: str) -> frozenset[int]:
        """States after the first node; none where its class does not fit."""
        return frozenset({0}) if _fits(self.elements[0], cls) else frozenset()

    def follow(
        self, states: Collection[int], cls: str, *, rollup: bool = False, named_only: bool = False
    ) -> frozenset[int]:
        """States after one more node of this class.

        Args:
            states: those before it.
            cls: class of the node.
            rollup: whether the step to it is a structural one.
            named_only: whether only an element that names the class takes it in, neither
                `*` nor a gap.
        """
        found = set()
        for state in states:
            place = state // 2
            here = self.elements[place]
            if rollup and state % 2 == 0 and _fits(here, cls) and not (named_only and not here):
                found.add(state)
            if place >= len(self.gaps):
                continue
            element = self.elements[place + 1]
            if _fits(element, cls) and not (named_only and element is None):
                found.add(2 * place + 2)
            if self.gaps[place] and not named_only:
                found.add(2 * place + 1)
        return frozenset(found)

    def accepts(self, states: Collection[int]) -> bool:
        """Whether a path may end in these states."""
        return 2 * len(self.gaps) in states

    def left(self, states: Collection[int]) -> int:
        """Fewest further steps to an end that fits; a large number where there is none."""
        steps = (len(self.gaps) - state // 2 for state in states)
        return max(min(steps, default=10**6), 1)

    def loosened(self) -> Metapath:
        """The pattern with anything allowed between its elements."""
        text = re.sub(r">+", ">>", self.text)
        return Metapath(text, self.elements, (True,) * len(self.gaps))


def read_metapath(text: str) -> Metapath:
    """A metapath from its text.

    Raises:
        PatternError: where it cannot be read, with the nearest class.

    >>> read_metapath("drug > gene|protein >> *").text
    'Drug > Gene|Protein >> *'
    """
    parts = re.split(r"(>+)", text)
    names, links = [part.strip() for part in parts[::2]], parts[1::2]
    if len(names) < 2 or not all(names) or any(len(link) > 2 for link in links):
        raise PatternError(
            f"{text!r} is no metapath: expected classes between '>' (one step) or '>>' (one or "
            "more), as in 'Drug > Alteration > Pathway'."
        )
    elements, shown = [], []
    for name in names:
        choices = [_class_named(choice.strip(), text) for choice in name.split("|")]
        shown.append("|".join(choices))
        elements.append(
            None if ANY in choices else frozenset().union(*(_covered(c) for c in choices))
        )
    words = [shown[0]]
    for link, name in zip(links, shown[1:], strict=True):
        words += [link, name]
    return Metapath(" ".join(words), tuple(elements), tuple(link == ">>" for link in links))


def class_named(name: str) -> str:
    """Class of the ontology by its name, in any case, with or without blanks.

    Raises:
        PatternError: where there is none, with the nearest.

    >>> class_named("drug class")
    'DrugClass'
    """
    return _class_named(name, name)


def covered(name: str) -> frozenset[str]:
    """Classes of entities that a class takes in.

    >>> sorted(covered("Alteration"))
    ['Alteration', 'ProteinVariant']
    """
    return _covered(class_named(name))


def _covered(name: str) -> frozenset[str]:
    kinds = vocabulary().ancestors
    own = {cls for cls in ENTITY_CLASSES if name in kinds.get(cls, frozenset({cls}))}
    return frozenset(own | ({"ProteinVariant"} if name == "Alteration" else set()))


def _class_named(name: str, text: str) -> str:
    if name == ANY:
        return ANY
    kinds = {*ENTITY_CLASSES, *(name for name in vocabulary().ancestors if name[0].isupper())}
    known = {_folded(cls): cls for cls in sorted(kinds) if _covered(cls)}
    key = _folded(name)
    for form in (key, key.removesuffix("s")):
        if form in known:
            return known[form]
    from difflib import get_close_matches

    near = [known[found] for found in get_close_matches(key, known, n=3)]
    hint = f" Nearest: {', '.join(near)}." if near else f" There are: {', '.join(ENTITY_CLASSES)}."
    where = f" in {text!r}" if name != text else ""
    raise PatternError(f"No class of the graph is called {name!r}{where}.{hint}")


def _folded(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def _fits(element: frozenset[str] | None, cls: str) -> bool:
    return element is None or cls in element
