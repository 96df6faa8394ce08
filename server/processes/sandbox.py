"""A seccomp filter that denies network access to a process (Linux on x86_64 and aarch64).

The engine fetches the URLs of SERVICE and LOAD without a timeout. The scan of the query's text refuses both with a
message; the filter also holds for queries that the scan does not recognise.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
import sys

_ABIS = {
    # machine: audit number of the architecture; system calls socket, connect, io_uring_setup (which can do both)
    "x86_64": (0xC000003E, (41, 42, 425)),
    "aarch64": (0xC00000B7, (198, 203, 425)),
}
_X32 = 0x40000000
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER_AT, _ARCHITECTURE_AT = 0, 4
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000
_PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _MODE_FILTER = 22, 38, 2


def supported() -> bool:
    """Return whether :func:`deny_network` supports this machine."""
    return sys.platform == "linux" and platform.machine() in _ABIS


def deny_network() -> None:
    """Make ``socket`` and ``connect`` fail with EACCES in this thread and in threads that it starts, permanently.

    Does nothing if the machine is not :func:`supported`.

    Raises:
        OSError: when the kernel rejects the filter.
    """
    if not supported():
        return
    program = _program(*_ABIS[platform.machine()])
    held = ctypes.create_string_buffer(program, len(program))
    head = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(held))
    libc = ctypes.CDLL(None, use_errno=True)
    one, none = ctypes.c_ulong(1), ctypes.c_ulong(0)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, one, none, none, none) or libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, head):
        raise OSError(ctypes.get_errno(), "the kernel accepts no seccomp filter")


def _program(architecture: int, calls: tuple[int, ...]) -> bytes:
    """Return a classic BPF program that fails for other ABIs and for ``calls``, and allows all other system calls."""
    last = len(calls)  # instructions from the first comparison with a call to the one that fails
    lines = [
        _line(_LOAD, _ARCHITECTURE_AT),
        _line(_IF_EQUAL, architecture, 0, last + 3),
        _line(_LOAD, _NUMBER_AT),
        _line(_IF_AT_LEAST, _X32, last + 1),
        *(_line(_IF_EQUAL, call, last - index) for index, call in enumerate(calls)),
        _line(_RETURN, _ALLOW),
        _line(_RETURN, _FAIL | errno.EACCES),
    ]
    return b"".join(lines)


def _line(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)
