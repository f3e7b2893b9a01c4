"""A query in a process of its own, which ends when its time, memory or answer is too much.

The embedded engine cannot be stopped inside a process. The process here is a copy (`fork`) of
the one that holds the dataset, so that nothing is loaded again; where the system knows no
copies, the query runs in place, without limits of time and memory.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import select
import signal
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

import pyoxigraph
from pyoxigraph import QueryResultsFormat, RdfFormat, Store

from kras_graph.model.errors import KrasGraphError, QueryError
from kras_graph.rdf import guard
from kras_graph.rdf.engine import EmbeddedEngine, Engine, Results, Term

CAN_FORK = hasattr(os, "fork")
_PIECE = 1 << 20
Row = TypeVar("Row")
_MIB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """What a query may use.

    Attributes:
        timeout: seconds.
        memory: bytes beside those that the dataset takes.
        max_rows: rows, or triples, of the answer.
        max_bytes: bytes of the answer.
    """

    timeout: float = 10.0
    memory: int = 1024 * _MIB
    max_rows: int = 100_000
    max_bytes: int = 64 * _MIB


class BoundedEngine:
    """An engine for the queries of one command; their time runs from the making of this.

    Args:
        engine: the embedded engine.
        limits: what the queries may use together (time) and each (the rest).
    """

    def __init__(self, engine: Engine, limits: Limits) -> None:
        if isinstance(engine, EmbeddedEngine):
            _ = engine.store  # loaded before any locked copy of this process is made
        self.engine = engine
        self.limits = limits
        self._ends = time.monotonic() + limits.timeout

    def check(self, text: str) -> list[str]:
        """Warnings on a query that only reads this dataset; see `guard`.

        Raises:
            QueryError: when it does not, or reading it takes too long.
        """

        def work() -> bytes:
            guard.refuse_unsafe(text)
            return json.dumps(guard.warnings(text, self.engine)).encode()

        found: list[str] = json.loads(self._apart(work))
        return found

    def query(self, text: str, bindings: Mapping[str, Term] | None = None) -> Results:
        """Answer of a SPARQL query; as `EmbeddedEngine.query`.

        Raises:
            QueryError: when the query is wrong or reaches a limit.
        """

        def work() -> bytes:
            if CAN_FORK:
                _seal()
            return _packed(self.engine.query(text, bindings), self.limits)

        payload = self._apart(work)
        if payload[:1] == b"t":
            return pyoxigraph.parse_query_results(payload[1:], format=QueryResultsFormat.JSON)
        store = Store()
        store.extend(pyoxigraph.parse(payload[1:], format=RdfFormat.N_TRIPLES))
        return store.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")

    def _apart(self, work: Callable[[], bytes]) -> bytes:
        """What `work` gives, done in a process of its own.

        Raises:
            QueryError: with its message, or that of the limit it reached.
        """
        if not CAN_FORK:
            return work()
        source, target = os.pipe()
        held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # other threads do not matter
                child = os.fork()
        except OSError as error:
            signal.pthread_sigmask(signal.SIG_SETMASK, held)
            os.close(source)
            os.close(target)
            raise QueryError(f"No process for the query can be had: {error.strerror}.") from None
        if child == 0:
            _live(work, target, held, self.limits)
        status: int | None = None
        try:
            signal.pthread_sigmask(signal.SIG_SETMASK, held)
            os.close(target)
            payload = self._read(source)
            status = os.waitpid(child, 0)[1]
        finally:
            if status is None:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
            os.close(source)
        if status == 0 and payload[:1] == b"+":
            return payload[1:]
        if status == 0 and payload[:1] == b"-":
            raise QueryError(payload[1:].decode())
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU:
            raise self._late()
        raise QueryError(
            "The query ended its process: it needs more memory than is allowed "
            f"({self.limits.memory // _MIB} MiB) or is nested too deeply. Make it more selective."
        )

    def _read(self, source: int) -> bytes:
        """Everything from a pipe.

        Raises:
            QueryError: when its end does not come in time.
        """
        poll = select.poll()
        poll.register(source, select.POLLIN)
        parts: list[bytes] = []
        while True:
            left = self._ends - time.monotonic()
            if left <= 0 or not poll.poll(left * 1000):
                raise self._late()
            part = os.read(source, _PIECE)
            if not part:
                return b"".join(parts)
            parts.append(part)

    def _late(self) -> QueryError:
        return QueryError(
            f"The query took longer than {self.limits.timeout:g} seconds and was stopped. "
            "Make it more selective, or give it more time with --timeout."
        )


class _Sink(io.BytesIO):
    """Bytes of an answer; refuses to grow over a limit."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def write(self, part: Any) -> int:
        """Keep a part.

        Raises:
            QueryError: when it would be over the limit.
        """
        if self.tell() + len(part) > self.most:
            raise QueryError(f"The answer is longer than {self.most // _MIB} MiB; add a LIMIT.")
        return super().write(part)


def _packed(results: Results, limits: Limits) -> bytes:
    """Results as bytes: `t` and JSON for a table or truth value, `g` and N-Triples for a graph.

    Raises:
        QueryError: when they are too many, or the engine stops half-way.
    """
    sink = _Sink(limits.max_bytes)
    try:
        if isinstance(results, pyoxigraph.QueryTriples):
            pyoxigraph.serialize(_counted(results, limits.max_rows), sink, RdfFormat.N_TRIPLES)
            return b"g" + sink.getvalue()
        results.serialize(sink, QueryResultsFormat.JSON)
    except (OSError, RuntimeError, ValueError) as error:
        raise QueryError(f"The query cannot be run: {error}") from None
    payload = sink.getvalue()
    # between two rows stands `},{`, and perhaps inside a text: if too many, count them
    if payload.count(b"},{") >= limits.max_rows:
        found = pyoxigraph.parse_query_results(payload, format=QueryResultsFormat.JSON)
        if isinstance(found, pyoxigraph.QuerySolutions):
            for _ in _counted(found, limits.max_rows):
                pass
    return b"t" + payload


def _counted(rows: Iterable[Row], most: int) -> Iterator[Row]:
    """Rows, or triples, while they are not too many."""
    for place, row in enumerate(rows):
        if place >= most:
            raise QueryError(
                f"The answer has more than {most} rows; add a LIMIT, or allow more with --max-rows."
            )
        yield row


def _live(work: Callable[[], bytes], target: int, held: Any, limits: Limits) -> NoReturn:
    """The life of the copied process, from which there is no way back into the program."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nothing, standard)
        _confine(limits)
        try:
            answer = b"+" + work()
        except KrasGraphError as error:
            answer = b"-" + str(error).encode("utf-8", "replace")
        except MemoryError:
            answer = b"-The query needs more memory than is allowed."
        except Exception as error:
            answer = b"-" + f"The query cannot be run: {error}".encode("utf-8", "replace")
        rest = memoryview(answer)
        while rest:
            rest = rest[os.write(target, rest) :]
        code = 0
    finally:
        os._exit(code)


def _confine(limits: Limits) -> None:
    """Let the operating system end this process at its limits, even if nobody else lives."""
    import resource

    held = 0
    with contextlib.suppress(OSError), open("/proc/self/statm", "rb") as stream:  # noqa: PTH123
        held = int(stream.read().split()[0]) * resource.getpagesize()
    seconds = int(time.process_time() + limits.timeout) + 2
    for kind, most in (
        (resource.RLIMIT_AS, held + limits.memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        lower = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with contextlib.suppress(OSError, ValueError):  # a system may know no such limit
            resource.setrlimit(kind, (lower, hard))


def _seal() -> None:
    """Give up opening files and connections, whatever the query says."""
    import resource

    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
