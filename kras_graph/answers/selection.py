"""Selections of statements: conditions → the statements, and the query that gives the same."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from weakref import WeakKeyDictionary

from kras_graph.answers.conditions import AnyOf, Condition, Fact, group
from kras_graph.answers.measures import Figures
from kras_graph.model.records import Statement
from kras_graph.rdf import names
from kras_graph.rdf.engine import rows
from kras_graph.rdf.reader import Reader
from kras_graph.rdf.records import RecordReader


@dataclass(frozen=True)
class Selection:
    """Statements in force that meet any of the patterns and all of the conditions.

    Attributes:
        patterns: alternatives.
        conditions: further conditions that must all hold.
        figures: what a figure of the statement must meet.
    """

    patterns: tuple[Condition, ...]
    conditions: tuple[Condition, ...] = ()
    figures: Figures = field(default_factory=Figures)

    def also(self, *conditions: Condition) -> Selection:
        """The selection with further conditions."""
        return replace(self, conditions=(*self.conditions, *conditions))

    def query(self) -> str:
        """The whole as one SELECT query; the project's prefixes need no declaration."""
        body = [group(AnyOf(self.patterns).sparql())]
        body += [group(condition.sparql()) for condition in self.conditions]
        body.append(self.figures.sparql())
        return (
            "SELECT DISTINCT ?statement WHERE { "
            + " ".join(part for part in body if part)
            + " ?statement a kg:Statement . "
            "FILTER NOT EXISTS { ?statement kg:deprecated ?gone } } ORDER BY ?statement"
        )

    def run(self, reader: Reader) -> list[str]:
        """Ids of the statements: from the kept records, or from the engine behind the reader."""
        if not isinstance(reader, RecordReader):
            found = rows(reader.engine.query(self.query()))
            return [names.local(row["statement"].value) for row in found]
        pool = _pool(reader)
        wanted = AnyOf(self.patterns)
        return [
            fact.statement.id
            for fact in pool
            if wanted.holds(fact)
            and all(condition.holds(fact) for condition in self.conditions)
            and self.figures.holds(fact)
        ]


_KEPT: WeakKeyDictionary[RecordReader, list[Fact]] = WeakKeyDictionary()


def _pool(reader: RecordReader) -> list[Fact]:
    """Every statement in force with its figures and papers; made once per reader."""
    if reader not in _KEPT:
        statements: list[Statement] = [s for s in reader.statements() if not s.deprecated]
        results = reader.results(statements)
        evidence = reader.evidence(statement.id for statement in statements)
        _KEPT[reader] = [
            Fact(
                statement,
                results.get(statement.id, ()),
                frozenset(anchor.publication for anchor in evidence.get(statement.id, ())),
                reader.entities,
                statements,
            )
            for statement in statements
        ]
    return _KEPT[reader]
