"""The server under attack: nothing outside is touched, nothing is told, nothing dies."""

from __future__ import annotations

import concurrent.futures
import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from tests.hostile_requests import FILE, HEAVY, OUTWARD, RAW, URL, raw
from tests.test_server import started

ROOT = Path(__file__).parent.parent
SECRET = "canary-7f3a9c-never-shown"
LIMITS: dict[str, Any] = {
    "timeout": 1.5,
    "memory": 512 * 1024 * 1024,
    "max_rows": 5000,
    "workers": 4,
    "patience": 1.0,
}
CHEAP = {"query": "ASK { ?s ?p ?o }"}
LEAKS = re.compile(
    "|".join(
        [SECRET, "Traceback", "site-packages", r"line \d+, in ", r"\.py\b(?!thon)"]
        + [re.escape(text) for text in (str(ROOT), sys.prefix, socket.gethostname())]
    )
)


class Canary:
    """A listener on loopback that counts who calls."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.socket.settimeout(0.2)
        self.hits = 0
        self.open = True
        self.thread = threading.Thread(target=self._listen)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/canary"

    def _listen(self) -> None:
        while self.open:
            with contextlib.suppress(TimeoutError):
                caller, _ = self.socket.accept()
                self.hits += 1
                caller.close()

    def close(self) -> None:
        self.open = False
        self.thread.join()
        self.socket.close()


@pytest.fixture(scope="module")
def canary() -> Iterator[Canary]:
    found = Canary()
    yield found
    found.close()


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("canary") / "secret.ttl"
    path.write_text(f'<x:s> <x:p> "{SECRET}" .\n')
    return path


@pytest.fixture(scope="module")
def web(_own_cache: None, canary: Canary, secret: Path) -> Iterator[SimpleNamespace]:
    slowest: list[float] = []
    with started(**LIMITS) as (client, pid):
        yield SimpleNamespace(client=client, pid=pid, canary=canary, secret=secret, slowest=slowest)
    slowest.sort()
    if slowest:
        median = slowest[len(slowest) // 2]
        print(  # noqa: T201
            f"\nnext cheap query after an attack: median {1000 * median:.1f} ms, "
              f"slowest {1000 * slowest[-1]:.1f} ms, n = {len(slowest)}")  # fmt: skip


def unharmed(web: SimpleNamespace) -> None:
    """The same process answers a cheap query, and nobody called the canary."""
    began = time.perf_counter()
    found = web.client.get("/sparql", params=CHEAP)
    web.slowest.append(time.perf_counter() - began)
    assert found.status_code == 200
    assert found.json()["boolean"] is True
    assert web.canary.hits == 0
    os.kill(web.pid, 0)


def filled(web: SimpleNamespace, text: str) -> str:
    return text.replace(URL, web.canary.url).replace(FILE, str(web.secret))


def test_the_corpus_is_large() -> None:
    assert len(OUTWARD) + len(HEAVY) + len(RAW) >= 200


def test_the_canary_sings(secret: Path) -> None:
    own = Canary()
    with contextlib.suppress(httpx.HTTPError):
        httpx.get(own.url)
    own.close()
    assert own.hits == 1
    assert SECRET in secret.read_text()


@pytest.mark.parametrize("name", OUTWARD)
def test_nothing_reaches_outside(web: SimpleNamespace, name: str) -> None:
    query = filled(web, OUTWARD[name])
    for found in (
        web.client.get("/sparql", params={"query": query}),
        web.client.post("/sparql", data={"query": query}),
        web.client.post(
            "/sparql",
            content=query.encode(),
            headers={"Content-Type": "application/sparql-query", "Accept": "text/turtle, */*"},
        ),
    ):
        assert 400 <= found.status_code < 500, found.text[:300]
        assert not LEAKS.search(found.text), found.text
        assert found.headers["x-content-type-options"] == "nosniff"
    unharmed(web)


@pytest.mark.parametrize("name", HEAVY)
def test_nothing_wears_it_out(web: SimpleNamespace, name: str) -> None:
    query = filled(web, HEAVY[name])
    found = web.client.post("/sparql", data={"query": query})
    assert found.status_code in (200, 400, 403, 413, 503), found.status_code
    if found.status_code != 200:
        assert len(found.content) < 4000
        assert not LEAKS.search(found.text), found.text
        assert found.headers["content-type"].startswith("text/plain")
    unharmed(web)


@pytest.mark.parametrize("name", RAW)
def test_no_request_gets_through(web: SimpleNamespace, name: str) -> None:
    message = RAW[name]
    message = message.replace(URL.encode(), web.canary.url.encode())
    message = message.replace(FILE.encode(), str(web.secret).encode())
    answer = spoken(web, message)
    status = int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else 0
    assert status in (0, 505) or 300 <= status < 500, answer[:300]
    text = answer.decode("utf-8", "replace")
    assert not LEAKS.search(text), text
    assert "<script>window" not in text
    assert "set-cookie" not in text.partition("\r\n\r\n")[0].lower()
    assert b"root:" not in answer
    unharmed(web)


def spoken(web: SimpleNamespace, message: bytes, wait: float = 20) -> bytes:
    """What the server says to raw bytes until it hangs up."""
    answer = b""
    with socket.create_connection((web.client.base_url.host, web.client.base_url.port)) as sock:
        sock.settimeout(wait)
        with contextlib.suppress(ConnectionError, TimeoutError):
            sock.sendall(message)
        with contextlib.suppress(ConnectionError, TimeoutError):
            while part := sock.recv(65536):
                answer += part
    return answer


def test_a_late_query_is_told_so_and_its_process_replaced(web: SimpleNamespace) -> None:
    found = web.client.post("/sparql", data={"query": HEAVY["cross-count"]})
    assert found.status_code == 503
    assert "longer than 1.5 seconds" in found.text
    unharmed(web)


def test_limits_of_rows_bytes_and_memory_are_told(web: SimpleNamespace) -> None:
    for query, words in (
        (HEAVY["many-rows"], "5000 rows"),
        (HEAVY["many-triples"], "5000 triples"),
        (HEAVY["double-string"], "memory"),
        (HEAVY["braces-4000"], "nested deeper"),
    ):
        found = web.client.post("/sparql", data={"query": query})
        assert found.status_code in (400, 503)
        assert words in found.text
    for form in ("json", "xml", "csv", "tsv"):
        params = {"query": "SELECT * { ?s ?p ?o } LIMIT 5000", "format": form}
        assert web.client.get("/sparql", params=params).status_code == 200
        params["query"] = params["query"].replace("5000", "5001")
        assert web.client.get("/sparql", params=params).status_code == 503
    odd = {"query": "SELECT (' },{ \n },{ ' AS ?x) ?s { ?s ?p ?o } LIMIT 4000", "format": "json"}
    odd["query"] = odd["query"].replace("\n", "\\n")
    assert web.client.get("/sparql", params=odd).status_code == 200
    assert web.client.get("/sparql", params={**odd, "format": "csv"}).status_code == 200
    unharmed(web)


def test_cheap_queries_are_answered_while_hostile_ones_run(web: SimpleNamespace) -> None:
    def attack(_: int) -> int:
        found = httpx.post(
            f"{web.client.base_url}/sparql", data={"query": HEAVY["cross-count"]}, timeout=60
        )
        return found.status_code

    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        attacks = [threads.submit(attack, place) for place in range(3)]
        time.sleep(0.3)
        unharmed(web)
        assert {done.result() for done in attacks} == {503}
        flood = [threads.submit(attack, place) for place in range(16)]
        assert {done.result() for done in flood} == {503}
    unharmed(web)


def test_the_line_is_bounded() -> None:
    with started(**{**LIMITS, "workers": 1, "queue": 1}) as (client, _):

        def attack(_: int) -> str:
            return httpx.post(
                f"{client.base_url}/sparql", data={"query": HEAVY["cross-count"]}, timeout=60
            ).text

        with concurrent.futures.ThreadPoolExecutor(6) as threads:
            told = list(threads.map(attack, range(6)))
        assert any("Too many queries" in text for text in told)
        assert any("longer than" in text for text in told)
        assert client.get("/sparql", params=CHEAP).status_code == 200


def test_a_guest_who_leaves_frees_the_process() -> None:
    with started(**{**LIMITS, "workers": 1, "timeout": 30}) as (client, _):
        with pytest.raises(httpx.ReadTimeout):
            client.post("/sparql", data={"query": HEAVY["cross-count"]}, timeout=0.5)
        assert client.get("/sparql", params=CHEAP).status_code == 200


def test_slow_guests_are_left(web: SimpleNamespace) -> None:
    address = (web.client.base_url.host, web.client.base_url.port)
    with contextlib.ExitStack() as stack:
        guests = [stack.enter_context(socket.create_connection(address)) for _ in range(60)]
        for guest in guests:
            guest.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        unharmed(web)
        for guest in guests:
            guest.settimeout(15)
            with contextlib.suppress(ConnectionError):
                assert guest.recv(100) == b""
    half = raw("POST /sparql\nContent-Type: application/sparql-query\nContent-Length: 1000", b"ASK")
    assert b" 408 " in spoken(web, half).split(b"\r\n")[0]
    unharmed(web)


def test_guests_who_do_not_read_are_left(web: SimpleNamespace) -> None:
    address = (web.client.base_url.host, web.client.base_url.port)
    with contextlib.ExitStack() as stack:
        for _ in range(20):
            guest = stack.enter_context(socket.create_connection(address))
            guest.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            guest.sendall(raw("GET /static/yasgui.min.js"))
        unharmed(web)
        time.sleep(4)
        tell = Path(f"/proc/{web.pid}/fd")
        if tell.exists():
            assert len(list(tell.iterdir())) < 60
    unharmed(web)


def test_100_megabytes_are_refused(web: SimpleNamespace) -> None:
    head = raw("POST /sparql\nContent-Type: application/sparql-query\nTransfer-Encoding: chunked")
    piece = b"100000\r\n" + b"#" * 0x100000 + b"\r\n"
    address = (web.client.base_url.host, web.client.base_url.port)
    sent = 0
    with socket.create_connection(address) as sock:
        sock.settimeout(20)
        with contextlib.suppress(ConnectionError, TimeoutError):
            sock.sendall(head)
            for _ in range(100):
                sock.sendall(piece)
                sent += 1
    assert sent < 100
    unharmed(web)


def test_a_hostile_page_may_not_be_rendered(web: SimpleNamespace) -> None:
    """Answers that a browser might take for a page are neither sniffed nor scripted."""
    xhtml = "http://www.w3.org/1999/xhtml"
    query = f"CONSTRUCT {{ <x:s> <{xhtml}script> 'window.hit=1' }} WHERE {{}}"
    for form in ("rdfxml", "turtle", "ntriples", "jsonld"):
        found = web.client.get("/sparql", params={"query": query, "format": form})
        assert found.status_code == 200
        assert "sandbox" in found.headers["content-security-policy"]
        assert "default-src 'none'" in found.headers["content-security-policy"]
        assert not found.headers["content-type"].startswith(("text/html", "application/xml"))
    for path in ("/", "/query", "/id/KRAS", "/view", "/nothing"):
        found = web.client.get(path, headers={"Accept": "text/html"})
        policy = found.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]
        assert found.headers["referrer-policy"] == "no-referrer"


INSIDE = """
import json, os, socket, subprocess, sys
from pyoxigraph import Store
from kras_graph.rdf.engine import EmbeddedEngine
from kras_graph.server import worker
store = Store()
limits = {"memory": 1 << 30, "max_rows": 10, "max_bytes": 1000, "timeout": 5}
worker._warm_up(store, limits)
for number in range(3, 64):
    try:
        os.close(number)
    except OSError:
        pass
worker.lock(1 << 30)
url, path = sys.argv[1:]
told = {}
def attempt(name, call):
    try:
        told[name] = repr(call())
    except BaseException as error:
        told[name] = type(error).__name__
run = lambda text: list(store.query(text))
attempt("service", lambda: run("SELECT * { SERVICE <%s> { ?s ?p ?o } }" % url))
attempt("load", lambda: store.update("LOAD <%s>" % url))
attempt("load file", lambda: store.load(path=path))
attempt("dump", lambda: store.dump(path + ".out", None))
attempt("open", lambda: open(path).read())
attempt("os.open", lambda: os.open(path, 0))
attempt("listdir", lambda: os.listdir("/"))
attempt("socket", lambda: socket.create_connection(("127.0.0.1", 80)))
attempt("raw socket", lambda: socket.socket())
attempt("system", lambda: os.system("true"))
attempt("popen", lambda: subprocess.run(["true"]))
attempt("import", lambda: __import__("ftplib"))
attempt("fork", lambda: os.fork())
sys.stdout.write(json.dumps(told))
"""


def test_the_worker_itself_can_open_nothing(canary: Canary, secret: Path) -> None:
    """Past every check of the query, the process has no way out."""
    before = canary.hits
    done = subprocess.run(
        [sys.executable, "-c", INSIDE, canary.url, str(secret)],
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert len(told) == 13
    for name, outcome in told.items():
        assert outcome.endswith("Error"), (name, outcome)
    assert canary.hits == before
    assert not secret.with_name("secret.ttl.out").exists()


def test_workers_end_with_their_server() -> None:
    def children(pid: int) -> list[int]:
        listed = Path(f"/proc/{pid}/task/{pid}/children")
        return [int(child) for child in listed.read_text().split()] if listed.exists() else []

    with started(**LIMITS) as (client, pid):
        client.get("/sparql", params=CHEAP)
        (template,) = children(pid) or [0]
        workers = [template, *children(template)]
        assert len(workers) > 1 or not template
    for _ in range(50):
        left = [child for child in workers if Path(f"/proc/{child}").exists()]
        if not left:
            break
        time.sleep(0.1)
    assert left == []
