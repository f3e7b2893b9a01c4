"""What sources say of a drug together with a partner: for, against, open, harm, trials.

Looked up, never computed; every statement keeps its standing, and says whether it is about
the very pair, about a class of either, or about the partner alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kras_graph.answers.resistance import Report, reports
from kras_graph.answers.routes import Setting
from kras_graph.model.records import Result, Statement
from kras_graph.model.terms import THERAPY_CLASSES, Certainty, Polarity
from kras_graph.rdf.reader import Reader

_FOR = frozenset(
    "enhances_effect_of active_against sensitises_to inhibits decreases increases has_outcome "
    "compared_with".split()
)
_RESISTANCE = frozenset("confers_resistance_to associated_with_resistance_to".split())
_LIMITING = frozenset("poor_single-agent_efficacy limited_effectiveness".split())
_HARM = frozenset("has_adverse_event causes_adverse_event".split())
_TOLERANCE = frozenset("well_tolerated acceptable_tolerability".split())
PAIR, BY_CLASS, ALONE = "pair", "pair by class", "partner alone"
LOSS, ARM, TITLE = "loss of the target", "comparison arm", "pair, by the trial's title"


@dataclass(frozen=True)
class Tried:
    """What sources say of the drug together with a partner, or of the partner.

    Attributes:
        statement: the statement.
        relation: `pair` for this drug with a drug on the target, `pair by class` where one of
            them stands for its class, `partner alone` for the partner without the drug,
            `loss of the target` for the target's gene lost, `comparison arm`, or that a
            trial's title names both.
        results: its figures.
        passage: key of the passage it stands in, to count passages once.
    """

    statement: Statement
    relation: str
    results: tuple[Result, ...] = ()
    passage: tuple[str, int] = ("", 0)


@dataclass(frozen=True)
class Sayings:
    """Statements on a set of targets, by what they say for it."""

    support: tuple[Tried, ...]
    arms: tuple[Tried, ...]
    against: tuple[Tried, ...]
    unclear: tuple[Tried, ...]
    tolerance: tuple[Tried, ...]
    studied: tuple[Tried, ...]
    trials: tuple[Tried, ...]
    partner_reports: int


class Known:
    """What the sources say of the drug with partners; looked up once for all sets.

    Args:
        at: the setting.
        drugs: for each further target, the therapies on it.
    """

    def __init__(self, at: Setting, drugs: Mapping[str, Sequence[str]]) -> None:
        self.at = at
        self.drugs = drugs
        self.reader: Reader = at.blocking.reader
        self.entities = at.entities
        blocking = at.blocking
        self.drug = at.question.drug.id
        given = blocking.components(self.drug)
        self.drug_names = {self.drug, *given}
        self.drug_classes = {c for part in given for c in blocking.classes_of(part)}
        if at.question.drug.cls == "DrugClass":
            self.drug_classes |= {
                item.id
                for item in self.entities.values()
                if item.cls in THERAPY_CLASSES and self.drug in blocking.classes_of(item.id)
            }
        self.partners = {therapy for names in drugs.values() for therapy in names}
        own = self.drug_names | self.drug_classes
        self.regimens = [
            item.id
            for item in self.entities.values()
            if item.cls == "Regimen" and own & set(blocking.components(item.id))
        ]
        self.losses = {
            item.id: item.attributes["gene"]
            for item in self.entities.values()
            if item.attributes.get("effect") == "loss" and item.attributes.get("gene") in drugs
        }
        about = sorted({*self.partners, *self.regimens, *self.losses, *self.drug_names})
        self.statements = [
            statement
            for statement in self.reader.statements_about(about)
            if not statement.deprecated and at.fits(self._tumours(statement))
        ]
        self.compared = self._arms()
        everything = [*self.statements, *self.compared]
        self.results = self.reader.results(everything)
        anchors = self.reader.evidence([statement.id for statement in everything])
        self.passages = {
            ident: (own_anchors[0].publication, own_anchors[0].start)
            for ident, own_anchors in anchors.items()
            if own_anchors
        }

    def reports(self) -> list[Report]:
        """Reports of resistance to the drug or its classes that fit the tumour type."""
        return [
            report
            for report in reports(self.reader, self.drug, sorted(self.drug_classes))
            if any(self.at.fits(statement.disease) for statement in report.statements)
        ]

    def on(self, names: Sequence[str]) -> Sayings:
        """What sources say of the drug with a partner on each of the targets."""
        partners = {p for name in names for p in self.drugs[name]}
        sorted_: dict[str, list[Tried]] = {
            kind: [] for kind in ("for", "against", "unclear", "tolerance", "studied", "trial")
        }
        reported = 0
        for statement in self.statements:
            relation = self._relation(statement, partners, names)
            if not relation:
                continue
            if relation == ALONE and statement.predicate in _RESISTANCE:
                reported += statement.object in partners and statement.is_edge
                continue
            kind = _kind(statement, relation)
            if kind:
                sorted_[kind].append(self._tried(statement, relation))
        support = sorted_["for"]
        return Sayings(
            tuple(support), tuple(self._comparison_arms(support)), tuple(sorted_["against"]),
            tuple(sorted_["unclear"]), tuple(sorted_["tolerance"]),
            tuple(_once(sorted_["studied"])), tuple(_once(sorted_["trial"])), reported,
        )  # fmt: skip

    def others(self) -> Iterable[Tried]:
        """Statements for, against or open on the drug with any partner at all."""
        own = self.drug_names | self.drug_classes
        for statement in self.statements:
            relation = ""
            ends = [statement.subject, statement.object]
            regimen = next((end for end in ends if end in self.regimens), None)
            if regimen is not None and regimen not in self.drug_names:
                parts = set(self.at.blocking.components(regimen))
                relation = PAIR if parts & self.drug_names else BY_CLASS
            elif statement.predicate == "enhances_effect_of" and own & {*ends}:
                relation = PAIR if self.drug_names & {*ends} else BY_CLASS
            kind = _kind(statement, relation) if relation else ""
            if kind in ("for", "against", "unclear"):
                yield self._tried(statement, relation)

    def _tried(self, statement: Statement, relation: str) -> Tried:
        figures = tuple(self.results.get(statement.id, ()))
        return Tried(statement, relation, figures, self.passages.get(statement.id, ("", 0)))

    def _tumours(self, statement: Statement) -> tuple[str, ...]:
        item = self.entities.get(statement.object)
        return (*statement.disease, *([item.id] if item and item.cls == "Disease" else []))

    def _arms(self) -> list[Statement]:
        """Outcomes of what a regimen was compared with."""
        compared = {
            statement.object
            for statement in self.statements
            if statement.predicate == "compared_with" and statement.is_edge
        }
        if not compared:
            return []
        return self.reader.statements_where(subjects=compared, predicates=["has_outcome"])

    def _comparison_arms(self, support: Sequence[Tried]) -> list[Tried]:
        """Figures of the arms compared with, for the endpoints and tumours of the regimen's."""
        told = [
            t.statement for t in support if t.results and t.statement.predicate == "has_outcome"
        ]
        compared = {t.statement.object for t in support if t.statement.predicate == "compared_with"}
        return [
            self._tried(arm, ARM)
            for arm in self.compared
            if arm.subject in compared
            and any(
                arm.object == own.object and set(arm.disease) & set(own.disease) for own in told
            )
        ]

    def _relation(self, statement: Statement, partners: set[str], names: Sequence[str]) -> str:
        """How a statement bears on the drug with one of the partners; empty for not at all."""
        ends = (statement.subject, statement.object)
        for end in ends:
            item = self.entities.get(end)
            if item is not None and item.cls == "Regimen":
                parts = set(self.at.blocking.components(end))
                return (
                    self._closeness(parts - partners, parts & partners) if parts & partners else ""
                )
        if self.losses.get(statement.subject) in names:
            return LOSS
        here = {*ends} & partners
        if not here:
            return ""
        close = self._closeness({*ends} - partners, here)
        if close:
            return close
        if statement.predicate == "studied_in" and self._titled(statement.object):
            return TITLE
        return ALONE

    def _closeness(self, others: set[str], partners: set[str]) -> str:
        if others & self.drug_names and self.at.question.drug.cls != "DrugClass":
            named = any(self.entities[p].cls != "DrugClass" for p in partners)
            return PAIR if named else BY_CLASS
        return BY_CLASS if others & (self.drug_classes | self.drug_names) else ""

    def _titled(self, trial: str) -> bool:
        """Whether a trial's registered title names the drug."""
        item = self.entities.get(trial)
        title = " ".join((item.label, *item.synonyms, item.note)).casefold() if item else ""
        return any(self.entities[n].label.casefold() in title for n in self.drug_names)


def _kind(statement: Statement, relation: str) -> str:
    """What a statement says of the combination: for, against, open, harm, trial, or nothing."""
    together = relation in (PAIR, BY_CLASS, TITLE)
    if statement.predicate == "studied_in":
        return "trial" if together else ""
    if statement.predicate == "studied_for":
        return "studied" if together else ""
    if statement.predicate in _HARM or statement.object in _TOLERANCE:
        return "tolerance" if together else ""
    if statement.certainty is Certainty.OPEN:
        return "unclear" if together else ""
    if statement.polarity is Polarity.NEGATED:
        return "against" if statement.predicate in _FOR else ""
    if statement.predicate == "has_property":
        return "against" if statement.object in _LIMITING else ""
    if relation == ALONE:
        return ""
    return "for" if statement.predicate in _FOR else ""


def _once(tried: Iterable[Tried]) -> list[Tried]:
    """Statements without those that say the same of the same."""
    found: dict[tuple[str, str], Tried] = {}
    for item in tried:
        found.setdefault((item.statement.subject, item.statement.object), item)
    return list(found.values())
