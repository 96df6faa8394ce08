"""``/sitemap.xml``, ``/robots.txt`` and ``/favicon.ico``, for crawlers and browsers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from http import HTTPStatus
from xml.sax.saxutils import escape

from flask import Blueprint, Response, request, url_for
from werkzeug.exceptions import NotFound

from kg.query import canned
from kg.query.rows import text
from kg.vocab import BASE, DCT, RDM
from server.pages.addresses import page_of
from server.pages.rows import rows
from server.service import Service

PAGES = 5_000
"""Largest number of pages of sites in one file: sitemaps.org allows 50 000 URLs, but query results are limited."""
_OWN = f'?page a <{RDM.Page}> FILTER(STRSTARTS(STR(?page), "{BASE}"))'
_COUNT = f"SELECT (COUNT(DISTINCT ?page) AS ?n) {{ {_OWN} }}"
_SOME = f"""SELECT ?page (MAX(STR(?time)) AS ?changed) {{
  {_OWN} OPTIONAL {{ ?page <{DCT.modified}> ?time }}
}} GROUP BY ?page ORDER BY ?page LIMIT {PAGES} OFFSET """
_SITES = f"""SELECT DISTINCT ?site {{
  ?page a rdm:Page ; schema:isPartOf ?site FILTER(STRSTARTS(STR(?site), "{BASE}"))
}} ORDER BY ?site"""
_DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
{entries}</{root}>
"""
_ROBOTS = """User-agent: *
{rules}
Sitemap: {sitemap}
"""
_UNLIMITED = ("sparql", "ask", "search", "update", "store")
"""Paths with an unlimited number of queries and searches."""


def blueprint(service: Service) -> Blueprint:
    """Return the routes ``/sitemap.xml``, ``/sitemap-<number>.xml``, ``/robots.txt`` and ``/favicon.ico``."""
    routes = Blueprint("sitemap", __name__)
    routes.add_url_rule("/sitemap.xml", "sitemap", partial(sitemap, service))
    routes.add_url_rule("/sitemap-<int:number>.xml", "part", partial(part, service))
    routes.add_url_rule("/robots.txt", "robots", partial(robots, service))
    routes.add_url_rule("/favicon.ico", "favicon", favicon)
    return routes


def sitemap(service: Service) -> Response:
    """Return the sitemap, or the index of its files if there is more than one.

    Raises:
        QueryError: when the pool cannot answer.
    """
    parts = _parts(service)
    if parts == 1:
        return _listed([*_always(service), *_of_sites(service, 1)])
    files = [url_for("sitemap.part", number=number, _external=True) for number in range(1, parts + 1)]
    return _xml("sitemapindex", (f"<sitemap><loc>{escape(file)}</loc></sitemap>\n" for file in files))


def part(service: Service, number: int) -> Response:
    """Return one file of the sitemap, counted from 1; the first also has the pages of the server itself.

    Raises:
        NotFound: when there is no such file.
        QueryError: when the pool cannot answer.
    """
    if not 1 <= number <= (parts := _parts(service)):
        raise NotFound(f"there is no part {number} of the sitemap; there are {parts}")
    return _listed([*(_always(service) if number == 1 else ()), *_of_sites(service, number)])


def robots(service: Service) -> Response:
    """Return rules for crawlers, which exclude the unlimited URLs of queries and searches that a server answers."""
    closed = () if service.settings.without_server else _UNLIMITED
    rules = "".join(f"Disallow: {request.script_root}/{path}\n" for path in closed)
    sitemap_address = url_for("sitemap.sitemap", _external=True)
    return Response(_ROBOTS.format(rules=rules, sitemap=sitemap_address), mimetype="text/plain")


def favicon() -> Response:
    """Redirect to the icon, for browsers that request it before they read the page."""
    picture = url_for("static", filename="favicon.svg")
    return Response(status=HTTPStatus.MOVED_PERMANENTLY, headers={"Location": picture})


def _parts(service: Service) -> int:
    (counted,) = rows(service, _COUNT)
    return max(1, -(-int(text(counted, "n")) // PAGES))


def _always(service: Service) -> Iterator[tuple[str, str]]:
    """Yield the URLs of the pages of the server itself, of the sites and of the questions, each with no time."""
    for path in ("home.home", "browse.browse", "questions.all", "ontology.ontology", "dumps.all"):
        yield url_for(path), ""
    for row in rows(service, _SITES):
        yield page_of(text(row, "site")), ""
    for name in canned.names():
        yield url_for("questions.one", name=name), ""


def _of_sites(service: Service, number: int) -> Iterator[tuple[str, str]]:
    """Yield the URLs of pages of sites in file ``number``, each with the time of its last change."""
    for row in rows(service, f"{_SOME}{(number - 1) * PAGES}"):
        yield page_of(text(row, "page")), text(row, "changed")


def _listed(pages: Iterable[tuple[str, str]]) -> Response:
    host = request.host_url.rstrip("/")
    return _xml("urlset", (_entry(host + address, changed) for address, changed in pages))


def _entry(address: str, changed: str) -> str:
    time = f"<lastmod>{escape(changed)}</lastmod>" if changed else ""
    return f"<url><loc>{escape(address)}</loc>{time}</url>\n"


def _xml(root: str, entries: Iterable[str]) -> Response:
    return Response(_DOCUMENT.format(root=root, entries="".join(entries)), mimetype="application/xml")
