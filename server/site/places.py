"""The file of each address of the application, and the address of each file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from kg.search_index import FACETS
from server.pages.formats import IN_FILES

PAGE = ".html"
INDEX = f"index{PAGE}"
_THING = "/id/"
_LONGEST_NAME = 200
"""Largest number of bytes of a name in a path; file systems allow little more."""
_READ_BY_SCRIPT = re.compile(r"/(?:ask|search|queries/[^/]+)")
"""Pages whose script reads the query string."""
_FILES = re.compile(r"/(?:ont|catalog|sitemap(?:-\d+)?|robots|llms|opensearch|ask/settings)\.\w+|/(?:dumps|static)/.+")
_PAGES = re.compile(r"/(?:browse|ont|(?:dataset|ont|question|role|section)/[^/]+)")
_FOLDERS = re.compile(r"/(?:(?:dumps|queries|role|section)/)?")
_ENDINGS = {fmt.name: f".{fmt.extension}" for fmt in IN_FILES}
_OF_MATRIX = ("of", "by", "sheets", "things")


@dataclass(frozen=True, order=True, slots=True)
class SiteFile:
    """A file of the site, and how the application is asked for its content."""

    file: str
    """Path in the folder of the site."""
    request: str
    """Path and query of the request."""

    @property
    def address(self) -> str:
        """Address of the file, relative to that of the site.

        >>> SiteFile("queries/index.html", "/queries/").address
        'queries/'
        """
        return quote(self.file.removesuffix(INDEX) if f"/{self.file}".endswith(f"/{INDEX}") else self.file)


_IN_TURTLE = {
    "/catalog": SiteFile("catalog.ttl", "/catalog.ttl"),
    "/.well-known/void": SiteFile("void.ttl", "/.well-known/void?format=turtle"),
}
"""SiteAddresses whose format depends on the request."""


def place_of(address: str) -> SiteFile | None:
    """Return the place of what is at an address of the application, ``None`` if only a server can answer there.

    >>> place_of("/id/lookup/page/pic").file, place_of("/id/lookup/page/pic.ttl").file
    ('id/lookup/page/pic.html', 'id/lookup/page/pic.ttl')
    >>> place_of("/browse?page=2&kind=tool").file, place_of("/sparql?query=ASK%20%7B%7D")
    ('browse-kind-tool-page-2.html', None)
    >>> place_of("/browse?sort=-sheets").file, place_of("/browse?sort=name&kind=tool")
    ('browse-sort--sheets.html', None)
    """
    parts = urlsplit(address)
    fields = parse_qsl(parts.query)
    given = dict(fields)
    path = unquote(parts.path)
    if not given and path in _IN_TURTLE:
        return _IN_TURTLE[path]
    if path.startswith(_THING):
        file: str | None = _of_thing(path, given)
    elif _READ_BY_SCRIPT.fullmatch(path):
        return None if "format" in given else SiteFile(f"{path[1:]}{PAGE}", parts.path)
    elif path == "/browse" and (given.keys() <= {*FACETS, "page"} or given.keys() <= {"sort", "page"}):
        file = f"browse{_of_list(fields)}{PAGE}"
    elif given:
        file = _of_query(path, given)
    else:
        file = _of_path(path)
    query = urlencode(sorted(fields))
    return SiteFile(file, f"{parts.path}?{query}" if query else parts.path) if file and _stays_within(file) else None


def _stays_within(file: str) -> bool:
    """Return whether a path stays within the folder of the site, for names in a graph that may be a stranger's."""
    return file.isprintable() and "\\" not in file and not {"", ".", ".."} & {*file.split("/")}


def _of_thing(path: str, given: Mapping[str, str]) -> str | None:
    if path == _THING and not given:
        return f"{path[1:]}{INDEX}"
    if path == _THING and "iri" in given and given.keys() <= {"iri", "format"}:
        ending = _ENDINGS.get(given["format"]) if "format" in given else PAGE
        return f"id/of/{_digest(given['iri'])}{ending}" if ending else None
    if given or max(len(name.encode()) for name in path.split("/")) > _LONGEST_NAME:
        return None
    return path[1:] if path.endswith(tuple(_ENDINGS.values())) else f"{path[1:]}{PAGE}"


def _of_query(path: str, given: Mapping[str, str]) -> str | None:
    if path == "/browse" and given == {"format": "csv"}:
        return "browse.csv"
    if path == "/browse/matrix" and given.keys() <= {*_OF_MATRIX, "format"}:
        chosen = {name: given[name] for name in _OF_MATRIX if name in given}
        return f"matrix{_name(chosen)}{'.csv' if given.get('format') == 'csv' else PAGE}"
    if path == "/.well-known/void" and given.keys() == {"format"} and given["format"] in _ENDINGS:
        return f"void{_ENDINGS[given['format']]}"
    if path == "/madmp" and given.keys() == {"page"}:
        return f"madmp/{_digest(given['page'])}.json"
    return None


def _of_list(fields: list[tuple[str, str]]) -> str:
    """Return what the name of a part of the list of things has for its filters and page."""
    filters = sorted(field for field in fields if field[0] != "page")
    chosen = _name(dict(filters)) if len(filters) < 2 else f"-{_digest(urlencode(filters))}"
    return chosen + _name({name: value for name, value in fields if name == "page"})


def _of_path(path: str) -> str | None:
    if path == "/browse/matrix":
        return f"matrix{PAGE}"
    if _FOLDERS.fullmatch(path):
        return f"{path[1:]}{INDEX}"
    if _FILES.fullmatch(path):
        return path[1:]
    return f"{path[1:]}{PAGE}" if _PAGES.fullmatch(path) else None


def _name(given: Mapping[str, str]) -> str:
    return "".join(
        f"-{name}-{value if re.fullmatch(r'[a-z0-9-]{1,80}', value) else _digest(value)}"
        for name, value in sorted(given.items())
    )


def _digest(text: str) -> str:
    """Return the 64-bit FNV-1a hash of a text, for the name of a file where the text has signs that hosts change.

    ``server/static/addresses.js`` computes it as well.
    """
    digest = 0xCBF29CE484222325
    for byte in text.encode():
        digest = (digest ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return f"{digest:016x}"
