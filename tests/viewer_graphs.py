"""Graphs of any size, made up with a fixed seed, to try the viewer on."""

from __future__ import annotations

import random

import pyoxigraph
from pyoxigraph import RdfFormat, Store

from kras_graph import KnowledgeGraph
from kras_graph.curation.vocabulary import ontology_text
from kras_graph.model.records import Anchor, Entity, Publication, Statement, Tables
from kras_graph.model.terms import Certainty, MechanismGroup, Polarity, Setting
from kras_graph.rdf.dataset import triples
from kras_graph.rdf.engine import EmbeddedEngine

# Class, how many in a hundred, word that names start with.
_CLASSES = (
    ("Gene", 30, "GENE"),
    ("Process", 18, "process"),
    ("Drug", 10, "drug"),
    ("Alteration", 14, "GENE mutation"),
    ("Mechanism", 8, "mechanism"),
    ("Disease", 8, "cancer"),
    ("Trial", 6, "NCT"),
    ("Pathway", 6, "pathway"),
)
_PREDICATES = (
    "activates", "inhibits", "increases", "decreases", "regulates", "binds", "part_of",
    "confers_resistance_to", "occurs_in", "studied_in",
)  # fmt: skip


def made_up(nodes: int, edges: int, seed: int = 20261121) -> KnowledgeGraph:
    """A graph of so many entities and statements; the first drug has reports of resistance.

    Every statement has a source; one in twelve is denied or not certain.
    """
    draw = random.Random(seed)
    paper = Publication(
        "made_up", "Made up 2026", "made up", "10.1000/made.up", "", "", "J", 2026, "primary",
        "made_up", 1_000_000, "0" * 64,
    )  # fmt: skip
    entities = [Entity("drug_0", "drug 0", "Drug", synonyms=("D-0",))]
    for cls, share, word in _CLASSES:
        for number in range(1, 1 + nodes * share // 100):
            ident = f"{word.replace(' ', '_')}_{number}_{cls}"
            entities.append(Entity(ident, f"{word} {number}", cls, note="made up"))
    entities = entities[:nodes]
    while len(entities) < nodes:
        place = len(entities)
        entities.append(Entity(f"GENE_extra_{place}", f"GENE extra {place}", "Gene"))
    mechanisms = [e.id for e in entities if e.cls in ("Alteration", "Mechanism")]
    ids = [e.id for e in entities]
    seen: set[tuple[str, str, str]] = set()
    statements: list[Statement] = []
    while len(statements) < edges:
        if len(statements) < 24:
            row = (mechanisms[len(statements)], "confers_resistance_to", "drug_0")
        else:
            row = (draw.choice(ids), draw.choice(_PREDICATES), draw.choice(ids))
        if row in seen or row[0] == row[2]:
            continue
        seen.add(row)
        doubted = draw.random() < 1 / 12
        statements.append(
            Statement(
                f"S{len(statements)}",
                *row,
                polarity=Polarity.NEGATED if doubted and draw.random() < 0.5 else Polarity.AFFIRMED,
                certainty=Certainty.SUGGESTED if doubted else Certainty.STATED,
                setting=draw.choice(list(Setting)),
                family="signalling",
                group=draw.choice(list(MechanismGroup)) if "resistance" in row[1] else None,
                population="made up for a test",
            )
        )
    anchors = [Anchor(s.id, "made_up", "Results", i, i + 9, "0" * 64)
               for i, s in enumerate(statements)]  # fmt: skip
    tables = Tables(
        publications=(paper,),
        sections=(),
        entities=tuple(entities),
        statements=tuple(statements),
        results=(),
        anchors=tuple(anchors),
    )
    store = Store()
    payload = pyoxigraph.serialize(triples(tables), format=RdfFormat.N_TRIPLES) or b""
    store.load(input=payload, format=RdfFormat.N_TRIPLES)
    store.load(input=ontology_text().encode(), format=RdfFormat.TURTLE)
    return KnowledgeGraph(EmbeddedEngine(store))
