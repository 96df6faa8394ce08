"""Resource limits of rendering, since a few lines of Liquid can request more memory than a machine has."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from liquid.exceptions import LiquidError, ResourceLimitError

LONGEST_OUTPUT = 10_000_000
"""Characters of a page, of all its variables together, and of the result of a filter, at most."""
MOST_ITEMS = 100_000
"""Items of a list, and iterations of a loop, at most."""
MOST_INCLUDES = 1_000
"""Includes of a page, at most, counting those within includes and loops."""
_LARGEST_NUMBER = 10**300


class TooMuch(Exception):
    """Rendering was aborted by a limit, and the problem has been recorded."""


class FilterLimitError(ResourceLimitError):
    """The arguments or the result of a filter exceed a limit."""


class IncludeLimitError(ResourceLimitError):
    """A page exceeds the limits of includes."""


BROKEN = (TooMuch, LiquidError, ValueError, TypeError, ArithmeticError, LookupError, RecursionError)
"""Exceptions that rendering raises for a template that it cannot render."""


def limited(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a filter so that it raises an error where an argument or the result exceeds a limit.

    Raises:
        FilterLimitError: from the wrapped filter, when a limit is exceeded.

    >>> limited("append", lambda text, more: text + more)("a" * 6_000_000, "a" * 6_000_000)
    Traceback (most recent call last):
    kg.liquid.limits.FilterLimitError: append: the result is too long
    """

    @wraps(function)
    def within_limits(*given: Any, **named: Any) -> Any:
        arguments = [*given, *named.values()]
        result = None
        if not any(_is_too_large(argument) for argument in arguments) and _expected(name, given) <= LONGEST_OUTPUT:
            result = function(*given, **named)
            if not _is_too_large(result):
                return result
        raise FilterLimitError(f"{name}: the result is too long", token=None)

    return within_limits


def _is_too_large(value: object) -> bool:
    if isinstance(value, str):
        return len(value) > LONGEST_OUTPUT
    if isinstance(value, list | tuple | range):
        return len(value) > MOST_ITEMS
    return isinstance(value, int | float) and abs(value) > _LARGEST_NUMBER


def _expected(name: str, given: tuple[Any, ...]) -> int:
    """Return a lower bound of the length of the result of ``replace`` or ``join``, in characters; else 0."""
    if name == "replace" and len(given) > 1:
        text, old, new = str(given[0]), str(given[1]), str(given[2]) if len(given) > 2 else ""
        return len(text) + text.count(old) * len(new)
    if name == "join" and isinstance(given[0], list | tuple):
        between = len(str(given[1])) if len(given) > 1 else 1
        return sum(between + (len(item) if isinstance(item, str) else 1) for item in given[0])
    return 0
