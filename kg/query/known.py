"""The values of canned queries' parameters in a release: pages, sites, things, FAIRsharing records, modalities."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from kg.errors import UnknownName, UnknownValue
from kg.findings import Finding, Severity, reported
from kg.query.canned import CannedQuery, Parameter
from kg.query.rows import Row, text
from kg.query.text import string_term

Ask = Callable[[str], Sequence[Row]]
"""Returns the rows of a SELECT query."""
PAGES = """SELECT DISTINCT ?page ?id ?title ?path ?site ?site_name {
  ?page a rdm:Page ; dct:identifier ?id
  OPTIONAL { ?page dct:title ?title }
  OPTIONAL { ?page schema:isPartOf ?catalog . ?catalog dct:title ?site_name
    BIND(STRAFTER(STR(?catalog), "/id/") AS ?site) }
  BIND(IRI(CONCAT(STR(?page), "#md")) AS ?file) OPTIONAL { ?file dct:identifier ?path }
} ORDER BY ?id ?page"""
"""The query for every page with its names and those of its site."""
_NAMES = {
    "thing": """{ ?any rdm:target ?thing ; rdfs:label ?name }
    UNION { ?any rdm:target ?thing BIND(STR(?thing) AS ?name) }
    UNION { ?any rdm:target/rdfs:seeAlso? ?thing .
      ?thing dct:title|dct:identifier|skos:altLabel|(adms:identifier/skos:notation) ?name }""",
    "record": """?any rdm:target/rdfs:seeAlso? ?record ; rdfs:label ?title .
    FILTER(CONTAINS(LCASE(STR(?record)), "fairsharing."))
    OPTIONAL { ?record adms:identifier/skos:notation ?notation }
    VALUES ?own { true false }
    BIND(IF(?own, REPLACE(REPLACE(STR(?record), "^.*/", ""), "^FAIRsharing[.]", ""), ?notation) AS ?name)""",
    "modality": """?any rdm:mentionsModality|(rdm:coversDataType/rdm:modality) ?modality .
    BIND(REPLACE(STR(?modality), "^.*[/#]", "") AS ?name) OPTIONAL { ?modality skos:prefLabel ?title }""",
    "words": """{ ?any a rdm:Page ; dct:title ?name } UNION { ?any a rdm:Topic ; dct:title ?name }
    UNION { ?any rdm:target/rdfs:seeAlso?/(dcat:keyword|schema:keywords) ?name }""",
}
"""Type of a parameter → pattern that binds ``?name``, and perhaps ``?title``, to the names that its values can have."""
_TEMPLATE = "its file is called a template"
"""Why a page is kept out of which nothing is found."""
_KINDS = {"record": "FAIRsharing record", "words": "title or keyword with the words", "modality": "imaging modality"}
"""Type of a parameter → what messages call it, where that is another word."""
_MOST = 3
"""Values that are named in place of an unknown one."""
_MOST_NAMES = 10_000
"""Names that are compared with an unknown one, at most."""
_LONGEST = 100
"""Characters of a value that are compared with names."""
_ALIKE = 0.7
"""Least likeness of a name that is named in place of an unknown one, from 0 to 1."""
_SHORT = 4
"""Least length of a word of a name that is compared by itself."""


def check_values(query: CannedQuery, values: Mapping[str, str], ask: Ask, report: Path | None = None) -> None:
    """Check that values name what the release has, each of the type of its parameter.

    ``report`` is the file of the build's report, which says why a page is kept out.

    Raises:
        UnknownValue: when the release has no such site, when the site, or any, has no such page, or when no page names
            such a thing.
    """
    given = {each.type: each for each in query.parameters if values.get(each.name)}
    pages = ask(PAGES) if "page" in given or "site" in given else ()
    for kind in ("site", "page"):
        if kind in given:
            pages = _named(given[kind], values[given[kind].name], pages, report)
    for kind in given.keys() & _NAMES.keys():
        _check_name(given[kind], values[given[kind].name], ask)


def only_page(value: str, ask: Ask, report: Path | None = None) -> str:
    """Return the IRI of the one page that a value names; ``report`` is as for :func:`check_values`.

    Raises:
        UnknownValue: when the release has no such page.
        UnknownName: when it has several.
    """
    found = _named(Parameter("page", "page", "", "", None), value, ask(PAGES), report)
    iris = sorted({text(page, "page") for page in found})
    if len(iris) > 1:
        raise UnknownName(f"{value!r} is ambiguous; give one of {', '.join(iris)}")
    return iris[0]


def pages_named(value: str, pages: Iterable[Row]) -> list[Row]:
    """Return the rows of :data:`PAGES` of the pages with this id, IRI or path of their file, else with this title."""
    every = list(pages)
    for keys in (("id", "page", "path"), ("title",)):
        if found := [page for page in every if is_name(value, (text(page, key) for key in keys))]:
            return found
    return []


def is_name(value: str, names: Iterable[str]) -> bool:
    """Return whether a value is one of the names of something, in upper or lower case.

    >>> is_name("PIC", ["pic", "Preclinical imaging"]), is_name("imaging", ["Preclinical imaging"])
    (True, False)
    """
    return bool(value) and value.lower() in (name.lower() for name in names)


@dataclass(frozen=True, slots=True)
class KeptOut:
    """A page that a build kept out of the graph."""

    because: str
    findings: tuple[Finding, ...]
    """Findings in its file."""


def kept_out(value: str, report: Path) -> KeptOut | None:
    """Return the page with this IRI, path or name of a file that a build kept out; ``None`` if there is none."""
    sites = json.loads(report.read_text(encoding="utf-8")).get("sites", ()) if report.is_file() else ()
    for site in sites:
        for path, iri in site["kept_out"].items():
            name = path.rpartition("/")[2]
            if is_name(value, (iri, path, name, name.rpartition(".")[0])):
                return _kept_out([reported(each) for each in site["findings"] if each["path"] == path])
    return None


def _kept_out(findings: Sequence[Finding]) -> KeptOut:
    decisive = [each for each in findings if each.severity is Severity.ERROR or each.rule == "unfinished"]
    because = "; ".join(each.message.partition("; the page is kept out")[0] for each in decisive)
    return KeptOut(because or _TEMPLATE, tuple(findings))


def examples(query: CannedQuery, ask: Ask) -> dict[str, str]:
    """Return a value of each parameter: its example, or where the release has no such thing one that it has."""
    values = {parameter.name: parameter.example for parameter in query.parameters}
    for parameter in query.parameters:
        try:
            check_values(query, {parameter.name: parameter.example}, ask)
        except UnknownValue:
            values[parameter.name] = next(
                (text(row, "name") for row in ask(_example(parameter.type))), parameter.example
            )
    return values


def values_of(kind: str, ask: Ask) -> list[str]:
    """Return the values that a parameter of type ``site`` or ``modality`` can have in a release, sorted."""
    if kind == "site":
        return sorted({text(page, "site") for page in ask(PAGES)} - {""})
    return [text(row, "name") for row in ask(f"SELECT DISTINCT ?name {{ {_NAMES[kind]} }} ORDER BY ?name")]


def nearest(value: str, titles: Mapping[str, str]) -> dict[str, str]:
    """Return the entries whose name or title, or a word of them, is most like a value, best first.

    >>> nearest("microscopi", {"light": "Light microscopy", "pic": "Preclinical imaging"})
    {'light': 'Light microscopy'}
    >>> nearest("nmr", {"pages-nmr": "NMR spectroscopy", "pages-pic": "Preclinical imaging"})
    {'pages-nmr': 'NMR spectroscopy'}
    """
    value = value[:_LONGEST].lower()
    matcher = SequenceMatcher(b=value, autojunk=False)
    likeness = {
        name: max(_ratio(matcher, part) for part in _parts(value, name, title)) for name, title in titles.items()
    }
    alike = sorted((name for name in titles if likeness[name] >= _ALIKE), key=lambda name: (-likeness[name], name))
    return {name: titles[name] for name in alike[:_MOST]}


def _named(parameter: Parameter, value: str, pages: Sequence[Row], report: Path | None) -> Sequence[Row]:
    """Return the pages that have the value among the names of their own, or of their site."""
    is_site = parameter.type == "site"
    found = [page for page in pages if is_name(value, [text(page, "site")])] if is_site else pages_named(value, pages)
    if not found:
        key, title = ("site", "site_name") if is_site else ("id", "title")
        near = nearest(value, {text(page, key): text(page, title) for page in pages})
        out = kept_out(value, report) if report and not is_site else None
        raise UnknownValue(parameter.type, value, parameter.name, near, out.because if out else "")
    return found


def _check_name(parameter: Parameter, value: str, ask: Ask) -> None:
    kind, wanted = parameter.type, string_term(_plain(parameter.type, value).lower())
    holds = f"CONTAINS(LCASE(STR(?name)), {wanted})" if kind == "words" else f"LCASE(STR(?name)) = {wanted}"
    if not ask(f"SELECT ?name {{ {_NAMES[kind]} FILTER({holds}) }} LIMIT 1"):
        names = ask(f"SELECT DISTINCT ?name ?title {{ {_NAMES[kind]} FILTER(BOUND(?name)) }} LIMIT {_MOST_NAMES}")
        near = nearest(_plain(kind, value), {text(row, "name"): text(row, "title") for row in names})
        raise UnknownValue(_KINDS.get(kind, kind), value, parameter.name, near)


def _plain(kind: str, value: str) -> str:
    """Return a value without what its question ignores: of an address or DOI, all but the end."""
    if kind == "modality":
        return re.sub(r"^.*[/#]", "", value)
    if kind == "record":
        segment = re.sub(r"[/\s]+$", "", re.sub(r"[?#].*$", "", value))
        return re.sub(r"^(doi:)?FAIRsharing[.:]", "", re.sub(r"^.*[/\s]", "", segment), flags=re.IGNORECASE)
    return value


def _example(kind: str) -> str:
    """Return the query for the name that occurs most in a release; of pages, the one with most recommendations."""
    if kind == "page":
        pattern = (
            "?page a rdm:Page ; dct:identifier ?name OPTIONAL { ?page a rdm:AdvicePage ; rdm:hasRecommendation ?any }"
        )
    elif kind == "words":
        pattern = "?page a rdm:AdvicePage ; dct:title ?name ; rdm:hasRecommendation ?any"
    elif kind == "thing":
        pattern = "?any rdm:target ?thing ; rdfs:label ?name"
    else:
        pattern = _NAMES[kind]
    named = f"{pattern} FILTER(BOUND(?name))"
    return f"SELECT ?name (COUNT(?any) AS ?n) {{ {named} }} GROUP BY ?name ORDER BY DESC(?n) ?name LIMIT 1"


def _parts(value: str, *names: str) -> list[str]:
    """Return names and their words; of short words only one that is the value, since others are alike by chance."""
    words = [word for name in names for word in re.split(r"[\W_]+", name)]
    return [*names, *(word for word in words if len(word) >= _SHORT or word.lower() == value)]


def _ratio(matcher: SequenceMatcher[str], name: str) -> float:
    matcher.set_seq1(name.lower())
    if matcher.real_quick_ratio() < _ALIKE or matcher.quick_ratio() < _ALIKE:
        return 0.0
    return matcher.ratio()
