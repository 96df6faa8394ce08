"""The documents of the project, and the commands in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import ROOT
from tests.readme_command import README

DOCS = ROOT / "docs"
FOR_USERS = (README, *sorted(DOCS.rglob("*.md")))
DOCUMENTS = (*sorted(ROOT.glob("*.md")), *FOR_USERS[1:])
_BLOCK = re.compile(r"^ *```(?P<language>\w+)\n(?P<text>.+?)```", re.DOTALL | re.MULTILINE)


def path_of(document: Path) -> str:
    """Return how tests call a document: its path in the project."""
    return document.relative_to(ROOT).as_posix()


def examples() -> list[str]:
    """Return the console examples of ``kg`` that only read a site or a release, in order."""
    lines = [line[2:] for line in _lines("console") if line.startswith("$ kg ")]
    return list(dict.fromkeys(line for line in lines if not line.startswith("kg serve")))


def written() -> list[str]:
    """Return every line that begins with ``kg``, in the blocks of any kind of shell."""
    lines = [line.removeprefix("$ ") for language in ("bash", "console", "text") for line in _lines(language)]
    return list(dict.fromkeys(line for line in lines if line.startswith("kg ")))


def _lines(language: str) -> Iterator[str]:
    for document in FOR_USERS:
        for block in _BLOCK.finditer(document.read_text(encoding="utf-8")):
            if block["language"] == language:
                yield from block["text"].splitlines()
