"""The language of questions is data: its files hang together with each other and the graph."""

from __future__ import annotations

import json
import re
import tomllib
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kras_graph import KnowledgeGraph
from kras_graph.answers.ask import AskBackError
from kras_graph.answers.conditions import PLACES
from kras_graph.answers.forms import forms
from kras_graph.answers.reading import Reading
from kras_graph.answers.wording import UNREAD, Wording, inflected, parse_words, words
from kras_graph.model.errors import QuestionError
from kras_graph.present.asking import answer
from kras_graph.present.dispatch import COMPUTED, REPLIES

RAW = tomllib.loads(
    (files("kras_graph.answers") / "language" / "words.toml").read_text(encoding="utf-8")
)


def test_every_entity_that_the_word_list_names_is_in_the_graph(kg: KnowledgeGraph) -> None:
    named = {ident for ids in RAW["entity"] for ident in ids.split()}
    named |= {ident for ids in RAW["topic"].values() for ident in ids.split()}
    assert sorted(named - set(kg.reader.entities)) == []


def test_entities_of_one_phrase_are_of_one_kind_for_the_grammar(kg: KnowledgeGraph) -> None:
    wording = Wording(kg.names)
    for phrases in RAW["entity"].values():
        first = phrases.split("|")[0].strip().rstrip("+~")
        (token, *rest) = wording.tokens(first)
        assert token.kind != UNREAD, first
        assert not rest, first


def test_forms_refer_only_to_what_there_is() -> None:
    told = forms()
    for form in told.forms:
        assert form.call in ("", *COMPUTED, *REPLIES), form.id
        assert bool(form.call) != bool(form.find), form.id
        for line in form.find:
            assert line.get("role", "any") in PLACES, form.id
            how = line.get("how", "@any")
            if isinstance(how, str) and how.startswith("@"):
                assert how == "@any" or how[1:] in told.relations, form.id
            for end in ("subject", "object"):
                wanted = line.get(end, [])
                if isinstance(wanted, str) and wanted.startswith("@"):
                    assert wanted[1:] in told.ends or wanted[1:] in words().topics, form.id


def test_relations_of_forms_are_relations_of_the_ontology(kg: KnowledgeGraph) -> None:
    known = {statement.predicate for statement in kg.statements()}
    told = forms()
    used = {p for group in (*told.relations.values(), *told.verbs.values()) for p in group}
    used |= {
        p
        for form in told.forms
        for line in form.find
        if not isinstance(line.get("how", "@any"), str)
        for p in line["how"]
    }
    assert used <= known


@pytest.mark.parametrize(
    ("phrase", "forms_of_it"),
    [
        ("escape~", ["escape", "escapes", "escaped", "escaping"]),
        ("get~ round", ["get round", "gets round", "geted round", "geting round",
                        "getted round", "getting round"]),
        ("study+", ["study", "studies"]),
        ("side effect+", ["side effect", "side effects"]),
        ("plain words", ["plain words"]),
    ],
)  # fmt: skip
def test_marks_add_the_regular_forms(phrase: str, forms_of_it: list[str]) -> None:
    assert [form for form, _ in inflected(phrase)] == forms_of_it


def test_a_word_list_of_ones_own_is_read_alike() -> None:
    text = (
        '[skip]\nwords = "the"\nphrases = ""\n[light]\n[cue]\nbypass = "dodge~"\n[kind]\n[verb]\n'
        'inhibit = "block~"\n[link]\n[filter]\n[entity]\n[refuse]\n[topic]\n'
        '[ignored]\nnames = ""\n[inhibitors]\nnames = "i"\n'
    )
    own = parse_words(text)
    assert own.senses["dodging"].name == "bypass"
    assert own.senses["blocked"].kind == "VERBED"


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("have we met MET", ["MOLECULE"]),
        ("MEKi", ["THERAPY"]),
        ("KRAS is", ["MOLECULE"]),
        ("G12Ci and SHP2 blockade", ["THERAPY", "AND", "THERAPY"]),
        ("KRAS p.Gly12Cys", ["ALTERATION"]),
        ("CD8+ T cells", ["PROCESS"]),
        ("sotorasib versus docetaxel", ["THERAPY", "VS", "THERAPY"]),
        ("sotorasib's ORR", ["THERAPY", "ENDPOINT"]),
        ("tumour escape", ["TUMOUR", "CUE"]),
        ("why R168.1?", ["LIGHT", "STATEMENT"]),
    ],
)
def test_words_and_names_are_told_apart(kg: KnowledgeGraph, text: str, kinds: list[str]) -> None:
    wording = Wording(kg.names)
    found = [t.kind for t in wording.tokens(text) if t.text not in ("met",)]
    assert found == kinds


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("sotorasb", "sotorasib"),
        ("waht", "what"),
        ("resistence", "resistance"),
        ("rotorasib", None),
        ("react", None),
        ("RMC", None),
        ("G12S", None),
    ],
)
def test_only_near_spellings_are_corrected(
    kg: KnowledgeGraph, written: str, meant: str | None
) -> None:
    assert Wording(kg.names).corrected(written) == meant


LEFT_UNUSED = [
    ("what bypasses sotorasib except in mice and on Sundays?", "Sundays"),
    ("which trials test sotorasib without docetaxel?", "without"),
    ("is sotorasib not approved?", "not"),
    ("what bypasses sotorasib since 2021", "dates"),
    ("IC50 of sotorasib", "no such measure"),
    ("should adagrasib be given to my patient", "no advice"),
    (
        "What bypasses sotorasib? Which dose of sotorasib should my mother take?",
        "no advice",
    ),
]


@pytest.mark.parametrize(("question", "told"), LEFT_UNUSED)
def test_nothing_is_answered_around_a_word_that_matters(
    kg: KnowledgeGraph, question: str, told: str
) -> None:
    with pytest.raises(QuestionError) as raised:
        kg.read(question)
    assert told.casefold() in raised.value.reason.casefold()


@pytest.mark.parametrize("question", ["MRTX trials", "and in colorectal?", "is it safe?"])
def test_what_may_mean_several_things_is_asked_back(kg: KnowledgeGraph, question: str) -> None:
    with pytest.raises(AskBackError) as raised:
        kg.read(question)
    for choice in raised.value.nearest:
        kg.read(choice)


VOCABULARY = re.findall(
    r"\w+",
    "what does sotorasib adagrasib bypass KRAS G12C in lung cancer trials of response rate MET "
    "amplification versus and not grade 3 from to resistance STK11 mutation since how many",
)


def read_or_refused(kg: KnowledgeGraph, question: str) -> Reading | QuestionError:
    try:
        return kg.read(question)
    except QuestionError as error:
        return error


@settings(max_examples=150, deadline=None)
@given(chosen=st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=9))
def test_any_row_of_words_is_answered_or_refused_with_what_can_be_asked(
    kg: KnowledgeGraph, chosen: list[str]
) -> None:
    found = read_or_refused(kg, " ".join(chosen))
    if isinstance(found, QuestionError):
        assert found.reason
        kg.read(found.nearest[0])
        return
    assert found.text
    if not found.form.call:
        record = json.loads(answer(kg, found, "json", width=100, color=False))
        assert all(line["evidence"] for line in record["statements"])
