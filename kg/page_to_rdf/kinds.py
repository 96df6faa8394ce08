"""The kind of thing that a mention means, by its registry record, its name, its description or the words around it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kg.identifiers.fairsharing import FairsharingCrosswalk, Record
from kg.site import Profile, Tool

STANDARDS = frozenset({"data-format", "terminology", "reporting-guideline", "identifier-scheme"})
_HEAD_END = re.compile(
    r"\s(?:for|of|that|which|to|in|with|from|about|on|at|by|where|hosting|providing|containing|collecting|describing|"
    r"specialized|specialised|developed|built|used|designed|aims?|is|are|was|were|provides?|enables?|allows?|contains?|"
    r"supports?|offers?)\b|[.;:\u2013(]|\s-\s"
)
"""The end of the noun phrase that a description begins with: before "for" in "A repository for microscopy maps"."""
_IS_A = re.compile(r"\b(?:is|are) (?:an?|the|one of the)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Kind:
    """Kind of a thing and the evidence for it."""

    name: str = ""
    """A kind of the profile or of FAIRsharing; empty where it is unknown."""
    basis: str = ""
    """Source of the evidence: ``record``, ``name``, ``description`` or ``text``; empty where the kind is unknown."""


@dataclass(frozen=True, slots=True)
class KindFinder:
    """Determines the kinds of the things that the pages of one site name."""

    profile: Profile
    crosswalk: FairsharingCrosswalk

    def of_tool(self, tool: Tool) -> Kind:
        """Return the kind of an entry of the site's list of tools.

        The record decides, with two exceptions: a catalogue of repositories is a finder, though registries call it a
        database, and a name or description may give a more specific kind of standard than the record.
        """
        record = self.crosswalk.resolve(tool.registry["fairsharing"]) if "fairsharing" in tool.registry else None
        by_name = self.of_name(tool.name)
        described = by_name if by_name.name else self._first("description", _head_nouns(tool.description))
        known = self.of_record(record) if record else Kind()
        if not known.name or described.name == "finder" or (known.name == "standard" and described.name in STANDARDS):
            return described
        return known

    def of_record(self, record: Record) -> Kind:
        """Return the kind of a FAIRsharing record, by its type, else by its registry."""
        return Kind(record.kind, "record")

    def of_name(self, name: str) -> Kind:
        """Return the kind of a thing by its name or the text of its link; a plural ("repositories") is a finder."""
        head = _HEAD_END.split(name, maxsplit=1)[0]
        kind = self._first("name", [name, head])
        is_list = kind.name == "database" and any(text.strip(" .:").endswith("s") for text in (name, head))
        return Kind("finder", "name") if is_list else kind

    def of_label(self, label: str) -> Kind:
        """Return the kind of a thing by the text of its link; words without a capital letter name no software."""
        kind = self.of_name(label)
        return Kind() if kind.name == "software" and label == label.lower() else kind

    def of_text(self, before: str, behind: str, lead: str) -> Kind:
        """Return the kind by the words around a name: those right before it, those behind it, or the lead-in above."""
        return self._first("text", [before, *_head_nouns(behind.lstrip(" -:\u2013,(")), lead.strip(" :")])

    def _first(self, basis: str, texts: Iterable[str]) -> Kind:
        kind = next(filter(None, map(self.profile.kind, texts)), None)
        return Kind(kind, basis) if kind else Kind()


def _head_nouns(description: str) -> list[str]:
    """Return the noun phrases of a description that may name the kind: after "is a", and at the start of sentences.

    >>> _head_nouns("Panorama Public is a data repository for sharing results")
    ['data repository', 'Panorama Public']
    """
    starts = [found.end() for found in _IS_A.finditer(description)][:1]
    starts += [0, *(found.end() for found in re.finditer(r"[.]\s+", description))][:2]
    return [_HEAD_END.split(description[start:], maxsplit=1)[0].strip() for start in starts]
