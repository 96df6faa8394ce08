"""The laws that a page cites."""

from __future__ import annotations

from kg.identifiers.legislation import Law, laws_in, name_of_law
from kg.page_to_rdf.statements import Statements
from kg.vocab import DCT, ELI, RDM


def cite_law(say: Statements, page: str, law: Law, title: str | None, language: str) -> None:
    """Say that a page cites a law, and what the law is; ``title`` is what the page calls it.

    A law that the page calls nothing, or by its number alone, has its name in the table of laws as title.
    """
    say.iri(page, RDM.citesLegislation, law.iri)
    say.a(law.iri, ELI.LegalResource)
    say.plain(law.iri, DCT.identifier, law.identifier)
    named = name_of_law(law.iri, language) if not title or _is_number(title) else None
    say.prose(law.iri, DCT.title, *(named or (title, language)))
    say.iri(law.iri, DCT.type, law.type_iri)


def _is_number(title: str) -> bool:
    return any(citation.written == title for citation in laws_in(title))
