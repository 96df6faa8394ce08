"""Evidence for the role of each link and name on a cheat sheet, to which the rules of ``rules.toml`` apply."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.page import Link
from kg.page_to_rdf.kinds import KindFinder
from kg.page_to_rdf.outline import Node
from kg.page_to_rdf.ownership import Ownership
from kg.page_to_rdf.rules import Evidence
from kg.page_to_rdf.tagged import TaggedTool
from kg.page_to_rdf.things import Meanings

_BEFORE_COLON = frozenset({"license", "terms-of-use", "contact"})
"""Relations that may stand before a colon in front of a link, as in "License: see the [page](…)"."""


@dataclass(frozen=True, slots=True)
class SheetEvidence:
    """Gathers the evidence for the mentions of one cheat sheet."""

    ownership: Ownership

    def of(self, node: Node, link: Link | None) -> Evidence:
        """Return the evidence for a link of a block, or with ``None`` for things that it names without a link."""
        found = self._of_link(node, link) if link else self._without_link(node)
        return {name: frozenset({value}) for name, value in found if value}

    def _without_link(self, node: Node) -> Iterator[tuple[str, str | None]]:
        profile = self.ownership.profile
        yield "page", "sheet"
        yield "link", "no"
        yield "leads", "yes"
        yield "section", node.section
        yield "group", node.group(profile)
        yield "aside", self._aside(node, node.text)
        yield "rejected", _yes(any(profile.states("negative", below.text) for below in node.children))

    def _of_link(self, node: Node, link: Link) -> Iterator[tuple[str, str | None]]:
        profile, meanings = self.ownership.profile, self.ownership.meanings
        label = profile.label(link.label)
        yield "page", "sheet"
        yield "link", "yes"
        yield "destination", destination(link.href, meanings)
        yield "registered", _yes(meanings.is_registered(link.href))
        yield "label", label
        yield "relation", label or self._relation_before(node, link)
        yield "owned", _yes(self.ownership.owner_of(node, link) is not None)
        yield "leads", _yes(self.ownership.leads(node, link))
        yield "rejected", _yes(self.ownership.is_rejected(node, link))
        yield "section", node.section
        yield "group", node.group(profile)
        yield "label-group", profile.group(link.label)
        yield "basis", "record"
        yield "kind", self._kind(link)
        yield "aside", self._aside(node, node.text[: link.at] + link.label)

    def _aside(self, node: Node, text: str) -> str | None:
        """Return ``identifiers``, ``formats`` or ``reading`` where the nearest label announces one of them.

        Such a list holds things of another kind than its section.
        """
        lead_in = node.announced_by()
        labels = [text, *(above.text for above in node.ancestors() if not above.block.links)]
        labels += [lead_in.text] if lead_in else []
        return next((aside for label in labels if (aside := self.ownership.profile.aside(label))), None)

    def _kind(self, link: Link) -> str | None:
        """Return the kind of a link's target by its FAIRsharing record, or ``None``."""
        if isinstance(link, TaggedTool) and link.tool:
            kind = KindFinder(self.ownership.profile, self.ownership.meanings.crosswalk).of_tool(link.tool)
            return kind.name if kind.basis == "record" else None
        record = self.ownership.meanings.fairsharing_record(link.href)
        return record.kind if record else None

    def _relation_before(self, node: Node, link: Link) -> str | None:
        before, colon, _ = node.text[: link.at].partition(":")
        named = self.ownership.profile.label(before) if colon else None
        return named if named in _BEFORE_COLON else None


def destination(href: str, meanings: Meanings) -> str | None:
    """Return the kind of a link's destination: ``mail``, ``internal``, ``law`` or ``licence``; else ``None``."""
    if href.lower().startswith("mailto:"):
        return "mail"
    if meanings.is_internal(href):
        return "internal"
    if meanings.law(href):
        return "law"
    return "licence" if meanings.licence(href) else None


def _yes(holds: bool) -> str | None:
    return "yes" if holds else None
