"""What is kept between runs, in files named by the content they were made from.

A file's first line is the checksum of the rest; one that is stale, damaged or cut is made anew.
Checksums are CRC-32: they guard against accidents, and cost no import of a cryptographic library
at every start.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

from kras_graph import __version__
from kras_graph.curation.resources import folder, tree

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


def content_key(data: Traversable | None = None) -> str:
    """Checksums of all that the dataset is made from: program version, ontology, tables."""
    ontology = (folder("ontology") / "kras-graph.ttl").read_bytes()
    tables = tree(data if data is not None else folder("data"), ".tsv")
    whole, names = crc32(ontology), __version__
    for path, item in tables:
        content = item.read_bytes()
        whole = crc32(content, whole)
        names += f"\0{path}\0{len(content)}"
    return f"{whole:08x}{crc32(names.encode()):08x}"


def cache_folder() -> Path:
    """Folder of kept files: `KRAS_GRAPH_CACHE`, else in the user's cache."""
    chosen = os.environ.get("KRAS_GRAPH_CACHE")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "kras-graph"


def read_kept(name: str) -> bytes | None:
    """Payload of a kept file whose own hash holds; else None."""
    path = cache_folder() / name
    try:
        head, _, payload = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    if head != _head(payload):
        _note("%s is damaged and will be made anew", path.name)
        return None
    return payload


def keep(name: str, payload: bytes) -> None:
    """Keep a file and drop others of its kind; a cache that cannot be written is no error."""
    path = cache_folder() / name
    import tempfile

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".snapshot-")
        with os.fdopen(handle, "wb") as stream:
            stream.write(_head(payload) + b"\n" + payload)
        Path(temporary).replace(path)
        for stale in path.parent.glob(f"*{path.suffix}"):
            if stale != path and not stale.name.startswith("push-"):
                stale.unlink(missing_ok=True)
    except OSError as error:
        _note("nothing kept: %s", error)


def _head(payload: bytes) -> bytes:
    return b"# %08x %d" % (crc32(payload), len(payload))


def _note(message: str, value: object) -> None:
    import logging

    logging.getLogger(__name__).info(message, value)
