"""The mentions of a page: one node for every link of its body, and for what a cheat sheet names without a link."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from kg.identifiers import legislation
from kg.page import Block, BlockKind, Link, Page
from kg.page_to_rdf.iris import heading_iri
from kg.page_to_rdf.listed import Listed
from kg.page_to_rdf.openness import openness
from kg.page_to_rdf.outline import outline
from kg.page_to_rdf.roles import Roles
from kg.page_to_rdf.statements import without_addresses
from kg.page_to_rdf.things import Meanings, Thing, document, repaired
from kg.roles import roles
from kg.site import Profile


@dataclass(frozen=True, slots=True)
class Mention:
    """What one mention says, in terms of the model; ``None`` where it says nothing."""

    iri: str
    line: int
    label: str
    heading: str
    link: str | None = None
    """As written; just ``mailto:`` for an e-mail address."""
    repaired: str | None = None
    target: str | None = None
    section: str | None = None
    role: str | None = None
    openness: str | None = None
    about: str | None = None
    data_type: str | None = None
    thing: Thing | None = None
    """What a recommending mention recommends; its IRI is the target."""
    law: legislation.Law | None = None
    """The law that the target is."""


class MentionIris:
    """Gives mentions their IRIs: stable under edits elsewhere on the page."""

    def __init__(self, page_iri: str) -> None:
        self._page_iri = page_iri
        self._seen: Counter[tuple[str, str]] = Counter()

    def next(self, link: str, label: str) -> str:
        """IRI of the next mention with this link and label."""
        ordinal = self._seen[link, label]
        self._seen[link, label] += 1
        digest = hashlib.sha256(f"{link}\n{label}\n{ordinal}".encode()).hexdigest()[:10]
        return f"{self._page_iri}#m-{digest}"


def plain_mentions(page: Page, page_iri: str, meanings: Meanings) -> Iterator[Mention]:
    """The links of a page that is no cheat sheet."""
    names = MentionIris(page_iri)
    for block in page.blocks:
        heading = block.text if block.kind is BlockKind.HEADING else _heading(page, block.heading)
        for link in block.links:
            written, label = _written(link), _clean(link.label)
            target = _target_of_link(page, page_iri, link, meanings)
            iri = names.next(written, label)
            law = meanings.law(link.href)
            yield Mention(iri, link.line, label, heading, written, repaired(written), target, law=law)


class CheatSheet:
    """A cheat sheet, and what it says of each of its links."""

    def __init__(self, page: Page, page_iri: str, meanings: Meanings, profile: Profile) -> None:
        self._page, self._page_iri, self._meanings = page, page_iri, meanings
        self._outline = outline(page, profile)
        self._openness = openness(self._outline)
        self._roles = Roles(self._outline, meanings, self._openness)
        self._listed = Listed(self._outline, self._roles)
        self._names = MentionIris(page_iri)

    def mentions(self) -> Iterator[Mention]:
        """The links with section and role, the things named without a link, and the laws cited, in the page's order."""
        for index, block in enumerate(self._page.blocks):
            for link in block.links:
                yield self._link(index, link)
            for thing in self._named(index):
                yield self._unlinked(index, thing)
            for citation in legislation.laws_in(block.text):
                yield self._citation(index, citation)

    def _named(self, index: int) -> list[Thing]:
        """The things that a block names without a link."""
        if self._page.blocks[index].links:
            return []
        owner = self._roles.owner(index)
        return [owner] if owner else [self._meanings.thing(name, None) for name in self._listed.names(index)]

    def data_types(self) -> Iterator[Block]:
        """The headings that name a type of data, an experiment or a method."""
        for index, block in enumerate(self._page.blocks):
            if block.level and self._roles.is_data_type(index):
                yield block

    def _link(self, index: int, link: Link) -> Mention:
        role = self._roles.role(index, link)
        written, label = _written(link), _clean(link.label)
        thing = self._roles.named_by(index, link) if role and roles()[role].recommends else None
        says_openness = self._openness.get(index) if role in ("data-format", "registry-record") else None
        return Mention(
            self._names.next(written, label),
            link.line,
            label,
            self._outline.heading_text(index),
            written,
            repaired(written),
            thing.iri if thing else self._target(index, link, role),
            self._outline.sections[index],
            role,
            says_openness,
            self._about(index, link),
            self._data_type(index),
            thing,
            self._meanings.law(link.href),
        )

    def _unlinked(self, index: int, thing: Thing) -> Mention:
        block, section = self._outline.block(index), self._outline.sections[index]
        role = self._roles.role_without_link(index)
        return Mention(
            self._names.next("", thing.label),
            block.line,
            _clean(thing.label),
            self._outline.heading_text(index),
            target=thing.iri,
            section=section,
            role=role,
            openness=self._openness.get(index) if role == "data-format" else None,
            thing=thing if role and roles()[role].recommends else None,
        )

    def _citation(self, index: int, citation: legislation.Citation) -> Mention:
        block = self._outline.block(index)
        return Mention(
            self._names.next("", citation.written),
            block.line_at(citation.start),
            citation.title or citation.written,
            self._outline.heading_text(index),
            target=self._meanings.law_iri(citation.law),
            section=self._outline.sections[index],
            role="regulation",
            law=citation.law,
        )

    def _data_type(self, index: int) -> str | None:
        heading = self._outline.subheading(index)
        if heading is None or not self._roles.is_data_type(heading):
            return None
        return heading_iri(self._page_iri, self._outline.block(heading).anchor)

    def _about(self, index: int, link: Link) -> str | None:
        if thing := self._roles.owner_of(index, link):
            return thing.iri
        heading = self._outline.subheading(index)
        if heading is None or heading == index:
            return None
        return heading_iri(self._page_iri, self._outline.block(heading).anchor)

    def _target(self, index: int, link: Link, role: str) -> str | None:
        owner = self._roles.owner_of(index, link)
        if role in ("registry-record", "homepage") and owner:
            return owner.iri
        return _target_of_link(self._page, self._page_iri, link, self._meanings)


def _target_of_link(page: Page, page_iri: str, link: Link, meanings: Meanings) -> str | None:
    if link.href.lower().startswith("mailto:"):
        return f"{page_iri}#contact"
    if meanings.is_internal(link.href):
        return meanings.internal(page, link.href)
    law = meanings.law(link.href)
    known = meanings.law_iri(law) if law else meanings.record(link.href) or meanings.licence(link.href)
    known = known or meanings.elsewhere(page, link.href)
    return known or document(link.href) or meanings.thing(link.label, None).iri


def _written(link: Link) -> str:
    return "mailto:" if link.href.lower().startswith("mailto:") else link.href


def _clean(label: str) -> str:
    """A label without e-mail addresses."""
    return without_addresses(label).strip() or ("e-mail" if "@" in label else label)


def _heading(page: Page, index: int | None) -> str:
    return page.text("title") if index is None else page.blocks[index].text
