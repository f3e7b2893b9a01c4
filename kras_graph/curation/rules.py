"""Row rules: what curated tables must satisfy beyond their form.

Each rule yields `Defect`s that name file, line and column. The same rules serve
`kras-graph check`, the loader and the tests.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches

from kras_graph.curation.layout import ENTITY_FILES
from kras_graph.curation.mechanism import mechanism_defects
from kras_graph.curation.tables import Row
from kras_graph.curation.vocabulary import vocabulary
from kras_graph.model.curies import expand
from kras_graph.model.errors import Defect

Rows = Mapping[str, list[Row]]
RESISTANCE = frozenset({"confers_resistance_to", "associated_with_resistance_to"})
LONGEST_NOTE = 400


def row_defects(rows: Rows) -> Iterator[Defect]:
    """Every defect that any rule finds."""
    for rule in RULES:
        yield from rule(rows)


def _defect(row: Row, column: str, message: str, rule: str) -> Defect:
    value = row.cells.get(column)
    shown = "|".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
    return Defect(row.file, row.line, column, shown, message, rule)


def _under(rows: Rows, prefix: str) -> Iterator[Row]:
    for path in sorted(rows):
        if path.startswith(prefix):
            yield from rows[path]


def _near(value: str, known: Iterable[str]) -> str:
    close = get_close_matches(value, list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


def unique_ids(rows: Rows) -> Iterator[Defect]:
    """An id stands in one row only, over all entities, statements and results."""
    seen: dict[str, str] = {}
    for prefix in ("entities/", "statements/", "results/", "publications"):
        for row in _under(rows, prefix):
            first = seen.setdefault(row.text("id"), f"{row.file}, line {row.line}")
            if first != f"{row.file}, line {row.line}":
                yield _defect(row, "id", f"already used in {first}", "unique-id")


def classes_fit_files(rows: Rows) -> Iterator[Defect]:
    """Each entity file holds only the classes that belong there."""
    for stem, classes in ENTITY_FILES.items():
        for row in rows.get(f"entities/{stem}.tsv", []):
            if row.text("class") not in classes:
                yield _defect(row, "class", f"expected one of {', '.join(classes)}", "class-file")


def entities_exist(rows: Rows) -> Iterator[Defect]:
    """Every reference to an entity hits one."""
    known = {row.text("id") for row in _under(rows, "entities/")}
    columns = {
        "entities/": ("parents", "gene", "components"),
        "statements/": (
            "subject",
            "object",
            "disease",
            "trial",
            "under",
            "alteration",
            "model",
        ),
        "results/": ("endpoint", "arm", "comparator", "disease", "trial"),
    }
    for prefix, names in columns.items():
        for row in _under(rows, prefix):
            for name in names:
                value = row.cells.get(name)
                for ref in value if isinstance(value, tuple) else (value,):
                    if isinstance(ref, str) and ref and ref not in known:
                        yield _defect(
                            row, name, f"no entity {ref!r}{_near(ref, known)}", "entity-exists"
                        )


def labels_are_distinct(rows: Rows) -> Iterator[Defect]:
    """No two entities share a label, and no synonym is another entity's label."""
    owner = {row.text("label").casefold(): row for row in _under(rows, "entities/")}
    count = Counter(row.text("label").casefold() for row in _under(rows, "entities/"))
    for row in _under(rows, "entities/"):
        if count[row.text("label").casefold()] > 1:
            yield _defect(row, "label", "another entity has this label", "label-distinct")
        for synonym in row.items("synonyms"):
            other = owner.get(synonym.casefold())
            if other is not None and other is not row:
                yield _defect(
                    row, "synonyms", f"{synonym!r} is the label of another entity", "label-distinct"
                )


def xrefs_expand(rows: Rows) -> Iterator[Defect]:
    """Every external identifier is a CURIE of a known registry."""
    for row in _under(rows, "entities/"):
        for curie in row.items("xrefs"):
            try:
                expand(curie)
            except ValueError as error:
                yield _defect(row, "xrefs", str(error), "xref-prefix")


def parents_have_no_cycle(rows: Rows) -> Iterator[Defect]:
    """Following parents never leads back."""
    parents = {row.text("id"): row.items("parents") for row in _under(rows, "entities/")}
    for row in _under(rows, "entities/"):
        seen: set[str] = set()
        front = list(row.items("parents"))
        while front:
            node = front.pop()
            if node == row.text("id"):
                yield _defect(row, "parents", "leads back to this entity", "parent-cycle")
                break
            if node not in seen:
                seen.add(node)
                front += parents.get(node, ())


def predicates_fit(rows: Rows) -> Iterator[Defect]:
    """The predicate is declared, belongs to the file's family, and joins fitting classes."""
    vocab = vocabulary()
    cls = {row.text("id"): row.text("class") for row in _under(rows, "entities/")}
    for row in _under(rows, "statements/"):
        name = row.text("predicate")
        predicate = vocab.predicates.get(name)
        if predicate is None:
            yield _defect(
                row, "predicate", f"not declared{_near(name, vocab.predicates)}", "predicate-known"
            )
            continue
        if f"statements/{predicate.family}.tsv" != row.file:
            yield _defect(
                row,
                "predicate",
                f"belongs into statements/{predicate.family}.tsv",
                "predicate-family",
            )
        for column, allowed in (("subject", predicate.domain), ("object", predicate.range)):
            found = cls.get(row.text(column))
            if found is not None and not vocab.fits(found, allowed):
                yield _defect(
                    row,
                    column,
                    f"a {found} cannot be the {column} of {name}; "
                    f"expected {', '.join(sorted(allowed))}",
                    "predicate-fit",
                )


def resistance_has_group(rows: Rows) -> Iterator[Defect]:
    """Resistance to a RAS inhibitor says which group of mechanisms it belongs to."""
    parents = {row.text("id"): row.items("parents") for row in _under(rows, "entities/")}
    classes: dict[str, set[str]] = {}
    for row in rows.get("statements/pharmacology.tsv", []):
        if row.text("predicate") == "member_of" and row.text("polarity") == "affirmed":
            classes.setdefault(row.text("subject"), set()).add(row.text("object"))

    def is_ras_inhibitor(entity: str) -> bool:
        front, seen = [entity], set()
        while front:
            node = front.pop()
            if node == "RAS_inhibitor":
                return True
            if node not in seen:
                seen.add(node)
                front += [*parents.get(node, ()), *classes.get(node, ())]
        return False

    for row in rows.get("statements/resistance.tsv", []):
        needs = row.text("predicate") in RESISTANCE and is_ras_inhibitor(row.text("object"))
        if needs and not row.text("group"):
            yield _defect(row, "group", "a group of mechanisms is required here", "group-required")
        if row.text("group") and row.text("predicate") not in RESISTANCE:
            yield _defect(row, "group", "only resistance has a group", "group-required")


def statements_are_distinct(rows: Rows) -> Iterator[Defect]:
    """One proposition in one context is not curated twice, nor with two polarities.

    The same proposition from two papers, in two contexts, or put with two degrees of
    certainty is two statements.
    """
    publication: dict[str, set[str]] = {}
    for row in rows.get("evidence.tsv", []):
        publication.setdefault(row.text("about"), set()).add(row.text("publication"))
    seen: dict[tuple[object, ...], Row] = {}
    for row in _under(rows, "statements/"):
        if row.cells.get("deprecated"):
            continue
        key = (
            row.text("subject"),
            row.text("predicate"),
            row.text("object"),
            frozenset(publication.get(row.text("id"), set())),
            *(row.items(c) for c in ("disease", "trial", "under", "alteration", "model")),
            *(row.text(c) for c in ("population", "assay", "setting", "cites", "species")),
        )
        other = seen.setdefault(key, row)
        if other is row:
            continue
        if other.text("polarity") != row.text("polarity"):
            yield _defect(
                row,
                "polarity",
                f"{other.text('id')} says the opposite in the same context",
                "two-polarities",
            )
        elif other.text("certainty") == row.text("certainty"):
            yield _defect(
                row, "id", f"says the same as {other.text('id')}; merge their evidence", "distinct"
            )


def results_have_statement(rows: Rows) -> Iterator[Defect]:
    """A result belongs to a statement, in the table of the same family, and is named after it."""
    home = {row.text("id"): row.file for row in _under(rows, "statements/")}
    for row in _under(rows, "results/"):
        owner = row.text("statement")
        if owner not in home:
            yield _defect(row, "statement", f"no statement {owner!r}", "result-statement")
            continue
        if home[owner].removeprefix("statements/") != row.file.removeprefix("results/"):
            yield _defect(row, "statement", f"stands in {home[owner]}", "result-family")
        if not row.text("id").startswith(f"{owner}."):
            yield _defect(row, "id", f"expected {owner}.1, {owner}.2, …", "result-id")


def results_add_up(rows: Rows) -> Iterator[Defect]:
    """Printed figures agree with each other, or the row explains why they do not."""
    for row in _under(rows, "results/"):
        n, total, value = row.whole("n"), row.whole("N"), row.number("value")
        if row.text("source_issue"):
            continue
        if n is not None and total is not None and n > total:
            yield _defect(row, "n", f"more than N = {total}", "n-within-N")
        elif (
            n is not None
            and total
            and value is not None
            and row.text("unit") == "%"
            and not percentage_fits(n, total, value)
        ):
            yield _defect(
                row, "value", f"{n}/{total} is {100 * n / total:.2f} %", "percentage-rounds"
            )
        low, high = row.number("ci_low"), row.number("ci_high")
        for bound, column, wrong in (
            (low, "ci_low", value is not None and low is not None and low > value),
            (high, "ci_high", value is not None and high is not None and high < value),
        ):
            if bound is not None and wrong:
                yield _defect(row, column, "the interval misses its value", "ci-brackets")
        least, most = row.number("range_low"), row.number("range_high")
        if least is not None and most is not None and least > most:
            yield _defect(row, "range_low", "above the upper end", "range-order")


def percentage_fits(n: int, total: int, value: float) -> bool:
    """Whether `value` is 100·n/total rounded to the decimals it is printed with.

    A half may have been rounded up or down (5/8 is printed as 62 or as 63).

    >>> percentage_fits(8, 38, 21.0), percentage_fits(5, 8, 62.0), percentage_fits(5, 8, 61.0)
    (True, True, False)
    """
    decimals = len(format(value, "g").partition(".")[2])
    half_unit = 0.5 / float(10**decimals)
    return abs(100 * n / total - value) <= half_unit + 1e-9


def evidence_is_sound(rows: Rows) -> Iterator[Defect]:
    """Every statement is anchored; anchors hit a known paper, section and record."""
    papers = {row.text("id"): row.whole("length") or 0 for row in rows.get("publications.tsv", [])}
    about = {row.text("id") for p in ("statements/", "results/") for row in _under(rows, p)}
    spans: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for row in rows.get("sections.tsv", []):
        spans.setdefault((row.text("publication"), row.text("section")), []).append(
            (row.whole("start") or 0, row.whole("end") or 0)
        )
    anchored = set()
    for row in rows.get("evidence.tsv", []):
        anchored.add(row.text("about"))
        paper, start, end = row.text("publication"), row.whole("start"), row.whole("end")
        if row.text("about") not in about:
            yield _defect(row, "about", "no statement or result has this id", "evidence-about")
        if paper not in papers:
            yield _defect(
                row, "publication", f"not known{_near(paper, papers)}", "evidence-publication"
            )
            continue
        if start is None or end is None or not 0 <= start < end <= papers[paper]:
            yield _defect(row, "end", f"outside the text (0 to {papers[paper]})", "evidence-span")
            continue
        parts = spans.get((paper, row.text("section")), [])
        if not any(low <= start < high for low, high in parts):
            yield _defect(row, "section", "the span does not begin there", "evidence-section")
        if len(row.text("sha256")) != 64:
            yield _defect(row, "sha256", "expected 64 hexadecimal digits", "evidence-hash")
    for row in _under(rows, "statements/"):
        if row.text("id") not in anchored:
            yield _defect(row, "id", "no evidence", "evidence-missing")


def sums_have_results(rows: Rows) -> Iterator[Defect]:
    """A sum names results that exist."""
    known = {row.text("id") for row in _under(rows, "results/")}
    for row in rows.get("sums.tsv", []):
        for ident in (row.text("total"), *row.items("parts")):
            if ident not in known:
                yield _defect(row, "parts", f"no result {ident!r}", "sum-result")


def mappings_agree(rows: Rows) -> Iterator[Defect]:
    """The SSSOM table, where there is one, maps exactly what the `xrefs` columns hold."""
    if "mappings.sssom.tsv" not in rows:
        return
    wanted = {
        (f"kgid:{row.text('id')}", curie): row
        for row in _under(rows, "entities/")
        for curie in row.items("xrefs")
    }
    found = {
        (row.text("subject_id"), row.text("object_id")): row for row in rows["mappings.sssom.tsv"]
    }
    for pair in wanted.keys() - found.keys():
        yield _defect(wanted[pair], "xrefs", f"{pair[1]} has no row in the mappings", "mapping")
    for pair in found.keys() - wanted.keys():
        yield _defect(found[pair], "object_id", "stands in no xrefs column", "mapping")


def notes_are_short(rows: Rows) -> Iterator[Defect]:
    """Free text is the curators' own and short; long text invites copying."""
    for path in sorted(rows):
        if path.count("/") == 0:
            continue
        for row in rows[path]:
            for column in ("note", "source_issue", "population"):
                if len(row.text(column)) > LONGEST_NOTE:
                    yield _defect(
                        row, column, f"longer than {LONGEST_NOTE} characters", "note-length"
                    )


RULES: tuple[Callable[[Rows], Iterator[Defect]], ...] = (
    unique_ids,
    classes_fit_files,
    entities_exist,
    labels_are_distinct,
    xrefs_expand,
    parents_have_no_cycle,
    predicates_fit,
    resistance_has_group,
    statements_are_distinct,
    results_have_statement,
    results_add_up,
    evidence_is_sound,
    sums_have_results,
    mappings_agree,
    notes_are_short,
    mechanism_defects,
)
