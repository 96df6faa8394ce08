"""Parsing of HTTP requests into values (SPARQL 1.1 Protocol), without a web framework."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl

from kg.iri import is_iri
from kg.query import Query

QUERY_LIMIT = 256 * 1024
"""Longest text of a query, in bytes of UTF-8."""
BODY_LIMIT = 4 * QUERY_LIMIT
"""Largest body of a query request, in bytes: percent-encoding makes a form up to three times as long as its text."""
URL_LIMIT = 64 * 1024
"""Longest path and query string of a request together, in bytes."""
FIELDS_LIMIT = 1000
"""Largest number of parameters in a request."""

KNOWN_PREFIXES = ("prefixes", "known")
"""Field of a request whose query need not declare the prefixes that the server knows, as the form's for people."""

INTERNAL = "something is wrong with this server, not with the request"
"""Message to a client about an error that nobody expects."""

FORM_TYPE = "application/x-www-form-urlencoded"
QUERY_TYPE = "application/sparql-query"
UPDATE_TYPE = "application/sparql-update"

_NO_UPDATE = "this address takes queries, no updates"


class Problem(Exception):
    """An error response with problem details (RFC 9457)."""

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        *,
        more: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.more = more or {}
        """Extension members, such as ``line`` and ``column``."""
        self.headers = headers or {}

    @property
    def title(self) -> str:
        """Reason phrase of the status, which RFC 9457 recommends when there is no ``type``."""
        return self.status.phrase

    def members(self, request_id: str = "") -> dict[str, object]:
        """Return the members of the problem's JSON object, with the id of the request if it is an error of the server.

        >>> Problem(HTTPStatus.BAD_REQUEST, "no query").members()
        {'title': 'Bad Request', 'status': 400, 'detail': 'no query'}
        """
        named = {"request_id": request_id} if request_id and self.is_ours else {}
        return {"title": self.title, "status": int(self.status), "detail": self.detail, **self.more, **named}

    @property
    def is_ours(self) -> bool:
        """True for an error of the server, not of the request."""
        return self.status >= HTTPStatus.INTERNAL_SERVER_ERROR


@dataclass(frozen=True, slots=True)
class Request:
    """The parts of an HTTP request that the protocols use."""

    method: str
    query_string: bytes = b""
    """Query component of the URL, percent-encoded."""
    content_type: str = ""
    """As sent, with its parameters."""
    body: bytes = field(default=b"", repr=False)
    content_encoding: str = ""
    """As sent; bodies are accepted only if it is empty or ``identity``."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A query operation (SPARQL 1.1 Protocol, section 2.1)."""

    query: Query
    format: str | None = None
    """Name of a format in the URL or form; overrides ``Accept``."""
    lacks_prefixes: bool = False
    """True if the server is to declare the prefixes that it knows and the query does not declare."""


def parse(request: Request) -> Operation | None:
    """Parse the query operation of a request; return ``None`` for a GET without a query (the service description).

    Raises:
        Problem: when the request is not a query operation of the protocol (400, 413 or 415).

    >>> parse(Request("GET", b"query=ASK%20%7B%7D&format=xml"))
    Operation(query=Query(text='ASK {}', default_graphs=(), named_graphs=()), format='xml', lacks_prefixes=False)
    """
    in_url = fields(request.query_string)
    if request.method != "POST":
        return None if _values(in_url, "query") == () and not _values(in_url, "update") else _operation(in_url)
    if request.content_encoding.strip().lower() not in {"", "identity"}:
        raise _wrong_coding(request.content_encoding)
    media_type = _media_type(request.content_type)
    if media_type == FORM_TYPE:
        in_body = fields(request.body)
        if _values(in_url, "query") and _values(in_body, "query"):
            raise Problem(HTTPStatus.BAD_REQUEST, "there is a query in the URL and another in the body; send one")
        return _operation(in_url + in_body)
    if media_type == QUERY_TYPE:
        if _values(in_url, "query"):
            raise Problem(HTTPStatus.BAD_REQUEST, "there is a query in the URL and another in the body; send one")
        return _operation([*in_url, ("query", _utf8(request.body.removeprefix(BOM_UTF8), "the query"))])
    raise _wrong_type(media_type)


def fields(encoded: bytes) -> list[tuple[str, str]]:
    """Return name and value of each field of a query string or form, in order.

    Raises:
        Problem: when there are more than :data:`FIELDS_LIMIT` fields, or one is not UTF-8 (400).

    >>> fields(b"a=1&a=%C3%B8&b")
    [('a', '1'), ('a', 'ø'), ('b', '')]
    """
    if encoded.count(b"&") >= FIELDS_LIMIT:
        raise Problem(HTTPStatus.BAD_REQUEST, f"more than {FIELDS_LIMIT} parameters")
    text = _utf8(encoded, "a parameter")
    try:
        return parse_qsl(text, keep_blank_values=True, encoding="utf-8", errors="strict")
    except UnicodeDecodeError:
        raise _not_utf8("a parameter") from None


def format_named(parameters: Iterable[tuple[str, str]]) -> str | None:
    """Return the value of ``format``, else of ``output`` (which clients of other servers send), else ``None``."""
    named = dict(reversed(list(parameters)))
    return named.get("format", named.get("output"))


def _operation(parameters: list[tuple[str, str]]) -> Operation:
    if _values(parameters, "update"):
        raise Problem(HTTPStatus.BAD_REQUEST, _NO_UPDATE)
    texts = _values(parameters, "query")
    if len(texts) != 1:
        raise Problem(HTTPStatus.BAD_REQUEST, f"expected one parameter 'query', found {len(texts) or 'none'}")
    if len(texts[0].encode()) > QUERY_LIMIT:
        raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the query is longer than {QUERY_LIMIT // 1024} kB")
    graphs = (_graphs(parameters, "default-graph-uri"), _graphs(parameters, "named-graph-uri"))
    return Operation(Query(texts[0], *graphs), format_named(parameters), KNOWN_PREFIXES in parameters)


def _graphs(parameters: list[tuple[str, str]], name: str) -> tuple[str, ...]:
    """Return the graph IRIs; an empty field counts as absent, since Virtuoso's form sends empty ones."""
    iris = tuple(value for value in _values(parameters, name) if value)
    for iri in iris:
        if not is_iri(iri):
            raise Problem(HTTPStatus.BAD_REQUEST, f"{name} must be an absolute IRI, not {iri!r}")
    return iris


def _values(parameters: Iterable[tuple[str, str]], name: str) -> tuple[str, ...]:
    return tuple(value for key, value in parameters if key == name)


def _media_type(content_type: str) -> str:
    media_type, _, parameters = content_type.lower().partition(";")
    charset = re.search(r"charset\s*=\s*\"?([^\s;\"]+)", parameters)
    if charset and charset[1] not in {"utf-8", "utf8"}:
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"the body must be UTF-8, not {charset[1]}")
    return media_type.strip()


def _wrong_type(media_type: str) -> Problem:
    if media_type == UPDATE_TYPE:
        return Problem(HTTPStatus.BAD_REQUEST, _NO_UPDATE)
    sent = f"not {media_type}" if media_type else "and the request names none"
    detail = f"a POST must be of type {QUERY_TYPE} or {FORM_TYPE}, {sent}"
    return Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail, headers={"Accept-Post": f"{QUERY_TYPE}, {FORM_TYPE}"})


def _wrong_coding(coding: str) -> Problem:
    """Return the problem of a body with a content coding (RFC 9110, section 8.4)."""
    detail = f"a body must be sent without a content coding, not as {coding}"
    return Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail, headers={"Accept-Encoding": "identity"})


def _utf8(raw: bytes, what: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise _not_utf8(what) from None


def _not_utf8(what: str) -> Problem:
    return Problem(HTTPStatus.BAD_REQUEST, f"{what} is not UTF-8")
