"""The server as its guests meet it: the SPARQL protocol, descriptions, pages, the query page."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from playwright.sync_api import sync_playwright
from pyoxigraph import RdfFormat, Store, parse

from kras_graph import KnowledgeGraph
from kras_graph.cli.serving import serve
from kras_graph.model.errors import KrasGraphError, MissingExtraError
from kras_graph.rdf.describe import VOID
from kras_graph.rdf.examples import runnable
from kras_graph.rdf.library import run_stored, stored_queries
from kras_graph.rdf.limits import depth
from kras_graph.server.negotiate import GRAPHS, RESULTS, named, negotiate
from kras_graph.server.protocol import RefusedError, check_text, fields
from kras_graph.server.run import listen
from kras_graph.server.settings import Settings

START = """
import json, sys
from pyoxigraph import RdfFormat
from kras_graph import KnowledgeGraph
from kras_graph.rdf.engine import EmbeddedEngine
from kras_graph.server.run import listen, serve
from kras_graph.server.settings import Settings
given = json.loads(sys.argv[1])
extra = given.pop("quads")
for name in ("hosts", "origins"):
    given[name] = frozenset(given.get(name, ()))
kg = KnowledgeGraph.load()
if extra:
    kg.engine.store.load(extra.encode(), RdfFormat.N_QUADS)
sock = listen("127.0.0.1", 0)
print(sock.getsockname()[1], flush=True)
serve(kg, Settings(**given), sock)
"""
PLAIN = "SELECT ?drug WHERE { ?drug kg:inhibits id:KRAS_G12C }"
GRAPH_QUERY = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 3"
NAMED = """
<http://example.org/a> <http://example.org/p> "in one" <http://example.org/one> .
<http://example.org/b> <http://example.org/p> "in two" <http://example.org/two> .
"""
FORM = "application/x-www-form-urlencoded"


@contextlib.contextmanager
def started(quads: str = "", **settings: Any) -> Iterator[tuple[httpx.Client, int]]:
    """A client of a real server in a process of its own, and the server's process id."""
    process = subprocess.Popen(
        [sys.executable, "-c", START, json.dumps({"quads": quads, **settings})],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        port = process.stdout.readline().strip()
        assert port, process.stderr.read()
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            yield client, process.pid
        assert process.poll() is None, "the server died"
    finally:
        process.terminate()
        out = process.communicate(timeout=20)
    assert "Traceback" not in out[1], out[1]


@pytest.fixture(scope="module")
def web(_own_cache: None) -> Iterator[httpx.Client]:
    with started(NAMED, workers=3, origins=["https://friend.example"]) as (client, _):
        yield client


def ask(web: httpx.Client, query: str, accept: str = "", **more: Any) -> httpx.Response:
    return web.get("/sparql", params={"query": query, **more}, headers={"Accept": accept})


# SPARQL 1.1 Protocol, section 2.1: the query operation


def test_query_by_get(web: httpx.Client) -> None:
    found = ask(web, PLAIN)
    assert found.status_code == 200
    assert found.headers["content-type"] == "application/sparql-results+json"
    drugs = [row["drug"]["value"] for row in found.json()["results"]["bindings"]]
    assert "https://w3id.org/kras-graph/id/sotorasib" in drugs


@pytest.mark.parametrize(
    ("media", "body"),
    [
        (FORM, httpx.QueryParams(query=PLAIN).__str__()),
        (f"{FORM}; charset=UTF-8", httpx.QueryParams(query=PLAIN).__str__()),
        ("application/sparql-query", PLAIN),
        ("application/sparql-query; charset=utf-8", PLAIN),
    ],
)
def test_query_by_post(web: httpx.Client, media: str, body: str) -> None:
    found = web.post("/sparql", content=body, headers={"Content-Type": media})
    assert found.status_code == 200
    assert found.json() == ask(web, PLAIN).json()


@pytest.mark.parametrize("way", ["get", "form", "direct"])
@pytest.mark.parametrize(
    ("graphs", "query", "expected"),
    [
        ({"default-graph-uri": "one"}, "ASK { ?s ?p 'in one' }", True),
        ({"default-graph-uri": "one"}, "ASK { ?s ?p 'in two' }", False),
        ({"default-graph-uri": ["one", "two"]}, "ASK { ?s ?p 'in one' . ?t ?p 'in two' }", True),
        ({"named-graph-uri": "one"}, "ASK { GRAPH ?g { ?s ?p 'in one' } }", True),
        ({"named-graph-uri": "one"}, "ASK { GRAPH ?g { ?s ?p 'in two' } }", False),
        ({"named-graph-uri": ["one", "two"]}, "ASK { GRAPH ?g { ?s ?p 'in two' } }", True),
        ({"named-graph-uri": "one"}, "ASK { ?s ?p ?o }", False),
        (
            {"default-graph-uri": "one", "named-graph-uri": "two"},
            "ASK { ?s ?p 'in one' . GRAPH ?g { ?t ?p 'in two' } }",
            True,
        ),
    ],
)
def test_the_dataset_of_a_query_is_chosen_among_our_own_graphs(
    web: httpx.Client, way: str, graphs: dict[str, Any], query: str, expected: bool
) -> None:
    chosen = {
        name: [f"http://example.org/{g}" for g in ([v] if isinstance(v, str) else v)]
        for name, v in graphs.items()
    }
    if way == "get":
        found = web.get("/sparql", params={"query": query, **chosen})
    elif way == "form":
        found = web.post("/sparql", data={"query": query, **chosen})
    else:
        found = web.post(
            "/sparql",
            params=chosen,
            content=query,
            headers={"Content-Type": "application/sparql-query"},
        )
    assert found.status_code == 200, found.text
    assert found.json()["boolean"] is expected


@pytest.mark.parametrize(
    ("query", "accept", "media"),
    [
        (PLAIN, "", "application/sparql-results+json"),
        (PLAIN, "*/*", "application/sparql-results+json"),
        (PLAIN, "application/sparql-results+xml", "application/sparql-results+xml"),
        (PLAIN, "text/csv", "text/csv"),
        (PLAIN, "text/tab-separated-values", "text/tab-separated-values"),
        (PLAIN, "text/csv;q=0.3, text/tab-separated-values;q=0.7", "text/tab-separated-values"),
        (PLAIN, "application/json", "application/json"),
        (PLAIN, "text/html, application/xml;q=0.9, */*;q=0.1", "application/xml"),
        ("ASK { ?s ?p ?o }", "application/sparql-results+xml", "application/sparql-results+xml"),
        ("ASK { ?s ?p ?o }", "text/csv", "text/csv"),
        (GRAPH_QUERY, "", "text/turtle"),
        (GRAPH_QUERY, "application/n-triples", "application/n-triples"),
        (GRAPH_QUERY, "application/rdf+xml", "application/rdf+xml"),
        (GRAPH_QUERY, "application/ld+json", "application/ld+json"),
        ("DESCRIBE id:sotorasib", "text/turtle", "text/turtle"),
    ],
)
def test_the_form_is_negotiated(web: httpx.Client, query: str, accept: str, media: str) -> None:
    found = ask(web, query, accept)
    assert found.status_code == 200, found.text
    assert found.headers["content-type"].split(";")[0] == media


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv", "text/csv"])
def test_the_form_of_a_table_can_be_named(web: httpx.Client, form: str) -> None:
    found = ask(web, PLAIN, "text/html", format=form)
    assert found.status_code == 200
    assert "sotorasib" in found.text


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("turtle", RdfFormat.TURTLE),
        ("nt", RdfFormat.N_TRIPLES),
        ("rdfxml", RdfFormat.RDF_XML),
        ("jsonld", RdfFormat.JSON_LD),
    ],
)
def test_the_form_of_a_graph_can_be_named(web: httpx.Client, form: str, kind: RdfFormat) -> None:
    found = ask(web, GRAPH_QUERY, format=form)
    assert found.status_code == 200
    assert len(list(parse(found.content, format=kind))) == 3


@pytest.mark.parametrize(
    ("query", "more", "status"),
    [
        (PLAIN, {"accept": "image/png"}, 406),
        (PLAIN, {"accept": "text/turtle"}, 406),
        (GRAPH_QUERY, {"accept": "text/csv"}, 406),
        (PLAIN, {"format": "docx"}, 400),
        (PLAIN, {"format": "turtle"}, 406),
        (PLAIN, {"format": ["json", "xml"]}, 400),
        ("", {}, 400),
        ("SELECT {", {}, 400),
        ("SELECT ?x WHERE { ?x nope:p ?y }", {}, 400),
        (PLAIN, {"default-graph-uri": "http://example.org/none"}, 400),
        (PLAIN, {"named-graph-uri": "http://example.org/none"}, 400),
    ],
)
def test_what_cannot_be_answered_says_so(
    web: httpx.Client, query: str, more: dict[str, Any], status: int
) -> None:
    accept = more.pop("accept", "") if "accept" in more else ""
    assert ask(web, query, accept, **more).status_code == status


def test_exactly_one_query_is_answered(web: httpx.Client) -> None:
    direct = {"Content-Type": "application/sparql-query"}
    assert web.get("/sparql", params={"query": ["ASK {}", "ASK {}"]}).status_code == 400
    assert web.post("/sparql", data={"query": ["ASK {}", "ASK {}"]}).status_code == 400
    assert web.post("/sparql", data={"x": "y"}).status_code == 400
    both = {"query": "ASK {}"}
    assert web.post("/sparql", params=both, data=both).status_code == 400
    assert web.post("/sparql", params=both, content="ASK {}", headers=direct).status_code == 400
    assert web.post("/sparql", content="", headers=direct).status_code == 400


def test_wrong_methods_and_media_types_are_told(web: httpx.Client) -> None:
    for method in ("PUT", "DELETE", "PATCH"):
        found = web.request(method, "/sparql", params={"query": "ASK {}"})
        assert found.status_code == 405
        assert {"GET", "POST"} <= set(found.headers["allow"].split(", "))
    for media in ("text/plain", "application/json", "multipart/form-data; boundary=x", ""):
        found = web.post("/sparql", content="ASK {}", headers={"Content-Type": media})
        assert found.status_code == 415
    latin = {"Content-Type": "application/sparql-query; charset=iso-8859-1"}
    assert web.post("/sparql", content="ASK {}", headers=latin).status_code == 415
    utf16 = "ASK {}".encode("utf-16")
    direct = {"Content-Type": "application/sparql-query"}
    assert web.post("/sparql", content=utf16, headers=direct).status_code == 400
    assert web.get("/sparql?query=ASK%20%7B%7D%ff").status_code == 400


@pytest.mark.parametrize("way", ["get", "form", "direct"])
def test_updates_are_refused(web: httpx.Client, way: str) -> None:
    text = "INSERT DATA { <x:s> <x:p> <x:o> }"
    if way == "get":
        found = web.get("/sparql", params={"update": text})
    elif way == "form":
        found = web.post("/sparql", data={"update": text})
    else:
        found = web.post(
            "/sparql", content=text, headers={"Content-Type": "application/sparql-update"}
        )
    assert found.status_code == 403
    assert "only read" in found.text
    assert ask(web, text).status_code == 403
    assert ask(web, "ASK { <x:s> ?p ?o }").json()["boolean"] is False


def test_head_and_options(web: httpx.Client) -> None:
    head = web.head("/sparql", params={"query": PLAIN})
    assert head.status_code == 200
    assert head.content == b""
    options = web.options("/sparql")
    assert options.status_code == 204
    assert "POST" in options.headers["allow"]
    assert "access-control-allow-methods" not in options.headers


# Other sites


def test_pages_of_other_sites_read_only_when_let_in(web: httpx.Client) -> None:
    params = {"query": "ASK {}"}
    friend = web.get("/sparql", params=params, headers={"Origin": "https://friend.example"})
    assert friend.headers["access-control-allow-origin"] == "https://friend.example"
    assert "access-control-allow-credentials" not in friend.headers
    preflight = web.options(
        "/sparql",
        headers={"Origin": "https://friend.example", "Access-Control-Request-Method": "POST"},
    )
    assert preflight.status_code == 204
    assert "POST" in preflight.headers["access-control-allow-methods"]
    for origin in ("https://evil.example", "null", "https://friend.example.evil", ""):
        foe = web.get("/sparql", params=params, headers={"Origin": origin})
        assert foe.status_code == 403
        assert "access-control-allow-origin" not in foe.headers
    own = {"Origin": str(web.base_url).rstrip("/")}
    assert web.get("/sparql", params=params, headers=own).status_code == 200
    image = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    assert web.get("/sparql", params=params, headers=image).status_code == 403
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert web.get("/sparql", params=params, headers=link).status_code == 200


def test_all_sites_may_be_let_in() -> None:
    with started(origins=["*"], workers=1, hosts=["graph.example"]) as (client, _):
        found = client.get("/sparql", params={"query": "ASK {}"}, headers={"Origin": "https://x.y"})
        assert found.status_code == 200
        assert found.headers["access-control-allow-origin"] == "*"
        assert client.get("/", headers={"Host": "graph.example:80"}).status_code == 200
        assert client.get("/", headers={"Host": "evil.example"}).status_code == 403


# Descriptions


def test_the_service_describes_itself(web: httpx.Client) -> None:
    found = web.get("/sparql", headers={"Accept": "text/turtle"})
    assert found.status_code == 200
    store = Store()
    store.load(found.content, RdfFormat.TURTLE)
    asked = (
        "PREFIX sd: <http://www.w3.org/ns/sparql-service-description#> "
        "ASK { ?s a sd:Service ; sd:endpoint ?e ; sd:supportedLanguage sd:SPARQL11Query ; "
        "sd:defaultDataset/sd:defaultGraph ?g }"
    )
    assert store.query(asked)
    assert "sd:UnionDefaultGraph" not in found.text
    assert "<!doctype html>" in web.get("/sparql", headers={"Accept": "text/html"}).text
    assert web.get("/sparql", headers={"Accept": "image/png"}).status_code == 406


def test_void_counts_what_is_there(web: httpx.Client, kg: KnowledgeGraph) -> None:
    found = web.get("/.well-known/void")
    assert found.headers["content-type"].startswith("text/turtle")
    store = Store()
    store.load(found.content, RdfFormat.TURTLE)
    query = f"SELECT ?n {{ ?d a <{VOID}Dataset> ; <{VOID}triples> ?n }}"
    told = [int(row["n"].value) for row in store.query(query)]  # type: ignore[union-attr]
    held = kg.sparql("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert told == [int(held[0]["n"])]
    assert web.get("/.well-known/void", params={"format": "jsonld"}).json()


def test_the_examples_stand_as_shacl(web: httpx.Client) -> None:
    store = Store()
    store.load(web.get("/.well-known/sparql-examples").content, RdfFormat.TURTLE)
    sh = "http://www.w3.org/ns/shacl#"
    query = f"SELECT ?t {{ ?q a <{sh}SPARQLExecutable> ; <{sh}select>|<{sh}ask> ?t }}"
    texts = [row["t"].value for row in store.query(query)]  # type: ignore[union-attr]
    assert len(texts) == len(stored_queries())
    for text in texts:
        Store().query(text)  # stands alone: every prefix is declared


@pytest.mark.parametrize("name", stored_queries())
def test_a_question_as_an_example_gives_the_rows_of_the_library(
    kg: KnowledgeGraph, name: str
) -> None:
    query = stored_queries()[name]
    values = {parameter.name: parameter.example for parameter in query.parameters}
    stored, example = run_stored(kg.engine, query, values), kg.engine.query(runnable(query))
    assert sorted(map(str, (list(r) for r in stored))) == sorted(  # type: ignore[union-attr]
        map(str, (list(r) for r in example))  # type: ignore[union-attr]
    )


# Pages


def test_an_entity_has_a_page_and_its_triples(web: httpx.Client) -> None:
    page = web.get("/id/sotorasib", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "<h1>sotorasib</h1>" in page.text
    assert "/stmt/" in page.text
    assert "characters" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "script-src" not in page.headers["content-security-policy"]
    for form, kind in (("turtle", RdfFormat.TURTLE), ("jsonld", RdfFormat.JSON_LD)):
        found = web.get("/id/sotorasib", params={"format": form})
        triples = list(parse(found.content, format=kind))
        assert any("TextPositionSelector" in str(t.object) or "anchor/" in str(t.object)
                   for t in triples)  # fmt: skip
    nt = web.get("/id/sotorasib", headers={"Accept": "application/n-triples"})
    assert nt.headers["content-type"] == "application/n-triples"


def test_every_entity_and_statement_has_a_page(kg: KnowledgeGraph) -> None:
    from kras_graph.server.pages import Site

    site = Site(kg)
    for item in kg.reader.entities.values():
        assert "</html>" in site.entity(item)
    for statement in kg.statements():
        assert "sha256" in site.statement(statement)


def test_other_things_have_pages(web: httpx.Client, kg: KnowledgeGraph) -> None:
    html = {"Accept": "text/html"}
    statement = kg.statements()[0].id
    assert "Evidence" in web.get(f"/stmt/{statement}", headers=html).text
    assert "prov:wasDerivedFrom" in web.get(f"/stmt/{statement}").text
    for paper in kg.reader.publications:
        assert web.get(f"/publication/{paper}", headers=html).status_code == 200
    result = next(iter(kg.results(kg.statements()).values()))[0].id
    assert web.get(f"/result/{result}", headers=html).status_code == 200
    assert web.get("/find", params={"q": "AMG-510"}).headers["location"] == "/id/sotorasib"
    missing = web.get("/find", params={"q": "<script>"}, headers=html)
    assert missing.status_code == 404
    assert "<script>" not in missing.text
    assert web.get("/find").headers["location"] == "/"
    assert 'id="sheet"' in web.get("/view").text
    assert web.get("/view", params={"focus": "KRAS"}).status_code == 200
    assert web.get("/view", params={"focus": "none such"}).status_code == 404
    assert "Everything in it" in web.get("/").text


def test_files_are_sent_once(web: httpx.Client) -> None:
    first = web.get("/static/query.js")
    assert first.headers["content-type"].startswith("text/javascript")
    again = web.get("/static/query.js", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert "MIT License" in web.get("/static/LICENSES.txt").text


def test_names_are_escaped() -> None:
    quads = (
        "<https://w3id.org/kras-graph/id/evil> <http://www.w3.org/2000/01/rdf-schema#label> "
        '"</title><script>window.hit=1</script>" .\n'
        "<https://w3id.org/kras-graph/id/evil> "
        "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/kras-graph/vocab#Gene> .\n"  # noqa: E501
        "<https://w3id.org/kras-graph/id/evil> <http://www.w3.org/2004/02/skos/core#exactMatch> "
        "<javascript:alert(1)> .\n"
    )
    with started(quads, workers=1) as (client, _):
        for path in ("/id/evil", "/", "/find?q=evil", "/view?focus=evil"):
            text = client.get(path, headers={"Accept": "text/html"}).text
            assert "<script>window" not in text
            assert 'href="javascript:' not in text


# Parts


def test_weights_and_ranges() -> None:
    assert negotiate("", RESULTS) == ("json", RESULTS["json"][0])
    assert negotiate("text/*", RESULTS) == ("csv", "text/csv")
    assert negotiate("text/csv;q=0, */*", RESULTS) == ("json", RESULTS["json"][0])
    assert negotiate("*/*;q=0.1, application/rdf+xml", GRAPHS) == ("rdfxml", "application/rdf+xml")
    assert negotiate("nonsense", RESULTS) is None
    assert negotiate("text/csv;q=nan", RESULTS) is None
    assert named("N-Triples", GRAPHS) == ("ntriples", "application/n-triples")
    assert named("x", GRAPHS) is None


def test_nesting_is_counted_outside_strings_and_comments() -> None:
    assert depth("{ { } } { }") == 2
    assert depth("{ '{{{' \"(((\" <x:{> # {{{{\n (") == 2 + 1
    assert depth("'''{''{{''' {") == 1
    assert depth('"""{""{{""" {') == 1
    assert depth("}}}} {{") == 2
    assert depth("'\\'{' {") == 1
    with pytest.raises(RefusedError):
        check_text("ASK " + "{" * 101 + "}" * 101, Settings())
    check_text("ASK " + "{" * 100 + "}" * 100, Settings())


def test_fields_are_strict() -> None:
    assert fields(b"a=1&a=2&b=").values == {"a": ["1", "2"], "b": [""]}
    for text in (b"a=%ff", b"\xff=1", b"&".join([b"a=1"] * 100)):
        with pytest.raises(RefusedError):
            fields(text)


def test_an_address_in_use_is_told() -> None:
    with listen("127.0.0.1", 0) as taken, pytest.raises(KrasGraphError, match="cannot be had"):
        listen("127.0.0.1", taken.getsockname()[1])


def test_the_extra_is_named_when_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in [name for name in sys.modules if name.startswith("kras_graph.server.run")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    found = CliRunner().invoke(serve, [])
    assert isinstance(found.exception, MissingExtraError)
    assert "kras-graph[server]" in str(found.exception)


def test_the_verb_serves(tmp_path: Path) -> None:
    code = "from kras_graph.cli.serving import serve; serve()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "--port", "0", "--timeout", "5"],
        stderr=subprocess.PIPE, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert process.stderr is not None
    try:
        told = process.stderr.readline()
        address = told.split()[1]
        with httpx.Client(base_url=address, timeout=60) as client:
            assert client.get("/sparql", params={"query": "ASK {}"}).json()["boolean"] is True
    finally:
        process.terminate()
        process.communicate(timeout=20)
    assert CliRunner().invoke(serve, ["--port", "x"]).exit_code == 2
    assert "Example:" in CliRunner().invoke(serve, ["--help"]).output


# The query page in a real browser

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.mark.skipif(
    os.environ.get("KRAS_GRAPH_SKIP_BROWSER") == "1", reason="KRAS_GRAPH_SKIP_BROWSER=1"
)
def test_the_query_page_works_and_asks_nobody_else(web: httpx.Client) -> None:
    program = shutil.which("chromium")
    if program is None:
        pytest.fail("chromium is not installed: apt-get install chromium")
    home = str(web.base_url).rstrip("/")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=FLAGS)
        tab = browser.new_page()
        tab.set_default_timeout(15_000)
        outside: list[str] = []
        said: list[str] = []
        tab.on(
            "request",
            lambda r: (
                outside.append(r.url) if not r.url.startswith((home, "data:", "blob:")) else None
            ),
        )
        tab.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
        tab.on("pageerror", lambda e: said.append(str(e)))
        tab.goto(f"{home}/query")
        tab.wait_for_selector("body[data-ready=yes]")
        assert tab.locator("#examples button").count() == len(stored_queries())
        for name in ("resistance-to-drug", "targets-of-drug"):
            with tab.expect_response("**/sparql") as answered:
                tab.click(f"button[data-example={name}]")
            assert answered.value.status == 200
            tab.wait_for_selector(".yasr table tbody tr td a")
            assert tab.locator(".yasr table tbody tr").count() > 1
            assert tab.evaluate("krasQuery.editor.queryValid") is True
        tab.evaluate("krasQuery.editor.setValue('SELECT * { ?s kg:inhib')")
        tab.evaluate("krasQuery.editor.execCommand('goDocEnd'); krasQuery.editor.focus()")
        tab.keyboard.press("Control+Space")
        tab.wait_for_selector(".CodeMirror-hints li")
        assert "kg:inhibits" in tab.locator(".CodeMirror-hints").inner_text()
        tab.keyboard.press("Escape")
        for typed in ("a kg:Dru", "kg:inhibits soto"):
            tab.evaluate("t => krasQuery.editor.setValue('SELECT * { ?s ' + t)", typed)
            tab.evaluate("krasQuery.editor.execCommand('goDocEnd'); krasQuery.editor.focus()")
            tab.keyboard.press("Control+Space")
            tab.wait_for_selector(".CodeMirror-hints li")
            wanted = "kg:Drug" if "Dru" in typed else "id:sotorasib"
            assert wanted in tab.locator(".CodeMirror-hints").inner_text()
            tab.keyboard.press("Escape")
        assert tab.evaluate("Object.keys(Yasqe.Autocompleters).sort()") == [
            "kg-class", "kg-entity", "kg-predicate", "variables",
        ]  # fmt: skip
        tab.fill("#filter", "trial")
        assert 0 < tab.locator("#examples li:visible").count() < len(stored_queries())
        tab.goto(f"{home}/query#query=ASK%20%7B%20%3Fx%20%3Fy%20%3Fz%20%7D")
        tab.reload()
        tab.wait_for_selector("body[data-ready=yes]")
        assert tab.evaluate("krasQuery.editor.getValue()") == "ASK { ?x ?y ?z }"
        assert tab.locator(".yasr table").count() == 0
        tab.goto(f"{home}/view")
        tab.goto(f"{home}/id/sotorasib")
        tab.goto(f"{home}/")
        assert outside == []
        assert said == []
        browser.close()
