"""Write the whole site of a release: pages, data, the index of the search, and what belongs to a web site."""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path

from flask import Flask

from kg import search_index
from kg.errors import MissingExtra
from kg.release import Release
from kg.search_index import SearchIndex
from server.app import create_app
from server.current import Current
from server.pages.addresses import page_of
from server.settings import Settings
from server.site.folder import new_folder
from server.site.rewriting import SiteAddresses
from server.site.w3id import rules
from server.site.walk import Walk, asked, write_files
from server.site.words import write_words
from server.views.ask import has_editor, has_engine
from server.workers.caching import CachingPool
from server.workers.pool import ProcessPool

_STATIC = Path(__file__).parents[1] / "static"
_FOR_SERVERS = ("api.js", "releases.js", "reload.js", "suggest.js")
"""Scripts of pages that a server answers."""
_START_SECONDS = 30.0
_SEARCH_SECONDS = 600.0


def write_site(current: Current, settings: Settings, url: str, folder: Path) -> Walk:
    """Write the site of the current release, which is published at ``url``; the address ends with a slash.

    Raises:
        MissingExtra: when the libraries of the editor are not installed.
        ReleaseError: when the release is damaged.
        SiteError: when there is another folder in the place.
        QueryError: when the pool cannot answer.
    """
    if not (has_editor() and has_engine()):
        raise MissingExtra("no query editor is installed; install rdm-kg again where npm packages can be downloaded")
    cores = os.cpu_count() or 1
    settings = replace(settings, without_server=True, query_workers=cores, queue_seconds=settings.query_timeout)
    release = current.release
    with new_folder(folder, release.id, url) as draft, closing(ProcessPool(current, settings)) as pool:
        pool.check(release, _START_SECONDS)
        app = create_app(current, replace(settings, cache=0), CachingPool(pool, lambda: release.id, settings.cache))
        addresses = SiteAddresses(url)
        shutil.copytree(_STATIC, draft / "static", ignore=shutil.ignore_patterns(*_FOR_SERVERS))
        shutil.copytree(release.dumps, draft / "dumps")
        _write_index(app, release, addresses, draft / "words")
        walked = write_files(app, release, addresses, draft, cores)
        _write_extras(app, addresses, draft)
        pool.stop()
    return walked


def _write_index(app: Flask, release: Release, addresses: SiteAddresses, folder: Path) -> None:
    index = SearchIndex(release.folder / search_index.FILE, _SEARCH_SECONDS)
    with app.test_request_context("/", base_url=addresses.url):
        write_words(index, lambda iri: addresses.in_site(page_of(iri)), folder)


def _write_extras(app: Flask, addresses: SiteAddresses, folder: Path) -> None:
    """Write what hosts of files look for, and the rules for persistent identifiers."""
    missing = asked(app, addresses.url, f"/{HTTPStatus.NOT_FOUND:d}")
    (folder / "404.html").write_text(addresses.in_page(missing.text, dict(missing.headers)), encoding="utf-8")
    (folder / ".nojekyll").touch()
    (folder / ".well-known").mkdir()
    shutil.copy(folder / "void.ttl", folder / ".well-known" / "void")
    (folder / "w3id.htaccess").write_text(rules(addresses.url), encoding="utf-8")
