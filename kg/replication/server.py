"""A server, of ours or of the files of an output folder, as the source of a copy; it is not trusted."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import quote, urljoin, urlsplit

from kg.errors import ReleaseError, SettingError, in_words
from kg.iri import is_endpoint, shown
from kg.networks import Patience, PatientResponse, is_loopback, user_agent
from kg.replication.source import LARGEST_MANIFEST, PIECE

_SECONDS = 60.0
"""Seconds until a server must have answered, and that it may let us wait."""
_REQUESTS = 60
"""Requests that add as much patience as there is at the beginning, since releases have many small files."""


class ServerSource:
    """Implementation of :class:`kg.replication.source.ReleaseSource` with a server; no redirect is followed.

    Raises:
        SettingError: when the address is no URL of http or https without user and fragment, or is one of http at
            another host without ``is_http_allowed``: whoever is between could send another release.
    """

    def __init__(self, url: str, *, is_http_allowed: bool, seconds: float = _SECONDS) -> None:
        if not is_endpoint(url) or "?" in url:
            raise SettingError(f"a server must be a web address without user, query and fragment, not {shown(url)!r}")
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme == "http" and not is_http_allowed and not is_loopback(host):
            raise SettingError(f"{url} is not asked without encryption; give an address of https, or --allow-http")
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._http = kind(host, parts.port, timeout=seconds)
        self._patience, self._for_request = Patience(seconds), seconds / _REQUESTS
        self._http.response_class = partial(PatientResponse, patience=self._patience)  # type: ignore[assignment]
        self._url = url.rstrip("/") + "/"
        self._etag = ""

    def manifest(self) -> bytes | None:
        """Return the manifest of the current release; ``None`` if it is the one that was returned before.

        Raises:
            ReleaseError: when there is no release, the server cannot be reached, or is none of releases.
        """
        condition = {"If-None-Match": self._etag} if self._etag else {}
        response = self._get("current/manifest.json", condition)
        if response.status == HTTPStatus.NOT_MODIFIED:
            response.read()
            return None
        self._expect(response, HTTPStatus.OK)
        text = b"".join(self._pieces(response, LARGEST_MANIFEST))
        if text.lstrip()[:1] not in (b"{", b"[", b""):  # many servers have a web page for any address
            raise self._failed("is no server of releases: its current/manifest.json is no manifest")
        self._etag = response.getheader("ETag", "")
        return text

    def read(self, release: str, name: str, start: int, end: int) -> Iterator[bytes]:
        """Yield the bytes of a file of a release; what a server sends before ``start`` is left out.

        Raises:
            ReleaseError: when the server has no such file, or the connection is lost.
        """
        response = self._get(f"releases/{release}/{quote(name)}", {"Range": f"bytes={start}-"} if start else {})
        if response.status == HTTPStatus.PARTIAL_CONTENT:
            self._expect(response, HTTPStatus.PARTIAL_CONTENT)
            if not response.getheader("Content-Range", "").startswith(f"bytes {start}-"):
                raise self._failed("sent another part of a file than it was asked for")
            yield from self._pieces(response, end - start)
            return
        self._expect(response, HTTPStatus.OK)
        for piece in self._pieces(response, end):
            yield piece[start:]
            start = max(0, start - len(piece))

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        self._http.close()

    def _get(self, path: str, headers: dict[str, str]) -> HTTPResponse:
        """Return the head of a response; a kept connection that the server has closed is replaced once."""
        target = urlsplit(urljoin(self._url, path)).path
        every = {"Accept-Encoding": "identity", "User-Agent": user_agent(), **headers}
        self._patience.refill(self._for_request)
        for is_last in (self._http.sock is None, True):
            try:
                with self._patience.waiting():
                    self._http.request("GET", target, headers=every)
                    return self._http.getresponse()
            except (OSError, HTTPException) as error:
                self.close()
                if is_last:
                    raise self._failed(f"cannot be reached: {in_words(error)}") from error
        raise AssertionError

    def _expect(self, response: HTTPResponse, status: HTTPStatus) -> None:
        if response.status in range(300, 400):
            target = response.getheader("Location", "nowhere")
            raise self._failed(f"redirects to {target}, which is not followed")
        if response.status != status:
            raise self._failed(f"has no release to copy, or no longer this one (status {response.status})")
        if response.getheader("Content-Encoding", "identity").strip().lower() != "identity":
            raise self._failed("sent a file with a content coding")

    def _pieces(self, response: HTTPResponse, most: int) -> Iterator[bytes]:
        """Yield the body of a response, at most so many bytes of it; a rest is not read."""
        try:
            while most and (piece := self._patience.read(response, min(PIECE, most))):
                yield piece
                most -= len(piece)
        except (OSError, HTTPException, ValueError) as error:
            raise self._failed(f"broke off: {in_words(error)}") from error
        finally:
            if not response.isclosed():
                self.close()

    def _failed(self, what: str) -> ReleaseError:
        self.close()
        return ReleaseError(f"{self._url} {what}")
