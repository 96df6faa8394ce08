"""The packages, files, modules and tests named in the documents exist, the packages in the order of their layers."""

from __future__ import annotations

import re
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from tests.architecture.document import additions, packages
from tests.conftest import ROOT
from tests.documents.texts import DOCUMENTS, path_of

FILE = re.compile(r"[`(](?:\.\./)*((?:\.ci|bench|content|docs|kg|ontology|server|tests)/[\w./-]*)[`)]")
MODULE = re.compile(r"`((?!kg\.toml`)(?:kg|server|tests)(?:\.\w+)+)`")


def test_the_packages_are_those_of_the_import_layers_in_their_order() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    names = [
        f"{container}.{name}"
        for contract in settings["tool"]["importlinter"]["contracts"]
        if contract["type"] == "layers"
        for container in contract["containers"]
        for layer in contract["layers"]
        for name in layer.split(" | ")
    ]
    assert packages() == [name for name in names if (ROOT / name.replace(".", "/")).is_dir()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=path_of)
def test_every_file_that_a_document_names_exists(document: Path) -> None:
    named = FILE.findall(document.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=path_of)
def test_every_module_that_a_document_names_exists(document: Path) -> None:
    for name in MODULE.findall(document.read_text(encoding="utf-8")):
        owner, _, attribute = name.rpartition(".")
        assert is_module(name) or hasattr(import_module(owner), attribute), name


def is_module(name: str) -> bool:
    path = ROOT / name.replace(".", "/")
    return path.is_dir() or path.with_suffix(".py").is_file()


@pytest.mark.parametrize("thing", additions())
def test_the_files_of_a_row_exist_but_for_new_ones(thing: str) -> None:
    row = additions()[thing]
    assert row.tests
    for file in row.files + row.tests:
        path = Path(ROOT / file)
        assert (path.parent if "<name>" in file else path).exists(), file
