"""HTTP requests in the notation of the protocol suites, and the expected replies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.w3c.manifest import CNT, HT, MF, Case, Node


@dataclass(frozen=True, slots=True)
class Expected:
    """Expectations of a reply; ``None`` or empty means none."""

    statuses: tuple[str, ...]
    """Local names: ``StatusCode2xx``, ``Created``."""
    boolean: bool | None
    format: str | None
    """``boolean``, ``tabular``, ``RDF`` or ``XML``."""
    body: str | None
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and the expected reply."""

    method: str
    path: str
    """With the parameters, as the suite has it."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes | None
    expected: Expected


def exchanges(case: Case) -> Iterator[Exchange]:
    """Return the requests of a test, in order."""
    for request in case.action.one(HT + "requests").members():
        text = _content(request)
        yield Exchange(
            request.one(HT + "methodName").text,
            request.one(HT + "absolutePath").text,
            _headers(request),
            None if text is None else text[0].encode(text[1]),
            _expected(request.one(HT + "resp")),
        )


def _expected(response: Node) -> Expected:
    statuses = tuple(sorted(status.text.rpartition("#")[2] for status in response.every(MF + "expectedStatus")))
    boolean = response.any(MF + "expectedBoolean")
    format_ = response.any(MF + "expectedFormat")
    content = _content(response)
    return Expected(
        statuses,
        boolean.text == "true" if boolean else None,
        format_.text if format_ else None,
        content[0] if content else None,
        _headers(response),
    )


def _content(message: Node) -> tuple[str, str] | None:
    """Return text and encoding of the body."""
    body = message.any(HT + "body")
    if body is None:
        return None
    encoding = body.any(CNT + "characterEncoding")
    return body.one(CNT + "chars").text, encoding.text if encoding else "UTF-8"


def _headers(message: Node) -> dict[str, str]:
    headers = message.any(HT + "headers")
    return {
        header.one(HT + "fieldName").text.lower(): header.one(HT + "fieldValue").text
        for header in (headers.members() if headers else ())
    }
