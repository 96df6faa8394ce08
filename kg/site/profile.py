"""How a site writes: the patterns and words of its pages, as data."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kg.errors import SiteError
from kg.iri import is_web_address
from kg.site.values import language_tag

FILE = "rdm-kg.toml"
"""Name of the file in a site's folder that overrides the theme's profile."""
_THEME = Path(__file__).with_name("ett.toml")
_OWN: Mapping[str, Any] = {"key": "lookup", "license": "https://…", "url": "https://…", "publisher": {}, "contact": {}}
"""Settings that only a site of its own can have, each with a value of its kind."""
_KINDS = {str: "a text", float: "a number with a point", list: "a list", dict: "a table"}
_TABLES = ("sections", "groups", "lists", "labels", "statements")
"""Tables whose names mean something to the program, with lists of patterns."""
_AGENT = ("name", "url")
"""What a publisher or a contact has."""
_KEY = re.compile(r"[a-z0-9][a-z0-9-]*")
_COUNTRY = r"( in [\w\s]+)?"


@dataclass(frozen=True, slots=True)
class Profile:
    """The theme's profile with a site's own keys over it; see ``ett.toml`` for what each key means."""

    settings: Mapping[str, Any]

    def text(self, key: str) -> str:
        """A setting that is a text; empty where there is none."""
        return str(self.settings.get(key, ""))

    def table(self, key: str) -> Mapping[str, Any]:
        """A setting that is a table; empty where there is none."""
        value = self.settings.get(key, {})
        return value if isinstance(value, dict) else {}

    def section(self, heading: str) -> str | None:
        """The template section that a heading opens, or ``None``.

        >>> profile = Profile.load(None)
        >>> profile.section("Ethics and Regulations in Norway"), profile.section("MR Imaging")
        ('ethics-regulations', None)
        """
        return self._first("sections", heading.strip(" :"), _COUNTRY)

    def group(self, text: str) -> str | None:
        """What a heading or a lead-in groups, ``other`` where that is nothing in particular, or ``None``.

        >>> Profile.load(None).group("Ontologies and Controlled vocabularies:")
        'terminology'
        """
        return self._first("groups", text.strip())

    def label(self, text: str) -> str | None:
        """The relation that a link's text names, or ``None`` where it names a thing.

        >>> profile = Profile.load(None)
        >>> profile.label("DOI(FAIRsharing)"), profile.label("Homepage"), profile.label("IDR")
        ('registry-record', 'homepage', None)
        """
        return self._first("labels", text.strip(" .:"))

    def lists(self, section: str, text: str) -> bool:
        """Whether a heading or a lead-in announces a list of the things that a section is about.

        >>> profile = Profile.load(None)
        >>> profile.lists("data-types", "Vendor formats:"), profile.lists("data-types", "Imaging methods")
        (True, False)
        """
        patterns = self.table("lists").get(section)
        return patterns is not None and _matches(patterns, text.strip(" :"))

    def states(self, statement: str, text: str) -> bool:
        """Whether a text makes a statement of a kind: ``gap``, ``negative``, ``remark``, ``kind``, ``dmp-question``."""
        return _pattern(tuple(self.table("statements")[statement]), "").search(text) is not None

    def template_share(self, body: str) -> float:
        """Share of the lines of a page's body that are template text, 0 to 1; 1 where there is no line."""
        lines = [line.strip() for line in body.splitlines() if line.strip()]
        return sum(map(self.is_template_line, lines)) / len(lines) if lines else 1.0

    def is_template_line(self, line: str) -> bool:
        """Whether a line, without white space around it, is one of the template's."""
        if line.startswith("#"):
            text = line.strip("# ")
            return self.section(text) is not None or _matches(self.settings["template_lines"], line)
        return _matches(self.settings["template_lines"], line)

    def _first(self, table: str, text: str, suffix: str = "") -> str | None:
        for name, patterns in self.table(table).items():
            if _matches(patterns, text, suffix):
                return name
        return None

    @classmethod
    def load(cls, folder: Path | None) -> Profile:
        """The theme's profile, overridden by the file in ``folder`` where there is one.

        Raises :class:`kg.errors.SiteError` where a file is not TOML, has a setting or a name that means nothing, or a
        value that cannot be one: no regular expression, no address.
        """
        settings = _read(_THEME)
        own = folder / FILE if folder else None
        if own and own.exists():
            for key, value in _checked(own, settings).items():
                settings[key] = {**settings[key], **value} if isinstance(settings.get(key), dict) else value
        return cls(settings)


def _checked(file: Path, theme: Mapping[str, Any]) -> dict[str, Any]:
    """A site's settings, each of the kind that the theme's has."""
    settings, known = _read(file), {**_OWN, **theme}
    for key, value in settings.items():
        if key not in known:
            raise SiteError(f"{file}: there is no setting {key!r}; there are {', '.join(sorted(known))}")
        if type(value) is not type(known[key]):
            raise SiteError(f"{file}: {key!r} must be {_KINDS[type(known[key])]}, as in {known[key]!r}")
        if problem := _problem(key, value, theme):
            raise SiteError(f"{file}: {problem}")
    return settings


def _problem(key: str, value: Any, theme: Mapping[str, Any]) -> str | None:
    """What is wrong with a setting of the right kind."""
    if isinstance(value, dict):
        names = theme[key] if key in _TABLES else _AGENT
        found = (_unknown(key, name, names) or _entry_problem(f"{key}.{name}", value[name]) for name in value)
        return next((problem for problem in found if problem), None)
    if isinstance(value, list):
        return _pattern_problem(key, value)
    if key == "key" and not _KEY.fullmatch(value):
        return f"{key!r} must be made of a to z, 0 to 9 and hyphens; {value!r} is not"
    if key == "language" and language_tag(value) != value:
        return f"{key!r} must be the tag of a language, as 'en'; {value!r} is not"
    return _address_problem(key, value)


def _unknown(key: str, name: str, names: Iterable[str]) -> str | None:
    return None if name in names else f"there is no name {name!r} in {key!r}; there are {', '.join(sorted(names))}"


def _entry_problem(name: str, value: Any) -> str | None:
    if name.partition(".")[0] in _TABLES:
        return _pattern_problem(name, value)
    return _address_problem(name, value) if isinstance(value, str) else f"{name!r} must be a text"


def _address_problem(name: str, value: Any) -> str | None:
    if name.rpartition(".")[2] not in ("url", "license") or is_web_address(value):
        return None
    return f"{name!r} must be an address that begins with https:// or http://; {value!r} is none"


def _pattern_problem(name: str, value: Any) -> str | None:
    if not isinstance(value, list) or not all(isinstance(pattern, str) for pattern in value):
        return f"{name!r} must be a list of texts"
    try:
        _pattern(tuple(value), _COUNTRY)
    except (re.error, OverflowError, RecursionError) as error:
        return f"{name!r} has a pattern that is no regular expression: {error}"
    return None


def _matches(patterns: Sequence[str], text: str, suffix: str = "") -> bool:
    return _pattern(tuple(patterns), suffix).fullmatch(text) is not None


@cache
def _pattern(patterns: tuple[str, ...], suffix: str) -> re.Pattern[str]:
    """Any of the patterns, and the suffix."""
    return re.compile(f"(?:{'|'.join(f'(?:{pattern})' for pattern in patterns)}){suffix}", re.IGNORECASE)


def _read(file: Path) -> dict[str, Any]:
    if not file.is_file():
        raise SiteError(f"{file} is no file")
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise SiteError(f"{file}: {error}") from error
    except OSError as error:
        raise SiteError(f"{file} cannot be read: {error.strerror}") from error
