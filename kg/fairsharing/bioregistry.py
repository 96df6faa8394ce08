"""Home pages, licences and keywords of FAIRsharing records, from the copy in the Python package bioregistry.

The copy is ``bioregistry/external/fairsharing/processed.json``: an object for each record that FAIRsharing classifies
as a database, a terminology or an identifier scheme. It merges FAIRsharing's subjects, domains and tags into the list
``keywords``, keeps one of the links that FAIRsharing lists under "licences", and lacks the record's type.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from kg.errors import CrosswalkError, in_words
from kg.identifiers.fairsharing import ReferenceForm, parse
from kg.identifiers.fairsharing.details import COLUMNS, SEPARATOR
from kg.identifiers.licences import licence_of_url

MEMBER = "bioregistry/external/fairsharing/processed.json"
"""Path of the copy in a wheel of bioregistry."""
_HEAD = """\
# title: "FAIRsharing: home pages, licences and keywords of records"
# description: "id is FAIRsharing.<suffix of the DOI>. license is the licence that FAIRsharing links to, where the link is that of a licence and not of terms of use or a privacy notice. keywords are FAIRsharing's subjects, domains and tags in one list, with bars between them. Registry and type of a record are in fairsharing.records.tsv. An empty cell means unknown."
# license: "https://creativecommons.org/licenses/by-sa/4.0/"
# comment: "Facts compiled from FAIRsharing (CC BY-SA 4.0, attribution https://fairsharing.org) by way of Bioregistry (CC0). Written by kg fairsharing details."
"""  # noqa: E501
_LICENCE = re.compile(
    r"https?://(?:www\.)?(?:opendatacommons\.org|opensource\.org|gnu\.org|apache\.org)/licenses/.+"
    r"|https?://(?:www\.)?nationalarchives\.gov\.uk/doc/open-government-licence/.+"
)
"""URLs of licences other than Creative Commons."""


def read_copy(path: Path) -> dict[str, Any]:
    """Return identifier → object of each record in the copy; ``path`` is the JSON file, or the wheel.

    Raises:
        CrosswalkError: when the file does not exist, or is no such copy.
    """
    try:
        copy = json.loads(_bytes(path))
    except (OSError, BadZipFile, KeyError, ValueError) as error:
        raise CrosswalkError(f"{path}: no copy of FAIRsharing can be read: {in_words(error)}") from error
    if not isinstance(copy, dict) or not all(isinstance(record, dict) for record in copy.values()):
        raise CrosswalkError(f"{path}: not an object with an object for each record")
    return copy


def details_table(copy: Mapping[str, Any]) -> str:
    """Return the text of ``fairsharing.details.tsv``: a row for each record with a DOI, sorted by its identifier."""
    out = io.StringIO()
    out.write(_HEAD)
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(sorted(_rows(copy)))
    return out.getvalue()


def _bytes(path: Path) -> bytes:
    if path.suffix != ".whl":
        return path.read_bytes()
    with ZipFile(path) as wheel:
        return wheel.read(MEMBER)


def _rows(copy: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for identifier, record in copy.items():
        reference = parse(identifier)
        if reference and reference.form is ReferenceForm.DOI:
            yield (
                f"FAIRsharing.{reference.value}",
                _text(record.get("homepage")),
                _licence(record.get("license")),
                _keywords(record.get("keywords")),
            )


def _licence(link: Any) -> str:
    url = _text(link.get("url")) if isinstance(link, dict) else ""
    return licence_of_url(url) or (url if _LICENCE.fullmatch(url) else "")


def _keywords(keywords: Any) -> str:
    words = map(_text, keywords if isinstance(keywords, list) else ())
    return SEPARATOR.join(dict.fromkeys(word for word in words if word and SEPARATOR not in word))


def _text(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""
