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
_DIGITS = 16
"""Number of digits of the checksum of a graph in the names of its partitions."""


def partition(found: Statistics, release: str, graph: str) -> str:
    """Return the partitions of the release with this id as Turtle; the text is deterministic.

    They are named by ``graph``, the checksum of the graph in which they are counted, so that a later release of the
    same graph has the same ones.
    """
    classes, properties = _parts(found, graph)
    counted = (f"{part} {_property(term, found.properties[term])} .\n" for term, part in properties.items())
    inner = (line for term, part in classes.items() for line in _class(found, graph, term, part))
    return "".join((partitioned(found, release, graph), *counted, *inner))


def partitioned(found: Statistics, release: str, graph: str) -> str:
    """Return the beginning of :func:`partition`: that the release has these partitions, and not what they count."""
    classes, properties = _parts(found, graph)
    prefixes = PREFIXES | {"void-ext": VOID_EXT.base, "part": f"{_dataset(graph)}#"}
    head = [f"@prefix {prefix}: <{base}> .\n" for prefix, base in prefixes.items()]
    parts = f"{_list('void:classPartition', classes)}{_list('void:propertyPartition', properties)}"
    described = f"<{_dataset(graph)}> a void:DatasetDescription ; foaf:primaryTopic <{DATASET}/{release}> .\n"
    return "".join((*head, f"<{DATASET}/{release}> a void:Dataset{parts} .\n", described))


def _parts(found: Statistics, graph: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the partitions by class and by property, sorted by these."""
    classes = {term: _part(graph, "class", term) for term in sorted(found.classes)}
    return classes, {term: _part(graph, "property", term) for term in sorted(found.properties)}


def partitions_name(graph: str) -> str:
    """Return the path of the IRIs of the partitions of a graph below that of the dataset."""
    return f"partitions/{graph[:_DIGITS]}"


def _dataset(graph: str) -> str:
    return f"{DATASET}/{partitions_name(graph)}"


def _class(found: Statistics, graph: str, term: str, part: str) -> Iterator[str]:
    """Yield the partition of a class, of its properties, and of the classes and datatypes of their values."""
    counts = found.class_properties[term]
    properties = {each: _part(graph, "class", term, each) for each in sorted(counts)}
    yield f"{part} void:class {_term(term)} ; void:entities {found.classes[term]}"
    yield f"{_list('void:propertyPartition', properties)} .\n"
    for each, own in properties.items():
        counted = counts[each]
        kinds = (("void:class", counted.classes), ("void-ext:datatype", counted.datatypes))
        values = {kind: {o: _part(graph, "class", term, each, o) for o in sorted(numbers)} for kind, numbers in kinds}
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


def _part(graph: str, *names: str) -> str:
    """Return a part of the description, whose name is made of words and of terms."""
    name = "-".join(map(_word, names))
    return f"part:{name}" if _LOCAL.fullmatch(name) else f"<{_dataset(graph)}#{name}>"


@lru_cache(_TERMS)
def _word(name: str) -> str:
    return quote(prefixed_name(value(name)) if name.startswith("<") else name, safe=":/")


@lru_cache(_TERMS)
def _term(term: str) -> str:
    name = prefixed_name(value(term))
    return term if name == value(term) else name
