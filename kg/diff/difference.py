"""The result of a comparison of two releases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LinkChange:
    """A mention that was added to a page, removed from it, or changed."""

    change: str
    """``added``, ``removed`` or ``changed``."""
    recommends: bool
    """True if the page recommends the thing, in the old or the new release."""
    label: str
    role: str
    """Name of the role, such as ``data-format``; empty outside of cheat sheets."""
    target: str
    """IRI of the thing; empty if the link was not resolved."""
    record: str
    """Name of the FAIRsharing record that is the target; empty for any other target."""
    line: int
    """Line in the new file; in the old one for a removed mention."""
    differs: tuple[str, ...] = ()
    """Changed properties, such as ``role data-format, was terminology``."""


@dataclass(frozen=True, slots=True)
class PageChange:
    """The changes of a page."""

    change: str
    """``added``, ``removed``, ``renamed``, ``changed``, or ``committed`` if only its commit differs."""
    iri: str
    title: str
    path: str
    """Path of the file; the old one for a removed page."""
    old_path: str
    """Former path of a renamed page; otherwise equal to ``path``."""
    links: tuple[LinkChange, ...]
    """Changed mentions by line; all mentions of an added or removed page."""
    moved: int
    """Number of mentions whose line is the only change."""
    laws_added: tuple[str, ...]
    laws_removed: tuple[str, ...]
    said: tuple[str, ...]
    """Other added statements about the page, in words, such as ``title "A title"``."""
    no_longer_said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ThingChange:
    """A thing that was added, removed, or whose description changed."""

    change: str
    iri: str
    name: str
    types: tuple[str, ...]
    """Prefixed names of its classes."""
    said: tuple[str, ...] = ()
    """Added statements about a changed thing, in words."""
    no_longer_said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """The changes between two graphs."""

    pages: tuple[PageChange, ...]
    things: tuple[ThingChange, ...]
    counts: Mapping[str, tuple[int, int]]
    """Mapping of class to different old and new numbers of instances; ``statements`` is always included."""
    added: int
    """Number of statements that only the new graph has."""
    removed: int

    @property
    def is_empty(self) -> bool:
        """True if both graphs have the same statements."""
        return not (self.added or self.removed)
