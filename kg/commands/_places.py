"""Places of releases: a folder, or the address of a server or engine."""

from __future__ import annotations

import re
from pathlib import Path

import click

from kg.errors import ReleaseError
from kg.release import Release, open_release
from kg.terminal import say

_NOTHING = " already; nothing was sent"
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


def current_in(folder: Path) -> str:
    """Return the id of the current release of a folder; empty if there is none that can be opened."""
    try:
        return open_release(folder).id
    except ReleaseError:
        return ""


def say_current(release: Release, place: str, before: str) -> None:
    """Write that a release is current in a place, or was so already; ``before`` is the one that was current there."""
    is_same = release.id == before
    say(f"release {release.id} {'was' if is_same else 'is'} current in {place}{_NOTHING if is_same else ''}")
