"""Run the evaluation of a query in a thread that has stack enough, with an optional deadline."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from kg.errors import QueryError, QueryTimeout

_LONGEST = 1_000_000
"""Maximum length of a query in characters."""
_STACK_PER_CHARACTER = 8 * 1024
_LEAST_STACK = 128 * 1024 * 1024
_THREAD = "deep stack"
_T = TypeVar("_T")


def with_deep_stack(text: str, work: Callable[[], _T], seconds: float | None = None) -> _T:
    """Return the result of ``work``, run in a thread whose stack is large enough for any nesting in ``text``.

    The stack reserves address space and uses memory only on demand. Exceptions of the thread are raised again here.
    Work that takes longer than ``seconds`` is given up; the engine cannot be interrupted, so its thread runs on.

    Raises:
        QueryError: when the text is too long, or no thread can be started.
        QueryTimeout: when the work takes too long.
    """
    if len(text) > _LONGEST:
        raise QueryError(f"the query is longer than {_LONGEST} characters")
    results: list[_T] = []
    raised: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            import traceback  # imported here, since every command imports this module

            # an answer must be released in the thread that created it, but the frames still refer to it
            traceback.clear_frames(error.__traceback__)
            if error.__context__ is not None:
                traceback.clear_frames(error.__context__.__traceback__)
            raised.append(error)

    before = threading.stack_size(max(_LEAST_STACK, _STACK_PER_CHARACTER * len(text)))
    try:
        thread = threading.Thread(target=run, name=_THREAD, daemon=True)
        thread.start()
    except RuntimeError as error:
        raise QueryError(f"no memory for a query of {len(text)} characters: {error}") from error
    finally:
        threading.stack_size(before)
    thread.join(seconds)
    if raised:
        raise raised[0]
    if not results:
        raise QueryTimeout(f"the query took longer than {seconds:g} s")
    return results[0]


def is_running() -> bool:
    """Return whether a thread of :func:`with_deep_stack` is running, after it was given up or interrupted.

    The process has to end by ``os._exit``: the usual end frees what the engine uses, which then aborts the process.
    """
    return any(thread.name == _THREAD for thread in threading.enumerate())
