"""Conditions on the figures of a statement: endpoint, grade, time point, the number itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kras_graph.answers.conditions import Fact, Stands, listed, quoted
from kras_graph.model.records import Result


@dataclass(frozen=True)
class Figures:
    """Conditions that one figure of a statement must meet together.

    Attributes:
        endpoints: what was measured; also met when the statement's object is one of these.
        harms: adverse events; met when the statement's object is one of these.
        related: keep what the treatment caused; these are the events called so.
        lines: lines of therapy, any of which the figures shown have, or none.
        times: time points as printed, any of which will do.
        grades: grades of adverse events; `>=3` stands for itself.
        number: a number that must be printed, as the figure or with it.
        statistics: kinds of figure, such as `HR`, any of which will do.
    """

    endpoints: frozenset[str] = frozenset()
    harms: frozenset[str] = frozenset()
    related: frozenset[str] = frozenset()
    lines: frozenset[str] = frozenset()
    times: frozenset[str] = frozenset()
    grades: frozenset[str] = frozenset()
    number: str = ""
    statistics: frozenset[str] = frozenset()

    def _printed(self) -> str:
        digits = self.number.replace(".", "[.]")
        return f"(^|[^0-9.]){digits}([^0-9.]|[.][^0-9]|$)"

    def _prints(self, result: Result) -> bool:
        """Whether a figure, or what it was measured in ("score 2"), prints the number."""
        return any(re.search(self._printed(), text) for text in (result.printed, result.population))

    def _own(self) -> list[str]:
        """Patterns on one `?figure`."""
        own = []
        if self.times:
            times = " ".join(map(quoted, sorted(self.times)))
            own.append(f"VALUES ?time {{ {times} }} ?figure kg:timePoint ?time .")
        if self.grades:
            grades = " ".join(map(quoted, sorted(self.grades)))
            own.append(f"VALUES ?grade {{ {grades} }} ?figure kg:grade ?grade .")
        if self.number:
            own.append(
                f"?figure (kg:printed|kg:population) ?printed . "
                f'FILTER(REGEX(?printed, "{self._printed()}"))'
            )
        if self.statistics:
            kinds = " ".join(map(quoted, sorted(self.statistics)))
            own.append(f"VALUES ?sort {{ {kinds} }} ?figure kg:statistic ?sort .")
        return own

    def _plain(self, result: Result) -> bool:
        """Whether a figure meets what `_own` asks."""
        return (
            (not self.times or result.time_point in self.times)
            and (not self.grades or result.grade in self.grades)
            and (not self.number or self._prints(result))
            and (not self.statistics or str(result.statistic) in self.statistics)
        )

    def sparql(self) -> str:
        """The conditions in SPARQL; empty when there are none."""
        own, found = self._own(), []
        if self.endpoints:
            found.append(
                f"{{ VALUES ?endpoint {{ {listed(self.endpoints)} }} "
                "{ ?statement rdf:object ?endpoint } UNION "
                "{ ?statement kg:hasResult/kg:endpoint ?endpoint } }"
            )
        if self.harms:
            found.append(f"VALUES ?harm {{ {listed(self.harms)} }} ?statement rdf:object ?harm .")
        if self.related:
            caused = '?figure kg:attribution "treatment-related" .'
            if own:
                own.append(caused)
            else:
                found.append(
                    f"{{ {{ ?statement kg:hasResult ?figure . {caused} }} UNION "
                    f"{{ {Stands('caused', self.related, 'object').sparql()} }} }}"
                )
        if own:
            found.append("?statement kg:hasResult ?figure . " + " ".join(own))
        return " ".join(found)

    def holds(self, fact: Fact) -> bool:
        """Whether a record meets them."""
        target = fact.statement.object
        if self.endpoints and not (
            target in self.endpoints or any(r.endpoint in self.endpoints for r in fact.results)
        ):
            return False
        if self.harms and target not in self.harms:
            return False
        if not self._own():
            caused = target in self.related or any(
                r.attribution == "treatment-related" for r in fact.results
            )
            return caused or not self.related
        return any(
            self._plain(r) and (not self.related or r.attribution == "treatment-related")
            for r in fact.results
        )

    def shows(self, result: Result, target: str) -> bool:
        """Whether a figure of a statement with this object is one of those asked for."""
        if self.endpoints and not self.endpoints & {result.endpoint, target}:
            return False
        if self.related and result.attribution != "treatment-related":
            return False
        if self.lines and result.line not in ("", *self.lines):
            return False
        return self._plain(result)
