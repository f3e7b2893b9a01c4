"""A profile's answer as plain data, whose keys stay stable between releases.

Keys of the whole:

| key | meaning |
|---|---|
| `disclaimer` | what the answer is not for |
| `title` | the tumour in one line |
| `inputs` | everything given: `field`, `given`, `entity` (id and label, or null), `how` (how it was read), `used` (sections), `unused` (why not, or null) |
| `sections` | what sources say: `id` (`drugs`, `predictors`, `mechanisms`, `trials`, `doubts`), `title`, `notes`, `groups` |
| `computed` | routes and closing sets, never observations |
| `not_computed` | therapies without routes: `drug`, `reason` |
| `gaps` | what was asked for and is not there: `about` (field), `text`, `nearest` (statement ids) |
| `statements` | every statement cited, by id, as `kras-graph why ID --format json` gives it, and `claim` in words |
| `publications` | by id: `label`, `title`, `doi`, `journal`, `year`, `kind` |
| `near_levels` | what each level of nearness means |

A group has `title`, `about` (id and label, or null), `intro`, `left_out`, and `lines`. A line has

| key | meaning |
|---|---|
| `what` | what is said, in words; a figure as printed |
| `statements` | ids of all statements that say it |
| `figure` | the figure as `present.figures` tells it, or null |
| `whom` | tumour type, people, line, trial, as the source tells |
| `near` | `level`, `tumour`, `variant`, `company` (see below), `words`; null where that is no question |
| `standing`, `setting` | how firmly it is put; kind of work |
| `remark`, `via` | what ties it to the profile, and the statements by which it does |
| `sources`, `source_issue` | publication ids; whether the source has a slip there |

`tumour` and `variant` of `near` are `same`, `narrower`, `broader`, `not said`, `other`; `company`
is `as here` when a finding is about a co-alteration of the profile, `other` when it is about
one that the profile does not name, else `none`.

A computed record has `drugs`, `prior` (those given before), `states` (per output: `claim`,
`open`, `open_if_acquired`), `routes` (as `kras-graph bypass --format json` gives them), `reopening`
(further lesions that would open a route to the main output), `unused` (lesions without a
clause), `sets`, `assumptions`, `limits`, `complete`. A set has `targets`, `drugs` (per target),
`common_downstream`, `leaves_open`, `reopened_by`, `leans_on` (assumption ids), `stability`, `robustness`, and `said`: `word`, `statement`,
`claim`, `relation`, `drugs`.
"""  # noqa: E501

from __future__ import annotations

from typing import Any

from kras_graph.answers.nearness import (
    BROADER,
    LEVEL_LABELS,
    LEVEL_MEANINGS,
    NARROWER,
    NOT_SAID,
    OTHER,
    SAME,
    Near,
)
from kras_graph.answers.profile_records import Computed, Group, Line, ProfileAnswer
from kras_graph.answers.routes import Spoken
from kras_graph.present.contract import name, statement_json
from kras_graph.present.figures import figure_json
from kras_graph.present.profile_rows import DISCLAIMER, Rows
from kras_graph.present.routes import assumption_json, named, route_json
from kras_graph.rdf.reader import Reader

Json = dict[str, Any]
_PLACES = {
    SAME: "same",
    NARROWER: "narrower",
    BROADER: "broader",
    NOT_SAID: "not said",
    OTHER: "other",
}
_COMPANY = ("as here", "none", "other")


def profile_json(reader: Reader, answer: ProfileAnswer) -> Json:
    """The whole answer as plain data; the keys are told at the head of this module."""
    rows = Rows(reader, answer)
    papers = sorted({a.publication for anchors in answer.evidence.values() for a in anchors})
    return {
        "disclaimer": DISCLAIMER,
        "title": answer.profile.title,
        "inputs": [
            {
                "field": item.field,
                "given": item.text,
                "entity": name(item.entity) if item.entity else None,
                "how": item.how,
                "used": list(answer.used.get((item.field, item.text), ())),
                "unused": item.unused or None,
            }
            for item in answer.profile.inputs
        ],
        "sections": [
            {
                "id": section.id,
                "title": section.title,
                "notes": list(section.notes),
                "groups": [_group(reader, rows, group) for group in section.groups],
            }
            for section in answer.sections
        ],
        "computed": [_computed(reader, rows, found) for found in answer.computed],
        "not_computed": [
            {"drug": name(drug), "reason": reason} for drug, reason in answer.not_computed
        ],
        "gaps": [
            {
                "about": gap.about,
                "text": gap.text,
                "nearest": list(dict.fromkeys(s.id for s in gap.nearest)),
            }
            for gap in answer.gaps
        ],
        "statements": {
            ident: {
                "claim": rows.claim(statement),
                **statement_json(
                    reader,
                    statement,
                    answer.evidence.get(ident, ()),
                    answer.results.get(ident, ()),
                ),
            }
            for ident, statement in answer.statements.items()
        },
        "publications": {
            paper.id: {
                "label": paper.label,
                "title": paper.title,
                "doi": paper.doi,
                "journal": paper.journal,
                "year": paper.year,
                "kind": paper.kind,
            }
            for paper in (reader.publications[ident] for ident in papers)
        },
        "near_levels": {LEVEL_LABELS[level]: words for level, words in LEVEL_MEANINGS.items()},
    }


def _group(reader: Reader, rows: Rows, group: Group) -> Json:
    return {
        "title": group.title,
        "about": name(group.about) if group.about else None,
        "intro": group.intro,
        "left_out": group.left_out,
        "lines": [_line(reader, rows, line) for line in group.lines],
    }


def _line(reader: Reader, rows: Rows, line: Line) -> Json:
    row = rows.row(line)
    anchors = [a for s in line.statements for a in rows.answer.evidence.get(s.id, ())]
    return {
        "what": row.what,
        "statements": [s.id for s in line.statements],
        "figure": figure_json(reader, line.figure) if line.figure else None,
        "whom": row.whom,
        "near": _near(line.near) if line.near else None,
        "standing": row.standing,
        "setting": row.setting,
        "remark": row.remark,
        "via": [s.id for s in line.via],
        "sources": list(dict.fromkeys(anchor.publication for anchor in anchors)),
        "source_issue": row.issue,
    }


def _near(near: Near) -> Json:
    return {
        "level": near.label,
        "tumour": _PLACES[near.tumour],
        "variant": _PLACES[near.variant],
        "company": _COMPANY[near.company],
        "words": list(near.words),
    }


def _computed(reader: Reader, rows: Rows, found: Computed) -> Json:
    return {
        "drugs": [name(drug) for drug in found.drugs],
        "prior": [name(drug) for drug in found.prior],
        "states": [
            {
                "output": named(reader, state.output),
                "claim": str(state.claim),
                "open": state.open,
                "open_if_acquired": state.open_if_acquired,
            }
            for state in found.routes.states
        ],
        "routes": [
            route_json(reader, route, found.spoken.get(route.id, Spoken()))
            for route in found.routes.routes
        ],
        "reopening": [name(item) for item in found.reopening],
        "unused": [name(item) for item in found.routes.setting.unused],
        "sets": [
            {
                "targets": [named(reader, target) for target in chosen.targets],
                "drugs": {
                    target: [named(reader, drug) for drug in drugs]
                    for target, drugs in chosen.drugs.items()
                },
                "common_downstream": chosen.common_downstream,
                "leaves_open": [named(reader, output) for output in chosen.leaves_open],
                "reopened_by": [named(reader, lesion) for lesion in chosen.reopened_by],
                "leans_on": [item.id for item in chosen.leans_on],
                "stability": chosen.stability,
                "robustness": chosen.robustness,
                "said": [
                    {
                        "word": item.word,
                        "statement": item.tried.statement.id,
                        "claim": rows.claim(item.tried.statement),
                        "relation": item.tried.relation,
                        "drugs": [name(drug) for drug in item.drugs],
                    }
                    for item in found.told[chosen.targets]
                ],
            }
            for chosen in found.sets
        ],
        "assumptions": [assumption_json(item) for item in found.assumptions],
        "limits": list(found.routes.limits),
        "complete": found.routes.complete and found.combination.complete,
    }
