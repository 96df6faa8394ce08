"""The folder of a site, which appears when it is finished."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.errors import SiteError, in_words
from kg.findings import printable
from kg.release import folder_of_releases

MARKER = "site.json"
"""File that says which release a site was made from, where it is published, and which files were written."""
_MOST = 3
"""Files of others that are named, at most."""


@contextmanager
def new_folder(folder: Path, release: str, url: str) -> Iterator[Path]:
    """Create an empty draft that takes the place of ``folder`` at the end of the block.

    Until then, and if the block fails, the folder is as it was.

    Raises:
        SiteError: when it has files that were not written here, is among releases, or its parent cannot be written.
    """
    folder = folder.resolve()
    if above := folder_of_releases(folder):
        raise SiteError(f"{folder} is in {above}, where only releases are: name another folder")
    _check_own(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise SiteError(f"no site can be written to {folder}: {in_words(error)}") from error
    try:
        draft, before = scratch / "new", scratch / "before"
        draft.mkdir()
        yield draft
        written = {"release": release, "url": url, "files": sorted(_files(draft))}
        (draft / MARKER).write_text(json.dumps(written) + "\n", encoding="utf-8")
        _check_own(folder)
        if folder.exists():
            folder.rename(before)
        try:
            draft.rename(folder)
        except BaseException:
            if before.exists():
                before.rename(folder)
            raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _check_own(folder: Path) -> None:
    """Check that all in a folder was written here, since it will be removed.

    Raises:
        SiteError: when there is something else.
    """
    if folder.exists() and (others := _files(folder) - _written(folder)):
        named = printable(", ".join(sorted(others)[:_MOST])) + (", …" if len(others) > _MOST else "")
        raise SiteError(f"{folder} has what kg site has not written ({named}): name a new folder, or an empty one")


def _files(folder: Path) -> set[str]:
    """Return the paths of the files below a folder, and of links and empty folders; that of the folder if it is one."""
    every = (folder, *folder.rglob("*"))
    found = (each for each in every if each.is_symlink() or not each.is_dir() or not any(each.iterdir()))
    return {each.relative_to(folder).as_posix() for each in found} - ({"."} if folder.is_dir() else set())


def _written(folder: Path) -> set[str]:
    """Return the paths of the files that were written by the marker, if it is one as it is written here."""
    try:
        about = json.loads((folder / MARKER).read_bytes())
        return {MARKER, *about["files"]} if about.keys() == {"release", "url", "files"} else set()
    except (OSError, ValueError, TypeError, AttributeError):
        return set()
