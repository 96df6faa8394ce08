"""Fix problems in pages and data files that can be fixed automatically."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import groupby, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from kg.errors import KgError, in_words
from kg.findings import printable
from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.lint import check
from kg.lint.context import Context
from kg.lint.fix import fixed_data, fixed_page
from kg.page import Page
from kg.readers import read_file, read_fronts
from kg.site import Site, data_files, open_site
from kg.site.directory import read_people
from kg.site.people import keys_meant
from kg.terminal import QUIET, say, say_next

LEFT = 1
"""Exit code if files could be fixed and were not."""


@click.command(name="fix")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--yes", "--write", "-y", "yes", is_flag=True, help="Write the changes without asking.")
@QUIET
def command(paths: tuple[Path, ...], yes: bool) -> int:
    """Fix problems in PATHS, which are sites or files in them; by default in the site of the working folder.

    Writes what findings of kg check say to write, such as DOIs for other FAIRsharing URLs and https:// before a host;
    replaces [text]((url)) by [text](url), and ORCID URLs in data files by bare iDs. Shows the changes as a diff and
    asks for confirmation; without a terminal, nothing is written unless --yes is given. The exit code is 1 if there are
    changes that were not written.
    """
    rewritten: list[tuple[Path, bytes]] = []
    for selection in check.select(paths or (Path(),)):
        for file, before, after in _changes(selection):
            click.echo(_diff(file, before, after), nl=False)
            rewritten.append((file, after.encode("utf-8")))
    if not rewritten:
        say("nothing to fix")
        say_next("check", *paths)
        return 0
    if not yes and not _agreed(len(rewritten)):
        say("nothing was written")
        say_next("fix", "--yes", *paths)
        return LEFT
    for file, content in rewritten:
        _replace(file, content)
    say(f"rewrote {len(rewritten)} file{'s' * (len(rewritten) != 1)}")
    say_next("check", *paths)
    return 0


def _agreed(files: int) -> bool:
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    return terminal and click.confirm(f"Rewrite {files} file{'s' * (files != 1)}?", err=True)


def _changes(selection: check.Selection) -> Iterator[tuple[Path, str, str]]:
    """Yield each file that can be fixed, with its text before and after."""
    site, crosswalk = open_site(selection.folder), FairsharingCrosswalk.load()
    context = Context(site, crosswalk, (), read_fronts(site))
    people = read_people(site.folder / data_files.FOLDER)
    for path in sorted([*site.files(), *_data_paths(site)]):
        file = site.folder / path
        before = _text(file) if selection.has(path) else None
        if before is None:
            continue
        keys = keys_meant(people, site.folder) if path == people.path else {}
        after = fixed_data(before, crosswalk, keys) if _is_data(path) else _better_page(context, path, before)
        if after != before:
            yield file, before, after


def _data_paths(site: Site) -> list[str]:
    folder = site.folder / data_files.FOLDER
    return [file.relative_to(site.folder).as_posix() for file in data_files.files(folder)]


def _is_data(path: str) -> bool:
    return path.startswith(data_files.FOLDER + "/")


def _text(file: Path) -> str | None:
    """Return the text of a file with its line ends; ``None`` if the file cannot be read as UTF-8."""
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        why = "is not UTF-8"
    except OSError as error:
        why = f"cannot be read ({in_words(error)})"
    click.echo(f"skipped, because it {why}: {printable(str(file))}", err=True)
    return None


def _better_page(context: Context, path: str, text: str) -> str:
    site = context.site
    page, _ = read_file(site, site.folder / path, path)
    return fixed_page(text, page, context, lambda draft: _read(site, path, draft)) if page else text


def _read(site: Site, path: str, text: str) -> Page | None:
    with TemporaryDirectory() as folder:
        draft = Path(folder) / Path(path).name
        draft.write_bytes(text.encode("utf-8"))
        return read_file(site, draft, path)[0]


def _diff(file: Path, before: str, after: str) -> str:
    """Return a unified diff with control characters escaped.

    The diff of a data file has no context lines, since these can contain e-mail addresses.
    """
    name = Path(os.path.relpath(file)).as_posix()
    context = 0 if _is_data(Path(*file.parts[-2:]).as_posix()) else 3
    hunks = (line for hunk in _hunks(_lines(before), _lines(after), context) for line in hunk)
    return "".join(map(_shown, [f"--- a/{name}\n", f"+++ b/{name}\n", *hunks]))


def _hunks(before: list[str], after: list[str], context: int) -> Iterator[list[str]]:
    """Yield the lines of each hunk; no fix adds or removes one, so none is searched for as in difflib."""
    changed = [n for n, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
    begins = [0, *(n for n, (one, two) in enumerate(pairwise(changed), 1) if two - one > 2 * context + 1), len(changed)]
    for begin, end in pairwise(begins):
        start, stop = max(changed[begin] - context, 0), min(changed[end - 1] + context + 1, len(before))
        place = f"{start + 1},{stop - start}" if stop - start > 1 else f"{start + 1}"
        lines = [f"@@ -{place} +{place} @@\n"]
        for is_changed, rows in groupby(range(start, stop), lambda n: before[n] != after[n]):
            run = list(rows)
            old = [("-" if is_changed else " ") + before[n] for n in run]
            lines += [*old, *("+" + after[n] for n in run if is_changed)]
        yield lines


def _shown(line: str) -> str:
    text = line.removesuffix("\n").removesuffix("\r")
    end = line[len(text) :] or "\n\\ No newline at end of file\n"
    return "\t".join(map(printable, text.split("\t"))) + end


def _lines(text: str) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _replace(file: Path, content: bytes) -> None:
    """Replace the content of a file atomically, preserving its permissions.

    Raises:
        KgError: when it cannot be replaced.
    """
    draft = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        draft.write_bytes(content)
        shutil.copymode(file, draft)
        draft.replace(file)
    except OSError as error:  # which names the draft
        raise KgError(f"{file} cannot be rewritten: {in_words(error)}") from error
    finally:
        with suppress(OSError):
            draft.unlink()
