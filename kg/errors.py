"""The exceptions of kg and of its server. Each is mapped to an exit code and to an HTTP status once.

* KgError
  * SiteError
  * CrosswalkError
  * OntologyError
  * ReleaseError
  * SettingError
  * MissingExtra
  * UnknownName
    * UnknownValue
  * QueryError
    * PlacedError
      * QuerySyntaxError
      * DocumentError
    * QueryRefused
      * UpdateRefused
    * ParameterError
    * QueryTimeout
    * QueryTooLarge
    * Busy
      * TooManyQueries
    * ServiceFailed
    * Conflict
    * PreconditionFailed
    * NotStored

Wrong content of a site is never an exception: it is a :class:`kg.findings.Finding`.
"""

from __future__ import annotations


class KgError(Exception):
    """Base class of all exceptions here. The message says what happened, where, and what to do."""


class SiteError(KgError):
    """A folder cannot be read as a site."""


class CrosswalkError(KgError):
    """A file in ``ontology/crosswalks`` cannot be read or has a wrong value."""


class OntologyError(KgError):
    """The ontology cannot be read, or a graph uses a term that it does not declare."""


class ReleaseError(KgError):
    """There is no release where one was expected, or it is damaged."""


class SettingError(KgError):
    """A setting in the environment has a wrong value."""


class MissingExtra(KgError):
    """An optional package is needed that is not installed; the message names it and says how to install it."""


class UnknownName(KgError):
    """There is no canned query, format, store or page of that name."""


class UnknownValue(UnknownName):
    """A release has no page or site that a value of a canned query's parameter names.

    ``near`` has the values that are most like it, best first, each with the title of what it names.
    """

    def __init__(self, kind: str, value: str, parameter: str, near: dict[str, str]) -> None:
        nearest = ", ".join(f"{key} ({title})" for key, title in near.items())
        super().__init__(f"no {kind} {value!r}; " + (f"the nearest are {nearest}" if near else f"there is no {kind}"))
        self.parameter = parameter
        self.near = near


class QueryError(KgError):
    """A query cannot be answered."""


class PlacedError(QueryError):
    """A text that was sent cannot be parsed.

    ``line`` and ``column`` are 1-based, and ``None`` where the parser names no position.
    """

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class QuerySyntaxError(PlacedError):
    """The query's text is not SPARQL 1.1 Query."""


class QueryRefused(QueryError):
    """The query asks for an operation that is not allowed: SERVICE, LOAD, an update."""


class UpdateRefused(QueryRefused):
    """An update, LOAD included, was sent to where only queries are answered."""


class ParameterError(QueryError):
    """A canned query's parameter is missing, unknown, or of the wrong type."""


class QueryTimeout(QueryError):
    """The query took longer than its deadline and was ended."""


class QueryTooLarge(QueryError):
    """The query needed more memory than it may have and was ended."""


class Busy(QueryError):
    """All workers are busy and the queue is full. The same query may succeed later."""


class TooManyQueries(Busy):
    """The client runs as many long queries as it may, or has used up its time for queries."""


class ServiceFailed(QueryError):
    """The endpoint of a SERVICE clause gave no usable answer."""


class Conflict(QueryError):
    """An update needs a graph that does not exist, or creates one that does."""


class PreconditionFailed(QueryError):
    """The condition of a write, that its graph exists or does not, is not met."""


class DocumentError(PlacedError):
    """An RDF document cannot be parsed as its media type."""


class NotStored(QueryError):
    """A write cannot be stored: the disk is full or fails."""
