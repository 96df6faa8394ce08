"""``/ont``: the ontology at the path of its IRI, as HTML and RDF; ``/role/`` and ``/section/`` redirect to it.

The version IRI ``/ont/<version>`` returns the same if that version is in the current release.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as Redirect

from kg.query import GRAPH_FORMATS, Form
from kg.query.rows import text
from kg.query.text import iri_term
from kg.release import Release
from kg.vocab import OWL, RDM, ROLE, SECTION
from server.http.negotiation import choose, prefers_html
from server.http.protocol import Problem, fields, format_named
from server.pages.rows import rows
from server.service import Service

_IRI = RDM.base.removesuffix("#")
_FILES = "ontology/ont."
_MEDIA_TYPES: Mapping[str, str] = {
    "html": "text/html",
    "css": "text/css",
    **{fmt.extension: fmt.media_type for fmt in GRAPH_FORMATS},
}
"""Extension → media type of the files of the ontology in a release."""


def blueprint(service: Service) -> Blueprint:
    """Return the routes ``/ont``, ``/ont/<version>``, ``/ont.<extension>``, ``/role/…`` and ``/section/…``."""
    routes = Blueprint("ontology", __name__)
    routes.add_url_rule("/ont", "ontology", partial(ontology, service))
    routes.add_url_rule("/ont/<version>", "version", partial(version, service))
    routes.add_url_rule("/ont.<extension>", "file", partial(file, service))
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
    return _in_format(service, _extension())


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
    extension = _extension()
    if extension == "html":
        return redirect(url_for("ontology.ontology"), HTTPStatus.SEE_OTHER)
    return _in_format(service, extension)


def _extension() -> str:
    """Return the file extension of the format that the present request prefers."""
    named, accept = format_named(fields(request.query_string)), request.headers.get("Accept")
    if prefers_html(accept, named):
        return "html"
    wanted = choose(accept, named)[Form.GRAPH]
    if wanted not in GRAPH_FORMATS:
        available = ["text/html", *(fmt.media_type for fmt in GRAPH_FORMATS)]
        detail = f"the ontology is available as {', '.join(available)}"
        raise Problem(HTTPStatus.NOT_ACCEPTABLE, detail, more={"available": available}, headers={"Vary": "Accept"})
    return wanted.extension


def _in_format(service: Service, extension: str) -> Response:
    response = _file(service.current.release, extension)
    response.headers["Content-Location"] = url_for("ontology.file", extension=extension)
    response.vary.add("Accept")
    return response


def file(service: Service, extension: str) -> Response:
    """Return the ontology in one format with its checksum as ETag, or its page, or the style sheet of the page.

    Raises:
        NotFound: when there is no such file, or the release has no ontology.
    """
    if extension not in _MEDIA_TYPES:
        raise NotFound(f"no file ont.{extension}; there are ont.{', ont.'.join(_MEDIA_TYPES)}")
    return _file(service.current.release, extension)


def concept(kind: str, names: Mapping[str, str], name: str = "") -> Redirect:
    """Redirect to the anchor of a role or section on the page, or of the list of all of them.

    Raises:
        NotFound: when there is no role or section with that name.
    """
    if name and name not in names:
        raise NotFound(f"no {kind} {name!r}; there are {', '.join(names)}")
    anchor = f"{kind}-{name}" if name else f"{kind}s"
    return redirect(url_for("ontology.ontology", _anchor=anchor), HTTPStatus.SEE_OTHER)


def _file(release: Release, extension: str) -> Response:
    name = _FILES + extension
    facts = release.manifest["files"].get(name)
    if facts is None:
        raise NotFound("this release has no ontology in it; build it again with: kg build")
    if extension == "html":
        return _page((release.folder / name).read_text(encoding="utf-8"))
    return send_file(
        release.folder / name, mimetype=_MEDIA_TYPES[extension], etag=str(facts["sha256"]), conditional=True
    )


def _page(alone: str) -> Response:
    """Return the main content of the stand-alone page of the release, in the layout of this server."""
    _, _, main = alone.partition("<main>")
    content, _, _ = main.rpartition("</main>")
    formats = [(fmt, url_for("ontology.file", extension=fmt.extension)) for fmt in GRAPH_FORMATS]
    return Response(render_template("ontology.html", content=content, formats=formats), mimetype="text/html")
