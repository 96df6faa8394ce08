"""What a link or a name means: the IRI of the thing, whatever way the page writes it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kg.identifiers import fairsharing, legislation, licences
from kg.iri import web_iri
from kg.page import Link, Page
from kg.page_to_rdf.iris import heading_iri
from kg.page_to_rdf.statements import without_addresses
from kg.site import Site, language_tag
from kg.site.addresses import Addresses, Target, identifier
from kg.vocab import DCT, SKOS, Minter, slug

_DOUBLED = re.compile(r"^\((.*)\)$", re.DOTALL)
_FRAGMENT_IN_WORDS = re.compile(r"^#+\s+(.+)$")


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
    addresses: Addresses
    """Where links within the site lead."""
    linked_data: Mapping[str, str] = field(default_factory=dict)
    """Name of a thing that the site's data files describe as linked data → its IRI."""
    neighbours: Sequence[Addresses] = ()
    """The other sites of the release, to whose pages links may lead."""

    def language(self, page: Page) -> str:
        """Language tag of a page's prose: its own, else the site's."""
        return language_tag(page.text("lang")) or self.site.language

    def thing(self, label: str, href: str | None, record: str | None = None) -> Thing:
        """The thing of that name; ``record`` is the registry record that the page gives for it elsewhere."""
        registered = record or (self.record(href) if href else None)
        is_record = bool(href and self.record(href))
        address = document(href) if href and not is_record else None
        if "@" in label:  # an e-mail address may neither be a name nor part of an IRI
            label = without_addresses(label) or without_addresses((address or "").split("://")[-1]) or "e-mail"
        return Thing(registered or self.minter.thing(label), label, address)

    def record(self, href: str) -> str | None:
        """IRI of the FAIRsharing record behind a link; ``None`` where there is none or nothing tells its IRI."""
        reference = fairsharing.parse_url(repaired(href) or href)
        return self.crosswalk.iri(reference) if reference else None

    def name_of(self, thing: str) -> str:
        """What a page's name of a thing is to it: another label where FAIRsharing gives a name, else the title."""
        known = self.crosswalk.records.get(thing)
        return SKOS.altLabel if known and known.name else DCT.title

    def is_registered(self, href: str) -> bool:
        """Whether a link leads to a FAIRsharing record, known or not."""
        return fairsharing.parse_url(repaired(href) or href) is not None

    def fairsharing_record(self, href: str) -> fairsharing.Record | None:
        """Return the FAIRsharing record behind a link, where it is known."""
        reference = fairsharing.parse_url(repaired(href) or href)
        return self.crosswalk.resolve(reference) if reference else None

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

    def law_named(self, link: Link) -> legislation.Law | None:
        """Return the law whose name is the text of a link, which leads to a page about it elsewhere."""
        law = legislation.law_of_name(link.label)
        href = link.href
        leads_away = law and document(href) and not self.is_internal(href) and not self.is_registered(href)
        return law if leads_away else None

    def is_internal(self, href: str) -> bool:
        """Whether a link leads to a page of the site itself."""
        return self.addresses.is_internal(repaired(href) or href)

    def internal(self, page: Page, href: str) -> str | None:
        """IRI of the page or heading that an internal link means, ``None`` where it leads nowhere."""
        target = self.addresses.resolve(page, repaired(href) or href)
        return _iri(self.minter, target, page) if target else None

    def elsewhere(self, page: Page, href: str) -> str | None:
        """IRI of the page that a link to another site of the release means."""
        for addresses in self.neighbours:
            if addresses.is_internal(href) and (target := addresses.resolve(page, href)):
                return _iri(Minter(addresses.site.key), target, page)
        return None

    def related(self, written: str) -> str | None:
        """IRI of the page that an entry of ``related_pages`` names."""
        found = self.addresses.related(written)
        return self.minter.page(identifier(found)) if found else None

    def page(self, address: str) -> str | None:
        """IRI of the page with this ``page_id``, path or address on the site."""
        found = self.addresses.find(address)
        return self.minter.page(identifier(found)) if found else None


def _iri(minter: Minter, target: Target, page: Page) -> str | None:
    """The heading, else its page; ``None`` for a heading that is missing on the very page of the link."""
    iri = minter.page(identifier(target.page))
    if not target.exists:
        return None if target.page is page else iri
    return heading_iri(iri, target.fragment) if target.fragment else iri


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
    return web_iri((repaired(href) or href).strip())


def web_address(text: str) -> str | None:
    """The first address in a text as an IRI, ``None`` where there is none.

    A slip in the word ``https`` and a second ``#`` are mended.

    >>> web_address("hhttps://example.org/"), web_address("ttp://example.org/#!/#/!"), web_address("soon")
    ('https://example.org/', 'http://example.org/#!/%23/!', None)
    """
    found = re.search(r"(?:http|htp|\bt?tp)(s?)://(\S+)", text)
    if found is None:
        return None
    place, mark, fragment = found[2].partition("#")
    return document(f"http{found[1]}://{place}{mark}{fragment.replace('#', '%23')}")
