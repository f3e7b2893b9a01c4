"""What changed between two releases, and which stored questions now answer differently."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from kras_graph.answers.resolve import Names
from kras_graph.curation.changes import Change, How, changes
from kras_graph.curation.releases import SHIPPED, Release, open_release, write_release
from kras_graph.model.errors import (
    AmbiguousNameError,
    KrasGraphError,
    TableError,
    UnknownNameError,
)
from kras_graph.rdf import names
from kras_graph.rdf.engine import Engine, embedded, rows
from kras_graph.rdf.library import StoredQuery, run_stored, stored_queries
from kras_graph.rdf.reader import Reader

Row = tuple[str, ...]


@dataclass(frozen=True)
class QuestionChange:
    """A stored question whose answer differs.

    Attributes:
        query: the question.
        values: its parameters with the example values asked.
        before: number of rows of the old release.
        after: number of rows of the new one.
        added: rows that only the new release gives.
        lost: rows that only the old release gives.
        note: why a release gives no row, for example that it lacks the entity asked about.
    """

    query: StoredQuery
    values: tuple[tuple[str, str], ...]
    before: int
    after: int
    added: tuple[Row, ...]
    lost: tuple[Row, ...]
    note: str = ""


@dataclass(frozen=True)
class Differences:
    """All that differs between two releases.

    Attributes:
        old: the old release as the reader named it.
        new: the new one.
        changes: rows and cells that changed.
        questions: stored questions that answer differently.
        asked: number of questions asked of both; None where none were.
        unasked: why none were asked, or empty.
        labels: label of every entity of either release, the new one's where both have it.
    """

    old: str
    new: str
    changes: tuple[Change, ...]
    questions: tuple[QuestionChange, ...] = ()
    asked: int | None = None
    unasked: str = ""
    labels: dict[str, str] = field(default_factory=dict)

    @property
    def equal(self) -> bool:
        """Whether nothing differs, in the tables or in the answers."""
        return not self.changes and not self.questions

    @property
    def gone(self) -> tuple[Change, ...]:
        """Rows whose id was permanent and is no longer there: an error of practice."""
        return tuple(change for change in self.changes if change.how is How.GONE)


def differences(old: str, new: str, *, ask: bool = True) -> Differences:
    """What changed from one release to another.

    Args:
        old: `shipped`, a `data/` folder, or a zip or tar of one.
        new: the same.
        ask: whether to ask the stored questions of both.

    Raises:
        ResourceError: when a release cannot be found.
        TableError: when a table cannot be read.
    """
    before, after = open_release(old), open_release(new)
    found = tuple(changes(before.texts, after.texts))
    labels = {**_labels(before), **_labels(after)}
    if not ask:
        return Differences(old, new, found, unasked="not wanted", labels=labels)
    if not found and before.texts == after.texts:
        asked = len(stored_queries())
        return Differences(old, new, found, asked=asked, labels=labels)
    with TemporaryDirectory() as scratch:
        try:
            engines = [
                _engine(release, Path(scratch) / side)
                for release, side in ((before, "old"), (after, "new"))
            ]
        except KrasGraphError as error:
            return Differences(old, new, found, unasked=str(error), labels=labels)
    queries = stored_queries()
    questions = [_asked(query, engines[0], engines[1]) for query in queries.values()]
    return Differences(
        old,
        new,
        found,
        tuple(question for question in questions if question is not None),
        len(queries),
        labels=labels,
    )


def _labels(release: Release) -> dict[str, str]:
    """Labels of a release's entities, as its tables have them."""
    found: dict[str, str] = {}
    for path, text in release.texts.items():
        if path.startswith("entities/"):
            header, *lines = [line.split("\t") for line in text.splitlines()]
            if "id" in header and "label" in header:
                at = header.index("id"), header.index("label")
                found |= {line[at[0]]: line[at[1]] for line in lines if len(line) > max(at)}
    return found


def _engine(release: Release, scratch: Path) -> tuple[Engine, Names]:
    """The dataset of a release and the names in it, ready to be asked.

    Raises:
        KrasGraphError: when the tables do not satisfy today's rules; names the release.
    """
    try:
        if release.name == SHIPPED:
            engine = embedded()
        else:
            # the snapshot that is kept is that of the shipped tables
            engine = embedded(write_release(release, scratch), cache=False)
    except TableError as error:
        first = error.defects[0]
        raise KrasGraphError(
            f"{release.name} does not satisfy the rules of this installation "
            f"({len(error.defects)} defects; first: {first})"
        ) from None
    return engine, Names(Reader(engine).entities.values())


def _asked(
    query: StoredQuery, old: tuple[Engine, Names], new: tuple[Engine, Names]
) -> QuestionChange | None:
    """How the answers to one question differ; None when they do not."""
    before, without_old = _rows(query, *old)
    after, without_new = _rows(query, *new)
    if before == after:
        return None
    notes = [f"{side}: {why}" for side, why in (("old", without_old), ("new", without_new)) if why]
    return QuestionChange(
        query,
        tuple((p.name, p.example) for p in query.parameters),
        before.total(),
        after.total(),
        tuple(sorted((after - before).elements())),
        tuple(sorted((before - after).elements())),
        "; ".join(notes),
    )


def _rows(query: StoredQuery, engine: Engine, index: Names) -> tuple[Counter[Row], str]:
    """Rows of a question with its example values, and why there are none."""
    values = {}
    for parameter in query.parameters:
        values[parameter.name] = parameter.example
        if parameter.kind == "entity":
            try:
                match = index.find(parameter.example)
            except (UnknownNameError, AmbiguousNameError):
                return Counter(), f"{parameter.example} is not in it"
            if match.corrected:
                return Counter(), f"{parameter.example} is not in it"
            values[parameter.name] = match.entity.id
    found: Counter[Row] = Counter()
    for row in rows(run_stored(engine, query, values)):
        cells = (row.get(column) for column in query.columns)
        found[tuple(names.local(cell.value) if cell else "" for cell in cells)] += 1
    return found, ""
