"""Build a release from the folders of sites: runs the stages of the pipeline in order."""

from __future__ import annotations

import json
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol, TypeVar
from zlib import crc32

from rdflib import Graph

from kg import __version__, search_index
from kg.align import align
from kg.align.joins import joins_graph
from kg.build import validate
from kg.build.collect import Collected, Description, add_violations, collect, described
from kg.build.describe import PageDescriptions
from kg.build.previous import Previous, fill, previous, remember
from kg.build.questions import questions_graph
from kg.build.site_pages import SitePages
from kg.build.sorted_runs import merge, write_run
from kg.build.validate import Violation
from kg.build_cache import BuildCache
from kg.errors import SiteError
from kg.explain.origins import origins
from kg.findings import Finding, Place, Severity
from kg.identifiers.dicom_terminology import Terminology
from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.infer import Fact, Inference, Ontology, infer
from kg.lint import is_unfinished
from kg.page import Page
from kg.page_html.ontology import document_ontology, ontology_graph
from kg.page_to_rdf import PagesToRdf, data_graphs, page_iri, site_graph, top_graph
from kg.parallel import BATCH, beside, on_all_cores
from kg.query import N_QUADS, TURTLE
from kg.readers import unreadable
from kg.release import DESCRIPTION, GRAPH, LINES, PARTITIONS, TIME, Release, link, publish
from kg.release.description import describe
from kg.release.partitions import partition, partitioned
from kg.release.statistics import Statistics, count
from kg.resources import shipped
from kg.site import CONFIG, Site, check_urls, open_site
from kg.site.addresses import Addresses
from kg.site.data_files import FOLDER
from kg.site.history import digest as digest_of_history
from kg.site.history import folder_in_repository, with_history
from kg.site.sources import INCLUDES
from kg.store import oxigraph
from kg.vocab import INFERRED_GRAPH, Minter
from kg.writers import turtle, write_release

DUMPS = (TURTLE, N_QUADS)
"""Formats of the dumps: the union as one graph, and all named graphs."""
_GROUPS = 64
"""Number of groups of IRIs that are aligned, each of which the cache has by itself."""
T = TypeVar("T")


class Progress(Protocol):
    """Interface for reporting the progress of a build."""

    def say(self, words: str) -> None:
        """Report a message of one line."""

    def track(self, items: Iterable[T], total: int, label: str) -> Iterable[T]:
        """Return the items and show how many of ``total`` have been consumed."""


class Silence:
    """A :class:`Progress` without output."""

    def say(self, words: str) -> None:
        """Ignore the message."""

    def track(self, items: Iterable[T], total: int, label: str) -> Iterable[T]:
        """Return the items unchanged."""
        return items


@dataclass(frozen=True, slots=True)
class SiteBuild:
    """A site with its parsed pages and its findings."""

    site: Site
    pages: tuple[Page, ...]
    """Pages that are in the graph."""
    kept_out: Mapping[str, str]
    """Path → IRI of the pages that are not in the graph, sorted."""
    findings: tuple[Finding, ...]
    source: SitePages
    """The files of the pages."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """Compiled sites; the graph itself is on disk."""

    sites: tuple[SiteBuild, ...]
    graph: Path
    """Path of the sorted N-Quads file without duplicates."""
    inference: Inference
    violations: tuple[Violation, ...]
    """Violations of the shapes in ``ontology/shapes``; those of a site are also among its findings."""
    above: tuple[Violation, ...]
    """Violations that belong to no site: in the graph of the catalogue or of a crosswalk."""
    sections: Mapping[str, Sequence[Sequence[str]]]
    """Mapping of a page's IRI to the anchor, heading and text of each of its sections."""
    key: str
    """Key of the graph: one with the same key is the same."""
    last: Previous | None
    """The release before, unless it has little in common with this one."""

    @property
    def is_same(self) -> bool:
        """True if the graph is that of the release before."""
        return self.last is not None and self.last.key == self.key


def read_site(
    folder: Path,
    progress: Progress | None = None,
    urls: Mapping[str, str] | None = None,
    cache: BuildCache | None = None,
    key: str = "",
) -> SiteBuild:
    """Read and lint a site, and exclude the pages that have errors or are unfinished.

    ``urls`` are addresses of sites, by key, for those that do not say theirs. ``key`` replaces the site's own. Pages
    that are in the ``cache`` are outlines; see :mod:`kg.build.site_pages`.

    Raises:
        SiteError: when the folder is not a site, or its configuration or profile is invalid.
    """
    progress = progress or Silence()
    opened = open_site(folder, urls, key)
    label = f"reading {opened.key}"
    progress.say(label)
    site = with_history(opened)
    source = SitePages(site, cache or BuildCache())
    reading = progress.track(source.read(), len(source.files), label)
    pages, findings = list[Page](), list(site.directory.findings)
    broken, known = set[str](), set[Finding]()
    for page, found in reading:
        findings += [each for each in found if each not in known]  # several pages may have one include
        known |= {each for each in found if each.place.path.startswith(f"{INCLUDES}/")}
        pages += [page] if page else []
        broken |= {finding.place.path for finding in found if finding.severity is Severity.ERROR}
    progress.say(f"checking {site.key}")
    findings += source.check(pages, FairsharingCrosswalk.load())
    broken |= {finding.place.path for finding in findings if finding.severity is Severity.ERROR}
    kept = [page for page in pages if page.path not in broken and not is_unfinished(page, site)]
    out = (broken | {page.path for page in pages}) - {page.path for page in kept}
    out = {path for path in out if not path.startswith("_data/")}
    iris = {page.path: page_iri(page, site) for page in pages}
    kept_out = {path: iris.get(path) or page_iri(unreadable(site, path), site) for path in sorted(out)}
    ordered = sorted(findings, key=lambda finding: (finding.place, finding.rule))
    return SiteBuild(site, tuple(kept), kept_out, tuple(ordered), source)


def read_sites(
    folders: Sequence[Path],
    progress: Progress,
    urls: Mapping[str, str] | None = None,
    cache: BuildCache | None = None,
    keys: Mapping[Path, str] | None = None,
) -> tuple[SiteBuild, ...]:
    """Read sites for a common graph; ``urls`` and ``cache`` are those of :func:`read_site`, ``keys`` are by folder.

    Raises:
        SiteError: when a folder is not a site, a site has no page, two sites have the same key, or no site has a key
            of ``urls``.
    """
    known = keys or {}
    builds = tuple(read_site(folder, progress, urls, cache, known.get(folder, "")) for folder in folders)
    check_urls(urls or {}, [build.site for build in builds])
    _check_sites(builds)
    return builds


def compile_sites(
    builds: Sequence[SiteBuild],
    draft: Path,
    progress: Progress,
    reasoner: str = "auto",
    terminology: Terminology | None = None,
    cache: BuildCache | None = None,
) -> Compiled:
    """Compile sites into named graphs, and write these and the texts of the pages into the folder ``draft``.

    Violations of the shapes in ``ontology/shapes`` are added to the sites' findings. All terms of a DICOM
    ``terminology`` are written; without it, only the terms that the sites use.

    Raises:
        OntologyError: when a graph uses a term of the ontology's namespace that is not declared.
    """
    crosswalk, known = FairsharingCrosswalk.load(), cache or BuildCache()
    with TemporaryDirectory(prefix=".parts-", dir=draft) as folder:
        ontology = Ontology.load(shipped("ontology") / "rdm.ttl", cache)

        def keep(key: str, graphs: Callable[[], Mapping[str, Graph]]) -> Collected:
            return collect(_known_descriptions({key: graphs}, ontology, known), Path(folder))

        collected, sites = Collected(), list[SiteBuild]()
        for build, descriptions in _descriptions(builds, crosswalk, ontology):
            of_site = keep(_key(build), partial(_site_graphs, build, crosswalk))
            for of_pages in _on_pages(build, descriptions, draft, Path(folder), progress):
                of_site.add(of_pages)
            of_site.violations = _distinct(of_site.violations)
            sites.append(_with_violations(build, of_site.violations))
            collected.add(of_site)
        keys = [[build.site.key, build.site.title, build.site.licence] for build in builds]
        above = keep(known.key("top", keys), lambda: _named(top_graph([build.site for build in builds])))
        groups = {
            known.key("align", group): partial(align, group, fairsharing=crosswalk) for group in _groups(collected.iris)
        }
        above.add(collect(_known_descriptions(groups, ontology, known), Path(folder)))
        if terminology:
            above.add(keep(known.key("terminology", terminology.version), partial(align, (), terminology=terminology)))
        things = sorted(collected.things)
        above.add(keep(known.key("joins", things), lambda: _named(joins_graph(things, crosswalk))))
        above.violations = _distinct(above.violations)
        collected.add(above)
        progress.say("reasoning")
        inference = infer(collected.facts, ontology, reasoner, known)
        collected.add(keep(known.key("program"), lambda: _named(ontology_graph(), questions_graph())))
        inferred = sorted(map(_inferred, inference.added))
        progress.say("writing the graph")
        graph, last = draft / GRAPH, previous(draft.parent, known)
        key = known.key("graph", sorted(collected.digests), inferred)
        if not (last and last.key == key and link(last.release.graph, graph)):
            merge([*collected.parts, write_run(inferred, Path(folder))], graph)
            last = last if last and (last.key == key or last.is_like(graph)) else None
        (draft / LINES).write_text("".join(f"{line}\n" for line in sorted(collected.lines)), encoding="utf-8")
    return Compiled(
        sites=tuple(sites),
        graph=graph,
        inference=inference,
        violations=tuple(collected.violations),
        above=tuple(above.violations),
        sections=collected.sections,
        key=key,
        last=last,
    )


def _on_pages(
    build: SiteBuild, descriptions: PageDescriptions, draft: Path, folder: Path, progress: Progress
) -> Iterable[Collected]:
    """Yield the collected data of batches of pages, described on all cores, and write the texts of the pages."""
    label = f"describing {build.site.key}"
    progress.say(label)
    batches = on_all_cores(
        lambda pages: collect(descriptions.write(pages, draft), folder), build.pages, is_quick=descriptions.is_known
    )
    return progress.track(batches, ceil(len(build.pages) / BATCH), label)


def _key(build: SiteBuild) -> str:
    """Return the key of the description of a site without its pages."""
    sheets = [page_iri(page, build.site) for page in build.pages if build.site.is_cheat_sheet(page)]
    history = {path: change for path, change in (build.site.history or {}).items() if path.startswith(f"{FOLDER}/")}
    return build.source.key_of_site("site", sheets, build.site.history is None, digest_of_history(history))


def _site_graphs(build: SiteBuild, crosswalk: FairsharingCrosswalk) -> dict[str, Graph]:
    return _named(site_graph(build.pages, build.site), *data_graphs(build.site, crosswalk))


def _named(*graphs: Graph) -> dict[str, Graph]:
    return {str(graph.identifier): graph for graph in graphs}


def _groups(iris: Iterable[str]) -> list[list[str]]:
    """Return IRIs in groups, sorted: each new IRI changes one group, and what crosswalks say about that one."""
    groups: list[list[str]] = [[] for _ in range(_GROUPS)]
    for iri in sorted(iris):
        groups[crc32(iri.encode()) % _GROUPS].append(iri)
    return groups


def _known_descriptions(
    graphs: Mapping[str, Callable[[], Mapping[str, Graph]]], ontology: Ontology, cache: BuildCache
) -> list[Description]:
    """Return the descriptions with these keys of the ``cache``; their graphs are made for those that it lacks."""
    found = {key: cache.get(key) for key in graphs}
    made = {key: graphs[key]() for key, known in found.items() if known is None}
    new = {key: described(each, ontology) for key, each in made.items()}
    add_violations([*new.values()], [each.values() for each in made.values()], cache)
    for key, description in new.items():
        cache.put(key, description)
    return [*(found | new).values()]


def _distinct(violations: Iterable[Violation]) -> list[Violation]:
    """Return the violations, of the same one in several pages only that at the first place."""
    ordered = sorted(violations, key=lambda each: each.place or Place("", 0))
    found = {(each.shape, each.focus, each.path, each.value): each for each in reversed(ordered)}
    return list(found.values())


def _with_violations(build: SiteBuild, violations: Iterable[Violation]) -> SiteBuild:
    found = [violation.finding(Place(CONFIG, 1)) for violation in violations]
    return replace(build, findings=tuple(sorted([*build.findings, *found], key=lambda f: (f.place, f.rule))))


def _check_sites(builds: Sequence[SiteBuild]) -> None:
    seen: dict[str, SiteBuild] = {}
    for build in builds:
        if not build.pages:
            why = max(
                (f for f in build.findings if f.place.path in build.kept_out), key=lambda f: f.severity, default=""
            )
            raise SiteError(f"{build.site.folder} has no page that can be in the graph{f'; {why}' if why else ''}")
        other = seen.setdefault(build.site.key, build)
        if other is not build:
            raise SiteError(
                f"{build.site.folder} and {other.site.folder} have the same key {build.site.key!r}; "
                f"give one another 'key' in its rdm-kg.toml"
            )


def _descriptions(
    builds: Sequence[SiteBuild], crosswalk: FairsharingCrosswalk, ontology: Ontology
) -> Iterator[tuple[SiteBuild, PageDescriptions]]:
    """Yield each site with what describes its pages."""
    addresses = {build.site.key: Addresses(build.site, build.pages) for build in builds}
    for build in builds:
        others = [other for other in builds if other is not build]
        to_rdf = PagesToRdf(build.pages, build.site, crosswalk, [addresses[other.site.key] for other in others])
        yield build, PageDescriptions(build.source, to_rdf, [each.pages for each in (build, *others)], ontology)


def _inferred(fact: Fact) -> str:
    s, p, o = fact
    return f"<{s}> <{p}> <{o}> <{INFERRED_GRAPH}> .\n"


def make_release(
    compiled: Compiled, draft: Path, progress: Progress, inputs: str = "", cache: BuildCache | None = None
) -> Release:
    """Write the other files of a ``draft`` of :func:`kg.release.new_release` that has the graph, and publish it.

    ``inputs`` is the digest of the inputs of the build; see :func:`kg.build.inputs.digest`.
    """
    known, last = cache or BuildCache(), compiled.last
    progress.say("filling the store and the index")
    with (
        beside(_index(compiled, draft / search_index.FILE, known)) as indexing,
        ThreadPoolExecutor(1) as thread,  # to fill a store is the engine's work, and waiting for the disk
    ):
        filling = thread.submit(fill, draft / "store", compiled.graph, last, known, is_same=compiled.is_same)
        progress.say("documenting the ontology")
        document_ontology(draft / "ontology", cache=known)
        progress.say("writing the dumps")
        _write_dumps(draft / "dumps", compiled)
        _write_json(draft / "report.json", report(compiled.sites, compiled))
        found = last.statistics if last and compiled.is_same else count(compiled.graph)
        store = filling.result()

        def finish(manifest: Mapping[str, Any], before: str) -> None:
            _describe(draft, found, manifest, before, has_partitions=store.has_partitions)
            deque(indexing, maxlen=0)  # the file is whole then

        release = publish(
            draft,
            {
                "created": time.strftime(TIME, time.gmtime()),
                "builder": f"rdm-kg {__version__}",
                "inputs": inputs,
                "reasoner": compiled.inference.reasoner,
                "counts": asdict(store.counts),
                "sites": [_site_facts(build) for build in compiled.sites],
            },
            finish,
            indexing,
            last.release if last else None,
        )
    remember(release, compiled.key, store, found, known)
    return release


def _index(compiled: Compiled, file: Path, cache: BuildCache) -> Iterator[str]:
    """Write the search index; see :func:`kg.search_index.writing_index`."""
    if compiled.last and compiled.is_same:
        before = compiled.last.release.folder / search_index.FILE
        return search_index.rewriting_index(before, file, compiled.sections)
    return search_index.writing_index(compiled.graph, file, compiled.sections, cache)


def _write_dumps(folder: Path, compiled: Compiled) -> None:
    """Write the dumps, as links to files with the same content where there are such."""
    folder.mkdir()
    graph, last = compiled.graph, compiled.last.release if compiled.last else None
    for fmt in DUMPS:
        name = f"rdm-kg.{fmt.extension}"
        same = graph if fmt == N_QUADS else last.dumps / name if last and compiled.is_same else None
        if same and link(same, folder / name):
            continue
        with (folder / name).open("wb") as dump:
            if fmt != TURTLE or not last or not turtle.rewrite(graph, dump, last.graph, last.dumps / name):
                dump.truncate(0)
                dump.seek(0)
                write_release(graph, dump, fmt)


def _describe(
    draft: Path, found: Statistics, manifest: Mapping[str, Any], previous: str, *, has_partitions: bool
) -> None:
    """Write what a release says about itself as files, and into its store, which may have the partitions already."""
    release, checksum = manifest["release"], manifest["files"][GRAPH]["sha256"]
    text, partitions = describe(found, manifest, previous), partition(found, release, checksum)
    (draft / DESCRIPTION).write_text(text, encoding="utf-8")
    (draft / PARTITIONS).write_text(partitions, encoding="utf-8")
    new = partitioned(found, release, checksum) if has_partitions else partitions
    oxigraph.describe(draft / "store", text + new)


def _site_facts(build: SiteBuild) -> dict[str, Any]:
    """Return the entry of a site in the manifest."""
    site = build.site
    folder = folder_in_repository(site.folder)
    facts = {"key": site.key, "title": site.title, "pages": len(build.pages), "folder": folder}
    return facts | ({"license": site.licence} if site.licence else {})


def report(builds: Sequence[SiteBuild], compiled: Compiled | None = None) -> dict[str, Any]:
    """Return the deterministic build report: pages in the graph, pages that are kept out, findings and violations.

    Without ``compiled``, it has no results of the reasoner and of SHACL.
    """
    result: dict[str, Any] = {"builder": f"rdm-kg {__version__}"}
    if compiled:
        result["consistent"] = compiled.inference.consistent
        result["contradictions"] = [
            {
                "message": str(contradiction),
                "statements": [
                    {"site": _site_of(origin.graph, builds), "statement": str(origin)}
                    for origin in origins(contradiction.statements, compiled.graph)
                ],
            }
            for contradiction in compiled.inference.contradictions
        ]
        result["rules"] = validate.report(compiled.violations)
        result["violations"] = [f"{found.shape}: <{found.focus}>: {found.message}" for found in compiled.above]
    return result | {"sites": [_site_report(build) for build in builds]}


def _site_of(graph: str, builds: Sequence[SiteBuild]) -> str | None:
    """Return the key of the site that a named graph belongs to."""
    return next((build.site.key for build in builds if graph.startswith(f"{Minter(build.site.key).catalog}/")), None)


def _site_report(build: SiteBuild) -> dict[str, Any]:
    return {
        "key": build.site.key,
        "title": build.site.title,
        "pages": [{"path": page.path, "iri": page_iri(page, build.site)} for page in build.pages],
        "kept_out": dict(build.kept_out),
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
