"""A question that was understood → its answer in the wanted format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kras_graph.answers.reading import Reading
from kras_graph.answers.replies import reply
from kras_graph.present.dispatch import COMPUTED, REPLIES, TELLING
from kras_graph.present.replying import Head, lead, reply_text

if TYPE_CHECKING:
    from kras_graph.api import KnowledgeGraph


def answer(kg: KnowledgeGraph, reading: Reading, form: str, *, width: int, color: bool) -> str:
    """Answer to a question that was understood.

    Args:
        kg: the graph.
        reading: how the question was understood.
        form: one of the output formats.
        width: characters a line.
        color: whether colours are wanted.
    """
    head: Head = {
        "question": reading.question,
        "interpretation": reading.text,
        "family": reading.family.id,
        "form": reading.form.id,
        "entities": _named(kg, reading),
        "command": reading.command or None,
        "sparql": None,
    }
    if reading.form.call in COMPUTED:
        untold = form == "table" and reading.form.call not in TELLING
        told = lead(reading, reading.command) if untold else ""
        return told + COMPUTED[reading.form.call](kg, reading, form, width, color, head)
    if reading.form.call in REPLIES:
        found = REPLIES[reading.form.call](kg.reader, reading)
    else:
        found = reply(kg.reader, reading)
    told = reply_text(kg.reader, reading, found, form, width=width, color=color, head=head)
    if form == "table" and not (found.fits and found.findings):
        from kras_graph.present.searched import after_answer

        shown = {finding.statement.id for finding in found.findings}
        told += after_answer(kg.reader, reading.question, kg.find(reading.question), shown, width)
    return told


def _named(kg: KnowledgeGraph, reading: Reading) -> list[str]:
    """Ids of all that was named, regimens with their medicines."""
    found: dict[str, None] = {}
    for item in reading.named:
        pieces = item.attributes.get("components", "").split("|")
        found |= dict.fromkeys([item.id, *(p for p in pieces if p in kg.names)])
    return list(found)
