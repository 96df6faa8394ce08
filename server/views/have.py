"""``/have``: from words for what somebody has to pages, records and answers."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, request

from kg.query import Query
from kg.search_index.query import LENGTH
from server.pages.about import TITLE, page_about
from server.pages.having import Having, having
from server.pages.languages import languages
from server.pages.rendering import render
from server.pages.table import table
from server.service import Service


def blueprint(service: Service) -> Blueprint:
    """Return the route ``/have``."""
    routes = Blueprint("have", __name__)
    routes.add_url_rule("/have", "have", partial(have, service))
    return routes


def have(service: Service) -> Response:
    """Return what leads on from the parameter ``words``, as a page that begins with the nearest answer.

    Raises:
        NotFound: when the release has no search index.
        QueryError: when the pool cannot answer.
    """
    words = request.args.get("words", "").strip()[:LENGTH]
    found = having(service, words) if words else Having((), (), ())
    first = found.questions[0] if found.questions else None
    answer = table(service, Query(first.query.fill(**first.values)), first.query.columns) if first else None
    names = {**{iri: title for iri, title, _ in found.pages}, **{hit.iri: hit.name for hit in found.records}}
    about = page_about(service, "SearchResultsPage", f"{TITLE}: what do you have?", "Pages, records and answers.")
    return render("have.html", about, words=words, found=found, answer=answer, languages=languages(service, names))
