"""What sources say of a drug together with a partner: for, against, open, harm, trials.

Looked up, never computed; every statement keeps its standing, and says whether it is about
the very pair, about a class of either, or about the partner alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kras_graph.answers.resistance import Report, reports
from kras_graph.answers.routes import Setting
from kras_graph.model.records import Result, Statement
from kras_graph.model.terms import THERAPY_CLASSES, Certainty, Polarity
from kras_graph.network.blocking import lineage

_FOR = frozenset(
    "enhances_effect_of active_against sensitises_to inhibits decreases increases".split()
)
_AGAINST = frozenset("confers_resistance_to associated_with_resistance_to".split())
_LIMITING = frozenset("poor_single-agent_efficacy limited_effectiveness".split())
_HARM = frozenset("has_adverse_event causes_adverse_event".split())
_TOLERANCE = frozenset("well_tolerated acceptable_tolerability".split())


@dataclass(frozen=True)
class Tried:
    """What sources say of the drug together with a partner, or of the partner.

    Attributes:
        statement: the statement.
        relation: `pair` for this drug with a drug on the target, `pair by class` where one of
            them stands for its class, `partner alone` for the partner without the drug.
        results: its figures.
    """

    statement: Statement
    relation: str
    results: tuple[Result, ...] = ()


@dataclass(frozen=True)
class Sayings:
    """Statements on a set of targets, by what they say for it, and numbers of trials."""

    support: tuple[Tried, ...]
    arms: tuple[Tried, ...]
    against: tuple[Tried, ...]
    unclear: tuple[Tried, ...]
    harm: tuple[Tried, ...]
    studied: tuple[Tried, ...]
    trials: tuple[str, ...]


class Known:
    """What the sources say of the drug with partners; looked up once for all sets."""

    def __init__(self, at: Setting) -> None:
        self.at = at
        self.reader = at.reasoner.reader
        self.entities = at.reasoner.reader.entities
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
        partners = {
            therapy
            for target, therapies in blocking.druggable.items()
            if target not in at.targets
            for therapy in therapies
        }
        own = self.drug_names | self.drug_classes
        regimens = [
            item.id
            for item in self.entities.values()
            if item.cls == "Regimen"
            and partners & (parts := set(blocking.components(item.id)))
            and own & parts
        ]
        said = {
            statement.id: statement
            for statement in self.reader.statements_about(sorted({*partners, *regimens}))
            if not statement.deprecated
        }
        self.statements = [said[ident] for ident in sorted(said)]
        self.arms = self._arms()
        self.results = self.reader.results([*self.statements, *self.arms])

    def reports(self) -> list[Report]:
        """Reports of resistance to the drug or its classes that fit the tumour type."""
        names = sorted(self.drug_classes)
        return [
            report
            for report in reports(self.reader, self.drug, names)
            if any(self._in_context(statement) for statement in report.statements)
        ]

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

    def on(self, names: tuple[str, ...]) -> Sayings:
        """What sources say of the drug with a partner on each of the targets."""
        support: list[Tried] = []
        against: list[Tried] = []
        unclear: list[Tried] = []
        harm: list[Tried] = []
        studied: list[Tried] = []
        trials: dict[str, None] = {}
        partners = {p for name in names for p in self.at.blocking.druggable[name]}
        for statement in self.statements:
            relation = self._relation(statement, partners)
            if not relation or not self._in_context(statement):
                continue
            tried = Tried(statement, relation, tuple(self.results.get(statement.id, ())))
            tolerance = statement.object in _TOLERANCE
            if statement.predicate == "studied_in" and relation != "partner alone":
                if statement.certainty is Certainty.OPEN:
                    unclear.append(tried)
                else:
                    trials[statement.object] = None
            elif statement.predicate == "studied_for" and relation != "partner alone":
                studied.append(tried)
            elif statement.predicate in _HARM or tolerance:
                if relation != "partner alone":
                    harm.append(tried)
            elif statement.certainty is Certainty.OPEN:
                unclear += [tried] if relation != "partner alone" else []
            elif _speaks_against(statement, relation):
                against.append(tried)
            elif relation != "partner alone" and _speaks_for(statement):
                support.append(tried)
        return Sayings(
            tuple(support), tuple(self._comparison_arms(support)), tuple(against), tuple(unclear),
            tuple(harm), tuple(studied), tuple(trials),
        )  # fmt: skip

    def _comparison_arms(self, support: Sequence[Tried]) -> list[Tried]:
        """Figures of the arms compared with, for the endpoints and tumours of the regimen's."""
        told = [
            t.statement for t in support if t.results and t.statement.predicate == "has_outcome"
        ]
        compared = {t.statement.object for t in support if t.statement.predicate == "compared_with"}
        return [
            Tried(arm, "comparison arm", tuple(self.results.get(arm.id, ())))
            for arm in self.arms
            if arm.subject in compared
            and any(
                arm.object == own.object and set(arm.disease) & set(own.disease) for own in told
            )
        ]

    def _relation(self, statement: Statement, partners: set[str]) -> str:
        """How a statement bears on the drug with one of the partners."""
        ends = {statement.subject, statement.object}
        for end in (statement.subject, statement.object):
            item = self.entities.get(end)
            if item is not None and item.cls == "Regimen":
                parts = set(self.at.blocking.components(end))
                if parts & partners:
                    return self._closeness(parts - partners, parts & partners)
        if ends & partners:
            others = ends - partners
            close = self._closeness(others, ends & partners)
            if close:
                return close
            alone = statement.subject in partners and statement.object not in self.entities
            return "partner alone" if alone or statement.subject in partners or (
                statement.predicate in _AGAINST and statement.object in partners
            ) else ""  # fmt: skip
        return ""

    def _closeness(self, others: set[str], partners: set[str]) -> str:
        if others & self.drug_names:
            named = any(self.entities[p].cls != "DrugClass" for p in partners)
            return "pair" if named else "pair by class"
        return "pair by class" if others & self.drug_classes else ""

    def _in_context(self, statement: Statement) -> bool:
        """Whether a statement names no tumour type, or one that fits the question's."""
        disease = self.at.question.disease
        item = self.entities.get(statement.object)
        named = [*statement.disease, *([item.id] if item and item.cls == "Disease" else [])]
        if disease is None or not named:
            return True
        return any(
            name in self.at.kin or disease.id in lineage(self.entities, name) for name in named
        )


def _speaks_for(statement: Statement) -> bool:
    compared = statement.predicate in ("compared_with", "has_outcome")
    return statement.polarity is Polarity.AFFIRMED and (statement.predicate in _FOR or compared)


def _speaks_against(statement: Statement, relation: str) -> bool:
    if statement.polarity is Polarity.NEGATED:
        return statement.predicate in _FOR
    if statement.predicate in _AGAINST:
        return relation == "partner alone"
    return statement.predicate == "has_property" and statement.object in _LIMITING
