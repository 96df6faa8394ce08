"""The variables ``site`` and ``page`` of Liquid templates, as Jekyll makes them of a site's files."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from kg.page import Page
from kg.site import data_files, jekyll, permalinks
from kg.site.yaml_types import Time, typed

if TYPE_CHECKING:
    from kg.site import Site


_TEXT = "content"
"""The property of a page or document that is its text."""


class _Variable(dict[str, Any]):
    """A variable of which some properties are computed each time that they are read."""

    def __init__(self, known: Mapping[str, Any], computed: Mapping[str, Callable[[], Any]]) -> None:
        super().__init__({key: value for key, value in known.items() if key not in computed})
        self._computed = computed

    def __missing__(self, key: str) -> Any:
        if key not in self._computed:
            raise KeyError(key)
        return self._computed[key]()

    def get(self, key: str, default: Any = None) -> Any:
        """Return a property, computed or not, or the default."""
        return self[key] if key in self or key in self._computed else default


class _PageVariable(dict[str, Any]):
    """A page whose text is told of when it is read, by itself or with all that the page has."""

    def __init__(self, known: Mapping[str, Any], tell: Callable[[], None]) -> None:
        super().__init__(known)
        self._tell = tell

    def __getitem__(self, key: str) -> Any:
        if key == _TEXT:
            self._tell()
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        """Return a property or the default."""
        if key == _TEXT:
            self._tell()
        return super().get(key, default)

    def __iter__(self) -> Iterator[str]:
        self._tell()
        return super().__iter__()

    def items(self) -> Any:
        """Return all properties with their names."""
        self._tell()
        return super().items()

    def values(self) -> Any:
        """Return all properties."""
        self._tell()
        return super().values()

    def __repr__(self) -> str:
        self._tell()
        return super().__repr__()


class Variables:
    """The variables of the templates of a site.

    ``fronts`` returns the pages with their front matter alone: those at the given paths, or all that are published.
    ``part`` returns the HTML of a part of a document, given its variables. ``tell`` is called when a template reads
    the text of a page, or the time.
    """

    def __init__(
        self,
        site: Site,
        fronts: Callable[[Iterable[str] | None], Iterable[Page]],
        part: Callable[[str, Mapping[str, Any]], str],
        tell: Callable[[], None],
    ) -> None:
        self._site = site
        self._fronts = fronts
        self._part_of = part
        self._tell = tell
        listed = site.config.get("collections")
        names = [*listed] if isinstance(listed, dict | list) else []
        self._labels = [jekyll.POSTS, *(str(name) for name in names if name != jekyll.POSTS)]
        above = jekyll.collections_folder(site.config)
        self._folders = {label: f"{above}/_{label}".lstrip("/") for label in self._labels}
        computed: dict[str, Callable[[], Any]] = {
            **{label: lambda label=label: self._documents[label] for label in self._labels},  # type: ignore[misc]
            jekyll.POSTS: lambda: self._documents[jekyll.POSTS][::-1],
            "documents": lambda: [document for label in self._labels for document in self._documents[label]],
            "collections": lambda: [{"label": label, "docs": self._documents[label]} for label in sorted(self._labels)],
            "pages": lambda: self._pages,
            "html_pages": lambda: self._pages,
            "tags": lambda: self._posts_by("tags"),
            "categories": lambda: self._posts_by("categories"),
            "data": lambda: self._data,
            "static_files": lambda: self._static_files,
            "time": self._time,
        }
        self.site: Mapping[str, Any] = _Variable({**typed(site.config), **_of_github(site)}, computed)
        """The variable ``site``."""

    def page(self, page: Page) -> Mapping[str, Any]:
        """Return the variable ``page`` of a page or document."""
        label = self._label(page.path)
        return self._page(page) if label is None else self._document(page, label)

    def address(self, path: str) -> str | None:
        """Return the published path of a page or another file of the site; ``None`` for one that is not there."""
        if path in self._addresses:
            return self._addresses[path]
        is_inside = path and "\0" not in path and ".." not in path.split("/")
        return f"/{path}" if is_inside and (self._site.folder / path).is_file() else None

    def _part(self, text: str, document: Mapping[str, Any]) -> str:
        self._tell()
        return self._part_of(text, document)

    def _time(self) -> Time:
        self._tell()
        return _time(self._site.opened.astimezone(self._site.time_zone))

    @cached_property
    def _data(self) -> Any:
        return typed(data_files.tree(self._site.folder / data_files.FOLDER))

    @cached_property
    def _static_files(self) -> list[Mapping[str, Any]]:
        return [self._static(path) for path in self._site.static_files()]

    def _static(self, path: str) -> Mapping[str, Any]:
        file, label = PurePosixPath(path), self._label(path)
        inner = jekyll.within(path, self._site.config) if label else f"/{path}"
        known = {"path": inner, "name": file.name, "basename": file.stem.rstrip("."), "extname": file.suffix}
        return {**typed(jekyll.defaults_of_static(path, self._site.config)), **known, "collection": label}

    @cached_property
    def _read(self) -> list[Page]:
        """Every page and document, those of collections that are not published too."""
        pages = list(self._fronts(None))
        known = {page.path for page in pages}
        folders = (self._site.folder / folder for folder in self._folders.values())
        files = (file for folder in folders if folder.is_dir() for file in sorted(folder.rglob("*")) if file.is_file())
        paths = (file.relative_to(self._site.folder).as_posix() for file in files)
        return [*pages, *self._fronts(path for path in paths if path not in known)]

    @cached_property
    def _addresses(self) -> dict[str, str]:
        return {page.path: self._url(page) for page in self._read}

    @cached_property
    def _pages(self) -> list[Mapping[str, Any]]:
        pages = (self._page(page) for page in self._read if self._label(page.path) is None)
        return sorted(pages, key=lambda page: (page["name"], page["path"]))

    @cached_property
    def _documents(self) -> dict[str, list[Mapping[str, Any]]]:
        """Label of each collection → its documents in order of date and path."""
        found: dict[str, list[Mapping[str, Any]]] = {label: [] for label in self._labels}
        for page in self._read:
            if label := self._label(page.path):
                found[label].append(self._document(page, label))
        return {label: self._in_order(label, documents) for label, documents in found.items()}

    def _in_order(self, label: str, documents: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Return the documents of a collection in its own order, else by date and path (``Collection#sort_docs!``)."""
        listed = self._site.config.get("collections")
        settings = listed.get(label) if isinstance(listed, dict) else None
        order, key = (settings.get("order"), settings.get("sort_by")) if isinstance(settings, dict) else (None, None)
        documents.sort(key=lambda document: (document["date"], document["path"]))
        if isinstance(order, list):
            places = {f"_{label}/{name}": place for place, name in reversed([*enumerate(order)])}
            documents.sort(key=lambda document: places.get(document["path"], len(order)))
        elif isinstance(key, str) and key not in (_TEXT, "excerpt"):  # Jekyll cannot sort by these
            documents.sort(key=lambda document: _rank(document.get(key)))
        return documents

    def _label(self, path: str) -> str | None:
        """Return the collection that a document is in; ``None`` for a page."""
        published = jekyll.collection_of(path, self._site.config)
        others = (label for label, folder in self._folders.items() if path.startswith(f"{folder}/"))
        return published.label if published else next(others, None)

    def _url(self, page: Page) -> str:
        return self._site.page_path(page.path, page.front) or ""

    def _page(self, page: Page) -> Mapping[str, Any]:
        url = self._url(page)
        folder = url if url.endswith("/") else posixpath.dirname(url)
        own = {"url": url, "path": page.path, "name": PurePosixPath(page.path).name, _TEXT: page.body}
        return _PageVariable({**typed(page.front), **own, "dir": f"{folder.rstrip('/')}/"}, self._tell)

    def _document(self, page: Page, label: str) -> Mapping[str, Any]:
        file, front, url = PurePosixPath(page.path), typed(page.front), self._url(page)
        path = jekyll.within(page.path, self._site.config)
        found = permalinks.NAME.fullmatch(file.stem)
        date = permalinks.date_of(page.path, page.front, self._site.time_zone)
        known = {
            "title": permalinks.title(page.path),
            "slug": found["slug"] if found else file.stem,
            "name": file.name,
            **front,
            "url": url,
            "id": url.removesuffix(".html"),
            "path": path,
            "relative_path": path,
            "ext": file.suffix,
            "collection": label,
            "categories": [*permalinks.categories_of(path, label, page.front)],
            "tags": _tags(front),
        }
        document = _Variable(
            known,
            {
                "date": lambda: _time(date) if date else self._time(),
                _TEXT: lambda: self._part(page.body, document),
                "excerpt": lambda: front.get("excerpt") or self._part(self._first_part(page, front), document),
                "previous": lambda: self._beside(path, label, -1),
                "next": lambda: self._beside(path, label, 1),
            },
        )
        return document

    def _first_part(self, page: Page, front: Mapping[str, Any]) -> str:
        separator = front.get("excerpt_separator") or self._site.text("excerpt_separator") or "\n\n"
        return page.body.lstrip("\n").partition(str(separator))[0]

    def _beside(self, path: str, label: str, step: int) -> Mapping[str, Any] | None:
        """Return the document before or after another in its collection."""
        documents = self._documents[label]
        places = self._places[label]
        place = places.get(path, -step) + step
        return documents[place] if path in places and 0 <= place < len(documents) else None

    @cached_property
    def _places(self) -> dict[str, dict[str, int]]:
        return {
            label: {document["path"]: place for place, document in enumerate(documents)}
            for label, documents in self._documents.items()
        }

    def _posts_by(self, key: str) -> dict[str, list[Mapping[str, Any]]]:
        found: dict[str, list[Mapping[str, Any]]] = {}
        for post in self._documents[jekyll.POSTS][::-1]:
            for value in post[key]:
                found.setdefault(str(value), []).append(post)
        return found


def _of_github(site: Site) -> dict[str, Any]:
    """Return what jekyll-github-metadata adds to the variable ``site``: addresses and title where it has none."""
    found = site.github
    if not found:
        return {}
    address, base = str(found["url"]), str(found["baseurl"])
    around = {"title": found["project_title"], "url": address.removesuffix(base), "baseurl": base}
    return {"github": found} | {key: value for key, value in around.items() if site.config.get(key) is None}


def _rank(value: object) -> tuple[int, float, str]:
    """Return a value's place among others: numbers, texts, nothing."""
    if isinstance(value, int | float):
        return 0, float(value), ""
    return (2, 0, "") if value is None else (1, 0, str(value))


def _time(date: datetime) -> Time:
    return Time.fromtimestamp(date.timestamp(), date.tzinfo)


def _tags(front: Mapping[str, Any]) -> list[Any]:
    """Return the tags of a document: one by itself, and several in a list or with spaces between them."""
    one, several = front.get("tag"), front.get("tags")
    found = several if isinstance(several, list) else str(several or "").split()
    return [tag for tag in (one, *found) if tag is not None]
