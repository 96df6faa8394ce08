"""Where each block of a guidance page stands: its topic, and the block of the topic that says what it is for.

A heading names a topic; below it stand blocks such as "Description", "Considerations" and "Solutions", at any level. A
block stays open below headings of a lower level: what stands under ``####`` within ``### Solutions`` is in the block.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.page_to_rdf.outline import Node
from kg.site import Profile


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a block on a guidance page."""

    topic: Node | None
    """The nearest heading above that opens no block; for such a heading, itself."""
    block: str
    """Name of the block that is open; empty outside of one."""


def places(nodes: Iterable[Node], profile: Profile) -> Mapping[Node, Place]:
    """Return the place of every block of a page."""
    found: dict[Node, Place] = {}
    topic: Node | None = None
    opened: list[tuple[int, str]] = []
    """Level and name of each heading that is open; the name is empty for a heading that opens no block."""
    for node in nodes:
        if node.is_heading:
            name = profile.block(node.text) or ""
            opened = [heading for heading in opened if heading[0] < node.block.level] + [(node.block.level, name)]
            topic = topic if name else node
        found[node] = Place(topic, next((name for _, name in reversed(opened) if name), ""))
    return found
