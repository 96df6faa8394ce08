"""Collect the differences between two graphs by the kind of subject, and the names of the subjects."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from kg.diff.merge import both, things
from kg.release.nquads import split, value
from kg.term_words import label_of
from kg.vocab import ADMS, DCT, FOAF, INFERRED_GRAPH, PREFIXES, PROV, RDF, RDM, TITLES, prefixed_name

Facts = Mapping[str, Collection[str]]
"""Mapping of property to values, IRIs and texts, without inferred statements."""
Sides = tuple[Facts, Facts]
"""The old and the new facts of a subject."""
STATEMENTS = "statements"
"""Key of the number of statements in the counts."""

_NAMES = (*TITLES, DCT.identifier)
_RECORDS = (PREFIXES["fairsharing"], "https://fairsharing.org/")
"""Beginnings of the IRIs of FAIRsharing records."""
_NO_THINGS = {PROV.Activity, PROV.SoftwareAgent, PROV.Entity, FOAF.Document, ADMS.Identifier}
_IS_TYPE = f"> <{RDF.type}> <"


class Seen:
    """The subjects that differ, by kind."""

    def __init__(self, old: Path, new: Path) -> None:
        self.pages: dict[str, Sides] = {}
        self.files: dict[str, Sides] = {}
        """Source files of pages, by the page's IRI."""
        self.mentions: defaultdict[str, dict[str, Sides]] = defaultdict(dict)
        """Mentions, by the page's IRI, then by fragment."""
        self.things: dict[str, Sides] = {}
        self.old_counts: Counter[str] = Counter()
        self.new_counts: Counter[str] = Counter()
        self.added = self.removed = 0
        for subject, before, after in both(old, new):
            self._take(value(subject), before, after)

    def _take(self, subject: str, before: tuple[str, ...], after: tuple[str, ...]) -> None:
        for counts, lines in ((self.old_counts, before), (self.new_counts, after)):
            counts[STATEMENTS] += len(lines)
            counts.update({prefixed_name(value(split(line).object)) for line in lines if _IS_TYPE in line})
        if before != after:
            self.added += len({*after}.difference(before))
            self.removed += len({*before}.difference(after))
            self._keep(subject, _facts(before), _facts(after))

    def _keep(self, subject: str, old: Facts, new: Facts) -> None:
        if old == new:
            return  # only inferred statements differ
        types = {*old.get(RDF.type, ()), *new.get(RDF.type, ())}
        page, _, fragment = subject.partition("#")
        if RDM.Mention in types:
            self.mentions[page][fragment] = old, new
        elif RDM.Page in types:
            self.pages[subject] = old, new
        elif fragment == "md":
            self.files[page] = old, new
        elif types - _NO_THINGS:
            self.things[subject] = old, new


def _facts(lines: Iterable[str]) -> Facts:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for line in lines:
        quad = split(line)
        if value(quad.graph) != INFERRED_GRAPH:
            found[value(quad.predicate)].add(value(quad.object))
    return found


class ChangedNames:
    """Names of changed pages and of what they and changed things refer to, including what did not change."""

    def __init__(self, old: Path, new: Path, seen: Seen) -> None:
        pages = {*seen.pages, *seen.files, *seen.mentions}
        wanted = {*pages, *(f"{page}#md" for page in pages)}
        mentions = (sides for found in seen.mentions.values() for sides in found.values())
        for sides in mentions:
            wanted.update(*(side.get(RDM.target, ()) for side in sides))
        for old_facts, new_facts in (*seen.pages.values(), *seen.things.values()):
            wanted.update(_differing(old_facts, new_facts))
        self._old, self._new = _described(old, wanted), _described(new, wanted)

    def name(self, iri: str) -> str:
        """Return the name of a resource, preferably from the new graph; its IRI if it has none."""
        return called(self._new.get(iri, {})) or called(self._old.get(iri, {})) or iri

    def record(self, iri: str) -> str:
        """Return the name of a FAIRsharing record; empty for anything else, and where it has none."""
        name = self.name(iri) if iri.startswith(_RECORDS) else iri
        return "" if name == iri or name in iri else name

    def in_words(self, term: str, text: str) -> str:
        """Return a statement about a subject in words: the property by its label, an IRI by its name or label."""
        if not text.startswith(("http://", "https://")):
            return f'{label_of(term)} "{text}"'
        name = self.name(text)
        return f"{label_of(term)} {label_of(text) if name == text else f'{name} <{prefixed_name(text)}>'}"

    def law(self, iri: str) -> str:
        """Return the number of a law, which is more exact than its name; the name or IRI if it has none."""
        facts = self._new.get(iri) or self._old.get(iri, {})
        return next(iter(sorted(facts.get(DCT.identifier, ()))), "") or called(facts) or iri

    def paths(self, page: str) -> tuple[str, str]:
        """Return the old and the new path of a page's file; empty if there is no file."""
        sides = (described.get(f"{page}#md", {}) for described in (self._old, self._new))
        old, new = (next(iter(facts.get(DCT.identifier, ())), "") for facts in sides)
        return old, new


def _differing(old: Facts, new: Facts) -> Iterator[str]:
    """Yield the values that only one side has, IRIs and texts."""
    for term in {*old, *new}:
        yield from {*old.get(term, ())} ^ {*new.get(term, ())}


def _described(graph: Path, wanted: Collection[str]) -> dict[str, Facts]:
    return {value(subject): _facts(lines) for subject, lines in things(graph) if value(subject) in wanted}


def called(facts: Facts) -> str:
    """Return the name of a resource from its facts; empty if it has none."""
    return next((text for term in _NAMES for text in sorted(facts.get(term, ()))), "")
