"""Identifiers of registries: FAIRsharing in all its forms, and values that YAML reads as another type."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kg.findings import Severity
from kg.identifiers import fairsharing, registries
from kg.identifiers.fairsharing import FairsharingCrosswalk, Record, ReferenceForm
from kg.lint.context import Context, SourceFile
from kg.lint.rule import Rule, RuleMatch
from kg.page import Page
from kg.site.yaml_text import Scalar

_REGISTRIES = ("fairsharing", "fairsharing-coll", "biotools", "tess", "europmc")
_COLLECTIONS = "fairsharing"
"""Key of the front matter under which a program of the theme's lists collections of records, not the author."""
_COUNTRIES = ("country_code", "affiliations", "supported_by")
"""Keys whose values may be country codes."""
_QUERY = re.compile(r"[\s?#]")
_IDS = ("id", "page_id")
_NUMBER = re.compile(
    r"[-+]?(?:0b[01_]+|0x[\da-f_]+|0[0-7_]+|\d[\d,]*[_,][\d_,]*|\d+(?::[0-5]?\d)+|\d*\.\d+0|\.\d+|\d+\.)|\+\d+",
    re.IGNORECASE,
)
"""A number that Jekyll shows otherwise than it is written; it reads ``08`` and ``1e5`` as text."""
_BOOLEAN = re.compile(r"yes|no|on|off", re.IGNORECASE)


def _places(page: Page, context: Context) -> Iterator[tuple[str, int]]:
    """Yield every link of the body and every value of the front matter, with its line."""
    for link in (link for block in page.blocks for link in block.links):
        yield re.sub(r"^\((.*)\)$", r"\1", link.href), link.line
    for scalar in context.front(page):
        yield scalar.value.strip(), scalar.line


def _unknown(page: Page, context: Context) -> Iterator[RuleMatch]:
    by_program = {scalar.line for scalar in context.front(page) if scalar.keys[:1] == (_COLLECTIONS,)}
    places = ((text, line) for text, line in _places(page, context) if line not in by_program)
    yield from _unknown_in(places, context)


def _unknown_data(file: SourceFile, context: Context) -> Iterator[RuleMatch]:
    yield from _unknown_in(((scalar.value.strip(), scalar.line) for scalar in file.scalars), context)


def _unknown_in(places: Iterable[tuple[str, int]], context: Context) -> Iterator[RuleMatch]:
    for text, line in places:
        reference = fairsharing.parse_url(text)
        if reference and (problem := fairsharing.unknown_reference(text, reference, context.crosswalk)):
            severity, message = problem
            yield RuleMatch(line, f"{text}: {message}", severity)
        elif reference is None and fairsharing.is_misspelt(text):
            yield RuleMatch(line, f"{text}: no FAIRsharing record can have this identifier")


def _legacy(page: Page, context: Context) -> Iterator[RuleMatch]:
    for text, line, record in _known(_places(page, context), context, legacy=True):
        yield RuleMatch(line, f"{text} is an identifier of former times; {_advice(text, record)}")


def _legacy_data(file: SourceFile, context: Context) -> Iterator[RuleMatch]:
    places = ((scalar.value.strip(), scalar.line) for scalar in file.scalars)
    for text, line, record in _known(places, context, legacy=True):
        yield RuleMatch(line, f"{text} is an identifier of former times; {_advice(text, record)}")
    for scalar in file.scalars:
        if is_registry(scalar) and (found := _of_former_value(scalar.value, context.crosswalk)):
            what = f"write {found.suffix}{_in_brackets(found)}"
            yield RuleMatch(scalar.line, f"{scalar.value} is an identifier of former times; {what}")


def _address(page: Page, context: Context) -> Iterator[RuleMatch]:
    for text, line, record in _known(_places(page, context), context, legacy=False):
        yield RuleMatch(line, f"{text} is not the record's persistent identifier; {_advice(text, record)}")


def _advice(text: str, record: Record) -> str:
    what = "its record is" if _QUERY.search(text) else "write"
    return f"{what} {record.iri}{_in_brackets(record)}"


def _in_brackets(record: Record) -> str:
    name = record.abbreviation or record.name
    return f" ({name})" if name else ""


def _known(places: Iterable[tuple[str, int]], context: Context, *, legacy: bool) -> Iterator[tuple[str, int, Record]]:
    """Yield text, line and record of each place that refers to a known record by another address than its DOI."""
    for text, line in places:
        if found := _other_address(text, context.crosswalk):
            record, is_legacy = found
            if is_legacy is legacy:
                yield text, line, record


def _other_address(text: str, crosswalk: FairsharingCrosswalk) -> tuple[Record, bool] | None:
    """Return the record that another address than its DOI means, and whether that is a former one, or ``None``."""
    reference = fairsharing.parse_url(text)
    record = crosswalk.resolve(reference) if reference else None
    if reference is None or record is None or not record.suffix or text == record.iri:
        return None
    return record, reference.form is ReferenceForm.LEGACY


def doi_for(text: str, crosswalk: FairsharingCrosswalk, *, former_only: bool = False) -> str | None:
    """Return the DOI to be written for another address of a record; ``None`` if a query or fragment would be lost."""
    found = None if _QUERY.search(text) else _other_address(text, crosswalk)
    return found[0].iri if found and (found[1] or not former_only) else None


def former_value(value: str, crosswalk: FairsharingCrosswalk) -> str | None:
    """Return the suffix to be written for a former identifier that is the value of a registry, or ``None``."""
    record = _of_former_value(value, crosswalk)
    return record.suffix if record else None


def _of_former_value(value: str, crosswalk: FairsharingCrosswalk) -> Record | None:
    """Return the record of a former identifier that is the value of a registry, or ``None``."""
    found = fairsharing.parse(value)
    record = crosswalk.resolve(found) if found and found.form is ReferenceForm.LEGACY else None
    return record if record and record.suffix and fairsharing.parse_url(value) is None else None


def _other_record(page: Page, context: Context) -> Iterator[RuleMatch]:
    for link in (link for block in page.blocks for link in block.links):
        reference = fairsharing.parse_url(re.sub(r"^\((.*)\)$", r"\1", link.href))
        record = context.crosswalk.resolve(reference) if reference else None
        label = " ".join(link.label.split())
        if record is None or not record.name or context.site.profile.label(label) or _names(label, record):
            continue
        if others := context.records_by_name.get(label.casefold()):
            where = " or ".join(other.iri for other in others)
            yield RuleMatch(link.line, f"the record is {record.name!r}; {label} is {where}")


def _names(label: str, record: Record) -> bool:
    """Return whether a link's text is a name of a record, or whole words of one: ``GenBank`` in its format's name."""
    words = re.compile(rf"(?<!\w){re.escape(label)}(?!\w)", re.IGNORECASE)
    return any(words.search(name) for name in (record.name, record.abbreviation))


def _value(file: SourceFile, context: Context) -> Iterator[RuleMatch]:
    return _values(file.scalars, context)


def _value_of_page(page: Page, context: Context) -> Iterator[RuleMatch]:
    return _values(context.front(page), context)


def _values(scalars: Iterable[Scalar], context: Context) -> Iterator[RuleMatch]:
    for scalar in scalars:
        if new := looked_up(scalar, context.crosswalk):
            yield RuleMatch(scalar.line, f"{scalar.value.strip()!r} is not what the theme looks up; write {new!r}")


def looked_up(scalar: Scalar, crosswalk: FairsharingCrosswalk) -> str | None:
    """Return what the theme looks up where the value of a registry is an address or a number, or ``None``."""
    value, key = scalar.value.strip(), scalar.keys[-1].lower() if scalar.keys else ""
    if not is_registry(scalar) or not value or value.startswith("<!--"):
        return None
    if key == "biotools" and "://" in value:
        return (registries.biotools(value) or "").removeprefix(registries.BIOTOOLS) or None
    reference = fairsharing.parse(value) if key == "fairsharing" else None
    record = crosswalk.resolve(reference) if reference else None
    if reference is None or record is None or reference.form is ReferenceForm.LEGACY or value == record.suffix:
        return None
    return record.suffix or None


def is_registry(scalar: Scalar) -> bool:
    """Return whether a value is that of a registry in an entry of a tool."""
    return len(scalar.keys) > 1 and scalar.keys[-2] == "registry" and scalar.keys[-1].lower() in _REGISTRIES


def _yaml(page: Page, context: Context) -> Iterator[RuleMatch]:
    return _misread(context.front(page))


def _yaml_data(file: SourceFile, context: Context) -> Iterator[RuleMatch]:
    return _misread(file.scalars)


def _misread(scalars: Iterable[Scalar]) -> Iterator[RuleMatch]:
    for scalar in scalars:
        if what := misread_as(scalar):
            yield RuleMatch(scalar.line, f"YAML takes {scalar.value} for {what}; write '{scalar.value}' in quotes")


def misread_as(scalar: Scalar) -> str | None:
    """Return what YAML takes an unquoted value for that is meant as text, or ``None``."""
    if scalar.quoted or not scalar.keys:
        return None
    if is_registry(scalar) and _NUMBER.fullmatch(scalar.value):
        return "another number"
    is_text = is_registry(scalar) or scalar.keys[-1] in (*_COUNTRIES, *_IDS)
    return "true or false" if is_text and _BOOLEAN.fullmatch(scalar.value) else None


RULES = (
    Rule("unknown-fairsharing", Severity.WARNING, _unknown, _unknown_data),
    Rule("legacy-fairsharing", Severity.NOTE, _legacy, _legacy_data),
    Rule("fairsharing-address", Severity.NOTE, _address),
    Rule("other-record", Severity.WARNING, _other_record),
    Rule("registry-value", Severity.WARNING, _value_of_page, _value),
    Rule("yaml-value", Severity.WARNING, _yaml, _yaml_data),
)
