"""What is served, one module per part: each has ``blueprint(service)``, which gives its routes.

The folder is the registry; a module whose name begins with an underscore serves others and has no routes.
"""

from __future__ import annotations

from dataclasses import dataclass

from server.federation.rewriting import Federation
from server.settings import Settings
from server.workers import Pool
from server.workers.current import Current
from server.writing.writer import Writer


@dataclass(frozen=True, slots=True)
class Service:
    """What every view is handed."""

    current: Current
    """Tells the release to speak of."""
    settings: Settings
    pool: Pool
    """Answers queries; nothing else evaluates any."""
    federation: Federation
    """Asks other endpoints what a query's SERVICE clauses ask of them."""
    writer: Writer | None = None
    """Does what is to be written; ``None`` where nobody may write."""
