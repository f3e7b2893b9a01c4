"""The server beside a bare Oxigraph server and Virtuoso: requests a second, p50 and p99."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import httpx
import pyoxigraph
import pytest
from measuring import name_card
from pyoxigraph import RdfFormat, Store

from kras_graph import KnowledgeGraph
from kras_graph.rdf import names
from kras_graph.rdf.engine import EmbeddedEngine
from kras_graph.rdf.examples import runnable
from kras_graph.rdf.library import stored_queries

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests import servers

CLIENTS = (1, 16, 64)
CHEAP_MS = 3.0
HOSTILE = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
JSON = "application/sparql-results+json"


@dataclass(frozen=True)
class Load:
    """What clients saw of a server."""

    clients: int
    times: list[float]
    seconds: float
    refused: int
    failed: int

    def __str__(self) -> str:
        ordered = sorted(self.times) or [float("nan")]
        p99 = ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]
        rate = len(self.times) / self.seconds
        text = f"{rate:.0f}/s, {statistics.median(ordered):.1f} / {p99:.1f} ms"
        if self.refused:
            share = self.refused / (len(self.times) + self.refused + self.failed)
            text += f", {100 * share:.0f}% refused (503)"
        return text + (f", {self.failed} failed" if self.failed else "")


def request(url: str, query: str) -> bytes:
    """A query by POST, as bytes that keep the connection open."""
    parts = urlsplit(url)
    body = urlencode({"query": query}).encode()
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    head = (
        f"POST {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: {JSON}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """Status of the next response, its body read; and whether the connection stays open."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if b"transfer-encoding: chunked" in head:
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    else:
        length = head.partition(b"content-length:")[2].split(b"\r\n")[0]
        await reader.readexactly(int(length))
    return int(head.split()[1]), b"connection: close" not in head


async def client(
    url: str, asked: list[bytes], until: float, turn: int, seen: list[float]
) -> tuple[int, int]:
    """Ask one query after the other until a time; how many were refused, and how many failed."""
    parts = urlsplit(url)
    refused = failed = 0
    writer: asyncio.StreamWriter | None = None
    while time.perf_counter() < until:
        start = time.perf_counter()
        try:
            if writer is None:
                reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
            writer.write(asked[turn % len(asked)])
            status, stays = await answer(reader)
        except (OSError, asyncio.IncompleteReadError):
            status, stays = 0, False
        if status == 200:
            seen.append(1000 * (time.perf_counter() - start))
        elif status == 503:
            refused += 1
        else:
            failed += 1
        if writer is not None and not stays:
            writer.close()
            writer = None
        turn += 1
    if writer is not None:
        writer.close()
    return refused, failed


async def load(url: str, queries: list[str], clients: int, seconds: float) -> Load:
    """So many clients at once for some seconds, each from another query on."""
    asked = [request(url, query) for query in queries]
    seen: list[float] = []
    began = time.perf_counter()
    until = began + seconds
    missed = await asyncio.gather(
        *(client(url, asked, until, turn, seen) for turn in range(clients))
    )
    return Load(clients, seen, time.perf_counter() - began, *map(sum, zip(*missed, strict=True)))


@contextlib.contextmanager
def attacked(url: str, attackers: int = 4) -> Iterator[None]:
    """Hostile queries run all the while, in processes of their own."""
    code = (
        "import sys, httpx\n"
        "while True: httpx.post(sys.argv[1], data={'query': sys.argv[2]}, timeout=60)"
    )
    command = [sys.executable, "-c", code, url, HOSTILE]
    running = [subprocess.Popen(command, stderr=subprocess.DEVNULL) for _ in range(attackers)]
    time.sleep(1.5)
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


@contextlib.contextmanager
def kras_graph(folder: Path) -> Iterator[str]:
    """Address of `kras-graph serve`."""
    port = servers.free_port()
    command = [sys.executable, "-m", "kras_graph", "serve", "--port", str(port)]
    base = f"http://127.0.0.1:{port}"
    with servers.running(command, folder, f"{base}/.well-known/void"):
        yield f"{base}/sparql"


@contextlib.contextmanager
def oxigraph(folder: Path, triples: bytes) -> Iterator[str]:
    """Address of a bare Oxigraph server that holds the triples."""
    with servers.oxigraph(folder) as found:
        sent = httpx.put(
            f"{found.store}?default",
            content=triples,
            headers={"Content-Type": "application/n-triples"},
            timeout=60,
        )
        sent.raise_for_status()
        yield found.query


@contextlib.contextmanager
def virtuoso(folder: Path, triples: bytes) -> Iterator[str]:
    """Address of a Virtuoso that holds the triples, with as many threads as clients."""
    usual = servers.VIRTUOSO_INI
    servers.VIRTUOSO_INI = usual.replace("ServerThreads = 10", "ServerThreads = 100").replace(
        "ServerThreads = 5", "ServerThreads = 80"
    )
    try:
        with servers.virtuoso(folder) as found:
            sent = httpx.put(
                found.store,
                params={"graph": found.graph},
                content=triples,
                headers={"Content-Type": "text/turtle"},
                auth=httpx.DigestAuth("dba", "dba"),
                timeout=120,
            )
            sent.raise_for_status()
            yield found.query
    finally:
        servers.VIRTUOSO_INI = usual


def cheap_queries(store: Store) -> list[str]:
    """Library queries that the engine answers fast, with their example values."""
    cheap = []
    for query in stored_queries().values():
        text = runnable(query)
        times = []
        for _ in range(3):
            start = time.perf_counter()
            list(store.query(text, prefixes=names.PREFIXES))
            times.append(1000 * (time.perf_counter() - start))
        if min(times) < CHEAP_MS:
            cheap.append(text)
    return cheap


def rows(url: str, query: str) -> int | None:
    """Rows of an answer; None when there is none."""
    found = httpx.post(url, data={"query": query}, headers={"Accept": JSON}, timeout=60)
    if found.status_code != 200:
        return None
    return len(json.loads(found.content, strict=False)["results"]["bindings"])


def main() -> None:
    """Print a line for each server."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each measurement")
    options = parser.parse_args()
    engine = KnowledgeGraph.load().engine
    assert isinstance(engine, EmbeddedEngine)
    triples = (
        engine.store.dump(format=RdfFormat.N_TRIPLES, from_graph=pyoxigraph.DefaultGraph()) or b""
    )
    with contextlib.ExitStack() as stack:
        folders = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(3)]
        urls = {"kras-graph serve": stack.enter_context(kras_graph(folders[0]))}
        for name, start in (("bare Oxigraph server", oxigraph), ("Virtuoso", virtuoso)):
            try:
                urls[name] = stack.enter_context(start(folders[len(urls)], triples))
            except pytest.skip.Exception as error:
                print(error)
        cheap = cheap_queries(engine.store)
        queries = [q for q in cheap if len({rows(url, q) for url in urls.values()} - {None}) == 1]
        queries = [q for q in queries if all(rows(url, q) is not None for url in urls.values())]
        print(name_card("pyoxigraph", "oxigraph", "starlette", "uvicorn"))
        print(
            f"{len(engine.store)} triples; {len(queries)} of the {len(cheap)} library queries "
            f"that the engine answers within {CHEAP_MS:g} ms, the same rows everywhere; "
            f"{options.seconds:g} s a cell; clients on the same machine\n"
        )
        print("| requests a second, p50 / p99 | " + " | ".join(_heads()) + " |")
        print("|---" * (1 + len(CLIENTS)) + "|")
        for name, url in urls.items():
            _line(name, url, queries, options.seconds)
        ours = urls["kras-graph serve"]
        with attacked(ours):
            _line("kras-graph serve, four hostile queries running", ours, queries, options.seconds)


def _heads() -> list[str]:
    return [f"{count} client{'s' if count > 1 else ''}" for count in CLIENTS]


def _line(name: str, url: str, queries: list[str], seconds: float) -> None:
    asyncio.run(load(url, queries, 4, 0.5))
    cells = [str(asyncio.run(load(url, queries, count, seconds))) for count in CLIENTS]
    print("| " + " | ".join([name, *cells]) + " |", flush=True)


if __name__ == "__main__":
    main()
