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
    """Everything that a view needs, handed to ``blueprint(service)`` of each."""

    current: Current
    """Tells the release to speak of."""
    settings: Settings
    pool: Pool
    """Answers queries; nothing else evaluates any."""
    federation: Federation
    """Asks other endpoints what a query's SERVICE clauses ask of them."""
    writer: Writer | None = None
    """Does what is to be written; ``None`` where nobody may write."""
