"""A question's words → tokens of the grammar: names of the graph, and words with a meaning.

What phrases mean stands in `language/words.toml`. The longest phrase wins. A word that
means nothing becomes the nearest known spelling, which is told, or stays unread.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from itertools import pairwise
from typing import Any, NamedTuple

from kras_graph.answers.resolve import Names, fold, fold_plain, hgvs_short
from kras_graph.model.records import Entity
from kras_graph.model.terms import THERAPY_CLASSES

MOST_PIECES = 9
UNREAD = "UNREAD"
_PIECE = re.compile(
    r"[CRTcrt]\d{3}(?:\.\d+)?\b|\d+\.\d+(?!\w)|[^\W_]+(?:['’][a-z]{1,2}\b)?|->|=>|[→+/%&>≥]"
)
_STATEMENT = re.compile(r"[CRT]\d{3}(?:\.\d+)?", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_SYMBOLS = {"+": "PLUS", "/": "SLASH", "->": "ARROW", "=>": "ARROW", "→": "ARROW", ">": "ARROW"}
_SYMBOLS["≥"] = "ABOVE"
# Either of two targets written as one: "PD-(L)1".
_EITHER_PD = re.compile(r"\b((?:anti-|anti )?)PD-?\(L\)-?1\b", re.IGNORECASE)
# "w/" and "w/o" as people write them.
_WITH = (re.compile(r"\bw/o\b", re.IGNORECASE), re.compile(r"\bw/", re.IGNORECASE))
# "+/-" between medicines, and the level of an interval.
_EITHER_WAY = re.compile(r"\s*\+\s*/\s*[-–]\s*")
_INTERVAL = re.compile(r"\b95 ?% ?(?:CIs?|confidence intervals?)\b", re.IGNORECASE)
# How many there were in all: "how many of the 38 patients".
_OF_ALL = re.compile(r"\bof the \d+ (?=(?:\w+ ){0,2}(?:patients|pts)\b)", re.IGNORECASE)
_PLAIN_GAP = frozenset(" \t\n-‐‑–/_'’")
_LISTED_GAP = frozenset("+()&.")
_SIGNALLING = re.compile(r" (?:signall?ing|pathway|signall?ing pathway)$")
_APART = re.compile(r"\Wis?$", re.IGNORECASE)
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5"}
# Class of an entity → terminal of the grammar.
TERMINALS = {
    **dict.fromkeys(THERAPY_CLASSES, "THERAPY"),
    "Disease": "DISEASE",
    **dict.fromkeys(("Alteration", "ProteinVariant"), "ALTERATION"),
    **dict.fromkeys(
        ("Gene", "Protein", "ProteinFamily", "ProteinComplex", "ProteinState", "Molecule"),
        "MOLECULE",
    ),
    **dict.fromkeys(
        ("Pathway", "Process", "Mechanism", "TumourState", "CellType", "BindingSite"), "PROCESS"
    ),
    **dict.fromkeys(("Trial", "Cohort", "SampleSet"), "TRIAL"),
    "ModelSystem": "MODEL",
    "Endpoint": "ENDPOINT",
    "AdverseEvent": "HARM",
    "Stage": "STAGE",
    "Design": "DESIGN",
    "Property": "PROPERTY",
    "Organisation": "SPONSOR",
}
# Light words that the grammar itself looks at.
_LIGHT_TERMINALS = {"what": "WHAT", "how": "HOW"}
_CUE_TERMINALS = {"not": "NOT", "compare": "COMPARE"}


@dataclass(frozen=True)
class Token:
    """A piece of a question with its meaning.

    Attributes:
        kind: terminal of the grammar; `UNREAD` where it means nothing.
        name: what it stands for within its kind: a cue, a filter, a verb.
        value: value of a filter.
        text: the words as written.
        entities: entities it names; several mean any of them.
    """

    kind: str
    name: str
    text: str
    value: str = ""
    entities: tuple[Entity, ...] = ()
    start: int = 0
    end: int = 0


class Sense(NamedTuple):
    """What a phrase of the word list stands for."""

    kind: str
    name: str
    value: str = ""
    ids: tuple[str, ...] = ()


@dataclass
class Words:
    """The word list.

    Attributes:
        senses: what a phrase stands for, by its key.
        topics: sets of entities by name.
        ignored: names of the graph to leave alone.
        inhibitors: words for an inhibitor.
        reasons: why to refuse, by kind.
        searched: what a search looks for besides the word, by cue.
    """

    senses: dict[str, Sense] = field(default_factory=dict)
    topics: dict[str, frozenset[str]] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    inhibitors: tuple[str, ...] = ()
    reasons: dict[str, str] = field(default_factory=dict)
    searched: dict[str, tuple[str, ...]] = field(default_factory=dict)


@cache
def words() -> Words:
    """The shipped word list."""
    path = files("kras_graph.answers") / "language" / "words.toml"
    return parse_words(path.read_text(encoding="utf-8"))


def parse_words(text: str) -> Words:
    """A word list from the text of its file; the first sense of a phrase counts."""
    raw = tomllib.loads(text)
    found = Words()
    for kind, name, phrases, extra in _entries(raw):
        sense = Sense(kind, name, *extra)
        passive = sense._replace(kind="VERBED") if kind == "VERB" else sense
        for phrase in phrases:
            if "~" not in phrase and "+" not in phrase:
                found.senses.setdefault(fold_plain(phrase), sense)
                continue
            for form, participle in inflected(phrase):
                found.senses.setdefault(fold_plain(form), passive if participle else sense)
    found.topics = {k: frozenset(ids.split()) for k, ids in raw["topic"].items()}
    found.ignored = frozenset(fold_plain(name) for name in _split(raw["ignored"]["names"]))
    found.reasons = {name: refused["reason"] for name, refused in raw["refuse"].items()}
    found.searched = {name: tuple(_split(text)) for name, text in raw.get("search", {}).items()}
    found.inhibitors = tuple(_split(raw["inhibitors"]["names"]))
    return found


def _entries(raw: dict[str, Any]) -> Iterator[tuple[str, str, list[str], tuple[Any, ...]]]:
    yield "SKIP", "", raw["skip"]["words"].split(), ()
    yield "SKIP", "", _split(raw["skip"]["phrases"]), ()
    for name, phrases in raw["light"].items():
        yield _LIGHT_TERMINALS.get(name, "LIGHT"), name, _split(phrases), ()
    for name, phrases in raw["cue"].items():
        yield _CUE_TERMINALS.get(name, "CUE"), name, _split(phrases), ()
    for name, phrases in raw["kind"].items():
        yield "KIND", name, _split(phrases), ()
    for name, phrases in raw["verb"].items():
        yield "CONNECT" if name == "connect" else "VERB", name, _split(phrases), ()
    for name, phrases in raw["link"].items():
        yield name, name, _split(phrases), ()
    for name, values in raw["filter"].items():
        for value, phrases in values.items():
            yield "FILTER", name, _split(phrases), (value,)
    for ids, phrases in raw["entity"].items():
        yield "ENTITY", "", _split(phrases), ("", tuple(ids.split()))
    for name, refused in raw["refuse"].items():
        yield "REFUSE", name, _split(refused["names"]), (refused["reason"],)


def _split(phrases: str) -> list[str]:
    return [" ".join(phrase.split()) for phrase in phrases.split("|") if phrase.strip()]


def inflected(phrase: str) -> list[tuple[str, bool]]:
    """Forms of a phrase of the word list, each with whether it is a past participle.

    >>> [form for form, _ in inflected("escape~")]
    ['escape', 'escapes', 'escaped', 'escaping']
    """
    mark = re.search(r"([a-z]+)([~+])(?=$|\s)", phrase)
    if mark is None:
        return [(phrase, False)]
    stem, sort = mark.groups()
    head, tail = phrase[: mark.start()], phrase[mark.end() :]
    forms = [(stem, False), *_regular(stem, verb=sort == "~")]
    return [(f"{head}{form}{tail}", participle) for form, participle in forms]


def _regular(stem: str, *, verb: bool) -> list[tuple[str, bool]]:
    """Plural of a noun; or third person, past and -ing form of a verb."""
    soft = stem[-1] == "y" and stem[-2] not in "aeiou"
    hissing = stem.endswith(("s", "x", "z", "ch", "sh"))
    third = stem[:-1] + "ies" if soft else stem + ("es" if hissing else "s")
    if not verb:
        return [(third, False)]
    past = stem[:-1] + "ied" if soft else stem + ("d" if stem.endswith("e") else "ed")
    root = stem[:-1] if stem.endswith("e") and not stem.endswith("ee") else stem
    forms = [(third, False), (past, True), (root + "ing", False)]
    if re.fullmatch(r"[^aeiou]*[aeiou][^aeiouwxy]", stem):
        forms += [(stem + stem[-1] + "ed", True), (stem + stem[-1] + "ing", False)]
    return forms


class Wording:
    """Reads running text with the names of a graph and the word list."""

    def __init__(self, names: Names, listed: Words | None = None) -> None:
        self.names = names
        self.words = listed or words()
        self._variants = self._classes_by_other_names()

    def _classes_by_other_names(self) -> dict[str, Sense]:
        """Classes called "… inhibitor" by other words; pathways without "signalling"."""
        found = {}
        for item in self.names.all():
            if item.cls == "DrugClass" and item.label.endswith(" inhibitor"):
                stem = item.label.removesuffix("inhibitor")
                for other in self.words.inhibitors:
                    key = fold(stem + other)
                    found[key] = found[f"{key}s"] = Sense("ENTITY", "", "", (item.id,))
            stem = _SIGNALLING.sub("", item.label)
            if item.cls in ("Pathway", "Process") and stem != item.label and len(stem) > 2:
                found.setdefault(fold(stem), Sense("ENTITY", "", "", (item.id,)))
        return found

    def tokens(self, text: str) -> list[Token]:
        """Tokens of the text in order; words that mean nothing come as `UNREAD`.

        Args:
            text: the question.
        """
        text = _EITHER_PD.sub(r"\1PD-1/PD-L1", hgvs_short(text))
        text = _INTERVAL.sub("confidence interval", _EITHER_WAY.sub(" with or without ", text))
        text = _OF_ALL.sub("of the ", text)
        text = _WITH[1].sub("with ", _WITH[0].sub("without", text))
        matches = list(_PIECE.finditer(text))
        pieces = [m for m in matches if m.group()[0].isalnum()]
        taken: dict[int, Token] = {}
        covered: set[int] = set()
        for length in range(min(MOST_PIECES, len(pieces)), 0, -1):
            for first in range(len(pieces) - length + 1):
                span = range(first, first + length)
                if covered.isdisjoint(span):
                    token = self._token(text, pieces[first : first + length])
                    if token is not None:
                        taken[first] = token
                        covered |= set(span)
        found = list(taken.values())
        inside = [(token.start, token.end) for token in found]
        for mark in matches:
            free = not any(start <= mark.start() < end for start, end in inside)
            if free and (mark not in pieces):
                found.append(_symbol(mark))
            elif free:
                found.append(_loose(mark))
        return sorted((t for t in found if t.kind != "SKIP"), key=lambda t: t.start)

    def _token(self, text: str, pieces: list[re.Match[str]]) -> Token | None:
        """Meaning of the pieces taken together, if they have one."""
        start, end = pieces[0].start(), pieces[-1].end()
        written = text[start:end]
        gaps = {
            char for one, other in pairwise(pieces) for char in text[one.end() : other.start()]
        } - _PLAIN_GAP
        if "\n" in gaps or len(gaps) > 3:
            return None
        key = fold_plain(written)
        sense = self.words.senses.get(key)
        if sense is not None and gaps - _LISTED_GAP:
            sense = None
        found = self._named(written, key, gaps, pieces)
        symbol = (
            any(written in self.names.spellings(item) for item in found) and not written.islower()
        )
        if sense is not None and not (symbol and sense.kind != "ENTITY"):
            return self._sensed(sense, written, start, end)
        if not found and (variant := self._variants.get(key)) and not gaps:
            if _APART.search(written):
                return None  # "MEKi" stands for its inhibitor, "KRAS is" does not
            return self._sensed(variant, written, start, end)
        if not found or len({TERMINALS.get(item.cls) for item in found}) > 1:
            return None
        kind = TERMINALS.get(found[0].cls)
        return Token(kind, "", written, "", tuple(found), start, end) if kind else None

    def _sensed(self, sense: Sense, written: str, start: int, end: int) -> Token:
        """Token of a phrase of the word list."""
        if sense.kind != "ENTITY":
            return Token(sense.kind, sense.name, written, sense.value, (), start, end)
        entities = tuple(self.names.get(ident) for ident in sense.ids if ident in self.names)
        if not entities:
            return Token(UNREAD, "", written, "", (), start, end)
        return Token(TERMINALS[entities[0].cls], "", written, "", entities, start, end)

    def _named(
        self, written: str, key: str, gaps: set[str], pieces: list[re.Match[str]]
    ) -> list[Entity]:
        """Entities of the graph that the words name."""
        if key in self.words.ignored:
            return []
        found = self.names.called(written, key)
        if gaps:
            found = [item for item in found if gaps <= set("".join(self.names.spellings(item)))]
        if len(pieces) > 1:
            # a trial is also listed under titles such as "sotorasib versus docetaxel"
            found = [i for i in found if i.cls != "Trial" or not self._holds_therapy(pieces)]
        return found

    def _holds_therapy(self, pieces: list[re.Match[str]]) -> bool:
        singles = [piece.group() for piece in pieces]
        spans = [*singles, *(" ".join(pair) for pair in pairwise(singles))]
        return any(i.cls in THERAPY_CLASSES for span in spans for i in self.names.called(span))

    @cached_property
    def _known(self) -> Counter[str]:
        """Every word of more than three letters in names and phrases, with how often."""
        found: Counter[str] = Counter()
        path = files("kras_graph.answers") / "language" / "words.toml"
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        forms = [
            form
            for _, _, phrases, _ in _entries(raw)
            for phrase in phrases
            for form, _ in inflected(phrase)
        ]
        forms += [name for item in self.names.all() for name in self.names.spellings(item)]
        for form in forms:
            found.update(p for p in re.findall(r"[^\W\d_]+", form.casefold()) if len(p) > 3)
        return found

    def corrected(self, word: str) -> str | None:
        """The known word of most nearly the same spelling, or None.

        Codes with digits and words of less than four letters are never corrected. One slip
        (a letter left out, put in, changed, or two swapped) is forgiven, two from ten letters
        on; the first letter must agree, and below six letters two letters may only be swapped.
        Swapped letters count less than others; of equally near words the more usual one is
        taken. The correction is always told.
        """
        folded = word.casefold()
        if len(folded) < 4 or not folded.isalpha():
            return None
        from rapidfuzz.distance import OSA

        slips = 2 if len(folded) >= 10 else 1
        swapped = len(folded) < 6  # in short words, only swapped letters are forgiven
        near = [
            (OSA.distance(folded, known, score_cutoff=slips), sorted(known) != sorted(folded),
             -often, known)
            for known, often in self._known.items()
            if known[0] == folded[0] and abs(len(known) - len(folded)) <= slips
            and (not swapped or sorted(known) == sorted(folded))
        ]  # fmt: skip
        best = min(near, default=None)
        return best[3] if best is not None and 0 < best[0] <= slips else None


def _symbol(mark: re.Match[str]) -> Token:
    text = mark.group()
    if text == "%":
        return Token("CUE", "share", text, "", (), mark.start(), mark.end())
    return Token(_SYMBOLS.get(text, "SKIP"), "", text, "", (), mark.start(), mark.end())


def _loose(mark: re.Match[str]) -> Token:
    """Token of a word that neither the graph nor the word list knows."""
    text, place = mark.group(), (mark.start(), mark.end())
    if _STATEMENT.fullmatch(text):
        return Token("STATEMENT", "", text, text.upper(), (), *place)
    if _YEAR.fullmatch(text):
        return Token("YEAR", "", text, text, (), *place)
    if _NUMBER.fullmatch(text):
        return Token("NUMBER", "", text, text, (), *place)
    if text.casefold() in _ROMAN:
        return Token("NUMBER", "", text, _ROMAN[text.casefold()], (), *place)
    return Token(UNREAD, "", text, "", (), *place)
