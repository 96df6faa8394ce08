"""What can go wrong on our side: one small tree, mapped to exit codes and to HTTP statuses once each.

Wrong *content* is never an exception: it is a :class:`kg.findings.Finding`.
"""

from __future__ import annotations


class KgError(Exception):
    """Root of the tree; the message says what happened, where, and what to do."""


class SiteError(KgError):
    """A folder cannot be read as a site."""


class CrosswalkError(KgError):
    """A file in ``ontology/crosswalks`` is not what it should be."""


class OntologyError(KgError):
    """The ontology cannot be read, or a graph uses a term that it does not declare."""


class ReleaseError(KgError):
    """There is no release where one was expected, or it is damaged."""


class SettingError(KgError):
    """A setting from the environment is not what it should be."""


class MissingExtra(KgError):
    """Something was asked for that needs a package which is not installed; the message says which and how to get it."""


class UnknownName(KgError):
    """Nothing of that name is there: a canned query, a format, a store, a page."""


class QueryError(KgError):
    """A query cannot be answered."""


class PlacedError(QueryError):
    """A text that was sent is not what it should be.

    ``line`` and ``column`` are 1-based, and ``None`` where the parser names no position.
    """

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class QuerySyntaxError(PlacedError):
    """The query's text is not SPARQL 1.1 Query."""


class QueryRefused(QueryError):
    """The query asks for what this store never does: SERVICE, LOAD, an update."""


class UpdateRefused(QueryRefused):
    """It is an update, LOAD included, where only queries are taken."""


class ParameterError(QueryError):
    """A canned query's parameter is missing, unknown, or of the wrong type."""


class QueryTimeout(QueryError):
    """The query ran longer than its deadline and was ended."""


class QueryTooLarge(QueryError):
    """The query needed more memory than it may have and was ended."""


class Busy(QueryError):
    """All workers are busy and the queue is full; the same query may succeed later."""


class TooManyQueries(Busy):
    """This client has had its share: as many dear queries as one may run, or all the time it gets."""


class ServiceFailed(QueryError):
    """Another endpoint, which a SERVICE clause names, gave no answer that can be used."""


class Conflict(QueryError):
    """An update needs a graph that is not there, or makes one that is."""


class PreconditionFailed(QueryError):
    """A write was to be done only if its graph is there, or only if it is not, and that is not so."""


class DocumentError(PlacedError):
    """An RDF document is not what its media type says."""


class NotStored(QueryError):
    """What was written cannot be kept: the disk is full, or does not answer."""
