"""Paths and cuts on graphs of public size: the compressed graph beside graph libraries.

Every size and every library runs in a process of its own, on the same graph and the same pairs
of nodes; what they find is compared. The graph is random with the degrees of biomedical ones:
each node is given weights as source and as target that fall as a power of its rank (exponent
2.2 of the degree distribution, hubs flattened so that the largest joins about a tenth of the
nodes), the two ranks correlate by one half, and edges are drawn by the product of weights
(Chung and Lu 2002, doi:10.1073/pnas.252631999) until so many different ones are there. The
number of nodes follows public graphs: 3,000 for 10^4 edges, 127,000 for 8 million.

The libraries other than ours are given the graph without signs and names, and give numbers of
nodes; ours reads signs and names, and gives each path with its sign.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from measuring import measure, name_card

SIZES = ("1e4", "1e5", "1e6", "8e6")
LONGEST, K = 4, 10
QUESTIONS = ("paths", "shortest", "cut")
Questions = dict[str, Callable[[int, int], Any]]


# The graph


def make(folder: Path, edges: int, seed: int = 7) -> dict[str, Any]:
    """Write a random graph; what is to be told of it comes back."""
    import numpy as np

    rng = np.random.default_rng(seed)
    nodes = round(3000 * (edges / 1e4) ** 0.56)
    first = rng.standard_normal(nodes)
    second = 0.5 * first + np.sqrt(0.75) * rng.standard_normal(nodes)

    def summed(score: Any) -> Any:
        rank = np.empty(nodes)
        rank[np.argsort(-score)] = np.arange(nodes)
        weight = (rank + 20.0) ** (-1 / 1.2)
        return np.cumsum(weight / weight.sum())

    ways = summed(first), summed(second)
    keys = np.empty(0, np.int64)
    while len(keys) < edges:
        wanted = int(1.3 * (edges - len(keys))) + 100
        ends = (np.minimum(np.searchsorted(w, rng.random(wanted)), nodes - 1) for w in ways)
        source, target = ends
        fresh = (source * nodes + target)[source != target]
        keys = np.unique(np.concatenate((keys, fresh)))
    keys = np.sort(rng.permutation(keys)[:edges])
    source, target = (keys // nodes).astype(np.int32), (keys % nodes).astype(np.int32)
    sign = rng.choice(3, edges, p=[0.55, 0.3, 0.15]).astype(np.int8)
    for name, column in (("source", source), ("target", target), ("sign", sign)):
        np.save(folder / f"{name}.npy", column)
    out, into = np.bincount(source, minlength=nodes), np.bincount(target, minlength=nodes)
    hubs = [int(out.max()), int(into.max())]
    return {"nodes": nodes, "edges": edges, "hubs": hubs}


def draw(folder: Path, nodes: int, count: int, seed: int = 11) -> list[tuple[int, int]]:
    """Random pairs of nodes of which the first leads to the second by at most four edges."""
    import random

    from kras_graph.network.compressed import open_graph
    from kras_graph.network.finding import simple_paths

    rng, graph = random.Random(seed), open_graph(folder / "graph.csr")
    pairs: list[tuple[int, int]] = []
    while len(pairs) < count:
        a, b = rng.randrange(nodes), rng.randrange(nodes)
        if simple_paths(graph, name_of(a), name_of(b), LONGEST, limit=1).paths:
            pairs.append((a, b))
    return pairs


def columns(folder: Path) -> tuple[Any, Any, Any]:
    """Source, target and sign of the edges."""
    import numpy as np

    return tuple(np.load(folder / f"{name}.npy") for name in ("source", "target", "sign"))


def name_of(node: int) -> str:
    """Name of a node of the compressed graph."""
    return f"N{node:07d}"


# The libraries: each loads a graph and gives its answers to the questions


def ours(folder: Path, nodes: int) -> tuple[Callable[[], Any], Questions]:
    """The compressed graph, mapped; what is timed as loading is opening."""
    from kras_graph.network.compressed import open_graph
    from kras_graph.network.finding import minimum_edge_cut, shortest_paths, simple_paths

    graph: Any = None

    def load() -> None:
        nonlocal graph
        graph = open_graph(folder / "graph.csr")

    return load, {
        "paths": lambda a, b: simple_paths(graph, name_of(a), name_of(b), LONGEST).paths.numbers(),
        "shortest": lambda a, b: [
            path.nodes for path in shortest_paths(graph, name_of(a), name_of(b), K).paths
        ],
        "cut": lambda a, b: len(minimum_edge_cut(graph, name_of(a), name_of(b))),
    }


def built(folder: Path, nodes: int) -> tuple[Callable[[], Any], Questions]:
    """Building the file of the compressed graph."""
    from kras_graph.model.terms import Sign
    from kras_graph.network.compressed import EdgeTable, Kind, build

    source, target, sign = columns(folder)
    names = [name_of(node) for node in range(nodes)]
    kinds = [Kind(Sign(text)) for text in "+-?"]

    def load() -> None:
        build(folder / "graph.csr", EdgeTable(names, source, target, kinds=kinds, kind=sign))

    return load, {}


def with_networkx(folder: Path, nodes: int) -> tuple[Callable[[], Any], Questions]:
    """A networkx DiGraph."""
    import networkx as nx

    graph = nx.DiGraph()

    def load() -> None:
        graph.add_nodes_from(range(nodes))
        for source, target in parts(folder):
            graph.add_edges_from(zip(source.tolist(), target.tolist(), strict=True))

    def shortest(a: int, b: int) -> list[list[int]]:
        try:
            return list(islice(nx.shortest_simple_paths(graph, a, b), K))
        except nx.NetworkXNoPath:
            return []

    return load, {
        "paths": lambda a, b: list(nx.all_simple_paths(graph, a, b, cutoff=LONGEST)),
        "shortest": shortest,
        "cut": lambda a, b: len(nx.minimum_edge_cut(graph, a, b)),
    }


def with_rustworkx(folder: Path, nodes: int) -> tuple[Callable[[], Any], Questions]:
    """A rustworkx PyDiGraph; it has no k shortest paths and no cut between two nodes."""
    import rustworkx as rx

    graph = rx.PyDiGraph(multigraph=True)  # quicker to load; there are no parallel edges

    def load() -> None:
        graph.add_nodes_from(range(nodes))
        for source, target in parts(folder):
            graph.add_edges_from_no_data(list(zip(source.tolist(), target.tolist(), strict=True)))

    # its cutoff counts nodes
    return load, {"paths": lambda a, b: list(rx.all_simple_paths(graph, a, b, None, LONGEST + 1))}


def with_igraph(folder: Path, nodes: int) -> tuple[Callable[[], Any], Questions]:
    """An igraph Graph."""
    import igraph
    import numpy as np

    graph: Any = None

    def load() -> None:
        nonlocal graph
        source, target, _ = columns(folder)
        graph = igraph.Graph(n=nodes, edges=np.stack((source, target), axis=1), directed=True)

    return load, {
        "paths": lambda a, b: graph.get_all_simple_paths(a, to=b, maxlen=LONGEST),
        "shortest": lambda a, b: graph.get_k_shortest_paths(a, b, k=K),
        "cut": lambda a, b: round(graph.mincut(a, b).value),
    }


def with_graph_tool(folder: Path, nodes: int) -> tuple[Callable[[], Any], Questions]:
    """A graph-tool Graph; it has no k shortest paths."""
    import graph_tool.all as gt
    import numpy as np

    graph = gt.Graph(directed=True)

    def load() -> None:
        source, target, _ = columns(folder)
        graph.add_vertex(nodes)
        graph.add_edge_list(np.stack((source, target), axis=1))

    def cut(a: int, b: int) -> int:
        room = graph.new_edge_property("int", val=1)
        left = gt.push_relabel_max_flow(graph, graph.vertex(a), graph.vertex(b), room)
        return int(sum(room[edge] - left[edge] for edge in graph.vertex(a).out_edges()))

    return load, {
        "paths": lambda a, b: [list(map(int, p)) for p in gt.all_paths(graph, a, b, LONGEST)],
        "cut": cut,
    }


def with_scipy(folder: Path, nodes: int) -> tuple[Callable[[], Any], Questions]:
    """The maximum flow of scipy on the whole graph, which our cut falls back to."""
    import numpy as np
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_flow

    matrix: Any = None

    def load() -> None:
        nonlocal matrix
        source, target, _ = columns(folder)
        room = np.ones(len(source), np.int32)
        matrix = csr_array((room, (source, target)), shape=(nodes, nodes))

    return load, {"cut": lambda a, b: int(maximum_flow(matrix, a, b).flow_value)}


LIBRARIES: dict[str, Callable[[Path, int], tuple[Callable[[], Any], Questions]]] = {
    "build": built,
    "kras-graph": ours,
    "rustworkx": with_rustworkx,
    "graph-tool": with_graph_tool,
    "igraph": with_igraph,
    "scipy": with_scipy,
    "networkx": with_networkx,
}


def parts(folder: Path) -> Iterator[tuple[Any, Any]]:
    """Sources and targets, a hundred thousand edges at a time."""
    source, target, _ = columns(folder)
    for start in range(0, len(source), 100_000):
        yield source[start : start + 100_000], target[start : start + 100_000]


# One process


def work(library: str, folder: Path, limit: float, hard: float) -> None:
    """Load and ask, and print what was measured as JSON."""
    told = json.loads((folder / "told.json").read_text(encoding="utf-8"))
    signal.signal(signal.SIGALRM, _stop)
    load, questions = LIBRARIES[library](folder, told["nodes"])
    began = time.perf_counter()
    load()
    found: dict[str, Any] = {"load": time.perf_counter() - began, "asked": {}}
    for question, ask in questions.items():
        started, times, answers, stopped = time.perf_counter(), [], [], False
        for a, b in told["pairs"]:
            if times and time.perf_counter() - started > limit:
                break
            kept: list[Any] = []

            def once(ask: Any = ask, a: int = a, b: int = b, kept: list[Any] = kept) -> None:
                kept[:] = [ask(a, b)]

            signal.setitimer(signal.ITIMER_REAL, hard)
            try:
                took = measure(once, 5, 1.0).median
            except TimeoutError:
                stopped = True
                break
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
            times.append(took)
            answers.append(digest(question, kept[0]))
        found["asked"][question] = {"times": times, "answers": answers, "stopped": stopped}
    found["memory"] = peak()
    print(json.dumps(found))


def _stop(number: int, frame: object) -> None:
    raise TimeoutError


def digest(question: str, answer: Any) -> Any:
    """What must be the same in all libraries: numbers of paths by length, the size of a cut."""
    if question == "cut":
        return answer
    lengths = [len(path) - 1 for path in answer]
    return [lengths.count(length) for length in range(1, max(lengths, default=0) + 1)]


def peak() -> float:
    """Most memory that this process has held, in MiB.

    Linux counts the parent's memory into `ru_maxrss` of a child, so its own table is read.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


COLD = """
import sys
from kras_graph.network.compressed import open_graph
from kras_graph.network.finding import simple_paths
graph = open_graph(sys.argv[1], frugal=True)
print(sum(1 for path in simple_paths(graph, sys.argv[2], sys.argv[3], 4).paths))
sys.path.insert(0, sys.argv[4])
from paths import peak
print(peak())
"""


def cold(folder: Path, pairs: list[tuple[int, int]]) -> tuple[list[float], list[float], list[int]]:
    """Seconds, MiB and number of paths of a fresh process for each pair."""
    seconds, memory, counts = [], [], []
    for a, b in pairs:
        command = [sys.executable, "-c", COLD, str(folder / "graph.csr"), name_of(a), name_of(b)]
        command.append(str(Path(__file__).parent))
        began = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        seconds.append(time.perf_counter() - began)
        count, mib = done.stdout.split()
        memory.append(float(mib))
        counts.append(int(count))
    return seconds, memory, counts


# All of them


def run(library: str, folder: Path, options: argparse.Namespace) -> dict[str, Any] | str:
    """What a library measured in a process of its own, or why it did not."""
    python = options.graph_tool if library == "graph-tool" else sys.executable
    if not python:
        return "not installed"
    command = [python, __file__, "--worker", library, "--folder", str(folder)]
    command += ["--limit", str(options.limit), "--hard", str(options.hard)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=options.timeout
        )
    except subprocess.TimeoutExpired:
        return f"stopped after {options.timeout:.0f} s"
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
        return last[0][:80]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def compared(found: dict[str, dict[str, Any]]) -> list[str]:
    """Questions to which two libraries gave different answers."""
    wrong = []
    for library, measured in found.items():
        for question, told in measured["asked"].items():
            own = found["kras-graph"]["asked"][question]["answers"]
            if told["answers"] != own[: len(told["answers"])]:
                wrong.append(f"{library}, {question}: {told['answers']} and ours {own}")
    return wrong


def cell(measured: dict[str, Any], own: dict[str, Any], question: str, hard: float) -> str:
    """Median of a question with its spread, and the ratio to ours on the same pairs."""
    told = measured["asked"].get(question)
    if told is None:
        return "-"
    times = told["times"]
    if not times:
        return f"> {1000 * hard:,.0f} for the first pair"
    text = f"{statistics.median(times):,.2f} ({min(times):,.2f}-{max(times):,.2f})"
    same = own["asked"][question]["times"][: len(times)]
    if measured is not own:
        ratio = statistics.median(times) / statistics.median(same)
        text += f", {ratio:,.0f}x" if ratio >= 10 else f", {ratio:.2g}x"
    if len(times) < len(own["asked"][question]["times"]):
        text += f" [{len(times)} of {len(own['asked'][question]['times'])} pairs]"
    return text


def report(size: int, options: argparse.Namespace) -> list[str]:
    """Measure one size and print its table; differences between answers come back."""
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        told = {**make(folder, size), "pairs": []}
        (folder / "told.json").write_text(json.dumps(told), encoding="utf-8")
        print(
            f"\n### {size:,} edges, {told['nodes']:,} nodes, at most {told['hubs'][0]:,} edges "
            f"from and {told['hubs'][1]:,} to a node\n"
        )
        print("| library | load, s | peak MiB | all paths <= 4, ms | 10 shortest, ms | cut, ms |")
        print("|---|---|---|---|---|---|")
        found: dict[str, dict[str, Any]] = {}
        for library in ["build", *options.libraries]:
            measured = run(library, folder, options)
            if isinstance(measured, str):
                print(f"| {library} | {measured} | | | | |", flush=True)
                continue
            figures = f"{measured['load']:.3f} | {measured['memory']:,.0f}"
            if library == "build":
                print(f"| kras-graph, building the file | {figures} | | | |", flush=True)
                told["pairs"] = draw(folder, told["nodes"], options.pairs)
                (folder / "told.json").write_text(json.dumps(told), encoding="utf-8")
                continue
            found[library] = measured
            own = found["kras-graph"]
            cells = (cell(measured, own, question, options.hard) for question in QUESTIONS)
            print(f"| {library} | {figures} | {' | '.join(cells)} |", flush=True)
        wrong = compared(found)
        counts = [sum(answer) for answer in found["kras-graph"]["asked"]["paths"]["answers"]]
        seconds, memory, cold_counts = cold(folder, told["pairs"])
        if cold_counts != counts:
            wrong.append(f"fresh process: {cold_counts} paths and not {counts}")
        size_mib = (folder / "graph.csr").stat().st_size / 2**20
        print(
            f"\n{len(counts)} pairs with {min(counts):,} to {max(counts):,} paths, median "
            f"{statistics.median(counts):,.0f}. File {size_mib:.1f} MiB. A fresh process that "
            f"gives all paths of a pair by name: median {statistics.median(seconds):.2f} s, "
            f"{statistics.median(memory):.0f} MiB at its peak, at most {max(memory):.0f} MiB."
        )
        agree = "All answers agree." if not wrong else "ANSWERS DIFFER: " + "; ".join(wrong)
        print(agree, flush=True)
        return wrong


def main() -> None:
    """Print a table for each size; exit code 1 when two libraries disagree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", default=list(SIZES), help="numbers of edges")
    parser.add_argument("--pairs", type=int, default=10, help="pairs of nodes asked about")
    parser.add_argument("--limit", type=float, default=120, help="seconds a library for a question")
    parser.add_argument("--hard", type=float, default=600, help="seconds for one pair")
    parser.add_argument("--timeout", type=float, default=3600, help="seconds a library in all")
    parser.add_argument("--libraries", nargs="+", default=list(LIBRARIES)[1:])
    parser.add_argument("--graph-tool", help="a Python that has graph-tool")
    parser.add_argument("--folder", type=Path, help="where graphs are written meanwhile")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        work(options.worker, options.folder, options.limit, options.hard)
        return
    if shutil.disk_usage(options.folder or tempfile.gettempdir()).free < 2**30:
        parser.error("1 GiB of free space is needed: give --folder.")
    packages = []
    for package in ("numpy", "scipy", "networkx", "rustworkx", "igraph"):
        try:
            version(package)
            packages.append(package)
        except PackageNotFoundError:
            options.libraries = [name for name in options.libraries if name != package]
            print(f"{package} is not installed and left out.")
    print(name_card(*packages))
    wrong = [line for size in options.sizes for line in report(int(float(size)), options)]
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
