"""The query library as SPARQL examples in the form that SIB's resources use.

Each query becomes a `sh:SPARQLExecutable` with its question, keywords and text. The text
stands alone: its prefixes are declared, and its parameters are joined with the example
values of its header, so that it runs as it is on any endpoint with the dataset.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode

from kras_graph.rdf import names
from kras_graph.rdf.library import StoredQuery

EXAMPLES = names.BASE + "sparql-examples/"
SHACL = "http://www.w3.org/ns/shacl#"

# Kind of a query → class and property of the SHACL vocabulary that SIB's examples use.
_FORMS = {
    "SELECT": ("sh:SPARQLSelectExecutable", "sh:select"),
    "ASK": ("sh:SPARQLAskExecutable", "sh:ask"),
    "CONSTRUCT": ("sh:SPARQLConstructExecutable", "sh:construct"),
    "DESCRIBE": ("sh:SPARQLDescribeExecutable", "sh:describe"),
}
_HEADS = ("ex", EXAMPLES), ("sh", SHACL), ("rdfs", names.RDFS), ("schema", names.SCHEMA)
_QUOTED = re.compile(r'"(?:[^"\\\n]|\\.)*"|<[^<>\s]*>')


def runnable(query: StoredQuery) -> str:
    """Text of a query that runs by itself, for the example values of its header.

    Values are terms written in SPARQL's own syntax and joined at the start of WHERE, which
    binds them as a parameter does; a comment behind each tells what it is.

    >>> from kras_graph.rdf.library import stored_query
    >>> print(runnable(stored_query("approvals")).splitlines()[0])
    PREFIX dcterms: <http://purl.org/dc/terms/>
    """
    body = query.text.partition("\n\n")[2]
    bound = ""
    for parameter in query.parameters:
        entity = parameter.kind == "entity"
        example = parameter.example
        term = names.short(names.ENTITY + example) if entity else str(Literal(example))
        bound += f"  VALUES ?{parameter.name} {{ {term} }}  # {parameter.meaning}\n"
    whole = body.replace("WHERE {\n", "WHERE {\n" + bound, 1)
    bare = _QUOTED.sub(" ", whole)
    used = {prefix for prefix in names.PREFIXES if re.search(rf"\b{prefix}:", bare)}
    prologue = "".join(f"PREFIX {p}: <{names.PREFIXES[p]}>\n" for p in sorted(used))
    return f"{prologue}\n{whole}"


def examples_turtle(queries: Iterable[StoredQuery], endpoint: str | None = None) -> str:
    """Turtle of the queries as examples, in the order given.

    Args:
        queries: queries of the library.
        endpoint: address of a SPARQL service that answers them, if there is one.
    """
    lines = [f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in _HEADS]
    lines.append("@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n\nex:prefixes\n")
    declared = [
        f'    sh:declare [ sh:prefix "{prefix}" ; sh:namespace "{iri}"^^xsd:anyURI ]'
        for prefix, iri in names.PREFIXES.items()
    ]
    lines.append(" ;\n".join(declared) + " .\n")
    lines += [_example(query, endpoint) for query in queries]
    return "".join(lines)


def _example(query: StoredQuery, endpoint: str | None) -> str:
    """Turtle of one query."""
    text = runnable(query)
    kind, holds = _FORMS[_form(text)]
    parts = [
        f"a sh:SPARQLExecutable, {kind}",
        f"rdfs:label {_quoted(query.summary)}@en",
        f"rdfs:comment {_quoted(query.description)}@en",
        "schema:keywords " + ", ".join(_quoted(tag) for tag in query.tags),
        "sh:prefixes ex:prefixes",
        f"{holds} {_long(text)}",
    ]
    if endpoint:
        parts.append(f"schema:target {NamedNode(endpoint)}")
    return f"\nex:{query.name} " + " ;\n    ".join(parts) + " .\n"


def _form(text: str) -> str:
    """SELECT, ASK, CONSTRUCT or DESCRIBE, whichever the query begins with."""
    return next(word for line in text.splitlines() for word in line.split()[:1] if word in _FORMS)


def _quoted(text: str) -> str:
    """A short literal of Turtle."""
    return str(Literal(text))


def _long(text: str) -> str:
    """A literal of Turtle over several lines."""
    escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return f'"""{escaped}"""'
