"""Conditions on statements, each as SPARQL and as a test on a record.

Both ways of asking must agree: an answer is found on the kept records, which is fast, and
told as the query that gives the same rows anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from kras_graph.model.records import Entity, Result, Statement
from kras_graph.rdf import names

# Where a thing may stand in a statement: SPARQL path, and fields of the record.
PLACES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "subject": ("rdf:subject", ("subject",)),
    "object": ("rdf:object", ("object",)),
    "either": ("(rdf:subject|rdf:object)", ("subject", "object")),
    "under": ("kg:under", ("under",)),
    "alteration": (
        "(kg:alterationContext|rdf:subject|rdf:object)", ("alteration", "subject", "object"),
    ),
    "disease": (
        "(kg:disease|rdf:subject|rdf:object|(kg:hasResult/kg:disease))",
        ("disease", "subject", "object", "result.disease"),
    ),
    "trial": (
        "(kg:trial|rdf:subject|rdf:object|(kg:hasResult/kg:trial))",
        ("trial", "subject", "object", "result.trial"),
    ),
    "model": ("kg:model", ("model",)),
    "any": (
        "(rdf:subject|rdf:object|kg:under|kg:alterationContext|kg:disease|kg:trial|kg:model)",
        ("subject", "object", "under", "alteration", "disease", "trial", "model"),
    ),
}  # fmt: skip
# Field of a record → property of the vocabulary.
_FIELDS = {
    "polarity": "polarity", "certainty": "certainty", "setting": "evidenceSetting",
    "group": "group", "patients": "patients", "alteration": "alterationContext",
    "model": "model", "disease": "disease",
}  # fmt: skip


@dataclass(frozen=True)
class Fact:
    """A statement with all that conditions look at."""

    statement: Statement
    results: Sequence[Result]
    papers: frozenset[str]
    entities: Mapping[str, Entity]
    pool: Sequence[Statement]

    def at(self, place: str) -> Iterator[str]:
        """Entities that stand at a place."""
        for name in PLACES[place][1]:
            if name.startswith("result."):
                values = (getattr(r, name.removeprefix("result.")) for r in self.results)
                yield from (value for value in values if value)
            else:
                value = getattr(self.statement, name)
                yield from value if isinstance(value, tuple) else (value,)


class Condition(Protocol):
    """Something that a statement meets or not."""

    def sparql(self) -> str:
        """The condition on `?statement` in SPARQL."""

    def holds(self, fact: Fact) -> bool:
        """Whether a record meets it."""


def listed(idents: Iterable[str], base: str = names.ENTITY) -> str:
    """Ids as prefixed names for a VALUES block, sorted."""
    return " ".join(names.short(base + ident) for ident in sorted(set(idents)))


def quoted(value: str) -> str:
    """A text as a literal."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


@dataclass(frozen=True)
class Stands:
    """One of the entities stands at a place; no entity at all is met by nothing."""

    name: str
    idents: frozenset[str]
    place: str

    def sparql(self) -> str:
        """The condition in SPARQL."""
        path = PLACES[self.place][0]
        return f"VALUES ?{self.name} {{ {listed(self.idents)} }} ?statement {path} ?{self.name} ."

    def holds(self, fact: Fact) -> bool:
        """Whether a record meets it."""
        return any(ident in self.idents for ident in fact.at(self.place))


@dataclass(frozen=True)
class Clear:
    """None of the entities stands at a place."""

    idents: frozenset[str]
    place: str

    def sparql(self) -> str:
        """The condition in SPARQL."""
        return f"FILTER NOT EXISTS {{ {Stands('out', self.idents, self.place).sparql()} }}"

    def holds(self, fact: Fact) -> bool:
        """Whether a record meets it."""
        return not any(ident in self.idents for ident in fact.at(self.place))


@dataclass(frozen=True)
class Pair:
    """Two sets of entities stand at two places, and not one entity at both."""

    first: frozenset[str]
    first_place: str
    second: frozenset[str]
    second_place: str

    def sparql(self) -> str:
        """The condition in SPARQL."""
        one = Stands("about", self.first, self.first_place).sparql()
        other = Stands("other", self.second, self.second_place).sparql()
        return f"{one} {other} FILTER(?about != ?other)"

    def holds(self, fact: Fact) -> bool:
        """Whether a record meets it."""
        ones = [ident for ident in fact.at(self.first_place) if ident in self.first]
        others = [ident for ident in fact.at(self.second_place) if ident in self.second]
        return any(one != other for one in ones for other in others)


@dataclass(frozen=True)
class Related:
    """The statement has one of the relations."""

    predicates: tuple[str, ...]

    def sparql(self) -> str:
        """The condition in SPARQL."""
        hows = listed(self.predicates, names.KG)
        return f"VALUES ?how {{ {hows} }} ?statement rdf:predicate ?how ."

    def holds(self, fact: Fact) -> bool:
        """Whether a record meets it."""
        return fact.statement.predicate in self.predicates


@dataclass(frozen=True)
class OfClass:
    """What stands at a place is of one of the classes."""

    name: str
    classes: tuple[str, ...]
    place: str

    def sparql(self) -> str:
        """The condition in SPARQL."""
        kinds = listed(self.classes, names.KG)
        return (
            f"VALUES ?{self.name}Kind {{ {kinds} }} ?{self.name} a ?{self.name}Kind . "
            f"?statement {PLACES[self.place][0]} ?{self.name} ."
        )

    def holds(self, fact: Fact) -> bool:
        """Whether a record meets it."""
        return any(fact.entities[ident].cls in self.classes for ident in fact.at(self.place))


@dataclass(frozen=True)
class Is:
    """A field of the statement has one of the values; or, with `no`, none of them."""

    name: str
    values: tuple[str, ...]
    no: bool = False

    def sparql(self) -> str:
        """The condition in SPARQL."""
        term = f"kg:{_FIELDS[self.name]}"
        if self.name == "patients":
            chosen = " ".join(self.values)
        else:
            chosen = " ".join(map(quoted, self.values))
        if self.no:
            return (
                f"?statement {term} ?kept . "
                f"FILTER(?kept NOT IN ({', '.join(map(quoted, self.values))}))"
            )
        return f"VALUES ?{self.name} {{ {chosen} }} ?statement {term} ?{self.name} ."

    def holds(self, fact: Fact) -> bool:
        """Whether a record meets it."""
        value = getattr(fact.statement, self.name)
        return (value is not None and str(value) in self.values) is not self.no


@dataclass(frozen=True)
class Has:
    """The statement has the field: a genetic context, a model, a figure."""

    name: str

    def sparql(self) -> str:
        """The condition in SPARQL."""
        term = "kg:hasResult" if self.name == "results" else f"kg:{_FIELDS[self.name]}"
        return f"?statement {term} ?{self.name}There ."

    def holds(self, fact: Fact) -> bool:
        """Whether a record meets it."""
        if self.name == "results":
            return bool(fact.results)
        return bool(getattr(fact.statement, self.name))


@dataclass(frozen=True)
class Lacks:
    """The statement has no value in the field."""

    name: str

    def sparql(self) -> str:
        """The condition in SPARQL."""
        return f"FILTER NOT EXISTS {{ ?statement kg:{_FIELDS[self.name]} ?none }}"

    def holds(self, fact: Fact) -> bool:
        """Whether a record meets it."""
        return not getattr(fact.statement, self.name)


@dataclass(frozen=True)
class Told:
    """The people studied are told with these words."""

    text: str

    def sparql(self) -> str:
        """The condition in SPARQL."""
        return (
            "?statement (kg:population|(kg:hasResult/kg:population)) ?people . "
            f"FILTER(CONTAINS(LCASE(?people), {quoted(self.text.casefold())}))"
        )

    def holds(self, fact: Fact) -> bool:
        """Whether a record meets it."""
        told = (fact.statement.population, *(r.population for r in fact.results))
        return any(self.text.casefold() in text.lower() for text in told)


@dataclass(frozen=True)
class Line:
    """The line of therapy, as a figure gives it or the people are told with it."""

    text: str

    def sparql(self) -> str:
        """The condition in SPARQL."""
        figure = f"{{ ?statement kg:hasResult/kg:line {quoted(self.text)} }}"
        return f"{figure} UNION {{ {Told(self.text).sparql()} }}"

    def holds(self, fact: Fact) -> bool:
        """Whether a record meets it."""
        return any(r.line == self.text for r in fact.results) or Told(self.text).holds(fact)


@dataclass(frozen=True)
class From:
    """The statement comes from one of the papers."""

    papers: frozenset[str]

    def sparql(self) -> str:
        """The condition in SPARQL."""
        wanted = listed(self.papers, names.PUBLICATION)
        return f"VALUES ?paper {{ {wanted} }} ?statement prov:wasDerivedFrom/oa:hasSource ?paper ."

    def holds(self, fact: Fact) -> bool:
        """Whether a record meets it."""
        return bool(self.papers & fact.papers)


@dataclass(frozen=True)
class TwoSteps:
    """One of the two statements of a way over an entity in between."""

    first: frozenset[str]
    last: frozenset[str]
    predicates: tuple[str, ...]

    def sparql(self) -> str:
        """The condition in SPARQL."""
        hows = listed(self.predicates, names.KG)
        joined = (
            f"VALUES ?about {{ {listed(self.first)} }} VALUES ?other {{ {listed(self.last)} }} "
            f"VALUES ?how1 {{ {hows} }} VALUES ?how2 {{ {hows} }} "
            "?one rdf:subject ?about ; rdf:predicate ?how1 ; rdf:object ?between . "
            "?two rdf:subject ?between ; rdf:predicate ?how2 ; rdf:object ?other . "
            "FILTER(?between != ?about && ?between != ?other) "
        )
        ends = (f"{{ {joined} BIND({end} AS ?statement) }}" for end in ("?one", "?two"))
        return " UNION ".join(ends)

    def holds(self, fact: Fact) -> bool:
        """Whether a record meets it."""
        own = fact.statement
        if own.predicate not in self.predicates:
            return False
        if own.subject in self.first and own.object not in self.last:
            return any(
                s.subject == own.object and s.object in self.last and own.subject != own.object
                for s in fact.pool
                if s.predicate in self.predicates
            )
        if own.object in self.last and own.subject not in self.first:
            return any(
                s.object == own.subject and s.subject in self.first
                for s in fact.pool
                if s.predicate in self.predicates
            )
        return False


@dataclass(frozen=True)
class Anything:
    """Met by every statement."""

    def sparql(self) -> str:
        """The condition in SPARQL."""
        return "?statement a kg:Statement ."

    def holds(self, fact: Fact) -> bool:
        """Whether a record meets it."""
        return bool(fact.statement.id)


@dataclass(frozen=True)
class AllOf:
    """Every one of the conditions is met."""

    conditions: tuple[Condition, ...]

    def sparql(self) -> str:
        """The condition in SPARQL."""
        return " ".join(group(c.sparql()) for c in self.conditions)

    def holds(self, fact: Fact) -> bool:
        """Whether a record meets it."""
        return all(c.holds(fact) for c in self.conditions)


@dataclass(frozen=True)
class AnyOf:
    """At least one of the conditions is met."""

    conditions: tuple[Condition, ...]

    def sparql(self) -> str:
        """The condition in SPARQL."""
        if len(self.conditions) == 1:
            return self.conditions[0].sparql()
        return " UNION ".join(f"{{ {c.sparql()} }}" for c in self.conditions)

    def holds(self, fact: Fact) -> bool:
        """Whether a record meets it."""
        return any(c.holds(fact) for c in self.conditions)


def group(pattern: str) -> str:
    """A pattern in braces where it holds alternatives, so that it can stand beside others."""
    return f"{{ {pattern} }}" if " UNION " in pattern else pattern


DENIED = Is("polarity", ("negated",))
STANDINGS: Mapping[str, Condition] = {
    "denied": DENIED,
    "open": Is("certainty", ("open",)),
    "unsettled": Is("certainty", ("open",)),
    "hypothesised": Is("certainty", ("hypothesised",)),
    "doubted": AnyOf((DENIED, Is("certainty", ("open", "hypothesised")))),
}
