"""What the server may spend on its guests."""

from __future__ import annotations

from dataclasses import dataclass

from kras_graph.rdf.limits import MOST_BYTES, MOST_DEPTH

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True)
class Settings:
    """Limits of the server.

    Attributes:
        timeout: seconds that one query may take.
        memory: bytes of address space of a worker, its copy of the graph included.
        max_rows: rows, or triples, of one answer.
        max_bytes: bytes of one answer.
        max_query: bytes of the text of one query.
        max_body: bytes of the body of one request.
        max_depth: brackets inside each other in one query.
        workers: processes that answer queries, at most.
        ready: processes kept ready for the next query.
        queue: queries that may wait for a process.
        patience: seconds that a guest may take to send a request, or to take a piece of an
            answer.
        connections: open connections, at most.
        hosts: names, beside `localhost` and plain addresses, by which the server may be called.
        origins: other sites whose pages may read answers; `*` for all.
    """

    timeout: float = 10.0
    memory: int = 1024 * MIB
    max_rows: int = 100_000
    max_bytes: int = 64 * MIB
    max_query: int = MOST_BYTES
    max_body: int = 256 * KIB
    max_depth: int = MOST_DEPTH
    workers: int = 8
    ready: int = 4
    queue: int = 128
    patience: float = 15.0
    connections: int = 200
    hosts: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()
