"""What every benchmark shares: repeated timing, medians with spread, the machine's name card."""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version


@dataclass(frozen=True)
class Timing:
    """Median, lowest and highest of repeated runs, in milliseconds."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:.2f} ms ({self.low:.2f}-{self.high:.2f})"


def measure(call: Callable[[], object], runs: int, budget: float = 20.0) -> Timing:
    """Time of a call over so many runs; fewer when `budget` seconds are used up."""
    times: list[float] = []
    began = time.perf_counter()
    for _ in range(runs):
        start = time.perf_counter()
        call()
        times.append(1000 * (time.perf_counter() - start))
        if time.perf_counter() - began > budget:
            break
    return Timing(statistics.median(times), min(times), max(times))


def name_card(*packages: str) -> str:
    """Machine, Python and the versions of the packages, in one line."""
    parts = [f"{name} {version(name)}" for name in packages]
    return (
        f"{platform.machine()}, {_cores()} cores, Python {platform.python_version()}, "
        + ", ".join(parts)
    )


def _cores() -> int:
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
