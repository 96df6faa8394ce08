"""Build a release of the graph from sites."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.findings import Severity
from kg.resources import shipped

if TYPE_CHECKING:
    from kg.compile import Compiled

FAILED = 2


@click.command(name="build")
@click.argument("sites", nargs=-1, type=click.Path(path_type=Path, file_okay=False), metavar="[SITE]...")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("build"),
    show_default=True,
    help="Folder of the releases; the new one becomes its 'current'.",
)
@click.option(
    "--fail-on",
    type=click.Choice([str(severity) for severity in Severity]),
    help="Make no release where there is a finding as bad as this or worse.",
)
@click.option(
    "--reasoner",
    type=click.Choice(["auto", "hermit", "owlrl"]),
    default="auto",
    show_default=True,
    help="auto: HermiT where Java is found, OWL 2 RL rules elsewhere; both conclude the same.",
)
def command(sites: tuple[Path, ...], out: Path, fail_on: str | None, reasoner: str) -> int:
    """Build a release of the graph from SITEs, folders of ELIXIR Toolkit Theme sites; by default the shipped content.

    Pages with errors and unfinished pages are kept out and named; the rest makes the release, whose folder is printed.
    """
    from kg.compile import compile_sites, make_release

    compiled = compile_sites(sites or (shipped("content"),), _say, reasoner)
    _say_findings(compiled)
    if fail_on and (compiled.worst or 0) >= Severity[fail_on.upper()]:
        _say(f"no release was made: there are findings of severity {fail_on} or worse")
        return FAILED
    release = make_release(compiled, out, _say)
    counts = release.manifest["counts"]
    _say(f"release {release.id}: {counts['triples']} triples in {counts['graphs']} named graphs")
    click.echo(release.folder)
    return 0


def _say(words: str) -> None:
    click.echo(words, err=True)


def _say_findings(compiled: Compiled) -> None:
    from kg.compile import shown

    for build in compiled.sites:
        for finding in build.findings:
            if finding.severity > Severity.NOTE:
                _say(shown(build, finding))
        tally = Counter(str(finding.severity) for finding in build.findings)
        found = ", ".join(f"{tally[str(s)]} {s}s" for s in sorted(Severity, reverse=True) if tally[str(s)])
        _say(f"{build.site.folder}: {len(build.pages)} pages; findings: {found or 'none'}")
        for path in build.kept_out:
            _say(f"kept out: {build.site.folder / path}")
    for culprit in compiled.inference.culprits:
        _say(f"contradiction: {culprit}")
