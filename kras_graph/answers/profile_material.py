"""Everything a profile is answered from, read once, and the ways to make lines of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cached_property

from kras_graph.answers.addressing import Addressing, Tier, addressing
from kras_graph.answers.measured import Measured, measured, with_figures
from kras_graph.answers.nearness import Near, Surroundings
from kras_graph.answers.outcomes import ENDPOINTS
from kras_graph.answers.profile_records import Line
from kras_graph.answers.resistance import classes_of
from kras_graph.answers.tumour import VARIANTS, WILD_TYPE, Profile, genes_of
from kras_graph.curation.tables import natural
from kras_graph.model.records import Entity, Statement
from kras_graph.model.terms import GIVEN_CLASSES, Certainty, Polarity
from kras_graph.network.blocking import lineage
from kras_graph.rdf.reader import Reader

# Statements on co-mutation of any kind, which hold whatever the partner gene is.
ANY_COMPANY = ("KRAS_co-mutation", "co-occurring_genetic_alteration")
_FIRMNESS = {certainty: place for place, certainty in enumerate(Certainty)}
_DIRECT_TIERS = (Tier.VARIANT, Tier.BY_CLASS, Tier.TUMOURS, Tier.PARTICULAR)


class Material:
    """One dataset seen from one profile.

    Args:
        reader: the dataset.
        profile: the tumour.
    """

    def __init__(self, reader: Reader, profile: Profile) -> None:
        self.reader = reader
        self.profile = profile
        self.entities = reader.entities
        self.around = Surroundings(reader, profile)
        self._company: dict[str, dict[str, str]] = {}

    @cached_property
    def statements(self) -> list[Statement]:
        """Every statement in force, in the order of ids."""
        return [s for s in self.reader.statements() if not s.deprecated]

    @cached_property
    def figures(self) -> dict[str, list[Measured]]:
        """Figures of every statement that has some, by its id."""
        found: dict[str, list[Measured]] = {}
        for row in measured(self.reader, with_figures(self.reader)):
            found.setdefault(row.statement.id, []).append(row)
        return found

    @cached_property
    def addressing(self) -> list[Addressing]:
        """Therapies that act on the variant, most directly first."""
        variant = self.profile.variant
        found = addressing(self.reader, variant) if variant else []
        # a variant that the graph lacks is none of the kinds that it knows
        apart = self.profile.widened
        return [a for a in found if not (apart and a.tier is Tier.PARTICULAR)]

    @cached_property
    def made_for(self) -> list[Entity]:
        """Therapies that act on the variant itself, on a kind of it, or on tumours with it."""
        return [a.drug for a in self.addressing if a.tier in _DIRECT_TIERS]

    @cached_property
    def classes(self) -> dict[str, Entity]:
        """Classes whose findings may hold for therapies that act on the variant.

        Classes of those therapies, and classes for the gene's products that are not of
        therapies made for another variant.
        """
        found: dict[str, Entity] = {}
        for drug in [*(a.drug for a in self.addressing), *self.profile.prior]:
            if drug in self.profile.prior and drug not in self.made_for:
                continue
            found |= {item.id: item for item, _ in classes_of(self.reader, drug.id)}
        variant = self.profile.variant
        if variant is None or variant.attributes.get("kind") == WILD_TYPE:
            return found
        products = lineage(self.entities, variant.id)
        tops = {
            item.id
            for item in self.entities.values()
            if item.cls == "DrugClass"
            and item.label in {f"{self.reader.label(name)} inhibitor" for name in products}
        }
        acts = {s.subject for s in self.statements if s.predicate == "inhibits" and s.is_edge}
        for item in self.entities.values():
            ours = item.cls == "DrugClass" and tops & lineage(self.entities, item.id)
            if ours and (item.id in tops or item.id not in acts) and not self._other_allele(item):
                found.setdefault(item.id, item)
        return found

    def _other_allele(self, item: Entity) -> bool:
        """Whether a class is named for another variant, or for any but this one."""
        variant = self.profile.variant
        if variant is None:
            return False
        others = [e for e in self.entities.values() if e.cls == "ProteinVariant" and e != variant]
        change = variant.label.rpartition(" ")[2]
        apart = (f"non-{change}", f"other than {change}")
        return any(name in item.label for name in (*apart, *(e.label for e in others)))

    @cached_property
    def classes_of_prior(self) -> dict[str, list[Entity]]:
        """Classes of each therapy given before, nearest first."""
        return {
            drug.id: [item for item, _ in classes_of(self.reader, drug.id)]
            if drug.cls in GIVEN_CLASSES
            else []
            for drug in self.profile.prior
        }

    def with_company(self, lesion: Entity) -> dict[str, str]:
        """Entities that stand for a lesion, alone or with the variant, each with a remark."""
        if lesion.id not in self._company:
            self._company[lesion.id] = self._stands_for(lesion)
        return self._company[lesion.id]

    def _stands_for(self, lesion: Entity) -> dict[str, str]:
        found = {lesion.id: ""}
        for name in lineage(self.entities, lesion.id) - {lesion.id}:
            item = self.entities[name]
            if item.cls in VARIANTS and name not in self.around.variant_kin:
                found[name] = f"said of {item.label}, of which {lesion.label} is a kind"
        variant = self.profile.variant
        mine = genes_of(self.reader, lesion)
        own = genes_of(self.reader, variant) if variant else frozenset[str]()
        for item in self.entities.values():
            joint = mine and own and genes_of(self.reader, item) == mine | own
            if item.cls == "Alteration" and joint and not item.attributes.get("gene"):
                found.setdefault(item.id, f"said of {item.label}")
        return found

    @cached_property
    def _regimens(self) -> dict[str, list[Entity]]:
        found: dict[str, list[Entity]] = {}
        for item in self.entities.values():
            for part in item.attributes.get("components", "").split("|"):
                found.setdefault(part, []).append(item)
        return found

    def regimens(self, drug: str) -> list[Entity]:
        """Combinations that contain a therapy."""
        return self._regimens.get(drug, [])

    def partners(self, regimen: Entity, drug: str) -> list[Entity]:
        """What else a combination contains."""
        parts = regimen.attributes.get("components", "").split("|")
        return [self.entities[name] for name in parts if name != drug and name in self.entities]

    def lines(
        self,
        statements: Iterable[Statement],
        *,
        class_of: Entity | None = None,
        partners: Sequence[Entity] = (),
        remark: str = "",
        via: Sequence[Statement] = (),
        loosely: bool = False,
    ) -> list[Line]:
        """Lines of statements: a line a figure, and one for those that say alike without.

        Args:
            statements: the statements.
            class_of: the class that they are said of, if not of the medicine itself.
            partners: what is given with the medicine.
            remark: what ties them to the profile.
            via: statements by which the tie holds.
            loosely: put together what is said alike of other people or in other kinds of work.
        """
        found: list[Line] = []
        alike: dict[tuple[object, ...], tuple[Near, list[Statement]]] = {}
        for statement in statements:
            rows = self.figures.get(statement.id, [])
            for row in rows:
                near = self.around.near(statement, row, class_of=class_of, partners=partners)
                found.append(Line((statement,), near, row, remark, tuple(via)))
            if not rows:
                near = self.around.near(statement, class_of=class_of, partners=partners)
                where = () if loosely else (statement.setting, statement.population)
                key = (
                    statement.subject, statement.predicate, statement.object,
                    statement.polarity, statement.certainty, near, where,
                )  # fmt: skip
                alike.setdefault(key, (near, []))[1].append(statement)
        for near, same in alike.values():
            found.append(Line(tuple(same), near, None, remark, tuple(via)))
        return found

    def fitting(self, lines: Iterable[Line]) -> list[Line]:
        """Lines whose tumour type and variant are the profile's, wider, or not said."""
        return [line for line in lines if line.near is None or self.around.fits(line.near)]


def ordered(lines: Iterable[Line]) -> list[Line]:
    """Lines nearest first; the order tells nothing of benefit."""

    def key(line: Line) -> tuple[object, ...]:
        statement = line.first
        endpoint = line.figure.result.endpoint if line.figure else ""
        place = ENDPOINTS.index(endpoint) if endpoint in ENDPOINTS else len(ENDPOINTS)
        ident = line.figure.result.id if line.figure else statement.id
        near = line.near
        how_near = (near.level, near.company, near.tumour, near.variant) if near else ()
        return (
            how_near, line.figure is None, place, statement.polarity is Polarity.NEGATED,
            _FIRMNESS[statement.certainty], natural(ident),
        )  # fmt: skip

    return sorted(lines, key=key)


def once(lines: Iterable[Line], seen: Collection[str] = ()) -> list[Line]:
    """Each statement or figure at its first place.

    Args:
        lines: the lines.
        seen: ids of statements and figures that are shown elsewhere.
    """
    shown: set[str] = set()
    found = []
    for line in lines:
        ident = line.figure.result.id if line.figure else line.first.id
        if ident not in shown and not {ident, line.first.id} & set(seen):
            shown.add(ident)
            found.append(line)
    return found
