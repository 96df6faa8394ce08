"""The kind of thing that a mention means, by its registry record, its name, its description or the words around it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from kg.identifiers.fairsharing import FairsharingCrosswalk, Record
from kg.site import Profile, Tool
from kg.vocab import slug

STANDARDS = frozenset({"data-format", "terminology", "reporting-guideline", "identifier-scheme"})
_HEAD_END = re.compile(
    r"\s(?:for|of|that|which|to|in|with|from|about|on|at|by|where|hosting|providing|containing|collecting|describing|"
    r"between|specialized|specialised|developed|built|used|designed|aims?|is|are|was|were|provides?|enables?|allows?|contains?|"
    r"supports?|offers?)\b|[.](?=\s|$)|[;:\u2013(]|\s-\s"
)
"""The end of the noun phrase that a description begins with: before "for" in "A repository for microscopy maps"."""
_ASIDE = re.compile(r"\s*\([^()]*\)")
_IS_A = re.compile(r"\b(?:is|are) (?:an?|the|one of the)\s+", re.IGNORECASE)
_PLURAL = re.compile(r"(?<!term)s[ .:]*$")
"""The end of the name of several databases or vocabularies; one vocabulary is called "terms"."""
_NEXT_SENTENCE = re.compile(r"[.]\s+(?=(?:[\w-]+ ){1,4}(?:of|for) )")
_NEXT_NAME = re.compile(r"[\s)]*(?:[,;)]|(?:and|or)\b)")
"""Behind a name, what leads to another thing instead of describing it."""


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

        The record decides, with three exceptions. One of inferred type must have the name of the thing: authors confuse
        records of like names. What is called a catalogue of repositories is a finder, and an organisation is no
        standard. A name or description may give a more specific kind of standard than the record.
        """
        record = self.crosswalk.resolve(tool.registry["fairsharing"]) if "fairsharing" in tool.registry else None
        by_name = self.of_name(tool.name)
        described = by_name if by_name.name else self._first("description", _head_nouns(tool.description))
        known = self.of_record(record) if record and self._is_credible(record, tool.name) else Kind()
        is_standard = known.name in STANDARDS or known.name == "standard"
        if (
            not known.name
            or described.name == "finder"
            or (is_standard and described.name == "organisation")
            or (known.name == "standard" and described.name in STANDARDS)
        ):
            return described
        return known

    def _is_credible(self, record: Record, name: str) -> bool:
        """Return whether FAIRsharing asserts the type of a record, or its names agree with that of the thing.

        Names agree that differ in blanks, "the", ".org", a word for the kind ("Knowledgebase"), or in what precedes.
        """
        called = {form for text in (record.name, record.abbreviation) for form in _forms(text)}
        return record.asserted_type is not None or any(
            longer == form
            or longer.endswith(f" {form}")
            or (longer.startswith(f"{form} ") and self.profile.kind(longer[len(form) :]))
            for form in _forms(name)
            for longer in called
        )

    def of_record(self, record: Record) -> Kind:
        """Return the kind of a FAIRsharing record, by its type, else by its registry."""
        return Kind(record.kind, "record")

    def of_name(self, name: str) -> Kind:
        """Return the kind of a thing by its name or the text of its link; a plural ("repositories") is a finder."""
        head = _HEAD_END.split(name, maxsplit=1)[0]
        kind = self._first("name", [name, head])
        is_list = kind.name in ("database", "terminology") and any(map(_PLURAL.search, (name, head)))
        return Kind("finder", "name") if is_list else kind

    def of_label(self, label: str) -> Kind:
        """Return the kind of a thing by the text of its link; words in lower case name no software or database."""
        kind = self.of_name(label)
        return Kind() if kind.name in ("software", "database") and label == label.lower() else kind

    def of_text(self, before: str, behind: str, lead: str) -> Kind:
        """Return the kind by the words around a name: those right before it, those behind it, or the lead-in above."""
        described = [] if _NEXT_NAME.match(behind) else _head_nouns(behind.lstrip(" -:\u2013("))
        return self._first("text", [before, *described, lead.strip(" :")])

    def _first(self, basis: str, texts: Iterable[str]) -> Kind:
        kind = next(filter(None, map(self.profile.kind, texts)), None)
        return Kind(kind, basis) if kind else Kind()


def _head_nouns(description: str) -> list[str]:
    """Return the noun phrases of a description that may name the kind: after "is a", at the start, and before "of".

    >>> _head_nouns("Panorama Public is a data repository for sharing results")
    ['data repository', 'Panorama Public']
    """
    text = _ASIDE.sub("", description)
    starts = [*(found.end() for found in islice(_IS_A.finditer(text), 1)), 0]
    starts += [found.end() for found in islice(_NEXT_SENTENCE.finditer(text), 1)]
    return [_HEAD_END.split(text[start:], maxsplit=1)[0].strip() for start in starts]


def _forms(name: str) -> set[str]:
    """Return the words of a name in lower case: of all, of what is before a parenthesis, and of what is within.

    >>> sorted(_forms("The Image Archive (BIA)")), sorted(_forms("GBIF.org"))
    (['bia', 'image archive', 'image archive bia', 'imagearchive', 'imagearchivebia'], ['gbif'])
    """
    texts = (name, _ASIDE.sub("", name), *_ASIDE.findall(name))
    words = [re.sub(r"^the-|-org$", "", slug(text)) for text in texts if text.strip()]
    return {form for text in words for form in (text.replace("-", " "), text.replace("-", ""))}
