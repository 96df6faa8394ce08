"""Statements of a page that a format is open or proprietary.

Such a statement is a short bullet after the links that it is about, a label or heading above them, or a few words
beside a link.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from kg.page import Block, BlockKind
from kg.page_to_rdf.outline import Node
from kg.site import Profile

_ASIDE = re.compile(r"\([^()]*+\)")
_LONGEST_NAME = 6
"""Words of a name, at most."""


def openness(nodes: Iterable[Node], profile: Profile) -> dict[Node, str]:
    """Return a mapping of each block that a statement is about to ``open`` or ``proprietary``."""
    found: dict[Node, str] = {}
    for node in filter(lambda each: profile.speaks_of_openness(each.text), nodes):
        if not node.block.links and (said := _said_alone(node.text, profile)):
            found |= dict.fromkeys(_meant(node, profile), said)
        elif said := _said_within(node, profile):
            found.setdefault(node, said)
    return found


def stated_name(block: Block, profile: Profile) -> str | None:
    """Return the name in a bullet without a link that also states the openness of that name, or ``None``.

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
    """Return the openness stated beside a name and its offset: "is an open format", "(proprietary)", "- open"."""
    # at most three attributes, since a longer run would take quadratic time
    format_ = rf"(?:{profile.any_of('format-attribute')} ){{0,3}}{profile.any_of('format-noun')}"
    pattern = rf"\b(\w+)\b[ -]{format_}\b|(?:\(|\s[\u2013\u2014-]\s+)(\w+)\)?$"
    for said in re.finditer(pattern, text, re.IGNORECASE):
        if meaning := profile.openness(said[1] or said[2]):
            return meaning, said.start(said.lastindex or 0)
    return None


def _said_within(node: Node, profile: Profile) -> str | None:
    """Return the openness stated by the words beside a block's links or name, or before a colon and names."""
    label, colon, names = node.text.partition(":")
    if colon and names and not node.block.links and (meaning := _said_alone(label, profile)):
        return meaning
    said = _beside_name(_without_labels(node.block).rstrip(" ."), profile)
    named = node.block.links or stated_name(node.block, profile)
    return said[0] if said and named and not _is_doubtful(node.text, profile) else None


def _is_doubtful(text: str, profile: Profile) -> bool:
    return re.search(rf"\b{profile.any_of('doubt')}\b|\?", text, re.IGNORECASE) is not None


def _without_labels(block: Block) -> str:
    """Return the text of a block without the texts of its links."""
    text = block.text
    for link in reversed(block.links):
        text = text[: link.at] + text[link.at + len(link.label) :]
    return text


def _said_alone(text: str, profile: Profile) -> str | None:
    """Return the openness stated by a text that contains nothing else, or ``None``."""
    if _is_doubtful(text, profile):
        return None
    words = profile.beside_format(_ASIDE.sub("", text))
    return profile.openness(words[0]) if len(words) == 1 else None


def _speaks_of_it(node: Node, profile: Profile) -> bool:
    """Return whether a block or one below it mentions openness, of itself or of the blocks before."""
    texts = [below.text for below in node.children if not below.block.links]
    texts.append(_without_labels(node.block))
    words = [word for text in texts for word in re.findall(r"\w+", text)]
    return _said_within(node, profile) is not None or any(map(profile.openness, words))


def _meant(node: Node, profile: Profile) -> list[Node]:
    """Return the blocks that a statement is about: those below it, else those before it and the one above."""
    if announced := _announced(node):
        return announced
    above = node.above
    if node.is_heading or above is None:
        return []
    meant: list[Node] = []
    for place in range(node.place - 1, -1, -1):
        # whatever is said of openness ends the run of links that it is about, also where it is no clear statement
        if _speaks_of_it(above.children[place], profile):
            return meant
        meant.append(above.children[place])
    return meant if above.is_opener else [*meant, above, *_records_of(above, profile)]


def _announced(node: Node) -> list[Node]:
    """Return the blocks below a statement; those without a link only where it is a heading or ends with a colon."""
    is_label = node.is_heading or node.text.endswith(":")
    return [below for below in (*node.children, *node.announces) if is_label or below.block.links]


def _records_of(node: Node, profile: Profile) -> list[Node]:
    """Return the blocks under a linked thing that link to its registry record."""
    if not node.block.links:
        return []
    labels = {below: [link.label for link in below.block.links] for below in node.children}
    return [below for below, own in labels.items() if any(profile.label(label) == "registry-record" for label in own)]
