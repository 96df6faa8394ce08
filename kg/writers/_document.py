"""A Turtle document in another format."""

from __future__ import annotations

import pyoxigraph as ox

from kg.errors import ReleaseError
from kg.query import Format
from kg.writers._graph import used_prefixes


def rewrite(turtle: str, base: str, wanted: Format) -> bytes:
    """What a Turtle document says, its relative IRIs meant from ``base``; the same bytes unless it has blank nodes.

    Raises :class:`kg.errors.ReleaseError` where it is no Turtle.
    """
    try:
        quads = ox.parse(turtle.encode(), ox.RdfFormat.TURTLE, base_iri=base)
        triples = list(dict.fromkeys(quad.triple for quad in quads))
    except SyntaxError as error:
        raise ReleaseError(f"the release's description is damaged: {error}") from error
    syntax = ox.RdfFormat.from_media_type(wanted.media_type)
    return ox.serialize(triples, format=syntax, prefixes=used_prefixes(triples)) or b""
