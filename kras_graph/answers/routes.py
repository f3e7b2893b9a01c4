"""Computed routes around a drug, in a context, joined with what the sources report.

Everything here is derived from the mechanism layer and marked as computed. "Closed" is the
strong claim: the closure over-approximates what can be active.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from kras_graph.model.errors import UnknownNameError
from kras_graph.model.mechanism import Assumption, Mechanism
from kras_graph.model.records import Anchor, Entity
from kras_graph.network.activation import Context, Program, closure
from kras_graph.network.blocking import Blocking, lineage
from kras_graph.network.derivation import MAIN_OUTPUT, Route, routes
from kras_graph.rdf.reader import Reader

OUTPUTS = (MAIN_OUTPUT, "AKT", "YAP_signalling_activation")
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
)
NO_TARGET = "Nothing in the signalling layer is taken away by this drug: no route is computed."
_LESIONS = frozenset({"Alteration", "ProteinVariant", "Mechanism"})


@dataclass(frozen=True)
class Question:
    """What to reason about.

    Attributes:
        drug: the drug, class or regimen that is given.
        disease: tumour type; unknown when None, and then clauses of every type hold.
        alterations: further lesions that the tumour has.
        outputs: nodes whose activity matters.
        documents_only: leave out marked assumptions.
        suggested: let in what sources only suggest.
        without: statements to reason without.
    """

    drug: Entity
    disease: Entity | None = None
    alterations: tuple[Entity, ...] = ()
    outputs: tuple[str, ...] = OUTPUTS
    documents_only: bool = False
    suggested: bool = False
    without: frozenset[str] = frozenset()


@dataclass(frozen=True)
class OutputState:
    """Whether an output can be active under the drug: now, and with one more lesion."""

    output: str
    open: bool
    open_if_acquired: bool


@dataclass(frozen=True)
class Spoken:
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


@dataclass(frozen=True)
class RoutesAnswer:
    """Routes that a drug leaves open.

    Attributes:
        question: what was asked.
        drivers: alleles that the drug is made for; the tumour is taken to have them.
        targets: entities of the layer that the drug takes away; empty when it acts on none.
        lesions: lesions that hold: those given, else every one the layer knows.
        hypothetical: whether the lesions are the layer's and not the tumour's.
        unused: lesions asked for on which the layer has no clause.
        states: per output, whether it stays on.
        routes: best first, at most `MOST_ROUTES`.
        total: how many there are.
        complete: whether all were found.
        about: for each route, the reported mechanisms that are about how it starts.
        leads_to: reported mechanisms that are what the routes lead to.
        assumptions: assumptions that the routes rest on.
        limits: what the computation does not know.
    """

    question: Question
    drivers: tuple[str, ...]
    targets: tuple[str, ...]
    lesions: tuple[str, ...]
    hypothetical: bool
    unused: tuple[Entity, ...]
    states: tuple[OutputState, ...]
    routes: tuple[Route, ...]
    total: int
    complete: bool
    about: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    leads_to: frozenset[str] = frozenset()
    assumptions: tuple[Assumption, ...] = ()
    limits: tuple[str, ...] = LIMITS


class Reasoner:
    """One dataset with its mechanism layer, ready for questions.

    Args:
        reader: the dataset.
        mechanism: the layer.
    """

    def __init__(self, reader: Reader, mechanism: Mechanism) -> None:
        self.reader = reader
        self.mechanism = mechanism

    @cached_property
    def blocking(self) -> Blocking:
        """What each therapy takes away."""
        return Blocking(self.reader, self.mechanism)

    @cached_property
    def anchors(self) -> dict[str, list[Anchor]]:
        """Anchors of every statement, by its id."""
        return self.reader.evidence([statement.id for statement in self.reader.statements()])

    def blocking_without(self, statements: frozenset[str]) -> Blocking:
        """What each therapy takes away when some statements are left out."""
        if not statements:
            return self.blocking
        return Blocking(self.reader, self.mechanism, statements)

    def program(self, question: Question) -> Program:
        """The rules that hold for a question."""
        disease = question.disease
        kin = lineage(self.reader.entities, disease.id) if disease else frozenset()
        context = Context(kin, question.documents_only, question.suggested, question.without)
        return Program.of(self.mechanism, context)

    def setting(self, question: Question) -> Setting:
        """Everything that a computation about a question starts from."""
        return Setting.of(self, question)

    def routes(self, question: Question) -> RoutesAnswer:
        """Routes to the outputs that the drug leaves open, best first.

        Without lesions of the tumour, every lesion that the layer knows is tried; routes
        that need one are then told from those that need none.
        """
        at = self.setting(question)
        if not at.targets:
            return RoutesAnswer(
                question, (), (), at.given_lesions, False, at.unused, (), (), 0, True,
                limits=(NO_TARGET,),
            )  # fmt: skip
        lesions = at.given_lesions or at.known_lesions
        hypothetical = not at.given_lesions
        holds = frozenset([*at.drivers, *lesions])
        own = frozenset(name for name in lesions if at.concerns_target(name))
        found, complete = routes(
            at.program, question.drug.id, holds, own, question.outputs, at.blocks,
            [f for f in self.mechanism.feedback if at.fits(f.diseases)],
        )  # fmt: skip
        now = closure(at.program, [*at.drivers, *at.given_lesions], at.blocks)
        later = closure(at.program, holds, at.blocks)
        return RoutesAnswer(
            question=question,
            drivers=at.drivers,
            targets=at.targets,
            lesions=tuple(lesions),
            hypothetical=hypothetical,
            unused=at.unused,
            states=tuple(OutputState(o, o in now, o in later) for o in question.outputs),
            routes=found[:MOST_ROUTES],
            total=len(found),
            complete=complete,
            about={route.id: reported_by(self.mechanism, route) for route in found},
            leads_to=led_to(self.mechanism, found),
            assumptions=self.assumptions(found),
        )

    def assumptions(self, found: Iterable[Route]) -> tuple[Assumption, ...]:
        """Assumptions that routes rest on, by id."""
        used = {ident for route in found for ident in route.assumptions}
        return tuple(item for item in self.mechanism.assumptions if item.id in used)

    def output(self, item: Entity) -> str:
        """The node that stands for an output.

        Raises:
            UnknownNameError: when the layer has no such node; names the usual outputs.
        """
        node = OUTPUT_NODES.get(item.id, item.id)
        derived = {clause.target for clause in self.mechanism.clauses}
        if node in derived or node in OUTPUTS:
            return node
        known = [self.reader.entities[n].label for n in (*OUTPUTS, "mTOR_signaling",
                 "cell_proliferation") if n in self.reader.entities]  # fmt: skip
        raise UnknownNameError(item.label, known, kind="output of the signalling layer")


@dataclass(frozen=True)
class Setting:
    """Rules, blocks and lesions of a question."""

    reasoner: Reasoner
    question: Question
    program: Program
    blocking: Blocking
    blocks: Mapping[str, Sequence[frozenset[str]]]
    drivers: tuple[str, ...]
    targets: tuple[str, ...]
    given_lesions: tuple[str, ...]
    known_lesions: tuple[str, ...]
    unused: tuple[Entity, ...]
    kin: frozenset[str]

    @classmethod
    def of(cls, reasoner: Reasoner, question: Question) -> Setting:
        """The setting of a question."""
        entities = reasoner.reader.entities
        blocking = reasoner.blocking_without(question.without)
        program = reasoner.program(question)
        blocks = blocking.blocks(question.drug.id)
        drivers = blocking.driver_of(question.drug.id)
        voids = {void for exceptions in blocks.values() for e in exceptions for void in e}
        usable = {
            name
            for name in (*program.exogenous, *voids, *(o for o in question.outputs))
            if name in entities and entities[name].cls in _LESIONS
        }
        # what the drug's own allele is a kind of is not a further lesion
        kinds = frozenset().union(*(lineage(entities, driver) for driver in drivers))
        known = sorted(usable - kinds)
        given = [item.id for item in question.alterations if item.id in usable]
        disease = question.disease
        return cls(
            reasoner=reasoner,
            question=question,
            program=program,
            blocking=blocking,
            blocks=blocks,
            drivers=drivers,
            targets=tuple(hit.target for hit in blocking.hits(question.drug.id)),
            given_lesions=tuple(dict.fromkeys(given)),
            known_lesions=tuple(known),
            unused=tuple(i for i in question.alterations if i.id not in {*usable, *drivers}),
            kin=lineage(entities, disease.id) if disease else frozenset(),
        )

    def concerns_target(self, lesion: str) -> bool:
        """Whether a lesion changes the gene of the allele that the drug is made for."""
        genes = {self.blocking.gene_of(driver) for driver in self.drivers} - {""}
        return self.blocking.gene_of(lesion) in genes

    def fits(self, diseases: Iterable[str]) -> bool:
        """Whether something tied to tumour types applies here."""
        wanted = set(diseases)
        return not wanted or not self.kin or bool(wanted & self.kin)


def reported_by(mechanism: Mechanism, route: Route) -> tuple[str, ...]:
    """Mechanisms whose report is about how this route starts: its lesions and origins."""
    found = set(route.alterations)
    for reading in mechanism.readings:
        if reading.kind == "origin" and route.nodes.intersection(reading.nodes):
            found.add(reading.mechanism)
    return tuple(sorted(found))


def led_to(mechanism: Mechanism, found: Iterable[Route]) -> frozenset[str]:
    """Reported mechanisms that are what the routes lead to."""
    nodes = frozenset().union(*(route.nodes for route in found))
    return frozenset(
        reading.mechanism
        for reading in mechanism.readings
        if reading.kind == "outcome" and nodes.intersection(reading.nodes)
    )
