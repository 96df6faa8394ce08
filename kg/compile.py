"""From the folders of sites to a release: the one place that puts the stages in order."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol, TypeVar

from rdflib import Graph, URIRef

from kg import __version__, plugins
from kg.align import align
from kg.cores import BATCH, on_all_cores
from kg.errors import SiteError
from kg.findings import Finding, Severity
from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.infer import Fact, Inference, Ontology, infer
from kg.lint import is_unfinished, lint
from kg.page import Page
from kg.page_to_rdf import PagesToRdf, data_graphs, page_iri, site_graph, top_graph
from kg.parts import merge, quads, write_part
from kg.readers import read_on_all_cores
from kg.release import Release, publish
from kg.resources import shipped
from kg.site import Site, open_site
from kg.site.addresses import Addresses
from kg.stores import oxigraph
from kg.vocab import BASE, INFERRED_GRAPH

DUMPS = ("turtle", "nquads")
"""Formats to take away: the union for those who want one graph, and every graph under its name."""
T = TypeVar("T")


class Progress(Protocol):
    """Whom a build tells what it does."""

    def say(self, words: str) -> None:
        """Take one line of words."""

    def track(self, items: Iterable[T], total: int, label: str) -> Iterable[T]:
        """Give the items on, and show how many of ``total`` there were."""


class _Silence:
    """Tells nobody."""

    def say(self, words: str) -> None:
        """Say nothing."""

    def track(self, items: Iterable[T], total: int, label: str) -> Iterable[T]:
        """Give the items on."""
        return items


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
    """What the sites gave; the graph itself is on disk."""

    sites: tuple[SiteBuild, ...]
    graph: Path
    """Lines of N-Quads, sorted, every one once."""
    inference: Inference


def read_site(folder: Path, progress: Progress | None = None) -> SiteBuild:
    """Read, lint and sift one site. Raises :class:`kg.errors.SiteError` where the folder is none."""
    progress = progress or _Silence()
    label = f"reading {folder}"
    progress.say(label)
    site = open_site(folder)
    reading = progress.track(read_on_all_cores(site), sum(1 for _ in site.files()), label)
    pages, findings = list[Page](), list(site.directory.findings)
    broken = set[str]()
    for page, found in reading:
        findings += found
        pages += [page] if page else []
        broken |= {finding.place.path for finding in found if finding.severity is Severity.ERROR}
    progress.say(f"checking {folder}")
    findings += lint(pages, site, FairsharingCrosswalk.load())
    broken |= {finding.place.path for finding in findings if finding.severity is Severity.ERROR}
    kept = [page for page in pages if page.path not in broken and not is_unfinished(page, site)]
    out = (broken | {page.path for page in pages}) - {page.path for page in kept}
    out = {path for path in out if not path.startswith("_data/")}
    return SiteBuild(site, tuple(kept), tuple(sorted(out)), tuple(sorted(findings, key=lambda f: (f.place, f.rule))))


def read_sites(folders: Sequence[Path], progress: Progress) -> tuple[SiteBuild, ...]:
    """Read sites that are to stand in one graph.

    Raises :class:`kg.errors.SiteError` where a folder is no site, has no page, or has another site's key.
    """
    builds = tuple(read_site(folder, progress) for folder in folders)
    _check_sites(builds)
    return builds


def compile_sites(builds: Sequence[SiteBuild], graph: Path, progress: Progress, reasoner: str = "auto") -> Compiled:
    """Compile sites into named graphs, and write these to the file ``graph``.

    Raises :class:`kg.errors.OntologyError` where a graph uses a term of ours that the ontology does not declare.
    """
    ontology = Ontology.load(shipped("ontology") / "rdm.ttl")
    crosswalk = FairsharingCrosswalk.load()
    with TemporaryDirectory(prefix=".parts-", dir=graph.parent) as folder:
        teller, told = _Teller(ontology, Path(folder)), _Told()
        for build, to_rdf in _to_rdf(builds, crosswalk):
            batches = on_all_cores(partial(teller.tell_pages, to_rdf), build.pages)
            label = f"describing {build.site.folder}"
            progress.say(label)
            for batch in progress.track(batches, ceil(len(build.pages) / BATCH), label):
                told.add(batch)
        told.add(teller.tell(_graphs_of_sites(builds, crosswalk)))
        told.add(teller.tell(align(told.iris, fairsharing=crosswalk).items()))
        progress.say("reasoning")
        inference = infer(told.facts, ontology, reasoner)
        told.parts.append(write_part((_inferred(fact) for fact in inference.added), Path(folder)))
        progress.say("writing the graph")
        merge(told.parts, graph)
    return Compiled(tuple(builds), graph, inference)


@dataclass(slots=True)
class _Told:
    """What some named graphs say: the statements themselves are on disk."""

    parts: list[Path] = field(default_factory=list)
    """Sorted N-Quads."""
    facts: set[Fact] = field(default_factory=set)
    """What is reasoned about."""
    iris: set[str] = field(default_factory=set)
    """The IRIs of others that are used."""

    def add(self, other: _Told) -> None:
        """Take what other graphs say."""
        self.parts += other.parts
        self.facts |= other.facts
        self.iris |= other.iris


@dataclass(frozen=True, slots=True)
class _Teller:
    """Takes named graphs apart; they are not kept, since a graph takes many times the memory of its text."""

    ontology: Ontology
    folder: Path
    """For the parts."""

    def tell_pages(self, to_rdf: PagesToRdf, pages: Iterable[Page]) -> _Told:
        """What the pages say. Raises :class:`kg.errors.OntologyError` for a term that is not declared."""
        return self.tell(_named(to_rdf.graph(page)) for page in pages)

    def tell(self, graphs: Iterable[tuple[str, Graph]]) -> _Told:
        """What the named graphs say; raises as :meth:`tell_pages` does."""
        told, lines = _Told(), set[str]()
        for name, graph in graphs:
            self.ontology.check(graph)
            told.facts |= self.ontology.facts(graph)
            iris = {str(term) for triple in graph for term in triple if isinstance(term, URIRef)}
            told.iris.update(iri for iri in iris if not iri.startswith(BASE))
            lines.update(quads(name, graph))
        told.parts.append(write_part(lines, self.folder))
        return told


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


def _to_rdf(builds: Sequence[SiteBuild], crosswalk: FairsharingCrosswalk) -> Iterator[tuple[SiteBuild, PagesToRdf]]:
    """Each site with what describes its pages."""
    addresses = [Addresses(build.site, build.pages) for build in builds]
    for build in builds:
        neighbours = [other for other in addresses if other.site is not build.site]
        yield build, PagesToRdf(build.pages, build.site, crosswalk, neighbours)


def _graphs_of_sites(builds: Sequence[SiteBuild], crosswalk: FairsharingCrosswalk) -> Iterator[tuple[str, Graph]]:
    """The named graphs of the sites, of their data files, and of the catalogue above the sites, each with its name."""
    yield _named(top_graph([build.site for build in builds]))
    for build in builds:
        yield _named(site_graph(build.pages, build.site))
        yield from map(_named, data_graphs(build.site, crosswalk))


def _named(graph: Graph) -> tuple[str, Graph]:
    return str(graph.identifier), graph


def _inferred(fact: Fact) -> str:
    s, p, o = fact
    return f"<{s}> <{p}> <{o}> <{INFERRED_GRAPH}> .\n"


def make_release(compiled: Compiled, draft: Path, progress: Progress, inputs: str = "") -> Release:
    """Complete the ``draft`` of :func:`kg.release.new_release` that the graph was written into, and switch to it.

    ``inputs`` is the digest of what was compiled.
    """
    progress.say("filling the store")
    counts = oxigraph.create(draft / "store", compiled.graph)
    progress.say("writing the dumps")
    (draft / "dumps").mkdir()
    for name in DUMPS:
        writer = plugins.load("kg.writers", name)
        with (draft / "dumps" / f"rdm-kg.{writer.FORMAT.extension}").open("wb") as dump:
            writer.write(compiled.graph, dump)
    _write_json(draft / "report.json", report(compiled.sites, compiled.inference))
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


def report(builds: Sequence[SiteBuild], inference: Inference | None = None) -> dict[str, Any]:
    """The build report, the same for the same input: what went in, what was kept out, what is wrong and where.

    Without an inference it is that of sites that were read and not compiled.
    """
    return {
        "builder": f"rdm-kg {__version__}",
        "consistent": inference.consistent if inference else None,
        "culprits": [str(culprit) for culprit in inference.culprits] if inference else [],
        "sites": [_site_report(build) for build in builds],
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
