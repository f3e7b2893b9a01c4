"""Pages for people: whatever comes from the data is escaped before it gets here."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from kras_graph import __version__
from kras_graph.answers.card import card
from kras_graph.model.records import Anchor, Entity, Result, Statement
from kras_graph.model.terms import GROUP_LABELS, Polarity
from kras_graph.present.report import figure, predicate_labels, standing
from kras_graph.rdf import names
from kras_graph.rdf.describe import DESCRIPTION
from kras_graph.rdf.examples import runnable
from kras_graph.rdf.library import StoredQuery
from kras_graph.rdf.reader import Reader

if TYPE_CHECKING:
    from kras_graph.api import KnowledgeGraph

_BASE_POLICY = "default-src 'none'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"
POLICY = f"{_BASE_POLICY}; style-src 'self'; form-action 'self'"
QUERY_POLICY = (
    f"{_BASE_POLICY}; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; "
    "form-action 'none'"
)
_NAV = (
    ("/", "Start"),
    ("/query", "Query"),
    ("/view", "Graph"),
    ("/sparql?format=turtle", "SPARQL"),
)
_REFS = (
    ("under", "Under"), ("disease", "Disease"), ("trial", "Trial"), ("alteration", "Alteration"),
    ("model", "Model"),
)  # fmt: skip
_TEXTS = (
    ("population", "In whom"), ("patients", "Patients"), ("species", "Species"),
    ("assay", "Assay"), ("cites", "Cites"),
)  # fmt: skip


def esc(value: object) -> str:
    """Text as HTML, also inside quoted attributes."""
    return html.escape(str(value), quote=True)


def frame(title: str, body: str, head: str = "") -> str:
    """A whole page around its body."""
    nav = " ".join(f'<a href="{path}">{label}</a>' for path, label in _NAV)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<link rel="icon" href="data:,">\n'
        f'<link rel="stylesheet" href="/static/site.css">\n{head}'
        f"<title>{esc(title)} · kras-graph</title>\n</head>\n<body>\n"
        f'<header><a class="home" href="/">kras-graph</a><nav>{nav}</nav></header>\n'
        f"<main>\n{body}\n</main>\n<footer>kras-graph {esc(__version__)}. Data CC0-1.0, code MIT. "
        "For research, not for treatment decisions.</footer>\n</body>\n</html>\n"
    )


def link(path: str, text: str) -> str:
    """A link within the site."""
    return f'<a href="{esc(path)}">{esc(text)}</a>'


def outward(iri: str, text: str = "") -> str:
    """A link to another site, or plain text for what is no address of the web."""
    if not iri.startswith(("https://", "http://")):
        return esc(text or iri)
    return f'<a rel="noopener noreferrer" href="{esc(iri)}">{esc(text or iri)}</a>'


def forms(path: str) -> str:
    """Links to the same thing in the forms of RDF."""
    kinds = (("turtle", "Turtle"), ("jsonld", "JSON-LD"), ("ntriples", "N-Triples"))
    links = " · ".join(link(f"{path}?format={form}", label) for form, label in kinds)
    return f'<p class="quiet">Also as {links}</p>'


def rows(pairs: Iterable[tuple[str, str]]) -> str:
    """Terms and their ready HTML as a list; pairs without a value are left out."""
    found = "".join(f"<dt>{esc(term)}</dt><dd>{value}</dd>" for term, value in pairs if value)
    return f"<dl>{found}</dl>" if found else ""


class Site:
    """Pages of one graph."""

    def __init__(self, kg: KnowledgeGraph) -> None:
        self.kg = kg
        self.reader: Reader = kg.reader
        self.labels = predicate_labels(self.reader)

    def thing(self, name: str) -> str:
        """Link to an entity by its label."""
        return link(f"/id/{name}", self.reader.label(name))

    def start(self, triples: int, examples: Sequence[StoredQuery]) -> str:
        """The first page."""
        classes: dict[str, list[Entity]] = {}
        for item in self.reader.entities.values():
            classes.setdefault(item.cls, []).append(item)
        listed = "".join(
            f"<details><summary>{esc(cls)} ({len(items)})</summary><p>"
            + ", ".join(self.thing(i.id) for i in sorted(items, key=lambda e: e.label.casefold()))
            + "</p></details>"
            for cls, items in sorted(classes.items())
        )
        questions = "".join(
            f"<li>{link(f'/query#example={example.name}', example.summary)}</li>"
            for example in examples
        )
        return frame(
            "Start",
            f"<h1>kras-graph</h1><p>{esc(DESCRIPTION)}</p>"
            f'<form action="/find" role="search"><label>Find a drug, gene, alteration… '
            '<input name="q" maxlength="200" required></label> <button>Find</button></form>'
            f"<p>{triples:,} triples on {len(self.reader.entities):,} entities. "
            f"{link('/view', 'See the graph')}, {link('/query', 'ask in SPARQL')}, or read "
            f"{link('/.well-known/void', 'how the dataset is made up')}.</p>"
            f"<h2>Questions to begin with</h2><ul class='columns'>{questions}</ul>"
            f"<h2>Everything in it</h2>{listed}",
        )

    def message(self, title: str, text: str, suggestions: Iterable[Entity] = ()) -> str:
        """A short page that says why there is nothing else."""
        listed = "".join(f"<li>{self.thing(item.id)}</li>" for item in suggestions)
        more = f"<p>Nearest:</p><ul>{listed}</ul>" if listed else ""
        return frame(title, f"<h1>{esc(title)}</h1><p>{esc(text)}</p>{more}")

    def entity(self, item: Entity) -> str:
        """Everything on an entity: its names, its records elsewhere, each statement."""
        found = card(self.reader, item)
        statements = [f.statement for _, section in found.sections for f in section]
        results = self.reader.results(statements)
        evidence = self.reader.evidence(statement.id for statement in statements)
        sections = []
        for title, section in found.sections:
            items = []
            for finding in section:
                ident = finding.statement.id
                via = "" if finding.relation == "direct" else finding.via.id
                shown = self._claim(
                    finding.statement, results.get(ident, []), evidence.get(ident, []), via
                )
                items.append(f"<li>{shown}</li>")
            sections.append(f"<h2>{esc(title)}</h2><ul class='claims'>{''.join(items)}</ul>")
        if not sections:
            sections.append("<p>No statement is about it.</p>")
        facts = rows(
            [
                ("Class", esc(item.cls)),
                ("Id", esc(item.id)),
                ("IRI", esc(names.ENTITY + item.id)),
                ("Also called", esc(", ".join(item.synonyms))),
                ("Belongs to", ", ".join(self.thing(parent) for parent in item.parents)),
                *((key, esc(value)) for key, value in item.attributes.items()),
                ("Records elsewhere", ", ".join(outward(iri) for iri in item.xrefs)),
                ("Note", esc(item.note)),
            ]
        )
        path = f"/id/{item.id}"
        graph = link(f"/view?focus={item.id}", "See it in the graph")
        body = f"<h1>{esc(item.label)}</h1>{facts}<p>{graph}</p>{forms(path)}{''.join(sections)}"
        return frame(item.label, body, _alternates(path))

    def _sentence(self, statement: Statement) -> str:
        verb = self.labels.get(statement.predicate, statement.predicate.replace("_", " "))
        words = f"{self.thing(statement.subject)} {esc(verb)} {self.thing(statement.object)}"
        return f"NOT: {words}" if statement.polarity is Polarity.NEGATED else words

    def _mark(self, statement: Statement) -> str:
        kind = "stated" if statement.is_edge else "doubted"
        said = standing(statement.polarity, statement.certainty)
        return f'<span class="mark {kind}">{esc(said)}</span>'

    def _claim(
        self,
        statement: Statement,
        results: Sequence[Result],
        anchors: Sequence[Anchor],
        via: str,
    ) -> str:
        """One statement on a page of many."""
        figures = "; ".join(esc(figure(result, self.reader)) for result in results)
        context = "; ".join(
            [
                *(self.thing(ref) for field, _ in _REFS for ref in getattr(statement, field)),
                *([esc(statement.population)] if statement.population else []),
            ]
        )
        parts = [
            f"{self._mark(statement)} {self._sentence(statement)}",
            figures and f"<br>{figures}",
            context and f'<br><span class="quiet">{context}</span>',
            via and f'<br><span class="quiet">reached by {self.thing(via)}</span>',
            f'<br><span class="quiet">{"; ".join(self._places(anchors))} · '
            f"{link(f'/stmt/{statement.id}', statement.id)}"
            f"{' · source has a slip or ambiguity' if statement.source_issue else ''}</span>",
        ]
        return "".join(part for part in parts if part)

    def _places(self, anchors: Iterable[Anchor]) -> list[str]:
        """Where the evidence stands, passage by passage."""
        papers = self.reader.publications
        return [
            f"{link(f'/publication/{a.publication}', papers[a.publication].label)}, "
            f"{esc(a.section)}, characters {a.start}–{a.end}"
            for a in anchors
        ]

    def statement(self, statement: Statement) -> str:
        """Everything behind one statement."""
        results = self.reader.results([statement]).get(statement.id, [])
        anchors = self.reader.evidence([statement.id]).get(statement.id, [])
        passages = "".join(
            f"<li>{place}<br><code>sha256 {esc(anchor.sha256)}</code></li>"
            for place, anchor in zip(self._places(anchors), anchors, strict=True)
        )
        figures = "".join(
            f"<li>{esc(figure(result, self.reader))} "
            f"({link(f'/result/{result.id}', result.id)})"
            + (f"<br>Source issue: {esc(result.source_issue)}" if result.source_issue else "")
            + "</li>"
            for result in results
        )
        facts = rows(
            [
                ("Standing", self._mark(statement)),
                ("Polarity", esc(statement.polarity)),
                ("Certainty", esc(statement.certainty)),
                ("Setting", esc(statement.setting)),
                ("Group", esc(GROUP_LABELS[statement.group]) if statement.group else ""),
                *(
                    (title, ", ".join(self.thing(ref) for ref in getattr(statement, field)))
                    for field, title in _REFS
                ),
                *((title, esc(getattr(statement, field) or "")) for field, title in _TEXTS),
                ("Source issue", esc(statement.source_issue)),
                ("Curator's note", esc(statement.note)),
                ("In the graph", "direct edge" if statement.is_edge else "statement only, no edge"),
            ]
        )
        path = f"/stmt/{statement.id}"
        body = (
            f"<h1>{esc(statement.id)}</h1><p class='claim'>{self._sentence(statement)}</p>{facts}"
            + (f"<h2>Figures</h2><ul>{figures}</ul>" if figures else "")
            + f"<h2>Evidence</h2><ul>{passages}</ul>{forms(path)}"
        )
        return frame(statement.id, body, _alternates(path))

    def plain(self, kind: str, name: str, found: Sequence[tuple[str, str, bool]]) -> str:
        """A thing as the list of its values."""

        def shown(value: str, is_iri: bool) -> str:
            if not is_iri:
                return esc(value)
            own = value.removeprefix(names.BASE)
            if own != value and own.startswith(
                ("id/", "stmt/", "result/", "anchor/", "publication/")
            ):
                return link(f"/{own}", own)
            return outward(value)

        listed = rows((names.local(p), shown(value, is_iri)) for p, value, is_iri in found)
        path = f"/{kind}/{name}"
        return frame(name, f"<h1>{esc(name)}</h1>{listed}{forms(path)}", _alternates(path))

    def query(self, examples: Sequence[StoredQuery]) -> str:
        """The query page; its script fills in editor and answers."""
        items = "".join(
            f'<li><button type="button" data-example="{esc(e.name)}" title="{esc(e.description)}">'
            f"{esc(e.summary)}</button></li>"
            for e in examples
        )
        data = json.dumps({e.name: runnable(e) for e in examples}, ensure_ascii=True)
        for sign in "<>&":
            data = data.replace(sign, f"\\u{ord(sign):04x}")
        head = (
            '<link rel="stylesheet" href="/static/yasgui.min.css">\n'
            '<script src="/static/yasgui.min.js" defer></script>\n'
            '<script src="/static/query.js" defer></script>\n'
        )
        return frame(
            "Query",
            '<div class="query"><section class="examples" aria-label="Examples">'
            '<h1>Ask in SPARQL</h1><label>Find an example <input type="search" id="filter">'
            f'</label><ul id="examples">{items}</ul></section><section class="work">'
            '<p class="quiet">Click an example to run it; Ctrl-Enter runs what is in the editor, '
            "Ctrl-Space completes names. The prefixes of the project need no declaration. "
            'Everything stays on this server.</p><div id="editor"></div><div id="answer"></div>'
            f'</section></div><script type="application/json" id="texts">{data}</script>'
            "<noscript><p>The editor needs JavaScript; the endpoint is /sparql.</p></noscript>",
            head,
        )


def _alternates(path: str) -> str:
    kinds = (("turtle", "text/turtle"), ("jsonld", "application/ld+json"))
    return "".join(
        f'<link rel="alternate" type="{media}" href="{esc(path)}?format={form}">\n'
        for form, media in kinds
    )
