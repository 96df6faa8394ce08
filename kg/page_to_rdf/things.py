"""Resolution of links and names to the IRIs of the things that they mean."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kg.identifiers import fairsharing, legislation, licences
from kg.iri import web_iri, whole_web_address
from kg.page import Link, Page
from kg.page_to_rdf.iris import heading_iri
from kg.page_to_rdf.statements import without_addresses
from kg.site import Site, language_tag
from kg.site.addresses import Addresses, Target, identifier
from kg.vocab import DCT, SKOS, Minter, slug

_MISSPELT = re.compile(r"\Ah{0,2}t{0,2}p(s?)://")
_DOUBLED = re.compile(r"^\((.*)\)$", re.DOTALL)
_FRAGMENT_IN_WORDS = re.compile(r"^#+\s+(.+)$")


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that a page names."""

    iri: str
    label: str
    homepage: str | None = None
    """Address that the page links the thing to, where that is not its registry record."""


@dataclass(frozen=True, slots=True)
class Meanings:
    """Resolves links and names on the pages of one site."""

    site: Site
    minter: Minter
    crosswalk: fairsharing.FairsharingCrosswalk
    addresses: Addresses
    """Addresses of the site's own pages."""
    linked_data: Mapping[str, str] = field(default_factory=dict)
    """Mapping of the name of a thing that the site's data files describe in JSON-LD to its IRI."""
    neighbours: Sequence[Addresses] = ()
    """Addresses of the pages of the other sites of the release."""

    def language(self, page: Page) -> str:
        """Return the language tag of a page's prose: its own, else the site's."""
        return language_tag(page.text("lang")) or self.site.language

    def thing(self, label: str, href: str | None, record: str | None = None) -> Thing:
        """Return the thing with this label and link; ``record`` is a registry record given elsewhere on the page."""
        registered = record or (self.record(href) if href else None)
        is_record = bool(href and self.record(href))
        address = document(href) if href and not is_record else None
        if "@" in label:  # an e-mail address may neither be a name nor part of an IRI
            label = without_addresses(label) or without_addresses((address or "").split("://")[-1]) or "e-mail"
        return Thing(registered or self.minter.thing(label), label, address)

    def record(self, href: str) -> str | None:
        """Return the IRI of the FAIRsharing record that a link leads to; ``None`` where that is unknown."""
        reference = fairsharing.parse_url(repaired(href) or href)
        return self.crosswalk.iri(reference) if reference else None

    def unknown_record(self, href: str) -> str | None:
        """Return the one address of a record of FAIRsharing by its former identifier, whatever form the link has."""
        reference = fairsharing.parse_url(repaired(href) or href)
        is_former = reference is not None and reference.form is fairsharing.ReferenceForm.LEGACY
        return fairsharing.SITE + reference.value if reference and is_former else None

    def name_of(self, thing: str) -> str:
        """Return the property for a page's name of a thing: ``skos:altLabel`` beside a FAIRsharing name, else title."""
        known = self.crosswalk.records.get(thing)
        return SKOS.altLabel if known and known.name else DCT.title

    def is_registered(self, href: str) -> bool:
        """Return whether a link leads to a FAIRsharing record, known or unknown."""
        return fairsharing.parse_url(repaired(href) or href) is not None

    def fairsharing_record(self, href: str) -> fairsharing.Record | None:
        """Return the FAIRsharing record that a link leads to; ``None`` where there is none or it is unknown."""
        reference = fairsharing.parse_url(repaired(href) or href)
        return self.crosswalk.resolve(reference) if reference else None

    def record_type(self, href: str) -> str | None:
        """Return the asserted type of the FAIRsharing record that a link leads to, or ``None``."""
        reference = fairsharing.parse_url(repaired(href) or href)
        record = self.crosswalk.resolve(reference) if reference else None
        return record.asserted_type if record else None

    def licence(self, href: str) -> str | None:
        """Return the IRI of the licence that a link leads to, or ``None``."""
        return licences.licence_of_url(repaired(href) or href)

    def law(self, href: str) -> legislation.Law | None:
        """Return the law that a link leads to, or ``None``."""
        return legislation.law_of_url(repaired(href) or href)

    def law_named(self, link: Link) -> legislation.Law | None:
        """Return the law whose name is the text of a link, which leads to a page about it elsewhere."""
        law = legislation.law_of_name(link.label)
        href = link.href
        leads_away = law and document(href) and not self.is_internal(href) and not self.is_registered(href)
        return law if leads_away else None

    def is_internal(self, href: str) -> bool:
        """Return whether a link leads to the site itself, and not to another site that is published below it."""
        href = repaired(href) or href
        return self.addresses.is_internal(href) and self._nearest(href) is self.addresses

    def internal(self, page: Page, href: str) -> str | None:
        """Return the IRI of the page or heading that an internal link leads to; ``None`` where the link is broken."""
        target = self.addresses.resolve(page, repaired(href) or href)
        return _iri(self.minter, target, page) if target else None

    def elsewhere(self, href: str) -> str | None:
        """Return the IRI of the page of another site of the release that a link leads to, or ``None``.

        A link to the root of a site without a page there leads to its catalogue.
        """
        href = repaired(href) or href
        site = self._nearest(href)
        if site is self.addresses:
            return None
        minter = Minter(site.site.key)
        if target := site.published_at(href):
            return _iri(minter, target)
        return minter.catalog if site.is_root(href) else None

    def _nearest(self, href: str) -> Addresses:
        """Return the site with the longest address that a link is below; the page's own site if there is none."""
        return max((self.addresses, *self.neighbours), key=lambda addresses: addresses.reach(href))

    def related(self, written: str) -> str | None:
        """Return the IRI of the page that an entry of ``related_pages`` names, or ``None``."""
        found = self.addresses.related(written)
        return self.minter.page(identifier(found)) if found else None

    def page(self, address: str) -> str | None:
        """Return the IRI of the page with this ``page_id``, path or address on the site, or ``None``."""
        found = self.addresses.find(address)
        return self.minter.page(identifier(found)) if found else None


def _iri(minter: Minter, target: Target, page: Page | None = None) -> str | None:
    """Return the IRI of a page or heading; for a missing heading the page, ``None`` where the page links to itself."""
    iri = minter.page(identifier(target.page))
    if not target.exists:
        return None if page and target.page.path == page.path else iri
    return heading_iri(iri, target.fragment) if target.fragment else iri


def repaired(href: str) -> str | None:
    """Return the intended destination of a malformed link; ``None`` where the link is well formed.

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


def web_address(text: str) -> str | None:
    """Return the web address that a text is, in which a misspelt ``http`` is corrected, or ``None``.

    >>> web_address("hhttps://example.org/"), web_address("ttp://example.org/#!/#/!"), web_address("https://a.org/x y")
    ('https://example.org/', 'http://example.org/#!/%23/!', None)
    """
    return whole_web_address(_MISSPELT.sub(r"http\1://", text.strip()))


def document(href: str) -> str | None:
    """Return the destination of a link as a web address, repaired where it is malformed, or ``None``.

    >>> document("https://example.org/a b"), document("mailto:x"), document("http://[half")
    ('https://example.org/ab', None, None)
    """
    return web_iri((repaired(href) or href).strip())
