"""The kinds of things that people look for, and the classes that tell them."""

from __future__ import annotations

from dataclasses import dataclass

from kg.vocab import DCAT, DCT, ELI, FOAF, OWL, RDM, SKOS


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing."""

    name: str
    """As it stands in addresses."""
    label: str
    """As people call one."""
    classes: tuple[str, ...]
    """A thing of one of these is of the kind."""
    includes: tuple[str, ...] = ()
    """Names of narrower kinds: a thing of one of those is not counted here."""


KINDS = (
    Kind("cheat-sheet", "cheat sheet", (RDM.CheatSheet,)),
    Kind("page", "page", (RDM.Page,), ("cheat-sheet",)),
    Kind("data-format", "data format", (RDM.DataFormat,)),
    Kind("terminology", "terminology", (RDM.Terminology,)),
    Kind("reporting-guideline", "reporting guideline", (RDM.ReportingGuideline,)),
    Kind("identifier-scheme", "identifier scheme", (RDM.IdentifierScheme,)),
    Kind(
        "standard",
        "other standard",
        (RDM.Standard,),
        ("data-format", "terminology", "reporting-guideline", "identifier-scheme"),
    ),
    Kind("repository", "repository", (RDM.Repository,)),
    Kind("tool", "tool", (RDM.Tool,)),
    Kind("service", "service", (RDM.Service,)),
    Kind("law", "law", (ELI.LegalResource,)),
    Kind("modality", "imaging modality", (RDM.ImagingModality,)),
    Kind("data-type", "type of data", (RDM.DataType,)),
    Kind("dmp-template", "template of a data management plan", (RDM.DmpTemplate,)),
    Kind("person", "person", (FOAF.Person,)),
    Kind("organisation", "organisation", (FOAF.Organization,)),
    Kind("licence", "licence", (DCT.LicenseDocument,)),
    Kind("catalogue", "catalogue", (DCAT.Catalog,)),
    Kind("web-page", "other web page", (FOAF.Document,), ("cheat-sheet", "page", "dmp-template", "licence")),
    Kind(
        "term",
        "term of the ontology",
        (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, RDM.Role, RDM.Section),
    ),
    Kind("concept", "other concept", (SKOS.Concept,), ("modality", "data-type", "term")),
)
"""Every kind; a thing of several is shown as the first."""


def kinds_of(classes: set[str]) -> tuple[Kind, ...]:
    """The kinds of a thing of these classes, in the order of :data:`KINDS`.

    >>> [kind.name for kind in kinds_of({RDM.Page, RDM.CheatSheet})]
    ['cheat-sheet']
    >>> [kind.name for kind in kinds_of({RDM.Standard, RDM.Terminology, RDM.IdentifierScheme})]
    ['terminology', 'identifier-scheme']
    """
    found = [kind for kind in KINDS if not classes.isdisjoint(kind.classes)]
    names = {kind.name for kind in found}
    return tuple(kind for kind in found if names.isdisjoint(kind.includes))
