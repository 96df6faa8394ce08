"""What differs between two graphs, sorted by the kind of its subject, and what those subjects are called."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from kg.diff.merge import both, things
from kg.release.nquads import split, value
from kg.vocab import ADMS, DCT, FOAF, INFERRED_GRAPH, PROV, RDF, RDM, TITLES, prefixed_name

Facts = Mapping[str, Collection[str]]
"""Property → what is said, as IRIs and texts; nothing that a reasoner added."""
Sides = tuple[Facts, Facts]
"""What the old graph says of a thing, and the new one."""
STATEMENTS = "statements"
"""The name under which statements are counted."""

_NAMES = (*TITLES, DCT.identifier)
_NO_THINGS = {PROV.Activity, PROV.SoftwareAgent, PROV.Entity, FOAF.Document, ADMS.Identifier}
_IS_TYPE = f"> <{RDF.type}> <"


class Seen:
    """What differs, sorted by the kind of its subject."""

    def __init__(self, old: Path, new: Path) -> None:
        self.pages: dict[str, Sides] = {}
        self.files: dict[str, Sides] = {}
        """What is said of the source files of pages, by the page's IRI."""
        self.mentions: defaultdict[str, dict[str, Sides]] = defaultdict(dict)
        """By the page's IRI, then by the fragment."""
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
            return  # only the reasoner adds something else
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
    """What changed pages and the things that they name are called, also where that did not change."""

    def __init__(self, old: Path, new: Path, seen: Seen) -> None:
        pages = {*seen.pages, *seen.files, *seen.mentions}
        wanted = {*pages, *(f"{page}#md" for page in pages)}
        for facts in seen.pages.values():
            wanted.update(*(side.get(RDM.citesLegislation, ()) for side in facts))
        self._old, self._new = _described(old, wanted), _described(new, wanted)

    def name(self, iri: str) -> str:
        """What a thing is called, by the new graph first; its IRI where nothing says."""
        return called(self._new.get(iri, {})) or called(self._old.get(iri, {})) or iri

    def law(self, iri: str) -> str:
        """A law by its number, which says more than the words in which a page names it."""
        facts = self._new.get(iri) or self._old.get(iri, {})
        return next(iter(sorted(facts.get(DCT.identifier, ()))), "") or called(facts) or iri

    def paths(self, page: str) -> tuple[str, str]:
        """Where a page's file was and is; empty where it is not."""
        sides = (described.get(f"{page}#md", {}) for described in (self._old, self._new))
        old, new = (next(iter(facts.get(DCT.identifier, ())), "") for facts in sides)
        return old, new


def _described(graph: Path, wanted: Collection[str]) -> dict[str, Facts]:
    return {value(subject): _facts(lines) for subject, lines in things(graph) if value(subject) in wanted}


def called(facts: Facts) -> str:
    """A name out of what is said of a thing; empty where there is none."""
    return next((text for term in _NAMES for text in sorted(facts.get(term, ()))), "")
