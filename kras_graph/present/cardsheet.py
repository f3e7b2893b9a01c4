"""A card as a sheet: what a reader wants first, each line with its source and ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kras_graph.answers.card import Card
from kras_graph.answers.lookup import Finding
from kras_graph.answers.measured import NOT_SAID, measured
from kras_graph.answers.modelled import Modelled
from kras_graph.answers.topics import Topic, kind_of
from kras_graph.model.curies import XREF_PREFIXES
from kras_graph.model.records import Anchor, Result, Statement
from kras_graph.model.terms import THERAPY_CLASSES
from kras_graph.present.layersheet import add_layer
from kras_graph.present.phrases import (
    association,
    context_of,
    doubt,
    figure_text,
    harm_text,
    mark,
    open_or_denied,
    sources,
    titled,
)
from kras_graph.present.report import predicate_labels
from kras_graph.present.sheets import DISCLAIMER, Group, Line, Sheet
from kras_graph.rdf.reader import Reader

# Longer contexts are told once, at the end of the card.
_SHORT = 40
_BY_TUMOUR = (Topic.RESULTS, Topic.COURSE, Topic.SAFETY)
_NO_TUMOUR = "tumour type not said"
# Sections of other cards than a therapy's in which one line lists several forms or drugs.
_LISTED = frozenset(
    (
        Topic.RESISTANCE, Topic.RESPONSE, Topic.TRIALS, Topic.FREQUENCY, Topic.PROGNOSIS,
        Topic.DRUGS, Topic.ACTIVITY, Topic.APPROVED, Topic.REGULATED,
    )
)  # fmt: skip
# Where the statement says little without the curator's remark on what was found.
_REMARKED = ("has_outcome", "compared_with", "associated_with_response_to",
             "associated_with_outcome", "associated_with_poor_outcome_in")  # fmt: skip


@dataclass(frozen=True)
class _Claim:
    """A claim in parts, so that claims alike but for one end can share a line.

    Attributes:
        whole: the claim by itself.
        stem: the claim without its variable end, to stand before a list.
        item: the variable end.
        tail: standing and context.
    """

    whole: str
    stem: str
    item: str
    tail: str


def card_sheet(reader: Reader, found: Card, layer: Modelled) -> Sheet:
    """The card as titled blocks of lines.

    Args:
        reader: the dataset.
        found: findings by section.
        layer: what the mechanism layer holds of the entity.
    """
    return _Writer(reader, found, layer).sheet()


class _Writer:
    """Writes one card."""

    def __init__(self, reader: Reader, found: Card, layer: Modelled) -> None:
        self.reader = reader
        self.card = found
        self.layer = layer
        self.item = found.entity
        self.kind = kind_of(found.entity)
        self.labels = predicate_labels(reader)
        self.results = reader.results(found.statements)
        self.evidence = reader.evidence(statement.id for statement in found.statements)
        self.out = Sheet(f"{self.item.label} ({self.item.cls}, id {self.item.id})")
        outcomes = [s for s in found.statements if s.predicate == "has_outcome"]
        self.designs = {
            row.statement.id: row.design
            for row in measured(reader, outcomes)
            if row.design != NOT_SAID and kind_of(found.entity) != "trial"
        }
        tested = {s.subject for s in outcomes if reader.entities[s.subject].cls in THERAPY_CLASSES}
        self.therapy = tested.pop() if len(tested) == 1 else ""
        contexts = {s.alteration for s in found.statements if s.alteration}
        self.shared = contexts.pop() if len(contexts) == 1 else ()
        # the drug's own target need not be repeated as the genetic context of each line
        self.own = [
            finding.statement.object
            for topic, (_, group) in zip(found.topics, found.sections, strict=True)
            for finding in group
            if topic is Topic.TARGETS and finding.relation == "direct"
        ]

    def sheet(self) -> Sheet:
        """The whole card."""
        self._facts()
        for topic, (title, found) in zip(self.card.topics, self.card.sections, strict=True):
            groups: dict[str, list[Finding]] = {}
            for finding in found:
                groups.setdefault(self._heading(topic, finding), []).append(finding)
            if _NO_TUMOUR in groups:
                groups[_NO_TUMOUR] = groups.pop(_NO_TUMOUR)
            self.out.add(
                title,
                [Group(head, tuple(self._lines(topic, group))) for head, group in groups.items()],
            )
        add_layer(self.out, self.reader, self.layer, acted_on=Topic.DRUGS in self.card.topics)
        self._foot()
        return self.out

    def _facts(self) -> None:
        item, reader = self.item, self.reader
        components = item.attributes.get("components", "")
        gene = item.attributes.get("gene", "")
        classes = " < ".join(
            f"{found.label} ({' '.join(ids)})" if ids else found.label
            for found, ids in self.card.classes
        )
        if not self.card.classes:
            classes = ", ".join(reader.label(parent) for parent in item.parents)
        parts = {"trial": "Cohorts", "disease": "Takes in"}.get(self.kind, "Forms and alterations")
        told = {
            "Also called": ", ".join(item.synonyms),
            "Given together": ", ".join(reader.label(c) for c in components.split("|") if c),
            "Belongs to": classes,
            "Gene": reader.label(gene) if gene else "",
            **{
                key.capitalize(): value
                for key, value in item.attributes.items()
                if key not in ("gene", "components")
            },
            parts: "; ".join(part.label for part in self.card.parts),
            **(self._of_trial() if self.kind == "trial" else {}),
            "Records": ", ".join(_curie(iri) for iri in item.xrefs),
            "Note": item.note,
            "On this card": self._size(),
        }
        self.out.facts += [(name, value) for name, value in told.items() if value]

    def _of_trial(self) -> dict[str, str]:
        """What every line of a trial's card has in common."""
        reader = self.reader
        return {
            "Therapy measured": reader.label(self.therapy) if self.therapy else "",
            "Genetic context, where one is told": ", ".join(reader.label(n) for n in self.shared),
        }

    def _size(self) -> str:
        statements = self.card.statements
        if not statements:
            return ""
        papers = {a.publication for anchors in self.evidence.values() for a in anchors}
        figures = sum(len(self.results.get(s.id, ())) for s in statements)
        doubted = sum(open_or_denied(s) for s in statements)
        text = f"{_count(len(statements), 'statement')} of {_count(len(papers), 'paper')}"
        text += f", {_count(figures, 'figure')}" if figures else ""
        return text + (f"; {doubted} denied or open" if doubted else "")

    def _heading(self, topic: Topic, finding: Finding) -> str:
        statement, reader = finding.statement, self.reader
        if self.kind == "disease" and topic is Topic.RESULTS:
            return reader.label(statement.subject)
        if topic in (Topic.OPEN, Topic.DENIED):
            return ""
        if self.kind == "therapy" and topic in _BY_TUMOUR:
            figures = self.results.get(statement.id, [])
            names = [f.disease for f in figures if f.disease] or list(statement.disease)
            return ", ".join(dict.fromkeys(reader.label(n) for n in names)) or _NO_TUMOUR
        if topic is Topic.RESISTANCE and self.kind == "therapy":
            by_class = finding.relation == "class"
            return f"By class: {finding.via.label}" if by_class else f"{self.item.label} itself"
        if self._listed(topic, finding) or finding.via.id == self.item.id:
            return ""
        return finding.via.label

    def _listed(self, topic: Topic, finding: Finding) -> bool:
        """Whether subjects that say the same are listed in one line, without a heading."""
        if self.kind == "therapy":
            return finding.relation == "member"
        return self.kind in ("molecule", "mechanism") and topic in _LISTED

    def _lines(self, topic: Topic, group: Sequence[Finding]) -> list[Line]:
        """Lines of a group.

        What says the same in the same context shares a line with all its sources; claims
        of the same papers that differ in one end only share a line as a list.
        """
        same: dict[object, list[Finding]] = {}
        for finding in group:
            s = finding.statement
            own = s.id if self.results.get(s.id) else context_of(self.reader, s)
            key = (s.subject, s.predicate, s.object, s.polarity, s.certainty, own)
            same.setdefault(key, []).append(finding)
        lists: dict[object, list[tuple[_Claim, list[Statement]]]] = {}
        for findings in same.values():
            statements = [finding.statement for finding in findings]
            claim = self._claim(topic, findings[0])
            papers = tuple(sorted({a.publication for a in self._anchors(statements)}))
            alone = statements[0].id if self.results.get(statements[0].id) else ""
            lists.setdefault((claim.stem, claim.tail, papers, alone), []).append(
                (claim, statements)
            )
        return [self._line(entries) for entries in lists.values()]

    def _anchors(self, statements: Sequence[Statement]) -> list[Anchor]:
        return [a for s in statements for a in self.evidence.get(s.id, [])]

    def _line(self, entries: Sequence[tuple[_Claim, list[Statement]]]) -> Line:
        """One claim, or several in a list with the ids behind each."""
        anchors = self._anchors([s for _, statements in entries for s in statements])
        marks = [
            tuple(mark(s, self.results.get(s.id, ())) for s in statements)
            for _, statements in entries
        ]
        first = entries[0][0]
        if len(entries) == 1:
            return Line(first.whole + first.tail, sources(self.reader, anchors), marks[0])
        items = ", ".join(
            f"{claim.item} ({' '.join(ids)})"
            for (claim, _), ids in zip(entries, marks, strict=True)
        )
        return Line(f"{first.stem}{first.tail}: {items}", sources(self.reader, anchors))

    def _claim(self, topic: Topic, finding: Finding) -> _Claim:
        s, reader = finding.statement, self.reader
        results = self.results.get(s.id, [])
        known = self._known(topic, finding)
        figures = self._figures(s, results, known)
        tail = f", {_count(s.patients, 'patient')}" if s.patients else ""
        tail += doubt(s) + self._context(s, figures, known, self._heading(topic, finding))
        if results and s.cites:
            tail += f", cites {s.cites}"
        if s.note and not results and s.predicate in _REMARKED:
            tail += f"; curator's remark: {s.note}"
        if topic is Topic.OPEN and (settled := self._settled(s)):
            tail += f"; stated elsewhere: {' '.join(settled)}"
        denied = "NOT: " if doubt(s).startswith(", denied") else ""
        subject, target = titled(reader, s.subject), titled(reader, s.object)
        verb = self.labels.get(s.predicate, s.predicate.replace("_", " "))
        how = association(s)
        if topic is Topic.RESISTANCE and how and self.kind == "therapy":
            return _Claim(f"{denied}{subject}: {how}", f"{denied}{how}", subject, tail)
        if topic is Topic.SAFETY and s.predicate == "has_adverse_event":
            return _one(f"{denied}{target}", figures, tail)
        if figures and s.predicate in ("has_outcome", "enrolls"):
            told = "" if s.subject in known else f"{subject}: "
            heading = self._heading(topic, finding)
            if s.predicate == "enrolls" and s.object not in known and target not in heading:
                told += f"{target}: "
            return _one(f"{denied}{told}{figures}", "", tail)
        if s.predicate == "has_outcome" and s.subject in known:
            return _one(f"{denied}{target}", "", tail)
        if s.subject in known:
            stem = f"{denied}{verb}"
            return _Claim(_with(f"{stem} {target}", figures), stem, target, tail)
        if s.object in known or self._listed(topic, finding):
            stem = f"{denied}{verb} {target}"
            return _Claim(_with(f"{denied}{subject} {verb} {target}", figures), stem, subject, tail)
        stem = f"{denied}{subject} {verb}"
        return _Claim(_with(f"{stem} {target}", figures), stem, target, tail)

    def _settled(self, question: Statement) -> list[str]:
        """Statements on the card that affirm what a source leaves open."""
        wanted = (question.subject, question.predicate, question.object)
        return [
            s.id
            for s in self.card.statements
            if s.is_edge and (s.subject, s.predicate, s.object) == wanted
        ]

    def _known(self, topic: Topic, finding: Finding) -> list[str]:
        """Entities that the card or the heading already names."""
        statement = finding.statement
        known = [self.item.id]
        if self._heading(topic, finding):
            known.append(finding.via.id)
        if self.kind == "therapy" and topic in _BY_TUMOUR:
            known += statement.disease
        if self.kind == "disease" and topic is Topic.RESULTS:
            known.append(statement.subject)
        if self.kind == "trial":
            known += self.shared
            known += [self.therapy] if self.therapy and topic is not Topic.TRIALS else []
        return known

    def _context(
        self, statement: Statement, figures: str, known: Sequence[str], heading: str
    ) -> str:
        """In whom and in what, in brackets, or a letter that stands for it."""
        context = context_of(
            self.reader, statement, known=[*known, *self.own], told=figures + heading, short=True
        )
        if figures and (design := self.designs.get(statement.id)):
            context = f"{context}; {design}" if context else design
        if not context:
            return ""
        return f" ({context})" if len(context) <= _SHORT else f" {self.out.notes.mark(context)}"

    def _figures(
        self, statement: Statement, results: Sequence[Result], known: Sequence[str]
    ) -> str:
        told = [*known, statement.subject, *statement.disease, *statement.trial]
        if statement.predicate == "has_adverse_event":
            event = self.reader.label(statement.object)
            return "; ".join(harm_text(self.reader, r, event, known=told) for r in results)
        parts: list[str] = []
        before = ""
        for result in results:
            text = figure_text(self.reader, result, known=told)
            rest = text.partition(": ")[2]
            parts.append(rest if result.endpoint == before else text)
            before = result.endpoint
        return "; ".join(parts)

    def _foot(self) -> None:
        foot, found = self.out.foot, self.card
        if found.not_carried_over:
            left = ", ".join(
                f"{r.mechanism.label} ({r.statements[0].id})" for r in found.not_carried_over
            )
            foot.append(f"Not carried over from the class to {self.item.label}: {left}.")
        if found.elsewhere:
            foot.append(
                f"{_count(found.elsewhere, 'statement')} on harms, doses, enrolment and course of "
                "treatment left to the cards of therapies and trials."
            )
        if not found.sections:
            foot.append("No statement of the three papers is about it.")
            return
        publications = self.reader.publications
        with_figures = [s for s in found.statements if self.results.get(s.id)]
        papers = {a.publication for a in self._anchors(with_figures)}
        relayed = [publications[p].label for p in sorted(papers)
                   if publications[p].kind == "secondary"]  # fmt: skip
        escape = self._escaped()
        if escape:
            foot.append(f"How tumours escape: {escape}")
        if relayed:
            foot.append(f"Figures of {' and '.join(relayed)} are relayed from studies they cite.")
        foot.append("More on a line: kras-graph why ID; ! marks a slip or ambiguity of the source.")
        foot.append(DISCLAIMER)

    def _escaped(self) -> str:
        """Commands that tell how tumours escape the therapy, or drugs against the molecule."""
        names = [self.item.label] if self.kind == "therapy" else []
        if self.kind == "molecule":
            drugs = self.card.sections[self.card.topics.index(Topic.DRUGS)][1] if (
                Topic.DRUGS in self.card.topics
            ) else ()  # fmt: skip
            subjects = dict.fromkeys(f.statement.subject for f in drugs if f.statement.is_edge)
            names = [
                self.reader.label(name)
                for name in subjects
                if self.reader.entities[name].cls == "DrugClass"
            ]
        return "; ".join(f'kras-graph bypass "{name}"' for name in names)


def _with(text: str, figures: str) -> str:
    return f"{text}: {figures}" if figures else text


def _one(text: str, figures: str, tail: str) -> _Claim:
    """A claim that shares its line with no other."""
    whole = _with(text, figures)
    return _Claim(whole, whole, "", tail)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _curie(iri: str) -> str:
    """An external record as a CURIE, or its address where no prefix is known."""
    fitting = [(base, prefix) for prefix, base in XREF_PREFIXES.items() if iri.startswith(base)]
    if not fitting:
        return iri
    base, prefix = max(fitting, key=lambda pair: len(pair[0]))
    return f"{prefix}:{iri.removeprefix(base)}"
