"""Coverage: which sentences of a paper carry no anchor and are not judged free of facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kras_graph.curation.normalise import NormalisedText, digest
from kras_graph.curation.sentences import sentences
from kras_graph.model.records import Anchor, NoFact, Section


class Explained(StrEnum):
    """What explains a sentence."""

    ANCHORED = "anchored"
    NO_FACT = "no-fact"
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True)
class Covered:
    """A sentence and what explains it.

    `start` and `end` are normalised positions, `raw_start` and `raw_end` characters of the file.
    """

    publication: str
    section: str
    start: int
    end: int
    raw_start: int
    raw_end: int
    sha256: str
    status: Explained
    reason: str = ""


def cover(
    publication: str,
    raw: str,
    text: NormalisedText,
    sections: Sequence[Section],
    anchors: Mapping[int, int],
    no_fact: Sequence[NoFact],
) -> Iterator[Covered]:
    """Every sentence of a paper with what explains it.

    Args:
        publication: id of the paper.
        raw: its text as it stands.
        text: the same, normalised.
        sections: sections of the paper.
        anchors: ends of anchored spans by their starts (normalised positions in this copy).
        no_fact: spans of this paper that were judged to hold no queryable fact.
    """
    spans = sorted(anchors.items())
    judged = {(item.length, item.sha256): item.reason for item in no_fact}
    for raw_start, raw_end in sentences(raw):
        start, end = text.normalised_span(raw_start, raw_end)
        if start == end:
            continue
        fingerprint = digest(text.text[start:end])
        section = next((s.section for s in sections if s.start <= start < s.end), "")
        status, reason = Explained.UNEXPLAINED, ""
        if any(low < end and start < high for low, high in spans):
            status = Explained.ANCHORED
        elif (end - start, fingerprint) in judged:
            status, reason = Explained.NO_FACT, judged[end - start, fingerprint]
        yield Covered(
            publication, section, start, end, raw_start, raw_end, fingerprint, status, reason
        )


def merged(anchors: Sequence[Anchor]) -> dict[int, int]:
    """Anchored spans as ends by starts; of several with one start the longest counts."""
    spans: dict[int, int] = {}
    for anchor in anchors:
        spans[anchor.start] = max(anchor.end, spans.get(anchor.start, 0))
    return spans
