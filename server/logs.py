"""Log lines of the server's processes: texts for people, or one JSON object (RFC 8259) on each line for programs."""

from __future__ import annotations

import atexit
import json
import logging
import os
import sys
import threading
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache, lru_cache
from types import TracebackType

from kg.findings import printable

TEXT, JSON = "text", "json"
"""Names of the formats."""
LONGEST = 4000
"""Longest message or other text of a line, in characters; of an exception, the last ones of four times as many."""

VARIABLE = "KG_LOG_FORMAT"
"""Name of the environment variable with the format, also for child processes."""

_logger = logging.getLogger("server")
_children = logging.getLogger("child_process")
_END_SECONDS = 1.0
_LONGEST_LINE = 256 * 1024


def configure(form: str) -> None:
    """Have the loggers of this process and its later children write to standard error in a format.

    Exceptions that nobody catches are logged as well.
    """
    os.environ[VARIABLE] = form
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines() if form == JSON else _TextLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.raiseExceptions = False  # what cannot be written must not end a thread
    logging.captureWarnings(True)
    _logger.setLevel(logging.INFO)
    sys.excepthook = _uncaught
    threading.excepthook = lambda raised: _uncaught(raised.exc_type, raised.exc_value, raised.exc_traceback)


def inherited() -> str:
    """Return the format of the process that started this one."""
    return os.environ.get(VARIABLE, TEXT)


@cache
def child_stderr() -> int | None:
    """Return the file descriptor for the standard error of child processes; ``None`` if they may write to ours.

    What programs and libraries write there is no JSON. So each of such lines is made the message of a record.
    """
    if inherited() != JSON:
        return None
    source, sink = os.pipe()
    relay = threading.Thread(target=_relay, args=(source,), name="logs", daemon=True)
    relay.start()
    atexit.register(_end_relay, sink, relay)
    return sink


def fields(**values: object) -> dict[str, Mapping[str, object]]:
    """Return the ``extra`` of a call of a logger by which a line says these values beside its message."""
    return {"fields": values}


def timestamp(now: float) -> str:
    """Return a time, in seconds since 1970, in UTC with milliseconds (RFC 3339).

    >>> timestamp(1735689600.0625)
    '2025-01-01T00:00:00.062Z'
    """
    second = int(now)
    return f"{_second(second)}.{int((now - second) * 1000):03d}Z"


def shortened(text: str, longest: int = LONGEST) -> str:
    """Return a text, or its beginning if it is longer.

    >>> shortened("abcdef", 3)
    'abc…'
    """
    return text if len(text) <= longest else f"{text[:longest]}…"


def members(values: Mapping[str, object]) -> str:
    """Return values as the members of a JSON object, in ASCII and without those that are ``None``.

    >>> members({"a": 1, "b": None, "c": "x\\n"})
    '"a": 1, "c": "x\\\\n"'
    """
    return json.dumps({name: value for name, value in values.items() if value is not None})[1:-1]


@lru_cache(1)
def _second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _relay(source: int) -> None:
    """Write each line of the child processes as it is if it is an object, else as a message."""
    with open(source, encoding="utf-8", errors="replace") as lines:
        while line := lines.readline(_LONGEST_LINE):
            if line.startswith("{") and line.endswith("}\n"):
                sys.stderr.write(line)
                sys.stderr.flush()
            elif said := line.strip():
                _children.warning("%s", said)


def _end_relay(sink: int, relay: threading.Thread) -> None:
    """Wait until the last lines of child processes that have ended are written."""
    os.close(sink)
    relay.join(_END_SECONDS)


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if error is None or not issubclass(kind, Exception):
        sys.__excepthook__(kind, error or kind(), trace)
    else:
        _logger.critical("an exception was not caught", exc_info=error)


class _JsonLines(logging.Formatter):
    """Formatter of a record as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        raised = record.exc_info[1] if record.exc_info else None
        values = {
            "timestamp": timestamp(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": shortened(record.getMessage()),
            "process": os.getpid(),
            **getattr(record, "fields", {}),
            "exception": None if raised is None else _trace(raised),
        }
        return f"{{{members(values)}}}"


class _TextLines(logging.Formatter):
    """Formatter of a record as the commands print messages; an exception follows on lines of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the lines."""
        said = printable(shortened(record.getMessage()))
        line = said if record.levelno == logging.INFO else f"{record.name}: {record.levelname.lower()}: {said}"
        beside = [f"{name}={printable(str(value))}" for name, value in getattr(record, "fields", {}).items()]
        raised = record.exc_info[1] if record.exc_info else None
        return " ".join([line, *beside]) + ("" if raised is None else f"\n{_trace(raised)}")


def _trace(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))[-4 * LONGEST :].rstrip()
