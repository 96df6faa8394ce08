"""What a page may cost: a few lines of Liquid can ask for more memory than a machine has."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from liquid.exceptions import LiquidError, ResourceLimitError

LONGEST_OUTPUT = 10_000_000
"""Of a page, of its variables together, and of what a filter gives, in characters."""
MOST_ITEMS = 100_000
"""Of a list, and rounds of a loop."""
MOST_INCLUDES = 1_000
"""Of a page, those in includes and in loops among them."""
_LARGEST_NUMBER = 10**300


class TooMuch(Exception):
    """Rendering the page was given up; the problem has been noted."""


class FilterLimitError(ResourceLimitError):
    """A filter was about to give more than a page may hold."""


class IncludeLimitError(ResourceLimitError):
    """A page includes more than it may."""


BROKEN = (TooMuch, LiquidError, ValueError, TypeError, ArithmeticError, LookupError, RecursionError)
"""What the Liquid library raises for a template that it cannot render."""


def limited(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The filter, refusing to begin or to go on with results of more than a page may hold.

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
    """At least the length of what a filter gives that makes one text of many."""
    if name == "replace" and len(given) > 1:
        text, old, new = str(given[0]), str(given[1]), str(given[2]) if len(given) > 2 else ""
        return len(text) + text.count(old) * len(new)
    if name == "join" and isinstance(given[0], list | tuple):
        between = len(str(given[1])) if len(given) > 1 else 1
        return sum(between + (len(item) if isinstance(item, str) else 1) for item in given[0])
    return 0
