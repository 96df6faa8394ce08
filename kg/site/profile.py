"""How a site writes: the patterns and words of its pages, as data."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from kg.errors import SiteError
from kg.iri import is_web_address
from kg.site.values import language_tag

FILE = "rdm-kg.toml"
"""Name of the file in a site's folder that adds to the theme's profile."""
_THEME = Path(__file__).with_name("ett.toml")
_REPLACE = "replace"
"""The setting that makes the lists of its table replace the theme's."""
_OWN: Mapping[str, Any] = {
    "key": "lookup", "license": "https://…", "url": "https://…", "publisher": {}, "contact": {}, _REPLACE: True,
}  # fmt: skip
"""Settings that only a site of its own can have, each with a value of its kind."""
_KINDS = {str: "a text", float: "a number with a point", bool: "true or false", list: "a list", dict: "a table"}
_PATTERNS = (
    *("sections", "groups", "lists", "labels", "statements", "blocks", "cues", "kinds"),
    *("template_lines", "leftovers"),
)
"""Settings whose lists are of regular expressions; the other lists are of texts as they stand."""
_ASIDE = re.compile(r"\s*\([^()]*\)")
_EXCLUSIVE = frozenset({"deposit", "place", "reuse", "find"})
"""Cues of which the nearest one counts."""
_AGENT = ("name", "url")
"""What a publisher or a contact has."""
_KEY = re.compile(r"[a-z0-9][a-z0-9-]*")
_FORGIVEN = 8
"""Letters of the shortest word of openness whose misspellings are understood: "often" is like "offen"."""
_SIMILAR = 0.8


@dataclass(frozen=True, slots=True)
class Profile:
    """The theme's profile and a site's own settings together; see ``ett.toml`` for what each means."""

    settings: Mapping[str, Any]

    def text(self, key: str) -> str:
        """Return a setting that is a text; empty where there is none."""
        return str(self.settings.get(key, ""))

    def table(self, key: str) -> Mapping[str, Any]:
        """Return a setting that is a table; empty where there is none."""
        value = self.settings.get(key, {})
        return value if isinstance(value, dict) else {}

    def section(self, heading: str) -> str | None:
        """Return the template section that a heading opens, or ``None``.

        >>> profile = Profile.load(None)
        >>> profile.section("Ethics and Regulations in Norway"), profile.section("Datatyper i Norge")
        ('ethics-regulations', 'data-types')
        """
        return self._first("sections", heading.strip(" :"), rf"( {self.any_of('country-preposition')} [\w\s]+)?")

    def group(self, text: str) -> str | None:
        """Return what a heading or a lead-in groups, ``other`` where that is nothing in particular, or ``None``.

        >>> Profile.load(None).group("Ontologies and Controlled vocabularies:")
        'terminology'
        """
        return self._first("groups", text.strip())

    def label(self, text: str) -> str | None:
        """Return the relation that a link's text names, or ``None`` where it names a thing.

        >>> profile = Profile.load(None)
        >>> profile.label("DOI(FAIRsharing)"), profile.label("Homepage"), profile.label("IDR")
        ('registry-record', 'homepage', None)
        """
        return self._first("labels", text.strip(" .:"))

    def block(self, heading: str) -> str | None:
        """Return the block of a topic that a heading opens, or ``None``.

        >>> profile = Profile.load(None)
        >>> profile.block("Existing approaches:"), profile.block("Solution - code review tips & tools")
        ('solutions', None)
        """
        return self._first("blocks", " ".join(heading.split()).strip(" :"))

    def cues(self, text: str) -> frozenset[str]:
        """Return what a text speaks of, by the words of the table ``cues``.

        >>> sorted(Profile.load(None).cues("Raw data can be stored in"))
        ['deposit', 'recommend']
        """
        return frozenset(
            name for name, patterns in self.table("cues").items() if _pattern(tuple(patterns), "").search(text)
        )

    def nearest_cues(self, sentence: str, at: int) -> frozenset[str]:
        """Return what a sentence speaks of at an offset: of cues that exclude each other, the nearest one before it.

        >>> sentence = "Deposit data in PRIDE; knowledgebases like UniProt integrate them."
        >>> [sorted(Profile.load(None).nearest_cues(sentence, sentence.index(name))) for name in ("PRIDE", "UniProt")]
        [['deposit'], ['reuse']]
        """
        ends = {
            name: max((found.end() for found in _pattern(tuple(patterns), "").finditer(sentence[:at])), default=-1)
            for name, patterns in self.table("cues").items()
            if name in _EXCLUSIVE
        }
        nearest = max(ends.values())
        if nearest < 0:
            return self.cues(sentence[at:]) & _EXCLUSIVE
        return frozenset(name for name, end in ends.items() if end == nearest)

    def kind(self, name: str) -> str | None:
        """Return the kind of thing that a name tells by the words at its end, or ``None``.

        >>> profile = Profile.load(None)
        >>> profile.kind("MRC map format"), profile.kind("file format validators"), profile.kind("mzML")
        ('data-format', 'software', None)
        """
        plain = _ASIDE.sub("", name).strip(" .:")
        for kind, patterns in self.table("kinds").items():
            if re.search(rf"(?<![\w-])(?:{'|'.join(patterns)})$", plain, re.IGNORECASE):
                return kind
        return None

    def lists(self, section: str, text: str) -> bool:
        """Return whether a heading or a lead-in announces a list of the things that a section is about.

        >>> profile = Profile.load(None)
        >>> profile.lists("data-types", "Vendor formats:"), profile.lists("data-types", "Imaging methods")
        (True, False)
        """
        patterns = self.table("lists").get(section)
        return patterns is not None and _matches(patterns, text.strip(" :"))

    def states(self, statement: str, text: str) -> bool:
        """Return whether a text makes a statement of a kind, such as ``gap``, ``negative`` or ``remark``."""
        return _pattern(tuple(self.table("statements")[statement]), "").search(text) is not None

    def openness(self, word: str) -> str | None:
        """Return ``open`` or ``proprietary`` where a word says one of them, rightly spelt or not, or ``None``.

        >>> profile = Profile.load(None)
        >>> profile.openness("Åpent"), profile.openness("Propriertary"), profile.openness("often")
        ('open', 'proprietary', None)
        """
        meant = self.openness_word(word)
        return self._openness_words()[meant] if meant else None

    def openness_word(self, word: str) -> str | None:
        """Return the profile's word of openness, in lower case, that a word is or is a misspelling of, or ``None``."""
        known, word = self._openness_words(), word.lower()
        if word in known:
            return word
        long = [other for other in known if len(other) >= _FORGIVEN and other[0] == word[:1]]
        return next(iter(get_close_matches(word, long, n=1, cutoff=_SIMILAR)), None)

    def _openness_words(self) -> dict[str, str]:
        return {word.lower(): kind for kind, words in self.table("openness").items() for word in words}

    def beside_format(self, text: str) -> list[str]:
        """Return the words of a text besides those that only name a format.

        >>> Profile.load(None).beside_format("Proprietary binary file format")
        ['Proprietary']
        """
        kinds = ("format-attribute", "format-noun", "article", "conjunction")
        either = "|".join(map(self.any_of, kinds))
        return re.findall(r"\w+", re.sub(rf"\b(?:{either})\b", "", text, flags=re.IGNORECASE))

    def words(self, kind: str) -> Sequence[str]:
        """Return the words of a kind, such as ``article``."""
        words: Sequence[str] = self.table("words")[kind]
        return words

    def any_of(self, kind: str) -> str:
        """Return a regular expression, without a group that captures, for any one word of a kind.

        >>> Profile.load(None).any_of("copula")
        '(?:is|er)'
        """
        return f"(?:{'|'.join(map(re.escape, self.words(kind))) or '(?!)'})"

    def template_share(self, body: str) -> float:
        """Return the share of the lines of a page's body that are template text, 0 to 1; 1 where there is no line."""
        lines = [line.strip() for line in body.splitlines() if line.strip()]
        return sum(map(self.is_template_line, lines)) / len(lines) if lines else 1.0

    def is_template_line(self, line: str) -> bool:
        """Return whether a line, without white space around it, is one of the template's."""
        if line.startswith("#"):
            text = line.strip("# ")
            return self.section(text) is not None or _matches(self.settings["template_lines"], line)
        return _matches(self.settings["template_lines"], line)

    def _all(self, table: str, text: str) -> frozenset[str]:
        """Return the names of a table of which a pattern occurs in a text."""
        patterns = self.table(table).items()
        return frozenset(name for name, alternatives in patterns if _pattern(tuple(alternatives), "").search(text))

    def _first(self, table: str, text: str, suffix: str = "") -> str | None:
        for name, patterns in self.table(table).items():
            if _matches(patterns, text, suffix):
                return name
        return None

    @classmethod
    def load(cls, folder: Path | None) -> Profile:
        """Return the theme's profile, with what the file in ``folder`` adds to it where there is one.

        Raises:
            SiteError: when a file is not TOML, or has a setting or a name that there is not, or a value of the wrong
                kind: no regular expression, no address.
        """
        theme = _read(_THEME)
        own = folder / FILE if folder else None
        return cls(_joined(theme, _checked(own, theme)) if own and own.exists() else theme)


def _joined(theme: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table of the theme with a site's over it: a list goes before the theme's, or replaces it.

    The site's patterns come first, so that a number in one of them still means the group that it meant alone.
    """
    settings = dict(theme)
    for name, value in own.items():
        if isinstance(value, dict):
            settings[name] = _joined(theme.get(name, {}), value)
        elif isinstance(value, list) and not own.get(_REPLACE):
            settings[name] = [*value, *theme[name]]
        elif name != _REPLACE:
            settings[name] = value
    return settings


def _checked(file: Path, theme: Mapping[str, Any]) -> dict[str, Any]:
    """Return a site's settings, each of the kind that the theme's has."""
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
    """Return what is wrong with a setting of the right kind, or ``None``."""
    if isinstance(value, dict):
        names = [*theme[key], _REPLACE] if key in theme else _AGENT
        found = (_unknown(key, name, names) or _entry_problem(key, name, value[name]) for name in value)
        return next((problem for problem in found if problem), None)
    if isinstance(value, list):
        return _list_problem(key, value)
    if key == "key" and not _KEY.fullmatch(value):
        return f"{key!r} must be made of a to z, 0 to 9 and hyphens; {value!r} is not"
    if key == "language" and language_tag(value) != value:
        return f"{key!r} must be the tag of a language, as 'en'; {value!r} is not"
    return _address_problem(key, value)


def _unknown(key: str, name: str, names: Iterable[str]) -> str | None:
    return None if name in names else f"there is no name {name!r} in {key!r}; there are {', '.join(sorted(names))}"


def _entry_problem(table: str, name: str, value: Any) -> str | None:
    full = f"{table}.{name}"
    if name == _REPLACE:
        return None if isinstance(value, bool) else f"{full!r} must be {_KINDS[bool]}"
    if table not in _OWN:
        return _list_problem(full, value)
    return _address_problem(full, value) if isinstance(value, str) else f"{full!r} must be a text"


def _address_problem(name: str, value: Any) -> str | None:
    if name.rpartition(".")[2] not in ("url", "license", "addresses") or is_web_address(value):
        return None
    return f"{name!r} must be an address that begins with https:// or http://; {value!r} is none"


def _list_problem(name: str, value: Any) -> str | None:
    if not isinstance(value, list) or not all(isinstance(text, str) and text.strip() for text in value):
        return f"{name!r} must be a list of texts"
    if name == "addresses":
        return next((problem for address in value if (problem := _address_problem(name, address))), None)
    if name.partition(".")[0] not in _PATTERNS:
        return None
    try:
        _pattern(tuple(value), "")
    except (re.error, OverflowError, RecursionError) as error:
        return f"{name!r} has a pattern that is no regular expression: {error}"
    return None


def _matches(patterns: Sequence[str], text: str, suffix: str = "") -> bool:
    return _pattern(tuple(patterns), suffix).fullmatch(text) is not None


@cache
def _pattern(patterns: tuple[str, ...], suffix: str) -> re.Pattern[str]:
    """Compile any of the patterns, and the suffix; without patterns nothing matches."""
    either = "|".join(f"(?:{pattern})" for pattern in patterns) or "(?!)"
    return re.compile(f"(?:{either}){suffix}", re.IGNORECASE)


def _read(file: Path) -> dict[str, Any]:
    if not file.is_file():
        raise SiteError(f"{file} is no file")
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise SiteError(f"{file}: {error}") from error
    except OSError as error:
        raise SiteError(f"{file} cannot be read: {error.strerror}") from error
