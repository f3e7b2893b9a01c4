"""Dataset → networkx: nodes are entities, edges are propositions with their statements.

The projection is a pure function of the dataset. An edge is keyed by its predicate and
carries `sign` (a `Sign`), `statements` (ids), `asserted` (whether a source affirms and
states it), `role` (`statement`, `up`, `down` or `state`) and the context of its statements:
`diseases`, `alterations`, `kinds`, each a frozenset, and `publications`.

Roles other than `statement` are structural: `up` leads from an allele, isoform, state,
member or medicine to what it belongs to, so that what is said of the whole reaches the
part; `down` is the way back. `state` joins a molecule and its active state both ways: more
activity is more of the active state.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias

from kras_graph.model.records import Entity, Statement
from kras_graph.model.terms import Setting, Sign
from kras_graph.rdf.dataset import structural_predicate
from kras_graph.rdf.engine import Engine, rows
from kras_graph.rdf.names import local
from kras_graph.rdf.reader import Reader

if TYPE_CHECKING:
    import networkx as nx

Network: TypeAlias = "nx.MultiDiGraph"
_KINDS = {
    Setting.CLINICAL_TRIAL: "clinical",
    Setting.COHORT: "clinical",
    Setting.CASE_REPORT: "clinical",
    Setting.META_ANALYSIS: "clinical",
    Setting.IN_VIVO: "preclinical",
    Setting.IN_VITRO: "preclinical",
    Setting.IN_SILICO: "preclinical",
}
_EFFECT_SIGN = {"gain": Sign.POSITIVE, "loss": Sign.NEGATIVE}


def predicate_signs(engine: Engine) -> dict[str, Sign]:
    """Sign of every statement predicate, as the ontology in the dataset declares it."""
    found = rows(engine.query("SELECT ?p ?sign WHERE { ?p kg:effectSign ?sign }"))
    return {local(row["p"].value): Sign(row["sign"].value) for row in found}


def project(reader: Reader) -> Network:
    """The whole dataset as a network, in a fixed order of nodes and edges."""
    return build(reader.entities.values(), reader.statements(), predicate_signs(reader.engine))


def build(
    entities: Iterable[Entity], statements: Iterable[Statement], signs: dict[str, Sign]
) -> Network:
    """Network of the given records.

    Args:
        entities: nodes; their parents and `effect` give the structural edges.
        statements: propositions; deprecated ones are left out.
        signs: effect of each predicate on its object.
    """
    import networkx as nx

    graph = nx.MultiDiGraph()
    known = {item.id: item for item in entities}
    for item in sorted(known.values(), key=lambda e: e.id):
        graph.add_node(item.id, label=item.label, cls=item.cls)
    groups: dict[tuple[str, str, str, bool], list[Statement]] = defaultdict(list)
    for statement in statements:
        if not statement.deprecated:
            key = (statement.subject, statement.predicate, statement.object, statement.is_edge)
            groups[key].append(statement)
    for (subject, predicate, target, asserted), members in sorted(groups.items()):
        graph.add_edge(
            subject,
            target,
            key=predicate if asserted else f"{predicate}#unasserted",
            predicate=predicate,
            sign=signs.get(predicate, Sign.UNKNOWN),
            asserted=asserted,
            role="up" if predicate == "member_of" else "statement",
            statements=tuple(member.id for member in members),
            diseases=frozenset().union(*(member.disease for member in members)),
            alterations=frozenset().union(*(member.alteration for member in members)),
            kinds=frozenset(_KINDS.get(member.setting, "authors") for member in members),
        )
    for item in sorted(known.values(), key=lambda e: e.id):
        for parent, predicate in _parents(item, known):
            sign = _rollup_sign(item, known[parent])
            active = predicate == "state_of" and sign is Sign.POSITIVE
            ways = [(item.id, parent, "state" if active else "up", predicate)]
            if item.cls not in ("ProteinVariant", "Alteration"):
                # what is said of a gene is not said of each of its alleles
                ways.append((parent, item.id, "state" if active else "down", f"{predicate}^"))
            for source, target, role, name in ways:
                graph.add_edge(
                    source,
                    target,
                    key=name,
                    predicate=name,
                    sign=sign,
                    asserted=True,
                    role=role,
                    statements=(),
                    diseases=frozenset(),
                    alterations=frozenset(),
                    kinds=frozenset(),
                )
    return graph


def _parents(item: Entity, known: dict[str, Entity]) -> list[tuple[str, str]]:
    """Parents of an entity that are in the graph, with the structural predicate."""
    gene = item.attributes.get("gene")
    wanted = {*item.parents, *([gene] if gene else [])}
    return [
        (parent, structural_predicate(item, known[parent].cls))
        for parent in sorted(wanted)
        if parent in known
    ]


def _rollup_sign(item: Entity, parent: Entity) -> Sign:
    """What more of the part means for the whole.

    An alteration or state acts on its molecule as its `effect` says (gain raises, loss
    lowers, nothing recorded is unknown for a mutation of any kind); a member acts as
    what it belongs to.
    """
    if structural_predicate(item, parent.cls) == "subclass_of":
        return Sign.POSITIVE
    if item.cls in ("Alteration", "ProteinVariant", "ProteinState"):
        return _EFFECT_SIGN.get(item.attributes.get("effect", ""), Sign.UNKNOWN)
    return Sign.POSITIVE
