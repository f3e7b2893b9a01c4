"""The verb `compress`: a graph of public size as one file that answers at once."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument(
    "edges", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option(
    "--nodes",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Table of nodes with id, category and name, as KGX has it.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to this file.",
)
def compress(edges: Path | None, nodes: Path | None, output: Path) -> None:
    """Write the graph of the table EDGES as one compressed file.

    EDGES is tab-separated: source, predicate, target and sign (+, -, 0 or ?), or any columns
    with these names in a header, such as the edges file of KGX; .gz is read too. Without
    EDGES the curated graph itself is compressed.

    The file is read from Python, in memory far below its size:
    kras_graph.network.compressed.open_graph gives the graph, and
    kras_graph.network.finding asks for its paths, cuts and neighbourhoods.

    Example: kras-graph compress -o kras-graph.csr
    """
    from kras_graph.network.csrbuild import build
    from kras_graph.network.csrbuild import compress as compress_network

    if edges is None:
        if nodes is not None:
            raise click.UsageError("--nodes belongs to a table of edges: give EDGES too.")
        from kras_graph.api import KnowledgeGraph

        counts = compress_network(KnowledgeGraph.load().network, output)
    else:
        from kras_graph.network.edgelist import read_edges

        counts = build(output, read_edges(edges, nodes))
    size = output.stat().st_size / 2**20
    click.echo(
        f"wrote {output}: {counts.nodes} nodes, {counts.edges} edges, {size:.1f} MiB", err=True
    )
