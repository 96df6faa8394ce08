"""What a link or a name means: the IRI of the thing, whatever way the page writes it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from kg.identifiers import fairsharing, legislation, licences
from kg.page import Page
from kg.site import Site
from kg.vocab import Minter, slug

_DOUBLED = re.compile(r"^\((.*)\)$", re.DOTALL)
_FRAGMENT_IN_WORDS = re.compile(r"^#+\s+(.+)$")
_ADDRESS = re.compile(r"https?://[^/?#]+[^#]*(#[^#]*)?")
_NO_IRI = re.compile(r"[\s<>\"{}|\\^`\[\]]|%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that a page names."""

    iri: str
    label: str
    homepage: str | None = None
    """Where its own link leads, for a thing that has another IRI."""


@dataclass(frozen=True, slots=True)
class Meanings:
    """Finds what links mean, for the pages of one site."""

    site: Site
    minter: Minter
    crosswalk: fairsharing.FairsharingCrosswalk
    pages: Mapping[str, str] = field(default_factory=dict)
    """Every way to write a page's address within the site, without slashes around it → the page's IRI."""

    def thing(self, label: str, href: str | None, record: str | None = None) -> Thing:
        """The thing of that name; ``record`` is the registry record that the page gives for it elsewhere."""
        registered = record or (self.record(href) if href else None)
        is_record = bool(href and self.record(href))
        address = document(href) if href and not is_record else None
        return Thing(registered or self.minter.thing(label), label, address)

    def record(self, href: str) -> str | None:
        """IRI of the FAIRsharing record behind a link; ``None`` where there is none or nothing tells its IRI."""
        reference = fairsharing.parse_url(repaired(href) or href)
        return self.crosswalk.iri(reference) if reference else None

    def is_registered(self, href: str) -> bool:
        """Whether a link leads to a FAIRsharing record, known or not."""
        return fairsharing.parse_url(repaired(href) or href) is not None

    def record_type(self, href: str) -> str | None:
        """Type of the FAIRsharing record behind a link where there is evidence for it."""
        reference = fairsharing.parse_url(repaired(href) or href)
        record = self.crosswalk.resolve(reference) if reference else None
        return record.asserted_type if record else None

    def law_iri(self, law: legislation.Law) -> str:
        """A law's global IRI, else one of this site's."""
        return law.iri or self.minter.thing(law.local_name)

    def licence(self, href: str) -> str | None:
        """IRI of the licence behind a link."""
        return licences.licence_of_url(repaired(href) or href)

    def law(self, href: str) -> legislation.Law | None:
        """The law behind a link."""
        return legislation.law_of_url(repaired(href) or href)

    def is_internal(self, href: str) -> bool:
        """Whether a link leads to a page of the site itself."""
        if href.startswith("//"):
            return False
        return not urlsplit(repaired(href) or href).scheme or (bool(self.site.url) and self._path(href) is not None)

    def internal(self, page: Page, page_iri: str, href: str) -> str | None:
        """IRI of the page or heading that an internal link means, ``None`` where it leads nowhere."""
        path, _, fragment = (repaired(href) or href).partition("#")
        path = (self._path(path) if self.site.url and "://" in path else path) or ""
        target = self.pages.get(path.strip("/").removesuffix(".html").removesuffix(".md")) if path else page_iri
        if target is None:
            return None
        anchors = {block.anchor for block in page.blocks if block.level}
        if target == page_iri and fragment:
            return f"{page_iri}#{fragment}" if fragment in anchors else None
        return target

    def _path(self, href: str) -> str | None:
        return href.removeprefix(self.site.url) if href.startswith(self.site.url + "/") else None


def repaired(href: str) -> str | None:
    """The destination that the author meant, where the published one is broken; ``None`` where it is not.

    >>> repaired("(https://www.ebi.ac.uk/)"), repaired("#### Ontologies"), repaired("https://idr.openmicroscopy.org/")
    ('https://www.ebi.ac.uk/', '#ontologies', None)
    """
    if doubled := _DOUBLED.match(href):
        return doubled[1].strip()
    if heading := _FRAGMENT_IN_WORDS.match(href):
        return "#" + slug(heading[1])
    if re.search(r"\s", href) and "://" in href:
        return "".join(href.split())
    return None


def document(href: str) -> str | None:
    """A link's destination as an IRI, ``None`` where it cannot be one.

    >>> document("https://example.org/a b"), document("mailto:x"), document("http://[half")
    ('https://example.org/ab', None, None)
    """
    url = quote(repaired(href) or href, safe="%/:=&?~#+!$,;'@()*")
    return url if _ADDRESS.fullmatch(url) and not _NO_IRI.search(url) else None


def identifier(page: Page) -> str:
    """What a page is called within its site: its ``page_id``, else the slug of its path without the file's ending.

    >>> identifier(Page("pages/contribute/main.md", {}, {}, (), "", 1))
    'pages-contribute-main'
    """
    return page.text("page_id") or slug(page.path.rpartition(".")[0])
