"""Summarise changed statements as changes of pages, their links and laws, and of things."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

from kg.diff.difference import Difference, LinkChange, PageChange, ThingChange
from kg.diff.gather import STATEMENTS, ChangedNames, Facts, Seen, Sides, called
from kg.vocab import ADMS, DCT, ELI, PROV, RDF, RDFS, RDM, SCHEMA, prefixed_name

_PROVENANCE = {DCT.modified, PROV.wasGeneratedBy, PROV.wasAttributedTo, PROV.wasDerivedFrom, ADMS.versionNotes}
_FROM_LINKS = {
    RDM.hasMention,
    RDM.hasRecommendation,
    SCHEMA.mentions,
    RDM.citesLegislation,
    *(iri for name, iri in RDM.terms.items() if name.startswith("recommend")),
}
_OF_LINK = {
    "is now called": RDFS.label,
    "leads to": RDM.linkAsWritten,
    "names the tool": RDM.toolTag,
    "role": RDM.role,
    "means": RDM.target,
    "section": RDM.section,
    "openness": RDM.openness,
}
_PLACE_OF_LINK = (RDFS.label, RDM.heading, RDM.section, RDM.about)
"""The properties that a link keeps if its address alone is changed."""
_OUR_KINDS = (RDM.base, ELI.base)


def summarise(old: Path, new: Path, recommending: Collection[str]) -> Difference:
    """Summarise the changes between two sorted ``graph.nq``; ``recommending`` has the names of recommending roles.

    Memory use grows with the changes, not with the graphs.
    """
    seen = Seen(old, new)
    names = ChangedNames(old, new, seen)
    pages = tuple(_pages(seen, names, recommending))
    found = tuple(_thing(iri, *sides, names) for iri, sides in sorted(seen.things.items()))
    counts = {
        term: (seen.old_counts[term], seen.new_counts[term])
        for term in sorted({*seen.old_counts, *seen.new_counts})
        if term == STATEMENTS or seen.old_counts[term] != seen.new_counts[term]
    }
    return Difference(pages, found, counts, seen.added, seen.removed)


def _pages(seen: Seen, names: ChangedNames, recommending: Collection[str]) -> Iterator[PageChange]:
    added = [page for page, (old, _) in seen.pages.items() if RDM.Page not in old.get(RDF.type, ())]
    removed = [page for page, (_, new) in seen.pages.items() if RDM.Page not in new.get(RDF.type, ())]
    renamed = dict(_renamed(seen, added, removed))
    changed = {*seen.pages, *seen.files, *seen.mentions}.difference(renamed.values())
    for page in sorted(changed):
        kind = "renamed" if page in renamed else "added" if page in added else "removed" if page in removed else ""
        yield _page(page, renamed.get(page, page), kind, seen, names, recommending)


def _renamed(seen: Seen, added: Iterable[str], removed: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield pairs of new and old IRI of pages that share their title or at least half of their links."""
    left = sorted(removed)
    for page in sorted(added):
        found = max(left, key=lambda other: _likeness(seen, other, page), default=None)
        if found and _likeness(seen, found, page) >= 0.5:
            left.remove(found)
            yield page, found


def _likeness(seen: Seen, old: str, new: str) -> float:
    ours, theirs = {*seen.mentions.get(old, ())}, {*seen.mentions.get(new, ())}
    same_title = called(seen.pages[old][0]) == called(seen.pages[new][1])
    return max(len(ours & theirs) / len(ours | theirs) if ours | theirs else 0.0, 0.5 * same_title)


def _page(
    page: str, before: str, kind: str, seen: Seen, names: ChangedNames, recommending: Collection[str]
) -> PageChange:
    pairs = list(_same_place(_mentions(page, before, seen)))
    links = [link for old, new in pairs if (link := _link(old, new, names, recommending))]
    moved = sum(1 for old, new in pairs if old and new and old.get(RDM.sourceLine) != new.get(RDM.sourceLine))
    old, new = _as_if(page, before, seen.pages.get(before, ({}, {}))[0]), seen.pages.get(page, ({}, {}))[1]
    paths = names.paths(before)[0], names.paths(page)[1]
    change = PageChange(
        change=kind,
        iri=page,
        title=names.name(page),
        path=paths[1] or paths[0],
        old_path=paths[0] or paths[1],
        links=tuple(sorted(links, key=lambda link: (link.line, link.change, link.label))),
        moved=moved,
        laws_added=_laws(new, old, names),
        laws_removed=_laws(old, new, names),
        said=_statements(new, old, names, _PROVENANCE | _FROM_LINKS),
        no_longer_said=_statements(old, new, names, _PROVENANCE | _FROM_LINKS),
    )
    return change if kind else replace(change, change=_kind(change))


def _kind(page: PageChange) -> str:
    """Return the kind of change of a page that both releases have."""
    if page.path != page.old_path:
        return "renamed"
    changes = (page.links, page.moved, page.laws_added, page.laws_removed, page.said, page.no_longer_said)
    return "changed" if any(changes) else "committed"


def _laws(facts: Facts, other: Facts, names: ChangedNames) -> tuple[str, ...]:
    """Return the laws that ``facts`` cites and ``other`` does not."""
    cited = {*facts.get(RDM.citesLegislation, ())}.difference(other.get(RDM.citesLegislation, ()))
    return tuple(sorted(map(names.law, cited)))


def _mentions(page: str, before: str, seen: Seen) -> list[Sides]:
    """Return the old and the new facts of the page's mentions that differ."""
    if page == before:
        return list(seen.mentions.get(page, {}).values())
    olds, news = seen.mentions.get(before, {}), seen.mentions.get(page, {})
    nothing: Sides = ({}, {})
    return [
        (_as_if(page, before, olds.get(name, nothing)[0]), news.get(name, nothing)[1])
        for name in sorted({*olds, *news})
    ]


def _same_place(pairs: Iterable[Sides]) -> Iterator[Sides]:
    """Yield the facts of mentions, of a removed and an added one in the same place as those of one that changed."""
    removed, added = defaultdict[object, list[Facts]](list), defaultdict[object, list[Facts]](list)
    for old, new in pairs:
        if old and new:
            yield old, new
        else:
            (removed if old else added)[tuple(_one(old or new, term) for term in _PLACE_OF_LINK)].append(old or new)
    for place in {**removed, **added}:
        sides = (sorted(side[place], key=_line) for side in (removed, added))
        yield from zip_longest(*sides, fillvalue=dict[str, Collection[str]]())


def _as_if(page: str, before: str, facts: Facts) -> Facts:
    """Return the facts of a renamed page with its former IRI replaced by the new one."""
    if page == before:
        return facts
    return {term: {text.replace(before, page) for text in texts} for term, texts in facts.items()}


def _link(old: Facts, new: Facts, names: ChangedNames, recommending: Collection[str]) -> LinkChange | None:
    """Return the change of a mention; ``None`` if only its line differs."""
    facts = new or old
    differs = tuple(
        f"{words} {_with_record(new, term, names) or 'none'}, was {_with_record(old, term, names) or 'none'}"
        for words, term in _OF_LINK.items()
        if {*old.get(term, ())} != {*new.get(term, ())}
    )
    if old and new and not differs:
        return None
    change = "changed" if old and new else "added" if new else "removed"
    roles = {_short(old, RDM.role), _short(new, RDM.role)}
    return LinkChange(
        change=change,
        recommends=bool(roles.intersection(recommending)),
        label=_one(facts, RDFS.label),
        role=_short(facts, RDM.role),
        target=_one(facts, RDM.target),
        record=names.record(_one(facts, RDM.target)),
        line=_line(facts),
        differs=differs if change == "changed" else (),
    )


def _line(facts: Facts) -> int:
    return int(_one(facts, RDM.sourceLine) or 0)


def _one(facts: Facts, term: str) -> str:
    return min(facts.get(term, ()), default="")


def _short(facts: Facts, term: str) -> str:
    """Return a value as a prefixed name; roles and sections without prefix."""
    text = prefixed_name(_one(facts, term))
    return text.removeprefix("role:").removeprefix("section:")


def _with_record(facts: Facts, term: str, names: ChangedNames) -> str:
    """Return a value as :func:`_short` does, the name of a FAIRsharing record before it."""
    return " ".join(filter(None, (names.record(_one(facts, term)), _short(facts, term))))


def _statements(facts: Facts, other: Facts, names: ChangedNames, without: Collection[str]) -> tuple[str, ...]:
    """Return in words the statements that only ``facts`` has, except those of the properties ``without``."""
    return tuple(
        sorted(
            names.in_words(term, text)
            for term, texts in facts.items()
            if term not in without
            for text in {*texts}.difference(other.get(term, ()))
        )
    )


def _thing(iri: str, old: Facts, new: Facts, names: ChangedNames) -> ThingChange:
    types = sorted({*old.get(RDF.type, ()), *new.get(RDF.type, ())})
    ours = [kind for kind in types if kind.startswith(_OUR_KINDS)]
    change = "changed" if old and new else "added" if new else "removed"
    name, kinds = called(new) or called(old) or iri, tuple(map(prefixed_name, ours or types))
    if change != "changed":
        return ThingChange(change, iri, name, kinds)
    said, no_longer = _statements(new, old, names, _PROVENANCE), _statements(old, new, names, _PROVENANCE)
    return ThingChange(change, iri, name, kinds, said, no_longer)
