"""Open a release: read its manifest and compare its files with it."""

from __future__ import annotations

import hashlib
import json
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from kg.errors import ReleaseError
from kg.vocab import BASE

FORMAT = 1
"""Version of the layout; a reader refuses a greater one."""
LINES = "lines.jsonl"
"""Where statements stand that no mention tells the line of: arrays of graph, subject, predicate, object and line."""
DESCRIPTION = "description.ttl"
"""Not part of what a release's id is the hash of: it tells times, and the release before."""


_LONGEST_NAME = 200
"""Characters of the name of a file; file systems take hardly more."""


@dataclass(frozen=True, slots=True)
class Release:
    """A finished release, opened by :func:`open_release`."""

    folder: Path
    """The real folder, symbolic links resolved: stays valid when ``current`` moves on."""
    manifest: Mapping[str, Any]
    """``format``, ``release``, ``created``, ``builder``, ``sites``, ``counts``, ``files`` (name → bytes, sha256)."""

    @property
    def id(self) -> str:
        """Hash of the content, 16 hexadecimal digits."""
        return str(self.manifest["release"])

    @property
    def graph(self) -> Path:
        """Sorted N-Quads, named graphs only."""
        return self.folder / "graph.nq"

    @property
    def store(self) -> Path:
        """Folder of the Oxigraph store; to be opened read-only."""
        return self.folder / "store"

    @property
    def dumps(self) -> Path:
        """Folder of the files to take away."""
        return self.folder / "dumps"

    @property
    def description(self) -> Path:
        """What the release says of itself, Turtle; relative addresses are below the server's root."""
        return self.folder / DESCRIPTION

    @property
    def lines(self) -> Path:
        """Lines of what pages say without a link, as :data:`LINES` tells."""
        return self.folder / LINES

    @property
    def report(self) -> Path:
        """Build report: JSON with ``counts`` and ``findings``."""
        return self.folder / "report.json"


def open_release(path: Path, *, whole: bool = False) -> Release:
    """Open the release at ``path``, or the current one of the output folder ``path``.

    Raises :class:`ReleaseError` where there is none, where its manifest is not what it should be, or where its files
    are not all there. Of the files only the sizes are compared, which costs next to nothing; with ``whole`` every byte
    is, at a second a gigabyte or so.
    """
    try:
        folder = path if (path / "manifest.json").is_file() else path / "current"
        folder = folder.resolve(strict=True)
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise ReleaseError(f"no release in {path}; make one with: kg build --out {path}") from None
    except (ValueError, RecursionError) as error:
        raise ReleaseError(f"{folder / 'manifest.json'} is damaged: {error}") from error
    except (OSError, RuntimeError) as error:  # a circle of links is a RuntimeError
        raise ReleaseError(f"the release in {path} cannot be read: {error}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ReleaseError(f"{folder} is not in release format {FORMAT}; build it again with this version")
    _check_shape(folder, manifest)
    for name, facts in manifest["files"].items():
        if _size(folder / name) != facts["bytes"]:
            raise ReleaseError(f"{folder / name} is missing or damaged; build the release again")
    release = Release(folder, manifest)
    if whole and not is_whole(release):
        raise ReleaseError(f"a file of {folder} is damaged; build the release again")
    return release


def _check_shape(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Raise :class:`ReleaseError` where a reader of the manifest would stumble, or be led out of the folder."""
    parts = {"release": str, "counts": dict, "sites": list, "files": dict}
    wrong = [name for name, kind in parts.items() if not isinstance(manifest.get(name), kind)]
    files = {} if wrong else manifest["files"]
    wrong += [f"files: {name}" for name, facts in files.items() if not _is_inside(folder, name) or not _is_sum(facts)]
    if wrong:
        raise ReleaseError(f"{folder / 'manifest.json'} is damaged: wrong {', '.join(wrong[:3])}")


def _is_inside(folder: Path, name: str) -> bool:
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts or "\\" in name or "\0" in name:
        return False
    try:
        return (folder / name).resolve().is_relative_to(folder)
    except (OSError, RuntimeError):
        return False


def _is_sum(facts: object) -> bool:
    return isinstance(facts, dict) and type(facts.get("bytes")) is int and isinstance(facts.get("sha256"), str)


def _size(file: Path) -> int | None:
    """Bytes of a file; ``None`` where there is none."""
    try:
        facts = file.stat()
    except OSError:
        return None
    return facts.st_size if stat.S_ISREG(facts.st_mode) else None


def is_whole(release: Release) -> bool:
    """Whether every byte is as it was written."""
    try:
        return all(
            sha256(release.folder / name) == facts["sha256"] for name, facts in release.manifest["files"].items()
        )
    except OSError:
        return False


def sha256(file: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def text_file(page: str) -> str:
    """The file of a release that holds the text of a page as HTML, by the page's IRI.

    >>> text_file("https://w3id.org/rdm-kg/id/lookup/page/pic")
    'pages/lookup/page/pic.html'
    """
    path = page.removeprefix(BASE)
    if len(path) > _LONGEST_NAME:
        path = f"{path[:_LONGEST_NAME]}-{hashlib.sha256(page.encode()).hexdigest()[:16]}"
    return f"pages/{path}.html"
