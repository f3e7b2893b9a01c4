"""What a search looks for: ends, lengths, nodes, signs, and which evidence may carry a step."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kras_graph.model.terms import Sign

if TYPE_CHECKING:
    from kras_graph.network.metapath import Metapath
    from kras_graph.network.projection import Backing

MAX_STEPS = 200_000
LONGEST = 12
_ALL: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Filter:
    """Which statements may carry a step; an edge passes when one of its statements does.

    An empty set asks for nothing. What is left out (`not_…`) wins over what is asked for.

    Attributes:
        predicates: relations that steps may have. Structural steps pass nevertheless, and
            a relation named here may be one without an effect on its object.
        not_predicates: relations that no step may have, structural ones included.
        settings: kinds of work.
        not_settings: kinds of work left out.
        publications: ids of sources.
        not_publications: ids of sources left out; a statement falls when no other is left.
        diseases: tumour types that a statement must name, or a kind of one of them.
        not_diseases: tumour types left out with their kinds; a statement falls when every
            disease that it names is left out.
        general: whether a statement that names no disease passes `diseases`.
    """

    predicates: frozenset[str] = _ALL
    not_predicates: frozenset[str] = _ALL
    settings: frozenset[str] = _ALL
    not_settings: frozenset[str] = _ALL
    publications: frozenset[str] = _ALL
    not_publications: frozenset[str] = _ALL
    diseases: frozenset[str] = _ALL
    not_diseases: frozenset[str] = _ALL
    general: bool = False

    @property
    def judges_statements(self) -> bool:
        """Whether anything is asked of the statements themselves."""
        asked = (self.settings, self.publications, self.diseases)
        barred = (self.not_settings, self.not_publications, self.not_diseases)
        return any((*asked, *barred))

    def passes(self, item: Backing) -> bool:
        """Whether a statement may carry a step."""
        if self.settings and item.setting not in self.settings:
            return False
        if item.setting in self.not_settings:
            return False
        if self.publications and not item.publications & self.publications:
            return False
        if item.publications and item.publications <= self.not_publications:
            return False
        if not item.lineages:
            return self.general or not self.diseases
        if self.diseases and not any(kinds & self.diseases for kinds in item.lineages):
            return False
        return not all(kinds & self.not_diseases for kinds in item.lineages)


@dataclass(frozen=True)
class Search:
    """What to look for.

    Attributes:
        max_length: most edges of a path.
        k: most paths to give; of an open search, most ends.
        avoid: nodes no path may touch.
        via: nodes every path must touch.
        sign: the sign wanted, or None for any.
        unasserted: whether denied, doubted and hypothesised propositions may be steps.
        neutral: whether predicates without an effect on their object may be steps.
        through_therapies: whether a therapy may stand inside a path; what confers
            resistance to a drug acts through it only where the drug is given.
        min_length: fewest edges of a path.
        only: where given, nothing else (but `via`) may stand inside a path.
        rollups: whether structural steps may be taken (allele to gene, member to family).
        evidence: which statements may carry a step.
        metapath: classes that the nodes must have, in order.
        fold: whether paths that differ only in members of the same families are given
            once, the others counted.
        max_steps: edges that the search looks at before it stops and says so.
    """

    max_length: int = 8
    k: int = 5
    avoid: frozenset[str] = _ALL
    via: frozenset[str] = _ALL
    sign: Sign | None = None
    unasserted: bool = False
    neutral: bool = False
    through_therapies: bool = False
    min_length: int = 1
    only: frozenset[str] = _ALL
    rollups: bool = True
    evidence: Filter = field(default_factory=Filter)
    metapath: Metapath | None = None
    fold: bool = False
    max_steps: int = MAX_STEPS
