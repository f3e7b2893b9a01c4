"""Errors that users can act upon.

KrasGraphError
 ├── TableError        a cell, row or header of a curated table is wrong
 ├── ResourceError     shipped files are missing
 ├── UnknownNameError  a name stands for nothing in the graph
 ├── AmbiguousNameError  a name stands for several things
 ├── QueryError        a SPARQL query, its parameters or its file is wrong
 ├── QuestionError     a question outside the controlled language
 ├── GraphFileError    a compressed graph or its edge list cannot be read or written
 └── MissingExtraError an optional package is needed
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class KrasGraphError(Exception):
    """Base of all errors raised on purpose."""


class Defect(NamedTuple):
    """One fault in a curated table.

    Attributes:
        file: path of the table below `data/`.
        row: 1-based line of the file (the header is line 1); 0 for the file itself.
        column: column name, or empty.
        value: what stands there.
        message: what is wrong and what was expected.
        rule: short name of the rule that was broken.
    """

    file: str
    row: int
    column: str
    value: str
    message: str
    rule: str

    def __str__(self) -> str:
        place = self.file
        if self.row:
            place += f", line {self.row}"
        if self.column:
            place += f", column {self.column}"
        shown = f": {self.value!r}" if self.value else ""
        return f"{place}{shown}: {self.message} [{self.rule}]"


class TableError(KrasGraphError):
    """Curated tables hold defects; `defects` keeps each one with its position."""

    def __init__(self, defects: Sequence[Defect]) -> None:
        self.defects = tuple(defects)
        super().__init__(f"{len(self.defects)} defect(s) in the tables")

    def __str__(self) -> str:
        return "\n".join(str(defect) for defect in self.defects)


class ResourceError(KrasGraphError):
    """A shipped folder or file was found neither in the package nor in the checkout."""


class UnknownNameError(KrasGraphError):
    """A name that no entity, statement or query of the graph carries."""

    def __init__(self, name: str, suggestions: Sequence[str] = (), kind: str = "entity") -> None:
        self.name = name
        self.suggestions = tuple(suggestions)
        hint = f" Nearest: {', '.join(self.suggestions)}." if self.suggestions else ""
        super().__init__(f"No {kind} of the graph is called {name!r}.{hint}")


class AmbiguousNameError(KrasGraphError):
    """A name that several entities carry; `choices` are their ids."""

    def __init__(self, name: str, choices: Sequence[str]) -> None:
        self.name = name
        self.choices = tuple(choices)
        super().__init__(f"{name!r} may mean any of: {', '.join(self.choices)}. Use one of these.")


class QueryError(KrasGraphError):
    """A SPARQL query, its parameters or its file cannot be used."""


class QuestionError(KrasGraphError):
    """A question the controlled language does not cover; `nearest` lists ones it does.

    `searchable` tells whether a search for its words may help a reader on.
    """

    def __init__(
        self, question: str, reason: str, nearest: Sequence[str] = (), *, searchable: bool = True
    ) -> None:
        self.question = question
        self.reason = reason
        self.nearest = tuple(nearest)
        self.searchable = searchable
        super().__init__(f"{reason} Question: {question!r}.")


class GraphFileError(KrasGraphError):
    """A compressed graph, or the edge list for one, is damaged, foreign or cannot be made."""


class MissingExtraError(KrasGraphError):
    """A package that an optional feature needs is not installed."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(
            f"This needs the package {package!r}; install it with: "
            f"pip install 'kras-graph[{extra}]'"
        )
