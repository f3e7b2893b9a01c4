"""Records → triples, both layers.

Layer 1 holds a direct triple for each proposition that a source affirms and states.
Layer 2 holds one `kg:Statement` per proposition and source, whatever its polarity or
certainty, with its context, evidence anchors and results. Every triple stands once, in
the default graph.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Triple

from kras_graph.curation.vocabulary import vocabulary
from kras_graph.model.curies import expand
from kras_graph.model.records import Anchor, Entity, Publication, Result, Statement, Tables
from kras_graph.model.terms import Certainty, Setting
from kras_graph.rdf import names

_A = NamedNode(names.RDF + "type")
_LABEL = NamedNode(names.RDFS + "label")
_INTEGER = NamedNode(names.XSD + "integer")
_DECIMAL = NamedNode(names.XSD + "decimal")

# Evidence codes; a review that reports a study is an author statement about it.
_ECO_PRIMARY = {
    Setting.CLINICAL_TRIAL: "ECO_0000180",
    Setting.COHORT: "ECO_0000180",
    Setting.CASE_REPORT: "ECO_0000180",
    Setting.IN_VIVO: "ECO_0000178",
    Setting.IN_VITRO: "ECO_0000181",
    Setting.IN_SILICO: "ECO_0007672",
}
_CLINICAL = {
    Setting.CLINICAL_TRIAL,
    Setting.COHORT,
    Setting.CASE_REPORT,
    Setting.META_ANALYSIS,
}
# Biolink knowledge levels; open questions make no claim at all.
_KNOWLEDGE_LEVEL = {
    Certainty.STATED: "knowledge_assertion",
    Certainty.SUGGESTED: "prediction",
    Certainty.HYPOTHESISED: "prediction",
    Certainty.OPEN: "not_provided",
}


def kg(name: str) -> NamedNode:
    """Term of the kras-graph vocabulary."""
    return NamedNode(names.KG + name)


def entity(name: str) -> NamedNode:
    """Node of an entity id."""
    return NamedNode(names.ENTITY + name)


def triples(tables: Tables) -> Iterator[Triple]:
    """Every triple of the dataset but the ontology's, each exactly once, in a fixed order."""
    seen: set[Triple] = set()
    for triple in _all(tables):
        if triple not in seen:
            seen.add(triple)
            yield triple


def _all(tables: Tables) -> Iterator[Triple]:
    for publication in tables.publications:
        yield from _publication(publication)
    kinds = {item.id: item.cls for item in tables.entities}
    for item in tables.entities:
        yield from _entity(item, kinds)
    papers = {publication.id: publication for publication in tables.publications}
    anchors: dict[str, list[Anchor]] = {}
    for anchor in tables.anchors:
        anchors.setdefault(anchor.about, []).append(anchor)
        yield from _anchor(anchor)
    results: dict[str, list[Result]] = {}
    for result in tables.results:
        results.setdefault(result.statement, []).append(result)
        yield from _result(result, anchors.get(result.id, []))
    for statement in tables.statements:
        yield from _statement(
            statement, anchors.get(statement.id, []), results.get(statement.id, []), papers
        )


def _literals(subject: NamedNode, pairs: dict[str, object]) -> Iterator[Triple]:
    """Triples for the values that are there; numbers are typed, texts plain."""
    for name, value in pairs.items():
        if value is None or value == "":
            continue
        if isinstance(value, int):
            term = Literal(str(value), datatype=_INTEGER)
        elif isinstance(value, float):
            term = Literal(format(value, "f").rstrip("0").rstrip("."), datatype=_DECIMAL)
        else:
            term = Literal(str(value))
        yield Triple(subject, kg(name), term)


def _publication(item: Publication) -> Iterator[Triple]:
    node = NamedNode(names.PUBLICATION + item.id)
    state = NamedNode(names.TEXT + item.id)
    yield Triple(node, _A, kg("Publication"))
    yield Triple(node, _LABEL, Literal(item.label))
    yield Triple(node, NamedNode(names.DCTERMS + "title"), Literal(item.title))
    yield Triple(node, NamedNode(names.DCTERMS + "identifier"), Literal(f"doi:{item.doi}"))
    yield Triple(node, NamedNode(names.SCHEMA + "isPartOf"), Literal(item.journal))
    yield Triple(
        node,
        NamedNode(names.SCHEMA + "datePublished"),
        Literal(str(item.year), datatype=NamedNode(names.XSD + "gYear")),
    )
    yield Triple(node, NamedNode(names.SKOS + "exactMatch"), NamedNode(expand(f"doi:{item.doi}")))
    for prefix, value in (("pubmed", item.pmid), ("pmc", item.pmcid)):
        if value:
            yield Triple(
                node,
                NamedNode(names.SKOS + "exactMatch"),
                NamedNode(expand(f"{prefix}:{value}")),
            )
    yield from _literals(node, {"publicationKind": item.kind, "fileStem": item.file_stem})
    yield Triple(state, _A, NamedNode(names.OA + "State"))
    yield Triple(state, NamedNode(names.SCHEMA + "sha256"), Literal(item.sha256))
    yield from _literals(state, {"textLength": item.length})


def structural_predicate(child: Entity, parent_class: str) -> str:
    """Which structural relation joins an entity to a parent of the given class."""
    if child.cls in ("ProteinVariant", "Alteration") and parent_class == "Gene":
        return "variant_of"
    if child.cls == "Alteration" and parent_class == "ProteinVariant":
        return "alteration_of"
    if child.cls == "ProteinState":
        return "state_of" if parent_class != "ProteinState" else "subclass_of"
    if child.cls == "Protein" and parent_class == "Gene":
        return "product_of"
    if child.cls == "BindingSite" and parent_class != "BindingSite":
        return "site_of"
    if parent_class in ("ProteinFamily", "ProteinComplex"):
        return "member_of_family"
    if child.cls in ("Cohort", "SampleSet") and parent_class in ("Trial", "Cohort"):
        return "cohort_of"
    return "subclass_of"


def _entity(item: Entity, kinds: dict[str, str]) -> Iterator[Triple]:
    node = entity(item.id)
    yield Triple(node, _A, kg(item.cls))
    yield Triple(node, _LABEL, Literal(item.label))
    yield Triple(
        node,
        NamedNode(names.BIOLINK + "category"),
        NamedNode(vocabulary().biolink[item.cls]),
    )
    for synonym in item.synonyms:
        yield Triple(node, NamedNode(names.SKOS + "altLabel"), Literal(synonym))
    for curie in item.xrefs:
        yield Triple(node, NamedNode(names.SKOS + "exactMatch"), NamedNode(expand(curie)))
    for parent in item.parents:
        yield Triple(node, kg(structural_predicate(item, kinds[parent])), entity(parent))
    if gene := item.attributes.get("gene"):
        yield Triple(node, kg("variant_of"), entity(gene))
    for part in item.attributes.get("components", "").split("|"):
        if part:
            yield Triple(node, kg("has_component"), entity(part))
    if item.note:
        yield Triple(node, NamedNode(names.SKOS + "note"), Literal(item.note))
    yield from _literals(
        node,
        {
            "alterationKind": item.attributes.get("kind"),
            "alterationEffect": item.attributes.get("effect"),
            "phase": item.attributes.get("phase"),
            "status": item.attributes.get("status"),
        },
    )


def anchor_node(anchor: Anchor) -> NamedNode:
    """Node of a span; the same span supporting several records is one node."""
    return NamedNode(f"{names.ANCHOR}{anchor.publication}-{anchor.start}-{anchor.end}")


def _anchor(anchor: Anchor) -> Iterator[Triple]:
    node = anchor_node(anchor)
    selector = NamedNode(f"{node.value}-position")
    yield Triple(node, _A, kg("Anchor"))
    yield Triple(node, _A, NamedNode(names.OA + "SpecificResource"))
    yield Triple(
        node, NamedNode(names.OA + "hasSource"), NamedNode(names.PUBLICATION + anchor.publication)
    )
    yield Triple(node, NamedNode(names.OA + "hasState"), NamedNode(names.TEXT + anchor.publication))
    yield Triple(node, NamedNode(names.OA + "hasSelector"), selector)
    yield Triple(node, NamedNode(names.SCHEMA + "sha256"), Literal(anchor.sha256))
    yield from _literals(node, {"section": anchor.section})
    yield Triple(selector, _A, NamedNode(names.OA + "TextPositionSelector"))
    for name, value in (("start", anchor.start), ("end", anchor.end)):
        yield Triple(selector, NamedNode(names.OA + name), Literal(str(value), datatype=_INTEGER))


def _result(item: Result, anchors: list[Anchor]) -> Iterator[Triple]:
    node = NamedNode(names.RESULT + item.id)
    yield Triple(node, _A, kg("Result"))
    yield Triple(node, kg("endpoint"), entity(item.endpoint))
    for name, value in (
        ("arm", item.arm),
        ("comparator", item.comparator),
        ("disease", item.disease),
        ("trial", item.trial),
    ):
        if value:
            yield Triple(node, kg(name), entity(value))
    yield from _literals(
        node,
        {
            "statistic": str(item.statistic),
            "printed": item.printed,
            "value": item.value,
            "unit": item.unit,
            "n": item.n,
            "N": item.N,
            "ciLow": item.ci_low,
            "ciHigh": item.ci_high,
            "ciLevel": item.ci_level,
            "ciMethod": item.ci_method,
            "notEstimable": item.not_estimable,
            "rangeLow": item.range_low,
            "rangeHigh": item.range_high,
            "timePoint": item.time_point,
            "pValue": item.p,
            "population": item.population,
            "line": item.line,
            "assessor": item.assessor,
            "grade": item.grade,
            "attribution": item.attribution,
            "counts": item.counts,
            "sourceIssue": item.source_issue,
            "note": item.note,
        },
    )
    for anchor in anchors:
        yield Triple(node, NamedNode(names.PROV + "wasDerivedFrom"), anchor_node(anchor))


def _statement(
    item: Statement, anchors: list[Anchor], results: list[Result], papers: dict[str, Publication]
) -> Iterator[Triple]:
    node = NamedNode(names.STATEMENT + item.id)
    subject, predicate, obj = entity(item.subject), kg(item.predicate), entity(item.object)
    if item.is_edge:
        yield Triple(subject, predicate, obj)
    yield Triple(node, _A, kg("Statement"))
    yield Triple(node, NamedNode(names.RDF + "subject"), subject)
    yield Triple(node, NamedNode(names.RDF + "predicate"), predicate)
    yield Triple(node, NamedNode(names.RDF + "object"), obj)
    sources = sorted({anchor.publication for anchor in anchors})
    primary = all(papers[source].kind == "primary" for source in sources)
    yield Triple(node, NamedNode(names.BIOLINK + "has_evidence"), _eco(item.setting, primary))
    yield Triple(
        node,
        NamedNode(names.BIOLINK + "knowledge_level"),
        Literal(_KNOWLEDGE_LEVEL[item.certainty]),
    )
    yield Triple(node, NamedNode(names.BIOLINK + "agent_type"), Literal("automated_agent"))
    for source in sources:
        yield Triple(
            node, NamedNode(names.DCTERMS + "source"), NamedNode(names.PUBLICATION + source)
        )
    for anchor in anchors:
        yield Triple(node, NamedNode(names.PROV + "wasDerivedFrom"), anchor_node(anchor))
    for result in results:
        yield Triple(node, kg("hasResult"), NamedNode(names.RESULT + result.id))
    for name, refs in (
        ("disease", item.disease),
        ("trial", item.trial),
        ("under", item.under),
        ("alterationContext", item.alteration),
        ("model", item.model),
    ):
        for ref in refs:
            yield Triple(node, kg(name), entity(ref))
    yield from _literals(
        node,
        {
            "polarity": str(item.polarity),
            "certainty": str(item.certainty),
            "evidenceSetting": str(item.setting),
            "family": item.family,
            "group": str(item.group) if item.group else None,
            "population": item.population,
            "species": item.species,
            "assay": item.assay,
            "patients": item.patients,
            "cites": item.cites,
            "sourceIssue": item.source_issue,
            "note": item.note,
            "curationPass": item.pass_,
            "agreed": item.agreed,
            "deprecated": "yes" if item.deprecated else None,
        },
    )


def _eco(setting: Setting, primary: bool) -> NamedNode:
    """Evidence code for a setting, seen first-hand (`primary`) or reported by others."""
    if primary:
        code = _ECO_PRIMARY.get(setting, "ECO_0000204")
    else:
        code = "ECO_0006016" if setting in _CLINICAL else "ECO_0000204"
    return NamedNode(names.OBO + code)
