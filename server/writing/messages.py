"""Messages between the front and the writing process: one order, then its result.

A message is a JSON object, followed by the bytes of the order's documents.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO

from kg.store.overlay.document import RdfDocument
from server.processes.errors import Failure, to_exception
from server.processes.framing import piece, read_piece

UPDATE, PUT, POST, DELETE, FOLLOW, PING = "update", "put", "post", "delete", "follow", "ping"

NO_OVERLAY = 3
"""Exit status of a process that cannot open the overlay."""

_FACTS = ("verb", "deadline", "text", "graph", "expected", "using", "using_named", "release")


@dataclass(frozen=True, slots=True)
class Order:
    """A write operation; ``FOLLOW`` changes the release, ``PING`` tests whether the process is ready."""

    verb: str
    """``UPDATE``, ``PUT``, ``POST``, ``DELETE``, ``FOLLOW`` or ``PING``."""
    deadline: float = 0.0
    """Seconds from the start of the operation."""
    text: str = ""
    """SPARQL text of an update."""
    graph: str = ""
    """IRI of the graph to write, or of an update's default graph; empty for the dataset's default graph."""
    expected: bool | None = None
    """Precondition: true if the graph must exist, false if it must not, ``None`` for no condition."""
    using: tuple[str, ...] = ()
    using_named: tuple[str, ...] = ()
    documents: tuple[RdfDocument, ...] = ()
    release: str = ""
    """Folder of the release to follow."""


def write_order(order: Order) -> bytes:
    """Return an order as a message."""
    facts = {name: getattr(order, name) for name in _FACTS}
    heads = [[document.format, document.base] for document in order.documents]
    return _packed({**facts, "documents": heads}, [document.content for document in order.documents])


def read_order(source: BinaryIO) -> Order:
    """Read an order.

    Raises:
        EOFError: when the other side has closed the connection.
    """
    facts = json.loads(read_piece(source))
    documents = tuple(RdfDocument(fmt, base, read_piece(source)) for fmt, base in facts.pop("documents"))
    using, using_named = tuple(facts.pop("using")), tuple(facts.pop("using_named"))
    return Order(**facts, using=using, using_named=using_named, documents=documents)


@dataclass(frozen=True, slots=True)
class WriteResult:
    """The result of an order."""

    changed: bool = True
    """True if a PUT or POST created the graph, or a DELETE removed one."""
    failure: Failure | None = None
    """Exception of an order that failed."""


def write_result(result: WriteResult) -> bytes:
    """Return a result as a message."""
    return _packed(asdict(result), [])


def read_result(source: BinaryIO) -> bool:
    """Read the result of an order, and return :attr:`WriteResult.changed`.

    Raises:
        QueryError: when the order failed.
        RuntimeError: when it failed for an internal reason.
        EOFError: when the other side has closed the connection.
    """
    result = json.loads(read_piece(source))
    if result["failure"]:
        raise to_exception(Failure(**result["failure"]))
    return bool(result["changed"])


def _packed(facts: dict[str, Any], contents: Sequence[bytes]) -> bytes:
    return b"".join(map(piece, (json.dumps(facts).encode(), *contents)))
