"""Query operations of the SPARQL 1.1 Protocol (section 2.1) as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from kras_graph.model.errors import QueryError
from kras_graph.rdf.limits import TooLongError, refuse_oversized
from kras_graph.server.negotiate import GRAPHS, RESULTS, named, negotiate
from kras_graph.server.settings import Settings

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
UPDATE = "application/sparql-update"
_MOST_FIELDS = 64


class RefusedError(Exception):
    """A request that gets no answer; `status` and the message go to the guest."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        self.status = status
        self.headers = headers or {}
        super().__init__(message)


@dataclass(frozen=True)
class Operation:
    """A query with the graphs it reads and the forms its answer may take.

    `results` and `graph` are pairs of form and media type, or None where the guest accepts
    none of that kind.
    """

    text: str
    results: tuple[str, str] | None
    graph: tuple[str, str] | None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


@dataclass
class Fields:
    """Parameters of a request, each name with all its values."""

    values: dict[str, list[str]] = field(default_factory=dict)

    def all(self, name: str) -> list[str]:
        """Every value of a name."""
        return self.values.get(name, [])

    def join(self, other: Fields) -> Fields:
        """Both together."""
        names = {**self.values, **other.values}
        return Fields({name: [*self.all(name), *other.all(name)] for name in names})


def fields(text: bytes) -> Fields:
    """Parameters of a URL's query part or of a form.

    Raises:
        RefusedError: when they are too many or not UTF-8.
    """
    try:
        pairs = parse_qsl(
            text.decode("ascii"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except UnicodeDecodeError:
        raise RefusedError(400, "The parameters are not percent-encoded UTF-8.") from None
    except ValueError:
        raise RefusedError(400, f"More than {_MOST_FIELDS} parameters.") from None
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return Fields(found)


def content_type(header: str) -> str:
    """Media type of a request's body, without its parameters.

    Raises:
        RefusedError: for a character set other than UTF-8.
    """
    media, *parameters = (part.strip().lower() for part in header.split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset" and value.strip(" \"'") not in ("utf-8", "utf8", "us-ascii"):
            raise RefusedError(415, "Only UTF-8 is understood.")
    return media


def operation(
    url: Fields,
    accept: str,
    settings: Settings,
    body: tuple[str, bytes] | None = None,
) -> Operation:
    """The query operation that a request asks for.

    Args:
        url: parameters of the URL.
        accept: the `Accept` header.
        settings: limits.
        body: media type and body of a POST; None for a GET.

    Raises:
        RefusedError: when the request is none, or is over a limit.
    """
    texts: list[str]
    if body is None:
        given, texts = url, url.all("query")
    elif body[0] == FORM:
        given = fields(body[1].strip()).join(url)
        texts = given.all("query")
    elif body[0] == DIRECT:
        given = url
        try:
            texts = [body[1].decode("utf-8-sig"), *url.all("query")]
        except UnicodeDecodeError:
            raise RefusedError(400, "The query is not UTF-8 text.") from None
    elif body[0] == UPDATE:
        raise RefusedError(403, "Updates are refused: this endpoint is only read.")
    else:
        raise RefusedError(
            415, f"A POST carries {FORM} or {DIRECT}.", {"Accept-Post": accept_post()}
        )
    if given.all("update"):
        raise RefusedError(403, "Updates are refused: this endpoint is only read.")
    if len(texts) != 1:
        raise RefusedError(400, f"Exactly one query is expected, not {len(texts)}.")
    check_text(texts[0], settings)
    results, graph = _forms(given.all("format"), accept)
    return Operation(
        texts[0],
        results,
        graph,
        tuple(given.all("default-graph-uri")),
        tuple(given.all("named-graph-uri")),
    )


def accept_post() -> str:
    """Media types of a POST, as the header says them."""
    return f"{FORM}, {DIRECT}"


def _forms(
    formats: Sequence[str], accept: str
) -> tuple[tuple[str, str] | None, tuple[str, str] | None]:
    """Forms for a table and for a graph.

    Raises:
        RefusedError: when the guest takes nothing that there is.
    """
    if len(formats) > 1:
        raise RefusedError(400, "At most one format is expected.")
    if formats:
        results, graph = named(formats[0], RESULTS), named(formats[0], GRAPHS)
        if not results and not graph:
            known = ", ".join([*RESULTS, *GRAPHS])
            raise RefusedError(400, f"No such format; there are {known}.")
    else:
        results, graph = negotiate(accept, RESULTS), negotiate(accept, GRAPHS)
        if not results and not graph:
            known = ", ".join(types[0] for types in [*RESULTS.values(), *GRAPHS.values()])
            raise RefusedError(406, f"None of the accepted types is offered; there are {known}.")
    return results, graph


def check_text(text: str, settings: Settings) -> None:
    """Nothing, when a query's size and nesting are within the limits.

    Raises:
        RefusedError: when they are not. The worker would bear such a query, but need not.
    """
    try:
        refuse_oversized(text, settings.max_query, settings.max_depth)
    except QueryError as error:
        raise RefusedError(413 if isinstance(error, TooLongError) else 400, str(error)) from None
