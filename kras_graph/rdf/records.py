"""Records of the local dataset from a kept file: an answer needs no engine to start.

The file is written from what the engine's own reader gives, so that both say the same; it
is keyed by the content of the tables. Whatever it does not answer goes to the engine.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, get_origin

import orjson

from kras_graph.model.mechanism import (
    Assumption,
    Basis,
    Block,
    Clause,
    Feedback,
    Mechanism,
    Pair,
    Reading,
    Tumour,
)
from kras_graph.model.records import Anchor, Entity, Publication, Result, Statement
from kras_graph.model.terms import Certainty, MechanismGroup, Polarity, Setting, Sign, Statistic
from kras_graph.rdf import names
from kras_graph.rdf.engine import EmbeddedEngine
from kras_graph.rdf.reader import Reader
from kras_graph.rdf.snapshot import content_key, keep, read_kept

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

Row = list[Any]
_ENUMS: dict[str, Any] = {
    "polarity": Polarity,
    "certainty": Certainty,
    "setting": Setting,
    "group": MechanismGroup,
    "statistic": Statistic,
    "sign": Sign,
    "basis": Basis,
}
_KINDS: dict[str, Any] = {
    "entities": Entity,
    "publications": Publication,
    "statements": Statement,
    "results": Result,
    "anchors": Anchor,
}
_LAYER: dict[str, Any] = {
    "clauses": Clause,
    "blocks": Block,
    "feedback": Feedback,
    "assumptions": Assumption,
    "readings": Reading,
    "pairs": Pair,
    "tumours": Tumour,
}
_KINDS |= _LAYER
_NAMES: dict[str, tuple[str, ...]] = {kind: cls._fields for kind, cls in _KINDS.items()}


class RecordReader(Reader):
    """A reader whose records come from a kept file.

    Args:
        engine: the dataset, for what the file does not hold.
        content: the file's content, as `written` gives it.
    """

    def __init__(self, engine: EmbeddedEngine, content: bytes) -> None:
        super().__init__(engine)
        self._lines = content.split(b"\n")

    @classmethod
    def open(
        cls, engine: EmbeddedEngine, data: Traversable | None, *, cache: bool = True
    ) -> RecordReader:
        """The records of a `data/` folder, kept or made anew."""
        name = f"{content_key(data)}.json"
        content = read_kept(name) if cache else None
        if content is None or content.count(b"\n") != len(_KINDS) - 1:
            content = written(Reader(engine), data)
            if cache:
                keep(name, content)
        return cls(engine, content)

    def _rows(self, kind: str) -> list[Row]:
        rows: list[Row] = orjson.loads(self._lines[list(_KINDS).index(kind)])
        return rows

    @cached_property
    def entities(self) -> dict[str, Entity]:
        """Every entity, by id."""
        return {row[0]: _record("entities", row) for row in self._rows("entities")}

    @cached_property
    def publications(self) -> dict[str, Publication]:
        """Every source paper, by id."""
        return {row[0]: _record("publications", row) for row in self._rows("publications")}

    @cached_property
    def mechanism(self) -> Mechanism:
        """The signalling layer of the same folder."""
        parts = {kind: tuple(_record(kind, row) for row in self._rows(kind)) for kind in _LAYER}
        return Mechanism(**parts)

    @cached_property
    def _statements(self) -> dict[str, Row]:
        return {row[0]: row for row in self._rows("statements")}

    @cached_property
    def _results(self) -> dict[str, list[Row]]:
        place = _NAMES["results"].index("statement")
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self._rows("results"):
            found[row[place]].append(row)
        return found

    @cached_property
    def _anchors(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self._rows("anchors"):
            found[row[0]].append(row)
        return found

    def statements(self, pattern: str = "") -> list[Statement]:
        """Statements that fit a SPARQL pattern; all of them when it is empty."""
        if pattern:
            return super().statements(pattern)
        return [_record("statements", row) for row in self._statements.values()]

    def statements_where(
        self,
        subjects: Collection[str] | None = None,
        predicates: Collection[str] | None = None,
        objects: Collection[str] | None = None,
    ) -> list[Statement]:
        """Statements with one of the subjects, predicates and objects."""
        rows: Collection[Row] = self._statements.values()
        for place, ids in enumerate((subjects, predicates, objects), start=1):
            if ids is not None:
                wanted = set(ids)
                rows = [row for row in rows if row[place] in wanted]
        return [_record("statements", row) for row in rows]

    def statements_by_id(self, ids: Iterable[str]) -> list[Statement]:
        """The statements with these ids, in the order of their ids."""
        wanted = set(ids)
        return [
            _record("statements", row) for ident, row in self._statements.items() if ident in wanted
        ]

    def statements_about(self, entities: Iterable[str]) -> list[Statement]:
        """Statements whose subject or object is one of the entities."""
        wanted = set(entities)
        return [
            _record("statements", row)
            for row in self._statements.values()
            if row[1] in wanted or row[3] in wanted
        ]

    def results(self, statements: Sequence[Statement]) -> dict[str, list[Result]]:
        """Results of the statements, by statement id."""
        found: dict[str, list[Result]] = defaultdict(list)
        for statement in statements:
            if statement.id in self._results:
                own = self._results[statement.id]
                found[statement.id] = [_record("results", row) for row in own]
        return found

    def evidence(self, ids: Iterable[str], base: str = names.STATEMENT) -> dict[str, list[Anchor]]:
        """Anchors of statements or results, by record id."""
        del base  # statements and results never share an id
        found: dict[str, list[Anchor]] = defaultdict(list)
        for ident in sorted(set(ids)):
            if ident in self._anchors:
                found[ident] = [_record("anchors", row) for row in self._anchors[ident]]
        return found


def written(reader: Reader, data: Traversable | None = None) -> bytes:
    """All records of a dataset and of the layer in its folder, a line of JSON a kind."""
    from kras_graph.curation.mechanism import load_mechanism

    layer = load_mechanism(data)
    statements = reader.statements()
    results = [r for own in reader.results(statements).values() for r in own]
    anchors = {
        **reader.evidence([statement.id for statement in statements]),
        **reader.evidence([result.id for result in results], names.RESULT),
    }
    everything: dict[str, Iterable[Any]] = {
        "entities": reader.entities.values(),
        "publications": reader.publications.values(),
        "statements": statements,
        "results": results,
        "anchors": [anchor for own in anchors.values() for anchor in own],
        **{kind: getattr(layer, kind) for kind in _LAYER},
    }
    lines = [
        orjson.dumps([list(item) for item in everything[kind]], default=dict) for kind in _KINDS
    ]
    return b"\n".join(lines)


def _record(kind: str, row: Row) -> Any:
    """A record of its cells."""
    make, listed, told = _conversions(kind)
    cells = row.copy()
    for place in listed:
        cells[place] = tuple(cells[place])
    for place, members in told:
        if cells[place]:
            cells[place] = members[cells[place]]
    return make(cells)


@cache
def _conversions(kind: str) -> tuple[Any, list[int], list[tuple[int, dict[str, Any]]]]:
    """How a row becomes a record: its maker, which cells are tuples, which are terms."""
    record = _KINDS[kind]
    types = list(record.__annotations__.values())
    listed = [place for place, kind_ in enumerate(types) if get_origin(kind_) is tuple]
    told = [
        (place, {member.value: member for member in _ENUMS[name]})
        for place, name in enumerate(_NAMES[kind])
        if name in _ENUMS
    ]
    return record._make, listed, told
