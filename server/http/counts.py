"""Counts of requests, for the operator: plain numbers, so that to count a request takes no lock and hardly any time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import Any, NamedTuple

from server.http.lru import LRUCache

BOUNDS = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
"""Upper bounds of the classes of latencies in seconds, without the last one, which has none."""
EXTENSION = "counts"
"""Key in the application's extensions of its :class:`RequestCounts`."""
OTHER, REFUSED = "other", "refused"
"""Labels of requests to no route, and of those that could not be read."""

_QUERIED = frozenset({"/sparql", "/queries"})
"""Labels of the routes whose requests are counted by the form of the query."""


class RequestKind(NamedTuple):
    """Properties of requests that are counted together."""

    route: str
    """First segment of the route, or :data:`OTHER`, or :data:`REFUSED`."""
    form: str
    """Form of the query's result at a route for queries; empty if no query was read."""
    status: str


class Latencies:
    """Latencies of requests of one kind."""

    __slots__ = ("numbers", "seconds")

    def __init__(self) -> None:
        self.numbers = [0] * (len(BOUNDS) + 1)
        """Number of requests in each class, which are not cumulative."""
        self.seconds = 0.0
        """Sum of the latencies."""

    def add(self, seconds: float) -> None:
        """Count a request."""
        self.numbers[bisect_left(BOUNDS, seconds)] += 1
        self.seconds += seconds


class RequestCounts:
    """Counts of the requests to ``routes``, as the application's rules spell them. One thread counts, any may read."""

    def __init__(self, routes: Iterable[str]) -> None:
        self._routes = {_first(route) for route in routes if "<" not in _first(route)}
        self.requests: dict[RequestKind, Latencies] = {}
        """Latencies of the requests that have been answered."""
        self.broken_off = 0
        """Number of those whose response was not sent to its end."""
        self.caches: dict[str, LRUCache[Any]] = {}
        """Caches by their names."""

    def kind(self, path: str, form: str, status: str) -> RequestKind:
        """Return the kind of a request to a path, whose query has a result of this form."""
        first = _first(path)
        route = first if first in self._routes else OTHER
        return RequestKind(route, form if route in _QUERIED else "", status)

    def of_kind(self, kind: RequestKind) -> Latencies:
        """Return the latencies of requests of a kind."""
        return self.requests.setdefault(kind, Latencies())


def _first(path: str) -> str:
    """Return the first segment of a path.

    >>> _first("/queries/gaps"), _first("/"), _first("*")
    ('/queries', '/', '*')
    """
    return path[:1] + path[1:].partition("/")[0]
