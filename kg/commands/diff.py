"""Show the changes between two releases, or two commits of a site."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from kg.diff import Difference, as_json, changes, markdown, summarise, text, write_patch
from kg.errors import ReleaseError
from kg.release import Release, open_release
from kg.site.revisions import take_out
from kg.terminal import QUIET, say, say_next

DIFFERENT = 1
"""Exit code if the releases differ, as of diff(1)."""
_PATCH = "patch"
_WORDS: dict[str, Callable[[Difference, str, str], str]] = {"text": text, "markdown": markdown, "json": as_json}


@click.command(name="diff")
@click.argument("old")
@click.argument("new")
@click.option(
    "--site",
    type=click.Path(path_type=Path, file_okay=False),
    help="Compare commits, branches or tags of this site's repository; both are built first.",
)
@click.option(
    "--format",
    "wanted",
    type=click.Choice([*_WORDS, _PATCH]),
    default="text",
    show_default=True,
    help="Output format; patch is RDF Patch.",
)
@click.option(
    "--release",
    "out",
    type=click.Path(path_type=Path),
    default=Path("build"),
    show_default=True,
    help="Folder of the releases that are given by id.",
)
@QUIET
def command(old: str, new: str, site: Path | None, wanted: str, out: Path) -> int:
    """Show the changes between the releases OLD and NEW, given as folders, ids or unique prefixes of ids.

    Lists the pages, links, laws and things that were added (+), removed (-) or changed (~), with lines of the source
    files. The exit code is 0 if both releases have the same statements, 1 if they differ, and 2 if the command fails.

    \b
    kg diff build/releases/0f3a59c2d1e84b67 build
    kg diff 0f3a 7bc1 --format patch
    kg diff --site ../site v1.2 main
    """
    if site:
        with _built(site, old, new) as graphs:
            code = _compare(*graphs, old, new, wanted)
        say_next("check", f"--changed={old}", site)
        return code
    before, after = _release(old, out), _release(new, out)
    code = _compare(before.graph, after.graph, f"release {before.id}", f"release {after.id}", wanted)
    say_next("serve", "--release", after.folder)
    return code


def _compare(before: Path, after: Path, old: str, new: str, wanted: str) -> int:
    if wanted == _PATCH:
        return DIFFERENT if write_patch(changes(before, after), sys.stdout) else 0
    from kg.roles import recommending

    difference = summarise(before, after, {role.name for role in recommending()})
    click.echo(_WORDS[wanted](difference, old, new), nl=False)
    return 0 if difference.is_empty else DIFFERENT


def _release(name: str, out: Path) -> Release:
    """Open the release in the folder ``name``, or the only one below ``out`` whose id has this prefix."""
    if Path(name).exists():
        return open_release(Path(name))
    known = sorted(path.parent.name for path in (out / "releases").glob("*/manifest.json"))
    found = [release for release in known if release.startswith(name)]
    if len(found) != 1:
        several = f"{name!r} is ambiguous; it is the prefix of the releases {', '.join(found)}"
        nothing = f"no folder {name!r}, and no release with this id in {out}; there are {', '.join(known) or 'none'}"
        raise ReleaseError(several if found else nothing)
    return open_release(out / "releases" / found[0])


@contextmanager
def _built(site: Path, old: str, new: str) -> Iterator[tuple[Path, Path]]:
    """Build the graphs of two commits of a site; they are deleted on exit."""
    with TemporaryDirectory(prefix="kg-diff-") as folder:
        yield _build(site, old, Path(folder) / "old"), _build(site, new, Path(folder) / "new")


def _build(site: Path, revision: str, folder: Path) -> Path:
    from kg.build.compile import Silence, compile_sites, read_sites

    copy = folder / site.resolve().name  # a site without a title is titled with the name of its folder
    commit = take_out(site, revision, copy)
    say(f"building {revision} ({commit[:10]})")
    return compile_sites(read_sites([copy], Silence()), folder, Silence(), "owlrl").graph
