"""Choose which version of each listed site is built: the newest, or the last good one if the newest is broken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg.build_cache import BuildCache
from kg.errors import SiteError, message
from kg.remote.address import SiteAddress
from kg.remote.checkouts import Checkout, GoodVersion
from kg.remote.listed import ListedSite
from kg.site import open_site

if TYPE_CHECKING:
    from kg.build.trial import Trial

_FETCHES = 4
"""Number of repositories that are fetched at the same time."""
_LEAST = 0.5
"""Least part of the pages of the last good version that a new one must have."""
_SHORT = 10
"""Digits of a commit in messages."""


@dataclass(frozen=True, slots=True)
class ChosenVersion:
    """The version of a listed site that is built."""

    listed: ListedSite
    news: str
    """The outcome for the site, in words."""
    folder: Path | None
    """Folder of the site; ``None`` if no version can be built."""
    key: str = ""
    is_fresh: bool = True
    """False if the newest version is not built."""
    checkout: Checkout | None = None
    """``None`` for a folder in the list."""
    commit: str = ""


def choose(listed: Sequence[ListedSite], copies: Path, cache: BuildCache) -> tuple[ChosenVersion, ...]:
    """Fetch the sites into the folder of copies, try what is new, and return the version to build of each site.

    Raises:
        SiteError: when a folder in the list is no site.
    """
    checkouts = {site: Checkout(copies, site.source) for site in listed if isinstance(site.source, SiteAddress)}
    with ThreadPoolExecutor(_FETCHES) as threads:
        fetched = dict(zip(checkouts, threads.map(_fetched, checkouts.values()), strict=True))
    owners = {good.key: site for site, checkout in checkouts.items() if (good := checkout.good)}
    chosen = list[ChosenVersion]()
    for site in listed:
        if isinstance(site.source, Path):
            key = open_site(site.source, key=site.key).key
            chosen.append(ChosenVersion(site, "a folder, which is built as it is", site.source, key))
        else:
            chosen.append(_version(site, checkouts[site], fetched[site], owners, cache))
        owners.setdefault(chosen[-1].key, site)
    return tuple(chosen)


def _fetched(checkout: Checkout) -> str | SiteError | OSError:
    """Return the commit of the newest version, or why it cannot be fetched."""
    try:
        return checkout.fetch()
    except (SiteError, OSError) as error:
        return error


def _version(
    site: ListedSite,
    checkout: Checkout,
    fetched: str | SiteError | OSError,
    owners: Mapping[str, ListedSite],
    cache: BuildCache,
) -> ChosenVersion:
    """Return the newest version of a fetched site, or the last good one if something is wrong with the newest."""
    good = checkout.good
    if not isinstance(fetched, str):
        return _last_good(site, checkout, good, message(fetched))
    folder = checkout.site(fetched)
    if good and fetched == good.commit:
        news, key = f"unchanged at {_dated(checkout, fetched)}", site.key or good.key
    else:
        from kg.build.trial import try_site  # its imports take longer than to find that nothing has changed

        trial = try_site(folder, site.key, cache)
        if problem := _problem(site, checkout, folder, trial, owners):
            return _last_good(site, checkout, good, problem)
        since, key = f"{good.commit[:_SHORT]}.." if good else "new at ", trial.key
        news = f"{since}{_dated(checkout, fetched)}, pages: {trial.pages}"
    return ChosenVersion(site, news, folder, key, checkout=checkout, commit=fetched)


def _last_good(site: ListedSite, checkout: Checkout, good: GoodVersion | None, problem: str) -> ChosenVersion:
    if not good:
        return ChosenVersion(site, f"failed: {problem}; left out, since there is no good version", None, is_fresh=False)
    return ChosenVersion(
        site,
        f"failed: {problem}; kept at {_dated(checkout, good.commit)}",
        checkout.site(good.commit),
        site.key or good.key,
        is_fresh=False,
        checkout=checkout,
        commit=good.commit,
    )


def _problem(site: ListedSite, checkout: Checkout, folder: Path, trial: Trial, owners: Mapping[str, ListedSite]) -> str:
    """Return what is wrong with a version; empty if it can be built with the others."""
    if trial.problem:
        return trial.problem.replace(str(folder), str(site.source))
    owner, good = owners.get(trial.key, site), checkout.good
    if owner != site:
        return f"it has the key {trial.key!r} of {owner.source}; give one of them another key in the list"
    if good and trial.pages < good.pages * _LEAST:
        advice = f"if that is right, remove {checkout.folder}"
        return f"{trial.pages} of {good.pages} pages are left; {advice}"
    return ""


def _dated(checkout: Checkout, commit: str) -> str:
    return f"{commit[:_SHORT]} of {checkout.date(commit)}"
