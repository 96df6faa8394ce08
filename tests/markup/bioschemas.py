"""Requirements of Bioschemas' profile TrainingMaterial 1.0, and a check of markup against them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyshacl
from rdflib import SH, Graph, URIRef
from rdflib.plugins.parsers.jsonld import to_rdf

from kg.vocab import DCT

MINIMUM = ("@type", DCT.conformsTo, "name", "description", "keywords")
RECOMMENDED = frozenset(
    "about abstract audience author competencyRequired educationalLevel identifier inLanguage learningResourceType "
    "license mentions teaches timeRequired url".split()
)
UNSAID = frozenset("abstract audience author competencyRequired educationalLevel teaches timeRequired".split())
"""What no page says of itself; those who wrote one are its contributors."""
_SHAPE = URIRef("https://w3id.org/rdm-kg/shape/training-material")
_SHAPES = Path(__file__).parent / "training_material.ttl"
_CONTEXT = {
    "@vocab": "https://schema.org/",
    "url": {"@id": "https://schema.org/url", "@type": "@id"},
    "license": {"@id": "https://schema.org/license", "@type": "@id"},
}
"""As much of schema.org's own context as the markup uses."""


def violations(found: dict[str, Any]) -> str:
    """Return the violations of the profile's shapes by markup; empty if it conforms."""
    graph = Graph()
    to_rdf({**found, "@context": _CONTEXT}, graph)
    shapes = Graph().parse(_SHAPES)
    shapes.add((_SHAPE, SH.targetNode, URIRef(found["@id"])))
    conforms, _, text = pyshacl.validate(graph, shacl_graph=shapes)
    return "" if conforms else str(text)
