"""The terms that ``ontology/rdm.ttl`` declares, with those of their properties that stand on one line.

The file is read as text, one term or property a line as it is written, so that neither the server nor ``kg check``
needs an RDF library; tests hold the result against rdflib's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from kg.resources import shipped

TYPE = "a"
"""The property of a term's classes in :data:`DECLARATIONS`, as Turtle writes it."""
_PREFIX = re.compile(r"^@prefix (\w+): <(.+)> \.$", re.MULTILINE)
_TERM = re.compile(r"^(\w+:[\w-]+) a (.+?) [;.]$", re.MULTILINE)
_PROPERTY = re.compile(r"^ {4}(\w+:\w+) (.+?) [;.]$", re.MULTILINE)
_TEXT = re.compile(r'"(.*)"(?:@[\w-]+)?')
_ONTOLOGY = (shipped("ontology") / "rdm.ttl").read_text(encoding="utf-8")

NAMESPACES: Mapping[str, str] = dict(_PREFIX.findall(_ONTOLOGY))
"""Prefix → namespace, as the ontology declares them."""


def _declarations() -> dict[str, Mapping[str, tuple[str, ...]]]:
    terms = list(_TERM.finditer(_ONTOLOGY))
    ends = [*(term.start() for term in terms[1:]), len(_ONTOLOGY)]
    return {
        _expanded(term[1]): {TYPE: _objects(term[2]), **_properties(term.end(), end)}
        for term, end in zip(terms, ends, strict=True)
    }


def _properties(start: int, end: int) -> dict[str, tuple[str, ...]]:
    return {_expanded(line[1]): _objects(line[2]) for line in _PROPERTY.finditer(_ONTOLOGY, start, end)}


def _objects(text: str) -> tuple[str, ...]:
    found = _TEXT.fullmatch(text)
    return (found[1],) if found else tuple(map(_expanded, text.split(", ")))


def _expanded(name: str) -> str:
    prefix, colon, local = name.partition(":")
    return NAMESPACES[prefix] + local if colon and prefix in NAMESPACES else name


DECLARATIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = _declarations()
"""IRI of a term → IRI of a property → IRIs and texts, in the ontology's order."""
