"""The parts of a question: what it names, its cues and filters, and what hangs together."""

from __future__ import annotations

from dataclasses import dataclass, field

from kras_graph.model.records import Entity


class NotInGraphError(Exception):
    """The words name something sensible that the graph does not have."""


@dataclass(frozen=True)
class Thing:
    """What a question names.

    Attributes:
        slot: kind of part: `therapy`, `disease`, `endpoint` and so on.
        entities: what it stands for; several mean any of them.
        text: the words.
        parts: medicines, when they are given together.
        place: where it stands in the question.
    """

    slot: str
    entities: tuple[Entity, ...]
    text: str
    parts: tuple[Entity, ...] = ()
    place: int = 0

    @property
    def label(self) -> str:
        """How it is told: the entity's label, or of several their labels."""
        made = {item.attributes.get("components", "") for item in self.entities}
        given = {item.id for item in self.parts}
        if self.parts and not any(set(held.split("|")) == given for held in made):
            return " + ".join(item.label for item in self.parts)
        if len(self.entities) > 2:
            return self.text
        return " or ".join(item.label for item in self.entities)

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the entities."""
        return tuple(item.id for item in self.entities)


@dataclass
class Parts:
    """All parts of a question.

    Attributes:
        things: what is named, in the order of the text.
        words: cues and other words, by part.
        values: values of filters, by filter.
        chunks: things that hang together: `versus`, `route`, `via`, `avoid`, `joins`,
            `gives`, `takes`.
    """

    things: list[Thing] = field(default_factory=list)
    words: dict[str, list[str]] = field(default_factory=dict)
    values: dict[str, list[str]] = field(default_factory=dict)
    chunks: dict[str, tuple[Thing, ...]] = field(default_factory=dict)

    def named(self, *slots: str) -> list[Thing]:
        """Things of the given kinds, each once, in the order of the text."""
        found: dict[tuple[str, ...], Thing] = {}
        for thing in sorted(self.things, key=lambda t: t.place):
            if thing.slot in slots:
                found.setdefault(thing.ids, thing)
        return list(found.values())

    def add_word(self, part: str, text: str) -> None:
        """Note a word under its part."""
        self.words.setdefault(part, []).append(text)

    def add_value(self, part: str, value: str) -> None:
        """Note a value of a filter."""
        if value not in self.values.setdefault(part, []):
            self.values[part].append(value)

    def counts(self) -> dict[str, int]:
        """How many of each part there are."""
        found: dict[str, int] = {}
        for slot in dict.fromkeys(thing.slot for thing in self.things):
            found[slot] = len(self.named(slot))
        found |= {part: len(texts) for part, texts in self.words.items()}
        found |= {part: len(values) for part, values in self.values.items()}
        found |= dict.fromkeys(self.chunks, 1)
        return found
