"""A therapy in several tumour types, as people read it: text and HTML."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from kras_graph.answers.compare import Comparison, Pair
from kras_graph.answers.measured import kinds_of
from kras_graph.answers.said import STANDINGS, Said
from kras_graph.model.records import Anchor, Entity
from kras_graph.present.compared import METHOD, Json, comparison_json, limits
from kras_graph.present.escape import Footnotes
from kras_graph.present.figures import (
    BICR,
    ISSUE,
    counts_text,
    earlier_line,
    id_text,
    source_text,
    value_text,
)
from kras_graph.present.outcomes import ISSUE_LEGEND, table_html
from kras_graph.present.report import cited, predicate_labels
from kras_graph.present.tabular import Table, render
from kras_graph.rdf.reader import Reader

TESTED = "*"
_TITLES = {
    "stated": "STATED",
    "suggested": "SUGGESTED",
    "hypothesised": "HYPOTHESISED",
    "denied": "DENIED",
    "open": "LEFT OPEN",
}


def comparison_text(
    reader: Reader, answer: Comparison, *, width: int = 120, color: bool = False
) -> str:
    """The answer as people read it on a terminal."""
    notes = Footnotes()
    out = [_headline(answer), *answer.notes]
    for block in _blocks(reader, answer, notes):
        shown = block if isinstance(block, str) else render(block, "table", width=width,
                                                            color=color)  # fmt: skip
        out += ["", shown.rstrip("\n")]
    out += ["", notes.text() + "\n".join(limits(answer))]
    issues = _issues(answer)
    if issues:
        out += ["", ISSUE_LEGEND, *(f"  {ids}: {issue}" for ids, issue in issues)]
    out.append("More on a line: kras-graph why ID")
    return "\n".join(out) + "\n"


def _headline(answer: Comparison) -> str:
    return f"Response to {answer.drug.label}: {', '.join(s.disease.label for s in answer.sides)}"


def _blocks(reader: Reader, answer: Comparison, notes: Footnotes) -> list[Table | str]:
    """Tables and paragraphs in reading order."""
    blocks: list[Table | str] = [_figures(reader, answer, notes), _cohorts(answer)]
    if any(pair.test for pair in answer.pairs):
        blocks.append(_tests(answer))
    blocks.append("\n".join(["WHAT THE FIGURES SUPPORT (COMPUTED)", *readings(answer)]))
    for side in answer.sides:
        title = side.disease.label.upper()
        if not side.statements:
            blocks.append(f"{title}\nNo statement of the graph tells of mechanisms in it alone.")
        blocks += _said(reader, side.statements, title, notes, side.disease)
    blocks += _said(reader, answer.shared, "SEVERAL OF THEM, OR TUMOUR TYPES AT LARGE", notes)
    if answer.unnamed:
        blocks.append(
            f"{answer.unnamed} more reports of resistance name no tumour type and tell no "
            f"difference: kras-graph bypass {answer.drug.id}"
        )
    return blocks


def _figures(reader: Reader, answer: Comparison, notes: Footnotes) -> Table:
    rows = []
    for side in answer.sides:
        for row in side.figures:
            tested = row is side.tested
            interval = side.interval if tested else None
            told = ""
            if interval:
                computed = " (computed)" if interval.origin == "computed" else ""
                told = f"{_short(interval.low)} to {_short(interval.high)}{computed}"
            rows.append(
                (
                    side.disease.label,
                    counts_text(row),
                    value_text(row),
                    told,
                    row.result.printed,
                    f"{reader.label(row.result.endpoint)} {notes.mark(row.population)}".strip(),
                    "BICR" if row.result.assessor == BICR else row.result.assessor or "not said",
                    source_text(reader, row),
                    id_text(row) + (TESTED if tested else ""),
                )
            )
    columns = ("Tumour type", "n/N", "Value", "95% interval", "As printed", "Endpoint, people",
               "Assessed by", "Source", "ID")  # fmt: skip
    return Table(columns, tuple(rows), f"OBSERVED RESPONSE ({TESTED} tested below)")


def _cohorts(answer: Comparison) -> Table:
    """Who stands on each side of the tests."""
    rows = []
    for side in answer.sides:
        row = side.tested
        if row is None:
            continue
        people = [row.population] if row.population else []
        people += [
            f"{s.population} ({s.id}{ISSUE if s.source_issue else ''})" for s in side.enrolled
        ]
        rows.append(
            (
                side.disease.label,
                ", ".join(trial.label for trial in row.trials) or "not said",
                "; ".join(people) or "not said",
                row.result.line or "; ".join(map(earlier_line, row.earlier)) or "not said",
                row.design,
            )
        )
    columns = ("Tumour type", "Cohort", "People", "Line, or earlier lines of therapy", "Design")
    return Table(columns, tuple(rows), "WHO IS COMPARED")


def _tests(answer: Comparison) -> Table:
    sides = {side.disease.id: side for side in answer.sides}
    rows = []
    for pair in answer.pairs:
        both = f"{pair.first.label} against {pair.second.label}"
        if pair.test is None:
            rows.append((both, "", "", "", "", "", f"no test: {pair.reason}"))
            continue
        groups = [sides[item.id].tested for item in (pair.first, pair.second)]
        rows.append(
            (
                both,
                " against ".join(counts_text(row) for row in groups if row),
                _ratio(pair),
                _small(pair.test.p),
                _small(pair.adjusted or 0.0),
                "overlap" if pair.overlap else "apart",
                "responses differ" if pair.differs else "no difference shown",
            )
        )
    columns = ("Pair", "n/N", "Odds ratio (exact 95% interval)", "p", "p (Holm)", "Intervals",
               "Reading")  # fmt: skip
    return Table(columns, tuple(rows), f"EXACT TEST BETWEEN PAIRS (COMPUTED): {METHOD.upper()}")


def readings(answer: Comparison) -> list[str]:
    """What the tests say of each pair, in a sentence."""
    told = []
    for pair in answer.pairs:
        both = f"{pair.first.label} against {pair.second.label}"
        if pair.test is None:
            told.append(f"- {both}: no test, {pair.reason}.")
            continue
        reading = "responses differ" if pair.differs else "no difference shown"
        lap = "overlap" if pair.overlap else "do not overlap"
        told.append(
            f"- {both}: {reading} (p = {_small(pair.test.p)}, adjusted "
            f"{_small(pair.adjusted or 0.0)}); the 95% intervals {lap}."
        )
    return told


def _ratio(pair: Pair) -> str:
    test = pair.test
    if test is None or (test.odds_ratio is None and test.low is None):
        return "not defined"
    ratio = "infinite" if test.odds_ratio is None else format(test.odds_ratio, ".3g")
    low = "0" if test.low is None else format(test.low, ".3g")
    high = "infinity" if test.high is None else format(test.high, ".3g")
    return f"{ratio} ({low} to {high})"


def _small(p: float) -> str:
    """A p value with two digits that count, never in powers of ten.

    >>> _small(0.0000541), _small(0.0781), _small(1.0)
    ('0.000054', '0.078', '1')
    """
    return format(Decimal(format(p, ".2g")), "f")


def _short(number: float) -> str:
    return format(round(number, 1), "g")


def _said(
    reader: Reader,
    statements: Sequence[Said],
    title: str,
    notes: Footnotes,
    disease: Entity | None = None,
) -> list[Table | str]:
    """A table for each standing; statements that differ in their subject only share a row."""
    kinds = kinds_of(reader, disease.id) if disease else set()
    labels = predicate_labels(reader)
    tables: list[Table | str] = []
    for standing in STANDINGS:
        rows: dict[tuple[str, str, str, str], list[Said]] = {}
        for item in statements:
            if item.standing == standing:
                key = (
                    _claim(reader, item, labels),
                    _tie(item),
                    _where(item, disease, kinds),
                    _seen(reader, item),
                )
                rows.setdefault(key, []).append(item)
        cells = []
        for (claim, tie, where, seen), items in rows.items():
            subjects = "; ".join(reader.label(item.statement.subject) for item in items)
            anchors: dict[Anchor, None] = dict.fromkeys(a for item in items for a in item.anchors)
            ids = [item.statement.id + _mark(item) for item in items]
            cells.append(
                (
                    f"{'NOT: ' if standing == 'denied' else ''}{subjects}: {claim}",
                    tie,
                    f"{where} {notes.mark(seen)}".strip(),
                    cited(reader, anchors),
                    " ".join(ids),
                )
            )
        if cells:
            columns = ("What", "Tied to", "Said of", "Source", "ID")
            tables.append(Table(columns, tuple(cells), f"{title}: {_TITLES[standing]}"))
    return tables


def _claim(reader: Reader, item: Said, labels: dict[str, str]) -> str:
    """What is said of the subject of a statement; an outcome with its figures as printed."""
    statement = item.statement
    if statement.predicate == "has_outcome":
        found = reader.results([statement]).get(statement.id, [])
        printed = ", ".join(result.printed for result in found)
        return f"{reader.label(statement.object)} {printed}".strip()
    verb = labels.get(statement.predicate, statement.predicate)
    return f"{verb} {reader.label(statement.object)}"


def _mark(item: Said) -> str:
    return ISSUE if item.statement.source_issue else ""


def _tie(item: Said) -> str:
    """Whether it is said of the therapy itself, of its class, or of a combination."""
    if item.relation == "direct":
        return f"{item.via.label} itself"
    return f"by {'class' if item.relation == 'class' else 'combination'}: {item.via.label}"


def _where(item: Said, disease: Entity | None, kinds: set[str]) -> str:
    """The tumour types a statement names, and how they relate to the one asked about."""
    if not item.diseases:
        return "no tumour type"
    told = []
    for named in item.diseases:
        if disease is None or named.id == disease.id:
            told.append(named.label)
        elif named.id in kinds:
            told.append(f"{named.label}, a kind of it")
        else:
            told.append(f"{named.label}, not this type alone")
    return "; ".join(told)


def _seen(reader: Reader, item: Said) -> str:
    statement = item.statement
    under = " or ".join(reader.label(drug) for drug in statement.under)
    parts = [str(statement.setting), f"under {under}" if under else "", statement.population]
    return "; ".join(part for part in parts if part)


def _issues(answer: Comparison) -> list[tuple[str, str]]:
    """Slips of the sources with the figures and statements they touch."""
    found: dict[str, list[str]] = {}
    for side in answer.sides:
        for row in side.figures:
            for issue in row.issues:
                found.setdefault(issue, []).append(row.result.id)
        for statement in side.enrolled:
            if statement.source_issue:
                found.setdefault(statement.source_issue, []).append(statement.id)
    for item in [*(s for side in answer.sides for s in side.statements), *answer.shared]:
        if item.statement.source_issue:
            found.setdefault(item.statement.source_issue, []).append(item.statement.id)
    return [(" ".join(dict.fromkeys(ids)), issue) for issue, ids in found.items()]


def comparison_html(reader: Reader, answer: Comparison) -> str:
    """The answer as a fragment of HTML."""
    notes = Footnotes()

    def lines(text: str) -> str:
        return "".join(f"<p>{html.escape(line)}</p>" for line in text.splitlines())

    blocks = "\n".join(
        lines(block) if isinstance(block, str) else table_html(block)
        for block in _blocks(reader, answer, notes)
    )
    issues = "".join(f"<p>{html.escape(f'! {ids}: {text}')}</p>" for ids, text in _issues(answer))
    head = lines("\n".join([_headline(answer), *answer.notes]))
    return f"{head}{blocks}{lines(notes.text())}{lines(chr(10).join(limits(answer)))}{issues}\n"


@dataclass(frozen=True)
class ComparisonView(Comparison):
    """A comparison that shows itself: as text, in a notebook, as plain data."""

    reader: Reader | None = field(default=None, repr=False, compare=False)

    @classmethod
    def of(cls, reader: Reader, answer: Comparison) -> ComparisonView:
        """An answer with what it takes to show it."""
        return cls(**vars(answer), reader=reader)

    @property
    def _known(self) -> Reader:
        if self.reader is None:
            raise ValueError("A ComparisonView is made with ComparisonView.of(reader, answer).")
        return self.reader

    def to_json(self) -> Json:
        """The whole answer as plain data; the keys are told at the head of this module."""
        return comparison_json(self._known, self)

    def __str__(self) -> str:
        return comparison_text(self._known, self)

    def _repr_html_(self) -> str:
        return comparison_html(self._known, self)
