"""Pages of a server whose engine sends rows of the wrong shape are problems of the engine, and none of the server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from kg.release import Release
from kg.store.engine.address import Engine
from kg.store.engine.probe import held
from kg.store.engine.store import EngineStore
from tests.engines.engines import doctor
from tests.engines.forgers import Change, Forger, forger
from tests.server.serving import Server, run_server

pytestmark = pytest.mark.slow

PIC = "https://w3id.org/rdm-kg/id/lookup/page/pic"
Rows = list[dict[str, dict[str, Any]]]


def without_a_variable(names: list[str], rows: Rows) -> None:
    gone = names.pop()
    for row in rows:
        row.pop(gone, None)


def without_values(names: list[str], rows: Rows) -> None:
    for row in rows:
        row.clear()


def without_the_first_value(names: list[str], rows: Rows) -> None:
    for row in rows:
        row.pop(names[0], None)


def other_variables(names: list[str], rows: Rows) -> None:
    names[:] = [f"other_{name}" for name in names]
    rows[:] = [{f"other_{name}": term for name, term in row.items()} for row in rows]


def literals(names: list[str], rows: Rows) -> None:
    for row in rows:
        for term in row.values():
            term.clear()
            term.update(type="literal", value="no <iri> 7")


def iris(names: list[str], rows: Rows) -> None:
    for row in rows:
        for term in row.values():
            term.clear()
            term.update(type="uri", value="javascript:alert(1)")


def words_for_numbers(names: list[str], rows: Rows) -> None:
    for row in rows:
        for term in row.values():
            if "datatype" in term:
                term["value"] = "many"


def no_rows(names: list[str], rows: Rows) -> None:
    rows.clear()


def every_row_twice(names: list[str], rows: Rows) -> None:
    rows.extend(rows[:])


def statements_as_terms(names: list[str], rows: Rows) -> None:
    iri = {"type": "uri", "value": "urn:a"}
    for row in rows:
        for name in row:
            row[name] = {"type": "triple", "value": {"subject": iri, "predicate": iri, "object": iri}}


def a_boolean(names: list[str], rows: Rows) -> Any:
    return {"head": {}, "boolean": True}


def deep(names: list[str], rows: Rows) -> Any:
    found: Any = 1
    for _ in range(900):
        found = [found]
    return {"head": {"vars": names, "link": found}, "results": {"bindings": rows}, "more": found}


CHANGES: tuple[Change, ...] = (
    without_a_variable,
    without_values,
    without_the_first_value,
    other_variables,
    literals,
    iris,
    words_for_numbers,
    no_rows,
    every_row_twice,
    statements_as_terms,
    a_boolean,
    deep,
)
ASKED = (
    "/",
    "/browse",
    "/id/lookup/page/pic",
    "/id/lookup/thing/normolim",
    "/id/?iri=http://purl.org/dc/terms/title",
    "/madmp?page=pic",
    "/queries/where-to-deposit?page=pic",
    "/search?q=mouse",
    "/sitemap.xml",
)


@pytest.fixture(scope="module")
def engine(release: Release) -> Iterator[Forger]:
    with forger(release) as started:
        yield started


@pytest.fixture(scope="module")
def server(release: Release, engine: Forger, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("served")
    arguments = ["--release", str(release.folder), "--port", "0", "--engine", engine.url]
    started = run_server(folder, arguments, KG_CACHE="0", KG_QUERY_TIMEOUT="60")
    assert started.url, started.log.read_text()
    yield started
    assert started.end() == 0


@pytest.mark.parametrize("change", CHANGES)
def test_wrong_rows_are_said_to_be_the_engine_s(server: Server, engine: Forger, change: Change) -> None:
    engine.change = change
    replies = [server.ask(path, headers={"Accept": "text/html" if "madmp" not in path else "*/*"}) for path in ASKED]
    assert {reply.status for reply in replies} <= {200, 404, 502}
    wrong = [reply for reply in replies if reply.status == 502]
    assert wrong
    assert all("the engine" in reply.text.lower() for reply in wrong)
    assert not any('href="javascript:' in reply.text for reply in replies)
    engine.change = None
    assert {server.ask(path).status for path in ASKED} == {200}


TOOLS = (
    {"name": "describe", "arguments": {"thing": PIC}},
    {"name": "explain", "arguments": {"thing": PIC}},
    {"name": "schema", "arguments": {}},
    {"name": "where-to-deposit", "arguments": {"page": PIC}},
)


def called(server: Server, method: str, **parameters: Any) -> str:
    """Return the words of the error that an agent is told; empty if there is none."""
    message = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters})
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    answer = json.loads(server.ask("/mcp", "POST", message, headers).body)
    if "error" in answer:
        return str(answer["error"]["message"])
    result = answer["result"]
    return str(result["content"][0]["text"]) if result.get("isError") else ""


@pytest.mark.parametrize("change", CHANGES)
def test_an_agent_is_told_so_in_the_same_words(server: Server, engine: Forger, change: Change) -> None:
    engine.change = change
    said = [called(server, "tools/list"), *(called(server, "tools/call", **tool) for tool in TOOLS)]
    pages = [server.ask(path, headers={"Accept": "application/json"}) for path in ASKED]
    engine.change = None
    details = {json.loads(page.body)["detail"] for page in pages if page.status == 502}
    assert {words for words in said if words and not words.startswith("no page ")} <= details
    assert [called(server, "tools/call", **tool) for tool in TOOLS] == [""] * len(TOOLS)


def test_ids_without_end_are_cut(release: Release, engine: Forger) -> None:
    def many(names: list[str], rows: Rows) -> None:
        rows[:] = [{"id": {"type": "literal", "value": f"{number}" * 10_000}} for number in range(100)]

    engine.change, engine.lies_about_releases = many, True
    with closing(EngineStore(Engine(engine.url))) as store:
        ids = held(store)
    engine.change, engine.lies_about_releases = None, False
    assert len(ids) == 8
    assert max(map(len, ids)) == 64


def test_a_doctor_says_that_an_engine_counts_wrongly(release: Release, engine: Forger) -> None:
    for change in (words_for_numbers, no_rows, every_row_twice):
        engine.change = change
        done = doctor("--engine", engine.url, "--release", release.folder)
        engine.change = None
        assert done.returncode == 1
        assert "the answer cannot be read" in done.stdout
        assert "Traceback" not in done.stderr
