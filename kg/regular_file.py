"""Read files that somebody else may have put in place, and that may be no files."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

_LARGEST = 5_000_000
"""Size of a file of settings or of a program's text, in bytes, at most."""


def read_regular(file: Path, encoding: str = "utf-8", errors: str = "strict") -> str:
    """Return the text of a regular file; a pipe or a device is not waited for.

    Raises:
        OSError: when it is none, is larger than any file of settings, or cannot be read.
    """
    handle = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, encoding=encoding, errors=errors) as opened:
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode):
            raise OSError(errno.EINVAL, "it is no regular file", str(file))
        if facts.st_size > _LARGEST:
            raise OSError(errno.EFBIG, f"it is larger than {_LARGEST // 1_000_000} MB", str(file))
        return opened.read()
