"""Computed routes and closing sets as text: proofs in a line, verdicts, limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kras_graph.answers.routes import (
    MOST_ROUTES,
    Claim,
    RoutesAnswer,
    Setting,
    Spoken,
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
        label += " (block voided)"
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


def context_text(reader: Reader, at: Setting) -> str:
    """The context of a computation in words."""
    question = at.question
    has = [reader.label(name) for name in (*at.drivers, *at.implied)]
    tumour = question.disease.label if question.disease else "tumour type not given"
    parts = [
        f"a tumour with {', '.join(has)}" if has else "a tumour without a known driver",
        tumour,
    ]
    if at.given_lesions:
        parts.append("with " + ", ".join(reader.label(name) for name in at.given_lesions))
    if question.documents_only:
        parts.append("no assumptions")
    if question.suggested:
        parts.append("with what is only suggested")
    return "; ".join(parts)


def remarks_text(reader: Reader, at: Setting) -> list[str]:
    """What the reader must know of how the question was taken, a line each."""
    lines = []
    for hit in at.hits:
        ground = " ".join([*hit.statements, *hit.assumptions]) or "by definition of its class"
        lines.append(
            f"Taken away: {reader.label(hit.target)} ({ground}"
            + (f"; {hit.condition}" if hit.condition else "")
            + ")."
        )
    if at.misfit:
        made_for = ", ".join(reader.label(name) for name in at.made_for)
        lines.append(
            f"{at.question.drug.label} is made for {made_for}, which the tumour asked about does "
            "not have."
        )
    for item, wider in at.taken_as:
        lines.append(f"{item.label} is taken as {reader.label(wider)}.")
    for item in at.in_driver:
        lines.append(f"{item.label} is what the tumour's own driver is a kind of; not added.")
    if at.untargeted:
        parts = ", ".join(reader.label(name) for name in at.untargeted)
        lines.append(f"Nothing in the layer says what {parts} takes away: computed without it.")
    if at.unused:
        names = ", ".join(item.label for item in at.unused)
        lines.append(f"No clause of the layer says what these do; not used: {names}.")
    return lines


def routes_text(
    reader: Reader,
    answer: RoutesAnswer,
    told: Mapping[str, Spoken],
    by_route: Mapping[str, Spoken],
    *,
    width: int,
    color: bool,
) -> str:
    """What a drug leaves open, as a block.

    Args:
        reader: labels.
        answer: the computation.
        told: for each mechanism, what sources say of it.
        by_route: for each route, what sources say of how it starts.
        width: characters a line.
        color: whether colours are wanted.
    """
    if not answer.targets:
        return f"{ROUTES_TITLE}\n" + "".join(f"{limit}\n" for limit in answer.limits)
    lines = [f"Context: {context_text(reader, answer.setting)}."]
    lines += remarks_text(reader, answer.setting)
    lines += _verdict(reader, answer)
    if answer.hypothetical and answer.routes:
        lines.append(
            f"Each of the {len(answer.lesions)} lesions that the signalling layer knows is tried; "
            "a route that starts from one is open only in a tumour that has it."
        )
    body = ""
    if answer.routes:
        table = Table(("Class", "To", "From", "Steps", "Reported"), _rows(reader, answer, by_route))
        body = "\n" + render(table, "table", width=width, color=color)
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
    if lone and answer.hypothetical:
        rest = f" and {len(lone) - 8} more" if len(lone) > 8 else ""
        tail.append(f"Spoken of by sources, on no computed route: {', '.join(lone[:8])}{rest}.")
    tail += [*assumptions_text(answer.assumptions, answer.caveats), *answer.limits]
    head = "\n".join(lines)
    return f"{ROUTES_TITLE}\n{head}\n{body}\n" + "\n".join(tail) + "\n"


_CLAIMS = {
    Claim.OPEN: "can stay on",
    Claim.CLOSED: "closed",
    Claim.NOT_DERIVABLE: "cannot be derived from the documents",
    Claim.NOT_MODELLED: "not modelled: no clause of the layer leads to it",
}


def _verdict(reader: Reader, answer: RoutesAnswer) -> list[str]:
    """A line for each kind of verdict, with what a closure leans on."""
    groups: dict[str, list[str]] = {}
    for state in answer.states:
        words = _CLAIMS[state.claim]
        if state.claim is Claim.CLOSED:
            if answer.setting.switched_off:
                words += f", if {' '.join(answer.setting.switched_off)} holds"
            if answer.unused:
                words += ", NOT counting " + ", ".join(item.label for item in answer.unused)
        if state.claim in (Claim.CLOSED, Claim.NOT_DERIVABLE) and state.open_if_acquired:
            words += ", until a further lesion opens it"
        groups.setdefault(words, []).append(reader.label(state.output))
    drug = answer.question.drug.label
    return [f"Under {drug}: {', '.join(outputs)} {words}." for words, outputs in groups.items()]


def _rows(
    reader: Reader, answer: RoutesAnswer, by_route: Mapping[str, Spoken]
) -> tuple[tuple[str, ...], ...]:
    """One row for routes that differ in their lesion only."""
    groups: dict[tuple[object, ...], list[Route]] = {}
    for route in answer.routes:
        first = route.tree.steps()[0] if route.tree.rule else route.tree
        key = (
            route.cls,
            route.output,
            frozenset(route.nodes - set(route.alterations)),
            first.rule.statements if first.rule else (),
            bool(first.voids),
        )
        groups.setdefault(key, []).append(route)
    rows = []
    tails = Tails()
    for group in groups.values():
        route = group[0]
        starts = [" + ".join(reader.label(name) for name in r.sources) for r in group]
        spoken = Spoken()
        for one in group:
            spoken = spoken.with_(by_route[one.id])
        silent = [s for s, r in zip(starts, group, strict=True) if not by_route[r.id].reported]
        reported = said_text(spoken)
        if silent and len(silent) < len(group):
            reported += f"; by nobody: {', '.join(silent)}"
        chain = tails.shortened(reader, route)
        if len(group) > 1 and route.tree.rule:
            chain = "… > " + chain.split(" > ", 1)[-1]
        rows.append(
            (
                CLASS_LABELS[route.cls],
                reader.label(route.output),
                " | ".join(starts),
                chain if route.tree.rule else "by itself",
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


def assumptions_text(
    assumptions: Iterable[Assumption], caveats: Iterable[Assumption] = ()
) -> list[str]:
    """Assumptions and readings with their citations, a line each."""
    found = []
    shown = set()
    for word, group in (("Assumed", assumptions), ("Taken with", caveats)):
        for item in group:
            if item.id in shown:
                continue
            shown.add(item.id)
            address = f"https://doi.org/{item.doi}" if item.doi else item.url
            address = address or f"PMID {item.pmid}"
            found.append(f"{word}, {item.id}: {item.claim} ({item.citation}, {address}).")
    return found
