"""The parts of the server that routes and page models are built from."""

from __future__ import annotations

from dataclasses import dataclass

from server.current import Current
from server.federation.rewriting import Federation
from server.settings import Settings
from server.workers import Pool
from server.writing.writer import Writer


@dataclass(frozen=True, slots=True)
class Service:
    """The dependencies of the views, passed to each module's ``blueprint(service)``."""

    current: Current
    """Current release."""
    settings: Settings
    pool: Pool
    """Evaluates all queries."""
    federation: Federation
    """Evaluates the SERVICE clauses of queries at other endpoints."""
    writer: Writer | None = None
    """Changes the dataset; ``None`` if the server is read-only."""
