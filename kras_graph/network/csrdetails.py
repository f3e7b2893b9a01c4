"""Attributes of nodes and edges as text in a compressed graph, and back again.

JSON, with the containers of a network told apart: a tuple is a list, a set is `{"set": …}`,
and a statement's `Backing` is `{"backing": …}`. Equal attributes give equal text, so that
each text is stored once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import Any

from kras_graph.model import terms
from kras_graph.model.errors import GraphFileError

NOTHING: frozenset[str] = frozenset()
# What an edge carries beside predicate, sign, role and `asserted` when nothing else is told.
PLAIN_EDGE: Mapping[str, Any] = {
    "statements": (),
    "backing": (),
    "diseases": NOTHING,
    "alterations": NOTHING,
    "kinds": NOTHING,
}


def encode(attributes: Mapping[str, Any], plain: Mapping[str, Any]) -> str:
    """Attributes as text; empty when they all are as in `plain`.

    Args:
        attributes: texts, numbers, truth values, None, tuples and sets of them, `Backing`.
        plain: what goes without saying.

    Raises:
        GraphFileError: when a value is of another kind.

    >>> encode({"statements": ("R1",), "diseases": frozenset()}, PLAIN_EDGE)
    '{"statements":["R1"]}'
    """
    told = {
        name: _plain(value)
        for name, value in sorted(attributes.items())
        if name not in plain or plain[name] != value
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")) if told else ""


def decode(text: str) -> dict[str, Any]:
    """Attributes that `encode` has written.

    >>> decode('{"statements":["R1"]}')
    {'statements': ('R1',)}
    """
    return {name: _value(item) for name, item in json.loads(text).items()} if text else {}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float):
        return str(value) if isinstance(value, StrEnum) else value
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, frozenset | set):
        return {"set": sorted(_plain(item) for item in value)}
    if is_dataclass(value) and type(value).__name__ == "Backing":
        told = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        return {"backing": told}
    raise GraphFileError(
        f"An attribute of the type {type(value).__name__} cannot be stored; expected text, "
        "number, truth value, None, or a tuple or set of these."
    )


def _value(item: Any) -> Any:
    if isinstance(item, list):
        return tuple(_value(part) for part in item)
    if isinstance(item, dict):
        if "set" in item:
            return frozenset(_value(part) for part in item["set"])
        return _backing(item["backing"])
    return item


def _backing(told: Mapping[str, Any]) -> Any:
    from kras_graph.network.projection import Backing

    values = {}
    for field in fields(Backing):
        if field.name in told:
            value = _value(told[field.name])
            kind = getattr(terms, str(field.type), None)
            closed = isinstance(kind, type) and issubclass(kind, StrEnum)
            values[field.name] = kind(value) if closed and kind is not None else value
    return Backing(**values)
