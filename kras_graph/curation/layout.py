"""Layout of every table: its columns, what each may hold, how a cell becomes a value.

The column order here is the order in the files. `Column.kind` says how a cell is read:
`id` (an identifier of this table), `ref` (an entity id), `refs` (several, `|` between),
`text`, `texts` (several, `|` between), `int`, `number`, `choice` (a closed list) and
`flag` (`yes` or empty).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kras_graph.model.terms import Certainty, MechanismGroup, Polarity, Setting, Statistic


@dataclass(frozen=True)
class Column:
    """One column: its name, the kind of its cells, whether a cell may be empty."""

    name: str
    kind: str = "text"
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layout:
    """The columns of a table and those it is sorted by."""

    columns: tuple[Column, ...]
    sort: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in file order."""
        return tuple(column.name for column in self.columns)


def _choices(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(str(value) for value in values)


ENTITY_COMMON = (
    Column("id", "id", required=True),
    Column("label", required=True),
    Column("class", required=True),
    Column("synonyms", "texts"),
    Column("xrefs", "texts"),
    Column("parents", "refs"),
)

ENTITY_EXTRA: dict[str, tuple[Column, ...]] = {
    "alterations": (
        Column("gene", "ref"),
        Column(
            "kind",
            "choice",
            choices=(
                "missense",
                "amplification",
                "fusion",
                "loss-of-function",
                "wild-type",
                "any",
            ),
        ),
        Column("effect", "choice", choices=("gain", "loss")),
    ),
    "proteins": (Column("effect", "choice", choices=("gain", "loss")),),
    "regimens": (Column("components", "refs", required=True),),
    "trials": (Column("phase"), Column("status")),
}

ENTITY_FILES: dict[str, tuple[str, ...]] = {
    "genes": ("Gene",),
    "proteins": ("Protein", "ProteinFamily", "ProteinComplex", "ProteinState"),
    "alterations": ("ProteinVariant", "Alteration"),
    "drugs": ("Drug", "Biologic", "CellTherapy"),
    "drug_classes": ("DrugClass",),
    "regimens": ("Regimen",),
    "diseases": ("Disease",),
    "pathways": ("Pathway",),
    "processes": ("Process",),
    "mechanisms": ("Mechanism", "TumourState"),
    "cell_types": ("CellType",),
    "binding_sites": ("BindingSite",),
    "trials": ("Trial", "Cohort"),
    "samples": ("SampleSet",),
    "models": ("ModelSystem",),
    "adverse_events": ("AdverseEvent",),
    "endpoints": ("Endpoint",),
    "descriptors": ("Property", "Stage", "Design"),
    "organisations": ("Organisation",),
    "molecules": ("Molecule",),
    "studies": ("Publication",),
}


def entity_layout(stem: str) -> Layout:
    """Layout of `data/entities/<stem>.tsv`."""
    return Layout((*ENTITY_COMMON, *ENTITY_EXTRA.get(stem, ()), Column("note")), ("id",))


STATEMENT_FAMILIES = (
    "signalling",
    "pharmacology",
    "resistance",
    "combination",
    "development",
    "outcome",
    "safety",
    "genomics",
)

STATEMENTS = Layout(
    (
        Column("id", "id", required=True),
        Column("subject", "ref", required=True),
        Column("predicate", required=True),
        Column("object", "ref", required=True),
        Column("polarity", "choice", required=True, choices=_choices(tuple(Polarity))),
        Column("certainty", "choice", required=True, choices=_choices(tuple(Certainty))),
        Column("setting", "choice", required=True, choices=_choices(tuple(Setting))),
        Column("disease", "refs"),
        Column("population"),
        Column("trial", "refs"),
        Column("under", "refs"),
        Column("alteration", "refs"),
        Column("model", "refs"),
        Column("species"),
        Column("assay"),
        Column("group", "choice", choices=_choices(tuple(MechanismGroup))),
        Column("patients", "int"),
        Column("cites"),
        Column("source_issue"),
        Column("note"),
        Column("pass", required=True),
        Column("agreed", "choice", choices=("yes", "no", "not-found", "not-compared")),
        Column("deprecated", "flag"),
    ),
    ("id",),
)

RESULTS = Layout(
    (
        Column("id", "id", required=True),
        Column("statement", required=True),
        Column("endpoint", "ref", required=True),
        Column("statistic", "choice", required=True, choices=_choices(tuple(Statistic))),
        Column("printed", required=True),
        Column("value", "number"),
        Column("unit"),
        Column("n", "int"),
        Column("N", "int"),
        Column("ci_low", "number"),
        Column("ci_high", "number"),
        Column("ci_level", "number"),
        Column("ci_method"),
        Column("not_estimable"),
        Column("range_low", "number"),
        Column("range_high", "number"),
        Column("time_point"),
        Column("arm", "ref"),
        Column("comparator", "ref"),
        Column("p"),
        Column("population"),
        Column("disease", "ref"),
        Column("trial", "ref"),
        Column("line"),
        Column("assessor"),
        Column("grade"),
        Column("attribution"),
        Column("counts", "choice", choices=("printed", "reconstructed")),
        Column("source_issue"),
        Column("note"),
    ),
    ("id",),
)

EVIDENCE = Layout(
    (
        Column("about", required=True),
        Column("publication", required=True),
        Column("section", required=True),
        Column("start", "int", required=True),
        Column("end", "int", required=True),
        Column("sha256", required=True),
    ),
    ("publication", "start", "end", "about"),
)

PUBLICATIONS = Layout(
    (
        Column("id", "id", required=True),
        Column("label", required=True),
        Column("title", required=True),
        Column("doi", required=True),
        Column("pmid"),
        Column("pmcid"),
        Column("journal", required=True),
        Column("year", "int", required=True),
        Column("kind", required=True),
        Column("file_stem", required=True),
        Column("length", "int", required=True),
        Column("sha256", required=True),
    ),
    ("id",),
)

SECTIONS = Layout(
    (
        Column("publication", required=True),
        Column("section", required=True),
        Column("start", "int", required=True),
        Column("end", "int", required=True),
    ),
    ("publication", "start"),
)

NO_FACT = Layout(
    (
        Column("publication", required=True),
        Column("section", required=True),
        Column("start", "int", required=True),
        Column("length", "int", required=True),
        Column("sha256", required=True),
        Column("reason", required=True),
    ),
    ("publication", "start"),
)

SUMS = Layout(
    (
        Column("total", required=True),
        Column("parts", "texts", required=True),
        Column("what", required=True),
    ),
    ("total",),
)

MAPPINGS = Layout(
    (
        Column("subject_id", required=True),
        Column("subject_label", required=True),
        Column("predicate_id", "choice", required=True, choices=("skos:exactMatch",)),
        Column("object_id", required=True),
        Column("mapping_justification", required=True),
        Column("mapping_source", required=True),
    ),
    ("subject_id", "object_id"),
)
