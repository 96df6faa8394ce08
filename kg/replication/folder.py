"""A release in a folder as the source of a copy."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from kg.errors import ReleaseError, in_words
from kg.replication.source import LARGEST_MANIFEST, PIECE


class FolderSource:
    """Implementation of :class:`kg.replication.source.ReleaseSource` with a release or an output folder."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._folder = path
        self._last: bytes | None = None

    def manifest(self) -> bytes | None:
        """Return the manifest of the current release; ``None`` if it is the one that was returned before.

        Raises:
            ReleaseError: when there is no release.
        """
        folder = self._path if (self._path / "manifest.json").is_file() else self._path / "current"
        try:
            self._folder = folder.resolve(strict=True)
            with _opened(self._folder / "manifest.json") as file:
                text = file.read(LARGEST_MANIFEST)
        except (OSError, RuntimeError) as error:  # a loop of symbolic links is a RuntimeError
            raise ReleaseError(f"no release in {self._path}: {in_words(error)}") from error
        is_same, self._last = text == self._last, text
        return None if is_same else text

    def read(self, release: str, name: str, start: int, end: int) -> Iterator[bytes]:
        """Yield the bytes of a file of the release whose manifest was returned.

        Raises:
            ReleaseError: when they cannot be read.
        """
        try:
            with _opened(self._folder / name) as file:
                file.seek(start)
                while start < end and (piece := file.read(min(PIECE, end - start))):
                    yield piece
                    start += len(piece)
        except OSError as error:
            raise ReleaseError(f"{self._folder / name} cannot be read: {in_words(error)}") from error

    def close(self) -> None:
        """Do nothing, since no file is left open."""


def _opened(file: Path) -> BinaryIO:
    """Open a file for reading; a pipe in its place is not waited for, and has no bytes."""
    return os.fdopen(os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
