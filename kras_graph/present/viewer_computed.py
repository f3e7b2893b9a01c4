"""What the program computes around a therapy: routes left open, and what would close them.

All of it stays apart from what sources report: it has a block of its own in the data, lines of
its own form in the drawing, tables of its own. Proofs share most of their steps, so each step
is told once for the whole page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kras_graph.model.mechanism import PRESENT
from kras_graph.present.proofs import CLASS_LABELS, context_text, remarks_text
from kras_graph.present.viewer_rows import Numbers

if TYPE_CHECKING:
    from kras_graph.answers.combination import ClosingSet, CombinationAnswer
    from kras_graph.answers.resistance import BypassAnswer
    from kras_graph.answers.routes import RoutesAnswer
    from kras_graph.model.mechanism import Assumption
    from kras_graph.network.derivation import Tree
    from kras_graph.rdf.reader import Reader

Json = dict[str, Any]
_LESIONS = ("Alteration", "ProteinVariant", "Mechanism")


@dataclass(frozen=True)
class Overlay:
    """What a mechanism map shows of a computation.

    Attributes:
        nodes: everything that routes run through, lesions included.
        lesions: those of them that a tumour may bring.
        blocked: what the therapy takes away.
        closers: targets that close every route alone, each after the entity that stands for
            its medicines; those that cut a common trunk are left out.
        more: how many further medicines such an entity stands for.
        arcs: what makes what active on a route.
    """

    nodes: tuple[str, ...] = ()
    lesions: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    closers: tuple[tuple[str, str], ...] = ()
    more: Mapping[str, int] = field(default_factory=dict)
    arcs: tuple[tuple[str, str], ...] = ()


def overlay_of(
    reader: Reader, answer: BypassAnswer, closing: CombinationAnswer | None
) -> Overlay | None:
    """What a map shows of the routes that a therapy leaves open; None where none is computed."""
    found = answer.computed
    if found is None or not found.targets:
        return None
    nodes = {name.removesuffix(PRESENT) for route in found.routes for name in route.nodes}
    nodes |= {name for route in found.routes for name in route.alterations}
    hits = {hit.target for hit in found.setting.hits}
    hits |= {name.removesuffix(PRESENT) for name in found.setting.blocks}
    known = reader.entities
    alone = [
        chosen
        for chosen in (closing.sets if closing else ())
        if len(chosen.targets) == 1 and not chosen.common_downstream and _drugs(chosen)
    ]
    return Overlay(
        tuple(sorted(name for name in nodes if name in known)),
        tuple(sorted(n for n in nodes if n in known and known[n].cls in _LESIONS)),
        tuple(sorted(name for name in hits if name in known)),
        tuple((_standing_for(reader, chosen), chosen.targets[0]) for chosen in alone),
        {_standing_for(reader, chosen): len(_drugs(chosen)) - 1 for chosen in alone},
        tuple(sorted({arc for route in found.routes for arc in _arcs(route.tree)})),
    )


def _arcs(tree: Tree) -> Iterable[tuple[str, str]]:
    for premise in tree.premises:
        yield premise.node.removesuffix(PRESENT), tree.node.removesuffix(PRESENT)
        yield from _arcs(premise)


def _drugs(chosen: ClosingSet) -> list[str]:
    return list(dict.fromkeys(name for names in chosen.drugs.values() for name in names))


def _standing_for(reader: Reader, chosen: ClosingSet) -> str:
    """The class of a target's medicines, or the first of them."""
    drugs = _drugs(chosen)
    return next((name for name in drugs if reader.entities[name].cls == "DrugClass"), drugs[0])


@dataclass
class Computed:
    """The block of computed knowledge of a page, filled therapy by therapy.

    Args:
        reader: labels.
        numbers: places of entities and statements.
    """

    reader: Reader
    numbers: Numbers
    proofs: list[list[Any]] = field(default_factory=list)
    _places: dict[tuple[Any, ...], int] = field(default_factory=dict)
    _assumptions: dict[str, list[str]] = field(default_factory=dict)
    _limits: dict[str, int] = field(default_factory=dict)
    _by: dict[str, Json] = field(default_factory=dict)

    def add(self, answer: BypassAnswer, closing: CombinationAnswer | None) -> None:
        """Take in what is computed around one therapy."""
        from kras_graph.answers.resistance import spoken_of_routes

        found = answer.computed
        if found is None:
            return
        told = spoken_of_routes(self.reader, answer)
        entity, statement = self.numbers.entities, self.numbers.statements
        self._note((*found.assumptions, *found.caveats))
        feedback = {item.id: item for route in found.routes for item in route.feedback}
        self._by[str(entity[answer.drug.id])] = {
            "context": context_text(self.reader, found.setting),
            "remarks": remarks_text(self.reader, found.setting) if found.targets else [],
            "states": [
                [entity[state.output], str(state.claim), int(state.open_if_acquired)]
                for state in found.states
                if state.output in entity
            ],
            "hypothetical": int(found.hypothetical and bool(found.routes)),
            "lesions": len(found.lesions),
            "total": found.total,
            "routes": [
                [
                    self._proof(route.tree),
                    CLASS_LABELS[route.cls],
                    entity[route.output],
                    [entity[name] for name in route.sources],
                    _places(told[route.id].reported, statement),
                    _places(told[route.id].denied, statement),
                    _places(told[route.id].questioned, statement),
                    [list(feedback).index(item.id) for item in route.feedback],
                    route.id,
                    list(route.caveats),
                ]
                for route in found.routes
            ],
            "feedback": [
                f"Less {self.reader.label(item.driver)} releases "
                f"{self.reader.label(item.restrains)} "
                f"({' '.join([*item.statements, *item.assumptions])}); noted, creates no route."
                for item in feedback.values()
            ],
            "limits": [
                self._limits.setdefault(text, len(self._limits))
                for text in dict.fromkeys((*found.limits, *(closing.limits if closing else ())))
            ],
            "sets": self._sets(found, closing),
        }

    def _sets(self, found: RoutesAnswer, closing: CombinationAnswer | None) -> list[Json]:
        if closing is None:
            return []
        entity, statement = self.numbers.entities, self.numbers.statements
        ids = [route.id for route in found.routes]
        made = []
        for chosen in closing.sets:
            self._note(chosen.leans_on)
            closes = dict.fromkeys(one for own in chosen.closes.values() for one in own)
            tried = (*chosen.support, *chosen.arms, *chosen.trials, *chosen.studied)
            doubts = (*chosen.against, *chosen.unclear, *chosen.tolerance)
            made.append(
                {
                    "targets": [entity[name] for name in chosen.targets],
                    "trunk": int(chosen.common_downstream),
                    "drugs": [entity[name] for name in _drugs(chosen)],
                    "closes": [ids.index(name) for name in closes if name in ids],
                    "open": [entity[name] for name in chosen.leaves_open if name in entity],
                    "again": [entity[name] for name in chosen.reopened_by if name in entity],
                    "leans": [item.id for item in chosen.leans_on],
                    "stable": chosen.stability,
                    "robust": chosen.robustness,
                    "tried": _places((one.statement.id for one in tried), statement),
                    "doubts": _places((one.statement.id for one in doubts), statement),
                }
            )
        return made

    def block(self) -> Json:
        """The whole block: `proofs`, `assumptions`, `limits`, and what is told `by` therapy."""
        return {
            "proofs": self.proofs,
            "assumptions": self._assumptions,
            "limits": list(self._limits),
            "by": self._by,
        }

    def _note(self, assumptions: Iterable[Assumption]) -> None:
        for item in assumptions:
            address = f"https://doi.org/{item.doi}" if item.doi else item.url
            if not address and item.pmid:
                address = f"https://pubmed.ncbi.nlm.nih.gov/{item.pmid}/"
            self._assumptions[item.id] = [item.claim, item.citation, address]

    def _proof(self, tree: Tree) -> int:
        """Place of a proof.

        Its row: node, whether merely present, basis, sign, statements, assumptions, what voids
        a block on it, and the proofs of its premises.
        """
        premises = [self._proof(premise) for premise in tree.premises]
        rule = tree.rule
        row = [
            self.numbers.entities[tree.node.removesuffix(PRESENT)],
            int(tree.node.endswith(PRESENT)),
            str(rule.basis) if rule else "given",
            str(rule.sign) if rule else "",
            _places(rule.statements, self.numbers.statements) if rule else [],
            list(rule.assumptions) if rule else [],
            [self.numbers.entities[name] for name in tree.voids],
            premises,
        ]
        key = tuple(tuple(part) if isinstance(part, list) else part for part in row)
        if key not in self._places:
            self._places[key] = len(self.proofs)
            self.proofs.append(row)
        return self._places[key]


def _places(names: Iterable[str], numbers: Mapping[str, int]) -> list[int]:
    return [numbers[name] for name in dict.fromkeys(names) if name in numbers]
