"""Speed of the conversion of sites to graphs, compared with a plain markdown-it-py render of the same pages.

    python -m bench.convert [SITE] [--sizes 100 1000 10000]

Copies the site's Markdown pages up to each size, and measures for each size: pages per second of the plain render and
of reading (file to page model), both on one core; pages per second of a whole build on all cores, from the folder to
the release, and the seconds of each of its stages; and the peak memory of this process and of its largest child.
"""

from __future__ import annotations

import argparse
import re
import resource
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from bench.report import HEADER, SLOPE, Row, Scale, slope
from kg.build.compile import compile_sites, make_release, read_sites
from kg.readers import read
from kg.release import new_release
from kg.resources import shipped
from kg.site import open_site

FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?\n---[ \t]*\n", re.DOTALL)
SIZES = {Scale.QUICK: (10, 100), Scale.NORMAL: (100, 1000), Scale.FULL: (100, 1000, 10_000)}
RENDER = "markdown-it-py"


def copies(site: Path, size: int, folder: Path) -> list[str]:
    """Write a site of ``size`` pages to ``folder``, copies of those in ``site``, and return the bodies of the pages."""
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
    """Return the result of ``work``, and store its duration in seconds in ``spent[name]``."""
    start = time.perf_counter()
    result = work()
    spent[name] = time.perf_counter() - start
    return result


class Stages:
    """Progress of a build: the seconds of each stage, named by the first word of its message."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._stage, self._start = "", time.perf_counter()

    def say(self, words: str) -> None:
        """Begin a stage."""
        now = time.perf_counter()
        if self._stage:
            self.seconds[self._stage] = self.seconds.get(self._stage, 0) + now - self._start
        name = words.split()
        self._stage, self._start = name[0] if name[0] != "writing" else " ".join(name), now

    def track(self, items: Iterable[Any], total: int, label: str) -> Iterable[Any]:
        """Return the items."""
        return items


def measure(source: Path, size: int) -> tuple[dict[str, float], dict[str, float]]:
    """Return the seconds of the render and of reading on one core, and of each stage of a build, for ``size`` pages."""
    spent: dict[str, float] = {}
    stages = Stages()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "site"
        folder.mkdir()
        bodies = copies(source, size, folder)
        plain = MarkdownIt("commonmark").enable("table")
        timed("render", spent, lambda: [len(plain.render(body)) for body in bodies])
        timed("read", spent, lambda: sum(1 for _ in read(open_site(folder))))
        with new_release(Path(name) / "out") as draft:
            compiled = compile_sites(read_sites([folder], stages), draft, stages, "owlrl")
            make_release(compiled, draft, stages)
        stages.say("done")
    return spent, stages.seconds


def measured(source: Path, sizes: Iterable[int]) -> Iterator[Row]:
    """Yield the rows of each size, and how the times grow."""
    reading, building = dict[int, float](), dict[int, float]()
    for size in sizes:
        spent, stages = measure(source, size)
        reading[size], building[size] = spent["read"], sum(stages.values())
        yield Row(f"read, {size} pages", "pages/s", [size / spent["read"]], RENDER, [size / spent["render"]])
        yield Row(f"build, {size} pages", "pages/s", [size / building[size]])
        for stage, seconds in stages.items():
            yield Row(f"build, {size} pages: {stage}", "s", [seconds])
        for who, usage in (("this process", resource.RUSAGE_SELF), ("a child", resource.RUSAGE_CHILDREN)):
            yield Row(f"build, {size} pages: {who}", "MB peak", [resource.getrusage(usage).ru_maxrss / 1024])
    for what, seconds_of in (("read", reading), ("build", building)):
        if len(seconds_of) > 1:
            yield Row(f"{what}, {min(seconds_of)} to {max(seconds_of)} pages", SLOPE, [slope(seconds_of)])


def rows(scale: Scale) -> Iterator[Row]:
    """Yield the rows of the table, for the shipped content."""
    return measured(shipped("content"), SIZES[scale])


def main() -> None:
    """Print the table for a site and sizes of your choice."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("site", nargs="?", type=Path, default=shipped("content"))
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES[Scale.FULL])
    given = parser.parse_args()
    print(HEADER)
    for row in measured(given.site, given.sizes):
        print(row, flush=True)


if __name__ == "__main__":
    main()
