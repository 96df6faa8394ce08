"""Copy a release into an output folder and make it the current one; every byte is compared with its manifest.

A copy that was broken off is kept under the release's name and continued by the next try. The manifest may come from a
stranger: it decides on sizes, checksums and names below the release's folder, and on nothing else.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from kg.errors import ReleaseError, in_words
from kg.release import Release, continued_release, finish, id_of, is_whole, open_release, read_manifest
from kg.replication.folder import FolderSource
from kg.replication.source import PIECE, ReleaseSource


def receive(source: ReleaseSource, out: Path) -> Release | None:
    """Copy the current release of a source into ``out`` and switch to it; ``None`` if the source has no other.

    A release that is there already is not copied. Files that the current release of ``out`` has are taken from there.

    Raises:
        ReleaseError: when the source has no valid release, breaks off, or sends other bytes than those of the manifest;
            or when it cannot be written.
    """
    with closing(source):
        text = source.manifest()
        try:
            return None if text is None else _receive(source, text, out)
        except OSError as error:
            raise ReleaseError(f"the release cannot be written to {out}: {in_words(error)}") from error


def _receive(source: ReleaseSource, text: bytes, out: Path) -> Release:
    """Copy the release with this manifest."""
    manifest = read_manifest(text, out.resolve(), "the release")
    release_id = id_of(manifest["files"], str(manifest.get("index", "")))
    if manifest["release"] != release_id:
        raise ReleaseError("the release does not have the id that its files give it")
    with continued_release(out, release_id) as draft:
        if not is_whole(out / "releases" / release_id):
            _copy_all(source, manifest, draft, out)
            (draft / "manifest.json").write_bytes(text)
        return finish(draft, manifest)


def _copy_all(source: ReleaseSource, manifest: Mapping[str, Any], draft: Path, out: Path) -> None:
    """Copy the files of a release into its draft, those that the current release of ``out`` has from there."""
    _check_room(draft, manifest["files"])
    before, names = FolderSource((out / "current").resolve()), _names(out)
    for name, facts in manifest["files"].items():
        (draft / name).parent.mkdir(parents=True, exist_ok=True)
        known = names.get(facts["sha256"])
        tries = [*([(before, known)] if known else []), (source, name), (source, name)]
        if not any(_copy(each, manifest["release"], its_name, facts, draft / name) for each, its_name in tries):
            raise ReleaseError(f"{name} ended early, or has other bytes than the release's manifest says")


def _check_room(draft: Path, files: Mapping[str, Any]) -> None:
    """Refuse a release for which the disk has no room, before its first byte is copied."""
    kept = sum(file.stat().st_size for file in draft.rglob("*") if file.is_file())
    missing = sum(facts["bytes"] for facts in files.values()) - kept
    if missing > shutil.disk_usage(draft).free:
        raise ReleaseError(f"there is no room for the release: it needs {missing} more bytes")


def _names(out: Path) -> dict[str, str]:
    """Return checksum → name of each file of the current release of an output folder."""
    try:
        return {facts["sha256"]: name for name, facts in open_release(out).manifest["files"].items()}
    except ReleaseError:
        return {}


def _copy(source: ReleaseSource, release: str, name: str, facts: Mapping[str, Any], target: Path) -> bool:
    """Copy what is missing of a file, and return whether it is whole; if not, what can be continued is kept."""
    size, digest = facts["bytes"], hashlib.sha256()
    with target.open("a+b") as file:
        file.seek(0)
        while piece := file.read(PIECE):
            digest.update(piece)
        start = file.tell()
        if start < size:
            for piece in source.read(release, name, start, size):
                file.write(piece)
                digest.update(piece)
        is_whole: bool = file.tell() == size and digest.hexdigest() == facts["sha256"]
        if not is_whole and file.tell() >= size:
            file.truncate(0)
    return is_whole
