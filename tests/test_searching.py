"""Searches: the words of a question lead to the statements that bear on it, never as an answer."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from kras_graph import KnowledgeGraph
from kras_graph.answers.searching import Search
from kras_graph.cli.main import cli
from kras_graph.model.errors import QuestionError
from kras_graph.rdf.reader import Reader

# Questions people wrote without knowing the grammar, and a statement that bears on each.
ASKED = [
    ("What dose of sotorasib was taken forward to phase 2?", "T049"),
    ("dose reductions due to toxicity - how many of those were diarrhoea", "T112"),
    ("share of patients who died from an adverse event, and was it blamed on the drug?", "T111"),
    ("Which co-mutations were found in baseline plasma ctDNA of the pancreatic cohort?", "T088"),
    ("Which was more frequent in baseline plasma, SMAD4 or CDKN2A?", "T084"),
    ("why couldnt they do subgroup analysis by co-mutation", "T089"),
    ("how many pts went on to further therapy after sotorasib", "T075"),
    ("how many centres and how many countries enrolled", "T067"),
    ("data cutoff date and median follow up sotorasib pancreatic", "T098"),
    ("main reason for discontinuing sotorasib at cutoff?", "T073"),
    ("POLO trial olaparib: response rate and how does the design differ", "T141"),
    ("commonest KRAS substitution in colorectal ca", "R034"),
    ("is KRAS mutation prognostic in early stage NSCLC I-III", "R055"),
    ("intrinsic GTPase activity of G12C mutant vs WT", "R081"),
    ("G13D nucleotide exchange - faster or slower than wild type", "R079"),
    ("PI3K AKT mTOR how is it activated by ras", "R683"),
    ("KRYSTAL-1 STK11 co-mutated NSCLC response", "R168"),
    ("NCT04685135 what is being compared", "R170"),
    ("response range of G12C inhibitor + anti-EGFR in mCRC", "T164"),
    ("reversible or covalent - the KRASG12D inhibitor", "R178"),
    ("diphtheria toxin fused protease that cleaves RAS", "R264"),
    ("toxicity concern for pan-ras inhibition", "R292"),
    ("acquired KRAS mutations after adagrasib resistance (Awad)", "R299"),
    ("which gene fusions have been reported at resistance", "R304"),
    ("Tsai autopsy study: how many pre, post and normal samples", "C042"),
    ("Do neighbouring lymph node mets share the same clonal origin?", "C072"),
    ("which site seeded the resistant distant metastases", "C071"),
    ("STK11 vs TP53 co-mutation effect on CD8 T cells in KRAS mutant tumors", "R332"),
    ("PD-L1 expression in KRAS mutant vs wt odds ratio", "R363"),
    ("KEYNOTE-042 KRAS subgroup pembro vs chemo OS", "R372"),
    ("CCTG PA.7 durva treme panc by KRAS status", "R382"),
    ("which approvals does FDA list for G12C inhibitors, accelerated or full", "T043"),
]
# Names that the papers do not hold: what speaks of everything else says nothing of these.
FOREIGN = [
    "RMC-6236 daraxonrasib response rate in PDAC",
    "does sotorasib interact with PPIs such as omeprazole?",
    "QTc prolongation adagrasib incidence",
    "CodeBreaK 300 sotorasib + panitumumab PFS in CRC",
    "olomorasib + pembrolizumab ORR first line NSCLC",
    "Y96D mutation confers resistance to both drugs?",
    "KRAS G12A prevalence in multiple myeloma",
    "TEAD inhibitor plus sotorasib trial",
    "does sotorasib inhibit Gly13Cys",
    "price of adagrasib in Germany",
]


@pytest.mark.parametrize(("question", "wanted"), ASKED)
def test_what_bears_on_a_question_is_among_the_first(
    kg: KnowledgeGraph, question: str, wanted: str
) -> None:
    assert wanted in [hit.statement.id for hit in kg.find(question).hits]


@pytest.mark.parametrize("question", FOREIGN)
def test_nothing_is_shown_for_names_that_no_statement_holds(
    kg: KnowledgeGraph, question: str
) -> None:
    found = kg.find(question)
    assert not found.hits
    assert found.absent


def test_every_hit_holds_the_words_it_is_said_to_hold(kg: KnowledgeGraph) -> None:
    for question, _ in ASKED:
        found = kg.find(question)
        for hit in found.hits:
            for word in hit.held:
                assert hit.statement.id in _ids(kg.find(word, limit=2000)), (question, word)
            assert not set(hit.held) & set(found.absent)


def test_names_count_with_their_synonyms(kg: KnowledgeGraph) -> None:
    one, other = (kg.find(f"{name} diarrhea", limit=50) for name in ("sotorasib", "AMG 510"))
    assert _ids(one) == _ids(other) != []


def test_a_limit_only_cuts_the_list(kg: KnowledgeGraph) -> None:
    every = kg.find("sotorasib pancreatic cancer", limit=500)
    few = kg.find("sotorasib pancreatic cancer", limit=3)
    assert _ids(few) == _ids(every)[:3]
    assert few.more == len(every.hits) - 3


def test_withdrawn_statements_are_not_found(kg: KnowledgeGraph) -> None:
    gone = {s.id for s in kg.statements() if s.deprecated}
    every = kg.find("sotorasib", limit=500)
    assert not gone & set(_ids(every))


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=80))
def test_any_text_can_be_searched_for(kg: KnowledgeGraph, text: str) -> None:
    found = kg.find(text)
    assert len(found.hits) <= 8


@pytest.mark.parametrize(
    "hostile",
    ['"', "NEAR(a b)", "ends:sotorasib", "a* OR NOT", "'; DROP TABLE text; --", "^x", "{"],
)
def test_the_syntax_of_the_index_means_nothing(kg: KnowledgeGraph, hostile: str) -> None:
    kg.find(hostile)
    assert kg.find("sotorasib").hits


def test_a_dataset_read_by_sparql_gives_the_same(kg: KnowledgeGraph) -> None:
    plain = KnowledgeGraph(kg.engine, reader=Reader(kg.engine))
    for question in ("dose of sotorasib phase 2", "seeding of distant metastases"):
        assert _ids(plain.find(question)) == _ids(kg.find(question))


def test_the_command_tells_what_no_statement_holds() -> None:
    done = CliRunner().invoke(cli, ["find", "sotorasib", "dose", "zebrafish"])
    assert done.exit_code == 0
    assert "No statement holds: 'zebrafish'" in done.output
    assert "T049" in done.output


def test_a_refused_question_is_followed_by_a_search_that_says_what_it_is() -> None:
    done = CliRunner().invoke(cli, ["ask", "what dose of sotorasib was taken forward to phase 2"])
    assert done.exit_code != 0
    assert done.output.startswith("Not answered: Did not understand: 'forward'.")
    assert "A SEARCH FOR ITS WORDS, NOT AN ANSWER" in done.output
    assert "T049" in done.output


def test_stray_bytes_in_a_question_are_told_escaped() -> None:
    for verb in ("ask", "find"):
        done = CliRunner().invoke(cli, [verb, "\udcff sotorasib", "--format", "json"])
        assert done.exception is None or isinstance(done.exception, (SystemExit, QuestionError))
        record = json.loads(done.stdout)
        assert "\udcff" in (record.get("words") or record["question"])


def test_json_keeps_the_search_apart_from_an_answer() -> None:
    asked = ["ask", "which dose was taken forward to phase 2", "--format", "json"]
    record = json.loads(CliRunner().invoke(cli, asked).output)
    assert record["interpretation"] is None
    assert "statements" not in record
    assert {"absent", "statements", "more"} == record["search"].keys()
    assert all(item["held"] for item in record["search"]["statements"])


@pytest.mark.parametrize(
    "question", ["should my mother take sotorasib forward", "what does sotorasib cost forward"]
)
def test_advice_and_prices_are_not_searched_for(question: str) -> None:
    done = CliRunner().invoke(cli, ["ask", question])
    assert done.exit_code != 0
    assert "SEARCH" not in done.output


def _ids(found: Search) -> list[str]:
    return [hit.statement.id for hit in found.hits]
