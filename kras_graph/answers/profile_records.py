"""What a profile's answer is made of: sections of lines, each line with what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kras_graph.answers.combination import ClosingSet, CombinationAnswer
from kras_graph.answers.measured import Measured
from kras_graph.answers.nearness import Near
from kras_graph.answers.routes import RoutesAnswer, Spoken
from kras_graph.answers.tried import Tried
from kras_graph.answers.tumour import Profile
from kras_graph.model.mechanism import Assumption
from kras_graph.model.records import Anchor, Entity, Result, Statement

DRUGS = "drugs"
PREDICTORS = "predictors"
MECHANISMS = "mechanisms"
ROUTES = "routes"
TRIALS = "trials"
DOUBTS = "doubts"
GAPS = "gaps"
SECTIONS = (DRUGS, PREDICTORS, MECHANISMS, ROUTES, TRIALS, DOUBTS, GAPS)


@dataclass(frozen=True)
class Line:
    """One thing that sources say, once for all statements that say it alike.

    Attributes:
        statements: the statements, never none.
        near: how near it is to the profile; None where that is no question.
        figure: the one figure that the line gives; None when it gives the proposition.
        remark: in our words, what ties it to the profile; empty when that is plain.
        via: statements by which the tie holds, such as membership of a class.
    """

    statements: tuple[Statement, ...]
    near: Near | None
    figure: Measured | None = None
    remark: str = ""
    via: tuple[Statement, ...] = ()

    @property
    def first(self) -> Statement:
        """The statement that stands for all."""
        return self.statements[0]


@dataclass(frozen=True)
class Group:
    """Lines under one heading.

    Attributes:
        title: the heading.
        lines: the lines, nearest first.
        about: what the group is about, if one entity.
        intro: what to know before reading; empty when nothing.
        left_out: what was left out and where it is, in words; empty when nothing.
    """

    title: str
    lines: tuple[Line, ...]
    about: Entity | None = None
    intro: str = ""
    left_out: str = ""


@dataclass(frozen=True)
class Section:
    """One part of the answer; its groups hold what sources say.

    Attributes:
        id: one of `SECTIONS`.
        title: the heading.
        groups: groups with lines, or with an intro that says why there are none.
        notes: what to know of the section as a whole.
    """

    id: str
    title: str
    groups: tuple[Group, ...]
    notes: tuple[str, ...] = ()

    @property
    def lines(self) -> list[Line]:
        """Every line of the section, in order."""
        return [line for group in self.groups for line in group.lines]


@dataclass(frozen=True)
class Told:
    """What a source says of a therapy of the group together with a partner.

    Attributes:
        word: `for`, `compared`, `against`, `left open`, `harm and tolerance`, `studied` or
            `trial`.
        tried: the statement and what it bears on.
        drugs: therapies of the group to which it applies.
    """

    word: str
    tried: Tried
    drugs: tuple[Entity, ...]


@dataclass(frozen=True)
class Computed:
    """Routes open under therapies that take away the same, and sets that would close them.

    Attributes:
        drugs: the therapies, those given before first.
        prior: which of them were given before.
        routes: routes to every output, for the tumour as given.
        combination: closing sets for the main output.
        told: for each closing set, what sources say of it with any of the therapies.
        spoken: for each route, what sources say of how it starts.
        reopening: further lesions, each of which would open a route to the main output.
    """

    drugs: tuple[Entity, ...]
    prior: tuple[Entity, ...]
    routes: RoutesAnswer
    combination: CombinationAnswer
    told: Mapping[tuple[str, ...], tuple[Told, ...]]
    spoken: Mapping[str, Spoken]
    reopening: tuple[Entity, ...]

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        """Assumptions and readings that routes or their closing rest on, each once."""
        every = [*self.routes.assumptions, *self.routes.caveats, *self.combination.caveats]
        every += [item for chosen in self.sets for item in chosen.leans_on]
        return tuple({item.id: item for item in every}.values())

    @property
    def sets(self) -> tuple[ClosingSet, ...]:
        """Sets that would close every route to the main output."""
        return self.combination.sets


@dataclass(frozen=True)
class Gap:
    """Something asked for and not in the graph.

    Attributes:
        about: the input that it concerns, one of `tumour.FIELDS`, or empty.
        text: what is missing, in our words.
        nearest: statements that come nearest to it, if any.
    """

    about: str
    text: str
    nearest: tuple[Statement, ...] = ()


@dataclass(frozen=True)
class ProfileAnswer:
    """What the graph holds for a tumour.

    Attributes:
        profile: the tumour as read; its inputs say what was not used.
        sections: what sources say, in reading order.
        computed: routes and closing sets, which are not observations.
        not_computed: therapies without computed routes, each with the reason.
        gaps: what was asked for and is not there.
        used: for each input by field and text, the sections in which it is used.
        statements: every statement cited, by id.
        evidence: anchors of every statement cited, by its id.
        results: figures of every statement cited, by its id.
    """

    profile: Profile
    sections: tuple[Section, ...]
    computed: tuple[Computed, ...]
    not_computed: tuple[tuple[Entity, str], ...]
    gaps: tuple[Gap, ...]
    used: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    statements: Mapping[str, Statement] = field(default_factory=dict)
    evidence: Mapping[str, tuple[Anchor, ...]] = field(default_factory=dict)
    results: Mapping[str, tuple[Result, ...]] = field(default_factory=dict)

    def section(self, name: str) -> Section:
        """A section by its id."""
        return next(section for section in self.sections if section.id == name)
