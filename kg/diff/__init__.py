"""What changed between two releases.

``merge`` finds the things of which different statements are made, ``summary`` tells what that means for pages,
``words`` and ``patch`` write it: for people, and for programs that keep a copy of the graph.
"""

from kg.diff.difference import Difference, LinkChange, PageChange, ThingChange
from kg.diff.merge import Changed, changes
from kg.diff.patch import write_patch
from kg.diff.summary import summarise
from kg.diff.words import as_json, markdown, text

__all__ = [
    "Changed",
    "Difference",
    "LinkChange",
    "PageChange",
    "ThingChange",
    "as_json",
    "changes",
    "markdown",
    "summarise",
    "text",
    "write_patch",
]
