"""Counts of patients: found again behind a printed percentage, compared exactly.

Everything here is calculated by the program; nothing is fitted and nothing is pooled.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from kras_graph.curation.rules import percentage_fits
from kras_graph.model.records import Result
from kras_graph.model.terms import Statistic

# Denominators tried when only a percentage and its interval are printed.
LARGEST = 5000


class Origin(StrEnum):
    """Where the counts of a figure come from."""

    PRINTED = "printed"
    RECONSTRUCTED = "reconstructed"


@dataclass(frozen=True)
class Counts:
    """n of N patients, where the two come from, and how they were found."""

    n: int
    N: int
    origin: Origin
    how: str = ""


@dataclass(frozen=True)
class ExactTest:
    """Two proportions by Fisher's exact test.

    Attributes:
        odds_ratio: cross product of the fourfold table; None where it is not finite.
        low: lower end of its exact 95% interval; None where it is not finite.
        high: upper end; None where it is infinite.
        p: two-sided p value.
    """

    odds_ratio: float | None
    low: float | None
    high: float | None
    p: float


def counts_behind(result: Result) -> Counts | None:
    """Counts of a proportion: as printed, or reconstructed where only one pair fits.

    Reconstructed counts are those that alone give the printed percentage, with the printed
    denominator or, without one, with the printed interval taken as exact (Clopper and
    Pearson). None where several pairs fit or the figure is no proportion of people.
    """
    if result.n is not None and result.N:
        return Counts(result.n, result.N, Origin(result.counts or Origin.PRINTED))
    proportion = result.statistic is Statistic.PERCENTAGE and result.unit == "%"
    if not proportion or result.value is None or bound(result):
        return None
    if result.N:
        fitting = [n for n in range(result.N + 1) if percentage_fits(n, result.N, result.value)]
        if len(fitting) != 1:
            return None
        how = "the only count that gives the printed percentage of the printed denominator"
        return Counts(fitting[0], result.N, Origin.RECONSTRUCTED, how)
    if result.n is not None or result.ci_low is None or result.ci_high is None:
        return None
    level = (result.ci_level or 95) / 100
    pairs = pairs_behind(result.value, result.ci_low, result.ci_high, level)
    if len(pairs) != 1:
        return None
    how = "the only counts whose percentage and exact interval round to those printed"
    return Counts(*pairs[0], Origin.RECONSTRUCTED, how)


def bound(result: Result) -> str:
    """`lower` or `upper` when the figure is printed as a bound only, else empty."""
    printed = result.printed.strip().casefold()
    if result.value is None and (result.range_low is None) != (result.range_high is None):
        return "lower" if result.range_high is None else "upper"
    if re.match(r"(>|≥|over|more than|at least)", printed) or "lower bound" in result.note:
        return "lower"
    return "upper" if re.match(r"(<|≤|less than|at most)", printed) else ""


def pairs_behind(
    percent: float, low: float, high: float, level: float = 0.95
) -> list[tuple[int, int]]:
    """Every (n, N) whose percentage and exact interval round to the figures given.

    All in percent, each with the decimals of the most precise of the three. Empty too when
    denominators above `LARGEST` might still fit, because then no pair is known to be alone.
    The interval is that of Clopper and Pearson (Biometrika 1934; 26:404-413).

    >>> pairs_behind(37.1, 28.6, 46.2)
    [(46, 124)]
    """
    import numpy as np
    from scipy.stats import beta

    decimals = max(len(format(x, "g").partition(".")[2]) for x in (percent, low, high))
    half = 0.5 / 10**decimals + 1e-9
    totals = np.arange(1, LARGEST + 1)
    found: list[tuple[int, int]] = []
    # n/N lies within half a unit of the percentage: at these denominators few n can
    spread = math.ceil(LARGEST * half / 100) + 1
    nearest = np.rint(totals * percent / 100).astype(int)
    for shift in range(-spread, spread + 1):
        n = nearest + shift
        keep = (n >= 0) & (n <= totals) & (np.abs(100 * n / totals - percent) <= half)
        n, total = n[keep], totals[keep]
        tail = (1 - level) / 2
        first = np.where(n > 0, beta.ppf(tail, n, total - n + 1), 0.0)
        last = np.where(n < total, beta.ppf(1 - tail, n + 1, total - n), 1.0)
        fits = (np.abs(100 * first - low) <= half) & (np.abs(100 * last - high) <= half)
        found += zip(n[fits].tolist(), total[fits].tolist(), strict=True)
    if any(total > 0.9 * LARGEST for _, total in found):
        return []
    return sorted(found, key=lambda pair: (pair[1], pair[0]))


def exact_test(first: Counts, second: Counts) -> ExactTest:
    """Fisher's exact test of two proportions, two-sided.

    The p value is that of scipy's `fisher_exact`: tables no likelier than the one seen
    (R. A. Fisher, J R Stat Soc 1922; 85:87-94). The interval of the odds ratio is exact too,
    conditional on the margins, as scipy's `contingency.odds_ratio` gives it.
    """
    from scipy.stats import fisher_exact
    from scipy.stats.contingency import odds_ratio

    table = [[first.n, first.N - first.n], [second.n, second.N - second.n]]
    p = float(fisher_exact(table).pvalue)
    crossed = table[0][1] * table[1][0]
    ratio = table[0][0] * table[1][1] / crossed if crossed else None
    if not (first.n + second.n) or not (table[0][1] + table[1][1]):
        return ExactTest(None, None, None, p)
    interval = odds_ratio(table).confidence_interval(0.95)
    return ExactTest(ratio, _finite(interval.low), _finite(interval.high), p)


def _finite(number: float) -> float | None:
    return float(number) if math.isfinite(number) else None


def holm(p_values: Sequence[float]) -> list[float]:
    """P values adjusted for the number of tests, in the order given.

    S. Holm, A simple sequentially rejective multiple test procedure, Scand J Stat 1979;
    6:65-70.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = highest
    return adjusted
