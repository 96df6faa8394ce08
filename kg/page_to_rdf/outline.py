"""The outline of a page: its blocks as a tree, each with its section, its heading and the label that groups it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from kg.page import Block, BlockKind, Page
from kg.site import DEEPEST_SECTION, Profile


@dataclass(slots=True, eq=False)
class Node:
    """A block of a page with its place in the outline."""

    block: Block
    section: str
    """Name of the template section that contains the block."""
    parent: Node | None
    """The bullet or paragraph that contains the block."""
    heading: Node | None
    """The nearest heading above; for a heading, the nearest one of a lower level."""
    is_opener: bool
    """True if the block is the heading of a section, or a heading above the first section."""
    lead_in: Node | None = None
    """For a bullet of an outermost list, the paragraph above the list that has no link and ends with a colon."""
    place: int = 0
    """Index of the node among the children of its parent."""
    children: list[Node] = field(default_factory=list)
    """The blocks other than headings whose ``above`` is this block."""
    announces: list[Node] = field(default_factory=list)
    """The bullets that have this block as their ``lead_in``."""

    @property
    def text(self) -> str:
        """Text of the block."""
        return self.block.text

    @property
    def is_heading(self) -> bool:
        """True if the block is a heading."""
        return self.block.kind is BlockKind.HEADING

    @property
    def above(self) -> Node | None:
        """The bullet or paragraph that contains the block, else its heading."""
        return self.parent or self.heading

    def subheading(self) -> Node | None:
        """Return the nearest heading, for a heading itself; ``None`` where that is the section's own or none."""
        nearest = self if self.is_heading else self.heading
        return None if nearest is None or nearest.is_opener else nearest

    def subheadings(self) -> Iterator[Node]:
        """Yield the headings around the block that are within its section, the nearest first."""
        nearest = self.subheading()
        while nearest is not None and not nearest.is_opener:
            yield nearest
            nearest = nearest.heading

    def ancestors(self) -> Iterator[Node]:
        """Yield the bullets and paragraphs that contain the block, the nearest first."""
        parent = self.parent
        while parent is not None:
            yield parent
            parent = parent.parent

    def announced_by(self) -> Node | None:
        """Return the lead-in of the outermost list that contains the block, or ``None``."""
        outermost = next(reversed([self, *self.ancestors()]))
        return outermost.lead_in

    def heading_text(self, title: str) -> str:
        """Return the text of the nearest heading, for a heading its own text; ``title`` where there is none."""
        nearest = self if self.is_heading else self.heading
        return nearest.text if nearest else title

    def group(self, profile: Profile) -> str | None:
        """Return the group that the nearest label names, or ``None``.

        Labels are the block's own words before a colon, the blocks around it without links, its lead-in, and the
        headings within the section.
        """
        own, colon, _ = self.text.partition(":")
        if colon and (found := profile.group(own)) not in (None, "other"):
            return found
        lead_in = self.announced_by()
        above = [*self.ancestors(), *([lead_in] if lead_in else [])]
        labels = [*(node.text for node in above if not node.block.links), *(node.text for node in self.subheadings())]
        return next((group for text in labels if (group := profile.group(text)) not in (None, "other")), None)


def outline(page: Page, profile: Profile) -> tuple[Node, ...]:
    """Return the blocks of a page as nodes; blocks above the first section belong to the section ``description``."""
    nodes: list[Node] = []
    lead_ins: dict[Node | None, Node] = {}
    section, begun = "description", False
    for block in page.blocks:
        opened = profile.section(block.text) if 0 < block.level <= DEEPEST_SECTION else None
        if opened:
            section, begun = opened, True
        parent = None if block.parent is None else nodes[block.parent]
        heading = None if block.heading is None else nodes[block.heading]
        node = Node(block, section, parent, heading, is_opener=bool(block.level and (opened or not begun)))
        nodes.append(node)
        if node.above and not node.is_heading:
            node.place = len(node.above.children)
            node.above.children.append(node)
        _lead_in(node, lead_ins)
    return tuple(nodes)


def _lead_in(node: Node, lead_ins: dict[Node | None, Node]) -> None:
    """Record a paragraph as the lead-in of the list below it, or attach the recorded lead-in to a bullet."""
    if node.parent is not None:
        return
    if node.block.kind is BlockKind.PARAGRAPH:
        lead_ins.pop(node.heading, None)
        if node.text.endswith(":") and not node.block.links:
            lead_ins[node.heading] = node
    elif lead_in := lead_ins.get(node.above):
        node.lead_in = lead_in
        lead_in.announces.append(node)
