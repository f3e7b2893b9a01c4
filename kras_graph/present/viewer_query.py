"""The graph that a SPARQL CONSTRUCT makes, as material of a page.

A triple between two things becomes a line. Where statements of the graph say just that, the
line leads to them; any other line is marked as made by the query.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from kras_graph.model.errors import QueryError
from kras_graph.model.records import Entity, Statement
from kras_graph.network.projection import predicate_signs
from kras_graph.present.report import predicate_labels
from kras_graph.present.viewer_pyvis import MADE
from kras_graph.present.viewer_rows import Material
from kras_graph.rdf import names
from kras_graph.rdf.engine import Engine

if TYPE_CHECKING:
    from pyoxigraph import BlankNode, NamedNode

    from kras_graph.api import KnowledgeGraph
    from kras_graph.network.projection import Network

_TYPE, _LABEL = names.RDF + "type", names.RDFS + "label"
Triples = list[tuple[str, str, str]]


def constructed(kg: KnowledgeGraph, query: str, engine: Engine | None = None) -> Material:
    """What a CONSTRUCT (or DESCRIBE) query makes, ready for `viewer.render`.

    Args:
        kg: the graph; it knows the entities and statements that the query may reach.
        query: SPARQL text.
        engine: where to run it, if not on the graph's own engine.

    Raises:
        QueryError: when the query is wrong, makes no graph, or joins nothing.
    """
    from pyoxigraph import BlankNode, Literal, NamedNode, QueryTriples

    made = (engine or kg.engine).query(query)
    if not isinstance(made, QueryTriples):
        raise QueryError("A view needs a query that makes a graph: CONSTRUCT { … } WHERE { … }.")
    links: Triples = []
    kinds: dict[str, str] = {}
    labels: dict[str, str] = {}
    remarks: dict[str, list[str]] = defaultdict(list)
    for triple in made:
        subject, predicate, target = triple.subject, triple.predicate.value, triple.object
        if not isinstance(subject, NamedNode | BlankNode):
            continue
        name = _name(subject)
        if isinstance(target, Literal):
            if predicate == _LABEL:
                labels[name] = target.value
            else:
                remarks[name].append(f"{names.local(predicate)}: {target.value}")
        elif isinstance(target, NamedNode | BlankNode):
            if predicate == _TYPE:
                kinds[name] = _name(target)
            else:
                links.append((name, names.local(predicate), _name(target)))
    if not links:
        raise QueryError("The graph of the query joins no two things, so there is no line to draw.")
    entities = {}
    for name in sorted({end for source, _, target in links for end in (source, target)}):
        known = kg.reader.entities.get(name) or Entity(name, _tail(name), "Other")
        entities[name] = known._replace(
            label=labels.get(name, known.label),
            cls=known.cls if known.cls != "Other" else kinds.get(name, "Other"),
            note="; ".join([*([known.note] if known.note else []), *remarks.get(name, [])]),
        )
    wanted = set(links)
    statements = [
        statement
        for statement in kg.statements()
        if statement.is_edge
        and (statement.subject, statement.predicate, statement.object) in wanted
    ]
    return Material(
        entities,
        _network(kg, entities, sorted(wanted), statements),
        statements,
        kg.results(statements),
        kg.evidence(statements),
        kg.reader.publications,
        predicate_labels(kg.reader),
        kg.reader,
    )


def _name(term: NamedNode | BlankNode) -> str:
    from pyoxigraph import NamedNode

    return names.local(term.value) if isinstance(term, NamedNode) else f"_:{term.value}"


def _tail(name: str) -> str:
    """The last telling part of an IRI: more of it while it has no letter; or all of it."""
    parts = [part for part in re.split(r"[/#]", name) if part]
    for count in range(1, len(parts)):
        tail = "/".join(parts[-count:])
        if any(sign.isalpha() for sign in tail):
            return tail
    return name


def _network(
    kg: KnowledgeGraph,
    entities: dict[str, Entity],
    links: Triples,
    statements: list[Statement],
) -> Network:
    """The query's links as edges of the same form as those of the whole network."""
    import networkx as nx

    said: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for statement in statements:
        said[statement.subject, statement.predicate, statement.object].append(statement.id)
    signs = predicate_signs(kg.engine)
    graph = nx.MultiDiGraph()
    for name, item in entities.items():
        graph.add_node(name, label=item.label, cls=item.cls)
    for source, predicate, target in links:
        found = tuple(said.get((source, predicate, target), ()))
        graph.add_edge(
            source,
            target,
            key=predicate,
            predicate=predicate,
            sign=str(signs.get(predicate, "0")),
            asserted=True,
            role="statement" if found else MADE,
            statements=found,
        )
    return graph
