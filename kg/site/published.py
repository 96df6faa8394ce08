"""The URL of a published site, from its configuration, a file for GitHub Pages, or git."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from kg.errors import SiteError
from kg.iri import is_web_address
from kg.regular_file import read_regular
from kg.site import git
from kg.site.profile import Profile
from kg.site.sources import CNAME

_ORIGIN = re.compile(
    r"(?:(?:https?|ssh|git)://(?:[^@/\s]*@)?|[\w.-]+@)github\.com(?::\d+/|[:/])"
    r"(?P<owner>[a-z0-9][a-z0-9-]*)/(?P<name>[\w.-]+?)(?:\.git)?/?",
    re.ASCII | re.IGNORECASE,
)
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*", re.ASCII | re.IGNORECASE)
_GITHUB = "https://github.com"
_PUBLISHED = ("", "docs/")
"""Folders of a repository that GitHub Pages publishes."""


def addresses(folder: Path, configured: str, base: str, profile: Profile, given: str) -> tuple[str, ...]:
    """Return the addresses of a site, the strongest first, without a slash at the end; none where nothing says.

    These are the ``url`` of its configuration, the host in its ``CNAME`` file, ``url`` and ``addresses`` of its
    profile, and the one ``given`` for it; where there is none of them, that of GitHub Pages for git's origin.
    ``base`` is the configuration's ``baseurl`` without slashes around it.
    """
    said = [_below(configured, base, always=True) if is_web_address(configured) else ""]
    said += [_below(address, base) for address in (_cname(folder), profile.text("url"), given)]
    said += [address.rstrip("/") for address in profile.settings["addresses"]]
    return tuple(dict.fromkeys(filter(None, said))) or tuple(filter(None, [github_pages(folder, base)]))


def github_pages(folder: Path, base: str = "") -> str:
    """Return the address that GitHub Pages gives a site whose checkout has an origin on GitHub; empty for any other.

    >>> github_pages(Path("/"))
    ''
    """
    host, name = _of_pages(repository(folder))
    return f"https://{host}/{base or name}".rstrip("/") if host else ""


def _of_pages(of: str) -> tuple[str, str]:
    """Return the host of GitHub Pages for a repository and the path of its site there; empty for none.

    >>> _of_pages("Barn/hay"), _of_pages("Barn/barn.github.io"), _of_pages("")
    (('barn.github.io', 'hay'), ('barn.github.io', ''), ('', ''))
    """
    owner, _, name = of.partition("/")
    host = f"{owner.lower()}.github.io" if owner and name else ""
    return host, "" if name.lower() == host else name


def metadata(folder: Path, configured: str) -> dict[str, str | bool]:
    """Return ``site.github`` as jekyll-github-metadata makes it without a network; empty without a repository.

    ``configured`` is the ``repository`` of the configuration, ``owner/name``. Whether the repository has issues and a
    wiki only GitHub knows; nearly all have, so their addresses are given.
    """
    of = configured or repository(folder)
    owner, _, name = of.partition("/")
    host, path = _of_pages(of)
    if not host:
        return {}
    at, by = f"{_GITHUB}/{of}", f"{_GITHUB}/{owner}"
    branch = "gh-pages" if path else "master"
    return {
        "hostname": "github.com",
        "pages_hostname": "github.io",
        "api_url": "https://api.github.com",
        "help_url": "https://help.github.com",
        "environment": "production",
        "project_title": name,
        "owner_name": owner,
        "owner_url": by,
        "owner_gravatar_url": f"{by}.png",
        "repository_name": name,
        "repository_nwo": of,
        "repository_url": at,
        "clone_url": f"{at}.git",
        "zip_url": f"{at}/zipball/{branch}",
        "tar_url": f"{at}/tarball/{branch}",
        "releases_url": f"{at}/releases",
        "issues_url": f"{at}/issues",
        "wiki_url": f"{at}/wiki",
        "url": _cname(folder) or f"https://{host}/{path}".rstrip("/"),
        "baseurl": "" if _cname(folder) else f"/{path}".rstrip("/"),
        "is_user_page": not path,
        "is_project_page": bool(path),
    }


def repository(folder: Path) -> str:
    """Return the repository on GitHub that a checkout comes from, ``owner/name``; empty for any other.

    >>> repository(Path("/"))
    ''
    """
    origin = _origin(folder)
    return f"{origin['owner']}/{origin['name']}" if origin else ""


def _origin(folder: Path) -> re.Match[str] | None:
    """Return owner and name of the repository on GitHub whose checkout publishes a folder, or ``None``."""
    try:
        prefix = git.line(folder, "rev-parse", "--show-prefix")
        origin = _ORIGIN.fullmatch(git.line(folder, "config", "--local", "--get", "remote.origin.url"))
    except SiteError:  # in no checkout, or in one without an origin
        return None
    return origin if prefix in _PUBLISHED else None


def _below(address: str, base: str, always: bool = False) -> str:
    """Return an address with the site's base path behind it, unless it has a path of its own."""
    own = urlsplit(address).path.strip("/")
    address = address.rstrip("/")
    return f"{address}/{base}".rstrip("/") if address and (always or not own) else address


def cname_problem(folder: Path) -> str | None:
    """Return the fault of a site's ``CNAME`` file, or ``None`` if it has a host or there is no such file."""
    written = _written(folder)
    return (
        f"{CNAME} has no name of a host: {written!r}; it counts as missing" if written and not _cname(folder) else None
    )


def _cname(folder: Path) -> str:
    """Return the address that GitHub Pages serves the site at by its ``CNAME`` file."""
    host = _written(folder)
    return f"https://{host}" if _HOST.fullmatch(host) else ""


def _written(folder: Path) -> str:
    try:
        return read_regular(folder / CNAME, "utf-8-sig", errors="replace").strip()
    except OSError:
        return ""
