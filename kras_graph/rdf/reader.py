"""Dataset → records, through SPARQL only, so that any engine can stand behind it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property

from kras_graph.model.curies import XREF_PREFIXES
from kras_graph.model.records import Anchor, Entity, Publication, Result, Statement
from kras_graph.model.terms import Certainty, MechanismGroup, Polarity, Setting, Statistic
from kras_graph.rdf import names
from kras_graph.rdf.engine import Engine, Term, rows

Values = dict[str, list[str]]
_BOUNDS = {
    "ci_low": "ciLow",
    "ci_high": "ciHigh",
    "ci_level": "ciLevel",
    "range_low": "rangeLow",
    "range_high": "rangeHigh",
}


class Reader:
    """Records of the dataset behind an engine; entities are read once and kept."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def _describe(self, pattern: str) -> dict[str, Values]:
        """Values of every subject `?s` that the pattern selects, by predicate IRI."""
        found: dict[str, Values] = defaultdict(lambda: defaultdict(list))
        query = f"SELECT ?s ?p ?o WHERE {{ {pattern} ?s ?p ?o }}"
        for row in rows(self.engine.query(query)):
            found[row["s"].value][row["p"].value].append(_text(row["o"]))
        return found

    @cached_property
    def entities(self) -> dict[str, Entity]:
        """Every entity, by id."""
        found = self._describe(f'FILTER(STRSTARTS(STR(?s), "{names.ENTITY}"))')
        return {
            names.local(iri): _entity(names.local(iri), values)
            for iri, values in sorted(found.items())
        }

    @cached_property
    def publications(self) -> dict[str, Publication]:
        """Every source paper, by id."""
        texts = self._describe("?s a oa:State .")
        return {
            names.local(iri): _publication(names.local(iri), values, texts)
            for iri, values in sorted(
                self._describe(
                    f'?s a kg:Publication . FILTER(STRSTARTS(STR(?s), "{names.PUBLICATION}"))'
                ).items()
            )
        }

    def label(self, entity: str) -> str:
        """Label of an entity id; the id itself where it has none."""
        found = self.entities.get(entity)
        return found.label if found else entity

    def statements(self, pattern: str = "") -> list[Statement]:
        """Statements `?s` that fit a SPARQL pattern, in the order of their ids.

        The pattern may use `?s` and any further variables; empty selects all.
        """
        found = self._describe(f"?s a kg:Statement . {pattern}")
        return [
            _statement(names.local(iri), values)
            for iri, values in sorted(found.items(), key=lambda pair: _natural(pair[0]))
        ]

    def statements_where(
        self,
        subjects: Collection[str] | None = None,
        predicates: Collection[str] | None = None,
        objects: Collection[str] | None = None,
    ) -> list[Statement]:
        """Statements with one of the subjects, one of the predicates and one of the objects.

        None stands for any; an empty collection for none at all.
        """
        parts = [
            f"VALUES ?{name} {{ {_values(base, sorted(ids))} }} ?s {term} ?{name} ."
            for name, base, term, ids in (
                ("subject", names.ENTITY, "rdf:subject", subjects),
                ("how", names.KG, "rdf:predicate", predicates),
                ("object", names.ENTITY, "rdf:object", objects),
            )
            if ids is not None
        ]
        return self.statements(" ".join(parts))

    def statements_by_id(self, ids: Iterable[str]) -> list[Statement]:
        """The statements with these ids, in the order of their ids."""
        return self.statements(f"VALUES ?s {{ {_values(names.STATEMENT, ids)} }}")

    def statements_about(self, entities: Iterable[str]) -> list[Statement]:
        """Statements whose subject or object is one of the entities."""
        wanted = _values(names.ENTITY, entities)
        return self.statements(
            f"VALUES ?wanted {{ {wanted} }} "
            "{ ?s rdf:subject ?wanted } UNION { ?s rdf:object ?wanted }"
        )

    def results(self, statements: Sequence[Statement]) -> dict[str, list[Result]]:
        """Results of the statements, by statement id."""
        wanted = _values(names.STATEMENT, (s.id for s in statements))
        found: dict[str, list[Result]] = defaultdict(list)
        described = self._describe(f"VALUES ?owner {{ {wanted} }} ?owner kg:hasResult ?s .")
        for iri, values in sorted(described.items(), key=lambda pair: _natural(pair[0])):
            result = _result(names.local(iri), values)
            found[result.statement].append(result)
        return found

    def evidence(self, ids: Iterable[str], base: str = names.STATEMENT) -> dict[str, list[Anchor]]:
        """Anchors of statements (or, with the base of results, of results), by record id."""
        query = f"""SELECT ?about ?paper ?section ?start ?end ?hash WHERE {{
            VALUES ?about {{ {_values(base, ids)} }}
            ?about prov:wasDerivedFrom ?anchor .
            ?anchor oa:hasSource ?paper ; kg:section ?section ; schema:sha256 ?hash ;
                oa:hasSelector ?selector .
            ?selector oa:start ?start ; oa:end ?end .
        }} ORDER BY ?about ?paper ?start"""
        found: dict[str, list[Anchor]] = defaultdict(list)
        for row in rows(self.engine.query(query)):
            about = names.local(row["about"].value)
            found[about].append(
                Anchor(
                    about,
                    names.local(row["paper"].value),
                    row["section"].value,
                    int(row["start"].value),
                    int(row["end"].value),
                    row["hash"].value,
                )
            )
        for anchors in found.values():
            anchors.sort(key=lambda a: (a.publication, a.start))
        return found


def _natural(iri: str) -> tuple[object, ...]:
    from kras_graph.curation.tables import natural

    return natural(names.local(iri))


_IDENT = re.compile(r"[A-Za-z0-9_.\-]+")


def _values(base: str, ids: Iterable[str]) -> str:
    """IRIs of ids for a VALUES block.

    Raises:
        ValueError: for text that is no id, so that none can leave its place in a query.
    """
    names_ = list(ids)
    for name in names_:
        if not _IDENT.fullmatch(name):
            raise ValueError(f"{name!r} is not an id")
    return " ".join(f"<{base}{name}>" for name in names_)


def _text(term: Term) -> str:
    from pyoxigraph import Literal

    return term.value if isinstance(term, Literal) else names.local(term.value)


def _one(values: Values, *iris: str) -> str:
    for iri in iris:
        if values.get(iri):
            return values[iri][0]
    return ""


def _number(values: Values, iri: str) -> float | None:
    text = _one(values, iri)
    return float(text) if text else None


def _whole(values: Values, iri: str) -> int | None:
    text = _one(values, iri)
    return int(text) if text else None


_STRUCTURAL = (
    "alteration_of",
    "variant_of",
    "member_of_family",
    "product_of",
    "site_of",
    "state_of",
    "subclass_of",
    "cohort_of",
)


def _entity(ident: str, values: Values) -> Entity:
    attributes = {
        name: text
        for name, text in (
            ("gene", _one(values, names.KG + "variant_of")),
            ("kind", _one(values, names.KG + "alterationKind")),
            ("effect", _one(values, names.KG + "alterationEffect")),
            ("phase", _one(values, names.KG + "phase")),
            ("status", _one(values, names.KG + "status")),
            ("components", "|".join(sorted(values.get(names.KG + "has_component", [])))),
        )
        if text
    }
    parents = [p for name in _STRUCTURAL for p in values.get(names.KG + name, [])]
    return Entity(
        id=ident,
        label=_one(values, names.RDFS + "label"),
        cls=_one(values, names.RDF + "type"),
        synonyms=tuple(sorted(values.get(names.SKOS + "altLabel", []))),
        xrefs=tuple(sorted(values.get(names.SKOS + "exactMatch", []))),
        parents=tuple(sorted(parents)),
        note=_one(values, names.SKOS + "note"),
        attributes=attributes,
    )


def _publication(ident: str, values: Values, texts: dict[str, Values]) -> Publication:
    text = texts.get(names.TEXT + ident, {})
    matches = values.get(names.SKOS + "exactMatch", [])
    pubmed = XREF_PREFIXES["pubmed"]
    pmc = XREF_PREFIXES["pmc"]
    return Publication(
        id=ident,
        label=_one(values, names.RDFS + "label"),
        title=_one(values, names.DCTERMS + "title"),
        doi=_one(values, names.DCTERMS + "identifier").removeprefix("doi:"),
        pmid=next((m.removeprefix(pubmed) for m in matches if m.startswith(pubmed)), ""),
        pmcid=next((m.removeprefix(pmc) for m in matches if m.startswith(pmc)), ""),
        journal=_one(values, names.SCHEMA + "isPartOf"),
        year=int(_one(values, names.SCHEMA + "datePublished") or 0),
        kind=_one(values, names.KG + "publicationKind"),
        file_stem=_one(values, names.KG + "fileStem"),
        length=_whole(text, names.KG + "textLength") or 0,
        sha256=_one(text, names.SCHEMA + "sha256"),
    )


def _statement(ident: str, values: Values) -> Statement:
    def field(name: str) -> str:
        return _one(values, names.KG + name)

    def many(name: str) -> tuple[str, ...]:
        return tuple(sorted(values.get(names.KG + name, [])))

    return Statement(
        id=ident,
        subject=_one(values, names.RDF + "subject"),
        predicate=_one(values, names.RDF + "predicate"),
        object=_one(values, names.RDF + "object"),
        polarity=Polarity(field("polarity")),
        certainty=Certainty(field("certainty")),
        setting=Setting(field("evidenceSetting")),
        family=field("family"),
        disease=many("disease"),
        population=field("population"),
        trial=many("trial"),
        under=many("under"),
        alteration=many("alterationContext"),
        model=many("model"),
        species=field("species"),
        assay=field("assay"),
        group=MechanismGroup(field("group")) if field("group") else None,
        patients=_whole(values, names.KG + "patients"),
        cites=field("cites"),
        source_issue=field("sourceIssue"),
        note=field("note"),
        pass_=field("curationPass"),
        agreed=field("agreed"),
        deprecated=bool(field("deprecated")),
    )


def _result(ident: str, values: Values) -> Result:
    def field(name: str) -> str:
        return _one(values, names.KG + name)

    bounds = {name: _number(values, names.KG + term) for name, term in _BOUNDS.items()}
    return Result(
        id=ident,
        statement=ident.rpartition(".")[0],
        endpoint=field("endpoint"),
        statistic=Statistic(field("statistic")),
        printed=field("printed"),
        value=_number(values, names.KG + "value"),
        unit=field("unit"),
        n=_whole(values, names.KG + "n"),
        N=_whole(values, names.KG + "N"),
        ci_method=field("ciMethod"),
        not_estimable=field("notEstimable"),
        time_point=field("timePoint"),
        arm=field("arm"),
        comparator=field("comparator"),
        p=field("pValue"),
        population=field("population"),
        disease=field("disease"),
        trial=field("trial"),
        line=field("line"),
        assessor=field("assessor"),
        grade=field("grade"),
        attribution=field("attribution"),
        counts=field("counts"),
        source_issue=field("sourceIssue"),
        note=field("note"),
        **bounds,
    )
