"""``/dumps/``: files of the whole graph, with sizes and checksums."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from functools import partial

from flask import Blueprint, Response, jsonify, url_for
from werkzeug.exceptions import NotFound

from kg.query import FORMATS_BY_EXTENSION, graphs_in
from kg.release import Release
from kg.vocab import DATASET
from server.http.negotiation import HTML, PLAIN_JSON
from server.pages.about import SUMMARY, TITLE, page_about
from server.pages.files import release_file
from server.pages.formats import requested_format
from server.pages.rendering import linked, render
from server.service import Service

_FOLDER = "dumps/"


@dataclass(frozen=True, slots=True)
class Dump:
    """A file of the whole graph."""

    name: str
    size: int
    """Bytes."""
    sha256: str
    media_type: str
    graphs: str
    """Which graphs it has, in words; empty if that is not known."""


def blueprint(service: Service) -> Blueprint:
    """Return the routes ``/dumps/`` and ``/dumps/<name>``."""
    routes = Blueprint("dumps", __name__, url_prefix="/dumps")
    routes.add_url_rule("/", "all", partial(listing, service))
    routes.add_url_rule("/<path:name>", "one", partial(dump, service))
    return routes


def dumps(release: Release) -> dict[str, Dump]:
    """Return the dumps in the manifest of a release by name, sorted."""
    names = sorted(name for name in release.manifest["files"] if name.startswith(_FOLDER))
    found = (_dump(name.removeprefix(_FOLDER), release.manifest["files"][name]) for name in names)
    return {dump.name: dump for dump in found}


def dump_items(release: Release) -> tuple[tuple[str, str], ...]:
    """Return media type and URL of each dump."""
    found = dumps(release).values()
    return tuple((dump.media_type, url_for("dumps.one", name=dump.name, _external=True)) for dump in found)


def listing(service: Service) -> Response:
    """Return the list of dumps as a page or as JSON.

    Raises:
        Problem: when no format is acceptable (406).
        QueryError: when the pool cannot answer.
    """
    release = service.current.release
    found = dumps(release).values()
    iri, words = f"{DATASET}/{release.id}", f"The whole graph as files. {SUMMARY}"
    about = page_about(service, "Dataset", f"{TITLE}: dumps", words, iri=iri, items=dump_items(release))
    if requested_format((PLAIN_JSON, HTML)) is HTML:
        return render("dumps.html", about, dumps=found, release=release)
    files = [
        {
            "url": url_for("dumps.one", name=dump.name, _external=True),
            "bytes": dump.size,
            "sha256": dump.sha256,
            "mediaType": dump.media_type,
            "graphs": dump.graphs,
        }
        for dump in found
    ]
    return linked(jsonify({"release": release.id, "files": files}), about)


def dump(service: Service, name: str) -> Response:
    """Return one dump, with its checksum as ETag.

    Raises:
        NotFound: when there is no dump of that name.
    """
    release = service.current.release
    found = dumps(release).get(name)
    if found is None:
        raise NotFound(f"no dump {name!r}; there are {', '.join(dumps(release)) or 'none'}")
    return release_file(release, _FOLDER + found.name, found.media_type)


def _dump(name: str, facts: dict[str, int | str]) -> Dump:
    fmt = FORMATS_BY_EXTENSION.get(name.rpartition(".")[2])
    media_type = fmt.media_type if fmt else mimetypes.guess_type(name)[0]
    return Dump(
        name,
        int(facts["bytes"]),
        str(facts["sha256"]),
        media_type or "application/octet-stream",
        graphs_in(fmt) if fmt else "",
    )
