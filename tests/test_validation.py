"""The signalling layer against combinations that sources report."""

from __future__ import annotations

import json

import pytest

from kras_graph.answers.validation import Validation, validate
from kras_graph.api import KnowledgeGraph
from tests.conftest import run


@pytest.fixture(scope="module")
def found(kg: KnowledgeGraph) -> Validation:
    return validate(kg.reasoner, kg.network)


def test_every_pair_is_told_with_its_verdict(kg: KnowledgeGraph, found: Validation) -> None:
    assert [v.pair.id for v in found.verdicts] == [p.id for p in kg.reasoner.mechanism.pairs]
    assert 0 < found.hits < len(found.verdicts)
    for verdict in found.verdicts:
        assert verdict.diagnosis


def test_a_pair_is_tested_without_the_statements_of_its_own_passages(
    kg: KnowledgeGraph, found: Validation
) -> None:
    evidence = kg.reasoner.anchors
    for verdict in found.verdicts:
        assert set(verdict.pair.statements) <= set(verdict.left_out)
        own = [a for s in verdict.pair.statements for a in evidence[s]]
        for ident, anchors in evidence.items():
            overlaps = any(
                a.publication == b.publication and a.start < b.end and b.start < a.end
                for a in anchors
                for b in own
            )
            assert overlaps <= (ident in verdict.left_out)


def test_an_assumption_from_work_that_reports_the_pair_is_left_out(found: Validation) -> None:
    verdict = {v.pair.id: v for v in found.verdicts}
    assert {"A02", "A08"} <= set(verdict["P01"].left_out)
    assert "A01" in verdict["P04"].left_out
    assert verdict["P01"].lost > 0


def test_leaving_passages_out_takes_their_clauses_away(kg: KnowledgeGraph) -> None:
    from kras_graph.network.activation import Context, Program

    whole = Program.of(kg.reasoner.mechanism, Context())
    fewer = Program.of(kg.reasoner.mechanism, Context(without=frozenset({"R647"})))
    lost = {r.target for r in whole.rules} - {r.target for r in fewer.rules}
    assert lost == {"ERK"}


def test_a_partner_outside_the_layer_counts_as_a_miss(found: Validation) -> None:
    silent = [v for v in found.verdicts if not v.predicted]
    assert {"CDK4-6_inhibitor", "immune_checkpoint_inhibitor"} <= {v.pair.partner for v in silent}
    assert not any(v.hit for v in silent)


def test_known_pairs(found: Validation) -> None:
    verdict = {v.pair.id: v for v in found.verdicts}
    assert verdict["P12"].hit  # an SHP2 inhibitor alone in KRAS-mutated tumours
    assert verdict["P24"].hit  # a site mutation
    # without the work that reports it, nothing says that EGFR matters in colorectal cancer
    assert not verdict["P01"].hit


def test_baselines_run_on_the_same_pairs(found: Validation) -> None:
    names = {b.name for b in found.baselines}
    assert names == {
        "always works",
        "together works, alone fails",
        "shortest signed path",
        "OR-only cut",
        "degree",
        "betweenness",
        "random",
        "rewired",
    }
    for baseline in found.baselines:
        assert baseline.pairs == len(found.verdicts)
        assert 0 <= baseline.alone <= baseline.hits <= baseline.pairs
    half = len(found.verdicts) / 2
    assert abs(next(b.hits for b in found.baselines if b.name == "random") - half) < 1


def test_pairs_are_no_part_of_the_rules(kg: KnowledgeGraph) -> None:
    """Taking every pair away changes no answer of the layer."""

    from kras_graph.answers.routes import Question, Reasoner

    bare = Reasoner(kg.reader, kg.reasoner.mechanism._replace(pairs=()))
    question = Question(kg.entity("sotorasib"))
    assert bare.routes(question).routes == kg.reasoner.routes(question).routes


def test_the_command_prints_hits_misses_and_reasons(found: Validation) -> None:
    record = json.loads(run("validate", "--format", "json"))
    assert record["hits"] == found.hits
    assert record["hits"] + record["misses"] == len(record["pairs"])
    text = run("validate")
    assert "NO" in text
    assert "AGREEMENT, BESIDE SIMPLER PREDICTORS" in text
