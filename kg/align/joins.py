"""Matches between things of different sites, by evidence: their names, home pages and entries in registries.

A registry's entry and a like name, or a home page and one of the two, make an exact match; an entry or a home page
alone makes a close one. Things of one site are never joined: a list that has two tools means two.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from rdflib import Graph, Literal, URIRef

from kg.identifiers.fairsharing import DOI, FairsharingCrosswalk, load_details
from kg.identifiers.registries import BIOTOOLS
from kg.iri import host_and_path
from kg.vocab import BASE, DCT, FOAF, JOINS_GRAPH, OWL, RDF, RDFS, SCHEMA, SEMAPV, SKOS, SSSOM, slug

ThingFact = tuple[str, str, str, str]
"""Key of the site, IRI of the thing, property, value."""
_SAID = (DCT.title, SKOS.altLabel, SCHEMA.url, FOAF.homepage, FOAF.page, RDFS.seeAlso)
_NAMES = (DCT.title, SKOS.altLabel)
_PLACES = (SCHEMA.url, FOAF.homepage, FOAF.page)
_THING = re.compile(rf"{BASE}[^/#]+/(?P<kind>tool|thing)/")
_ASIDE = re.compile(r"(?P<before>[^()]+)\((?P<inside>[^()]+)\)\s*")
_WORD = re.compile(r"[\w-]++")
_SHORT = re.compile(r"[A-Z][^A-Z0-9]*+[A-Z0-9]")
"""Two signs of an abbreviation: a capital, and another or a digit after it."""
_CROWD = 5
"""An entry or home page that more things of one site have identifies none of them."""
_MOST_ALIKE = 200
"""Most things that each one with the same name, entry or home page is compared with, which keeps the work linear."""


@dataclass(slots=True)
class NamedThing:
    """A thing that sites name, and what tells which it is."""

    iri: str
    sites: set[str] = field(default_factory=set)
    """Keys of the sites that name it."""
    names: set[str] = field(default_factory=set)
    places: set[tuple[str, str]] = field(default_factory=set)
    """Host and path of its addresses."""
    entries: set[str] = field(default_factory=set)
    """IRIs of its entries in registries."""

    @property
    def is_listed(self) -> bool:
        """Return whether the thing is an entry of a site's list of tools."""
        found = _THING.match(self.iri)
        return found is not None and found["kind"] == "tool"

    def forms(self) -> frozenset[str]:
        """Return its names in the forms in which they are compared."""
        return frozenset(form for name in self.names for form in name_forms(name))

    def places_by_record(self) -> set[tuple[str, str]]:
        """Return the home pages that FAIRsharing gives its records."""
        homes = (load_details()[entry].homepage for entry in self.entries if entry in load_details())
        return {place for home in homes if (place := host_and_path(home))}


@dataclass(frozen=True, slots=True)
class Join:
    """Two things of different sites, with the evidence that they are the same or nearly so."""

    first: NamedThing
    second: NamedThing
    entries: tuple[str, ...]
    places: tuple[str, ...]
    has_like_names: bool
    are_distinguished: bool
    """True if a registry has an entry for each, and no entry for both."""

    @property
    def is_exact(self) -> bool:
        """Return whether the evidence suffices for an exact match."""
        return not self.are_distinguished and sum((bool(self.entries), bool(self.places), self.has_like_names)) > 1

    def comment(self) -> str:
        """Return the evidence in words."""
        said = [f"the same entry in a registry, {entry.removeprefix('https://')}" for entry in self.entries]
        said += [f"the same home page, {place}" for place in self.places]
        names = (" / ".join(f"'{name}'" for name in sorted(each.names)) for each in (self.first, self.second))
        said += [f"like names, {' and '.join(names)}"] if self.has_like_names else []
        return "; ".join(said)


def thing_facts(graph_name: str, graph: Graph) -> Iterator[ThingFact]:
    """Yield what a named graph of a site says of things that may be those of other sites."""
    if not graph_name.startswith(BASE):
        return
    site = re.split("[/#]", graph_name.removeprefix(BASE), maxsplit=1)[0]
    for prop in _SAID:
        for thing, value in graph.subject_objects(URIRef(prop)):
            is_entry = prop != RDFS.seeAlso or str(value).startswith((DOI, BIOTOOLS))
            if is_entry and (_THING.match(str(thing)) or str(thing).startswith(DOI)):
                yield site, str(thing), prop, str(value)


def joins_graph(facts: Iterable[ThingFact], crosswalk: FairsharingCrosswalk) -> Graph:
    """Return the matches between the things of different sites, each with a node that holds its evidence."""
    graph = Graph(identifier=JOINS_GRAPH)
    for join in joins(facts, crosswalk):
        _add_join(graph, join)
    return graph


def joins(facts: Iterable[ThingFact], crosswalk: FairsharingCrosswalk) -> list[tuple[str, Join]]:
    """Return the joins with the property of each, sorted; the time grows with the number of things."""
    given = set(facts)
    things = _things(given, crosswalk) if len({site for site, *_ in given}) > 1 else {}
    found = [join for pair in sorted(_pairs(things)) if (join := _join(*(things[iri] for iri in pair)))]
    rivals = _rivals(found)
    return [(_predicate(join, rivals), join) for join in found]


def name_forms(name: str) -> set[str]:
    """Return the forms of a name by which it is like others: folded, and its abbreviation in parentheses.

    >>> sorted(name_forms("Image Data Resource (IDR)"))
    ['idr', 'image-data-resource', 'image-data-resource-idr']
    >>> name_forms("Galaxy (Europe)")
    {'galaxy-europe'}
    """
    forms = {slug(name)}
    aside = _ASIDE.fullmatch(name)
    if aside and any(_WORD.fullmatch(part.strip()) and _SHORT.search(part) for part in aside.groups()):
        forms |= {slug(part) for part in aside.groups()}
    return forms


def _things(facts: Iterable[ThingFact], crosswalk: FairsharingCrosswalk) -> dict[str, NamedThing]:
    """Return the things by IRI; one that is a FAIRsharing record has that as entry, and the names there."""
    things: dict[str, NamedThing] = {}
    for site, iri, prop, value in facts:
        thing = things.setdefault(iri, NamedThing(iri))
        thing.sites.add(site)
        if prop in _NAMES:
            thing.names.add(value)
        elif prop in _PLACES:
            thing.places |= {place} if (place := host_and_path(value)) else set()
        else:
            thing.entries.add(value)
    for iri, thing in things.items():
        if iri.startswith(DOI):
            thing.entries.add(iri)
            record = crosswalk.records.get(iri)
            thing.names |= {name for name in (record.name, record.abbreviation) if name} if record else set()
    return things


def _pairs(things: dict[str, NamedThing]) -> set[tuple[str, str]]:
    """Return the pairs of things of different sites that share anything, ours before others' IRIs."""
    sharing: dict[object, list[NamedThing]] = defaultdict(list)
    for thing in things.values():
        for key in {*thing.forms(), *thing.places, *thing.places_by_record(), *thing.entries}:
            sharing[key].append(thing)
    pairs = set()
    for group in sharing.values():
        if not _is_crowd(group):
            group.sort(key=lambda thing: thing.iri)
            near = ((a, b) for at, a in enumerate(group) for b in group[at + 1 : at + 1 + _MOST_ALIKE])
            pairs |= {_ordered(a.iri, b.iri) for a, b in near if len(a.sites | b.sites) > 1}
    return pairs


def _is_crowd(group: Iterable[NamedThing]) -> bool:
    counts: dict[str, int] = defaultdict(int)
    for thing in group:
        for site in thing.sites:
            counts[site] += 1
    return max(counts.values()) > _CROWD


def _ordered(*iris: str) -> tuple[str, str]:
    first, second = sorted(iris, key=lambda iri: (not iri.startswith(BASE), iri))
    return first, second


def _join(first: NamedThing, second: NamedThing) -> Join | None:
    """Return the join of two things, ``None`` where only their names are alike, or a registry distinguishes them.

    A home page is no evidence then, since one page may describe many formats; together with like names it is some.
    """
    entries = first.entries & second.entries
    places = first.places & second.places
    if not entries:  # else the record's home page would be counted twice, as home page and as record
        places |= (first.places & second.places_by_record()) | (second.places & first.places_by_record())
    has_like_names = bool(first.forms() & second.forms())
    are_distinguished = not entries and bool(_registries(first) & _registries(second))
    if not entries and (not places or (are_distinguished and not has_like_names)):
        return None
    return Join(
        first=first,
        second=second,
        entries=tuple(sorted(entries)),
        places=tuple(sorted(host + path for host, path in places)),
        has_like_names=has_like_names,
        are_distinguished=are_distinguished,
    )


def _registries(thing: NamedThing) -> set[str]:
    """Return the registries that have an entry for a thing."""
    return {registry for registry in (DOI, BIOTOOLS) for entry in thing.entries if entry.startswith(registry)}


def _rivals(found: Iterable[Join]) -> set[tuple[str, str]]:
    """Return thing and site for which several tools of the site's list would be the same as the thing."""
    seen, rivals = set[tuple[str, str]](), set[tuple[str, str]]()
    for join in found:
        for thing, other in ((join.first, join.second), (join.second, join.first)):
            for site in other.sites if join.is_exact and other.is_listed else ():
                (rivals if (thing.iri, site) in seen else seen).add((thing.iri, site))
    return rivals


def _predicate(join: Join, rivals: set[tuple[str, str]]) -> str:
    pairs = ((join.first, join.second), (join.second, join.first))
    has_rival = any(other.is_listed and (thing.iri, site) in rivals for thing, other in pairs for site in other.sites)
    return SKOS.exactMatch if join.is_exact and not has_rival else SKOS.closeMatch


def _add_join(graph: Graph, found: tuple[str, Join]) -> None:
    predicate, join = found
    first, second = URIRef(join.first.iri), URIRef(join.second.iri)
    digest = hashlib.sha256(f"{first}\n{second}".encode()).hexdigest()[:10]
    node = URIRef(f"{JOINS_GRAPH}#{digest}")
    justification = SEMAPV.CompositeMatching if join.is_exact else SEMAPV.BackgroundKnowledgeBasedMatching
    graph.add((first, URIRef(predicate), second))
    graph.add((second, URIRef(predicate), first))
    graph.add((node, URIRef(RDF.type), URIRef(SSSOM.Mapping)))
    graph.add((node, URIRef(OWL.annotatedSource), first))
    graph.add((node, URIRef(OWL.annotatedProperty), URIRef(predicate)))
    graph.add((node, URIRef(OWL.annotatedTarget), second))
    graph.add((node, URIRef(SSSOM.mapping_justification), URIRef(justification)))
    graph.add((node, URIRef(RDFS.comment), Literal(join.comment(), lang="en")))
