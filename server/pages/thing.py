"""View model of a thing: title, types, statements with it as subject and object, mentions, parts and sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from kg.declarations import DECLARATIONS
from kg.iri import is_web_address
from kg.query.rows import Row, text
from kg.vocab import (
    ADMS,
    BASE,
    DCT,
    DESCRIPTIONS,
    INFERRED_GRAPH,
    JOINS_GRAPH,
    RDF,
    RDFS,
    RDM,
    SKOS,
    TITLES,
    prefixed_name,
)
from server.pages.properties import NAMES, reading_order
from server.pages.statements import (
    descriptions_of,
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
from server.service import Service

_OF_MENTIONS = frozenset({RDM.target, RDM.hasMention, RDM.hasRecommendation, RDM.about, RDM.forDataType})
"""Properties of mentions, which are shown in a table of their own."""
_NAMELESS_PARTS = ("graph", "2", "3")
"""Fragments of parts that no statement may link to: a page's graph, and things with a duplicate id."""


@dataclass(frozen=True, slots=True)
class StatementSource:
    """A named graph, and the file from which it was made."""

    graph: str
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
        ('the reasoner', 'fairsharing')
        """
        if self.graph == INFERRED_GRAPH:
            return "the reasoner"
        return self.path or self.graph.removesuffix("#graph").rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class ShownValue:
    """A value of a property, or the subject of an inverse one."""

    label: str
    iri: str = ""
    """IRI; empty for a literal."""
    language: str = ""
    sources: tuple[StatementSource, ...] = ()

    @property
    def is_elsewhere(self) -> bool:
        """True if the IRI is a URL outside of our namespace."""
        return is_web_address(self.iri) and not self.iri.startswith(BASE.removesuffix("id/"))


@dataclass(frozen=True, slots=True)
class Relation:
    """A property with its values, or an inverse property with its subjects."""

    iri: str
    label: str
    meaning: str
    number: int
    values: tuple[ShownValue, ...]


@dataclass(frozen=True, slots=True)
class ThingMention:
    """A mention of the thing on a page."""

    iri: str
    page: ShownValue
    site: ShownValue
    label: str
    link: str
    """Link or tool tag as written; empty if the thing is named without one."""
    role: str
    """IRI of the role; empty if the mention has none."""
    line: int
    topic: ShownValue | None
    """The topic under which it stands."""
    because: str
    """Why it has the role; empty where nothing says it."""


@dataclass(frozen=True, slots=True)
class SameThing:
    """The description of the same thing by another site or a registry."""

    thing: ShownValue
    site: ShownValue | None
    """The site; ``None`` for a thing whose IRI is of no site."""
    descriptions: tuple[ShownValue, ...]


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
    """Narrowest classes of our ontology, or others if it has none of ours; ``relations`` has all classes."""
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
    """Exact matches of the thing; their mentions are among those of the thing."""

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
    same = [text(row, "o") for row in outgoing if _is_join(row)]
    mentions = mentions_of(service, [iri, *same]) if same or RDM.target in inverse_numbers else []
    described = descriptions_of(service, same) if same else []
    fragments = _fragments(iri, outgoing, inverse)
    parts = parts_of(service, fragments) if fragments else {}
    if not numbers and not inverse_numbers and not parts:
        return None
    every = [*outgoing, *inverse, *mentions, *(row for rows in parts.values() for row in rows)]
    sources = _sources(service, [*outgoing, *described], mentions)
    sites = {site for each in same if (site := _site_of(each))}
    names = names_of(service, {iri, *parts, *sites, *_iris(every, "o", "page", "site", "topic")})
    show = _Shown(names, words_of(service, _iris(every, "p", "o")))
    sources_of_row = partial(_sources_of_row, sources)
    relations = show.relations(outgoing, numbers, sources_of_row)
    title = next((value for prop in NAMES for one in relations if one.iri == prop for value in one.values), None)
    apart = {*DESCRIPTIONS, *TITLES, *_OF_MENTIONS}
    return ThingPage(
        iri=iri,
        title=title or ShownValue(show.name(iri)),
        descriptions=tuple(value for one in relations if one.iri in DESCRIPTIONS for value in one.values),
        types=_main_types([value for one in relations if one.iri == RDF.type for value in one.values]),
        relations=tuple(one for one in relations if one.iri not in apart),
        inverse=show.relations(inverse, inverse_numbers),
        mentions=tuple(show.mention(row) for row in mentions),
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


def _is_join(row: Row) -> bool:
    return text(row, "p") == SKOS.exactMatch and JOINS_GRAPH in text(row, "graphs").split()


def _site_of(iri: str) -> str:
    """Return the IRI of the catalogue of the site that minted an IRI; empty for other IRIs."""
    return BASE + iri.removeprefix(BASE).partition("/")[0] if iri.startswith(BASE) else ""


def _sources_of_row(sources: Mapping[str, StatementSource], row: Row) -> list[StatementSource]:
    return [sources[graph] for graph in text(row, "graphs").split()]


def _main_types(types: Sequence[ShownValue]) -> tuple[ShownValue, ...]:
    """Return the classes of our ontology without their superclasses, or all classes if there are none."""
    ours = [each for each in types if each.iri.startswith(RDM.base)]
    above = {upper for each in ours for upper in DECLARATIONS.get(each.iri, {}).get(RDFS.subClassOf, ())}
    return tuple([each for each in ours if each.iri not in above] or types)


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


def _sources(service: Service, outgoing: Iterable[Row], mentions: Iterable[Row]) -> dict[str, StatementSource]:
    """Return a mapping from the IRI of each named graph to its source, with the lines that mention the thing."""
    lines = defaultdict[str, set[int]](set)
    for row in mentions:
        lines[text(row, "g")].add(int(text(row, "line")))
    graphs = {graph for row in outgoing for graph in text(row, "graphs").split()}
    files = sources_of(service, graphs)
    return {graph: _source(graph, files.get(graph, {}), lines[graph]) for graph in sorted(graphs)}


def _source(graph: str, file: Row, lines: Iterable[int]) -> StatementSource:
    path, commit, page = (text(file, name) for name in ("path", "commit", "page"))
    return StatementSource(graph, path, commit, page, tuple(sorted(lines)))


class _Shown:
    """Converts rows of query results to values with labels."""

    def __init__(self, names: Mapping[str, str], words: Mapping[str, tuple[str, str]]) -> None:
        self._names, self._words = names, words

    def name(self, iri: str) -> str:
        """Return the display name of a thing, class or property."""
        return self._names.get(iri) or self._words.get(iri, ("", ""))[0] or prefixed_name(iri).removeprefix(BASE)

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
            Relation(prop, self.name(prop), self._meaning(prop), (numbers or {}).get(prop, len(found)), tuple(found))
            for prop, found in sorted(values.items(), key=lambda item: reading_order(item[0]))
        )

    def _meaning(self, prop: str) -> str:
        return self._words.get(prop, ("", ""))[1]

    def mention(self, row: Row) -> ThingMention:
        """Return the mention in a row."""
        page, site = (ShownValue(self.name(text(row, end)), text(row, end)) for end in ("page", "site"))
        return ThingMention(
            iri=text(row, "m"),
            page=page,
            site=site,
            label=text(row, "label"),
            link=text(row, "link") or (f'{{% tool "{text(row, "tag")}" %}}' if "tag" in row else ""),
            role=text(row, "role"),
            line=int(text(row, "line")),
            topic=ShownValue(self.name(text(row, "topic")), text(row, "topic")) if "topic" in row else None,
            because=text(row, "because"),
        )

    def same(
        self, iri: str, site: str, described: Iterable[Row], sources: Callable[[Row], Sequence[StatementSource]]
    ) -> SameThing:
        """Return an exact match of the thing with its descriptions."""
        descriptions = (self._value(row, sources(row)) for row in described if text(row, "thing") == iri)
        return SameThing(
            ShownValue(self.name(iri), iri), ShownValue(self.name(site), site) if site else None, tuple(descriptions)
        )

    def _value(self, row: Row, sources: Sequence[StatementSource]) -> ShownValue:
        term = row["o"]
        if term["type"] == "uri":
            return ShownValue(self.name(term["value"]), term["value"], "", tuple(sources))
        return ShownValue(str(term["value"]), "", term.get("xml:lang", ""), tuple(sources))
