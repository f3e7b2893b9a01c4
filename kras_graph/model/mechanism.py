"""Records of the mechanism layer: what activates what, what a drug takes away, what is assumed.

The layer is the curators' model of signalling, made of clauses that rest on statements of the
sources, on definitions, or on marked assumptions with a citation of their own. It is neither
a finding nor a computation; what is derived from it is a computation.
"""

from enum import StrEnum
from typing import NamedTuple

from kras_graph.model.terms import Sign

PRESENT = ":present"


class Basis(StrEnum):
    """What a clause rests on."""

    STATED = "stated"
    DEFINITION = "definition"
    ASSUMPTION = "assumption"
    SUGGESTED = "suggested"


class Clause(NamedTuple):
    """`target` becomes active when all of `needs` are; several clauses are alternatives.

    Attributes:
        id: permanent key, `M…`.
        target: entity that becomes active.
        needs: entities that must be active; none for what is active by itself.
        present: entities that must be there, active or not.
        sign: `+`, or `?` where the source gives no sign.
        basis: what the clause rests on.
        diseases: tumour types in which alone it holds; everywhere when empty.
        not_diseases: tumour types in which it does not hold.
        unless: the assumption by which it does not hold there.
        statements: statements behind it; one that stands is enough.
        assumptions: ids of the assumptions behind it, or, where it rests on something
            firmer, of the readings that it is taken with.
        note: why the curator put it so.
    """

    id: str
    target: str
    needs: tuple[str, ...]
    present: tuple[str, ...]
    sign: Sign
    basis: Basis
    diseases: tuple[str, ...] = ()
    not_diseases: tuple[str, ...] = ()
    unless: str = ""
    statements: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    note: str = ""

    @property
    def premises(self) -> tuple[str, ...]:
        """Nodes that must hold: active ones by id, present ones marked as such."""
        return (*self.needs, *(name + PRESENT for name in self.present))


class Block(NamedTuple):
    """What a drug or class takes away by definition or assumption, and which lesions void it.

    Several rows with one therapy and target belong together; a row that rests on statements
    falls with them.

    Attributes:
        id: permanent key, `B…`.
        therapy: drug or class.
        target: entity whose activity it takes away.
        voided_by: alterations under which it does not.
        condition: in our words, when the drug reaches its target.
        statements: statements behind the condition or the lesions.
        assumptions: ids of assumptions behind it.
        note: why the curator put it so.
    """

    id: str
    therapy: str
    target: str
    voided_by: tuple[str, ...] = ()
    condition: str = ""
    statements: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    note: str = ""


class Feedback(NamedTuple):
    """A brake that falls with its driver: noted on routes, never creating one."""

    id: str
    driver: str
    restrains: str
    diseases: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    note: str = ""


class Assumption(NamedTuple):
    """A step that the sources do not state, with the work that does.

    `pairs` names the reported pairs that the cited work reports too, so that none is tested
    by what was learnt from it.
    """

    id: str
    claim: str
    citation: str
    doi: str = ""
    pmid: str = ""
    url: str = ""
    pairs: tuple[str, ...] = ()


class Reading(NamedTuple):
    """Which nodes of a route a reported mechanism is about.

    `kind` is `origin` for what starts a route and `outcome` for what it leads to.
    """

    mechanism: str
    kind: str
    nodes: tuple[str, ...]


class Pair(NamedTuple):
    """A partner that the sources report as working or failing, to test the layer against.

    Attributes:
        id: permanent key, `P…`.
        drug: first drug or class; empty where the partner was given alone.
        partner: drug or class added.
        disease: tumour type, or empty.
        alterations: lesions of the tumours studied.
        reported: `works` or `fails`.
        statements: statements that report it.
        note: what was seen, in our words.
    """

    id: str
    drug: str
    partner: str
    disease: str
    alterations: tuple[str, ...]
    reported: str
    statements: tuple[str, ...]
    note: str = ""


class Tumour(NamedTuple):
    """A tumour type whose name says which lesions it has."""

    disease: str
    alterations: tuple[str, ...]


class Mechanism(NamedTuple):
    """The whole layer."""

    clauses: tuple[Clause, ...] = ()
    blocks: tuple[Block, ...] = ()
    feedback: tuple[Feedback, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    readings: tuple[Reading, ...] = ()
    pairs: tuple[Pair, ...] = ()
    tumours: tuple[Tumour, ...] = ()
