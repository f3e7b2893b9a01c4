"""The ontology as the curation rules need it: classes, predicates, signs."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from kras_graph.curation.resources import folder
from kras_graph.model.records import Predicate
from kras_graph.model.terms import Sign

VOCAB = "https://w3id.org/kras-graph/vocab#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_SCHEMA = "https://schema.org/"


@dataclass(frozen=True)
class Vocabulary:
    """Predicates by id, and for each class itself with all its superclasses."""

    predicates: dict[str, Predicate]
    ancestors: dict[str, frozenset[str]]
    biolink: dict[str, str]

    def fits(self, cls: str, allowed: frozenset[str]) -> bool:
        """Whether an entity of class `cls` may stand where `allowed` classes may."""
        return bool(self.ancestors.get(cls, frozenset({cls})) & allowed)


@cache
def ontology_text() -> str:
    """The ontology in Turtle, as shipped."""
    return (folder("ontology") / "kras-graph.ttl").read_text(encoding="utf-8")


@cache
def vocabulary() -> Vocabulary:
    """The shipped ontology, read once per process."""
    import pyoxigraph

    values: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for quad in pyoxigraph.parse(ontology_text(), format=pyoxigraph.RdfFormat.TURTLE):
        if isinstance(quad.subject, pyoxigraph.NamedNode) and not isinstance(
            quad.object, pyoxigraph.BlankNode | pyoxigraph.Triple
        ):
            values[quad.subject.value][quad.predicate.value].append(quad.object.value)

    def local(iris: list[str]) -> list[str]:
        return [iri.removeprefix(VOCAB) for iri in iris if iri.startswith(VOCAB)]

    supers = {
        iri.removeprefix(VOCAB): local(properties[f"{_RDFS}subClassOf"])
        for iri, properties in values.items()
        if iri.startswith(VOCAB)
    }

    def climb(name: str) -> frozenset[str]:
        return frozenset({name}).union(*(climb(parent) for parent in supers.get(name, [])))

    predicates = {}
    for iri, properties in values.items():
        if f"{VOCAB}effectSign" in properties:
            name = iri.removeprefix(VOCAB)
            predicates[name] = Predicate(
                id=name,
                label=properties[f"{_RDFS}label"][0],
                definition=properties[f"{_SKOS}definition"][0],
                domain=frozenset(local(properties[f"{_SCHEMA}domainIncludes"])),
                range=frozenset(local(properties[f"{_SCHEMA}rangeIncludes"])),
                sign=Sign(properties[f"{VOCAB}effectSign"][0]),
                biolink=properties[f"{_RDFS}subPropertyOf"][0],
                family=properties[f"{VOCAB}family"][0],
            )
    return Vocabulary(
        predicates,
        {name: climb(name) for name in supers},
        {
            iri.removeprefix(VOCAB): properties[f"{VOCAB}biolinkCategory"][0]
            for iri, properties in values.items()
            if f"{VOCAB}biolinkCategory" in properties
        },
    )
