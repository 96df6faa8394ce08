"""The protocol of a source of a graph: a release or an endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from kg.query import FORMATS_BY_NAME, JSON, Form, Format

N_TRIPLES = FORMATS_BY_NAME["ntriples"]
WANTED: Mapping[Form, Format] = {Form.BINDINGS: JSON, Form.BOOLEAN: JSON, Form.GRAPH: N_TRIPLES}
"""Form of an answer → the format in which it is read."""


class Backend(Protocol):
    """A place that answers queries."""

    report: Path | None
    """File of the build's report, which says why a page is kept out; ``None`` where there is no such file."""

    def answer(self, text: str) -> tuple[Format, bytes]:
        """Return the answer to a query and its format, one of :data:`WANTED`.

        Raises:
            QueryError: when the query cannot be answered.
        """
