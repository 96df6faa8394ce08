"""Where our pages of things are: the one place that turns an IRI into an address of this server, and back.

Our own IRIs are served at their own path. Whatever else the graph speaks of (a DOI, a law, a DICOM code) has its page
at ``/id/?iri=…``: an IRI inside a path would lose its ``//`` and ``%2F`` to proxies, a parameter keeps every character.
"""

from __future__ import annotations

from urllib.parse import quote, unquote

from flask import url_for

from kg.query import Format
from kg.vocab import BASE, RDM, ROLE, SECTION

_KEPT = "/-._~"
"""What stays as it is in the path of an IRI that we mint."""
_ONTOLOGY = RDM.base.removesuffix("#")


def page_of(iri: str) -> str:
    """The address of the page that tells of ``iri``; a fragment is a place on the page of what it is a part of."""
    document, _, fragment = iri.partition("#")
    if document == _ONTOLOGY:
        return url_for("ontology.ontology", _anchor=fragment or None)
    for kind, names in (("role", ROLE), ("section", SECTION)):
        if iri.removeprefix(names.base) in names.terms:
            return url_for(f"ontology.{kind}", name=iri.removeprefix(names.base))
    path = document.removeprefix(BASE)
    if path and path != document and quote(unquote(path), safe=_KEPT) == path:
        return url_for("things.thing", path=unquote(path), _anchor=fragment or None)
    return url_for("things.any_thing", iri=iri)


def address_in(iri: str, fmt: Format) -> str:
    """Where the description of a thing is in one format."""
    page = page_of(iri)
    if page.startswith(url_for("things.any_thing") + "?"):
        return url_for("things.any_thing", iri=iri, format=fmt.name)
    return f"{page}.{fmt.extension}"


def own_iri(path: str) -> str:
    """The IRI whose page is at ``path`` below ``/id/``.

    >>> own_iri("lookup/tool/data stewardship")
    'https://w3id.org/rdm-kg/id/lookup/tool/data%20stewardship'
    """
    return BASE + quote(path, safe=_KEPT)
