"""Replacement of a query's SERVICE clauses by the results of their endpoints."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Collection, Iterator

from kg.errors import Busy, QueryRefused, ServiceFailed, TooManyQueries
from kg.query import Query
from kg.query.text import place
from server.federation import endpoint
from server.federation.budget import Budget
from server.federation.clauses import Clause, clauses
from server.federation.solutions import values

ANSWERS = 4 * 1024 * 1024
"""Largest size of all responses for one query together, in bytes."""
_LONG = 200
"""Longest part of an endpoint's IRI in an error message, in characters."""
AT_ONCE = 4
"""Largest number of queries that wait for endpoints at once; each blocks a thread."""
CLIENT_AT_ONCE = 2
"""Largest number of them for one client."""


class Federation:
    """Evaluates SERVICE clauses at the endpoints ``allowed``, whose URLs are compared as strings."""

    def __init__(self, allowed: Collection[str]) -> None:
        self._allowed = frozenset(allowed)
        self._waiting: list[str] = []
        self._lock = threading.Lock()

    def localize(self, query: Query, seconds: float, client: str) -> Query | None:
        """Return ``query`` with its SERVICE clauses replaced by results, which may take ``seconds`` together.

        Returns ``None`` if there is no clause, or no endpoint is allowed (then the store refuses the query). Line and
        column numbers after a clause of several lines are preserved. A failure with SILENT is one empty solution.

        Raises:
            QueryRefused: when an endpoint is not allowed, or a clause cannot be replaced.
            ServiceFailed: when an endpoint fails.
            Busy: when too many queries wait for endpoints already.
        """
        if not self._allowed or "SERVICE" not in query.text.upper():
            return None
        found = clauses(query.text)
        if not found:
            return None
        self._check(query.text, found)
        with self._place(client):
            budget = Budget(seconds, ANSWERS)
            pieces, done = list[str](), 0
            for clause in found:
                pieces += query.text[done : clause.start], _replacement(clause, query.text, budget)
                done = clause.end
        return query.with_text("".join([*pieces, query.text[done:]]))

    def _check(self, text: str, found: list[Clause]) -> None:
        for clause in found:
            if clause.endpoint not in self._allowed:
                line, column = place(text, clause.start)
                named = clause.endpoint[:_LONG]
                raise QueryRefused(
                    f"SERVICE at {line}:{column} is refused: <{named}> is not an allowed endpoint of this server"
                )

    @contextlib.contextmanager
    def _place(self, client: str) -> Iterator[None]:
        with self._lock:
            if self._waiting.count(client) >= CLIENT_AT_ONCE:
                raise TooManyQueries(f"{CLIENT_AT_ONCE} of your queries wait for other endpoints already")
            if len(self._waiting) >= AT_ONCE:
                raise Busy("too many queries wait for other endpoints; try again")
            self._waiting.append(client)
        try:
            yield
        finally:
            with self._lock:
                self._waiting.remove(client)


def _replacement(clause: Clause, text: str, budget: Budget) -> str:
    try:
        answer = values(endpoint.ask(clause.endpoint, clause.query, budget), clause.variables)
    except ServiceFailed as error:
        if clause.is_silent:
            # one empty solution, in which the block's variables are in scope and unbound
            return f"{{ OPTIONAL {{ {clause.block} FILTER(false) }} }}"
        line, column = place(text, clause.start)
        raise ServiceFailed(f"SERVICE at {line}:{column}: <{clause.endpoint}> gave {error}") from None
    lines = text.count("\n", clause.start, clause.end)
    indent = place(text, clause.end)[1] - 1 if lines else 0
    return f" {answer} " + "\n" * lines + " " * indent
