"""Content codings (RFC 9110, section 8.4.1): answers are compressed while they flow, piece by piece.

gzip is always there; br and zstd where the packages ``brotli`` and ``zstandard`` are installed.
"""

from __future__ import annotations

import contextlib
import importlib
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from werkzeug.datastructures import Headers
from werkzeug.http import parse_accept_header

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SMALLEST = 1024
"""Bytes below which compressing an answer gains nothing: it fits into one packet as it is."""

WHOLE = 256 * 1024
"""Bytes up to which an answer of known length is compressed in one piece."""

_TEXTS = ("text/", "application/json", "application/xml", "application/n-", "application/trig")
_GZIP_WINDOW = 31  # zlib's way to say: with a gzip header
_BUFFERED = 64 * 1024


class _Compressor(Protocol):
    def compress(self, data: bytes) -> bytes: ...

    def flush(self) -> bytes: ...


class _Coding(Protocol):
    """A compressor, and how it is told to give out what it holds without ending."""

    def __call__(self) -> tuple[_Compressor, Callable[[], bytes]]: ...


def _gzip() -> tuple[_Compressor, Callable[[], bytes]]:
    gzip = zlib.compressobj(4, zlib.DEFLATED, _GZIP_WINDOW)
    return gzip, lambda: gzip.flush(zlib.Z_SYNC_FLUSH)


def _codings() -> Mapping[str, _Coding]:
    """Name → coding of those that are there, the best liked first."""
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
    """brotli's compressor under the names that the others have."""

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
    """The coding to answer with; empty for none (RFC 9110, section 12.5.3).

    >>> choose_coding("gzip;q=0.5, identity;q=0.8"), choose_coding("gzip"), choose_coding("gzip;q=0, *"[:8])
    ('', 'gzip', '')
    """
    liked = {name.lower(): quality for name, quality in parse_accept_header(accept_encoding)}
    rated = [(liked.get(name, liked.get("*", 0.0)), name) for name in CODINGS]
    quality, best = max(rated, key=lambda pair: pair[0])
    return best if quality > 0 and quality >= liked.get("identity", 0.0) else ""


class Compression:
    """The application with its answers in the coding that the client likes best."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """A WSGI application."""
        coding = choose_coding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        coded: list[tuple[Headers, int | None]] = []

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            known = Headers(headers)
            if _is_text(known):
                known.add("Vary", "Accept-Encoding")
                if coding and _is_worth_it(status, known):
                    length = known.pop("Content-Length", None)
                    known["Content-Encoding"] = coding
                    coded.append((known, int(length) if length else None))
                    if _is_held(length, environ):
                        return _never_written
            return start_response(status, known.to_wsgi_list(), exc_info)

        body = self._app(environ, start)
        if not coded or environ["REQUEST_METHOD"] == "HEAD":
            return body
        headers, length = coded[0]
        compressed = Compressed(body, *CODINGS[coding]())
        if not _is_held(length, environ):
            return compressed
        with contextlib.closing(compressed):
            whole = b"".join(compressed)
        headers["Content-Length"] = str(len(whole))
        start_response("200 OK", headers.to_wsgi_list())
        return [whole]


def _is_held(length: str | int | None, environ: WSGIEnvironment) -> bool:
    """Whether the answer is compressed before its headers go, so that they tell its length."""
    return length is not None and int(length) <= WHOLE and environ["REQUEST_METHOD"] != "HEAD"


def _never_written(data: bytes) -> object:
    raise NotImplementedError("write() of PEP 3333 is for old code")


def _is_text(headers: Headers) -> bool:
    media_type = headers.get("Content-Type", "")
    return media_type.startswith(_TEXTS) or media_type.partition(";")[0].endswith(("+json", "+xml"))


def _is_worth_it(status: str, headers: Headers) -> bool:
    """Files to take away are left as they are: their checksum is their name, and parts of them may be asked for."""
    if not status.startswith("200") or "Content-Encoding" in headers or "Accept-Ranges" in headers:
        return False
    return int(headers.get("Content-Length", SMALLEST)) >= SMALLEST


class Compressed:
    """A body in another coding. The first piece goes out at once, later ones when there is enough of them."""

    def __init__(self, body: Iterable[bytes], compressor: _Compressor, push: Callable[[], bytes]) -> None:
        self._body = body
        self._parts = self._compressed(iter(body), compressor, push)

    def __iter__(self) -> Iterator[bytes]:
        return self._parts

    @staticmethod
    def _compressed(parts: Iterator[bytes], compressor: _Compressor, push: Callable[[], bytes]) -> Iterator[bytes]:
        held = 0
        first = next(parts, b"")
        yield compressor.compress(first) + push()
        for part in parts:
            held += len(part)
            out = compressor.compress(part)
            if held >= _BUFFERED and not out:
                out = push()
            if out:
                held = 0
                yield out
        yield compressor.flush()

    def close(self) -> None:
        """Close what is compressed."""
        close = getattr(self._body, "close", None)
        if close is not None:
            close()
