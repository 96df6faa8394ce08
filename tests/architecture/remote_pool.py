"""A pool that asks another endpoint by the SPARQL 1.1 Protocol; ``KG_REMOTE`` is the endpoint's URL."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from kg.errors import QueryError, QueryTimeout
from kg.query import Form, Format, Query
from kg.release import Release
from server.current import Current
from server.settings import Settings
from server.workers import Reply, Workers
from server.workers.replies import Whole


class RemotePool:
    """Sends each query to one endpoint; implements :class:`server.workers.Pool`."""

    def __init__(self, current: Current, settings: Settings) -> None:
        self._current = current
        self._url = os.environ["KG_REMOTE"]

    def answer(
        self,
        query: Query,
        formats: Mapping[Form, Format | None],
        deadline: float,
        gone: Callable[[], bool] | None = None,
        client: str = "",
    ) -> Reply:
        """See :meth:`server.workers.Pool.answer`.

        Raises:
            QueryTimeout: when the endpoint does not answer in time.
            QueryError: when the endpoint answers with an error.
        """
        by_media_type = {fmt.media_type: (form, fmt) for form, fmt in reversed(formats.items()) if fmt}
        request = Request(self._url, _form(query), {"Accept": ", ".join(by_media_type)})
        try:
            with urlopen(request, timeout=deadline) as response:
                body, media_type = response.read(), response.headers.get_content_type()
        except HTTPError as error:
            with error:
                raise QueryError(error.read().decode()) from None
        except TimeoutError:
            raise QueryTimeout(f"no answer within {deadline:g} s") from None
        form, fmt = by_media_type[media_type]
        return Reply(form, fmt, self._current.release.id, True, Whole(body), len(body))

    def version(self) -> str:
        """See :meth:`server.workers.Pool.version`."""
        return self._current.release.id

    def workers(self) -> Workers:
        """See :meth:`server.workers.Pool.workers`."""
        return Workers(idle=1, busy=0)

    def check(self, release: Release, seconds: float) -> None:
        """Do nothing: the endpoint has its own store."""

    def stop(self) -> None:
        """Do nothing: there is no process to end."""

    close = stop


def _form(query: Query) -> bytes:
    """Return the body of a query via POST with URL-encoded parameters (section 2.1.2)."""
    fields = {"query": query.text, "default-graph-uri": query.default_graphs, "named-graph-uri": query.named_graphs}
    return urlencode(fields, doseq=True).encode()
