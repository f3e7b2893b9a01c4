from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from kras_graph import KnowledgeGraph
from kras_graph.answers.card import DOUBTS, card
from kras_graph.cli.main import cli
from kras_graph.model.terms import Certainty, Polarity


def shown(name: str) -> str:
    result = CliRunner().invoke(cli, ["show", name])
    assert result.exit_code == 0
    return " ".join(result.output.split())


def test_a_drugs_card_tells_what_a_clinician_asks_first() -> None:
    text = shown("AMG510")
    for part in (
        "sotorasib inhibits KRAS G12C",
        "irreversible binding",
        "approved for KRAS G12C-mutated NSCLC",
        "8/38",
        "4.0 months",
        "6.9 months",
        "abdominal pain",
        "MET amplification",
        "NCT03600883",
        "PD-1 inhibitor + sotorasib",
        "denied",
    ):
        assert part in text, part


def test_a_trials_card_takes_in_its_cohorts() -> None:
    text = shown("NCT03600883")
    assert "8/38" in text
    assert "pancreatic" in text


def test_a_genes_card_names_the_drugs_that_act_on_it() -> None:
    text = shown("SHP2")
    for part in ("RMC-4630", "TNO155", "IACS-13909", "GRB2"):
        assert part in text, part


def test_an_alleles_card_keeps_to_the_allele() -> None:
    text = shown("KRAS G12C")
    assert "adagrasib inhibits KRAS G12C" in text
    assert "MRTX1133 inhibits" not in text


@pytest.mark.parametrize("name", ["sotorasib", "KRAS", "NCT03785249", "SOS1 inhibitor", "RAS"])
def test_every_line_has_its_source_and_stands_once(kg: KnowledgeGraph, name: str) -> None:
    found = card(kg.reader, kg.entity(name))
    ids = [finding.statement.id for _, group in found.sections for finding in group]
    assert ids
    assert len(ids) == len(set(ids))
    record = json.loads(CliRunner().invoke(cli, ["show", name, "--format", "json"]).output)
    assert [s["id"] for s in record["statements"]] == ids
    assert all(s["evidence"] and s["heading"] for s in record["statements"])


def test_denied_and_open_findings_stand_apart(kg: KnowledgeGraph) -> None:
    for name in ("sotorasib", "KRAS mutation", "SHP2"):
        for title, group in card(kg.reader, kg.entity(name)).sections:
            for finding in group:
                doubted = (
                    finding.statement.polarity is Polarity.NEGATED
                    or finding.statement.certainty is Certainty.OPEN
                )
                assert doubted == (title == DOUBTS)


def test_every_entity_has_a_card_or_a_reason(kg: KnowledgeGraph) -> None:
    linked = {p for e in kg.reader.entities.values() for p in e.parents}
    linked |= {
        part
        for e in kg.reader.entities.values()
        for part in e.attributes.get("components", "").split("|")
    }
    used = {
        ref
        for s in kg.statements()
        for ref in (s.subject, s.object, *s.disease, *s.trial, *s.under, *s.alteration, *s.model)
    }
    used |= {
        ref
        for group in kg.results(kg.statements()).values()
        for r in group
        for ref in (r.endpoint, r.arm, r.comparator, r.disease, r.trial)
    }
    genes = {e.attributes.get("gene") for e in kg.reader.entities.values()}
    for item in kg.reader.entities.values():
        assert item.id in used | linked | genes or item.note, item.id
