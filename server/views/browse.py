"""``/browse``: a table of all things, and a matrix of sheets and the standards or repositories that they recommend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from flask import Blueprint, Response, jsonify, request, url_for

from kg.query.rows import text, values
from kg.search_index import Hit, Matrix, Results
from kg.vocab import BASE
from server.http.negotiation import HTML
from server.pages.about import TITLE, page_about
from server.pages.addresses import page_of
from server.pages.finding import (
    CSV,
    CSV_HEADER,
    OFFERS,
    Search,
    as_csv,
    as_json,
    index,
    requested_filters,
    requested_page,
    requested_search,
    row,
)
from server.pages.formats import requested_format
from server.pages.languages import languages
from server.pages.rendering import render
from server.pages.rows import rows
from server.pages.table import Cell, Table, TableColumn, without_repetition
from server.service import Service

PAGE = 50
SHEETS, THINGS = 40, 250
"""Largest number of columns and rows of the matrix on one page."""
ALL_SHEETS = 500
"""Largest number of columns of the matrix in one file; ``sheets=2`` selects the next ones."""
KINDS = {
    "standards": ("data-format", "terminology", "reporting-guideline", "identifier-scheme", "standard"),
    "repositories": ("repository",),
}
"""Value of ``of`` → kinds of things in the matrix."""
COLUMNS = {
    "name": "Name",
    "kind": "Kind",
    "site": "Sites",
    "identifier": "Identifiers",
    "sheets": "Recommended by",
}
"""Key by which the things are sorted → heading of the column."""


def blueprint(service: Service) -> Blueprint:
    """Return the routes ``/browse`` and ``/browse/matrix``."""
    routes = Blueprint("browse", __name__)
    routes.add_url_rule("/browse", "browse", partial(browse, service))
    routes.add_url_rule("/browse/matrix", "matrix", partial(matrix, service))
    return routes


def browse(service: Service) -> Response:
    """Return one page of the table of all things as HTML or JSON, or the whole table as CSV.

    Raises:
        Problem: when no format is acceptable, there are too many filters, or no such kind or site (400 or 406).
        NotFound: when the release has no search index.
    """
    search, form = requested_search(service, "browse.browse", "kind", PAGE), requested_format(OFFERS)
    if form is CSV:
        return as_csv(CSV_HEADER, map(row, index(service).search(search.whole).hits), "things")
    results = index(service).search(search.request)
    if form is HTML:
        words = "A table of all things that the graph describes, with their kinds, identifiers and sites."
        about = page_about(service, "CollectionPage", f"{TITLE}: all things", words)
        things = _things(service, search, results)
        return render("browse.html", about, search=search, results=results, things=things)
    return jsonify({"total": results.total, "pages": results.pages, "things": list(map(as_json, results.hits))})


def _things(service: Service, search: Search, results: Results) -> Table:
    """Return the things as a table whose headings sort the whole list; a script sorts a part of it without a server."""
    named = languages(service, {hit.iri: hit.name for hit in results.hits})
    columns = zip(*(_cells(hit, named.get(hit.iri)) for hit in results.hits), strict=True)
    is_sorted = not service.settings.without_server or not search.request.chosen  # the list of all things has files
    heads = (
        TableColumn(
            name,
            label,
            name == "sheets",
            search.sorted_by(name) if is_sorted else None,
            search.direction(name) if is_sorted else None,
        )
        for name, label in COLUMNS.items()
    )
    shown = without_repetition(zip(heads, columns, strict=True)) if results.hits else Table()
    whole = search.unsorted if service.settings.without_server else search
    return replace(shown, whole=whole.address(format="csv") if is_sorted else None)


def _cells(hit: Hit, language: str | None) -> tuple[Cell, ...]:
    return (
        Cell(hit.name, page_of(hit.iri), language),
        Cell(hit.kind),
        Cell("; ".join(hit.sites)),
        Cell("; ".join(hit.identifiers)),
        Cell(str(hit.sheets), _things_that(recommends=hit.iri)) if hit.sheets else Cell(""),
    )


def _things_that(**filters: str | tuple[str, ...]) -> str:
    """Return the address of the list of things with these values of facets."""
    return url_for("browse.browse", **filters)  # type: ignore[arg-type] # parameters of the URL


def matrix(service: Service) -> Response:
    """Return the matrix of recommendations: one page as HTML, a table as CSV, or pairs as JSON.

    Raises:
        Problem: when no format is acceptable, or there are too many filters (400 or 406).
        NotFound: when the release has no search index.
    """
    of = request.args.get("of", "standards")
    of = of if of in KINDS else "standards"
    sites = requested_filters("site").get("site", ())
    sheets, things, form = requested_page("sheets"), requested_page("things"), requested_format(OFFERS)
    width, height = (SHEETS, THINGS) if form is HTML else (ALL_SHEETS, None)
    rows = slice((things - 1) * height, things * height) if height else slice(None)
    columns = slice((sheets - 1) * width, sheets * width)
    by_site = request.args.get("by") == "site"
    if by_site:
        titles = {site["key"]: site["title"] for site in service.current.release.manifest["sites"]}
        found = index(service).matrix_of_sites(KINDS[of], titles, rows)
    else:
        found = index(service).matrix(KINDS[of], columns, rows, sites)
    if form is CSV:
        header = ("name", "iri", "all sheets", *(title for _, title, _ in found.sheets))
        return as_csv(header, _rows(found), f"{'sites' if by_site else 'sheets'}-and-{of}")
    if form is HTML:
        pages = (-(-found.all_sheets // SHEETS), -(-found.all_things // THINGS))
        words = f"Which page recommends which of the {of}, and in which role."
        about = page_about(service, "CollectionPage", f"{TITLE}: pages and {of}", words)
        shown = {"of": of, "sites": list(sites), "by_site": by_site, "sheets": sheets, "things": things}
        answer = _matrix_table(service, found, of, sites, by_site)
        return render("matrix.html", about, matrix=found, answer=answer, kinds=KINDS, pages=pages, **shown)
    return jsonify(list(_pairs(found)))


def _matrix_table(service: Service, found: Matrix, of: str, sites: tuple[str, ...], by_site: bool) -> Table:
    """Return the matrix as a table, whose numbers lead to lists and whose cells lead to lines."""
    pages, recommended = ((each[:2] for each in part) for part in (found.sheets, found.rows))
    named = languages(service, dict((*pages, *recommended)))
    heads = (
        TableColumn(
            iri,
            title,
            thing=Cell(title, page_of(iri), named.get(iri)),
            count=Cell(str(number), _things_that(kind=KINDS[of], **{"recommended-by": iri})),
        )
        for iri, title, number in found.sheets
    )
    places = {} if by_site else _first_places(service, (page for page, _, _ in found.sheets))
    listed = (
        (
            Cell(name, page_of(iri), named.get(iri)),
            Cell(str(number), _things_that(recommends=iri, site=sites)),
            *(
                Cell(
                    "; ".join(cell.how),
                    _things_that(recommends=iri, site=column.removeprefix(BASE))
                    if by_site and cell.how
                    else places.get((column, iri)),
                )
                for (column, _, _), cell in zip(found.sheets, cells, strict=True)
            ),
        )
        for iri, name, number, cells in found.rows
    )
    first = (TableColumn("name", "Name"), TableColumn("sheets", "Pages", is_number=True))
    whole = url_for("browse.matrix", of=of, site=sites, by="site" if by_site else None, format="csv")
    return Table((*first, *heads), tuple(listed), is_matrix=True, whole=whole)


def _first_places(service: Service, pages: Iterable[str]) -> Mapping[tuple[str, str], str]:
    """Return a mapping from page and thing to the address of the first line at which the page recommends the thing."""
    query = f"""SELECT ?page ?thing ?mention {{ {values("page", pages)}
      ?page rdm:hasRecommendation ?mention . ?mention rdm:target ?thing ; rdm:sourceLine ?line
    }} ORDER BY DESC(?line) DESC(?mention)"""
    found = rows(service, query)
    return {(text(each, "page"), text(each, "thing")): page_of(text(each, "mention")) for each in found}


def _rows(matrix: Matrix) -> Iterator[tuple[str | int, ...]]:
    for iri, name, number, cells in matrix.rows:
        yield name, iri, number, *("; ".join(cell.how) for cell in cells)


def _pairs(matrix: Matrix) -> Iterator[dict[str, object]]:
    for thing, _, _, cells in matrix.rows:
        for (sheet, _, _), cell in zip(matrix.sheets, cells, strict=True):
            if cell.how:
                yield {"sheet": sheet, "thing": thing, "as": cell.how}
