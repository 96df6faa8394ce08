"""Serialisation of exceptions between processes: :class:`kg.errors.QueryError` to plain values and back."""

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
    """An exception that was raised in another process."""

    kind: str
    """Name of the exception's class."""
    message: str
    line: int | None = None
    column: int | None = None
    """1-based line and column of the error in the query; ``None`` if it has no position."""


def to_failure(error: Exception) -> Failure:
    """Return an exception as plain values."""
    place = (error.line, error.column) if isinstance(error, errors.PlacedError) else ()
    return Failure(type(error).__name__, str(error), *place)


def to_exception(failure: Failure) -> Exception:
    """Return the exception of a failure; a :class:`RuntimeError` if its class is not a subclass of ``QueryError``.

    >>> to_exception(Failure("QueryRefused", "no")), to_exception(Failure("KeyError", "x"))
    (QueryRefused('no'), RuntimeError('in another process: KeyError: x'))
    """
    kind = _KINDS.get(failure.kind)
    if kind is None:
        return RuntimeError(f"in another process: {failure.kind}: {failure.message}")
    if issubclass(kind, errors.PlacedError):
        return kind(failure.message, failure.line, failure.column)
    return kind(failure.message)
