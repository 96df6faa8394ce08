"""The sections of a site, by which its own readers know where a page stands."""

from __future__ import annotations

from pathlib import PurePosixPath

OTHER_PAGES = "Other pages"
"""Section of the pages that have no type and stand in no folder of their own."""
_CHEAT_SHEETS = "Cheat sheets"


def section_of(kind: str, file: str, is_sheet: bool) -> str:
    """Return the section of a page in words, from its type or else the folder of its file.

    >>> section_of("Your_domain", "pages/a.md", False), section_of("", "pages/your_tasks/a.md", False)
    ('Your domain', 'Your tasks')
    >>> section_of("", "pages/about.md", False), section_of("cheat_sheet", "a.md", True)
    ('Other pages', 'Cheat sheets')
    """
    if is_sheet:
        return _CHEAT_SHEETS
    folder = PurePosixPath(file).parent.name
    words = (kind or ("" if folder == "pages" else folder)).replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:] or OTHER_PAGES
