"""What the graph holds on one thing, in RDF, and what an editor can complete."""

from __future__ import annotations

import re
from typing import Any

from pyoxigraph import QueryTriples, Triple

from kras_graph.rdf import names
from kras_graph.rdf.engine import Engine, rows
from kras_graph.rdf.reader import Reader

BASES = {
    "id": names.ENTITY,
    "stmt": names.STATEMENT,
    "result": names.RESULT,
    "anchor": names.ANCHOR,
    "publication": names.PUBLICATION,
}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.~+-]{0,199}")
# A statement brings its figures and anchors along, so that its evidence is in one document.
_EVIDENCE = "(kg:hasResult|prov:wasDerivedFrom|kg:hasResult/prov:wasDerivedFrom)"


def known(engine: Engine, kind: str, name: str) -> bool:
    """Whether the graph says anything of a thing."""
    if kind not in BASES or not _NAME.fullmatch(name):
        return False
    return bool(engine.query(f"ASK {{ <{BASES[kind]}{name}> ?p ?o }}"))


def about(engine: Engine, kind: str, name: str) -> list[Triple]:
    """Triples on a thing that is `known`, sorted.

    Its own; for an entity also those of every statement about it with results and anchors.
    """
    iri = f"<{BASES[kind]}{name}>"
    queries = [f"CONSTRUCT {{ {iri} ?p ?o }} WHERE {{ {iri} ?p ?o }}"]
    if kind == "id":
        tied = f"?s rdf:subject|rdf:object {iri}"
        queries += [
            f"CONSTRUCT {{ ?s ?p {iri} }} WHERE {{ ?s ?p {iri} }}",
            f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {tied} . ?s ?p ?o }}",
            f"CONSTRUCT {{ ?e ?p ?o }} WHERE {{ {tied} . ?s {_EVIDENCE} ?e . ?e ?p ?o }}",
        ]
    if kind in ("stmt", "result"):
        queries.append(f"CONSTRUCT {{ ?e ?p ?o }} WHERE {{ {iri} {_EVIDENCE} ?e . ?e ?p ?o }}")
    found: dict[Triple, None] = {}
    for query in queries:
        answer = engine.query(query)
        if isinstance(answer, QueryTriples):
            found.update(dict.fromkeys(answer))
    return sorted(found, key=str)


def values(engine: Engine, kind: str, name: str) -> list[tuple[str, str, bool]]:
    """Predicate, value and whether the value is an IRI, for each triple of a known thing."""
    query = f"SELECT ?p ?o WHERE {{ <{BASES[kind]}{name}> ?p ?o }} ORDER BY ?p ?o"
    return [
        (row["p"].value, row["o"].value, type(row["o"]).__name__ == "NamedNode")
        for row in rows(engine.query(query))
    ]


def completions(reader: Reader) -> dict[str, Any]:
    """Prefixes, classes, predicates and entities with their labels, for the editor."""
    engine = reader.engine
    classes = engine.query(
        "SELECT DISTINCT ?c ?label { ?s a ?c OPTIONAL { ?c rdfs:label ?label } } ORDER BY ?c"
    )
    predicates = engine.query(
        "SELECT DISTINCT ?p ?label { ?s ?p ?o OPTIONAL { ?p rdfs:label ?label } } ORDER BY ?p"
    )

    def listed(found: Any, name: str) -> list[list[str]]:
        return [
            [names.short(row[name].value), row["label"].value if "label" in row else ""]
            for row in rows(found)
        ]

    return {
        "prefixes": names.PREFIXES,
        "classes": listed(classes, "c"),
        "predicates": listed(predicates, "p"),
        "entities": [
            [f"id:{item.id}", item.label, *item.synonyms] for item in reader.entities.values()
        ],
    }
