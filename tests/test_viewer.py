"""The viewer's page as a file: what it holds, where things stand, how it is made."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from kras_graph import KnowledgeGraph
from kras_graph.cli.main import cli
from kras_graph.model.errors import QueryError, UnknownNameError
from kras_graph.present.layout import Box, in_bands, settled, stacked
from kras_graph.present.viewer import SCRIPTS, page, render
from kras_graph.present.viewer_data import Start, gather, payload
from kras_graph.present.viewer_map import _lanes
from kras_graph.present.viewer_query import constructed
from kras_graph.present.viewer_rows import Json
from kras_graph.present.viewer_text import text_width, wrap

NAMES = [f"n{place}" for place in range(12)]


@pytest.fixture(scope="module")
def data(kg: KnowledgeGraph) -> Json:
    return payload(gather(kg), Start("sotorasib"))


def block(text: str) -> Json:
    """The data block of a page."""
    found = re.search(r'id="data">(.*?)</script>', text, re.DOTALL)
    assert found
    loaded: Json = json.loads(found[1])
    return loaded


# --- the file ---------------------------------------------------------------------------


def test_page_is_small_whole_and_repeatable(kg: KnowledgeGraph, viewer_text: str) -> None:
    assert len(viewer_text.encode()) < 1_500_000
    assert viewer_text == page(kg, "AMG 510")
    assert "{{" not in viewer_text.split("<script")[0]
    assert not re.search(
        r"""(?:src|href)\s*=\s*["']?\s*(?:https?:)?//""", viewer_text.split("<script")[0]
    )


def test_policy_admits_what_the_page_holds_and_nothing_else(viewer_text: str) -> None:
    found = re.search(r'Security-Policy" content="([^"]+)"', viewer_text)
    assert found
    rules = dict(part.strip().split(" ", 1) for part in found[1].split(";"))
    assert rules["default-src"] == "'none'"
    assert "unsafe" not in found[1]
    for kind, tag in (("script-src", "script"), ("style-src", "style")):
        held = {
            f"'sha256-{base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()}'"
            for body in re.findall(rf"<{tag}>(.*?)</{tag}>", viewer_text, re.DOTALL)
        }
        assert set(rules[kind].split()) == held
    assert not re.search(r"<[^>]+\sstyle=", viewer_text.split("<script")[0])


def test_script_neither_makes_markup_of_text_nor_text_of_code(viewer_text: str) -> None:
    script = re.findall(r"<script>(.*?)</script>", viewer_text, re.DOTALL)[0]
    for word in ("innerHTML", "outerHTML =", "insertAdjacentHTML", "document.write", "eval(",
                 "new Function", "fetch(", "XMLHttpRequest", "WebSocket", "import("):  # fmt: skip
        assert word not in script, word


def test_every_file_of_the_page_is_in_it(viewer_text: str) -> None:
    folder = Path(__file__).parent.parent / "kras_graph" / "present" / "page"
    assert {f"{name}.js" for name in SCRIPTS} == {path.name for path in folder.glob("*.js")}
    for name in SCRIPTS:
        assert (folder / f"{name}.js").read_text(encoding="utf-8") in viewer_text


def test_data_block_escapes_what_could_end_it(viewer_text: str) -> None:
    found = re.search(r'id="data">(.*?)</script>', viewer_text, re.DOTALL)
    assert found
    assert not set(found[1]) & set("<>&\u2028\u2029")
    assert block(viewer_text)["nodes"][block(viewer_text)["focus"]]["label"] == "sotorasib"


def test_every_statement_and_edge_is_in_the_page(kg: KnowledgeGraph, data: Json) -> None:
    living = [s for s in kg.statements() if not s.deprecated]
    assert [row["id"] for row in data["statements"]] == [s.id for s in living]
    assert len(data["edges"]) == kg.network.number_of_edges()
    drawn = {n for edge in data["edges"] if edge[7] for n in edge[6]}
    assert drawn == set(range(len(living)))
    ids = [node["id"] for node in data["nodes"]]
    names = [name for name, _ in data["predicates"]]
    for row, statement in zip(data["statements"], living, strict=True):
        assert ids[row["s"]] == statement.subject
        assert names[row["p"]] == statement.predicate
        assert ids[row["o"]] == statement.object


def test_edges_carry_what_a_search_for_paths_needs(kg: KnowledgeGraph, data: Json) -> None:
    ids = [node["id"] for node in data["nodes"]]
    names = [name for name, _ in data["predicates"]]
    said = [row["id"] for row in data["statements"]]
    given_ = {
        (ids[a], ids[b], names[p], sign, role, bool(sure), tuple(said[n] for n in rows))
        for a, b, p, sign, role, sure, rows, _ in data["edges"]
    }
    wanted = {
        (a, b, d["predicate"], str(d["sign"]), d["role"], d["asserted"], tuple(d["statements"]))
        for a, b, d in kg.network.edges(data=True)
    }
    assert given_ == wanted


def test_first_view_holds_every_reported_mechanism(kg: KnowledgeGraph, data: Json) -> None:
    answer = kg.bypass("sotorasib", compute=False)
    numbers = {node["id"]: place for place, node in enumerate(data["nodes"])}
    sure, doubted = (
        {box[0] for box in picture["boxes"]} for picture in data["maps"][str(data["focus"])]
    )
    for report in (*answer.reported, *answer.denied, *answer.open):
        assert numbers[report.mechanism.id] in doubted
        if any(statement.is_edge for statement in report.statements):
            assert numbers[report.mechanism.id] in sure
    for name in ("sotorasib", "KRAS_G12C", "RAS", "RAF", "PI3K", "RALGDS", "MEK", "AKT", "ERK"):
        assert numbers[name] in sure
    taken = [numbers["KRAS_G12C"], numbers["KRAS_G12C_GTP-bound"]]
    assert data["maps"][str(data["focus"])][0]["cut"] == taken


def test_map_stands_in_columns_from_drug_to_outputs(data: Json) -> None:
    ids = [node["id"] for node in data["nodes"]]
    x = {ids[box[0]]: box[1] for box in data["maps"][str(data["focus"])][0]["boxes"]}
    way = ("sotorasib", "KRAS_G12C", "KRAS", "RAS", "RAF", "MEK", "ERK", "cell_proliferation")
    assert all(x[one] < x[other] for one, other in pairwise(way))


@pytest.mark.parametrize("view", ["maps", "whole", "trials"])
def test_no_box_lies_over_another(data: Json, view: str) -> None:
    pictures = {
        "maps": [picture for pair in data["maps"].values() for picture in pair],
        "whole": [data["whole"]],
        "trials": data["trials"],
    }[view]
    for picture in pictures:
        columns: dict[int, list[list[int]]] = {}
        for box in picture["boxes"]:
            columns.setdefault(box[1] // 40, []).append(box)
        for found in columns.values():
            for (_, x1, y1, w1, h1, _), (_, x2, y2, w2, h2, _) in combinations(found, 2):
                apart = abs(x1 - x2) >= (w1 + w2) / 2 or abs(y1 - y2) >= (h1 + h2) / 2
                assert apart


def test_trials_show_every_figure_as_printed(kg: KnowledgeGraph, data: Json) -> None:
    statements = [s for s in kg.statements() if not s.deprecated]
    results = kg.results(statements)
    sure, doubted = ({row[1] for row in picture["rows"]} for picture in data["trials"])
    assert doubted == {r.id for found in results.values() for r in found}
    assert sure == {r.id for s in statements if s.is_edge for r in results.get(s.id, ())}
    rows = {row[1]: row for row in data["trials"][0]["rows"]}
    assert rows["T011.1"][5].startswith("8 (21%")
    assert rows["T011.1"][6:] == ["%", 21.0, 10.0, 37.0]
    assert rows["T093.1"][9] is None, "a bound that is not estimable has no number"


# --- where things stand -----------------------------------------------------------------


@given(
    st.lists(st.lists(st.sampled_from(NAMES), unique=True, max_size=6), min_size=1, max_size=3),
    st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=20),
    st.randoms(use_true_random=False),
)
@settings(max_examples=60, deadline=None)
def test_settled_columns_keep_their_distance_whatever_the_links(
    columns: list[list[str]], links: list[tuple[str, str]], chance: object
) -> None:
    seen: set[str] = set()
    parts = [[n for n in names if not (n in seen or seen.add(n))] for names in columns]  # type: ignore[func-returns-value]
    heights = {name: 20 + 7 * place for place, name in enumerate(NAMES)}
    found = settled(parts, heights, [5] * len(parts), links, {"fixed": 100.0})
    shuffled = list(links)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert settled(parts, heights, [5] * len(parts), shuffled, {"fixed": 100.0}) == found
    for names in parts:
        for upper, lower in pairwise(sorted(names, key=found.__getitem__)):
            room = found[lower] - found[upper]
            assert room >= (heights[upper] + heights[lower]) / 2 + 5 - 1e-6


def test_a_box_goes_where_its_neighbours_are() -> None:
    heights = {"a": 20, "b": 20}
    found = settled([["a", "b"]], heights, [5], [("a", "low"), ("b", "high")],
                    {"low": 300.0, "high": -300.0})  # fmt: skip
    assert found == {"a": 300.0, "b": -300.0}


def test_blocks_stand_under_their_captions() -> None:
    heights = dict.fromkeys("abcd", 28)
    blocks = {"a": "one", "b": "two", "c": "one", "d": "two"}
    middle, headings, height = stacked("abcd", heights, blocks, {"one": "First"}, 200)
    assert [heading.text for heading in headings] == ["First", "two"]
    assert headings[0].y < middle["a"] < middle["c"] < headings[1].y < middle["b"] < middle["d"]
    assert middle["d"] < height


@given(st.lists(st.integers(0, 5), min_size=1, max_size=6, unique=True), st.integers(0, 900))
@settings(max_examples=80, deadline=None)
def test_bundles_leave_the_channel_without_crossing(chosen: list[int], middle: int) -> None:
    chain = {f"drug{n}": Box(f"drug{n}", 80 + 170 * n, 20, 130, 36, "x") for n in range(6)}
    keys = [(f"drug{n}", sign) for n in sorted(chosen) for sign in ("-", "?")]
    trunks = {key: middle + 11 * place for place, key in enumerate(keys)}
    ways = [
        [(trunk, 400), (trunk, lane), (port, lane), (port, 40)]
        for _, _, trunk, lane, port in _lanes(keys, trunks, chain, 200)
    ]
    for one, other in combinations(ways, 2):
        for (ax, ay), (bx, by) in pairwise(one):
            for (cx, cy), (dx, dy) in pairwise(other):
                touch = (
                    max(min(ax, bx), min(cx, dx)) <= min(max(ax, bx), max(cx, dx))
                    and max(min(ay, by), min(cy, dy)) <= min(max(ay, by), max(cy, dy))
                )  # fmt: skip
                assert not touch


def test_bands_fill_blocks_without_collision() -> None:
    names = {f"n{i}": i % 3 for i in range(200)}
    picture = in_bands(names, {name: name for name in names}, [], {0: "one"})
    assert len({(box.x, box.y) for box in picture.boxes}) == 200
    assert in_bands({}, {}, [], {}).boxes == ()


@given(st.text(max_size=60), st.integers(40, 300), st.integers(1, 4))
def test_broken_labels_fit_and_lose_nothing_unless_cut(label: str, room: int, most: int) -> None:
    lines = wrap(label, room, most).split("\n")
    assert len(lines) <= most
    for line in lines:
        assert text_width(line) <= room or len(line) == 1
    joined = "".join(lines)
    if not joined.endswith("…"):
        assert "".join(joined.split()) == "".join(label.split())


def test_widths_are_those_of_the_face_the_page_asks_for() -> None:
    assert text_width("sotorasib", 1000) == 500 + 556 + 278 + 556 + 333 + 556 + 500 + 222 + 556


# --- other starts -----------------------------------------------------------------------


def test_starts_on_what_suits_the_focus(kg: KnowledgeGraph) -> None:
    material = gather(kg)
    assert payload(material, Start("sotorasib"))["start"] == "map"
    assert payload(material, Start("ERK"))["start"] == "near"
    assert payload(material, Start("sotorasib", "trials"))["start"] == "trials"
    assert payload(material, Start())["start"] == "whole"


def test_more_hops_reach_more_signalling(kg: KnowledgeGraph) -> None:
    material = gather(kg)
    near, far = (payload(material, Start("sotorasib", hops=hops)) for hops in (0, 3))
    size = [len(d["maps"][str(d["focus"])][0]["boxes"]) for d in (near, far)]
    assert size[0] < size[1]


CONSTRUCT = """#+ summary: What inhibits genes
CONSTRUCT { ?a kg:inhibits ?b . ?a <http://example.org/p#seen> <http://example.org/thing/1> ;
  rdfs:label ?name } WHERE { ?a kg:inhibits ?b ; rdfs:label ?name . ?b a kg:Gene }"""


def test_a_query_makes_the_graph_of_the_page(kg: KnowledgeGraph) -> None:
    material = constructed(kg, CONSTRUCT)
    assert {s.predicate for s in material.statements} == {"inhibits"}
    assert all(kg.reader.entities[s.object].cls == "Gene" for s in material.statements)
    made = [d for _, _, d in material.network.edges(data=True) if d["role"] == "query"]
    assert {d["predicate"] for d in made} == {"http://example.org/p#seen"}
    assert material.entities["http://example.org/thing/1"].label == "thing/1"
    data = block(render(material, Start(query="What inhibits genes")))
    assert data["title"] == "What inhibits genes"
    assert data["start"] == "whole"
    assert data["maps"] == {}


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("SELECT ?s { ?s ?p ?o }", "CONSTRUCT"),
        ("CONSTRUCT { ?s rdfs:label ?o } WHERE { ?s rdfs:label ?o }", "joins no two things"),
        ("CONSTRUCT {", "not valid SPARQL"),
    ],
)
def test_a_query_that_makes_no_picture_is_refused(
    kg: KnowledgeGraph, query: str, told: str
) -> None:
    with pytest.raises(QueryError, match=told):
        constructed(kg, query)


# --- for people who build on it ---------------------------------------------------------


def test_pyvis_network_is_plain_and_complete(
    kg: KnowledgeGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # pyvis puts its scripts into the working folder
    drawing, full = kg.to_pyvis(), kg.to_pyvis(include_unasserted=True)
    assert drawing.directed
    assert set(drawing.get_nodes()) == set(kg.reader.entities)
    assert all(edge["asserted"] for edge in drawing.edges)
    said = {name for edge in full.edges for name in edge["statements"]}
    assert said == {s.id for s in kg.statements() if not s.deprecated}
    assert {edge["dashes"] for edge in full.edges if not edge["asserted"]} == {True}
    ends = {edge["sign"]: edge["arrows"]["to"]["type"] for edge in full.edges if edge["statements"]}
    assert ends == {"+": "arrow", "-": "bar", "?": "circle", "0": "vee"}
    drawing.write_html(str(tmp_path / "plain.html"), local=False, notebook=False)
    assert "sotorasib" in (tmp_path / "plain.html").read_text(encoding="utf-8")


def test_a_notebook_shows_the_page_in_a_frame(kg: KnowledgeGraph, tmp_path: Path) -> None:
    view = kg.view("adagrasib", theme="dark", height=500)
    frame = view._repr_html_()
    assert frame.startswith("<iframe srcdoc=")
    assert 'sandbox="allow-scripts allow-downloads allow-popups"' in frame
    inside = re.match(r'<iframe srcdoc="([^"]*)" width="100%" height="500"', frame)
    assert inside
    assert html.unescape(inside[1]) == view.html
    assert 'data-theme="dark" data-embed="true"' in view.html
    assert view.save(tmp_path / "v.html").read_text(encoding="utf-8") == view.html


# --- the command ------------------------------------------------------------------------


def written(tmp_path: Path, *arguments: str) -> Json:
    """Data of the page that the command writes."""
    target = tmp_path / "g.html"
    done = CliRunner().invoke(cli, ["view", "-o", str(target), *arguments])
    assert done.exit_code == 0, done.output
    return block(target.read_text(encoding="utf-8"))


def test_command_writes_the_page(tmp_path: Path) -> None:
    target = tmp_path / "g.html"
    done = CliRunner().invoke(cli, ["view", "-o", str(target), "--focus", "sotorasb", "--whole"])
    assert done.exit_code == 0, done.output
    assert "Read 'sotorasb' as 'sotorasib'" in done.stderr
    assert block(target.read_text(encoding="utf-8"))["start"] == "whole"


def test_command_knows_trials_theme_hops_and_embedding(tmp_path: Path) -> None:
    data = written(tmp_path, "--trials", "--theme", "dark", "--embed", "--hops", "1")
    found = [data[name] for name in ("start", "theme", "embed", "hops")]
    assert found == ["trials", "dark", True, 1]


def test_command_draws_the_graph_of_a_query(tmp_path: Path) -> None:
    query = tmp_path / "q.rq"
    query.write_text(CONSTRUCT, encoding="utf-8")
    assert written(tmp_path, "--query", str(query))["query"] == "What inhibits genes"
    data = written(tmp_path, "--query", str(query), "--focus", "KRAS")
    assert (data["start"], data["nodes"][data["focus"]]["label"]) == ("near", "KRAS")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\xff\xfe", "not UTF-8"),
        (b"INSERT DATA { id:a id:b id:c }", ""),
        (b"CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <http://example.org/> { ?s ?p ?o } }", "SERVICE"),
    ],
)
def test_command_refuses_what_is_no_safe_query(tmp_path: Path, content: bytes, told: str) -> None:
    query = tmp_path / "q.rq"
    query.write_bytes(content)
    target = tmp_path / "g.html"
    done = CliRunner().invoke(cli, ["view", "-o", str(target), "--query", str(query)])
    assert isinstance(done.exception, QueryError)
    assert told in str(done.exception)
    assert not target.exists()


def test_command_refuses_an_unknown_focus_and_writes_nothing(tmp_path: Path) -> None:
    target = tmp_path / "g.html"
    done = CliRunner().invoke(cli, ["view", "-o", str(target), "--focus", "zzzzqqqq"])
    assert isinstance(done.exception, UnknownNameError)
    assert list(tmp_path.iterdir()) == []


def test_command_refuses_a_focus_outside_the_querys_graph(tmp_path: Path) -> None:
    query = tmp_path / "q.rq"
    query.write_text(CONSTRUCT, encoding="utf-8")
    done = CliRunner().invoke(
        cli,
        ["view", "-o", str(tmp_path / "g.html"), "--query", str(query), "--focus", "coagulation"],
    )
    assert isinstance(done.exception, UnknownNameError)
