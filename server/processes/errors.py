"""Failures that one process reports to another: a :class:`kg.errors.QueryError` as plain values, and back."""

from __future__ import annotations

from dataclasses import dataclass

from kg import errors

_KINDS = {
    kind.__name__: kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.QueryError)
}


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure in another process."""

    kind: str
    """Name of the class of the exception."""
    message: str
    line: int | None = None
    column: int | None = None
    """Of the mistake in a text that was sent, 1-based; ``None`` where it has no place."""


def to_failure(error: Exception) -> Failure:
    """Return an exception as values that can be sent."""
    place = (error.line, error.column) if isinstance(error, errors.PlacedError) else ()
    return Failure(type(error).__name__, str(error), *place)


def to_exception(failure: Failure) -> Exception:
    """Return the exception that a failure was made of; :class:`RuntimeError` where it was no error of a query.

    >>> to_exception(Failure("QueryRefused", "no")), to_exception(Failure("KeyError", "x"))
    (QueryRefused('no'), RuntimeError('in another process: KeyError: x'))
    """
    kind = _KINDS.get(failure.kind)
    if kind is None:
        return RuntimeError(f"in another process: {failure.kind}: {failure.message}")
    if issubclass(kind, errors.PlacedError):
        return kind(failure.message, failure.line, failure.column)
    return kind(failure.message)
