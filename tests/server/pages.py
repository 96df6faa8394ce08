"""The shipped content as a release with its pages' texts, and the content of a page without JavaScript."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

from kg.build.compile import Silence, compile_sites, make_release, read_sites
from kg.release import new_release
from kg.vocab import LEGAL_TYPE, PREFIXES
from tests.server.serving import ROOT

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
PIC = "https://w3id.org/rdm-kg/id/lookup/page/pic"
DICOM = "https://doi.org/10.25504/FAIRsharing.b7z8by"


def build_shipped(out: Path) -> None:
    """Make a release of the shipped content."""
    with new_release(out) as draft:
        compiled = compile_sites(read_sites([ROOT / "content"], Silence()), draft, Silence(), "owlrl")
        make_release(compiled, draft, Silence())


_WITHIN = frozenset({"a", "code", "em", "mark", "span", "strong", "time"})
"""Elements that stand in the middle of words."""


_OF_RECORDS = {"fairsharing", "orcid", "ror"}
_SPACES = (LEGAL_TYPE.base, *(base for prefix, base in PREFIXES.items() if prefix not in _OF_RECORDS))
_TERMS = "|".join(re.escape(base.partition("://")[2]) for base in _SPACES)
_PREFIXED = rf"(?<![\w/])(?:(?:{'|'.join(PREFIXES)}):\w\S*|[a-z]\w*:[a-z]+[A-Z]\w*)"
CODE = re.compile(rf"{_PREFIXED}|https?:\S*|(?:{_TERMS})\w\S*")
"""A prefixed name, an IRI, or that of a term without its scheme; addresses of pages stand without their scheme.

A name with any prefix counts where it has a capital letter, as the properties of most vocabularies do.
"""


class Seen(HTMLParser):
    """The text, tags, identifiers and URLs of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.feed(page)
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.text += "" if tag in _WITHIN else " "
        self.tags.append(tag)
        self.ids += [said["id"] or ""] if "id" in said else []
        self.addresses += [value or "" for name, value in attrs if name in {"href", "src", "action"}]

    def handle_data(self, data: str) -> None:
        self.text += data
