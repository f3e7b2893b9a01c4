"""Figures calculated again: percentages, exact intervals, sums.

Percentages are 100·n/N. Exact intervals follow Clopper and Pearson (Biometrika 1934;
26:404-413, doi:10.1093/biomet/26.4.404), as scipy's `binomtest` gives them. Sums are those
listed in `data/sums.tsv`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kras_graph.curation.rules import percentage_fits
from kras_graph.model.records import Result, Sum


class Outcome(StrEnum):
    """How a figure compares with its own recalculation."""

    MATCH = "match"
    MISMATCH = "mismatch"
    EXPLAINED = "mismatch, explained by a source issue"
    NOT_CHECKABLE = "not checkable"


@dataclass(frozen=True)
class Recalculated:
    """One check: what was recalculated, what is printed, what comes out."""

    result: str
    what: str
    printed: str
    calculated: str
    outcome: Outcome


def recalculate(results: Sequence[Result], sums: Sequence[Sum]) -> Iterator[Recalculated]:
    """Every check that the figures allow, in the order of the results, then the sums."""
    for result in results:
        yield from _percentage(result)
        yield from _interval(result)
    by_id = {result.id: result for result in results}
    for total in sums:
        yield _sum(total, by_id)


def _verdict(fits: bool, issue: str) -> Outcome:
    if fits:
        return Outcome.MATCH
    return Outcome.EXPLAINED if issue else Outcome.MISMATCH


def _percentage(result: Result) -> Iterator[Recalculated]:
    if result.unit != "%" or result.value is None:
        return
    printed = f"{result.value:g}%"
    if result.n is None or not result.N:
        yield Recalculated(result.id, "percentage", printed, "", Outcome.NOT_CHECKABLE)
        return
    fits = percentage_fits(result.n, result.N, result.value)
    calculated = f"{result.n}/{result.N} = {100 * result.n / result.N:.2f}%"
    yield Recalculated(
        result.id, "percentage", printed, calculated, _verdict(fits, result.source_issue)
    )


def clopper_pearson(n: int, total: int, level: float = 0.95) -> tuple[float, float]:
    """Exact interval of a proportion in percent.

    >>> [round(bound) for bound in clopper_pearson(8, 38)]
    [10, 37]
    """
    from scipy.stats import binomtest

    interval = binomtest(n, total).proportion_ci(confidence_level=level, method="exact")
    return 100 * float(interval.low), 100 * float(interval.high)


def _interval(result: Result) -> Iterator[Recalculated]:
    if result.ci_low is None:
        return
    high = "not estimable" if result.ci_high is None else f"{result.ci_high:g}"
    printed = f"{result.ci_low:g} to {high}"
    exact = "clopper" in result.ci_method.casefold()
    if not (exact and result.n is not None and result.N and result.ci_high is not None):
        yield Recalculated(result.id, "interval", printed, "", Outcome.NOT_CHECKABLE)
        return
    low, top = clopper_pearson(result.n, result.N, (result.ci_level or 95) / 100)
    fits = _rounds_to(low, result.ci_low) and _rounds_to(top, result.ci_high)
    calculated = f"{low:.2f} to {top:.2f}"
    yield Recalculated(
        result.id, "interval", printed, calculated, _verdict(fits, result.source_issue)
    )


def _rounds_to(exact: float, printed: float) -> bool:
    """Whether a number printed with so many decimals may stand for the exact one."""
    decimals = len(format(printed, "g").partition(".")[2])
    return abs(exact - printed) <= 0.5 / float(10**decimals) + 1e-9


def _sum(total: Sum, results: Mapping[str, Result]) -> Recalculated:
    def number(ident: str) -> float | None:
        result = results.get(ident)
        if result is None:
            return None
        return result.n if result.n is not None else result.value

    parts = [number(part) for part in total.parts]
    whole = number(total.total)
    known = [part for part in parts if part is not None]
    if whole is None or len(known) < len(parts):
        return Recalculated(total.total, total.what, "", "", Outcome.NOT_CHECKABLE)
    calculated = " + ".join(f"{part:g}" for part in known) + f" = {sum(known):g}"
    outcome = Outcome.MATCH if sum(known) == whole else Outcome.MISMATCH
    return Recalculated(total.total, total.what, f"{whole:g}", calculated, outcome)
