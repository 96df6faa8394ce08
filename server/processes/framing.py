"""Frames between the front process and a worker: one byte for the kind, a length and a payload.

The front sends ``OPEN`` once, and then ``ASK``. The worker answers each ``ASK`` in turn with ``WHOLE``, or with
``BEGIN``, any number of ``DATA`` and ``END``, or with ``ERROR`` at any point. ``SKIP`` withdraws the last queries: each
that the worker has not begun is answered with ``SKIPPED``. What the front sends is trusted; what a worker sends is not.
"""

from __future__ import annotations

import json
import marshal
import socket
import struct
from collections.abc import Mapping
from dataclasses import asdict, astuple, dataclass
from itertools import product
from typing import TYPE_CHECKING, BinaryIO

from kg.errors import QueryTooLarge
from kg.query import FORMATS_BY_NAME, Form, Format, Query
from kg.store.engine.address import Engine
from server.processes.errors import Failure, to_exception, to_failure

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

OPEN, ASK, SKIP, WHOLE, BEGIN, DATA, END, ERROR, SKIPPED = (bytes([letter]) for letter in b"OASWBDZEK")
LAST = frozenset({WHOLE, END, ERROR, SKIPPED})
"""Kinds of the last frame of an answer."""
FRAME = 64 * 1024
"""Largest payload of an answer's frame in bytes."""

NOTE = struct.Struct("!cIi")
"""A message of the master to the front: kind, process id, and for :data:`DIED` the status of ``waitpid``."""
BORN, DIED = b"B", b"D"

_HEAD = struct.Struct("!cI")
_LENGTH = struct.Struct("!I")
_FORMS = tuple(Form)
_WHOLE = struct.Struct("!cI")
"""Heading of a whole answer, and the microseconds that it took."""
_LONGEST = 2**32 - 1
_HEADINGS = dict(enumerate(product(_FORMS, (None, *FORMATS_BY_NAME.values()))))
"""First byte of an answer → its form and format."""
_HEADING_OF = {answer: bytes([number]) for number, answer in _HEADINGS.items()}


@dataclass(slots=True)  # not frozen: there is one for each request
class Ask:
    """A query as it is sent to a worker."""

    query: Query
    formats: Mapping[Form, Format | None]
    deadline: float
    """Seconds from the start of the evaluation."""
    store: str
    """Folder of the store to query, or address of the engine."""


def frame(kind: bytes, payload: bytes | bytearray = b"") -> bytes:
    """Return one frame, ready to send."""
    return _HEAD.pack(kind, len(payload)) + payload


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
        self._held = b""
        self._at = 0
        """Offset of the next frame."""

    def take(self) -> tuple[bytes, bytes] | None:
        """Return kind and payload of the next frame, or ``None`` if it is not complete."""
        held, at = self._held, self._at
        start = at + _HEAD.size
        if len(held) < start:
            return None
        kind, length = _HEAD.unpack_from(held, at)
        self._at = end = start + length
        if len(held) < end:
            self._at = at
            return None
        return kind, held[start:end]

    def fill(self, *, waits: bool = True) -> None:
        """Receive the bytes that are available; wait for some if ``waits`` and the socket blocks.

        Raises:
            EOFError: when the other side has closed the connection.
        """
        try:
            came = self._connection.recv(FRAME, 0 if waits else socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        if not came:
            raise EOFError
        self._held = self._held[self._at :] + came
        self._at = 0


def heading(form: Form, wanted: Format | None) -> bytes:
    """Return the payload of ``BEGIN``, and the first byte of that of ``WHOLE``."""
    return _HEADING_OF[form, wanted]


def read_heading(payload: bytes) -> tuple[Form, Format | None]:
    """Return the form and format of an answer from the payload of its first frame."""
    return _HEADINGS[payload[0]]


def write_open(store: str, engine: Engine | None) -> bytes:
    """Return the frame that names the folder of a store to open, or an engine to ask instead."""
    return frame(OPEN, marshal.dumps(astuple(engine) if engine else store))


def read_open(payload: bytes) -> str | Engine:
    """Return the folder or the engine in a payload of :func:`write_open`.

    >>> read_open(write_open("/store", None)[5:]), read_open(write_open("", Engine("http://127.0.0.1/"))[5:]).url
    ('/store', 'http://127.0.0.1/')
    """
    found: str | tuple[str, float, str, str] = marshal.loads(payload)  # noqa: S302 - of the front
    return found if isinstance(found, str) else Engine(*found)


def write_ask(ask: Ask) -> bytes:
    """Return the frame of a query."""
    query, formats = ask.query, ask.formats
    names = [fmt.name if (fmt := formats.get(form)) else None for form in _FORMS]
    parts = (ask.deadline, ask.store, names, query.text, query.default_graphs, query.named_graphs)
    return frame(ASK, marshal.dumps(parts))


def read_ask(payload: bytes) -> Ask:
    """Return the query in a payload of :func:`write_ask`.

    >>> ask = Ask(Query("ASK {}", ("http://a/",)), {Form.BOOLEAN: FORMATS_BY_NAME["json"]}, 2.5, "/store")
    >>> read_ask(write_ask(ask)[5:])  # doctest: +ELLIPSIS
    Ask(query=Query(text='ASK {}', default_graphs=('http://a/',), named_graphs=()), formats={...}, deadline=2.5, ...)
    """
    deadline, store, names, text, defaults, named = marshal.loads(payload)  # noqa: S302 - of the front
    formats = dict(zip(_FORMS, map(FORMATS_BY_NAME.get, names), strict=True))
    return Ask(Query(text, defaults, named), formats, deadline, store)


def write_skip(number: int) -> bytes:
    """Return the frame that withdraws the last queries, a number of them."""
    return frame(SKIP, _LENGTH.pack(number))


def read_skip(payload: bytes) -> int:
    """Return the number in a payload of :func:`write_skip`.

    >>> read_skip(write_skip(3)[5:])
    3
    """
    return int(_LENGTH.unpack(payload)[0])


def read_whole(payload: bytes) -> tuple[bytes, float, bytes]:
    """Return heading, seconds of evaluation and body of a whole answer."""
    begin, microseconds = _WHOLE.unpack_from(payload)
    return begin, microseconds / 1e6, payload[_WHOLE.size :]


def write_error(error: Exception) -> bytes:
    """Return the frame of an error."""
    return frame(ERROR, json.dumps(asdict(to_failure(error))).encode())


def read_error(payload: bytes) -> Exception:
    """Return the error in a payload of :func:`write_error`; a :class:`RuntimeError` if its type is not known."""
    return to_exception(Failure(**json.loads(payload)))


class Outlet:
    """The output of a worker: sends an answer of at most :data:`FRAME` bytes as ``WHOLE``, and a longer one in parts.

    ``limit`` is the largest size of the answer in bytes. Blocks while the front does not read.
    """

    def __init__(self, connection: socket.socket, form: Form, wanted: Format | None, limit: int) -> None:
        self._connection = connection
        self._heading = heading(form, wanted)
        self._has_begun = False
        self._held = bytearray()
        self._left = limit

    def write(self, data: ReadableBuffer) -> int:
        """Take a part of the answer, and return its length.

        Raises:
            QueryTooLarge: when the answer exceeds the limit.
        """
        part = memoryview(data)
        self._left -= part.nbytes
        if self._left < 0:
            raise QueryTooLarge("the answer is larger than this server sends; ask for less, or add a LIMIT")
        while part.nbytes > (room := FRAME - len(self._held)):
            self._held += part[:room]
            self._send()
            part = part[room:]
        self._held += part
        return memoryview(data).nbytes

    def flush(self) -> None:
        """Do nothing: what is sent early takes more calls."""

    def end(self, seconds: float) -> None:
        """Send the rest of a complete answer, whose evaluation took so many seconds."""
        if self._has_begun:
            self._send()
            self._connection.sendall(frame(END))
        else:
            head = _WHOLE.pack(self._heading, min(_LONGEST, int(seconds * 1e6)))
            self._connection.sendall(frame(WHOLE, head + self._held))

    def _send(self) -> None:
        begin = b"" if self._has_begun else frame(BEGIN, self._heading)
        self._connection.sendall(begin + frame(DATA, self._held))
        self._has_begun = True
        self._held.clear()
