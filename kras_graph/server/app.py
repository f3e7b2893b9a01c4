"""The web application: routes from addresses to the endpoint, the pages and the files."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, RdfFormat, Triple, parse
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from kras_graph.model.errors import AmbiguousNameError, KrasGraphError, UnknownNameError
from kras_graph.rdf import names
from kras_graph.rdf.describe import DATASET, VOID, size, void_triples
from kras_graph.rdf.engine import EmbeddedEngine
from kras_graph.rdf.examples import examples_turtle
from kras_graph.rdf.library import stored_queries
from kras_graph.server import describe, pages, resources
from kras_graph.server.gate import Gate
from kras_graph.server.negotiate import GRAPHS, named, negotiate, with_charset
from kras_graph.server.pool import Answer, Pool
from kras_graph.server.protocol import (
    Fields,
    Operation,
    RefusedError,
    content_type,
    fields,
    operation,
)
from kras_graph.server.settings import Settings

if TYPE_CHECKING:
    from kras_graph.api import KnowledgeGraph

_HTML = {"html": ("text/html", "application/xhtml+xml")}
_STATIC = {".js": "text/javascript", ".css": "text/css", ".txt": "text/plain"}
_PIECE = 256 * 1024
_REQUEST = Callable[[Request], Awaitable[Response]]


class Pieces(Response):
    """A response sent piece by piece; a guest who takes too long over one is left."""

    patience = 15.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        start = {"type": "http.response.start", "status": self.status_code}
        try:
            await send({**start, "headers": self.raw_headers})
            for at in range(0, max(1, len(self.body)), _PIECE):
                part = bytes(self.body[at : at + _PIECE])
                more = at + _PIECE < len(self.body)
                async with asyncio.timeout(self.patience):
                    await send({"type": "http.response.body", "body": part, "more_body": more})
        except TimeoutError:
            return


class Endpoint:
    """All answers of the server for one graph."""

    def __init__(self, kg: KnowledgeGraph, settings: Settings) -> None:
        if not isinstance(kg.engine, EmbeddedEngine):
            raise KrasGraphError("The server needs the embedded engine; leave --endpoint out.")
        store = kg.engine.store
        self.kg = kg
        self.engine = kg.engine
        self.settings = settings
        self.graphs = {graph.value for graph in store.named_graphs()}
        self.pool = Pool(store.dump(format=RdfFormat.N_QUADS) or b"", settings)
        self.site = pages.Site(kg)
        self.size = size(kg.engine)
        self.about_dataset = void_triples(kg.engine)
        self.questions = tuple(stored_queries().values())
        self.query_page = self.site.query(self.questions)
        self.files = _static_files()
        self.entity_page = lru_cache(maxsize=512)(self._entity_page)
        self.viewer_page = lru_cache(maxsize=8)(self._viewer_page)
        self.completion_text = json.dumps(resources.completions(kg.reader)).encode()
        self._drawing = asyncio.Lock()

    # The SPARQL protocol

    async def sparql(self, request: Request) -> Response:
        """The query operation; without a query, what the service is."""
        url = fields(request.scope["query_string"])
        accept = ", ".join(request.headers.getlist("accept"))
        body = None
        if request.method == "POST":
            media = content_type(request.headers.get("content-type", ""))
            body = media, await self._body(request)
        elif not url.all("query") and not url.all("update"):
            return self._about_service(request, url, accept)
        query = operation(url, accept, self.settings, body)
        for graph in (*query.default_graphs, *query.named_graphs):
            if graph not in self.graphs:
                raise RefusedError(
                    400, "No graph of that name is here; all data stands in the default graph. "
                    "Leave default-graph-uri and named-graph-uri out."
                )  # fmt: skip
        answer = await self._run(request, query)
        return self._bytes(answer.payload, answer.media)

    async def _run(self, request: Request, query: Operation) -> Answer:
        """Answer of a query; given up when the guest leaves."""
        run = asyncio.ensure_future(self.pool.run(query))
        gone = asyncio.ensure_future(_departure(request))
        try:
            await asyncio.wait({run, gone}, return_when=asyncio.FIRST_COMPLETED)
            if run.done():
                return run.result()
            raise ClientDisconnect
        finally:
            for task in (run, gone):
                task.cancel()
            await asyncio.gather(run, gone, return_exceptions=True)

    async def _body(self, request: Request) -> bytes:
        """Body of a request.

        Raises:
            RefusedError: when it is too long, too slow, or compressed.
        """
        close = {"Connection": "close"}
        most = self.settings.max_body
        length = request.headers.get("content-length", "0")
        if request.headers.get("content-encoding", "identity").lower() != "identity":
            raise RefusedError(415, "Compressed requests are refused.", close)
        too_long = RefusedError(413, f"The request is longer than {most} bytes.", close)
        if not length.isdecimal() or len(length) > 12 or int(length) > most:
            raise too_long
        parts = bytearray()
        try:
            async with asyncio.timeout(self.settings.patience):
                async for part in request.stream():
                    parts += part
                    if len(parts) > most:
                        raise too_long
        except TimeoutError:
            raise RefusedError(408, "The request took too long to arrive.", close) from None
        return bytes(parts)

    def _about_service(self, request: Request, url: Fields, accept: str) -> Response:
        formats = url.all("format")
        form, media = _choose(formats, accept, {**GRAPHS, **_HTML})
        if form == "html":
            return self._html(self.query_page, policy=pages.QUERY_POLICY)
        text = describe.as_text(describe.service(_address(request, "/sparql")), form)
        return self._bytes(text, media)

    # Descriptions

    async def void(self, request: Request) -> Response:
        """The dataset's description."""
        form, media = _wanted(request, GRAPHS)
        places = (
            (VOID + "sparqlEndpoint", "/sparql"),
            (names.RDFS + "seeAlso", "/.well-known/sparql-examples"),
        )
        found = [
            Triple(NamedNode(DATASET), NamedNode(term), NamedNode(_address(request, path)))
            for term, path in places
        ]
        return self._bytes(describe.as_text([*found, *self.about_dataset], form), media)

    async def sparql_examples(self, request: Request) -> Response:
        """The query library as RDF."""
        form, media = _wanted(request, GRAPHS)
        turtle = examples_turtle(self.questions, _address(request, "/sparql"))
        found = (quad.triple for quad in parse(turtle, format=RdfFormat.TURTLE))
        return self._bytes(describe.as_text(found, form), media)

    async def completions(self, request: Request) -> Response:
        """Names for the editor."""
        return self._cached(request, self.completion_text, "application/json")

    # Pages

    async def start(self, request: Request) -> Response:
        """The first page."""
        return self._html(self.site.start(self.size, self.questions))

    async def query(self, request: Request) -> Response:
        """The query page."""
        return self._html(self.query_page, policy=pages.QUERY_POLICY)

    async def find(self, request: Request) -> Response:
        """The page of an entity by any of its names."""
        wanted = fields(request.scope["query_string"]).all("q")
        name = wanted[0].strip()[:200] if wanted else ""
        if not name:
            return RedirectResponse("/", 303)
        try:
            found = await run_in_threadpool(self.kg.entity, name)
        except (UnknownNameError, AmbiguousNameError) as error:
            near = error.suggestions if isinstance(error, UnknownNameError) else error.choices
            entities = self.kg.reader.entities
            listed = [entities[n] for n in near if n in entities]
            return self._html(self.site.message("Not found", str(error), listed), 404)
        return RedirectResponse(f"/id/{found.id}", 303)

    async def thing(self, request: Request) -> Response:
        """An entity, statement, result, anchor or publication: a page, or RDF."""
        kind, name = request.path_params["kind"], request.path_params["name"]
        if not resources.known(self.engine, kind, name):
            raise HTTPException(404)
        form, media = _wanted(request, {**GRAPHS, **_HTML})
        if form != "html":
            found = await run_in_threadpool(resources.about, self.engine, kind, name)
            return self._bytes(describe.as_text(found, form), media)
        return self._html(await run_in_threadpool(self.entity_page, kind, name))

    def _entity_page(self, kind: str, name: str) -> str:
        if kind == "id" and name in self.kg.reader.entities:
            return self.site.entity(self.kg.reader.entities[name])
        if kind == "stmt" and (found := self.kg.reader.statements_by_id([name])):
            return self.site.statement(found[0])
        return self.site.plain(kind, name, resources.values(self.engine, kind, name))

    async def view(self, request: Request) -> Response:
        """The graph as a drawing; one is made at a time."""
        wanted = fields(request.scope["query_string"]).all("focus") or ["sotorasib"]
        entities = self.kg.reader.entities
        focus = wanted[0] if wanted[0] in entities else next(iter(entities), "")
        if len(wanted) > 1 or (wanted != ["sotorasib"] and wanted[0] != focus):
            raise HTTPException(404)
        async with self._drawing:
            text = await run_in_threadpool(self.viewer_page, focus)
        policy = text.split('http-equiv="Content-Security-Policy" content="', 1)[-1].split('"')[0]
        return self._html(text, policy=f"{policy}; frame-ancestors 'none'")

    def _viewer_page(self, focus: str) -> str:
        from kras_graph.present.viewer import page

        return page(self.kg, focus)

    async def static(self, request: Request) -> Response:
        """A file of the program's own; there are no others."""
        found = self.files.get(request.path_params["name"])
        if found is None:
            raise HTTPException(404)
        return self._cached(request, *found)

    # Responses

    def _bytes(self, payload: bytes, media: str, status: int = 200) -> Response:
        answer = Pieces(payload, status, {"Content-Type": with_charset(media)})
        answer.patience = self.settings.patience
        return answer

    def _html(self, text: str, status: int = 200, policy: str = pages.POLICY) -> Response:
        answer = self._bytes(text.encode(), "text/html", status)
        answer.headers["Content-Security-Policy"] = policy
        return answer

    def _cached(self, request: Request, payload: bytes, media: str) -> Response:
        tag = f'"{hashlib.sha256(payload).hexdigest()[:32]}"'
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={"ETag": tag})
        answer = self._bytes(payload, media)
        answer.headers["ETag"] = tag
        return answer

    async def refused(self, request: Request, error: Exception) -> Response:
        """A refusal as plain text."""
        assert isinstance(error, RefusedError)
        return PlainTextResponse(f"{error}\n", error.status, error.headers)

    async def left(self, request: Request, error: Exception) -> Response:
        """Nothing, for nobody: the guest has gone."""
        return Response(status_code=400)

    async def failed(self, request: Request, error: Exception) -> Response:
        """An error of HTTP: a page for people, a line for programs."""
        assert isinstance(error, HTTPException)
        texts = {404: "There is nothing of that name.", 405: "That method is not allowed here."}
        text = texts.get(error.status_code, error.detail)
        if "text/html" in request.headers.get("accept", ""):
            answer = self._html(self.site.message("No", text), error.status_code)
        else:
            answer = PlainTextResponse(f"{text}\n", error.status_code)
        answer.headers.update(error.headers or {})
        return answer


def application(kg: KnowledgeGraph, settings: Settings) -> Starlette:
    """The application for a graph in the embedded engine.

    Raises:
        KrasGraphError: when the graph stands in another engine.
    """
    end = Endpoint(kg, settings)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await end.pool.start()
        try:
            yield
        finally:
            await end.pool.stop()

    kinds = "|".join(resources.BASES)
    routes = [
        Route("/", end.start),
        Route("/sparql", end.sparql, methods=["GET", "POST"]),
        Route("/query", end.query),
        Route("/find", end.find),
        Route("/view", end.view),
        Route("/completions.json", end.completions),
        Route("/.well-known/void", end.void),
        Route("/.well-known/sparql-examples", end.sparql_examples),
        Route("/static/{name}", end.static),
        *(Route(f"/{kind}/{{name}}", _of_kind(end.thing, kind)) for kind in kinds.split("|")),
    ]
    return Starlette(
        routes=routes,
        middleware=[Middleware(Gate, settings=settings)],
        exception_handlers={
            RefusedError: end.refused,
            HTTPException: end.failed,
            ClientDisconnect: end.left,
        },
        lifespan=lifespan,
    )


def _of_kind(answer: _REQUEST, kind: str) -> _REQUEST:
    async def told(request: Request) -> Response:
        request.path_params["kind"] = kind
        return await answer(request)

    return told


async def _departure(request: Request) -> None:
    """Comes back when the guest has gone."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _address(request: Request, path: str) -> str:
    """Address of a path of this server, as the guest called it."""
    return f"{request.url.scheme}://{request.headers['host'].lower()}{path}"


def _wanted(request: Request, offers: dict[str, tuple[str, ...]]) -> tuple[str, str]:
    formats = fields(request.scope["query_string"]).all("format")
    return _choose(formats, ", ".join(request.headers.getlist("accept")), offers)


def _choose(formats: list[str], accept: str, offers: dict[str, tuple[str, ...]]) -> tuple[str, str]:
    """Form and media type of a document.

    Raises:
        RefusedError: when the guest takes none of the offers.
    """
    found = named(formats[0], offers) if formats else negotiate(accept, offers)
    if found is None:
        known = ", ".join(offers)
        raise RefusedError(400 if formats else 406, f"That form is not offered; there are {known}.")
    return found


def _static_files() -> dict[str, tuple[bytes, str]]:
    """Content and media type of each file, by name: nothing else can be asked for."""
    found = {}
    for item in (files("kras_graph.server") / "static").iterdir():
        suffix = item.name[item.name.rfind(".") :]
        if suffix in _STATIC:
            found[item.name] = (item.read_bytes(), f"{_STATIC[suffix]}")
    return found
