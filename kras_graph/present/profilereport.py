"""A profile's answer that shows itself: as text, in a notebook, as data, as a report."""

from __future__ import annotations

import html
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kras_graph.answers.profile_records import ProfileAnswer
from kras_graph.present.jsontext import pretty
from kras_graph.present.profile import profile_table, profile_text
from kras_graph.present.profile_json import profile_json
from kras_graph.present.profilepage import profile_page
from kras_graph.present.tabular import render
from kras_graph.rdf.reader import Reader

FORMATS = ("table", "html", "json", "jsonl", "csv", "tsv", "markdown")


@dataclass(frozen=True)
class ProfileReport:
    """An answer with what it takes to show it.

    Attributes:
        reader: the dataset that it comes from.
        answer: the answer itself.
    """

    reader: Reader
    answer: ProfileAnswer

    def to_json(self) -> dict[str, Any]:
        """The whole answer as plain data; `present.profile_json` tells the keys."""
        return profile_json(self.reader, self.answer)

    def to_html(self) -> str:
        """The whole answer as one self-contained page."""
        return profile_page(self.reader, self.answer)

    def render(self, form: str, *, width: int = 120, color: bool = False) -> str:
        """The answer in one of `FORMATS`."""
        if form == "html":
            return self.to_html()
        if form == "json":
            return pretty(self.to_json())
        if form == "table":
            return profile_text(self.reader, self.answer, width=width, color=color)
        return render(profile_table(self.reader, self.answer), form)

    def save(self, path: str | Path) -> Path:
        """Write the report as a page, or as JSON for a name that ends in `.json`."""
        target = Path(path)
        form = "json" if target.suffix.casefold() == ".json" else "html"
        target.write_text(self.render(form), encoding="utf-8")
        return target

    def __str__(self) -> str:
        return self.render("table")

    def _repr_html_(self) -> str:
        """The page in a frame of its own, as notebooks show it."""
        return (
            f'<iframe srcdoc="{html.escape(self.to_html())}" width="100%" height="700" '
            'sandbox="allow-popups" title="kras-graph profile" '
            'style="border:1px solid #ccc"></iframe>'
        )
