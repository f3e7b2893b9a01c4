"""What every request passes: who may ask, and what every answer carries."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kras_graph.server.settings import KIB, Settings

_METHODS = "GET, HEAD, POST, OPTIONS"
_MOST_ADDRESS = 224 * KIB
_MOST_HEADERS = 32 * KIB
_CLOSED = "default-src 'none'; frame-ancestors 'none'; sandbox"


class Gate:
    """Middleware that checks Host and Origin, answers OPTIONS, and sets headers.

    A page of another site can make a browser send requests here, by its own name for this
    address too (DNS rebinding); it gets no answer unless its site was let in.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        allowed = self._cors(headers)

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._dress(MutableHeaders(scope=message), allowed)
            await send(message)

        refused = _malformed(scope) or self._refusal(headers, allowed)
        if refused is not None:
            await refused(scope, receive, dressed)
        elif scope["method"] == "OPTIONS":
            await self._options(headers, allowed)(scope, receive, dressed)
        else:
            await self.app(scope, receive, dressed)

    def _refusal(self, headers: Headers, allowed: str) -> Response | None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self.knows(hosts[0]):
            return PlainTextResponse(
                "This server is not called by that name; start it with --allow-host NAME.\n", 403
            )
        origin = headers.get("origin")
        foreign = (
            headers.get("sec-fetch-site") == "cross-site"
            and headers.get("sec-fetch-mode") != "navigate"
        )
        if origin is not None:
            foreign = _netloc(origin) != hosts[0].lower()
        if foreign and not allowed:
            return PlainTextResponse(
                "Pages of other sites may not ask here; start the server with --cors ORIGIN.\n", 403
            )
        return None

    def knows(self, host: str) -> bool:
        """Whether a Host header names this server: as `localhost`, an address, or as told."""
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        if name == "localhost" or name in self.settings.hosts:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True

    def _cors(self, headers: Headers) -> str:
        """Value of `Access-Control-Allow-Origin`, or nothing."""
        if "*" in self.settings.origins:
            return "*"
        origin = headers.get("origin", "")
        return origin if origin in self.settings.origins else ""

    def _options(self, headers: Headers, allowed: str) -> Response:
        answer = Response(status_code=204, headers={"Allow": _METHODS})
        if allowed and "access-control-request-method" in headers:
            answer.headers["Access-Control-Allow-Methods"] = _METHODS
            answer.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type"
            answer.headers["Access-Control-Max-Age"] = "86400"
        return answer

    def _dress(self, headers: MutableHeaders, allowed: str) -> None:
        headers.setdefault("Content-Security-Policy", _CLOSED)
        headers.setdefault("Cache-Control", "no-cache")
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer"
        headers["X-Frame-Options"] = "DENY"
        headers["Cross-Origin-Resource-Policy"] = "cross-origin" if allowed else "same-origin"
        headers["Vary"] = "Accept, Origin"
        if allowed:
            headers["Access-Control-Allow-Origin"] = allowed


def _malformed(scope: Scope) -> Response | None:
    """A refusal of requests that no client of ours sends."""
    if scope["http_version"] not in ("1.0", "1.1"):
        return PlainTextResponse("HTTP/1.1 is spoken here.\n", 505)
    if len(scope["raw_path"]) + len(scope["query_string"]) > _MOST_ADDRESS:
        return PlainTextResponse("The address is too long; use POST.\n", 414)
    if sum(len(name) + len(value) for name, value in scope["headers"]) > _MOST_HEADERS:
        return PlainTextResponse("The headers are too long.\n", 431)
    return None


def _netloc(origin: str) -> str:
    """Host and port of an origin; nothing for `null` and for what is none."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""
