"""Citations of laws that are not in force."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.findings import Severity
from kg.identifiers.legislation import Law, law_of_name, law_of_url, laws_in, name_of_law, replacement_of
from kg.lint.context import Context, SourceFile
from kg.lint.rule import Rule, RuleMatch
from kg.page import Page


def _on_page(page: Page, context: Context) -> Iterator[RuleMatch]:
    found = {(law, link.line) for block in page.blocks for link in block.links for law in _named(link.href, link.label)}
    for block in page.blocks:
        found |= {(citation.law, block.line_at(citation.start)) for citation in laws_in(block.text)}
    found |= {(law, scalar.line) for scalar in context.front(page) for law in _named(scalar.value, "")}
    yield from _matches(found)


def _on_data(file: SourceFile, context: Context) -> Iterator[RuleMatch]:
    yield from _matches({(law, scalar.line) for scalar in file.scalars for law in _named(scalar.value, "")})


def _named(address: str, label: str) -> Iterator[Law]:
    """Yield the law at an address, else that of a name, else those cited in a text."""
    law = law_of_url(address.strip()) or law_of_name(label)
    yield from [law] if law else (citation.law for citation in laws_in(address))


def _matches(found: Iterable[tuple[Law, int]]) -> Iterator[RuleMatch]:
    for law, line in sorted(found, key=lambda place: (place[1], place[0].iri)):
        if newer := replacement_of(law.iri):
            yield RuleMatch(line, f"{_in_words(law)} is not in force; {_in_words(newer)} replaced it")


def _in_words(law: Law) -> str:
    named = name_of_law(law.iri)
    return f"the {named[0]} ({law.identifier})" if named else law.identifier


RULES = (Rule("repealed-law", Severity.NOTE, _on_page, _on_data),)
