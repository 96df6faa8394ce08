"""The mentions of a cheat sheet: one for each link and tool tag of its body, thing named without a link, law cited."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from kg.identifiers import legislation
from kg.page import Block, Link, Page
from kg.page_to_rdf.contacts import Contact, clean, contacts, mail_address, written
from kg.page_to_rdf.evidence import SheetEvidence
from kg.page_to_rdf.iris import heading_iri
from kg.page_to_rdf.listed import Listed
from kg.page_to_rdf.openness import openness
from kg.page_to_rdf.outline import Node, outline
from kg.page_to_rdf.ownership import Ownership
from kg.page_to_rdf.rules import Decision, decide
from kg.page_to_rdf.tagged import TaggedTool, links_and_tags
from kg.page_to_rdf.things import Meanings, Thing, document, repaired
from kg.roles import Role, roles
from kg.site import Profile

_WITH_FORMATS = frozenset({"data-types", "metadata-standards"})
"""Sections that recommend formats."""
NAMES_LAW = Decision(roles()["regulation"], "its name is that of a law")
"""Of a link or a tool whose name is that of a law, wherever it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One mention with the values of its properties in the graph; ``None`` for a property that it does not have."""

    iri: str
    line: int
    label: str
    heading: str
    link: str | None = None
    """Destination as written; only ``mailto:`` for an e-mail address."""
    repaired: str | None = None
    target: str | None = None
    section: str | None = None
    role: Role | None = None
    openness: str | None = None
    about: str | None = None
    data_type: str | None = None
    thing: Thing | None = None
    """The recommended thing, whose IRI is the target; only in a mention that recommends."""
    law: legislation.Law | None = None
    """The law, where the target is one."""
    contact: Contact | None = None
    """The contact that a link to an e-mail address leads to."""
    tag: str | None = None
    """Id of the tool as written, in a mention made by a tool tag."""
    topic: str | None = None
    """IRI of the topic, on a guidance page."""
    block: str = ""
    """Name of the block of the topic, on a guidance page; empty outside of one."""
    because: str = ""
    """The rule that decided the role, with its evidence."""
    listed_as: Role | None = None
    """The recommending role that the place on the page would give, where the record of the thing rules it out."""
    is_of_page: bool = False
    """True if the target is a page of another site of the release."""

    @property
    def recommends(self) -> bool:
        """True if the page recommends the target."""
        return self.role is not None and self.role.recommends and self.target is not None


def of_page(mention: Mention, target: str) -> Mention:
    """Return a mention as one of a page of another site: such a page is to be read, it is no tool, service or law."""
    if mention.recommends:
        mention = replace(mention, role=roles()["useful-link"], because="it leads to a page of another site")
    return replace(mention, target=target, thing=None, is_of_page=True)


class MentionIris:
    """Mints the IRIs of a page's mentions from link, label and a counter, so that they survive edits elsewhere."""

    def __init__(self, page_iri: str) -> None:
        self._page_iri = page_iri
        self._seen: Counter[tuple[str, str]] = Counter()

    def next(self, link: str, label: str) -> str:
        """Return the IRI of the next mention with this link and label."""
        ordinal = self._seen[link, label]
        self._seen[link, label] += 1
        digest = hashlib.sha256(f"{link}\n{label}\n{ordinal}".encode()).hexdigest()[:10]
        return f"{self._page_iri}#m-{digest}"


class CheatSheet:
    """A cheat sheet with its mentions and data types."""

    def __init__(self, page: Page, page_iri: str, meanings: Meanings, profile: Profile) -> None:
        self._page, self._page_iri, self._meanings = page, page_iri, meanings
        self._nodes = outline(_with_tags_as_links(page, meanings), profile)
        self._openness = openness((node for node in self._nodes if node.section in _WITH_FORMATS), profile)
        self._ownership = Ownership(profile, meanings, self._openness)
        self._evidence = SheetEvidence(self._ownership)
        self._listed = Listed(page.text("title"), self._ownership, self._role)
        self._contacts = contacts(page, page_iri)
        self._iris = MentionIris(page_iri)

    def mentions(self) -> Iterator[Mention]:
        """Yield a mention for each link or tool tag, thing named without one, and law cited, in page order."""
        for node in self._nodes:
            for link in node.block.links:
                yield self._link(node, link)
            for thing in self._named(node):
                yield self._unlinked(node, thing)
            for citation in legislation.laws_in(node.text):
                yield self._citation(node, citation)

    def data_types(self) -> Iterator[Block]:
        """Yield the headings that name a type of data, an experiment or a method."""
        for node in self._nodes:
            if node.is_heading and self._ownership.is_data_type(node):
                yield node.block

    def _role(self, node: Node, link: Link | None) -> Role | None:
        return self._decide(node, link).role

    def _decide(self, node: Node, link: Link | None) -> Decision:
        return decide(self._evidence.of(node, link))

    def _named(self, node: Node) -> list[Thing]:
        """Return the things that a block names without a link."""
        if node.block.links:
            return []
        owner = self._ownership.owner(node)
        return [owner] if owner else [self._meanings.thing(name, None) for name in self._listed.names(node)]

    def _link(self, node: Node, link: Link) -> Mention:
        named_law = self._meanings.law_named(link)
        decision = NAMES_LAW if named_law else self._decide(node, link)
        role = decision.role
        name = role.name if role else None
        is_unknown = isinstance(link, TaggedTool) and link.tool is None
        recommends = role is not None and role.recommends and not is_unknown
        thing = self._ownership.named_by(node, link) if recommends else None
        contact = self._contacts.get(mail_address(link))
        return Mention(
            **as_written(link, self._iris),
            heading=self._heading_text(node),
            target=contact.iri if contact else thing.iri if thing else self._target(node, link, name),
            section=node.section,
            role=role,
            openness=self._openness_of(node, role),
            about=self._about(node, link),
            data_type=self._data_type(node),
            thing=thing,
            law=self._meanings.law(link.href) or named_law,
            contact=contact,
            because=decision.because,
            listed_as=self._listed_as(node, link, role),
        )

    def _listed_as(self, node: Node, link: Link, role: Role | None) -> Role | None:
        """Return the recommending role that a link would have without its record, where the record changes the role."""
        evidence = {name: values for name, values in self._evidence.of(node, link).items() if name != "kind"}
        by_place = decide(evidence).role
        return by_place if by_place and by_place.recommends and by_place != role else None

    def _unlinked(self, node: Node, thing: Thing) -> Mention:
        decision = self._decide(node, None)
        role = decision.role
        return Mention(
            iri=self._iris.next("", thing.label),
            line=node.block.line,
            label=clean(thing.label),
            heading=self._heading_text(node),
            target=thing.iri,
            section=node.section,
            role=role,
            openness=self._openness_of(node, role),
            thing=thing if role and role.recommends else None,
            because=decision.because,
        )

    def _citation(self, node: Node, citation: legislation.Citation) -> Mention:
        return Mention(
            iri=self._iris.next("", citation.written),
            line=node.block.line_at(citation.start),
            label=citation.title or citation.written,
            heading=self._heading_text(node),
            target=citation.law.iri,
            section=node.section,
            role=roles()["regulation"],
            law=citation.law,
        )

    def _openness_of(self, node: Node, role: Role | None) -> str | None:
        """Return what the sheet says of a format's openness, of a standard's too, or beside a format of its record."""
        is_record = role is not None and role.name == "registry-record" and node.section == "data-types"
        is_format = role is not None and role.name in ("data-format", "metadata-standard")
        return self._openness.get(node) if is_format or is_record else None

    def _heading_text(self, node: Node) -> str:
        return node.heading_text(self._page.text("title"))

    def _data_type(self, node: Node) -> str | None:
        heading = node.subheading()
        is_data_type = heading is not None and self._ownership.is_data_type(heading)
        return heading_iri(self._page_iri, heading.block.anchor) if heading and is_data_type else None

    def _about(self, node: Node, link: Link) -> str | None:
        if thing := self._ownership.owner_of(node, link):
            return thing.iri
        heading = node.subheading()
        return heading_iri(self._page_iri, heading.block.anchor) if heading and heading is not node else None

    def _target(self, node: Node, link: Link, role: str | None) -> str | None:
        owner = self._ownership.owner_of(node, link)
        if role in ("registry-record", "homepage") and owner:
            return owner.iri
        return target_of_link(self._page, link, self._meanings)


def _with_tags_as_links(page: Page, meanings: Meanings) -> Page:
    tools, minter = meanings.site.directory.tools, meanings.minter
    blocks = (replace(block, links=links_and_tags(block, tools, minter)) for block in page.blocks)
    return replace(page, blocks=tuple(blocks))


def as_written(link: Link, iris: MentionIris) -> dict[str, Any]:
    """Return the facts of the mention of a link or tool tag that do not depend on its meaning."""
    label = clean(link.label)
    if isinstance(link, TaggedTool):
        iri = iris.next(f"tool:{link.id}", link.label)
        return {"iri": iri, "line": link.line, "label": label, "tag": link.id}
    address = written(link)
    iri = iris.next(address, label)
    return {"iri": iri, "line": link.line, "label": label, "link": address, "repaired": repaired(address)}


def target_of_link(page: Page, link: Link, meanings: Meanings) -> str | None:
    """Return the IRI of a link's target: a page, a law, a record, a licence, a document, or a thing of the site.

    The target of a link to an e-mail address is a contact of the page (:mod:`kg.page_to_rdf.contacts`), that of a tool
    tag the tool, unless that is a law.
    """
    law = meanings.law(link.href) or meanings.law_named(link)
    if isinstance(link, TaggedTool):
        tool = meanings.minter.tool(link.id) if link.tool else None
        return law.iri if law else tool
    if meanings.is_internal(link.href):
        return meanings.internal(page, link.href)
    known = law.iri if law else meanings.record(link.href) or meanings.licence(link.href)
    known = known or meanings.unknown_record(link.href)
    return known or document(link.href) or meanings.thing(link.label, None).iri
