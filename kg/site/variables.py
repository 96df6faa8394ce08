"""The variables ``site`` and ``page`` of Liquid templates, as Jekyll makes them of a site's files."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from kg.page import Page
from kg.site import data_files
from kg.site.jekyll import SUFFIXES

if TYPE_CHECKING:
    from kg.site import Site

_POSTS = "posts"
_WHOLE_NUMBER = re.compile(r"0|-?[1-9]\d{0,17}")
_DATED = re.compile(r"(\d{2,4}-\d{1,2}-\d{1,2})-(.*)")
_TIME = re.compile(
    r"(\d{1,4})-(\d{1,2})-(\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d*)?)?)?\s*(Z|([+-])(\d{1,2}):?(\d{2})?)?"
)
_EARLIEST = datetime.min.replace(tzinfo=UTC)


class _Number(int):
    """A whole number of a YAML file, which equals its text too: it may have been written in quotes."""

    def __eq__(self, other: object) -> bool:
        return str(self) == other if isinstance(other, str) else int(self) == other

    def __hash__(self) -> int:
        return int.__hash__(self)


class _Time(datetime):
    """A time that is written as Ruby does."""

    def __str__(self) -> str:
        return self.strftime("%Y-%m-%d %H:%M:%S %z")


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


class Variables:
    """The variables of the templates of a site.

    ``fronts`` returns the pages with their front matter alone: those at the given paths, or all that are published.
    ``part`` returns the HTML of a part of a document, given its variables.
    """

    def __init__(
        self,
        site: Site,
        fronts: Callable[[Iterable[str] | None], Iterable[Page]],
        part: Callable[[str, Mapping[str, Any]], str],
    ) -> None:
        self._site = site
        self._fronts = fronts
        self._part = part
        listed = site.config.get("collections")
        names = [*listed] if isinstance(listed, dict | list) else []
        self._labels = [_POSTS, *(str(name) for name in names if name != _POSTS)]
        computed: dict[str, Callable[[], Any]] = {
            **{label: lambda label=label: self._documents[label] for label in self._labels},  # type: ignore[misc]
            _POSTS: lambda: self._documents[_POSTS][::-1],
            "documents": lambda: [document for label in self._labels for document in self._documents[label]],
            "collections": lambda: [{"label": label, "docs": self._documents[label]} for label in sorted(self._labels)],
            "pages": lambda: self._pages,
            "html_pages": lambda: self._pages,
            "tags": lambda: self._posts_by("tags"),
            "categories": lambda: self._posts_by("categories"),
            "data": lambda: self._data,
            "time": lambda: self._time,
        }
        self.site: Mapping[str, Any] = _Variable(_value(site.config), computed)
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

    @cached_property
    def _time(self) -> _Time:
        return _Time.now(UTC)

    @cached_property
    def _data(self) -> Any:
        return _value(data_files.tree(self._site.folder / data_files.FOLDER))

    @cached_property
    def _read(self) -> list[Page]:
        """Every page and document, those of collections that are not published too."""
        pages = list(self._fronts(None))
        known = {page.path for page in pages}
        folders = [self._site.folder / self._above / f"_{label}" for label in self._labels]
        files = (file for folder in folders if folder.is_dir() for file in sorted(folder.rglob("*")))
        paths = (file.relative_to(self._site.folder).as_posix() for file in files if file.suffix.lower() in SUFFIXES)
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
        for documents in found.values():
            documents.sort(key=lambda document: (document.get("date") or _EARLIEST, document["path"]))
        return found

    @property
    def _above(self) -> str:
        return self._site.text("collections_dir").strip("/")

    def _label(self, path: str) -> str | None:
        """Return the collection that a document is in; ``None`` for a page."""
        folders = PurePosixPath(path).parent.parts
        if f"_{_POSTS}" in folders:
            return _POSTS
        inner = PurePosixPath(path).relative_to(self._above).parts if path.startswith(f"{self._above}/") else folders
        label = inner[0].removeprefix("_") if inner and inner[0].startswith("_") else None
        return label if label in self._labels else None

    def _url(self, page: Page) -> str:
        return self._site.page_path(page.path, page.front) or ""

    def _page(self, page: Page) -> Mapping[str, Any]:
        url = self._url(page)
        folder = url if url.endswith("/") else posixpath.dirname(url)
        own = {"url": url, "path": page.path, "name": PurePosixPath(page.path).name, "content": page.body}
        return {**_value(page.front), **own, "dir": f"{folder.rstrip('/')}/"}

    def _document(self, page: Page, label: str) -> Mapping[str, Any]:
        file = PurePosixPath(page.path)
        dated = _DATED.fullmatch(file.stem)
        front, url = _value(page.front), self._url(page)
        slug = front.get("slug") or (dated[2] if dated else file.stem)
        date = _time(front.get("date") or (dated[1] if dated and label == _POSTS else None))
        known = {
            **front,
            "title": front.get("title") or " ".join(word.capitalize() for word in str(slug).split("-")),
            "slug": slug,
            "url": url,
            "id": url.removesuffix(".html"),
            "path": page.path.removeprefix(f"{self._above}/"),
            "relative_path": page.path.removeprefix(f"{self._above}/"),
            "name": front.get("name") or file.name,
            "ext": file.suffix,
            "collection": label,
            "categories": _listed(front, "category", "categories"),
            "tags": _listed(front, "tag", "tags"),
        }
        document = _Variable(
            known,
            {
                "date": lambda: date or (self._time if label == _POSTS or not front.get("date") else front["date"]),
                "content": lambda: self._part(page.body, document),
                "excerpt": lambda: front.get("excerpt") or self._part(self._first_part(page, front), document),
                "previous": lambda: self._beside(page.path, label, -1),
                "next": lambda: self._beside(page.path, label, 1),
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
        prefix = f"{self._above}/".lstrip("/")
        return {
            label: {f"{prefix}{document['path']}": n for n, document in enumerate(documents)}
            for label, documents in self._documents.items()
        }

    def _posts_by(self, key: str) -> dict[str, list[Mapping[str, Any]]]:
        found: dict[str, list[Mapping[str, Any]]] = {}
        for post in self._documents[_POSTS][::-1]:
            for value in post[key]:
                found.setdefault(str(value), []).append(post)
        return found


def _value(value: Any) -> Any:
    """Return a value of a YAML file with whole numbers for texts that look like them."""
    if isinstance(value, Mapping):
        return {key: _value(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_value(inner) for inner in value]
    return _Number(value) if isinstance(value, str) and _WHOLE_NUMBER.fullmatch(value) else value


def _listed(front: Mapping[str, Any], one: str, many: str) -> list[Any]:
    """Return the tags or categories of a document: one by itself, or several in a list or with spaces between them."""
    several = front.get(many)
    found = str(several).split() if isinstance(several, str | int) else [*several] if isinstance(several, list) else []
    return [*([front[one]] if front.get(one) else []), *filter(None, found)]


def _time(written: object) -> _Time | None:
    """Return a time as it is written in YAML, in UTC where it names no zone; ``None`` for what is none."""
    found = _TIME.fullmatch(str(written).strip()) if written else None
    if found is None:
        return None
    away = timedelta(hours=int(found[9] or 0), minutes=int(found[10] or 0))
    zone = timezone(-away if found[8] == "-" else away)
    try:
        return _Time(*(int(part or 0) for part in found.groups()[:6]), tzinfo=zone)  # type: ignore[misc,arg-type]
    except ValueError:
        return None
