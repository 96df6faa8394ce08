"""Which formats a cheat sheet calls open or proprietary.

The statement is a short bullet of its own after the links that it is about, a label or heading above them, or a few
words beside a link.
"""

from __future__ import annotations

import re
from difflib import get_close_matches

from kg.page import Block, Kind
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
    r"\b(open|propr\w+)\b[ -](source |file |vendor |binary |data )*(format|standard)s?\b", re.IGNORECASE
)


def openness(outline: Outline) -> dict[int, str]:
    """Index of each block that a statement is about → ``open`` or ``proprietary``."""
    found: dict[int, str] = {}
    for index, block in enumerate(outline.page.blocks):
        if outline.sections[index] != "data-types":
            continue
        if not block.links and (kind := _statement(block, outline)):
            found |= dict.fromkeys(_meant(index, outline), kind)
        elif kind := _said_within(block, outline):
            found.setdefault(index, kind)
    return found


def stated_name(block: Block) -> str | None:
    """The name in a bullet without a link that says its openness itself.

    >>> stated_name(Block(Kind.BULLET, 1, "Bruker raw data (proprietary format)", ()))
    'Bruker raw data'
    """
    said = _WITHIN.search(block.text)
    before = _NAME_BEFORE.fullmatch(block.text[: said.start()]) if said else None
    is_name = before and block.kind is Kind.BULLET and not block.links and len(before[1].split()) <= _LONGEST_NAME
    return before[1] if before and is_name else None


def _said_within(block: Block, outline: Outline) -> str | None:
    """What the words beside a block's links, or behind its name, say."""
    said = _WITHIN.search(_without_labels(block))
    named = block.links or stated_name(block)
    return _kind(said[1], outline) if said and named and not _DOUBTFUL.search(block.text) else None


def _without_labels(block: Block) -> str:
    """The words of a block that are not those of a link."""
    text = block.text
    for link in reversed(block.links):
        text = text[: link.at] + text[link.at + len(link.label) :]
    return text


def _statement(block: Block, outline: Outline) -> str | None:
    if _DOUBTFUL.search(block.text):
        return None
    words = re.findall(r"\w+", _FORMAT.sub("", _ASIDE.sub("", block.text)))
    kinds = [kind for word in words if (kind := _kind(word, outline))]
    return kinds[0] if len(kinds) == len(words) == 1 else None


def _speaks_of_it(block: Block, outline: Outline) -> bool:
    return not block.links and any(_kind(word, outline) for word in re.findall(r"\w+", block.text))


def _kind(word: str, outline: Outline) -> str | None:
    known = [kind for kind in outline.profile.table("statements")["openness"] if word[:1].lower() == kind[:1]]
    close = get_close_matches(word.lower(), known, n=1, cutoff=_SIMILAR)
    return close[0] if close else None


def _meant(index: int, outline: Outline) -> list[int]:
    """The blocks that a statement is about: what it stands over, else what it follows and what it stands under."""
    children = [n for n in outline.children(index) if outline.block(n).links]
    if children:
        return children
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
        meant = [sibling, *meant] if not _speaks_of_it(outline.block(sibling), outline) else []
    return meant
