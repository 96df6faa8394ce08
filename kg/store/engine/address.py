"""The address of an engine, and what to identify ourselves with there."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field

from kg.errors import SettingError
from kg.iri import is_endpoint, shown

USER, TOKEN = "KG_ENGINE_USER", "KG_ENGINE_TOKEN"
"""Names of the environment variables with the user and the secret."""


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine behind the SPARQL 1.1 Protocol."""

    url: str
    """Address of its query operation."""
    seconds: float = 30.0
    """Seconds that it may take for an answer; the caller ends a query that takes longer."""
    user: str = ""
    token: str = field(default="", repr=False)
    """Password of ``user``; without a user, a bearer token."""

    @property
    def authorization(self) -> str:
        """Value of the header ``Authorization``; empty without a secret."""
        if self.user:
            return f"Basic {b64encode(f'{self.user}:{self.token}'.encode()).decode()}"
        return f"Bearer {self.token}" if self.token else ""


def engine_from_environment(url: str, seconds: float, environ: Mapping[str, str]) -> Engine:
    """Return the engine at ``url`` with the user and the secret in ``environ``.

    Raises:
        SettingError: when the address is no URL of http or https without user and fragment, or the secret has
            characters that no header may have.

    >>> engine_from_environment("http://127.0.0.1:7878/query", 30.0, {}).authorization
    ''
    """
    user, token = environ.get(USER, "").strip(), environ.get(TOKEN, "").strip()
    if not is_endpoint(url):
        raise SettingError(f"the engine must be a web address without user and fragment, not {shown(url)!r}")
    if not (user + token).isprintable() or ":" in user or (token and not user and not token.isascii()):
        raise SettingError(f"{USER} or {TOKEN} has characters that cannot be sent")
    return Engine(url, seconds, user, token)
