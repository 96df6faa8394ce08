"""Authorisation of writes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.server.conftest import releases, server  # noqa: F401
from tests.server.serving import Server, run_server
from tests.writing.clients import TOKEN, Client

UPDATE = {"Content-Type": "application/sparql-update"}
INSERT = b"INSERT DATA { <http://example.org/s> <http://example.org/p> 'not written' }"


@pytest.mark.parametrize(
    ("sent", "challenge"),
    [
        ({}, 'Bearer realm="writing"'),
        ({"Authorization": "Bearer"}, 'Bearer realm="writing"'),
        ({"Authorization": f"Basic {TOKEN}"}, 'Bearer realm="writing"'),
        ({"Authorization": f"Bearer {TOKEN}x"}, 'Bearer realm="writing", error="invalid_token"'),
        ({"Authorization": f"Bearer {TOKEN[:-1]}"}, 'Bearer realm="writing", error="invalid_token"'),
        ({"Authorization": "Bearer \xe9"}, 'Bearer realm="writing", error="invalid_token"'),
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/update"),
        ("PUT", "/store?default"),
        ("POST", "/store"),
        ("PUT", "/store"),
        ("POST", "/store?graph=http://example.org/g"),
        ("DELETE", "/store/a"),
        ("PATCH", "/store/a"),
    ],
)
def test_nobody_writes_without_the_token(
    over_release: Client, method: str, path: str, sent: dict[str, str], challenge: str
) -> None:
    reply = over_release.server.ask(path, method, INSERT, {**UPDATE, **sent})
    assert (reply.status, reply.headers["WWW-Authenticate"]) == (401, challenge)
    assert reply.media_type == "application/problem+json"
    assert TOKEN not in reply.text
    assert not over_release.holds("?s ?p 'not written'")


def test_the_token_may_be_sent_with_any_case_of_its_scheme(over_release: Client) -> None:
    headers = {**UPDATE, "Authorization": f"bearer  {TOKEN}"}
    assert over_release.server.ask("/update", "POST", b"CLEAR ALL", headers).status == 204


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_a_server_that_is_not_writable_takes_nothing(server: Server, method: str) -> None:  # noqa: F811
    headers = {**UPDATE, "Authorization": f"Bearer {TOKEN}"}
    for path in ("/store?graph=http://example.org/g", "/store"):
        assert server.ask(path, method, INSERT, headers).status == 403
    assert server.ask("/update", "POST", INSERT, headers).status == 403


def test_graphs_are_read_without_a_token_everywhere(over_release: Client, server: Server) -> None:  # noqa: F811
    graph = "/store?graph=https://w3id.org/rdm-kg/id/test/page/mice%23graph"
    for each in (over_release.server, server):
        assert each.ask(graph).status == each.ask(graph, "HEAD").status == 200
        assert each.ask("/store?graph=http://example.org/none").status == 404


def test_queries_and_updates_have_each_their_address(over_release: Client) -> None:
    assert over_release.ask("/sparql", "POST", INSERT, Content_Type="application/sparql-update").status == 400
    assert over_release.ask("/update", "POST", b"query=ASK%7B%7D", Content_Type=FORM).status == 400
    reply = over_release.ask("/update?update=CLEAR+ALL")
    assert (reply.status, set(reply.headers["Allow"].split(", "))) == (405, {"OPTIONS", "POST"})


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("environ", [{}, {"KG_WRITE_TOKEN": ""}, {"KG_WRITE_TOKEN": "  "}])
def test_without_a_token_a_writable_server_does_not_start(tmp_path: Path, environ: dict[str, str]) -> None:
    assert "KG_WRITE_TOKEN" not in os.environ
    refused = run_server(tmp_path, ["--writable", "--no-release", "--port", "0"], **environ)
    assert refused.process.wait() == 2
    assert "--writable needs KG_WRITE_TOKEN" in refused.log.read_text()


def test_no_release_goes_with_writable(tmp_path: Path) -> None:
    refused = run_server(tmp_path, ["--no-release", "--port", "0"])
    assert refused.process.wait() == 2
    assert "go with --writable" in refused.log.read_text()


def test_the_token_is_told_to_nobody(over_release: Client) -> None:
    over_release.update("this is no update")
    assert TOKEN not in over_release.server.log.read_text()
    others = over_release.server.family() - {over_release.server.process.pid}
    assert others
    for pid in others:
        assert TOKEN.encode() not in Path(f"/proc/{pid}/environ").read_bytes()
        assert TOKEN.encode() not in Path(f"/proc/{pid}/cmdline").read_bytes()
