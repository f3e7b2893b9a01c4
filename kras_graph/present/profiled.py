"""Profiles of tumours asked for by name."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from kras_graph.rdf.reader import Reader

if TYPE_CHECKING:
    from kras_graph.answers.resolve import Names
    from kras_graph.answers.routes import Reasoner
    from kras_graph.present.profilereport import ProfileReport


class ProfiledAnswers:
    """Answers on a whole tumour; every name may be a synonym or a near spelling."""

    reader: Reader

    if TYPE_CHECKING:

        @property
        def names(self) -> Names:
            """Index of everything the entities are called."""

        @property
        def reasoner(self) -> Reasoner:
            """The mechanism layer over this dataset."""

    def profile(
        self,
        *,
        variant: str,
        disease: str = "",
        co: Collection[str] = (),
        acquired: Collection[str] = (),
        prior: Collection[str] = (),
        pd_l1: float | str | None = None,
    ) -> ProfileReport:
        """What the graph holds for a tumour; no advice, and nothing ranked by benefit.

        The answer shows itself in a notebook and has `to_json()`, `to_html()` and `save(path)`.
        What cannot be used stands in `answer.profile.unused` with the reason.

        Args:
            variant: the variant in question, such as `KRAS G12C`.
            disease: tumour type.
            co: alterations present with it.
            acquired: alterations that came later.
            prior: medicines given before.
            pd_l1: percent of cells with PD-L1.

        Raises:
            ProfileError: when inputs contradict each other or none is usable.
        """
        from kras_graph.answers.profile import profile_answer, read_profile
        from kras_graph.present.profilereport import ProfileReport

        tumour = read_profile(
            self.reader,
            self.names,
            disease=disease,
            variant=variant,
            co=co,
            acquired=acquired,
            prior=prior,
            pd_l1=pd_l1,
        )
        return ProfileReport(self.reader, profile_answer(self.reasoner, tumour))
