"""Jekyll's addresses of pages, posts and documents of collections, below the base URL of their site."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

DEFAULT = "date"
"""The style of a site without a setting ``permalink``."""
_ENDINGS = {"pretty": "/", "date": ":output_ext", "ordinal": ":output_ext", "none": ":output_ext"}
"""Style → ending of the addresses of pages; that of a style which is a template is the template's."""
_OF_POSTS = {
    "none": "/:categories/:title:output_ext",
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
}
_OF_DATES = {
    "year": "%Y", "short_year": "%y", "w_year": "%G",
    "month": "%m", "i_month": "%-m", "short_month": "%b", "long_month": "%B",
    "day": "%d", "i_day": "%-d", "y_day": "%j", "w_day": "%u", "short_day": "%a", "long_day": "%A",
    "week": "%V", "hour": "%H", "minute": "%M", "second": "%S",
}  # fmt: skip
"""Placeholder → its format of a date."""
_PLACEHOLDER = re.compile(r":([a-z_]+)")
_LEFT = re.compile(r"(?<![A-Za-z0-9]):[a-z_]+")
_UNESCAPED = "/:@!$&'()*+,;=~?"
NAME = re.compile(r"(?:(?P<date>\d{2,4}-\d{1,2}-\d{1,2})-)?(?P<slug>.*)")
_DATE = re.compile(
    r"(?P<year>\d{2,4})[-/](?P<month>\d\d?)[-/](?P<day>\d\d?)"
    r"(?:(?:[Tt]|[ \t]+)(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d*)?)?)?"
    r"[ \t]*(?P<zone>Z|UTC|GMT|[-+]\d\d(?::?\d\d)?)?"
)
_ADDRESSES = 1 << 14
"""Number of addresses of pages that are remembered: each is asked for by every kind of link to the page."""
_KEPT = "._~!$&'()+,;=@"
"""Punctuation that stays in ``:title``."""


@lru_cache(_ADDRESSES)
def page_url(path: str, permalink: str, style: str) -> str | None:
    """Return the address of a page outside of collections, by its own permalink or the style of its site.

    Return ``None`` if a placeholder that pages do not have is left in it.

    >>> page_url("pages/cheat_sheets/sequencing.md", "/:basename", "date"), page_url("a/b c.md", "", "pretty")
    ('/sequencing', '/a/b%20c/')
    >>> page_url("pages/index.md", "", "/:year/:title.html"), page_url("about.md", "", "/:year/:title.html")
    ('/pages/', '/about')
    """
    pure = PurePosixPath(path)
    stem = pure.stem.rstrip(".")
    folder = "" if str(pure.parent) == "." else str(pure.parent)
    filled = permalink or ("/:path/" if stem == "index" else f"/:path/:basename{_ending(style)}")
    for name, value in (("path", folder), ("basename", stem), ("output_ext", output_ext(path))):
        filled = filled.replace(f":{name}", _escaped(value))
    return None if _LEFT.search(filled) else _clean(filled)


def document_url(path: str, collection: str, front: Mapping[str, Any], permalink: str, zone: tzinfo) -> str | None:
    """Return the address of a post or a document of a collection; ``path`` is relative to the collections' folder.

    Return ``None`` if Jekyll cannot fill in a placeholder, or does so with the time of the build.

    >>> document_url("_posts/2020-01-02-On.md", "posts", {"categories": "a b"}, posts_permalink("date"), UTC)
    '/a/b/2020/01/02/On.html'
    >>> document_url("_talks/a/My talk.md", "talks", {}, "/:collection/:path:output_ext", UTC)
    '/talks/a/My%20talk.html'
    """
    known = _values(path, collection, front, zone)
    parts = _PLACEHOLDER.split(permalink)
    for place in range(1, len(parts), 2):
        name, rest = parts[place], ""
        if name not in known and name.endswith("_"):
            name, rest = name.removesuffix("_"), "_"
        if name not in known:
            return None
        parts[place] = _escaped(known[name]) + rest
    return _clean("".join(parts))


def posts_permalink(style: str) -> str:
    """Return the template of the posts of a site with this style."""
    return _OF_POSTS.get(style, style)


def documents_permalink(style: str) -> str:
    """Return the template of the documents of a collection without a permalink, at a site with this style."""
    return f"/:collection/:path{_ending(style)}"


def title(path: str) -> str:
    """Return the title of a document whose front matter has none, made of the name of its file.

    >>> title("_posts/2020-01-02-hello-World.md"), title("_events/my event.md")
    ('Hello World', 'My event')
    """
    return " ".join(word.capitalize() for word in _slug(path).split("-"))


def is_post(name: str) -> bool:
    """Return whether the name of a file is that of a post: it begins with a date."""
    found = NAME.fullmatch(name)
    return bool(found and found["date"])


def output_ext(path: str) -> str:
    """Return the extension of the published file of a page."""
    suffix = PurePosixPath(path).suffix
    return suffix if suffix in (".htm", ".xhtml") else ".html"


def _ending(style: str) -> str:
    """Return what Jekyll adds to the template of a page or document (``add_permalink_suffix``)."""
    endings = (ending for ending in ("/", ":output_ext") if style.endswith(ending))
    return _ENDINGS.get(style, next(endings, ""))


def _values(path: str, collection: str, front: Mapping[str, Any], zone: tzinfo) -> dict[str, str]:
    """Return placeholder → value, not yet escaped (``Drops::UrlDrop``)."""
    pure = PurePosixPath(path)
    written = front.get("slug")
    slug = written if isinstance(written, str) and written else _slug(path)
    time = date_of(path, front, zone)
    categories = list(categories_of(path, collection, front))
    return {
        "collection": collection,
        "path": str(pure.with_suffix("")).replace(f"_{collection}", "", 1).rstrip("."),
        "name": slugify(pure.stem),
        "title": slugify(slug, _KEPT, cased=True),
        "slug": slugify(slug),
        "categories": "/".join(dict.fromkeys(category.lower() for category in categories)),
        "slugified_categories": "/".join(dict.fromkeys(map(slugify, categories))),
        "output_ext": output_ext(path),
        **({name: time.strftime(form) for name, form in _OF_DATES.items()} if time else {}),
    }


def slugify(text: str, kept: str = "", *, cased: bool = False) -> str:
    """Return a text with a hyphen for each run of characters but letters, marks, digits and those ``kept``.

    >>> slugify("My (2nd) talk!"), slugify("A & B", "&", cased=True)
    ('my-2nd-talk', 'A-&-B')
    """
    runs = groupby(text, key=lambda sign: sign in kept or _is_of_word(sign))
    joined = "".join("".join(run) if stays else "-" for stays, run in runs).removeprefix("-").removesuffix("-")
    return joined if cased else joined.lower()


def _is_of_word(sign: str) -> bool:
    kind = unicodedata.category(sign)
    return kind[0] in "LM" or kind == "Nd"


def _slug(path: str) -> str:
    found = NAME.fullmatch(PurePosixPath(path).stem)
    return found["slug"].rstrip(".") if found else ""


def categories_of(path: str, collection: str, front: Mapping[str, Any]) -> Iterator[str]:
    """Yield the categories of a document: the folders above that of its collection, and those that it names."""
    folders, found, _ = path.partition(f"_{collection}")
    yield from (folder for folder in folders.split("/") if folder and found)
    several, one = front.get("categories"), front.get("category")
    yield from several.split() if isinstance(several, str) else _texts(several)
    yield from _texts(one if isinstance(one, list) else [one])


def _texts(value: Any) -> Iterator[str]:
    return (item for item in value if isinstance(item, str)) if isinstance(value, list) else iter(())


def date_of(path: str, front: Mapping[str, Any], zone: tzinfo) -> datetime | None:
    """Return the date of a document, of its front matter or else of the name of its file; ``None`` for none."""
    named = NAME.fullmatch(PurePosixPath(path).stem)
    date = front.get("date") or (named and named["date"])
    return moment(date, zone) if isinstance(date, str) else None


def moment(text: str, zone: tzinfo) -> datetime | None:
    """Return the time of a date in front matter or in the name of a file, in the time zone of its site."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return None
    year = int(found["year"])
    year += 0 if year > 99 else 1900 if year > 68 else 2000
    # YAML reads a time with seconds as one in UTC; Ruby reads any other in the time zone of the site
    written = found["zone"] or ("Z" if found["second"] else "")
    month, day, hour, minute, second = (int(number or 0) for number in found.group(2, 3, 4, 5, 6))
    try:
        time = datetime(year, month, day, hour, minute, second, tzinfo=_zone(written) if written else zone)
        return time.astimezone(zone)
    except (ValueError, OverflowError):
        return None


def _zone(written: str) -> tzinfo | None:
    """Return a time zone written as an offset; UTC for a name of it."""
    return datetime.strptime(written.replace(":", "").ljust(5, "0"), "%z").tzinfo if written[0] in "+-" else UTC


def _escaped(text: str) -> str:
    """Return a value percent-encoded as in ``Jekyll::URL.escape_path``."""
    return quote(text, safe=_UNESCAPED, errors="replace")


def _clean(url: str) -> str:
    """Return an address with a slash at its start and no empty or relative segments (``sanitize_url``)."""
    return re.sub("/+", "/", f"/{url}".replace("..", "/").replace("./", ""))
