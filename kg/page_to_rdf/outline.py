"""Where each block of a cheat sheet stands: its section, its heading, and what groups or owns it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.page import Block, BlockKind, Page
from kg.site import Profile

_DEEPEST_SECTION = 3
"""Level of the deepest heading that opens a section; below it the same words group things."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A page's blocks with what the profile makes of their headings."""

    page: Page
    profile: Profile
    sections: tuple[str, ...]
    """For each block the section it stands in."""
    under: Mapping[int, Sequence[int]]
    """Block → the blocks directly under it; headings are under nothing."""
    openers: frozenset[int]
    """Blocks that are headings of sections, and the headings above the first of them."""
    lead_ins: Mapping[int, int]
    """Bullet that stands under no other block → the paragraph without a link, ended by a colon, above its list."""

    def block(self, index: int) -> Block:
        """The block at an index."""
        return self.page.blocks[index]

    def subheading(self, index: int) -> int | None:
        """The nearest heading below the section's own, for a heading itself; ``None`` where there is none."""
        block = self.block(index)
        nearest = index if block.kind is BlockKind.HEADING else block.heading
        return None if nearest in self.openers else nearest

    def heading_text(self, index: int) -> str:
        """Text of the nearest heading, for a heading its own; the page's title where there is none."""
        block = self.block(index)
        if block.kind is BlockKind.HEADING:
            return block.text
        return self.page.text("title") if block.heading is None else self.block(block.heading).text

    def ancestors(self, index: int) -> Iterator[int]:
        """The bullets and paragraphs that a block stands under, the nearest first."""
        parent = self.block(index).parent
        while parent is not None:
            yield parent
            parent = self.block(parent).parent

    def _subheadings(self, index: int) -> Iterator[int]:
        """The headings around a block below the section's own, the nearest first."""
        nearest = self.subheading(index)
        while nearest is not None and nearest not in self.openers:
            yield nearest
            nearest = self.block(nearest).heading

    def children(self, index: int) -> Sequence[int]:
        """The blocks directly under a bullet or paragraph, or under a heading and under no other block."""
        return self.under.get(index, ())

    def lead_in(self, index: int) -> int | None:
        """The paragraph that announces the list of a bullet, or of the bullet that it stands under."""
        outermost = next(reversed([index, *self.ancestors(index)]))
        return self.lead_ins.get(outermost)

    def group(self, index: int) -> str | None:
        """What the nearest label above a block groups: a lead-in, its own words before a colon, or a sub-heading."""
        own = self.block(index).text.partition(":")
        if own[1] and (found := self.profile.group(own[0])) not in (None, "other"):
            return found
        lead_in = self.lead_in(index)
        above = [*self.ancestors(index), *([] if lead_in is None else [lead_in])]
        labels = [self.block(n).text for n in above if not self.block(n).links]
        labels += [self.block(n).text for n in self._subheadings(index)]
        return next((group for text in labels if (group := self.profile.group(text)) not in (None, "other")), None)


def outline(page: Page, profile: Profile) -> Outline:
    """Divide a page into the template's sections; what stands above the first one belongs to the description."""
    sections, openers, under = list[str](), set[int](), defaultdict[int, list[int]](list)
    lead_ins, announcing = dict[int, int](), dict[int | None, int]()
    current, begun = "description", False
    for index, block in enumerate(page.blocks):
        opened = profile.section(block.text) if 0 < block.level <= _DEEPEST_SECTION else None
        if opened:
            current, begun = opened, True
        if block.level and (opened or not begun):
            openers.add(index)
        sections.append(current)
        above = block.heading if block.parent is None else block.parent
        if block.kind is not BlockKind.HEADING and above is not None:
            under[above].append(index)
        if block.kind is BlockKind.PARAGRAPH and block.parent is None:
            announcing.pop(above, None)
            if block.text.endswith(":") and not block.links:
                announcing[above] = index
        elif block.parent is None and above in announcing:
            lead_ins[index] = announcing[above]
    return Outline(page, profile, tuple(sections), under, frozenset(openers), lead_ins)
