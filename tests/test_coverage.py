from __future__ import annotations

import itertools
from pathlib import Path

from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from kras_graph.cli.main import cli
from kras_graph.curation.recompute import Outcome, clopper_pearson, recalculate
from kras_graph.curation.sentences import sentences
from kras_graph.model.records import Result, Sum
from kras_graph.model.terms import Statistic
from tests.conftest import TOY

TOY_DATA = str(TOY / "data")
TOY_TEXTS = str(TOY / "texts")


@given(st.text(alphabet="aB1 .?!\n()", max_size=60))
def test_sentences_are_in_order_and_lose_no_letter(text: str) -> None:
    spans = list(sentences(text))
    assert all(a < b for a, b in spans)
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(spans))
    kept = "".join(text[a:b] for a, b in spans)
    assert sorted(c for c in kept if c.isalnum()) == sorted(c for c in text if c.isalnum())


def test_abbreviations_and_decimals_end_no_sentence() -> None:
    text = "Ras et al. (2) saw 1.5 units in Fig. 2. Then it rose. "
    assert [text[a:b] for a, b in sentences(text)] == [
        "Ras et al. (2) saw 1.5 units in Fig. 2.",
        "Then it rose.",
    ]


def test_double_spaced_lines_are_no_paragraphs() -> None:
    text = "One line\n\ngoes on\n\nhere.\n\nNext\n\none\n\nends.\n"
    assert [" ".join(text[a:b].split()) for a, b in sentences(text)] == [
        "One line goes on here.",
        "Next one ends.",
    ]


def test_coverage_of_the_toy_paper_names_what_is_left() -> None:
    arguments = ["coverage", "--texts", TOY_TEXTS, "--data", TOY_DATA, "--format", "jsonl"]
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 1
    lines = result.output.splitlines()
    raw = (TOY / "texts" / "toy_paper.txt").read_text()
    import json

    left = [raw[r["raw_start"] : r["raw_end"]] for r in map(json.loads, lines)]
    assert left == ["Toy paper", "1 Results", "2 Escape"]


def test_a_sentence_judged_free_of_facts_is_explained(tmp_path: Path) -> None:
    import json
    import shutil

    data = shutil.copytree(TOY / "data", tmp_path / "data")
    arguments = ["coverage", "--texts", TOY_TEXTS, "--data", str(data), "--format", "jsonl"]
    found = [json.loads(line) for line in CliRunner().invoke(cli, arguments).output.splitlines()]
    rows = ["publication\tsection\tstart\tlength\tsha256\treason"]
    rows += [
        f"toy2020\t{r['section']}\t{r['start']}\t{r['end'] - r['start']}\t{r['sha256']}\theading"
        for r in found
    ]
    (data / "no_fact.tsv").write_text("\n".join(rows) + "\n")
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0
    assert result.output == ""


def test_no_sentence_of_the_papers_is_left_unexplained(seeds: Path) -> None:
    result = CliRunner().invoke(cli, ["coverage", "--texts", str(seeds), "--format", "jsonl"])
    assert result.output == ""
    assert result.exit_code == 0


def figure(**fields: object) -> Result:
    base: dict[str, object] = {
        "id": "S1.1",
        "statement": "S1",
        "endpoint": "e",
        "statistic": Statistic.PERCENTAGE,
        "printed": "",
        "unit": "%",
    }
    return Result(**{**base, **fields})  # type: ignore[arg-type]


def test_the_trials_headline_interval_is_exact() -> None:
    low, high = clopper_pearson(8, 38)
    assert (round(low), round(high)) == (10, 37)


@given(st.integers(1, 60), st.data())
def test_exact_intervals_agree_with_the_definition(total: int, data: st.DataObject) -> None:
    """At the bounds, the binomial tail beyond the count is half of what the level leaves."""
    from scipy.stats import binom

    n = data.draw(st.integers(0, total))
    low, high = clopper_pearson(n, total)
    if n > 0:
        assert abs(float(binom.sf(n - 1, total, low / 100)) - 0.025) < 1e-6
    if n < total:
        assert abs(float(binom.cdf(n, total, high / 100)) - 0.025) < 1e-6


def test_recalculation_tells_match_mismatch_and_explained() -> None:
    right = figure(n=8, N=38, value=21.0, ci_low=10.0, ci_high=37.0, ci_method="Clopper-Pearson")
    wrong = figure(n=8, N=38, value=24.0, ci_low=11.0, ci_high=37.0, ci_method="Clopper-Pearson")
    told = figure(n=8, N=38, value=24.0, source_issue="printed so")
    bare = figure(value=24.0)
    outcomes = [r.outcome for r in recalculate([right, wrong, told, bare], [])]
    assert outcomes == [
        Outcome.MATCH,
        Outcome.MATCH,
        Outcome.MISMATCH,
        Outcome.MISMATCH,
        Outcome.EXPLAINED,
        Outcome.NOT_CHECKABLE,
    ]


def test_sums_are_checked() -> None:
    parts = [figure(id=f"S1.{n}", unit="patients", value=float(n)) for n in (1, 2, 3)]
    (fits,) = recalculate(parts, [Sum("S1.3", ("S1.1", "S1.2"), "arms")])
    (fails,) = recalculate(parts, [Sum("S1.2", ("S1.1", "S1.3"), "arms")])
    assert (fits.outcome, fails.outcome) == (Outcome.MATCH, Outcome.MISMATCH)


def test_no_shipped_figure_has_an_unexplained_mismatch() -> None:
    result = CliRunner().invoke(cli, ["check", "--figures", "--format", "tsv"])
    assert result.exit_code == 0
    lines = result.stdout.splitlines()[1:]
    assert not [line for line in lines if line.endswith("\tmismatch")]
    assert sum(line.endswith("\tmatch") for line in lines) >= 39
