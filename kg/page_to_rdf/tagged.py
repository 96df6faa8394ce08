"""The tools that a page names by tags, as links: the theme publishes such a tag as the tool's name with its address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import attrgetter

from kg.page import Block, Link, ToolTag
from kg.page_to_rdf.things import web_address
from kg.site import Tool
from kg.vocab import Minter


@dataclass(frozen=True, slots=True)
class TaggedTool(Link):
    """A tool tag as a link."""

    id: str = ""
    """Id of the tool as written."""
    tool: Tool | None = field(default=None, hash=False)
    """The entry of the site's list; ``None`` where no entry has the id."""


def links_and_tags(block: Block, tools: Mapping[str, Tool], minter: Minter) -> tuple[Link, ...]:
    """Return the links of a block and its tool tags as links, in the order of the text."""
    if not block.tags:
        return block.links
    tagged = (_tagged(tag, tools.get(tag.tool), minter) for tag in block.tags)
    return tuple(sorted([*block.links, *tagged], key=attrgetter("at")))


def _tagged(tag: ToolTag, tool: Tool | None, minter: Minter) -> TaggedTool:
    """Return a tag as a link to the tool's address, else to its IRI; the text is the id where the tool has no name."""
    address = web_address(tool.url) if tool else None
    name = tool.name if tool and tool.name else tag.tool
    return TaggedTool(address or minter.tool(tag.tool), name, tag.line, tag.at, id=tag.tool, tool=tool)
