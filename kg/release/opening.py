"""Open a release: parse its manifest and check the sizes of its files against it."""

from __future__ import annotations

import hashlib
import json
import stat
from collections.abc import Mapping
from dataclasses import dataclass
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
_LONGEST_NAME = 200
"""Maximum length of a file name in characters; file systems allow little more."""


@dataclass(frozen=True)
class Release:
    """A finished release, opened by :func:`open_release`."""

    folder: Path
    """Path of the folder with symbolic links resolved, which stays valid when ``current`` is switched."""
    manifest: Mapping[str, Any]
    """``format``, ``release``, ``index``, ``created``, ``builder``, ``sites``, ``counts``, ``files``.

    ``index`` is the digest of the rows of the search index, ``files`` is name → ``bytes`` and ``sha256``.
    """

    @property
    def id(self) -> str:
        """Hash of the content in 16 hexadecimal digits."""
        return str(self.manifest["release"])

    @property
    def graph(self) -> Path:
        """Path of the sorted N-Quads file; all statements are in named graphs."""
        return self.folder / GRAPH

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
    parts = {"release": str, "counts": dict, "sites": list, "files": dict}
    wrong = [name for name, kind in parts.items() if not isinstance(manifest.get(name), kind)]
    files = {} if wrong else manifest["files"]
    wrong += [f"files: {name}" for name, facts in files.items() if not _is_inside(folder, name) or not _is_sum(facts)]
    if wrong:
        raise ReleaseError(f"{release}/manifest.json is damaged: wrong {', '.join(wrong[:3])}")
    return manifest


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
    return type(facts.get("bytes")) is int and facts["bytes"] >= 0


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
