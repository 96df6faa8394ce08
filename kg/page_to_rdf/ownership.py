"""The things that the blocks of a cheat sheet name, the blocks that belong to each thing, and the leading links.

A block above others either names a thing, which then owns the blocks under it ("PRIDE"), or is only a label that groups
them ("Identifiers:"). A leading link is the subject of its block. The role of a link is decided by ``rules``, from this
and other evidence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from kg.page import Block, BlockKind, Link
from kg.page_to_rdf.openness import stated_name
from kg.page_to_rdf.outline import Node
from kg.page_to_rdf.tagged import TaggedTool
from kg.page_to_rdf.things import Meanings, Thing
from kg.site import Profile

_OWNED = frozenset({"data-types", "metadata-standards", "reusable-sources", "deposition-repositories"})
"""Sections where a heading that names a thing owns all blocks below it."""
_NAMED = frozenset({"reusable-sources", "deposition-repositories"})
"""Sections where a heading without a link names a thing too."""
_WITHOUT_THINGS = frozenset({"description", "useful-links"})
"""Sections whose blocks name no things."""
_NEAR = 1000
"""Characters before and behind a link that may reject it: more than a sentence has."""
_LONGEST_NAME = 8
"""Words of a name, at most."""


@dataclass(slots=True)
class Ownership:
    """Finds the things that own parts of one cheat sheet."""

    profile: Profile
    meanings: Meanings
    openness: Mapping[Node, str]
    """Mapping of block to ``open`` or ``proprietary``, where the page states it."""
    _owners: dict[Node, Thing | None] = field(default_factory=dict)
    _leading: dict[Node, frozenset[Link]] = field(default_factory=dict)
    """Links of the first run of each block that leads with links."""

    def leads(self, node: Node, link: Link) -> bool:
        """Return whether the link is a leading link, the subject of its block."""
        if self.is_rejected(node, link):
            return False
        if node.is_heading:
            return True
        if self._is_under_thing(node) or self._is_below_thing(node) or self._is_below_rejected(node):
            return False
        if node not in self._leading:
            runs = self._runs(node.block)
            is_prose = node.block.kind is BlockKind.PARAGRAPH and len(runs) > 1
            self._leading[node] = frozenset() if is_prose else frozenset(runs[0])
        return link in self._leading[node]

    def is_rejected(self, node: Node, link: Link) -> bool:
        """Return whether a link is struck through, or its sentence advises against its target."""
        end = link.at + len(link.label)
        before, behind = node.text[max(0, link.at - _NEAR) : link.at], node.text[end : end + _NEAR]
        profile = self.profile
        return link.is_struck or profile.advises_against(before, behind) or profile.states("rejected", behind)

    def owner(self, node: Node) -> Thing | None:
        """Return the thing that a block names and that owns the blocks under it; ``None`` for a label."""
        if node not in self._owners:
            self._owners[node] = None  # ends the recursion: the block is no owner of its own links
            self._owners[node] = self._thing_of_block(node)
        return self._owners[node]

    def owner_of(self, node: Node, link: Link) -> Thing | None:
        """Return the thing that owns a link of a block, or ``None``.

        For a registry record, that is the thing named before it in the block; else the thing of a bullet or paragraph
        around the block, else that of its heading.
        """
        beside = self._before_record(node, link)
        if beside and self.leads(node, beside):
            return self.named_by(node, beside)
        for above in node.ancestors():
            if thing := self.owner(above):
                return thing
        heading = node.subheading()
        return self.owner(heading) if heading and heading is not node else None

    def named_by(self, node: Node, link: Link) -> Thing:
        """Return the thing that a leading link means.

        Where the text of the link is not a name ("Homepage"), the label is taken from the words before it, else from
        the owner, else from the address. A tag means the entry of the site's list.
        """
        label = link.label
        if isinstance(link, TaggedTool) and link.tool:
            return Thing(self.meanings.minter.tool(link.id), label)
        if self.profile.label(label) or not label or label == link.href:
            before = node.text[: link.at].strip(" :-\u2013,(")
            is_name = 0 < len(before.split()) <= _LONGEST_NAME and not self.profile.states("remark", before)
            label = before if is_name else self._borrowed(node, link)
        if page := self.meanings.elsewhere(link.href):
            return Thing(page, label)
        own = self.meanings.record(link.href) or self._record_beside(node, link)
        return self.meanings.thing(label, link.href, own or self._record_below(node))

    def is_remark(self, node: Node) -> bool:
        """Return whether a block is a remark about a thing above it, or states that something does not exist."""
        if any(self.profile.states(statement, node.text) for statement in ("negative", "gap")):
            return True
        return any(self.owner(above) for above in node.ancestors()) or self._is_below_thing(node)

    def is_data_type(self, node: Node) -> bool:
        """Return whether a heading names a type of data, an experiment or a method, rather than a format."""
        if node.section != "data-types" or node.is_opener or node.block.links:
            return False
        negative = any(self.profile.states("negative", below.text) for below in node.children)
        is_format = self.names_format(node) or self._is_bare_format(node) or self._has_homepage(node)
        return not (negative or is_format)

    def names_format(self, node: Node) -> bool:
        """Return whether a heading has the same name as a format that is linked below it."""
        own = node.text.lower()
        names = [link.label.lower() for below in node.children for link in below.block.links]
        return any(name.startswith(own) or own.startswith(name) for name in names)

    def _is_under_thing(self, node: Node) -> bool:
        """Return whether a thing contains the block, with no label in between that announces other things."""
        for above in node.ancestors():
            if self.owner(above):
                return True
            if self._announces(above):
                return False
        return False

    def _announces(self, node: Node) -> bool:
        """Return whether the blocks under a label name things of their own, rather than describe a thing above."""
        grouped = self.profile.group(node.text) not in (None, "other")
        return node.section not in _OWNED or grouped or self.profile.lists(node.section, node.text)

    def _is_below_rejected(self, node: Node) -> bool:
        """Return whether the heading above contains a link that the page advises against."""
        heading = node.subheading()
        return heading is not None and any(self.is_rejected(heading, link) for link in heading.block.links)

    def _is_below_thing(self, node: Node) -> bool:
        """Return whether the heading above names a thing that owns the block; it does not own grouped standards."""
        heading = node.subheading()
        if node.section not in _OWNED or heading is None or self.owner(heading) is None:
            return False
        return not (node.section == "metadata-standards" and node.group(self.profile))

    def _thing_of_block(self, node: Node) -> Thing | None:
        links = node.block.links
        if node.is_opener or node.section in _WITHOUT_THINGS:
            return None
        if links:
            leads = self.leads(node, links[0]) and not self.profile.label(links[0].label)
            return self.named_by(node, links[0]) if leads else None
        if node in self.openness and (name := stated_name(node.block, self.profile)) and not self.is_remark(node):
            return self.meanings.thing(name, None)
        if self.profile.group(node.text) or self.profile.label(node.text) or not self._is_thing(node):
            return None
        return self.meanings.thing(node.text, self._homepage_below(node), self._record_below(node))

    def _is_thing(self, node: Node) -> bool:
        """Return whether a block without links that is not a label names a thing."""
        if node.is_heading:
            return node.section in _NAMED or self._is_bare_format(node) or self._has_homepage(node)
        return bool(node.children) and len(node.text.split()) <= _LONGEST_NAME

    def _is_bare_format(self, node: Node) -> bool:
        """Return whether a heading among the data types names a format that has no link below except to its record."""
        labels = [link.label for below in node.children for link in below.block.links]
        linked = any(self.profile.label(label) != "registry-record" for label in labels)
        return node.section == "data-types" and node in self.openness and not linked

    def _has_homepage(self, node: Node) -> bool:
        """Return whether a block below a heading consists of one link whose text names a home page."""
        if node.section == "ethics-regulations":
            return False
        blocks = (below.block for below in node.children)
        alone = (block.text for block in blocks if len(block.links) == 1 and block.text == block.links[0].label)
        return any(self.profile.label(text) == "homepage" for text in alone)

    def _before_record(self, node: Node, link: Link) -> Link | None:
        """Return the link before a registry record of a block: "[PRIDE](…) ([FAIRsharing](…))"; else ``None``."""
        if self.profile.label(link.label) != "registry-record" or not self.meanings.is_registered(link.href):
            return None
        links = node.block.links
        named = [other for other in links[: links.index(link)] if not self.profile.label(other.label)]
        return named[-1] if named else None

    def _record_beside(self, node: Node, link: Link) -> str | None:
        """Return the IRI of the record given for a link in the same block; ``None`` where there is not exactly one."""
        beside = [other for other in node.block.links if self._before_record(node, other) == link]
        return self.meanings.record(beside[0].href) if len(beside) == 1 else None

    def _borrowed(self, node: Node, link: Link) -> str:
        above = self.owner_of(node, link)
        return above.label if above else link.href.split("://")[-1].strip("/")

    def _links_below(self, node: Node, relation: str) -> list[Link]:
        links = [link for below in node.children for link in below.block.links]
        return [link for link in links if self.profile.label(link.label) == relation]

    def _record_below(self, node: Node) -> str | None:
        records = {self.meanings.record(link.href) for link in self._links_below(node, "registry-record")} - {None}
        return records.pop() if len(records) == 1 else None

    def _homepage_below(self, node: Node) -> str | None:
        return next((link.href for link in self._links_below(node, "homepage")), None)

    def _runs(self, block: Block) -> list[list[Link]]:
        """Return a block's links in runs: neighbours with nothing but commas or conjunctions between them."""
        conjunction, the = self.profile.any_of("conjunction"), self.profile.any_of("definite-article")
        joined = re.compile(rf"[\s,;/&(]*(?:{conjunction}(?:/{conjunction})?)?[\s,;/&(]*(?:{the} )?", re.IGNORECASE)
        runs: list[list[Link]] = []
        end = 0
        for link in block.links:
            if runs and joined.fullmatch(block.text[end : link.at].strip(")")):
                runs[-1].append(link)
            else:
                runs.append([link])
            end = link.at + len(link.label)
        return runs
