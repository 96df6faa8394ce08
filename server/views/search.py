"""``/search``: full-text search for things, by words or identifiers, with facets."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial

from flask import Blueprint, Response, jsonify, request

from kg.search_index import FACETS, LINKS, Results
from server.http.negotiation import HTML
from server.pages.about import TITLE, page_about
from server.pages.finding import (
    CSV,
    CSV_HEADER,
    OFFERS,
    Search,
    as_csv,
    as_json,
    index,
    requested_search,
    row,
)
from server.pages.formats import requested_format
from server.pages.rendering import render
from server.service import Service

PAGE = 20


def blueprint(service: Service) -> Blueprint:
    """Return the routes ``/search`` and ``/search/suggest``."""
    routes = Blueprint("search", __name__)
    routes.add_url_rule("/search", "search", partial(search, service))
    routes.add_url_rule("/search/suggest", "suggest", partial(suggest, service))
    return routes


def search(service: Service) -> Response:
    """Return one page of the things that match ``q`` as HTML or JSON, or all of them as CSV.

    Raises:
        Problem: when no format is acceptable, or there is no such kind or site (400 or 406).
        NotFound: when the release has no search index.
    """
    words = "Search of standards, repositories, tools, laws and pages by words, or by identifiers in any form."
    if service.settings.without_server:
        facets = {name: label for name, label in FACETS.items() if name not in LINKS}
        return render("find.html", page_about(service, "WebPage", f"{TITLE}: search", words), facets=facets)
    search, form = requested_search(service, "search.search", "relevance", PAGE), requested_format(OFFERS)
    if form is CSV:
        return as_csv(CSV_HEADER, map(row, index(service).search(search.whole).hits), "search")
    results = index(service).search(search.request)
    if form is HTML:
        about = page_about(service, "SearchResultsPage", f"{TITLE}: search", words)
        return render("search.html", about, search=search, results=results)
    return jsonify(_as_json(search, results))


def suggest(service: Service) -> Response:
    """Return names of things that begin with ``q``, as a JSON array.

    Raises:
        NotFound: when the release has no search index.
    """
    return jsonify(index(service).suggest(request.args.get("q", "")))


def _as_json(search: Search, results: Results) -> dict[str, object]:
    return {
        "query": search.request.text,
        "corrected": results.corrected,
        "anyWord": results.any_word,
        "kinds": results.kinds,
        "total": results.total,
        "page": search.request.page,
        "pages": results.pages,
        "facets": {facet.name: [asdict(value) for value in facet.values] for facet in results.facets},
        "results": [as_json(hit) for hit in results.hits],
    }
