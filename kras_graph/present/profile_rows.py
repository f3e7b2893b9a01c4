"""Lines of a profile in words: what is said, in whom, how firmly, by which source."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kras_graph.answers.measured import Measured
from kras_graph.answers.profile_records import Line, ProfileAnswer
from kras_graph.answers.tumour import Input
from kras_graph.model.records import Statement
from kras_graph.model.terms import Polarity, Statistic
from kras_graph.present.figures import counts_text, earlier_line, interval_text
from kras_graph.present.report import claim, predicate_labels, standing
from kras_graph.rdf.reader import Reader

DISCLAIMER = "For research, not for treatment decisions."
SECTION_TITLES = {
    "drugs": "Drugs",
    "predictors": "Alterations",
    "mechanisms": "Mechanisms",
    "routes": "Computed routes",
    "trials": "Trials",
    "doubts": "Denied or unknown",
    "gaps": "Gaps",
}
FIELD_LABELS = {
    "disease": "Tumour type",
    "variant": "Variant",
    "co": "Co-alteration",
    "acquired": "Acquired",
    "prior": "Earlier therapy",
    "pd-l1": "PD-L1",
}
ISSUE = "!"
# Propositions that say little without the curator's remark: a direction or degree not in them.
_VAGUE = (
    "has_outcome",
    "associated_with_response_to",
    "associated_with_outcome",
    "has_property",
    "compared_with",
)
# Kinds of figures that readers must know by name.
_NAMED = (Statistic.MEDIAN, Statistic.MEAN, Statistic.HAZARD_RATIO, Statistic.ODDS_RATIO)
# A figure says by itself what these statements claim.
_MEASURED = ("has_outcome",)


@dataclass(frozen=True)
class Row:
    """A line in words.

    Attributes:
        what: what is said, with the figure as printed.
        whom: tumour type and people, as the source tells.
        near: how near, in a word or two; empty where that is no question.
        near_words: what is alike and what is not.
        near_text: the level with what is not alike.
        standing: how firmly the source puts it.
        setting: the kind of work.
        source: publications.
        ids: ids of the statements, or of the figure.
        marked: the same, marked where the source has a slip.
        issue: whether the source has a slip there.
        remark: what ties it to the profile.
        note: the curator's remark.
        vague: whether the proposition says little without the remark.
    """

    what: str
    whom: str
    near: str
    near_words: str
    near_text: str
    standing: str
    setting: str
    source: str
    ids: tuple[str, ...]
    marked: tuple[str, ...]
    issue: bool
    remark: str
    note: str

    vague: bool = False


class Rows:
    """Makes rows of lines, for one answer.

    Args:
        reader: labels.
        answer: the answer whose evidence the rows cite.
    """

    def __init__(self, reader: Reader, answer: ProfileAnswer) -> None:
        self.reader = reader
        self.answer = answer
        self.labels = predicate_labels(reader)

    def row(self, line: Line) -> Row:
        """A line in words."""
        first, figure = line.first, line.figure
        near = line.near
        notes = [s.note for s in line.statements]
        issues = {s.id: s.source_issue for s in line.statements}
        if figure is not None:
            notes = [figure.result.note or first.note]
            issues = {figure.result.id: figure.result.source_issue or first.source_issue}
        mark = "denied" if first.polarity is Polarity.NEGATED and figure else ""
        return Row(
            what=self._what(first, figure),
            whom=self._whom(line),
            near=near.label if near else "",
            near_words="; ".join(near.words) if near else "",
            near_text=near.text if near else "",
            standing=standing(first.polarity, first.certainty) or mark,
            setting=", ".join(dict.fromkeys(str(s.setting) for s in line.statements)),
            source=self.source(line.statements),
            ids=tuple(issues),
            marked=tuple(ident + ISSUE * bool(issue) for ident, issue in issues.items()),
            issue=any(issues.values()),
            remark=line.remark,
            note="; ".join(dict.fromkeys(note for note in notes if note)),
            vague=figure is None and first.predicate in _VAGUE,
        )

    def source(self, statements: tuple[Statement, ...]) -> str:
        """Short names of the papers behind some statements."""
        papers = dict.fromkeys(
            self.reader.publications[anchor.publication].label
            for s in statements
            for anchor in self.answer.evidence.get(s.id, ())
        )
        return ", ".join(papers)

    def claim(self, statement: Statement) -> str:
        """A statement as a short sentence."""
        return claim(self.reader, statement, self.labels)

    def _what(self, statement: Statement, figure: Measured | None) -> str:
        if figure is None:
            return self.claim(statement)
        result = figure.result
        kind = str(result.statistic) if result.statistic in _NAMED else ""
        kind = "" if kind.casefold() in result.printed.casefold() else kind
        parts = [self.reader.label(result.endpoint), result.printed]
        # a ratio is named beside its number, a mean or median before what it is of
        parts.insert(1 if kind.isupper() else 0, kind)
        measured = " ".join(part for part in parts if part)
        if result.p and result.p not in result.printed:
            measured += f", p {result.p}"
        counts = figure.counts
        if counts and not all(_printed(number, result.printed) for number in (counts.n, counts.N)):
            measured += f", {counts_text(figure)}"
        interval = interval_text(figure)
        if interval and "CI" not in result.printed:
            measured += f", 95% CI {interval}"
        if result.time_point and result.time_point not in result.printed:
            measured += f", at {result.time_point}"
        if statement.predicate in _MEASURED:
            denied = "NOT: " if statement.polarity is Polarity.NEGATED else ""
            rival = f" against {figure.comparator.label}" if figure.comparator else ""
            return f"{denied}{figure.subject.label}{rival}: {measured}"
        extra = [f"grade {result.grade}"] if result.grade else []
        extra += [result.attribution] if result.attribution else []
        return f"{self.claim(statement)}: {', '.join([measured, *extra])}"

    def _whom(self, line: Line) -> str:
        """Tumour type, people, line of therapy and medicine under which it was seen."""
        statement, figure = line.first, line.figure
        diseases = [self.reader.label(name) for name in statement.disease]
        people = [s.population for s in line.statements]
        parts: list[str] = []
        if figure is not None:
            diseases = [item.label for item in figure.diseases] or diseases
            people = [figure.result.population, *people]
            parts += [figure.result.line]
            parts += [f"earlier lines: {earlier_line(told)}" for told in figure.earlier[:1]]
            parts += [figure.result.assessor]
        under = [self.reader.label(name) for s in line.statements for name in s.under]
        models = [self.reader.label(name) for s in line.statements for name in s.model]
        trials = [self.reader.label(name) for s in line.statements for name in s.trial]
        told = [", ".join(dict.fromkeys(diseases)), *people, *parts]
        told += [f"under {' or '.join(dict.fromkeys(under))}"] if under else []
        told += dict.fromkeys(models)
        told += dict.fromkeys(trials)
        return "; ".join(dict.fromkeys(part for part in told if part))


def _printed(number: int, text: str) -> bool:
    """Whether a printed figure names a count itself."""
    return re.search(rf"\b{number}\b", text) is not None


def input_words(reader: Reader, answer: ProfileAnswer, item: Input) -> tuple[str, str]:
    """How an input was read, and where it is used or why it is not."""
    how = item.how or (item.entity.label if item.entity else "")
    if item.unused:
        return how, f"NOT USED: {item.unused}"
    names = answer.used.get((item.field, item.text), ())
    where = ", ".join(SECTION_TITLES[name].lower() for name in names)
    if item.field in ("disease", "variant"):
        where = "every section"
    elif item.entity and all(item.entity in c.routes.setting.unused for c in answer.computed) and (
        answer.computed and item.field in ("co", "acquired")
    ):  # fmt: skip
        where += "; not in computed routes: the signalling layer has no clause on it"
    return how, where
