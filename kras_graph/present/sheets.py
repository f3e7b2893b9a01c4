"""Sheets: titled blocks of short lines with their sources, as text and as HTML.

Cards and evidence are built as sheets once and shown in a terminal or a notebook alike.
"""

from __future__ import annotations

import html
import textwrap
from dataclasses import dataclass, field

from kras_graph.present.escape import Footnotes

DISCLAIMER = "For research, not for treatment decisions."


@dataclass(frozen=True)
class Line:
    """One claim or fact.

    Attributes:
        text: the claim.
        source: publication and section, or empty.
        ids: statement or result ids, each with `!` where the source has a slip.
        deep: whether it belongs to the line above it.
    """

    text: str
    source: str = ""
    ids: tuple[str, ...] = ()
    deep: bool = False

    @property
    def plain(self) -> str:
        """The whole line as text."""
        parts = [self.text.rstrip("."), self.source, " ".join(self.ids)]
        return ". ".join(part for part in parts if part)


@dataclass(frozen=True)
class Group:
    """Lines under a heading; the heading may be empty."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Block:
    """Groups under a title; `computed` marks what the program derives."""

    title: str
    groups: tuple[Group, ...]
    computed: bool = False


@dataclass
class Sheet:
    """A whole answer.

    Attributes:
        title: what it is about.
        facts: names of facts with their values, each as one text.
        blocks: the body.
        notes: remarks called by letters within the lines.
        foot: closing lines.
    """

    title: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    notes: Footnotes = field(default_factory=Footnotes)
    foot: list[str] = field(default_factory=list)

    def add(self, title: str, groups: list[Group], *, computed: bool = False) -> None:
        """A block, unless it has no line."""
        kept = tuple(group for group in groups if group.lines)
        if kept:
            self.blocks.append(Block(title, kept, computed))


def sheet_text(sheet: Sheet, width: int) -> str:
    """A sheet for a terminal, wrapped to `width` characters."""
    out = _wrapped(sheet.title, width, "", "  ")
    for name, value in sheet.facts:
        out += _wrapped(f"{name}: {value}", width, "", "  ")
    for block in sheet.blocks:
        out += ["", block.title.upper()]
        for group in block.groups:
            if group.heading:
                out += _wrapped(group.heading, width, "  ", "    ")
            for line in group.lines:
                start = "    " if group.heading else "  "
                start += "  " if line.deep else ""
                out += _wrapped(f"- {line.plain}", width, start, start + "  ")
    if remarks := sheet.notes.text():
        out.append("")
        for remark in remarks.splitlines():
            out += _wrapped(remark, width, "", "    ")
    if sheet.foot:
        out += ["", *sheet.foot]
    return "\n".join(out) + "\n"


def _wrapped(text: str, width: int, first: str, later: str) -> list[str]:
    return textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=later, break_on_hyphens=False,
        break_long_words=False,
    )  # fmt: skip


def sheet_html(sheet: Sheet) -> str:
    """A sheet as a fragment of HTML for notebooks; everything is escaped, addresses are linked."""
    out = [f"<h3>{html.escape(sheet.title)}</h3>"]
    if sheet.facts:
        rows = "".join(
            f'<tr><th scope="row">{html.escape(name)}</th><td>{_linked(value)}</td></tr>'
            for name, value in sheet.facts
        )
        out.append(f"<table>{rows}</table>")
    for block in sheet.blocks:
        out.append(f"<h4>{html.escape(block.title)}</h4>")
        for group in block.groups:
            if group.heading:
                out.append(f"<p><strong>{html.escape(group.heading)}</strong></p>")
            items = "".join(f"<li>{_line_html(line)}</li>" for line in group.lines)
            out.append(f"<ul>{items}</ul>")
    if remarks := sheet.notes.text():
        listed = "<br>".join(html.escape(remark) for remark in remarks.splitlines())
        out.append(f"<p><small>{listed}</small></p>")
    out += [f"<p><small>{_linked(text)}</small></p>" for text in sheet.foot]
    return "\n".join(out) + "\n"


def _line_html(line: Line) -> str:
    source = f" <small>{_linked(line.source)}</small>" if line.source else ""
    ids = f" <code>{html.escape(' '.join(line.ids))}</code>" if line.ids else ""
    return f"{_linked(line.text)}{source}{ids}"


def _linked(text: str) -> str:
    """Escaped text whose addresses of the web are links."""
    parts = []
    for word in text.split(" "):
        bare = word.rstrip(".,;)")
        if bare.startswith(("https://", "http://")):
            rest = html.escape(word[len(bare) :])
            safe = html.escape(bare, quote=True)
            parts.append(f'<a href="{safe}" rel="noopener noreferrer">{safe}</a>{rest}')
        else:
            parts.append(html.escape(word))
    return " ".join(parts)
