"""``/sitemap.xml``, ``/robots.txt``, ``/favicon.ico``: what crawlers and browsers ask for without a link."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from xml.sax.saxutils import escape

from flask import Blueprint, Response, request, url_for

from kg.vocab import BASE, DCT, RDM
from server.views import Service
from server.views._addresses import page_of
from server.views._rows import rows, text

_MOST = 50_000
"""Addresses that a sitemap may have (sitemaps.org)."""
_PAGES = f"""SELECT ?page (MAX(STR(?time)) AS ?changed) {{
  ?page a <{RDM.Page}> OPTIONAL {{ ?page <{DCT.modified}> ?time }}
}} GROUP BY ?page ORDER BY ?page LIMIT {_MOST - 10}"""
_SITEMAP = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
{}</urlset>
"""
_OTHERS = ("/", "/browse", "/queries/", "/ont", "/dumps/")
"""Pages that are always there."""
_ROBOTS = """User-agent: *
Disallow: {root}/sparql
Disallow: {root}/ask
Disallow: {root}/search
Disallow: {root}/update
Disallow: {root}/store

Sitemap: {sitemap}
"""


def blueprint(service: Service) -> Blueprint:
    """The routes for machines that look around."""
    routes = Blueprint("sitemap", __name__)
    routes.add_url_rule("/sitemap.xml", "sitemap", partial(sitemap, service))
    routes.add_url_rule("/robots.txt", "robots", robots)
    routes.add_url_rule("/favicon.ico", "favicon", favicon)
    return routes


def sitemap(service: Service) -> Response:
    """The pages of sites with the time of their last change, and the pages that are always there."""
    root = request.url_root.rstrip("/")
    entries = [_entry(root + path) for path in _OTHERS]
    for row in rows(service, _PAGES):
        if text(row, "page").startswith(BASE):
            host = request.host_url.rstrip("/")
            entries.append(_entry(host + page_of(text(row, "page")), text(row, "changed")))
    return Response(_SITEMAP.format("".join(entries)), mimetype="application/xml")


def robots() -> Response:
    """What crawlers may fetch: pages, but no endless space of queries."""
    sitemap_address = url_for("sitemap.sitemap", _external=True)
    return Response(_ROBOTS.format(root=request.script_root, sitemap=sitemap_address), mimetype="text/plain")


def favicon() -> Response:
    """To the picture, for browsers that ask before they read the page."""
    picture = url_for("static", filename="favicon.svg")
    return Response(status=HTTPStatus.MOVED_PERMANENTLY, headers={"Location": picture})


def _entry(address: str, changed: str = "") -> str:
    time = f"<lastmod>{escape(changed)}</lastmod>" if changed else ""
    return f"<url><loc>{escape(address)}</loc>{time}</url>\n"
