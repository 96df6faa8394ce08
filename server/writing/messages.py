"""What goes over the socket between a front and the writing process: one order, then one outcome or one error.

A message is a JSON object and, after it, the bytes of the documents that it speaks of.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO

from kg import errors
from kg.store.overlay.document import RdfDocument

UPDATE, PUT, POST, DELETE, PING = "update", "put", "post", "delete", "ping"

NO_OVERLAY = 3
"""Exit status of a process that could not open the overlay."""

_LENGTH = struct.Struct("!I")
_ERRORS = {
    kind.__name__: kind
    for kind in (
        errors.QueryError,
        errors.QueryRefused,
        errors.QuerySyntaxError,
        errors.QueryTooLarge,
        errors.Conflict,
        errors.PreconditionFailed,
        errors.DocumentError,
        errors.NotStored,
    )
}
_FACTS = ("verb", "deadline", "text", "graph", "expected", "using", "using_named")
_WITH_PLACE = (errors.QuerySyntaxError, errors.DocumentError)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done."""

    verb: str
    """``UPDATE``, ``PUT``, ``POST``, ``DELETE``, or ``PING`` to be told that the process is there."""
    deadline: float = 0.0
    """Seconds."""
    text: str = ""
    """Of an update."""
    graph: str = ""
    """The graph that is written, or that is the default graph of an update; empty for the default graph."""
    expected: bool | None = None
    """Whether the graph must be there for this to be done, or must not be; ``None`` where either will do."""
    using: tuple[str, ...] = ()
    using_named: tuple[str, ...] = ()
    documents: tuple[RdfDocument, ...] = ()


def write_order(order: Order) -> bytes:
    """An order, ready to send."""
    facts = {name: getattr(order, name) for name in _FACTS}
    heads = [[document.format, document.base] for document in order.documents]
    return _packed({**facts, "documents": heads}, [document.content for document in order.documents])


def read_order(source: BinaryIO) -> Order:
    """The next order; raises :class:`EOFError` where the other side is gone."""
    facts = json.loads(_piece(source))
    documents = tuple(RdfDocument(fmt, base, _piece(source)) for fmt, base in facts.pop("documents"))
    using, using_named = tuple(facts.pop("using")), tuple(facts.pop("using_named"))
    return Order(**facts, using=using, using_named=using_named, documents=documents)


@dataclass(frozen=True, slots=True)
class WriteResult:
    """What became of an order."""

    yes: bool = True
    """Of a PUT or POST: the graph is new. Of a DELETE: there was one."""
    error: str = ""
    """Name of an exception; empty where all went well."""
    message: str = ""
    line: int | None = None
    column: int | None = None


def failure(error: errors.QueryError) -> WriteResult:
    """The outcome of an order that failed."""
    place = (error.line, error.column) if isinstance(error, _WITH_PLACE) else (None, None)
    return WriteResult(False, type(error).__name__, str(error), *place)


def write_outcome(outcome: WriteResult) -> bytes:
    """An outcome, ready to send."""
    return _packed(asdict(outcome), [])


def read_outcome(source: BinaryIO) -> bool:
    """What became of the order, or raise what went wrong; :class:`EOFError` where the other side is gone."""
    outcome = WriteResult(**json.loads(_piece(source)))
    if not outcome.error:
        return outcome.yes
    kind: Any = _ERRORS.get(outcome.error)
    if kind is None:
        raise RuntimeError(f"in the writing process: {outcome.error}: {outcome.message}")
    place = (outcome.line, outcome.column) if issubclass(kind, _WITH_PLACE) else ()
    raise kind(outcome.message, *place)


def _packed(facts: dict[str, Any], contents: Sequence[bytes]) -> bytes:
    pieces = [json.dumps(facts).encode(), *contents]
    return b"".join(_LENGTH.pack(len(piece)) + piece for piece in pieces)


def _piece(source: BinaryIO) -> bytes:
    head = source.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    piece = source.read(length)
    if len(piece) < length:
        raise EOFError
    return piece
