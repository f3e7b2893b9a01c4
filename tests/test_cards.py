"""Cards: what a reader wants first, every statement once, nothing computed passed off as said."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from click.testing import CliRunner

from kras_graph import KnowledgeGraph
from kras_graph.answers.card import Card, card
from kras_graph.answers.modelled import modelled
from kras_graph.answers.topics import Topic
from kras_graph.cli.main import cli
from kras_graph.model.terms import Certainty, Polarity
from kras_graph.present.cards import entity_card


def shown(name: str) -> str:
    """The card as a user sees it, with line breaks and indents made single blanks."""
    result = CliRunner().invoke(cli, ["show", name])
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def section(name: str, title: str) -> str:
    """One section of a card."""
    output = CliRunner().invoke(cli, ["show", name]).output
    match = re.search(rf"^{re.escape(title.upper())}\n(.*?)(?:\n\n|\Z)", output, re.M | re.S)
    assert match, (name, title, output)
    return " ".join(match[1].split())


def topic_of(found: Card, ident: str) -> Topic:
    for topic, (_, group) in zip(found.topics, found.sections, strict=True):
        if ident in {finding.statement.id for finding in group}:
            return topic
    raise AssertionError(ident)


# a drug


def test_a_drugs_card_follows_the_questions_of_its_reader() -> None:
    text = shown("AMG510")
    titles = (
        "TARGETS", "NUCLEOTIDE STATE", "KIND AND PROPERTIES", "APPROVALS", "STAGE OF DEVELOPMENT",
        "RESULTS", "ADVERSE EVENTS AND TOLERANCE", "RESISTANCE", "COMBINATIONS", "TRIALS",
        "OPEN QUESTIONS AND FIGURES IN DOUBT", "DENIED, OR LOOKED FOR AND NOT FOUND",
    )  # fmt: skip
    places = [text.index(title) for title in titles]
    assert places == sorted(places)


def test_a_claim_of_several_papers_is_one_line_with_all_its_sources() -> None:
    targets = section("sotorasib", "Targets")
    assert targets.count("inhibits KRAS G12C") == 1
    line = targets.split("- inhibits KRAS G12C. ")[1].split(" - ")[0]
    for part in ("Manabe & Bivona 2022", "Wu et al. 2023", "Strickler et al. 2023",
                 "C105", "R114", "T039"):  # fmt: skip
        assert part in line


def test_the_nucleotide_state_in_which_a_drug_holds_its_target_is_told() -> None:
    assert "stabilises KRAS G12C, GDP-bound (inactive)" in section("sotorasib", "Nucleotide state")


def test_results_are_as_printed_with_counts_and_intervals_by_tumour() -> None:
    results = section("sotorasib", "Results")
    pancreas, rest = results.split("non-small cell lung cancer", 1)
    for part in (
        "objective response rate: 8 (21%; 95% CI, 10 - 37), 8/38",
        "assessed by blinded independent central review",
        "median progression-free survival: 4.0 months (95% CI, 2.8 - 5.6); at 6 months 31.6%",
        "median overall survival: 6.9 months (95% CI, 5.0 - 9.1)",
    ):
        assert part in pancreas, part
    assert pancreas.index("objective response rate") < pancreas.index("progression-free")
    assert "cites ref" in rest
    assert "single group" in shown("sotorasib")


def test_what_did_not_occur_stands_beside_what_did_and_is_marked() -> None:
    assert "NOT: complete response: No patients, 0/38" in section("sotorasib", "Results")
    harms = section("sotorasib", "Adverse events and tolerance")
    assert "abdominal pain: any grade, any cause: 14 (37%), 14/38" in harms
    assert "NOT: treatment-related death, denied" in harms


def test_resistance_of_a_class_is_not_passed_off_as_the_drugs_own() -> None:
    text = section("adagrasib", "Resistance")
    assert "adagrasib itself" not in text
    own, by_class = section("sotorasib", "Resistance").split("By class: KRAS G12C inhibitor")
    assert "YAP signalling activation (C090)" in own
    assert "MET amplification" not in own
    assert "MET amplification (R301!)" in by_class
    assert "(association), 1 patient" in own
    assert "under adagrasib and sotorasib" in by_class


def test_a_medicine_under_which_something_was_seen_is_always_named() -> None:
    text = CliRunner().invoke(cli, ["show", "adagrasib"]).output
    note = re.search(r"confers resistance (\[\w+\]): mutation preventing drug binding", text)
    assert note
    line = next(line for line in text.splitlines() if line.startswith(note[1]))
    assert "under adagrasib" in line


def test_what_was_left_open_names_what_answers_it() -> None:
    assert "open question (previously treated); stated elsewhere: T013" in section(
        "sotorasib", "Open questions and figures in doubt"
    )


# a trial, a gene, an allele, a tumour, a class, a mechanism


def test_a_trials_card_tells_design_cohorts_and_results() -> None:
    text = shown("NCT03600883")
    assert "Therapy measured: sotorasib" in text
    assert "Cohorts: CodeBreaK 100, KRAS G12C colorectal cancer cohort;" in text
    design = section("NCT03600883", "Design and end points")
    assert "single-group study (T007)" in design
    assert "NOT: has design, denied: prespecified benchmark for response (T063)" in design
    assert "primary end point of phase 2" in design
    assert "8 (21%; 95% CI, 10 - 37), 8/38" in section("NCT03600883", "Results")
    enrolled = section("NCT03600883", "Who was enrolled")
    pooled = enrolled.split("(phases 1 and 2 pooled)")[1]
    assert pooled.index("patients enrolled: 38") < pooled.index("median age: 65.5 years")


def test_a_genes_card_has_its_roles_forms_frequencies_and_drugs(kg: KnowledgeGraph) -> None:
    found = card(kg.reader, kg.entity("KRAS"))
    assert {"KRAS_G12C", "KRAS_GTP-bound", "KRAS_amplification"} <= {p.id for p in found.parts}
    assert "activates MAPK pathway" in section("KRAS", "What its forms and alterations do")
    assert "MRTX1133 inhibits KRAS G12D" in section("KRAS", "Drugs")
    assert "alteration frequency: > 90%" in section("KRAS", "How often, and where")
    for part in ("RMC-4630", "TNO155", "IACS-13909", "GRB2"):
        assert part in shown("SHP2"), part


def test_an_alleles_card_keeps_to_the_allele() -> None:
    text = shown("KRAS G12C")
    assert "adagrasib (C048 R147 R695)" in section("KRAS G12C", "Drugs")
    assert "MRTX1133" not in text
    assert "sotorasib is approved" in section("KRAS G12C", "Approvals in tumours that carry it")
    assert 'How tumours escape: kras-graph bypass "KRAS G12C inhibitor"' in text


def test_a_tumours_card_takes_in_what_was_measured_in_it() -> None:
    assert "KRAS mutation occurs in pancreatic cancer" in section(
        "pancreatic cancer", "Alterations found in it"
    )
    results = section("pancreatic cancer", "Results of therapies")
    assert "sotorasib - objective response rate: 8 (21%; 95% CI, 10 - 37)" in results
    assert "median overall survival: 6.2 months" in results
    assert "nausea" not in shown("pancreatic cancer")
    assert "left to the cards of therapies and trials" in shown("pancreatic cancer")


def test_a_classs_card_tells_its_members_and_what_they_act_on() -> None:
    assert "TNO155 (R435 R592)" in section("SHP2 inhibitor", "Members")
    assert "inhibits PTPN11: IACS-13909 (R554)" in section("SHP2 inhibitor", "Targets")
    model = section("SHP2 inhibitor", "In the curators' model, not a finding")
    assert "takes away the activity of PTPN11. B11" in model


def test_a_mechanisms_card_tells_reports_routes_and_counters() -> None:
    assert "R301!" in section("MET amplification", "Reports of resistance")
    routes = section("MET amplification", "Computed, not observed: routes")
    assert "Left open by KRAS G12C inhibitor" in routes
    assert "MET amplification > MET [assumed A09]" in routes
    counters = section(
        "MET amplification",
        "Computed, not observed: what lies on these routes and can be taken away",
    )
    assert "no sign that taking it away works" in counters
    assert "SHP2 inhibitor added to KRAS G12C inhibitor is reported to work" in counters
    assert "SHP2 inhibitor alone is reported to fail" in counters


def test_a_mechanism_without_a_rule_says_so() -> None:
    text = shown("YAP signalling activation")
    assert "none: no rule of the layer leads from it or to it" in text
    assert "none: no therapy of the graph is known to act on it" in text


def test_counters_lie_on_the_routes_and_are_not_the_drugs_own_target(kg: KnowledgeGraph) -> None:
    layer = modelled(kg.reasoner, kg.entity("MET amplification"))
    assert layer.routes
    assert layer.counters
    for counter in layer.counters:
        nodes = kg.reasoner.blocking.nodes_of(counter.target.id)
        nodes |= {f"{node}:present" for node in nodes}
        assert counter.cuts == sum(bool(route.nodes & nodes) for route in layer.routes)
        assert "sotorasib" not in {therapy.id for therapy in counter.therapies}


# all cards


@pytest.mark.parametrize(
    "name", ["sotorasib", "KRAS", "NCT03785249", "SOS1 inhibitor", "RAS", "lung cancer"]
)
def test_every_line_has_its_source_and_stands_once(kg: KnowledgeGraph, name: str) -> None:
    found = card(kg.reader, kg.entity(name))
    ids = [statement.id for statement in found.statements]
    assert ids
    assert len(ids) == len(set(ids))
    record = json.loads(CliRunner().invoke(cli, ["show", name, "--format", "json"]).output)
    assert [s["id"] for s in record["statements"]] == ids
    assert all(s["evidence"] and s["heading"] for s in record["statements"])


def test_every_entity_has_a_card_that_leaves_nothing_out(kg: KnowledgeGraph) -> None:
    for item in kg.reader.entities.values():
        found = entity_card(kg, item)
        about = {s.id for s in kg.reader.statements_about([item.id]) if not s.deprecated}
        on_card = {statement.id for statement in found.card.statements}
        if item.cls == "Disease":
            assert len(about - on_card) <= found.card.elsewhere, item.id
        else:
            assert about <= on_card, (item.id, about - on_card)
        text = str(found)
        missing = {ident for ident in on_card if not re.search(rf"\b{ident}\b", text)}
        assert not missing, (item.id, missing)


@pytest.mark.parametrize("name", ["sotorasib", "KRAS mutation", "SHP2", "NCT03600883", "NSCLC"])
def test_what_is_open_or_denied_is_never_told_as_a_fact(kg: KnowledgeGraph, name: str) -> None:
    found = entity_card(kg, kg.entity(name))
    for statement in found.card.statements:
        topic = topic_of(found.card, statement.id)
        assert (statement.certainty is Certainty.OPEN) == (topic is Topic.OPEN)
        if statement.polarity is Polarity.NEGATED and topic is not Topic.OPEN:
            lines = [
                line.plain
                for block in found.sheet.blocks
                for group in block.groups
                for line in group.lines
                if re.search(rf"\b{statement.id}\b", line.plain)
            ]
            assert lines
            assert all("NOT: " in line and "denied" in line for line in lines), statement.id


def test_computed_blocks_are_titled_as_computed(kg: KnowledgeGraph) -> None:
    blocks = entity_card(kg, kg.entity("EGFR reactivation")).sheet.blocks
    computed = [block for block in blocks if block.computed]
    assert len(computed) == 2
    assert all(block.title.startswith("Computed, not observed") for block in computed)


def test_the_flat_table_names_the_section_of_each_statement() -> None:
    output = CliRunner().invoke(cli, ["show", "KRAS G12C", "--format", "csv"]).output
    rows = list(csv.DictReader(io.StringIO(output)))
    assert {"Section", "Claim", "Standing", "Source", "ID"} <= set(rows[0])
    assert all(row["Section"] for row in rows)


def test_a_notebook_shows_escaped_html_with_the_same_lines(kg: KnowledgeGraph) -> None:
    found = kg.show("KRAS")
    page = found._repr_html_()
    assert "alteration frequency: &gt; 90%" in page
    assert "> 90%" not in page
    assert "&amp; Bivona" in page
    assert page.count("<li>") == sum(
        len(group.lines) for block in found.sheet.blocks for group in block.groups
    )


def test_two_cards_of_one_entity_are_the_same_to_the_byte() -> None:
    assert shown("NCT03600883") == shown("CodeBreaK 100")


def test_cards_say_what_they_are_for() -> None:
    for name in ("sotorasib", "MET amplification", "pancreatic cancer"):
        assert shown(name).endswith("For research, not for treatment decisions.")


def test_every_entity_is_used_or_explained(kg: KnowledgeGraph) -> None:
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
    mechanism = kg.reasoner.mechanism
    used |= {name for clause in mechanism.clauses for name in (clause.target, *clause.needs)}
    genes = {e.attributes.get("gene") for e in kg.reader.entities.values()}
    for item in kg.reader.entities.values():
        assert item.id in used | linked | genes or item.note, item.id
