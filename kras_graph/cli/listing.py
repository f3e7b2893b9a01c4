"""Verbs that list: statements, issues, stats."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from kras_graph.api import KnowledgeGraph
from kras_graph.cli.options import emit, output_options, terminal
from kras_graph.model.records import Statement
from kras_graph.present.tabular import Table, render


@click.command()
@click.option("--predicate", multiple=True, help="Keep statements with this predicate.")
@click.option("--family", multiple=True, help="Keep statements of this family, e.g. resistance.")
@click.option("--polarity", type=click.Choice(["affirmed", "negated"]))
@click.option("--certainty", type=click.Choice(["stated", "suggested", "hypothesised", "open"]))
@click.option("--publication", multiple=True, help="Keep statements of this source paper.")
@output_options()
def statements(
    predicate: tuple[str, ...],
    family: tuple[str, ...],
    polarity: str | None,
    certainty: str | None,
    publication: tuple[str, ...],
    form: str,
    output: Path | None,
    no_color: bool,
) -> None:
    """Every statement with its context, figures and anchors.

    Example: kras-graph statements --family resistance --polarity negated
    """
    from kras_graph.answers.lookup import Finding
    from kras_graph.present.report import findings_table

    kg = KnowledgeGraph.load()
    evidence = kg.evidence(kg.statements()) if publication else {}

    def wanted(item: Statement) -> bool:
        papers = {anchor.publication for anchor in evidence.get(item.id, [])}
        return (
            (not predicate or item.predicate in predicate)
            and (not family or item.family in family)
            and polarity in (None, item.polarity)
            and certainty in (None, item.certainty)
            and (not publication or bool(papers & set(publication)))
        )

    found = [
        Finding(item, "direct", kg.reader.entities[item.subject])
        for item in kg.statements()
        if wanted(item)
    ]
    table = findings_table(kg.reader, found, f"{len(found)} statements")
    for record in table.records or ():
        record.pop("relation")
    width, color = terminal(no_color, output)
    emit(render(table, form, width=width, color=color), output)


@click.command()
@output_options()
def issues(form: str, output: Path | None, no_color: bool) -> None:
    """Slips, contradictions and ambiguities found in the source papers.

    Example: kras-graph issues --format markdown
    """
    kg = KnowledgeGraph.load()
    found = kg.statements()
    evidence = kg.evidence(found)
    results = kg.results(found)
    touched: dict[tuple[str, str, str], list[str]] = {}
    for statement in found:
        places = [(a.publication, a.section) for a in evidence.get(statement.id, [])]
        marks = [(statement.id, statement.source_issue)]
        marks += [(r.id, r.source_issue) for r in results.get(statement.id, [])]
        for ident, text in marks:
            if text and places:
                touched.setdefault((*places[0], text), []).append(ident)
    rows = tuple(
        (paper, section, text, " ".join(ids)) for (paper, section, text), ids in touched.items()
    )
    table = Table(
        ("publication", "section", "issue", "touches"), rows, f"{len(rows)} source issues"
    )
    width, color = terminal(no_color, output)
    emit(render(table, form, width=width, color=color), output)


@click.command()
@output_options()
def stats(form: str, output: Path | None, no_color: bool) -> None:
    """Counts of entities, statements and results.

    Example: kras-graph stats
    """
    kg = KnowledgeGraph.load()
    found = kg.statements()
    evidence = kg.evidence(found)
    results = [result for group in kg.results(found).values() for result in group]
    counts: list[tuple[str, Counter[str]]] = [
        ("entities by class", Counter(item.cls for item in kg.reader.entities.values())),
        ("statements by family", Counter(item.family for item in found)),
        ("statements by polarity", Counter(str(item.polarity) for item in found)),
        ("statements by certainty", Counter(str(item.certainty) for item in found)),
        ("statements by setting", Counter(str(item.setting) for item in found)),
        (
            "statements by publication",
            Counter(p for item in found for p in {a.publication for a in evidence[item.id]}),
        ),
        ("results by endpoint", Counter(kg.reader.label(r.endpoint) for r in results)),
    ]
    rows: list[tuple[str, str, int]] = []
    for title, counter in counts:
        rows.append((title, "all", sum(counter.values())))
        rows += [(title, name, n) for name, n in counter.most_common()]
    table = Table(("what", "kind", "count"), tuple(rows))
    width, color = terminal(no_color, output)
    emit(render(table, form, width=width, color=color), output)
