"""The command line: one click command per verb, each in the module named for its kind."""

from kras_graph.cli.main import main

__all__ = ["main"]
