"""Content codings (RFC 9110, section 8.4.1), applied to responses as streams.

gzip is always available; br and zstd if the packages ``brotli`` and ``zstandard`` are installed.
"""

from __future__ import annotations

import contextlib
import importlib
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from werkzeug.http import parse_accept_header

from server.http.fields import short, value, varying, without

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SMALLEST = 1024
"""Smallest body that is compressed, in bytes: a shorter one fits into one packet anyway."""

WHOLE = 256 * 1024
"""Largest body of known length that is compressed as a whole, in bytes; longer ones are streamed."""

_TEXTS = ("text/", "application/json", "application/xml", "application/n-", "application/trig")
_GZIP_WINDOW = 31  # wbits of zlib: largest window, with a gzip header
_BUFFERED = 64 * 1024


class _Compressor(Protocol):
    def compress(self, data: bytes) -> bytes: ...

    def flush(self) -> bytes: ...


class _Coding(Protocol):
    """A factory of a compressor and of the function that flushes it without ending the stream."""

    def __call__(self) -> tuple[_Compressor, Callable[[], bytes]]: ...


def _gzip() -> tuple[_Compressor, Callable[[], bytes]]:
    gzip = zlib.compressobj(4, zlib.DEFLATED, _GZIP_WINDOW)
    return gzip, lambda: gzip.flush(zlib.Z_SYNC_FLUSH)


def _codings() -> Mapping[str, _Coding]:
    """Return a mapping of names to available codings, the preferred first."""
    found: dict[str, _Coding] = {}
    zstandard, brotli = _module("zstandard"), _module("brotli")
    if zstandard is not None:

        def zstd() -> tuple[_Compressor, Callable[[], bytes]]:
            made = zstandard.ZstdCompressor(level=3).compressobj()
            return made, lambda: bytes(made.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK))

        found["zstd"] = zstd
    if brotli is not None:
        found["br"] = lambda: _Brotli(brotli.Compressor(quality=4)).pair()
    return {**found, "gzip": _gzip}


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


class _Brotli:
    """brotli's compressor with the interface of zlib's."""

    def __init__(self, made: Any) -> None:
        self._made = made

    def pair(self) -> tuple[_Compressor, Callable[[], bytes]]:
        return self, lambda: bytes(self._made.flush())

    def compress(self, data: bytes) -> bytes:
        return bytes(self._made.process(data))

    def flush(self) -> bytes:
        return bytes(self._made.finish())


CODINGS = _codings()


@lru_cache(128)
def choose_coding(accept_encoding: str) -> str:
    """Return the content coding for an ``Accept-Encoding`` header; empty for none (RFC 9110, section 12.5.3).

    >>> choose_coding("gzip;q=0.5, identity;q=0.8"), choose_coding("gzip"), choose_coding("gzip;q=0, *"[:8])
    ('', 'gzip', '')
    """
    qualities = {name.lower(): quality for name, quality in parse_accept_header(short(accept_encoding))}
    rated = [(qualities.get(name, qualities.get("*", 0.0)), name) for name in CODINGS]
    quality, best = max(rated, key=lambda pair: pair[0])
    return best if quality > 0 and quality >= qualities.get("identity", 0.0) else ""


class Compression:
    """WSGI middleware that compresses responses in the coding that the client prefers."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Respond to a request as a WSGI application."""
        coding = choose_coding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        coded: list[tuple[list[tuple[str, str]], int | None]] = []

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            if _is_text(headers):
                headers = varying(headers, "Accept-Encoding")
                if coding and _is_worth_it(status, headers):
                    length = value(headers, "Content-Length")
                    headers = [*without(headers, "Content-Length"), ("Content-Encoding", coding)]
                    coded.append((headers, int(length) if length else None))
                    if _is_buffered(length, environ):
                        return _never_written
            return start_response(status, headers, exc_info)

        body = self._app(environ, start)
        if not coded or environ["REQUEST_METHOD"] == "HEAD":
            return body
        headers, length = coded[0]
        compressed = Compressed(body, *CODINGS[coding]())
        if not _is_buffered(length, environ):
            return compressed
        with contextlib.closing(compressed):
            whole = b"".join(compressed)
        start_response("200 OK", [*headers, ("Content-Length", str(len(whole)))])
        return [whole]


def _is_buffered(length: str | int | None, environ: WSGIEnvironment) -> bool:
    """Return whether the body is compressed before the headers are sent, so that Content-Length is known."""
    return length is not None and int(length) <= WHOLE and environ["REQUEST_METHOD"] != "HEAD"


def _never_written(data: bytes) -> object:
    raise NotImplementedError("write() of PEP 3333 is not supported")


def _is_text(headers: list[tuple[str, str]]) -> bool:
    media_type = value(headers, "Content-Type") or ""
    return media_type.startswith(_TEXTS) or media_type.partition(";")[0].endswith(("+json", "+xml"))


def _is_worth_it(status: str, headers: list[tuple[str, str]]) -> bool:
    """Return whether to compress a response; files are not, since their ETag is their checksum and ranges apply."""
    if not status.startswith("200") or value(headers, "Content-Encoding") or value(headers, "Accept-Ranges"):
        return False
    if "no-transform" in (value(headers, "Cache-Control") or ""):  # RFC 9111, section 5.2.2.6
        return False
    return int(value(headers, "Content-Length") or SMALLEST) >= SMALLEST


class Compressed:
    """A compressed response body. The first chunk is sent at once, later ones when enough bytes are buffered."""

    def __init__(self, body: Iterable[bytes], compressor: _Compressor, push: Callable[[], bytes]) -> None:
        self._body = body
        self._parts = self._compressed(iter(body), compressor, push)

    def __iter__(self) -> Iterator[bytes]:
        return self._parts

    @staticmethod
    def _compressed(parts: Iterator[bytes], compressor: _Compressor, push: Callable[[], bytes]) -> Iterator[bytes]:
        buffered = 0
        first = next(parts, b"")
        yield compressor.compress(first) + push()
        for part in parts:
            buffered += len(part)
            out = compressor.compress(part)
            if buffered >= _BUFFERED and not out:
                out = push()
            if out:
                buffered = 0
                yield out
        yield compressor.flush()

    def close(self) -> None:
        """Close the uncompressed body."""
        close = getattr(self._body, "close", None)
        if close is not None:
            close()
