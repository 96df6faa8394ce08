"""The parts of a site that its templates use: includes, layouts, plug-ins and pages."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path

_SUFFIXES = (".html", ".js", ".json", ".liquid", ".markdown", ".md", ".rb")


def keys_read(folder: Path, keys: Collection[str]) -> set[str]:
    """Return those of some keys of data files that a template of the site in ``folder`` reads."""
    if not keys:
        return set()
    used = re.compile(rf"""(?:\.|\[["'])({"|".join(map(re.escape, keys))})(?![\w-])""")
    texts = (file.read_text(encoding="utf-8", errors="replace") for file in _files(folder))
    return {key for text in texts for key in used.findall(text)}


def _files(folder: Path) -> Iterator[Path]:
    """Yield the templates of a site; links are not followed."""
    for here, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in (".git", "node_modules", "vendor", "_site")]
        files = (Path(here, name) for name in names if name.endswith(_SUFFIXES))
        yield from (file for file in files if file.is_file() and not file.is_symlink())
