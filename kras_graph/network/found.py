"""What `kras_graph.network.finding` takes and gives: which edges count, paths, neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kras_graph.model.errors import KrasGraphError
from kras_graph.model.terms import Sign


class SignedPath(NamedTuple):
    """A simple path: nodes, keys of its edges, product of their signs."""

    nodes: tuple[str, ...]
    keys: tuple[str, ...]
    sign: Sign


@dataclass(frozen=True)
class Edges:
    """Which edges count.

    Attributes:
        unasserted: also those that sources deny, doubt or only suppose.
        neutral: also statements without an effect on their object (sign `0`).
    """

    unasserted: bool = False
    neutral: bool = False

    def count(self, sign: Sign, role: str, asserted: bool) -> bool:
        """Whether an edge counts."""
        if not (asserted or self.unasserted):
            return False
        return self.neutral or role != "statement" or sign is not Sign.NEUTRAL


@dataclass(frozen=True)
class Found:
    """Paths, best first, and whether they are all there are within the limits."""

    paths: Sequence[SignedPath]
    complete: bool


@dataclass(frozen=True)
class Neighbours:
    """Nodes with their distance, nearest first, and whether these are all."""

    distances: dict[str, int]
    complete: bool


def no_node_cut(source: str, target: str) -> KrasGraphError:
    """The error for two nodes that an edge joins directly."""
    return KrasGraphError(
        f"No set of nodes parts {source!r} from {target!r}: an edge leads from one to the other."
    )
