"""Messages between the front process and a query process."""

from __future__ import annotations

import io
import socket
import threading

from server.processes.framing import BEGIN, DATA, END, FRAME, Outlet, frame, read_frame


def test_no_frame_is_longer_than_the_front_should_hold() -> None:
    ours, theirs = socket.socketpair()
    sent = bytes(range(256)) * 2000

    def answer() -> None:
        outlet = Outlet(theirs, frame(BEGIN), len(sent))
        with io.BufferedWriter(outlet, FRAME) as out:
            out.write(sent)  # as the engine writes a literal, in one piece
            out.flush()
            outlet.end()

    with ours, theirs, ours.makefile("rb") as source:
        answering = threading.Thread(target=answer)
        answering.start()
        kinds, payloads = [], []
        while not kinds or kinds[-1] != END:
            kind, payload = read_frame(source)
            kinds.append(kind)
            payloads.append(payload)
        answering.join()
    assert (kinds[0], set(kinds[1:-1])) == (BEGIN, {DATA})
    assert max(map(len, payloads)) <= FRAME
    assert b"".join(payloads) == sent
