"""Closing sets as data, text and table: what would close, who has it, who tried it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kras_graph.answers.combination import ORDER, ClosingSet, CombinationAnswer
from kras_graph.answers.tried import Tried
from kras_graph.network.cuts import DROP_RATE
from kras_graph.present.proofs import (
    CLASS_LABELS,
    Tails,
    assumptions_text,
    context_text,
    remarks_text,
    said_text,
)
from kras_graph.present.report import figure, standing
from kras_graph.present.routes import (
    Json,
    assumption_json,
    context_json,
    named,
    route_json,
    targets_json,
)
from kras_graph.present.tabular import Table, render
from kras_graph.rdf.reader import Reader

STABILITY = (
    f"Stable: share of resamples in which the set is still minimal and closing when every "
    f"statement and assumption is dropped with probability {DROP_RATE:g}. "
    f"Robust: share in which it still closes when every requirement is waived and every step "
    f"that the context leaves out is let in with probability {DROP_RATE:g}."
)


def combination_json(reader: Reader, answer: CombinationAnswer) -> Json:
    """Closing sets for a drug.

    Keys: `drug`, `context`, `outputs`, `routes` (open in the context), `sets`, `order` (how
    the sets are ranked, first criterion first), `others` (tried partners in no set), `robust`,
    `drug_alone_closes`, `size`, `limits`, `complete`. A set has `targets`, `closes` (route
    ids), `closed_by` (per target), `common_downstream`, `drugs` (per target), `leaves_open`,
    `reopened_by`,
    `trials` (ids) with `trial_statements`, `studied`, `for`, `against`, `unclear`, `tolerance`
    (statement ids), `partner_reports` (reports of resistance to the partner alone), `results`
    (figures with their statement and relation), `leans_on` (assumptions), `stability`,
    `robustness`. `drug_alone_closes` is null where assumptions are left out.
    """
    return {
        "drug": named(reader, answer.question.drug.id),
        "kind": "computed",
        "context": context_json(reader, answer.setting),
        "taken_away": targets_json(reader, answer.setting),
        "untargeted": [named(reader, name) for name in answer.setting.untargeted],
        "outputs": list(answer.question.outputs),
        "routes": [route_json(reader, route, answer.spoken[route.id]) for route in answer.routes],
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
                "trials": [tried.statement.object for tried in chosen.trials],
                "trial_statements": _ids(chosen.trials),
                "studied": _ids(chosen.studied),
                "for": _ids(chosen.support),
                "against": _ids(chosen.against),
                "unclear": _ids(chosen.unclear),
                "tolerance": _ids(chosen.tolerance),
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
                "partner_reports": chosen.partner_reports,
                "leans_on": [item.id for item in chosen.leans_on],
                "stability": _share(chosen.stability),
                "robustness": _share(chosen.robustness),
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
        "others": [
            {"statement": tried.statement.id, "relation": tried.relation} for tried in answer.others
        ],
        "size": answer.size,
        "assumptions": [assumption_json(item) for item in answer.assumptions],
        "caveats": [assumption_json(item) for item in answer.caveats],
        "limits": list(answer.limits),
        "complete": answer.complete,
    }


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _ids(tried: Sequence[Tried]) -> list[str]:
    return [item.statement.id for item in tried]


def combination_text(reader: Reader, answer: CombinationAnswer, *, width: int, color: bool) -> str:
    """Closing sets as text, informative ones first, then those that cut a common trunk."""
    question = answer.question
    outputs = ", ".join(reader.label(output) for output in question.outputs)
    lines = [f"Which further targets would close every route to {outputs} under "
             f"{question.drug.label}: computed, not observed", ""]  # fmt: skip
    if not answer.setting.targets:
        return "\n".join([*lines, *answer.limits]) + "\n"
    lines.append(f"Context: {context_text(reader, answer.setting)}.")
    lines += remarks_text(reader, answer.setting)
    if not answer.routes:
        lines.append(_nothing_open(answer, outputs))
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
                    said_text(answer.spoken[route.id]),
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
    lines += _others(reader, answer, width, color)
    lines += _robust(reader, answer)
    lines += ["", *assumptions_text(answer.assumptions, answer.caveats), *answer.limits]
    lines.append("No statement on synergy, response or safety follows from a closed route.")
    lines.append("For research, not for treatment decisions.")
    return "\n".join(lines) + "\n"


def combination_table(reader: Reader, answer: CombinationAnswer) -> Table:
    """Flat table of closing sets, one a row, for csv, tsv, markdown and jsonl."""
    records = combination_json(reader, answer)["sets"]
    columns = ("targets", "common_downstream", "closes", "drugs", "leaves_open", "reopened_by",
               "trials", "for", "against", "unclear", "tolerance", "stability",
               "robustness")  # fmt: skip
    rows = tuple(
        (
            " + ".join(target["label"] for target in record["targets"]),
            "yes" if record["common_downstream"] else "no",
            " ".join(record["closes"]),
            "; ".join(drug["label"] for drug in record["drugs"]),
            *(" ".join(record[column]) for column in columns[4:-2]),
            record["stability"],
            record["robustness"],
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
        (
            "Targets",
            "Closes",
            "Drugs in the graph",
            "Leaves open",
            "Reopened by",
            "Leans on",
            "Stable",
            "Robust",
        ),
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
                " ".join(item.id for item in chosen.leans_on) or "-",
                "-" if chosen.stability is None else f"{chosen.stability:.2f}",
                "-" if chosen.robustness is None else f"{chosen.robustness:.2f}",
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
        ("compared", chosen.arms),
        ("against", chosen.against),
        ("left open", chosen.unclear),
        ("tolerance", chosen.tolerance),
        ("studied", chosen.studied),
        ("trial", chosen.trials),
    ):
        for tried in group:
            yield (targets, _word(word, tried), *_told_cells(reader, tried))
    if chosen.partner_reports:
        told = f"{chosen.partner_reports} report(s) of resistance to the partner given alone"
        yield targets, "partner alone", told, "partner alone", "", ""


def _word(word: str, tried: Tried) -> str:
    """`result` for what only measures, whatever the figure says."""
    measures = tried.statement.predicate in ("has_outcome", "compared_with")
    return "result" if word == "for" and measures else word


def _told_cells(reader: Reader, tried: Tried) -> tuple[str, str, str, str]:
    return (
        _told(reader, tried),
        tried.relation,
        standing(tried.statement.polarity, tried.statement.certainty),
        tried.statement.id + ("!" if tried.statement.source_issue else ""),
    )


def _others(reader: Reader, answer: CombinationAnswer, width: int, color: bool) -> list[str]:
    """Partners that sources tried and that close nothing here by themselves."""
    if not answer.others or not answer.routes:
        return []
    table = Table(
        ("Statement", "Bears on", "Standing", "ID"),
        tuple(_told_cells(reader, tried) for tried in answer.others),
        "SAID OF OTHER PARTNERS, WHICH WOULD NOT CLOSE EVERY ROUTE HERE OR ARE NOT IN THE LAYER",
    )
    return ["", render(table, "table", width=width, color=color)]


def _nothing_open(answer: CombinationAnswer, outputs: str) -> str:
    if answer.drug_alone_closes is None:
        return (
            f"No route to {outputs} can be derived; that is no closure: steps are left out or not "
            "modelled."
        )
    words = f"No route to {outputs} is open in this graph, in this context: nothing to close"
    if answer.setting.switched_off:
        words += f", if {' '.join(answer.setting.switched_off)} holds"
    if answer.setting.unused:
        names = ", ".join(item.label for item in answer.setting.unused)
        words += f", NOT counting {names}"
    return words + "."


def _told(reader: Reader, tried: Tried) -> str:
    statement = tried.statement
    verb = statement.predicate.replace("_", " ")
    words = f"{reader.label(statement.subject)} {verb} {reader.label(statement.object)}"
    where = [reader.label(name) for name in (*statement.disease, *statement.alteration)]
    if tried.results:
        words = "; ".join(figure(result, reader) for result in tried.results)
    elif where:
        words += f" ({', '.join(where)})"
    return words


def _robust(reader: Reader, answer: CombinationAnswer) -> list[str]:
    if not answer.robust:
        return []
    total = answer.robust[0].contexts
    lines = [
        "",
        f"Over {total} contexts that the layer can tell apart (tumour type, with no or one further "
        "lesion), a single target would close every route:",
    ]
    for item in answer.robust:
        fails = ", ".join(item.fails_with[:3])
        rest = f" and {len(item.fails_with) - 3} more" if len(item.fails_with) > 3 else ""
        lines.append(
            f"  {reader.label(item.target)} in {item.closes_in}"
            + (f"; not in {fails}{rest}" if fails else "")
        )
    return lines
