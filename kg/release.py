"""Releases: folders that nobody changes after they are made, and the atomic switch to a new one.

Layout below the output folder::

    current -> releases/<id>        the release that is served
    releases/<id>/manifest.json     what the release holds, with checksums
                  graph.nq          every named graph, sorted
                  lines.jsonl       the lines of what pages say without a link
                  search.sqlite     an index of what people may look for
                  pages/            the texts of the pages as HTML, sanitised
                  store/            an Oxigraph store of the same quads, their union as its default graph
                  dumps/            what people take away
                  report.json       counts and findings of the build

A release's id is a hash of its content, so the same content is the same release.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from kg.errors import ReleaseError

_DERIVED = ("store/", "search.sqlite")
"""Made of ``graph.nq`` by engines whose versions show in the bytes: no part of what a release is."""
FORMAT = 1
"""Version of the layout; a reader refuses a greater one."""
LINES = "lines.jsonl"
"""Where statements stand that no mention tells the line of: arrays of graph, subject, predicate, object and line."""
DESCRIPTION = "description.ttl"
"""Not part of what a release's id is the hash of: it tells times, and the release before."""


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
    if whole and not _is_whole(release):
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


def _is_whole(release: Release) -> bool:
    """Whether every byte is as it was written."""
    try:
        return all(
            _sha256(release.folder / name) == facts["sha256"] for name, facts in release.manifest["files"].items()
        )
    except OSError:
        return False


@contextmanager
def new_release(out: Path) -> Iterator[Path]:
    """An empty folder below ``out`` to write a release into; gone afterwards unless it was published.

    Only one build works in an output folder at a time: a second one waits. What killed builds left is removed first.
    """
    releases = out / "releases"
    with _locked(out):
        for leftover in releases.glob(".new-*"):
            shutil.rmtree(leftover)
        draft = Path(tempfile.mkdtemp(prefix=".new-", dir=releases))
        try:
            yield draft
        finally:
            shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def _locked(out: Path) -> Iterator[None]:
    try:
        (out / "releases").mkdir(parents=True, exist_ok=True)
        lock = (out / ".lock").open("w")
    except OSError as error:
        raise ReleaseError(f"no release can be written to {out}: {error.strerror}") from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def find_release(out: Path, inputs: str) -> Release | None:
    """The release below ``out`` whose manifest says that it was made from these ``inputs``, if every byte is right."""
    for manifest in sorted((out / "releases").glob("*/manifest.json")):
        try:
            release = open_release(manifest.parent)
        except ReleaseError:
            continue
        if release.manifest.get("inputs") == inputs and _is_whole(release):
            return release
    return None


def switch_to(release: Release) -> None:
    """Make a release that is there the current one of its output folder."""
    out = release.folder.parent.parent
    with _locked(out):
        _switch(out / "current", Path("releases") / release.folder.name)


def publish(
    draft: Path, described: Mapping[str, Any], describe: Callable[[Mapping[str, Any], str], str] | None = None
) -> Release:
    """Seal the ``draft`` of :func:`new_release`, give it its name and switch ``current`` to it.

    ``described`` joins the manifest. Whoever looks at ``current`` sees the old release whole or the new one whole, also
    if this process or the machine dies on the way. The same content again leaves the release that is there, unless
    that is damaged: then it is replaced. ``describe`` gives the release's description from its manifest and the id of
    the release that it takes the place of.
    """
    files = {file.relative_to(draft).as_posix(): file for file in sorted(draft.rglob("*")) if file.is_file()}
    sums = {name: {"bytes": file.stat().st_size, "sha256": _sha256(file)} for name, file in files.items()}
    content = {name: facts for name, facts in sums.items() if not name.startswith(_DERIVED)}
    release_id = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
    manifest = {"format": FORMAT, "release": release_id, **described, "files": sums}
    if describe:
        file = files[DESCRIPTION] = draft / DESCRIPTION
        file.write_text(describe(manifest, _replaced(draft.parent.parent, release_id)), encoding="utf-8")
        sums[DESCRIPTION] = {"bytes": file.stat().st_size, "sha256": _sha256(file)}
    (draft / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    draft.chmod(0o755)
    for path in [*files.values(), draft / "manifest.json", *(p for p in draft.rglob("*") if p.is_dir()), draft]:
        _sync(path)
    final = draft.parent / release_id
    if not _is_there(final):
        shutil.rmtree(final, ignore_errors=True)
        draft.rename(final)
        _sync(final.parent)
    _switch(final.parent.parent / "current", Path("releases") / release_id)
    return open_release(final)


def _replaced(out: Path, new: str) -> str:
    """Id of the release that a new one takes the place of; empty where there is none, or it is the same."""
    current = (out / "current").resolve().name if (out / "current").exists() else ""
    return current if current != new else ""


def _is_there(folder: Path) -> bool:
    try:
        return _is_whole(open_release(folder))
    except ReleaseError:
        return False


def _switch(link: Path, target: Path) -> None:
    fresh = link.with_name(".current")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(link)
    _sync(link.parent)


def _sha256(file: Path) -> str:
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
