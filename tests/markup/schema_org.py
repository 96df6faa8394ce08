"""The terms of schema.org that markup of pages may use: facts of the vocabulary, for the tests to hold it against."""

from __future__ import annotations

PARENT = {
    "CreativeWork": "Thing",
    "DataCatalog": "CreativeWork",
    "DefinedTerm": "Intangible",
    "DefinedTermSet": "CreativeWork",
    "Intangible": "Thing",
    "LearningResource": "CreativeWork",
    "Legislation": "CreativeWork",
    "Organization": "Thing",
    "Person": "Thing",
    "Service": "Intangible",
    "SoftwareApplication": "CreativeWork",
    "WebApplication": "SoftwareApplication",
    "WebSite": "CreativeWork",
}
"""Type → the type above it."""
TEXT, ADDRESS, DATE = "Text", "URL", "Date"
PROPERTIES = {
    "about": ("CreativeWork", {"Thing"}),
    "citation": ("CreativeWork", {"CreativeWork", TEXT}),
    "contributor": ("CreativeWork", {"Organization", "Person"}),
    "dateModified": ("CreativeWork", {DATE}),
    "datePublished": ("CreativeWork", {DATE}),
    "description": ("Thing", {TEXT}),
    "editor": ("CreativeWork", {"Person"}),
    "identifier": ("Thing", {TEXT, ADDRESS}),
    "inLanguage": ("CreativeWork", {TEXT}),
    "isPartOf": ("CreativeWork", {"CreativeWork", ADDRESS}),
    "keywords": ("CreativeWork", {TEXT, ADDRESS}),
    "learningResourceType": ("LearningResource", {TEXT}),
    "legislationIdentifier": ("Legislation", {TEXT, ADDRESS}),
    "license": ("CreativeWork", {"CreativeWork", ADDRESS}),
    "maintainer": ("CreativeWork", {"Organization", "Person"}),
    "mentions": ("CreativeWork", {"Thing"}),
    "name": ("Thing", {TEXT}),
    "publisher": ("CreativeWork", {"Organization", "Person"}),
    "termCode": ("DefinedTerm", {TEXT}),
    "url": ("Thing", {ADDRESS}),
}
"""Property → the type that has it, and what its values are."""


def is_a(kind: str, ancestor: str) -> bool:
    """Whether a type is another one or stands below it."""
    return kind == ancestor or (kind in PARENT and is_a(PARENT[kind], ancestor))
