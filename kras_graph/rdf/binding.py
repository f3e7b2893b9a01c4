"""Terms in the place of variables, and prefixes, written into the text of a query.

A remote service takes nothing but text. A value enters it as one whole token, in the
escaped form of N-Triples, and only where the tokens of the query show a variable: strings,
IRIs and comments are skipped, so neither a value nor a comment can change the query.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from pyoxigraph import Literal, NamedNode, Store

from kras_graph.model.errors import QueryError
from kras_graph.rdf import names

FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_TOKEN = re.compile(
    r"""(?P<skip>\#[^\n\r]*
        |'''(?:[^\\]|\\.)*?'''|\"{3}(?:[^\\]|\\.)*?\"{3}
        |'(?:[^'\\\n\r]|\\.)*'|"(?:[^"\\\n\r]|\\.)*"
        |<[^<>"{}|^`\\\s]*>|@[A-Za-z][\w-]*)
    |(?P<variable>[?$]\w+)
    |(?P<prefixed>(?:[^\W\d_][\w.-]*)?:(?:[\w:.%-]|\\.)*)
    |(?P<word>[^\W\d]\w*)
    |(?P<sign>[{}()])""",
    re.DOTALL | re.VERBOSE,
)
# Words whose variables, up to the next group, are names of columns and not places of terms.
_CLAUSES = ("SELECT", "GROUP", "ORDER", "HAVING", "VALUES")


@dataclass(frozen=True)
class Token:
    """A part of a query that matters here; words are in capitals."""

    kind: str
    text: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """Variables, words, prefixed names, braces and brackets, outside strings and comments."""
    found = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind != "skip":
            shown = match[0].upper() if kind == "word" else match[0]
            found.append(Token(kind, shown, match.start(), match.end()))
    return found


def form_of(text: str) -> str:
    """SELECT, ASK, CONSTRUCT or DESCRIBE; empty when the text holds none of them."""
    return next((t.text for t in tokens(text) if t.kind == "word" and t.text in FORMS), "")


def with_prologue(text: str) -> str:
    """The query with a declaration for each of the project's prefixes that it uses undeclared.

    Declarations stand before the first line, so that line numbers in errors stay right.
    """
    parts = tokens(text)
    declared = {
        after.text.partition(":")[0]
        for before, after in pairwise(parts)
        if before.kind == "word" and before.text == "PREFIX" and after.kind == "prefixed"
    }
    used = {part.text.partition(":")[0] for part in parts if part.kind == "prefixed"}
    wanted = [name for name in names.PREFIXES if name in used - declared]
    return "".join(f"PREFIX {name}: <{names.PREFIXES[name]}> " for name in wanted) + text


def bind(text: str, bindings: Mapping[str, NamedNode | Literal]) -> str:
    """The query with variables fixed to terms.

    Within the groups of the query the terms take the variables' places, which engines plan
    best; a VALUES block at the head of the outermost group keeps them as columns.

    Raises:
        QueryError: when the query has no group to bind in, or a name is no variable.

    >>> bind("SELECT * { ?s ?p ?o }", {"s": NamedNode("http://x.org/a")})
    'SELECT * { VALUES ?s { <http://x.org/a> } <http://x.org/a> ?p ?o }'
    """
    if not bindings:
        return text
    for name in bindings:
        if not re.fullmatch(r"\w+", name):
            raise QueryError(f"{name!r} is not the name of a variable.")
    parts = tokens(text)
    first, last = _outermost(parts)
    values = " ".join(f"VALUES ?{name} {{ {term} }}" for name, term in bindings.items())
    opened, closed = f" {values}", ""
    if parts[first + 1].text == "SELECT" and parts[first + 1].kind == "word":
        opened, closed = f" {values} {{", " }"
    start, end = parts[first].end, parts[last].start
    body = _replaced(text, parts[first + 1 : last], start, end, bindings)
    bound = text[:start] + opened + body + closed + text[end:]
    if _valid(bound):
        return bound
    # a term may not stand in every place of a variable, such as a text as a subject
    return text[:start] + opened + text[start:end] + closed + text[end:]


def _outermost(parts: list[Token]) -> tuple[int, int]:
    """Places of the braces around the WHERE clause.

    Raises:
        QueryError: when there is no such group.
    """
    form = next((t for t in parts if t.kind == "word" and t.text in FORMS), None)
    depth = brackets = 0
    first = -1
    templates = int(form is not None and form.text == "CONSTRUCT")
    for place, part in enumerate(parts):
        if form is None or part.start < form.end:
            continue
        brackets += {"(": 1, ")": -1}.get(part.text, 0)
        if part.text == "{" and not brackets:
            if not depth and not templates:
                first = place
            depth += 1
        elif part.text == "}" and not brackets:
            depth -= 1
            if not depth and first >= 0:
                return first, place
            if not depth:
                templates -= 1
    raise QueryError("The query has no WHERE clause in which a parameter could be bound.")


def _replaced(
    text: str,
    parts: list[Token],
    start: int,
    end: int,
    bindings: Mapping[str, NamedNode | Literal],
) -> str:
    """The text from start to end with terms where the variables may be replaced."""
    pieces, position, clause = [], start, False
    for place, part in enumerate(parts):
        before = [p.text if p.kind in ("word", "sign") else "" for p in parts[:place][-2:]]
        if part.kind == "word" and part.text in _CLAUSES:
            clause = True
        elif part.text in ("{", "}"):
            clause = False
        name = part.text[1:] if part.kind == "variable" else ""
        if name not in bindings or clause or before[-1:] == ["AS"] or before == ["BOUND", "("]:
            continue
        pieces += [text[position : part.start], str(bindings[name])]
        position = part.end
    return "".join([*pieces, text[position:end]])


def _valid(text: str) -> bool:
    """Whether a query can be read."""
    try:
        Store().query(text, prefixes=names.PREFIXES)
    except (SyntaxError, ValueError, OSError, RuntimeError):
        return False
    return True
