"""Which formats a cheat sheet calls open or proprietary.

The statement is a short bullet of its own after the links that it is about, a label or heading above them, or a few
words beside a link.
"""

from __future__ import annotations

import re
from difflib import get_close_matches

from kg.page import Block, BlockKind
from kg.page_to_rdf.outline import Outline

_FORMAT = re.compile(
    r"\b(source|binary|file|data|vendor|formats?|standards?|specification|documented|and|an?)\b", re.IGNORECASE
)
"""What may stand beside the one word that counts: "Proprietary binary file format"."""
_ASIDE = re.compile(r"\([^)]*\)")
_DOUBTFUL = re.compile(r"\b(not|non|never|no|partial\w*|semi)\b|\?", re.IGNORECASE)
_SIMILAR = 0.8
_LONGEST_NAME = 6
_NAME_BEFORE = re.compile(r"(.+?)\s*(?:[(:,;\u2013-]|\bis\b)\s*(?:an?)?\s*")
_WITHIN = re.compile(
    r"\b(open|prop\w+)\b[ -](source |file |vendor |binary |data )*(format|standard)s?\b"
    r"|(?:\(|\s[\u2013\u2014-]\s+)(?P<alone>open|prop\w+)\)?$",
    re.IGNORECASE,
)
"""What is said beside a name: "is an open format", "(proprietary)", "- open"."""


def openness(outline: Outline) -> dict[int, str]:
    """Index of each block that a statement is about → ``open`` or ``proprietary``."""
    found: dict[int, str] = {}
    for index, block in enumerate(outline.page.blocks):
        if outline.sections[index] != "data-types":
            continue
        if not block.links and (kind := _kind_alone(block.text, outline)):
            found |= dict.fromkeys(_meant(index, outline), kind)
        elif kind := _said_within(block, outline):
            found.setdefault(index, kind)
    return found


def stated_name(block: Block) -> str | None:
    """The name in a bullet without a link that says its openness itself.

    >>> texts = "Bruker RAW (proprietary format)", "mzML - open"
    >>> [stated_name(Block(BlockKind.BULLET, 1, text, ())) for text in texts]
    ['Bruker RAW', 'mzML']
    """
    said = _WITHIN.search(block.text)
    before = _NAME_BEFORE.fullmatch(block.text[: said.start(said.lastgroup or 0)]) if said else None
    is_name = before and block.kind is BlockKind.BULLET and not block.links and len(before[1].split()) <= _LONGEST_NAME
    return before[1] if before and is_name else None


def _said_within(block: Block, outline: Outline) -> str | None:
    """What the words beside a block's links, behind its name, or before its names and a colon say."""
    label, colon, names = block.text.partition(":")
    if colon and names and not block.links and (kind := _kind_alone(label, outline)):
        return kind
    said = _WITHIN.search(_without_labels(block).rstrip(" ."))
    named = block.links or stated_name(block)
    is_clear = said and named and not _DOUBTFUL.search(block.text)
    return _kind(said["alone"] or said[1], outline) if said and is_clear else None


def _without_labels(block: Block) -> str:
    """The words of a block that are not those of a link."""
    text = block.text
    for link in reversed(block.links):
        text = text[: link.at] + text[link.at + len(link.label) :]
    return text


def _kind_alone(text: str, outline: Outline) -> str | None:
    """What a text says that is a statement and nothing else."""
    if _DOUBTFUL.search(text):
        return None
    words = re.findall(r"\w+", _FORMAT.sub("", _ASIDE.sub("", text)))
    kinds = [kind for word in words if (kind := _kind(word, outline))]
    return kinds[0] if len(kinds) == len(words) == 1 else None


def _speaks_of_it(index: int, outline: Outline) -> bool:
    """Whether a block says anything of openness, of itself or of what comes before."""
    block = outline.block(index)
    said = [outline.block(n).text for n in outline.children(index) if not outline.block(n).links]
    said += [] if block.links else [block.text]
    words = [word for text in said for word in re.findall(r"\w+", text)]
    return _said_within(block, outline) is not None or any(_kind(word, outline) for word in words)


def _kind(word: str, outline: Outline) -> str | None:
    known = [kind for kind in outline.profile.table("statements")["openness"] if word[:1].lower() == kind[:1]]
    close = get_close_matches(word.lower(), known, n=1, cutoff=_SIMILAR)
    return close[0] if close else None


def _meant(index: int, outline: Outline) -> list[int]:
    """The blocks that a statement is about: what it stands over, else what it follows and what it stands under."""
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
    """The blocks that a statement stands over; those without a link where it is a heading or ends with a colon."""
    block = outline.block(index)
    is_label = bool(block.level) or block.text.endswith(":")
    below = [*outline.children(index), *(n for n, lead_in in outline.lead_ins.items() if lead_in == index)]
    return [n for n in below if is_label or outline.block(n).links]


def _records_of(index: int, outline: Outline) -> list[int]:
    """The blocks under a thing whose link leads to its registry record."""
    if not outline.block(index).links:
        return []
    labels = {n: [link.label for link in outline.block(n).links] for n in outline.children(index)}
    return [n for n, own in labels.items() if any(outline.profile.label(label) == "registry-record" for label in own)]
