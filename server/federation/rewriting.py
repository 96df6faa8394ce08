"""A query whose SERVICE clauses are replaced by what their endpoints answer."""

from __future__ import annotations

import contextlib
import dataclasses
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
"""Bytes of what the endpoints send for one query, together."""
_LONG = 200
"""Characters of an endpoint's address that are repeated to whoever sent it."""
AT_ONCE = 4
"""Queries whose endpoints are waited for at once; they hold threads that others may need."""
CLIENT_AT_ONCE = 2
"""Those of one client."""


class Federation:
    """Asks the endpoints ``allowed``, by their URLs as they stand, and no other."""

    def __init__(self, allowed: Collection[str]) -> None:
        self._allowed = frozenset(allowed)
        self._waiting: list[str] = []
        self._lock = threading.Lock()

    def localize(self, query: Query, seconds: float, client: str) -> Query | None:
        """``query`` with the answers of its endpoints, which may take so many seconds together.

        ``None`` where there is nothing to do: no SERVICE, or no endpoint allowed, and then the store refuses it.
        Lines and columns after a clause stay where they were if it spans several lines.

        Raises :class:`kg.errors.QueryRefused` for what is not allowed, :class:`kg.errors.ServiceFailed` where an
        endpoint fails (SILENT makes that one empty solution), :class:`kg.errors.Busy` where too many wait already.
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
        return dataclasses.replace(query, text="".join([*pieces, query.text[done:]]))

    def _check(self, text: str, found: list[Clause]) -> None:
        for clause in found:
            if clause.endpoint not in self._allowed:
                line, column = place(text, clause.start)
                named = clause.endpoint[:_LONG]
                raise QueryRefused(
                    f"SERVICE at {line}:{column} is refused: <{named}> is none of the endpoints that this server asks"
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
