"""Which formats a cheat sheet calls open or proprietary.

The statement is a short bullet of its own after the links that it is about, a label or heading above them, or a few
words beside a link.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from kg.page import Block, BlockKind
from kg.page_to_rdf.outline import Node
from kg.site import Profile

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


def openness(nodes: Iterable[Node], profile: Profile) -> dict[Node, str]:
    """Return for each block that a statement is about ``open`` or ``proprietary``."""
    found: dict[Node, str] = {}
    for node in nodes:
        if node.section != "data-types":
            continue
        if not node.block.links and (said := _said_alone(node.text, profile)):
            found |= dict.fromkeys(_meant(node, profile), said)
        elif said := _said_within(node, profile):
            found.setdefault(node, said)
    return found


def stated_name(block: Block) -> str | None:
    """Return the name in a bullet without a link that says its openness itself.

    >>> texts = "Bruker RAW (proprietary format)", "mzML - open"
    >>> [stated_name(Block(BlockKind.BULLET, 1, text, ())) for text in texts]
    ['Bruker RAW', 'mzML']
    """
    said = _WITHIN.search(block.text)
    before = _NAME_BEFORE.fullmatch(block.text[: said.start(said.lastgroup or 0)]) if said else None
    is_name = before and block.kind is BlockKind.BULLET and not block.links and len(before[1].split()) <= _LONGEST_NAME
    return before[1] if before and is_name else None


def _said_within(node: Node, profile: Profile) -> str | None:
    """Return what the words beside a block's links, behind its name, or before its names and a colon say."""
    label, colon, names = node.text.partition(":")
    if colon and names and not node.block.links and (said := _said_alone(label, profile)):
        return said
    found = _WITHIN.search(_without_labels(node.block).rstrip(" ."))
    named = node.block.links or stated_name(node.block)
    is_clear = found and named and not _DOUBTFUL.search(node.text)
    return _meaning(found["alone"] or found[1], profile) if found and is_clear else None


def _without_labels(block: Block) -> str:
    """Return the words of a block that are not those of a link."""
    text = block.text
    for link in reversed(block.links):
        text = text[: link.at] + text[link.at + len(link.label) :]
    return text


def _said_alone(text: str, profile: Profile) -> str | None:
    """Return what a text says that is a statement and nothing else."""
    if _DOUBTFUL.search(text):
        return None
    words = re.findall(r"\w+", _FORMAT.sub("", _ASIDE.sub("", text)))
    said = [meaning for word in words if (meaning := _meaning(word, profile))]
    return said[0] if len(said) == len(words) == 1 else None


def _speaks_of_it(node: Node, profile: Profile) -> bool:
    """Return whether a block says anything of openness, of itself or of what comes before."""
    texts = [below.text for below in node.children if not below.block.links]
    texts += [] if node.block.links else [node.text]
    words = [word for text in texts for word in re.findall(r"\w+", text)]
    return _said_within(node, profile) is not None or any(_meaning(word, profile) for word in words)


def _meaning(word: str, profile: Profile) -> str | None:
    known = [value for value in profile.table("statements")["openness"] if word[:1].lower() == value[:1]]
    close = get_close_matches(word.lower(), known, n=1, cutoff=_SIMILAR)
    return close[0] if close else None


def _meant(node: Node, profile: Profile) -> list[Node]:
    """Return the blocks that a statement is about: what it stands over, else what it follows and stands under."""
    if announced := _announced(node):
        return announced
    above = node.above
    if node.is_heading or above is None:
        return []
    meant = [] if above.is_opener else [above]
    for sibling in above.children:
        if sibling is node:
            break
        # whatever is said of openness ends the run of links that it is about, also where it is no clear statement
        meant = [sibling, *meant] if not _speaks_of_it(sibling, profile) else []
    return [*meant, *_records_of(above, profile)] if above in meant else meant


def _announced(node: Node) -> list[Node]:
    """Return the blocks that a statement stands over; blocks without a link only below a heading or a colon."""
    is_label = node.is_heading or node.text.endswith(":")
    return [below for below in (*node.children, *node.announces) if is_label or below.block.links]


def _records_of(node: Node, profile: Profile) -> list[Node]:
    """Return the blocks under a thing whose link leads to its registry record."""
    if not node.block.links:
        return []
    labels = {below: [link.label for link in below.block.links] for below in node.children}
    return [below for below, own in labels.items() if any(profile.label(label) == "registry-record" for label in own)]
