"""Identifiers of registries: FAIRsharing in all its forms, and values that YAML reads as another type."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kg.findings import Severity
from kg.identifiers import fairsharing
from kg.identifiers.fairsharing import ReferenceForm
from kg.lint.context import Context, SourceFile
from kg.lint.rule import Rule, RuleMatch
from kg.page import Page
from kg.site.yaml_text import Scalar

_REGISTRIES = ("fairsharing", "fairsharing-coll", "biotools", "tess", "europmc")
_COUNTRIES = ("country_code", "affiliations", "supported_by")
"""Keys whose values may be country codes."""
_IDS = ("id", "page_id")
_NUMBER = re.compile(
    r"[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[\da-f_]+|\d[\d_]*(?:\.\d*)?(?:e[-+]?\d+)?|\.\d+(?:e[-+]?\d+)?)", re.I
)
_BOOLEAN = re.compile(r"y|n|yes|no|on|off", re.IGNORECASE)


def _places(page: Page, context: Context) -> Iterator[tuple[str, int]]:
    """Yield every link of the body and every value of the front matter, with its line."""
    for link in (link for block in page.blocks for link in block.links):
        yield re.sub(r"^\((.*)\)$", r"\1", link.href), link.line
    for scalar in context.front(page):
        yield scalar.value.strip(), scalar.line


def _unknown(page: Page, context: Context) -> Iterator[RuleMatch]:
    yield from _unknown_in(_places(page, context), context)


def _unknown_data(file: SourceFile, context: Context) -> Iterator[RuleMatch]:
    yield from _unknown_in(((scalar.value.strip(), scalar.line) for scalar in file.scalars), context)


def _unknown_in(places: Iterable[tuple[str, int]], context: Context) -> Iterator[RuleMatch]:
    for text, line in places:
        reference = fairsharing.parse_url(text)
        if reference and (problem := fairsharing.unknown_reference(text, reference, context.crosswalk)):
            severity, message = problem
            yield RuleMatch(line, f"{text}: {message}", severity)


def _legacy(page: Page, context: Context) -> Iterator[RuleMatch]:
    for text, line, iri in _known(_places(page, context), context, legacy=True):
        yield RuleMatch(line, f"{text} is an identifier of former times; write {iri}")


def _legacy_data(file: SourceFile, context: Context) -> Iterator[RuleMatch]:
    places = ((scalar.value.strip(), scalar.line) for scalar in file.scalars)
    for text, line, iri in _known(places, context, legacy=True):
        yield RuleMatch(line, f"{text} is an identifier of former times; write {iri}")
    for scalar in file.scalars:
        if _is_registry(scalar) and (found := fairsharing.parse(scalar.value)) and found.form is ReferenceForm.LEGACY:
            record = context.crosswalk.resolve(found)
            if record and record.suffix and fairsharing.parse_url(scalar.value) is None:
                yield RuleMatch(scalar.line, f"{scalar.value} is an identifier of former times; write {record.suffix}")


def _address(page: Page, context: Context) -> Iterator[RuleMatch]:
    for text, line, iri in _known(_places(page, context), context, legacy=False):
        yield RuleMatch(line, f"{text} is not the record's persistent identifier; write {iri}")


def _known(places: Iterable[tuple[str, int]], context: Context, *, legacy: bool) -> Iterator[tuple[str, int, str]]:
    """Yield text, line and DOI of each place that refers to a known record by another address than its DOI."""
    for text, line in places:
        reference = fairsharing.parse_url(text)
        record = context.crosswalk.resolve(reference) if reference else None
        if (
            reference
            and record
            and record.suffix
            and (reference.form is ReferenceForm.LEGACY) is legacy
            and text != record.iri
        ):
            yield text, line, record.iri


def _value(file: SourceFile, context: Context) -> Iterator[RuleMatch]:
    return _values(file.scalars, context)


def _value_of_page(page: Page, context: Context) -> Iterator[RuleMatch]:
    return _values(context.front(page), context)


def _values(scalars: Iterable[Scalar], context: Context) -> Iterator[RuleMatch]:
    for scalar in scalars:
        value = scalar.value.strip()
        if not _is_registry(scalar) or not value or value.startswith("<!--"):
            continue
        reference = fairsharing.parse(value) if scalar.keys[-1].lower() == "fairsharing" else None
        record = context.crosswalk.resolve(reference) if reference else None
        if (
            record
            and record.suffix
            and reference
            and reference.form is not ReferenceForm.LEGACY
            and value != record.suffix
        ):
            yield RuleMatch(scalar.line, f"{value!r} is not what the theme looks up; write {record.suffix!r}")
        elif "://" in value and scalar.keys[-1].lower() == "biotools":
            yield RuleMatch(scalar.line, f"{value!r} is an address; write the identifier alone")


def _is_registry(scalar: Scalar) -> bool:
    return len(scalar.keys) > 1 and scalar.keys[-2] == "registry" and scalar.keys[-1].lower() in _REGISTRIES


def _yaml(page: Page, context: Context) -> Iterator[RuleMatch]:
    return _misread(context.front(page))


def _yaml_data(file: SourceFile, context: Context) -> Iterator[RuleMatch]:
    return _misread(file.scalars)


def _misread(scalars: Iterable[Scalar]) -> Iterator[RuleMatch]:
    for scalar in scalars:
        if scalar.quoted or not scalar.keys:
            continue
        if _is_registry(scalar) and _NUMBER.fullmatch(scalar.value):
            yield RuleMatch(scalar.line, f"YAML may take {scalar.value} for a number; write '{scalar.value}' in quotes")
        elif (_is_registry(scalar) or scalar.keys[-1] in (*_COUNTRIES, *_IDS)) and _BOOLEAN.fullmatch(scalar.value):
            yield RuleMatch(
                scalar.line, f"YAML takes {scalar.value} for true or false; write '{scalar.value}' in quotes"
            )


RULES = (
    Rule("unknown-fairsharing", Severity.WARNING, _unknown, _unknown_data),
    Rule("legacy-fairsharing", Severity.NOTE, _legacy, _legacy_data),
    Rule("fairsharing-address", Severity.NOTE, _address),
    Rule("registry-value", Severity.WARNING, _value_of_page, _value),
    Rule("yaml-value", Severity.WARNING, _yaml, _yaml_data),
)
