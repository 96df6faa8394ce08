"""Suggestions for a URL that was not found: things with a similar name, and pages with a similar path."""

from __future__ import annotations

from collections import Counter
from difflib import get_close_matches
from urllib.parse import urlencode

from flask import current_app, request, url_for

from kg import search_index
from kg.errors import UnknownValue
from kg.query import canned
from kg.search_index import Hit, SearchRequest
from server.pages.addresses import page_of
from server.pages.finding import index
from server.pages.words import in_words
from server.service import Service

MOST = 5
"""Largest number of suggestions."""


def near_things(service: Service, words: str) -> dict[str, str]:
    """Return a mapping from the names of things that match ``words``, perhaps misspelt, to the URLs of their pages."""
    if search_index.FILE not in service.current.release.manifest["files"]:
        return {}
    hits = index(service).search(SearchRequest(words, size=MOST)).hits if words else ()
    called = [hit for hit in hits if hit.is_called_so]
    shared = Counter(hit.name for hit in called)
    return {hit.name if shared[hit.name] == 1 else _told_apart(hit): page_of(hit.iri) for hit in called}


def _told_apart(hit: Hit) -> str:
    sites = f" of {' and '.join(hit.sites)}" if hit.sites else ""
    return f"{hit.name} ({hit.kind}{sites}, {in_words(hit.iri)})"


def near_values(error: UnknownValue) -> dict[str, str]:
    """Return the values most like an unknown one, with their titles → addresses of the present request with them."""
    path, given = request.script_root + request.path, request.args.to_dict()
    return {
        f"{title} ({key})" if title and title != key else key: f"{path}?{urlencode({**given, error.parameter: key})}"
        for key, title in error.near.items()
    }


def near_pages() -> dict[str, str]:
    """Return a mapping from titles, or paths, of pages to URLs that resemble that of the present request."""
    rules = (rule for rule in current_app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments)
    questions = {url_for("questions.one", name=name): query.title for name, query in canned.load_all().items()}
    addresses = {*(request.script_root + rule.rule for rule in rules), *questions}
    own = request.script_root + request.path
    close = get_close_matches(own, addresses - {own}, n=MOST, cutoff=0.75)
    return {questions.get(address, address): address for address in close}
