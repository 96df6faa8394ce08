"""The exceptions of kg and its server.

* KgError
  * SiteError
  * CrosswalkError
  * OntologyError
  * ReleaseError
    * ReleaseNotHeld
  * BackupError
  * SettingError
  * MissingPackage
  * MissingExtra
  * LinkCacheError
  * Offline
  * UnknownName
    * UnknownValue
  * QueryError
    * PlacedError
      * QuerySyntaxError
      * DocumentError
    * QueryRefused
      * UpdateRefused
    * ParameterError
    * NotWritable
    * QueryTimeout
    * QueryTooLarge
    * Busy
      * TooManyQueries
    * ServiceFailed
      * ReleaseLost
    * Conflict
    * PreconditionFailed
    * NotStored

Invalid content of a site is not an exception but a :class:`kg.findings.Finding`.
"""

from __future__ import annotations

import shutil


def in_words(error: Exception) -> str:
    """Return why something failed: of an error of the operating system, its reason without number and file.

    >>> in_words(PermissionError(13, "Permission denied", "pages/pic.md")), in_words(ValueError("no number"))
    ('permission denied', 'no number')
    """
    reason = getattr(error, "reason", None)  # as of an address that cannot be opened
    error = reason if isinstance(reason, OSError) else error
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror[:1].lower()}{error.strerror[1:]}"
    return str(error) or type(error).__name__


def message(error: KgError | OSError) -> str:
    """Return the message of an error; of the operating system's, file and reason.

    >>> message(PermissionError(13, "Permission denied", "pages/pic.md"))
    'pages/pic.md: permission denied'
    """
    if isinstance(error, shutil.Error):
        return str(error.args[0][0][-1])  # why the first of the files could not be copied
    reason = in_words(error)
    return f"{error.filename}: {reason}" if isinstance(error, OSError) and error.filename else reason


class KgError(Exception):
    """Base class of all exceptions of this project."""


class SiteError(KgError):
    """A folder is not a site, or its configuration is invalid."""


class CrosswalkError(KgError):
    """A file in ``ontology/crosswalks`` cannot be read or has an invalid value."""


class OntologyError(KgError):
    """The ontology cannot be read, or a graph uses an undeclared term."""


class ReleaseError(KgError):
    """A release does not exist or is damaged."""


class ReleaseNotHeld(ReleaseError):
    """An engine does not hold a release, which may be published into it later."""


class BackupError(KgError):
    """Written data cannot be backed up or restored."""


class SettingError(KgError):
    """An environment variable or a setting in ``kg.toml`` is invalid."""


class MissingPackage(KgError):
    """A package that kg needs is not installed; the message has the command to install it."""


class MissingExtra(KgError):
    """An optional dependency is not installed; the message has the command to install it."""


class LinkCacheError(KgError):
    """A file is no cache of outside links."""


class Offline(KgError):
    """No host can be reached, so nothing can be said of outside links."""


class UnknownName(KgError):
    """There is no canned query, format, store or page with this name."""


class UnknownValue(UnknownName):
    """A release has nothing that a value of a canned query's parameter names.

    ``near`` has the values that are most like it, best first, each with the title of what it names. ``kept_out`` is
    why a page with this name is not in the release; empty where it has none.
    """

    def __init__(self, kind: str, value: str, parameter: str, near: dict[str, str], kept_out: str = "") -> None:
        nearest = ", ".join(f"{key} ({title})" if title and title != key else key for key, title in near.items())
        verb = "is" if len(near) == 1 else "are"
        why = f"; kept out: {kept_out}" if kept_out else ""
        like = f"; the nearest {verb} {nearest}" if near else "; none has a name like it"
        self.alone = f"no {kind} {value[:100]!r}{why}"
        """The message without the values that are most like it."""
        super().__init__(f"{self.alone}{like}")
        self.parameter = parameter
        self.value = value
        self.near = near


class QueryError(KgError):
    """A query or an update failed."""


class PlacedError(QueryError):
    """A text cannot be parsed.

    ``line`` and ``column`` are 1-based, or ``None`` if the parser reports no position.
    """

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class QuerySyntaxError(PlacedError):
    """The text is not a SPARQL 1.1 query or update."""


class QueryRefused(QueryError):
    """The query or update contains an operation that is not allowed, such as SERVICE or LOAD."""


class UpdateRefused(QueryRefused):
    """An update was sent as a query."""


class ParameterError(QueryError):
    """A parameter of a canned query is missing, unknown, or of the wrong type.

    ``parameter`` is the name of a known one; empty for others.
    """

    def __init__(self, message: str, parameter: str = "") -> None:
        super().__init__(message)
        self.parameter = parameter


class NotWritable(QueryError):
    """The wanted format cannot express the answer."""


class QueryTimeout(QueryError):
    """The query exceeded its timeout and was cancelled."""


class QueryTooLarge(QueryError):
    """The query exceeded its memory limit and was cancelled."""


class Busy(QueryError):
    """All workers are busy and the queue is full; the query can be sent again later."""


class TooManyQueries(Busy):
    """The client has reached its limit of concurrent long queries or of query time."""


class ServiceFailed(QueryError):
    """An endpoint, such as that of a SERVICE clause, cannot be reached or returned no valid answer."""


class ReleaseLost(ServiceFailed):
    """An engine holds no release any more, so that its answers are those of an empty store."""


class Conflict(QueryError):
    """An update reads a graph that does not exist, or creates one that exists."""


class PreconditionFailed(QueryError):
    """The precondition of a write, that its graph exists or does not exist, is false."""


class DocumentError(PlacedError):
    """An RDF document cannot be parsed in its format."""


class NotStored(QueryError):
    """A write cannot be stored, for example since the disk is full."""
