"""Our IRIs outside of ``/id/``: each is served at its own path and redirects (303) to its description."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus

from flask import Blueprint, redirect, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from kg.query import FORMATS, Form
from kg.release.partitions import partitions_name
from kg.vocab import BASE
from server.http.negotiation import HTML
from server.pages.addresses import page_of
from server.pages.formats import requested_format
from server.service import Service

_ROOT = BASE.removesuffix("id/")
_THINGS = ("builder", "question")
"""First segments of the paths of the programs that built releases, and of the questions."""


def blueprint(service: Service) -> Blueprint:
    """Return the routes ``/dataset``, ``/dataset/…``, ``/graph/…``, ``/builder/…`` and ``/question/…``."""
    routes = Blueprint("minted", __name__)
    routes.add_url_rule("/dataset", "any_dataset", described)
    routes.add_url_rule("/dataset/<path:name>", "dataset", partial(dataset, service))
    routes.add_url_rule("/graph/<path:name>", "graph", graph)
    for kind in _THINGS:
        routes.add_url_rule(f"/{kind}/<path:name>", kind, partial(thing, kind))
    return routes


def dataset(service: Service, name: str) -> Response:
    """Redirect the IRI of the current release, or of its partitions, to the start page or the VoID description.

    Raises:
        NotFound: when another release is current.
        Problem: when no format is acceptable (400 or 406).
    """
    served = service.current.release
    if name not in (served.id, partitions_name(served.checksum_of_graph)):
        raise NotFound(f"release {name!r} is not served here; release {served.id} is")
    return described()


def described() -> Response:
    """Redirect the IRI of the data of any release to the start page, or to the VoID description.

    Raises:
        Problem: when no format is acceptable (400 or 406).
    """
    wanted = requested_format((*FORMATS[Form.GRAPH], HTML))
    return redirect(url_for("home.home" if wanted is HTML else "well_known.void"), HTTPStatus.SEE_OTHER)


def graph(name: str) -> Response:
    """Redirect a named graph that was not made from a page to its statements."""
    return redirect(url_for("store.store", graph=f"{_ROOT}graph/{name}"), HTTPStatus.SEE_OTHER)


def thing(kind: str, name: str) -> Response:
    """Redirect to the page of a thing."""
    return redirect(page_of(f"{_ROOT}{kind}/{name}"), HTTPStatus.SEE_OTHER)
