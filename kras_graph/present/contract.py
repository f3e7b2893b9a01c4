"""Answers as plain data: the machine-readable shapes that stay stable between releases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from kras_graph.answers.resistance import BypassAnswer, Report, spoken, spoken_of_routes
from kras_graph.model.records import Anchor, Entity, Result, Statement
from kras_graph.present.routes import route_json, routes_json
from kras_graph.rdf.reader import Reader

if TYPE_CHECKING:
    from kras_graph.curation.anchors import Verdict

Json = dict[str, Any]


def name(item: Entity) -> Json:
    """Id and label of an entity."""
    return {"id": item.id, "label": item.label}


def places(anchors: Iterable[Anchor]) -> list[Json]:
    """Publication and section of each anchor, each pair once."""
    pairs = dict.fromkeys((anchor.publication, anchor.section) for anchor in anchors)
    return [{"publication": paper, "section": section} for paper, section in pairs]


def bypass_json(reader: Reader, answer: BypassAnswer) -> Json:
    """What bypasses a drug: reported, denied, open and computed, each in its own list."""
    return {
        "drug": name(answer.drug),
        "classes": [{**name(item), "statements": list(ids)} for item, ids in answer.classes],
        "reported": [report_json(reader, report) for report in answer.reported],
        "denied": [report_json(reader, report) for report in answer.denied],
        "open": [report_json(reader, report) for report in answer.open],
        "computed": computed_routes(reader, answer),
        "own_targets": [report_json(reader, report) for report in answer.own_targets],
        **(
            {"disease": name(answer.disease), "left_out_elsewhere": answer.elsewhere}
            if answer.disease
            else {}
        ),
        **(
            {"computed_context": routes_json(reader, answer.computed, spoken(answer))}
            if answer.computed
            else {}
        ),
        "complete": answer.complete,
    }


def computed_routes(reader: Reader, answer: BypassAnswer) -> list[Json]:
    """Computed routes, each joined with what sources say of how it starts."""
    if answer.computed is None:
        return []
    told = spoken_of_routes(reader, answer)
    return [route_json(reader, route, told[route.id]) for route in answer.computed.routes]


def report_json(reader: Reader, report: Report) -> Json:
    """One reported, denied or open mechanism."""

    def listed(field: str) -> list[Json]:
        ids = dict.fromkeys(ref for s in report.statements for ref in getattr(s, field))
        return [name(reader.entities[ref]) for ref in ids]

    return {
        "mechanism": name(report.mechanism),
        "group": str(report.group) if report.group else None,
        "against": name(report.against),
        "relation": report.relation,
        "polarity": str(report.polarity),
        "certainty": str(report.certainty),
        "predicates": sorted({statement.predicate for statement in report.statements}),
        "statements": [statement.id for statement in report.statements],
        "evidence": places(report.evidence),
        "under": listed("under"),
        "disease": listed("disease"),
        "population": _texts(s.population for s in report.statements),
        "setting": _texts(str(s.setting) for s in report.statements),
        "patients": max((s.patients for s in report.statements if s.patients), default=None),
        "cites": _texts(s.cites for s in report.statements),
        "source_issue": _texts(s.source_issue for s in report.statements),
    }


def _texts(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(value for value in values if value))


_CONTEXT_REFS = ("disease", "trial", "under", "alteration", "model")
_CONTEXT_TEXTS = ("population", "species", "assay", "patients", "cites")


def statement_json(
    reader: Reader,
    statement: Statement,
    anchors: Sequence[Anchor],
    results: Sequence[Result],
) -> Json:
    """One statement with its context, figures and anchors."""
    context: Json = {}
    for field in _CONTEXT_REFS:
        if refs := getattr(statement, field):
            context[field] = [name(reader.entities[ref]) for ref in refs]
    for field in _CONTEXT_TEXTS:
        if value := getattr(statement, field):
            context[field] = value
    if statement.group:
        context["group"] = str(statement.group)
    return {
        "id": statement.id,
        "subject": _full(reader.entities[statement.subject]),
        "predicate": statement.predicate,
        "object": _full(reader.entities[statement.object]),
        "polarity": str(statement.polarity),
        "certainty": str(statement.certainty),
        "setting": str(statement.setting),
        "context": context,
        "results": [result_json(result) for result in results],
        "evidence": [
            {
                "publication": anchor.publication,
                "section": anchor.section,
                "start": anchor.start,
                "end": anchor.end,
                "sha256": anchor.sha256,
            }
            for anchor in anchors
        ],
        "source_issue": statement.source_issue or None,
        "note": statement.note or None,
        "asserted": statement.is_edge,
    }


def _full(item: Entity) -> Json:
    return {
        "id": item.id,
        "label": item.label,
        "class": item.cls,
        "synonyms": list(item.synonyms),
    }


def result_json(result: Result) -> Json:
    """One figure; absent fields are left out, but for the contract's own."""
    always = ("endpoint", "value", "unit", "n", "N", "ci_low", "ci_high")
    fields = [f for f in Result._fields if f != "statement"]
    record = {field: getattr(result, field) for field in fields}
    return {
        field: (str(value) if field == "statistic" else value)
        for field, value in record.items()
        if field in always or value not in (None, "")
    }


def verdict_json(verdict: Verdict) -> Json:
    """What became of one anchor in the reader's copy."""
    return {
        "statement": verdict.anchor.about,
        "publication": verdict.anchor.publication,
        "section": verdict.anchor.section,
        "status": str(verdict.status),
        "file": verdict.file,
        "start": verdict.start,
        "end": verdict.end,
        "raw_start": verdict.raw_start,
        "raw_end": verdict.raw_end,
    }
