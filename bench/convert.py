"""Speed of the conversion of sites to graphs, compared with a plain markdown-it-py render of the same pages.

    python bench/convert.py [SITE] [--sizes 100 1000 10000]

Copies the site's Markdown pages up to each size, and prints for each size: pages per second of the plain render and of
reading (file to page model), both on one core, and their ratio; the seconds of every stage of a whole build on all
cores, from the folder to the release; and the peak memory of this process and of its largest child. Growth is the time
per page of the largest size divided by that of the smallest: 1 is linear. The last line compares the processor time
of a build of the site itself after a change of one page with that of the first build.
"""

from __future__ import annotations

import argparse
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from kg.build.compile import compile_sites, make_release, read_sites
from kg.parallel import collecting_after_batches
from kg.readers import read
from kg.release import new_release
from kg.resources import shipped
from kg.site import open_site

FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?\n---[ \t]*\n", re.DOTALL)


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
        timed("bare render", spent, lambda: [len(plain.render(body)) for body in bodies])
        timed("read", spent, lambda: sum(1 for _ in read(open_site(folder))))
        with collecting_after_batches(), new_release(Path(name) / "out") as draft:
            compiled = compile_sites(read_sites([folder], stages), draft, stages, "owlrl")
            make_release(compiled, draft, stages)
        stages.say("done")
    return spent, stages.seconds


def rows(source: Path, sizes: list[int]) -> Iterator[str]:
    """Yield the lines of the report."""
    per_page: dict[int, float] = {}
    for size in sizes:
        spent, stages = measure(source, size)
        whole = sum(stages.values())
        per_page[size] = whole / size
        bare, reading = spent["bare render"], spent["read"]
        shares = ", ".join(f"{name} {seconds:.1f} s ({seconds / whole:.0%})" for name, seconds in stages.items())
        here, forks = (
            resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        yield (
            f"{size:6} pages: bare render {size / bare:6.0f}/s, read {size / reading:6.0f}/s "
            f"({reading / bare:.1f} times as long); build {size / whole:.0f}/s: {shares}; "
            f"peak {here:.0f} MB, of a fork {forks:.0f} MB"
        )
    if len(sizes) > 1:
        growth = per_page[sizes[-1]] / per_page[sizes[0]]
        yield f"growth of the time per page from {sizes[0]} to {sizes[-1]}: {growth:.2f}"


def rebuild(source: Path) -> str:
    """Return the line of the report on a build after a change of one page."""
    with tempfile.TemporaryDirectory() as name:
        site = Path(name) / source.resolve().name
        shutil.copytree(source, site)
        first = _processor_seconds(site, Path(name) / "out")
        page = max(site.rglob("*.md"), key=lambda file: (file.read_bytes().startswith(b"---"), file.stat().st_size))
        page.chmod(0o644)
        with page.open("a", encoding="utf-8") as file:
            file.write("\nOne more sentence.\n")
        second = _processor_seconds(site, Path(name) / "out")
    return f"build after a change of one page: {second:.2f} of {first:.2f} s of processor time ({second / first:.0%})"


def _processor_seconds(site: Path, out: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "kg", "build", str(site), "--out", str(out)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("site", nargs="?", type=Path, default=shipped("content"))
    parser.add_argument("--sizes", nargs="+", type=int, default=[100, 1000, 10000])
    given = parser.parse_args()
    for line in rows(given.site, given.sizes):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    sys.stdout.write(rebuild(given.site) + "\n")


if __name__ == "__main__":
    main()
