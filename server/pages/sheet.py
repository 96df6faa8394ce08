"""View model of a page of a site: its text, cards of mentions, topics, findings, similar sheets, citation and more."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

from kg.page_html import schema_org as markup
from kg.query import canned
from kg.query.rows import Row, text, values
from kg.query.text import iri_term
from kg.roles import recommending
from kg.roles import roles as known_roles
from kg.vocab import DCAT, DCT, ELI, PREFIXES, RDM, ROLE, SCHEMA
from server.pages.lines import FileInRepository, block_ids, in_repository, page_text
from server.pages.resources import DescribedResource, described_resources
from server.pages.rows import answer, rows
from server.pages.statements import names_of
from server.pages.thing import ShownValue, StatementSource, ThingPage, contributing_people
from server.service import Service

_GROUPS = {
    heading: tuple(role.name for role in known_roles().values() if cls in role.classes)
    for heading, cls in {
        "Standards": RDM.Standard,
        "Repositories": RDM.Repository,
        "Laws and rules": ELI.LegalResource,
        "Services": RDM.Service,
        "Tools": RDM.Tool,
    }.items()
}
"""Heading of a card → names of the roles of its mentions, in order."""
_FAIRSHARING = PREFIXES["fairsharing"]
_MENTIONS = """SELECT ?m ?role ?target ?label ?line ?openness ?link ?tag ?topic ?because ?type {
  %s rdm:hasMention ?m . ?m rdfs:label ?label ; rdm:sourceLine ?line .
  OPTIONAL { ?m rdm:role ?role } OPTIONAL { ?m rdm:target ?target }
  OPTIONAL { ?m rdm:openness ?openness } OPTIONAL { ?m rdm:linkAsWritten ?link } OPTIONAL { ?m rdm:toolTag ?tag }
  OPTIONAL { ?m rdm:topic ?topic } OPTIONAL { ?m rdm:because ?because }
  OPTIONAL { ?m rdm:forDataType/skos:prefLabel ?type }
} ORDER BY ?line ?m LIMIT 2000"""
_TOPICS = """SELECT ?topic ?title ?above {
  ?topic a rdm:Topic ; schema:isPartOf %s ; dct:title ?title . OPTIONAL { ?topic skos:broader ?above }
} ORDER BY ?title ?topic LIMIT 500"""


@dataclass(frozen=True, slots=True, order=True)
class PagePlace:
    """A place in the page that names a thing."""

    line: int
    """Of the file."""
    mention: str
    """IRI of the mention there."""
    topic: str
    """IRI of the topic, empty outside of one."""
    because: str
    """Why the mention has its role; empty where nothing says it."""


@dataclass(frozen=True, slots=True)
class Item:
    """A mentioned thing on a card."""

    iri: str
    label: str
    written: str
    """Name on the page, if it differs from ``label``; else empty."""
    roles: tuple[str, ...]
    """In words."""
    openness: str
    data_types: tuple[str, ...]
    """Names of the types of data that the page recommends it for."""
    identifiers: tuple[str, ...]
    places: tuple[PagePlace, ...]
    """By line."""

    @property
    def places_by_topic(self) -> list[tuple[str, list[PagePlace]]]:
        """The places that follow each other under a topic, with its IRI."""
        return [(topic, list(places)) for topic, places in groupby(self.places, key=lambda place: place.topic)]


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of a guidance page."""

    iri: str
    title: str
    recommended: Mapping[str, Sequence[Item]]
    """Role in words → the things that the page recommends under it."""
    narrower: tuple[Topic, ...]


@dataclass(frozen=True, slots=True)
class SimilarSheet:
    """Another sheet with shared recommendations."""

    iri: str
    title: str
    shared: str
    standards: str


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding of the check of the page's file."""

    line: int
    severity: str
    rule: str
    message: str
    place: str = ""
    """``id`` of the block of the text with the line; empty if there is none, such as for front matter."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The data of a page of a site beyond those of any thing."""

    html: str | None
    """Text as HTML, sanitised when the release was built; ``None`` if the release has none."""
    markup: str | None
    """JSON-LD for search engines, escaped for a script element."""
    cards: Mapping[str, Sequence[Item]]
    topics: tuple[Topic, ...]
    """Those below no other, in the order of the text."""
    titles: Mapping[str, str]
    """IRI of a topic → its title."""
    mentions: tuple[tuple[str, int, str, str], ...]
    """IRI, line, label and link or tool of each mention that has no anchor in the text."""
    resources: tuple[DescribedResource, ...]
    """Those that its front matter describes."""
    findings: tuple[ShownFinding, ...]
    similar: tuple[SimilarSheet, ...]
    authors: tuple[ShownValue, ...]
    """People: contributors, then editors, each once."""
    source: StatementSource | None
    """File of the page."""
    file: FileInRepository | None
    """The file as the release has it, if the site's repository is known."""
    templates: tuple[ShownValue, ...]
    """Templates of data management plans, with their URLs as IRIs."""
    citation: str


def sheet_of(service: Service, thing: ThingPage) -> Sheet:
    """Return the data of the page of ``thing``, which is a page of a site.

    Raises:
        QueryError: when the pool cannot answer.
    """
    release = service.current.release
    html = page_text(release, thing.iri)
    mentions = rows(service, _MENTIONS % iri_term(thing.iri))
    people = contributing_people(service, thing)
    items = _items(service, mentions)
    topics = rows(service, _TOPICS % iri_term(thing.iri))
    source = next((each for each in thing.sources if each.graph == f"{thing.iri}#graph"), None)
    return Sheet(
        html=html,
        markup=markup.page_markup(thing.iri, answer(service, markup.query(thing.iri))),
        cards=items.cards(),
        topics=_topics(topics, items, html or ""),
        titles={text(row, "topic"): text(row, "title") for row in topics},
        mentions=tuple(
            (text(row, "m"), int(text(row, "line")), text(row, "label"), text(row, "link") or text(row, "tag"))
            for row in mentions
            if f'id="{text(row, "m").partition("#")[2]}"' not in (html or "")
        ),
        resources=described_resources(service, thing.iri),
        findings=_placed(_findings(release.folder).get(thing.iri, ()), html or ""),
        similar=_similar(service, thing) if thing.is_a(RDM.CheatSheet) else (),
        authors=tuple({each.iri: each for each in (*people, *thing.values(SCHEMA.editor))}.values()),
        source=source,
        file=in_repository(release, thing.iri, source.path, source.page) if source else None,
        templates=_addressed(service, thing.values(RDM.dmpTemplate)),
        citation=_citation(thing, people),
    )


@dataclass(frozen=True, slots=True)
class _Items:
    """Turns the mentions of a page into the things on its cards."""

    by_role: Mapping[str, Mapping[str, Sequence[Row]]]
    """Role → target → mentions."""
    names: Mapping[str, str]
    identifiers: Mapping[str, Sequence[str]]

    def cards(self) -> Mapping[str, Sequence[Item]]:
        """Return the things of each card, those of its first role first."""
        return {
            heading: [
                self._item(target, [role for role in roles if target in self.by_role.get(role, {})])
                for target in dict.fromkeys(target for role in roles for target in self.by_role.get(role, {}))
            ]
            for heading, roles in _GROUPS.items()
        }

    def of_topic(self, topic: str) -> Mapping[str, Sequence[Item]]:
        """Return what is recommended under a topic, by role in words."""
        found = {
            role.label: [
                self._item(target, [role.name], topic)
                for target, mentions in self.by_role.get(role.name, {}).items()
                if any(text(row, "topic") == topic for row in mentions)
            ]
            for role in recommending()
        }
        return {role: items for role, items in found.items() if items}

    def _item(self, target: str, roles: Sequence[str], topic: str = "") -> Item:
        found = [row for role in roles for row in self.by_role[role][target] if topic in ("", text(row, "topic"))]
        written, name = text(found[0], "label"), self.names.get(target, text(found[0], "label"))
        openness = next((value for row in found if (value := text(row, "openness"))), "")
        known = [each for each in self.identifiers.get(target, ()) if each not in (name, written)]
        label, also = (written, "") if name in written else (name, "" if written in name else written)
        types = tuple(dict.fromkeys(filter(None, (text(row, "type") for row in found))))
        return Item(
            iri=target,
            label=label,
            written=also,
            roles=tuple(known_roles()[role].label for role in roles),
            openness=openness,
            data_types=types,
            identifiers=tuple(known),
            places=tuple(sorted({*map(_place, found)})),
        )


def _items(service: Service, mentions: Iterable[Row]) -> _Items:
    by_role = defaultdict[str, dict[str, list[Row]]](lambda: defaultdict(list))
    for row in mentions:
        if target := text(row, "target"):
            by_role[text(row, "role").removeprefix(ROLE.base)][target].append(row)
    shown = {target for group in _GROUPS.values() for role in group for target in by_role.get(role, ())}
    return _Items(by_role, names_of(service, shown), _identifiers(service, shown))


def _place(row: Row) -> PagePlace:
    return PagePlace(int(text(row, "line")), *(text(row, name) for name in ("m", "topic", "because")))


def _topics(found: Iterable[Row], items: _Items, html: str) -> tuple[Topic, ...]:
    """Return the topics below no other, each with those below it, in the order of the text."""
    below = defaultdict[str, list[tuple[str, str]]](list)
    for row in sorted(found, key=lambda row: _offset(text(row, "topic"), html)):
        below[text(row, "above")].append((text(row, "topic"), text(row, "title")))

    def under(above: str) -> tuple[Topic, ...]:
        return tuple(Topic(iri, title, items.of_topic(iri), under(iri)) for iri, title in below[above])

    return under("")


def _offset(iri: str, html: str) -> int:
    """Return where a text has the place of an IRI; its end where it has none."""
    at = html.find(f'id="{iri.partition("#")[2]}"')
    return at if at >= 0 else len(html)


def _identifiers(service: Service, iris: Iterable[str]) -> Mapping[str, Sequence[str]]:
    found = defaultdict[str, list[str]](list)
    query = f"SELECT DISTINCT ?s ?id {{ {values('s', iris)} ?s dct:identifier|(adms:identifier/skos:notation) ?id }}"
    for row in sorted(rows(service, query), key=lambda row: (text(row, "id").isdecimal(), text(row, "id"))):
        is_number = text(row, "id").isdecimal() and text(row, "s").startswith(_FAIRSHARING)
        found[text(row, "s")].append(f"FAIRsharing {text(row, 'id')}" if is_number else text(row, "id"))
    return found


def _similar(service: Service, thing: ThingPage) -> tuple[SimilarSheet, ...]:
    found = rows(service, canned.load("similar-sheets").fill(page=thing.iri))
    return tuple(
        SimilarSheet(*(text(row, name) for name in ("other", "other_title", "shared", "standards"))) for row in found
    )


def _addressed(service: Service, things: Iterable[ShownValue]) -> tuple[ShownValue, ...]:
    """Return the things with their IRI replaced by their URL on the web, if they have one."""
    query = f"SELECT ?s (MIN(STR(?at)) AS ?address) {{ {values('s', (each.iri for each in things))} "
    found = rows(service, query + "?s foaf:page|schema:url|foaf:homepage|dcat:landingPage ?at } GROUP BY ?s")
    addresses = {text(row, "s"): text(row, "address") for row in found}
    return tuple(ShownValue(each.label, addresses.get(each.iri, each.iri)) for each in things)


@lru_cache(maxsize=2)
def _findings(release: Path) -> Mapping[str, tuple[ShownFinding, ...]]:
    """Return a mapping from IRIs of pages to the findings in the release's report."""
    found: dict[str, tuple[ShownFinding, ...]] = {}
    file = release / "report.json"
    sites = json.loads(file.read_text(encoding="utf-8"))["sites"] if file.is_file() else []
    for site in sites:
        by_path = defaultdict[str, list[ShownFinding]](list)
        for each in site["findings"]:
            by_path[each["path"]].append(_finding(each))
        found.update({page["iri"]: tuple(by_path[page["path"]]) for page in site["pages"]})
    return found


def _finding(facts: Mapping[str, Any]) -> ShownFinding:
    return ShownFinding(facts["line"], facts["severity"], facts["rule"], facts["message"])


def _placed(findings: Sequence[ShownFinding], html: str) -> tuple[ShownFinding, ...]:
    """Return the findings, each with the ``id`` of the block of the text with its line."""
    places = block_ids(html, {each.line for each in findings})
    return tuple(replace(each, place=places[each.line]) for each in findings)


def _citation(thing: ThingPage, authors: Iterable[ShownValue]) -> str:
    """Return a citation: authors, year, title, site and URL, as far as the graph has them."""
    people = ", ".join(author.label for author in authors)
    changed = next((value.label[:4] for value in thing.values(DCT.modified, DCT.issued)), "")
    site = next((value.label for value in thing.values(SCHEMA.isPartOf)), "")
    address = next((value.iri for value in thing.values(DCAT.landingPage)), thing.iri)
    who = f"{people} ({changed})" if people and changed else people or changed
    return ". ".join(part for part in (who, thing.title.label, site, address) if part)
