"""The outside addresses of a site, and the places where they stand."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit, urlunsplit

from kg.findings import Place
from kg.identifiers import fairsharing, registries
from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.iri import host_and_path, is_web_address, web_iri
from kg.lint.check import Selection
from kg.lint.context import Context
from kg.page import Page
from kg.readers import read, read_fronts
from kg.site import Site, open_site
from kg.site.yaml_text import Scalar

_ADDRESS = r"(https?://[^\s<>()]*(?:\([^\s<>()]*\)[^\s<>()]*)*)"
_PICTURE = re.compile(
    rf"""!\[[^\[\]]*\]\(<?{_ADDRESS}|<img\b[^<>]*?\ssrc\s*=\s*["'](https?://[^"'<>]+)""", re.IGNORECASE
)
_LINK = re.compile(rf"""\]\(<?{_ADDRESS}|\shref\s*=\s*["'](https?://[^"'<>]+)""", re.IGNORECASE)
"""Links in a text of a data file, which the theme renders as Markdown."""


@dataclass(frozen=True, slots=True)
class OutsideLinks:
    """The outside links of the selected files of a site."""

    folder: Path
    """The site's folder."""
    contact: str
    """The web page of those who are responsible for the site; empty if it is not known."""
    links: Mapping[tuple[str, str], tuple[Place, ...]]
    """Address without its fragment, and the fragment → the places where it stands, sorted."""
    resolvers: Collection[str]
    """The hosts whose redirects are no fault, as in the profile."""


def outside_links(selection: Selection, urls: Mapping[str, str] | None = None) -> OutsideLinks:
    """Return the outside links of the pages and data files that are selected; ``urls`` as of ``open_site``.

    Raises:
        SiteError: when the site's configuration or profile cannot be read.
    """
    site = open_site(selection.folder, urls)
    settings, found = site.profile.table("online"), dict[tuple[str, str], set[Place]]()
    for address, fragment, place in _written(site, selection):
        is_wanted = not settings["allow"] or is_of(address, settings["allow"])
        if is_wanted and not is_of(address, settings["ignore"]):
            found.setdefault((address, fragment), set()).add(place)
    contact = web_iri(str(site.profile.table("contact").get("url") or site.url)) or ""
    links = {link: tuple(sorted(places)) for link, places in sorted(found.items())}
    return OutsideLinks(site.folder, contact, links, settings["resolvers"])


def wanted(sites: Iterable[OutsideLinks]) -> dict[str, set[str]]:
    """Return each address of some sites with the fragments that are looked up there."""
    found = dict[str, set[str]]()
    for outside in sites:
        for address, fragment in outside.links:
            found.setdefault(address, set()).update([fragment] if fragment else [])
    return found


def is_of(address: str, places: Collection[str]) -> bool:
    """Return whether an address is one of some places: a host means its subdomains too, a path all that is below it.

    >>> places = ["https://a.example/docs/", "b.example"]
    >>> addresses = ("http://a.example/docs/x?y", "https://a.example/docs2", "https://b.example", "https://bb.example")
    >>> [is_of(address, places) for address in addresses]
    [True, False, True, False]
    """
    host, path = _place(address)
    hosts = (host, re.sub(r":\d+$", "", host))
    return any(
        (wanted in hosts or (not below and hosts[1].endswith(f".{wanted}"))) and f"{path}/".startswith(f"{below}/")
        for wanted, below in map(_place, places)
    )


def _place(written: str) -> tuple[str, str]:
    return host_and_path(written if "//" in written else f"//{written}") or (written, "")


def _written(site: Site, selection: Selection) -> Iterator[tuple[str, str, Place]]:
    """Yield address, fragment and place of each link out of the site."""
    paths = list(site.files())
    chosen = [path for path in paths if selection.has(path)]
    pages = [page for page, _ in read(site, chosen) if page]
    others = read_fronts(site, [path for path in paths if not selection.has(path)])
    crosswalk = FairsharingCrosswalk.load()
    context, texts = Context(site, crosswalk, pages, others), list[tuple[str, Place]]()
    for page in pages:
        texts += [(text, Place(page.path, line)) for text, line in _in_page(page, context)]
    for path in filter(selection.has, context.data_paths(None)):
        scalars = context.data_file(path).scalars
        texts += [(text, Place(path, each.line)) for each in scalars for text in _in_scalar(each, crosswalk)]
    for text, place in texts:
        address = _normal(text)
        if address and not context.addresses.is_internal(address):
            yield *urldefrag(address), place


def _in_page(page: Page, context: Context) -> Iterator[tuple[str, int]]:
    """Yield the links, pictures and values of a page with their lines."""
    yield from ((link.href, link.line) for block in page.blocks for link in block.links)
    yield from ((text, line) for line, row in context.body(page) for text in _found(_PICTURE, row))
    yield from ((text, scalar.line) for scalar in context.front(page) for text in _in_scalar(scalar, context.crosswalk))


def _in_scalar(scalar: Scalar, crosswalk: FairsharingCrosswalk) -> Iterator[str]:
    """Yield the addresses in a value; what JSON-LD calls ``@context`` or ``@id`` is a name."""
    if not (scalar.keys and scalar.keys[-1].startswith("@")):
        yield _of_registry(scalar, crosswalk) or scalar.value
        yield from _found(_LINK, scalar.value)


def _found(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    return ("".join(found) for found in pattern.findall(text))


def _of_registry(scalar: Scalar, crosswalk: FairsharingCrosswalk) -> str | None:
    """Return the address to which the theme makes the identifier of a tool in a registry a link, or ``None``."""
    if scalar.keys[-2:] == ("registry", "biotools"):
        return registries.biotools(scalar.value)
    if scalar.keys[-2:] == ("registry", "fairsharing") and (reference := fairsharing.parse(scalar.value)):
        record = crosswalk.resolve(reference)
        return record.iri if record else reference.iri
    return None


def _normal(text: str) -> str:
    """Return a text as an address that can be asked for; empty if it is none."""
    text = text.strip()
    address = web_iri(f"https:{text}" if text.startswith("//") else text)
    if address is None or not is_web_address(address) or any(mark in text for mark in ("{{", "{%", " ")):
        return ""
    parts = urlsplit(address)
    host = unquote(parts.netloc).lower()  # a name in other letters is none if it is percent-encoded
    normal = urlunsplit((parts.scheme, host, parts.path or "/", parts.query, parts.fragment))
    return normal if host_and_path(normal) else ""
