"""The graph as one web page that needs nothing else: no request leaves it.

The page holds a style sheet, a script and one block of data; a content security policy
admits the first two by their hashes and nothing else. pyvis builds the network data; the
drawing is our own, on a canvas, because that opens large graphs in a fraction of the time
(`benchmarks/viewer.py` measures it). All positions are worked out beforehand.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from kras_graph import __version__
from kras_graph.present.viewer_data import Start, Theme, ViewName, gather, payload
from kras_graph.present.viewer_rows import Material

if TYPE_CHECKING:
    from kras_graph.api import KnowledgeGraph

# The page's script is these files in this order.
SCRIPTS = (
    "data", "state", "dom", "filter", "pen", "palette", "route", "scene", "paint", "bypass",
    "computed", "paths", "way", "canvas", "panel", "find", "sift", "table", "figure", "share",
    "main",
)  # fmt: skip


class View:
    """A finished page, to be saved or shown in a notebook.

    Attributes:
        html: the whole page.
        height: height in a notebook, in pixels.
    """

    def __init__(self, html: str, height: int = 640) -> None:
        self.html = html
        self.height = height

    def save(self, path: str | Path) -> Path:
        """Write the page to a file and return its path."""
        target = Path(path)
        target.write_text(self.html, encoding="utf-8")
        return target

    def _repr_html_(self) -> str:
        """The page in a frame of its own, as notebooks show it."""
        return (
            f'<iframe srcdoc="{html.escape(self.html)}" width="100%" height="{self.height}" '
            'sandbox="allow-scripts allow-downloads allow-popups" title="kras-graph" '
            'style="border:1px solid #ccc"></iframe>'
        )


def page(
    kg: KnowledgeGraph,
    focus: str,
    hops: int = 2,
    *,
    view: ViewName = "",
    theme: Theme = "auto",
    embed: bool = False,
    path: tuple[str, str] | None = None,
) -> str:
    """The viewer as HTML.

    Args:
        kg: the graph.
        focus: name of the entity in the middle of the first view; for a therapy whose
            bypass is reported that view is its mechanism map, else its surroundings.
        hops: how far to follow: most steps from a mechanism to the signalling it reaches,
            or from the focus to its neighbours.
        view: the view to open on instead, `whole` or `trials`.
        theme: `light`, `dark`, or `auto` for the reader's own.
        embed: whether the page is made for an iframe.
        path: names of two entities; the page opens on the paths between them.

    Raises:
        UnknownNameError: when nothing is called `focus`.
    """
    ends = (kg.entity(path[0]).id, kg.entity(path[1]).id) if path else None
    start = Start(kg.entity(focus).id, view, hops, theme, embed, path=ends)
    return render(gather(kg), start)


def render(material: Material, start: Start) -> str:
    """The page of some material as HTML."""
    data = payload(material, start)
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    folder = files("kras_graph.present") / "page"

    def read(name: str) -> str:
        # line ends as an HTML parser makes them, so that the text keeps its hash
        return re.sub(r"\r\n?", "\n", (folder / name).read_text(encoding="utf-8"))

    style = read("style.css")
    parts = "".join(read(f"{name}.js") for name in SCRIPTS)
    script = f'(() => {{\n"use strict";\n{parts}}})();\n'
    policy = (
        f"default-src 'none'; script-src {_hashes([script])}; style-src {_hashes([style])}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    filled = {
        "policy": policy,
        "title": html.escape(data["title"]),
        "theme": start.theme,
        "embed": "true" if start.embed else "false",
        "version": html.escape(__version__),
        "style": style,
        "script": script,
        "data": text,
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda found: filled[found[1]], read("template.html"))


def _hashes(texts: Sequence[str]) -> str:
    """Sources of a content security policy that admit exactly these inline texts."""
    digests = (hashlib.sha256(text.encode()).digest() for text in texts)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
