"""Messages to authors about the pages that a build kept out of the graph."""

from __future__ import annotations

from http import HTTPStatus

from kg.query.known import KeptOut, all_kept_out, kept_out
from server.http.protocol import Problem
from server.service import Service


def pages_kept_out(service: Service) -> list[KeptOut]:
    """Return the pages that are kept out, for authors; none on a server that is not for them."""
    return all_kept_out(service.current.release.report) if service.settings.drafts else []


def problem_of_kept_out(service: Service, name: str, near: dict[str, object] | None = None) -> Problem | None:
    """Return why a page with this IRI, or path or name of its file, is kept out, for authors; ``None`` if none is.

    ``near`` has what is told beside it.
    """
    page = kept_out(name, service.current.release.report) if service.settings.drafts else None
    if page is None:
        return None
    detail = f"this page is kept out of the graph: {page.because}"
    return Problem(HTTPStatus.NOT_FOUND, detail, more={**(near or {}), "findings": list(map(str, page.findings))})
