"""Routes that a drug leaves open, computed over the shipped signalling layer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kras_graph.answers.routes import MOST_ROUTES, RoutesAnswer
from kras_graph.api import KnowledgeGraph
from kras_graph.model.errors import UnknownNameError
from kras_graph.network.derivation import Route, RouteClass
from tests.conftest import TOY, run


def computed(kg: KnowledgeGraph, drug: str, **options: Any) -> RoutesAnswer:
    answer = kg.bypass(drug, **options).computed
    assert answer is not None
    return answer


def starts(answer: RoutesAnswer, cls: RouteClass, output: str = "ERK") -> set[str]:
    return {
        "+".join(route.sources)
        for route in answer.routes
        if route.cls is cls and route.output == output
    }


def claim(answer: RoutesAnswer, output: str = "ERK") -> str:
    return str({state.output: state.claim for state in answer.states}[output])


def is_open(answer: RoutesAnswer, output: str = "ERK") -> bool:
    return {state.output: state.open for state in answer.states}[output]


def test_sotorasib_leaves_routes_of_every_class(kg: KnowledgeGraph) -> None:
    answer = computed(kg, "sotorasib")
    assert answer.drivers == ("KRAS_G12C",)
    assert {"KRAS_G12D", "KRAS_G12C+drug-binding_site_mutation"} <= starts(
        answer, RouteClass.ON_TARGET
    )
    assert starts(answer, RouteClass.ADAPTIVE) == {"EGFR", "receptor_tyrosine_kinase"}
    assert {"MET_amplification", "NRAS_mutation", "ALK_fusion", "RET_fusion"} <= starts(
        answer, RouteClass.ACQUIRED
    )
    assert starts(answer, RouteClass.DOWNSTREAM) == {"BRAF_mutation"}
    assert "PTEN_loss-of-function_mutation" in starts(answer, RouteClass.PARALLEL, "AKT")


def test_full_exchange_needs_shp2_grb2_and_sos1_together(kg: KnowledgeGraph) -> None:
    """A plain graph takes the three for alternatives; here each is needed."""
    answer = computed(kg, "sotorasib")
    for route in answer.routes:
        if "GDP-GTP_exchange" in route.nodes:
            assert {"PTPN11:present", "GRB2:present", "SOS1:present"} <= route.nodes


def test_every_step_of_a_route_names_what_it_rests_on(kg: KnowledgeGraph) -> None:
    statements = {statement.id: statement for statement in kg.statements()}
    for route in computed(kg, "sotorasib").routes:
        for step in route.tree.steps():
            rule = step.rule
            assert rule is not None
            assert rule.basis == "definition" or rule.statements or rule.assumptions
            if rule.basis == "stated":
                assert any(statements[s].is_edge for s in rule.statements)


def test_without_assumptions_no_receptor_is_active_by_itself(kg: KnowledgeGraph) -> None:
    answer = computed(kg, "sotorasib", documents_only=True)
    assert not starts(answer, RouteClass.ADAPTIVE)
    assert not any(route.assumptions for route in answer.routes)
    assert not is_open(answer)
    assert "NRAS_mutation" in starts(answer, RouteClass.ACQUIRED)
    # that amplification switches a receptor on is an assumption, too
    assert "MET_amplification" not in starts(answer, RouteClass.ACQUIRED)


def test_suggestions_are_left_out_unless_asked_for(kg: KnowledgeGraph) -> None:
    options = {"disease": "colorectal cancer", "documents_only": True}
    assert not is_open(computed(kg, "sotorasib", **options))
    assert is_open(computed(kg, "sotorasib", suggested=True, **options))


def test_receptor_routes_differ_between_tumours(kg: KnowledgeGraph) -> None:
    colorectal = computed(kg, "sotorasib", disease="colorectal cancer")
    assert starts(colorectal, RouteClass.ADAPTIVE) == {"EGFR"}
    lung = computed(kg, "sotorasib", disease="NSCLC")
    assert starts(lung, RouteClass.ADAPTIVE) == {"receptor_tyrosine_kinase"}


def test_an_open_question_of_the_source_is_told_on_its_route(kg: KnowledgeGraph) -> None:
    record = json.loads(run("bypass", "sotorasib", "--disease", "pancreatic cancer",
                            "--format", "json"))  # fmt: skip
    receptor = next(r for r in record["computed"] if r["class"] == "adaptive")
    assert "T161" in receptor["questioned_by"]
    assert "T161" not in receptor["reported_by"]


def test_feedback_is_noted_on_a_route_and_creates_none(kg: KnowledgeGraph) -> None:
    answer = computed(kg, "sotorasib", disease="lung cancer")
    noted = [route for route in answer.routes if route.feedback]
    assert noted
    for route in noted:
        assert all(item.restrains in route.nodes for item in route.feedback)
    assert not any(route.feedback for route in answer.routes if "BRAF" in route.nodes)


SITE = "mutation preventing drug binding"


def test_a_drug_site_mutation_voids_the_drug(kg: KnowledgeGraph) -> None:
    alone = computed(kg, "sotorasib", documents_only=True)
    assert not is_open(alone)
    with_site = computed(kg, "sotorasib", documents_only=True, alterations=[SITE])
    assert is_open(with_site)
    (route,) = [r for r in with_site.routes if r.output == "ERK"]
    assert route.cls is RouteClass.ON_TARGET
    assert any(step.voids == ("drug-binding_site_mutation",) for step in route.tree.steps())


@pytest.mark.parametrize(
    ("drug", "lesions"),
    [("MRTX1133", []), ("cetuximab", []), ("BI-3011441", ["BRAF mutation"]), ("TNO155", [])],
)
def test_a_site_mutation_voids_any_drug_that_is_asked_about(
    kg: KnowledgeGraph, drug: str, lesions: list[str]
) -> None:
    options = {"disease": "colorectal cancer"}
    assert is_open(computed(kg, drug, alterations=[*lesions, SITE], **options))


def test_the_driver_in_a_tumours_name_is_taken_as_given(kg: KnowledgeGraph) -> None:
    answer = computed(kg, "TNO155", disease="KRAS G12C-mutated NSCLC")
    assert answer.setting.implied == ("KRAS_G12C",)
    assert is_open(answer)
    wider = computed(kg, "SHP2 inhibitor", disease="KRAS-mutated cancer")
    assert is_open(wider)


@pytest.mark.parametrize(
    ("drug", "options"),
    [
        ("MRTX1133", {"disease": "KRAS G12C-mutated NSCLC"}),
        ("sotorasib", {"disease": "KRAS G12D-mutated tumour"}),
        ("sotorasib", {"alterations": ["KRAS wild type"]}),
    ],
)
def test_a_drug_for_another_allele_is_told_and_its_allele_not_assumed(
    kg: KnowledgeGraph, drug: str, options: dict[str, Any]
) -> None:
    answer = computed(kg, drug, **options)
    assert answer.setting.misfit
    assert answer.drivers == ()


@pytest.mark.parametrize(
    ("asked", "taken"),
    [("EML4-ALK fusion", "ALK_fusion"), ("NRAS Q61R", "NRAS_mutation")],
)
def test_a_lesion_without_a_clause_is_taken_as_the_nearest_wider_one(
    kg: KnowledgeGraph, asked: str, taken: str
) -> None:
    answer = computed(kg, "adagrasib + cetuximab", disease="CRC", alterations=[asked])
    assert [(item.label, wider) for item, wider in answer.setting.taken_as] == [(asked, taken)]
    assert is_open(answer)


def test_every_gain_lesion_of_a_modelled_gene_is_known_to_the_layer(kg: KnowledgeGraph) -> None:
    """Nothing that switches on a gene of the layer may be called closed for want of a clause."""
    from kras_graph.answers.setting import Question, Setting

    entities = kg.reader.entities
    drug = entities["SHP2_inhibitor"]
    for item in entities.values():
        if item.cls in ("Alteration", "ProteinVariant") and item.attributes.get("effect") == "gain":
            question = Question(drug, alterations=(item,))
            at = Setting.of(kg.reasoner.mechanism, kg.reasoner.blocking, question)
            gene = kg.reasoner.blocking.gene_of(item.id)
            if gene in ("KRAS", "NRAS", "HRAS", "BRAF", "MET", "ALK", "RET", "EGFR"):
                assert at.given_lesions or at.in_driver, item.id


def test_a_lesion_that_the_driver_is_a_kind_of_is_not_added(kg: KnowledgeGraph) -> None:
    answer = computed(kg, "sotorasib", alterations=["KRAS mutation"])
    assert [item.id for item in answer.setting.in_driver] == ["KRAS_mutation"]
    assert not any("KRAS_mutation" in route.alterations for route in answer.routes)


def test_without_assumptions_nothing_is_called_closed(kg: KnowledgeGraph) -> None:
    answer = computed(kg, "sotorasib", documents_only=True)
    assert claim(answer) == "not-derivable"
    assert any("nothing is called closed" in limit for limit in answer.limits)


def test_an_output_without_a_clause_is_not_modelled(kg: KnowledgeGraph) -> None:
    answer = computed(kg, "sotorasib")
    assert claim(answer, "YAP_signalling_activation") == "not-modelled"
    assert kg.combine("sotorasib", outputs=["YAP signalling activation"]).drug_alone_closes is None


def test_a_closure_names_the_assumption_that_switches_receptors_off(kg: KnowledgeGraph) -> None:
    answer = computed(kg, "adagrasib + cetuximab", disease="colorectal cancer")
    assert claim(answer) == "closed"
    assert answer.setting.switched_off == ("A08",)
    assert "A08" in {item.id for item in answer.caveats}
    text = run("bypass", "adagrasib + cetuximab", "--disease", "CRC", "--format", "table")
    assert "closed, if A08 holds" in " ".join(text.split())


def test_a_closure_says_what_it_does_not_count(kg: KnowledgeGraph) -> None:
    text = run("bypass", "MEK inhibitor", "--with", "TP53 mutation")
    assert "NOT counting TP53 mutation" in " ".join(text.split())
    answer = computed(kg, "MEK inhibitor", alterations=["TP53 mutation"])
    assert not answer.hypothetical
    assert answer.lesions == ()


def test_a_raf_inhibitor_does_not_close_what_active_ras_drives(kg: KnowledgeGraph) -> None:
    assert is_open(computed(kg, "RAF inhibitor", alterations=["KRAS mutation"]))
    assert computed(kg, "RAF inhibitor").targets == ("BRAF",)
    assert not any("RAF" in s.targets for s in kg.combine("sotorasib").sets)


def test_a_regimen_with_a_part_unknown_to_the_layer_says_so(kg: KnowledgeGraph) -> None:
    answer = computed(kg, "adagrasib + CDK4/6 inhibitor")
    assert answer.setting.untargeted == ("CDK4-6_inhibitor",)
    assert "computed without it" in run("bypass", "adagrasib + CDK4/6 inhibitor")
    # trametinib has a target by a cited assumption
    assert set(computed(kg, "BI-1701963 + trametinib").targets) == {"SOS1", "MEK"}


def test_a_broader_tumour_has_no_fewer_routes_than_its_kinds(kg: KnowledgeGraph) -> None:
    kinds = {r.id for r in computed(kg, "sotorasib", disease="CRC").routes if not r.alterations}
    broad = {r.id for r in computed(kg, "sotorasib", disease="cancer").routes if not r.alterations}
    assert kinds <= broad


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({"disease": "sotorasib"}, "tumour type"),
        ({"alterations": ["adagrasib"]}, "alteration"),
        ({"alterations": ["NF1"]}, "alteration"),
    ],
)
def test_parts_of_the_wrong_kind_are_refused(
    kg: KnowledgeGraph, options: dict[str, Any], kind: str
) -> None:
    with pytest.raises(UnknownNameError, match=kind):
        computed(kg, "sotorasib", **options)


def test_reports_from_another_tumour_are_not_joined_to_a_route(kg: KnowledgeGraph) -> None:
    record = json.loads(run("bypass", "sotorasib", "--format", "json"))
    adaptive = {
        r["sources"][0]["id"]: r
        for r in record["computed"]
        if r["class"] == "adaptive" and r["output"] == "ERK"
    }
    # colorectal reports belong to the colorectal route, the pancreatic question to neither
    assert {"T156", "T157"} <= set(adaptive["EGFR"]["reported_by"])
    assert not {"T155", "T156"} & set(adaptive["receptor_tyrosine_kinase"]["reported_by"])
    assert "T161" not in adaptive["EGFR"]["questioned_by"]


def test_a_denied_mechanism_is_told_on_its_routes_as_denied(kg: KnowledgeGraph) -> None:
    record = json.loads(run("bypass", "sotorasib", "--format", "json"))
    route = next(r for r in record["computed"] if r["id"] == "route:sotorasib:BRAF_mutation:ERK")
    assert "C085" in route["denied_by"]
    assert "C085" not in route["reported_by"]


def test_a_clause_falls_with_its_statements_in_another_dataset(kg: KnowledgeGraph) -> None:
    """Where no statement of a stated clause stands, the clause does not."""
    from kras_graph.answers.routes import Reasoner

    toy = KnowledgeGraph.load(TOY / "data", cache=False)
    reasoner = Reasoner(toy.reader, kg.reasoner.mechanism)
    assert "R647" in reasoner.fallen
    assert not kg.reasoner.fallen


def test_the_lesions_of_the_tumour_replace_those_tried_one_by_one(kg: KnowledgeGraph) -> None:
    answer = computed(kg, "sotorasib", alterations=["BRAF mutation"], disease="lung cancer")
    assert not answer.hypothetical
    assert {a for route in answer.routes for a in route.alterations} == {"BRAF_mutation"}


def test_a_lesion_without_a_clause_is_told_and_not_used(kg: KnowledgeGraph) -> None:
    answer = computed(kg, "sotorasib", alterations=["TP53 mutation"])
    assert [item.id for item in answer.unused] == ["TP53_mutation"]
    text = run("bypass", "sotorasib", "--with", "TP53 mutation")
    assert "not used: TP53 mutation" in text


def test_a_drug_outside_the_layer_gets_no_route_and_says_so(kg: KnowledgeGraph) -> None:
    answer = computed(kg, "pembrolizumab")
    assert answer.routes == ()
    assert "no route is computed" in answer.limits[0]


def test_a_class_an_antibody_and_a_regimen_can_be_asked_for(kg: KnowledgeGraph) -> None:
    assert computed(kg, "KRAS G12C inhibitor").drivers == ("KRAS_G12C",)
    assert computed(kg, "cetuximab").targets == ("EGFR",)
    both = computed(kg, "adagrasib + cetuximab", disease="colorectal cancer")
    assert not is_open(both)
    assert not is_open(both, "AKT")


def test_blocking_shp2_alone_leaves_mutant_kras_open(kg: KnowledgeGraph) -> None:
    answer = computed(kg, "SHP2 inhibitor", alterations=["KRAS G12C"])
    assert is_open(answer)
    assert starts(answer, RouteClass.DOWNSTREAM) == {"KRAS_G12C"}


@pytest.mark.parametrize(
    ("drug", "disease", "lesions", "output"),
    [
        ("MEK inhibitor", None, ["BRAF mutation"], "ERK"),
        ("MEK inhibitor", None, ["NRAS mutation", "MET amplification"], "ERK"),
        ("RRSP-DTB", None, ["KRAS G12D"], "ERK"),
        ("PI3K pathway inhibitor", None, ["PTEN loss-of-function mutation"], "AKT"),
    ],
)
def test_what_lies_above_the_target_stays_closed(
    kg: KnowledgeGraph, drug: str, disease: str | None, lesions: list[str], output: str
) -> None:
    assert not is_open(computed(kg, drug, disease=disease, alterations=lesions), output)


@pytest.mark.parametrize(
    ("drug", "disease", "lesions", "output"),
    [
        ("EGFR inhibitor", "lung cancer", [], "ERK"),
        ("SOS1 inhibitor", None, ["NRAS mutation"], "ERK"),
        ("RRSP-DTB", None, ["BRAF mutation"], "ERK"),
        ("MEK inhibitor", None, ["KRAS G12C"], "AKT"),
        ("sotorasib", None, ["KRAS G12D"], "ERK"),
        ("MRTX1133", None, ["KRAS G12C"], "ERK"),
    ],
)
def test_what_lies_beside_or_below_the_target_stays_open(
    kg: KnowledgeGraph, drug: str, disease: str | None, lesions: list[str], output: str
) -> None:
    assert is_open(computed(kg, drug, disease=disease, alterations=lesions), output)


def test_pten_loss_reaches_akt_and_not_erk(kg: KnowledgeGraph) -> None:
    answer = computed(kg, "sotorasib", disease="colorectal cancer", documents_only=False,
                      alterations=["PTEN loss-of-function mutation"])  # fmt: skip
    reached = {r.output for r in answer.routes if r.alterations}
    assert reached == {"AKT"}


def test_reports_and_routes_are_joined_both_ways(kg: KnowledgeGraph) -> None:
    record = json.loads(run("bypass", "sotorasib", "--format", "json"))
    by_source = {r["sources"][-1]["id"]: r for r in record["computed"] if r["output"] == "ERK"}
    assert "R301" in by_source["MET_amplification"]["reported_by"]
    assert {"R697", "R707"} <= set(by_source["KRAS_G13D"]["reported_by"])
    lone = {item["id"] for item in record["computed_context"]["without_route"]}
    assert {"YAP_signalling_activation", "epithelial_to_mesenchymal_transition"} <= lone
    assert not {"MET_amplification", "MAPK_reactivation"} & lone


def test_routes_come_in_the_shape_of_the_contract(kg: KnowledgeGraph) -> None:
    record = json.loads(run("bypass", "sotorasib", "--format", "json"))
    for route in record["computed"]:
        assert {"id", "class", "output", "tree", "statements", "assumptions"} <= route.keys()
        assert route["kind"] == "computed"
        assert route["tree"]["node"]["id"] == route["output"]
    context = record["computed_context"]
    assert context["complete"] is True
    assert context["total"] == len(record["computed"]) <= MOST_ROUTES
    assert context["limits"]


def test_two_runs_give_the_same_bytes() -> None:
    arguments = ("bypass", "adagrasib", "--disease", "CRC", "--format", "json")
    assert run(*arguments) == run(*arguments)


def test_outputs_can_be_chosen_and_unknown_ones_are_named(kg: KnowledgeGraph) -> None:
    answer = computed(kg, "sotorasib", outputs=["mTOR"])
    assert {route.output for route in answer.routes} == {"mTOR_signaling"}
    assert all(str(route.sign) == "?" for route in answer.routes)
    with pytest.raises(UnknownNameError, match="output of the signalling layer"):
        computed(kg, "sotorasib", outputs=["pembrolizumab"])


def test_what_the_drug_takes_away_is_what_sources_or_definitions_say(kg: KnowledgeGraph) -> None:
    hits = {hit.target: hit for hit in kg.reasoner.blocking.hits("cetuximab")}
    assert set(hits) == {"EGFR"}
    assert hits["EGFR"].statements == ("R788",)
    # an EGFR inhibitor does not take away the whole family
    assert "HER_family" not in hits
    # ARS-853 lowers MAPK signalling in cells; that makes no target of ERK
    assert {hit.target for hit in kg.reasoner.blocking.hits("ARS-853")} <= {"KRAS_G12C"}
    # suggested membership and inhibition do not count
    assert kg.reasoner.blocking.hits("pan-RAS inhibitor") == []


def route_for(answer: RoutesAnswer, ident: str) -> Route:
    return next(route for route in answer.routes if route.id == ident)


def test_a_route_prints_as_a_proof_tree(kg: KnowledgeGraph) -> None:
    route = route_for(computed(kg, "sotorasib"), "route:sotorasib:BRAF_mutation:ERK")
    assert [step.node for step in route.tree.steps()] == ["BRAF", "MEK", "ERK"]
    assert route.statements[:2] == ("R643", "R644")
    text = run("bypass", "sotorasib", "--with", "BRAF mutation")
    assert "BRAF mutation > BRAF" in text
