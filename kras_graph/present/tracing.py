"""Paths, neighbours, shared entities and subgraphs as plain data.

JSON of a path search (`path_json`):

| key | meaning |
|---|---|
| `source`, `target` | ids; null where that end was left open |
| `metapath` | the pattern that was asked for, or null |
| `paths` | best first; of an open search the best path to (or from) each entity |
| `complete` | true, or false with the limits that cut in `cut` |
| `cut` | list of `limit` (`k`, `max_steps`), `value`, `found`, `certain` (how many of those given are the best whatever was not seen) |
| `found` | number of all paths, those that are folded into others too |
| `reason`, `hint` | why there is none: a code and a sentence, else null |
| `relaxation` | null, or `changes` (option and new value) and the `path` they give |

Each path: `nodes` (ids), `edges`, `sign`, `context` and its parts by `allele`, `disease` and
`experiment` in `context_parts`, `score` (points against it, part by part, with `total`),
`rollups` (one sentence each), and `group`, null or the `paths` that it stands for, `members`
on the others, and the number of paths by sign. Each edge: `source`, `predicate`, `target`,
`sign`, `role`, `asserted`, `statements`, and of these the `settings`, `publications`,
`diseases`, `alleles` and `standing`.
"""  # noqa: E501  a row of a table stands on one line

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kras_graph.model.errors import AmbiguousNameError, UnknownNameError
from kras_graph.model.terms import Certainty, Polarity
from kras_graph.network.metapath import Metapath
from kras_graph.network.neighbours import Neighbourhood, SharedAnswer, Subgraph
from kras_graph.network.projection import Backing
from kras_graph.network.records import Cut, Path, PathAnswer, Reason, Relaxation, Step
from kras_graph.present.kgx import PropertyGraph, Record
from kras_graph.rdf.reader import Reader

Json = dict[str, Any]
_CLIMBS = {
    "variant_of": "its gene",
    "product_of": "its gene",
    "member_of_family": "its family",
    "alteration_of": "the substitution",
    "state_of": "the molecule",
    "site_of": "the molecule",
    "subclass_of": "the kind",
    "cohort_of": "the study",
    "member_of": "its class",
}


def path_json(reader: Reader, answer: PathAnswer) -> Json:
    """Paths, or why there are none (see the module)."""
    return {
        "source": answer.source,
        "target": answer.target,
        "metapath": answer.metapath,
        "paths": [_path(reader, path) for path in answer.paths],
        "complete": answer.complete,
        "reason": str(answer.reason) if answer.reason else None,
        "hint": answer.hint,
        "cut": _cuts(answer.cut),
        "found": answer.found,
        "relaxation": _relaxation(reader, answer.relaxation),
    }


def unknown_json(
    source: str | None, target: str | None, error: UnknownNameError | AmbiguousNameError
) -> Json:
    """The answer where a name stands for nothing, or for several things."""
    ambiguous = isinstance(error, AmbiguousNameError)
    near = error.choices if isinstance(error, AmbiguousNameError) else error.suggestions
    return {
        "source": source,
        "target": target,
        "paths": [],
        "complete": True,
        "reason": str(Reason.AMBIGUOUS_ENTITY if ambiguous else Reason.UNKNOWN_ENTITY),
        "hint": str(error),
        "name": error.name,
        "suggestions": list(near),
        "cut": [],
        "found": 0,
        "relaxation": None,
    }


def neighbours_json(reader: Reader, answer: Neighbourhood) -> Json:
    """What stands around an entity: neighbours with their distance and edges."""
    return {
        "entity": _entity(reader, answer.start),
        "direction": answer.direction,
        "hops": answer.hops,
        "neighbors": [
            {
                **_entity(reader, item.name),
                "hop": item.hop,
                "edges": [edge_json(step) for step in item.steps],
            }
            for item in answer.found
        ],
        "complete": answer.complete,
        "cut": _cuts(answer.cut),
        "reason": str(answer.reason) if answer.reason else None,
        "hint": answer.hint,
    }


def shared_json(reader: Reader, answer: SharedAnswer) -> Json:
    """What a set shares; `paths` holds the best path of each member by its id."""
    return {
        "members": [_entity(reader, name) for name in answer.members],
        "hops": answer.hops,
        "at_least": answer.at_least,
        "shared": [
            {
                **_entity(reader, item.name),
                "side": item.side,
                "agreement": item.agreement,
                "paths": {member: _path(reader, path) for member, path in item.paths.items()},
            }
            for item in answer.found
        ],
        "complete": answer.complete,
        "cut": _cuts(answer.cut),
        "hint": answer.hint,
    }


def subgraph_json(reader: Reader, answer: Subgraph) -> Json:
    """Entities around a set with their distance (`hop`), and the edges among them."""
    return {
        "members": list(answer.members),
        "hops": answer.hops,
        "nodes": [{**_entity(reader, name), "hop": hop} for name, hop in answer.nodes.items()],
        "edges": [edge_json(step) for step in answer.steps],
        "complete": answer.complete,
        "cut": _cuts(answer.cut),
    }


def subgraph_records(reader: Reader, answer: Subgraph) -> PropertyGraph:
    """A subgraph as nodes and edges for GraphML; structural edges are marked by `role`."""
    nodes: tuple[Record, ...] = tuple(
        {
            "id": f"kgid:{name}",
            "name": reader.label(name),
            "kg_class": reader.entities[name].cls,
            "kg_hop": hop,
        }
        for name, hop in sorted(answer.nodes.items())
    )
    edges = []
    for step in answer.steps:
        doubt = "" if step.asserted else "-unasserted"
        record = edge_json(step)
        edges.append(
            {
                "id": f"kgedge:{step.source}-{step.predicate}-{step.target}{doubt}",
                "subject": f"kgid:{step.source}",
                "object": f"kgid:{step.target}",
                "original_predicate": f"kg:{step.predicate}",
                **{f"kg_{key}": record[key] for key in list(record)[3:]},
            }
        )
    return PropertyGraph(nodes, tuple(edges), 0)


def edge_json(step: Step) -> Json:
    """One edge with what its statements rest on."""
    return {
        "source": step.source,
        "predicate": step.predicate,
        "target": step.target,
        "sign": str(step.sign),
        "role": step.role,
        "asserted": step.asserted,
        "standing": standings(step),
        "statements": list(step.statements),
        "settings": sorted({str(item.setting) for item in step.backing}),
        "publications": _all(item.publications for item in step.backing),
        "diseases": _all(item.diseases for item in step.backing),
        "alleles": _all(item.alleles for item in step.backing),
    }


def standings(step: Step) -> list[str]:
    """How its sources put a step: `stated`, or `denied`, `suggested` and so on."""
    return sorted({_standing(item) for item in step.backing})


def rollups(reader: Reader, path: Path) -> list[str]:
    """A sentence for each step that no source states but a definition gives."""
    return [_rollup(reader, step) for step in path.steps if step.role != "statement"]


def _rollup(reader: Reader, step: Step) -> str:
    one, other = reader.label(step.source), reader.label(step.target)
    name = step.predicate.removesuffix("^")
    if step.role == "up":
        return f"{one} is rolled up to {_CLIMBS.get(name, 'what it belongs to')} {other}"
    if step.role == "state":
        return f"{one} and {other} are taken for a molecule and its active state"
    return f"what reaches {one} is taken to reach its part {other}"


def _standing(item: Backing) -> str:
    if item.certainty is Certainty.OPEN:
        return "open question"
    if item.polarity is Polarity.NEGATED:
        return "denied" if item.certainty is Certainty.STATED else f"denied ({item.certainty})"
    return str(item.certainty)


def _path(reader: Reader, path: Path) -> Json:
    parts = path.context_parts
    return {
        "nodes": list(path.nodes),
        "edges": [edge_json(step) for step in path.steps],
        "sign": str(path.sign),
        "context": path.context,
        "context_parts": {
            "allele": parts.allele,
            "disease": parts.disease,
            "experiment": parts.experiment,
        },
        "score": {"total": path.score.total, **path.score.parts},
        "rollups": rollups(reader, path),
        "group": {
            "paths": path.group.paths,
            "members": list(path.group.members),
            "signs": dict(path.group.signs),
        }
        if path.group
        else None,
    }


def _relaxation(reader: Reader, relaxation: Relaxation | None) -> Json | None:
    if relaxation is None:
        return None
    changes = {name: _plain(value) for name, value in relaxation.changes}
    return {"changes": changes, "path": _path(reader, relaxation.path)}


def _plain(value: object) -> object:
    if isinstance(value, Metapath):
        return value.text
    return list(value) if isinstance(value, tuple) else value


def _cuts(cuts: Iterable[Cut]) -> list[Json]:
    return [
        {"limit": cut.limit, "value": cut.value, "found": cut.found, "certain": cut.certain}
        for cut in cuts
    ]


def _entity(reader: Reader, name: str) -> Json:
    item = reader.entities[name]
    return {"id": name, "label": item.label, "class": item.cls}


def _all(sets: Iterable[frozenset[str]]) -> list[str]:
    return sorted(frozenset().union(*sets))
