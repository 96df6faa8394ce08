"""Parsing of uploaded RDF; only for processes with limits on memory and time."""

from __future__ import annotations

import contextlib
import io
import sys
from typing import IO, cast

import pyoxigraph as ox

from kg.errors import DocumentError, QueryRefused
from kg.query import FORMATS_BY_NAME
from kg.store.overlay.dataset import Graph
from kg.store.overlay.document import RdfDocument


def quads(document: RdfDocument, graph: Graph) -> list[ox.Quad]:
    """Return the statements of ``document`` as quads of ``graph``, with fresh blank nodes.

    Raises:
        DocumentError: when the document cannot be parsed in its format; with line and column if they are known.
        QueryRefused: when the document refers to a remote JSON-LD context, which is not fetched.
    """
    try:
        return [
            ox.Quad(quad.subject, quad.predicate, quad.object, graph)
            for quad in _parsed(document, io.BytesIO(document.content))
        ]
    except SyntaxError as error:
        if "LoadDocumentCallback" in str(error):
            raise QueryRefused("the JSON-LD context is a remote document, which this server does not fetch") from None
        line, column = (error.lineno, error.offset) if error.lineno else _place(document)
        raise DocumentError(f"not {document.format} at {line}:{column}: {error.msg}", line, column) from None
    except ValueError as error:
        raise DocumentError(f"not {document.format}: {error}") from None


def _parsed(document: RdfDocument, source: IO[bytes]) -> ox.QuadParser:
    return ox.parse(
        source,
        format=ox.RdfFormat.from_media_type(FORMATS_BY_NAME[document.format].media_type),
        base_iri=document.base,
        without_named_graphs=True,
        rename_blank_nodes=True,
    )


def _place(document: RdfDocument) -> tuple[int, int]:
    """Return line and column of an error that lacks them: the position up to which the parser had read."""
    by_lines = _fail(document, _Slow(document.content, sys.maxsize))
    by_bytes = _fail(document, _Slow(document.content, by_lines.line))
    return by_bytes.line, by_bytes.column


def _fail(document: RdfDocument, source: _Slow) -> _Slow:
    with contextlib.suppress(SyntaxError, ValueError):
        for _ in _parsed(document, cast("IO[bytes]", source)):
            pass
    return source


class _Slow:
    """A stream that returns a document line by line, and from line ``bytewise_from`` on byte by byte."""

    def __init__(self, content: bytes, bytewise_from: int) -> None:
        self._content = io.BytesIO(content)
        self._bytewise_from = bytewise_from
        self._ended = True
        self.line = 1
        self.column = 1

    def read(self, most: int = -1) -> bytes:
        """Return the next chunk and set ``line`` and ``column`` to the position of its last byte."""
        ended, begun = self._ended, self._content.tell() > 0
        line = self.line + (1 if ended and begun else 0)
        piece = self._content.readline(1 if line >= self._bytewise_from else most)
        if piece:
            self.column = len(piece) + (0 if ended else self.column)
            self.line = line
            self._ended = piece.endswith(b"\n")
        return piece
