"""SPARQL 1.1 and 1.2 Query: the suites' syntax tests."""

from __future__ import annotations

import json

import pytest

from tests.server.serving import Server
from tests.w3c.asking import NOTHING, ask
from tests.w3c.manifest import Case, cases

EMPTY = [("default-graph-uri", NOTHING)]


@pytest.mark.parametrize("case", cases("PositiveSyntaxTest", "PositiveSyntaxTest11"))
def test_what_is_sparql_is_answered(server: Server, case: Case) -> None:
    """Also where it is refused because of what it says: SERVICE, or a function that the engine lacks."""
    reply = ask(server, case.action.path, EMPTY)
    if case.folder == "sparql11/syntax-fed":
        assert reply.status == 403
    elif reply.status != 200:
        assert json.loads(reply.body)["detail"].startswith("the query cannot be evaluated"), reply.text


# Updates that this kind of test is also used for stand in a folder of their own.
NEGATIVE = [
    param
    for param in cases("NegativeSyntaxTest", "NegativeSyntaxTest11")
    if not str(param.id).startswith("sparql11/delete-insert/")
]


@pytest.mark.parametrize("case", NEGATIVE)
def test_what_is_no_sparql_is_a_problem(server: Server, case: Case) -> None:
    reply = ask(server, case.action.path, EMPTY)
    assert (reply.status, reply.media_type) == (400, "application/problem+json")
    assert json.loads(reply.body)["detail"]
