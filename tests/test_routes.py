"""Routes that a drug leaves open, computed over the shipped signalling layer."""

from __future__ import annotations

import json

import pytest

from kras_graph.answers.routes import MOST_ROUTES, RoutesAnswer
from kras_graph.api import KnowledgeGraph
from kras_graph.model.errors import UnknownNameError
from kras_graph.network.derivation import Route, RouteClass
from tests.conftest import run


def computed(kg: KnowledgeGraph, drug: str, **options: object) -> RoutesAnswer:
    answer = kg.bypass(drug, **options).computed  # type: ignore[arg-type]
    assert answer is not None
    return answer


def starts(answer: RoutesAnswer, cls: RouteClass, output: str = "ERK") -> set[str]:
    return {
        "+".join(route.sources)
        for route in answer.routes
        if route.cls is cls and route.output == output
    }


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
    assert starts(answer, RouteClass.PARALLEL, "YAP_signalling_activation") == {
        "YAP_signalling_activation"
    }


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
    assert {"MET_amplification", "NRAS_mutation"} <= starts(answer, RouteClass.ACQUIRED)


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


def test_a_drug_site_mutation_voids_the_drug(kg: KnowledgeGraph) -> None:
    site = "mutation preventing drug binding"
    alone = computed(kg, "sotorasib", documents_only=True)
    assert not is_open(alone)
    with_site = computed(kg, "sotorasib", documents_only=True, alterations=[site])
    assert is_open(with_site)
    (route,) = [r for r in with_site.routes if r.output == "ERK"]
    assert route.cls is RouteClass.ON_TARGET
    assert any(step.voids == ("drug-binding_site_mutation",) for step in route.tree.steps())


def test_a_site_mutation_against_one_allele_voids_no_other_drug(kg: KnowledgeGraph) -> None:
    site = "mutation preventing drug binding"
    answer = computed(kg, "MRTX1133", alterations=[site], documents_only=True)
    assert [item.id for item in answer.unused] == ["drug-binding_site_mutation"]
    assert not is_open(answer)


def test_the_lesions_of_the_tumour_replace_those_tried_one_by_one(kg: KnowledgeGraph) -> None:
    answer = computed(kg, "sotorasib", alterations=["BRAF mutation"], disease="lung cancer")
    assert not answer.hypothetical
    assert {a for route in answer.routes for a in route.alterations} == {"BRAF_mutation"}


def test_a_lesion_without_a_clause_is_told_and_not_used(kg: KnowledgeGraph) -> None:
    answer = computed(kg, "sotorasib", alterations=["KRAS R68S"])
    assert [item.id for item in answer.unused] == ["KRAS_R68S"]
    text = run("bypass", "sotorasib", "--with", "KRAS R68S")
    assert "not used: KRAS R68S" in text


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
    assert by_source["KRAS_G13D"]["reported_by"] == ["R697", "R707"]
    lone = {item["id"] for item in record["computed_context"]["without_route"]}
    assert {"KRAS_R68S", "epithelial_to_mesenchymal_transition"} <= lone
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
