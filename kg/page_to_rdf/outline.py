"""Where each block of a cheat sheet stands: its section, its heading, and what groups or owns it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from kg.page import Block, BlockKind, Page
from kg.site import Profile

_DEEPEST_SECTION = 3
"""Level of the deepest heading that opens a section; below it the same words group things."""


@dataclass(slots=True, eq=False)
class Node:
    """A block of a page and what it stands under."""

    block: Block
    section: str
    """Section of the template that it stands in."""
    parent: Node | None
    """The bullet or paragraph that it stands under."""
    heading: Node | None
    """The nearest heading above; for a heading, the nearest one of a lower level."""
    is_opener: bool
    """Whether it is the heading of a section, or a heading above the first of them."""
    lead_in: Node | None = None
    """Of a bullet under no other block: the paragraph above its list that has no link and ends with a colon."""
    place: int = 0
    """Its index among the children of what it stands under."""
    children: list[Node] = field(default_factory=list)
    """The blocks directly under a bullet or paragraph, or under a heading and under no other block; no headings."""
    announces: list[Node] = field(default_factory=list)
    """The bullets whose lead-in this is."""

    @property
    def text(self) -> str:
        """The block's text."""
        return self.block.text

    @property
    def is_heading(self) -> bool:
        """Whether the block is a heading."""
        return self.block.kind is BlockKind.HEADING

    @property
    def above(self) -> Node | None:
        """What the block stands under: a bullet or paragraph, else its heading."""
        return self.parent or self.heading

    def subheading(self) -> Node | None:
        """Return the nearest heading below the section's own, for a heading itself; ``None`` where there is none."""
        nearest = self if self.is_heading else self.heading
        return None if nearest is None or nearest.is_opener else nearest

    def subheadings(self) -> Iterator[Node]:
        """Yield the headings around the block below the section's own, the nearest first."""
        nearest = self.subheading()
        while nearest is not None and not nearest.is_opener:
            yield nearest
            nearest = nearest.heading

    def ancestors(self) -> Iterator[Node]:
        """Yield the bullets and paragraphs that the block stands under, the nearest first."""
        parent = self.parent
        while parent is not None:
            yield parent
            parent = parent.parent

    def announced_by(self) -> Node | None:
        """Return the paragraph that leads in to the list of a bullet, or of the bullet that it stands under."""
        outermost = next(reversed([self, *self.ancestors()]))
        return outermost.lead_in

    def heading_text(self, title: str) -> str:
        """Return the text of the nearest heading, for a heading its own; ``title`` where there is none."""
        nearest = self if self.is_heading else self.heading
        return nearest.text if nearest else title

    def group(self, profile: Profile) -> str | None:
        """Return what the nearest label above groups: a lead-in, its own words before a colon, or a sub-heading."""
        own, colon, _ = self.text.partition(":")
        if colon and (found := profile.group(own)) not in (None, "other"):
            return found
        lead_in = self.announced_by()
        above = [*self.ancestors(), *([lead_in] if lead_in else [])]
        labels = [*(node.text for node in above if not node.block.links), *(node.text for node in self.subheadings())]
        return next((group for text in labels if (group := profile.group(text)) not in (None, "other")), None)


def outline(page: Page, profile: Profile) -> tuple[Node, ...]:
    """Divide a page into the template's sections; what stands above the first one belongs to the description."""
    nodes: list[Node] = []
    lead_ins: dict[Node | None, Node] = {}
    section, begun = "description", False
    for block in page.blocks:
        opened = profile.section(block.text) if 0 < block.level <= _DEEPEST_SECTION else None
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
    """Note a paragraph that leads in to a list, or give a bullet the one above its list."""
    if node.parent is not None:
        return
    if node.block.kind is BlockKind.PARAGRAPH:
        lead_ins.pop(node.heading, None)
        if node.text.endswith(":") and not node.block.links:
            lead_ins[node.heading] = node
    elif lead_in := lead_ins.get(node.above):
        node.lead_in = lead_in
        lead_in.announces.append(node)
