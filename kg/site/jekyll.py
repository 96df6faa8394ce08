"""Jekyll's rules: the files that are pages, their collections, their default front matter."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from kg.errors import SiteError, in_words
from kg.regular_file import read_regular
from kg.site import permalinks
from kg.site.yaml_types import is_true, typed

MARKDOWN = (".md", ".markdown", ".mkd", ".mkdn", ".mkdown")
"""File name extensions that Jekyll renders as Markdown."""
HTML = (".html", ".htm", ".xhtml")
"""File name extensions of pages that are HTML already."""
SUFFIXES = (*MARKDOWN, *HTML)
"""File name extensions of pages."""
_NEVER = ("_", ".", "#", "~")
NEVER_READ = ("node_modules", "vendor/bundle", "vendor/cache", "vendor/gems", "vendor/ruby")
"""Folders of a site with the files of other programs."""
_EXCLUDED = (*(f"{folder}/" for folder in NEVER_READ), "node_modules", "Gemfile", "Gemfile.lock", "gemfiles")
"""Patterns that Jekyll adds to the setting ``exclude``."""
GEMFILE = "Gemfile"
"""File that lists the plug-ins of a site."""
_GEM = re.compile(r"""^[ \t]*gem[ \t(]+["']([\w-]+)["']""", re.MULTILINE)
_ABOUT_A_REPOSITORY = (
    "README LICENSE LICENCE COPYING CODE_OF_CONDUCT CONTRIBUTING ISSUE_TEMPLATE PULL_REQUEST_TEMPLATE"
).split()
POSTS = "posts"
_HEADER = re.compile(rb"---\s*")
_LONGEST_HEADER = 200
_README = re.compile(r"(?:^|/)readme\.(?:md|markdown|mkdn?|mkdown)$", re.IGNORECASE)
_PERMALINK = re.compile(rb"^permalink:[ \t]*[\"']?([^\s\"']*?)(?:index\.html)?[\"']?[ \t]*\r?$", re.MULTILINE)
_LONGEST_FRONT = 4000
"""Bytes of a page in which its permalink is looked for."""


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection that the site publishes."""

    label: str
    """Its name, the folder without the ``_``."""
    permalink: str
    """Template of the addresses of its documents."""


def collections(config: Mapping[str, Any]) -> dict[str, Collection]:
    """Return the collections that the configuration publishes, by label; posts are always one of them.

    >>> collections({"collections": {"guides": {"output": True, "permalink": "/:name"}, "notes": {}}})["guides"]
    Collection(label='guides', permalink='/:name')
    >>> [found.permalink for found in collections({"permalink": "/:title/"}).values()]
    ['/:title/']
    """
    style = _text(config, "permalink") or permalinks.DEFAULT
    listed = config.get("collections")
    settings = listed if isinstance(listed, dict) else {}
    posts = settings.get(POSTS)
    every = settings | {POSTS: {**(posts if isinstance(posts, dict) else {}), "output": True}}
    return {
        label: Collection(label, str(facts.get("permalink") or _template(label, style)))
        for label, facts in every.items()
        if isinstance(facts, dict) and is_true(facts.get("output"))
    }


def _template(label: str, style: str) -> str:
    return permalinks.posts_permalink(style) if label == POSTS else permalinks.documents_permalink(style)


def collections_folder(config: Mapping[str, Any]) -> str:
    """Return the folder that contains those of the collections; empty for that of the site."""
    return _text(config, "collections_dir").strip("/")


def collection_of(path: str, config: Mapping[str, Any]) -> Collection | None:
    """Return the collection of the document at ``path``; ``None`` for a page outside of collections."""
    above = collections_folder(config)
    inner = path.removeprefix(f"{above}/") if above else path
    if above and inner == path:
        return None
    folders = inner.split("/")[:-1]
    found = collections(config)
    if f"_{POSTS}" in folders:
        return found[POSTS]
    return found.get(folders[0].removeprefix("_")) if folders and folders[0].startswith("_") else None


def is_post(path: str, config: Mapping[str, Any]) -> bool:
    """Return whether the file at ``path`` is a post, which Jekyll publishes with or without front matter."""
    found = collection_of(path, config)
    return found is not None and found.label == POSTS


def is_plain_page(path: str) -> bool:
    """Return whether ``jekyll-optional-front-matter`` makes a page of a file: it does not of those about a repository.

    >>> is_plain_page("docs/start.md"), is_plain_page("docs/README.md"), is_plain_page("_guides/a.md")
    (True, False, False)
    """
    pure = PurePosixPath(path)
    is_about_repository = pure.stem.upper() in _ABOUT_A_REPOSITORY or pure.parts[0] == ".github"
    return pure.suffix.lower() in MARKDOWN and not is_about_repository and not path.startswith("_")


def has_optional_front_matter(folder: Path, config: Mapping[str, Any]) -> bool:
    """Return whether a site has ``jekyll-optional-front-matter``, by itself or as a part of ``github-pages``."""
    settings = config.get("optional_front_matter")
    if isinstance(settings, dict) and typed(settings.get("enabled")) is False:
        return False
    return not plugins(folder, config).isdisjoint(("jekyll-optional-front-matter", "github-pages"))


def indexes(folder: Path, config: Mapping[str, Any]) -> frozenset[str]:
    """Return the paths of the READMEs that ``jekyll-readme-index`` makes the page of their folder.

    It does for one without front matter whose folder has no other page, where a site has the plug-in by itself or as a
    part of ``github-pages``.
    """
    settings = config.get("readme_index")
    is_off = isinstance(settings, dict) and typed(settings.get("enabled")) is False
    if is_off or plugins(folder, config).isdisjoint(("jekyll-readme-index", "github-pages")):
        return frozenset()
    pages = list(page_files(folder, config))
    readmes = [path for path in pages if _README.search(path) and not has_header(folder / path)]
    others = (path for path in pages if readmes and path not in readmes)
    taken = {address for path in others for address in _folders(folder, path)}
    return frozenset(path for path in readmes if index_url(path) not in taken)


def index_url(path: str) -> str:
    """Return the address of the folder of a page.

    >>> index_url("README.md"), index_url("docs/README.md")
    ('/', '/docs/')
    """
    return f"/{path.rpartition('/')[0]}/".replace("//", "/")


def _folders(folder: Path, path: str) -> Iterator[str]:
    """Yield the addresses of folders of which a page is the index, by its name or its own permalink."""
    if PurePosixPath(path).stem == "index":
        yield index_url(path)
    try:
        with (folder / path).open("rb") as content:
            found = _PERMALINK.search(content.read(_LONGEST_FRONT))
    except OSError:
        return
    if found:
        yield found[1].decode(errors="replace")


def plugins(folder: Path, config: Mapping[str, Any]) -> set[str]:
    """Return the names of the plug-ins that the configuration lists, and of the gems in the Gemfile."""
    try:
        gems = {*_GEM.findall(read_regular(folder / GEMFILE, errors="replace"))}
    except OSError:
        gems = set()
    return {*_names(config, "plugins"), *_names(config, "gems"), *gems}


def _text(config: Mapping[str, Any], key: str) -> str:
    value = config.get(key)
    return value.strip() if isinstance(value, str) else ""


def _names(config: Mapping[str, Any], key: str) -> list[str]:
    value = config.get(key)
    return [name for name in value if isinstance(name, str) and name] if isinstance(value, list) else []


def static_files(folder: Path, config: Mapping[str, Any]) -> Iterator[str]:
    """Yield the paths of the files of a site that Jekyll copies, sorted, those of collections last.

    Raises:
        SiteError: when a folder cannot be read.
    """
    every = (path for path in {*_Files(folder, config).every()} if not has_header(folder / path))
    copied = ((collection_of(path, config), path) for path in every)
    return (path for found, path in sorted(copied, key=_place) if found is None or found.label != POSTS)


def _place(copied: tuple[Collection | None, str]) -> tuple[str, str]:
    found, path = copied
    return found.label if found else "", path


def has_header(file: Path) -> bool:
    """Return whether a file begins with the line of hyphens that makes it a page (``Utils.has_yaml_header?``)."""
    try:
        with file.open("rb") as content:
            return _HEADER.fullmatch(content.readline(_LONGEST_HEADER)) is not None
    except OSError:
        return False


def page_files(folder: Path, config: Mapping[str, Any]) -> Iterator[str]:
    """Yield the paths of the files of a site that are pages if they have front matter, sorted.

    As in Jekyll's ``EntryFilter``, names that begin with ``_``, ``.``, ``#`` or ``~`` are left out unless they are in
    the setting ``include``, and so are those in ``exclude``. A symbolic link is followed if it leads to a place inside
    the site; below a folder that is a link, no others are. Pipes, sockets and devices are left out.

    Raises:
        SiteError: when a folder cannot be read.
    """
    pages = {path for path in _Files(folder, config).every() if PurePosixPath(path).suffix.lower() in SUFFIXES}
    return iter(sorted(pages, key=lambda path: path.split("/")))


@dataclass
class _Files:
    folder: Path
    config: Mapping[str, Any]
    _root: Path = field(init=False)
    _include: list[str] = field(init=False)
    _exclude: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self._root = self.folder.resolve()
        self._include = [name.lstrip("/") for name in _names(self.config, "include")]
        excluded = [*_EXCLUDED, *(name.lstrip("/") for name in _names(self.config, "exclude"))]
        destination = _text(self.config, "destination").removeprefix("./").strip("/")
        excluded += [f"{destination}/"] if destination else []
        self._exclude = [name for name in excluded if name not in self._include]

    def every(self) -> Iterator[str]:
        yield from self._below("", is_linked=False)
        yield from (name for name in self._include if self._is_file(name))
        above = collections_folder(self.config)
        for label in collections(self.config):
            if label != POSTS:
                yield from self._documents(f"{above}/_{label}".lstrip("/"), f"_{label}")

    def _below(self, inner: str, *, is_linked: bool) -> Iterator[str]:
        """Yield the files below a folder, and its posts."""
        for name in self._entries(inner):
            path = f"{inner}/{name}".lstrip("/")
            is_link = (self.folder / path).is_symlink()
            if name == f"_{POSTS}" and path.startswith(f"{collections_folder(self.config)}/".lstrip("/")):
                yield from (post for post in self._documents(path, path) if permalinks.is_post(_stem(post)))
            elif not self._keeps(path, name):
                continue
            elif self._is_file(path):
                yield path
            elif (self.folder / path).is_dir() and self._is_own(path, inner) and not (is_link and is_linked):
                yield from self._below(path, is_linked=is_linked or is_link)

    def _documents(self, inner: str, excluded_as: str) -> Iterator[str]:
        """Yield the documents below a folder; links to folders are not followed."""
        top = self.folder / inner
        if not (top.is_dir() and self._is_own(inner, "")):
            return
        for here, folders, files in os.walk(top, onerror=_unreadable):
            folders.sort()
            for name in files:
                entry = (Path(here) / name).relative_to(top).as_posix()
                if self._keeps(f"{excluded_as}/{entry}", entry) and self._is_file(f"{inner}/{entry}"):
                    yield f"{inner}/{entry}"

    def _entries(self, inner: str) -> list[str]:
        try:
            return sorted(entry.name for entry in (self.folder / inner).iterdir())
        except OSError as error:
            raise _unreadable(error) from error

    def _keeps(self, path: str, entry: str) -> bool:
        """Return whether neither the settings nor its name leave a file or folder out."""
        name = entry.rpartition("/")[2]
        if any(is_matched(pattern, given) for pattern in self._include for given in (entry, name)):
            return True
        if any(is_matched(pattern, path) for pattern in self._exclude):
            return False
        return not (entry.startswith(_NEVER) or name.startswith(_NEVER) or name.endswith(("~", ".")))

    def _is_file(self, path: str) -> bool:
        return ".." not in path.split("/") and (self.folder / path).is_file() and self._is_own(path, "")

    def _is_own(self, path: str, above: str) -> bool:
        """Return whether a file or folder is inside the site, and no link to a folder that it is in."""
        file = self.folder / path
        if not file.is_symlink():
            return True
        target = file.resolve()
        return target.is_relative_to(self._root) and not (self.folder / above).resolve().is_relative_to(target)


def _unreadable(error: OSError) -> SiteError:
    return SiteError(f"{error.filename} cannot be read: {in_words(error)}")


def _stem(path: str) -> str:
    return PurePosixPath(path).stem


def is_matched(pattern: str, entry: str) -> bool:
    """Return whether a pattern of the settings is that of a file or folder, or the beginning of its path."""
    return entry.startswith(pattern) or f"{entry}/" == pattern or fnmatch.fnmatchcase(entry, pattern)


def defaults_for(path: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the front matter that the configuration's ``defaults`` give a page; the more specific scope has priority.

    A scope applies if the page's path begins with its path, or with one that its glob matches, and its type is absent
    or that of the page: the name of the page's collection, or ``pages`` outside collections. The title of a document
    of a collection is by default made of the name of its file.

    >>> config = {"defaults": [{"scope": {"path": "pages", "type": "pages"}, "values": {"type": "x"}}]}
    >>> defaults_for("pages/a.md", config), defaults_for("other/a.md", config)
    ({'type': 'x'}, {})
    """
    found = collection_of(path, config)
    title = {"title": permalinks.title(path)} if found else {}
    return title | _values_for(path, found.label if found else "pages", config)


def defaults_of_static(path: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties that the configuration's ``defaults`` give the file at ``path``, which Jekyll copies."""
    found = collection_of(path, config)
    return _values_for(path, found.label if found else "", config)


def _values_for(path: str, kind: str, config: Mapping[str, Any]) -> dict[str, Any]:
    chosen: dict[str, Any] = {}
    for entry in sorted(_scopes(config), key=lambda entry: len(_scope_path(entry, config))):
        if _type(entry) in ("", kind) and _is_below(within(path, config), _scope_path(entry, config)):
            chosen |= entry["values"]
    return chosen


def within(path: str, config: Mapping[str, Any]) -> str:
    """Return the path of a page as Jekyll knows it: that of a document is relative to the folder of the collections."""
    return path.removeprefix(f"{collections_folder(config)}/") if collection_of(path, config) else path


def _scopes(config: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    listed = config.get("defaults")
    entries = (entry for entry in (listed if isinstance(listed, list) else ()) if isinstance(entry, dict))
    return (entry for entry in entries if isinstance(entry.get("values"), dict))


def _type(entry: Mapping[str, Any]) -> str:
    scope = entry.get("scope")
    written = str(scope.get("type") or "") if isinstance(scope, dict) else ""
    return {"page": "pages", "post": POSTS}.get(written, written)


def _scope_path(entry: Mapping[str, Any], config: Mapping[str, Any]) -> str:
    scope = entry.get("scope")
    path = str(scope.get("path") or "") if isinstance(scope, dict) else ""
    above = collections_folder(config)
    return path.removeprefix(f"{above}/") if above else path


def _is_below(path: str, wanted: str) -> bool:
    if "*" not in wanted:
        return path.startswith(wanted)
    pure = PurePosixPath(path)
    return any(_glob(wanted).fullmatch(str(place)) for place in (pure, *pure.parents))


def _glob(pattern: str) -> re.Pattern[str]:
    """Return a pattern of file names, in which ``**/`` is any number of folders, as a regular expression."""
    parts = re.split(r"(\*\*/|\*|\?)", pattern)
    signs = {"**/": "(?:[^/.][^/]*/)*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(signs.get(part) or re.escape(part) for part in parts))
