"""What a request looks for, where it is looked up, and the addresses of requests that differ in one thing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from flask import Response, request, url_for
from werkzeug.exceptions import NotFound

from kg import search_index
from kg.search_index import FACETS, SORTS, Hit, SearchIndex, SearchRequest
from server.http.negotiation import prefers_html
from server.http.protocol import Problem
from server.pages.addresses import page_of
from server.service import Service

DATA = {"json": "application/json", "csv": "text/csv"}
"""The formats for programs beside the page for people."""
CSV_HEADER = ("name", "kind", "sites", "identifiers", "sheets", "iri")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""With what a formula begins in spreadsheets."""
_LAST_PAGE = 1_000_000
_VALUES = 50
"""Values of a facet that count."""


@dataclass(frozen=True, slots=True)
class Search:
    """A request for things, at the address where it was made."""

    endpoint: str
    request: SearchRequest
    usual: str
    """The order where none is named."""

    def address(self, **changes: object) -> str:
        """The address of the same request with other ``text``, ``sort``, ``page`` or ``format``."""
        form = changes.pop("format", None)
        changed = replace(self.request, **{"page": 1, **changes})  # type: ignore[arg-type] # fields of Request
        parameters: dict[str, Any] = {
            "q": changed.text or None,
            **{name: list(values) for name, values in changed.chosen.items()},
            "sort": changed.sort if changed.sort != self.usual else None,
            "page": changed.page if changed.page > 1 else None,
            "format": form,
        }
        return url_for(self.endpoint, **parameters)

    def toggled(self, facet: str, value: str) -> str:
        """The address with a facet's value chosen, or no longer."""
        before = self.request.chosen.get(facet, ())
        after = tuple(name for name in before if name != value) if value in before else (*before, value)
        return self.address(chosen={**self.request.chosen, facet: after})

    def sorted_by(self, column: str) -> str:
        """The address that sorts by a column; the other way round where it already does, numbers from the greatest."""
        first, second = (f"-{column}", column) if column == "sheets" else (column, f"-{column}")
        return self.address(sort=second if self.request.sort == first else first)

    def direction(self, column: str) -> str | None:
        """How a column is sorted, in the words of ``aria-sort``; ``None`` where it is not."""
        if self.request.sort.removeprefix("-") != column:
            return None
        return "descending" if self.request.sort.startswith("-") else "ascending"

    @property
    def whole(self) -> SearchRequest:
        """The same on one page."""
        return replace(self.request, page=1, size=None)


def asked(endpoint: str, usual: str, size: int) -> Search:
    """What the present request looks for; what is no sort or page is taken as none."""
    args = request.args
    sort = args.get("sort", usual)
    chosen = {name: tuple(dict.fromkeys(filter(None, args.getlist(name)[:_VALUES]))) for name in FACETS}
    return Search(
        endpoint,
        SearchRequest(
            args.get("q", "").strip(),
            {name: values for name, values in chosen.items() if values},
            sort if sort.removeprefix("-") in SORTS else usual,
            page_asked("page"),
            size,
        ),
        usual,
    )


def page_asked(name: str) -> int:
    """The number of a page that a parameter names; the first where it names none."""
    text = request.args.get(name, "")
    return min(max(int(text), 1), _LAST_PAGE) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def index(service: Service) -> SearchIndex:
    """The index of the release that is served now."""
    release = service.current.release
    if search_index.FILE not in release.manifest["files"]:
        raise NotFound("this release has no search index in it; build it again with: kg build")
    return SearchIndex(release.folder / search_index.FILE)


def wanted() -> str:
    """``html``, or one of :data:`DATA`; raises :class:`server.http.protocol.Problem` where there is no such format."""
    named, accept = request.args.get("format"), request.headers.get("Accept")
    if named:
        if named not in ("html", *DATA):
            raise Problem(HTTPStatus.BAD_REQUEST, f"no format {named!r}; there are html, {', '.join(DATA)}")
        return named
    if prefers_html(accept):
        return "html"
    best = request.accept_mimetypes.best_match(DATA.values()) if accept else DATA["json"]
    found = next((name for name, media_type in DATA.items() if media_type == best), None)
    if found is None:
        available = ["text/html", *DATA.values()]
        detail = f"this comes as {', '.join(available)}"
        raise Problem(HTTPStatus.NOT_ACCEPTABLE, detail, more={"available": available}, headers={"Vary": "Accept"})
    return found


def row(hit: Hit) -> tuple[str | int, ...]:
    """A thing as a row under :data:`CSV_HEADER`."""
    return hit.name, hit.kind, "; ".join(hit.sites), "; ".join(hit.identifiers), hit.sheets, hit.iri


def as_json(hit: Hit) -> Mapping[str, object]:
    """A thing as programs get it."""
    return {
        "iri": hit.iri,
        "name": hit.name,
        "otherNames": hit.labels,
        "kind": hit.kind,
        "sites": hit.sites,
        "identifiers": hit.identifiers,
        "sheets": hit.sheets,
        "recommendedBy": [{"iri": iri, "name": name} for iri, name in hit.recommended_by],
        "partOf": hit.part_of,
        "text": "".join(piece for piece, _ in hit.snippet),
        "page": page_of(hit.iri),
    }


def as_csv(header: Sequence[str], rows: Iterable[Sequence[object]], name: str) -> Response:
    """A table to take away (RFC 4180), in which no name that a page has given to something is a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_as_text(header))
    writer.writerows(map(_as_text, rows))
    response = Response(text.getvalue(), mimetype="text/csv")
    response.mimetype_params["header"] = "present"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.vary.add("Accept")
    return response


def _as_text(cells: Sequence[object]) -> list[object]:
    """A row as a spreadsheet may open it: what would be a formula there is kept a text by an apostrophe before it.

    >>> _as_text(["=1+1", "1+1", "@SUM(A1)", -2])
    ["'=1+1", '1+1', "'@SUM(A1)", -2]
    """
    return [f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell for cell in cells]
