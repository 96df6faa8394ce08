"""The tools for agents, called by the SDK's own client over pipes and over HTTP, in both eras of the protocol."""

from __future__ import annotations

import importlib
import json
import os
import re
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from click.testing import CliRunner
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp_types import CLIENT_CAPABILITIES_META_KEY, PROTOCOL_VERSION_META_KEY

from kg import plugins
from kg.errors import ReleaseError
from kg.query import canned
from server.agents.card import PITFALLS
from server.mcp_command import mcp
from tests.conftest import ROOT
from tests.server.serving import QUADS, Server, gone, make_release, run_server, until

pytestmark = pytest.mark.slow

RUN = "from server.mcp_command import mcp; mcp(prog_name='kg mcp')"
SETTINGS = {"KG_QUERY_TIMEOUT": "2", "KG_CLIENT_QUERIES": "1"}
PIC = "https://w3id.org/rdm-kg/id/lookup/page/pic"
FILE = "pages/cheat_sheets/preclinical_imaging.md"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c < ?f && ?f < ?i) }"
WAYS = [("pipes", "auto"), ("pipes", "legacy"), ("http", "auto"), ("http", "legacy")]


@dataclass(frozen=True)
class Agent:
    """A client of the SDK that is connected to a server."""

    portal: BlockingPortal
    client: Client

    def tools(self) -> dict[str, dict[str, Any]]:
        """Return the tools by name, in the order of the list, as on the wire."""
        listed = self.portal.call(self.client.list_tools).tools
        return {tool.name: tool.model_dump(by_alias=True, exclude_none=True) for tool in listed}

    def call(self, name: str, **arguments: Any) -> dict[str, Any]:
        """Return the answer of a tool, which must be no error."""
        result = self.portal.call(self.client.call_tool, name, arguments)
        assert not result.is_error, result.content
        (content,) = result.content
        assert json.loads(content.text) == result.structured_content
        answer: dict[str, Any] = result.structured_content
        return answer

    def fail(self, name: str, **arguments: Any) -> str:
        """Return the message of a call that must fail."""
        result = self.portal.call(self.client.call_tool, name, arguments)
        assert result.is_error, result.content
        (content,) = result.content
        return str(content.text)


def pipes(release: Path) -> StdioServerParameters:
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", **SETTINGS}
    return StdioServerParameters(command=sys.executable, args=["-c", RUN, str(release)], env=environ)


@contextmanager
def connected(where: StdioServerParameters | str, mode: str = "auto") -> Iterator[Agent]:
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(Client(where, mode=mode)) as client:
        yield Agent(portal, client)


@pytest.fixture(scope="module")
def served(content_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start one server over the shipped content; its log must have no traceback in the end."""
    folder = tmp_path_factory.mktemp("served")
    server = run_server(folder, ["--release", str(content_release), "--port", "0"], **SETTINGS)
    yield server
    assert server.end() == 0
    assert "Traceback" not in server.log.read_text()


@pytest.fixture(scope="module")
def agents(content_release: Path, served: Server) -> Iterator[dict[tuple[str, str], Agent]]:
    with ExitStack() as stack:
        places = {"pipes": pipes(content_release), "http": f"{served.url}/mcp"}
        yield {(kind, mode): stack.enter_context(connected(places[kind], mode)) for kind, mode in WAYS}


@pytest.fixture(params=WAYS, ids="-".join)
def agent(request: pytest.FixtureRequest, agents: dict[tuple[str, str], Agent]) -> Agent:
    return agents[request.param]


@pytest.fixture
def one(agents: dict[tuple[str, str], Agent]) -> Agent:
    """Return one agent, for what the transport does not change."""
    return agents["http", "auto"]


def records(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [dict(zip(answer["columns"], row, strict=True)) for row in answer["rows"]]


def test_the_tools_are_the_questions_and_five_more_and_sparql_is_the_last(agent: Agent) -> None:
    tools = agent.tools()
    assert list(tools) == [*canned.names(), "search", "describe", "explain", "schema", "sparql"]
    for tool in tools.values():
        hints = tool["annotations"]
        assert (hints["readOnlyHint"], hints["destructiveHint"], hints["openWorldHint"]) == (True, False, False)
        assert tool["description"]


def test_a_question_is_typed_by_its_header(one: Agent) -> None:
    tools = one.tools()
    for name, query in canned.load_all().items():
        schema = tools[name]["inputSchema"]
        assert (tools[name]["title"], tools[name]["description"]) == (query.title, query.question)
        assert set(schema["properties"]) == {each.name for each in query.parameters}
        assert schema["required"] == [each.name for each in query.parameters if each.default is None]
    assert tools["shared-recommendations"]["inputSchema"]["properties"]["minimum"] == {
        "type": "integer",
        "description": "least number of pages",
        "examples": [2],
        "default": 2,
    }
    assert tools["where-to-deposit"]["inputSchema"]["properties"] == {
        "page": {
            "type": "string",
            "description": "page id, title or IRI of a page",
            "examples": ["pic"],
            "minLength": 1,
        },
        "site": {"type": "string", "description": "key of a site; all sites where empty", "enum": ["", "lookup"]},
    }
    assert "MR" in tools["sheets-by-modality"]["inputSchema"]["properties"]["modality"]["enum"]
    assert "repository" in tools["search"]["inputSchema"]["properties"]["kind"]["enum"]


@pytest.mark.parametrize("name", canned.names())
def test_every_question_finds_something_with_its_examples(one: Agent, name: str) -> None:
    properties = one.tools()[name]["inputSchema"]["properties"]
    required = one.tools()[name]["inputSchema"]["required"]
    assert one.call(name, **{each: properties[each]["examples"][0] for each in required})["rows"]


def test_rows_are_short_and_name_page_and_line(agent: Agent) -> None:
    gap, archive = records(agent.call("where-to-deposit", page="Preclinical imaging"))
    assert (archive["name"], archive["line"], archive["page_iri"]) == ("NIRD RESEARCH DATA ARCHIVE", 42, PIC)
    assert (gap["line"], gap["note"][:10]) == (None, "At present")
    assert "for" not in archive  # no row has a value there
    dicom = records(agent.call("standards-for-sheet", page="pic", site=""))[0]
    assert (dicom["standard"], dicom["line"]) == ("fairsharing:b7z8by", 26)


@pytest.mark.parametrize(
    "words", ["bsg-s000114", "FAIRsharing.b7z8by", "https://doi.org/10.25504/FAIRsharing.b7z8by", "fairsharing:b7z8by"]
)
def test_search_takes_an_id_in_any_form(one: Agent, words: str) -> None:
    found = records(one.call("search", words=words))[0]
    assert (found["iri"], found["recommended_by"]) == ("fairsharing:b7z8by", "Preclinical Imaging")


def test_search_by_words_says_what_it_left_out_and_searched_instead(agent: Agent) -> None:
    found = agent.call("search", words="microscopi", kind="cheat-sheet")
    assert {row["kind"] for row in records(found)} == {"cheat sheet"}
    assert found["searched_instead"] == {"microscopi": ["microscopy"]}
    many = agent.call("search", words="imaging")
    assert (len(many["rows"]), many["truncated"][:27]) == (
        10,
        "these are the best 10 of 13"[:23] + many["truncated"][23:27],
    )


@pytest.mark.parametrize("thing", ["bsg-s000114", "fairsharing:b7z8by"])
def test_a_thing_is_described_with_names(agent: Agent, thing: str) -> None:
    found = agent.call("describe", thing=thing)
    assert found["iri"] == "https://doi.org/10.25504/FAIRsharing.b7z8by"
    assert found["name"] == "Digital Imaging and COmmunications in Medicine"
    assert ["rdm:recommendedBy", PIC, "Preclinical Imaging"] in found["rows"]
    assert found["value_of"]["rdm:target"] == 1


def test_a_statement_is_explained_by_file_line_and_commit(agent: Agent) -> None:
    rows = records(agent.call("explain", thing="bsg-s000114"))
    (stated,) = (row for row in rows if row["property"] == "rdm:recommendsFormat")
    assert (stated["subject"], stated["file"], stated["line"]) == (PIC, FILE, 26)
    assert stated["why"] == "data format: it stands in the section data types (rule format)"
    asked = f'SELECT ?commit {{ ?f dct:identifier "{FILE}" ; prov:wasGeneratedBy/dct:identifier ?commit }}'
    commits = [row["commit"][:10] for row in records(agent.call("sparql", query=asked))]
    assert [stated.get("commit")] == (commits or [None])
    (inferred,) = (row for row in rows if row["property"] == "rdm:recommendedBy")
    assert (inferred["why"], inferred["line"]) == ("inferred by the reasoner", None)


def test_the_schema_is_a_card(agent: Agent) -> None:
    card = agent.call("schema")
    assert card["prefixes"]["rdm"] == "https://w3id.org/rdm-kg/ont#"
    classes = {row["class"]: row for row in records(card["classes"])}
    assert (classes["rdm:CheatSheet"]["instances"], classes["rdm:CheatSheet"]["meaning"][:6]) == (3, "A page")
    assert "owl:Class" not in classes
    properties = {row["property"]: row for row in records(card["properties"])}
    target = properties["rdm:recommendsFormat"]
    assert (target["from"], target["to"], target["statements"] > 5) == ("rdm:Advice", "rdm:DataFormat", True)
    assert len(card["pitfalls"]) == 8
    assert len(json.dumps(card)) < 16 * 1024


def test_the_schema_of_a_class_is_what_its_things_have(agent: Agent) -> None:
    card = agent.call("schema", **{"class": "rdm:CheatSheet"})
    title = next(row for row in records(card) if row["property"] == "dct:title")
    assert (title["subjects"], title["statements"]) == (3, 3)
    assert "nothing in the graph is of the class rdm:Nothing" in agent.fail("schema", **{"class": "rdm:Nothing"})
    assert "not an absolute IRI" in agent.fail("schema", **{"class": "a cheat sheet"})


def test_the_pitfalls_name_terms_that_there_are(one: Agent) -> None:
    named = set(re.findall(r"\b[a-z]+:[A-Za-z]\w+", PITFALLS))
    assert len(named) > 12
    for name in named - {"skos:exactMatch"}:  # between things of several sites
        query = f"ASK {{ {{ ?s {name} ?o }} UNION {{ ?s ?p {name} }} }}"
        assert one.call("sparql", query=query)["boolean"], name


def test_sparql_has_the_prefixes_and_answers_in_every_form(agent: Agent) -> None:
    found = agent.call("sparql", query="SELECT ?n { BIND(1 AS ?n) ?s a rdm:CheatSheet } LIMIT 1")
    assert found == {"columns": ["n"], "rows": [[1]]}
    assert agent.call("sparql", query="ASK { ?s a rdm:CheatSheet }") == {"boolean": True}
    turtle = agent.call("sparql", query="DESCRIBE fairsharing:b7z8by")["turtle"]
    assert "fairsharing:b7z8by" in turtle
    typed = 'SELECT * { VALUES (?a ?b ?c) { (1.5 "INF"^^xsd:double <urn:a>) } }'
    assert records(agent.call("sparql", query=typed)) == [{"a": 1.5, "b": "INF", "c": "urn:a"}]


HUGE = f'SELECT ?long {{ ?s ?p ?o BIND(CONCAT(STR(?s), "{"x" * 30_000}") AS ?long) }} LIMIT 99'
WIDE = f'SELECT ?long {{ ?s ?p ?o BIND(CONCAT(STR(?s), "{"x" * 500}") AS ?long) }} LIMIT 99'


@pytest.mark.parametrize(
    ("query", "least", "most"),
    [
        ("SELECT ?s ?p ?o { ?s ?p ?o }", 100, 100),
        ("SELECT ?s { ?s ?p ?o } LIMIT 101", 100, 100),
        (WIDE, 30, 60),
        (HUGE, 5, 20),
    ],
)
def test_what_is_cut_says_so(agent: Agent, query: str, least: int, most: int) -> None:
    found = agent.call("sparql", query=query)
    assert least <= len(found["rows"]) <= most
    assert found["truncated"].startswith(f"these are the first {len(found['rows'])} rows of more; ask for less")
    assert len(json.dumps(found)) < 30 * 1024


def test_what_is_not_cut_does_not_say_so(one: Agent) -> None:
    assert "truncated" not in one.call("sparql", query="SELECT ?s { ?s ?p ?o } LIMIT 100")
    long = one.call("sparql", query=f'SELECT ("{"x" * 2000}" AS ?x) {{}}')["rows"][0][0]
    assert (len(long), long[-1]) == (601, "…")


def test_a_graph_is_cut_at_a_line(one: Agent) -> None:
    found = one.call("sparql", query="CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }")
    assert "the rest of the graph is left out" in found["truncated"]
    assert 20 * 1024 < len(found["turtle"].encode()) <= 24 * 1024


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("where-to-put", {}, "no tool 'where-to-put'; there are about-page"),
        ("where-to-deposit", {}, "parameter 'page' is missing: page id, title or IRI of a page"),
        ("where-to-deposit", {"page": ""}, "parameter 'page' is missing"),
        ("where-to-deposit", {"page": 3}, "'page' must be of type string"),
        ("where-to-deposit", {"page": "pic", "site": "other"}, "'site' must be one of '', 'lookup'"),
        ("where-to-deposit", {"page": "picc"}, "the nearest is pic"),
        ("where-to-deposit", {"page": "biobanks"}, "kept out"),
        ("shared-recommendations", {"minimum": "2"}, "must be of type integer"),
        ("shared-recommendations", {"minimum": True}, "must be of type integer"),
        ("search", {"words": "x", "sort": "name"}, "no parameter 'sort'; there are words, kind"),
        ("describe", {"thing": "nothing of the kind"}, "no statements about 'nothing of the kind'"),
        ("explain", {"thing": "nothing of the kind"}, "no statements about 'nothing of the kind'"),
        ("explain", {"thing": "x" * 501}, "'thing' is longer than 500 characters"),
        ("sparql", {"query": "SELECT"}, "syntax error at 1:"),
        ("sparql", {"query": "DELETE WHERE { ?s ?p ?o }"}, "read-only"),
        ("sparql", {"query": "SELECT * { SERVICE <https://a.example/> { ?s ?p ?o } }"}, "SERVICE"),
    ],
)
def test_a_mistake_is_a_result_that_says_what_is_wrong(
    agent: Agent, tool: str, arguments: dict[str, Any], words: str
) -> None:
    assert words in agent.fail(tool, **arguments)


def test_a_call_has_the_time_of_a_query(agent: Agent) -> None:
    assert agent.fail("sparql", query=ENDLESS) == "the query ran longer than 2 s and was ended"


def test_all_queries_of_a_call_share_its_time(content_release: Path) -> None:
    where = pipes(content_release)
    hurried = StdioServerParameters(
        command=where.command, args=where.args, env={**(where.env or {}), "KG_QUERY_TIMEOUT": "0.01"}
    )
    with connected(hurried) as agent:
        assert agent.fail("explain", thing="bsg-s000114") == "the call took longer than 0.01 s"


def test_a_client_has_its_limits(served: Server) -> None:
    def ask(number: int) -> str:
        with connected(f"{served.url}/mcp") as agent:
            return agent.fail("sparql", query=ENDLESS + f"# {number}")

    with ThreadPoolExecutor(3) as threads:
        said = list(threads.map(ask, range(3)))
    assert "more than 1 of your queries ran longer than 1 s" in said


def rpc(method: str, number: int | None = 1, **parameters: Any) -> bytes:
    made = {"jsonrpc": "2.0", "method": method, "params": parameters}
    return json.dumps(made if number is None else {**made, "id": number}).encode()


HELLO = rpc("initialize", protocolVersion="2025-06-18", capabilities={}, clientInfo={"name": "a", "version": "1"})
NOISY = f"""
import server.agents.things as things
search = things.search
things.search = lambda *given: print("noise") or search(*given)
{RUN}
"""
JSON = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


def test_standard_output_has_messages_alone_and_its_end_ends_all(content_release: Path) -> None:
    where = pipes(content_release)
    command = [where.command, "-c", NOISY, str(content_release)]
    process = subprocess.Popen(
        command, env=where.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin
    assert process.stdout
    calls = [
        HELLO,
        rpc("notifications/initialized", None),
        rpc("tools/call", 2, name="search", arguments={"words": "x"}),
    ]
    process.stdin.write(b"\n".join(calls) + b"\n")
    process.stdin.flush()
    answers = [json.loads(process.stdout.readline()) for _ in range(2)]
    family = Server(process, Path()).family()
    assert len(family) > 2
    rest, said = process.communicate(timeout=30)
    assert ([answer["id"] for answer in answers], rest) == ([1, 2], b"")
    assert process.returncode == 0, said
    assert b"noise" in said
    until(lambda: gone(family))


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_while_it_waits_for_input(content_release: Path, sent: signal.Signals) -> None:
    where = pipes(content_release)
    command = [where.command, *where.args]
    with subprocess.Popen(command, env=where.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(HELLO + b"\n")
        process.stdin.flush()
        process.stdout.readline()
        family = Server(process, Path()).family()
        process.send_signal(sent)
        assert process.wait(30) == -sent
    until(lambda: gone(family))


def test_over_http_a_message_is_answered_as_json_without_a_session(served: Server) -> None:
    reply = served.ask("/mcp", "POST", HELLO, JSON)
    assert (reply.status, reply.media_type) == (200, "application/json")
    assert json.loads(reply.body)["result"]["serverInfo"]["name"] == "rdm-kg"
    assert (reply.headers["Cache-Control"], reply.headers.get("Mcp-Session-Id")) == ("no-store", None)
    assert served.ask("/mcp", "POST", rpc("notifications/initialized", None), JSON).status == 202


def test_half_a_character_is_refused(served: Server) -> None:
    meta = {PROTOCOL_VERSION_META_KEY: "2026-07-28", CLIENT_CAPABILITIES_META_KEY: {}}
    call = rpc("tools/call", 2, name="describe", arguments={"thing": "\ud800"}, _meta=meta)
    modern = {"MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call", "Mcp-Name": "describe"}
    result = json.loads(served.ask("/mcp", "POST", call, {**JSON, **modern}).body)["result"]
    assert (result["isError"], "half of a surrogate pair" in result["content"][0]["text"]) == (True, True)
    assert "Parse error" in served.ask("/mcp", "POST", rpc("x", 2, a="\ud800"), JSON).text


@pytest.mark.parametrize(
    ("method", "body", "headers", "status"),
    [
        ("GET", None, {}, 405),
        ("DELETE", None, {}, 405),
        ("POST", b"{", JSON, 400),
        ("POST", b"[]", JSON, 400),
        ("POST", HELLO, {**JSON, "Content-Type": "text/plain"}, 415),
        ("POST", HELLO, {}, 415),
        ("POST", HELLO, {**JSON, "Accept": "text/html"}, 406),
        ("POST", b'"' + b"x" * (2 * 1024 * 1024) + b'"', JSON, 413),
        ("POST", HELLO, {**JSON, "Origin": "https://elsewhere.example"}, 403),
        ("POST", HELLO, {**JSON, "Origin": "null"}, 403),
        ("POST", HELLO, {**JSON, "Origin": "http://["}, 403),
        ("POST", HELLO, {**JSON, "Origin": "http://rebound.example", "Host": "rebound.example"}, 403),
        ("POST", HELLO, {**JSON, "Origin": "http://localhost:7878", "Host": "localhost:7878"}, 200),
    ],
)
def test_what_is_no_message_of_an_agent_is_refused(
    served: Server, method: str, body: bytes | None, headers: dict[str, str], status: int
) -> None:
    reply = served.ask("/mcp", method, body, headers)
    assert (reply.status, reply.media_type.endswith("json")) == (status, True)


def test_behind_a_proxy_the_own_name_is_no_other_origin(content_release: Path, tmp_path: Path) -> None:
    arguments = ["--release", str(content_release), "--port", "0", "--behind-proxy", "1"]
    server = run_server(tmp_path, arguments)
    try:
        forwarded = {"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "kg.example"}
        same = {**JSON, **forwarded, "Origin": "https://kg.example"}
        assert server.ask("/mcp", "POST", HELLO, same).status == 200
        assert server.ask("/mcp", "POST", HELLO, {**same, "Origin": "https://other.example"}).status == 403
    finally:
        server.end()


def test_a_new_release_is_followed_and_one_without_an_index_has_no_search(tmp_path: Path) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    make_release(tmp_path / "out", QUADS)
    with connected(pipes(tmp_path / "out")) as agent:
        before = agent.call("sparql", query=count)["rows"][0][0]
        assert "has no search index" in agent.fail("search", words="mice")
        make_release(tmp_path / "out", [*QUADS, "<urn:a> <urn:b> <urn:c>"])
        assert agent.call("sparql", query=count)["rows"][0][0] == before + 1


def python(program: str) -> subprocess.CompletedProcess[str]:
    """Run a program in which the SDK cannot be imported."""
    command = [sys.executable, "-c", f"import sys; sys.modules['mcp'] = None; {program}"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_without_the_sdk_the_message_names_the_extra(content_release: Path) -> None:
    done = python(f"from server.mcp_command import mcp; mcp.main([{str(content_release)!r}], standalone_mode=False)")
    assert "MissingExtra: kg mcp needs mcp: pip install 'rdm-kg[mcp]'" in done.stderr


def test_without_the_sdk_there_is_no_address() -> None:
    rules = "app = Flask('a'); app.register_blueprint(blueprint(None)); print(app.url_map)"
    done = python(f"from flask import Flask; from server.views.mcp import blueprint; {rules}")
    assert (done.returncode, "Map(" in done.stdout, "/mcp" in done.stdout) == (0, True, False)


def test_a_folder_without_a_release_is_an_error(tmp_path: Path) -> None:
    result = CliRunner().invoke(mcp, [str(tmp_path)])
    assert isinstance(result.exception, ReleaseError)


def test_the_commands_of_the_server_are_those_of_kg_with_their_summaries() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    places = settings["project"]["entry-points"]["kg.commands"]
    assert {"doctor", "mcp", "serve"} <= set(places)
    for name, place in places.items():
        module, _, attribute = place.partition(":")
        assert getattr(importlib.import_module(module), attribute).name == name
        assert plugins.summary(module).endswith(".")
