"""Say what changed between two releases, or between two commits of a site."""

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

DIFFERENT = 1
"""Exit code where the two do not say the same, as diff(1) has it."""
_PATCH = "patch"
_WORDS: dict[str, Callable[[Difference, str, str], str]] = {"text": text, "markdown": markdown, "json": as_json}


@click.command(name="diff")
@click.argument("old")
@click.argument("new")
@click.option(
    "--site",
    type=click.Path(path_type=Path, file_okay=False),
    help="OLD and NEW are commits, branches or tags of this site's checkout; both are built and compared.",
)
@click.option("--format", "wanted", type=click.Choice([*_WORDS, _PATCH]), default="text", show_default=True)
@click.option(
    "--release",
    "out",
    type=click.Path(path_type=Path),
    default=Path("build"),
    show_default=True,
    help="The folder where releases are looked for by their ids.",
)
def command(old: str, new: str, site: Path | None, wanted: str, out: Path) -> int:
    """Say what changed between the releases OLD and NEW: folders, or ids or their beginnings.

    The words tell which pages, recommendations, laws and things are new (+), gone (-) or changed (~), with the line in
    the page's file. A patch is RDF Patch: a line with D for each statement to delete, with A for each to add. Exit code
    0 means that both say the same, 1 that they differ, 2 that they could not be compared.

    \b
    kg diff build/releases/0f3a59c2d1e84b67 build
    kg diff 0f3a 7bc1 --format patch
    kg diff --site ../site v1.2 main
    """
    if site:
        with _built(site, old, new) as graphs:
            return _tell(*graphs, old, new, wanted)
    before, after = _release(old, out), _release(new, out)
    return _tell(before.graph, after.graph, f"release {before.id}", f"release {after.id}", wanted)


def _tell(before: Path, after: Path, old: str, new: str, wanted: str) -> int:
    if wanted == _PATCH:
        return DIFFERENT if write_patch(changes(before, after), sys.stdout) else 0
    from kg.roles import recommending

    difference = summarise(before, after, {role.name for role in recommending()})
    click.echo(_WORDS[wanted](difference, old, new), nl=False)
    return 0 if difference.is_empty else DIFFERENT


def _release(name: str, out: Path) -> Release:
    """The release in a folder, else the only one below ``out`` whose id begins so."""
    if Path(name).exists():
        return open_release(Path(name))
    known = sorted(path.parent.name for path in (out / "releases").glob("*/manifest.json"))
    found = [release for release in known if release.startswith(name)]
    if len(found) != 1:
        several = f"several releases begin with {name!r}: {', '.join(found)}"
        nothing = f"{name!r} is no folder, and no release in {out} begins so; there are {', '.join(known) or 'none'}"
        raise ReleaseError(several if found else nothing)
    return open_release(out / "releases" / found[0])


@contextmanager
def _built(site: Path, old: str, new: str) -> Iterator[tuple[Path, Path]]:
    """The graphs of a site as it was in two commits; gone with the block."""
    with TemporaryDirectory(prefix="kg-diff-") as folder:
        yield _build(site, old, Path(folder) / "old"), _build(site, new, Path(folder) / "new")


def _build(site: Path, revision: str, folder: Path) -> Path:
    from kg.build.compile import Silence, compile_sites, read_sites

    copy = folder / site.resolve().name  # its name is the title of a site that has none
    commit = take_out(site, revision, copy)
    click.echo(f"building {revision} ({commit[:10]})", err=True)
    return compile_sites(read_sites([copy], Silence()), folder, Silence(), "owlrl").graph
