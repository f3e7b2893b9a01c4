"""One measured figure as a record and in words; as printed, with its number beside it.

A record of a figure (`figure_json`) has these keys:

| key | meaning |
|---|---|
| `id`, `statement` | the figure and the proposition it belongs to |
| `endpoint`, `subject`, `comparator` | id and label; the subject is the therapy, or what else was measured |
| `relation` | what ties it to the therapy asked about: `direct`, `regimen`, `member`, `comparator`, or empty |
| `object` | id and label of what the proposition is about, for example the adverse event |
| `diseases`, `trials` | ids and labels |
| `population`, `line`, `earlier_lines` | who was measured; line of therapy; figures on earlier lines |
| `design`, `assessor` | `single group`, `randomised` or `design not said`; who assessed |
| `printed`, `statistic`, `value`, `unit` | the figure as printed, its kind and number |
| `bound` | `lower` or `upper` when the number is only a bound |
| `n`, `N`, `counts`, `counts_how` | patients; `printed` or `reconstructed`, and then how |
| `ci_low`, `ci_high`, `ci_level`, `ci_method`, `not_estimable` | interval as the source prints it |
| `computed_ci_low`, `computed_ci_high` | exact interval calculated by the program from n and N where a proportion has none |
| `range_low`, `range_high`, `time_point`, `p`, `grade`, `attribution` | as in the tables of `data/` |
| `polarity`, `certainty`, `setting` | standing of the proposition |
| `evidence` | publication and section of each passage |
| `source_issues`, `note` | slips of the source; the curator's remark |
"""  # noqa: E501

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kras_graph.answers.counts import Origin
from kras_graph.answers.measured import Measured
from kras_graph.answers.outcomes import ENDPOINTS, line_of
from kras_graph.model.records import Result
from kras_graph.model.terms import Certainty, Statistic
from kras_graph.present.contract import name, places
from kras_graph.rdf.reader import Reader

RECONSTRUCTED = "†"
ISSUE = "!"
BICR = "blinded independent central review"
_RATIOS = (Statistic.HAZARD_RATIO, Statistic.ODDS_RATIO)


def figure_json(reader: Reader, row: Measured) -> dict[str, Any]:
    """One figure with its context; the keys are told at the head of this module."""
    result, statement, counts = row.result, row.statement, row.counts
    computed = computed_interval(row)
    return {
        "id": result.id,
        "statement": statement.id,
        "endpoint": name(reader.entities[result.endpoint]),
        "subject": name(row.subject),
        "comparator": name(row.comparator) if row.comparator else None,
        "relation": row.relation,
        "object": name(reader.entities[statement.object]),
        "diseases": [name(item) for item in row.diseases],
        "trials": [name(item) for item in row.trials],
        "population": row.population,
        "line": line_of(row),
        "earlier_lines": [
            {"id": line.id, "printed": line.printed, "text": earlier_line(line)}
            for line in row.earlier
        ],
        "design": row.design,
        "assessor": result.assessor,
        "printed": result.printed,
        "statistic": str(result.statistic),
        "value": result.value,
        "unit": result.unit,
        "bound": row.bound,
        "n": counts.n if counts else result.n,
        "N": counts.N if counts else result.N,
        "counts": str(counts.origin) if counts else result.counts,
        "counts_how": counts.how if counts else "",
        "ci_low": result.ci_low,
        "ci_high": result.ci_high,
        "ci_level": result.ci_level,
        "ci_method": result.ci_method,
        "not_estimable": result.not_estimable,
        "computed_ci_low": computed[0] if computed else None,
        "computed_ci_high": computed[1] if computed else None,
        "range_low": result.range_low,
        "range_high": result.range_high,
        "time_point": result.time_point,
        "p": result.p,
        "grade": result.grade,
        "attribution": result.attribution,
        "polarity": str(statement.polarity),
        "certainty": str(statement.certainty),
        "setting": str(statement.setting),
        "evidence": places(row.anchors),
        "source_issues": list(row.issues),
        "note": result.note or statement.note,
    }


def computed_interval(row: Measured) -> tuple[float, float] | None:
    """Exact 95% interval in percent, of an efficacy figure for which the source prints none.

    By Clopper and Pearson from printed counts; rounded to one decimal, since it is shown.
    """
    result, counts = row.result, row.counts
    shares = (Statistic.PERCENTAGE, Statistic.COUNT)
    if (
        result.endpoint not in ENDPOINTS
        or result.statistic not in shares
        or counts is None
        or counts.N < 2
        or result.ci_low is not None
    ):
        return None
    if counts.origin is not Origin.PRINTED or row.doubted:
        return None
    from kras_graph.curation.recompute import clopper_pearson

    low, high = clopper_pearson(counts.n, counts.N)
    return round(low, 1), round(high, 1)


def earlier_line(result: Result) -> str:
    """A figure on earlier lines of therapy, in words with its id."""
    kind = f"{result.statistic} " if result.statistic is Statistic.MEDIAN else ""
    people = f" {result.population}" if result.population else ""
    mark = ISSUE if result.source_issue else ""
    return f"{kind}{result.printed}{people} ({result.id}{mark})"


def counts_text(row: Measured) -> str:
    """n/N, marked when reconstructed; or whichever of the two is known."""
    counts, result = row.counts, row.result
    if counts is not None:
        mark = RECONSTRUCTED if counts.origin is Origin.RECONSTRUCTED else ""
        return f"{counts.n}/{counts.N}{mark}"
    if result.N is not None:
        return f"N = {result.N}"
    return f"n = {result.n}" if result.n is not None else ""


def value_text(row: Measured) -> str:
    """The number with its unit; a bound or a span where there is no single number."""
    result = row.result
    unit = "%" if result.unit == "%" else f" {result.unit}" if result.unit else ""
    sign = {"lower": "> ", "upper": "< "}.get(row.bound, "")
    if result.value is not None:
        kind = f"{result.statistic} " if result.statistic in _RATIOS else ""
        kind = "p = " if result.statistic is Statistic.P_VALUE else kind
        return f"{kind}{sign}{result.value:g}{unit}"
    ends = [format(end, "g") for end in (result.range_low, result.range_high) if end is not None]
    return f"{sign}{' to '.join(ends)}{unit}" if ends else ""


def interval_text(row: Measured) -> str:
    """The interval, `NE` for a bound that could not be estimated; marked when computed."""
    result = row.result
    if result.ci_low is not None or result.ci_high is not None:
        low, high = (
            "NE" if bound is None else format(bound, "g")
            for bound in (result.ci_low, result.ci_high)
        )
        return f"{low} to {high}"
    computed = computed_interval(row)
    return f"{computed[0]:g} to {computed[1]:g} (computed)" if computed else ""


def id_text(row: Measured) -> str:
    """Id of the figure, marked when its source has a slip."""
    return row.result.id + (ISSUE if row.issues else "")


def disease_text(row: Measured) -> str:
    """The tumour types of a figure."""
    return ", ".join(item.label for item in row.diseases)


def people_text(row: Measured) -> str:
    """Who was measured, and how many lines of therapy came before, where the source tells."""
    earlier = "; ".join(earlier_line(line) for line in row.earlier)
    parts = (row.population, f"earlier lines: {earlier}" if earlier else "")
    return "; ".join(part for part in parts if part)


def subject_text(row: Measured) -> str:
    """The therapy measured, with what it is compared with; marked when in doubt."""
    text = row.subject.label
    if row.comparator is not None:
        text += f" against {row.comparator.label}"
    return text + doubt_text(row)


def doubt_text(row: Measured) -> str:
    """Says so when the source does not plainly state the figure."""
    if not row.doubted:
        return ""
    certainty = row.statement.certainty
    return " (open question)" if certainty is Certainty.OPEN else f" ({certainty})"


def source_text(reader: Reader, row: Measured) -> str:
    """Short names of the papers."""
    papers = dict.fromkeys(reader.publications[a.publication].label for a in row.anchors)
    return ", ".join(papers)


def cause_text(row: Measured) -> str:
    """Attribution of an adverse event in words."""
    return {"any": "any cause", "": "cause not given"}.get(
        row.result.attribution, row.result.attribution
    )


def issues_of(rows: Sequence[Measured]) -> list[tuple[str, str]]:
    """Each slip of a source with the ids of the figures it touches."""
    found: dict[str, list[str]] = {}
    for row in rows:
        for issue in row.issues:
            found.setdefault(issue, []).append(row.result.id)
    return [(" ".join(ids), issue) for issue, ids in found.items()]
