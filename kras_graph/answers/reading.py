"""How a question was understood: its form, its parts, the reading in words, the command."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from kras_graph.answers.families import Family, family
from kras_graph.answers.forms import THING_SLOTS, Form, things_in
from kras_graph.answers.parts import Parts, Thing
from kras_graph.model.records import Entity
from kras_graph.model.terms import GROUP_LABELS, MechanismGroup

_PLACE = re.compile(r"\{(\w+)(?::([^}]*))?\}")
_NARROWING = (
    "endpoint",
    "baseline",
    "harm",
    "stage.entity",
    "design.entity",
    "property",
    "sponsor.entity",
)


@dataclass(frozen=True)
class Reading:
    """How a question was understood.

    Attributes:
        question: the question as asked.
        form: the form of question that it has.
        parts: everything that was understood in it.
        corrections: words read as others, each with what it was read as.
        unanswered: a second question in the same sentence, which is not answered.
    """

    question: str
    form: Form
    parts: Parts
    corrections: tuple[tuple[str, str], ...] = ()
    unanswered: str = ""

    @property
    def family(self) -> Family:
        """The family of questions that the form belongs to."""
        return family(self.form.family)

    @property
    def entities(self) -> tuple[Entity, ...]:
        """What the question is about, in the order of the text, without what only narrows it."""
        return tuple(item for thing in things_in(self.parts) for item in thing.entities[:1])

    @property
    def disease(self) -> Entity | None:
        """The disease that narrows the question."""
        found = self.parts.named("disease")
        about = not self.parts.named(*THING_SLOTS)
        return found[0].entities[0] if found and not about else None

    @property
    def narrowed_to(self) -> tuple[Entity, ...]:
        """Endpoints, harms, stages and the like that narrow the question."""
        return tuple(i for thing in self.parts.named(*_NARROWING) for i in thing.entities)

    @property
    def named(self) -> tuple[Entity, ...]:
        """Every entity that the question names."""
        found = [item for thing in self.parts.things for item in (*thing.entities, *thing.parts)]
        return tuple({item.id: item for item in found}.values())

    @property
    def text(self) -> str:
        """The reading in words, with everything that narrows it and every correction."""
        told = self._filled(self.form.reads)
        shown = {name for name, _ in _PLACE.findall(self.form.reads)}
        told += "".join(self._narrowing(shown))
        for written, meant in self.corrections:
            told += f"; read {written!r} as {meant!r}"
        if self.unanswered:
            told += f"; a second question is NOT answered, ask it by itself: {self.unanswered!r}"
        return told

    @property
    def command(self) -> str:
        """The command that gives the same answer; empty where a query does."""
        if not self.form.command:
            return ""

        def put(match: re.Match[str]) -> str:
            name, spec = match.groups()
            labels = [thing.label for thing in self._things(name)]
            if name == "statement":
                return shlex.quote(self.parts.values["statement"][0])
            if spec == "q":
                return shlex.quote(labels[0]) if labels else ""
            option = (spec or "").removeprefix("option ")
            return "".join(f" {option} {shlex.quote(label)}" for label in labels)

        return _PLACE.sub(put, self.form.command)

    def _things(self, name: str) -> list[Thing]:
        """Things that a placeholder of a form stands for."""
        parts, chunk = self.parts, self.parts.chunks
        if name in ("from", "to"):
            pair = chunk.get("joins") or chunk.get("route") or tuple(things_in(parts))
            return [pair[0] if name == "from" else pair[-1]]
        if name in ("via", "avoid"):
            return list(chunk.get(name, ()))
        if name in ("first", "second"):
            pair = chunk.get("versus", ())
            if len(pair) < 2:
                several = parts.named("disease")
                pair = tuple(several if len(several) > 1 else things_in(parts))
            return list(pair[:1] if name == "first" else pair[1:2])
        if name == "other":
            found = parts.named("alteration", "process", "molecule", "property")
            others = parts.named("therapy")[1:]
            return found if parts.named("therapy") and found else others or things_in(parts)[1:]
        if name == "lesion":
            return parts.named("within", "alteration")
        if name == "thing":
            return things_in(parts)[:1]
        if name == "population":
            return parts.named("disease", "alteration")
        if name == "endpoint":
            return parts.named("endpoint", "baseline")
        if name in ("harm", "disease"):
            return parts.named(name)
        return parts.named(name, f"{name}.entity")

    def _filled(self, form: str) -> str:
        def put(match: re.Match[str]) -> str:
            name = match[1]
            if name in ("statement", "phase", "grade"):
                return " or ".join(self.parts.values.get(name, ["…"])).replace("-", "/")
            return " and ".join(thing.label for thing in self._things(name)) or "…"

        return _PLACE.sub(put, form)

    def _narrowing(self, shown: set[str]) -> list[str]:
        """Remarks on filters that the form's own words do not tell."""
        parts, told = self.parts, []
        covered = [thing for name in shown for thing in self._things(name)]
        for thing in sorted(parts.named(*_NARROWING, "model"), key=lambda t: t.place):
            if thing not in covered:
                told.append(f", only {thing.label}")
        for thing in parts.named("alteration", "within", "trial", "metastasis", "disease"):
            if thing not in covered:
                told.append(f", in {thing.label}")
        for thing in parts.named("therapy", "molecule", "process"):
            if thing not in covered and not parts.chunks and thing.slot not in self.form.uses:
                told.append(f", with {thing.label}")
        told += [f", leaving out {thing.label}" for thing in parts.named("left_out")]
        for filter_, values in parts.values.items():
            wording = _TOLD.get(filter_)
            if wording and filter_ not in shown:
                told.append(wording.format(" or ".join(spoken(filter_, v) for v in values)))
        if "noclass" in parts.words:
            told.append(", without what is only said of its classes")
        if "alone" in parts.words:
            told.append(", given alone")
        if "count" in parts.words:
            told.append(", counted")
        return told


_TOLD: Mapping[str, str] = {
    "setting": ", only {} work",
    "without.setting": ", without {} work",
    "standing": ", only what is {}",
    "paper": ", according to {}",
    "population": ", in people called {}",
    "line": ", in {}",
    "phase": ", in phase {}",
    "time": ", at {}",
    "number": ", with the figure {}",
    "grade": ", of grade {}",
    "attribution": ", {} only",
    "group": ", only {}",
    "direction": ", going {}",
    "patients": ", seen in {} patient",
    "statistic": ", only {}",
    "lesion": ", only a {}",
}
_PAPERS = {
    "manabe2022": "Manabe & Bivona 2022",
    "strickler2023": "Strickler et al. 2023",
    "wu2023": "Wu et al. 2023",
}


def spoken(filter_: str, value: str) -> str:
    """A filter's value as people say it."""
    if filter_ == "group":
        return GROUP_LABELS[MechanismGroup(value)].casefold()
    if filter_ == "paper":
        return _PAPERS.get(value, value)
    if filter_ == "phase":
        return value.replace("-", "/")
    return value.replace(" ", " or ") if filter_.endswith("setting") else value
