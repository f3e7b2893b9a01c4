"""The shape of the house: floors, imports, sizes, shipped files, documents."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import kras_graph

ROOT = Path(__file__).parent.parent
PACKAGE = Path(kras_graph.__file__).parent
FLOORS = {
    "model": 0, "curation": 1, "rdf": 2, "network": 3, "answers": 4, "present": 5, "server": 5,
    "api": 6, "cli": 7, "__main__": 8,
}  # fmt: skip
MODULES = sorted(PACKAGE.rglob("*.py"))


def imports(path: Path) -> set[str]:
    """Modules of the project that a file imports when it runs, at any depth."""
    found = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(child)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for child in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("kras_graph"):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {a.name for a in node.names if a.name.startswith("kras_graph")}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_to_the_own_or_a_lower_floor(path: Path) -> None:
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if own == "__init__":
        return
    for name in imports(path):
        room = name.split(".")[1] if name.count(".") else ""
        if room in FLOORS:
            assert FLOORS[room] <= FLOORS[own], f"{path.name} imports {name}"


def test_modules_form_no_circle() -> None:
    graph: dict[str, set[str]] = {}
    names = {
        ".".join(("kras_graph", *p.relative_to(PACKAGE).with_suffix("").parts)): p for p in MODULES
    }
    for name, path in names.items():
        graph[name] = {
            target
            for wanted in imports(path)
            for target in (wanted, wanted.rpartition(".")[0])
            if target in names and target != name
        }
    state: dict[str, int] = {}

    def visit(node: str, trail: tuple[str, ...]) -> None:
        assert state.get(node) != 1, " > ".join((*trail, node))
        if state.get(node):
            return
        state[node] = 1
        for target in graph[node]:
            visit(target, (*trail, node))
        state[node] = 2

    for node in graph:
        visit(node, ())


def test_modules_stay_small() -> None:
    for path in MODULES:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 400, path


HELP = """
from click.testing import CliRunner
from kras_graph.cli.main import cli
assert "ask" in CliRunner().invoke(cli, ["--help"]).output
"""


@pytest.mark.parametrize("code", ["import kras_graph", HELP])
def test_importing_and_helping_load_nothing_heavy(code: str) -> None:
    heavy = ("rdflib", "networkx", "pyvis", "pyshacl", "pyoxigraph", "rich", "rapidfuzz", "IPython",
             "numpy", "scipy", "matplotlib", "pandas")  # fmt: skip
    check = f"{code}\nimport sys; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


def test_answering_what_was_reported_needs_neither_networkx_nor_rdflib() -> None:
    code = (
        "from kras_graph import KnowledgeGraph as K; k = K.load(); "
        "k.bypass('sotorasib', compute=False); import sys; "
        "print([m for m in ('rdflib', 'networkx', 'pyvis', 'rich') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


def tracked() -> set[str]:
    done = subprocess.run(
        ["git", "ls-files", "kras_graph", "data", "ontology", "queries"],
        capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    if done.returncode or not done.stdout:
        pytest.skip("not a git checkout")
    return {line for line in done.stdout.splitlines() if (ROOT / line).exists()}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by way of the source archive."""
    target = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(target), str(ROOT)],
        check=True, capture_output=True,
    )  # fmt: skip
    return next(target.glob("*.whl"))


def test_the_wheel_holds_what_is_tracked_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = {n for n in archive.namelist() if ".dist-info/" not in n}
    wanted = {
        name if name.startswith("kras_graph/") else f"kras_graph/{name}" for name in tracked()
    }
    assert inside == wanted


def test_the_graph_answers_from_inside_the_zipped_wheel(wheel: Path, tmp_path: Path) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(wheel)!r}); "
        "import kras_graph; assert '.whl' in kras_graph.__file__; "
        "from kras_graph import KnowledgeGraph as K; "
        "print(len(K.load().bypass('sotorasib').reported) > 20)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.stdout.strip() == "True", done.stderr


def test_one_version_everywhere() -> None:
    ontology = (ROOT / "ontology" / "kras-graph.ttl").read_text(encoding="utf-8")
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    version = kras_graph.__version__
    assert f'owl:versionInfo "{version}"' in ontology
    assert f"version: {version}" in citation
    assert f"[{version}]" in changelog


def test_dependencies_have_lower_bounds_and_extras_stay_extras() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {re.split(r"[>=<]", d)[0] for d in project["dependencies"]}
    assert names == {
        "click", "lark", "rdflib", "networkx", "numpy", "orjson", "pyvis", "pyoxigraph", "rich",
        "rapidfuzz", "scipy",
    }  # fmt: skip
    assert all(">=" in d for d in project["dependencies"])


def test_every_public_name_has_a_docstring() -> None:
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert ast.get_docstring(tree) or not tree.body, path
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                inner = any(
                    isinstance(parent, ast.FunctionDef) and node in ast.walk(parent)
                    for parent in ast.walk(tree)
                    if parent is not node
                )
                assert inner or ast.get_docstring(node), f"{path.name}: {node.name}"


def test_the_data_dictionary_names_every_column_and_closed_value() -> None:
    from kras_graph.curation.load import expected_tables

    text = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    for path, layout in expected_tables():
        for column in layout.columns:
            assert f"`{column.name}`" in text, f"{path}: {column.name}"
            for choice in column.choices:
                assert choice in text, f"{path}: {column.name}: {choice}"
