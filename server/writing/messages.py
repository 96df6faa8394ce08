"""What goes over the socket between a front and the writing process: one order, then one outcome or one error.

A message is a JSON object and, after it, the bytes of the documents that it speaks of.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO

from kg.store.overlay.document import RdfDocument
from server.processes.errors import Failure, to_exception
from server.processes.framing import piece, read_piece

UPDATE, PUT, POST, DELETE, PING = "update", "put", "post", "delete", "ping"

NO_OVERLAY = 3
"""Exit status of a process that could not open the overlay."""

_FACTS = ("verb", "deadline", "text", "graph", "expected", "using", "using_named")


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
    """Return an order, ready to send."""
    facts = {name: getattr(order, name) for name in _FACTS}
    heads = [[document.format, document.base] for document in order.documents]
    return _packed({**facts, "documents": heads}, [document.content for document in order.documents])


def read_order(source: BinaryIO) -> Order:
    """Return the next order.

    Raises:
        EOFError: when the other side is gone.
    """
    facts = json.loads(read_piece(source))
    documents = tuple(RdfDocument(fmt, base, read_piece(source)) for fmt, base in facts.pop("documents"))
    using, using_named = tuple(facts.pop("using")), tuple(facts.pop("using_named"))
    return Order(**facts, using=using, using_named=using_named, documents=documents)


@dataclass(frozen=True, slots=True)
class WriteResult:
    """What became of an order."""

    yes: bool = True
    """Of a PUT or POST: the graph is new. Of a DELETE: there was one."""
    failure: Failure | None = None
    """``None`` where all went well."""


def write_outcome(outcome: WriteResult) -> bytes:
    """Return an outcome, ready to send."""
    return _packed(asdict(outcome), [])


def read_outcome(source: BinaryIO) -> bool:
    """Return what became of the order, as :attr:`WriteResult.yes` says it.

    Raises:
        QueryError: when the order failed.
        RuntimeError: when it failed and was not to blame.
        EOFError: when the other side is gone.
    """
    outcome = json.loads(read_piece(source))
    if outcome["failure"]:
        raise to_exception(Failure(**outcome["failure"]))
    return bool(outcome["yes"])


def _packed(facts: dict[str, Any], contents: Sequence[bytes]) -> bytes:
    return b"".join(map(piece, (json.dumps(facts).encode(), *contents)))
