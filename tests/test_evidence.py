"""Evidence: what stands behind an id, and how other statements stand to it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from kras_graph import KnowledgeGraph
from kras_graph.answers.agreement import Comparison, Reach, Verdict, comparisons
from kras_graph.answers.evidence import RuleEvidence, StatementEvidence, evidence_of
from kras_graph.answers.modelled import rules_of
from kras_graph.answers.same_figures import Likeness, same_figures
from kras_graph.cli.main import cli, main
from kras_graph.model.errors import UnknownNameError
from kras_graph.model.records import Statement
from kras_graph.model.terms import Certainty, Polarity
from kras_graph.present.evidence import evidence
from tests.variants import copied, like


def told(*arguments: str) -> str:
    """What `why` prints, with line breaks and indents made single blanks."""
    result = CliRunner().invoke(cli, ["why", *arguments])
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def statement(kg: KnowledgeGraph, ident: str) -> Statement:
    return kg.reader.statements_by_id([ident])[0]


def compared(kg: KnowledgeGraph, one: str) -> dict[str, Comparison]:
    return {c.statement.id: c for c in comparisons(kg.reader, statement(kg, one))}


# a statement


def test_evidence_of_a_statement_tells_all_that_a_reader_checks() -> None:
    text = told("C085")
    for part in (
        "C085: NOT: additional mutation reactivating KRAS or MAPK signalling",
        "standing: denied (polarity negated, certainty stated)",
        "statement only, no edge",
        "setting: case-report",
        "who was studied: one patient with KRAS G12C lung adenocarcinoma, rapid autopsy",
        "patients: 1",
        "https://doi.org/10.1172/JCI156891",
        "section Mechanisms of clinical resistance, characters",
        "of the normalised text, sha256",
        "a second, independent reading has it alike",
    ):
        assert part in text, part


def test_a_slip_of_the_source_is_told_in_words() -> None:
    assert "SLIPS AND AMBIGUITIES OF THE SOURCE - reported for RAS inhibitors in general" in told(
        "R301"
    )


def test_who_was_studied_is_said_even_when_the_source_does_not() -> None:
    assert "who was studied: not said" in told("R114")


def test_other_papers_that_say_the_same_are_named() -> None:
    text = told("R114")
    assert "also said by: Manabe & Bivona 2022, Strickler et al. 2023" in text
    same, wider = text.split("AGREE the same pair")[1].split("of a class, family or kind")
    assert "C105" in same
    assert "C022" in wider


def test_rules_that_rest_on_a_statement_are_named() -> None:
    assert "B01" in told("R090").split("RULES OF THE CURATORS' MODEL THAT REST ON IT")[1]


# a figure


def test_a_figure_is_asked_for_by_its_own_id() -> None:
    text = told("T012.2")
    assert text.startswith("T012.2: progression-free survival: at 6 months 31.6%")
    assert "a figure of: T012: sotorasib has outcome progression-free survival" in text
    figure, rest = text.split("OTHER FIGURES OF T012")
    assert "interval by Kaplan-Meier" in figure
    assert "T012.1" in rest


def test_passages_of_a_figure_come_first_and_say_what_they_support() -> None:
    source = told("T012.2").split("SOURCE")[1].split("OTHER FIGURES")[0]
    first = source.split("- section")[1]
    assert "T012.2" in first


def test_the_same_number_elsewhere_and_other_numbers_of_other_people_are_told_apart() -> None:
    text = told("T147")
    same, other = text.split("same number")[1].split("other people or not said")
    assert "R133.1" in same
    assert "32.2%" in other
    assert "R130.1" in other
    assert "the sources do not say whether the same people were measured" in other
    assert "CONFLICT" not in text


def test_a_bound_and_an_approximation_are_not_silently_the_same() -> None:
    assert "printed: > 90% / approximately 90%" in told("R024")


# a rule of the mechanism layer


def test_a_rule_is_told_in_words_with_its_basis_and_statements() -> None:
    text = told("M08")
    assert "GDP-GTP exchange on RAS becomes active when receptor tyrosine kinase is active" in text
    assert "GRB2, PTPN11 and SOS1 are there" in text
    assert "basis: stated" in text
    assert "R534" in text
    assert "neither a finding nor a computation" in text


def test_a_block_tells_what_voids_it() -> None:
    text = told("B02")
    assert "KRAS G12C inhibitor takes away the activity of KRAS G12C, unless there is" in text
    assert "it binds the inactive, GDP-bound form covalently" in told("B01")
    assert "R706!" in text


def test_an_assumption_has_its_citation_and_what_rests_on_it() -> None:
    text = told("A01")
    assert "Ryan et al. 2020" in text
    assert "https://doi.org/10.1158/1078-0432.CCR-19-3523" in text
    assert "M01" in text.split("RULES THAT REST ON IT")[1]


def test_a_rule_names_the_citation_of_its_assumption() -> None:
    assert "https://doi.org/10.1186/s12943-018-0803-3. A03" in told("M35")


def test_every_id_of_the_graph_has_evidence(kg: KnowledgeGraph) -> None:
    mechanism = kg.reasoner.mechanism
    for ident in rules_of(mechanism):
        found = evidence_of(kg.reader, mechanism, ident)
        assert isinstance(found, RuleEvidence)
        assert evidence(kg, ident).record["rule"]
    every = kg.statements()
    results = [r.id for group in kg.results(every).values() for r in group]
    for ident in [*(s.id for s in every), *results]:
        behind = evidence_of(kg.reader, mechanism, ident)
        assert isinstance(behind, StatementEvidence)
        assert behind.publications
        assert all(paper.doi for paper in behind.publications)
        assert behind.asked == (ident if "." in ident else "")


# agreement and conflict


def test_comparisons_are_mutual(kg: KnowledgeGraph) -> None:
    mirror = {Reach.SAME: Reach.SAME, Reach.WIDER: Reach.NARROWER, Reach.NARROWER: Reach.WIDER}
    everything = {s.id: compared(kg, s.id) for s in kg.statements()}
    for ident, others in everything.items():
        for other, comparison in others.items():
            back = everything[other][ident]
            assert back.verdict is comparison.verdict
            assert back.reach is mirror[comparison.reach]


def test_the_shipped_graph_holds_no_unmarked_conflict(kg: KnowledgeGraph) -> None:
    """Brute force over pairs: where the papers contradict each other, a row is left open."""
    by_pair: dict[tuple[str, str, str], list[Statement]] = {}
    for s in kg.statements():
        by_pair.setdefault((s.subject, s.predicate, s.object), []).append(s)
    opposed = [
        (one, other)
        for group in by_pair.values()
        for one in group
        for other in group
        if one.polarity is Polarity.AFFIRMED
        and other.polarity is Polarity.NEGATED
        and Certainty.OPEN not in (one.certainty, other.certainty)
    ]
    assert opposed
    for one, other in opposed:
        comparison = compared(kg, one.id)[other.id]
        assert comparison.verdict is Verdict.OTHERWISE
        assert comparison.apart


def test_different_contexts_are_named_and_are_no_conflict(kg: KnowledgeGraph) -> None:
    found = compared(kg, "R055")["R377"]
    assert found.verdict is Verdict.OTHERWISE
    assert any("stage I-III" in text for text in found.apart)


def test_a_denial_for_one_drug_stands_beside_the_suggestion_for_its_class(
    kg: KnowledgeGraph,
) -> None:
    found = compared(kg, "C085")["C084"]
    assert (found.verdict, found.reach) == (Verdict.OTHERWISE, Reach.WIDER)


def test_to_stabilise_the_inactive_state_does_not_speak_against_inhibition(
    kg: KnowledgeGraph,
) -> None:
    assert "T121" not in compared(kg, "C105")


def test_a_harm_of_one_grade_says_nothing_of_another(kg: KnowledgeGraph) -> None:
    assert "T107" not in compared(kg, "T105")


def test_an_outcome_in_one_tumour_is_not_compared_with_another(kg: KnowledgeGraph) -> None:
    assert "R135" not in compared(kg, "T093")


def test_an_answered_question_is_told_on_both_sides(kg: KnowledgeGraph) -> None:
    asked = compared(kg, "T003")["T013"]
    assert (asked.verdict, asked.manner) == (Verdict.OPEN, "affirms what is left open here")
    assert compared(kg, "T013")["T003"].verdict is Verdict.OPEN


def test_a_contradiction_that_the_curators_left_open_says_the_opposite(
    kg: KnowledgeGraph,
) -> None:
    assert "says the opposite" in compared(kg, "R056")["R042"].manner


def test_an_association_agrees_with_a_cause_as_an_association_only(kg: KnowledgeGraph) -> None:
    weaker = [
        c
        for s in kg.statements()
        if s.predicate == "confers_resistance_to"
        for c in comparisons(kg.reader, s)
        if c.statement.predicate == "associated_with_resistance_to"
    ]
    assert weaker
    assert all("as an association only" in c.manner for c in weaker)


@pytest.fixture(scope="module")
def contradicted(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeGraph:
    """The shipped graph with three made-up rows that contradict it."""
    data = copied(tmp_path_factory.mktemp("contradicted"))
    pharmacology = "statements/signalling.tsv"
    like(data, pharmacology, "T039", "T901", polarity="negated", cites="ref 99")
    like(data, pharmacology, "T039", "T902", predicate="activates", cites="ref 99")
    like(data, pharmacology, "T039", "T903", polarity="negated", disease="melanoma", cites="r 9")
    like(data, "statements/outcome.tsv", "T011", "T904", cites="ref 99", source_issue="")
    empty = dict.fromkeys(("n", "N", "ci_low", "ci_high", "ci_level", "ci_method", "counts"), "")
    figure = {**empty, "statement": "T904", "printed": "26%", "value": "26"}
    like(data, "results/outcome.tsv", "T011.1", "T904.1", **figure)
    return KnowledgeGraph.load(data, cache=False)


def test_opposite_polarity_in_no_other_context_is_a_conflict(contradicted: KnowledgeGraph) -> None:
    found = compared(contradicted, "T901")
    assert {i for i, c in found.items() if c.verdict is Verdict.CONFLICTS} >= {"T039", "C105"}
    assert "T901" in str(contradicted.why("T039")).split("CONFLICT")[1]


def test_opposite_signs_on_the_same_pair_are_a_conflict(contradicted: KnowledgeGraph) -> None:
    assert compared(contradicted, "T902")["T039"].verdict is Verdict.CONFLICTS


def test_to_deny_one_direction_is_not_to_claim_the_other(contradicted: KnowledgeGraph) -> None:
    assert "T902" not in compared(contradicted, "T901")


def test_two_denials_agree_and_another_tumour_is_told(contradicted: KnowledgeGraph) -> None:
    found = compared(contradicted, "T903")
    assert found["T901"].verdict is Verdict.AGREES
    in_disease = [c for c in found.values() if any("disease" in text for text in c.apart)]
    assert all(c.verdict is not Verdict.CONFLICTS for c in in_disease)


def test_two_numbers_for_the_same_people_conflict(contradicted: KnowledgeGraph) -> None:
    asked = statement(contradicted, "T904")
    own = contradicted.results([asked])["T904"]
    likeness = {f.other.id: f.likeness for f in same_figures(contradicted.reader, asked, own)}
    assert likeness["T011.1"] is Likeness.DIFFERS
    assert "differs for the same people" in str(contradicted.why("T904"))


def test_any_engine_gives_the_same_evidence(kg: KnowledgeGraph) -> None:
    """Kept records and SPARQL say the same; a remote service is asked like the latter."""
    asked = KnowledgeGraph(kg.engine)
    for ident in ("R301", "R114", "T147", "T003", "M08", "A01"):
        assert evidence(asked, ident).record == evidence(kg, ident).record


# the reader's own copies


def test_the_passage_is_shown_from_the_readers_own_copy_and_verified(seeds: Path) -> None:
    text = told("R301", "--texts", str(seeds))
    assert "your copy: Bypass mechanisms involve MET" in text
    record = json.loads(
        CliRunner().invoke(cli, ["why", "R301", "--texts", str(seeds), "--format", "json"]).output
    )
    assert {p["status"] for p in record["passages"]} == {"exact"}


def test_a_moved_passage_is_found_and_called_so(seeds: Path, tmp_path: Path) -> None:
    source = next(path for path in seeds.glob("*.txt") if path.name.startswith("002"))
    moved = "A title page.\n" + source.read_text(encoding="utf-8")
    (tmp_path / source.name).write_text(moved, encoding="utf-8")
    text = told("R301", "--texts", str(tmp_path))
    assert "your copy (moved): Bypass mechanisms involve MET" in text


def test_a_passage_that_is_not_there_is_said_to_be_missing(tmp_path: Path, seeds: Path) -> None:
    name = next(path.name for path in seeds.glob("002*.txt"))
    (tmp_path / name).write_text("Nothing of the kind.\n", encoding="utf-8")
    assert "your copy: missing" in told("R301", "--texts", str(tmp_path))


def test_rules_show_the_passages_of_their_statements(seeds: Path) -> None:
    assert told("M31", "--texts", str(seeds)).count("your copy: ") == 1


# forms and failures


def test_the_record_holds_what_the_text_tells() -> None:
    record = json.loads(CliRunner().invoke(cli, ["why", "R114", "--format", "json"]).output)
    assert record["publications"][0]["url"] == "https://doi.org/10.3389/fimmu.2023.1223433"
    verdicts = {(o["id"], o["verdict"], o["reach"]) for o in record["others"]}
    assert ("C105", "agrees", "same") in verdicts
    assert ("C022", "agrees", "wider") in verdicts
    line = CliRunner().invoke(cli, ["why", "R114", "--format", "jsonl"]).output
    assert json.loads(line) == record
    assert line.count("\n") == 1


def test_ids_are_read_as_cards_print_them() -> None:
    assert told("r301!") == told("R301")


def test_a_notebook_links_the_doi(kg: KnowledgeGraph) -> None:
    page = kg.why("R301")._repr_html_()
    assert '<a href="https://doi.org/10.3389/fimmu.2023.1223433"' in page
    assert "&gt;" in kg.why("R024")._repr_html_()


@pytest.mark.parametrize(
    ("ident", "expected"),
    [
        ("C9999", "No statement, figure or rule"),
        ("M99", "M9"),
        ("sotorasib", 'kras-graph show "sotorasib"'),
        ("T012.9", "T012.1, T012.2, T012.3"),
        ("'; DROP", "No statement"),
    ],
)
def test_an_unknown_id_is_refused_with_the_nearest(
    ident: str, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["why", ident])
    assert raised.value.code == 1
    assert expected in capsys.readouterr().err


def test_the_library_raises_the_same_error(kg: KnowledgeGraph) -> None:
    with pytest.raises(UnknownNameError):
        kg.why("Z1")


def test_text_fits_the_page(kg: KnowledgeGraph) -> None:
    for ident in ("T012", "B01", "R301"):
        assert all(len(line) <= 100 for line in str(kg.why(ident)).splitlines())
        assert re.search(r"For research, not for treatment decisions\.\n\Z", str(kg.why(ident)))
