"""Sentences of a paper's text as positions, good enough to see what nobody has curated.

The texts come from pages: lines are wrapped, columns may be interleaved, headings have no
full stop. A sentence ends at `.`, `?` or `!` (with a closing bracket, quotation mark or
citation number behind it) before a blank and a capital, digit or bracket, or at an empty
line that stands after a finished sentence or a heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_ABBREVIATIONS = (
    "al", "Fig", "Figs", "vs", "ref", "refs", "e.g", "i.e", "Dr", "no", "No", "approx", "cf",
)  # fmt: skip
_END = re.compile(r"[.?!][)\]”\"’']*[\d,–-]*(?=\s+[A-Z0-9(\[“\"‘])|\n\s*\n(?=\s*\S)|\Z")


def sentences(raw: str) -> Iterator[tuple[int, int]]:
    r"""Raw character spans of the sentences of a text, in order, without blanks around them.

    >>> text = "One et al. (2). Two is 1.5 long.\n\nThree"
    >>> [text[a:b] for a, b in sentences(text)]
    ['One et al. (2).', 'Two is 1.5 long.', 'Three']
    """
    paragraphs = not _double_spaced(raw)
    start = 0
    for match in _END.finditer(raw):
        piece = raw[start : match.end()]
        words = re.findall(r"[\w.]+(?=\.\W*$)", piece.rstrip())
        if words and words[-1].lstrip("(") in _ABBREVIATIONS:
            continue
        paragraph = match.group().isspace()
        if paragraph and not (paragraphs and _closed(piece)):
            continue
        stripped = piece.strip()
        if stripped:
            offset = start + piece.index(stripped[0])
            yield offset, offset + len(stripped)
        start = match.end()


def _double_spaced(raw: str) -> bool:
    """Whether nearly every line is followed by an empty one, so that these mean nothing."""
    filled = sum(bool(line.strip()) for line in raw.split("\n"))
    return len(re.findall(r"\S[^\S\n]*\n\s*\n\s*\S", raw)) > 0.8 * filled


def _closed(piece: str) -> bool:
    """Whether text before an empty line is finished: a sentence, or a short heading."""
    text = piece.strip()
    return not text or text[-1] in ".?!:)" or len(text.split()) <= 12
