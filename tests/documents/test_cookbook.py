"""The queries of the cookbook run, and the document shows what comes out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import kg
from kg.client import IRI, KnowledgeGraph
from kg.vocab import prefixed_name
from tests.conftest import ROOT

COOKBOOK = ROOT / "docs" / "sparql.md"
EXAMPLE = re.compile(r"```sparql\n(?P<query>.+?)```\n(?:\n(?P<answer>(?:\|[^\n]*\n)+|```turtle\n.*?```\n))?", re.DOTALL)
LEAST = 20
"""Number of queries that a cookbook has."""


def test_the_cookbook_shows_what_comes_out(content_release: Path, pytestconfig: pytest.Config) -> None:
    text = COOKBOOK.read_text(encoding="utf-8")
    with kg.open(content_release) as graph:
        answered = EXAMPLE.sub(lambda found: f"```sparql\n{found['query']}```\n\n{answer(graph, found['query'])}", text)
    assert len(EXAMPLE.findall(text)) >= LEAST
    if pytestconfig.getoption("accept"):
        COOKBOOK.write_text(answered, encoding="utf-8")
    else:
        assert answered == text


def answer(graph: KnowledgeGraph, query: str) -> str:
    """Return the answer as Markdown: a table of rows, or Turtle."""
    if query.startswith("CONSTRUCT"):
        _, _, statements = graph.construct(query).serialize(format="turtle").partition("\n\n")
        return f"```turtle\n{statements.strip()}\n```\n"
    result = graph.query(query)
    rows = [[cell(value) for value in row.values()] for row in result]
    assert rows, query
    return "".join(f"| {' | '.join(cells)} |\n" for cells in [result.columns, ["---"] * len(result.columns), *rows])


def cell(value: object) -> str:
    """Return a value as the text of a cell."""
    return f"`{prefixed_name(value)}`" if isinstance(value, IRI) else str(value).replace("|", "\\|")
