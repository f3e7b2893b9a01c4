"""How long and how deeply nested a query may be, told before anything parses it."""

from __future__ import annotations

import re

from kras_graph.model.errors import QueryError

MOST_BYTES = 64 * 1024
MOST_DEPTH = 100
_DEEP = "{(["
_ENDS = "})]"
# Strings, IRIs and comments hold no brackets that nest. A string that never ends runs to the
# end, and no quantifier gives back what it took, so that the time stays linear.
_QUIET = re.compile(
    r"""'{3}(?:[^'\\]|\\.|'{1,2}(?!'))*+(?:'{3})?|\"{3}(?:[^"\\]|\\.|"{1,2}(?!"))*+(?:\"{3})?"""
    r"""|'(?:[^'\\\n\r]|\\.)*+'?|"(?:[^"\\\n\r]|\\.)*+"?|<[^<>"{}|^`\\\s]*+>|\#[^\n\r]*+""",
    re.DOTALL,
)
_SIGNS = re.compile(r"(?:[!+^-]\s*+){64}")


class TooLongError(QueryError):
    """A query of more bytes than are read."""


def refuse_oversized(text: str, most_bytes: int = MOST_BYTES, most_depth: int = MOST_DEPTH) -> None:
    """Nothing, when a query's size and nesting are within the limits.

    The embedded engine reads queries by recursion; some thousand brackets, or signs such as
    `!`, end its process.

    Raises:
        TooLongError: when it has too many bytes.
        QueryError: when it is nested too deeply, or holds what is no text.
    """
    if len(text.encode("utf-8", "surrogatepass")) > most_bytes:
        raise TooLongError(f"The query is longer than {most_bytes} bytes.")
    if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise QueryError("The query holds signs that no text holds.")
    if depth(text) > most_depth or _SIGNS.search(text):
        raise QueryError(f"The query is nested deeper than {most_depth} levels.")


def depth(text: str) -> int:
    """Most brackets inside each other.

    >>> depth("SELECT * { { ?s ?p '}{{{' } }")
    2
    """
    level = most = 0
    for sign in _QUIET.sub(" ", text):
        if sign in _DEEP:
            level += 1
            most = max(most, level)
        elif sign in _ENDS:
            level = max(0, level - 1)
    return most
