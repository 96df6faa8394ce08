"""Read the statements of ``graph.nq`` that are indexed, grouped by subject."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from zlib import crc32

from kg.release.nquads import Quad, split, value
from kg.roles import recommending_properties
from kg.search_index.words import plain
from kg.vocab import (
    ADMS,
    BASE,
    DCAT,
    DCT,
    DESCRIPTIONS,
    ELI,
    FOAF,
    OWL,
    PROV,
    RDF,
    RDFS,
    RDM,
    SCHEMA,
    SKOS,
    TITLES,
)

LABELS = (SKOS.altLabel,)
IDENTIFIERS = (DCT.identifier, SKOS.notation)
ADDRESSES = (
    FOAF.homepage,
    FOAF.page,
    SCHEMA.url,
    SCHEMA.sameAs,
    DCAT.landingPage,
    OWL.sameAs,
    SKOS.exactMatch,
    SKOS.closeMatch,
    RDFS.seeAlso,
)
"""Properties whose values are other addresses of a resource."""
TEXTS = (RDM.knownGap, SCHEMA.keywords, DCAT.keyword, DCT.abstract)
RECOMMENDS = recommending_properties()
NAMED = (RDM.modality, RDM.mentionsModality, RDM.citesLegislation, SCHEMA.affiliation)
"""Properties whose values are modalities, laws and organisations, by all of whose names the subject is found."""
_MENTION = (RDM.target, RDM.topic, RDM.role, RDM.openness, RDM.heading, RDFS.label)
_WANTED = frozenset(
    f"<{iri}>"
    for iri in (
        *(RDF.type, DCT.type, SCHEMA.isPartOf, PROV.wasDerivedFrom, ADMS.identifier, ELI.in_force),
        *(*TITLES, *LABELS, *IDENTIFIERS, *ADDRESSES, *DESCRIPTIONS, *TEXTS, *RECOMMENDS, *NAMED, *_MENTION),
    )
)
_THINGS = 64
"""Number of things in a part, on average."""
_LONGEST = 10_000
"""Number of lines from which a part ends with its next thing."""
_SHARED = BASE + "catalog"
"""Namespace of graphs that belong to no site."""


@dataclass(slots=True)
class SubjectStatements:
    """The indexed statements of one subject."""

    iri: str
    terms: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Mapping of property to its distinct objects, sorted, in N-Quads syntax."""
    sites: set[str] = field(default_factory=set)
    """Keys of the sites whose graphs contain the statements."""
    named: set[tuple[str, str]] = field(default_factory=set)
    """Pairs of an IRI that is an object and the key of the site whose graph contains the statement."""

    def values(self, *properties: str) -> list[str]:
        """Return the values of properties, in their order; English first, then no language, then other languages."""
        found = (sorted(self.terms[name], key=_language) for name in properties if name in self.terms)
        return list(dict.fromkeys(plain(value(term)) for terms in found for term in terms))

    def first(self, *properties: str) -> str:
        """Return the first of :meth:`values`; empty if there is none."""
        return next(iter(self.values(*properties)), "")


def parts(graph: Path) -> Iterator[list[bytes]]:
    """Yield the lines of a sorted N-Quads file in parts, each about whole pages or other things.

    Where a part ends depends on its last thing alone, so that an addition changes one part, or two.
    """
    part, thing, about = list[bytes](), b"", tuple[bytes, ...]()
    with graph.open("rb") as lines:
        for line in lines:
            if not line.startswith(about):
                if part and (len(part) > _LONGEST or crc32(thing) % _THINGS == 0):
                    yield part
                    part = []
                thing = line.partition(b" ")[0].partition(b"#")[0]
                about = thing + b" ", thing + b"#"
            part.append(line)
    yield part


def things(lines: Iterable[str]) -> Iterator[SubjectStatements]:
    """Yield the subjects of sorted N-Quads with their statements."""
    for subject, quads in groupby(map(split, lines), key=lambda quad: quad.subject):
        yield _statements(value(subject), quads)


def _statements(iri: str, quads: Iterable[Quad]) -> SubjectStatements:
    subject = SubjectStatements(iri)
    for quad in quads:
        site = _site(quad.graph)
        if site:
            subject.sites.add(site)
            if quad.object.startswith("<"):
                subject.named.add((value(quad.object), site))
        if quad.predicate in _WANTED:
            terms = subject.terms[quad.predicate[1:-1]]
            if quad.object not in terms[-1:]:  # copies of a statement in several graphs are adjacent
                terms.append(quad.object)
    return subject


@lru_cache
def _site(graph: str) -> str:
    """Return the key of the site that a named graph belongs to; empty if it belongs to no site."""
    name = graph[1:-1]
    if not name.startswith(BASE):
        return ""
    site = name.removeprefix(BASE).partition("#")[0].partition("/")[0]
    return "" if BASE + site == _SHARED else site


def _language(term: str) -> int:
    language = term.rpartition('"')[2]
    return 0 if language.startswith("@en") else 1 if not language.startswith("@") else 2
