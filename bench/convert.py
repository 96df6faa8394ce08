"""Speed of the conversion of sites to graphs, compared with a plain markdown-it-py render of the same pages.

    python -m bench.convert [SITE] [--sizes 100 1000 10000]

Copies the site's Markdown pages up to each size, and measures for each size: processor time of the plain render and of
reading (file to page model), both on one core; pages per second of a whole build on all cores, from the folder to the
release, and the seconds of each of its stages; and the peak memory of all processes.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from bench.processes import watched
from bench.report import HEADER, SLOPE, Row, Scale, compared, interleaved, slope
from kg.build.compile import compile_sites, make_release, read_sites
from kg.parallel import collecting_after_batches
from kg.readers import read
from kg.release import new_release
from kg.resources import shipped
from kg.site import open_site

FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?\n---[ \t]*\n", re.DOTALL)
SIZES = {Scale.QUICK: (10, 100), Scale.NORMAL: (100, 1000), Scale.FULL: (100, 1000, 10_000)}
RENDER = "markdown-it-py"
ROUNDS = 3
CHANGES = {"its words": "\nOne more sentence.\n", "its links": "\nSee [an example](https://www.example.org/new).\n"}
"""What of a page changes → what is added to it."""


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


def used(work: Callable[[], object]) -> float:
    """Return the seconds of processor time that ``work`` takes in this process."""
    start = time.process_time()
    work()
    return time.process_time() - start


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


@dataclass(frozen=True)
class Conversion:
    """The conversion of some pages."""

    render: list[float]
    """Seconds of processor time of the plain render, in each round."""
    read: list[float]
    """Those of reading, file to page model."""
    stages: dict[str, float]
    """Seconds of each stage of a build."""
    build: float
    """Seconds of processor time of a build, in all processes."""


def measure(source: Path, size: int) -> Conversion:
    """Convert ``size`` pages."""
    stages = Stages()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "site"
        folder.mkdir()
        bodies = copies(source, size, folder)
        plain = MarkdownIt("commonmark").enable("table")
        works = {
            "render": lambda: [len(plain.render(body)) for body in bodies],
            "read": lambda: sum(1 for _ in read(open_site(folder))),
        }
        found = interleaved(ROUNDS, {name: partial(used, work) for name, work in works.items()})
        before = sum(os.times()[:4])
        with collecting_after_batches(), new_release(Path(name) / "out") as draft:
            compiled = compile_sites(read_sites([folder], stages), draft, stages, "owlrl")
            make_release(compiled, draft, stages)
        stages.say("done")
        cpu = sum(os.times()[:4]) - before
    return Conversion(found["render"], found["read"], stages.seconds, cpu)


def measured(source: Path, sizes: Iterable[int]) -> Iterator[Row]:
    """Yield the rows of each size, and how the times grow."""
    reading, building = dict[int, float](), dict[int, float]()
    for size in sizes:
        with ProcessPoolExecutor(1, get_context("spawn")) as fresh, watched(fresh.submit(os.getpid).result()) as memory:
            found = fresh.submit(measure, source, size).result()
        reading[size], building[size] = statistics.median(found.read), found.build
        costs = ([seconds / size * 1000 for seconds in each] for each in (found.read, found.render))
        yield from compared(f"read, {size} pages", "ms CPU/page", dict(zip(("kg", RENDER), costs, strict=True)))
        yield Row(f"build, {size} pages", "ms CPU/page", [found.build / size * 1000])
        yield Row(f"build, {size} pages", "pages/s", [size / sum(found.stages.values())])
        for stage, seconds in found.stages.items():
            yield Row(f"build, {size} pages: {stage}", "s", [seconds])
        yield Row(f"build, {size} pages", "MB peak PSS", [max(memory)])
    for what, seconds_of in (("read", reading), ("build", building)):
        if len(seconds_of) > 1:
            yield Row(f"{what}, {min(seconds_of)} to {max(seconds_of)} pages", SLOPE, [slope(seconds_of)])


def rebuilt(source: Path) -> Iterator[Row]:
    """Yield the processor time of a build of a site, and of builds after changes of one page."""
    with tempfile.TemporaryDirectory() as name:
        site, out = Path(name) / source.resolve().name, Path(name) / "out"
        shutil.copytree(source, site)
        yield Row("build of the site", "s CPU", [_processor_seconds(site, out)])
        page = max(site.rglob("*.md"), key=lambda file: (file.read_bytes().startswith(b"---"), file.stat().st_size))
        page.chmod(0o644)
        for what, text in CHANGES.items():
            with page.open("a", encoding="utf-8") as file:
                file.write(text)
            yield Row(f"build of the site after a change of one page, {what}", "s CPU", [_processor_seconds(site, out)])


def _processor_seconds(site: Path, out: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "kg", "build", str(site), "--out", str(out)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def rows(scale: Scale) -> Iterator[Row]:
    """Yield the rows of the table, for the shipped content."""
    yield from measured(shipped("content"), SIZES[scale])
    yield from rebuilt(shipped("content"))


def main() -> None:
    """Print the table for a site and sizes of your choice."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("site", nargs="?", type=Path, default=shipped("content"))
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES[Scale.FULL])
    given = parser.parse_args()
    print(HEADER)
    for row in chain(measured(given.site, given.sizes), rebuilt(given.site)):
        print(row, flush=True)


if __name__ == "__main__":
    main()
