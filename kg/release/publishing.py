"""Write a release beside the existing ones and switch to it atomically."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from kg.errors import ReleaseError, in_words
from kg.release.opening import DESCRIPTION, FORMAT, PARTITIONS, Release, open_release
from kg.release.verifying import is_verified, is_whole, remember, sha256, verify

_DERIVED = ("store/", "search.sqlite", DESCRIPTION, PARTITIONS)
"""Prefixes of files excluded from the release's id: their bytes depend on versions of libraries, times or the id."""


_SYNCED = 8
"""Number of files that are written to disk at once, since file systems do that for several in about the time of one."""
_TARGET = re.compile("releases/[0-9a-f]{16}")
"""Target of the link to the current release."""


@contextmanager
def new_release(out: Path) -> Iterator[Path]:
    """Create an empty draft folder below ``out`` for a release; it is removed on exit unless it was published.

    The output folder is locked: a second build waits. Drafts of builds that were killed are removed first.

    Raises:
        ReleaseError: when the output folder cannot be written.
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
    link = out / "current"
    if (out / "manifest.json").exists():
        raise ReleaseError(f"{out} is a release, which never changes; name the folder that has it in 'releases'")
    if above := folder_of_releases(out):
        raise ReleaseError(f"{out} is in {above}, where only releases are; name {above.parent}, or another folder")
    if os.path.lexists(link) and not _leads_to_release(link):
        raise ReleaseError(f"{link} was not made by kg: name another folder for releases, or remove it")
    try:
        (out / "releases").mkdir(parents=True, exist_ok=True)
        lock = (out / ".lock").open("w")
    except OSError as error:
        raise ReleaseError(f"no release can be written to {out}: {in_words(error)}") from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def folder_of_releases(folder: Path) -> Path | None:
    """Return the folder of the releases of an output folder that a folder is, or is in; ``None`` if it is in none."""
    here = folder.resolve()
    named = (each for each in (here, *here.parents) if each.name == "releases")
    return next((each for each in named if _leads_to_release(each.with_name("current"))), None)


def _leads_to_release(link: Path) -> bool:
    return link.is_symlink() and _TARGET.fullmatch(os.fspath(link.readlink())) is not None


@contextmanager
def continued_release(out: Path, release_id: str) -> Iterator[Path]:
    """Create or find the draft folder of a release that is copied; on exit it is kept, unless it was published.

    Drafts of other releases that were not copied to their end are removed; :func:`new_release` keeps this one.

    Raises:
        ReleaseError: when the output folder cannot be written.
    """
    releases = out / "releases"
    with _locked(out):
        draft = releases / f".copying-{release_id}"
        for leftover in releases.glob(".copying-*"):
            if leftover != draft:
                shutil.rmtree(leftover)
        draft.mkdir(exist_ok=True)
        yield draft


def add_text(draft: Path, name: str, text: str) -> None:
    """Add a file to a draft; it is a link to that of the current release if that has the same content."""
    file, before, content = draft / name, draft.parent.parent / "current" / name, text.encode()
    file.parent.mkdir(parents=True, exist_ok=True)
    with suppress(OSError):  # there is none
        if before.read_bytes() == content and link(before, file):
            return
    file.write_bytes(content)


def link(before: Path, file: Path) -> bool:
    """Make ``file`` a link to a file of another release, which never changes; return whether the system can."""
    try:
        os.link(before, file)
    except OSError:
        return False
    return True


def find_release(out: Path, inputs: str) -> Release | None:
    """Return the undamaged release below ``out`` with this digest of its inputs; ``None`` if there is none."""
    for manifest in sorted((out / "releases").glob("[!.]*/manifest.json")):
        try:
            if inputs.encode() not in manifest.read_bytes():
                continue  # before all of its files are looked at
            release = open_release(manifest.parent)
            if release.manifest.get("inputs") == inputs:
                verify(release)
                return release
        except (ReleaseError, OSError):
            continue
    return None


def switch_to(release: Release) -> None:
    """Make an existing release the current one of its output folder."""
    out = release.folder.parent.parent
    with _locked(out):
        _switch(out / "current", Path("releases") / release.folder.name)


def release_ids(out: Path) -> set[str]:
    """Return the ids of the releases below ``out``."""
    return {manifest.parent.name for manifest in (out / "releases").glob("[!.]*/manifest.json")}


def current_id(out: Path) -> str:
    """Return the id of the current release of an output folder; empty if there is none."""
    return (out / "current").resolve().name if (out / "current").exists() else ""


def remove_release(out: Path, release_id: str) -> None:
    """Remove a release that is not the current one; whoever has opened its store goes on reading it."""
    folder = out / "releases" / release_id
    with _locked(out):
        if release_id == current_id(out) or not folder.exists():
            return
        current = open_release(out) if current_id(out) else None
        is_known = current is not None and is_verified(current)
        leftover = folder.rename(folder.with_name(f".new-{release_id}"))  # no release of which files are missing
        folder.with_name(f".{release_id}.verified").unlink(missing_ok=True)
        shutil.rmtree(leftover)
        if current and is_known:  # the links to its files have gone, which changed their time
            remember(current)


def publish(
    draft: Path,
    described: Mapping[str, Any],
    describe: Callable[[Mapping[str, Any], str], None] | None = None,
    index: Iterable[str] = (),
    last: Release | None = None,
) -> Release:
    """Write the manifest of a ``draft`` of :func:`new_release`, rename the draft to its id and switch to it.

    The switch is atomic, also if this process or the machine crashes. A release with the same content is reused, unless
    it is damaged: then it is replaced. ``described`` holds further keys of the manifest. ``describe`` writes what the
    release says about itself into the draft, from its manifest so far and the id of the previous release; that has no
    part in the id. ``index`` yields the digest of the rows of the search index, which has a part in the id. The
    files of the ``last`` release were found whole: those of the draft that are links to them are not read.
    """
    known = _checksums(last) if last else {}
    content = _sums(draft, lambda name: not name.startswith(_DERIVED), known)
    digest = next(iter(index), "")
    release_id = id_of(content, digest)
    manifest = {"format": FORMAT, "release": release_id, "index": digest, **described, "files": content}
    if describe:
        describe(manifest, _replaced(draft.parent.parent, release_id))
    manifest["files"] = content | _sums(draft, lambda name: name not in content, known)
    (draft / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return finish(draft, manifest)


def id_of(files: Mapping[str, Mapping[str, Any]], index: str) -> str:
    """Return the id of a release with these files and this digest of the index, as in a manifest."""
    content = {
        name: {"bytes": facts["bytes"], "sha256": facts["sha256"]}
        for name, facts in files.items()
        if not name.startswith(_DERIVED)
    }
    return hashlib.sha256(json.dumps([content, index], sort_keys=True).encode()).hexdigest()[:16]


def finish(draft: Path, manifest: Mapping[str, Any]) -> Release:
    """Rename a draft with all files of its ``manifest`` to its id and switch to it; see :func:`publish`.

    If the release is there already, the draft is removed, which then need not be complete.
    """
    release_id = manifest["release"]
    final = draft.parent / release_id
    if is_whole(final):
        shutil.rmtree(draft)
        release = open_release(final)
    else:
        draft.chmod(0o755)
        with ThreadPoolExecutor(_SYNCED) as threads:
            deque(threads.map(_sync, (*draft.rglob("*"), draft)), maxlen=0)
        shutil.rmtree(final, ignore_errors=True)
        draft.rename(final)
        _sync(final.parent)
        release = Release(final.resolve(), manifest)
        remember(release)
    _switch(final.parent.parent / "current", Path("releases") / release_id)
    return release


def _checksums(release: Release) -> dict[int, str]:
    """Return the checksums of the files of a release by inode."""
    files = release.manifest["files"].items()
    return {(release.folder / name).stat().st_ino: facts["sha256"] for name, facts in files}


def _sums(draft: Path, is_wanted: Callable[[str], bool], known: dict[int, str]) -> dict[str, dict[str, int | str]]:
    """Return name → size and checksum of the wanted files of a draft, of which some are links to ``known`` ones."""
    found = dict[str, dict[str, int | str]]()
    for file in sorted(draft.rglob("*")):
        name = file.relative_to(draft).as_posix()
        if is_wanted(name) and file.is_file():
            facts = file.stat()
            if facts.st_ino not in known:
                known[facts.st_ino] = sha256(file)
            found[name] = {"bytes": facts.st_size, "sha256": known[facts.st_ino]}
    return found


def _replaced(out: Path, new: str) -> str:
    """Return the id of the current release; empty if there is none, or if it equals ``new``."""
    current = current_id(out)
    return current if current != new else ""


def _switch(link: Path, target: Path) -> None:
    fresh = link.with_name(".current")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(link)
    _sync(link.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
