"""Laws, regulations and conventions: from text or URL to the European Legislation Identifier (ELI).

Norwegian acts and regulations get Lovdata's ELI, acts of the European Union that of the Publications Office. Treaties
of the Council of Europe have none, and get the address of their page at its Treaty Office.
"""

from kg.identifiers.legislation.law import Law, LawKind
from kg.identifiers.legislation.names import law_of_name, name_of_law, names_of_laws, replacement_of
from kg.identifiers.legislation.text import Citation, impossible_laws_in, laws_in
from kg.identifiers.legislation.urls import law_of_url

__all__ = [
    "Citation",
    "Law",
    "LawKind",
    "impossible_laws_in",
    "law_of_name",
    "law_of_url",
    "laws_in",
    "name_of_law",
    "names_of_laws",
    "replacement_of",
]
