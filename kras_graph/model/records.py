"""Frozen records: what a row of each curated table means.

They are named tuples because every command loads them first: a dataclass takes ten times as
long to define.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from kras_graph.model.mechanism import Mechanism
from kras_graph.model.terms import Certainty, MechanismGroup, Polarity, Setting, Sign, Statistic


class Publication(NamedTuple):
    """A source paper. Its text is never stored, only length and hash of its normal form."""

    id: str
    label: str
    title: str
    doi: str
    pmid: str
    pmcid: str
    journal: str
    year: int
    kind: str
    file_stem: str
    length: int
    sha256: str


class Section(NamedTuple):
    """A part of a paper: one normalised span of one section (a section may have several)."""

    publication: str
    section: str
    start: int
    end: int


class Entity(NamedTuple):
    """A node of the graph.

    `attributes` holds the columns that only this class of entity has, for example a
    trial's `phase` or an alteration's `gene`, `kind` and `effect`.
    """

    id: str
    label: str
    cls: str
    synonyms: tuple[str, ...] = ()
    xrefs: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    note: str = ""
    attributes: Mapping[str, str] = MappingProxyType({})


class Predicate(NamedTuple):
    """A relation of the ontology: the kinds it joins, its sign, its mappings."""

    id: str
    label: str
    definition: str
    domain: frozenset[str]
    range: frozenset[str]
    sign: Sign
    biolink: str
    family: str


class Anchor(NamedTuple):
    """A span of a paper's normalised text that supports a statement or a result."""

    about: str
    publication: str
    section: str
    start: int
    end: int
    sha256: str


class Result(NamedTuple):
    """A measured figure that belongs to a statement; `printed` is what the paper prints."""

    id: str
    statement: str
    endpoint: str
    statistic: Statistic
    printed: str
    value: float | None = None
    unit: str = ""
    n: int | None = None
    N: int | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    ci_level: float | None = None
    ci_method: str = ""
    not_estimable: str = ""
    range_low: float | None = None
    range_high: float | None = None
    time_point: str = ""
    arm: str = ""
    comparator: str = ""
    p: str = ""
    population: str = ""
    disease: str = ""
    trial: str = ""
    line: str = ""
    assessor: str = ""
    grade: str = ""
    attribution: str = ""
    counts: str = ""
    source_issue: str = ""
    note: str = ""


class Statement(NamedTuple):
    """One proposition of one source, with how firmly and in what context it is put."""

    id: str
    subject: str
    predicate: str
    object: str
    polarity: Polarity
    certainty: Certainty
    setting: Setting
    family: str
    disease: tuple[str, ...] = ()
    population: str = ""
    trial: tuple[str, ...] = ()
    under: tuple[str, ...] = ()
    alteration: tuple[str, ...] = ()
    model: tuple[str, ...] = ()
    species: str = ""
    assay: str = ""
    group: MechanismGroup | None = None
    patients: int | None = None
    cites: str = ""
    source_issue: str = ""
    note: str = ""
    pass_: str = ""
    agreed: str = ""
    deprecated: bool = False

    @property
    def is_edge(self) -> bool:
        """Whether the proposition stands as a direct triple: affirmed, stated, in force."""
        return (
            self.polarity is Polarity.AFFIRMED
            and self.certainty is Certainty.STATED
            and not self.deprecated
        )


class NoFact(NamedTuple):
    """A sentence judged to hold no queryable fact, known by length and hash only."""

    publication: str
    section: str
    start: int
    length: int
    sha256: str
    reason: str


class Sum(NamedTuple):
    """Results that must add up: ids of the parts and of their total."""

    total: str
    parts: tuple[str, ...]
    what: str


class Tables(NamedTuple):
    """All curated records, each list in the canonical order of its table."""

    publications: tuple[Publication, ...]
    sections: tuple[Section, ...]
    entities: tuple[Entity, ...]
    statements: tuple[Statement, ...]
    results: tuple[Result, ...]
    anchors: tuple[Anchor, ...]
    no_fact: tuple[NoFact, ...] = ()
    sums: tuple[Sum, ...] = ()
    mechanism: Mechanism = Mechanism()
