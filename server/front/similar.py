"""Requests that differ from one before only in their query, so that little of them is left to be read.

A client sends most of its queries in requests that are the same but for the text. The first of these is parsed,
negotiated and answered in full. Then it is known what such requests ask, and what the heads of their responses say
beside the length and the ETag.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote_to_bytes

from kg.query import Form, Query
from kg.query.text import form_of, hint
from server.front.requests import ReceivedRequest
from server.front.responses import ResponseHead
from server.http.cache import SMALL, Cache
from server.http.compression import SMALLEST, choose_coding
from server.http.lru import LRUCache
from server.pages.answer import RESULTS
from server.views.sparql import Question
from server.workers import Reply

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_REQUEST = re.compile(
    rb"""(GET\ (/[!-"$->@-~]*+)\?(?>(?:[!-"$-~]*?&)?query=))  ([A-Za-z0-9%+._~!$'()*,;:@/?=-]*+)
    ((?:&[!-"$-~]*+)?)  (\ HTTP/1\.1\r\n.*+)""",
    re.DOTALL | re.VERBOSE,
)
"""A request: what comes before its query, and the path in it; the query; the rest of the query string; the rest."""
_CHANGING = re.compile(rb"(?<=^Content-Length: )\d+|(?<=^ETag: )[^\r]+", re.MULTILINE)
_CODED = b"\r\nContent-Encoding:"
_ROOM = 4 * 1024 * 1024
"""Size of what is remembered in bytes."""


@dataclass(frozen=True, slots=True)
class _Known:
    """The common part of requests that differ only in their query."""

    question: Question
    """That of one of them."""
    form: Form
    """Form of the results."""
    client: str
    path: str
    """Decoded path."""
    version: str
    """Version of the dataset that the ETags are of."""
    etag: Callable[[str], str]
    """Returns the ETag of a response from the query string."""
    head: ResponseHead
    rest: bytes
    """Headers of a response, with places for its length and its ETag."""
    longest: int
    """Largest size in bytes of a body that is sent with these headers."""
    sent_ids: Mapping[str, str]
    """Ids in the headers, which are the same."""


class Recognized(NamedTuple):
    """The question of a request that differs from one before only in its query."""

    known: _Known
    query: Query
    query_string: str


class SimilarRequest(ReceivedRequest):
    """A request that is understood without being parsed."""

    __slots__ = ("_hit", "_known", "_query_string")

    def __init__(
        self,
        recognized: Recognized,
        read: Callable[[], WSGIEnvironment],
        disconnected: Callable[[], bool],
        began: float,
        raw: bytes,
    ) -> None:
        super().__init__(read, disconnected, "1.1", began, raw, keeps_alive=True)
        self._known, query, self._query_string = recognized
        self._hit = ""
        self.question: Question = Question(query, self._known.form, self._known.question.choice)

    @property
    def method(self) -> str:
        """Method."""
        return "GET"

    @property
    def client(self) -> str:
        """Address of the client."""
        return self._known.client

    @property
    def path(self) -> str:
        """Decoded path."""
        return self._known.path

    @property
    def query_string(self) -> str:
        """Query component of the URL, percent-encoded."""
        return self._query_string

    @property
    def form(self) -> str:
        """Form of the result of its query."""
        return self._known.form.value

    @property
    def query(self) -> Query:
        """Its query."""
        return self.question.query

    @property
    def sent_ids(self) -> Mapping[str, str]:
        """Ids that the client has given it."""
        return self._known.sent_ids

    @property
    def hit(self) -> str:
        """Name of the cache that its answer came from; empty if it came from none."""
        return self._hit or ("" if self._environ is None else super().hit)

    def response(self, reply: Reply, version: str) -> tuple[ResponseHead, bytes] | None:
        """Return head and body of the response with a result, or ``None`` if the application is to compose it."""
        known, length = self._known, reply.length
        if length is None or length > known.longest or not reply.cacheable:
            return None
        if not known.version == reply.release == version:  # another was served while it waited
            return None
        if reply.form is not known.form or reply.format is None:
            return None
        self._hit = RESULTS if reply.kept else ""
        etag = known.etag(self._query_string).encode("ascii")
        rest = known.rest % {b"length": b"%d" % length, b"etag": etag}
        return known.head.with_rest(rest, length), b"".join(reply.chunks)


class SimilarRequests:
    """The requests that were answered with results, by what is not their query; ``cache`` has cached the responses."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._known: LRUCache[_Known] = LRUCache(min(_ROOM, cache.size))

    def find(self, version: str, peer: str, raw: bytes) -> Recognized | None:
        """Return what a request of ``peer`` asks, if one before was the same but for its query."""
        parts = _REQUEST.fullmatch(raw)
        if parts is None:
            return None
        before, _, sent, after, rest = parts.groups()
        known = self._known.get(version, (peer, before, after, rest))
        if known is None:
            return None
        try:
            text = unquote_to_bytes(sent.replace(b"+", b" ")).decode()
        except UnicodeDecodeError:
            return None
        if form_of(text) is not known.form or hint(text):
            return None
        asked = known.question.query
        query = Query(text, asked.default_graphs, asked.named_graphs)
        return Recognized(known, query, _query_string(before, sent, after))

    def learn(self, peer: str, request: ReceivedRequest, version: str, head: ResponseHead) -> None:
        """Remember a request, and the head of its response that was cached, if they may serve for others."""
        question, environ, raw = request.question, request.environ, request.raw or b""
        parts = _REQUEST.fullmatch(raw)
        if question is None or parts is None or "HTTP_IF_NONE_MATCH" in environ:
            return
        before, _, sent, after, rest = parts.groups()
        if unquote_to_bytes(sent.replace(b"+", b" ")) != question.query.text.encode():  # it has got declarations
            return
        is_plain = head.status == "200" and len(_CHANGING.findall(head.rest)) == 2 and _CODED not in head.rest
        if not is_plain or environ["QUERY_STRING"] != _query_string(before, sent, after):
            return
        coding = choose_coding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        known = _Known(
            question=question,
            form=question.form,
            client=request.client,
            path=environ["PATH_INFO"],
            version=version,
            etag=self._cache.etags(environ, version),
            head=head,
            rest=_CHANGING.sub(_place, head.rest.replace(b"%", b"%%")),
            longest=SMALLEST - 1 if coding else SMALL,
            sent_ids=request.sent_ids,
        )
        self._known.put(version, (peer, before, after, rest), known, len(raw) + len(head.rest))


def _query_string(before: bytes, sent: bytes, after: bytes) -> str:
    return (before.partition(b"?")[2] + sent + after).decode("ascii")


def _place(found: re.Match[bytes]) -> bytes:
    return b"%(length)b" if found[0].isdigit() else b"%(etag)b"
