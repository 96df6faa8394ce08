"""Write compact JSON-LD with a context of prefixes and one object for each subject."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from itertools import groupby
from typing import Any, BinaryIO

import pyoxigraph as ox

from kg.vocab import RDF, XSD
from kg.writers._graph import iris, used_prefixes


def write(statements: Iterable[ox.Triple], out: BinaryIO) -> None:
    """Write statements that are sorted by subject and predicate."""
    triples = list(statements)
    context = _context(triples)
    names = _CompactIris(context)
    nodes = (
        _lines({"@id": names.short(subject), **_properties(names, about)}, 2)
        for subject, about in groupby(triples, key=lambda triple: triple.subject)
    )
    out.write(f'{{\n "@context": {_lines(context, 1)},\n "@graph": [\n  '.encode())
    for number, node in enumerate(nodes):
        out.write((",\n  " if number else "").encode() + node.encode())
    out.write(b"\n ]\n}\n")


def _context(triples: list[ox.Triple]) -> dict[str, str]:
    """Return the context: prefixes are terms whose IRI ends in a delimiter (JSON-LD 1.1, section 4.1.5).

    A prefix that is also the scheme of an IRI in the graph is left out, since parsers would expand that IRI.
    """
    schemes = {iri.partition(":")[0] for iri in iris(triples)}
    used = used_prefixes(triples).items()
    return {prefix: base for prefix, base in used if base[-1] in "/#" and prefix not in schemes}


def _lines(value: dict[str, Any], indent: int) -> str:
    """Return a JSON object with one member on each line."""
    members = (f"{json.dumps(key)}: {json.dumps(member, ensure_ascii=False)}" for key, member in value.items())
    pad = "\n" + " " * indent
    return "{" + ",".join(f"{pad} {member}" for member in members) + pad + "}"


class _CompactIris:
    """Shortens IRIs by the prefixes of a context."""

    def __init__(self, context: dict[str, str]) -> None:
        self._prefixes = sorted(context.items(), key=lambda item: -len(item[1]))

    def short(self, node: Any) -> str:
        if not isinstance(node, ox.NamedNode):
            return str(node)
        for prefix, base in self._prefixes:
            name = node.value.removeprefix(base)
            if name != node.value and not name.startswith("//"):
                return f"{prefix}:{name}"
        return node.value


def _properties(names: _CompactIris, about: Iterable[ox.Triple]) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for predicate, triples in groupby(about, key=lambda triple: triple.predicate):
        objects = [triple.object for triple in triples]
        if predicate.value == RDF.type and not any(isinstance(thing, ox.Literal) for thing in objects):
            key, values = "@type", [names.short(thing) for thing in objects]
        else:
            key, values = names.short(predicate), [_value(names, thing) for thing in objects]
        properties[key] = values[0] if len(values) == 1 else values
    return properties


def _value(names: _CompactIris, thing: Any) -> Any:
    """Return a term in JSON-LD; a number that JSON parsers could change stays a string with its datatype."""
    if not isinstance(thing, ox.Literal):
        return {"@id": names.short(thing)}
    if thing.language:
        return {"@value": thing.value, "@language": thing.language}
    datatype = thing.datatype.value
    if datatype == XSD.string:
        return thing.value
    if datatype == XSD.integer and re.fullmatch(r"0|-?[1-9][0-9]{0,14}", thing.value):
        return int(thing.value)
    if datatype == XSD.boolean and thing.value in ("true", "false"):
        return thing.value == "true"
    return {"@value": thing.value, "@type": names.short(thing.datatype)}
