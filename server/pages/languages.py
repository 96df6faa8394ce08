"""Languages of the names of things, for the attribute ``lang`` of a page in English."""

from __future__ import annotations

from collections.abc import Mapping

from kg.query.rows import one_of, text, values
from kg.vocab import TITLES
from server.pages.rows import rows
from server.service import Service


def foreign(language: str) -> str | None:
    """Return a language that is not English, else ``None``; a text without a language counts as English.

    >>> foreign("nn"), foreign("en-GB"), foreign("")
    ('nn', None, None)
    """
    return None if language.partition("-")[0] in ("", "en") else language


def languages(service: Service, names: Mapping[str, str]) -> dict[str, str]:
    """Return the language of each name that is not in English, by the IRI that has the name.

    Raises:
        QueryError: when the pool cannot answer.
    """
    if not names:
        return {}
    query = f"""SELECT ?s ?o {{ {values("s", names)} ?s ?p ?o {one_of("p", TITLES)}
      FILTER(LANG(?o) != "" && !LANGMATCHES(LANG(?o), "en")) }}"""
    return {
        text(row, "s"): row["o"]["xml:lang"] for row in rows(service, query) if text(row, "o") == names[text(row, "s")]
    }
