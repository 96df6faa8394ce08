"""The cache, the headers of CORS and the policy of pages as values; what a refusal tells the client."""

from __future__ import annotations

import pytest
from flask import Response

from kg.query import FORMATS, Form
from server.http.cors import HEADERS, admit
from server.http.lru import LRUCache
from server.http.negotiation import choose, not_acceptable
from server.http.policy import POLICY, with_style
from server.http.protocol import FORM_TYPE, QUERY_TYPE, Problem, Request, parse

OVERHEAD = 1024


def test_an_entry_counts_with_its_overhead_and_may_fill_the_cache() -> None:
    cache = LRUCache[str](2 * (OVERHEAD + 10))
    cache.put("1", "a", "A", 10)
    cache.put("1", "b", "B", 10)
    assert (cache.get("1", "a"), cache.get("1", "b")) == ("A", "B")
    cache.put("1", "c", "C", 0)
    assert [cache.get("1", key) for key in "abc"] == [None, "B", "C"]


def test_what_was_wanted_last_stays_longest() -> None:
    cache = LRUCache[str](2 * OVERHEAD)
    cache.put("1", "a", "A", 0)
    cache.put("1", "b", "B", 0)
    assert cache.get("1", "a") == "A"
    cache.put("1", "c", "C", 0)
    assert [cache.get("1", key) for key in "abc"] == ["A", None, "C"]


def test_a_key_keeps_its_first_value_and_counts_once() -> None:
    cache = LRUCache[str](2 * OVERHEAD)
    for value in ("A", "B", "C", "D"):
        cache.put("1", "a", value, 0)
    cache.put("1", "b", "B", 0)
    assert (cache.get("1", "a"), cache.get("1", "b")) == ("A", "B")


def test_what_is_larger_than_the_cache_is_not_kept_and_takes_no_room() -> None:
    cache = LRUCache[str](OVERHEAD)
    cache.put("1", "a", "A", 1)
    assert cache.get("1", "a") is None
    cache.put("1", "b", "B", 0)
    assert cache.get("1", "b") == "B"


def test_a_large_value_takes_the_place_of_several() -> None:
    cache = LRUCache[str](3 * OVERHEAD)
    for key in "abc":
        cache.put("1", key, key, 0)
    cache.put("1", "d", "D", 2 * OVERHEAD)
    assert [cache.get("1", key) for key in "abcd"] == [None, None, None, "D"]


def test_another_version_empties_the_cache_and_gives_its_room_back() -> None:
    cache = LRUCache[str](2 * OVERHEAD)
    cache.put("1", "a", "A", OVERHEAD)
    cache.put("2", "b", "B", 0)
    cache.put("2", "c", "C", 0)
    assert [cache.get("2", key) for key in "abc"] == [None, "B", "C"]
    assert cache.get("1", "b") is None


def test_every_answer_may_be_read_by_pages_of_any_origin() -> None:
    response = Response(headers={"Allow": "GET"})
    admit(response, "GET")
    assert {name: response.headers[name] for name in HEADERS} == HEADERS
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Methods" not in response.headers


@pytest.mark.parametrize(("allow", "methods"), [("GET, PUT", "GET, PUT"), (None, "GET, HEAD, OPTIONS")])
def test_a_browser_that_asks_first_is_told_what_it_may_send(allow: str | None, methods: str) -> None:
    response = Response(headers={"Allow": allow} if allow else {})
    admit(response, "OPTIONS")
    assert response.headers["Access-Control-Allow-Methods"] == methods
    assert response.headers["Access-Control-Allow-Headers"] == ("Accept, Authorization, Content-Type, If-None-Match, *")
    assert response.headers["Access-Control-Max-Age"] == "86400"


def test_one_style_sheet_is_let_in_and_all_else_stays() -> None:
    assert with_style("sha256-x") == POLICY.replace("style-src 'self';", "style-src 'self' 'sha256-x';")
    assert with_style("sha256-x") != POLICY


@pytest.mark.parametrize(
    ("accept", "bindings", "graph"),
    [
        ("text/*;q=0.5, */*;q=0.5", "csv", "turtle"),
        ("*/*;q=0.5, text/*;q=0.5", "csv", "turtle"),
        ("application/trig, text/turtle", None, "trig"),
        ("text/turtle, application/trig", None, "turtle"),
        ("text/csv;q=.5, text/tab-separated-values;q=.6", "tsv", None),
        ("text/csv;q=.5, text/tab-separated-values;q=.4", "csv", None),
        ("text/csv;q=0.1, text/tab-separated-values;q=0.2, text/csv;q=0.3", "csv", None),
        ("text/*;q=0, */*", "json", "ntriples"),
        ("application/x-trig", None, "trig"),
        ("text/n3;q=0.9, application/ld+json;q=0.8", None, "turtle"),
    ],
)
def test_what_is_named_exactly_and_first_is_liked_best(accept: str, bindings: str | None, graph: str | None) -> None:
    chosen = {form: fmt.name if fmt else None for form, fmt in choose(accept).items()}
    assert (chosen[Form.BINDINGS], chosen[Form.GRAPH]) == (bindings, graph)


@pytest.mark.parametrize(
    ("named", "names"),
    [
        ("json-ld", {"jsonld"}),
        ("rdf", {"rdfxml"}),
        ("n3", {"turtle"}),
        ("nt", {"ntriples"}),
        ("nq", {"nquads"}),
        ("application/rdf xml", {"rdfxml"}),
        ("application/rdf+xml; charset=utf-8", {"rdfxml"}),
        (" Turtle ", {"turtle"}),
    ],
)
def test_a_format_has_other_names(named: str, names: set[str]) -> None:
    assert {fmt.name for fmt in choose(None, named).values() if fmt} == names


def test_an_unknown_format_is_a_bad_request_that_names_each_once() -> None:
    with pytest.raises(Problem, match=r"^no format 'x'; there are json, xml, csv, tsv, .*turtle") as raised:
        choose(None, "x")
    assert raised.value.status == 400
    known = raised.value.detail.partition("there are ")[2].split(", ")
    assert sorted(set(known)) == sorted(known)


def test_what_is_not_acceptable_says_so_to_caches_too() -> None:
    problem = not_acceptable(FORMATS[Form.BOOLEAN], what="this answer")
    available = ", ".join(fmt.media_type for fmt in FORMATS[Form.BOOLEAN])
    assert problem.detail == f"this answer is available as {available}"
    assert problem.headers == {"Vary": "Accept"}


@pytest.mark.parametrize(
    ("request_", "detail", "headers"),
    [
        (Request("GET", b"a=%ff"), "a parameter is not UTF-8", {}),
        (Request("GET", b"a=\xff"), "a parameter is not UTF-8", {}),
        (Request("POST", b"", QUERY_TYPE, b"\xff"), "the query is not UTF-8", {}),
        (
            Request("POST", b"query=A", QUERY_TYPE, b"A"),
            "there is a query in the URL and another in the body; send one",
            {},
        ),
        (
            Request("POST", b"query=A", FORM_TYPE, b"query=A"),
            "there is a query in the URL and another in the body; send one",
            {},
        ),
        (
            Request("POST", b"", "", b"A"),
            f"a POST must be of type {QUERY_TYPE} or {FORM_TYPE}, and the request names none",
            {"Accept-Post": f"{QUERY_TYPE}, {FORM_TYPE}"},
        ),
        (
            Request("POST", b"", "text/plain", b"A"),
            f"a POST must be of type {QUERY_TYPE} or {FORM_TYPE}, not text/plain",
            {"Accept-Post": f"{QUERY_TYPE}, {FORM_TYPE}"},
        ),
        (
            Request("POST", b"", QUERY_TYPE, b"A", "gzip"),
            "a body must be sent without a content coding, not as gzip",
            {"Accept-Encoding": "identity"},
        ),
        (Request("POST", b"", QUERY_TYPE + "; charset=latin-1", b"A"), "the body must be UTF-8, not latin-1", {}),
        (Request("GET", b"query=A&update=B"), "this address takes queries, no updates", {}),
        (Request("GET", b"query=A&query=B"), "expected one parameter 'query', found 2", {}),
        (
            Request("GET", b"query=A&named-graph-uri=b"),
            "named-graph-uri must be an absolute IRI, not 'b'",
            {},
        ),
    ],
)
def test_a_refusal_says_what_to_send_instead(request_: Request, detail: str, headers: dict[str, str]) -> None:
    with pytest.raises(Problem) as raised:
        parse(request_)
    assert (raised.value.detail, raised.value.headers) == (detail, headers)


@pytest.mark.parametrize("charset", ["utf8", "UTF-8", '"utf-8"', " utf-8 ; a=b"])
def test_utf_8_has_several_names(charset: str) -> None:
    operation = parse(Request("POST", b"", f"{QUERY_TYPE}; charset={charset}", b"ASK {}"))
    assert operation
    assert operation.query.text == "ASK {}"
