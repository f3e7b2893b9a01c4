"""Slips of the pen in a question → the nearest known spelling, always told."""

from __future__ import annotations

import re

from kras_graph.answers.wording import UNREAD, Token, Wording


def spelled(text: str, wording: Wording) -> tuple[list[Token], list[tuple[str, str]]]:
    """Tokens, with near spellings corrected; and the corrections."""
    tokens = wording.tokens(text)
    corrections: list[tuple[str, str]] = []
    for token in tokens:
        if token.kind != UNREAD or _part_of_code(text, token):
            continue
        meant = wording.corrected(token.text)
        if meant is not None and meant != token.text.casefold():
            corrections.append((token.text, meant))
    for written, meant in corrections:
        text = re.sub(rf"(?<!\w){re.escape(written)}(?!\w)", meant, text)
    tokens = wording.tokens(text) if corrections else tokens
    unread = {token.text for token in tokens if token.kind == UNREAD}
    if unread & {meant for _, meant in corrections}:
        # a correction that leads nowhere only hides the word that was not understood
        helpful = [pair for pair in corrections if pair[1] not in unread]
        for written, meant in corrections:
            if meant in unread:
                text = re.sub(rf"(?<!\w){re.escape(meant)}(?!\w)", written, text)
        return wording.tokens(text), helpful
    return tokens, corrections


def _part_of_code(text: str, token: Token) -> bool:
    """Whether a word is joined to digits by a hyphen, as in the code of a compound."""
    return bool(
        re.match(r"[-‐‑–]\d", text[token.end :]) or re.search(r"\d[-‐‑–]$", text[: token.start])
    )
