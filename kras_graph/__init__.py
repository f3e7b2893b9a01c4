"""kras-graph: an evidence-anchored knowledge graph of RAS biology and therapeutics.

>>> from kras_graph import KnowledgeGraph
>>> kg = KnowledgeGraph.load()
>>> kg.bypass("AMG 510").drug.label
'sotorasib'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kras_graph.api import KnowledgeGraph as KnowledgeGraph

__version__ = "0.1.0"
__all__ = ["KnowledgeGraph", "__version__"]


def __getattr__(name: str) -> Any:
    """Load the public class only when it is asked for, so that importing stays cheap."""
    if name == "KnowledgeGraph":
        from kras_graph.api import KnowledgeGraph

        return KnowledgeGraph
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
