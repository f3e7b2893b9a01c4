"""What the patterns of a form refer to in one question, and the conditions they stand for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from typing import Any

from kras_graph.answers.conditions import (
    STANDINGS,
    AllOf,
    AnyOf,
    Anything,
    Condition,
    Fact,
    Has,
    OfClass,
    Pair,
    Related,
    Stands,
    TwoSteps,
)
from kras_graph.answers.filters import widening
from kras_graph.answers.forms import forms, things_in
from kras_graph.answers.measures import Figures
from kras_graph.answers.parts import Thing
from kras_graph.answers.reach import Reach
from kras_graph.answers.reading import Reading
from kras_graph.answers.selection import Selection
from kras_graph.answers.wording import words
from kras_graph.rdf.reader import Reader

# What ties a statement to what was asked about, nearest first.
TIES = ("direct", "form", "class", "member", "regimen", "context", "wider")


@dataclass(frozen=True)
class Measured:
    """A statement has a figure on one of the endpoints."""

    figures: Figures

    def sparql(self) -> str:
        """The condition in SPARQL."""
        return self.figures.sparql()

    def holds(self, fact: Fact) -> bool:
        """Whether a record meets it."""
        return self.figures.holds(fact)


@dataclass
class Asked:
    """What the patterns of a form refer to, for one reading.

    Attributes:
        reader: the dataset.
        reading: how the question was understood.
        reach: what bears on what.
        ties: what ties each entity to what was asked about, as patterns are made.
        used: parts of the question that patterns have taken up.
        widest: whether even what the question leaves out by class is taken in.
    """

    reader: Reader
    reading: Reading
    reach: Reach = field(init=False)
    ties: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    widest: bool = False

    def __post_init__(self) -> None:
        self.reach = Reach(self.reader)

    def things(self, source: str) -> list[Thing]:
        """Things that a source in a pattern stands for."""
        parts = self.reading.parts
        chunk = parts.chunks
        if source in ("from", "to"):
            pair = chunk.get("joins") or chunk.get("route") or tuple(things_in(parts))
            return [pair[0] if source == "from" else pair[-1]]
        if source in ("first", "second"):
            pair = chunk.get("versus") or tuple(things_in(parts))
            if len(pair) < 2:
                pair = tuple(things_in(parts))
            place = 0 if source == "first" else 1
            return list(pair[place : place + 1])
        if source == "other":
            found = parts.named("alteration", "process", "molecule", "property")
            return found or parts.named("therapy")[1:]
        if source == "thing":
            return things_in(parts)
        if source == "both_therapies":
            return parts.named("therapy")
        if source in ("design", "stage", "sponsor"):
            return parts.named(f"{source}.entity")
        if source == "therapy" and self.reading.form.when.get("therapy"):
            return parts.named("therapy")[:1]
        return parts.named(source)

    def wide(self, source: str, reach: str) -> dict[str, str]:
        """Entities that a source in a pattern reaches, each with its tie."""
        special: Mapping[str, Callable[[], list[str]]] = {
            "cohorts": self._cohorts,
            "both": self._both,
            "blockers": self._blockers,
            "stopped": self._stopped,
            "immune": lambda: sorted(words().topics["immune"]),
        }
        if source in special:
            found = dict.fromkeys(special[source](), "direct")
            if "up" in reach.split():
                above = (n for ident in list(found) for n in self.reach.up(ident))
                found |= {name: "class" for name in above if name not in found}
            return found
        if "noclass" in self.reading.parts.words and not self.widest:
            reach = " ".join(word for word in reach.split() if word not in ("up", "classwith"))
        things = self.things(source)
        self.used |= {thing.slot for thing in things}
        return self.reach.wide(things, reach, alone="alone" in self.reading.parts.words)

    def _cohorts(self) -> list[str]:
        """Trials and cohorts of the therapy (in the disease), with their parts."""
        parts = self.reading.parts
        trials = [ident for thing in parts.named("trial") for ident in thing.ids]
        therapies, diseases = parts.named("therapy"), parts.named("disease")
        if therapies and not trials:
            trials = self._trials_of(therapies, diseases)
        elif diseases and not trials:
            wide = self.reach.wide(diseases, "self down")
            trials = [s.subject for s in self.reader.statements_where(None, {"enrolls"}, set(wide))]
        if trials or therapies:
            self.used |= {"disease", "therapy", "trial"}
        if parts.named("trial") and diseases:
            self.used.discard("disease")
        below = [name for ident in trials for name in self.reach.down(ident)]
        return list(dict.fromkeys([*trials, *below]))

    def _trials_of(self, therapies: Sequence[Thing], diseases: Sequence[Thing]) -> list[str]:
        subjects = frozenset(self.reach.wide(therapies, "self down"))
        chosen = Selection((Stands("about", subjects, "subject"),))
        chosen = chosen.also(Related(("studied_in",)))
        found: list[str] = []
        for step in widening(diseases[0], self.reach).steps if diseases else ():
            found = found or chosen.also(step.condition).run(self.reader)
        if not diseases:
            found = chosen.run(self.reader)
        return [s.object for s in self.reader.statements_by_id(found)]

    def _stopped(self) -> list[str]:
        """The medicines named whose development was stopped: their results tell why."""
        named = [ident for thing in self.reading.parts.named("therapy") for ident in thing.ids]
        gone = self.reader.statements_where(named, {"has_stage"}, {"discontinued"})
        return [statement.subject for statement in gone if statement.is_edge]

    def _blockers(self) -> list[str]:
        """Medicines that block the molecules named, or those a process is named after."""
        parts = self.reading.parts
        found = [i for thing in parts.named("molecule") for i in thing.ids]
        for thing in parts.named("process"):
            for item in self.reach.entities.values():
                if item.cls in ("Gene", "ProteinFamily") and set(thing.ids) & set(
                    self.reach.named_after(item)
                ):
                    found.append(item.id)
        return self.reach.blockers(found)

    def _both(self) -> list[str]:
        """Regimens that hold the therapy, or its classes, and a blocker of the molecule."""
        mine = set(self.reach.wide(self.reading.parts.named("therapy"), "self up down"))
        theirs = set(self._blockers())
        return [
            item.id
            for item in self.reach.entities.values()
            if (held := set(item.attributes.get("components", "").split("|"))) & mine
            and held & theirs
        ]

    # ------------------------------------------------------------------ one pattern

    def pattern(self, line: Mapping[str, Any]) -> Condition | None:
        """The condition that one line of a form's `find` stands for; None when nothing can fit."""
        if (part := line.get("if")) and not self._there(part):
            return None
        if line.get("about") == "parts":
            return self._between_parts(line)
        made: list[Condition] = []
        around: dict[str, str] = {}
        if source := line.get("about"):
            around = self.wide(source, line.get("reach", "self"))
            if not around:
                return None
            self._tie(around)
        if source := line.get("with"):
            medicines = [t.slot == "therapy" for t in self.things(source)]
            given = all(medicines) and line["about"] not in ("first", "therapy")
            if all(medicines) and line["about"] == "first":
                given = any(t.slot != "therapy" for t in self.things("first"))
            reach = "self up down with" if given else "self near down"
            beside = self.wide(source, reach)
            other = frozenset(beside)
            if not other:
                return None
            self._tie(beside)
            if line.get("steps") == 2:
                return TwoSteps(frozenset(around), other, forms().relations["affecting"])
            made.append(Pair(frozenset(around), line["role"], other, line["at"]))
        elif around:
            made.append(Stands("about", frozenset(around), line["role"]))
        if predicates := self._relations(line.get("how", "@any")):
            made.append(Related(tuple(predicates)))
        for end in ("subject", "object"):
            if wanted := line.get(end):
                made.append(self._end(end, wanted))
        if standing := line.get("standing"):
            made.append(STANDINGS[standing])
        for flag, name in (
            ("altered", "alteration"),
            ("modelled", "model"),
            ("figures", "results"),
        ):
            if line.get(flag):
                made.append(Has(name))
        if self._apart and line.get("about") != "cohorts":
            made.append(widening(self._apart[0], self.reach).steps[0].condition)
        if measures := line.get("measure"):
            made.append(Measured(Figures(endpoints=frozenset(measures))))
        return AllOf(tuple(made)) if made else Anything()

    def _there(self, part: str) -> bool:
        """Whether the question has a part that a line asks for."""
        return bool(self.reading.parts.named(part)) or part in self.reading.parts.words

    @property
    def _apart(self) -> list[Thing]:
        """The disease, where other lines of the form ask for its cohorts instead."""
        cohorts = any(line.get("about") == "cohorts" for line in self.reading.form.find)
        return self.reading.parts.named("disease") if cohorts else []

    def _between_parts(self, line: Mapping[str, Any]) -> Condition | None:
        """A relation between two medicines given together, or members or classes of them."""
        found: list[Condition] = []
        for thing in self.reading.parts.named("therapy"):
            around = []
            for part in thing.parts:
                ties = self.reach.wide([Thing("therapy", (part,), part.label)], "self down up")
                self._tie(ties)
                around.append(frozenset(ties))
            for one, other in permutations(around, 2):
                found.append(Pair(one, "subject", other, "object"))
        relation = Related(tuple(self._relations(line["how"])))
        return AllOf((AnyOf(tuple(found)), relation)) if found else None

    def _tie(self, around: Mapping[str, str]) -> None:
        """Note what ties entities to what was asked about; the nearest tie counts."""
        for ident, tie in around.items():
            known = self.ties.get(ident)
            if known is None or TIES.index(tie) < TIES.index(known):
                self.ties[ident] = tie

    def _relations(self, how: str | Sequence[str]) -> list[str]:
        """Relations that a pattern asks for; none for any."""
        told = forms()
        if not isinstance(how, str):
            return list(how)
        if how == "@any":
            return []
        if how.startswith("@"):
            return list(told.relations[how[1:]])
        verbs = [w.partition(".")[2] for w in self.reading.parts.words if w.startswith("verb.")]
        if how == "direction":
            return self._directed(verbs)
        chosen = [p for verb in verbs for p in told.verbs.get(verb, ())]
        if how == "cue":
            cues = self.reading.parts.words
            if {"resistance", "bypass", "sensitivity"} & set(cues):
                chosen += told.relations["response"]
            return list(dict.fromkeys(chosen))
        return list(dict.fromkeys(chosen)) or list(told.relations["signalling"])

    def _directed(self, verbs: Sequence[str]) -> list[str]:
        told = forms().relations
        ways = set(self.reading.parts.values.get("direction", ()))
        up = "up" in ways or "raise" in verbs or "activate" in verbs
        down = "down" in ways or "lower" in verbs or "inhibit" in verbs
        if up == down:
            return [*told["raising"], *told["lowering"]]
        return list(told["raising"] if up else told["lowering"])

    def _end(self, end: str, wanted: str | Sequence[str]) -> Condition:
        """Condition on what stands at the subject or object."""
        name = f"{end}Entity"
        if not isinstance(wanted, str):
            return Stands(name, frozenset(wanted), end)
        topics = words().topics
        if wanted == "kind":
            kinds = self.reading.parts.words.get("kind", [])
            ids = frozenset().union(*(topics.get(kind, frozenset()) for kind in kinds))
            return Stands(name, ids, end) if ids else OfClass(name, ("CellType",), end)
        if wanted == "phase":
            phases = self.reading.parts.values["phase"]
            ids = frozenset(f"phase_{v}{tail}" for v in phases for tail in ("_trial", ""))
            return Stands(name, ids, end)
        chosen = wanted.removeprefix("@")
        if chosen in topics:
            return Stands(name, topics[chosen], end)
        told = forms().ends[chosen]
        if chosen == "efficacy":
            return Stands(name, frozenset(told), end)
        return OfClass(name, told, end)
