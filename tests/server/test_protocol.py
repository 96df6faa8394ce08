"""Parsing of HTTP requests: SPARQL 1.1 Protocol, section 2.1."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.query import Query
from server.http.protocol import FORM_TYPE, QUERY_LIMIT, QUERY_TYPE, UPDATE_TYPE, Operation, Problem, Request, parse

ASK = Operation(Query("ASK {}"))
G = ("http://example.org/g",)


@pytest.mark.parametrize(
    ("request_", "operation"),
    [
        (Request("GET", b"query=ASK+%7B%7D"), ASK),
        (Request("HEAD", b"query=ASK%20{}"), ASK),
        (Request("POST", b"", FORM_TYPE, b"query=ASK+%7B%7D"), ASK),
        (Request("POST", b"", FORM_TYPE + "; charset=UTF-8", b"query=ASK+%7B%7D"), ASK),
        (Request("POST", b"query=ASK+%7B%7D", FORM_TYPE, b""), ASK),
        (Request("POST", b"", QUERY_TYPE, b"ASK {}"), ASK),
        (Request("POST", b"", QUERY_TYPE, b"ASK {}", "Identity"), ASK),
        (Request("POST", b"", QUERY_TYPE, b"\xef\xbb\xbfASK {}"), ASK),
        (
            Request("POST", b"ac=1&format=json", FORM_TYPE, b"query=ASK+%7B%7D&infer=true"),
            Operation(Query("ASK {}"), "json"),
        ),
        (Request("POST", b"", "Application/SPARQL-Query ;charset=utf-8", b"ASK {}"), ASK),
        (Request("GET", b"query=ASK+%7B%7D&format=csv"), Operation(Query("ASK {}"), "csv")),
        (Request("GET", b"query=ASK+%7B%7D&output=csv"), Operation(Query("ASK {}"), "csv")),
        (Request("GET", b"query=ASK+%7B%7D&output=csv&format=tsv"), Operation(Query("ASK {}"), "tsv")),
        (Request("GET", b"query=ASK+%7B%7D&format="), Operation(Query("ASK {}"), "")),
        (Request("POST", b"format=xml", QUERY_TYPE, b"ASK {}"), Operation(Query("ASK {}"), "xml")),
        (Request("GET", b"query=ASK+%7B%7D&default-graph-uri=http://example.org/g"), Operation(Query("ASK {}", G))),
        (
            Request("POST", b"named-graph-uri=http%3A%2F%2Fexample.org%2Fg&unknown=1", QUERY_TYPE, b"ASK {}"),
            Operation(Query("ASK {}", (), G)),
        ),
        (
            Request("GET", b"query=ASK+%7B%7D&named-graph-uri=a:b&named-graph-uri=c:d"),
            Operation(Query("ASK {}", (), ("a:b", "c:d"))),
        ),
        (Request("GET", b"query=ASK+%7B%7D&default-graph-uri=&named-graph-uri="), ASK),
        (Request("GET", b""), None),
        (Request("HEAD", b"format=turtle"), None),
    ],
)
def test_a_request_is_a_value(request_: Request, operation: Operation | None) -> None:
    assert parse(request_) == operation


@pytest.mark.parametrize(
    ("request_", "status", "words"),
    [
        (Request("POST", b"", FORM_TYPE, b""), 400, "found none"),
        (Request("POST", b"", FORM_TYPE, b"quary=ASK"), 400, "found none"),
        (Request("GET", b"query=ASK+%7B%7D&query=ASK+%7B%7D"), 400, "found 2"),
        (Request("POST", b"query=ASK+%7B%7D", FORM_TYPE, b"query=ASK+%7B%7D"), 400, "URL"),
        (Request("POST", b"query=ASK+%7B%7D", QUERY_TYPE, b"ASK {}"), 400, "URL"),
        (Request("GET", b"update=CLEAR+ALL"), 400, "no updates"),
        (Request("POST", b"", FORM_TYPE, b"update=CLEAR+ALL"), 400, "no updates"),
        (Request("POST", b"", FORM_TYPE, b"query=ASK+%7B%7D&update=CLEAR+ALL"), 400, "no updates"),
        (Request("POST", b"", UPDATE_TYPE, b"CLEAR ALL"), 400, "no updates"),
        (Request("GET", b"query=ASK%FF"), 400, "UTF-8"),
        (Request("GET", b"query=ASK\xff"), 400, "UTF-8"),
        (Request("GET", b"query=ASK+%7B%7D&x=%ED%A0%80"), 400, "UTF-8"),
        (Request("POST", b"", FORM_TYPE, b"query=%C3"), 400, "UTF-8"),
        (Request("POST", b"", QUERY_TYPE, b"ASK { ?s ?p '\xf8' }"), 400, "UTF-8"),
        (Request("GET", b"query=ASK+%7B%7D&default-graph-uri=relative"), 400, "absolute IRI"),
        (Request("GET", b"query=ASK+%7B%7D&named-graph-uri=http://a/%0D%0AX:"), 400, "absolute IRI"),
        (Request("GET", b"&".join([b"a=1"] * 1001)), 400, "1000 parameters"),
        (Request("POST", b"", "", b"ASK {}"), 415, "names none"),
        (Request("POST", b"", "text/plain", b"ASK {}"), 415, "text/plain"),
        (Request("POST", b"", "multipart/form-data; boundary=x", b""), 415, "multipart"),
        (Request("POST", b"", QUERY_TYPE + "; charset=utf-16", "ASK {}".encode("utf-16")), 415, "utf-16"),
        (Request("POST", b"", QUERY_TYPE, b"\x1f\x8b\x08", "gzip"), 415, "gzip"),
        (Request("POST", b"query=ASK+%7B%7D", FORM_TYPE, b"", "br"), 415, "br"),
        (Request("POST", b"", QUERY_TYPE, b"#" * (QUERY_LIMIT + 1)), 413, "256 kB"),
        (Request("POST", b"", FORM_TYPE, b"query=" + b"%C3%B8" * (QUERY_LIMIT // 2 + 1)), 413, "256 kB"),
    ],
)
def test_what_the_protocol_forbids_is_a_problem(request_: Request, status: int, words: str) -> None:
    with pytest.raises(Problem) as raised:
        parse(request_)
    assert raised.value.status == status
    assert words in raised.value.detail


def test_a_query_of_the_greatest_length_passes() -> None:
    operation = parse(Request("POST", b"", QUERY_TYPE, b"#" * QUERY_LIMIT))
    assert operation is not None
    assert len(operation.query.text) == QUERY_LIMIT


def test_a_problem_has_the_members_of_rfc_9457() -> None:
    problem = Problem(HTTPStatus.BAD_REQUEST, "no such thing", more={"line": 2})
    assert problem.members() == {"title": "Bad Request", "status": 400, "detail": "no such thing", "line": 2}


@given(st.text(min_size=1), st.sampled_from(["url", "form", "body"]))
def test_any_text_arrives_as_it_was_sent(text: str, way: str) -> None:
    try:
        form = urlencode({"query": text}).encode()
    except UnicodeEncodeError:
        return
    requests = {
        "url": Request("GET", b"query=" + quote(text).encode()),
        "form": Request("POST", b"", FORM_TYPE, form),
        "body": Request("POST", b"", QUERY_TYPE, text.encode()),
    }
    expected = text.removeprefix("\ufeff") if way == "body" else text
    assert parse(requests[way]) == Operation(Query(expected))


@given(
    st.sampled_from(["GET", "POST"]),
    st.binary(),
    st.sampled_from(["", FORM_TYPE, QUERY_TYPE, UPDATE_TYPE, QUERY_TYPE + ";charset", ";;="]),
    st.binary(),
)
def test_any_bytes_give_an_operation_or_a_problem(method: str, url: bytes, content_type: str, body: bytes) -> None:
    outcome: Operation | Problem | None
    try:
        outcome = parse(Request(method, b"query=" + url, content_type, body))
    except Problem as problem:
        outcome = problem
    assert isinstance(outcome, Operation) or (isinstance(outcome, Problem) and 400 <= outcome.status < 500)
