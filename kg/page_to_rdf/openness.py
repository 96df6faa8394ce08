"""Which formats a cheat sheet calls open or proprietary.

The statement is a short bullet of its own after the links that it is about, a label or heading above them, or a few
words beside a link.
"""

from __future__ import annotations

import re

from kg.page import Block, BlockKind
from kg.page_to_rdf.outline import Outline
from kg.site import Profile

_ASIDE = re.compile(r"\([^)]*\)")
_LONGEST_NAME = 6


def openness(outline: Outline) -> dict[int, str]:
    """Map the index of each block that a statement is about to ``open`` or ``proprietary``."""
    found: dict[int, str] = {}
    for index, block in enumerate(outline.page.blocks):
        if outline.sections[index] != "data-types":
            continue
        if not block.links and (kind := _kind_alone(block.text, outline)):
            found |= dict.fromkeys(_meant(index, outline), kind)
        elif kind := _said_within(block, outline):
            found.setdefault(index, kind)
    return found


def stated_name(block: Block, profile: Profile) -> str | None:
    """Return the name in a bullet without a link that says its openness itself, or ``None``.

    >>> texts = "Bruker RAW (proprietary format)", "mzML - open", "mzML er et åpent filformat"
    >>> [stated_name(Block(BlockKind.BULLET, 1, text, ()), Profile.load(None)) for text in texts]
    ['Bruker RAW', 'mzML', 'mzML']
    """
    said = _beside_name(block.text, profile)
    if said is None or block.links or block.kind is not BlockKind.BULLET:
        return None
    joined = rf"\s*(?:[(:,;\u2013-]|\b{profile.any_of('copula')}\b)\s*{profile.any_of('article')}?\s*"
    before = re.fullmatch(f"(.+?){joined}", block.text[: said[1]])
    return before[1] if before and len(before[1].split()) <= _LONGEST_NAME else None


def _beside_name(text: str, profile: Profile) -> tuple[str, int] | None:
    """Return what a text says beside a name, and where: "is an open format", "(proprietary)", "- open"."""
    format_ = rf"(?:{profile.any_of('format-attribute')} )*{profile.any_of('format-noun')}"
    pattern = rf"\b(\w+)\b[ -]{format_}\b|(?:\(|\s[\u2013\u2014-]\s+)(\w+)\)?$"
    for said in re.finditer(pattern, text, re.IGNORECASE):
        if kind := profile.openness(said[1] or said[2]):
            return kind, said.start(said.lastindex or 0)
    return None


def _said_within(block: Block, outline: Outline) -> str | None:
    """Return what the words beside a block's links, behind its name, or before its names and a colon say."""
    label, colon, names = block.text.partition(":")
    if colon and names and not block.links and (kind := _kind_alone(label, outline)):
        return kind
    said = _beside_name(_without_labels(block).rstrip(" ."), outline.profile)
    named = block.links or stated_name(block, outline.profile)
    return said[0] if said and named and not _is_doubtful(block.text, outline.profile) else None


def _is_doubtful(text: str, profile: Profile) -> bool:
    return re.search(rf"\b{profile.any_of('doubt')}\b|\?", text, re.IGNORECASE) is not None


def _without_labels(block: Block) -> str:
    """Return the words of a block that are not those of a link."""
    text = block.text
    for link in reversed(block.links):
        text = text[: link.at] + text[link.at + len(link.label) :]
    return text


def _kind_alone(text: str, outline: Outline) -> str | None:
    """Return what a text says that is a statement and nothing else, or ``None``."""
    if _is_doubtful(text, outline.profile):
        return None
    words = outline.profile.beside_format(_ASIDE.sub("", text))
    kinds = [kind for word in words if (kind := outline.profile.openness(word))]
    return kinds[0] if len(kinds) == len(words) == 1 else None


def _speaks_of_it(index: int, outline: Outline) -> bool:
    """Whether a block says anything of openness, of itself or of what comes before."""
    block = outline.block(index)
    said = [outline.block(n).text for n in outline.children(index) if not outline.block(n).links]
    said += [] if block.links else [block.text]
    words = [word for text in said for word in re.findall(r"\w+", text)]
    return _said_within(block, outline) is not None or any(map(outline.profile.openness, words))


def _meant(index: int, outline: Outline) -> list[int]:
    """Return what a statement is about: what it stands over, else what it follows and what it stands under."""
    if announced := _announced(index, outline):
        return announced
    block = outline.block(index)
    if block.level:
        return []
    above = block.heading if block.parent is None else block.parent
    if above is None:
        return []
    meant = [] if above in outline.openers else [above]
    for sibling in outline.children(above):
        if sibling == index:
            break
        # whatever is said of openness ends the run of links that it is about, also where it is no clear statement
        meant = [sibling, *meant] if not _speaks_of_it(sibling, outline) else []
    return [*meant, *_records_of(above, outline)] if above in meant else meant


def _announced(index: int, outline: Outline) -> list[int]:
    """Return the blocks under a statement; those without a link only where it is a heading or ends with a colon."""
    block = outline.block(index)
    is_label = bool(block.level) or block.text.endswith(":")
    below = [*outline.children(index), *(n for n, lead_in in outline.lead_ins.items() if lead_in == index)]
    return [n for n in below if is_label or outline.block(n).links]


def _records_of(index: int, outline: Outline) -> list[int]:
    """Return the blocks under a thing whose link leads to its registry record."""
    if not outline.block(index).links:
        return []
    labels = {n: [link.label for link in outline.block(n).links] for n in outline.children(index)}
    return [n for n, own in labels.items() if any(outline.profile.label(label) == "registry-record" for label in own)]
