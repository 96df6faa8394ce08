"""Copies of sites in git repositories elsewhere, each with the last version that was good.

A copy is a folder with the repository as fetched, without the contents of files that no build reads; a folder for each
version, named by its commit, with the files that :func:`kg.site.revisions.take_out` writes; and a file that names the
good version. A version appears by a rename, so what a killed process leaves is never taken for one.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path, PurePosixPath

from kg.closest import did_you_mean
from kg.errors import SiteError, in_words
from kg.remote.address import SiteAddress
from kg.site import git, revisions, sources

FOLDER = ".sites"
"""Name of the folder of all copies in the output folder, beside ``releases``."""
_FETCHED = "refs/kg/fetched"
_GOOD = "good.json"
_MOST_NAMES = 100_000
"""Number of files among which a misspelt folder of a site is looked for."""
_LIMITS = git.Limits()


@dataclass(frozen=True, slots=True)
class GoodVersion:
    """The version of a site that was last in a release."""

    commit: str
    key: str
    """The site's part of its IRIs."""
    pages: int
    """Number of the pages in the graph."""


class Checkout:
    """The copy of the site at one address."""

    def __init__(self, folder: Path, address: SiteAddress, limits: git.Limits = _LIMITS) -> None:
        """Take the folder of all copies, and what a fetch may take."""
        self.address = address
        self.folder, self._limits = folder / address.name, limits
        self._repository = self.folder / "repository.git"

    def fetch(self) -> str:
        """Fetch the newest version, make its files, and return its commit.

        Raises:
            SiteError: when it cannot be fetched, exceeds a limit, or is no site.
        """
        git.init(self._repository, self.address.url)
        git.fetch(self._repository, f"+{self.address.ref or 'HEAD'}:{_FETCHED}", self._limits)
        commit = git.line(self._repository, "--git-dir=.", "rev-parse", "--verify", "--quiet", f"{_FETCHED}^{{commit}}")
        if not self.site(commit).is_dir():
            self._make(commit)
        return commit

    def site(self, commit: str) -> Path:
        """Return the folder of the site in a version."""
        return self.folder / commit / self.address.repository / self.address.folder

    def date(self, commit: str) -> str:
        """Return the day of a commit, as ``2026-01-31``."""
        return git.line(self.site(commit), "log", "-1", "--format=%cs", commit)

    @property
    def good(self) -> GoodVersion | None:
        """The last good version; ``None`` if there is none, or its files are gone."""
        try:
            good = GoodVersion(**json.loads((self.folder / _GOOD).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return good if self.site(good.commit).is_dir() else None

    def keep(self, good: GoodVersion) -> None:
        """Note which version is good, and remove the others."""
        fresh = self.folder / f".{_GOOD}"
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(asdict(good), file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.folder / _GOOD)
        kept = {good.commit, self._repository.name}
        for folder in self.folder.iterdir():
            if folder.is_dir() and folder.name not in kept:
                shutil.rmtree(folder)

    def _make(self, commit: str) -> None:
        """Write the files of a version.

        Raises:
            SiteError: as :meth:`fetch` does.
        """
        self._check_has_site(commit)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=self.folder) as folder:
            top = Path(folder) / self.address.repository
            site = top / self.address.folder
            site.mkdir(parents=True)
            # the files of a linked working tree, by which git finds commits and origin from any folder of it
            (top / ".git").mkdir()
            (top / ".git" / "HEAD").write_text(f"{commit}\n", encoding="ascii")
            (top / ".git" / "commondir").write_text(f"../../../{self._repository.name}\n", encoding="ascii")
            try:
                if missing := revisions.missing_blobs(site, commit):
                    git.fetch_blobs(self._repository, missing, self._limits)
                revisions.take_out(site, commit, site)
            except SiteError as error:  # which names a folder that is gone
                raise SiteError(str(error).replace(str(site), str(self.address))) from error
            except OSError as error:  # of a name that this system cannot have, or no room
                raise SiteError(f"the files of {self.address} cannot be written: {in_words(error)}") from error
            Path(folder).chmod(0o755)
            Path(folder).rename(self.folder / commit)

    def _check_has_site(self, commit: str) -> None:
        """Check that the folder of the site has a configuration in a version.

        Raises:
            SiteError: when it has none; the message has the most similar address of a site in the repository.
        """
        if any(self._names(commit, "--", self.address.file(sources.CONFIG))):
            return
        names = islice(self._names(commit, "-r"), _MOST_NAMES)
        found = [name.parent for name in names if name.name == sources.CONFIG]
        sites = [str(replace(self.address, folder=str(each) if each.parts else "")) for each in found]
        advice = f"; {did_you_mean(str(self.address), sites)}" if sites else ""
        raise SiteError(f"{self.address} is no site in {commit[:10]}: it has no {sources.CONFIG}{advice}")

    def _names(self, commit: str, *arguments: str) -> Iterator[PurePosixPath]:
        """Yield paths of files in a version."""
        listed = ("ls-tree", "-z", "--name-only", commit, *arguments)
        return (PurePosixPath(os.fsdecode(name)) for name in git.records(self._repository, "--git-dir=.", *listed))


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other commands from the folder of copies.

    Raises:
        SiteError: when another command has it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SiteError(f"another command fetches sites into {folder}; wait for its end") from None
        yield
