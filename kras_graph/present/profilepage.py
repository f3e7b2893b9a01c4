"""A profile's answer as one web page that needs nothing else and runs nothing.

The page holds a style sheet and no script; a content security policy admits the one by its
hash and nothing else. Every text is escaped; statement ids lead to the evidence at the end of
the page, and from there to the papers.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from importlib.resources import files

from kras_graph import __version__
from kras_graph.answers.nearness import LEVEL_LABELS, LEVEL_MEANINGS, Level
from kras_graph.answers.profile_drugs import BARE, OTHERS
from kras_graph.answers.profile_records import (
    GAPS,
    ROUTES,
    TRIALS,
    Computed,
    Group,
    Line,
    ProfileAnswer,
    Section,
)
from kras_graph.model.terms import Certainty, Polarity
from kras_graph.present.figures import RECONSTRUCTED
from kras_graph.present.profile import (
    COMPUTED_TITLE,
    GAPS_TITLE,
    MISSING_ELSEWHERE,
    NO_CLAIM,
    SETS_ORDER,
    computed_head,
    reopening_text,
    route_said,
    stays_on,
    told_text,
    trial_cells,
    trial_name,
    verdict,
)
from kras_graph.present.profile_html import (
    Linked,
    esc,
    evidence_section,
    link,
    papers_section,
    plain_table,
    row,
    table,
)
from kras_graph.present.profile_rows import (
    DISCLAIMER,
    FIELD_LABELS,
    ISSUE,
    SECTION_TITLES,
    Rows,
    input_words,
)
from kras_graph.present.proofs import CLASS_LABELS, steps_text
from kras_graph.rdf.reader import Reader

SCOPE = (
    "What a graph of three papers holds for such a tumour: each line with its source, what is "
    "computed marked as such, and what is missing. Nothing is ranked by benefit."
)
_LINES = (("said", "Said"), ("whom", "In whom"), ("near", "How near"), ("firm", "Standing"),
          ("", "Source"))  # fmt: skip
_SIGNS = (
    (ISSUE, "the source passage has a slip or ambiguity; the evidence tells it"),
    (RECONSTRUCTED, "counts reconstructed by the program, not printed"),
    ("(computed)", "exact 95% interval by Clopper and Pearson, not printed"),
    ("denied", "the source says that it is not so; a thick line stands at the left"),
    ("open question", "the source asks or leaves it open; a dotted line"),
    ("suggested, hypothesised", "put weakly by the source; a thin line"),
)


def profile_page(reader: Reader, answer: ProfileAnswer) -> str:
    """The whole answer as HTML.

    Args:
        reader: labels and papers.
        answer: the answer.
    """
    folder = files("kras_graph.present")

    def read(name: str) -> str:
        # line ends as an HTML parser makes them, so that the text keeps its hash
        return re.sub(r"\r\n?", "\n", (folder / name).read_text(encoding="utf-8"))

    style = read("profile_page.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )
    parts, contents = _Page(reader, answer).parts()
    filled = {
        "policy": policy,
        "title": esc(answer.profile.title),
        "disclaimer": esc(DISCLAIMER),
        "scope": esc(SCOPE),
        "version": esc(__version__),
        "style": style,
        "contents": "".join(
            f'<li><a href="#{ident}">{esc(label)}</a>{f" <span>{count}</span>" * bool(count)}</li>'
            for ident, label, count in contents
        ),
        "body": "\n".join(parts),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda found: filled[found[1]], read("profile_page.html"))


class _Page:
    """The body of one page while it is made."""

    def __init__(self, reader: Reader, answer: ProfileAnswer) -> None:
        self.reader = reader
        self.answer = answer
        self.rows = Rows(reader, answer)
        self.linked = Linked(reader, answer)

    def parts(self) -> tuple[list[str], list[tuple[str, str, int]]]:
        """Sections in reading order; and the table of contents: id, label, number of lines."""
        parts = [self._inputs()]
        contents = [("inputs", "What was asked", 0)]
        for section in self.answer.sections:
            if section.id == TRIALS:
                parts.append(self._computed())
                count = sum(len(found.routes.routes) for found in self.answer.computed)
                contents.append((ROUTES, SECTION_TITLES[ROUTES], count))
            parts.append(self._section(section))
            number = len(section.groups) if section.id == TRIALS else len(section.lines)
            contents.append((section.id, SECTION_TITLES[section.id], number))
        parts += [self._gaps(), _legend(), evidence_section(self.linked, self.rows)]
        parts.append(papers_section(self.linked))
        contents += [
            (GAPS, SECTION_TITLES[GAPS], len(self.answer.gaps)),
            ("legend", "Reading aid", 0),
            ("evidence", "Evidence", len(self.answer.statements)),
            ("papers", "Papers", 0),
        ]
        return parts, contents

    def _inputs(self) -> str:
        cells = []
        for item in self.answer.profile.inputs:
            how, where = input_words(self.reader, self.answer, item)
            shown = f'<span class="unused">{esc(where)}</span>' if item.unused else esc(where)
            cells.append((esc(FIELD_LABELS[item.field]), esc(item.text), esc(how), shown))
        body = plain_table("", ("Input", "Given", "Read as", "Used in"), cells)
        return (
            f'<section id="inputs"><h2>What was asked, and what became of it</h2>{body}</section>'
        )

    def _section(self, section: Section) -> str:
        out = [f'<section id="{section.id}"><h2>{esc(section.title)}</h2>']
        out += [f'<p class="quiet">{self.linked.text(note)}</p>' for note in section.notes]
        named = [g for g in section.groups if g.about] if section.id == TRIALS else []
        out += [self._trials(named)] if named else []
        for group in (g for g in section.groups if g not in named):
            told = self._group(group)
            title = f"{group.title}: {len(group.lines)}"
            out.append(_folded(title, told) if group.title in (BARE, OTHERS) else told)
        out += [] if section.groups else ["<p>Nothing in the graph.</p>"]
        return "\n".join([*out, "</section>"])

    def _group(self, group: Group) -> str:
        out = [f"<h3>{esc(group.title)}</h3>"]
        out += [f"<p>{self.linked.text(group.intro)}</p>"] if group.intro else []
        near = [line for line in group.lines if not (group.about and _is_far(line))]
        far = [line for line in group.lines if group.about and _is_far(line)]
        out += [self._table(near, group.intro)] if near else []
        if far:
            out.append(
                _folded(f"From other tumour types: {len(far)}", self._table(far, group.intro))
            )
        if group.left_out:
            out.append(f'<p class="left">Left out: {self.linked.text(group.left_out)}</p>')
        return "\n".join(out)

    def _table(self, lines: Sequence[Line], known: str) -> str:
        return table("lines", _LINES, "".join(self._line(line, known) for line in lines))

    def _line(self, line: Line, known: str) -> str:
        """A row; what the heading `known` says already is not repeated."""
        told = self.rows.row(line)
        said = esc(told.what)
        if told.what.startswith("NOT: "):
            said = f'<span class="mark">NOT:</span> {esc(told.what.removeprefix("NOT: "))}'
        if told.remark and told.remark != known:
            said += f'<p class="remark">{self.linked.text(told.remark)}</p>'
        if told.note and told.vague:
            said += f'<p class="note">Curator: {self.linked.text(told.note)}</p>'
        near = ""
        if line.near:
            near = f'<span class="tag l{int(line.near.level)}">{esc(line.near.label)}</span>'
            words = line.near.unlike or "; ".join(line.near.words)
            near += f"<p>{esc(words)}</p>" if words else ""
        firm = f'{esc(told.standing)}<p class="note">{esc(told.setting)}</p>'
        source = self.linked.source(line.statements, told.marked)
        cells = (said, esc(told.whom), near, firm, source)
        return row([label for _, label in _LINES], cells, _firmness(line))

    def _trials(self, groups: Sequence[Group]) -> str:
        columns = ("Trial or cohort", "Tests", "Takes in", "Phase", "How near", "Source")
        cells = []
        for group in groups:
            tests, people, phase, ids = trial_cells(self.rows, group)
            statements = [s for line in group.lines for s in line.statements]
            source = self.linked.source(statements, ids.split())
            texts = (trial_name(group), tests, people, phase, group.intro)
            cells.append((*(esc(text) for text in texts), source))
        return plain_table("even", columns, cells)

    def _computed(self) -> str:
        out = [f'<section id="{ROUTES}"><h2>{esc(COMPUTED_TITLE)}</h2>']
        out += [] if self.answer.computed else ["<p>Nothing is computed for this profile.</p>"]
        out += [self._under(found) for found in self.answer.computed]
        out += [
            f"<p>Nothing computed under {esc(drug.label)}: {esc(reason)}.</p>"
            for drug, reason in self.answer.not_computed
        ]
        if self.answer.computed:
            limits = [*self.answer.computed[0].routes.limits, NO_CLAIM]
            items = "".join(f"<li>{esc(limit)}</li>" for limit in limits)
            out.append(f'<ul class="plain quiet">{items}</ul>')
        if self.linked.assumptions:
            out.append('<h3>Assumptions that the routes rest on</h3><ul class="plain">')
            for item in self.linked.assumptions.values():
                address = f"https://doi.org/{item.doi}" if item.doi else item.url
                told = f"{esc(item.id)}: {esc(item.claim)} ({link(address, item.citation)})."
                out.append(f'<li id="{esc(item.id)}">{told}</li>')
            out.append("</ul>")
        return "\n".join([*out, "</section>"])

    def _under(self, found: Computed) -> str:
        out = [f'<div class="computed"><h3>{esc(computed_head(found))}</h3>']
        out.append(f"<p>{esc(verdict(self.reader, found))}</p>")
        cells = []
        for route in found.routes.routes:
            rests = " ".join([*route.statements, *route.assumptions])
            steps = self.linked.text(steps_text(self.reader, route))
            steps += f'<p class="rests">Rests on {self.linked.text(rests)}</p>' if rests else ""
            said = self.linked.text(route_said(found, route))
            output = esc(self.reader.label(route.output))
            cells.append((esc(CLASS_LABELS[route.cls]), output, steps, said))
        if cells:
            columns = ("Class", "To", "Steps", "Start reported by")
            out.append(plain_table("steps", columns, cells))
        out += [f"<p>{esc(reopening_text(found))}</p>"] if found.reopening else []
        if found.sets:
            out += [f'<p class="quiet">{esc(SETS_ORDER)}</p>', self._sets(found)]
        return "\n".join([*out, "</div>"])

    def _sets(self, found: Computed) -> str:
        names = ("set", "held", "held", "told")
        columns = ("Closed with a therapy on", "Drugs in the graph", "Reopened by",
                   "What sources say of it with these drugs")  # fmt: skip
        cells = []
        for chosen in found.sets:
            targets = esc(" + ".join(self.reader.label(name) for name in chosen.targets))
            if chosen.common_downstream:
                targets += '<p class="note">common downstream: closes whatever the driver</p>'
            targets += (
                f'<p class="note">{esc(stays_on(self.reader, chosen).removeprefix(": "))}</p>'
            )
            drugs = "; ".join(
                ", ".join(self.reader.label(name) for name in names)
                for names in chosen.drugs.values()
            )
            opens = ", ".join(self.reader.label(name) for name in chosen.reopened_by)
            lesions = esc(opens or "no single lesion of the layer")
            if chosen.leans_on:
                leans = " ".join(item.id for item in chosen.leans_on)
                lesions += f'<p class="note">Leans on {self.linked.text(leans)}</p>'
            told = told_text(self.rows, found.told[chosen.targets], len(found.drugs))
            said = "".join(
                f'<p><span class="mark">{esc(word)}</span>: {esc(text)} ({esc(whom)}) '
                f"{self.linked.text(ident)}</p>"
                for word, text, whom, ident in told
            )
            cells.append((targets, esc(drugs), lesions, said or "no source says anything"))
        body = "".join(row(columns, line) for line in cells)
        return table("sets", list(zip(names, columns, strict=True)), body)

    def _gaps(self) -> str:
        items = []
        for gap in self.answer.gaps:
            near = " ".join(dict.fromkeys(s.id for s in gap.nearest))
            items.append(f"<li>{self.linked.text(gap.text)} {self.linked.text(near)}</li>")
        return (
            f'<section id="{GAPS}"><h2>{esc(GAPS_TITLE)}</h2>'
            f'<p class="quiet">{esc(MISSING_ELSEWHERE)}</p>'
            f'<ul class="gaps">{"".join(items)}</ul></section>'
        )


def _is_far(line: Line) -> bool:
    return line.near is not None and line.near.level == Level.OTHER_TUMOUR


def _folded(title: str, body: str) -> str:
    """Something that a reader opens to see; it is printed open."""
    return f"<details><summary>{esc(title)}</summary>{body}</details>"


def _legend() -> str:
    levels = "".join(
        f'<dt><span class="tag l{int(level)}">{esc(LEVEL_LABELS[level])}</span></dt>'
        f"<dd>{esc(words)}</dd>"
        for level, words in LEVEL_MEANINGS.items()
    )
    told = "".join(f"<dt>{esc(sign)}</dt><dd>{esc(words)}</dd>" for sign, words in _SIGNS)
    return (
        f'<section id="legend"><h2>Reading aid</h2><dl class="legend">{levels}{told}</dl></section>'
    )


def _firmness(line: Line) -> str:
    """Class of a row by how firmly the source puts it."""
    if line.first.certainty is Certainty.OPEN:
        return "open"
    if line.first.polarity is Polarity.NEGATED:
        return "denied"
    return "" if line.first.certainty is Certainty.STATED else "weak"
