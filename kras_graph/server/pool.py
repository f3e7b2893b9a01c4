"""Processes that answer queries, kept ready, killed when late, and replaced."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import struct
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kras_graph.model.errors import KrasGraphError
from kras_graph.server.protocol import Operation, RefusedError
from kras_graph.server.settings import Settings

_log = logging.getLogger(__name__)
_LENGTH = struct.Struct(">Q")
_START = "from kras_graph.server.worker import main; main()"
_SECONDS_TO_START = 60.0
_PASSED_ON = ("PATH", "SYSTEMROOT", "LANG", "LC_ALL")
_BUSY = {"Retry-After": "2"}


@dataclass(frozen=True)
class Answer:
    """What a worker made of a query: media type and bytes."""

    media: str
    payload: bytes


class Worker:
    """One process, or the promise of one."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    @classmethod
    async def start(cls, limits: Mapping[str, Any], quads: bytes) -> Worker:
        """A process that has loaded the dataset and is locked.

        Raises:
            KrasGraphError: when it does not come up.
        """
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            _START,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=environment,
        )
        worker = cls(process)
        try:
            async with asyncio.timeout(_SECONDS_TO_START):
                await worker.send(json.dumps(dict(limits)).encode())
                await worker.send(quads)
                await worker.receive()
        except (TimeoutError, OSError, asyncio.IncompleteReadError):
            worker.kill()
            raise KrasGraphError(
                "A process for queries could not be started; give it more memory with --memory."
            ) from None
        except BaseException:
            worker.kill()
            raise
        return worker

    async def send(self, payload: bytes) -> None:
        """Write one frame."""
        assert self.process.stdin is not None
        self.process.stdin.write(_LENGTH.pack(len(payload)) + payload)
        await self.process.stdin.drain()

    async def receive(self) -> bytes:
        """Read one frame."""
        assert self.process.stdout is not None
        (length,) = _LENGTH.unpack(await self.process.stdout.readexactly(_LENGTH.size))
        return await self.process.stdout.readexactly(length)

    def kill(self) -> None:
        """End the process at once."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process.returncode is None


class Pool:
    """Runs queries in a bounded number of processes, and has some ready for the next ones."""

    def __init__(self, quads: bytes, settings: Settings) -> None:
        self.quads = quads
        self.settings = settings
        self.limits = {
            "memory": settings.memory,
            "max_rows": settings.max_rows,
            "max_bytes": settings.max_bytes,
            "timeout": settings.timeout,
        }
        self._idle: asyncio.Queue[Worker] = asyncio.Queue()
        self._workers: set[Worker] = set()
        self._starting: set[asyncio.Task[None]] = set()
        self._waiting = 0
        self._open = True

    async def start(self) -> None:
        """Bring the first process up, and others behind it.

        Raises:
            KrasGraphError: when it does not come up.
        """
        worker = await Worker.start(self.limits, self.quads)
        self._workers.add(worker)
        self._idle.put_nowait(worker)
        self._top_up()

    async def stop(self) -> None:
        """End every process."""
        self._open = False
        for task in self._starting:
            task.cancel()
        await asyncio.gather(*self._starting, return_exceptions=True)
        for worker in self._workers:
            worker.kill()
        await asyncio.gather(*(worker.process.wait() for worker in self._workers))
        for worker in self._workers:
            worker.process._transport.close()  # type: ignore[attr-defined]
        self._workers.clear()

    @property
    def size(self) -> int:
        """Processes that run or come up."""
        return len(self._workers) + len(self._starting)

    def _top_up(self) -> None:
        """Start processes until enough stand ready, or there are as many as there may be."""
        settings = self.settings
        while (
            self._open
            and self.size < settings.workers
            and len(self._starting) < 2
            and self._idle.qsize() + len(self._starting) < settings.ready + self._waiting
        ):
            task = asyncio.get_running_loop().create_task(self._add())
            self._starting.add(task)
            task.add_done_callback(self._started)

    async def _add(self) -> None:
        worker = await Worker.start(self.limits, self.quads)
        self._workers.add(worker)
        self._idle.put_nowait(worker)

    def _started(self, task: asyncio.Task[None]) -> None:
        self._starting.discard(task)
        if not task.cancelled() and task.exception():
            _log.warning("a process for queries did not come up: %s", task.exception())
        else:
            self._top_up()

    def _drop(self, worker: Worker) -> None:
        """End a process and see to its successor."""
        worker.kill()
        self._workers.discard(worker)
        task = asyncio.get_running_loop().create_task(worker.process.wait())
        task.add_done_callback(lambda _: worker.process._transport.close())  # type: ignore[attr-defined]
        self._top_up()

    async def _take(self) -> Worker:
        """A ready process, waiting for one in line.

        Raises:
            RefusedError: when the line is full, or nobody got ready in time.
        """
        if self._idle.empty() and self._waiting >= self.settings.queue:
            raise RefusedError(503, "Too many queries are waiting; try again soon.", _BUSY)
        self._waiting += 1
        try:
            self._top_up()
            async with asyncio.timeout(self.settings.timeout):
                while True:
                    worker = await self._idle.get()
                    if worker.alive:
                        return worker
                    self._drop(worker)
        except TimeoutError:
            raise RefusedError(503, "The server is busy; try again soon.", _BUSY) from None
        finally:
            self._waiting -= 1
            self._top_up()

    async def run(self, query: Operation) -> Answer:
        """Answer of a query.

        Raises:
            RefusedError: when there is none; a process that is late or dead is replaced.
        """
        worker = await self._take()
        kept = False
        try:
            async with asyncio.timeout(self.settings.timeout):
                told, payload = await self._ask(worker, query)
            kept = not told["retire"]
        except TimeoutError:
            raise RefusedError(
                503, f"The query took longer than {self.settings.timeout:g} seconds."
            ) from None
        except (asyncio.IncompleteReadError, OSError):
            raise RefusedError(
                503, "The query ended its process: it is too deeply nested or needs more memory "
                "than is allowed."
            ) from None  # fmt: skip
        finally:
            if kept:
                self._idle.put_nowait(worker)
            else:
                self._drop(worker)
        if told["status"] != 200:
            raise RefusedError(told["status"], told["message"][:2000])
        chosen = query.graph if told["kind"] == "graph" else query.results
        assert chosen is not None
        return Answer(chosen[1], payload)

    @staticmethod
    async def _ask(worker: Worker, query: Operation) -> tuple[dict[str, Any], bytes]:
        message = {
            "text": query.text,
            "results": query.results and query.results[0],
            "graph": query.graph and query.graph[0],
            "default": query.default_graphs,
            "named": query.named_graphs,
        }
        await worker.send(json.dumps(message).encode())
        told = json.loads(await worker.receive())
        return told, await worker.receive()
