"""Routes and closing sets on the shipped layer, beside clingo on the same programs."""

from __future__ import annotations

import argparse

import clingo
from measuring import measure, name_card

from kras_graph import KnowledgeGraph
from kras_graph.answers.combination import Partners, combine
from kras_graph.answers.routes import Question, Setting
from kras_graph.network.activation import closure
from kras_graph.network.cuts import closing_sets, in_force


def further(at: Setting) -> dict[str, frozenset[str]]:
    """Further targets that no lesion at hand voids."""
    partners = Partners.of(at)
    return dict(in_force(partners.nodes, partners.voids, at.given))


def program_text(at: Setting, given: list[str]) -> str:
    """The question as a logic program: choose at most three targets, keep outputs silent."""
    lines = [f'given("{node}").' for node in [*given, *sorted(at.program.present)]]
    for target, nodes in sorted(further(at).items()):
        lines.append(f'target("{target}").')
        lines += [f'takes("{target}","{node}").' for node in sorted(nodes)]
    for place, rule in enumerate(at.program.rules):
        needs = "".join(f', active("{premise}")' for premise in rule.premises)
        lines.append(f'active("{rule.target}") :- rule({place}), allowed("{rule.target}"){needs}.')
        lines.append(f"rule({place}).")
    for node, exceptions in at.blocks.items():
        for place, voids in enumerate(exceptions):
            lines.append(f'drug("{node}",{place}).')
            lines += [f'voided("{node}",{place}) :- given("{void}").' for void in sorted(voids)]
    nodes = sorted(at.program.nodes | set(given))
    lines += [f'node("{node}").' for node in nodes]
    lines += [f':- active("{output}").' for output in at.question.outputs]
    return "\n".join(
        [
            *lines,
            "{ chosen(T) : target(T) } 3.",
            "stopped(N) :- chosen(T), takes(T,N).",
            "stopped(N) :- drug(N,I), not voided(N,I).",
            "allowed(N) :- node(N), not stopped(N).",
            "active(N) :- given(N), node(N), allowed(N).",
            "#show chosen/1.",
        ]
    )


def by_clingo(text: str) -> list[frozenset[str]]:
    """Inclusion-minimal answers of the program."""
    control = clingo.Control(["0", "--warn=none"])
    control.add("base", [], text)
    control.ground([("base", [])])
    found: list[frozenset[str]] = []
    with control.solve(yield_=True) as handle:
        for model in handle:
            found.append(frozenset(atom.arguments[0].string for atom in model.symbols(shown=True)))
    return [s for s in found if not any(other < s for other in found)]


def main() -> None:
    """Print the times, warm, and check that both solvers agree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=30)
    options = parser.parse_args()
    kg = KnowledgeGraph.load()
    reasoner = kg.reasoner
    print(name_card("clingo", "networkx", "pyoxigraph"), "\n")
    print("| warm, sotorasib | whole answer | closing sets | clingo, same sets | clingo/ours |")
    print("|---|---|---|---|---|")
    contexts: list[tuple[str, str | None, list[str]]] = [
        ("any tumour", None, []),
        ("colorectal cancer", "colorectal_cancer", []),
        ("lung, MET amplification and NRAS mutation", "lung_cancer",
         ["MET_amplification", "NRAS_mutation"]),
        ("lung, site mutation", "lung_cancer", ["drug-binding_site_mutation"]),
    ]  # fmt: skip
    entities = kg.reader.entities
    for name, disease, lesions in contexts:
        question = Question(
            entities["sotorasib"],
            entities[disease] if disease else None,
            tuple(entities[lesion] for lesion in lesions),
            ("ERK",),
        )
        at = reasoner.setting(question)
        given = sorted(at.given)
        targets = further(at)
        text = program_text(at, given)

        def ours() -> list[frozenset[str]]:
            return closing_sets(at.program, given, at.blocks, targets, ("ERK",))

        assert closure(at.program, given, at.blocks)
        assert set(ours()) == set(by_clingo(text)), name
        whole = measure(
            lambda: (kg.bypass("sotorasib", disease=disease, alterations=lesions),
                     combine(reasoner, question)),
            options.runs,
        )  # fmt: skip
        own = measure(ours, options.runs)
        peer = measure(lambda: by_clingo(text), options.runs)
        print(f"| {name} | {whole} | {own} | {peer} | {peer.median / own.median:.0f} |")
    print("\nWhole answer: `bypass` with reports and routes, and `combine` with evidence and 500 "
          "resamples.")  # fmt: skip


if __name__ == "__main__":
    main()
