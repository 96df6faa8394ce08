"""Frames between the front process and a worker: one byte for the kind, a length and a payload.

The front sends ``OPEN`` once, and then ``ASK``. The worker answers each ``ASK`` with ``BEGIN``, any number of ``DATA``
and ``END``, or with ``ERROR`` at any point.
"""

from __future__ import annotations

import io
import json
import socket
import struct
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, BinaryIO

from kg.errors import QueryTooLarge
from kg.query import FORMATS_BY_NAME, Form, Format, Query
from kg.store.engine.address import Engine
from server.processes.errors import Failure, to_exception, to_failure

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

OPEN, ASK, BEGIN, DATA, END, ERROR = (bytes([letter]) for letter in b"OABDZE")
FRAME = 64 * 1024
"""Size of the send buffer in bytes."""

NOTE = struct.Struct("!cIi")
"""A message of the master to the front: kind, process id, and for :data:`DIED` the status of ``waitpid``."""
BORN, DIED = b"B", b"D"

_HEAD = struct.Struct("!cI")
_LENGTH = struct.Struct("!I")


@dataclass(frozen=True, slots=True)
class Ask:
    """A query as it is sent to a worker."""

    query: Query
    formats: Mapping[Form, Format | None]
    deadline: float
    """Seconds from the start of the evaluation."""
    store: str
    """Folder of the store to query, or address of the engine."""


def frame(kind: bytes, payload: bytes = b"") -> bytes:
    """Return one frame, ready to send."""
    return _HEAD.pack(kind, len(payload)) + payload


def read_frame(source: BinaryIO) -> tuple[bytes, bytes]:
    """Return kind and payload of the next frame.

    Raises:
        EOFError: when the other side has closed the connection.
    """
    kind, length = _HEAD.unpack(_exactly(source, _HEAD.size))
    return kind, _exactly(source, length)


def piece(content: bytes) -> bytes:
    """Return bytes with their length before them."""
    return _LENGTH.pack(len(content)) + content


def read_piece(source: BinaryIO) -> bytes:
    """Return the bytes of the next :func:`piece`.

    Raises:
        EOFError: when the other side has closed the connection.
    """
    (length,) = _LENGTH.unpack(_exactly(source, _LENGTH.size))
    return _exactly(source, length)


def _exactly(source: BinaryIO, size: int) -> bytes:
    content = source.read(size)
    if len(content) < size:
        raise EOFError
    return content


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
        """Receive the bytes that are available, if any; the socket must not block.

        Raises:
            EOFError: when the other side has closed the connection.
        """
        try:
            came = self._connection.recv(FRAME)
        except BlockingIOError:
            return
        if not came:
            raise EOFError
        self._held += came


def pack(fields: Iterable[str]) -> bytes:
    """Return texts as one payload."""
    return b"".join(piece(field.encode()) for field in fields)


def unpack(payload: bytes) -> list[str]:
    """Return the texts of a payload of :func:`pack`.

    >>> unpack(pack(["SELECT", "", "ø"]))
    ['SELECT', '', 'ø']
    """
    source, fields = io.BytesIO(payload), []
    while source.tell() < len(payload):
        fields.append(read_piece(source).decode())
    return fields


def write_open(store: str, engine: Engine | None) -> bytes:
    """Return the frame that names the folder of a store to open, or an engine to ask instead."""
    fields = [engine.url, repr(engine.seconds), engine.user, engine.token] if engine else [store]
    return frame(OPEN, pack(fields))


def read_open(payload: bytes) -> str | Engine:
    """Return the folder or the engine in a payload of :func:`write_open`."""
    location, *rest = unpack(payload)
    return Engine(location, float(rest[0]), *rest[1:]) if rest else location


def write_ask(ask: Ask) -> bytes:
    """Return the frame of a query."""
    names = [fmt.name if (fmt := ask.formats.get(form)) else "" for form in Form]
    query = ask.query
    defaults = query.default_graphs
    payload = pack(
        [repr(ask.deadline), ask.store, *names, query.text, str(len(defaults)), *defaults, *query.named_graphs]
    )
    return frame(ASK, payload)


def read_ask(payload: bytes) -> Ask:
    """Return the query in a payload of :func:`write_ask`."""
    deadline, store, *rest = unpack(payload)
    formats = {form: FORMATS_BY_NAME.get(name) for form, name in zip(Form, rest, strict=False)}
    text, count, *graphs = rest[len(formats) :]
    query = Query(text, tuple(graphs[: int(count)]), tuple(graphs[int(count) :]))
    return Ask(query, formats, float(deadline), store)


def write_error(error: Exception) -> bytes:
    """Return the frame of an error."""
    return frame(ERROR, json.dumps(asdict(to_failure(error))).encode())


def read_error(payload: bytes) -> Exception:
    """Return the error in a payload of :func:`write_error`; a :class:`RuntimeError` if its type is not known."""
    return to_exception(Failure(**json.loads(payload)))


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
            raise QueryTooLarge("the answer is larger than this server sends; ask for less, or add a LIMIT")
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
