"""Search requests: parsing, URLs of related searches, and results as JSON and CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from flask import Response, request, url_for
from werkzeug.exceptions import NotFound

from kg import search_index
from kg.query import FORMATS_BY_NAME
from kg.search_index import FACETS, SORTS, Hit, SearchIndex, SearchRequest
from kg.search_index.kinds import KINDS
from kg.search_index.query import LENGTH
from server.http.negotiation import HTML, PLAIN_JSON
from server.http.protocol import Problem
from server.pages.addresses import page_of
from server.service import Service

CSV = FORMATS_BY_NAME["csv"]
OFFERS = (PLAIN_JSON, CSV, HTML)
"""Formats of search results, of the table of things, and of the matrix."""
CSV_HEADER = ("name", "kind", "sites", "identifiers", "sheets", "iri")
_FORMULA = re.compile(r"((?:^|[;\t\r\n]) *)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
"""Place before a formula of a spreadsheet, in wide signs too; where decimals have commas, ``;`` ends a cell."""
_SHOWN = 100
"""Characters of an unknown value that are shown."""
_NAMED = 30
"""Number of known values that are named in place of it."""
_LAST_PAGE = 1_000_000
_FILTERS, _LONGEST = 50, 4000
"""Largest number of the filters of a request, and of their characters, since each link of the page repeats them."""


@dataclass(frozen=True, slots=True)
class Search:
    """A search request at a route."""

    endpoint: str
    """Flask endpoint of the route."""
    request: SearchRequest
    default_sort: str
    """Order if the request names none."""

    def address(self, **changes: object) -> str:
        """Return the URL of this request with other ``text``, ``chosen``, ``sort``, ``page`` or ``format``."""
        form = changes.pop("format", None)
        changed = replace(self.request, **{"page": 1, **changes})  # type: ignore[arg-type] # fields of Request
        parameters: dict[str, Any] = {
            "q": changed.text or None,
            **{name: list(values) for name, values in changed.chosen.items()},
            "sort": changed.sort if changed.sort != self.default_sort else None,
            "page": changed.page if changed.page > 1 else None,
            "format": form,
        }
        return url_for(self.endpoint, **parameters)

    def toggled(self, facet: str, value: str) -> str:
        """Return the URL with a value of a facet added to the filters, or removed from them."""
        before = self.request.chosen.get(facet, ())
        after = tuple(name for name in before if name != value) if value in before else (*before, value)
        return self.address(chosen={**self.request.chosen, facet: after})

    def sorted_by(self, column: str) -> str:
        """Return the URL that sorts by a column, in reverse if it is the current order; numbers start descending."""
        first, second = (f"-{column}", column) if column == "sheets" else (column, f"-{column}")
        return self.address(sort=second if self.request.sort == first else first)

    def direction(self, column: str) -> str | None:
        """Return the value of ``aria-sort`` for a column, or ``None`` if it is not the current order."""
        if self.request.sort.removeprefix("-") != column:
            return None
        return "descending" if self.request.sort.startswith("-") else "ascending"

    @property
    def unsorted(self) -> Search:
        """This search in the default order."""
        return replace(self, request=replace(self.request, sort=self.default_sort))

    @property
    def as_table(self) -> str:
        """URL of the results of this request as a table."""
        return replace(self, endpoint="browse.browse", default_sort="kind").address(sort="relevance")

    @property
    def whole(self) -> SearchRequest:
        """Request for all results on one page."""
        return replace(self.request, page=1, size=None)


def requested_search(service: Service, endpoint: str, default_sort: str, size: int) -> Search:
    """Parse the present request, with ``size`` results per page; an unknown order is ignored.

    Raises:
        Problem: when the page is not a positive number, there are too many filters, or no such kind or site (400).
    """
    args, chosen = request.args, requested_filters(*FACETS)
    sites = service.current.release.manifest["sites"]
    _check_known("kind", chosen, [kind.name for kind in KINDS])
    _check_known("site", chosen, [site["key"] for site in sites])
    sort = args.get("sort", default_sort)
    return Search(
        endpoint,
        SearchRequest(
            args.get("q", "").strip()[:LENGTH],
            chosen,
            sort if sort.removeprefix("-") in SORTS else default_sort,
            requested_page("page"),
            size,
        ),
        default_sort,
    )


def _check_known(name: str, chosen: Mapping[str, Sequence[str]], known: Sequence[str]) -> None:
    """Check that the values of a filter are among those that are known."""
    if unknown := next((value for value in chosen.get(name, ()) if value not in known), None):
        some = f"{', '.join(known[:_NAMED])}{' and others' if len(known) > _NAMED else ''}"
        there = f"there {'is' if len(known) == 1 else 'are'} {some or 'none'}"
        raise Problem(HTTPStatus.BAD_REQUEST, f"no {name} {unknown[:_SHOWN]!r}; {there}")


def requested_filters(*names: str) -> dict[str, tuple[str, ...]]:
    """Return the values of the parameters that have any, each value once.

    Raises:
        Problem: when they are too many or too long (400).
    """
    chosen = {name: tuple(dict.fromkeys(filter(None, request.args.getlist(name)))) for name in names}
    values = [value for each in chosen.values() for value in each]
    if len(values) > _FILTERS or sum(map(len, values)) > _LONGEST:
        detail = f"expected at most {_FILTERS} filters with {_LONGEST} characters altogether"
        raise Problem(HTTPStatus.BAD_REQUEST, detail)
    return {name: each for name, each in chosen.items() if each}


def requested_page(name: str) -> int:
    """Return the page number in a parameter, counted from 1; 1 if it is absent or empty.

    Raises:
        Problem: when it is not a positive number (400).
    """
    text = request.args.get(name) or "1"
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if number < 1:
        raise Problem(HTTPStatus.BAD_REQUEST, f"{name} must be a number from 1, not {text!r}")
    return min(number, _LAST_PAGE)


def is_indexed(service: Service) -> bool:
    """Return whether the current release has a search index."""
    return search_index.FILE in service.current.release.manifest["files"]


def index(service: Service) -> SearchIndex:
    """Return the search index of the current release.

    Raises:
        NotFound: when the release has no search index.
    """
    if not is_indexed(service):
        raise NotFound("this release has no search index in it; build it again with: kg build")
    return SearchIndex(service.current.release.folder / search_index.FILE)


def row(hit: Hit) -> tuple[str | int, ...]:
    """Return a hit as a row with the columns :data:`CSV_HEADER`."""
    return hit.name, hit.kind, "; ".join(hit.sites), "; ".join(hit.identifiers), hit.sheets, hit.iri


def as_json(hit: Hit) -> Mapping[str, object]:
    """Return a hit as a JSON object."""
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
        "section": _section(hit) if hit.section else None,
        "page": page_of(hit.iri),
    }


def _section(hit: Hit) -> Mapping[str, str]:
    return {
        "heading": "".join(piece for piece, _ in hit.section),
        "page": page_of(hit.section_iri),
        "published": hit.section_published,
    }


def as_csv(header: Sequence[str], rows: Iterable[Sequence[object]], name: str) -> Response:
    """Return a table as a CSV file (RFC 4180) named ``name``, in which no cell is a spreadsheet formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_as_text(header))
    writer.writerows(map(_as_text, rows))
    response = Response(text.getvalue(), mimetype=CSV.media_type)
    response.mimetype_params["header"] = "present"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _as_text(cells: Sequence[object]) -> list[object]:
    """Return a row with an apostrophe before all that a spreadsheet would evaluate as a formula.

    >>> _as_text(["=1+1", "1+1", "a;@SUM(A1)", -2])
    ["'=1+1", '1+1', "a;'@SUM(A1)", -2]
    """
    return [_FORMULA.sub(r"\1'", cell) if isinstance(cell, str) else cell for cell in cells]
