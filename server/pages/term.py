"""View model of a property or class of another vocabulary: its definition, and its uses in the graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from kg.query.rows import Row, text
from kg.query.text import iri_term
from kg.vocab import RDF
from server.pages.rows import rows
from server.pages.statements import names_of, words_of
from server.pages.thing import ShownValue, ThingPage
from server.pages.words import in_words
from server.service import Service

USES = 50
"""Largest number of uses on one page."""
_COUNT = "SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?things) {{ {pattern} }}"
_USES = "SELECT {wanted} {{ {pattern} }} ORDER BY {wanted} LIMIT {most} OFFSET {before}"


@dataclass(frozen=True, slots=True)
class TermUse:
    """A statement that uses the term."""

    subject: ShownValue
    value: ShownValue | None
    """Value of the property; ``None`` for an instance of a class."""


@dataclass(frozen=True, slots=True)
class TermPage:
    """A term, and one page of its uses."""

    thing: ThingPage
    """Statements about the term itself, if any."""
    meaning: str
    is_class: bool
    number: int
    """Number of uses."""
    things: int
    """Number of distinct subjects."""
    uses: tuple[TermUse, ...]
    page: int
    """Number of the page, counted from 1."""
    pages: int
    query: str
    """SPARQL query for all uses."""


def term_of(service: Service, iri: str, thing: ThingPage | None, page: int) -> TermPage | None:
    """Return the uses of ``iri`` as a property, else as a class, or ``None`` if there are none.

    ``thing`` has the statements about ``iri``, if any.

    Raises:
        QueryError: when the pool cannot answer.
    """
    own = iri_term(iri)
    for pattern, wanted in ((f"?s {own} ?o", "?s ?o"), (f"?s <{RDF.type}> {own}", "?s")):
        (counted,) = rows(service, _COUNT.format(pattern=pattern))
        if number := int(text(counted, "n")):
            last = -(-number // USES)
            page = min(page, last)
            query = _USES.format(wanted=wanted, pattern=pattern, most=USES, before=(page - 1) * USES)
            label, meaning = _words(service, iri)
            return TermPage(
                thing=_labelled(thing, label)
                if thing
                else ThingPage(
                    iri=iri,
                    title=ShownValue(label),
                    descriptions=(),
                    types=(),
                    relations=(),
                    inverse=(),
                    mentions=(),
                    mentioned=0,
                    parts=(),
                    sources=(),
                ),
                meaning=meaning,
                is_class="?o" not in wanted,
                number=number,
                things=int(text(counted, "things")),
                uses=_uses(service, rows(service, query)),
                page=page,
                pages=last,
                query=f"SELECT {wanted} {{\n  {pattern}\n}}",
            )
    return None


def _labelled(thing: ThingPage, label: str) -> ThingPage:
    """Return the thing titled ``label`` if it has no name, and without instances of a class, which are its uses."""
    title = ShownValue(label) if thing.title.label == in_words(thing.iri) else thing.title
    return replace(thing, title=title, inverse=tuple(each for each in thing.inverse if each.iri != RDF.type))


def _words(service: Service, iri: str) -> tuple[str, str]:
    return words_of(service, [iri]).get(iri, (in_words(iri), ""))


def _uses(service: Service, found: Iterable[Row]) -> tuple[TermUse, ...]:
    found = list(found)
    terms = [term for row in found for term in row.values() if term["type"] == "uri"]
    names = names_of(service, {term["value"] for term in terms})
    shown = ({variable: _value(term, names) for variable, term in row.items()} for row in found)
    return tuple(TermUse(row["s"], row.get("o")) for row in shown)


def _value(term: Mapping[str, str], names: Mapping[str, str]) -> ShownValue:
    value = term["value"]
    if term["type"] != "uri":
        return ShownValue(value, "", term.get("xml:lang", ""))
    return ShownValue(names.get(value) or in_words(value), value)
