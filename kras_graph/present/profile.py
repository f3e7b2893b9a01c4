"""A profile's answer as text, and as one flat table for machines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from textwrap import TextWrapper

from kras_graph.answers.combination import ClosingSet
from kras_graph.answers.nearness import LEVEL_LABELS, LEVEL_MEANINGS
from kras_graph.answers.profile_records import (
    TRIALS,
    Computed,
    Group,
    ProfileAnswer,
    Section,
    Told,
)
from kras_graph.answers.routes import Claim, Spoken
from kras_graph.answers.tried import ALONE, ARM, BY_CLASS, LOSS
from kras_graph.network.derivation import Route
from kras_graph.present.figures import RECONSTRUCTED
from kras_graph.present.profile_rows import (
    DISCLAIMER,
    FIELD_LABELS,
    ISSUE,
    Row,
    Rows,
    input_words,
)
from kras_graph.present.proofs import CLASS_LABELS, assumptions_text, said_text, steps_text
from kras_graph.present.tabular import Table, render
from kras_graph.rdf.reader import Reader

COMPUTED_TITLE = "Computed from the graph, not observed: routes left open and what would close them"
GAPS_TITLE = "Asked for, and not in the graph"
MISSING_ELSEWHERE = "What the graph lacks may still be known elsewhere."
NO_CLAIM = "No statement on synergy, response or safety follows from a closed route."
SETS_ORDER = "Sets stand in the order of kras-graph combine, which tells nothing of benefit."
_ACRONYM = re.compile(r"[A-Z][\w.-]*(?: \d+)?")
_COLUMNS = (
    "section", "group", "about", "what", "whom", "near", "near_words", "standing", "setting",
    "kind", "remark", "source", "ids", "source_issue",
)  # fmt: skip


def profile_text(
    reader: Reader, answer: ProfileAnswer, *, width: int = 120, color: bool = False
) -> str:
    """The whole answer as people read it on a terminal."""
    rows = Rows(reader, answer)
    out = [f"Profile: {answer.profile.title}", DISCLAIMER, ""]
    out.append(render(_inputs(reader, answer), "table", width=width, color=color).rstrip())
    for section in answer.sections:
        if section.id == TRIALS:
            out += ["", _computed_text(reader, answer, rows, width, color).rstrip()]
        out += _section_text(rows, section, width, color)
    out += ["", _gaps_text(answer, width), "", *_wrap(_legend(answer), width)]
    out += ["More on a line: kras-graph why ID", DISCLAIMER]
    return "\n".join(out) + "\n"


def _inputs(reader: Reader, answer: ProfileAnswer) -> Table:
    rows = [
        (FIELD_LABELS[item.field], item.text, *input_words(reader, answer, item))
        for item in answer.profile.inputs
    ]
    return Table(("Input", "Given", "Read as", "Used in"), tuple(rows), "WHAT WAS ASKED")


def _section_text(rows: Rows, section: Section, width: int, color: bool) -> list[str]:
    out = ["", section.title.upper(), *section.notes]
    named = [g for g in section.groups if g.about] if section.id == TRIALS else []
    if named:
        out += ["", render(_trials(rows, named), "table", width=width, color=color).rstrip()]
    for group in (g for g in section.groups if g not in named):
        title = f"{group.title}: {group.intro}" if group.intro else group.title
        out += ["", _bold(title, color)]
        for line in group.lines:
            out += _entry(rows.row(line), group.intro, width)
        out += [f"  Left out: {group.left_out}"] if group.left_out else []
    return out if section.groups else [*out, "", "Nothing in the graph."]


def _entry(row: Row, known: str, width: int) -> list[str]:
    """A line in two parts: what is said, with its ids; then how near, in whom, how firmly.

    What the heading `known` says is not repeated.
    """
    said = f"{row.what} [{' '.join(row.marked)}]"
    if row.remark and row.remark != known:
        said += f" ({row.remark})"
    parts = [row.near_text, row.whom, f"{row.standing}, {row.setting}", row.source]
    if row.note and row.vague:
        parts.append(f"curator: {row.note}")
    return [
        *_wrap(said, width, initial_indent="  ", subsequent_indent="    "),
        *_wrap(
            " | ".join(part for part in parts if part),
            width,
            initial_indent="      ",
            subsequent_indent="      ",
        ),
    ]


def _wrap(
    text: str, width: int, initial_indent: str = "", subsequent_indent: str = ""
) -> list[str]:
    wrapper = TextWrapper(
        width=width,
        initial_indent=initial_indent,
        subsequent_indent=subsequent_indent,
        break_on_hyphens=False,
    )
    return wrapper.wrap(text)


def _bold(text: str, color: bool) -> str:
    return f"\x1b[1m{text}\x1b[0m" if color else text


def trial_name(group: Group) -> str:
    """Name of a trial with the acronym that people know it by."""
    synonyms = group.about.synonyms if group.about else ()
    short = next((name for name in synonyms if _ACRONYM.fullmatch(name)), "")
    return f"{group.title} ({short})" if short else group.title


def trial_cells(rows: Rows, group: Group) -> tuple[str, str, str, str]:
    """What a trial tests, whom it takes in, its phase and the ids, each in one text."""
    tests: dict[str, None] = {}
    people: dict[str, None] = {}
    phase: dict[str, None] = {}
    ids: list[str] = []
    for line in group.lines:
        first = line.first
        ids += [s.id + ISSUE * bool(s.source_issue) for s in line.statements]
        firm = "" if str(first.certainty) == "stated" else f" ({rows.row(line).standing})"
        if first.predicate in ("studied_in", "studied_for"):
            tests[rows.reader.label(first.subject) + firm] = None
            if first.predicate == "studied_for":
                continue
        elif first.predicate == "has_design":
            phase[rows.reader.label(first.object)] = None
            continue
        else:
            people[rows.reader.label(first.object) + firm] = None
        people |= dict.fromkeys(s.population for s in line.statements if s.population)
    return (
        "; ".join(tests) or "not said here", "; ".join(people) or "not said",
        "; ".join(phase), " ".join(dict.fromkeys(ids)),
    )  # fmt: skip


def _trials(rows: Rows, groups: Iterable[Group]) -> Table:
    cells = []
    for group in groups:
        tests, people, phase, ids = trial_cells(rows, group)
        source = ", ".join(dict.fromkeys(rows.source(line.statements) for line in group.lines))
        cells.append((trial_name(group), tests, people, phase, group.intro, source, ids))
    columns = ("Trial or cohort", "Tests", "Takes in", "Phase", "How near", "Source", "ID")
    return Table(columns, tuple(cells), "Trials")


def route_said(found: Computed, route: Route) -> str:
    """Statements on how a route starts, told apart by how the sources put it."""
    return said_text(found.spoken.get(route.id, Spoken()))


_CLAIMS = {
    Claim.OPEN: "can stay on",
    Claim.CLOSED: "is closed",
    Claim.NOT_DERIVABLE: "cannot be derived",
    Claim.NOT_MODELLED: "is not modelled",
}


def verdict(reader: Reader, found: Computed) -> str:
    """Which outputs can stay on in the tumour as given."""
    parts = []
    for state in found.routes.states:
        told = _CLAIMS[state.claim]
        if not state.open and state.open_if_acquired:
            told += " until a further lesion opens it"
        parts.append(f"{reader.label(state.output)} {told}")
    return "; ".join(parts) + "."


def told_text(rows: Rows, told: Iterable[Told], drugs: int) -> list[tuple[str, str, str, str]]:
    """What sources say of a combination: word, claim, drugs that it holds for, id."""
    found = []
    for item in told:
        statement = item.tried.statement
        whom = ", ".join(drug.label for drug in item.drugs)
        if item.tried.relation in (ALONE, LOSS, ARM):
            whom = item.tried.relation
        elif item.tried.relation == BY_CLASS and len(item.drugs) == drugs:
            whom = "by class, for each of these drugs" if drugs > 1 else f"{whom}, by class"
        mark = ISSUE if statement.source_issue else ""
        found.append((item.word, rows.claim(statement), whom, statement.id + mark))
    return found


def reopening_text(found: Computed) -> str:
    """Further lesions, each of which would open a route, in one line."""
    names = ", ".join(item.label for item in found.reopening)
    return f"Each of these further lesions would open a route to ERK: {names}."


def computed_head(found: Computed) -> str:
    """The therapies of a computation in one line."""
    names = ", ".join(drug.label for drug in found.drugs)
    if found.prior:
        given = ", ".join(drug.label for drug in found.prior)
        return f"Under {names} ({given} was given before)"
    return f"Under {names}"


def _computed_text(
    reader: Reader, answer: ProfileAnswer, rows: Rows, width: int, color: bool
) -> str:
    out = [COMPUTED_TITLE.upper(), ""]
    for found in answer.computed:
        out.append(f"{computed_head(found)}: {verdict(reader, found)}")
        table = Table(
            ("Class", "To", "Steps", "Start reported by"),
            tuple(
                (
                    CLASS_LABELS[route.cls],
                    reader.label(route.output),
                    steps_text(reader, route),
                    route_said(found, route),
                )
                for route in found.routes.routes
            ),
        )
        out.append(render(table, "table", width=width, color=color))
        if found.reopening:
            out.append(f"{reopening_text(found)}\n")
        out += [SETS_ORDER, ""] if found.sets else []
        for chosen in found.sets:
            out += _set_text(reader, rows, found, chosen, width)
        out += [""] if found.sets else []
    out += [f"Nothing computed under {d.label}: {why}." for d, why in answer.not_computed]
    assumptions = {a.id: a for found in answer.computed for a in found.assumptions}
    out += assumptions_text(assumptions.values())
    if answer.computed:
        out += [*answer.computed[0].routes.limits, NO_CLAIM]
    return "\n".join(out) + "\n"


def _set_text(
    reader: Reader, rows: Rows, found: Computed, chosen: ClosingSet, width: int
) -> list[str]:
    """A closing set: its targets, who has a therapy on them, what sources say of it."""
    targets = " + ".join(reader.label(name) for name in chosen.targets)
    if chosen.common_downstream:
        targets += " (common downstream: closes whatever the driver)"
    drugs = "; ".join(
        ", ".join(reader.label(name) for name in names) for names in chosen.drugs.values()
    )
    head = f"Closed with a therapy on {targets}{stays_on(reader, chosen)}. In the graph: {drugs}."
    lines = _wrap(head, width, initial_indent="  ", subsequent_indent="    ")
    told = told_text(rows, found.told[chosen.targets], len(found.drugs))
    for word, text, whom, ident in told:
        entry = f"{word}: {text} ({whom}) [{ident}]"
        lines += _wrap(entry, width, initial_indent="      ", subsequent_indent="        ")
    return lines if told else [*lines, "      no source says anything of it with these drugs"]


def stays_on(reader: Reader, chosen: ClosingSet) -> str:
    """What a set closes, and which outputs stay on all the same."""
    left = ", ".join(reader.label(name) for name in chosen.leaves_open)
    return ": routes to ERK" + (f", while {left} stays open" if left else "")


def _gaps_text(answer: ProfileAnswer, width: int) -> str:
    lines = [GAPS_TITLE.upper(), MISSING_ELSEWHERE, ""]
    for gap in answer.gaps:
        nearest = " ".join(dict.fromkeys(s.id for s in gap.nearest))
        told = f"- {gap.text}" + (f" [{nearest}]" if nearest else "")
        lines += _wrap(told, width, subsequent_indent="  ")
    return "\n".join(lines)


def _legend(answer: ProfileAnswer) -> str:
    used = {line.near.level for s in answer.sections for line in s.lines if line.near}
    lines = [f"{LEVEL_LABELS[level]}: {LEVEL_MEANINGS[level]}." for level in sorted(used)]
    lines.append(f"{ISSUE} the source passage has a slip or ambiguity.")
    lines.append(f"{RECONSTRUCTED} counts reconstructed by the program, not printed.")
    return "How near: " + " ".join(lines)


def profile_table(reader: Reader, answer: ProfileAnswer) -> Table:
    """Every line, computed route, closing set and gap as one row, for machines.

    Columns: `section`, `group`, `about`, `what`, `whom`, `near`, `near_words`, `standing`,
    `setting`, `kind` (`source`, `computed`, `missing`), `remark`, `source`, `ids`,
    `source_issue`.
    """
    rows = Rows(reader, answer)
    cells: list[tuple[str, ...]] = []
    for section in answer.sections:
        for group in section.groups:
            about = group.about.label if group.about else ""
            for line in group.lines:
                row = rows.row(line)
                near, words = row.near, row.near_words
                if section.id == TRIALS and group.about:
                    near, words = "", group.intro
                cells.append(
                    (section.id, group.title, about, row.what, row.whom, near, words,
                     row.standing, row.setting, "source", row.remark, row.source,
                     " ".join(row.ids), "yes" if row.issue else "no")
                )  # fmt: skip
    for found in answer.computed:
        cells += _computed_rows(reader, rows, found)
    for gap in answer.gaps:
        ids = " ".join(dict.fromkeys(s.id for s in gap.nearest))
        about = FIELD_LABELS.get(gap.about, "")
        cells.append(("gaps", "", about, gap.text, "", "", "", "", "", "missing", "", "", ids, ""))
    for item in answer.profile.unused:
        text = f"{item.text}: {item.unused}"
        label = FIELD_LABELS[item.field]
        cells.append(
            ("inputs", "not used", label, text, "", "", "", "", "", "missing", "", "", "", "")
        )
    return Table(_COLUMNS, tuple(cells))


def _computed_rows(reader: Reader, rows: Rows, found: Computed) -> Iterable[tuple[str, ...]]:
    head = computed_head(found)
    for route in found.routes.routes:
        ids = " ".join([*route.statements, *route.assumptions])
        yield ("routes", head, reader.label(route.output), steps_text(reader, route), "", "", "",
               "", "", "computed", f"start reported by: {route_said(found, route)}", "", ids,
               "")  # fmt: skip
    for chosen in found.sets:
        targets = " + ".join(reader.label(name) for name in chosen.targets)
        told = found.told[chosen.targets]
        ids = " ".join(t.tried.statement.id for t in told)
        said = "; ".join(f"{word}: {text} ({ident})" for word, text, _, ident in
                         told_text(rows, told, len(found.drugs)))  # fmt: skip
        yield ("routes", f"{head}: also closed by", targets, said or "no source says anything",
               "", "", "", "", "", "computed", "", "", ids, "")  # fmt: skip
