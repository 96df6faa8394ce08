"""Ask the application for every page, as the links of the pages tell, and write each to its file."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from html import escape
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Flask

from kg.query import canned
from kg.release import Release
from kg.release.nquads import value
from kg.vocab import BASE, ROLE, SECTION
from server.http.negotiation import HTML
from server.site.places import SiteFile, place_of
from server.site.rewriting import SiteAddresses

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

_STARTS = (
    "/",
    "/browse",
    "/browse/matrix",
    "/browse?format=csv",
    "/catalog",
    "/dumps/",
    "/llms.txt",
    "/ont",
    "/opensearch.xml",
    "/queries/",
    "/robots.txt",
    "/role/",
    "/search",
    "/section/",
    "/sitemap.xml",
)
"""SiteAddresses that no page needs to lead to."""
_WANTED = "text/html, */*;q=0.5"
_MOVED = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Moved</title>
<link rel="canonical" href="{address}">
<meta http-equiv="refresh" content="0; url={address}">
</head>
<body><main><h1>Moved</h1><p><a href="{address}">It is here</a>.</p></main></body>
</html>
"""
"""Page of an address that redirects."""


@dataclass(frozen=True, slots=True)
class Walk:
    """The outcome of writing the files."""

    files: int
    dead: tuple[str, ...]
    """SiteAddresses that pages lead to and that have no file."""


def write_files(app: Flask, release: Release, addresses: SiteAddresses, folder: Path, threads: int) -> Walk:
    """Write all pages of the application and what they lead to, except files that are there.

    The bytes depend on the release and the address of the site alone. A file is left out whose name differs from that
    of another in case alone, which many file systems and hosts take for one.
    """
    known, dead, names = set[str](), set[str](), _FileNames()
    addresses.places.update(_first(release))
    with ThreadPoolExecutor(threads) as threaded:
        while new := {each.file: each for each in sorted(addresses.places) if each.file not in known}:
            known.update(new)
            places = {file: place for file, place in new.items() if names.take(file)}
            dead.update(new[file].request for file in new.keys() - places.keys())
            done = threaded.map(partial(_write, app, addresses, folder), places.values())
            dead.update(place.request for place, is_there in zip(places.values(), done, strict=True) if not is_there)
    return Walk(len(known) - len(dead), tuple(sorted(dead | addresses.without_place)))


class _FileNames:
    """The names of files and folders that are in use, where upper case is not told from lower case."""

    def __init__(self) -> None:
        self._files = set[str]()
        self._folders = set[str]()

    def take(self, file: str) -> bool:
        """Return whether a file can be beside those that were taken, and take it then."""
        name = unicodedata.normalize("NFC", file).casefold()
        folders = {str(folder) for folder in PurePosixPath(name).parents}
        if name in self._files or name in self._folders or not folders.isdisjoint(self._files):
            return False
        self._files.add(name)
        self._folders |= folders
        return True


def _write(app: Flask, addresses: SiteAddresses, folder: Path, place: SiteFile) -> bool:
    """Write the file of a place unless it exists; return whether there is something at the place."""
    file = folder / place.file
    if file.exists():
        return True
    with closing(asked(app, addresses.url, place.request)) as response:
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            return False
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_content(addresses, place, response))
    return True


def _first(release: Release) -> Iterator[SiteFile]:
    """Yield the places from which all others are reached: pages of the site itself, and all things of the graph."""
    own = [f"/dataset/{release.id}", *(f"/question/{name}" for name in canned.names())]
    terms = [*(f"/role/{name}" for name in ROLE.terms), *(f"/section/{name}" for name in SECTION.terms)]
    things = (_address(iri) for iri in sorted(_subjects(release)))
    for address in (*_STARTS, *own, *terms, *things):
        place = place_of(address)
        if place:
            yield place


def _subjects(release: Release) -> set[str]:
    """Return the IRIs of the things in the graph, in our namespace those of documents."""
    with release.graph.open(encoding="utf-8") as lines:
        iris = {value(line.partition(" ")[0]) for line in lines}
    return {iri.partition("#")[0] if iri.startswith(BASE) else iri for iri in iris}


def _address(iri: str) -> str:
    path = iri.removeprefix(BASE)
    return f"/id/{path}" if path and path != iri else f"/id/?{urlencode({'iri': iri})}"


def asked(app: Flask, url: str, request: str) -> TestResponse:
    """Return the response of the application at ``url`` to a browser's request."""
    return app.test_client().get(
        request, base_url=url, headers={"Accept": _WANTED}, environ_overrides={"REMOTE_ADDR": ""}
    )


def _content(addresses: SiteAddresses, place: SiteFile, response: TestResponse) -> bytes:
    if response.status_code >= HTTPStatus.MULTIPLE_CHOICES:
        target = addresses.in_site(response.headers["Location"])
        return _MOVED.format(address=escape(target)).encode()
    media_type = str(response.mimetype)
    if media_type == HTML.media_type:
        return addresses.in_page(response.text, dict(response.headers)).encode()
    if place.file.startswith("id/"):
        return bytes(response.data)
    if media_type.endswith("json"):
        return addresses.in_json(response.text).encode()
    if media_type.endswith("xml"):
        return addresses.in_xml(response.text).encode()
    return addresses.in_text(response.text).encode()
