"""Pieces of a profile's page: escaped text, tables, links, and the evidence at its end."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

from kras_graph.answers.profile_records import ProfileAnswer
from kras_graph.model.records import Statement
from kras_graph.present.profile_rows import Rows
from kras_graph.present.report import figure, standing
from kras_graph.rdf.reader import Reader

_IDENT = re.compile(r"\b([A-Z]\d{2,4})(\.\d+)?\b")


class Linked:
    """Makes HTML in which ids of statements and assumptions lead to their place on the page.

    Args:
        reader: labels and papers.
        answer: the answer of the page.
    """

    def __init__(self, reader: Reader, answer: ProfileAnswer) -> None:
        self.reader = reader
        self.answer = answer
        self.assumptions = {
            item.id: item for found in answer.computed for item in found.assumptions
        }
        self._known = {*answer.statements, *self.assumptions}

    def text(self, text: str) -> str:
        """Text as HTML with links at the ids that the page explains."""

        def lead(match: re.Match[str]) -> str:
            if match[1] not in self._known:
                return match[0]
            return f'<a href="#{match[1]}">{match[0]}</a>'

        return _IDENT.sub(lead, esc(text))

    def paper(self, ident: str) -> str:
        """Short name of a paper, leading to it by its DOI."""
        paper = self.reader.publications[ident]
        return link(f"https://doi.org/{paper.doi}" if paper.doi else "", paper.label)

    def source(self, statements: Sequence[Statement], ids: Iterable[str]) -> str:
        """Papers of some statements, and the ids under which they stand."""
        papers = dict.fromkeys(
            anchor.publication for s in statements for anchor in self.answer.evidence.get(s.id, ())
        )
        links = ", ".join(self.paper(ident) for ident in papers)
        marked = " ".join(self.text(ident) for ident in ids)
        return f'{links}<p class="ids">{marked}</p>'


def evidence_section(linked: Linked, rows: Rows) -> str:
    """Every statement cited on the page, with its passages."""
    records = "\n".join(
        _record(linked, rows, statement) for statement in linked.answer.statements.values()
    )
    return (
        '<section id="evidence"><h2>Evidence</h2><p class="quiet">Every statement cited above. '
        "Passages are known by paper, section and place in the normalised text; "
        "kras-graph why ID --texts FOLDER shows them in your own copy.</p>"
        f'<div class="records">{records}</div></section>'
    )


def _record(linked: Linked, rows: Rows, statement: Statement) -> str:
    """One statement: claim, standing, people, figures, passages, remarks."""
    answer, reader = linked.answer, linked.reader
    results = answer.results.get(statement.id, ())
    refs = (*statement.disease, *statement.under, *statement.alteration, *statement.model,
            *statement.trial)  # fmt: skip
    firm = f"{standing(statement.polarity, statement.certainty)}, {statement.setting}"
    context = dict.fromkeys([firm, statement.population, *(reader.label(ref) for ref in refs)])
    told = [esc("; ".join(part for part in context if part))]
    told += [f"{esc(result.id)}: {esc(figure(result, reader))}" for result in results]
    told += [
        f"{linked.paper(a.publication)}, {esc(a.section)}, {a.start}–{a.end}"
        for a in answer.evidence.get(statement.id, ())
    ]
    told += [f"Reports on: {esc(statement.cites)}"] if statement.cites else []
    issues = dict.fromkeys([statement.source_issue, *(r.source_issue for r in results)])
    told += [f"Source issue: {esc(text)}" for text in issues if text]
    notes = dict.fromkeys([statement.note, *(r.note for r in results)])
    told += [f"Curator: {esc(text)}" for text in notes if text]
    body = "".join(f"<p>{text}</p>" for text in told)
    claim = esc(rows.claim(statement))
    return f'<article id="{esc(statement.id)}"><h4>{esc(statement.id)} {claim}</h4>{body}</article>'


def papers_section(linked: Linked) -> str:
    """The papers behind the page."""
    cited = {a.publication for anchors in linked.answer.evidence.values() for a in anchors}
    items = "".join(
        f"<li>{linked.paper(paper.id)}: {esc(paper.title)}. {esc(paper.journal)} {paper.year}. "
        f"{esc(paper.kind.capitalize())} report.</li>"
        for paper in linked.reader.publications.values()
        if paper.id in cited
    )
    return f'<section id="papers"><h2>Papers</h2><ul class="plain">{items}</ul></section>'


def table(style: str, columns: Iterable[tuple[str, str]], body: str) -> str:
    """A table of ready rows; each column has the name of its style and a label."""
    cells = "".join(
        f'<th scope="col" class="{name}">{esc(label)}</th>'
        if name
        else f'<th scope="col">{esc(label)}</th>'
        for name, label in columns
    )
    named = f' class="{style}"' if style else ""
    return f"<table{named}><thead><tr>{cells}</tr></thead>\n<tbody>{body}</tbody></table>"


def plain_table(style: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of ready cells whose columns have no style of their own."""
    body = "".join(row(columns, cells) for cells in rows)
    return table(style, [("", column) for column in columns], body)


def row(columns: Sequence[str], cells: Sequence[str], style: str = "") -> str:
    """A table row of ready HTML; each cell tells its column for narrow screens."""
    attributes = f' class="{style}"' if style else ""
    inner = "".join(
        f'<td data-column="{esc(column)}">{cell}</td>' if cell else "<td></td>"
        for column, cell in zip(columns, cells, strict=True)
    )
    return f"<tr{attributes}>{inner}</tr>\n"


def link(address: str, text: str) -> str:
    """A link to another site, or plain text for what is no secure address."""
    if not address.startswith("https://"):
        return esc(text)
    return f'<a rel="noopener noreferrer" href="{esc(address)}">{esc(text)}</a>'


def esc(text: str) -> str:
    """Text as HTML, also inside quoted attributes."""
    return html.escape(text, quote=True)
