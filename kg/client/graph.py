"""The graph that ``kg.open`` returns."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from kg.client.backend import Backend
from kg.client.endpoint import Endpoint
from kg.client.result import Result
from kg.errors import QueryError, QueryRefused
from kg.iri import is_web_address
from kg.query import JSON, canned
from kg.query.known import check_values
from kg.query.rows import Row, read_rows, reading, with_prefixes
from kg.query.text import iri_term, with_declarations
from kg.vocab import PREFIXES, expanded_name

if TYPE_CHECKING:
    import rdflib


class KnowledgeGraph:
    """The questions and the statements of a graph; use it in a ``with`` statement, or call :meth:`close`.

    Every method raises :class:`kg.errors.QueryError` when the query fails, and :class:`kg.errors.QueryTimeout` when it
    takes too long.
    """

    def __init__(self, source: Backend) -> None:
        self._source: Backend | None = source

    def ask(self, question: str, **parameters: str | int) -> Result:
        """Return the answer to a canned question; ``kg query --list`` lists them with their parameters.

        Raises:
            UnknownName: when there is no such question, or nothing with the name in a parameter.
            ParameterError: when a parameter is missing, unknown, or not of its type.
        """
        query = canned.load(question)
        values = {name: str(value) for name, value in parameters.items()}
        text = query.fill(**values)
        check_values(query, values, self._rows, self._opened().report)
        return self.query(text)

    def query(self, text: str) -> Result:
        """Return the answer to a SELECT query; the prefixes of the graph need no declaration.

        Raises:
            QueryRefused: when it is a query of another form.
        """
        fmt, body = self._opened().answer(with_declarations(text, PREFIXES))
        with reading():
            found = json.loads(body) if fmt == JSON else {}
            if "results" in found:
                return Result(found)
        raise QueryRefused("query() takes a SELECT query; construct() takes CONSTRUCT and DESCRIBE")

    def construct(self, text: str) -> rdflib.Graph:
        """Return the graph that a CONSTRUCT or DESCRIBE query gives.

        Raises:
            QueryRefused: when it is a query of another form.
        """
        import rdflib

        fmt, body = self._opened().answer(with_declarations(text, PREFIXES))
        if fmt == JSON:
            raise QueryRefused("construct() takes a CONSTRUCT or DESCRIBE query; query() takes SELECT")
        made = rdflib.Graph(bind_namespaces="none")
        for prefix, namespace in PREFIXES.items():
            made.bind(prefix, namespace)
        with reading(rdflib.exceptions.ParserError):
            return made.parse(data=body, format="nt")

    def describe(self, iri: str) -> rdflib.Graph:
        """Return the statements with a resource as subject; its IRI may be prefixed, as ``fairsharing:b7z8by``.

        Raises:
            QueryError: when the text is no IRI.
        """
        try:
            return self.construct(f"DESCRIBE {iri_term(expanded_name(iri) or iri)}")
        except ValueError as error:
            raise QueryError(str(error)) from None

    def close(self) -> None:
        """Let go of the source; the graph answers nothing any more."""
        self._source = None

    def __enter__(self) -> KnowledgeGraph:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _opened(self) -> Backend:
        if self._source is None:
            raise QueryError("the graph is closed")
        return self._source

    def _rows(self, text: str) -> list[Row]:
        body = self._opened().answer(with_prefixes(text).text)[1]
        with reading():
            return read_rows(body)


def open_graph(source: str | os.PathLike[str], timeout: float) -> KnowledgeGraph:
    """Return the graph of :func:`kg.open`.

    Raises:
        ReleaseError: when there is no release in the folder, or it is damaged.
    """
    if isinstance(source, str) and is_web_address(source):
        return KnowledgeGraph(Endpoint(source, timeout))
    from kg.client.folder import Folder

    return KnowledgeGraph(Folder(Path(source), timeout))
