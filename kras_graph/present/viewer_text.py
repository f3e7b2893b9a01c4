"""How wide a label is, and where it breaks, so that boxes can be sized before any browser.

Widths are those of Helvetica, which Arial and Liberation Sans share by design; the page asks
for these faces. A reader's other font is fitted to the box by the page.
"""

from __future__ import annotations

import re

# Advance widths of the printable ASCII characters from the blank on, in thousandths of the
# size, as the Adobe core font metrics give them.
_ASCII = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)  # fmt: skip
_LATIN, _WIDE = 600, 1000
_BOLD = 1.08
_PIECES = re.compile(r"\S+?[-/_](?=\w)|\S+")
ELLIPSIS = "…"


def text_width(text: str, size: float = 16, *, bold: bool = False) -> float:
    """Width of a line of text.

    Args:
        text: one line.
        size: font size; the width is in its unit.
        bold: whether the bold face is meant (estimated from the plain one).

    >>> round(text_width("sotorasib", 10), 1)
    40.0
    """
    total = 0
    for sign in text:
        code = ord(sign)
        if 32 <= code < 127:
            total += _ASCII[code - 32]
        else:
            total += _LATIN if code < 0x1100 or 0x2000 <= code < 0x2070 else _WIDE
    return total * size / 1000 * (_BOLD if bold else 1)


def wrap(label: str, room: float, most: int = 3, size: float = 16) -> str:
    r"""A label broken into lines that fit, cut with an ellipsis when too long.

    Args:
        label: the text; white space of any kind counts as one blank.
        room: width of a line.
        most: most lines.
        size: font size, in the unit of `room`.

    >>> wrap("loss-of-function mutation of NF1", 150)
    'loss-of-function\nmutation of NF1'
    """
    lines: list[str] = []
    line = ""
    for word in label.split():
        for place, piece in enumerate(_PIECES.findall(word)):
            blank = " " if line and not place else ""
            if text_width(line + blank + piece, size) <= room:
                line += blank + piece
                continue
            if line:
                lines.append(line)
            line = piece
            while text_width(line, size) > room and len(line) > 1 and len(lines) <= most:
                head = _fitting(line, room, size)
                lines.append(line[:head])
                line = line[head:]
        if len(lines) > most:
            break
    if line:
        lines.append(line)
    if len(lines) > most:
        last = lines[most - 1]
        while last and text_width(last + ELLIPSIS, size) > room:
            last = last[:-1]
        lines = [*lines[: most - 1], last.rstrip() + ELLIPSIS]
    return "\n".join(lines)


def _fitting(text: str, room: float, size: float) -> int:
    """How many characters of a long word fit a line, at least one."""
    count = 1
    while count < len(text) and text_width(text[: count + 1], size) <= room:
        count += 1
    return count
