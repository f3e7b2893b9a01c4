"""Which therapies of the graph act on a variant, and how directly, each with its statements.

The order is by how directly the act is said to be, then by name; never by benefit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from kras_graph.answers.measured import kinds_of
from kras_graph.answers.tumour import VARIANTS, WILD_TYPE, carried
from kras_graph.model.records import Entity, Statement
from kras_graph.model.terms import THERAPY_CLASSES, Certainty, Polarity
from kras_graph.network.blocking import lineage
from kras_graph.rdf.reader import Reader

_ACTS = ("inhibits", "binds", "stabilises")
_PRODUCTS = ("Gene", "Protein", "ProteinFamily")
_CLAIMED = (Certainty.STATED, Certainty.SUGGESTED)
_SINGLE = ("Drug", "Biologic", "CellTherapy")


class Tier(IntEnum):
    """How directly a therapy acts on the variant, most directly first."""

    VARIANT = 0
    BY_CLASS = 1
    TUMOURS = 2
    PARTICULAR = 3
    EVERY_FORM = 4
    ALLELE_NOT_SAID = 5


TIER_LABELS = {
    Tier.VARIANT: "acts on {through}",
    Tier.BY_CLASS: "a {through}; the class acts on {variant}",
    Tier.TUMOURS: "active against {through}",
    Tier.PARTICULAR: "acts on one kind of {variant} only: {through}",
    Tier.EVERY_FORM: "not made for {variant} alone: acts on {through}, of which it is a form",
    Tier.ALLELE_NOT_SAID: "a {through}; on which variant it acts is not said",
}
_THROUGH_CLASS = {
    Tier.PARTICULAR: "a {through}; the class acts on one kind of {variant} only",
    Tier.EVERY_FORM: "a {through}, not made for {variant} alone",
}


@dataclass(frozen=True)
class Addressing:
    """A therapy that acts on the variant.

    Attributes:
        drug: the therapy.
        tier: how directly.
        through: what it acts on, or the class by which it does.
        statements: statements that say so.
        via: for a class, the statements on what the class acts on.
    """

    drug: Entity
    tier: Tier
    through: Entity
    statements: tuple[Statement, ...]
    via: tuple[Statement, ...] = ()

    def words(self, variant: Entity) -> str:
        """How it acts on the variant, in words."""
        told = TIER_LABELS[self.tier]
        if self.through.cls == "DrugClass":
            told = _THROUGH_CLASS.get(self.tier, told)
        return told.format(through=self.through.label, variant=variant.label)


def addressing(reader: Reader, variant: Entity) -> list[Addressing]:
    """Single therapies that act on a variant; what is denied is left to others.

    A therapy has the most direct of its ties. What a source only suggests counts too, and
    its statements keep their standing. Nothing acts on the absence of a change, so an
    unchanged gene has none.
    """
    if variant.attributes.get("kind") == WILD_TYPE:
        return []
    entities = reader.entities
    kin = lineage(entities, variant.id)
    products = {name for name in kin if entities[name].cls in _PRODUCTS}
    kinds = {n for n in kinds_of(reader, variant.id) if entities[n].cls in VARIANTS}
    tumours = {
        item.id
        for item in entities.values()
        if item.cls == "Disease" and variant.id in carried(reader, item.id, itself=True)
    }
    members = _members(reader)
    found: dict[str, Addressing] = {}

    def put(drug: str, tier: Tier, through: str, told: Sequence[Statement],
            via: Sequence[Statement] = ()) -> None:  # fmt: skip
        if entities[drug].cls in _SINGLE and drug not in found:
            found[drug] = Addressing(
                entities[drug], tier, entities[through], tuple(told), tuple(via)
            )

    def act(targets: set[str], own: Tier, by_class: Tier) -> None:
        acts = _by_subject(_about(reader, _ACTS, targets))
        for drug, told in acts.items():
            put(drug, own, told[0].object, told)
        for name, told in acts.items():
            for member, joins in members.get(name, {}).items():
                put(member, by_class, name, joins, told)

    act(_forms(reader, {variant.id}), Tier.VARIANT, Tier.BY_CLASS)
    active = [s for s in _about(reader, ("active_against",), tumours) if s.certainty in _CLAIMED]
    for drug, told in _by_subject(active).items():
        put(drug, Tier.TUMOURS, told[0].object, told)
    act(_forms(reader, kinds - {variant.id}), Tier.PARTICULAR, Tier.PARTICULAR)
    act(products, Tier.EVERY_FORM, Tier.EVERY_FORM)
    others = _made_for_others(reader, variant, members)
    for name in sorted(_classes_of_products(reader, products)):
        for member, joins in members.get(name, {}).items():
            if member not in others:
                put(member, Tier.ALLELE_NOT_SAID, name, joins)
    return sorted(found.values(), key=lambda a: (a.tier, a.drug.label.casefold()))


def _forms(reader: Reader, variants: set[str]) -> set[str]:
    """Variants with their states."""
    return variants | {
        item.id
        for item in reader.entities.values()
        if item.cls == "ProteinState" and variants & set(item.parents)
    }


def _made_for_others(
    reader: Reader, variant: Entity, members: Mapping[str, Mapping[str, Sequence[Statement]]]
) -> set[str]:
    """Therapies that act on other variants, by themselves or by a class."""
    alleles = {i.id for i in reader.entities.values() if i.cls == "ProteinVariant"} - {variant.id}
    acts = _by_subject(_about(reader, _ACTS, _forms(reader, alleles)))
    return set(acts) | {member for name in acts for member in members.get(name, {})}


def _classes_of_products(reader: Reader, products: Iterable[str]) -> set[str]:
    """Classes named for the product of the gene or its family."""
    labels = {f"{reader.label(name)} inhibitor" for name in products}
    return {
        item.id
        for item in reader.entities.values()
        if item.cls == "DrugClass" and item.label in labels
    }


def _members(reader: Reader) -> dict[str, dict[str, list[Statement]]]:
    """For each class, its members with the statements that join them."""
    found: dict[str, dict[str, list[Statement]]] = {}
    for statement in reader.statements_where(predicates=("member_of",)):
        if statement.polarity is Polarity.AFFIRMED and not statement.deprecated:
            joined = found.setdefault(statement.object, {})
            joined.setdefault(statement.subject, []).append(statement)
    return found


def _about(reader: Reader, predicates: Iterable[str], objects: Iterable[str]) -> list[Statement]:
    """Affirmed statements on therapies with one of the predicates and objects."""
    told = reader.statements_where(predicates=tuple(predicates), objects=tuple(objects))
    return [
        s
        for s in told
        if s.polarity is Polarity.AFFIRMED
        and not s.deprecated
        and reader.entities[s.subject].cls in THERAPY_CLASSES
    ]


def _by_subject(statements: Iterable[Statement]) -> dict[str, list[Statement]]:
    """Statements by subject, the firmest first; the subjects in order."""
    found: dict[str, list[Statement]] = {}
    for statement in statements:
        found.setdefault(statement.subject, []).append(statement)
    for told in found.values():
        told.sort(key=lambda s: (s.certainty is not Certainty.STATED, s.predicate != "inhibits"))
    return dict(sorted(found.items()))
