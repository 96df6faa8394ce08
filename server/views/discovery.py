"""Documents that programs look for: ``/.well-known/api-catalog``, ``/opensearch.xml`` and ``/llms.txt``."""

from __future__ import annotations

from functools import partial
from xml.sax.saxutils import escape

from flask import Blueprint, Response, current_app, jsonify, render_template, url_for

from kg.query import FORMATS_BY_NAME, canned
from server.http.negotiation import HTML, PLAIN_JSON
from server.pages.about import SEARCH_TYPE, SUMMARY, TITLE, page_about
from server.pages.signposts import LINKSET, TypedLink, context
from server.service import Service

_PROFILE = "https://www.rfc-editor.org/info/rfc9727"
_OPENSEARCH = """<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
<ShortName>rdm-kg</ShortName>
<Description>{summary}</Description>
<InputEncoding>UTF-8</InputEncoding>
<Language>en</Language>
<Image type="image/svg+xml">{icon}</Image>
{urls}</OpenSearchDescription>
"""


def blueprint(service: Service) -> Blueprint:
    """Return the routes ``/.well-known/api-catalog``, ``/opensearch.xml`` and ``/llms.txt``."""
    routes = Blueprint("discovery", __name__)
    routes.add_url_rule("/.well-known/api-catalog", "api_catalog", partial(api_catalog, service))
    routes.add_url_rule("/opensearch.xml", "opensearch", partial(opensearch, service))
    routes.add_url_rule("/llms.txt", "llms", partial(llms, service))
    return routes


def api_catalog(service: Service) -> Response:
    """Return the services of this server as a link set (RFC 9727).

    Raises:
        QueryError: when the pool cannot answer.
    """
    void, openapi = _url("well_known.void"), _url("openapi.document")
    licences = [TypedLink("license", licence) for licence in page_about(service, "WebAPI", TITLE, SUMMARY).licences]
    described = TypedLink("service-desc", openapi, PLAIN_JSON.media_type)
    documented = TypedLink("service-doc", _url("openapi.explorer"), HTML.media_type)
    status = TypedLink("status", _url("health.health"), PLAIN_JSON.media_type)
    data = [TypedLink("service-desc", void, FORMATS_BY_NAME["turtle"].media_type), documented, status, *licences]
    services = [
        context(_url("sparql.endpoint"), data),
        context(_url("questions.all"), [described, documented, status, *licences]),
        context(_url("search.search"), [described, documented, status, *licences]),
    ]
    items = [TypedLink("item", str(each["anchor"])) for each in services]
    data_catalog = TypedLink("describedby", _url("catalog.catalog"), FORMATS_BY_NAME["turtle"].media_type)
    here = context(_url("discovery.api_catalog"), [*items, data_catalog])
    response = jsonify({"linkset": [here, *services]})
    response.content_type = f'{LINKSET.media_type}; profile="{_PROFILE}"'
    response.headers["Link"] = str(TypedLink("api-catalog", _url("discovery.api_catalog")))
    return response


def opensearch(service: Service) -> Response:
    """Return the description of the search for browsers and aggregators (OpenSearch 1.1)."""
    found = f"{_url('search.search')}?q={{searchTerms}}"
    formats = (HTML, PLAIN_JSON, FORMATS_BY_NAME["csv"])
    templates = {fmt.media_type: f"{found}&page={{startPage?}}&format={fmt.name}" for fmt in formats}
    shown = {HTML.media_type: found} if service.settings.without_server else templates
    urls = "".join(f'<Url type="{kind}" template="{escape(template)}"/>\n' for kind, template in shown.items())
    icon = url_for("static", filename="favicon.svg", _external=True)
    written = _OPENSEARCH.format(summary=escape(SUMMARY), icon=escape(icon), urls=urls)
    return Response(written, content_type=f"{SEARCH_TYPE}; charset=utf-8")


def llms(service: Service) -> Response:
    """Return a guide to this server for language models, as Markdown.

    Raises:
        QueryError: when the pool cannot answer.
    """
    about = page_about(service, "WebPage", TITLE, SUMMARY)
    has_tools = "mcp.mcp" in current_app.view_functions
    guide = render_template("llms.txt", about=about, questions=canned.load_all().values(), has_tools=has_tools)
    return Response(guide, mimetype="text/plain")


def _url(endpoint: str) -> str:
    return url_for(endpoint, _external=True)
