"""The smallest relaxation of a path search, as options of the command."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_WITH = {
    "neutral": "--neutral",
    "through_therapies": "--through-therapies",
    "unasserted": "--unasserted",
    "general": "--general",
}
_WITHOUT = {
    "rollups": "--no-rollups",
    "min_length": "--exact",
    "predicates": "--predicate",
    "settings": "--setting",
    "publications": "--publication",
    "diseases": "--disease",
    "not_predicates": "--not-predicate",
    "not_settings": "--not-setting",
    "not_publications": "--not-publication",
    "not_diseases": "--not-disease",
}


def advice(changes: Iterable[tuple[str, Any]], given: Mapping[str, Any]) -> str:
    """A sentence that names the options to change.

    Args:
        changes: those of a `Relaxation`.
        given: the options that were given.

    >>> advice([("max_length", 9), ("avoid", ("RAF",))], {"avoid": ["RAF", "MEK"]})
    ' Try it with --max-length 9, without --avoid MEK.'
    """
    words: list[str] = []
    for name, value in changes:
        option = _WITHOUT.get(name, f"--{name}")
        if name == "reversed":
            words.append("with the two names the other way round")
        elif name in _WITH:
            words.append(f"with {_WITH[name]}")
        elif name == "max_length":
            words += ["without --exact"] if given.get("min_length") else []
            words.append(f"with --max-length {value}")
        elif name == "metapath" and value is not None:
            words.append(f"with --metapath '{value.text}'")
        elif isinstance(value, tuple):
            gone = sorted(set(given.get(name, ())) - set(value))
            words += [f"without {option} {item}" for item in gone]
        else:
            words.append(f"without {option}")
    return f" Try it {', '.join(dict.fromkeys(words))}."
