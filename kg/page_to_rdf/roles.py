"""What a cheat sheet does with each of its links: recommend a thing, or say something about one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from kg.page import Block, BlockKind, Link
from kg.page_to_rdf.openness import stated_name
from kg.page_to_rdf.outline import Outline
from kg.page_to_rdf.things import Meanings, Thing
from kg.site import Profile
from kg.vocab import RDM

RECOMMENDS: Mapping[str, str] = {
    "data-format": RDM.recommendsFormat,
    "terminology": RDM.recommendsTerminology,
    "reporting-guideline": RDM.recommendsGuideline,
    "identifier-scheme": RDM.recommendsStandard,
    "metadata-standard": RDM.recommendsStandard,
    "reuse-source": RDM.recommendsReuseFrom,
    "deposition-repository": RDM.recommendsDepositIn,
    "storage-computing": RDM.recommends,
    "rdm-service": RDM.recommends,
    "scientific-service": RDM.recommends,
}
"""Each role that recommends → the property from the page to the thing."""
_SECTION_ROLES = {
    "data-types": "data-format",
    "reusable-sources": "reuse-source",
    "storage-computing": "storage-computing",
    "deposition-repositories": "deposition-repository",
}
_OWNED = frozenset({"data-types", "metadata-standards", "reusable-sources", "deposition-repositories"})
"""Sections where a heading that is a thing owns all that stands below it."""
_NAMED = frozenset({"reusable-sources", "deposition-repositories"})
"""Sections where a heading without a link is a thing as well."""
_STANDARDS = ("terminology", "reporting-guideline", "identifier-scheme")
"""Roles of standards that a label or a record tells from the others."""
_RECORD_TYPES = {
    "terminology_artefact": "terminology",
    "reporting_guideline": "reporting-guideline",
    "identifier_schema": "identifier-scheme",
}
_LONGEST_NAME = 8


@dataclass(slots=True)
class Roles:
    """The roles of one cheat sheet's links, and the things that own parts of it."""

    outline: Outline
    meanings: Meanings
    openness: Mapping[int, str]
    """Block → what a statement says of it."""
    _owners: dict[int, Thing | None] = field(default_factory=dict)

    def role(self, index: int, link: Link) -> str:
        """A role of the closed list, for a link of the block at ``index``."""
        fixed = self._by_destination(link.href)
        named = self.outline.profile.label(link.label) or self._label_before(index, link)
        if fixed:
            return fixed
        if named == "registry-record" and self.meanings.is_registered(link.href):
            return named
        if named and (self.owner_of(index, link) or named in ("terms-of-use", "license")):
            return named if named != "registry-record" else "documentation"
        return self._by_section(index, link)

    def _by_destination(self, href: str) -> str | None:
        if href.lower().startswith("mailto:"):
            return "contact"
        if self.meanings.is_internal(href):
            return "internal-link"
        if self.meanings.law(href):
            return "regulation"
        return "license" if self.meanings.licence(href) else None

    def _by_section(self, index: int, link: Link) -> str:
        section = self.outline.sections[index]
        leads = self._leads(index, link)
        if section in ("description", "useful-links"):
            return "useful-link"
        if self._is_against(index, link):
            return "documentation"
        if section == "ethics-regulations":
            return "regulation" if leads else "documentation"
        if not leads and not self.meanings.is_registered(link.href):
            named = self.outline.profile.label(link.label)
            return named if named in ("access", "contact") else "documentation"
        if section == "metadata-standards":
            return self._kind_of_standard(index, link)
        if section == "services":
            return "scientific-service" if self.outline.group(index) == "scientific-service" else "rdm-service"
        return _SECTION_ROLES[section]

    def _kind_of_standard(self, index: int, link: Link) -> str:
        asserted = _RECORD_TYPES.get(self.meanings.record_type(link.href) or "")
        told = self.outline.group(index), asserted, self.outline.profile.group(link.label)
        return next((kind for kind in told if kind in _STANDARDS), "metadata-standard")

    def _label_before(self, index: int, link: Link) -> str | None:
        """The relation named before a colon in front of the link: "License: see the [page](…)"."""
        before, colon, _ = self.outline.block(index).text[: link.at].partition(":")
        named = self.outline.profile.label(before) if colon else None
        return named if named in ("license", "terms-of-use", "contact") else None

    def _leads(self, index: int, link: Link) -> bool:
        """Whether the link is what its block is about."""
        block = self.outline.block(index)
        if self._is_against(index, link):
            return False
        if block.kind is BlockKind.HEADING:
            return True
        if self._is_under_thing(index) or self._is_below_thing(index) or self._is_below_rejected(index):
            return False
        runs = _runs(block, self.outline.profile)
        return link in runs[0] and not (block.kind is BlockKind.PARAGRAPH and len(runs) > 1)

    def _is_under_thing(self, index: int) -> bool:
        """Whether a block stands under a thing, with no label between that announces things of its own."""
        for above in self.outline.ancestors(index):
            if self.owner(above):
                return True
            if self._announces(above):
                return False
        return False

    def _announces(self, index: int) -> bool:
        """Whether what stands under a label are things in their own right, and not what is said of the thing above."""
        text, section, profile = self.outline.block(index).text, self.outline.sections[index], self.outline.profile
        return section not in _OWNED or profile.group(text) not in (None, "other") or profile.lists(section, text)

    def _is_against(self, index: int, link: Link) -> bool:
        """Whether the page strikes a link through, or its sentence tells the reader not to use what it leads to."""
        text, states = self.outline.block(index).text, self.outline.profile.states
        before, behind = text[: link.at], text[link.at + len(link.label) :]
        return link.is_struck or states("against", before) or states("rejected", behind)

    def _is_below_rejected(self, index: int) -> bool:
        """Whether the heading above is a link that the page advises against."""
        heading = self.outline.subheading(index)
        links = self.outline.block(heading).links if heading is not None else ()
        return heading is not None and any(self._is_against(heading, link) for link in links)

    def _is_below_thing(self, index: int) -> bool:
        """Whether the heading above is a thing that owns the block, as it does not own standards in a group."""
        heading, section = self.outline.subheading(index), self.outline.sections[index]
        if section not in _OWNED or heading is None or self.owner(heading) is None:
            return False
        return not (section == "metadata-standards" and self.outline.group(index))

    def owner_of(self, index: int, link: Link) -> Thing | None:
        """The thing that a link of a block stands under: a bullet or paragraph above it, else its heading."""
        beside = self._before_record(index, link)
        if beside and self._leads(index, beside):
            return self.named_by(index, beside)
        for above in self.outline.ancestors(index):
            if thing := self.owner(above):
                return thing
        heading = self.outline.subheading(index)
        return self.owner(heading) if heading is not None and heading != index else None

    def owner(self, index: int) -> Thing | None:
        """The thing that a block stands for to what stands under it, ``None`` for a mere label."""
        if index not in self._owners:
            self._owners[index] = None  # a block does not own itself
            self._owners[index] = self._thing_of_block(index)
        return self._owners[index]

    def _thing_of_block(self, index: int) -> Thing | None:
        block, profile = self.outline.block(index), self.outline.profile
        if index in self.outline.openers or self.outline.sections[index] in ("description", "useful-links"):
            return None
        if block.links:
            leads = self._leads(index, block.links[0]) and not profile.label(block.links[0].label)
            return self.named_by(index, block.links[0]) if leads else None
        if index in self.openness and (name := stated_name(block, profile)) and not self.is_remark(index):
            return self.meanings.thing(name, None)
        if profile.group(block.text) or profile.label(block.text):
            return None
        if block.kind is BlockKind.HEADING:
            is_thing = (
                self.outline.sections[index] in _NAMED or self._is_bare_format(index) or self._has_homepage(index)
            )
        else:
            is_thing = bool(self.outline.children(index)) and len(block.text.split()) <= _LONGEST_NAME
        return (
            self.meanings.thing(block.text, self._homepage_below(index), self._record_below(index))
            if is_thing
            else None
        )

    def role_without_link(self, index: int) -> str | None:
        """The role of a thing that the block at ``index`` names without a link."""
        section = self.outline.sections[index]
        if any(
            self.outline.profile.states("negative", self.outline.block(n).text) for n in self.outline.children(index)
        ):
            return None
        group = self.outline.group(index)
        if section == "metadata-standards":
            return group if group in _STANDARDS else "metadata-standard"
        if section == "services":
            return "scientific-service" if group == "scientific-service" else "rdm-service"
        return _SECTION_ROLES.get(section)

    def is_remark(self, index: int) -> bool:
        """Whether a block says something of a thing above it, or of what there is not."""
        text = self.outline.block(index).text
        if any(self.outline.profile.states(statement, text) for statement in ("negative", "gap")):
            return True
        above = [*self.outline.ancestors(index)]
        return any(self.owner(n) for n in above) or self._is_below_thing(index)

    def is_data_type(self, index: int) -> bool:
        """Whether a heading names a type of data, an experiment or a method, and not a format of its own."""
        block = self.outline.block(index)
        if self.outline.sections[index] != "data-types" or index in self.outline.openers or block.links:
            return False
        below = [self.outline.block(n) for n in self.outline.children(index)]
        negative = any(self.outline.profile.states("negative", b.text) for b in below)
        is_format = self.names_format(index) or self._is_bare_format(index) or self._has_homepage(index)
        return not (negative or is_format)

    def names_format(self, index: int) -> bool:
        """Whether a heading has the name of a format that stands below it as a link."""
        own = self.outline.block(index).text.lower()
        names = [link.label.lower() for n in self.outline.children(index) for link in self.outline.block(n).links]
        return any(name.startswith(own) or own.startswith(name) for name in names)

    def _is_bare_format(self, index: int) -> bool:
        """Whether a heading among the data types names a format that no link stands for, or just its record's."""
        labels = [link.label for n in self.outline.children(index) for link in self.outline.block(n).links]
        linked = any(self.outline.profile.label(label) != "registry-record" for label in labels)
        return self.outline.sections[index] == "data-types" and index in self.openness and not linked

    def named_by(self, index: int, link: Link) -> Thing:
        """The thing that a leading link means; a link text that is no name borrows the words before it."""
        block = self.outline.block(index)
        label = link.label
        if self.outline.profile.label(label) or not label or label == link.href:
            before = block.text[: link.at].strip(" :-\u2013,(")
            is_name = 0 < len(before.split()) <= _LONGEST_NAME and not self.outline.profile.states("remark", before)
            label = before if is_name else self._borrowed(index, link)
        own = self.meanings.record(link.href) or self._record_beside(index, link)
        return self.meanings.thing(label, link.href, own or self._record_below(index))

    def _before_record(self, index: int, link: Link) -> Link | None:
        """The link that a registry's record stands behind in the same block: "[PRIDE](…) ([FAIRsharing](…))"."""
        if self.outline.profile.label(link.label) != "registry-record" or not self.meanings.is_registered(link.href):
            return None
        links = self.outline.block(index).links
        before = links[: links.index(link)]
        named = [other for other in before if not self.outline.profile.label(other.label)]
        return named[-1] if named else None

    def _record_beside(self, index: int, link: Link) -> str | None:
        """The one record in the same block that is said of a link."""
        beside = [other for other in self.outline.block(index).links if self._before_record(index, other) == link]
        return self.meanings.record(beside[0].href) if len(beside) == 1 else None

    def _borrowed(self, index: int, link: Link) -> str:
        above = self.owner_of(index, link)
        return above.label if above else link.href.split("://")[-1].strip("/")

    def _links_below(self, index: int, relation: str) -> list[Link]:
        links = [link for n in self.outline.children(index) for link in self.outline.block(n).links]
        return [link for link in links if self.outline.profile.label(link.label) == relation]

    def _record_below(self, index: int) -> str | None:
        records = {self.meanings.record(link.href) for link in self._links_below(index, "registry-record")} - {None}
        return records.pop() if len(records) == 1 else None

    def _has_homepage(self, index: int) -> bool:
        """Whether a link stands alone below a heading and is called what links to home pages are."""
        if self.outline.sections[index] == "ethics-regulations":
            return False
        below = (self.outline.block(n) for n in self.outline.children(index))
        alone = (block.text for block in below if len(block.links) == 1 and block.text == block.links[0].label)
        return any(self.outline.profile.label(text) == "homepage" for text in alone)

    def _homepage_below(self, index: int) -> str | None:
        return next((link.href for link in self._links_below(index, "homepage")), None)


def _runs(block: Block, profile: Profile) -> list[list[Link]]:
    """Return a block's links in runs of those that only a conjunction or a comma parts."""
    conjunction, the = profile.any_of("conjunction"), profile.any_of("definite-article")
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
