"""Measured figures that show themselves: as text, in a notebook, as data, as a plot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kras_graph.answers.outcomes import Outcomes
from kras_graph.model.errors import KrasGraphError
from kras_graph.rdf.reader import Reader

if TYPE_CHECKING:
    from pathlib import Path

    from pandas import DataFrame


_NUMBERS = (
    "value", "ci_low", "ci_high", "ci_level", "computed_ci_low", "computed_ci_high", "range_low",
    "range_high",
)  # fmt: skip


@dataclass(frozen=True)
class OutcomeTable(Outcomes):
    """Measured figures that show themselves: as text, in a notebook, as data, as a plot.

    Attributes:
        by: what rows are grouped by where they are shown.
        reader: the dataset the figures come from.
    """

    by: str = ""
    reader: Reader | None = field(default=None, repr=False, compare=False)

    @classmethod
    def of(cls, reader: Reader, answer: Outcomes, by: str = "") -> OutcomeTable:
        """An answer with what it takes to show it."""
        return cls(
            answer.kind, answer.rows, answer.filters, answer.notes, answer.reason, by, reader
        )

    @property
    def _known(self) -> Reader:
        if self.reader is None:
            raise ValueError("An OutcomeTable is made with OutcomeTable.of(reader, answer).")
        return self.reader

    def records(self) -> list[dict[str, Any]]:
        """One plain record a figure; `present.figures` tells the keys."""
        from kras_graph.present.figures import figure_json

        return [figure_json(self._known, row) for row in self.rows]

    def to_json(self) -> dict[str, Any]:
        """The whole answer as plain data."""
        from kras_graph.present.outcomes import outcomes_json

        return outcomes_json(self._known, self)

    def to_pandas(self) -> DataFrame:
        """One row a figure, one column a field; entities by their labels.

        Raises:
            KrasGraphError: when pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError:
            raise KrasGraphError(
                "A data frame needs the package 'pandas'; install it with: pip install pandas"
            ) from None
        from kras_graph.present.outcomes import table_of

        table = table_of(self._known, self)
        frame = pd.DataFrame(list(table.rows), columns=list(table.columns))
        for column in _NUMBERS:
            frame[column] = pd.to_numeric(frame[column], errors="coerce")
        for column in ("n", "N"):
            frame[column] = pd.to_numeric(frame[column], errors="coerce").astype("Int64")
        return frame

    def plot(self, path: str | Path, *, by: str = "", reference: float | None = None) -> Path:
        """Draw the figures into an SVG, PNG or HTML file; the ending of its name decides.

        Args:
            path: where to write.
            by: what to group by; the answer's own grouping when empty.
            reference: where to draw a line on axes of percent; ratios always have one at 1.

        Raises:
            MissingExtraError: when matplotlib is not installed.
            KrasGraphError: when nothing can be drawn, or for another kind of file.
        """
        from kras_graph.present.plots import save

        return save(self._known, self, path, by=by or self.by, reference=reference)

    def __str__(self) -> str:
        from kras_graph.present.outcomes import outcomes_text

        return outcomes_text(self._known, self, by=self.by)

    def _repr_html_(self) -> str:
        from kras_graph.present.outcomes import outcomes_html

        return outcomes_html(self._known, self, self.by)
