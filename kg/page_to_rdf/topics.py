"""Topics of a guidance page, and their blocks "Description", "Considerations" and "Solutions".

A heading either names a topic or opens a block of the topic above it, at any level. A block includes the deeper
headings below it: text under ``####`` within ``### Solutions`` is in the block.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.page_to_rdf.outline import Node
from kg.site import Profile


@dataclass(frozen=True, slots=True)
class TopicPlace:
    """The topic of a node of a guidance page, and the block of the topic."""

    topic: Node | None
    """The nearest heading that opens no block; for such a heading, itself."""
    block: str
    """Name of the block that contains the node; empty outside of one."""


def places(nodes: Iterable[Node], profile: Profile) -> Mapping[Node, TopicPlace]:
    """Return a mapping of every node of a page to its place."""
    found: dict[Node, TopicPlace] = {}
    topic: Node | None = None
    opened: list[tuple[int, str]] = []
    """Level and block name of each heading around the node; the name is empty for a heading that opens no block."""
    for node in nodes:
        if node.is_heading:
            name = profile.block(node.text) or ""
            opened = [heading for heading in opened if heading[0] < node.block.level] + [(node.block.level, name)]
            topic = topic if name else node
        found[node] = TopicPlace(topic, next((name for _, name in reversed(opened) if name), ""))
    return found
