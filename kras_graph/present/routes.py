"""Computed routes and closing sets as plain data: the shapes that stay stable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kras_graph.answers.routes import RoutesAnswer, Setting, Spoken
from kras_graph.model.mechanism import PRESENT, Assumption
from kras_graph.network.derivation import Route, Tree
from kras_graph.rdf.reader import Reader

Json = dict[str, Any]


def named(reader: Reader, node: str) -> Json:
    """Id and label of a node; one that is merely present says so."""
    entity = node.removesuffix(PRESENT)
    extra = {"state": "present"} if node.endswith(PRESENT) else {}
    return {"id": entity, "label": reader.label(entity), **extra}


def context_json(reader: Reader, at: Setting) -> Json:
    """The context of a computation.

    Keys: `disease`, `drivers` (alleles that the drug is made for and the tumour has),
    `made_for`, `implied` (lesions that the tumour type's name says), `with` (lesions given),
    `taken_as` (lesions taken as a wider one), `in_driver` (given lesions that the driver is a
    kind of), `unused` (lesions without a clause), `documents_only`, `suggested`.
    """
    question = at.question
    return {
        "disease": named(reader, question.disease.id) if question.disease else None,
        "drivers": [named(reader, name) for name in at.drivers],
        "made_for": [named(reader, name) for name in at.made_for],
        "implied": [named(reader, name) for name in at.implied],
        "with": [named(reader, item.id) for item in question.alterations],
        "taken_as": [
            {**named(reader, item.id), "as": named(reader, wider)} for item, wider in at.taken_as
        ],
        "in_driver": [named(reader, item.id) for item in at.in_driver],
        "unused": [named(reader, item.id) for item in at.unused],
        "documents_only": question.documents_only,
        "suggested": question.suggested,
    }


def targets_json(reader: Reader, at: Setting) -> list[Json]:
    """What the drug takes away, on what grounds, and what voids it."""
    return [
        {
            **named(reader, hit.target),
            "through": hit.through,
            "statements": list(hit.statements),
            "assumptions": list(hit.assumptions),
            "condition": hit.condition,
            "voided_by": sorted(hit.voided_by),
        }
        for hit in at.hits
    ]


def route_json(reader: Reader, route: Route, spoken: Spoken) -> Json:
    """One computed route.

    Args:
        reader: labels.
        route: the route.
        spoken: what sources say of how it starts.

    Keys: `id`, `class`, `output` (id), `output_label`, `tree` (nested: `node`, `clauses`,
    `basis`, `sign`, `statements`, `assumptions`, `voided_by`, `from`), `alterations`,
    `sources`, `sign`, `statements`, `assumptions`, `caveats` (readings that firmer steps
    are taken with), `feedback`, `kind` (`computed`), and
    statements on how it starts: `reported_by` (empty when nobody reports it), `denied_by`,
    `questioned_by`.
    """
    return {
        "id": route.id,
        "kind": "computed",
        "class": str(route.cls),
        "output": route.output,
        "output_label": reader.label(route.output),
        "alterations": [named(reader, name) for name in route.alterations],
        "sources": [named(reader, name) for name in route.sources],
        "tree": tree_json(reader, route.tree),
        "sign": str(route.sign),
        "statements": list(route.statements),
        "assumptions": list(route.assumptions),
        "caveats": list(route.caveats),
        "feedback": [
            {
                "id": item.id,
                "driver": named(reader, item.driver),
                "restrains": named(reader, item.restrains),
                "statements": list(item.statements),
                "assumptions": list(item.assumptions),
            }
            for item in route.feedback
        ],
        "reported_by": list(spoken.reported),
        "denied_by": list(spoken.denied),
        "questioned_by": list(spoken.questioned),
    }


def tree_json(reader: Reader, tree: Tree) -> Json:
    """A proof tree, output first."""
    rule = tree.rule
    return {
        "node": named(reader, tree.node),
        "clauses": [clause.id for clause in rule.clauses] if rule else [],
        "basis": str(rule.basis) if rule else "given",
        "sign": str(rule.sign) if rule else None,
        "statements": list(rule.statements) if rule else [],
        "assumptions": list(rule.assumptions) if rule else [],
        "voided_by": [named(reader, name) for name in tree.voids],
        "from": [tree_json(reader, premise) for premise in tree.premises],
    }


def routes_json(reader: Reader, answer: RoutesAnswer, told: Mapping[str, Spoken]) -> Json:
    """The context and verdicts of a computation, without its routes.

    Args:
        reader: labels.
        answer: the computation.
        told: for each mechanism, what sources say of it.

    Keys: `context`, `targets` (what the drug takes away), `untargeted` (its components that
    take nothing away in the layer), `outputs` (ids), `states` (per output a `claim`: `open`,
    `closed`, `not-derivable` where assumptions are left out, `not-modelled`;
    `open_if_acquired` with one of the `lesions`), `hypothetical` (whether the lesions are all
    that the layer knows), `lesions`, `total`, `without_route` (mechanisms that sources speak
    of and that are neither the start nor the end of a route), `assumptions`, `caveats`,
    `limits`, `complete`.
    """
    joined = {name for names in answer.about.values() for name in names} | answer.leads_to
    return {
        "context": context_json(reader, answer.setting),
        "targets": targets_json(reader, answer.setting),
        "untargeted": [named(reader, name) for name in answer.setting.untargeted],
        "outputs": list(answer.question.outputs),
        "states": [
            {
                "output": state.output,
                "claim": str(state.claim),
                "open": state.open,
                "open_if_acquired": state.open_if_acquired,
            }
            for state in answer.states
        ],
        "hypothetical": answer.hypothetical,
        "lesions": list(answer.lesions),
        "total": answer.total,
        "without_route": [named(reader, name) for name in told if name not in joined],
        "assumptions": [assumption_json(item) for item in answer.assumptions],
        "caveats": [assumption_json(item) for item in answer.caveats],
        "limits": list(answer.limits),
        "complete": answer.complete and answer.total == len(answer.routes),
    }


def assumption_json(item: Assumption) -> Json:
    """An assumption with its citation."""
    return {
        "id": item.id,
        "claim": item.claim,
        "citation": item.citation,
        "doi": item.doi,
        "pmid": item.pmid,
        "url": item.url,
    }
