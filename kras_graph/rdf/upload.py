"""The dataset → a SPARQL service, in batches of bounded size that can be taken up again."""

from __future__ import annotations

import hashlib
import json
import urllib.parse
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph
from pyoxigraph import BlankNode, NamedNode, RdfFormat, Triple

from kras_graph.curation.load import load_tables
from kras_graph.curation.vocabulary import ontology_text
from kras_graph.model.errors import QueryError
from kras_graph.rdf.dataset import triples
from kras_graph.rdf.service import Service
from kras_graph.rdf.snapshot import cache_folder

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

METHODS = ("update", "graph-store")
BATCH = 1000
MOST_BYTES = 512 * 1024
_N_TRIPLES = "application/n-triples"
Progress = Callable[[int, int], None]


def dataset_lines(data: Traversable | None = None) -> list[str]:
    """The tables' triples and the ontology's, a line of N-Triples each, each once.

    Raises:
        TableError: when the tables hold defects.
        QueryError: when a triple has a blank node, which no two batches can share.
    """
    ontology = pyoxigraph.parse(ontology_text(), format=RdfFormat.TURTLE)
    everything = [*triples(load_tables(data)), *(quad.triple for quad in ontology)]
    return [_line(triple) for triple in dict.fromkeys(everything)]


def _line(triple: Triple) -> str:
    if isinstance(triple.subject, BlankNode) or isinstance(triple.object, BlankNode):
        raise QueryError(f"A triple with a blank node cannot be sent in batches: {triple}")
    return f"{triple.subject} {triple.predicate} {triple.object} ."


def batches(lines: Iterable[str], size: int = BATCH, most: int = MOST_BYTES) -> Iterator[list[str]]:
    """Lines in their order, at most `size` of them and `most` bytes at a time."""
    held: list[str] = []
    weight = 0
    for line in lines:
        length = len(line.encode())
        if held and (len(held) >= size or weight + length > most):
            yield held
            held, weight = [], 0
        held.append(line)
        weight += length
    if held:
        yield held


class Upload:
    """The way of a dataset into a service.

    Args:
        url: address for SPARQL Update, or of the graph store.
        graph: IRI of the graph; the service's default graph when empty.
        method: `update` (INSERT DATA) or `graph-store` (Graph Store Protocol).
        size: most triples of a batch.
        replace: whether to empty the graph first.

    Raises:
        QueryError: when the address or the IRI cannot be used.
    """

    def __init__(
        self,
        url: str,
        *,
        graph: str = "",
        method: str = "update",
        size: int = BATCH,
        replace: bool = False,
    ) -> None:
        try:
            self.graph = NamedNode(graph) if graph else None
        except ValueError:
            raise QueryError(f"{graph!r} is not an IRI.") from None
        self.service = Service(url)
        self.method = method
        self.size = size
        self.replace = replace

    def run(self, lines: list[str], *, resume: bool = False, told: Progress | None = None) -> int:
        """Send the lines; the number of lines that earlier runs had sent already.

        What the service has confirmed is noted in the cache folder after each batch, and
        the note is dropped at the end. Triples that are sent twice stand once all the same.

        Args:
            lines: of N-Triples.
            resume: whether to start behind what a broken run has sent.
            told: called with the number of lines sent and of all.

        Raises:
            QueryError: when the service refuses a batch; the note of the others stays.
        """
        note = self._note(lines)
        skipped = min(_noted(note), len(lines)) if resume else 0
        done = skipped
        if self.replace and not done:
            self._clear()
        for batch in batches(lines[done:], self.size):
            self._insert(batch)
            done += len(batch)
            _write(note, done)
            if told:
                told(done, len(lines))
        note.unlink(missing_ok=True)
        return skipped

    def _note(self, lines: list[str]) -> Path:
        """Where progress is kept, by address, graph, method and content."""
        key = hashlib.sha256("\n".join(lines).encode())
        for part in (self.service.url, self.graph.value if self.graph else "", self.method):
            key.update(f"\0{part}".encode())
        return cache_folder() / f"push-{key.hexdigest()[:24]}.json"

    def _insert(self, batch: list[str]) -> None:
        text = "\n".join(batch)
        if self.method == "graph-store":
            self.service.send("POST", (text + "\n").encode(), _N_TRIPLES, query=self._place())
        else:
            held = f"GRAPH {self.graph} {{\n{text}\n}}" if self.graph else text
            self._update(f"INSERT DATA {{\n{held}\n}}")

    def _clear(self) -> None:
        if self.method == "graph-store":
            self.service.send("PUT", b"", _N_TRIPLES, query=self._place())
        else:
            self._update(f"CLEAR SILENT {f'GRAPH {self.graph}' if self.graph else 'DEFAULT'}")

    def _update(self, text: str) -> None:
        try:
            self.service.post([("update", text)], "*/*")
        except QueryError as error:
            if not self.graph and ("graph" in str(error).lower()):
                raise QueryError(f"{error} Some services need a graph: use --graph IRI.") from None
            raise

    def _place(self) -> str:
        """The graph as the Graph Store Protocol names it."""
        return urllib.parse.urlencode({"graph": self.graph.value}) if self.graph else "default"


def _noted(note: Path) -> int:
    """Number of lines that the service had confirmed; none when nothing is known."""
    try:
        found = json.loads(note.read_text(encoding="utf-8"))
        return max(0, int(found["sent"]))
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def _write(note: Path, sent: int) -> None:
    """Keep how far the run has come; without a cache folder it cannot be taken up again."""
    try:
        note.parent.mkdir(parents=True, exist_ok=True)
        temporary = note.with_suffix(".part")
        temporary.write_text(json.dumps({"sent": sent}), encoding="utf-8")
        temporary.replace(note)
    except OSError:
        return
