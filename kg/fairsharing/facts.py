"""Parser of FAIRsharing's JSON for a record."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kg.identifiers.fairsharing import ReferenceForm, parse

_LONGEST = 500
_RESOURCE_TYPES = ("fairsharing_record", "fairsharing_records")
"""Values of JSON:API's ``type``, which are the same for all records."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of a record that the crosswalk stores; a text is empty if the answer lacks it."""

    suffix: str
    """Suffix of the DOI."""
    number: str
    name: str
    abbreviation: str
    registry: str
    """``standard``, ``database``, ``policy``, ``collection``."""
    record_type: str
    """FAIRsharing's term, such as ``model_and_format``."""
    legacy_ids: tuple[str, ...]
    """Sorted."""


def facts(answer: Any) -> Facts | None:
    """Return the facts in a JSON:API answer or in a bare object; ``None`` if there are none.

    Keys may have hyphens or underscores, and may be in the attributes or in their ``metadata``.

    >>> attributes = {"doi": "10.25504/FAIRsharing.b7z8by", "fairsharing-registry": "Standard"}
    >>> found = facts({"data": {"id": "84", "type": "fairsharing_records", "attributes": attributes}})
    >>> found.suffix, found.number, found.registry, found.record_type
    ('b7z8by', '84', 'standard', '')
    """
    parts = list(_objects(answer))
    suffix, number = _suffix(_text(parts, "doi")), _text(parts, "id")
    if not suffix and not number.isdecimal():
        return None
    return Facts(
        suffix=suffix,
        number=number if number.isascii() and number.isdecimal() else "",
        name=_text(parts, "name"),
        abbreviation=_text(parts, "abbreviation"),
        registry=_word(_text(parts, "fairsharing_registry") or _text(parts, "registry")),
        record_type=_word(_text(parts, "record_type") or _type(parts)),
        legacy_ids=tuple(sorted(_legacy_ids(parts))),
    )


def _objects(answer: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the objects that may contain facts, the innermost last."""
    for key in (None, "data", "attributes", "metadata"):
        answer = answer.get(key, answer) if key and isinstance(answer, Mapping) else answer
        if isinstance(answer, Mapping):
            yield {str(name).replace("-", "_"): value for name, value in answer.items()}


def _text(parts: list[Mapping[str, Any]], key: str) -> str:
    """Return the first value of a key that is a text or a number, on one line."""
    values = (part.get(key) for part in parts)
    texts = (" ".join(str(value).split()) for value in values if isinstance(value, str) or type(value) is int)
    return next((text for text in texts if text), "")[:_LONGEST]


def _type(parts: list[Mapping[str, Any]]) -> str:
    """Return the value of ``type`` that is not JSON:API's own."""
    named = (_text([part], "type") for part in parts)
    return next((text for text in named if text and _word(text) not in _RESOURCE_TYPES), "")


def _word(text: str) -> str:
    return re.sub(r"[^a-z]+", "_", text.lower()).strip("_")


def _suffix(doi: str) -> str:
    reference = parse(doi)
    return reference.value if reference and reference.form is ReferenceForm.DOI else ""


def _legacy_ids(parts: list[Mapping[str, Any]]) -> Iterator[str]:
    listed = next((value for part in parts if isinstance(value := part.get("legacy_ids"), list)), [])
    for text in listed:
        reference = parse(text) if isinstance(text, str) else None
        if reference and reference.form is ReferenceForm.LEGACY:
            yield reference.value
