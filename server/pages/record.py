"""View model of a thing's page: what people look for about it, in the order in which they read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from kg.roles import Role, recommending_properties, roles
from kg.vocab import (
    ADMS,
    DCAT,
    DCT,
    DESCRIPTIONS,
    FOAF,
    OWL,
    RDF,
    RDFS,
    RDM,
    ROLE,
    SCHEMA,
    SKOS,
    TITLES,
)
from server.pages.thing import Relation, ShownValue, ThingMention, ThingPage
from server.pages.words import address, kind_in_words, registry

_NAMES = (*TITLES, SKOS.altLabel, SKOS.notation)
_SUBJECTS = (DCAT.keyword, SCHEMA.keywords, DCT.subject, RDM.coversDataType)
_HOME_PAGES = (FOAF.homepage, SCHEMA.url, DCAT.landingPage, FOAF.page)
_MATCHES = (SKOS.exactMatch, SKOS.closeMatch, OWL.sameAs, SCHEMA.sameAs, RDFS.seeAlso)
_AGENTS = (
    *(DCT.creator, DCT.contributor, SCHEMA.editor, RDM.coordinator, SCHEMA.affiliation, SCHEMA.provider),
    *(DCT.publisher, SCHEMA.sponsor, DCAT.contactPoint, DCT.spatial),
)
"""Properties whose values are people, organisations and places."""
_RECOMMENDED = frozenset({*recommending_properties(), RDM.recommendedBy, RDM.citesLegislation, SCHEMA.mentions})
"""Properties that the tables of mentions show."""
_DATA_ALONE = frozenset({RDF.type, ADMS.identifier, RDFS.isDefinedBy, OWL.annotatedSource, OWL.annotatedTarget})
"""Properties that people learn nothing from."""

_BACK_ALONE = frozenset(
    {RDM.recommendedBy, DCAT.dataset, DCAT.catalog, DCAT.accessURL, DCAT.landingPage, DCAT.servesDataset}
)
"""Properties whose subjects people learn nothing from: what a page itself recommends, and how its data is published."""


@dataclass(frozen=True, slots=True)
class Button:
    """A link to where the thing is on the web."""

    label: str
    iri: str


@dataclass(frozen=True, slots=True)
class MentionPlaces:
    """The lines of a page, or of a topic of it, at which the thing has one role."""

    first: ThingMention
    lines: tuple[ThingMention, ...]
    """One mention of each line."""
    role: Role | None
    data_types: tuple[ShownValue, ...]
    reasons: tuple[str, ...]
    """Why it has the role."""


@dataclass(frozen=True, slots=True)
class ThingRecord:
    """A thing as people read of it."""

    also_called: tuple[ShownValue, ...]
    """Other names: those in English or in no language first, of these the shortest."""
    descriptions: tuple[ShownValue, ...]
    """Its own; those of its exact matches where it has none."""
    buttons: tuple[Button, ...]
    subjects: tuple[ShownValue, ...]
    facts: tuple[Relation, ...]
    recommended: tuple[MentionPlaces, ...]
    mentioned: tuple[MentionPlaces, ...]
    """Where it is named without being recommended."""
    elsewhere: tuple[Relation, ...]
    """Equal and similar things that have a name in the graph, or that no button leads to."""
    agents: tuple[Relation, ...]
    """People, organisations and places."""
    leads_here: tuple[Relation, ...]
    """Other things that the thing is related to, in words from its side."""


def record_of(thing: ThingPage) -> ThingRecord:
    """Return what people look for about a thing."""
    relations = {relation.iri: relation for relation in thing.relations}
    of_others = [relation for same in thing.same for relation in same.relations]
    buttons = _buttons(thing, of_others)
    same = {each.thing.iri for each in thing.same}
    led_to = {button.iri for button in buttons} | same
    matching = thing.values(*_MATCHES)
    described = {value.iri for value in matching if value.iri and value.is_named} - same
    places = _places(thing.mentions)
    shown = {*_NAMES, *DESCRIPTIONS, *_SUBJECTS, *_HOME_PAGES, *_MATCHES, *_AGENTS, *_RECOMMENDED, *_DATA_ALONE}
    back = [
        replace(one, label=one.backwards, is_inverse=True)
        for one in thing.inverse
        if one.iri not in _DATA_ALONE | _BACK_ALONE
    ]
    return ThingRecord(
        also_called=_other_names(thing),
        descriptions=thing.descriptions or _values(of_others, DESCRIPTIONS),
        buttons=buttons,
        subjects=_distinct(each for each in thing.values(*_SUBJECTS) if each.label != thing.title.label),
        facts=_without({thing.iri}, (_with_kinds(one) for iri, one in relations.items() if iri not in shown)),
        recommended=tuple(each for each in places if each.role and each.role.recommends),
        mentioned=tuple(each for each in places if not (each.role and each.role.recommends)),
        elsewhere=_each_once(led_to - described, (relations[iri] for iri in _MATCHES if iri in relations)),
        agents=(
            *(one for iri, one in relations.items() if iri in _AGENTS),
            *(one for one in back if one.iri in _AGENTS),
        ),
        leads_here=_without(
            led_to | {value.iri for value in matching},
            (one for one in back if one.iri not in _AGENTS and not (thing.mentions and one.iri in _RECOMMENDED)),
        ),
    )


def _other_names(thing: ThingPage) -> tuple[ShownValue, ...]:
    names = {value.label.casefold(): value for value in reversed(thing.values(*_NAMES))}
    names.pop(thing.title.label.casefold(), None)
    return tuple(
        sorted(names.values(), key=lambda each: (each.language not in ("", "en"), len(each.label), each.label))
    )


def _buttons(thing: ThingPage, of_others: Iterable[Relation]) -> tuple[Button, ...]:
    """Return the first home page, then the entries in registries or the original page, each address once."""
    relations = [*thing.relations, *of_others]
    pages = [value.iri for value in _values(relations, _HOME_PAGES) if value.iri]
    here = ShownValue(thing.title.label, thing.iri)
    entries = [
        Button(name, value.iri)
        for value in (here, *_values(relations, _MATCHES))
        if (name := registry(value.iri) or ("The original" if value is here and here.is_elsewhere else None))
    ]
    found: dict[str, Button] = {}
    for button in (*(Button(f"Home page {urlsplit(page).netloc}", page) for page in pages[:1]), *entries):
        found.setdefault(address(button.iri), button)
    return tuple(found.values())


def _values(relations: Iterable[Relation], properties: Iterable[str]) -> tuple[ShownValue, ...]:
    by_property = [(one.iri, one.values) for one in relations]
    return tuple(value for prop in properties for iri, values in by_property if iri == prop for value in values)


def _distinct(values: Iterable[ShownValue]) -> tuple[ShownValue, ...]:
    return tuple({value.label.casefold(): value for value in values}.values())


def _without(iris: set[str], relations: Iterable[Relation]) -> tuple[Relation, ...]:
    """Return the relations without these values, and without those that have no others."""
    kept = ((one, tuple(each for each in one.values if (each.iri or each.label) not in iris)) for one in relations)
    return tuple(
        replace(one, values=values, number=one.number - len(one.values) + len(values)) for one, values in kept if values
    )


def _with_kinds(relation: Relation) -> Relation:
    """Return a relation with the names that sites give to kinds in words."""
    if relation.iri != DCT.type:
        return relation
    values = (each if each.iri else replace(each, label=kind_in_words(each.label)) for each in relation.values)
    return replace(relation, values=tuple(values))


def _each_once(iris: set[str], relations: Iterable[Relation]) -> tuple[Relation, ...]:
    """Return the relations without these values, each other value in the first that has it."""
    kept: list[Relation] = []
    for one in relations:
        kept += _without(iris | {value.iri for earlier in kept for value in earlier.values}, [one])
    return tuple(kept)


def _places(mentions: Iterable[ThingMention]) -> tuple[MentionPlaces, ...]:
    found = defaultdict[tuple[str, str, str], list[ThingMention]](list)
    for each in mentions:
        found[each.page.iri, each.topic.iri if each.topic else "", each.role].append(each)
    return tuple(map(_at, found.values()))


def _at(lines: Sequence[ThingMention]) -> MentionPlaces:
    return MentionPlaces(
        first=lines[0],
        lines=tuple({each.line: each for each in lines}.values()),
        role=roles().get(lines[0].role.removeprefix(ROLE.base)),
        data_types=_distinct(each for line in lines for each in line.data_types),
        reasons=tuple(dict.fromkeys(line.because for line in lines if line.because)),
    )
