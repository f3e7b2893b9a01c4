"""Points against a path, and whether its steps agree in context.

The points order paths and are shown with every path; they measure nothing beyond that.

| part | points |
|---|---|
| length | 10 a step, structural steps too |
| evidence | a sourced step by the strongest setting of its statements: 0 trial, cohort or meta-analysis; 1 case report or animals; 2 cells; 3 computation, review or background; 4 discussion |
| sign | 3 a step whose effect is unknown or has no direction |
| context | 1 each for allele, disease and experiment where agreement is unknown, 4 where mixed |
| hubs | for each inner node 1 where 16 entities or more are joined with it, 2 from 32, 3 from 64 … |
| standing | 1000 a step that a source denies or doubts, so that none comes before a firm path |

That a path through a much-joined node says less is the idea of degree-weighted path counts
(Himmelstein and Baranzini 2015, doi:10.1371/journal.pcbi.1004259), here in whole numbers.
"""  # noqa: E501  a row of a table stands on one line

from __future__ import annotations

from collections.abc import Callable, Iterable

from kras_graph.model.terms import Setting, Sign
from kras_graph.network.records import Context, Path, Score, Step

LENGTH = 10
UNKNOWN_SIGN = 3
DOUBT = 1000
AGREEMENT = {"coherent": 0, "unknown": 1, "mixed": 4}
EVIDENCE = {
    Setting.CLINICAL_TRIAL: 0,
    Setting.COHORT: 0,
    Setting.META_ANALYSIS: 0,
    Setting.CASE_REPORT: 1,
    Setting.IN_VIVO: 1,
    Setting.IN_VITRO: 2,
    Setting.IN_SILICO: 3,
    Setting.REVIEW: 3,
    Setting.BACKGROUND: 3,
    Setting.DISCUSSION: 4,
}
# Reviews, introductions and discussions do not say by which experiment something is known.
EXPERIMENTS = {
    Setting.CLINICAL_TRIAL: "patients",
    Setting.COHORT: "patients",
    Setting.META_ANALYSIS: "patients",
    Setting.CASE_REPORT: "patients",
    Setting.IN_VIVO: "animals",
    Setting.IN_VITRO: "cells",
    Setting.IN_SILICO: "computation",
}
_Named = tuple[frozenset[str], frozenset[str]]


def step_points(step: Step) -> tuple[int, int, int, int]:
    """Length, evidence, sign and standing points of one step."""
    evidence = min((EVIDENCE[item.setting] for item in step.backing), default=0)
    vague = step.sign in (Sign.UNKNOWN, Sign.NEUTRAL)
    return (LENGTH, evidence, UNKNOWN_SIGN * vague, DOUBT * (not step.asserted))


def make_path(steps: tuple[Step, ...], sign: Sign, hub: Callable[[str], int]) -> Path:
    """A path with its score and context.

    Args:
        steps: its steps.
        sign: product of their signs.
        hub: points against passing a node.
    """
    nodes = (steps[0].source, *(step.target for step in steps))
    context = agreement(steps)
    sums = [sum(column) for column in zip(*(step_points(step) for step in steps), strict=True)]
    score = Score(
        length=sums[0],
        evidence=sums[1],
        sign=sums[2],
        context=sum(AGREEMENT[verdict] for verdict in context.verdicts),
        hubs=sum(hub(node) for node in nodes[1:-1]),
        standing=sums[3],
    )
    return Path(nodes, steps, sign, context.overall, context, score)


def place(path: Path) -> tuple[object, ...]:
    """What paths are sorted by: points, then number of steps, then names."""
    names = tuple(step.predicate for step in path.steps)
    return (path.score.total, len(path.steps), path.nodes, names)


def agreement(steps: Iterable[Step]) -> Context:
    """Whether the sourced steps agree in allele, disease and kind of experiment.

    Two steps agree where they name the same thing, or one a kind of what the other names.
    """
    sourced = [step for step in steps if step.statements]
    alleles, diseases, experiments = [], [], []
    for step in sourced:
        wider = _union(item.wider for item in step.backing)
        alleles.append((_union(item.alleles for item in step.backing), wider))
        diseases.append((_union(item.diseases for item in step.backing), wider))
        kinds = frozenset(EXPERIMENTS.get(item.setting, "") for item in step.backing) - {""}
        experiments.append((kinds, kinds))
    return Context(_verdict(alleles), _verdict(diseases), _verdict(experiments))


def _verdict(steps: list[_Named]) -> str:
    """Verdict on what each step names, given with all that this is a kind of.

    Mixed: two steps disagree. Coherent: every step names something and each two agree.
    """
    told = [step for step in steps if step[0]]
    if any(not _related(a, b) for place, a in enumerate(told) for b in told[place + 1 :]):
        return "mixed"
    return "coherent" if steps and len(told) == len(steps) else "unknown"


def _related(one: _Named, other: _Named) -> bool:
    return bool(one[0] & other[1] or other[0] & one[1])


def _union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*sets)
