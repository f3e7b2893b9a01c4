"""The process in which queries run: it can open nothing, and may be killed at any time.

It speaks frames (eight bytes of length, then as many bytes) over its standard streams: for each
query, one frame of JSON in, and one of JSON and one of bytes out. It is a fork of a template,
which is given the limits and the dataset as N-Quads, in frames too, and then orders; or, where
there is no fork, it is given them itself.

Before the first query it gives up whatever could reach outside: the operating system refuses
it every new descriptor, so that neither Python nor the engine's own code can open a file or a
connection; an audit hook refuses the same, and starting programs, inside Python.
"""

from __future__ import annotations

import gc
import io
import json
import os
import select
import signal
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from pyoxigraph import (
    NamedNode,
    QueryBoolean,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    serialize,
)

from kras_graph.model.errors import QueryError
from kras_graph.rdf import names
from kras_graph.rdf.formats import GRAPH_FORMATS, RESULT_FORMATS
from kras_graph.rdf.guard import refuse_unsafe

LENGTH = struct.Struct(">Q")
ORDER = struct.Struct(">cQ")
FORK, KILL = b"F", b"K"
_LEAST = 16 * 1024 * 1024
_FORMS: dict[str, RdfFormat] = {**GRAPH_FORMATS, "jsonld": RdfFormat.JSON_LD}
_FORBIDDEN = (
    "open", "socket.", "subprocess.", "os.", "shutil.", "urllib.", "http.", "ftplib.", "smtplib.",
    "tempfile.", "glob.", "mmap.", "ctypes.", "import", "pty.", "webbrowser.", "sqlite3.",
    "signal.", "marshal.", "pickle.", "syslog.",
)  # fmt: skip


class TooMuchError(Exception):
    """An answer over its limit of rows or bytes."""


def read_frame(stream: BinaryIO) -> bytes | None:
    """The next frame; None when the other side is gone."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    payload = stream.read(length)
    return payload if len(payload) == length else None


def frame(payload: bytes) -> bytes:
    """A payload with its length before it."""
    return LENGTH.pack(len(payload)) + payload


class Sink(io.BytesIO):
    """Bytes of an answer; refuses to grow over a limit."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def write(self, part: Any) -> int:
        """Keep a part.

        Raises:
            TooMuchError: when it would be over the limit.
        """
        if self.tell() + len(part) > self.most:
            raise TooMuchError(f"The answer is longer than {self.most} bytes; add a LIMIT.")
        return super().write(part)


def answer(store: Store, request: dict[str, Any], limits: dict[str, Any]) -> tuple[Any, bytes]:
    """Status, media form and message of a query as plain data, and the bytes of the answer."""
    try:
        refuse_unsafe(request["text"])
    except QueryError as error:
        status = 400 if "valid SPARQL" in str(error) or "deeply" in str(error) else 403
        return {"status": status, "message": str(error)}, b""
    try:
        return _run(store, request, limits)
    except TooMuchError as error:
        return {"status": 503, "message": str(error)}, b""
    except SyntaxError as error:
        return {"status": 400, "message": f"The query is not valid SPARQL: {error}"}, b""
    except MemoryError:
        return {"status": 503, "message": "The query needs more memory than is allowed."}, b""
    except (OSError, RuntimeError, ValueError) as error:
        return {"status": 400, "message": f"The query cannot be run: {error}"}, b""


def _run(store: Store, request: dict[str, Any], limits: dict[str, Any]) -> tuple[Any, bytes]:
    graphs: dict[str, Any] = {}
    if request["default"]:
        graphs["default_graph"] = [NamedNode(iri) for iri in request["default"]]
    if request["default"] or request["named"]:
        graphs.setdefault("default_graph", [])
        graphs["named_graphs"] = [NamedNode(iri) for iri in request["named"]]
    results = store.query(request["text"], prefixes=names.PREFIXES, **graphs)
    is_graph = isinstance(results, QueryTriples)
    form = request["graph" if is_graph else "results"]
    if form is None:
        kind = "graph" if is_graph else "table"
        return {"status": 406, "message": f"The answer is a {kind}; ask for a form of one."}, b""
    sink = Sink(limits["max_bytes"])
    if isinstance(results, QueryTriples):
        prefixes = names.PREFIXES if form in ("turtle", "rdfxml") else None
        serialize(_counted(results, limits["max_rows"]), sink, _FORMS[form], prefixes=prefixes)
        return {"status": 200, "kind": "graph"}, sink.getvalue()
    if isinstance(results, QueryBoolean) and form in ("csv", "tsv"):
        return {"status": 200, "kind": "results"}, f"{str(bool(results)).lower()}\n".encode()
    results.serialize(sink, RESULT_FORMATS[form])
    payload = sink.getvalue()
    if _rows(payload, form, limits["max_rows"]) > limits["max_rows"]:
        raise TooMuchError(f"The answer has more than {limits['max_rows']} rows; add a LIMIT.")
    return {"status": 200, "kind": "results"}, payload


def _counted(triples: Iterable[Triple], most: int) -> Iterator[Triple]:
    """The triples, while they are not too many."""
    for place, triple in enumerate(triples):
        if place >= most:
            raise TooMuchError(f"The answer has more than {most} triples; add a LIMIT.")
        yield triple


def _rows(payload: bytes, form: str, most: int) -> int:
    """Rows of a serialised table: estimated from above, and counted when that is too many."""
    if form == "xml":
        return payload.count(b"<result>")
    if form == "tsv":
        return payload.count(b"\n") - 1
    guess = payload.count(b"},{") + 1 if form == "json" else payload.count(b"\n") - 1
    if guess <= most:
        return guess
    if form == "json":
        return len(json.loads(payload).get("results", {}).get("bindings", []))
    import csv

    return sum(1 for _ in csv.reader(io.StringIO(payload.decode(), newline=""))) - 1


def lock(memory: int) -> None:
    """Give up files, connections, programs, and memory beyond a limit; there is no way back."""
    try:
        import resource
    except ImportError:  # not on Windows, where the hook alone remains
        pass
    else:
        open_now = 3
        resource.setrlimit(resource.RLIMIT_NOFILE, (open_now, open_now))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    def refuse(event: str, _: tuple[object, ...]) -> None:
        if event.startswith(_FORBIDDEN):
            raise PermissionError(f"{event} is refused here")

    sys.addaudithook(refuse)


def _spare_cpu(seconds: float) -> None:
    """Let the operating system end this process should nobody else do it."""
    try:
        import resource
    except ImportError:
        return
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time() + seconds) + 2, hard))


def _peak() -> int:
    """Most bytes of memory that this process has held; what the engine frees may stay held."""
    try:
        import resource
    except ImportError:
        return 0
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held if sys.platform == "darwin" else held * 1024


def be_template() -> None:
    """Load the dataset, then fork and kill workers as ordered over the standard input.

    An order to fork comes with the socket over which the worker will be spoken to. When the
    orders end, so do all workers.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server decides when it is over
    with open(0, "rb", closefd=False) as source:
        found = _apart(source)
    if found is None:
        return
    store, limits = found
    _peak()
    gc.collect()
    gc.freeze()
    control = socket.socket(fileno=0)
    control.send(b"+")
    workers: dict[int, int] = {}
    dying: list[int] = []
    while True:
        ready, _, _ = select.select([control], [], [], 0.02 if dying else None)
        dying = [pid for pid in dying if os.waitpid(pid, os.WNOHANG) == (0, 0)]
        if not ready:
            continue
        message, passed, _, _ = socket.recv_fds(control, ORDER.size, 1)
        if len(message) < ORDER.size:
            break
        order, number = ORDER.unpack(message)
        if order == KILL and number in workers:
            os.kill(workers[number], signal.SIGKILL)
            dying.append(workers.pop(number))
        elif order == FORK and passed:
            try:
                pid = os.fork()
            except OSError:
                pid = -1
            if pid == 0:
                _be_worker(passed[0], store, limits)
            os.close(passed[0])
            if pid > 0:
                workers[number] = pid
    for pid in workers.values():
        os.kill(pid, signal.SIGKILL)


def _apart(source: BinaryIO) -> tuple[Store, dict[str, Any]] | None:
    """The dataset and the limits, loaded in a thread that has ended; None when they end early.

    The engine keeps a random generator for each thread, and a fork copies it: were it used
    here before a fork, all workers would draw the same UUIDs and blank nodes.
    """
    found: list[tuple[Store, dict[str, Any]]] = []

    def load() -> None:
        if loaded := _loaded(source):
            found.append(loaded)

    thread = threading.Thread(target=load)
    thread.start()
    thread.join()
    tasks = Path("/proc/self/task")
    while tasks.is_dir() and len(list(tasks.iterdir())) > 1:
        time.sleep(0.001)
    return found[0] if found else None


def _loaded(source: BinaryIO) -> tuple[Store, dict[str, Any]] | None:
    """The dataset in a store, and the limits; all that answering needs is loaded too."""
    head, quads = read_frame(source), read_frame(source)
    if head is None or quads is None:
        return None
    limits = json.loads(head)
    store = Store()
    store.load(quads, RdfFormat.N_QUADS)
    _warm_up(store, limits)
    return store, limits


def _be_worker(connection: int, store: Store, limits: dict[str, Any]) -> NoReturn:
    """Be a worker from now on; the template's own connection is closed."""
    try:
        os.dup2(connection, 0)
        os.dup2(connection, 1)
        os.closerange(3, 1024)
        with open(0, "rb", closefd=False) as source, open(1, "wb", closefd=False) as target:
            _answer_all(source, target, store, limits)
    finally:
        os._exit(0)


def main() -> None:
    """Be a worker without a template."""
    source, target = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    if found := _loaded(source):
        _answer_all(source, target, *found)
    os._exit(0)


def _answer_all(source: BinaryIO, target: BinaryIO, store: Store, limits: dict[str, Any]) -> None:
    """Lock this process, say so, and answer queries until they end."""
    lock(limits["memory"])
    bytearray(_LEAST)  # raises when the limit leaves no memory for queries
    target.write(frame(b"ready"))
    target.flush()
    while (message := read_frame(source)) is not None:
        _spare_cpu(limits["timeout"])
        told, payload = answer(store, json.loads(message), limits)
        told["retire"] = _peak() > limits["memory"] / 2
        target.write(frame(json.dumps(told).encode()) + frame(payload))
        target.flush()


def _warm_up(store: Store, limits: dict[str, Any]) -> None:
    """Load whatever answering loads, while that is still allowed."""
    import csv  # noqa: F401

    graphs: dict[str, list[str]] = {"default": [], "named": []}
    for text in ("SELECT * { ?s ?p 'from' } LIMIT 1", "ASK { SERVICE <x:> { } }", "SELECT {"):
        answer(store, {"text": text, "results": "json", "graph": "turtle", **graphs}, limits)


if __name__ == "__main__":
    main()
