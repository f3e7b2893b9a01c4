"""The answers that commands, the library and the server show, under one name."""

from __future__ import annotations

from kras_graph.present.asking import answer
from kras_graph.present.cards import show_entity
from kras_graph.present.escape import bypass_answer

__all__ = ["answer", "bypass_answer", "show_entity"]
