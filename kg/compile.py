"""From the folders of sites to a release: the one place that puts the stages in order."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from rdflib import Graph, URIRef

from kg import __version__, plugins
from kg.align import align
from kg.errors import SiteError
from kg.findings import Finding, Severity
from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.infer import Inference, Ontology, infer
from kg.lint import is_unfinished, lint
from kg.page import Page
from kg.page_to_rdf import data_graphs, page_graphs, page_iri, site_graph, top_graph
from kg.readers import read_on_all_cores
from kg.release import Release, new_release, publish
from kg.resources import shipped
from kg.site import Site, open_site
from kg.site.addresses import Addresses
from kg.stores import oxigraph
from kg.vocab import INFERRED_GRAPH

DUMPS = ("turtle", "nquads")
"""Formats to take away: the union for those who want one graph, and every graph under its name."""
T = TypeVar("T")


class Progress(Protocol):
    """Whom a build tells what it does."""

    def say(self, words: str) -> None:
        """Take one line of words."""

    def track(self, items: Iterable[T], total: int, label: str) -> Iterable[T]:
        """Give the items on, and show how many of ``total`` there were."""


@dataclass(frozen=True, slots=True)
class SiteBuild:
    """What one site gave."""

    site: Site
    pages: tuple[Page, ...]
    """In the graph."""
    kept_out: tuple[str, ...]
    """Paths of the pages that are not in the graph."""
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Compiled:
    """Everything a release is made of, not yet written."""

    sites: tuple[SiteBuild, ...]
    quads: Sequence[str]
    """Lines of N-Quads, sorted, every one once."""
    inference: Inference


def read_site(folder: Path, progress: Progress | None = None) -> SiteBuild:
    """Read, lint and sift one site. Raises :class:`kg.errors.SiteError` where the folder is none."""
    site = open_site(folder)
    reading: Iterable[tuple[Page | None, tuple[Finding, ...]]] = read_on_all_cores(site)
    if progress:
        reading = progress.track(reading, sum(1 for _ in site.files()), f"reading {folder}")
    pages, findings = list[Page](), list(site.directory.findings)
    broken = set[str]()
    for page, found in reading:
        findings += found
        pages += [page] if page else []
        broken |= {finding.place.path for finding in found if finding.severity is Severity.ERROR}
    findings += lint(pages, site, FairsharingCrosswalk.load())
    broken |= {finding.place.path for finding in findings if finding.severity is Severity.ERROR}
    kept = [page for page in pages if page.path not in broken and not is_unfinished(page, site)]
    out = (broken | {page.path for page in pages}) - {page.path for page in kept}
    out = {path for path in out if not path.startswith("_data/")}
    return SiteBuild(site, tuple(kept), tuple(sorted(out)), tuple(sorted(findings, key=lambda f: (f.place, f.rule))))


def compile_sites(folders: Sequence[Path], progress: Progress, reasoner: str = "auto") -> Compiled:
    """Compile sites into named graphs.

    Raises :class:`kg.errors.SiteError` where a folder is no site, has no page, or has another site's key, and
    :class:`kg.errors.OntologyError` where a graph uses a term of ours that the ontology does not declare.
    """
    ontology = Ontology.load(shipped("ontology") / "rdm.ttl")
    crosswalk = FairsharingCrosswalk.load()
    builds = []
    for folder in folders:
        progress.say(f"reading {folder}")
        builds.append(read_site(folder, progress))
    _check_sites(builds)
    said = _Said(ontology)
    for name, graph in describe(builds, crosswalk):
        said.add(name, graph)
    for name, graph in align(said.iris, fairsharing=crosswalk).items():
        said.add(name, graph)
    progress.say("reasoning")
    inference = infer(said.reasoned_about, ontology, reasoner)
    said.lines.update(_quads(INFERRED_GRAPH, inference.added))
    return Compiled(tuple(builds), sorted(said.lines), inference)


class _Said:
    """What the graphs say, kept as text: a graph of its own takes many times the memory."""

    def __init__(self, ontology: Ontology) -> None:
        self.lines: set[str] = set()
        self.iris: set[str] = set()
        self.reasoned_about = Graph()
        self._ontology = ontology

    def add(self, name: str, graph: Graph) -> None:
        """Take a named graph. Raises :class:`kg.errors.OntologyError` for a term that is not declared."""
        self._ontology.check(graph)
        self.reasoned_about += self._ontology.project(graph)
        self.iris.update(str(term) for triple in graph for term in triple if isinstance(term, URIRef))
        self.lines.update(_quads(name, graph))


def _check_sites(builds: Sequence[SiteBuild]) -> None:
    seen: dict[str, SiteBuild] = {}
    for build in builds:
        if not build.pages:
            raise SiteError(f"{build.site.folder} has no page that can be in the graph")
        other = seen.setdefault(build.site.key, build)
        if other is not build:
            raise SiteError(
                f"{build.site.folder} and {other.site.folder} have the same key {build.site.key!r}; "
                f"give one another 'key' in its rdm-kg.toml"
            )


def describe(builds: Sequence[SiteBuild], crosswalk: FairsharingCrosswalk) -> Iterator[tuple[str, Graph]]:
    """The named graphs of every page, data file and site, and of the catalogue above the sites, each with its name."""
    yield _named(top_graph([build.site for build in builds]))
    addresses = [Addresses(build.site, build.pages) for build in builds]
    for build in builds:
        neighbours = [other for other in addresses if other.site is not build.site]
        yield _named(site_graph(build.pages, build.site))
        yield from map(_named, data_graphs(build.site, crosswalk))
        for _, graph in page_graphs(build.pages, build.site, crosswalk, neighbours):
            yield _named(graph)


def _named(graph: Graph) -> tuple[str, Graph]:
    return str(graph.identifier), graph


def make_release(compiled: Compiled, out: Path, progress: Progress, inputs: str = "") -> Release:
    """Write what was compiled from ``inputs`` as a release below ``out`` and switch to it."""
    with new_release(out) as draft:
        progress.say("writing the graph")
        quads = draft / "graph.nq"
        with quads.open("w", encoding="utf-8") as file:
            file.writelines(compiled.quads)
        progress.say("filling the store")
        counts = oxigraph.create(draft / "store", quads)
        (draft / "dumps").mkdir()
        for name in DUMPS:
            writer = plugins.load("kg.writers", name)
            with (draft / "dumps" / f"rdm-kg.{writer.FORMAT.extension}").open("wb") as dump:
                writer.write(quads, dump)
        _write_json(draft / "report.json", report(compiled))
        return publish(
            draft,
            {
                "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                "builder": f"rdm-kg {__version__}",
                "inputs": inputs,
                "reasoner": compiled.inference.reasoner,
                "counts": {"graphs": counts.graphs, "quads": counts.quads, "triples": counts.triples},
                "sites": [
                    {"key": build.site.key, "title": build.site.title, "pages": len(build.pages)}
                    for build in compiled.sites
                ],
            },
        )


def _quads(name: str, graph: Graph) -> Iterator[str]:
    """Lines of N-Quads of a named graph."""
    for statement in graph.serialize(format="nt").split("\n"):
        if statement:
            yield f"{statement.removesuffix(' .')} <{name}> .\n"


def report(compiled: Compiled) -> dict[str, Any]:
    """The build report, the same for the same input: what went in, what was kept out, what is wrong and where."""
    return {
        "builder": f"rdm-kg {__version__}",
        "consistent": compiled.inference.consistent,
        "culprits": [str(culprit) for culprit in compiled.inference.culprits],
        "sites": [_site_report(build) for build in compiled.sites],
    }


def _site_report(build: SiteBuild) -> dict[str, Any]:
    return {
        "key": build.site.key,
        "title": build.site.title,
        "pages": [{"path": page.path, "iri": page_iri(page, build.site)} for page in build.pages],
        "kept_out": list(build.kept_out),
        "rules": dict(sorted(Counter(finding.rule for finding in build.findings).items())),
        "findings": [
            {
                "path": finding.place.path,
                "line": finding.place.line,
                "severity": str(finding.severity),
                "rule": finding.rule,
                "message": finding.message,
            }
            for finding in build.findings
        ],
    }


def _write_json(file: Path, value: Any) -> None:
    file.write_text(json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
