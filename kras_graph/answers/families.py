"""Families of questions: what a person may want to know of the graph."""

from __future__ import annotations

from dataclasses import dataclass

from kras_graph.model.terms import THERAPY_CLASSES

THERAPY = frozenset(THERAPY_CLASSES)


@dataclass(frozen=True)
class Family:
    """A kind of question.

    Attributes:
        id: name of the family.
        title: what its questions ask.
    """

    id: str
    title: str


FAMILIES: tuple[Family, ...] = (
    Family("bypass", "what lets tumours escape a therapy"),
    Family("resistance", "what causes resistance"),
    Family("sensitivity", "what changes the response to a therapy"),
    Family("combinations", "what is given together, and what that does"),
    Family("trials", "trials, their populations, designs and stages"),
    Family("approval", "approvals"),
    Family("outcomes", "measured outcomes"),
    Family("safety", "harms and tolerability"),
    Family("comutations", "what occurs together"),
    Family("frequency", "how often an alteration is found"),
    Family("targets", "what a medicine acts on, and how"),
    Family("classes", "members of classes of medicines"),
    Family("properties", "properties of medicines"),
    Family("pathways", "who acts on whom in signalling"),
    Family("microenvironment", "effects on the immune system and the microenvironment"),
    Family("path", "ways through the graph"),
    Family("comparison", "things set side by side"),
    Family("doubts", "what is denied, open or only hypothesised"),
    Family("counts", "how many there are"),
    Family("evidence", "what supports a claim"),
    Family("about", "what is known of a thing"),
)
_BY_ID = {item.id: item for item in FAMILIES}


def family(ident: str) -> Family:
    """The family of this id.

    Raises:
        KeyError: when there is none.
    """
    return _BY_ID[ident]
