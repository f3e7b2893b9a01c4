"""Profiles of tumours: what is read, what is near, what is cited, what is missing, how it looks."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser

from kras_graph import KnowledgeGraph
from kras_graph.answers.addressing import Tier, addressing
from kras_graph.answers.nearness import BROADER, NARROWER, OTHER, SAME, Level, Surroundings
from kras_graph.answers.profile_batch import BatchRow, read_batch
from kras_graph.answers.profile_material import ordered
from kras_graph.answers.profile_records import Line, ProfileAnswer
from kras_graph.answers.tumour import Profile, ProfileError, read_profile
from kras_graph.cli.main import cli, main
from kras_graph.model.errors import KrasGraphError
from kras_graph.model.terms import Polarity
from kras_graph.network.blocking import lineage
from kras_graph.present import profile_json as contract
from kras_graph.present.profile_rows import DISCLAIMER
from kras_graph.present.profilereport import FORMATS, ProfileReport
from tests.viewing import needs_browser

# The five invented tumours that were read line by line against the papers, and odd ones.
TUMOURS: dict[str, dict[str, object]] = {
    "lung-stk11": {"disease": "NSCLC", "variant": "KRAS G12C", "co": ["STK11"]},
    "pancreas-prior": {"disease": "PDAC", "variant": "KRAS G12C", "prior": ["sotorasib"]},
    "colorectal-met": {
        "disease": "CRC",
        "variant": "KRAS G12C",
        "acquired": ["MET amplification"],
        "prior": ["adagrasib"],
    },
    "pancreas-g12d": {"disease": "PDAC", "variant": "KRAS G12D"},
    "lung-braf": {
        "disease": "NSCLC",
        "variant": "KRAS G12C",
        "co": ["BRAF mutation"],
        "pd_l1": "50",
    },
    "no-drug": {"disease": "CRC", "variant": "KRAS G12V", "co": ["TP53"]},
    "wild-type": {"disease": "PDAC", "variant": "KRAS wild type", "prior": ["chemotherapy"]},
    "other-gene": {"disease": "NSCLC", "variant": "BRAF V600E", "co": ["KEAP1"]},
    "no-disease": {"variant": "KRAS G12C", "prior": ["pembrolizumab", "carboplatin"]},
}


@pytest.fixture(scope="module")
def reports(kg: KnowledgeGraph) -> dict[str, ProfileReport]:
    """A report of each tumour."""
    return {name: kg.profile(**tumour) for name, tumour in TUMOURS.items()}  # type: ignore[arg-type]


def tumour(kg: KnowledgeGraph, **given_: object) -> Profile:
    return read_profile(kg.reader, kg.names, **given_)  # type: ignore[arg-type]


def line_of(answer: ProfileAnswer, ident: str, section: str = "") -> Line:
    """The line that shows a statement or figure."""
    for part in answer.sections:
        for line in part.lines if not section or part.id == section else ():
            own = line.figure.result.id if line.figure else ""
            if ident == own or (not own and ident in [s.id for s in line.statements]):
                return line
    raise AssertionError(f"no line shows {ident}")


def ids_of(answer: ProfileAnswer, section: str) -> set[str]:
    return {s.id for line in answer.section(section).lines for s in line.statements}


# --- what is given --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "text", "label", "how"),
    [
        ("disease", "NSCLC", "non-small cell lung cancer", ""),
        ("variant", "p.Gly12Cys", "KRAS G12C", ""),
        ("variant", "KRAS", "KRAS mutation", "gene alone"),
        ("variant", "KRAS G12S", "KRAS G12 mutation", "takes it in"),
        ("variant", "KRAS A146T", "KRAS mutation", "takes it in"),
        ("co", "LKB1", "STK11 mutation", "gene alone"),
        ("co", "TP53 p.R273H", "TP53 mutation", "takes it in"),
        ("acquired", "MET amp", "MET amplification", ""),
        ("acquired", "EMT", "epithelial to mesenchymal transition", ""),
        ("prior", "AMG-510", "sotorasib", ""),
        ("prior", "sotorasibb", "sotorasib", "spelling"),
    ],
)
def test_names_are_read_in_their_usual_spellings_and_how_is_told(
    kg: KnowledgeGraph, field: str, text: str, label: str, how: str
) -> None:
    rest: dict[str, object] = {} if field == "variant" else {"variant": "KRAS G12D"}
    value: object = text if field in ("disease", "variant") else [text]
    profile = tumour(kg, **{**rest, field: value})
    item = next(i for i in profile.inputs if i.field == field)
    assert item.entity is not None
    assert (item.entity.label, item.unused) == (label, "")
    assert how in item.how
    assert bool(how) == bool(item.how)


@pytest.mark.parametrize(
    ("given_", "field", "reason"),
    [
        ({"co": ["foo"]}, "co", "no alteration of this name"),
        ({"co": ["ALK"]}, "co", "ALK fusion"),
        ({"co": ["colorectal cancer"]}, "co", "is no alteration"),
        ({"prior": ["carboplatin"]}, "prior", "nearest: oxaliplatin"),
        ({"disease": "cholangiocarcinoma"}, "disease", "no tumour type"),
        ({"co": ["STK11", "STK11 mutation"]}, "co", "counted once"),
        ({"co": ["G12C"]}, "co", "counted once"),
    ],
)
def test_what_cannot_be_used_stays_in_the_list_with_the_reason(
    kg: KnowledgeGraph, given_: dict[str, object], field: str, reason: str
) -> None:
    profile = tumour(kg, variant="KRAS G12C", **given_)
    (item,) = profile.unused
    assert item.field == field
    assert reason in item.unused


WORDS = st.sampled_from(
    ["STK11", "MET amplification", "p53", "foo", "ALK", "KRAS G12D", "sotorasib", "x" * 300, "|",
     "<b>", "'; DROP", "PD-L1", " ", "", "BRAF V600E", "EMT", "\N{SNOWMAN}",
     "KRAS/STK11 co-mutation"]
)  # fmt: skip


@given(st.lists(WORDS, max_size=5), st.lists(WORDS, max_size=4), st.lists(WORDS, max_size=4))
@settings(max_examples=60, deadline=None)
def test_nothing_given_is_ever_dropped(
    kg: KnowledgeGraph, co: list[str], acquired: list[str], prior: list[str]
) -> None:
    profile = tumour(kg, variant="KRAS G12C", co=co, acquired=acquired, prior=prior)
    for field, texts in (("co", co), ("acquired", acquired), ("prior", prior)):
        told = [i.text for i in profile.inputs if i.field == field]
        assert told == [text.strip() for text in texts if text.strip()]
    for item in profile.inputs:
        assert item.entity is not None or item.unused
    used = [e.id for e in (*profile.co, *profile.acquired, *profile.prior)]
    assert len(used) == len(set(used))


@pytest.mark.parametrize(
    ("given_", "field", "told"),
    [
        ({"variant": "KRAS wild type", "co": ["KRAS G12C"]}, "co", "cannot both hold"),
        ({"variant": "KRAS G12C", "co": ["KRAS WT"]}, "co", "cannot both hold"),
        ({"variant": "KRAS WT", "co": ["KRAS/STK11 co-mutation"]}, "co", "cannot both hold"),
        ({"variant": "KRAS G12C", "co": ["homozygous KRAS deletion"]}, "co", "cannot both hold"),
        ({"variant": "KRAS G12C", "acquired": ["KRAS wild type"]}, "acquired", "unchanged"),
        ({"variant": "G12C", "disease": "KRAS G12D-mutated tumour"}, "variant", "names another"),
        ({"variant": "KRAS WT", "disease": "KRAS-mutated cancer"}, "variant", "names another"),
        ({"variant": "KRAS G12C", "pd_l1": "120"}, "pd-l1", "'120' is not a percentage"),
        ({"variant": "KRAS G12C", "pd_l1": "high"}, "pd-l1", "'high' is not a percentage"),
        ({"variant": "zzz"}, "variant", "knows nothing"),
        ({"variant": ""}, "variant", "Nothing is given"),
    ],
)  # fmt: skip
def test_a_description_that_contradicts_itself_is_refused(
    kg: KnowledgeGraph, given_: dict[str, object], field: str, told: str
) -> None:
    with pytest.raises(ProfileError, match=told) as raised:
        tumour(kg, **given_)
    assert raised.value.field == field


@pytest.mark.parametrize(
    "given_",
    [
        {"variant": "KRAS WT", "co": ["KRAS amplification"]},
        {"variant": "KRAS WT", "acquired": ["KRAS G12D"]},
        {"variant": "KRAS G12C", "acquired": ["KRAS G12D"], "co": ["KRAS G12C amplification"]},
        {"variant": "KRAS G12C", "disease": "KRAS G12C-mutated NSCLC"},
        {"variant": "KRAS G12C", "disease": "KRAS-mutated cancer"},
        {"variant": "KRAS mutation", "disease": "KRAS G12C-mutated NSCLC"},
    ],
)
def test_what_can_hold_together_is_taken(kg: KnowledgeGraph, given_: dict[str, object]) -> None:
    assert not tumour(kg, **given_).unused


# --- how near -------------------------------------------------------------------------------


def test_nearness_of_tumour_types_is_that_of_the_definitions(kg: KnowledgeGraph) -> None:
    entities = kg.reader.entities
    plain = [
        item.id
        for item in entities.values()
        if item.cls == "Disease" and "RAS-mutant_cancer" not in lineage(entities, item.id)
    ]
    for asked in plain:
        places = Surroundings(kg.reader, tumour(kg, disease=asked, variant="KRAS G12C")).tumours
        for other in plain:
            kin, own = lineage(entities, asked), lineage(entities, other)
            wide = other in kin or other in ("solid_tumor", "cancer")
            if other == asked:
                expected = SAME
            elif asked in own:
                expected = NARROWER
            elif wide or (kin & set(entities[other].parents)) - {"cancer"}:
                expected = BROADER
            else:
                expected = OTHER
            assert places[other] == expected, (asked, other)


@pytest.mark.parametrize(
    ("name", "ident", "level", "words"),
    [
        ("lung-stk11", "R168.1", Level.EXACT, "with STK11 mutation, as here"),
        ("lung-braf", "R168.1", Level.NARROWER, "only those with STK11 mutation"),
        ("lung-stk11", "R159.1", Level.EXACT, "same tumour type"),
        ("lung-stk11", "C030.1", Level.NOT_SAID, "variant not said"),
        ("lung-stk11", "T011.1", Level.OTHER_TUMOUR, "pancreatic cancer, another tumour type"),
        ("pancreas-prior", "T011.1", Level.BROADER, "which takes in pancreatic ductal"),
        ("pancreas-prior", "R159.1", Level.OTHER_TUMOUR, "another tumour type"),
        ("colorectal-met", "R452.1", Level.EXACT, "given with cetuximab"),
        ("colorectal-met", "T164.1", Level.BY_CLASS, "said of KRAS G12C inhibitor"),
        ("pancreas-g12d", "R342.1", Level.BROADER, "in pancreatic cancer"),
        ("lung-stk11", "R347.1", Level.BROADER, "said of KRAS mutation"),
        ("lung-stk11", "C038", Level.NARROWER, "a kind of non-small cell lung cancer"),
    ],
)
def test_each_finding_tells_how_near_it_is(
    reports: dict[str, ProfileReport], name: str, ident: str, level: Level, words: str
) -> None:
    near = line_of(reports[name].answer, ident).near
    assert near is not None
    assert near.level == level
    assert words in "; ".join(near.words)


def test_a_tumour_type_told_apart_by_its_variant_is_as_near_as_its_site(
    kg: KnowledgeGraph,
) -> None:
    by_variant = Surroundings(
        kg.reader, tumour(kg, disease="KRAS G12C-mutated NSCLC", variant="KRAS G12C")
    )
    by_site = Surroundings(kg.reader, tumour(kg, disease="NSCLC", variant="KRAS G12C"))
    for statement in kg.reader.statements_by_id(["R159", "R457", "T011", "C053", "R160"]):
        assert by_variant.near(statement).level == by_site.near(statement).level


def test_a_finding_on_another_allele_is_not_near(kg: KnowledgeGraph) -> None:
    around = Surroundings(kg.reader, tumour(kg, disease="PDAC", variant="KRAS G12D"))
    for statement in kg.reader.statements_by_id(["T011", "R159", "R246", "R332"]):
        near = around.near(statement)
        assert (near.level == Level.OTHER_VARIANT) == (statement.id in ("T011", "R159"))


def test_lines_stand_nearest_first_and_never_by_their_figures(
    reports: dict[str, ProfileReport],
) -> None:
    for report in reports.values():
        for group in report.answer.section("drugs").groups:
            lines = [x for x in group.lines if x.near and x.first.predicate != "has_stage"]
            lines = [x for x in lines if x.first.predicate != "approved_for"]
            assert lines == ordered(lines)
    rates = [
        line.figure.result.value
        for line in reports["lung-stk11"].answer.section("drugs").groups[0].lines
        if line.figure and line.figure.result.value is not None
    ]
    assert rates != sorted(rates)
    assert rates != sorted(rates, reverse=True)


# --- drugs ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variant", "drug", "tier"),
    [
        ("KRAS G12C", "sotorasib", Tier.VARIANT),
        ("KRAS G12C", "ARS-1620", Tier.BY_CLASS),
        ("KRAS G12C", "RRSP-DTB", Tier.EVERY_FORM),
        ("KRAS G12C", "GH35", Tier.ALLELE_NOT_SAID),
        ("KRAS G12D", "MRTX1133", Tier.VARIANT),
        ("KRAS G12D", "autologous T cells engineered against KRAS G12D", Tier.TUMOURS),
        ("KRAS mutation", "sotorasib", Tier.PARTICULAR),
        ("NRAS Q61R", "compound 3144", Tier.EVERY_FORM),
    ],
)
def test_how_directly_a_drug_acts_on_the_variant(
    kg: KnowledgeGraph, variant: str, drug: str, tier: Tier
) -> None:
    found = {a.drug.label: a for a in addressing(kg.reader, kg.entity(variant))}
    assert found[drug].tier == tier
    for item in found.values():
        assert item.statements
        assert all(s.polarity is Polarity.AFFIRMED for s in item.statements)


@pytest.mark.parametrize(
    ("variant", "absent"),
    [
        ("KRAS G12D", ["sotorasib", "adagrasib", "ARS-853"]),
        ("KRAS G12C", ["MRTX1133"]),
        ("KRAS G12V", ["sotorasib", "MRTX1133"]),
        ("BRAF mutation", ["sotorasib"]),
    ],
)
def test_a_drug_made_for_another_variant_does_not_act_on_this_one(
    kg: KnowledgeGraph, variant: str, absent: list[str]
) -> None:
    found = {a.drug.label for a in addressing(kg.reader, kg.entity(variant))}
    assert not found & set(absent)


def test_a_variant_that_the_graph_lacks_has_no_drug_made_for_its_relatives(
    kg: KnowledgeGraph,
) -> None:
    answer = kg.profile(variant="KRAS A146T", disease="CRC").answer
    labels = {group.about.label for group in answer.section("drugs").groups if group.about}
    assert "RRSP-DTB" in labels
    assert not labels & {"sotorasib", "adagrasib", "MRTX1133"}


def test_without_a_drug_for_the_variant_the_answer_says_so(
    reports: dict[str, ProfileReport],
) -> None:
    answer = reports["no-drug"].answer
    assert "No therapy of the graph is said to act on KRAS G12V itself" in " ".join(
        answer.section("drugs").notes
    )
    assert any("is said to act on KRAS G12V itself" in gap.text for gap in answer.gaps)
    labels = {group.about.label for group in answer.section("drugs").groups if group.about}
    assert {"RRSP-DTB", "compound 3144", "cmp4"} <= labels
    assert not answer.computed
    assert "R247" in ids_of(answer, "doubts")


# --- alterations, mechanisms, routes --------------------------------------------------------


def test_co_alterations_tell_response_outcome_and_company(
    reports: dict[str, ProfileReport],
) -> None:
    answer = reports["lung-stk11"].answer
    told = ids_of(answer, "predictors")
    assert {"R168", "R169", "R345", "R347", "R348", "R349", "R166", "R332", "R333"} <= told
    assert "R334" not in told  # the co-mutation with TP53
    assert "STK11 mutation" in (answer.section("mechanisms").groups[0].intro)


def test_a_share_of_pd_l1_counts_only_beside_a_printed_threshold(kg: KnowledgeGraph) -> None:
    for share, words in ((50, "lies within ≥50%"), (10, "lies outside ≥50%")):
        answer = kg.profile(disease="NSCLC", variant="KRAS G12C", pd_l1=share).answer
        assert words in line_of(answer, "R377.1", "predictors").remark
        assert line_of(answer, "R359", "predictors").remark == "no threshold is told"
        assert not answer.profile.unused
    answer = kg.profile(disease="CRC", variant="KRAS G12C", pd_l1=50).answer
    assert [item.field for item in answer.profile.unused] == ["pd-l1"]


def test_mechanisms_of_the_tumour_stand_apart_from_those_only_reported(
    reports: dict[str, ProfileReport],
) -> None:
    mine, against, _ = reports["colorectal-met"].answer.section("mechanisms").groups
    assert [s.id for line in mine.lines for s in line.statements] == ["R301"]
    told = {s.id for line in against.lines for s in line.statements}
    assert {"R706", "R708", "T157", "R303"} <= told
    assert "R301" not in told
    assert "not told" in against.intro


def test_a_denied_mechanism_is_marked_and_listed_as_denied(
    reports: dict[str, ProfileReport],
) -> None:
    answer = reports["pancreas-prior"].answer
    assert {"C085", "T161"} <= ids_of(answer, "doubts")
    assert "R294" not in ids_of(reports["pancreas-g12d"].answer, "predictors")
    variant = reports["pancreas-g12d"].answer.section("predictors").groups[-1]
    assert "R294" in variant.left_out


def test_routes_are_those_of_the_reasoner_for_the_tumour_as_given(
    kg: KnowledgeGraph, reports: dict[str, ProfileReport]
) -> None:
    found = reports["colorectal-met"].answer.computed[0]
    assert found.drugs[0].id == "adagrasib"
    assert [drug.id for drug in found.prior] == ["adagrasib"]
    direct = kg.combine("adagrasib", disease="CRC", alterations=["MET amplification"])
    assert [s.targets for s in found.sets] == [s.targets for s in direct.sets]
    main_routes = [route.id for route in found.routes.routes if route.output == "ERK"]
    assert sorted(main_routes) == sorted(route.id for route in direct.routes)
    told = {t.tried.statement.id for items in found.told.values() for t in items}
    assert {"R421", "R703"} <= told


def test_no_route_is_computed_under_a_drug_for_an_allele_that_the_tumour_lacks(
    kg: KnowledgeGraph,
) -> None:
    answer = kg.profile(disease="PDAC", variant="KRAS G12D", prior=["sotorasib"]).answer
    reasons = {drug.id: reason for drug, reason in answer.not_computed}
    assert "made for KRAS G12C" in reasons["sotorasib"]
    assert [drug.id for found in answer.computed for drug in found.drugs] == ["MRTX1133"]


def test_earlier_drugs_of_another_class_tell_what_is_unknown(
    reports: dict[str, ProfileReport],
) -> None:
    answer = reports["no-disease"].answer
    assert "pembrolizumab" in {drug.id for drug, _ in answer.not_computed}
    texts = {gap.text: [s.id for s in gap.nearest] for gap in answer.gaps if gap.about == "prior"}
    assert any("pembrolizumab is not said to act on KRAS G12C" in text for text in texts)
    assert any("R457" in near and "T149" in near for near in texts.values())
    assert [item.text for item in answer.profile.unused] == ["carboplatin"]


# --- trials ---------------------------------------------------------------------------------


def trials(answer: ProfileAnswer) -> dict[str, str]:
    return {g.about.id: g.intro for g in answer.section("trials").groups if g.about}


def test_trials_are_those_whose_people_take_in_the_profile(
    reports: dict[str, ProfileReport],
) -> None:
    lung = trials(reports["lung-stk11"].answer)
    assert lung["NCT04303780"] == "names the variant and the tumour type"
    assert "solid tumours at large" in lung["NCT03785249"]
    assert "registered title" in lung["NCT04449874"]
    assert "NCT03600883_pancreatic" not in lung
    assert "NCT03600883_phase_2_other_tumors" not in lung  # other than lung or colorectal
    assert "NCT02184195" not in lung  # germline BRCA
    pancreas = trials(reports["pancreas-g12d"].answer)
    assert not {t for t in pancreas if t.startswith("NCT03600883")}  # takes in KRAS G12C only
    assert "NCT04449874" not in pancreas
    assert pancreas["NCT04111458"] == "names a wider tumour type and a wider variant"


# --- everything cited, nothing silently missing ---------------------------------------------


@pytest.mark.parametrize("name", TUMOURS)
def test_every_line_is_cited_and_every_citation_has_its_passage(
    reports: dict[str, ProfileReport], name: str
) -> None:
    answer = reports[name].answer
    for section in answer.sections:
        for line in section.lines:
            assert line.statements
            for statement in (*line.statements, *line.via):
                assert answer.evidence[statement.id]
                assert answer.statements[statement.id] == statement
    for found in answer.computed:
        for route in found.routes.routes:
            assert route.statements or route.assumptions
            assert set(route.statements) <= set(answer.statements)
            assert set(route.assumptions) <= {item.id for item in found.assumptions}
    for gap in answer.gaps:
        assert {s.id for s in gap.nearest} <= set(answer.statements)
        assert gap.text.endswith((".", ":"))


@pytest.mark.parametrize("name", TUMOURS)
def test_every_input_is_used_somewhere_or_told_as_unused(
    reports: dict[str, ProfileReport], name: str
) -> None:
    answer = reports[name].answer
    for item in answer.profile.inputs:
        assert bool(answer.used.get((item.field, item.text))) != bool(item.unused)


def test_an_alteration_on_which_nothing_fits_is_told_as_unused(kg: KnowledgeGraph) -> None:
    answer = kg.profile(disease="CRC", variant="KRAS G12D", co=["SMAD4"]).answer
    assert [(i.text, i.unused) for i in answer.profile.unused] == [
        ("SMAD4", "no statement that fits is about it")
    ]
    assert any("How often SMAD4 mutation goes with KRAS G12D" in gap.text for gap in answer.gaps)


def test_gaps_disappear_when_the_graph_has_the_answer(kg: KnowledgeGraph) -> None:
    def texts(**given_: object) -> str:
        answer = kg.profile(**given_).answer  # type: ignore[arg-type]
        return " ".join(gap.text for gap in answer.gaps)

    missing = "No figure on a drug that acts on the variant in"
    assert missing in texts(disease="PDAC", variant="KRAS G12C")
    assert missing not in texts(disease="pancreatic cancer", variant="KRAS G12C")
    lung: dict[str, object] = {"disease": "NSCLC", "variant": "KRAS G12C"}
    assert "What STK11 mutation does" not in texts(**lung, co=["STK11"])
    assert "What NRAS mutation does" in texts(**lung, co=["NRAS mutation"])


def test_the_engine_alone_gives_the_same_answer(kg: KnowledgeGraph) -> None:
    through_sparql = KnowledgeGraph(kg.engine)
    for name in ("lung-stk11", "colorectal-met"):
        one, other = (k.profile(**TUMOURS[name]).to_json() for k in (kg, through_sparql))  # type: ignore[arg-type]
        assert one == other


# --- how it is shown ------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_two_runs_are_alike_in_every_format(kg: KnowledgeGraph, form: str) -> None:
    given_ = TUMOURS["lung-stk11"]
    first, second = (kg.profile(**given_).render(form) for _ in range(2))  # type: ignore[arg-type]
    assert first == second


def test_every_page_says_what_it_is_not_for(reports: dict[str, ProfileReport]) -> None:
    for report in reports.values():
        assert str(report).count(DISCLAIMER) >= 2
        assert report.to_json()["disclaimer"] == DISCLAIMER
        page = report.to_html()
        assert page.count(DISCLAIMER) >= 3
        assert f'@bottom-left {{ content: "{DISCLAIMER}"' in page  # each printed page
        for word in ("recommend", "should be given", "best option", "first choice"):
            assert word not in page


def test_the_flat_table_has_a_row_for_all_that_is_told(reports: dict[str, ProfileReport]) -> None:
    report = reports["colorectal-met"]
    rows = [json.loads(line) for line in report.render("jsonl").splitlines()]
    answer = report.answer
    kinds = [row["kind"] for row in rows]
    assert kinds.count("source") == sum(len(section.lines) for section in answer.sections)
    computed = sum(len(found.routes.routes) + len(found.sets) for found in answer.computed)
    assert kinds.count("computed") == computed
    assert kinds.count("missing") == len(answer.gaps) + len(answer.profile.unused)
    assert all(row["ids"] for row in rows if row["kind"] == "source")


def test_every_key_of_the_json_is_documented(reports: dict[str, ProfileReport]) -> None:
    text = contract.__doc__ or ""
    record = reports["colorectal-met"].to_json()
    line = record["sections"][0]["groups"][0]["lines"][0]
    parts = [record, record["inputs"][0], record["sections"][0], line, record["gaps"][0],
             record["sections"][0]["groups"][0], record["computed"][0],
             record["computed"][0]["sets"][0], record["not_computed"][0],
             *record["publications"].values()]  # fmt: skip
    for key in {key for part in parts for key in part}:
        assert f"`{key}`" in text, key
    assert json.loads(json.dumps(record)) == record


@pytest.mark.parametrize("name", TUMOURS)
def test_the_page_is_whole_quiet_and_its_links_lead_somewhere(
    reports: dict[str, ProfileReport], name: str
) -> None:
    page = reports[name].to_html()
    assert "{{" not in page
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    policy = re.search(r'Security-Policy" content="([^"]+)"', page)
    assert style
    assert policy
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert "default-src 'none'" in policy[1]
    assert f"style-src 'sha256-{digest}'" in policy[1]
    assert not re.search(r"<(script|iframe|img|form|object|link (?!rel=\"icon\"))", page)
    assert not re.search(r"\son\w+=|\sstyle=", page)
    targets = set(re.findall(r'\sid="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= targets
    outside = set(re.findall(r'href="(https?:[^"]+)"', page))
    assert all(address.startswith("https://") for address in outside)
    assert "https://doi.org/10.3389/fimmu.2023.1223433" in outside


def test_what_people_type_is_escaped(kg: KnowledgeGraph) -> None:
    hostile = '<img src=x onerror="alert(1)">{{body}}'
    page = kg.profile(variant="KRAS G12C", co=[hostile], disease=hostile).to_html()
    assert "<img" not in page
    assert "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;{{body}}" in page


def _keeping(told: list[str]) -> Callable[[Any], None]:
    """Keeps what a console says or the address that is asked for."""
    return lambda event: told.append(event.url if hasattr(event, "url") else event.text)


@needs_browser
def test_a_browser_shows_the_page_without_complaint_on_any_screen(
    reports: dict[str, ProfileReport], chromium: Browser, tmp_path: Path
) -> None:
    path = reports["colorectal-met"].save(tmp_path / "profile.html")
    for width, scheme in ((1280, "light"), (390, "dark")):
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=scheme,  # type: ignore[arg-type]
        )
        tab = context.new_page()
        said: list[str] = []
        asked: list[str] = []
        tab.on("console", _keeping(said))
        tab.on("request", _keeping(asked))
        tab.goto(path.as_uri())
        assert tab.evaluate("document.documentElement.scrollWidth") == width
        assert said == []
        assert asked == [path.as_uri()]
        tab.locator("#mechanisms a", has_text="R301").first.click()
        assert tab.evaluate("document.querySelector(':target').id") == "R301"
        context.close()


def test_a_report_saves_and_shows_itself(reports: dict[str, ProfileReport], tmp_path: Path) -> None:
    report = reports["pancreas-g12d"]
    assert report.save(tmp_path / "a.html").read_text(encoding="utf-8") == report.to_html()
    loaded = json.loads(report.save(tmp_path / "a.json").read_text(encoding="utf-8"))
    assert loaded == report.to_json()
    assert report._repr_html_().startswith("<iframe srcdoc=")


# --- the command ----------------------------------------------------------------------------


def profile(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["profile", *arguments])


def test_the_command_tells_unused_inputs_on_standard_error() -> None:
    done = profile(
        "--disease", "NSCLC", "--variant", "KRAS G12C", "--co", "foo", "--format", "json"
    )
    assert done.exit_code == 0
    assert json.loads(done.stdout)["inputs"][2]["unused"]
    assert "Not used: co 'foo'" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--disease", "NSCLC"], 2, "--variant"),
        (["--variant", "G12C", "--to", "x"], 2, "--batch"),
        (["--batch", "x.tsv"], 2, "--to"),
        (["--batch", "x.tsv", "--to", "x", "--variant", "G12C"], 2, "leave out --variant"),
        (["--batch", "x.tsv", "--to", "x", "--format", "html"], 2, "html"),
        (["--batch", "missing.tsv", "--to", "x"], 1, "cannot be read"),
        (["--variant", "KRAS wild type", "--co", "KRAS G12C"], 1, "cannot both hold"),
        (["--variant", "KRAS G12C", "--pd-l1", "-3"], 1, "not a percentage"),
    ],
)
def test_wrong_use_and_failure_of_the_command(
    arguments: list[str], code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["profile", *arguments])
    printed = capsys.readouterr()
    assert raised.value.code == code
    assert told in printed.err
    assert "Traceback" not in printed.err


BATCH = """name\tdisease\tvariant\tco\tprior\tPD_L1
lung\tNSCLC\tKRAS G12C\tSTK11|KEAP1\t\t50
../../up\tPDAC\tKRAS G12D\t\tsotorasib\t
both\tNSCLC\tKRAS wild type\tKRAS G12C\t\t

share\tNSCLC\tKRAS G12C\t\t\thigh
none\tNSCLC\t\t\t\t
many\tNSCLC\tKRAS G12C\t\t\t\tmore
short\tCRC\tG12C
"""


def test_a_bad_row_is_told_and_does_not_stop_the_others(tmp_path: Path) -> None:
    table = tmp_path / "tumours.tsv"
    table.write_text(BATCH, encoding="utf-8")
    folder = tmp_path / "out" / "deep"
    done = profile("--batch", str(table), "--to", str(folder), "--format", "jsonl")
    rows = {row["line"]: row for row in map(json.loads, done.stdout.splitlines())}
    assert sorted(rows) == [2, 3, 4, 6, 7, 8, 9]
    assert [line for line, row in rows.items() if row["fault"]] == [4, 6, 7, 8]
    assert "column co:" in rows[4]["fault"]
    assert "column pd-l1:" in rows[6]["fault"]
    assert "column 'variant'" in rows[7]["fault"]
    assert "'more'" in rows[8]["fault"]
    for line in (4, 6, 7, 8):
        assert f"{table}, line {line}: " in done.stderr
    assert isinstance(done.exception, KrasGraphError)
    assert "4 of 7 rows" in str(done.exception)
    made = sorted(path.name for path in folder.iterdir())
    wanted = ("0002-lung", "0003-up", "0009-short")
    assert made == [f"{stem}.{form}" for stem in wanted for form in ("html", "json")]
    record = json.loads((folder / "0002-lung.json").read_text(encoding="utf-8"))
    assert [i["given"] for i in record["inputs"]] == ["NSCLC", "KRAS G12C", "STK11", "KEAP1", "50%"]
    assert not (tmp_path / "up.html").exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"disese\tvariant\n", "Did you mean 'disease'"),
        (b"disease\tco\n", "'variant' is missing"),
        (b"variant\tvariant\n", "stands there twice"),
        (b"variant\n\xff\n", "no UTF-8"),
    ],
)
def test_a_file_that_is_no_table_of_profiles_is_refused(
    tmp_path: Path, content: bytes, told: str
) -> None:
    path = tmp_path / "a.tsv"
    path.write_bytes(content)
    with pytest.raises(KrasGraphError, match=told):
        read_batch(path)


@given(st.text(max_size=80), st.integers(2, 99_999))
@settings(max_examples=200, deadline=None)
def test_names_of_files_are_safe_whatever_the_name_of_the_row(name: str, line: int) -> None:
    stem = BatchRow(line, {"name": name, "variant": "x"}).stem()
    assert re.fullmatch(r"\d{4,5}-[a-z0-9]+(-[a-z0-9]+)*", stem)
    assert stem.startswith(f"{line:04d}-")
    assert len(stem) < 80


def test_a_byte_order_mark_and_windows_line_ends_are_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_bytes("\ufeffvariant\tdisease\r\nKRAS G12C\tNSCLC\r\n".encode())
    (row,) = read_batch(path)
    assert (row.line, row.cells) == (2, {"variant": "KRAS G12C", "disease": "NSCLC"})
