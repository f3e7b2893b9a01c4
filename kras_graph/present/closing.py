"""Closing sets as data, text and table: what would close, who has it, who tried it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kras_graph.answers.combination import ORDER, ClosingSet, CombinationAnswer
from kras_graph.answers.routes import spoken_of
from kras_graph.answers.tried import Tried
from kras_graph.network.cuts import DROP_RATE
from kras_graph.present.proofs import (
    CLASS_LABELS,
    Tails,
    assumptions_text,
    context_text,
    said_text,
    unused_text,
)
from kras_graph.present.report import figure, standing
from kras_graph.present.routes import Json, assumption_json, context_json, named, route_json
from kras_graph.present.tabular import Table, render
from kras_graph.rdf.reader import Reader

STABILITY = (
    f"Stability: share of resamples in which the set is still minimal and closing when every "
    f"statement and assumption is dropped with probability {DROP_RATE:g}."
)


def combination_json(reader: Reader, answer: CombinationAnswer) -> Json:
    """Closing sets for a drug.

    Keys: `drug`, `context`, `outputs`, `routes` (open in the context), `sets`, `order` (how
    the sets are ranked, first criterion first), `robust`, `drug_alone_closes`, `unused`,
    `size`, `limits`, `complete`. A set has `targets`, `closes` (route ids), `closed_by`
    (per target), `common_downstream`, `drugs` (per target), `leaves_open`, `reopened_by`,
    `trials`, `studied`, `for`, `against`, `unclear`, `harm` (statement ids), `results`
    (figures with their statement and relation), `stability`.
    """
    return {
        "drug": named(reader, answer.question.drug.id),
        "kind": "computed",
        "context": context_json(reader, answer.question, answer.drivers),
        "outputs": list(answer.question.outputs),
        "routes": [
            route_json(reader, route, spoken_of(answer.about[route.id], answer.told))
            for route in answer.routes
        ],
        "sets": [
            {
                "targets": [named(reader, name) for name in chosen.targets],
                "closes": list(dict.fromkeys(r for ids in chosen.closes.values() for r in ids)),
                "closed_by": {name: list(ids) for name, ids in chosen.closes.items()},
                "common_downstream": chosen.common_downstream,
                "drugs": [
                    {**named(reader, drug), "target": target}
                    for target, drugs in chosen.drugs.items()
                    for drug in drugs
                ],
                "leaves_open": list(chosen.leaves_open),
                "reopened_by": list(chosen.reopened_by),
                "trials": list(chosen.trials),
                "studied": _ids(chosen.studied),
                "for": _ids(chosen.support),
                "against": _ids(chosen.against),
                "unclear": _ids(chosen.unclear),
                "harm": _ids(chosen.harm),
                "results": [
                    {
                        "statement": tried.statement.id,
                        "relation": tried.relation,
                        "arm": tried.statement.subject,
                        "endpoint": result.endpoint,
                        "printed": result.printed,
                    }
                    for tried in (*chosen.support, *chosen.arms)
                    for result in tried.results
                ],
                "stability": round(chosen.stability, 3),
            }
            for chosen in answer.sets
        ],
        "order": list(ORDER),
        "robust": [
            {
                "target": named(reader, item.target),
                "closes_in": item.closes_in,
                "contexts": item.contexts,
                "fails_with": list(item.fails_with),
            }
            for item in answer.robust
        ],
        "drug_alone_closes": answer.drug_alone_closes,
        "unused": [named(reader, item.id) for item in answer.unused],
        "size": answer.size,
        "assumptions": [assumption_json(item) for item in answer.assumptions],
        "limits": list(answer.limits),
        "complete": answer.complete,
    }


def _ids(tried: Sequence[Tried]) -> list[str]:
    return [item.statement.id for item in tried]


def combination_text(reader: Reader, answer: CombinationAnswer, *, width: int, color: bool) -> str:
    """Closing sets as text, informative ones first, then those that cut a common trunk."""
    question = answer.question
    outputs = ", ".join(reader.label(output) for output in question.outputs)
    lines = [f"Which further targets would close every route to {outputs} under "
             f"{question.drug.label}: computed, not observed", ""]  # fmt: skip
    if answer.limits and not answer.routes and not answer.drug_alone_closes:
        return "\n".join([*lines, *answer.limits]) + "\n"
    lines.append(f"Context: {context_text(reader, question, answer.drivers)}.")
    lines += unused_text(item.label for item in answer.unused)
    if answer.drug_alone_closes:
        lines.append(
            f"No route to {outputs} is open in this graph, in this context: nothing to close."
        )
    else:
        tails = Tails()
        names = {route.id: f"r{place}" for place, route in enumerate(answer.routes, start=1)}
        table = Table(
            ("Route", "Class", "Steps", "Reported"),
            tuple(
                (
                    names[route.id],
                    CLASS_LABELS[route.cls],
                    tails.shortened(reader, route),
                    said_text(spoken_of(answer.about[route.id], answer.told)),
                )
                for route in answer.routes
            ),
            "OPEN ROUTES",
        )
        lines += ["", render(table, "table", width=width, color=color)]
        informative = [chosen for chosen in answer.sets if not chosen.common_downstream]
        trunk = [chosen for chosen in answer.sets if chosen.common_downstream]
        if not answer.sets:
            lines.append(f"No set of up to {answer.size} targets of this graph closes them all.")
        lines += _sets(reader, answer, informative, names, "WOULD CLOSE EVERY ROUTE IN THIS GRAPH, "
                       "IN THIS CONTEXT", width, color)  # fmt: skip
        lines += _sets(reader, answer, trunk, names, "COMMON DOWNSTREAM: WOULD CLOSE WHATEVER THE "
                       "DRIVER, SO TELL LITTLE", width, color)  # fmt: skip
        if answer.sets:
            lines.append(f"Order: {'; '.join(ORDER)}.")
            lines.append(STABILITY)
    lines += _robust(reader, answer)
    lines += ["", *assumptions_text(answer.assumptions), *answer.limits]
    lines.append("No statement on synergy, response or safety follows from a closed route.")
    lines.append("For research, not for treatment decisions.")
    return "\n".join(lines) + "\n"


def combination_table(reader: Reader, answer: CombinationAnswer) -> Table:
    """Flat table of closing sets, one a row, for csv, tsv, markdown and jsonl."""
    records = combination_json(reader, answer)["sets"]
    columns = ("targets", "common_downstream", "closes", "drugs", "leaves_open", "reopened_by",
               "trials", "for", "against", "unclear", "harm", "stability")  # fmt: skip
    rows = tuple(
        (
            " + ".join(target["label"] for target in record["targets"]),
            "yes" if record["common_downstream"] else "no",
            " ".join(record["closes"]),
            "; ".join(drug["label"] for drug in record["drugs"]),
            *(" ".join(record[column]) for column in columns[4:-1]),
            record["stability"],
        )
        for record in records
    )
    return Table(columns, rows, records=tuple(records))


def _sets(
    reader: Reader,
    answer: CombinationAnswer,
    sets: Sequence[ClosingSet],
    names: Mapping[str, str],
    title: str,
    width: int,
    color: bool,
) -> list[str]:
    if not sets:
        return []
    table = Table(
        ("Targets", "Closes", "Drugs in the graph", "Leaves open", "Reopened by", "Stability"),
        tuple(
            (
                " + ".join(reader.label(name) for name in chosen.targets),
                "; ".join(
                    f"{reader.label(name)}: {' '.join(names[r] for r in ids)}"
                    for name, ids in chosen.closes.items()
                ),
                "; ".join(
                    ", ".join(reader.label(drug) for drug in drugs)
                    for drugs in chosen.drugs.values()
                ),
                ", ".join(reader.label(name) for name in chosen.leaves_open) or "-",
                _lesions(reader, chosen.reopened_by),
                f"{chosen.stability:.2f}",
            )
            for chosen in sets
        ),
        title,
    )
    found = ["", render(table, "table", width=width, color=color)]
    evidence = Table(
        ("Targets", "Says", "Statement", "Bears on", "Standing", "ID"),
        tuple(row for chosen in sets for row in _evidence(reader, answer, chosen)),
        "WHAT SOURCES SAY OF SUCH A COMBINATION",
    )
    if evidence.rows:
        found.append(render(evidence, "table", width=width, color=color))
    return found


def _lesions(reader: Reader, names: Sequence[str]) -> str:
    if not names:
        return "no single lesion of the layer"
    shown = ", ".join(reader.label(name) for name in names[:4])
    return shown + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def _evidence(
    reader: Reader, answer: CombinationAnswer, chosen: ClosingSet
) -> Iterable[tuple[str, ...]]:
    targets = " + ".join(reader.label(name) for name in chosen.targets)
    for word, group in (
        ("for", chosen.support),
        ("compare", chosen.arms),
        ("against", chosen.against),
        ("left open", chosen.unclear),
        ("harm", chosen.harm),
        ("studied", chosen.studied),
    ):
        for tried in group:
            yield (
                targets,
                word,
                _told(reader, tried),
                tried.relation,
                standing(tried.statement.polarity, tried.statement.certainty),
                tried.statement.id + ("!" if tried.statement.source_issue else ""),
            )
    for trial in chosen.trials:
        yield targets, "trial", reader.label(trial), "pair", "", trial


def _told(reader: Reader, tried: Tried) -> str:
    statement = tried.statement
    verb = statement.predicate.replace("_", " ")
    words = f"{reader.label(statement.subject)} {verb} {reader.label(statement.object)}"
    where = [reader.label(name) for name in statement.disease]
    if tried.results:
        words += ": " + "; ".join(figure(result, reader) for result in tried.results)
    elif where:
        words += f" ({', '.join(where)})"
    return words


def _robust(reader: Reader, answer: CombinationAnswer) -> list[str]:
    if not answer.robust:
        return []
    total = answer.robust[0].contexts
    told = ", ".join(f"{reader.label(r.target)} {r.closes_in}" for r in answer.robust)
    return [
        "",
        f"When the driver is unknown: of {total} contexts (tumour type, with no or one further "
        f"lesion), single targets close every route in: {told}.",
    ]
