"""A release in a folder, whose store is read in this process."""

from __future__ import annotations

import io
from pathlib import Path

from kg.client.backend import WANTED
from kg.query import Format, Query
from kg.release import open_release
from kg.store.deep_stack import with_deep_stack
from kg.store.oxigraph import open_store


class Folder:
    """Implementation of :class:`kg.client.backend.Backend` with the store of a release."""

    def __init__(self, path: Path, timeout: float) -> None:
        """Open the current release in ``path``.

        Raises:
            ReleaseError: when there is no release, or it is damaged.
        """
        release = open_release(path)
        self.report: Path | None = release.report
        self._store, self._timeout = open_store(release.store), timeout

    def answer(self, text: str) -> tuple[Format, bytes]:
        """Return the answer to a query and its format.

        Raises:
            QueryTimeout: when the query takes too long; see :func:`kg.store.deep_stack.with_deep_stack`.
        """

        def evaluate() -> tuple[Format, bytes]:
            out, answer = io.BytesIO(), self._store.ask(Query(text))
            wanted = WANTED[answer.form]
            answer.write(out, wanted)
            return wanted, out.getvalue()

        return with_deep_stack(text, evaluate, self._timeout)
