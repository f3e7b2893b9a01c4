"""A therapy in several tumour types as plain data: JSON and a flat table.

`comparison_json` has these keys:

| key | meaning |
|---|---|
| `drug`, `classes` | the therapy; its classes with the statements that put it there |
| `tumour_types` | one record a tumour type, in the order asked |
| · `disease`, `answered_by` | the type asked about, and the type whose figures answer (null: none) |
| · `figures` | every response figure, the tested one first (keys: `present.figures`) |
| · `tested` | id of the figure that is tested, or null |
| · `interval` | `low`, `high` in percent, `origin` (`printed`, `computed`), `method` |
| · `enrolled` | what the source says of whom the cohort took in |
| · `stated`, `suggested`, `hypothesised`, `denied`, `open` | what sources say of this type only |
| `pairs` | one record a pair: `first`, `second`, `test`, `intervals_overlap`, `differs`, `reason` |
| · `test` | `method`, `first` and `second` (`figure`, `n`, `N`, `counts`), `odds_ratio`, `odds_ratio_low`, `odds_ratio_high` (null: not finite), `p`, `p_holm`, `tests`; null without a test |
| `general` | what sources say of several of the types or of tumour types at large, by standing |
| `unnamed_reports` | reports of resistance that name no tumour type |
| `notes`, `limits` | how the answer was made; what it cannot tell |

`counts` is `printed` or `reconstructed`. What is in `pairs` and `interval` with origin
`computed` is calculated by the program; all else is what sources say.
"""  # noqa: E501

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kras_graph.answers.compare import ALPHA, Comparison, Pair, Side
from kras_graph.answers.counts import Origin
from kras_graph.answers.measured import Measured
from kras_graph.answers.said import STANDINGS, Said
from kras_graph.present.contract import name, places, result_json
from kras_graph.present.figures import figure_json, source_text
from kras_graph.present.outcomes import DISCLAIMER
from kras_graph.present.report import cited, claim, predicate_labels
from kras_graph.present.tabular import Table
from kras_graph.rdf.reader import Reader

Json = dict[str, Any]
METHOD = "Fisher's exact test, two-sided"


def comparison_json(reader: Reader, answer: Comparison) -> Json:
    """The whole answer as plain data; the keys are told at the head of this module."""
    tests = sum(pair.test is not None for pair in answer.pairs)
    return {
        "drug": name(answer.drug),
        "classes": [{**name(item), "statements": list(ids)} for item, ids in answer.classes],
        "tumour_types": [_side_json(reader, side) for side in answer.sides],
        "pairs": [_pair_json(answer, pair, tests) for pair in answer.pairs],
        "general": _by_standing(reader, answer.shared),
        "unnamed_reports": answer.unnamed,
        "notes": list(answer.notes),
        "limits": limits(answer),
    }


def _side_json(reader: Reader, side: Side) -> Json:
    interval = side.interval
    return {
        "disease": name(side.disease),
        "answered_by": name(side.answered_by) if side.answered_by else None,
        "figures": [figure_json(reader, row) for row in side.figures],
        "tested": side.tested.result.id if side.tested else None,
        "interval": {
            "low": interval.low,
            "high": interval.high,
            "origin": interval.origin,
            "method": interval.method,
        }
        if interval
        else None,
        "enrolled": [
            {"id": s.id, "population": s.population, "source_issue": s.source_issue or None}
            for s in side.enrolled
        ],
        **_by_standing(reader, side.statements),
    }


def _by_standing(reader: Reader, statements: Sequence[Said]) -> Json:
    results = reader.results([item.statement for item in statements])
    found: Json = {standing: [] for standing in STANDINGS}
    for item in statements:
        statement = item.statement
        found[item.standing].append(
            {
                "id": statement.id,
                "subject": name(reader.entities[statement.subject]),
                "predicate": statement.predicate,
                "object": name(reader.entities[statement.object]),
                "relation": item.relation,
                "via": name(item.via),
                "diseases": [name(disease) for disease in item.diseases],
                "applies_to": list(item.fits),
                "under": [name(reader.entities[drug]) for drug in statement.under],
                "population": statement.population,
                "patients": statement.patients,
                "setting": str(statement.setting),
                "polarity": str(statement.polarity),
                "certainty": str(statement.certainty),
                "results": [result_json(result) for result in results.get(statement.id, [])],
                "evidence": places(item.anchors),
                "source_issue": statement.source_issue or None,
                "note": statement.note or None,
            }
        )
    return found


def _pair_json(answer: Comparison, pair: Pair, tests: int) -> Json:
    sides = {side.disease.id: side for side in answer.sides}
    test = pair.test
    return {
        "first": name(pair.first),
        "second": name(pair.second),
        "test": {
            "method": METHOD,
            "first": _group_json(sides[pair.first.id].tested),
            "second": _group_json(sides[pair.second.id].tested),
            "odds_ratio": test.odds_ratio,
            "odds_ratio_low": test.low,
            "odds_ratio_high": test.high,
            "p": test.p,
            "p_holm": pair.adjusted,
            "tests": tests,
        }
        if test
        else None,
        "intervals_overlap": pair.overlap,
        "differs": pair.differs,
        "reason": pair.reason or None,
    }


def _group_json(row: Measured | None) -> Json | None:
    if row is None or row.counts is None:
        return None
    counts = row.counts
    return {"figure": row.result.id, "n": counts.n, "N": counts.N, "counts": str(counts.origin)}


def limits(answer: Comparison) -> list[str]:
    """What the answer rests on and what it cannot tell."""
    tests = sum(pair.test is not None for pair in answer.pairs)
    told = [
        "Figures come from different cohorts or trials: this is no randomised comparison, and "
        "people, earlier lines of therapy and assessment may differ.",
        "Nothing is fitted to the response rates; mechanisms set beside rates are not shown to "
        "cause them.",
    ]
    if tests:
        told.insert(
            1,
            f"{METHOD}; p is unadjusted, p (Holm) is adjusted for the {tests} test"
            f"{'s' * (tests != 1)} made here. Responses are said to differ when p (Holm) is below "
            f"{ALPHA:g}; no difference shown is no proof that there is none.",
        )
    rows = [row for side in answer.sides for row in side.figures]
    hows = dict.fromkeys(
        row.counts.how for row in rows if row.counts and row.counts.origin is Origin.RECONSTRUCTED
    )
    if hows:
        told.append(f"† counts reconstructed by the program, not printed: {'; '.join(hows)}.")
    if any(side.interval and side.interval.origin == "computed" for side in answer.sides):
        told.append("(computed) exact interval by Clopper and Pearson from n/N, not printed.")
    return [*told, DISCLAIMER]


def comparison_table(reader: Reader, answer: Comparison) -> Table:
    """Flat table of the answer for csv, tsv, markdown and jsonl: figures, tests, statements."""
    record = comparison_json(reader, answer)
    columns = (
        "block", "tumour_type", "against", "what", "n", "N", "counts", "value", "ci_low",
        "ci_high", "interval", "odds_ratio", "p", "p_holm", "standing", "relation", "source", "id",
    )  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    records: list[Json] = []
    for side, data in zip(answer.sides, record["tumour_types"], strict=True):
        label = side.disease.label
        for row, one in zip(side.figures, data["figures"], strict=True):
            interval = data["interval"] if row is side.tested else None
            ends = (
                (interval["low"], interval["high"], interval["origin"]) if interval else ("",) * 3
            )
            rows.append(
                ("figure", label, "", one["printed"], _cell(one["n"]), _cell(one["N"]),
                 one["counts"], _cell(one["value"]), *ends, "", "", "", "", "",
                 source_text(reader, row), row.result.id)
            )  # fmt: skip
            records.append({"block": "figure", "tumour_type": label, **one})
    for pair, one in zip(answer.pairs, record["pairs"], strict=True):
        test = one["test"] or {}
        what = one["reason"] or ("differs" if one["differs"] else "no difference shown")
        rows.append(
            ("test", pair.first.label, pair.second.label, what, *("",) * 7,
             _cell(test.get("odds_ratio")), _cell(test.get("p")), _cell(test.get("p_holm")),
             "computed", "", "", "")
        )  # fmt: skip
        records.append({"block": "test", **one})
    labels = predicate_labels(reader)
    groups = [(side.disease.label, side.statements) for side in answer.sides]
    for label, statements in [*groups, ("", answer.shared)]:
        data = _by_standing(reader, statements)
        for item in statements:
            s = item.statement
            rows.append(
                ("said", label, "", claim(reader, s, labels), *("",) * 10, item.standing,
                 item.relation, cited(reader, item.anchors), s.id)
            )  # fmt: skip
            one = next(one for one in data[item.standing] if one["id"] == s.id)
            records.append({"block": "said", "tumour_type": label, **one})
    return Table(columns, tuple(rows), records=tuple(records))


def _cell(value: Any) -> Any:
    return "" if value is None else value
