"""Neighbours, shared entities, subgraphs, SPARQL as the oracle, and the verbs that trace."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Collection
from random import Random
from typing import Any

import networkx as nx
import pytest
from click.testing import CliRunner, Result

from kras_graph import KnowledgeGraph
from kras_graph.cli.main import cli
from kras_graph.model.errors import KrasGraphError, UnknownNameError
from kras_graph.model.terms import THERAPY_CLASSES, Setting, Sign
from kras_graph.network.frontier import Frontier, search_paths
from kras_graph.network.metapath import read_metapath
from kras_graph.network.neighbours import neighbours, shared, subgraph
from kras_graph.network.paths import Filter, Reason, Search, find_paths
from kras_graph.network.projection import Network, degree, project
from kras_graph.present.tracing import edge_json, path_json, rollups
from kras_graph.rdf.engine import rows
from kras_graph.rdf.names import local
from kras_graph.rdf.reader import Reader

THERAPY = " ".join(f"kg:{name}" for name in THERAPY_CLASSES)
EVERYTHING = 10**6


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))


def answered(*arguments: str) -> Any:
    done = invoke(*arguments, "--format", "json")
    assert done.exit_code == 0, (done.output, done.exception)
    return json.loads(done.stdout)


def sparql(kg: KnowledgeGraph, query: str, *columns: str) -> set[tuple[str, ...]]:
    found = rows(kg.engine.query(query))
    return {tuple(local(row[column].value) for column in columns) for row in found}


# --- SPARQL says the same where it can -----------------------------------------------------


def test_direct_links_are_those_that_sparql_finds(kg: KnowledgeGraph) -> None:
    query = "SELECT ?p ?o { id:%s ?p ?o . ?p a kg:StatementPredicate }"
    for name in ("sotorasib", "KRAS_G12C", "PTPN11", "MAPK_pathway", "RAS", "NCT03600883"):
        found = kg.neighbors(name, direction="down", rollups=False, predicates=["member_of"])
        steps = {(s.predicate, s.target) for item in found.found for s in item.steps}
        every = kg.neighbors(name, direction="down", rollups=False)
        steps |= {(s.predicate, s.target) for item in every.found for s in item.steps}
        assert steps == sparql(kg, query % name, "p", "o"), name


def test_incoming_links_are_those_that_sparql_finds(kg: KnowledgeGraph) -> None:
    query = "SELECT ?s ?p { ?s ?p id:%s . ?p a kg:StatementPredicate }"
    for name in ("KRAS_G12C", "ERK", "RAS_inhibitor", "lung_cancer"):
        found = kg.neighbors(name, direction="up")
        steps = {
            (s.source, s.predicate) for item in found.found for s in item.steps if s.statements
        }
        assert steps == sparql(kg, query % name, "s", "p"), name


@pytest.mark.parametrize("length", [1, 2, 3])
def test_chains_of_a_fixed_length_are_those_that_sparql_finds(
    kg: KnowledgeGraph, length: int
) -> None:
    links = " ".join(
        f"?n{i} ?p{i} ?n{i + 1} . ?p{i} a kg:StatementPredicate ; kg:effectSign ?sign{i} . "
        f'FILTER(?sign{i} != "0") '
        for i in range(length)
    )
    apart = " ".join(
        f"FILTER(?n{i} != ?n{j})" for i in range(length + 1) for j in range(i + 1, length + 1)
    )
    inner = " ".join(
        f"FILTER NOT EXISTS {{ VALUES ?t{i} {{ {THERAPY} }} ?n{i} a ?t{i} }}"
        for i in range(1, length)
    )
    columns = [f"{kind}{i}" for i in range(length) for kind in ("n", "p")] + [f"n{length}"]
    expected = sparql(kg, f"SELECT * {{ {links} {apart} {inner} }}", *columns)
    found = kg.paths(
        metapath=" > ".join("*" * (length + 1)), rollups=False, k=EVERYTHING, fold=False
    )
    chains = {
        (*(part for step in path.steps for part in (step.source, step.predicate)), path.nodes[-1])
        for path in found.paths
    }
    assert found.complete
    assert chains == expected
    assert len(chains) > 50


@pytest.mark.parametrize(
    ("pattern", "first", "last"),
    [
        ("Drug > Gene > Process", "kg:Drug", "kg:Process"),
        ("Drug > Gene > Pathway", "kg:Drug", "kg:Pathway"),
    ],
)
def test_metapaths_are_those_that_sparql_finds(
    kg: KnowledgeGraph, pattern: str, first: str, last: str
) -> None:
    expected = sparql(
        kg,
        f"""SELECT ?a ?b ?c {{
            ?a a {first} ; ?p ?b . ?b a kg:Gene ; ?q ?c . ?c a {last} .
            ?p kg:effectSign ?x . ?q kg:effectSign ?y . FILTER(?x != "0" && ?y != "0") }}""",
        *"abc",
    )
    found = kg.paths(metapath=pattern, rollups=False, k=EVERYTHING)
    assert {path.nodes for path in found.paths} == expected
    assert expected


def test_a_metapath_with_roll_ups_is_a_property_path(kg: KnowledgeGraph) -> None:
    expected = sparql(
        kg,
        """SELECT DISTINCT ?drug ?end {
            ?drug a kg:Drug ; ?p ?allele . ?p kg:effectSign ?x . FILTER(?x != "0")
            ?allele (kg:subclass_of|kg:alteration_of)* ?whole .
            VALUES ?kind { kg:Alteration kg:ProteinVariant } ?allele a ?kind .
            VALUES ?other { kg:Alteration kg:ProteinVariant } ?whole a ?other .
            ?whole ?q ?pathway . ?q kg:effectSign ?y . FILTER(?y != "0")
            ?pathway a kg:Pathway .
            { ?pathway kg:subclass_of* ?end } UNION { ?end kg:subclass_of* ?pathway }
            ?end a kg:Pathway }""",
        "drug",
        "end",
    )
    found = kg.paths(metapath="Drug > Alteration > Pathway", k=EVERYTHING)
    assert {(path.nodes[0], path.nodes[-1]) for path in found.paths} == expected
    assert ("sotorasib", "MAPK_pathway") in expected


def test_statements_of_a_filtered_step_are_those_that_sparql_finds(kg: KnowledgeGraph) -> None:
    query = """SELECT ?s { ?s a kg:Statement ; rdf:subject id:sotorasib ; rdf:object id:KRAS_G12C ;
        kg:polarity "affirmed" ; kg:certainty "stated" ; dcterms:source publication:wu2023 ;
        rdf:predicate kg:inhibits }"""
    (path,) = kg.paths(
        "sotorasib", "KRAS G12C", max_length=1, publications=["Wu et al. 2023"]
    ).paths
    assert {(name,) for name in path.statements} == sparql(kg, query, "s")


# --- filters on the shipped graph -----------------------------------------------------------


def test_a_kind_of_a_disease_passes_and_a_disease_left_out_does_not(kg: KnowledgeGraph) -> None:
    everything = kg.neighbors("sotorasib", settings=["clinical-trial"])
    lung = kg.neighbors("sotorasib", settings=["clinical trial"], diseases=["lung cancer"])
    named = {
        disease
        for item in lung.found
        for step in item.steps
        for backing in step.backing
        for disease in backing.diseases
    }
    assert "non-small_cell_lung_cancer" in named
    rest = kg.neighbors("sotorasib", settings=["clinical-trial"], not_diseases=["lung cancer"])
    sizes = [len(answer.found) for answer in (lung, rest, everything)]
    assert 0 < sizes[0] < sizes[2]
    assert 0 < sizes[1] < sizes[2]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"predicates": ["inhbits"]}, "inhibits"),
        ({"publications": ["wu2033"]}, "wu2023"),
        ({"settings": ["in-vitre"]}, "in-vitro"),
        ({"diseases": ["lungg cancerr of nothing"]}, "No entity"),
        ({"metapath": "Drug > Geen"}, "Gene"),
    ],
)
def test_names_that_stand_for_nothing_are_refused_with_the_nearest(
    kg: KnowledgeGraph, options: dict[str, Any], told: str
) -> None:
    with pytest.raises(KrasGraphError, match=told):
        kg.paths("sotorasib", "ERK", **options)


# --- neighbours, shared entities, subgraphs -----------------------------------------------------


def plain(graph: Network, *, neutral: bool = True) -> nx.DiGraph:
    """Asserted edges only, for networkx to walk."""
    return nx.DiGraph(
        (source, target)
        for source, target, data in graph.edges(data=True)
        if data["asserted"]
        and (neutral or data["role"] != "statement" or data["sign"] is not Sign.NEUTRAL)
    )


@pytest.mark.parametrize("direction", ["up", "down", "both"])
@pytest.mark.parametrize("hops", [1, 2, 3])
def test_neighbours_are_at_the_distance_that_networkx_finds(
    kg: KnowledgeGraph, direction: Any, hops: int
) -> None:
    graph = plain(kg.network)
    walked = {"up": graph.reverse(), "down": graph, "both": graph.to_undirected()}[direction]
    for name in ("PTPN11", "sotorasib", "ERK"):
        expected = nx.single_source_shortest_path_length(walked, name, hops)
        found = kg.neighbors(name, direction=direction, hops=hops)
        assert {item.name: item.hop for item in found.found} == {
            other: far for other, far in expected.items() if far
        }
        for item in found.found:
            for step in item.steps:
                assert item.name in (step.source, step.target)
                near = step.target if step.source == item.name else step.source
                assert expected[near] == item.hop - 1


def test_neighbours_of_a_class_are_given_and_others_passed_through(kg: KnowledgeGraph) -> None:
    drugs = kg.neighbors("PTPN11", direction="up", hops=2, classes=["drug"])
    assert {kg.entity(item.name).cls for item in drugs.found} == {"Drug"}
    assert "SHP099" in {item.name for item in drugs.found}
    few = kg.neighbors("sotorasib", hops=2, limit=10)
    assert len(few.found) == 10
    assert not few.complete
    assert few.cut[0].found > 10


def test_no_neighbours_have_a_reason(kg: KnowledgeGraph, toy: KnowledgeGraph) -> None:
    assert kg.neighbors("PTPN11", classes=["Trial"]).reason is Reason.ONLY_OTHER_CLASSES
    assert toy.neighbors("Gee").reason is Reason.ONLY_UNASSERTED
    assert toy.neighbors("Gee", unasserted=True).found[0].steps[0].asserted is False
    assert toy.neighbors("Cee", direction="down").reason is Reason.ONLY_OTHER_DIRECTION
    alone = toy.neighbors("Eff", settings=["cohort"], direction="down")
    assert alone.reason is Reason.ONLY_OTHER_EVIDENCE
    assert toy.neighbors("frequency").reason is Reason.NO_PATH


def test_shared_targets_are_what_each_member_reaches(kg: KnowledgeGraph) -> None:
    for names, hops in ((("sotorasib", "adagrasib"), 1), (("sotorasib", "MRTX1133"), 3)):
        members = [kg.entity(name).id for name in names]
        reached = []
        for member in members:
            answer = kg.paths(member, max_length=hops, k=EVERYTHING)
            reached.append({path.nodes[-1]: path.score for path in answer.paths})
        found = kg.shared_targets(*names, max_length=hops)
        expected = reached[0].keys() & reached[1].keys() - set(members)
        assert {item.name for item in found.found} == expected
        for item in found.found:
            for member, ends in zip(members, reached, strict=True):
                assert item.paths[member].score == ends[item.name]


def test_shared_targets_tell_whether_effects_agree(kg: KnowledgeGraph) -> None:
    found = {item.name: item for item in kg.shared_targets("sotorasib", "adagrasib").found}
    assert found["KRAS_G12C"].agreement == "same"
    apart = kg.shared_targets("sotorasib", "MRTX1133", max_length=2)
    gene = next(item for item in apart.found if item.name == "KRAS")
    assert all(path.rollups for path in gene.paths.values())
    assert {kg.entity(name).id for name in ("sotorasib", "MRTX1133")} == set(gene.paths)


def test_shared_regulators_come_from_upstream_and_may_be_of_some_only(
    kg: KnowledgeGraph,
) -> None:
    all_of_them = kg.shared_regulators("MEK", "ERK", "KRAS", max_length=2)
    two = kg.shared_regulators("MEK", "ERK", "KRAS", max_length=2, at_least=2)
    assert {item.name for item in all_of_them.found} < {item.name for item in two.found}
    assert "RAF" in {item.name for item in two.found}
    counts = [len(item.paths) for item in two.found]
    assert counts == sorted(counts, reverse=True)
    for item in two.found:
        for member, path in item.paths.items():
            assert (path.nodes[0], path.nodes[-1]) == (item.name, member)
    none = kg.shared_targets("CodeBreaK 100", "MEK")
    assert not none.found
    assert none.hint == "nothing is shared within 1 step"


@pytest.mark.parametrize("hops", [0, 1, 2])
def test_a_subgraph_holds_all_around_and_every_edge_between(kg: KnowledgeGraph, hops: int) -> None:
    members = ["PTPN11", "KRAS_G12C"]
    around = plain(kg.network).to_undirected()
    expected = {
        other
        for member in members
        for other in nx.single_source_shortest_path_length(around, member, hops)
    }
    found = kg.subgraph(*members, hops=hops)
    assert set(found.nodes) == expected
    edges = {
        (source, target, key)
        for source, target, key, data in kg.network.edges(keys=True, data=True)
        if data["asserted"] and {source, target} <= expected
    }
    assert {(s.source, s.target, s.predicate) for s in found.steps} == edges
    assert found.complete


# --- over a service the same ------------------------------------------------------------------


def test_kept_records_give_the_network_that_the_engine_gives(kg: KnowledgeGraph) -> None:
    asked = project(Reader(kg.engine))
    assert dict(asked.nodes(data=True)) == dict(kg.network.nodes(data=True))
    assert list(asked.edges(keys=True, data=True)) == list(kg.network.edges(keys=True, data=True))


def test_a_part_of_the_network_knows_degrees_families_and_sources(kg: KnowledgeGraph) -> None:
    whole = kg.network
    part = Frontier(kg.reader).between(["sotorasib"], ["ERK"], Search(max_length=8))
    assert 5 < len(part) < len(whole) / 2
    for name in part:
        assert part.nodes[name] == whole.nodes[name]
    for source, target, key, data in part.edges(keys=True, data=True):
        assert data == whole.edges[source, target, key]
    for name in whole:
        assert whole.nodes[name]["degree"] == degree(whole, name)


SEARCHES = [
    Search(fold=True),
    Search(evidence=Filter(publications=frozenset({"wu2023"})), k=50),
    Search(evidence=Filter(settings=frozenset({Setting.IN_VITRO}))),
    Search(evidence=Filter(diseases=frozenset({"pancreatic_cancer"}))),
    Search(evidence=Filter(predicates=frozenset({"binds"}))),
    Search(only=frozenset({"KRAS", "RAS"}), neutral=True),
    Search(rollups=False, max_length=5),
    Search(metapath=read_metapath("Drug > Alteration >> ProteinFamily")),
    Search(metapath=read_metapath("Drug > Trial > *"), neutral=True),
    Search(min_length=9, max_length=9, sign=Sign.NEGATIVE),
    Search(through_therapies=True, max_length=6),
]


@pytest.mark.parametrize("search", SEARCHES)
def test_filtered_searches_are_equal_on_a_part(kg: KnowledgeGraph, search: Search) -> None:
    pairs: list[tuple[str | None, str | None]] = [
        ("sotorasib", "ERK"),
        ("NRAS_mutation", "MEK"),
        ("ERK", "sotorasib"),
        ("SOS1", None),
        (None, "MEK"),
    ]
    if search.metapath:
        pairs.append((None, None))
    for source, target in pairs:
        wanted = find_paths(kg.network, source, target, search)
        assert search_paths(kg.reader, source, target, search) == wanted, (source, target)


def test_neighbours_and_subgraphs_are_equal_on_a_part(kg: KnowledgeGraph) -> None:
    frontier, random = Frontier(kg.reader), Random(7)
    names = [name for name in sorted(kg.network) if 3 < kg.network.degree(name) < 30]
    for number in range(8):
        chosen = random.sample(names, 2)
        search = Search(max_length=2, neutral=number % 2 == 0, unasserted=number % 3 == 0)
        part = frontier.around(chosen, 2, (True, False), search)
        assert len(part) < len(kg.network)
        for hops in (1, 2):
            one, two = (subgraph(g, chosen, search, hops=hops) for g in (part, kg.network))
            assert one == two
            some, all_ = (neighbours(g, chosen[0], search, hops=hops) for g in (part, kg.network))
            assert some.found == all_.found
        assert shared(part, chosen, search) == shared(kg.network, chosen, search)


# --- the plain data ----------------------------------------------------------------------------

PATH_KEYS = {
    *("nodes", "edges", "sign", "context", "context_parts", "score", "rollups", "group"),
}
ANSWER_KEYS = {
    *("source", "target", "metapath", "paths", "complete", "reason", "hint", "cut", "found"),
    "relaxation",
}


def test_the_json_of_a_path_search_keeps_its_shape(kg: KnowledgeGraph) -> None:
    record = path_json(kg.reader, kg.paths("sotorasib", "ERK"))
    assert record.keys() == ANSWER_KEYS
    assert (record["complete"], record["cut"][0]["limit"], record["cut"][0]["value"]) == (
        False,
        "k",
        5,
    )
    for path in record["paths"]:
        assert path.keys() == PATH_KEYS
        parts = dict(path["score"])
        assert parts.pop("total") == sum(parts.values())
        assert [edge["target"] for edge in path["edges"]] == path["nodes"][1:]
        for edge in path["edges"]:
            assert bool(edge["statements"]) == bool(edge["publications"]) == bool(edge["settings"])
            assert edge["standing"] == (["stated"] if edge["statements"] else [])
    assert record["paths"][0]["rollups"][:2] == [
        "KRAS G12C is rolled up to its gene KRAS",
        "KRAS is rolled up to its family RAS",
    ]
    assert record["paths"][0]["group"]["paths"] == 22
    json.dumps(record)


def test_the_json_of_an_empty_answer_holds_the_relaxation(kg: KnowledgeGraph) -> None:
    found = kg.paths("sotorasib", "ERK", metapath="Drug > Pathway > *", avoid=["RAF"])
    record = path_json(kg.reader, found)
    assert record["paths"] == []
    assert record["complete"] is True
    assert record["relaxation"]["changes"]
    assert record["relaxation"]["path"].keys() == PATH_KEYS
    json.dumps(record)
    metapath = path_json(kg.reader, kg.paths(metapath="Therapy > ProteinVariant > Disease"))
    changes = metapath["relaxation"]["changes"]
    assert changes == {"metapath": "Therapy >> ProteinVariant >> Disease"}


def test_doubted_edges_are_marked_with_how_they_stand(kg: KnowledgeGraph) -> None:
    found = kg.neighbors("sotorasib", unasserted=True)
    marked = [edge_json(step) for item in found.found for step in item.steps if not step.asserted]
    told = {word for edge in marked for word in edge["standing"]}
    assert {"denied", "suggested"} <= told
    assert "stated" not in told
    statements = {item.id: item for item in kg.statements()}
    for edge in marked:
        assert not any(statements[name].is_edge for name in edge["statements"])


def test_each_roll_up_is_said_in_words(kg: KnowledgeGraph) -> None:
    (path,) = kg.paths("KRAS G12C", "KRAS", max_length=1).paths
    assert rollups(kg.reader, path) == ["KRAS G12C is rolled up to its gene KRAS"]
    (path,) = kg.paths("sotorasib", "KRAS G12C inhibitor", max_length=1).paths
    assert rollups(kg.reader, path) == ["sotorasib is rolled up to its class KRAS G12C inhibitor"]
    (path,) = kg.paths("ERK", "MAPK1", max_length=1).paths
    assert rollups(kg.reader, path) == ["what reaches ERK is taken to reach its part MAPK1"]


# --- the verbs --------------------------------------------------------------------------------


def test_path_tells_the_parts_of_the_score_the_context_and_the_roll_ups() -> None:
    done = invoke("path", "sotorasib", "ERK", "-k", "1")
    text = " ".join(done.stdout.split())
    assert "points against it: 86 = length 70 + evidence 12 + context 3 + hubs 1" in text
    assert "context unknown (allele unknown, disease unknown, experiment unknown)" in text
    assert "KRAS G12C is rolled up to its gene KRAS" in text
    assert "stands for 21 more like it through ARAF, BRAF" in text
    told = re.search(r"(\d+) paths in (\d+) groups", done.stderr)
    assert told
    apart = answered("path", "sotorasib", "ERK", "--members", "-k", "100")
    assert len(apart["paths"]) == apart["found"] == int(told[1]) > int(told[2])
    assert apart["complete"]


def test_path_searches_up_and_downstream() -> None:
    down = answered("path", "RAF", "--downstream", "-k", "100")
    assert down["target"] is None
    ends = [path["nodes"][-1] for path in down["paths"]]
    assert {"MEK", "ERK"} <= set(ends)
    assert len(ends) == len(set(ends))
    up = answered("path", "ERK", "--upstream", "-k", "100")
    assert {path["nodes"][-1] for path in up["paths"]} == {"ERK"}
    text = invoke("path", "RAF", "--downstream").stdout
    assert text.startswith("What RAF leads to\n")


def test_an_exact_length_is_kept() -> None:
    for path in answered("path", "sotorasib", "ERK", "--exact", "8")["paths"]:
        assert len(path["edges"]) == 8


@pytest.mark.parametrize("verb", [["path", "imaginarib", "ERK"], ["neighbors", "imaginarib"]])
def test_an_unknown_entity_has_a_reason_and_suggestions(verb: list[str]) -> None:
    done = invoke(*verb, "--format", "json")
    assert isinstance(done.exception, UnknownNameError)
    record = json.loads(done.stdout)
    assert record["reason"] == "unknown-entity"
    assert record["suggestions"]
    assert record["name"] == "imaginarib"
    plain_text = invoke(*verb)
    assert isinstance(plain_text.exception, UnknownNameError)
    assert not plain_text.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["path"], "Missing argument"),
        (["path", "sotorasib"], "--downstream"),
        (["path", "sotorasib", "ERK", "--downstream"], "one name"),
        (["path", "a", "b", "c"], "got 3 names"),
        (["path", "KRAS", "--upstream", "--downstream"], "neighbors"),
        (["path", "--metapath", "Drug > Geen"], "Nearest: Gene"),
        (["path", "--metapath", "Drug"], "no metapath"),
        (["neighbors", "KRAS", "--class", "Geen"], "Nearest: Gene"),
        (["neighbors", "KRAS", "--setting", "dish"], "in-vitro"),
        (["shared", "KRAS", "KRAS"], "two different"),
        (["subgraph"], "Missing argument"),
    ],
)
def test_wrong_use_is_told(arguments: list[str], told: str) -> None:
    done = invoke(*arguments)
    assert done.exit_code == 2, done.output
    assert told in done.stderr


def test_a_path_that_is_not_there_is_explained_on_standard_error() -> None:
    done = invoke("path", "ERK", "sotorasib")
    assert done.exit_code == 0
    assert "the other way round" in done.stderr
    assert done.stdout == "ERK to sotorasib: no path\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--sign", "+"], "(only-other-sign)"),
        (["--sign", "+"], "Try it without --sign."),
        (["--max-length", "3"], "Try it with --max-length 7."),
        (["--exact", "3"], "Try it without --exact, with --max-length 7."),
        (["--avoid", "MEK", "--avoid", "NRAS", "--avoid", "ERK"], "without --avoid ERK"),
        (["--no-rollups"], "Try it without --no-rollups."),
        (["--disease", "pancreatic cancer"], "Try it with --general."),
        (["--setting", "cohort"], "Try it without --setting cohort."),
        (["--metapath", "Drug > Gene > *"], "with --metapath 'Drug >> Gene >> *'."),
    ],
)
def test_the_options_to_change_are_named(arguments: list[str], told: str) -> None:
    assert told in invoke("path", "sotorasib", "ERK", *arguments).stderr


@pytest.mark.parametrize(
    ("arguments", "columns"),
    [
        (["path", "sotorasib", "ERK"], {"Points", "Hubs", "Roll-ups", "Statements"}),
        (["neighbors", "PTPN11"], {"Neighbor", "Hop", "Standing"}),
        (["shared", "sotorasib", "adagrasib"], {"Entity", "Effects"}),
        (["subgraph", "PTPN11"], {"Source", "Relation", "Target"}),
    ],
)
def test_every_verb_writes_every_format(arguments: list[str], columns: Collection[str]) -> None:
    for form in ("table", "json", "jsonl", "csv", "tsv", "markdown"):
        done = invoke(*arguments, "--format", form)
        assert done.exit_code == 0, (form, done.output)
        if form == "csv":
            assert set(columns) <= set(done.stdout.splitlines()[0].split(","))
        if form == "jsonl":
            assert json.loads(done.stdout)


def test_a_subgraph_is_read_by_other_tools(kg: KnowledgeGraph) -> None:
    done = invoke("subgraph", "PTPN11", "SOS1", "--format", "graphml")
    graph = nx.read_graphml(io.BytesIO(done.stdout.encode()), force_multigraph=True)
    found = kg.subgraph("PTPN11", "SOS1")
    assert set(graph) == set(found.nodes)
    assert graph.number_of_edges() == len(found.steps)
    roles = {data["role"] for *_, data in graph.edges(data=True)}
    assert {"statement", "up"} <= roles
    assert graph.nodes["PTPN11"] == {"label": "PTPN11", "class": "Gene", "hop": 0}


def test_two_runs_give_identical_bytes() -> None:
    code = (
        "from kras_graph.cli.main import main; import sys; "
        "main(['path', 'KRAS G12C', 'cell proliferation', '-k', '40', '--format', 'json',"
        " '--unasserted', '--neutral', '--not-setting', 'discussion'])"
    )
    outputs = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert outputs[0] == outputs[1]
    assert len(json.loads(outputs[0])["paths"]) == 40
