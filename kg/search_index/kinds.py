"""The kinds of things in the index, and the classes that define them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from kg.search_index.words import stem, words
from kg.vocab import DCAT, DCT, ELI, FOAF, OWL, RDM, SKOS


@dataclass(frozen=True, slots=True)
class ThingKind:
    """A kind of thing."""

    name: str
    """Identifier, used in URLs."""
    label: str
    """Label in the singular."""
    classes: tuple[str, ...]
    """IRIs of classes whose instances are of this kind."""
    includes: tuple[str, ...] = ()
    """Names of narrower kinds, whose things are excluded from this one."""


KINDS = (
    ThingKind("cheat-sheet", "cheat sheet", (RDM.CheatSheet,)),
    ThingKind("guidance-page", "guidance page", (RDM.GuidancePage,)),
    ThingKind("page", "page", (RDM.Page,), ("cheat-sheet", "guidance-page")),
    ThingKind("topic", "topic", (RDM.Topic,)),
    ThingKind("data-format", "data format", (RDM.DataFormat,)),
    ThingKind("terminology", "terminology", (RDM.Terminology,)),
    ThingKind("reporting-guideline", "reporting guideline", (RDM.ReportingGuideline,)),
    ThingKind("identifier-scheme", "identifier scheme", (RDM.IdentifierScheme,)),
    ThingKind(
        "standard",
        "standard",
        (RDM.Standard,),
        ("data-format", "terminology", "reporting-guideline", "identifier-scheme"),
    ),
    ThingKind("repository", "repository", (RDM.Repository,)),
    ThingKind("database", "database", (RDM.Database,), ("repository",)),
    ThingKind("tool", "tool", (RDM.Tool,)),
    ThingKind("service", "service", (RDM.Service,)),
    ThingKind("law", "law", (ELI.LegalResource,)),
    ThingKind("modality", "imaging modality", (RDM.ImagingModality,)),
    ThingKind("data-type", "type of data", (RDM.DataType,)),
    ThingKind("dmp-template", "template of a data management plan", (RDM.DmpTemplate,)),
    ThingKind("person", "person", (FOAF.Person,)),
    ThingKind("organisation", "organisation", (FOAF.Organization,)),
    ThingKind("licence", "licence", (DCT.LicenseDocument,)),
    ThingKind("catalogue", "catalogue", (DCAT.Catalog,)),
    ThingKind(
        "web-page",
        "web page",
        (FOAF.Document,),
        ("cheat-sheet", "guidance-page", "page", "dmp-template", "licence"),
    ),
    ThingKind(
        "term",
        "term of the ontology",
        (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, RDM.Role, RDM.Section, RDM.Block),
    ),
    ThingKind("concept", "concept", (SKOS.Concept,), ("topic", "modality", "data-type", "term")),
)
"""All kinds; a thing of several kinds is shown as the first of them."""
ADVICE = ("cheat-sheet", "guidance-page")
"""Kinds of pages that recommend things."""
PAGES = (*ADVICE, "page")
"""Kinds of pages."""
MINOR = frozenset({"topic", "dmp-template", "catalogue", "web-page", "term", "concept"})
"""Kinds of things that a reader looks for less often than for the pages and records that are about the same."""
STANDARDS = ("standard", "data-format", "terminology", "reporting-guideline", "identifier-scheme")
"""Kinds of standards."""
_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("cheat sheet, cheatsheet, sheet", ("cheat-sheet",)),
    ("standard", STANDARDS),
    ("format, data format, file format, file, filformat", ("data-format",)),
    ("terminology, ontology, vocabulary, controlled vocabulary, terminologi, ontologi, kodeverk", ("terminology",)),
    ("guideline, reporting guideline, checklist, reporting standard", ("reporting-guideline",)),
    ("identifier scheme", ("identifier-scheme",)),
    ("repository, data repository, repositorium, datalager, arkiv", ("repository",)),
    ("database, knowledge base", ("database", "repository")),
    ("tool, software, program, verktøy, programvare", ("tool",)),
    ("service, tjeneste", ("service",)),
    ("law, act, regulation, legislation, directive, lov, loven, lover, forskrift, lovverk", ("law",)),
    ("modality, imaging modality", ("modality",)),
    ("person, people, contributor, expert", ("person",)),
    ("licence, license, lisens", ("licence",)),
    ("organisation, organization, institution, organisasjon, institusjon", ("organisation",)),
)
_ACTIVITIES: tuple[tuple[str, tuple[str, ...]], ...] = (("deposit, submit, deponere", ("repository",)),)
"""Words for what is done with things of these kinds; alone they are words like others."""


@cache
def kinds_by_activities() -> Mapping[tuple[str, ...], tuple[str, ...]]:
    """Return a mapping from the stems of words for activities to the names of the kinds that they need.

    >>> kinds_by_activities()[stem("deposition"),]
    ('repository',)
    """
    return _by_stems(_ACTIVITIES)


@cache
def kinds_by_words() -> Mapping[tuple[str, ...], tuple[str, ...]]:
    """Return a mapping from the stems of words for kinds to the names of these kinds.

    >>> kinds_by_words()[stem("repositories"),], kinds_by_words()[stem("laws"),]
    (('repository',), ('law',))
    """
    return _by_stems(_WORDS)


def _by_stems(table: Iterable[tuple[str, tuple[str, ...]]]) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return the table by the stems of its words; the plural of a short word, which is its own stem, is another."""
    written = ((tuple(words(name)), kinds) for names, kinds in table for name in names.split(", "))
    return {tuple(map(stem, form)): kinds for name, kinds in written for form in (name, (*name[:-1], f"{name[-1]}s"))}


def kinds_asked_for(text: str) -> tuple[str, frozenset[str]]:
    """Return a text without the words that stand for kinds of things, and the names of these kinds.

    >>> subject, kinds = kinds_asked_for("light microscopy file formats")
    >>> subject, sorted(kinds)
    ('light microscopy', ['data-format'])
    """
    said, subject, kinds = text.split(), list[str](), set[str]()
    while said:
        spans = {length: tuple(map(stem, words(" ".join(said[:length])))) for length in (2, 1)}
        length = next((length for length, span in spans.items() if span in kinds_by_words()), 0)
        kinds.update(kinds_by_words()[spans[length]] if length else ())
        subject += [] if length else said[:1]
        said = said[length or 1 :]
    return " ".join(subject), frozenset(kinds)


def kinds_of(classes: set[str]) -> tuple[ThingKind, ...]:
    """Return the kinds of a thing that has these classes, in the order of :data:`KINDS`.

    >>> [kind.name for kind in kinds_of({RDM.Page, RDM.CheatSheet})]
    ['cheat-sheet']
    >>> [kind.name for kind in kinds_of({RDM.Standard, RDM.Terminology, RDM.IdentifierScheme})]
    ['terminology', 'identifier-scheme']
    """
    found = [kind for kind in KINDS if not classes.isdisjoint(kind.classes)]
    names = {kind.name for kind in found}
    return tuple(kind for kind in found if names.isdisjoint(kind.includes))
