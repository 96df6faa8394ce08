"""The data of the page of a thing: title, types, statements from and to it, mentions, parts and sources."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby

from kg.declarations import DECLARATIONS
from kg.iri import is_web_address
from kg.query.rows import Row, text
from kg.search_index.kinds import MINOR, kinds_of
from kg.vocab import (
    ADMS,
    BASE,
    CROSSWALK_GRAPHS,
    DCAT,
    DCT,
    DESCRIPTION_GRAPH,
    DESCRIPTIONS,
    DICOM_GRAPH,
    FAIRSHARING_GRAPH,
    FAIRSHARING_KINDS_GRAPH,
    FOAF,
    INFERRED_GRAPH,
    JOINS_GRAPH,
    OWL,
    PROV,
    RDF,
    RDFS,
    RDM,
    SCHEMA,
    SH,
    SKOS,
)
from server.pages.statements import (
    facts_of,
    mentions_of,
    names_of,
    number_of_mentions,
    parts_of,
    people_of,
    sources_of,
    statements_about,
    statements_to,
    words_of,
)
from server.pages.words import NAMES, backwards, date_in_words, in_words, reading_order
from server.service import Service

_OF_MENTIONS = frozenset({RDM.target, RDM.hasMention, RDM.hasRecommendation, RDM.about, RDM.forDataType})
"""Properties of mentions, which are shown in a table of their own."""
_NAMELESS_PARTS = ("graph", "2", "3")
"""Fragments of parts that no statement may link to: a page's graph, and things with a duplicate id."""
_GRAPHS = {
    INFERRED_GRAPH: "the reasoner",
    JOINS_GRAPH: "the comparison of sites",
    FAIRSHARING_GRAPH: "FAIRsharing",
    FAIRSHARING_KINDS_GRAPH: "FAIRsharing, by way of Bioregistry",
    DICOM_GRAPH: "DICOM",
    DESCRIPTION_GRAPH: "the description of the release",
    f"{CROSSWALK_GRAPHS}edam": "EDAM",
    f"{CROSSWALK_GRAPHS}wikidata": "Wikidata",
}
"""Named graph that is no file's → what people call its source."""
OF_OTHERS = frozenset(
    {
        *DESCRIPTIONS,
        *(FOAF.homepage, SCHEMA.url, DCAT.landingPage),
        *(SKOS.exactMatch, SKOS.closeMatch, OWL.sameAs, SCHEMA.sameAs, RDFS.seeAlso),
    }
)
"""Properties of the entries for the same thing that are read as well."""


@dataclass(frozen=True, slots=True)
class StatementSource:
    """A named graph, and the file from which it was made."""

    graph: str
    site: str = ""
    """Name of the site of the file; empty if it is of none."""
    path: str = ""
    """Path of the file; empty if the graph was not made from a file."""
    commit: str = ""
    page: str = ""
    """URL of the commit."""
    lines: tuple[int, ...] = ()
    """1-based lines of the file that mention the thing."""

    @property
    def name(self) -> str:
        """Display name.

        >>> StatementSource(INFERRED_GRAPH).name, StatementSource("https://w3id.org/rdm-kg/graph/fairsharing").name
        ('the reasoner', 'FAIRsharing')
        >>> StatementSource("https://w3id.org/rdm-kg/id/lookup/page/pic#graph", "Look-up", "pages/pic.md").name
        'Look-up, pages/pic.md'
        """
        if self.path:
            return f"{self.site}, {self.path}" if self.site else self.path
        return _GRAPHS.get(self.graph) or self.site or in_words(self.graph.removesuffix("#graph"))


@dataclass(frozen=True, slots=True)
class ShownValue:
    """A value of a property, or the subject of an inverse one."""

    label: str
    iri: str = ""
    """IRI; empty for a literal."""
    language: str = ""
    sources: tuple[StatementSource, ...] = ()

    @property
    def is_named(self) -> bool:
        """True if the graph has a name for the thing."""
        return self.label != in_words(self.iri)

    @property
    def is_elsewhere(self) -> bool:
        """True if the IRI is a URL outside of our namespace."""
        return is_web_address(self.iri) and not self.iri.startswith(BASE.removesuffix("id/"))


@dataclass(frozen=True, slots=True)
class Relation:
    """A property with its values, or an inverse property with its subjects."""

    iri: str
    label: str
    backwards: str
    """Label from the side of the values."""
    meaning: str
    number: int
    values: tuple[ShownValue, ...]
    is_inverse: bool = False
    """True if the values are subjects, in a list of relations of both directions."""

    @property
    def is_code(self) -> bool:
        """True if the values are texts of queries."""
        return self.iri == SH.select


@dataclass(frozen=True, slots=True)
class ThingMention:
    """A mention of the thing on a page."""

    iri: str
    page: ShownValue
    site: ShownValue
    role: str
    """IRI of the role; empty if the mention has none."""
    line: int
    topic: ShownValue | None
    """The topic under which it stands."""
    because: str
    """Why it has the role; empty where nothing says it."""
    data_types: tuple[ShownValue, ...]
    """The types of data that it is recommended for."""


@dataclass(frozen=True, slots=True)
class SameThing:
    """The description of the same thing by another site or a registry."""

    thing: ShownValue
    site: ShownValue | None
    """The site; ``None`` for a thing whose IRI is of no site."""
    relations: tuple[Relation, ...]
    """Its statements with properties of :data:`OF_OTHERS`."""


@dataclass(frozen=True, slots=True)
class ThingPart:
    """A part of the thing with its own IRI, shown on the thing's page."""

    iri: str
    label: str
    relations: tuple[Relation, ...]


@dataclass(frozen=True, slots=True)
class ThingPage:
    """A thing and the statements about it."""

    iri: str
    title: ShownValue
    descriptions: tuple[ShownValue, ...]
    types: tuple[ShownValue, ...]
    """Kinds in the words of the search, and narrower classes; ``relations`` has all classes."""
    relations: tuple[Relation, ...]
    """Statements with the thing as subject, in display order."""
    inverse: tuple[Relation, ...]
    """Statements with the thing as object."""
    mentions: tuple[ThingMention, ...]
    """First mentions."""
    mentioned: int
    """Number of all mentions."""
    parts: tuple[ThingPart, ...]
    sources: tuple[StatementSource, ...]
    """Named graphs of the statements."""
    same: tuple[SameThing, ...] = ()
    """Entries for the same thing; their mentions are among those of the thing."""

    def values(self, *properties: str) -> tuple[ShownValue, ...]:
        """Return the values of properties, in the order of the arguments."""
        return tuple(value for prop in properties for one in self.relations if one.iri == prop for value in one.values)

    def is_a(self, cls: str) -> bool:
        """Return whether the thing is an instance of a class."""
        return any(each.iri == cls for each in self.values(RDF.type))


def find(service: Service, iri: str) -> ThingPage | None:
    """Return the thing with an IRI, or ``None`` if the graph has no statements about it.

    Raises:
        QueryError: when the pool cannot answer.
    """
    outgoing, numbers = statements_about(service, iri, _OF_MENTIONS)
    inverse, inverse_numbers = statements_to(service, iri, _OF_MENTIONS)
    same = _same(service, iri, outgoing, inverse)
    mentions = mentions_of(service, [iri, *same]) if same or RDM.target in inverse_numbers else []
    described = facts_of(service, same, OF_OTHERS) if same else []
    fragments = _fragments(iri, outgoing, inverse)
    parts = parts_of(service, fragments) if fragments else {}
    if not numbers and not inverse_numbers and not parts:
        return None
    every = [*outgoing, *inverse, *described, *mentions, *(row for rows in parts.values() for row in rows)]
    graphs = {graph for row in (*outgoing, *inverse, *described) for graph in text(row, "graphs").split()}
    sites = {site for each in (*same, *graphs, *_iris(every, "o")) if (site := _site_of(each))}
    names = names_of(service, {iri, *parts, *sites, *_iris(every, "o", "page", "site", "topic", "data")})
    sources = _sources(service, graphs, mentions, names)
    show = _Shown(names, words_of(service, _iris(every, "p", "o")))
    sources_of_row = partial(_sources_of_row, sources)
    relations = show.relations(outgoing, numbers, sources_of_row)
    return ThingPage(
        iri=iri,
        title=show.title(iri, {one.iri: one.values for one in relations}),
        descriptions=tuple(value for one in relations if one.iri in DESCRIPTIONS for value in one.values),
        types=_main_types([value for one in relations if one.iri == RDF.type for value in one.values]),
        relations=relations,
        inverse=show.relations(inverse, inverse_numbers, sources_of_row),
        mentions=tuple(show.mention(list(found)) for _, found in groupby(mentions, lambda row: text(row, "m"))),
        mentioned=number_of_mentions(service, [iri, *same]) if same else inverse_numbers.get(RDM.target, 0),
        parts=tuple(ThingPart(part, show.name(part), show.relations(rows)) for part, rows in parts.items()),
        sources=tuple(sorted(sources.values(), key=lambda source: (not source.path, source.path, source.graph))),
        same=tuple(show.same(each, _site_of(each), described, sources_of_row) for each in same),
    )


def contributing_people(service: Service, thing: ThingPage) -> list[ShownValue]:
    """Return the people among the contributors of a thing; the others are organisations."""
    contributors = thing.values(DCT.contributor)
    people = people_of(service, (each.iri for each in contributors)) if contributors else set()
    return [each for each in contributors if each.iri in people]


def _same(service: Service, iri: str, outgoing: Iterable[Row], inverse: Iterable[Row]) -> list[str]:
    """Return the entries for the same thing: exact matches between sites, and an entry of a site with its record.

    A record is the entry in a registry that a site says is the same; it counts if the graph has a name for it.
    """
    joined = [text(row, "o") for row in outgoing if _is_join(row)]
    entries = [other for row in inverse if (other := _said_to_be_same(row)).startswith(BASE)]
    records = [other for row in outgoing if (other := _said_to_be_same(row))] if iri.startswith(BASE) else []
    named = names_of(service, records) if records else {}
    return list(dict.fromkeys((*joined, *entries, *(record for record in records if record in named))))


def _said_to_be_same(row: Row) -> str:
    return text(row, "o") if text(row, "p") == SCHEMA.sameAs and row["o"]["type"] == "uri" else ""


def _is_join(row: Row) -> bool:
    return text(row, "p") == SKOS.exactMatch and JOINS_GRAPH in text(row, "graphs").split()


def _site_of(iri: str) -> str:
    """Return the IRI of the catalogue of the site that minted an IRI; empty for other IRIs."""
    return BASE + re.split("[/#]", iri.removeprefix(BASE))[0] if iri.startswith(BASE) else ""


def _sources_of_row(sources: Mapping[str, StatementSource], row: Row) -> list[StatementSource]:
    return [sources[graph] for graph in sorted(text(row, "graphs").split())]


def _main_types(types: Sequence[ShownValue]) -> tuple[ShownValue, ...]:
    """Return the kinds of the search, then the other classes of our ontology without their superclasses.

    All classes where there are none of either; a general one is left out where there are others.
    """
    kinds = [kind for kind in kinds_of({each.iri for each in types}) if kind.name not in MINOR]
    of_kinds = {cls for kind in kinds for cls in kind.classes}
    ours = [each for each in types if each.iri.startswith(RDM.base)]
    above = {upper for each in (*of_kinds, *(each.iri for each in ours)) for upper in _superclasses(each)}
    narrow = [each for each in ours if each.iri not in above | of_kinds]
    if not kinds and not narrow:
        return tuple([each for each in types if each.iri != FOAF.Agent] or types)
    return (*(ShownValue(kind.label, kind.classes[0]) for kind in kinds), *narrow)


def _superclasses(iri: str) -> Iterable[str]:
    return DECLARATIONS.get(iri, {}).get(RDFS.subClassOf, ())


def _fragments(iri: str, outgoing: Sequence[Row], inverse: Sequence[Row]) -> set[str]:
    """Return the IRIs of possible parts without mentions; an IRI with a fragment has identifiers only.

    Identifiers (adms:identifier) are parts of the thing, whatever their IRI is.
    """
    identifiers = {
        text(row, "o") for row in outgoing if text(row, "p") == ADMS.identifier and row["o"]["type"] == "uri"
    }
    if "#" in iri:
        return identifiers
    linked = {other for row in (*outgoing, *inverse) if (other := text(row, "o")).startswith(f"{iri}#")}
    places = {part for part in linked if not part.startswith(f"{iri}#m-")}
    return identifiers | places | {f"{iri}#{name}" for name in _NAMELESS_PARTS}


def _iris(rows: Iterable[Row], *variables: str) -> set[str]:
    terms = (row[name] for row in rows for name in variables if name in row)
    return {term["value"] for term in terms if term["type"] == "uri"}


def _sources(
    service: Service, graphs: Iterable[str], mentions: Iterable[Row], names: Mapping[str, str]
) -> dict[str, StatementSource]:
    """Return a mapping from the IRI of each named graph to its source, with the lines that mention the thing."""
    lines = defaultdict[str, set[int]](set)
    for row in mentions:
        lines[text(row, "g")].add(int(text(row, "line")))
    files = sources_of(service, graphs)
    return {
        graph: _source(graph, names.get(_site_of(graph), ""), files.get(graph, {}), lines[graph])
        for graph in sorted(graphs)
    }


def _source(graph: str, site: str, file: Row, lines: Iterable[int]) -> StatementSource:
    path, commit, page = (text(file, name) for name in ("path", "commit", "page"))
    return StatementSource(graph, site, path, commit, page, tuple(sorted(lines)))


class _Shown:
    """Converts rows of query results to values with labels."""

    def __init__(self, names: Mapping[str, str], words: Mapping[str, tuple[str, str]]) -> None:
        self._names, self._words = names, words

    def name(self, iri: str) -> str:
        """Return the display name of a thing, class or property."""
        return self._names.get(iri) or self._words.get(iri, ("", ""))[0] or in_words(iri)

    def title(self, iri: str, said: Mapping[str, Sequence[ShownValue]]) -> ShownValue:
        """Return the title of a thing of which so much is said; a commit and a match have no name, but words."""
        named = next((said[prop][0] for prop in NAMES if prop in said), None)
        if named:
            return named
        if any(each.iri == PROV.Activity for each in said.get(RDF.type, ())):
            ended = said.get(PROV.endedAtTime)
            site, time = self._names.get(_site_of(iri)), date_in_words(ended[0].label) if ended else ""
            words = f"{self.name(iri)} of {site}" if site else self.name(iri)
            return ShownValue(", ".join(filter(None, (words[:1].upper() + words[1:], time))))
        if OWL.annotatedSource in said and OWL.annotatedTarget in said:
            sides = (said[prop][0].iri for prop in (OWL.annotatedSource, OWL.annotatedTarget))
            return ShownValue(f"Match of {' and '.join(map(self._with_site, sides))}")
        return ShownValue(self.name(iri))

    def _with_site(self, iri: str) -> str:
        site = self._names.get(_site_of(iri))
        return f"{self.name(iri)} ({site})" if site else self.name(iri)

    def relations(
        self,
        rows: Iterable[Row],
        numbers: Mapping[str, int] | None = None,
        sources: Callable[[Row], Sequence[StatementSource]] = lambda row: (),
    ) -> tuple[Relation, ...]:
        """Return the rows grouped by property, in display order."""
        values = defaultdict[str, list[ShownValue]](list)
        for row in rows:
            values[text(row, "p")].append(self._value(row, sources(row)))
        return tuple(
            self._relation(prop, (numbers or {}).get(prop, len(found)), found)
            for prop, found in sorted(values.items(), key=lambda item: reading_order(item[0]))
        )

    def _relation(self, prop: str, number: int, found: Sequence[ShownValue]) -> Relation:
        label, meaning = self.name(prop), self._words.get(prop, ("", ""))[1]
        return Relation(prop, label, backwards(prop, label), meaning, number, tuple(self._told_apart(found)))

    def _told_apart(self, values: Sequence[ShownValue]) -> Iterator[ShownValue]:
        """Yield the values; those of one name have the names of their sites as well."""
        times = Counter(value.label for value in values)
        for value in values:
            site = _site_of(value.iri) if times[value.label] > 1 else ""
            yield replace(value, label=f"{value.label} ({self.name(site)})") if site else value

    def mention(self, rows: Sequence[Row]) -> ThingMention:
        """Return the mention in the rows of its types of data."""
        row = rows[0]
        return ThingMention(
            iri=text(row, "m"),
            page=self.named(text(row, "page")),
            site=self.named(text(row, "site")),
            role=text(row, "role"),
            line=int(text(row, "line")),
            topic=self.named(text(row, "topic")) if "topic" in row else None,
            because=text(row, "because"),
            data_types=tuple(self.named(text(one, "data")) for one in rows if "data" in one),
        )

    def same(
        self, iri: str, site: str, described: Iterable[Row], sources: Callable[[Row], Sequence[StatementSource]]
    ) -> SameThing:
        """Return an exact match of the thing with what is said of it."""
        relations = self.relations([row for row in described if text(row, "thing") == iri], sources=sources)
        return SameThing(self.named(iri), self.named(site) if site else None, relations)

    def named(self, iri: str) -> ShownValue:
        """Return a thing with its display name."""
        return ShownValue(self.name(iri), iri)

    def _value(self, row: Row, sources: Sequence[StatementSource]) -> ShownValue:
        term = row["o"]
        if term["type"] == "uri":
            return ShownValue(self.name(term["value"]), term["value"], "", tuple(sources))
        return ShownValue(str(term["value"]), "", term.get("xml:lang", ""), tuple(sources))
