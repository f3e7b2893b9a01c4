"""Computed routes and closing sets as text: proofs in a line, verdicts, limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kras_graph.answers.routes import (
    MOST_ROUTES,
    Question,
    RoutesAnswer,
    Spoken,
    spoken_of,
)
from kras_graph.model.mechanism import PRESENT, Assumption, Basis
from kras_graph.model.terms import Sign
from kras_graph.network.derivation import Route, RouteClass, Tree
from kras_graph.present.tabular import Table, render
from kras_graph.rdf.reader import Reader

ROUTES_TITLE = "COMPUTED FROM THE GRAPH, NOT OBSERVED: SIGNALLING LEFT OPEN"
CLASS_LABELS = {
    RouteClass.ON_TARGET: "on target",
    RouteClass.ADAPTIVE: "adaptive",
    RouteClass.ACQUIRED: "acquired",
    RouteClass.DOWNSTREAM: "downstream",
    RouteClass.PARALLEL: "parallel output",
}


def steps_text(reader: Reader, route: Route) -> str:
    """A route's proof in one line, each step with what it rests on."""
    return _joined(reader, route.tree)


def _joined(reader: Reader, tree: Tree) -> str:
    """A proof as a chain: what is active, then what it makes active."""
    if tree.rule is None:
        return _label(reader, tree)
    active = [p for p in tree.premises if not p.node.endswith(PRESENT)]
    before = " + ".join(_joined(reader, premise) for premise in active)
    here = f"{_label(reader, tree)} [{support(tree)}]"
    return f"{before} > {here}" if before else here


def _label(reader: Reader, tree: Tree) -> str:
    label = reader.label(tree.node.removesuffix(PRESENT))
    there = [
        reader.label(premise.node.removesuffix(PRESENT))
        for premise in tree.premises
        if premise.node.endswith(PRESENT)
    ]
    if there:
        label += f" (through {', '.join(there)})"
    if tree.voids:
        label += f" (block voided by {', '.join(reader.label(name) for name in tree.voids)})"
    return label


def support(tree: Tree) -> str:
    """What a step rests on, shortly."""
    rule = tree.rule
    if rule is None:
        return "given"
    if rule.basis is Basis.ASSUMPTION:
        told = f"assumed {' '.join(rule.assumptions)}"
    elif rule.basis is Basis.DEFINITION:
        told = "definition"
    else:
        told = " ".join(rule.statements[:2])
        if len(rule.statements) > 2:
            told += f" +{len(rule.statements) - 2}"
        if rule.basis is Basis.SUGGESTED:
            told += ", only suggested"
    return told + (", sign not given" if rule.sign is Sign.UNKNOWN else "")


def context_text(reader: Reader, question: Question, drivers: Sequence[str]) -> str:
    """The context of a computation in words."""
    alleles = ", ".join(reader.label(name) for name in drivers)
    tumour = question.disease.label if question.disease else "tumour type not given"
    parts = [f"a tumour with {alleles}" if alleles else "a tumour without a known driver", tumour]
    if question.alterations:
        parts.append("with " + ", ".join(item.label for item in question.alterations))
    if question.documents_only:
        parts.append("no assumptions")
    if question.suggested:
        parts.append("with what is only suggested")
    return "; ".join(parts)


def routes_text(
    reader: Reader,
    answer: RoutesAnswer,
    told: Mapping[str, Spoken],
    *,
    width: int,
    color: bool,
) -> str:
    """What a drug leaves open, as a block.

    Args:
        reader: labels.
        answer: the computation.
        told: for each mechanism, what sources say of it.
        width: characters a line.
        color: whether colours are wanted.
    """
    if not answer.targets:
        return f"{ROUTES_TITLE}\n" + "".join(f"{limit}\n" for limit in answer.limits)
    lines = [f"Context: {context_text(reader, answer.question, answer.drivers)}."]
    lines.append(_verdict(reader, answer))
    if answer.hypothetical:
        lines.append(
            f"Each of the {len(answer.lesions)} lesions that the signalling layer knows is tried; "
            "a route that starts from one is open only in a tumour that has it."
        )
    lines += unused_text(item.label for item in answer.unused)
    body = render(
        Table(("Class", "To", "From", "Steps", "Reported"), _rows(reader, answer, told)),
        "table", width=width, color=color,
    )  # fmt: skip
    tail = []
    if answer.total > len(answer.routes):
        tail.append(f"{answer.total} routes; the {MOST_ROUTES} best are shown.")
    if not answer.complete:
        tail.append("The search stopped at its limit; there are more routes.")
    notes = {f.id: f for route in answer.routes for f in route.feedback}
    for item in notes.values():
        behind = " ".join([*item.statements, *item.assumptions])
        tail.append(
            f"Feedback: less {reader.label(item.driver)} releases "
            f"{reader.label(item.restrains)} ({behind}); noted, creates no route."
        )
    joined = {name for names in answer.about.values() for name in names} | answer.leads_to
    lone = [reader.label(name) for name in told if name not in joined]
    if lone:
        tail.append(f"Spoken of by sources, on no computed route: {', '.join(lone)}.")
    tail += [*assumptions_text(answer.assumptions), *answer.limits]
    head = "\n".join(lines)
    return f"{ROUTES_TITLE}\n{head}\n\n{body}\n" + "\n".join(tail) + "\n"


def _verdict(reader: Reader, answer: RoutesAnswer) -> str:
    parts = []
    for state in answer.states:
        verdict = "can stay on" if state.open else "closed"
        if not state.open and state.open_if_acquired:
            verdict += " until a further lesion opens it"
        parts.append(f"{reader.label(state.output)} {verdict}")
    return f"Under {answer.question.drug.label}: {'; '.join(parts)}."


def _rows(
    reader: Reader, answer: RoutesAnswer, told: Mapping[str, Spoken]
) -> tuple[tuple[str, ...], ...]:
    """One row for routes that differ in their lesion only."""
    groups: dict[tuple[object, ...], list[Route]] = {}
    for route in answer.routes:
        key = (route.cls, route.output, frozenset(route.nodes - set(route.alterations)))
        groups.setdefault(key, []).append(route)
    rows = []
    tails = Tails()
    for group in groups.values():
        first = group[0]
        starts = [" + ".join(reader.label(name) for name in route.sources) for route in group]
        spoken = [spoken_of(answer.about[route.id], told) for route in group]
        silent = [s for s, said in zip(starts, spoken, strict=True) if not said.reported]
        reported = said_text(
            spoken_of(dict.fromkeys(n for r in group for n in answer.about[r.id]), told)
        )
        if silent and len(silent) < len(group):
            reported += f"; by nobody: {', '.join(silent)}"
        chain = tails.shortened(reader, first)
        if len(group) > 1 and first.tree.rule:
            chain = "… > " + chain.split(" > ", 1)[-1]
        rows.append(
            (
                CLASS_LABELS[first.cls],
                reader.label(first.output),
                " | ".join(starts),
                chain if first.tree.rule else "by itself",
                reported,
            )
        )
    return tuple(rows)


def said_text(spoken: Spoken) -> str:
    """Statements on how a route starts, told apart by how the sources put it."""
    parts = [" ".join(spoken.reported) or "by nobody"]
    if spoken.denied:
        parts.append("denied " + " ".join(spoken.denied))
    if spoken.questioned:
        parts.append("left open " + " ".join(spoken.questioned))
    return "; ".join(parts)


class Tails:
    """Ends of proofs already shown, so that a table shows each once."""

    def __init__(self) -> None:
        self._shown: set[tuple[str, str]] = set()

    def shortened(self, reader: Reader, route: Route) -> str:
        """The proof in a line, up to where it goes on as one shown before."""
        tree = route.tree
        links = [tree]
        while len(active := [p for p in links[-1].premises if not p.node.endswith(PRESENT)]) == 1:
            links.append(active[0])
        links.reverse()
        cut = next(
            (i for i, link in enumerate(links) if i and (link.node, route.output) in self._shown),
            len(links) - 1,
        )
        self._shown.update((link.node, route.output) for link in links[1:-1])
        if cut >= len(links) - 2:
            return _joined(reader, tree)
        end = reader.label(route.output)
        return f"{_joined(reader, links[cut])} > as above to {end}"


def assumptions_text(assumptions: Iterable[Assumption]) -> list[str]:
    """Assumptions with their citations, a line each."""
    found = []
    for item in assumptions:
        address = f"https://doi.org/{item.doi}" if item.doi else item.url
        address = address or f"PMID {item.pmid}"
        found.append(f"Assumed, {item.id}: {item.claim} ({item.citation}, {address}).")
    return found


def unused_text(labels: Iterable[str]) -> list[str]:
    """A line on lesions that no clause is about; none when there are none."""
    named = list(labels)
    return [f"No clause of the layer says what these do; not used: {', '.join(named)}."] * bool(
        named
    )
