"""What sources say of how tumour types answer to a therapy, and of mechanisms behind it.

A statement counts when it speaks of the therapy, of a class it belongs to, or of a
combination with either, and each says which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kras_graph.answers.lookup import regimens_with
from kras_graph.answers.measured import levels
from kras_graph.curation.tables import natural
from kras_graph.model.records import Anchor, Entity, Statement
from kras_graph.model.terms import Certainty, Polarity
from kras_graph.rdf.reader import Reader

STANDINGS = ("stated", "suggested", "hypothesised", "denied", "open")

_ON_RESISTANCE = (
    "confers_resistance_to",
    "associated_with_resistance_to",
    "sensitises_to",
    "associated_with_response_to",
    "enhances_effect_of",
)
_OF_REGIMENS = ("active_against", "has_outcome")
_RESPONSES = ("response_rate", "objective_response_rate")


@dataclass(frozen=True)
class Said:
    """What a source says of how a tumour type answers to the therapy.

    Attributes:
        statement: the proposition.
        anchors: its passages.
        relation: `direct` (of the therapy itself), `class` (of a class it belongs to) or
            `regimen` (of a combination with it or its class).
        via: the therapy, class or regimen.
        diseases: tumour types that the statement names.
        fits: ids of the tumour types asked about to which it applies.
    """

    statement: Statement
    anchors: tuple[Anchor, ...]
    relation: str
    via: Entity
    diseases: tuple[Entity, ...]
    fits: tuple[str, ...]

    @property
    def standing(self) -> str:
        """How the source puts it: one of `STANDINGS`."""
        if self.statement.certainty is Certainty.OPEN:
            return "open"
        if self.statement.polarity is Polarity.NEGATED:
            return "denied"
        return str(self.statement.certainty)


def said_of(
    reader: Reader, drug: Entity, classes: Sequence[str], asked: Sequence[str]
) -> tuple[list[Said], int]:
    """What sources say of how the tumour types answer to a therapy, firmest first.

    Args:
        reader: the dataset.
        drug: the therapy.
        classes: ids of the classes it belongs to.
        asked: ids of the tumour types.

    Returns:
        What is said of one or more of the tumour types or of what makes tumours answer at
        large; and the number of reports of resistance that name no tumour type.
    """
    wide = {drug.id: "direct"} | dict.fromkeys(classes, "class")
    for regimen in regimens_with(reader, list(wide)):
        wide.setdefault(regimen.id, "regimen")
    statements = [s for s in reader.statements_about(wide) if not s.deprecated]
    reach = {name: {kind for _, kinds in levels(reader, name) for kind in kinds} for name in asked}
    kept: list[tuple[Statement, str, list[str], tuple[str, ...]]] = []
    unnamed = 0
    for statement in statements:
        end = _end(statement, wide)
        if end is None:
            continue
        diseases = _named(reader, statement)
        fits = tuple(name for name in asked if reach[name] & set(diseases))
        general = statement.predicate == "associated_with_response_to" and wide[end] != "regimen"
        if not diseases and not general:
            unnamed += statement.predicate in _ON_RESISTANCE[:2] and wide[end] != "regimen"
            continue
        if not fits and not (general and not diseases):
            continue
        kept.append((statement, end, diseases, fits))
    evidence = reader.evidence(statement.id for statement, *_ in kept)
    found = [
        Said(
            statement,
            tuple(evidence.get(statement.id, [])),
            wide[end],
            reader.entities[end],
            tuple(reader.entities[name] for name in diseases),
            fits,
        )
        for statement, end, diseases, fits in kept
    ]
    relations = ("direct", "class", "regimen")
    found.sort(
        key=lambda s: (
            STANDINGS.index(s.standing), relations.index(s.relation), natural(s.statement.id),
        )
    )  # fmt: skip
    return found, unnamed


def _end(statement: Statement, wide: dict[str, str]) -> str | None:
    """The therapy a statement speaks of, when it bears on how tumours answer to it."""
    subject, target = statement.subject, statement.object
    if statement.predicate in _ON_RESISTANCE and target in wide:
        return target
    if statement.family == "signalling" and wide.get(subject) in ("direct", "class"):
        return subject
    if wide.get(subject) == "regimen" and statement.predicate in _OF_REGIMENS:
        outcome = statement.predicate == "has_outcome"
        return None if outcome and target not in _RESPONSES else subject
    return None


def _named(reader: Reader, statement: Statement) -> list[str]:
    """Tumour types that a statement names, as its context or as what it speaks of."""
    ends = [
        end
        for end in (statement.subject, statement.object)
        if reader.entities[end].cls == "Disease"
    ]
    return list(dict.fromkeys([*statement.disease, *ends]))
