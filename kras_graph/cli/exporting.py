"""The verb `export`: the whole graph as a file for other programs."""

from __future__ import annotations

from pathlib import Path

import click

from kras_graph.api import KnowledgeGraph
from kras_graph.cli.options import write_atomically
from kras_graph.rdf.export import RDF_FORMATS, export_rdf

KGX_FORMATS = ("kgx-tsv", "kgx-jsonl")
FORMATS = (*RDF_FORMATS, "graphml", *KGX_FORMATS)


@click.command()
@click.argument("form", metavar="FORMAT", type=click.Choice(FORMATS))
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write to this file; for KGX, PREFIX or a folder.",
)
@click.option(
    "--include-unasserted",
    "unasserted",
    is_flag=True,
    help="GraphML and KGX: add what sources deny, doubt or ask, marked.",
)
@click.option("--raw", is_flag=True, help="kgx-tsv: leave texts as they are for spreadsheets too.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder with the tables, instead of the shipped one.",
)
def export(form: str, output: Path | None, unasserted: bool, raw: bool, data: Path | None) -> None:
    """The whole graph in FORMAT, the same bytes whenever the dataset is the same.

    RDF: turtle, ntriples, nquads, trig, jsonld. They hold everything: direct triples, every
    statement, evidence, results, ontology.

    Property graphs: graphml, and kgx-tsv or kgx-jsonl, which write PREFIX_nodes and
    PREFIX_edges. An edge is a direct triple, what at least one source affirms and states,
    with all its statements listed; what is denied or doubted is left out unless you give
    --include-unasserted, and then carries negated, certainty and knowledge_level. What
    things are kinds, variants or parts of stands at the node (structure), not as edges.

    KGX ids: kgid: is https://w3id.org/kras-graph/id/, kgstmt: is
    https://w3id.org/kras-graph/stmt/; columns kg_... are ours, the others Biolink 4.4.

    Example: kras-graph export graphml -o kras-graph.graphml
    """
    if form in KGX_FORMATS and output is None:
        stem = f"kras-graph_%s.{form.removeprefix('kgx-')}"
        raise click.UsageError(
            f"{form} is two files: give -o PREFIX, for example -o kras-graph "
            f"for {stem % 'nodes'} and {stem % 'edges'}."
        )
    _tell_idle_options(form, unasserted=unasserted, raw=raw)
    kg = KnowledgeGraph.load(data, cache=data is None)
    if form in RDF_FORMATS:
        _write(export_rdf(kg.engine, form), output)
    else:
        _export_property_graph(kg, form, output, unasserted=unasserted, raw=raw)


def _export_property_graph(
    kg: KnowledgeGraph, form: str, output: Path | None, *, unasserted: bool, raw: bool
) -> None:
    """Write GraphML or the two files of KGX, and tell what was left out."""
    from kras_graph.present.graphml import graphml
    from kras_graph.present.kgx import kgx_jsonl, kgx_tsv, property_graph

    graph = property_graph(kg.reader, unasserted=unasserted)
    if form == "graphml":
        _write(graphml(graph), output)
    elif output is not None:
        payloads = kgx_jsonl(graph) if form == "kgx-jsonl" else kgx_tsv(graph, raw=raw)
        _write_pair(payloads, pair(output, form.removeprefix("kgx-")))
    counts = f"{len(graph.nodes)} nodes, {len(graph.edges)} edges"
    if graph.left_out:
        counts += (
            f"; left out {graph.left_out} that sources deny, doubt or ask"
            " (--include-unasserted adds them, marked)"
        )
    click.echo(f"{counts}.", err=True)


def pair(prefix: Path, suffix: str) -> tuple[Path, Path]:
    """Files of nodes and of edges for a prefix or an existing folder.

    >>> [path.name for path in pair(Path("mine"), "tsv")]
    ['mine_nodes.tsv', 'mine_edges.tsv']
    """
    if prefix.is_dir():
        prefix = prefix / "kras-graph"
    stem = prefix.name.removesuffix(f".{suffix}")
    return (
        prefix.with_name(f"{stem}_nodes.{suffix}"),
        prefix.with_name(f"{stem}_edges.{suffix}"),
    )


def _tell_idle_options(form: str, *, unasserted: bool, raw: bool) -> None:
    """Note on standard error the options that do nothing for a format."""
    if unasserted and form in RDF_FORMATS:
        click.echo(f"Note: {form} holds every statement; --include-unasserted is idle.", err=True)
    if raw and form != "kgx-tsv":
        click.echo(f"Note: --raw concerns kgx-tsv only, not {form}.", err=True)


def _write(payload: bytes, output: Path | None) -> None:
    """Bytes to standard output, or to a file that is replaced only when fully written."""
    if output is None:
        click.echo(payload, nl=False)
        return
    write_atomically(output, payload)
    click.echo(f"wrote {output}", err=True)


def _write_pair(payloads: tuple[bytes, bytes], paths: tuple[Path, Path]) -> None:
    """Write two files of one export; when the second fails, the first is as it was before."""
    nodes, edges = paths
    before = nodes.read_bytes() if nodes.is_file() else None
    write_atomically(nodes, payloads[0])
    try:
        write_atomically(edges, payloads[1])
    except BaseException:
        if before is None:
            nodes.unlink(missing_ok=True)
        else:
            write_atomically(nodes, before)
        raise
    for path in paths:
        click.echo(f"wrote {path}", err=True)
