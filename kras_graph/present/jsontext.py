"""Plain data → JSON for people to read: indented, in UTF-8, keys in the order given."""

from __future__ import annotations

from typing import Any

import orjson


def pretty(record: Any) -> str:
    """Indented JSON that ends in a line end; a figure that is no number becomes null.

    Text that is no valid Unicode, such as an argument with stray bytes, comes out escaped.

    Raises:
        TypeError: for what JSON cannot hold.
    """
    try:
        option = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
        return orjson.dumps(record, option=option).decode()
    except orjson.JSONEncodeError as error:
        if "surrogates" not in str(error):
            raise
    import json

    return json.dumps(record, indent=2) + "\n"
