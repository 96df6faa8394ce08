"""A release where it is copied from, in the layout of an output folder: on a disk and behind HTTP alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

LARGEST_MANIFEST = 16 * 1024 * 1024
"""Bytes of a manifest, at most."""
PIECE = 256 * 1024
"""Bytes that are read at once."""


class ReleaseSource(Protocol):
    """A place with a current release."""

    def manifest(self) -> bytes | None:
        """Return the manifest of the current release; ``None`` if it is the one that was returned before.

        Raises:
            ReleaseError: when there is no release, or the source cannot be reached.
        """

    def read(self, release: str, name: str, start: int, end: int) -> Iterator[bytes]:
        """Yield the bytes of a file of a release from ``start``, up to ``end`` or the end of the file.

        Raises:
            ReleaseError: when they cannot be read.
        """

    def close(self) -> None:
        """Close connections and files; the source can be used again."""
