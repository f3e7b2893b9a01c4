"""The query library as text that runs as it stands, and as `sh:SPARQLExecutable`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kras_graph.rdf import names
from kras_graph.rdf.library import Parameter, StoredQuery, stored_queries
from kras_graph.server.resources import short

SH = "http://www.w3.org/ns/shacl#"
_GROUP = re.compile(r"\bWHERE\s*\{|^(?!#)[^#\n]*?\{", re.IGNORECASE | re.MULTILINE)
_KINDS = {"SELECT": "Select", "ASK": "Ask", "CONSTRUCT": "Construct", "DESCRIBE": "Describe"}


@dataclass(frozen=True)
class Example:
    """A stored question with example values in the place of its parameters."""

    name: str
    summary: str
    description: str
    tags: tuple[str, ...]
    text: str


@lru_cache(maxsize=1)
def examples() -> tuple[Example, ...]:
    """Every question of the library, by name."""
    return tuple(
        Example(query.name, query.summary, query.description, query.tags, runnable(query))
        for query in stored_queries().values()
    )


def runnable(query: StoredQuery) -> str:
    """Text of a stored query whose parameters stand bound to their examples by `VALUES`."""
    body = "\n".join(line for line in query.text.splitlines() if not line.startswith("#+"))
    values = "".join(
        f"\n  VALUES ?{parameter.name} {{ {_term(parameter)} }}"
        f"  # {parameter.meaning}; change it here"
        for parameter in query.parameters
    )
    found = _GROUP.search(body)
    if values and found:
        body = body[: found.end()] + values + body[found.end() :]
    return f"# {query.summary}\n{body.strip()}\n"


def _term(parameter: Parameter) -> str:
    if parameter.kind == "entity":
        return short(names.ENTITY + parameter.example)
    return str(Literal(parameter.example))


def with_prefixes(text: str) -> str:
    """The text with a PREFIX line for each prefix that it uses, for any other engine.

    >>> print(with_prefixes("ASK { id:KRAS a ?type }").splitlines()[0])
    PREFIX id: <https://w3id.org/kras-graph/id/>
    """
    used = [
        f"PREFIX {prefix}: <{iri}>\n"
        for prefix, iri in names.PREFIXES.items()
        if re.search(rf"(?<![\w:<]){prefix}:", text)
    ]
    return "".join(used) + text


def triples(endpoint: str) -> Iterator[Triple]:
    """The library in the form of the SIB collections of SPARQL examples.

    Args:
        endpoint: address of the service that the examples are for.
    """
    rdf_type = NamedNode(names.RDF + "type")
    keyword = NamedNode(names.SCHEMA + "keywords")
    declarer = NamedNode(names.BASE + "sparql-examples")
    for prefix, iri in names.PREFIXES.items():
        entry = BlankNode(f"prefix-{prefix}")
        yield Triple(declarer, NamedNode(SH + "declare"), entry)
        yield Triple(entry, NamedNode(SH + "prefix"), Literal(prefix))
        any_uri = NamedNode(names.XSD + "anyURI")
        yield Triple(entry, NamedNode(SH + "namespace"), Literal(iri, datatype=any_uri))
    for example in examples():
        node = NamedNode(f"{names.BASE}sparql-examples/{example.name}")
        word = re.search(r"^\s*(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", example.text, re.I | re.M)
        kind = _KINDS[word[1].upper() if word else "SELECT"]
        yield Triple(node, rdf_type, NamedNode(SH + "SPARQLExecutable"))
        yield Triple(node, rdf_type, NamedNode(f"{SH}SPARQL{kind}Executable"))
        yield Triple(node, NamedNode(names.RDFS + "label"), Literal(example.summary, language="en"))
        comment = Literal(example.description, language="en")
        yield Triple(node, NamedNode(names.RDFS + "comment"), comment)
        yield Triple(node, NamedNode(SH + "prefixes"), declarer)
        text = Literal(with_prefixes(example.text))
        yield Triple(node, NamedNode(SH + kind.lower()), text)
        yield Triple(node, NamedNode(names.SCHEMA + "target"), NamedNode(endpoint))
        for tag in example.tags:
            yield Triple(node, keyword, Literal(tag))
