"""SPARQL 1.1 Federated Query: refused by default; allowed to listed endpoints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest

from tests.server.serving import Reply, Server, run_server
from tests.w3c.asking import ask, dataset
from tests.w3c.manifest import MF, QT, Case, cases, every_case, iri_of
from tests.w3c.solutions import comparable

FOLDER = "sparql11/service"
CASES = cases("QueryEvaluationTest", folders=FOLDER)
REFUSED = {f"{FOLDER}/service{number}" for number in (3, 5, 6)}
"""They have a clause in another one's block, or a variable for an endpoint."""
NOWHERE = "http://127.0.0.1:9/sparql"


def _remote(server: Server, case: Case) -> dict[str, str]:
    """Return endpoint of a test → URL at which ``server`` has its data."""
    found = {"http://invalid.endpoint.org/sparql": NOWHERE}
    for service in case.action.every(QT + "serviceData"):
        graph = quote(service.one(QT + "data").text, safe="")
        found[service.one(QT + "endpoint").text] = f"{server.url}/sparql?default-graph-uri={graph}"
    return found


@pytest.fixture(scope="module")
def federated(server: Server) -> Iterator[Server]:
    """Start a server over the same data that may query the other one."""
    listed = {url for case in every_case(FOLDER) for url in _remote(server, case).values()}
    options = [word for url in sorted(listed) for word in ("--allow-service", url)]
    folder = server.log.parent
    served = run_server(folder, ["--release", str(folder), "--port", "0", *options])
    yield served
    assert served.end() == 0
    assert "Traceback" not in served.log.read_text()


def _ask(federated: Server, server: Server, case: Case) -> Reply:
    file = case.action.one(QT + "query").path
    text = f"BASE <{iri_of(file)}> {file.read_text(encoding='utf-8')}"
    for endpoint, url in _remote(server, case).items():
        text = text.replace(f"<{endpoint}>", f"<{url}>")
    body = urlencode([("query", text), *dataset(case)]).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/sparql-results+xml"}
    return federated.ask("/sparql", "POST", body, headers)


@pytest.mark.parametrize("case", CASES)
def test_service_is_refused_where_no_endpoint_is_listed(server: Server, case: Case) -> None:
    assert ask(server, case.action.one(QT + "query").path, []).status == 403


@pytest.mark.parametrize("case", [param for param in CASES if param.id not in REFUSED])
def test_a_listed_endpoint_is_asked(federated: Server, server: Server, case: Case) -> None:
    reply = _ask(federated, server, case)
    assert reply.status == 200, reply.text
    expected = case.node.one(MF + "result").path
    assert comparable(reply.body, "srx") == comparable(expected.read_bytes(), "srx", base=iri_of(expected))


@pytest.mark.parametrize("case", [param for param in CASES if param.id in REFUSED])
def test_what_needs_another_plan_is_refused(federated: Server, server: Server, case: Case) -> None:
    reply = _ask(federated, server, case)
    assert reply.status == 403
    assert re.search("another one in its block|name the endpoint", reply.text)
