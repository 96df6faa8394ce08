"""Say what is installed and what an engine can do."""

from __future__ import annotations

import os
import platform
import re
import shutil
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

import click

from kg import __version__
from kg.errors import QueryError, ReleaseError
from kg.iri import shown
from kg.release import Release, open_release
from kg.store.deep_stack import with_deep_stack
from kg.store.engine.address import engine_from_environment
from kg.store.engine.probe import Check, probe
from kg.store.engine.store import EngineStore
from kg.terminal import RELEASE_OPTION
from server.processes import sandbox

_SECONDS = 60.0
"""Time limit of all questions to an engine together."""
_DEVELOPERS = frozenset({"bench", "mutation", "test"})
"""Extras that only developers of the program need."""
_PROGRAMS = {
    "java": "the HermiT reasoner is not used, but OWL 2 RL rules with the same results",
    "git": "pages have no commit and no time of their last change",
}
"""Program → what is missing without it."""
_EXTRA = re.compile(r"extra == ['\"]([\w-]+)['\"]")
"""The part of a requirement that says which extra it is of."""
_EDITOR = Path(__file__).with_name("static") / "vendor"
_NO_EDITOR = "/ask offers a plain form; install again where npm packages can be downloaded"
WRONG = 1
"""Exit code if something that is needed is missing."""


@click.command()
@click.option("--engine", metavar="URL", help="SPARQL engine to ask, as of kg serve --engine.")
@RELEASE_OPTION
def doctor(engine: str | None, release: Path) -> int:
    """Say what is installed and what an engine can do.

    Each line is what was looked for and what was found; after a semicolon, what is missing and what to do. The exit
    code is 1 if no release can be served from here, or none from the engine.

    \b
    kg doctor
    kg doctor --engine http://127.0.0.1:7878/query

    \f
    Raises:
        SettingError: when the engine's address is none.
    """
    opened, found = _release(release)
    checks = [*_installed(), found]
    if engine and opened:
        checks += _engine(engine, opened)
    for check in checks:
        click.echo(f"{check.name}: {check.found or 'none'}{f'; {check.wrong}' if check.wrong else ''}")
    return WRONG if any(check.wrong and check.is_required for check in checks) else 0


def _installed() -> Iterator[Check]:
    yield Check("rdm-kg", __version__)
    yield Check("Python", platform.python_version())
    yield from _packages()
    for program, without in _PROGRAMS.items():
        found = shutil.which(program) or ""
        yield Check(program, found, "" if found else without, is_required=False)
    editor = "installed" if _EDITOR.is_dir() else ""
    yield Check("query editor", editor, "" if editor else _NO_EDITOR, is_required=False)
    isolated = "queries have no network" if sandbox.supported() else ""
    yield Check("sandbox", isolated, "" if isolated else "it needs Linux on x86_64 or aarch64", is_required=False)


def _packages() -> Iterator[Check]:
    """Yield the packages that are needed, and those of each extra."""
    try:
        required = distribution("rdm-kg").requires or []
    except PackageNotFoundError:
        yield Check("packages", "", "the program runs without being installed: pip install .", is_required=False)
        return
    groups: dict[str, list[str]] = {}
    for line in required:
        name, found = re.split(r"[^\w.-]", line, maxsplit=1)[0], _EXTRA.search(line)
        groups.setdefault(found[1] if found else "", []).append(name)
    for extra, names in sorted(groups.items()):
        if extra not in _DEVELOPERS:
            yield _group(extra, names)


def _group(extra: str, names: list[str]) -> Check:
    versions = {name: _version(name) for name in names}
    found = ", ".join(f"{name} {number}" for name, number in versions.items() if number)
    missing = [name for name, number in versions.items() if not number]
    install = f"pip install 'rdm-kg[{extra}]'" if extra else "pip install rdm-kg"
    wrong = f"no {', '.join(missing)}: {install}" if missing else ""
    return Check(f"extra {extra}" if extra else "packages", found, wrong, is_required=not extra)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _release(folder: Path) -> tuple[Release | None, Check]:
    try:
        release = open_release(folder)
    except ReleaseError as error:
        return None, Check("release", "", str(error))
    return release, Check("release", f"{release.id} in {folder}")


def _engine(url: str, release: Release) -> list[Check]:
    """Return what an engine shows, first its name as it gives it."""
    store = EngineStore(engine_from_environment(url, _SECONDS, os.environ))
    try:
        found = with_deep_stack("", lambda: list(probe(store, release)), _SECONDS)
    except QueryError as error:
        return [Check(f"engine {shown(url)}", "", str(error))]
    return [Check(f"engine {shown(url)}", store.server if store.server.isprintable() else "")] + [
        Check(f"engine, {check.name}", check.found, check.wrong, check.is_required) for check in found
    ]
