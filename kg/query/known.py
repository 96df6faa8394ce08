"""The values of canned queries' parameters in a release: pages, sites, things, FAIRsharing records, modalities."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from kg.errors import QueryTooLarge, UnknownName, UnknownValue
from kg.findings import Finding, Severity, reported
from kg.query.canned import CannedQuery, Parameter
from kg.query.rows import Row, text
from kg.query.text import string_term
from kg.vocab import BASE

Ask = Callable[[str], Sequence[Row]]
"""Returns the rows of a SELECT query."""
Names = Callable[[str, str, str], Mapping[str, str]]
"""Returns names that a value may have been meant for, with titles; of a type of parameter, and of one site if given."""
_PAGES = """SELECT DISTINCT ?page ?id ?title ?path ?site ?site_name {
  { SELECT DISTINCT ?page {
    { { SELECT ?name {
        { SELECT ?name { VALUES ?property { dct:identifier dct:title } ?something ?property ?name } GROUP BY ?name }
        FILTER(LCASE(STR(?name)) = %(wanted)s)
      } LIMIT 99999 }
      ?something dct:identifier|dct:title ?name
      BIND(COALESCE(IRI(REPLACE(STR(?something), "#md$", "")), ?something) AS ?page) }
    UNION { ?page a rdm:Page FILTER(LCASE(STR(?page)) = %(wanted)s) }
  } LIMIT 99999 }
  ?page dct:identifier ?id FILTER EXISTS { ?page a rdm:Page }
  OPTIONAL { ?page dct:title ?title }
  # COALESCE, since Oxigraph looks up only what it knows to be bound.
  BIND(COALESCE(IRI(CONCAT(STR(?page), "#md")), ?page) AS ?file) OPTIONAL { ?file dct:identifier ?path }
  OPTIONAL { ?page schema:isPartOf ?catalog . ?catalog dct:title ?site_name
    BIND(STRAFTER(STR(?catalog), "/id/") AS ?site) }
} ORDER BY ?id ?page"""
"""The query for the pages that have this name, in lower case, or whose file has it, with all their names."""
_SITES = """SELECT DISTINCT ?site ?site_name {
  { SELECT DISTINCT ?catalog { ?page a rdm:Page ; schema:isPartOf ?catalog } } ?catalog dct:title ?site_name
  BIND(STRAFTER(STR(?catalog), "/id/") AS ?site)
} ORDER BY ?site"""
"""The query for every site that has pages."""
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
_FINDS = {
    "thing": """{ SELECT ?name {
      { SELECT ?name {
        { VALUES ?property { rdfs:label dct:title dct:identifier skos:altLabel skos:notation rdm:target }
          FILTER(?property != rdm:target || CONTAINS(%(wanted)s, ":")) }
        ?something ?property ?name
      } GROUP BY ?name }
      FILTER(LCASE(STR(?name)) = %(wanted)s)
    } LIMIT 99999 }
    ?any rdm:target ?thing ;
      rdfs:label|rdm:target|(rdm:target/rdfs:seeAlso?/(dct:title|dct:identifier|skos:altLabel))
        |(rdm:target/rdfs:seeAlso?/adms:identifier/skos:notation) ?name""",
    "record": """{ SELECT ?record {
      { VALUES ?before { "https://doi.org/10.25504/FAIRsharing." "https://fairsharing.org/" }
        BIND(COALESCE(IRI(CONCAT(?before, %(wanted)s)), rdm:Mention) AS ?record) }
      UNION { ?record adms:identifier/skos:notation ?notation FILTER(LCASE(STR(?notation)) = %(wanted)s) }
    } LIMIT 99999 }
    ?any rdm:target/rdfs:seeAlso? ?record""",
    "modality": f"{_NAMES['modality']} FILTER(LCASE(?name) = %(wanted)s)",
    "words": """{ SELECT ?name {
      { SELECT ?name { VALUES ?property { dct:title dcat:keyword schema:keywords } ?something ?property ?name }
        GROUP BY ?name }
      FILTER(CONTAINS(LCASE(STR(?name)), %(wanted)s))
    } LIMIT 99999 }
    ?any dct:title|(rdm:target/rdfs:seeAlso?/(dcat:keyword|schema:keywords)) ?name
    FILTER EXISTS { VALUES ?class { rdm:Page rdm:Topic rdm:Mention rdm:Recommendation } ?any a ?class }""",
}
"""Type of a parameter → pattern that is matched if ``wanted``, in lower case, is the name of a value that it can have.

The few names that are like it are found first, and looked up then; LIMIT, of more than there are, tells Oxigraph so.
"""
_RECORD = """{ SELECT ?record (SUM(?times) AS ?all) {
    { SELECT ?target (COUNT(?mention) AS ?times) { ?mention rdm:target ?target } GROUP BY ?target }
    ?target rdfs:seeAlso? ?record FILTER(CONTAINS(LCASE(STR(?record)), "fairsharing."))
  } GROUP BY ?record ORDER BY DESC(?all) ?record LIMIT 1 }
  BIND(REPLACE(REPLACE(STR(?record), "^.*/", ""), "^FAIRsharing[.]", "") AS ?name)"""
"""Pattern that binds ``?name`` to the id of the record that is named most; mentions are counted before a join."""
_TEMPLATE = "its file is called a template"
"""Why a page is kept out of which nothing is found."""
_KINDS = {"record": "FAIRsharing record", "words": "title or keyword with the words", "modality": "imaging modality"}
"""Type of a parameter → what messages call it, where that is another word."""
_MOST = 3
"""Values that are named in place of an unknown one."""
_MOST_NAMES = 10_000
"""Names that are compared with an unknown one, at most."""
_PAGE_NAMES = f"""SELECT DISTINCT ?id ?title ?site {{
  ?page a rdm:Page ; dct:identifier ?id
  OPTIONAL {{ ?page dct:title ?title }}
  OPTIONAL {{ ?page schema:isPartOf ?catalog BIND(STRAFTER(STR(?catalog), "/id/") AS ?site) }}
}} LIMIT {_MOST_NAMES}"""
"""The query for the names of pages that are compared with an unknown one."""
_LONGEST = 100
"""Characters of a value that are compared with names."""
_ALIKE = 0.7
"""Least likeness of a name that is named in place of an unknown one, from 0 to 1."""
_OF_THREE = 2 / 3
"""The same of a name of three letters for a value of three, of which one may be wrong."""
_SHORT = 4
"""Least length of a word of a name that is compared by itself."""


def check_values(
    query: CannedQuery,
    values: Mapping[str, str],
    ask: Ask,
    report: Path | None = None,
    names: Names | None = None,
) -> None:
    """Check that values name what the release has, each of the type of its parameter.

    ``report`` is the file of the build's report, which says why a page is kept out. Without ``names`` those of the
    graph are read, which takes the longer the larger it is.

    Raises:
        UnknownValue: when the release has no such site, when the site, or any, has no such page, or when no page names
            such a thing.
    """
    given = {each.type: each for each in query.parameters if values.get(each.name)}
    site = values[given["site"].name] if "site" in given else ""
    if site:
        _check_site(given["site"], site, ask)
    if "page" in given:
        _named(given["page"], values[given["page"].name], ask, report, names, site)
    for kind in given.keys() & _NAMES.keys():
        _check_name(given[kind], values[given[kind].name], ask, names)


def only_page(value: str, ask: Ask, report: Path | None = None, names: Names | None = None) -> str:
    """Return the IRI of the one page that a value names; ``report`` and ``names`` are as for :func:`check_values`.

    Raises:
        UnknownValue: when the release has no such page.
        UnknownName: when it has several.
    """
    found = _named(Parameter("page", "page", "", "", None), value, ask, report, names)
    iris = sorted({text(page, "page") for page in found})
    if len(iris) > 1:
        raise UnknownName(f"{value!r} is ambiguous; give one of {', '.join(iris)}")
    return iris[0]


def pages_named(value: str, ask: Ask, site: str = "") -> list[Row]:
    """Return the pages, of one site if it is given, with this id, IRI or path of their file, else with this title.

    A row has ``page``, ``id``, ``title`` and ``path``, and ``site`` and ``site_name`` of the page's site.
    """
    found = ask(_PAGES % {"wanted": string_term(value.lower())}) if value else ()
    pages = _of_site(found, site)
    for keys in (("id", "page", "path"), ("title",)):
        if named := [page for page in pages if is_name(value, (text(page, key) for key in keys))]:
            return named
    return []


def _of_site(pages: Iterable[Row], site: str) -> list[Row]:
    return [page for page in pages if not site or is_name(site, [text(page, "site")])]


def is_name(value: str, names: Iterable[str]) -> bool:
    """Return whether a value is one of the names of something, in upper or lower case.

    >>> is_name("PIC", ["pic", "Preclinical imaging"]), is_name("imaging", ["Preclinical imaging"])
    (True, False)
    """
    return bool(value) and value.lower() in (name.lower() for name in names)


@dataclass(frozen=True, slots=True)
class KeptOut:
    """A page that a build kept out of the graph."""

    site: str
    """Title of its site."""
    path: str
    """Path of its file in the site."""
    names: tuple[str, ...]
    """IRI that it would have, that by the name of its file, and path and name of the file, also without its ending."""
    because: str
    findings: tuple[Finding, ...]
    """Findings in its file."""


def kept_out(value: str, report: Path) -> KeptOut | None:
    """Return the page with this IRI, path or name of a file that a build kept out; ``None`` if there is none."""
    return next((page for page in all_kept_out(report) if is_name(value, page.names)), None)


def all_kept_out(report: Path) -> list[KeptOut]:
    """Return the pages that a build kept out, by site and path."""
    sites = json.loads(report.read_text(encoding="utf-8")).get("sites", ()) if report.is_file() else ()
    return [_kept_out(site, path, iri) for site in sites for path, iri in site["kept_out"].items()]


def _kept_out(site: Mapping[str, Any], path: str, iri: str) -> KeptOut:
    findings = [reported(each) for each in site["findings"] if each["path"] == path]
    decisive = [each for each in findings if each.severity is Severity.ERROR or each.rule == "unfinished"]
    because = "; ".join(each.message.partition("; the page is kept out")[0] for each in decisive)
    file, stem = PurePosixPath(path), PurePosixPath(path).stem
    names = (iri, f"{BASE}{site['key']}/page/{stem}", path, file.name, str(file.with_suffix("")), stem)
    return KeptOut(site["title"], path, names, because or _TEMPLATE, tuple(findings))


def examples(query: CannedQuery, ask: Ask) -> dict[str, str]:
    """Return a value of each parameter: its example, or where the release has no such thing one that it has."""
    values = {parameter.name: parameter.example for parameter in query.parameters}
    for parameter in query.parameters:
        try:
            check_values(query, {parameter.name: parameter.example}, ask, names=no_names)
        except UnknownValue:
            values[parameter.name] = next(
                (text(row, "name") for row in ask(_example(parameter.type))), parameter.example
            )
    return values


def no_names(kind: str, value: str, site: str) -> Mapping[str, str]:
    """Return no names, where nobody reads what a value may have been meant for."""
    return {}


def values_of(kind: str, ask: Ask) -> list[str]:
    """Return the values that a parameter of type ``site`` or ``modality`` can have in a release, sorted."""
    if kind == "site":
        return [site for row in ask(_SITES) if (site := text(row, "site"))]
    return [text(row, "name") for row in ask(f"SELECT DISTINCT ?name {{ {_NAMES[kind]} }} ORDER BY ?name")]


def nearest(value: str, titles: Mapping[str, str]) -> dict[str, str]:
    """Return the entries whose name or title, or a word of them, is most like a value, best first.

    >>> nearest("microscopi", {"light": "Light microscopy", "pic": "Preclinical imaging"})
    {'light': 'Light microscopy'}
    >>> nearest("nmr", {"pages-nmr": "NMR spectroscopy", "pages-pic": "Preclinical imaging"})
    {'pages-nmr': 'NMR spectroscopy'}
    >>> [[*nearest(word, {"pic": "Preclinical imaging"})] for word in ("pik", "pci", "pxy", "image")]
    [['pic'], ['pic'], [], []]
    """
    value = value[:_LONGEST].lower()
    matcher = SequenceMatcher(b=value, autojunk=False)
    likeness = {
        name: max(_ratio(matcher, value, part) for part in _parts(value, name, title)) for name, title in titles.items()
    }
    alike = sorted((name for name in titles if likeness[name]), key=lambda name: (-likeness[name], name))
    return {name: titles[name] for name in alike[:_MOST]}


def _check_site(parameter: Parameter, value: str, ask: Ask) -> None:
    sites = {text(row, "site"): text(row, "site_name") for row in ask(_SITES)}
    if not is_name(value, sites):
        raise UnknownValue("site", value, parameter.name, nearest(value, sites))


def _named(
    parameter: Parameter, value: str, ask: Ask, report: Path | None, names: Names | None, site: str = ""
) -> Sequence[Row]:
    """Return the pages, of one site if it is given, that have the value among their names."""
    found = pages_named(value, ask, site)
    if not found:
        near = nearest(value, (names or partial(_names_in_graph, ask))("page", value, site.lower()))
        out = kept_out(value, report) if report else None
        raise UnknownValue("page", value, parameter.name, near, out.because if out else "")
    return found


def _check_name(parameter: Parameter, value: str, ask: Ask, names: Names | None) -> None:
    kind, plain = parameter.type, _plain(parameter.type, value)
    wanted = string_term(plain.lower())
    if not ask(f"SELECT ?any {{ {_FINDS[kind] % {'wanted': wanted}} }} LIMIT 1"):
        like = names if names and kind != "modality" else partial(_names_in_graph, ask)  # modalities are few
        near = nearest(plain, like(kind, plain, ""))
        raise UnknownValue(_KINDS.get(kind, kind), value, parameter.name, near)


def _names_in_graph(ask: Ask, kind: str, value: str, site: str) -> Mapping[str, str]:
    """Return the names that values of a type of parameter can have, whatever the value; none if they are too long."""
    try:
        if kind == "page":
            pages = _of_site(ask(_PAGE_NAMES), site)
            return {text(page, "id"): text(page, "title") for page in pages}
        found = ask(f"SELECT DISTINCT ?name ?title {{ {_NAMES[kind]} FILTER(BOUND(?name)) }} LIMIT {_MOST_NAMES}")
    except QueryTooLarge:
        return {}
    return {text(row, "name"): text(row, "title") for row in found}


def _plain(kind: str, value: str) -> str:
    """Return a value without what its question ignores: of an address or DOI, all but the end."""
    if kind == "modality":
        return re.sub(r"^.*[/#]", "", value)
    if kind == "record":
        segment = re.split(r"[?#]", value, maxsplit=1)[0].replace("/", " ").split()[-1:]  # in linear time
        return re.sub(r"^(doi:)?FAIRsharing[.:]", "", "".join(segment), flags=re.IGNORECASE)
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
    elif kind == "record":
        pattern = _RECORD
    else:
        pattern = _NAMES[kind]
    named = f"{pattern} FILTER(BOUND(?name))"
    return f"SELECT ?name (COUNT(?any) AS ?n) {{ {named} }} GROUP BY ?name ORDER BY DESC(?n) ?name LIMIT 1"


def _parts(value: str, *names: str) -> list[str]:
    """Return names and their words; of short words only one that is the value, since others are alike by chance."""
    words = [word for name in names for word in re.split(r"[\W_]+", name)]
    return [*names, *(word for word in words if len(word) >= _SHORT or word.lower() == value)]


def _ratio(matcher: SequenceMatcher[str], value: str, name: str) -> float:
    """Return the likeness of a name to the value of a matcher, 0 if it is too little."""
    matcher.set_seq1(name.lower())
    least = _OF_THREE if len(name) == len(value) == 3 else _ALIKE
    if matcher.real_quick_ratio() < least or matcher.quick_ratio() < least:
        return 0.0
    found = matcher.ratio()
    return found if found >= least else 0.0
