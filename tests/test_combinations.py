"""Further targets that would close every route, and what sources say of them."""

from __future__ import annotations

import json
from itertools import combinations as choose

from kras_graph.answers.combination import CombinationAnswer, Partners
from kras_graph.answers.routes import Question
from kras_graph.api import KnowledgeGraph
from kras_graph.network.cuts import closing_sets, hitting_sets, in_force
from kras_graph.network.derivation import minimal_sets
from tests.conftest import run

UPSTREAM = {"PTPN11", "SOS1", "EGFR"}


def singles(answer: CombinationAnswer) -> set[str]:
    return {s.targets[0] for s in answer.sets if len(s.targets) == 1}


def test_shp2_and_sos1_are_found_and_are_not_common_downstream_cuts(kg: KnowledgeGraph) -> None:
    answer = kg.combine("sotorasib", disease="lung cancer")
    found = {s.targets[0]: s for s in answer.sets if len(s.targets) == 1}
    for target in ("PTPN11", "SOS1"):
        assert not found[target].common_downstream
        assert found[target].closes[target] == ("route:sotorasib:receptor_tyrosine_kinase:ERK",)
    assert "TNO155" in found["PTPN11"].drugs["PTPN11"]


def test_egfr_blockade_helps_in_colorectal_cancer_and_not_in_lung(kg: KnowledgeGraph) -> None:
    assert "EGFR" in singles(kg.combine("sotorasib", disease="colorectal cancer"))
    assert "EGFR" not in singles(kg.combine("sotorasib", disease="lung cancer"))
    assert "EGFR" not in singles(kg.combine("sotorasib"))


def test_several_drivers_at_once_defeat_every_single_upstream_partner(kg: KnowledgeGraph) -> None:
    lesions = ["MET amplification", "NRAS mutation"]
    answer = kg.combine("sotorasib", disease="lung cancer", alterations=lesions)
    assert len(answer.routes) == 3
    assert not UPSTREAM & singles(answer)
    answer = kg.combine("sotorasib", alterations=[*lesions, "BRAF mutation"])
    assert not (UPSTREAM | {"RAS"}) & singles(answer)


def test_common_downstream_cuts_stand_apart_and_last(kg: KnowledgeGraph) -> None:
    answer = kg.combine("sotorasib")
    common = [s.common_downstream for s in answer.sets]
    assert common == sorted(common)
    assert {s.targets[0] for s in answer.sets if s.common_downstream} == {"MEK", "ERK"}


def test_mek_blockade_leaves_akt_on_and_says_so(kg: KnowledgeGraph) -> None:
    answer = kg.combine("sotorasib", disease="lung cancer")
    mek = next(s for s in answer.sets if s.targets == ("MEK",))
    assert mek.leaves_open == ("AKT",)


def test_two_outputs_need_two_branches_closed(kg: KnowledgeGraph) -> None:
    answer = kg.combine("sotorasib", disease="lung cancer", outputs=["ERK", "AKT"])
    assert ("PI3K", "PTPN11") in {s.targets for s in answer.sets}
    assert not singles(answer)


def test_a_site_mutation_asks_for_a_drug_on_the_active_form_or_below(kg: KnowledgeGraph) -> None:
    answer = kg.combine(
        "sotorasib", disease="lung cancer", alterations=["mutation preventing drug binding"]
    )
    assert ("KRAS_G12C_GTP-bound", "PTPN11") in {s.targets for s in answer.sets}
    assert not UPSTREAM & singles(answer)


def test_single_lesions_that_reopen_are_named(kg: KnowledgeGraph) -> None:
    answer = kg.combine("sotorasib", disease="lung cancer")
    shp2 = next(s for s in answer.sets if s.targets == ("PTPN11",))
    assert {"BRAF_mutation", "NRAS_mutation", "KRAS_G12D"} <= set(shp2.reopened_by)
    assert "MET_amplification" not in shp2.reopened_by
    ras = next(s for s in answer.sets if s.targets == ("RAS",))
    assert ras.reopened_by == ("BRAF_mutation",)


def test_the_trial_of_adagrasib_with_cetuximab_is_told_with_its_comparison_arm(
    kg: KnowledgeGraph,
) -> None:
    answer = kg.combine("adagrasib", disease="colorectal cancer")
    egfr = answer.sets[0]
    assert egfr.targets == ("EGFR",)
    printed = {r.printed for tried in (*egfr.support, *egfr.arms) for r in tried.results}
    assert {"46%", "19%"} <= printed
    arms = {tried.statement.id for tried in egfr.arms}
    assert "R448" in arms
    assert "R448" not in {tried.statement.id for tried in egfr.support}
    assert "R442" in {tried.statement.id for tried in egfr.tolerance}


def test_evidence_against_is_told_beside_evidence_for(kg: KnowledgeGraph) -> None:
    answer = kg.combine("sotorasib")
    shp2 = next(s for s in answer.sets if s.targets == ("PTPN11",))
    relations = {t.statement.id: t.relation for t in shp2.support}
    assert relations == {"R703": "pair by class", "R540": "loss of the target"}
    assert "R564" in {t.statement.id for t in shp2.against}
    # naming the tumour does not hide what is said of KRAS-mutated tumours in general
    lung = kg.combine("sotorasib", disease="NSCLC")
    shp2 = next(s for s in lung.sets if s.targets == ("PTPN11",))
    assert "R564" in {t.statement.id for t in shp2.against}


def test_evidence_from_another_tumour_is_not_shown_for_this_one(kg: KnowledgeGraph) -> None:
    answer = kg.combine("KRAS G12C inhibitor", disease="colorectal cancer")
    egfr = next(s for s in answer.sets if s.targets == ("EGFR",))
    assert "T166" not in {t.statement.id for t in (*egfr.support, *egfr.unclear)}


def test_a_drug_that_closes_alone_has_nothing_to_combine(kg: KnowledgeGraph) -> None:
    answer = kg.combine("MEK inhibitor", alterations=["KRAS G12C"])
    assert answer.drug_alone_closes
    assert answer.sets == ()


def test_robust_partners_are_counted_over_tumours_and_lesions(kg: KnowledgeGraph) -> None:
    answer = kg.combine("sotorasib")
    counts = {r.target: r for r in answer.robust}
    assert counts["MEK"].closes_in == counts["MEK"].contexts
    assert counts["PTPN11"].closes_in > counts["EGFR"].closes_in > 0
    assert any("BRAF mutation" in where for where in counts["PTPN11"].fails_with)


def test_both_solvers_agree_in_every_context(kg: KnowledgeGraph) -> None:
    """Every therapy with a target × tumour type × no, one or two lesions × knowledge let in."""
    reasoner = kg.reasoner
    tried = 0
    for drug in ("sotorasib", "MRTX1133", "cetuximab", "SHP2_inhibitor", "MEK_inhibitor",
                 "RRSP-DTB", "adagrasib__cetuximab"):  # fmt: skip
        for disease in (None, "non-small_cell_lung_cancer", "colorectal_cancer"):
            for documents_only, suggested in ((False, False), (True, True)):
                question = Question(
                    kg.reader.entities[drug],
                    kg.reader.entities[disease] if disease else None,
                    outputs=("ERK", "AKT"),
                    documents_only=documents_only,
                    suggested=suggested,
                )
                at = reasoner.setting(question)
                partners = Partners.of(at)
                pairs = [*choose(at.known_lesions, 2)][::7]
                for lesions in [(), *((name,) for name in at.known_lesions), *pairs]:
                    given = at.given | set(lesions)
                    targets = in_force(partners.nodes, partners.voids, given)
                    for outputs in (("ERK",), ("ERK", "AKT")):
                        sets, complete = minimal_sets(at.program, given, outputs, at.blocks)
                        assert complete
                        found = [nodes for output in outputs for nodes in sets[output]]
                        assert hitting_sets(found, targets) == closing_sets(
                            at.program, given, at.blocks, targets, outputs
                        ), (drug, disease, lesions, outputs)
                        tried += 1
    assert tried > 1_000


def test_the_contract(kg: KnowledgeGraph) -> None:
    record = json.loads(
        run("combine", "adagrasib", "--disease", "colorectal cancer", "--format", "json")
    )
    assert {"drug", "context", "outputs", "routes", "sets", "limits", "complete"} <= record.keys()
    assert record["outputs"] == ["ERK"]
    ids = {route["id"] for route in record["routes"]}
    for chosen in record["sets"]:
        assert {"targets", "closes", "common_downstream", "drugs", "trials", "for", "against",
                "reopened_by", "stability"} <= chosen.keys()  # fmt: skip
        assert set(chosen["closes"]) <= ids
        assert all({"id", "label"} <= target.keys() for target in chosen["targets"])
        assert 0 <= chosen["stability"] <= 1
    egfr = record["sets"][0]
    figures = {(r["arm"], r["endpoint"]): r["printed"] for r in egfr["results"]}
    assert figures["adagrasib__cetuximab", "response_rate"] == "46%"
    assert figures["adagrasib", "response_rate"] == "19%"


def test_the_text_claims_no_more_than_a_closed_route() -> None:
    text = run("combine", "sotorasib")
    assert "WOULD CLOSE EVERY ROUTE IN THIS GRAPH, IN THIS CONTEXT" in text
    assert "COMMON DOWNSTREAM" in text
    assert "no dose, no time, no clonality" in text
    assert "For research, not for treatment decisions." in text
    assert "Assumed, A01" in text


def test_the_flat_table_has_a_row_a_set() -> None:
    lines = run("combine", "sotorasib", "--format", "csv").splitlines()
    assert lines[0].startswith("targets,common_downstream,closes")
    assert lines[1].startswith("PTPN11,no,")


def test_resampling_gives_the_same_figures_twice() -> None:
    arguments = ("combine", "sotorasib", "--format", "json", "--resamples", "200")
    assert run(*arguments) == run(*arguments)


def test_a_partner_whose_block_is_voided_closes_nothing(kg: KnowledgeGraph) -> None:
    site = "mutation preventing drug binding"
    answer = kg.combine("TNO155", alterations=["KRAS G12C"])
    assert "KRAS_G12C" in singles(answer)
    g12c = next(s for s in answer.sets if s.targets == ("KRAS_G12C",))
    assert {"drug-binding_site_mutation", "KRAS_G12C_amplification"} <= set(g12c.reopened_by)
    voided = kg.combine("cetuximab", disease="CRC", alterations=["KRAS G12C", site])
    assert not any("KRAS_G12C" in s.targets for s in voided.sets)


def test_what_combine_calls_closed_bypass_calls_closed_too(kg: KnowledgeGraph) -> None:
    """A drug of the target given alone in the same tumour, beside the drug's own effect."""
    for disease in (None, "colorectal cancer", "lung cancer"):
        for lesions in ([], ["MET amplification"], ["KRAS amplification"]):
            answer = kg.combine("sotorasib", disease=disease, alterations=lesions)
            for chosen in answer.sets:
                for name in chosen.targets:
                    assert not set(chosen.reopened_by) & answer.setting.given
                    assert kg.reasoner.blocking.voids_of(name).isdisjoint(answer.setting.given)


def test_evidence_on_partners_that_close_nothing_is_told_apart(kg: KnowledgeGraph) -> None:
    answer = kg.combine("sotorasib")
    others = {tried.statement.id for tried in answer.others}
    assert {"R388", "R702", "T160"} <= others
    assert "SAID OF OTHER PARTNERS" in run("combine", "sotorasib")


def test_reports_against_the_partner_alone_are_counted_not_listed(kg: KnowledgeGraph) -> None:
    answer = kg.combine("TNO155", alterations=["KRAS G12C"])
    g12c = next(s for s in answer.sets if s.targets == ("KRAS_G12C",))
    assert g12c.partner_reports > 20
    assert len(g12c.against) < 5


def test_a_suggested_pairing_in_a_trial_keeps_its_standing(kg: KnowledgeGraph) -> None:
    answer = kg.combine("BI-1701963", alterations=["KRAS mutation"], outputs=["ERK"])
    trials = {t.statement.id: t for s in answer.sets for t in s.trials}
    assert str(trials["R524"].statement.certainty) == "suggested"
    title = kg.combine("adagrasib")
    told = {t.relation for s in title.sets for t in s.trials if t.statement.id == "R603"}
    assert told == {"pair, by the trial's title"}


def test_closing_sets_name_the_readings_they_lean_on(kg: KnowledgeGraph) -> None:
    answer = kg.combine("sotorasib", disease="CRC")
    leans = {s.targets: {a.id for a in s.leans_on} for s in answer.sets}
    assert "A11" in leans["SOS1",]
    assert "A08" in leans["EGFR",]


def test_added_steps_threaten_some_sets_more_than_others(kg: KnowledgeGraph) -> None:
    answer = kg.combine("sotorasib", disease="CRC")
    robust = {s.targets: s.robustness for s in answer.sets}
    assert (robust["MEK",] or 0) > (robust["EGFR",] or 0)
    bare = kg.combine("sotorasib", resamples=0)
    assert {s.stability for s in bare.sets} == {None}


def test_targets_with_the_same_nodes_are_one(kg: KnowledgeGraph) -> None:
    answer = kg.combine("sotorasib", disease="CRC")
    egfr = next(s for s in answer.sets if s.targets == ("EGFR",))
    assert {"cetuximab", "afatinib"} <= set(egfr.drugs["EGFR"])


def test_size_limits_the_sets(kg: KnowledgeGraph) -> None:
    answer = kg.combine("sotorasib", disease="lung cancer", outputs=["ERK", "AKT"], size=1)
    assert answer.sets == ()
