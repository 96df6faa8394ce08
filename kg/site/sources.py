"""The files of a site that a build reads: the one list for the readers and for what tells whether they have changed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePath

from kg.site import bibliography, data_files, profile
from kg.site.jekyll import ALWAYS_EXCLUDED, SUFFIXES

CONFIG = "_config.yml"
CNAME = "CNAME"
"""The host that GitHub Pages serves a site at."""
INCLUDES = "_includes"
"""Folder of the texts that pages include."""
FILES = (CONFIG, profile.FILE, CNAME)
FOLDERS = (data_files.FOLDER, INCLUDES)
"""Folders of which any file may be read."""
_NO_SOURCES = (".git", *ALWAYS_EXCLUDED, *FOLDERS)
"""Names in a site's folder below which no page stands."""


def is_source(path: PurePath) -> bool:
    """Return whether a build may read the file at this path, relative to the site's folder."""
    return path.suffix.lower() in (*SUFFIXES, bibliography.SUFFIX) or path.parts[0] in FOLDERS or str(path) in FILES


def sources(folder: Path) -> Iterator[Path]:
    """Yield every file of a site that a build may read, in one order everywhere.

    Links below the site's folder are given as they are and not followed.
    """
    roots = (folder, *(folder / name for name in FOLDERS))
    every = (file for root in roots for file in _below(root, _NO_SOURCES if root == folder else ()))
    return (file for file in every if is_source(file.relative_to(folder)))


def _below(root: Path, left_out: tuple[str, ...]) -> Iterator[Path]:
    for here, folders, files in os.walk(root):
        links = [name for name in folders if (Path(here) / name).is_symlink()]
        folders[:] = sorted({*folders}.difference(links, left_out if here == str(root) else ()))
        yield from (Path(here) / name for name in sorted([*files, *links]))
