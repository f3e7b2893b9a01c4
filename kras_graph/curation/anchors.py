"""Anchors: make one from a passage, and find each one again in a reader's copy.

Only positions and hashes are ever kept. `find_passage` serves curators, who throw the
text away; `verify` serves readers who hold the papers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kras_graph.curation.normalise import NormalisedText, digest, normalise
from kras_graph.model.errors import KrasGraphError
from kras_graph.model.records import Anchor, Publication, Section
from kras_graph.model.terms import AnchorStatus

GAP = " ... "


@dataclass(frozen=True)
class Verdict:
    """What became of one anchor.

    `file` is the name of the copy; `start`/`end` are positions in its normalised text and
    `raw_start`/`raw_end` character offsets in the file as it stands. All are None
    when the passage is missing or cannot be checked.
    """

    anchor: Anchor
    status: AnchorStatus
    file: str | None = None
    start: int | None = None
    end: int | None = None
    raw_start: int | None = None
    raw_end: int | None = None


def find_passage(text: NormalisedText, passage: str) -> tuple[int, int]:
    """Normalised span of `passage`, which may be shortened as `first words ... last words`.

    Raises:
        KrasGraphError: when the passage is not found, or not once only.
    """
    head, gap, tail = (part.strip() for part in passage.partition(GAP))
    first = normalise(head).text
    last = normalise(tail).text if gap else ""
    if not first or (gap and not last):
        raise KrasGraphError("The passage holds no letters or digits.")
    count = text.text.count(first)
    if count != 1:
        raise KrasGraphError(f"The passage's beginning occurs {count} times; give more of it.")
    start = text.text.index(first)
    if not gap:
        return start, start + len(first)
    end = text.text.find(last, start + len(first))
    if end < 0:
        raise KrasGraphError("The passage's end does not follow its beginning.")
    return start, end + len(last)


def section_at(sections: Sequence[Section], publication: str, start: int) -> str:
    """Section of the paper in which the normalised position `start` lies.

    Raises:
        KrasGraphError: when no section covers it.
    """
    for section in sections:
        if section.publication == publication and section.start <= start < section.end:
            return section.section
    raise KrasGraphError(f"No section of {publication} covers position {start}.")


def make_anchor(
    about: str, publication: str, text: NormalisedText, sections: Sequence[Section], passage: str
) -> Anchor:
    """Anchor of `passage` for the statement or result `about`."""
    start, end = find_passage(text, passage)
    section = section_at(sections, publication, start)
    return Anchor(about, publication, section, start, end, digest(text.text[start:end]))


def read_copies(directory: Path) -> dict[str, NormalisedText]:
    """Normalised text of every `.txt` file directly in `directory`, by file name.

    Raises:
        KrasGraphError: when the folder is missing or a file is not UTF-8.
    """
    if not directory.is_dir():
        raise KrasGraphError(f"{directory} is not a folder; expected the papers' text files.")
    copies = {}
    for path in sorted(directory.glob("*.txt")):
        try:
            copies[path.name] = normalise(path.read_bytes().decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise KrasGraphError(f"{path.name} is not UTF-8 (byte {error.start}).") from None
    return copies


def match_copies(
    copies: Mapping[str, NormalisedText],
    publications: Sequence[Publication],
    anchors: Sequence[Anchor],
) -> dict[str, str]:
    """File name of each publication's copy.

    A copy is recognised by the hash of its whole normalised text, else by the file's
    stem, else by holding most of a sample of the publication's anchors somewhere.
    """
    found: dict[str, str] = {}
    for publication in publications:
        names = [name for name, text in copies.items() if text.sha256 == publication.sha256] or [
            name for name in copies if name.removesuffix(".txt") == publication.file_stem
        ]
        if not names:
            own = [a for a in anchors if a.publication == publication.id]
            sample = own[:: max(1, len(own) // 12)]
            hits = {
                name: sum(_search(text, anchor) is not None for anchor in sample)
                for name, text in copies.items()
            }
            best = max(hits, key=lambda name: hits[name], default="")
            names = [best] if best and 2 * hits[best] > len(sample) else []
        if names:
            found[publication.id] = names[0]
    return found


def _search(text: NormalisedText, anchor: Anchor, near: int = 0) -> int | None:
    """Where the anchored span stands in `text`, tried first at the shift `near`."""
    length = anchor.end - anchor.start
    guess = anchor.start + near
    if guess >= 0 and digest(text.text[guess : guess + length]) == anchor.sha256:
        return guess
    for start in range(len(text.text) - length + 1):
        if digest(text.text[start : start + length]) == anchor.sha256:
            return start
    return None


def verify(
    anchors: Sequence[Anchor],
    publications: Sequence[Publication],
    copies: Mapping[str, NormalisedText],
) -> Iterator[Verdict]:
    """Verdict on each anchor, in order.

    `exact` when the span stands at its recorded position, `moved` when its hash is found
    elsewhere, `missing` when nowhere in the copy, `not-checkable` without a copy.
    """
    files = match_copies(copies, publications, anchors)
    shift: dict[str, int] = {}
    for anchor in anchors:
        name = files.get(anchor.publication)
        if name is None:
            yield Verdict(anchor, AnchorStatus.NOT_CHECKABLE)
            continue
        text = copies[name]
        start = anchor.start
        length = anchor.end - anchor.start
        status = AnchorStatus.EXACT
        if digest(text.text[start : start + length]) != anchor.sha256:
            moved = _search(text, anchor, shift.get(anchor.publication, 0))
            if moved is None:
                yield Verdict(anchor, AnchorStatus.MISSING, name)
                continue
            shift[anchor.publication] = moved - start
            start, status = moved, AnchorStatus.MOVED
        raw_start, raw_end = text.raw_span(start, start + length)
        yield Verdict(anchor, status, name, start, start + length, raw_start, raw_end)
