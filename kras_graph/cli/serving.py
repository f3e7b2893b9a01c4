"""The verb that serves the graph: serve."""

from __future__ import annotations

import click

from kras_graph.api import KnowledgeGraph
from kras_graph.model.errors import MissingExtraError

_MIB = 1024 * 1024


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port to listen on; 0 for any.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 3600),
    default=10.0,
    show_default=True,
    help="Seconds that a query may take.",
)
@click.option(
    "--memory",
    type=click.IntRange(min=256),
    default=1024,
    show_default=True,
    help="MiB that a query's process may use.",
)
@click.option(
    "--max-rows",
    type=click.IntRange(min=1),
    default=100_000,
    show_default=True,
    help="Rows that an answer may have.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=8,
    show_default=True,
    help="Queries that may run at the same time.",
)
@click.option(
    "--allow-host",
    "hosts",
    multiple=True,
    metavar="NAME",
    help="A name, beside localhost and plain addresses, by which the server may be called.",
)
@click.option(
    "--cors",
    "origins",
    multiple=True,
    metavar="ORIGIN",
    help="Another site whose pages may read answers; * for all.",
)
def serve(
    host: str,
    port: int,
    timeout: float,
    memory: int,
    max_rows: int,
    workers: int,
    hosts: tuple[str, ...],
    origins: tuple[str, ...],
) -> None:
    """Serve a SPARQL endpoint, a query page, and a page for each entity.

    The server only reads, opens no connection of its own, and listens on this machine only
    unless told otherwise. Stop it with Ctrl-C.

    Example: kras-graph serve --port 8000
    """
    try:
        from kras_graph.server.run import listen
        from kras_graph.server.run import serve as answer
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("starlette", "uvicorn", "h11", "anyio"):
            raise
        raise MissingExtraError((error.name or "").partition(".")[0], "server") from None
    from kras_graph.server.settings import Settings

    settings = Settings(
        timeout=timeout,
        memory=memory * _MIB,
        max_rows=max_rows,
        workers=workers,
        hosts=frozenset(name.lower() for name in hosts),
        origins=frozenset(origins),
    )
    with listen(host, port) as sock:
        shown = f"[{host}]" if ":" in host else host
        address = f"http://{shown}:{sock.getsockname()[1]}"
        click.echo(f"Serving {address} (query page: {address}/query). Ctrl-C stops it.", err=True)
        answer(KnowledgeGraph.load(), settings, sock)
