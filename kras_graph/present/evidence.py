"""Evidence behind a statement, a figure or a rule: as text, as HTML, as plain data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kras_graph.answers.agreement import Comparison, Reach, Verdict
from kras_graph.answers.evidence import RuleEvidence, StatementEvidence, evidence_of
from kras_graph.answers.same_figures import FigureComparison
from kras_graph.curation.anchors import Verdict as Found
from kras_graph.curation.tables import natural
from kras_graph.model.records import Anchor, Publication, Result, Statement
from kras_graph.model.terms import GROUP_LABELS, AnchorStatus, Certainty
from kras_graph.present.contract import places, result_json, statement_json, verdict_json
from kras_graph.present.phrases import figure_text, mark, sources
from kras_graph.present.report import claim, predicate_labels, standing
from kras_graph.present.rulebook import rests_on, rule_text
from kras_graph.present.ruleevidence import rule_record, rule_sheet
from kras_graph.present.sheets import DISCLAIMER, Group, Line, Sheet, sheet_html, sheet_text
from kras_graph.rdf.reader import Reader

if TYPE_CHECKING:
    from kras_graph.api import KnowledgeGraph

_MOST = 12
_TITLES = {
    Verdict.CONFLICTS: "Conflict: the opposite of the same pair, in no other context",
    Verdict.AGREES: "Agree",
    Verdict.OTHERWISE: "Say otherwise, in another context or of something wider or narrower",
    Verdict.OPEN: "Left open",
}
_REACHES = {
    Reach.SAME: "the same pair",
    Reach.WIDER: "of a class, family or kind that takes it in",
    Reach.NARROWER: "of a member, form or kind of it",
}
_KINDS = {"primary": "reports its own study", "secondary": "relays the work of others"}
_AGREED = {
    "yes": "a second, independent reading has it alike",
    "no": "a second, independent reading put it differently; settled by rereading",
    "not-found": "a second, independent reading does not have it",
}


@dataclass(frozen=True)
class Evidence:
    """Evidence ready to be shown: as text by `str`, as HTML in a notebook.

    Attributes:
        reader: the dataset.
        found: what stands behind the id.
        passages: what became of each passage in the reader's copies, with its text where
            it was found; empty without copies.
    """

    reader: Reader
    found: StatementEvidence | RuleEvidence
    passages: dict[Anchor, tuple[Found, str]] = field(default_factory=dict)

    @property
    def sheet(self) -> Sheet:
        """The evidence as titled blocks of lines."""
        passages = {anchor: _shown(*pair) for anchor, pair in self.passages.items()}
        if isinstance(self.found, RuleEvidence):
            return rule_sheet(self.reader, self.found, passages)
        return _statement_sheet(self.reader, self.found, passages)

    @property
    def record(self) -> dict[str, Any]:
        """The evidence as plain data."""
        passages = [
            {**verdict_json(found), "text": text or None} for found, text in self.passages.values()
        ]
        if isinstance(self.found, RuleEvidence):
            record = rule_record(self.reader, self.found)
        else:
            record = _statement_record(self.reader, self.found)
        return {**record, **({"passages": passages} if self.passages else {})}

    def __str__(self) -> str:
        return sheet_text(self.sheet, 100)

    def _repr_html_(self) -> str:
        return sheet_html(self.sheet)


def evidence(kg: KnowledgeGraph, ident: str, texts: Path | None = None) -> Evidence:
    """What stands behind an id, with its passages when copies of the papers are given.

    Raises:
        UnknownNameError: when nothing has this id.
        KrasGraphError: when the copies cannot be read.
    """
    found = evidence_of(kg.reader, kg.reasoner.mechanism, ident)
    if texts is None:
        return Evidence(kg.reader, found)
    anchors = found.anchors if isinstance(found, StatementEvidence) else tuple(
        anchor for group in found.anchors.values() for anchor in group
    )  # fmt: skip
    return Evidence(kg.reader, found, _passages(kg.reader, anchors, texts))


def why_text(
    kg: KnowledgeGraph, ident: str, texts: Path | None, form: str, *, width: int = 120
) -> str:
    """The evidence behind an id in a format: `table`, `json` or `jsonl`.

    Raises:
        UnknownNameError: when nothing has this id.
    """
    found = evidence(kg, ident, texts)
    if form == "table":
        return sheet_text(found.sheet, width)
    indent = 2 if form == "json" else None
    return json.dumps(found.record, ensure_ascii=False, indent=indent) + "\n"


def _passages(
    reader: Reader, anchors: Sequence[Anchor], texts: Path
) -> dict[Anchor, tuple[Found, str]]:
    """The passages as they stand in the reader's own copies, each verified first."""
    from kras_graph.curation.anchors import read_copies, verify

    copies = read_copies(texts)
    shown: dict[Anchor, tuple[Found, str]] = {}
    for verdict in verify(anchors, list(reader.publications.values()), copies):
        text = ""
        if verdict.file and verdict.raw_start is not None and verdict.raw_end is not None:
            raw = (texts / verdict.file).read_bytes().decode("utf-8-sig")
            text = " ".join(raw[verdict.raw_start : verdict.raw_end].split())
        shown[verdict.anchor] = (verdict, text)
    return shown


def _shown(verdict: Found, text: str) -> str:
    if not text:
        return f"your copy: {verdict.status}"
    moved = " (moved)" if verdict.status is AnchorStatus.MOVED else ""
    return f"your copy{moved}: {text}"


def _passage_groups(
    publications: Sequence[Publication],
    anchors: Sequence[Anchor],
    passages: dict[Anchor, str],
    asked: str,
) -> list[Group]:
    """Papers with the position of each passage, and its text from the reader's copy.

    Each passage says which statement and figures it supports; those of the figure asked for
    come first.
    """
    spans: dict[tuple[str, str, int, int, str], list[Anchor]] = {}
    for anchor in sorted(anchors, key=lambda a: a.about != asked):
        key = (anchor.publication, anchor.section, anchor.start, anchor.end, anchor.sha256)
        spans.setdefault(key, []).append(anchor)
    groups = []
    for paper in publications:
        lines = [Line(f"https://doi.org/{paper.doi} ({paper.kind} report: {_KINDS[paper.kind]})")]
        for (publication, section, start, end, sha256), same in spans.items():
            if publication != paper.id:
                continue
            about = sorted({anchor.about for anchor in same}, key=natural)
            lines.append(
                Line(
                    f"section {section}, characters {start}-{end} of the normalised text, "
                    f"sha256 {sha256[:12]}",
                    "",
                    tuple(about),
                )
            )
            lines += [Line(passages[a], deep=True) for a in same[:1] if a in passages]
        groups.append(Group(f"{paper.label}, {paper.journal} {paper.year}", tuple(lines)))
    return groups


def _statement_sheet(
    reader: Reader, found: StatementEvidence, passages: dict[Anchor, str]
) -> Sheet:
    s = found.statement
    labels = predicate_labels(reader)
    title = f"{s.id}: {claim(reader, s, labels)}"
    if found.asked:
        figure = figure_text(reader, found.results[0])
        title = f"{found.asked}: {figure}"
    sheet = Sheet(title)
    if found.asked:
        sheet.facts.append(("a figure of", f"{s.id}: {claim(reader, s, labels)}"))
    sheet.facts += _facts(reader, s)
    papers = _said_by(reader, found)
    if papers:
        sheet.facts.append(("also said by", papers))
    lines = [_figure_line(reader, result, s) for result in found.results]
    first = 1 if found.asked else len(lines)
    sheet.add("Figure" if found.asked else "Figures", [Group("", tuple(lines[:first]))])
    passage_groups = _passage_groups(found.publications, found.anchors, passages, found.asked)
    sheet.add("Source", passage_groups)
    sheet.add(f"Other figures of {s.id}", [Group("", tuple(lines[first:]))])
    issues = dict.fromkeys([s.source_issue, *(r.source_issue for r in found.results)])
    sheet.add("Slips and ambiguities of the source",
              [Group("", tuple(Line(issue) for issue in issues if issue))])  # fmt: skip
    notes = dict.fromkeys([s.note, *(r.note for r in found.results), _AGREED.get(s.agreed, "")])
    sheet.add("Curators", [Group("", tuple(Line(note) for note in notes if note))])
    titles = dict(_TITLES)
    if s.certainty is Certainty.OPEN:
        titles[Verdict.OPEN] = "What others say of what is left open here"
    for verdict, title in titles.items():
        _add_others(sheet, reader, found, verdict, title, labels)
    sheet.add("The same measure elsewhere", _figure_groups(reader, found.figures))
    rules = tuple(Line(rule_text(reader, r), "", (r.id, *rests_on(r))) for r in found.rules)
    sheet.add("Rules of the curators' model that rest on it", [Group("", rules)])
    if not found.others and not found.figures:
        sheet.foot.append("No other statement of the graph is comparable with it.")
    sheet.foot.append(DISCLAIMER)
    return sheet


def _facts(reader: Reader, s: Statement) -> list[tuple[str, str]]:
    where = "direct edge" if s.is_edge else "statement only, no edge"
    told = {
        "standing": f"{standing(s.polarity, s.certainty)} "
                    f"(polarity {s.polarity}, certainty {s.certainty})",
        "in the graph": f"withdrawn; {where}" if s.deprecated else where,
        "setting": str(s.setting),
        "who was studied": s.population or "not said",
        "patients": str(s.patients or ""),
    }  # fmt: skip
    for name in ("disease", "under", "trial", "alteration", "model"):
        told[name] = ", ".join(reader.label(ref) for ref in getattr(s, name))
    told |= {
        "species": s.species,
        "assay": s.assay,
        "cites": s.cites,
        "mechanism group": GROUP_LABELS[s.group] if s.group else "",
    }
    return [(name, value) for name, value in told.items() if value]


def _said_by(reader: Reader, found: StatementEvidence) -> str:
    """Other papers that say the same of the same pair."""
    alike = [
        c.statement.id
        for c in found.others
        if c.verdict is Verdict.AGREES and c.reach is Reach.SAME and not c.manner
    ]
    own = {paper.id for paper in found.publications}
    anchors = [a for group in reader.evidence(alike).values() for a in group]
    names = dict.fromkeys(a.publication for a in anchors if a.publication not in own)
    return ", ".join(reader.publications[name].label for name in names)


def _figure_line(reader: Reader, result: Result, statement: Statement) -> Line:
    told = [statement.subject, *statement.disease, *statement.trial]
    text = figure_text(reader, result, known=told)
    text += f"; kind: {result.statistic}"
    if result.grade:
        text += f"; grade {result.grade}"
    if result.attribution:
        text += f"; cause: {result.attribution}"
    if result.ci_method:
        text += f"; interval by {result.ci_method}"
    if result.not_estimable:
        text += f"; not estimable: {result.not_estimable}"
    if result.counts:
        text += f"; counts {result.counts}"
    return Line(text, "", (result.id + ("!" if result.source_issue else ""),))


def _add_others(
    sheet: Sheet,
    reader: Reader,
    found: StatementEvidence,
    verdict: Verdict,
    title: str,
    labels: dict[str, str],
) -> None:
    """A block of the other statements with one verdict, by what they speak of."""
    groups = []
    for reach in Reach:
        chosen = [c for c in found.others if c.verdict is verdict and c.reach is reach]
        evidence_ = reader.evidence(c.statement.id for c in chosen)
        lines = [
            _other_line(reader, c, evidence_.get(c.statement.id, []), labels)
            for c in chosen[:_MOST]
        ]
        if len(chosen) > _MOST:
            lines.append(Line(f"{len(chosen) - _MOST} more; --format json has them all"))
        groups.append(Group(_REACHES[reach], tuple(lines)))
    sheet.add(title, groups)


def _other_line(
    reader: Reader, compared: Comparison, anchors: Iterable[Anchor], labels: dict[str, str]
) -> Line:
    s = compared.statement
    text = claim(reader, s, labels)
    if not s.is_edge:
        text += f", {standing(s.polarity, s.certainty)}"
    if compared.manner:
        text += f"; {compared.manner}"
    if compared.apart:
        text += f"; contexts differ ({'; '.join(compared.apart)})"
    return Line(text, sources(reader, anchors), (mark(s),))


def _figure_groups(reader: Reader, figures: Sequence[FigureComparison]) -> list[Group]:
    groups: dict[str, list[Line]] = {}
    for compared in figures:
        anchors = reader.evidence([compared.statement.id]).get(compared.statement.id, [])
        text = f"{figure_text(reader, compared.other)} (beside {compared.own.id})"
        if compared.apart:
            text += f"; {'; '.join(compared.apart)}"
        groups.setdefault(str(compared.likeness), []).append(
            Line(text, sources(reader, anchors), (compared.other.id,))
        )
    return [Group(likeness, tuple(lines)) for likeness, lines in groups.items()]


def _statement_record(reader: Reader, found: StatementEvidence) -> dict[str, Any]:
    s = found.statement
    labels = predicate_labels(reader)
    others = reader.evidence(c.statement.id for c in found.others)
    return {
        "kind": "figure" if found.asked else "statement",
        "asked": found.asked or s.id,
        "claim": claim(reader, s, labels),
        "deprecated": s.deprecated,
        **statement_json(reader, s, found.anchors, found.results),
        "agreed": s.agreed or None,
        "publications": [publication_json(paper) for paper in found.publications],
        "others": [
            {
                "verdict": str(c.verdict),
                "reach": str(c.reach),
                "manner": c.manner,
                "apart": list(c.apart),
                "id": c.statement.id,
                "claim": claim(reader, c.statement, labels),
                "polarity": str(c.statement.polarity),
                "certainty": str(c.statement.certainty),
                "evidence": places(others.get(c.statement.id, [])),
            }
            for c in found.others
        ],
        "figures_elsewhere": [
            {
                "likeness": str(f.likeness),
                "beside": f.own.id,
                "apart": list(f.apart),
                "statement": f.statement.id,
                **result_json(f.other),
            }
            for f in found.figures
        ],
        "rules": [{"id": rule.id, "rule": rule_text(reader, rule)} for rule in found.rules],
    }


def publication_json(paper: Publication) -> dict[str, Any]:
    """A source paper with its address."""
    return {
        "id": paper.id,
        "label": paper.label,
        "title": paper.title,
        "doi": paper.doi,
        "url": f"https://doi.org/{paper.doi}",
        "kind": paper.kind,
    }
