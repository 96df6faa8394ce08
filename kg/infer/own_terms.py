"""Recognise the terms of our own namespaces."""

from rdflib import URIRef

from kg.vocab import BLOCK, RDM, ROLE, SECTION

OWN = (RDM.base, BLOCK.base, ROLE.base, SECTION.base)
"""Our namespaces."""


def is_own(term: object) -> bool:
    """Return whether a term is in one of our namespaces."""
    return isinstance(term, URIRef) and str(term).startswith(OWN)  # rdflib's own startswith takes no tuple
