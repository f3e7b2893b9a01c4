import pytest

from kras_graph import KnowledgeGraph
from kras_graph.answers.resolve import Names, fold, hgvs_short
from kras_graph.answers.wording import Wording
from kras_graph.model.errors import AmbiguousNameError, UnknownNameError
from kras_graph.model.records import Entity


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("sotorasib", "sotorasib"),
        ("Sotorasib", "sotorasib"),
        ("AMG510", "sotorasib"),
        ("AMG 510", "sotorasib"),
        ("AMG-510", "sotorasib"),
        ("sotorasb", "sotorasib"),
        ("MRTX849", "adagrasib"),
        ("adagrasip", "adagrasib"),
        ("KRAS G12C", "KRAS_G12C"),
        ("KRASG12C", "KRAS_G12C"),
        ("KRAS-G12C", "KRAS_G12C"),
        ("KRAS p.G12C", "KRAS_G12C"),
        ("KRAS p.Gly12Cys", "KRAS_G12C"),
        ("p.G12C", "KRAS_G12C"),
        ("G12D", "KRAS_G12D"),
        ("SHP2", "PTPN11"),
        ("SHP-2", "PTPN11"),
        ("LKB1 mutation", "STK11_mutation"),
        ("NSCLC", "non-small_cell_lung_cancer"),
        ("CRC", "colorectal_cancer"),
        ("PDAC", "pancreatic_ductal_adenocarcinoma"),
        ("KRAS G12C inhibitors", "KRAS_G12C_inhibitor"),
        ("CodeBreaK 100", "NCT03600883"),
        ("KRYSTAL-1", "NCT03785249"),
        ("RMC-4630", "vociprotafib"),
        ("GDC-6036", "GDC-6036"),
        ("RG6330", "RG6330"),
    ],
)
def test_names_as_people_write_them(kg: KnowledgeGraph, written: str, meant: str) -> None:
    assert kg.entity(written).id == meant


@pytest.mark.parametrize("name", ["KRAS G12S", "KRAS G13C", "XYZ", "imaginarib", "met", "", "?"])
def test_what_is_not_in_the_graph_is_not_guessed(kg: KnowledgeGraph, name: str) -> None:
    if name == "met":
        assert kg.entity(name).id == "MET"  # alone, case is forgiven; in a sentence it is not
        return
    with pytest.raises(UnknownNameError):
        kg.entity(name)


def test_an_unknown_name_comes_with_near_ones(kg: KnowledgeGraph) -> None:
    with pytest.raises(UnknownNameError) as raised:
        kg.entity("KRAS G12S")
    assert "KRAS G12C" in raised.value.suggestions


def named(kg: KnowledgeGraph, text: str) -> list[str]:
    """Ids of what a running text names, as a question is read."""
    return [item.id for token in Wording(kg.names).tokens(text) for item in token.entities]


def test_short_symbols_in_text_match_by_case(kg: KnowledgeGraph) -> None:
    assert named(kg, "have we met MET?") == ["MET"]
    assert named(kg, "we met all targets and ret is a word") == []


def test_the_longest_name_wins(kg: KnowledgeGraph) -> None:
    assert named(kg, "resistance through MET amplification today") == ["MET_amplification"]


def test_every_label_and_id_finds_its_own_entity(kg: KnowledgeGraph) -> None:
    for item in kg.reader.entities.values():
        assert kg.names.find(item.id).entity is item
        assert kg.names.find(item.label).entity is item, item.label


def test_ambiguity_asks_back() -> None:
    names = Names(
        [
            Entity("one", "first thing", "Gene", synonyms=("twin",)),
            Entity("two", "second thing", "Gene", synonyms=("twin",)),
        ]
    )
    with pytest.raises(AmbiguousNameError) as raised:
        names.find("twin")
    assert raised.value.choices == ("one", "two")


def test_folding_keeps_alleles_apart() -> None:
    assert fold("KRAS G12C") != fold("KRAS G12D")
    assert hgvs_short("p.(Gly12Val)").endswith("G12V")
