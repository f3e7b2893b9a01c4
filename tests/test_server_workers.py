"""Workers are forks of a template: locked, correct, different in chance, and soon replaced."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat

from kras_graph import KnowledgeGraph
from kras_graph.model.errors import KrasGraphError
from kras_graph.rdf.engine import EmbeddedEngine
from kras_graph.rdf.examples import runnable
from kras_graph.rdf.library import stored_queries
from kras_graph.server import pool as pools
from kras_graph.server.pool import Pool
from kras_graph.server.protocol import Operation, RefusedError
from kras_graph.server.settings import MIB, Settings

JSON = ("json", "application/sparql-results+json")
NT = ("ntriples", "application/n-triples")
SMALL = b'<x:a> <x:p> "b" .\n'
SLOW = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?a{i} ?b{i} ?c{i} ." for i in range(5)) + " }"
MANY = b"".join(b"<x:s%d> <x:p> <x:o%d> .\n" % (i, i) for i in range(2000))

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def operation(text: str) -> Operation:
    return Operation(text, JSON, NT)


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def template() -> int:
    found = [
        pid for pid in children(os.getpid())
        if b"be_template" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]  # fmt: skip
    assert len(found) == 1
    return found[0]


@pytest.fixture(scope="module")
def quads() -> bytes:
    engine = KnowledgeGraph.load().engine
    assert isinstance(engine, EmbeddedEngine)
    return engine.store.dump(format=RdfFormat.N_QUADS) or b""


async def ready(pool: Pool, count: int) -> None:
    async with asyncio.timeout(20):
        while pool._idle.qsize() < count:
            await asyncio.sleep(0.005)


def test_forked_workers_are_locked() -> None:
    async def look() -> None:
        pool = Pool(SMALL, Settings(memory=300 * MIB))
        await pool.start()
        await ready(pool, 4)
        parent = template()
        workers = children(parent)
        assert len(workers) == 4
        for pid in workers:
            limits = Path(f"/proc/{pid}/limits").read_text()
            rows = {line[:26].strip(): line[26:].split()[:2] for line in limits.splitlines()}
            assert rows["Max address space"] == [str(300 * MIB)] * 2
            assert rows["Max open files"] == ["3", "3"]
            assert rows["Max file size"] == rows["Max core file size"] == ["0", "0"]
            links = {path.name: str(path.readlink()) for path in Path(f"/proc/{pid}/fd").iterdir()}
            assert sorted(links) == ["0", "1", "2"]
            assert links["0"] == links["1"] != str(Path(f"/proc/{parent}/fd/0").readlink())
            assert links["2"] == "/dev/null"
        assert len(list(Path(f"/proc/{parent}/task").iterdir())) == 1
        await pool.stop()
        for _ in range(50):
            if not any(Path(f"/proc/{pid}").exists() for pid in (parent, *workers)):
                break
            await asyncio.sleep(0.1)
        else:
            pytest.fail("processes are left")

    asyncio.run(look())


def test_every_worker_answers_the_library_like_the_engine(quads: bytes) -> None:
    """What is loaded before a fork is whole after it, in many workers at once."""

    async def look() -> None:
        pool = Pool(quads, Settings(workers=6, ready=6))
        await pool.start()
        await ready(pool, 6)
        for name, stored in stored_queries().items():
            query = operation(runnable(stored))
            answers = await asyncio.gather(*(pool.run(query) for _ in range(6)))
            found = {rows(answer) for answer in answers}
            assert len(found) == 1, name
        await pool.stop()

    def rows(answer: pools.Answer) -> tuple[str, ...]:
        if answer.media != JSON[1]:
            return tuple(sorted(answer.payload.decode().splitlines()))
        told = json.loads(answer.payload)
        bindings = told.get("results", {}).get("bindings", [told.get("boolean")])
        return tuple(sorted(json.dumps(row, sort_keys=True) for row in bindings))

    asyncio.run(look())


def test_workers_do_not_share_their_chance() -> None:
    async def look() -> None:
        data = SMALL + b"_:a <x:p> _:b .\n"
        pool = Pool(data, Settings(workers=6, ready=6))
        await pool.start()
        await ready(pool, 6)
        query = operation("SELECT (UUID() AS ?u) (BNODE() AS ?b) (RAND() AS ?r) {}")
        answers = await asyncio.gather(*(pool.run(query) for _ in range(6)))
        drawn = [json.loads(answer.payload)["results"]["bindings"][0] for answer in answers]
        for name in "ubr":
            assert len({row[name]["value"] for row in drawn}) == 6
        await pool.stop()

    asyncio.run(look())


def test_the_killed_are_replaced_at_once(quads: bytes) -> None:
    """All workers killed again and again, and the template itself once."""

    async def look() -> None:
        pool = Pool(quads, Settings(workers=4, ready=4))
        await pool.start()
        parent, query = template(), operation("ASK { ?s ?p ?o }")
        times = []
        for _ in range(25):
            await ready(pool, 4)
            for pid in children(parent):
                os.kill(pid, signal.SIGKILL)
            await asyncio.sleep(0.05)
            began = time.perf_counter()
            assert json.loads((await pool.run(query)).payload)["boolean"] is True
            times.append(time.perf_counter() - began)
        print(f"\nafter all workers died: slowest {1000 * max(times):.1f} ms")  # noqa: T201
        await ready(pool, 4)
        os.kill(parent, signal.SIGKILL)
        for _ in range(8):
            worker = await pool._take()
            pool._drop(worker)
        assert json.loads((await pool.run(query)).payload)["boolean"] is True
        assert template() != parent
        await pool.stop()

    asyncio.run(look())


@pytest.mark.parametrize("forks", [True, False])
def test_with_and_without_fork(monkeypatch: pytest.MonkeyPatch, forks: bool) -> None:
    monkeypatch.setattr(pools, "_CAN_FORK", forks)

    async def look() -> None:
        pool = Pool(MANY, Settings(timeout=1.0, workers=2, ready=1))
        await pool.start()
        with pytest.raises(RefusedError, match="longer than 1 seconds"):
            await pool.run(operation(SLOW))
        await ready(pool, 1)
        answer = await pool.run(operation("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"))
        assert b'"2000"' in answer.payload
        await pool.stop()
        await asyncio.sleep(0.1)

    asyncio.run(look())


@pytest.mark.parametrize("forks", [True, False])
def test_too_little_memory_is_told(monkeypatch: pytest.MonkeyPatch, forks: bool) -> None:
    monkeypatch.setattr(pools, "_CAN_FORK", forks)

    async def look() -> None:
        pool = Pool(SMALL, Settings(memory=MIB))
        with pytest.raises(KrasGraphError, match="--memory"):
            await pool.start()
        await asyncio.sleep(0.1)

    asyncio.run(look())
