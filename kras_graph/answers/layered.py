"""Chains of the computed signalling layer, pointed to where no stated path joins two things."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from kras_graph.answers.routes import OUTPUT_NODES, Reasoner
from kras_graph.model.mechanism import Clause


def joined_in_layer(reasoner: Reasoner, starts: Iterable[str], ends: Iterable[str]) -> str:
    """A remark on the shortest chain of clauses between two things; empty when none joins them.

    Only a pointer: it says of what each step is made, and which commands compute the routes in
    the context of a drug. Clauses that only rest on suggestions, have no sign, or rest on a
    statement that does not stand in this dataset are not followed. A step with several needs is
    marked, since the others must be active too.

    Args:
        reasoner: the mechanism layer over the dataset.
        starts: entities that the chain may begin with.
        ends: entities that it may end with; names of outputs stand for their nodes.
    """
    first = list(dict.fromkeys(starts))
    last = {OUTPUT_NODES.get(name, name) for name in ends}
    outgoing: dict[str, list[Clause]] = {}
    for clause in reasoner.mechanism.clauses:
        for need in (*clause.needs, *clause.present) if _holds(reasoner, clause) else ():
            outgoing.setdefault(need, []).append(clause)
    came: dict[str, Clause | None] = dict.fromkeys(first)
    before: dict[str, str] = {}
    front = deque(first)
    while front:
        name = front.popleft()
        if name in last and name not in first:
            return _told(reasoner, name, came, before, first)
        for clause in outgoing.get(name, ()):
            if clause.target not in came:
                came[clause.target], before[clause.target] = clause, name
                front.append(clause.target)
    return ""


def _holds(reasoner: Reasoner, clause: Clause) -> bool:
    if clause.basis == "suggested" or clause.sign != "+":
        return False
    return clause.basis != "stated" or not set(clause.statements) <= reasoner.fallen


def _told(
    reasoner: Reasoner,
    name: str,
    came: dict[str, Clause | None],
    before: dict[str, str],
    first: list[str],
) -> str:
    entities = reasoner.reader.entities
    steps, node = [], name
    while (clause := came[node]) is not None:
        ground = (
            f"assumed {' '.join(clause.assumptions)}"
            if clause.basis == "assumption"
            else " ".join(clause.statements[:2]) or str(clause.basis)
        )
        more = [need for need in clause.needs if need != before[node]]
        if more:
            ground += f", with {' and '.join(entities[need].label for need in more)}"
        steps.append(f"{entities[node].label} [{ground}]")
        node = before[node]
    shown = " > ".join([entities[node].label, *reversed(steps)])
    lesion = entities[first[0]].cls in ("Alteration", "ProteinVariant")
    option = f' --with "{entities[first[0]].label}"' if lesion else ""
    return (
        f"Computed, not stated: the signalling layer joins the two by {shown}. "
        f"Its routes under a medicine: kras-graph bypass DRUG{option}."
    )
