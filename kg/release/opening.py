"""Open a release: parse its manifest and check the sizes of its files against it."""

from __future__ import annotations

import hashlib
import json
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from kg.errors import ReleaseError, in_words
from kg.vocab import BASE

FORMAT = 1
"""Version of the layout; releases of any other version are rejected."""
GRAPH = "graph.nq"
"""Name of the sorted N-Quads file."""
LINES = "lines.jsonl"
"""File of the source lines of statements without a mention: JSON arrays of graph, subject, predicate, object, line."""
DESCRIPTION = "description.ttl"
"""File of the description, excluded from the release's id, since it has times and the previous release."""
PARTITIONS = "partitions.ttl"
"""File of the partitions by class and property in VoID, which continues the description."""
TIME = "%Y-%m-%dT%H:%M:%SZ"
"""Form of the time at which a release was made."""
_ID = re.compile(r"[\w.+-]{1,100}", re.ASCII)
_HALF = re.compile(r"[\ud800-\udfff]")
_KEY = re.compile(r"[a-z0-9-]+")
_LARGEST = 2**63 - 1
"""Largest number in a manifest."""
_LONGEST_NAME = 200
"""Maximum length of a file name in characters; file systems allow little more."""


@dataclass(frozen=True)
class Release:
    """A finished release, opened by :func:`open_release`."""

    folder: Path
    """Path of the folder with symbolic links resolved, which stays valid when ``current`` is switched."""
    manifest: Mapping[str, Any]
    """``format``, ``release``, ``index``, ``created``, ``builder``, ``sites``, ``counts``, ``files``.

    ``index`` is the digest of the rows of the search index; ``created`` is empty if an old release does not say it;
    ``files`` is name → ``bytes`` and ``sha256``.
    """

    @property
    def id(self) -> str:
        """Hash of the content in 16 hexadecimal digits."""
        return str(self.manifest["release"])

    @property
    def graph(self) -> Path:
        """Path of the sorted N-Quads file; all statements are in named graphs."""
        return self.folder / GRAPH

    @property
    def checksum_of_graph(self) -> str:
        """SHA-256 of that file; empty if the manifest does not list it."""
        return str(self.manifest["files"].get(GRAPH, {}).get("sha256", ""))

    @cached_property
    def store(self) -> Path:
        """Folder of the Oxigraph store, which must be opened read-only."""
        return self.folder / "store"

    @property
    def dumps(self) -> Path:
        """Folder of the dumps."""
        return self.folder / "dumps"

    @property
    def description(self) -> Path:
        """Path of the DCAT and VoID description in Turtle, with IRIs relative to the server's root."""
        return self.folder / DESCRIPTION

    @property
    def partitions(self) -> Path:
        """Path of the partitions by class and property in Turtle; old releases have none."""
        return self.folder / PARTITIONS

    @property
    def lines(self) -> Path:
        """Path of the source lines of statements without a mention; see :data:`LINES`."""
        return self.folder / LINES

    @property
    def report(self) -> Path:
        """Path of the build report in JSON."""
        return self.folder / "report.json"


def open_release(path: Path) -> Release:
    """Open the release at ``path``, or the current release of the output folder ``path``.

    Of the files only the sizes are checked; :func:`kg.release.verify` checks the bytes.

    Raises:
        ReleaseError: when there is no release, its manifest is invalid, or a file is missing or damaged.
    """
    try:
        folder = path if (path / "manifest.json").is_file() else path / "current"
        folder = folder.resolve(strict=True)
        text = (folder / "manifest.json").read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise ReleaseError(f"no release in {path}; make one with: kg build --out {path}") from None
    except (OSError, RuntimeError) as error:  # a loop of symbolic links is a RuntimeError
        raise ReleaseError(f"the release in {path} cannot be read: {in_words(error)}") from error
    manifest = read_manifest(text, folder, str(folder))
    for name, facts in manifest["files"].items():
        if _size(folder / name) != facts["bytes"]:
            raise ReleaseError(f"{folder / name} is missing or damaged; build the release again")
    return Release(folder, manifest)


def read_manifest(text: bytes, folder: Path, release: str) -> dict[str, Any]:
    """Return the manifest of a release whose files are, or will be, in ``folder``; messages call it ``release``.

    Raises:
        ReleaseError: when it is not valid, or a path leads out of the folder.
    """
    try:
        manifest = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ReleaseError(f"{release}/manifest.json is damaged: {error}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ReleaseError(f"{release} is not in release format {FORMAT}; build it again with this version")
    manifest.setdefault("created", "")
    wrong = [name for name, is_right in _PARTS.items() if not is_right(manifest.get(name))]
    files = {} if wrong else manifest["files"]
    wrong += [f"files: {name}" for name, facts in files.items() if not _is_inside(folder, name) or not _is_sum(facts)]
    if wrong:
        raise ReleaseError(f"{release}/manifest.json is damaged: wrong {', '.join(wrong[:3])}")
    return manifest


def _is_number(value: object) -> bool:
    return type(value) is int and 0 <= value <= _LARGEST


def _is_counts(value: object) -> bool:
    return isinstance(value, dict) and all(_is_number(value.get(name)) for name in ("graphs", "quads", "triples"))


def _is_sites(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_site, value)) and len({each["key"] for each in value}) == len(value)


def _is_site(value: object) -> bool:
    """Return whether a value is a site: its key, title and number of pages, and maybe its folder and its licence."""
    if not isinstance(value, dict) or not _is_number(value.get("pages")):
        return False
    texts = value.get("key"), value.get("title"), value.get("folder", ""), value.get("license", "")
    return all(map(_is_text, texts)) and _KEY.fullmatch(value["key"]) is not None


def _is_text(value: object) -> bool:
    """Return whether a value is a text that can be written, without halves of a character."""
    return isinstance(value, str) and not _HALF.search(value)


def _is_time(value: object) -> bool:
    """Return whether a value is a time as a build writes it, or empty as where there is none."""
    try:
        return value == "" or (isinstance(value, str) and bool(datetime.strptime(value, TIME)))
    except ValueError:
        return False


_PARTS: Mapping[str, Callable[[object], bool]] = {
    "release": lambda value: isinstance(value, str) and _ID.fullmatch(value) is not None,
    "created": _is_time,
    "counts": _is_counts,
    "sites": _is_sites,
    "files": lambda value: isinstance(value, dict),
}
"""Member of a manifest → whether a value is right for it; of the files themselves, each is looked at."""


def _is_inside(folder: Path, name: str) -> bool:
    path = PurePosixPath(name)
    if not path.parts or path.is_absolute() or ".." in path.parts or "\\" in name:
        return False
    if str(path) != name or not name.isprintable():
        return False
    try:
        return (folder / name).resolve().is_relative_to(folder)
    except (OSError, RuntimeError):
        return False


def _is_sum(facts: object) -> bool:
    if not isinstance(facts, dict) or not isinstance(facts.get("sha256"), str):
        return False
    return _is_number(facts.get("bytes"))


def _size(file: Path) -> int | None:
    """Return the size of a regular file in bytes; ``None`` if there is no such file."""
    try:
        facts = file.stat()
    except OSError:
        return None
    return facts.st_size if stat.S_ISREG(facts.st_mode) else None


def text_file(page: str) -> str:
    """Return the path, relative to the release's folder, of a page's text as HTML; ``page`` is the page's IRI.

    >>> text_file("https://w3id.org/rdm-kg/id/lookup/page/pic")
    'pages/lookup/page/pic.html'
    """
    path = page.removeprefix(BASE)
    if len(path) > _LONGEST_NAME:
        path = f"{path[:_LONGEST_NAME]}-{hashlib.sha256(page.encode()).hexdigest()[:16]}"
    return f"pages/{path}.html"
