"""``/openapi.json``: the OpenAPI document; ``/api``: its operations as a page, with Swagger UI if it is installed."""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec
from pathlib import Path

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import NotFound

from kg.query import canned
from server.pages.about import TITLE, page_about
from server.pages.files import program_file
from server.pages.openapi import document
from server.pages.rendering import render
from server.service import Service

_WHEELS = ("flask_openapi_swagger", "flask_openapi3_swagger")
"""Packages that contain the files of Swagger UI; they are not imported."""
_FILES = {"swagger-ui.css": ("css", "text/css"), "swagger-ui-bundle.js": ("js", "text/javascript")}


def blueprint(service: Service) -> Blueprint:
    """Return the routes ``/openapi.json``, ``/api`` and ``/api/<file>``."""
    routes = Blueprint("openapi", __name__)
    folder = _swagger()
    routes.add_url_rule("/openapi.json", "document", described)
    routes.add_url_rule("/api", "explorer", partial(explorer, service, folder is not None))
    routes.add_url_rule("/api/<name>", "file", partial(file, folder))
    return routes


def described() -> Response:
    """Return the OpenAPI document with the URL of this server."""
    return jsonify(_document())


def explorer(service: Service, swagger: bool) -> Response:
    """Return the operations as a page; with ``swagger``, a script replaces the list by Swagger UI.

    Raises:
        QueryError: when the pool cannot answer.
    """
    words = "The operations of this server with their parameters, and a form to try each."
    about = page_about(service, "WebPage", f"{TITLE}: API", words)
    return render("api.html", about, document=_document(), swagger=swagger)


def file(folder: Path | None, name: str) -> Response:
    """Return one file of Swagger UI.

    Raises:
        NotFound: when there is no such file, or Swagger UI is not installed.
    """
    if folder is None or name not in _FILES:
        raise NotFound(f"no file {name!r} of Swagger UI; there are {', '.join(_FILES) if folder else 'none'}")
    kind, media_type = _FILES[name]
    return program_file(folder / kind / name, media_type, max_age=3600)


def _document() -> dict[str, object]:
    return document(request.url_root.rstrip("/"), canned.load_all().values())


def _swagger() -> Path | None:
    """Return the folder with the files of Swagger UI, or ``None`` if it is not installed."""
    specs = (find_spec(name) for name in _WHEELS)
    places = (Path(spec.origin).parent / "templates" / "swagger" for spec in specs if spec and spec.origin)
    return next((place for place in places if all((place / _FILES[f][0] / f).is_file() for f in _FILES)), None)
