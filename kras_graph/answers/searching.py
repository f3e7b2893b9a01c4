"""Words → the statements that hold most of them: a search, never an answer.

Every statement is one document of a full-text index (SQLite's FTS5 with its Porter stemmer):
what it speaks of with all names, where it holds, its figures and remarks, and the classes
above. Words that few statements hold weigh more (inverse document frequency). To be shown, a
statement must hold a good part of the weight of all words and something that is named; where a
word that no statement holds looks like a name, nothing is shown.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log

from kras_graph.answers.forms import forms
from kras_graph.answers.reach import Reach
from kras_graph.answers.spelling import spelled
from kras_graph.answers.wording import UNREAD, Token, Wording, words
from kras_graph.curation.tables import natural
from kras_graph.curation.vocabulary import vocabulary
from kras_graph.model.records import Statement
from kras_graph.model.terms import Certainty, Polarity, Statistic
from kras_graph.rdf.reader import Reader

MOST = 8
# How much the fields of a statement count: its ends, its context, its figures, its classes.
_FIELD_WEIGHTS = (8.0, 3.0, 3.0, 1.0)
_TABLE = """CREATE VIRTUAL TABLE text USING fts5(
    ends, context, told, classes, tokenize='porter unicode61')"""
# Least part of the weight of all words that a statement must hold, and of the best one's score.
_LEAST_HELD = 0.45
_LEAST_OF_BEST = 0.6
_NAMED_WEIGHT = 1.5
_SHORTEST_PREFIX = 5
_WORD = re.compile(r"\w+")
# Kinds of figure as people call them.
_STATISTICS = {
    Statistic.HAZARD_RATIO: "hazard ratio",
    Statistic.ODDS_RATIO: "odds ratio",
    Statistic.MEDIAN: "median",
    Statistic.MEAN: "mean",
}
# Words for a change of a gene → how statements call it.
_CHANGES = {"FUSED": "fusion", "AMPLIFIED": "amplification", "LOST": "loss-of-function"}
# Kinds of words that are looked for; the others only tell how a question is built.
_LOOKED_FOR = frozenset(
    (UNREAD, "CUE", "KIND", "VERB", "VERBED", "FILTER", "REFUSE", "NUMBER", "MUTANT", "AMPLIFIED",
     "FUSED", "LOST", "STATE_ON", "STATE_OFF", "INHIBITORS")
)  # fmt: skip
# What reads like a name: codes and symbols, tumours, and medicines by the stem of their
# international nonproprietary name (WHO list of stems, the commonest).
_NAME_LIKE = re.compile(
    r"\d|^[a-z].*[A-Z]|[A-Z]{2}"
    r"|.(?:omas?|a?emias?|mab|n?ib|taxel|platin|rubicin|mycin|stat|statin|prazole|azole|formin"
    r"|profen|vir|sartan|olol|pril|cillin|cycline|steride?|leucel|limus|degib|ciclib|clax)$"
)


@dataclass(frozen=True)
class Wanted:
    """One thing to look for.

    Attributes:
        text: as it stands in the question.
        phrases: spellings, any of which will do.
        named: whether it names something of the graph.
    """

    text: str
    phrases: tuple[str, ...]
    named: bool = False


@dataclass(frozen=True)
class Hit:
    """A statement with the words of the search that it holds."""

    statement: Statement
    held: tuple[str, ...]


@dataclass(frozen=True)
class Search:
    """What a search found.

    Attributes:
        hits: statements, those that hold most first.
        absent: words that no statement holds.
        unknown: those of them that look like the name of something.
        negated: words of negation, which a search cannot follow.
        more: how many statements hold as much but are not given.
    """

    hits: tuple[Hit, ...]
    absent: tuple[str, ...]
    unknown: tuple[str, ...]
    negated: tuple[str, ...] = ()
    more: int = 0


class Searcher:
    """Searches the statements of one dataset; the index is made once."""

    def __init__(self, reader: Reader, wording: Wording) -> None:
        self.reader = reader
        self.wording = wording

    def search(self, text: str, most: int = MOST) -> Search:
        """Statements that hold most of the words.

        Args:
            text: words or a question.
            most: most statements to give.
        """
        tokens, left_out = _left_out(spelled(text, self.wording)[0])
        negated = tuple(t.text for t in tokens if t.kind in ("NOT", "NOT_IN"))
        wanted = _wanted(tokens)
        scores = [self._scores(item) for item in wanted]
        absent = [w.text for w, found in zip(wanted, scores, strict=True) if not found]
        unknown = [word for word in absent if _looks_like_name(word, text)]
        if unknown:  # what speaks of everything else says nothing of that
            return Search((), tuple(absent), tuple(unknown), negated)
        ranked = self._ranked(wanted, scores, left_out)
        hits = [
            Hit(
                self._statements[row],
                tuple(w.text for w, s in zip(wanted, scores, strict=True) if row in s),
            )
            for row in ranked[:most]
        ]
        more = max(0, len(ranked) - most)
        return Search(tuple(hits), tuple(absent), tuple(unknown), negated, more)

    def _ranked(
        self, wanted: Sequence[Wanted], scores: Sequence[dict[int, float]], left_out: set[str]
    ) -> list[int]:
        """Rows that hold enough to be shown, best first."""
        weights = self._weights(wanted, scores)
        least = _LEAST_HELD * sum(weights)
        named = [found for item, found in zip(wanted, scores, strict=True) if item.named and found]
        # a single name will do where few statements hold it
        few = {row for found in named if len(found) <= MOST for row in found}
        many = 2 if len(wanted) > 1 else 1

        def enough(row: int) -> bool:
            held = [w for w, found in zip(weights, scores, strict=True) if row in found]
            statement = self._statements[row]
            return (
                sum(held) >= least
                and (len(held) >= many or row in few)
                and (not named or any(row in found for found in named))
                and not left_out & {statement.subject, statement.object}
            )

        points = {
            row: self._score(row, weights, scores) for row in set().union(*scores) if enough(row)
        }
        best = max(points.values(), default=0.0)
        chosen = [row for row, score in points.items() if score >= _LEAST_OF_BEST * best]
        return sorted(chosen, key=lambda row: (-points[row], natural(self._statements[row].id)))

    def _weights(self, wanted: Sequence[Wanted], scores: Sequence[dict[int, float]]) -> list[float]:
        """Inverse document frequency of each thing; a word that nothing holds counts little."""
        total = len(self._statements)
        return [
            (log(1 + total / len(held)) if held else 1.0) * (_NAMED_WEIGHT if item.named else 1.0)
            for item, held in zip(wanted, scores, strict=True)
        ]

    @staticmethod
    def _score(row: int, weights: Sequence[float], scores: Sequence[dict[int, float]]) -> float:
        """Weight of the words held, each more where it stands in a weightier field."""
        return sum(
            weight * (0.6 + 0.4 * found[row] / max(found.values()))
            for weight, found in zip(weights, scores, strict=True)
            if row in found
        )

    def _scores(self, item: Wanted) -> dict[int, float]:
        """Relevance (BM25) of the rows that hold one thing, by row.

        Several words that nothing holds together are looked for one by one.
        """
        found = self._matches(item.phrases)
        pieces = [piece for piece in _WORD.findall(item.text) if len(piece) >= _SHORTEST_PREFIX]
        return found if found or len(pieces) < 2 or item.named else self._matches(pieces)

    def _matches(self, phrases: Iterable[str]) -> dict[int, float]:
        """Relevance of the rows that hold any of the phrases, by row."""
        found: dict[int, float] = {}
        queries = [_match(phrase) for phrase in phrases]
        if asked := " OR ".join(query for query in queries if query):
            rows = self._index.execute(
                "SELECT rowid, -bm25(text, ?, ?, ?, ?) FROM text WHERE text MATCH ?",
                (*_FIELD_WEIGHTS, asked),
            )
            found = {row: max(score, 1e-6) for row, score in rows}
        return found

    @cached_property
    def _statements(self) -> list[Statement]:
        return [s for s in self.reader.statements() if not s.deprecated]

    @cached_property
    def _index(self) -> sqlite3.Connection:
        """The full-text index, in memory."""
        index = sqlite3.connect(":memory:", check_same_thread=False)
        index.execute(_TABLE)
        rows = ((row, *fields) for row, fields in enumerate(self._texts()))
        index.executemany(
            "INSERT INTO text(rowid, ends, context, told, classes) VALUES (?, ?, ?, ?, ?)", rows
        )
        return index

    def _texts(self) -> Iterable[tuple[str, str, str, str]]:
        """The fields of every statement."""
        reader, reach = self.reader, Reach(self.reader)
        results = reader.results(self._statements)
        evidence = reader.evidence(statement.id for statement in self._statements)
        predicates = vocabulary().predicates
        above = {name: reach.up(name) for name in reader.entities}
        for s in self._statements:
            own = results.get(s.id, [])
            around = (*s.disease, *s.trial, *s.under, *s.alteration, *s.model)
            measured = [
                name
                for r in own
                for name in (r.endpoint, r.arm, r.comparator, r.disease, r.trial)
                if name
            ]
            told = [
                text
                for r in own
                for text in (
                    _STATISTICS.get(r.statistic, ""),
                    r.printed,
                    r.unit,
                    r.time_point,
                    r.population,
                    r.line,
                    r.assessor,
                    r.attribution,
                    r.note,
                )
            ]
            sections = [anchor.section for anchor in evidence.get(s.id, [])]
            higher = [name for end in (s.subject, s.object, *around) for name in above.get(end, ())]
            yield (
                " | ".join((*self._called((s.subject, s.object)), predicates[s.predicate].label)),
                " | ".join(
                    (*self._called(around), s.population, s.species, s.assay, s.setting, _firm(s))
                ),
                " | ".join((*self._called(measured), *told, s.note, s.cites)),
                " | ".join((*self._called(dict.fromkeys(higher)), *sections)),
            )

    def _called(self, idents: Iterable[str]) -> list[str]:
        """Every name of the entities."""
        known = self.reader.entities
        return [
            name
            for ident in idents
            if ident in known
            for name in (known[ident].label, *known[ident].synonyms, known[ident].note)
            if name
        ]


def _firm(statement: Statement) -> str:
    """How a source puts a statement, in words that people ask with."""
    if statement.certainty is Certainty.OPEN:
        return "open question, unclear, unknown"
    if statement.polarity is Polarity.NEGATED:
        return "denied, not found"
    return str(statement.certainty)


def _wanted(tokens: Sequence[Token]) -> list[Wanted]:
    """What to look for, one thing for each word that carries meaning."""
    predicates, verbs = vocabulary().predicates, forms().verbs
    found: dict[str, Wanted] = {}
    for token in tokens:
        short = token.kind == "NUMBER" and len(token.text) < 2
        if short or not (token.entities or token.kind in _LOOKED_FOR):
            continue
        phrases = [token.text]
        for item in token.entities:
            phrases += [item.label, *item.synonyms]
        if token.kind == "CUE" and token.name not in words().searched:
            continue
        if token.kind == "CUE":
            phrases += words().searched[token.name]
        elif token.kind in _CHANGES:
            phrases.append(_CHANGES[token.kind])
        elif token.kind in ("VERB", "VERBED"):
            phrases += [predicates[name].label for name in verbs.get(token.name, ())]
        wanted = Wanted(token.text, tuple(dict.fromkeys(phrases)), bool(token.entities))
        found.setdefault(token.text.casefold(), wanted)
    return list(found.values())


def _left_out(tokens: Sequence[Token]) -> tuple[list[Token], set[str]]:
    """Tokens without what is named only to be left out; and the entities left out."""
    kept: list[Token] = []
    out: set[str] = set()
    leaving = False
    for token in tokens:
        leaving = token.kind == "EXCEPT" or (
            leaving and (bool(token.entities) or token.kind in ("AND", "OR", "LIGHT"))
        )
        if leaving and token.entities:
            out |= {item.id for item in token.entities}
        else:
            kept.append(token)
    return kept, out


def _match(phrase: str) -> str:
    """A phrase for the index; a longer word also stands for those that begin with it."""
    pieces = _WORD.findall(phrase)
    if len(pieces) == 1 and len(pieces[0]) >= _SHORTEST_PREFIX:
        return f'"{pieces[0]}"*'
    return f'"{" ".join(pieces)}"' if pieces else ""


def _looks_like_name(word: str, text: str) -> bool:
    """Whether a word that nothing holds reads like the name of a medicine, gene or trial."""
    first = text.lstrip().startswith(word)
    return bool(_NAME_LIKE.search(word)) or (word[:1].isupper() and not first)
