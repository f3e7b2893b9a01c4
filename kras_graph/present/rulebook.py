"""Rules of the curators' mechanism layer in words."""

from __future__ import annotations

from collections.abc import Sequence

from kras_graph.answers.modelled import Rule
from kras_graph.model.mechanism import Assumption, Basis, Block, Clause, Feedback, Pair
from kras_graph.model.terms import Sign
from kras_graph.rdf.reader import Reader

KINDS = {
    Clause: "rule",
    Block: "block by a therapy",
    Feedback: "feedback",
    Assumption: "assumption",
    Pair: "reported partner",
}
_BASES = {
    Basis.STATED: "stated: at least one statement behind it is affirmed and stated",
    Basis.DEFINITION: "a definition of the curators",
    Basis.ASSUMPTION: "an assumption with a citation of its own",
    Basis.SUGGESTED: "sources only suggest it; used only when asked for",
}
_LESIONS = ("Alteration", "ProteinVariant")


def rule_text(reader: Reader, rule: Rule) -> str:
    """One rule as a sentence."""
    match rule:
        case Clause():
            return _clause(reader, rule)
        case Block():
            text = f"{reader.label(rule.therapy)} takes away the activity of "
            text += reader.label(rule.target)
            if rule.voided_by:
                text += f", unless there is {listed(reader, rule.voided_by, 'or')}"
            return text + (f"; it {rule.condition}" if rule.condition else "")
        case Feedback():
            where = f" in {listed(reader, rule.diseases, 'or')}" if rule.diseases else ""
            return (
                f"while active, {reader.label(rule.driver)} restrains "
                f"{reader.label(rule.restrains)}{where}; the brake falls with its driver"
            )
        case Pair():
            return _pair(reader, rule)
    return rule.claim


def _clause(reader: Reader, clause: Clause) -> str:
    target = reader.label(clause.target)
    if clause.needs:
        text = f"{target} becomes active when {_conditions(reader, clause)}"
    else:
        text = f"{target} counts as active from the start"
        if clause.present:
            text += f", given {listed(reader, clause.present, 'and')}"
    if clause.sign is Sign.UNKNOWN:
        text += "; the source does not say whether it is raised or lowered"
    if clause.diseases:
        text += f"; in {listed(reader, clause.diseases, 'or')} only"
    if clause.not_diseases:
        text += f"; not in {listed(reader, clause.not_diseases, 'or')}"
    return text


def _conditions(reader: Reader, clause: Clause) -> str:
    lesions = [name for name in clause.needs if reader.entities[name].cls in _LESIONS]
    active = [name for name in clause.needs if name not in lesions]
    parts = []
    if active:
        verb = "is" if len(active) == 1 else "are"
        parts.append(f"{listed(reader, active, 'and')} {verb} active")
    if lesions:
        parts.append(f"the tumour has {listed(reader, lesions, 'and')}")
    if clause.present:
        verb = "is" if len(clause.present) == 1 else "are"
        parts.append(f"{listed(reader, clause.present, 'and')} {verb} there")
    return " and ".join(parts)


def _pair(reader: Reader, pair: Pair) -> str:
    partner = reader.label(pair.partner)
    given = f"{partner} added to {reader.label(pair.drug)}" if pair.drug else f"{partner} alone"
    context = [reader.label(pair.disease)] if pair.disease else []
    context += [reader.label(name) for name in pair.alterations]
    where = f" ({', '.join(context)})" if context else ""
    how = "to work" if pair.reported == "works" else "to fail"
    return f"{given} is reported {how}{where}" + (f": {pair.note}" if pair.note else "")


def basis_text(rule: Rule) -> str:
    """What a rule rests on, in words."""
    match rule:
        case Clause():
            return _BASES[rule.basis]
        case Block():
            told = "a definition of the curators: what the class is made to do"
            return told + ("; statements behind its condition" if rule.statements else "")
        case Feedback() if rule.assumptions:
            return "statements, and assumptions with citations of their own"
        case Assumption():
            return "work outside the three papers, cited here; not a statement of the graph"
    return "statements of the sources"


def listed(reader: Reader, names: Sequence[str], joint: str) -> str:
    """Labels as a list in words."""
    labels = [reader.label(name) for name in names]
    if len(labels) < 2:
        return "".join(labels)
    return f"{', '.join(labels[:-1])} {joint} {labels[-1]}"


def rests_on(rule: Rule) -> tuple[str, ...]:
    """Ids of the statements and assumptions behind a rule."""
    if isinstance(rule, Assumption):
        return ()
    return (*rule.statements, *(rule.assumptions if isinstance(rule, Clause | Feedback) else ()))
