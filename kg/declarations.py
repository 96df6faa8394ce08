"""The terms that ``ontology/rdm.ttl`` declares, with their properties that are written on one line.

The file is parsed with regular expressions that rely on its layout of one property a line, so that neither the server
nor ``kg check`` needs an RDF library. Tests compare the result with rdflib's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from kg.resources import shipped

TYPE = "a"
"""Key of a term's classes in :data:`DECLARATIONS`, as in Turtle."""
_PREFIX = re.compile(r"^@prefix (\w+): <(.+)> \.$", re.MULTILINE)
_TERM = re.compile(r"^(\w+:[\w-]+) a (.+?) [;.]$", re.MULTILINE)
_PROPERTY = re.compile(r"^ {4}(\w+:\w+) (.+?) [;.]$", re.MULTILINE)
_TEXT = re.compile(r'"(.*)"(?:@[\w-]+)?')
_ONTOLOGY = (shipped("ontology") / "rdm.ttl").read_text(encoding="utf-8")

NAMESPACES: Mapping[str, str] = dict(_PREFIX.findall(_ONTOLOGY))
"""Mapping of prefix to namespace, as declared in the ontology."""


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
"""Mapping of term to property to values, which are IRIs and texts, in the order of the file."""
