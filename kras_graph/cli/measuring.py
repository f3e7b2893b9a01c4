"""`compare`, `outcomes`, `adverse-events`, `frequencies`: measured figures side by side."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kras_graph.cli.options import (
    emit,
    endpoint_option,
    graph_at,
    output_options,
    terminal,
    write_atomically,
)

if TYPE_CHECKING:
    from kras_graph.api import KnowledgeGraph
    from kras_graph.present.measuring import OutcomeTable

Command = TypeVar("Command", bound=Callable[..., Any])
_GROUPS = ("endpoint", "disease", "drug", "line", "trial", "publication", "none")
_PICTURES = ("svg", "png", "html")


def _plot_file(ctx: click.Context, option: click.Parameter, path: Path | None) -> Path | None:
    """Refuse a picture of an unknown kind before anything is looked up."""
    if path and path.suffix.removeprefix(".").casefold() not in _PICTURES:
        raise click.BadParameter(
            f"{path.name!r} must end in {', '.join('.' + form for form in _PICTURES)}.",
            ctx=ctx,
            param=option,
        )
    return path


def plot_options(*groups: str) -> Callable[[Command], Command]:
    """Adds `--plot`, `--reference` and `--group-by` to a command that lists figures."""

    def add(command: Command) -> Command:
        for option in (
            click.option(
                "--reference",
                type=click.FloatRange(0, 100),
                metavar="PERCENT",
                help="Draw a line here on axes of percent.",
            ),
            click.option(
                "--plot",
                type=click.Path(path_type=Path, dir_okay=False),
                callback=_plot_file,
                metavar="FILE",
                help="Draw the figures too: FILE ends in .svg, .png or .html.",
            ),
            click.option("--group-by", "by", type=click.Choice(groups), help="What to group by."),
        ):
            command = option(command)
        return command

    return add


@click.command()
@click.option("--drug", help="Medicine, class or regimen.")
@click.option("--disease", help="Tumour type; its kinds are taken in.")
@click.option("--endpoint", "measure", help="What was measured, such as ORR, PFS or OS.")
@click.option("--line", default="", help="Line of therapy: first, second or pretreated.")
@plot_options(*_GROUPS)
@click.option(
    "--sparql",
    "endpoint",
    metavar="URL",
    envvar="KRAS_GRAPH_ENDPOINT",
    help="Ask the SPARQL service at this address (--endpoint is what was measured here).",
)
@output_options()
def outcomes(
    drug: str | None,
    disease: str | None,
    measure: str | None,
    line: str,
    by: str | None,
    plot: Path | None,
    reference: float | None,
    endpoint: str | None,
    form: str,
    output: Path | None,
    no_color: bool,
) -> None:
    """Measured outcomes of therapies, each as printed, with n/N, interval and source.

    With --plot, a forest plot of them: rates, times and ratios each on an axis of their own.
    Rows come from different trials and are no comparison; nothing is pooled.

    Example: kras-graph outcomes --drug sotorasib --endpoint ORR --group-by disease
    """
    if measure and "://" in measure:
        raise click.UsageError(
            "--endpoint names what was measured, such as ORR; an address belongs to --sparql."
        )
    kg = graph_at(endpoint)
    found = kg.outcomes(
        drug=_name(kg, drug, "medicine"),
        disease=_name(kg, disease, "tumour type"),
        endpoint=_name(kg, measure, "endpoint"),
        line=line,
    )
    _tell(kg, found, form, output, no_color, by, plot, reference)


@click.command(name="adverse-events")
@click.option("--drug", help="Medicine, class or regimen.")
@click.option("--disease", help="Tumour type; its kinds are taken in.")
@click.option("--event", help="Adverse event, such as diarrhea.")
@plot_options("trial", "grade", "disease", "drug", "publication", "none")
@endpoint_option
@output_options()
def adverse_events(
    drug: str | None,
    disease: str | None,
    event: str | None,
    by: str | None,
    plot: Path | None,
    reference: float | None,
    endpoint: str | None,
    form: str,
    output: Path | None,
    no_color: bool,
) -> None:
    """Adverse events under therapies by grade and attribution, each as printed.

    With --plot, a dot plot: shapes tell the grade, colours and stems the attribution.

    Example: kras-graph adverse-events --drug sotorasib --disease "pancreatic cancer"
    """
    kg = graph_at(endpoint)
    found = kg.adverse_events(
        drug=_name(kg, drug, "medicine"),
        disease=_name(kg, disease, "tumour type"),
        event=_name(kg, event, "adverse event"),
    )
    _tell(kg, found, form, output, no_color, by, plot, reference)


@click.command()
@click.option("--alteration", help="Alteration, gene or family.")
@click.option("--disease", help="Tumour type; its kinds are taken in.")
@plot_options("disease", "publication", "none")
@endpoint_option
@output_options()
def frequencies(
    alteration: str | None,
    disease: str | None,
    by: str | None,
    plot: Path | None,
    reference: float | None,
    endpoint: str | None,
    form: str,
    output: Path | None,
    no_color: bool,
) -> None:
    """How often alterations are found in tumours, each figure as printed.

    With --plot, bars; a span is hatched and a lower bound has an arrow.

    Example: kras-graph frequencies --alteration KRAS
    """
    kg = graph_at(endpoint)
    found = kg.frequencies(
        alteration=_name(kg, alteration, "alteration"),
        disease=_name(kg, disease, "tumour type"),
    )
    _tell(kg, found, form, output, no_color, by, plot, reference)


@click.command()
@click.argument("diseases", nargs=-1, required=True, metavar="DISEASE DISEASE...")
@click.option("--drug", required=True, help="Medicine or regimen.")
@endpoint_option
@output_options()
def compare(
    diseases: tuple[str, ...],
    drug: str,
    endpoint: str | None,
    form: str,
    output: Path | None,
    no_color: bool,
) -> None:
    """Response to a therapy in two or more tumour types, and what sources say of why.

    Each two are compared by Fisher's exact test; what is computed is marked. Mechanisms are
    listed as sources put them: stated, suggested, hypothesised, denied, left open. Nothing is
    fitted to the rates.

    JSON: drug, classes, tumour_types (disease, answered_by, figures, tested, interval,
    enrolled, and statements by standing), pairs (test with odds_ratio, p, p_holm; differs),
    general, unnamed_reports, notes, limits. Every key: python -m pydoc
    kras_graph.present.compared

    Example: kras-graph compare NSCLC CRC PDAC --drug sotorasib
    """
    from kras_graph.present.compared import comparison_json, comparison_table
    from kras_graph.present.comparing import comparison_text
    from kras_graph.present.tabular import render

    if len(diseases) < 2:
        raise click.UsageError(
            f"A comparison needs two or more tumour types; only {diseases[0]!r} is given."
        )
    kg = graph_at(endpoint)
    types = [_name(kg, name, "tumour type") or "" for name in diseases]
    found = kg.compare(types, drug=_name(kg, drug, "medicine") or "")
    width, color = terminal(no_color, output)
    if form == "json":
        emit(_dump(comparison_json(kg.reader, found)), output)
    elif form == "table":
        emit(comparison_text(kg.reader, found, width=width, color=color), output)
    else:
        emit(render(comparison_table(kg.reader, found), form), output)


def _name(kg: KnowledgeGraph, text: str | None, kind: str) -> str | None:
    """Id of the entity of a name; a corrected spelling is told on standard error."""
    from kras_graph.answers.measured import named

    if not text:
        return None
    match = named(kg.names, text, kind)
    if match.corrected:
        click.echo(f"Read {text!r} as {match.entity.label!r}.", err=True)
    return match.entity.id


def _tell(
    kg: KnowledgeGraph,
    found: OutcomeTable,
    form: str,
    output: Path | None,
    no_color: bool,
    by: str | None,
    plot: Path | None,
    reference: float | None,
) -> None:
    """Print the figures, and draw them when asked."""
    from kras_graph.present.outcomes import outcomes_json, outcomes_text, table_of
    from kras_graph.present.tabular import render

    if plot is not None:
        from kras_graph.present.plots import picture

        kind = plot.suffix.removeprefix(".").casefold()
        drawn = picture(kg.reader, found, kind, by=by or "", reference=reference)
        write_atomically(plot, drawn)
        click.echo(f"wrote {plot}", err=True)
    width, color = terminal(no_color, output)
    if form == "json":
        emit(_dump(outcomes_json(kg.reader, found)), output)
    elif form == "table":
        emit(outcomes_text(kg.reader, found, by=by or "", width=width, color=color), output)
    else:
        emit(render(table_of(kg.reader, found), form), output)
        for text in (found.reason, *found.notes):
            if text:
                click.echo(text, err=True)


def _dump(record: Any) -> str:
    from kras_graph.present.jsontext import pretty

    return pretty(record)
