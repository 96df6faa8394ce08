"""What stands beside the text of a page of a site: cards, findings, similar sheets, how to cite and to edit it."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from kg.page_html import schema_org as markup
from kg.query import canned
from kg.query.rows import Row, text, values
from kg.query.text import iri_term
from kg.release import text_file
from kg.roles import roles
from kg.vocab import BASE, DCAT, DCT, ELI, RDM, ROLE, SCHEMA
from server.pages.rows import answer, rows
from server.pages.said import names_of
from server.pages.thing import ShownValue, StatementSource, ThingPage
from server.service import Service

_GROUPS = {
    heading: tuple(role.name for role in roles().values() if cls in role.classes)
    for heading, cls in {
        "Standards": RDM.Standard,
        "Repositories": RDM.Repository,
        "Laws and rules": ELI.LegalResource,
        "Services": RDM.Service,
    }.items()
}
"""A card's heading → the roles of the mentions on it, in their order."""
_MENTIONS = """SELECT ?m ?role ?target ?label ?line ?openness ?link {
  %s rdm:hasMention ?m . ?m rdfs:label ?label ; rdm:sourceLine ?line .
  OPTIONAL { ?m rdm:role ?role } OPTIONAL { ?m rdm:target ?target }
  OPTIONAL { ?m rdm:openness ?openness } OPTIONAL { ?m rdm:linkAsWritten ?link }
} ORDER BY ?line ?m LIMIT 2000"""
_BLOCK = re.compile(r'\bid="L(\d+)"')
"""What a part of the text is called after the line where it begins."""
_COMMIT = re.compile(r"(https://github\.com/[\w.-]+/[\w.-]+)/commit/")


@dataclass(frozen=True, slots=True)
class Item:
    """A thing on a card."""

    iri: str
    label: str
    written: str
    """What the page calls it, where that is something else."""
    roles: tuple[str, ...]
    openness: str
    identifiers: tuple[str, ...]
    places: tuple[tuple[int, str], ...]
    """Lines of the file, each with the IRI of the mention there."""


@dataclass(frozen=True, slots=True)
class Similar:
    """Another sheet that recommends the same."""

    iri: str
    title: str
    shared: str
    standards: str


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """What the check says of the page's file."""

    line: int
    severity: str
    rule: str
    message: str
    place: str = ""
    """Identifier of the part of the text that has the line; empty where none has, as of front matter."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the page of a sheet has beyond that of any thing."""

    html: str | None
    """The page's text, sanitised when the release was made; ``None`` where the release has none."""
    markup: str | None
    """JSON-LD for search engines, fit to stand in a script element."""
    cards: Mapping[str, Sequence[Item]]
    mentions: tuple[tuple[str, int, str, str], ...]
    """IRI, line, label and link of each mention that has no place in the text."""
    findings: tuple[ShownFinding, ...]
    similar: tuple[Similar, ...]
    authors: tuple[ShownValue, ...]
    """Contributors, then editors, each once."""
    source: StatementSource | None
    """The file."""
    edit: str | None
    """Where the file can be edited, if the site's repository is known."""
    templates: tuple[ShownValue, ...]
    """Of data management plans, by their address."""
    citation: str


def sheet_of(service: Service, thing: ThingPage) -> Sheet:
    """What the page of ``thing``, a page of a site, shows beside what the graph says of it."""
    release = service.current.release
    html = _text(release.folder, thing.iri)
    mentions = rows(service, _MENTIONS % iri_term(thing.iri))
    source = next((each for each in thing.sources if each.graph == f"{thing.iri}#graph"), None)
    return Sheet(
        html=html,
        markup=markup.page_markup(thing.iri, answer(service, markup.query(thing.iri))),
        cards=_cards(service, mentions),
        mentions=tuple(
            (text(row, "m"), int(text(row, "line")), text(row, "label"), text(row, "link"))
            for row in mentions
            if f'id="{text(row, "m").partition("#")[2]}"' not in (html or "")
        ),
        findings=_placed(_findings(release.folder).get(thing.iri, ()), html or ""),
        similar=_similar(service, thing) if thing.is_a(RDM.CheatSheet) else (),
        authors=tuple({each.iri or each.label: each for each in thing.values(DCT.contributor, SCHEMA.editor)}.values()),
        source=source,
        edit=_edit(source, _folder(release.manifest["sites"], thing.iri)),
        templates=_addressed(service, thing.values(RDM.dmpTemplate)),
        citation=_citation(thing),
    )


def _text(folder: Path, iri: str) -> str | None:
    try:
        return (folder / text_file(iri)).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def _cards(service: Service, mentions: Iterable[Row]) -> Mapping[str, Sequence[Item]]:
    by_role = defaultdict[str, dict[str, list[Row]]](lambda: defaultdict(list))
    for row in mentions:
        by_role[text(row, "role").removeprefix(ROLE.base)][text(row, "target")].append(row)
    shown = {target for roles in _GROUPS.values() for role in roles for target in by_role[role] if target}
    names, identifiers = names_of(service, shown), _identifiers(service, shown)
    return {
        heading: [
            _item(target, [role for role in roles if target in by_role[role]], by_role, names, identifiers)
            for target in dict.fromkeys(target for role in roles for target in by_role[role] if target)
        ]
        for heading, roles in _GROUPS.items()
    }


def _item(
    target: str,
    roles: Sequence[str],
    by_role: Mapping[str, Mapping[str, Sequence[Row]]],
    names: Mapping[str, str],
    identifiers: Mapping[str, Sequence[str]],
) -> Item:
    found = [row for role in roles for row in by_role[role][target]]
    written = text(found[0], "label")
    openness = next((said for row in found if (said := text(row, "openness"))), "")
    known = [each for each in identifiers.get(target, ()) if each not in (names.get(target), written)]
    places = sorted({(int(text(row, "line")), text(row, "m")) for row in found})
    name = names.get(target, written)
    label, also = (written, "") if name in written else (name, "" if written in name else written)
    return Item(target, label, also, tuple(roles), openness, tuple(known), tuple(places))


def _identifiers(service: Service, iris: Iterable[str]) -> Mapping[str, Sequence[str]]:
    found = defaultdict[str, list[str]](list)
    query = f"SELECT DISTINCT ?s ?id {{ {values('s', iris)} ?s dct:identifier|(adms:identifier/skos:notation) ?id }}"
    for row in sorted(rows(service, query), key=lambda row: (text(row, "id").isdecimal(), text(row, "id"))):
        found[text(row, "s")].append(text(row, "id"))
    return found


def _similar(service: Service, thing: ThingPage) -> tuple[Similar, ...]:
    found = rows(service, canned.load("similar-sheets").fill(page=thing.iri))
    return tuple(
        Similar(*(text(row, name) for name in ("other", "other_title", "shared", "standards"))) for row in found
    )


def _addressed(service: Service, things: Iterable[ShownValue]) -> tuple[ShownValue, ...]:
    """The things with an address of the web in place of their IRI, where they have one."""
    query = f"SELECT ?s (MIN(STR(?at)) AS ?address) {{ {values('s', (each.iri for each in things))} "
    found = rows(service, query + "?s foaf:page|schema:url|foaf:homepage|dcat:landingPage ?at } GROUP BY ?s")
    addresses = {text(row, "s"): text(row, "address") for row in found}
    return tuple(ShownValue(each.label, addresses.get(each.iri, each.iri)) for each in things)


@lru_cache(maxsize=2)
def _findings(release: Path) -> Mapping[str, tuple[ShownFinding, ...]]:
    """What the release's report finds in the file of each page, by the page's IRI."""
    found: dict[str, tuple[ShownFinding, ...]] = {}
    file = release / "report.json"
    sites = json.loads(file.read_text(encoding="utf-8"))["sites"] if file.is_file() else []
    for site in sites:
        by_path = defaultdict[str, list[ShownFinding]](list)
        for each in site["findings"]:
            by_path[each["path"]].append(_finding(each))
        found.update({page["iri"]: tuple(by_path[page["path"]]) for page in site["pages"]})
    return found


def _finding(said: Mapping[str, Any]) -> ShownFinding:
    return ShownFinding(said["line"], said["severity"], said["rule"], said["message"])


def _placed(findings: Sequence[ShownFinding], html: str) -> tuple[ShownFinding, ...]:
    """The findings with their places: a line within a block is where the block begins."""
    begins = sorted({int(line) for line in _BLOCK.findall(html)})
    before = (bisect_right(begins, each.line) for each in findings)
    return tuple(
        replace(each, place=f"L{begins[at - 1]}") if at else each for each, at in zip(findings, before, strict=True)
    )


def _edit(source: StatementSource | None, folder: str) -> str | None:
    repository = _COMMIT.match(source.page) if source else None
    return f"{repository[1]}/edit/HEAD/{quote(folder + source.path)}" if repository and source else None


def _folder(sites: Iterable[Mapping[str, Any]], page: str) -> str:
    """Where the page's site is in its repository."""
    return next((site.get("folder", "") for site in sites if page.startswith(f"{BASE}{site['key']}/")), "")


def _citation(thing: ThingPage) -> str:
    """Who, when, what, where, as far as the graph says."""
    people = ", ".join(value.label for value in thing.values(DCT.contributor))
    changed = next((value.label[:4] for value in thing.values(DCT.modified, DCT.issued)), "")
    site = next((value.label for value in thing.values(SCHEMA.isPartOf)), "")
    address = next((value.iri for value in thing.values(DCAT.landingPage)), thing.iri)
    who = f"{people} ({changed})" if people and changed else people or changed
    return ". ".join(part for part in (who, thing.title.label, site, address) if part)
