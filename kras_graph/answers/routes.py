"""Computed routes around a drug, in a context, joined with what the sources report.

Everything here is derived from the mechanism layer and marked as computed. "Closed" is the
strong claim: the closure over-approximates what can be active, as far as the layer knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

from kras_graph.answers.setting import OUTPUTS, Question, Setting
from kras_graph.model.errors import UnknownNameError
from kras_graph.model.mechanism import PRESENT, Assumption, Clause, Mechanism
from kras_graph.model.records import Anchor, Entity, Statement
from kras_graph.model.terms import THERAPY_CLASSES
from kras_graph.network.activation import closure
from kras_graph.network.blocking import Blocking, lineage
from kras_graph.network.derivation import MAIN_OUTPUT, Route, routes
from kras_graph.rdf.reader import Reader

# Names under which readers ask for an output → the node that stands for it.
OUTPUT_NODES = {
    "MAPK_pathway": "ERK",
    "MAPK_reactivation": "ERK",
    "PI3K-AKT_pathway": "AKT",
    "PI3K-AKT-mTOR_pathway": "AKT",
    "AKT_signalling_activation": "AKT",
    "MTOR": "mTOR_signaling",
    "mTOR_signalling_activation": "mTOR_signaling",
}
MOST_ROUTES = 50
LIMITS = (
    "Computed over curated clauses: no dose, no time, no clonality.",
    "A step that nobody curated is not seen; its absence is no finding.",
    "Open means that nothing in the graph closes it, not that it has been observed.",
    "Closed means not derivable by these clauses with every blocked target fully and lastingly "
    "off; it is no evidence that a tumour is silenced.",
)
NO_TARGET = (
    "Nothing that this drug is said to act on by itself stands in the signalling layer: no route "
    "is computed."
)
NO_ASSUMPTIONS = (
    "Without the marked assumptions many steps are missing, so nothing is called closed: only what "
    "can be derived from the documents is told."
)


class Claim(StrEnum):
    """What the computation says of an output under a drug."""

    OPEN = "open"
    CLOSED = "closed"
    NOT_DERIVABLE = "not-derivable"
    NOT_MODELLED = "not-modelled"


class OutputState(NamedTuple):
    """What is said of an output under the drug: now, and with one more lesion."""

    output: str
    claim: Claim
    open_if_acquired: bool

    @property
    def open(self) -> bool:
        """Whether it can be active as things are."""
        return self.claim is Claim.OPEN


class Spoken(NamedTuple):
    """Ids of statements on a mechanism, by how the sources put it."""

    reported: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    questioned: tuple[str, ...] = ()

    def with_(self, other: Spoken) -> Spoken:
        """Both together, each id once."""
        return Spoken(
            tuple(dict.fromkeys(self.reported + other.reported)),
            tuple(dict.fromkeys(self.denied + other.denied)),
            tuple(dict.fromkeys(self.questioned + other.questioned)),
        )


def spoken_of(names: Iterable[str], told: Mapping[str, Spoken]) -> Spoken:
    """What sources say of any of these mechanisms."""
    found = Spoken()
    for name in names:
        found = found.with_(told.get(name, Spoken()))
    return found


class RoutesAnswer(NamedTuple):
    """Routes that a drug leaves open.

    Attributes:
        setting: everything that the computation started from.
        hypothetical: whether every lesion that the layer knows was tried, because none of the
            tumour's was given.
        lesions: the further lesions that were tried or given.
        states: per output, what is said of it.
        routes: best first, at most `MOST_ROUTES`.
        total: how many there are.
        complete: whether all were found.
        about: for each route, the reported mechanisms that are about how it starts.
        leads_to: reported mechanisms that the layer can derive as an outcome.
        assumptions: assumptions that the routes rest on.
        caveats: readings and assumptions that routes are taken with, or by which something is
            closed.
        limits: what the computation does not know.
    """

    setting: Setting
    hypothetical: bool = False
    lesions: tuple[str, ...] = ()
    states: tuple[OutputState, ...] = ()
    routes: tuple[Route, ...] = ()
    total: int = 0
    complete: bool = True
    about: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    leads_to: frozenset[str] = frozenset()
    assumptions: tuple[Assumption, ...] = ()
    caveats: tuple[Assumption, ...] = ()
    limits: tuple[str, ...] = LIMITS

    @property
    def question(self) -> Question:
        """What was asked."""
        return self.setting.question

    @property
    def drivers(self) -> tuple[str, ...]:
        """Alleles that the drug is made for and the tumour has."""
        return self.setting.drivers

    @property
    def targets(self) -> tuple[str, ...]:
        """Entities that the drug takes away; empty when it acts on none of the layer."""
        return self.setting.targets

    @property
    def unused(self) -> tuple[Entity, ...]:
        """Lesions asked for on which the layer has no clause."""
        return self.setting.unused


class Reasoner:
    """One dataset with its mechanism layer, ready for questions.

    Args:
        reader: the dataset.
        mechanism: the layer. A clause that rests on statements holds only as far as one of
            them is affirmed, stated and in force in this dataset.
    """

    def __init__(self, reader: Reader, mechanism: Mechanism) -> None:
        self.reader = reader
        self.mechanism = mechanism
        self._blocking: dict[tuple[frozenset[str], bool], Blocking] = {}

    @cached_property
    def fallen(self) -> frozenset[str]:
        """Statements of stated clauses that are no edge of this dataset."""
        cited = {
            ident
            for clause in self.mechanism.clauses
            if clause.basis == "stated"
            for ident in clause.statements
        }
        standing = {s.id for s in self.reader.statements_by_id(sorted(cited)) if s.is_edge}
        return frozenset(cited - standing)

    @property
    def blocking(self) -> Blocking:
        """What each therapy takes away."""
        return self.blocking_without(frozenset())

    @cached_property
    def anchors(self) -> dict[str, list[Anchor]]:
        """Anchors of every statement, by its id."""
        return self.reader.evidence([statement.id for statement in self.reader.statements()])

    def blocking_without(
        self, statements: frozenset[str], *, documents_only: bool = False
    ) -> Blocking:
        """What each therapy takes away when some knowledge is left out."""
        key = (statements, documents_only)
        if key not in self._blocking:
            self._blocking[key] = Blocking(
                self.reader, self.mechanism, statements, documents_only=documents_only
            )
        return self._blocking[key]

    def setting(self, question: Question) -> Setting:
        """Everything that a computation about a question starts from."""
        blocking = self.blocking_without(question.without, documents_only=question.documents_only)
        asked = question._replace(without=question.without | self.fallen)
        return Setting.of(self.mechanism, blocking, asked)

    def routes(self, question: Question) -> RoutesAnswer:
        """Routes to the outputs that the drug leaves open, best first.

        Without lesions of the tumour, every lesion that the layer knows is tried; routes
        that need one are then told from those that need none.
        """
        at = self.setting(question)
        if not at.targets:
            return RoutesAnswer(at, limits=(NO_TARGET,))
        hypothetical = not question.alterations
        lesions = at.known_lesions if hypothetical else at.given_lesions
        holds = at.given | set(lesions)
        own = frozenset(name for name in holds if at.concerns_target(name)) - {*at.drivers}
        feedback = [
            item for item in self.mechanism.feedback
            if not at.kin or not item.diseases or at.kin & {*item.diseases}
        ]  # fmt: skip
        found, complete = routes(
            at.program, question.drug.id, holds, own, question.outputs, at.blocks, feedback
        )
        now = closure(at.program, at.given, at.blocks)
        later = closure(at.program, holds, at.blocks)
        states = tuple(self.state(at, output, now, later) for output in question.outputs)
        shown = found[:MOST_ROUTES]
        return RoutesAnswer(
            setting=at,
            hypothetical=hypothetical,
            lesions=tuple(lesions),
            states=states,
            routes=shown,
            total=len(found),
            complete=complete,
            about={route.id: reported_by(self.mechanism, route) for route in found},
            leads_to=self._outcomes(later | {n for route in found for n in route.nodes}),
            assumptions=self.assumptions(a for route in shown for a in route.assumptions),
            caveats=self.assumptions(
                [c for route in shown for c in route.caveats] + self.closed_by(at, at.blocks)
            ),
            limits=(*LIMITS, NO_ASSUMPTIONS) if question.documents_only else LIMITS,
        )

    def state(
        self, at: Setting, output: str, now: frozenset[str], later: frozenset[str]
    ) -> OutputState:
        """What is said of an output, given what can be active now and with one more lesion."""
        if output in now:
            claim = Claim.OPEN
        elif not any(clause.target == output for clause in self.mechanism.clauses):
            claim = Claim.NOT_MODELLED
        elif at.question.documents_only:
            claim = Claim.NOT_DERIVABLE
        else:
            claim = Claim.CLOSED
        return OutputState(output, claim, output in later)

    def closed_by(self, at: Setting, blocked: Iterable[str]) -> list[str]:
        """Assumptions that a closure leans on: rules switched off, requirements that are cut."""
        cut = {node for node in blocked if node.endswith(PRESENT)}
        return [
            *at.switched_off,
            *(
                a
                for rule in at.program.rules
                if cut.intersection(rule.premises) and rule.basis != "assumption"
                for a in rule.assumptions
            ),
            *(a for hit in at.hits for a in hit.assumptions),
        ]

    def assumptions(self, names: Iterable[str]) -> tuple[Assumption, ...]:
        """Assumptions by id, each once, in the order of the table."""
        wanted = set(names)
        return tuple(item for item in self.mechanism.assumptions if item.id in wanted)

    def output(self, item: Entity) -> str:
        """The node that stands for an output.

        Raises:
            UnknownNameError: when the layer has no such node; names the usual outputs.
        """
        node = OUTPUT_NODES.get(item.id, item.id)
        derived = {clause.target for clause in self.mechanism.clauses}
        if node in derived or node in OUTPUTS:
            return node
        usual = (MAIN_OUTPUT, "AKT", "mTOR_signaling", "cell_proliferation")
        known = [self.reader.entities[n].label for n in usual if n in self.reader.entities]
        raise UnknownNameError(item.label, known, kind="output of the signalling layer")

    def asked(
        self,
        drug: Entity,
        disease: Entity | None = None,
        alterations: Iterable[Entity] = (),
        outputs: Iterable[Entity] = (),
        *,
        default: tuple[str, ...] = OUTPUTS,
        documents_only: bool = False,
        suggested: bool = False,
    ) -> Question:
        """A question whose parts are of the right kind.

        Raises:
            UnknownNameError: when the drug is no therapy, the disease no tumour type, or a
                lesion none; names the nearest that are.
        """
        if drug.cls not in THERAPY_CLASSES:
            raise UnknownNameError(drug.label, self._near(drug, THERAPY_CLASSES), kind="medicine")
        if disease is not None and disease.cls != "Disease":
            near = self._near(disease, ("Disease",))
            raise UnknownNameError(disease.label, near, kind="tumour type")
        lesions = tuple(dict.fromkeys(item.id for item in alterations))
        for name in lesions:
            item = self.reader.entities[name]
            if item.cls not in ("Alteration", "ProteinVariant", "Mechanism"):
                near = self._near(item, ("Alteration", "ProteinVariant"))
                raise UnknownNameError(item.label, near, kind="alteration")
        nodes = tuple(dict.fromkeys(self.output(item) for item in outputs))
        return Question(
            drug,
            disease,
            tuple(self.reader.entities[name] for name in lesions),
            nodes or default,
            documents_only,
            suggested,
        )

    def _near(self, item: Entity, classes: Iterable[str]) -> list[str]:
        """Entities of the classes that carry the name, or belong to the gene."""
        kinds = set(classes)
        return [
            other.label
            for other in self.reader.entities.values()
            if other.cls in kinds
            and (other.attributes.get("gene") == item.id or item.label in other.label)
        ][:5]

    def _outcomes(self, nodes: Iterable[str]) -> frozenset[str]:
        """Reported mechanisms that are an outcome among these nodes."""
        there = set(nodes)
        return frozenset(
            reading.mechanism
            for reading in self.mechanism.readings
            if reading.kind == "outcome" and there.intersection(reading.nodes)
        )


def reported_by(mechanism: Mechanism, route: Route) -> tuple[str, ...]:
    """Mechanisms whose report is about how this route starts: its lesions and origins."""
    found = set(route.alterations)
    for reading in mechanism.readings:
        if reading.kind == "origin" and route.nodes.intersection(reading.nodes):
            found.add(reading.mechanism)
    return tuple(sorted(found))


def said_of_route(
    entities: Mapping[str, Entity], route: Route, statements: Iterable[Statement]
) -> list[Statement]:
    """Statements whose tumour type fits every step of a route.

    A step that holds in some tumour types only does not carry a report from another.
    """
    steps = [step.rule.clauses for step in route.tree.steps() if step.rule]
    return [
        statement
        for statement in statements
        if not statement.disease
        or any(
            all(any(_holds_in(clause, lineage(entities, d)) for clause in own) for own in steps)
            for d in statement.disease
        )
    ]


def _holds_in(clause: Clause, kin: frozenset[str]) -> bool:
    if clause.diseases and not kin & {*clause.diseases}:
        return False
    return not kin & {*clause.not_diseases}


__all__ = [
    "LIMITS", "MAIN_OUTPUT", "MOST_ROUTES", "NO_TARGET", "OUTPUTS", "Claim", "OutputState",
    "Question", "Reasoner", "RoutesAnswer", "Setting", "Spoken", "reported_by", "said_of_route",
    "spoken_of",
]  # fmt: skip
