"""The examples of the document and of the notebook run, and the notebook shows what comes out."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

DOCUMENT, NOTEBOOK = ROOT / "docs" / "python.md", ROOT / "docs" / "python.ipynb"

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path, content_release: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the working folder one in which ``build`` is a release of the shipped content."""
    (tmp_path / "build").symlink_to(content_release)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    return tmp_path


def test_the_examples_of_the_document_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    examples = re.findall(r"```python\n(.+?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, object] = {}
    for example in examples:
        exec(example, names)
    assert "NIRD RESEARCH DATA ARCHIVE https://w3id.org/rdm-kg/id/lookup/thing/nird" in capsys.readouterr().out


def test_the_notebook_shows_what_comes_out(folder: Path, pytestconfig: pytest.Config) -> None:
    import nbformat
    from nbclient import NotebookClient  # takes seconds, which a run of other tests need not wait for
    from traitlets.config import Config

    notebook = nbformat.read(NOTEBOOK, as_version=4)
    shown = outputs(notebook)
    by_file = Config({"KernelManager": {"transport": "ipc"}})
    NotebookClient(notebook, timeout=60, record_timing=False, config=by_file).execute(cwd=os.fspath(folder))
    if pytestconfig.getoption("accept"):
        nbformat.write(notebook, NOTEBOOK)
    else:
        assert outputs(notebook) == shown
    assert len(outputs(notebook)) == 6


def outputs(notebook: Any) -> list[str]:
    """Return the plain text of every output, with spaces made one."""
    found = [each for cell in notebook.cells if cell.cell_type == "code" for each in cell.outputs]
    texts = [each.get("text") or each["data"]["text/plain"] for each in found]
    return [" ".join(text.split()) for text in texts]
