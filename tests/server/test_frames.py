"""Messages between the front process and a query process."""

from __future__ import annotations

import socket
import threading

import pytest

from kg.errors import QueryTooLarge
from kg.query import JSON, Form
from server.processes.framing import BEGIN, DATA, END, FRAME, WHOLE, Inbox, Outlet, frame, read_heading, read_whole


def _sent(parts: list[bytes], limit: int) -> list[tuple[bytes, bytes]]:
    """Return the frames of an answer."""
    ours, theirs = socket.socketpair()

    def answer() -> None:
        outlet = Outlet(theirs, Form.BINDINGS, JSON, limit)
        for part in parts:
            assert outlet.write(part) == len(part)
        outlet.end(1.5)

    with ours, theirs:
        inbox, frames = Inbox(ours), list[tuple[bytes, bytes]]()
        answering = threading.Thread(target=answer)
        answering.start()
        while not frames or frames[-1][0] not in (WHOLE, END):
            while (found := inbox.take()) is None:
                inbox.fill()
            frames.append(found)
        answering.join()
    return frames


def test_no_frame_is_longer_than_the_front_should_hold() -> None:
    sent = bytes(range(256)) * 2000
    (first, heading), *parts, end = _sent([sent], len(sent))  # as the engine writes a literal, in one piece
    assert (first, read_heading(heading), end) == (BEGIN, (Form.BINDINGS, JSON), (END, b""))
    assert {kind for kind, _ in parts} == {DATA}
    assert max(len(payload) for _, payload in parts) <= FRAME
    assert b"".join(payload for _, payload in parts) == sent


@pytest.mark.parametrize("size", [0, 1, FRAME])
def test_a_small_answer_is_one_frame(size: int) -> None:
    ((kind, payload),) = _sent([b"x" * (size // 2), b"x" * (size - size // 2)], size)
    begin, seconds, body = read_whole(payload)
    assert (kind, read_heading(begin), seconds, body) == (WHOLE, (Form.BINDINGS, JSON), 1.5, b"x" * size)


def test_nothing_of_a_small_answer_is_sent_before_its_end() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        outlet = Outlet(theirs, Form.BINDINGS, JSON, 10)
        outlet.write(b"12345")
        with pytest.raises(QueryTooLarge):
            outlet.write(b"678901")
        ours.setblocking(False)
        with pytest.raises(BlockingIOError):
            ours.recv(1)


def test_frames_arrive_together_and_in_pieces() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        inbox, found = Inbox(ours), list[tuple[bytes, bytes] | None]()
        frames = frame(DATA, b"first") + frame(DATA, b"second") + frame(END)
        for cut in (frames[:3], frames[3:12], frames[12:]):
            theirs.sendall(cut)
            inbox.fill()
            while (taken := inbox.take()) is not None:
                found.append(taken)
        assert found == [(DATA, b"first"), (DATA, b"second"), (END, b"")]
