"""Mappings from pages to the records that they use, as SSSOM/TSV for FAIRsharing's curators."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from kg import __version__
from kg.fairsharing.usage import RECOMMENDS, RecordUse
from kg.identifiers.fairsharing import DOI, SITE, FairsharingCrosswalk, parse_url
from kg.identifiers.sssom import mapping_set
from kg.vocab import BASE, PREFIXES, SEMAPV

_CURIES = {
    "fairsharing": DOI,
    "fairsharing.org": SITE,
    "id": BASE,
    "rdfs": PREFIXES["rdfs"],
    "dct": PREFIXES["dct"],
    "rdm": PREFIXES["rdm"],
    "schema": PREFIXES["schema"],
    "semapv": SEMAPV.base,
}


def sssom(uses: Iterable[RecordUse], crosswalk: FairsharingCrosswalk, release: str) -> str:
    """Return one mapping for each page or entry and each record that it uses, by the strongest relation to it.

    Mappings are made by the authors of the page, hence ``semapv:ManualMappingCuration``; ``comment`` has the lines.
    Addresses of unknown records are left out. The output depends only on the release.
    """
    known = sorted((use for use in uses if _is_record(use.record)), key=_key)
    rows = (_row(list(group), crosswalk) for _, group in groupby(known, key=_key))
    return mapping_set(_facts(release), _CURIES, rows)


def _key(use: RecordUse) -> tuple[str, str]:
    return use.by, use.record


def _is_record(iri: str) -> bool:
    reference = parse_url(iri)
    return reference is not None and reference.iri == iri


def _row(uses: list[RecordUse], crosswalk: FairsharingCrosswalk) -> tuple[str, ...]:
    first = uses[0]
    record = crosswalk.records.get(first.record)
    how = min((use.predicate for use in uses), key=_strength)
    places = ", ".join(dict.fromkeys(use.place for use in sorted(uses)))
    name = (record.name if record else "") or first.label
    return first.by, first.title, how, first.record, name, SEMAPV.ManualMappingCuration, first.address, places


def _strength(predicate: str) -> int:
    return RECOMMENDS.index(predicate) if predicate in RECOMMENDS else len(RECOMMENDS)


def _facts(release: str) -> dict[str, str]:
    return {
        "mapping_set_id": f"https://w3id.org/rdm-kg/crosswalk/pages/{release}",
        "mapping_set_title": "Pages on research data management and the FAIRsharing records that they use",
        "mapping_set_version": release,
        "mapping_tool": "rdm-kg",
        "mapping_tool_version": __version__,
        "license": "https://creativecommons.org/licenses/by-sa/4.0/",
        "comment": "Names of records are FAIRsharing's (CC BY-SA 4.0, attribution https://fairsharing.org).",
    }
