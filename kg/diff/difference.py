"""What a comparison of two releases tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LinkChange:
    """A mention that a page makes now and did not, or the other way round, or that means something else now."""

    change: str
    """``added``, ``removed`` or ``changed``."""
    recommends: bool
    """Whether it recommends its thing, before or after."""
    label: str
    role: str
    """What the thing is to the reader, such as ``data-format``; empty outside of cheat sheets."""
    target: str
    """IRI of the thing; empty where none is meant."""
    line: int
    """In the page's file: the new one's, for what was removed the old one's."""
    differs: tuple[str, ...] = ()
    """For a changed one: ``role: data-format, was terminology``."""


@dataclass(frozen=True, slots=True)
class PageChange:
    """How a page differs."""

    change: str
    """``added``, ``removed``, ``renamed``, ``changed``; ``committed`` where only its commit did."""
    iri: str
    title: str
    path: str
    """Of its file; a removed page's old one."""
    old_path: str
    """Where a renamed page was; else the same as ``path``."""
    links: tuple[LinkChange, ...]
    """By line; of a removed or added page all of them."""
    moved: int
    """Links that only stand on another line now."""
    laws_added: tuple[str, ...]
    laws_removed: tuple[str, ...]
    said: tuple[str, ...]
    """Other statements about the page that it makes now: ``dct:title A title``."""
    no_longer_said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ThingChange:
    """Something that pages or crosswalks speak of: whether it is new, gone, or described in another way."""

    change: str
    iri: str
    name: str
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed between two graphs."""

    pages: tuple[PageChange, ...]
    things: tuple[ThingChange, ...]
    counts: Mapping[str, tuple[int, int]]
    """Class of things → their number before and after, where it differs; ``statements`` always."""
    added: int
    """Statements that only the new graph makes."""
    removed: int

    @property
    def is_empty(self) -> bool:
        """Whether both say the same."""
        return not (self.added or self.removed)
