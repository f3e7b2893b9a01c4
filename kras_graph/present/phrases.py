"""Claims, figures, contexts and sources in short words, for cards and evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kras_graph.model.records import Anchor, Result, Statement
from kras_graph.model.terms import Certainty, Polarity, Setting, Statistic
from kras_graph.present.report import standing
from kras_graph.rdf.reader import Reader

_TYPICAL = {Statistic.MEDIAN: "median ", Statistic.MEAN: "mean "}
_GRADES = {"any": "any grade", ">=3": "grade ≥3"}
_TOLD = (Setting.REVIEW, Setting.BACKGROUND, Setting.DISCUSSION, Setting.CLINICAL_TRIAL)


def sources(reader: Reader, anchors: Iterable[Anchor]) -> str:
    """Publications, each once with its sections."""
    found: dict[str, dict[str, None]] = {}
    for anchor in anchors:
        found.setdefault(anchor.publication, {})[anchor.section] = None
    return "; ".join(
        f"{reader.publications[paper].label}, {', '.join(sections)}"
        for paper, sections in found.items()
    )


def doubt(statement: Statement) -> str:
    """How firmly it is put, where that is less than plainly stated."""
    if statement.is_edge:
        return ""
    return f", {standing(statement.polarity, statement.certainty)}"


def mark(statement: Statement, results: Sequence[Result] = ()) -> str:
    """The id of a statement, with `!` where the source has a slip or ambiguity."""
    issue = statement.source_issue or any(result.source_issue for result in results)
    return statement.id + ("!" if issue else "")


def figure_text(reader: Reader, result: Result, *, known: Sequence[str] = ()) -> str:
    """A figure: what it is, as printed, counts, interval, and to what it applies.

    Entities in `known` (arm, disease, trial) are told already and left out.
    """
    head = _TYPICAL.get(result.statistic, "") + reader.label(result.endpoint)
    return f"{head}: {printed(reader, result, known=known)}"


def printed(reader: Reader, result: Result, *, known: Sequence[str] = ()) -> str:
    """The figure as printed with counts, interval and qualifiers, without its endpoint."""
    value = result.printed
    if result.time_point and result.statistic is Statistic.KM_ESTIMATE:
        value = f"at {result.time_point} {value}"
    parts = [value]
    if result.n is not None and result.N is not None and not _counted(result):
        parts.append(f"{result.n}/{result.N}")
    if result.ci_low is not None and "CI" not in result.printed:
        high = "not estimable" if result.ci_high is None else format(result.ci_high, "g")
        parts.append(f"{result.ci_level or 95:g}% CI {result.ci_low:g} to {high}")
    if result.p and result.p not in result.printed:
        parts.append(f"p {result.p}")
    if result.comparator:
        parts.append(f"against {reader.label(result.comparator)}")
    refs = (result.arm, result.disease, result.trial)
    parts += [reader.label(ref) for ref in refs if ref and ref not in known]
    if result.time_point and result.statistic is not Statistic.KM_ESTIMATE:
        parts.append(result.time_point)
    parts += [text for text in (result.line, result.population) if text]
    if result.assessor:
        parts.append(f"assessed by {result.assessor}")
    return ", ".join(parts)


def _counted(result: Result) -> bool:
    text = result.printed.replace(" ", "")
    return f"{result.n}/{result.N}" in text or f"{result.n}of{result.N}" in text


def harm_text(reader: Reader, result: Result, event: str, *, known: Sequence[str] = ()) -> str:
    """A figure on an adverse event: grade and cause first, unless the event's name says it."""
    told = []
    if result.grade and f"grade {result.grade}" not in event:
        told.append(_GRADES.get(result.grade, f"grade {result.grade}"))
    if result.attribution and result.attribution not in event:
        told.append("any cause" if result.attribution == "any" else result.attribution)
    endpoint = reader.label(result.endpoint)
    if result.endpoint != "adverse_event_frequency" and endpoint not in event:
        told.append(endpoint)
    head = ", ".join(told)
    rest = printed(reader, result, known=known)
    return f"{head}: {rest}" if head else rest


def context_of(
    reader: Reader,
    statement: Statement,
    *,
    known: Sequence[str] = (),
    told: str = "",
    short: bool = False,
) -> str:
    """In what and in whom it was seen, and by what kind of work; empty when not said.

    Args:
        reader: labels of entities.
        statement: the statement.
        known: entities that need not be named again; a medicine under which it was seen
            always is.
        told: text beside it; what stands there is left out.
        short: without species and method.
    """
    refs = (*statement.disease, *statement.trial, *statement.alteration, *statement.model)
    parts = [titled(reader, ref) for ref in refs if ref not in known]
    parts += [statement.population] if statement.population else []
    if not short:
        parts += [text for text in (statement.species, statement.assay) if text]
    if statement.setting not in _TOLD:
        parts.append(str(statement.setting).replace("-", " "))
    shown = dict.fromkeys(part for part in parts if part not in told)
    kept = [p for p in shown if not any(p != other and p in other for other in shown)]
    under = [ref for ref in statement.under if ref != statement.subject]
    if under and {*under} != {statement.object}:
        kept.append(f"under {' and '.join(reader.label(ref) for ref in under)}")
    return "; ".join(kept)


def titled(reader: Reader, name: str) -> str:
    """Label of an entity; a trial known by its number with its shortest other name."""
    item = reader.entities.get(name)
    if item is None or not item.label.startswith("NCT") or not item.synonyms:
        return reader.label(name)
    return f"{min(item.synonyms, key=len)}, {item.label}"


def association(statement: Statement) -> str:
    """How a report of resistance is put: as a cause, or only as seen together."""
    if statement.predicate == "confers_resistance_to":
        return "confers resistance"
    if statement.predicate == "associated_with_resistance_to":
        return "seen with resistance (association)"
    return ""


def open_or_denied(statement: Statement) -> bool:
    """Whether the source denies it or leaves it open."""
    return statement.polarity is Polarity.NEGATED or statement.certainty is Certainty.OPEN
