"""Paths: brute force is the oracle on random small graphs; the toy graph is checked by eye."""

from __future__ import annotations

from collections.abc import Iterator

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kras_graph import KnowledgeGraph
from kras_graph.model.terms import Sign
from kras_graph.network.paths import MAX_STEPS, Reason, Search, Step, find_paths
from kras_graph.network.projection import Network
from kras_graph.network.routes import blocked_by, open_routes

NODES = "abcdef"
SIGNS = (Sign.POSITIVE, Sign.NEGATIVE, Sign.UNKNOWN, Sign.NEUTRAL)
EDGE = st.tuples(
    st.sampled_from(NODES),
    st.sampled_from(NODES),
    st.sampled_from(SIGNS),
    st.sampled_from(["statement", "statement", "statement", "up", "down", "state"]),
    st.booleans(),
)


def network(edges: list[tuple[str, str, Sign, str, bool]]) -> Network:
    graph = nx.MultiDiGraph()
    for node in NODES:
        graph.add_node(node, label=node, cls="Gene")
    for number, (source, target, sign, role, asserted) in enumerate(edges):
        if source == target:
            continue
        predicate = f"p{number}"
        graph.add_edge(
            source,
            target,
            key=predicate if asserted else f"{predicate}#unasserted",
            predicate=predicate,
            sign=sign,
            asserted=asserted,
            role=role,
            statements=(f"s{number}",) if role == "statement" else (),
            diseases=frozenset(),
            alterations=frozenset(),
            kinds=frozenset(),
        )
    return graph


def sign_of(signs: list[Sign]) -> Sign:
    if any(sign in (Sign.UNKNOWN, Sign.NEUTRAL) for sign in signs):
        return Sign.UNKNOWN
    return Sign.NEGATIVE if signs.count(Sign.NEGATIVE) % 2 else Sign.POSITIVE


def brute_force(graph: Network, source: str, target: str, search: Search) -> set[tuple[str, ...]]:
    """Every admissible path as its predicates, straight from the definition."""

    def allowed(edge: tuple[str, str, str]) -> bool:
        data = graph.edges[edge]
        return (search.unasserted or data["asserted"]) and (
            search.neutral or data["role"] != "statement" or data["sign"] is not Sign.NEUTRAL
        )

    def walks() -> Iterator[list[tuple[str, str, str]]]:
        if source != target:
            yield from nx.all_simple_edge_paths(graph, source, target, cutoff=search.max_length)

    found = set()
    for walk in walks():
        roles = [graph.edges[edge]["role"] for edge in walk]
        nodes = {source, *(edge[1] for edge in walk)}
        signs = [
            Sign.POSITIVE
            if graph.edges[edge]["role"] == "up" and graph.edges[edge]["sign"] is Sign.NEUTRAL
            else graph.edges[edge]["sign"]
            for edge in walk
        ]
        if not all(allowed(edge) for edge in walk) or nodes & search.avoid:
            continue
        if not search.via <= nodes or search.sign not in (None, sign_of(signs)):
            continue
        down = [place for place, role in enumerate(roles) if role == "down"]
        if down and roles[down[0] :] != ["down"] * (len(roles) - down[0]):
            continue
        if down and down[0] > 0 and roles[down[0] - 1] == "up":
            continue
        found.add(tuple(graph.edges[edge]["predicate"] for edge in walk))
    return found


SEARCH = st.builds(
    Search,
    max_length=st.integers(1, 5),
    k=st.just(10_000),
    avoid=st.frozensets(st.sampled_from("bcd"), max_size=1),
    via=st.frozensets(st.sampled_from("bcde"), max_size=1),
    sign=st.sampled_from([None, Sign.POSITIVE, Sign.NEGATIVE, Sign.UNKNOWN]),
    unasserted=st.booleans(),
    neutral=st.booleans(),
)


@settings(max_examples=1500, deadline=None)
@given(st.lists(EDGE, max_size=14), SEARCH)
def test_paths_equal_exhaustive_enumeration(
    edges: list[tuple[str, str, Sign, str, bool]], search: Search
) -> None:
    graph = network(edges)
    answer = find_paths(graph, "a", "f", search)
    expected = brute_force(graph, "a", "f", search)
    assert {tuple(step.predicate for step in path.steps) for path in answer.paths} == expected
    assert answer.complete
    assert (answer.reason is None) == bool(expected)
    lengths = [len(path.steps) for path in answer.paths]
    if not search.unasserted:
        assert lengths == sorted(lengths)
    for path in answer.paths:
        assert path.sign is sign_of([step.sign for step in path.steps])


@settings(max_examples=200, deadline=None)
@given(st.lists(EDGE, max_size=14), st.integers(1, 4))
def test_k_best_is_the_beginning_of_all(
    edges: list[tuple[str, str, Sign, str, bool]], k: int
) -> None:
    graph = network(edges)
    everything = find_paths(graph, "a", "f", Search(max_length=5, k=10_000))
    best = find_paths(graph, "a", "f", Search(max_length=5, k=k))
    assert best.paths == everything.paths[:k]
    assert best.complete == (len(everything.paths) <= k)


@settings(max_examples=200, deadline=None)
@given(st.lists(EDGE, min_size=1, max_size=12), st.data())
def test_removing_an_edge_never_creates_a_path(
    edges: list[tuple[str, str, Sign, str, bool]], data: st.DataObject
) -> None:
    search = Search(max_length=5, k=10_000)
    place = data.draw(st.integers(0, len(edges) - 1))
    whole = brute_force(network(edges), "a", "f", search)
    blank: tuple[str, str, Sign, str, bool] = ("a", "a", Sign.POSITIVE, "statement", True)
    less = network([*edges[:place], blank, *edges[place + 1 :]])
    found = {tuple(s.predicate for s in p.steps) for p in find_paths(less, "a", "f", search).paths}
    assert found <= whole


def test_neutral_followed_by_anything_is_unknown() -> None:
    assert Sign.NEUTRAL.then(Sign.POSITIVE) is Sign.UNKNOWN
    assert Sign.NEGATIVE.then(Sign.NEGATIVE) is Sign.POSITIVE
    assert Sign.UNKNOWN.then(Sign.NEGATIVE) is Sign.UNKNOWN


def test_toy_paths_have_the_signs_one_works_out_by_hand(toy: KnowledgeGraph) -> None:
    (path,) = toy.paths("drugex", "Cee").paths
    assert path.nodes == ("drugex", "AY_G12C", "AY", "BEE", "CEE")
    assert path.sign is Sign.NEGATIVE
    assert path.statements == ("S1", "S3", "S4")
    assert path.rollups == 1
    (loss,) = toy.paths("Dee loss", "Cee").paths
    assert loss.sign is Sign.POSITIVE


def test_a_toy_member_does_not_act_through_its_siblings(toy: KnowledgeGraph) -> None:
    assert toy.paths("Ay", "Ay family").paths[0].steps[0].role == "up"
    assert toy.paths("Ay family", "Ay").paths[0].steps[0].role == "down"


@pytest.mark.parametrize(
    ("options", "reason", "told"),
    [
        ({"max_length": 2}, Reason.ONLY_LONGER, "within 6 steps"),
        ({"sign": "+"}, Reason.ONLY_OTHER_SIGN, "another"),
        ({"avoid": ["Bee"]}, Reason.ONLY_THROUGH_EXCLUDED, "avoided"),
        ({"via": ["Gee"]}, Reason.NOT_VIA, "without GEE"),
    ],
)
def test_an_empty_answer_names_the_smallest_relaxation(
    toy: KnowledgeGraph, options: dict[str, object], reason: Reason, told: str
) -> None:
    answer = toy.paths("drugex", "Cee", **options)  # type: ignore[arg-type]
    assert not answer.paths
    assert answer.reason is reason
    assert told in str(answer.hint)
    assert "drugex > AY_G12C" in str(answer.hint)


def test_denied_and_open_propositions_are_no_steps_unless_asked_for(toy: KnowledgeGraph) -> None:
    assert toy.paths("Gee", "drugex").reason is Reason.ONLY_UNASSERTED
    (path,) = toy.paths("Gee", "drugex", unasserted=True).paths
    assert not path.steps[0].asserted


def test_no_path_at_all_is_said_plainly(toy: KnowledgeGraph) -> None:
    answer = toy.paths("Cee", "Eff")
    assert answer.reason is Reason.NO_PATH
    assert answer.complete


def test_toy_routes_left_open_by_the_drug(toy: KnowledgeGraph) -> None:
    assert blocked_by(toy.network, "drugex") == {"AY_G12C"}
    routes = open_routes(
        toy.network, "drugex", ["EFF_amplification", "DEE_loss", "AY_G12C"], ["CEE"]
    )
    assert [(r.alteration, r.path.nodes) for r in routes] == [
        ("EFF_amplification", ("EFF_amplification", "EFF", "BEE", "CEE")),
        ("DEE_loss", ("DEE_loss", "DEE", "CEE")),
    ]


def test_shipped_paths_follow_the_pathway(kg: KnowledgeGraph) -> None:
    best = kg.paths("sotorasib", "ERK").paths[0]
    assert best.sign is Sign.NEGATIVE
    assert best.nodes[:2] == ("sotorasib", "KRAS_G12C")
    assert best.nodes[-3:] == ("RAF", "MEK", "ERK")
    cascade = kg.paths("RAF", "ERK").paths[0]
    assert [step.predicate for step in cascade.steps] == ["activates", "activates"]
    assert cascade.sign is Sign.POSITIVE


def test_medicines_do_not_stand_inside_paths(kg: KnowledgeGraph) -> None:
    classes = {"Drug", "Biologic", "CellTherapy", "DrugClass", "Regimen"}
    for path in kg.paths("MET amplification", "ERK", k=50, max_length=7).paths:
        assert not {kg.reader.entities[n].cls for n in path.nodes[1:-1]} & classes


def test_alleles_stay_apart(kg: KnowledgeGraph) -> None:
    answer = kg.paths("sotorasib", "KRAS G12D")
    assert not answer.paths


def test_two_runs_give_the_same_paths(kg: KnowledgeGraph) -> None:
    assert kg.paths("SOS1", "ERK", k=20) == kg.paths("SOS1", "ERK", k=20)


def test_steps_keep_their_statements(kg: KnowledgeGraph) -> None:
    known = {statement.id for statement in kg.statements() if statement.is_edge}
    for path in kg.paths("sotorasib", "ERK").paths:
        for step in path.steps:
            assert isinstance(step, Step)
            assert set(step.statements) <= known
            assert bool(step.statements) == (step.role == "statement")


def test_limits_are_generous() -> None:
    assert MAX_STEPS >= 100_000
