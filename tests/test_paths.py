"""Paths: brute force is the oracle on random small graphs; the toy graph is checked by eye."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import Any, NamedTuple

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kras_graph import KnowledgeGraph
from kras_graph.model.terms import THERAPY_CLASSES, Certainty, Polarity, Setting, Sign
from kras_graph.network.metapath import PatternError, read_metapath
from kras_graph.network.paths import (
    LONGEST,
    MAX_STEPS,
    Filter,
    Path,
    Reason,
    Search,
    Step,
    find_paths,
)
from kras_graph.network.projection import Backing, Network
from kras_graph.network.score import agreement

NODES = "abcdef"
SIGNS = (*[Sign.POSITIVE, Sign.NEGATIVE] * 2, Sign.UNKNOWN, Sign.NEUTRAL)
CLASSES = ("Gene", "Gene", "Gene", "Alteration", "Drug")
LINEAGES = {"lung": {"lung", "cancer"}, "colon": {"colon", "cancer"}, "cancer": {"cancer"}}
LETTERS = {"Gene": "g", "Alteration": "a", "Drug": "t"}


class Said(NamedTuple):
    """One statement of an edge."""

    setting: Setting
    paper: str
    diseases: frozenset[str]


class Edge(NamedTuple):
    """One edge of a random graph."""

    source: str
    target: str
    predicate: str
    sign: Sign
    role: str
    asserted: bool
    said: tuple[Said, ...]


class World:
    """Random graphs and searches from one seed, dense enough that many searches find paths."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.classes = tuple(self.random.choice(CLASSES) for _ in NODES)
        self.edges = [self.edge() for _ in range(self.random.randint(6, 20))]
        self.search = self.some_search()

    def maybe(self, chance: float, *values: Any, default: Any = frozenset()) -> Any:
        """One of the values with this chance, else the default."""
        return self.random.choice(values) if self.random.random() < chance else default

    def said(self) -> Said:
        names = self.random.sample(sorted(LINEAGES), self.random.choice([0, 0, 1, 1, 2]))
        settings = [Setting.IN_VITRO, Setting.COHORT, Setting.REVIEW]
        paper = self.random.choice(["wu", "manabe"])
        return Said(self.random.choice(settings), paper, frozenset(names))

    def edge(self) -> Edge:
        source, target = self.random.sample(NODES, 2)
        return Edge(
            source,
            target,
            self.random.choice(["activates", "binds", "blocks"]),
            self.random.choice(SIGNS),
            self.random.choice(["statement", "statement", "statement", "up", "down", "state"]),
            self.random.random() < 0.9,
            tuple(self.said() for _ in range(self.random.randint(1, 3))),
        )

    def some_search(self) -> Search:
        one = [frozenset(letter) for letter in "bcde"]
        return Search(
            max_length=self.random.choice([2, 3, 4, 4, 5, 5]),
            min_length=self.maybe(0.2, 2, 3, default=1),
            k=10_000,
            avoid=self.maybe(0.2, *one),
            via=self.maybe(0.2, *one),
            only=self.maybe(0.15, frozenset("bcd"), frozenset("cde"), frozenset("be")),
            sign=self.maybe(0.25, Sign.POSITIVE, Sign.NEGATIVE, Sign.UNKNOWN, default=None),
            unasserted=self.random.random() < 0.5,
            neutral=self.random.random() < 0.5,
            through_therapies=self.random.random() < 0.5,
            rollups=self.random.random() < 0.85,
            evidence=self.some_filter(),
            metapath=self.maybe(0.25, *map(read_metapath, PATTERNS), default=None),
        )

    def some_filter(self) -> Filter:
        settings = (frozenset({setting}) for setting in (Setting.IN_VITRO, Setting.COHORT))
        named = [frozenset({"activates", "binds"}), frozenset({"binds", "up_of"})]
        return Filter(
            predicates=self.maybe(0.06, *named),
            not_predicates=self.maybe(0.06, frozenset({"blocks"}), frozenset({"down_of"})),
            settings=self.maybe(0.06, *settings),
            not_settings=self.maybe(0.06, frozenset({Setting.REVIEW})),
            publications=self.maybe(0.06, frozenset({"wu"})),
            not_publications=self.maybe(0.06, frozenset({"manabe"})),
            diseases=self.maybe(0.06, frozenset({"lung"}), frozenset({"cancer"})),
            not_diseases=self.maybe(0.06, frozenset({"colon"})),
            general=self.random.random() < 0.5,
        )

    @property
    def graph(self) -> Network:
        return network(self.edges, self.classes)


WORLDS = st.integers(0, 2**48).map(World)


def network(
    edges: list[Edge], classes: tuple[str, ...] = ("Gene",) * len(NODES), families: str = ""
) -> Network:
    """A random graph; the nodes of `families` are members of the node `c`."""
    graph = nx.MultiDiGraph()
    for node, cls in zip(NODES, classes, strict=True):
        graph.add_node(node, label=node, cls=cls, family="c" if node in families else "")
    for number, edge in enumerate(edges):
        if edge.source == edge.target:
            continue
        sourced = edge.role == "statement"
        predicate = edge.predicate if sourced else f"{edge.role}_of"
        backing = [
            Backing(
                f"s{number}.{place}",
                Polarity.AFFIRMED,
                Certainty.STATED if edge.asserted else Certainty.OPEN,
                said.setting,
                frozenset({said.paper}),
                said.diseases,
                lineages=tuple(frozenset(LINEAGES[name]) for name in sorted(said.diseases)),
                wider=frozenset().union(*(LINEAGES[name] for name in said.diseases)),
            )
            for place, said in enumerate(edge.said)
            if sourced
        ]
        graph.add_edge(
            edge.source,
            edge.target,
            key=predicate if edge.asserted else f"{predicate}#unasserted",
            predicate=predicate,
            sign=edge.sign,
            asserted=edge.asserted,
            role=edge.role,
            statements=tuple(item.id for item in backing),
            backing=tuple(backing),
        )
    return graph


# --- the oracle: straight from the definitions -----------------------------------------------


def carries(item: Backing, asked: Filter) -> bool:
    """Whether a statement may carry a step."""
    wanted = [
        not asked.settings or item.setting in asked.settings,
        item.setting not in asked.not_settings,
        not asked.publications or bool(item.publications & asked.publications),
        not item.publications <= asked.not_publications,
    ]
    if item.diseases:
        tied = [LINEAGES[name] for name in item.diseases]
        wanted.append(not asked.diseases or any(kinds & asked.diseases for kinds in tied))
        wanted.append(any(not kinds & asked.not_diseases for kinds in tied))
    else:
        wanted.append(not asked.diseases or asked.general)
    return all(wanted)


def usable(data: dict[str, Any], search: Search) -> bool:
    """Whether an edge may be a step."""
    asked, predicate = search.evidence, data["predicate"]
    named = predicate in asked.predicates
    if predicate in asked.not_predicates or not (data["asserted"] or search.unasserted):
        return False
    if data["role"] != "statement":
        return named or search.rollups
    if data["sign"] is Sign.NEUTRAL and not (search.neutral or named):
        return False
    if asked.predicates and not named:
        return False
    return any(carries(item, asked) for item in data["backing"])


def sign_of(edges: list[dict[str, Any]]) -> Sign:
    """Product of the signs; belonging to something passes any effect on."""
    signs = [
        Sign.POSITIVE if e["role"] == "up" and e["sign"] is Sign.NEUTRAL else e["sign"]
        for e in edges
    ]
    if any(sign in (Sign.UNKNOWN, Sign.NEUTRAL) for sign in signs):
        return Sign.UNKNOWN
    return Sign.NEGATIVE if signs.count(Sign.NEGATIVE) % 2 else Sign.POSITIVE


def passable(graph: Network, nodes: list[str], place: int, role: str, search: Search) -> bool:
    """Whether a path may go on beyond the node at a place."""
    therapy = graph.nodes[nodes[place]]["cls"] in THERAPY_CLASSES
    climbing = role == "up" and graph.nodes[nodes[0]]["cls"] in THERAPY_CLASSES
    return search.through_therapies or climbing or not therapy


def spells(graph: Network, nodes: list[str], roles: list[str], search: Search) -> bool:
    """Whether the classes along a path are those of the metapath, by a regular expression.

    A node is a letter; a therapy that may not be passed is a capital one.
    """
    assert search.metapath
    letters = [LETTERS[graph.nodes[node]["cls"]] for node in nodes]
    for place in range(1, len(nodes) - 1):
        if not passable(graph, nodes, place, roles[place - 1], search):
            letters[place] = letters[place].upper()
    word = letters[0] + "".join(
        ("s" if role == "statement" else "r") + letter
        for role, letter in zip(roles, letters[1:], strict=True)
    )
    pattern = ""
    for place, element in enumerate(search.metapath.elements):
        chosen = (
            "".join(LETTERS[cls] for cls in sorted(element & LETTERS.keys())) if element else ""
        )
        one = f"[{chosen}{chosen.upper()}]" if element else "[^T]"
        if place:
            pattern += "(?:[rs][^T])*[rs]" if search.metapath.gaps[place - 1] else "[rs]"
        pattern += f"{one}(?:r{one})*"
    return re.fullmatch(pattern, word) is not None


def walks(
    graph: Network, source: str, longest: int, seen: frozenset[str] = frozenset()
) -> Iterator[list[tuple[str, str, str]]]:
    """Every simple path from a node."""
    if not longest:
        return
    for edge in graph.out_edges(source, keys=True):
        if edge[1] not in seen and edge[1] != source:
            yield [edge]
            for rest in walks(graph, edge[1], longest - 1, seen | {source}):
                yield [edge, *rest]


def brute_force(
    graph: Network, source: str | None, target: str | None, search: Search
) -> set[tuple[tuple[str, str, str], ...]]:
    """Every admissible path as its edges, straight from the definition."""
    found = set()
    for start in [source] if source else sorted(graph):
        for walk in walks(graph, start, search.max_length):
            if target in (None, walk[-1][1]) and admissible(graph, walk, search):
                found.add(tuple(walk))
    return found


def admissible(graph: Network, walk: list[tuple[str, str, str]], search: Search) -> bool:
    edges = [graph.edges[edge] for edge in walk]
    nodes = [walk[0][0], *(edge[1] for edge in walk)]
    roles = [edge["role"] for edge in edges]
    inner = set(nodes[1:-1])
    if not all(usable(edge, search) for edge in edges) or set(nodes) & search.avoid:
        return False
    if len(walk) < search.min_length or not search.via <= set(nodes):
        return False
    if search.sign not in (None, sign_of(edges)):
        return False
    if search.only and not inner <= search.only | search.via:
        return False
    if search.metapath:
        if not spells(graph, nodes, roles, search):
            return False
    elif not all(passable(graph, nodes, n, roles[n - 1], search) for n in range(1, len(walk))):
        return False
    for before, after in pairwise(roles):
        if after == "down" and before == "up":
            return False  # one member does not act through another
        if before == "down" and after != "down":
            return False  # a part is the end of a path
    return True


# --- every path, and nothing else -------------------------------------------------------------

PATTERNS = (
    *("Gene > Gene", "* > * > *", "Gene >> Gene", "Gene > * >> Alteration", "* >> Drug"),
    *("Gene|Drug > Alteration > Gene", "* > Drug >> *", "Alteration > Gene > Gene > Gene"),
)


def edges_of(path: Path) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (
            step.source,
            step.target,
            step.predicate if step.asserted else f"{step.predicate}#unasserted",
        )
        for step in path.steps
    )


@settings(max_examples=10_000, deadline=None)
@given(WORLDS)
def test_paths_equal_exhaustive_enumeration(world: World) -> None:
    graph, search = world.graph, world.search
    answer = find_paths(graph, "a", "f", search)
    expected = brute_force(graph, "a", "f", search)
    assert {edges_of(path) for path in answer.paths} == expected
    assert len(answer.paths) == answer.found == len(expected)
    assert answer.complete
    assert (answer.reason is None) == bool(expected)
    totals = [path.score.total for path in answer.paths]
    assert totals == sorted(totals)
    for path in answer.paths:
        assert path.sign is sign_of([graph.edges[edge] for edge in edges_of(path)])
        for step in path.steps:
            assert all(carries(item, search.evidence) for item in step.backing)
            assert step.statements == tuple(item.id for item in step.backing)


@settings(max_examples=600, deadline=None)
@given(WORLDS, st.booleans())
def test_an_open_search_gives_the_best_path_to_each_entity(world: World, downstream: bool) -> None:
    graph, search = world.graph, replace(world.search, metapath=None)
    source, target = ("a", None) if downstream else (None, "f")
    answer = find_paths(graph, source, target, search)
    expected = defaultdict(list)
    for walk in brute_force(graph, source, target, search):
        expected[walk[-1][1] if downstream else walk[0][0]].append(walk)
    assert [p.nodes[-1 if downstream else 0] for p in answer.paths] == list(
        dict.fromkeys(p.nodes[-1 if downstream else 0] for p in answer.paths)
    )
    for path in answer.paths:
        end = path.nodes[-1 if downstream else 0]
        assert edges_of(path) in expected[end]
        assert (path.group.paths if path.group else 1) == len(expected[end])
        pair = find_paths(graph, path.nodes[0], path.nodes[-1], search)
        assert path.score == pair.paths[0].score
    assert len(answer.paths) == len(expected)
    assert answer.found == sum(map(len, expected.values()))


@settings(max_examples=400, deadline=None)
@given(WORLDS)
def test_a_metapath_needs_no_ends(world: World) -> None:
    graph, search = world.graph, world.search
    if search.metapath is None:
        with pytest.raises(ValueError, match="metapath"):
            find_paths(graph, None, None, search)
        return
    answer = find_paths(graph, None, None, search)
    expected = brute_force(graph, None, None, search)
    assert {edges_of(path) for path in answer.paths} == expected


@settings(max_examples=400, deadline=None)
@given(WORLDS, st.integers(1, 4), st.sampled_from(["", "de", "bde"]))
def test_folded_paths_stand_for_all_and_k_is_their_beginning(
    world: World, k: int, families: str
) -> None:
    graph = network(world.edges, families=families)
    apart = find_paths(graph, "a", "f", Search(max_length=5, k=10_000))
    whole = find_paths(graph, "a", "f", Search(max_length=5, k=10_000, fold=True))
    best = find_paths(graph, "a", "f", Search(max_length=5, k=k, fold=True))

    def key(path: Path) -> object:
        inner = ["c" if node in families else node for node in path.nodes[1:-1]]
        names = [path.nodes[0], *inner, path.nodes[-1]]
        return [n for i, n in enumerate(names) if i == 0 or n != names[i - 1]], path.sign

    groups: dict[str, list[Path]] = defaultdict(list)
    for path in apart.paths:
        groups[str(key(path))].append(path)
    assert len(whole.paths) == len(groups)
    assert whole.found == len(apart.paths)
    for path in whole.paths:
        members = groups[str(key(path))]
        assert replace(path, group=None) == members[0]
        assert (path.group.paths if path.group else 1) == len(members)
    assert best.paths == whole.paths[:k]
    assert best.complete == (len(whole.paths) <= k)
    assert [cut.limit for cut in best.cut] == ([] if best.complete else ["k"])


@settings(max_examples=300, deadline=None)
@given(WORLDS, st.integers(1, 60))
def test_a_search_that_stops_says_so_and_what_it_calls_certain_is_best(
    world: World, steps: int
) -> None:
    graph = network(world.edges)
    whole = find_paths(graph, "a", "f", Search(max_length=5, k=3))
    short = find_paths(graph, "a", "f", Search(max_length=5, k=3, max_steps=steps))
    stopped = [cut for cut in short.cut if cut.limit == "max_steps"]
    if stopped:
        assert not short.complete
        assert (short.reason is Reason.CUT) == (not short.paths)
        (cut,) = stopped
        scores = [path.score.total for path in whole.paths[: cut.certain]]
        assert [path.score.total for path in short.paths[: cut.certain]] == scores
    else:
        assert short == whole


# --- laws ------------------------------------------------------------------------------------


@settings(max_examples=400, deadline=None)
@given(WORLDS)
def test_removing_an_edge_never_creates_a_path(world: World) -> None:
    edges, classes, search = world.edges, world.classes, world.search
    place = world.random.randrange(len(edges))
    names = [(e.source, e.target, e.predicate, e.role, e.asserted) for e in edges]
    if names.count(names[place]) > 1:
        return  # of two such edges the last stands
    whole = find_paths(network(edges, classes), "a", "f", search).paths
    blank = edges[place]._replace(target=edges[place].source)
    less = network([*edges[:place], blank, *edges[place + 1 :]], classes)
    found = {edges_of(path) for path in find_paths(less, "a", "f", search).paths}
    assert found <= {edges_of(path) for path in whole}


@settings(max_examples=300, deadline=None)
@given(WORLDS, st.permutations(NODES))
def test_renaming_nodes_changes_nothing_but_names(world: World, order: list[str]) -> None:
    new = dict(zip(NODES, order, strict=True))
    graph, search = world.graph, world.search
    other = nx.relabel_nodes(graph, new)
    sets: dict[str, Any] = {
        option: frozenset(new[name] for name in getattr(search, option))
        for option in ("avoid", "via", "only")
    }
    renamed = replace(search, **sets)
    one = find_paths(graph, "a", "f", search)
    two = find_paths(other, new["a"], new["f"], renamed)
    mine = {(tuple(new[n] for n in p.nodes), p.sign, p.score, p.context_parts) for p in one.paths}
    assert mine == {(p.nodes, p.sign, p.score, p.context_parts) for p in two.paths}
    assert one.reason == two.reason or Reason.SEVERAL in (one.reason, two.reason)


NARROWER: list[dict[str, Any]] = [
    {"avoid": frozenset("d")},
    {"via": frozenset("c")},
    {"only": frozenset("bc")},
    {"sign": Sign.POSITIVE},
    {"max_length": 2},
    {"min_length": 3},
    {"rollups": False},
    {"evidence": Filter(settings=frozenset({Setting.COHORT}))},
    {"evidence": Filter(publications=frozenset({"wu"}))},
    {"evidence": Filter(not_publications=frozenset({"wu"}))},
    {"evidence": Filter(diseases=frozenset({"cancer"}))},
    {"evidence": Filter(not_diseases=frozenset({"cancer"}))},
    {"evidence": Filter(not_predicates=frozenset({"activates"}))},
    {"metapath": read_metapath("Gene >> Gene")},
]


@settings(max_examples=400, deadline=None)
@given(WORLDS, st.sampled_from(NARROWER), st.booleans())
def test_a_further_filter_never_gives_more_paths(
    world: World, narrower: dict[str, Any], unasserted: bool
) -> None:
    graph = network(world.edges)
    search = Search(max_length=5, k=10_000, unasserted=unasserted, neutral=True)
    whole = {edges_of(path) for path in find_paths(graph, "a", "f", search).paths}
    less = find_paths(graph, "a", "f", replace(search, **narrower))
    assert {edges_of(path) for path in less.paths} <= whole


# --- why there is none -------------------------------------------------------------------------


def loosened(search: Search) -> Iterator[Search]:
    """The search with one option let go, in every way."""
    yield replace(search, max_length=LONGEST)
    yield replace(search, min_length=1)
    for option in ("rollups", "neutral", "through_therapies", "unasserted"):
        yield changed(search, {option: True})
    for option in ("avoid", "via"):
        for name in getattr(search, option):
            yield replace(search, **{option: getattr(search, option) - {name}})
    yield replace(search, only=frozenset())
    yield replace(search, sign=None)
    yield replace(search, metapath=None)
    for option in ("predicates", "settings", "publications", "diseases"):
        yield changed(search, {option: ()})
    yield replace(search, evidence=replace(search.evidence, general=True))
    for option in ("not_predicates", "not_settings", "not_publications", "not_diseases"):
        for name in getattr(search.evidence, option):
            left = getattr(search.evidence, option) - {name}
            yield replace(search, evidence=replace(search.evidence, **{option: left}))


def changed(search: Search, changes: dict[str, Any]) -> Search:
    """The search with the options of a relaxation."""
    plain = {k: frozenset(v) if isinstance(v, tuple) else v for k, v in changes.items()}
    own: dict[str, Any] = {k: v for k, v in plain.items() if k in Search.__dataclass_fields__}
    rest: dict[str, Any] = {k: v for k, v in plain.items() if k not in own}
    return replace(search, **own, evidence=replace(search.evidence, **rest))


@settings(max_examples=800, deadline=None)
@given(WORLDS)
def test_an_empty_answer_names_a_relaxation_that_holds_and_is_small(world: World) -> None:
    graph, search = world.graph, world.search
    answer = find_paths(graph, "a", "f", search)
    if answer.paths:
        return
    one_will_do = any(brute_force(graph, "a", "f", one) for one in loosened(search))
    relaxation = answer.relaxation
    if answer.reason is Reason.NO_PATH:
        assert not one_will_do
        if relaxation:
            assert relaxation.changes == (("reversed", True),)
            assert relaxation.path.nodes[0] == "f"
        return
    assert relaxation
    relaxed = changed(search, dict(relaxation.changes))
    assert edges_of(relaxation.path) in brute_force(graph, "a", "f", relaxed)
    assert relaxation.path == find_paths(graph, "a", "f", relaxed).paths[0]
    if answer.reason is Reason.SEVERAL:
        assert not one_will_do
    if answer.reason is Reason.ONLY_LONGER:
        shorter = replace(search, max_length=relaxed.max_length - 1)
        assert not brute_force(graph, "a", "f", shorter)


@pytest.mark.parametrize(
    ("options", "reason", "changes"),
    [
        ({"max_length": 2}, Reason.ONLY_LONGER, {"max_length": 4}),
        ({"sign": "+"}, Reason.ONLY_OTHER_SIGN, {"sign": None}),
        ({"avoid": ["Bee", "Dee"]}, Reason.ONLY_THROUGH_EXCLUDED, {"avoid": ("DEE",)}),
        ({"via": ["Gee", "Bee"]}, Reason.NOT_VIA, {"via": ("BEE",)}),
        ({"rollups": False}, Reason.ONLY_WITH_ROLLUP, {"rollups": True}),
        ({"only": ["Bee"]}, Reason.ONLY_THROUGH_OTHERS, {"only": ()}),
        ({"settings": ["cohort"]}, Reason.ONLY_OTHER_EVIDENCE, {"settings": ()}),
        ({"predicates": ["inhibits"]}, Reason.ONLY_OTHER_EVIDENCE, {"predicates": ()}),
        ({"not_predicates": ["variant_of"]}, Reason.ONLY_OTHER_EVIDENCE, {"not_predicates": ()}),
        ({"diseases": ["toy cancer"]}, Reason.ONLY_OTHER_EVIDENCE, {"general": True}),
        ({"min_length": 6}, Reason.ONLY_SHORTER, {"min_length": 1}),
        ({"sign": "+", "max_length": 2}, Reason.SEVERAL, {"max_length": 4, "sign": None}),
    ],
)
def test_each_option_that_stands_in_the_way_has_its_reason(
    toy: KnowledgeGraph, options: dict[str, Any], reason: Reason, changes: dict[str, object]
) -> None:
    answer = toy.paths("drugex", "Cee", **options)
    assert not answer.paths
    assert answer.reason is reason
    assert answer.relaxation
    assert dict(answer.relaxation.changes) == changes
    assert "drugex > AY_G12C" in str(answer.hint)


def test_denied_and_open_propositions_are_no_steps_unless_asked_for(toy: KnowledgeGraph) -> None:
    answer = toy.paths("Gee", "drugex")
    assert answer.reason is Reason.ONLY_UNASSERTED
    assert answer.relaxation
    assert dict(answer.relaxation.changes) == {"unasserted": True}
    (path,) = toy.paths("Gee", "drugex", unasserted=True).paths
    assert not path.steps[0].asserted
    assert path.score.standing > path.score.total - path.score.standing


def test_no_path_is_said_plainly_and_the_other_way_round_is_named(toy: KnowledgeGraph) -> None:
    answer = toy.paths("Cee", "Eff")
    assert answer.reason is Reason.NO_PATH
    assert answer.complete
    assert answer.relaxation
    assert answer.relaxation.changes == (("reversed", True),)
    assert "EFF > BEE > CEE" in str(answer.hint)
    assert toy.paths("Cee", "Cee").reason is Reason.SAME_ENTITY
    assert find_paths(toy.network, "nothing", "CEE", Search()).reason is Reason.UNKNOWN_ENTITY


def test_relaxations_of_metapaths_put_other_nodes_between(toy: KnowledgeGraph) -> None:
    answer = toy.paths("drugex", metapath="Drug > ProteinVariant > Gene > Gene > Gene > Gene")
    assert answer.reason is Reason.ONLY_OTHER_CLASSES
    assert answer.relaxation
    assert dict(answer.relaxation.changes) == {"metapath": None}
    answer = toy.paths(metapath="Drug > Gene > Gene")
    assert answer.reason is Reason.ONLY_OTHER_CLASSES
    assert answer.relaxation
    (change,) = answer.relaxation.changes
    assert change == ("metapath", read_metapath("Drug >> Gene >> Gene"))


# --- signs, scores, context ----------------------------------------------------------------------


def test_neutral_followed_by_anything_is_unknown() -> None:
    assert Sign.NEUTRAL.then(Sign.POSITIVE) is Sign.UNKNOWN
    assert Sign.NEGATIVE.then(Sign.NEGATIVE) is Sign.POSITIVE
    assert Sign.UNKNOWN.then(Sign.NEGATIVE) is Sign.UNKNOWN


def step(setting: Setting, alleles: str = "", diseases: str = "", wider: str = "") -> Step:
    named = frozenset(alleles.split()), frozenset(diseases.split())
    backing = Backing(
        "s", Polarity.AFFIRMED, Certainty.STATED, setting, frozenset(), named[1], named[0],
        wider=named[0] | named[1] | frozenset(wider.split()),
    )  # fmt: skip
    return Step("x", "activates", "y", Sign.POSITIVE, ("s",), "statement", True, (backing,))


STRUCTURAL = Step("x", "variant_of", "y", Sign.POSITIVE, (), "up")


@pytest.mark.parametrize(
    ("steps", "verdicts"),
    [
        ([step(Setting.COHORT, "G12C", "lung")], ("coherent",) * 3),
        ([step(Setting.COHORT, "G12C", "lung"), STRUCTURAL], ("coherent",) * 3),
        ([STRUCTURAL], ("unknown",) * 3),
        (
            [step(Setting.COHORT, "G12C", "lung"), step(Setting.IN_VITRO, "G12D", "")],
            ("mixed", "unknown", "mixed"),
        ),
        (
            [step(Setting.COHORT, "", "nsclc", "lung"), step(Setting.CASE_REPORT, "G12C", "lung")],
            ("unknown", "coherent", "coherent"),
        ),
        ([step(Setting.REVIEW), step(Setting.IN_VIVO)], ("unknown", "unknown", "unknown")),
        ([step(Setting.IN_VIVO), step(Setting.IN_VITRO)], ("unknown", "unknown", "mixed")),
    ],
)
def test_context_agrees_by_allele_disease_and_experiment(
    steps: list[Step], verdicts: tuple[str, str, str]
) -> None:
    found = agreement(steps)
    assert found.verdicts == verdicts
    if "mixed" in verdicts:
        assert found.overall == "mixed"
    else:
        assert found.overall == ("coherent" if set(verdicts) == {"coherent"} else "unknown")


def test_the_points_of_a_toy_path_add_up(toy: KnowledgeGraph) -> None:
    (path,) = toy.paths("drugex", "Cee").paths
    assert path.score.parts == {
        "length": 40,  # four steps
        "evidence": 6,  # three of them in cells
        "sign": 0,
        "context": 2,  # neither allele nor disease is told throughout
        "hubs": 0,
        "standing": 0,
    }
    assert path.score.total == 48
    assert path.context_parts.verdicts == ("unknown", "unknown", "coherent")


def test_a_passed_hub_costs_points(kg: KnowledgeGraph) -> None:
    joined = dict(kg.network.nodes(data="degree"))
    path = kg.paths("sotorasib", "ERK").paths[0]
    expected = sum(max(joined[node].bit_length() - 4, 0) for node in path.nodes[1:-1])
    assert path.score.hubs == expected > 0


# --- patterns over classes -----------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "Drug", "Drug >", "> Drug", "Drug >>> Gene", "Drug > Geme"])
def test_a_pattern_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(PatternError, match=re.escape(repr(text)) if "Geme" not in text else "Gene"):
        read_metapath(text)


def test_patterns_are_read_in_any_spelling_and_cover_subclasses() -> None:
    pattern = read_metapath("drug class|Drugs >> genetic alteration > *")
    assert pattern.text == "DrugClass|Drug >> GeneticAlteration > *"
    assert pattern.elements[1] == frozenset({"Alteration", "ProteinVariant"})
    assert pattern.elements[2] is None
    assert read_metapath(pattern.text) == pattern


# --- the toy graph and the shipped one -----------------------------------------------------------


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


def test_shipped_paths_follow_the_pathway(kg: KnowledgeGraph) -> None:
    best = kg.paths("sotorasib", "ERK").paths[0]
    assert best.sign is Sign.NEGATIVE
    assert best.nodes[:2] == ("sotorasib", "KRAS_G12C")
    assert best.nodes[-3:] == ("RAF", "MEK", "ERK")
    assert best.group
    assert {"ARAF", "BRAF", "RAF1", "MAP2K1", "MAPK1"} <= set(best.group.members)
    cascade = kg.paths("RAF", "ERK").paths[0]
    assert [step.predicate for step in cascade.steps] == ["activates", "activates"]
    assert cascade.sign is Sign.POSITIVE


def test_medicines_do_not_stand_inside_paths(kg: KnowledgeGraph) -> None:
    for path in kg.paths("NRAS mutation", "ERK", k=50, max_length=7, fold=False).paths:
        assert not {kg.reader.entities[n].cls for n in path.nodes[1:-1]} & set(THERAPY_CLASSES)


def test_alleles_stay_apart(kg: KnowledgeGraph) -> None:
    assert not kg.paths("sotorasib", "KRAS G12D").paths


def test_two_runs_give_the_same_paths(kg: KnowledgeGraph) -> None:
    assert kg.paths("SOS1", "ERK", k=20) == kg.paths("SOS1", "ERK", k=20)


def test_steps_keep_their_statements(kg: KnowledgeGraph) -> None:
    known = {statement.id for statement in kg.statements() if statement.is_edge}
    for path in kg.paths("sotorasib", "ERK").paths:
        for step in path.steps:
            assert set(step.statements) <= known
            assert bool(step.statements) == (step.role == "statement")


def test_a_filtered_edge_shows_only_the_statements_that_pass(kg: KnowledgeGraph) -> None:
    whole = kg.paths("sotorasib", "KRAS G12C", max_length=1).paths[0]
    part = kg.paths("sotorasib", "KRAS G12C", max_length=1, publications=["wu2023"]).paths[0]
    assert set(part.statements) < set(whole.statements)
    papers = {paper for item in part.steps[0].backing for paper in item.publications}
    assert papers == {"wu2023"}


def test_limits_are_generous() -> None:
    assert MAX_STEPS >= 100_000
