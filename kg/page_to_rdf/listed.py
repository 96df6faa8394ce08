"""The things that a plain bullet of a cheat sheet names: "LIF (Leica)" below "Vendor formats:".

A bullet names things where its list is one of names, and where it reads like a name itself. A list is one where the
heading or lead-in above says so ("Vendor formats:"), where it stands directly below a section of such things, or where
other bullets of it are links to such things. What stands under a thing is a remark about that thing, whatever it says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kg.page import BlockKind
from kg.page_to_rdf.outline import Outline
from kg.page_to_rdf.roles import RECOMMENDS, Roles
from kg.site import Profile

_ASIDE = re.compile(r"\s*\([^()]*\)")
_OUTSIDE_BRACKETS = r"(?![^()]*\))"
_BEHIND_NAME = re.compile(r"\s+[-\u2013\u2014]+\s+|:\s+")
_SIGNS = frozenset("&/-")
"""Signs that a name may have between its words."""
_MOST_WORDS = 6
_OF_ITS_OWN = re.compile(r"[A-Z].*[A-Z]|[a-z][A-Z]|[A-Za-z].*\d|\d[A-Za-z]|^\.\w+$|\w\.[a-z]\w*$")
"""What no ordinary word is like: ND2, mzML, .lif, usegalaxy.no."""
_TITLES = frozenset({"data-types", "metadata-standards", "reusable-sources", "deposition-repositories"})
"""Sections where an ordinary word with a capital may be a name, as "Zenodo"; in others it is what somebody offers."""
_TITLES_AT_ONCE = frozenset({"reusable-sources", "deposition-repositories"})
"""Sections where that is so also directly below the section's own heading."""


@dataclass(slots=True)
class Listed:
    """Finds the names in the plain bullets of one cheat sheet."""

    outline: Outline
    roles: Roles
    _linking: dict[int, bool] = field(default_factory=dict)
    """Heading or bullet → whether bullets directly under it are links to things that the page recommends."""

    def names(self, index: int) -> tuple[str, ...]:
        """The things that the block at ``index`` names without a link; none where it is anything but names."""
        block, profile = self.outline.block(index), self.outline.profile
        said = block.kind is not BlockKind.BULLET or block.links or self.outline.children(index)
        if said or self.roles.role_without_link(index) is None or self.roles.is_remark(index):
            return ()
        label, colon, rest = block.text.partition(":")
        if colon and rest and self._lists(index, label):
            return names_in(rest, profile, of_their_own=self.outline.sections[index] not in _TITLES)
        strict = self._strictness(index)
        return () if strict is None else names_in(block.text, profile, of_their_own=strict)

    def _strictness(self, index: int) -> bool | None:
        """Whether only names unlike any word count in this list; ``None`` where it is no list of names."""
        section = self.outline.sections[index]
        above = next(self.outline.ancestors(index), self.outline.lead_in(index))
        if above is None:
            above = self.outline.subheading(index)
        if above is None:
            below_section = section != "data-types" or self._lists(index, self.outline.heading_text(index))
            return section not in _TITLES_AT_ONCE if below_section else self._beside_links(index)
        if self._lists(index, self.outline.block(above).text):
            return section not in _TITLES
        return self._beside_links(index)

    def _lists(self, index: int, label: str) -> bool:
        return self.outline.profile.lists(self.outline.sections[index], label)

    def _beside_links(self, index: int) -> bool | None:
        block = self.outline.block(index)
        above = block.heading if block.parent is None else block.parent
        heading = self.outline.subheading(index)
        if above is None or (heading is not None and self.roles.names_format(heading)):
            return None
        if above not in self._linking:
            self._linking[above] = any(self._recommends(n) for n in self.outline.children(above))
        return True if self._linking[above] else None

    def _recommends(self, index: int) -> bool:
        links = self.outline.block(index).links
        return bool(links) and self.roles.role(index, links[0]) in RECOMMENDS


def names_in(text: str, profile: Profile, *, of_their_own: bool) -> tuple[str, ...]:
    """Return the names that a short text is made of; none where any part of it is something else.

    ``of_their_own`` asks for names that are unlike any word.

    >>> profile = Profile.load(None)
    >>> names_in("LIF (Leica), ND2 and CZI", profile, of_their_own=True)
    ('LIF (Leica)', 'ND2', 'CZI')
    >>> names_in("Gene Ontology", profile, of_their_own=False), names_in("Gene Ontology", profile, of_their_own=True)
    (('Gene Ontology',), ())
    >>> [names_in(text, profile, of_their_own=False) for text in ("Upcoming", "Used for MRI", "Open Format", "DOI")]
    [(), (), (), ()]
    """
    conjunction = profile.any_of("conjunction")
    parts = re.split(rf"[,;]\s+(?:{conjunction}\s+)?{_OUTSIDE_BRACKETS}", text.strip())
    parts = [side for part in parts for side in _at_and(part, conjunction)]
    names = [_name(part, profile, of_their_own) for part in parts]
    return tuple(name for name in names if name) if all(names) else ()


def _at_and(text: str, conjunction: str) -> list[str]:
    """Return both sides of an "and" where each is unlike any word; a name may have an "and" of its own."""
    sides = re.split(rf"\s+{conjunction}\s+{_OUTSIDE_BRACKETS}", text)
    return sides if all(_is_of_its_own(side) for side in sides) else [text]


def _name(text: str, profile: Profile, of_its_own: bool) -> str | None:
    head = _BEHIND_NAME.split(text.strip(), maxsplit=1)[0]
    is_described = head != text.strip()
    plain = _ASIDE.sub("", head).strip()
    is_named = _is_of_its_own(plain) if of_its_own or is_described else True
    return head if is_named and _is_name(plain, profile) else None


def _is_of_its_own(text: str) -> bool:
    return any(_OF_ITS_OWN.search(word) for word in _ASIDE.sub("", text).split())


def _is_name(text: str, profile: Profile) -> bool:
    words = text.split()
    if not 0 < len(words) <= _MOST_WORDS or text[-1] in ".!?:" or not (text[0].isalpha() or text[0] == "."):
        return False
    if profile.label(text) or profile.states("remark", text) or profile.is_template_line(f"- {text}"):
        return False
    joins = _SIGNS.union(profile.words("name-particle"))
    own = [word for word in words if word not in joins and not profile.states("kind", word)]
    return bool(own) and all(word[0].isupper() or _OF_ITS_OWN.search(word) for word in own)
