"""Answers from a fresh process, beside a Python that only imports click."""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time

from measuring import Timing, name_card

PEER_NAME = 'python -c "import click"'
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
    """Print the median time of each command and its ratio, round by round, to the peer."""
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
            PEER_NAME: [sys.executable, "-c", "import click"],
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
        print('| fresh process | median (spread) | of `python -c "import click"` |')
        print("|---|---|---|")
        # compiled modules are kept, as an installed package has them
        env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        env["PYTHONPYCACHEPREFIX"] = str(Path(folder) / "compiled")
        for command in commands.values():
            subprocess.run(command, check=True, capture_output=True, env=env)
        # in rounds, so that a busy spell of the machine falls on all alike
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(options.runs):
            for name, command in commands.items():
                start = time.perf_counter()
                subprocess.run(command, check=True, capture_output=True, env=env)
                times[name].append(1000 * (time.perf_counter() - start))
        for name, own in times.items():
            timing = Timing(statistics.median(own), min(own), max(own))
            ratio = statistics.median(a / b for a, b in zip(own, times[PEER_NAME], strict=True))
            print(f"| `{name}` | {timing} | {ratio:.2f} |", flush=True)


if __name__ == "__main__":
    main()
