"""A copy of a release is the release byte for byte, or there is none; what was broken off is continued."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from kg.errors import ReleaseError, SettingError, SiteError
from kg.release import Release, find_release, id_of, open_release
from kg.replication import FolderSource, ServerSource, receive
from server.site.folder import new_folder
from tests.replication.conftest import content
from tests.replication.strangers import Answer, drip, files, send, stranger
from tests.server.serving import QUADS, make_release, many


def pulled(url: str, out: Path) -> Release | None:
    return receive(ServerSource(url, is_http_allowed=False), out)


def test_a_copy_of_a_folder_is_the_release(release: Release, tmp_path: Path) -> None:
    source = FolderSource(tmp_path / "origin")
    copy = receive(source, tmp_path / "replica")
    assert copy is not None
    assert open_release(tmp_path / "replica").folder == copy.folder
    assert content(copy.folder) == content(release.folder)
    assert receive(source, tmp_path / "replica") is None
    make_release(tmp_path / "origin", QUADS)
    assert receive(source, tmp_path / "replica") != copy


def test_a_copy_of_what_any_server_of_files_has_is_the_release(release: Release, tmp_path: Path) -> None:
    with stranger(files(tmp_path / "origin")) as url:
        copy = pulled(url, tmp_path / "replica")
    assert copy is not None
    assert content(copy.folder) == content(release.folder)


def test_files_that_the_release_before_has_are_not_asked_for(release: Release, tmp_path: Path) -> None:
    receive(FolderSource(tmp_path / "origin"), tmp_path / "replica")
    after = make_release(tmp_path / "origin", [*QUADS, *many(4001)])
    asked: list[str] = []
    answer = files(tmp_path / "origin")

    def noting(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.path)
        answer(request)

    with stranger(noting) as url:
        pulled(url, tmp_path / "replica")
    assert content(tmp_path / "replica" / "releases" / after.id) == content(after.folder)
    same = {facts["sha256"] for facts in release.manifest["files"].values()}
    changed = {name for name, facts in after.manifest["files"].items() if facts["sha256"] not in same}
    assert same & {facts["sha256"] for facts in after.manifest["files"].values()}
    assert {path.partition(after.id + "/")[2] for path in asked[1:]} == changed


def test_a_copy_that_broke_off_is_continued_and_its_kept_part_is_checked(release: Release, tmp_path: Path) -> None:
    whole, out = files(tmp_path / "origin"), tmp_path / "replica"
    size = release.manifest["files"]["graph.nq"]["bytes"]
    ranges: list[str | None] = []

    def breaking_off(request: BaseHTTPRequestHandler) -> None:
        if not request.path.endswith(f"{release.id}/graph.nq"):
            return whole(request)
        ranges.append(request.headers["Range"])
        start = int((request.headers["Range"] or "bytes=0-")[6:-1])
        body = release.graph.read_bytes()[start:]
        kept = body[: size // 4] if len(ranges) < 4 else body
        status, extra = (206, {"Content_Range": f"bytes {start}-{size - 1}/{size}"}) if start else (200, {})
        send(request, kept, status, **{"Content_Length": str(len(body)), **extra})
        request.close_connection = True
        return None

    with stranger(breaking_off) as url:
        with pytest.raises(ReleaseError, match=r"graph.nq ended early|broke off"):
            pulled(url, out)
        assert not (out / "current").exists()
        (kept,) = (out / "releases").glob(".copying-*/graph.nq")
        assert 0 < kept.stat().st_size < size
        copy = None
        while copy is None:
            try:
                copy = pulled(url, out)
            except ReleaseError:
                continue
    assert content(copy.folder) == content(release.folder)
    assert ranges[0] is None
    assert [int(each[6:-1]) for each in ranges[1:] if each] == sorted({size // 4 * n for n in range(1, len(ranges))})
    assert not list((out / "releases").glob(".copying-*"))


def test_a_kept_part_with_a_wrong_byte_is_copied_again(release: Release, tmp_path: Path) -> None:
    part = tmp_path / "replica" / "releases" / f".copying-{release.id}" / "graph.nq"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"x" + release.graph.read_bytes()[1:5000])
    copy = receive(FolderSource(tmp_path / "origin"), tmp_path / "replica")
    assert copy is not None
    assert content(copy.folder) == content(release.folder)


@pytest.mark.parametrize("name", ["manifest.json", "graph.nq"])
def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(release: Release, tmp_path: Path, name: str) -> None:
    (release.folder / name).unlink()
    os.mkfifo(release.folder / name)
    with pytest.raises(ReleaseError, match=r"is damaged|graph.nq (ended early|cannot be read)"):
        receive(FolderSource(tmp_path / "origin"), tmp_path / "replica")


def test_a_draft_that_was_not_published_is_no_release(release: Release, tmp_path: Path) -> None:
    manifest = release.folder / "manifest.json"
    manifest.write_text(json.dumps({**release.manifest, "inputs": "digest"}))
    assert find_release(tmp_path / "origin", "digest")
    release.folder.rename(release.folder.with_name(f".copying-{release.id}"))
    assert find_release(tmp_path / "origin", "digest") is None


def dripping_heads(request: BaseHTTPRequestHandler) -> None:
    drip(request, b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 99)


def dripping_bodies(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Length", "500")
    request.end_headers()
    drip(request, b" " * 500)


def dripping_chunks(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Transfer-Encoding", "chunked")
    request.end_headers()
    drip(request, b"1\r\n \r\n" * 99)


def endless_heads(request: BaseHTTPRequestHandler) -> None:
    while True:
        request.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)


def endless_trailers(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Transfer-Encoding", "chunked")
    request.end_headers()
    request.wfile.write(b"0\r\n")
    while True:
        request.wfile.write(b"A: b\r\n" * 1000)


@pytest.mark.parametrize("answer", [dripping_heads, dripping_bodies, dripping_chunks, endless_heads, endless_trailers])
def test_a_server_that_sends_byte_by_byte_or_heads_without_end_is_given_up(answer: Answer, tmp_path: Path) -> None:
    given_up = r"sends too slowly|timed out|got more than \d+"  # newer versions of Python count heads and trailers
    with stranger(answer) as url, pytest.raises(ReleaseError, match=given_up):
        receive(ServerSource(url, is_http_allowed=False, seconds=0.5), tmp_path / "replica")


def test_a_server_that_sends_many_small_files_late_is_given_up(release: Release, tmp_path: Path) -> None:
    """Each file comes within the time limit of one."""
    whole = files(tmp_path / "origin")

    def late(request: BaseHTTPRequestHandler) -> None:
        time.sleep(0 if request.path.endswith("manifest.json") else 0.4)
        whole(request)

    with stranger(late) as url, pytest.raises(ReleaseError, match=r"sends too slowly|timed out"):
        receive(ServerSource(url, is_http_allowed=False, seconds=1.0), tmp_path / "replica")


def changed(release: Release, **facts: Any) -> bytes:
    """Return the manifest with other facts about ``graph.nq``, and with the id that they give."""
    manifest = json.loads((release.folder / "manifest.json").read_bytes())
    manifest["files"]["graph.nq"] |= facts
    return with_id(manifest)


@pytest.mark.parametrize("out", ["replica", "link", "link/../replica"])
def test_a_copy_may_be_made_in_any_way_to_name_a_folder(
    release: Release, tmp_path: Path, out: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to("elsewhere")
    receive(FolderSource(Path("origin")), Path(out))
    assert content(open_release(Path(out)).folder) == content(release.folder)


@pytest.mark.parametrize("what", ["a release", "a file", "a folder", "a link"])
def test_what_others_have_made_is_not_replaced_by_a_copy(release: Release, tmp_path: Path, what: str) -> None:
    out, current = tmp_path / "out", tmp_path / "out" / "current"
    out.mkdir()
    if what == "a release":
        out = release.folder
    elif what == "a file":
        current.write_text("mine")
    elif what == "a folder":
        current.mkdir()
    else:
        current.symlink_to("releases/2026-11-29")
    before = content(tmp_path)
    with pytest.raises(ReleaseError, match=r"is a release, which never changes|was not made by kg"):
        receive(FolderSource(tmp_path / "origin"), out)
    assert content(tmp_path) == before


@pytest.mark.parametrize("place", ["releases", "releases/mine", "current/mine"])
def test_nothing_is_put_among_the_releases_of_a_folder(release: Release, tmp_path: Path, place: str) -> None:
    before = content(tmp_path)
    with pytest.raises(ReleaseError, match=r"is in .*/origin/releases, where only releases are; name .*/origin, or"):
        receive(FolderSource(tmp_path / "origin"), tmp_path / "origin" / place)
    with (
        pytest.raises(SiteError, match=r"is in .*/origin/releases, where only releases are: name another folder"),
        new_folder(tmp_path / "origin" / place, release.id, "https://kg.example/"),
    ):
        pass
    assert content(tmp_path) == before


def test_a_server_of_web_pages_is_said_to_be_no_server_of_releases(tmp_path: Path) -> None:
    with (
        stranger(lambda request: send(request, b"\n<!doctype html><title>Welcome</title>")) as url,
        pytest.raises(
            ReleaseError, match=rf"{url}/ is no server of releases: its current/manifest.json is no manifest"
        ),
    ):
        pulled(url, tmp_path / "replica")


def named(release: Release, name: str) -> bytes:
    """Return the manifest with a file of another name in it."""
    manifest = json.loads((release.folder / "manifest.json").read_bytes())
    manifest["files"][name] = manifest["files"]["graph.nq"]
    return with_id(manifest)


def with_id(manifest: dict[str, Any]) -> bytes:
    return json.dumps(manifest | {"release": id_of(manifest["files"], manifest["index"])}).encode()


def endless(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.end_headers()
    while True:
        request.wfile.write(b" " * 65536)


LIES: dict[str, tuple[Callable[[Release], Answer | bytes], str]] = {
    "a path out of the folder": (lambda release: named(release, "../../stolen"), "wrong files: ../../stolen"),
    "an absolute path": (lambda release: named(release, "/stolen"), "wrong files: /stolen"),
    "a name of no text": (lambda release: named(release, "a\ud800"), "wrong files: "),
    "two names of a file": (lambda release: named(release, "./graph.nq"), "wrong files: ./graph.nq"),
    "another id": (
        lambda release: (release.folder / "manifest.json").read_bytes().replace(release.id.encode(), b"0" * 16),
        "does not have the id",
    ),
    "an id that is a path": (
        lambda release: (release.folder / "manifest.json").read_bytes().replace(release.id.encode(), b"../x"),
        "wrong release",
    ),
    "another checksum": (lambda release: changed(release, sha256="0" * 64), "graph.nq .* other bytes"),
    "a file that is longer": (lambda release: changed(release, bytes=10), "graph.nq .* other bytes"),
    "a file that is shorter": (lambda release: changed(release, bytes=10_000_000), "graph.nq ended early"),
    "more than the disk has": (lambda release: changed(release, bytes=1 << 60), "there is no room"),
    "a negative size": (lambda release: changed(release, bytes=-1), "wrong files: graph.nq"),
    "no JSON": (lambda release: b"[" * 1_000_000, "is damaged"),
    "a manifest without end": (lambda release: endless, "is damaged"),
    "a redirection": (
        lambda release: lambda request: send(request, b"", 302, Location="http://127.0.0.1:9/"),
        "redirects to http://127.0.0.1:9/, which is not followed",
    ),
    "a redirection to nowhere": (
        lambda release: lambda request: send(request, b"", 302, Location="http://[x"),
        r"redirects to http://\[x, which is not followed",
    ),
    "a chunk of a negative size": (
        lambda release: lambda request: send(request, b"-5\r\n{}", Transfer_Encoding="chunked"),
        "broke off",
    ),
    "a content coding": (lambda release: lambda request: send(request, b"", Content_Encoding="gzip"), "content coding"),
    "nothing": (lambda release: lambda request: send(request, b"", 404), "has no release to copy"),
    "no HTTP": (lambda release: lambda request: request.wfile.write(b"\0\n") and None, "cannot be reached"),
}
"""What a server may say → its manifest, or its answer to every request, and the words of the refusal."""


@pytest.mark.parametrize("lie", LIES)
def test_what_a_server_may_say_is_refused(release: Release, tmp_path: Path, lie: str) -> None:
    said, words = LIES[lie]
    answer = said(release)

    def lying(request: BaseHTTPRequestHandler) -> None:
        if callable(answer):
            return answer(request)
        if request.path.endswith("/manifest.json"):
            return send(request, answer)
        return send(request, (release.folder / request.path.split("/", 3)[3]).read_bytes())

    before = content(tmp_path)
    out = tmp_path / "replica"
    with stranger(lying) as url, pytest.raises(ReleaseError, match=words):
        pulled(url, out)
    assert not (out / "current").exists()
    assert {name: text for name, text in content(tmp_path).items() if not name.startswith("replica/")} == before
    sizes = [file.stat().st_size for file in out.rglob("graph.nq")]
    assert all(size <= len(release.graph.read_bytes()) for size in sizes)


def test_without_encryption_only_this_machine_is_asked() -> None:
    with pytest.raises(SettingError, match="--allow-http"):
        ServerSource("http://kg.example.org/", is_http_allowed=False)
    for url in ("http://secret@127.0.0.1/", "https://kg.example.org/?secret", "ftp://127.0.0.1/", "http://[::1/"):
        with pytest.raises(SettingError, match="must be a web address") as refused:
            ServerSource(url, is_http_allowed=True)
        assert "secret" not in str(refused.value)
