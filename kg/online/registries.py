"""Registries whose pages do not tell whether an entry exists: DOIs, bio.tools and FAIRsharing.

The pages of bio.tools and FAIRsharing are programs, which answer any address with success, and publishers refuse
programs that follow a DOI. So documented interfaces are asked: the handles of doi.org (``api/handles/<DOI>``) and the
tools of bio.tools (``api/tool/<ID>``). FAIRsharing's interface needs an account; its records have DOIs, which doi.org
knows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from kg.identifiers import fairsharing, registries
from kg.identifiers.fairsharing import FairsharingCrosswalk

_DOI_HOSTS = ("doi.org", "www.doi.org", "dx.doi.org")
_BIOTOOLS_ENTRY = re.compile(
    r"/+(?:t(?:ool)?/+)?(?!(?:about|api|domain|login|register|signup|stats|subdomain|t)/?$)[^/]+/?"
)
_DOI = re.compile(r"/+(10[\d.]*/.+)")


@dataclass(frozen=True, slots=True)
class Lookup:
    """The request that tells whether a registry has an entry."""

    url: str
    """Answers 200 if there is the entry and 404 if there is none."""
    otherwise: str
    """Description of an address without an entry."""


@dataclass(frozen=True, slots=True)
class Registries:
    """The addresses of the interfaces."""

    doi: str = "https://doi.org/api/handles/"
    biotools: str = "https://bio.tools/api/tool/"

    def lookup(self, address: str, crosswalk: FairsharingCrosswalk) -> Lookup | str | None:
        """Return the request for an address, the reason why there can be none, or ``None`` for any other address.

        >>> table, about = FairsharingCrosswalk.load(), "https://bio.tools/about"
        >>> Registries().lookup("https://dx.doi.org/10.1000%2F1", table).url
        'https://doi.org/api/handles/10.1000/1'
        >>> Registries().lookup("https://fairsharing.org/bsg-s000114", table).url
        'https://doi.org/api/handles/10.25504/FAIRsharing.b7z8by'
        >>> Registries().lookup("https://bio.tools/galaxy", table).url, Registries().lookup(about, table)
        ('https://bio.tools/api/tool/galaxy?format=json', None)
        """
        parts = urlsplit(address)
        host, path = (parts.hostname or "").removeprefix("www."), unquote(parts.path)
        if host in _DOI_HOSTS and (found := _DOI.fullmatch(path)):
            return self._handle(found[1])
        if host == "bio.tools" and _BIOTOOLS_ENTRY.fullmatch(path) and (iri := registries.biotools(f"{host}{path}")):
            name = iri.removeprefix(registries.BIOTOOLS)
            return Lookup(f"{self.biotools}{quote(name)}?format=json", "is no entry of bio.tools")
        if host == "fairsharing.org" and (reference := fairsharing.parse_url(address)):
            record = crosswalk.resolve(reference)
            iri = record.iri if record else reference.iri
            if iri and iri.startswith(fairsharing.DOI):
                return self._handle(iri.removeprefix("https://doi.org/"))
            return (
                "is a record of FAIRsharing without a known DOI, and FAIRsharing answers programs with an account only"
            )
        return None

    def _handle(self, doi: str) -> Lookup:
        return Lookup(self.doi + quote(doi, safe="/"), "is no DOI that doi.org knows")
