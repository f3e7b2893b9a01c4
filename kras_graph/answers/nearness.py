"""How near a finding is to the tumour asked about: by therapy, tumour type and variant.

Nearness is computed from definitions of the graph (what is a kind of what) and from the
context that a source gives. It ranks findings by likeness, never therapies by benefit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from kras_graph.answers.measured import Measured, kinds_of
from kras_graph.answers.tumour import VARIANTS, WILD_TYPE, Profile, carried, genes_of
from kras_graph.model.records import Entity, Statement
from kras_graph.network.blocking import lineage
from kras_graph.rdf.reader import Reader

_ANY_TUMOUR = ("solid_tumor", "cancer")
_BY_ALLELE = "RAS-mutant_cancer"


class Level(IntEnum):
    """How near, nearest first."""

    EXACT = 0
    NARROWER = 1
    BROADER = 2
    NOT_SAID = 3
    OTHER_TUMOUR = 4
    BY_CLASS = 5
    OTHER_VARIANT = 6


LEVEL_LABELS = {
    Level.EXACT: "exact",
    Level.NARROWER: "narrower",
    Level.BROADER: "broader",
    Level.NOT_SAID: "not said",
    Level.OTHER_TUMOUR: "other tumour type",
    Level.BY_CLASS: "by class",
    Level.OTHER_VARIANT: "other variant",
}
LEVEL_MEANINGS = {
    Level.EXACT: "the same tumour type and variant",
    Level.NARROWER: "the same variant, in a kind or a part of the tumour type",
    Level.BROADER: "a tumour type or a variant that takes in the one asked about",
    Level.NOT_SAID: "tumour type or variant is not named, by the source or in the question",
    Level.OTHER_TUMOUR: "another tumour type",
    Level.BY_CLASS: "said of a class that the medicine belongs to",
    Level.OTHER_VARIANT: "another variant, or none",
}
SAME, NARROWER, BROADER, NOT_SAID, OTHER = range(5)


@dataclass(frozen=True, order=True)
class Near:
    """How near a finding is.

    Attributes:
        level: the level as a whole.
        tumour: place of the tumour type: same, narrower, broader, not said, other.
        variant: place of the variant, likewise.
        company: 0 when the finding is about a co-alteration of the profile, 1 when it names
            none, 2 when it is about one that the profile does not name.
        words: what is alike and what is not, in words.
    """

    level: Level
    tumour: int = NOT_SAID
    variant: int = NOT_SAID
    company: int = 1
    words: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The level in a word or two."""
        return LEVEL_LABELS[self.level]

    @property
    def unlike(self) -> str:
        """What is not alike, or is worth saying; empty when all is the same."""
        return "; ".join(word for word in self.words if not word.startswith("same "))

    @property
    def text(self) -> str:
        """The level, and what is not alike."""
        return f"{self.label}: {self.unlike}" if self.unlike else self.label


class Surroundings:
    """Everything that is near one profile, worked out once.

    Args:
        reader: the dataset.
        profile: the tumour.
    """

    def __init__(self, reader: Reader, profile: Profile) -> None:
        self.reader = reader
        self.profile = profile
        self.entities = reader.entities

    @cached_property
    def carried(self) -> dict[str, frozenset[str]]:
        """Alterations by which each tumour type is told apart."""
        return {
            item.id: carried(self.reader, item.id)
            for item in self.entities.values()
            if item.cls == "Disease"
        }

    @cached_property
    def variant_kin(self) -> frozenset[str]:
        """The variant with what it is a kind of, the codon's mutation included."""
        variant = self.profile.variant
        if variant is None:
            return frozenset()
        kin = {n for n in lineage(self.entities, variant.id) if self.entities[n].cls in VARIANTS}
        gene = variant.attributes.get("gene", "")
        codon = variant.label.removeprefix(f"{gene} ")[:-1]
        return frozenset(kin | ({f"{gene}_{codon}_mutation"} & set(self.entities)))

    @cached_property
    def tumours(self) -> dict[str, int]:
        """Place of each tumour type relative to the one asked about."""
        asked = self.profile.disease
        by_allele = kinds_of(self.reader, _BY_ALLELE)
        if asked is None:
            return {}
        if asked.id in by_allele:  # its variant is judged apart: the site counts here
            sites_asked = [name for name in asked.parents if name not in by_allele | {"cancer"}]
            asked = self.entities[sites_asked[0]] if sites_asked else asked
        wide = lineage(self.entities, asked.id)
        found = {}
        for item in (e for e in self.entities.values() if e.cls == "Disease"):
            sites = {n for n in (item.id, *item.parents) if n not in by_allele} or {item.id}
            own = lineage(self.entities, item.id)
            if item.id == asked.id or (item.id in by_allele and asked.id in sites):
                found[item.id] = SAME
            elif asked.id in own:
                found[item.id] = NARROWER
            elif wide & {item.id, *sites} - {"cancer"} or item.id in _ANY_TUMOUR:
                found[item.id] = BROADER
            elif item.id in by_allele and sites <= {item.id, "cancer"}:
                found[item.id] = BROADER  # told apart by its variant, no site named
            else:
                found[item.id] = OTHER
        return found

    def place_of_variant(self, name: str) -> int:
        """Place of an alteration relative to the variant; NOT_SAID for another gene's."""
        variant = self.profile.variant
        if variant is None:
            return NOT_SAID
        if name == variant.id:
            return SAME
        if name in self.variant_kin:
            return BROADER
        item = self.entities[name]
        if variant.id in lineage(self.entities, name) and item.attributes.get("kind") != WILD_TYPE:
            return OTHER if self.profile.widened else NARROWER
        own = genes_of(self.reader, variant)
        if own and own < genes_of(self.reader, item):
            return BROADER  # a co-mutation of the variant's gene
        alike = item.cls in VARIANTS and item.attributes.get("gene") in own
        return OTHER if alike or name == "wild-type_RAS" else NOT_SAID

    def fits(self, near: Near) -> bool:
        """Whether tumour type and variant are the profile's, take it in, or are not said."""
        return near.tumour != OTHER and near.variant != OTHER

    def near(
        self,
        statement: Statement,
        figure: Measured | None = None,
        *,
        class_of: Entity | None = None,
        partners: Iterable[Entity] = (),
    ) -> Near:
        """How near a statement, or one of its figures, is.

        Args:
            statement: the statement.
            figure: the figure, whose own tumour type counts before the statement's.
            class_of: the class that it is said of, when it is not of the medicine itself.
            partners: what is given with the medicine.
        """
        diseases = self._diseases(statement, figure)
        tumour, told = self._tumour(diseases)
        variant, named = self._variant(statement, diseases)
        words = [f"said of {class_of.label}" if class_of else "", told, named]
        company, extra = self._company(statement, diseases)
        words += extra
        words += [f"given with {partner.label}" for partner in partners]
        level = self._level(tumour, variant, class_of is not None)
        if level is Level.EXACT and company == 2:
            level = Level.NARROWER
        return Near(level, tumour, variant, company, tuple(word for word in words if word))

    def _level(self, tumour: int, variant: int, by_class: bool) -> Level:
        if variant == OTHER:
            return Level.OTHER_VARIANT
        if by_class:
            return Level.BY_CLASS
        if tumour == OTHER:
            return Level.OTHER_TUMOUR
        if NOT_SAID in (tumour, variant):
            return Level.NOT_SAID
        if BROADER in (tumour, variant):
            return Level.BROADER
        return Level.NARROWER if NARROWER in (tumour, variant) else Level.EXACT

    def _diseases(self, statement: Statement, figure: Measured | None) -> list[str]:
        ends = [e for e in (statement.subject, statement.object) if e in self.carried]
        told = list(dict.fromkeys([*statement.disease, *ends]))
        if figure is None or not figure.diseases:
            return told
        own = [item.id for item in figure.diseases]
        # a type told apart by its alterations, of no stated site: the statement names the site
        siteless = all(self.carried[name] and not self.entities[name].parents for name in own)
        return list(dict.fromkeys([*own, *told])) if siteless else own

    def _tumour(self, diseases: list[str]) -> tuple[int, str]:
        """Place of the nearest of some tumour types, and what to say of it."""
        if not diseases:
            return NOT_SAID, "tumour type not said"
        asked = self.profile.disease
        if asked is None:
            return NOT_SAID, f"in {', '.join(self.reader.label(d) for d in diseases)}"
        place = min(self.tumours[name] for name in diseases)
        labels = ", ".join(self.reader.label(d) for d in diseases if self.tumours[d] == place)
        if place == SAME:
            return place, "same tumour type"
        if place == NARROWER:
            return place, f"in {labels}, a kind of {asked.label}"
        if place == BROADER:
            return place, f"in {labels}, which takes in {asked.label}"
        return place, f"in {labels}, another tumour type"

    def _variant(self, statement: Statement, diseases: list[str]) -> tuple[int, str]:
        """Place of the variant that a statement names, and what to say of it."""
        variant = self.profile.variant
        if variant is None:
            return NOT_SAID, ""
        named = [*statement.alteration, *(a for d in diseases for a in self.carried[d])]
        if self.entities[statement.object].cls in VARIANTS:
            named.append(statement.object)
        # a mechanism of resistance, or another allele that came later, is no context
        about = self.entities[statement.subject]
        later = "resistance" in statement.predicate or self.place_of_variant(about.id) == OTHER
        if about.cls in VARIANTS and not later:
            named.append(about.id)
        # of an allele and what it is a kind of, the allele says most
        wider = {n for name in named for n in lineage(self.entities, name) - {name}}
        places = {n: self.place_of_variant(n) for n in named if n not in wider}
        close = {name: place for name, place in places.items() if place != NOT_SAID}
        if not close:
            return NOT_SAID, "variant not said"
        place = min(close.values())
        nearest = [name for name in close if close[name] == place]
        labels = ", ".join(dict.fromkeys(self.reader.label(name) for name in nearest))
        if place == SAME:
            return place, "same variant"
        if place == NARROWER:
            return place, f"{labels}, a kind of {variant.label}"
        if place == BROADER:
            return place, f"said of {labels}"
        return place, f"said of {labels}, another variant"

    def _company(self, statement: Statement, diseases: list[str]) -> tuple[int, list[str]]:
        """Whether a finding is about people with a co-alteration, the profile's or another."""
        named = {*statement.alteration, *(a for d in diseases for a in self.carried[d])}
        kin = self.variant_kin
        others = [
            n for n in sorted(named)
            if self.place_of_variant(n) in (BROADER, NOT_SAID) and n not in kin
        ]  # fmt: skip
        own = {item.id for item in self.profile.lesions}
        here = [n for n in others if n in own]
        ends = {statement.subject, statement.object}
        foreign = [n for n in others if n not in own | ends and not self._joint(n, own)]
        alone = {gene for n in foreign for gene in [self.entities[n].attributes.get("gene")]}
        # a co-mutation tells no more than its partner, where that is named too
        foreign = [
            n for n in foreign
            if self.entities[n].attributes.get("gene") or not alone & self._partners(n)
        ]  # fmt: skip
        words = [f"with {self.reader.label(n)}, as here" for n in here]
        words += [f"only those with {self.reader.label(n)}" for n in foreign]
        return (2 if foreign else 0 if here else 1), words

    def _partners(self, name: str) -> frozenset[str]:
        """Genes of a co-mutation besides the variant's."""
        variant = self.profile.variant
        mine = genes_of(self.reader, variant) if variant else frozenset[str]()
        return genes_of(self.reader, self.entities[name]) - mine

    def _joint(self, name: str, own: set[str]) -> bool:
        """Whether an alteration stands for the variant together with one of the profile's."""
        variant = self.profile.variant
        genes = genes_of(self.reader, self.entities[name])
        mine = genes_of(self.reader, variant) if variant else frozenset[str]()
        return any(genes == mine | genes_of(self.reader, self.entities[n]) for n in own)
