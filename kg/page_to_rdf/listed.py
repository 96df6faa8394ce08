"""Names in bullets without links on a cheat sheet, such as "LIF (Leica)" below "Vendor formats:".

A bullet names things when its list is a list of names and the bullet itself has the form of a name. A list is a list
of names when the heading or lead-in above announces it ("Vendor formats:"), when it stands directly below the heading
of a section of such things, or when other bullets of it are links to such things. A bullet under a thing is a remark
about that thing and names nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from kg.page import BlockKind, Link
from kg.page_to_rdf.outline import Node
from kg.page_to_rdf.ownership import Ownership
from kg.roles import Role
from kg.site import Profile

_ASIDE = re.compile(r"\s*\([^()]*\)")
_OUTSIDE_BRACKETS = r"(?![^()]*\))"
_BEHIND_NAME = re.compile(r"\s+[-\u2013\u2014]+\s+|:\s+")
_SIGNS = frozenset("&/-")
"""Signs that a name may have between its words."""
_MOST_WORDS = 6
_OF_ITS_OWN = re.compile(r"[A-Z].*[A-Z]|[a-z][A-Z]|[A-Za-z].*\d|\d[A-Za-z]|^\.\w+$|\w\.[a-z]\w*$")
"""Distinctive spellings, which no ordinary word has: ND2, mzML, .lif, usegalaxy.no."""
_TITLES = frozenset({"data-types", "metadata-standards", "reusable-sources", "deposition-repositories"})
"""Sections where an ordinary capitalised word may be a name ("Zenodo"); elsewhere it may be a description."""
_TITLES_AT_ONCE = frozenset({"reusable-sources", "deposition-repositories"})
"""Sections where this also holds directly below the section's own heading."""


@dataclass(slots=True)
class Listed:
    """Finds the names in the plain bullets of one cheat sheet."""

    title: str
    """Title of the page."""
    ownership: Ownership
    role: Callable[[Node, Link | None], Role | None]
    """Function that returns the role of a link of a block, or with ``None`` of a thing named without a link."""
    _linking: dict[Node, bool] = field(default_factory=dict)
    """Mapping of heading or bullet to whether a bullet directly under it links to a thing that the page recommends."""

    def names(self, node: Node) -> tuple[str, ...]:
        """Return the names in a block without links; an empty tuple where any part of it is not a name."""
        profile = self.ownership.profile
        is_other = node.block.kind is not BlockKind.BULLET or node.block.links or node.children
        if is_other or self.role(node, None) is None or self.ownership.is_remark(node):
            return ()
        label, colon, rest = node.text.partition(":")
        if colon and rest and profile.lists(node.section, label):
            return names_in(rest, profile, of_their_own=node.section not in _TITLES)
        strict = self._strictness(node)
        return () if strict is None else names_in(node.text, profile, of_their_own=strict)

    def _strictness(self, node: Node) -> bool | None:
        """Return whether this list accepts only distinctive spellings; ``None`` where it is not a list of names."""
        lists = self.ownership.profile.lists
        above = next(node.ancestors(), node.announced_by()) or node.subheading()
        if above is None:
            below_section = node.section != "data-types" or lists(node.section, node.heading_text(self.title))
            return node.section not in _TITLES_AT_ONCE if below_section else self._beside_links(node)
        return node.section not in _TITLES if lists(node.section, above.text) else self._beside_links(node)

    def _beside_links(self, node: Node) -> bool | None:
        heading = node.subheading()
        if node.above is None or (heading and self.ownership.names_format(heading)):
            return None
        if node.above not in self._linking:
            self._linking[node.above] = any(self._recommends(sibling) for sibling in node.above.children)
        return True if self._linking[node.above] else None

    def _recommends(self, node: Node) -> bool:
        role = self.role(node, node.block.links[0]) if node.block.links else None
        return role is not None and role.recommends


def names_in(text: str, profile: Profile, *, of_their_own: bool) -> tuple[str, ...]:
    """Return the names that a short text enumerates; an empty tuple where any part of it is not a name.

    With ``of_their_own``, only distinctive spellings are names.

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
    """Return both sides of an "and" where each has a distinctive spelling; else the text, since names contain "and"."""
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
