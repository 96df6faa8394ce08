"""The folder of a site, which appears when it is finished."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.errors import SiteError, in_words

MARKER = "site.json"
"""File that says which release a site was made from, and where it is published."""


@contextmanager
def new_folder(folder: Path, release: str, url: str) -> Iterator[Path]:
    """Create an empty draft that takes the place of ``folder`` at the end of the block.

    Until then, and if the block fails, the folder is as it was.

    Raises:
        SiteError: when it has files and is no site that was written before, or its parent cannot be written.
    """
    folder = folder.resolve()
    if folder.exists() and not (_is_site(folder) or (folder.is_dir() and not any(folder.iterdir()))):
        raise SiteError(f"{folder} was not written by kg site: name a new folder, or an empty one")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise SiteError(f"no site can be written to {folder}: {in_words(error)}") from error
    try:
        draft, before = scratch / "new", scratch / "before"
        draft.mkdir()
        yield draft
        (draft / MARKER).write_text(json.dumps({"release": release, "url": url}) + "\n", encoding="utf-8")
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


def _is_site(folder: Path) -> bool:
    """Return whether a folder has the marker as it is written here; programs of others have files of this name too."""
    try:
        return {*json.loads((folder / MARKER).read_bytes())} == {"release", "url"}
    except (OSError, ValueError, TypeError):
        return False
