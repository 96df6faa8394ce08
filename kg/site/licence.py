"""The licence of a site's pages: where a site says it, and what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kg.findings import Finding, Place, Severity
from kg.identifiers.licences import creative_commons_in, licence_in, licence_of_url
from kg.iri import is_web_address
from kg.site.data_files import FOLDER
from kg.site.sources import CONFIG, INCLUDES, is_licence

_KEYS = ("license", "licence")
"""Settings of the configuration that name a licence."""
_FOOTER = re.compile(r"footer.*\.html", re.IGNORECASE)
_THEME = ("footer.yml", "footer.yaml")
"""Data files with the text of the theme's footer."""
_LARGEST = 200_000
"""Number of characters of a file that are read; the longest licences have fewer."""


def licence_of(folder: Path, config: Mapping[str, Any], given: str) -> str:
    """Return the IRI of a site's licence by the strongest of its sources that has one; empty if none has.

    These are the licence ``given`` by its profile, the configuration's, a file with the text of a licence, and the
    footer of its pages, where only a Creative Commons licence counts: other names there may be those of the theme.
    """
    if given:
        return licence_of_url(given) or given
    written = [text for key in _KEYS for text in _texts(config.get(key))]
    if found := licence_in(" ".join(written)) or next(filter(is_web_address, written), ""):
        return found
    texts = (licence_in(_text(file)) for file in _files(folder))
    footers = (creative_commons_in(text) for text in _footers(folder, config))
    return next(filter(None, (*texts, *footers)), "")


def licence_finding(folder: Path, config: Mapping[str, Any], lines: Mapping[str, int]) -> Finding:
    """Return the finding of a site without a licence, at the text that names none that is known, if there is one."""
    key = next((key for key in _KEYS if config.get(key)), None)
    file = next(_files(folder), None)
    place = Place(file.name, 1) if file and not key else Place(CONFIG, lines.get(key or "", 1))
    what = (
        "this names no licence that is known here" if key or file else "nothing says under which licence the pages are"
    )
    advice = f"so nobody knows whether they may use them; write its name in {CONFIG}, as license: CC-BY-4.0"
    return Finding(Severity.NOTE, "site-without-licence", f"{what}, {advice}", place)


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files of a site with the text of a licence; a link is not followed, as it may lead out of the site."""
    for file in sorted(folder.iterdir()):
        if is_licence(file.name) and file.is_file() and not file.is_symlink():
            yield file


def _footers(folder: Path, config: Mapping[str, Any]) -> Iterator[str]:
    yield " ".join(_texts(config.get("footer")))
    includes = sorted((folder / INCLUDES).glob("*.html")) if (folder / INCLUDES).is_dir() else []
    footers = [file for file in includes if _FOOTER.fullmatch(file.name)]
    for file in (*footers, *(folder / FOLDER / name for name in _THEME)):
        if file.is_file() and not file.is_symlink():
            yield _text(file)


def _texts(value: Any) -> Iterator[str]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    yield from [value] if isinstance(value, str) else (text for each in inner for text in _texts(each))


def _text(file: Path) -> str:
    try:
        with file.open(encoding="utf-8-sig", errors="replace") as text:
            return text.read(_LARGEST)
    except OSError:
        return ""
