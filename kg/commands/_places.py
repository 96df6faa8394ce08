"""Places of releases: a folder, or the address of a server or engine."""

from __future__ import annotations

import re
from pathlib import Path

import click

_HOST_AND_PORT = re.compile(r"[\w.-]+:\d+(/|$)")


def is_address(place: str) -> bool:
    """Return whether a place is an address, and not a folder.

    Raises:
        UsageError: when it begins with a host and a port, and there is no such folder.

    >>> is_address("https://kg.example.org"), is_address("releases")
    (True, False)
    """
    if _HOST_AND_PORT.match(place) and not Path(place).exists():
        raise click.UsageError(f"there is no folder {place!r}; did you mean http://{place}?")
    return "://" in place
