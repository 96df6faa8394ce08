"""The address of a site in a git repository: ``https://host/owner/repo[@ref][:folder]``."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from kg.errors import SiteError
from kg.iri import shown
from kg.repositories import repository
from kg.vocab import slug

FORM = "https://host/owner/repo[@ref][:folder]"
_ADDRESS = re.compile(
    r"(?P<url>https://[a-zA-Z0-9.-]+(?::\d+)?(?:/[\w.~-]+){2,})/?(?:@(?P<ref>[^:]+))?(?::(?P<folder>.+))?", re.ASCII
)
_REF = re.compile(r"\w(?!.*(?:\.\.|//|/\.))[\w./+-]*(?<![./])", re.ASCII)
_FOLDER = re.compile(r"(?:[^\W_]|_)[^\\:\x00-\x1f]*")
_SCHEME = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)(?:://|::)", re.IGNORECASE | re.ASCII)
_SCP = re.compile(r"[\w.-]+@[\w.-]+:", re.ASCII)


@dataclass(frozen=True, slots=True)
class SiteAddress:
    """The address of a site: a repository, and the revision and the folder of it."""

    url: str
    ref: str = ""
    """A branch, a tag, or the full hash of a commit; empty for the branch that the repository shows."""
    folder: str = ""
    """Path of the site in the repository; empty for the whole of it."""

    def __str__(self) -> str:
        return f"{self.url}{self.ref and f'@{self.ref}'}{self.folder and f':{self.folder}'}"

    @property
    def repository(self) -> str:
        """The last part of the URL, without ``.git``."""
        return self.url.rpartition("/")[2].removesuffix(".git")

    def file(self, path: str) -> str:
        """Return the path of a file of the site in the repository.

        >>> SiteAddress("https://host.example/owner/repo", folder="docs").file("pages/pic.md")
        'docs/pages/pic.md'
        """
        return str(PurePosixPath(self.folder, path))

    def line(self, commit: str, path: str, number: int) -> str:
        """Return the address of a line of a file of the site at its host; empty where no host is known to show lines.

        >>> SiteAddress("https://github.com/owner/repo", folder="docs").line("1a2b", "pic.md", 3)
        'https://github.com/owner/repo/blob/1a2b/docs/pic.md?plain=1#L3'
        """
        known = repository(self.url)
        return known.line(commit, self.file(path), number) if known else ""

    @property
    def name(self) -> str:
        """A name that no other address has, made of letters, digits and hyphens.

        >>> SiteAddress("https://host.example/owner/repo").name
        'host-example-owner-repo-c0afd4f7'
        """
        digest = hashlib.sha256(str(self).encode()).hexdigest()[:8]
        return f"{slug(self.url.removeprefix('https://'))[:80]}-{digest}"


def is_address(text: str) -> bool:
    """Return whether a text is the address of a repository, perhaps one that is not understood, and no path.

    >>> is_address("https://host.example/a/b"), is_address("git@host.example:a/b"), is_address("../my-site")
    (True, True, False)
    """
    return bool(_SCHEME.match(text) or _SCP.match(text))


def parse_address(text: str) -> SiteAddress:
    """Parse the address of a site.

    >>> parse_address("https://host.example/owner/repo@v1.0:docs")
    SiteAddress(url='https://host.example/owner/repo', ref='v1.0', folder='docs')

    Raises:
        SiteError: when it is none, or has another protocol than HTTPS; the message says why.
    """
    scheme = _SCHEME.match(text)
    if not scheme or scheme["scheme"].lower() != "https":
        raise SiteError(f"'{text.partition(':')[0]}:…' is not fetched: sites are fetched by https:// only, as {FORM}")
    if re.match(r"[^/]*@", text[scheme.end() :]):
        raise SiteError("an address must have no user or password: sites are fetched as anybody can")
    found = _ADDRESS.fullmatch(text)
    if not found or {".", "..", ".git"} & {*found["url"].split("/")}:
        raise SiteError(f"{shown(text)!r} is no address of a site; expected {FORM}")
    ref, folder = found["ref"] or "", (found["folder"] or "").rstrip("/")
    if ref and not _REF.fullmatch(ref):
        raise SiteError(f"{text!r}: {ref!r} is no branch, tag or commit")
    if folder and (not _FOLDER.fullmatch(folder) or {".", "..", ".git"} & {*PurePosixPath(folder.lower()).parts}):
        raise SiteError(f"{text!r}: {folder!r} is no folder of a repository")
    return SiteAddress(found["url"].removesuffix(".git"), ref, folder)
