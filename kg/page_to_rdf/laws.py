"""The laws that a page cites."""

from __future__ import annotations

from kg.identifiers.legislation import Law
from kg.page_to_rdf.statements import Statements
from kg.vocab import DCT, ELI, RDM


def cite_law(say: Statements, page: str, law: Law, title: str | None, language: str) -> None:
    """Say that a page cites a law, and what the law is; ``title`` is what the page calls it."""
    say.iri(page, RDM.citesLegislation, law.iri)
    say.a(law.iri, ELI.LegalResource)
    say.plain(law.iri, DCT.identifier, law.identifier)
    say.prose(law.iri, DCT.title, title, language)
    say.iri(law.iri, DCT.type, law.type_iri)
