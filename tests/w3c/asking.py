"""Queries of the suites as requests of the protocol."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlencode

import pyoxigraph as ox

from tests.server.serving import Reply, Server
from tests.w3c.manifest import DATA, QT, Case, every_case, iri_of

NOTHING = "urn:x-test:no-such-graph"
"""The name of no graph: a default graph that is empty."""
EVALUATION = ("QueryEvaluationTest", "CSVResultFormatTest")
"""The kinds of test that hold an answer against an expected one."""
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def ask(server: Server, file: Path, dataset: list[tuple[str, str]], accept: str = "*/*") -> Reply:
    """Return the reply to the query in a file, sent as a form; the file's IRI is the base of relative IRIs."""
    text = f"BASE <{iri_of(file)}> {file.read_text(encoding='utf-8')}"
    body = urlencode([("query", text), *dataset]).encode()
    return server.ask("/sparql", "POST", body, _FORM | {"Accept": accept})


def data_files() -> set[Path]:
    """Return the data files of the evaluation tests, including those of other endpoints."""
    actions = [case.action for case in every_case("sparql1[12]/*") if case.kind in EVALUATION]
    holders = actions + [service for action in actions for service in action.every(QT + "serviceData")]
    return {node.path for holder in holders for name in ("data", "graphData") for node in holder.every(QT + name)}


def dataset(case: Case) -> list[tuple[str, str]]:
    """Return the parameters that give the query of an evaluation test its dataset.

    Empty if the query names the dataset itself, since parameters would override FROM and FROM NAMED.
    """
    if re.search(r"^\s*FROM\b", case.action.one(QT + "query").path.read_text(encoding="utf-8"), re.I | re.M):
        return []
    data = case.action.every(QT + "data")
    named = [node.text for node in case.action.every(QT + "graphData")]
    named += [name for node in data for name in _names(node.path)]
    default = [node.text for node in data] or [NOTHING]
    return [("default-graph-uri", name) for name in default] + [("named-graph-uri", name) for name in named]


def _names(file: Path) -> set[str]:
    """Return the graph names in a TriG file."""
    quads = ox.parse(path=file, format=DATA[file.suffix], base_iri=iri_of(file))
    return {quad.graph_name.value for quad in quads if isinstance(quad.graph_name, ox.NamedNode)}
