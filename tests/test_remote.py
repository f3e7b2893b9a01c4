"""Any engine: the same answers from a SPARQL service as from the embedded engine."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pyoxigraph
import pytest
from click.testing import CliRunner
from pyoxigraph import Literal, NamedNode, Store

from kras_graph import KnowledgeGraph
from kras_graph.cli.answering import ask
from kras_graph.cli.pushing import push
from kras_graph.cli.querying import query, sparql
from kras_graph.cli.reasoning import bypass
from kras_graph.cli.showing import show
from kras_graph.cli.tracing import path
from kras_graph.curation.resources import folder
from kras_graph.model.errors import QueryError
from kras_graph.network.frontier import Frontier, search_paths
from kras_graph.network.paths import Search, find_paths
from kras_graph.present.answering import answer, bypass_answer, show_entity
from kras_graph.present.closing import combination_json
from kras_graph.rdf import names
from kras_graph.rdf.binding import bind, form_of, with_prologue
from kras_graph.rdf.engine import EmbeddedEngine, Term, rows
from kras_graph.rdf.library import StoredQuery, run_stored, stored_queries
from kras_graph.rdf.remote import RemoteEngine
from kras_graph.rdf.service import Service, credentials
from kras_graph.rdf.upload import Upload, batches, dataset_lines
from tests.servers import Script, Server, oxigraph, scripted, virtuoso

COMPETENCY = stored_queries("competency")
LIBRARY = {**COMPETENCY, **stored_queries("quality")}
JSON = {"Content-Type": "application/sparql-results+json"}
TRUE = b'{"head": {}, "boolean": true}'
ENGINES = ("oxigraph", "virtuoso")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables as they stand when the tests start."""
    copy = tmp_path_factory.mktemp("tables") / "data"
    shutil.copytree(str(folder("data")), copy)
    return copy


@pytest.fixture(scope="module")
def local(data: Path) -> KnowledgeGraph:
    return KnowledgeGraph.load(data, cache=False)


@pytest.fixture(scope="module", params=ENGINES)
def server(
    request: pytest.FixtureRequest, data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server on loopback to which the dataset was pushed."""
    start = {"oxigraph": oxigraph, "virtuoso": virtuoso}[request.param]
    with start(tmp_path_factory.mktemp(request.param)) as found:
        done = CliRunner().invoke(
            push, [found.update, "--data", str(data), "--graph", found.graph, "--batch", "700"]
        )
        assert done.exit_code == 0, done.output
        assert "pushed" in done.stderr
        assert not done.stdout
        yield found


@pytest.fixture(scope="module")
def remote(server: Server) -> KnowledgeGraph:
    return KnowledgeGraph.connect(server.query)


def value(term: Term | None) -> object:
    """A term by value: engines write numbers in their own ways."""
    if not isinstance(term, Literal):
        return term and term.value
    if term.datatype.value in (names.XSD + "integer", names.XSD + "int", names.XSD + "decimal"):
        return Decimal(term.value)
    return (term.value, term.language, term.datatype.value)


def found_by(kg: KnowledgeGraph, chosen: StoredQuery) -> Counter[tuple[object, ...]]:
    values = {parameter.name: parameter.example for parameter in chosen.parameters}
    return Counter(
        tuple(value(row.get(column)) for column in chosen.columns)
        for row in rows(run_stored(kg.engine, chosen, values))
    )


# --- the same answers ---------------------------------------------------------------------


def test_every_triple_arrives(local: KnowledgeGraph, remote: KnowledgeGraph) -> None:
    assert isinstance(local.engine, EmbeddedEngine)
    [row] = remote.sparql("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }")
    assert int(row["n"]) == len(local.engine.store)


@pytest.mark.parametrize("chosen", LIBRARY.values(), ids=LIBRARY)
def test_stored_queries_give_equal_rows(
    local: KnowledgeGraph, remote: KnowledgeGraph, chosen: StoredQuery
) -> None:
    assert found_by(remote, chosen) == found_by(local, chosen)


def test_records_are_equal(local: KnowledgeGraph, remote: KnowledgeGraph) -> None:
    assert remote.reader.entities == local.reader.entities
    assert remote.reader.publications == local.reader.publications
    some = local.reader.statements("?s kg:family 'outcome' .")
    assert remote.reader.statements_by_id([item.id for item in some]) == some
    assert remote.results(some) == local.results(some)
    assert remote.evidence(some) == local.evidence(some)


@pytest.mark.parametrize("name", ["sotorasib", "KRAS G12C inhibitor", "cetuximab"])
def test_bypass_is_equal(local: KnowledgeGraph, remote: KnowledgeGraph, name: str) -> None:
    texts = [
        bypass_answer(kg, kg.entity(name), "json", width=120, color=False) for kg in (local, remote)
    ]
    assert texts[0] == texts[1]
    assert local.bypass(name).computed is not None


@pytest.mark.parametrize("name", ["sotorasib", "adagrasib"])
def test_closing_sets_are_equal(local: KnowledgeGraph, remote: KnowledgeGraph, name: str) -> None:
    one, other = (kg.combine(name, resamples=50) for kg in (local, remote))
    assert one.sets
    assert combination_json(local.reader, one) == combination_json(remote.reader, other)


@pytest.mark.parametrize("name", ["KRAS G12C", "CodeBreaK 100", "ERK", "MET amplification"])
def test_cards_are_equal(local: KnowledgeGraph, remote: KnowledgeGraph, name: str) -> None:
    texts = [
        show_entity(kg, kg.entity(name), "json", width=120, color=False) for kg in (local, remote)
    ]
    assert texts[0] == texts[1]


@pytest.mark.parametrize(
    "question",
    [
        "what does adagrasib target?",
        "what is the response rate of sotorasib in pancreatic cancer?",
        "how does MET amplification reach ERK?",
        "what is denied or unclear about sotorasib?",
    ],
)
def test_questions_are_answered_alike(
    local: KnowledgeGraph, remote: KnowledgeGraph, question: str
) -> None:
    texts = [
        answer(kg, kg.read(question), "json", width=120, color=False) for kg in (local, remote)
    ]
    assert texts[0] == texts[1]


@pytest.mark.parametrize(
    ("source", "target", "more"),
    [
        ("sotorasib", "ERK", {}),
        ("KRAS G12C", "cell proliferation", {"k": 50}),
        ("MET amplification", "ERK", {"sign": "+", "avoid": ["SHP2"]}),
        ("sotorasib", "ERK", {"max_length": 2}),
        ("ERK", "sotorasib", {}),
        ("sotorasib", "ERK", {"publications": ["wu2023"], "not_settings": ["discussion"]}),
        ("sotorasib", "ERK", {"diseases": ["lung cancer"], "general": True}),
        ("sotorasib", None, {"max_length": 3}),
        (None, "ERK", {"max_length": 3}),
        (None, None, {"metapath": "Drug > Alteration > Pathway"}),
    ],
)
def test_paths_are_equal(
    local: KnowledgeGraph,
    remote: KnowledgeGraph,
    source: str | None,
    target: str | None,
    more: dict[str, object],
) -> None:
    wanted = local.paths(source, target, **more)  # type: ignore[arg-type]
    assert remote.paths(source, target, **more) == wanted  # type: ignore[arg-type]


def test_what_stands_around_is_equal(local: KnowledgeGraph, remote: KnowledgeGraph) -> None:
    for options in ({}, {"unasserted": True}, {"publications": ["wu2023"]}):
        one, two = (kg.neighbors("KRAS G12C", hops=2, **options) for kg in (local, remote))
        assert one == two
    assert remote.neighbors("ERK", classes=["Trial"]) == local.neighbors("ERK", classes=["Trial"])
    sets = [kg.shared_targets("sotorasib", "MRTX1133", max_length=3) for kg in (local, remote)]
    assert sets[0] == sets[1]
    assert remote.subgraph("PTPN11", "SOS1") == local.subgraph("PTPN11", "SOS1")


def test_graphs_and_yes_or_no_come_back(remote: KnowledgeGraph) -> None:
    assert remote.engine.query("ASK { id:sotorasib kg:inhibits id:KRAS_G12C }")
    assert not remote.engine.query("ASK { id:KRAS_G12C kg:inhibits id:sotorasib }")
    text = "CONSTRUCT { ?s rdfs:label ?label } WHERE { ?s rdfs:label ?label }"
    graph = remote.engine.query(text, {"s": NamedNode(names.ENTITY + "sotorasib")})
    assert isinstance(graph, pyoxigraph.QueryTriples)
    assert [triple.object for triple in graph] == [Literal("sotorasib")]


def test_commands_take_the_endpoint(
    local: KnowledgeGraph, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(command: object, *args: str) -> str:
        done = CliRunner().invoke(command, [*args])  # type: ignore[arg-type]
        assert done.exit_code == 0, (args, done.output, done.exception)
        return done.stdout

    there = ("--endpoint", server.query, "--format", "json")
    item = local.entity("sotorasib")
    style = {"width": 120, "color": False}
    assert run(show, "sotorasib", *there) == show_entity(local, item, "json", **style)  # type: ignore[arg-type]
    shown = bypass_answer(local, item, "json", compute=False, **style)  # type: ignore[arg-type]
    assert run(bypass, "sotorasib", "--no-computed", *there) == shown
    assert json.loads(run(path, "sotorasib", "ERK", *there))["paths"]
    assert json.loads(run(ask, "what does sotorasib target?", *there))["statements"]
    wanted = len(local.run("targets-of-drug", {"drug": "sotorasib"}))
    monkeypatch.setenv("KRAS_GRAPH_ENDPOINT", server.query)
    given = ("targets-of-drug", "-p", "drug=AMG510", "--format", "json")
    assert len(json.loads(run(query, "run", *given))["results"]["bindings"]) == wanted
    assert run(sparql, "-e", "ASK { id:sotorasib a kg:Drug }") == "true\n"


def test_the_guard_holds_for_services_too(server: Server) -> None:
    done = CliRunner().invoke(sparql, ["-e", "CLEAR DEFAULT", "--endpoint", server.query])
    assert isinstance(done.exception, QueryError)
    assert "refused" in str(done.exception)


def test_a_graph_store_takes_the_dataset(
    server: Server, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KRAS_GRAPH_USER", server.user or "nobody")
    monkeypatch.setenv("KRAS_GRAPH_PASSWORD", server.user or "nothing")
    graph = "https://example.org/another"
    lines = dataset_lines(data)[:1500]
    for kept in (lines, lines[:300]):
        upload = Upload(server.store, graph=graph, method="graph-store", size=400, replace=True)
        upload.run(kept)
        count = f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
        plain = server.query.partition("?")[0]
        assert KnowledgeGraph.connect(plain).sparql(count) == [{"n": str(len(kept))}]


def test_what_a_service_refuses_is_told(remote: KnowledgeGraph, server: Server) -> None:
    with pytest.raises(QueryError, match="answered 400"):
        remote.sparql("SELECT nonsense")
    with pytest.raises(QueryError, match="answered 4"):
        Upload(server.update, graph="https://example.org/x").run(["this is no triple"])


def test_an_answer_is_whole_or_refused(remote: KnowledgeGraph, server: Server) -> None:
    everything = "SELECT ?s ?p ?o WHERE { ?s ?p ?o }"
    if server.user:  # Virtuoso, which gives as many rows as its settings say
        with pytest.raises(QueryError, match="no more than 10000 rows"):
            remote.sparql(everything)
    else:
        assert len(remote.sparql(everything)) > 10_000


# --- frontiers ----------------------------------------------------------------------------


def test_frontiers_find_what_the_whole_network_holds(kg: KnowledgeGraph) -> None:
    from random import Random

    network, random = kg.network, Random(4)
    nodes = [name for name in sorted(network) if network.degree(name) > 4]
    found = 0
    for number in range(120):
        source, target = random.choice(nodes), random.choice(nodes)
        search = Search(
            max_length=random.choice((3, 5, 8)),
            unasserted=number % 5 == 0,
            neutral=number % 11 == 0,
            avoid=frozenset(random.sample(nodes, number % 3)),
            via=frozenset(random.sample(nodes, number % 7 == 0)),
        )
        wanted = find_paths(network, source, target, search)
        assert search_paths(kg.reader, source, target, search) == wanted, (source, target, search)
        found += bool(wanted.paths)
    assert found >= 5


def test_frontiers_fetch_a_part_only(kg: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    fetched: set[str] = set()
    before = Frontier.statements

    def counted(self: Frontier, ids: set[str]) -> object:
        fetched.update(ids)
        return before(self, ids)

    monkeypatch.setattr(Frontier, "statements", counted)
    monkeypatch.setattr("kras_graph.network.frontier.BATCH", 3)
    start, end = kg.entity("sotorasib").id, kg.entity("ERK").id
    assert search_paths(kg.reader, start, end, Search()).paths
    assert len(fetched) < len(kg.statements()) / 4


@pytest.mark.parametrize(
    "hostile",
    [
        '" } ; DROP ALL # ',
        "a\nb\r\"'\\",
        "} UNION { ?s ?p ?o",
        "\\u0022 } #",
        "?x $x <http://x.org/> # { VALUES",
    ],
)
def test_a_value_stays_a_value(hostile: str) -> None:
    store = Store()
    store.add(
        pyoxigraph.Quad(NamedNode("http://x.org/a"), NamedNode("http://x.org/p"), Literal(hostile))
    )
    store.add(
        pyoxigraph.Quad(NamedNode("http://x.org/b"), NamedNode("http://x.org/p"), Literal("x"))
    )
    text = """# { ?x
    SELECT ?s ?x ("{ ?x" AS ?brace) (EXISTS { ?s ?p ?x } AS ?there) WHERE {
        ?s <http://x.org/p> ?x  # ?x }
        FILTER(?x != '?x } {')
    }"""
    [row] = rows(store.query(bind(text, {"x": Literal(hostile)})))
    assert row["s"] == NamedNode("http://x.org/a")
    assert row["x"] == Literal(hostile)
    assert row["brace"] == Literal("{ ?x")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?s ?x { ?s ?p ?x }",
        "SELECT * WHERE { { SELECT ?x (COUNT(?s) AS ?n) { ?s ?p ?x } GROUP BY ?x } }",
        "SELECT * WHERE { SELECT ?s ?x { ?s ?p ?x } ORDER BY ?x }",
        "SELECT ?x (COUNT(*) AS ?n) { ?s ?p ?x FILTER(BOUND(?x)) } GROUP BY ?x HAVING(?n > 0)",
        "SELECT ?x { { ?s ?p ?x } UNION { ?x ?p ?o } }",
        "SELECT ?x { VALUES (?x ?y) { (<http://x.org/b> 1) (<http://x.org/c> 2) } ?s ?p ?x }",
        "ASK { ?s ?p ?x }",
        "CONSTRUCT { ?s ?p ?x } WHERE { ?s ?p ?x }",
    ],
)
@pytest.mark.parametrize("term", [NamedNode("http://x.org/b"), Literal("t")])
def test_binding_gives_what_substitution_gives(text: str, term: NamedNode | Literal) -> None:
    store = Store()
    store.update(
        "PREFIX : <http://x.org/> INSERT DATA { :a :p :b . :b :p :c . :a :p 't' . :c :q :b }"
    )
    bound = bind(text, {"x": term})
    wanted = store.query(text, substitutions={pyoxigraph.Variable("x"): term})
    got = store.query(bound)
    if isinstance(wanted, pyoxigraph.QuerySolutions):
        assert isinstance(got, pyoxigraph.QuerySolutions)
        columns = [v.value for v in wanted.variables]
        assert Counter(tuple(value(r.get(c)) for c in columns) for r in rows(got)) == Counter(
            tuple(value(r.get(c)) for c in columns) for r in rows(wanted)
        )
    elif isinstance(wanted, pyoxigraph.QueryTriples):
        assert isinstance(got, pyoxigraph.QueryTriples)
        assert set(got) == set(wanted)
    else:
        assert bool(got) == bool(wanted)


def test_what_cannot_be_bound_is_refused() -> None:
    with pytest.raises(QueryError, match="WHERE"):
        bind("DESCRIBE <http://x.org/>", {"x": Literal("a")})
    with pytest.raises(QueryError, match="WHERE"):
        bind("CONSTRUCT WHERE { ?s ?p ?x }", {"x": Literal("a")})
    with pytest.raises(QueryError, match="name of a variable"):
        bind("ASK { ?x ?p ?o }", {"x } #": Literal("a")})
    with pytest.raises(ValueError, match="IRI"):
        NamedNode("http://x.org/> } #")


def test_prefixes_are_declared_once_and_only_where_needed() -> None:
    assert with_prologue("SELECT * { ?s a <http://x#kg:a> } # kg:b").startswith("SELECT")
    text = with_prologue("PREFIX kg: <http://mine/> ASK { id:a kg:b 'rdfs:c' }")
    assert text.startswith(f"PREFIX id: <{names.ENTITY}> PREFIX kg: <http://mine/>")
    assert "rdfs: " not in text
    assert form_of("# SELECT\nPREFIX select: <http://x/> ask { }") == "ASK"


# --- the wire -----------------------------------------------------------------------------


def asked(url: str, **more: float) -> object:
    return RemoteEngine(url, **more).query("ASK { }")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://x.org/", "x.org/sparql", "http://", "http://a b/", "http://x:y/"],
)
def test_only_http_addresses_are_taken(url: str) -> None:
    with pytest.raises(QueryError, match="address of the service"):
        RemoteEngine(url)


def test_a_password_in_the_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(QueryError) as caught:
        RemoteEngine("http://user:secret@x.org/sparql")
    assert "secret" not in str(caught.value)
    assert "KRAS_GRAPH_USER" in str(caught.value)


def test_the_request_is_a_form_with_the_graphs_of_the_address() -> None:
    with scripted(Script([(200, JSON, TRUE)])) as script:
        assert asked(f"{script.url}?default-graph-uri=http%3A%2F%2Fx.org%2Fg&key=1")
    [(method, where, headers, body)] = script.seen
    assert (method, where) == ("POST", "/sparql?key=1")
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert headers["accept"] == "application/sparql-results+json"
    assert body == b"query=ASK+%7B+%7D&default-graph-uri=http%3A%2F%2Fx.org%2Fg"
    assert "authorization" not in headers


@pytest.mark.parametrize(
    ("status", "headers", "body", "message"),
    [
        (302, {"Location": "http://evil.example/x?user=secret"}, b"", "points elsewhere"),
        (307, {"Location": "http://evil.example/x?user=secret"}, b"", "points elsewhere"),
        (200, {"Content-Type": "text/html"}, b"<html>hi</html>", "answered with text/html"),
        (200, JSON, b'{"head": {"vars"', "cannot be read"),
        (200, {**JSON, "X-SPARQL-MaxRows": "5"}, TRUE, "no more than 5 rows"),
        (200, {**JSON, "X-SQL-State": "S1TAT"}, TRUE, "ran out of time"),
        (200, {**JSON, "Content-Length": "40"}, TRUE[:9], "broke off"),
        (400, {"Content-Type": "text/plain"}, b"bad\x1b[31m query", r"answered 400\. bad \[31m q"),
        (500, {"Content-Type": "text/html"}, b"<b>secret</b>", r"answered 500\.$"),
        (401, {"WWW-Authenticate": 'Basic realm="x"'}, b"", "KRAS_GRAPH_PASSWORD"),
    ],
)
def test_what_goes_wrong_is_told(
    status: int, headers: dict[str, str], body: bytes, message: str
) -> None:
    with (
        scripted(Script([(status, headers, body)])) as script,
        pytest.raises(QueryError, match=message) as caught,
    ):
        asked(script.url, timeout=2)
    assert "secret" not in str(caught.value)
    assert len(script.seen) == 1


def test_limits_of_size_and_time() -> None:
    long, slow = Script([(200, JSON, TRUE + b" " * 5000)]), Script([(200, JSON, TRUE)], delay=1)
    with scripted(long) as script, pytest.raises(QueryError, match="larger than"):
        asked(script.url, limit=1000)
    with scripted(slow) as script, pytest.raises(QueryError, match="within"):
        asked(script.url, timeout=0.2)
    with pytest.raises(QueryError, match="cannot be used"):
        asked(script.url)


def test_a_password_is_sent_when_asked_for_and_not_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KRAS_GRAPH_USER", "ann")
    monkeypatch.setenv("KRAS_GRAPH_PASSWORD", "s3cret")
    challenge = (401, {"WWW-Authenticate": 'Basic realm="x"'}, b"")
    with scripted(Script([challenge, (200, JSON, TRUE)])) as script:
        assert asked(script.url)
    assert [("authorization" in headers) for _, _, headers, _ in script.seen] == [False, True]
    with scripted(Script([challenge])) as script, pytest.raises(QueryError) as caught:
        asked(script.url)
    assert "s3cret" not in str(caught.value)
    monkeypatch.setattr("kras_graph.rdf.service._is_loopback", lambda host: False)
    monkeypatch.setenv("no_proxy", "*")
    with scripted(Script([challenge])) as script, pytest.raises(QueryError, match="https"):
        asked(script.url)
    assert all("authorization" not in headers for _, _, headers, _ in script.seen)
    odd = (401, {"WWW-Authenticate": "Bearer x"}, b"")
    with scripted(Script([odd])) as script, pytest.raises(QueryError):
        asked(script.url)


def test_a_file_with_a_password_must_be_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "credentials"
    file.write_text("ann:s3:cret\n")
    monkeypatch.setenv("KRAS_GRAPH_CREDENTIALS", str(file))
    file.chmod(0o640)
    with pytest.raises(QueryError, match="chmod 600"):
        credentials()
    file.chmod(0o600)
    assert credentials() == ("ann", "s3:cret")
    file.write_text("s3cret\n")
    with pytest.raises(QueryError, match="user:password") as caught:
        credentials()
    assert "s3cret" not in str(caught.value)
    monkeypatch.setenv("KRAS_GRAPH_CREDENTIALS", str(tmp_path / "none"))
    with pytest.raises(QueryError, match="cannot be read"):
        Service("http://127.0.0.1:1/")
    monkeypatch.setenv("KRAS_GRAPH_USER", "ann")
    with pytest.raises(QueryError, match="both"):
        credentials()


# --- push ---------------------------------------------------------------------------------


def test_batches_are_bounded_in_number_and_size() -> None:
    lines = [f"<http://x.org/{i}> <http://x.org/p> 'x' ." for i in range(10)]
    assert [len(batch) for batch in batches(lines, 4)] == [4, 4, 2]
    assert [len(batch) for batch in batches(lines, 9, most=80)] == [2] * 5
    assert [line for batch in batches(lines, 3, most=1) for line in batch] == lines


def test_a_broken_push_is_taken_up_again(data: Path) -> None:
    total = len(dataset_lines(data))
    args = ["--data", str(data), "--batch", "2000"]
    good: tuple[int, dict[str, str], bytes] = (200, {}, b"")
    bad = (503, {"Content-Type": "text/plain"}, b"full")
    with scripted(Script([good, good, bad])) as script:
        done = CliRunner().invoke(push, [script.url, *args])
        assert isinstance(done.exception, QueryError)
        assert "503. full To go on later, add --resume" in str(done.exception)
        script.answers[:] = [good]
        script.seen.clear()
        done = CliRunner().invoke(push, [script.url, *args, "--resume"])
        assert done.exit_code == 0
        assert "4000 triples had been sent before" in done.stderr
        sent = b"".join(body for _, _, _, body in script.seen)
        assert sent.count(b"+.") == total - 4000
        script.seen.clear()
        done = CliRunner().invoke(push, [script.url, *args, "--resume", "--replace"])
        assert b"CLEAR+SILENT+DEFAULT" in script.seen[0][3]
        assert len(script.seen) == -(-total // 2000) + 1


def test_wrong_graphs_are_refused() -> None:
    with pytest.raises(QueryError, match="not an IRI"):
        Upload("http://127.0.0.1:1/", graph="no iri> } ; CLEAR ALL #")
    text = b"A default graph is not available"
    refusal = Script([(400, {"Content-Type": "text/plain"}, text)])
    with scripted(refusal) as script, pytest.raises(QueryError, match="--graph IRI"):
        Upload(script.url).run(["<a:b> <a:c> <a:d> ."])
