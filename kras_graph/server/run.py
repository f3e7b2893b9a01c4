"""Starting the server on a socket."""

from __future__ import annotations

import asyncio
import os
import socket
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from kras_graph.model.errors import KrasGraphError
from kras_graph.server.app import application
from kras_graph.server.settings import KIB, Settings

if TYPE_CHECKING:
    from kras_graph.api import KnowledgeGraph


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes any free one.

    Raises:
        KrasGraphError: when the address cannot be had.
    """
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        # asyncio sends small answers at once only on sockets that name their protocol
        sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            if os.name == "posix":
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(address)
            sock.listen(256)
        except BaseException:
            sock.close()
            raise
        return sock
    except OSError as error:
        raise KrasGraphError(
            f"{host} port {port} cannot be had: {error.strerror}. Choose another with --port."
        ) from None


def serve(kg: KnowledgeGraph, settings: Settings, sock: socket.socket) -> None:
    """Answer requests on a socket until interrupted."""
    config = uvicorn.Config(
        application(kg, settings),
        http=_watched(settings.patience),
        ws="none",
        lifespan="on",
        server_header=False,
        proxy_headers=False,
        access_log=False,
        log_level="warning",
        timeout_keep_alive=5,
        timeout_graceful_shutdown=3,
        limit_concurrency=settings.connections,
        h11_max_incomplete_event_size=256 * KIB,
    )
    uvicorn.Server(config).run(sockets=[sock])


def _watched(patience: float) -> type[H11Protocol]:
    """The protocol with a watch over guests who take their time.

    One who sends a request's head drop by drop, or does not take an answer, is left when
    found twice in the same state.
    """

    class Watched(H11Protocol):
        _watch: asyncio.TimerHandle | None = None
        _seen: object = ()

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._watch = self.loop.call_later(patience, self._look)

        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            if self._watch is not None:
                self._watch.cancel()

        def _look(self) -> None:
            at_rest = self.cycle is None or self.cycle.response_complete
            state = (id(self.cycle), at_rest, self.transport.is_closing())
            stuck = at_rest or self.transport.is_closing()
            if stuck and state == self._seen:
                self.transport.abort()
                return
            self._seen = state if stuck else ()
            self._watch = self.loop.call_later(patience, self._look)

    return Watched
