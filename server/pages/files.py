"""Responses with files that never change while they are served: their ETag is their checksum on every server.

Times of files are not sent, since they differ between copies.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path

from flask import Response, request, send_file
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.http import parse_etags

from kg.release import Release
from kg.release.verifying import sha256
from server.http.protocol import Problem

_PART = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
"""A range of bytes: first and last, or only the number of the last ones."""


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
    response = send_file(file, mimetype=media_type, etag=checksum, conditional=False, max_age=max_age)
    for name in ("Last-Modified", "Expires"):  # before conditions are evaluated, which are about the ETag alone
        response.headers.pop(name, None)
    size = file.stat().st_size
    asked = dict(request.environ)
    if not _is_for_part(asked, checksum, size):
        asked.pop("HTTP_RANGE", None)
    try:
        response.make_conditional(asked, accept_ranges=True, complete_length=size)
    except RequestedRangeNotSatisfiable:
        response.close()
        whole = {"Content-Range": f"bytes */{size}"}
        status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
        raise Problem(status, f"the file has {size} bytes", headers=whole) from None
    if response.status_code == HTTPStatus.PRECONDITION_FAILED:
        response.close()
        raise Problem(HTTPStatus.PRECONDITION_FAILED, "the file has another ETag")
    response.headers.pop("Date", None)  # which each server sends itself
    return response


def _is_for_part(environ: Mapping[str, str], checksum: str, size: int) -> bool:
    """Return whether a request is for one part of a file: any other Range is ignored (RFC 9110, section 14.2)."""
    found = _PART.fullmatch(environ.get("HTTP_RANGE", "")) if environ["REQUEST_METHOD"] == "GET" else None
    is_weak = environ.get("HTTP_IF_RANGE", "").startswith("W/")
    is_there = parse_etags(environ.get("HTTP_IF_NONE_MATCH")).contains_weak(checksum)
    return found is not None and not is_weak and not is_there and (bool(found[1]) or int(found[2] or size) < size)
