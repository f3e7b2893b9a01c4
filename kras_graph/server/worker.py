"""The process in which queries run: it can open nothing, and may be killed at any time.

It speaks frames (eight bytes of length, then as many bytes) over its standard streams: first
come its limits and the dataset as N-Quads; then, for each query, one frame of JSON in, and
one of JSON and one of bytes out.

Before the first query it gives up whatever could reach outside: the operating system refuses
it every new descriptor, so that neither Python nor the engine's own code can open a file or a
connection; an audit hook refuses the same, and starting programs, inside Python.
"""

from __future__ import annotations

import io
import json
import os
import struct
import sys
import time
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

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

_LENGTH = struct.Struct(">Q")
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
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    payload = stream.read(length)
    return payload if len(payload) == length else None


def write_frame(stream: BinaryIO, payload: bytes) -> None:
    """Send one frame."""
    stream.write(frame(payload))
    stream.flush()


def frame(payload: bytes) -> bytes:
    """A payload with its length before it."""
    return _LENGTH.pack(len(payload)) + payload


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


def main() -> None:
    """Answer queries from standard input until it ends."""
    source, target = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    head, quads = read_frame(source), read_frame(source)
    if head is None or quads is None:
        return
    limits = json.loads(head)
    store = Store()
    store.load(quads, RdfFormat.N_QUADS)
    del quads
    _warm_up(store, limits)
    lock(limits["memory"])
    write_frame(target, b"ready")
    while (message := read_frame(source)) is not None:
        _spare_cpu(limits["timeout"])
        told, payload = answer(store, json.loads(message), limits)
        told["retire"] = _peak() > limits["memory"] / 2
        target.write(frame(json.dumps(told).encode()) + frame(payload))
        target.flush()
    os._exit(0)


def _warm_up(store: Store, limits: dict[str, Any]) -> None:
    """Load whatever answering loads, while that is still allowed."""
    import csv  # noqa: F401

    graphs: dict[str, list[str]] = {"default": [], "named": []}
    for text in ("SELECT * { ?s ?p 'from' } LIMIT 1", "ASK { SERVICE <x:> { } }", "SELECT {"):
        answer(store, {"text": text, "results": "json", "graph": "turtle", **graphs}, limits)


if __name__ == "__main__":
    main()
