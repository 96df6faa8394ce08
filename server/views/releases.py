"""``/current/manifest.json`` and ``/releases/<id>/<name>``: the release file by file, for ``kg pull``.

The addresses are the paths in an output folder.
"""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response
from werkzeug.exceptions import NotFound

from server.http.negotiation import PLAIN_JSON
from server.pages.files import release_file
from server.service import Service


def blueprint(service: Service) -> Blueprint:
    """Return the routes ``/current/manifest.json`` and ``/releases/<id>/<name>``."""
    routes = Blueprint("releases", __name__)
    routes.add_url_rule("/current/manifest.json", "manifest", partial(manifest, service))
    routes.add_url_rule("/releases/<release_id>/<path:name>", "file", partial(file, service))
    return routes


def manifest(service: Service) -> Response:
    """Return the list of the current release's files with their checksums."""
    content = (service.current.release.folder / "manifest.json").read_bytes()
    return Response(content, mimetype=PLAIN_JSON.media_type)


def file(service: Service, release_id: str, name: str) -> Response:
    """Return a file of the current release.

    Raises:
        NotFound: when it has no such file, or another release is current.
    """
    release = service.current.release
    if release_id != release.id or name not in release.manifest["files"]:
        raise NotFound(f"no file {name!r} of release {release_id!r}; the current release is {release.id}")
    return release_file(release, name, "application/octet-stream")
