"""Tokens of a question → its parts, by the grammar in `language/question.lark`.

The grammar only says what hangs together (a regimen, a comparison, who acts on whom); which
form of question the parts make up is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from kras_graph.answers.parts import NotInGraphError, Parts, Thing
from kras_graph.answers.regimens import classes_blocking, together
from kras_graph.answers.resolve import Names
from kras_graph.answers.wording import Token, words

if TYPE_CHECKING:
    from lark import Lark, Tree

# Terminal of a named thing → part of the question.
SLOTS = {
    "THERAPY": "therapy", "DISEASE": "disease", "ALTERATION": "alteration",
    "MOLECULE": "molecule", "PROCESS": "process", "TRIAL": "trial", "MODEL": "model",
    "ENDPOINT": "endpoint", "HARM": "harm", "STAGE": "stage.entity", "DESIGN": "design.entity",
    "PROPERTY": "property", "SPONSOR": "sponsor.entity",
}  # fmt: skip
# Terminals that the grammar does not tell apart.
_OTHER = frozenset(
    ("TRIAL", "MODEL", "ENDPOINT", "HARM", "STAGE", "DESIGN", "PROPERTY", "SPONSOR",
     "STATEMENT", "PRONOUN", "ONLY", "HOW")
)  # fmt: skip
# Cues that share their name with a thing or a chunk.
_CUES = {"trial": "trial.cue", "route": "route.cue"}
# Links that may stand loose: they add nothing by themselves.
_IDLE = frozenset(
    ("AND", "OR", "PLUS", "WITH", "SLASH", "FROM", "TO", "VIA", "BETWEEN", "BY", "ON", "OFF",
     "ONLY", "AGAINST", "ARROW", "GRADE", "IN", "TUMOUR", "CAUSE")
)  # fmt: skip
_CHANGES = {
    "MUTANT": ("any", "missense"),
    "AMPLIFIED": ("amplification",),
    "FUSED": ("fusion",),
    "LOST": ("loss-of-function",),
}


@cache
def _parser() -> Lark:
    from lark import Lark
    from lark.lexer import Lexer, LexerState
    from lark.lexer import Token as LarkToken

    class Given(Lexer):
        """Hands on tokens that are made already."""

        def __init__(self, _: object) -> None:
            pass

        def lex(self, lexer_state: LexerState, parser_state: Any = None) -> Iterator[LarkToken]:
            """Each token with its place in the list as text."""
            given: Any = lexer_state
            for place, kind in enumerate(given):
                yield LarkToken(kind, str(place))

    path = files("kras_graph.answers") / "language" / "question.lark"
    grammar = path.read_text(encoding="utf-8")
    return Lark(grammar, parser="earley", lexer=Given, start="question")


def parts_of(tokens: Sequence[Token], names: Names) -> Parts:
    """The parts that the tokens make up.

    Args:
        tokens: what was read; unread words are left out beforehand.
        names: the graph's names, to put together regimens, alterations and classes.

    Raises:
        NotInGraphError: when the words name an alteration, state or class the graph lacks.
    """
    kinds: Any = ["OTHER" if token.kind in _OTHER else token.kind for token in tokens]
    tree = _parser().parse(kinds)
    return _Builder(tokens, names).build(tree)


class _Builder:
    """Walks the tree of chunks and notes what each contributes."""

    def __init__(self, tokens: Sequence[Token], names: Names) -> None:
        self.tokens = tokens
        self.names = names
        self.parts = Parts()

    def build(self, tree: Tree[Any]) -> Parts:
        """Parts of the whole question."""
        if self._given_with():
            self.parts.add_word("combine", "with")
        for chunk in tree.children:
            self._chunk(chunk)
        if "noclass" in self.parts.words:
            self.parts.words.pop("not_in", None)  # "leave out what is only by class"
        return self.parts

    def _given_with(self) -> bool:
        """Whether a medicine is named, and further on "with" another one."""
        kinds = [token.kind for token in self.tokens]
        return any(
            pair == ("WITH", "THERAPY")
            and "THERAPY" in kinds[:place]
            and kinds[place - 1] != "THERAPY"
            for place, pair in enumerate(pairwise(kinds))
        )

    def _chunk(self, chunk: Any) -> None:
        act: Callable[[Any], None] = getattr(self, f"_on_{chunk.data}")
        act(chunk)

    def _leaves(self, node: Any) -> list[Token]:
        if not hasattr(node, "children"):
            return [self.tokens[int(node)]]
        return [leaf for child in node.children for leaf in self._leaves(child)]

    def _things(self, chunk: Any) -> list[Thing]:
        """Things directly inside a chunk; they also become parts of their own."""
        found = []
        for child in chunk.children:
            if hasattr(child, "children"):
                made = {
                    "combination": self._combination,
                    "state": self._state,
                    "altered": self._altered,
                }.get(str(child.data))
                if made is not None:
                    found.append(made(child))
                else:
                    self._aside(child)
            else:
                token = self.tokens[int(child)]
                if token.kind in SLOTS:
                    found.append(self._thing(token))
                else:
                    self._token(token)
        self.parts.things += found
        return found

    def _aside(self, child: Any) -> None:
        """Words inside a chunk that are no thing: what is asked for, what is passed."""
        if str(child.data) == "over":
            way = ""
            for token in self._leaves(child):
                way = {"VIA": "via", "AVOID": "avoid"}.get(token.kind, way)
                if token.kind in SLOTS:
                    chunks = self.parts.chunks
                    chunks[way] = (*chunks.get(way, ()), self._thing(token))
            return
        for token in self._leaves(child):
            if token.kind not in ("VS", "THAN", "AGAINST", "COMPARE"):
                self._token(token)

    @staticmethod
    def _thing(token: Token) -> Thing:
        slot = SLOTS[token.kind]
        if slot == "endpoint" and {e.id for e in token.entities} <= words().topics["baseline"]:
            slot = "baseline"
        return Thing(slot, token.entities, token.text, (), token.start)

    # ------------------------------------------------------------------ single words

    def _on_word(self, chunk: Any) -> None:
        for token in self._leaves(chunk):
            self._token(token)

    def _on_loose(self, chunk: Any) -> None:
        (token,) = self._leaves(chunk)
        if token.kind == "PLUS" and token.text != "+":
            self.parts.add_word("combine", token.text)
        self._token(token)

    def _on_host(self, chunk: Any) -> None:
        things = self._things(chunk)
        slot = "within" if any(thing.slot == "disease" for thing in things) else "host"
        for thing in things:
            if thing.slot == "alteration":
                self.parts.things.remove(thing)
                self.parts.things.append(replace(thing, slot=slot))

    def _token(self, token: Token) -> None:
        parts, kind = self.parts, token.kind
        if kind in SLOTS:
            parts.things.append(self._thing(token))
        elif kind == "CUE":
            parts.add_word(_CUES.get(token.name, token.name), token.text)
        elif kind == "FILTER":
            parts.add_value(token.name, token.value)
        elif kind in ("VERB", "VERBED"):
            parts.add_word(f"verb.{token.name}", token.text)
        elif kind in ("KIND", "INHIBITORS"):
            parts.add_word("kind", token.name if kind == "KIND" else "drug")
        elif kind == "MUTANT":
            parts.add_word("kind", "alteration")
        elif kind == "AMPLIFIED":
            parts.add_value("group", "target_amplification")
        elif kind in ("FUSED", "LOST"):
            parts.add_value("lesion", _CHANGES[kind][0])
        elif kind in ("NUMBER", "YEAR", "STATEMENT"):
            parts.add_value(kind.casefold(), token.value)
        elif kind in ("LIGHT", "WHAT", "HOW", "NOT", "COMPARE", "CONNECT", "PRONOUN"):
            parts.add_word(token.name if kind == "LIGHT" else kind.casefold(), token.text)
        elif kind in ("VS", "THAN"):
            parts.add_word("versus.loose", token.text)
        elif kind in ("STATE_ON", "STATE_OFF"):
            parts.add_word("state", token.text)
        elif kind not in _IDLE:
            parts.add_word(kind.casefold(), token.text)

    # ------------------------------------------------------------------ chunks

    def _on_combination(self, chunk: Any) -> None:
        self.parts.things.append(self._combination(chunk))

    def _combination(self, chunk: Any) -> Thing:
        tokens = [t for t in self._leaves(chunk) if t.kind == "THERAPY"]
        self.parts.add_word("together", " + ".join(t.text for t in tokens))
        return together([self._thing(t) for t in tokens], self.names)

    def _on_contrast(self, chunk: Any) -> None:
        self.parts.chunks["versus"] = tuple(self._things(chunk))

    def _on_route(self, chunk: Any) -> None:
        self.parts.chunks["route"] = tuple(self._things(chunk))

    def _on_chain(self, chunk: Any) -> None:
        first, *between, last = self._things(chunk)
        self.parts.chunks["route"] = (first, last)
        self.parts.chunks["via"] = tuple(between)
        for thing in between:
            self.parts.things.remove(thing)

    def _on_backward(self, chunk: Any) -> None:
        self.parts.chunks["route"] = tuple(reversed(self._things(chunk)))

    def _on_gives(self, chunk: Any) -> None:
        self.parts.chunks["gives"] = tuple(self._things(chunk))

    def _on_takes(self, chunk: Any) -> None:
        if any(token.kind == "AGAINST" for token in self._leaves(chunk)):
            self.parts.add_word("verb.inhibit", "against")
        self.parts.chunks["takes"] = tuple(self._things(chunk))

    def _on_joins(self, chunk: Any) -> None:
        self.parts.chunks["joins"] = tuple(self._things(chunk))

    def _on_passive(self, chunk: Any) -> None:
        self.parts.chunks["joins"] = tuple(reversed(self._things(chunk)))

    def _on_turned(self, chunk: Any) -> None:
        verb = "activate" if any(t.kind == "ON" for t in self._leaves(chunk)) else "inhibit"
        things = tuple(self._things(chunk))
        self.parts.words.pop("turn", None)
        self.parts.add_word(f"verb.{verb}", verb)
        self.parts.chunks["joins" if len(things) > 1 else "takes"] = things

    def _on_excluded(self, chunk: Any) -> None:
        for token in self._leaves(chunk):
            if token.kind == "FILTER":
                for value in token.value.split() if token.name == "setting" else [token.value]:
                    self.parts.add_value(f"without.{token.name}", value)

    def _on_excepted(self, chunk: Any) -> None:
        for thing in self._things(chunk):
            self.parts.things.remove(thing)
            self.parts.things.append(replace(thing, slot="left_out"))
        self.parts.words.pop("except", None)

    def _on_graded(self, chunk: Any) -> None:
        tokens = self._leaves(chunk)
        above = any(t.kind in ("ABOVE", "PLUS") for t in tokens)
        for token in tokens:
            if token.kind == "NUMBER":
                self.parts.add_value("grade", f">={token.value}" if above else token.value)

    def _on_dated(self, chunk: Any) -> None:
        self.parts.add_word("dated", " ".join(t.text for t in self._leaves(chunk)))

    def _on_blocked(self, chunk: Any) -> None:
        (thing,) = self._things(chunk)
        self.parts.words.get("kind", []).remove("drug")
        classes = classes_blocking(thing, self.names)
        if classes:
            self.parts.things.remove(thing)
            place = thing.place
            self.parts.things.append(Thing("therapy", tuple(classes), thing.text, (), place))
        else:
            self.parts.add_word("blocked", f"{thing.text} inhibitors")

    def _on_state(self, chunk: Any) -> None:
        self.parts.things.append(self._state(chunk))

    def _state(self, chunk: Any) -> Thing:
        tokens = self._leaves(chunk)
        active = any(t.kind == "STATE_ON" for t in tokens)
        (protein,) = (t for t in tokens if t.kind in SLOTS)
        wanted = "GTP-bound" if active else "GDP-bound"
        for owner in protein.entities:
            ident = f"{owner.id}_{wanted}"
            if ident in self.names:
                return Thing("molecule", (self.names.get(ident),), protein.text, (), protein.start)
            if owner.cls == "ProteinState":
                return self._thing(protein)
        raise NotInGraphError(f"{wanted} {protein.entities[0].label}")

    def _on_altered(self, chunk: Any) -> None:
        self.parts.things.append(self._altered(chunk))

    def _altered(self, chunk: Any) -> Thing:
        tokens = self._leaves(chunk)
        (what,) = (t for t in tokens if t.kind in SLOTS)
        (change,) = (t for t in tokens if t.kind in _CHANGES)
        if what.kind == "ALTERATION" and change.kind == "MUTANT":
            return self._thing(what)
        owners = {item.id for item in what.entities}
        found = [
            item
            for item in self.names.all()
            if item.cls == "Alteration"
            and item.attributes.get("kind") in _CHANGES[change.kind]
            and (item.attributes.get("gene") in owners or owners & set(item.parents))
            and (what.kind == "MOLECULE" or change.kind != "MUTANT")
        ]
        if change.kind == "MUTANT":
            found = [item for item in found if item.id == f"{item.attributes.get('gene')}_mutation"]
        if not found:
            raise NotInGraphError(f"{what.text} {change.text}")
        return Thing("alteration", tuple(found), what.text, (), what.start)
