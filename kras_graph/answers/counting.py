"""How many: the number asked for in a question, and what it counts."""

from __future__ import annotations

from collections.abc import Sequence

from kras_graph.answers.lookup import Finding
from kras_graph.answers.reading import Reading
from kras_graph.model.records import Statement
from kras_graph.rdf.reader import Reader

_MEDICINES = frozenset({"Drug", "Biologic", "CellTherapy"})


def count(reader: Reader, reading: Reading, findings: Sequence[Finding]) -> str:
    """The number asked for with what was counted; empty when none was asked for.

    Only what is affirmed and stated is counted, statements excepted; what is put less
    firmly is told beside the number.

    Args:
        reader: the dataset.
        reading: how the question was understood.
        findings: the statements of the answer.
    """
    what = reading.form.counts
    if "count" not in reading.parts.words or not what:
        return ""
    if what == "statement":
        total = sum(not statement.deprecated for statement in reader.statements())
        return f"{len(findings)} of {total} statements"
    if what == "patients":
        numbers = sorted({f.statement.patients for f in findings if f.statement.patients})
        told = ", ".join(map(str, numbers))
        return f"patients behind it: {told}" if numbers else "the sources give no number"
    firm = [finding for finding in findings if finding.statement.is_edge]
    ends = {end for finding in firm for end in _counted(reader, finding, what)}
    kinds = {reader.entities[end].cls for end in ends}
    if what in ("trial", "regimen"):
        word = {"trial": "trial", "regimen": "combination"}[what]
    elif kinds <= _MEDICINES:
        word = "medicine"
    else:
        word = "tumour type" if kinds == {"Disease"} else "different one"
    told = f"{len(ends)} {word}{'' if len(ends) == 1 else 's'}"
    loose = len(findings) - len(firm)
    return told + (f", and {loose} claim(s) put less firmly or denied" if loose else "")


def _counted(reader: Reader, finding: Finding, what: str) -> set[str]:
    """Entities of a finding that count."""
    statement: Statement = finding.statement
    both = (statement.subject, statement.object)
    if what in ("subject", "object"):
        return {statement.subject if what == "subject" else statement.object}
    if what == "other":
        return set(both) - {finding.via.id}
    wanted = ("Regimen",) if what == "regimen" else ("Trial",)
    found = set()
    for end in both:
        item = reader.entities[end]
        while item.cls == "Cohort" and item.parents:
            item = reader.entities[sorted(item.parents)[0]]
        if item.cls in wanted:
            found.add(item.id)
    return found
