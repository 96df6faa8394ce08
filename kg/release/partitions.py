"""The partitions of a release by class and property (VoID, section 4.5), as query editors ask for them.

A class has a partition for each property of its instances, and that has one for each class and each datatype of the
values. The document is written as text: RDF libraries need longer for it than a release for everything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from urllib.parse import quote

from kg.release.nquads import value
from kg.release.statistics import PropertyCount, Statistics
from kg.vocab import DATASET, PREFIXES, VOID_EXT, prefixed_name

_LOCAL = re.compile(r"[\w:-](?:[\w:.-]*[\w:-])?", re.ASCII)
"""Local name that needs no escapes in Turtle."""
_TERMS = 1 << 12
"""Number of terms whose names are remembered."""


def partition(found: Statistics, release: str) -> str:
    """Return the partitions of the release with this id as Turtle; the text is deterministic."""
    dataset = f"{DATASET}/{release}"
    prefixes = PREFIXES | {"void-ext": VOID_EXT.base, "part": f"{dataset}#"}
    head = [f"@prefix {prefix}: <{base}> .\n" for prefix, base in prefixes.items()]
    classes = {term: _part(dataset, "class", term) for term in sorted(found.classes)}
    properties = {term: _part(dataset, "property", term) for term in sorted(found.properties)}
    parts = f"{_list('void:classPartition', classes)}{_list('void:propertyPartition', properties)}"
    counted = (f"{part} {_property(term, found.properties[term])} .\n" for term, part in properties.items())
    inner = (line for term, part in classes.items() for line in _class(found, dataset, term, part))
    return "".join((*head, f"<{dataset}> a void:Dataset{parts} .\n", *counted, *inner))


def _class(found: Statistics, dataset: str, term: str, part: str) -> Iterator[str]:
    """Yield the partition of a class, of its properties, and of the classes and datatypes of their values."""
    counts = found.class_properties[term]
    properties = {each: _part(dataset, "class", term, each) for each in sorted(counts)}
    yield f"{part} void:class {_term(term)} ; void:entities {found.classes[term]}"
    yield f"{_list('void:propertyPartition', properties)} .\n"
    for each, own in properties.items():
        counted = counts[each]
        kinds = (("void:class", counted.classes), ("void-ext:datatype", counted.datatypes))
        values = {kind: {o: _part(dataset, "class", term, each, o) for o in sorted(numbers)} for kind, numbers in kinds}
        lists = (_list(f"{kind}Partition", parts) for kind, parts in values.items())
        yield f"{own} {_property(each, counted)}{''.join(lists)} .\n"
        for kind, numbers in kinds:
            for o, inner in values[kind].items():
                yield f"{inner} {kind} {_term(o)} ; void:triples {numbers[o]} .\n"


def _property(term: str, counted: PropertyCount) -> str:
    return f"void:property {_term(term)} ; void:triples {counted.triples} ; void:distinctSubjects {counted.subjects}"


def _list(predicate: str, parts: Mapping[str, str]) -> str:
    """Return a predicate with its objects as the continuation of a statement; nothing without objects."""
    return f" ; {predicate} {', '.join(parts.values())}" if parts else ""


def _part(dataset: str, *names: str) -> str:
    """Return a part of the description, whose name is made of words and of terms."""
    name = "-".join(map(_word, names))
    return f"part:{name}" if _LOCAL.fullmatch(name) else f"<{dataset}#{name}>"


@lru_cache(_TERMS)
def _word(name: str) -> str:
    return quote(prefixed_name(value(name)) if name.startswith("<") else name, safe=":/")


@lru_cache(_TERMS)
def _term(term: str) -> str:
    name = prefixed_name(value(term))
    return term if name == value(term) else name
