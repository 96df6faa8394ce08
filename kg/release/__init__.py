"""Releases: folders that are immutable once they are published, and the atomic switch to a new one.

Layout below the output folder::

    current -> releases/<id>        the release that is served
    .cache/                         results of earlier builds, see :mod:`kg.build_cache`
    releases/.<id>.verified         which files were found to be whole
    releases/<id>/manifest.json     list of the release's files, with checksums
                  graph.nq          every named graph, sorted
                  lines.jsonl       source lines of statements that come from no link
                  search.sqlite     the full-text index
                  pages/            the texts of the pages as sanitised HTML
                  store/            an Oxigraph store of the same quads, with their union as its default graph, and
                                    with the description in a named graph beside them
                  dumps/            files to download
                  description.ttl   what the release says about itself in DCAT and VoID
                  partitions.ttl    how many statements it has of which class and property
                  report.json       counts and findings of the build

A release's id is a hash of its content, so the same content is the same release.
"""

from kg.release.opening import (
    DESCRIPTION,
    FORMAT,
    GRAPH,
    LINES,
    PARTITIONS,
    TIME,
    Release,
    open_release,
    read_manifest,
    text_file,
)
from kg.release.publishing import (
    add_text,
    continued_release,
    current_id,
    find_release,
    finish,
    folder_of_releases,
    id_of,
    link,
    new_release,
    publish,
    release_ids,
    remove_release,
    switch_to,
)
from kg.release.verifying import is_verified, is_whole, sha256, verify

__all__ = [
    "DESCRIPTION",
    "FORMAT",
    "GRAPH",
    "LINES",
    "PARTITIONS",
    "TIME",
    "Release",
    "add_text",
    "continued_release",
    "current_id",
    "find_release",
    "finish",
    "folder_of_releases",
    "id_of",
    "is_verified",
    "is_whole",
    "link",
    "new_release",
    "open_release",
    "publish",
    "read_manifest",
    "release_ids",
    "remove_release",
    "sha256",
    "switch_to",
    "text_file",
    "verify",
]
