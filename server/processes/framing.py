"""The frames between front and worker: a byte for the kind, a length and a payload.

Front to worker: ``ASK``. Worker to front: ``BEGIN``, any number of ``DATA`` and ``END``; or ``ERROR`` at any point.
"""

from __future__ import annotations

import io
import socket
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from kg import errors
from kg.query import FORMATS_BY_NAME, Form, Format, Query

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

ASK, BEGIN, DATA, END, ERROR = (bytes([letter]) for letter in b"ABDZE")
FRAME = 64 * 1024
"""Bytes that are collected before they are sent."""

NOTE = struct.Struct("!cIi")
"""A message of the master to the front: kind, process id, and on a death the status of ``waitpid``."""
BORN, DIED = b"B", b"D"

_HEAD = struct.Struct("!cI")
_COUNT = struct.Struct("!I")
_ERRORS = {
    kind.__name__: kind for kind in (errors.QueryError, errors.QueryRefused, errors.UpdateRefused, errors.QueryTooLarge)
}


@dataclass(frozen=True, slots=True)
class Ask:
    """A query as it is sent to a worker."""

    query: Query
    formats: Mapping[Form, Format | None]
    deadline: float
    """Seconds."""


def frame(kind: bytes, payload: bytes = b"") -> bytes:
    """Return one frame, ready to send."""
    return _HEAD.pack(kind, len(payload)) + payload


def read_frame(source: BinaryIO) -> tuple[bytes, bytes]:
    """Return kind and payload of the next frame.

    Raises:
        EOFError: when the other side has closed the connection.
    """
    head = source.read(_HEAD.size)
    if len(head) < _HEAD.size:
        raise EOFError
    kind, length = _HEAD.unpack(head)
    payload = source.read(length)
    if len(payload) < length:
        raise EOFError
    return kind, payload


class Inbox:
    """Frames that arrive over a socket."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._held = bytearray()

    def take(self) -> tuple[bytes, bytes] | None:
        """Return kind and payload of the next frame, or ``None`` if it is not complete."""
        if len(self._held) < _HEAD.size:
            return None
        kind, length = _HEAD.unpack_from(self._held)
        end = _HEAD.size + length
        if len(self._held) < end:
            return None
        payload = bytes(self._held[_HEAD.size : end])
        del self._held[:end]
        return kind, payload

    def fill(self) -> None:
        """Receive the bytes that are available.

        Raises:
            EOFError: when the other side has closed the connection.
        """
        came = self._connection.recv(2 * FRAME)
        if not came:
            raise EOFError
        self._held += came


def pack(fields: Iterable[str]) -> bytes:
    """Return texts as one payload."""
    encoded = [field.encode() for field in fields]
    lengths = [_COUNT.pack(len(field)) for field in encoded]
    return b"".join([_COUNT.pack(len(encoded)), *lengths, *encoded])


def unpack(payload: bytes) -> list[str]:
    """Return the texts of a payload of :func:`pack`.

    >>> unpack(pack(["SELECT", "", "ø"]))
    ['SELECT', '', 'ø']
    """
    (count,) = _COUNT.unpack_from(payload)
    fields, start = [], _COUNT.size * (count + 1)
    for index in range(count):
        (length,) = _COUNT.unpack_from(payload, _COUNT.size * (index + 1))
        fields.append(payload[start : start + length].decode())
        start += length
    return fields


def write_ask(ask: Ask) -> bytes:
    """Return the frame of a query."""
    names = [fmt.name if (fmt := ask.formats.get(form)) else "" for form in Form]
    query = ask.query
    defaults = query.default_graphs
    payload = pack([repr(ask.deadline), *names, query.text, str(len(defaults)), *defaults, *query.named_graphs])
    return frame(ASK, payload)


def read_ask(payload: bytes) -> Ask:
    """Return the query in a payload of :func:`write_ask`."""
    deadline, *rest = unpack(payload)
    formats = {form: FORMATS_BY_NAME.get(name) for form, name in zip(Form, rest, strict=False)}
    text, count, *graphs = rest[len(formats) :]
    query = Query(text, tuple(graphs[: int(count)]), tuple(graphs[int(count) :]))
    return Ask(query, formats, float(deadline))


def write_error(error: errors.QueryError) -> bytes:
    """Return the frame of an error of the query."""
    place = [str(getattr(error, part, None) or "") for part in ("line", "column")]
    return frame(ERROR, pack([type(error).__name__, str(error), *place]))


def read_error(payload: bytes) -> Exception:
    """Return the error in a payload of :func:`write_error`; a :class:`RuntimeError` if its type is not known."""
    kind, message, line, column = unpack(payload)
    if kind == errors.QuerySyntaxError.__name__:
        return errors.QuerySyntaxError(message, int(line) if line else None, int(column) if column else None)
    known = _ERRORS.get(kind)
    return known(message) if known else RuntimeError(f"in a worker: {kind}: {message}")


class Outlet(io.RawIOBase):
    """The output of a worker: sends an answer as ``DATA`` frames once there are :data:`FRAME` bytes.

    A small answer is sent in one call. Blocks while the front does not read.
    """

    def __init__(self, connection: socket.socket, begin: bytes, limit: int) -> None:
        self._connection = connection
        self._pending = begin
        self._left = limit
        self._failed = False

    def writable(self) -> bool:
        """Return true."""
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        """Take at most :data:`FRAME` bytes of ``data``, since the front holds a whole frame, and return how many.

        Raises:
            QueryTooLarge: when the answer exceeds the limit.
        """
        raw = bytes(memoryview(data)[:FRAME])
        if self._failed:
            return len(raw)
        self._left -= len(raw)
        if self._left < 0:
            raise errors.QueryTooLarge("the answer is larger than this server sends; ask for less, or add a LIMIT")
        self._pending += frame(DATA, raw)
        if len(self._pending) >= FRAME:
            self._connection.sendall(self._pending)
            self._pending = b""
        return len(raw)

    def fail(self) -> None:
        """Send nothing more, so that no bytes from buffers above this one follow the error."""
        self._failed = True

    def end(self) -> None:
        """Send the rest and the frame that ends a complete answer."""
        self._connection.sendall(self._pending + frame(END))
        self._pending = b""
