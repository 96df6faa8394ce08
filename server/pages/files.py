"""Responses with files that never change while they are served: their ETag is their checksum on every server.

Times of files are not sent, since they differ between copies.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from flask import Response, send_file

from kg.release import Release
from kg.release.verifying import sha256


def release_file(release: Release, name: str, media_type: str) -> Response:
    """Return a file of a release, or the part that is asked for."""
    return _file(release.folder / name, str(release.manifest["files"][name]["sha256"]), media_type)


def program_file(file: Path, media_type: str | None = None, *, max_age: int | None = None) -> Response:
    """Return a file of the program, or the part that is asked for."""
    return _file(file, _sum(file), media_type, max_age)


@cache
def _sum(file: Path) -> str:
    return sha256(file)


def _file(file: Path, checksum: str, media_type: str | None, max_age: int | None = None) -> Response:
    response = send_file(file, mimetype=media_type, etag=checksum, conditional=True, max_age=max_age)
    for name in ("Last-Modified", "Expires"):
        response.headers.pop(name, None)
    return response
