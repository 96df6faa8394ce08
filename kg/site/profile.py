"""Profile of a site: its settings, and the patterns and words by which its pages are read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

from kg.closest import closest
from kg.errors import SiteError, in_words
from kg.iri import is_web_address
from kg.regular_file import read_regular
from kg.site.patterns import FILE, Patterns
from kg.site.values import language_tag

_THEME = Path(__file__).with_name("ett.toml")
_REPLACE = "replace"
"""Setting that makes the lists of its table replace the theme's instead of extending them."""
_OWN: Mapping[str, Any] = {
    "key": "lookup", "license": "https://…", "url": "https://…", "publisher": {}, "contact": {}, _REPLACE: True,
}  # fmt: skip
"""Settings that the theme's profile does not have, each with an example value, which gives the type."""
_KINDS = {str: "a text", float: "a number with a point", bool: "true or false", list: "a list", dict: "a table"}
_PATTERNS = (
    *("sections", "groups", "lists", "labels", "statements", "asides", "blocks", "cues", "kinds"),
    *("template_lines", "leftovers"),
)
"""Settings whose lists hold regular expressions; other lists hold literal texts."""
_ASIDE = re.compile(r"(?<!\s)\s*+\([^()]*+\)")
_EXCLUSIVE = frozenset({"deposit", "place", "reuse", "find", "manage", "document"})
"""Cues that exclude each other: only the nearest one counts."""
_AGENT = ("name", "url")
"""Settings of a publisher or a contact."""
_KEY = re.compile(r"[a-z0-9][a-z0-9-]*")
_FORGIVEN = 8
"""Shortest word of openness, in letters, whose misspellings are recognised: "often" is not a misspelt "offen"."""
_SIMILAR = 0.8
"""Lowest similarity of a misspelling, as of ``difflib.get_close_matches``."""
DEEPEST_SECTION = 3
"""Level of the deepest heading that opens a section; a deeper heading with the same words is a label."""
_LIKE_HEADING = 0.87
"""Lowest similarity of a misspelt heading: "Decryption" is no misspelt "Description"."""
_WORDS = 1 << 14
"""Number of words whose closest word of openness is remembered."""


@dataclass(frozen=True)
class Profile:
    """The theme's profile merged with a site's own settings; ``ett.toml`` documents each setting."""

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
        return self._first("sections", heading.strip(" :"), self._in_country)

    def heading_meant(self, heading: str) -> str | None:
        """Return the heading of a section that one which opens none misspells, or ``None``.

        Each word must be like that of the same place: a heading of other words is a topic.

        >>> profile = Profile.load(None)
        >>> profile.heading_meant("metadata standarts:"), profile.heading_meant("Servises in Norway")
        ('Metadata Standards', 'Services')
        >>> print(profile.heading_meant("Sources for reliable data"), profile.heading_meant("Metadata Standards"))
        None None
        """
        written = re.sub(f"{self._in_country}$", "", heading.strip(" :"), flags=re.IGNORECASE).casefold()
        known = {each.casefold(): each for each in self._headings}
        near = None if self.section(heading) else closest(written, sorted(known), _LIKE_HEADING)
        return known[near] if near and _same_words(written, near) else None

    @cached_property
    def _headings(self) -> list[str]:
        """The headings of sections as written, without those that open none with the patterns of the site."""
        return [each for name, texts in self.table("headings").items() for each in texts if self.section(each) == name]

    @property
    def _in_country(self) -> str:
        """Return a regular expression for "in <country>" at the end of a heading."""
        return rf"( {self.any_of('country-preposition')} [\w\s]+)?"

    def group(self, text: str) -> str | None:
        """Return the group that a heading or lead-in names, ``other`` for an unspecific label, or ``None``.

        >>> Profile.load(None).group("Ontologies and Controlled vocabularies:")
        'terminology'
        """
        return self._first("groups", text.strip())

    def label(self, text: str) -> str | None:
        """Return the relation that a link's text names, or ``None`` for any other text.

        >>> profile = Profile.load(None)
        >>> profile.label("DOI(FAIRsharing)"), profile.label("Homepage"), profile.label("IDR")
        ('registry-record', 'homepage', None)
        """
        return self._first("labels", text.strip(" .:"))

    def aside(self, text: str) -> str | None:
        """Return ``identifiers``, ``formats`` or ``reading`` for a text that starts by announcing these, or ``None``.

        >>> profile = Profile.load(None)
        >>> profile.aside("Learn about how to publish"), profile.aside("Identifiers: DOI"), profile.aside("PRIDE")
        ('reading', 'identifiers', None)
        """
        for name, alternatives in self.table("asides").items():
            if _patterns(tuple(alternatives)).match(text.strip()):
                return name
        return None

    def block(self, heading: str) -> str | None:
        """Return the block of a topic that a heading opens, or ``None``.

        >>> profile = Profile.load(None)
        >>> profile.block("Existing approaches:"), profile.block("Solution - code review tips & tools")
        ('solutions', None)
        """
        return self._first("blocks", " ".join(heading.split()).strip(" :"))

    def cues(self, text: str) -> frozenset[str]:
        """Return the names in the table ``cues`` whose patterns occur in a text.

        >>> sorted(Profile.load(None).cues("Raw data can be stored in"))
        ['data', 'deposit', 'recommend']
        """
        return frozenset(name for name, patterns in self._cues.items() if patterns.search(text))

    def nearest_cues(self, before: str, behind: str, occurring: frozenset[str]) -> frozenset[str]:
        """Return the nearest of the mutually exclusive cues before a name, else the nearest behind it.

        No other cues occur in the texts than the ``occurring``, as of :meth:`cues`.

        >>> sentence, profile = "Deposit data in PRIDE; knowledgebases like UniProt integrate them.", Profile.load(None)
        >>> names = ("PRIDE", "UniProt")
        >>> [sorted(profile.nearest_cues(*sentence.split(name), profile.cues(sentence))) for name in names]
        [['deposit'], ['reuse']]
        """
        cues = [(name, self._cues[name]) for name in _EXCLUSIVE & occurring]
        near = {name: spans[-1][1] for name, cue in cues if (spans := cue.spans(before))}
        near = near or {name: -span[0] for name, cue in cues if (span := cue.first(behind))}
        return frozenset(name for name, place in near.items() if place == max(near.values()))

    @cached_property
    def _cues(self) -> dict[str, Patterns]:
        return {name: _patterns(tuple(each)) for name, each in self.table("cues").items()}

    def kind(self, name: str) -> str | None:
        """Return the kind of thing that the last words of a name indicate, or ``None``.

        >>> profile = Profile.load(None)
        >>> profile.kind("MRC map format"), profile.kind("file format validators"), profile.kind("mzML")
        ('data-format', 'software', None)
        """
        plain = _ASIDE.sub("", name).strip(" .:")
        return next((kind for kind, patterns in self._kinds.items() if patterns.search(plain)), None)

    @cached_property
    def _kinds(self) -> dict[str, Patterns]:
        before, after = r"(?<![\w-])", "$"
        return {kind: _patterns(tuple(each), before, after) for kind, each in self.table("kinds").items()}

    def lists(self, section: str, text: str) -> bool:
        """Return whether a heading or lead-in of a section announces a list of the things that the section is about.

        >>> profile = Profile.load(None)
        >>> profile.lists("data-types", "Vendor formats:"), profile.lists("data-types", "Imaging methods")
        (True, False)
        """
        alternatives = self.table("lists").get(section)
        return alternatives is not None and _matches(alternatives, text.strip(" :"))

    def states(self, statement: str, text: str) -> bool:
        """Return whether a text matches a kind of statement, such as ``gap``, ``negative`` or ``remark``."""
        return _patterns(tuple(self.table("statements")[statement])).search(text)

    def advises_against(self, before: str, behind: str) -> bool:
        """Return whether the words before a link advise against its target, and those behind it make no condition.

        >>> profile = Profile.load(None)
        >>> profile.advises_against("Human data must not be uploaded to ", ".")
        True
        >>> profile.advises_against("Human data must not be uploaded to ", " without consent.")
        False
        """
        return self.states("against", before) and not self.states("condition", behind)

    def openness(self, word: str) -> str | None:
        """Return ``open`` or ``proprietary`` for a word that means one of them, misspelt or not, else ``None``.

        >>> profile = Profile.load(None)
        >>> profile.openness("Åpent"), profile.openness("Propriertary"), profile.openness("often")
        ('open', 'proprietary', None)
        """
        meant = self.openness_word(word)
        return self._openness_words[meant] if meant else None

    def openness_word(self, word: str) -> str | None:
        """Return the profile's word of openness, in lower case, that equals a word or is closest to it, or ``None``."""
        return _known_word(word.lower(), tuple(self._openness_words))

    def speaks_of_openness(self, text: str) -> bool:
        """Return whether any word of a text means open or proprietary, as of :meth:`openness`.

        >>> profile = Profile.load(None)
        >>> profile.speaks_of_openness("mzML (open)"), profile.speaks_of_openness("often opened")
        (True, False)
        """
        return any(map(self.openness, self._like_openness_words.findall(text)))

    @cached_property
    def _like_openness_words(self) -> re.Pattern[str]:
        """Words with the first letter of a word of openness; only those can be misspellings of it."""
        letters = {re.escape(word[0]) for word in self._openness_words}
        return re.compile(rf"\b[{''.join(sorted(letters))}]\w*" if letters else "(?!)", re.IGNORECASE)

    @cached_property
    def _openness_words(self) -> dict[str, str]:
        return {word.lower(): kind for kind, words in self.table("openness").items() for word in words}

    def beside_format(self, text: str) -> list[str]:
        """Return the words of a text without nouns and attributes for formats, articles and conjunctions.

        >>> Profile.load(None).beside_format("Proprietary binary file format")
        ['Proprietary']
        """
        return re.findall(r"\w+", self._beside_format.sub("", text))

    @cached_property
    def _beside_format(self) -> re.Pattern[str]:
        kinds = ("format-attribute", "format-noun", "article", "conjunction")
        return re.compile(rf"\b(?:{'|'.join(map(self.any_of, kinds))})\b", re.IGNORECASE)

    def words(self, kind: str) -> Sequence[str]:
        """Return the words of a list in the table ``words``, such as ``article``."""
        words: Sequence[str] = self.table("words")[kind]
        return words

    def any_of(self, kind: str) -> str:
        """Return a regular expression, without capturing groups, that matches any one word of a list.

        >>> Profile.load(None).any_of("copula")
        '(?:is|er)'
        """
        return _any_of(tuple(self.words(kind)))

    def template_share(self, body: str) -> float:
        """Return the share of template lines among the non-blank lines of a body, 0 to 1; 1 for an empty body."""
        lines = [line.strip() for line in body.splitlines() if line.strip()]
        return sum(map(self.is_template_line, lines)) / len(lines) if lines else 1.0

    def is_template_line(self, line: str) -> bool:
        """Return whether a stripped line is a line of the page template."""
        if line.startswith("#"):
            text = line.strip("# ")
            return self.section(text) is not None or _matches(self.settings["template_lines"], line)
        return _matches(self.settings["template_lines"], line)

    def is_leftover(self, line: str) -> bool:
        """Return whether a stripped line begins as a line of a template that a finished page should not contain."""
        return _patterns(tuple(self.settings["leftovers"])).match(line)

    def _first(self, table: str, text: str, suffix: str = "") -> str | None:
        for name, alternatives in self.table(table).items():
            if _matches(alternatives, text, suffix):
                return name
        return None

    @classmethod
    def load(cls, folder: Path | None) -> Profile:
        """Return the theme's profile, merged with the file ``rdm-kg.toml`` in ``folder`` if it exists.

        Raises:
            SiteError: when the file is not TOML, or has an unknown setting or name, or a value of the wrong type, an
                invalid regular expression or an invalid address.
        """
        theme = _read(_THEME)
        own = folder / FILE if folder else None
        return cls(_joined(theme, _checked(own, theme)) if own and own.exists() else theme)


def _joined(theme: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table of the theme merged with a site's: a list is put before the theme's, or replaces it.

    The site's patterns come first, so that a backreference in one of them keeps the number of its group.
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
    """Return a site's settings after checking their names, types and values."""
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
    """Return the error in the value of a setting of the right type, or ``None``."""
    if isinstance(value, dict):
        names = [*theme[key], _REPLACE] if key in theme else _AGENT
        found = (_unknown(key, name, names) or _entry_problem(key, name, value[name]) for name in value)
        return next((problem for problem in found if problem), None)
    if isinstance(value, list):
        return _list_problem(key, value)
    if key == "key":
        return key_problem(value)
    if key == "language" and language_tag(value) != value:
        return f"{key!r} must be the tag of a language, as 'en'; {value!r} is not"
    return _address_problem(key, value)


def key_problem(key: str) -> str | None:
    """Return the error in the key of a site, or ``None``."""
    return None if _KEY.fullmatch(key) else f"'key' must be made of a to z, 0 to 9 and hyphens; {key!r} is not"


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
        _patterns(tuple(value))
    except (re.error, OverflowError, RecursionError) as error:
        return f"{name!r} has a pattern that is no regular expression: {error}"
    return None


def _same_words(text: str, other: str) -> bool:
    """Return whether each word of a text is like that of another in the same place, with the same first letter."""
    words, others = re.findall(r"\w+", text), re.findall(r"\w+", other)
    pairs = zip(words, others, strict=False)
    return len(words) == len(others) and all(
        word[0] == meant[0] and closest(word, [meant], _SIMILAR) is not None for word, meant in pairs
    )


@cache
def _patterns(alternatives: tuple[str, ...], before: str = "", after: str = "") -> Patterns:
    return Patterns(alternatives, before, after, is_bounded=not _of_theme().issuperset(alternatives))


@cache
def _of_theme() -> frozenset[str]:
    """Return the patterns of the theme, which take linear time."""
    settings = _read(_THEME)
    lists = [
        value
        for key in _PATTERNS
        for value in (settings[key].values() if isinstance(settings[key], dict) else [settings[key]])
    ]
    return frozenset(pattern for each in lists for pattern in each)


def _matches(alternatives: Sequence[str], text: str, suffix: str = "") -> bool:
    return _patterns(tuple(alternatives), after=suffix).fullmatch(text)


@cache
def _any_of(words: tuple[str, ...]) -> str:
    return f"(?:{'|'.join(map(re.escape, words)) or '(?!)'})"


@lru_cache(_WORDS)
def _known_word(word: str, known: tuple[str, ...]) -> str | None:
    """Return the known word that equals a word or is closest to it, or ``None``."""
    if word in known:
        return word
    long = [other for other in known if len(other) >= _FORGIVEN and other[0] == word[:1]]
    return next(iter(get_close_matches(word, long, n=1, cutoff=_SIMILAR)), None)


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_regular(file))
    except (ValueError, RecursionError) as error:
        raise SiteError(f"{file}: {error}") from error
    except OSError as error:
        raise SiteError(f"{file} cannot be read: {in_words(error)}") from error
