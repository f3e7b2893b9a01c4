"""What narrows an answer: disease, setting, standing, paper, line of therapy, grade and so on."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from kras_graph.answers.conditions import (
    AllOf,
    AnyOf,
    Clear,
    Condition,
    From,
    Is,
    Lacks,
    Line,
    OfClass,
    Stands,
    Told,
)
from kras_graph.answers.forms import forms
from kras_graph.answers.measures import Figures
from kras_graph.answers.parts import Thing
from kras_graph.answers.reach import Reach
from kras_graph.answers.reading import Reading, spoken
from kras_graph.answers.selection import Selection
from kras_graph.answers.wording import words
from kras_graph.curation.tables import natural
from kras_graph.rdf.reader import Reader

# More ids than this are only counted.
_MOST_NAMED = 12
TREATMENT_RELATED = "treatment-related_adverse_event"
RATES = frozenset({"response_rate", "objective_response_rate"})
# Groups of tumours that are too broad to stand for one of their kinds.
_TOO_BROAD = frozenset({"cancer", "solid_tumor", "KRAS-mutant_cancer", "RAS-mutant_cancer"})


@dataclass(frozen=True)
class Step:
    """One step of widening a disease: what is asked, and the condition for it."""

    label: str
    condition: Condition


@dataclass(frozen=True)
class Widening:
    """A disease filter: itself with its kinds first, then what takes it in."""

    label: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Filter:
    """A filter in words and as a condition; a soft one gives way, with a remark."""

    told: str
    condition: Condition
    soft: bool = False


@dataclass(frozen=True)
class Filters:
    """Everything that narrows an answer.

    Attributes:
        diseases: tumour types, any of them; each widened where it has no finding of its own.
        filters: all others.
        figures: conditions on the figures.
        general: where no finding is tied to the tumour type, show those that name none.
    """

    diseases: tuple[Widening, ...] = ()
    filters: tuple[Filter, ...] = ()
    figures: Figures = field(default_factory=Figures)
    general: bool = False

    def narrow(
        self, chosen: Selection, reader: Reader, notes: list[str]
    ) -> tuple[Selection, list[str]]:
        """The selection with every filter, and the ids that it gives.

        Args:
            chosen: what the form asks for.
            reader: the dataset.
            notes: remarks are added here.
        """
        if self.figures.number and not chosen.run(reader):
            notes.append(f"No such figure prints {self.figures.number}; all figures are shown.")
            chosen = replace(chosen, figures=replace(chosen.figures, number=""))
        found = chosen.run(reader)
        for item in sorted(self.filters, key=lambda f: f.soft):
            if not found:
                break
            narrower = chosen.also(item.condition)
            kept = narrower.run(reader)
            if kept or not item.soft:
                if not kept:
                    notes.append(f"None of what is otherwise asked for fits: {item.told}.")
                chosen, found = narrower, kept
            else:
                notes.append(f"None fits {item.told!r}; shown without regard to it.")
        return self._in_disease(chosen, found, reader, notes)

    def _in_disease(
        self, chosen: Selection, found: list[str], reader: Reader, notes: list[str]
    ) -> tuple[Selection, list[str]]:
        if not self.diseases or not found:
            return chosen, found
        fitting, without = [], []
        for disease in self.diseases:
            step = self._first_step(disease, chosen, reader)
            if step is None:
                without.append(disease.label)
                continue
            fitting.append(step.condition)
            if step is not disease.steps[0]:
                notes.append(f"None in {disease.label} itself; shown: {step.label}.")
            notes += self._of_wider(disease, step, chosen, reader)
        if fitting:
            narrower = chosen.also(_any(fitting))
            if without:
                notes.append(f"None is tied to {' or '.join(without)}.")
            return narrower, narrower.run(reader)
        told = " or ".join(disease.label for disease in self.diseases)
        if self.general:
            narrower = chosen.also(Lacks("disease"))
            kept = narrower.run(reader)
            if kept:
                notes.append(f"None is tied to {told}; what is shown names no tumour type.")
                return narrower, kept
        notes.append(f"{len(found)} statement(s) elsewhere, none tied to {told}.")
        return chosen.also(_any(disease.steps[0].condition for disease in self.diseases)), []

    @staticmethod
    def _of_wider(disease: Widening, step: Step, chosen: Selection, reader: Reader) -> list[str]:
        """How many statements more are tied to the tumour type that takes the one shown in."""
        wider = disease.steps[disease.steps.index(step) + 1 :]
        kept = set(chosen.also(step.condition).run(reader))
        for above in wider:
            more = set(chosen.also(above.condition).run(reader)) - kept
            if more:
                return [
                    f"{len(more)} more tied to {above.label}, which takes in {step.label}: "
                    f"{' '.join(sorted(more, key=natural)[:_MOST_NAMED])}"
                    f"{' …' if len(more) > _MOST_NAMED else ''}."
                ]
        return []

    @staticmethod
    def _first_step(disease: Widening, chosen: Selection, reader: Reader) -> Step | None:
        """The nearest step of widening that leaves something."""
        for step in disease.steps:
            if chosen.also(step.condition).run(reader):
                return step
        return None


def filters_of(
    reading: Reading, wide: Reach, without: Collection[str] = (), reach: str = ""
) -> Filters:
    """The filters of a question.

    Args:
        reading: how the question was understood.
        wide: what bears on what.
        without: parts that the form itself uses already.
        reach: how widely names are taken, in place of what is usual.
    """
    parts = reading.parts
    found: list[Filter] = []
    diseases: tuple[Widening, ...] = ()
    if "disease" not in without:
        asked = parts.named("disease")
        against = "disease:2" in reading.form.needs  # the second is only what the first is set to
        diseases = tuple(widening(thing, wide) for thing in (asked[:1] if against else asked))
    for slot, place in (
        ("alteration", "alteration"), ("within", "alteration"), ("trial", "trial"),
        ("model", "model"), ("metastasis", "disease"),
    ):  # fmt: skip
        if slot not in without:
            for thing in parts.named(slot):
                around = frozenset(wide.wide([thing], reach or "self down"))
                found.append(Filter(thing.label, Stands(slot, around, place)))
    found += [_leaving_out(thing, wide) for thing in parts.named("left_out")]
    for slot in ("therapy", "molecule", "process", "property", "sponsor.entity"):
        if slot not in without and (things := parts.named(slot)):
            found.append(_bearing(things, slot, wide, reach))
    for slot in ("design.entity", "stage.entity"):
        if slot not in without:
            for thing in parts.named(slot):
                target = Stands("target", frozenset(thing.ids), "object")
                found.append(Filter(thing.label, target, soft=True))
    found += _on_evidence(reading, without)
    if "lesion" not in without and (kinds := parts.values.get("lesion")):
        found.append(_lesion(kinds, wide))
    phases = [_phase(value, wide) for value in parts.values.get("phase", [])]
    if phases and reading.form.id != "trials.phase":
        told = " or ".join(phase.told for phase in phases)
        soft = reading.form.family == "outcomes"  # most figures do not tell their phase
        found.append(Filter(told, _any(phase.condition for phase in phases), soft=soft))
    found += _kinds(reading) if "kind" not in without else []
    figures = _figures(reading, wide, without)
    return Filters(diseases, tuple(found), figures, reading.form.general)


def _bearing(things: list[Thing], slot: str, reach: Reach, wider: str = "") -> Filter:
    """Any of what is named beside the main thing must stand somewhere in the statement."""
    # what is said of either of two targets bears on each of them
    usual = "self down either" if slot == "therapy" else "self down near"
    told = " or ".join(thing.label for thing in things)
    around = frozenset(reach.wide(things, wider or usual))
    return Filter(told, Stands("beside", around, "any"), soft=slot == "property")


def _any(conditions: Iterable[Condition]) -> Condition:
    """Any of the conditions."""
    made = tuple(conditions)
    return made[0] if len(made) == 1 else AnyOf(made)


def _leaving_out(thing: Thing, reach: Reach) -> Filter:
    """What is named only to be left out must not be what a statement speaks of."""
    around = frozenset(reach.wide([thing], "self down near with"))
    return Filter(f"leaving out {thing.label}", Clear(around, "either"))


def _lesion(kinds: list[str], reach: Reach) -> Filter:
    """An alteration of one of the kinds must be what a statement speaks of."""
    altered = frozenset(
        item.id for item in reach.entities.values() if item.attributes.get("kind") in kinds
    )
    return Filter(f"a {' or '.join(kinds)}", Stands("lesion", altered, "either"))


def _on_evidence(reading: Reading, without: Collection[str]) -> list[Filter]:
    """Filters on how, by whom and how firmly something is put."""
    found, values = [], reading.parts.values
    if "setting" not in without and (settings := values.get("setting")):
        chosen = tuple(dict.fromkeys(v for group in settings for v in group.split()))
        found.append(Filter(" or ".join(chosen) + " work", Is("setting", chosen)))
    if "trial.cue" in reading.parts.words and reading.form.id == "combinations.of":
        found.append(Filter("clinical-trial work", Is("setting", ("clinical-trial",))))
    if settings := values.get("without.setting"):
        told = f"leaving out {' and '.join(settings)} work"
        found.append(Filter(told, Is("setting", tuple(settings), no=True)))
    for standing in values.get("standing", []):
        firm = AllOf((Is("certainty", (standing,)), Is("polarity", ("affirmed",))))
        found.append(Filter(f"what is {standing} only", firm))
    if papers := values.get("paper"):
        told = " or ".join(spoken("paper", paper) for paper in papers)
        found.append(Filter(told, From(frozenset(papers))))
    for told in values.get("population", []):
        found.append(Filter(told, Told(told), soft=True))
    if lines := values.get("line"):
        found.append(Filter(" or ".join(lines), _any(Line(line) for line in lines)))
    if groups := values.get("group"):
        told = " or ".join(spoken("group", group) for group in groups)
        found.append(Filter(told, Is("group", tuple(groups))))
    if patients := values.get("patients"):
        found.append(Filter(f"{patients[0]} patient", Is("patients", tuple(patients))))
    return found


def widening(thing: Thing, reach: Reach) -> Widening:
    """Conditions for a disease: itself with its kinds, then, step by step, what takes it in."""
    main = thing.ids[0]
    steps = [Step(thing.label, _in_any([main, *reach.down(main)], main, reach))]
    for name in reach.up(main):
        item = reach.entities[name]
        if item.cls == "Disease" and name not in _TOO_BROAD:
            kinds = [n for n in reach.down(name) if "-mutated_" in n]
            steps.append(Step(item.label, _in_any([name, *kinds], name, reach)))
    return Widening(thing.label, tuple(steps))


def _in_any(diseases: list[str], main: str, reach: Reach) -> Condition:
    found: list[Condition] = [Stands("disease", frozenset(diseases), "disease")]
    if main.endswith("_metastasis"):
        found.append(Told(f"{main.split('_')[0]} metasta"))
    item = reach.entities[main]
    allele = main.partition("-mutated_")[0] if "-mutated_" in main else ""
    organs = [p for p in item.parents if "mutated" not in p and "mutant" not in p]
    if allele in reach.entities and organs:
        kinds = frozenset([organs[0], *reach.down(organs[0])])
        altered = frozenset([allele, *reach.down(allele)])
        both = (Stands("organ", kinds, "disease"), Stands("altered", altered, "alteration"))
        found.append(AllOf(both))
    return _any(found)


def _phase(value: str, reach: Reach) -> Filter:
    """A phase: in the people told, in the trial's design or name, or as stage of a medicine."""
    told = f"phase {value.replace('-', '/')}"
    designs = frozenset({f"phase_{value}_trial"})
    title = re.compile(rf"phase {value}($|[^0-9/])")
    trials = {s.subject for s in reach.reader.statements_where(None, {"has_design"}, designs)}
    trials |= {i.id for i in reach.entities.values() if i.cls == "Cohort" and title.search(i.label)}
    stages = frozenset(reach.entities) & {f"phase_{value}"}
    found: list[Condition] = [Told(f"phase {value}"), Stands("study", frozenset(trials), "trial")]
    if stages:
        found.append(Stands("stage", stages, "object"))
    return Filter(told, AnyOf(tuple(found)))


# Kind of thing asked for → classes of the other end, and whether it gives way.
_ENDS = {
    "class": ("class", True), "alteration": ("genetic", True), "pathway": ("pathway", True),
    "regimen": ("regimen", True), "process": ("process", True), "disease": ("disease", True),
    "gene": ("gene", True), "celltype": ("celltype", False),
}  # fmt: skip
_TOPICS = frozenset({"chemokine", "cytokine", "immunecell", "geneset"})
_TOPIC_NAMES = {"immunecell": "kind of immune cell", "geneset": "gene set"}


def _kinds(reading: Reading) -> list[Filter]:
    """What sort of thing stands at the other end, where the question says so."""
    found, parts = [], reading.parts
    topics = [kind for kind in dict.fromkeys(parts.words.get("kind", [])) if kind in _TOPICS]
    if topics:
        told = " or ".join(f"a {_TOPIC_NAMES.get(kind, kind)}" for kind in topics)
        wanted = frozenset().union(*(words().topics[kind] for kind in topics))
        found.append(Filter(told, Stands("sort", wanted, "either")))
    for kind in dict.fromkeys(parts.words.get("kind", [])):
        if kind in _ENDS:
            if kind == "alteration" and parts.named("alteration"):
                continue
            classes, soft = _ENDS[kind]
            subject = kind == "class" or (kind == "alteration" and parts.named("therapy"))
            place = "subject" if subject and parts.named("therapy") else "either"
            told = f"a {kind}"
            found.append(Filter(told, OfClass("sort", forms().ends[classes], place), soft=soft))
    return found


def _figures(reading: Reading, reach: Reach, without: Collection[str]) -> Figures:
    """Conditions on the figures themselves."""
    parts, values = reading.parts, reading.parts.values
    endpoints: set[str] = set()
    measured = parts.named("endpoint", "baseline") if "endpoint" not in without else []
    for thing in measured:
        for ident in thing.ids:
            endpoints |= {ident, *reach.down(ident)}
            endpoints |= RATES if ident in RATES else set()
    if "safety" in parts.words and endpoints and reading.form.id != "outcomes.endpoint":
        endpoints.add("safety_profile")
    harms: set[str] = set()
    caused = "treatment-related" in values.get("attribution", [])
    for thing in parts.named("harm") if "harm" not in without else []:
        for ident in thing.ids:
            if ident == TREATMENT_RELATED:
                caused = True
            elif ident != "toxicity" or "safety" not in parts.words:
                harms |= {ident, *reach.down(ident)}
    events = (i for i in reach.entities.values() if i.cls == "AdverseEvent")
    related = frozenset(i.id for i in events if "treatment-related" in i.label) if caused else ()
    return Figures(
        frozenset(endpoints),
        frozenset(harms),
        frozenset(related),
        frozenset(values.get("line", [])),
        frozenset(values.get("time", [])),
        frozenset(_grades(values.get("grade", []))),
        next(iter(values.get("number", [])), ""),
        frozenset(values.get("statistic", [])),
    )


def _grades(asked: list[str]) -> set[str]:
    grades = set(asked)
    for grade in asked:
        if grade.startswith(">="):
            low = int(grade.removeprefix(">="))
            grades |= {str(number) for number in range(low, 6)}
            grades |= {">=3"} if low <= 3 else set()
        elif grade in ("3", "4"):
            grades.add(">=3")  # a figure of grade 3 or higher counts these too; it says so
    return grades
