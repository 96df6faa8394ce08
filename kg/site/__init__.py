"""A site: its configuration, its profile, and the people, organisations and tools of its data files.

Pages are read in :mod:`kg.readers`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kg.closest import path_like
from kg.errors import SiteError, in_words
from kg.findings import Finding, Place, Severity, masked, printable
from kg.identifiers.languages import language
from kg.iri import is_web_address
from kg.page import Page
from kg.site import data_files, jekyll, permalinks, published
from kg.site.bibliography import Bibliography
from kg.site.characters import control_findings, without_controls
from kg.site.directory import Directory, read_directory
from kg.site.history import LastChange
from kg.site.jekyll import GEMFILE
from kg.site.licence import licence_finding, licence_of
from kg.site.patterns import FILE as PROFILE
from kg.site.people import Organisation, Person
from kg.site.profile import DEEPEST_SECTION, Profile
from kg.site.sources import CNAME, CONFIG
from kg.site.tools import Tool
from kg.site.values import language_tag
from kg.site.yaml_text import YamlError, parse, read_text
from kg.site.yaml_types import is_true, typed
from kg.vocab import slug

__all__ = [
    "CONFIG",
    "DEEPEST_SECTION",
    "Directory",
    "Organisation",
    "Person",
    "Profile",
    "Site",
    "Tool",
    "language_tag",
    "open_site",
]


@dataclass(frozen=True, slots=True)
class Site:
    """A checkout of an ELIXIR Toolkit Theme site."""

    folder: Path
    config: Mapping[str, Any]
    """``_config.yml`` with scalars as text, booleans or ``None``."""
    profile: Profile
    directory: Directory
    """Contents of the data files."""
    bibliography: Bibliography
    """Sources that pages cite."""
    history: Mapping[str, LastChange] | None = None
    """Path of a file → its last change in git; ``None`` if it was not read, see :mod:`kg.site.history`."""
    has_optional_front_matter: bool = False
    """True if a plug-in of Jekyll makes pages of Markdown files without front matter."""
    indexes: frozenset[str] = frozenset()
    """Paths of the READMEs that a plug-in of Jekyll makes the page of their folder."""
    addresses: tuple[str, ...] = ()
    """Published URLs of the site, the strongest first, see :mod:`kg.site.published`."""
    licence: str = ""
    """IRI of the licence of the site's pages; empty if nothing says it, see :mod:`kg.site.licence`."""
    opened: datetime = field(default_factory=lambda: datetime.now(UTC))
    """The time of the build for Jekyll."""

    @property
    def key(self) -> str:
        """The site's part of every IRI minted for it: the profile's key, else a slug of the site's URL or title."""
        address = f"{self.text('url')}/{self.base_path}".split("://", 1)[-1] if self.text("url") else ""
        return self.profile.text("key") or slug(address or self.title)

    @property
    def title(self) -> str:
        """The site's title with its e-mail addresses masked, or the folder's name if the configuration has none."""
        return masked(self.text("title")) or self.folder.name

    @property
    def base_path(self) -> str:
        """Path of the site on its host, without leading and trailing slashes."""
        return self.text("baseurl").strip("/")

    @property
    def url(self) -> str:
        """The site's published URL, without a trailing slash; empty if it is not known."""
        return next(iter(self.addresses), "")

    @property
    def language(self) -> str:
        """Language tag of the site's prose: the configuration's if it is valid, else the profile's."""
        return language_tag(self.text("lang") or self.text("locale")) or self.profile.text("language")

    def language_problem(self, written: str) -> str | None:
        """Return the fault of a language tag of a page or the configuration, or ``None`` if it has none."""
        tag = language_tag(written)
        if not written or (tag and language(tag)):
            return None
        if tag:
            return f"{written!r} is no language with a code known here; the graph does not say which language it is"
        return f"{written!r} is no tag of a language; its text counts as {self.language!r}"

    def text(self, key: str) -> str:
        """Return a setting of the configuration as text; empty if it is missing or not a scalar."""
        value = self.config.get(key)
        return value.strip() if isinstance(value, str) else ""

    def uses(self, plugin: str) -> bool:
        """Return whether Jekyll loads a plug-in: the configuration or the Gemfile names it."""
        return plugin in jekyll.plugins(self.folder, self.config)

    def has_of_github(self, plugin: str) -> bool:
        """Return whether Jekyll loads a plug-in that GitHub Pages has: without a Gemfile it may build the site."""
        known = jekyll.plugins(self.folder, self.config)
        return not known.isdisjoint((plugin, "github-pages")) or not (self.folder / GEMFILE).is_file()

    @property
    def github(self) -> dict[str, str | bool]:
        """Values of ``site.github``, as jekyll-github-metadata makes them; empty if the repository is not known."""
        if not self.has_of_github("jekyll-github-metadata"):
            return {}
        return published.metadata(self.folder, self.text("repository"))

    def static_files(self) -> Iterator[str]:
        """Return the paths of the files that Jekyll copies."""
        return jekyll.static_files(self.folder, self.config)

    def files(self) -> Iterator[str]:
        """Return the paths of the files that the site publishes as pages if they have front matter."""
        return jekyll.page_files(self.folder, self.config)

    def defaults(self, path: str) -> dict[str, Any]:
        """Return the default front matter that the configuration gives the page at ``path``."""
        index = {"permalink": jekyll.index_url(path)} if path in self.indexes else {}
        return jekyll.defaults_for(path, self.config) | index

    def may_lack_front_matter(self, path: str) -> bool:
        """Return whether the file at ``path`` is a page without front matter, too: a post, or by a plug-in."""
        is_plain = self.has_optional_front_matter and jekyll.is_plain_page(path)
        return is_plain or path in self.indexes or jekyll.is_post(path, self.config)

    def publishes(self, page: Page) -> bool:
        """Return whether a page is published: it may be withheld, have a date to come, or only lead elsewhere."""
        return self.lists(page) and not self._is_to_come(page) and not self.redirects(page.front)

    def redirects(self, front: Mapping[str, Any]) -> bool:
        """Return whether Jekyll replaces the page with this front matter by one that leads to another address."""
        written = front.get("redirect_to")
        places = written if isinstance(written, list) else [written]
        first = next((place for place in places if place is not None), None)
        return is_true(first) and self.uses("jekyll-redirect-from")

    def lists(self, page: Page) -> bool:
        """Return whether templates see a page: they also do documents of a date to come, unless these are posts."""
        is_wanted = self._says_published(page) or is_true(self.config.get("unpublished"))
        return is_wanted and not (jekyll.is_post(page.path, self.config) and self._is_to_come(page))

    def _says_published(self, page: Page) -> bool:
        """Return what front matter says of publication; defaults say nothing of it for pages outside collections."""
        if jekyll.collection_of(page.path, self.config) is None:
            return "published" not in page.lines or is_true(page.front["published"])
        return is_true(self._of_document("published", page.path, page.front, missing=True))

    def _of_document(self, key: str, path: str, front: Mapping[str, Any], missing: object = None) -> Any:
        """Return a value of a document; one without a value has the default."""
        value = front.get(key, missing)
        return self.defaults(path).get(key) if key in front and value is None else value

    def _is_to_come(self, page: Page) -> bool:
        if is_true(self.config.get("future")) or jekyll.collection_of(page.path, self.config) is None:
            return False
        date = permalinks.date_of(page.path, page.front, self.time_zone)
        return date is not None and date > self.opened

    def page_path(self, path: str, front: Mapping[str, Any]) -> str | None:
        """Return the published path of a page below the site's URL, which begins with a slash.

        Return ``None`` for a page without an address: its template is empty or has a placeholder without a value.
        """
        if collection := jekyll.collection_of(path, self.config):
            own = str(self._of_document("permalink", path, front) or "")
            inner, template = jekyll.within(path, self.config), own or collection.permalink
            return permalinks.document_url(inner, collection.label, front, template, self.time_zone)
        own, style = str(front.get("permalink") or ""), self.text("permalink") or permalinks.DEFAULT
        return None if front.get("permalink") == "" else permalinks.page_url(path, own, style)

    @property
    def time_zone(self) -> tzinfo:
        """Time zone of the site's dates: the configuration's if there is one with its name, else UTC."""
        try:
            return ZoneInfo(self.text("timezone") or "UTC")
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return UTC

    def page_url(self, path: str, front: Mapping[str, Any]) -> str | None:
        """Return the published URL of a page, or its path on the host if the site's URL is not known.

        Return ``None`` for a page without an address, as :meth:`page_path` does.
        """
        found = self.page_path(path, front)
        return None if found is None else self.address(quote(found, safe="%/:?#[]@!$&'()*+,;=~"))

    def address(self, path: str) -> str:
        """Return the URL of a path below the site's URL, or its path on the host if the site's URL is not known."""
        return f"{self.url or f'/{self.base_path}'.rstrip('/')}/{path.lstrip('/')}"

    def page_type(self, page: Page) -> str:
        """Return the type of a page: of several the first of a cheat sheet, else the first; empty if it has none."""
        types = page.texts("type")
        sheets = (kind for kind in types if kind in self.profile.settings["cheat_sheet_types"])
        return next(iter([*sheets, *types]), "")

    def is_cheat_sheet(self, page: Page) -> bool:
        """Return whether a page is a cheat sheet."""
        return self.page_type(page) in self.profile.settings["cheat_sheet_types"]

    def is_about_itself(self, page: Page) -> bool:
        """Return whether a page is about the site: it has no type, and a sidebar of such pages or is in no index."""
        hidden = is_true(page.front.get("search_exclude")) or typed(page.front.get("sitemap")) is False
        is_listed = page.text("sidebar") in self.profile.settings["about_sidebars"]
        return not self.page_type(page) and (hidden or is_listed)


def open_site(folder: Path, urls: Mapping[str, str] | None = None, key: str = "") -> Site:
    """Open the site in ``folder``; ``urls`` are URLs by the key of a site, for sites that do not name theirs.

    ``key`` replaces that of the site.

    Raises:
        SiteError: when the folder is no site, or its configuration or profile cannot be read.
    """
    config = folder / CONFIG
    check_is_site(folder)
    try:
        text = read_text(config)
        document = parse(without_controls(text))
    except YamlError as error:
        raise SiteError(f"{config}:{error.line}: {error}") from error
    except OSError as error:
        raise SiteError(f"{config} cannot be read: {in_words(error)}") from error
    settings = document.data if isinstance(document.data, dict) else {}
    directory = read_directory(folder / data_files.FOLDER)
    optional, cited = jekyll.has_optional_front_matter(folder, settings), Bibliography(folder, settings.get("scholar"))
    profile = Profile.load(folder)
    own = replace(profile, settings={**profile.settings, "key": key}) if key else profile
    site = Site(folder, settings, own, directory, cited)
    site = replace(site, has_optional_front_matter=optional, indexes=jekyll.indexes(folder, settings))
    given = (urls or {}).get(site.key, "")
    found = published.addresses(folder, site.text("url"), site.base_path, site.profile, given)
    licence = licence_of(folder, settings, site.profile.text("license"))
    site = replace(site, addresses=found, licence=licence)
    controls = (*control_findings(text, CONFIG), *data_files.escaped_controls(document, CONFIG))
    wrong = (*controls, *_config_findings(site, document.lines), *site.bibliography.findings)
    return replace(site, directory=replace(site.directory, findings=(*wrong, *site.directory.findings)))


def check_urls(urls: Iterable[str], sites: Sequence[Site]) -> None:
    """Check that every key for which an address is given is that of a site.

    Raises:
        SiteError: when a key is that of none.
    """
    known = [site.key for site in sites]
    for key in urls:
        if key not in known:
            raise SiteError(f"no site has the key {key!r}; there are {', '.join(sorted(known))}")


def check_is_site(folder: Path) -> None:
    """Check that a folder has the configuration of a site; nothing else is read.

    Raises:
        SiteError: when it has none.
    """
    if not folder.is_dir():
        meant = path_like(folder)
        raise SiteError(f"there is no folder {folder}{f'; did you mean {printable(str(meant))}?' if meant else ''}")
    if not (folder / CONFIG).is_file():
        raise SiteError(f"{folder} is no site: it has no {CONFIG}")


def _config_findings(site: Site, lines: Mapping[str, int]) -> Iterator[Finding]:
    key = "lang" if site.text("lang") else "locale"
    if problem := site.language_problem(site.text(key)):
        yield Finding(Severity.WARNING, "invalid-language", f"{key} {problem}", Place(CONFIG, lines.get(key, 1)))
    elif not site.text(key) and (problem := site.language_problem(site.language)):
        yield Finding(Severity.WARNING, "invalid-language", f"language {problem}", Place(PROFILE, 1))
    if problem := published.cname_problem(site.folder):
        yield Finding(Severity.WARNING, "invalid-url", problem, Place(CNAME, 1))
    if site.text("url") and not is_web_address(site.text("url")):
        message = f"the site's url is no address: {site.text('url')!r}; it counts as unknown"
        yield Finding(Severity.WARNING, "invalid-url", message, Place(CONFIG, lines.get("url", 1)))
    elif not site.url:
        message = "nothing says where the site is published, so links to its pages from other sites are not understood"
        advice = f"give it a url here, or build it with --url {site.key}=https://…"
        yield Finding(Severity.WARNING, "site-without-address", f"{message}; {advice}", Place(CONFIG, 1))
    if not site.licence:
        yield licence_finding(site.folder, site.config, lines)
