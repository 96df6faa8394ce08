"""Uploaded RDF, read into the quads of one graph. To be read only where memory and time are bounded."""

from __future__ import annotations

import contextlib
import io
import sys
from typing import IO, cast

import pyoxigraph as ox

from kg.errors import DocumentError, QueryRefused
from kg.store.overlay.dataset import Graph
from kg.store.overlay.document import RdfDocument

_FORMATS = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "nquads": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
}


def quads(document: RdfDocument, graph: Graph) -> list[ox.Quad]:
    """The statements of ``document`` as quads of ``graph``; its blank nodes are like no others.

    Raises :class:`kg.errors.DocumentError` with line and column where it is not what it says, and
    :class:`kg.errors.QueryRefused` for JSON-LD whose context is elsewhere: nothing is fetched.
    """
    try:
        return [
            ox.Quad(quad.subject, quad.predicate, quad.object, graph)
            for quad in _parsed(document, io.BytesIO(document.content))
        ]
    except SyntaxError as error:
        if "LoadDocumentCallback" in str(error):
            raise QueryRefused("the JSON-LD context is elsewhere, and this server fetches nothing") from None
        line, column = (error.lineno, error.offset) if error.lineno else _place(document)
        raise DocumentError(f"not {document.format} at {line}:{column}: {error.msg}", line, column) from None
    except ValueError as error:
        raise DocumentError(f"not {document.format}: {error}") from None


def _parsed(document: RdfDocument, source: IO[bytes]) -> ox.QuadParser:
    return ox.parse(
        source,
        format=_FORMATS[document.format],
        base_iri=document.base,
        without_named_graphs=True,
        rename_blank_nodes=True,
    )


def _place(document: RdfDocument) -> tuple[int, int]:
    """Where the parser gives up, for those of its errors that do not say it: how far it had read until then."""
    by_lines = _fail(document, _Slow(document.content, sys.maxsize))
    by_bytes = _fail(document, _Slow(document.content, by_lines.line))
    return by_bytes.line, by_bytes.column


def _fail(document: RdfDocument, source: _Slow) -> _Slow:
    with contextlib.suppress(SyntaxError, ValueError):
        for _ in _parsed(document, cast("IO[bytes]", source)):
            pass
    return source


class _Slow:
    """A document that is handed out by lines, and from some line on byte by byte."""

    def __init__(self, content: bytes, bytewise_from: int) -> None:
        self._content = io.BytesIO(content)
        self._bytewise_from = bytewise_from
        self._ended = True
        self.line = 1
        self.column = 1

    def read(self, most: int = -1) -> bytes:
        """The next piece, with ``line`` and ``column`` of its last byte."""
        ended, begun = self._ended, self._content.tell() > 0
        line = self.line + (1 if ended and begun else 0)
        piece = self._content.readline(1 if line >= self._bytewise_from else most)
        if piece:
            self.column = len(piece) + (0 if ended else self.column)
            self.line = line
            self._ended = piece.endswith(b"\n")
        return piece
