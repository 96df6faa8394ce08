"""Conditions and ranges of requests for files, by RFC 9110: the ETag decides, since no time of a file is sent."""

from __future__ import annotations

import json

import pytest

from tests.server.serving import Server

pytestmark = pytest.mark.slow

PATH = "/dumps/rdm-kg.nq"


@pytest.fixture(scope="module")
def whole(shipped: Server) -> tuple[str, bytes]:
    """Return the ETag and the bytes of a file."""
    reply = shipped.ask(PATH)
    assert "Last-Modified" not in reply.headers
    return reply.headers["ETag"], reply.body


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If-Modified-Since": "Fri, 31 Dec 2049 23:59:59 GMT"}, 200),
        ({"If-None-Match": "{etag}"}, 304),
        ({"If-None-Match": "W/{etag}"}, 304),
        ({"If-None-Match": '"x"'}, 200),
        ({"If-Match": "{etag}"}, 200),
        ({"Range": "bytes=0-9"}, 206),
        ({"Range": "bytes=-10"}, 206),
        ({"Range": "bytes=0-9", "If-Range": "{etag}"}, 206),
        ({"Range": "bytes=0-9", "If-Range": "W/{etag}"}, 200),
        ({"Range": "bytes=0-9", "If-Range": '"x"'}, 200),
        ({"Range": "bytes=0-9", "If-Range": "Fri, 31 Dec 2049 23:59:59 GMT"}, 200),
        ({"Range": "bytes=0-9", "If-None-Match": "{etag}"}, 304),
        ({"Range": "items=0-1"}, 200),
        ({"Range": "bytes=0-0,2-3"}, 200),
        ({"Range": "bytes=-99999999999"}, 200),
        ({"Range": "bytes=-99999999999999999999"}, 200),
    ],
)
def test_a_file_or_its_part_is_sent_as_the_conditions_say(
    shipped: Server, whole: tuple[str, bytes], headers: dict[str, str], status: int
) -> None:
    etag, body = whole
    reply = shipped.ask(PATH, headers={name: value.format(etag=etag) for name, value in headers.items()})
    assert reply.status == status
    part = {"bytes=0-9": body[:10], "bytes=-10": body[-10:]}.get(headers.get("Range", ""), b"")
    assert reply.body == {200: body, 206: part, 304: b""}[status]
    assert len(reply.headers.get_all("Date", [])) == 1
    if status == 206:
        assert reply.headers["Content-Range"].endswith(f"/{len(body)}")


def test_only_a_file_that_is_read_has_parts(shipped: Server, whole: tuple[str, bytes]) -> None:
    reply = shipped.ask(PATH, method="HEAD", headers={"Range": "bytes=0-9"})
    assert (reply.status, reply.headers["Content-Length"]) == (200, str(len(whole[1])))
    assert "Content-Range" not in reply.headers


def test_a_part_behind_the_end_is_a_problem_that_has_the_length(shipped: Server, whole: tuple[str, bytes]) -> None:
    reply = shipped.ask(PATH, headers={"Range": "bytes=99999999999-"})
    assert reply.status == 416
    assert reply.headers["Content-Range"] == f"bytes */{len(whole[1])}"


def test_a_file_with_another_etag_is_a_problem_without_the_file(shipped: Server) -> None:
    reply = shipped.ask(PATH, headers={"If-Match": '"x"'})
    assert reply.status == 412
    assert json.loads(reply.body)["status"] == 412
