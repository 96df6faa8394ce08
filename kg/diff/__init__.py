"""Compare two releases.

``merge`` finds the subjects whose statements differ, ``summary`` derives the changes of pages, ``words`` formats them
as text, Markdown and JSON, and ``patch`` writes an RDF Patch for programs that mirror the graph.
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
