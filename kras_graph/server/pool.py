"""Processes that answer queries, kept ready, killed when late, and replaced.

Loading the dataset takes most of a second, so one process does it, the template, and forks a
worker whenever one is wanted; that takes milliseconds. Where there is no fork, every worker
loads for itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import logging
import os
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kras_graph.model.errors import KrasGraphError
from kras_graph.server.protocol import Operation, RefusedError
from kras_graph.server.settings import KIB, Settings
from kras_graph.server.worker import FORK, KILL, LENGTH, ORDER, frame

_log = logging.getLogger(__name__)
_START = "from kras_graph.server.worker import {0}; {0}()"
_SECONDS_TO_START = 60.0
_PASSED_ON = ("PATH", "SYSTEMROOT", "LANG", "LC_ALL")
_BUSY = {"Retry-After": "2"}
_BUFFER = 512 * KIB
_CAN_FORK = hasattr(os, "fork") and hasattr(socket, "send_fds")


@dataclass(frozen=True)
class Answer:
    """What a worker made of a query: media type and bytes."""

    media: str
    payload: bytes


class Worker:
    """One process that has loaded the dataset and is locked."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        end: Callable[[], None],
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._end = end

    async def send(self, payload: bytes) -> None:
        """Write one frame."""
        self._writer.write(frame(payload))
        await self._writer.drain()

    async def receive(self) -> bytes:
        """Read one frame."""
        (length,) = LENGTH.unpack(await self._reader.readexactly(LENGTH.size))
        return await self._reader.readexactly(length)

    def kill(self) -> None:
        """End the process at once."""
        self._end()
        if not self._writer.is_closing():
            self._writer.transport.abort()

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return not self._reader.at_eof()


class Template:
    """The process of which workers are made."""

    def __init__(self, process: asyncio.subprocess.Process, control: socket.socket) -> None:
        self._process = process
        self._control = control
        self._numbers = itertools.count()
        self.alive = True

    @classmethod
    async def start(cls, limits: Mapping[str, Any], quads: bytes) -> Template:
        """A template that has loaded the dataset.

        Raises:
            KrasGraphError: when it does not come up.
        """
        loop = asyncio.get_running_loop()
        control, theirs = socket.socketpair()
        control.setblocking(False)
        try:
            process = await _process("be_template", stdin=theirs, stdout=asyncio.subprocess.DEVNULL)
        except BaseException:
            control.close()
            raise
        finally:
            theirs.close()
        template = cls(process, control)
        with _starting(template.abandon):
            async with asyncio.timeout(_SECONDS_TO_START):
                await loop.sock_sendall(control, frame(json.dumps(dict(limits)).encode()))
                await loop.sock_sendall(control, frame(quads))
                if not await loop.sock_recv(control, 1):
                    raise ConnectionError
        return template

    async def worker(self) -> Worker:
        """A new worker, ready for queries.

        Raises:
            KrasGraphError: when it does not come up; the template is dead then, or has been
                given too little memory for its workers.
        """
        number = next(self._numbers)
        ours, theirs = socket.socketpair()
        with _starting(ours.close):
            try:
                order = ORDER.pack(FORK, number)
                socket.send_fds(self._control, [order], [theirs.fileno()])
            except OSError:
                self.abandon()
                raise
            finally:
                theirs.close()
            reader, writer = await asyncio.open_connection(sock=ours, limit=_BUFFER)
        worker = Worker(reader, writer, lambda: self._kill(number))
        with _starting(worker.kill):
            async with asyncio.timeout(_SECONDS_TO_START):
                await worker.receive()
        return worker

    def _kill(self, number: int) -> None:
        """Let the template end a worker; only the parent can never hit a stranger instead."""
        if self.alive:
            try:
                self._control.send(ORDER.pack(KILL, number))
            except OSError:
                self.abandon()

    def abandon(self) -> None:
        """Have no more to do with it; it ends its workers, and itself, on finding that out."""
        self.alive = False
        self._control.close()

    async def stop(self) -> None:
        """End it with its workers."""
        self.abandon()
        try:
            async with asyncio.timeout(5):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


async def _process(entry: str, **streams: Any) -> asyncio.subprocess.Process:
    """A Python process that runs a function of the worker's module."""
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    # one arena: further ones each reserve address space, which the limit of memory counts
    environment["MALLOC_ARENA_MAX"] = "1"
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _START.format(entry),
        stderr=asyncio.subprocess.DEVNULL,
        env=environment,
        **streams,
    )


@contextlib.contextmanager
def _starting(undo: Callable[[], None]) -> Iterator[None]:
    """Undoes what has begun when a start fails, and tells why it may have.

    Raises:
        KrasGraphError: when the start fails.
    """
    try:
        yield
    except (TimeoutError, OSError, asyncio.IncompleteReadError):
        undo()
        raise KrasGraphError(
            "A process for queries could not be started; give it more memory with --memory."
        ) from None
    except BaseException:
        undo()
        raise


async def _lone_worker(limits: Mapping[str, Any], quads: bytes) -> Worker:
    """A worker that has loaded the dataset itself, for systems without fork.

    Raises:
        KrasGraphError: when it does not come up.
    """
    pipe = asyncio.subprocess.PIPE
    process = await _process("main", stdin=pipe, stdout=pipe, limit=_BUFFER)
    assert process.stdout is not None
    assert process.stdin is not None

    def end() -> None:
        """Kill it, and let go of it once it is gone."""
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        waits = asyncio.get_running_loop().create_task(process.wait())
        waits.add_done_callback(lambda _: process._transport.close())  # type: ignore[attr-defined]

    worker = Worker(process.stdout, process.stdin, end)
    with _starting(worker.kill):
        async with asyncio.timeout(_SECONDS_TO_START):
            await worker.send(json.dumps(dict(limits)).encode())
            await worker.send(quads)
            await worker.receive()
    return worker


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
        self._template: Template | None = None
        self._loading = asyncio.Lock()
        self._waiting = 0
        self._open = True

    async def start(self) -> None:
        """Bring the first process up, and others behind it.

        Raises:
            KrasGraphError: when it does not come up.
        """
        try:
            await self._add()
        except BaseException:
            await self.stop()
            raise
        self._top_up()

    async def stop(self) -> None:
        """End every process."""
        self._open = False
        for task in self._starting:
            task.cancel()
        await asyncio.gather(*self._starting, return_exceptions=True)
        for worker in self._workers:
            worker.kill()
        self._workers.clear()
        if self._template is not None:
            await self._template.stop()

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
            and len(self._starting) < (settings.ready if _CAN_FORK else 2)
            and self._idle.qsize() + len(self._starting) < settings.ready + self._waiting
        ):
            task = asyncio.get_running_loop().create_task(self._add())
            self._starting.add(task)
            task.add_done_callback(self._started)

    async def _add(self) -> None:
        worker = await self._new()
        self._workers.add(worker)
        self._idle.put_nowait(worker)

    async def _new(self) -> Worker:
        """A new worker; a template that has died is replaced first.

        Raises:
            KrasGraphError: when it does not come up.
        """
        if not _CAN_FORK:
            return await _lone_worker(self.limits, self.quads)
        async with self._loading:
            if self._template is None or not self._template.alive:
                self._template = await Template.start(self.limits, self.quads)
            template = self._template
        try:
            return await template.worker()
        except KrasGraphError:
            if template.alive:
                raise
        return await self._new()

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
