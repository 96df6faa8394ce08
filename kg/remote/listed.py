"""The list of sites in ``kg.toml``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.closest import did_you_mean
from kg.errors import SettingError, SiteError
from kg.iri import is_web_address, shown
from kg.remote.address import SiteAddress, is_address, parse_address
from kg.settings_file import read_settings
from kg.site.profile import key_problem

_SITES = "sites"
_OF_SITE = ("source", "key", "url")
_ENTRY = f"""[[{_SITES}]]
source = "https://github.com/owner/repository"  # or the path of a folder
key = "name"  # the site's part of its IRIs; left out, it is the site's own"""


@dataclass(frozen=True, slots=True)
class ListedSite:
    """An entry of the table ``sites``."""

    source: SiteAddress | Path
    """The address of the site, or its folder."""
    key: str = ""
    """Replaces the site's own key; empty if nothing is said."""
    url: str = ""
    """Where the site is published, if it does not say so."""


def read_list(file: Path) -> tuple[ListedSite, ...]:
    """Return the sites that a file lists; folders are relative to that of the file.

    Raises:
        SettingError: when the file cannot be read, lists no site or one twice, or has an unknown or wrong setting.
    """
    if not file.exists():
        raise SettingError(f"there is no {file} with the list of sites; write these lines for each site:\n{_ENTRY}")
    settings = read_settings(file)
    entries = settings.get(_SITES)
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise SettingError(f"{file}: no [[{_SITES}]] with a source")
    listed = tuple(_site(entry, file.parent, f"{file}: site {number}") for number, entry in enumerate(entries, 1))
    for what in ("source", "key"):
        for value, times in Counter(getattr(site, what) for site in listed).items():
            if value and times > 1:
                raise SettingError(f"{file}: two sites have the {what} {str(value)!r}")
    return listed


def _site(entry: Mapping[str, Any], folder: Path, where: str) -> ListedSite:
    _check_names(entry, _OF_SITE, where)
    for name, value in entry.items():
        if not isinstance(value, str) or not value:
            raise SettingError(f"{where}: {name!r} must be a text; {value!r} is none")
    source, key, url = (entry.get(name, "") for name in _OF_SITE)
    if not source:
        raise SettingError(f"{where} has no source")
    if problem := key and key_problem(key):
        raise SettingError(f"{where}: {problem}")
    if url and not is_web_address(url):
        raise SettingError(f"{where}: 'url' must be an address without user; {shown(url)!r} is none")
    try:
        return ListedSite(parse_address(source) if is_address(source) else folder / source, key, url)
    except SiteError as error:
        raise SettingError(f"{where}: {error}") from error


def _check_names(settings: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for name in settings:
        if name not in known:
            raise SettingError(f"{where}: there is no setting {name!r}; {did_you_mean(name, known)}")
