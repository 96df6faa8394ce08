"""How fast sites become graphs, beside a plain markdown-it-py render of the same pages in the same run.

    python bench/convert.py [SITE] [--sizes 100 1000 10000]

Copies the site's Markdown pages until there are so many, and prints for each size: pages a second of a bare render and
of reading (file to page model), their ratio, the seconds of every later stage, and the peak memory of the process.
Growth is the time per page of the largest size over that of the smallest: 1 is linear.
"""

from __future__ import annotations

import argparse
import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from rdflib import Graph

from kg.compile import SiteBuild, describe
from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.infer import Ontology, infer
from kg.lint import lint
from kg.page import Page
from kg.readers import read
from kg.resources import shipped
from kg.site import open_site

FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?\n---[ \t]*\n", re.DOTALL)


def copies(site: Path, size: int, folder: Path) -> list[str]:
    """A site of ``size`` pages in ``folder``, copies of those in ``site``; gives their bodies."""
    sources = [file.read_text(encoding="utf-8") for file in sorted(site.rglob("*.md")) if not file.name.startswith(".")]
    sources = [text for text in sources if text.startswith("---")]
    (folder / "_config.yml").write_text("title: Benchmark\n", encoding="utf-8")
    bodies = []
    for number in range(size):
        text = re.sub(r"(?m)^page_id: *(\S+)", rf"page_id: \1_{number}", sources[number % len(sources)])
        (folder / f"p{number}.md").write_text(text, encoding="utf-8")
        bodies.append(FRONT_MATTER.sub("", text))
    return bodies


def timed(name: str, spent: dict[str, float], work: Callable[[], Any]) -> Any:
    """The result of ``work``, its seconds noted."""
    start = time.perf_counter()
    result = work()
    spent[name] = time.perf_counter() - start
    return result


def union(graphs: Iterable[Graph]) -> Graph:
    """All triples of the graphs in one."""
    whole = Graph()
    for graph in graphs:
        whole += graph
    return whole


def measure(source: Path, size: int) -> dict[str, float]:
    """Seconds of each stage for so many pages."""
    spent: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        bodies = copies(source, size, Path(name))
        plain = MarkdownIt("commonmark").enable("table")
        timed("bare render", spent, lambda: [plain.render(body) for body in bodies])
        site, crosswalk = open_site(Path(name)), FairsharingCrosswalk.load()
        pages: list[Page] = timed("read", spent, lambda: [page for page, _ in read(site) if page])
        timed("lint", spent, lambda: lint(pages, site, crosswalk))
        build = SiteBuild(site, tuple(pages), (), ())
        ontology = Ontology.load(shipped("ontology") / "rdm.ttl")
        graphs = (ontology.project(graph) for _, graph in describe([build], crosswalk))
        told = timed("describe", spent, lambda: union(graphs))
        timed("infer", spent, lambda: infer(told, ontology, "owlrl"))
    return spent


def rows(source: Path, sizes: list[int]) -> Iterator[str]:
    """The lines of the report."""
    per_page: dict[int, float] = {}
    for size in sizes:
        spent = measure(source, size)
        ratio = spent["read"] / spent["bare render"]
        later = ", ".join(f"{name} {spent[name]:.2f} s" for name in ("lint", "describe", "infer"))
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        per_page[size] = sum(spent.values()) / size
        yield (
            f"{size:6} pages: bare render {size / spent['bare render']:6.0f}/s, read {size / spent['read']:6.0f}/s "
            f"({ratio:.1f} times as long); {later}; peak {memory:.0f} MB"
        )
    if len(sizes) > 1:
        growth = per_page[sizes[-1]] / per_page[sizes[0]]
        yield f"growth of the time per page from {sizes[0]} to {sizes[-1]}: {growth:.2f}"


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("site", nargs="?", type=Path, default=shipped("content"))
    parser.add_argument("--sizes", nargs="+", type=int, default=[100, 1000, 10000])
    given = parser.parse_args()
    for line in rows(given.site, given.sizes):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
