"""Requests to a SPARQL service: one address, one place for limits, errors and passwords."""

from __future__ import annotations

import http.client
import ipaddress
import os
import re
import stat
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import IO, Any

from kras_graph import __version__
from kras_graph.model.errors import QueryError

LIMIT = 256 * 2**20
TIMEOUT = 60.0
FORM = "application/x-www-form-urlencoded"
_SHOWN = 300


@dataclass(frozen=True)
class Reply:
    """What a service answered; names of headers are in small letters."""

    kind: str
    headers: Mapping[str, str]
    body: bytes


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Refuses redirects: neither a query nor a password goes where the user did not send it."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Message[str, str],
        newurl: str,
    ) -> None:
        """Nothing is followed; the new address is told without what stands behind `?`."""
        fp.close()
        split = urllib.parse.urlsplit(newurl)
        place = f"{split.scheme}://{split.hostname}{split.path}"
        raise QueryError(f"The service points elsewhere ({code}); if you trust it, give {place}")


class _Digest(urllib.request.HTTPDigestAuthHandler):
    """Answers a Digest challenge, in which the password itself is not sent."""

    def http_error_401(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
    ) -> Any:
        """The answer to the request with a proof of the password; None for other challenges."""
        if not _asks_for("digest", headers):
            return None
        fp.close()
        return super().http_error_401(req, fp, code, msg, headers)


class _Basic(urllib.request.HTTPBasicAuthHandler):
    """Sends a readable password over an encrypted connection or to this machine only."""

    def http_error_401(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
    ) -> Any:
        """The answer to the request with a password; None for other challenges.

        Raises:
            QueryError: when others could read the password.
        """
        if not _asks_for("basic", headers):
            return None
        fp.close()
        host = urllib.parse.urlsplit(req.full_url).hostname or ""
        if req.type != "https" and not _is_loopback(host):
            raise QueryError(
                "The service asks for a password over an unencrypted connection; use https."
            )
        return super().http_error_401(req, fp, code, msg, headers)


def _asks_for(scheme: str, headers: http.client.HTTPMessage) -> bool:
    """Whether the only kinds of password asked for are known, and this is one of them."""
    asked = [text.split(" ", 1)[0].lower() for text in headers.get_all("www-authenticate") or ()]
    return scheme in asked and set(asked) <= {"basic", "digest"}


class Service:
    """A SPARQL service at an address.

    Args:
        url: http or https. `default-graph-uri` and `named-graph-uri` in it go along with
            each query as the SPARQL protocol says. It may not hold a password.
        timeout: seconds without any sign from the service before giving up.
        limit: most bytes of an answer.

    Raises:
        QueryError: for an address that is not of this form.
    """

    def __init__(self, url: str, *, timeout: float = TIMEOUT, limit: int = LIMIT) -> None:
        try:
            split = urllib.parse.urlsplit(url)
            port = split.port
        except ValueError:
            raise QueryError("The address of the service cannot be read.") from None
        if "@" in split.netloc:
            raise QueryError(
                "The address of the service holds a user name; set KRAS_GRAPH_USER and "
                "KRAS_GRAPH_PASSWORD, or KRAS_GRAPH_CREDENTIALS to a file, instead."
            )
        if split.scheme not in ("http", "https") or not split.hostname or re.search(r"\s", url):
            raise QueryError("The address of the service must start with http:// or https://.")
        asked = urllib.parse.parse_qsl(split.query, keep_blank_values=True)
        graphs = ("default-graph-uri", "named-graph-uri")
        self.graphs = [pair for pair in asked if pair[0] in graphs]
        rest = urllib.parse.urlencode([pair for pair in asked if pair[0] not in graphs])
        self.url = urllib.parse.urlunsplit((split.scheme, split.netloc, split.path, rest, ""))
        self.name = split.hostname + (f":{port}" if port else "")
        self.timeout = timeout
        self.limit = limit
        handlers: list[urllib.request.BaseHandler] = [_NoRedirect()]
        if _is_loopback(split.hostname):
            handlers.append(urllib.request.ProxyHandler({}))
        if known := credentials():
            store = urllib.request.HTTPPasswordMgrWithDefaultRealm()
            origin = urllib.parse.urlunsplit((split.scheme, split.netloc, "/", "", ""))
            store.add_password(None, origin, *known)
            handlers += [_Digest(store), _Basic(store)]
        self._opener = urllib.request.build_opener(*handlers)

    def post(self, fields: list[tuple[str, str]], accept: str) -> Reply:
        """Answer to a form."""
        return self.send("POST", urllib.parse.urlencode(fields).encode(), FORM, accept)

    def send(
        self, method: str, body: bytes, kind: str, accept: str = "*/*", *, query: str = ""
    ) -> Reply:
        """Answer to a request.

        Args:
            method: of HTTP.
            body: what is sent.
            kind: its media type.
            accept: media types wanted.
            query: put behind the address.

        Raises:
            QueryError: when the service refuses, fails, answers too much, or is not there.
        """
        joined = ("&" if "?" in self.url else "?") + query if query else ""
        request = urllib.request.Request(  # noqa: S310  # the scheme was checked
            self.url + joined,
            data=body,
            method=method,
            headers={
                "Content-Type": kind,
                "Accept": accept,
                "User-Agent": f"kras-graph/{__version__}",
            },
        )
        try:
            with self._opener.open(request, timeout=self.timeout) as response:
                payload = response.read(self.limit + 1)
                missing = getattr(response, "length", 0) and len(payload) <= self.limit
                headers = {key.lower(): value for key, value in response.headers.items()}
        except urllib.error.HTTPError as error:
            message = self._refusal(error)
            error.close()
            raise QueryError(message) from None
        except TimeoutError:
            raise QueryError(
                f"The service {self.name} did not answer within {self.timeout:g} seconds."
            ) from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = getattr(error, "reason", None) or error
            if isinstance(reason, TimeoutError):
                reason = f"no answer within {self.timeout:g} seconds"
            raise QueryError(f"The service {self.name} cannot be used: {reason}.") from None
        if missing:
            raise QueryError(f"The service {self.name} broke off in the middle of its answer.")
        if len(payload) > self.limit:
            raise QueryError(
                f"The answer of {self.name} is larger than {self.limit // 2**20} MiB; "
                "ask for less, for example with LIMIT."
            )
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        return Reply(kind, headers, payload)

    def _refusal(self, error: urllib.error.HTTPError) -> str:
        """What a status tells, with the first lines of the service's own words."""
        if error.code in (401, 403):
            return (
                f"The service {self.name} asks for a user name and password that allow this "
                f"({error.code}): set KRAS_GRAPH_USER and KRAS_GRAPH_PASSWORD, or "
                "KRAS_GRAPH_CREDENTIALS to a file."
            )
        try:
            words = error.read(4096).decode(errors="replace")
        except (OSError, http.client.HTTPException):
            words = ""
        if "html" in (error.headers.get("content-type") or ""):
            words = ""
        words = words.partition("SPARQL query:")[0]  # Virtuoso repeats the whole query
        words = " ".join("".join(c if c.isprintable() else " " for c in words).split())
        return f"The service {self.name} answered {error.code}. {words[:_SHOWN]}".rstrip()


def credentials() -> tuple[str, str] | None:
    """User name and password from the environment, else from the file it names.

    Raises:
        QueryError: when only one of them is there, or the file is not private or not of
            the form `user:password`.
    """
    user = os.environ.get("KRAS_GRAPH_USER")
    password = os.environ.get("KRAS_GRAPH_PASSWORD")
    if user and password:
        return user, password
    if user or password:
        raise QueryError("Set both KRAS_GRAPH_USER and KRAS_GRAPH_PASSWORD, or neither.")
    chosen = os.environ.get("KRAS_GRAPH_CREDENTIALS")
    if not chosen:
        return None
    try:
        with Path(chosen).open(encoding="utf-8") as stream:
            state = os.fstat(stream.fileno())
            if os.name == "posix" and stat.S_IMODE(state.st_mode) & 0o077:
                raise QueryError(f"{chosen} can be read by others; run: chmod 600 {chosen}")
            line = stream.readline().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise QueryError(f"{chosen} cannot be read: {reason}.") from None
    user, colon, password = line.partition(":")
    if not (user and colon and password):
        raise QueryError(f"{chosen} must hold one line of the form user:password.")
    return user, password


def _is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
