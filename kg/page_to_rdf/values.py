"""Access to values of front matter and data files that authors write in several shapes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kg import markdown


def entries(value: Any) -> Iterator[dict[str, Any]]:
    """Return the mappings in a list; none for a single mapping, since that groups other values."""
    return (entry for entry in value if isinstance(entry, dict)) if isinstance(value, list) else iter(())


def related_pages(value: Any) -> Iterator[str]:
    """Yield the pages of a ``related_pages`` value, grouped by type or not.

    >>> list(related_pages({"Your_tasks": ["storage", None], "Your_role": "researcher"})), list(related_pages(["dmp"]))
    (['storage', 'researcher'], ['dmp'])
    """
    for group in value.values() if isinstance(value, dict) else [value]:
        yield from (page for page in (group if isinstance(group, list) else [group]) if isinstance(page, str))


def plain_text(text: str) -> str:
    """Return a text without its Markdown, with white space collapsed.

    >>> plain_text("An instance of [Galaxy](https://galaxyproject.org).")
    'An instance of Galaxy.'
    """
    return " ".join(block.text for block in markdown.parse(text) if block.text)


def links(text: str) -> Iterator[str]:
    """Yield the destinations of the links in a Markdown text.

    >>> list(links("An instance of [Galaxy](https://galaxyproject.org)."))
    ['https://galaxyproject.org']
    """
    return (link.href for block in markdown.parse(text) for link in block.links)
