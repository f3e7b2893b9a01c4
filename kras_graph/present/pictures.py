"""A chart as SVG, PNG or a page: the same chart gives the same bytes, and words stay words.

In an SVG the letters that are used travel along as a font, so that it looks alike everywhere
and its text can be searched, copied and read aloud.
"""

from __future__ import annotations

import base64
import html
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from kras_graph.model.errors import MissingExtraError
from kras_graph.present.chart import Chart
from kras_graph.present.drawing import FONT, draw

DOTS = 200  # per inch, of a PNG
_STYLE = """
body{font:15px/1.45 system-ui,sans-serif;color:#111;background:#fff;margin:1.5rem auto;
max-width:72rem;padding:0 1rem}
figure{margin:0 0 1.5rem}
svg{width:100%;height:auto}
table{border-collapse:collapse;margin:1rem 0;font-size:13px}
caption{text-align:left;font-weight:600;padding:.3rem 0}
th,td{text-align:left;vertical-align:top;padding:.2rem .6rem;border-bottom:1px solid #ccc}
@media print{body{margin:0;max-width:none}figure{break-after:page}}
"""


@contextmanager
def _settings() -> Iterator[None]:
    """Matplotlib with settings of our own and those of no user.

    Raises:
        MissingExtraError: when matplotlib is not installed.
    """
    try:
        import matplotlib as mpl
    except ImportError:
        raise MissingExtraError("matplotlib", "plots") from None
    own: dict[Any, Any] = {
        **mpl.rcParamsDefault,
        "font.family": FONT,
        "svg.fonttype": "none",
        "svg.hashsalt": "kras-graph",
        "axes.unicode_minus": False,
    }
    own.pop("backend", None)
    with mpl.rc_context(own):
        yield


def svg(chart: Chart) -> bytes:
    """The chart as SVG with its letters embedded.

    Raises:
        MissingExtraError: when matplotlib is not installed.
    """
    with _settings():
        stream = io.StringIO()
        title = {"Title": chart.title} if chart.title else {}
        metadata = {"Date": None, "Creator": None, **title}
        draw(chart).savefig(stream, format="svg", metadata=metadata)
        text = stream.getvalue()
        style = "".join(_face(weight, text) for weight in ("normal", "bold"))
    text = text.replace("<defs>", f"<defs>\n  <style>{style}</style>", 1)
    return text.encode()


def png(chart: Chart) -> bytes:
    """The chart as PNG.

    Raises:
        MissingExtraError: when matplotlib is not installed.
    """
    with _settings():
        stream = io.BytesIO()
        draw(chart).savefig(stream, format="png", dpi=DOTS, metadata={"Software": None})
        return stream.getvalue()


def page(chart: Chart, tables: str) -> bytes:
    """One page that needs nothing else: the chart, and beneath it the tables it shows.

    Raises:
        MissingExtraError: when matplotlib is not installed.
    """
    drawing = svg(replace(chart, title="")).decode()
    drawing = drawing[drawing.index("<svg") :]
    drawing = drawing.replace("<svg", '<svg role="img" aria-labelledby="title"', 1)
    title = html.escape(chart.title)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<link rel="icon" href="data:,">\n<title>{title} · kras-graph</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n"
        f'<h1 id="title">{title}</h1>\n<figure>\n{drawing}</figure>\n'
        f"<h2>The same figures as a table</h2>\n{tables}</body>\n</html>\n"
    ).encode()


def _face(weight: str, drawing: str) -> str:
    """A font face with just the letters of the drawing."""
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from matplotlib.font_manager import FontProperties, findfont

    letters = html.unescape("".join(re.findall(r">([^<]+)<", drawing)))
    options = subset.Options(
        layout_features=["kern"], hinting=False, notdef_outline=True, recalc_timestamp=False
    )
    options.drop_tables += ["FFTM"]
    font = TTFont(findfont(FontProperties(family=FONT, weight=weight)), recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=letters)
    subsetter.subset(font)
    stream = io.BytesIO()
    font.flavor = "woff"
    font.save(stream)
    data = base64.b64encode(stream.getvalue()).decode()
    return (
        f"@font-face{{font-family:'{FONT}';font-weight:{weight};"
        f"src:url(data:font/woff;base64,{data}) format('woff')}}"
    )
