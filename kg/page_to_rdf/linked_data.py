"""Conversion of JSON-LD that a site stores as YAML, such as quality indicators, without any network access."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from kg.iri import absolute_iri
from kg.page_to_rdf.statements import Statements, without_addresses
from kg.vocab import DCT, PREFIXES, RDM, ROLE, SCHEMA, SECTION, slug

_OWN = (RDM.base, ROLE.base, SECTION.base)
_COMMON: dict[str, Any] = {
    **PREFIXES,
    "id": "@id",
    "type": "@type",
    "schema": SCHEMA.base,
    "name": DCT.title,
    "title": DCT.title,
    "description": DCT.description,
    "identifier": DCT.identifier,
    "keywords": SCHEMA.keywords,
    "url": {"@id": SCHEMA.url, "@type": "@id"},
    "license": {"@id": DCT.license, "@type": "@id"},
    "source": {"@id": DCT.source, "@type": "@id"},
}
"""Context used in place of contexts that are given by address, since nothing is fetched."""
_FETCHING = ("@import", "@version", "@context")
"""Keys of a context that make a processor fetch another context or change its processing mode."""
_ORDERED = ("@container", "@list")
_LARGEST = 200_000
"""Values of a document, at most."""
_SCHEMA_ORG: dict[str, Any] = {"@vocab": SCHEMA.base}


def linked_data_to_rdf(say: Statements, data: Any, base: str) -> None:
    """Add the triples of a JSON-LD document; nodes without an identifier get an IRI below ``base``.

    Left out are terms that only a context on the web defines (except the most common ones), e-mail addresses, terms of
    this project's own namespaces and invalid IRIs. Nothing is added for invalid JSON-LD, or for a document of more
    than 200,000 values.
    """
    from rdflib.plugins.parsers.jsonld import to_rdf  # its import takes long, and most pages have no JSON-LD

    if not _is_bounded(data):
        return
    document = _closed(data, base, f"{base}#node")
    found = Graph()
    try:
        nodes = document if isinstance(document, list) else [document]
        to_rdf(nodes, found, base=base + "/", context_data=None if _has_context(document) else _COMMON)
    except (ValueError, KeyError, TypeError, AttributeError):
        return
    for triple in found:
        if isinstance(triple[0], URIRef) and isinstance(triple[1], URIRef) and all(map(_is_allowed, triple)):
            say.graph.add(tuple(map(_without_addresses, triple)))


def is_linked_data(value: Any) -> bool:
    """Return whether a value of front matter is JSON-LD: a mapping, or a list of them, with one of its keywords."""
    nodes = value if isinstance(value, list) else [value]
    return any(isinstance(node, dict) and not node.keys().isdisjoint(("@context", "@type", "@graph")) for node in nodes)


def _is_bounded(data: Any) -> bool:
    """Return whether a document has at most ``_LARGEST`` values; values repeated by YAML aliases count each time."""
    waiting, seen = [data], 0
    while waiting and seen <= _LARGEST:
        value = waiting.pop()
        seen += 1
        waiting += value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return seen <= _LARGEST


def _has_context(document: Any) -> bool:
    return isinstance(document, dict) and "@context" in document


def _closed(value: Any, base: str, path: str) -> Any:
    """Return a copy with contexts that need no network, an IRI for each node, and ``@list`` objects as plain arrays."""
    if isinstance(value, list):
        return [_closed(item, base, f"{path}-{n}") for n, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    if "@list" in value:
        return _closed(value["@list"], base, path)
    closed = {str(key): inner for key, inner in _members(value, base, path)}
    if not closed.keys() & {"@id", "id", "@value", "@set", "@graph"}:
        closed["@id"] = path
    return closed


def _members(node: dict[Any, Any], base: str, path: str) -> Iterator[tuple[Any, Any]]:
    for key, inner in node.items():
        if key == "@context":
            yield key, _offline(inner)
        elif key in ("@id", "id") and isinstance(inner, str) and inner.startswith("_:"):
            yield key, f"{base}#{slug(inner)}"
        elif inner is not None:
            yield key, _closed(inner, base, f"{path}-{slug(str(key))}")


def _offline(context: Any) -> list[Any]:
    """Return a context from which everything that would be fetched is removed."""
    parts = context if isinstance(context, list) else [context]
    offline: list[Any] = [_COMMON]
    for part in parts:
        if isinstance(part, dict):
            offline.append({key: _local(value) for key, value in part.items() if key not in _FETCHING})
        elif isinstance(part, str) and "schema.org" in part:
            offline.append(_SCHEMA_ORG)
    return offline


def _local(definition: Any) -> Any:
    """Return a term's definition without a nested context and without list containers, which need blank nodes."""
    if isinstance(definition, dict):
        return {k: value for k, value in definition.items() if k != "@context" and (k, value) != _ORDERED}
    return definition


def _is_allowed(term: Node) -> bool:
    if isinstance(term, Literal):
        return bool(without_addresses(str(term)))
    text = str(term)
    return (
        isinstance(term, URIRef)
        and absolute_iri(text) == text
        and not text.startswith(_OWN)
        and without_addresses(text) == text
    )


def _without_addresses(term: Node) -> Node:
    if isinstance(term, Literal) and "@" in term:
        return Literal(without_addresses(str(term)), lang=term.language)
    return term
