"""The query library: one question a file, with a header that people and programs read.

A header is a block of comment lines at the top of a `.rq` file:

    #+ summary: one line
    #+ description: one line
    #+ tags: words, apart by commas
    #+ param: NAME entity EXAMPLE what it is
    #+ columns: names, apart by commas

Parameters are SPARQL variables (`?drug`) that a run binds to a term; their values are
never pasted into the text of the query. Each parameter must be projected in SELECT, since
the engine's substitution (pyoxigraph) binds only variables that are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from kras_graph.curation.resources import folder, tree
from kras_graph.model.errors import QueryError, UnknownNameError
from kras_graph.rdf import names
from kras_graph.rdf.engine import Engine, Results, Term


@dataclass(frozen=True)
class Parameter:
    """A variable of a stored query: `kind` is `entity` or `text`."""

    name: str
    kind: str
    example: str
    meaning: str


@dataclass(frozen=True)
class StoredQuery:
    """A question of the library with its text and what its header says."""

    name: str
    summary: str
    description: str
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    columns: tuple[str, ...]
    text: str


def parse_query(name: str, text: str) -> StoredQuery:
    """A stored query from the text of its file.

    Raises:
        QueryError: when a part of the header is missing or not of its form.
    """
    fields: dict[str, list[str]] = {}
    for line in text.splitlines():
        match = re.fullmatch(r"#\+ (\w+): (.+)", line.strip())
        if match:
            fields.setdefault(match[1], []).append(match[2].strip())
        elif line.strip() and not line.startswith("#"):
            break
    missing = [f for f in ("summary", "description", "tags", "columns") if f not in fields]
    if missing:
        raise QueryError(f"{name}.rq: the header lacks {', '.join(missing)}")
    parameters = []
    for line in fields.get("param", []):
        parts = re.fullmatch(r"(\w+) (entity|text) (\S+) (.+)", line)
        if not parts:
            raise QueryError(f"{name}.rq: expected '#+ param: NAME entity|text EXAMPLE MEANING'")
        parameters.append(Parameter(*parts.groups()))

    def listed(field: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in fields[field][0].split(","))

    return StoredQuery(
        name,
        fields["summary"][0],
        fields["description"][0],
        listed("tags"),
        tuple(parameters),
        listed("columns"),
        text,
    )


def stored_queries(kind: str = "competency") -> dict[str, StoredQuery]:
    """Queries shipped in `queries/<kind>/`, by name."""
    root = folder("queries") / kind
    found = {}
    for path, item in tree(root, ".rq"):
        name = path.removesuffix(".rq")
        found[name] = parse_query(name, item.read_text(encoding="utf-8"))
    return found


def stored_query(name: str) -> StoredQuery:
    """The competency query of this name.

    Raises:
        UnknownNameError: with the nearest names.
    """
    from difflib import get_close_matches

    found = stored_queries()
    if name not in found:
        near = get_close_matches(name, found, n=3, cutoff=0.3)
        raise UnknownNameError(name, near, kind="query")
    return found[name]


def run_stored(engine: Engine, query: StoredQuery, values: Mapping[str, str]) -> Results:
    """Answer of a stored query.

    Args:
        engine: where it runs.
        query: the query.
        values: entity ids or texts by parameter name; each parameter needs one.

    Raises:
        QueryError: when a value is missing or no such parameter exists.
    """
    known = {parameter.name: parameter for parameter in query.parameters}
    for name in values:
        if name not in known:
            raise QueryError(
                f"{query.name} has no parameter {name!r}; it takes {', '.join(known) or 'none'}"
            )
    bindings: dict[str, Term] = {}
    for name, parameter in known.items():
        if name not in values:
            raise QueryError(
                f"{query.name} needs --param {name}=…, for example {name}={parameter.example}"
            )
        bindings[name] = (
            NamedNode(names.ENTITY + values[name])
            if parameter.kind == "entity"
            else Literal(values[name])
        )
    return engine.query(query.text, bindings)
