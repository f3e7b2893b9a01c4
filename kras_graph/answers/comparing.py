"""Two therapies, or one therapy in two tumour types: what sources set side by side.

Where a source compares the two in one study, the figures of that study answer; where none
does, the figures of separate studies stand beside each other, and a remark says so.
"""

from __future__ import annotations

from collections.abc import Mapping

from kras_graph.answers.asked import Asked
from kras_graph.answers.conditions import AllOf, AnyOf, Condition, Is, Related, Stands
from kras_graph.answers.filters import RATES, filters_of, widening
from kras_graph.answers.forms import forms
from kras_graph.answers.reading import Reading
from kras_graph.answers.replies import Reply, assembled
from kras_graph.answers.selection import Selection
from kras_graph.model.terms import Setting
from kras_graph.rdf.reader import Reader

# Relations that tell compounds apart, and the work that `has_outcome` covers better.
_OF_COMPOUNDS = (
    "inhibits", "binds", "stabilises", "has_property", "active_against", "increases", "decreases",
    "developed_from",
)  # fmt: skip
_CLINICAL = ("clinical-trial", "cohort", "case-report", "meta-analysis")


def compare_therapies(reader: Reader, reading: Reading) -> Reply:
    """What sources say of two therapies, side by side."""
    asked = Asked(reader, reading)
    first, second = (asked.wide(side, _reach(asked, side)) for side in ("first", "second"))
    notes: list[str] = []
    if not first or not second:
        sides = [*asked.things("first"), *asked.things("second")]
        missing = " and ".join(t.label for t in sides if not t.entities)
        return Reply((), {}, (f"The graph has no regimen of {missing}.",), "", "")
    filters = filters_of(reading, asked.reach, without={"therapy"})
    one, other = frozenset(first), frozenset(second)
    joined = AllOf(
        (
            Related(("compared_with",)),
            AnyOf(
                (
                    AllOf((Stands("one", one, "subject"), Stands("other", other, "object"))),
                    AllOf((Stands("one", other, "subject"), Stands("other", one, "object"))),
                )
            ),
        )
    )
    found = reader.statements_by_id(Selection((joined,)).run(reader))
    trials = {trial for s in found if s.setting is Setting.CLINICAL_TRIAL for trial in s.trial}
    both = {**first, **second}
    results: list[Condition] = [Stands("about", frozenset(both), "subject"), _measured(reading)]
    if not found and not Selection((AllOf(tuple(results)),)).run(reader):
        results = [_laboratory(first, second)]
    if trials:
        results.append(Stands("study", frozenset(trials), "trial"))
    patterns: list[Condition] = [joined, AllOf(tuple(results))]
    if found and not trials and not reading.parts.named("endpoint", "harm"):
        patterns.append(_laboratory(first, second))
    chosen = Selection(tuple(patterns), figures=filters.figures)
    chosen, idents = filters.narrow(chosen, reader, notes)
    if not found:
        notes.insert(
            0,
            "No source of the graph compares the two; what is shown comes from separate work, "
            "side by side and not head to head.",
        )
    shown = reader.statements_by_id(idents) if idents else []
    about = {end for s in shown for end in (s.subject, s.object)}
    about |= {r.comparator for own in reader.results(shown).values() for r in own}
    for side, around in (("first", first), ("second", second)):
        if idents and (things := asked.things(side)) and not about & set(around):
            notes.append(f"Nothing of this kind on {things[0].label} itself.")
    asked.ties = both
    return assembled(reader, reading, chosen, idents, asked.ties, notes)


def _reach(asked: Asked, side: str) -> str:
    """A class is compared where one of its members is."""
    classes = [item.cls == "DrugClass" for thing in asked.things(side) for item in thing.entities]
    return "self down" if classes and all(classes) else "self"


def _laboratory(first: Mapping[str, str], second: Mapping[str, str]) -> Condition:
    """What laboratory work, and sources at large, say of either by itself."""
    either = Stands("about", frozenset({**first, **second}), "subject")
    return AllOf((either, Related(_OF_COMPOUNDS), Is("setting", _CLINICAL, no=True)))


def _measured(reading: Reading) -> Condition:
    """Efficacy, and harms where they are asked about."""
    efficacy: Condition = Related(("has_outcome",))
    if not reading.parts.named("endpoint"):
        measures = Stands("measure", frozenset(forms().ends["efficacy"]), "object")
        efficacy = AllOf((efficacy, measures))
    if "safety" in reading.parts.words or reading.parts.named("harm"):
        return AnyOf((efficacy, Related(("has_adverse_event",))))
    return efficacy


def is_on_response(reading: Reading) -> bool:
    """Whether only response is compared, which `compare` tests."""
    parts = reading.parts
    asked = {ident for thing in parts.named("endpoint") for ident in thing.ids}
    drug = parts.named("therapy")[0]
    plain = len(drug.entities) == 1 and drug.entities[0].cls != "DrugClass"
    return plain and asked <= RATES and not parts.values and not parts.named("harm")


def compare_diseases(reader: Reader, reading: Reading) -> Reply:
    """Outcomes of one therapy in each of two tumour types."""
    asked = Asked(reader, reading)
    around = asked.wide("therapy", "self down")
    filters = filters_of(reading, asked.reach, without={"therapy", "disease"})
    notes = ["Figures of separate cohorts, side by side; kras-graph compare tests the difference."]
    patterns: list[Condition] = []
    subject = (Stands("about", frozenset(around), "subject"), _measured(reading))
    for thing in reading.parts.named("disease"):
        for step in widening(thing, asked.reach).steps:
            pattern = AllOf((*subject, step.condition))
            if Selection((pattern,), figures=filters.figures).run(reader):
                patterns.append(pattern)
                if step.label != thing.label:
                    notes.append(f"None in {thing.label} itself; shown: {step.label}.")
                break
        else:
            notes.append(f"Nothing in {thing.label}.")
    if not patterns:
        return Reply((), {}, tuple(notes), "", "")
    chosen = Selection(tuple(patterns), figures=filters.figures)
    chosen, idents = filters.narrow(chosen, reader, notes)
    return assembled(reader, reading, chosen, idents, around, notes)
