"""Releases: folders that nobody changes after they are made, and the atomic switch to a new one.

Layout below the output folder::

    current -> releases/<id>        the release that is served
    releases/<id>/manifest.json     what the release holds, with checksums
                  graph.nq          every named graph, sorted
                  lines.jsonl       the lines of what pages say without a link
                  search.sqlite     an index of what people may look for
                  pages/            the texts of the pages as HTML, sanitised
                  store/            an Oxigraph store of the same quads, their union as its default graph
                  dumps/            what people take away
                  report.json       counts and findings of the build

A release's id is a hash of its content, so the same content is the same release.
"""

from kg.release.opening import DESCRIPTION, FORMAT, LINES, Release, open_release, text_file
from kg.release.publishing import find_release, new_release, publish, switch_to

__all__ = [
    "DESCRIPTION",
    "FORMAT",
    "LINES",
    "Release",
    "find_release",
    "new_release",
    "open_release",
    "publish",
    "switch_to",
    "text_file",
]
