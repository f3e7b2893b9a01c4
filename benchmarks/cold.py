"""Answers from a fresh process, beside a Python that does nothing."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from measuring import measure, name_card

PEER = """
import glob, networkx, rdflib
graph = rdflib.Graph().parse({path!r}, format="nt")
kg = "https://w3id.org/kras-graph/vocab#"
rows = graph.query(
    "SELECT ?s ?o WHERE {{ ?s <" + kg + "confers_resistance_to> ?o }}")
network = networkx.DiGraph()
network.add_edges_from((str(a), str(b)) for a, b in rows)
print(network.number_of_edges())
"""


def main() -> None:
    """Print the median time of each command and its ratio to the empty process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    options = parser.parse_args()
    import tempfile
    from pathlib import Path

    from kras_graph import KnowledgeGraph

    tool = [sys.executable, "-m", "kras_graph"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dataset.nt"
        KnowledgeGraph.load().to_rdflib().serialize(path, format="nt", encoding="utf-8")
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            'python -c "import click"': [sys.executable, "-c", "import click"],
            "kras-graph --help": [*tool, "--help"],
            "kras-graph sparql -e 'ASK { ?s ?p ?o }'": [*tool, "sparql", "-e", "ASK { ?s ?p ?o }"],
            "kras-graph bypass sotorasib --no-computed --format json": [
                *tool, "bypass", "sotorasib", "--no-computed", "--format", "json",
            ],
            "kras-graph bypass sotorasib --format json": [
                *tool, "bypass", "sotorasib", "--format", "json",
            ],
            "plain rdflib + networkx script": [sys.executable, "-c", PEER.format(path=str(path))],
        }  # fmt: skip
        print(name_card("pyoxigraph", "click", "rdflib", "networkx"), "\n")
        print("| fresh process | median (spread) | of `python -c pass` |")
        print("|---|---|---|")
        base = 0.0
        # compiled modules are kept, as an installed package has them
        env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        env["PYTHONPYCACHEPREFIX"] = str(Path(folder) / "compiled")
        for command in commands.values():
            subprocess.run(command, check=True, capture_output=True, env=env)
        for name, command in commands.items():
            timing = measure(
                lambda c=command: subprocess.run(c, check=True, capture_output=True, env=env),
                options.runs,
                60,
            )
            base = base or timing.median
            print(f"| `{name}` | {timing} | {timing.median / base:.1f} |", flush=True)


if __name__ == "__main__":
    main()
