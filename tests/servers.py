"""Real SPARQL servers on loopback, and a scripted one for what real ones seldom do."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

VIRTUOSO_INI = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
FileExtend = 200
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
ServerThreads = 10
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
DirsAllowed = .
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = .
ServerThreads = 5
[SPARQL]
ResultSetMaxRows = 10000
MaxQueryExecutionTime = 60
"""


@dataclass(frozen=True)
class Server:
    """Addresses of a running server, and what `push` needs besides."""

    query: str
    update: str
    store: str
    graph: str = ""
    user: str = ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except OSError as error:
            if getattr(error, "code", None) is not None:
                error.close()  # type: ignore[attr-defined]
                return
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"no server at {url}")


@contextmanager
def running(command: list[str], folder: Path, url: str) -> Iterator[None]:
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(url, process)
        yield
    finally:
        process.kill()
        process.wait(30)


@contextmanager
def oxigraph(folder: Path) -> Iterator[Server]:
    binary = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which(
        "oxigraph"
    )
    if binary is None:
        pytest.skip("SERVER ABSENT: no `oxigraph` (pip install oxigraph)")
    address = f"127.0.0.1:{free_port()}"
    base = f"http://{address}"
    with running([binary, "serve", "--bind", address], folder, f"{base}/query"):
        yield Server(f"{base}/query", f"{base}/update", f"{base}/store")


@contextmanager
def virtuoso(folder: Path) -> Iterator[Server]:
    binary, isql = shutil.which("virtuoso-t"), shutil.which("isql-vt")
    if binary is None or isql is None:
        pytest.skip("SERVER ABSENT: no `virtuoso-t` (apt-get install virtuoso-opensource)")
    sql, http = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(VIRTUOSO_INI.format(sql=sql, http=http))
    base = f"http://127.0.0.1:{http}"
    command = [binary, "+configfile", "virtuoso.ini", "+foreground", "+wait"]
    with running(command, folder, f"{base}/sparql"):
        grant = 'exec=grant SPARQL_UPDATE to "SPARQL";'
        subprocess.run(
            [isql, f"127.0.0.1:{sql}", "dba", "dba", grant],
            check=True, capture_output=True, timeout=60,
        )  # fmt: skip
        yield Server(
            f"{base}/sparql?default-graph-uri=https%3A%2F%2Fw3id.org%2Fkras-graph%2F",
            f"{base}/sparql",
            f"{base}/sparql-graph-crud-auth",
            "https://w3id.org/kras-graph/",
            "dba",
        )


@dataclass
class Script:
    """What a scripted server answers, the last answer again and again, and what it was sent."""

    answers: list[tuple[int, dict[str, str], bytes]]
    delay: float = 0
    seen: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""


@contextmanager
def scripted(script: Script) -> Iterator[Script]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {key.lower(): value for key, value in self.headers.items()}
            script.seen.append((self.command, self.path, headers, body))
            time.sleep(script.delay)
            status, more, payload = (
                script.answers.pop(0) if len(script.answers) > 1 else script.answers[0]
            )
            self.send_response(status)
            for key, value in {"Content-Length": str(len(payload)), **more}.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST = do_PUT = answer

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass

    with Quiet(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        script.url = f"http://127.0.0.1:{server.server_address[1]}/sparql"
        try:
            yield script
        finally:
            server.shutdown()
            thread.join(10)
