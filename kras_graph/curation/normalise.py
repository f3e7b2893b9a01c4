"""Normalised source text: the coordinate system of every anchor.

A paper reaches people re-wrapped, re-hyphenated and re-encoded. Anchors therefore
count characters of a *normalised* text that such changes leave alone: Unicode NFKC,
casefolded, then reduced to letters, digits and decimal points. A decimal point is a
full stop with a decimal digit directly on both sides; every other mark, blank, hyphen
and line break is dropped, which also joins words hyphenated across a line break.
"""

from __future__ import annotations

import hashlib
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class NormalisedText:
    """A source text in normalised form, with the way back to the raw characters.

    Attributes:
        text: the normalised characters.
        raw_starts: for each normalised character, the 0-based offset of the raw
            character (or first character of the cluster) it came from.
        raw_ends: for each normalised character, the exclusive end of that cluster.
    """

    text: str
    raw_starts: tuple[int, ...]
    raw_ends: tuple[int, ...]

    @cached_property
    def sha256(self) -> str:
        """SHA-256 (hex) of the whole normalised text, UTF-8 encoded."""
        return digest(self.text)

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """Raw offsets `(start, end)` that cover the normalised span `start:end`.

        Raises:
            ValueError: when the span is empty or leaves the text.
        """
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"span {start}:{end} is not inside 0:{len(self.text)}")
        return self.raw_starts[start], self.raw_ends[end - 1]

    def normalised_span(self, raw_start: int, raw_end: int) -> tuple[int, int]:
        """Normalised offsets of the characters that lie in the raw span.

        Returns an empty span (start equals end) where the raw span holds none.
        """
        return bisect_left(self.raw_starts, raw_start), bisect_left(self.raw_starts, raw_end)


def digest(text: str) -> str:
    """SHA-256 of `text` in UTF-8, as 64 lower-case hexadecimal digits.

    >>> digest("kras")[:12]
    '9834f2bcaeff'
    """
    return hashlib.sha256(text.encode()).hexdigest()


def _clusters(raw: str) -> list[tuple[int, int]]:
    """Raw spans that NFKC treats independently of one another.

    A cluster grows while its normal form changes when the next character joins it,
    so that the pieces' normal forms concatenate to the normal form of the whole.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for position in range(1, len(raw) + 1):
        if position < len(raw) and not raw[position].isascii():
            before = unicodedata.normalize("NFKC", raw[start:position])
            after = unicodedata.normalize("NFKC", raw[position])
            joined = unicodedata.normalize("NFKC", raw[start : position + 1])
            if joined != before + after or unicodedata.combining(after[:1] or " "):
                continue
        spans.append((start, position))
        start = position
    return spans if raw else []


def normalise(raw: str) -> NormalisedText:
    r"""Normalised form of `raw` with a map back to it.

    >>> normalise("Pro-\ngression-free: 4.0 months (1).").text
    'progressionfree4.0months1'
    """
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _clusters(raw):
        for char in unicodedata.normalize("NFKC", raw[start:end]).casefold():
            letters.append(char)
            starts.append(start)
            ends.append(end)
    kept = [
        i
        for i, char in enumerate(letters)
        if char.isalnum()
        or (
            char == "."
            and 0 < i < len(letters) - 1
            and letters[i - 1].isdecimal()
            and letters[i + 1].isdecimal()
        )
    ]
    return NormalisedText(
        "".join(letters[i] for i in kept),
        tuple(starts[i] for i in kept),
        tuple(ends[i] for i in kept),
    )
