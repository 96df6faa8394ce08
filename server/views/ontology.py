"""``/ont``: the ontology at the path of its IRI, as HTML and RDF; ``/role/`` and ``/section/`` redirect to it.

The version IRI ``/ont/<version>`` returns the same if that version is in the current release.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as Redirect

from kg.query import DATASET_FORMATS, GRAPH_FORMATS, Format
from kg.query.rows import text
from kg.query.text import iri_term
from kg.release import Release
from kg.vocab import OWL, RDM, ROLE, SECTION
from server.http.negotiation import HTML, media_type
from server.pages.about import About, ontology_about
from server.pages.files import release_file
from server.pages.formats import requested_format
from server.pages.quads import respond_with_graphs
from server.pages.rendering import render
from server.pages.rows import rows
from server.service import Service

_IRI = RDM.base.removesuffix("#")
_FILES = "ontology/ont."
_OFFERS = (*GRAPH_FORMATS, *DATASET_FORMATS, HTML)
_BY_EXTENSION = {fmt.extension: fmt for fmt in _OFFERS}
_STYLE = "css"
"""Extension of the style sheet of the page."""
_GRAPH = f"SELECT ?s ?p ?o ?g {{ VALUES ?g {{ <{_IRI}> }} GRAPH ?g {{ ?s ?p ?o }} }} ORDER BY ?s ?p ?o"
"""Query for the ontology in its named graph."""


def blueprint(service: Service) -> Blueprint:
    """Return the routes ``/ont``, ``/ont/…``, ``/ont.<extension>``, ``/ontology``, ``/role/…`` and ``/section/…``."""
    routes = Blueprint("ontology", __name__)
    routes.add_url_rule("/ont", "ontology", partial(ontology, service))
    routes.add_url_rule("/ont/<version>", "version", partial(version, service))
    routes.add_url_rule("/ont.<extension>", "file", partial(file, service))
    routes.add_url_rule("/ontology", "by_name", by_name)
    for kind, names in (("role", ROLE.terms), ("section", SECTION.terms)):
        routes.add_url_rule(f"/{kind}/", f"{kind}s", partial(concept, kind, names))
        routes.add_url_rule(f"/{kind}/<name>", kind, partial(concept, kind, names))
    return routes


def ontology(service: Service) -> Response:
    """Return the ontology in the negotiated format; the IRIs of its terms lead here, since they have fragments.

    Raises:
        Problem: when no format is acceptable (400 or 406).
        NotFound: when the release has no ontology.
    """
    return _negotiated(service, requested_format(_OFFERS))


def by_name() -> Redirect:
    """Redirect from the name of the page to its address."""
    return redirect(url_for("ontology.ontology"), HTTPStatus.SEE_OTHER)


def version(service: Service, version: str) -> Response | Redirect:
    """Return the ontology if ``version`` is in the current release; redirect to ``/ont`` if HTML is preferred.

    Raises:
        Problem: when no format is acceptable (400 or 406).
        NotFound: when the release has another version, or no ontology.
    """
    own = f"SELECT ?iri {{ {iri_term(_IRI)} {iri_term(OWL.versionIRI)} ?iri }}"
    served = [text(row, "iri").removeprefix(f"{_IRI}/") for row in rows(service, own)]
    if version not in served:
        raise NotFound(f"no version {version!r} of the ontology; there is {', '.join(served) or 'none'}")
    wanted = requested_format(_OFFERS)
    if wanted is HTML:
        return redirect(url_for("ontology.ontology"), HTTPStatus.SEE_OTHER)
    return _negotiated(service, wanted)


def _negotiated(service: Service, wanted: Format) -> Response:
    response = _in_format(service, wanted)
    response.mimetype = media_type(request.headers.get("Accept"), wanted)
    response.headers["Link"] = _about(service).links
    response.headers["Content-Location"] = url_for("ontology.file", extension=wanted.extension)
    return response


def file(service: Service, extension: str) -> Response:
    """Return the ontology in one format with its checksum as ETag, or its page, or the style sheet of the page.

    Raises:
        NotFound: when there is no such file, or the release has no ontology.
    """
    if extension == _STYLE:
        return _file(service.current.release, extension, "text/css")
    if extension not in _BY_EXTENSION:
        raise NotFound(f"no file ont.{extension}; there are ont.{', ont.'.join([*_BY_EXTENSION, _STYLE])}")
    return _in_format(service, _BY_EXTENSION[extension])


def _in_format(service: Service, wanted: Format) -> Response:
    release = service.current.release
    if wanted in DATASET_FORMATS:
        _check_file(release, GRAPH_FORMATS[0].extension)
        return respond_with_graphs(service, _GRAPH, wanted)
    if wanted is HTML:
        _check_file(release, HTML.extension)
        return _page(service, (release.folder / f"{_FILES}{HTML.extension}").read_text(encoding="utf-8"))
    return _file(release, wanted.extension, wanted.media_type)


def concept(kind: str, names: Mapping[str, str], name: str = "") -> Redirect:
    """Redirect to the anchor of a role or section on the page, or of the list of all of them.

    Raises:
        NotFound: when there is no role or section with that name.
    """
    if name and name not in names:
        raise NotFound(f"no {kind} {name!r}; there are {', '.join(names)}")
    anchor = f"{kind}-{name}" if name else f"{kind}s"
    return redirect(url_for("ontology.ontology", _anchor=anchor), HTTPStatus.SEE_OTHER)


def _file(release: Release, extension: str, media_type: str) -> Response:
    _check_file(release, extension)
    return release_file(release, _FILES + extension, media_type)


def _check_file(release: Release, extension: str) -> None:
    """Check that a release has a file of the ontology."""
    if _FILES + extension not in release.manifest["files"]:
        raise NotFound("this release has no ontology in it; build it again with: kg build")


def _page(service: Service, alone: str) -> Response:
    """Return the main content of the stand-alone page of the release, in the layout of this server."""
    _, _, main = alone.partition("<main>")
    content, _, _ = main.rpartition("</main>")
    formats = [(fmt, url_for("ontology.file", extension=fmt.extension)) for fmt in _OFFERS if fmt is not HTML]
    return render("ontology.html", _about(service), content=content, formats=formats)


def _about(service: Service) -> About:
    files = (fmt for fmt in _OFFERS if fmt is not HTML)
    data = ((fmt.media_type, url_for("ontology.file", extension=fmt.extension, _external=True)) for fmt in files)
    return ontology_about(service, _IRI, tuple(data))
