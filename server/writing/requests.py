"""HTTP requests that write, parsed into values before anything happens, without any web framework.

SPARQL 1.1 Protocol, section 2.2 (update), and SPARQL 1.1 Graph Store HTTP Protocol, section 4 (which graph is meant).
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus

from kg.query import FORMATS as QUERY_FORMATS
from kg.query import Form, Format
from kg.query.text import iri_term
from server.http.negotiation import MEDIA_ALIASES
from server.http.protocol import FORM_TYPE, UPDATE_TYPE, Problem, Request, fields

WRITE_LIMIT = 16 * 1024 * 1024
"""Bytes of a request that writes."""

MULTIPART_TYPE = "multipart/form-data"

_CHARSET = re.compile(r"charset\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Update:
    """The update operation that a request asks for."""

    text: str
    using: tuple[str, ...] = ()
    """IRIs of ``using-graph-uri``."""
    using_named: tuple[str, ...] = ()
    """IRIs of ``using-named-graph-uri``."""


def parse_update(request: Request) -> Update:
    """The one update that a POST asks for.

    Raises :class:`server.http.protocol.Problem` for whatever else the protocol does not allow.

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
    """The update in the body of a PATCH."""
    media_type = media_type_of(request.content_type)
    if media_type != UPDATE_TYPE:
        raise unsupported(media_type, (UPDATE_TYPE,), "Accept-Patch")
    return Update(_utf8(request.body))


def graph_named(query_string: bytes) -> str | None:
    """The graph that ``?graph=`` or ``?default`` means, empty for the default graph; ``None`` where neither is there.

    >>> graph_named(b"graph=http%3A%2F%2Fexample.org%2Fg"), graph_named(b"default"), graph_named(b"")
    ('http://example.org/g', '', None)
    """
    parameters = fields(query_string)
    graphs, defaults = _values(parameters, "graph"), _values(parameters, "default")
    if len(graphs) + len(defaults) > 1:
        raise Problem(HTTPStatus.BAD_REQUEST, "name one graph: ?graph=… or ?default, once")
    return _iris(parameters, "graph")[0] if graphs else "" if defaults else None


def existence(if_match: str | None, if_none_match: str | None) -> bool | None:
    """Whether a request's conditions ask that its graph be there, or that it be not; ``None`` where they ask neither.

    Conditions that name ETags are not met: ours are weak, and a write needs strong ones (RFC 9110, section 13.1.1).

    >>> existence("*", None), existence(None, "*"), existence(None, None)
    (True, False, None)
    """
    given = [condition.strip() for condition in (if_match, if_none_match) if condition is not None]
    if given not in ([], ["*"]):
        detail = "of a graph to be written, either If-Match or If-None-Match can be *, and neither can be anything else"
        raise Problem(HTTPStatus.PRECONDITION_FAILED, detail)
    return if_match is not None if given else None


def format_of(content_type: str) -> Format:
    """The format of a document that is sent.

    >>> format_of("text/turtle; charset=utf-8").name
    'turtle'
    """
    media_type = media_type_of(content_type)
    formats = QUERY_FORMATS[Form.GRAPH]
    for fmt in formats:
        if media_type in (fmt.media_type, *MEDIA_ALIASES[Form.GRAPH].get(fmt.name, ())):
            return fmt
    raise unsupported(media_type, [fmt.media_type for fmt in formats])


def media_type_of(content_type: str) -> str:
    """A content type without its parameters; a charset other than UTF-8 is a :class:`server.http.protocol.Problem`."""
    media_type, _, parameters = content_type.partition(";")
    charset = _CHARSET.search(parameters)
    if charset and charset[1].lower() not in {"utf-8", "utf8"}:
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"the body must be UTF-8, not {charset[1]}")
    return media_type.strip().lower()


def unsupported(media_type: str, taken: Iterable[str], header: str = "Accept-Post") -> Problem:
    """The problem of a body of a type that is not taken; it lists those that are."""
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
