"""Limits of a write: size, memory, time, network; after a refusal the overlay is unchanged."""

from __future__ import annotations

import json
import resource
import socket
import threading
from collections.abc import Iterator

import pytest

from tests.writing.clients import PROLOGUE, Client, writer_of
from tests.writing.conftest import StartWritable

G = "http://example.org/g"
HEAD = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://example.org/">'
TAIL = '<rdf:Description rdf:about="a:b"><e:p>{}</e:p></rdf:Description></rdf:RDF>'


def laughs(depth: int) -> str:
    entities = [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, depth)]
    return f'<!DOCTYPE r [<!ENTITY a0 "ha">{"".join(entities)}]>{HEAD}{TAIL.format(f"&a{depth - 1};")}'


def blowup() -> str:
    return f'<!DOCTYPE r [<!ENTITY a "{"x" * 1_000_000}">]>{HEAD}{TAIL.format("&a;" * 100_000)}'


@pytest.fixture(autouse=True)
def _as_it_was(over_release: Client) -> Iterator[None]:
    assert over_release.update(f"DROP ALL ; {PROLOGUE}INSERT DATA {{ GRAPH e:kept {{ e:s e:p 1 }} }}").status == 204
    yield
    assert over_release.update(f"{PROLOGUE}INSERT DATA {{ GRAPH e:kept {{ e:s e:p 2 }} }}").status == 204
    assert over_release.count("GRAPH ?g { e:s ?p ?o }") == 2
    assert not over_release.holds(f"GRAPH <{G}> {{}}")


@pytest.mark.parametrize("bomb", [laughs(10), blowup()], ids=["billion laughs", "quadratic blowup"])
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_entities_that_grow_without_end_are_ended(over_release: Client, method: str, bomb: str) -> None:
    reply = over_release.put(G, bomb, "application/rdf+xml", method)
    assert reply.status in (400, 503, 504), reply.text
    assert reply.media_type == "application/problem+json"


def test_entities_reach_no_file(over_release: Client) -> None:
    external = f'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>{HEAD}{TAIL.format("&a;")}'
    reply = over_release.put(G, external, "application/rdf+xml")
    assert reply.status == 400
    assert "root" not in reply.text


@pytest.mark.parametrize(
    "text",
    [
        "INSERT { e:s e:p ?a } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o . ?p ?q ?r . ?s ?t ?u }",
        "INSERT { ?a ?d ?g } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o . ?p ?q ?r . ?s ?t ?u }",
        "DELETE { ?a e:p 1 } WHERE { { SELECT ?a { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } ORDER BY ?a }}",
        "INSERT { e:s e:p 1 } WHERE " + "{" * 5_000 + "}" * 5_000,
        "INSERT { e:s e:p 1 } WHERE { FILTER(" + "(" * 20_000 + "1" + ")" * 20_000 + ") }",
        "INSERT DATA { e:s e:p " + "[ e:p " * 20_000 + "1" + "]" * 20_000 + " }",
    ],
    ids=["product", "rows", "sort", "braces", "brackets", "blank nodes"],
)
def test_a_bomb_is_ended(over_release: Client, text: str) -> None:
    reply = over_release.update(PROLOGUE + text)
    assert reply.status in (204, 400, 503, 504)
    assert reply.status != 204 or over_release.update("CLEAR DEFAULT").status == 204
    assert over_release.count("GRAPH ?g { e:s ?p ?o }") == 1


def test_a_bomb_leaves_no_trace_of_the_engine_in_the_log(start: StartWritable) -> None:
    client = start("--no-release", KG_QUERY_MEMORY="256", RUST_BACKTRACE="1")
    assert client.put(G, blowup(), "application/rdf+xml").status == 503
    assert client.put(G, "<a:b> <a:c> 1 .").status == 201
    log = client.server.log.read_text()
    assert "memory allocation of" in log
    assert "stack backtrace" not in log


def test_nothing_is_fetched(over_release: Client) -> None:
    """A server that would be asked is there, and nobody asks it."""
    asked = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_note, args=(listener, asked), daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/x.ttl"
        context = f'{{"@context": "{url}", "name": "a"}}'
        assert over_release.put(G, context, "application/ld+json").status == 403
        assert over_release.update(f"LOAD <{url}>").status == 403
        assert over_release.update(f"LOAD <{url}> INTO GRAPH <{G}>").status == 403
        assert over_release.update(f"LOAD SILENT <{url}> INTO GRAPH <{G}>").status == 204
        for silent in ("", "SILENT "):
            where = f"{{ SERVICE {silent}<{url}> {{ ?s ?p ?o }} }}"
            assert over_release.update(f"INSERT {{ ?s ?p ?o }} WHERE {where}").status == 403
        assert not asked.is_set()


def _note(listener: socket.socket, asked: threading.Event) -> None:
    try:
        listener.accept()[0].close()
        asked.set()
    except OSError:
        pass


def test_a_body_that_is_too_long_is_a_413(over_release: Client) -> None:
    long = b"#" * (16 * 1024 * 1024 + 1)
    assert over_release.ask("/store?default", "PUT", long, Content_Type="text/turtle").status == 413
    assert over_release.update(long.decode()).status == 413


def test_a_long_document_is_taken(over_release: Client) -> None:
    """More than a query may have."""
    lines = (f'<http://example.org/long> <http://example.org/{n}> "{"x" * 1000}" .' for n in range(3000))
    assert over_release.put("", "\n".join(lines)).status == 204
    assert over_release.count("e:long ?p ?o") == 3000
    update = " ".join(f"e:long2 e:p{n} '{'x' * 1000}' ." for n in range(3000))
    assert over_release.update(f"{PROLOGUE}INSERT DATA {{ {update} }}").status == 204
    assert over_release.count("e:long2 ?p ?o") == 3000
    form = b"update=" + b"%20" * 1_000_000 + b"CLEAR%20DEFAULT"
    assert over_release.ask("/update", "POST", form, Content_Type="application/x-www-form-urlencoded").status == 204


def test_a_graph_larger_than_one_transaction_takes_is_written_and_removed_again(start: StartWritable) -> None:
    client = start("--no-release", KG_QUERY_MEMORY="512", KG_QUERY_TIMEOUT="600")
    lines = [f'<http://example.org/{n}> <http://example.org/p> "{n}" .' for n in range(200_000)]
    assert client.put(f"{G}/other", lines[0]).status == 201
    assert client.put(G, "\n".join(lines)).status == 201
    assert client.count("GRAPH ?g { ?s ?p ?o }") == len(lines) + 1
    assert client.put(G, lines[7]).status == 204
    assert client.count("GRAPH ?g { ?s ?p ?o }") == 2


def test_a_disk_that_takes_no_more_leaves_nothing_half_written(start: StartWritable) -> None:
    client = start("--no-release")
    assert client.put(G, "<a:b> <a:c> 1 .").status == 201
    resource.prlimit(writer_of(client.server), resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))
    lines = (f'<http://example.org/{n}> <http://example.org/p> "{n}{"x" * 200}" .' for n in range(30_000))
    reply = client.put(f"{G}/large", "\n".join(lines))
    assert (reply.status, reply.media_type) == (507, "application/problem+json")
    resource.prlimit(writer_of(client.server), resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert client.put(G, "<a:b> <a:c> 2 .").status == 204
    assert client.count("GRAPH ?g { ?s ?p ?o }") == 1
    assert client.holds("<a:b> <a:c> 2") is client.holds("GRAPH ?g { ?s e:p ?o }") is False
    assert client.holds("GRAPH ?g { <a:b> <a:c> 2 }")


def test_a_problem_says_where_an_update_is_wrong(over_release: Client) -> None:
    text = "PREFIX a: <a:>\nINSERT DATA { a:b a:c 1 } ;\nPREFIX b: <b:> INSERT DATA { b:b a:c }"
    problem = json.loads(over_release.update(text).body)
    assert (problem["status"], problem["line"]) == (400, 3)
    assert 35 <= problem["column"] <= 40
    assert f"3:{problem['column']}" in problem["detail"]
