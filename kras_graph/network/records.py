"""What a path search gives: steps, paths with their score and context, answers with reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from kras_graph.model.terms import Sign
from kras_graph.network.projection import Backing


class Reason(StrEnum):
    """Why there is no path."""

    UNKNOWN_ENTITY = "unknown-entity"
    AMBIGUOUS_ENTITY = "ambiguous-entity"
    NO_PATH = "no-path"
    SAME_ENTITY = "same-entity"
    ONLY_LONGER = "only-longer"
    ONLY_SHORTER = "only-shorter"
    ONLY_OTHER_SIGN = "only-other-sign"
    ONLY_THROUGH_EXCLUDED = "only-through-excluded"
    ONLY_THROUGH_OTHERS = "only-through-others"
    ONLY_THROUGH_THERAPY = "only-through-therapy"
    ONLY_WITH_ROLLUP = "only-with-roll-up"
    ONLY_NEUTRAL = "only-on-relations-without-effect"
    ONLY_OTHER_EVIDENCE = "only-on-filtered-evidence"
    ONLY_OTHER_CLASSES = "only-with-other-classes"
    ONLY_UNASSERTED = "only-on-denied-or-uncertain"
    ONLY_OTHER_DIRECTION = "only-in-other-direction"
    NOT_VIA = "only-without-required-node"
    SEVERAL = "only-with-several-changes"
    CUT = "search-limit"


@dataclass(frozen=True)
class Step:
    """One edge of a path. `asserted` is False for what a source denies or doubts.

    `statements` and `backing` hold only the statements that the search's filter lets pass.
    """

    source: str
    predicate: str
    target: str
    sign: Sign
    statements: tuple[str, ...]
    role: str
    asserted: bool = True
    backing: tuple[Backing, ...] = ()


@dataclass(frozen=True)
class Context:
    """Whether the sourced steps of a path agree: `coherent`, `mixed` or `unknown` each.

    Attributes:
        allele: in the genetic context.
        disease: in the tumour type.
        experiment: in the kind of experiment (patients, animals, cells, computation).
    """

    allele: str = "unknown"
    disease: str = "unknown"
    experiment: str = "unknown"

    @property
    def verdicts(self) -> tuple[str, str, str]:
        """The three verdicts."""
        return (self.allele, self.disease, self.experiment)

    @property
    def overall(self) -> str:
        """`mixed` when one aspect is, `coherent` when all are, else `unknown`."""
        if "mixed" in self.verdicts:
            return "mixed"
        return "coherent" if set(self.verdicts) == {"coherent"} else "unknown"


@dataclass(frozen=True)
class Score:
    """Points against a path, part by part; fewer is better (see `kras_graph.network.score`)."""

    length: int = 0
    evidence: int = 0
    sign: int = 0
    context: int = 0
    hubs: int = 0
    standing: int = 0

    @property
    def total(self) -> int:
        """Sum of the parts."""
        return sum(self.parts.values())

    @property
    def parts(self) -> dict[str, int]:
        """The parts by name."""
        return {
            "length": self.length,
            "evidence": self.evidence,
            "sign": self.sign,
            "context": self.context,
            "hubs": self.hubs,
            "standing": self.standing,
        }


@dataclass(frozen=True)
class Group:
    """Paths that are given by the best of them.

    Attributes:
        paths: how many they are, the best one included.
        members: entities on the others that are not on the best one.
        signs: how many of the paths have each sign.
    """

    paths: int
    members: tuple[str, ...]
    signs: Mapping[str, int]


@dataclass(frozen=True)
class Path:
    """A simple path with its sign (product of the steps') and the context of its steps.

    `context` is the verdict over all of `context_parts`; `group` is set where the path
    stands for others too.
    """

    nodes: tuple[str, ...]
    steps: tuple[Step, ...]
    sign: Sign
    context: str
    context_parts: Context = field(default_factory=Context)
    score: Score = field(default_factory=Score)
    group: Group | None = None

    @property
    def rollups(self) -> int:
        """Number of structural steps."""
        return sum(step.role != "statement" for step in self.steps)

    @property
    def statements(self) -> tuple[str, ...]:
        """Statements behind the path, in its order, each once."""
        return tuple(dict.fromkeys(s for step in self.steps for s in step.statements))


@dataclass(frozen=True)
class Cut:
    """What was left out of an answer, and by which limit.

    Attributes:
        limit: `k` (more were found than asked for) or `max_steps` (the search stopped).
        value: the limit.
        found: paths (of an open search: ends) found before the cut.
        certain: how many of those given are the best whatever the search did not see.
    """

    limit: str
    value: int
    found: int
    certain: int


@dataclass(frozen=True)
class Relaxation:
    """The smallest change of a search that gives a path, with the best path it gives.

    `changes` holds the changed options of `Search` (those of its filter by their own
    names) with their new values; `reversed` stands for the ends the other way round.
    """

    changes: tuple[tuple[str, Any], ...]
    path: Path


@dataclass(frozen=True)
class PathAnswer:
    """Paths, best first, and whether they are all there are within the limits.

    `source` or `target` is None where that end was left open, `metapath` is the pattern
    that was asked for; `found` counts all paths, those folded into others too.
    """

    source: str | None
    target: str | None
    paths: tuple[Path, ...]
    complete: bool
    reason: Reason | None = None
    hint: str | None = None
    cut: tuple[Cut, ...] = ()
    relaxation: Relaxation | None = None
    found: int = 0
    metapath: str | None = None
