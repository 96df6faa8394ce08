"""The logs of ``kg serve``: what each line says, which lines there are, and what is in none."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from kg.query.outline import digest, outline
from kg.release import new_release, publish
from kg.store import oxigraph
from server.front.parsing import parse
from server.front.requests import ReceivedRequest, environment
from server.front.responses import ResponseHead
from server.front.server import Front
from server.http.cache import Cache
from server.http.counts import RequestCounts
from server.http.tracing import trace_parent
from server.logs import LONGEST
from server.settings import Settings
from tests.conftest import ROOT
from tests.server.serving import QUADS, Server, Start, make_release, many, run_server, until
from tests.server.test_endpoint import ENDLESS
from tests.server.test_processes import damage_store
from tests.writing.clients import TOKEN, run_writable

pytestmark = pytest.mark.slow

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
HIDDEN = "hush"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
FORMATS = ("text", "json")

Line = dict[str, Any]


def lines(server: Server, logger: str = "") -> list[Line]:
    """Return what the lines of a logger say, or those of all; every line of the log is one object."""
    found: list[Line] = [json.loads(line) for line in server.log.read_text().splitlines()]
    for each in found:
        assert TIME.fullmatch(each["timestamp"])
        assert each["process"] > 0
        assert each["level"] in {"info", "warning", "error", "critical"}
        assert isinstance(each["message"], str)
    return [each for each in found if logger in ("", each["logger"])]


def ended(server: Server, logger: str = "") -> list[Line]:
    """End the server, and return what the lines of a logger say."""
    assert server.end() == 0
    return lines(server, logger)


def send(server: Server, data: bytes) -> bytes:
    """Send bytes over one connection, and return everything that comes back."""
    where = urlsplit(server.url)
    with socket.create_connection((where.hostname, where.port), timeout=60) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(1 << 16), b""))


def get(target: str, *headers: str) -> bytes:
    return "\r\n".join([f"GET {target} HTTP/1.1", "Host: a", *headers, "", ""]).encode("latin-1")


def sparql(text: str) -> str:
    return "/sparql?query=" + quote(text)


def test_each_request_is_an_object_wherever_its_answer_comes_from(start: Start, own_releases: Path) -> None:
    server = start(own_releases, KG_LOG_FORMAT="json", KG_QUERY_LOG="digest")
    release = server.release()
    for _ in range(3):
        server.query("ASK {}")
    server.ask("/sparql", "POST", b"query=ASK%20%7B%7D", FORM)
    for number in range(3):
        server.query(f"SELECT * {{ ?s ?p {number} }}")
    server.query("SELECT * {")
    server.ask("/", headers={"Accept": "text/html"})
    server.ask(sparql("ASK {}"), "HEAD")
    server.ask("/no%C3%B8thing")
    send(server, get(sparql("ASK {}")) * 2 + get("/health"))
    send(server, b"nothing\r\n\r\n")
    found = ended(server, "access")
    assert Counter(each["message"] for each in found) == {
        "GET /health 200": 2,
        "GET /sparql 200": 8,
        "POST /sparql 200": 1,
        "GET /sparql 400": 1,
        "GET / 200": 1,
        "HEAD /sparql 200": 1,
        "GET /noøthing 404": 1,
        "refused 501": 1,
    }
    assert len({each["request_id"] for each in found}) == len(found)
    for each in found:
        assert (each["client"], each["release"]) == ("127.0.0.1", release)
        assert each["duration_ms"] >= 0
        assert each["message"].endswith(f" {each['status']}")
        assert "trace_id" not in each
    asked = [each for each in found if each.get("path") == "/sparql"]
    assert {each["route"] for each in asked} == {"/sparql"}
    assert [each.get("cache") for each in asked[:4]] == [None, "requests", "requests", "results"]
    assert [each["form"] for each in asked[:7]] == [*["boolean"] * 4, *["bindings"] * 3]
    assert [each["bytes"] for each in asked[:4]] == [26] * 4
    told = lines(server, "query")
    assert {each["request_id"] for each in told} == {each["request_id"] for each in asked}
    assert [each["digest"] for each in told[:4]] == [digest("ASK {}")] * 4


def test_a_response_that_is_broken_off_is_told(start: Start, releases: Path) -> None:
    server = start(releases, KG_LOG_FORMAT="json", KG_QUERY_TIMEOUT="1")
    send(server, get(sparql("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")))
    (line,) = ended(server, "access")
    assert (line["status"], line["broken_off"]) == (200, True)
    assert line["bytes"] > 32 * 1024


@pytest.mark.parametrize("headers", [(), ("Accept: text/html",)], ids=["data", "page"])
def test_ids_of_clients_are_in_the_lines_of_their_requests(
    start: Start, releases: Path, headers: tuple[str, ...]
) -> None:
    """The same bytes come first from a worker, then from what is kept; then the query differs alone."""
    server = start(releases, KG_LOG_FORMAT="json")
    sent = (f"traceparent: 00-{TRACE}-{PARENT}-01", "X-Request-Id: their-1", *headers)
    send(server, get(sparql("ASK {}"), *sent) * 3 + get(sparql("ASK { ?s ?p 7 }"), *sent))
    send(server, get(sparql("ASK {}"), *headers))
    *traced, plain = ended(server, "access")
    ids = [(each["trace_id"], each["parent_id"], each["client_request_id"]) for each in traced]
    assert ids == [(TRACE, PARENT, "their-1")] * 4
    assert not {"trace_id", "parent_id", "client_request_id"} & set(plain)


@pytest.mark.parametrize(
    ("value", "is_valid"),
    [
        (f"00-{TRACE}-{PARENT}-00", True),
        (f"00-{TRACE}-{PARENT}-ff", True),
        (f"01-{TRACE}-{PARENT}-01", True),
        (f"cc-{TRACE}-{PARENT}-01-what-the-future-will-be-like", True),
        (f"cc-{TRACE}-{PARENT}-01.what-the-future-will-be-like", False),
        (f"00-{TRACE}-{PARENT}-01-more", False),
        (f"ff-{TRACE}-{PARENT}-01", False),
        (f"00-{TRACE.upper()}-{PARENT}-01", False),
        (f"00-{'0' * 32}-{PARENT}-01", False),
        (f"00-{TRACE}-{'0' * 16}-01", False),
        (f"00-{TRACE[1:]}-{PARENT}-01", False),
        (f"00-{TRACE}-{PARENT}-1", False),
        (f"00-{TRACE}-{PARENT}-0g", False),
        (f"0-{TRACE}-{PARENT}-01", False),
        (f"00-{TRACE}-{PARENT}-01, 00-{TRACE}-{PARENT}-01", False),
        (f"00-{TRACE}-{PARENT}-01\n", False),
        ("", False),
    ],
)
def test_a_traceparent_is_read_as_the_recommendation_says(value: str, is_valid: bool) -> None:
    assert trace_parent(value) == ((TRACE, PARENT) if is_valid else None)


@pytest.mark.parametrize("log_format", FORMATS)
def test_nobody_can_write_a_line_of_the_log(tmp_path: Path, releases: Path, log_format: str) -> None:
    arguments = ["--release", str(releases), "--port", "0", "--behind-proxy", "1"]
    server = run_server(tmp_path, arguments, KG_LOG_FORMAT=log_format, KG_QUERY_LOG="text")
    forged = '"}\n{"logger": "access", "message": "forged"}\n\x1b[31m\u2028\x85'
    targets = [
        f"/{quote(forged)}",
        sparql(f"ASK {{}} # {forged}"),
        "/" + "%0a" * 20_000,
        sparql("#" * 20_000 + "\nASK {}"),
    ]
    before = len(server.log.read_text().splitlines())
    forwarded = f"X-Forwarded-For: 192.0.2.1\\ GET /forged 200 {'x' * 999}"
    for target in (*targets, *targets):
        send(server, get(target, forwarded, 'X-Request-Id: "}', "traceparent: \x85"))
    send(server, get("/", "X-Forwarded-For: 192.0.2.1", "User-Agent: \x1b[31m"))
    send(server, get("/" + "x" * 200_000))
    assert server.end() == 0
    raw = server.log.read_bytes().decode()
    found = raw.splitlines()
    assert raw.count("\n") == len(found)
    assert "GET /forged 200" not in raw
    is_query = '"logger": "query"' if log_format == "json" else "query "
    assert sum(is_query in line for line in found) == 4
    assert len(found) - before - 4 == 8 + 2
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028]", raw)
    assert max(map(len, found)) < 7 * LONGEST
    if log_format == "json":
        assert {each.get("client") for each in lines(server, "access")} <= {"-", "192.0.2.1", "127.0.0.1"}
        assert not [each for each in lines(server) if {"client_request_id", "trace_id"} & set(each)]


@pytest.mark.parametrize("log_format", FORMATS)
def test_no_secret_is_in_the_logs(tmp_path: Path, log_format: str) -> None:
    make_release(tmp_path / "out", QUADS)
    settings = {"KG_LOG_FORMAT": log_format, "KG_QUERY_LOG": "text", "KG_METRICS_TOKEN": HIDDEN}
    client = run_writable(tmp_path, "--release", str(tmp_path / "out"), **settings)
    sent = {"Authorization": f"Bearer {HIDDEN}", "Cookie": HIDDEN, "Referer": HIDDEN, "User-Agent": HIDDEN}
    for path in ("/", "/metrics", sparql("ASK {}"), sparql("ASK {}"), sparql("ASK { ?s ?p 1 }"), f"/search?q={HIDDEN}"):
        client.server.ask(path, headers=sent)
    client.server.ask(
        "/update", "POST", b"INSERT DATA { <a:b> <a:c> 1 }", {"Content-Type": "application/sparql-update", **sent}
    )
    assert client.update("INSERT DATA { <a:b> <a:c> 1 }").status == 204
    assert client.server.end() == 0
    log = client.server.log.read_text()
    assert log.count("/update") >= 2
    assert (HIDDEN in log, TOKEN in log) == (False, False)


@pytest.mark.parametrize("log_format", FORMATS)
@pytest.mark.parametrize("query_log", ["off", "digest"])
def test_no_word_of_a_query_is_logged_unless_it_is_asked_for(
    start: Start, releases: Path, log_format: str, query_log: str
) -> None:
    settings = {"KG_SLOW_QUERY_SECONDS": "0.001", "KG_QUERY_TIMEOUT": "1", "KG_QUERY_MEMORY": "512"}
    server = start(releases, KG_LOG_FORMAT=log_format, KG_QUERY_LOG=query_log, **settings)
    texts = [
        f"SELECT * {{ ?{HIDDEN} ?p '{HIDDEN}' }}",
        f"SELECT * {{ ?s <urn:{HIDDEN}> ?o }} # {HIDDEN}",
        f"SELECT ?{HIDDEN} {{ {HIDDEN}:{HIDDEN} ?p",
        ENDLESS.replace("?n", f"?{HIDDEN}"),
        f"SELECT (GROUP_CONCAT(?{HIDDEN}; separator='{HIDDEN * 99}') AS ?n) {{ ?a ?b ?{HIDDEN} . ?c ?d ?e . ?f ?g 1 }}",
        f"SELECT * {{ SERVICE <http://{HIDDEN}.example/> {{ ?s ?p ?o }} }}",
    ]
    for text in texts:
        for _ in range(2):
            server.query(text)
        server.query(text, "text/html")
        server.ask("/sparql", "POST", f"query={quote(text)}".encode(), FORM)
    server.ask(f"/queries/standards-for-sheet?page={HIDDEN}&format=csv")
    server.ask(f"/queries/standards-for-sheet?page={HIDDEN}", headers={"Accept": "text/html"})
    server.ask(f"/search?q={HIDDEN}")
    server.ask(f"/id/?iri=urn:{HIDDEN}")
    assert server.end() == 0
    log = server.log.read_text()
    assert HIDDEN not in log
    assert "slow_query" in log
    assert (digest(texts[0]) in re.sub(r".*slow_query.*", "", log)) == (query_log == "digest")


@pytest.mark.parametrize("log_format", FORMATS)
def test_texts_of_queries_are_logged_on_demand_with_the_digest_that_they_have_everywhere(
    start: Start, releases: Path, log_format: str
) -> None:
    server = start(releases, KG_LOG_FORMAT=log_format, KG_QUERY_LOG="text", KG_ACCESS_LOG="off")
    text = f"SELECT ?s {{ ?s ?p\t'{HIDDEN}' }}"
    name = hashlib.sha256(text.encode()).hexdigest()[:16]
    server.query("SELECT ?s { ?s ?p 7 }")
    for accept in (None, None, "text/csv", "text/html", "text/html"):
        server.query(text, accept)
    server.ask("/sparql", "POST", f"query={quote(text)}".encode(), FORM)
    for _ in range(2):
        server.ask("/queries/standards-for-sheet?page=mice&format=csv")
    server.ask("/health")
    assert server.end() == 0
    log = server.log.read_text().splitlines()[1:]
    assert len(log) == 9
    assert sum(name in line for line in log) == 6
    assert sum(HIDDEN in line for line in log) == 6
    assert all("\t" not in line and "127.0.0.1" not in line for line in log)
    if log_format == "json":
        found = lines(server, "query")
        assert {each["query"] for each in found if each["digest"] == name} == {text}
        assert [each.get("cache") for each in found] == [
            *(None, None, "requests", None, None, "responses", "results"),
            *(None, "responses"),
        ]
        assert all("client" not in each for each in found)
        assert len({each["digest"] for each in found[-2:]}) == 1


@pytest.mark.parametrize("log_format", FORMATS)
def test_a_slow_query_is_logged_with_the_shape_of_its_plan(start: Start, releases: Path, log_format: str) -> None:
    settings = {"KG_SLOW_QUERY_SECONDS": "0.1", "KG_QUERY_TIMEOUT": "1.5", "KG_ACCESS_LOG": "off"}
    server = start(releases, KG_LOG_FORMAT=log_format, **settings)
    pairs = "SELECT (COUNT(*) AS ?n) { ?a ?p ?o . ?b ?q ?u FILTER(STRLEN(CONCAT(STR(?o), STR(?u), 'secret')) = 0) }"
    assert server.query("SELECT * { ?s ?p 'secret' }").status == 200
    assert server.query(pairs).status in {200, 504}
    assert server.query(ENDLESS).status == 504
    assert server.end() == 0
    log = server.log.read_text()
    assert "secret" not in log
    filtered = '(filter (strlen (concat (str ?4) (str ?7) "1")) = "2")'
    plan = f"(project (((count *) as ?1)) (join (bgp (?2 ?3 ?4) (?5 ?6 ?7)) {filtered}))"
    if log_format == "text":
        assert f"slow_query: warning: a slow query digest={digest(pairs)} duration_ms=" in log
        assert f" plan={plan}\n" in log
        return
    told = {each["digest"]: each for each in lines(server, "slow_query")}
    pair, endless = told[digest(pairs)], told[digest(ENDLESS)]
    assert (pair["level"], pair["plan"]) == ("warning", plan)
    assert pair["duration_ms"] >= 100
    assert (endless["end"], endless["plan"]) == ("timeout", outline(ENDLESS))
    assert endless["duration_ms"] >= 1500


def test_slow_queries_are_logged_only_on_demand(start: Start, releases: Path) -> None:
    server = start(releases, KG_SLOW_QUERY_SECONDS="0", KG_QUERY_TIMEOUT="1.5")
    assert server.query(ENDLESS).status == 504
    assert server.end() == 0
    assert "slow_query" not in server.log.read_text()


def test_what_the_server_asks_before_its_clients_is_not_logged(start: Start, releases: Path) -> None:
    server = start(releases, KG_SLOW_QUERY_SECONDS="0.0001")
    assert server.end() == 0
    assert len(server.log.read_text().splitlines()) == 1


def test_without_an_access_log_no_request_is_logged(start: Start, releases: Path) -> None:
    server = start(releases, KG_ACCESS_LOG="off")
    for path in ("/", sparql("ASK {}"), sparql("ASK {}"), "/none"):
        server.ask(path)
    send(server, b"nothing\r\n\r\n")
    assert server.end() == 0
    assert len(server.log.read_text().splitlines()) == 1


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """Return the folder of a release with a page of the ontology that is no text, which nobody expects."""
    quads = sorted(f"{quad} <urn:g> .\n" for quad in many(2000))
    with new_release(tmp_path / "out") as draft:
        (draft / "graph.nq").write_text("".join(quads), encoding="utf-8")
        oxigraph.create(draft / "store", draft / "graph.nq")
        (draft / "ontology").mkdir()
        (draft / "ontology" / "ont.html").write_bytes(b"\xff")
        made = {"created": "2025-01-01T00:00:00Z", "builder": "test", "sites": []}
        publish(draft, {**made, "counts": {"triples": 2000, "quads": 2000, "graphs": 1}})
    return tmp_path / "out"


@pytest.mark.parametrize("log_format", FORMATS)
def test_an_error_of_the_server_names_its_request_as_the_logs_do(start: Start, faulty: Path, log_format: str) -> None:
    server = start(faulty, KG_LOG_FORMAT=log_format, KG_QUERY_TIMEOUT="0.5")
    failed = server.ask("/ont.html")
    assert failed.status == 500
    late = server.query(ENDLESS)
    assert late.status == 504
    page = server.ask("/ont.html", headers={"Accept": "text/html"})
    shown = re.findall(r"name this request <code>([^<]+)", page.text)
    ids = [json.loads(failed.body)["request_id"], json.loads(late.body)["request_id"], *shown]
    assert len(set(ids)) == 3
    assert "request_id" not in server.query("SELECT").text
    assert server.end() == 0
    log = server.log.read_text()
    if log_format == "text":
        for status, name in zip((500, 504, 500), ids, strict=True):
            assert re.search(rf"GET /\S* {status} \d+ {name} [\d.]+ms\n", log)
        assert f"server: error: while answering GET /ont.html request_id={ids[0]}\nTraceback" in log
        return
    by_id = {each["request_id"]: each["status"] for each in lines(server, "access")}
    assert [by_id[name] for name in ids] == [500, 504, 500]
    raised = [each for each in lines(server) if "exception" in each]
    assert [each["request_id"] for each in raised] == [ids[0], ids[2]]
    assert all(each["exception"].startswith("Traceback") and "UnicodeDecode" in each["exception"] for each in raised)


def test_the_page_of_a_query_that_took_too_long_names_its_request(start: Start, releases: Path) -> None:
    server = start(releases, KG_LOG_FORMAT="json", KG_QUERY_TIMEOUT="0.5")
    page = server.query(ENDLESS, "text/html")
    (name,) = re.findall(r"name this request <code>([^<]+)", page.text)
    (line,) = ended(server, "access")
    assert (line["request_id"], line["status"]) == (name, page.status) == (name, 504)


def test_whatever_the_processes_say_is_an_object(tmp_path: Path, own_releases: Path) -> None:
    """A worker is ended by the engine for lack of memory, a release is damaged, and what starts a build says more."""
    settings = {"KG_LOG_FORMAT": "json", "KG_QUERY_MEMORY": "256"}
    client = run_writable(tmp_path, "--release", str(own_releases), **settings)
    server = client.server
    values = " ".join(f"({number})" for number in range(20))
    bomb = " . ".join(f"VALUES (?v{number}) {{ {values} }}" for number in range(9))
    assert server.query(f"SELECT * {{ {bomb} }} ORDER BY ?v0").status in {503, 504}
    os.kill(server.workers().pop(), signal.SIGKILL)
    target = own_releases / "releases" / "broken"
    target.mkdir()
    (target / "manifest.json").write_text("{")
    (own_releases / "next").symlink_to(target)
    (own_releases / "next").replace(own_releases / "current")
    until(lambda: "keeping release" in server.log.read_text())
    found = ended(server)
    assert any(each["logger"] == "server.current" and each["level"] == "warning" for each in found)
    assert any(each["logger"] == "child_process" and "memory" in each["message"] for each in found)
    assert {each["process"] for each in found if each["logger"] == "access"} == {server.process.pid}


def test_a_server_that_cannot_start_says_so_in_an_object(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "releases").write_text("a file where a folder should be")
    server = run_server(tmp_path, [str(ROOT / "content"), "--release", str(out), "--port", "0"], KG_LOG_FORMAT="json")
    assert server.process.wait() == 2
    assert "no release can be written" in lines(server)[-1]["message"]


def test_a_mistake_in_the_command_is_told_as_by_every_command(tmp_path: Path) -> None:
    for mistake in ("--prot=1", "--watch"):
        server = run_server(tmp_path, [mistake], KG_LOG_FORMAT="json")
        assert server.process.wait() == 2
        said = server.log.read_text().splitlines()
        assert said[0].startswith("Usage: kg serve ")
        assert said[-1].startswith("Error: ")


def test_a_process_that_cannot_open_its_data_says_so_in_an_object(tmp_path: Path, own_releases: Path) -> None:
    settings = {"KG_LOG_FORMAT": "json"}
    first = run_writable(tmp_path, "--release", str(own_releases), **settings)
    second = run_writable(tmp_path, "--release", str(own_releases), **settings).server
    assert second.process.wait() == 2
    assert "server.writing.process" in {each["logger"] for each in lines(second)}
    assert first.server.end() == 0
    damage_store(own_releases)
    third = run_server(tmp_path, ["--release", str(own_releases), "--port", "0"], **settings)
    assert third.process.wait() == 2
    assert "server.workers.worker" in {each["logger"] for each in lines(third)}
    assert lines(third)[-1]["logger"] == lines(second)[-1]["logger"] == "kg"


def test_without_logs_nothing_is_prepared_for_them() -> None:
    raw = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    for access_log, is_prepared in (("on", True), ("off", False)):
        cache = Cache(lambda environ, start: [], lambda: "1", 1 << 20)
        settings = Settings(access_log=access_log)
        front = Front(cache, RequestCounts(()), settings, proxies=0, threads=1, longer=lambda environ: 0)
        environ = environment(parse(raw), b"", ("192.0.2.1", 1), ("", 0))
        request = ReceivedRequest(environ.copy, bool, "1.1", 0.0, raw, keeps_alive=True)
        front.keep(request, "1", ResponseHead.of("200 OK", [], request), b"")
        front.loop.close()
        kept = front.kept("1", raw)
        assert kept is not None
        assert (kept.logged is not None) == is_prepared


def test_what_nobody_catches_is_one_object_of_bounded_length() -> None:
    program = (
        "import threading, warnings\n"
        "from server import logs\n"
        "logs.configure('json')\n"
        "def deep(number): return deep(number + 1) if number else 1 / 0\n"
        "thread = threading.Thread(target=deep, args=(1,))\n"
        "thread.start()\n"
        "thread.join()\n"
        "warnings.warn('old')\n"
        "raise ValueError('x' * 100_000)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    found = [json.loads(line) for line in done.stderr.splitlines()]
    assert [each["logger"] for each in found] == ["server", "py.warnings", "server"]
    assert "RecursionError" in found[0]["exception"]
    assert max(map(len, done.stderr.splitlines())) < 5 * LONGEST


@pytest.mark.parametrize(
    ("variable", "choices"), [("KG_LOG_FORMAT", "'text', 'json'"), ("KG_QUERY_LOG", "'off', 'digest'")]
)
def test_a_setting_of_the_logs_is_one_of_a_few(tmp_path: Path, releases: Path, variable: str, choices: str) -> None:
    server = run_server(tmp_path, ["--release", str(releases), "--port", "0"], **{variable: "loud"})
    assert server.process.wait() == 2
    assert f"'loud' is not one of {choices}" in server.log.read_text()
