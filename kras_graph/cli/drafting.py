"""`query new`: the skeleton of a query file, for a question that the library lacks."""

from __future__ import annotations

import re
from pathlib import Path

import click

from kras_graph.model.errors import KrasGraphError

_SKELETON = """\
#+ summary: {title}
#+ description: Statements that start from a drug, with polarity and certainty; change this text.
#+ tags: draft
#+ param: drug entity sotorasib the drug or class asked about
#+ columns: drug, predicate, object, objectLabel, polarity, certainty, statement

# Parameters are variables that a run binds: each must stand in SELECT and in the columns.
# All data is in the default graph, and the prefixes of the project need no declaration.
SELECT DISTINCT ?drug ?predicate ?object ?objectLabel ?polarity ?certainty ?statement
WHERE {{
  ?statement rdf:subject ?drug ;
             rdf:predicate ?predicate ;
             rdf:object ?object ;
             kg:polarity ?polarity ;
             kg:certainty ?certainty .
  ?object rdfs:label ?objectLabel .
  FILTER NOT EXISTS {{ ?statement kg:deprecated ?deprecated }}
}}
ORDER BY ?predicate ?object ?statement
"""


def skeleton(name: str) -> str:
    """Text of a query file with a full header that runs as it is.

    >>> skeleton("drugs-in-mice").splitlines()[0]
    '#+ summary: Drugs in mice'
    """
    return _SKELETON.format(title=name.replace("-", " ").capitalize())


@click.command("new")
@click.argument("name")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="File or folder to write to; the current folder otherwise.",
)
def new_query(name: str, output: Path | None) -> None:
    """Write the skeleton of a query file, NAME.rq, to fill in; an existing file is kept.

    NAME is lower-case words joined by hyphens that say the question.

    Example: kras-graph query new drugs-in-mice
    """
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise click.UsageError(
            f"{name!r} is no name for a query: use lower-case words joined by hyphens, "
            "for example drugs-in-mice."
        )
    target = output or Path()
    path = target / f"{name}.rq" if target.is_dir() else target
    try:
        with path.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(skeleton(name))
    except FileExistsError:
        raise KrasGraphError(
            f"{path} exists already and is left as it is; choose another name or -o."
        ) from None
    except OSError as error:
        raise KrasGraphError(f"{path} cannot be written: {error.strerror}.") from None
    click.echo(f"wrote {path}", err=True)
