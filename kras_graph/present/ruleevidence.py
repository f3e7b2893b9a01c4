"""What a rule of the mechanism layer rests on, as a sheet and as plain data."""

from __future__ import annotations

from typing import Any

from kras_graph.answers.evidence import RuleEvidence
from kras_graph.model.mechanism import Assumption
from kras_graph.model.records import Anchor
from kras_graph.present.contract import places
from kras_graph.present.phrases import doubt, mark, sources
from kras_graph.present.report import claim, predicate_labels
from kras_graph.present.rulebook import KINDS, basis_text, rests_on, rule_text
from kras_graph.present.sheets import DISCLAIMER, Group, Line, Sheet
from kras_graph.rdf.reader import Reader

_MODEL = "the curators' model of signalling: neither a finding nor a computation"


def rule_sheet(reader: Reader, found: RuleEvidence, passages: dict[Anchor, str]) -> Sheet:
    """A rule in words with what it rests on."""
    rule = found.rule
    sheet = Sheet(f"{rule.id}: {rule_text(reader, rule)}")
    sheet.facts += [("what it is", f"{KINDS[type(rule)]} of {_MODEL}"), ("basis", basis_text(rule))]
    if isinstance(rule, Assumption):
        sheet.facts += [("source", rule.citation), *_links(rule)]
    elif rule.note:
        sheet.facts.append(("curator's note", rule.note))
    labels = predicate_labels(reader)
    lines = []
    for s in found.statements:
        anchors = found.anchors.get(s.id, ())
        text = claim(reader, s, labels) + doubt(s)
        lines.append(Line(text, sources(reader, anchors), (mark(s),)))
        lines += [Line(passages[a], deep=True) for a in anchors if a in passages]
    sheet.add("Statements behind it", [Group("", tuple(lines))])
    papers = tuple(
        Line(f"{paper.label}, {paper.journal} {paper.year}: https://doi.org/{paper.doi}")
        for paper in found.publications
    )
    sheet.add("Papers", [Group("", papers)])
    assumed = tuple(
        Line(": ".join(part for part in (a.claim, a.citation, _address(a)) if part), "", (a.id,))
        for a in found.assumptions
    )
    sheet.add("Assumptions behind it", [Group("", assumed)])
    resting = tuple(Line(rule_text(reader, r), "", (r.id, *rests_on(r))) for r in found.resting)
    sheet.add("Rules that rest on it", [Group("", resting)])
    sheet.foot.append(DISCLAIMER)
    return sheet


def _links(assumption: Assumption) -> list[tuple[str, str]]:
    """Addresses of the work behind an assumption."""
    told = (
        ("DOI", f"https://doi.org/{assumption.doi}" if assumption.doi else ""),
        ("PubMed", _pubmed(assumption)),
        ("address", assumption.url),
    )
    return [(name, value) for name, value in told if value]


def _pubmed(assumption: Assumption) -> str:
    return f"https://pubmed.ncbi.nlm.nih.gov/{assumption.pmid}/" if assumption.pmid else ""


def _address(assumption: Assumption) -> str:
    """The best address of the work: its DOI, else PubMed, else another."""
    doi = f"https://doi.org/{assumption.doi}" if assumption.doi else ""
    return doi or _pubmed(assumption) or assumption.url


def rule_record(reader: Reader, found: RuleEvidence) -> dict[str, Any]:
    """A rule with what it rests on, as plain data.

    Keys: the rule's own columns, `kind`, `asked`, `rule` (in words), `basis_told`,
    `statements_behind`, `assumptions_behind`, `rules_resting`.
    """
    labels = predicate_labels(reader)
    rule = found.rule
    own = {}
    for column, value in rule._asdict().items():
        own[column] = list(value) if isinstance(value, tuple) else str(value)
    return {
        **own,
        "kind": KINDS[type(rule)],
        "asked": rule.id,
        "rule": rule_text(reader, rule),
        "basis_told": basis_text(rule),
        "statements_behind": [
            {
                "id": s.id,
                "claim": claim(reader, s, labels),
                "polarity": str(s.polarity),
                "certainty": str(s.certainty),
                "source_issue": s.source_issue or None,
                "evidence": places(found.anchors.get(s.id, ())),
            }
            for s in found.statements
        ],
        "assumptions_behind": [
            {"id": a.id, "claim": a.claim, "citation": a.citation, "url": _address(a)}
            for a in found.assumptions
        ],
        "rules_resting": [{"id": r.id, "rule": rule_text(reader, r)} for r in found.resting],
    }
