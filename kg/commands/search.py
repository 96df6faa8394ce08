"""Find pages, standards, repositories, laws and other things of a release by words or identifiers."""

from __future__ import annotations

from pathlib import Path

import click

from kg.closest import did_you_mean
from kg.errors import UnknownName
from kg.findings import printable
from kg.release import Release, open_release
from kg.search_index import FILE, Hit, Results, SearchIndex, SearchRequest
from kg.search_index.kinds import KINDS
from kg.terminal import QUIET, RELEASE_OPTION, at, say, say_next
from kg.vocab import prefixed_name

NOTHING = 1
"""Exit code if nothing is found, as of grep(1)."""


@click.command(name="search")
@click.argument("words", nargs=-1, required=True)
@click.option("--kind", metavar="KIND", help="Only things of this kind, such as repository, tool, law or cheat-sheet.")
@click.option("--site", metavar="KEY", help="Only things of the site with this key.")
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="Largest number of things.")
@RELEASE_OPTION
@QUIET
def command(words: tuple[str, ...], kind: str | None, site: str | None, limit: int, release: Path) -> int:
    """Find things of a release by WORDS, or by an identifier in any form; the best matches come first.

    Each thing is a line with its kind, its name, its sites if the release has several, its IRI and the number of pages
    that recommend it; below a page that is found by its text alone is an excerpt. The exit code is 1 if nothing is
    found.

    \b
    kg search mouse imaging
    kg search PRIDE --kind repository
    kg search bsg-s000114
    """
    opened = open_release(release)
    chosen = {"kind": (_kind(kind),)} if kind else {}
    chosen |= {"site": (_site(site, opened),)} if site else {}
    index = SearchIndex(opened.folder / FILE)
    results = index.search(SearchRequest(" ".join(words), chosen, size=limit))
    for line in _lines(results, several_sites=len(opened.manifest["sites"]) > 1):
        click.echo(line)
    say(_summary(results))
    following = ("explain", prefixed_name(results.hits[0].iri)) if results.hits else ("query", "--list")
    say_next(*following, *at(release))
    return 0 if results.hits else NOTHING


def _kind(words: str) -> str:
    """Return the name of a kind, which is given by its name or label.

    Raises:
        UnknownName: when there is no such kind.
    """
    wanted = words.lower()
    for kind in KINDS:
        if wanted in (kind.name, kind.label):
            return kind.name
    names = [kind.name for kind in KINDS]
    raise UnknownName(f"no kind {words!r}; {did_you_mean(wanted, names)}")


def _site(key: str, release: Release) -> str:
    """Return the key of a site of the release.

    Raises:
        UnknownName: when there is no such site.
    """
    keys = [site["key"] for site in release.manifest["sites"]]
    if key not in keys:
        raise UnknownName(f"no site {key!r}; {did_you_mean(key, keys)}")
    return key


def _lines(results: Results, *, several_sites: bool) -> list[str]:
    rows = [
        (hit.kind, _name(hit), *([", ".join(hit.sites)] * several_sites), prefixed_name(hit.iri), _pages(hit.sheets))
        for hit in results.hits
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return [each for line, hit in zip(lines, results.hits, strict=True) for each in (line, _excerpt(hit)) if each]


def _excerpt(hit: Hit) -> str:
    """Return the section of a page that is found by its text alone, with its heading; empty for any other hit."""
    if hit.is_called_so or not hit.section:
        return ""
    heading, text = ("".join(piece for piece, _ in part) for part in (hit.section, hit.snippet))
    return printable(f"    {heading}: {text}")


def _name(hit: Hit) -> str:
    return printable(f"{hit.name} (of {hit.part_of})" if hit.part_of else hit.name)


def _pages(number: int) -> str:
    return f"recommended by {number} page{'s' * (number != 1)}" if number else ""


def _summary(results: Results) -> str:
    shown = len(results.hits)
    corrected = "; ".join(f"{word!r} is not there, {' or '.join(like)} is" for word, like in results.corrected.items())
    kinds = f"of the kind {' or '.join(results.kinds)}" if results.kinds else ""
    found = f"{shown} of {results.total} things" if results.total > shown else f"{shown} thing{'s' * (shown != 1)}"
    return printable(
        "; ".join(filter(None, (found, kinds, "some of the words" if results.any_word else "", corrected)))
    )
