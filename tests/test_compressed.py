"""Compressed graphs: networkx is the oracle, brute force a second one; damage is never read."""

from __future__ import annotations

import gzip
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from kras_graph import KnowledgeGraph
from kras_graph.cli.compressing import compress as compress_verb
from kras_graph.model.errors import GraphFileError, KrasGraphError, UnknownNameError
from kras_graph.model.terms import Sign
from kras_graph.network import adjacency, csrbuild, csrfile, joining, kshortest, mincut, part
from kras_graph.network.compressed import (
    CompressedGraph,
    Edge,
    EdgeTable,
    Kind,
    build,
    compress,
    open_graph,
)
from kras_graph.network.csrbuild import table_of
from kras_graph.network.edgelist import read_edges
from kras_graph.network.finding import (
    DIRECTIONS,
    Edges,
    Found,
    SignedPath,
    minimum_edge_cut,
    minimum_node_cut,
    neighbourhood,
    shortest_paths,
    simple_paths,
)
from kras_graph.network.paths import Search, find_paths
from kras_graph.network.ranking import rank
from kras_graph.network.view import View

# Order by number must be order by name, whatever the letters.
NAMES = ["a", "aa", "B", "b", "é", "n1", "n10", "n2", "ω", "z"]
FOLDER = Path(tempfile.mkdtemp(prefix="kras-graph-test-"))

EDGE = st.builds(
    Edge,
    source=st.sampled_from(NAMES),
    target=st.sampled_from(NAMES),
    sign=st.sampled_from(list(Sign)),
    predicate=st.sampled_from(["acts on", "binds"]),
    role=st.sampled_from(["statement", "statement", "up"]),
    asserted=st.sampled_from([True, True, True, False]),
    details=st.just({}),
)
GRAPH = st.lists(EDGE, max_size=26)
END = st.sampled_from(NAMES)
WANTED = st.builds(Edges, unasserted=st.booleans(), neutral=st.booleans())
LIMIT = st.sampled_from([None, 1, 3, 20])


def both(edges: list[Edge], *, frugal: bool = False) -> tuple[CompressedGraph, nx.MultiDiGraph]:
    """The same edges compressed, and built in networkx without the code under test."""
    path = FOLDER / "graph.csr"
    build(path, table_of(edges, dict.fromkeys(NAMES, "")))
    oracle = nx.MultiDiGraph()
    oracle.add_nodes_from(NAMES)
    order = list(Sign)
    for edge in sorted(
        {edge[:6] for edge in edges}, key=lambda e: (e[3], not e[5], order.index(e[2]), e[4])
    ):
        source, target, sign, predicate, role, asserted = edge
        key = plain = predicate if asserted else f"{predicate}#unasserted"
        for number in range(2, 99):
            if not oracle.has_edge(source, target, key):
                break
            key = f"{plain}#{number}"
        data = {"predicate": predicate, "sign": sign, "role": role, "asserted": asserted}
        oracle.add_edge(source, target, key=key, **data)
    return open_graph(path, frugal=frugal), oracle


def told(found: Found) -> tuple[list[SignedPath], bool]:
    return list(found.paths), found.complete


# Searches


@settings(max_examples=3000, deadline=None)
@given(
    edges=GRAPH, source=END, target=END, length=st.integers(1, 7),
    sign=st.sampled_from([None, None, *Sign]), avoid=st.lists(END, max_size=2),
    limit=LIMIT, wanted=WANTED, k=st.integers(1, 12), frugal=st.booleans(),
)  # fmt: skip
def test_paths_are_those_of_networkx_in_the_same_order(
    edges: list[Edge], source: str, target: str, length: int, sign: Sign | None,
    avoid: list[str], limit: int | None, wanted: Edges, k: int, frugal: bool,
) -> None:  # fmt: skip
    graph, oracle = both(edges, frugal=frugal)
    ends = (source, target)
    asked: dict[str, Any] = {"sign": sign, "avoid": avoid, "limit": limit, "edges": wanted}
    assert told(simple_paths(graph, *ends, length, **asked)) == told(
        simple_paths(oracle, *ends, length, **asked)
    )
    asked = {"avoid": avoid, "edges": wanted}
    assert told(shortest_paths(graph, *ends, k, **asked)) == told(
        shortest_paths(oracle, *ends, k, **asked)
    )


@settings(max_examples=1500, deadline=None)
@given(edges=GRAPH, source=END, target=END, wanted=WANTED)
def test_cuts_are_those_of_networkx(
    edges: list[Edge], source: str, target: str, wanted: Edges
) -> None:
    graph, oracle = both(edges)

    def asked(of: Any, question: Any) -> Any:
        try:
            return question(of, source, target, edges=wanted)
        except KrasGraphError as error:
            return str(error)

    for question in (minimum_edge_cut, minimum_node_cut):
        assert asked(graph, question) == asked(oracle, question)


@settings(max_examples=500, deadline=None)
@given(
    edges=GRAPH, node=END, radius=st.integers(0, 5), direction=st.sampled_from(DIRECTIONS),
    limit=LIMIT, wanted=WANTED,
)  # fmt: skip
def test_neighbourhoods_are_those_of_networkx_nearest_first(
    edges: list[Edge], node: str, radius: int, direction: str, limit: int | None, wanted: Edges
) -> None:
    graph, oracle = both(edges)
    asked: dict[str, Any] = {"direction": direction, "limit": limit, "edges": wanted}
    mine, theirs = (neighbourhood(g, node, radius, **asked) for g in (graph, oracle))
    assert list(mine.distances.items()) == list(theirs.distances.items())
    assert mine.complete == theirs.complete


Plain = tuple[str, str, Sign, str]


def every_path(edges: Collection[Plain], source: str, target: str) -> Iterator[list[Plain]]:
    """Simple paths straight from the definition."""

    def onward(node: str, trail: list[Plain]) -> Iterator[list[Plain]]:
        seen = {source, *(step[1] for step in trail)}
        for edge in edges:
            if edge[0] == node and edge[1] not in seen:
                if edge[1] == target:
                    yield [*trail, edge]
                else:
                    yield from onward(edge[1], [*trail, edge])

    if source != target:
        yield from onward(source, [])


@settings(max_examples=500, deadline=None)
@given(
    edges=st.lists(
        st.builds(
            Edge, source=st.sampled_from("abcd"), target=st.sampled_from("abcd"),
            sign=st.sampled_from([Sign.POSITIVE, Sign.NEGATIVE, Sign.UNKNOWN]),
            predicate=st.sampled_from("pq"), role=st.just("statement"),
                asserted=st.just(True), details=st.just({}),
        ),
        max_size=9,
    )
)  # fmt: skip
def test_paths_and_cuts_follow_their_definitions(edges: list[Edge]) -> None:
    path = FOLDER / "defined.csr"
    build(path, table_of(edges, dict.fromkeys("abcd", "")))
    graph = open_graph(path)
    different = {edge[:4] for edge in edges}
    paths = list(every_path(different, "a", "d"))

    def sign_of(walk: list[Plain]) -> Sign:
        signs = [edge[2] for edge in walk]
        if Sign.UNKNOWN in signs:
            return Sign.UNKNOWN
        return Sign.NEGATIVE if signs.count(Sign.NEGATIVE) % 2 else Sign.POSITIVE

    found = simple_paths(graph, "a", "d", 3)
    assert sorted((p.nodes, p.sign) for p in found.paths) == sorted(
        ((*(edge[0] for edge in walk), "d"), sign_of(walk)) for walk in paths
    )
    cut = minimum_edge_cut(graph, "a", "d")
    smallest = next(
        size
        for size in range(len(different) + 1)
        for gone in combinations(different, size)
        if not any(every_path(different - set(gone), "a", "d"))
    )
    assert len(cut) == smallest
    gone_ends = {(source, target) for source, target, _ in cut}
    left = {edge for edge in different if edge[:2] not in gone_ends}
    assert not any(every_path(left, "a", "d"))


@settings(max_examples=500, deadline=None)
@given(edges=GRAPH, source=END, target=END)
def test_the_method_for_long_paths_gives_what_joining_gives(
    edges: list[Edge], source: str, target: str
) -> None:
    graph, _ = both(edges)
    ends = graph.number(source), graph.number(target)
    joined = kshortest.shortest(graph.adjacency, *ends)
    assert list(kshortest.yen(graph.adjacency, *ends)) == [
        tuple(path) for rows in joined for path in rows.nodes.tolist()
    ]


def test_shortest_paths_go_on_where_joining_becomes_too_wide(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = [f"n{number:02}" for number in range(30)]
    chain = [Edge(a, b) for a, b in pairwise(names)]
    short_cuts = [Edge(names[place], names[place + 2]) for place in range(0, 28, 3)]
    path = FOLDER / "long.csr"
    build(path, [*chain, *short_cuts])
    graph, oracle = open_graph(path), nx.MultiDiGraph()
    for edge in (*chain, *short_cuts):
        oracle.add_edge(edge.source, edge.target, "related_to", predicate="related_to")
    expected = told(shortest_paths(oracle, names[0], names[-1], 40))
    assert len(expected[0]) == 40
    for room, joined in ((200_000, 12), (200_000, 40), (3, 40)):
        monkeypatch.setattr(kshortest, "_ROOM", room)
        monkeypatch.setattr(kshortest, "_JOINED", joined)
        assert told(shortest_paths(graph, names[0], names[-1], 40)) == expected


def test_cuts_are_right_when_short_walks_do_not_suffice(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(5)
    names = [f"n{number:02}" for number in range(40)]
    ends = [rng.sample(names, 2) for _ in range(130)]
    edges = [Edge(a, b) for a, b in ends]
    path = FOLDER / "cut.csr"
    build(path, table_of(edges, dict.fromkeys(names, "")))
    graph = open_graph(path)
    oracle = graph.to_networkx()
    sizes = set()
    monkeypatch.setattr(mincut, "_SMALL", 0)
    for short in ((4, 5), (1,), ()):
        monkeypatch.setattr(mincut, "SHORT", short)
        for source, target in zip(names[:20], names[20:], strict=True):
            cut = minimum_edge_cut(graph, source, target)
            assert cut == minimum_edge_cut(oracle, source, target)
            sizes.add(len(cut))
            if not oracle.has_edge(source, target):
                cut_nodes = minimum_node_cut(graph, source, target)
                assert cut_nodes == minimum_node_cut(oracle, source, target)
    assert len(sizes) > 3


def test_work_in_small_pieces_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(11)
    names = [f"n{number:03}" for number in range(150)]
    weights = [1 / (place + 2) for place in range(150)]
    ends = [rng.choices(names, weights, k=2) for _ in range(2500)]
    edges = [Edge(a, b, rng.choice(list(Sign)), rng.choice("pqr")) for a, b in ends]
    path = FOLDER / "pieces.csr"
    build(path, table_of(edges, dict.fromkeys(names, "")))
    pairs = [(rng.choice(names[:75]), rng.choice(names[75:])) for _ in range(15)]
    expected = [told(simple_paths(open_graph(path), a, b, 3)) for a, b in pairs]
    assert sum(len(paths) for paths, _ in expected) > 1000
    oracle = open_graph(path).to_networkx()
    assert told(simple_paths(oracle, pairs[0][0], pairs[0][1], 3)) == expected[0]
    monkeypatch.setattr(adjacency, "PIECE", 7)
    monkeypatch.setattr(joining, "_PIECE", 5)
    for small, gap, window in ((0, 0, 64), (0, 64, 4096), (1 << 20, 0, 1 << 20)):
        monkeypatch.setattr(csrfile, "_SMALL", small)
        monkeypatch.setattr(csrfile, "_GAP", gap)
        monkeypatch.setattr(csrfile, "_WINDOW", window)
        for frugal in (False, True):
            graph = open_graph(path, frugal=frugal)
            assert [told(simple_paths(graph, a, b, 3)) for a, b in pairs] == expected


def test_too_many_partial_paths_are_refused_with_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    layers = [[f"l{depth}n{place:02}" for place in range(20)] for depth in range(3)]
    edges = [Edge("s", name) for name in layers[0]]
    for here, there in pairwise(layers):
        edges += [Edge(a, b) for a in here for b in there]
    edges += [Edge(name, "t") for name in layers[-1]]
    path = FOLDER / "wide.csr"
    build(path, edges)
    graph = open_graph(path)
    assert len(simple_paths(graph, "s", "t", 4).paths) == 20**3
    monkeypatch.setattr(joining.PathSearch.__init__, "__kwdefaults__", {
        "usable": None, "avoid": None, "room": 10,
    })  # fmt: skip
    with pytest.raises(KrasGraphError, match="smaller length"):
        simple_paths(graph, "s", "t", 4)


def test_unknown_names_are_refused_with_near_ones() -> None:
    graph, oracle = both([Edge("a", "b")])
    for of in (graph, oracle):
        with pytest.raises(UnknownNameError, match=r"'n11'.*n10"):
            simple_paths(of, "n11", "b", 2)
    with pytest.raises(KrasGraphError, match="both"):
        minimum_edge_cut(graph, "a", "a")
    with pytest.raises(ValueError, match="sideways"):
        neighbourhood(graph, "a", 1, direction="sideways")


# The file


@settings(max_examples=200, deadline=None)
@given(edges=GRAPH, seed=st.randoms())
def test_the_same_edges_give_the_same_bytes_in_any_order(edges: list[Edge], seed: Any) -> None:
    both(edges)
    first = (FOLDER / "graph.csr").read_bytes()
    mixed = [*edges, *edges[:3]]
    seed.shuffle(mixed)
    names = list(NAMES)
    seed.shuffle(names)
    build(FOLDER / "again.csr", table_of(mixed, dict.fromkeys(names, "")))
    assert (FOLDER / "again.csr").read_bytes() == first


def some_answers(path: Path, *, frugal: bool) -> list[object]:
    graph = open_graph(path, frugal=frugal)
    pairs = [("a", "z"), ("b", "ω"), ("n1", "n2"), ("é", "aa")]
    found: list[object] = [told(simple_paths(graph, *pair, 4)) for pair in pairs]
    found += [list(graph.edges(data=True, keys=True)), [dict(graph.nodes[n]) for n in graph]]
    return [*found, list(graph.in_edges(data=True))]


@pytest.fixture(scope="module")
def whole() -> Path:
    rng = random.Random(2)
    edges = [
        Edge(rng.choice(NAMES), rng.choice(NAMES), rng.choice(list(Sign)), rng.choice("pq"),
             details={"statements": (f"S{number}",)})
        for number in range(60)
    ]  # fmt: skip
    path = FOLDER / "whole.csr"
    build(path, table_of(edges, dict.fromkeys(NAMES, ""), dict.fromkeys(NAMES[:4], "Gene")))
    return path


@settings(max_examples=600, deadline=None)
@given(data=st.data(), frugal=st.booleans())
def test_a_changed_byte_is_told_and_never_read(whole: Path, data: Any, frugal: bool) -> None:
    content = bytearray(whole.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    path = FOLDER / "damaged.csr"
    path.write_bytes(content)
    with pytest.raises(GraphFileError):  # wherever the change is, a full check finds it
        open_graph(path, frugal=frugal).check()
    try:
        found = some_answers(path, frugal=frugal)
    except GraphFileError:
        return
    assert found == some_answers(whole, frugal=frugal)


@settings(max_examples=200, deadline=None)
@given(data=st.data(), frugal=st.booleans())
def test_a_cut_off_file_is_told_when_it_is_opened(whole: Path, data: Any, frugal: bool) -> None:
    content = whole.read_bytes()
    path = FOLDER / "cut-off.csr"
    path.write_bytes(content[: data.draw(st.integers(0, len(content) - 1))])
    with pytest.raises(GraphFileError, match=r"damaged|no compressed graph"):
        open_graph(path, frugal=frugal)


def test_foreign_and_missing_files_are_told_apart(whole: Path, tmp_path: Path) -> None:
    foreign = tmp_path / "table.csv"
    foreign.write_text("source,target\na,b\n" * 50)
    with pytest.raises(GraphFileError, match="kras-graph compress EDGES"):
        open_graph(foreign)
    with pytest.raises(GraphFileError, match="No such file"):
        open_graph(tmp_path / "nothing.csr")
    with pytest.raises(GraphFileError, match="cannot be read"):
        open_graph(tmp_path)
    newer = bytearray(whole.read_bytes())
    newer[8] = 9
    (tmp_path / "newer.csr").write_bytes(newer)
    with pytest.raises(GraphFileError, match="version 9"):
        open_graph(tmp_path / "newer.csr")


def test_a_file_is_replaced_as_a_whole_while_others_read_it(tmp_path: Path) -> None:
    path = tmp_path / "graph.csr"
    build(path, [Edge("a", "b")])
    mapped, read = open_graph(path), open_graph(path, frugal=True)
    build(path, [Edge("c", "d"), Edge("d", "e")])
    assert list(mapped) == list(read) == ["a", "b"]
    assert list(open_graph(path)) == ["c", "d", "e"]
    with pytest.raises(GraphFileError, match="cannot be written"):
        build(tmp_path / "no" / "folder.csr", [Edge("a", "b")])
    assert [item.name for item in tmp_path.iterdir()] == ["graph.csr"]


@pytest.mark.parametrize(
    ("table", "match"),
    [
        (EdgeTable(["a", "a"], np.array([0]), np.array([1])), "'a' is given twice"),
        (EdgeTable(["a", ""], np.array([0]), np.array([1])), "empty name"),
        (EdgeTable(["a", "b"], np.array([0]), np.array([2])), "expected 0 to 1"),
        (EdgeTable(["a", "b"], np.array([0]), np.array([1, 0])), "2 edges, the sources 1"),
        (
            EdgeTable(["a", "b"], np.array([0]), np.array([1]), kind=np.array([1])),
            "expected 0 to 0",
        ),
        (EdgeTable(["a", "\ud800"], np.array([0]), np.array([1])), "no Unicode"),
    ],
)
def test_columns_that_do_not_fit_are_refused(table: EdgeTable, match: str, tmp_path: Path) -> None:
    with pytest.raises(GraphFileError, match=match):
        build(tmp_path / "graph.csr", table)
    assert not list(tmp_path.iterdir())


def test_rows_sort_alike_with_packed_and_with_single_keys() -> None:
    rng = np.random.default_rng(3)
    columns = [rng.integers(0, 5, 400) for _ in range(5)]
    packed = csrbuild._sorted_rows(columns, [5] * 5, 400)
    single = csrbuild._sorted_rows(columns, [2**30] * 5, 400)
    rows = sorted(set(zip(*(column.tolist() for column in columns), strict=True)))
    for found in (packed, single):
        assert list(zip(*(column.tolist() for column in found), strict=True)) == rows


def test_an_empty_graph_can_be_kept_and_asked() -> None:
    path = FOLDER / "empty.csr"
    assert build(path, []) == (0, 0)
    assert list(open_graph(path)) == []
    build(path, table_of([], {"a": "", "b": ""}))
    for frugal in (False, True):
        graph = open_graph(path, frugal=frugal)
        assert list(graph) == ["a", "b"]
        assert told(simple_paths(graph, "a", "b", 4)) == ([], True)
        assert minimum_edge_cut(graph, "a", "b") == ()


# Behind the functions for networkx


@pytest.fixture(scope="module")
def curated(kg: KnowledgeGraph) -> CompressedGraph:
    path = FOLDER / "curated.csr"
    compress(kg.network, path)
    return open_graph(path)


def test_the_curated_network_comes_back_whole(kg: KnowledgeGraph, curated: CompressedGraph) -> None:
    network = kg.network
    assert list(curated) == sorted(network)
    assert {name: dict(curated.nodes[name]) for name in curated} == dict(network.nodes(data=True))
    edges = {(a, b, key): data for a, b, key, data in network.edges(keys=True, data=True)}
    assert {e[:3]: e[3] for e in curated.edges(keys=True, data=True)} == edges
    assert len(curated.edges) == network.number_of_edges()
    for name in list(network)[::40]:
        assert sorted(curated.successors(name)) == sorted(network.successors(name))
        assert sorted(curated.predecessors(name)) == sorted(network.predecessors(name))
        assert curated.in_degree(name) == network.in_degree(name)
        assert curated.out_degree(name) == network.out_degree(name)
        into = {edge[:3]: edge[3] for edge in curated.in_edges(name, keys=True, data=True)}
        assert into == {e[:3]: e[3] for e in network.in_edges(name, keys=True, data=True)}
    (a, b, key), data = next(iter(edges.items()))
    assert curated.edges[a, b, key] == data
    assert curated.has_edge(a, b, key)
    assert not curated.has_edge(a, b, "no such key")
    assert curated.get_edge_data(a, "nobody", default="none") == "none"


def test_degrees_are_counted_where_none_are_stored(
    kg: KnowledgeGraph, curated: CompressedGraph
) -> None:
    for number, name in enumerate(curated):
        assert curated.joined(number) == kg.network.nodes[name]["degree"]


SEARCHES = [
    Search(max_length=4),
    Search(max_length=5, unasserted=True, k=3),
    Search(max_length=4, neutral=True, sign=Sign.POSITIVE),
    Search(max_length=5, avoid=frozenset({"KRAS", "RAF"}), fold=True),
    Search(max_length=2, through_therapies=True),
]


def curated_pairs(kg: KnowledgeGraph) -> list[tuple[str, str]]:
    """Entities of which one leads to the other in two to four steps, and some others."""
    rng = random.Random(8)
    names = sorted(kg.network)
    pairs = [(rng.choice(names), rng.choice(names)) for _ in range(5)]
    joined = [name for name in names if kg.network.nodes[name]["degree"] > 3]
    for start in rng.sample(joined, min(60, len(joined))):
        near = neighbourhood(kg.network, start, 4).distances
        pairs += [(start, end) for end in rng.sample(sorted(near), min(2, len(near)))]
    return pairs


@pytest.mark.parametrize("search", SEARCHES, ids=range(len(SEARCHES)))
def test_path_searches_run_unchanged_on_a_compressed_graph(
    kg: KnowledgeGraph, curated: CompressedGraph, search: Search
) -> None:
    found = 0
    for source, target in curated_pairs(kg):
        expected = find_paths(kg.network, source, target, search)
        assert find_paths(curated, source, target, search) == expected
        found += len(expected.paths)
    assert found > 5


@pytest.mark.parametrize("search", SEARCHES, ids=range(len(SEARCHES)))
def test_the_part_between_two_ends_holds_every_path(
    kg: KnowledgeGraph, curated: CompressedGraph, search: Search
) -> None:
    smaller = 0
    for source, target in curated_pairs(kg):
        whole_answer = rank(View(kg.network, search), source, target, search)
        between = part.searchable(curated, source, target, search)
        assert isinstance(between, part.Part)
        view: Any = View(between, search)
        assert rank(view, source, target, search) == whole_answer
        smaller += between.number_of_edges() < 0.5 * curated.number_of_edges()
    assert smaller > 10


def test_open_searches_and_networkx_graphs_are_left_as_they_are(
    kg: KnowledgeGraph, curated: CompressedGraph
) -> None:
    search = Search()
    assert part.searchable(kg.network, "sotorasib", "ERK", search) is kg.network
    assert part.searchable(curated, "sotorasib", None, search) is curated
    assert part.searchable(curated, "sotorasib", "nobody", search) is curated


def test_a_part_that_is_too_large_is_refused(
    curated: CompressedGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    best = find_paths(curated, "KRAS", "ERK", Search(k=1)).paths[0]
    monkeypatch.setattr(part, "MOST", 10)
    with pytest.raises(KrasGraphError, match="smaller length"):
        find_paths(curated, "KRAS", "ERK", Search(max_length=8))
    with pytest.raises(KrasGraphError, match="smaller length"):
        part.searchable(curated, "KRAS", "ERK", Search(max_length=8))
    monkeypatch.setattr(part, "NARROW", 10)
    short = part.searchable(curated, "KRAS", "ERK", Search(max_length=8), narrow=True)
    assert isinstance(short, part.Part)
    assert 0 < short.number_of_edges() < 0.5 * curated.number_of_edges()
    found = rank(View(short, Search()), "KRAS", "ERK", Search(), first=True)
    assert found.paths[0] == best


def test_a_question_needs_neither_networkx_nor_scipy(whole: Path) -> None:
    code = (
        "from kras_graph.network.compressed import open_graph; "
        "from kras_graph.network.finding import simple_paths; "
        f"g = open_graph({str(whole)!r}, frugal=True); "
        "assert len(simple_paths(g, 'a', 'z', 4).paths); import sys; "
        "print([m for m in ('networkx', 'scipy', 'pyoxigraph', 'rdflib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# Edge lists


def table(tmp_path: Path, text: str, name: str = "edges.tsv") -> Path:
    path = tmp_path / name
    payload = text.encode()
    path.write_bytes(gzip.compress(payload) if name.endswith(".gz") else payload)
    return path


def edges_in(path: Path, nodes: Path | None = None) -> list[tuple[str, str, str, str, bool]]:
    target = path.with_suffix(".csr")
    build(target, read_edges(path, nodes))
    return [
        (a, data["predicate"], b, str(data["sign"]), data["asserted"])
        for a, b, data in open_graph(target).edges(data=True)
    ]


PLAIN = [("A", "inhibits", "B", "-", True), ("B", "activates", "C", "+", True)]


@pytest.mark.parametrize(
    "text",
    [
        "A\tinhibits\tB\t-\nB\tactivates\tC\t+\n",
        "B\tactivates\tC\tincreased\r\nA\tinhibits\tB\tdecreased\r\n",
        "source\tpredicate\ttarget\tsign\nA\tinhibits\tB\t-1\n\nB\tactivates\tC\t1\n",
        "Sign\tObject\tother\tSubject\tPredicate\n-\tB\tx\tA\tinhibits\n+\tC\ty\tB\tactivates\n",
        "\ufeffsubject\tpredicate\tobject\tkg_effect\nA\tinhibits\tB\t-1\nB\tactivates\tC\t1",
    ],
)
@pytest.mark.parametrize("name", ["edges.tsv", "edges.tsv.gz"])
def test_edge_lists_are_read_with_and_without_a_header(
    text: str, name: str, tmp_path: Path
) -> None:
    assert edges_in(table(tmp_path, text, name)) == PLAIN


def test_what_a_table_does_not_say_stays_unknown(tmp_path: Path) -> None:
    assert edges_in(table(tmp_path, "from\tto\nA\tB\n")) == [("A", "related_to", "B", "?", True)]
    three = table(tmp_path, "A\tbinds\tB\n")
    assert edges_in(three) == [("A", "binds", "B", "?", True)]


def test_denied_rows_are_kept_apart_and_statements_gathered(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "subject\tpredicate\tobject\tkg_effect\tnegated\tkg_asserted\tkg_statements\n"
        "A\tinhibits\tB\t-1\tfalse\ttrue\tS1|S2\n"
        "A\tinhibits\tB\t-1\tfalse\ttrue\tS3|S1\n"
        "A\tinhibits\tB\t-1\ttrue\tfalse\tS4\n"
        "B\tinhibits\tC\t-1\tfalse\tfalse\t\n",
    )
    target = tmp_path / "graph.csr"
    build(target, read_edges(path))
    found = {
        (a, b, key): data["statements"]
        for a, b, key, data in open_graph(target).edges(keys=True, data=True)
    }
    assert found == {
        ("A", "B", "inhibits"): ("S1", "S2", "S3"),
        ("A", "B", "inhibits#unasserted"): ("S4",),
        ("B", "C", "inhibits#unasserted"): (),
    }


def test_a_table_of_nodes_gives_classes_labels_and_lone_nodes(tmp_path: Path) -> None:
    nodes = table(
        tmp_path,
        "id\tcategory\tname\nA\tbiolink:Gene|biolink:NamedThing\tKRAS\nD\tbiolink:Drug\t\n",
        "nodes.tsv",
    )
    target = tmp_path / "graph.csr"
    build(target, read_edges(table(tmp_path, "A\tp\tB\t+\n"), nodes))
    graph = open_graph(target)
    assert {name: (graph.nodes[name]["label"], graph.nodes[name]["cls"]) for name in graph} == {
        "A": ("KRAS", "Gene"),
        "B": ("B", ""),
        "D": ("D", "Drug"),
    }


@pytest.mark.parametrize(
    ("text", "told_is"),
    [
        ("A\tp\tB\t+\nB\tp\tC\tincrased\n", "line 2: the sign 'incrased'.*nearest: increased"),
        ("A\tp\tB\t+\nB\tp\n", "line 2: 2 columns, expected"),
        ("A,p,B,+\n", "line 1: 1 columns"),
        ("A\tp\t\t+\n", "line 1: an end of the edge is empty"),
        ("subject\tpredicate\tsign\nA\tp\t+\n", "no column for the target.*object"),
        ("subject\tobject\tnegated\nA\tB\tmaybe\n", "line 2: 'maybe' is neither true nor false"),
        ("", "is empty"),
    ],
)
def test_a_row_that_cannot_be_read_is_told_with_its_line(
    text: str, told_is: str, tmp_path: Path
) -> None:
    with pytest.raises(GraphFileError, match=told_is):
        read_edges(table(tmp_path, text))


def test_files_of_another_kind_are_told(tmp_path: Path) -> None:
    broken = tmp_path / "edges.tsv"
    broken.write_bytes(b"A\tp\tB\xff\t+\n")
    with pytest.raises(GraphFileError, match="not UTF-8"):
        read_edges(broken)
    packed = tmp_path / "edges.tsv.gz"
    packed.write_bytes(gzip.compress(b"A\tp\tB\t+\n" * 99)[:-12])
    with pytest.raises(GraphFileError, match="cannot be read"):
        read_edges(packed)
    with pytest.raises(GraphFileError, match="no column 'id'"):
        read_edges(table(tmp_path, "A\tp\tB\n"), table(tmp_path, "name\nA\n", "nodes.tsv"))


# The verb


def test_the_verb_compresses_a_table(tmp_path: Path) -> None:
    source, target = table(tmp_path, "A\tinhibits\tB\t-\n"), tmp_path / "big.csr"
    result = CliRunner().invoke(compress_verb, [str(source), "-o", str(target)])
    assert result.exit_code == 0, result.output
    assert "2 nodes, 1 edges" in result.stderr
    assert result.stdout == ""
    graph = open_graph(target)
    assert told(simple_paths(graph, "A", "B", 4)) == (
        [SignedPath(("A", "B"), ("inhibits",), Sign.NEGATIVE)],
        True,
    )


def test_the_verb_without_a_table_compresses_the_curated_graph(
    kg: KnowledgeGraph, tmp_path: Path
) -> None:
    target = tmp_path / "own.csr"
    result = CliRunner().invoke(compress_verb, ["-o", str(target)])
    assert result.exit_code == 0, result.output
    assert list(open_graph(target)) == sorted(kg.network)
    result = CliRunner().invoke(compress_verb, ["--nodes", str(target), "-o", str(target)])
    assert result.exit_code == 2


def test_a_table_that_cannot_be_read_leaves_no_file(tmp_path: Path) -> None:
    source, target = table(tmp_path, "A\tinhibits\tB\tmaybe\n"), tmp_path / "big.csr"
    result = CliRunner().invoke(compress_verb, [str(source), "-o", str(target)])
    assert isinstance(result.exception, GraphFileError)
    assert not target.exists()


def test_columns_of_numbers_need_no_names_in_order(tmp_path: Path) -> None:
    kinds = [Kind(Sign.NEGATIVE), Kind(Sign.POSITIVE)]
    columns = EdgeTable(
        ["z", "m", "a"], np.array([0, 1]), np.array([1, 2]), kinds=kinds, kind=np.array([0, 1])
    )
    build(tmp_path / "graph.csr", columns)
    graph = open_graph(tmp_path / "graph.csr")
    assert [(a, b, str(d["sign"])) for a, b, d in graph.edges(data=True)] == [
        ("m", "a", "+"),
        ("z", "m", "-"),
    ]
    assert (tmp_path / "graph.csr").stat().st_mode & 0o777 == 0o666 & ~_mask()


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
