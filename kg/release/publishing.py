"""Write a release beside the others and switch to it in one step."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kg.errors import ReleaseError
from kg.release.opening import DESCRIPTION, FORMAT, Release, is_whole, open_release, sha256

_DERIVED = ("store/", "search.sqlite")
"""Made of ``graph.nq`` by engines whose versions show in the bytes: no part of what a release is."""


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
        if release.manifest.get("inputs") == inputs and is_whole(release):
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
    sums = {name: {"bytes": file.stat().st_size, "sha256": sha256(file)} for name, file in files.items()}
    content = {name: facts for name, facts in sums.items() if not name.startswith(_DERIVED)}
    release_id = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
    manifest = {"format": FORMAT, "release": release_id, **described, "files": sums}
    if describe:
        file = files[DESCRIPTION] = draft / DESCRIPTION
        file.write_text(describe(manifest, _replaced(draft.parent.parent, release_id)), encoding="utf-8")
        sums[DESCRIPTION] = {"bytes": file.stat().st_size, "sha256": sha256(file)}
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
        return is_whole(open_release(folder))
    except ReleaseError:
        return False


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
