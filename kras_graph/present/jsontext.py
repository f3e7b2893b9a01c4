"""Plain data → JSON for people to read: indented, in UTF-8, keys in the order given."""

from __future__ import annotations

from typing import Any

import orjson


def pretty(record: Any) -> str:
    """Indented JSON that ends in a line end; a figure that is no number becomes null.

    Raises:
        TypeError: for what JSON cannot hold.
    """
    return orjson.dumps(record, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()
