"""What ``graph.nq`` says of each thing, as far as people search for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from kg.release.nquads import Quad, split, value
from kg.roles import recommending_properties
from kg.search_index.words import plain
from kg.vocab import (
    ADMS,
    BASE,
    DCAT,
    DCT,
    DESCRIPTIONS,
    FOAF,
    OWL,
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
"""Where else a thing is told of."""
TEXTS = (RDM.knownGap, SCHEMA.keywords)
RECOMMENDS = recommending_properties()
MODALITIES = (RDM.modality, RDM.mentionsModality)
_MENTION = (RDM.target, RDM.topic, RDM.role, RDM.openness, RDM.heading, RDFS.label)
_WANTED = frozenset(
    f"<{iri}>"
    for iri in (
        *(RDF.type, ADMS.identifier),
        *(*TITLES, *LABELS, *IDENTIFIERS, *ADDRESSES, *DESCRIPTIONS, *TEXTS, *RECOMMENDS, *MODALITIES, *_MENTION),
    )
)
_ABOVE = BASE + "catalog"
"""What is said above the sites is said by none of them."""


@dataclass(slots=True)
class Said:
    """What is said of one thing."""

    iri: str
    terms: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Property → terms as N-Quads write them, sorted, each once."""
    sites: set[str] = field(default_factory=set)
    """Keys of the sites that say it."""
    named: set[tuple[str, str]] = field(default_factory=set)
    """The things that are named in it, each with a site that does."""

    def values(self, *properties: str) -> list[str]:
        """The values of these properties, in their order; English before words of no language, these before others."""
        found = (sorted(self.terms[name], key=_language) for name in properties if name in self.terms)
        return list(dict.fromkeys(plain(value(term)) for terms in found for term in terms))

    def first(self, *properties: str) -> str:
        """The best of the values; empty where there is none."""
        return next(iter(self.values(*properties)), "")


def things(graph: Path) -> Iterator[Said]:
    """Every subject of a sorted file of N-Quads."""
    with graph.open(encoding="utf-8", newline="\n") as lines:
        for subject, quads in groupby(map(split, lines), key=lambda quad: quad.subject):
            yield _said(value(subject), quads)


def _said(iri: str, quads: Iterable[Quad]) -> Said:
    said = Said(iri)
    for quad in quads:
        site = _site(quad.graph)
        if site:
            said.sites.add(site)
            if quad.object.startswith("<"):
                said.named.add((value(quad.object), site))
        if quad.predicate in _WANTED:
            terms = said.terms[quad.predicate[1:-1]]
            if quad.object not in terms[-1:]:  # the graphs that say the same stand together
                terms.append(quad.object)
    return said


def _site(graph: str) -> str:
    """The key of the site whose graph it is; empty for a graph of none."""
    name = graph[1:-1]
    if not name.startswith(BASE):
        return ""
    site = name.removeprefix(BASE).partition("#")[0].partition("/")[0]
    return "" if BASE + site == _ABOVE else site


def _language(term: str) -> int:
    language = term.rpartition('"')[2]
    return 0 if language.startswith("@en") else 1 if not language.startswith("@") else 2
