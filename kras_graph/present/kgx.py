"""The dataset as a property graph, and its KGX form (https://github.com/biolink/kgx).

**Nodes** are all entities. Ids are our own CURIEs (`kgid:`), since an outside identifier may
stand for several of our nodes (an rs number for two alleles of one position); outside
identifiers are in `xref`, spelt as Biolink spells their prefixes. What an entity is a kind,
variant, state, member or part of is a definition of ours, not a finding: it stands at the
node, in `kg_structure`, and is never an edge.

**Edges** are exactly the direct triples: one for each subject, predicate and object that at
least one source affirms and states, with all statements behind it in `kg_statements`. With
`unasserted`, what sources deny, doubt or ask is added, one edge for each triple, polarity and
certainty, marked by `negated`, `kg_certainty`, `kg_asserted` and `knowledge_level`. An edge's
id is the start of a SHA-256 over what makes it one edge, so it survives new statements.
Context columns hold every value that any of its statements has. (The KGX program keys edges
by subject, Biolink predicate and object: it merges an unasserted edge into an asserted one of
the same triple. Read the files themselves where that matters.)

Columns that begin with `kg_` are ours, all others are slots of Biolink 4.4. Prefixes:

| prefix | IRI |
|---|---|
| `kg` | <https://w3id.org/kras-graph/vocab#> |
| `kgid` | <https://w3id.org/kras-graph/id/> |
| `kgstmt` | <https://w3id.org/kras-graph/stmt/> |
| `kgresult` | <https://w3id.org/kras-graph/result/> |
| `kgedge` | none: names an edge within an export |
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from kras_graph.model.curies import XREF_PREFIXES
from kras_graph.model.records import Anchor, Publication, Result, Statement
from kras_graph.model.terms import Polarity, Sign
from kras_graph.network.projection import predicate_signs
from kras_graph.present.tabular import RISKY
from kras_graph.rdf import names
from kras_graph.rdf.engine import rows
from kras_graph.rdf.reader import Reader

Cell: TypeAlias = str | int | bool | list[str] | None
Record: TypeAlias = dict[str, Cell]

SOURCE = "infores:kras-graph"  # of the form of the Information Resource Registry, not in it
NODE_COLUMNS = (
    *("id", "category", "name", "synonym", "xref"),
    *("kg_class", "kg_structure", "kg_note"),
)
EDGE_COLUMNS = (
    *("id", "subject", "predicate", "object", "original_predicate", "negated"),
    *("object_direction_qualifier", "knowledge_level", "agent_type"),
    *("primary_knowledge_source", "publications", "has_evidence"),
    *("kg_asserted", "kg_polarity", "kg_certainty", "kg_effect", "kg_statements"),
    *("kg_setting", "kg_group"),
    *("kg_disease", "kg_population", "kg_trial", "kg_under", "kg_alteration", "kg_model"),
    *("kg_species", "kg_assay", "kg_cites", "kg_results", "kg_source_issue", "kg_note"),
)
# Our prefixes where Biolink 4.4 spells them otherwise.
_BIOLINK_PREFIXES = {
    "hgnc": "HGNC",
    "uniprot": "UniProtKB",
    "uniprot.isoform": "UNIPROT.ISOFORM",
    "ensembl": "ENSEMBL",
    "pfam": "PFAM",
    "mesh": "MESH",
    "chembl.compound": "CHEMBL.COMPOUND",
    "pubchem.compound": "PUBCHEM.COMPOUND",
    "rxnorm": "RXCUI",
    "clinvar.variation": "CLINVAR",
    "clingen.allele": "CAID",
    "dbsnp": "DBSNP",
    "msigdb": "MSigDB",
    "reactome": "REACT",
    "wikipathways": "WIKIPATHWAYS",
    "pubmed": "PMID",
    "pmc": "PMCID",
}
_EFFECT = {Sign.POSITIVE: 1, Sign.NEGATIVE: -1, Sign.NEUTRAL: 0}
_DIRECTION = {Sign.POSITIVE: "increased", Sign.NEGATIVE: "decreased"}
_BREAKS = re.compile("[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")


@dataclass(frozen=True)
class PropertyGraph:
    """Nodes and edges under Biolink's names, in a fixed order.

    Attributes:
        nodes: one record an entity, by id.
        edges: one record an edge, by subject, predicate and object.
        left_out: how many edges there are beyond these that no source affirms and states.
    """

    nodes: tuple[Record, ...]
    edges: tuple[Record, ...]
    left_out: int


def property_graph(reader: Reader, *, unasserted: bool = False) -> PropertyGraph:
    """The dataset as nodes and edges.

    Args:
        reader: the dataset.
        unasserted: whether propositions without a direct triple become edges, marked.
    """
    groups: dict[tuple[str, str, str, str, str], list[Statement]] = defaultdict(list)
    for item in reader.statements():
        if not item.deprecated:
            key = (item.subject, item.predicate, item.object, item.polarity, item.certainty)
            groups[key].append(item)
    members = [group for _, group in sorted(groups.items())]
    wanted = [group for group in members if unasserted or group[0].is_edge]
    sources = _Sources(reader, [item for group in wanted for item in group])
    return PropertyGraph(
        tuple(_nodes(reader)),
        tuple(sources.edge(group) for group in wanted),
        len(members) - len(wanted),
    )


def kgx_tsv(graph: PropertyGraph, *, raw: bool = False) -> tuple[bytes, bytes]:
    """Nodes and edges as KGX TSV; several values of a cell stand between `|`.

    Cells are never quoted, as KGX reads them: a tab or line end in a text becomes a blank.
    Text cells that a spreadsheet would take for a formula begin with an apostrophe, and
    double quotes become single ones, unless `raw`; numbers stay numbers. `negated` is `true`
    or empty: KGX takes every text in it, `false` too, for true.
    """
    return (
        _tsv(NODE_COLUMNS, graph.nodes, raw=raw),
        _tsv(EDGE_COLUMNS, graph.edges, raw=raw),
    )


def kgx_jsonl(graph: PropertyGraph) -> tuple[bytes, bytes]:
    """Nodes and edges as KGX JSON Lines; keys without a value are left out."""
    return _jsonl(graph.nodes), _jsonl(graph.edges)


def curie(iri: str) -> str:
    """CURIE of an IRI of a public registry, with the prefix as Biolink spells it.

    >>> curie("https://identifiers.org/hgnc:6407")
    'HGNC:6407'
    """
    fitting = [item for item in XREF_PREFIXES.items() if iri.startswith(item[1])]
    if not fitting:
        return iri
    prefix, base = max(fitting, key=lambda item: len(item[1]))
    return f"{_BIOLINK_PREFIXES.get(prefix, prefix)}:{iri[len(base) :]}"


def _biolink(iri: str) -> str:
    return f"biolink:{iri.removeprefix(names.BIOLINK)}"


def _things(ids: Iterable[str]) -> list[str]:
    return [f"kgid:{ident}" for ident in ids]


def _nodes(reader: Reader) -> Iterable[Record]:
    category = {
        names.local(row["s"].value): _biolink(row["category"].value)
        for row in rows(
            reader.engine.query("SELECT ?s ?category { ?s biolink:category ?category }")
        )
    }
    structure: dict[str, list[str]] = defaultdict(list)
    for row in rows(
        reader.engine.query("SELECT ?s ?p ?o { ?p a kg:StructuralPredicate . ?s ?p ?o }")
    ):
        subject, predicate, parent = (names.local(row[name].value) for name in ("s", "p", "o"))
        structure[subject].append(f"kg:{predicate} kgid:{parent}")
    for ident, item in sorted(reader.entities.items()):
        yield {
            "id": f"kgid:{ident}",
            "category": [category[ident]],
            "name": item.label,
            "synonym": list(item.synonyms),
            "xref": sorted(curie(iri) for iri in item.xrefs),
            "kg_class": item.cls,
            "kg_structure": sorted(structure[ident]),
            "kg_note": item.note,
        }


class _Sources:
    """What edges need besides their statements: slots, signs, papers, marks, figures."""

    def __init__(self, reader: Reader, statements: Sequence[Statement]) -> None:
        self.signs = predicate_signs(reader.engine)
        self.slots = _slots(reader)
        self.papers: Mapping[str, Publication] = reader.publications
        self.evidence: Mapping[str, list[Anchor]] = reader.evidence(s.id for s in statements)
        self.results: Mapping[str, list[Result]] = reader.results(statements)
        self.marks: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        query = """SELECT ?s ?knowledge_level ?agent_type ?has_evidence {
            ?s a kg:Statement ; biolink:knowledge_level ?knowledge_level ;
                biolink:agent_type ?agent_type ; biolink:has_evidence ?has_evidence }"""
        for row in rows(reader.engine.query(query)):
            ident = names.local(row.pop("s").value)
            for name, term in row.items():
                self.marks[ident][name].add(term.value)

    def edge(self, members: Sequence[Statement]) -> Record:
        """Record of the edge that these statements of one proposition share."""
        first = members[0]
        sign = self.signs.get(first.predicate, Sign.UNKNOWN)
        slot = self.slots.get(first.predicate, "biolink:related_to")
        directed = slot == "biolink:affects"
        return {
            "id": _edge_id(first),
            "subject": f"kgid:{first.subject}",
            "predicate": slot,
            "object": f"kgid:{first.object}",
            "original_predicate": f"kg:{first.predicate}",
            "negated": first.polarity is Polarity.NEGATED,
            "object_direction_qualifier": _DIRECTION.get(sign) if directed else None,
            "knowledge_level": self._mark(members, "knowledge_level")[0],
            "agent_type": self._mark(members, "agent_type")[0],
            "primary_knowledge_source": SOURCE,
            "publications": self._publications(members),
            "has_evidence": [curie(iri) for iri in self._mark(members, "has_evidence")],
            "kg_asserted": first.is_edge,
            "kg_polarity": str(first.polarity),
            "kg_certainty": str(first.certainty),
            "kg_effect": _EFFECT.get(sign),
            "kg_statements": [f"kgstmt:{item.id}" for item in members],
            "kg_results": [
                f"kgresult:{result.id}" for item in members for result in self.results[item.id]
            ],
            **_context(members),
        }

    def _mark(self, members: Sequence[Statement], name: str) -> list[str]:
        """Values of a Biolink mark over all statements; each statement has one at least."""
        return sorted({value for item in members for value in self.marks[item.id][name]})

    def _publications(self, members: Sequence[Statement]) -> list[str]:
        """CURIEs of the papers: the DOI, else what other identifier there is."""
        found = {anchor.publication for item in members for anchor in self.evidence[item.id]}
        return sorted(
            f"doi:{paper.doi}"
            if paper.doi
            else (f"PMID:{paper.pmid}" if paper.pmid else f"{names.PUBLICATION}{paper.id}")
            for paper in (self.papers[ident] for ident in found)
        )


def _slots(reader: Reader) -> dict[str, str]:
    """Biolink predicate of each predicate of the ontology."""
    query = """SELECT ?p ?slot { ?p a kg:StatementPredicate ; rdfs:subPropertyOf ?slot }
        ORDER BY DESC(?slot)"""
    found = {}
    for row in rows(reader.engine.query(query)):
        if row["slot"].value.startswith(names.BIOLINK):
            found[names.local(row["p"].value)] = _biolink(row["slot"].value)
    return found


def _context(members: Sequence[Statement]) -> Record:
    """Context over all statements of an edge, each value once, in the order of statements."""

    def texts(name: str) -> list[str]:
        return list(dict.fromkeys(str(v) for m in members if (v := getattr(m, name))))

    def things(name: str) -> list[str]:
        return _things(dict.fromkeys(ref for m in members for ref in getattr(m, name)))

    return {
        "kg_setting": texts("setting"),
        "kg_group": texts("group"),
        "kg_disease": things("disease"),
        "kg_population": texts("population"),
        "kg_trial": things("trial"),
        "kg_under": things("under"),
        "kg_alteration": things("alteration"),
        "kg_model": things("model"),
        "kg_species": texts("species"),
        "kg_assay": texts("assay"),
        "kg_cites": texts("cites"),
        "kg_source_issue": texts("source_issue"),
        "kg_note": texts("note"),
    }


def _edge_id(item: Statement) -> str:
    """Id from the canonical IRIs of a proposition and, without a direct triple, its marks."""
    parts = [names.ENTITY + item.subject, names.KG + item.predicate, names.ENTITY + item.object]
    if not item.is_edge:
        parts += [str(item.polarity), str(item.certainty)]
    return "kgedge:" + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _tsv(columns: tuple[str, ...], records: Iterable[Record], *, raw: bool) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(
        stream, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE, quotechar=None
    )
    writer.writerow(columns)
    for record in records:
        shown = {**record, "negated": record.get("negated") or None}
        writer.writerow([_cell(shown[name], raw=raw) for name in columns])
    return stream.getvalue().encode()


def _cell(value: Cell, *, raw: bool) -> str:
    """Text of a TSV cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    parts = value if isinstance(value, list) else [value]
    # KGX knows no escape for its list sign
    text = "|".join(part.replace("|", "¦") for part in parts)
    if not raw:
        text = text.replace('"', "'")
        text = "'" + text if text.startswith(RISKY) else text
    return _BREAKS.sub(" ", text)


def _jsonl(records: Iterable[Record]) -> bytes:
    lines = (
        json.dumps({k: v for k, v in record.items() if v not in (None, "", [])}, ensure_ascii=False)
        for record in records
    )
    return "".join(f"{line}\n" for line in lines).encode()
