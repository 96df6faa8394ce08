"""The layers before the application: cache, conditional requests, compression, proxies, log."""

from __future__ import annotations

import gzip
import http.client
import json
import re
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from urllib.parse import quote

import brotli
import pytest
import zstandard

from tests.server.serving import QUADS, ROOT, SHEET, Reply, Server, Start, make_release, run_server, until

pytestmark = pytest.mark.slow

SMALL = "/sparql?query=" + quote(f"SELECT ?p {{ <{SHEET}> ?p ?o }} ORDER BY ?p")
LARGE = "/sparql?format=tsv&query=" + quote("SELECT * { ?a <http://example.org/p> ?b . ?c <http://example.org/p> ?d }")
ALL = "/sparql?format=csv&query=" + quote("SELECT ?s { ?s <http://example.org/p> ?o } ORDER BY ?s")
DECODE = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body),
}


def get(server: Server, path: str, **headers: str) -> Reply:
    return server.ask(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


def queries_answered(server: Server) -> int:
    """Return the number of waits of all workers' threads, which change only while a query is answered."""
    return settled(
        lambda: sum(switches(task) for pid in server.workers() for task in Path(f"/proc/{pid}/task").iterdir())
    )


def settled(count: Callable[[], int]) -> int:
    """Return a count once it no longer changes: a thread's wait counts when the thread waits again."""
    for _ in range(100):
        before = count()
        time.sleep(0.3)
        if 0 < before == count():
            return before
    pytest.fail("something is done all the time")


def switches(task: Path) -> int:
    """Return the number of times that a thread has waited; -1 if it has ended."""
    try:
        status = (task / "status").read_text()
    except OSError:
        return -1
    return int(re.findall(r"^voluntary_ctxt_switches:\s*(\d+)", status, re.MULTILINE)[0])


def test_canned_questions_are_answered_before_they_are_asked(start: Start, releases: Path) -> None:
    server = start(releases)
    before = queries_answered(server)
    for name, values in [("shared-recommendations", ""), ("standards-for-sheet", "?page=mice")]:
        assert get(server, f"/queries/{name}{values}", Accept="application/json, */*;q=0.1").status == 200
        assert get(server, f"/queries/{name}{values}", Host="kg.example").status == 200
    assert queries_answered(server) == before


TELL_READING = """
import os, sys

def tell(event, arguments):
    if event == "open" and arguments[1] in ("r", "rb"):
        os.write(2, f"opened {os.getpid()} {arguments[0]}\\n".encode())

sys.addaudithook(tell)
"""


def test_all_files_of_the_program_that_queries_need_are_read_before_it_serves(
    start: Start, releases: Path, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(TELL_READING)
    server = start(releases, PYTHONPATH=f"{tmp_path}:{ROOT}")
    queries_answered(server)  # those in advance
    assert get(server, SMALL).status == 200
    opened = re.compile(rf"^opened {server.process.pid} ({ROOT}/(?:kg|server)/.*)$", re.MULTILINE)
    before, _, after = server.log.read_text().partition("Serving release")
    assert opened.findall(before)
    assert opened.findall(after) == []


def test_what_was_answered_is_not_evaluated_again(server: Server) -> None:
    first = get(server, SMALL)
    before = queries_answered(server)
    for again in (get(server, SMALL), get(server, SMALL, If_None_Match=first.headers["ETag"])):
        assert again.headers["ETag"] == first.headers["ETag"]
        assert again.headers["Access-Control-Allow-Origin"] == "*"
    assert server.ask(SMALL, "HEAD").headers["Content-Length"] == str(len(first.body))
    assert queries_answered(server) == before
    get(server, SMALL + "%20")
    assert queries_answered(server) > before


@pytest.mark.slow
def test_queries_are_answered_without_a_thread(server: Server) -> None:
    def others() -> int:
        return sum(map(switches, resting))

    def wakes_one(work: Callable[[], object]) -> bool:
        before = settled(others)
        work()
        return settled(others) > before

    def several_health_checks() -> None:  # any thread of the application answers
        for _ in range(20):
            get(server, "/health")

    first = get(server, SMALL)
    for _ in range(5):  # a thread may still be busy with what came before when they are counted
        several_health_checks()
        resting = resting_threads(server)
        if wakes_one(several_health_checks):
            break
    else:
        pytest.fail("the application answers without a thread that rested")

    def ask(new: str) -> None:
        assert get(server, SMALL).body == first.body
        assert get(server, SMALL + new).body == first.body

    # a thread of the server's own may wake at that moment, but not at each
    assert not all(wakes_one(partial(ask, "%20" * number)) for number in (2, 3, 4))


def resting_threads(server: Server) -> list[Path]:
    """Return the threads that did nothing for a second, without the main one."""
    tasks = [
        task for task in Path(f"/proc/{server.process.pid}/task").iterdir() if task.name != str(server.process.pid)
    ]
    counted = list(map(switches, tasks))
    time.sleep(1)  # without the thread that looks for another release
    return [task for task, count in zip(tasks, counted, strict=True) if switches(task) == count]


@pytest.mark.parametrize("condition", ["{}", '"x", {}', '{},"y"', "*", "strong"])
def test_a_client_that_has_the_answer_gets_304(server: Server, condition: str) -> None:
    etag = get(server, SMALL).headers["ETag"]
    assert etag.startswith('W/"')
    wanted = etag.removeprefix("W/") if condition == "strong" else condition.format(etag)
    reply = get(server, SMALL, If_None_Match=wanted)
    assert (reply.status, reply.body) == (304, b"")
    assert reply.headers["ETag"] == etag
    assert reply.headers["Cache-Control"] == "public, no-cache"
    assert server.ask(SMALL, "HEAD", headers={"If-None-Match": wanted}).status == 304


def test_any_copy_will_do_also_for_what_was_not_asked_before(server: Server) -> None:
    for path in (SMALL + "%20%20", LARGE):
        reply = get(server, path, If_None_Match="*")
        assert (reply.status, reply.body) == (304, b"")


def test_another_condition_gets_the_answer(server: Server) -> None:
    assert get(server, SMALL, If_None_Match='"x"').status == 200
    assert get(server, "/sparql?query=x", If_None_Match="*").status == 400


def test_etags_differ_by_query_dataset_format_and_coding(server: Server) -> None:
    paths = [SMALL, ALL, SMALL + "&default-graph-uri=urn:a", SMALL + "&format=csv", SMALL + "&format=xml"]
    tags = [get(server, path).headers["ETag"] for path in paths]
    tags += [get(server, ALL, Accept_Encoding=coding).headers["ETag"] for coding in DECODE]
    tags += [get(server, SMALL, Accept="text/csv").headers["ETag"]]
    assert len(set(tags)) == len(tags)


def test_a_post_is_kept_and_never_304(server: Server) -> None:
    sent = {"Content-Type": "application/sparql-query", "If-None-Match": "*"}
    one, two = (server.ask("/sparql", "POST", f"ASK {{ <{SHEET}> ?p {n} }}".encode(), sent) for n in ("7", "?o"))
    assert (one.status, two.status) == (200, 200)
    assert (one.text, two.text) == ('{"head":{},"boolean":false}', '{"head":{},"boolean":true}')
    before = queries_answered(server)
    assert server.ask("/sparql", "POST", f"ASK {{ <{SHEET}> ?p 7 }}".encode(), sent).text == one.text
    assert queries_answered(server) == before


def test_what_is_sent_otherwise_is_another_request(server: Server) -> None:
    sent = {"Content-Type": "application/sparql-query"}
    assert server.ask("/sparql", "POST", b"ASK { ?packed ?b ?c }", sent).status == 200
    assert server.ask("/sparql", "POST", b"ASK { ?packed ?b ?c }", {**sent, "Content-Encoding": "gzip"}).status == 415


@pytest.mark.parametrize("call", ["NOW()", "now ( )", "RAND()", "UUID()", "STRUUID()", "N\\u004fW()", "NOW#\n()"])
def test_what_is_different_each_time_is_not_kept(server: Server, call: str) -> None:
    replies = [server.query(f"SELECT ({call} AS ?x) {{}}") for _ in range(2)]
    assert all("ETag" not in reply.headers for reply in replies)
    assert replies[0].status == 400 or replies[0].body != replies[1].body


def test_problems_are_not_kept(server: Server) -> None:
    reply = server.query("SELECT <b>")
    assert reply.headers["Cache-Control"] == "no-store"
    assert "ETag" not in reply.headers


def test_a_new_release_makes_old_answers_void(start: Start, own_releases: Path) -> None:
    server = start(own_releases)
    old = get(server, SMALL)
    made = make_release(own_releases, [*QUADS, f'<{SHEET}> <http://example.org/new> "x"'])
    until(lambda: server.release() == made.id)
    new = get(server, SMALL, If_None_Match=old.headers["ETag"])
    assert new.status == 200
    assert "http://example.org/new" in new.text
    assert new.headers["ETag"] != old.headers["ETag"]


@pytest.mark.parametrize("coding", DECODE)
@pytest.mark.parametrize("path", [ALL, "/"])
def test_answers_are_compressed(server: Server, coding: str, path: str) -> None:
    plain = get(server, path)
    for _ in range(2):  # the second one from memory
        reply = get(server, path, Accept_Encoding=f"{coding};q=0.7, identity;q=0.2")
        assert reply.headers["Content-Encoding"] == coding
        assert "Accept-Encoding" in ",".join(reply.headers.get_all("Vary", []))
        assert DECODE[coding](reply.body) == plain.body
        assert len(reply.body) < len(plain.body) / 2


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, br, zstd", "zstd"),
        ("gzip;q=1.0, br;q=0.9, zstd;q=0.8", "gzip"),
        ("br", "br"),
        ("zstd;q=0, *", "br"),
        ("gzip;q=0", None),
        ("identity, gzip;q=0.5", None),
        ("compress, deflate", None),
        ("identity;q=0, *;q=0", None),
        ("", None),
    ],
)
def test_the_best_liked_coding_is_taken(server: Server, accepted: str, coding: str | None) -> None:
    assert get(server, ALL, Accept_Encoding=accepted).headers["Content-Encoding"] == coding


def test_small_answers_and_files_stay_as_they_are(server: Server) -> None:
    for path in ("/sparql?query=ASK%7B%7D", "/dumps/graph.nq"):
        assert "Content-Encoding" not in get(server, path, Accept_Encoding="gzip").headers


@pytest.mark.parametrize("coding", ["identity", *DECODE])
def test_a_large_answer_flows_before_it_is_whole(server: Server, coding: str) -> None:
    until(lambda: json.loads(server.ask("/health").body)["workers"]["idle"] == len(server.workers()) == 4)
    with closing(http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=60)) as connection:
        connection.request("GET", LARGE, headers={"Accept-Encoding": coding})
        with connection.getresponse() as response:
            assert response.headers.get("Content-Encoding", "identity") == coding
            assert response.read(100)  # 4 million rows would take seconds
            assert len(server.workers()) == 4
    until(lambda: server.query("ASK {}").status == 200)


def test_a_connection_serves_many_requests(server: Server) -> None:
    with closing(http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=60)) as connection:
        ports = set()
        for path, headers in [(SMALL, {}), (SMALL, {"If-None-Match": "*"}), (ALL, {}), ("/sparql?query=x", {})]:
            connection.request("GET", path, headers=headers)
            with connection.getresponse() as response:
                response.read()
            ports.add(connection.sock.getsockname()[1] if connection.sock else None)
        assert len(ports) == 1
        assert None not in ports


@pytest.mark.slow
def test_forwarded_addresses_count_only_when_told(tmp_path: Path, releases: Path) -> None:
    forged = {"X-Forwarded-For": "192.0.2.1, 192.0.2.2", "X-Forwarded-Host": "kg.example", "Accept": "text/turtle"}
    logs = {}
    for proxies in ("0", "1"):
        server = run_server(tmp_path, ["--release", str(releases), "--port", "0", "--behind-proxy", proxies])
        assert ("http://kg.example/sparql" in server.ask("/sparql", headers=forged).text) == (proxies == "1")
        server.end()
        logs[proxies] = server.log.read_text()
    assert "192.0.2.2 GET /sparql" in logs["1"]
    assert "192.0.2" not in logs["0"]


@pytest.mark.slow
def test_links_have_the_prefix_that_a_proxy_takes_away(tmp_path: Path, releases: Path) -> None:
    server = run_server(tmp_path, ["--release", str(releases), "--port", "0", "--behind-proxy", "1"])
    for path in ("/", "/queries/", "/ask"):
        page = server.ask(path, headers={"Accept": "text/html", "X-Forwarded-Prefix": "/kg"}).text
        links = re.findall(r'(?:href|src|action|data-\w+)="(/[^"]*)"', page)
        assert links
        assert [link for link in links if not link.startswith("/kg/")] == []
        assert 'href="/kg/' not in server.ask(path, headers={"Accept": "text/html"}).text
    server.end()


def test_the_log_has_a_line_for_each_request_and_no_secrets(start: Start, releases: Path) -> None:
    server = start(releases)
    secret = {"Authorization": "Bearer hush", "Content-Type": "application/sparql-query"}
    server.ask("/sparql", "POST", b"ASK { <urn:hidden> ?p ?o }", secret)
    get(server, "/sparql?query=" + "%0a" * 5000)
    get(server, "/%0aforged")
    until(lambda: server.log.read_text().count("ms\n") == 3)
    lines = server.log.read_text().splitlines()[1:]
    assert any(re.fullmatch(r"127\.0\.0\.1 POST /sparql 200 \d+ [\d.]+ms", line) for line in lines)
    assert len(lines) == 3
    assert max(len(line) for line in lines) < 300
    assert "hush" not in str(lines)
    assert "hidden" not in str(lines)
    assert any("GET /\\nforged 404" in line for line in lines)


def test_one_client_leaves_room_for_others(start: Start, releases: Path) -> None:
    """Four endless queries of one client: two go on, two are told that they are too many, tiny ones are answered."""
    server = start(releases, KG_QUERY_TIMEOUT="4", KG_QUERY_WORKERS="8")
    endless = "/sparql?query=" + quote("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    connections = [http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=60) for _ in range(4)]
    for connection in connections:
        connection.request("GET", endless)
    assert server.query("ASK {}").status == 200
    statuses = []
    for connection in connections:
        with connection.getresponse() as response:
            statuses.append(response.status)
            assert int(response.headers["Retry-After"]) > 0
        connection.close()
    assert sorted(statuses) == [429, 429, 504, 504]


def test_a_client_that_has_used_up_its_time_comes_back_later(start: Start, releases: Path) -> None:
    server = start(releases, KG_QUERY_TIMEOUT="3", KG_CLIENT_SECONDS="1")
    assert server.query("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }").status == 504
    reply = server.query("ASK { ?s ?p 7 }")
    assert reply.status == 429
    assert int(reply.headers["Retry-After"]) > 0
    assert server.ask("/health").status == 200
