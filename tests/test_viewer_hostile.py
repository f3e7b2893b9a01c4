"""Hostile labels, ids, notes and addresses in a real browser: nothing runs, nothing complains."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from kras_graph import KnowledgeGraph
from kras_graph.answers.resistance import BypassAnswer, Report
from kras_graph.model.records import Anchor, Entity, Publication, Result, Statement
from kras_graph.model.terms import Certainty, MechanismGroup, Polarity, Sign
from kras_graph.network.projection import build, predicate_signs
from kras_graph.present.viewer import render
from kras_graph.present.viewer_data import Start, gather
from kras_graph.present.viewer_query import constructed
from kras_graph.present.viewer_rows import Material
from kras_graph.rdf import names
from kras_graph.rdf.engine import EmbeddedEngine
from kras_graph.rdf.reader import Reader
from tests.viewing import Open, Visit, needs_browser

RUNS = "window.hit=1"
HOSTILE = [
    # ends of elements and of the data block
    f"</script><img src=x onerror={RUNS}>",
    f"</SCRIPT ><script>{RUNS}</script>",
    f"<!--<script>{RUNS}</script>-->",
    "<!--<script>",
    "</style><style>*{display:none}</style>",
    f"</title><script>{RUNS}</script>",
    f"</textarea><script>{RUNS}</script>",
    f"</noscript><img src=x onerror={RUNS}>",
    f"]]><svg/onload={RUNS}>",
    f"<![CDATA[<script>{RUNS}</script>]]>",
    # elements that run, load or take over
    f"<img src=x onerror={RUNS}>",
    f"<IMG SRC=x ONERROR={RUNS}>",
    f"<img/src=x/onerror={RUNS}>",
    f"<svg onload={RUNS}>",
    f"<svg><animate onbegin={RUNS} attributeName=x dur=1s>",
    f"<svg><script>{RUNS}</script></svg>",
    f"<math><mi//xlink:href=\"data:x,<script>{RUNS}</script>\">",
    f"<body onload={RUNS}>",
    f"<details open ontoggle={RUNS}>",
    f"<input autofocus onfocus={RUNS}>",
    f"<video><source onerror={RUNS}></video>",
    "<iframe src='javascript:parent.hit=1'>",
    "<iframe srcdoc=\"<script>parent.hit=1</script>\">",
    "<object data='data:text/html,<script>parent.hit=1</script>'>",
    "<embed src='http://evil.example/x.swf'>",
    "<base href='http://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=http://evil.example/'>",
    "<link rel=stylesheet href=http://evil.example/x.css>",
    "<form action=http://evil.example/><button>Go</button></form>",
    f"<template><script>{RUNS}</script></template>",
    # attributes and quotes
    f"\"><script>{RUNS}</script>",
    f"'><script>{RUNS}</script>",
    f"' onmouseover='{RUNS}",
    f"\" onfocus=\"{RUNS}\" autofocus=\"",
    f"` onclick={RUNS} `",
    # addresses
    f"javascript:{RUNS}",
    f"JaVaScRiPt:{RUNS}",
    f" javascript:{RUNS}",
    f"java\tscript:{RUNS}",
    f"vbscript:{RUNS}",
    f"data:text/html,<script>{RUNS}</script>",
    "http://evil.example/\"onmouseover=\"hit=1",
    "//evil.example/x",
    "https://evil.example/<script>",
    "file:///etc/passwd",
    "blob:null/x",
    # code, templates and formats
    "{{data}}{{policy}}{{script}}",
    f"${{{RUNS}}}",
    f"#{{{RUNS}}}",
    f"'-({RUNS})-'",
    f"\\'; {RUNS}; //",
    "\\u003cscript\\u003e \\\\ \\n \\",
    '{"__proto__": {"hit": 1}}',
    "%3Cscript%3E&#60;script&#62;&lt;b&gt;",
    "=HYPERLINK(\"http://evil.example\")",
    "url(http://evil.example/x.png)",
    "expression(hit=1)",
    # names that objects have already
    "__proto__", "constructor", "prototype", "hasOwnProperty", "toString", "valueOf", "length",
    "undefined", "null", "NaN", "-1", "0",
    # odd texts
    "a\u2028b\u2029c",
    "\u202egnp.exe\u202c",
    "\u2066x\u2069",
    "\ufeff\u200b\u200d",
    "🧬" * 40,
    "क्षि" * 30,
    "x" * 4000,
    "w w " * 500,
    "a\u0301" * 60,
    "line\nbreak\r\nand\ttab",
    "\x00\x07\x1b[31m",
    "\ud7ff\ue000\uffff",
    " ",
    "",
]  # fmt: skip


def test_there_are_many_kinds_of_hostility() -> None:
    assert len(set(HOSTILE)) >= 60


def hostile_material(kg: KnowledgeGraph) -> Material:
    """A small graph in memory whose every id and text is hostile."""
    first = next(s for s in kg.statements() if s.predicate == "confers_resistance_to")
    drug, gene = kg.entity("sotorasib"), kg.entity("MET amplification")
    trial = kg.entity("NCT03600883")
    result = next(r for found in kg.results(kg.statements()).values() for r in found)
    anchor = next(iter(kg.evidence(kg.statements()[:5]).values()))[0]
    paper = next(iter(kg.reader.publications.values()))
    items: dict[str, Entity] = {}
    for place, text in enumerate(HOSTILE):
        items[text] = (drug, gene, trial)[place % 3]._replace(
            id=text,
            label=text,
            cls=text if place % 9 == 8 else (drug, gene, trial)[place % 3].cls,
            synonyms=(text, *HOSTILE[:3]),
            note=text,
            parents=(HOSTILE[(place + 3) % len(HOSTILE)],),
            attributes={"kind": text, "effect": text, "phase": text, "components": text},
            xrefs=(text, f"javascript:{RUNS}", f"https://example.org/{text}"),
        )
    rows: list[Statement] = []
    results: dict[str, list[Result]] = {}
    evidence: dict[str, list[Anchor]] = {}
    for place, text in enumerate(HOSTILE):
        name = f"S{place}{text}"
        doubted = place % 5 == 4
        rows.append(
            first._replace(
                id=name,
                subject=text,
                object=HOSTILE[0] if place % 2 else HOSTILE[(place * 7 + 1) % len(HOSTILE)],
                predicate=("confers_resistance_to", text, "studied_in", "member_of")[place % 4],
                polarity=Polarity.NEGATED if doubted else Polarity.AFFIRMED,
                certainty=Certainty.OPEN if place % 7 == 6 else Certainty.STATED,
                group=list(MechanismGroup)[place % 7],
                population=text, assay=text, species=text, cites=text, source_issue=text,
                note=text, disease=(text,), under=(HOSTILE[0],), trial=(HOSTILE[2],),
                alteration=(text,), model=(text,),
            )
        )  # fmt: skip
        results[name] = [
            result._replace(
                id=f"{name}.1", statement=name, printed=text, unit=("%", text)[place % 2],
                endpoint=text, arm=text, time_point=text, population=text, source_issue=text,
                note=text,
            )
        ]  # fmt: skip
        evidence[name] = [anchor._replace(about=name, publication=text, section=text)]
    papers: dict[str, Publication] = {
        text: paper._replace(id=text, label=text, title=text, journal=text, doi=text, kind=text)
        for text in HOSTILE
    }
    signs = predicate_signs(kg.engine) | dict.fromkeys(HOSTILE[::3], Sign.POSITIVE)
    reader = Reader(kg.engine)
    reader.__dict__.update(entities=items, publications=papers)

    def escapes(name: str) -> BypassAnswer:
        reports = tuple(
            Report(items[row.subject], row.group, items[name], "direct", row.polarity,
                   row.certainty, (row,), ())
            for row in rows if row.object == name
        )  # fmt: skip
        return BypassAnswer(items[name], (), reports, (), (), computed=None)

    labels = {row.predicate: row.predicate for row in rows}
    network = build(items.values(), rows, signs)
    return Material(items, network, rows, results, evidence, papers, labels, reader, escapes)


@pytest.fixture(scope="module")
def hostile(kg: KnowledgeGraph) -> Material:
    return hostile_material(kg)


def roam(seen: Visit) -> None:
    """Show everything there is to show: views, cards, claims, tables, filters, exports."""
    seen.at("doubt").check()
    for view in ("show-whole", "show-trials", "show-first"):
        if seen.at(view).is_visible():
            seen.at(view).click()
            seen.settle()
        seen.js("() => krasGraph.svg()")
        seen.js(
            """() => krasGraph.tables().map((table) =>
              krasGraph.csv(table.columns, table.rows.map((row) => row.cells)))"""
        )
    seen.at("show-table").click()
    seen.at("show-table").click()
    seen.at("open-sift").click()
    for fold in seen.tab.locator("#facets > details > summary").all():
        fold.click()
    seen.at("open-ask").click()
    seen.at("open-share").click()
    seen.js("() => window.dispatchEvent(new Event('beforeprint'))")
    seen.js("() => window.dispatchEvent(new Event('afterprint'))")
    seen.tab.mouse.move(400, 300)
    seen.tab.mouse.move(500, 420)


def open_everything(seen: Visit) -> Iterator[str]:
    """Every card of every entity and statement, one after the other."""
    for kind, count in seen.js(
        "() => [['node', krasGraph.nodes.length], ['statement', krasGraph.statements.length]]"
    ):
        for place in range(count):
            yield seen.js(
                """([kind, place]) => {
                  const { nodes, statements } = krasGraph;
                  const words = new URLSearchParams();
                  words.set(kind, (kind === "node" ? nodes : statements)[place].id);
                  location.hash = words.toString();
                  return new Promise((done) => setTimeout(() => {
                    const details = document.getElementById("details");
                    for (const fold of details.querySelectorAll("details")) fold.open = true;
                    setTimeout(() => done(details.textContent), 4);
                  }, 8));
                }""",
                [kind, place],
            )


def harmless(seen: Visit) -> None:
    """No element of a hostile text has come to be, and links lead nowhere else."""
    made = "img, iframe, object, embed, base, form, video, template, math, body svg[onload]"
    assert seen.tab.locator(made).count() == 0
    assert seen.tab.locator("script").count() == 2
    assert seen.tab.locator("style").count() == 1
    assert seen.js("() => [...document.querySelectorAll('*')].filter((e) => [...e.attributes]"
                   ".some((a) => a.name.startsWith('on'))).length") == 0  # fmt: skip
    for address in seen.js("() => [...document.links].map((a) => a.protocol)"):
        assert address in ("https:", "http:")
    seen.clean()


@needs_browser
@pytest.mark.parametrize("place", [0, 3, 57])
def test_hostile_texts_and_ids_stay_text(hostile: Material, visit: Open, place: int) -> None:
    focus = HOSTILE[place]
    seen = visit(render(hostile, Start(focus)))
    roam(seen)
    harmless(seen)


@needs_browser
def test_hostile_cards_stay_text(hostile: Material, visit: Open) -> None:
    seen = visit(render(hostile, Start(HOSTILE[0])))
    told = list(open_everything(seen))
    assert any("onerror" in text for text in told)
    assert len([text for text in told if text]) > 1.9 * len(HOSTILE)
    harmless(seen)


@needs_browser
def test_hostile_texts_are_searched_like_others(hostile: Material, visit: Open) -> None:
    seen = visit(render(hostile, Start(HOSTILE[0])))
    for text in HOSTILE:
        seen.at("find").fill(text[:60].replace("\x00", ""))
        seen.at("find").press("Enter")
    harmless(seen)


@needs_browser
def test_real_graph_with_hostile_labels_stays_quiet(kg: KnowledgeGraph, visit: Open) -> None:
    material = gather(kg)
    entities = {
        name: item._replace(
            label=f"{item.label} {HOSTILE[place % len(HOSTILE)]}",
            synonyms=(HOSTILE[place % len(HOSTILE)],),
            note=HOSTILE[(place + 1) % len(HOSTILE)],
        )
        for place, (name, item) in enumerate(material.entities.items())
    }
    seen = visit(render(replace(material, entities=entities), Start("sotorasib")))
    roam(seen)
    harmless(seen)


LABEL = NamedNode(names.RDFS + "label")
TYPE = NamedNode(names.RDF + "type")
IRIS = (
    f"javascript:{RUNS}", "data:text/html,%3Cscript%3Eparent.hit=1%3C/script%3E",
    "http://evil.example/%22onclick=hit=1", "urn:x:%3C/script%3E",
    "https://w3id.org/kras-graph/id/__proto__", "https://w3id.org/kras-graph/id/constructor",
    "https://w3id.org/kras-graph/vocab#__proto__", "http://example.org/'-(hit=1)-'",
    "http://xn--e1awd7f.example/\u202e", "http://example.org/a#b?c=d&e=f",
)  # fmt: skip


@needs_browser
def test_hostile_addresses_and_literals_of_a_query_stay_text(
    kg: KnowledgeGraph, visit: Open
) -> None:
    chance = random.Random(7)
    store = Store()
    for place, text in enumerate(HOSTILE):
        one, two, three = (NamedNode(chance.choice(IRIS)) for _ in range(3))
        own = NamedNode(f"{one.value}/{place}")
        for subject, predicate, target in (
            (one, two, three), (own, LABEL, Literal(text)), (own, two, three), (own, TYPE, two),
            (own, NamedNode(chance.choice(IRIS)), Literal(text)),
        ):  # fmt: skip
            store.add(Quad(subject, predicate, target))
    engine = EmbeddedEngine(store)
    material = constructed(kg, "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", engine)
    seen = visit(render(material, Start(query=HOSTILE[0])))
    assert "onerror" in seen.at("title").inner_text()
    roam(seen)
    for _ in open_everything(seen):
        pass
    harmless(seen)


@needs_browser
def test_hostile_texts_do_no_harm_in_files_either(hostile: Material, visit: Open) -> None:
    seen = visit(render(hostile, Start(HOSTILE[0], "whole")))
    svg: Any = seen.js(
        """() => { const found = new DOMParser().parseFromString(krasGraph.svg(), "image/svg+xml");
          return [...new Set([...found.querySelectorAll("*")].map((e) => e.localName))].sort(); }"""
    )
    assert svg == ["g", "path", "svg", "text", "title"]
    harmless(seen)
