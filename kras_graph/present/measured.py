"""Measured figures asked for by name: what the front door gains from tables and plots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kras_graph.rdf.reader import Reader

if TYPE_CHECKING:
    from kras_graph.answers.outcomes import Outcomes
    from kras_graph.answers.resolve import Names
    from kras_graph.model.records import Entity
    from kras_graph.present.comparing import ComparisonView
    from kras_graph.present.measuring import OutcomeTable


class MeasuredAnswers:
    """Answers in figures; every name may be a synonym or a near spelling."""

    reader: Reader

    if TYPE_CHECKING:

        @property
        def names(self) -> Names:
            """Index of everything the entities are called."""

    def outcomes(
        self,
        *,
        drug: str | None = None,
        disease: str | None = None,
        endpoint: str | None = None,
        line: str = "",
    ) -> OutcomeTable:
        """Measured outcomes of therapies.

        The answer shows itself in a notebook and has `to_pandas()` and `plot(path)`.

        Args:
            drug: medicine, class or regimen; regimens with it are taken in.
            disease: tumour type; its kinds are taken in.
            endpoint: what was measured, such as `ORR`.
            line: line of therapy: `first`, `second` or `pretreated`.

        Raises:
            UnknownNameError: with the nearest names.
        """
        from kras_graph.answers.outcomes import outcomes

        return self._shown(
            outcomes(
                self.reader,
                drug=self._named(drug, "medicine"),
                disease=self._named(disease, "tumour type"),
                endpoint=self._named(endpoint, "endpoint"),
                line=line,
            )
        )

    def adverse_events(
        self, *, drug: str | None = None, disease: str | None = None, event: str | None = None
    ) -> OutcomeTable:
        """Figures on adverse events by grade and attribution.

        Args:
            drug: medicine, class or regimen.
            disease: tumour type.
            event: adverse event.

        Raises:
            UnknownNameError: with the nearest names.
        """
        from kras_graph.answers.outcomes import adverse_events

        return self._shown(
            adverse_events(
                self.reader,
                drug=self._named(drug, "medicine"),
                disease=self._named(disease, "tumour type"),
                event=self._named(event, "adverse event"),
            )
        )

    def frequencies(
        self, *, alteration: str | None = None, disease: str | None = None
    ) -> OutcomeTable:
        """How often alterations are found in tumours.

        Args:
            alteration: alteration, gene or family.
            disease: tumour type.

        Raises:
            UnknownNameError: with the nearest names.
        """
        from kras_graph.answers.outcomes import frequencies

        return self._shown(
            frequencies(
                self.reader,
                alteration=self._named(alteration, "alteration"),
                disease=self._named(disease, "tumour type"),
            )
        )

    def compare(self, diseases: Sequence[str], *, drug: str) -> ComparisonView:
        """Response to a therapy in several tumour types, tested in pairs, and what is said of why.

        Args:
            diseases: two or more tumour types.
            drug: medicine or regimen.

        Raises:
            UnknownNameError: with the nearest names.
            KrasGraphError: when there is nothing to compare; it tells what there is.
        """
        from kras_graph.answers.compare import compare
        from kras_graph.answers.measured import named
        from kras_graph.present.comparing import ComparisonView

        types = [named(self.names, name, "tumour type").entity for name in diseases]
        therapy = named(self.names, drug, "medicine").entity
        return ComparisonView.of(self.reader, compare(self.reader, types, therapy))

    def _named(self, name: str | None, kind: str) -> Entity | None:
        from kras_graph.answers.measured import named

        return named(self.names, name, kind).entity if name else None

    def _shown(self, found: Outcomes) -> OutcomeTable:
        from kras_graph.present.measuring import OutcomeTable

        return OutcomeTable.of(self.reader, found)
