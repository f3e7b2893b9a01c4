"""IRIs and CURIEs: how things of the graph are named, and how names are shortened."""

from __future__ import annotations

import re

BASE = "https://w3id.org/kras-graph/"
KG = BASE + "vocab#"
ENTITY = BASE + "id/"
STATEMENT = BASE + "stmt/"
RESULT = BASE + "result/"
ANCHOR = BASE + "anchor/"
PUBLICATION = BASE + "publication/"
TEXT = BASE + "text/"

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCTERMS = "http://purl.org/dc/terms/"
PROV = "http://www.w3.org/ns/prov#"
OA = "http://www.w3.org/ns/oa#"
SCHEMA = "https://schema.org/"
BIOLINK = "https://w3id.org/biolink/vocab/"
OBO = "http://purl.obolibrary.org/obo/"

PREFIXES: dict[str, str] = {
    "kg": KG,
    "id": ENTITY,
    "stmt": STATEMENT,
    "result": RESULT,
    "anchor": ANCHOR,
    "publication": PUBLICATION,
    "rdf": RDF,
    "rdfs": RDFS,
    "xsd": XSD,
    "skos": SKOS,
    "dcterms": DCTERMS,
    "prov": PROV,
    "oa": OA,
    "schema": SCHEMA,
    "biolink": BIOLINK,
}


def local(iri: str) -> str:
    """Id of a thing of the graph from its IRI; other IRIs come back as they are.

    >>> local("https://w3id.org/kras-graph/id/sotorasib")
    'sotorasib'
    """
    for base in (KG, ENTITY, STATEMENT, RESULT, ANCHOR, PUBLICATION):
        if iri.startswith(base):
            return iri[len(base) :]
    return iri


def short(iri: str) -> str:
    """An IRI as a prefixed name where that can be written, else in angle brackets.

    >>> short("https://w3id.org/kras-graph/id/sotorasib"), short("http://example.org/a")
    ('id:sotorasib', '<http://example.org/a>')
    """
    for prefix, base in PREFIXES.items():
        rest = iri[len(base) :]
        if iri.startswith(base) and re.fullmatch(r"[A-Za-z_][\w-]*", rest):
            return f"{prefix}:{rest}"
    return f"<{iri}>"


def prologue() -> str:
    """PREFIX lines for every prefix in use."""
    return "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
