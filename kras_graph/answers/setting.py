"""What a question about a drug starts from: rules, blocks, and the lesions of the tumour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from kras_graph.model.mechanism import Mechanism
from kras_graph.model.records import Entity
from kras_graph.network.activation import Context, Program
from kras_graph.network.blocking import Blocking, Hit, lineage
from kras_graph.network.derivation import MAIN_OUTPUT

OUTPUTS = (MAIN_OUTPUT, "AKT", "YAP_signalling_activation")
# A mutation of the drug's site voids the drug that is asked about, whatever its target.
SITE_MUTATION = "drug-binding_site_mutation"
_LESIONS = frozenset({"Alteration", "ProteinVariant", "Mechanism"})
# Tumour types so wide that what is said of them is said of any solid tumour.
_ANY_TUMOUR = frozenset({"cancer", "solid_tumor", "metastatic_neoplasm"})


class Question(NamedTuple):
    """What to reason about.

    Attributes:
        drug: the drug, class or regimen that is given.
        disease: tumour type; unknown when None, and then clauses of every type hold.
        alterations: further lesions that the tumour has.
        outputs: nodes whose activity matters.
        documents_only: leave out marked assumptions.
        suggested: let in what sources only suggest.
        without: statements and assumptions to reason without.
    """

    drug: Entity
    disease: Entity | None = None
    alterations: tuple[Entity, ...] = ()
    outputs: tuple[str, ...] = OUTPUTS
    documents_only: bool = False
    suggested: bool = False
    without: frozenset[str] = frozenset()


class Setting(NamedTuple):
    """Rules, blocks and lesions of a question.

    Attributes:
        entities: the dataset's entities, by id.
        mechanism: the layer.
        question: the question.
        program: rules that hold.
        left_out: rules that the context leaves out.
        blocking: what therapies take away.
        blocks: what the drug takes away, node by node, with what voids it.
        hits: the drug's targets.
        made_for: alleles that the drug is made for.
        drivers: those of them that the tumour has.
        implied: lesions that the name of the tumour type says it has.
        given_lesions: lesions asked for, as the layer knows them.
        known_lesions: every further lesion that the layer knows.
        taken_as: lesions asked for that are taken as a wider one, with that one's id.
        in_driver: lesions asked for that the driver is a kind of; it stands for them.
        unused: lesions asked for on which the layer has no clause.
        untargeted: components of the drug that take nothing away in the layer.
        kin: the tumour type with all it is a kind of.
        switched_off: assumptions by which rules do not hold in this tumour type.
    """

    entities: Mapping[str, Entity]
    mechanism: Mechanism
    question: Question
    program: Program
    left_out: Program
    blocking: Blocking
    blocks: Mapping[str, Sequence[frozenset[str]]]
    hits: tuple[Hit, ...]
    made_for: tuple[str, ...]
    drivers: tuple[str, ...]
    implied: tuple[str, ...]
    given_lesions: tuple[str, ...]
    known_lesions: tuple[str, ...]
    taken_as: tuple[tuple[Entity, str], ...]
    in_driver: tuple[Entity, ...]
    unused: tuple[Entity, ...]
    untargeted: tuple[str, ...]
    kin: frozenset[str]
    switched_off: tuple[str, ...]

    @classmethod
    def of(cls, mechanism: Mechanism, blocking: Blocking, question: Question) -> Setting:
        """The setting of a question."""
        entities = blocking.entities
        disease = question.disease
        kin = lineage(entities, disease.id) if disease else frozenset()
        narrower = frozenset(
            item.id
            for item in entities.values()
            if disease and item.cls == "Disease" and disease.id in lineage(entities, item.id)
        )
        context = Context(
            kin, narrower - kin, question.documents_only, question.suggested, question.without
        )
        program = Program.of(mechanism, context)
        hits = tuple(blocking.hits(question.drug.id))
        made_for = blocking.driver_of(question.drug.id)
        implied = _implied(mechanism, entities, kin)
        drivers = () if _misfit(blocking, made_for, implied, question.alterations) else made_for
        held = frozenset().union(*(lineage(entities, name) for name in (*drivers, *implied)))
        voids = {void for target in blocking.druggable for void in blocking.voids_of(target)}
        voids |= {void for hit in hits for void in hit.voided_by}
        if hits and SITE_MUTATION in entities:
            voids.add(SITE_MUTATION)
        usable = {
            name
            for name in {*program.exogenous, *voids}
            if name in entities and entities[name].cls in _LESIONS
        }
        given: list[str] = []
        taken: list[tuple[Entity, str]] = []
        in_driver: list[Entity] = []
        unused: list[Entity] = []
        for item in question.alterations:
            if item.id in held:
                in_driver += [item] * (item.id not in (*drivers, *implied))
            elif item.id in usable:
                given.append(item.id)
            elif (wider := _nearest(entities, item.id, usable - held)) is not None:
                taken.append((item, wider))
                given.append(wider)
            elif item.attributes.get("kind") != "wild-type":
                unused.append(item)
        return cls(
            entities=entities,
            mechanism=mechanism,
            question=question,
            program=program,
            left_out=Program.left_out(mechanism, context),
            blocking=blocking,
            blocks=_blocks(hits, usable),
            hits=hits,
            made_for=made_for,
            drivers=drivers,
            implied=tuple(name for name in implied if name in usable and name not in drivers),
            given_lesions=tuple(dict.fromkeys(given)),
            known_lesions=tuple(sorted(usable - held)),
            taken_as=tuple(taken),
            in_driver=tuple(in_driver),
            unused=tuple(unused),
            untargeted=blocking.without_target(question.drug.id) if hits else (),
            kin=kin,
            switched_off=tuple(
                sorted(
                    {c.unless for c in mechanism.clauses if c.unless and kin & {*c.not_diseases}}
                )
            ),
        )

    @property
    def targets(self) -> tuple[str, ...]:
        """Entities that the drug takes away."""
        return tuple(hit.target for hit in self.hits)

    @property
    def given(self) -> frozenset[str]:
        """Lesions that the tumour has: its driver, those in its name, those asked for."""
        return frozenset([*self.drivers, *self.implied, *self.given_lesions])

    @property
    def misfit(self) -> bool:
        """Whether the drug is made for an allele that the tumour does not have."""
        return bool(self.made_for) and not self.drivers

    def concerns_target(self, lesion: str) -> bool:
        """Whether a lesion changes the gene of the allele that the drug is made for."""
        genes = {self.blocking.gene_of(driver) for driver in self.drivers} - {""}
        return self.blocking.gene_of(lesion) in genes

    def fits(self, diseases: Iterable[str]) -> bool:
        """Whether something tied to tumour types applies to the tumour asked about.

        It does where it names none, where it names the tumour type, a kind of it or what it
        is a kind of, any solid tumour, or tumours with a lesion that this one has.
        """
        disease = self.question.disease
        named = list(diseases)
        if disease is None or not named:
            return True
        return any(
            name in self.kin
            or name in _ANY_TUMOUR
            or disease.id in lineage(self.entities, name)
            or self._shares_lesion(name, disease.id)
            for name in named
        )

    def _shares_lesion(self, tumour: str, disease: str) -> bool:
        """Whether a tumour type is defined by a lesion at hand, and by no other tissue."""
        lesions = {t.disease: {*t.alterations} for t in self.mechanism.tumours}
        held = frozenset().union(*(lineage(self.entities, name) for name in self.given))
        if not lesions.get(tumour, set()) & held:
            return False
        tissues = lineage(self.entities, tumour) - _ANY_TUMOUR - lesions.keys()
        return all(t in self.kin or disease in lineage(self.entities, t) for t in tissues)


def _implied(
    mechanism: Mechanism, entities: Mapping[str, Entity], kin: frozenset[str]
) -> list[str]:
    """Lesions that the names of tumour types say, without those that another is a kind of."""
    found = {name for t in mechanism.tumours if t.disease in kin for name in t.alterations}
    wider = {w for name in found for w in lineage(entities, name) - {name}}
    return sorted(found - wider)


def _misfit(
    blocking: Blocking,
    made_for: Sequence[str],
    implied: Sequence[str],
    asked: Iterable[Entity],
) -> bool:
    """Whether the tumour has another allele of the gene, or its wild type, instead."""
    genes = {blocking.gene_of(name) for name in made_for}
    kinds = frozenset().union(*(lineage(blocking.entities, name) for name in made_for))
    other = any(name not in kinds and blocking.gene_of(name) in genes for name in implied)
    wild = any(
        item.attributes.get("kind") == "wild-type" and item.attributes.get("gene") in genes
        for item in asked
    )
    return bool(made_for) and (other or wild)


def _nearest(entities: Mapping[str, Entity], name: str, usable: set[str]) -> str | None:
    """The nearest wider lesion that the layer knows."""
    front = sorted(entities[name].parents) if name in entities else []
    while front:
        for wider in front:
            if wider in usable:
                return wider
        front = sorted({p for wider in front if wider in entities for p in entities[wider].parents})
    return None


def _blocks(hits: Iterable[Hit], usable: set[str]) -> dict[str, list[frozenset[str]]]:
    """What a drug takes away, each block voided by a mutation of the drug's site, too."""
    site = frozenset({SITE_MUTATION} & usable)
    found: dict[str, list[frozenset[str]]] = {}
    for hit in hits:
        for node in sorted(hit.nodes):
            found.setdefault(node, []).append(hit.voided_by | site)
    return found
