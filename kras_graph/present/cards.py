"""Cards of entities as text: one claim a line, each with its source and statement id."""

from __future__ import annotations

import textwrap

from kras_graph.answers.card import Card
from kras_graph.model.terms import Certainty, Polarity
from kras_graph.present.report import cited, claim, figure, predicate_labels, standing
from kras_graph.rdf.reader import Reader


def card_text(reader: Reader, card: Card, *, width: int) -> str:
    """The card, wrapped to `width` characters."""
    item = card.entity
    lines = [f"{item.label} ({item.cls}, id {item.id})"]
    if item.synonyms:
        lines.append(f"also called: {', '.join(item.synonyms)}")
    if item.parents:
        lines.append(f"belongs to: {', '.join(reader.label(p) for p in item.parents)}")
    lines += [f"{key}: {value}" for key, value in item.attributes.items() if key not in ("gene",)]
    if item.xrefs:
        lines.append(f"records: {', '.join(item.xrefs)}")
    if item.note:
        lines.append(f"note: {item.note}")
    statements = [finding.statement for _, found in card.sections for finding in found]
    results = reader.results(statements)
    evidence = reader.evidence(statement.id for statement in statements)
    labels = predicate_labels(reader)
    for title, found in card.sections:
        lines += ["", title.upper()]
        for finding in found:
            statement = finding.statement
            text = claim(reader, statement, labels)
            figures = [figure(result, reader) for result in results.get(statement.id, [])]
            if figures and statement.predicate == "has_outcome":
                subject = "" if statement.subject == item.id else f"{text.split(' has ')[0]}: "
                text = subject + "; ".join(figures)
            elif figures:
                text += f" [{'; '.join(figures)}]"
            context = [
                reader.label(ref)
                for ref in (*statement.disease, *statement.under, *statement.model)
                if reader.label(ref) not in text
            ]
            if statement.population and statement.population not in text:
                context.append(statement.population)
            if context:
                text += f" ({'; '.join(dict.fromkeys(context))})"
            plain = (
                statement.certainty is Certainty.STATED and statement.polarity is Polarity.AFFIRMED
            )
            if not plain:
                text += f", {standing(statement.polarity, statement.certainty)}"
            if finding.relation == "class":
                text += f", by class {finding.via.label}"
            mark = "!" if statement.source_issue else ""
            text += f". {cited(reader, evidence.get(statement.id, []))}. {statement.id}{mark}"
            lines += textwrap.wrap(
                text, width, initial_indent="  - ", subsequent_indent="    ", break_on_hyphens=False
            )
    if not card.sections:
        lines += ["", "No statement of the three papers is about it."]
    else:
        lines += [
            "",
            "More on a line: kras-graph why ID; ! marks a slip or ambiguity of the source",
        ]
    return "\n".join(lines) + "\n"
