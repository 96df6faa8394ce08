"""Jekyll's rules: the files that are pages, their default front matter, their URLs."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from kg.errors import SiteError

SUFFIXES = (".md", ".markdown", ".mkd", ".mkdn", ".mkdown")
"""File name extensions that Jekyll renders as Markdown."""
_NEVER = ("_", ".", "#", "~")
ALWAYS_EXCLUDED = ("vendor", "node_modules", "Gemfile", "Gemfile.lock")
"""Names in a site's folder that are never published."""
_PERMALINKS = {
    "date": "/:path/:basename:output_ext",
    "none": "/:path/:basename:output_ext",
    "pretty": "/:path/:basename/",
}


def collections(config: Mapping[str, Any]) -> dict[str, str]:
    """Return folder → permalink of each collection that the configuration publishes; the permalink may be empty.

    >>> collections({"collections": {"guides": {"output": True, "permalink": "/:name"}, "notes": {}}})
    {'_guides': '/:name'}
    """
    listed = config.get("collections")
    above = str(config.get("collections_dir") or "").strip("/")
    published = {
        f"_{name}": str(facts.get("permalink") or "")
        for name, facts in (listed.items() if isinstance(listed, dict) else ())
        if isinstance(facts, dict) and facts.get("output") is True
    }
    return {f"{above}/{folder}".strip("/"): permalink for folder, permalink in published.items()}


def markdown_files(folder: Path, exclude: Sequence[str], include: Sequence[str] = ()) -> Iterator[str]:
    """Yield the paths of the site's Markdown files, sorted, relative to ``folder`` and inside it.

    As in Jekyll's ``EntryFilter``, names that begin with ``_``, ``.``, ``#`` or ``~`` are left out unless they are in
    ``include``, and so are the names in ``exclude``. Symbolic links are not followed; pipes, sockets and devices are
    left out.

    Raises:
        SiteError: when a folder cannot be read.
    """
    for entry in _entries(folder):
        yield from _below(folder, entry, [*ALWAYS_EXCLUDED, *exclude], include)


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir(), key=lambda path: path.name)
    except OSError as error:
        raise SiteError(f"{folder} cannot be read: {error.strerror}") from error


def _below(folder: Path, entry: Path, exclude: Sequence[str], include: Sequence[str]) -> Iterator[str]:
    name = entry.relative_to(folder).as_posix()
    hidden = entry.name.startswith(_NEVER) and name not in include
    if hidden or entry.is_symlink() or any(_excluded(name, pattern) for pattern in exclude):
        return
    if entry.is_dir():
        for inner in _entries(entry):
            yield from _below(folder, inner, exclude, include)
    elif entry.suffix.lower() in SUFFIXES and entry.is_file():
        yield name


def _excluded(name: str, pattern: str) -> bool:
    pattern = pattern.strip("/")
    return name == pattern or name.startswith(pattern + "/") or fnmatch.fnmatchcase(name, pattern)


def defaults_for(path: str, defaults: Any, kind: str = "pages") -> dict[str, Any]:
    """Return the front matter that the configuration's ``defaults`` give a page; the more specific scope has priority.

    A scope applies if its path is a prefix of the page's path or a glob that matches it, and its type is absent or
    equals ``kind``: the name of the page's collection, or ``pages`` outside collections.

    >>> config = [{"scope": {"path": "pages", "type": "pages"}, "values": {"type": "x"}}]
    >>> defaults_for("pages/a.md", config), defaults_for("other/a.md", config)
    ({'type': 'x'}, {})
    """
    chosen: dict[str, Any] = {}
    scopes = [entry for entry in defaults if isinstance(entry, dict)] if isinstance(defaults, list) else []
    for entry in sorted(scopes, key=lambda entry: len(_scope_path(entry))):
        if _applies(entry, path, kind) and isinstance(entry.get("values"), dict):
            chosen |= entry["values"]
    return chosen


def _scope_path(entry: Mapping[str, Any]) -> str:
    scope = entry.get("scope")
    return str(scope.get("path") or "").strip("/") if isinstance(scope, dict) else ""


def _applies(entry: Mapping[str, Any], path: str, kind: str) -> bool:
    scope = entry.get("scope")
    if not isinstance(scope, dict) or scope.get("type") not in (None, "", kind):
        return False
    wanted = _scope_path(entry)
    if "*" in wanted:
        return any(fnmatch.fnmatchcase(str(p), wanted) for p in (PurePosixPath(path), *PurePosixPath(path).parents))
    return not wanted or path == wanted or path.startswith(wanted + "/")


def page_url(path: str, permalink: str) -> str:
    """Return a page's URL below the site's base URL, by Jekyll's permalink setting.

    >>> page_url("pages/cheat_sheets/sequencing.md", "/:basename")
    '/sequencing'
    >>> page_url("pages/index.md", "pretty"), page_url("about.md", "")
    ('/pages/', '/about.html')
    """
    pure = PurePosixPath(path)
    folder = "" if str(pure.parent) == "." else str(pure.parent)
    template = _PERMALINKS.get(permalink or "date", permalink)
    if pure.stem == "index" and permalink in ("", *_PERMALINKS):
        return f"/{folder}/".replace("//", "/")
    filled = template.replace(":path", folder).replace(":basename", pure.stem).replace(":output_ext", ".html")
    return "/" + filled.lstrip("/")


def document_url(path: str, folder: str, permalink: str) -> str:
    """Return the URL below the site's base URL of a page in the collection in ``folder``.

    >>> document_url("_guides/a/first.md", "_guides", ""), document_url("_guides/a/first.md", "_guides", "/g/:name/")
    ('/guides/a/first.html', '/g/first/')
    """
    inner = PurePosixPath(path).relative_to(folder)
    template = {"": "/:collection/:path:output_ext", "pretty": "/:collection/:path/"}.get(permalink, permalink)
    values = {
        ":collection": PurePosixPath(folder).name.removeprefix("_"),
        ":path": inner.with_suffix("").as_posix(),
        ":basename": inner.stem,
        ":title": inner.stem,
        ":name": inner.stem,
        ":output_ext": ".html",
    }
    for placeholder, value in values.items():
        template = template.replace(placeholder, value)
    return "/" + template.lstrip("/")
