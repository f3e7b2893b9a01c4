"""The worked notebook runs from top to bottom, and is stored without outputs."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import nbformat
import pytest

PATH = Path(__file__).parent / "notebooks" / "worked_example.ipynb"


def stored() -> Any:
    return nbformat.read(PATH, as_version=4)  # type: ignore[no-untyped-call]


@pytest.fixture(scope="module")
def executed() -> Any:
    """The notebook after every cell has run in a kernel of its own."""
    from nbclient import NotebookClient

    client = NotebookClient(stored(), timeout=120, kernel_name="python3")
    return asyncio.run(client.async_execute())


def outputs(notebook: Any, source: str) -> dict[str, Any]:
    """Output by kind of the one cell whose code holds `source`."""
    cells = [c for c in notebook.cells if c.cell_type == "code" and source in c.source]
    assert len(cells) == 1
    found: dict[str, Any] = {}
    for output in cells[0].outputs:
        found |= output.get("data", {}) or {"text/plain": output.get("text", "")}
    return found


def test_the_notebook_is_stored_without_outputs() -> None:
    for cell in stored().cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


def test_every_cell_runs_without_error(executed: Any) -> None:
    code = [cell for cell in executed.cells if cell.cell_type == "code"]
    assert code
    for cell in code:
        assert cell.execution_count
        kinds = {output.output_type for output in cell.outputs}
        assert "error" not in kinds
        assert not [o for o in cell.outputs if o.get("name") == "stderr"], cell.source


def test_the_question_is_read_and_answered(executed: Any) -> None:
    assert "bypass sotorasib" in outputs(executed, "kg.read")["text/plain"]
    assert "additional mutation" in outputs(executed, '"denied"')["text/plain"]
    assert "R301" in outputs(executed, "report.relation")["text/plain"]


def test_cards_evidence_and_outcomes_are_shown_as_html(executed: Any) -> None:
    assert "Computed, not observed" in outputs(executed, "kg.show")["text/html"]
    assert "https://doi.org/10.3389/fimmu.2023.1223433" in outputs(executed, "kg.why")["text/html"]
    assert "21%" in outputs(executed, "kg.outcomes")["text/html"]


def test_sparql_gives_the_lesions_that_the_answer_names(executed: Any) -> None:
    text = outputs(executed, "kg.sparql")["text/plain"]
    assert "id/MET_amplification" in text
    assert "stmt/R301" in text
