"""Mapping between IRIs and the URLs of their pages on this server.

IRIs of our namespace are served at their own path. Any other IRI in the graph (a DOI, a law, a DICOM code) has its page
at ``/id/?iri=…``: in a path, proxies would normalise its ``//`` and ``%2F``.
"""

from __future__ import annotations

from urllib.parse import quote, unquote

from flask import url_for

from kg.query import Format
from kg.vocab import BASE, RDM, ROLE, SECTION

_KEPT = "/-._~"
"""Characters that are not percent-encoded in the path of our IRIs."""
_ONTOLOGY = RDM.base.removesuffix("#")


def page_of(iri: str) -> str:
    """Return the URL of the page that describes ``iri``; a fragment is an anchor on the page of its document."""
    document, _, fragment = iri.partition("#")
    if document == _ONTOLOGY:
        return url_for("ontology.ontology", _anchor=fragment or None)
    for kind, names in (("role", ROLE), ("section", SECTION)):
        if iri.removeprefix(names.base) in names.terms:
            return url_for(f"ontology.{kind}", name=iri.removeprefix(names.base))
    path = document.removeprefix(BASE)
    if path and path != document and quote(unquote(path), safe=_KEPT) == path:
        return url_for("things.thing", path=unquote(path), _anchor=fragment or None)
    if path != document:
        return url_for("things.any_thing", iri=document, _anchor=fragment or None)
    return url_for("things.any_thing", iri=iri)


def address_in(iri: str, fmt: Format) -> str:
    """Return the URL of a thing's description in one format."""
    page = page_of(iri)
    if page.startswith(url_for("things.any_thing") + "?"):
        return url_for("things.any_thing", iri=iri, format=fmt.name)
    return f"{page}.{fmt.extension}"


def own_iri(path: str) -> str:
    """Return the IRI whose page is at ``path`` below ``/id/``.

    >>> own_iri("lookup/tool/data stewardship")
    'https://w3id.org/rdm-kg/id/lookup/tool/data%20stewardship'
    """
    return BASE + quote(path, safe=_KEPT)
