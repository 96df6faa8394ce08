"""The terms of schema.org that markup of pages may use, and a check of markup against them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from kg.vocab import DCT

PARENT = {
    "AboutPage": "WebPage",
    "CollectionPage": "WebPage",
    "CreativeWork": "Thing",
    "DataCatalog": "CreativeWork",
    "DataDownload": "MediaObject",
    "Dataset": "CreativeWork",
    "DefinedTerm": "Intangible",
    "DefinedTermSet": "CreativeWork",
    "Intangible": "Thing",
    "LearningResource": "CreativeWork",
    "Legislation": "CreativeWork",
    "MediaObject": "CreativeWork",
    "Organization": "Thing",
    "Person": "Thing",
    "SearchResultsPage": "WebPage",
    "Service": "Intangible",
    "SoftwareApplication": "CreativeWork",
    "WebApplication": "SoftwareApplication",
    "WebPage": "CreativeWork",
    "WebSite": "CreativeWork",
}
"""Type → the type above it."""
TEXT, ADDRESS, DATE = "Text", "URL", "Date"
PROPERTIES = {
    "abstract": ("CreativeWork", {TEXT}),
    "about": ("CreativeWork", {"Thing"}),
    "associatedMedia": ("CreativeWork", {"MediaObject"}),
    "citation": ("CreativeWork", {"CreativeWork", TEXT}),
    "contentUrl": ("MediaObject", {ADDRESS}),
    "contributor": ("CreativeWork", {"Organization", "Person"}),
    "creator": ("CreativeWork", {"Organization", "Person"}),
    "dataset": ("DataCatalog", {"Dataset"}),
    "dateModified": ("CreativeWork", {DATE}),
    "datePublished": ("CreativeWork", {DATE}),
    "description": ("Thing", {TEXT}),
    "distribution": ("Dataset", {"DataDownload"}),
    "editor": ("CreativeWork", {"Person"}),
    "encodingFormat": ("CreativeWork", {TEXT, ADDRESS}),
    "identifier": ("Thing", {TEXT, ADDRESS}),
    "includedInDataCatalog": ("Dataset", {"DataCatalog"}),
    "inLanguage": ("CreativeWork", {TEXT}),
    "isPartOf": ("CreativeWork", {"CreativeWork", ADDRESS}),
    "keywords": ("CreativeWork", {TEXT, ADDRESS}),
    "learningResourceType": ("LearningResource", {TEXT}),
    "legislationIdentifier": ("Legislation", {TEXT, ADDRESS}),
    "license": ("CreativeWork", {"CreativeWork", ADDRESS}),
    "mentions": ("CreativeWork", {"Thing"}),
    "name": ("Thing", {TEXT}),
    "publisher": ("CreativeWork", {"Organization", "Person"}),
    "sourceOrganization": ("CreativeWork", {"Organization"}),
    "sponsor": ("CreativeWork", {"Organization", "Person"}),
    "termCode": ("DefinedTerm", {TEXT}),
    "url": ("Thing", {ADDRESS}),
}
"""Property → the type that has it, and what its values are."""


def is_a(kind: str, ancestor: str) -> bool:
    """Return whether a type is another one or a subtype of it."""
    return kind == ancestor or (kind in PARENT and is_a(PARENT[kind], ancestor))


def faults(node: dict[str, Any], where: str = "") -> Iterator[str]:
    """Return the violations of schema.org's vocabulary by a node."""
    for name, value in node.items():
        if name.startswith("@") or name == DCT.conformsTo:
            continue
        domain, ranges = PROPERTIES.get(name, ("", set()))
        if not is_a(node["@type"], domain):
            yield f"{where}: {node['@type']} has no {name}"
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                yield from faults(item, f"{where}/{name}")
                if not any(is_a(item["@type"], kind) for kind in ranges):
                    yield f"{where}/{name}: {item['@type']}"
            elif not _fits(item, ranges):
                yield f"{where}/{name}: {item}"


def _fits(text: str, ranges: set[str]) -> bool:
    return (
        TEXT in ranges
        or (ADDRESS in ranges and text.startswith(("http://", "https://")))
        or (DATE in ranges and re.match(r"\d{4}-\d\d-\d\d", text) is not None)
    )
