"""What is kept between runs, in files named by the content they were made from.

A file's first line is the hash of the rest; one that is stale, damaged or cut is made anew.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from importlib.resources.abc import Traversable
from pathlib import Path

from kras_graph import __version__
from kras_graph.curation.resources import folder, tree

_log = logging.getLogger(__name__)


def content_key(data: Traversable | None = None) -> str:
    """Hash of all that the dataset is made from: program version, ontology, tables."""
    content = hashlib.sha256(f"{__version__}\0".encode())
    content.update((folder("ontology") / "kras-graph.ttl").read_bytes())
    for path, item in tree(data if data is not None else folder("data"), ".tsv"):
        content.update(f"\0{path}\0".encode())
        content.update(item.read_bytes())
    return content.hexdigest()[:24]


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
    if head != b"# " + hashlib.sha256(payload).hexdigest().encode():
        _log.info("%s is damaged and will be made anew", path.name)
        return None
    return payload


def keep(name: str, payload: bytes) -> None:
    """Keep a file and drop others of its kind; a cache that cannot be written is no error."""
    path = cache_folder() / name
    head = b"# " + hashlib.sha256(payload).hexdigest().encode() + b"\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".snapshot-")
        with os.fdopen(handle, "wb") as stream:
            stream.write(head + payload)
        Path(temporary).replace(path)
        for stale in path.parent.glob(f"*{path.suffix}"):
            if stale != path and not stale.name.startswith("push-"):
                stale.unlink(missing_ok=True)
    except OSError as error:
        _log.info("nothing kept: %s", error)
