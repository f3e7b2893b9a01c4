"""What several test files share: the shipped graph, the toy graph, the papers' texts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from kras_graph import KnowledgeGraph
from tests.viewing import chromium, shots, viewer_text, visit  # noqa: F401

# How long an example takes depends on the machine; nothing here is timed.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

HERE = Path(__file__).parent
TOY = HERE / "toy"
BROKEN = HERE / "broken"
SHARED = HERE.parent.parent / "shared"


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep snapshots of the tests away from the user's cache."""
    import os

    os.environ["KRAS_GRAPH_CACHE"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def kg(_own_cache: None) -> KnowledgeGraph:
    """The shipped graph."""
    return KnowledgeGraph.load()


@pytest.fixture(scope="session")
def toy() -> KnowledgeGraph:
    """The toy graph, small enough to check by eye."""
    return KnowledgeGraph.load(TOY / "data", cache=False)


@pytest.fixture(scope="session")
def seeds() -> Path:
    """Folder with the papers' texts; the test is skipped only where it is absent."""
    folder = SHARED / "seeds"
    if not folder.is_dir():
        pytest.skip("the papers' texts are not beside the checkout")
    return folder


def run(*arguments: str) -> str:
    """Standard output of a command that succeeds."""
    from click.testing import CliRunner

    from kras_graph.cli.main import cli

    done = CliRunner().invoke(cli, list(arguments))
    assert done.exit_code == 0, (arguments, done.output, done.exception)
    return done.stdout
