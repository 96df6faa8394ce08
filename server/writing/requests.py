"""Parsing of the HTTP requests that write, without a web framework.

SPARQL 1.1 Protocol, section 2.2 (update), and SPARQL 1.1 Graph Store HTTP Protocol, section 4 (the graph of a request).
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus

from kg.query import FORMATS, Form, Format
from kg.query.text import iri_term
from server.http.protocol import FORM_TYPE, UPDATE_TYPE, Problem, Request, fields

WRITE_LIMIT = 16 * 1024 * 1024
"""Largest body of a request that writes, in bytes."""

MULTIPART_TYPE = "multipart/form-data"

_CHARSET = re.compile(r"charset\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Update:
    """An update operation."""

    text: str
    using: tuple[str, ...] = ()
    """IRIs of ``using-graph-uri``."""
    using_named: tuple[str, ...] = ()
    """IRIs of ``using-named-graph-uri``."""


def parse_update(request: Request) -> Update:
    """Parse the update operation of a POST.

    Raises:
        Problem: when the request is not an update of the protocol (400 or 415).

    >>> parse_update(Request("POST", b"", "application/x-www-form-urlencoded", b"update=CLEAR+ALL"))
    Update(text='CLEAR ALL', using=(), using_named=())
    """
    in_url = fields(request.query_string)
    media_type = media_type_of(request.content_type)
    if media_type == FORM_TYPE:
        if _values(in_url, "update"):
            raise Problem(HTTPStatus.BAD_REQUEST, "an update belongs in the body of the request, not in its URL")
        parameters = in_url + fields(request.body)
    elif media_type == UPDATE_TYPE:
        parameters = [*in_url, ("update", _utf8(request.body))]
    else:
        raise unsupported(media_type, (UPDATE_TYPE, FORM_TYPE))
    if _values(parameters, "query"):
        raise Problem(HTTPStatus.BAD_REQUEST, "this address takes updates; queries go to /sparql")
    texts = _values(parameters, "update")
    if len(texts) != 1:
        raise Problem(HTTPStatus.BAD_REQUEST, f"expected one parameter 'update', found {len(texts) or 'none'}")
    using, using_named = (_iris(parameters, name) for name in ("using-graph-uri", "using-named-graph-uri"))
    return Update(texts[0], using, using_named)


def parse_patch(request: Request) -> Update:
    """Parse the update in the body of a PATCH.

    Raises:
        Problem: when the body is not an update (415), or not UTF-8 (400 or 415).
    """
    media_type = media_type_of(request.content_type)
    if media_type != UPDATE_TYPE:
        raise unsupported(media_type, (UPDATE_TYPE,), "Accept-Patch")
    return Update(_utf8(request.body))


def graph_named(query_string: bytes) -> str | None:
    """Return the IRI in ``?graph=``, ``""`` for ``?default``, and ``None`` if there is neither.

    Raises:
        Problem: when more than one graph is named, or a name is no absolute IRI (400).

    >>> graph_named(b"graph=http%3A%2F%2Fexample.org%2Fg"), graph_named(b"default"), graph_named(b"")
    ('http://example.org/g', '', None)
    """
    parameters = fields(query_string)
    graphs, defaults = _values(parameters, "graph"), _values(parameters, "default")
    if len(graphs) + len(defaults) > 1:
        raise Problem(HTTPStatus.BAD_REQUEST, "name one graph: ?graph=… or ?default, once")
    return _iris(parameters, "graph")[0] if graphs else "" if defaults else None


def existence(if_match: str | None, if_none_match: str | None) -> bool | None:
    """Return whether the graph must exist (true) or must not (false) by the preconditions of a request, else ``None``.

    Preconditions with ETags fail: the server's are weak, and a write needs strong ones (RFC 9110, section 13.1.1).

    Raises:
        Problem: when there is any precondition other than a single ``*`` (412).

    >>> existence("*", None), existence(None, "*"), existence(None, None)
    (True, False, None)
    """
    given = [condition.strip() for condition in (if_match, if_none_match) if condition is not None]
    if given not in ([], ["*"]):
        detail = "of a graph to be written, either If-Match or If-None-Match can be *, and neither can be anything else"
        raise Problem(HTTPStatus.PRECONDITION_FAILED, detail)
    return if_match is not None if given else None


def format_of(content_type: str) -> Format:
    """Return the format of an uploaded document.

    Raises:
        Problem: when no supported format has this media type, or the charset is not UTF-8 (415).

    >>> format_of("text/turtle; charset=utf-8").name
    'turtle'
    """
    media_type = media_type_of(content_type)
    readable = [fmt for fmt in FORMATS[Form.GRAPH] if fmt.is_readable]
    for fmt in readable:
        if media_type in fmt.media_types:
            return fmt
    raise unsupported(media_type, [fmt.media_type for fmt in readable])


def media_type_of(content_type: str) -> str:
    """Return the media type of a content type, in lower case and without parameters.

    Raises:
        Problem: when the charset is not UTF-8 (415).
    """
    media_type, _, parameters = content_type.partition(";")
    charset = _CHARSET.search(parameters)
    if charset and charset[1].lower() not in {"utf-8", "utf8"}:
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"the body must be UTF-8, not {charset[1]}")
    return media_type.strip().lower()


def unsupported(media_type: str, taken: Iterable[str], header: str = "Accept-Post") -> Problem:
    """Return the problem of a body with an unsupported media type (415), which lists the supported ones."""
    types = ", ".join(taken)
    sent = f"not {media_type}" if media_type else "and the request names none"
    return Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"the body must be {types}, {sent}", headers={header: types})


def _iris(parameters: list[tuple[str, str]], name: str) -> tuple[str, ...]:
    iris = _values(parameters, name)
    for iri in iris:
        try:
            iri_term(iri)
        except ValueError:
            raise Problem(HTTPStatus.BAD_REQUEST, f"{name} must be an absolute IRI, not {iri!r}") from None
    return iris


def _values(parameters: Iterable[tuple[str, str]], name: str) -> tuple[str, ...]:
    return tuple(value for key, value in parameters if key == name)


def _utf8(raw: bytes) -> str:
    try:
        return raw.removeprefix(BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError:
        raise Problem(HTTPStatus.BAD_REQUEST, "the update is not UTF-8") from None
