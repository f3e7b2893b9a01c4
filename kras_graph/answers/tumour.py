"""A tumour as people describe it → entities of the graph, with how each name was read.

Nothing given is dropped: a name that the graph does not know, or that cannot be used, stays
in the list of inputs with the reason. A description that contradicts itself is refused.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from kras_graph.answers.resolve import Match, Names, hgvs_short
from kras_graph.model.errors import AmbiguousNameError, KrasGraphError, UnknownNameError
from kras_graph.model.records import Entity
from kras_graph.model.terms import THERAPY_CLASSES
from kras_graph.network.blocking import lineage
from kras_graph.rdf.reader import Reader

FIELDS = ("disease", "variant", "co", "acquired", "prior", "pd-l1")
VARIANTS = ("ProteinVariant", "Alteration")
LESIONS = (*VARIANTS, "Mechanism", "Process", "Pathway", "TumourState")
WILD_TYPE = "wild-type"
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d+)?)\s*%?")
_CHANGE = re.compile(r"([A-Za-z0-9-]+)[\s:_-]+p?\.?([A-Z]\d{1,4})(?:[A-Z*]|fs\S*)")
_WORDS = (
    (re.compile(r"\bamp(?:lified)?$", re.IGNORECASE), "amplification"),
    (re.compile(r"\bmut(?:ant|ated)?$", re.IGNORECASE), "mutation"),
    (re.compile(r"\b(?:wt|wildtype)$", re.IGNORECASE), "wild type"),
)


class ProfileError(KrasGraphError):
    """A description of a tumour that contradicts itself or holds no usable value.

    Attributes:
        field: the input that is at fault, one of `FIELDS`.
    """

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


@dataclass(frozen=True)
class Input:
    """One thing given, and what became of it.

    Attributes:
        field: one of `FIELDS`.
        text: as given.
        entity: what it stands for; None when the graph has nothing of that name.
        how: how it was read, where that is not plain; empty otherwise.
        unused: why nothing is done with it; empty when it is used.
        widened: whether the entity only takes in what was given.
    """

    field: str
    text: str
    entity: Entity | None = None
    how: str = ""
    unused: str = ""
    widened: bool = False


@dataclass(frozen=True)
class Profile:
    """A tumour in the terms of the graph; what could not be read is in `inputs` only.

    Attributes:
        inputs: everything given, in the order of `FIELDS`.
        disease: tumour type.
        variant: the alteration that the tumour is driven by.
        co: alterations present with it.
        acquired: alterations that came later.
        prior: medicines given before.
        pd_l1: share of cells with PD-L1, in percent.
    """

    inputs: tuple[Input, ...]
    disease: Entity | None = None
    variant: Entity | None = None
    co: tuple[Entity, ...] = ()
    acquired: tuple[Entity, ...] = ()
    prior: tuple[Entity, ...] = ()
    pd_l1: float | None = None

    @property
    def widened(self) -> bool:
        """Whether the variant stands for one that the graph does not know."""
        return any(i.field == "variant" and i.widened and not i.unused for i in self.inputs)

    @property
    def lesions(self) -> tuple[Entity, ...]:
        """What the tumour has besides its variant."""
        return (*self.co, *self.acquired)

    @property
    def unused(self) -> tuple[Input, ...]:
        """What was given and not used."""
        return tuple(item for item in self.inputs if item.unused)

    @property
    def title(self) -> str:
        """The tumour in one line."""
        named = [i.text for i in self.inputs if i.field == "disease"]
        unknown = f"{named[0]} (not in the graph)" if named else "tumour type not given"
        parts = [self.disease.label if self.disease else unknown]
        parts += [self.variant.label] if self.variant else []
        parts += [f"with {item.label}" for item in self.co]
        parts += [f"acquired {item.label}" for item in self.acquired]
        parts += [f"after {item.label}" for item in self.prior]
        return ", ".join(parts + ([f"PD-L1 {self.pd_l1:g}%"] if self.pd_l1 is not None else []))


def read_profile(
    reader: Reader,
    names: Names,
    *,
    disease: str = "",
    variant: str = "",
    co: Iterable[str] = (),
    acquired: Iterable[str] = (),
    prior: Iterable[str] = (),
    pd_l1: str | float | None = None,
) -> Profile:
    """The tumour that is described.

    Args:
        reader: the dataset.
        names: the index of names.
        disease: tumour type.
        variant: the variant in question, such as `KRAS G12C`.
        co: alterations present with it; a gene's symbol alone stands for its mutation.
        acquired: alterations that came later.
        prior: medicines given before.
        pd_l1: percent of cells with PD-L1.

    Raises:
        ProfileError: when nothing usable is given, when two inputs contradict each other,
            or when `pd_l1` is no percentage.
    """
    given: list[tuple[str, Input]] = []

    def put(field: str, texts: Iterable[str]) -> None:
        for text in texts:
            if text.strip():
                given.append((field, _read(reader, names, field, text.strip())))

    put("disease", [disease])
    put("variant", [variant])
    put("co", co)
    put("acquired", acquired)
    put("prior", prior)
    inputs = _once([item for _, item in given])

    def used(field: str) -> tuple[Entity, ...]:
        return tuple(i.entity for i in inputs if i.field == field and i.entity and not i.unused)

    share = _percentage(pd_l1)
    if share is not None:
        inputs.append(Input("pd-l1", f"{share:g}%"))
    kinds, variants = used("disease"), used("variant")
    profile = Profile(
        inputs=tuple(inputs),
        disease=kinds[0] if kinds else None,
        variant=variants[0] if variants else None,
        co=used("co"),
        acquired=used("acquired"),
        prior=used("prior"),
        pd_l1=share,
    )
    _refuse_contradictions(reader, profile)
    if not (profile.disease or profile.variant or profile.lesions or profile.prior):
        told = "; ".join(f"{i.field} {i.text!r}: {i.unused}" for i in inputs if i.unused)
        what = f"The graph knows nothing of what is given. {told}" if told else "Nothing is given."
        raise ProfileError("variant", what)
    return profile


def _read(reader: Reader, names: Names, field: str, text: str) -> Input:
    """One name, read among the classes that its field may hold."""
    if field == "disease":
        return _named(names, field, text, ("Disease",))
    if field == "prior":
        return _named(names, field, text, THERAPY_CLASSES)
    spelt = text
    for pattern, word in _WORDS:
        spelt = pattern.sub(word, spelt)
    classes = VARIANTS if field == "variant" else LESIONS
    exact = _exact(names, spelt, classes)
    if exact is not None:
        return Input(field, text, exact)
    gene = _exact(names, spelt, ("Gene",))
    if gene is not None:
        return _of_gene(reader, field, text, gene)
    wider = _wider(reader, names, spelt)
    if wider is not None:
        how = f"not in the graph; read as {wider.label}, which takes it in"
        return Input(field, text, wider, how, widened=True)
    return _named(names, field, spelt, classes, text)


def _exact(names: Names, text: str, classes: Collection[str]) -> Entity | None:
    """The entity of exactly this name, in any spelling that is not a correction."""
    try:
        match = names.find(text, classes)
    except (UnknownNameError, AmbiguousNameError):
        return None
    return None if match.corrected else match.entity


def _named(names: Names, field: str, text: str, classes: Collection[str], given: str = "") -> Input:
    """A name, or why it cannot be used."""
    given = given or text
    try:
        match: Match = names.find(text, classes)
    except AmbiguousNameError as error:
        return Input(field, given, unused=f"may mean any of: {', '.join(error.choices)}")
    except UnknownNameError as error:
        other = _exact(names, text, ())
        if other is not None:
            reason = f"{other.label} is no {_WANTED[field]} in the graph but of class {other.cls}"
            return Input(field, given, other, unused=reason)
        near = ", ".join(error.suggestions)
        hint = f"; nearest: {near}" if near else ""
        return Input(field, given, unused=f"the graph has no {_WANTED[field]} of this name{hint}")
    entity = match.entity
    if match.corrected:
        return Input(field, given, entity, f"taken to be a spelling of {entity.label}")
    return Input(field, given, entity)


_WANTED = {
    "disease": "tumour type",
    "variant": "variant",
    "co": "alteration",
    "acquired": "alteration",
    "prior": "medicine",
}


def _of_gene(reader: Reader, field: str, text: str, gene: Entity) -> Input:
    """A bare gene symbol: its mutation, where the graph has that; nothing is guessed."""
    mutation = reader.entities.get(f"{gene.id}_mutation")
    if mutation is not None:
        how = f"a gene alone is named; read as {mutation.label}, of any kind"
        return Input(field, text, mutation, how)
    known = [
        item.label
        for item in reader.entities.values()
        if item.cls in VARIANTS and item.attributes.get("gene") == gene.id
    ]
    there = f"; the graph knows: {', '.join(sorted(known))}" if known else ""
    return Input(field, text, gene, unused=f"names a gene and not what happened to it{there}")


def _wider(reader: Reader, names: Names, text: str) -> Entity | None:
    """For a protein change that the graph lacks, the codon's or the gene's mutation."""
    match = _CHANGE.fullmatch(hgvs_short(text).strip())
    gene = _exact(names, match[1], ("Gene",)) if match else None
    if match is None or gene is None:
        return None
    codon = reader.entities.get(f"{gene.id}_{match[2]}_mutation")
    return codon or reader.entities.get(f"{gene.id}_mutation")


def _once(inputs: Sequence[Input]) -> list[Input]:
    """Each entity at its first place; a repetition is kept as unused."""
    seen: dict[str, Input] = {}
    found = []
    for item in inputs:
        if item.entity is not None and not item.unused:
            first = seen.setdefault(item.entity.id, item)
            if first is not item:
                reason = f"the same as {first.field} {first.text!r}; counted once"
                found.append(replace(item, unused=reason))
                continue
        found.append(item)
    return found


def _percentage(given: str | float | None) -> float | None:
    """A share in percent.

    Raises:
        ProfileError: when it is none.
    """
    text = "" if given is None else str(given).strip()
    if not text:
        return None
    match = _PERCENT.fullmatch(text)
    if match is None or float(match[1]) > 100:
        raise ProfileError("pd-l1", f"{text!r} is not a percentage from 0 to 100.")
    return float(match[1])


def genes_of(reader: Reader, item: Entity) -> frozenset[str]:
    """Genes that an alteration concerns, by its record or by its label."""
    gene = item.attributes.get("gene")
    if gene:
        return frozenset((gene,))
    found = (reader.entities.get(word) for word in re.split(r"[\s/]+", item.label))
    return frozenset(entity.id for entity in found if entity is not None and entity.cls == "Gene")


def carried(reader: Reader, disease: str, *, itself: bool = False) -> frozenset[str]:
    """Alterations by which a tumour type is told apart, as labels say.

    Args:
        reader: the dataset.
        disease: the tumour type.
        itself: leave out what only a type that takes it in is told apart by.
    """
    found = set()
    for name in [disease] if itself else lineage(reader.entities, disease):
        label = reader.label(name)
        for item in reader.entities.values():
            if item.cls in VARIANTS:
                plain = item.label.partition(" (")[0]
                stem = plain.removesuffix(" mutation").removesuffix("-mutation")
                if label.startswith(f"{stem}-mut"):
                    found.add(item.id)
    return frozenset(found)


def _refuse_contradictions(reader: Reader, profile: Profile) -> None:
    """Refuse what no one tumour can be.

    Raises:
        ProfileError: naming both inputs.
    """
    fields = {i.entity.id: i.field for i in profile.inputs if i.entity and not i.unused}
    for item in profile.acquired:
        if item.attributes.get("kind") == WILD_TYPE:
            raise ProfileError(
                "acquired", f"{item.label} cannot be acquired: it is the unchanged gene."
            )
    present = [*([profile.variant] if profile.variant else []), *profile.co]
    for one, other in combinations(present, 2):
        if _exclude(reader, one, other) or _exclude(reader, other, one):
            raise ProfileError(
                fields[other.id],
                f"{one.label} and {other.label} cannot both hold in one tumour; leave one out.",
            )
    if profile.disease is None or profile.variant is None:
        return
    rivals = genes_of(reader, profile.variant)
    named = {
        name
        for name in carried(reader, profile.disease.id)
        if genes_of(reader, reader.entities[name]) & rivals
    }
    alleles = {
        name
        for name in named
        if reader.entities[name].cls == "ProteinVariant"
        and profile.variant.id not in lineage(reader.entities, name)
    }
    unchanged = profile.variant.attributes.get("kind") == WILD_TYPE
    own = lineage(reader.entities, profile.variant.id)
    if alleles - own or (named and unchanged):
        raise ProfileError(
            "variant",
            f"{profile.disease.label} names another variant than {profile.variant.label}; "
            "change one of the two.",
        )


def _exclude(reader: Reader, one: Entity, other: Entity) -> bool:
    """Whether an unchanged or a lost gene rules out another alteration of it."""
    if not genes_of(reader, one) & genes_of(reader, other):
        return False
    kind, others = one.attributes.get("kind", ""), other.attributes.get("kind", "")
    if kind == WILD_TYPE:
        return others not in (WILD_TYPE, "amplification")
    lost = one.attributes.get("effect") == "loss"
    return lost and other.attributes.get("effect") == "gain"
