"""The sources that a site's pages cite: BibTeX files, as jekyll-scholar finds them.

Read in linear time whatever a file holds. An entry begins with ``@`` at the start of a line or behind a brace that
closes, so that one whose braces do not match spoils no other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from kg.findings import Finding, Place, Severity
from kg.site.characters import control_findings, without_controls

SUFFIX = ".bib"
LARGEST = 5_000_000
"""Bytes of the largest file that is read, as of files of ``_data``."""
_LONGEST = 2000
"""Characters of a field that are read; normalization can take quadratic time."""
_FOLDER = "_bibliography"
_ENTRY = re.compile(r"(?:^|(?<=[})]))[ \t]*+@[ \t]*+(\w++)[ \t]*+[{(]", re.MULTILINE)
_NO_ENTRIES = frozenset({"comment", "preamble", "string"})
_KEY = re.compile(r"\s*+([^\s,{}()=\"#%]++)\s*+,")
_FIELD = re.compile(r"[\s,]*+([A-Za-z][\w.:-]*+)\s*+=\s*+")
_AND = re.compile(r"\s*+#\s*+")
_WORD = re.compile(r"[^\s,{}\"#]++")
_DELIMITER = re.compile(r"[{}\"]")
_DOI = re.compile(r"10\.\d{4,9}/\S+")


@dataclass(frozen=True, slots=True)
class BibliographyEntry:
    """An entry of a bibliography."""

    title: str
    """Without LaTeX; empty where the entry has none."""
    doi: str
    """Bare, in lower case, since DOIs have none; empty where the entry has none."""


class Bibliography:
    """The BibTeX files of a site, which are parsed when a source is first asked for."""

    def __init__(self, site: Path, settings: Any) -> None:
        """Prepare to read; ``settings`` are those under ``scholar`` in the site's configuration."""
        written = settings.get("source") if isinstance(settings, dict) else None
        self._site = site
        self._folder = site / (written if isinstance(written, str) else _FOLDER)

    @cached_property
    def files(self) -> tuple[Path, ...]:
        """The files, sorted; none lies outside of the site."""
        found = sorted(self._folder.glob(f"*{SUFFIX}")) if self._folder.is_dir() else []
        return tuple(file for file in found if file.is_file() and file.resolve().is_relative_to(self._site.resolve()))

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """The files that are left out, which are too large, and the control characters in the others."""
        message = f"this file is left out: it is larger than {LARGEST // 1_000_000} MB"
        paths = (file.relative_to(self._site).as_posix() for file in self.files if file.stat().st_size > LARGEST)
        if too_large := tuple(Finding(Severity.ERROR, "data-file", message, Place(path, 1)) for path in paths):
            return too_large
        return tuple(
            finding
            for file, text in self._texts.items()
            for finding in control_findings(text, file.relative_to(self._site).as_posix())
        )

    @cached_property
    def _texts(self) -> Mapping[Path, str]:
        """The files and their texts; none if one of them is too large."""
        small = [file for file in self.files if file.stat().st_size <= LARGEST]
        files = small if len(small) == len(self.files) else []
        return {file: file.read_text(encoding="utf-8-sig", errors="replace") for file in files}

    @cached_property
    def sources(self) -> Mapping[str, BibliographyEntry]:
        """Key → what is cited by it; of several entries with one key, the first."""
        found: dict[str, BibliographyEntry] = {}
        for text in self._texts.values():
            for key, source in entries(without_controls(text)):
                found.setdefault(key, source)
        return found


def entries(text: str) -> Iterator[tuple[str, BibliographyEntry]]:
    r"""Yield key and source of each entry of a text in BibTeX.

    >>> list(entries('@article{fair16, title = {The {FAIR} m{\\"o}del}, doi = "https://doi.org/10.1038/SDATA.2016.18"}'))
    [('fair16', BibliographyEntry(title='The FAIR mödel', doi='10.1038/sdata.2016.18'))]
    """
    found = list(_ENTRY.finditer(text))
    ends = [*(entry.start() for entry in found), len(text)][1:]
    for entry, end in zip(found, ends, strict=True):
        body = text[entry.end() : end]
        key = _KEY.match(body)
        if key and entry[1].lower() not in _NO_ENTRIES:
            fields = dict(_fields(body, key.end()))
            doi = _DOI.search(_plain(fields.get("doi", "")))
            yield key[1], BibliographyEntry(_plain(fields.get("title", "")), doi[0].lower() if doi else "")


def _fields(body: str, pos: int) -> Iterator[tuple[str, str]]:
    """Yield name, in lower case, and value of the fields of an entry up to one whose value does not end."""
    while field := _FIELD.match(body, pos):
        value, end = _value(body, field.end())
        if end is None:
            return
        yield field[1].lower(), value
        pos = end


def _value(body: str, pos: int) -> tuple[str, int | None]:
    """Return a value, of which parts are joined by ``#``, and where it ends."""
    value = ""
    while True:
        is_delimited = body.startswith(("{", '"'), pos)
        word = None if is_delimited else _WORD.match(body, pos)
        end = _closing(body, pos) if is_delimited else word.end() if word else None
        if end is None:
            return value, None
        value += body[pos + 1 : end - 1] if is_delimited else body[pos:end]
        joined = _AND.match(body, end)
        if joined is None:
            return value, end
        pos = joined.end()


def _closing(body: str, pos: int) -> int | None:
    """Return where the braces or quotes end that open at ``pos``; a quote within braces does not close."""
    depth, is_quoted = 0, body[pos] == '"'
    for found in _DELIMITER.finditer(body, pos + is_quoted):
        depth += {"{": 1, "}": -1, '"': 0}[found[0]]
        if depth == 0 and found[0] == ('"' if is_quoted else "}"):
            return found.end()
    return None


_ACCENT = re.compile(r"\\(?:([\"'`^~=.])[ \t]*+|([cvuHkr])(?=[ \t{]))[ \t]*+\{?\\?([A-Za-z])\}?")
_ACCENTS = dict(
    zip("\"'`^~=.cvuHkr", map(chr, (776, 769, 768, 770, 771, 772, 775, 807, 780, 774, 779, 808, 778)), strict=True)
)
_LETTER = re.compile(r"\\(ss|ae|AE|oe|OE|aa|AA|[oOlL])(?![A-Za-z])[ \t]*+")
_LETTERS = dict(zip("ss ae AE oe OE aa AA o O l L".split(), "ßæÆœŒåÅøØłŁ", strict=True))
_COMMAND = re.compile(r"\\(?:[A-Za-z]++[ \t]*+|(.))", re.DOTALL)


def _plain(latex: str) -> str:
    r"""Return a text without LaTeX, white space folded.

    >>> _plain(r"Troms{\o}'s caf\'{e} \& \emph{50 \%}~of {\v s}ky")
    "Tromsø's café & 50 % of šky"
    """
    text = _ACCENT.sub(lambda found: found[3] + _ACCENTS[found[1] or found[2]], latex[:_LONGEST])
    text = _LETTER.sub(lambda found: _LETTERS[found[1]], text)
    text = _COMMAND.sub(lambda found: found[1] or "", text.replace("~", " "))
    return unicodedata.normalize("NFC", " ".join(re.sub("[{}]", "", text).split()))
