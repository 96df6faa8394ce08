"""Mappings from pages to the records that they use, as SSSOM/TSV for FAIRsharing's curators."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from itertools import groupby

from kg import __version__
from kg.fairsharing.usage import RECOMMENDS, RecordUse
from kg.identifiers.fairsharing import DOI, SITE, FairsharingCrosswalk, parse_url
from kg.vocab import BASE, PREFIXES

_COLUMNS = (
    "subject_id", "subject_label", "predicate_id", "object_id", "object_label", "mapping_justification", "see_also",
    "comment",
)  # fmt: skip
_CURIES = {
    "fairsharing": DOI,
    "fairsharing.org": SITE,
    "id": BASE,
    "rdfs": PREFIXES["rdfs"],
    "dct": PREFIXES["dct"],
    "rdm": PREFIXES["rdm"],
    "schema": PREFIXES["schema"],
    "semapv": "https://w3id.org/semapv/vocab/",
}


def sssom(uses: Iterable[RecordUse], crosswalk: FairsharingCrosswalk, release: str) -> str:
    """Return one mapping for each page or entry and each record that it uses, by the strongest relation in the graph.

    Mappings are made by the authors of the page, hence ``semapv:ManualMappingCuration``; ``comment`` has the lines.
    Addresses of unknown records are left out. The output depends only on the release.
    """
    out = io.StringIO()
    out.write(_head(release))
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(_COLUMNS)
    known = sorted((use for use in uses if _is_record(use.record)), key=_key)
    for _, group in groupby(known, key=_key):
        writer.writerow(_row(list(group), crosswalk))
    return out.getvalue()


def _key(use: RecordUse) -> tuple[str, str]:
    return use.by, use.record


def _is_record(iri: str) -> bool:
    reference = parse_url(iri)
    return reference is not None and reference.iri == iri


def _row(uses: list[RecordUse], crosswalk: FairsharingCrosswalk) -> list[str]:
    first = uses[0]
    record = crosswalk.records.get(first.record)
    how = min((use.predicate for use in uses), key=_strength)
    places = ", ".join(dict.fromkeys(use.place for use in sorted(uses)))
    name = (record.name if record else "") or first.label
    cells = (
        _curie(first.by), first.title, _curie(how), _curie(first.record), name,
        "semapv:ManualMappingCuration", first.address, places,
    )  # fmt: skip
    return [" ".join(cell.split()) for cell in cells]


def _strength(predicate: str) -> int:
    return RECOMMENDS.index(predicate) if predicate in RECOMMENDS else len(RECOMMENDS)


def _curie(iri: str) -> str:
    """Return the IRI with the prefix of the longest matching namespace, or the IRI itself if none matches."""
    fits: Mapping[int, str] = {len(base): name for name, base in _CURIES.items() if iri.startswith(base)}
    return f"{fits[max(fits)]}:{iri[max(fits) :]}" if fits else iri


def _head(release: str) -> str:
    facts = (
        ("mapping_set_id", f"https://w3id.org/rdm-kg/crosswalk/pages/{release}"),
        ("mapping_set_title", "Pages on research data management and the FAIRsharing records that they use"),
        ("mapping_set_version", release),
        ("mapping_tool", "rdm-kg"),
        ("mapping_tool_version", __version__),
        ("license", "https://creativecommons.org/licenses/by-sa/4.0/"),
        ("comment", "Names of records are FAIRsharing's (CC BY-SA 4.0, attribution https://fairsharing.org)."),
    )
    lines = [f'# {key}: "{value}"\n' for key, value in facts]
    return "".join([*lines, "# curie_map:\n", *(f'#   {name}: "{base}"\n' for name, base in sorted(_CURIES.items()))])
