"""XML that every parser takes, whatever characters and names the terms of an answer have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO
from xml.parsers import expat

import pyoxigraph as ox

from kg.errors import NotWritable
from kg.vocab import RDF

_NO_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]|\r")
"""UTF-8 of the characters that XML does not have, and of the one that its parsers read as another."""
_INSTEAD = "\ufffd".encode()
_START = "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
_START += "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
_BACKWARDS = f"[-.0-9\u00b7\u0300-\u036f\u203f-\u2040{_START}]*"
_RESERVED = {
    RDF.type.replace("type", name)
    for name in "RDF ID about parseType resource nodeID datatype li Description aboutEach aboutEachPrefix bagID".split()
}
_OF_NAMESPACES = "http://www.w3.org/2000/xmlns/"


class XmlOutput:
    """Output of XML: a carriage return is written as a reference, and what is no character of XML as U+FFFD."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._begun = b""
        """The first bytes of a character whose others are not yet written."""

    def write(self, data: bytes) -> int:
        """Write bytes, of which the last may be kept for the next call."""
        text = self._begun + data
        kept = next((len(start) for start in (b"\xef\xbf", b"\xef") if text.endswith(start)), 0)
        self._begun = text[len(text) - kept :]
        self._out.write(_NO_XML.sub(_instead, text[: len(text) - kept]))
        return len(data)

    def flush(self) -> None:
        """Flush the output below."""
        self._out.flush()


def _instead(found: re.Match[bytes]) -> bytes:
    return b"&#13;" if found[0] == b"\r" else _INSTEAD


def nameable(statements: Iterable[Any]) -> Iterator[Any]:
    """Yield statements, for RDF/XML, in which a predicate is the name of an element.

    Raises:
        NotWritable: when a predicate, or a type that stands first of its subject, cannot be the name of an element.
    """
    checked, subject = set[str](), None
    for statement in statements:
        predicate, value = statement.predicate.value, statement.object
        is_element = predicate == RDF.type and statement.subject != subject and isinstance(value, ox.NamedNode)
        for name in (predicate, *([value.value] if is_element and value.value not in _RESERVED else ())):
            if name not in checked and not _is_nameable(name):
                raise NotWritable(f"RDF/XML has no name for <{name[:200]}>; ask for another format, such as Turtle")
            checked.add(name)
        subject = statement.subject
        yield statement


def _is_nameable(iri: str) -> bool:
    """Return whether an IRI ends with the name of an element, and is none that RDF/XML uses itself."""
    end = re.match(_BACKWARDS, iri[::-1])
    local = end[0][::-1] if end else ""
    start = re.search(f"[{_START}]", local)
    if start is None or iri in _RESERVED or iri.startswith(_OF_NAMESPACES):
        return False
    try:  # the parsers know the names of the fourth edition of XML, which are fewer than those of the fifth
        expat.ParserCreate().Parse(f"<{local[start.start() :]}/>", True)
    except expat.ExpatError:
        return False
    return True
