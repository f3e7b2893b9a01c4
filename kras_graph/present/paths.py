"""Paths, neighbours, shared entities and subgraphs as text and tables for people."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from kras_graph.model.terms import Sign
from kras_graph.network.neighbours import Neighbourhood, SharedAnswer, Subgraph
from kras_graph.network.records import Path, PathAnswer, Step
from kras_graph.present.tabular import Table, render
from kras_graph.present.tracing import (
    neighbours_json,
    path_json,
    rollups,
    shared_json,
    standings,
    subgraph_json,
)
from kras_graph.rdf.reader import Reader

SIGNS = {
    Sign.POSITIVE: "raises",
    Sign.NEGATIVE: "lowers",
    Sign.UNKNOWN: "effect not known",
    Sign.NEUTRAL: "no direction",
}
_ARROWS = {Sign.POSITIVE: "-->", Sign.NEGATIVE: "--|", Sign.UNKNOWN: "--?", Sign.NEUTRAL: "---"}


def path_text(reader: Reader, answer: PathAnswer, *, width: int, color: bool = False) -> str:
    """Paths for the terminal: a block each, or a table where an end was open."""
    if not answer.paths:
        return f"{_between(reader, answer)}: no path\n"
    if _is_open(answer):
        return render(open_table(reader, answer), "table", width=width, color=color)
    lines = [_between(reader, answer), ""]
    for place, path in enumerate(answer.paths, start=1):
        lines += [*_block(reader, path, str(place), width), ""]
    return "\n".join(lines)


def path_table(reader: Reader, answer: PathAnswer) -> Table:
    """Paths, one a row, with sign, context, points and the statements of each step."""
    rows = tuple(
        (
            str(place),
            chain(reader, path),
            SIGNS[path.sign],
            path.context,
            *path.context_parts.verdicts,
            path.score.total,
            *path.score.parts.values(),
            rollups(reader, path),
            path.group.paths if path.group else 1,
            " ".join(path.statements),
        )
        for place, path in enumerate(answer.paths, start=1)
    )
    columns = (
        *("#", "Path", "Sign", "Context", "Allele", "Disease", "Experiment"),
        *("Points", "Length", "Evidence", "Sign certainty", "Agreement", "Hubs", "Standing"),
        *("Roll-ups", "Stands for paths", "Statements"),
    )
    return Table(columns, rows, _between(reader, answer), (path_json(reader, answer),))


def open_table(reader: Reader, answer: PathAnswer) -> Table:
    """What an open search reached, one entity a row, with the best path there."""
    rows = []
    for path in answer.paths:
        end = path.nodes[-1] if answer.target is None else path.nodes[0]
        rows.append(
            (
                reader.label(end),
                reader.entities[end].cls,
                _effects(path),
                chain(reader, path),
                path.score.total,
                " ".join(path.statements),
            )
        )
    columns = ("Entity", "Class", "Effect", "Best path", "Points", "Statements")
    return Table(columns, tuple(rows), _between(reader, answer), (path_json(reader, answer),))


def neighbours_table(reader: Reader, answer: Neighbourhood) -> Table:
    """Neighbours, one edge a row."""
    rows = tuple(
        (
            item.hop,
            reader.label(item.name),
            reader.entities[item.name].cls,
            f"{reader.label(step.source)} {arrow(step)} {reader.label(step.target)}",
            _standing(step),
            " ".join(step.statements),
        )
        for item in answer.found
        for step in item.steps
    )
    columns = ("Hop", "Neighbor", "Class", "Edge", "Standing", "Statements")
    title = f"Around {reader.label(answer.start)}"
    return Table(columns, rows, title, (neighbours_json(reader, answer),))


def shared_table(reader: Reader, answer: SharedAnswer) -> Table:
    """Shared targets and regulators, one a row, with each member's path."""
    rows = tuple(
        (
            "target" if item.side == "targets" else "regulator",
            reader.label(item.name),
            reader.entities[item.name].cls,
            f"{len(item.paths)} of {len(answer.members)}",
            item.agreement,
            "; ".join(chain(reader, path) for path in item.paths.values()),
            " ".join(dict.fromkeys(s for p in item.paths.values() for s in p.statements)),
        )
        for item in answer.found
    )
    columns = ("Shared", "Entity", "Class", "Members", "Effects", "Paths", "Statements")
    title = "Shared by " + ", ".join(reader.label(name) for name in answer.members)
    return Table(columns, rows, title, (shared_json(reader, answer),))


def subgraph_table(reader: Reader, answer: Subgraph) -> Table:
    """Edges of a subgraph, one a row."""
    rows = tuple(
        (
            reader.label(step.source),
            step.predicate,
            reader.label(step.target),
            str(step.sign),
            _standing(step),
            " ".join(step.statements),
        )
        for step in answer.steps
    )
    columns = ("Source", "Relation", "Target", "Sign", "Standing", "Statements")
    title = "Around " + ", ".join(reader.label(name) for name in answer.members)
    return Table(columns, rows, title, (subgraph_json(reader, answer),))


def chain(reader: Reader, path: Path) -> str:
    """A path in one line; `==` stands for a roll-up."""
    parts = [reader.label(path.nodes[0])]
    parts += [f"{arrow(step)} {reader.label(step.target)}" for step in path.steps]
    return " ".join(parts)


def arrow(step: Step) -> str:
    """A step's relation, marked where no source affirms it, and its sign as an arrow."""
    name = step.predicate.removesuffix("^").replace("_", " ")
    doubt = "" if step.asserted else f", {_standing(step)}"
    mark = _ARROWS[step.sign] if step.role == "statement" else "=="
    return f"[{name}{doubt}] {mark}"


def points(path: Path) -> str:
    """Points against a path with their parts."""
    parts = [f"{name} {value}" for name, value in path.score.parts.items() if value]
    return f"{path.score.total} = {' + '.join(parts)}"


def _block(reader: Reader, path: Path, place: str, width: int) -> list[str]:
    """A path with all that belongs to it, wrapped."""
    verdicts = zip(("allele", "disease", "experiment"), path.context_parts.verdicts, strict=True)
    agreement = ", ".join(f"{name} {verdict}" for name, verdict in verdicts)
    told = [
        f"{SIGNS[path.sign]}; context {path.context} ({agreement})",
        *(f"{text}" for text in ["; ".join(rollups(reader, path))] if text),
        f"points against it: {points(path)}",
        f"statements: {' '.join(path.statements) or 'none, by definitions alone'}",
    ]
    if path.group:
        others = path.group.paths - 1
        by = ", ".join(reader.label(name) for name in path.group.members)
        through = f" through {by}" if by else ", on other relations between the same"
        told.append(f"stands for {others} more like it{through}")
    indent = " " * (len(place) + 2)
    head = textwrap.wrap(chain(reader, path), width - len(indent), break_long_words=False)
    lines = [f"{place}  {head[0]}", *(f"{indent}{line}" for line in head[1:])]
    for text in told:
        wrapped = textwrap.wrap(text, width - len(indent) - 2, break_long_words=False)
        lines += [f"{indent}{wrapped[0]}", *(f"{indent}  {line}" for line in wrapped[1:])]
    return lines


def _between(reader: Reader, answer: PathAnswer) -> str:
    along = f" by {answer.metapath}" if answer.metapath else ""
    if answer.source is None and answer.target is None:
        return f"Paths by {answer.metapath}"
    if answer.source is None:
        return f"What leads to {_label(reader, answer.target)}{along}"
    if answer.target is None:
        return f"What {_label(reader, answer.source)} leads to{along}"
    return f"{_label(reader, answer.source)} to {_label(reader, answer.target)}{along}"


def _label(reader: Reader, name: str | None) -> str:
    return reader.label(name) if name else ""


def _is_open(answer: PathAnswer) -> bool:
    """Whether each path given leads to an entity of its own."""
    return (answer.source is None) != (answer.target is None) and not answer.metapath


def _effects(path: Path) -> str:
    """Sign of the best path, and which others there are."""
    told = SIGNS[path.sign]
    signs = path.group.signs if path.group else {}
    others = [f"{SIGNS[Sign(sign)]}: {n}" for sign, n in signs.items() if sign != path.sign]
    return f"{told} (other paths: {', '.join(others)})" if others else told


def _standing(step: Step) -> str:
    return _joined(standings(step)) or "definition"


def _joined(words: Iterable[str]) -> str:
    return ", ".join(words)
