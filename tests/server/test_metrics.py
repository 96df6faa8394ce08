"""``/metrics``: what it counts under load, who may read it, and what it never shows."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.server.serving import QUADS, ROOT, Reply, Server, Start, make_release, many, run_server, until
from tests.server.test_processes import begin_endless

pytestmark = pytest.mark.slow

TOKEN = "hush-hush"
ASKED = {
    ("/sparql", "bindings", "200"): "/sparql?query=" + quote("SELECT ?s { ?s ?p ?o } LIMIT 1"),
    ("/sparql", "boolean", "200"): "/sparql?query=" + quote("ASK {}"),
    ("/sparql", "graph", "200"): "/sparql?query=" + quote("CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1"),
    ("/sparql", "bindings", "400"): "/sparql?query=" + quote("SELECT * {"),
    ("/queries", "bindings", "200"): "/queries/standards-for-sheet?page=mice",
    ("/search", "", "404"): "/search?q=mice",
    ("/", "", "200"): "/",
    ("other", "", "404"): "/never-heard-of-it",
}
"""Route, form and status → address of a request that is counted so."""
HOSTILE = ("/metrics%22%7D", "/%0Akg_requests_total%201", "/a/b?c", "/sparq%6C/../x", "//x", "/%F0%9F%90%81")


def samples(reply: Reply) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Return name and labels → value of what is told."""
    assert (reply.status, reply.media_type) == (200, "text/plain")
    found = [each for family in text_string_to_metric_families(reply.text) for each in family.samples]
    told = {(each.name, frozenset(each.labels.items())): each.value for each in found}
    assert len(told) == len(found)
    return told


def of(reply: Reply, name: str) -> dict[tuple[str, ...], float]:
    """Return values of the labels, in the order of their names → value of one metric."""
    return {
        tuple(value for _, value in sorted(labels)): each
        for (told, labels), each in samples(reply).items()
        if told == name
    }


def requests(server: Server) -> Counter[tuple[str, str, str]]:
    """Return route, form and status → number of requests, without those for metrics."""
    told = of(server.ask("/metrics"), "kg_requests_total")
    found = {(route, form, status): int(number) for (form, route, status), number in told.items()}
    return Counter({kind: number for kind, number in found.items() if kind[0] != "/metrics"})


@pytest.fixture
def fresh(start: Start, own_releases: Path) -> Server:
    """Return a server that nobody has asked anything."""
    make_release(own_releases, [*QUADS, *many(2000)])
    return start(own_releases, KG_QUERY_WORKERS="2", KG_QUERY_TIMEOUT="1", KG_METRICS_TOKEN=TOKEN)


def test_what_several_clients_ask_is_counted(fresh: Server) -> None:
    paths = [path for path in ASKED.values() for _ in range(12)]
    with ThreadPoolExecutor(6) as clients:
        scrapes = clients.submit(lambda: [samples(fresh.ask("/metrics")) for _ in range(10)])
        statuses = Counter(str(reply.status) for reply in clients.map(fresh.ask, paths))
        head = fresh.ask(ASKED["/sparql", "boolean", "200"], "HEAD")
        scrapes.result()
    assert head.status == 200
    counted = requests(fresh)
    assert counted == Counter(dict.fromkeys(ASKED, 12)) + Counter({("/sparql", "boolean", "200"): 1})
    for status, number in statuses.items():
        assert sum(each for kind, each in counted.items() if kind[2] == status) == number + (status == "200")


def test_forms_are_counted_wherever_the_answer_comes_from(fresh: Server) -> None:
    """The same query by POST comes from a worker and then from a cache; others differ from one before in their text."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for _ in range(3):
        assert fresh.ask("/sparql", "POST", b"query=ASK%7B%7D", form).status == 200
    for number in range(4):
        assert fresh.query(f"CONSTRUCT {{ ?s ?p {number} }} WHERE {{ ?s ?p ?o }} LIMIT 1").status == 200
    assert fresh.ask("/sparql?query=" + quote("SELECT * {}"), headers={"Accept": "text/html"}).status == 200
    assert requests(fresh) == {
        ("/sparql", "boolean", "200"): 3,
        ("/sparql", "graph", "200"): 4,
        ("/sparql", "bindings", "200"): 1,
    }


def test_the_classes_of_a_histogram_add_up(fresh: Server) -> None:
    for path in (*ASKED.values(), *ASKED.values()):
        fresh.ask(path)
    told = samples(fresh.ask("/metrics"))
    numbers = Counter[tuple[str | None, ...]]()
    for (name, labels), value in told.items():
        if name == "kg_requests_total":
            facts = dict(labels)
            numbers[facts["route"], facts["form"]] += int(value)
    for (route, form), number in numbers.items():
        labels = {"route": route, "form": form}.items()
        classes = {
            dict(each)["le"]: value
            for (name, each), value in told.items()
            if name.endswith("_bucket") and labels <= each
        }
        assert list(classes.values()) == sorted(classes.values())
        assert number == classes["+Inf"] == told["kg_request_seconds_count", frozenset(labels)]
        assert told["kg_request_seconds_sum", frozenset(labels)] > 0


def test_labels_are_a_fixed_set_whatever_strangers_ask(fresh: Server) -> None:
    for path in (*HOSTILE, *(f"/x{number}" for number in range(50))):
        fresh.ask(path)
    assert set(requests(fresh)) == {("other", "", "404"), ("/", "", "404"), ("/sparql", "", "404")}
    assert sum(requests(fresh).values()) == len(HOSTILE) + 50


def test_timeouts_refusals_and_waiting_queries_are_told(start: Start, releases: Path) -> None:
    server = start(releases, KG_QUERY_WORKERS="1", KG_QUERY_TIMEOUT="3", KG_QUEUE_SECONDS="0.1")
    connection = begin_endless(server)
    reply = server.ask("/metrics")
    assert of(reply, "kg_workers") == {("idle",): 0, ("busy",): 1}
    assert server.query("ASK {}").status == 503
    assert connection.getresponse().status == 504
    connection.close()
    assert requests(server) == {("/sparql", "boolean", "503"): 1, ("/sparql", "bindings", "504"): 1}
    until(lambda: of(server.ask("/metrics"), "kg_workers")["idle",] == 1)


def test_a_query_that_waits_is_told(start: Start, releases: Path) -> None:
    server = start(releases, KG_QUERY_WORKERS="1", KG_QUERY_TIMEOUT="5", KG_QUEUE_SECONDS="60", KG_CACHE="0")
    connection = begin_endless(server)
    with ThreadPoolExecutor(1) as other:
        waiting = other.submit(server.query, "ASK {}")
        until(lambda: of(server.ask("/metrics"), "kg_queries_waiting") == {(): 1})
        assert connection.getresponse().status == 504
        assert waiting.result().status == 200
    connection.close()
    until(lambda: of(server.ask("/metrics"), "kg_queries_waiting") == {(): 0})


def test_caches_memory_and_release_are_told(fresh: Server) -> None:
    before = of(fresh.ask("/metrics"), "kg_cache_hits_total")
    for _ in range(5):
        fresh.query("ASK {}")
    reply = fresh.ask("/metrics")
    assert of(reply, "kg_cache_hits_total")["requests",] == before["requests",] + 4
    assert set(of(reply, "kg_cache_misses_total")) == {("requests",), ("responses",), ("results",)}
    assert all(size > 0 for size in of(reply, "kg_cache_bytes").values())
    assert all(size > 1_000_000 for size in of(reply, "kg_resident_memory_bytes").values())
    ((release, _),) = of(reply, "kg_release_info")
    assert release == fresh.release()
    assert of(reply, "kg_release_created_timestamp_seconds") == {(): 1735689600}
    assert fresh.ask("/metrics", "HEAD").body == b""


@pytest.fixture
def proxied(tmp_path: Path, releases: Path) -> Iterator[Server]:
    """Return a server behind a proxy."""
    arguments = ["--release", str(releases), "--port", "0", "--behind-proxy", "1"]
    server = run_server(tmp_path, arguments, KG_METRICS_TOKEN=TOKEN)
    yield server
    assert server.end() == 0


def test_a_stranger_needs_the_token(proxied: Server) -> None:
    stranger = {"X-Forwarded-For": "127.0.0.1, 192.0.2.1"}
    for authorization in ("", "Bearer", "Bearer hush", f"Basic {TOKEN}", "Bearer \xe9", f"Bearer {TOKEN}x"):
        refused = proxied.ask("/metrics", headers={**stranger, "Authorization": authorization})
        assert (refused.status, refused.media_type) == (403, "application/problem+json")
    assert proxied.ask("/metrics", headers={**stranger, "Authorization": f"Bearer {TOKEN}"}).status == 200
    assert proxied.ask("/metrics", headers=stranger).status == 403
    assert proxied.ask("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status == 200
    shown = proxied.log.read_text() + proxied.ask("/metrics").text
    assert TOKEN not in shown
    environ = Path(f"/proc/{proxied.workers().pop()}/environ").read_bytes()
    assert TOKEN.encode() not in environ


@pytest.mark.parametrize("name", ["Forwarded", "X-Forwarded-For"])
def test_a_proxy_of_which_the_server_does_not_know_is_no_client_of_this_machine(server: Server, name: str) -> None:
    assert server.ask("/metrics", headers={name: "127.0.0.1"}).status == 403
    assert server.ask("/metrics", headers={"Authorization": "Bearer "}).status == 200


def test_without_the_library_a_problem_names_the_extra() -> None:
    program = (
        "import sys; sys.modules['prometheus_client'] = None\n"
        "from flask import Flask\n"
        "from server.http.protocol import Problem\n"
        "from server.views.metrics import metrics\n"
        "with Flask('a').test_request_context('/metrics', environ_base={'REMOTE_ADDR': '::1'}):\n"
        "    try: metrics(None)\n"
        "    except Problem as problem: print(problem.members())\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert re.search(r"'status': 404, .*pip install 'rdm-kg\[metrics\]'", done.stdout)
