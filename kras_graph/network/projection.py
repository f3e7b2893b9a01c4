"""Dataset → networkx: nodes are entities, edges are propositions with their statements.

The projection is a pure function of the dataset. A node carries `label`, `cls`, `degree`
(with how many entities edges with an effect join it, see `degree`) and `family` (the one
protein family or complex it is a member of, else empty).

An edge is keyed by its predicate and carries `sign` (a `Sign`), `statements` (ids),
`backing` (one `Backing` a statement, so that a filter can judge each of them), `asserted`
(whether a source affirms and states it), `role` (`statement`, `up`, `down` or `state`) and
the context of all its statements together: `diseases`, `alterations`, `kinds`, each a
frozenset.

Roles other than `statement` are structural: `up` leads from an allele, isoform, state,
member or medicine to what it belongs to, so that what is said of the whole reaches the
part; `down` is the way back. `state` joins a molecule and its active state both ways: more
activity is more of the active state.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from kras_graph.curation.tables import natural
from kras_graph.curation.vocabulary import vocabulary
from kras_graph.model.records import Entity, Statement
from kras_graph.model.terms import Certainty, Polarity, Setting, Sign
from kras_graph.rdf.dataset import structural_predicate
from kras_graph.rdf.engine import Engine, rows
from kras_graph.rdf.names import STATEMENT, local
from kras_graph.rdf.reader import Reader
from kras_graph.rdf.records import RecordReader

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
BATCH = 200  # ids named in one query
_EFFECT_SIGN = {"gain": Sign.POSITIVE, "loss": Sign.NEGATIVE}
# Classes whose hierarchy makes two contexts agree: a cancer of the lung is a cancer.
_LINEAGES = (("Disease",), ("Alteration", "ProteinVariant"))
_NOWHERE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Backing:
    """What one statement lends to its edge.

    Attributes:
        id: the statement.
        polarity: whether its source affirms it.
        certainty: how firmly.
        setting: the kind of work it rests on.
        publications: ids of its sources.
        diseases: tumour types it names.
        alleles: genetic context it names; where it names none, the substitutions that it
            is itself about.
        lineages: for each of the diseases, itself with all that it is a kind of.
        wider: diseases and alleles with all that they are kinds of.
    """

    id: str
    polarity: Polarity
    certainty: Certainty
    setting: Setting
    publications: frozenset[str] = _NOWHERE
    diseases: frozenset[str] = _NOWHERE
    alleles: frozenset[str] = _NOWHERE
    lineages: tuple[frozenset[str], ...] = ()
    wider: frozenset[str] = _NOWHERE


def predicate_signs(engine: Engine) -> dict[str, Sign]:
    """Sign of every statement predicate, as the ontology in the dataset declares it."""
    found = rows(engine.query("SELECT ?p ?sign WHERE { ?p kg:effectSign ?sign }"))
    return {local(row["p"].value): Sign(row["sign"].value) for row in found}


def publications_of(engine: Engine, ids: Iterable[str]) -> dict[str, frozenset[str]]:
    """Ids of the publications behind each of the statements."""
    wanted = " ".join(f"<{STATEMENT}{name}>" for name in ids)
    query = f"SELECT ?s ?paper WHERE {{ VALUES ?s {{ {wanted} }} ?s dcterms:source ?paper }}"
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows(engine.query(query)):
        found[local(row["s"].value)].add(local(row["paper"].value))
    return {name: frozenset(papers) for name, papers in found.items()}


def project(reader: Reader) -> Network:
    """The whole dataset as a network, in a fixed order of nodes and edges."""
    entities = reader.entities.values()
    if not isinstance(reader, RecordReader):
        statements, publications = _asked_for(reader)
        return build(
            entities, statements, predicate_signs(reader.engine), publications=publications
        )
    # the shipped ontology and kept records: no engine has to start
    signs = {name: item.sign for name, item in vocabulary().predicates.items()}
    statements = reader.statements()
    anchors = reader.evidence(statement.id for statement in statements)
    publications = {
        name: frozenset(anchor.publication for anchor in own) for name, own in anchors.items()
    }
    return build(entities, statements, signs, publications=publications)


def _asked_for(reader: Reader) -> tuple[list[Statement], dict[str, frozenset[str]]]:
    """Every statement and its publications, in parts: a service limits its answers."""
    query = "SELECT ?s WHERE { ?s a kg:Statement }"
    ids = sorted(local(row["s"].value) for row in rows(reader.engine.query(query)))
    statements, publications = [], {}
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        statements += reader.statements_by_id(some)
        publications.update(publications_of(reader.engine, some))
    return statements, publications


def build(
    entities: Iterable[Entity],
    statements: Iterable[Statement],
    signs: dict[str, Sign],
    *,
    publications: Mapping[str, frozenset[str]] | None = None,
    everything: Mapping[str, Entity] | None = None,
    degrees: Mapping[str, int] | None = None,
) -> Network:
    """Network of the given records.

    Args:
        entities: nodes; their parents and `effect` give the structural edges.
        statements: propositions; deprecated ones are left out.
        signs: effect of each predicate on its object.
        publications: sources of the statements, by id.
        everything: all entities by id, where `entities` are a part of them only: families
            and kinds are then those of the whole.
        degrees: `degree` of the nodes, where the edges here are a part only.
    """
    import networkx as nx

    graph = nx.MultiDiGraph()
    known = {item.id: item for item in entities}
    whole = everything or known
    for item in sorted(known.values(), key=lambda e: e.id):
        graph.add_node(item.id, label=item.label, cls=item.cls, family=_family(item, whole))
    groups: dict[tuple[str, str, str, bool], list[Statement]] = defaultdict(list)
    for statement in sorted(statements, key=lambda item: natural(item.id)):
        if not statement.deprecated:
            key = (statement.subject, statement.predicate, statement.object, statement.is_edge)
            groups[key].append(statement)
    lineage = _Lineage(whole)
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
            backing=tuple(_backing(member, lineage, publications or {}) for member in members),
            diseases=frozenset().union(*(member.disease for member in members)),
            alterations=frozenset().union(*(member.alteration for member in members)),
            kinds=frozenset(_KINDS.get(member.setting, "authors") for member in members),
        )
    for item in sorted(known.values(), key=lambda e: e.id):
        for parent, predicate in parents(item, known):
            for source, target, role, name in _ways(item, known[parent], predicate):
                graph.add_edge(
                    source,
                    target,
                    key=name,
                    predicate=name,
                    sign=_rollup_sign(item, known[parent]),
                    asserted=True,
                    role=role,
                    statements=(),
                    backing=(),
                    diseases=_NOWHERE,
                    alterations=_NOWHERE,
                    kinds=_NOWHERE,
                )
    for name in graph:
        given = degrees.get(name) if degrees is not None else None
        graph.nodes[name]["degree"] = degree(graph, name) if given is None else given
    return graph


def degree(graph: Network, name: str) -> int:
    """How many other entities a node is joined with by edges that a signed path may take.

    These are the asserted edges that have an effect, and the structural ones: where a
    variant occurs and who studied it makes it no hub of signalling.
    """
    ends = {
        other
        for pair in (graph.out_edges, graph.in_edges)
        for source, target, data in pair(name, data=True)
        if data["asserted"] and (data["role"] != "statement" or data["sign"] is not Sign.NEUTRAL)
        for other in (source, target)
    }
    return len(ends - {name})


def parents(item: Entity, known: Mapping[str, Entity]) -> list[tuple[str, str]]:
    """Parents of an entity among those known, with the structural predicate."""
    gene = item.attributes.get("gene")
    wanted = {*item.parents, *([gene] if gene else [])}
    return [
        (parent, structural_predicate(item, known[parent].cls))
        for parent in sorted(wanted)
        if parent in known
    ]


def _ways(item: Entity, parent: Entity, predicate: str) -> list[tuple[str, str, str, str]]:
    """Structural edges between an entity and its parent: source, target, role, name."""
    active = predicate == "state_of" and _rollup_sign(item, parent) is Sign.POSITIVE
    ways = [(item.id, parent.id, "state" if active else "up", predicate)]
    if item.cls not in ("ProteinVariant", "Alteration"):
        # what is said of a gene is not said of each of its alleles
        ways.append((parent.id, item.id, "state" if active else "down", f"{predicate}^"))
    return ways


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


def _family(item: Entity, known: Mapping[str, Entity]) -> str:
    """The one family or complex of a gene or protein; empty where there is none or several."""
    if item.cls not in ("Gene", "Protein"):
        return ""
    found = [name for name, predicate in parents(item, known) if predicate == "member_of_family"]
    return found[0] if len(found) == 1 else ""


class _Lineage:
    """Diseases and alterations with all that they are kinds of."""

    def __init__(self, known: Mapping[str, Entity]) -> None:
        self._known = known
        self._found: dict[str, frozenset[str]] = {}

    def of(self, name: str) -> frozenset[str]:
        """The thing itself and what it is a kind of, at any remove."""
        if name not in self._found:
            self._found[name] = frozenset({name})  # stays so where parents form a circle
            item = self._known.get(name)
            near = () if item is None else item.parents
            alike = next((group for group in _LINEAGES if item and item.cls in group), ())
            self._found[name] = frozenset({name}).union(
                *(self.of(up) for up in near if up in self._known and self._known[up].cls in alike)
            )
        return self._found[name]

    def is_substitution(self, name: str) -> bool:
        """Whether the thing is one defined protein change."""
        item = self._known.get(name)
        return item is not None and item.cls == "ProteinVariant"


def _backing(
    item: Statement, lineage: _Lineage, publications: Mapping[str, frozenset[str]]
) -> Backing:
    own = (end for end in (item.subject, item.object) if lineage.is_substitution(end))
    alleles = frozenset(item.alteration or own)
    diseases = tuple(lineage.of(name) for name in item.disease)
    return Backing(
        item.id,
        item.polarity,
        item.certainty,
        item.setting,
        publications.get(item.id, _NOWHERE),
        frozenset(item.disease),
        alleles,
        diseases,
        _NOWHERE.union(*diseases, *(lineage.of(name) for name in alleles)),
    )
