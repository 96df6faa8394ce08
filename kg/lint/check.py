"""Check a site or some of its pages without building a graph; only files that this requires are read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.closest import closest, path_like
from kg.errors import SiteError
from kg.findings import Finding, printable
from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.lint import lint
from kg.page import Page
from kg.readers import read, read_fronts
from kg.site import CONFIG, Site, data_files, front_matter, open_site
from kg.site.history import changed_since
from kg.site.sources import FILES, sources
from kg.site.yaml_text import YamlError, read_text


@dataclass(frozen=True, slots=True)
class Selection:
    """The selected files of a site."""

    folder: Path
    """The site's folder."""
    below: tuple[str, ...]
    """Selected files and folders, relative to the site's folder; the empty path selects the whole site."""

    def has(self, path: str) -> bool:
        """Return whether the selection includes a file of the site.

        >>> [Selection(Path("site"), (below,)).has("pages/a.md") for below in ("pages", "pages/a", "")]
        [True, False, True]
        """
        return any(not name or path == name or path.startswith(name + "/") for name in self.below)


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of a check."""

    pages: int
    data_files: int
    findings: tuple[Finding, ...]
    """Sorted by path and line."""
    is_empty: bool
    """True if nothing was there to check: a site without a page, or files that are neither pages nor data."""
    without_front: tuple[str, ...] = ()
    """Markdown files that are no pages since they have no front matter; only where nothing was there to check."""


def select(paths: Iterable[Path]) -> list[Selection]:
    """Return a selection for each site that contains some of the files and folders.

    Files outside any site are ignored if others are in one.

    Raises:
        SiteError: when a path does not exist, a folder is in no site, or no file is in one.
    """
    found: dict[Path, list[str]] = {}
    outside: list[Path] = []
    for path in paths:
        absolute = Path(os.path.abspath(path))  # noqa: PTH100 (resolve() would leave the site through a link)
        folder = site_above(absolute)
        if not absolute.exists():
            raise no_file(path, folder)
        if folder:
            name = absolute.relative_to(folder).as_posix()
            found.setdefault(folder, []).append("" if name == "." else name)
        elif absolute.is_dir():
            raise SiteError(f"{path} is in no site: neither it nor a folder above it has {CONFIG}")
        else:
            outside.append(path)
    if outside and not found:
        raise SiteError(f"{outside[0]} is in no site: no folder above it has {CONFIG}")
    return [Selection(folder, tuple(names)) for folder, names in found.items()]


def site_above(path: Path) -> Path | None:
    """Return the folder of the site that an absolute path is in, ``None`` if it is in none."""
    return next((folder for folder in (path, *path.parents) if (folder / CONFIG).is_file()), None)


def no_file(path: Path, folder: Path | None) -> SiteError:
    """Return the error that there is no file at a path; it names what is most like it, in a site's folder any file."""
    files = {file.relative_to(folder).as_posix(): file for file in sources(folder)} if folder else {}
    near = closest(os.path.relpath(path, folder), sorted(files)) if folder else None
    meant = os.path.relpath(files[near]) if near else path_like(path)
    return SiteError(f"there is no file or folder {path}{f'; did you mean {printable(str(meant))}?' if meant else ''}")


def changed(selection: Selection, revision: str) -> Selection:
    """Return the part of a selection that still exists and differs from a git revision.

    Raises:
        SiteError: when git fails, or does not know the revision.
    """
    differing = Selection(selection.folder, tuple(changed_since(selection.folder, revision)))
    both = {*filter(selection.has, differing.below), *filter(differing.has, selection.below)}
    there = (name for name in both if os.path.lexists(selection.folder / name))
    return Selection(selection.folder, tuple(sorted(there)))


def check(selection: Selection, urls: Mapping[str, str] | None = None) -> Checked:
    """Return all findings in the selected files; ``urls`` are those of :func:`kg.site.open_site`.

    Raises:
        SiteError: when the site's configuration or profile cannot be read.
    """
    site = open_site(selection.folder, urls)
    paths = list(site.files())
    chosen = [path for path in paths if selection.has(path)]
    pages, findings = list[Page](), [f for f in site.directory.findings if selection.has(f.place.path)]
    looked_at = 0
    for page, found in read(site, chosen):
        looked_at += page is not None or bool(found)
        findings += found
        pages += [page] if page else []
    others = read_fronts(site, [path for path in paths if not selection.has(path)])
    data = [path for path in _data_paths(site) if selection.has(path)]
    crosswalk = FairsharingCrosswalk.load()
    findings += lint(pages, site, crosswalk, others=others, read=lambda path: _whole(site, path), data=data)
    ordered = sorted(set(findings), key=lambda finding: (finding.place, finding.rule, finding.message))
    has_other = data or ordered or any(map(selection.has, FILES))
    is_empty = looked_at == 0 and ("" in selection.below or not has_other)
    without_front = _without_front(selection) if is_empty else ()
    return Checked(looked_at, len(data), tuple(ordered), is_empty, without_front)


def _without_front(selection: Selection) -> tuple[str, ...]:
    found = (file.relative_to(selection.folder).as_posix() for file in sources(selection.folder))
    markdown = (path for path in sorted(found) if path.lower().endswith((".md", ".markdown")))
    return tuple(path for path in markdown if selection.has(path) and _has_no_front(selection.folder / path))


def _has_no_front(file: Path) -> bool:
    try:
        return front_matter.split(read_text(file)) is None
    except (YamlError, OSError):
        return False


def _whole(site: Site, path: str) -> Page | None:
    return next((page for page, _ in read(site, [path])), None)


def _data_paths(site: Site) -> Sequence[str]:
    folder = site.folder / data_files.FOLDER
    return [file.relative_to(site.folder).as_posix() for file in data_files.files(folder)]
