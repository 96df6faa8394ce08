"""The named graph of a page: the page itself, its mentions, and the things that it names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from kg.identifiers import dicom, legislation
from kg.iri import anonymous
from kg.page import Block, BlockKind, Page
from kg.page_to_rdf.authorities import MARKDOWN, TURTLE, in_language, licensed, of_science
from kg.page_to_rdf.front_matter import FrontMatter
from kg.page_to_rdf.guidance import GuidancePage
from kg.page_to_rdf.iris import heading_iri
from kg.page_to_rdf.laws import cite_law
from kg.page_to_rdf.mentions import CheatSheet, Mention, of_page
from kg.page_to_rdf.outline import Node
from kg.page_to_rdf.provenance import provenance_to_rdf
from kg.page_to_rdf.statements import Statements, without_addresses
from kg.page_to_rdf.things import Meanings, document
from kg.page_to_rdf.values import keywords
from kg.site import Site
from kg.site.addresses import identifier
from kg.vocab import BLOCK, DCAT, DCT, FOAF, RDM, SCHEMA, SECTION, SKOS, VCARD


class PageStatements:
    """Writes the statements of one page's named graph."""

    def __init__(self, page: Page, iri: str, site: Site, meanings: Meanings) -> None:
        self._page, self._iri, self._site, self._meanings = page, iri, site, meanings
        self._say = Statements(f"{iri}#graph")
        self._language = meanings.language(page)
        self._is_sheet = site.is_cheat_sheet(page)

    def write(self) -> Statements:
        """Write and return the statements of the page, each with its line unless it belongs to a mention."""
        with self._say.at(1):
            self._about_page()
            if self._is_sheet:
                self._about_dataset()
            FrontMatter(self._say, self._page, self._iri, self._meanings).write()
            self._tools()
            self._cited()
            self._laws()
        if self._is_sheet:
            self._sheet()
        else:
            self._guidance()
        return self._say

    def _about_page(self) -> None:
        say, page, iri = self._say, self._page, self._iri
        say.a(iri, SCHEMA.LearningResource, RDM.Page)
        with say.at(page.line("title")):
            say.prose(iri, DCT.title, self._title(), self._language)
        self._summary_and_keywords()
        with say.at(page.line("page_id")):
            say.plain(iri, DCT.identifier, anonymous(identifier(page)))
        if not self._is_sheet:  # DCAT-AP does not accept a literal as the type of a dataset; a sheet has its class
            with say.at(page.line("type")):
                say.plain(iri, DCT.type, self._site.page_type(page))
        say.iri(iri, SCHEMA.isPartOf, self._meanings.minter.catalog)
        licensed(say, iri, self._site.licence)
        address = document(self._site.page_url(page.path, page.front) or "")
        if address:
            say.iri(iri, DCAT.landingPage, address)
            say.a(address, FOAF.Document)
        with say.at(page.line("redirect_from")):
            for former in page.texts("redirect_from"):
                say.iri(iri, SCHEMA.sameAs, document(self._site.address(former)))
        provenance_to_rdf(say, iri, f"{iri}#md", page.path, self._site)

    def _summary_and_keywords(self) -> None:
        """Say what the page is about: a page without a description is described by its summary, else by its title."""
        say, page, iri, language = self._say, self._page, self._iri, self._language
        summary, description = (without_addresses(page.text(key)) for key in ("summary", "description"))
        with say.at(page.line("summary")):
            say.prose(iri, DCT.abstract, summary, language)
        with say.at(page.line("description" if description else "summary")):
            say.prose(iri, DCT.description, description or summary or self._title(), language)
        with say.at(page.line("keywords")):
            for keyword in keywords(page.front.get("keywords")):
                say.prose(iri, DCAT.keyword, keyword, language)

    def _about_dataset(self) -> None:
        """Add the properties that DCAT-AP requires of a dataset: distributions, licence, publisher and contact."""
        say, iri, minter = self._say, self._iri, self._meanings.minter
        with say.at(self._page.line("type")):
            say.a(iri, DCAT.Dataset, RDM.CheatSheet)
        say.iri(iri, DCT.publisher, f"{minter.catalog}#publisher")
        say.iri(iri, DCAT.contactPoint, f"{minter.catalog}#contact")
        in_language(say, iri, self._language)
        of_science(say, iri)
        address = document(self._site.page_url(self._page.path, self._page.front) or "") or iri
        for fragment, media_type, access in (("md", MARKDOWN, address), ("ttl", TURTLE, iri)):
            file = f"{iri}#{fragment}"
            say.iri(iri, DCAT.distribution, file)
            say.a(file, DCAT.Distribution)
            say.iri(file, DCAT.accessURL, access)
            say.iri(file, DCAT.mediaType, media_type)
            licensed(say, file, self._site.licence)

    def _tools(self) -> None:
        for tag in self._page.tool_tags:
            if tag.tool in self._site.directory.tools:
                with self._say.at(tag.line):
                    self._say.iri(self._iri, SCHEMA.mentions, self._meanings.minter.tool(tag.tool))

    def _cited(self) -> None:
        """Say which sources with a DOI the page cites."""
        for tag in self._page.cite_tags:
            source = self._site.bibliography.sources.get(tag.key)
            if source and source.doi:
                with self._say.at(tag.line):
                    self._source(f"https://doi.org/{source.doi}", source.title)

    def _source(self, address: str, title: str) -> None:
        say, record, article = self._say, self._meanings.record(address), document(address)
        say.iri(self._iri, DCT.references, record or article)
        if article and not record:
            say.a(article, FOAF.Document)
            say.plain(article, DCT.title, without_addresses(title))

    def _laws(self) -> None:
        """Say which laws the front matter cites; mentions tell those of the body."""
        for key in ("title", "description", "summary"):
            with self._say.at(self._page.line(key)):
                for cited in legislation.laws_in(self._page.text(key)):
                    cite_law(self._say, self._iri, cited.law, cited.title, self._language)

    def _sheet(self) -> None:
        sheet = CheatSheet(self._page, self._iri, self._meanings, self._site.profile)
        for mention in self._joined(sheet.mentions()):
            self._mention(mention)
        for block in sheet.data_types():
            self._data_type(block)
        self._gaps()
        for line, text in self._telling():
            with self._say.at(line):
                for modality in dicom.modalities_in(text):
                    self._say.iri(self._iri, RDM.mentionsModality, modality.iri)

    def _guidance(self) -> None:
        page = GuidancePage(self._page, self._iri, self._meanings)
        for topic in page.topics():
            self._topic(topic, page)
        recommends = False
        for mention in self._joined(page.mentions()):
            recommends |= mention.recommends
            self._mention(mention)
        is_national = bool(self._page.text("country_code"))
        if recommends or is_national or (page.has_blocks and not self._site.is_about_itself(self._page)):
            with self._say.at(1):
                self._say.a(self._iri, RDM.GuidancePage)

    def _topic(self, topic: Node, page: GuidancePage) -> None:
        say, iri = self._say, page.topic_iri(topic)
        with say.at(topic.block.line):
            say.a(iri, RDM.Topic, SKOS.Concept)
            title = without_addresses(topic.text) or self._title()
            say.prose(iri, DCT.title, title, self._language)
            say.prose(iri, SKOS.prefLabel, title, self._language)
            say.iri(iri, SCHEMA.isPartOf, self._iri)
            if above := page.broader(topic):
                say.iri(iri, SKOS.broader, page.topic_iri(above))

    def _telling(self) -> Iterator[tuple[int, str]]:
        """Yield line and text of the parts in which modalities are searched: title, description, headings, bullets."""
        yield from ((self._page.line(key), self._page.text(key)) for key in ("title", "description"))
        yield from ((block.line, block.text) for block in self._page.blocks if block.kind is not BlockKind.PARAGRAPH)

    def _joined(self, mentions: Iterable[Mention]) -> Iterator[Mention]:
        """Yield the mentions, those that lead to a page of another site as mentions of that page."""
        for mention in mentions:
            page = self._meanings.elsewhere(mention.link) if mention.link else None
            yield of_page(mention, page) if page else mention

    def _mention(self, mention: Mention) -> None:
        say, iri = self._say, mention.iri
        say.a(iri, RDM.Mention)
        say.iri(self._iri, RDM.hasMention, iri)
        say.plain(iri, RDM.linkAsWritten, mention.link)
        say.plain(iri, RDM.toolTag, mention.tag)
        say.plain(iri, RDM.repairedLink, mention.repaired)
        say.integer(iri, RDM.sourceLine, mention.line)
        say.label(iri, mention.label, self._language)
        say.prose(iri, RDM.heading, without_addresses(mention.heading) or self._title(), self._language)
        say.iri(iri, RDM.target, mention.target)
        say.iri(self._iri, SCHEMA.mentions, mention.target)
        say.iri(iri, RDM.role, mention.role.iri if mention.role else None)
        say.plain(iri, RDM.because, mention.because if mention.role else None)
        say.iri(iri, RDM.listedAs, mention.listed_as.iri if mention.listed_as else None)
        say.iri(iri, RDM.topic, mention.topic)
        say.iri(iri, RDM.block, BLOCK[mention.block] if mention.block else None)
        say.plain(iri, RDM.openness, mention.openness)
        if mention.section or mention.recommends:
            say.a(iri, RDM.Recommendation)
            say.iri(self._iri, RDM.hasRecommendation, iri)
        if mention.section:
            say.iri(iri, RDM.section, SECTION[mention.section])
            say.iri(iri, RDM.about, mention.about)
            say.iri(iri, RDM.forDataType, mention.data_type)
        self._meaning(mention)

    def _meaning(self, mention: Mention) -> None:
        """Add the direct statements that follow from a mention, about its page, its topic and its target."""
        say, target, role = self._say, mention.target, mention.role
        if target is None or mention.is_of_page:
            return
        if mention.law:
            cite_law(say, self._iri, mention.law, mention.label, self._language)
        if mention.contact:
            say.a(target, VCARD.Kind)
            say.prose(target, VCARD.fn, mention.contact.name, self._language)
        if role is None:
            return
        if mention.recommends:
            for subject in (self._iri, mention.topic):
                if subject:
                    say.iri(subject, role.direct or RDM.recommends, target)
            say.a(target, *role.classes)
        if mention.thing:
            say.prose(target, self._meanings.name_of(target), mention.thing.label, self._language)
            self._address(target, mention.thing.homepage or "")
        elif role.name == "homepage":
            say.iri(target, FOAF.homepage, document(mention.link or ""))
        elif role.name == "license":
            say.a(target, DCT.LicenseDocument)
        elif role.name == "contact":
            say.a(target, VCARD.Kind)
        elif role.name == "regulation" and not mention.law:
            say.a(target, FOAF.Document)

    def _address(self, thing: str, href: str) -> None:
        """Add the address of a thing, as its home page if it is the root of a host, else as a page about it."""
        address = document(href)
        is_front = address is not None and urlsplit(address).path in ("", "/") and not urlsplit(address).query
        self._say.iri(thing, FOAF.homepage if is_front else FOAF.page, address)

    def _data_type(self, heading: Block) -> None:
        iri = heading_iri(self._iri, heading.anchor)
        with self._say.at(heading.line):
            self._say.a(iri, RDM.DataType, SKOS.Concept)
            self._say.iri(self._iri, RDM.coversDataType, iri)
            label = without_addresses(heading.text) or self._title()
            self._say.prose(iri, SKOS.prefLabel, label, self._language)
            for modality in dicom.modalities_in(heading.text):
                self._say.iri(iri, RDM.modality, modality.iri)

    def _gaps(self) -> None:
        for block in self._page.blocks:
            for sentence in re.split(r"(?<=[.!?])\s+", block.text) if not block.level else ():
                if self._site.profile.states("gap", sentence):
                    with self._say.at(block.line_at(block.text.find(sentence))):
                        self._say.prose(self._iri, RDM.knownGap, sentence, self._language)

    def _title(self) -> str:
        first = next((block.text for block in self._page.blocks if block.level), "")
        names = (self._page.text("title"), first, identifier(self._page))
        return next((name for name in names if without_addresses(name)), "")
