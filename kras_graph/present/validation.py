"""The layer against reported pairs, as text, table and plain data."""

from __future__ import annotations

from typing import Any

from kras_graph.answers.validation import Validation, Verdict
from kras_graph.present.tabular import Table, render
from kras_graph.rdf.reader import Reader

Json = dict[str, Any]


def validation_json(reader: Reader, found: Validation) -> Json:
    """The test as plain data.

    Keys: `pairs` (each with `reported`, `predicted`, `hit`, `left_out`, `before`, `after`,
    `diagnosis`), `hits`, `misses`, `baselines` (`name`, `hits`, `pairs`, `how`).
    """
    return {
        "hits": found.hits,
        "misses": len(found.verdicts) - found.hits,
        "hits_alone": found.hits_alone,
        "alone": found.alone,
        "pairs": [
            {
                "id": verdict.pair.id,
                "drug": verdict.pair.drug or None,
                "partner": verdict.pair.partner,
                "disease": verdict.pair.disease or None,
                "alterations": list(verdict.pair.alterations),
                "reported": verdict.pair.reported,
                "predicted": verdict.predicted or None,
                "hit": verdict.hit,
                "statements": list(verdict.pair.statements),
                "left_out": list(verdict.left_out),
                "clauses_lost": verdict.lost,
                "needs_assumption": verdict.assumed,
                "before": list(verdict.before),
                "after": list(verdict.after),
                "diagnosis": verdict.diagnosis,
            }
            for verdict in found.verdicts
        ],
        "baselines": [
            {
                "name": b.name,
                "hits": round(b.hits, 2),
                "hits_alone": round(b.alone, 2),
                "pairs": b.pairs,
                "how": b.how,
            }
            for b in found.baselines
        ],
    }


def validation_table(reader: Reader, found: Validation) -> Table:
    """One pair a row."""
    columns = ("Pair", "Given", "Tumour", "Reported", "Predicted", "Agree", "What the layer saw",
               "Statements", "ID")  # fmt: skip
    rows = tuple(_row(reader, verdict) for verdict in found.verdicts)
    return Table(columns[1:], tuple(row[1:] for row in rows), "REPORTED PAIRS",
                 tuple(validation_json(reader, found)["pairs"]))  # fmt: skip


def _row(reader: Reader, verdict: Verdict) -> tuple[str, ...]:
    pair = verdict.pair
    names = [pair.drug, pair.partner] if pair.drug else [pair.partner]
    given = " + ".join(reader.label(name) for name in names)
    tumour = reader.label(pair.disease) if pair.disease else ""
    tumour = "; ".join([*([tumour] if tumour else []), *map(reader.label, pair.alterations)])
    return (
        pair.id, given if pair.drug else f"{given} alone", tumour or "not given", pair.reported,
        verdict.predicted or "no word", "yes" if verdict.hit else "NO", verdict.diagnosis,
        " ".join(pair.statements), pair.id,
    )  # fmt: skip


def validation_text(reader: Reader, found: Validation, *, width: int, color: bool) -> str:
    """Pairs, score and baselines as text."""
    total = len(found.verdicts)
    together = total - found.alone

    def score(hits: float, alone: float) -> tuple[str, str]:
        return f"{hits - alone:.3g} of {together}", f"{alone:.3g} of {found.alone}"

    baselines = Table(
        ("Predictor", "Together", "Alone", "How"),
        (
            ("this layer", *score(found.hits, found.hits_alone),
             "closure without what the pair's own reports say"),
            *((b.name, *score(b.hits, b.alone), b.how) for b in found.baselines),
        ),
        "AGREEMENT, BESIDE SIMPLER PREDICTORS",
    )  # fmt: skip
    assumed = sum(verdict.hit and verdict.assumed for verdict in found.verdicts)
    lost = sum(verdict.lost > 0 for verdict in found.verdicts)
    return (
        "The signalling layer against what sources report, each pair tested without the "
        "statements of its own passages and assumptions from work that reports it\n\n"
        + render(validation_table(reader, found), "table", width=width, color=color)
        + "\n"
        + render(baselines, "table", width=width, color=color)
        + f"\n{assumed} of the {found.hits} agreements need an assumption; in {lost} of {total} "
        "pairs something was left out that a clause rests on.\n"
        f"{total} pairs of three papers, no combination among them reported as failing: too few "
        "to tell good predictors apart, enough to see where the layer is blind.\n"
    )
