"""``/id/…``: every thing in the graph, as HTML and as RDF.

Our IRIs are served at their own path on any host, other IRIs at ``/id/?iri=…``. ``Link`` headers follow FAIR
Signposting.
"""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from itertools import accumulate
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, request, url_for

from kg.iri import is_web_address
from kg.query import DATASET_FORMATS, FORMATS, Form, Format, Query
from kg.query.rows import text
from kg.query.text import iri_term
from kg.vocab import BASE, RDM
from server.http.negotiation import HTML
from server.http.protocol import Problem, fields, format_named
from server.pages.about import TITLE, merged, page_about, thing_about
from server.pages.addresses import address_in, own_iri, page_of
from server.pages.answer import respond
from server.pages.description import address_of_own
from server.pages.drafts import problem_of_kept_out
from server.pages.finding import requested_page
from server.pages.formats import described_in, requested_format
from server.pages.near import near_things
from server.pages.quads import respond_with_graphs
from server.pages.record import record_of
from server.pages.rendering import render
from server.pages.rows import holds, rows
from server.pages.sheet import sheet_of
from server.pages.signposts import LINKSET, description_links, header, landing_links, linkset
from server.pages.statements import names_of
from server.pages.term import TermPage, term_of
from server.pages.thing import ThingPage, find
from server.pages.words import address
from server.service import Service

_DATA = FORMATS[Form.GRAPH]
_OFFERS = (*_DATA, HTML, LINKSET)
_EXTENSIONS = {f".{fmt.extension}": fmt.name for fmt in _OFFERS}
_DEEPEST = 16
"""Largest number of paths above an unknown one that are looked up."""
_DESCRIBED = """{{
  {{ VALUES ?s {{ {term} }} ?s ?p ?o }}
  UNION {{ {{ SELECT DISTINCT ?s {{ {{ {term} ?out ?s }} UNION {{ ?s ?into {term} }} UNION {{ BIND({graph} AS ?s) }}
    FILTER(ISIRI(?s) && STRSTARTS(STR(?s), "{document}#")) }} }} ?s ?p ?o }}
  UNION {{ {{ SELECT ?s ?p {{ ?s ?p {term} }} ORDER BY ?s ?p LIMIT 1000 }} BIND({term} AS ?o) }}
  UNION {{ {{ SELECT ?s ?o {{ ?s {term} ?o }} ORDER BY ?s ?o LIMIT 1000 }} BIND({term} AS ?p) }}
}}"""
"""Pattern of the statements about a thing and its parts, and the first thousand with it as object or predicate."""


def blueprint(service: Service) -> Blueprint:
    """Return the routes ``/id/`` and ``/id/<path>``."""
    routes = Blueprint("things", __name__, url_prefix="/id")
    routes.add_url_rule("/", "any_thing", partial(any_thing, service))
    routes.add_url_rule("/<path:path>", "thing", partial(thing, service))
    routes.add_app_template_filter(page_of, "page_of")
    routes.add_app_template_filter(address)
    routes.add_app_template_test(is_web_address, "web_address")
    routes.add_app_template_filter(_fragment, "fragment")
    return routes


def any_thing(service: Service) -> Response:
    """Return the thing with the IRI in the parameter ``iri``; redirect to the path of one of our IRIs.

    Without a server, the page without the parameter is the one whose script reads it.

    Raises:
        Problem: when there is no absolute IRI (400), nothing about it (404) or no acceptable format (406).
    """
    given = fields(request.query_string)
    iri = next((value.strip() for name, value in given if name == "iri"), "")
    if not iri and service.settings.without_server:
        words = "From the IRI of a thing to its page."
        return render("look_up.html", page_about(service, "WebPage", f"{TITLE}: look up an IRI", words))
    try:
        iri_term(iri)
    except ValueError:
        detail = "expected a parameter 'iri' with the IRI of a thing, as in /id/?iri=https://orcid.org/…"
        raise Problem(HTTPStatus.BAD_REQUEST, detail) from None
    address = page_of(iri)
    if urlsplit(address).path != url_for("things.any_thing"):
        wanted = format_named(given)
        document, _, fragment = address.partition("#")
        target = f"{document}?format={wanted}" if wanted else document
        return _see_other(f"{target}#{fragment}" if fragment else target)
    return _respond(service, iri, format_named(given))


def thing(service: Service, path: str) -> Response:
    """Return the thing at a path, in the format of the path's extension, of ``format`` or of ``Accept``.

    Raises:
        Problem: when the graph has nothing about it (404) or no format is acceptable (406).
    """
    named = format_named(fields(request.query_string))
    stem, dot, extension = path.rpartition(".")
    ending = _EXTENSIONS.get(dot + extension) if stem else None
    if ending and not _exists(service, own_iri(path)):
        return _respond(service, own_iri(stem), ending)
    return _respond(service, own_iri(path), named)


def _see_other(address: str) -> Response:
    return Response(status=HTTPStatus.SEE_OTHER, headers={"Location": address})


def _exists(service: Service, iri: str) -> bool:
    term, graph = iri_term(iri), iri_term(_graph(iri))
    places = (f"{term} ?p ?o", f"?s ?q {term}", f"{graph} ?r ?t", f"?u {term} ?v")
    return holds(service, f"ASK {{ {' UNION '.join(f'{{ {place} }}' for place in places)} }}")


def _graph(iri: str) -> str:
    """Return the IRI of the named graph of a document."""
    return iri if "#" in iri else f"{iri}#graph"


def _respond(service: Service, iri: str, named: str | None) -> Response:
    addresses = {fmt.media_type: request.host_url.rstrip("/") + address_in(iri, fmt) for fmt in _DATA}
    wanted = requested_format(_OFFERS, named, {"addresses": addresses})
    if wanted is LINKSET:
        return _all_links(service, iri)
    if wanted is HTML:
        return _page(service, iri)
    if not _exists(service, iri):
        return _identified(service, iri, wanted)
    described = _DESCRIBED.format(term=iri_term(iri), graph=iri_term(_graph(iri)), document=iri)
    if wanted in DATASET_FORMATS:
        query = f"SELECT DISTINCT ?s ?p ?o ?g {{ {described} OPTIONAL {{ GRAPH ?g {{ ?s ?p ?o }} }} }} ORDER BY ?g"
        response = respond_with_graphs(service, query, wanted)
    else:
        query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {described}"
        response = respond(service, Query(query), dict.fromkeys(Form, wanted))
    response.headers["Link"] = header(description_links(iri))
    return response


def _all_links(service: Service, iri: str) -> Response:
    found, _ = _found(service, iri)
    if found is None:
        return _identified(service, iri, LINKSET)
    response = jsonify(linkset(iri, landing_links(service, found)))
    response.mimetype = LINKSET.media_type
    return response


def _found(service: Service, iri: str) -> tuple[ThingPage | None, TermPage | None]:
    """Return the statements about a thing, and its use if it is a term of another vocabulary."""
    thing = find(service, iri)
    term = None if iri.startswith(BASE) else term_of(service, iri, thing, requested_page("page"))
    return term.thing if term else thing, term


def _page(service: Service, iri: str) -> Response:
    found, term = _found(service, iri)
    if found is None:
        return _identified(service, iri, HTML)
    sheet = sheet_of(service, found) if found.is_a(RDM.Page) else None
    response = render(
        "term.html" if term else "sheet.html" if sheet else "thing.html",
        merged(thing_about(service, found), sheet.markup if sheet else None),
        thing=found,
        term=term,
        record=record_of(found),
        sheet=sheet,
        formats=[(fmt, address_in(iri, fmt)) for fmt in described_in(service.settings)],
    )
    response.headers["Link"] = header(landing_links(service, found))
    response.headers["Content-Language"] = ", ".join(dict.fromkeys(["en", found.title.language or "en"]))
    return response


def _fragment(iri: str) -> str:
    return iri.partition("#")[2]


def _identified(service: Service, iri: str, wanted: Format) -> Response:
    """Redirect to the description of a part of the release, or to the thing whose identifiers are parts of ``iri``.

    Raises:
        Problem: when there is neither (404).
    """
    if own := address_of_own(service, iri, wanted):
        return _see_other(own)
    found = rows(
        service,
        f'SELECT ?thing {{ ?thing adms:identifier ?id FILTER(STRSTARTS(STR(?id), "{iri}#")) }} ORDER BY ?thing LIMIT 1',
    )
    if not found:
        raise _unknown(service, iri)
    return _see_other(page_of(text(found[0], "thing")))


def _unknown(service: Service, iri: str) -> Problem:
    words = iri.removeprefix(BASE).rstrip("/").rpartition("/")[2].replace("-", " ")
    above = {name: page_of(other) for other, name in names_of(service, _above(iri)).items()}
    more: dict[str, object] = {"search": words, "near": near_things(service, words) | above}
    unknown = Problem(HTTPStatus.NOT_FOUND, f"the graph has no statements about <{iri}>", more=more)
    return problem_of_kept_out(service, iri, more) or unknown


def _above(iri: str) -> set[str]:
    """Return the IRIs of our namespace whose path is a prefix of that of ``iri``, at most :data:`_DEEPEST`."""
    path = iri.removeprefix(BASE)
    if path == iri:
        return set()
    segments = path.split("/", _DEEPEST)[:_DEEPEST]
    return {BASE + above for above in accumulate(segments, "{}/{}".format) if above and len(above) < len(path)}
