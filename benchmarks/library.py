"""The query library: embedded engine beside pyoxigraph called directly and rdflib's engine."""

from __future__ import annotations

import argparse
import re
import statistics
from collections.abc import Iterator, Mapping

import pyoxigraph
from measuring import Timing, measure, name_card
from pyoxigraph import Literal, NamedNode, RdfFormat, Store, Variable
from rdflib import Graph

from kras_graph import KnowledgeGraph
from kras_graph.rdf import names
from kras_graph.rdf.engine import EmbeddedEngine
from kras_graph.rdf.library import StoredQuery, run_stored, stored_queries

COPIED = re.compile(rf"<({re.escape(names.BASE)}(?:id|stmt|result|anchor)/)([^>]*)>")


def copies(payload: str, count: int) -> Iterator[str]:
    """N-Triples of so many copies of a dataset; the first keeps its names."""
    yield payload
    for number in range(1, count):
        yield COPIED.sub(rf"<\1copy{number}-\2>", payload)


def values(kg: KnowledgeGraph, query: StoredQuery) -> dict[str, str]:
    """Example values of a query's parameters, entities as ids."""
    return {
        p.name: kg.entity(p.example).id if p.kind == "entity" else p.example
        for p in query.parameters
    }


def terms(query: StoredQuery, chosen: Mapping[str, str]) -> dict[Variable, NamedNode | Literal]:
    """Terms to put in the place of the parameters."""
    kinds = {p.name: p.kind for p in query.parameters}
    return {
        Variable(name): NamedNode(names.ENTITY + value)
        if kinds[name] == "entity"
        else Literal(value)
        for name, value in chosen.items()
    }


def main() -> None:
    """Print a line for each query and the medians of the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--copies", type=int, default=1)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--no-rdflib", action="store_true")
    options = parser.parse_args()
    kg = KnowledgeGraph.load()
    assert isinstance(kg.engine, EmbeddedEngine)
    payload = (
        kg.engine.store.dump(format=RdfFormat.N_TRIPLES, from_graph=pyoxigraph.DefaultGraph())
        or b""
    )
    store = Store()
    graph = Graph()
    for part in copies(payload.decode(), options.copies):
        store.bulk_load(input=part.encode(), format=RdfFormat.N_TRIPLES)
        if not options.no_rdflib:
            graph.parse(data=part, format="nt")
    store.optimize()
    engine = EmbeddedEngine(store)
    print(name_card("pyoxigraph", "rdflib"))
    print(f"{len(store)} triples, up to {options.runs} runs a query\n")
    print("| query | embedded | direct | rdflib | embedded/direct | rdflib/embedded |")
    print("|---|---|---|---|---|---|")
    direct_ratios, rdflib_ratios = [], []
    for name, query in stored_queries().items():
        chosen = values(kg, query)
        bound = terms(query, chosen)
        ours = measure(lambda q=query, c=chosen: list(run_stored(engine, q, c)), options.runs)
        direct = measure(
            lambda q=query, b=bound: list(
                store.query(q.text, prefixes=names.PREFIXES, substitutions=b or None)
            ),
            options.runs,
        )
        other: Timing | None = None
        if not options.no_rdflib:
            text = rdflib_text(query, bound)
            other = measure(lambda t=text: list(graph.query(t)), options.runs)
            rdflib_ratios.append(other.median / ours.median)
        direct_ratios.append(ours.median / direct.median)
        cells = [name, ours, direct, other or "", f"{direct_ratios[-1]:.2f}"]
        cells.append(f"{rdflib_ratios[-1]:.0f}" if other else "")
        print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)
    print(f"\nembedded/direct: median {statistics.median(direct_ratios):.2f}")
    if rdflib_ratios:
        print(
            f"rdflib/embedded: median {statistics.median(rdflib_ratios):.0f}, "
            f"lowest {min(rdflib_ratios):.1f}, highest {max(rdflib_ratios):.0f}"
        )


def rdflib_text(query: StoredQuery, bound: Mapping[Variable, NamedNode | Literal]) -> str:
    """The query for rdflib, with its parameters in a VALUES block."""
    block = " ".join(f"VALUES ?{name.value} {{ {term} }}" for name, term in bound.items())
    head, brace, rest = query.text.partition("{")
    return f"{names.prologue()}{head}{brace} {block} {rest}"


if __name__ == "__main__":
    main()
